//! Operators: how they are spelt and how tightly they bind. The parser and the
//! printer both follow these tables.
//!
//! An expression has the *level* of the operator it was built by; a name, a number,
//! a call or anything in brackets is an atom. An operator takes only operands of at
//! least a certain level, and anything looser needs parentheses there:
//!
//! - left associative: the left operand may have the operator's own level,
//! - right associative: the right operand may,
//! - not associative: neither may.

use super::lexer::Symbol;
use crate::Op;

/// How tightly an expression binds.
pub(super) type Level = u8;

/// `c ? a : b`.
pub(super) const CHOICE: Level = 1;
/// `a || b`.
pub(super) const OR: Level = 2;
/// `a && b`.
pub(super) const AND: Level = 3;
/// `a < b` and its kin.
pub(super) const COMPARISON: Level = 4;
/// `a + b`, `a - b`.
pub(super) const SUM: Level = 5;
/// `a * b`, `a / b`, `a % b`.
pub(super) const PRODUCT: Level = 6;
/// `-a`, `!a`.
pub(super) const PREFIX: Level = 7;
/// `a ^ b`.
pub(super) const POWER: Level = 8;
/// Names, numbers, calls, brackets.
pub(super) const ATOM: Level = 9;

/// An operator between its operands.
#[derive(Debug)]
pub(super) struct Infix {
    pub(super) symbol: Symbol,
    pub(super) op: Op,
    /// The level of the result.
    pub(super) level: Level,
    /// The loosest level of the left operand.
    pub(super) left: Level,
    /// The loosest level of the right operand.
    pub(super) right: Level,
}

impl Infix {
    /// Whether `a op b op c` needs parentheses whichever way it is meant.
    pub(super) fn is_non_associative(&self) -> bool {
        self.left > self.level && self.right > self.level
    }
}

const fn left(symbol: Symbol, op: Op, level: Level) -> Infix {
    let (left, right) = (level, level + 1);
    Infix {
        symbol,
        op,
        level,
        left,
        right,
    }
}

const fn alone(symbol: Symbol, op: Op, level: Level) -> Infix {
    let (left, right) = (level + 1, level + 1);
    Infix {
        symbol,
        op,
        level,
        left,
        right,
    }
}

/// Operators between operands. `%` is `mod` on reals and `rem` on integers.
pub(super) const INFIX: [Infix; 15] = [
    left(Symbol::OrOr, Op::Or, OR),
    left(Symbol::AndAnd, Op::And, AND),
    alone(Symbol::Less, Op::Lt, COMPARISON),
    alone(Symbol::LessEqual, Op::Le, COMPARISON),
    alone(Symbol::Greater, Op::Gt, COMPARISON),
    alone(Symbol::GreaterEqual, Op::Ge, COMPARISON),
    alone(Symbol::EqualEqual, Op::Eq, COMPARISON),
    alone(Symbol::NotEqual, Op::Ne, COMPARISON),
    left(Symbol::Plus, Op::Add, SUM),
    left(Symbol::Minus, Op::Sub, SUM),
    left(Symbol::Star, Op::Mul, PRODUCT),
    left(Symbol::Slash, Op::Div, PRODUCT),
    left(Symbol::Percent, Op::Mod, PRODUCT),
    left(Symbol::Percent, Op::Rem, PRODUCT),
    // Right associative, and its exponent may carry a sign.
    Infix {
        symbol: Symbol::Caret,
        op: Op::Pow,
        level: POWER,
        left: ATOM,
        right: PREFIX,
    },
];

/// Operators before their operand, which must be at least [`PREFIX`].
pub(super) const PREFIXES: [(Symbol, Op); 2] = [(Symbol::Minus, Op::Neg), (Symbol::Not, Op::Not)];
