//! Threads that work together, each on a CPU of its own.
//!
//! A thread that is woken may find itself on the CPU of another that was woken with it, while the
//! CPU of the caller, who was still about to sleep, is idle from then on. The system mends that,
//! but only after some milliseconds: by then small pictures are done. So each thread says which CPU
//! it is on, and one that finds another there moves.

use std::sync::atomic::AtomicU64;
#[cfg(target_os = "linux")]
use std::sync::atomic::Ordering;

/// The CPUs that some threads are on. Where the system does not say which those are, nobody moves.
#[derive(Debug, Default)]
pub(crate) struct Seats {
    /// A bit each of the first 64.
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "nobody asks"))]
    taken: AtomicU64,
}

impl Seats {
    /// Takes the CPU that the calling thread is on, or if it is taken another that it may be on.
    pub(crate) fn take(&self) {
        #[cfg(target_os = "linux")]
        if let Some(cpu) = system::cpu() {
            let taken = self.taken.fetch_or(1 << cpu, Ordering::Relaxed);
            if taken >> cpu & 1 != 0 {
                self.move_from(taken);
            }
        }
    }

    /// Moves to a CPU that is not taken.
    #[cfg(target_os = "linux")]
    #[cold]
    fn move_from(&self, mut taken: u64) {
        let Some(allowed) = system::Allowed::of_this_thread() else {
            return;
        };
        while let Some(cpu) = allowed.first_but(taken) {
            taken = self.taken.fetch_or(1 << cpu, Ordering::Relaxed);
            if taken >> cpu & 1 == 0 {
                return allowed.move_to(cpu);
            }
        }
    }
}

#[cfg(target_os = "linux")]
mod system {
    use std::mem::{size_of, zeroed};

    /// The CPU that the calling thread is on, if it is one of the first 64.
    pub(super) fn cpu() -> Option<u32> {
        // SAFETY: it has no conditions.
        let cpu = unsafe { libc::sched_getcpu() };
        u32::try_from(cpu).ok().filter(|&cpu| cpu < u64::BITS)
    }

    /// The CPUs that a thread may be on.
    pub(super) struct Allowed(libc::cpu_set_t);

    impl Allowed {
        /// Those of the calling thread, if the system says.
        pub(super) fn of_this_thread() -> Option<Allowed> {
            // SAFETY: it is a set of bits.
            let mut set: libc::cpu_set_t = unsafe { zeroed() };
            // SAFETY: the set has the size that is said.
            let result = unsafe { libc::sched_getaffinity(0, size_of_val(&set), &mut set) };
            (result == 0).then_some(Allowed(set))
        }

        /// The first of the first 64 that is not one of `others`.
        pub(super) fn first_but(&self, others: u64) -> Option<u32> {
            (0..u64::BITS).find(|&cpu| {
                // SAFETY: the set is of more than 64.
                let is_allowed = unsafe { libc::CPU_ISSET(cpu as usize, &self.0) };
                is_allowed && others >> cpu & 1 == 0
            })
        }

        /// Moves the calling thread to one of them, from where it may move on.
        pub(super) fn move_to(&self, cpu: u32) {
            // SAFETY: it is a set of bits.
            let mut one: libc::cpu_set_t = unsafe { zeroed() };
            // SAFETY: the sets have the size that is said. If the system refuses nothing is lost.
            unsafe {
                libc::CPU_SET(cpu as usize, &mut one);
                libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &one);
                libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &self.0);
            }
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn who_finds_a_cpu_taken_moves_to_another() {
        let allowed = || -> Vec<u32> {
            let set = system::Allowed::of_this_thread().unwrap();
            let mut others = 0;
            let next = || {
                let cpu = set.first_but(others)?;
                others |= 1 << cpu;
                Some(cpu)
            };
            std::iter::from_fn(next).collect()
        };
        let before = allowed();
        if system::cpu().is_none() || before.is_empty() {
            eprintln!("skipped: this thread is on none of the first 64 CPUs");
            return;
        }
        let seats = Seats::default();
        for count in 1..=before.len() + 2 {
            seats.take();
            let taken = seats.taken.load(Ordering::Relaxed);
            assert_eq!(taken.count_ones() as usize, count.min(before.len()));
        }
        assert_eq!(allowed(), before, "it may go where it might before");
    }
}
