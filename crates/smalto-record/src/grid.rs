//! A graph over a grid of points, as three kernels.
//!
//! In a picture x is one value a column and y one value a row. What depends on x alone is
//! the same in every row, what depends on y alone the same in every column: of prospero
//! that is a third of all operations. So the graph is cut by rate. A value on the cut, one
//! that depends on one axis and is used together with the other, is computed ahead, once
//! a column or once a row, and lies in memory; the rest, computed once a point, loads it
//! where it is used. Only reals lie there. An integer or truth value that depends on one
//! axis is computed again from the reals below it.
//!
//! What lies in memory takes no register: loaded where it is used, it is a part of the
//! instruction. Prospero over slices has 126 values alive at once, its cells have 16. But a
//! pass that hoists loads out of the loop over columns would undo that.
//!
//! | kernel | computes | buffers | parameters |
//! |---|---|---|---|
//! | `columns` | values of x alone | `x` read, `values` written | `n` columns |
//! | `rows` | values of y alone | `y` read, `values` written | `n` rows |
//! | `cells` | the outputs | `x`, `y`, `column_values`, `row_values` read, then the outputs written | `columns`, `rows`, `pitch` |
//!
//! Counts are `u.i64`; after them come the inputs that are neither x nor y, in order, for
//! each kernel. A number of columns, and the number of rows given to the kernel `rows`, is
//! 0 or from W to the most that was [said](GridOptions); `rows` of `cells` may be any number
//! up to that. Value number v of column i is element v * columns + i, where `columns` is the
//! most columns there may be. The kernel `rows` writes likewise, value v of row j to element
//! v * rows + j; but `cells` reads it from element j * [row_values](Grid::row_values) + v,
//! so that what one row needs lies together: in between, the caller
//! [transposes](Grid::transpose). An output is element row * pitch + column of its buffer,
//! so a grid can be a part of a picture. Buffers are of whole waves only, as [over
//! slices](crate::slices). How many columns and rows there are at most is known when a grid
//! is recorded, so that it becomes a part of addresses.

use crate::names::Names;
use crate::nodes::{GLUE, Nodes, Spot, lane_of};
use crate::parts::{INDEX, Turn, declare_scalars, spread};
use crate::recording::record_nodes;
use crate::{RecordError, Recorder, Recording};
use smalto_graph::{Element, Graph, Node, NodeId, Type, VariableId};
use smalto_kernel::{Access, BufferId, Builder, Rate, Routine, ValueId, Width};
use smalto_lower::Float;

/// How a grid lies.
#[derive(Debug, Clone, Copy)]
pub struct GridOptions<'a> {
    /// The input that varies along a row. A graph may lack it.
    pub x: &'a str,
    /// The input that varies along a column. A graph may lack it.
    pub y: &'a str,
    /// The most columns of one call.
    pub columns: u32,
    /// The most rows of one call.
    pub rows: u32,
}

/// The kernels of a grid. See [their page](crate::grid).
#[derive(Debug, Clone)]
pub struct Grid {
    /// Computes values of columns, if there are any.
    pub columns: Option<Recording>,
    /// Computes values of rows, if there are any.
    pub rows: Option<Recording>,
    /// Computes the outputs.
    pub cells: Recording,
    /// How many values a column has.
    pub column_values: usize,
    /// How many values a row has.
    pub row_values: usize,
}

impl Grid {
    /// Brings what the kernel `rows` wrote for `count` rows, `rows` being the most there may
    /// be, into the order in which `cells` reads it.
    ///
    /// # Panics
    /// If the slices hold fewer values.
    pub fn transpose<T: Copy>(
        row_values: usize,
        rows: usize,
        count: usize,
        from: &[T],
        to: &mut [T],
    ) {
        // Row by row of the result within few values, so that both sides stay in the cache.
        const VALUES: usize = 16;
        for first in (0..row_values).step_by(VALUES) {
            let end = row_values.min(first + VALUES);
            for row in 0..count {
                let to = &mut to[row * row_values + first..row * row_values + end];
                for (value, to) in (first..end).zip(to) {
                    *to = from[value * rows + row];
                }
            }
        }
    }
}

