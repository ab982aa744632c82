//! Walks over graphs that do not follow node order. None of them recurses.

use crate::{Graph, Node, NodeId};

/// Whether the outputs of two graphs are the same expressions: a bijection
/// between their live nodes, found by walking both in step.
pub(crate) fn isomorphic(left: &Graph, right: &Graph) -> bool {
    let mut image = vec![NodeId::NONE; left.len()];
    let mut preimage = vec![NodeId::NONE; right.len()];
    let mut stack: Vec<(NodeId, NodeId)> = left
        .outputs()
        .iter()
        .zip(right.outputs())
        .map(|(a, b)| (a.node, b.node))
        .collect();
    while let Some((a, b)) = stack.pop() {
        if image[a.index()] == b && preimage[b.index()] == a {
            continue;
        }
        let fresh = image[a.index()] == NodeId::NONE && preimage[b.index()] == NodeId::NONE;
        if !fresh || !same_head(left, a, right, b) {
            return false;
        }
        image[a.index()] = b;
        preimage[b.index()] = a;
        stack.extend(
            left.operands(a)
                .iter()
                .copied()
                .zip(right.operands(b).iter().copied()),
        );
    }
    true
}

/// Whether two nodes agree in everything but their operands.
fn same_head(left: &Graph, a: NodeId, right: &Graph, b: NodeId) -> bool {
    match (left.node(a), right.node(b)) {
        (Node::Constant(a), Node::Constant(b)) => a == b,
        (Node::Variable { variable: a, .. }, Node::Variable { variable: b, .. }) => a == b,
        (Node::Apply { op: a, ty: s, .. }, Node::Apply { op: b, ty: t, .. }) => a == b && s == t,
        (Node::Lookup { table: a, .. }, Node::Lookup { table: b, .. }) => {
            left.tables()[a.index()] == right.tables()[b.index()]
        }
        (Node::Call(a), Node::Call(b)) => {
            let (a, b) = (left.called(a), right.called(b));
            a.name() == b.name() && a.arity() == b.arity()
        }
        _ => false,
    }
}
