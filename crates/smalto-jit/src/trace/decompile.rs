//! From a tape back to a graph, for the compiler.
//!
//! A tape that is used many times is worth machine code, and what the compiler takes are
//! graphs. The graph of a tape has an input for each axis, then one for each uniform input that
//! the program reads; what is uniform is computed by it too.

use super::build::{Key, Program};
use super::tape::{Opcode, Place, Tape};
use smalto_graph::{Graph, NodeId, TableId, Type};
use smalto_lower::Lanes;
use smalto_record::intervals::Choice;

/// What a tape says.
pub(crate) struct Decompiled {
    /// The graph of it.
    pub(crate) graph: Graph,
    /// Its instructions that may choose: their slots are their positions.
    pub(crate) choices: Vec<Choice>,
}

/// The graph of `tape`, a tape of `program`.
pub(super) fn decompiled<L: Lanes>(program: &Program<L>, tape: &Tape) -> Decompiled {
    let mut decompiler = Decompiler::new(program);
    let prelude = program.constants.len() + program.source.uniforms.len();
    decompiler.add_ops(&program.prelude, prelude);
    decompiler.add_ops(tape, program.first);
    let choices = decompiler.choices(tape);
    for (index, &place) in tape.outputs.iter().enumerate() {
        let node = decompiler.node(place);
        let name = format!("output{index}");
        let named = decompiler.graph.output(&name, node);
        named.expect("outputs have numbers of their own");
    }
    Decompiled {
        graph: decompiler.graph,
        choices,
    }
}

struct Decompiler<'p, L: Lanes> {
    program: &'p Program<L>,
    graph: Graph,
    tables: Vec<TableId>,
    /// The node of each place that something was said of: constants only once they are used.
    nodes: Vec<Option<NodeId>>,
}

impl<'p, L: Lanes> Decompiler<'p, L> {
    /// Declares inputs and tables.
    fn new(program: &'p Program<L>) -> Self {
        let source = &program.source;
        let mut graph = Graph::new();
        let mut nodes = vec![None; program.first];
        let mut input = |name: String, ty, place: usize| {
            let node = graph.variable(&name, ty);
            nodes[place] = Some(node.expect("inputs have numbers of their own"));
        };
        for axis in 0..source.axes {
            input(format!("axis{axis}"), Type::Real, program.inputs + axis);
        }
        for (index, &ty) in source.uniforms.iter().enumerate() {
            input(
                format!("uniform{index}"),
                ty,
                program.constants.len() + index,
            );
        }
        let tables = source.tables.iter();
        Decompiler {
            tables: tables.map(|table| graph.table((**table).clone())).collect(),
            program,
            graph,
            nodes,
        }
    }

    fn node(&mut self, place: Place) -> NodeId {
        let place = place as usize;
        if self.nodes[place].is_none() {
            let constant = self.program.constants[place];
            self.nodes[place] = Some(self.graph.constant(constant));
        }
        self.nodes[place].expect("it was just said")
    }

    /// The instructions of `tape` that may choose, once they are added.
    fn choices(&self, tape: &Tape) -> Vec<Choice> {
        let codes = tape.codes.iter().enumerate();
        let choosing = codes.filter(|(_, code)| code.has(Opcode::CHOOSES));
        let choice = |(i, code): (usize, &Opcode)| {
            let Key::Op(_, _, by_sign) = self.program.source.keys[code.kernel()] else {
                unreachable!("what chooses is an op")
            };
            let node = self.nodes[self.program.first + i];
            Choice {
                node: node.expect("it was added"),
                slot: i as u32,
                by_sign,
            }
        };
        choosing.map(choice).collect()
    }

    /// Adds the instructions of `tape`, the first of which writes place `first`.
    fn add_ops(&mut self, tape: &Tape, first: usize) {
        if self.nodes.len() < first + tape.len() {
            self.nodes.resize(first + tape.len(), None);
        }
        for (i, (&code, &[a, b])) in tape.codes.iter().zip(&tape.words).enumerate() {
            let node = match self.program.source.keys[code.kernel()] {
                // It only names two operands.
                Key::Pair => continue,
                Key::Spread => self.node(a),
                Key::Lookup(_, table) => {
                    let index = self.node(a);
                    let looked_up = self.graph.lookup(self.tables[table], index);
                    looked_up.expect("it was a node of a graph")
                }
                Key::Op(op, ..) => {
                    let operands = match op.arity() {
                        1 => vec![self.node(a)],
                        2 => vec![self.node(a), self.node(b)],
                        _ => {
                            let [second, third] = tape.words[b as usize - first];
                            vec![self.node(a), self.node(second), self.node(third)]
                        }
                    };
                    let applied = self.graph.apply(op, &operands);
                    applied.expect("it was a node of a graph")
                }
            };
            self.nodes[first + i] = Some(node);
        }
    }
}
