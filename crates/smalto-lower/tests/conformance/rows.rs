//! What is compared: rows of the table of primitives and of the table of ops.

use smalto_graph::{Element, Op, Type};
use smalto_lower::kind::{Bool, I32, I64, Real};
use smalto_lower::meaning::{Binary, Of, Ternary, Unary, Visitor, with_meaning};
use smalto_lower::{Float, Machine};
use std::fmt;

/// A function that every machine has.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Row {
    /// The primitive at this place in [`PRIMITIVES`].
    Primitive(usize),
    /// An op on operands of these types.
    Op(Op, &'static [Type]),
}

impl Row {
    /// Every primitive.
    pub(crate) fn primitives() -> impl Iterator<Item = Row> {
        (0..PRIMITIVES.len()).map(Row::Primitive)
    }

    /// Every op on all types of operands that fit it.
    pub(crate) fn ops() -> impl Iterator<Item = Row> {
        let applications = |&op: &Op| {
            let fits = move |types: &&[Type]| op.result_type(types).is_some();
            TYPES
                .iter()
                .copied()
                .filter(fits)
                .map(move |types| Row::Op(op, types))
        };
        Op::ALL.iter().flat_map(applications)
    }

    /// The types of the operands.
    pub(crate) fn operands(self) -> &'static [Type] {
        match self {
            Row::Primitive(index) => PRIMITIVES[index].operands,
            Row::Op(_, types) => types,
        }
    }

    /// The type of the result.
    pub(crate) fn result(self) -> Type {
        match self {
            Row::Primitive(index) => PRIMITIVES[index].result,
            Row::Op(op, types) => op.result_type(types).expect("the types fit"),
        }
    }

    /// Whether the row has a meaning for these operands, of which the reals are given:
    /// `convert_in_range` has none for a real out of range, `scale` only for whole powers and
    /// for numbers that are not small, the raw bits of a NaN may be any.
    pub(crate) fn is_defined(self, element: Element, reals: &[f64]) -> bool {
        let Row::Primitive(index) = self else {
            return true;
        };
        match (PRIMITIVES[index].name, reals) {
            ("convert_in_range", [x]) => {
                let limit = if self.result() == Type::I32 {
                    2f64.powi(31)
                } else {
                    2f64.powi(63)
                };
                let whole = x.trunc();
                -limit <= whole && whole < limit
            }
            ("scale", [a, n]) => {
                let [least, most] = powers_to_scale_by(element).map(f64::from);
                let powers = least..=most;
                let is_near_one = (0.25..=2.0).contains(a);
                let is_beyond = *n >= 0.0 && (*a > 2.0 || a.is_nan());
                n.trunc() == *n && powers.contains(n) && (is_near_one || is_beyond)
            }
            ("raw_bits32" | "raw_bits64", [a]) => !a.is_nan(),
            _ => true,
        }
    }

    /// Whether its second operand is to be a power of two to scale by.
    pub(crate) fn is_scaling(self) -> bool {
        matches!(self, Row::Primitive(index) if PRIMITIVES[index].name == "scale")
    }

    /// Shows `visitor` the function on machine `M`.
    pub(crate) fn visit<M: Machine<Element: Float>, V: Visitor<M>>(self, visitor: V) -> V::Output {
        match self {
            Row::Primitive(index) => with_primitive(index, visitor),
            Row::Op(op, types) => with_meaning(op, *types.last().expect("an operand"), visitor),
        }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Row::Primitive(index) => f.write_str(PRIMITIVES[*index].name)?,
            Row::Op(op, _) => write!(f, "op {op}")?,
        }
        write!(f, "{:?} -> {:?}", self.operands(), self.result())
    }
}

/// The least and the largest power of two that `scale` takes.
pub(crate) fn powers_to_scale_by(element: Element) -> [i32; 2] {
    match element {
        Element::F32 => [-252, 254],
        Element::F64 => [-2044, 2046],
    }
}

/// Types of operands that some op takes.
const TYPES: [&[Type]; 15] = {
    use Type::*;
    [
        &[Real],
        &[I32],
        &[I64],
        &[Bool],
        &[Real, Real],
        &[I32, I32],
        &[I64, I64],
        &[Bool, Bool],
        &[Real, Real, Real],
        &[I32, I32, I32],
        &[I64, I64, I64],
        &[Bool, Real, Real],
        &[Bool, I32, I32],
        &[Bool, I64, I64],
        &[Bool, Bool, Bool],
    ]
};

struct Primitive {
    name: &'static str,
    operands: &'static [Type],
    result: Type,
}

