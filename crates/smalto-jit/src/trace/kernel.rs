//! The kernels that run a tape: one op each, in a domain.
//!
//! A kernel runs a whole run of instructions. What it is told besides is a *frame*: where
//! places are in memory. There are two kinds, since points and what stands for many points
//! are laid out differently.
//!
//! | frame | a place holds | rows |
//! |---|---|---|
//! | [`PointFrame`] | a line of 16 numbers, or a block of 16 such lines | of the block |
//! | [`DomainFrame`] | the parts of intervals or gradients, each a few lines of 16 | of each part |

use super::simplify::Decisions;
use super::tape::{Place, Word};
use crate::interp::{Chunks, LaneTable, apply_long_binary, apply_long_unary, chunk_bytes};
use smalto_graph::{Op, Table, Type, Value};
use smalto_lower::domain::{self, Decided, Domain, Gradients, Interval, Intervals, KindIn};
use smalto_lower::kind::{Bool, I32, I64, Real};
use smalto_lower::{Float, Kind, Lanes, meaning};
use std::ops::Range;

/// Values of a line: the boxes of a batch, the columns of a block.
pub const LINE: usize = 16;
/// Lines of a block.
pub const ROWS: usize = 16;
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

// Points.

impl<L: Lanes> PointFrame<'_, L> {
    /// The address of a place's first line, and how far it is to the next.
    #[inline(always)]
    fn at(&self, place: Place) -> (*mut u8, usize) {
        let place = place as usize;
        let (base, cell, step) = if place < self.split {
            (self.lines, self.line, 0)
        } else {
            (self.blocks, self.line * ROWS, self.line)
        };
        (base.wrapping_add(place * cell), step)
    }

    /// The address of a place that is known to be a line.
    #[inline(always)]
    fn line_at(&self, place: Place) -> *mut u8 {
        self.lines.wrapping_add(place as usize * self.line)
    }

    /// The address of a place that is known to be a block.
    #[inline(always)]
    fn block_at(&self, place: Place) -> *mut u8 {
        self.blocks.wrapping_add(place as usize * self.line * ROWS)
    }
}

/// Chooses a kernel of points.
struct Points;

impl<L: Lanes> meaning::Visitor<L> for Points {
    type Output = PointKernel<L>;

    fn unary<F: meaning::Unary<L>>(self) -> PointKernel<L> {
        match F::LONG {
            true => point_long_unary::<L, F>,
            false => point_unary::<L, F>,
        }
    }

    fn binary<F: meaning::Binary<L>>(self) -> PointKernel<L> {
        match F::LONG {
            true => point_long_binary::<L, F>,
            false => point_binary::<L, F>,
        }
    }

    fn ternary<F: meaning::Ternary<L>>(self) -> PointKernel<L> {
        point_ternary::<L, F>
    }
}

/// Rows of a block that a kernel works through at a time.
pub(super) const STEP: usize = 4;

const _: () = assert!(ROWS.is_multiple_of(STEP));

/// The address of a chunk of a line that begins at `first`.
#[inline(always)]
fn chunk_of<K: Kind<L>, L: Lanes>(first: *mut u8, chunk: usize) -> *mut u8 {
    first.wrapping_add(chunk * chunk_bytes::<K, L>())
}

