//! Instructions that only want registers: nearly all there are.
//!
//! Uses come first. Those in registers stay there, those in memory that may be read there
//! are; the others are fetched, for which the registers of the former are withheld from
//! eviction. Then values that are not used again leave, and definitions find their place,
//! at best a register that has just become free: on a machine with two operands, or for
//! a fused multiply-add, that spares a move.

use super::bank::Key;
use super::mask::Mask;
use super::next_use::DEAD;
use super::value::Traits;
use super::walk::Walk;
use super::{AllocError, Constraint, Location, Operand, Role, VirtualRegister};
use std::ops::Range;

/// A register that has just become free, and its class, if there is one.
#[derive(Clone, Copy)]
struct Left(u32);

impl Left {
    const NONE: Left = Left(u32::MAX);

    #[inline]
    fn new(class: u8, number: u8) -> Left {
        Left(u32::from(class) << 8 | u32::from(number))
    }

    /// The register, if it is of this class.
    #[inline]
    fn of(self, class: u8) -> Option<u8> {
        (self.0 >> 8 == u32::from(class)).then_some(self.0 as u8)
    }
}

/// What uses and definitions of an instruction a look at all of them has found.
#[derive(Clone, Copy)]
struct Found {
    /// What is known of the values that are used, together.
    uses: Traits,
    /// The last definition, and how many there are.
    definition: usize,
    definitions: usize,
}

