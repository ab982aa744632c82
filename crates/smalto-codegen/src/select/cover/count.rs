//! Counting the uses of each value, and so finding the trees.

use super::{Cover, is_tiled};
use crate::select::operator::is_plain;
use smalto_kernel::{BlockId, Instruction, Op, Routine, Terminator, ValueId};

/// What a use counts that cannot be part of the tree that gives the value: as two, and a
/// value that is used twice is at hand.
const APART: u32 = 2;

impl Cover {
    /// Counts uses, those of a name as uses of what it names. What comes out as one use is
    /// one use, by a tile, in the block of the value.
    pub(super) fn count(&mut self, routine: &Routine) {
        self.uses.clear();
        self.uses.resize(routine.len(), 0);
        // Backward: operands come before their users, so by the time an instruction is
        // reached all its own uses are counted. Only jumps back lead to earlier blocks, and
        // terminators have no uses, so theirs are counted first.
        for block in routine.block_ids() {
            self.count_in_terminator(routine, block);
        }
        for block in routine.block_ids().rev() {
            self.count_in_block(routine, block);
        }
    }

    fn count_in_terminator(&mut self, routine: &Routine, block: BlockId) {
        let terminator = routine.terminator(block);
        for edge in terminator.edges() {
            for argument in routine.arguments(edge) {
                self.uses[argument.index()] += APART;
            }
        }
        match *terminator {
            Terminator::Jump(_) | Terminator::Return(None) => {}
            Terminator::Return(Some(value)) => self.uses[value.index()] += APART,
            Terminator::Branch { condition, .. } => {
                let first = routine.values_in(block).next();
                let is_here = first.is_some_and(|first| condition >= first);
                self.uses[condition.index()] += if is_here { 1 } else { APART };
            }
        }
    }

    fn count_in_block(&mut self, routine: &Routine, block: BlockId) {
        let uses = &mut self.uses[..];
        let values = routine.values_in(block);
        let Some(first) = routine.values_in(block).next() else {
            return;
        };
        let of_use = |operand: ValueId| if operand >= first { 1 } else { APART };
        let instructions = &routine.instructions()[first.index()..][..values.len()];
        for (at, instruction) in instructions.iter().enumerate().rev() {
            if is_plain(instruction.op()) {
                for &operand in routine.operands_of(instruction) {
                    uses[operand.index()] += of_use(operand);
                }
            } else if let Some(operand) = named(routine, instruction) {
                let of_name = uses[first.index() + at];
                uses[operand.index()] += of_name * of_use(operand);
            } else {
                let is_tiled = is_tiled(instruction.op());
                for &operand in routine.operands_of(instruction) {
                    uses[operand.index()] += if is_tiled { of_use(operand) } else { APART };
                }
            }
        }
    }
}

/// The operand that an instruction that does nothing to registers is another name of.
/// Uniform floats are in every lane anyway, and lanes have no type.
#[inline]
pub(super) fn named(routine: &Routine, instruction: &Instruction) -> Option<ValueId> {
    let op = instruction.op();
    if !matches!(op, Op::Splat | Op::Bitcast | Op::RawBits) {
        return None;
    }
    let operand = *routine.operands_of(instruction).first()?;
    let ty = instruction.ty()?;
    let is_name = match op {
        Op::Splat => ty.lane().is_float() || routine.op(operand) == Op::Constant,
        _ => ty.is_varying(),
    };
    is_name.then_some(operand)
}
