//! Executable memory.
//!
//! Compiled kernels are small and many: one mapping each would run into the system's
//! limit on mappings (65,530 by default on Linux), and changing a page's protection
//! costs microseconds. So code shares *regions* of a megabyte, and protection never
//! changes. Each region is mapped twice: at one address it can be read and executed,
//! at another it can be read and written. No address is ever both writable and
//! executable, and installing code is a copy, with no system call.
//!
//! Invariants:
//!
//! - a span of a region belongs to one living [`Code`] or is free;
//! - free spans of a region never touch: neighbours are merged;
//! - free bytes trap when executed;
//! - a region that is wholly free is unmapped, except one kept for reuse.

use crate::native::unwind;
use std::collections::BTreeMap;
use std::io;
use std::ptr::NonNull;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard};
use thiserror::Error;

/// Bytes of a region, unless one piece of code needs more.
const REGION_BYTES: usize = 1 << 20;

/// Code begins at a cache line.
const ALIGNMENT: usize = 64;

/// What free memory is filled with: `int3` on x86-64, and an undefined instruction on
/// AArch64 (0xcccccccc is unallocated).
const TRAP: u8 = 0xcc;

/// Why code could not be installed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CodeError {
    /// The system gives no executable memory to this process, or none at all.
    #[error("the system refuses executable memory ({0}); formulas run in the interpreter instead")]
    Refused(#[source] io::Error),
    /// Nothing to install.
    #[error("no code to install")]
    Empty,
    /// A place to enter at that is none.
    #[error("an entry at byte {offset} lies outside the {instructions} bytes of instructions")]
    Entry {
        /// The place.
        offset: usize,
        /// The bytes there are.
        instructions: usize,
    },
    /// Code for another kind of CPU.
    #[error("code for x86-64 can be made here, but not run")]
    Architecture,
}

/// A pool of executable memory. Clones are the same pool.
///
/// ```
/// # #[cfg(all(target_os = "linux", target_arch = "x86_64"))] {
/// use smalto_jit::code::CodeMemory;
///
/// // mov eax, 42; ret
/// let code = CodeMemory::new().install(&[0xb8, 42, 0, 0, 0, 0xc3])?;
/// // SAFETY: the bytes are a function of no arguments that returns an i32.
/// let answer: extern "C" fn() -> i32 = unsafe { std::mem::transmute(code.as_ptr()) };
/// assert_eq!(answer(), 42);
/// # }
/// # Ok::<(), smalto_jit::code::CodeError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct CodeMemory {
    regions: Arc<Mutex<Vec<Region>>>,
}

/// Installed code: executable until dropped.
#[derive(Debug)]
pub struct Code {
    memory: CodeMemory,
    start: NonNull<u8>,
    length: usize,
}

// SAFETY: the bytes behind `start` do not change while the code lives.
unsafe impl Send for Code {}
// SAFETY: as above.
unsafe impl Sync for Code {}

impl CodeMemory {
    /// A pool of its own.
    pub fn new() -> CodeMemory {
        CodeMemory::default()
    }

    /// The pool that everything in this process shares.
    pub fn global() -> &'static CodeMemory {
        static GLOBAL: LazyLock<CodeMemory> = LazyLock::new(CodeMemory::new);
        &GLOBAL
    }

    /// Copies `bytes` into executable memory, aligned to a cache line.
    ///
    /// # Errors
    /// If there are no bytes, or the system refuses executable memory.
    pub fn install(&self, bytes: &[u8]) -> Result<Code, CodeError> {
        if bytes.is_empty() {
            return Err(CodeError::Empty);
        }
        let length = bytes.len().next_multiple_of(ALIGNMENT);
        let mut regions = self.lock();
        let found = regions
            .iter_mut()
            .enumerate()
            .find_map(|(index, region)| Some((index, region.take(length)?)));
        let (index, offset) = match found {
            Some(found) => found,
            None => {
                let mut region =
                    Region::map(length.max(REGION_BYTES)).map_err(CodeError::Refused)?;
                let offset = region.take(length).expect("a new region has room");
                regions.push(region);
                (regions.len() - 1, offset)
            }
        };
        let start = regions[index].write(offset, bytes);
        Ok(Code {
            memory: self.clone(),
            start,
            length,
        })
    }

    /// Bytes of address space the pool holds, executable view only.
    pub fn mapped_bytes(&self) -> usize {
        self.lock().iter().map(|region| region.length).sum()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Region>> {
        self.regions
            .lock()
            .expect("no code panics holding the regions")
    }

    fn release(&self, start: NonNull<u8>, length: usize) {
        let mut regions = self.lock();
        let index = regions
            .iter()
            .position(|region| region.offset_of(start).is_some())
            .expect("code lies in a region of its pool");
        let offset = regions[index].offset_of(start).expect("found above");
        regions[index].give_back(offset, length);
        let kept_elsewhere = regions
            .iter()
            .enumerate()
            .any(|(other, region)| other != index && region.is_free());
        let oversized = regions[index].length > REGION_BYTES;
        if regions[index].is_free() && (kept_elsewhere || oversized) {
            regions.swap_remove(index);
        }
    }
}

