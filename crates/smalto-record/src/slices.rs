//! A graph over slices, as a kernel.
//!
//! The kernel is called `slices` and of any width W. Its buffers are the inputs that vary,
//! in the order the graph declares them, then the outputs. Its parameters are
//!
//! - `n: u.i64`, the number of points: 0, or at least W. Of fewer points the caller makes a
//!   wave in memory of its own;
//! - for each input that varies a mask, a `u.i64`: -1 if the buffer has a value for each
//!   point, or 0 if it has one for all, repeated for a wave. Indices are taken under it;
//! - the inputs that do not vary.
//!
//! Buffers and parameters are named after inputs and outputs, and where a name is taken a
//! number is added. Truth values are reals in memory, 1 and 0.
//!
//! Waves begin at 0, W, 2W and so on, all of them whole. If n is no multiple of W the last
//! begins at n - W: it computes some points again. That gives the same values, since a
//! point depends on its own inputs only, and no two buffers overlap. So there is one body,
//! without masks, and nothing outside the slices is touched on any target.
//!
//! ```text
//! entry:          what no slice has a part in; if n <= 0 to end
//! header(i):      loads at i, the body, stores at i
//!                 if i + W < n to header(min(i + W, n - W)), else to end
//! end:
//! ```

use crate::names::Names;
use crate::nodes::{Nodes, lane_of};
use crate::order::Order;
use crate::parts::{INDEX, Turn, declare_scalars, spread};
use crate::recording::{Workspace, record_nodes};
use crate::{RecordError, Recording};
use smalto_graph::{Element, Graph, Node, NodeId, Output, VariableId};
use smalto_kernel::{Access, BufferId, Builder, Rate, Routine, ValueId, Width};
use smalto_lower::Float;

/// Records an optimised graph over slices. `uniform` says for each input whether it has one
/// value a call; what depends on such inputs alone is computed before the loop. The page of
/// [kernels over slices](crate::slices) says how to call the kernel.
///
/// # Errors
/// If the graph has an operation that is not written over primitives yet, calls functions
/// of the user's, or has more inputs and outputs than a kernel has buffers.
///
/// # Panics
/// If `uniform` is not as long as the graph has inputs.
pub fn record_slices(
    graph: &Graph,
    element: Element,
    uniform: &[bool],
) -> Result<Recording, RecordError> {
    let mut workspace = Workspace::default();
    record_slices_in(graph, element, uniform, Order::default(), &mut workspace)
}

/// [`record_slices`] in storage that was used before, with instructions in an order of
/// choice.
///
/// # Errors
/// As those.
///
/// # Panics
/// As that.
pub fn record_slices_in(
    graph: &Graph,
    element: Element,
    uniform: &[bool],
    order: Order,
    workspace: &mut Workspace,
) -> Result<Recording, RecordError> {
    check_slices(graph, uniform, [1, 1], 0)?;
    match element {
        Element::F32 => record::<f32>(graph, uniform, order, workspace),
        Element::F64 => record::<f64>(graph, uniform, order, workspace),
    }
}

/// That a kernel has buffers for the inputs that vary and for the outputs, so many for each of
/// either, and for `more`.
///
/// # Panics
/// If `uniform` is not as long as the graph has inputs.
pub(crate) fn check_slices(
    graph: &Graph,
    uniform: &[bool],
    [of_input, of_output]: [usize; 2],
    more: usize,
) -> Result<(), RecordError> {
    assert_eq!(
        uniform.len(),
        graph.variables().len(),
        "uniform or not, for each input"
    );
    let inputs = uniform.iter().filter(|&&uniform| !uniform).count();
    let slices = of_input * inputs + of_output * graph.outputs().len() + more;
    match slices > Routine::MAX_BUFFERS {
        true => Err(RecordError::TooManySlices { count: slices }),
        false => Ok(()),
    }
}

/// An input that varies.
pub(crate) struct Slice {
    pub(crate) node: NodeId,
    buffer: BufferId,
    mask: ValueId,
}

/// What the kernel is given.
pub(crate) struct Signature {
    pub(crate) slices: Vec<Slice>,
    /// For each output a buffer for each of its parts.
    pub(crate) outputs: Vec<BufferId>,
    pub(crate) n: ValueId,
    pub(crate) scalars: Vec<(NodeId, ValueId)>,
}

