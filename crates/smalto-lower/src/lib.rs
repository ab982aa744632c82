//! What every operation of the graph means.
//!
//! An op is written once, as a function over a [`Machine`]: a closed table of
//! primitives with exact edge behaviour. What comes out depends on the machine it
//! is run on:
//!
//! | machine | running an op on it |
//! |---|---|
//! | [`Scalar`] | computes one value: the reference |
//! | [`lanes`] | computes a value per SIMD lane: the interpreter |
//! | `smalto_record::Recorder` | writes it down: the compiler |
//!
//! ```
//! use smalto_lower::{Machine, Scalar};
//!
//! /// The length of the vector (a, b), on any machine.
//! fn length<M: Machine>(m: M, a: M::Real, b: M::Real) -> M::Real {
//!     m.sqrt(m.fma(a, a, m.mul(b, b)))
//! }
//! assert_eq!(length(Scalar::<f32>::new(), 3.0, 4.0), 5.0);
//! ```
//!
//! | to | see |
//! |---|---|
//! | know the primitives | [`machine`] |
//! | know what an op means | [`meaning`] |
//! | know where its results lie, or how fast they change | [`domain`] |
//! | evaluate one op on constants, or a graph at a point | [`Reference`] |

pub mod domain;
mod environment;
pub mod kind;
pub mod lanes;
pub mod machine;
pub mod meaning;
mod reference;
pub mod scalar;

pub use environment::StandardEnvironment;
pub use kind::{AnyValue, Kind};
pub use machine::{Integers, Lanes, Machine, Types};
pub use reference::{Reference, ReferenceError};
pub use scalar::{Float, Scalar};
