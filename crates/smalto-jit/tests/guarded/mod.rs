//! Slices beside pages that nobody may touch: reading or writing a byte too far
//! ends the test with a fault.

/// A few pages of memory between two that fault.
pub(crate) struct Guarded {
    base: *mut u8,
    page: usize,
    /// Pages between the guards.
    pages: usize,
}

/// Where in the memory a slice lies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Placement {
    /// So many elements after the page before, which faults.
    AfterGuard(usize),
    /// Up to the page after, which faults.
    BeforeGuard,
}

/// The types of elements.
///
/// # Safety
/// Every pattern of bits must be a value.
pub(crate) unsafe trait Number: Copy {}
// SAFETY: they are numbers.
unsafe impl Number for f32 {}
// SAFETY: as above.
unsafe impl Number for f64 {}
// SAFETY: as above.
unsafe impl Number for i32 {}
// SAFETY: as above.
unsafe impl Number for i64 {}

/// What bytes hold that no slice covers.
const CANARY: u8 = 0xa5;

impl Guarded {
    pub(crate) fn new(pages: usize) -> Guarded {
        // SAFETY: asks the system for a number.
        let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) } as usize;
        // SAFETY: a new mapping at an address the system chooses.
        let base = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                (pages + 2) * page,
                libc::PROT_NONE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
                -1,
                0,
            )
        };
        assert_ne!(base, libc::MAP_FAILED);
        let guarded = Guarded {
            base: base.cast(),
            page,
            pages,
        };
        guarded.protect(libc::PROT_READ | libc::PROT_WRITE);
        guarded
    }

    /// The memory between the guards.
    fn bytes(&mut self) -> &mut [u8] {
        // SAFETY: the middle of the mapping, which `self` owns; it is written only
        // after `protect` made it writable.
        unsafe { std::slice::from_raw_parts_mut(self.base.add(self.page), self.pages * self.page) }
    }

    fn protect(&self, protection: i32) {
        // SAFETY: the middle of the mapping, to which no reference is held.
        let result = unsafe {
            libc::mprotect(
                self.base.add(self.page).cast(),
                self.pages * self.page,
                protection,
            )
        };
        assert_eq!(result, 0);
    }

    fn range<T>(&self, placement: Placement, length: usize) -> std::ops::Range<usize> {
        let bytes = length * size_of::<T>();
        let start = match placement {
            Placement::AfterGuard(elements) => elements * size_of::<T>(),
            Placement::BeforeGuard => self.pages * self.page - bytes,
        };
        start..start + bytes
    }

    /// A slice that may be written, among canaries.
    pub(crate) fn slice<T: Number>(&mut self, placement: Placement, length: usize) -> &mut [T] {
        self.protect(libc::PROT_READ | libc::PROT_WRITE);
        let range = self.range::<T>(placement, length);
        let bytes = self.bytes();
        bytes.fill(CANARY);
        let bytes = &mut bytes[range];
        // SAFETY: that many elements, aligned as pages are plus whole elements.
        unsafe { std::slice::from_raw_parts_mut(bytes.as_mut_ptr().cast(), length) }
    }

    /// A copy of `values` that faults when written.
    pub(crate) fn read_only<T: Number>(&mut self, placement: Placement, values: &[T]) -> &[T] {
        self.slice(placement, values.len()).copy_from_slice(values);
        self.protect(libc::PROT_READ);
        let range = self.range::<T>(placement, values.len());
        let from = self.base.wrapping_add(self.page + range.start);
        // SAFETY: the elements just copied.
        unsafe { std::slice::from_raw_parts(from.cast(), values.len()) }
    }

    /// Panics if anything was written beside the slice that was given out.
    pub(crate) fn check_canaries<T>(&mut self, placement: Placement, length: usize) {
        let range = self.range::<T>(placement, length);
        let bytes = &*self.bytes();
        let outside = bytes[..range.start].iter().chain(&bytes[range.end..]);
        assert!(
            outside.copied().all(|byte| byte == CANARY),
            "written beside a slice of {length} elements {placement:?}"
        );
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        // SAFETY: the mapping made by `new`, all of it.
        unsafe { libc::munmap(self.base.cast(), (self.pages + 2) * self.page) };
    }
}
