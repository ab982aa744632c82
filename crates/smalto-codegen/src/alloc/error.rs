//! What cannot be allocated.

use super::{BlockIndex, InstructionIndex};
use thiserror::Error;

/// Why a function has no allocation.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AllocError {
    /// One instruction wants more registers than there are.
    #[error(
        "instruction {} needs more registers of class `{class}` at once than the machine \
         has; give it fewer operands, or operands that may lie in memory", .instruction.0
    )]
    TooFewRegisters {
        /// The instruction.
        instruction: InstructionIndex,
        /// The name of the class.
        class: &'static str,
    },
    /// A value is read on a path that does not define it.
    #[error("instruction {} reads v{register}, which is not defined before it", .instruction.0)]
    Undefined {
        /// The instruction.
        instruction: InstructionIndex,
        /// The number of the virtual register.
        register: u32,
    },
    /// An instruction's operands contradict each other, or name what is not there.
    #[error("instruction {}: {what}", .instruction.0)]
    Instruction {
        /// The instruction.
        instruction: InstructionIndex,
        /// What is wrong.
        what: &'static str,
    },
    /// A block that is not as a [`Function`](super::Function) has them.
    #[error("block {}: {what}", .block.0)]
    Block {
        /// The block.
        block: BlockIndex,
        /// What is wrong.
        what: &'static str,
    },
    /// More values than can be told apart, or arrays that do not fit each other.
    #[error("the function is not well-formed: {0}")]
    Function(&'static str),
}
