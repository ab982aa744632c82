//! Common subexpressions. Equal nodes are one by hash-consing; what is left is to
//! write equal values the same way.

use super::Sweep;
use crate::{Node, NodeId, Op, Type};

/// Operands of commutative ops in node order; `a > b` as `b < a`.
pub(super) fn pass(sweep: &mut Sweep<'_>, node: Node) -> Option<NodeId> {
    let Node::Apply {
        op,
        ty,
        operands: [a, b, _],
    } = node
    else {
        return None;
    };
    if op.is_commutative() && b < a {
        return Some(sweep.graph.apply_typed(op, ty, &[b, a]));
    }
    let mirrored = match op {
        Op::Gt => Op::Lt,
        Op::Ge => Op::Le,
        _ => return None,
    };
    Some(sweep.graph.apply_typed(mirrored, Type::Bool, &[b, a]))
}
