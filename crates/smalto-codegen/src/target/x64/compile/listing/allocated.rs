//! Machine instructions with the registers they were given.
//!
//! A value is its virtual register and where it is: `12@v3` is value 12, in vector register
//! 3. What an instruction writes stands before its name, what it reads behind it.

use super::super::Target;
use super::super::machine::{
    Action, GPR, MachineInstruction, MachineRoutine, NO_PLACE, NO_SOURCE, PlaceBase, Special,
    VECTOR,
};
use super::super::template::{Slot, Template};
use crate::alloc::{Allocation, Edit, Location, PhysicalRegister, Role};
use crate::target::x64::{Gpr, Mask, Vector};
use smalto_kernel::{BlockId, Module};

/// A routine whose registers were allocated.
pub(in super::super) struct Allocated<'a> {
    pub(in super::super) module: &'a Module,
    pub(in super::super) target: &'static Target,
    pub(in super::super) machine: &'a MachineRoutine,
    pub(in super::super) allocation: &'a Allocation,
    /// The blocks of the kernel that those of the machine routine are.
    pub(in super::super) blocks: &'a [BlockId],
}

impl Allocated<'_> {
    pub(in super::super) fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let mut edits = self.allocation.edits.iter().peekable();
        for (at, block) in self.machine.registers.blocks.iter().enumerate() {
            let (from, depth) = (self.blocks[at].index(), block.loop_depth);
            lines.push(format!("B{at}:  of block {from}, loop depth {depth}"));
            for index in block.instructions.clone() {
                while let Some((_, edit)) = edits.next_if(|(at, _)| at.0 == index) {
                    lines.push(format!(
                        "            {:<6}  {}",
                        edit.kind(),
                        edit_text(*edit)
                    ));
                }
                lines.push(self.instruction(index as usize));
            }
        }
        lines
    }

    fn instruction(&self, index: usize) -> String {
        let instruction = &self.machine.instructions[index];
        let source = match instruction.source {
            NO_SOURCE => String::new(),
            source => format!("%{source}"),
        };
        let written = self.operands(index, |role| matches!(role, Role::Def | Role::EarlyDef));
        let mut read = self.operands(index, |role| matches!(role, Role::Use | Role::LateUse));
        let temporary = self.operands(index, |role| role == Role::Temporary);
        let mut text = String::new();
        if !written.is_empty() {
            text = format!("{} = ", written.join(", "));
        }
        text += &self.name(instruction);
        read.extend(self.place(index, instruction));
        read.extend(self.immediate(instruction));
        if !read.is_empty() {
            text += " ";
            text += &read.join(", ");
        }
        if !temporary.is_empty() {
            text += &format!(" using {}", temporary.join(", "));
        }
        let tile = self.target.tables.tiles.get(usize::from(instruction.tile));
        let tile = tile.map_or("", |tile| tile.name);
        format!("  {source:<8}  {text:<58}  {tile}")
            .trim_end()
            .into()
    }

    fn operands(&self, index: usize, is_wanted: impl Fn(Role) -> bool) -> Vec<String> {
        let first = self.machine.registers.first_operand[index] as usize;
        let end = self.machine.registers.first_operand[index + 1] as usize;
        let operands = &self.machine.registers.operands[first..end];
        operands
            .iter()
            .zip(&self.allocation.locations[first..end])
            .filter(|(operand, _)| is_wanted(operand.role))
            .map(|(operand, location)| format!("{}@{}", operand.register.0, place(*location)))
            .collect()
    }

    fn template(&self, action: Action) -> Option<&Template> {
        match action {
            Action::Template(number) => Some(&self.target.templates.templates[number as usize]),
            Action::Own(number) => Some(&self.machine.templates[number as usize]),
            Action::Special(Special::Pseudo(_, number)) => {
                Some(&self.target.templates.templates[number as usize])
            }
            Action::Special(_) => None,
        }
    }

    fn name(&self, instruction: &MachineInstruction) -> String {
        let block = |condition: &str| format!("{condition} B{}", instruction.immediate);
        match instruction.action {
            Action::Special(Special::Entry) => "entry".into(),
            Action::Special(Special::Jump) => block("jmp"),
            Action::Special(Special::JumpIf(condition)) => block(&condition.jump().to_string()),
            Action::Special(Special::Return) => "ret".into(),
            Action::Special(Special::Call) => {
                let callee = &self.module.routines()[instruction.immediate as usize];
                format!("call {}", callee.name())
            }
            Action::Special(Special::Pseudo(pseudo, _)) => pseudo.name().into(),
            action => {
                let template = self.template(action);
                template.map_or("?".into(), |template| template.mnemonic.to_string())
            }
        }
    }

    /// The place in memory an instruction names, whose registers it reads.
    fn place(&self, index: usize, instruction: &MachineInstruction) -> Option<String> {
        if instruction.place == NO_PLACE {
            return None;
        }
        let first = self.machine.registers.first_operand[index] as usize;
        let at = |position: u8| place(self.allocation.locations[first + usize::from(position)]);
        let named = &self.machine.places[instruction.place as usize];
        let mut text = match named.base {
            PlaceBase::Register(position) => at(position),
            PlaceBase::Constant(_) => "constant".into(),
            PlaceBase::Outgoing | PlaceBase::Incoming => "argument".into(),
            PlaceBase::Meeting => "meeting".into(),
        };
        if let Some(position) = named.index {
            text += &format!(" + {}", at(position));
            if named.scale > 1 {
                text += &format!("*{}", named.scale);
            }
        }
        match named.offset {
            0 => {}
            offset if offset < 0 => text += &format!(" - {}", offset.unsigned_abs()),
            offset => text += &format!(" + {offset}"),
        }
        Some(format!("[{text}]"))
    }

    fn immediate(&self, instruction: &MachineInstruction) -> Option<String> {
        let template = self.template(instruction.action)?;
        let takes_one = template.slots.contains(&Slot::Immediate);
        takes_one.then(|| instruction.immediate.to_string())
    }
}

fn edit_text(edit: Edit) -> String {
    match edit {
        Edit::Move { from, to, .. } => format!("{} = {}", place(to), place(from)),
        Edit::Swap { a, b } => format!("{}, {}", register(a), register(b)),
        Edit::Rematerialise { to, .. } => register(to),
    }
}

fn place(location: Location) -> String {
    match (location.as_register(), location.as_slot()) {
        (Some(given), _) => register(given),
        (None, slot) => {
            let class = match location.class() {
                GPR => "integer",
                VECTOR => "vector",
                _ => "mask",
            };
            format!("{class} slot {}", slot.unwrap_or(0))
        }
    }
}

fn register(register: PhysicalRegister) -> String {
    match register.class {
        GPR => Gpr::new(register.number).to_string(),
        VECTOR => Vector::new(register.number).to_string(),
        _ => Mask::new(register.number).to_string(),
    }
}
