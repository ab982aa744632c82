//! The surface of a solid as a picture sees it: how near it is, and how it is turned.
//!
//! Space is divided as the plane is in [`region`](crate::region): a cube into 4 by 4 by 4
//! smaller ones, down to *leaves* of 8 by 8 by 8 voxels. A batch of intervals is the 16 cubes of
//! one slab, and slabs are taken from front to back. So whatever has been found is in front of
//! all that is still to come: a voxel found is final, and a cube behind pixels that all have
//! theirs is hidden and skipped. A leaf is evaluated in two halves, of which the one behind is
//! only looked at if the one in front leaves pixels open.

use super::camera::{Camera, Volume, seen};
use super::clip::{sight, within_sight};
use crate::region::{Level, Statistics, Worker, Workers, extent};
use crate::sample::{bind_axes, check_is_shape, in_pool};
use crate::work::{Share, Work};
use crate::{Progress, RenderError, RenderOptions};
use rayon::prelude::*;
use smalto_graph::passes::Mode;
use smalto_graph::{Graph, GraphError};
use smalto_jit::trace::{Axis, BOXES, Bounds, GRADIENTS, LINE, POINTS, Tape, Trace, Tracer};
use smalto_jit::{Input, Options, Real, Target};
use std::sync::OnceLock;

/// Voxels along the side of a leaf.
pub(super) const LEAF: usize = 8;
/// Cubes along the side of the cube they are made of.
const SPLIT: usize = 4;
/// Cubes with this side or a longer one are counted when they are done.
const COUNTED: usize = LEAF * SPLIT;
/// Slices that are evaluated at a time in a leaf.
const HALF: usize = POINTS / (LEAF * LEAF);
/// How many columns of cubes there are for each thread, at the least.
const TASKS_PER_THREAD: usize = 8;

const _: () = assert!(SPLIT * SPLIT == BOXES && LEAF * LEAF == GRADIENTS && LINE == 2 * LEAF);

/// What a pixel sees of a solid.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Hit {
    /// Slices from the back of the volume to the front of the voxel; 0 if nothing is seen.
    pub depth: u32,
    /// The gradient there, in the space of the screen, not of length 1. Zero if nothing is seen,
    /// or if it was not asked for.
    pub gradient: [f32; 3],
}

/// What a picture sees of a solid.
#[derive(Debug, Clone, PartialEq)]
pub struct Surface {
    volume: Volume,
    camera: Camera,
    hits: Vec<Hit>,
}

impl Surface {
    /// Columns of pixels.
    pub fn width(&self) -> usize {
        self.volume.width()
    }

    /// Rows of pixels.
    pub fn height(&self) -> usize {
        self.volume.height()
    }

    /// Slices of the volume.
    pub fn slices(&self) -> usize {
        self.volume.slices()
    }

    /// The voxels that were looked at.
    pub fn volume(&self) -> &Volume {
        &self.volume
    }

    /// From where.
    pub fn camera(&self) -> &Camera {
        &self.camera
    }

    /// What each pixel sees, row by row from the top.
    pub fn hits(&self) -> &[Hit] {
        &self.hits
    }
}

/// A solid ready to be looked at, from anywhere, any number of times.
///
/// ```
/// use smalto_graph::formula;
/// use smalto_shape::{Camera, RenderOptions, Solid, Volume};
///
/// let ball = formula::parse("sqrt(x^2 + y^2 + z^2) - 0.5")?;
/// let options = RenderOptions::default();
/// let ball = Solid::<f32>::new(&ball, &options)?;
/// let volume = Volume::new(64, 64)?;
/// let surface = ball.surface(&volume, &Camera::default(), true, &options, &())?;
/// let middle = surface.hits()[32 * 64 + 32];
/// assert_eq!(middle.depth, 48, "half of the way from the middle to the front");
/// assert!(middle.gradient[2] > 0.99, "it faces the eye");
/// assert_eq!(surface.hits()[0].depth, 0, "beside the ball there is nothing");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Solid<T> {
    graph: Graph,
    target: Target,
    mode: Mode,
    seen: Seen<T>,
    /// What is left of the solid of what an eye sees of it, which is what throws shadows.
    caster: OnceLock<Seen<T>>,
}

