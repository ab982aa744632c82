//! Kernels of points.

use super::{LINE, POINT_ROWS, PointFrame, PointKernel, ROWS};
use crate::interp::{Chunks, apply_long_binary, apply_long_unary, chunk_bytes};
use crate::trace::tape::Place;
use smalto_lower::kind::Real;
use smalto_lower::{Float, Kind, Lanes, meaning};
use std::ops::Range;

impl<L: Lanes> PointFrame<'_, L> {
    /// The address of a place's first line, and how far it is to the next.
    #[inline(always)]
    fn at(&self, place: Place) -> (*mut u8, usize) {
        let place = place as usize;
        let (base, cell, step) = if place < self.split {
            (self.lines, self.line, 0)
        } else {
            (self.blocks, self.block, self.line)
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
        self.blocks.wrapping_add(place as usize * self.block)
    }
}

/// Chooses a kernel of points.
pub(super) struct Points;

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
pub(in crate::trace) const STEP: usize = 4;

const _: () = assert!(ROWS.is_multiple_of(STEP) && POINT_ROWS.is_multiple_of(STEP));

/// The address of a chunk of a line that begins at `first`.
#[inline(always)]
pub(super) fn chunk_of<K: Kind<L>, L: Lanes>(first: *mut u8, chunk: usize) -> *mut u8 {
    first.wrapping_add(chunk * chunk_bytes::<K, L>())
}

impl<L: Lanes> PointFrame<'_, L> {
    /// Calls `value` for each chunk of each row that instructions write: with the lines of its
    /// operands, which `operands` names for a position, that of the result, and the chunk.
    ///
    /// An instruction of one row has lines only, which are quick to find.
    #[inline(always)]
    pub(super) fn for_each_value<const N: usize>(
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

pub(super) unsafe fn spread_points<L: Lanes<Element: Float>>(
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
