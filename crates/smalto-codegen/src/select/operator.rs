//! Which operator an instruction of the kernel is.
//!
//! The build enumerates the operators and gives each a number; what is here finds the
//! number again, by a look into a table.

use super::numbering::{self, ConstantKind};
use smalto_kernel::{Instruction, Lane, Literal, Op, Rate, Routine, ValueId, ValueType};

include!(concat!(env!("OUT_DIR"), "/operators.rs"));

/// The operator of a branch, whose one operand is its condition.
pub(crate) const BRANCH_OPERATOR: u16 = BRANCH;

/// Whether tiles select the instruction, it has one lane type, that of its result, and
/// does nothing to memory: so are most.
#[inline]
pub(crate) fn is_plain(op: Op) -> bool {
    matches!(
        op,
        Op::Add
            | Op::Sub
            | Op::Mul
            | Op::Div
            | Op::Rem
            | Op::Fma
            | Op::Scale
            | Op::Sqrt
            | Op::Neg
            | Op::Abs
            | Op::Copysign
            | Op::Min
            | Op::Max
            | Op::Floor
            | Op::Ceil
            | Op::Trunc
            | Op::Rint
            | Op::And
            | Op::Or
            | Op::Xor
            | Op::Not
            | Op::Shl
            | Op::Shr
            | Op::Ushr
            | Op::Popcount
            | Op::Select
    )
}

/// The operator of a [plain](is_plain) instruction whose result is of this type.
#[inline]
pub(crate) fn operator_of_plain(op: Op, ty: ValueType) -> u16 {
    BY_TYPE[numbering::of_plain(op, ty)]
}

/// The operator of an instruction that is no constant and not plain.
pub(crate) fn operator_of(routine: &Routine, instruction: &Instruction) -> u16 {
    let ty = |value: ValueId| routine.ty(value).expect("operands have types");
    let own = || instruction.ty().expect("it gives a value");
    let operand = |at: usize| ty(routine.operands_of(instruction)[at]);
    let is_masked = || routine.mask_of(instruction).is_some();
    let op = instruction.op();
    let (is_masked, from, to): (bool, ValueType, ValueType) = match op {
        Op::Convert
        | Op::ConvertInRange
        | Op::Extend
        | Op::Wrap
        | Op::Bits
        | Op::RawBits
        | Op::Bitcast => (false, operand(0), own()),
        Op::Eq | Op::Lt | Op::Le => (false, operand(0), operand(0)),
        Op::Load => (is_masked(), own(), own()),
        Op::Gather => (is_masked(), operand(0), own()),
        Op::Store | Op::StoreUniform => (is_masked(), operand(1), operand(1)),
        Op::Scatter => (is_masked(), operand(0), operand(1)),
        _ => (false, own(), own()),
    };
    BY_INSTRUCTION[numbering::of_instruction(op, is_masked, from, to.lane())]
}

/// The operator of a constant of this rate.
pub(crate) fn operator_of_constant(rate: Rate, literal: Literal) -> u16 {
    BY_CONSTANT[numbering::of_constant(rate, literal.lane(), kind(literal))]
}

/// The class of a constant.
#[inline]
fn kind(literal: Literal) -> ConstantKind {
    if literal.bits() == 0 {
        return ConstantKind::Zero;
    }
    match literal.lane() {
        Lane::Mask => ConstantKind::One,
        lane if lane.is_float() => ConstantKind::Wide,
        lane => kind_of_integer(literal.bits(), lane.bits()),
    }
}

/// The class of an integer of so many bits that is not zero, by the signed number of the
/// same bits: what an immediate is extended to.
fn kind_of_integer(bits: u64, width: u32) -> ConstantKind {
    let unused = 64 - width;
    let value = (bits << unused) as i64 >> unused;
    let is_power = bits.is_power_of_two();
    let fits = |width: u32| value >> (width - 1) == value >> 63;
    match value {
        1 => ConstantKind::One,
        -1 => ConstantKind::Ones,
        _ if fits(8) && is_power => ConstantKind::Power8,
        _ if fits(8) => ConstantKind::Imm8,
        _ if fits(24) && is_power => ConstantKind::Power24,
        _ if fits(24) => ConstantKind::Imm24,
        _ if fits(32) && is_power => ConstantKind::Power32,
        _ if fits(32) => ConstantKind::Imm32,
        _ => ConstantKind::Wide,
    }
}
