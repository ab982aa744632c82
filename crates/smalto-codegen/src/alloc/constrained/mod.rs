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

mod named;
mod operands;

use super::bank::Held;
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
                // A tuple has gone already with its first register.
                if let Some(occupant) = self.banks[class].occupant(number) {
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
            if let Some(occupant) = self.banks[usize::from(class)].occupant(number) {
                self.evict(occupant, at);
            }
        }
        Some(number)
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
}
