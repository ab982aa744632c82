//! What kernels over many points are made of: a loop over waves, and inputs that do not vary.

use crate::names::Names;
use crate::nodes::{GLUE, Nodes, lane_of};
use smalto_graph::{Graph, NodeId, VariableId};
use smalto_kernel::{Builder, Label, Lane, ValueId, ValueType};
use smalto_lower::Float;

/// The type of indices.
pub(crate) const INDEX: ValueType = ValueType::uniform(Lane::I64);

/// Declares parameters for the inputs that do not vary, in order.
pub(crate) fn declare_scalars<T: Float>(
    b: &mut Builder,
    names: &mut Names,
    graph: &Graph,
    is_uniform: impl Fn(VariableId) -> bool,
) -> Vec<(NodeId, ValueId)> {
    let inputs = graph.variable_ids().zip(graph.variables());
    let scalars = inputs.filter(|&(id, _)| is_uniform(id));
    let scalars = scalars.map(|(id, variable)| {
        let ty = ValueType::uniform(lane_of::<T>(variable.ty));
        let parameter = b.parameter(&names.unique(&variable.name), ty);
        (graph.variable_node(id), parameter)
    });
    scalars.collect()
}

/// Makes the nodes of those inputs the parameters, in every lane.
pub(crate) fn spread<T: Float>(nodes: &mut Nodes<'_, '_, T>, scalars: &[(NodeId, ValueId)]) {
    for &(node, parameter) in scalars {
        let spread = nodes.recorder.build(|b| b.splat(parameter));
        nodes.set(node, spread);
    }
}

/// One turn of a loop over whole waves, being recorded: [kernels over
/// slices](crate::slices) have its shape.
pub(crate) struct Turn {
    /// Where the wave begins.
    pub(crate) i: ValueId,
    width: ValueId,
    header: Label,
    end: Label,
}

impl Turn {
    /// Ends the block and begins the first turn of a loop over `n` points.
    pub(crate) fn begin<T: Float>(nodes: &mut Nodes<'_, '_, T>, n: ValueId) -> Turn {
        let turn = nodes.recorder.build(|b| {
            let (zero, width) = (b.uniform(0i64), b.width());
            let (header, end) = (b.label(&[INDEX]), b.label(&[]));
            let some = b.lt(zero, n);
            b.branch(some, (header, &[zero]), (end, &[]));
            let i = b.begin(header).at(0);
            Turn {
                i,
                width,
                header,
                end,
            }
        });
        nodes.note(GLUE);
        turn
    }

    /// Ends the turn and begins the block after the loop.
    pub(crate) fn end<T: Float>(self, nodes: &mut Nodes<'_, '_, T>, n: ValueId) {
        nodes.recorder.build(|b| {
            let next = b.add(self.i, self.width);
            let last = b.sub(n, self.width);
            let start = b.min(next, last);
            let more = b.lt(next, n);
            b.branch(more, (self.header, &[start]), (self.end, &[]));
            b.begin(self.end);
        });
        nodes.note(GLUE);
    }
}
