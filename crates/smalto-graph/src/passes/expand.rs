//! User ops with a lowering, replaced by what they lower to.

use crate::user::Body;
use crate::{Graph, Node, NodeId};

/// Whether some live call has a lowering.
pub(super) fn needed(graph: &Graph) -> bool {
    !graph.user_ops().is_empty() && graph.nodes().iter().any(|node| is_lowered(graph, node))
}

fn is_lowered(graph: &Graph, node: &Node) -> bool {
    matches!(node, Node::Call(call) if matches!(graph.called(*call).body(), Body::Lowering(_)))
}

/// Expands until no call with a lowering is left. A lowering may use user ops whose
/// lowerings use others, but an op cannot use itself: it does not exist yet when
/// its lowering is written, so this ends.
pub(super) fn run(graph: &Graph) -> Graph {
    let mut expanded = expand_once(graph);
    while needed(&expanded) {
        expanded = expand_once(&expanded);
    }
    expanded
}

fn expand_once(graph: &Graph) -> Graph {
    let live = graph.live();
    let mut image = vec![NodeId::NONE; graph.len()];
    let mut expanded = Graph::with_signature_of(graph, graph.len());
    for id in graph.ids().filter(|id| live[id.index()]) {
        let lowered = match graph.node(id) {
            Node::Call(call) => {
                let operands: Vec<NodeId> = graph
                    .operands(id)
                    .iter()
                    .map(|operand| image[operand.index()])
                    .collect();
                graph.called(call).lower(&mut expanded, &operands)
            }
            _ => None,
        };
        image[id.index()] = lowered
            .unwrap_or_else(|| expanded.copy_node(graph, id, |operand| image[operand.index()]));
    }
    expanded.copy_outputs(graph, |node| image[node.index()]);
    expanded
}