/// Records an optimised graph over a grid.
///
/// # Errors
/// If the graph has an operation that is not written over primitives yet, calls functions of
/// the user's, has more outputs than a kernel has buffers, or x or y is no real.
pub fn record_grid(
    graph: &Graph,
    element: Element,
    options: GridOptions<'_>,
) -> Result<Grid, RecordError> {
    let buffers = graph.outputs().len() + 4;
    if buffers > Routine::MAX_BUFFERS {
        return Err(RecordError::TooManySlices { count: buffers });
    }
    let axes = [options.x, options.y].map(|name| graph.variable_named(name));
    for id in axes.into_iter().flatten() {
        let variable = &graph.variables()[id.index()];
        if variable.ty != Type::Real {
            return Err(RecordError::NotReal {
                name: variable.name.to_string(),
                ty: variable.ty,
            });
        }
    }
    let cut = Cut::of(graph, axes);
    match element {
        Element::F32 => record::<f32>(graph, &cut, options),
        Element::F64 => record::<f64>(graph, &cut, options),
    }
}

fn record<T: Float>(
    graph: &Graph,
    cut: &Cut,
    options: GridOptions<'_>,
) -> Result<Grid, RecordError> {
    let strides = [options.columns, options.rows].map(i64::from);
    let axis = |axis: Axis, kernel, coordinate| match cut.ahead(axis).is_empty() {
        true => Ok(None),
        false => {
            let stride = strides[axis as usize];
            record_axis::<T>(graph, cut, axis, kernel, coordinate, stride).map(Some)
        }
    };
    Ok(Grid {
        columns: axis(Axis::X, "columns", "x")?,
        rows: axis(Axis::Y, "rows", "y")?,
        cells: record_cells::<T>(graph, cut, strides[Axis::X as usize])?,
        column_values: cut.ahead(Axis::X).len(),
        row_values: cut.ahead(Axis::Y).len(),
    })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Axis {
    X,
    Y,
}

/// Along which axes a node varies, and which kernels compute it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Facts {
    varies: [bool; 2],
    /// By the kernel of an axis, ahead.
    on_axis: [bool; 2],
    in_cells: bool,
}

/// A graph cut by rate.
struct Cut {
    axes: [Option<VariableId>; 2],
    facts: Vec<Facts>,
    /// The nodes computed ahead, for each axis, in order.
    ahead: [Vec<NodeId>; 2],
}

impl Cut {
    fn of(graph: &Graph, axes: [Option<VariableId>; 2]) -> Cut {
        let mut cut = Cut {
            axes,
            facts: Vec::with_capacity(graph.len()),
            ahead: [Vec::new(), Vec::new()],
        };
        for id in graph.ids() {
            let mut varies = [false; 2];
            for operand in graph.operands(id) {
                let operand = cut.facts[operand.index()].varies;
                varies = [varies[0] || operand[0], varies[1] || operand[1]];
            }
            if let Node::Variable { variable, .. } = graph.node(id) {
                varies = axes.map(|axis| axis == Some(variable));
            }
            cut.facts.push(Facts {
                varies,
                ..Facts::default()
            });
        }
        cut.distribute(graph);
        cut
    }

    /// Says from the outputs down which kernel computes what.
    fn distribute(&mut self, graph: &Graph) {
        for output in graph.outputs() {
            self.facts[output.node.index()].in_cells = true;
        }
        for id in graph.ids().rev() {
            let mut facts = self.facts[id.index()];
            if let Some(axis) = self.cut_at(graph, id) {
                self.ahead[axis as usize].push(id);
                facts.on_axis[axis as usize] = true;
                facts.in_cells = false;
                self.facts[id.index()] = facts;
            }
            for operand in graph.operands(id) {
                let operand = &mut self.facts[operand.index()];
                operand.in_cells |= facts.in_cells;
                for axis in 0..2 {
                    operand.on_axis[axis] |= facts.on_axis[axis];
                }
            }
        }
        self.ahead.iter_mut().for_each(|nodes| nodes.reverse());
    }

    /// The axis whose kernel computes `id` for the cells, if one does.
    fn cut_at(&self, graph: &Graph, id: NodeId) -> Option<Axis> {
        let facts = self.facts[id.index()];
        let is_computed = !graph.operands(id).is_empty() && graph.ty(id) == Type::Real;
        match facts.varies {
            [true, false] if facts.in_cells && is_computed => Some(Axis::X),
            [false, true] if facts.in_cells && is_computed => Some(Axis::Y),
            _ => None,
        }
    }

    fn ahead(&self, axis: Axis) -> &[NodeId] {
        &self.ahead[axis as usize]
    }

