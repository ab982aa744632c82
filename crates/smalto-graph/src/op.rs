//! The op table: one row an operation.
//!
//! A row says what an op is called, what it takes and gives, how hard it is to
//! compute and what it means in a line. Parsers, printers, type checking and the
//! documentation are driven by the row; the arithmetic itself is written in
//! `smalto-lower`. Adding an op is one row here and one function there.

use crate::Type;
use std::fmt;

/// How an op's result is defined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// Built from correctly rounded primitives: every target gives the same bits
    /// by construction.
    Exact,
    /// Approximated by a polynomial or an iteration with a stated error bound.
    Transcendental,
    /// Returns one of its operands; a trace may record which one.
    Choice,
}

/// What an op accepts in one operand position, or gives as its result.
///
/// The polymorphic kinds (`Number`, `Integer`, `Any`, `Logic`) stand for one type
/// per application: all polymorphic positions of a row have the same type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Exactly this type.
    Only(Type),
    /// Real, i32 or i64.
    Number,
    /// i32 or i64.
    Integer,
    /// Real or bool.
    Logic,
    /// Any type.
    Any,
}

impl Kind {
    /// Whether an operand of type `ty` fits.
    pub fn accepts(self, ty: Type) -> bool {
        match self {
            Kind::Only(only) => only == ty,
            Kind::Number => ty != Type::Bool,
            Kind::Integer => matches!(ty, Type::I32 | Type::I64),
            Kind::Logic => matches!(ty, Type::Real | Type::Bool),
            Kind::Any => true,
        }
    }

    /// Whether this position takes part in the row's shared type.
    pub fn is_polymorphic(self) -> bool {
        !matches!(self, Kind::Only(_))
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Only(ty) => ty.name(),
            Kind::Number => "real, i32 or i64",
            Kind::Integer => "i32 or i64",
            Kind::Logic => "real or bool",
            Kind::Any => "any type",
        })
    }
}

/// One row of the op table.
#[derive(Debug)]
pub struct Row {
    /// The name in formulas and, where the format has it, in `.vm` files.
    pub name: &'static str,
    /// What each operand must be; the length is the arity.
    pub operands: &'static [Kind],
    /// What the result is.
    pub result: Kind,
    /// How the result is defined.
    pub class: Class,
    /// What the op means, in a line.
    pub doc: &'static str,
}

mod kinds {
    //! Short names for the table below.
    #![allow(non_upper_case_globals)]
    use super::Kind;
    use crate::Type;
    pub(super) const real: Kind = Kind::Only(Type::Real);
    pub(super) const i32: Kind = Kind::Only(Type::I32);
    pub(super) const i64: Kind = Kind::Only(Type::I64);
    pub(super) const bool: Kind = Kind::Only(Type::Bool);
    pub(super) const number: Kind = Kind::Number;
    pub(super) const integer: Kind = Kind::Integer;
    pub(super) const logic: Kind = Kind::Logic;
    pub(super) const any: Kind = Kind::Any;
}

