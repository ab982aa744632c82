//! The foremost voxels of a solid.
//!
//! Space is divided as the plane is in [`region`](crate::region): a cube into 4 by 4 by 4
//! smaller ones, down to *leaves* of 8 by 8 by 8 voxels. A batch of intervals is the 16 cubes of
//! one slab, and slabs are taken from front to back. So whatever has been found is in front of
//! all that is still to come: a voxel found is final, and a cube behind pixels that all have
//! theirs is hidden and skipped.
//!
//! A leaf whose tape is not short is one batch more, of *parts* of 4 by 4 by 2 voxels: bounds of
//! half the width leave about half as much open. Then voxels are evaluated, all at once: those in
//! open parts, of pixels that have seen nothing yet.
//!
//! All that matters of the solid is its sign: what its gradient is where it is seen is found
//! out [afterwards](super::slope).

use crate::bits::Bits;
use crate::paint::signs;
use crate::region::extent;
use crate::work::{Share, Work};
use crate::worker::{Division, Level, Traced, Worker};
use crate::{Progress, RenderError};
use rayon::prelude::*;
use smalto_jit::trace::{BOXES, Bounds, Computes, Frame, LINE, POINTS, Tape, Trace, Tracer};
use smalto_jit::{Input, Real};

/// Voxels along the side of a leaf.
pub(super) const LEAF: usize = 8;
/// Cubes along the side of the cube they are made of.
const SPLIT: usize = 4;
/// Columns and rows of a part of a leaf.
const PART: usize = LEAF / 2;
/// Its slices.
const PART_SLICES: usize = LEAF / 4;
/// Cubes with this side or a longer one are counted when they are done.
const COUNTED: usize = LEAF * SPLIT;
/// How many columns of cubes there are for each thread, at the least.
const TASKS_PER_THREAD: usize = 8;

const _: () = assert!(SPLIT * SPLIT == BOXES && LINE == 2 * LEAF && 2 * PART == LEAF);
const _: () = assert!(POINTS == LEAF * LEAF * LEAF, "a leaf is a block");

/// A search for the foremost voxels that are inside.
pub(super) struct Search<'a, T> {
    /// The solid, of which only the sign matters.
    pub(super) solid: &'a Traced<T>,
    /// The space of voxels.
    pub(super) frame: &'a Frame<T>,
    /// The coordinates of columns, rows, and slices from the front.
    pub(super) axes: &'a [Vec<T>; 3],
    pub(super) scalars: &'a [Input<'a, T>],
    pub(super) division: Division,
    /// Where to note what is evaluated, if that is asked for.
    pub(super) work: Option<&'a Work>,
    /// Is told of voxels.
    pub(super) progress: &'a Share<'a>,
}

/// A cube of voxels: the first column, row and slice, and the side. Parts of a leaf have fewer
/// slices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cube {
    first: [usize; 3],
    side: usize,
    slices: usize,
}

impl Cube {
    fn new(first: [usize; 3], side: usize) -> Cube {
        Cube {
            first,
            side,
            slices: side,
        }
    }

    /// How many columns, rows or slices it has.
    fn len(&self, axis: usize) -> usize {
        if axis == 2 { self.slices } else { self.side }
    }
}

/// The boxes of a batch, row by row and slab by slab: `COLUMNS` by `ROWS` by `SLABS`.
struct Boxes<const COLUMNS: usize, const ROWS: usize, const SLABS: usize> {
    /// The foremost, of the first column and row.
    corner: Cube,
}

/// The cubes of a slab of a cube.
type Cubes = Boxes<SPLIT, SPLIT, 1>;
/// The parts of a leaf.
type Parts = Boxes<{ LEAF / PART }, { LEAF / PART }, { LEAF / PART_SLICES }>;

impl Cubes {
    /// Those of a slab, counted from the front.
    fn of(cube: Cube, slab: usize) -> Cubes {
        let side = cube.side / SPLIT;
        let [column, row, slice] = cube.first;
        Boxes {
            corner: Cube::new([column, row, slice + slab * side], side),
        }
    }
}