impl<L: Lanes> PointFrame<'_, L> {
    /// Calls `value` for each chunk of each row that instructions write: with the lines of its
    /// operands, which `operands` names for a position, that of the result, and the chunk.
    ///
    /// An instruction of one row has lines only, which are quick to find.
    #[inline(always)]
    fn for_each_value<const N: usize>(
        &self,
        run: Range<usize>,
        rows: usize,
        operands: impl Fn(usize) -> [Place; N],
        value: impl Fn([*mut u8; N], *mut u8, usize),
    ) {
        if rows == 1 {
            for i in run {
                let from = operands(i).map(
                    #[inline(always)]
                    |place| self.line_at(place),
                );
                let to = self.line_at((self.first + i) as Place);
                for chunk in 0..LINE / L::WIDTH {
                    value(from, to, chunk);
                }
            }
            return;
        }
        for i in run {
            let mut from = operands(i).map(
                #[inline(always)]
                |place| self.at(place),
            );
            let mut to = self.block_at((self.first + i) as Place);
            for _ in 0..rows / STEP {
                for _ in 0..STEP {
                    let lines = from.map(
                        #[inline(always)]
                        |(line, _)| line,
                    );
                    for chunk in 0..LINE / L::WIDTH {
                        value(lines, to, chunk);
                    }
                    for (line, step) in &mut from {
                        *line = line.wrapping_add(*step);
                    }
                    to = to.wrapping_add(self.line);
                }
            }
        }
    }
}

unsafe fn point_unary<L: Lanes, F: meaning::Unary<L>>(
    lanes: L,
    frame: &PointFrame<'_, L>,
    run: Range<usize>,
    rows: usize,
) {
    lanes.enter(
        #[inline(always)]
        || {
            frame.for_each_value(
                run,
                rows,
                #[inline(always)]
                |i| [frame.words[i][0]],
                #[inline(always)]
                |[a], to, chunk| {
                    // SAFETY: the caller's promise about places.
                    unsafe {
                        let a = F::A::load(lanes, chunk_of::<F::A, L>(a, chunk));
                        let value = F::apply(lanes, a);
                        F::R::store(lanes, chunk_of::<F::R, L>(to, chunk), value);
                    }
                },
            );
        },
    );
}

unsafe fn point_binary<L: Lanes, F: meaning::Binary<L>>(
    lanes: L,
    frame: &PointFrame<'_, L>,
    run: Range<usize>,
    rows: usize,
) {
    lanes.enter(
        #[inline(always)]
        || {
            frame.for_each_value(
                run,
                rows,
                #[inline(always)]
                |i| frame.words[i],
                #[inline(always)]
                |[a, b], to, chunk| {
                    // SAFETY: the caller's promise about places.
                    unsafe {
                        let a = F::A::load(lanes, chunk_of::<F::A, L>(a, chunk));
                        let b = F::B::load(lanes, chunk_of::<F::B, L>(b, chunk));
                        let value = F::apply(lanes, a, b);
                        F::R::store(lanes, chunk_of::<F::R, L>(to, chunk), value);
                    }
                },
            );
        },
    );
}

/// The same for an op so long that it is compiled once for all who run it.
unsafe fn point_long_unary<L: Lanes, F: meaning::Unary<L>>(
    lanes: L,
    frame: &PointFrame<'_, L>,
    run: Range<usize>,
    rows: usize,
) {
    for i in run {
        let a = frame.at(frame.words[i][0]);
        let to = frame.at((frame.first + i) as Place);
        for row in 0..rows {
            // SAFETY: the caller's promise about places.
            unsafe {
                let (to, a) = (row_of::<F::R, L>(to, row), row_of::<F::A, L>(a, row));
                apply_long_unary::<L, F>(lanes, to, a, LINE / L::WIDTH);
            }
        }
    }
}

/// The same for an op so long that it is compiled once for all who run it.
unsafe fn point_long_binary<L: Lanes, F: meaning::Binary<L>>(
    lanes: L,
    frame: &PointFrame<'_, L>,
    run: Range<usize>,
    rows: usize,
) {
    for i in run {
        let [a, b] = frame.words[i].map(|place| frame.at(place));
        let to = frame.at((frame.first + i) as Place);
        for row in 0..rows {
            // SAFETY: the caller's promise about places.
            unsafe {
                let (a, b) = (row_of::<F::A, L>(a, row), row_of::<F::B, L>(b, row));
                let to = row_of::<F::R, L>(to, row);
                apply_long_binary::<L, F>(lanes, to, [a, b], LINE / L::WIDTH);
            }
        }
    }
}

