//! Smalto's compiler, stage by stage.

use crate::models::Absent;
use smalto::Graph;

/// The stages of compiling one graph for slices of f32. Each does its work anew every
/// time, from what the one before has left.
pub(crate) struct Stages {
    /// From the optimised graph to a kernel.
    pub(crate) to_kernel: Box<dyn FnMut()>,
    /// From the kernel to code: selection, allocation, encoding.
    pub(crate) to_code: Box<dyn FnMut()>,
    /// Bytes of that code, constants included.
    pub(crate) bytes: usize,
}

/// The stages for `graph`, which is optimised.
///
/// # Errors
/// [`Absent`] where no machine code is made.
pub(crate) fn stages(_graph: &Graph) -> anyhow::Result<Stages> {
    Err(Absent("machine code is not made yet".into()).into())
}
