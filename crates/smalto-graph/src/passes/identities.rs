//! Identities that keep every bit, -0, infinities and subnormals included.
//!
//! What is missing here is missing on purpose: `x + 0` is +0 for x = -0, `x * 0`
//! is NaN for infinities and -0 for negative x, `x - x` is NaN for infinities,
//! and `0 - x` is not `-x` for x = 0.

use super::Sweep;
use crate::{Node, NodeId, Op, Type, Value};

/// A simpler node equal to `node` in every bit that is not a NaN's.
pub(super) fn pass(sweep: &mut Sweep<'_>, node: Node) -> Option<NodeId> {
    let Node::Apply {
        op,
        ty,
        operands: [a, b, _],
    } = node
    else {
        return None;
    };
    match ty {
        Type::Real if op.arity() == 1 => unary(sweep, op, a),
        Type::Real if op.arity() == 2 => binary(sweep, op, a, b),
        Type::Bool if op == Op::Not => inner(sweep, Op::Not, a),
        Type::I32 | Type::I64 => integer(sweep, op, a, b),
        _ => None,
    }
}

fn unary(sweep: &mut Sweep<'_>, op: Op, a: NodeId) -> Option<NodeId> {
    let unsigned = |sweep: &Sweep<'_>| inner(sweep, Op::Neg, a).or(inner(sweep, Op::Abs, a));
    match op {
        // But not -(a - b) as b - a: for a = b one is -0 and the other +0.
        Op::Neg => inner(sweep, Op::Neg, a),
        Op::Abs => match unsigned(sweep) {
            Some(x) => Some(sweep.apply(Op::Abs, &[x])),
            None => is_never_negative(sweep, a).then_some(a),
        },
        // cos and cosh are even in every bit; `smalto-lower` tests that they are.
        Op::Square | Op::Cos | Op::Cosh => {
            let x = unsigned(sweep)?;
            Some(sweep.apply(op, &[x]))
        }
        Op::Floor | Op::Ceil | Op::Trunc | Op::Round | Op::Rint => {
            is_integral(sweep, a).then_some(a)
        }
        _ => None,
    }
}

fn binary(sweep: &mut Sweep<'_>, op: Op, a: NodeId, b: NodeId) -> Option<NodeId> {
    let left = sweep.graph.value(a);
    let right = sweep.graph.value(b);
    let is = |value: Option<Value>, wanted: f64| value == Some(Value::Real(wanted));
    match op {
        Op::Add if is(right, -0.0) => Some(a),
        Op::Add if is(left, -0.0) => Some(b),
        Op::Add => match (inner(sweep, Op::Neg, a), inner(sweep, Op::Neg, b)) {
            (_, Some(y)) => Some(sweep.apply(Op::Sub, &[a, y])),
            (Some(x), None) => Some(sweep.apply(Op::Sub, &[b, x])),
            (None, None) => None,
        },
        Op::Sub if is(right, 0.0) => Some(a),
        Op::Sub if is(left, -0.0) => Some(sweep.apply(Op::Neg, &[b])),
        Op::Sub => {
            let y = inner(sweep, Op::Neg, b)?;
            Some(sweep.apply(Op::Add, &[a, y]))
        }
        Op::Mul | Op::Div if is(right, 1.0) => Some(a),
        Op::Mul if is(left, 1.0) => Some(b),
        Op::Mul | Op::Div if is(right, -1.0) => Some(sweep.apply(Op::Neg, &[a])),
        Op::Mul if is(left, -1.0) => Some(sweep.apply(Op::Neg, &[b])),
        Op::Mul if a == b => Some(sweep.apply(Op::Square, &[a])),
        Op::Mul | Op::Div => match (inner(sweep, Op::Neg, a), inner(sweep, Op::Neg, b)) {
            (Some(x), Some(y)) => Some(sweep.apply(op, &[x, y])),
            _ if op == Op::Div => by_reciprocal(sweep, a, right),
            _ => None,
        },
        _ => None,
    }
}

/// Division by a power of two is multiplication by its inverse, exactly, as long
/// as the inverse is a normal number of the element.
fn by_reciprocal(sweep: &mut Sweep<'_>, a: NodeId, divisor: Option<Value>) -> Option<NodeId> {
    let divisor = divisor.and_then(Value::as_real)?;
    let inverse = divisor.recip();
    let power_of_two = divisor.is_normal() && divisor.to_bits().trailing_zeros() >= 52;
    // Exponents that f32 and f64 both hold as normal numbers.
    if !power_of_two || !(1e-30..1e30).contains(&inverse.abs()) {
        return None;
    }
    let inverse = sweep.real(inverse);
    Some(sweep.apply(Op::Mul, &[a, inverse]))
}

fn integer(sweep: &mut Sweep<'_>, op: Op, a: NodeId, b: NodeId) -> Option<NodeId> {
    let constant = |id: NodeId| match sweep.graph.value(id) {
        Some(Value::I32(v)) => Some(i64::from(v)),
        Some(Value::I64(v)) => Some(v),
        _ => None,
    };
    match op {
        Op::Neg => inner(sweep, Op::Neg, a),
        Op::BitNot => inner(sweep, Op::BitNot, a),
        _ if op.arity() != 2 || b == NodeId::NONE => None,
        Op::Add | Op::BitOr | Op::BitXor if constant(a) == Some(0) => Some(b),
        Op::Mul if constant(a) == Some(1) => Some(b),
        Op::Mul | Op::BitAnd if constant(a) == Some(0) => Some(a),
        Op::BitAnd if constant(a) == Some(-1) => Some(b),
        Op::Add | Op::Sub | Op::BitOr | Op::BitXor if constant(b) == Some(0) => Some(a),
        Op::Shl | Op::Shr | Op::Ushr | Op::Rotl | Op::Rotr if constant(b) == Some(0) => Some(a),
        Op::Mul | Op::Div if constant(b) == Some(1) => Some(a),
        Op::Mul | Op::BitAnd if constant(b) == Some(0) => Some(b),
        Op::BitAnd if constant(b) == Some(-1) => Some(a),
        Op::Mul if a == b => Some(sweep.apply(Op::Square, &[a])),
        _ => None,
    }
}

/// The operand of `id` if it is `op` of something.
fn inner(sweep: &Sweep<'_>, op: Op, id: NodeId) -> Option<NodeId> {
    match sweep.graph.node(id) {
        Node::Apply {
            op: found,
            operands: [operand, ..],
            ..
        } if found == op => Some(operand),
        _ => None,
    }
}

/// Whether no value of this node has its sign bit set, unless it is a NaN.
fn is_never_negative(sweep: &Sweep<'_>, id: NodeId) -> bool {
    let Node::Apply {
        op,
        operands: [a, ..],
        ..
    } = sweep.graph.node(id)
    else {
        return false;
    };
    match op {
        Op::Abs | Op::Square | Op::Exp | Op::Exp2 | Op::Cosh | Op::Hypot => true,
        Op::Not | Op::Step => true,
        Op::ToReal => sweep.graph.ty(a) == Type::Bool,
        _ => false,
    }
}

/// Whether every value of this node is an integer, an infinity or a NaN.
fn is_integral(sweep: &Sweep<'_>, id: NodeId) -> bool {
    match sweep.graph.node(id) {
        Node::Apply { op, .. } => matches!(
            op,
            Op::Floor
                | Op::Ceil
                | Op::Trunc
                | Op::Round
                | Op::Rint
                | Op::ToReal
                | Op::Compare
                | Op::Step
                | Op::Not
        ),
        _ => false,
    }
}