/// The chunks of one row.
fn row_of<K: Kind<L>, L: Lanes>((first, step): (*mut u8, usize), row: usize) -> Chunks {
    Chunks {
        first: first.wrapping_add(row * step),
        step: chunk_bytes::<K, L>(),
    }
}

unsafe fn point_ternary<L: Lanes, F: meaning::Ternary<L>>(
    lanes: L,
    frame: &PointFrame<'_, L>,
    run: Range<usize>,
    rows: usize,
) {
    lanes.enter(
        #[inline(always)]
        || {
            frame.for_each_value(
                run,
                rows,
                #[inline(always)]
                |i| {
                    let [a, pair] = frame.words[i];
                    let [b, c] = frame.words[pair as usize - frame.first];
                    [a, b, c]
                },
                #[inline(always)]
                |[a, b, c], to, chunk| {
                    // SAFETY: the caller's promise about places.
                    unsafe {
                        let a = F::A::load(lanes, chunk_of::<F::A, L>(a, chunk));
                        let b = F::B::load(lanes, chunk_of::<F::B, L>(b, chunk));
                        let c = F::C::load(lanes, chunk_of::<F::C, L>(c, chunk));
                        let value = F::apply(lanes, a, b, c);
                        F::R::store(lanes, chunk_of::<F::R, L>(to, chunk), value);
                    }
                },
            );
        },
    );
}

unsafe fn spread_points<L: Lanes<Element: Float>>(
    lanes: L,
    frame: &PointFrame<'_, L>,
    run: Range<usize>,
    rows: usize,
) {
    lanes.enter(
        #[inline(always)]
        || {
            for i in run {
                let from = frame.line_at(frame.words[i][0]);
                let to = frame.block_at((frame.first + i) as Place);
                for row in 0..rows {
                    // SAFETY: a line has a value for each row.
                    let value = unsafe { *from.cast::<L::Element>().add(row) };
                    let value = lanes.real(value.to_f64());
                    for chunk in 0..LINE / L::WIDTH {
                        let to = to.wrapping_add(row * frame.line);
                        // SAFETY: the caller's promise about places.
                        unsafe { Real::store(lanes, chunk_of::<Real, L>(to, chunk), value) };
                    }
                }
            }
        },
    );
}

// Domains.

impl<L: Lanes> DomainFrame<'_, L> {
    #[inline(always)]
    fn at(&self, place: Place) -> *mut u8 {
        self.values
            .wrapping_add((place as usize) << self.cell_shift)
    }

    /// Calls `value` with the number of each chunk of each row, and its offset for a kind
    /// whose lanes have one byte: what kinds make of it is theirs.
    #[inline(always)]
    fn for_each_chunk(&self, mut value: impl FnMut(usize, usize)) {
        for row in 0..self.rows {
            for chunk in 0..LINE / L::WIDTH {
                value(row, chunk);
            }
        }
    }

    /// Reads a value.
    ///
    /// # Safety
    /// `from` must be a place of that kind.
    #[inline(always)]
    unsafe fn load<D, K: KindIn<D, L>>(
        &self,
        lanes: L,
        from: *const u8,
        (row, chunk): (usize, usize),
    ) -> K::Parts {
        let offset = row * self.line + chunk * L::WIDTH * K::lane_bytes();
        // SAFETY: the caller's promise.
        unsafe { K::load_parts(lanes, from.add(offset), self.part) }
    }

    /// Writes a value.
    ///
    /// # Safety
    /// `to` must be a place.
    #[inline(always)]
    unsafe fn store<D, K: KindIn<D, L>>(
        &self,
        lanes: L,
        to: *mut u8,
        (row, chunk): (usize, usize),
        value: K::Parts,
    ) {
        let offset = row * self.line + chunk * L::WIDTH * K::lane_bytes();
        // SAFETY: the caller's promise.
        unsafe { K::store_parts(lanes, to.add(offset), self.part, value) }
    }
}

/// Chooses a kernel of a domain.
struct InDomain {
    /// Whether of the result only the sign matters.
    by_sign: bool,
}

