//! What is computed twice in a block is computed once.
//!
//! Graphs have no node twice, but rules do not look at what others recorded: of a product with a
//! constant the bounds are two products, each of which the rule asks for twice. This is value
//! numbering (J. Cocke & J. T. Schwartz, *Programming Languages and Their Compilers*, 1970) of each
//! block by itself, and of the entry, which dominates all others, with them.
//!
//! Only what is pure is shared. Operands of ops that commute are compared in order of number; a
//! NaN has no bits that anybody can tell from those of another.

use super::rewrite::Rewrite;
use super::{Workspace, for_each_routine};
use crate::op::{Effect, Immediate};
use crate::routine::Instruction;
use crate::{Edge, Module, Op, Routine, ValueId};
use foldhash::fast::RandomState;
use std::collections::HashMap;

/// What has been computed.
#[derive(Debug, Default)]
pub(super) struct Storage {
    /// In the entry.
    of_entry: HashMap<Instruction, ValueId, RandomState>,
    /// In the block at hand, if that is another.
    of_block: HashMap<Instruction, ValueId, RandomState>,
}

/// Computes once what is computed twice, in every routine of a module that verifies.
///
/// # Panics
/// May panic if the module does not [verify](crate::verify()).
pub fn share(module: &mut Module, workspace: &mut Workspace) {
    let Workspace { rewrite, share, .. } = workspace;
    for_each_routine(module, |_, routine| {
        run(routine, rewrite, share);
        rewrite.finish(routine);
    });
}

fn run(routine: &Routine, rewrite: &mut Rewrite, known: &mut Storage) {
    rewrite.start(routine);
    known.of_entry.clear();
    for (index, block) in routine.block_ids().enumerate() {
        let is_entry = index == 0;
        known.of_block.clear();
        rewrite.begin();
        for parameter in routine.parameters_of(block) {
            rewrite.parameter(routine, parameter, true);
        }
        for value in routine.instructions_in(block) {
            if !is_shareable(routine, value) {
                rewrite.copy(routine, value);
                continue;
            }
            let key = key(routine, value, rewrite);
            let same = known
                .of_entry
                .get(&key)
                .or_else(|| known.of_block.get(&key));
            if let Some(&same) = same {
                rewrite.rename(value, same);
                continue;
            }
            rewrite.copy(routine, value);
            let known = match is_entry {
                true => &mut known.of_entry,
                false => &mut known.of_block,
            };
            known.insert(key, rewrite.name(value));
        }
        let terminator = routine.terminator(block);
        rewrite.end_like(routine, terminator, Edge::target, |_, _| true);
    }
}

/// Whether an instruction gives the same each time, and is told by itself from all others.
fn is_shareable(routine: &Routine, value: ValueId) -> bool {
    let op = routine.op(value);
    let row = op.row();
    let is_plain = matches!(
        row.immediate,
        Immediate::Nothing | Immediate::Literal | Immediate::Table
    );
    row.effect == Effect::Pure && is_plain && !op.is_variadic()
}

/// An instruction with its operands as they are named now, in an order of their own if it does not
/// matter.
fn key(routine: &Routine, value: ValueId, rewrite: &Rewrite) -> Instruction {
    let mut key = routine.renamed(value, |operand| rewrite.name(operand));
    let commutes = matches!(
        key.op(),
        Op::Add | Op::Mul | Op::And | Op::Or | Op::Xor | Op::Eq
    );
    if commutes {
        key.sort_operands();
    }
    key
}
