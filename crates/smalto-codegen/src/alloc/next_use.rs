//! For each operand, when its value is next needed in a register in its block.
//!
//! One walk backwards over each block's instructions finds it, with a note for each value
//! of the use seen last. That is what Belady's rule asks for (the register to be emptied
//! is that of the value needed last of all), looked up in one array. The same walk finds
//! the values that a block uses and does not define: what has a note where the block
//! begins. From those alone `liveness` finds what is live where, so no operand is looked
//! at twice. What is needed behind the end of a block is not known to this walk: it is
//! noted with the values, block by block, as the walk forward comes there
//! ([`Value::next_use`] puts the two together).
//!
//! A use that may read memory needs no register, so it does not count as long as there
//! is one that does. A value with only such uses left is noted with its last one: until
//! then its register can be had for a store, without a load later on. Such notes count
//! down from [`DEAD`], so that of two notes the smaller is always the one that counts: the
//! nearest use in a register, else the last in memory.

use super::function::Kinds;
use super::value::{Hint, Traits, Value};
use super::{
    AllocError, Block, Constraint, Edge, Function, InstructionIndex, Operand, RegisterSet, Role,
    VirtualRegister,
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
    rare: Rare,
    /// For each class, how many values each block defines.
    defined: Vec<u32>,
    classes: usize,
    /// Storage for [`LastUses`].
    last_uses: Vec<VirtualRegister>,
}

/// What most instructions and values do not have.
#[derive(Debug, Default)]
struct Rare {
    /// Instructions that want more than registers for uses and a definition, in order.
    special: Vec<u32>,
    /// The block that defines each value that others use.
    home_block: Vec<u32>,
}

/// The values of a block by their last uses in it, those of its own definitions included:
/// among them are all that it does not define.
struct LastUses {
    /// The values, as many as `count`; behind them is room for all operands.
    values: Vec<VirtualRegister>,
    count: usize,
}

impl LastUses {
    /// Adds a value if it was not used further down. Whether it was is hard to predict: no
    /// branch depends on it.
    #[inline(always)]
    fn add_if(&mut self, value: VirtualRegister, is_last: bool) {
        self.values[self.count] = value;
        self.count += usize::from(is_last);
    }
}

/// What was seen of an instruction.
#[derive(Clone, Copy)]
struct Seen {
    /// What its operands are.
    kinds: Kinds,
    /// What is known of the values that it defines, together.
    made: Traits,
}

/// An instruction that is looked at once more.
struct Unusual<'a> {
    at: u32,
    block: u32,
    operands: &'a [Operand],
    /// The notes for its operands.
    in_block: &'a [u32],
    seen: Seen,
}

impl NextUses {
    /// The values that a block uses and others define, with the distances of their uses.
    pub(super) fn exposed(&self, block: usize) -> &[Live] {
        &self.exposed[self.exposed_ranges[block].clone()]
    }

    /// The block that defines a value that others use.
    #[inline]
    pub(super) fn home_block(&self, value: VirtualRegister) -> u32 {
        self.rare.home_block[value.index()]
    }

    /// Instructions that want more than registers for uses and a definition, in order.
    pub(super) fn special(&self) -> &[u32] {
        &self.rare.special
    }

    /// How many values of a class a block defines, parameters excepted.
    pub(super) fn defined(&self, block: usize, class: u8) -> u32 {
        self.defined[block * self.classes + usize::from(class)]
    }

    /// Fills it for a function, and marks the values that leave their block.
    pub(super) fn analyse(
        &mut self,
        function: &Function,
        classes: usize,
        values: &mut [Value],
    ) -> Result<(), AllocError> {
        self.reset(function, classes);
        let mut rest = Rest {
            clobbers: &function.clobbers,
            copies: &function.copies,
            has_tuples: !function.spans.is_empty(),
        };
        for block in (0..function.blocks.len()).rev() {
            self.scan(function, values, block, &mut rest)?;
        }
        self.rare.special.reverse();
        Ok(())
    }

    fn reset(&mut self, function: &Function, classes: usize) {
        // Every one of them will be written.
        self.in_block.resize(function.operands.len(), DEAD);
        self.rare.special.clear();
        self.of_parameters.clear();
        self.of_parameters.resize(function.pool.len(), DEAD);
        self.exposed.clear();
        self.exposed_ranges.clear();
        self.exposed_ranges.resize(function.blocks.len(), 0..0);
        self.rare.home_block.clear();
        self.rare
            .home_block
            .resize(function.classes.len(), u32::MAX);
        self.classes = classes;
        self.defined.clear();
        self.defined.resize(function.blocks.len() * classes, 0);
        let most = function.operands.len() + function.pool.len() + 1;
        self.last_uses.resize(most, VirtualRegister(0));
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
        let mut last_uses = LastUses {
            values: std::mem::take(&mut self.last_uses),
            count: 0,
        };
        for edge in &block.successors {
            note_passed(function, values, block, edge, &mut last_uses);
        }
        self.scan_instructions(function, values, index, rest, &mut last_uses)?;
        self.note_parameters(function, values, index);
        self.note_exposed(values, block, index, &last_uses);
        self.last_uses = last_uses.values;
        Ok(())
    }