impl Signature {
    /// `parts` are what the names of the parts of outputs end in.
    pub(crate) fn declare<T: Float>(
        b: &mut Builder,
        graph: &Graph,
        uniform: &[bool],
        parts: &[&str],
    ) -> Signature {
        let mut names = Names::default();
        // The number of points is called `n` whatever inputs are called.
        let count = names.unique("n");
        let mut buffer = |wanted: &str, node, access| {
            let name = names.unique(wanted);
            (
                name.clone(),
                b.buffer(&name, lane_of::<T>(graph.ty(node)), access),
            )
        };
        let inputs = graph.variable_ids().zip(graph.variables());
        let slices = inputs.filter(|(id, _)| !uniform[id.index()]);
        let slices = slices.map(|(id, variable)| {
            let node = graph.variable_node(id);
            (node, buffer(&variable.name, node, Access::Read))
        });
        let slices: Vec<(NodeId, (String, BufferId))> = slices.collect();
        let outputs = graph.outputs().iter();
        let outputs = outputs.flat_map(|output| parts.iter().map(move |part| (output, part)));
        let outputs = outputs.map(|(output, part)| {
            let name = format!("{}{part}", output.name);
            buffer(&name, output.node, Access::Write).1
        });
        let outputs = outputs.collect();
        let n = b.parameter(&count, INDEX);
        let slices = slices.into_iter().map(|(node, (name, buffer))| Slice {
            node,
            buffer,
            mask: b.parameter(&names.unique(&format!("{name}_step_mask")), INDEX),
        });
        let slices = slices.collect();
        let is_uniform = |id: VariableId| uniform[id.index()];
        let scalars = declare_scalars::<T>(b, &mut names, graph, is_uniform);
        Signature {
            slices,
            outputs,
            n,
            scalars,
        }
    }
}

fn record<T: Float>(
    graph: &Graph,
    uniform: &[bool],
    order: Order,
    workspace: &mut Workspace,
) -> Result<Recording, RecordError> {
    let mut b = workspace.kernel("slices", Width::Any);
    let signature = Signature::declare::<T>(&mut b, graph, uniform, &[""]);
    let is_varying_leaf = varying_leaf(uniform);
    let Workspace {
        nodes,
        order: storage,
        ..
    } = workspace;
    order.find(graph, is_varying_leaf, storage);
    record_nodes::<T, _>(b, Rate::Varying, graph, nodes, |nodes| {
        spread(nodes, &signature.scalars);
        nodes.record_all(storage.uniform().iter().copied())?;
        let turn = Turn::begin(nodes, signature.n);
        load(nodes, &signature.slices, turn.i, |node| {
            storage.is_live(node)
        });
        nodes.record_all(storage.varying().iter().copied())?;
        store(nodes, graph.outputs(), &signature.outputs, turn.i);
        turn.end(nodes, signature.n);
        nodes.recorder.build(Builder::return_nothing);
        Ok(())
    })
}

/// Whether a node is an input that varies.
pub(crate) fn varying_leaf(uniform: &[bool]) -> impl Fn(Node) -> bool {
    |node| match node {
        Node::Variable { variable, .. } => !uniform[variable.index()],
        _ => false,
    }
}

/// Loads the inputs that vary and are used.
pub(crate) fn load<T: Float>(
    nodes: &mut Nodes<'_, '_, T>,
    slices: &[Slice],
    i: ValueId,
    is_live: impl Fn(NodeId) -> bool,
) {
    for slice in slices.iter().filter(|slice| is_live(slice.node)) {
        let loaded = nodes.recorder.build(|b| {
            let index = b.and(i, slice.mask);
            b.load(slice.buffer, index, None)
        });
        nodes.set(slice.node, loaded);
    }
}

fn store<T: Float>(
    nodes: &mut Nodes<'_, '_, T>,
    outputs: &[Output],
    buffers: &[BufferId],
    i: ValueId,
) {
    for (output, &buffer) in outputs.iter().zip(buffers) {
        let value = nodes.number(output.node);
        nodes.recorder.build(|b| b.store(buffer, i, value, None));
        nodes.note(output.node.index() as u32);
    }
}