impl Parts {
    fn of(leaf: Cube) -> Parts {
        Boxes {
            corner: Cube {
                first: leaf.first,
                side: PART,
                slices: PART_SLICES,
            },
        }
    }
}

impl<const COLUMNS: usize, const ROWS: usize, const SLABS: usize> Boxes<COLUMNS, ROWS, SLABS> {
    /// How many there are along each axis.
    const COUNTS: [usize; 3] = {
        assert!(COLUMNS * ROWS * SLABS == BOXES);
        [COLUMNS, ROWS, SLABS]
    };

    /// Where a box is among them along each axis.
    fn place(index: usize) -> [usize; 3] {
        let row = index / COLUMNS;
        [index % COLUMNS, row % ROWS, row / ROWS]
    }

    fn cube(&self, index: usize) -> Cube {
        let place = Self::place(index);
        let first = |axis: usize| self.corner.first[axis] + place[axis] * self.corner.len(axis);
        Cube {
            first: [first(0), first(1), first(2)],
            ..self.corner
        }
    }

    /// The bounds of their coordinates.
    fn bounds<T: Real>(&self, axes: &[Vec<T>; 3]) -> [Bounds<T>; 3] {
        let mut bounds = [Bounds::default(); 3];
        for (axis, bounds) in bounds.iter_mut().enumerate() {
            let (first, len) = (self.corner.first[axis], self.corner.len(axis));
            let mut extents = [(T::default(), T::default()); SPLIT];
            for (place, extent_of) in extents[..Self::COUNTS[axis]].iter_mut().enumerate() {
                *extent_of = extent(&axes[axis], first + place * len, len);
            }
            for index in 0..BOXES {
                let (lo, hi) = extents[Self::place(index)[axis]];
                bounds.set(index, lo, hi);
            }
        }
        bounds
    }

    /// Those that are at least partly in the picture, of so many columns, rows and slices.
    fn in_picture(&self, lens: [usize; 3]) -> BoxSet {
        let inside: [usize; 3] = std::array::from_fn(|axis| {
            let beyond = lens[axis].saturating_sub(self.corner.first[axis]);
            beyond.div_ceil(self.corner.len(axis))
        });
        if inside
            .iter()
            .zip(Self::COUNTS)
            .all(|(&inside, count)| inside >= count)
        {
            return BoxSet::MAX;
        }
        (0..BOXES).fold(0, |batch, index| {
            let place = Self::place(index);
            let is_inside = place
                .iter()
                .zip(inside)
                .all(|(&place, inside)| place < inside);
            batch | BoxSet::from(is_inside) << index
        })
    }
}

/// Some boxes of a batch, a bit each.
type BoxSet = u16;

/// A column of cubes, front to back, each with its tape, and the pixels that see them.
struct Task<'p> {
    column: usize,
    row: usize,
    side: usize,
    cubes: Vec<(usize, Tape)>,
    /// Their depths.
    pixels: Vec<&'p mut [u32]>,
}

/// What is to be done with the boxes of a batch. All others are outside the picture, hidden, or
/// empty.
#[derive(Debug, Clone, Copy, Default)]
struct Found {
    /// Those that are solid: all that look at them see their front.
    solid: BoxSet,
    /// Those that need a closer look.
    open: BoxSet,
}

