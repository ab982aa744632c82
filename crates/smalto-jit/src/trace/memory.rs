//! Memory that tapes run in: bytes at the beginning of a cache line, zero at first.

use std::alloc::{Layout, alloc_zeroed, dealloc, handle_alloc_error};
use std::ptr::NonNull;

/// Bytes of a cache line.
const CACHE_LINE: usize = 64;

/// Zeroed bytes. Pages that nobody touches are not taken from the system, so a tape may have
/// places that only the longest of its descendants uses.
///
/// That holds for memory of the allocator's own alignment: what is aligned further it gets as it
/// comes, and clears itself, every page of it. So this is longer by what it takes to begin where
/// a cache line does.
pub(crate) struct Bytes {
    allocated: NonNull<u8>,
    layout: Layout,
    /// The beginning of the first cache line in it.
    first: NonNull<u8>,
}

// SAFETY: the bytes are owned, and reached through `&mut` only.
unsafe impl Send for Bytes {}

impl Bytes {
    /// # Panics
    /// If that many bytes cannot be addressed.
    pub(crate) fn zeroed(len: usize) -> Bytes {
        let layout = Layout::array::<u128>((len + CACHE_LINE).div_ceil(size_of::<u128>()))
            .expect("a program has fewer places than would fill the address space");
        // SAFETY: the layout has a size.
        let allocated = unsafe { alloc_zeroed(layout) };
        let allocated = NonNull::new(allocated).unwrap_or_else(|| handle_alloc_error(layout));
        let skipped = allocated.align_offset(CACHE_LINE);
        Bytes {
            allocated,
            layout,
            // SAFETY: less than a cache line is skipped, and there is one more than is wanted.
            first: unsafe { allocated.add(skipped) },
        }
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
        unsafe { dealloc(self.allocated.as_ptr(), self.layout) };
    }
}
