//! What every op of the graph means, written once over any [`Machine`].
//!
//! [`with_meaning`] is the table from an op to its function. What is done with the
//! function is up to a [`Visitor`]: the constant folder calls it on one scalar, the
//! interpreter puts it into a loop over lanes, the compiler records it. So no
//! other crate lists the ops.

pub mod convert;
pub mod integer;
pub mod real;
pub mod transcendental;

use crate::kind::{Bool, I32, I64, Kind, Real};
use crate::scalar::Float;
use crate::{Integers, Machine};
use smalto_graph::{Op, Type};
use std::marker::PhantomData;

/// A value of kind `K` on machine `M`.
pub type Of<K, M> = <K as Kind<M>>::Value;

/// The meaning of an op with one operand.
pub trait Unary<M: Machine>: 'static {
    /// Whether it is so many primitives that who compiles it beforehand wants it once, and
    /// not once for each way of reaching its operands.
    const LONG: bool;
    /// Kind of the operand.
    type A: Kind<M>;
    /// Kind of the result.
    type R: Kind<M>;
    /// The op itself.
    fn apply(m: M, a: Of<Self::A, M>) -> Of<Self::R, M>;
}

/// The meaning of an op with two operands.
pub trait Binary<M: Machine>: 'static {
    /// As for [`Unary`].
    const LONG: bool;
    /// Kind of the first operand.
    type A: Kind<M>;
    /// Kind of the second operand.
    type B: Kind<M>;
    /// Kind of the result.
    type R: Kind<M>;
    /// The op itself.
    fn apply(m: M, a: Of<Self::A, M>, b: Of<Self::B, M>) -> Of<Self::R, M>;
}

/// The meaning of an op with three operands.
pub trait Ternary<M: Machine>: 'static {
    /// Kind of the first operand.
    type A: Kind<M>;
    /// Kind of the second operand.
    type B: Kind<M>;
    /// Kind of the third operand.
    type C: Kind<M>;
    /// Kind of the result.
    type R: Kind<M>;
    /// The op itself.
    fn apply(m: M, a: Of<Self::A, M>, b: Of<Self::B, M>, c: Of<Self::C, M>) -> Of<Self::R, M>;
}

/// Something to be done with the meaning of an op.
pub trait Visitor<M: Machine>: Sized {
    /// What comes of it.
    type Output;
    /// For an op with one operand.
    fn unary<F: Unary<M>>(self) -> Self::Output;
    /// For an op with two operands.
    fn binary<F: Binary<M>>(self) -> Self::Output;
    /// For an op with three operands.
    fn ternary<F: Ternary<M>>(self) -> Self::Output;
}

/// Hands the visitor one row: a function of one, two or three operands of these kinds.
macro_rules! row {
    ($visitor:ident, |$m:ident, $a:ident: $A:ident| -> $R:ident { $body:expr }) => {
        row!(false; $visitor, |$m, $a: $A| -> $R { $body })
    };
    ($visitor:ident, |$m:ident, $a:ident: $A:ident, $b:ident: $B:ident| -> $R:ident { $body:expr }) => {
        row!(false; $visitor, |$m, $a: $A, $b: $B| -> $R { $body })
    };
    ($long:literal; $visitor:ident, |$m:ident, $a:ident: $A:ident| -> $R:ident { $body:expr }) => {{
        struct Row;
        impl<M: Machine<Element: Float>> Unary<M> for Row {
            const LONG: bool = $long;
            type A = $A;
            type R = $R;
            #[inline(always)]
            fn apply($m: M, $a: Of<$A, M>) -> Of<$R, M> {
                $body
            }
        }
        $visitor.unary::<Row>()
    }};
    ($long:literal; $visitor:ident, |$m:ident, $a:ident: $A:ident, $b:ident: $B:ident| -> $R:ident { $body:expr }) => {{
        struct Row;
        impl<M: Machine<Element: Float>> Binary<M> for Row {
            const LONG: bool = $long;
            type A = $A;
            type B = $B;
            type R = $R;
            #[inline(always)]
            fn apply($m: M, $a: Of<$A, M>, $b: Of<$B, M>) -> Of<$R, M> {
                $body
            }
        }
        $visitor.binary::<Row>()
    }};
    ($visitor:ident, |$m:ident, $a:ident: $A:ident, $b:ident: $B:ident, $c:ident: $C:ident| -> $R:ident { $body:expr }) => {{
        struct Row;
        impl<M: Machine<Element: Float>> Ternary<M> for Row {
            type A = $A;
            type B = $B;
            type C = $C;
            type R = $R;
            #[inline(always)]
            fn apply($m: M, $a: Of<$A, M>, $b: Of<$B, M>, $c: Of<$C, M>) -> Of<$R, M> {
                $body
            }
        }
        $visitor.ternary::<Row>()
    }};
}

