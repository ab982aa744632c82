//! Which rule is which op's.

use super::{Interval, rounding, trigonometric};
use super::{Intervals, arithmetic, choice, comparison, convert, elementary, integer, power};
use crate::domain::{Binary, Choice, Decided, KindIn, Of, Selection, Ternary, Unary, Visitor};
use crate::kind::{Bool, I32, I64, Kind, Real};
use crate::{Float, Integers, Machine};
use smalto_graph::{Op, Type};
use std::marker::PhantomData;

/// A value of kind `K`, as intervals have it.
type Part<K, M> = Of<K, Intervals, M>;

/// Hands the visitor a rule: a function of operands of these kinds.
macro_rules! rule {
    ($visitor:ident, ($A:ident) -> $R:ident, $rule:expr) => {
        rule!(false; $visitor, ($A) -> $R, $rule)
    };
    ($visitor:ident, ($A:ident, $B:ident) -> $R:ident, $rule:expr) => {
        rule!(false; $visitor, ($A, $B) -> $R, $rule)
    };
    ($long:literal; $visitor:ident, ($A:ident) -> $R:ident, $rule:expr) => {{
        struct Row;
        impl<M: Machine<Element: Float>> Unary<Intervals, M> for Row {
            const LONG: bool = $long;
            type A = $A;
            type R = $R;
            #[inline(always)]
            fn apply(m: M, a: Part<$A, M>) -> Part<$R, M> {
                $rule(m, a)
            }
        }
        $visitor.unary::<Row>()
    }};
    ($long:literal; $visitor:ident, ($A:ident, $B:ident) -> $R:ident, $rule:expr) => {{
        struct Row;
        impl<M: Machine<Element: Float>> Binary<Intervals, M> for Row {
            const LONG: bool = $long;
            type A = $A;
            type B = $B;
            type R = $R;
            #[inline(always)]
            fn apply(m: M, a: Part<$A, M>, b: Part<$B, M>) -> Part<$R, M> {
                $rule(m, a, b)
            }
        }
        $visitor.binary::<Row>()
    }};
    ($visitor:ident, ($A:ident, $B:ident, $C:ident) -> $R:ident, $rule:expr) => {{
        struct Row;
        impl<M: Machine<Element: Float>> Ternary<Intervals, M> for Row {
            type A = $A;
            type B = $B;
            type C = $C;
            type R = $R;
            #[inline(always)]
            fn apply(m: M, a: Part<$A, M>, b: Part<$B, M>, c: Part<$C, M>) -> Part<$R, M> {
                $rule(m, a, b, c)
            }
        }
        $visitor.ternary::<Row>()
    }};
}

/// [`rule!`] for functions of so many primitives that a call is nothing beside them.
macro_rules! long_rule {
    ($($row:tt)*) => { rule!(true; $($row)*) };
}

/// [`rule!`] for a choice between two operands, and perhaps the rule where only signs matter.
macro_rules! choice_rule {
    ($visitor:ident, $K:ident, $rule:expr $(, $by_sign:expr)?) => {{
        struct Row;
        impl<M: Machine<Element: Float>> Choice<Intervals, M> for Row {
            type K = $K;
            #[inline(always)]
            fn apply(m: M, a: Part<$K, M>, b: Part<$K, M>) -> (Part<$K, M>, Decided<M>) {
                $rule(m, a, b)
            }
            $(
                const HAS_SIGN: bool = true;
                #[inline(always)]
                fn decided_by_sign(
                    m: M,
                    a: Part<$K, M>,
                    b: Part<$K, M>,
                    decided: Decided<M>,
                ) -> Decided<M> {
                    $by_sign(m, a, b, decided)
                }
            )?
        }
        $visitor.choice::<Row>()
    }};
}

