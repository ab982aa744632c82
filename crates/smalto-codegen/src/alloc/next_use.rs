//! For each operand, when its value is next needed in a register in its block.
//!
//! One walk backwards over each block's instructions finds it, with a note for each value
//! of the use seen last. That is what Belady's rule asks for (the register to be emptied
//! is that of the value needed last of all), looked up in one array. The same walk finds
//! the values that a block uses and does not define, which their numbers tell. From those
//! alone `liveness` finds what is live where, so no operand is looked at twice. What is
//! needed behind the end of a block is not known to this walk: it is noted with the values,
//! block by block, as the walk forward comes there ([`Value::next_use`] puts the two
//! together).
//!
//! A use that may read memory needs no register, so it does not count as long as there
//! is one that does. A value with only such uses left is noted with its last one: until
//! then its register can be had for a store, without a load later on. Such notes count
//! down from [`DEAD`], so that of two notes the smaller is always the one that counts: the
//! nearest use in a register, else the last in memory.

use super::value::{Hint, Value};
use super::{
    AllocError, Block, BlockIndex, Constraint, Edge, Function, InstructionIndex, Operand,
    RegisterSet, Role, VirtualRegister,
};
use std::ops::Range;

/// Never used again.
pub(super) const DEAD: u32 = i32::MAX as u32;

/// Set in a distance to a value's last use, if it is needed in no register before, and in
/// the note of such a use. What lies below is the next use in a register.
pub(super) const IN_MEMORY: u32 = 1 << 30;

/// The note of a value's use, of which it is known how far away it is, and back.
#[inline]
pub(super) fn noted(use_or_note: u32) -> u32 {
    if use_or_note < IN_MEMORY {
        use_or_note
    } else {
        use_or_note ^ (IN_MEMORY - 1)
    }
}

/// A value, and how many instructions away its next use is.
pub(super) type Live = (VirtualRegister, u32);

/// The note of a use at `at` that may read memory, if that behind it is `next`.
#[inline]
fn in_memory(at: u32, next: u32) -> u32 {
    if next == DEAD { DEAD - at } else { next }
}

/// The distance of a use seen from so many instructions further away.
#[inline]
pub(super) fn farther(next: u32, by: u32) -> u32 {
    let position = (next & !IN_MEMORY).saturating_add(by).min(IN_MEMORY - 2);
    next & IN_MEMORY | position
}

/// The next uses of a function's operands, and which instructions are not plain.
#[derive(Debug, Default)]
pub(super) struct NextUses {
    /// For each operand, the position of its value's next use in the same block.
    pub(super) in_block: Vec<u32>,
    /// For each parameter, at its place in the function's pool, its first use in its block.
    pub(super) of_parameters: Vec<u32>,
    /// Uses of values that other blocks define, with the distance from the block's start.
    exposed: Vec<Live>,
    /// Where each block's are in `exposed`.
    exposed_ranges: Vec<Range<usize>>,
    /// Instructions that want more than registers for uses and a definition, in order.
    special: Vec<u32>,
}

impl NextUses {
    /// The values that a block uses and others define, with the distances of their uses.
    pub(super) fn exposed(&self, block: usize) -> &[Live] {
        &self.exposed[self.exposed_ranges[block].clone()]
    }

    /// Instructions that want more than registers for uses and a definition, in order.
    pub(super) fn special(&self) -> &[u32] {
        &self.special
    }

    /// Fills it for a function, and marks the values that leave their block.
    pub(super) fn analyse(
        &mut self,
        function: &Function,
        values: &mut [Value],
    ) -> Result<(), AllocError> {
        self.reset(function);
        let mut rest = Rest {
            clobbers: &function.clobbers,
            copies: &function.copies,
            has_tuples: !function.spans.is_empty(),
        };
        for block in (0..function.blocks.len()).rev() {
            self.scan(function, values, block, &mut rest)?;
        }
        self.special.reverse();
        Ok(())
    }

    fn reset(&mut self, function: &Function) {
        // Every one of them will be written.
        self.in_block.resize(function.operands.len(), DEAD);
        self.special.clear();
        self.of_parameters.clear();
        self.of_parameters.resize(function.pool.len(), DEAD);
        self.exposed.clear();
        self.exposed_ranges.clear();
        self.exposed_ranges.resize(function.blocks.len(), 0..0);
    }

