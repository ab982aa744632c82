//! Reassociation: constants move to the outside of sums and products, where they
//! meet and fold; small constant powers become products.

use super::Sweep;
use crate::{Node, NodeId, Op, Type};

/// Largest exponent that repeated squaring is used for: at most 6 products.
const MAX_POWER: f64 = 16.0;

/// `(x + k) + y` as `(x + y) + k`, likewise for products and differences, when
/// nothing else needs `x + k`; `pow` of a small constant as products and a root.
pub(super) fn pass(sweep: &mut Sweep<'_>, node: Node) -> Option<NodeId> {
    let Node::Apply {
        op,
        ty: Type::Real,
        operands: [a, b, _],
    } = node
    else {
        return None;
    };
    let constants = [a, b].map(|id| id != NodeId::NONE && sweep.real_value(id).is_some());
    match op {
        // Two constants meet in an affine chain, or the element cannot hold both as one.
        Op::Add | Op::Mul | Op::Sub if constants != [false; 2] => None,
        Op::Add | Op::Mul => match (split(sweep, op, a), split(sweep, op, b)) {
            (Some((x, k)), _) => Some(regroup(sweep, (op, op), x, b, k)),
            (None, Some((y, k))) => Some(regroup(sweep, (op, op), a, y, k)),
            (None, None) => None,
        },
        Op::Sub => match (split(sweep, Op::Add, a), split(sweep, Op::Add, b)) {
            (Some((x, k)), _) => Some(regroup(sweep, (Op::Sub, Op::Add), x, b, k)),
            (None, Some((y, k))) => Some(regroup(sweep, (Op::Sub, Op::Sub), a, y, k)),
            (None, None) => None,
        },
        Op::Pow => {
            let exponent = sweep.real_value(b)?;
            power(sweep, a, exponent)
        }
        _ => None,
    }
}

/// `id` as `x op k` for a constant `k`, if only the node at hand needs it.
fn split(sweep: &Sweep<'_>, op: Op, id: NodeId) -> Option<(NodeId, NodeId)> {
    let [a, b, _] = sweep.match_real(id, op)?;
    if !sweep.is_used_once(id) {
        return None;
    }
    match (sweep.real_value(a), sweep.real_value(b)) {
        (None, Some(_)) => Some((a, b)),
        (Some(_), None) => Some((b, a)),
        _ => None,
    }
}

/// `(x inner y) outer k`.
fn regroup(
    sweep: &mut Sweep<'_>,
    (inner, outer): (Op, Op),
    x: NodeId,
    y: NodeId,
    k: NodeId,
) -> NodeId {
    let sum = sweep.apply(inner, &[x, y]);
    sweep.apply(outer, &[sum, k])
}

fn power(sweep: &mut Sweep<'_>, x: NodeId, exponent: f64) -> Option<NodeId> {
    match exponent {
        0.0 => Some(sweep.real(1.0)),
        0.5 => Some(sweep.apply(Op::Sqrt, &[x])),
        _ if exponent < 0.0 => {
            let inverse = power(sweep, x, -exponent)?;
            Some(sweep.apply(Op::Recip, &[inverse]))
        }
        _ if exponent.fract() == 0.0 && exponent <= MAX_POWER => {
            Some(integer_power(sweep, x, exponent as u32))
        }
        _ => None,
    }
}

/// x to the power n >= 1 by squaring.
fn integer_power(sweep: &mut Sweep<'_>, x: NodeId, n: u32) -> NodeId {
    if n == 1 {
        return x;
    }
    let half = integer_power(sweep, x, n / 2);
    let square = sweep.apply(Op::Square, &[half]);
    if n.is_multiple_of(2) {
        square
    } else {
        sweep.apply(Op::Mul, &[square, x])
    }
}
