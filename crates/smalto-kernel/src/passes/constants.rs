//! The constants that a pass may name where it writes.

use super::rewrite::Rewrite;
use crate::routine::Instruction;
use crate::{Literal, Routine, ValueId, ValueType};
use foldhash::fast::RandomState;
use std::collections::HashMap;

/// The constants of the entry, which dominates all, and of the block at hand.
#[derive(Debug, Default)]
pub(super) struct Constants {
    of_entry: HashMap<(ValueType, u64), ValueId, RandomState>,
    of_block: HashMap<(ValueType, u64), ValueId, RandomState>,
    blocks: usize,
}

impl Constants {
    /// Begins a routine.
    pub(super) fn start(&mut self) {
        self.of_entry.clear();
        self.blocks = 0;
    }

    /// Begins a block. The first is the entry.
    pub(super) fn begin(&mut self) {
        self.of_block.clear();
        self.blocks += 1;
    }

    /// Has whatever is written from here on know a value of the new code, if it is a copy of a
    /// constant.
    pub(super) fn note(&mut self, old: &Routine, value: ValueId, new: ValueId) {
        if let (Some(ty), Some(literal)) = (old.ty(value), old.literal(value)) {
            self.insert((ty, literal.bits()), new);
        }
    }

    /// A constant of the new code: one that there is, or else a new one.
    pub(super) fn get(&mut self, ty: ValueType, bits: u64, rewrite: &mut Rewrite) -> ValueId {
        let key = (ty, Literal::from_bits(ty.lane(), bits).bits());
        let known = self.of_entry.get(&key);
        if let Some(&known) = known.or_else(|| self.of_block.get(&key)) {
            return known;
        }
        let new = rewrite.add(Instruction::constant(ty, key.1));
        self.insert(key, new);
        new
    }

    fn insert(&mut self, key: (ValueType, u64), new: ValueId) {
        let constants = match self.blocks {
            1 => &mut self.of_entry,
            _ => &mut self.of_block,
        };
        constants.insert(key, new);
    }
}
