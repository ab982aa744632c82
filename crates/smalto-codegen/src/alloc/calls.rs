//! Which values live across calls, so that they are made in registers that calls keep.
//!
//! It is a matter of quality, and the layout answers it well enough: a value lives from
//! its definition to the last place in layout where it is live, and crosses the calls
//! in between. Only functions with calls are looked at, or with other instructions that
//! destroy registers.

use super::liveness::Liveness;
use super::value::Value;
use super::{Function, InstructionIndex, Role};

/// The lives of values in layout. Storage is reused.
#[derive(Debug, Default)]
pub(super) struct Calls {
    /// For each value, the first instruction that is behind its definition, and the last
    /// at which it is live.
    lives: Vec<(u32, u32)>,
}

impl Calls {
    /// Marks the values that live across calls.
    pub(super) fn analyse(
        &mut self,
        function: &Function,
        liveness: &Liveness,
        values: &mut [Value],
    ) {
        if function.clobbers.is_empty() {
            return;
        }
        self.lives.clear();
        self.lives.resize(values.len(), (u32::MAX, 0));
        for index in 0..function.blocks.len() {
            self.look_at_block(function, liveness, index);
        }
        let calls = &function.clobbers;
        for (value, &(behind, last)) in values.iter_mut().zip(&self.lives) {
            let next = calls.partition_point(|(at, _)| at.0 < behind);
            if calls.get(next).is_some_and(|(at, _)| at.0 < last) {
                value.set_lasting();
            }
        }
        // What becomes a parameter should be where that is wanted.
        for block in function.blocks.iter().rev() {
            for edge in &block.successors {
                let parameters = function.parameters_of(&function.blocks[edge.target.index()]);
                for (argument, parameter) in function.arguments_of(edge).iter().zip(parameters) {
                    if values[parameter.index()].is_lasting() {
                        values[argument.index()].set_lasting();
                    }
                }
            }
        }
    }

    fn look_at_block(&mut self, function: &Function, liveness: &Liveness, index: usize) {
        let block = &function.blocks[index];
        for parameter in function.parameters_of(block) {
            self.lives[parameter.index()].0 = block.instructions.start;
        }
        for at in block.instructions.clone() {
            for operand in function.operands_of(InstructionIndex(at)) {
                let Some(life) = self.lives.get_mut(operand.register.index()) else {
                    continue;
                };
                match operand.role {
                    Role::Use | Role::LateUse => life.1 = life.1.max(at),
                    Role::Def | Role::EarlyDef | Role::Temporary => life.0 = at + 1,
                }
            }
        }
        let end = block.instructions.end;
        for edge in &block.successors {
            let live = liveness.at_start(edge.target.index()).iter();
            let passed = function.arguments_of(edge).iter().copied();
            for value in live.map(|&(value, _)| value).chain(passed) {
                let life = &mut self.lives[value.index()];
                life.1 = life.1.max(end);
            }
        }
    }
}
