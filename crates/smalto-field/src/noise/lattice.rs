//! The integer lattice that noise hangs on: cells, and a random number for each corner.
//!
//! A coordinate x lies in cell number floor(x), x - floor(x) of the way to the next. The
//! number of a cell is an i32; beyond 2^31 it saturates, and all of space out there is one
//! cell. A NaN lies in cell 0 with a NaN for the offset, and an infinite coordinate has a NaN
//! for the offset too, so noise at either is NaN.
//!
//! **The hash.** A corner (i, j, ...) gets the *key* k = i·A ^ j·B ^ ... ^ s, where A, B, ... are
//! fixed odd numbers and s is the hash of the seed. Along one axis a key differs from its
//! neighbour's by one addition, and what depends on one axis is computed once for the corners
//! that share it. The random number is k(2k + 1), the permutation that the cipher RC6 uses
//! (Rivest, Robshaw, Sidney and Yin, "The RC6 block cipher", 1998): one of 32 bits onto itself,
//! whose upper bits depend on every bit of the key. A, B, C and D are 2^32 times the first four
//! powers of 1/1.1673, the root of x^5 = x + 1, which spreads points in four dimensions as the
//! golden ratio does in one (Roberts, "The unreasonable effectiveness of quasirandom
//! sequences", 2018), made odd.
//!
//! *Why a square.* A product with a constant, Fibonacci hashing, has good upper bits too, and is
//! as even over the plane; but it carries arithmetic sequences over into arithmetic sequences.
//! In a row j where j·B ^ s has few bits set the keys nearly are one, and the numbers in that
//! row are correlated with their neighbours: by more than 1/2 in the worst of 512 rows, by 0.82
//! along the axes if s is 0. The square of an arithmetic sequence is a chirp: it differs from
//! itself a few steps on by an arithmetic sequence, which goes evenly through all numbers, so
//! the two are uncorrelated, and *every* row is as good as any (`tests/hash.rs` checks each).
//! What is left in those few rows is an order among three neighbours; the salt that is added
//! to seeds keeps seed 0 from having one through the origin.
//!
//! On 256x256 corners the 16 numbers that four upper bits make are equally frequent, and so are all
//! pairs of them at corners up to four apart, as closely as chance would have it
//! (`tests/hash.rs`). Seeds are hashed since keys that differ by exclusive or with a small
//! number are the same keys in other places.

use smalto_graph::{Expr, GraphBuilder, IntoExpr};

/// What a number of a cell is multiplied by, along each axis.
const FACTORS: [u32; 4] = [0xdb4f_0b91, 0xbbe0_5633, 0xa0f2_ec75, 0x89e1_8285];
/// Added to seeds, since the hash of 0 is 0: the fraction of pi, in 32 bits.
const SALT: u32 = 0x243f_6a88;
/// What the lower bits are mixed with.
const MIXER: u32 = 0x846c_a68b;

/// Which random numbers a noise is made of, and whether it repeats.
#[derive(Debug, Clone, Copy)]
pub struct Lattice<'g> {
    seed: Expr<'g>,
    period: Option<u32>,
}

impl<'g> Lattice<'g> {
    /// The largest period: cells are numbered exactly in f32 up to there.
    pub const LONGEST_PERIOD: u32 = 1 << 20;

    /// The lattice of a seed, an i32 that may be an input. Different seeds give unrelated
    /// noise.
    pub fn new(builder: &'g GraphBuilder, seed: impl IntoExpr<'g>) -> Lattice<'g> {
        Lattice {
            seed: seed.into_expr(builder),
            period: None,
        }
    }

    /// The same, repeating after `period` cells along every axis.
    ///
    /// # Panics
    /// If `period` is 0 or more than [`LONGEST_PERIOD`](Lattice::LONGEST_PERIOD).
    pub fn with_period(self, period: u32) -> Lattice<'g> {
        assert!(
            (1..=Self::LONGEST_PERIOD).contains(&period),
            "a period of {period} cells: it must be 1 to {}",
            Self::LONGEST_PERIOD
        );
        Lattice {
            period: Some(period),
            ..self
        }
    }

    /// After how many cells the noise repeats.
    pub fn period(&self) -> Option<u32> {
        self.period
    }

    /// Another lattice, unrelated to this one for every `step` that is not 0.
    pub fn shifted(self, step: i32) -> Lattice<'g> {
        match step {
            0 => self,
            step => Lattice {
                seed: self.seed + step,
                ..self
            },
        }
    }

    /// What keys begin with.
    pub(crate) fn base_key(&self) -> Expr<'g> {
        (self.seed + SALT as i32).hash()
    }

    /// The cells along one axis around a coordinate.
    pub(crate) fn axis(&self, axis: usize, x: Expr<'g>) -> Axis<'g> {
        let floor = x.floor();
        Axis {
            offset: x - floor,
            cell: Cell {
                axis,
                floor,
                period: self.period,
            },
        }
    }
}

/// Where a coordinate lies along its axis.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Axis<'g> {
    /// How far into the cell, 0 to 1.
    pub(crate) offset: Expr<'g>,
    pub(crate) cell: Cell<'g>,
}

/// A cell along an axis.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cell<'g> {
    axis: usize,
    floor: Expr<'g>,
    period: Option<u32>,
}

impl<'g> Cell<'g> {
    pub(crate) fn new(axis: usize, floor: Expr<'g>) -> Cell<'g> {
        Cell {
            axis,
            floor,
            period: None,
        }
    }

    /// The part of the key that the cell `step` cells on has along this axis.
    pub(crate) fn key(&self, step: i32) -> Expr<'g> {
        match self.period {
            None => {
                let key = key_of(self.axis, self.floor.to_i32());
                match step {
                    0 => key,
                    step => key + (FACTORS[self.axis] as i32).wrapping_mul(step),
                }
            }
            // Whole numbers below 2^24 divide without crossing a whole number by rounding.
            Some(period) => {
                let period = f64::from(period);
                let cell = self.floor + f64::from(step);
                let first = (cell / period).floor() * period;
                key_of(self.axis, (cell - first).to_i32())
            }
        }
    }
}

/// The part of a key that a whole number has along an axis.
pub(crate) fn key_of(axis: usize, number: Expr<'_>) -> Expr<'_> {
    number * FACTORS[axis] as i32
}

/// The random bits of a key.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Random<'g>(Expr<'g>);

impl<'g> Random<'g> {
    /// Good in the upper bits.
    pub(crate) fn of_key(key: Expr<'g>) -> Random<'g> {
        Random(key * key.shl(1).bit_or(1))
    }

    /// Good in all but the two lowest bits.
    pub(crate) fn mixed(self) -> Random<'g> {
        Random(self.0.bit_xor(self.0.ushr(15)) * MIXER as i32)
    }

    /// A number from 0 to 2^bits - 1, of the upper bits.
    pub(crate) fn index(self, bits: i32) -> Expr<'g> {
        self.0.ushr(32 - bits)
    }

    /// A real from -2^31 to 2^31.
    pub(crate) fn signed(self) -> Expr<'g> {
        self.0.to_real()
    }

    /// A real from 0 to 2^24 - 1.
    pub(crate) fn unsigned(self) -> Expr<'g> {
        self.0.ushr(8).to_real()
    }

    /// Field number `at` of `bits` bits, counted from the top, as a real from 0 to 2^bits - 1.
    pub(crate) fn field(self, at: i32, bits: i32) -> Expr<'g> {
        let shifted = self.0.ushr(32 - bits * (at + 1));
        match at {
            0 => shifted.to_real(),
            _ => shifted.bit_and((1 << bits) - 1).to_real(),
        }
    }
}