    /// Walks a block backwards.
    fn scan(
        &mut self,
        function: &Function,
        values: &mut [Value],
        index: usize,
        rest: &mut Rest<'_>,
    ) -> Result<(), AllocError> {
        let block = &function.blocks[index];
        let first_exposed = self.exposed.len();
        for edge in &block.successors {
            self.note_passed(function, values, block, edge);
        }
        self.scan_instructions(function, values, index, rest)?;
        for place in block.parameters.clone() {
            let parameter = &mut values[function.pool[place as usize].index()];
            self.of_parameters[place as usize] = std::mem::replace(&mut parameter.beyond, DEAD);
        }
        for (register, distance) in &mut self.exposed[first_exposed..] {
            let value = &mut values[register.index()];
            let next = std::mem::replace(&mut value.beyond, DEAD);
            *distance = noted(next) - block.instructions.start;
            value.set_global();
        }
        self.exposed_ranges[index] = first_exposed..self.exposed.len();
        Ok(())
    }

    /// Notes what a block passes along an edge.
    #[inline]
    fn note_passed(
        &mut self,
        function: &Function,
        values: &mut [Value],
        block: &Block,
        edge: &Edge,
    ) {
        let parameters = function.parameters_of(&function.blocks[edge.target.index()]);
        for (&argument, &parameter) in function.arguments_of(edge).iter().zip(parameters) {
            let value = &mut values[argument.index()];
            if value.beyond == DEAD && !block.defines(argument) {
                self.exposed.push((argument, 0));
            }
            value.beyond = block.instructions.end - 1;
            value.set_hint(Hint::With(parameter.0));
            values[parameter.index()].set_hint(Hint::With(argument.0));
        }
    }

    #[inline(never)]
    fn scan_instructions(
        &mut self,
        function: &Function,
        values: &mut [Value],
        index: usize,
        rest: &mut Rest<'_>,
    ) -> Result<(), AllocError> {
        let block = &function.blocks[index];
        let instructions = block.instructions.clone();
        let firsts =
            &function.first_operand[instructions.start as usize..][..instructions.len() + 1];
        let range = firsts[0] as usize..firsts[instructions.len()] as usize;
        let operands = &function.operands[range.clone()];
        let in_block = &mut self.in_block[range.clone()][..operands.len()];
        let own = block.registers.clone();
        let count = own.end - own.start;
        let mut end = operands.len();
        let mut next_in_rest = rest.next();
        for number in (0..instructions.len()).rev() {
            let at = instructions.start + number as u32;
            let start = firsts[number] as usize - range.start;
            let operands = &operands[start..end];
            let in_block = &mut in_block[start..][..operands.len()];
            end = start;
            // The wishes of operands, and of values that are made.
            let mut unusual = 0;
            // Backwards, a zip costs more than what is done here.
            for place in (0..operands.len()).rev() {
                let operand = &operands[place];
                let Some(value) = values.get_mut(operand.register.index()) else {
                    return Err(AllocError::Undefined {
                        instruction: InstructionIndex(at),
                        register: operand.register.0,
                    });
                };
                let next = value.beyond;
                in_block[place] = next;
                unusual |= operand.wishes();
                let is_own = operand.register.0.wrapping_sub(own.start) < count;
                if operand.role.is_use() {
                    let may_be_in_memory = operand.constraint == Constraint::RegisterOrSlot;
                    value.beyond = if may_be_in_memory {
                        in_memory(at, next)
                    } else {
                        at
                    };
                    // Either is hard to predict, both together are seldom.
                    if (next == DEAD) & !is_own {
                        self.exposed.push((operand.register, 0));
                    }
                } else if is_own {
                    value.beyond = DEAD;
                    unusual |= value.wishes();
                } else {
                    return Err(AllocError::Block {
                        block: BlockIndex(index as u32),
                        what: "it defines a register that is not among its own",
                    });
                }
            }
            if unusual != 0 || at < next_in_rest {
                if note_unusual(at, operands, in_block, values, rest) {
                    self.special.push(at);
                }
                next_in_rest = rest.next();
            }
        }
        Ok(())
    }
}