    /// The node of an axis itself, if `is_wanted`.
    fn coordinate(
        &self,
        graph: &Graph,
        axis: Axis,
        is_wanted: impl Fn(&Facts) -> bool,
    ) -> Option<NodeId> {
        let node = graph.variable_node(self.axes[axis as usize]?);
        is_wanted(&self.facts[node.index()]).then_some(node)
    }

    /// The nodes that are wanted and vary along these axes.
    fn nodes(
        &self,
        graph: &Graph,
        varies: [bool; 2],
        is_wanted: impl Fn(&Facts) -> bool,
    ) -> impl Iterator<Item = NodeId> {
        graph.ids().filter(move |id| {
            let facts = &self.facts[id.index()];
            facts.varies == varies && is_wanted(facts)
        })
    }

    fn is_uniform(&self, id: VariableId) -> bool {
        !self.axes.contains(&Some(id))
    }
}

/// The kernel that computes the values of an axis.
fn record_axis<T: Float>(
    graph: &Graph,
    cut: &Cut,
    axis: Axis,
    kernel: &str,
    coordinate: &str,
    stride: i64,
) -> Result<Recording, RecordError> {
    let mut names = Names::default();
    let mut b = Builder::kernel(kernel, Width::Any);
    let from = b.buffer(&names.unique(coordinate), Recorder::<T>::REAL, Access::Read);
    let to = b.buffer(&names.unique("values"), Recorder::<T>::REAL, Access::Write);
    let n = b.parameter(&names.unique("n"), INDEX);
    let is_uniform = |id| cut.is_uniform(id);
    let scalars = declare_scalars::<T>(&mut b, &mut names, graph, is_uniform);
    let storage = &mut Default::default();
    let is_wanted = |facts: &Facts| facts.on_axis[axis as usize];
    record_nodes::<T, _>(b, Rate::Varying, graph, storage, |nodes| {
        spread(nodes, &scalars);
        nodes.record_all(cut.nodes(graph, [false; 2], is_wanted))?;
        let turn = Turn::begin(nodes, n);
        if let Some(node) = cut.coordinate(graph, axis, is_wanted) {
            let loaded = nodes.recorder.build(|b| b.load(from, turn.i, None));
            nodes.set(node, loaded);
        }
        let varies = [axis == Axis::X, axis == Axis::Y];
        // Stored as soon as it is there, a value keeps no register.
        let mut ahead = cut.ahead(axis).iter().zip(0..).peekable();
        for node in cut.nodes(graph, varies, is_wanted) {
            nodes.record_all(std::iter::once(node))?;
            if let Some((_, number)) = ahead.next_if(|&(&wanted, _)| wanted == node) {
                let value = nodes.value(node);
                nodes.recorder.build(|b| {
                    let offset = b.uniform(number * stride);
                    let index = b.add(turn.i, offset);
                    b.store(to, index, value, None);
                });
                nodes.note(node.index() as u32);
            }
        }
        turn.end(nodes, n);
        nodes.recorder.build(Builder::return_nothing);
        nodes.note(GLUE);
        Ok(())
    })
}

/// What the kernel of the cells is given.
struct Cells {
    /// x and y, and the values of columns and rows.
    coordinates: [BufferId; 2],
    values: [BufferId; 2],
    outputs: Vec<BufferId>,
    columns: ValueId,
    rows: ValueId,
    pitch: ValueId,
    scalars: Vec<(NodeId, ValueId)>,
}

impl Cells {
    fn declare<T: Float>(b: &mut Builder, graph: &Graph, cut: &Cut) -> Cells {
        let mut names = Names::default();
        let mut read = |name| b.buffer(&names.unique(name), Recorder::<T>::REAL, Access::Read);
        let (coordinates, values) = (
            ["x", "y"].map(&mut read),
            ["column_values", "row_values"].map(&mut read),
        );
        let [columns, rows, pitch] = ["columns", "rows", "pitch"].map(|name| names.unique(name));
        let outputs = graph.outputs().iter().map(|output| {
            let lane = lane_of::<T>(graph.ty(output.node));
            b.buffer(&names.unique(&output.name), lane, Access::Write)
        });
        Cells {
            outputs: outputs.collect(),
            coordinates,
            values,
            columns: b.parameter(&columns, INDEX),
            rows: b.parameter(&rows, INDEX),
            pitch: b.parameter(&pitch, INDEX),
            scalars: declare_scalars::<T>(b, &mut names, graph, |id| cut.is_uniform(id)),
        }
    }
}

