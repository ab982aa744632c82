//! Instructions that only want registers: nearly all there are.
//!
//! Uses come first. Those in registers stay there, those in memory that may be read there
//! are; the others are fetched, for which the registers of the former are withheld from
//! eviction. Then values that are not used again leave, and definitions find their place,
//! at best a register that has just become free: on a machine with two operands, or for
//! a fused multiply-add, that spares a move.
//!
//! Most of them need none of that but a look: each use is in its register, or in a slot
//! where it may be, and a register is free for the result. That is the straight way, one
//! loop over the instructions which is left where something else is to be done and taken
//! up again behind that.

use super::bank::WITHHELD;
use super::next_use::DEAD;
use super::value::Value;
use super::walk::Walk;
use super::{AllocError, Constraint, Location, Operand, Role, VirtualRegister};
use std::ops::Range;

/// A register that has just become free, if there is one.
#[derive(Debug, Clone, Copy)]
struct Left(Location);

impl Left {
    const NONE: Left = Left(Location::NOWHERE);

    /// The register, if it is of this class.
    #[inline(always)]
    fn of(self, class: u8) -> Option<u8> {
        (self.0.class() == class).then_some(self.0.number())
    }
}

/// Why the straight way ends before an instruction, or in the middle of it.
enum Stop {
    /// There are no more instructions.
    End,
    /// A use is not where it can be read, or its slot is to be given back. So many operands
    /// before it are done.
    Use(usize),
    /// All uses are done. The one definition, which is operand number so much, does not go
    /// into the next best register.
    Definition(usize, Left),
    /// All uses are done. There are several definitions.
    Definitions,
}

/// Whether a use of a value that is in no register can be read in the value's slot.
#[inline]
fn is_read_in_slot(operand: &Operand, value: &Value) -> bool {
    value.is_stored() && operand.constraint == Constraint::RegisterOrSlot
}

