//! Steps 4 to 8: registers for operands that name none.

use super::Instruction;
use crate::alloc::bank::Key;
use crate::alloc::mask::Mask;
use crate::alloc::value::Value;
use crate::alloc::walk::Walk;
use crate::alloc::{AllocError, Constraint, InstructionIndex, Location, Operand, Role};

impl<const W: usize> Walk<'_, W> {
    /// Step 4.
    pub(super) fn settle_uses(
        &mut self,
        this: &Instruction<'_>,
        only: impl Fn(Role, &Value) -> bool,
    ) -> Result<(), AllocError> {
        let wanted = |walk: &Self, index: usize, operand: &Operand| {
            let value = &walk.values[operand.register.index()];
            let in_register = match operand.constraint {
                Constraint::Register => true,
                Constraint::RegisterOrSlot => value.is_rematerialisable(),
                Constraint::Fixed(_) | Constraint::Tied(_) => false,
            };
            in_register && this.overwriter(index).is_none() && only(operand.role, value)
        };
        for (index, operand) in this.uses() {
            let value = self.values[operand.register.index()];
            if let Some(number) = value.home()
                && wanted(self, index, operand)
            {
                self.locate(this, index, value.class, number);
                self.hold(operand.role, value.class, Mask::tuple(number, value.span()));
            }
        }
        for (index, operand) in this.uses() {
            if wanted(self, index, operand) {
                self.settle_use(this, index, operand)?;
            }
        }
        Ok(())
    }

    fn settle_use(
        &mut self,
        this: &Instruction<'_>,
        index: usize,
        operand: &Operand,
    ) -> Result<(), AllocError> {
        let value = self.values[operand.register.index()];
        let (class, span) = (value.class, value.span());
        let number = match value.home() {
            Some(number) => number,
            None => {
                let held = *self.held(class);
                let late = this.lives_late(operand.register);
                let everything = if late {
                    held.any()
                } else {
                    held.early | held.named
                };
                let mut stays = true;
                let mut found = self.acquire(class, span, everything, None, this.at);
                if found.is_none() && operand.role == Role::Use {
                    // A copy for the time of reading, where a result will be.
                    stays = false;
                    found = self.acquire(class, span, held.early | held.named, None, this.at);
                }
                let number = found.ok_or_else(|| self.too_few(this.at, class))?;
                self.fetch(operand.register, number, this.at)?;
                if stays {
                    self.put(operand.register, number, Key::LAST);
                }
                number
            }
        };
        self.locate(this, index, class, number);
        self.hold(operand.role, class, Mask::tuple(number, span));
        Ok(())
    }

    /// Step 5.
    pub(super) fn settle_overwritten(
        &mut self,
        this: &Instruction<'_>,
        only: impl Fn(Role, &Value) -> bool,
    ) -> Result<(), AllocError> {
        for (index, operand) in this.uses() {
            let Some((by, definition)) = this.overwriter(index) else {
                continue;
            };
            if !only(operand.role, &self.values[operand.register.index()]) {
                continue;
            }
            let class = self.values[operand.register.index()].class;
            let number = match operand.constraint {
                Constraint::Fixed(number) => number,
                _ => self.settle_tie(this, index, operand, definition)?,
            };
            let span = self.values[operand.register.index()].span();
            self.locate(this, index, class, number);
            self.locate(this, by, class, number);
            self.hold(Role::EarlyDef, class, Mask::tuple(number, span));
        }
        Ok(())
    }

    /// Finds the register of a use that is overwritten.
    fn settle_tie(
        &mut self,
        this: &Instruction<'_>,
        index: usize,
        operand: &Operand,
        definition: &Operand,
    ) -> Result<u8, AllocError> {
        let register = operand.register;
        let value = self.values[register.index()];
        let held = *self.held(value.class);
        let home = value.home();
        if let Some(number) = home {
            let mask = Mask::tuple(number, value.span());
            let mut others = this.uses().filter(|(other, _)| *other != index);
            let taken = !((held.late | held.destroyed) & mask).is_empty()
                || others.any(|(_, other)| {
                    let late = definition.role == Role::EarlyDef || other.role == Role::LateUse;
                    other.register == register && late
                });
            if !taken && !this.lives_on(register) {
                return Ok(number);
            }
            // After this use, it counts as far as its next one.
            let last = this
                .uses()
                .filter(|(_, other)| other.register == register)
                .last();
            if last.is_some_and(|(last, _)| last == index) && this.lives_on(register) {
                self.set_key(register, self.key(register, this.after[index]));
            }
        }
        let preferred = self.hinted(&self.values[definition.register.index()]);
        let found = self.acquire(value.class, value.span(), held.any(), preferred, this.at);
        let number = found.ok_or_else(|| self.too_few(this.at, value.class))?;
        match self.values[register.index()].home() {
            Some(from) => self.copy(this.at, &value, from, number),
            // It was evicted to make room for its own copy.
            None if home == Some(number) => {}
            None => self.fetch(register, number, this.at)?,
        }
        Ok(number)
    }

    /// Step 6.
    pub(super) fn settle_early(
        &mut self,
        this: &Instruction<'_>,
        only: impl Fn(Role, &Value) -> bool,
    ) -> Result<(), AllocError> {
        for (index, operand) in this.of(|role| matches!(role, Role::EarlyDef | Role::Temporary)) {
            let value = self.values[operand.register.index()];
            if !only(operand.role, &value) {
                continue;
            }
            let (class, span) = (value.class, value.span());
            let number = match operand.constraint {
                Constraint::Fixed(number) => number,
                Constraint::Tied(_) => continue,
                Constraint::Register | Constraint::RegisterOrSlot => {
                    let except = self.held(class).any();
                    let preferred = self.hinted(&value);
                    let found = self.acquire(class, span, except, preferred, this.at);
                    found.ok_or_else(|| self.too_few(this.at, class))?
                }
            };
            self.locate(this, index, class, number);
            self.hold(operand.role, class, Mask::tuple(number, span));
        }
        Ok(())
    }

    /// Step 7.
    pub(super) fn settle_in_memory(&mut self, this: &Instruction<'_>) -> Result<(), AllocError> {
        for (index, operand) in this.uses() {
            let value = self.values[operand.register.index()];
            if operand.constraint != Constraint::RegisterOrSlot
                || this.overwriter(index).is_some()
                || value.is_rematerialisable()
            {
                continue;
            }
            if let Some(number) = value.home() {
                self.locate(this, index, value.class, number);
                self.hold(operand.role, value.class, Mask::tuple(number, value.span()));
            } else if value.is_stored() {
                let slot = Location::slot(value.class, value.slot);
                self.out.locations[this.start + index] = slot;
            } else {
                return Err(AllocError::Undefined {
                    instruction: InstructionIndex(this.at),
                    register: operand.register.0,
                });
            }
        }
        Ok(())
    }

    /// Step 8, what leaves.
    pub(super) fn finish_uses(&mut self, this: &Instruction<'_>) {
        for (index, operand) in this.uses() {
            self.finish(operand.register, this.after[index], this.at);
        }
    }

    /// Step 8, what comes.
    pub(super) fn settle_definitions(&mut self, this: &Instruction<'_>) -> Result<(), AllocError> {
        for (index, operand) in this.of(|role| matches!(role, Role::Def | Role::EarlyDef)) {
            let value = self.values[operand.register.index()];
            let number = match (operand.role, operand.constraint) {
                (_, Constraint::Fixed(number)) => number,
                (Role::EarlyDef, _) | (_, Constraint::Tied(_)) => {
                    let place = self.out.locations[this.start + index].as_register();
                    place.map_or(0, |register| register.number)
                }
                _ => self.find_result(this, &value)?,
            };
            let mask = Mask::tuple(number, value.span());
            let bank = &self.banks[usize::from(value.class)];
            if !(bank.occupied & mask).is_empty() {
                return Err(this.wrong("two results want one register"));
            }
            self.locate(this, index, value.class, number);
            self.hold(operand.role, value.class, mask);
            self.put(operand.register, number, Key::LAST);
            self.note_origin(operand.register, number, this.at + 1);
        }
        Ok(())
    }

    fn find_result(&mut self, this: &Instruction<'_>, value: &Value) -> Result<u8, AllocError> {
        let (class, span) = (value.class, value.span());
        let held = *self.held(class);
        let except = held.late | held.destroyed;
        let bank = &self.banks[usize::from(class)];
        let lasting = self.lasting(value, bank.free() & !except);
        // A register that was read and is free now spares a move where both are tied.
        let left = lasting & held.early & !bank.avoid;
        let hinted = self
            .hinted(value)
            .filter(|&number| lasting.contains(number));
        let preferred = hinted
            .or_else(|| left.tuples(span).first())
            .or_else(|| bank.choose(lasting, span));
        let found = self.acquire(class, span, except, preferred, this.at);
        found.ok_or_else(|| self.too_few(this.at, class))
    }

    pub(super) fn finish_definitions(&mut self, this: &Instruction<'_>) {
        for (index, operand) in this.of(|role| matches!(role, Role::Def | Role::EarlyDef)) {
            self.finish(operand.register, this.after[index], this.at);
        }
    }
}
