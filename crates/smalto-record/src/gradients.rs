//! A graph with its gradient over slices, as a kernel.
//!
//! The kernel is like that of a graph over [slices](crate::slices), called `gradients`, and has
//! four buffers for each output: the value, and its partial derivatives by three of the inputs,
//! the *axes*. They are what the [domain of gradients](smalto_lower::domain::Gradients) says,
//! to the bit, if inputs are numbers [within a limit](record_gradients).

use crate::nodes::{Nodes, operand_type};
use crate::order::Order;
use crate::parts::{Turn, spread};
use crate::recording::{Workspace, record_nodes};
use crate::rule::Rule;
use crate::slices::{Signature, check_slices, load, varying_leaf};
use crate::{RecordError, Recording};
use smalto_graph::{Element, Graph, Node, NodeId, Type, VariableId};
use smalto_kernel::{Builder, Rate, ValueId, Width};
use smalto_lower::domain::{Gradient, Gradients, Interval};
use smalto_lower::{Float, Machine};

/// How many partial derivatives there are.
pub const AXES: usize = 3;
/// The value and its partial derivatives.
const PARTS: usize = AXES + 1;

/// Records an optimised graph and its partial derivatives by `axes` over slices; those by `None`
/// are 0. `uniform` says for each input whether it has one value a call. All inputs that are reals
/// are numbers from `-limit` to `limit`, so that where no slope can be infinite because of those,
/// nothing is asked about that. The page of [gradients over slices](crate::gradients) says how to
/// call the kernel.
///
/// # Errors
/// As for [`record_slices`](crate::record_slices).
///
/// # Panics
/// If `uniform` is not as long as the graph has inputs.
///
/// ```
/// use smalto_graph::Element;
/// use smalto_kernel::interpret::{Buffer, Interpreter};
/// use smalto_record::record_gradients;
///
/// let graph = smalto_graph::formula::parse("input x; input y; output d = x * y;")?;
/// let axes = ["x", "y", "z"].map(|name| graph.variable_named(name));
/// let recording = record_gradients(&graph, Element::F32, &[false, false], axes, 100.0)?;
/// let output = || Buffer::uninitialised(smalto_kernel::Lane::F32, 4);
/// let mut buffers = [
///     Buffer::from([1.0f32, 2.0, 3.0, 4.0]),
///     Buffer::from([5.0f32, 6.0, 7.0, 8.0]),
///     output(),
///     output(),
///     output(),
///     output(),
/// ];
/// // The number of points, and that x and y go on from point to point.
/// Interpreter::new(recording.module())?.width(4).run(
///     "gradients",
///     &mut buffers,
///     &[4i64.into(), (-1i64).into(), (-1i64).into()],
/// )?;
/// assert_eq!(buffers[2].to_vec(), Some(vec![5.0f32, 12.0, 21.0, 32.0]));
/// assert_eq!(buffers[3].to_vec(), Some(vec![5.0f32, 6.0, 7.0, 8.0]), "by x it is y");
/// assert_eq!(buffers[5].to_vec(), Some(vec![0.0f32; 4]), "it does not depend on z");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn record_gradients(
    graph: &Graph,
    element: Element,
    uniform: &[bool],
    axes: [Option<VariableId>; AXES],
    limit: f64,
) -> Result<Recording, RecordError> {
    check_slices(graph, uniform, [1, PARTS], 0)?;
    match element {
        Element::F32 => record::<f32>(graph, uniform, axes, limit),
        Element::F64 => record::<f64>(graph, uniform, axes, limit),
    }
}

