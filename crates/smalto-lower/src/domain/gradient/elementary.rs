//! Exponentials, logarithms, powers, and the trigonometric functions.
//!
//! Slopes are the derivatives of calculus. Some functions are finite where their slope is not: at
//! the ends of the arcs, and where roots and lengths are zero.

use super::Reals;
use super::chain::{self, capped, damped, number, times, times_both};
use crate::domain::{least, least_normal, long as t};
use crate::meaning::real;
use crate::{Float, Machine};
use std::f64::consts::{LN_2, LN_10};

/// Functions of one operand `x` with value `v`: the rule, the meaning, how its slope is made a
/// number, and the slope.
macro_rules! functions {
    ($(
        $(#[doc = $doc:literal])*
        $name:ident: $meaning:path, $bounded:path, |$m:ident, $x:ident, $v:ident| $slope:expr;
    )*) => {$(
        $(#[doc = $doc])*
        #[inline(always)]
        pub fn $name<M: Machine<Element: Float>, const N: usize>(
            $m: M,
            a: Reals<M, N>,
        ) -> Reals<M, N> {
            let $x = a.value;
            let $v = $meaning($m, $x);
            times($m, $v, a, $bounded($m, $slope))
        }
    )*};
}

functions! {
    /// Sine.
    sin: t::sin, capped, |m, x, _v| t::cos(m, x);
    /// Cosine.
    cos: t::cos, capped, |m, x, _v| m.neg(t::sin(m, x));
    /// Tangent.
    tan: t::tan, capped, |m, _x, v| m.fma(v, v, m.real(1.0));
    /// Sine, as its fast form has it.
    fast_sin: t::fast_sin, number, |m, x, _v| t::fast_cos(m, x);
    /// Cosine, as its fast form has it.
    fast_cos: t::fast_cos, number, |m, x, _v| m.neg(t::fast_sin(m, x));
    /// Tangent, as its fast form has it.
    fast_tan: t::fast_tan, capped, |m, _x, v| m.fma(v, v, m.real(1.0));
    /// Inverse sine.
    asin: t::asin, capped, |m, x, _v| per(m, m.sqrt(below_one(m, x)));
    /// Inverse cosine.
    acos: t::acos, number, |m, x, _v| m.neg(per(m, m.sqrt(below_one(m, x))));
    /// Inverse tangent.
    atan: t::atan, capped, |m, x, _v| per(m, m.fma(x, x, m.real(1.0)));
    /// Hyperbolic sine.
    sinh: t::sinh, capped, |m, x, _v| t::cosh(m, x);
    /// Hyperbolic cosine.
    cosh: t::cosh, number, |m, x, _v| t::sinh(m, x);
    /// Hyperbolic tangent.
    tanh: t::tanh, capped, |m, _x, v| below_one(m, v);
    /// Inverse hyperbolic sine.
    asinh: t::asinh, capped, |m, x, _v| per(m, m.sqrt(m.fma(x, x, m.real(1.0))));
    /// Inverse hyperbolic cosine.
    acosh: t::acosh, number, |m, x, _v| per(m, m.sqrt(m.neg(below_one(m, x))));
    /// Inverse hyperbolic tangent.
    atanh: t::atanh, number, |m, x, _v| per(m, below_one(m, x));
    /// e to the power x.
    exp: t::exp, damped, |_m, _x, v| v;
    /// 2 to the power x.
    exp2: t::exp2, capped, |m, _x, v| m.mul(damped(m, v), m.real(LN_2));
    /// exp(x) - 1.
    expm1: t::expm1, capped, |m, _x, v| m.add(v, m.real(1.0));
    /// Natural logarithm.
    ln: t::ln, capped, |m, x, _v| per(m, not_subnormal(m, x));
    /// Logarithm to base 2.
    log2: t::log2, capped, |m, x, _v| per(m, m.mul(not_subnormal(m, x), m.real(LN_2)));
    /// Logarithm to base 10.
    log10: t::log10, capped, |m, x, _v| per(m, m.mul(not_subnormal(m, x), m.real(LN_10)));
    /// ln(1 + x).
    log1p: t::log1p, number, |m, x, _v| per(m, m.add(x, m.real(1.0)));
    /// Cube root.
    cbrt: t::cbrt, capped, |m, _x, v| per(m, m.mul(m.real(3.0), real::square(m, v)));
}

/// 1 / x.
#[inline(always)]
fn per<M: Machine>(m: M, x: M::Real) -> M::Real {
    m.div(m.real(1.0), x)
}

/// The operand of a logarithm, to divide by, or the least normal number where it is less: see
/// [`chain`]. Below zero there is no logarithm, and its slope may be any.
#[inline(always)]
fn not_subnormal<M: Machine>(m: M, x: M::Real) -> M::Real {
    m.max(x, m.real(least_normal::<M>()))
}

/// 1 - x * x, without loss near 1.
#[inline(always)]
fn below_one<M: Machine>(m: M, x: M::Real) -> M::Real {
    let one = m.real(1.0);
    m.mul(m.sub(one, x), m.add(one, x))
}

/// A length, or a square of one, to divide by: at the origin the quotient is 0, not 0 / 0.
#[inline(always)]
fn not_zero<M: Machine>(m: M, length: M::Real) -> M::Real {
    m.max(m.real(least::<M>()), length)
}

/// Angle of the point (x, y). At the origin it has slope 0.
#[inline(always)]
pub fn atan2<M: Machine<Element: Float>, const N: usize>(
    m: M,
    y: Reals<M, N>,
    x: Reals<M, N>,
) -> Reals<M, N> {
    let value = t::atan2(m, y.value, x.value);
    let squared = m.fma(y.value, y.value, m.mul(x.value, x.value));
    let squared = not_zero(m, squared);
    let (by_y, by_x) = (m.div(x.value, squared), m.div(m.neg(y.value), squared));
    times_both(m, value, y, by_y, x, by_x)
}

/// sqrt(a * a + b * b), which has slope 0 at the origin.
#[inline(always)]
pub fn hypot<M: Machine<Element: Float>, const N: usize>(
    m: M,
    a: Reals<M, N>,
    b: Reals<M, N>,
) -> Reals<M, N> {
    let value = t::hypot(m, a.value, b.value);
    let length = not_zero(m, value);
    let (by_a, by_b) = (m.div(a.value, length), m.div(b.value, length));
    times_both(m, value, a, by_a, b, by_b)
}

/// a to the power b.
#[inline(always)]
pub fn pow<M: Machine<Element: Float>, const N: usize>(
    m: M,
    a: Reals<M, N>,
    b: Reals<M, N>,
) -> Reals<M, N> {
    let value = t::pow(m, a.value, b.value);
    let by_base = power_by_base(m, a.value, b.value);
    let by_exponent = times_logarithm(m, value, a.value, chain::changes(m, b));
    times_both(m, value, a, by_base, b, by_exponent)
}

/// The n-th root of x: the inverse of the power, so that by x its slope is the reciprocal of
/// the power's.
#[inline(always)]
pub fn root<M: Machine<Element: Float>, const N: usize>(
    m: M,
    x: Reals<M, N>,
    n: Reals<M, N>,
) -> Reals<M, N> {
    let value = t::root(m, x.value, n.value);
    let by_base = per(m, power_by_base(m, value, n.value));
    let logarithm = times_logarithm(m, value, x.value, chain::changes(m, n));
    let by_index = m.neg(m.div(logarithm, real::square(m, n.value)));
    times_both(m, value, x, by_base, n, by_index)
}

/// n x^(n - 1). x^0 is 1 at 0 too, but 0 * 0^-1 is no number.
#[inline(always)]
fn power_by_base<M: Machine<Element: Float>>(m: M, x: M::Real, n: M::Real) -> M::Real {
    let (zero, one) = (m.real(0.0), m.real(1.0));
    let rest = m.select(m.eq(n, zero), one, m.sub(n, one));
    m.mul(n, t::pow(m, x, rest))
}

/// value * ln x where it is wanted, which is hardly ever: exponents are mostly constant. At
/// zero the logarithm is taken for 0, since x^n ln x goes to 0 with x.
#[inline(always)]
fn times_logarithm<M: Machine<Element: Float>>(
    m: M,
    value: M::Real,
    x: M::Real,
    wanted: M::Mask,
) -> M::Real {
    let zero = m.real(0.0);
    m.if_any(
        wanted,
        zero,
        #[inline(always)]
        || {
            let logarithm = t::ln(m, m.select(m.eq(x, zero), m.real(1.0), x));
            m.mul(value, logarithm)
        },
    )
}
