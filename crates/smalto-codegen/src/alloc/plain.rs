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

impl<const W: usize> Walk<'_, W> {
    /// Allocates an instruction of uses and definitions without further wishes.
    #[inline(always)]
    pub(super) fn plain(&mut self, at: u32) -> Result<(), AllocError> {
        let function = self.function;
        let start = function.first_operand[at as usize] as usize;
        let end = function.first_operand[at as usize + 1] as usize;
        if !self.find_uses(start..end) && !self.fetch_uses(at, start..end)? {
            return self.constrained(at);
        }
        let operands = &function.operands[start..end];
        let left = self.finish_uses_of(at, operands, start);
        let mut definitions = (start..)
            .zip(operands)
            .filter(|(_, operand)| operand.role == Role::Def);
        let Some((index, operand)) = definitions.next() else {
            return Ok(());
        };
        if definitions.next().is_some() {
            return self.define_several(at, operands, start);
        }
        let (register, after) = (operand.register, self.next.after[index]);
        let number = self.find_place(register, index, at, left)?;
        if after == DEAD {
            let class = self.values[register.index()].class;
            self.banks[usize::from(class)]
                .used
                .insert(Mask::one(number));
        } else {
            self.put(register, number, self.key(register, after));
        }
        self.note_origin(register, number, at + 1);
        Ok(())
    }

    /// Notes where uses are, as far as no more than that is to be done; whether that is
    /// all of them.
    #[inline(always)]
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
    #[inline(always)]
    fn finish_uses_of(&mut self, at: u32, operands: &[Operand], start: usize) -> Left {
        let next = self.next;
        let mut left = Left::NONE;
        // Registers of one class become free together: `free` is what all else waits for.
        let (mut class, mut gone) = (0, Mask::EMPTY);
        for (operand, &after) in operands.iter().zip(&next.after[start..]) {
            if operand.role != Role::Use {
                continue;
            }
            let value = &mut self.values[operand.register.index()];
            let Some(number) = value.home().filter(|_| value.is_simple()) else {
                self.finish(operand.register, after, at);
                continue;
            };
            if value.class != class {
                self.banks[usize::from(class)].release(gone);
                (class, gone) = (value.class, Mask::EMPTY);
            }
            // Whether a value is used again is hard to predict: no branch depends on it.
            let dead = after == DEAD;
            value.set_home(if dead { None } else { Some(number) });
            gone.insert(if dead { Mask::one(number) } else { Mask::EMPTY });
            left = if dead { Left::new(class, number) } else { left };
            self.banks[usize::from(class)].finish(number, after);
        }
        self.banks[usize::from(class)].release(gone);
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
            let number = bank.costs_least(at)?;
            self.evict(bank.occupant[usize::from(number)], at);
        }
    }

    /// Finds a register for a definition; `left` is one that has just become free.
    #[inline(always)]
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
