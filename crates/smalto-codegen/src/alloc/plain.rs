//! Instructions that only want registers: nearly all there are.
//!
//! Uses come first. Those in registers stay, and their registers are withheld from
//! eviction by their key; those in memory that may be read there are; the others are
//! fetched. Then values that are not used again leave, and definitions find their place,
//! at best a register that has just become free: on a machine with two operands, or for
//! a fused multiply-add, that spares a move.

use super::bank::Key;
use super::next_use::DEAD;
use super::walk::Walk;
use super::{AllocError, Constraint, Location, Role, VirtualRegister};

impl<const W: usize> Walk<'_, W> {
    /// Allocates an instruction of uses and definitions without further wishes.
    #[inline]
    pub(super) fn plain(&mut self, at: u32) -> Result<(), AllocError> {
        let function = self.function;
        let start = function.first_operand[at as usize] as usize;
        let end = function.first_operand[at as usize + 1] as usize;
        let operands = &function.operands[start..end];
        let mut missing = false;
        for (index, operand) in (start..).zip(operands) {
            if operand.role == Role::Use {
                let value = &self.values[operand.register.index()];
                if let Some(number) = value.home() {
                    self.banks[usize::from(value.class)].set_key(number, 1, Key::WITHHELD);
                    self.out.locations[index] = Location::register(value.class, number);
                } else if value.is_stored() && operand.constraint == Constraint::RegisterOrSlot {
                    self.out.locations[index] = Location::slot(value.class, value.slot);
                } else {
                    missing = true;
                }
            }
        }
        if missing && !self.fetch_missing(at, start..end)? {
            return self.constrained(at);
        }
        let mut left = (u8::MAX, 0);
        for (operand, &after) in operands.iter().zip(&self.next.after[start..end]) {
            if operand.role == Role::Use {
                if after == DEAD {
                    if let Some(number) = self.kill(operand.register, at) {
                        left = (self.values[operand.register.index()].class, number);
                    }
                } else {
                    self.set_key(operand.register, self.key(operand.register, after));
                }
            }
        }
        for (index, operand) in (start..).zip(operands) {
            if operand.role == Role::Def {
                self.define(operand.register, index, at, left)?;
            }
        }
        for (operand, &after) in operands.iter().zip(&self.next.after[start..end]) {
            if operand.role == Role::Def {
                if after == DEAD {
                    self.kill(operand.register, at);
                } else {
                    self.set_key(operand.register, self.key(operand.register, after));
                }
            }
        }
        Ok(())
    }

    /// Brings uses into registers; whether there were enough.
    fn fetch_missing(
        &mut self,
        at: u32,
        operands: std::ops::Range<usize>,
    ) -> Result<bool, AllocError> {
        let function = self.function;
        for index in operands {
            let operand = &function.operands[index];
            if operand.role != Role::Use {
                continue;
            }
            let value = &self.values[operand.register.index()];
            let class = value.class;
            let in_slot = value.is_stored() && operand.constraint == Constraint::RegisterOrSlot;
            let number = match value.home() {
                Some(number) => number,
                None if in_slot => continue,
                None => {
                    let Some(number) = self.find_register(class, at) else {
                        return Ok(false);
                    };
                    self.fetch(operand.register, number, at)?;
                    self.put(operand.register, number, Key::WITHHELD);
                    number
                }
            };
            self.out.locations[index] = Location::register(class, number);
        }
        Ok(true)
    }

    /// A register without a value, if need be after an eviction.
    #[inline]
    fn find_register(&mut self, class: u8, at: u32) -> Option<u8> {
        let bank = &self.banks[usize::from(class)];
        if let Some(number) = bank.choose(bank.free, 1) {
            return Some(number);
        }
        let number = bank.costs_least(at)?;
        let victim = bank.occupant[usize::from(number)];
        self.evict(victim, at);
        // A value may sit outside the registers given out, and emptying that is no help.
        let bank = &self.banks[usize::from(class)];
        bank.choose(bank.free, 1)
            .or_else(|| self.find_register(class, at))
    }

    /// Finds a register for a definition; `left` is one that has just become free.
    #[inline]
    fn define(
        &mut self,
        register: VirtualRegister,
        index: usize,
        at: u32,
        left: (u8, u8),
    ) -> Result<(), AllocError> {
        let value = &self.values[register.index()];
        let class = value.class;
        let bank = &self.banks[usize::from(class)];
        let hinted = self
            .hinted(value)
            .filter(|&number| bank.free.contains(number));
        let kept = bank.free & !bank.avoid;
        let left = Some(left.1).filter(|&number| left.0 == class && kept.contains(number));
        let number = match hinted.or(left) {
            Some(number) => number,
            None => match self.find_register(class, at) {
                Some(number) => number,
                None => return Err(self.too_few(at, class)),
            },
        };
        self.out.locations[index] = Location::register(class, number);
        self.put(register, number, Key::WITHHELD);
        self.note_origin(register, number, at + 1);
        Ok(())
    }
}
