//! Tracing: finding out what a region needs of a graph, and evaluating no more.
//!
//! A solid is the minimum and maximum of many things, and near any one point all but a few
//! do not matter. [`Tracer::intervals`] evaluates a graph for *boxes*, 16 at a time: bounds of
//! the inputs in, bounds of the outputs out. On the way each `min`, `max`, `and`, `or` and
//! `select` notes the boxes in which it gives the same operand everywhere. From these notes
//! [`Tracer::shorten`] makes a shorter [`Tape`] for a box, which has the same bits there. It
//! is used like the first one: for smaller boxes, points ([`Tracer::points`]) or gradients
//! ([`Tracer::gradients`]). So a picture costs in proportion to what is in it.
//!
//! Who only asks what is inside says so ([`Demand::Signs`]), and gets shorter tapes. A tape that is
//! used at many points is worth machine code ([`Tracer::compile`], [`Tracer::run`]); [`Accounts`]
//! know when. So is one that is evaluated for thousands of boxes ([`Tracer::compile_intervals`]). How far to divide space, and when to make a tape shorter, are [`Hints`].
//!
//! This is the scheme of T. Duff, *Interval arithmetic and recursive subdivision for implicit
//! functions and constructive solid geometry* (SIGGRAPH 1992), on tapes as in M. Keeter,
//! *Massively parallel rendering of complex closed-form implicit surfaces* (SIGGRAPH 2020),
//! with a box a SIMD lane.
//!
//! ```
//! use smalto_graph::formula;
//! use smalto_jit::Options;
//! use smalto_jit::trace::{Axis, Bounds, Tape, Trace, Tracer};
//!
//! let graph = formula::parse("min(sqrt(x^2 + y^2) - 1, x - 9)")?;
//! let axes = [("x", Axis::Columns), ("y", Axis::Rows)];
//! let tracer = Tracer::<f32>::new(&graph, &axes, &Options::default())?;
//! let (mut workspace, mut trace) = (tracer.workspace(&[])?, Trace::default());
//!
//! // Two boxes: around the disc, and far to the left.
//! let mut boxes = [Bounds::default(); 2];
//! boxes[0].set(0, -1.0, 1.0);
//! boxes[1].set(0, -1.0, 1.0);
//! boxes[0].set(1, -90.0, -80.0);
//! boxes[1].set(1, -1.0, 1.0);
//! let root = tracer.root();
//! tracer.intervals(&mut workspace, root, &boxes, &mut trace);
//! let bounds = tracer.bounds(&workspace, root, 0);
//! assert_eq!(bounds.get(1), (-99.0, -89.0), "inside");
//!
//! // Far to the left only the half plane matters.
//! let mut tape = Tape::default();
//! assert_eq!(trace.decided() & 0b10, 0b10);
//! tracer.shorten(&mut workspace, root, &mut trace, 1, &mut tape);
//! assert_eq!(tape.len(), 1);
//! assert_eq!(tape.choices(), 0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | file | what is in it |
//! |---|---|
//! | `tape.rs` | tapes, and what their invariants are |
//! | `build.rs` | from a graph to the tape of all of it |
//! | `kernel/` | what runs the instructions: numbers, intervals, gradients |
//! | `engine.rs`, `memory.rs` | running a tape: where its values are |
//! | `simplify.rs`, `sieve.rs` | from decisions to a shorter tape |
//! | `code.rs`, `boxes.rs`, `decompile.rs` | machine code for a tape, at points and in boxes |
//! | `prices.rs` | when machine code at points pays |
//! | `hints.rs` | how space is best divided |
//! | `frame.rs` | spaces to look from, as that of a picture |

mod boxes;
mod build;
mod code;
mod decompile;
mod engine;
pub(crate) mod frame;
mod hints;
mod kernel;
mod memory;
mod prices;
mod sieve;
mod simplify;
mod tape;

pub use boxes::BoxCode;
pub use build::{Axis, Demand};
pub use code::{Code, Computes};
pub use frame::Frame;
pub use hints::Hints;
pub use kernel::{LINE, POINT_ROWS, ROWS};
pub use prices::{Accounts, Chosen, MachineCode, Prices};
pub use simplify::Trace;
pub use tape::Tape;

