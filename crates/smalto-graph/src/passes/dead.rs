//! Dead nodes: what no output needs.

use crate::Graph;

/// `graph` without the nodes that no output needs. Inputs stay, used or not: they
/// are the signature.
pub(super) fn run(graph: &Graph) -> Graph {
    graph.without_dead_nodes()
}
