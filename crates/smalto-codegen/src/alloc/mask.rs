//! Sets of the registers of one class, as wide as the machine needs.
//!
//! No CPU has more than 64 registers of a class, and one word is what makes the
//! allocator fast; a GPU has 256. So everything that handles sets is generic over the
//! number of words, and compiled for one and for four.

use super::RegisterSet;
use std::ops::{BitAnd, BitOr, BitOrAssign, Not};

/// A set of register numbers below 64 `W`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mask<const W: usize>([u64; W]);

impl<const W: usize> Mask<W> {
    pub(super) const EMPTY: Self = Mask([0; W]);

    /// The numbers there can be.
    pub(super) const CAPACITY: usize = 64 * W;

    /// `span` registers from `number` on. A tuple is aligned, so it lies in one word.
    #[inline]
    pub(super) fn tuple(number: u8, span: u8) -> Self {
        let mut mask = Self::EMPTY;
        mask.0[usize::from(number / 64) % W] = ((1 << span) - 1) << (number % 64);
        mask
    }

    #[inline]
    pub(super) fn one(number: u8) -> Self {
        Self::tuple(number, 1)
    }

    /// One register or none, on a condition that is not branched on.
    #[inline]
    pub(super) fn one_if(number: u8, there: bool) -> Self {
        let mut mask = Self::EMPTY;
        mask.0[usize::from(number / 64) % W] = u64::from(there) << (number % 64);
        mask
    }

    /// Of a set, what this width can tell.
    pub(super) fn of(set: &RegisterSet) -> Self {
        Mask(std::array::from_fn(|word| set.words()[word]))
    }

    #[inline]
    pub(super) fn contains(self, number: u8) -> bool {
        self.0[usize::from(number / 64) % W] >> (number % 64) & 1 != 0
    }

    #[inline]
    pub(super) fn is_empty(self) -> bool {
        self == Self::EMPTY
    }

    #[inline]
    pub(super) fn insert(&mut self, other: Self) {
        *self |= other;
    }

    #[inline]
    pub(super) fn remove(&mut self, other: Self) {
        *self = *self & !other;
    }

    /// The lowest number.
    #[inline]
    pub(super) fn first(self) -> Option<u8> {
        let word = (0..W).find(|&word| self.0[word] != 0)?;
        Some((word * 64) as u8 + self.0[word].trailing_zeros() as u8)
    }

    /// How many there are.
    pub(super) fn len(self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }

    /// The numbers, in order.
    #[inline]
    pub(super) fn iter(mut self) -> impl Iterator<Item = u8> {
        std::iter::from_fn(move || {
            let first = self.first()?;
            self.remove(Self::one(first));
            Some(first)
        })
    }

    /// The numbers at which an aligned tuple of the set's members begins.
    #[inline]
    pub(super) fn tuples(self, span: u8) -> Self {
        const ALIGNED: [u64; 4] = [
            u64::MAX,
            0x5555_5555_5555_5555,
            0x1111_1111_1111_1111,
            0x0101_0101_0101_0101,
        ];
        let steps = span.trailing_zeros();
        let mut mask = self;
        for word in &mut mask.0 {
            for step in 0..steps {
                *word &= *word >> (1 << step);
            }
            *word &= ALIGNED[steps as usize & 3];
        }
        mask
    }
}

impl<const W: usize> BitAnd for Mask<W> {
    type Output = Self;
    #[inline]
    fn bitand(self, other: Self) -> Self {
        Mask(std::array::from_fn(|word| self.0[word] & other.0[word]))
    }
}

impl<const W: usize> BitOr for Mask<W> {
    type Output = Self;
    #[inline]
    fn bitor(self, other: Self) -> Self {
        Mask(std::array::from_fn(|word| self.0[word] | other.0[word]))
    }
}

impl<const W: usize> BitOrAssign for Mask<W> {
    #[inline]
    fn bitor_assign(&mut self, other: Self) {
        *self = *self | other;
    }
}

impl<const W: usize> Not for Mask<W> {
    type Output = Self;
    #[inline]
    fn not(self) -> Self {
        Mask(std::array::from_fn(|word| !self.0[word]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tuples_begin_where_all_their_registers_are_in_the_set() {
        let check = |members: &[u8], span, expected: &[u8]| {
            let mut mask = Mask::<4>::EMPTY;
            members
                .iter()
                .for_each(|&member| mask.insert(Mask::one(member)));
            assert_eq!(mask.tuples(span).iter().collect::<Vec<_>>(), expected);
        };
        check(&[0, 3, 255], 1, &[0, 3, 255]);
        check(&[0, 1, 3, 4, 66, 67], 2, &[0, 66]);
        check(&[1, 2, 3, 4, 5, 6, 7, 252, 253, 254, 255], 4, &[4, 252]);
        check(&[8, 9, 10, 11, 12, 13, 14, 15, 16], 8, &[8]);
    }
}