/// A solid as seen through a camera, which is a number of inputs.
struct Seen<T> {
    graph: Graph,
    tracer: Tracer<T>,
    workers: Workers<T>,
}

impl<T: Real> Seen<T> {
    fn new(
        graph: Result<Graph, GraphError>,
        target: Target,
        mode: Mode,
    ) -> Result<Seen<T>, RenderError> {
        let graph = graph.and_then(|graph| seen(&graph));
        let graph = graph.map_err(|error| RenderError::Compile(error.into()))?;
        let compile = Options {
            target,
            mode,
            ..Options::default()
        };
        let axes = ["x", "y", "z"].map(|axis| (axis, Axis::Points));
        Ok(Seen {
            tracer: Tracer::new(&graph, &axes, &compile)?,
            graph,
            workers: Workers::default(),
        })
    }
}

/// One look at a solid.
pub(super) struct Glance<'a> {
    pub(super) volume: &'a Volume,
    pub(super) camera: &'a Camera,
    /// Whether gradients are asked for.
    pub(super) gradients: bool,
    /// Where to note what is evaluated.
    pub(super) work: Option<&'a Work>,
    pub(super) options: &'a RenderOptions<'a>,
    /// Is told of as many pixels as the picture has.
    pub(super) progress: &'a dyn Progress,
}

impl<T: Real> Solid<T> {
    /// Optimises `graph`. Its inputs x, y and z are space, the others are given values when it is
    /// looked at.
    ///
    /// # Errors
    /// If it is no shape: it has several outputs, or state, or an x, y or z that is no real.
    pub fn new(graph: &Graph, options: &RenderOptions<'_>) -> Result<Solid<T>, RenderError> {
        check_is_shape(graph)?;
        let (target, mode) = (options.target, options.mode);
        Ok(Solid {
            graph: graph.clone(),
            target,
            mode,
            seen: Seen::new(Ok(graph.clone()), target, mode)?,
            caster: OnceLock::new(),
        })
    }

    /// What a picture sees of the solid: for each pixel the foremost voxel that is inside (value
    /// < 0) at its centre, and, if `gradients` are asked for, the gradient there. What is not
    /// before the eye is not seen.
    ///
    /// # Errors
    /// If an input has no value, the camera sees nothing, or the work was cancelled.
    pub fn surface(
        &self,
        volume: &Volume,
        camera: &Camera,
        gradients: bool,
        options: &RenderOptions<'_>,
        progress: &dyn Progress,
    ) -> Result<Surface, RenderError> {
        self.glance(&Glance {
            volume,
            camera,
            gradients,
            work: None,
            options,
            progress,
        })
    }

    pub(super) fn glance(&self, glance: &Glance<'_>) -> Result<Surface, RenderError> {
        self.seen.glance(glance, Vec::new())
    }

    /// What a picture, such as a light's, sees of that part of the solid that is in `sight`.
    pub(super) fn glance_within(
        &self,
        within: (&Volume, &Camera),
        glance: &Glance<'_>,
    ) -> Result<Surface, RenderError> {
        let caster = match self.caster.get() {
            Some(caster) => caster,
            None => {
                let caster = Seen::new(within_sight(&self.graph), self.target, self.mode)?;
                self.caster.get_or_init(|| caster)
            }
        };
        let (volume, camera) = within;
        caster.glance(glance, sight(camera, volume))
    }

    /// What the pictures made since this was last asked have taken.
    pub fn take_statistics(&self) -> Statistics {
        let mut statistics = self.seen.workers.take_statistics();
        if let Some(caster) = self.caster.get() {
            statistics.add(&caster.workers.take_statistics());
        }
        statistics
    }

    /// Instructions of the tape of the whole solid.
    pub fn instructions(&self) -> usize {
        self.seen.tracer.root().len()
    }
}

