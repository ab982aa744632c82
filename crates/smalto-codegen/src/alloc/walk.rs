//! The walk: one time forward over the instructions, with a register file in hand.
//!
//! At each instruction the walk knows which value is in which register, and it never
//! looks back. [`super::plain`] has what it does at most instructions,
//! [`super::constrained`] at the others, [`super::boundary`] where blocks begin and end,
//! [`super::stores`] where evicted values are stored.

use super::bank::{Bank, Key};
use super::boundary::Boundaries;
use super::flow::Flow;
use super::liveness::Liveness;
use super::mask::Mask;
use super::next_use::{DEAD, IN_MEMORY, NextUses};
use super::slots::Slots;
use super::stores::Stores;
use super::value::{Hint, Value};
use super::{
    AllocError, Allocation, Edit, Function, InstructionIndex, Location, PhysicalRegister,
    RegisterFile, VirtualRegister,
};

/// What the walk works with.
pub(super) struct Walk<'a, const W: usize> {
    pub(super) function: &'a Function,
    pub(super) file: &'a RegisterFile,
    pub(super) flow: &'a Flow,
    pub(super) liveness: &'a Liveness,
    pub(super) next: &'a NextUses,
    pub(super) values: &'a mut [Value],
    pub(super) banks: &'a mut [Bank<W>],
    pub(super) slots: &'a mut [Slots],
    pub(super) stores: &'a mut Stores,
    pub(super) boundaries: &'a mut Boundaries,
    pub(super) out: &'a mut Allocation,
    /// The block it is in.
    pub(super) block: usize,
    /// Where the next call is in layout, or any instruction that destroys registers.
    pub(super) next_call: u32,
}