/// Notes what an instruction wants of its values that is to be looked at once more, with the
/// notes of its operands; whether it wants more than registers for uses and a definition.
#[inline(never)]
fn note_unusual(
    at: u32,
    operands: &[Operand],
    in_block: &[u32],
    values: &mut [Value],
    rest: &mut Rest<'_>,
) -> bool {
    hint_successors(operands, in_block, values);
    let is_single = |operand: &Operand| values[operand.register.index()].span() == 1;
    let is_plain = |operand: &Operand| operand.wishes() == 0 && is_single(operand);
    let is_special = rest.is_clobbering(at) || !operands.iter().all(is_plain);
    if is_special {
        hint_fixed(values, operands);
    }
    if rest.is_copy(at) {
        hint_copy(values, operands);
    }
    is_special
}

/// Instructions that destroy registers and copies, which are used up from the end of their
/// lists in step with the walk.
struct Rest<'f> {
    clobbers: &'f [(InstructionIndex, Vec<RegisterSet>)],
    copies: &'f [InstructionIndex],
    /// Whether any instruction may be one to look at, as there are tuples.
    has_tuples: bool,
}

impl Rest<'_> {
    /// The walk need not look at instructions from here on.
    fn next(&self) -> u32 {
        let clobber = self.clobbers.last().map_or(0, |(at, _)| at.0 + 1);
        let copy = self.copies.last().map_or(0, |at| at.0 + 1);
        if self.has_tuples {
            u32::MAX
        } else {
            clobber.max(copy)
        }
    }

    /// Whether an instruction destroys registers.
    fn is_clobbering(&mut self, at: u32) -> bool {
        let here = self.clobbers.last().is_some_and(|(last, _)| last.0 >= at);
        if here {
            self.clobbers = &self.clobbers[..self.clobbers.len() - 1];
        }
        here
    }

    fn is_copy(&mut self, at: u32) -> bool {
        let here = self.copies.last().is_some_and(|last| last.0 >= at);
        if here {
            self.copies = &self.copies[..self.copies.len() - 1];
        }
        here
    }
}

/// Where a value is used for the last time, what is made there will often take its
/// register; so where that is wanted, the value is wanted.
fn hint_successors(operands: &[Operand], in_block: &[u32], values: &mut [Value]) {
    let made = operands.iter().find(|operand| operand.role == Role::Def);
    let Some(made) = made.filter(|made| values[made.register.index()].is_wanted()) else {
        return;
    };
    let mut last = operands
        .iter()
        .zip(in_block)
        .filter(|&(operand, &in_block)| {
            // What later blocks use is marked by now.
            let is_last = in_block == DEAD && !values[operand.register.index()].is_global();
            operand.role == Role::Use && is_last
        });
    if let Some((last, _)) = last.next()
        && !values[last.register.index()].is_wanted()
        && values[last.register.index()].class() == values[made.register.index()].class()
    {
        pass_hint(values, made.register, last.register);
    }
}

/// Lets values be made in the registers that the instruction wants them in.
fn hint_fixed(values: &mut [Value], operands: &[Operand]) {
    for operand in operands {
        let hint = match (operand.role, operand.constraint) {
            (Role::Use | Role::LateUse, Constraint::Fixed(number)) => {
                values[operand.register.index()].set_hint(Hint::Register(number));
                continue;
            }
            (_, Constraint::Tied(position)) => operands.get(usize::from(position)),
            _ => None,
        };
        // What the definition is wanted in, the value it overwrites is wanted in.
        if let Some(overwritten) = hint {
            pass_hint(values, operand.register, overwritten.register);
        }
    }
}

/// Lets both sides of a copy be in one place.
fn hint_copy(values: &mut [Value], operands: &[Operand]) {
    let of = |role| operands.iter().find(|operand| operand.role == role);
    if let (Some(from), Some(to)) = (of(Role::Use), of(Role::Def)) {
        pass_hint(values, to.register, from.register);
        if !values[to.register.index()].is_wanted() {
            values[to.register.index()].set_hint(Hint::With(from.register.0));
        }
    }
}

fn pass_hint(values: &mut [Value], from: VirtualRegister, to: VirtualRegister) {
    let from = values[from.index()];
    if from.is_wanted() {
        values[to.index()].set_hint(from.hint());
    }
}