impl<T: Real> Seen<T> {
    fn glance(
        &self,
        glance: &Glance<'_>,
        mut bindings: Vec<(String, f64)>,
    ) -> Result<Surface, RenderError> {
        let Glance {
            volume,
            camera,
            options,
            ..
        } = *glance;
        camera.check::<T>()?;
        bindings.extend(camera.bindings());
        let bindings = bindings.iter().map(|(name, value)| (&**name, *value));
        let values: Vec<(&str, f64)> = bindings.chain(options.values.iter().copied()).collect();
        let [width, height, slices] = [volume.width(), volume.height(), volume.slices()];
        let pixels = (width * height) as u64;
        let mut axes = volume.axes::<T>();
        // Depths count from the back, so nothing else changes if slices are missing in front.
        axes[2].retain(|z| camera.is_before_eye(z.to_f64()));
        let look = Look {
            tracer: &self.tracer,
            workers: &self.workers,
            scalars: &bind_axes(&self.graph, &["x", "y", "z"], &values)?,
            gradients: glance.gradients,
            prune: !options.every_pixel,
            work: glance.work,
            progress: &Share::new(glance.progress, pixels, pixels * slices as u64),
            axes,
        };
        let missing = slices - look.axes[2].len();
        look.progress.advance_by(pixels * missing as u64);
        let hits = match look.axes[2].is_empty() {
            true => vec![Hit::default(); width * height],
            false => in_pool(options.threads, || look.hits())??,
        };
        Ok(Surface {
            volume: *volume,
            camera: *camera,
            hits,
        })
    }
}

/// A look at a solid.
struct Look<'a, T> {
    tracer: &'a Tracer<T>,
    workers: &'a Workers<T>,
    /// The coordinates of columns, rows, and slices from the front.
    axes: [Vec<T>; 3],
    scalars: &'a [Input<'a, T>],
    gradients: bool,
    prune: bool,
    /// Where to note what is evaluated, if that is asked for.
    work: Option<&'a Work>,
    /// Is told of voxels.
    progress: &'a Share<'a>,
}

/// A cube of voxels: the first column, row and slice, and the side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cube {
    first: [usize; 3],
    side: usize,
}

/// A column of cubes, front to back, each with its tape, and the pixels that see them.
struct Task<'p> {
    column: usize,
    row: usize,
    side: usize,
    cubes: Vec<(usize, Tape)>,
    pixels: Vec<&'p mut [Hit]>,
}

/// What is to be done with a cube.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Nothing: it is outside the picture, hidden, or empty.
    Skip,
    /// It is solid: all that look at it see its front.
    Solid,
    /// It needs a closer look.
    Open,
}

