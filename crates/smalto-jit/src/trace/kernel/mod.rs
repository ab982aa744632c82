//! The kernels that run a tape: one op each, in a domain.
//!
//! A kernel runs a whole run of instructions. What it is told besides is a *frame*: where
//! places are in memory. There are two kinds, since points and what stands for many points
//! are laid out differently.
//!
//! | frame | a place holds | rows |
//! |---|---|---|
//! | [`PointFrame`] | a line of 16 numbers, or a block of 16 or 32 such lines | of the block |
//! | [`DomainFrame`] | the parts of intervals or gradients, each a few lines of 16 | of each part |
//!
//! `points.rs` and `domains.rs` have the kernels of ops, `tables.rs` those that look up.

mod domains;
mod points;
mod tables;

pub(super) use domains::make_exact;
pub(super) use points::STEP;
pub(super) use tables::RangedTable;

use super::simplify::Decisions;
use super::tape::Word;
use domains::{InDomain, copy_parts};
use points::{Points, spread_points};
use smalto_graph::{Op, Type};
use smalto_lower::domain::{Domain, Gradients, Intervals};
use smalto_lower::{Float, Lanes, meaning};
use std::ops::Range;
use tables::{I32Table, Lookup, RealTable, look_up_gradients, look_up_intervals, look_up_points};

/// Values of a line: the boxes of a batch, the columns of a block.
pub const LINE: usize = 16;
/// Lines of a block whose axes vary by column and by row: a value a row is a line.
pub const ROWS: usize = LINE;
/// Lines of a block whose axes have a value a point. To start a kernel takes as long as a few lines,
/// so there are more of them; many more would not stay in the first cache.
pub const POINT_ROWS: usize = 2 * ROWS;
/// How many partial derivatives gradients have.
pub(super) const PARTIALS: usize = 3;

/// Where the numbers are that kernels of points read and write.
pub(super) struct PointFrame<'a, L: Lanes> {
    /// Where the lines are: place p at p lines from here.
    pub(super) lines: *mut u8,
    /// Where the blocks are: place p at p blocks from here, for p from `split` on.
    pub(super) blocks: *mut u8,
    /// The first place that is a block.
    pub(super) split: usize,
    /// Bytes of a line.
    pub(super) line: usize,
    /// Bytes of a block.
    pub(super) block: usize,
    pub(super) words: &'a [Word],
    /// The place that the first word writes.
    pub(super) first: usize,
    pub(super) tables: &'a [RangedTable<L>],
    /// The table that the run at hand looks up.
    pub(super) table: usize,
}

/// A kernel of points, for instructions that write that many rows: 1 for those on lines, a
/// multiple of [`STEP`] for those on blocks.
///
/// # Safety
/// Places of the instructions must be valid as the frame has them, and hold what the op
/// wants. An instruction of one row must have no operand that is a block, and one of
/// several rows must write one.
pub(super) type PointKernel<L> = unsafe fn(L, &PointFrame<'_, L>, Range<usize>, usize);

/// Where the parts of values are.
pub(super) struct DomainFrame<'a, L: Lanes> {
    /// Where place 0 is.
    pub(super) values: *mut u8,
    /// Bytes from place to place, as a power of two.
    pub(super) cell_shift: u32,
    /// Bytes from part to part of a value.
    pub(super) part: usize,
    /// Bytes of a line.
    pub(super) line: usize,
    /// Lines of a part.
    pub(super) rows: usize,
    pub(super) words: &'a [Word],
    /// The place that the first word writes.
    pub(super) first: usize,
    pub(super) tables: &'a [RangedTable<L>],
    /// The table that the run at hand looks up.
    pub(super) table: usize,
    /// Where to say what was decided, an entry a word. Only intervals decide.
    pub(super) decisions: *mut Decisions,
}

/// A kernel of intervals or gradients. Gives the boxes in which something was decided.
///
/// # Safety
/// Places of the instructions must be valid as the frame has them, and hold what the op
/// wants; `decisions` must have an entry for each word if the op is a choice.
pub(super) type DomainKernel<L> = unsafe fn(L, &DomainFrame<'_, L>, Range<usize>) -> u16;

/// What runs one op, or does what a tape needs besides.
pub(super) struct Kernel<L: Lanes> {
    pub(super) points: PointKernel<L>,
    pub(super) intervals: DomainKernel<L>,
    pub(super) gradients: DomainKernel<L>,
    pub(super) table: usize,
}

impl<L: Lanes<Element: Float, Ballot = u64>> Kernel<L> {
    /// Applies `op` to operands of type `ty`. `by_sign` tells whether of the result only the sign
    /// matters.
    pub(super) fn of(op: Op, ty: Type, by_sign: bool) -> Kernel<L> {
        let in_domain = || InDomain { by_sign };
        Kernel {
            points: meaning::with_meaning::<L, _>(op, ty, Points),
            intervals: <Intervals as Domain<L>>::with_meaning(op, ty, in_domain()),
            gradients: <Gradients<PARTIALS> as Domain<L>>::with_meaning(op, ty, in_domain()),
            table: 0,
        }
    }

    /// Looks up a table of elements of type `ty`.
    pub(super) fn lookup(ty: Type, table: usize) -> Kernel<L> {
        match ty {
            Type::Real => Kernel::looking_up::<RealTable>(table),
            _ => Kernel::looking_up::<I32Table>(table),
        }
    }

    fn looking_up<T: Lookup<L>>(table: usize) -> Kernel<L> {
        Kernel {
            points: look_up_points::<L, T>,
            intervals: look_up_intervals::<L, T>,
            gradients: look_up_gradients::<L, T>,
            table,
        }
    }

    /// Names two operands and computes nothing.
    pub(super) fn pair() -> Kernel<L> {
        Kernel {
            points: |_, _, _, _| {},
            intervals: |_, _, _| 0,
            gradients: |_, _, _| 0,
            table: 0,
        }
    }

    /// Makes a value a row into a value a point.
    pub(super) fn spread() -> Kernel<L> {
        Kernel {
            points: spread_points::<L>,
            intervals: copy_parts::<L, Intervals>,
            gradients: copy_parts::<L, Gradients<PARTIALS>>,
            table: 0,
        }
    }
}
