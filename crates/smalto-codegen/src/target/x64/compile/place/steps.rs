//! Steps: the instructions of tiles that are more than one, or no ordinary one.
//!
//! A tile may write its result, and each temporary, several times over: each time it is
//! another virtual register, since those are in single assignment.

use super::super::machine::{Action, GPR, MachineInstruction, NO_PLACE, Special};
use super::super::template::{ImmediateSource, PlaceSource, Source, StepKind, StepTemplate};
use super::{Memory, MemoryBase, Placer, Value};
use crate::alloc::{Role, VirtualRegister};
use crate::select::tables::{ImmediateFunction, SymbolKind};
use smalto_kernel::ValueId;

/// The registers that the result and the temporaries of a tile are in by now.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Versions {
    classes: &'static [u8],
    result: Option<VirtualRegister>,
    temporaries: [Option<VirtualRegister>; 12],
}

impl Placer<'_> {
    /// Does the steps of a tile, its leaves being made.
    pub(super) fn steps(
        &mut self,
        number: u16,
        node: ValueId,
        leaves: &[Value],
        chunk: usize,
    ) -> Value {
        let target = self.target;
        let (first, end) = target.templates.tiles[usize::from(number)];
        let tile = &target.tables.tiles[usize::from(number)];
        let kind = target.tables.symbols[usize::from(tile.result)].kind;
        let class = match kind {
            SymbolKind::Register(class) => class,
            _ => GPR,
        };
        let mut versions = Versions {
            classes: tile.temporaries,
            ..Versions::default()
        };
        let outer = std::mem::replace(&mut self.tile, number);
        for step in &target.templates.steps[first as usize..end as usize] {
            self.step(step, leaves, node, chunk, &mut versions, class);
        }
        self.tile = outer;
        match kind {
            SymbolKind::Register(_) => {
                Value::Register(versions.result.expect("a tile makes its result"))
            }
            SymbolKind::Flags => {
                let condition = target.templates.conditions[usize::from(number)];
                Value::Flags(condition.expect("flags mean something"))
            }
            SymbolKind::Void | SymbolKind::Operand => Value::Nothing,
        }
    }

    pub(super) fn step(
        &mut self,
        step: &StepTemplate,
        leaves: &[Value],
        node: ValueId,
        chunk: usize,
        versions: &mut Versions,
        class: u8,
    ) {
        let before = *versions;
        for operand in step.registers() {
            let register = match (operand.source, operand.role) {
                (Source::Leaf(leaf), _) => expect_register(leaves[usize::from(leaf)]),
                (Source::Result, Role::Def | Role::EarlyDef) => {
                    *versions.result.insert(self.machine.register(class))
                }
                (Source::Temporary(number), Role::Def | Role::EarlyDef) => {
                    let at = usize::from(number);
                    let register = self.machine.register(versions.classes[at]);
                    *versions.temporaries[at].insert(register)
                }
                (Source::Result, _) => before.result.expect("written before"),
                (Source::Temporary(number), _) => {
                    before.temporaries[usize::from(number)].expect("written before")
                }
            };
            self.machine
                .operand(register, operand.role, operand.constraint);
        }
        let place = self.place_of_step(step.place, leaves, node, chunk);
        let immediate = immediate_of_step(step.immediate, leaves);
        let action = match step.kind {
            StepKind::Plain(template) => Action::Template(template),
            StepKind::Conditional {
                first,
                leaf,
                negated,
            } => {
                let Value::Flags(condition) = leaves[usize::from(leaf)] else {
                    unreachable!("conditions come of flags")
                };
                let holds = if negated {
                    condition.inverse()
                } else {
                    condition
                };
                Action::Template(first + holds as u32)
            }
            StepKind::Pseudo(pseudo, template) => {
                self.machine.uses_area |= pseudo.uses_frame();
                Action::Special(Special::Pseudo(pseudo, template))
            }
            StepKind::Jump { .. } => unreachable!("only branches jump"),
        };
        self.push(action, place, immediate);
    }

    #[inline]
    pub(super) fn push(&mut self, action: Action, place: u32, immediate: i64) {
        self.machine.push(MachineInstruction {
            action,
            place,
            immediate,
            source: self.source,
            tile: self.tile,
        });
    }

    pub(super) fn special(&mut self, special: Special, immediate: i64) {
        self.push(Action::Special(special), NO_PLACE, immediate);
    }

    pub(super) fn place_of_step(
        &mut self,
        place: PlaceSource,
        leaves: &[Value],
        node: ValueId,
        chunk: usize,
    ) -> u32 {
        let memory = match place {
            PlaceSource::None => return NO_PLACE,
            PlaceSource::Leaf(leaf) => match leaves[usize::from(leaf)] {
                Value::Memory(memory) => memory,
                Value::Place(place) => return place,
                other => unreachable!("{other:?} is not in memory"),
            },
            PlaceSource::Element { index, broadcast } => {
                self.element(node, leaves[usize::from(index)], chunk, broadcast)
            }
            PlaceSource::Gathered { index } => self.gathered(node, leaves[usize::from(index)]),
            PlaceSource::Constant {
                constant,
                broadcast,
            } => return self.named_place(constant, broadcast),
            PlaceSource::Address {
                base,
                index,
                offset,
            } => Memory {
                base: MemoryBase::Register(expect_register(leaves[usize::from(base)])),
                index: index.map(|(leaf, _)| expect_register(leaves[usize::from(leaf)])),
                scale: index.map_or(1, |(_, scale)| scale),
                offset,
                broadcast: false,
            },
        };
        self.add_place(memory)
    }
}

pub(super) fn immediate_of_step(source: ImmediateSource, leaves: &[Value]) -> i64 {
    match source {
        ImmediateSource::None => 0,
        ImmediateSource::Literal(value) => value,
        ImmediateSource::Leaf(leaf) => expect_immediate(leaves[usize::from(leaf)]),
        ImmediateSource::Computed(function, leaf) => {
            let value = expect_immediate(leaves[usize::from(leaf)]);
            match function {
                ImmediateFunction::Log2 => i64::from(value.trailing_zeros()),
                ImmediateFunction::Negate => value.wrapping_neg(),
                ImmediateFunction::Low4 => value & 15,
                ImmediateFunction::Low5 => value & 31,
                ImmediateFunction::Low6 => value & 63,
            }
        }
    }
}

pub(super) fn expect_register(value: Value) -> VirtualRegister {
    match value {
        Value::Register(register) => register,
        other => unreachable!("{other:?} is in no register"),
    }
}

pub(super) fn expect_immediate(value: Value) -> i64 {
    match value {
        Value::Immediate(value) => value,
        other => unreachable!("{other:?} is no immediate"),
    }
}
