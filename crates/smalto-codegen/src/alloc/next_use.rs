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
    pressure: Pressure,
}

/// How many registers of each class are needed at once. Storage is reused.
#[derive(Debug, Default)]
struct Pressure {
    /// For each class, those of the values that are live where the walk is.
    live: Vec<u32>,
    /// For each block and class, the most there were.
    most: Vec<u32>,
    /// Where the block that the walk is in begins in `most`.
    block: usize,
}

impl Pressure {
    fn reset(&mut self, blocks: usize, classes: usize) {
        self.live.clear();
        self.live.resize(classes, 0);
        self.most.clear();
        self.most.resize(blocks * classes, 0);
    }

    /// From here on the walk is in this block, from its end.
    fn enter(&mut self, block: usize) {
        self.live.fill(0);
        self.block = block * self.live.len();
    }

    /// A value is live where the walk is that is not live behind it.
    #[inline]
    fn begin(&mut self, value: &Value) {
        self.live[usize::from(value.class)] += u32::from(value.span());
    }

    /// A value that is live behind where the walk is, is not live there.
    #[inline]
    fn end(&mut self, value: &Value) {
        self.live[usize::from(value.class)] -= u32::from(value.span());
    }

    /// Notes what is live where the walk is, with what is destroyed there besides.
    fn note(&mut self, destroyed: &[RegisterSet]) {
        let most = &mut self.most[self.block..];
        for (class, (most, &live)) in most.iter_mut().zip(&self.live).enumerate() {
            let lost = destroyed.get(class).map_or(0, |set| set.iter().count());
            *most = (*most).max(live + lost as u32);
        }
    }
}

impl NextUses {
    /// The most registers of a class that a block needs at once, in a function with loops.
    /// What a call destroys, nothing that lives across it can have.
    pub(super) fn pressure(&self, block: u32, class: usize) -> u32 {
        self.pressure.most[block as usize * self.pressure.live.len() + class]
    }

    /// Fills it for a function on a machine with so many classes of registers; `loops` says
    /// whether the function has any.
    pub(super) fn analyse(
        &mut self,
        function: &Function,
        liveness: &Liveness,
        values: &mut [Value],
        classes: usize,
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
        self.pressure.reset(function.blocks.len(), classes);
        for block in (0..function.blocks.len()).rev() {
            self.pressure.enter(block);
            self.note_live_out(function, liveness, values, block);
            if loops {
                self.pressure.note(&[]);
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
                self.note_live(value, farther(farther(distance, way), end), values);
            }
        }
        for edge in &block.successors {
            let parameters = function.parameters_of(&function.blocks[edge.target.index()]);
            for (&argument, &parameter) in function.arguments_of(edge).iter().zip(parameters) {
                self.note_live(argument, end - 1, values);
                values[argument.index()].hint = Hint::With(parameter.0).pack();
                values[parameter.index()].hint = Hint::With(argument.0).pack();
            }
        }
    }

    fn note_live(&mut self, value: VirtualRegister, position: u32, values: &[Value]) {
        let upcoming = &mut self.upcoming[value.index()];
        if *upcoming == DEAD {
            self.pressure.begin(&values[value.index()]);
        }
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
        let range = function.blocks[block].instructions.clone();
        let firsts = &function.first_operand[range.start as usize..];
        let mut end = firsts[range.len()] as usize;
        for (at, &start) in range.clone().zip(firsts).rev() {
            let start = start as usize;
            let destroyed = rest.destroyed(at);
            if LOOPS && !destroyed.is_empty() {
                self.pressure.note(destroyed);
            }
            let (mut plain, mut hinted, mut more) = (destroyed.is_empty(), false, false);
            let operands = function.operands[start..end].iter();
            for (operand, noted) in operands.zip(&mut self.after[start..end]).rev() {
                let number = operand.register.index();
                let (Some(upcoming), Some(value)) =
                    (self.upcoming.get_mut(number), values.get(number))
                else {
                    return Err(AllocError::Undefined {
                        instruction: InstructionIndex(at),
                        register: operand.register.0,
                    });
                };
                let after = *upcoming;
                *noted = after;
                let register = operand.constraint == Constraint::Register;
                // No `match`, which would be an indirect jump for each operand.
                let next = if operand.role == Role::Use && register {
                    at
                } else if operand.role == Role::Def && register {
                    hinted |= LOOPS && value.hint != NONE;
                    DEAD
                } else if operand.role == Role::Use
                    && operand.constraint == Constraint::RegisterOrSlot
                {
                    in_memory(at, after)
                } else {
                    plain = false;
                    special_use(operand, at, after)
                };
                *upcoming = next;
                if LOOPS && (after == DEAD) != (next == DEAD) {
                    if after == DEAD {
                        more = true;
                        self.pressure.begin(value);
                    } else {
                        self.pressure.end(value);
                    }
                }
                plain &= all_single || value.span() == 1;
            }
            if more {
                self.pressure.note(&[]);
            }
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
            end = start;
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
    /// The registers of each class that an instruction destroys: no classes if none.
    #[inline]
    fn destroyed(&mut self, at: u32) -> &'f [RegisterSet] {
        match self.clobbers.split_last() {
            Some(((last, sets), earlier)) if last.0 >= at => {
                self.clobbers = earlier;
                sets
            }
            _ => &[],
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
