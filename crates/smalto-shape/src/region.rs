//! Pictures by regions: no more of a graph is evaluated anywhere than matters there.
//!
//! A region is a square of pixels. It is divided into 4 by 4 smaller ones, whose bounds are
//! evaluated in one batch of intervals. Where the bounds say what all pixels are, they are
//! filled. Where they do not, the tape is shortened to what matters in the small region, which
//! is divided in turn, down to *leaves* of 16 by 16 pixels, which are evaluated pixel by pixel.
//! What is done with bounds and values is up to a [`Paint`], and how far regions are divided may
//! be [said](smalto_jit::trace::Hints) otherwise.
//!
//! The picture is the one that evaluating the whole graph at every pixel gives, to the bit:
//! bounds are those of the pixels' centres, which are the same numbers however a picture is
//! divided, and a short tape has the bits of the long one.
//!
//! Threads share out regions, each of which makes its own tape from the one they share of what they
//! are parts of. Each region owns the pieces of the picture's rows that are in it, so nothing is
//! locked and nothing is copied.

use crate::bits::Bits;
use crate::pages::prefer_large_pages;
use crate::seats::Seats;
use crate::work::Work;
use crate::worker::{Division, Level, Traced, Worker};
use crate::{Progress, RenderError};
use rayon::Scope;
use rayon::prelude::*;
use smalto_jit::trace::{BOXES, Bounds, Computes, Demand, LINE, ROWS, Tape, Trace, Tracer};
use smalto_jit::{Input, Real};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Pixels along the side of a leaf, unless a paint says otherwise.
pub(crate) const LEAF: usize = LINE;
/// Regions along the side of the region they are made of.
const SPLIT: usize = 4;
/// Regions with this side or a longer one ask whether the work is cancelled.
const LONG_WORK: usize = LEAF * SPLIT;
/// Cells that a thread clears at a time.
const CLEARED: usize = 1 << 17;

const _: () = assert!(SPLIT * SPLIT == BOXES && ROWS == LEAF);

/// What pixels are made of.
pub(crate) trait Paint<T: Real>: Sync {
    /// A pixel, or a few side by side.
    type Cell: Copy + Default + PartialEq + Send + Sync;

    /// How many pixels of a row a cell has: a power of two, not more than a leaf has columns. The
    /// last cell of a row has some that are not in the picture, if the width is no multiple.
    const PIXELS: usize = 1;

    /// Pixels along the side of a leaf, of which a leaf of [`LEAF`] is a multiple: the smaller, the
    /// shorter are its tapes, and the more there are.
    const LEAF: usize = LEAF;

    /// What of the shape pixels show.
    const DEMAND: Demand = Demand::Values;

    /// Whether there may be much that [`flat`](Paint::flat) knows, so that it is not evaluated.
    const HAS_FLAT_PARTS: bool = true;

    /// What leaves evaluate.
    const COMPUTES: Computes = Computes::Values;

    /// How many axes the shape has: two, or three if pixels show what lies at some depth.
    const AXES: usize = 2;

    /// The bounds of the third axis for what a region shows, if it has one; None if it shows
    /// nothing.
    fn depths(&self, _: Region) -> Option<(T, T)> {
        None
    }

    /// Makes boxes of the picture those of the space that the shape is in.
    fn place(&self, _boxes: &mut [Bounds<T>; 3]) {}

    /// Regions of a batch all of whose cells are the same, and what they are. The others are
    /// looked at more closely.
    fn flat(&self, bounds: &Bounds<T>) -> [(u16, Self::Cell); 2];

    /// How far around pixels' centres bounds must hold for [`flat`](Paint::flat), along x and y.
    fn reach(&self) -> [f64; 2] {
        [0.0; 2]
    }

    /// Paints a leaf by `tape`.
    fn leaf(&self, worker: &mut Worker<T>, leaf: &Leaf<'_, T>, tile: Tile<'_, '_, Self::Cell>);
}

/// The cells of a leaf.
pub(crate) struct Tile<'c, 'p, Cell> {
    /// The rows of cells that the leaf's are in.
    rows: &'c mut [&'p mut [Cell]],
    /// Where in them they begin, and how many there are.
    first: usize,
    width: usize,
}

