//! The hash behind the hash-consing table: fast on a few machine words. Names
//! from strangers may collide on purpose, so maps keyed by user text keep the
//! standard library's keyed hash unless they are bounded otherwise.

use std::hash::{BuildHasher, Hasher};

/// Builds [`FoldHasher`]s.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Fast;

impl BuildHasher for Fast {
    type Hasher = FoldHasher;

    fn build_hasher(&self) -> FoldHasher {
        FoldHasher(0)
    }
}

/// Folded multiplication: the high half of a 128-bit product mixed into the low.
pub(crate) struct FoldHasher(u64);

/// Odd, with no pattern in its bits (the fraction of the golden ratio).
const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;

/// Mixes `word` into `state`.
#[inline]
pub(crate) fn fold(state: u64, word: u64) -> u64 {
    let product = u128::from(state ^ word ^ 0x2545_f491_4f6c_dd1d) * u128::from(MULTIPLIER);
    (product as u64) ^ (product >> 64) as u64
}

impl Hasher for FoldHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.0 = fold(self.0, u64::from_le_bytes(word));
        }
    }
}
