//! Nodes that only hand on one of their operands.

use super::Sweep;
use crate::{Node, NodeId, Op, Type, Value};

/// The operand that `node` is, whatever the values: conversions to a type the
/// operand has, conversions there and back, choices with a known or pointless
/// condition.
pub(super) fn pass(sweep: &mut Sweep<'_>, node: Node) -> Option<NodeId> {
    let Node::Apply {
        op,
        ty,
        operands: [a, b, c],
    } = node
    else {
        return None;
    };
    match op {
        Op::ToReal | Op::ToI32 | Op::ToI64 | Op::ToBool if sweep.graph.ty(a) == ty => Some(a),
        Op::ToBool => converted_from(sweep, a, Type::Bool),
        Op::ToI32 => converted_from(sweep, a, Type::I32).filter(|_| sweep.graph.ty(a) == Type::I64),
        Op::Select => match sweep.graph.value(a) {
            Some(Value::Bool(condition)) => Some(if condition { b } else { c }),
            _ => (b == c).then_some(b),
        },
        // Both give `b` on a tie or a NaN, and so does `x` against itself.
        Op::Min | Op::Max | Op::And | Op::Or | Op::BitAnd | Op::BitOr if a == b => Some(a),
        Op::Minimum | Op::Maximum if a == b => Some(a),
        Op::And | Op::Or => {
            let zero = match sweep.graph.value(a)? {
                Value::Real(v) => v == 0.0,
                Value::Bool(v) => !v,
                _ => return None,
            };
            Some(if zero == (op == Op::And) { a } else { b })
        }
        _ => None,
    }
}

/// What `id` was converted from, if that has type `ty` and the conversion lost
/// nothing: a bool in any number, an i32 in an i64.
fn converted_from(sweep: &Sweep<'_>, id: NodeId, ty: Type) -> Option<NodeId> {
    match sweep.graph.node(id) {
        Node::Apply {
            op: Op::ToReal | Op::ToI32 | Op::ToI64,
            operands: [from, ..],
            ..
        } => (sweep.graph.ty(from) == ty).then_some(from),
        _ => None,
    }
}
