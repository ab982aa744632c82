//! A graph over a grid of points: a picture.
//!
//! In a picture x is one value a column and y one value a row. Machine code makes use of
//! it: what depends on one of them alone is computed once a column or once a row (see
//! [`smalto_record::record_grid`]). A picture is computed in bands of [`ROWS`] rows, and a band
//! in cells of so many columns that the values computed ahead stay in the caches and are used
//! many times each: 1024 columns where each has few values, 16 where it has many. The
//! interpreter computes row by row, where y is uniform.

use crate::evaluator::{CompileError, Evaluator, Options, Real, Workspace, are_reals};
use crate::native::{self, Installed, Isa, program::with_compiler};
use crate::slices::{EvalError, Input, Output};
use crate::target::{Resolved, Target};
use crate::tier::{CostModel, Running, Tiers};
use smalto_graph::Graph;
use smalto_graph::passes::optimise;
use smalto_lower::{Reference, StandardEnvironment};
use smalto_record::{Grid, GridOptions, Recording, record_grid};
use std::fmt;

/// The fewest columns of a cell: one or two waves of f32, so that a row of a cell reads its
/// values of columns from one cache line each.
const FEWEST_COLUMNS: usize = 16;
/// The most columns of a cell: a row of it fills a page, within which the processor fetches
/// ahead what is to be written.
const MOST_COLUMNS: usize = 1024;
/// How many values of columns the first-level cache has room for beside everything else.
const FEW_VALUES: usize = 4096;
/// Rows of a cell.
const ROWS: usize = 64;

/// A graph, ready to run over the points of a grid.
///
/// ```
/// use smalto_graph::formula;
/// use smalto_jit::{GridEvaluator, Options};
///
/// let graph = formula::parse("sqrt(x^2 + y^2) - 1")?;
/// let picture = GridEvaluator::<f32>::new(&graph, ["x", "y"], &Options::default())?;
/// let mut values = [0.0; 6];
/// picture.eval(&mut picture.workspace(), &[0.0, 3.0, 1.0], &[4.0, 0.0], &[], &mut values)?;
/// assert_eq!(values, [3.0, 4.0, 17f32.sqrt() - 1.0, -1.0, 2.0, 0.0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct GridEvaluator<T> {
    tiers: Tiers<RowByRow<T>, Cells>,
    /// What it takes to compile, if that is left to be done once it pays.
    later: Option<(Graph, Isa)>,
    axes: [Box<str>; 2],
    scalars: usize,
    outputs: usize,
}

/// Memory for one evaluation at a time.
pub struct GridWorkspace<T> {
    rows: Workspace,
    values: Vec<T>,
    words: Vec<u64>,
}

/// The interpreter's way.
struct RowByRow<T> {
    evaluator: Evaluator<T>,
    /// What each input is: x, y, or one of the others.
    inputs: Vec<Axis>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Axis {
    X,
    Y,
    Other,
}

/// Machine code for cells of a grid.
struct Cells {
    columns: Option<Installed>,
    rows: Option<Installed>,
    cells: Installed,
    /// Columns of a cell, at most.
    columns_of_cell: usize,
    column_values: usize,
    row_values: usize,
    outputs: usize,
    lanes: usize,
    isa: Isa,
}

impl<T: Real> GridEvaluator<T> {
    /// Optimises `graph` and makes it ready. `axes` are the names of the inputs that vary
    /// along a row and along a column; the graph may lack either.
    ///
    /// # Errors
    /// If the target cannot be used here, an output or an axis is no real, or the graph has
    /// state.
    pub fn new(
        graph: &Graph,
        axes: [&str; 2],
        options: &Options<'_>,
    ) -> Result<GridEvaluator<T>, CompileError> {
        let _environment = StandardEnvironment::enter();
        let optimised = optimise(graph, &Reference(T::ELEMENT), options.mode);
        GridEvaluator::from_optimised(&optimised, axes, options)
    }

    /// The same for a graph that [`optimise`] gave for element `T`, as it is.
    ///
    /// # Errors
    /// As for [`new`](GridEvaluator::new).
    pub fn from_optimised(
        graph: &Graph,
        axes: [&str; 2],
        options: &Options<'_>,
    ) -> Result<GridEvaluator<T>, CompileError> {
        let _environment = StandardEnvironment::enter();
        are_reals(graph, |name| axes.contains(&name))?;
        let resolved = options.target.resolved()?;
        let interpreted = Options {
            target: match resolved {
                Resolved::Interp(level) | Resolved::Tiered(level, _) => Target::InterpAt(level),
                Resolved::Native(_) => Target::Interp,
            },
            ..*options
        };
        let rows = RowByRow::new(graph, axes, &interpreted)?;
        let scalars = rows.inputs.iter().filter(|&&axis| axis == Axis::Other);
        let mut evaluator = GridEvaluator {
            scalars: scalars.count(),
            tiers: Tiers::new(rows, graph.op_count()),
            later: None,
            axes: axes.map(Into::into),
            outputs: graph.outputs().len(),
        };
        match resolved {
            Resolved::Interp(_) => {}
            Resolved::Tiered(_, isa) => evaluator.later = Some((graph.clone(), isa)),
            Resolved::Native(isa) => {
                let cells = Cells::compile::<T>(graph, axes, isa)?;
                evaluator.tiers.compile(|| Some(cells));
            }
        }
        Ok(evaluator)
    }

