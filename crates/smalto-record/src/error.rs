//! What cannot be recorded.

use thiserror::Error;

/// Why a graph was not recorded.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RecordError {
    /// An operation that looks across the lanes of a wave, in a kernel of any width.
    #[error(
        "`{op}` looks across lanes, which machine code of any width cannot; the interpreter runs it"
    )]
    AcrossLanes {
        /// The operation.
        op: &'static str,
    },
    /// A call of a function of the user's.
    #[error(
        "`{name}` is a function of the user's, which machine code cannot call; the interpreter can"
    )]
    UserFunction {
        /// The function.
        name: String,
    },
    /// A call of a function of the user's that has state from sample to sample.
    #[error(
        "`{name}` has state from sample to sample, which machine code does not keep; the interpreter does"
    )]
    Stateful {
        /// The function.
        name: String,
    },
    /// A call that stands for other ops.
    #[error("`{name}` stands for other ops; `optimise` puts them in its place")]
    Unexpanded {
        /// The user op.
        name: String,
    },
    /// An input or output of a type that this form does not take.
    #[error("{} is {ty}, but here it has to be a real", shown(name))]
    NotReal {
        /// The input or output.
        name: String,
        /// Its type.
        ty: smalto_graph::Type,
    },
    /// More inputs and outputs than a kernel has buffers.
    #[error(
        "{count} inputs and outputs are too many; a kernel has at most {}",
        smalto_kernel::Routine::MAX_BUFFERS
    )]
    TooManySlices {
        /// How many there are.
        count: usize,
    },
}

/// The name of an input or output, as messages have it.
fn shown(name: &str) -> String {
    match name {
        "" => "the result".into(),
        name => format!("`{name}`"),
    }
}
