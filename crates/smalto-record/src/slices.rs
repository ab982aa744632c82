//! A graph over slices, as a kernel.
//!
//! The kernel is called `slices`. Its buffers are the inputs that vary, in the order the
//! graph declares them, then the outputs. Its parameters are
//!
//! - `n`, the number of points: 0, or at least as many as a wave has lanes;
//! - for each input that varies a mask: -1 if there is a value for each point, or 0 if
//!   there is one for all, repeated for a wave. Indices are taken under the mask;
//! - the inputs that do not vary.
//!
//! Waves begin at 0, W, 2W and so on, all of them whole. If n is no multiple of W the last
//! begins at n - W: it computes some points again. That gives the same values, since a
//! point depends on its own inputs only, and no two buffers overlap. So there is one body,
//! without masks, and nothing outside the slices is touched on any target.

use crate::nodes::{GLUE, Nodes};
use crate::recorder::State;
use crate::{RecordError, Recording};
use smalto_graph::{Element, Graph, Node, NodeId, Type};
use smalto_kernel::{Access, BufferId, Builder, Lane, Rate, Routine, ValueId, ValueType, Width};
use smalto_lower::{Float, Machine};

/// Records an optimised graph over slices: the kernel described in the source of this
/// function. `uniform` says for each input whether it has one value a call. What depends on
/// such inputs alone is computed before the loop. Bool outputs give the reals 0 and 1.
///
/// # Errors
/// If the graph has an operation that is not written over primitives yet, or calls
/// functions of the user's.
///
/// # Panics
/// If `uniform` is not as long as the graph has inputs.
pub fn record_slices(
    graph: &Graph,
    element: Element,
    uniform: &[bool],
) -> Result<Recording, RecordError> {
    assert_eq!(uniform.len(), graph.variables().len());
    let slices = uniform.iter().filter(|&&uniform| !uniform).count() + graph.outputs().len();
    if slices > Routine::MAX_BUFFERS {
        return Err(RecordError::TooManySlices { count: slices });
    }
    match element {
        Element::F32 => record::<f32>(graph, uniform),
        Element::F64 => record::<f64>(graph, uniform),
    }
}

/// The lane type of values of a graph type.
pub(crate) fn lane_of(ty: Type, element: Element) -> Lane {
    match (ty, element) {
        (Type::Real | Type::Bool, Element::F32) => Lane::F32,
        (Type::Real | Type::Bool, Element::F64) => Lane::F64,
        (Type::I32, _) => Lane::I32,
        (Type::I64, _) => Lane::I64,
    }
}

/// Whether each node differs from point to point.
pub(crate) fn varying(graph: &Graph, uniform: &[bool]) -> Vec<bool> {
    let mut varying = vec![false; graph.len()];
    for id in graph.ids() {
        varying[id.index()] = match graph.node(id) {
            Node::Variable { variable, .. } => !uniform[variable.index()],
            _ => graph.operands(id).iter().any(|o| varying[o.index()]),
        };
    }
    varying
}

/// An input that varies: its node, its buffer, and its mask.
struct Slice {
    node: NodeId,
    buffer: BufferId,
    mask: ValueId,
}

fn record<T: Float>(graph: &Graph, uniform: &[bool]) -> Result<Recording, RecordError> {
    const INDEX: ValueType = ValueType::uniform(Lane::I64);
    let mut b = Builder::kernel("slices", Width::Any);
    let live = graph.live();
    let varying = varying(graph, uniform);
    let inputs: Vec<NodeId> = graph
        .variables()
        .iter()
        .enumerate()
        .map(|(at, _)| variable_node(graph, at))
        .collect();
    let lane = |id: NodeId| lane_of(graph.ty(id), T::ELEMENT);
    let buffers: Vec<Option<BufferId>> = inputs
        .iter()
        .enumerate()
        .map(|(at, &node)| {
            let name = format!("in{at}");
            (!uniform[at]).then(|| b.buffer(&name, lane(node), Access::Read))
        })
        .collect();
    let outputs: Vec<BufferId> = graph
        .outputs()
        .iter()
        .enumerate()
        .map(|(at, output)| b.buffer(&format!("out{at}"), lane(output.node), Access::Write))
        .collect();
    let n = b.parameter("n", INDEX);
    let mut slices = Vec::new();
    for (at, &buffer) in buffers.iter().enumerate() {
        if let Some(buffer) = buffer {
            slices.push(Slice {
                node: inputs[at],
                buffer,
                mask: b.parameter(&format!("mask{at}"), INDEX),
            });
        }
    }
    let mut scalars = Vec::new();
    for (at, &node) in inputs.iter().enumerate() {
        if uniform[at] {
            let ty = ValueType::uniform(lane(node));
            scalars.push((node, b.parameter(&format!("scalar{at}"), ty)));
        }
    }
    let state = State::new(b, Rate::Varying, Width::Any);
    let mut nodes = Nodes::<T>::new(&state, graph);
    nodes.note(GLUE);
    for (node, parameter) in scalars {
        let spread = nodes.recorder.build(|b| b.splat(parameter));
        nodes.set(node, spread);
    }
    for id in graph.ids() {
        if live[id.index()] && !varying[id.index()] {
            nodes.record(id)?;
        }
    }
    let recorder = nodes.recorder;
    let (header, end, width) = recorder.build(|b| {
        let (zero, width) = (b.uniform(0i64), b.width());
        let (header, end) = (b.label(&[INDEX]), b.label(&[]));
        let some = b.lt(zero, n);
        b.branch(some, (header, &[zero]), (end, &[]));
        (header, end, width)
    });
    let i = recorder.build(|b| b.begin(header).at(0));
    nodes.note(GLUE);
    for slice in &slices {
        if live[slice.node.index()] {
            let loaded = recorder.build(|b| {
                let index = b.and(i, slice.mask);
                b.load(slice.buffer, index, None)
            });
            nodes.set(slice.node, loaded);
        }
    }
    for id in graph.ids() {
        if live[id.index()] && varying[id.index()] {
            nodes.record(id)?;
        }
    }
    for (output, &buffer) in graph.outputs().iter().zip(&outputs) {
        let mut value = nodes.value(output.node);
        if graph.ty(output.node) == Type::Bool {
            value = recorder.select(value, recorder.real(1.0), recorder.real(0.0));
        }
        recorder.build(|b| b.store(buffer, i, value, None));
        nodes.note(output.node.index() as u32);
    }
    recorder.build(|b| {
        let next = b.add(i, width);
        let last = b.sub(n, width);
        let clamped = b.min(next, last);
        let more = b.lt(next, n);
        b.branch(more, (header, &[clamped]), (end, &[]));
        b.begin(end);
        b.return_nothing();
    });
    nodes.note(GLUE);
    let sources = nodes.sources;
    Ok(Recording::finish(state.into_inner(), sources))
}

/// The node of the input at this position.
pub(crate) fn variable_node(graph: &Graph, at: usize) -> NodeId {
    let variable = graph.variable_named(&graph.variables()[at].name);
    graph.variable_node(variable.expect("an input is there by its own name"))
}
