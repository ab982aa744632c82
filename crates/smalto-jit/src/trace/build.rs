//! From a graph to the tape of all of it.
//!
//! Every live node gets a place, in this order:
//!
//! 1. *The bank*: what does not vary. Constants and uniform inputs, then the ops on them,
//!    which a tape of their own computes once for many blocks.
//! 2. The inputs that vary, named by the caller.
//! 3. Ops. First those whose value changes from column to column only, then those from row to
//!    row: a line of values each. Then the *spreads*, which repeat a value a row along its row
//!    where an op on whole blocks wants it. Then those ops.
//!
//! Within each group, nodes of one kernel are brought together as far as their operands let
//! them, for a kernel starts once for all instructions of a run.

use super::kernel::{Kernel, POINT_ROWS, ROWS, RangedTable};
use super::tape::{Class, Flow, Opcode, Place, Tape, Word};
use crate::interp::schedule;
use smalto_graph::{Graph, Node, NodeId, Op, Table, Type, Value};
use smalto_lower::{Float, Lanes};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

/// How an input varies within a block of points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Axis {
    /// From column to column: one value a column.
    Columns,
    /// From row to row: one value a row.
    Rows,
    /// From point to point.
    Points,
}

/// A graph as a tape, with all that running it takes.
pub(super) struct Program<L: Lanes> {
    pub(super) kernels: Vec<Kernel<L>>,
    pub(super) tables: Vec<RangedTable<L>>,
    /// What the program is of, but for how it runs.
    pub(super) source: Source,
    /// Constants: their places are 0, 1, ...
    pub(super) constants: Vec<Value>,
    /// The uniform inputs, whose places come next: their position among the graph's inputs.
    pub(super) uniforms: Vec<usize>,
    /// The types of all values in the bank.
    pub(super) bank: Vec<Type>,
    /// Computes the rest of the bank.
    pub(super) prelude: Tape,
    pub(super) root: Tape,
    /// The place of the first varying input.
    pub(super) inputs: usize,
    /// The first place that a tape writes.
    pub(super) first: usize,
    /// The first place that is a block, less the instructions of [`Class::Line`].
    pub(super) split: usize,
    /// Bytes of the widest lane.
    pub(super) lane_bytes: usize,
    /// Lines of a block.
    pub(super) rows: usize,
}

/// What tells what a tape computes.
#[derive(Debug, Default)]
pub(super) struct Source {
    /// What each kernel does.
    pub(super) keys: Vec<Key>,
    pub(super) tables: Vec<Arc<Table>>,
    /// The types of the uniform inputs.
    pub(super) uniforms: Vec<Type>,
    /// How many axes there are.
    pub(super) axes: usize,
}

/// How a node varies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rate {
    Uniform,
    Columns,
    Rows,
    Points,
}

impl Rate {
    /// Of an op on operands of these rates.
    fn join(self, other: Rate) -> Rate {
        match (self, other) {
            (Rate::Columns, Rate::Rows) | (Rate::Rows, Rate::Columns) => Rate::Points,
            (a, b) => a.max(b),
        }
    }
}

/// What a tape's user looks at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Demand {
    /// The values of outputs: a shorter tape has the same bits.
    #[default]
    Values,
    /// Whether outputs are less than, equal to or greater than zero, or NaN: a shorter tape has
    /// the same signs. It is shorter still, since of things that are united, those that a region
    /// is outside of do not matter there, however near they are.
    Signs,
}

/// What tells kernels apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// With whether only the sign matters.
    Op(Op, Type, bool),
    Lookup(Type, usize),
    Pair,
    Spread,
}

/// The program of `graph`, whose inputs named in `axes` vary as it says there.
pub(super) fn build<L: Lanes<Element: Float, Ballot = u64>>(
    graph: &Graph,
    axes: &[(&str, Axis)],
    demand: Demand,
    program: u64,
) -> Program<L> {
    let mut builder = Builder::new(graph, axes, demand, program);
    builder.fill_bank();
    builder.place_inputs();
    builder.add_group(Rate::Columns);
    builder.add_group(Rate::Rows);
    builder.add_spreads();
    builder.add_group(Rate::Points);
    builder.finish()
}

