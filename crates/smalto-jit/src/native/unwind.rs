//! Telling the unwinder of this process about machine code.
//!
//! A backtrace walks frame by frame, and stops at code that nobody has described.
//! `__register_frame` adds a description to those that the loader found in files. It
//! is not free: it allocates, takes a lock, and in older versions makes every later
//! walk and removal search a list of all there is. But kernels are all
//! [described alike](super::dwarf), so a description is registered for each *region*
//! of code memory, a megabyte, and installing a kernel costs nothing at all. There is
//! no switch to turn it on.
//!
//! The two unwinders of the world disagree on what the pointer means: a whole section
//! with a terminator (libgcc), or one entry of it (LLVM's libunwind). This is for the
//! first, which Rust uses on Linux with the GNU C library. Elsewhere walks end at the
//! kernel.

pub(crate) use registry::Registered;

#[cfg(all(target_os = "linux", target_env = "gnu", target_arch = "x86_64"))]
mod registry {
    use super::super::dwarf;

    unsafe extern "C" {
        fn __register_frame(section: *const u8);
        fn __deregister_frame(section: *const u8);
    }

    /// A description of code that the unwinder knows, until dropped.
    #[derive(Debug)]
    pub(crate) struct Registered {
        section: Box<[u8]>,
    }

    impl Registered {
        /// Describes `length` bytes of kernels at `start`.
        ///
        /// # Safety
        /// The bytes must stay mapped and readable until this is dropped: the unwinder
        /// reads the instructions it finds there.
        pub(crate) unsafe fn new(start: *const u8, length: usize) -> Registered {
            let section = dwarf::eh_frame(start.addr() as u64, length as u64).into_boxed_slice();
            // SAFETY: a well-formed section with a terminator, which stays where it is
            // until it is deregistered.
            unsafe { __register_frame(section.as_ptr()) };
            Registered { section }
        }
    }

    impl Drop for Registered {
        fn drop(&mut self) {
            // SAFETY: it was registered, once.
            unsafe { __deregister_frame(self.section.as_ptr()) };
        }
    }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu", target_arch = "x86_64")))]
mod registry {
    /// Nothing that the unwinder knows.
    #[derive(Debug)]
    pub(crate) struct Registered;

    impl Registered {
        /// Does nothing.
        ///
        /// # Safety
        /// None is needed.
        pub(crate) unsafe fn new(_: *const u8, _: usize) -> Registered {
            Registered
        }
    }
}