impl<L: Lanes<Ballot = u64>, D: 'static> domain::Visitor<D, L> for InDomain {
    type Output = DomainKernel<L>;

    fn unary<F: domain::Unary<D, L>>(self) -> DomainKernel<L> {
        domain_unary::<L, D, F>
    }

    fn binary<F: domain::Binary<D, L>>(self) -> DomainKernel<L> {
        domain_binary::<L, D, F>
    }

    fn ternary<F: domain::Ternary<D, L>>(self) -> DomainKernel<L> {
        domain_ternary::<L, D, F>
    }

    fn choice<F: domain::Choice<D, L>>(self) -> DomainKernel<L> {
        match F::HAS_SIGN && self.by_sign {
            true => domain_choice::<L, D, F, true>,
            false => domain_choice::<L, D, F, false>,
        }
    }

    fn selection<F: domain::Selection<D, L>>(self) -> DomainKernel<L> {
        domain_selection::<L, D, F>
    }
}

unsafe fn domain_unary<L: Lanes, D: 'static, F: domain::Unary<D, L>>(
    lanes: L,
    frame: &DomainFrame<'_, L>,
    run: Range<usize>,
) -> u16 {
    lanes.enter(
        #[inline(always)]
        || {
            for i in run {
                let a = frame.at(frame.words[i][0]);
                let to = frame.at((frame.first + i) as Place);
                frame.for_each_chunk(
                    #[inline(always)]
                    |row, chunk| {
                        let at = (row, chunk);
                        // SAFETY: the caller's promise about places.
                        unsafe {
                            let a = frame.load::<D, F::A>(lanes, a, at);
                            frame.store::<D, F::R>(lanes, to, at, F::apply(lanes, a));
                        }
                    },
                );
            }
        },
    );
    0
}

unsafe fn domain_binary<L: Lanes, D: 'static, F: domain::Binary<D, L>>(
    lanes: L,
    frame: &DomainFrame<'_, L>,
    run: Range<usize>,
) -> u16 {
    lanes.enter(
        #[inline(always)]
        || {
            for i in run {
                let [a, b] = frame.words[i].map(
                    #[inline(always)]
                    |place| frame.at(place),
                );
                let to = frame.at((frame.first + i) as Place);
                frame.for_each_chunk(
                    #[inline(always)]
                    |row, chunk| {
                        let at = (row, chunk);
                        // SAFETY: the caller's promise about places.
                        unsafe {
                            let a = frame.load::<D, F::A>(lanes, a, at);
                            let b = frame.load::<D, F::B>(lanes, b, at);
                            frame.store::<D, F::R>(lanes, to, at, F::apply(lanes, a, b));
                        }
                    },
                );
            }
        },
    );
    0
}

unsafe fn domain_ternary<L: Lanes, D: 'static, F: domain::Ternary<D, L>>(
    lanes: L,
    frame: &DomainFrame<'_, L>,
    run: Range<usize>,
) -> u16 {
    lanes.enter(
        #[inline(always)]
        || {
            for i in run {
                let [a, pair] = frame.words[i];
                let [b, c] = frame.words[pair as usize - frame.first];
                let (a, b, c) = (frame.at(a), frame.at(b), frame.at(c));
                let to = frame.at((frame.first + i) as Place);
                frame.for_each_chunk(
                    #[inline(always)]
                    |row, chunk| {
                        let at = (row, chunk);
                        // SAFETY: the caller's promise about places.
                        unsafe {
                            let a = frame.load::<D, F::A>(lanes, a, at);
                            let b = frame.load::<D, F::B>(lanes, b, at);
                            let c = frame.load::<D, F::C>(lanes, c, at);
                            frame.store::<D, F::R>(lanes, to, at, F::apply(lanes, a, b, c));
                        }
                    },
                );
            }
        },
    );
    0
}

