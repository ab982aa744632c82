//! A library of shapes: expressions that say how far a point is from one.
//!
//! A shape is a function of a point that is negative inside, 0 on the surface and positive
//! outside. Here are functions that build such expressions: in Rust under the names of this
//! module, in formulas by the names in [`LIBRARY`].
//!
//! ```
//! use smalto_graph::GraphBuilder;
//! use smalto_shape::library::{blend::Blend, place::translate, space};
//!
//! let builder = GraphBuilder::new();
//! let point = ["x", "y", "z"].map(|name| builder.var(name));
//! let body = space::sphere(point, 0.6);
//! let ring = space::torus(translate(point, [0.0, 0.0, 0.3]), 0.5, 0.1);
//! let vase = Blend::Smooth.union(body, ring, 0.1);
//! let graph = builder.finish([("", vase)])?;
//! # Ok::<(), smalto_graph::GraphError>(())
//! ```
//!
//! | to have | see |
//! |---|---|
//! | shapes of the plane | [`plane`], [`outline`]; letters with the feature `text`, in `text` |
//! | solids | [`space`], [`sweep`] |
//! | endless structures | [`lattice`] |
//! | shapes joined, cut, blended | [`boolean`], [`blend`] |
//! | shapes moved, turned, scaled | [`place`] |
//! | shapes twisted, bent, tapered | [`deform`] |
//! | many copies | [`mod@array`], [`fold`] |
//!
//! # What values are
//!
//! An *exact* shape is the distance to its surface, negative inside: its gradient has length 1
//! wherever there is one nearest point. A *bound* has the right sign everywhere and is nowhere
//! further from 0 than the distance. A *Lipschitz constant* L says that values of points at a
//! distance d differ by L d at most, which is what makes steps of that size safe and regions
//! without a surface quickly known as such; exact shapes have 1. Each function says which it
//! is. What joins, moves or deforms shapes says what becomes of exact ones and bounds. All
//! constants hold but for rounding.
//!
//! # Conventions
//!
//! Lengths are in the units of the point, angles in radians. Shapes lie around the origin.
//! Sizes are halves, as a radius is: a box of size 1 reaches from -1 to 1. Solids with an axis
//! have it along z. Sizes below 0 are no shapes: what comes of them is some expression, never
//! a panic. Parameters are numbers or expressions: a radius may change with time or place, and then
//! the constants hold for each of its values, not for how it changes.
//!
//! The distances of primitives are elementary geometry, derived anew; a picture and a command for
//! each are in `docs/shapes.md`.

pub mod array;
pub mod blend;
pub mod boolean;
pub mod deform;
pub mod fold;
mod formula;
pub mod lattice;
pub mod outline;
pub mod place;
pub mod plane;
pub mod space;
pub mod sweep;
#[cfg(feature = "text")]
pub mod text;
mod vector;

pub use formula::LIBRARY;
pub use vector::{Point2, Point3, length};
