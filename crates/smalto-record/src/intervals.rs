//! A graph for boxes, as a kernel: bounds of the inputs in, bounds of the outputs out, and which
//! operands choices give.
//!
//! The kernel is called `intervals`. It has a lane a box, [`BOXES`] of them, and runs once. Its
//! buffers are, with an element a box,
//!
//! - for each input that varies, in the order the graph declares them, its lower bounds, then its
//!   upper bounds;
//! - the same for each output;
//! - last `decisions`, u16: for each of the [choices](Choice) that are asked for two elements, from
//!   twice its slot on. Of the first, bit i says that in box i the choice gives its first operand,
//!   to the bit; of the second, that it gives its second.
//!
//! Its parameters are the inputs that do not vary. Bounds are what the
//! [domain of intervals](smalto_lower::domain::Intervals) says, to the bit, if each of the inputs
//! that vary is a number [within a limit](record_intervals).

use crate::names::Names;
use crate::nodes::{Nodes, operand_type};
use crate::order::Order;
use crate::parts::{declare_scalars, spread};
use crate::recording::{Workspace, record_nodes};
use crate::rule::{Rule, Ruled};
use crate::slices::{check_slices, varying_leaf};
use crate::{Int32, RecordError, Recorder, Recording};
use smalto_graph::{Element, Graph, Node, NodeId, TableId, Type};
use smalto_kernel::{Access, BufferId, Builder, Lane, Rate, ValueId, Width};
use smalto_lower::domain::{Interval, Intervals};
use smalto_lower::{Float, Integers, Machine};

/// Boxes that the kernel is for.
pub const BOXES: usize = 16;

/// A bound has two parts.
const PARTS: usize = 2;

/// A choice of which the kernel says what was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// A node that gives one of its operands: a minimum, a maximum, `and`, `or`, `select`. Of others
    /// nothing is said.
    pub node: NodeId,
    /// Where to say it.
    pub slot: u32,
    /// Whether of the result only the sign matters.
    pub by_sign: bool,
}

/// Records an optimised graph for boxes. `uniform` says for each input whether it has one value a
/// call; the bounds of all others are numbers from `-limit` to `limit`, so that where no infinity
/// can come of those, nothing is asked about NaN. The page of
/// [intervals](crate::intervals) says how to call the kernel.
///
/// # Errors
/// As for [`record_slices`](crate::record_slices), and if an input that varies or an output is no
/// real.
///
/// # Panics
/// If `uniform` is not as long as the graph has inputs.
///
/// ```
/// use smalto_graph::Element;
/// use smalto_kernel::Lane;
/// use smalto_kernel::interpret::{Buffer, Interpreter};
/// use smalto_record::intervals::{BOXES, Choice, record_intervals};
///
/// let graph = smalto_graph::formula::parse("input x; output d = min(x * 2, 5);")?;
/// let choice = Choice { node: graph.outputs()[0].node, slot: 0, by_sign: false };
/// let recording = record_intervals(&graph, Element::F32, &[false], &[choice], 100.0)?;
/// // In the box i, x is from i to i + 1.
/// let mut buffers = [
///     Buffer::from(std::array::from_fn::<f32, BOXES, _>(|i| i as f32)),
///     Buffer::from(std::array::from_fn::<f32, BOXES, _>(|i| i as f32 + 1.0)),
///     Buffer::uninitialised(Lane::F32, BOXES),
///     Buffer::uninitialised(Lane::F32, BOXES),
///     Buffer::uninitialised(Lane::U16, 2),
/// ];
/// Interpreter::new(recording.module())?.run("intervals", &mut buffers, &[])?;
/// assert_eq!(buffers[2].to_vec::<f32>().unwrap()[..4], [0.0, 2.0, 4.0, 5.0]);
/// assert_eq!(buffers[3].to_vec::<f32>().unwrap()[..4], [2.0, 4.0, 5.0, 5.0]);
/// // 2 x is the less in the boxes 0 and 1, 5 is from the box 3 on.
/// assert_eq!(buffers[4].to_vec::<u16>(), Some(vec![0b0011, 0xfff8]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn record_intervals(
    graph: &Graph,
    element: Element,
    uniform: &[bool],
    choices: &[Choice],
    limit: f64,
) -> Result<Recording, RecordError> {
    // One for the decisions.
    check_slices(graph, uniform, [PARTS, PARTS], 1)?;
    check_reals(graph, uniform)?;
    let mut choices = choices.to_vec();
    choices.sort_by_key(|choice| choice.node);
    match element {
        Element::F32 => record::<f32>(graph, uniform, &choices, limit),
        Element::F64 => record::<f64>(graph, uniform, &choices, limit),
    }
}

