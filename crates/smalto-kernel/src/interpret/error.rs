//! What can go wrong when a kernel runs.

use crate::Lane;

/// Why a kernel was not run, or not to its end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// The module has no kernel of this name.
    #[error("there is no kernel {name}")]
    NoKernel {
        /// The name.
        name: String,
    },
    /// The kernel takes another number of buffers.
    #[error("the kernel takes {wanted} buffers, found {found}")]
    BufferCount {
        /// How many it takes.
        wanted: usize,
        /// How many there are.
        found: usize,
    },
    /// The elements of a buffer have another type.
    #[error("buffer {name} is of {wanted}, found {found}")]
    BufferType {
        /// The buffer.
        name: String,
        /// What the kernel declares.
        wanted: Lane,
        /// What it was given.
        found: Lane,
    },
    /// The kernel takes another number of arguments.
    #[error("the kernel takes {wanted} arguments, found {found}")]
    ArgumentCount {
        /// How many it takes.
        wanted: usize,
        /// How many there are.
        found: usize,
    },
    /// An argument has another type.
    #[error("parameter {name} is {wanted}, found {found}")]
    ArgumentType {
        /// The parameter.
        name: String,
        /// What the kernel declares.
        wanted: Lane,
        /// What it was given.
        found: Lane,
    },
    /// Values would take too much memory.
    #[error("the values of the kernel take more than {limit} bytes")]
    TooLarge {
        /// The limit.
        limit: usize,
    },
    /// A lane accesses what is not in the buffer.
    #[error(
        "{place}: lane {lane}: index {index} is outside of buffer {buffer} of {length} elements"
    )]
    OutOfBounds {
        /// The instruction, with the routine and block it is in.
        place: String,
        /// The lane; 0 for an access of the whole wave.
        lane: usize,
        /// The index.
        index: i128,
        /// The buffer.
        buffer: String,
        /// How many elements it has.
        length: usize,
    },
    /// Poison is used.
    #[error("{place}: lane {lane}: uses poison: {cause}")]
    Poison {
        /// The instruction that uses it, with the routine and block it is in.
        place: String,
        /// The lane; 0 for a uniform value.
        lane: usize,
        /// Where the poison is from.
        cause: String,
    },
    /// Two lanes of a scatter write different values to one element.
    #[error("{place}: lanes {first} and {second} write different values to element {index}")]
    Conflict {
        /// The instruction, with the routine and block it is in.
        place: String,
        /// One lane.
        first: usize,
        /// The other lane.
        second: usize,
        /// The element.
        index: i128,
    },
    /// The kernel runs longer than it may.
    #[error("the kernel did not end within {limit} instructions")]
    OutOfFuel {
        /// The limit.
        limit: u64,
    },
}
