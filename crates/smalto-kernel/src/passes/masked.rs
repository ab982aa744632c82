//! Every access to memory under a mask.
//!
//! A target whose registers hold more lanes than a wave has computes with the others too,
//! and lets nobody see: as long as they touch no memory. After this pass no lane beyond
//! the wave does: what was not masked is masked by `first_lanes` of the width, and what
//! was masked by both. Small elements may ask for it where large ones fill a register.

use super::rewrite::Rewrite;
use super::{Workspace, for_each_routine};
use crate::op::Immediate;
use crate::routine::Instruction;
use crate::{Edge, Lane, Module, Op, Routine, ValueId, ValueType};

/// Masks every access to elements of less than so many bytes, in every routine of a module
/// that verifies.
///
/// # Panics
/// May panic if the module does not [verify](crate::verify()).
pub fn mask_memory(module: &mut Module, bytes: usize, workspace: &mut Workspace) {
    let rewrite = &mut workspace.rewrite;
    for_each_routine(module, |_, routine| {
        let accesses = |value: ValueId| {
            let buffer = routine.buffer_of(value).and_then(|id| routine.buffer(id));
            routine.op(value).row().immediate == Immediate::MaskedBuffer
                && buffer.is_some_and(|buffer| buffer.element.bytes() < bytes)
        };
        if !(0..routine.len()).any(|index| accesses(ValueId::new(index))) {
            return;
        }
        rewrite.start(routine);
        let mut inside = None;
        for block in routine.block_ids() {
            rewrite.begin();
            for parameter in routine.parameters_of(block) {
                rewrite.parameter(routine, parameter, true);
            }
            let inside = *inside.get_or_insert_with(|| lanes_of_the_wave(rewrite));
            for value in routine.instructions_in(block) {
                match accesses(value) {
                    true => masked(rewrite, routine, value, inside),
                    false => rewrite.copy(routine, value),
                }
            }
            let terminator = routine.terminator(block);
            rewrite.end_like(routine, terminator, Edge::target, |_, _| true);
        }
        rewrite.finish(routine);
    });
}

const MASK: ValueType = ValueType::varying(Lane::Mask);

/// The mask of all lanes, in the entry block, which dominates all.
fn lanes_of_the_wave(rewrite: &mut Rewrite) -> ValueId {
    let count = ValueType::uniform(Lane::I64);
    let width = rewrite.add(Instruction::new(Op::Width, Some(count), 0));
    rewrite.add(Instruction::new(Op::FirstLanes, Some(MASK), 0).with_operands([width]))
}

fn masked(rewrite: &mut Rewrite, routine: &Routine, value: ValueId, inside: ValueId) {
    let mask = match routine.mask(value) {
        None => inside,
        Some(mask) => {
            let both = [rewrite.name(mask), inside];
            rewrite.add(Instruction::new(Op::And, Some(MASK), 0).with_operands(both))
        }
    };
    rewrite.copy_under(routine, value, mask);
}
