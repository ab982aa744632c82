//! Instructions that no tile gives: a template of the routine's own for each.

use super::super::machine::{Action, NO_PLACE, VECTOR};
use super::super::template::{Slot, Template};
use super::{Memory, Placer};
use crate::alloc::{Constraint, Role, VirtualRegister};
use crate::select::tables::StepSize;
use crate::target::x64::{Form, Mnemonic};

/// An operand of an instruction that no tile gives.
#[derive(Debug, Clone, Copy)]
pub(super) enum Arg {
    /// The result.
    D,
    /// The result, which is written while operands are read.
    Early,
    /// The result, over this register.
    Over(VirtualRegister),
    Use(VirtualRegister),
    Immediate(i64),
    Memory(Memory),
}

impl Placer<'_> {
    /// An instruction whose result, in a new register of `class`, is its operand
    /// [`Arg::D`] or [`Arg::Over`].
    pub(super) fn give(
        &mut self,
        class: u8,
        mnemonic: Mnemonic,
        size: StepSize,
        args: &[Arg],
    ) -> VirtualRegister {
        let result = self.machine.register(class);
        self.own(mnemonic, size, args, Some(result), None);
        result
    }

    /// An instruction whose result is this register.
    pub(super) fn give_to(
        &mut self,
        result: VirtualRegister,
        mnemonic: Mnemonic,
        size: StepSize,
        args: &[Arg],
    ) {
        self.own(mnemonic, size, args, Some(result), None);
    }

    /// An instruction of three operands that are all its result, of which it reads nothing.
    pub(super) fn give_from_nothing(
        &mut self,
        class: u8,
        mnemonic: Mnemonic,
        size: StepSize,
    ) -> VirtualRegister {
        let result = self.machine.register(class);
        let slot = Slot::Register(
            self.machine
                .operand(result, Role::Def, Constraint::Register),
        );
        let number = self.own_template(Template {
            mnemonic,
            size,
            slots: [slot, slot, slot, Slot::Nothing],
            mask: None,
        });
        self.push(Action::Own(number), NO_PLACE, 0);
        result
    }

    /// A gather under a mask that it uses up.
    pub(super) fn give_gathered(
        &mut self,
        mnemonic: Mnemonic,
        size: StepSize,
        from: Arg,
        mask: VirtualRegister,
    ) -> VirtualRegister {
        let result = self.machine.register(VECTOR);
        self.own(
            mnemonic,
            size,
            &[Arg::Early, from],
            Some(result),
            Some((mask, false)),
        );
        result
    }

    /// An instruction with no result.
    pub(super) fn act(&mut self, mnemonic: Mnemonic, size: StepSize, args: &[Arg]) {
        self.own(mnemonic, size, args, None, None);
    }

    fn own(
        &mut self,
        mnemonic: Mnemonic,
        size: StepSize,
        args: &[Arg],
        result: Option<VirtualRegister>,
        mask: Option<(VirtualRegister, bool)>,
    ) {
        let mut slots = [Slot::Nothing; Form::MAX_OPERANDS];
        let (mut memory, mut immediate) = (None, 0);
        for (slot, arg) in slots.iter_mut().zip(args) {
            let result = || result.expect("an instruction that gives something");
            *slot = match *arg {
                Arg::D => Slot::Register(self.machine.operand(
                    result(),
                    Role::Def,
                    Constraint::Register,
                )),
                Arg::Early => {
                    let (result, at) = (result(), Constraint::Register);
                    Slot::Register(self.machine.operand(result, Role::EarlyDef, at))
                }
                Arg::Over(over) => {
                    let tied = self.machine.operand(over, Role::Use, Constraint::Register);
                    let tied = Constraint::Tied(tied);
                    Slot::Register(self.machine.operand(result(), Role::Def, tied))
                }
                Arg::Use(register) => Slot::Register(self.machine.operand(
                    register,
                    Role::Use,
                    Constraint::Register,
                )),
                Arg::Immediate(value) => {
                    immediate = value;
                    Slot::Immediate
                }
                Arg::Memory(place) => {
                    memory = Some(place);
                    Slot::Place
                }
            };
        }
        let mask = mask.map(|(mask, zeroing)| {
            let position = self.machine.operand(mask, Role::Use, Constraint::Register);
            (position, zeroing)
        });
        let place = memory.map_or(NO_PLACE, |memory| self.add_place(memory));
        let number = self.own_template(Template {
            mnemonic,
            size,
            slots,
            mask,
        });
        self.push(Action::Own(number), place, immediate);
    }

    fn own_template(&mut self, template: Template) -> u32 {
        self.machine.templates.push(template);
        self.machine.templates.len() as u32 - 1
    }
}