impl<Cell> Tile<'_, '_, Cell> {
    pub(crate) fn row(&mut self, row: usize) -> &mut [Cell] {
        &mut self.rows[row][self.first..][..self.width]
    }

    pub(crate) fn rows(&mut self) -> impl Iterator<Item = &mut [Cell]> {
        let (first, width) = (self.first, self.width);
        self.rows
            .iter_mut()
            .map(move |row| &mut row[first..][..width])
    }
}

/// The x of each column of a picture, or the y of each row.
pub(crate) struct Coordinates<T> {
    /// Of whole leaves: those that are not in the picture repeat the last one that is.
    of_leaves: Vec<T>,
    len: usize,
}

impl<T: Copy> Coordinates<T> {
    /// # Panics
    /// If there are none.
    pub(crate) fn new(mut coordinates: Vec<T>) -> Coordinates<T> {
        let len = coordinates.len();
        let last = coordinates[len - 1];
        coordinates.resize(len.next_multiple_of(LEAF), last);
        Coordinates {
            of_leaves: coordinates,
            len,
        }
    }

    fn len(&self) -> usize {
        self.len
    }

    /// Those of a leaf of this side, and how many of them are in the picture.
    fn leaf(&self, first: usize, side: usize) -> (&[T], usize) {
        (
            &self.of_leaves[first..first + side],
            side.min(self.len - first),
        )
    }
}

/// A leaf about to be painted.
pub(crate) struct Leaf<'a, T> {
    /// Its first column and row.
    pub(crate) first: [usize; 2],
    /// The shape there.
    pub(crate) tracer: &'a Tracer<T>,
    pub(crate) tape: &'a Tape,
    /// The x of each column and the y of each row.
    pub(crate) columns: &'a [T],
    pub(crate) rows: &'a [T],
    /// Columns and rows that are in the picture.
    pub(crate) width: usize,
    pub(crate) height: usize,
}

/// A picture about to be painted.
pub(crate) struct Picture<'a, T, P> {
    pub(crate) traced: &'a Traced<T>,
    pub(crate) paint: &'a P,
    /// The x of each column and the y of each row.
    pub(crate) columns: Coordinates<T>,
    pub(crate) rows: Coordinates<T>,
    pub(crate) scalars: &'a [Input<'a, T>],
    pub(crate) division: Division,
    /// Where to note what is evaluated, if that is asked for.
    pub(crate) work: Option<&'a Work>,
    pub(crate) progress: &'a dyn Progress,
}

/// A square of a picture.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Region {
    pub(crate) column: usize,
    pub(crate) row: usize,
    pub(crate) side: usize,
}

impl Region {
    /// One of the 16 regions that it is made of, row by row.
    fn part(self, index: usize) -> Region {
        let side = self.side / SPLIT;
        Region {
            column: self.column + index % SPLIT * side,
            row: self.row + index / SPLIT * side,
            side,
        }
    }
}

/// A region that some thread paints.
struct Task<'p, Cell> {
    region: Region,
    /// What it is a part of, and which; none if it is the whole picture.
    part_of: Option<(Arc<Whole>, usize)>,
    /// The pieces of the picture's rows that are in the region.
    cells: Vec<&'p mut [Cell]>,
}

/// A region whose parts are painted by several threads: what matters there, and the bounds of its
/// parts.
struct Whole {
    tape: Tape,
    trace: Trace,
}

/// What threads that paint a picture know of each other. To wake a thread that sleeps may take as
/// long as a small picture, so none sleeps before all is done.
#[derive(Default)]
struct Meeting {
    is_cancelled: AtomicBool,
    /// Whether the bounds of the whole picture are known, so that there are its parts to paint.
    has_parts: AtomicBool,
    /// Tasks that are not done.
    left: AtomicUsize,
    /// Where the threads are.
    seats: Seats,
}

impl Meeting {
    /// What other threads do while one finds the bounds of the whole picture.
    fn wait_for_parts(&self) {
        self.seats.take();
        while !self.has_parts.load(Ordering::Relaxed) {
            std::thread::yield_now();
        }
    }

