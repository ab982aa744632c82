//! Instructions with wishes: registers by name, ties, temporaries, tuples, calls.
//!
//! Everything such an instruction needs is brought about before it, in an order in which
//! no step undoes an earlier one:
//!
//! 1. What registers it names and destroys is noted; from here on nothing new is put
//!    into them.
//! 2. Uses in named registers move there, and what was there moves away.
//! 3. Values that live on leave the registers that will be destroyed, for others that
//!    will not, or for their slots.
//! 4. Other uses: those in registers stay, the rest is fetched.
//! 5. Uses that a definition overwrites give it their register if they are not needed
//!    on, otherwise a copy.
//! 6. Temporaries, and definitions that are written early, get registers of their own.
//! 7. Uses that may be in memory are read where they have ended up.
//! 8. Values that are not needed on leave; other definitions take what is free.
//!
//! A register is held *early*, while operands are read, or *late*, while results are
//! written, or both. Its value's home may be another register: a copy that is made for
//! the instruction only is held, but is no value's home. Evictions for the sake of
//! results may hit values that are also read: they are stored before the instruction,
//! and their register still has them while it reads.

use super::bank::{Held, Key, NOBODY};
use super::mask::Mask;
use super::next_use::DEAD;
use super::value::Value;
use super::walk::Walk;
use super::{
    AllocError, Constraint, Edit, InstructionIndex, Location, Operand, Role, VirtualRegister,
};

/// The instruction under allocation.
#[derive(Clone)]
struct Instruction<'f> {
    at: u32,
    /// Its operands, and where they begin among those of all.
    operands: &'f [Operand],
    start: usize,
    /// When their values are needed next.
    after: &'f [u32],
}

