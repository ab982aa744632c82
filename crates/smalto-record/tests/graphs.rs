//! Random graphs: the recorded kernel, run by the interpreter of kernels, gives what the
//! reference gives at each point, whatever the width and the number of points.

mod common;

use common::{Random, lane, literal, recordable, recordable_of_reals};
use proptest::prelude::*;
use smalto_graph::{Element, Graph, Type, Value, VariableId};
use smalto_kernel::interpret::{Buffer, Interpreter};
use smalto_kernel::{Literal, parse};
use smalto_lower::Reference;
use smalto_record::{Order, Recording, Workspace, record_point_in, record_slices_in};

/// Such graphs of real inputs, with no integer outputs.
fn real(size: usize) -> impl Strategy<Value = Graph> {
    recordable_of_reals(size).prop_map(|mut graph| {
        let outputs = graph.outputs().to_vec();
        graph.clear_outputs();
        for output in outputs {
            if matches!(graph.ty(output.node), Type::Real | Type::Bool) {
                graph.output(&output.name, output.node).unwrap();
            }
        }
        graph
    })
}

/// A call of a kernel over slices.
struct Call<'g> {
    graph: &'g Graph,
    element: Element,
    uniform: Vec<bool>,
    /// For each input, whether all points have one value.
    is_shared: Vec<bool>,
    /// The inputs, point by point.
    points: Vec<Vec<Value>>,
}

impl<'g> Call<'g> {
    fn random(graph: &'g Graph, element: Element, points: usize, random: &mut Random) -> Call<'g> {
        let inputs = graph.variables().len();
        let uniform: Vec<bool> = (0..inputs).map(|_| random.below(3) == 0).collect();
        let is_shared: Vec<bool> = uniform
            .iter()
            .map(|&uniform| uniform || random.below(3) == 0)
            .collect();
        let first = random.point(graph);
        let point = |_| {
            let mut point = random.point(graph);
            for at in (0..inputs).filter(|&at| is_shared[at]) {
                point[at] = first[at];
            }
            point
        };
        Call {
            points: (0..points).map(point).collect(),
            graph,
            element,
            uniform,
            is_shared,
        }
    }

    fn varying(&self) -> impl Iterator<Item = VariableId> {
        let ids = self.graph.variable_ids();
        ids.filter(|id| !self.uniform[id.index()])
    }

    fn column(&self, id: VariableId, width: usize) -> Buffer {
        let lane = lane(self.graph.variables()[id.index()].ty, self.element);
        let values = self
            .points
            .iter()
            .map(|point| literal(point[id.index()], self.element));
        match self.is_shared[id.index()] {
            false => Buffer::of(lane, values),
            true => Buffer::of(lane, values.take(1).cycle().take(width)),
        }
    }

    /// The outputs of the kernel: for each, a buffer.
    fn run(&self, recording: &Recording, width: usize) -> Vec<Buffer> {
        let count = self.points.len();
        let mut buffers: Vec<Buffer> = self.varying().map(|id| self.column(id, width)).collect();
        let inputs = buffers.len();
        let outputs = self.graph.outputs().iter();
        buffers.extend(outputs.map(|output| {
            Buffer::uninitialised(lane(self.graph.ty(output.node), self.element), count)
        }));
        let mut arguments = vec![Literal::from(count as i64)];
        let mask = |id: VariableId| if self.is_shared[id.index()] { 0i64 } else { -1 };
        arguments.extend(self.varying().map(|id| Literal::from(mask(id))));
        for id in self
            .graph
            .variable_ids()
            .filter(|id| self.uniform[id.index()])
        {
            let zero = || lane(self.graph.variables()[id.index()].ty, self.element);
            let first = self.points.first();
            let value = first.map(|point| literal(point[id.index()], self.element));
            arguments.push(value.unwrap_or_else(|| Literal::zero(zero())));
        }
        let interpreter = Interpreter::new(recording.module()).expect("it verifies");
        let interpreter = interpreter.width(width);
        interpreter
            .run("slices", &mut buffers, &arguments)
            .expect("it runs");
        buffers.split_off(inputs)
    }

    fn check(&self, recording: &Recording, width: usize) {
        let outputs = self.run(recording, width);
        for (at, point) in self.points.iter().enumerate() {
            let expected = Reference(self.element).run(self.graph, point).unwrap();
            for (index, (output, value)) in outputs.iter().zip(expected).enumerate() {
                assert_eq!(
                    output.get(at),
                    Some(literal(value, self.element)),
                    "output {index} at point {at} of {} in waves of {width}",
                    self.points.len(),
                );
            }
        }
    }
}

const ELEMENTS: [Element; 2] = [Element::F32, Element::F64];
const ORDERS: [Order; 2] = [Order::AsWritten, Order::DepthFirst];

proptest! {
    #[test]
    fn slices_are_what_the_reference_says(
        graphs in prop::collection::vec(recordable(40), 1..4),
        seed: u64,
    ) {
        let mut random = Random(seed);
        // One workspace for all: what one graph leaves there must not show in the next.
        let mut workspace = Workspace::default();
        for graph in &graphs {
            let width = random.pick(&[1, 2, 4, 8, 16, 64]);
            let counts = [0, width, width + 1, 2 * width, 3 * width + 1, 3 * width - 1];
            let (element, order) = (random.pick(&ELEMENTS), random.pick(&ORDERS));
            let points = random.pick(&counts);
            let call = Call::random(graph, element, points.max(width.min(points)), &mut random);
            let recording =
                record_slices_in(graph, element, &call.uniform, order, &mut workspace).unwrap();
            let text = recording.module().to_string();
            prop_assert_eq!(&parse(&text).expect("it is text"), recording.module());
            call.check(&recording, width);
            workspace.recycle(recording);
        }
    }

    #[test]
    fn a_point_is_what_the_reference_says(graph in real(40), seed: u64) {
        let mut random = Random(seed);
        let (element, order) = (random.pick(&ELEMENTS), random.pick(&ORDERS));
        let recording =
            record_point_in(&graph, element, order, &mut Workspace::default()).unwrap();
        let real = lane(Type::Real, element);
        let interpreter = Interpreter::new(recording.module()).expect("it verifies");
        for _ in 0..4 {
            let point = random.point(&graph);
            let inputs = point.iter().map(|&value| literal(value, element));
            let mut buffers = [
                Buffer::of(real, inputs),
                Buffer::uninitialised(real, graph.outputs().len()),
            ];
            interpreter.run("point", &mut buffers, &[]).expect("it runs");
            let expected = Reference(element).run(&graph, &point).unwrap();
            let expected = expected.into_iter().map(|value| literal(value, element));
            prop_assert_eq!(&buffers[1], &Buffer::of(real, expected));
        }
    }

    /// Each instruction that computes is of the node whose value it gives or helps to give:
    /// nodes come after their operands.
    #[test]
    fn sources_are_nodes_in_order(graph in recordable(40)) {
        let uniform = vec![false; graph.variables().len()];
        let order = Order::AsWritten;
        let workspace = &mut Workspace::default();
        let recording =
            record_slices_in(&graph, Element::F32, &uniform, order, workspace).unwrap();
        let live = graph.live();
        let routine = recording.module().routine(recording.kernel());
        let values = routine.block_ids().flat_map(|block| routine.instructions_in(block));
        for value in values {
            if let Some(node) = recording.source(&graph, value) {
                prop_assert!(live[node.index()]);
            }
        }
    }
}
