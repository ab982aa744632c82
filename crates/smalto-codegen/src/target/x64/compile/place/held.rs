//! What the users of a value find: its registers, or its place in memory.
//!
//! Nearly every value has one register, and nearly every use of a constant reads it from one
//! place. So there is an entry for each value, with that register or place in it, and with
//! the symbol that it is: a use that wants that symbol need ask no further.

use super::{Placer, Value};
use crate::alloc::VirtualRegister;
use crate::select::cover::{Homes, UNWANTED};
use smalto_kernel::{Routine, ValueId, ValueType};

/// What the users of a value find: its parts, or where it is in memory.
#[derive(Debug, Clone, Copy)]
pub(super) struct Held {
    /// The register, where the registers are listed, or the place.
    pub(super) number: u32,
    /// What it is, or [`UNWANTED`] if that is to be asked anew for each use.
    pub(super) symbol: u8,
    pub(super) form: HeldForm,
}

/// What the number of a [`Held`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HeldForm {
    /// Of its only register.
    Register,
    /// Of a constant's place in memory.
    Place,
    /// Of the first of its registers in the list, one for each component.
    Uniform,
    /// The same, one for each component and chunk.
    Chunked,
}

/// What is not placed yet.
pub(super) const NOTHING_HELD: Held = Held {
    number: u32::MAX,
    symbol: UNWANTED,
    form: HeldForm::Register,
};

impl Placer<'_> {
    pub(super) fn type_of(&self, value: ValueId) -> ValueType {
        type_of(self.routine, value)
    }

    /// How many registers one value of this type takes.
    pub(super) fn chunks_of(&self, ty: ValueType) -> usize {
        if ty.is_varying() { self.wave.chunks } else { 1 }
    }

    /// Gives a value registers.
    pub(super) fn new_parts(&mut self, value: ValueId) {
        let ty = self.type_of(value);
        let class = self.wave.homes.class_of(ty);
        let count = ty.count() * self.chunks_of(ty);
        let first = self.storage.registers.len();
        for _ in 0..count {
            let register = self.machine.register(class);
            self.storage.registers.push(register);
        }
        self.hold_listed(value, first, ty.is_varying());
    }

    /// Says which registers a value has: for each component, one a chunk, or one for all.
    pub(super) fn put(&mut self, value: ValueId, registers: &[VirtualRegister], is_chunked: bool) {
        let first = self.storage.registers.len();
        self.storage.registers.extend_from_slice(registers);
        self.hold_listed(value, first, is_chunked);
    }

    /// Says that a value has the registers listed from here on.
    pub(super) fn hold_listed(&mut self, value: ValueId, first: usize, is_chunked: bool) {
        let (number, form) = match (&self.storage.registers[first..], is_chunked) {
            (&[only], _) => (only.0, HeldForm::Register),
            (_, false) => (first as u32, HeldForm::Uniform),
            (_, true) => (first as u32, HeldForm::Chunked),
        };
        self.hold(value, number, form);
    }

    #[inline]
    fn hold(&mut self, value: ValueId, number: u32, form: HeldForm) {
        // A constant is made for one use, and its registers are for no other.
        let symbol = match self.cover.is_constant(value) {
            true => UNWANTED,
            false => self.cover.wanted(value),
        };
        self.storage.held[value.index()] = Held {
            number,
            symbol,
            form,
        };
    }

    /// What is held of a value, if it is this symbol.
    #[inline(always)]
    pub(super) fn held_as(&self, value: ValueId, symbol: u8) -> Option<Held> {
        let held = self.storage.held[value.index()];
        (held.symbol == symbol).then_some(held)
    }

    /// The register of a placed value.
    pub(super) fn part(&self, value: ValueId, component: usize, chunk: usize) -> VirtualRegister {
        let held = self.storage.held[value.index()];
        debug_assert!(
            held.number != u32::MAX && held.form != HeldForm::Place,
            "{value:?} is used before it is placed"
        );
        VirtualRegister(self.number(held, component, chunk))
    }

    /// The number of a part of what is held, or of its place.
    #[inline]
    pub(super) fn number(&self, held: Held, component: usize, chunk: usize) -> u32 {
        let further = match held.form {
            HeldForm::Register | HeldForm::Place => return held.number,
            HeldForm::Uniform => component,
            HeldForm::Chunked => component * self.wave.chunks + chunk,
        };
        self.storage.registers[held.number as usize + further].0
    }

    /// The value that another stands for, with registers of its own: a constant is made.
    pub(super) fn at_home(&mut self, named: ValueId) -> ValueId {
        let value = self.cover.resolve(named);
        if self.cover.is_constant(value) {
            // Made anew for each use, since no place dominates them all for sure. Its home
            // is that of the type it is used as: a splat of it may be.
            let home = self.wave.homes.home(self.type_of(named));
            if let Value::Register(register) = self.make(value, home, 0) {
                self.put(value, &[register], false);
            }
        }
        value
    }

    /// A placed value or a constant in a register, as one of its type.
    pub(super) fn register_of(&mut self, value: ValueId, chunk: usize) -> VirtualRegister {
        let value = self.at_home(value);
        self.part(value, 0, chunk)
    }
}

pub(super) fn type_of(routine: &Routine, value: ValueId) -> ValueType {
    routine.ty(value).expect("what is used has a type")
}
