//! The order in which varying nodes are computed.
//!
//! An interpreter pays for two things besides the arithmetic: starting a kernel,
//! which long runs of one op share, and moving slots through the caches, which
//! few live values keep small. The order is a depth-first walk from the outputs
//! that visits the operand needing more slots first (Sethi and Ullman, "The
//! generation of optimal code for arithmetic expressions", JACM 1970; exact on
//! trees, a heuristic on graphs).

use smalto_graph::{Graph, NodeId};

/// Varying nodes in an order of few live values. `varying` marks them.
pub(super) fn schedule(graph: &Graph, varying: &[bool]) -> Vec<NodeId> {
    let need = slots_needed(graph, varying);
    let mut order = Vec::with_capacity(varying.iter().filter(|&&varying| varying).count());
    let mut seen = vec![false; graph.len()];
    let mut stack = Vec::new();
    for output in graph.outputs() {
        stack.push((output.node, false));
        while let Some((node, operands_done)) = stack.pop() {
            if !varying[node.index()] || (seen[node.index()] && !operands_done) {
                continue;
            }
            if operands_done {
                order.push(node);
                continue;
            }
            seen[node.index()] = true;
            stack.push((node, true));
            // The stack is last in, first out: the neediest operand goes on last.
            let first = stack.len();
            stack.extend(graph.operands(node).iter().map(|&operand| (operand, false)));
            stack[first..].sort_by_key(|(operand, _)| need[operand.index()]);
        }
    }
    order
}

/// Sethi-Ullman numbers: how many slots computing each node takes, as if it shared
/// nothing with others.
fn slots_needed(graph: &Graph, varying: &[bool]) -> Vec<u16> {
    let mut need = vec![0u16; graph.len()];
    for node in graph.ids().filter(|node| varying[node.index()]) {
        let mut operands: [u16; 8] = [0; 8];
        let count = graph.operands(node).len().min(8);
        for (slot, operand) in operands.iter_mut().zip(graph.operands(node)) {
            *slot = need[operand.index()];
        }
        let operands = &mut operands[..count];
        operands.sort_unstable_by(|a, b| b.cmp(a));
        let held = operands
            .iter()
            .zip(0u16..)
            .map(|(&slots, held)| slots.saturating_add(held));
        need[node.index()] = held.max().unwrap_or(0).max(1);
    }
    need
}