/// [`row!`] for ops on integers of kind `K`, either width.
macro_rules! integer_row {
    ($visitor:ident, |$m:ident, $a:ident: K| -> $R:ident { $body:expr }) => {{
        struct Row<K>(PhantomData<K>);
        impl<M: Machine + Integers<Of<K, M>>, K: Kind<M>> Unary<M> for Row<K> {
            const LONG: bool = false;
            type A = K;
            type R = $R;
            #[inline(always)]
            fn apply($m: M, $a: Of<K, M>) -> Of<$R, M> {
                $body
            }
        }
        $visitor.unary::<Row<K>>()
    }};
    ($visitor:ident, |$m:ident, $a:ident: K, $b:ident: K| -> $R:ident { $body:expr }) => {{
        struct Row<K>(PhantomData<K>);
        impl<M: Machine + Integers<Of<K, M>>, K: Kind<M>> Binary<M> for Row<K> {
            const LONG: bool = false;
            type A = K;
            type B = K;
            type R = $R;
            #[inline(always)]
            fn apply($m: M, $a: Of<K, M>, $b: Of<K, M>) -> Of<$R, M> {
                $body
            }
        }
        $visitor.binary::<Row<K>>()
    }};
    ($visitor:ident, |$m:ident, $a:ident: $A:ident, $b:ident: K, $c:ident: K| -> $R:ident { $body:expr }) => {{
        struct Row<K>(PhantomData<K>);
        impl<M: Machine + Integers<Of<K, M>>, K: Kind<M>> Ternary<M> for Row<K> {
            type A = $A;
            type B = K;
            type C = K;
            type R = $R;
            #[inline(always)]
            fn apply($m: M, $a: Of<$A, M>, $b: Of<K, M>, $c: Of<K, M>) -> Of<$R, M> {
                $body
            }
        }
        $visitor.ternary::<Row<K>>()
    }};
}

/// Shows `visitor` the meaning of `op` where its polymorphic operands (for a
/// conversion, its operand) have type `ty`.
///
/// # Panics
/// If operands of that type do not fit the op; no graph holds such a node.
pub fn with_meaning<M, V>(op: Op, ty: Type, visitor: V) -> V::Output
where
    M: Machine<Element: Float>,
    V: Visitor<M>,
{
    match (op, ty) {
        (Op::ToI32, Type::I64) => row!(visitor, |m, a: I64| -> I32 { m.wrap(a) }),
        (Op::ToI64, Type::I32) => row!(visitor, |m, a: I32| -> I64 { m.extend(a) }),
        (Op::ToI32, Type::I32) => row!(visitor, |m, a: I32| -> I32 { convert::same(m, a) }),
        (Op::ToI64, Type::I64) => row!(visitor, |m, a: I64| -> I64 { convert::same(m, a) }),
        (Op::FromBits32, _) => row!(visitor, |m, a: I32| -> Real { m.from_bits32(a) }),
        (Op::FromBits64, _) => row!(visitor, |m, a: I64| -> Real { m.from_bits64(a) }),
        (op, Type::Real) => on_reals(op, visitor),
        (op, Type::I32) => on_integers::<M, I32, V>(op, visitor),
        (op, Type::I64) => on_integers::<M, I64, V>(op, visitor),
        (op, Type::Bool) => on_bools(op, visitor),
    }
}