impl Code {
    /// The first instruction.
    pub fn as_ptr(&self) -> *const u8 {
        self.start.as_ptr()
    }

    /// Bytes of memory it takes, a multiple of 64.
    #[allow(clippy::len_without_is_empty, reason = "code is never empty")]
    pub fn len(&self) -> usize {
        self.length
    }
}

impl Drop for Code {
    fn drop(&mut self) {
        self.memory.release(self.start, self.length);
    }
}

/// Memory mapped twice.
#[derive(Debug)]
struct Region {
    executable: NonNull<u8>,
    writable: NonNull<u8>,
    length: usize,
    /// Free spans: offset to length.
    free: BTreeMap<usize, usize>,
    /// What the unwinder is told about kernels here.
    unwind: Option<unwind::Registered>,
}

// SAFETY: a region owns its mappings, and is changed only under the pool's lock.
unsafe impl Send for Region {}

impl Region {
    /// Maps `length` bytes, rounded up to whole pages.
    fn map(length: usize) -> io::Result<Region> {
        let length = length.next_multiple_of(page_bytes());
        let (executable, writable) = map_twice(length)?;
        // SAFETY: the writable view is `length` bytes long and nobody else's yet.
        unsafe { writable.as_ptr().write_bytes(TRAP, length) };
        // SAFETY: the mapping is readable, and outlives the registration (see `drop`).
        let unwind = unsafe { unwind::Registered::new(executable.as_ptr(), length) };
        Ok(Region {
            executable,
            writable,
            length,
            free: BTreeMap::from([(0, length)]),
            unwind: Some(unwind),
        })
    }

    /// The offset of `length` bytes that were free: the first span they fit.
    fn take(&mut self, length: usize) -> Option<usize> {
        let (&offset, &span) = self.free.iter().find(|&(_, &span)| span >= length)?;
        self.free.remove(&offset);
        if span > length {
            self.free.insert(offset + length, span - length);
        }
        Some(offset)
    }

    /// Makes a span free again, merged with free neighbours.
    fn give_back(&mut self, mut offset: usize, mut length: usize) {
        // SAFETY: the span lies in the region, and its code is gone.
        unsafe { self.writable.as_ptr().add(offset).write_bytes(TRAP, length) };
        if let Some(next) = self.free.remove(&(offset + length)) {
            length += next;
        }
        if let Some((&before, &span)) = self.free.range(..offset).next_back()
            && before + span == offset
        {
            offset = before;
            length += span;
        }
        self.free.insert(offset, length);
    }

    /// Copies code to `offset`; where to execute it.
    fn write(&mut self, offset: usize, bytes: &[u8]) -> NonNull<u8> {
        assert!(offset + bytes.len() <= self.length);
        // SAFETY: the span lies in both views of the region and was taken by the caller.
        unsafe {
            let to = self.writable.as_ptr().add(offset);
            to.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
            let start = self.executable.add(offset);
            synchronise_instructions(to, start.as_ptr(), bytes.len());
            start
        }
    }

    fn offset_of(&self, address: NonNull<u8>) -> Option<usize> {
        let offset = address
            .as_ptr()
            .addr()
            .checked_sub(self.executable.as_ptr().addr())?;
        (offset < self.length).then_some(offset)
    }

    fn is_free(&self) -> bool {
        self.free.get(&0) == Some(&self.length)
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        self.unwind = None;
        unmap(self.executable, self.length);
        unmap(self.writable, self.length);
    }
}

#[cfg(target_os = "linux")]
fn page_bytes() -> usize {
    // SAFETY: asks for a constant.
    unsafe { libc::sysconf(libc::_SC_PAGESIZE) as usize }
}

/// An executable and a writable view of the same `length` bytes.
///
/// Memory without a file is preferred: there `perf` expects code that was made at run
/// time and looks for names (see [`native`](crate::native)), and it needs no descriptor.
/// A file in memory is for emulated systems, which may lack the call for a second view.
#[cfg(target_os = "linux")]
fn map_twice(length: usize) -> io::Result<(NonNull<u8>, NonNull<u8>)> {
    map_shared_twice(length).or_else(|_| map_file_twice(length))
}

/// Two views of shared memory: `mremap` of no bytes makes a second mapping (mremap(2)).
#[cfg(target_os = "linux")]
fn map_shared_twice(length: usize) -> io::Result<(NonNull<u8>, NonNull<u8>)> {
    let writable = map(length, libc::PROT_READ | libc::PROT_WRITE, None)?;
    // SAFETY: a second view, at an address of the system's choice, of a mapping that was
    // just made; nobody has seen either.
    let executable =
        view(unsafe { libc::mremap(writable.as_ptr().cast(), 0, length, libc::MREMAP_MAYMOVE) });
    let executable = executable.inspect_err(|_| unmap(writable, length))?;
    let protection = libc::PROT_READ | libc::PROT_EXEC;
    // SAFETY: as above.
    match unsafe { libc::mprotect(executable.as_ptr().cast(), length, protection) } {
        0 => Ok((executable, writable)),
        _ => {
            let error = io::Error::last_os_error();
            unmap(executable, length);
            unmap(writable, length);
            Err(error)
        }
    }
}

