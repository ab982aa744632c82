//! Running tapes on the machine of one level.

use super::build::{Axis, Demand, Program, build};
use super::decompile::Decompiled;
use super::kernel::{DomainFrame, LINE, PARTIALS, PointFrame, STEP, make_exact};
use super::memory::Bytes;
use super::simplify::Decisions;
use super::tape::{Class, Tape};
use smalto_graph::{Graph, Type, Value};
use smalto_lower::domain::{Gradients, Intervals, KindIn};
use smalto_lower::kind::{Bool, I32, I64, Real};
use smalto_lower::lanes::WithLanes;
use smalto_lower::{Float, Kind, Lanes};

/// Lines of each part of a gradient: points evaluated at a time, in lines.
pub(crate) const GRADIENT_LINES: usize = 4;

/// Where the places of a program are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Places {
    /// The first varying input.
    pub(crate) inputs: usize,
    /// The first place that a tape writes.
    pub(crate) first: usize,
    /// The first place that is a block of points, less a tape's instructions on lines.
    pub(crate) split: usize,
    /// Bytes of a line.
    pub(crate) line: usize,
    /// Lines of a block.
    pub(crate) rows: usize,
    /// The longest tape.
    pub(crate) instructions: usize,
    /// How many of its instructions are on lines.
    pub(crate) lines: usize,
}

/// Memory of one kind: of points, intervals or gradients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Realm {
    Points,
    Intervals,
    Gradients,
}

impl Places {
    /// Bytes from place to place in a domain, as a power of two.
    pub(crate) fn cell_shift(&self, realm: Realm) -> u32 {
        let bytes = match realm {
            Realm::Points => unreachable!("points have cells of two sizes"),
            Realm::Intervals => 2 * self.line,
            Realm::Gradients => (PARTIALS + 1) * GRADIENT_LINES * self.line,
        };
        bytes.next_power_of_two().trailing_zeros()
    }

    /// Bytes from part to part of a value.
    pub(crate) fn part(&self, realm: Realm) -> usize {
        match realm {
            Realm::Points | Realm::Intervals => self.line,
            Realm::Gradients => GRADIENT_LINES * self.line,
        }
    }

    /// The offsets of the lower and the upper bounds of a place in the memory of intervals.
    pub(crate) fn bounds(&self, place: usize) -> [usize; 2] {
        let lower = place << self.cell_shift(Realm::Intervals);
        [lower, lower + self.part(Realm::Intervals)]
    }

    /// Bytes that any tape of the program runs in.
    pub(crate) fn bytes(&self, realm: Realm) -> usize {
        match realm {
            Realm::Points => {
                let lines = self.split + self.lines;
                let blocks = self.first - self.split + self.instructions - self.lines;
                (lines + blocks * self.rows) * self.line
            }
            _ => (self.first + self.instructions) << self.cell_shift(realm),
        }
    }

    /// The offset of a place in the memory of points, and how far it is from row to row.
    pub(crate) fn point(&self, tape: &Tape, place: usize) -> (usize, usize) {
        let split = self.split + tape.lines as usize;
        match place < split {
            true => (place * self.line, 0),
            false => ((split + (place - split) * self.rows) * self.line, self.line),
        }
    }
}

/// A value and its partial derivatives at some points.
pub(crate) type Parts<T> = [[T; GRADIENT_LINES * LINE]; PARTIALS + 1];

