//! Gradients: the value is the op's, and slopes are those of the graph's derivative.

use crate::boxes::Values;
use crate::cases::{constant, real, same};
use crate::rows::Row;
use crate::rules::{Parts, apply};
use crate::runner;
use crate::values::{Random, Word};
use smalto_graph::{Element, Graph, Op, Type, Value, derivative};
use smalto_lower::domain::Gradients;
use smalto_lower::{Float, Lanes, Reference, Scalar};

/// Cases tried for each row.
const CASES: usize = 2000;
/// Partial derivatives.
const N: usize = 2;

/// A row with operands to try it on, and what its rule gives for them.
struct Trial {
    row: Row,
    element: Element,
    /// By operand, then by part.
    operands: Vec<Parts>,
    result: Parts,
}

impl Trial {
    fn new<T: Float>(row: Row, source: &mut Random) -> Trial
    where
        Scalar<T>: Lanes<Element = T>,
    {
        let operand = |&ty: &Type| {
            let values = Values::new(ty, T::ELEMENT);
            let numbers = (0..CASES).map(|_| values.range(source)[0]).collect();
            let mut parts = vec![numbers];
            if ty == Type::Real {
                let mut slope = || values.word([0.0, 1.0, -0.5, 3.25][source.next() as usize % 4]);
                parts.extend([(); N].map(|()| (0..CASES).map(|_| slope()).collect::<Vec<_>>()));
            }
            parts
        };
        let operands: Vec<Parts> = row.operands().iter().map(operand).collect();
        let ruled = apply::<Gradients<N>, _>(Scalar::<T>::new(), row, &operands);
        let ruled = ruled.expect("every rule is tried on one lane");
        assert!(ruled.decided.is_none(), "gradients decide nothing");
        Trial {
            row,
            element: T::ELEMENT,
            operands,
            result: ruled.result,
        }
    }

    fn point(&self, index: usize) -> Vec<Value> {
        let types = self.row.operands().iter();
        let words = self.operands.iter().map(|parts| parts[0][index]);
        let values = types
            .zip(words)
            .map(|(&ty, word)| constant(ty, self.element, word));
        values.collect()
    }

    fn check_values<T: Float>(&self)
    where
        Scalar<T>: Lanes<Element = T>,
    {
        let numbers: Vec<Vec<Word>> = self.operands.iter().map(|parts| parts[0].clone()).collect();
        let expected = runner::results(Scalar::<T>::new(), self.row, &numbers);
        for (index, (&found, &expected)) in self.result[0].iter().zip(&expected).enumerate() {
            assert!(
                same(self.row.result(), self.element, found, expected),
                "{} of {:?} is {expected:#x}, but with a gradient {found:#x}",
                self.row,
                self.point(index),
            );
        }
    }

    /// The slope by input `by` in case `index`, by the derivatives of the graph: the sum and
    /// the largest of its terms. `None` where some term is too large or small to say.
    fn expected(&self, slopes: &[Graph], index: usize, by: usize) -> Option<(f64, f64)> {
        let (mut sum, mut largest) = (0.0, 0f64);
        let reals = self.operands.iter().filter(|parts| parts.len() > 1);
        for (parts, slope) in reals.zip(slopes) {
            let change = real(self.element, parts[by + 1][index]);
            if change == 0.0 {
                continue;
            }
            let inputs = self.point(index).into_iter().map(as_input);
            let found = Reference(Element::F64).run(slope, &inputs.collect::<Vec<_>>());
            let Ok([Value::Real(slope)]) = found.as_deref() else {
                panic!("the derivative of {} is a real", self.row)
            };
            let moderate = *slope == 0.0 || (1e-30..1e30).contains(&slope.abs());
            if !moderate {
                return None;
            }
            sum += slope * change;
            largest = largest.max((slope * change).abs());
        }
        Some((sum, largest))
    }

    fn check_slopes(&self, slopes: &[Graph], tolerance: f64) {
        let mut compared = 0;
        let is_finite = |index: &usize| real(self.element, self.result[0][*index]).is_finite();
        for index in (0..CASES).filter(is_finite) {
            for by in 0..N {
                let Some((expected, largest)) = self.expected(slopes, index, by) else {
                    continue;
                };
                let found = real(self.element, self.result[by + 1][index]);
                assert!(
                    (found - expected).abs() <= tolerance * largest,
                    "the slope of {} at {:?} is {expected:e}, not {found:e}",
                    self.row,
                    self.point(index),
                );
                compared += 1;
            }
        }
        assert!(
            compared > CASES / 4,
            "{}: {compared} slopes compared",
            self.row
        );
    }
}

/// An operand as an input of a graph, which may not be a truth value.
fn as_input(operand: Value) -> Value {
    match operand {
        Value::Bool(value) => Value::I32(value.into()),
        other => other,
    }
}

/// The derivatives of an op by each of its real operands.
fn derivatives(op: Op, types: &[Type]) -> Vec<Graph> {
    let mut graph = Graph::new();
    let names = ["a", "b", "c"];
    let mut operand = |(&ty, name): (&Type, &str)| match ty {
        Type::Bool => {
            let integer = graph.variable(name, Type::I32).expect("a new name");
            graph.apply(Op::ToBool, &[integer]).expect("the type fits")
        }
        ty => graph.variable(name, ty).expect("a new name"),
    };
    let operands: Vec<_> = types.iter().zip(names).map(&mut operand).collect();
    let value = graph.apply(op, &operands).expect("the types fit");
    graph.output("out", value).expect("a new name");
    let reals = types.iter().zip(names).filter(|(ty, _)| **ty == Type::Real);
    let slopes = reals.map(|(_, name)| derivative(&graph, name).expect("it has a derivative"));
    slopes.collect()
}

#[test]
fn values_and_slopes_in_f64() {
    let mut source = Random(7);
    for row in Row::ops() {
        let trial = Trial::new::<f64>(row, &mut source);
        trial.check_values::<f64>();
        if let (Row::Op(op, types), Type::Real) = (row, row.result()) {
            trial.check_slopes(&derivatives(op, types), 1e-12);
        }
    }
}

/// What does not depend on an input has slope zero by it, whatever the operands.
fn check_that_zero_stays_zero<T: Float>()
where
    Scalar<T>: Lanes<Element = T>,
{
    let mut source = Random(9);
    for row in Row::ops() {
        let mut operands = Trial::new::<T>(row, &mut source).operands;
        for parts in &mut operands {
            for partials in parts.iter_mut().skip(1) {
                partials.fill(0);
            }
        }
        let ruled = apply::<Gradients<N>, _>(Scalar::<T>::new(), row, &operands);
        let ruled = ruled.expect("every rule is tried on one lane");
        for partials in &ruled.result[1..] {
            let is_zero = |&partial: &Word| real(T::ELEMENT, partial) == 0.0;
            assert!(partials.iter().all(is_zero), "{row}");
        }
    }
}

#[test]
fn what_is_zero_stays_zero() {
    check_that_zero_stays_zero::<f32>();
    check_that_zero_stays_zero::<f64>();
}

#[test]
fn values_in_f32() {
    let mut source = Random(8);
    for row in Row::ops() {
        Trial::new::<f32>(row, &mut source).check_values::<f32>();
    }
}