/// [`rule!`] for a choice by a condition.
macro_rules! selection_rule {
    ($visitor:ident, $K:ident, $rule:expr) => {{
        struct Row;
        impl<M: Machine<Element: Float>> Selection<Intervals, M> for Row {
            type C = Bool;
            type K = $K;
            #[inline(always)]
            fn apply(
                m: M,
                c: Part<Bool, M>,
                a: Part<$K, M>,
                b: Part<$K, M>,
            ) -> (Part<$K, M>, Decided<M>) {
                $rule(m, c, a, b)
            }
        }
        $visitor.selection::<Row>()
    }};
}

/// Shows `visitor` the rule of `op`; see [`Domain`](crate::domain::Domain).
pub(super) fn with_meaning<M, V>(op: Op, ty: Type, visitor: V) -> V::Output
where
    M: Machine<Element: Float>,
    V: Visitor<Intervals, M>,
{
    match (op, ty) {
        (Op::ToI32, Type::I64) => rule!(visitor, (I64) -> I32, convert::wrap),
        (Op::ToI64, Type::I32) => rule!(visitor, (I32) -> I64, convert::extend),
        (Op::ToI32, Type::I32) => rule!(visitor, (I32) -> I32, convert::same),
        (Op::ToI64, Type::I64) => rule!(visitor, (I64) -> I64, convert::same),
        (Op::FromBits32, _) => rule!(visitor, (I32) -> Real, convert::from_bits32),
        (Op::FromBits64, _) => rule!(visitor, (I64) -> Real, convert::from_bits64),
        (op, Type::Real) => on_reals(op, visitor),
        (op, Type::I32) => on_integers::<M, I32, V>(op, visitor),
        (op, Type::I64) => on_integers::<M, I64, V>(op, visitor),
        (op, Type::Bool) => on_bools(op, visitor),
    }
}

fn on_reals<M, V>(op: Op, visitor: V) -> V::Output
where
    M: Machine<Element: Float>,
    V: Visitor<Intervals, M>,
{
    match op {
        Op::Neg => rule!(visitor, (Real) -> Real, arithmetic::neg),
        Op::Abs => rule!(visitor, (Real) -> Real, arithmetic::abs),
        Op::Sign => rule!(visitor, (Real) -> Real, arithmetic::sign),
        Op::Recip => rule!(visitor, (Real) -> Real, arithmetic::recip),
        Op::Sqrt => rule!(visitor, (Real) -> Real, arithmetic::sqrt),
        Op::Square => rule!(visitor, (Real) -> Real, arithmetic::square),
        Op::Add => rule!(visitor, (Real, Real) -> Real, arithmetic::add),
        Op::Sub => rule!(visitor, (Real, Real) -> Real, arithmetic::sub),
        Op::Mul => rule!(visitor, (Real, Real) -> Real, arithmetic::mul),
        Op::Div => rule!(visitor, (Real, Real) -> Real, arithmetic::div),
        Op::Fma => rule!(visitor, (Real, Real, Real) -> Real, arithmetic::fma),
        Op::Mix => rule!(visitor, (Real, Real, Real) -> Real, arithmetic::mix),
        Op::Floor => rule!(visitor, (Real) -> Real, rounding::floor),
        Op::Ceil => rule!(visitor, (Real) -> Real, rounding::ceil),
        Op::Trunc => rule!(visitor, (Real) -> Real, rounding::trunc),
        Op::Round => rule!(visitor, (Real) -> Real, rounding::round),
        Op::Rint => rule!(visitor, (Real) -> Real, rounding::rint),
        Op::Fract => rule!(visitor, (Real) -> Real, rounding::fract),
        Op::Min => choice_rule!(visitor, Real, choice::min, choice::min_by_sign),
        Op::Max => choice_rule!(visitor, Real, choice::max, choice::max_by_sign),
        Op::Minimum => choice_rule!(visitor, Real, choice::minimum, choice::min_by_sign),
        Op::Maximum => choice_rule!(visitor, Real, choice::maximum, choice::max_by_sign),
        Op::And => choice_rule!(visitor, Real, choice::and),
        Op::Or => choice_rule!(visitor, Real, choice::or),
        Op::Select => selection_rule!(visitor, Real, choice::select),
        Op::Clamp => rule!(visitor, (Real, Real, Real) -> Real, choice::clamp),
        Op::Lt => rule!(visitor, (Real, Real) -> Bool, comparison::lt),
        Op::Le => rule!(visitor, (Real, Real) -> Bool, comparison::le),
        Op::Gt => rule!(visitor, (Real, Real) -> Bool, comparison::gt),
        Op::Ge => rule!(visitor, (Real, Real) -> Bool, comparison::ge),
        Op::Eq => rule!(visitor, (Real, Real) -> Bool, comparison::eq),
        Op::Ne => rule!(visitor, (Real, Real) -> Bool, comparison::ne),
        Op::Not => rule!(visitor, (Real) -> Real, comparison::not),
        Op::Compare => rule!(visitor, (Real, Real) -> Real, comparison::compare),
        Op::Step => rule!(visitor, (Real, Real) -> Real, comparison::step),
        Op::ToReal => rule!(visitor, (Real) -> Real, convert::same),
        Op::ToI32 => rule!(visitor, (Real) -> I32, convert::to_i32),
        Op::ToI64 => rule!(visitor, (Real) -> I64, convert::to_i64),
        Op::ToBool => rule!(visitor, (Real) -> Bool, comparison::is_nonzero),
        Op::Bits32 => rule!(visitor, (Real) -> I32, convert::bits32),
        Op::Bits64 => rule!(visitor, (Real) -> I64, convert::bits64),
        op => on_reals_transcendental(op, visitor),
    }
}

