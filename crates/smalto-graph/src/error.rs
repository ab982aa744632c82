//! What can be wrong with a graph under construction.

use crate::op::Kind;
use crate::{Op, Type};
use thiserror::Error;

/// Why a graph could not be built.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum GraphError {
    /// Operands of the wrong number or type.
    #[error("`{op}` takes ({}), not ({})", wanted(*op), types(found))]
    Operands {
        /// The op.
        op: Op,
        /// The types it was given.
        found: Vec<Type>,
    },
    /// A user op called with the wrong operands.
    #[error("`{name}` takes {arity} real{}, not ({})", if *arity == 1 { "" } else { "s" }, types(found))]
    CallOperands {
        /// Name of the user op.
        name: String,
        /// Its arity.
        arity: usize,
        /// The types it was given.
        found: Vec<Type>,
    },
    /// Two user ops of one name in one graph.
    #[error(
        "another user op called `{name}` is already in this graph; give one of them another name"
    )]
    UserOpTaken {
        /// The name.
        name: String,
    },
    /// A user op whose name cannot be called from a formula.
    #[error(
        "`{name}` cannot name a user op: it must be an identifier that is no op, constant or keyword"
    )]
    BadUserOp {
        /// The name.
        name: String,
    },
    /// A variable used with two types.
    #[error("variable `{name}` is {declared}, so it cannot also be {wanted}")]
    VariableType {
        /// The name.
        name: String,
        /// The type it was declared with.
        declared: Type,
        /// The type it was asked for with.
        wanted: Type,
    },
    /// A variable that cannot be an input.
    #[error(
        "`{name}: {ty}` cannot be an input: it must be an identifier that is no keyword, and real, i32 or i64"
    )]
    BadVariable {
        /// The name.
        name: String,
        /// The type.
        ty: Type,
    },
    /// An output name that is no identifier.
    #[error("`{name}` cannot name an output: it must be an identifier that is no keyword")]
    BadOutput {
        /// The name.
        name: String,
    },
    /// Two outputs of one name.
    #[error("the graph already has an output called `{name}`")]
    OutputTaken {
        /// The name.
        name: String,
    },
    /// A table lookup by something other than an i32.
    #[error("a table is looked up by an i32, not by a {found}")]
    LookupIndex {
        /// The type of the index.
        found: Type,
    },
    /// A table with no elements, or too many.
    #[error("a table needs 1 to 2^31 - 1 elements, not {length}")]
    BadTable {
        /// The number of elements.
        length: usize,
    },
    /// A name that no input has.
    #[error(
        "the graph has no input called `{name}`; its inputs are: {}",
        list(known)
    )]
    UnknownVariable {
        /// The name.
        name: String,
        /// The inputs it has.
        known: Vec<String>,
    },
    /// A replacement of another type than what it replaces.
    #[error("input `{name}` is {wanted}, so a {found} cannot take its place")]
    ReplacementType {
        /// The input's name.
        name: String,
        /// The input's type.
        wanted: Type,
        /// The replacement's type.
        found: Type,
    },
    /// An op with no derivative.
    #[error("`{name}` has no derivative{hint}")]
    NoDerivative {
        /// The op or user op.
        name: String,
        /// What to do about it; empty or starting with `; `.
        hint: &'static str,
    },
}

impl GraphError {
    pub(crate) fn operands(op: Op, found: Vec<Type>) -> GraphError {
        GraphError::Operands { op, found }
    }
}

fn wanted(op: Op) -> String {
    let row = op.row();
    let kinds: Vec<String> = row.operands.iter().map(Kind::to_string).collect();
    let shared = row
        .operands
        .iter()
        .filter(|kind| kind.is_polymorphic())
        .count()
        > 1;
    kinds.join(", ") + if shared { "; alike" } else { "" }
}

fn types(types: &[Type]) -> String {
    types
        .iter()
        .map(|ty| ty.name())
        .collect::<Vec<_>>()
        .join(", ")
}

fn list(names: &[String]) -> String {
    if names.is_empty() {
        "none".into()
    } else {
        names.join(", ")
    }
}
