//! For each operand, when its value is next needed in a register.
//!
//! One walk backwards over the instructions finds it, with a note for each value of the
//! use seen last. That is what Belady's rule asks for (the register to be emptied is
//! that of the value needed last of all), looked up in one array.
//!
//! A use that may read memory needs no register, so it does not count as long as there
//! is one that does. A value with only such uses left is noted with its last one: until
//! then its register can be had for a store, without a load later on.

use super::liveness::Liveness;
use super::value::{Hint, NONE, Value};
use super::{
    AllocError, Constraint, Function, InstructionIndex, RegisterSet, Role, VirtualRegister,
};
use std::ops::Range;

/// Never used again.
pub(super) const DEAD: u32 = i32::MAX as u32;

/// Set beside the position of a value's last use, if it is needed in no register before.
/// What lies below is the position of the next use in a register.
pub(super) const IN_MEMORY: u32 = 1 << 30;

/// That a use at `at` may read memory, by a value of which `after` is known.
#[inline]
fn in_memory(at: u32, after: u32) -> u32 {
    if after == DEAD { IN_MEMORY | at } else { after }
}

/// A use seen from so many instructions further away.
pub(super) fn farther(next: u32, by: u32) -> u32 {
    let position = (next & !IN_MEMORY).saturating_add(by).min(IN_MEMORY - 2);
    next & IN_MEMORY | position
}

/// The next uses of a function's operands, and which instructions are not plain.
#[derive(Debug, Default)]
pub(super) struct NextUses {
    /// For each operand, the position of its value's next use.
    pub(super) after: Vec<u32>,
    /// Instructions that want more than registers for uses and a definition, in order.
    pub(super) special: Vec<u32>,
    /// For each parameter, at its place in the function's pool, its first use.
    pub(super) of_parameters: Vec<u32>,
    upcoming: Vec<u32>,
}

impl NextUses {
    /// The most registers of a class that a block needs at once. What a call destroys,
    /// nothing that lives across it can have.
    pub(super) fn pressure(
        &self,
        function: &Function,
        liveness: &Liveness,
        block: usize,
        class: u8,
    ) -> u32 {
        let size = |value: VirtualRegister| match function.classes[value.index()] == class {
            true => function
                .spans
                .get(value.index())
                .map_or(1, |&span| u32::from(span)),
            false => 0,
        };
        let code = &function.blocks[block];
        let arriving = liveness
            .at_start(block)
            .iter()
            .map(|&(value, _)| size(value));
        let parameters = code.parameters.clone().filter_map(|place| {
            let used = self.of_parameters[place as usize] != DEAD;
            used.then(|| size(function.pool[place as usize]))
        });
        let mut live: u32 = arriving.chain(parameters).sum();
        let mut most = live;
        let first = |at: u32| function.first_operand[at as usize] as usize;
        let clobbers = &function.clobbers;
        let mut clobber = clobbers.partition_point(|(at, _)| at.0 < code.instructions.start);
        for at in code.instructions.clone() {
            for index in first(at)..first(at + 1) {
                let operand = &function.operands[index];
                let ends = self.after[index] == DEAD;
                match operand.role {
                    Role::Use | Role::LateUse if ends => {
                        live = live.saturating_sub(size(operand.register));
                    }
                    Role::Def | Role::EarlyDef if !ends => live += size(operand.register),
                    _ => {}
                }
            }
            most = most.max(live);
            if let Some((_, sets)) = clobbers.get(clobber).filter(|(here, _)| here.0 == at) {
                let lost = sets
                    .get(usize::from(class))
                    .map_or(0, |set| set.iter().count());
                most = most.max(live + lost as u32);
                clobber += 1;
            }
        }
        most
    }

    /// Fills it for a function; `loops` says whether that has any.
    pub(super) fn analyse(
        &mut self,
        function: &Function,
        liveness: &Liveness,
        values: &mut [Value],
        loops: bool,
    ) -> Result<(), AllocError> {
        // Every one of them will be written.
        self.after.resize(function.operands.len(), DEAD);
        self.special.clear();
        self.of_parameters.clear();
        self.of_parameters.resize(function.pool.len(), DEAD);
        self.upcoming.clear();
        self.upcoming.resize(function.classes.len(), DEAD);
        let mut rest = Rest {
            clobbers: &function.clobbers,
            copies: &function.copies,
        };
        for block in (0..function.blocks.len()).rev() {
            self.note_live_out(function, liveness, values, block);
            if loops {
                self.scan::<true>(function, values, block, &mut rest)?;
            } else {
                self.scan::<false>(function, values, block, &mut rest)?;
            }
            for &(value, _) in liveness.at_start(block) {
                self.upcoming[value.index()] = DEAD;
            }
            for place in function.blocks[block].parameters.clone() {
                let parameter = function.pool[place as usize];
                self.of_parameters[place as usize] = self.upcoming[parameter.index()];
                self.upcoming[parameter.index()] = DEAD;
            }
        }
        self.special.reverse();
        Ok(())
    }

    /// Notes where values that leave a block are needed next.
    fn note_live_out(
        &mut self,
        function: &Function,
        liveness: &Liveness,
        values: &mut [Value],
        index: usize,
    ) {
        let block = &function.blocks[index];
        let end = block.instructions.end;
        for edge in &block.successors {
            let target = edge.target.index();
            let way = Liveness::leaving(function, index, target);
            for &(value, distance) in liveness.at_start(target) {
                self.note_live(value, farther(farther(distance, way), end));
            }
        }
        for edge in &block.successors {
            let parameters = function.parameters_of(&function.blocks[edge.target.index()]);
            for (&argument, &parameter) in function.arguments_of(edge).iter().zip(parameters) {
                self.note_live(argument, end - 1);
                values[argument.index()].hint = Hint::With(parameter.0).pack();
                values[parameter.index()].hint = Hint::With(argument.0).pack();
            }
        }
    }