impl<T: Real> Look<'_, T> {
    /// What each pixel sees.
    fn hits(&self) -> Result<Vec<Hit>, RenderError> {
        let [width, height, slices] = [0, 1, 2].map(|axis| self.axes[axis].len());
        let mut hits = vec![Hit::default(); width * height];
        let mut side = LEAF * SPLIT;
        while side < width.max(height).max(slices) {
            side *= SPLIT;
        }
        let mut tasks = vec![Task {
            column: 0,
            row: 0,
            side,
            cubes: vec![(0, self.tracer.root().clone())],
            pixels: hits.chunks_exact_mut(width).collect(),
        }];
        let hire = || self.workers.take(self.tracer, self.scalars);
        let threads = rayon::current_num_threads();
        while threads > 1 && tasks.len() < threads * TASKS_PER_THREAD && side > LEAF * SPLIT {
            side /= SPLIT;
            tasks = tasks
                .into_par_iter()
                .map_init(hire, |worker, task| self.divide(worker, task))
                .collect::<Result<Vec<_>, _>>()?
                .into_iter()
                .flatten()
                .collect();
        }
        tasks
            .into_par_iter()
            .try_for_each_init(hire, |worker, task| {
                let mut canvas = Canvas::new(task.column, task.row, task.side, task.pixels);
                for (slice, tape) in &task.cubes {
                    let cube = Cube {
                        first: [task.column, task.row, *slice],
                        side: task.side,
                    };
                    self.cube(worker, 0, tape, cube, &mut canvas)?;
                }
                Ok::<_, RenderError>(())
            })?;
        Ok(hits)
    }

    /// The columns of smaller cubes that a task is made of.
    fn divide<'p>(
        &self,
        worker: &mut Worker<T>,
        task: Task<'p>,
    ) -> Result<Vec<Task<'p>>, RenderError> {
        let side = task.side / SPLIT;
        let mut tasks: Vec<Task<'p>> = (0..BOXES)
            .map(|index| Task {
                column: task.column + index % SPLIT * side,
                row: task.row + index / SPLIT * side,
                side,
                cubes: Vec::new(),
                pixels: Vec::new(),
            })
            .collect();
        for (row, rest) in task.pixels.into_iter().enumerate() {
            for (part, piece) in rest.chunks_mut(side).enumerate() {
                tasks[row / side * SPLIT + part].pixels.push(piece);
            }
        }
        let mut trace = Trace::default();
        for (slice, tape) in &task.cubes {
            let cube = Cube {
                first: [task.column, task.row, *slice],
                side: task.side,
            };
            for slab in 0..SPLIT {
                if self.progress.is_cancelled() {
                    return Err(RenderError::Cancelled);
                }
                let parts = parts(cube, slab);
                let found = self.evaluate(worker, tape, &parts, &mut trace, |_| false);
                for (index, part) in found.into_iter().enumerate() {
                    if part == Part::Skip {
                        self.advance(&parts[index]);
                        continue;
                    }
                    // What is solid is found to be so again, by who sees what is before it.
                    let mut short = Tape::default();
                    let (tracer, trace) = (self.tracer, &mut trace);
                    if !(self.prune && worker.shorten(tracer, tape, trace, index, &mut short)) {
                        short = tape.clone();
                    }
                    tasks[index].cubes.push((parts[index].first[2], short));
                }
            }
        }
        tasks.retain(|task| !task.cubes.is_empty());
        Ok(tasks)
    }

    /// Looks at a cube in which `tape` is what matters.
    fn cube(
        &self,
        worker: &mut Worker<T>,
        depth: usize,
        tape: &Tape,
        cube: Cube,
        canvas: &mut Canvas<'_>,
    ) -> Result<(), RenderError> {
        let mut level = worker.take_level(depth);
        for slab in 0..SPLIT {
            if cube.side > LEAF * SPLIT && self.progress.is_cancelled() {
                return Err(RenderError::Cancelled);
            }
            let parts = parts(cube, slab);
            let found = self.evaluate(worker, tape, &parts, &mut level.trace, |cube| {
                canvas.is_hidden(cube)
            });
            for (index, part) in parts.into_iter().enumerate() {
                if found[index] == Part::Skip {
                    self.advance(&part);
                    continue;
                }
                let Level { trace, tape: short } = &mut level;
                let is_short = self.prune && worker.shorten(self.tracer, tape, trace, index, short);
                let tape = if is_short { &level.tape } else { tape };
                if found[index] == Part::Solid {
                    self.front(worker, tape, part, canvas);
                    self.advance(&part);
                } else if part.side > LEAF {
                    self.cube(worker, depth + 1, tape, part, canvas)?;
                } else {
                    self.leaf(worker, tape, part, canvas);
                }
            }
        }
        worker.give_level(depth, level);
        if cube.side == COUNTED {
            self.advance_by(&cube);
        }
        Ok(())
    }

    /// Says that a cube is done, unless it is too small to be counted by itself.
    fn advance(&self, cube: &Cube) {
        if cube.side >= COUNTED {
            self.advance_by(cube);
        }
    }

    fn advance_by(&self, cube: &Cube) {
        let along = |axis: usize| {
            let end = (cube.first[axis] + cube.side).min(self.axes[axis].len());
            end.saturating_sub(cube.first[axis]) as u64
        };
        self.progress.advance_by(along(0) * along(1) * along(2));
    }

    /// Evaluates the bounds of a slab, and says what is to be done with each cube.
    fn evaluate(
        &self,
        worker: &mut Worker<T>,
        tape: &Tape,
        parts: &[Cube; BOXES],
        trace: &mut Trace,
        is_hidden: impl Fn(&Cube) -> bool,
    ) -> [Part; BOXES] {
        let is_wanted = |cube: &Cube| {
            let is_inside = (0..3).all(|axis| cube.first[axis] < self.axes[axis].len());
            is_inside && !is_hidden(cube)
        };
        let wanted: [bool; BOXES] = std::array::from_fn(|index| is_wanted(&parts[index]));
        if !wanted.contains(&true) {
            return [Part::Skip; BOXES];
        }
        let (mut solid, mut empty) = (0, 0);
        if self.prune {
            let mut bounds = [Bounds::default(); 3];
            for (index, part) in parts.iter().enumerate() {
                for (axis, bounds) in bounds.iter_mut().enumerate() {
                    let (lo, hi) = extent(&self.axes[axis], part.first[axis], part.side);
                    bounds.set(index, lo, hi);
                }
            }
            worker.statistics.batches += 1;
            worker.statistics.interval_instructions += tape.len() as u64;
            if let Some(work) = self.work {
                for part in parts {
                    work.add(part.first[0], part.first[1], part.side, tape.len() as u64);
                }
            }
            let workspace = &mut worker.workspace;
            self.tracer.intervals(workspace, tape, &bounds, trace);
            let values = self.tracer.bounds(workspace, tape, 0);
            (solid, empty) = (values.negative(), values.not_negative());
        }
        std::array::from_fn(|index| {
            if !wanted[index] || empty >> index & 1 != 0 {
                Part::Skip
            } else if solid >> index & 1 != 0 {
                Part::Solid
            } else {
                Part::Open
            }
        })
    }

    /// The front of a solid cube, which is seen by all pixels that have seen nothing yet.
    fn front(&self, worker: &mut Worker<T>, tape: &Tape, cube: Cube, canvas: &mut Canvas<'_>) {
        let [column, row, slice] = cube.first;
        for row in (row..row + cube.side).step_by(LEAF) {
            for column in (column..column + cube.side).step_by(LEAF) {
                let open = canvas.open_pixels(column, row);
                if open != 0 {
                    let mut hits = Found::default();
                    hits.add(open, slice);
                    self.put(worker, tape, (column, row), &hits, canvas);
                }
            }
        }
    }

    /// Evaluates a leaf voxel by voxel.
    fn leaf(&self, worker: &mut Worker<T>, tape: &Tape, cube: Cube, canvas: &mut Canvas<'_>) {
        let [column, row, slice] = cube.first;
        worker.statistics.leaves += 1;
        let mut open = canvas.open_pixels(column, row);
        let mut found = Found::default();
        let [columns, rows, slices] = [0, 1, 2].map(|axis| {
            let coordinates = &self.axes[axis];
            let last = coordinates.len() - 1;
            let at = |index: usize| coordinates[(cube.first[axis] + index).min(last)];
            std::array::from_fn::<T, LEAF, _>(at)
        });
        // A line is two rows of the leaf, a slice four lines.
        let x: [T; LINE] = std::array::from_fn(|i| columns[i % LEAF]);
        let y: [T; LEAF * LEAF] = std::array::from_fn(|i| rows[i / LEAF]);
        let mut z = [T::default(); POINTS];
        for half in (0..LEAF).step_by(HALF) {
            let count = HALF.min(self.axes[2].len().saturating_sub(slice + half));
            if open == 0 || count == 0 {
                break;
            }
            worker.statistics.leaf_instructions += tape.len() as u64;
            if let Some(work) = self.work {
                let points = (count * LEAF * LEAF) as u64;
                work.add(column, row, LEAF, points * tape.len() as u64);
            }
            for (layer, z) in z.chunks_exact_mut(LEAF * LEAF).enumerate() {
                z.fill(slices[half + layer]);
            }
            const LINES: usize = LEAF / 2;
            let mut inside = [0; HALF * LINES];
            let inside = &mut inside[..count * LINES];
            let workspace = &mut worker.workspace;
            self.tracer
                .points(workspace, tape, &[&x, &y, &z], inside.len());
            self.tracer.negative(workspace, tape, 0, inside);
            for (layer, lines) in inside.chunks_exact(LINES).enumerate() {
                let lines = lines.iter().enumerate();
                let inside = lines.fold(0, |inside, (line, &bits)| {
                    inside | u64::from(bits) << (line * LINE)
                });
                found.add(inside & open, slice + half + layer);
                open &= !inside;
            }
        }
        if found.pixels != 0 {
            self.put(worker, tape, (column, row), &found, canvas);
        }
    }

    /// Writes what was found to the picture, with gradients if they are wanted.
    fn put(
        &self,
        worker: &mut Worker<T>,
        tape: &Tape,
        (column, row): (usize, usize),
        found: &Found,
        canvas: &mut Canvas<'_>,
    ) {
        let pixels = || Bits(found.pixels);
        let mut gradients = [[0f32; 3]; GRADIENTS];
        if self.gradients {
            let mut points = [[T::default(); GRADIENTS]; 3];
            let mut count = 0;
            for pixel in pixels() {
                let voxel = [
                    column + pixel % LEAF,
                    row + pixel / LEAF,
                    found.slice[pixel] as usize,
                ];
                for axis in 0..3 {
                    points[axis][count] = self.axes[axis][voxel[axis]];
                }
                count += 1;
            }
            let points: [&[T]; 3] = [0, 1, 2].map(|axis| &points[axis][..count]);
            let workspace = &mut worker.workspace;
            self.tracer.gradients(workspace, tape, &points);
            let partial = |axis: usize| self.tracer.gradient(workspace, tape, 0, axis + 1);
            let partials = [0, 1, 2].map(partial);
            for (index, pixel) in pixels().enumerate() {
                gradients[pixel] = partials.map(|partial| partial[index].to_f64() as f32);
            }
        }
        let slices = self.axes[2].len();
        for pixel in pixels() {
            let hit = Hit {
                depth: (slices - found.slice[pixel] as usize) as u32,
                gradient: gradients[pixel],
            };
            canvas.put(column + pixel % LEAF, row + pixel / LEAF, hit);
        }
        canvas.cover(column, row, found.pixels);
    }
}