impl<const W: usize> Walk<'_, W> {
    /// Allocates the whole function.
    pub(super) fn run(&mut self) -> Result<(), AllocError> {
        let next = self.next;
        let mut special = next.special.as_slice();
        self.look_for_call(0);
        for block in 0..self.function.blocks.len() {
            self.block = block;
            self.enter();
            let instructions = self.function.blocks[block].instructions.clone();
            let mut at = instructions.start;
            while at < instructions.end {
                let stop = special
                    .first()
                    .map_or(instructions.end, |&next| next.min(instructions.end));
                for at in at..stop {
                    self.plain(at)?;
                }
                at = stop;
                if stop < instructions.end {
                    self.constrained(stop)?;
                    if stop == self.next_call {
                        self.look_for_call(stop + 1);
                    }
                    special = &special[1..];
                    at += 1;
                }
            }
            self.leave()?;
        }
        Ok(())
    }

    /// Finds the next call from an instruction on.
    fn look_for_call(&mut self, from: u32) {
        let calls = &self.function.clobbers;
        let next = calls.partition_point(|(at, _)| at.0 < from);
        let Some((at, destroyed)) = calls.get(next) else {
            self.next_call = u32::MAX;
            return;
        };
        self.next_call = at.0;
        for (bank, set) in self.banks.iter_mut().zip(destroyed) {
            bank.doomed = Mask::of(set);
        }
    }

    /// The best registers for a value among some: if it lives across calls, those that
    /// the next one keeps.
    #[inline]
    pub(super) fn lasting(&self, value: &Value, among: Mask<W>) -> Mask<W> {
        if !value.is_lasting() {
            return among;
        }
        let lasting = among & !self.banks[usize::from(value.class)].doomed;
        if lasting.is_empty() { among } else { lasting }
    }

    /// Adds something to be done before an instruction.
    #[inline]
    pub(super) fn edit(&mut self, at: u32, edit: Edit) {
        self.out.edits.push((InstructionIndex(at), edit));
    }

    /// What is known of a value for the choice of whom to evict, if `after` is when it is
    /// needed next.
    #[inline]
    pub(super) fn key(&self, register: VirtualRegister, after: u32) -> Key {
        let value = &self.values[register.index()];
        let spared = value.is_global() && self.is_stored_outside(register);
        let stores = !value.is_clean() && !spared;
        Key::new(after & !IN_MEMORY, stores, after < IN_MEMORY)
    }

    /// Notes when a value is needed next, if it is in a register.
    #[inline]
    pub(super) fn set_key(&mut self, register: VirtualRegister, key: Key) {
        let value = &self.values[register.index()];
        if let Some(number) = value.home() {
            self.banks[usize::from(value.class)].set_key(number, value.span(), key);
        }
    }

    /// Puts a value that is in no register into this one.
    #[inline(always)]
    pub(super) fn put(&mut self, register: VirtualRegister, number: u8, key: Key) {
        let value = &mut self.values[register.index()];
        value.set_home(Some(number));
        self.banks[usize::from(value.class)].put(register, number, value.span(), key);
    }

    /// Takes a value out of its register, if it is in one.
    #[inline(always)]
    pub(super) fn take(&mut self, register: VirtualRegister) -> Option<u8> {
        let value = &mut self.values[register.index()];
        let number = value.home()?;
        value.set_home(None);
        self.banks[usize::from(value.class)].take(number, value.span());
        Some(number)
    }

    /// Empties the register of a value that will be needed again.
    #[inline(never)]
    pub(super) fn evict(&mut self, register: VirtualRegister, at: u32) {
        let value = &self.values[register.index()];
        if value.is_global() || !value.is_clean() {
            self.store(register, at);
        }
        self.take(register);
    }

    /// Forgets a value that will not be needed again.
    #[inline]
    pub(super) fn kill(&mut self, register: VirtualRegister, at: u32) -> Option<u8> {
        let value = &mut self.values[register.index()];
        if value.is_stored() && !value.is_global() {
            self.slots[usize::from(value.class)].give(value.slot, value.span(), at);
            value.forget_slot();
        }
        self.take(register)
    }

    /// Forgets a value, or notes when it is needed next.
    #[inline]
    pub(super) fn finish(&mut self, register: VirtualRegister, after: u32, at: u32) {
        if after == DEAD {
            self.kill(register, at);
            return;
        }
        self.set_key(register, self.key(register, after));
    }

    /// Emits what brings a value that is in no register into one.
    pub(super) fn fetch(
        &mut self,
        register: VirtualRegister,
        number: u8,
        at: u32,
    ) -> Result<(), AllocError> {
        let value = self.values[register.index()];
        let class = value.class;
        let mask = Mask::tuple(number, value.span());
        self.banks[usize::from(class)].used.insert(mask);
        let edit = if value.is_made_again() {
            Edit::Rematerialise {
                instruction: InstructionIndex(value.slot),
                to: PhysicalRegister { class, number },
            }
        } else if value.is_stored() {
            Edit::Move {
                from: Location::slot(class, value.slot),
                to: Location::register(class, number),
                span: value.span(),
            }
        } else {
            return Err(AllocError::Undefined {
                instruction: InstructionIndex(at),
                register: register.0,
            });
        };
        self.edit(at, edit);
        Ok(())
    }

    /// The register that a hint asks for.
    #[inline]
    pub(super) fn hinted(&self, value: &Value) -> Option<u8> {
        match Hint::unpack(value.hint) {
            Hint::None => None,
            Hint::Register(number) => Some(number),
            Hint::With(other) => {
                let origin = self.stores.origin_register(VirtualRegister(other));
                origin.or_else(|| self.values[other as usize].home())
            }
        }
    }

    /// Empties all registers without a word, as the walk goes on elsewhere.
    pub(super) fn clear_registers(&mut self) {
        for bank in self.banks.iter_mut() {
            for number in bank.occupied.iter() {
                if let Some(occupant) = bank.occupant(number) {
                    self.values[occupant.index()].set_home(None);
                }
                bank.take(number, 1);
            }
        }
    }

    pub(super) fn too_few(&self, at: u32, class: u8) -> AllocError {
        AllocError::TooFewRegisters {
            instruction: InstructionIndex(at),
            class: self.file.classes[usize::from(class)].name,
        }
    }
}