impl<T: Real> Search<'_, T> {
    /// For each pixel, how many slices there are from the back to the front of the voxel that it
    /// sees; 0 if it sees nothing.
    pub(super) fn depths(&self) -> Result<Vec<u32>, RenderError> {
        let [width, height, slices] = [0, 1, 2].map(|axis| self.axes[axis].len());
        let mut depths = vec![0; width * height];
        let mut side = LEAF * SPLIT;
        while side < width.max(height).max(slices) {
            side *= SPLIT;
        }
        let mut tasks = vec![Task {
            column: 0,
            row: 0,
            side,
            cubes: vec![(0, self.solid.tracer.root().clone())],
            pixels: depths.chunks_exact_mut(width).collect(),
        }];
        let hire = || {
            self.solid
                .hire(self.scalars, Computes::Values, self.division.code)
        };
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
                let mut block = Block::default();
                for (slice, tape) in &task.cubes {
                    let cube = Cube::new([task.column, task.row, *slice], task.side);
                    self.cube(worker, 0, tape, cube, &mut canvas, &mut block)?;
                }
                Ok::<_, RenderError>(())
            })?;
        Ok(depths)
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
            let cube = Cube::new([task.column, task.row, *slice], task.side);
            for slab in 0..SPLIT {
                if self.progress.is_cancelled() {
                    return Err(RenderError::Cancelled);
                }
                let boxes = Cubes::of(cube, slab);
                let found = self.evaluate(worker, tape, &boxes, &mut trace, BoxSet::MAX);
                let left = found.solid | found.open;
                self.advance_past(&boxes, !left);
                for index in Bits(left.into()) {
                    let cube = boxes.cube(index);
                    // What is solid is found to be so again, by who sees what is before it.
                    let mut short = Tape::default();
                    let (tracer, trace) = (&self.solid.tracer, &mut trace);
                    if !(self.division.shortens(tape)
                        && worker.shorten(tracer, tape, trace, index, &mut short))
                    {
                        short = tape.clone();
                    }
                    tasks[index].cubes.push((cube.first[2], short));
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
        block: &mut Block<T>,
    ) -> Result<(), RenderError> {
        let tracer = &self.solid.tracer;
        let mut level = worker.take_level(depth);
        worker.open_account(tracer, tape);
        for slab in 0..SPLIT {
            if cube.side > LEAF * SPLIT && self.progress.is_cancelled() {
                return Err(RenderError::Cancelled);
            }
            let boxes = Cubes::of(cube, slab);
            let visible = canvas.visible(&boxes);
            let found = self.evaluate(worker, tape, &boxes, &mut level.trace, visible);
            for index in Bits(found.solid.into()) {
                self.front(boxes.cube(index), canvas);
            }
            self.advance_past(&boxes, !found.open);
            for index in Bits(found.open.into()) {
                let part = boxes.cube(index);
                worker.settle_account(tracer, tape);
                let Level { trace, tape: short } = &mut level;
                let is_short = self.division.shortens(tape)
                    && worker.shorten(tracer, tape, trace, index, short);
                let tape = if is_short { &level.tape } else { tape };
                if part.side > self.division.hints.side_of_cubes(LEAF) {
                    self.cube(worker, depth + 1, tape, part, canvas, block)?;
                } else {
                    self.leaves(worker, tape, part, canvas, block)?;
                }
            }
        }
        worker.close_account();
        worker.give_level(depth, level);
        if cube.side == COUNTED {
            self.advance_by(&cube);
        }
        Ok(())
    }

    /// Evaluates a cube by one tape, leaf by leaf, front to back.
    fn leaves(
        &self,
        worker: &mut Worker<T>,
        tape: &Tape,
        cube: Cube,
        canvas: &mut Canvas<'_>,
        block: &mut Block<T>,
    ) -> Result<(), RenderError> {
        let within = |axis: usize| {
            let end = (cube.first[axis] + cube.side).min(self.axes[axis].len());
            (cube.first[axis]..end).step_by(LEAF)
        };
        for slice in within(2) {
            for row in within(1) {
                if cube.side >= COUNTED && self.progress.is_cancelled() {
                    return Err(RenderError::Cancelled);
                }
                for column in within(0) {
                    let leaf = Cube::new([column, row, slice], LEAF);
                    self.leaf(worker, tape, leaf, canvas, block);
                }
            }
        }
        self.advance(&cube);
        Ok(())
    }

    /// Says that a cube is done, unless it is too small to be counted by itself.
    fn advance(&self, cube: &Cube) {
        if cube.side >= COUNTED {
            self.advance_by(cube);
        }
    }

    /// The same of some of a batch.
    fn advance_past(&self, boxes: &Cubes, done: BoxSet) {
        if boxes.corner.side >= COUNTED {
            for index in Bits(done.into()) {
                self.advance_by(&boxes.cube(index));
            }
        }
    }

    fn advance_by(&self, cube: &Cube) {
        let along = |axis: usize| {
            let end = (cube.first[axis] + cube.side).min(self.axes[axis].len());
            end.saturating_sub(cube.first[axis]) as u64
        };
        self.progress.advance_by(along(0) * along(1) * along(2));
    }

    /// Evaluates the bounds of those boxes that are visible, and says what is to be done with each.
    fn evaluate<const COLUMNS: usize, const ROWS: usize, const SLABS: usize>(
        &self,
        worker: &mut Worker<T>,
        tape: &Tape,
        boxes: &Boxes<COLUMNS, ROWS, SLABS>,
        trace: &mut Trace,
        visible: BoxSet,
    ) -> Found {
        let wanted = visible & boxes.in_picture(self.axes.each_ref().map(Vec::len));
        if wanted == 0 {
            return Found::default();
        }
        let (mut solid, mut empty) = (0, 0);
        if self.division.prune {
            let mut bounds = boxes.bounds(self.axes);
            self.frame.boxes(&mut bounds);
            worker.statistics.batches += 1;
            worker.statistics.interval_instructions += tape.len() as u64;
            if let Some(work) = self.work {
                for cube in (0..BOXES).map(|index| boxes.cube(index)) {
                    work.add(cube.first[0], cube.first[1], cube.side, tape.len() as u64);
                }
            }
            let workspace = &mut worker.workspace;
            self.solid.tracer.intervals(workspace, tape, &bounds, trace);
            let values = self.solid.tracer.bounds(workspace, tape, 0);
            (solid, empty) = (values.negative(), values.not_negative());
        }
        Found {
            solid: wanted & solid,
            open: wanted & !(solid | empty),
        }
    }

    /// The front of a solid cube, which is seen by all pixels that have seen nothing yet.
    fn front(&self, cube: Cube, canvas: &mut Canvas<'_>) {
        let [column, row, slice] = cube.first;
        for row in (row..row + cube.side).step_by(LEAF) {
            for column in (column..column + cube.side).step_by(LEAF) {
                let open = canvas.open_pixels(column, row);
                canvas.put((column, row), open, self.depth(slice));
            }
        }
    }

    /// The depth of the voxels of a slice.
    fn depth(&self, slice: usize) -> u32 {
        (self.axes[2].len() - slice) as u32
    }

    /// Evaluates a leaf voxel by voxel: of each slice those that pixels see which have seen nothing
    /// yet.
    fn leaf(
        &self,
        worker: &mut Worker<T>,
        tape: &Tape,
        leaf: Cube,
        canvas: &mut Canvas<'_>,
        block: &mut Block<T>,
    ) {
        let [column, row, first] = leaf.first;
        let end = (first + LEAF).min(self.axes[2].len());
        worker.statistics.leaves += 1;
        let slabs = self.slabs(worker, tape, leaf, canvas);
        let open = canvas.open_pixels(column, row);
        if open == 0 {
            return;
        }
        let pixels = [&self.axes[0][column..], &self.axes[1][row..]];
        // Machine code of a region around may read more than the tape.
        let read = match worker.has_code() {
            true => u64::MAX,
            false => self.solid.tracer.reads(tape),
        };
        let mut slice = first;
        for slab in &slabs[..] {
            let slices = slice.min(end)..end.min(slice + slab.slices);
            let slab = slab.seen_by(open);
            let layer = Layer {
                slab,
                evaluated: slab.evaluated(tape.len() * slices.len()),
                slice,
                ..Layer::default()
            };
            let [x, y, z] = self.solid.tracer.block(&mut worker.workspace);
            let axes = [
                (read & 0b001 != 0).then_some(x),
                (read & 0b010 != 0).then_some(y),
                (read & 0b100 != 0).then_some(z),
            ];
            slice = slices.end;
            block.add(axes, self.frame, layer, pixels, &self.axes[2][slices]);
        }
        self.look(worker, tape, leaf, canvas, block);
    }

    /// Evaluates the voxels of a leaf's block, and notes what pixels see. The block is empty then.
    fn look(
        &self,
        worker: &mut Worker<T>,
        tape: &Tape,
        leaf: Cube,
        canvas: &mut Canvas<'_>,
        block: &mut Block<T>,
    ) {
        let [column, row, _] = leaf.first;
        if block.points > 0 {
            worker.statistics.leaf_instructions += tape.len() as u64;
            if let Some(work) = self.work {
                let points = block.points as u64;
                work.add(column, row, LEAF, points * tape.len() as u64);
            }
            block.evaluate(worker, &self.solid.tracer, tape);
        }
        for layer in &block.layers[..block.len] {
            for at in 0..layer.slab.slices {
                let found = block.inside(layer, at);
                if found != 0 {
                    let open = canvas.open_pixels(column, row);
                    canvas.put((column, row), found & open, self.depth(layer.slice + at));
                }
            }
        }
        block.clear();
    }

    /// The slabs of a leaf, by what the bounds of its parts tell: one, if they are not worth it.
    fn slabs(&self, worker: &mut Worker<T>, tape: &Tape, leaf: Cube, canvas: &Canvas<'_>) -> Slabs {
        let whole = Slab {
            slices: LEAF,
            open: u64::MAX,
            solid: 0,
        };
        if !self.division.prune || tape.len() < self.division.hints.parts_from {
            return Slabs::One([whole]);
        }
        let [column, row, _] = leaf.first;
        let open = canvas.open_pixels(column, row);
        let boxes = Parts::of(leaf);
        let pixels = |part: &Cube| {
            let [x, y, _] = part.first;
            0x0f0f_0f0f << ((y - row) * LEAF + x - column)
        };
        let visible = (0..BOXES).fold(0, |visible, index| {
            let sees = pixels(&boxes.cube(index)) & open != 0;
            visible | BoxSet::from(sees) << index
        });
        let mut trace = std::mem::take(&mut worker.scratch);
        let found = self.evaluate(worker, tape, &boxes, &mut trace, visible);
        worker.scratch = trace;
        let mut slabs = [Slab {
            slices: PART_SLICES,
            open: 0,
            solid: 0,
        }; LEAF / PART_SLICES];
        for index in Bits((found.open | found.solid).into()) {
            let slab = &mut slabs[Parts::place(index)[2]];
            let pixels = pixels(&boxes.cube(index));
            match found.solid >> index & 1 {
                0 => slab.open |= pixels,
                _ => slab.solid |= pixels,
            }
        }
        Slabs::Parts(slabs)
    }
}