    /// The value of each output at every column of every row: one output after the other,
    /// row by row. `scalars` are the inputs that are neither axis, in order, one value each.
    ///
    /// # Errors
    /// If the number of scalars, their types or the length of `values` do not fit.
    pub fn eval(
        &self,
        workspace: &mut GridWorkspace<T>,
        columns: &[T],
        rows: &[T],
        scalars: &[Input<'_, T>],
        values: &mut [T],
    ) -> Result<(), EvalError> {
        let points = columns.len() * rows.len();
        self.check_call(scalars, values.len(), points * self.outputs)?;
        if points == 0 {
            return Ok(());
        }
        let model = &CostModel::TYPICAL;
        let running = match &self.later {
            None => self.tiers.running(),
            Some((graph, isa)) => self.tiers.choose(model, points as u64, || {
                let axes = [&*self.axes[0], &*self.axes[1]];
                Cells::compile::<T>(graph, axes, *isa).ok()
            }),
        };
        match running {
            Running::Interpreter(by_row) => {
                by_row.eval(&mut workspace.rows, columns, rows, scalars, values)
            }
            Running::Compiled(cells) => {
                cells.eval(workspace, columns, rows, scalars, values);
                Ok(())
            }
        }
    }

    /// Memory for [`eval`](GridEvaluator::eval).
    pub fn workspace(&self) -> GridWorkspace<T> {
        GridWorkspace {
            rows: self.tiers.interpreter().evaluator.workspace(),
            values: Vec::new(),
            words: Vec::new(),
        }
    }

    /// The target it runs on by now: never `Auto`.
    pub fn target(&self) -> Target {
        match self.tiers.compiled() {
            Some(cells) => Target::Native(cells.isa),
            None => self.tiers.interpreter().evaluator.target(),
        }
    }

    fn check_call(
        &self,
        scalars: &[Input<'_, T>],
        found: usize,
        expected: usize,
    ) -> Result<(), EvalError> {
        let signature = self.tiers.interpreter().evaluator.signature();
        let others = || {
            let inputs = signature.inputs.iter();
            let axes = self.tiers.interpreter().inputs.iter();
            inputs
                .zip(axes)
                .filter(|(_, axis)| **axis == Axis::Other)
                .map(|(input, _)| input)
        };
        if scalars.len() != self.scalars {
            return Err(EvalError::InputCount {
                names: others().map(|input| input.name.clone()).collect(),
                found: scalars.len(),
            });
        }
        for (input, scalar) in others().zip(scalars) {
            input.check(scalar, 1)?;
        }
        if found != expected {
            return Err(EvalError::GridLength { expected, found });
        }
        Ok(())
    }
}

impl<T: Real> RowByRow<T> {
    fn new(
        graph: &Graph,
        axes: [&str; 2],
        options: &Options<'_>,
    ) -> Result<RowByRow<T>, CompileError> {
        let names: Vec<&str> = graph.variables().iter().map(|v| &*v.name).collect();
        let inputs = names.iter().map(|&name| match name {
            name if name == axes[0] => Axis::X,
            name if name == axes[1] => Axis::Y,
            _ => Axis::Other,
        });
        let inputs: Vec<Axis> = inputs.collect();
        let uniform: Vec<&str> = names.iter().copied().filter(|&n| n != axes[0]).collect();
        let options = Options {
            uniform: &uniform,
            ..*options
        };
        let evaluator = Evaluator::from_optimised(graph, &options)?;
        if evaluator.is_stateful() {
            return Err(CompileError::Stateful);
        }
        Ok(RowByRow { evaluator, inputs })
    }

    fn eval(
        &self,
        workspace: &mut Workspace,
        columns: &[T],
        rows: &[T],
        scalars: &[Input<'_, T>],
        values: &mut [T],
    ) -> Result<(), EvalError> {
        let mut inputs = Vec::with_capacity(self.inputs.len());
        let points = rows.len() * columns.len();
        let mut planes: Vec<_> = values
            .chunks_mut(points)
            .map(|plane| plane.chunks_mut(columns.len()))
            .collect();
        for &y in rows {
            let mut others = scalars.iter();
            inputs.clear();
            inputs.extend(self.inputs.iter().map(|axis| match axis {
                Axis::X => Input::Slice(columns),
                Axis::Y => Input::Scalar(y),
                Axis::Other => *others.next().expect("scalars were counted"),
            }));
            let next_rows = planes
                .iter_mut()
                .map(|plane| plane.next().expect("a row each"));
            let mut outputs: Vec<_> = next_rows.map(Output::Slice).collect();
            self.evaluator.eval_with(workspace, &inputs, &mut outputs)?;
        }
        Ok(())
    }
}

impl Cells {
    fn compile<T: Real>(graph: &Graph, axes: [&str; 2], isa: Isa) -> Result<Cells, CompileError> {
        let [x, y] = axes;
        let record = |columns: usize| {
            let options = GridOptions {
                x,
                y,
                columns: columns as u32,
                rows: ROWS as u32,
            };
            record_grid(graph, T::ELEMENT, options)
        };
        let mut grid = record(MOST_COLUMNS)?;
        let columns_of_cell = columns_of_cell(grid.column_values);
        if columns_of_cell < MOST_COLUMNS {
            grid = record(columns_of_cell)?;
        }
        let compile = |recording: &Recording, name: &str| -> Result<_, CompileError> {
            let compiled = with_compiler(isa, |compiler| {
                compiler.compile(recording.module(), recording.kernel())
            })?;
            let installed = native::install(name, compiled.code(), &[0])?;
            Ok((installed, compiled.lanes()))
        };
        let axis = |recording: &Option<Recording>, name| match recording {
            Some(recording) => compile(recording, name).map(Some),
            None => Ok(None),
        };
        let (cells, lanes) = compile(&grid.cells, "smalto cells")?;
        let columns = axis(&grid.columns, "smalto columns")?;
        let rows = axis(&grid.rows, "smalto rows")?;
        // A kernel of one axis may have narrower lanes, and so more of them, than the
        // others.
        let axes = [&columns, &rows].into_iter().flatten();
        let lanes = axes.map(|(_, lanes)| *lanes).fold(lanes, usize::max);
        Ok(Cells {
            columns: columns.map(|(code, _)| code),
            rows: rows.map(|(code, _)| code),
            cells,
            columns_of_cell,
            column_values: grid.column_values,
            row_values: grid.row_values,
            outputs: graph.outputs().len(),
            lanes,
            isa,
        })
    }

    fn eval<T: Real>(
        &self,
        workspace: &mut GridWorkspace<T>,
        columns: &[T],
        rows: &[T],
        scalars: &[Input<'_, T>],
        values: &mut [T],
    ) {
        let GridWorkspace {
            values: scratch,
            words,
            ..
        } = workspace;
        let lanes = self.lanes;
        let pitch = columns.len();
        let plane = rows.len() * pitch;
        let room = Room::new(scratch, self);
        let is_narrow = pitch < lanes;
        for top in (0..rows.len()).step_by(ROWS) {
            let y = &rows[top..rows.len().min(top + ROWS)];
            let count = y.len();
            let y = filled(y, room.few_rows, lanes);
            if let Some(code) = &self.rows {
                call_axis(code, words, y, room.by_value, scalars);
                let (values, by_row) = (self.row_values, &mut *room.row_values);
                Grid::transpose(values, ROWS, count, room.by_value, by_row);
            }
            for first in (0..pitch).step_by(self.columns_of_cell) {
                // What is left of a row and fills no wave is computed with its neighbours.
                let first = match pitch - first < lanes && !is_narrow {
                    true => pitch - lanes,
                    false => first,
                };
                let x = &columns[first..pitch.min(first + self.columns_of_cell)];
                let x = filled(x, room.few_columns, lanes);
                if let Some(code) = &self.columns {
                    call_axis(code, words, x, room.column_values, scalars);
                }
                words.clear();
                push(words, x);
                push(words, y);
                push(words, room.column_values);
                push(words, room.row_values);
                let to_pitch = match is_narrow {
                    true => {
                        for few in room.few_points.chunks_mut(ROWS * lanes) {
                            push_mut(words, few);
                        }
                        lanes
                    }
                    false => {
                        for plane in values.chunks_mut(plane) {
                            push_mut(words, &mut plane[top * pitch + first..]);
                        }
                        pitch
                    }
                };
                words.extend([x.len() as u64, count as u64, to_pitch as u64]);
                words.extend(scalars.iter().map(native::program::word));
                // SAFETY: the kernel is a System V function of these buffers and numbers, and
                // reads and writes as the page of `record_grid` says: a wave of columns at
                // least, `count` rows, values ahead of as many columns as a cell has and of `count`
                // rows, and points with the pitch. All are within the slices. The ISA was found
                // to be present.
                unsafe { self.cells.call(0, words) };
                if is_narrow {
                    let few = room.few_points.chunks(ROWS * lanes);
                    for (plane, few) in values.chunks_mut(plane).zip(few) {
                        for row in 0..count {
                            let from = &few[row * lanes..][..pitch];
                            plane[(top + row) * pitch..][..pitch].copy_from_slice(from);
                        }
                    }
                }
            }
        }
    }
}

/// As many columns as their values fit in the first-level cache, `values` each, within bounds:
/// the longer a row of a cell is, the better memory is written.
fn columns_of_cell(values: usize) -> usize {
    let fitting = FEW_VALUES / values.max(1);
    // Each power of two fills whole waves.
    let power = 1 << fitting.max(1).ilog2();
    power.clamp(FEWEST_COLUMNS, MOST_COLUMNS)
}

/// Parts of the scratch.
struct Room<'s, T> {
    column_values: &'s mut [T],
    /// Values of rows as they are computed, and as they are read.
    by_value: &'s mut [T],
    row_values: &'s mut [T],
    // Columns, rows and points that fill no wave.
    few_columns: &'s mut [T],
    few_rows: &'s mut [T],
    few_points: &'s mut [T],
}

impl<'s, T: Real> Room<'s, T> {
    fn new(scratch: &'s mut Vec<T>, cells: &Cells) -> Room<'s, T> {
        let of_columns = cells.column_values * cells.columns_of_cell;
        let of_rows = cells.row_values * ROWS;
        let few = cells.columns_of_cell.max(cells.lanes);
        let points = cells.outputs * ROWS * cells.lanes;
        let room = CACHE_LINE + of_columns + 2 * of_rows + 2 * few + points;
        if scratch.len() < room {
            scratch.resize(room, T::default());
        }
        let start = scratch.as_ptr().align_offset(CACHE_LINE);
        let (column_values, scratch) = scratch[start..].split_at_mut(of_columns);
        let (by_value, scratch) = scratch.split_at_mut(of_rows);
        let (row_values, scratch) = scratch.split_at_mut(of_rows);
        let (few_columns, scratch) = scratch.split_at_mut(few);
        let (few_rows, scratch) = scratch.split_at_mut(few);
        let few_points = &mut scratch[..points];
        Room {
            column_values,
            by_value,
            row_values,
            few_columns,
            few_rows,
            few_points,
        }
    }
}

/// Elements in a cache line, at least: what scratch is aligned to.
const CACHE_LINE: usize = 64;

/// The values, repeated at the end if they are fewer than a wave has lanes.
fn filled<'a, T: Real>(values: &'a [T], scratch: &'a mut [T], lanes: usize) -> &'a [T] {
    if values.len() >= lanes {
        return values;
    }
    let (given, rest) = scratch[..lanes].split_at_mut(values.len());
    given.copy_from_slice(values);
    rest.fill(values[values.len() - 1]);
    &scratch[..lanes]
}

/// Computes the values ahead of an axis.
fn call_axis<T: Real>(
    code: &Installed,
    words: &mut Vec<u64>,
    coordinates: &[T],
    values: &mut [T],
    scalars: &[Input<'_, T>],
) {
    words.clear();
    push(words, coordinates);
    push(words, values);
    words.push(coordinates.len() as u64);
    words.extend(scalars.iter().map(native::program::word));
    // SAFETY: the kernel is a System V function of two buffers and these numbers: it reads
    // the coordinates, a wave at least, and writes for each of its values one element for each of the most
    // coordinates there may be, which the values have room for. The ISA was found to be present.
    unsafe { code.call(0, words) };
}

/// A buffer that is written as arguments.
fn push_mut<T>(words: &mut Vec<u64>, slice: &mut [T]) {
    let address = slice.as_mut_ptr().expose_provenance();
    words.extend([address as u64, slice.len() as u64]);
}

/// A buffer as arguments.
fn push<T>(words: &mut Vec<u64>, slice: &[T]) {
    let address = slice.as_ptr().expose_provenance();
    words.extend([address as u64, slice.len() as u64]);
}

impl<T> fmt::Debug for GridEvaluator<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GridEvaluator")
            .field("axes", &self.axes)
            .field("is_compiled", &self.tiers.is_compiled())
            .finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for GridWorkspace<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GridWorkspace").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_as_wide_as_their_values_fit() {
        let check = |values, expected| assert_eq!(columns_of_cell(values), expected, "{values}");
        check(0, 1024);
        check(4, 1024);
        check(5, 512);
        check(8, 512);
        check(9, 256);
        check(71, 32);
        check(256, 16);
        check(1006, 16);
    }
}
