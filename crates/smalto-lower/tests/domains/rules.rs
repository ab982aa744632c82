//! Runs the rule of an op over columns of operands.

use crate::rows::Row;
use crate::values::Word;
use crate::waves::{decode, encode, stride};
use smalto_lower::domain::{
    Binary, Choice, Decided, Domain, KindIn, Of, Selection, Ternary, Unary, Visitor,
};
use smalto_lower::kind::{Bool, Kind};
use smalto_lower::{Float, Lanes};
use std::marker::PhantomData;

/// Columns of one operand or result: one for each part, with a lane for each case.
pub(crate) type Parts = Vec<Vec<Word>>;

/// What a rule gives.
#[derive(Debug)]
pub(crate) struct Ruled {
    /// The result.
    pub(crate) result: Parts,
    /// Where a choice is decided for the first and for the second operand.
    pub(crate) decided: Option<[Vec<bool>; 2]>,
}

/// Applies the rule of `row` in domain `D`, one operand of `operands` for each of the op's.
///
/// `None` for a long rule on lanes, but for the widest: compiled for all machines these would
/// take as long as everything else that is tested.
pub(crate) fn apply<D, L>(machine: L, row: Row, operands: &[Parts]) -> Option<Ruled>
where
    D: Domain<L>,
    L: Lanes<Element: Float>,
{
    let Row::Op(op, types) = row else {
        unreachable!("domains have rules for ops only")
    };
    let ty = *types.last().expect("every op has an operand");
    let run = Run {
        machine,
        operands,
        domain: PhantomData::<D>,
    };
    D::with_meaning(op, ty, run)
}

struct Run<'a, D, L> {
    machine: L,
    operands: &'a [Parts],
    domain: PhantomData<D>,
}

impl<D: Domain<L>, L: Lanes<Element: Float>> Run<'_, D, L> {
    const TRIES_LONG: bool = L::WIDTH == 1 || L::WIDTH == 16;

    fn cases(&self) -> usize {
        self.operands[0][0].len()
    }

    /// The operand at place `index`: waves of all parts side by side.
    fn operand<K: KindIn<D, L>>(&self, index: usize) -> Vec<u8> {
        let parts = &self.operands[index];
        let waves = self.cases().div_ceil(L::WIDTH);
        let mut memory = vec![0; waves * D::PARTS * stride::<L>()];
        for (part, column) in parts.iter().enumerate() {
            let mut lanes = column.iter().copied().cycle();
            let places = memory.chunks_exact_mut(stride::<L>());
            for wave in places.skip(part).step_by(D::PARTS) {
                encode(self.machine, K::TYPE, &mut lanes, wave);
            }
        }
        memory
    }

    /// Memory for results of every case, and for what is decided.
    fn room(&self, parts: usize) -> Vec<u8> {
        vec![0; self.cases().div_ceil(L::WIDTH) * parts * stride::<L>()]
    }

    /// The columns that were stored in `memory`, of `parts` a wave.
    fn columns<K: Kind<L>>(&self, mut memory: Vec<u8>, parts: usize) -> Parts {
        let mut columns = vec![Vec::new(); parts];
        for (index, wave) in memory.chunks_exact_mut(stride::<L>()).enumerate() {
            columns[index % parts].extend(decode(self.machine, K::TYPE, wave));
        }
        for column in &mut columns {
            column.truncate(self.cases());
        }
        columns
    }

    fn ruled<K: Kind<L>>(&self, result: Vec<u8>) -> Option<Ruled> {
        Some(Ruled {
            result: self.columns::<K>(result, D::PARTS),
            decided: None,
        })
    }

    fn decided<K: Kind<L>>(&self, result: Vec<u8>, decided: Vec<u8>) -> Option<Ruled> {
        let decided = self.columns::<Bool>(decided, 2);
        let decided = decided
            .iter()
            .map(|lanes| lanes.iter().map(|&lane| lane != 0).collect());
        let decided: Vec<Vec<bool>> = decided.collect();
        Some(Ruled {
            result: self.columns::<K>(result, D::PARTS),
            decided: decided.try_into().ok(),
        })
    }
}

/// Loads the wave numbered `wave`.
#[inline(always)]
fn load<K: KindIn<D, L>, D: Domain<L>, L: Lanes<Element: Float>>(
    m: L,
    memory: &[u8],
    wave: usize,
) -> Of<K, D, L> {
    let size = D::PARTS * stride::<L>();
    let memory = &memory[wave * size..][..size];
    // SAFETY: no part takes more than a stride, and there are strides for all parts.
    unsafe { K::load_parts(m, memory.as_ptr(), stride::<L>()) }
}