fn record<T: Float>(
    graph: &Graph,
    uniform: &[bool],
    axes: [Option<VariableId>; AXES],
    limit: f64,
) -> Result<Recording, RecordError> {
    let mut workspace = Workspace::default();
    let mut b = workspace.kernel("gradients", Width::Any);
    let parts = ["", "_by_0", "_by_1", "_by_2"];
    let signature = Signature::declare::<T>(&mut b, graph, uniform, &parts);
    let Workspace {
        nodes,
        order: storage,
        ..
    } = &mut workspace;
    Order::DepthFirst.find(graph, varying_leaf(uniform), storage);
    record_nodes::<T, _>(b, Rate::Varying, graph, nodes, |nodes| {
        let mut slopes = Slopes::new(nodes, axes);
        spread(nodes, &signature.scalars);
        assume_within(
            nodes,
            signature.scalars.iter().map(|&(node, _)| node),
            limit,
        );
        slopes.record_all(nodes, storage.uniform().iter().copied())?;
        let turn = Turn::begin(nodes, signature.n);
        load(nodes, &signature.slices, turn.i, |node| {
            storage.is_live(node)
        });
        let loaded = signature.slices.iter().map(|slice| slice.node);
        assume_within(nodes, loaded.filter(|&node| storage.is_live(node)), limit);
        slopes.record_all(nodes, storage.varying().iter().copied())?;
        for (output, buffers) in graph.outputs().iter().zip(signature.outputs.chunks(PARTS)) {
            let values = slopes.given(nodes, output.node);
            for (&buffer, value) in buffers.iter().zip(values) {
                nodes
                    .recorder
                    .build(|b| b.store(buffer, turn.i, value, None));
            }
            nodes.note(output.node.index() as u32);
        }
        turn.end(nodes, signature.n);
        nodes.recorder.build(Builder::return_nothing);
        Ok(())
    })
}

/// Assumes that inputs, which were recorded, are from `-limit` to `limit` if they are reals.
fn assume_within<T: Float>(
    nodes: &Nodes<'_, '_, T>,
    inputs: impl Iterator<Item = NodeId>,
    limit: f64,
) {
    for input in inputs.filter(|&input| nodes.graph().ty(input) == Type::Real) {
        let bounds = Interval::new(-limit, limit);
        nodes.recorder.assume(nodes.value(input), bounds);
    }
}

/// The partial derivatives of nodes that were recorded.
struct Slopes {
    /// For each node; of what has none, zeros.
    partials: Vec<[ValueId; AXES]>,
    zero: ValueId,
}

impl Slopes {
    /// Those of inputs: each axis has 1 by itself.
    fn new<T: Float>(nodes: &mut Nodes<'_, '_, T>, axes: [Option<VariableId>; AXES]) -> Slopes {
        let graph = nodes.graph();
        let (zero, one) = (nodes.recorder.real(0.0), nodes.recorder.real(1.0));
        let mut partials = vec![[zero; AXES]; graph.len()];
        for (index, axis) in axes.into_iter().enumerate() {
            if let Some(axis) = axis {
                partials[graph.variable_node(axis).index()][index] = one;
            }
        }
        Slopes { partials, zero }
    }

    /// A node's value and partial derivatives.
    fn parts<T: Float>(&self, nodes: &Nodes<'_, '_, T>, id: NodeId) -> [ValueId; PARTS] {
        let [a, b, c] = self.partials[id.index()];
        [nodes.number(id), a, b, c]
    }

    /// The same as it is given out.
    fn given<T: Float>(&self, nodes: &Nodes<'_, '_, T>, id: NodeId) -> [ValueId; PARTS] {
        let [value, partials @ ..] = self.parts(nodes, id);
        if nodes.graph().ty(id) != Type::Real {
            return [value, self.zero, self.zero, self.zero];
        }
        let Gradient {
            value,
            partials: [a, b, c],
        } = Gradient::new(value, partials).given(nodes.recorder);
        [value, a, b, c]
    }

    /// Records nodes that come after their operands, except inputs: those were said before.
    fn record_all<T: Float>(
        &mut self,
        nodes: &mut Nodes<'_, '_, T>,
        ids: impl Iterator<Item = NodeId>,
    ) -> Result<(), RecordError> {
        let graph = nodes.graph();
        for id in ids {
            let value = match graph.node(id) {
                Node::Variable { .. } => continue,
                Node::Apply { op, .. } => {
                    let operands = graph.operands(id);
                    let mut rule = Rule::new(nodes.recorder, self.zero);
                    for (parts, &operand) in rule.operands.iter_mut().zip(operands) {
                        let [a, b, c] = self.partials[operand.index()];
                        *parts = [nodes.value(operand), a, b, c];
                    }
                    let values = rule.operands.map(|parts| parts[0]);
                    let ruled = rule.record::<Gradients<AXES>>(op, operand_type(graph, id));
                    nodes.check(op)?;
                    let [value, a, b, c] = ruled.parts;
                    self.partials[id.index()] = [a, b, c];
                    if graph.ty(id) == Type::Real && operand_type(graph, id) == Type::Real {
                        nodes.recorder.narrow(value, op, values);
                    }
                    value
                }
                node => nodes.record_plain(node)?,
            };
            nodes.set(id, value);
        }
        Ok(())
    }
}
