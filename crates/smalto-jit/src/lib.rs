//! Running graphs.
//!
//! An [`Evaluator`] is a graph ready to run over slices: any number of inputs, each
//! a slice or one value for all points, and any number of outputs. It runs on the
//! widest SIMD instructions the CPU has and gives the same bits on all of them.
//!
//! ```
//! use smalto_graph::formula;
//! use smalto_jit::{Evaluator, Input, Options, Output};
//!
//! // `gain` has one value a call, so `gain * 2` is computed once a call.
//! let graph = formula::Parser::new()
//!     .with_variables([("x", smalto_graph::Type::Real), ("gain", smalto_graph::Type::Real)])
//!     .parse("input x, gain; x * (gain * 2) + 1")?;
//! let options = Options { uniform: &["gain"], ..Options::default() };
//! let evaluator = Evaluator::<f64>::new(&graph, &options)?;
//!
//! let x: Vec<f64> = (0..1000).map(f64::from).collect();
//! let mut y = vec![0.0; 1000];
//! evaluator.eval(&[Input::Slice(&x), Input::Scalar(0.25)], &mut [Output::Slice(&mut y)])?;
//! assert_eq!(y[10], 6.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | to | see |
//! |---|---|
//! | run | [`Evaluator`], [`Input`], [`Output`], [`Workspace`] |
//! | run over a picture | [`GridEvaluator`] |
//! | call at one point | [`PointFunction`] |
//! | find out what a region needs, and evaluate no more | [`mod@trace`] |
//! | choose what runs it | [`Target`], [`Options`] |
//! | limit what machine code may use | [`native::cpu`] |
//! | install machine code and call it | [`native`], [`code`] |
//! | know when compiling pays | [`tier`] |
//! | look at what a graph becomes | [`inspect`] |

pub mod code;
mod evaluator;
mod grid;
pub mod inspect;
mod interp;
pub mod native;
mod point;
mod slices;
mod target;
pub mod tier;
mod tiered;
pub mod trace;

pub use evaluator::{CompileError, Evaluator, Options, Real, Workspace};
pub use grid::{GridEvaluator, GridWorkspace};
pub use interp::{BATCH, TapeSummary};
pub use native::Isa;
pub use point::PointFunction;
pub use slices::{EvalError, Input, Output};
pub use smalto_lower::lanes::Level;
pub use target::{Obstacle, Target, TargetError};