fn on_reals<M, V>(op: Op, visitor: V) -> V::Output
where
    M: Machine<Element: Float>,
    V: Visitor<M>,
{
    match op {
        Op::Neg => row!(visitor, |m, a: Real| -> Real { m.neg(a) }),
        Op::Abs => row!(visitor, |m, a: Real| -> Real { m.abs(a) }),
        Op::Sign => row!(visitor, |m, a: Real| -> Real { real::sign(m, a) }),
        Op::Recip => row!(visitor, |m, a: Real| -> Real { real::recip(m, a) }),
        Op::Sqrt => row!(visitor, |m, a: Real| -> Real { m.sqrt(a) }),
        Op::Square => row!(visitor, |m, a: Real| -> Real { real::square(m, a) }),
        Op::Add => row!(visitor, |m, a: Real, b: Real| -> Real { m.add(a, b) }),
        Op::Sub => row!(visitor, |m, a: Real, b: Real| -> Real { m.sub(a, b) }),
        Op::Mul => row!(visitor, |m, a: Real, b: Real| -> Real { m.mul(a, b) }),
        Op::Div => row!(visitor, |m, a: Real, b: Real| -> Real { m.div(a, b) }),
        Op::Fma => row!(visitor, |m, a: Real, b: Real, c: Real| -> Real {
            m.fma(a, b, c)
        }),
        Op::Floor => row!(visitor, |m, a: Real| -> Real { m.floor(a) }),
        Op::Ceil => row!(visitor, |m, a: Real| -> Real { m.ceil(a) }),
        Op::Trunc => row!(visitor, |m, a: Real| -> Real { m.trunc(a) }),
        Op::Round => row!(visitor, |m, a: Real| -> Real { real::round(m, a) }),
        Op::Rint => row!(visitor, |m, a: Real| -> Real { m.rint(a) }),
        Op::Fract => row!(visitor, |m, a: Real| -> Real { real::fract(m, a) }),
        Op::Min => row!(visitor, |m, a: Real, b: Real| -> Real { m.min(a, b) }),
        Op::Max => row!(visitor, |m, a: Real, b: Real| -> Real { m.max(a, b) }),
        Op::Minimum => row!(visitor, |m, a: Real, b: Real| -> Real {
            real::minimum(m, a, b)
        }),
        Op::Maximum => row!(visitor, |m, a: Real, b: Real| -> Real {
            real::maximum(m, a, b)
        }),
        Op::And => row!(visitor, |m, a: Real, b: Real| -> Real {
            real::and(m, a, b)
        }),
        Op::Or => row!(visitor, |m, a: Real, b: Real| -> Real { real::or(m, a, b) }),
        Op::Not => row!(visitor, |m, a: Real| -> Real { real::not(m, a) }),
        Op::Select => row!(visitor, |m, c: Bool, a: Real, b: Real| -> Real {
            m.select(c, a, b)
        }),
        Op::Clamp => row!(visitor, |m, a: Real, b: Real, c: Real| -> Real {
            real::clamp(m, a, b, c)
        }),
        Op::Lt => row!(visitor, |m, a: Real, b: Real| -> Bool { m.lt(a, b) }),
        Op::Le => row!(visitor, |m, a: Real, b: Real| -> Bool { m.le(a, b) }),
        Op::Gt => row!(visitor, |m, a: Real, b: Real| -> Bool { real::gt(m, a, b) }),
        Op::Ge => row!(visitor, |m, a: Real, b: Real| -> Bool { real::ge(m, a, b) }),
        Op::Eq => row!(visitor, |m, a: Real, b: Real| -> Bool { m.eq(a, b) }),
        Op::Ne => row!(visitor, |m, a: Real, b: Real| -> Bool { real::ne(m, a, b) }),
        Op::Compare => row!(visitor, |m, a: Real, b: Real| -> Real {
            real::compare(m, a, b)
        }),
        Op::Step => row!(visitor, |m, a: Real, b: Real| -> Real {
            real::step(m, a, b)
        }),
        Op::Mix => row!(visitor, |m, a: Real, b: Real, c: Real| -> Real {
            real::mix(m, a, b, c)
        }),
        Op::ToReal => row!(visitor, |m, a: Real| -> Real { convert::same(m, a) }),
        Op::ToI32 => row!(visitor, |m, a: Real| -> I32 { convert::real_to_i32(m, a) }),
        Op::ToI64 => row!(visitor, |m, a: Real| -> I64 { convert::real_to_i64(m, a) }),
        Op::ToBool => row!(visitor, |m, a: Real| -> Bool {
            convert::real_to_bool(m, a)
        }),
        Op::Bits32 => row!(visitor, |m, a: Real| -> I32 { m.bits32(a) }),
        Op::Bits64 => row!(visitor, |m, a: Real| -> I64 { m.bits64(a) }),
        op => on_reals_transcendental(op, visitor),
    }
}

/// [`row!`] for the functions of this room.
macro_rules! long_row {
    ($($row:tt)*) => { row!(true; $($row)*) };
}

