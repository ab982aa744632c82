//! For each operand, when its value is next needed in a register.
//!
//! One walk backwards over the instructions finds it, with a note for each value of the
//! use seen last. That is what Belady's rule asks for (the register to be emptied is
//! that of the value needed last of all), looked up in one array.
//!
//! A use that may read memory needs no register, so it does not count as long as there
//! is one that does. A value with only such uses left is noted with its last one: until
//! then its register can be had for a store, without a load later on.

use super::function::Plain;
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

/// How many registers of each class are live at a place, and at most until there.
#[derive(Debug)]
pub(super) struct Pressure {
    live: [i32; 256],
    most: [i32; 256],
}

impl Pressure {
    const NONE: Pressure = Pressure {
        live: [0; 256],
        most: [0; 256],
    };

    /// The most of a class at once.
    pub(super) fn most(&self, class: usize) -> u32 {
        self.most[class].unsigned_abs()
    }

    /// From here on so many more values like this one are live.
    #[inline]
    fn change(&mut self, function: &Function, value: VirtualRegister, by: i32) {
        let class = usize::from(function.classes[value.index()]);
        let span = match function.spans.get(value.index()) {
            Some(&span) => i32::from(span),
            None => 1,
        };
        self.live[class] += by * span;
        self.most[class] = self.most[class].max(self.live[class]);
    }

    /// Here registers are destroyed beside those that are live.
    fn destroy(&mut self, destroyed: &[RegisterSet]) {
        for (class, set) in destroyed.iter().enumerate() {
            let all = self.live[class] + set.iter().count() as i32;
            self.most[class] = self.most[class].max(all);
        }
    }
}

impl NextUses {
    /// The most registers of each class that a block needs at once. What a call destroys,
    /// nothing that lives across it can have.
    pub(super) fn pressure(
        &self,
        function: &Function,
        liveness: &Liveness,
        block: usize,
    ) -> Pressure {
        let code = &function.blocks[block];
        let mut pressure = Pressure::NONE;
        for &(value, _) in liveness.at_start(block) {
            pressure.change(function, value, 1);
        }
        for place in code.parameters.clone() {
            if self.of_parameters[place as usize] != DEAD {
                pressure.change(function, function.pool[place as usize], 1);
            }
        }
        let mut at = code.instructions.start;
        let first_call = function.clobbers.partition_point(|(call, _)| call.0 < at);
        for (call, destroyed) in &function.clobbers[first_call..] {
            if call.0 >= code.instructions.end {
                break;
            }
            self.follow(function, at..call.0 + 1, &mut pressure);
            pressure.destroy(destroyed);
            at = call.0 + 1;
        }
        self.follow(function, at..code.instructions.end, &mut pressure);
        pressure
    }

    /// Counts along instructions how many registers are live.
    fn follow(&self, function: &Function, instructions: Range<u32>, pressure: &mut Pressure) {
        let first = |at: u32| function.first_operand[at as usize] as usize;
        let range = first(instructions.start)..first(instructions.end);
        let after = &self.after[range.clone()];
        for (operand, &after) in function.operands[range].iter().zip(after) {
            // A definition begins a life unless it is never used, a use ends one if it is
            // the last. Which it is is hard to predict: no branch depends on it.
            let is_use = matches!(operand.role, Role::Use | Role::LateUse);
            let change = i32::from(after != DEAD) - i32::from(is_use);
            pressure.change(function, operand.register, change);
        }
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
        let range = function.blocks[block].instructions.clone();
        let firsts = &function.first_operand[range.start as usize..];
        let mut end = firsts[range.len()] as usize;
        for (at, &start) in range.clone().zip(firsts).rev() {
            let range = start as usize..end;
            end = start as usize;
            let seen = self.scan_operands::<LOOPS>(function, values, at, range.clone())?;
            if seen.is_hinted {
                self.hint_successors(function, values, range.clone());
            }
            if rest.is_clobbering(at) || !seen.is_plain {
                self.special.push(at);
                hint_fixed(function, values, range.clone());
            }
            if rest.is_copy(at) {
                hint_copy(function, values, range);
            }
        }
        Ok(())
    }

    /// Walks the operands of an instruction backwards.
    #[inline(always)]
    fn scan_operands<const LOOPS: bool>(
        &mut self,
        function: &Function,
        values: &[Value],
        at: u32,
        range: Range<usize>,
    ) -> Result<Seen, AllocError> {
        let mut seen = Seen {
            is_plain: true,
            is_hinted: false,
        };
        let upcoming = self.upcoming.as_mut_slice();
        let operands = function.operands[range.clone()].iter();
        for (operand, noted) in operands.zip(&mut self.after[range]).rev() {
            let number = operand.register.index();
            let Some(upcoming) = upcoming.get_mut(number) else {
                return Err(AllocError::Undefined {
                    instruction: InstructionIndex(at),
                    register: operand.register.0,
                });
            };
            *noted = *upcoming;
            *upcoming = match operand.plain() {
                Some(Plain::Use) => at,
                Some(Plain::UseInMemory) => in_memory(at, *noted),
                Some(Plain::Def) => {
                    seen.is_hinted |= LOOPS && values[number].hint != NONE;
                    DEAD
                }
                None => {
                    seen.is_plain = false;
                    special_use(operand, at, *noted)
                }
            };
            if !function.spans.is_empty() {
                seen.is_plain &= function.spans[number] == 1;
            }
        }
        Ok(seen)
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

/// What was seen at an instruction.
struct Seen {
    /// Whether it wants no more than registers for uses and a definition.
    is_plain: bool,
    /// Whether something is defined that is wanted somewhere.
    is_hinted: bool,
}

/// The lists that are used up from their ends, in step with the walk.
struct Rest<'f> {
    clobbers: &'f [(InstructionIndex, Vec<RegisterSet>)],
    copies: &'f [InstructionIndex],
}

impl<'f> Rest<'f> {
    #[inline]
    fn is_clobbering(&mut self, at: u32) -> bool {
        match self.clobbers.split_last() {
            Some(((last, _), earlier)) if last.0 >= at => {
                self.clobbers = earlier;
                true
            }
            _ => false,
        }
    }

    #[inline]
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