    fn note_live(&mut self, value: VirtualRegister, position: u32) {
        let upcoming = &mut self.upcoming[value.index()];
        *upcoming = (*upcoming).min(position);
    }

    /// Walks a block backwards. `LOOPS` asks for what only functions with loops need.
    fn scan<const LOOPS: bool>(
        &mut self,
        function: &Function,
        values: &mut [Value],
        block: usize,
        rest: &mut Rest<'_>,
    ) -> Result<(), AllocError> {
        let all_single = function.spans.is_empty();
        for at in function.blocks[block].instructions.clone().rev() {
            let start = function.first_operand[at as usize] as usize;
            let end = function.first_operand[at as usize + 1] as usize;
            let (mut plain, mut hinted) = (true, false);
            for index in (start..end).rev() {
                let operand = &function.operands[index];
                let value = operand.register.index();
                let Some(upcoming) = self.upcoming.get_mut(value) else {
                    return Err(AllocError::Undefined {
                        instruction: InstructionIndex(at),
                        register: operand.register.0,
                    });
                };
                let after = *upcoming;
                self.after[index] = after;
                let register = operand.constraint == Constraint::Register;
                // No `match`, which would be an indirect jump for each operand.
                if operand.role == Role::Use && register {
                    *upcoming = at;
                } else if operand.role == Role::Def && register {
                    hinted |= LOOPS && values[value].hint != NONE;
                    *upcoming = DEAD;
                } else if operand.role == Role::Use
                    && operand.constraint == Constraint::RegisterOrSlot
                {
                    *upcoming = in_memory(at, after);
                } else {
                    plain = false;
                    *upcoming = special_use(operand, at, after);
                }
                plain &= all_single || function.spans[value] == 1;
            }
            plain &= !rest.is_clobbering(at);
            if hinted {
                self.hint_successors(function, values, start..end);
            }
            if !plain {
                self.special.push(at);
                hint_fixed(function, values, start..end);
            }
            if rest.is_copy(at) {
                hint_copy(function, values, start..end);
            }
        }
        Ok(())
    }

    /// Where a value is used for the last time, what is made there will often take its
    /// register; so where that is wanted, the value is wanted.
    fn hint_successors(&self, function: &Function, values: &mut [Value], range: Range<usize>) {
        let operands = &function.operands[range.clone()];
        let made = operands.iter().find(|operand| operand.role == Role::Def);
        let Some(made) = made.filter(|made| values[made.register.index()].hint != NONE) else {
            return;
        };
        let uses = operands.iter().zip(&self.after[range]);
        let mut last = uses.filter(|(operand, after)| operand.role == Role::Use && **after == DEAD);
        if let Some((last, _)) = last.next()
            && values[last.register.index()].hint == NONE
            && values[last.register.index()].class == values[made.register.index()].class
        {
            pass_hint(values, made.register, last.register);
        }
    }
}

/// The lists that are used up from their ends, in step with the walk.
struct Rest<'f> {
    clobbers: &'f [(InstructionIndex, Vec<RegisterSet>)],
    copies: &'f [InstructionIndex],
}

impl<'f> Rest<'f> {
    fn is_clobbering(&mut self, at: u32) -> bool {
        let Some(((last, _), earlier)) = self.clobbers.split_last() else {
            return false;
        };
        if last.0 < at {
            return false;
        }
        self.clobbers = earlier;
        true
    }

    fn is_copy(&mut self, at: u32) -> bool {
        let Some((last, earlier)) = self.copies.split_last() else {
            return false;
        };
        if last.0 < at {
            return false;
        }
        self.copies = earlier;
        true
    }
}

/// The note for an operand that is not plain.
fn special_use(operand: &super::Operand, at: u32, upcoming: u32) -> u32 {
    match (operand.role, operand.constraint) {
        (Role::LateUse, Constraint::RegisterOrSlot) => in_memory(at, upcoming),
        (Role::Use | Role::LateUse, _) => at,
        (Role::Def | Role::EarlyDef | Role::Temporary, _) => DEAD,
    }
}

/// Lets values be made in the registers that the instruction wants them in.
fn hint_fixed(function: &Function, values: &mut [Value], operands: Range<usize>) {
    let operands = &function.operands[operands];
    for operand in operands {
        let hint = match (operand.role, operand.constraint) {
            (Role::Use | Role::LateUse, Constraint::Fixed(number)) => {
                values[operand.register.index()].hint = Hint::Register(number).pack();
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
fn hint_copy(function: &Function, values: &mut [Value], operands: Range<usize>) {
    let operands = &function.operands[operands];
    let of = |role| operands.iter().find(|operand| operand.role == role);
    if let (Some(from), Some(to)) = (of(Role::Use), of(Role::Def)) {
        pass_hint(values, to.register, from.register);
        if values[to.register.index()].hint == NONE {
            values[to.register.index()].hint = Hint::With(from.register.0).pack();
        }
    }
}

fn pass_hint(values: &mut [Value], from: VirtualRegister, to: VirtualRegister) {
    let hint = values[from.index()].hint;
    if hint != NONE {
        values[to.index()].hint = hint;
    }
}
