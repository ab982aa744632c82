//! Kernels of intervals and gradients.

use super::{DomainFrame, DomainKernel, LINE};
use crate::trace::simplify::Decisions;
use crate::trace::tape::Place;
use smalto_graph::Type;
use smalto_lower::domain::{self, Decided, Domain, KindIn};
use smalto_lower::kind::{Bool, I32, I64, Real};
use smalto_lower::{Float, Lanes};
use std::ops::Range;

impl<L: Lanes> DomainFrame<'_, L> {
    #[inline(always)]
    pub(super) fn at(&self, place: Place) -> *mut u8 {
        self.values
            .wrapping_add((place as usize) << self.cell_shift)
    }

    /// Calls `value` with the number of each chunk of each row, and its offset for a kind
    /// whose lanes have one byte: what kinds make of it is theirs.
    #[inline(always)]
    pub(super) fn for_each_chunk(&self, mut value: impl FnMut(usize, usize)) {
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
    pub(super) unsafe fn load<D, K: KindIn<D, L>>(
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
    pub(super) unsafe fn store<D, K: KindIn<D, L>>(
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
pub(super) struct InDomain {
    /// Whether of the result only the sign matters.
    pub(super) by_sign: bool,
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

pub(super) unsafe fn copy_parts<L: Lanes, D: Domain<L>>(
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
pub(in crate::trace) unsafe fn make_exact<L: Lanes, D>(
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