fn on_reals_transcendental<M, V>(op: Op, visitor: V) -> V::Output
where
    M: Machine<Element: Float>,
    V: Visitor<M>,
{
    use transcendental as t;
    match op {
        Op::Sin => long_row!(visitor, |m, a: Real| -> Real { t::sin(m, a) }),
        Op::Cos => long_row!(visitor, |m, a: Real| -> Real { t::cos(m, a) }),
        Op::Tan => long_row!(visitor, |m, a: Real| -> Real { t::tan(m, a) }),
        Op::Asin => long_row!(visitor, |m, a: Real| -> Real { t::asin(m, a) }),
        Op::Acos => long_row!(visitor, |m, a: Real| -> Real { t::acos(m, a) }),
        Op::Atan => long_row!(visitor, |m, a: Real| -> Real { t::atan(m, a) }),
        Op::Atan2 => long_row!(visitor, |m, a: Real, b: Real| -> Real { t::atan2(m, a, b) }),
        Op::Sinh => long_row!(visitor, |m, a: Real| -> Real { t::sinh(m, a) }),
        Op::Cosh => long_row!(visitor, |m, a: Real| -> Real { t::cosh(m, a) }),
        Op::Tanh => long_row!(visitor, |m, a: Real| -> Real { t::tanh(m, a) }),
        Op::Asinh => long_row!(visitor, |m, a: Real| -> Real { t::asinh(m, a) }),
        Op::Acosh => long_row!(visitor, |m, a: Real| -> Real { t::acosh(m, a) }),
        Op::Atanh => long_row!(visitor, |m, a: Real| -> Real { t::atanh(m, a) }),
        Op::FastSin => long_row!(visitor, |m, a: Real| -> Real { t::fast::sin(m, a) }),
        Op::FastCos => long_row!(visitor, |m, a: Real| -> Real { t::fast::cos(m, a) }),
        Op::FastTan => long_row!(visitor, |m, a: Real| -> Real { t::fast::tan(m, a) }),
        Op::Exp => long_row!(visitor, |m, a: Real| -> Real { t::exp(m, a) }),
        Op::Exp2 => long_row!(visitor, |m, a: Real| -> Real { t::exp2(m, a) }),
        Op::Expm1 => long_row!(visitor, |m, a: Real| -> Real { t::expm1(m, a) }),
        Op::Ln => long_row!(visitor, |m, a: Real| -> Real { t::ln(m, a) }),
        Op::Log2 => long_row!(visitor, |m, a: Real| -> Real { t::log2(m, a) }),
        Op::Log10 => long_row!(visitor, |m, a: Real| -> Real { t::log10(m, a) }),
        Op::Log1p => long_row!(visitor, |m, a: Real| -> Real { t::log1p(m, a) }),
        Op::Cbrt => long_row!(visitor, |m, a: Real| -> Real { t::cbrt(m, a) }),
        Op::Root => long_row!(visitor, |m, a: Real, b: Real| -> Real { t::root(m, a, b) }),
        Op::Pow => long_row!(visitor, |m, a: Real, b: Real| -> Real { t::pow(m, a, b) }),
        Op::Hypot => long_row!(visitor, |m, a: Real, b: Real| -> Real { t::hypot(m, a, b) }),
        Op::Mod => long_row!(visitor, |m, a: Real, b: Real| -> Real {
            t::modulo(m, a, b)
        }),
        op => unreachable!("no meaning of `{op}` on reals"),
    }
}

