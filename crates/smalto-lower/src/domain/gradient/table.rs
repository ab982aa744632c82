//! Which rule is which op's, and what has slope 0.

use super::{Gradients, Sloped, arithmetic, elementary};
use crate::domain::{Binary, KindIn, Of, Ternary, Unary, Visitor};
use crate::kind::{Bool, I32, I64, Real};
use crate::meaning::{bool_ops, convert, integer, integer_ops, real};
use crate::{Float, Integers, Kind, Machine};
use smalto_graph::{Op, Type};
use std::marker::PhantomData;

/// A value of kind `K`, as gradients have it.
type Part<K, M, const N: usize> = Of<K, Gradients<N>, M>;

/// Hands the visitor a rule: a function of operands of these kinds.
macro_rules! rule {
    ($visitor:ident, ($A:ident) -> $R:ident, $rule:expr) => {
        rule!(false; $visitor, ($A) -> $R, $rule)
    };
    ($visitor:ident, ($A:ident, $B:ident) -> $R:ident, $rule:expr) => {
        rule!(false; $visitor, ($A, $B) -> $R, $rule)
    };
    ($long:literal; $visitor:ident, ($A:ident) -> $R:ident, $rule:expr) => {{
        struct Row<const N: usize>;
        impl<M: Machine<Element: Float>, const N: usize> Unary<Gradients<N>, M> for Row<N> {
            const LONG: bool = $long;
            type A = $A;
            type R = $R;
            #[inline(always)]
            fn apply(m: M, a: Part<$A, M, N>) -> Part<$R, M, N> {
                $rule(m, a)
            }
        }
        $visitor.unary::<Row<N>>()
    }};
    ($long:literal; $visitor:ident, ($A:ident, $B:ident) -> $R:ident, $rule:expr) => {{
        struct Row<const N: usize>;
        impl<M: Machine<Element: Float>, const N: usize> Binary<Gradients<N>, M> for Row<N> {
            const LONG: bool = $long;
            type A = $A;
            type B = $B;
            type R = $R;
            #[inline(always)]
            fn apply(m: M, a: Part<$A, M, N>, b: Part<$B, M, N>) -> Part<$R, M, N> {
                $rule(m, a, b)
            }
        }
        $visitor.binary::<Row<N>>()
    }};
    ($visitor:ident, ($A:ident, $B:ident, $C:ident) -> $R:ident, $rule:expr) => {{
        struct Row<const N: usize>;
        impl<M: Machine<Element: Float>, const N: usize> Ternary<Gradients<N>, M> for Row<N> {
            type A = $A;
            type B = $B;
            type C = $C;
            type R = $R;
            #[inline(always)]
            fn apply(
                m: M,
                a: Part<$A, M, N>,
                b: Part<$B, M, N>,
                c: Part<$C, M, N>,
            ) -> Part<$R, M, N> {
                $rule(m, a, b, c)
            }
        }
        $visitor.ternary::<Row<N>>()
    }};
}

/// [`rule!`] for functions of so many primitives that a call is nothing beside them.
macro_rules! long_rule {
    ($($row:tt)*) => { rule!(true; $($row)*) };
}

