//! Expression graphs: what Smalto compiles.
//!
//! A [`Graph`] is a directed acyclic graph of mathematical operations over named
//! inputs. Equal expressions are one node. It comes from Rust operators, from a
//! formula or from a `.vm` file, and is optimised as a graph before any machine
//! is thought of.
//!
//! ```
//! use smalto_graph::{formula, GraphBuilder};
//!
//! // A ring, once as text and once with operators: the same graph.
//! let text = formula::parse("abs(sqrt(square(x) + square(y)) - 1) - 0.25")?;
//!
//! let builder = GraphBuilder::new();
//! let (x, y) = (builder.var("x"), builder.var("y"));
//! let ring = ((x.square() + y.square()).sqrt() - 1.0).abs() - 0.25;
//! assert_eq!(text, builder.finish([("", ring)])?);
//!
//! // By how much does it change along x?
//! let slope = smalto_graph::derivative(&text, "x")?;
//! assert!(formula::print(&slope).contains("sqrt"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | to | see |
//! |---|---|
//! | know the operations | [`Op`], the op table |
//! | build | [`GraphBuilder`], [`Expr`], [`formula`], [`vm`], [`UserOp`] |
//! | rewrite | [`passes`], [`substitute()`], [`transform()`], [`derivative()`] |
//! | inspect | [`Graph`], [`rate`] |

mod derivative;
mod error;
mod expr;
pub mod formula;
mod graph;
mod hash;
mod op;
pub mod passes;
pub mod rate;
mod substitute;
mod transform;
mod types;
mod user;
pub mod vm;
mod walk;

pub use derivative::{derivative, partials};
pub use error::GraphError;
pub use expr::{Expr, GraphBuilder, IntoExpr};
pub use graph::{
    CallId, Constant, Graph, Node, NodeId, Output, Table, TableId, Variable, VariableId,
};
pub use op::{Class, Kind, Op, Row};
pub use substitute::{substitute, try_substitute};
pub use transform::{Affine, TransformParameters, transform};
pub use types::{Element, Type, Value};
pub use user::{Body, Process, Purity, UserOp};
