//! Running compiled kernels.

use crate::guarded::{Edge, Guarded};
use smalto_codegen::target::x64::{Compiled, Level};
use smalto_kernel::interpret::Buffer;
use smalto_kernel::{Lane, Literal, Routine};

/// Whether this CPU can run a level; says so if not.
pub(crate) fn can_run(level: Level) -> bool {
    let can = match level {
        Level::Avx2 => {
            is_x86_feature_detected!("avx2")
                && is_x86_feature_detected!("fma")
                && is_x86_feature_detected!("f16c")
                && is_x86_feature_detected!("bmi2")
        }
        Level::Avx512 => {
            is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512vl")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("avx512dq")
        }
    };
    if !can {
        println!("skipped: this CPU has no {level}");
    }
    can
}

/// A compiled kernel in memory that can be executed.
pub(crate) struct Loaded(Guarded);

impl Loaded {
    pub(crate) fn new(compiled: &Compiled) -> Loaded {
        let code = compiled.code().bytes();
        let mut executable = Guarded::new(code.len().next_multiple_of(64), Edge::Front);
        executable.bytes_mut()[..code.len()].copy_from_slice(code);
        executable.make_executable();
        Loaded(executable)
    }

    /// Calls it with its arguments in words: addresses and lengths of buffers, parameters.
    pub(crate) fn call(&self, words: &[u64]) {
        // SAFETY: the code is a System V function of one pointer to its arguments. Where it
        // goes wrong a test fails one way or another.
        unsafe {
            let entry: extern "sysv64" fn(*const u64) =
                std::mem::transmute(self.0.address() as usize);
            entry(words.as_ptr());
        }
    }
}

/// What a kernel leaves in its buffers.
pub(crate) fn run(
    compiled: &Compiled,
    kernel: &Routine,
    buffers: &[Buffer],
    arguments: &[Literal],
) -> Vec<Buffer> {
    let mut memory: Vec<Guarded> = Vec::new();
    for (at, buffer) in buffers.iter().enumerate() {
        let edge = if at % 2 == 0 { Edge::Back } else { Edge::Front };
        memory.push(laid_out(buffer, edge));
    }
    let mut words = Vec::new();
    for (memory, buffer) in memory.iter().zip(buffers) {
        words.extend([memory.address(), buffer.len() as u64]);
    }
    words.extend(arguments.iter().map(|argument| word(*argument)));
    assert_eq!(kernel.parameters().len(), arguments.len());
    Loaded::new(compiled).call(&words);
    memory
        .iter()
        .zip(buffers)
        .map(|(memory, buffer)| read(memory, buffer.element()))
        .collect()
}

/// An argument as it is passed: integers of less than 32 bits are extended.
fn word(literal: Literal) -> u64 {
    match literal.lane() {
        Lane::I16 | Lane::I32 => literal.as_i128() as i64 as u64,
        _ => literal.bits(),
    }
}

fn laid_out(buffer: &Buffer, edge: Edge) -> Guarded {
    let size = buffer.element().bytes();
    let mut memory = Guarded::new(buffer.len() * size, edge);
    for (index, bytes) in memory.bytes_mut().chunks_exact_mut(size).enumerate() {
        let bits = buffer
            .get(index)
            .map_or(0x5555_5555_5555_5555, Literal::bits);
        bytes.copy_from_slice(&bits.to_le_bytes()[..size]);
    }
    memory
}

fn read(memory: &Guarded, element: Lane) -> Buffer {
    let literals = memory.bytes().chunks_exact(element.bytes()).map(|bytes| {
        let mut word = [0; 8];
        word[..bytes.len()].copy_from_slice(bytes);
        Literal::from_bits(element, u64::from_le_bytes(word))
    });
    Buffer::of(element, literals)
}