/// Hands the visitor an op whose result changes in steps, or is no real: its meaning.
macro_rules! step {
    ($visitor:ident, |$m:ident, $a:ident: $A:ident| -> $R:ident { $body:expr }) => {{
        struct Row<const N: usize>;
        impl<M: Machine<Element: Float>, const N: usize> Unary<Gradients<N>, M> for Row<N> {
            const LONG: bool = false;
            type A = $A;
            type R = $R;
            #[inline(always)]
            fn apply($m: M, a: Part<$A, M, N>) -> Part<$R, M, N> {
                let $a = <$A as Sloped<N, M>>::number(a);
                <$R as KindIn<Gradients<N>, M>>::exactly($m, $body)
            }
        }
        $visitor.unary::<Row<N>>()
    }};
    ($visitor:ident, |$m:ident, $a:ident: $A:ident, $b:ident: $B:ident| -> $R:ident { $body:expr }) => {{
        struct Row<const N: usize>;
        impl<M: Machine<Element: Float>, const N: usize> Binary<Gradients<N>, M> for Row<N> {
            const LONG: bool = false;
            type A = $A;
            type B = $B;
            type R = $R;
            #[inline(always)]
            fn apply($m: M, a: Part<$A, M, N>, b: Part<$B, M, N>) -> Part<$R, M, N> {
                let $a = <$A as Sloped<N, M>>::number(a);
                let $b = <$B as Sloped<N, M>>::number(b);
                <$R as KindIn<Gradients<N>, M>>::exactly($m, $body)
            }
        }
        $visitor.binary::<Row<N>>()
    }};
    ($visitor:ident, |$m:ident, $a:ident: $A:ident, $b:ident: $B:ident, $c:ident: $C:ident| -> $R:ident { $body:expr }) => {{
        struct Row<const N: usize>;
        impl<M: Machine<Element: Float>, const N: usize> Ternary<Gradients<N>, M> for Row<N> {
            type A = $A;
            type B = $B;
            type C = $C;
            type R = $R;
            #[inline(always)]
            fn apply(
                $m: M,
                a: Part<$A, M, N>,
                b: Part<$B, M, N>,
                c: Part<$C, M, N>,
            ) -> Part<$R, M, N> {
                let $a = <$A as Sloped<N, M>>::number(a);
                let $b = <$B as Sloped<N, M>>::number(b);
                let $c = <$C as Sloped<N, M>>::number(c);
                <$R as KindIn<Gradients<N>, M>>::exactly($m, $body)
            }
        }
        $visitor.ternary::<Row<N>>()
    }};
}

/// [`step!`] for ops on integers of kind `K`, either width.
macro_rules! integer_step {
    ($visitor:ident, |$m:ident, $a:ident: K| -> $R:ident { $body:expr }) => {{
        struct Row<K, const N: usize>(PhantomData<K>);
        impl<M, K, const N: usize> Unary<Gradients<N>, M> for Row<K, N>
        where
            M: Machine<Element: Float> + Integers<K::Value>,
            K: Sloped<N, M>,
        {
            const LONG: bool = false;
            type A = K;
            type R = $R;
            #[inline(always)]
            fn apply($m: M, a: Part<K, M, N>) -> Part<$R, M, N> {
                let $a = K::number(a);
                <$R as KindIn<Gradients<N>, M>>::exactly($m, $body)
            }
        }
        $visitor.unary::<Row<K, N>>()
    }};
    ($visitor:ident, |$m:ident, $a:ident: K, $b:ident: K| -> $R:ident { $body:expr }) => {{
        struct Row<K, const N: usize>(PhantomData<K>);
        impl<M, K, const N: usize> Binary<Gradients<N>, M> for Row<K, N>
        where
            M: Machine<Element: Float> + Integers<K::Value>,
            K: Sloped<N, M>,
        {
            const LONG: bool = false;
            type A = K;
            type B = K;
            type R = $R;
            #[inline(always)]
            fn apply($m: M, a: Part<K, M, N>, b: Part<K, M, N>) -> Part<$R, M, N> {
                let ($a, $b) = (K::number(a), K::number(b));
                <$R as KindIn<Gradients<N>, M>>::exactly($m, $body)
            }
        }
        $visitor.binary::<Row<K, N>>()
    }};
    ($visitor:ident, |$m:ident, $a:ident: $A:ident, $b:ident: K, $c:ident: K| -> $R:ident { $body:expr }) => {{
        struct Row<K, const N: usize>(PhantomData<K>);
        impl<M, K, const N: usize> Ternary<Gradients<N>, M> for Row<K, N>
        where
            M: Machine<Element: Float> + Integers<K::Value>,
            K: Sloped<N, M>,
        {
            type A = $A;
            type B = K;
            type C = K;
            type R = $R;
            #[inline(always)]
            fn apply(
                $m: M,
                a: Part<$A, M, N>,
                b: Part<K, M, N>,
                c: Part<K, M, N>,
            ) -> Part<$R, M, N> {
                let $a = <$A as Sloped<N, M>>::number(a);
                let ($b, $c) = (K::number(b), K::number(c));
                <$R as KindIn<Gradients<N>, M>>::exactly($m, $body)
            }
        }
        $visitor.ternary::<Row<K, N>>()
    }};
}