/// The cubes of a slab, counted from the front.
fn parts(cube: Cube, slab: usize) -> [Cube; BOXES] {
    let side = cube.side / SPLIT;
    let [column, row, slice] = cube.first;
    std::array::from_fn(|index| Cube {
        first: [
            column + index % SPLIT * side,
            row + index / SPLIT * side,
            slice + slab * side,
        ],
        side,
    })
}

/// What pixels of a leaf see: a bit for each that sees something, and which slice it is.
struct Found {
    pixels: u64,
    slice: [u32; LEAF * LEAF],
}

impl Default for Found {
    fn default() -> Found {
        Found {
            pixels: 0,
            slice: [0; LEAF * LEAF],
        }
    }
}

impl Found {
    fn add(&mut self, pixels: u64, slice: usize) {
        self.pixels |= pixels;
        for pixel in Bits(pixels) {
            self.slice[pixel] = slice as u32;
        }
    }
}

/// The positions of the bits that are set.
struct Bits(u64);

impl Iterator for Bits {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        if self.0 == 0 {
            return None;
        }
        let first = self.0.trailing_zeros() as usize;
        self.0 &= self.0 - 1;
        Some(first)
    }
}

/// The pixels of a column of cubes.
struct Canvas<'p> {
    column: usize,
    row: usize,
    /// Leaves in a row of them.
    leaves: usize,
    pixels: Vec<&'p mut [Hit]>,
    /// For each leaf of pixels, which have seen nothing yet, a bit each.
    open: Vec<u64>,
}

