//! The wave IR: what every target runs, before any target is thought of.
//!
//! A *kernel* is a program that runs on a *wave* of W lanes at once. A value is
//! *uniform* (`u.i64`: one per wave) or *varying* (`v.f32`: one per lane). Uniform values
//! alone decide where control goes; lanes differ by masks and selects. Values are in
//! single assignment over basic blocks with parameters, loops have one entry, and memory
//! is buffers of one element type each.
//!
//! A kernel is built, or written down:
//!
//! ```
//! use smalto_kernel::interpret::{Buffer, Interpreter};
//! use smalto_kernel::{Access, Builder, Lane, Module, ValueType, Width, parse};
//!
//! // d[i] = sqrt(x[i]^2 + y^2), for a row of n points.
//! let mut b = Builder::kernel("distance", Width::Any);
//! let x = b.buffer("x", Lane::F32, Access::Read);
//! let d = b.buffer("d", Lane::F32, Access::Write);
//! let n = b.parameter("n", ValueType::uniform(Lane::I64));
//! let y = b.parameter("y", ValueType::uniform(Lane::F32));
//! b.for_each_wave(n, |b, i, active| {
//!     let x = b.load(x, i, Some(active));
//!     let y = b.splat(y);
//!     let yy = b.mul(y, y);
//!     let sum = b.fma(x, x, yy);
//!     let root = b.sqrt(sum);
//!     b.store(d, i, root, Some(active));
//! });
//! b.return_nothing();
//! let mut module = Module::new();
//! module.add(b.finish());
//!
//! // It is text and comes back from text.
//! assert!(module.to_string().contains("v.f32 = fma %8, %8, %10"));
//! assert_eq!(parse(&module.to_string())?, module);
//!
//! // It runs, here in waves of 4.
//! let mut buffers = [
//!     Buffer::from([3.0f32, 0.0, -8.0]),
//!     Buffer::uninitialised(Lane::F32, 3),
//! ];
//! let interpreter = Interpreter::new(&module)?.width(4);
//! interpreter.run("distance", &mut buffers, &[3i64.into(), 4f32.into()])?;
//! assert_eq!(buffers[1].to_vec(), Some(vec![5.0f32, 4.0, 80f32.sqrt()]));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | to | see |
//! |---|---|
//! | know the instructions | [`op`], the instruction table |
//! | know what a value can be | [`ValueType`], [`Lane`], [`Rate`], [`Width`] |
//! | build | [`Builder`] |
//! | read a routine | [`routine`]: flat arrays and ids |
//! | print and parse | [`text`] |
//! | check | [`mod@verify`] |
//! | run | [`interpret`] |
//! | analyse | [`analysis`]: control flow, loops, liveness |
//! | improve | [`passes`]: hoisting, dead code |
//! | test what works on kernels | [`testing`]: random ones |

pub mod analysis;
mod builder;
mod half;
pub mod interpret;
mod literal;
mod module;
pub mod op;
pub mod passes;
pub mod routine;
pub mod testing;
pub mod text;
mod types;
pub mod verify;

pub use builder::{Builder, Label};
pub use half::F16;
pub use literal::{Literal, NotALiteral};
pub use module::{Module, Table};
pub use op::Op;
pub use routine::{
    Access, BlockId, BufferDeclaration, BufferId, Edge, Instruction, Role, Routine, RoutineId,
    TableId, Terminator, ValueId, Values,
};
pub use text::{ParseError, parse};
pub use types::{Lane, NotAType, Rate, TypeSet, ValueType, Width};
pub use verify::{Finding, Findings, verify};