/// A program on the machine of its level.
pub(crate) trait Engine<T>: Send + Sync {
    fn places(&self) -> Places;
    fn root(&self) -> &Tape;
    /// Positions, among the graph's inputs, of those that do not vary.
    fn uniforms(&self) -> &[usize];
    /// Computes the bank in the memory of points, from the values of the uniform inputs, and
    /// copies it to that of intervals.
    fn fill_bank(&self, memories: &mut Memories, uniforms: &[Value]);
    /// Copies the bank to the memory of gradients.
    fn fill_gradient_bank(&self, memories: &mut Memories);
    /// Runs a tape of this program in the memory of points, whose inputs are set, for so many
    /// rows.
    fn points(&self, memories: &mut Memories, tape: &Tape, rows: usize);
    /// Where values are less than 0, after [`points`](Engine::points): for each of `rows` rows
    /// of reals, `step` bytes apart from `at` on, a bit a column.
    fn negative(&self, memories: &Memories, at: usize, step: usize, rows: &mut [u16]);
    /// The same in the memory of intervals. `decisions` has an entry for each instruction.
    /// Gives the boxes in which something was decided.
    fn intervals(&self, memories: &mut Memories, tape: &Tape, decisions: &mut [Decisions]) -> u16;
    /// The same in the memory of gradients, for so many lines.
    fn gradients(&self, memories: &mut Memories, tape: &Tape, lines: usize);
    /// The parts of the value at a place, after [`gradients`](Engine::gradients), as it is given out.
    fn gradient(&self, memories: &Memories, place: usize, parts: &mut Parts<T>);
    /// The graph of a tape, whose inputs are the axes, then the uniform inputs that are read.
    fn decompiled(&self, tape: &Tape) -> Decompiled;
}

/// What a program runs in.
pub(crate) struct Memories {
    pub(crate) points: Bytes,
    pub(crate) intervals: Bytes,
    pub(crate) gradients: Bytes,
}

impl Memories {
    pub(crate) fn new(places: &Places) -> Memories {
        let of = |realm| Bytes::zeroed(places.bytes(realm));
        Memories {
            points: of(Realm::Points),
            intervals: of(Realm::Intervals),
            gradients: of(Realm::Gradients),
        }
    }

    pub(crate) fn of(&mut self, realm: Realm) -> &mut Bytes {
        match realm {
            Realm::Points => &mut self.points,
            Realm::Intervals => &mut self.intervals,
            Realm::Gradients => &mut self.gradients,
        }
    }
}

/// Builds for whatever lanes it is shown.
pub(crate) struct Build<'g> {
    pub(crate) graph: &'g Graph,
    pub(crate) axes: &'g [(&'g str, Axis)],
    pub(crate) demand: Demand,
    pub(crate) program: u64,
}

impl<T: Float> WithLanes<T> for Build<'_> {
    type Output = Box<dyn Engine<T>>;

    fn run<L: Lanes<Element = T, Ballot = u64>>(self, lanes: L) -> Box<dyn Engine<T>> {
        Box::new(OnLanes {
            lanes,
            program: build::<L>(self.graph, self.axes, self.demand, self.program),
        })
    }
}

struct OnLanes<L: Lanes> {
    lanes: L,
    program: Program<L>,
}

impl<L: Lanes<Element: Float, Ballot = u64>> OnLanes<L> {
    /// Runs a tape that writes places from `first` on in the memory of points.
    ///
    /// # Safety
    /// The memory must have room for all places of the tape.
    unsafe fn run_points(
        &self,
        memory: *mut u8,
        tape: &Tape,
        first: usize,
        split: usize,
        rows: usize,
    ) {
        let line = self.program.lane_bytes * LINE;
        let block = line * self.program.rows;
        let mut frame = PointFrame {
            lines: memory,
            blocks: memory
                .wrapping_add(split * line)
                .wrapping_sub(split * block),
            split,
            line,
            block,
            words: &tape.words,
            first,
            tables: &self.program.tables,
            table: 0,
        };
        for (code, run) in tape.each_run() {
            let kernel = &self.program.kernels[code.kernel()];
            let rows = match code.class() {
                Class::Line => 1,
                Class::Block => rows.next_multiple_of(STEP),
            };
            frame.table = kernel.table;
            // SAFETY: the builder gave every place what the op wants, and the caller promises
            // room.
            unsafe { (kernel.points)(self.lanes, &frame, run, rows) };
        }
    }

