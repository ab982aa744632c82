//! The conditions of jumps, moves and sets.

use super::Mnemonic;
use super::instruction::*;

/// What status flags say, named for what a comparison `cmp a, b` found. The number is
/// the low four bits of the opcode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Condition {
    /// Signed overflow.
    Overflow,
    /// No signed overflow.
    NoOverflow,
    /// a < b, unsigned; carry.
    Below,
    /// a >= b, unsigned; no carry.
    AboveOrEqual,
    /// a == b; zero.
    Equal,
    /// a != b; not zero.
    NotEqual,
    /// a <= b, unsigned.
    BelowOrEqual,
    /// a > b, unsigned.
    Above,
    /// The sign bit is set.
    Negative,
    /// The sign bit is clear.
    NotNegative,
    /// Parity even: for `vucomiss`, one operand is a NaN.
    Parity,
    /// Parity odd: for `vucomiss`, no operand is a NaN.
    NoParity,
    /// a < b, signed.
    Less,
    /// a >= b, signed.
    GreaterOrEqual,
    /// a <= b, signed.
    LessOrEqual,
    /// a > b, signed.
    Greater,
}

macro_rules! per_condition {
    ($($(#[$doc:meta])* $method:ident [$($mnemonic:ident)*];)*) => {
        impl Condition {
            $(
                $(#[$doc])*
                pub const fn $method(self) -> Mnemonic {
                    const MNEMONICS: [Mnemonic; 16] = [$($mnemonic),*];
                    MNEMONICS[self as usize]
                }
            )*
        }
    };
}

per_condition! {
    /// The jump taken if this holds.
    jump [JO JNO JB JAE JE JNE JBE JA JS JNS JP JNP JL JGE JLE JG];
    /// The move done if this holds.
    cmov [CMOVO CMOVNO CMOVB CMOVAE CMOVE CMOVNE CMOVBE CMOVA
          CMOVS CMOVNS CMOVP CMOVNP CMOVL CMOVGE CMOVLE CMOVG];
    /// The instruction that gives 1 if this holds and else 0.
    set [SETO SETNO SETB SETAE SETE SETNE SETBE SETA
         SETS SETNS SETP SETNP SETL SETGE SETLE SETG];
}

impl Condition {
    /// Every condition, in the order of their numbers.
    pub const ALL: [Condition; 16] = [
        Condition::Overflow,
        Condition::NoOverflow,
        Condition::Below,
        Condition::AboveOrEqual,
        Condition::Equal,
        Condition::NotEqual,
        Condition::BelowOrEqual,
        Condition::Above,
        Condition::Negative,
        Condition::NotNegative,
        Condition::Parity,
        Condition::NoParity,
        Condition::Less,
        Condition::GreaterOrEqual,
        Condition::LessOrEqual,
        Condition::Greater,
    ];

    /// The condition whose opcodes end in these four bits.
    ///
    /// # Panics
    /// If `number` is not below 16.
    pub const fn numbered(number: u8) -> Condition {
        Condition::ALL[number as usize]
    }

    /// The condition that holds exactly when this one does not: the lowest bit of the
    /// opcode inverts it.
    pub const fn inverse(self) -> Condition {
        Condition::ALL[self as usize ^ 1]
    }
}