pub(crate) use engine::{Build, Engine};

use crate::evaluator::{CompileError, Options, Real, are_reals, with_number_outputs};
use crate::interp::Memory;
use crate::native::Isa;
use crate::slices::{EvalError, Input};
use crate::target::{Resolved, Target};
use engine::{GRADIENT_LINES, Memories, Places, Realm};
use kernel::PARTIALS;
use simplify::Shortener;
use smalto_graph::passes::{optimise, split_clamps};
use smalto_graph::{Graph, Node, Type, Value};
use smalto_lower::lanes::Level;
use smalto_lower::{Reference, StandardEnvironment};
use std::sync::atomic::{AtomicU64, Ordering};

/// Boxes in a batch.
pub const BOXES: usize = LINE;
/// Points in a block whose axes have a value a point: [`POINT_ROWS`] rows of [`LINE`] columns.
pub const POINTS: usize = LINE * POINT_ROWS;
/// Points whose gradient is computed at a time.
pub const GRADIENTS: usize = GRADIENT_LINES * LINE;

/// The bounds of one value in each box of a batch.
///
/// If either bound is a NaN, nothing is known: the value may be anything, NaN too.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds<T> {
    /// The lower bounds.
    pub lo: [T; BOXES],
    /// The upper bounds.
    pub hi: [T; BOXES],
}

impl<T: Real> Default for Bounds<T> {
    /// Nothing but zero.
    fn default() -> Bounds<T> {
        Bounds {
            lo: [T::default(); BOXES],
            hi: [T::default(); BOXES],
        }
    }
}

impl<T: Real> Bounds<T> {
    /// The bounds in one box.
    pub fn get(&self, index: usize) -> (T, T) {
        (self.lo[index], self.hi[index])
    }

    /// Sets the bounds in one box.
    pub fn set(&mut self, index: usize, lo: T, hi: T) {
        self.lo[index] = lo;
        self.hi[index] = hi;
    }

    /// Boxes in which every value is less than zero, one bit each.
    pub fn negative(&self) -> u16 {
        self.boxes(|lo, hi| lo <= hi && hi < T::default())
    }

    /// Boxes in which no value is less than zero, and none is NaN.
    pub fn not_negative(&self) -> u16 {
        self.boxes(|lo, hi| lo <= hi && lo >= T::default())
    }

    fn boxes(&self, mut test: impl FnMut(T, T) -> bool) -> u16 {
        let pairs = self.lo.iter().zip(&self.hi).enumerate();
        pairs.fold(0, |boxes, (i, (&lo, &hi))| {
            boxes | u16::from(test(lo, hi)) << i
        })
    }
}

/// A graph ready to be evaluated in boxes, at points, and with gradients, by tapes that may
/// be made shorter.
///
/// It is shared by threads; each has a [`Workspace`] of its own, and tapes are its own too.
/// A tape may be used with the tracer that made it and with no other.
pub struct Tracer<T> {
    id: u64,
    engine: Box<dyn Engine<T>>,
    places: Places,
    /// For each axis, how it varies.
    axes: Vec<Axis>,
    /// The uniform inputs in the order of the graph: name and type.
    uniforms: Vec<(Box<str>, Type)>,
    /// Which of them the program reads, in the order of its places.
    read: Vec<usize>,
    outputs: usize,
    /// What interprets tapes.
    level: Level,
    /// What was asked for.
    wanted: Target,
    /// What machine code is made for, if any is.
    isa: Option<Isa>,
}

/// What one evaluation at a time runs in.
pub struct Workspace<T> {
    tracer: u64,
    memories: Memories,
    /// The uniform inputs that the bank was computed from.
    uniforms: Option<Vec<Value>>,
    /// Whether the memory of gradients has the bank.
    has_gradient_bank: bool,
    shortener: Shortener,
    /// What machine code runs in.
    native: Memory,
    /// The coordinates of a [block](Tracer::block), axis by axis, if those in the memory of points do
    /// not lie so.
    block: Vec<T>,
}

