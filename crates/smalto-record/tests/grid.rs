//! Random graphs over grids: the three kernels, run one after the other, give at each point
//! what the reference gives.
#![allow(
    unused_imports,
    reason = "not everything that tests share is used here"
)]

mod common;

use common::{Random, lane, literal, recordable};
use proptest::prelude::*;
use smalto_graph::{Element, Graph, Type, Value, VariableId, formula};
use smalto_kernel::interpret::{Buffer, Interpreter};
use smalto_kernel::{Literal, Op};
use smalto_lower::Reference;
use smalto_record::{Grid, GridOptions, RecordError, Recording, record_grid};

const STRIDE: usize = 200;
/// From a row of an output to the next.
const PITCH: usize = STRIDE + 3;
const OPTIONS: GridOptions<'static> = GridOptions {
    x: "x",
    y: "y",
    columns: STRIDE as u32,
    rows: STRIDE as u32,
};

/// A grid of points to evaluate at.
struct Picture<'g> {
    graph: &'g Graph,
    element: Element,
    width: usize,
    /// The coordinates, and what the other inputs are at every point.
    columns: Vec<Value>,
    rows: Vec<Value>,
    point: Vec<Value>,
}

/// The values of rows in the order in which the cells read them.
fn transposed(values: &Buffer, row_values: usize, rows: usize) -> Buffer {
    let element = values.element();
    let zero = Literal::zero(element);
    let from: Vec<Literal> = (0..values.len())
        .map(|index| values.get(index).unwrap_or(zero))
        .collect();
    let mut to = vec![zero; row_values * rows];
    Grid::transpose(row_values, STRIDE, rows, &from, &mut to);
    Buffer::of(element, to)
}

impl Picture<'_> {
    fn axis(&self, name: &str) -> Option<VariableId> {
        self.graph.variable_named(name)
    }

    fn scalars(&self) -> impl Iterator<Item = Literal> {
        let axes = ["x", "y"].map(|name| self.axis(name));
        let ids = self
            .graph
            .variable_ids()
            .filter(move |&id| !axes.contains(&Some(id)));
        ids.map(|id| literal(self.point[id.index()], self.element))
    }

    fn buffer(&self, values: &[Value], length: usize) -> Buffer {
        let values = values.iter().cycle().take(length);
        let lane = lane(Type::Real, self.element);
        Buffer::of(lane, values.map(|&value| literal(value, self.element)))
    }

    fn run(&self, recording: &Recording, name: &str, buffers: &mut [Buffer], counts: &[usize]) {
        let interpreter = Interpreter::new(recording.module()).expect("it verifies");
        let mut arguments: Vec<Literal> = counts.iter().map(|&n| (n as i64).into()).collect();
        arguments.extend(self.scalars());
        let interpreter = interpreter.width(self.width);
        interpreter.run(name, buffers, &arguments).expect("it runs");
    }

    /// The values of an axis at `count` places.
    fn ahead(
        &self,
        recording: Option<&Recording>,
        name: &str,
        from: &[Value],
        count: usize,
        values: usize,
    ) -> Buffer {
        let real = lane(Type::Real, self.element);
        let mut buffers = [
            self.buffer(from, count),
            Buffer::uninitialised(real, values * STRIDE),
        ];
        if let Some(recording) = recording {
            self.run(recording, name, &mut buffers, &[count]);
        }
        let [_, values] = buffers;
        values
    }

    fn outputs(&self, grid: &Grid) -> Vec<Buffer> {
        let (columns, rows) = (self.columns.len(), self.rows.len());
        // Rows are computed in waves as well, and there must be one at least.
        let row_count = if rows == 0 { 0 } else { rows.max(self.width) };
        let mut buffers = vec![
            self.buffer(&self.columns, columns),
            self.buffer(&self.rows, rows),
            self.ahead(
                grid.columns.as_ref(),
                "columns",
                &self.columns,
                columns,
                grid.column_values,
            ),
            self.ahead(
                grid.rows.as_ref(),
                "rows",
                &self.rows,
                row_count,
                grid.row_values,
            ),
        ];
        let outputs = self.graph.outputs().iter();
        buffers[3] = transposed(&buffers[3], grid.row_values, rows);
        buffers.extend(outputs.map(|output| {
            let lane = lane(self.graph.ty(output.node), self.element);
            Buffer::uninitialised(lane, rows * PITCH)
        }));
        self.run(&grid.cells, "cells", &mut buffers, &[columns, rows, PITCH]);
        buffers.split_off(4)
    }

    fn check(&self, grid: &Grid) {
        let outputs = self.outputs(grid);
        for (row, y) in self.rows.iter().enumerate() {
            for (column, x) in self.columns.iter().enumerate() {
                let mut point = self.point.clone();
                for (axis, value) in [("x", x), ("y", y)] {
                    if let Some(id) = self.axis(axis) {
                        point[id.index()] = *value;
                    }
                }
                let expected = Reference(self.element).run(self.graph, &point).unwrap();
                for (index, (output, value)) in outputs.iter().zip(expected).enumerate() {
                    let found = output.get(row * PITCH + column);
                    let expected = Some(literal(value, self.element));
                    assert_eq!(found, expected, "output {index} at {column}, {row}");
                }
            }
            let beyond = row * PITCH + self.columns.len();
            assert!(outputs.iter().all(|output| output.get(beyond).is_none()));
        }
    }
}

