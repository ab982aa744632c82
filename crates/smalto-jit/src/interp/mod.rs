//! The SIMD interpreter.
//!
//! A graph becomes a [`Tape`]: a flat list of instructions, each one op on a batch
//! of points, scheduled into runs of the same op. A run is one call of a kernel: the
//! op's meaning in a loop over the SIMD lanes of the machine the tape was compiled
//! for. Dispatch is paid once per run and batch; the rest is arithmetic and slots
//! moving through the first-level cache.
//!
//! What does not vary from point to point is computed once per call, not per batch.

mod instruction;
mod schedule;
mod slots;
mod tape;
mod workspace;

use crate::slices::{Input, Output, Signature, value_bytes};
use crate::target::Target;
use instruction::Frame;
use smalto_graph::{Graph, Purity, Value};
use smalto_lower::kind::{Bool, I32, I64, Real};
use smalto_lower::lanes::Level;
use smalto_lower::{Float, Kind, Lanes, StandardEnvironment};
use tape::{Home, Step, Tape};
use workspace::{Layout, States};

pub(crate) use instruction::{Chunks, LaneTable, apply_long_binary, apply_long_unary, chunk_bytes};
pub(crate) use schedule::schedule;
pub(crate) use tape::{lane_bytes, operand_type};
pub(crate) use workspace::TapeMemory;

pub use tape::TapeSummary;

/// Points per batch: long enough that starting a kernel costs little beside
/// running it, short enough that tens of slots fit the first-level cache.
pub const BATCH: usize = 256;

/// What an evaluation runs in, whatever runs it.
#[derive(Default)]
pub(crate) struct Memory {
    /// What a tape runs in.
    tape: Option<TapeMemory>,
    /// What machine code runs in.
    pub(crate) native: crate::native::program::Scratch,
}

/// A graph compiled for some machine of element `T`.
pub(crate) trait Program<T>: Send + Sync {
    /// Memory to run in, with fresh states.
    fn new_memory(&self) -> Memory;