macro_rules! primitives {
    ($($name:ident($($operand:ident: $kind:ident),+) -> $result:ident;)*) => {
        const PRIMITIVES: &[Primitive] = &[$(Primitive {
            name: stringify!($name),
            operands: &[$(Type::$kind),+],
            result: Type::$result,
        }),*];

        fn with_primitive<M, V>(index: usize, visitor: V) -> V::Output
        where
            M: Machine<Element: Float>,
            V: Visitor<M>,
        {
            let mut rows = 0..;
            $(if rows.next() == Some(index) {
                return primitives!(visitor, $name($($operand: $kind),+) -> $result);
            })*
            unreachable!("no primitive {index}")
        }
    };
    ($visitor:ident, $name:ident($a:ident: $A:ident) -> $R:ident) => {{
        struct Row;
        impl<M: Machine> Unary<M> for Row {
            const LONG: bool = false;
            type A = $A;
            type R = $R;
            #[inline(always)]
            fn apply(m: M, $a: Of<$A, M>) -> Of<$R, M> {
                m.$name($a)
            }
        }
        $visitor.unary::<Row>()
    }};
    ($visitor:ident, $name:ident($a:ident: $A:ident, $b:ident: $B:ident) -> $R:ident) => {{
        struct Row;
        impl<M: Machine> Binary<M> for Row {
            const LONG: bool = false;
            type A = $A;
            type B = $B;
            type R = $R;
            #[inline(always)]
            fn apply(m: M, $a: Of<$A, M>, $b: Of<$B, M>) -> Of<$R, M> {
                m.$name($a, $b)
            }
        }
        $visitor.binary::<Row>()
    }};
    ($visitor:ident, $name:ident($a:ident: $A:ident, $b:ident: $B:ident, $c:ident: $C:ident) -> $R:ident) => {{
        struct Row;
        impl<M: Machine> Ternary<M> for Row {
            type A = $A;
            type B = $B;
            type C = $C;
            type R = $R;
            #[inline(always)]
            fn apply(m: M, $a: Of<$A, M>, $b: Of<$B, M>, $c: Of<$C, M>) -> Of<$R, M> {
                m.$name($a, $b, $c)
            }
        }
        $visitor.ternary::<Row>()
    }};
}

primitives! {
    add(a: Real, b: Real) -> Real;
    sub(a: Real, b: Real) -> Real;
    mul(a: Real, b: Real) -> Real;
    div(a: Real, b: Real) -> Real;
    fma(a: Real, b: Real, c: Real) -> Real;
    scale(a: Real, n: Real) -> Real;
    sqrt(a: Real) -> Real;
    neg(a: Real) -> Real;
    abs(a: Real) -> Real;
    copysign(a: Real, sign: Real) -> Real;
    min(a: Real, b: Real) -> Real;
    max(a: Real, b: Real) -> Real;
    floor(a: Real) -> Real;
    ceil(a: Real) -> Real;
    trunc(a: Real) -> Real;
    rint(a: Real) -> Real;
    lt(a: Real, b: Real) -> Bool;
    le(a: Real, b: Real) -> Bool;
    eq(a: Real, b: Real) -> Bool;
    select(mask: Bool, a: Real, b: Real) -> Real;
    mand(a: Bool, b: Bool) -> Bool;
    mor(a: Bool, b: Bool) -> Bool;
    mnot(a: Bool) -> Bool;
    extend(a: I32) -> I64;
    wrap(a: I64) -> I32;
    bits32(a: Real) -> I32;
    bits64(a: Real) -> I64;
    raw_bits32(a: Real) -> I32;
    raw_bits64(a: Real) -> I64;
    from_bits32(a: I32) -> Real;
    from_bits64(a: I64) -> Real;

    iadd(a: I32, b: I32) -> I32;
    isub(a: I32, b: I32) -> I32;
    imul(a: I32, b: I32) -> I32;
    idiv(a: I32, b: I32) -> I32;
    irem(a: I32, b: I32) -> I32;
    iand(a: I32, b: I32) -> I32;
    ior(a: I32, b: I32) -> I32;
    ixor(a: I32, b: I32) -> I32;
    shl(a: I32, count: I32) -> I32;
    shr(a: I32, count: I32) -> I32;
    ushr(a: I32, count: I32) -> I32;
    ieq(a: I32, b: I32) -> Bool;
    ilt(a: I32, b: I32) -> Bool;
    iselect(mask: Bool, a: I32, b: I32) -> I32;
    to_real(a: I32) -> Real;
    convert(x: Real) -> I32;
    convert_in_range(x: Real) -> I32;

    iadd(a: I64, b: I64) -> I64;
    isub(a: I64, b: I64) -> I64;
    imul(a: I64, b: I64) -> I64;
    idiv(a: I64, b: I64) -> I64;
    irem(a: I64, b: I64) -> I64;
    iand(a: I64, b: I64) -> I64;
    ior(a: I64, b: I64) -> I64;
    ixor(a: I64, b: I64) -> I64;
    shl(a: I64, count: I64) -> I64;
    shr(a: I64, count: I64) -> I64;
    ushr(a: I64, count: I64) -> I64;
    ieq(a: I64, b: I64) -> Bool;
    ilt(a: I64, b: I64) -> Bool;
    iselect(mask: Bool, a: I64, b: I64) -> I64;
    to_real(a: I64) -> Real;
    convert(x: Real) -> I64;
    convert_in_range(x: Real) -> I64;
}
