//! A graph at one point, as a kernel.

use crate::nodes::{GLUE, Nodes};
use crate::recorder::State;
use crate::slices::variable_node;
use crate::{RecordError, Recording};
use smalto_graph::{Element, Graph, Type};
use smalto_kernel::{Access, Builder, Lane, Rate, Width};
use smalto_lower::{Float, Machine};

/// Records an optimised graph of reals at one point. The kernel is called `point`; it reads
/// the inputs from the buffer `inputs` and writes the outputs to the buffer `outputs`.
/// Bool outputs give 0 and 1.
///
/// # Errors
/// If an input or output is no real, or the graph has an operation that is not written over
/// primitives yet or calls functions of the user's.
pub fn record_point(graph: &Graph, element: Element) -> Result<Recording, RecordError> {
    match element {
        Element::F32 => record::<f32>(graph, Lane::F32),
        Element::F64 => record::<f64>(graph, Lane::F64),
    }
}

fn record<T: Float>(graph: &Graph, lane: Lane) -> Result<Recording, RecordError> {
    let not_real = |name: &str, ty| RecordError::NotReal {
        name: name.into(),
        ty,
    };
    for variable in graph.variables() {
        if variable.ty != Type::Real {
            return Err(not_real(&variable.name, variable.ty));
        }
    }
    // One lane: what holds more lanes than that computes for nobody.
    let width = Width::Lanes(1);
    let mut b = Builder::kernel("point", width);
    let inputs = b.buffer("inputs", lane, Access::Read);
    let outputs = b.buffer("outputs", lane, Access::Write);
    let state = State::new(b, Rate::Uniform, width);
    let mut nodes = Nodes::<T>::new(&state, graph);
    nodes.note(GLUE);
    let recorder = nodes.recorder;
    let live = graph.live();
    for at in 0..graph.variables().len() {
        let node = variable_node(graph, at);
        if live[node.index()] {
            let value = recorder.build(|b| {
                let index = b.uniform(at as i64);
                b.load_uniform(inputs, index)
            });
            nodes.set(node, value);
        }
    }
    for id in graph.ids().filter(|id| live[id.index()]) {
        nodes.record(id)?;
    }
    for (at, output) in graph.outputs().iter().enumerate() {
        let mut value = nodes.value(output.node);
        match graph.ty(output.node) {
            Type::Real => {}
            Type::Bool => {
                value = recorder.select(value, recorder.real(1.0), recorder.real(0.0));
            }
            ty => return Err(not_real(&output.name, ty)),
        }
        recorder.build(|b| {
            let index = b.uniform(at as i64);
            b.store_uniform(outputs, index, value);
        });
        nodes.note(output.node.index() as u32);
    }
    recorder.build(Builder::return_nothing);
    let sources = nodes.sources;
    Ok(Recording::finish(state.into_inner(), sources))
}