/// That the inputs that vary and the outputs are reals.
fn check_reals(graph: &Graph, uniform: &[bool]) -> Result<(), RecordError> {
    let inputs = graph.variables().iter().zip(uniform);
    let inputs = inputs.filter(|(_, is_uniform)| !**is_uniform);
    let inputs = inputs.map(|(input, _)| (&input.name, input.ty));
    let outputs = graph.outputs().iter();
    let outputs = outputs.map(|output| (&output.name, graph.ty(output.node)));
    match inputs.chain(outputs).find(|&(_, ty)| ty != Type::Real) {
        Some((name, ty)) => Err(RecordError::NotReal {
            name: name.to_string(),
            ty,
        }),
        None => Ok(()),
    }
}

/// What the kernel is given.
struct Signature {
    /// The inputs that vary.
    inputs: Vec<(NodeId, [BufferId; PARTS])>,
    outputs: Vec<[BufferId; PARTS]>,
    decisions: BufferId,
    scalars: Vec<(NodeId, ValueId)>,
}

impl Signature {
    fn declare<T: Float>(b: &mut Builder, graph: &Graph, uniform: &[bool]) -> Signature {
        let mut names = Names::default();
        let decisions = names.unique("decisions");
        let mut bounds = |b: &mut Builder, name: &str, access| {
            ["lo", "hi"].map(|part| {
                let name = names.unique(&format!("{name}_{part}"));
                b.buffer(&name, Recorder::<T>::REAL, access)
            })
        };
        let inputs = graph.variable_ids().zip(graph.variables());
        let inputs = inputs.filter(|(id, _)| !uniform[id.index()]);
        let inputs = inputs
            .map(|(id, input)| {
                let node = graph.variable_node(id);
                (node, bounds(b, &input.name, Access::Read))
            })
            .collect();
        let outputs = graph.outputs().iter();
        let outputs = outputs
            .map(|output| bounds(b, &output.name, Access::Write))
            .collect();
        let decisions = b.buffer(&decisions, Lane::U16, Access::Write);
        let is_uniform = |id: smalto_graph::VariableId| uniform[id.index()];
        Signature {
            inputs,
            outputs,
            decisions,
            scalars: declare_scalars::<T>(b, &mut names, graph, is_uniform),
        }
    }
}

fn record<T: Float>(
    graph: &Graph,
    uniform: &[bool],
    choices: &[Choice],
    limit: f64,
) -> Result<Recording, RecordError> {
    let mut workspace = Workspace::default();
    let mut b = workspace.kernel("intervals", Width::Lanes(BOXES as u8));
    let signature = Signature::declare::<T>(&mut b, graph, uniform);
    let Workspace {
        nodes,
        order: storage,
        ..
    } = &mut workspace;
    Order::DepthFirst.find(graph, varying_leaf(uniform), storage);
    record_nodes::<T, _>(b, Rate::Varying, graph, nodes, |nodes| {
        spread(nodes, &signature.scalars);
        nodes.record_all(storage.uniform().iter().copied())?;
        let mut bounds = Bounds::new(nodes, choices, signature.decisions);
        for &(node, _) in &signature.scalars {
            bounds.set_exact(nodes, node);
        }
        for &node in storage.uniform() {
            bounds.set_exact(nodes, node);
        }
        for &(node, buffers) in &signature.inputs {
            if storage.is_live(node) {
                bounds.load(nodes, node, buffers, limit);
            }
        }
        for &node in storage.varying() {
            bounds.record(nodes, node)?;
        }
        for (output, buffers) in graph.outputs().iter().zip(&signature.outputs) {
            let values = bounds.parts(nodes, output.node);
            for (&buffer, value) in buffers.iter().zip(values) {
                nodes
                    .recorder
                    .build(|b| b.store(buffer, bounds.start, value, None));
            }
            nodes.note(output.node.index() as u32);
        }
        nodes.recorder.build(Builder::return_nothing);
        Ok(())
    })
}

/// The bounds of nodes that were recorded: the lower one is what a node [is](Nodes::value).
struct Bounds<'c> {
    /// The upper bound of each node.
    upper: Vec<ValueId>,
    /// By node.
    choices: &'c [Choice],
    decisions: BufferId,
    /// The index of the first box.
    start: ValueId,
}