impl<T: Real> Tracer<T> {
    /// Optimises `graph` and makes a tape of it. The inputs that `axes` names vary, the others
    /// do not; the graph may lack some of them. Either every axis has a value a point, or
    /// none has.
    ///
    /// # Errors
    /// If the target cannot be used here, an axis or an output is no real, or the graph calls
    /// functions that only run at points.
    ///
    /// # Panics
    /// If only some axes are [`Axis::Points`].
    pub fn new(
        graph: &Graph,
        axes: &[(&str, Axis)],
        options: &Options<'_>,
    ) -> Result<Tracer<T>, CompileError> {
        Tracer::with_demand(graph, axes, Demand::Values, options)
    }

    /// The same for a user who looks at no more of the outputs than `demand` says.
    ///
    /// # Errors
    /// As for [`new`](Tracer::new).
    ///
    /// # Panics
    /// If only some axes are [`Axis::Points`].
    ///
    /// ```
    /// use smalto_graph::formula;
    /// use smalto_jit::Options;
    /// use smalto_jit::trace::{Axis, Bounds, Demand, Tape, Trace, Tracer};
    ///
    /// // Around x = 2, outside the right one of two bars, and perhaps in the left one.
    /// let graph = formula::parse("min(abs(x) - 2, abs(x - 3) - 0.5)")?;
    /// let axes = [("x", Axis::Points)];
    /// let mut boxes = [Bounds::default()];
    /// boxes[0].set(0, 1.9, 2.3);
    /// let mut lengths = Vec::new();
    /// for demand in [Demand::Values, Demand::Signs] {
    ///     let tracer = Tracer::<f32>::with_demand(&graph, &axes, demand, &Options::default())?;
    ///     let (mut workspace, mut trace) = (tracer.workspace(&[])?, Trace::default());
    ///     tracer.intervals(&mut workspace, tracer.root(), &boxes, &mut trace);
    ///     let mut tape = tracer.root().clone();
    ///     if trace.decided() & 1 != 0 {
    ///         tracer.shorten(&mut workspace, tracer.root(), &mut trace, 0, &mut tape);
    ///     }
    ///     lengths.push(tape.len());
    /// }
    /// assert_eq!(lengths, [6, 2]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_demand(
        graph: &Graph,
        axes: &[(&str, Axis)],
        demand: Demand,
        options: &Options<'_>,
    ) -> Result<Tracer<T>, CompileError> {
        let _environment = StandardEnvironment::enter();
        let optimised = optimise(graph, &Reference(T::ELEMENT), options.mode);
        Tracer::from_optimised(&optimised, axes, demand, options)
    }

    /// The same for a graph that [`optimise`] gave for element `T`, as it is.
    ///
    /// # Errors
    /// As for [`new`](Tracer::new).
    ///
    /// # Panics
    /// If only some axes are [`Axis::Points`].
    pub fn from_optimised(
        graph: &Graph,
        axes: &[(&str, Axis)],
        demand: Demand,
        options: &Options<'_>,
    ) -> Result<Tracer<T>, CompileError> {
        static NEXT_ID: AtomicU64 = AtomicU64::new(0);
        let by_point = axes
            .iter()
            .filter(|(_, axis)| *axis == Axis::Points)
            .count();
        assert!(
            by_point == 0 || by_point == axes.len(),
            "axes that have a value a point are not mixed with others"
        );
        let _environment = StandardEnvironment::enter();
        let is_axis = |name: &str| axes.iter().any(|(axis, _)| *axis == name);
        are_reals(graph, is_axis)?;
        has_no_calls(graph)?;
        let (level, isa) = runners(options.target)?;
        let graph = &split_clamps(&with_number_outputs(graph));
        let id = NEXT_ID.fetch_add(1, Ordering::Relaxed);
        let build = Build {
            graph,
            axes,
            demand,
            program: id,
        };
        let engine = T::trace(build, level).expect("the level was resolved");
        let uniform: Vec<_> = graph
            .variables()
            .iter()
            .enumerate()
            .filter(|(_, variable)| !is_axis(&variable.name))
            .collect();
        let position = |input: &usize| {
            let found = uniform.iter().position(|(index, _)| index == input);
            found.expect("the program reads uniform inputs of the graph")
        };
        Ok(Tracer {
            id,
            read: engine.uniforms().iter().map(position).collect(),
            places: engine.places(),
            axes: axes.iter().map(|&(_, axis)| axis).collect(),
            uniforms: uniform
                .iter()
                .map(|(_, variable)| (variable.name.clone(), variable.ty))
                .collect(),
            outputs: graph.outputs().len(),
            level,
            wanted: options.target,
            isa,
            engine,
        })
    }

    /// The tape of the whole graph.
    pub fn root(&self) -> &Tape {
        self.engine.root()
    }

    /// What interprets the tapes.
    pub fn target(&self) -> Target {
        Target::InterpAt(self.level)
    }

    /// The axes that `tape` reads, one bit each, the first lowest. What the others are does not matter
    /// to it, though it may to a longer tape or its machine code.
    ///
    /// # Panics
    /// If the tape is another tracer's.
    ///
    /// ```
    /// use smalto_graph::formula;
    /// use smalto_jit::Options;
    /// use smalto_jit::trace::{Axis, Tracer};
    ///
    /// let graph = formula::parse("x + z")?;
    /// let axes = ["x", "y", "z"].map(|axis| (axis, Axis::Points));
    /// let tracer = Tracer::<f32>::new(&graph, &axes, &Options::default())?;
    /// assert_eq!(tracer.reads(tracer.root()), 0b101);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn reads(&self, tape: &Tape) -> u64 {
        self.check_tape(tape);
        let (first, count) = (self.places.inputs, self.axes.len());
        let places = tape.words.as_flattened().iter().chain(&tape.outputs);
        places.fold(0, |axes, &place| {
            let axis = (place as usize).wrapping_sub(first);
            axes | u64::from(axis < count) << (axis & 63)
        })
    }

    /// Outputs of the graph.
    pub fn outputs(&self) -> usize {
        self.outputs
    }

    /// Memory to evaluate in, where the uniform inputs have these values, in the order in which
    /// the graph declares them.
    ///
    /// # Errors
    /// If their number or types do not fit.
    pub fn workspace(&self, uniforms: &[Input<'_, T>]) -> Result<Workspace<T>, EvalError> {
        let mut workspace = Workspace {
            tracer: self.id,
            memories: Memories::new(&self.places),
            uniforms: None,
            has_gradient_bank: false,
            shortener: Shortener::default(),
            native: Memory::default(),
            block: Vec::new(),
        };
        if self.axes.first() == Some(&Axis::Points) && !self.has_whole_blocks() {
            workspace.block = vec![T::default(); self.axes.len() * POINTS];
        }
        self.set_uniforms(&mut workspace, uniforms)?;
        Ok(workspace)
    }

    /// Gives the uniform inputs other values.
    ///
    /// # Errors
    /// If their number or types do not fit, or the workspace is another tracer's.
    pub fn set_uniforms(
        &self,
        workspace: &mut Workspace<T>,
        uniforms: &[Input<'_, T>],
    ) -> Result<(), EvalError> {
        if workspace.tracer != self.id {
            return Err(EvalError::ForeignWorkspace);
        }
        if uniforms.len() != self.uniforms.len() {
            return Err(EvalError::InputCount {
                names: self
                    .uniforms
                    .iter()
                    .map(|(name, _)| name.to_string())
                    .collect(),
                found: uniforms.len(),
            });
        }
        let mut values = Vec::with_capacity(uniforms.len());
        for (input, (name, ty)) in uniforms.iter().zip(&self.uniforms) {
            let value = crate::interp::scalar(input).ok_or_else(|| EvalError::UniformSlice {
                name: name.to_string(),
            })?;
            if value.ty() != *ty {
                return Err(EvalError::InputType {
                    name: name.to_string(),
                    wanted: *ty,
                    found: value.ty(),
                });
            }
            values.push(value);
        }
        let read: Vec<_> = self.read.iter().map(|&index| values[index]).collect();
        let is_same = |known: &Vec<Value>| {
            let pairs = known.iter().zip(&read);
            pairs.into_iter().all(|(a, b)| a.bits() == b.bits())
        };
        if workspace.uniforms.as_ref().is_some_and(is_same) {
            return Ok(());
        }
        let _environment = StandardEnvironment::enter();
        self.engine.fill_bank(&mut workspace.memories, &read);
        workspace.uniforms = Some(read);
        workspace.has_gradient_bank = false;
        Ok(())
    }

    /// Evaluates `tape` for up to [`BOXES`] boxes: `axes` has the bounds of each axis. What they
    /// are in boxes that nobody wants does not matter. Notes in `trace` what was decided.
    ///
    /// # Panics
    /// If the tape or the workspace is another tracer's, or the number of axes does not fit.
    pub fn intervals(
        &self,
        workspace: &mut Workspace<T>,
        tape: &Tape,
        axes: &[Bounds<T>],
        trace: &mut Trace,
    ) {
        self.check(workspace, tape, axes.len());
        let _environment = StandardEnvironment::enter_by_probe();
        self.write_boxes(workspace, axes);
        trace.reset(tape.len());
        trace.decided = self
            .engine
            .intervals(&mut workspace.memories, tape, &mut trace.decisions);
    }

    /// Writes the bounds of the axes where tapes read them.
    fn write_boxes(&self, workspace: &mut Workspace<T>, axes: &[Bounds<T>]) {
        for (index, bounds) in axes.iter().enumerate() {
            let [lo, hi] = self.places.bounds(self.places.inputs + index);
            workspace.write(Realm::Intervals, lo, &bounds.lo);
            workspace.write(Realm::Intervals, hi, &bounds.hi);
        }
    }

    /// The bounds of an output, after [`intervals`](Tracer::intervals) of the same tape.
    ///
    /// # Panics
    /// If the tape or the workspace is another tracer's, or there is no such output.
    pub fn bounds(&self, workspace: &Workspace<T>, tape: &Tape, output: usize) -> Bounds<T> {
        self.check(workspace, tape, self.axes.len());
        let [lo, hi] = self.places.bounds(tape.outputs[output] as usize);
        let mut bounds = Bounds::default();
        let read = |at| workspace.read(Realm::Intervals, at, BOXES);
        bounds.lo.copy_from_slice(read(lo));
        bounds.hi.copy_from_slice(read(hi));
        bounds
    }

    /// Writes to `short` what is left of `long` in one box of the batch for which it was
    /// evaluated last with this trace.
    ///
    /// # Panics
    /// If the tape or the workspace is another tracer's, or the trace another tape's, as far as can
    /// be seen.
    pub fn shorten(
        &self,
        workspace: &mut Workspace<T>,
        long: &Tape,
        trace: &mut Trace,
        index: usize,
        short: &mut Tape,
    ) {
        self.mark(long, trace);
        self.shorten_marked(workspace, long, trace, index, short);
    }

    /// Does what [`shorten`](Tracer::shorten) does once for all boxes of a batch, so that threads
    /// may then [share](Tracer::shorten_marked) the trace.
    ///
    /// # Panics
    /// If the tape is another tracer's, or the trace another tape's, as far as can be seen.
    pub fn mark(&self, long: &Tape, trace: &mut Trace) {
        self.check_tape(long);
        assert_eq!(trace.decisions.len(), long.len(), "a trace is of one tape");
        trace.mark_once(long, self.places.first);
    }

    /// [`shorten`](Tracer::shorten) by a trace that is [marked](Tracer::mark).
    ///
    /// # Panics
    /// As that, and if the trace is not marked.
    pub fn shorten_marked(
        &self,
        workspace: &mut Workspace<T>,
        long: &Tape,
        trace: &Trace,
        index: usize,
        short: &mut Tape,
    ) {
        self.check(workspace, long, self.axes.len());
        assert!(index < BOXES && trace.is_marked(long.len()));
        let first = self.places.first;
        workspace
            .shortener
            .shorten(long, first, trace, index, short);
    }

    /// Evaluates `tape` for a block of points, of which only the first `rows` rows are wanted.
    /// For each axis, its values: one a column, one a row, or one a point, row by row, where
    /// fewer rows are repeated.
    ///
    /// # Panics
    /// If the tape or the workspace is another tracer's, there are more rows than [`ROWS`], or than
    /// [`POINT_ROWS`] where axes have a value a point, or the number of axes or of their values does
    /// not fit.
    pub fn points(&self, workspace: &mut Workspace<T>, tape: &Tape, axes: &[&[T]], rows: usize) {
        self.check(workspace, tape, axes.len());
        assert!(rows <= self.places.rows);
        let _environment = StandardEnvironment::enter_by_probe();
        for (index, (values, axis)) in axes.iter().zip(&self.axes).enumerate() {
            let (at, step) = self.places.point(tape, self.places.inputs + index);
            match axis {
                Axis::Columns | Axis::Rows => {
                    let values: Result<&[T; LINE], _> = (*values).try_into();
                    let values = values.expect("an axis of columns or rows has a value each");
                    workspace.write(Realm::Points, at, values);
                }
                Axis::Points => {
                    let lines = values.chunks_exact(LINE);
                    assert!(
                        lines.len() > 0 && lines.remainder().is_empty(),
                        "axes have whole rows"
                    );
                    if lines.len() >= rows && step == LINE * size_of::<T>() {
                        workspace.write(Realm::Points, at, &values[..rows * LINE]);
                        continue;
                    }
                    for (row, values) in lines.cycle().take(rows).enumerate() {
                        workspace.write(Realm::Points, at + row * step, values);
                    }
                }
            }
        }
        self.engine.points(&mut workspace.memories, tape, rows);
    }

    /// The coordinates of a block of points, for each of `N` axes [`POINTS`] of them. They are to be
    /// written here, before the points are evaluated by [`points_of_block`](Tracer::points_of_block)
    /// or [`run_block`](Tracer::run_block), as often as is wanted.
    ///
    /// # Panics
    /// If there are not `N` axes, each with a value a point, or the workspace is another tracer's.
    ///
    /// ```
    /// use smalto_graph::formula;
    /// use smalto_jit::Options;
    /// use smalto_jit::trace::{Axis, Tracer};
    ///
    /// let graph = formula::parse("x * y")?;
    /// let axes = [("x", Axis::Points), ("y", Axis::Points)];
    /// let tracer = Tracer::<f32>::new(&graph, &axes, &Options::default())?;
    /// let mut workspace = tracer.workspace(&[])?;
    /// let [x, y] = tracer.block(&mut workspace);
    /// x[..3].copy_from_slice(&[1.0, 2.0, 3.0]);
    /// y[..3].fill(10.0);
    /// tracer.points_of_block(&mut workspace, tracer.root(), 1);
    /// assert_eq!(tracer.row(&workspace, tracer.root(), 0, 0)[..3], [10.0, 20.0, 30.0]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn block<'w, const N: usize>(&self, workspace: &'w mut Workspace<T>) -> [&'w mut [T]; N] {
        assert_eq!(
            workspace.tracer, self.id,
            "a workspace is used with its tracer"
        );
        assert_eq!(
            self.axes.len(),
            N,
            "there are as many axes as the tracer has"
        );
        assert!(self.axes.iter().all(|axis| *axis == Axis::Points));
        let mut rest = match self.has_whole_blocks() {
            true => self.blocks_mut(&mut workspace.memories),
            false => &mut workspace.block[..],
        };
        [(); N].map(|()| {
            let (axis, others) = std::mem::take(&mut rest).split_at_mut(POINTS);
            rest = others;
            axis
        })
    }

    /// Whether the lines of each axis lie one after the other: not where lanes are wider than reals,
    /// nor where nothing depends on an axis.
    fn has_whole_blocks(&self) -> bool {
        let (_, step) = self.places.point(self.root(), self.places.inputs);
        step == LINE * size_of::<T>()
    }

    /// The coordinates of all axes in the memory of points, where lines lie one after the other.
    fn blocks_mut<'w>(&self, memories: &'w mut Memories) -> &'w mut [T] {
        // All axes have a value a point, so that no tape has instructions on lines, and inputs are
        // in the same places for all.
        let (at, _) = self.places.point(self.root(), self.places.inputs);
        let first = memories.points.as_mut_ptr().wrapping_add(at).cast::<T>();
        // SAFETY: the places of inputs are blocks of reals, one after the other, in the memory, which
        // is borrowed for as long.
        unsafe { std::slice::from_raw_parts_mut(first, self.axes.len() * POINTS) }
    }

    /// [`points`](Tracer::points) at the coordinates of the [block](Tracer::block).
    ///
    /// # Panics
    /// If the tape or the workspace is another tracer's, there are more rows than [`POINT_ROWS`], or
    /// the axes have no value a point.
    pub fn points_of_block(&self, workspace: &mut Workspace<T>, tape: &Tape, rows: usize) {
        self.check(workspace, tape, self.axes.len());
        assert!(rows <= self.places.rows && self.axes.iter().all(|axis| *axis == Axis::Points));
        let _environment = StandardEnvironment::enter_by_probe();
        if !self.has_whole_blocks() {
            let block = std::mem::take(&mut workspace.block);
            for (index, values) in block.chunks_exact(POINTS).enumerate() {
                let (at, step) = self.places.point(tape, self.places.inputs + index);
                workspace.write_lines(Realm::Points, at, step, &values[..rows * LINE]);
            }
            workspace.block = block;
        }
        self.engine.points(&mut workspace.memories, tape, rows);
    }

    /// The values of an output in one row, after [`points`](Tracer::points) of the same tape.
    ///
    /// # Panics
    /// If the tape or the workspace is another tracer's, or there is no such output or row.
    pub fn row<'w>(
        &self,
        workspace: &'w Workspace<T>,
        tape: &Tape,
        output: usize,
        row: usize,
    ) -> &'w [T] {
        self.check(workspace, tape, self.axes.len());
        assert!(row < self.places.rows);
        let (at, step) = self.places.point(tape, tape.outputs[output] as usize);
        workspace.read(Realm::Points, at + row * step, LINE)
    }

    /// Where an output is less than 0 in the first rows, after [`points`](Tracer::points) of the
    /// same tape: a bit a column.
    ///
    /// # Panics
    /// If the tape or the workspace is another tracer's, there is no such output, or there are
    /// more rows than a block has.
    pub fn negative(&self, workspace: &Workspace<T>, tape: &Tape, output: usize, rows: &mut [u16]) {
        self.check(workspace, tape, self.axes.len());
        assert!(rows.len() <= self.places.rows);
        let (at, step) = self.places.point(tape, tape.outputs[output] as usize);
        self.engine.negative(&workspace.memories, at, step, rows);
    }

    /// Evaluates `tape` and its derivatives by the axes at up to [`GRADIENTS`] points. Each axis
    /// has a value a point, however it varies in blocks.
    ///
    /// # Panics
    /// If the tape or the workspace is another tracer's, the number of axes or of their values does
    /// not fit, or there are more than three axes.
    pub fn gradients(&self, workspace: &mut Workspace<T>, tape: &Tape, axes: &[&[T]]) {
        self.check(workspace, tape, axes.len());
        assert!(axes.len() <= PARTIALS, "gradients have three parts");
        let points = axes.iter().map(|values| values.len()).max().unwrap_or(0);
        assert!(points <= GRADIENTS && axes.iter().all(|values| values.len() == points));
        let _environment = StandardEnvironment::enter();
        if !workspace.has_gradient_bank {
            self.engine.fill_gradient_bank(&mut workspace.memories);
            self.write_slopes_of_axes(workspace);
            workspace.has_gradient_bank = true;
        }
        let shift = self.places.cell_shift(Realm::Gradients);
        for (index, values) in axes.iter().enumerate() {
            let at = (self.places.inputs + index) << shift;
            workspace.write_lines(Realm::Gradients, at, self.places.line, values);
        }
        let lines = points.div_ceil(LINE);
        self.engine.gradients(&mut workspace.memories, tape, lines);
    }

    /// Writes the partial derivatives of the axes, which no tape overwrites: each is 1 by itself.
    fn write_slopes_of_axes(&self, workspace: &mut Workspace<T>) {
        let shift = self.places.cell_shift(Realm::Gradients);
        let part = self.places.part(Realm::Gradients);
        for axis in 0..self.axes.len() {
            for by in 0..PARTIALS {
                let slope = T::from_f64(if axis == by { 1.0 } else { 0.0 });
                let at = ((self.places.inputs + axis) << shift) + (by + 1) * part;
                let line = self.places.line;
                workspace.write_lines(Realm::Gradients, at, line, &[slope; GRADIENTS]);
            }
        }
    }

    /// Writes an output at the points of the last [`gradients`](Tracer::gradients) of the same tape:
    /// its value, its derivative by the first axis, and so on. By an axis that there is not it is 0,
    /// or NaN like the value.
    ///
    /// # Panics
    /// If the tape or the workspace is another tracer's, or there is no such output.
    pub fn gradient(
        &self,
        workspace: &Workspace<T>,
        tape: &Tape,
        output: usize,
        parts: &mut [[T; GRADIENTS]; 4],
    ) {
        self.check(workspace, tape, self.axes.len());
        let place = tape.outputs[output] as usize;
        self.engine.gradient(&workspace.memories, place, parts);
    }

    fn check_tape(&self, tape: &Tape) {
        assert_eq!(
            tape.program, self.id,
            "a tape is used with the tracer that made it"
        );
    }

    fn check(&self, workspace: &Workspace<T>, tape: &Tape, axes: usize) {
        self.check_tape(tape);
        assert_eq!(workspace.tracer, self.id, "so is a workspace");
        assert_eq!(
            axes,
            self.axes.len(),
            "there are as many axes as the tracer has"
        );
    }
}

