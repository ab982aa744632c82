//! From a module to a better one that does the same.
//!
//! | pass | what |
//! |---|---|
//! | [`hoist`] | moves what does not change in a loop out of it |
//! | [`remove_dead`] | removes what nobody needs |
//! | [`fold`] | computes what constants decide |
//! | [`share`] | computes once what is computed twice |
//! | [`absorb_negations`] | leaves signs to sums, constants and other signs |
//! | [`schedule`] | puts between instructions what need not wait for them |
//! | [`mask_memory`] | keeps lanes beyond the wave from memory |
//! | [`widen_halves`] | computes with halves as singles, rounded after every step |
//! | [`write_out_butterflies`] | makes shuffles and arithmetic of reductions and scans |
//!
//! A pass takes a module that [verifies](crate::verify()) and leaves one that does. A run
//! that reports nothing gives the same results before and after, to the bit. (One that
//! reports something may report it elsewhere, or not any more.)
//!
//! ```
//! use smalto_kernel::passes::{self, Workspace};
//!
//! // The root depends on y alone. It is taken once, and the load it is not needed for
//! // is gone.
//! let mut module = smalto_kernel::parse("
//! kernel row width any {
//!     buffer x: f32 read
//!     buffer d: f32 write
//!     param n: u.i64
//!     param y: u.f32
//! block 0:
//!     %start: u.i64 = constant 0
//!     %step: u.i64 = width
//!     jump header(%start)
//! block header(%i: u.i64):
//!     %more: u.mask = lt %i, %n
//!     branch %more, body, exit
//! block body:
//!     %left: u.i64 = sub %n, %i
//!     %active: v.mask = first_lanes %left
//!     %unused: v.f32 = load x[%i] if %active
//!     %vy: v.f32 = splat %y
//!     %root: v.f32 = sqrt %vy
//!     store d[%i], %root if %active
//!     %next: u.i64 = add %i, %step
//!     jump header(%next)
//! block exit:
//!     return
//! }")?;
//! let mut workspace = Workspace::default();
//! passes::hoist(&mut module, &mut workspace);
//! passes::remove_dead(&mut module, &mut workspace);
//! let text = module.to_string();
//! assert!(text.contains("\
//!     %3: u.i64 = width
//!     %4: v.f32 = splat %y
//!     %5: v.f32 = sqrt %4
//!     jump 1(%2)
//! "));
//! assert!(!text.contains("load"));
//! # Ok::<(), smalto_kernel::ParseError>(())
//! ```

mod butterflies;
mod constants;
mod dead;
mod effects;
mod fold;
mod halves;
mod hoist;
mod masked;
mod rewrite;
mod schedule;
mod share;
mod signs;

pub use butterflies::write_out_butterflies;
pub use dead::remove_dead;
pub use fold::fold;
pub use halves::{computes_with_halves, widen_halves};
pub use hoist::hoist;
pub use masked::mask_memory;
pub use schedule::schedule;
pub use share::share;
pub use signs::absorb_negations;

use crate::analysis::{Cfg, Flow};
use crate::{Module, Role, Routine, Width};
use rewrite::Rewrite;

/// Storage that passes use again and again.
#[derive(Debug, Default)]
pub struct Workspace {
    flow: Flow,
    cfg: Cfg,
    rewrite: Rewrite,
    hoist: hoist::Storage,
    dead: dead::Storage,
    fold: fold::Storage,
    schedule: schedule::Storage,
    share: share::Storage,
    signs: signs::Storage,
}

/// Runs a pass on every routine, with the others at hand.
fn for_each_routine(module: &mut Module, mut pass: impl FnMut(&Module, &mut Routine)) {
    for index in 0..module.routines.len() {
        let placeholder = Routine::empty(Role::Function, "", Width::Any);
        let mut routine = std::mem::replace(&mut module.routines[index], placeholder);
        pass(module, &mut routine);
        module.routines[index] = routine;
    }
}
