//! From a graph to a tape: flat instructions in runs of one kernel, every value
//! with its place.
//!
//! Values are *uniform* if they depend on constants and uniform inputs only; they
//! are computed once a call, one chunk each, before the first batch. The others
//! are *varying* and live in slots, or directly in the caller's slices.

use super::instruction::{
    Form, Instruction, Kernel, LaneTable, Place, broadcast_kernel, kernel, lookup_kernel,
};
use super::schedule::{WINDOW, schedule};
use super::slots::SlotAllocator;
use smalto_graph::{Body, CallId, Graph, Node, NodeId, Op, Purity, Type, UserOp, Value};
use smalto_lower::{Float, Lanes};
use std::sync::Arc;

/// A compiled graph for machine `L`.
pub(super) struct Tape<L: Lanes> {
    /// What computes the uniforms that are neither constants nor inputs.
    pub(super) uniform_steps: Vec<Step<L>>,
    /// What computes one batch.
    pub(super) steps: Vec<Step<L>>,
    pub(super) instructions: Vec<Instruction>,
    pub(super) calls: Vec<CallSite>,
    pub(super) tables: Vec<LaneTable<L>>,
    /// Uniform places that are set once a workspace.
    pub(super) constants: Vec<(Place, Value)>,
    /// Uniform places of uniform inputs: place, position of the input.
    pub(super) uniform_inputs: Vec<(Place, usize)>,
    /// Bytes of all uniforms.
    pub(super) uniform_bytes: usize,
    /// Slots, each as large as the widest value's batch.
    pub(super) slots: u32,
    /// Bytes of the widest value of one lane.
    pub(super) lane_bytes: usize,
}

/// A run of instructions of one kernel, or a call of a user op.
#[derive(Clone, Copy)]
pub(super) enum Step<L: Lanes> {
    Run {
        key: Key,
        kernel: Kernel<L>,
        first: u32,
        count: u32,
    },
    Call(u32),
}

/// What tells kernels apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Key {
    Op(Op, Type, Form),
    Lookup(Type, Form),
    Broadcast(Type),
    /// No kernel: an input, or a call.
    None,
}

/// The type by which the meaning of an op is chosen: that of its last operand, which
/// is the polymorphic one where there is any.
pub(crate) fn operand_type(graph: &Graph, node: NodeId) -> Type {
    graph.ty(*graph.operands(node).last().expect("an op has operands"))
}

/// Where a value lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Home {
    Varying(Place),
    Uniform(Place),
}

/// One call of a Rust function.
pub(super) struct CallSite {
    pub(super) op: Arc<UserOp>,
    pub(super) operands: Vec<Home>,
    pub(super) result: Home,
}

/// The number of uses of each kind of step: what a reader of a tape wants to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TapeSummary {
    /// Instructions that run for every batch.
    pub instructions: usize,
    /// Runs of one kernel among them.
    pub runs: usize,
    /// Instructions that run once a call.
    pub uniform_instructions: usize,
    /// Slots of one batch each.
    pub slots: usize,
}

impl<L: Lanes<Element: Float>> Tape<L> {
    /// Compiles `graph`, whose outputs are numbers and whose calls have no lowering;
    /// `uniform_input` says for each input whether it is uniform.
    pub(super) fn new(graph: &Graph, uniform_input: &[bool]) -> Tape<L> {
        Builder::new(graph, uniform_input).build()
    }

    pub(super) fn summary(&self) -> TapeSummary {
        let count = |steps: &[Step<L>]| -> usize {
            steps
                .iter()
                .map(|step| match step {
                    Step::Run { count, .. } => *count as usize,
                    Step::Call(_) => 1,
                })
                .sum()
        };
        TapeSummary {
            instructions: count(&self.steps),
            runs: self.steps.len(),
            uniform_instructions: count(&self.uniform_steps),
            slots: self.slots as usize,
        }
    }
}

/// For each node, whether it is live and varying.
fn varying(graph: &Graph, live: &[bool], uniform_input: &[bool]) -> Vec<bool> {
    let mut varying = vec![false; graph.len()];
    for id in graph.ids().filter(|id| live[id.index()]) {
        varying[id.index()] = match graph.node(id) {
            Node::Variable { variable, .. } => !uniform_input[variable.index()],
            Node::Call(call) if graph.called(call).purity() == Purity::Stateful => true,
            _ => graph
                .operands(id)
                .iter()
                .any(|operand| varying[operand.index()]),
        };
    }
    varying
}

struct Builder<'g, L: Lanes> {
    graph: &'g Graph,
    live: Vec<bool>,
    varying: Vec<bool>,
    home: Vec<Option<Home>>,
    slots: SlotAllocator,
    chunk_bytes: usize,
    tape: Tape<L>,
}

