//! Runs a row of a table on a machine and compares it with the scalar machine.

use crate::cases::{constant, inputs, quiet_nan, real, same};
use crate::rows::Row;
use crate::values::Word;
use crate::waves::{decode, encode, load, store, stride};
use smalto_graph::passes::Arithmetic;
use smalto_graph::{Type, Value};
use smalto_lower::kind::Kind;
use smalto_lower::meaning::{Binary, Ternary, Unary, Visitor};
use smalto_lower::{Float, Lanes, Reference, Scalar};

/// Every primitive agrees with the scalar machine.
pub(crate) fn primitives<L>(machine: L)
where
    L: Lanes<Element: Float>,
    Scalar<L::Element>: Lanes<Element = L::Element>,
{
    Row::primitives().for_each(|row| check(machine, row));
}

/// The meaning of every op, on every type, agrees with the scalar machine.
pub(crate) fn ops<L>(machine: L)
where
    L: Lanes<Element: Float>,
    Scalar<L::Element>: Lanes<Element = L::Element>,
{
    Row::ops().for_each(|row| check(machine, row));
}

/// What graph passes fold with agrees with the scalar machine.
pub(crate) fn reference<T: Float>()
where
    Scalar<T>: Lanes<Element = T>,
{
    for row in Row::ops() {
        let Row::Op(op, types) = row else {
            unreachable!("a row of the other table")
        };
        let inputs = inputs(row, T::ELEMENT);
        let results = results(Scalar::<T>::new(), row, &inputs);
        for (index, expected) in results.into_iter().enumerate() {
            let words = inputs.iter().map(|column| column[index]);
            let operands: Vec<Value> = types
                .iter()
                .zip(words)
                .map(|(&ty, word)| constant(ty, T::ELEMENT, word))
                .collect();
            let found = Reference(T::ELEMENT).evaluate(op, &operands);
            let expected = constant(row.result(), T::ELEMENT, expected);
            assert_eq!(found, expected, "{row} of {operands:?}");
        }
    }
}

/// No op tells one NaN from another.
pub(crate) fn nans_are_one<T: Float>()
where
    Scalar<T>: Lanes<Element = T>,
{
    for row in Row::ops() {
        let inputs = inputs(row, T::ELEMENT);
        let quiet = |(&ty, column): (&Type, &Vec<Word>)| {
            let lanes = column.iter().map(|&word| match real(T::ELEMENT, word) {
                nan if ty == Type::Real && nan.is_nan() => quiet_nan(T::ELEMENT),
                _ => word,
            });
            lanes.collect()
        };
        let quiet: Vec<Vec<Word>> = row.operands().iter().zip(&inputs).map(quiet).collect();
        let run = |inputs| results(Scalar::<T>::new(), row, inputs);
        for (index, (found, expected)) in run(&inputs).into_iter().zip(run(&quiet)).enumerate() {
            assert!(
                same(row.result(), T::ELEMENT, found, expected),
                "{row} of {:x?} is {found:#x}, but {expected:#x} with a plain NaN",
                inputs
                    .iter()
                    .map(|column| column[index])
                    .collect::<Vec<_>>(),
            );
        }
    }
}

/// The results of `row`, an input column for each operand.
pub(crate) fn results<L: Lanes<Element: Float>>(
    machine: L,
    row: Row,
    inputs: &[Vec<Word>],
) -> Vec<Word> {
    let run = Run {
        machine,
        inputs,
        start: 0,
    };
    let mut results = row.visit(run);
    results.truncate(inputs[0].len());
    results
}

