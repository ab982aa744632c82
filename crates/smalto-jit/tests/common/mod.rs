//! What tests of evaluators share: columns of values, and the targets of this CPU.
//!
//! Not every test file uses everything here.
#![allow(dead_code, unused_imports)]

#[path = "../../../smalto-lower/tests/common/mod.rs"]
mod evaluation;

pub(crate) use evaluation::{Random, pure_graphs, recordable, recordable_of_reals};

use smalto_graph::passes::Mode;
use smalto_graph::{Graph, Type, Value};
use smalto_jit::native::Isa;
use smalto_jit::{CompileError, Evaluator, Input, Level, Options, Output, Real, Target};
use smalto_lower::Reference;

/// The interpreter at every level that this CPU has.
pub(crate) fn targets() -> impl Iterator<Item = Target> {
    let available = Level::ALL.iter().filter(|level| level.is_available());
    available.map(|&level| Target::InterpAt(level))
}

/// Every target of this CPU that can run `graph` in this element type.
pub(crate) fn targets_for<T: Real>(graph: &Graph) -> Vec<Target> {
    targets_in_mode::<T>(graph, Mode::default())
}

/// Every target of this CPU that can run `graph`: machine code cannot where a function of the
/// user's is called. Which calls are left once constants are folded depends on the element
/// type and on the mode.
pub(crate) fn targets_in_mode<T: Real>(graph: &Graph, mode: Mode) -> Vec<Target> {
    let compiled = Isa::ALL.iter().map(|&isa| Target::Native(isa));
    let compiled = compiled.filter(|target| {
        let options = Options {
            target: *target,
            mode,
            ..Options::default()
        };
        match Evaluator::<T>::new(graph, &options) {
            Ok(_) => true,
            Err(CompileError::Record(_)) => false,
            Err(CompileError::Target(error)) => {
                println!("skipped: {error}");
                false
            }
            Err(error) => panic!("{target}: {error}"),
        }
    });
    targets().chain(compiled).collect()
}

/// An evaluator of `graph` on `target`, with these inputs uniform.
pub(crate) fn evaluator<T: Real>(graph: &Graph, target: Target, uniform: &[&str]) -> Evaluator<T> {
    let options = Options {
        target,
        uniform,
        ..Options::default()
    };
    Evaluator::new(graph, &options).unwrap()
}

/// The values of one input or output, as evaluators take them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Column<T> {
    Real(Vec<T>),
    I32(Vec<i32>),
    I64(Vec<i64>),
}

impl<T: Real> Column<T> {
    /// `length` values that are certainly none that a test expects.
    pub(crate) fn unwritten(ty: Type, length: usize) -> Column<T> {
        match ty {
            Type::Real | Type::Bool => Column::Real(vec![T::from_f64(-123.25); length]),
            Type::I32 => Column::I32(vec![0x5bad_5bad; length]),
            Type::I64 => Column::I64(vec![0x5bad_5bad_5bad_5bad; length]),
        }
    }

    pub(crate) fn random(ty: Type, length: usize, random: &mut Random) -> Column<T> {
        let mut column = Column::unwritten(ty, length);
        for index in 0..length {
            let value = random.value(ty);
            column.set(index, value);
        }
        column
    }

    fn set(&mut self, index: usize, value: Value) {
        match (self, value) {
            (Column::Real(values), Value::Real(v)) => values[index] = T::from_f64(v),
            (Column::I32(values), Value::I32(v)) => values[index] = v,
            (Column::I64(values), Value::I64(v)) => values[index] = v,
            (_, other) => panic!("a {} in another column", other.ty()),
        }
    }

    pub(crate) fn get(&self, index: usize) -> Value {
        match self {
            Column::Real(values) => Value::Real(values[index].to_f64()),
            Column::I32(values) => Value::I32(values[index]),
            Column::I64(values) => Value::I64(values[index]),
        }
    }

    pub(crate) fn input(&self) -> Input<'_, T> {
        match self {
            Column::Real(values) => Input::Slice(values),
            Column::I32(values) => Input::I32(values),
            Column::I64(values) => Input::I64(values),
        }
    }

    /// The first value, for all points.
    pub(crate) fn scalar(&self) -> Input<'_, T> {
        match self {
            Column::Real(values) => Input::Scalar(values[0]),
            Column::I32(values) => Input::ScalarI32(values[0]),
            Column::I64(values) => Input::ScalarI64(values[0]),
        }
    }

    pub(crate) fn output(&mut self) -> Output<'_, T> {
        match self {
            Column::Real(values) => Output::Slice(values),
            Column::I32(values) => Output::I32(values),
            Column::I64(values) => Output::I64(values),
        }
    }
}

