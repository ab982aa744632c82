//! Memory that tapes run in: bytes at the beginning of a cache line, zero at first.

use std::alloc::{Layout, alloc_zeroed, dealloc, handle_alloc_error};
use std::ptr::NonNull;

/// Bytes of a cache line.
const CACHE_LINE: usize = 64;

/// Zeroed bytes. Pages that nobody touches are not taken from the system, so a tape may have
/// places that only the longest of its descendants uses.
pub(crate) struct Bytes {
    first: NonNull<u8>,
    layout: Layout,
}

// SAFETY: the bytes are owned, and reached through `&mut` only.
unsafe impl Send for Bytes {}

impl Bytes {
    /// # Panics
    /// If that many bytes cannot be addressed.
    pub(crate) fn zeroed(len: usize) -> Bytes {
        let layout = Layout::from_size_align(len.max(CACHE_LINE), CACHE_LINE)
            .expect("a program has fewer places than would fill the address space");
        // SAFETY: the layout has a size.
        let first = unsafe { alloc_zeroed(layout) };
        let first = NonNull::new(first).unwrap_or_else(|| handle_alloc_error(layout));
        Bytes { first, layout }
    }

    pub(crate) fn as_mut_ptr(&mut self) -> *mut u8 {
        self.first.as_ptr()
    }

    pub(crate) fn as_ptr(&self) -> *const u8 {
        self.first.as_ptr()
    }
}

impl Drop for Bytes {
    fn drop(&mut self) {
        // SAFETY: it was allocated with this layout.
        unsafe { dealloc(self.first.as_ptr(), self.layout) };
    }
}