struct Builder<'g, L: Lanes> {
    graph: &'g Graph,
    axes: Vec<Option<NodeId>>,
    live: Vec<bool>,
    rate: Vec<Rate>,
    /// Whether of each node's value only the sign matters.
    by_sign: Rc<[bool]>,
    /// Where each node's value is.
    place: Vec<Place>,
    /// Where the value of each node of [`Rate::Rows`] is as a block.
    spread: Vec<Option<Place>>,
    kernel_of: HashMap<Key, u16>,
    program: Program<L>,
}

impl<'g, L: Lanes<Element: Float, Ballot = u64>> Builder<'g, L> {
    fn new(graph: &'g Graph, axes: &[(&str, Axis)], demand: Demand, program: u64) -> Self {
        let live = graph.live();
        let lane_bytes = graph
            .ids()
            .filter(|id| live[id.index()])
            .map(|id| crate::interp::lane_bytes::<L>(graph.ty(id)))
            .fold(size_of::<L::Element>(), usize::max);
        let node_of = |&(name, _): &(&str, Axis)| {
            let variable = graph.variable_named(name)?;
            Some(graph.variable_node(variable))
        };
        let tape = || Tape {
            program,
            ..Tape::default()
        };
        Builder {
            axes: axes.iter().map(node_of).collect(),
            rate: rates(graph, axes),
            by_sign: by_sign(graph, &live, demand).into(),
            live,
            place: vec![Place::MAX; graph.len()],
            spread: vec![None; graph.len()],
            kernel_of: HashMap::new(),
            program: Program {
                kernels: Vec::new(),
                tables: graph
                    .tables()
                    .iter()
                    .map(|table| RangedTable::new(table))
                    .collect(),
                source: Source {
                    tables: graph.tables().to_vec(),
                    axes: axes.len(),
                    ..Source::default()
                },
                constants: Vec::new(),
                uniforms: Vec::new(),
                bank: Vec::new(),
                prelude: tape(),
                root: tape(),
                inputs: 0,
                first: 0,
                split: 0,
                lane_bytes,
                rows: match axes.first() {
                    Some((_, Axis::Columns | Axis::Rows)) => ROWS,
                    Some((_, Axis::Points)) | None => POINT_ROWS,
                },
            },
            graph,
        }
    }

    /// Gives every uniform node a place.
    fn fill_bank(&mut self) {
        let graph = self.graph;
        let uniform: Vec<NodeId> = graph
            .ids()
            .filter(|id| self.live[id.index()] && self.rate[id.index()] == Rate::Uniform)
            .collect();
        for &id in &uniform {
            if let Some(value) = graph.value(id) {
                self.program.constants.push(value);
                self.put_in_bank(id);
            }
        }
        for &id in &uniform {
            if let Node::Variable { variable, .. } = graph.node(id) {
                self.program.uniforms.push(variable.index());
                self.program.source.uniforms.push(graph.ty(id));
                self.put_in_bank(id);
            }
        }
        let first = self.program.bank.len();
        for &id in &uniform {
            if !matches!(graph.node(id), Node::Constant(_) | Node::Variable { .. }) {
                let words = self.words(id, first + self.program.prelude.len());
                for (key, flow, word) in words.into_iter().flatten() {
                    let code = self.code(key, flow, Class::Line);
                    self.program.prelude.push(code, word);
                    // A pair has a place too, which nobody reads.
                    self.put_in_bank(id);
                }
            }
        }
    }

    /// The next place of the bank is that of `id`.
    fn put_in_bank(&mut self, id: NodeId) {
        self.place[id.index()] = self.program.bank.len() as Place;
        self.program.bank.push(self.graph.ty(id));
    }

    fn place_inputs(&mut self) {
        self.program.inputs = self.program.bank.len();
        self.program.first = self.program.inputs + self.axes.len();
        let mut is_block = false;
        for (index, axis) in self.axes.iter().enumerate() {
            if let Some(id) = axis {
                self.place[id.index()] = (self.program.inputs + index) as Place;
                is_block |= self.rate[id.index()] == Rate::Points;
            }
        }
        self.program.split = match is_block {
            true => self.program.inputs,
            false => self.program.first,
        };
    }

