//! Machine code at run time: which there may be, and how it is installed and called.

pub mod cpu;

pub use cpu::{CpuError, Isa, Limit};

use crate::evaluator::CompileError;
use crate::interp::Program;
use crate::slices::Signature;
use crate::target::{Obstacle, Target, TargetError};
use smalto_graph::Graph;

/// Whether [`compile`] makes code.
pub(crate) const IS_READY: bool = false;

/// The program of `graph`, which is optimised, in machine code for `isa`.
pub(crate) fn compile<T>(
    isa: Isa,
    _graph: &Graph,
    _signature: &Signature,
) -> Result<Box<dyn Program<T>>, CompileError> {
    Err(CompileError::Target(TargetError::Unavailable {
        target: Target::Native(isa),
        obstacle: Obstacle::NotYet,
    }))
}