/// Compares every result of `row`, with each combination of inputs at every lane.
fn check<L>(machine: L, row: Row)
where
    L: Lanes<Element: Float>,
    Scalar<L::Element>: Lanes<Element = L::Element>,
{
    let inputs = inputs(row, L::ELEMENT);
    let (count, result) = (inputs[0].len(), row.result());
    let expected = results(Scalar::<L::Element>::new(), row, &inputs);
    for start in 0..L::WIDTH {
        let found = row.visit::<L, _>(Run {
            machine,
            inputs: &inputs,
            start,
        });
        for (position, &found) in found.iter().enumerate() {
            let index = (start + position) % count;
            if !same(result, L::ELEMENT, found, expected[index]) {
                let operands = inputs.iter().map(|column| format!("{:#x}", column[index]));
                panic!(
                    "{row} of {:?} is {:#x}, but lane {} gives {found:#x}",
                    operands.collect::<Vec<_>>(),
                    expected[index],
                    position % L::WIDTH,
                );
            }
        }
    }
}

/// A visitor that applies a function to the inputs from `start` on, and round again
/// so as to fill the last wave. Its output is the results in that order.
struct Run<'a, L> {
    machine: L,
    inputs: &'a [Vec<Word>],
    start: usize,
}

impl<L: Lanes<Element: Float>> Run<'_, L> {
    /// The operand at place `index` of the function: waves as memory holds them.
    fn operand<K: Kind<L>>(&self, index: usize) -> Vec<u8> {
        let column = &self.inputs[index];
        let mut lanes = column.iter().copied().cycle().skip(self.start);
        let mut waves = vec![0; column.len().div_ceil(L::WIDTH) * stride::<L>()];
        for wave in waves.chunks_exact_mut(stride::<L>()) {
            encode(self.machine, K::TYPE, &mut lanes, wave);
        }
        waves
    }

    /// The results in the waves that the function's results were stored to.
    fn results<K: Kind<L>>(&self, mut waves: Vec<u8>) -> Vec<Word> {
        let mut results = Vec::with_capacity(waves.len() / 8);
        for wave in waves.chunks_exact_mut(stride::<L>()) {
            results.extend(decode(self.machine, K::TYPE, wave));
        }
        results
    }
}

impl<L: Lanes<Element: Float>> Visitor<L> for Run<'_, L> {
    type Output = Vec<Word>;

    fn unary<F: Unary<L>>(self) -> Vec<Word> {
        let (m, mut a) = (self.machine, self.operand::<F::A>(0));
        m.enter(
            #[inline(always)]
            || {
                for a in a.chunks_exact_mut(stride::<L>()) {
                    let value = F::apply(m, load::<F::A, L>(m, a));
                    store::<F::R, L>(m, a, value);
                }
            },
        );
        self.results::<F::R>(a)
    }

    fn binary<F: Binary<L>>(self) -> Vec<Word> {
        let (m, mut a) = (self.machine, self.operand::<F::A>(0));
        let b = self.operand::<F::B>(1);
        m.enter(
            #[inline(always)]
            || {
                let waves = a
                    .chunks_exact_mut(stride::<L>())
                    .zip(b.chunks_exact(stride::<L>()));
                for (a, b) in waves {
                    let value = F::apply(m, load::<F::A, L>(m, a), load::<F::B, L>(m, b));
                    store::<F::R, L>(m, a, value);
                }
            },
        );
        self.results::<F::R>(a)
    }

    fn ternary<F: Ternary<L>>(self) -> Vec<Word> {
        let (m, mut a) = (self.machine, self.operand::<F::A>(0));
        let (b, c) = (self.operand::<F::B>(1), self.operand::<F::C>(2));
        m.enter(
            #[inline(always)]
            || {
                let waves = a
                    .chunks_exact_mut(stride::<L>())
                    .zip(b.chunks_exact(stride::<L>()));
                for ((a, b), c) in waves.zip(c.chunks_exact(stride::<L>())) {
                    let (b, c) = (load::<F::B, L>(m, b), load::<F::C, L>(m, c));
                    let value = F::apply(m, load::<F::A, L>(m, a), b, c);
                    store::<F::R, L>(m, a, value);
                }
            },
        );
        self.results::<F::R>(a)
    }
}
