//! Memory between guard pages.

use std::ptr::NonNull;

const PAGE: usize = 4096;

/// Some bytes whose first or last byte is next to a page that traps.
pub(crate) struct Guarded {
    mapping: NonNull<u8>,
    mapped: usize,
    start: NonNull<u8>,
    len: usize,
}

/// Which side of the bytes traps at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edge {
    Front,
    Back,
}

impl Guarded {
    pub(crate) fn new(len: usize, edge: Edge) -> Guarded {
        let inner = len.next_multiple_of(PAGE).max(PAGE);
        let mapped = inner + 2 * PAGE;
        // SAFETY: a fresh private mapping at an address of the system's choice.
        let mapping = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                mapped,
                libc::PROT_NONE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
                -1,
                0,
            )
        };
        assert_ne!(mapping, libc::MAP_FAILED);
        let mapping = NonNull::new(mapping.cast::<u8>()).expect("mapped");
        // SAFETY: within the mapping.
        let first = unsafe { mapping.add(PAGE) };
        // SAFETY: the inner pages of the mapping.
        let result = unsafe {
            libc::mprotect(
                first.as_ptr().cast(),
                inner,
                libc::PROT_READ | libc::PROT_WRITE,
            )
        };
        assert_eq!(result, 0);
        let offset = match edge {
            Edge::Front => 0,
            Edge::Back => inner - len,
        };
        Guarded {
            mapping,
            mapped,
            // SAFETY: the inner pages hold `len` bytes from there.
            start: unsafe { first.add(offset) },
            len,
        }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        // SAFETY: `len` bytes of the mapping, which are always initialised.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.len) }
    }

    pub(crate) fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: `len` bytes of the mapping, which are always initialised.
        unsafe { std::slice::from_raw_parts_mut(self.start.as_ptr(), self.len) }
    }

    pub(crate) fn address(&self) -> u64 {
        self.start.as_ptr().addr() as u64
    }

    /// Makes the bytes executable and not writable.
    pub(crate) fn make_executable(&mut self) {
        // SAFETY: the inner pages of the mapping.
        let result = unsafe {
            libc::mprotect(
                self.mapping.add(PAGE).as_ptr().cast(),
                self.mapped - 2 * PAGE,
                libc::PROT_READ | libc::PROT_EXEC,
            )
        };
        assert_eq!(result, 0);
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        // SAFETY: the whole mapping, which nothing points into any more.
        unsafe { libc::munmap(self.mapping.as_ptr().cast(), self.mapped) };
    }
}
