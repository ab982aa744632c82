//! Memory for large pictures.

/// Bytes from which on large pages are worth asking for: a few of 2 MiB.
const LARGE: usize = 8 << 20;

/// Asks the system to find memory for these values, which nothing has been written to yet, in
/// large pages if it can.
///
/// A picture is written once, and most of the time that takes can be the system's, which finds
/// and clears each page when it is first touched: 2 us for each 4 KiB, but only some 150 us for
/// 2 MiB at once. It is advice: where it cannot be followed nothing changes.
pub(crate) fn prefer_large_pages<T>(values: &[T]) {
    let bytes = size_of_val(values);
    if bytes < LARGE {
        return;
    }
    #[cfg(target_os = "linux")]
    {
        const PAGE: usize = 4096;
        let first = values.as_ptr().cast::<u8>();
        let skipped = first.align_offset(PAGE);
        // SAFETY: the pages are within memory that is borrowed, and the advice does not change
        // what is in it.
        unsafe {
            let first = first.add(skipped).cast_mut().cast();
            libc::madvise(first, (bytes - skipped) / PAGE * PAGE, libc::MADV_HUGEPAGE);
        }
    }
}