/// Two views of a file in memory.
#[cfg(target_os = "linux")]
fn map_file_twice(length: usize) -> io::Result<(NonNull<u8>, NonNull<u8>)> {
    use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

    // SAFETY: the name is a C string.
    let file = unsafe { libc::memfd_create(c"smalto code".as_ptr(), libc::MFD_CLOEXEC) };
    if file < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the descriptor was just made and is nobody else's. Mappings outlive it.
    let file = unsafe { OwnedFd::from_raw_fd(file) };
    // SAFETY: plain call on an open descriptor.
    if unsafe { libc::ftruncate(file.as_raw_fd(), length as libc::off_t) } != 0 {
        return Err(io::Error::last_os_error());
    }
    let executable = map(
        length,
        libc::PROT_READ | libc::PROT_EXEC,
        Some(file.as_raw_fd()),
    )?;
    let writable = map(
        length,
        libc::PROT_READ | libc::PROT_WRITE,
        Some(file.as_raw_fd()),
    );
    let writable = writable.inspect_err(|_| unmap(executable, length))?;
    Ok((executable, writable))
}

/// A mapping of `length` bytes that can have a second view: of a file, or of new memory.
#[cfg(target_os = "linux")]
fn map(length: usize, protection: i32, file: Option<i32>) -> io::Result<NonNull<u8>> {
    let (flags, file) = match file {
        Some(file) => (libc::MAP_SHARED, file),
        None => (libc::MAP_SHARED | libc::MAP_ANONYMOUS, -1),
    };
    // SAFETY: a fresh mapping at an address of the system's choice.
    view(unsafe { libc::mmap(std::ptr::null_mut(), length, protection, flags, file, 0) })
}

/// What `mmap` and `mremap` give.
#[cfg(target_os = "linux")]
fn view(address: *mut libc::c_void) -> io::Result<NonNull<u8>> {
    match NonNull::new(address.cast()) {
        Some(view) if address != libc::MAP_FAILED => Ok(view),
        _ => Err(io::Error::last_os_error()),
    }
}

#[cfg(target_os = "linux")]
fn unmap(view: NonNull<u8>, length: usize) {
    // SAFETY: a whole view that nothing points into any more.
    unsafe { libc::munmap(view.as_ptr().cast(), length) };
}

#[cfg(not(target_os = "linux"))]
fn page_bytes() -> usize {
    4096
}

#[cfg(not(target_os = "linux"))]
fn map_twice(_: usize) -> io::Result<(NonNull<u8>, NonNull<u8>)> {
    Err(io::Error::new(
        io::ErrorKind::Unsupported,
        "only Linux maps memory twice here",
    ))
}

#[cfg(not(target_os = "linux"))]
fn unmap(_: NonNull<u8>, _: usize) {}

/// Makes freshly written code visible to instruction fetch. x86-64 does so by itself
/// (Intel SDM volume 3, section 13.6: a jump suffices on the same core, and other
/// cores see the stores in order).
///
/// # Safety
/// Both views must hold `length` bytes.
#[cfg(not(target_arch = "aarch64"))]
unsafe fn synchronise_instructions(_written: *const u8, _executed: *const u8, _length: usize) {}

/// Makes freshly written code visible to instruction fetch: cleans the data cache at
/// the written address, then drops what the instruction cache holds at the executed
/// one (Arm ARM, B2.4.4). Lines of at least 16 bytes are stepped over in 16s.
///
/// # Safety
/// Both views must hold `length` bytes.
#[cfg(target_arch = "aarch64")]
unsafe fn synchronise_instructions(written: *const u8, executed: *const u8, length: usize) {
    use std::arch::asm;
    // SAFETY: cache maintenance by address on readable memory, then barriers.
    unsafe {
        for offset in (0..length).step_by(16) {
            asm!("dc cvau, {}", in(reg) written.add(offset), options(nostack, preserves_flags));
        }
        asm!("dsb ish", options(nostack, preserves_flags));
        for offset in (0..length).step_by(16) {
            asm!("ic ivau, {}", in(reg) executed.add(offset), options(nostack, preserves_flags));
        }
        asm!("dsb ish", "isb", options(nostack, preserves_flags));
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn both_ways_to_map_show_one_memory_twice() {
        for map_twice in [map_shared_twice, map_file_twice] {
            let (executable, writable) = map_twice(page_bytes()).unwrap();
            // SAFETY: a page that can be read, and the same page, which can be written.
            let seen = unsafe {
                writable.as_ptr().add(100).write(7);
                executable.as_ptr().add(100).read_volatile()
            };
            assert_eq!(seen, 7);
            unmap(executable, page_bytes());
            unmap(writable, page_bytes());
        }
    }
}
