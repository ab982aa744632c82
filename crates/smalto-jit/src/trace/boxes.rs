//! Machine code for a tape that is evaluated for many boxes.
//!
//! The interpreter reads the bounds of operands from memory and writes those of results there, and
//! has to ask of many whether they are NaN, which almost none is. Machine code keeps bounds in
//! registers, and is made for boxes within a [limit](BoxCode::LIMIT): where no infinity can come of
//! such, there is nothing to ask. Other boxes are interpreted.
//!
//! Code leaves bounds and decisions where the interpreter does, the same to the bit. So whoever
//! asks for bounds, or for a shorter tape, need not know which it was.

use super::code::Code;
use super::decompile::Decompiled;
use super::engine::Realm;
use super::{Bounds, Tape, Trace, Tracer, Workspace};
use crate::evaluator::{CompileError, Real};
use crate::native::program::word;
use crate::native::{self, Installed};
use smalto_lower::StandardEnvironment;

/// Machine code for a tape in boxes.
pub struct BoxCode<T> {
    installed: Installed,
    tape: Tape,
    tracer: u64,
    element: std::marker::PhantomData<fn() -> T>,
}

impl<T> BoxCode<T> {
    /// How far from zero boxes may reach along each axis for machine code to be used.
    pub const LIMIT: f64 = Code::<T>::LIMIT;

    /// The tape that it is of.
    pub fn tape(&self) -> &Tape {
        &self.tape
    }
}

impl<T: Real> Tracer<T> {
    /// Machine code for `tape` in boxes. It takes as long to make as interpreting the tape for some
    /// twenty thousand boxes, and runs in a third to a half of the time: it is for searches and
    /// solvers, which evaluate a graph that often. A picture hardly ever evaluates one tape for
    /// more than a few batches.
    ///
    /// # Errors
    /// If the target is the interpreter, there are more axes and outputs than a kernel has buffers
    /// for, or the system gives no executable memory.
    ///
    /// # Panics
    /// If the tape is another tracer's.
    ///
    /// ```
    /// use smalto_graph::formula;
    /// use smalto_jit::Options;
    /// use smalto_jit::trace::{Axis, Bounds, Tape, Trace, Tracer};
    ///
    /// let graph = formula::parse("min(sqrt(x^2 + y^2) - 1, x - 9)")?;
    /// let axes = [("x", Axis::Columns), ("y", Axis::Rows)];
    /// let tracer = Tracer::<f32>::new(&graph, &axes, &Options::default())?;
    /// let (mut workspace, mut trace) = (tracer.workspace(&[])?, Trace::default());
    /// if tracer.can_compile() {
    ///     let code = tracer.compile_intervals(tracer.root())?;
    ///     let mut boxes = [Bounds::default(); 2];
    ///     boxes[0].set(3, -90.0, -80.0);
    ///     boxes[1].set(3, -1.0, 1.0);
    ///     tracer.run_intervals(&mut workspace, &code, &boxes, &mut trace);
    ///     assert_eq!(tracer.bounds(&workspace, code.tape(), 0).get(3), (-99.0, -89.0));
    ///     let mut tape = Tape::default();
    ///     tracer.shorten(&mut workspace, code.tape(), &mut trace, 3, &mut tape);
    ///     assert_eq!(tape.len(), 1);
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn compile_intervals(&self, tape: &Tape) -> Result<BoxCode<T>, CompileError> {
        self.check_tape(tape);
        let isa = self.compiled_for()?;
        let _environment = StandardEnvironment::enter();
        let Decompiled { graph, choices } = self.engine.decompiled(tape);
        let axes = self.axes.len();
        let uniform: Vec<bool> = (0..graph.variables().len())
            .map(|input| input >= axes)
            .collect();
        let limit = BoxCode::<T>::LIMIT;
        Ok(BoxCode {
            installed: native::compile_intervals::<T>(isa, &graph, &uniform, &choices, limit)?,
            tape: tape.clone(),
            tracer: self.id,
            element: std::marker::PhantomData,
        })
    }

    /// Does what [`intervals`](Tracer::intervals) does for the tape of `code`.
    ///
    /// # Panics
    /// If the code or the workspace is another tracer's, or the number of axes does not fit.
    pub fn run_intervals(
        &self,
        workspace: &mut Workspace<T>,
        code: &BoxCode<T>,
        axes: &[Bounds<T>],
        trace: &mut Trace,
    ) {
        assert_eq!(
            code.tracer, self.id,
            "code is used with the tracer that made it"
        );
        let tape = &code.tape;
        if !axes.iter().all(is_within_limit) {
            return self.intervals(workspace, tape, axes, trace);
        }
        self.check(workspace, tape, axes.len());
        self.write_boxes(workspace, axes);
        trace.reset(tape.len());
        self.fill_arguments(workspace, tape, trace);
        let arguments = &workspace.native.native.words;
        // SAFETY: the kernel is a System V function of its arguments: addresses and lengths of its
        // buffers, then what is uniform. Those are bounds in the workspace's memory of intervals,
        // which has room for any tape of the tracer, and the trace's decisions, of which there is
        // one for each slot. Where an output is an input or a constant, its bounds are
        // overwritten with what they are. The ISA was found to be present.
        unsafe { code.installed.call_briefly(0, arguments) };
        trace.gather();
    }

    /// Writes down the arguments of a kernel of intervals.
    fn fill_arguments(&self, workspace: &mut Workspace<T>, tape: &Tape, trace: &mut Trace) {
        let inputs = (0..self.axes.len()).map(|axis| self.places.inputs + axis);
        let outputs = tape.outputs.iter().map(|&place| place as usize);
        let memory = workspace.memories.of(Realm::Intervals).as_mut_ptr();
        let arguments = &mut workspace.native.native.words;
        arguments.clear();
        for offset in inputs.chain(outputs).flat_map(|at| self.places.bounds(at)) {
            let address = memory.wrapping_add(offset).expose_provenance();
            arguments.extend([address as u64, super::BOXES as u64]);
        }
        let decisions = trace.as_mut_words();
        let address = decisions.as_mut_ptr().expose_provenance();
        arguments.extend([address as u64, decisions.len() as u64]);
        let uniforms = workspace.uniforms.iter().flatten();
        arguments.extend(uniforms.map(|&value| word::<T>(&super::code::scalar(value))));
    }
}

/// Whether the bounds in all boxes are numbers within the limit.
fn is_within_limit<T: Real>(bounds: &Bounds<T>) -> bool {
    let [least, greatest] = [-1.0, 1.0].map(|sign| T::from_f64(sign * BoxCode::<T>::LIMIT));
    let pairs = bounds.lo.iter().zip(&bounds.hi);
    // All of them are looked at, in vectors: almost always they are.
    pairs.fold(true, |are, (lo, hi)| {
        are & (*lo >= least) & (lo <= hi) & (*hi <= greatest)
    })
}
