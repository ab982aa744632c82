//! Kernels that look up tables of constants, and what is known of those.

use super::points::chunk_of;
use super::{DomainFrame, PARTIALS, PointFrame};
use crate::interp::LaneTable;
use crate::trace::tape::Place;
use smalto_graph::{Table, Value};
use smalto_lower::domain::{Gradients, Interval, Intervals, KindIn};
use smalto_lower::kind::{I32, Real};
use smalto_lower::{Float, Kind, Lanes};
use std::ops::Range;

/// A constant table in the element, and its range.
pub(in crate::trace) struct RangedTable<L: Lanes> {
    values: LaneTable<L>,
    /// The least and the greatest element; a NaN in it makes both NaN.
    range: [Value; 2],
}

impl<L: Lanes<Element: Float>> RangedTable<L> {
    pub(in crate::trace) fn new(table: &Table) -> Self {
        RangedTable {
            values: LaneTable::new(table),
            range: table.range(),
        }
    }
}

/// A table lookup, by type of element.
pub(super) trait Lookup<L: Lanes>: 'static {
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

pub(super) struct RealTable;

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

pub(super) struct I32Table;

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

pub(super) unsafe fn look_up_points<L: Lanes<Element: Float>, T: Lookup<L>>(
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
pub(super) unsafe fn look_up_intervals<L: Lanes<Element: Float>, T: Lookup<L>>(
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
pub(super) unsafe fn look_up_gradients<L: Lanes<Element: Float>, T: Lookup<L>>(
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
