//! How the instructions of a template are encoded, worked out once.
//!
//! The general way to encode an instruction is to make its operands and to look for the
//! first row of the instruction table that takes them (`fit`). But which row that is
//! follows from what kind of thing each operand is, and of one template that hardly
//! varies. So the first time that a template is met its row is looked for, and kept as a
//! [`Plan`] together with the positions, among the instruction's registers, that the
//! numbers in its fields come from. Its instructions are then put together from numbers
//! alone.
//!
//! A plan must give what the general way would. There are plans for vector instructions
//! only, VEX and EVEX, and what their rows are chosen by is taken care of:
//!
//! - *What is in memory.* A plan has two rows. If the template names a place, they are for
//!   all of a vector there, and for an element that is broadcast inside the instruction;
//!   if not, for registers alone, and for a spill slot in ModRM.rm.
//! - *Registers beyond the first 16.* The rows are those for registers below. If such a
//!   row is EVEX, then no VEX row takes the instruction, and EVEX rows take all registers.
//!   If it is VEX, then registers beyond are not [covered](Plan::fields).
//! - *Immediates.* These rows have them in an unsigned byte. What is none is not covered.
//! - *Gathers*, whose registers must differ, are left out.
//!
//! What has no plan or is not covered by it goes the general way. So does everything when
//! a listing is made, which must make no difference to the code; the tests compare.

use super::machine::{GPR, VECTOR};
use super::template::{Slot, Template};
use crate::alloc::Location;
use crate::target::x64::encode::{Fields, Rm, selector};
use crate::target::x64::fit::{Filled, fitting_row};
use crate::target::x64::form::Space;
use crate::target::x64::row::Row;
use crate::target::x64::{Assembler, Instruction, K1, Memory, NOP, Operand, RAX, RSP, Size, v};

/// How the instructions of a template are encoded.
#[derive(Debug)]
pub(super) struct Plan {
    /// If the template names a place, the row for that and the row for a broadcast from
    /// it; if not, the row for registers and the row for a slot in ModRM.rm.
    rows: [Option<&'static Row>; 2],
    /// The instruction, under any mask.
    instruction: Instruction,
    // The positions of what stands in the fields, among the register operands.
    reg: u8,
    vvvv: u8,
    pub(super) rm: u8,
    mask: u8,
    selector: u8,
    /// Whether there is a mask, a selector or an immediate.
    has_more: bool,
    /// Whether a place can be broadcast from.
    pub(super) broadcasts: bool,
    /// The bits that no register's number may have.
    beyond: u32,
}

/// The bit of a vector register's number that VEX has no room for.
const BEYOND_VEX: u32 = 16;

/// The position of no operand.
const NOWHERE: u8 = u8::MAX;

impl Plan {
    /// A plan that covers nothing.
    const EMPTY: Plan = Plan {
        rows: [None; 2],
        instruction: NOP.sized(Size::Fixed),
        reg: NOWHERE,
        vvvv: NOWHERE,
        rm: NOWHERE,
        mask: NOWHERE,
        selector: NOWHERE,
        has_more: false,
        broadcasts: false,
        beyond: 0,
    };

    /// The plan of a template at a size, if it has one. The locations are those of one of
    /// its instructions, for the classes of its registers.
    fn new(template: &Template, size: Size, locations: &[Location]) -> Option<Plan> {
        let mut instruction = template.mnemonic.sized(size);
        if let Some((_, zeroing)) = template.mask {
            instruction = instruction.masked(K1);
            instruction = if zeroing {
                instruction.zeroing()
            } else {
                instruction
            };
        }
        let row = |operands: &Filled| {
            let (_, row) = fitting_row(instruction, operands).ok()?;
            (row.space != Space::Legacy).then_some(row)
        };
        let mut operands = template.slots.map(|slot| example(slot, locations));
        let first = row(&operands)?;
        let named = template.slots.iter().position(|slot| is_place(*slot));
        let broadcasts = named.is_some_and(|at| template.slots[at] == Slot::Place);
        operands[named.unwrap_or(usize::from(first.rm))] = match broadcasts {
            true => Memory::base(RSP).broadcast().into(),
            false => Memory::base(RSP).into(),
        };
        let second = row(&operands).filter(|second| {
            let fields = |row: &Row| (row.space, row.reg, row.vvvv, row.rm, row.immediate);
            fields(second) == fields(first)
        });
        let position = |operand: u8| match template.slots[usize::from(operand)] {
            Slot::Register(position) => position,
            Slot::Nothing | Slot::Place | Slot::Element | Slot::Immediate => NOWHERE,
        };
        Some(Plan {
            rows: [Some(first), second],
            instruction,
            reg: position(first.reg),
            vvvv: position(first.vvvv),
            rm: position(first.rm),
            mask: template.mask.map_or(NOWHERE, |(position, _)| position),
            selector: match first.has_selector() {
                true => position(first.immediate),
                false => NOWHERE,
            },
            has_more: template.mask.is_some() || first.immediate_bytes != 0,
            broadcasts,
            beyond: match first.space {
                Space::Evex => 0,
                _ => BEYOND_VEX,
            },
        })
    }