    /// Helps with tasks until all are done.
    fn finish(&self) {
        while self.left.load(Ordering::Acquire) > 0 {
            if rayon::yield_now() != Some(rayon::Yield::Executed) {
                std::thread::yield_now();
            }
        }
    }

    /// There is one more task, until what this gives is dropped.
    fn add(&self) -> Attendance<'_> {
        self.left.fetch_add(1, Ordering::Relaxed);
        Attendance(self)
    }
}

/// A task that is not done.
struct Attendance<'m>(&'m Meeting);

impl Drop for Attendance<'_> {
    fn drop(&mut self) {
        self.0.has_parts.store(true, Ordering::Relaxed);
        self.0.left.fetch_sub(1, Ordering::Release);
    }
}

impl<T: Real, P: Paint<T>> Picture<'_, T, P> {
    /// Paints the picture: its cells row by row, in the memory of an earlier one if that is large
    /// enough.
    pub(crate) fn paint(&self, earlier: Vec<P::Cell>) -> Result<Vec<P::Cell>, RenderError> {
        let (width, height) = (self.columns.len(), self.rows.len());
        let cells_of_row = width.div_ceil(P::PIXELS);
        let mut cells = blank(cells_of_row * height, earlier);
        let mut side = P::LEAF * SPLIT;
        while side < width.max(height) {
            side *= SPLIT;
        }
        let task = Task {
            region: Region {
                column: 0,
                row: 0,
                side,
            },
            part_of: None,
            cells: cells.chunks_exact_mut(cells_of_row).collect(),
        };
        let meeting = Meeting::default();
        let threads = rayon::current_num_threads();
        let divisions = match self.is_shared() {
            true => divisions(threads),
            false => 0,
        };
        if divisions > 0 && side > LONG_WORK {
            // By one of the threads: there is no CPU left for the caller, if it is none of them.
            rayon::scope(|scope| {
                meeting.seats.take();
                for _ in 1..threads {
                    scope.spawn(|_| meeting.wait_for_parts());
                }
                // Who was put on this CPU leaves it as soon as it runs.
                std::thread::yield_now();
                self.perform_whole(scope, &meeting, task, divisions);
            });
        } else {
            rayon::in_place_scope(|scope| self.perform_whole(scope, &meeting, task, divisions));
        }
        match meeting.is_cancelled.into_inner() {
            true => Err(RenderError::Cancelled),
            false => Ok(cells),
        }
    }

    /// Whether it is worth waking threads. At the least an edge of the shape crosses the picture.
    fn is_shared(&self) -> bool {
        let [columns, rows] = [self.columns.len(), self.rows.len()].map(|len| len.div_ceil(LEAF));
        let leaves = match P::HAS_FLAT_PARTS && self.division.prune {
            true => columns.max(rows),
            false => columns * rows,
        };
        leaves * self.traced.tracer.root().len() >= self.division.hints.share_from
    }

    /// Paints the whole picture, with others or alone.
    fn perform_whole<'s>(
        &'s self,
        scope: &Scope<'s>,
        meeting: &'s Meeting,
        whole: Task<'s, P::Cell>,
        divisions: u32,
    ) {
        let attendance = meeting.add();
        self.perform(scope, meeting, whole, divisions);
        drop(attendance);
        meeting.finish();
    }

    /// Paints a task, or divides it into smaller ones, which are divided in turn so many times.
    fn perform<'s>(
        &'s self,
        scope: &Scope<'s>,
        meeting: &'s Meeting,
        mut task: Task<'s, P::Cell>,
        divisions: u32,
    ) {
        let mut worker = self
            .traced
            .hire(self.scalars, P::COMPUTES, self.division.code);
        let mut level = worker.take_level(0);
        let is_short = match &task.part_of {
            None => false,
            Some((whole, index)) => {
                let Whole { tape, trace } = &**whole;
                let tracer = &self.traced.tracer;
                self.division.shortens(tape)
                    && worker.shorten_marked(tracer, tape, trace, *index, &mut level.tape)
            }
        };
        let tape = match &task.part_of {
            _ if is_short => &level.tape,
            Some((whole, _)) => &whole.tape,
            None => self.traced.tracer.root(),
        };
        if divisions > 0 && task.region.side > LONG_WORK {
            self.divide(scope, meeting, &mut worker, tape.clone(), task, divisions);
        } else {
            let mut canvas = Canvas {
                origin: task.region,
                pixels_of_cell: P::PIXELS,
                cells: &mut task.cells,
            };
            let painted = self.region(&mut worker, 1, tape, task.region, &mut canvas);
            if painted.is_err() {
                meeting.is_cancelled.store(true, Ordering::Relaxed);
            }
        }
        worker.give_level(0, level);
    }

    /// Makes a task of each part that is left to paint.
    fn divide<'s>(
        &'s self,
        scope: &Scope<'s>,
        meeting: &'s Meeting,
        worker: &mut Worker<T>,
        tape: Tape,
        task: Task<'s, P::Cell>,
        divisions: u32,
    ) {
        if self.progress.is_cancelled() {
            return meeting.is_cancelled.store(true, Ordering::Relaxed);
        }
        let side = task.region.side / SPLIT;
        let mut cells: [Vec<&mut [P::Cell]>; BOXES] =
            std::array::from_fn(|_| Vec::with_capacity(side));
        for (row, rest) in task.cells.into_iter().enumerate() {
            let pieces = rest.chunks_mut(side / P::PIXELS);
            for (part, piece) in pieces.enumerate() {
                cells[row / side * SPLIT + part].push(piece);
            }
        }
        let mut trace = Trace::default();
        let found = self.evaluate(worker, &tape, task.region, &mut trace);
        if self.division.prune && found.open != 0 {
            self.traced.tracer.mark(&tape, &mut trace);
        }
        for (parts, cell) in found.flat {
            for index in Bits(parts.into()) {
                if cell != P::Cell::default() {
                    for row in &mut cells[index] {
                        row.fill(cell);
                    }
                }
                self.advance(task.region.part(index));
            }
        }
        let whole = Arc::new(Whole { tape, trace });
        for index in Bits(found.open.into()) {
            let task = Task {
                region: task.region.part(index),
                part_of: Some((Arc::clone(&whole), index)),
                cells: std::mem::take(&mut cells[index]),
            };
            let attendance = meeting.add();
            meeting.has_parts.store(true, Ordering::Relaxed);
            scope.spawn(move |scope| {
                let _attendance = attendance;
                self.perform(scope, meeting, task, divisions - 1);
            });
        }
    }

    /// Paints a region in which `tape` is what matters.
    fn region(
        &self,
        worker: &mut Worker<T>,
        depth: usize,
        tape: &Tape,
        region: Region,
        canvas: &mut Canvas<'_, '_, P::Cell>,
    ) -> Result<(), RenderError> {
        if region.side >= LONG_WORK && self.progress.is_cancelled() {
            return Err(RenderError::Cancelled);
        }
        let tracer = &self.traced.tracer;
        let mut level = worker.take_level(depth);
        worker.open_account(tracer, tape);
        let found = self.evaluate(worker, tape, region, &mut level.trace);
        for (parts, cell) in found.flat {
            for part in Bits(parts.into()).map(|index| region.part(index)) {
                canvas.fill(part, cell);
                self.advance(part);
            }
        }
        for index in Bits(found.open.into()) {
            let part = region.part(index);
            worker.settle_account(tracer, tape);
            let Level { trace, tape: short } = &mut level;
            let is_short =
                self.division.shortens(tape) && worker.shorten(tracer, tape, trace, index, short);
            let tape = if is_short { &level.tape } else { tape };
            if part.side > self.division.hints.side_of_squares(P::LEAF) {
                self.region(worker, depth + 1, tape, part, canvas)?;
            } else {
                self.leaves(worker, tape, part, canvas)?;
            }
        }
        worker.close_account();
        worker.give_level(depth, level);
        Ok(())
    }

    /// Evaluates a region by one tape, leaf by leaf.
    fn leaves(
        &self,
        worker: &mut Worker<T>,
        tape: &Tape,
        region: Region,
        canvas: &mut Canvas<'_, '_, P::Cell>,
    ) -> Result<(), RenderError> {
        let within =
            |first: usize, len: usize| (first..(first + region.side).min(len)).step_by(P::LEAF);
        for row in within(region.row, self.rows.len()) {
            if region.side >= LONG_WORK && self.progress.is_cancelled() {
                return Err(RenderError::Cancelled);
            }
            for column in within(region.column, self.columns.len()) {
                let side = P::LEAF;
                self.leaf(worker, tape, Region { column, row, side }, canvas);
            }
        }
        Ok(())
    }

    /// Evaluates bounds in the 16 parts of a region, and says what is to be done with each.
    fn evaluate(
        &self,
        worker: &mut Worker<T>,
        tape: &Tape,
        region: Region,
        trace: &mut Trace,
    ) -> Found<P::Cell> {
        let side = region.side / SPLIT;
        let reach = self.paint.reach();
        let (columns, rows) = (&self.columns.of_leaves, &self.rows.of_leaves);
        let across: [_; SPLIT] = std::array::from_fn(|place| {
            widened(
                extent(columns, region.column + place * side, side),
                reach[0],
            )
        });
        let down: [_; SPLIT] = std::array::from_fn(|place| {
            widened(extent(rows, region.row + place * side, side), reach[1])
        });
        let mut bounds = [Bounds::default(); 3];
        for index in 0..BOXES {
            let ((left, right), (least, most)) = (across[index % SPLIT], down[index / SPLIT]);
            bounds[0].set(index, left, right);
            bounds[1].set(index, least, most);
        }
        let wanted = self.in_picture(region);
        let mut shown = wanted;
        if P::AXES > 2 {
            for index in Bits(wanted.into()) {
                match self.paint.depths(region.part(index)) {
                    Some((lo, hi)) => bounds[2].set(index, lo, hi),
                    None => shown &= !(1 << index),
                }
            }
        }
        let nothing = (wanted & !shown, P::Cell::default());
        if !self.division.prune || shown == 0 {
            return Found {
                flat: [nothing, (0, P::Cell::default()), (0, P::Cell::default())],
                open: shown,
            };
        }
        worker.statistics.batches += 1;
        worker.statistics.interval_instructions += tape.len() as u64;
        if let Some(work) = self.work {
            for part in (0..BOXES).map(|index| region.part(index)) {
                work.add(part.column, part.row, part.side, tape.len() as u64);
            }
        }
        let (tracer, workspace) = (&self.traced.tracer, &mut worker.workspace);
        self.paint.place(&mut bounds);
        tracer.intervals(workspace, tape, &bounds[..P::AXES], trace);
        let [(a, of_a), (b, of_b)] = self.paint.flat(&tracer.bounds(workspace, tape, 0));
        Found {
            flat: [nothing, (a & shown, of_a), (b & shown, of_b)],
            open: shown & !(a | b),
        }
    }

    /// The parts of a region that are at least partly in the picture, a bit each.
    fn in_picture(&self, region: Region) -> u16 {
        let side = region.side / SPLIT;
        let within = |first: usize, len: usize| len.saturating_sub(first).div_ceil(side);
        let columns = within(region.column, self.columns.len());
        let rows = within(region.row, self.rows.len());
        if columns >= SPLIT && rows >= SPLIT {
            return u16::MAX;
        }
        (0..BOXES).fold(0, |parts, index| {
            let is_inside = index % SPLIT < columns && index / SPLIT < rows;
            parts | u16::from(is_inside) << index
        })
    }

    fn leaf(
        &self,
        worker: &mut Worker<T>,
        tape: &Tape,
        region: Region,
        canvas: &mut Canvas<'_, '_, P::Cell>,
    ) {
        worker.statistics.leaves += 1;
        worker.statistics.leaf_instructions += tape.len() as u64;
        let (columns, width) = self.columns.leaf(region.column, P::LEAF);
        let (rows, height) = self.rows.leaf(region.row, P::LEAF);
        if let Some(work) = self.work {
            let points = (width * height) as u64;
            work.add(
                region.column,
                region.row,
                P::LEAF,
                points * tape.len() as u64,
            );
        }
        let leaf = Leaf {
            first: [region.column, region.row],
            tracer: &self.traced.tracer,
            tape,
            columns,
            rows,
            width,
            height,
        };
        let (first, row) = canvas.position(region);
        let tile = Tile {
            rows: &mut canvas.cells[row..row + height],
            first,
            width: width.div_ceil(P::PIXELS),
        };
        self.paint.leaf(worker, &leaf, tile);
        self.advance(region);
    }

    /// Says that a region is done.
    fn advance(&self, region: Region) {
        let width = region.side.min(self.columns.len() - region.column);
        let height = region.side.min(self.rows.len() - region.row);
        self.progress.advance(width * height);
    }
}

