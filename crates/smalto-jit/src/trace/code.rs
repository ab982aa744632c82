//! Machine code for a tape that is used many times.
//!
//! A tape is interpreted an instruction at a time, each of which reads its operands from memory
//! and writes its result there. Machine code keeps them in registers, and is several times as
//! fast, but has to be made first, which takes as long as interpreting the tape for thousands of
//! points. So it pays for shapes of which regions leave almost all, and not for those of which
//! they leave little: [prices](super::prices) say when.
//!
//! Code for gradients is made for numbers within a [limit](Code::LIMIT), where most slopes cannot be
//! infinite, so that it need not ask. Elsewhere the tape is interpreted after all.

use super::decompile::Decompiled;
use super::{Axis, GRADIENTS, POINTS, Tape, Tracer, Workspace};
use crate::evaluator::{CompileError, Real, with_number_outputs};
use crate::interp::{Memory, Program};
use crate::native::{self, Effort};
use crate::slices::{Input, Output, Signature};
use smalto_graph::Value;
use smalto_lower::StandardEnvironment;

/// What machine code computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Computes {
    /// The outputs.
    Values,
    /// The outputs, each with its derivatives by three axes.
    Gradients,
}

/// Machine code for a tape.
pub struct Code<T> {
    program: Box<dyn Program<T>>,
    tracer: u64,
    /// Slices that it writes.
    outputs: usize,
    /// What it is of, if that is interpreted beyond the limit.
    beyond_limit: Option<Tape>,
}

impl<T> Code<T> {
    /// How far from zero inputs may be for code for gradients to be used.
    pub const LIMIT: f64 = 65536.0;
}

/// The value and the partial derivatives of an output.
const PARTS: usize = smalto_record::gradients::AXES + 1;

impl<T: Real> Tracer<T> {
    /// Whether [`compile`](Tracer::compile) makes machine code for the target.
    pub fn can_compile(&self) -> bool {
        self.isa.is_some() && native::refusal().is_none()
    }

    /// Machine code for `tape`.
    ///
    /// # Errors
    /// If the target is the interpreter, or the system gives no executable memory.
    ///
    /// # Panics
    /// If the tape is another tracer's, or there are more than three axes to derive by.
    ///
    /// ```
    /// use smalto_graph::formula;
    /// use smalto_jit::Options;
    /// use smalto_jit::trace::{Axis, Computes, Tracer};
    ///
    /// let graph = formula::parse("x * y")?;
    /// let axes = [("x", Axis::Points), ("y", Axis::Points)];
    /// let tracer = Tracer::<f32>::new(&graph, &axes, &Options::default())?;
    /// let mut workspace = tracer.workspace(&[])?;
    /// if tracer.can_compile() {
    ///     let code = tracer.compile(tracer.root(), Computes::Gradients)?;
    ///     let mut parts = [[0.0; 2]; 4];
    ///     let [value, by_x, by_y, by_none] = &mut parts;
    ///     let axes: [&[f32]; 2] = [&[2.0, 3.0], &[5.0, 7.0]];
    ///     tracer.run(&mut workspace, &code, &axes, &mut [value, by_x, by_y, by_none]);
    ///     assert_eq!(parts, [[10.0, 21.0], [5.0, 7.0], [2.0, 3.0], [0.0, 0.0]]);
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn compile(&self, tape: &Tape, computes: Computes) -> Result<Code<T>, CompileError> {
        self.check_tape(tape);
        let isa = self.compiled_for()?;
        let _environment = StandardEnvironment::enter();
        let Decompiled { graph, .. } = self.engine.decompiled(tape);
        let graph = &with_number_outputs(&graph);
        let axes = self.axes.len();
        let uniform: Vec<bool> = (0..graph.variables().len())
            .map(|input| input >= axes)
            .collect();
        let mut signature = Signature::new(graph, &uniform);
        let program = match computes {
            Computes::Values => native::compile(isa, graph, &signature, Effort::Full)?,
            Computes::Gradients => {
                assert!(
                    axes <= smalto_record::gradients::AXES,
                    "gradients have three parts"
                );
                let mut of_inputs = graph.variable_ids().take(axes);
                let axes = std::array::from_fn(|_| of_inputs.next());
                let outputs = signature.outputs.iter();
                let each_part = outputs.flat_map(|&ty| std::iter::repeat_n(ty, PARTS));
                signature.outputs = each_part.collect();
                native::compile_gradients(isa, graph, &signature, axes, Code::<T>::LIMIT)?
            }
        };
        Ok(Code {
            program,
            tracer: self.id,
            outputs: signature.outputs.len(),
            beyond_limit: match computes {
                Computes::Values => None,
                Computes::Gradients => Some(tape.clone()),
            },
        })
    }

    /// What machine code is made for.
    pub(super) fn compiled_for(&self) -> Result<native::Isa, CompileError> {
        self.isa.ok_or_else(|| CompileError::MachineCode {
            reason: format!("the target is {}, which interprets", self.target()),
        })
    }

