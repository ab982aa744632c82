//! Dead nodes: what no output needs.

use crate::{Graph, NodeId};

/// `graph` without the nodes that no output needs. Inputs stay, used or not: they
/// are the signature.
pub(super) fn run(graph: &Graph) -> Graph {
    let live = graph.live();
    let count = live.iter().filter(|&&live| live).count();
    let mut image = vec![NodeId::NONE; graph.len()];
    let mut kept = Graph::with_signature_of(graph, count);
    for id in graph.ids().filter(|id| live[id.index()]) {
        image[id.index()] = kept.copy_node(graph, id, |operand| image[operand.index()]);
    }
    kept.copy_outputs(graph, |node| image[node.index()]);
    kept
}
