//! Passes: from a graph to a graph that computes the same, sooner.
//!
//! A pass looks at one node whose operands are already rewritten and says what
//! should stand in its place. [`optimise`] sweeps the live nodes once, in order,
//! and asks the passes in turn; what a pass builds is shown to all passes again, so
//! one sweep reaches what repeated whole-graph passes would.
//!
//! The strict passes keep every bit of every result that is not a NaN: `x + 0`
//! is not `x` (it turns -0 into +0), but `x - 0` is. The fast passes rewrite by
//! the laws of real arithmetic instead; after them all targets still agree, since
//! it is the graph that changed and not the arithmetic.

mod affine;
mod approximate;
mod clamp;
mod common;
mod dead;
mod expand;
mod fold;
mod identities;
mod pass_through;
mod reassociate;

pub use clamp::split_clamps;

use crate::{Element, Graph, Node, NodeId, Op, Type, Value};

/// The arithmetic that constants are folded in. `smalto-lower` implements it with
/// the reference meaning of every op, which this crate does not know.
pub trait Arithmetic {
    /// What a real is.
    fn element(&self) -> Element;

    /// `op` applied to constants. Reals among them are values of the element.
    fn evaluate(&self, op: Op, operands: &[Value]) -> Value;
}

/// How much an optimised graph may differ from the graph as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// Not at all: every bit is kept.
    #[default]
    Strict,
    /// As real arithmetic allows: reassociation, fused affine chains; and functions that are
    /// off by a few units in the last place for those that are off by one.
    Fast,
}

/// What should stand in place of a node, or `None` to leave it to the next pass.
/// The node's operands are nodes of `sweep.graph`.
pub type Pass = fn(sweep: &mut Sweep<'_>, node: Node) -> Option<NodeId>;

/// The passes that keep every bit, in the order they are asked.
pub const STRICT: &[Pass] = &[
    fold::pass,
    pass_through::pass,
    identities::pass,
    common::pass,
];

/// The passes of [`Mode::Fast`].
pub const FAST: &[Pass] = &[
    fold::pass,
    pass_through::pass,
    identities::pass,
    affine::pass,
    reassociate::pass,
    approximate::pass,
    common::pass,
];

/// A sweep in progress: the graph being written and what the passes are told.
pub struct Sweep<'a> {
    /// The rewritten graph so far.
    pub graph: Graph,
    /// The arithmetic of the element type.
    pub arithmetic: &'a dyn Arithmetic,
    passes: &'static [Pass],
    /// For each node of `graph`, how many places of the original use it.
    uses: Vec<u32>,
}

impl Sweep<'_> {
    /// `op` applied to nodes of the rewritten graph, itself rewritten.
    pub fn apply(&mut self, op: Op, operands: &[NodeId]) -> NodeId {
        let id = self
            .graph
            .apply(op, operands)
            .expect("a pass builds well-typed nodes");
        self.rewrite(id)
    }

    /// A real constant, rounded to the element.
    pub fn real(&mut self, value: f64) -> NodeId {
        self.graph.real(self.arithmetic.element().round(value))
    }

    /// The real constant that `id` is, if it is one.
    pub fn real_value(&self, id: NodeId) -> Option<f64> {
        self.graph.value(id).and_then(Value::as_real)
    }

    /// The node if it is `op` on reals: its operands, the rest filler.
    pub fn match_real(&self, id: NodeId, op: Op) -> Option<[NodeId; 3]> {
        match self.graph.node(id) {
            Node::Apply {
                op: found,
                ty: Type::Real,
                operands,
            } if found == op => Some(operands),
            _ => None,
        }
    }

    /// Whether at most one place of the original graph uses this node's value.
    pub fn is_used_once(&self, id: NodeId) -> bool {
        self.uses.get(id.index()).is_none_or(|&uses| uses <= 1)
    }

    fn add_uses(&mut self, id: NodeId, uses: u32) {
        if self.uses.len() <= id.index() {
            self.uses.resize(id.index() + 1, 0);
        }
        self.uses[id.index()] += uses;
    }

    /// The first better node that a pass has for one just built, else that one. What
    /// a pass builds by [`apply`](Sweep::apply) is shown to all passes in turn; each
    /// makes its node simpler by some measure, so this ends.
    fn rewrite(&mut self, id: NodeId) -> NodeId {
        let passes = self.passes;
        for pass in passes {
            let node = self.graph.node(id);
            if let Some(better) = pass(self, node) {
                return better;
            }
        }
        id
    }
}

/// `graph` without what it does not need: user ops with lowerings expanded,
/// constants folded in the element type, identities applied, equal nodes shared,
/// dead nodes gone. Inputs and outputs stay as they are.
///
/// ```
/// # struct NoFolding;
/// # impl smalto_graph::passes::Arithmetic for NoFolding {
/// #     fn element(&self) -> smalto_graph::Element { smalto_graph::Element::F32 }
/// #     fn evaluate(&self, _: smalto_graph::Op, _: &[smalto_graph::Value]) -> smalto_graph::Value { unreachable!() }
/// # }
/// use smalto_graph::{formula, passes::{Mode, optimise}};
///
/// let graph = formula::parse("neg(neg(x)) * 1 + y * x - x * y")?;
/// # let arithmetic = NoFolding; // `smalto_lower::Reference(Element::F32)`
/// let optimised = optimise(&graph, &arithmetic, Mode::Strict);
/// assert_eq!(optimised.op_count(), 3, "x + y * x - y * x, with one product");
/// # Ok::<(), smalto_graph::formula::Error>(())
/// ```
pub fn optimise(graph: &Graph, arithmetic: &dyn Arithmetic, mode: Mode) -> Graph {
    let expanded = expand::needed(graph).then(|| expand::run(graph));
    let graph = expanded.as_ref().unwrap_or(graph);
    let passes = match mode {
        Mode::Strict => STRICT,
        Mode::Fast => FAST,
    };
    dead::run(&sweep(graph, arithmetic, passes))
}

/// Rewrites the live nodes of `graph` by `passes`.
fn sweep(graph: &Graph, arithmetic: &dyn Arithmetic, passes: &'static [Pass]) -> Graph {
    let uses = graph.use_counts();
    let mut image = vec![NodeId::NONE; graph.len()];
    let mut sweep = Sweep {
        graph: Graph::with_signature_of(graph, graph.len()),
        arithmetic,
        passes,
        uses: Vec::with_capacity(graph.len()),
    };
    for id in graph.ids().filter(|id| uses[id.index()] > 0) {
        let copied = sweep
            .graph
            .copy_node(graph, id, |operand| image[operand.index()]);
        let rewritten = sweep.rewrite(copied);
        sweep.add_uses(rewritten, uses[id.index()]);
        image[id.index()] = rewritten;
    }
    let mut rewritten = sweep.graph;
    rewritten.copy_outputs(graph, |node| image[node.index()]);
    rewritten
}