    /// Runs machine code for as many points as each axis has values. `outputs` are those of the
    /// graph; with gradients, each is followed by its derivatives by three axes.
    ///
    /// # Panics
    /// If the code or the workspace is another tracer's, or the number of axes or outputs, or their
    /// lengths, do not fit.
    pub fn run(
        &self,
        workspace: &mut Workspace<T>,
        code: &Code<T>,
        axes: &[&[T]],
        outputs: &mut [&mut [T]],
    ) {
        self.check_code(workspace, code, outputs);
        assert_eq!(
            axes.len(),
            self.axes.len(),
            "there are as many axes as the tracer has"
        );
        let points = outputs.first().map_or(0, |output| output.len());
        assert!(axes.iter().all(|axis| axis.len() == points));
        if let Some(tape) = &code.beyond_limit
            && !(are_within_limit(&workspace.uniforms)
                && axes.iter().all(|axis| is_within_limit(axis)))
        {
            return self.interpret_gradients(workspace, tape, axes, outputs);
        }
        code.run(&mut workspace.native, &workspace.uniforms, axes, outputs);
    }

    /// Does what code for gradients does.
    fn interpret_gradients(
        &self,
        workspace: &mut Workspace<T>,
        tape: &Tape,
        axes: &[&[T]],
        outputs: &mut [&mut [T]],
    ) {
        let points = outputs.first().map_or(0, |output| output.len());
        let mut parts = [[T::default(); GRADIENTS]; PARTS];
        for start in (0..points).step_by(GRADIENTS) {
            let range = start..points.min(start + GRADIENTS);
            let axes: Vec<&[T]> = axes.iter().map(|axis| &axis[range.clone()]).collect();
            self.gradients(workspace, tape, &axes);
            for (output, slices) in outputs.chunks_exact_mut(PARTS).enumerate() {
                self.gradient(workspace, tape, output, &mut parts);
                for (slice, part) in slices.iter_mut().zip(&parts) {
                    slice[range.clone()].copy_from_slice(&part[..range.len()]);
                }
            }
        }
    }

    /// [`run`](Tracer::run) for points of the [block](Tracer::block), as many as the outputs have
    /// values.
    ///
    /// # Panics
    /// If the code or the workspace is another tracer's, the code is for gradients, the axes have no
    /// value a point, the number of outputs does not fit, or their lengths differ or are larger than
    /// a block.
    pub fn run_block(
        &self,
        workspace: &mut Workspace<T>,
        code: &Code<T>,
        outputs: &mut [&mut [T]],
    ) {
        self.check_code(workspace, code, outputs);
        assert!(code.beyond_limit.is_none(), "a block is for values");
        assert!(self.axes.iter().all(|axis| *axis == Axis::Points));
        let points = outputs.first().map_or(0, |output| output.len());
        let block = match self.has_whole_blocks() {
            true => self.blocks_mut(&mut workspace.memories),
            false => &mut workspace.block[..],
        };
        let axes: Vec<&[T]> = block
            .chunks_exact(POINTS)
            .map(|axis| &axis[..points])
            .collect();
        code.run(&mut workspace.native, &workspace.uniforms, &axes, outputs);
    }

    fn check_code(&self, workspace: &Workspace<T>, code: &Code<T>, outputs: &[&mut [T]]) {
        assert_eq!(
            code.tracer, self.id,
            "code is used with the tracer that made it"
        );
        assert_eq!(workspace.tracer, self.id, "so is a workspace");
        assert_eq!(
            outputs.len(),
            code.outputs,
            "there is a slice for each output"
        );
        let points = outputs.first().map_or(0, |output| output.len());
        assert!(outputs.iter().all(|output| output.len() == points));
    }
}

impl<T: Real> Code<T> {
    /// Runs for as many points as the outputs have values, and each axis has.
    fn run(
        &self,
        memory: &mut Memory,
        uniforms: &Option<Vec<Value>>,
        axes: &[&[T]],
        outputs: &mut [&mut [T]],
    ) {
        let points = outputs.first().map_or(0, |output| output.len());
        let _environment = StandardEnvironment::enter_by_probe();
        let uniforms = uniforms.iter().flatten();
        let inputs = axes.iter().map(|axis| Input::Slice(axis));
        let inputs: Vec<_> = inputs.chain(uniforms.map(|&value| scalar(value))).collect();
        let mut slices = Vec::with_capacity(outputs.len());
        slices.extend(outputs.iter_mut().map(|output| Output::Slice(output)));
        self.program.run(memory, &inputs, &mut slices, points);
    }
}

/// A value of a uniform input.
pub(super) fn scalar<T: Real>(value: Value) -> Input<'static, T> {
    match value {
        Value::Real(value) => Input::Scalar(T::from_f64(value)),
        Value::I32(value) => Input::ScalarI32(value),
        Value::I64(value) => Input::ScalarI64(value),
        Value::Bool(_) => unreachable!("no input is a truth value"),
    }
}

/// Whether all are numbers within the limit.
fn is_within_limit<T: Real>(numbers: &[T]) -> bool {
    let [least, greatest] = [-1.0, 1.0].map(|sign| T::from_f64(sign * Code::<T>::LIMIT));
    // All of them are looked at, in vectors: almost always they are.
    let mut are = true;
    for &number in numbers {
        are &= (number >= least) & (number <= greatest);
    }
    are
}

/// The same of uniform inputs, of those that are reals.
fn are_within_limit(uniforms: &Option<Vec<Value>>) -> bool {
    let mut uniforms = uniforms.iter().flatten();
    uniforms.all(|uniform| match uniform {
        Value::Real(value) => value.abs() <= Code::<f64>::LIMIT,
        _ => true,
    })
}