/// A few slices of a leaf, and what is known of the voxels that pixels may see, a bit each.
#[derive(Debug, Clone, Copy, Default)]
struct Slab {
    slices: usize,
    /// Those that may be inside or not.
    open: u64,
    /// Those that all are inside.
    solid: u64,
}

impl Slab {
    /// What of it these pixels may see.
    fn seen_by(self, pixels: u64) -> Slab {
        Slab {
            open: self.open & pixels,
            solid: self.solid & pixels,
            ..self
        }
    }

    /// The pixels whose voxels are evaluated, where that takes so many instructions for each pixel. To
    /// pick some takes as long as a few dozen of instructions for each of them, so it may be better
    /// to evaluate all.
    fn evaluated(self, instructions: usize) -> u64 {
        const PICKING: usize = 64;
        let count = self.open.count_ones() as usize;
        match count * (PICKING + instructions) < LEAF * LEAF * instructions {
            true => self.open,
            false if count == 0 => 0,
            false => u64::MAX,
        }
    }
}

/// The slabs of a leaf, from the front.
enum Slabs {
    One([Slab; 1]),
    Parts([Slab; LEAF / PART_SLICES]),
}

impl std::ops::Deref for Slabs {
    type Target = [Slab];

    fn deref(&self) -> &[Slab] {
        match self {
            Slabs::One(slab) => slab,
            Slabs::Parts(slabs) => slabs,
        }
    }
}

