//! Rates: which inputs each node depends on.
//!
//! What does not depend on anything that varies along a wave is computed once per
//! wave; what depends on x only is computed once per column of a picture. So the
//! question a lowering asks is whether a node's [dependencies] meet the inputs
//! that vary.
//!
//! ```
//! use smalto_graph::GraphBuilder;
//! use smalto_graph::rate::{VariableSet, dependencies, histogram};
//!
//! let builder = GraphBuilder::new();
//! let (x, y) = (builder.var("x"), builder.var("y"));
//! let column = (x + 1.0).sqrt();
//! let graph = builder.finish([("", column * y)])?;
//!
//! let [x, y] = ["x", "y"].map(|name| VariableSet::of(graph.variable_named(name).unwrap()));
//! let rates = dependencies(&graph);
//! assert_eq!(rates[column.id().index()], x);
//!
//! let counts = histogram(&graph);
//! assert_eq!(counts[&x], 2, "the sum and its root");
//! assert_eq!(counts[&x.union(y)], 1, "the product");
//! # Ok::<(), smalto_graph::GraphError>(())
//! ```
//!
//! [dependencies]: dependencies()

use crate::user::Purity;
use crate::{Graph, Node, VariableId};
use std::collections::BTreeMap;

/// A set of inputs of one graph, in one word.
///
/// It is exact for the first [`EXACT`](VariableSet::EXACT) inputs. All later ones
/// share a member, so of those the set knows only whether any is in it. One more
/// member stands for state: the value differs from sample to sample even if no
/// input does.
///
/// Every answer errs on the side of "varies": [`contains`](VariableSet::contains)
/// and [`intersects`](VariableSet::intersects) on the side of true,
/// [`is_subset_of`](VariableSet::is_subset_of) on the side of false.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VariableSet(u64);

/// The member all inputs from the 63rd on share.
const LATER: u64 = 1 << VariableSet::EXACT;
/// The member that stands for state.
const STATE: u64 = 1 << 63;

impl VariableSet {
    /// How many inputs, from the first, are told apart.
    pub const EXACT: usize = 62;

    /// No input: the dependencies of a constant.
    pub const EMPTY: VariableSet = VariableSet(0);

    const STATE: VariableSet = VariableSet(STATE);

    /// Just `variable`.
    pub fn of(variable: VariableId) -> VariableSet {
        VariableSet(1 << variable.index().min(VariableSet::EXACT))
    }

    /// What is in either set.
    #[must_use]
    pub fn union(self, other: VariableSet) -> VariableSet {
        VariableSet(self.0 | other.0)
    }

    /// Whether `variable` may be in the set.
    pub fn contains(self, variable: VariableId) -> bool {
        self.intersects(VariableSet::of(variable))
    }

    /// Whether the sets may have something in common. State is common only with
    /// state: test for it with [`has_state`](VariableSet::has_state).
    pub fn intersects(self, other: VariableSet) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether everything in this set is surely in `other`. Never so for a set
    /// with state or with inputs that are not told apart.
    pub fn is_subset_of(self, other: VariableSet) -> bool {
        self.0 & !(other.0 & !(LATER | STATE)) == 0
    }

    /// Whether there is nothing in the set, state included.
    pub fn is_empty(self) -> bool {
        self == VariableSet::EMPTY
    }

    /// Whether the value depends on the state of some call, so that it varies
    /// whatever the inputs do.
    pub fn has_state(self) -> bool {
        self.0 & STATE != 0
    }

    /// Whether there is an input in the set that is not told apart from others.
    pub fn has_later(self) -> bool {
        self.0 & LATER != 0
    }

    /// The inputs in the set that are told apart, in order.
    pub fn iter(self) -> impl Iterator<Item = VariableId> {
        let candidates = (0..VariableSet::EXACT as u32).map(VariableId);
        candidates.filter(move |&variable| self.contains(variable))
    }
}

impl FromIterator<VariableId> for VariableSet {
    fn from_iter<I: IntoIterator<Item = VariableId>>(variables: I) -> VariableSet {
        variables
            .into_iter()
            .map(VariableSet::of)
            .fold(VariableSet::EMPTY, VariableSet::union)
    }
}

/// For each node, what it depends on.
pub fn dependencies(graph: &Graph) -> Vec<VariableSet> {
    let mut sets: Vec<VariableSet> = Vec::with_capacity(graph.len());
    for id in graph.ids() {
        let operands = graph.operands(id).iter().map(|o| sets[o.index()]);
        let inherited = operands.fold(VariableSet::EMPTY, VariableSet::union);
        sets.push(inherited.union(own_dependency(graph, graph.node(id))));
    }
    sets
}

/// What a node depends on whatever its operands.
fn own_dependency(graph: &Graph, node: Node) -> VariableSet {
    match node {
        Node::Variable { variable, .. } => VariableSet::of(variable),
        Node::Call(call) if graph.called(call).purity() == Purity::Stateful => VariableSet::STATE,
        _ => VariableSet::EMPTY,
    }
}

/// How many of the ops that [`Graph::op_count`] counts depend on exactly which
/// inputs. Sets that no op has are absent.
pub fn histogram(graph: &Graph) -> BTreeMap<VariableSet, usize> {
    let mut counts = BTreeMap::new();
    let nodes = graph.nodes().iter().zip(graph.live());
    for ((node, live), set) in nodes.zip(dependencies(graph)) {
        if live && !matches!(node, Node::Constant(_) | Node::Variable { .. }) {
            *counts.entry(set).or_insert(0) += 1;
        }
    }
    counts
}
