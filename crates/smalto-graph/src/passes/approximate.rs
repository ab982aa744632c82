//! Faster forms of transcendental functions in the place of accurate ones.

use super::Sweep;
use crate::{Node, NodeId, Op};

/// An accurate function's faster form.
pub(super) fn pass(sweep: &mut Sweep<'_>, node: Node) -> Option<NodeId> {
    let Node::Apply { op, operands, .. } = node else {
        return None;
    };
    let fast = fast_form(op)?;
    Some(sweep.apply(fast, &operands[..fast.arity()]))
}

/// The faster form of `op`, if it has one.
fn fast_form(op: Op) -> Option<Op> {
    Some(match op {
        Op::Sin => Op::FastSin,
        Op::Cos => Op::FastCos,
        Op::Tan => Op::FastTan,
        _ => return None,
    })
}