macro_rules! op_table {
    ($( $variant:ident $name:literal ($($operand:ident),*) -> $result:ident, $class:ident, $doc:literal; )*) => {
        /// A mathematical operation: a row of the op table.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        #[non_exhaustive]
        pub enum Op {
            $( #[doc = $doc] $variant, )*
        }

        impl Op {
            /// Every op, in table order.
            pub const ALL: &'static [Op] = &[$(Op::$variant),*];
        }

        static TABLE: &[Row] = &[$(Row {
            name: $name,
            operands: &[$(kinds::$operand),*],
            result: kinds::$result,
            class: Class::$class,
            doc: $doc,
        }),*];
    };
}

op_table! {
    // Arithmetic. Integers wrap; reals round to nearest even.
    Neg     "neg"     (number) -> number, Exact, "-x";
    Abs     "abs"     (number) -> number, Exact, "magnitude of x";
    Sign    "sign"    (real) -> real, Exact, "-1, 1, or x itself when x is a zero or NaN";
    Recip   "recip"   (real) -> real, Exact, "1 / x";
    Sqrt    "sqrt"    (real) -> real, Exact, "square root, correctly rounded";
    Square  "square"  (number) -> number, Exact, "x * x";
    Add     "add"     (number, number) -> number, Exact, "a + b";
    Sub     "sub"     (number, number) -> number, Exact, "a - b";
    Mul     "mul"     (number, number) -> number, Exact, "a * b";
    Div     "div"     (number, number) -> number, Exact, "a / b; for integers truncated, and x / 0 is 0";
    Fma     "fma"     (real, real, real) -> real, Exact, "a * b + c, rounded once";

    // Rounding.
    Floor   "floor"   (real) -> real, Exact, "largest integer not above x";
    Ceil    "ceil"    (real) -> real, Exact, "smallest integer not below x";
    Trunc   "trunc"   (real) -> real, Exact, "x without its fraction";
    Round   "round"   (real) -> real, Exact, "nearest integer, ties away from zero";
    Rint    "rint"    (real) -> real, Exact, "nearest integer, ties to even";
    Fract   "fract"   (real) -> real, Exact, "x - floor(x)";
    Mod     "mod"     (real, real) -> real, Transcendental, "Euclidean remainder of a / b: in [0, |b|]";

    // Choices.
    Min     "min"     (number, number) -> number, Choice, "a < b ? a : b; a NaN or a tie gives b";
    Max     "max"     (number, number) -> number, Choice, "a > b ? a : b; a NaN or a tie gives b";
    Minimum "minimum" (real, real) -> real, Choice, "the smaller; NaN if either is NaN; -0 is below +0 (IEEE 754-2019)";
    Maximum "maximum" (real, real) -> real, Choice, "the larger; NaN if either is NaN; +0 is above -0 (IEEE 754-2019)";
    And     "and"     (logic, logic) -> logic, Choice, "a if a is zero (or false), else b";
    Or      "or"      (logic, logic) -> logic, Choice, "a if a is not zero (or true), else b";
    Select  "select"  (bool, any, any) -> any, Choice, "c ? a : b";
    Clamp   "clamp"   (number, number, number) -> number, Choice, "min(max(x, low), high)";

    // Comparisons. A NaN on either side makes all of them false but `ne`.
    Lt      "lt"      (number, number) -> bool, Exact, "a < b";
    Le      "le"      (number, number) -> bool, Exact, "a <= b";
    Gt      "gt"      (number, number) -> bool, Exact, "a > b";
    Ge      "ge"      (number, number) -> bool, Exact, "a >= b";
    Eq      "eq"      (number, number) -> bool, Exact, "a == b";
    Ne      "ne"      (number, number) -> bool, Exact, "a != b";
    Not     "not"     (logic) -> logic, Exact, "1 if x is zero, else 0; for bool the opposite";
    Compare "compare" (real, real) -> real, Exact, "-1, 0 or 1 as a is below, equal to or above b; NaN if unordered";
    Step    "step"    (real, real) -> real, Exact, "step(edge, x): 1 if x >= edge, else 0";
    Mix     "mix"     (real, real, real) -> real, Exact, "mix(a, b, t): fma(t, b - a, a)";

    // Powers and roots.
    Cbrt    "cbrt"    (real) -> real, Transcendental, "cube root";
    Root    "root"    (real, real) -> real, Transcendental, "root(x, n): the n-th root of x, real for odd n and negative x";
    Pow     "pow"     (real, real) -> real, Transcendental, "a to the power b (C Annex F)";
    Hypot   "hypot"   (real, real) -> real, Transcendental, "sqrt(a * a + b * b) without overflow";

    // Trigonometry, in radians.
    Sin     "sin"     (real) -> real, Transcendental, "sine";
    Cos     "cos"     (real) -> real, Transcendental, "cosine";
    Tan     "tan"     (real) -> real, Transcendental, "tangent";
    Asin    "asin"    (real) -> real, Transcendental, "inverse sine, in [-pi/2, pi/2]";
    Acos    "acos"    (real) -> real, Transcendental, "inverse cosine, in [0, pi]";
    Atan    "atan"    (real) -> real, Transcendental, "inverse tangent, in [-pi/2, pi/2]";
    Atan2   "atan2"   (real, real) -> real, Transcendental, "atan2(y, x): angle of the point (x, y), in [-pi, pi]";
    Sinh    "sinh"    (real) -> real, Transcendental, "hyperbolic sine";
    Cosh    "cosh"    (real) -> real, Transcendental, "hyperbolic cosine";
    Tanh    "tanh"    (real) -> real, Transcendental, "hyperbolic tangent";
    Asinh   "asinh"   (real) -> real, Transcendental, "inverse hyperbolic sine";
    Acosh   "acosh"   (real) -> real, Transcendental, "inverse hyperbolic cosine";
    Atanh   "atanh"   (real) -> real, Transcendental, "inverse hyperbolic tangent";

    // Exponentials and logarithms.
    Exp     "exp"     (real) -> real, Transcendental, "e to the power x";
    Exp2    "exp2"    (real) -> real, Transcendental, "2 to the power x";
    Expm1   "expm1"   (real) -> real, Transcendental, "exp(x) - 1, accurate near 0";
    Ln      "ln"      (real) -> real, Transcendental, "natural logarithm";
    Log2    "log2"    (real) -> real, Transcendental, "logarithm to base 2";
    Log10   "log10"   (real) -> real, Transcendental, "logarithm to base 10";
    Log1p   "log1p"   (real) -> real, Transcendental, "ln(1 + x), accurate near 0";

    // Faster forms, off by a few units in the last place. `Mode::Fast` chooses them.
    FastSin "fast_sin" (real) -> real, Transcendental, "sine, to 3 ULP";
    FastCos "fast_cos" (real) -> real, Transcendental, "cosine, to 3 ULP";
    FastTan "fast_tan" (real) -> real, Transcendental, "tangent, to 3 ULP";

    // Integers. Shift counts are taken modulo the width.
    Rem     "rem"     (integer, integer) -> integer, Exact, "remainder with the sign of a; x rem 0 is x";
    BitAnd  "bit_and" (integer, integer) -> integer, Exact, "bitwise and";
    BitOr   "bit_or"  (integer, integer) -> integer, Exact, "bitwise or";
    BitXor  "bit_xor" (integer, integer) -> integer, Exact, "bitwise exclusive or";
    BitNot  "bit_not" (integer) -> integer, Exact, "bitwise complement";
    Shl     "shl"     (integer, integer) -> integer, Exact, "shift left";
    Shr     "shr"     (integer, integer) -> integer, Exact, "arithmetic shift right (copies the sign bit)";
    Ushr    "ushr"    (integer, integer) -> integer, Exact, "logical shift right (shifts in zeros)";
    Rotl    "rotl"    (integer, integer) -> integer, Exact, "rotate left";
    Rotr    "rotr"    (integer, integer) -> integer, Exact, "rotate right";
    Hash    "hash"    (integer) -> integer, Exact, "well-mixed bijective hash of the bits of x";

    // Conversions. To an integer: truncate, saturate, NaN gives 0.
    ToReal  "real"    (any) -> real, Exact, "nearest real; true is 1, false is 0";
    ToI32   "i32"     (any) -> i32, Exact, "as i32: reals truncate and saturate, i64 keeps its low 32 bits";
    ToI64   "i64"     (any) -> i64, Exact, "as i64: reals truncate and saturate, i32 keeps its sign";
    ToBool  "bool"    (any) -> bool, Exact, "x != 0";
    Bits32  "bits32"  (real) -> i32, Exact, "bit pattern of x rounded to f32; every NaN gives 0x7fc00000";
    Bits64  "bits64"  (real) -> i64, Exact, "bit pattern of x as f64; every NaN gives 0x7ff8000000000000";
    FromBits32 "from_bits32" (i32) -> real, Exact, "the f32 with these bits";
    FromBits64 "from_bits64" (i64) -> real, Exact, "the f64 with these bits, rounded to the element";
}

impl Op {
    /// This op's row of the table.
    pub fn row(self) -> &'static Row {
        &TABLE[self as usize]
    }

    /// The name in formulas.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// The number of operands, 1 to 3.
    pub fn arity(self) -> usize {
        self.row().operands.len()
    }

    /// How the result is defined.
    pub fn class(self) -> Class {
        self.row().class
    }

    /// The op called `name`.
    ///
    /// ```
    /// use smalto_graph::Op;
    /// assert_eq!(Op::from_name("atan2"), Some(Op::Atan2));
    /// assert_eq!(Op::from_name("sine"), None);
    /// ```
    pub fn from_name(name: &str) -> Option<Op> {
        static BY_NAME: std::sync::LazyLock<
            hashbrown::HashMap<&'static str, Op, crate::hash::Fast>,
        > = std::sync::LazyLock::new(|| Op::ALL.iter().map(|&op| (op.name(), op)).collect());
        BY_NAME.get(name).copied()
    }

    /// The result type for operands of these types, or `None` if they do not fit the row.
    pub fn result_type(self, operands: &[Type]) -> Option<Type> {
        let row = self.row();
        if operands.len() != row.operands.len() {
            return None;
        }
        let mut shared = None;
        for (&kind, &ty) in row.operands.iter().zip(operands) {
            if !kind.accepts(ty) {
                return None;
            }
            if kind.is_polymorphic() && *shared.get_or_insert(ty) != ty {
                return None;
            }
        }
        match row.result {
            Kind::Only(ty) => Some(ty),
            _ => shared,
        }
    }

    /// Whether swapping the two operands keeps every bit of the result. `min` and
    /// `max` are not commutative: a tie or a NaN gives the second operand.
    pub fn is_commutative(self) -> bool {
        use Op::*;
        matches!(
            self,
            Add | Mul | Eq | Ne | BitAnd | BitOr | BitXor | Minimum | Maximum | Hypot
        )
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_found() {
        for &op in Op::ALL {
            assert_eq!(Op::from_name(op.name()), Some(op));
        }
    }

    #[test]
    fn polymorphic_operands_share_one_type() {
        use Type::*;
        assert_eq!(Op::Add.result_type(&[I32, I32]), Some(I32));
        assert_eq!(Op::Add.result_type(&[I32, Real]), None);
        assert_eq!(Op::Select.result_type(&[Bool, I64, I64]), Some(I64));
        assert_eq!(Op::Lt.result_type(&[Real, Real]), Some(Bool));
        assert_eq!(Op::ToReal.result_type(&[Bool]), Some(Real));
    }
}