    /// Adds all ops of one rate.
    fn add_group(&mut self, rate: Rate) {
        let graph = self.graph;
        let is_op = |id: NodeId| {
            let node = graph.node(id);
            !matches!(node, Node::Constant(_) | Node::Variable { .. })
        };
        let in_group: Vec<bool> = graph
            .ids()
            .map(|id| self.live[id.index()] && self.rate[id.index()] == rate && is_op(id))
            .collect();
        let class = match rate {
            Rate::Points => Class::Block,
            _ => Class::Line,
        };
        let by_sign = Rc::clone(&self.by_sign);
        let key = |id| key(graph, &by_sign, id);
        let order = schedule(graph, &in_group, usize::MAX, key);
        for run in order.chunk_by(|&a, &b| key(a) == key(b)) {
            self.add_run(run, class);
        }
    }

    /// Adds nodes of one kernel, of which some may be operands of later ones.
    fn add_run(&mut self, run: &[NodeId], class: Class) {
        if self.graph.operands(run[0]).len() < 3 {
            for &id in run {
                self.add(&[id], class);
            }
            return;
        }
        // The pairs of many nodes come before the first of them, so that they do not part the
        // run. No pair may come before what it names.
        let mut rest = run;
        while !rest.is_empty() {
            let depends = |&id: &NodeId| {
                let mut operands = self.graph.operands(id).iter();
                operands.any(|operand| self.place[operand.index()] == Place::MAX)
            };
            let ready = rest.iter().position(depends).unwrap_or(rest.len());
            let (now, later) = rest.split_at(ready);
            self.add(now, class);
            rest = later;
        }
    }

    /// Adds nodes of one kernel, whose operands have their places.
    fn add(&mut self, nodes: &[NodeId], class: Class) {
        let pairs = nodes.len() * usize::from(self.graph.operands(nodes[0]).len() == 3);
        let first = self.program.first + self.program.root.len();
        let words: Vec<_> = (first..)
            .zip(nodes)
            .map(|(pair, &id)| self.words(id, pair))
            .collect();
        for part in [0, 1] {
            for &(key, flow, word) in words.iter().filter_map(|words| words[part].as_ref()) {
                let code = self.code(key, flow, class);
                self.program.root.push(code, word);
            }
        }
        for (position, &id) in (first + pairs..).zip(nodes) {
            self.place[id.index()] = position as Place;
        }
    }

    /// The instructions that compute `id`: perhaps a pair, whose place would be `pair`, and
    /// the op.
    fn words(&mut self, id: NodeId, pair: usize) -> [Option<(Key, Flow, Word)>; 2] {
        let key = key(self.graph, &self.by_sign, id);
        let operands = self.graph.operands(id);
        let at = |operand: NodeId| self.operand(id, operand);
        match *operands {
            [a] => [None, Some((key, Flow::All, [at(a); 2]))],
            [a, b] => {
                let flow = match key {
                    Key::Op(op, ty, _) if is_choice(op, ty) => Flow::Choice,
                    _ => Flow::All,
                };
                [None, Some((key, flow, [at(a), at(b)]))]
            }
            [a, b, c] => {
                let flow = match key {
                    Key::Op(Op::Select, ..) => Flow::Selection,
                    _ => Flow::All,
                };
                [
                    Some((Key::Pair, Flow::All, [at(b), at(c)])),
                    Some((key, flow, [at(a), pair as Place])),
                ]
            }
            _ => unreachable!("ops have one to three operands"),
        }
    }

    /// Where the value of `operand` is, as `user` wants it.
    fn operand(&self, user: NodeId, operand: NodeId) -> Place {
        match self.spread[operand.index()] {
            Some(spread) if self.rate[user.index()] == Rate::Points => spread,
            _ => self.place[operand.index()],
        }
    }

    /// Adds a spread for each value a row that ops on blocks or the caller read.
    fn add_spreads(&mut self) {
        let graph = self.graph;
        let mut wanted = vec![false; graph.len()];
        for id in graph.ids() {
            if self.live[id.index()] && self.rate[id.index()] == Rate::Points {
                for operand in graph.operands(id) {
                    wanted[operand.index()] = true;
                }
            }
        }
        for output in graph.outputs() {
            wanted[output.node.index()] = true;
        }
        for id in graph.ids() {
            if wanted[id.index()] && self.rate[id.index()] == Rate::Rows {
                let place = (self.program.first + self.program.root.len()) as Place;
                let code = self.code(Key::Spread, Flow::All, Class::Block);
                self.program.root.push(code, [self.place[id.index()]; 2]);
                self.spread[id.index()] = Some(place);
            }
        }
    }

