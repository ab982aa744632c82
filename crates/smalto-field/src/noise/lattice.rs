//! The integer lattice that noise hangs on: cells, and a random number for each corner.
//!
//! A coordinate x lies in cell number floor(x), x - floor(x) of the way to the next. The
//! number of a cell is an i32; beyond 2^31 it saturates, and all of space out there is one
//! cell. A NaN lies in cell 0 with a NaN for the offset, and an infinite coordinate has a NaN
//! for the offset too, so noise at either is NaN.
//!
//! **The hash.** A corner (i, j, ...) gets the *key* i·A ^ j·B ^ ... ^ s, where A, B, ... are
//! fixed odd numbers and s is the hash of the seed. Along one axis a key differs from its
//! neighbour's by one addition, and what depends on one axis is computed once for the corners
//! that share it. The random number is the upper bits of key·M, M being 2^32 over the golden
//! ratio: Fibonacci hashing (Knuth, TAOCP 3, section 6.4), whose upper bits depend on every
//! bit of the key. So each further corner costs an exclusive or, a multiplication and a
//! shift. A, B, C and D are 2^32 times the first four powers of 1/1.1673, the root of x^5 = x + 1,
//! which spreads points in four dimensions as the golden ratio does in one (Roberts, "The
//! unreasonable effectiveness of quasirandom sequences", 2018), made odd.
//!
//! On a line there is no second axis to stir the first: keys i·A ^ s are an arithmetic sequence
//! if s is 0, so are their products with M, and neighbours would be alike (a correlation of
//! 0.82). There the bits are mixed once more, which is little beside two corners.
//!
//! On 256x256 corners the 16 numbers that four upper bits make are equally frequent, and so are all
//! pairs of them at corners up to four apart, as closely as chance would have it
//! (`tests/hash.rs`). Seeds are hashed since exclusive or with a small number changes upper
//! bits of the product by an amount that hardly depends on the corner.

use smalto_graph::{Expr, GraphBuilder, IntoExpr};

/// What a number of a cell is multiplied by, along each axis.
const FACTORS: [u32; 4] = [0xdb4f_0b91, 0xbbe0_5633, 0xa0f2_ec75, 0x89e1_8285];
/// 2^32 over the golden ratio.
const GOLDEN: u32 = 0x9e37_79b1;
/// Mixes what [`GOLDEN`] left of the lower bits.
const SECOND: u32 = 0x846c_a68b;

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
        self.seed.hash()
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
        let factor = FACTORS[self.axis] as i32;
        match self.period {
            None => {
                let key = self.floor.to_i32() * factor;
                match step {
                    0 => key,
                    step => key + factor.wrapping_mul(step),
                }
            }
            // Whole numbers below 2^24 divide without crossing a whole number by rounding.
            Some(period) => {
                let period = f64::from(period);
                let cell = self.floor + f64::from(step);
                let first = (cell / period).floor() * period;
                (cell - first).to_i32() * factor
            }
        }
    }
}

/// The random bits of a key.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Random<'g>(Expr<'g>);

impl<'g> Random<'g> {
    /// Good in the upper bits, as far as the key is.
    pub(crate) fn of_key(key: Expr<'g>) -> Random<'g> {
        Random(key * GOLDEN as i32)
    }

    /// Good in the upper bits, and unrelated to those of the corner's neighbours in that many
    /// dimensions.
    pub(crate) fn of_corner(key: Expr<'g>, dimensions: usize) -> Random<'g> {
        let random = Random::of_key(key);
        match dimensions {
            1 => random.mixed(),
            _ => random,
        }
    }

    /// Good in all but the two lowest bits.
    pub(crate) fn mixed(self) -> Random<'g> {
        Random(self.0.bit_xor(self.0.ushr(15)) * SECOND as i32)
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