    /// Evaluates `points` points. The slices have been checked against the
    /// signature, and `memory` came from this program.
    fn run(
        &self,
        memory: &mut Memory,
        inputs: &[Input<'_, T>],
        outputs: &mut [Output<'_, T>],
        points: usize,
    );

    /// Whether some state outlives a call.
    fn is_stateful(&self) -> bool;

    /// What the tape looks like, if there is one.
    fn summary(&self) -> Option<TapeSummary>;

    /// What runs it by now.
    fn target(&self) -> Target;

    /// Compiles now what would be compiled when that pays.
    fn compile_now(&self) {}
}

/// A tape and the machine it runs on.
pub(crate) struct Interpreter<L: Lanes> {
    lanes: L,
    level: Level,
    tape: Tape<L>,
    signature: Signature,
}

impl<L: Lanes<Element: Float>> Interpreter<L> {
    /// Compiles `graph`, which is optimised, for `lanes`.
    pub(crate) fn new(
        lanes: L,
        level: Level,
        graph: &Graph,
        signature: Signature,
    ) -> Interpreter<L> {
        let uniform: Vec<bool> = signature.inputs.iter().map(|input| input.uniform).collect();
        Interpreter {
            lanes,
            level,
            tape: Tape::new(graph, &uniform),
            signature,
        }
    }

    fn layout(&self) -> Layout {
        Layout::new(&self.tape, self.externals())
    }

    /// Inputs and outputs: the places before the slots.
    fn externals(&self) -> usize {
        self.signature.inputs.len() + self.signature.outputs.len()
    }

    /// Runs `steps` for `points` points at `addresses`.
    ///
    /// # Safety
    /// Every address must be valid for the points rounded up to whole chunks, and
    /// `uniforms` for the tape's uniform bytes.
    unsafe fn run_steps(
        &self,
        steps: &[Step<L>],
        addresses: &[*mut u8],
        uniforms: *mut u8,
        states: &mut States,
        points: usize,
    ) {
        let chunks = points.div_ceil(L::WIDTH);
        let frame = Frame {
            addresses,
            uniforms,
            chunks,
            tables: &self.tape.tables,
        };
        for step in steps {
            match *step {
                Step::Run {
                    kernel,
                    first,
                    count,
                    ..
                } => {
                    let run = &self.tape.instructions[first as usize..(first + count) as usize];
                    // SAFETY: the tape gives every value a place of its kind, and the
                    // caller promises memory behind each place.
                    unsafe { kernel(self.lanes, &frame, run) };
                }
                Step::Call(call) => {
                    let call = call as usize;
                    let address = |home| match home {
                        Home::Varying(place) => addresses[place as usize],
                        Home::Uniform(place) => uniforms.wrapping_add(place as usize),
                    };
                    // SAFETY: as above.
                    unsafe { states.call::<L>(call, &self.tape.calls[call], points, address) };
                }
            }
        }
    }

    /// Writes `value` to every lane of the uniform place at `to`.
    ///
    /// # Safety
    /// `to` must be valid for a chunk of that type.
    unsafe fn splat(&self, to: *mut u8, value: Value) {
        let lanes = self.lanes;
        lanes.enter(|| {
            // SAFETY: the caller's promise.
            unsafe {
                match value {
                    Value::Real(_) => Real::store(lanes, to, Real::splat(lanes, value)),
                    Value::I32(_) => I32::store(lanes, to, I32::splat(lanes, value)),
                    Value::I64(_) => I64::store(lanes, to, I64::splat(lanes, value)),
                    Value::Bool(_) => Bool::store(lanes, to, Bool::splat(lanes, value)),
                }
            }
        });
    }

    /// Points `addresses` at `len` points from `start` on: at the caller's slices
    /// where they hold whole chunks, else at scratch filled from them.
    ///
    /// # Safety
    /// `scratch` must have room for a batch per external place.
    unsafe fn bind_batch(
        &self,
        addresses: &mut [*mut u8],
        scratch: impl Fn(usize) -> *mut u8,
        inputs: &[Input<'_, L::Element>],
        outputs: &mut [Output<'_, L::Element>],
        (start, len): (usize, usize),
    ) {
        let whole = len.is_multiple_of(L::WIDTH);
        for (index, input) in inputs.iter().enumerate() {
            let bytes = value_bytes::<L::Element>(input.ty());
            addresses[index] = match input.len() {
                // Filled once, before the first batch.
                None => scratch(index),
                Some(_) => {
                    let from = input.as_bytes_ptr().wrapping_add(start * bytes);
                    if whole {
                        from.cast_mut()
                    } else {
                        // SAFETY: the slice holds `len` more values and scratch a batch.
                        unsafe { from.copy_to_nonoverlapping(scratch(index), len * bytes) };
                        scratch(index)
                    }
                }
            };
        }
        for (index, output) in outputs.iter_mut().enumerate() {
            let bytes = value_bytes::<L::Element>(output.ty());
            let index = inputs.len() + index;
            addresses[index] = if whole {
                output.as_bytes_mut_ptr().wrapping_add(start * bytes)
            } else {
                scratch(index)
            };
        }
    }
}

impl<L: Lanes<Element: Float>> Program<L::Element> for Interpreter<L> {
    fn new_memory(&self) -> Memory {
        let mut memory = TapeMemory::new(&self.tape, self.layout(), self.externals());
        let base = memory.base();
        for &(place, value) in &self.tape.constants {
            // SAFETY: a uniform place is a chunk within the memory.
            unsafe { self.splat(base.add(place as usize), value) };
        }
        Memory {
            tape: Some(memory),
            ..Memory::default()
        }
    }

    fn run(
        &self,
        memory: &mut Memory,
        inputs: &[Input<'_, L::Element>],
        outputs: &mut [Output<'_, L::Element>],
        points: usize,
    ) {
        let _environment = StandardEnvironment::enter();
        let layout = self.layout();
        let memory = memory.tape.as_mut().expect("memory of this program");
        let base = memory.base();
        let TapeMemory {
            addresses, states, ..
        } = memory;
        let scratch = |index: usize| base.wrapping_add(layout.scratch + index * layout.stride);

        for &(place, input) in &self.tape.uniform_inputs {
            let value = scalar(&inputs[input]).expect("a uniform input is checked to be scalar");
            // SAFETY: a uniform place is a chunk within the memory.
            unsafe { self.splat(base.add(place as usize), value) };
        }
        // SAFETY: uniform steps touch uniform places only, one chunk each.
        unsafe { self.run_steps(&self.tape.uniform_steps, &[], base, states, 1) };
        for (index, input) in inputs.iter().enumerate() {
            if let Some(value) = scalar(input) {
                let chunk = L::WIDTH * value_bytes::<L::Element>(input.ty());
                for offset in (0..BATCH / L::WIDTH).map(|i| i * chunk) {
                    // SAFETY: scratch has room for a batch.
                    unsafe { self.splat(scratch(index).add(offset), value) };
                }
            }
        }
        for slot in 0..self.tape.slots as usize {
            addresses[self.externals() + slot] =
                base.wrapping_add(layout.slots + slot * layout.stride);
        }

        for start in (0..points).step_by(BATCH) {
            let len = BATCH.min(points - start);
            // SAFETY: scratch has a batch per external place; every address is then
            // valid for whole chunks, in scratch, slots or the checked slices.
            unsafe {
                self.bind_batch(addresses, scratch, inputs, outputs, (start, len));
                self.run_steps(&self.tape.steps, addresses, base, states, len);
            }
            if !len.is_multiple_of(L::WIDTH) {
                for (index, output) in outputs.iter_mut().enumerate() {
                    let bytes = value_bytes::<L::Element>(output.ty());
                    let to = output.as_bytes_mut_ptr().wrapping_add(start * bytes);
                    // SAFETY: the output was checked to hold `points` values.
                    unsafe {
                        to.copy_from_nonoverlapping(scratch(inputs.len() + index), len * bytes);
                    }
                }
            }
        }
    }

    fn summary(&self) -> Option<TapeSummary> {
        Some(self.tape.summary())
    }

    fn target(&self) -> Target {
        Target::InterpAt(self.level)
    }

    fn is_stateful(&self) -> bool {
        self.tape
            .calls
            .iter()
            .any(|call| call.op.purity() == Purity::Stateful)
    }
}

/// The value of a scalar input.
pub(crate) fn scalar<T: Float>(input: &Input<'_, T>) -> Option<Value> {
    match *input {
        Input::Scalar(value) => Some(Value::Real(value.to_f64())),
        Input::ScalarI32(value) => Some(Value::I32(value)),
        Input::ScalarI64(value) => Some(Value::I64(value)),
        Input::Slice(_) | Input::I32(_) | Input::I64(_) => None,
    }
}
