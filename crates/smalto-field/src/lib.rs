//! Fields: noise and colours as functions of a point.
//!
//! Everything here is an expression over the ops of [`smalto_graph`]: integer hashes, tables,
//! selects and arithmetic. So noise is compiled like any other mathematics, runs on every
//! target with the same bits, shares what it has in common with its surroundings, and can
//! depend on anything: time is an input like x.
//!
//! ```
//! use smalto_graph::formula::Parser;
//!
//! // In formulas, by name. `seed`, `octaves` and so on are options.
//! let parser = Parser::new().with_library(smalto_field::LIBRARY);
//! let clouds = parser.parse("smoothstep(-0.2, 0.6, fbm(3 * x, 3 * y, t, octaves = 5))")?;
//! assert_eq!(clouds.variables().len(), 3);
//! # Ok::<(), smalto_graph::formula::Error>(())
//! ```
//!
//! | to have | see |
//! |---|---|
//! | noise | [`noise`] |
//! | noise at several scales, warped coordinates | [`fractal`] |
//! | distances to shapes, and shapes joined | [`smalto_shape::library`] |
//! | steps, easing, ranges | [`curve`] |
//! | all of that in formulas | [`LIBRARY`], [`smalto_shape::LIBRARY`] |
//! | pictures of fields | [`picture`] |
//! | solids in the colours of a field | [`SurfaceColours`] |

pub mod curve;
pub mod fractal;
mod library;
pub mod noise;
pub mod picture;
mod surface;

pub use library::LIBRARY;
pub use surface::SurfaceColours;