impl<'c> Bounds<'c> {
    fn new<T: Float>(
        nodes: &Nodes<'_, '_, T>,
        choices: &'c [Choice],
        decisions: BufferId,
    ) -> Bounds<'c> {
        let start = nodes.recorder.build(|b| b.uniform(0i64));
        Bounds {
            upper: vec![start; nodes.graph().len()],
            choices,
            decisions,
            start,
        }
    }

    fn parts<T: Float>(&self, nodes: &Nodes<'_, '_, T>, id: NodeId) -> [ValueId; PARTS] {
        [nodes.value(id), self.upper[id.index()]]
    }

    /// A node is what was recorded for it as a value, in all boxes.
    fn set_exact<T: Float>(&mut self, nodes: &Nodes<'_, '_, T>, id: NodeId) {
        let value = nodes.value(id);
        self.upper[id.index()] = match nodes.graph().ty(id) {
            // Of a truth value the parts are whether it may be true, and whether it may be false.
            Type::Bool => nodes.recorder.mnot(value),
            _ => value,
        };
    }

    fn load<T: Float>(
        &mut self,
        nodes: &mut Nodes<'_, '_, T>,
        id: NodeId,
        buffers: [BufferId; PARTS],
        limit: f64,
    ) {
        let [lower, upper] = buffers.map(|buffer| {
            let bound = nodes.recorder.build(|b| b.load(buffer, self.start, None));
            nodes.recorder.assume(bound, Interval::new(-limit, limit));
            bound
        });
        nodes.set(id, lower);
        self.upper[id.index()] = upper;
    }

    /// Records a node that comes after its operands, unless it is an input: those were said before.
    fn record<T: Float>(
        &mut self,
        nodes: &mut Nodes<'_, '_, T>,
        id: NodeId,
    ) -> Result<(), RecordError> {
        let [lower, upper] = match nodes.graph().node(id) {
            Node::Variable { .. } => return Ok(()),
            Node::Apply { .. } => self.apply(nodes, id)?,
            Node::Lookup { ty, table, index } => self.look_up(nodes, ty, table, index),
            node => {
                let value = nodes.record_plain(node)?;
                nodes.set(id, value);
                self.set_exact(nodes, id);
                return Ok(());
            }
        };
        nodes.set(id, lower);
        self.upper[id.index()] = upper;
        Ok(())
    }

    /// Records an op, and what it decides, once for each way in which that is asked.
    fn apply<T: Float>(
        &self,
        nodes: &Nodes<'_, '_, T>,
        id: NodeId,
    ) -> Result<[ValueId; PARTS], RecordError> {
        let asked = self.choices.partition_point(|choice| choice.node < id);
        let asked = self.choices[asked..].iter();
        let asked = asked.take_while(|choice| choice.node == id);
        let mut ruled = None;
        for choice in asked {
            let by_choice = self.rule(nodes, id, choice.by_sign)?;
            for (second, mask) in by_choice.decided.into_iter().flatten().enumerate() {
                self.decide(nodes, 2 * choice.slot as usize + second, mask);
            }
            ruled = Some(by_choice);
        }
        let ruled = match ruled {
            Some(ruled) => ruled,
            None => self.rule(nodes, id, false)?,
        };
        Ok(ruled.parts)
    }

    /// Records the rule of an op: its bounds, and what it decides.
    fn rule<T: Float>(
        &self,
        nodes: &Nodes<'_, '_, T>,
        id: NodeId,
        by_sign: bool,
    ) -> Result<Ruled<PARTS>, RecordError> {
        let graph = nodes.graph();
        let Node::Apply { op, .. } = graph.node(id) else {
            unreachable!("the caller's promise")
        };
        let mut rule = Rule::new(nodes.recorder, self.start);
        rule.by_sign = by_sign;
        for (parts, &operand) in rule.operands.iter_mut().zip(graph.operands(id)) {
            *parts = self.parts(nodes, operand);
        }
        let ruled = rule.record::<Intervals>(op, operand_type(graph, id));
        nodes.check(op)?;
        Ok(ruled)
    }

    /// Writes a bit for each box.
    fn decide<T: Float>(&self, nodes: &Nodes<'_, '_, T>, element: usize, mask: ValueId) {
        let bits = nodes.recorder.mask_bits(mask);
        nodes.recorder.build(|b| {
            let (bits, index) = (b.wrap(bits, Lane::U16), b.uniform(element as i64));
            b.store_uniform(self.decisions, index, bits);
        });
    }

    /// One element where the index is certain, else any of the table.
    fn look_up<T: Float>(
        &self,
        nodes: &mut Nodes<'_, '_, T>,
        ty: Type,
        table: TableId,
        index: NodeId,
    ) -> [ValueId; PARTS] {
        let [lower, upper] = self.parts(nodes, index);
        let range = nodes.graph().tables()[table.index()].range();
        let [least, greatest] = range.map(|value| nodes.constant(value));
        let element = nodes.look_up(ty, table.index(), lower);
        let recorder = nodes.recorder;
        let is_certain = recorder.ieq(Int32(lower), Int32(upper));
        [least, greatest].map(|bound| match ty {
            Type::Real => recorder.select(is_certain, element, bound),
            _ => recorder.iselect(is_certain, Int32(element), Int32(bound)).0,
        })
    }
}