impl<'p> Canvas<'p> {
    fn new(column: usize, row: usize, side: usize, pixels: Vec<&'p mut [Hit]>) -> Canvas<'p> {
        let leaves = side / LEAF;
        let mut open = vec![0; leaves * leaves];
        for (y, pixels) in pixels.iter().enumerate() {
            for x in 0..pixels.len() {
                open[y / LEAF * leaves + x / LEAF] |= 1 << (y % LEAF * LEAF + x % LEAF);
            }
        }
        Canvas {
            column,
            row,
            leaves,
            pixels,
            open,
        }
    }

    fn leaf(&self, column: usize, row: usize) -> usize {
        (row - self.row) / LEAF * self.leaves + (column - self.column) / LEAF
    }

    /// The pixels of a leaf that have seen nothing yet.
    fn open_pixels(&self, column: usize, row: usize) -> u64 {
        self.open[self.leaf(column, row)]
    }

    /// Whether no pixel would see anything of a cube, since all see something before it.
    fn is_hidden(&self, cube: &Cube) -> bool {
        let count = cube.side / LEAF;
        let first = self.leaf(cube.first[0], cube.first[1]);
        let mut rows = (0..count).map(|row| first + row * self.leaves);
        rows.all(|first| {
            self.open[first..first + count]
                .iter()
                .all(|&open| open == 0)
        })
    }

    fn put(&mut self, column: usize, row: usize, hit: Hit) {
        self.pixels[row - self.row][column - self.column] = hit;
    }

    /// Notes that these pixels of a leaf see something.
    fn cover(&mut self, column: usize, row: usize, pixels: u64) {
        let leaf = self.leaf(column, row);
        self.open[leaf] &= !pixels;
    }
}