proptest! {
    #[test]
    fn grids_are_what_the_reference_says(graph in recordable(40), seed: u64) {
        let mut random = Random(seed);
        let element = random.pick(&[Element::F32, Element::F64]);
        let width = random.pick(&[1, 2, 4, 8]);
        let counts = [0, width, width + 1, 2 * width, 3 * width - 1];
        let coordinates = |count: usize, random: &mut Random| -> Vec<Value> {
            (0..count).map(|_| random.value(Type::Real)).collect()
        };
        let grid = record_grid(&graph, element, OPTIONS).unwrap();
        let (columns, rows) = (random.pick(&counts), random.pick(&[0, 1, 2, 9]));
        let picture = Picture {
            columns: coordinates(columns, &mut random),
            rows: coordinates(rows, &mut random),
            point: random.point(&graph),
            graph: &graph,
            element,
            width,
        };
        picture.check(&grid);
    }
}

fn ops(recording: &Recording, op: Op) -> usize {
    let kernel = recording.module().routine(recording.kernel());
    kernel
        .instructions()
        .iter()
        .filter(|i| i.op() == op)
        .count()
}

#[test]
fn what_depends_on_one_axis_is_computed_ahead() {
    let graph = formula::parse("sqrt(x + 1) * floor(y) + trunc(x * y)").expect("it parses");
    let grid = record_grid(&graph, Element::F32, OPTIONS).expect("it is recorded");
    let (columns, rows) = (grid.columns.expect("x alone"), grid.rows.expect("y alone"));
    assert_eq!((grid.column_values, grid.row_values), (1, 1));
    for (op, expected) in [
        (Op::Sqrt, [1, 0, 0]),
        (Op::Floor, [0, 1, 0]),
        (Op::Trunc, [0, 0, 1]),
    ] {
        assert_eq!(
            [&columns, &rows, &grid.cells].map(|kernel| ops(kernel, op)),
            expected,
            "{op}"
        );
    }
}

#[test]
fn what_is_not_used_with_the_other_axis_is_an_output_of_cells() {
    let graph = formula::parse("x").expect("it parses");
    let grid = record_grid(&graph, Element::F32, OPTIONS).expect("it is recorded");
    assert!(grid.columns.is_none() && grid.rows.is_none());
}

#[test]
fn coordinates_are_real() {
    let graph = formula::parse("input x: i32; output d = x;").expect("it parses");
    let error = record_grid(&graph, Element::F32, OPTIONS).unwrap_err();
    assert_eq!(
        error,
        RecordError::NotReal {
            name: "x".into(),
            ty: Type::I32
        }
    );
}