    /// Encodes an instruction in the first row or the second one, and says whether it is
    /// covered.
    #[inline(always)]
    pub(super) fn emit(
        &self,
        assembler: &mut Assembler,
        second: bool,
        locations: &[Location],
        rm: Rm,
        immediate: i64,
    ) -> bool {
        match (
            self.rows[usize::from(second)],
            self.fields(locations, rm, immediate),
        ) {
            (Some(row), Some((instruction, fields))) => {
                assembler.emit_in(row, instruction, fields);
                true
            }
            _ => false,
        }
    }

    /// The instruction and its fields, given what stands in ModRM.rm: `None` if these
    /// registers and this immediate are not what the plan is for.
    #[inline(always)]
    fn fields(
        &self,
        locations: &[Location],
        rm: Rm,
        immediate: i64,
    ) -> Option<(Instruction, Fields)> {
        let mut fields = Fields {
            reg: number(locations, self.reg)?,
            vvvv: number(locations, self.vvvv)?,
            rm,
            ..Fields::default()
        };
        let mut instruction = self.instruction;
        if self.has_more {
            let selected = number(locations, self.selector)?;
            fields.immediate = u64::from(u8::try_from(immediate).ok()?) | selector(selected);
            instruction = instruction.under(number(locations, self.mask)?);
        }
        let in_rm = match fields.rm {
            Rm::Register(number) => number,
            Rm::Memory(_) | Rm::Relative(_) => 0,
        };
        let is_covered = (fields.reg | fields.vvvv | in_rm) & self.beyond == 0;
        is_covered.then_some((instruction, fields))
    }
}

/// An operand that stands in a slot: the first register of its class, the address that a
/// slot of the frame has, the largest immediate of a byte.
fn example(slot: Slot, locations: &[Location]) -> Operand {
    match slot {
        Slot::Nothing => Operand::NONE,
        Slot::Register(position) => match locations[usize::from(position)].class() {
            GPR => RAX.into(),
            VECTOR => v(0).into(),
            _ => K1.into(),
        },
        Slot::Place | Slot::Element => Memory::base(RSP).into(),
        Slot::Immediate => Operand::from(i32::from(u8::MAX)),
    }
}

fn is_place(slot: Slot) -> bool {
    matches!(slot, Slot::Place | Slot::Element)
}

/// The number of the register at a position, 0 if the position is that of nothing: `None`
/// if it is in memory.
#[inline(always)]
pub(super) fn number(locations: &[Location], position: u8) -> Option<u32> {
    match locations.get(usize::from(position)) {
        None => Some(0),
        Some(location) => location
            .as_register()
            .map(|register| u32::from(register.number)),
    }
}

/// The plans of a target's templates, as far as they were asked for.
#[derive(Debug, Default)]
pub(super) struct Plans {
    /// Lanes of the chunks that they are for.
    lanes: usize,
    /// By template, the number of its plan.
    numbers: Vec<u16>,
    /// [`UNKNOWN`], [`NONE`], and those that were made.
    plans: Vec<Plan>,
}

/// The plan of a template that was not met yet. It covers nothing.
const UNKNOWN: u16 = 0;
/// The plan of a template that has none. It covers nothing.
const NONE: u16 = 1;

impl Plans {
    /// Makes ready for so many templates at so many lanes of a chunk, or for there to be no
    /// plans.
    pub(super) fn start(&mut self, templates: usize, lanes: usize, is_wanted: bool) {
        if (self.numbers.len(), self.lanes) != (templates, lanes) || !is_wanted {
            self.lanes = lanes;
            self.plans.clear();
            self.plans.extend([Plan::EMPTY, Plan::EMPTY]);
            self.numbers.clear();
            let number = if is_wanted { UNKNOWN } else { NONE };
            self.numbers.resize(templates, number);
        }
    }

    /// The plan of a template.
    #[inline(always)]
    pub(super) fn of(&self, template: u32) -> &Plan {
        &self.plans[usize::from(self.numbers[template as usize])]
    }

    /// Makes the plan of a template at a size, unless it is known whether it has one. The
    /// locations are those of one of its instructions.
    pub(super) fn learn(
        &mut self,
        number: u32,
        template: &Template,
        size: Size,
        locations: &[Location],
    ) {
        let number = &mut self.numbers[number as usize];
        if *number == UNKNOWN {
            *number = NONE;
            if let Some(plan) = Plan::new(template, size, locations) {
                *number = self.plans.len() as u16;
                self.plans.push(plan);
            }
        }
    }
}
