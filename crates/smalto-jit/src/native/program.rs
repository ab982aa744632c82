//! A graph in machine code: recorded, compiled, installed, and called over slices.

use super::{Installed, Isa, install};
use crate::evaluator::{CompileError, Real};
use crate::interp::{Memory, Program, TapeSummary};
use crate::slices::{Input, Output, Signature, value_bytes};
use crate::target::Target;
use smalto_codegen::target::x64;
use smalto_graph::{Graph, VariableId};
use smalto_kernel::{Module, RoutineId, passes};
use smalto_record::intervals::{BOXES, Choice};
use smalto_record::{Order, gradients, record_gradients, record_intervals, record_slices_in};
use std::marker::PhantomData;

/// How much time compiling may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effort {
    /// As little as it can.
    Least,
    /// Whatever makes better code: nodes in an order that needs few registers, instructions
    /// in one that has them wait little. That takes two to three times as long, for code that is
    /// known to be used much.
    Full,
}

/// The program of `graph`, which is optimised, in machine code for `isa`.
pub(crate) fn compile<T: Real>(
    isa: Isa,
    graph: &Graph,
    signature: &Signature,
    effort: Effort,
) -> Result<Box<dyn Program<T>>, CompileError> {
    let order = match effort {
        Effort::Least => Order::AsWritten,
        Effort::Full => Order::DepthFirst,
    };
    let mut storage = smalto_record::Workspace::default();
    let uniform = signature.uniform();
    let recording = record_slices_in(graph, T::ELEMENT, &uniform, order, &mut storage)?;
    let kernel = recording.kernel();
    let mut module = recording.into_module();
    if effort == Effort::Full {
        passes::schedule(
            &mut module,
            isa.registers(),
            &mut passes::Workspace::default(),
        );
    }
    program(isa, &module, kernel, "smalto slices", signature)
}

/// The same with derivatives by `axes`, with full effort, for inputs that are numbers from `-limit` to
/// `limit`: in the signature each output is followed by them.
pub(crate) fn compile_gradients<T: Real>(
    isa: Isa,
    graph: &Graph,
    signature: &Signature,
    axes: [Option<VariableId>; gradients::AXES],
    limit: f64,
) -> Result<Box<dyn Program<T>>, CompileError> {
    let recording = record_gradients(graph, T::ELEMENT, &signature.uniform(), axes, limit)?;
    let kernel = recording.kernel();
    let mut module = recording.into_module();
    // Most of what is close to the inputs has slopes that are 0 or 1, and rules record what other
    // rules did. Signs wander last: negations of one value should be one by then.
    let mut workspace = passes::Workspace::default();
    passes::fold(&mut module, &mut workspace);
    passes::share(&mut module, &mut workspace);
    passes::absorb_negations(&mut module, &mut workspace);
    passes::remove_dead(&mut module, &mut workspace);
    passes::schedule(&mut module, isa.registers(), &mut workspace);
    program(isa, &module, kernel, "smalto gradients", signature)
}

/// Bounds of the outputs of `graph` in boxes, in machine code with full effort. How it is called is
/// the [contract](smalto_record::intervals) of such kernels.
pub(crate) fn compile_intervals<T: Real>(
    isa: Isa,
    graph: &Graph,
    uniform: &[bool],
    choices: &[Choice],
    limit: f64,
) -> Result<Installed, CompileError> {
    let recording = record_intervals(graph, T::ELEMENT, uniform, choices, limit)?;
    let kernel = recording.kernel();
    let mut module = recording.into_module();
    let mut workspace = passes::Workspace::default();
    passes::share(&mut module, &mut workspace);
    passes::fold(&mut module, &mut workspace);
    passes::remove_dead(&mut module, &mut workspace);
    // A wave is as many registers as it takes.
    let registers = (BOXES * size_of::<T>()).div_ceil(isa.register_bytes());
    passes::schedule(&mut module, isa.registers() / registers, &mut workspace);
    let compiled = with_compiler(isa, |compiler| compiler.compile(&module, kernel))?;
    Ok(install("smalto intervals", compiled.code(), &[0])?)
}

/// A kernel over slices, compiled and installed.
fn program<T: Real>(
    isa: Isa,
    module: &Module,
    kernel: RoutineId,
    name: &str,
    signature: &Signature,
) -> Result<Box<dyn Program<T>>, CompileError> {
    let compiled = with_compiler(isa, |compiler| compiler.compile(module, kernel))?;
    Ok(Box::new(Compiled::<T> {
        code: install(name, compiled.code(), &[0])?,
        lanes: compiled.lanes(),
        signature: signature.clone(),
        isa,
        element: PhantomData,
    }))
}

impl Isa {
    /// How many vector registers there are.
    fn registers(self) -> usize {
        match self {
            Isa::Avx2 => 16,
            Isa::Avx512 => 32,
        }
    }

    /// How many bytes a vector register has.
    fn register_bytes(self) -> usize {
        match self {
            Isa::Avx2 => 32,
            Isa::Avx512 => 64,
        }
    }

    /// A new compiler for it.
    pub(crate) fn compiler(self) -> x64::Compiler {
        x64::Compiler::new(match self {
            Isa::Avx2 => x64::Level::Avx2,
            Isa::Avx512 => x64::Level::Avx512,
        })
    }
}

