//! Bits, and bitmaps as bytes.

use crate::pages::prefer_large_pages;
use rayon::prelude::*;
use smalto_jit::trace::LINE;
use std::mem::MaybeUninit;

/// Pixels that are made at a time: as many as fill a cache line.
const GROUP: usize = 64;
/// Cells that a thread takes at a time.
const CELLS_OF_TASK: usize = 1 << 14;
/// Pixels from which on a picture is written past the caches, by all threads: it would not stay in
/// one of 1 MiB, and each of its lines would be read before it is overwritten.
const LARGE: usize = 4 << 20;

/// The pixels of a bitmap, 255 for a bit that is set, in rows of `width`. Each row is of whole
/// cells of 16 bits, the first pixel being the lowest bit of the first cell. They are written to
/// the memory of an earlier picture if that is large enough.
pub(crate) fn bytes_of_bits(cells: &[u16], width: usize, earlier: Vec<u8>) -> Vec<u8> {
    let len = cells.len() * LINE;
    let mut bytes = earlier;
    bytes.clear();
    if bytes.capacity() < len {
        bytes = Vec::with_capacity(len);
        prefer_large_pages(bytes.spare_capacity_mut());
    }
    let room = &mut bytes.spare_capacity_mut()[..len];
    if len < LARGE {
        write_pixels(cells, room, false);
    } else {
        cells
            .par_chunks(CELLS_OF_TASK)
            .zip(room.par_chunks_mut(CELLS_OF_TASK * LINE))
            .for_each(|(cells, pixels)| write_pixels(cells, pixels, true));
    }
    // SAFETY: the pixels of all cells were written.
    unsafe { bytes.set_len(len) };
    let stride = width.next_multiple_of(LINE);
    if width < stride {
        let rows = len / stride;
        for row in 1..rows {
            bytes.copy_within(row * stride..row * stride + width, row * width);
        }
        bytes.truncate(rows * width);
    }
    bytes
}

/// Writes a byte for each bit of `cells`: all of `pixels`, which are part of a picture that may be
/// large.
fn write_pixels(cells: &[u16], pixels: &mut [MaybeUninit<u8>], is_large: bool) {
    assert_eq!(pixels.len(), cells.len() * LINE);
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx512bw") {
        // SAFETY: the CPU has the instruction.
        unsafe { write_by_masks(cells, pixels, is_large) };
        return;
    }
    let _ = is_large;
    write_by_table(cells, pixels);
}

/// By an instruction that makes a mask of bits one of bytes.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512bw")]
fn write_by_masks(cells: &[u16], pixels: &mut [MaybeUninit<u8>], is_large: bool) {
    use std::arch::x86_64::{
        _mm_sfence, _mm512_movm_epi8, _mm512_storeu_epi8, _mm512_stream_si512,
    };
    // Past the caches whole lines of them are written, from the first that begins here.
    let before = pixels.as_ptr().align_offset(GROUP);
    let is_streamed = is_large && before.is_multiple_of(LINE) && before < pixels.len();
    let before = if is_streamed { before } else { 0 };
    let (first_cells, cells) = cells.split_at(before / LINE);
    let (first_pixels, pixels) = pixels.split_at_mut(before);
    write_by_table(first_cells, first_pixels);
    let words = cells.chunks_exact(GROUP / LINE);
    let mut groups = pixels.chunks_exact_mut(GROUP);
    let rest = words.remainder();
    for (cells, pixels) in words.zip(&mut groups) {
        let bits = (0..)
            .zip(cells)
            .map(|(i, &cell)| u64::from(cell) << (i * LINE));
        let word = bits.fold(0, |word, bits| word | bits);
        let (to, bytes) = (pixels.as_mut_ptr(), _mm512_movm_epi8(word));
        // SAFETY: a group has room for the whole register, and begins a line if it is streamed.
        unsafe {
            match is_streamed {
                true => _mm512_stream_si512(to.cast(), bytes),
                false => _mm512_storeu_epi8(to.cast(), bytes),
            }
        }
    }
    if is_streamed {
        // Other threads see what was streamed before they see that this one is done.
        _mm_sfence();
    }
    write_by_table(rest, groups.into_remainder());
}

/// Eight at a time, from a table.
fn write_by_table(cells: &[u16], pixels: &mut [MaybeUninit<u8>]) {
    static EIGHT: [[MaybeUninit<u8>; 8]; 256] = {
        let mut table = [[MaybeUninit::new(0); 8]; 256];
        let mut bits = 0;
        while bits < 256 {
            let mut pixel = 0;
            while pixel < 8 {
                let is_set = bits >> pixel & 1 != 0;
                table[bits][pixel] = MaybeUninit::new(if is_set { 255 } else { 0 });
                pixel += 1;
            }
            bits += 1;
        }
        table
    };
    let bytes = cells.iter().flat_map(|cell| cell.to_le_bytes());
    for (pixels, bits) in pixels.chunks_exact_mut(8).zip(bytes) {
        pixels.copy_from_slice(&EIGHT[usize::from(bits)]);
    }
}

/// The positions of the bits that are set.
pub(crate) struct Bits(pub(crate) u64);

impl Iterator for Bits {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        if self.0 == 0 {
            return None;
        }
        let first = self.0.trailing_zeros() as usize;
        self.0 &= self.0 - 1;
        Some(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pixel_is_white_where_its_bit_is_set() {
        let few = [1usize, 15, 16, 17, 48, 63, 64, 65, 200].map(|width| (width, 3));
        // The last two are as large as to be written past the caches.
        for (width, rows) in few.into_iter().chain([(2048, 2048), (2000, 2100)]) {
            let cells_of_row = width.div_ceil(LINE);
            let cells: Vec<u16> = (0..(rows * cells_of_row) as u32)
                .map(|i| (i.wrapping_mul(40_503) >> 3) as u16)
                .collect();
            let bytes = bytes_of_bits(&cells, width, vec![9; 100]);
            assert_eq!(bytes.len(), rows * width);
            for (at, &byte) in bytes.iter().enumerate() {
                let (row, column) = (at / width, at % width);
                let bit = cells[row * cells_of_row + column / LINE] >> (column % LINE) & 1;
                assert_eq!(
                    byte,
                    255 * bit as u8,
                    "width {width}, row {row}, column {column}"
                );
            }
        }
    }

    #[test]
    fn pixels_are_the_same_any_way() {
        for (count, skipped) in (0..20u16).flat_map(|count| [0, 1, 16, 48].map(|at| (count, at))) {
            let cells: Vec<u16> = (0..count).map(|i| i.wrapping_mul(40_503)).collect();
            type Write<'a> = &'a dyn Fn(&[u16], &mut [MaybeUninit<u8>]);
            let written = |write: Write<'_>| -> Vec<u8> {
                let mut pixels = vec![MaybeUninit::new(7); skipped + cells.len() * LINE];
                write(&cells, &mut pixels[skipped..]);
                // SAFETY: they were initialised.
                let pixels = pixels
                    .into_iter()
                    .map(|pixel| unsafe { pixel.assume_init() });
                pixels.collect()
            };
            let expected = written(&write_by_table);
            for is_large in [false, true] {
                let found = written(&|cells, pixels| write_pixels(cells, pixels, is_large));
                assert_eq!(found, expected, "{count} cells, {skipped} pixels skipped");
            }
        }
    }
}
