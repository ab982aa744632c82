//! Which row of a mnemonic takes an instruction and its operands.
//!
//! Operands and instructions *demand*, a bit for each thing; a row *accepts*. A row
//! fits if nothing that is demanded is not accepted, which is two ands.

use super::form::{Class, Masking, Role};
use super::instruction::FORMS;
use super::mnemonic::demand;
use super::operand::kind;
use super::row::{NO_OPERAND, ROWS, Row};
use super::{EncodeError, Form, Instruction, Operand, Operands, Refused};

/// Operands, filled up.
pub(super) type Filled = [Operand; Form::MAX_OPERANDS];

/// The kinds of the operands, as a row lays out what it accepts.
#[inline(always)]
fn demanded_kinds(operands: &Filled) -> u64 {
    let mut kinds = 0;
    for (at, operand) in operands.iter().enumerate() {
        kinds |= u64::from(operand.kind()) << (16 * at);
    }
    kinds
}

/// Which error a refusal is.
pub(super) type Refusal = fn(Box<Refused>) -> EncodeError;

/// The number of the first row of the mnemonic that accepts everything that is
/// demanded of it, and the row.
#[inline(always)]
pub(super) fn fitting_row(
    instruction: Instruction,
    operands: &Filled,
) -> Result<(u16, &'static Row), Refusal> {
    let kinds = demanded_kinds(operands);
    const ANY_MEMORY: u64 = kind::ANY_MEMORY as u64 * 0x0001_0001_0001_0001;
    if instruction.demands & demand::ROUNDING != 0 && kinds & ANY_MEMORY != 0 {
        return Err(EncodeError::NoForm);
    }
    let mut at = instruction.row;
    loop {
        let row = &ROWS[usize::from(at)];
        let kinds_refused = kinds & !row.operands;
        let demands_refused = instruction.demands & !row.demands;
        if kinds_refused | u64::from(demands_refused) == 0 {
            return if row.is_gather() && gather_overlaps(row, operands) {
                Err(EncodeError::GatherOverlap)
            } else {
                Ok((at, row))
            };
        }
        if row.is_last() {
            return Err(EncodeError::NoForm);
        }
        at += 1;
    }
}

/// Whether two of the registers of a gather are one, which the processor refuses.
fn gather_overlaps(row: &Row, operands: &Filled) -> bool {
    let destination = row.in_reg(operands).number();
    let index = row.in_rm(operands).index();
    let mask = row.in_vvvv(operands).number();
    let has_mask = row.vvvv != NO_OPERAND;
    destination == index || has_mask && (mask == destination || mask == index)
}

impl Instruction {
    /// The row of the table that encodes this instruction with these operands.
    ///
    /// # Errors
    /// [`EncodeError::NoForm`] or [`EncodeError::GatherOverlap`] if none does.
    pub fn form(self, operands: impl Operands) -> Result<&'static Form, EncodeError> {
        operands.give(|operands| match fitting_row(self, operands) {
            Ok((at, _)) => Ok(&FORMS[usize::from(at)]),
            Err(error) => Err(error(Refused::boxed(self, operands))),
        })
    }

    /// What is done with operand `at` of `form`, which encodes this instruction: a
    /// vector that is written under a mask keeps the lanes not in the mask, and so is
    /// read too.
    pub const fn role(self, form: &Form, at: usize) -> Role {
        let merges = self.demands & (demand::MERGING | demand::ZEROING) == demand::MERGING;
        form.role(at, merges)
    }
}

impl Form {
    /// The same for an instruction under a mask that `merges`, or under no such mask.
    pub(super) const fn role(&self, at: usize, merges: bool) -> Role {
        let slot = &self.operands()[at];
        let keeps_lanes = merges && !matches!(self.masking, Masking::Choice);
        match (slot.role, slot.class) {
            (Role::Write, Some(Class::Vector)) if keeps_lanes => Role::ReadWrite,
            (role, _) => role,
        }
    }
}