/// Shows `visitor` the rule of `op`; see [`Domain`](crate::domain::Domain).
pub(super) fn with_meaning<M, V, const N: usize>(op: Op, ty: Type, visitor: V) -> V::Output
where
    M: Machine<Element: Float>,
    V: Visitor<Gradients<N>, M>,
{
    match (op, ty) {
        (Op::ToI32, Type::I64) => step!(visitor, |m, a: I64| -> I32 { m.wrap(a) }),
        (Op::ToI64, Type::I32) => step!(visitor, |m, a: I32| -> I64 { m.extend(a) }),
        (Op::ToI32, Type::I32) => step!(visitor, |m, a: I32| -> I32 { convert::same(m, a) }),
        (Op::ToI64, Type::I64) => step!(visitor, |m, a: I64| -> I64 { convert::same(m, a) }),
        (Op::FromBits32, _) => step!(visitor, |m, a: I32| -> Real { m.from_bits32(a) }),
        (Op::FromBits64, _) => step!(visitor, |m, a: I64| -> Real { m.from_bits64(a) }),
        (op, Type::Real) => on_reals(op, visitor),
        (op, Type::I32) => on_integers::<M, I32, V, N>(op, visitor),
        (op, Type::I64) => on_integers::<M, I64, V, N>(op, visitor),
        (op, Type::Bool) => on_bools(op, visitor),
    }
}

fn on_reals<M, V, const N: usize>(op: Op, visitor: V) -> V::Output
where
    M: Machine<Element: Float>,
    V: Visitor<Gradients<N>, M>,
{
    match op {
        Op::Neg => rule!(visitor, (Real) -> Real, arithmetic::neg),
        Op::Abs => rule!(visitor, (Real) -> Real, arithmetic::abs),
        Op::Recip => rule!(visitor, (Real) -> Real, arithmetic::recip),
        Op::Sqrt => rule!(visitor, (Real) -> Real, arithmetic::sqrt),
        Op::Square => rule!(visitor, (Real) -> Real, arithmetic::square),
        Op::Add => rule!(visitor, (Real, Real) -> Real, arithmetic::add),
        Op::Sub => rule!(visitor, (Real, Real) -> Real, arithmetic::sub),
        Op::Mul => rule!(visitor, (Real, Real) -> Real, arithmetic::mul),
        Op::Div => rule!(visitor, (Real, Real) -> Real, arithmetic::div),
        Op::Fma => rule!(visitor, (Real, Real, Real) -> Real, arithmetic::fma),
        Op::Mix => rule!(visitor, (Real, Real, Real) -> Real, arithmetic::mix),
        Op::Fract => rule!(visitor, (Real) -> Real, arithmetic::fract),
        Op::Min => rule!(visitor, (Real, Real) -> Real, arithmetic::min),
        Op::Max => rule!(visitor, (Real, Real) -> Real, arithmetic::max),
        Op::Minimum => rule!(visitor, (Real, Real) -> Real, arithmetic::minimum),
        Op::Maximum => rule!(visitor, (Real, Real) -> Real, arithmetic::maximum),
        Op::And => rule!(visitor, (Real, Real) -> Real, arithmetic::and),
        Op::Or => rule!(visitor, (Real, Real) -> Real, arithmetic::or),
        Op::Select => rule!(visitor, (Bool, Real, Real) -> Real, arithmetic::select),
        Op::Clamp => rule!(visitor, (Real, Real, Real) -> Real, arithmetic::clamp),
        Op::ToReal => rule!(visitor, (Real) -> Real, convert::same),
        op => on_reals_by_steps(op, visitor),
    }
}