/// The decisions of one chunk, as bits of a line.
#[inline(always)]
fn decisions<L: Lanes<Ballot = u64>>(lanes: L, decided: Decided<L>, chunk: usize) -> Decisions {
    let bits = |mask| ((lanes.mask_bits(mask) & lane_bits::<L>()) << (chunk * L::WIDTH)) as u16;
    Decisions {
        first: bits(decided.first),
        second: bits(decided.second),
    }
}

#[inline(always)]
fn lane_bits<L: Lanes>() -> u64 {
    (1 << L::WIDTH) - 1
}

unsafe fn domain_choice<L, D, F, const BY_SIGN: bool>(
    lanes: L,
    frame: &DomainFrame<'_, L>,
    run: Range<usize>,
) -> u16
where
    L: Lanes<Ballot = u64>,
    D: 'static,
    F: domain::Choice<D, L>,
{
    lanes.enter(
        #[inline(always)]
        || {
            let mut any = 0;
            for i in run {
                let [a, b] = frame.words[i].map(
                    #[inline(always)]
                    |place| frame.at(place),
                );
                let to = frame.at((frame.first + i) as Place);
                let mut made = Decisions::default();
                for chunk in 0..LINE / L::WIDTH {
                    // SAFETY: the caller's promise about places.
                    unsafe {
                        let a = frame.load::<D, F::K>(lanes, a, (0, chunk));
                        let b = frame.load::<D, F::K>(lanes, b, (0, chunk));
                        let (value, mut decided) = F::apply(lanes, a, b);
                        if BY_SIGN {
                            decided = F::decided_by_sign(lanes, a, b, decided);
                        }
                        frame.store::<D, F::K>(lanes, to, (0, chunk), value);
                        made.add(decisions(lanes, decided, chunk));
                    }
                }
                any |= made.first | made.second;
                // SAFETY: there is an entry for each word.
                unsafe { frame.decisions.add(i).write(made) };
            }
            any
        },
    )
}

unsafe fn domain_selection<L: Lanes<Ballot = u64>, D: 'static, F: domain::Selection<D, L>>(
    lanes: L,
    frame: &DomainFrame<'_, L>,
    run: Range<usize>,
) -> u16 {
    lanes.enter(
        #[inline(always)]
        || {
            let mut any = 0;
            for i in run {
                let [condition, pair] = frame.words[i];
                let [a, b] = frame.words[pair as usize - frame.first];
                let (condition, a, b) = (frame.at(condition), frame.at(a), frame.at(b));
                let to = frame.at((frame.first + i) as Place);
                let mut made = Decisions::default();
                for chunk in 0..LINE / L::WIDTH {
                    let at = (0, chunk);
                    // SAFETY: the caller's promise about places.
                    unsafe {
                        let condition = frame.load::<D, F::C>(lanes, condition, at);
                        let a = frame.load::<D, F::K>(lanes, a, at);
                        let b = frame.load::<D, F::K>(lanes, b, at);
                        let (value, decided) = F::apply(lanes, condition, a, b);
                        frame.store::<D, F::K>(lanes, to, at, value);
                        made.add(decisions(lanes, decided, chunk));
                    }
                }
                any |= made.first | made.second;
                // SAFETY: there is an entry for each word.
                unsafe { frame.decisions.add(i).write(made) };
            }
            any
        },
    )
}

unsafe fn copy_parts<L: Lanes, D: Domain<L>>(
    lanes: L,
    frame: &DomainFrame<'_, L>,
    run: Range<usize>,
) -> u16
where
    L::Element: Float,
    Real: KindIn<D, L>,
{
    lanes.enter(
        #[inline(always)]
        || {
            for i in run {
                let from = frame.at(frame.words[i][0]);
                let to = frame.at((frame.first + i) as Place);
                frame.for_each_chunk(
                    #[inline(always)]
                    |row, chunk| {
                        // SAFETY: the caller's promise about places.
                        unsafe {
                            let value = frame.load::<D, Real>(lanes, from, (row, chunk));
                            frame.store::<D, Real>(lanes, to, (row, chunk), value);
                        }
                    },
                );
            }
        },
    );
    0
}