fn on_reals_transcendental<M, V>(op: Op, visitor: V) -> V::Output
where
    M: Machine<Element: Float>,
    V: Visitor<Intervals, M>,
{
    match op {
        Op::Sin => long_rule!(visitor, (Real) -> Real, trigonometric::sin),
        Op::Cos => long_rule!(visitor, (Real) -> Real, trigonometric::cos),
        Op::Tan => long_rule!(visitor, (Real) -> Real, trigonometric::tan),
        Op::FastSin => long_rule!(visitor, (Real) -> Real, trigonometric::fast_sin),
        Op::FastCos => long_rule!(visitor, (Real) -> Real, trigonometric::fast_cos),
        Op::FastTan => long_rule!(visitor, (Real) -> Real, trigonometric::fast_tan),
        Op::Atan2 => long_rule!(visitor, (Real, Real) -> Real, trigonometric::atan2),
        Op::Asin => long_rule!(visitor, (Real) -> Real, elementary::asin),
        Op::Acos => long_rule!(visitor, (Real) -> Real, elementary::acos),
        Op::Atan => long_rule!(visitor, (Real) -> Real, elementary::atan),
        Op::Sinh => long_rule!(visitor, (Real) -> Real, elementary::sinh),
        Op::Cosh => long_rule!(visitor, (Real) -> Real, elementary::cosh),
        Op::Tanh => long_rule!(visitor, (Real) -> Real, elementary::tanh),
        Op::Asinh => long_rule!(visitor, (Real) -> Real, elementary::asinh),
        Op::Acosh => long_rule!(visitor, (Real) -> Real, elementary::acosh),
        Op::Atanh => long_rule!(visitor, (Real) -> Real, elementary::atanh),
        Op::Exp => long_rule!(visitor, (Real) -> Real, elementary::exp),
        Op::Exp2 => long_rule!(visitor, (Real) -> Real, elementary::exp2),
        Op::Expm1 => long_rule!(visitor, (Real) -> Real, elementary::expm1),
        Op::Ln => long_rule!(visitor, (Real) -> Real, elementary::ln),
        Op::Log2 => long_rule!(visitor, (Real) -> Real, elementary::log2),
        Op::Log10 => long_rule!(visitor, (Real) -> Real, elementary::log10),
        Op::Log1p => long_rule!(visitor, (Real) -> Real, elementary::log1p),
        Op::Cbrt => long_rule!(visitor, (Real) -> Real, elementary::cbrt),
        Op::Root => long_rule!(visitor, (Real, Real) -> Real, power::root),
        Op::Pow => long_rule!(visitor, (Real, Real) -> Real, power::pow),
        Op::Hypot => long_rule!(visitor, (Real, Real) -> Real, power::hypot),
        Op::Mod => long_rule!(visitor, (Real, Real) -> Real, rounding::modulo),
        op => unreachable!("no rule of `{op}` for intervals of reals"),
    }
}

