//! Constant folding, in the element type.

use super::Sweep;
use crate::{Node, NodeId, Value};

/// A constant is rounded to the element; an op on constants is its result.
pub(super) fn pass(sweep: &mut Sweep<'_>, node: Node) -> Option<NodeId> {
    match node {
        Node::Constant(constant) => {
            let value = constant.value().as_real()?;
            let rounded = Value::Real(sweep.arithmetic.element().round(value));
            (rounded != constant.value()).then(|| sweep.graph.constant(rounded))
        }
        Node::Apply { op, operands, .. } => {
            let mut values = [Value::Bool(false); 3];
            for (value, &operand) in values.iter_mut().zip(&operands[..op.arity()]) {
                *value = sweep.graph.value(operand)?;
            }
            let result = sweep.arithmetic.evaluate(op, &values[..op.arity()]);
            Some(sweep.graph.constant(result))
        }
        Node::Lookup { table, index, .. } => match sweep.graph.value(index)? {
            Value::I32(index) => {
                let value = sweep.graph.tables()[table.index()].get(index);
                let constant = sweep.graph.constant(value);
                Some(sweep.rewrite(constant))
            }
            _ => None,
        },
        Node::Variable { .. } | Node::Call(_) => None,
    }
}