fn record_cells<T: Float>(
    graph: &Graph,
    cut: &Cut,
    columns: i64,
) -> Result<Recording, RecordError> {
    let mut b = Builder::kernel("cells", Width::Any);
    let cells = Cells::declare::<T>(&mut b, graph, cut);
    let storage = &mut Default::default();
    let is_wanted = |facts: &Facts| facts.in_cells;
    record_nodes::<T, _>(b, Rate::Varying, graph, storage, |nodes| {
        spread(nodes, &cells.scalars);
        nodes.record_all(cut.nodes(graph, [false; 2], is_wanted))?;
        let row = Row::begin(nodes, &cells);
        let row_values = cut.ahead(Axis::Y).len() as i64;
        let values = nodes.recorder.build(|b| {
            let row_values = b.uniform(row_values);
            b.mul(row.j, row_values)
        });
        nodes.note(GLUE);
        cells.place(nodes, graph, cut, Axis::Y, [row.j, values], 1);
        nodes.record_all(cut.nodes(graph, [false, true], is_wanted))?;
        let turn = Turn::begin(nodes, cells.columns);
        cells.place(nodes, graph, cut, Axis::X, [turn.i; 2], columns);
        nodes.record_all(cut.nodes(graph, [true, false], is_wanted))?;
        nodes.record_all(cut.nodes(graph, [true, true], is_wanted))?;
        cells.store(nodes, graph, row.start, turn.i);
        turn.end(nodes, cells.columns);
        row.end(nodes, &cells);
        Ok(())
    })
}

impl Cells {
    /// Says where the coordinate and the values of an axis are: at these indices, from one
    /// value to the next `stride` elements.
    fn place<T: Float>(
        &self,
        nodes: &mut Nodes<'_, '_, T>,
        graph: &Graph,
        cut: &Cut,
        axis: Axis,
        [coordinate, values]: [ValueId; 2],
        stride: i64,
    ) {
        let spot = |buffers: &[BufferId; 2], index, offset| Spot {
            buffer: buffers[axis as usize],
            index,
            offset,
            rate: match axis {
                Axis::X => Rate::Varying,
                Axis::Y => Rate::Uniform,
            },
        };
        if let Some(node) = cut.coordinate(graph, axis, |facts| facts.in_cells) {
            nodes.set_in_memory(node, spot(&self.coordinates, coordinate, 0));
        }
        for (&node, number) in cut.ahead(axis).iter().zip(0..) {
            nodes.set_in_memory(node, spot(&self.values, values, number * stride));
        }
    }

    fn store<T: Float>(
        &self,
        nodes: &mut Nodes<'_, '_, T>,
        graph: &Graph,
        start: ValueId,
        i: ValueId,
    ) {
        for (output, &buffer) in graph.outputs().iter().zip(&self.outputs) {
            let value = nodes.number(output.node);
            nodes.recorder.build(|b| {
                let index = b.add(start, i);
                b.store(buffer, index, value, None);
            });
            nodes.note(output.node.index() as u32);
        }
    }
}

/// One turn of the loop over rows, being recorded.
struct Row {
    /// Which row.
    j: ValueId,
    /// Where it begins in the outputs.
    start: ValueId,
    header: smalto_kernel::Label,
    end: smalto_kernel::Label,
}

impl Row {
    fn begin<T: Float>(nodes: &mut Nodes<'_, '_, T>, cells: &Cells) -> Row {
        let row = nodes.recorder.build(|b| {
            let (header, end) = (b.label(&[INDEX, INDEX]), b.label(&[]));
            let zero = b.uniform(0i64);
            let some = b.lt(zero, cells.rows);
            b.branch(some, (header, &[zero, zero]), (end, &[]));
            let parameters = b.begin(header);
            Row {
                j: parameters.at(0),
                start: parameters.at(1),
                header,
                end,
            }
        });
        nodes.note(GLUE);
        row
    }

    fn end<T: Float>(self, nodes: &mut Nodes<'_, '_, T>, cells: &Cells) {
        nodes.recorder.build(|b| {
            let one = b.uniform(1i64);
            let next = b.add(self.j, one);
            let start = b.add(self.start, cells.pitch);
            let more = b.lt(next, cells.rows);
            b.branch(more, (self.header, &[next, start]), (self.end, &[]));
            b.begin(self.end);
            b.return_nothing();
        });
        nodes.note(GLUE);
    }
}