/// The voxels of a leaf that are evaluated, all together: of its layers those that pixels see.
struct Block<T> {
    layers: [Layer; LEAF / PART_SLICES],
    /// How many layers there are.
    len: usize,
    /// The pixels of the layers, in the order of their voxels, and where they are: a set for each
    /// new mask of a layer, unless it is of all pixels.
    pixels: [[u8; LEAF * LEAF]; LEAF / PART_SLICES],
    sets: usize,
    /// The rays of the pixels of the last layer.
    rays: [[T; LEAF * LEAF]; 3],
    /// How many voxels there are. Where they are in the solid's space, layer by layer, the block of the
    /// worker's workspace has.
    points: usize,
    /// Which of them are inside, a bit each, and nothing behind them.
    inside: [u64; POINTS / 64 + 1],
}

/// What a block has of a slab: some of its slices.
#[derive(Debug, Clone, Copy, Default)]
struct Layer {
    slab: Slab,
    /// The pixels whose voxels are evaluated.
    evaluated: u64,
    /// The first slice.
    slice: usize,
    /// Its first voxel that is evaluated.
    start: usize,
    /// The set of pixels.
    set: usize,
}

impl<T: Real> Default for Block<T> {
    fn default() -> Block<T> {
        Block {
            layers: [Layer::default(); LEAF / PART_SLICES],
            len: 0,
            pixels: [[0; LEAF * LEAF]; LEAF / PART_SLICES],
            sets: 0,
            rays: [[T::default(); LEAF * LEAF]; 3],
            points: 0,
            inside: [0; POINTS / 64 + 1],
        }
    }
}

