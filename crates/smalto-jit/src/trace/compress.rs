//! Where in a row of 16-bit words one bit is set: the innermost loop of shortening.

/// Writes to the front of `positions` where bit `bit` of `words` is set, counted from `first`,
/// and gives how many there are. What is behind them is left undefined.
///
/// # Panics
/// If `positions` is not [`SLACK`] longer than `words`.
pub(super) fn positions_of_bit(
    words: &[u16],
    bit: usize,
    first: u32,
    positions: &mut [u32],
) -> usize {
    assert!(positions.len() >= words.len() + SLACK);
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx512f")
        && std::arch::is_x86_feature_detected!("avx512bw")
        && std::arch::is_x86_feature_detected!("avx512vl")
    {
        // SAFETY: the CPU has the instructions; there is slack.
        return unsafe { avx512::positions_of_bit(words, bit, first, positions) };
    }
    one_by_one(words, bit, first, positions)
}

/// How many positions more than there are words there must be room for.
pub(super) const SLACK: usize = 16;

/// Writes every position and counts on if it was one: no branch to predict.
fn one_by_one(words: &[u16], bit: usize, first: u32, positions: &mut [u32]) -> usize {
    let mut count = 0;
    for (position, word) in (first..).zip(words) {
        positions[count] = position;
        count += usize::from(word >> bit & 1);
    }
    count
}

#[cfg(target_arch = "x86_64")]
mod avx512 {
    use super::SLACK;
    use std::arch::x86_64::*;

    /// Sixteen words at a time: a test gives the mask by which positions are compressed.
    ///
    /// # Safety
    /// `positions` must be [`SLACK`] longer than `words`.
    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    pub(super) unsafe fn positions_of_bit(
        words: &[u16],
        bit: usize,
        first: u32,
        positions: &mut [u32],
    ) -> usize {
        const WIDTH: usize = 16;
        const _: () = assert!(SLACK >= WIDTH);
        let wanted = _mm256_set1_epi16(1i16 << bit);
        let steps = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
        let mut here = _mm512_add_epi32(_mm512_set1_epi32(first as i32), steps);
        let mut count = 0;
        let whole = words.chunks_exact(WIDTH);
        let rest = whole.remainder();
        let mut write = |group: __m256i| {
            let set = _mm256_test_epi16_mask(group, wanted);
            let found = _mm512_maskz_compress_epi32(set, here);
            // SAFETY: `count` is at most the number of words before this group, and there is
            // room for that many and a group more.
            unsafe { _mm512_storeu_epi32(positions.as_mut_ptr().add(count).cast(), found) };
            count += set.count_ones() as usize;
            here = _mm512_add_epi32(here, _mm512_set1_epi32(WIDTH as i32));
        };
        for group in whole {
            // SAFETY: the group has as many words as the register.
            write(unsafe { _mm256_loadu_epi16(group.as_ptr().cast()) });
        }
        if !rest.is_empty() {
            let mask = (1 << rest.len()) - 1;
            // SAFETY: no more words are read than are left.
            write(unsafe { _mm256_maskz_loadu_epi16(mask, rest.as_ptr().cast()) });
        }
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_those_of_the_set_bits() {
        for len in 0..70 {
            let words: Vec<u16> = (0..len).map(|i: u16| i.wrapping_mul(40_503)).collect();
            for bit in 0..16 {
                let expected: Vec<u32> = (100..)
                    .zip(&words)
                    .filter(|(_, word)| **word >> bit & 1 != 0)
                    .map(|(position, _)| position)
                    .collect();
                let mut found = vec![0; words.len() + SLACK];
                let count = positions_of_bit(&words, bit, 100, &mut found);
                assert_eq!(found[..count], expected, "{len} words, bit {bit}");
                let count = one_by_one(&words, bit, 100, &mut found);
                assert_eq!(
                    found[..count],
                    expected,
                    "{len} words, bit {bit}, one by one"
                );
            }
        }
    }
}