/// [`rule!`] for integers of kind `K`, either width.
macro_rules! integer_rule {
    ($visitor:ident, (K) -> $R:ident, $rule:expr) => {{
        struct Row<K>(PhantomData<K>);
        impl<M, K> Unary<Intervals, M> for Row<K>
        where
            K: InTwoParts<M>,
            M: Machine<Element: Float> + Integers<K::Value>,
        {
            const LONG: bool = false;
            type A = K;
            type R = $R;
            #[inline(always)]
            fn apply(m: M, a: Part<K, M>) -> Part<$R, M> {
                $rule(m, a)
            }
        }
        $visitor.unary::<Row<K>>()
    }};
    ($visitor:ident, (K, K) -> $R:ident, $rule:expr) => {{
        struct Row<K>(PhantomData<K>);
        impl<M, K> Binary<Intervals, M> for Row<K>
        where
            K: InTwoParts<M>,
            M: Machine<Element: Float> + Integers<K::Value>,
        {
            const LONG: bool = false;
            type A = K;
            type B = K;
            type R = $R;
            #[inline(always)]
            fn apply(m: M, a: Part<K, M>, b: Part<K, M>) -> Part<$R, M> {
                $rule(m, a, b)
            }
        }
        $visitor.binary::<Row<K>>()
    }};
    ($visitor:ident, (K, K, K) -> K, $rule:expr) => {{
        struct Row<K>(PhantomData<K>);
        impl<M, K> Ternary<Intervals, M> for Row<K>
        where
            K: InTwoParts<M>,
            M: Machine<Element: Float> + Integers<K::Value>,
        {
            type A = K;
            type B = K;
            type C = K;
            type R = K;
            #[inline(always)]
            fn apply(m: M, a: Part<K, M>, b: Part<K, M>, c: Part<K, M>) -> Part<K, M> {
                $rule(m, a, b, c)
            }
        }
        $visitor.ternary::<Row<K>>()
    }};
    ($visitor:ident, choice of K, $rule:expr) => {{
        struct Row<K>(PhantomData<K>);
        impl<M, K> Choice<Intervals, M> for Row<K>
        where
            K: InTwoParts<M>,
            M: Machine<Element: Float> + Integers<K::Value>,
        {
            type K = K;
            #[inline(always)]
            fn apply(m: M, a: Part<K, M>, b: Part<K, M>) -> (Part<K, M>, Decided<M>) {
                $rule(m, a, b)
            }
        }
        $visitor.choice::<Row<K>>()
    }};
    ($visitor:ident, selection of K, $rule:expr) => {{
        struct Row<K>(PhantomData<K>);
        impl<M, K> Selection<Intervals, M> for Row<K>
        where
            K: InTwoParts<M>,
            M: Machine<Element: Float> + Integers<K::Value>,
        {
            type C = Bool;
            type K = K;
            #[inline(always)]
            fn apply(
                m: M,
                c: Part<Bool, M>,
                a: Part<K, M>,
                b: Part<K, M>,
            ) -> (Part<K, M>, Decided<M>) {
                $rule(m, c, a, b)
            }
        }
        $visitor.selection::<Row<K>>()
    }};
}

/// A kind whose intervals are of values of the kind itself.
trait InTwoParts<M: Machine>: KindIn<Intervals, M, Parts = Interval<<Self as Kind<M>>::Value>> {}

impl<M: Machine, K> InTwoParts<M> for K where
    K: KindIn<Intervals, M, Parts = Interval<<K as Kind<M>>::Value>>
{
}