impl<T: Real> Block<T> {
    fn clear(&mut self) {
        self.len = 0;
        self.sets = 0;
        self.points = 0;
    }

    /// Adds a layer of a leaf whose columns and rows begin with `pixels`. There is room for all of a
    /// leaf. `axes` are those of the worker's block that are read.
    fn add(
        &mut self,
        axes: [Option<&mut [T]>; 3],
        frame: &Frame<T>,
        mut layer: Layer,
        pixels: [&[T]; 2],
        depths: &[T],
    ) {
        let count = layer.evaluated.count_ones() as usize;
        let last = self.layers[..self.len].last();
        if count > 0 && last.is_none_or(|last| last.evaluated != layer.evaluated) {
            let wanted = axes.each_ref().map(Option::is_some);
            self.place(frame, layer.evaluated, pixels, wanted);
        }
        layer.slab.slices = depths.len();
        (layer.start, layer.set) = (self.points, self.sets);
        self.layers[self.len] = layer;
        self.len += 1;
        let rays = self.rays.each_ref().map(|rays| &rays[..]);
        let axes = axes.map(|axis| axis.map(|axis| &mut axis[self.points..]));
        frame.along(rays, count, depths, axes);
        self.points += depths.len() * count;
    }

    /// Finds the rays of these pixels, in a new set, along the axes that are wanted.
    fn place(
        &mut self,
        frame: &Frame<T>,
        open: u64,
        [columns, rows]: [&[T]; 2],
        wanted: [bool; 3],
    ) {
        let mut at = [[T::default(); LEAF * LEAF]; 2];
        if open == u64::MAX {
            // At the edges of a picture there are fewer: nobody looks at what the others are.
            let columns = &columns[..columns.len().min(LEAF)];
            for (row, &y) in rows[..rows.len().min(LEAF)].iter().enumerate() {
                let pixels = row * LEAF..(row + 1) * LEAF;
                at[0][pixels.clone()][..columns.len()].copy_from_slice(columns);
                at[1][pixels].fill(y);
            }
        } else {
            self.sets += 1;
            let set = &mut self.pixels[self.sets - 1];
            for (index, pixel) in Bits(open).enumerate() {
                set[index] = pixel as u8;
                at[0][index] = columns[pixel % LEAF];
                at[1][index] = rows[pixel / LEAF];
            }
        }
        let mut rays = self.rays.each_mut().map(|rays| Some(&mut rays[..]));
        for (rays, wanted) in rays.iter_mut().zip(wanted) {
            *rays = rays.take().filter(|_| wanted);
        }
        frame.rays(&at[0], &at[1], rays);
    }