impl<const W: usize> Walk<'_, W> {
    /// Allocates instructions of uses and definitions without further wishes.
    pub(super) fn plain_run(&mut self, instructions: Range<u32>) -> Result<(), AllocError> {
        let mut rest = instructions;
        loop {
            let stop = self.go_straight(&mut rest);
            let at = rest.start;
            match stop {
                Stop::End => return Ok(()),
                Stop::Use(done) => {
                    self.take_back_uses(at, done);
                    self.plain(at)?;
                }
                Stop::Definition(index, left) => self.define(at, index, left)?,
                Stop::Definitions => self.define_several(at)?,
            }
            rest.start = at + 1;
        }
    }

    /// Allocates instructions for as long as it is simple: all uses can be read where they
    /// are, and there is at most one definition, which finds a register without further
    /// ado. Those it has done are taken off.
    #[inline(never)]
    fn go_straight(&mut self, instructions: &mut Range<u32>) -> Stop {
        let function = self.function;
        let operands = &function.operands[..];
        let in_block = &self.next.in_block[..operands.len()];
        let locations = &mut self.out.locations[..operands.len()];
        let values = &mut *self.values;
        let banks = &mut *self.banks;
        let firsts = &function.first_operand[instructions.start as usize..];
        let firsts = &firsts[..instructions.len() + 1];
        for number in 0..instructions.len() {
            let start = firsts[number] as usize;
            let operands = &operands[start..firsts[number + 1] as usize];
            let in_block = &in_block[start..][..operands.len()];
            let locations = &mut locations[start..][..operands.len()];
            let mut left = Left::NONE;
            let mut definition = 0;
            let mut definitions = 0;
            for index in 0..operands.len() {
                let operand = &operands[index];
                let value = &values[operand.register.index()];
                if operand.role != Role::Use {
                    definition = index;
                    definitions += 1;
                    continue;
                }
                let next = value.next_use(in_block[index]);
                if !value.is_just_in_register() {
                    let gives_slot = value.owns_slot() && next == DEAD;
                    let is_read_there = value.home().is_some() || is_read_in_slot(operand, value);
                    if gives_slot || !is_read_there {
                        instructions.start += number as u32;
                        return Stop::Use(index);
                    }
                    if value.home().is_none() {
                        locations[index] = Location::slot(value.class(), value.slot);
                        continue;
                    }
                }
                let location = value.location();
                locations[index] = location;
                banks[usize::from(value.class())].finish(location.number(), next);
                left = if next == DEAD { Left(location) } else { left };
            }
            if definitions == 1 {
                let register = operands[definition].register;
                let value = &mut values[register.index()];
                let bank = &mut banks[usize::from(value.class())];
                if value.can_be_anywhere()
                    && let Some(number) = bank.choose_simply(left.of(value.class()))
                {
                    locations[definition] = Location::register(value.class(), number);
                    value.set_home(Some(number));
                    bank.settle(register, number, in_block[definition]);
                } else {
                    instructions.start += number as u32;
                    return Stop::Definition(start + definition, left);
                }
            } else if definitions > 1 {
                instructions.start += number as u32;
                return Stop::Definitions;
            }
        }
        Stop::End
    }

    /// Undoes what the straight way has done to the first operands of an instruction: values
    /// that have left their registers are there again.
    fn take_back_uses(&mut self, at: u32, done: usize) {
        let first = self.function.first_operand[at as usize] as usize;
        for index in first..first + done {
            let operand = self.function.operands[index];
            if operand.role == Role::Use
                && self.next_use(operand.register, index) == DEAD
                && let Some(register) = self.out.locations[index].as_register()
            {
                self.banks[usize::from(register.class)].hold_again(register.number);
            }
        }
    }

    /// Allocates any instruction of uses and definitions without further wishes.
    fn plain(&mut self, at: u32) -> Result<(), AllocError> {
        let range = self.operands_of(at);
        if !self.find_uses(range.clone()) && !self.fetch_uses(at, range.clone())? {
            return self.constrained(at);
        }
        let left = self.finish_uses_of(at, range.clone());
        let is_definition = |&index: &usize| self.function.operands[index].role == Role::Def;
        let mut definitions = range.filter(is_definition);
        match (definitions.next(), definitions.next()) {
            (None, _) => Ok(()),
            (Some(index), None) => self.define(at, index, left),
            _ => self.define_several(at),
        }
    }

    fn operands_of(&self, at: u32) -> Range<usize> {
        let firsts = &self.function.first_operand;
        firsts[at as usize] as usize..firsts[at as usize + 1] as usize
    }

    /// Finds a register for the only definition and puts the value there.
    fn define(&mut self, at: u32, index: usize, left: Left) -> Result<(), AllocError> {
        let register = self.function.operands[index].register;
        let number = self.find_place(register, index, at, left)?;
        let next = self.next_use(register, index);
        let value = &mut self.values[register.index()];
        if value.is_simple() || next == DEAD {
            value.set_home(Some(number));
            self.banks[usize::from(value.class())].settle(register, number, next);
        } else {
            self.note_origin(register, number, at + 1);
            self.put(register, number, next);
        }
        Ok(())
    }

    /// Notes where uses are, as far as no more than that is to be done; whether that is
    /// all of them.
    #[inline(never)]
    fn find_uses(&mut self, range: Range<usize>) -> bool {
        let operands = &self.function.operands[range.clone()];
        let locations = &mut self.out.locations[range];
        for (operand, location) in operands.iter().zip(locations) {
            if operand.role != Role::Use {
                continue;
            }
            let value = &self.values[operand.register.index()];
            *location = match value.home() {
                Some(number) => Location::register(value.class(), number),
                None if is_read_in_slot(operand, value) => {
                    Location::slot(value.class(), value.slot)
                }
                None => return false,
            };
        }
        true
    }

    /// Brings uses into registers; whether there were enough.
    #[inline(never)]
    fn fetch_uses(&mut self, at: u32, range: Range<usize>) -> Result<bool, AllocError> {
        let function = self.function;
        let uses = || {
            let numbered = range.clone().zip(&function.operands[range.clone()]);
            numbered.filter(|(_, operand)| operand.role == Role::Use)
        };
        for (_, operand) in uses() {
            self.set_next(operand.register, WITHHELD);
        }
        for (index, operand) in uses() {
            let value = &self.values[operand.register.index()];
            let class = value.class();
            let in_slot = is_read_in_slot(operand, value);
            self.out.locations[index] = match value.home() {
                Some(number) => Location::register(class, number),
                None if in_slot => Location::slot(class, value.slot),
                None => {
                    let Some(number) = self.find_register(class, at) else {
                        return Ok(false);
                    };
                    self.fetch(operand.register, number, at)?;
                    self.put(operand.register, number, WITHHELD);
                    Location::register(class, number)
                }
            };
        }
        Ok(true)
    }

    /// Lets values go that are not used again. The last register that they leave.
    #[inline(never)]
    fn finish_uses_of(&mut self, at: u32, range: Range<usize>) -> Left {
        let mut left = Left::NONE;
        let operands = &self.function.operands[range.clone()];
        for (operand, index) in operands.iter().zip(range) {
            if operand.role != Role::Use {
                continue;
            }
            let value = &self.values[operand.register.index()];
            let after = value.next_use(self.next.in_block[index]);
            if after == DEAD && value.home().is_some() {
                left = Left(value.location());
            }
            self.finish(operand.register, after, at);
        }
        left
    }

    /// A register without a value, if need be after an eviction.
    #[inline(always)]
    fn find_register(&mut self, class: u8, at: u32) -> Option<u8> {
        let bank = &self.banks[usize::from(class)];
        bank.choose(bank.free(), 1)
            .or_else(|| self.empty_register(class, at))
    }

    /// A register without a value, where there is none, after an eviction.
    #[inline(never)]
    fn empty_register(&mut self, class: u8, at: u32) -> Option<u8> {
        loop {
            let bank = &mut self.banks[usize::from(class)];
            let number = bank.costs_least(at)?;
            let occupant = bank.occupant(number)?;
            self.evict(occupant, at);
            // What sits outside the registers given out was emptied in vain.
            if self.banks[usize::from(class)].free().contains(number) {
                return Some(number);
            }
        }
    }

    /// Finds a register for a definition; `left` is one that has just become free.
    #[inline]
    fn find_place(
        &mut self,
        register: VirtualRegister,
        index: usize,
        at: u32,
        left: Left,
    ) -> Result<u8, AllocError> {
        let value = &self.values[register.index()];
        let class = value.class();
        let bank = &self.banks[usize::from(class)];
        let free = bank.free();
        let number = if free.is_empty() {
            self.empty_register(class, at)
        } else {
            let free = self.lasting(value, free);
            let kept = bank.unwanted(free);
            let hinted = self.hinted(value).filter(|&number| free.contains(number));
            let left = left.of(class).filter(|&number| kept.contains(number));
            hinted.or(left).or_else(|| bank.choose(free, 1))
        };
        let number = number.ok_or_else(|| self.too_few(at, class))?;
        self.out.locations[index] = Location::register(class, number);
        Ok(number)
    }

    /// Finds registers for several definitions, none of which may lose its own to the
    /// others.
    #[inline(never)]
    fn define_several(&mut self, at: u32) -> Result<(), AllocError> {
        let range = self.operands_of(at);
        let operands = &self.function.operands[range.clone()];
        let definitions = || {
            let numbered = range.clone().zip(operands);
            numbered.filter(|(_, operand)| operand.role == Role::Def)
        };
        for (index, operand) in definitions() {
            let number = self.find_place(operand.register, index, at, Left::NONE)?;
            self.note_origin(operand.register, number, at + 1);
            self.put(operand.register, number, WITHHELD);
        }
        for (index, operand) in definitions() {
            self.finish(operand.register, self.next_use(operand.register, index), at);
        }
        Ok(())
    }
}