/// What is to be done with the parts of a region, a bit each. The others are not in the picture.
struct Found<Cell> {
    /// Those of which all cells are alike. None is in two of these.
    flat: [(u16, Cell); 3],
    /// Those that need a closer look.
    open: u16,
}

/// The cells of a region of a picture.
struct Canvas<'c, 'p, Cell> {
    origin: Region,
    pixels_of_cell: usize,
    cells: &'c mut [&'p mut [Cell]],
}

impl<Cell: Copy + Default + PartialEq> Canvas<'_, '_, Cell> {
    /// Column and row, in this canvas, of a region's first cell.
    fn position(&self, region: Region) -> (usize, usize) {
        (
            (region.column - self.origin.column) / self.pixels_of_cell,
            region.row - self.origin.row,
        )
    }

    /// Fills a region. What cells are at first is not written again, so that the system need
    /// not even find memory for it.
    fn fill(&mut self, region: Region, cell: Cell) {
        if cell == Cell::default() {
            return;
        }
        let (column, row) = self.position(region);
        let columns = region.side / self.pixels_of_cell;
        for row in self.cells.iter_mut().skip(row).take(region.side) {
            let end = row.len().min(column + columns);
            row[column..end].fill(cell);
        }
    }
}

/// How many times a picture is divided before its parts are painted, so that there are some for
/// each thread whenever another is done: 16 parts are enough for four threads, 256 for 64.
fn divisions(threads: usize) -> u32 {
    match threads {
        0..=1 => 0,
        _ => (4 * threads).ilog(BOXES).max(1),
    }
}

