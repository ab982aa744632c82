//! Functions of a formula: compiled once, instantiated by substitution.
//!
//! A body is compiled like any other expression into the graph of the formula, with
//! a *placeholder* node for each parameter. The nodes of the body that need a
//! placeholder are its *template*; all the others are already what they will be in
//! every call. A call copies the template, in node order, with the arguments in
//! place of the placeholders. Hash-consing shares what is equal, so a copy costs
//! time by the number of *different* subexpressions of the body: a chain of
//! functions, each calling the previous one twice, does not double.
//!
//! Each call of a stateful op has a state of its own, and so has each call of a
//! function that calls one. A stateful call made in a body therefore belongs to the
//! template even if it needs no placeholder.
//!
//! Template nodes are never equal to nodes outside templates: they contain a
//! placeholder or a call that is equal to nothing. So no output needs one, and a
//! formula with functions ends with leaving them behind.

use crate::substitute::instantiate;
use crate::{Graph, Node, NodeId, Purity, Type};
use std::ops::Range;

/// A parameter of a function.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parameter<'s> {
    pub(super) name: &'s str,
    pub(super) ty: Type,
    pub(super) placeholder: NodeId,
}

/// A function of the formula.
#[derive(Debug)]
pub(super) struct Function<'s> {
    pub(super) parameters: Vec<Parameter<'s>>,
    /// The result, in terms of the placeholders.
    pub(super) result: NodeId,
    /// The nodes to copy for a call, operands before users.
    pub(super) template: Vec<NodeId>,
    /// Where its name was declared.
    pub(super) span: Range<usize>,
}

/// Which nodes of the graph belong to templates, and the copying of them.
#[derive(Debug, Default)]
pub(super) struct Templates {
    /// For each node classified so far, whether it belongs to a template.
    belongs: Vec<bool>,
    /// The copy of each node of the template being copied. Entries of earlier
    /// copies are stale but never read: a node is written before its users read it.
    images: Vec<NodeId>,
    /// For each node, the number of the last body it was found to be part of.
    body: Vec<usize>,
    bodies: usize,
}

impl Templates {
    /// To be called before the body of a function is compiled.
    pub(super) fn open_body(&mut self, graph: &Graph) {
        self.classify(graph, false);
    }

    /// The template of the body just compiled, whose value is `result`.
    pub(super) fn close_body(&mut self, graph: &Graph, result: NodeId) -> Vec<NodeId> {
        self.classify(graph, true);
        self.images.resize(graph.len(), NodeId::NONE);
        self.body.resize(graph.len(), 0);
        self.bodies += 1;

        let mut template = Vec::new();
        let mut stack = vec![result];
        while let Some(id) = stack.pop() {
            if self.belongs[id.index()] && self.body[id.index()] != self.bodies {
                self.body[id.index()] = self.bodies;
                template.push(id);
                stack.extend(graph.operands(id));
            }
        }
        template.sort_unstable();
        template
    }

    /// The finished formula: `graph` without its templates, if it has any.
    pub(super) fn leave_behind(self, graph: Graph) -> Graph {
        if self.bodies == 0 {
            return graph;
        }
        let mut finished = Graph::new();
        let inputs: Vec<NodeId> = graph
            .variables()
            .iter()
            .map(|input| finished.variable(&input.name, input.ty))
            .collect::<Result<_, _>>()
            .expect("what was an input can be one again");
        let results: Vec<NodeId> = graph.outputs().iter().map(|output| output.node).collect();
        let results = instantiate(&graph, &results, &mut finished, |v| inputs[v.index()])
            .expect("the user ops of one graph have different names");
        for (output, node) in graph.outputs().iter().zip(results) {
            finished
                .output(&output.name, node)
                .expect("what was an output can be one again");
        }
        finished
    }

    /// Notes for each new node whether it belongs to a template. The new nodes were
    /// all made by a body or all outside of one.
    fn classify(&mut self, graph: &Graph, in_body: bool) {
        for id in graph.ids().skip(self.belongs.len()) {
            let from_operands = graph.operands(id).iter().any(|o| self.belongs[o.index()]);
            let belongs = match graph.node(id) {
                Node::Variable { .. } => graph.is_placeholder(id),
                Node::Call(call) if in_body => {
                    from_operands || graph.called(call).purity() == Purity::Stateful
                }
                _ => from_operands,
            };
            self.belongs.push(belongs);
        }
    }

    /// The value of `function` for arguments of its parameters' types.
    pub(super) fn instantiate(
        &mut self,
        graph: &mut Graph,
        function: &Function<'_>,
        arguments: &[NodeId],
    ) -> NodeId {
        for (parameter, &argument) in function.parameters.iter().zip(arguments) {
            self.images[parameter.placeholder.index()] = argument;
        }
        for &id in &function.template {
            if !matches!(graph.node(id), Node::Variable { .. }) {
                self.images[id.index()] = self.copy(graph, id);
            }
        }
        self.image(function.result)
    }

    fn image(&self, id: NodeId) -> NodeId {
        if self.belongs[id.index()] {
            self.images[id.index()]
        } else {
            id
        }
    }

    fn copy(&self, graph: &mut Graph, id: NodeId) -> NodeId {
        let operands: Vec<NodeId> = graph.operands(id).iter().map(|&o| self.image(o)).collect();
        const FITS: &str = "a copy has operands of the same types";
        match graph.node(id) {
            Node::Apply { op, ty, .. } => graph.apply_typed(op, ty, &operands),
            Node::Lookup { table, .. } => graph.lookup(table, operands[0]).expect(FITS),
            Node::Call(call) => {
                let op = graph.called(call).clone();
                graph.call(&op, &operands).expect(FITS)
            }
            Node::Constant(_) | Node::Variable { .. } => id,
        }
    }
}
