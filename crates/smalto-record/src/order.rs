//! In which order a graph is recorded.
//!
//! The interpreter wants long runs of one op. A compiler wants *short live ranges*: the fewer
//! values are needed at once, the fewer leave registers. Finding the order of a graph that
//! needs the fewest is NP-complete (Sethi, *Complete register allocation problems*, 1975),
//! for trees it takes a walk (Sethi and Ullman, *The generation of optimal code for
//! arithmetic expressions*, 1970): compute first the operand that needs more registers,
//! since while the other is computed it takes but one.
//!
//! On graphs that share much it buys little. Most alive at once, and what a register file of
//! 16 must store and load again at the least (Belady, *A study of replacement algorithms*,
//! 1966), in a loop over slices:
//!
//! | model | as written | depth first |
//! |---|---|---|
//! | prospero, 6345 ops | 126 alive, 320 + 581 | 124 alive, 316 + 570 |
//! | colonnade, 676 ops | 42 alive, 37 + 42 | 40 alive, 37 + 42 |
//!
//! Depth first costs another 30 ns an op, as much as recording does. So it is for graphs built
//! in an order of no merit, as are those of tapes, which have runs of one op, and for
//! [gradients](crate::gradients), where each node has four values: those of a model of a bear,
//! with depth-first order, keep 84 values in memory instead of 737. What it costs, that each
//! step waits for the one before, [scheduling](smalto_kernel::passes::schedule()) wins back. What prospero keeps alive is values of x alone and y alone that
//! much else uses; in a [grid](crate::grid) they lie in memory, and 16 registers do. (The
//! example `orders` measures all this.)

use smalto_graph::{Graph, Node, NodeId};

/// In which order nodes are recorded; operands come before what uses them in any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Order {
    /// As they are in the graph.
    #[default]
    AsWritten,
    /// Depth first from the outputs; of the operands of a node the one first that would
    /// need most registers if the graph were a tree.
    DepthFirst,
}

/// What is known about a node.
#[derive(Debug, Clone, Copy, Default)]
struct Facts {
    is_live: bool,
    is_varying: bool,
    is_placed: bool,
    /// How many registers it takes to compute it, if the graph were a tree.
    need: u16,
}

/// The order, and storage for finding it.
#[derive(Debug, Default)]
pub(crate) struct Storage {
    facts: Vec<Facts>,
    uniform: Vec<NodeId>,
    varying: Vec<NodeId>,
    stack: Vec<Visit>,
}

#[derive(Debug, Clone, Copy)]
enum Visit {
    /// Operands first.
    Enter(NodeId),
    /// The operands are placed.
    Place(NodeId),
}

impl Storage {
    /// The live nodes that are the same for all lanes.
    pub(crate) fn uniform(&self) -> &[NodeId] {
        &self.uniform
    }

    /// The other live nodes.
    pub(crate) fn varying(&self) -> &[NodeId] {
        &self.varying
    }

    /// Whether an output needs the node.
    #[inline]
    pub(crate) fn is_live(&self, node: NodeId) -> bool {
        self.facts[node.index()].is_live
    }
}

impl Order {
    /// Finds the order of the live nodes of `graph`, apart from each other those that
    /// depend on leaves that vary and those that do not.
    pub(crate) fn find(
        self,
        graph: &Graph,
        is_varying_leaf: impl Fn(Node) -> bool,
        storage: &mut Storage,
    ) {
        storage.mark_live(graph);
        storage.split(graph, is_varying_leaf);
        if self == Order::DepthFirst {
            storage.find_needs(graph);
            storage.walk(graph);
        }
    }
}

impl Storage {
    fn mark_live(&mut self, graph: &Graph) {
        self.facts.clear();
        self.facts.resize(graph.len(), Facts::default());
        for output in graph.outputs() {
            self.facts[output.node.index()].is_live = true;
        }
        for id in graph.ids().rev() {
            if self.is_live(id) {
                for operand in graph.operands(id) {
                    self.facts[operand.index()].is_live = true;
                }
            }
        }
    }

    /// Finds rates, and both lists as the graph has them.
    fn split(&mut self, graph: &Graph, is_varying_leaf: impl Fn(Node) -> bool) {
        self.uniform.clear();
        self.varying.clear();
        for id in graph.ids() {
            if !self.is_live(id) {
                continue;
            }
            let operands = graph.operands(id);
            let facts = |o: &NodeId| self.facts[o.index()];
            let is_varying = match operands {
                [] => is_varying_leaf(graph.node(id)),
                operands => operands.iter().any(|o| facts(o).is_varying),
            };
            let list = if is_varying {
                &mut self.varying
            } else {
                &mut self.uniform
            };
            list.push(id);
            self.facts[id.index()].is_varying = is_varying;
        }
    }

    /// Leaves and what is computed before the loop take no register to compute.
    fn find_needs(&mut self, graph: &Graph) {
        for &id in &self.varying {
            let operands = graph.operands(id);
            if !operands.is_empty() {
                let needs = operands.iter().map(|o| self.facts[o.index()].need);
                self.facts[id.index()].need = need(needs);
            }
        }
    }

    /// The varying nodes depth first.
    fn walk(&mut self, graph: &Graph) {
        self.varying.clear();
        for output in graph.outputs() {
            self.stack.push(Visit::Enter(output.node));
            while let Some(visit) = self.stack.pop() {
                match visit {
                    Visit::Enter(node) => self.enter(graph, node),
                    Visit::Place(node) => self.varying.push(node),
                }
            }
        }
    }

    fn enter(&mut self, graph: &Graph, node: NodeId) {
        let facts = &mut self.facts[node.index()];
        if facts.is_placed || !facts.is_varying {
            return;
        }
        facts.is_placed = true;
        self.stack.push(Visit::Place(node));
        let first = self.stack.len();
        let operands = graph.operands(node).iter().rev();
        self.stack.extend(operands.map(|&o| Visit::Enter(o)));
        // What is pushed last is visited first.
        let facts = &self.facts;
        self.stack[first..].sort_by_key(|visit| match visit {
            Visit::Enter(o) | Visit::Place(o) => facts[o.index()].need,
        });
    }
}

/// How many registers a node needs whose operands need `needs`: those that need more are
/// computed first, and then each holds a register.
fn need(needs: impl Iterator<Item = u16>) -> u16 {
    let mut largest = [0u16; 3];
    for need in needs {
        let at = largest.iter().position(|&other| need > other);
        if let Some(at) = at {
            largest[at..].rotate_right(1);
            largest[at] = need;
        }
    }
    let [a, b, c] = largest;
    let held = |need: u16, before| {
        if need == 0 {
            0
        } else {
            need.saturating_add(before)
        }
    };
    a.max(held(b, 1)).max(held(c, 2)).max(1)
}