/// So many cells, nothing painted yet. Most of a picture is of few large regions, but some are small:
/// to clear all at once is quicker than each by itself, though some cells are written twice.
fn blank<Cell: Copy + Default + Send>(len: usize, mut earlier: Vec<Cell>) -> Vec<Cell> {
    if earlier.capacity() < len {
        let cells = vec![Cell::default(); len];
        prefer_large_pages(&cells);
        return cells;
    }
    earlier.truncate(len);
    let kept = earlier.len();
    earlier.resize(len, Cell::default());
    let clear = |cells: &mut [Cell]| cells.fill(Cell::default());
    let are_shared = kept > CLEARED && rayon::current_num_threads() > 1;
    match are_shared {
        true => earlier[..kept].par_chunks_mut(CLEARED).for_each(clear),
        false => clear(&mut earlier[..kept]),
    }
    earlier
}

/// The least and the greatest of the coordinates of a region, which rise or fall. A region
/// outside the picture has the last one.
pub(crate) fn extent<T: Real>(coordinates: &[T], first: usize, side: usize) -> (T, T) {
    let last = coordinates.len() - 1;
    let (a, b) = (
        coordinates[first.min(last)],
        coordinates[(first + side - 1).min(last)],
    );
    if a <= b { (a, b) } else { (b, a) }
}

/// An interval with `reach` more on both sides.
pub(crate) fn widened<T: Real>((lo, hi): (T, T), reach: f64) -> (T, T) {
    if reach == 0.0 {
        return (lo, hi);
    }
    (
        T::from_f64(lo.to_f64() - reach),
        T::from_f64(hi.to_f64() + reach),
    )
}