/// Makes a number of kind `K`, all of whose lanes are alike, into one of domain `D`.
///
/// # Safety
/// `from` must hold a line of numbers, `to` must be a place of the frame.
pub(super) unsafe fn make_exact<L: Lanes, D>(
    lanes: L,
    frame: &DomainFrame<'_, L>,
    ty: Type,
    from: *const u8,
    to: *mut u8,
) where
    Real: KindIn<D, L>,
    I32: KindIn<D, L>,
    I64: KindIn<D, L>,
    Bool: KindIn<D, L>,
{
    lanes.enter(
        #[inline(always)]
        || {
            frame.for_each_chunk(
                #[inline(always)]
                |row, chunk| {
                    let at = (row, chunk);
                    // SAFETY: the caller's promise.
                    unsafe {
                        match ty {
                            Type::Real => exactly::<L, D, Real>(lanes, frame, from, to, at),
                            Type::I32 => exactly::<L, D, I32>(lanes, frame, from, to, at),
                            Type::I64 => exactly::<L, D, I64>(lanes, frame, from, to, at),
                            Type::Bool => exactly::<L, D, Bool>(lanes, frame, from, to, at),
                        }
                    }
                },
            );
        },
    );
}

#[inline(always)]
unsafe fn exactly<L: Lanes, D, K: KindIn<D, L>>(
    lanes: L,
    frame: &DomainFrame<'_, L>,
    from: *const u8,
    to: *mut u8,
    at: (usize, usize),
) {
    // SAFETY: the caller's promise.
    unsafe {
        let value = K::exactly(lanes, K::load(lanes, from));
        frame.store::<D, K>(lanes, to, at, value);
    }
}

// Tables.

/// A constant table in the element, and its range.
pub(super) struct RangedTable<L: Lanes> {
    values: LaneTable<L>,
    /// The least and the greatest element; a NaN in it makes both NaN.
    range: [Value; 2],
}

impl<L: Lanes<Element: Float>> RangedTable<L> {
    pub(super) fn new(table: &Table) -> Self {
        let values = table.values();
        let range = match table.ty() {
            Type::Real => {
                let reals = || values.iter().filter_map(|value| value.as_real());
                let bounds = match reals().any(f64::is_nan) {
                    true => [f64::NAN; 2],
                    false => [
                        reals().fold(f64::INFINITY, f64::min),
                        reals().fold(f64::NEG_INFINITY, f64::max),
                    ],
                };
                bounds.map(Value::Real)
            }
            _ => {
                let least = values.iter().min_by_key(|value| value.bits() as i32);
                let greatest = values.iter().max_by_key(|value| value.bits() as i32);
                [least, greatest].map(|value| *value.expect("tables are not empty"))
            }
        };
        RangedTable {
            values: LaneTable::new(table),
            range,
        }
    }
}

/// A table lookup, by type of element.
trait Lookup<L: Lanes>: 'static {
    type R: KindIn<Intervals, L, Parts = Interval<<Self::R as Kind<L>>::Value>>
        + KindIn<Gradients<PARTIALS>, L>;
    fn gather(lanes: L, table: &LaneTable<L>, index: L::I32) -> <Self::R as Kind<L>>::Value;
    fn select(
        lanes: L,
        mask: L::Mask,
        a: <Self::R as Kind<L>>::Value,
        b: <Self::R as Kind<L>>::Value,
    ) -> <Self::R as Kind<L>>::Value;
}

struct RealTable;

impl<L: Lanes<Element: Float>> Lookup<L> for RealTable {
    type R = Real;

    #[inline(always)]
    fn gather(lanes: L, table: &LaneTable<L>, index: L::I32) -> L::Real {
        match table {
            LaneTable::Real(values) => lanes.gather(values, index),
            LaneTable::I32(_) => unreachable!("the kernel is chosen by the table's type"),
        }
    }

