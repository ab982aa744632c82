//! How the tables of operators are numbered: what the build writes and selection reads.
//!
//! This file is compiled twice, into the build and into the crate, so that neither can be
//! wrong about the other.

use smalto_kernel::{Lane, Op, Rate, ValueType};

/// The length of the table of instructions.
pub(crate) const INSTRUCTIONS: usize =
    Op::ALL.len() * 2 * ValueType::SINGLE_INDICES * Lane::ALL.len();

/// The length of the table of constants.
pub(crate) const CONSTANTS: usize = 2 * Lane::ALL.len() * ConstantKind::ALL.len();

/// The length of the table of instructions that have one lane type and no mask.
pub(crate) const PLAIN: usize = Op::ALL.len() * ValueType::SINGLE_INDICES;

/// Where the operator of an instruction stands that has one lane type and no mask.
#[inline]
pub(crate) fn of_plain(op: Op, ty: ValueType) -> usize {
    op as usize * ValueType::SINGLE_INDICES + ty.single_index()
}

/// Where the operator of an instruction stands: under a mask or not, from lanes of a
/// type to lanes of another. Of the first type's rate, which both have.
#[inline]
pub(crate) fn of_instruction(op: Op, is_masked: bool, from: ValueType, to: Lane) -> usize {
    let row = op as usize * 2 + usize::from(is_masked);
    (row * ValueType::SINGLE_INDICES + from.single_index()) * Lane::ALL.len() + to as usize
}

/// Where the operator of a constant stands.
#[inline]
pub(crate) fn of_constant(rate: Rate, lane: Lane, kind: ConstantKind) -> usize {
    (rate as usize * Lane::ALL.len() + lane as usize) * ConstantKind::ALL.len() + kind as usize
}

/// Classes of constants by value, each constant in one: what tile files tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ConstantKind {
    Zero,
    /// One; a mask that is true.
    One,
    /// Minus one: all bits are ones.
    Ones,
    /// A power of two in the signed range of 8 bits.
    Power8,
    Imm8,
    /// A power of two in the signed range of 24 bits.
    Power24,
    Imm24,
    /// A power of two in the signed range of 32 bits.
    Power32,
    Imm32,
    /// Any other, and every float but zero.
    Wide,
}

impl ConstantKind {
    pub(crate) const ALL: [ConstantKind; 10] = [
        ConstantKind::Zero,
        ConstantKind::One,
        ConstantKind::Ones,
        ConstantKind::Power8,
        ConstantKind::Imm8,
        ConstantKind::Power24,
        ConstantKind::Imm24,
        ConstantKind::Power32,
        ConstantKind::Imm32,
        ConstantKind::Wide,
    ];

    /// Its name in tile files.
    #[allow(dead_code, reason = "only the build asks")]
    pub(crate) fn name(self) -> &'static str {
        match self {
            ConstantKind::Zero => "zero",
            ConstantKind::One => "one",
            ConstantKind::Ones => "ones",
            ConstantKind::Power8 => "power8",
            ConstantKind::Imm8 => "imm8",
            ConstantKind::Power24 => "power24",
            ConstantKind::Imm24 => "imm24",
            ConstantKind::Power32 => "power32",
            ConstantKind::Imm32 => "imm32",
            ConstantKind::Wide => "wide",
        }
    }
}