fn on_reals_by_steps<M, V, const N: usize>(op: Op, visitor: V) -> V::Output
where
    M: Machine<Element: Float>,
    V: Visitor<Gradients<N>, M>,
{
    match op {
        Op::Sign => step!(visitor, |m, a: Real| -> Real { real::sign(m, a) }),
        Op::Floor => step!(visitor, |m, a: Real| -> Real { m.floor(a) }),
        Op::Ceil => step!(visitor, |m, a: Real| -> Real { m.ceil(a) }),
        Op::Trunc => step!(visitor, |m, a: Real| -> Real { m.trunc(a) }),
        Op::Round => step!(visitor, |m, a: Real| -> Real { real::round(m, a) }),
        Op::Rint => step!(visitor, |m, a: Real| -> Real { m.rint(a) }),
        Op::Not => step!(visitor, |m, a: Real| -> Real { real::not(m, a) }),
        Op::Lt => step!(visitor, |m, a: Real, b: Real| -> Bool { m.lt(a, b) }),
        Op::Le => step!(visitor, |m, a: Real, b: Real| -> Bool { m.le(a, b) }),
        Op::Gt => step!(visitor, |m, a: Real, b: Real| -> Bool { real::gt(m, a, b) }),
        Op::Ge => step!(visitor, |m, a: Real, b: Real| -> Bool { real::ge(m, a, b) }),
        Op::Eq => step!(visitor, |m, a: Real, b: Real| -> Bool { m.eq(a, b) }),
        Op::Ne => step!(visitor, |m, a: Real, b: Real| -> Bool { real::ne(m, a, b) }),
        Op::Compare => step!(visitor, |m, a: Real, b: Real| -> Real {
            real::compare(m, a, b)
        }),
        Op::Step => step!(visitor, |m, a: Real, b: Real| -> Real {
            real::step(m, a, b)
        }),
        Op::ToI32 => step!(visitor, |m, a: Real| -> I32 { convert::real_to_i32(m, a) }),
        Op::ToI64 => step!(visitor, |m, a: Real| -> I64 { convert::real_to_i64(m, a) }),
        Op::ToBool => step!(visitor, |m, a: Real| -> Bool {
            convert::real_to_bool(m, a)
        }),
        Op::Bits32 => step!(visitor, |m, a: Real| -> I32 { m.bits32(a) }),
        Op::Bits64 => step!(visitor, |m, a: Real| -> I64 { m.bits64(a) }),
        op => on_reals_transcendental(op, visitor),
    }
}

fn on_reals_transcendental<M, V, const N: usize>(op: Op, visitor: V) -> V::Output
where
    M: Machine<Element: Float>,
    V: Visitor<Gradients<N>, M>,
{
    match op {
        Op::Sin => long_rule!(visitor, (Real) -> Real, elementary::sin),
        Op::Cos => long_rule!(visitor, (Real) -> Real, elementary::cos),
        Op::Tan => long_rule!(visitor, (Real) -> Real, elementary::tan),
        Op::FastSin => long_rule!(visitor, (Real) -> Real, elementary::fast_sin),
        Op::FastCos => long_rule!(visitor, (Real) -> Real, elementary::fast_cos),
        Op::FastTan => long_rule!(visitor, (Real) -> Real, elementary::fast_tan),
        Op::Asin => long_rule!(visitor, (Real) -> Real, elementary::asin),
        Op::Acos => long_rule!(visitor, (Real) -> Real, elementary::acos),
        Op::Atan => long_rule!(visitor, (Real) -> Real, elementary::atan),
        Op::Atan2 => long_rule!(visitor, (Real, Real) -> Real, elementary::atan2),
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
        Op::Root => long_rule!(visitor, (Real, Real) -> Real, elementary::root),
        Op::Pow => long_rule!(visitor, (Real, Real) -> Real, elementary::pow),
        Op::Hypot => long_rule!(visitor, (Real, Real) -> Real, elementary::hypot),
        Op::Mod => long_rule!(visitor, (Real, Real) -> Real, arithmetic::modulo),
        op => unreachable!("no rule of `{op}` for gradients of reals"),
    }
}

fn on_integers<M, K, V, const N: usize>(op: Op, visitor: V) -> V::Output
where
    M: Machine<Element: Float> + Integers<<K as Kind<M>>::Value>,
    K: Sloped<N, M>,
    V: Visitor<Gradients<N>, M>,
{
    integer_ops!(op, visitor, integer_step)
}

fn on_bools<M, V, const N: usize>(op: Op, visitor: V) -> V::Output
where
    M: Machine<Element: Float>,
    V: Visitor<Gradients<N>, M>,
{
    bool_ops!(op, visitor, step)
}
