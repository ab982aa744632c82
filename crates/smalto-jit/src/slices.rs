//! What an evaluator is given and what it fills: slices and scalars, checked.

use smalto_graph::{Graph, Type};
use smalto_lower::Float;
use thiserror::Error;

/// The values of one input of a graph.
#[derive(Debug, Clone, Copy)]
pub enum Input<'a, T> {
    /// A real for each point.
    Slice(&'a [T]),
    /// One real for all points.
    Scalar(T),
    /// An i32 for each point.
    I32(&'a [i32]),
    /// One i32 for all points.
    ScalarI32(i32),
    /// An i64 for each point.
    I64(&'a [i64]),
    /// One i64 for all points.
    ScalarI64(i64),
}

/// Where the values of one output go: one for each point.
#[derive(Debug)]
pub enum Output<'a, T> {
    /// For a real output, or a bool one, which gives 0 and 1.
    Slice(&'a mut [T]),
    /// For an i32 output.
    I32(&'a mut [i32]),
    /// For an i64 output.
    I64(&'a mut [i64]),
}

impl<T> Input<'_, T> {
    /// The type of the values.
    pub fn ty(&self) -> Type {
        match self {
            Input::Slice(_) | Input::Scalar(_) => Type::Real,
            Input::I32(_) | Input::ScalarI32(_) => Type::I32,
            Input::I64(_) | Input::ScalarI64(_) => Type::I64,
        }
    }

    /// The number of values, or `None` for one value that serves all points.
    #[allow(clippy::len_without_is_empty, reason = "it is not a collection")]
    pub fn len(&self) -> Option<usize> {
        match self {
            Input::Slice(values) => Some(values.len()),
            Input::I32(values) => Some(values.len()),
            Input::I64(values) => Some(values.len()),
            Input::Scalar(_) | Input::ScalarI32(_) | Input::ScalarI64(_) => None,
        }
    }

    /// The first byte of a slice, or of the scalar itself.
    pub(crate) fn as_bytes_ptr(&self) -> *const u8 {
        match self {
            Input::Slice(values) => values.as_ptr().cast(),
            Input::I32(values) => values.as_ptr().cast(),
            Input::I64(values) => values.as_ptr().cast(),
            Input::Scalar(value) => std::ptr::from_ref(value).cast(),
            Input::ScalarI32(value) => std::ptr::from_ref(value).cast(),
            Input::ScalarI64(value) => std::ptr::from_ref(value).cast(),
        }
    }
}

impl<T> Output<'_, T> {
    /// The type of the values.
    pub fn ty(&self) -> Type {
        match self {
            Output::Slice(_) => Type::Real,
            Output::I32(_) => Type::I32,
            Output::I64(_) => Type::I64,
        }
    }

    /// The number of points.
    #[allow(clippy::len_without_is_empty, reason = "it is not a collection")]
    pub fn len(&self) -> usize {
        match self {
            Output::Slice(values) => values.len(),
            Output::I32(values) => values.len(),
            Output::I64(values) => values.len(),
        }
    }

    pub(crate) fn as_bytes_mut_ptr(&mut self) -> *mut u8 {
        match self {
            Output::Slice(values) => values.as_mut_ptr().cast(),
            Output::I32(values) => values.as_mut_ptr().cast(),
            Output::I64(values) => values.as_mut_ptr().cast(),
        }
    }
}

/// Bytes of one value of type `ty` where a real is a `T`.
pub(crate) fn value_bytes<T: Float>(ty: Type) -> usize {
    match ty {
        Type::Real => size_of::<T>(),
        Type::I32 => 4,
        Type::I64 => 8,
        Type::Bool => unreachable!("no input or output is a bool"),
    }
}

/// Why slices were not evaluated. Nothing was written.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EvalError {
    /// More or fewer inputs than the graph has.
    #[error("{found} inputs for a graph of {}: {}", names.len(), names.join(", "))]
    InputCount {
        /// The graph's inputs.
        names: Vec<String>,
        /// How many were given.
        found: usize,
    },
    /// More or fewer outputs than the graph has.
    #[error("{found} outputs for a graph of {expected}")]
    OutputCount {
        /// How many the graph has.
        expected: usize,
        /// How many were given.
        found: usize,
    },
    /// An input of the wrong type.
    #[error("input `{name}` is {wanted}, not {found}")]
    InputType {
        /// The input.
        name: String,
        /// Its type.
        wanted: Type,
        /// The type it was given.
        found: Type,
    },
    /// An output of the wrong type.
    #[error("output {index} is {wanted}, not {found}")]
    OutputType {
        /// Position of the output.
        index: usize,
        /// Its type.
        wanted: Type,
        /// The type of the slice.
        found: Type,
    },
    /// An input slice of another length than the outputs.
    #[error("input `{name}` has {found} values, but the outputs have room for {expected}")]
    InputLength {
        /// The input.
        name: String,
        /// The length of the outputs.
        expected: usize,
        /// The length of the input.
        found: usize,
    },
    /// Output slices of different lengths.
    #[error("output {index} has room for {found} values, but the first output for {expected}")]
    OutputLength {
        /// Position of the output.
        index: usize,
        /// The length of the first output.
        expected: usize,
        /// Its own length.
        found: usize,
    },
    /// More or less room than a grid has points.
    #[error("a grid of {expected} points, but room for {found} values")]
    GridLength {
        /// How many points it has.
        expected: usize,
        /// How many values there is room for.
        found: usize,
    },
    /// A slice for an input that was declared uniform.
    #[error("input `{name}` was compiled as uniform, so it takes one value, not a slice")]
    UniformSlice {
        /// The input.
        name: String,
    },
    /// A graph with state, evaluated without saying where the state is kept.
    #[error("this graph has state; keep it in a workspace and call `eval_with`")]
    NeedsWorkspace,
    /// A workspace of another evaluator.
    #[error("this workspace was made by another evaluator")]
    ForeignWorkspace,
}

/// The names and types that inputs and outputs are checked against.
#[derive(Debug, Clone)]
pub(crate) struct Signature {
    pub(crate) inputs: Vec<InputSignature>,
    pub(crate) outputs: Vec<Type>,
}

#[derive(Debug, Clone)]
pub(crate) struct InputSignature {
    pub(crate) name: String,
    pub(crate) ty: Type,
    pub(crate) uniform: bool,
}

impl Signature {
    /// The signature of `graph`, whose outputs are numbers, with these inputs uniform.
    pub(crate) fn new(graph: &Graph, uniform: &[bool]) -> Signature {
        let inputs = graph.variables().iter().zip(uniform);
        Signature {
            inputs: inputs
                .map(|(variable, &uniform)| InputSignature {
                    name: variable.name.to_string(),
                    ty: variable.ty,
                    uniform,
                })
                .collect(),
            outputs: graph
                .outputs()
                .iter()
                .map(|output| graph.ty(output.node))
                .collect(),
        }
    }

    /// For each input whether it has one value a call.
    pub(crate) fn uniform(&self) -> Vec<bool> {
        self.inputs.iter().map(|input| input.uniform).collect()
    }

    /// The number of points, if everything fits.
    pub(crate) fn check<T>(
        &self,
        inputs: &[Input<'_, T>],
        outputs: &[Output<'_, T>],
    ) -> Result<usize, EvalError> {
        if inputs.len() != self.inputs.len() {
            let names = self.inputs.iter().map(|input| input.name.clone()).collect();
            return Err(EvalError::InputCount {
                names,
                found: inputs.len(),
            });
        }
        if outputs.len() != self.outputs.len() {
            return Err(EvalError::OutputCount {
                expected: self.outputs.len(),
                found: outputs.len(),
            });
        }
        let points = outputs.first().map_or(0, Output::len);
        for (index, (output, &wanted)) in outputs.iter().zip(&self.outputs).enumerate() {
            if output.ty() != wanted {
                return Err(EvalError::OutputType {
                    index,
                    wanted,
                    found: output.ty(),
                });
            }
            if output.len() != points {
                let found = output.len();
                return Err(EvalError::OutputLength {
                    index,
                    expected: points,
                    found,
                });
            }
        }
        for (input, wanted) in inputs.iter().zip(&self.inputs) {
            wanted.check(input, points)?;
        }
        Ok(points)
    }
}

impl InputSignature {
    pub(crate) fn check<T>(&self, input: &Input<'_, T>, points: usize) -> Result<(), EvalError> {
        let name = || self.name.clone();
        if input.ty() != self.ty {
            return Err(EvalError::InputType {
                name: name(),
                wanted: self.ty,
                found: input.ty(),
            });
        }
        match input.len() {
            Some(_) if self.uniform => Err(EvalError::UniformSlice { name: name() }),
            Some(found) if found != points => Err(EvalError::InputLength {
                name: name(),
                expected: points,
                found,
            }),
            _ => Ok(()),
        }
    }
}
