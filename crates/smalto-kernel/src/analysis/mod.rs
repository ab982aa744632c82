//! What can be known about a routine without running it.
//!
//! | to know | see |
//! |---|---|
//! | who jumps where | [`Cfg`] |
//! | which blocks come before a block on every way to it | [`Dominators`] |
//! | loops and how they nest | [`Loops`] |
//! | an order of blocks in which loops are not torn apart | [`block_order`] |
//! | where each value is still needed | [`Liveness`], and [its page](liveness) |
//!
//! [`Flow`] is the first three. They are computed for every routine that verifies; the
//! verifier itself finds with them what is irreducible. All take time that is linear
//! in the routine but for a logarithm, and keep their storage when used again.

pub mod cfg;
pub mod dominators;
pub mod liveness;
pub mod loops;
pub mod order;

pub use cfg::Cfg;
pub use dominators::{Dominators, Irreducible};
pub use liveness::{Liveness, Segment};
pub use loops::{Loop, LoopId, Loops};
pub use order::block_order;

use crate::Routine;

/// Control flow of a routine: edges, dominators, loops.
///
/// ```
/// use smalto_kernel::analysis::Flow;
/// use smalto_kernel::BlockId;
///
/// let module = smalto_kernel::parse("
/// kernel k width any {
///     param n: u.i64
/// block entry:
///     %zero: u.i64 = constant 0
///     %one: u.i64 = constant 1
///     jump header(%zero)
/// block header(%i: u.i64):
///     %more: u.mask = lt %i, %n
///     branch %more, body, exit
/// block body:
///     %next: u.i64 = add %i, %one
///     jump header(%next)
/// block exit:
///     return
/// }")?;
/// let flow = Flow::new(&module.routines()[0])?;
/// let [_, header, body, exit] = [0, 1, 2, 3].map(BlockId::new);
/// assert!(flow.dominators.dominates(header, exit));
/// assert_eq!(flow.loops.innermost(body), flow.loops.innermost(header));
/// assert_eq!(flow.loops.innermost(exit), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Default)]
pub struct Flow {
    /// Who jumps where.
    pub cfg: Cfg,
    /// What comes before what on every way.
    pub dominators: Dominators,
    /// What repeats.
    pub loops: Loops,
}

impl Flow {
    /// The control flow of `routine`.
    ///
    /// # Errors
    /// If it is irreducible.
    pub fn new(routine: &Routine) -> Result<Flow, Irreducible> {
        let mut flow = Flow::default();
        flow.compute(routine)?;
        Ok(flow)
    }

    /// Makes this the control flow of `routine`, in the storage it has.
    ///
    /// # Errors
    /// If it is irreducible. What is here then means nothing.
    pub fn compute(&mut self, routine: &Routine) -> Result<(), Irreducible> {
        self.cfg.compute(routine);
        self.dominators.compute(&self.cfg)?;
        self.loops.compute(&self.cfg, &self.dominators);
        Ok(())
    }
}