impl<T: Real> Workspace<T> {
    /// Writes reals into a line or lines of a memory.
    #[inline(always)]
    fn write(&mut self, realm: Realm, at: usize, values: &[T]) {
        let to = self
            .memories
            .of(realm)
            .as_mut_ptr()
            .wrapping_add(at)
            .cast::<T>();
        // SAFETY: `at` is where the tracer's places of inputs are, of at most that many values.
        unsafe { to.copy_from_nonoverlapping(values.as_ptr(), values.len()) };
    }

    /// Writes reals into lines that lie `step` bytes apart.
    fn write_lines(&mut self, realm: Realm, at: usize, step: usize, values: &[T]) {
        for (line, values) in values.chunks(LINE).enumerate() {
            self.write(realm, at + line * step, values);
        }
    }

    /// Reads `len` reals.
    fn read(&self, realm: Realm, at: usize, len: usize) -> &[T] {
        let bytes = match realm {
            Realm::Points => &self.memories.points,
            Realm::Intervals => &self.memories.intervals,
            Realm::Gradients => &self.memories.gradients,
        };
        let from = bytes.as_ptr().wrapping_add(at).cast::<T>();
        // SAFETY: `at` is where the tracer's places of outputs are, which hold that many reals.
        unsafe { std::slice::from_raw_parts(from, len) }
    }
}

/// What interprets tapes for `target`, and what machine code is made for: none if the target is
/// the interpreter. Most tapes are used too few times to be worth compiling, whatever the target.
fn runners(target: Target) -> Result<(Level, Option<Isa>), CompileError> {
    Ok(match target.resolved()? {
        Resolved::Interp(level) => (level, None),
        Resolved::Tiered(level, isa) => (level, Some(isa)),
        Resolved::Native(Isa::Avx2) => (Level::Avx2, Some(Isa::Avx2)),
        Resolved::Native(Isa::Avx512) => (Level::Avx512, Some(Isa::Avx512)),
    })
}

/// That the graph has no calls, which there are no intervals of.
fn has_no_calls(graph: &Graph) -> Result<(), CompileError> {
    let live = graph.live();
    for id in graph.ids().filter(|id| live[id.index()]) {
        if let Node::Call(call) = graph.node(id) {
            return Err(CompileError::Untraceable {
                name: graph.called(call).name().into(),
            });
        }
    }
    Ok(())
}
