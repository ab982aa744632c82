//! Which operator an instruction of the kernel is.
//!
//! The build enumerates the operators and gives each a number; what is here finds the
//! number again, by a look into a table.

use smalto_kernel::{Lane, Literal, Op, Rate, Routine, ValueId};

include!(concat!(env!("OUT_DIR"), "/operators.rs"));

const LANES: usize = Lane::ALL.len();

/// No tile file can name an operator for this.
pub(crate) const NO_OPERATOR: u16 = u16::MAX;

/// The operator of a branch, whose one operand is its condition.
pub(crate) const BRANCH_OPERATOR: u16 = BRANCH;

/// The operator of an instruction that is no constant.
#[inline]
pub(crate) fn operator_of(routine: &Routine, value: ValueId) -> u16 {
    let op = routine.op(value);
    let operands = routine.operands(value);
    let ty = |value: ValueId| routine.ty(value).expect("operands have types");
    let own = || routine.ty(value).expect("it gives a value");
    let (rate, a, b) = match op {
        Op::Convert | Op::ConvertInRange | Op::Extend | Op::Wrap | Op::Bits | Op::Bitcast => {
            let from = ty(operands[0]);
            (from.rate(), from.lane(), own().lane())
        }
        Op::Gather => (Rate::Varying, ty(operands[0]).lane(), own().lane()),
        Op::Scatter => (
            Rate::Varying,
            ty(operands[0]).lane(),
            ty(operands[1]).lane(),
        ),
        Op::Store | Op::StoreUniform => {
            let stored = ty(operands[1]);
            (stored.rate(), stored.lane(), stored.lane())
        }
        Op::Eq | Op::Lt | Op::Le => {
            let compared = ty(operands[0]);
            (compared.rate(), compared.lane(), compared.lane())
        }
        _ => {
            let ty = own();
            (ty.rate(), ty.lane(), ty.lane())
        }
    };
    let masked = operands.len() > op.row().operands.len();
    let at = (op as usize * 2 + usize::from(masked)) * 2 + rate as usize;
    BY_INSTRUCTION[(at * LANES + a as usize) * LANES + b as usize]
}

/// The operator of a constant of this rate.
pub(crate) fn operator_of_constant(rate: Rate, literal: Literal) -> u16 {
    let at = rate as usize * LANES + literal.lane() as usize;
    BY_CONSTANT[at * KINDS + kind(literal)]
}

/// How many classes there are.
const KINDS: usize = 10;

/// The class of a constant by value: an index of the build's `KINDS`.
fn kind(literal: Literal) -> usize {
    const ZERO: usize = 0;
    const ONE: usize = 1;
    const ONES: usize = 2;
    const POWER8: usize = 3;
    const IMM8: usize = 4;
    const POWER24: usize = 5;
    const IMM24: usize = 6;
    const POWER32: usize = 7;
    const IMM32: usize = 8;
    const WIDE: usize = KINDS - 1;
    if literal.bits() == 0 {
        return ZERO;
    }
    if literal.lane() == Lane::Mask {
        return ONE;
    }
    if literal.lane().is_float() {
        return WIDE;
    }
    // As the signed number of the same bits: what an immediate is extended to.
    let unused = 64 - literal.lane().bits();
    let value = (literal.bits() << unused) as i64 >> unused;
    let is_power = literal.bits().is_power_of_two();
    match value {
        1 => ONE,
        -1 => ONES,
        -128..=127 if is_power => POWER8,
        -128..=127 => IMM8,
        _ if value >> 23 == value >> 63 && is_power => POWER24,
        _ if value >> 23 == value >> 63 => IMM24,
        _ if i32::try_from(value).is_ok() && is_power => POWER32,
        _ if i32::try_from(value).is_ok() => IMM32,
        _ => WIDE,
    }
}