fn on_integers<M, K, V>(op: Op, visitor: V) -> V::Output
where
    K: InTwoParts<M>,
    M: Machine<Element: Float> + Integers<K::Value>,
    V: Visitor<Intervals, M>,
{
    match op {
        Op::Neg => integer_rule!(visitor, (K) -> K, integer::neg),
        Op::Abs => integer_rule!(visitor, (K) -> K, integer::abs),
        Op::Square => integer_rule!(visitor, (K) -> K, integer::square),
        Op::Add => integer_rule!(visitor, (K, K) -> K, integer::add),
        Op::Sub => integer_rule!(visitor, (K, K) -> K, integer::sub),
        Op::Mul => integer_rule!(visitor, (K, K) -> K, integer::mul),
        Op::Div => integer_rule!(visitor, (K, K) -> K, integer::div),
        Op::Rem => integer_rule!(visitor, (K, K) -> K, integer::rem),
        Op::Min => integer_rule!(visitor, choice of K, integer::min),
        Op::Max => integer_rule!(visitor, choice of K, integer::max),
        Op::Clamp => integer_rule!(visitor, (K, K, K) -> K, integer::clamp),
        Op::Select => integer_rule!(visitor, selection of K, integer::select),
        Op::Lt => integer_rule!(visitor, (K, K) -> Bool, integer::lt),
        Op::Le => integer_rule!(visitor, (K, K) -> Bool, integer::le),
        Op::Gt => integer_rule!(visitor, (K, K) -> Bool, integer::gt),
        Op::Ge => integer_rule!(visitor, (K, K) -> Bool, integer::ge),
        Op::Eq => integer_rule!(visitor, (K, K) -> Bool, integer::eq),
        Op::Ne => integer_rule!(visitor, (K, K) -> Bool, integer::ne),
        Op::BitAnd => integer_rule!(visitor, (K, K) -> K, integer::and),
        Op::BitOr => integer_rule!(visitor, (K, K) -> K, integer::or),
        Op::BitXor => integer_rule!(visitor, (K, K) -> K, integer::xor),
        Op::BitNot => integer_rule!(visitor, (K) -> K, integer::not),
        Op::Shl => integer_rule!(visitor, (K, K) -> K, integer::shl),
        Op::Shr => integer_rule!(visitor, (K, K) -> K, integer::shr),
        Op::Ushr => integer_rule!(visitor, (K, K) -> K, integer::ushr),
        Op::Rotl => integer_rule!(visitor, (K, K) -> K, integer::rotl),
        Op::Rotr => integer_rule!(visitor, (K, K) -> K, integer::rotr),
        Op::Hash => integer_rule!(visitor, (K) -> K, integer::hash),
        Op::ToReal => integer_rule!(visitor, (K) -> Real, convert::to_real),
        Op::ToBool => integer_rule!(visitor, (K) -> Bool, integer::truth),
        op => unreachable!("no rule of `{op}` for intervals of integers"),
    }
}

fn on_bools<M, V>(op: Op, visitor: V) -> V::Output
where
    M: Machine<Element: Float>,
    V: Visitor<Intervals, M>,
{
    match op {
        Op::And => choice_rule!(visitor, Bool, choice::and_bool),
        Op::Or => choice_rule!(visitor, Bool, choice::or_bool),
        Op::Not => rule!(visitor, (Bool) -> Bool, comparison::opposite),
        Op::Select => selection_rule!(visitor, Bool, choice::select_bool),
        Op::ToReal => rule!(visitor, (Bool) -> Real, comparison::real_of),
        Op::ToI32 => rule!(visitor, (Bool) -> I32, convert::integer_of_bool),
        Op::ToI64 => rule!(visitor, (Bool) -> I64, convert::integer_of_bool),
        Op::ToBool => rule!(visitor, (Bool) -> Bool, convert::same),
        op => unreachable!("no rule of `{op}` for truth values"),
    }
}