    #[inline(always)]
    fn select(lanes: L, mask: L::Mask, a: L::Real, b: L::Real) -> L::Real {
        lanes.select(mask, a, b)
    }
}

struct I32Table;

impl<L: Lanes<Element: Float>> Lookup<L> for I32Table {
    type R = I32;

    #[inline(always)]
    fn gather(lanes: L, table: &LaneTable<L>, index: L::I32) -> L::I32 {
        match table {
            LaneTable::I32(values) => lanes.gather_i32(values, index),
            LaneTable::Real(_) => unreachable!("the kernel is chosen by the table's type"),
        }
    }

    #[inline(always)]
    fn select(lanes: L, mask: L::Mask, a: L::I32, b: L::I32) -> L::I32 {
        lanes.iselect(mask, a, b)
    }
}

unsafe fn look_up_points<L: Lanes<Element: Float>, T: Lookup<L>>(
    lanes: L,
    frame: &PointFrame<'_, L>,
    run: Range<usize>,
    rows: usize,
) {
    let table = &frame.tables[frame.table].values;
    lanes.enter(
        #[inline(always)]
        || {
            frame.for_each_value(
                run,
                rows,
                #[inline(always)]
                |i| [frame.words[i][0]],
                #[inline(always)]
                |[index], to, chunk| {
                    // SAFETY: the caller's promise about places.
                    unsafe {
                        let index = I32::load(lanes, chunk_of::<I32, L>(index, chunk));
                        let value = T::gather(lanes, table, index);
                        T::R::store(lanes, chunk_of::<T::R, L>(to, chunk), value);
                    }
                },
            );
        },
    );
}

/// One element where the index is certain, else any of the table.
unsafe fn look_up_intervals<L: Lanes<Element: Float>, T: Lookup<L>>(
    lanes: L,
    frame: &DomainFrame<'_, L>,
    run: Range<usize>,
) -> u16 {
    let table = &frame.tables[frame.table];
    lanes.enter(
        #[inline(always)]
        || {
            let [least, greatest] = table.range.map(
                #[inline(always)]
                |value| T::R::splat(lanes, value),
            );
            for i in run {
                let from = frame.at(frame.words[i][0]);
                let to = frame.at((frame.first + i) as Place);
                frame.for_each_chunk(
                    #[inline(always)]
                    |row, chunk| {
                        let at = (row, chunk);
                        // SAFETY: the caller's promise about places.
                        unsafe {
                            let index = frame.load::<Intervals, I32>(lanes, from, at);
                            let certain = lanes.ieq(index.lo, index.hi);
                            let element = T::gather(lanes, &table.values, index.lo);
                            let value = Interval {
                                lo: T::select(lanes, certain, element, least),
                                hi: T::select(lanes, certain, element, greatest),
                            };
                            frame.store::<Intervals, T::R>(lanes, to, at, value);
                        }
                    },
                );
            }
        },
    );
    0
}

/// A table has steps, and no slope between them.
unsafe fn look_up_gradients<L: Lanes<Element: Float>, T: Lookup<L>>(
    lanes: L,
    frame: &DomainFrame<'_, L>,
    run: Range<usize>,
) -> u16 {
    type D = Gradients<PARTIALS>;
    let table = &frame.tables[frame.table].values;
    lanes.enter(
        #[inline(always)]
        || {
            for i in run {
                let from = frame.at(frame.words[i][0]);
                let to = frame.at((frame.first + i) as Place);
                frame.for_each_chunk(
                    #[inline(always)]
                    |row, chunk| {
                        let at = (row, chunk);
                        // SAFETY: the caller's promise about places.
                        unsafe {
                            let index = frame.load::<D, I32>(lanes, from, at);
                            let value = T::gather(lanes, table, index);
                            let value = <T::R as KindIn<D, L>>::exactly(lanes, value);
                            frame.store::<D, T::R>(lanes, to, at, value);
                        }
                    },
                );
            }
        },
    );
    0
}