/// Does something with this thread's compiler for `isa`, which keeps its storage from one
/// kernel to the next.
pub(crate) fn with_compiler<R>(isa: Isa, compile: impl FnOnce(&mut x64::Compiler) -> R) -> R {
    use std::cell::RefCell;
    thread_local! {
        static AVX2: RefCell<x64::Compiler> = RefCell::new(Isa::Avx2.compiler());
        static AVX512: RefCell<x64::Compiler> = RefCell::new(Isa::Avx512.compiler());
    }
    let compiler = match isa {
        Isa::Avx2 => &AVX2,
        Isa::Avx512 => &AVX512,
    };
    compiler.with_borrow_mut(compile)
}

/// A compiled graph.
struct Compiled<T> {
    code: Installed,
    /// Points of a wave.
    lanes: usize,
    signature: Signature,
    isa: Isa,
    element: PhantomData<fn() -> T>,
}

/// What a call needs besides the slices: its arguments, and room for waves that are not
/// in the slices as they are.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    pub(crate) words: Vec<u64>,
    waves: Vec<u64>,
}

impl Scratch {
    /// Room for `waves` of `bytes` each.
    fn reserve(&mut self, waves: usize, bytes: usize) {
        let words = waves * bytes.div_ceil(8);
        if self.waves.len() < words {
            self.waves.resize(words, 0);
        }
    }
}

impl<T: Real> Program<T> for Compiled<T> {
    fn new_memory(&self) -> Memory {
        Memory::default()
    }

    fn run(
        &self,
        memory: &mut Memory,
        inputs: &[Input<'_, T>],
        outputs: &mut [Output<'_, T>],
        points: usize,
    ) {
        if points == 0 {
            return;
        }
        let scratch = &mut memory.native;
        let wave_bytes = self.lanes * 8;
        scratch.reserve(inputs.len() + outputs.len(), wave_bytes);
        let Scratch { words, waves } = scratch;
        let mut waves = waves.chunks_exact_mut(wave_bytes / 8);
        let is_short = points < self.lanes;
        let count = points.max(self.lanes);
        words.clear();
        let mut masks = Vec::new();
        for (input, declared) in inputs.iter().zip(&self.signature.inputs) {
            if declared.uniform {
                continue;
            }
            let is_slice = input.len().is_some();
            masks.push(if is_slice { u64::MAX } else { 0 });
            let address = match is_slice && !is_short {
                true => input.as_bytes_ptr(),
                false => {
                    let wave = waves.next().expect("there is a wave for each slice");
                    fill(wave, input, points, self.lanes);
                    wave.as_ptr().cast()
                }
            };
            words.extend([address.expose_provenance() as u64, count as u64]);
        }
        let mut short_outputs = Vec::new();
        for output in outputs.iter_mut() {
            let address = match is_short {
                false => output.as_bytes_mut_ptr(),
                true => {
                    let wave = waves.next().expect("there is a wave for each slice");
                    let address = wave.as_mut_ptr().cast::<u8>();
                    short_outputs.push(address);
                    address
                }
            };
            words.extend([address.expose_provenance() as u64, count as u64]);
        }
        words.push(count as u64);
        words.extend(masks);
        for (input, declared) in inputs.iter().zip(&self.signature.inputs) {
            if declared.uniform {
                words.push(word(input));
            }
        }
        // SAFETY: the kernel is a System V function of its arguments: addresses and lengths
        // of `count` values each (for inputs under a zero mask, of a wave), the number of
        // points, which is no less than a wave, and what is uniform. By its contract it
        // reads and writes those values only. The ISA was found to be present.
        unsafe { self.code.call(0, words) };
        for (output, wave) in outputs.iter_mut().zip(short_outputs) {
            let bytes = points * value_bytes::<T>(output.ty());
            // SAFETY: the output was checked to hold `points` values, a wave holds more, and
            // is part of the scratch.
            unsafe {
                output
                    .as_bytes_mut_ptr()
                    .copy_from_nonoverlapping(wave, bytes)
            };
        }
    }

    fn is_stateful(&self) -> bool {
        false
    }

    fn summary(&self) -> Option<TapeSummary> {
        None
    }

    fn target(&self) -> Target {
        Target::Native(self.isa)
    }
}

/// Fills a wave with the points of an input, the last of them repeated, or with its scalar.
fn fill<T: Real>(wave: &mut [u64], input: &Input<'_, T>, points: usize, lanes: usize) {
    let bytes = value_bytes::<T>(input.ty());
    let to = wave.as_mut_ptr().cast::<u8>();
    let from = input.as_bytes_ptr();
    let last = input.len().map_or(0, |len| len.min(points) - 1);
    for lane in 0..lanes {
        // SAFETY: a wave has `lanes` values of up to eight bytes, and `from` holds the values
        // up to `last`.
        unsafe {
            to.add(lane * bytes)
                .copy_from_nonoverlapping(from.add(lane.min(last) * bytes), bytes);
        }
    }
}

/// A scalar as an argument.
pub(crate) fn word<T: Real>(input: &Input<'_, T>) -> u64 {
    match *input {
        Input::Scalar(value) => value.to_word(),
        Input::ScalarI32(value) => i64::from(value) as u64,
        Input::ScalarI64(value) => value as u64,
        Input::Slice(_) | Input::I32(_) | Input::I64(_) => {
            unreachable!("a uniform input is checked to be a scalar")
        }
    }
}