    fn frame<'a>(
        &'a self,
        values: *mut u8,
        realm: Realm,
        rows: usize,
        tape: &'a Tape,
    ) -> DomainFrame<'a, L> {
        let places = self.places();
        DomainFrame {
            values,
            cell_shift: places.cell_shift(realm),
            part: places.part(realm),
            line: places.line,
            rows,
            words: &tape.words,
            first: self.program.first,
            tables: &self.program.tables,
            table: 0,
            decisions: std::ptr::null_mut(),
        }
    }

    /// Copies the bank from the memory of points to that of a domain.
    fn copy_bank<D>(&self, memories: &mut Memories, realm: Realm, rows: usize)
    where
        Real: KindIn<D, L>,
        I32: KindIn<D, L>,
        I64: KindIn<D, L>,
        Bool: KindIn<D, L>,
    {
        let points = memories.points.as_ptr();
        let values = memories.of(realm).as_mut_ptr();
        let frame = self.frame(values, realm, rows, &self.program.root);
        for (place, &ty) in self.program.bank.iter().enumerate() {
            let from = points.wrapping_add(place * frame.line);
            let to = values.wrapping_add(place << frame.cell_shift);
            // SAFETY: both memories have room for all of the bank.
            unsafe { make_exact::<L, D>(self.lanes, &frame, ty, from, to) };
        }
    }
}

impl<L: Lanes<Element: Float, Ballot = u64>> Engine<L::Element> for OnLanes<L> {
    fn places(&self) -> Places {
        let program = &self.program;
        Places {
            inputs: program.inputs,
            first: program.first,
            split: program.split,
            line: program.lane_bytes * LINE,
            rows: program.rows,
            instructions: program.root.len(),
            lines: program.root.lines as usize,
        }
    }

    fn root(&self) -> &Tape {
        &self.program.root
    }

    fn decompiled(&self, tape: &Tape) -> Decompiled {
        super::decompile::decompiled(&self.program, tape)
    }

    fn uniforms(&self) -> &[usize] {
        &self.program.uniforms
    }

    fn fill_bank(&self, memories: &mut Memories, uniforms: &[Value]) {
        let line = self.program.lane_bytes * LINE;
        let points = memories.points.as_mut_ptr();
        let known = self.program.constants.iter().chain(uniforms);
        for (place, &value) in known.enumerate() {
            // SAFETY: the bank is in the memory.
            unsafe { fill_line(self.lanes, points.add(place * line), value) };
        }
        let prelude = self.program.constants.len() + self.program.uniforms.len();
        // SAFETY: the prelude writes lines of the bank.
        unsafe {
            self.run_points(
                points,
                &self.program.prelude,
                prelude,
                usize::MAX / line / self.program.rows,
                1,
            )
        };
        self.copy_bank::<Intervals>(memories, Realm::Intervals, 1);
    }

    fn fill_gradient_bank(&self, memories: &mut Memories) {
        self.copy_bank::<Gradients<PARTIALS>>(memories, Realm::Gradients, GRADIENT_LINES);
    }

    fn points(&self, memories: &mut Memories, tape: &Tape, rows: usize) {
        debug_assert!(rows <= self.program.rows);
        let split = self.program.split + tape.lines as usize;
        let points = memories.points.as_mut_ptr();
        // SAFETY: no tape of a program has more places of either class than its root.
        unsafe { self.run_points(points, tape, self.program.first, split, rows) };
    }

    fn negative(&self, memories: &Memories, at: usize, step: usize, rows: &mut [u16]) {
        let lanes = self.lanes;
        let from = memories.points.as_ptr().wrapping_add(at);
        lanes.enter(
            #[inline(always)]
            || {
                let zero = lanes.real(0.0);
                for (row, bits) in rows.iter_mut().enumerate() {
                    *bits = 0;
                    for chunk in 0..LINE / L::WIDTH {
                        let offset = row * step + chunk * L::WIDTH * size_of::<L::Element>();
                        // SAFETY: a tracer's places of outputs hold lines of reals.
                        let value = unsafe { Real::load(lanes, from.add(offset)) };
                        let below = lanes.mask_bits(lanes.lt(value, zero));
                        *bits |= (below as u16) << (chunk * L::WIDTH);
                    }
                }
            },
        );
    }

