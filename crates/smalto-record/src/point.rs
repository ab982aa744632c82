//! A graph at one point, as a kernel.
//!
//! The kernel is called `point`. It reads the inputs from the buffer `inputs` and writes the
//! outputs to the buffer `outputs`, each in the order the graph declares them. Everything is
//! uniform, so a target computes single values.

use crate::nodes::{GLUE, Nodes};
use crate::order::Order;
use crate::recording::{Workspace, record_nodes};
use crate::{RecordError, Recording};
use smalto_graph::{Element, Graph, Type};
use smalto_kernel::{Access, BufferId, Builder, Rate, Width};
use smalto_lower::Float;

/// Records an optimised graph of reals at one point; its page tells about the [kernel at a
/// point](crate::point). Bool outputs give 0 and 1.
///
/// # Errors
/// If an input or output is no real, or the graph has an operation that is not written over
/// primitives yet or calls functions of the user's.
pub fn record_point(graph: &Graph, element: Element) -> Result<Recording, RecordError> {
    record_point_in(graph, element, Order::default(), &mut Workspace::default())
}

/// [`record_point`] in storage that was used before, with instructions in an order of
/// choice.
///
/// # Errors
/// As those.
pub fn record_point_in(
    graph: &Graph,
    element: Element,
    order: Order,
    workspace: &mut Workspace,
) -> Result<Recording, RecordError> {
    check_types(graph)?;
    match element {
        Element::F32 => record::<f32>(graph, order, workspace),
        Element::F64 => record::<f64>(graph, order, workspace),
    }
}

fn check_types(graph: &Graph) -> Result<(), RecordError> {
    let inputs = graph.variables().iter().map(|v| (&v.name, v.ty));
    let outputs = graph.outputs().iter().map(|o| (&o.name, graph.ty(o.node)));
    let outputs = outputs.filter(|&(_, ty)| ty != Type::Bool);
    match inputs.chain(outputs).find(|&(_, ty)| ty != Type::Real) {
        None => Ok(()),
        Some((name, ty)) => Err(RecordError::NotReal {
            name: name.to_string(),
            ty,
        }),
    }
}

fn record<T: Float>(
    graph: &Graph,
    order: Order,
    workspace: &mut Workspace,
) -> Result<Recording, RecordError> {
    let lane = crate::Recorder::<T>::REAL;
    // One lane: what holds more lanes than that computes for nobody.
    let mut b = workspace.kernel("point", Width::Lanes(1));
    let inputs = b.buffer("inputs", lane, Access::Read);
    let outputs = b.buffer("outputs", lane, Access::Write);
    let Workspace {
        nodes,
        order: storage,
        ..
    } = workspace;
    order.find(graph, |_| false, storage);
    record_nodes::<T, _>(b, Rate::Uniform, graph, nodes, |nodes| {
        for id in graph.variable_ids() {
            let node = graph.variable_node(id);
            if storage.is_live(node) {
                let value = nodes.recorder.build(|b| {
                    let index = b.uniform(id.index() as i64);
                    b.load_uniform(inputs, index)
                });
                nodes.set(node, value);
            }
        }
        nodes.record_all(storage.uniform().iter().copied())?;
        store(nodes, graph, outputs);
        nodes.recorder.build(Builder::return_nothing);
        nodes.note(GLUE);
        Ok(())
    })
}

fn store<T: Float>(nodes: &mut Nodes<'_, '_, T>, graph: &Graph, buffer: BufferId) {
    for (at, output) in graph.outputs().iter().enumerate() {
        let value = nodes.number(output.node);
        nodes.recorder.build(|b| {
            let index = b.uniform(at as i64);
            b.store_uniform(buffer, index, value);
        });
        nodes.note(output.node.index() as u32);
    }
}