    /// Finds out which voxels are inside.
    fn evaluate(&mut self, worker: &mut Worker<T>, tracer: &Tracer<T>, tape: &Tape) {
        // Whole lines: what is behind the last voxel is evaluated and not looked at.
        let lines = self.points.div_ceil(LINE);
        let mut signs_of_lines = [0; POINTS / LINE];
        let signs_of_lines = &mut signs_of_lines[..lines];
        match worker.choose_code(tape, lines * LINE) {
            Some(choice) => {
                let mut values = [T::default(); POINTS];
                let values = &mut values[..lines * LINE];
                worker.run_code_on_block(tracer, choice, &mut [values]);
                for (line, values) in signs_of_lines.iter_mut().zip(values.chunks_exact(LINE)) {
                    *line = signs(values);
                }
            }
            None => {
                let workspace = &mut worker.workspace;
                tracer.points_of_block(workspace, tape, lines);
                tracer.negative(workspace, tape, 0, signs_of_lines);
            }
        }
        self.inside = Default::default();
        for (word, lines) in self.inside.iter_mut().zip(signs_of_lines.chunks(64 / LINE)) {
            *word = lines
                .iter()
                .rev()
                .fold(0, |word, &line| word << LINE | u64::from(line));
        }
    }

    /// The pixels, a bit each, whose voxels of slice number `at` of a layer are inside.
    fn inside(&self, layer: &Layer, at: usize) -> u64 {
        let Layer {
            slab: Slab { open, solid, .. },
            evaluated,
            ..
        } = *layer;
        if open == 0 {
            return solid;
        }
        let count = evaluated.count_ones() as usize;
        let start = layer.start + at * count;
        let (word, bit) = (start / 64, start % 64);
        let both = u128::from(self.inside[word]) | u128::from(self.inside[word + 1]) << 64;
        let found = (both >> bit) as u64 & (u64::MAX >> (64 - count));
        if evaluated == u64::MAX {
            return found & open | solid;
        }
        let pixels = &self.pixels[layer.set - 1];
        Bits(found).fold(solid, |found, index| found | 1 << pixels[index])
    }
}

/// The pixels of a column of cubes.
struct Canvas<'p> {
    column: usize,
    row: usize,
    /// Leaves in a row of them.
    leaves: usize,
    pixels: Vec<&'p mut [u32]>,
    /// For each leaf of pixels, which have seen nothing yet, a bit each.
    open: Vec<u64>,
}

impl<'p> Canvas<'p> {
    fn new(column: usize, row: usize, side: usize, pixels: Vec<&'p mut [u32]>) -> Canvas<'p> {
        let leaves = side / LEAF;
        let mut open = vec![0; leaves * leaves];
        let width = pixels.first().map_or(0, |row| row.len());
        let within = |first: usize, len: usize| LEAF.min(len - first);
        for y in (0..pixels.len()).step_by(LEAF) {
            let rows = within(y, pixels.len());
            for x in (0..width).step_by(LEAF) {
                // The first columns of each row, and the first rows.
                let columns = u64::from(u8::MAX >> (LEAF - within(x, width)));
                let of_rows = u64::MAX >> ((LEAF - rows) * LEAF);
                open[y / LEAF * leaves + x / LEAF] = (columns * 0x0101_0101_0101_0101) & of_rows;
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

    /// Those cubes of a slab of which some pixel may see something, since it sees nothing before them.
    fn visible(&self, boxes: &Cubes) -> BoxSet {
        let count = boxes.corner.side / LEAF;
        let first = self.leaf(boxes.corner.first[0], boxes.corner.first[1]);
        (0..BOXES).fold(0, |visible, index| {
            let [x, y, _] = Cubes::place(index);
            let first = first + (y * self.leaves + x) * count;
            let mut rows = (0..count).map(|row| &self.open[first + row * self.leaves..][..count]);
            let sees = rows.any(|row| row.iter().any(|&open| open != 0));
            visible | BoxSet::from(sees) << index
        })
    }

    /// Notes that these pixels of a leaf see something, a bit each, and how far away it is.
    fn put(&mut self, (column, row): (usize, usize), pixels: u64, depth: u32) {
        let leaf = self.leaf(column, row);
        self.open[leaf] &= !pixels;
        let (column, row) = (column - self.column, row - self.row);
        for pixel in Bits(pixels) {
            self.pixels[row + pixel / LEAF][column + pixel % LEAF] = depth;
        }
    }
}