impl<const W: usize> Walk<'_, W> {
    /// Allocates an instruction of uses and definitions without further wishes.
    #[inline(always)]
    pub(super) fn plain(&mut self, at: u32) -> Result<(), AllocError> {
        let function = self.function;
        let start = function.first_operand[at as usize] as usize;
        let end = function.first_operand[at as usize + 1] as usize;
        let operands = &function.operands[start..end];
        let found = self.look_at(operands, start..end);
        let left = if found.uses.are_simple_in_registers() {
            self.finish_simple_uses(operands, start..end)
        } else {
            if !self.find_uses(start..end) && !self.fetch_uses(at, start..end)? {
                return self.constrained(at);
            }
            self.finish_uses_of(at, operands, start)
        };
        match found.definitions {
            0 => Ok(()),
            1 => self.define(
                at,
                operands[found.definition].register,
                start + found.definition,
                left,
            ),
            _ => self.define_several(at, operands, start),
        }
    }

    /// Notes where uses are, as if all of them were in registers.
    #[inline(always)]
    fn look_at(&mut self, operands: &[Operand], range: Range<usize>) -> Found {
        let mut found = Found {
            uses: Traits::NONE,
            definition: 0,
            definitions: 0,
        };
        let locations = self.out.locations[range].iter_mut();
        for (index, (operand, location)) in operands.iter().zip(locations).enumerate() {
            if operand.role == Role::Use {
                let value = &self.values[operand.register.index()];
                *location = value.location();
                found.uses |= value.traits();
            } else {
                found.definition = index;
                found.definitions += 1;
            }
        }
        found
    }

    /// Lets values go that are not used again, where all are [simple](Value::is_simple) and
    /// in registers. The last register that they leave.
    #[inline(always)]
    fn finish_simple_uses(&mut self, operands: &[Operand], range: Range<usize>) -> Left {
        let mut left = Left::NONE;
        let locations = &self.out.locations[range.clone()];
        let after = &self.next.after[range];
        for ((operand, location), &after) in operands.iter().zip(locations).zip(after) {
            if operand.role != Role::Use {
                continue;
            }
            // Whether a value is used again is hard to predict: no branch depends on it.
            let dead = after == DEAD;
            let (class, number) = (location.class(), location.number());
            self.values[operand.register.index()].leave_if(dead);
            let bank = &mut self.banks[usize::from(class)];
            bank.finish(number, after);
            left = if dead { Left::new(class, number) } else { left };
        }
        left
    }

    /// Finds a register for the only definition and puts the value there.
    #[inline(always)]
    fn define(
        &mut self,
        at: u32,
        register: VirtualRegister,
        index: usize,
        left: Left,
    ) -> Result<(), AllocError> {
        let after = self.next.after[index];
        let value = self.values[register.index()];
        let bank = &mut self.banks[usize::from(value.class)];
        if value.can_be_anywhere()
            && let Some(number) = bank.choose_simply(left.of(value.class))
        {
            self.out.locations[index] = Location::register(value.class, number);
            bank.settle(register, number, after);
            self.values[register.index()].set_home((after != DEAD).then_some(number));
            return Ok(());
        }
        let number = self.find_place(register, index, at, left)?;
        if after == DEAD {
            let bank = &mut self.banks[usize::from(value.class)];
            bank.used.insert(Mask::one(number));
        } else {
            self.put(register, number, self.key(register, after));
        }
        self.note_origin(register, number, at + 1);
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
                Some(number) => Location::register(value.class, number),
                None if value.is_stored() && operand.constraint == Constraint::RegisterOrSlot => {
                    Location::slot(value.class, value.slot)
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
            self.set_key(operand.register, Key::WITHHELD);
        }
        for (index, operand) in uses() {
            let value = &self.values[operand.register.index()];
            let class = value.class;
            let in_slot = value.is_stored() && operand.constraint == Constraint::RegisterOrSlot;
            self.out.locations[index] = match value.home() {
                Some(number) => Location::register(class, number),
                None if in_slot => Location::slot(class, value.slot),
                None => {
                    let Some(number) = self.find_register(class, at) else {
                        return Ok(false);
                    };
                    self.fetch(operand.register, number, at)?;
                    self.put(operand.register, number, Key::WITHHELD);
                    Location::register(class, number)
                }
            };
        }
        Ok(true)
    }

    /// Lets values go that are not used again. The last register that they leave.
    #[inline(never)]
    fn finish_uses_of(&mut self, at: u32, operands: &[Operand], start: usize) -> Left {
        let next = self.next;
        let mut left = Left::NONE;
        for (operand, &after) in operands.iter().zip(&next.after[start..]) {
            if operand.role != Role::Use {
                continue;
            }
            let value = &self.values[operand.register.index()];
            if let Some(number) = value.home()
                && after == DEAD
            {
                left = Left::new(value.class, number);
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

    #[inline(never)]
    fn empty_register(&mut self, class: u8, at: u32) -> Option<u8> {
        loop {
            let bank = &self.banks[usize::from(class)];
            if let Some(number) = bank.choose(bank.free(), 1) {
                return Some(number);
            }
            // What sits outside the registers given out may be emptied in vain.
            let occupant = bank.occupant(bank.costs_least(at)?)?;
            self.evict(occupant, at);
        }
    }

    /// Finds a register for a definition; `left` is one that has just become free.
    #[inline(never)]
    fn find_place(
        &mut self,
        register: VirtualRegister,
        index: usize,
        at: u32,
        left: Left,
    ) -> Result<u8, AllocError> {
        let value = &self.values[register.index()];
        let class = value.class;
        let bank = &self.banks[usize::from(class)];
        let free = self.lasting(value, bank.free());
        let hinted = self.hinted(value).filter(|&number| free.contains(number));
        let number = hinted.or_else(|| {
            let kept = free & !bank.avoid;
            left.of(class).filter(|&number| kept.contains(number))
        });
        let number = number.or_else(|| bank.choose(free, 1));
        let Some(number) = number.or_else(|| self.empty_register(class, at)) else {
            return Err(self.too_few(at, class));
        };
        self.out.locations[index] = Location::register(class, number);
        Ok(number)
    }

    /// Finds registers for several definitions, none of which may lose its own to the
    /// others.
    #[inline(never)]
    fn define_several(
        &mut self,
        at: u32,
        operands: &[Operand],
        start: usize,
    ) -> Result<(), AllocError> {
        let definitions = || {
            let numbered = (start..).zip(operands);
            numbered.filter(|(_, operand)| operand.role == Role::Def)
        };
        for (index, operand) in definitions() {
            let number = self.find_place(operand.register, index, at, Left::NONE)?;
            self.put(operand.register, number, Key::WITHHELD);
            self.note_origin(operand.register, number, at + 1);
        }
        for (index, operand) in definitions() {
            self.finish(operand.register, self.next.after[index], at);
        }
        Ok(())
    }
}