    fn intervals(&self, memories: &mut Memories, tape: &Tape, decisions: &mut [Decisions]) -> u16 {
        assert!(decisions.len() >= tape.len());
        let values = memories.intervals.as_mut_ptr();
        let mut frame = self.frame(values, Realm::Intervals, 1, tape);
        frame.decisions = decisions.as_mut_ptr();
        let mut decided = 0;
        for (code, run) in tape.each_run() {
            let kernel = &self.program.kernels[code.kernel()];
            frame.table = kernel.table;
            // SAFETY: the builder gave every place what the op wants; no tape of a program
            // has more places than its root.
            decided |= unsafe { (kernel.intervals)(self.lanes, &frame, run) };
        }
        decided
    }

    fn gradients(&self, memories: &mut Memories, tape: &Tape, lines: usize) {
        debug_assert!(lines <= GRADIENT_LINES);
        let values = memories.gradients.as_mut_ptr();
        let mut frame = self.frame(values, Realm::Gradients, lines, tape);
        for (code, run) in tape.each_run() {
            let kernel = &self.program.kernels[code.kernel()];
            frame.table = kernel.table;
            // SAFETY: as for intervals.
            unsafe { (kernel.gradients)(self.lanes, &frame, run) };
        }
    }

    fn gradient(&self, memories: &Memories, place: usize, parts: &mut Parts<L::Element>) {
        type D = Gradients<PARTIALS>;
        let (places, lanes) = (self.places(), self.lanes);
        let cell = memories.gradients.as_ptr();
        let cell = cell.wrapping_add(place << places.cell_shift(Realm::Gradients));
        let stride = places.part(Realm::Gradients);
        lanes.enter(
            #[inline(always)]
            || {
                for point in (0..GRADIENT_LINES * LINE).step_by(L::WIDTH) {
                    let (row, column) = (point / LINE, point % LINE);
                    let at = row * places.line + column * size_of::<L::Element>();
                    // SAFETY: a tracer's places of outputs hold gradients of reals, whose parts
                    // have room for all points.
                    let value = unsafe {
                        <Real as KindIn<D, L>>::load_parts(lanes, cell.wrapping_add(at), stride)
                    };
                    let given = value.given(lanes);
                    let [by_a, by_b, by_c] = given.partials;
                    let given = [given.value, by_a, by_b, by_c];
                    for (to, value) in parts.iter_mut().zip(given) {
                        let to = &mut to[point..point + L::WIDTH];
                        // SAFETY: the slice has as many numbers as there are lanes.
                        unsafe { Real::store(lanes, to.as_mut_ptr().cast(), value) };
                    }
                }
            },
        );
    }
}

/// Writes `value` to every lane of a line.
///
/// # Safety
/// `to` must be valid for a line of that type.
unsafe fn fill_line<L: Lanes<Element: Float>>(lanes: L, to: *mut u8, value: Value) {
    /// # Safety
    /// As above.
    #[inline(always)]
    unsafe fn fill<K: Kind<L>, L: Lanes>(lanes: L, to: *mut u8, value: Value) {
        let value = K::splat(lanes, value);
        for chunk in 0..LINE / L::WIDTH {
            // SAFETY: the caller's promise.
            unsafe { K::store(lanes, to.add(chunk * L::WIDTH * K::lane_bytes()), value) };
        }
    }
    lanes.enter(|| {
        // SAFETY: the caller's promise.
        unsafe {
            match value.ty() {
                Type::Real => fill::<Real, L>(lanes, to, value),
                Type::I32 => fill::<I32, L>(lanes, to, value),
                Type::I64 => fill::<I64, L>(lanes, to, value),
                Type::Bool => fill::<Bool, L>(lanes, to, value),
            }
        }
    });
}
