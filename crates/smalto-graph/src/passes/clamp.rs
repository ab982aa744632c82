//! Clamps as the two choices that they are.

use crate::{Graph, Node, NodeId, Op};

/// `graph` with each `clamp(x, low, high)` written out as `min(max(x, low), high)`, which has
/// the same bits by definition. Who traces choices wants to know of each by itself.
pub fn split_clamps(graph: &Graph) -> Graph {
    let live = graph.live();
    let mut image = vec![NodeId::NONE; graph.len()];
    let mut split = Graph::with_signature_of(graph, graph.len());
    for id in graph.ids().filter(|id| live[id.index()]) {
        image[id.index()] = match graph.node(id) {
            Node::Apply { op: Op::Clamp, .. } => {
                let operands = graph.operands(id);
                let [x, low, high] = [0, 1, 2].map(|i| image[operands[i].index()]);
                let raised = split.apply(Op::Max, &[x, low]);
                let raised = raised.expect("what can be clamped can be compared");
                let lowered = split.apply(Op::Min, &[raised, high]);
                lowered.expect("what can be clamped can be compared")
            }
            _ => split.copy_node(graph, id, |operand| image[operand.index()]),
        };
    }
    split.copy_outputs(graph, |node| image[node.index()]);
    split
}
