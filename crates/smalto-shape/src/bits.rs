//! Bitmaps as bytes.

use crate::pages::prefer_large_pages;
use rayon::prelude::*;
use smalto_jit::trace::LINE;
use std::mem::MaybeUninit;

/// Pixels that are made at a time: as many as fill a cache line.
const GROUP: usize = 64;
/// Cells that a thread takes at a time.
const CELLS_OF_TASK: usize = 1 << 14;

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
    cells
        .par_chunks(CELLS_OF_TASK)
        .zip(room.par_chunks_mut(CELLS_OF_TASK * LINE))
        .for_each(|(cells, pixels)| write_pixels(cells, pixels));
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

/// Writes a byte for each bit of `cells`: all of `pixels`.
fn write_pixels(cells: &[u16], pixels: &mut [MaybeUninit<u8>]) {
    assert_eq!(pixels.len(), cells.len() * LINE);
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx512bw") {
        // SAFETY: the CPU has the instruction.
        unsafe { write_by_masks(cells, pixels) };
        return;
    }
    write_by_table(cells, pixels);
}

/// By an instruction that makes a mask of bits one of bytes.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512bw")]
fn write_by_masks(cells: &[u16], pixels: &mut [MaybeUninit<u8>]) {
    use std::arch::x86_64::{_mm512_movm_epi8, _mm512_storeu_epi8};
    let words = cells.chunks_exact(GROUP / LINE);
    let mut groups = pixels.chunks_exact_mut(GROUP);
    let rest = words.remainder();
    for (cells, pixels) in words.zip(&mut groups) {
        let bits = (0..)
            .zip(cells)
            .map(|(i, &cell)| u64::from(cell) << (i * LINE));
        let word = bits.fold(0, |word, bits| word | bits);
        // SAFETY: a group has room for the whole register.
        unsafe { _mm512_storeu_epi8(pixels.as_mut_ptr().cast(), _mm512_movm_epi8(word)) };
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pixel_is_white_where_its_bit_is_set() {
        for width in [1usize, 15, 16, 17, 48, 63, 64, 65, 200] {
            let cells_of_row = width.div_ceil(LINE);
            let cells: Vec<u16> = (0..3 * cells_of_row as u32)
                .map(|i| (i.wrapping_mul(40_503) >> 3) as u16)
                .collect();
            let bytes = bytes_of_bits(&cells, width, vec![9; 100]);
            assert_eq!(bytes.len(), 3 * width);
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
    fn pixels_are_the_same_either_way() {
        for count in 0..20 {
            let cells: Vec<u16> = (0..count).map(|i: u16| i.wrapping_mul(40_503)).collect();
            let written = |write: fn(&[u16], &mut [MaybeUninit<u8>])| {
                let mut pixels = vec![MaybeUninit::new(7); cells.len() * LINE];
                write(&cells, &mut pixels);
                // SAFETY: they were initialised.
                pixels
                    .into_iter()
                    .map(|pixel| unsafe { pixel.assume_init() })
                    .collect()
            };
            let (found, expected): (Vec<u8>, Vec<u8>) =
                (written(write_pixels), written(write_by_table));
            assert_eq!(found, expected);
        }
    }
}
