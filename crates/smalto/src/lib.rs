//! Smalto compiles mathematics while your program runs.
//!
//! Give it a formula, a `.vm` file or Rust expressions; it becomes an expression
//! graph, is optimised as a graph, and runs over your slices on the widest SIMD
//! instructions the CPU has. The same bits come out on every target.
//!
//! ```
//! use smalto::{Evaluator, Input, Options, Output, formula};
//!
//! let graph = formula::parse("sin(x) * exp(-y * y)")?;
//! let evaluator = Evaluator::<f64>::new(&graph, &Options::default())?;
//!
//! let x = [0.0, 0.5, 1.0];
//! let mut out = [0.0; 3];
//! evaluator.eval(&[Input::Slice(&x), Input::Scalar(0.0)], &mut [Output::Slice(&mut out)])?;
//! assert_eq!(out[1], 0.5f64.sin());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | to | see |
//! |---|---|
//! | write expressions | [`formula`], [`vm`], [`GraphBuilder`] |
//! | rewrite them | [`passes`], [`derivative`](derivative()), [`substitute`](substitute()), [`transform`](transform()) |
//! | run them | [`Evaluator`], [`Target`] |
//! | draw them | [`shape`], [`field`] |
//! | have shapes, in Rust and in formulas | [`shape::library`] |
//! | build a renderer or a solver: bounds in boxes, gradients | [`mod@trace`] |
//! | have noise, in Rust and in formulas | [`field`] |
//! | look at their machine code | [`compiler`] |
//! | know what an op means, bit by bit | [`meaning`] |

pub use smalto_graph::{
    Affine, Body, Class, Constant, Element, Expr, Graph, GraphBuilder, GraphError, IntoExpr, Kind,
    Node, NodeId, Op, Process, Purity, Table, TableId, TransformParameters, Type, UserOp, Value,
    Variable, VariableId, derivative, formula, partials, passes, rate, substitute, transform,
    try_substitute, vm,
};
pub use smalto_jit::{
    CompileError, EvalError, Evaluator, GridEvaluator, GridWorkspace, Input, Isa, Level, Obstacle,
    Options, Output, PointFunction, Real, Target, TargetError, Workspace, code,
    inspect as compiler, native, trace,
};
pub use smalto_lower::{Reference, meaning};

#[cfg(feature = "field")]
pub use smalto_field as field;
#[cfg(feature = "shape")]
pub use smalto_shape as shape;

/// The examples of the README, run as tests.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