/// The inputs of one call: columns of `length` values, or of one that all points share.
#[derive(Debug, Clone)]
pub(crate) struct Call<T> {
    pub(crate) inputs: Vec<Column<T>>,
    pub(crate) is_scalar: Vec<bool>,
    pub(crate) length: usize,
}

impl<T: Real> Call<T> {
    /// Random values for the inputs of `graph`; `uniform` ones are scalars, and some others.
    pub(crate) fn random(
        graph: &Graph,
        uniform: &[&str],
        length: usize,
        random: &mut Random,
    ) -> Call<T> {
        let variables = graph.variables().iter();
        let is_scalar: Vec<bool> = variables
            .clone()
            .map(|variable| uniform.contains(&&*variable.name) || random.below(4) == 0)
            .collect();
        let inputs = variables.zip(&is_scalar).map(|(variable, &is_scalar)| {
            let length = if is_scalar { 1 } else { length };
            Column::random(variable.ty, length, random)
        });
        Call {
            inputs: inputs.collect(),
            is_scalar,
            length,
        }
    }

    pub(crate) fn arguments(&self) -> Vec<Input<'_, T>> {
        let inputs = self.inputs.iter().zip(&self.is_scalar);
        inputs
            .map(|(column, &is_scalar)| {
                if is_scalar {
                    column.scalar()
                } else {
                    column.input()
                }
            })
            .collect()
    }

    /// What `evaluator`, made of `graph`, gives.
    pub(crate) fn evaluate(&self, graph: &Graph, evaluator: &Evaluator<T>) -> Vec<Column<T>> {
        let mut columns = output_columns(graph, self.length);
        let mut outputs: Vec<Output<'_, T>> = columns.iter_mut().map(Column::output).collect();
        evaluator.eval(&self.arguments(), &mut outputs).unwrap();
        columns
    }

    /// What `graph` is by the reference, output by output.
    pub(crate) fn expected(&self, graph: &Graph) -> Vec<Column<T>> {
        let mut columns = output_columns(graph, self.length);
        for point in 0..self.length {
            let inputs = self.inputs.iter().zip(&self.is_scalar);
            let values: Vec<Value> = inputs
                .map(|(column, &is_scalar)| column.get(if is_scalar { 0 } else { point }))
                .collect();
            let outputs = Reference(T::ELEMENT).run(graph, &values).unwrap();
            for (column, value) in columns.iter_mut().zip(outputs) {
                column.set(point, as_number(value));
            }
        }
        columns
    }
}

/// Room for the outputs of `graph`.
pub(crate) fn output_columns<T: Real>(graph: &Graph, length: usize) -> Vec<Column<T>> {
    let outputs = graph.outputs().iter();
    outputs
        .map(|output| Column::unwritten(graph.ty(output.node), length))
        .collect()
}

/// A truth value as the real that evaluators give for it.
fn as_number(value: Value) -> Value {
    match value {
        Value::Bool(v) => Value::Real(f64::from(u8::from(v))),
        other => other,
    }
}

/// `graph` with only the first of its outputs that is a real or a truth value, if any is.
pub(crate) fn with_one_output(graph: Graph) -> Graph {
    with_outputs(graph, 1)
}

/// `graph` with only those of its outputs that are reals or truth values, one at least.
pub(crate) fn with_real_outputs(graph: Graph) -> Graph {
    with_outputs(graph, usize::MAX)
}

fn with_outputs(mut graph: Graph, most: usize) -> Graph {
    let outputs = graph.outputs().to_vec();
    graph.clear_outputs();
    let is_real = |node| matches!(graph.ty(node), Type::Real | Type::Bool);
    let mut reals: Vec<_> = outputs.iter().map(|output| output.node).collect();
    reals.retain(|&node| is_real(node));
    reals.truncate(most);
    if reals.is_empty() {
        reals.push(graph.real(0.25));
    }
    for (at, node) in reals.into_iter().enumerate() {
        graph.output(&format!("output{at}"), node).unwrap();
    }
    graph
}

/// The first place where two lists of columns differ in a bit, all NaNs being alike.
pub(crate) fn difference<T: Real>(left: &[Column<T>], right: &[Column<T>]) -> Option<String> {
    assert_eq!(left.len(), right.len());
    for (output, (left, right)) in left.iter().zip(right).enumerate() {
        let length = match left {
            Column::Real(values) => values.len(),
            Column::I32(values) => values.len(),
            Column::I64(values) => values.len(),
        };
        for point in 0..length {
            let (l, r) = (left.get(point), right.get(point));
            if l != r {
                return Some(format!("output {output} at point {point}: {l:?} and {r:?}"));
            }
        }
    }
    None
}