impl<'g, L: Lanes<Element: Float>> Builder<'g, L> {
    fn new(graph: &'g Graph, uniform_input: &[bool]) -> Self {
        let live = graph.live();
        let live_types = graph.ids().filter(|id| live[id.index()]);
        // Unused inputs are bound to scratch as well.
        let lane_bytes = live_types
            .map(|id| graph.ty(id))
            .chain(graph.variables().iter().map(|variable| variable.ty))
            .map(lane_bytes::<L>)
            .fold(size_of::<L::Element>(), usize::max);
        Builder {
            varying: varying(graph, &live, uniform_input),
            home: vec![None; graph.len()],
            slots: SlotAllocator::new(graph, graph.variables().len() + graph.outputs().len()),
            chunk_bytes: lane_bytes * L::WIDTH,
            tape: Tape {
                uniform_steps: Vec::new(),
                steps: Vec::new(),
                instructions: Vec::new(),
                calls: Vec::new(),
                tables: graph
                    .tables()
                    .iter()
                    .map(|table| LaneTable::new(table))
                    .collect(),
                constants: Vec::new(),
                uniform_inputs: Vec::new(),
                uniform_bytes: 0,
                slots: 0,
                lane_bytes,
            },
            graph,
            live,
        }
    }

    fn build(mut self) -> Tape<L> {
        self.place_inputs();
        self.place_uniforms();
        self.place_outputs();
        for node in schedule(self.graph, &self.varying, WINDOW, |node| self.key(node)) {
            self.emit_varying(node);
        }
        self.copy_remaining_outputs();
        self.tape.slots = self.slots.count();
        self.tape
    }

    /// What tells the kernel of `node` from others.
    fn key(&self, node: NodeId) -> Key {
        let graph = self.graph;
        let uniform = graph
            .operands(node)
            .iter()
            .map(|operand| !self.varying[operand.index()]);
        let form = uniform
            .take(3)
            .zip(0..)
            .fold(0, |form, (uniform, bit)| form | usize::from(uniform) << bit);
        match graph.node(node) {
            Node::Apply { op, .. } => Key::Op(op, operand_type(graph, node), form),
            Node::Lookup { ty, .. } => Key::Lookup(ty, form),
            Node::Constant(_) | Node::Variable { .. } | Node::Call(_) => Key::None,
        }
    }

    /// Varying inputs are read where the caller has them.
    fn place_inputs(&mut self) {
        for id in self.graph.ids().filter(|id| self.varying[id.index()]) {
            if let Node::Variable { variable, .. } = self.graph.node(id) {
                self.home[id.index()] = Some(Home::Varying(variable.index() as Place));
            }
        }
    }

    /// The place of an output in the caller's memory.
    fn output_place(&self, index: usize) -> Place {
        (self.graph.variables().len() + index) as Place
    }

    /// Uniform values in node order, each with a place of its own.
    fn place_uniforms(&mut self) {
        let graph = self.graph;
        for id in graph.ids() {
            if !self.live[id.index()] || self.varying[id.index()] {
                continue;
            }
            let place = self.tape.uniform_bytes as Place;
            self.tape.uniform_bytes += self.chunk_bytes;
            self.home[id.index()] = Some(Home::Uniform(place));
            match graph.node(id) {
                Node::Constant(constant) => self.tape.constants.push((place, constant.value())),
                Node::Variable { variable, .. } => {
                    self.tape.uniform_inputs.push((place, variable.index()));
                }
                _ => self.emit(id, Home::Uniform(place)),
            }
        }
    }

    /// A varying node is computed directly into the first output that wants it.
    fn place_outputs(&mut self) {
        for (index, output) in self.graph.outputs().iter().enumerate() {
            let place = self.output_place(index);
            if self.varying[output.node.index()] {
                self.home[output.node.index()].get_or_insert(Home::Varying(place));
            }
        }
    }

    fn emit_varying(&mut self, id: NodeId) {
        if matches!(self.graph.node(id), Node::Variable { .. }) {
            return;
        }
        let graph = self.graph;
        // A result may take the slot of an operand that dies here, since a kernel
        // reads a chunk before it writes that chunk, if their lanes are alike.
        let bytes = lane_bytes::<L>(graph.ty(id));
        let alike = |operand: NodeId| lane_bytes::<L>(graph.ty(operand)) == bytes;
        let operands = graph.operands(id);
        for &operand in operands.iter().filter(|&&operand| alike(operand)) {
            self.release(operand);
        }
        let home = self.home[id.index()].unwrap_or_else(|| Home::Varying(self.slots.allocate()));
        for &operand in operands.iter().filter(|&&operand| !alike(operand)) {
            self.release(operand);
        }
        self.home[id.index()] = Some(home);
        self.emit(id, home);
    }