    /// What an instruction does, as a number.
    fn code(&mut self, key: Key, flow: Flow, class: Class) -> Opcode {
        let (kernels, keys) = (&mut self.program.kernels, &mut self.program.source.keys);
        let kernel = *self.kernel_of.entry(key).or_insert_with(|| {
            keys.push(key);
            kernels.push(match key {
                Key::Op(op, ty, by_sign) => Kernel::of(op, ty, by_sign),
                Key::Lookup(ty, table) => Kernel::lookup(ty, table),
                Key::Pair => Kernel::pair(),
                Key::Spread => Kernel::spread(),
            });
            (kernels.len() - 1) as u16
        });
        Opcode::new(kernel, flow, class)
    }

    fn finish(mut self) -> Program<L> {
        for output in self.graph.outputs() {
            let node = output.node.index();
            let place = self.spread[node].unwrap_or(self.place[node]);
            self.program.root.outputs.push(place);
        }
        self.program
    }
}

/// How each node varies. What is no real cannot be spread, so if it varies from row to row
/// it is computed for every point.
fn rates(graph: &Graph, axes: &[(&str, Axis)]) -> Vec<Rate> {
    let mut rates: Vec<Rate> = Vec::with_capacity(graph.len());
    for id in graph.ids() {
        let rate = match graph.node(id) {
            Node::Variable { variable, .. } => {
                let name = &*graph.variables()[variable.index()].name;
                let axis = axes.iter().find(|(axis, _)| *axis == name);
                match axis.map(|(_, axis)| axis) {
                    None => Rate::Uniform,
                    Some(Axis::Columns) => Rate::Columns,
                    Some(Axis::Rows) => Rate::Rows,
                    Some(Axis::Points) => Rate::Points,
                }
            }
            _ => {
                let operands = graph.operands(id).iter();
                operands.fold(Rate::Uniform, |rate, o| rate.join(rates[o.index()]))
            }
        };
        rates.push(match (rate, graph.ty(id)) {
            (Rate::Rows, ty) if ty != Type::Real => Rate::Points,
            _ => rate,
        });
    }
    rates
}

fn key(graph: &Graph, by_sign: &[bool], id: NodeId) -> Key {
    match graph.node(id) {
        Node::Apply { op, .. } => {
            let ty = crate::interp::operand_type(graph, id);
            Key::Op(op, ty, by_sign[id.index()] && is_choice(op, ty))
        }
        Node::Lookup { ty, table, .. } => Key::Lookup(ty, table.index()),
        Node::Constant(_) | Node::Variable { .. } | Node::Call(_) => {
            unreachable!("leaves are placed, and there are no calls")
        }
    }
}

/// Of which nodes only the sign matters: outputs of which nothing else is demanded, and operands
/// whose signs alone decide that of another such node.
fn by_sign(graph: &Graph, live: &[bool], demand: Demand) -> Vec<bool> {
    let mut by_sign = vec![demand == Demand::Signs; graph.len()];
    if demand == Demand::Values {
        return by_sign;
    }
    for id in graph.ids().rev().filter(|id| live[id.index()]) {
        let is_by_signs = matches!(
            graph.node(id),
            Node::Apply {
                op: Op::Neg | Op::Min | Op::Max | Op::Minimum | Op::Maximum,
                ..
            }
        );
        if !(is_by_signs && by_sign[id.index()]) {
            for operand in graph.operands(id) {
                by_sign[operand.index()] = false;
            }
        }
    }
    by_sign
}

/// Whether intervals have a rule for `op` that tells which operand it gives.
fn is_choice(op: Op, ty: Type) -> bool {
    use smalto_lower::Scalar;
    use smalto_lower::domain::{self, Domain, Intervals};
    struct IsChoice;
    type M = Scalar<f32>;
    impl domain::Visitor<Intervals, M> for IsChoice {
        type Output = bool;
        fn unary<F: domain::Unary<Intervals, M>>(self) -> bool {
            false
        }
        fn binary<F: domain::Binary<Intervals, M>>(self) -> bool {
            false
        }
        fn ternary<F: domain::Ternary<Intervals, M>>(self) -> bool {
            false
        }
        fn choice<F: domain::Choice<Intervals, M>>(self) -> bool {
            true
        }
        fn selection<F: domain::Selection<Intervals, M>>(self) -> bool {
            true
        }
    }
    <Intervals as Domain<M>>::with_meaning(op, ty, IsChoice)
}