/// Stores the wave numbered `wave`.
#[inline(always)]
fn store<K: KindIn<D, L>, D: Domain<L>, L: Lanes<Element: Float>>(
    m: L,
    memory: &mut [u8],
    wave: usize,
    value: Of<K, D, L>,
) {
    let size = D::PARTS * stride::<L>();
    let memory = &mut memory[wave * size..][..size];
    // SAFETY: as above.
    unsafe { K::store_parts(m, memory.as_mut_ptr(), stride::<L>(), value) }
}

/// Stores what is decided in the wave numbered `wave`.
#[inline(always)]
fn store_decided<L: Lanes>(m: L, memory: &mut [u8], wave: usize, decided: Decided<L>) {
    let (first, second) = memory[wave * 2 * stride::<L>()..].split_at_mut(stride::<L>());
    crate::waves::store::<Bool, L>(m, first, decided.first);
    crate::waves::store::<Bool, L>(m, second, decided.second);
}

impl<D: Domain<L>, L: Lanes<Element: Float>> Visitor<D, L> for Run<'_, D, L> {
    type Output = Option<Ruled>;

    fn unary<F: Unary<D, L>>(self) -> Option<Ruled> {
        if F::LONG && !Self::TRIES_LONG {
            return None;
        }
        let (m, a, mut result) = (self.machine, self.operand::<F::A>(0), self.room(D::PARTS));
        m.enter(
            #[inline(always)]
            || {
                for wave in 0..self.cases().div_ceil(L::WIDTH) {
                    let value = F::apply(m, load::<F::A, D, L>(m, &a, wave));
                    store::<F::R, D, L>(m, &mut result, wave, value);
                }
            },
        );
        self.ruled::<F::R>(result)
    }

    fn binary<F: Binary<D, L>>(self) -> Option<Ruled> {
        if F::LONG && !Self::TRIES_LONG {
            return None;
        }
        let (m, mut result) = (self.machine, self.room(D::PARTS));
        let (a, b) = (self.operand::<F::A>(0), self.operand::<F::B>(1));
        m.enter(
            #[inline(always)]
            || {
                for wave in 0..self.cases().div_ceil(L::WIDTH) {
                    let (a, b) = (
                        load::<F::A, D, L>(m, &a, wave),
                        load::<F::B, D, L>(m, &b, wave),
                    );
                    store::<F::R, D, L>(m, &mut result, wave, F::apply(m, a, b));
                }
            },
        );
        self.ruled::<F::R>(result)
    }

    fn ternary<F: Ternary<D, L>>(self) -> Option<Ruled> {
        let (m, mut result) = (self.machine, self.room(D::PARTS));
        let (a, b) = (self.operand::<F::A>(0), self.operand::<F::B>(1));
        let c = self.operand::<F::C>(2);
        m.enter(
            #[inline(always)]
            || {
                for wave in 0..self.cases().div_ceil(L::WIDTH) {
                    let (a, b) = (
                        load::<F::A, D, L>(m, &a, wave),
                        load::<F::B, D, L>(m, &b, wave),
                    );
                    let c = load::<F::C, D, L>(m, &c, wave);
                    store::<F::R, D, L>(m, &mut result, wave, F::apply(m, a, b, c));
                }
            },
        );
        self.ruled::<F::R>(result)
    }

    fn choice<F: Choice<D, L>>(self) -> Option<Ruled> {
        let (m, mut result, mut decided) = (self.machine, self.room(D::PARTS), self.room(2));
        let (a, b) = (self.operand::<F::K>(0), self.operand::<F::K>(1));
        m.enter(
            #[inline(always)]
            || {
                for wave in 0..self.cases().div_ceil(L::WIDTH) {
                    let (a, b) = (
                        load::<F::K, D, L>(m, &a, wave),
                        load::<F::K, D, L>(m, &b, wave),
                    );
                    let (value, which) = F::apply(m, a, b);
                    store::<F::K, D, L>(m, &mut result, wave, value);
                    store_decided(m, &mut decided, wave, which);
                }
            },
        );
        self.decided::<F::K>(result, decided)
    }

    fn selection<F: Selection<D, L>>(self) -> Option<Ruled> {
        let (m, mut result, mut decided) = (self.machine, self.room(D::PARTS), self.room(2));
        let (a, b) = (self.operand::<F::K>(1), self.operand::<F::K>(2));
        let c = self.operand::<F::C>(0);
        m.enter(
            #[inline(always)]
            || {
                for wave in 0..self.cases().div_ceil(L::WIDTH) {
                    let (a, b) = (
                        load::<F::K, D, L>(m, &a, wave),
                        load::<F::K, D, L>(m, &b, wave),
                    );
                    let c = load::<F::C, D, L>(m, &c, wave);
                    let (value, which) = F::apply(m, c, a, b);
                    store::<F::K, D, L>(m, &mut result, wave, value);
                    store_decided(m, &mut decided, wave, which);
                }
            },
        );
        self.decided::<F::K>(result, decided)
    }
}