    fn release(&mut self, operand: NodeId) {
        if let Some(Home::Varying(place)) = self.home[operand.index()] {
            self.slots.release(operand, place);
        }
    }

    /// Outputs that are inputs, uniforms, or another output's node.
    fn copy_remaining_outputs(&mut self) {
        for (index, output) in self.graph.outputs().iter().enumerate() {
            let place = self.output_place(index);
            let ty = self.graph.ty(output.node);
            match self.home[output.node.index()].expect("every live node has a home") {
                Home::Varying(found) if found == place => {}
                Home::Varying(found) => {
                    let kernel = (Key::Op(copy_op(ty), ty, 0), kernel::<L>(copy_op(ty), ty, 0));
                    self.push(kernel, Home::Varying(place), [found, 0, 0]);
                }
                Home::Uniform(found) => {
                    let kernel = (Key::Broadcast(ty), broadcast_kernel::<L>(ty));
                    self.push(kernel, Home::Varying(place), [found, 0, 0]);
                }
            }
        }
    }

    fn emit(&mut self, id: NodeId, home: Home) {
        let graph = self.graph;
        let homes = graph
            .operands(id)
            .iter()
            .map(|operand| self.home[operand.index()].expect("operands come first"));
        let (kernel, operands) = match graph.node(id) {
            Node::Apply { op, .. } => {
                let (form, operands) = form(homes);
                let ty = operand_type(graph, id);
                ((Key::Op(op, ty, form), kernel::<L>(op, ty, form)), operands)
            }
            Node::Lookup { ty, table, .. } => {
                let (form, [index, ..]) = form(homes);
                let kernel = (Key::Lookup(ty, form), lookup_kernel::<L>(ty, form == 1));
                (kernel, [index, table.index() as Place, 0])
            }
            Node::Call(call) => {
                let operands = homes.collect();
                self.emit_call(call, operands, home);
                return;
            }
            Node::Constant(_) | Node::Variable { .. } => {
                unreachable!("leaves are placed, not computed")
            }
        };
        self.push(kernel, home, operands);
    }

    /// Appends an instruction, to the run at the end if that has the same kernel.
    fn push(&mut self, (key, kernel): (Key, Kernel<L>), result: Home, operands: [Place; 3]) {
        let (steps, result) = match result {
            Home::Varying(place) => (&mut self.tape.steps, place),
            Home::Uniform(place) => (&mut self.tape.uniform_steps, place),
        };
        match steps.last_mut() {
            Some(Step::Run {
                key: last, count, ..
            }) if *last == key => *count += 1,
            _ => {
                let first = self.tape.instructions.len() as u32;
                steps.push(Step::Run {
                    key,
                    kernel,
                    first,
                    count: 1,
                });
            }
        }
        self.tape
            .instructions
            .push(Instruction { result, operands });
    }

    fn emit_call(&mut self, call: CallId, operands: Vec<Home>, result: Home) {
        let op = self.graph.called(call).clone();
        assert!(
            !matches!(op.body(), Body::Lowering(_)),
            "calls with a lowering are expanded before a tape is made"
        );
        let step = Step::Call(self.tape.calls.len() as u32);
        match result {
            Home::Varying(_) => self.tape.steps.push(step),
            Home::Uniform(_) => self.tape.uniform_steps.push(step),
        }
        self.tape.calls.push(CallSite {
            op,
            operands,
            result,
        });
    }
}

/// The form of an op on operands in these homes, and their places.
fn form(homes: impl Iterator<Item = Home>) -> (Form, [Place; 3]) {
    let mut form = 0;
    let mut places = [0; 3];
    for (index, (home, slot)) in homes.zip(&mut places).enumerate() {
        *slot = match home {
            Home::Varying(place) => place,
            Home::Uniform(place) => {
                form |= 1 << index;
                place
            }
        };
    }
    (form, places)
}

/// The op that gives its operand of type `ty` unchanged.
fn copy_op(ty: Type) -> Op {
    match ty {
        Type::Real => Op::ToReal,
        Type::I32 => Op::ToI32,
        Type::I64 => Op::ToI64,
        Type::Bool => Op::ToBool,
    }
}

/// Bytes of one lane of type `ty` in a slot.
pub(crate) fn lane_bytes<L: Lanes>(ty: Type) -> usize {
    match ty {
        Type::Real => size_of::<L::Element>(),
        Type::I32 | Type::Bool => 4,
        Type::I64 => 8,
    }
}