impl<'f> Instruction<'f> {
    fn uses(&self) -> impl Iterator<Item = (usize, &'f Operand)> + use<'f> {
        self.of(|role| matches!(role, Role::Use | Role::LateUse))
    }

    fn of<F: Fn(Role) -> bool>(
        &self,
        role: F,
    ) -> impl Iterator<Item = (usize, &'f Operand)> + use<'f, F> {
        let numbered = self.operands.iter().enumerate();
        numbered.filter(move |(_, operand)| role(operand.role))
    }

    /// The definition that overwrites the use at a position.
    fn overwriter(&self, position: usize) -> Option<(usize, &'f Operand)> {
        let tie = Constraint::Tied(position as u8);
        self.operands
            .iter()
            .enumerate()
            .find(|(_, operand)| operand.constraint == tie)
    }

    /// Whether a value is needed after the instruction.
    fn lives_on(&self, register: VirtualRegister) -> bool {
        let last = self
            .uses()
            .filter(|(_, operand)| operand.register == register)
            .last();
        last.is_none_or(|(index, _)| self.after[index] != DEAD)
    }

    /// Whether a value is needed while results are written.
    fn lives_late(&self, register: VirtualRegister) -> bool {
        let late =
            |operand: &Operand| operand.role == Role::LateUse && operand.register == register;
        self.lives_on(register) || self.operands.iter().any(late)
    }

    fn wrong(&self, what: &'static str) -> AllocError {
        AllocError::Instruction {
            instruction: InstructionIndex(self.at),
            what,
        }
    }
}

impl<const W: usize> Walk<'_, W> {
    /// Allocates any instruction.
    #[inline(never)]
    pub(super) fn constrained(&mut self, at: u32) -> Result<(), AllocError> {
        let (function, next) = (self.function, self.next);
        let start = function.first_operand[at as usize] as usize;
        let end = function.first_operand[at as usize + 1] as usize;
        let this = Instruction {
            at,
            operands: &function.operands[start..end],
            start,
            after: &next.after[start..end],
        };
        if let Err(error) = self.prepare(&this) {
            if !matches!(error, AllocError::TooFewRegisters { .. }) {
                return Err(error);
            }
            self.prepare_from_nothing(&this)?;
        }
        self.settle_in_memory(&this)?;
        self.finish_uses(&this);
        self.settle_definitions(&this)?;
        self.finish_definitions(&this);
        self.let_go();
        Ok(())
    }

    /// Steps 1 to 6.
    fn prepare(&mut self, this: &Instruction<'_>) -> Result<(), AllocError> {
        self.note_names(this)?;
        self.settle_named(this)?;
        self.leave_destroyed(this);
        self.settle_uses(this, |_, _| true)?;
        self.settle_overwritten(this, |_, _| true)?;
        self.settle_early(this, |_, _| true)
    }

    /// Steps 1 to 6 where values in registers turned out to stand in each other's way:
    /// with all of them in memory, and the operands that are hardest to place first.
    #[cold]
    fn prepare_from_nothing(&mut self, this: &Instruction<'_>) -> Result<(), AllocError> {
        self.let_go();
        for class in 0..self.banks.len() {
            for number in self.banks[class].occupied.iter() {
                let occupant = self.banks[class].occupant[usize::from(number)];
                // A tuple has gone already with its first register.
                if occupant != NOBODY {
                    self.evict(occupant, this.at);
                }
            }
        }
        self.note_names(this)?;
        self.settle_named(this)?;
        for span in [8, 4, 2, 1] {
            self.settle_overwritten(this, |_, value| value.span() == span)?;
            self.settle_early(this, |_, value| value.span() == span)?;
            let late = |role, value: &Value| role == Role::LateUse && value.span() == span;
            self.settle_uses(this, late)?;
        }
        for span in [8, 4, 2, 1] {
            let early = |role, value: &Value| role == Role::Use && value.span() == span;
            self.settle_uses(this, early)?;
        }
        Ok(())
    }

    fn let_go(&mut self) {
        for bank in self.banks.iter_mut() {
            bank.held = Held::NOTHING;
        }
    }

    fn held(&mut self, class: u8) -> &mut Held<W> {
        &mut self.banks[usize::from(class)].held
    }

    fn locate(&mut self, this: &Instruction<'_>, index: usize, class: u8, number: u8) {
        self.out.locations[this.start + index] = Location::register(class, number);
    }

    /// Holds an operand's register for as long as its role says.
    fn hold(&mut self, role: Role, class: u8, mask: Mask<W>) {
        let held = self.held(class);
        if role != Role::Def {
            held.early.insert(mask);
        }
        if role != Role::Use {
            held.late.insert(mask);
        }
        self.banks[usize::from(class)].used.insert(mask);
    }

    /// Step 1.
    fn note_names(&mut self, this: &Instruction<'_>) -> Result<(), AllocError> {
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
    fn settle_named(&mut self, this: &Instruction<'_>) -> Result<(), AllocError> {
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
            let occupant = self.banks[usize::from(class)].occupant[usize::from(number)];
            if occupant != NOBODY && occupant != except {
                self.rehouse(this, occupant);
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

    fn copy(&mut self, at: u32, value: &Value, from: u8, to: u8) {
        let edit = Edit::Move {
            from: Location::register(value.class, from),
            to: Location::register(value.class, to),
            span: value.span(),
        };
        self.edit(at, edit);
        let mask = Mask::tuple(to, value.span());
        self.banks[usize::from(value.class)].used.insert(mask);
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
    fn leave_destroyed(&mut self, this: &Instruction<'_>) {
        for class in 0..self.banks.len() {
            let bank = &self.banks[class];
            let mut leaving = bank.held.destroyed;
            // Those needed first have the first choice of other registers.
            while let Some(number) = leaving
                .iter()
                .filter(|&number| {
                    self.banks[class].has(number)
                        && self.banks[class].occupant[usize::from(number)] != NOBODY
                })
                .min_by_key(|&number| self.banks[class].position(number))
            {
                leaving.remove(Mask::one(number));
                let occupant = self.banks[class].occupant[usize::from(number)];
                if this.lives_late(occupant) {
                    self.rehouse(this, occupant);
                }
            }
        }
    }

    /// Step 4.
    fn settle_uses(
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

    /// Finds a register or tuple outside a set, if need be after evictions.
    fn acquire(
        &mut self,
        class: u8,
        span: u8,
        except: Mask<W>,
        preferred: Option<u8>,
        at: u32,
    ) -> Option<u8> {
        let bank = &self.banks[usize::from(class)];
        let free = (bank.free() & !except).tuples(span);
        if let Some(number) = preferred.filter(|&number| free.contains(number)) {
            return Some(number);
        }
        if let Some(number) = bank.choose(bank.free() & !except, span) {
            return Some(number);
        }
        let number = bank.costs_least_tuple(!except, span, at)?;
        for number in Mask::<W>::tuple(number, span).iter() {
            let occupant = self.banks[usize::from(class)].occupant[usize::from(number)];
            if occupant != NOBODY {
                self.evict(occupant, at);
            }
        }
        Some(number)
    }

    /// Step 5.
    fn settle_overwritten(
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
    fn settle_early(
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
    fn settle_in_memory(&mut self, this: &Instruction<'_>) -> Result<(), AllocError> {
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
    fn finish_uses(&mut self, this: &Instruction<'_>) {
        for (index, operand) in this.uses() {
            self.finish(operand.register, this.after[index], this.at);
        }
    }

    /// Step 8, what comes.
    fn settle_definitions(&mut self, this: &Instruction<'_>) -> Result<(), AllocError> {
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
            if mask
                .iter()
                .any(|number| bank.occupant[usize::from(number)] != NOBODY)
            {
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

    fn finish_definitions(&mut self, this: &Instruction<'_>) {
        for (index, operand) in this.of(|role| matches!(role, Role::Def | Role::EarlyDef)) {
            self.finish(operand.register, this.after[index], this.at);
        }
    }
}
