//! Steps 1 to 3: registers that are named or destroyed, and what was in them.

use super::Instruction;
use crate::alloc::bank::Key;
use crate::alloc::mask::Mask;
use crate::alloc::value::Value;
use crate::alloc::walk::Walk;
use crate::alloc::{AllocError, Constraint, Operand, Role, VirtualRegister};

impl<const W: usize> Walk<'_, W> {
    /// Step 1.
    pub(super) fn note_names(&mut self, this: &Instruction<'_>) -> Result<(), AllocError> {
        for (index, operand) in this.operands.iter().enumerate() {
            let value = self.values[operand.register.index()];
            match operand.constraint {
                Constraint::Fixed(number) => {
                    let span = value.span();
                    let bank = &mut self.banks[usize::from(value.class)];
                    if !bank.has(number + (span - 1)) || !number.is_multiple_of(span) {
                        return Err(this.wrong("it names a register that its class lacks"));
                    }
                    let mask = Mask::tuple(number, span);
                    bank.held.named.insert(mask);
                    let written = !matches!(operand.role, Role::Use | Role::LateUse);
                    if written || this.overwriter(index).is_some() {
                        bank.held.destroyed.insert(mask);
                    }
                }
                Constraint::Tied(position) => self.check_tie(this, operand, position)?,
                Constraint::RegisterOrSlot => self.withhold(operand.register),
                Constraint::Register => {}
            }
        }
        let clobbers = &self.function.clobbers;
        if let Ok(place) = clobbers.binary_search_by_key(&this.at, |(at, _)| at.0) {
            for (bank, set) in self.banks.iter_mut().zip(&clobbers[place].1) {
                bank.held.destroyed.insert(Mask::of(set));
                bank.used.insert(Mask::of(set));
            }
        }
        Ok(())
    }

    /// Lets a value that can be read from memory be evicted after all others only.
    fn withhold(&mut self, register: VirtualRegister) {
        self.set_key(register, Key::LAST);
    }

    fn check_tie(
        &self,
        this: &Instruction<'_>,
        operand: &Operand,
        position: u8,
    ) -> Result<(), AllocError> {
        let definition = matches!(operand.role, Role::Def | Role::EarlyDef);
        let target = this.operands.get(usize::from(position));
        let target = target.filter(|target| definition && target.role == Role::Use);
        let Some(target) = target else {
            return Err(this.wrong("a tie is not from a definition to a use"));
        };
        let ties = this
            .operands
            .iter()
            .filter(|other| other.constraint == operand.constraint);
        if ties.count() != 1 {
            return Err(this.wrong("two definitions are tied to one use"));
        }
        let kind = |value: &Value| (value.class, value.span());
        let values = [operand, target].map(|operand| kind(&self.values[operand.register.index()]));
        if values[0] != values[1] {
            return Err(this.wrong("a tie is between registers of different classes"));
        }
        Ok(())
    }

    /// Step 2.
    pub(super) fn settle_named(&mut self, this: &Instruction<'_>) -> Result<(), AllocError> {
        for (index, operand) in this.of(|role| role != Role::Def) {
            let Constraint::Fixed(number) = operand.constraint else {
                continue;
            };
            let value = self.values[operand.register.index()];
            let mask = Mask::tuple(number, value.span());
            self.check_names(this, index, operand)?;
            self.move_away(this, operand.register, value.class, mask);
            if matches!(operand.role, Role::Use | Role::LateUse) {
                self.bring(this, operand.register, number)?;
            }
            self.locate(this, index, value.class, number);
            self.hold(operand.role, value.class, mask);
        }
        Ok(())
    }

    /// Whether another operand names the same register at the same time.
    fn check_names(
        &self,
        this: &Instruction<'_>,
        index: usize,
        operand: &Operand,
    ) -> Result<(), AllocError> {
        let place = |operand: &Operand| match operand.constraint {
            Constraint::Fixed(number) => {
                let value = &self.values[operand.register.index()];
                Some((value.class, Mask::<W>::tuple(number, value.span())))
            }
            _ => None,
        };
        let mine = place(operand);
        let meets = |other: &Operand| {
            let overlap =
                place(other)
                    .zip(mine)
                    .is_some_and(|((class, other), (mine_class, mine))| {
                        class == mine_class && !(other & mine).is_empty()
                    });
            let apart = (operand.role == Role::Use && other.role == Role::Def)
                || (matches!(operand.role, Role::Use | Role::LateUse)
                    && other.register == operand.register);
            overlap && !apart
        };
        if this.operands[index + 1..]
            .iter()
            .chain(&this.operands[..index])
            .any(meets)
        {
            return Err(this.wrong("two operands name one register"));
        }
        Ok(())
    }

    /// Moves other values out of registers.
    fn move_away(
        &mut self,
        this: &Instruction<'_>,
        except: VirtualRegister,
        class: u8,
        registers: Mask<W>,
    ) {
        for number in registers.iter() {
            match self.banks[usize::from(class)].occupant(number) {
                Some(occupant) if occupant != except => self.rehouse(this, occupant),
                _ => {}
            }
        }
    }

    /// Moves a value to a register that the instruction leaves alone, or evicts it.
    fn rehouse(&mut self, this: &Instruction<'_>, register: VirtualRegister) {
        let value = self.values[register.index()];
        let Some(from) = value.home() else {
            return;
        };
        let bank = &self.banks[usize::from(value.class)];
        match bank.choose(bank.free() & !bank.held.any(), value.span()) {
            Some(to) => self.rehome(this, register, from, to),
            None => self.evict(register, this.at),
        }
    }

    fn rehome(&mut self, this: &Instruction<'_>, register: VirtualRegister, from: u8, to: u8) {
        let value = self.values[register.index()];
        let key = self.banks[usize::from(value.class)].key(from);
        self.copy(this.at, &value, from, to);
        self.take(register);
        self.put(register, to, key);
    }

    /// Brings a value into a register by name: as its home if it can live on there,
    /// otherwise as a copy.
    fn bring(
        &mut self,
        this: &Instruction<'_>,
        register: VirtualRegister,
        number: u8,
    ) -> Result<(), AllocError> {
        let value = self.values[register.index()];
        let mask = Mask::tuple(number, value.span());
        let held = *self.held(value.class);
        let stays = (held.destroyed & mask).is_empty() || !this.lives_on(register);
        match value.home() {
            Some(from) if from == number => {}
            Some(from) => {
                let pinned = !(held.early & Mask::tuple(from, value.span())).is_empty();
                if stays && !pinned {
                    self.rehome(this, register, from, number);
                } else {
                    self.copy(this.at, &value, from, number);
                }
            }
            None => {
                self.fetch(register, number, this.at)?;
                if stays {
                    self.put(register, number, Key::LAST);
                }
            }
        }
        Ok(())
    }

    /// Step 3.
    pub(super) fn leave_destroyed(&mut self, this: &Instruction<'_>) {
        for class in 0..self.banks.len() {
            let mut leaving = self.banks[class].held.destroyed;
            // Those needed first have the first choice of other registers.
            while let Some((number, occupant)) = leaving
                .iter()
                .filter_map(|number| Some((number, self.banks[class].occupant(number)?)))
                .min_by_key(|&(number, _)| self.banks[class].position(number))
            {
                leaving.remove(Mask::one(number));
                if this.lives_late(occupant) {
                    self.rehouse(this, occupant);
                }
            }
        }
    }
}