/// The ops on integers of kind `K`, either width, as rows of macro `$row`.
macro_rules! integer_ops {
    ($op:ident, $visitor:ident, $row:ident) => {
        match $op {
            Op::Neg => $row!($visitor, |m, a: K| -> K { integer::neg(m, a) }),
            Op::Abs => $row!($visitor, |m, a: K| -> K { integer::abs(m, a) }),
            Op::Square => $row!($visitor, |m, a: K| -> K { integer::square(m, a) }),
            Op::Add => $row!($visitor, |m, a: K, b: K| -> K { m.iadd(a, b) }),
            Op::Sub => $row!($visitor, |m, a: K, b: K| -> K { m.isub(a, b) }),
            Op::Mul => $row!($visitor, |m, a: K, b: K| -> K { m.imul(a, b) }),
            Op::Div => $row!($visitor, |m, a: K, b: K| -> K { m.idiv(a, b) }),
            Op::Rem => $row!($visitor, |m, a: K, b: K| -> K { m.irem(a, b) }),
            Op::Min => $row!($visitor, |m, a: K, b: K| -> K { integer::min(m, a, b) }),
            Op::Max => $row!($visitor, |m, a: K, b: K| -> K { integer::max(m, a, b) }),
            Op::Clamp => $row!($visitor, |m, a: K, b: K, c: K| -> K {
                integer::clamp(m, a, b, c)
            }),
            Op::Select => $row!($visitor, |m, c: Bool, a: K, b: K| -> K {
                m.iselect(c, a, b)
            }),
            Op::Lt => $row!($visitor, |m, a: K, b: K| -> Bool { m.ilt(a, b) }),
            Op::Le => $row!($visitor, |m, a: K, b: K| -> Bool { integer::le(m, a, b) }),
            Op::Gt => $row!($visitor, |m, a: K, b: K| -> Bool { integer::gt(m, a, b) }),
            Op::Ge => $row!($visitor, |m, a: K, b: K| -> Bool { integer::ge(m, a, b) }),
            Op::Eq => $row!($visitor, |m, a: K, b: K| -> Bool { m.ieq(a, b) }),
            Op::Ne => $row!($visitor, |m, a: K, b: K| -> Bool { integer::ne(m, a, b) }),
            Op::BitAnd => $row!($visitor, |m, a: K, b: K| -> K { m.iand(a, b) }),
            Op::BitOr => $row!($visitor, |m, a: K, b: K| -> K { m.ior(a, b) }),
            Op::BitXor => $row!($visitor, |m, a: K, b: K| -> K { m.ixor(a, b) }),
            Op::BitNot => $row!($visitor, |m, a: K| -> K { integer::not(m, a) }),
            Op::Shl => $row!($visitor, |m, a: K, b: K| -> K { m.shl(a, b) }),
            Op::Shr => $row!($visitor, |m, a: K, b: K| -> K { m.shr(a, b) }),
            Op::Ushr => $row!($visitor, |m, a: K, b: K| -> K { m.ushr(a, b) }),
            Op::Rotl => $row!($visitor, |m, a: K, b: K| -> K { integer::rotl(m, a, b) }),
            Op::Rotr => $row!($visitor, |m, a: K, b: K| -> K { integer::rotr(m, a, b) }),
            Op::Hash => $row!($visitor, |m, a: K| -> K { integer::hash(m, a) }),
            Op::ToReal => $row!($visitor, |m, a: K| -> Real { m.to_real(a) }),
            Op::ToBool => $row!($visitor, |m, a: K| -> Bool { integer::truth(m, a) }),
            op => unreachable!("no meaning of `{op}` on integers"),
        }
    };
}
pub(crate) use integer_ops;

fn on_integers<M, K, V>(op: Op, visitor: V) -> V::Output
where
    K: Kind<M>,
    M: Machine<Element: Float> + Integers<Of<K, M>>,
    V: Visitor<M>,
{
    integer_ops!(op, visitor, integer_row)
}

/// The ops on truth values, as rows of macro `$row`.
macro_rules! bool_ops {
    ($op:ident, $visitor:ident, $row:ident) => {
        match $op {
            Op::And => $row!($visitor, |m, a: Bool, b: Bool| -> Bool { m.mand(a, b) }),
            Op::Or => $row!($visitor, |m, a: Bool, b: Bool| -> Bool { m.mor(a, b) }),
            Op::Not => $row!($visitor, |m, a: Bool| -> Bool { m.mnot(a) }),
            Op::Select => $row!($visitor, |m, c: Bool, a: Bool, b: Bool| -> Bool {
                convert::select_bool(m, c, a, b)
            }),
            Op::ToReal => $row!($visitor, |m, a: Bool| -> Real {
                convert::bool_to_real(m, a)
            }),
            Op::ToI32 => $row!($visitor, |m, a: Bool| -> I32 {
                convert::bool_to_integer(m, a)
            }),
            Op::ToI64 => $row!($visitor, |m, a: Bool| -> I64 {
                convert::bool_to_integer(m, a)
            }),
            Op::ToBool => $row!($visitor, |m, a: Bool| -> Bool { convert::same(m, a) }),
            op => unreachable!("no meaning of `{op}` on truth values"),
        }
    };
}
pub(crate) use bool_ops;

fn on_bools<M, V>(op: Op, visitor: V) -> V::Output
where
    M: Machine<Element: Float>,
    V: Visitor<M>,
{
    bool_ops!(op, visitor, row)
}