    fn scan_instructions(
        &mut self,
        function: &Function,
        values: &mut [Value],
        index: usize,
        rest: &mut Rest<'_>,
        last_uses: &mut LastUses,
    ) -> Result<(), AllocError> {
        let instructions = function.blocks[index].instructions.clone();
        let firsts =
            &function.first_operand[instructions.start as usize..][..instructions.len() + 1];
        let range = firsts[0] as usize..firsts[instructions.len()] as usize;
        let operands = &function.operands[range.clone()];
        let in_block = &mut self.in_block[range.clone()][..operands.len()];
        let defined = &mut self.defined[index * self.classes..][..self.classes];
        let mut end = operands.len();
        let mut next_in_rest = rest.next();
        for number in (0..instructions.len()).rev() {
            let at = instructions.start + number as u32;
            let start = firsts[number] as usize - range.start;
            let operands = &operands[start..end];
            let in_block = &mut in_block[start..][..operands.len()];
            end = start;
            let mut seen = Seen {
                kinds: Kinds::NONE,
                made: Traits::NONE,
            };
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
                seen.kinds.insert(operand);
                if operand.role.is_use() {
                    let may_be_in_memory = operand.constraint == Constraint::RegisterOrSlot;
                    value.beyond = if may_be_in_memory {
                        in_memory(at, next)
                    } else {
                        at
                    };
                    last_uses.add_if(operand.register, next == DEAD);
                } else {
                    value.beyond = DEAD;
                    seen.made |= value.traits();
                    defined[usize::from(value.class())] += 1;
                }
            }
            if seen.is_unusual() || at < next_in_rest {
                let instruction = Unusual {
                    at,
                    block: index as u32,
                    operands,
                    in_block,
                    seen,
                };
                self.rare.note(instruction, values, rest);
                next_in_rest = rest.next();
            }
        }
        Ok(())
    }

    /// Notes the first uses of a block's parameters, which it defines.
    fn note_parameters(&mut self, function: &Function, values: &mut [Value], index: usize) {
        for place in function.blocks[index].parameters.clone() {
            let parameter = function.pool[place as usize].index();
            let first = std::mem::replace(&mut values[parameter].beyond, DEAD);
            self.of_parameters[place as usize] = first;
            self.rare.home_block[parameter] = index as u32;
        }
    }

    /// Notes the uses of values from elsewhere: all that are not yet defined.
    fn note_exposed(
        &mut self,
        values: &mut [Value],
        block: &Block,
        index: usize,
        last_uses: &LastUses,
    ) {
        let first = self.exposed.len();
        for &register in last_uses.values[..last_uses.count].iter().rev() {
            let value = &mut values[register.index()];
            let next = std::mem::replace(&mut value.beyond, DEAD);
            if next != DEAD {
                let distance = noted(next) - block.instructions.start;
                self.exposed.push((register, distance));
                value.set_global();
            }
        }
        self.exposed_ranges[index] = first..self.exposed.len();
    }
}

impl Seen {
    #[inline]
    fn is_unusual(self) -> bool {
        !self.kinds.are_plain() || self.made.is_any_global_or_wanted()
    }
}

impl Rare {
    #[inline(never)]
    fn note(&mut self, instruction: Unusual<'_>, values: &mut [Value], rest: &mut Rest<'_>) {
        let Unusual { at, operands, .. } = instruction;
        if instruction.seen.made.is_any_global_or_wanted() {
            for made in operands.iter().filter(|operand| !operand.role.is_use()) {
                self.home_block[made.register.index()] = instruction.block;
            }
            hint_successors(operands, instruction.in_block, values);
        }
        let is_single = |operand: &Operand| values[operand.register.index()].span() == 1;
        let is_plain = instruction.seen.kinds.are_plain() && operands.iter().all(is_single);
        if rest.is_clobbering(at) || !is_plain {
            self.special.push(at);
            hint_fixed(values, operands);
        }
        if rest.is_copy(at) {
            hint_copy(values, operands);
        }
    }
}

/// Notes what a block passes along an edge.
#[inline]
fn note_passed(
    function: &Function,
    values: &mut [Value],
    block: &Block,
    edge: &Edge,
    last_uses: &mut LastUses,
) {
    let parameters = function.parameters_of(&function.blocks[edge.target.index()]);
    for (&argument, &parameter) in function.arguments_of(edge).iter().zip(parameters) {
        let value = &mut values[argument.index()];
        last_uses.add_if(argument, value.beyond == DEAD);
        value.beyond = block.instructions.end - 1;
        value.set_hint(Hint::With(parameter.0));
        values[parameter.index()].set_hint(Hint::With(argument.0));
    }
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
