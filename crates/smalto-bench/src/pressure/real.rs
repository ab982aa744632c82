//! A real function's registers: those of a model's loop over a row of pixels.

use crate::models;
use crate::picture;
use smalto::{Element, vm};
use smalto_codegen::alloc::{Block, Edge, Function, VirtualRegister};
use smalto_codegen::target::x64::{Compiler, Level};
use smalto_record::record_slices;
use std::ops::Range;

/// The class of vectors.
const VECTOR: u8 = 1;

/// The function that the allocator is given for a model compiled for AVX-512, with only its
/// vectors: the peer is given one class. An instruction may be left without operands.
pub(crate) fn vectors_of(model: &str) -> anyhow::Result<Function> {
    let graph = picture::optimised(&vm::parse(&models::model(model)?)?);
    let uniform: Vec<bool> = graph.variables().iter().map(|v| &*v.name != "x").collect();
    let recording = record_slices(&graph, Element::F32, &uniform)?;
    let mut compiler = Compiler::new(Level::Avx512);
    compiler.compile(recording.module(), recording.kernel())?;
    Ok(only_vectors(compiler.last_function()))
}

fn only_vectors(function: &Function) -> Function {
    let is_vector = |register: VirtualRegister| function.classes[register.index()] == VECTOR;
    let mut numbers = vec![VirtualRegister(u32::MAX); function.classes.len()];
    let mut kept = Function::default();
    for (number, &class) in numbers.iter_mut().zip(&function.classes) {
        if class == VECTOR {
            *number = VirtualRegister(kept.classes.len() as u32);
            kept.classes.push(0);
        }
    }
    for pair in function.first_operand.windows(2) {
        kept.first_operand.push(kept.operands.len() as u32);
        for operand in &function.operands[pair[0] as usize..pair[1] as usize] {
            if is_vector(operand.register) {
                let mut operand = *operand;
                operand.register = numbers[operand.register.index()];
                kept.operands.push(operand);
            }
        }
    }
    kept.first_operand.push(kept.operands.len() as u32);
    for block in &function.blocks {
        let mut pooled = |range: &Range<u32>| {
            let start = kept.pool.len() as u32;
            let registers = &function.pool[range.start as usize..range.end as usize];
            let vectors = registers.iter().filter(|&&register| is_vector(register));
            kept.pool.extend(vectors.map(|v| numbers[v.index()]));
            start..kept.pool.len() as u32
        };
        kept.blocks.push(Block {
            instructions: block.instructions.clone(),
            parameters: pooled(&block.parameters),
            registers: 0..0,
            successors: block
                .successors
                .iter()
                .map(|edge| Edge {
                    target: edge.target,
                    arguments: pooled(&edge.arguments),
                })
                .collect(),
            loop_depth: block.loop_depth,
        });
    }
    kept.number_registers();
    kept
}
