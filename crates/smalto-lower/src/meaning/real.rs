//! Exact ops on reals, over primitives.

use crate::Machine;

/// The table's `sign`: x itself when it is a zero or NaN.
#[inline(always)]
pub fn sign<M: Machine>(m: M, x: M::Real) -> M::Real {
    let zero = m.real(0.0);
    let nonzero = m.mor(m.lt(x, zero), m.lt(zero, x));
    m.select(nonzero, m.copysign(m.real(1.0), x), x)
}

/// 1 / x, rounded once: never an estimate.
#[inline(always)]
pub fn recip<M: Machine>(m: M, x: M::Real) -> M::Real {
    m.div(m.real(1.0), x)
}

/// x * x.
#[inline(always)]
pub fn square<M: Machine>(m: M, x: M::Real) -> M::Real {
    m.mul(x, x)
}

/// Nearest integer, ties away from zero. Adding one half first would round
/// 0.49999997 up; the difference to the truncated value is exact instead.
#[inline(always)]
pub fn round<M: Machine>(m: M, x: M::Real) -> M::Real {
    let whole = m.trunc(x);
    let away = m.le(m.real(0.5), m.abs(m.sub(x, whole)));
    m.select(away, m.add(whole, m.copysign(m.real(1.0), x)), whole)
}

/// x - floor(x): in [0, 1], where 1 is reached by rounding just below an integer.
#[inline(always)]
pub fn fract<M: Machine>(m: M, x: M::Real) -> M::Real {
    m.sub(x, m.floor(x))
}

/// IEEE 754-2019 `minimum`: NaN if either is, and -0 below +0.
#[inline(always)]
pub fn minimum<M: Machine>(m: M, a: M::Real, b: M::Real) -> M::Real {
    let tie = m.select(is_negative(m, a), a, b);
    ordered(m, a, b, m.lt(a, b), tie)
}

/// IEEE 754-2019 `maximum`: NaN if either is, and +0 above -0.
#[inline(always)]
pub fn maximum<M: Machine>(m: M, a: M::Real, b: M::Real) -> M::Real {
    let tie = m.select(is_negative(m, a), b, a);
    ordered(m, a, b, m.lt(b, a), tie)
}

/// `a` where `first`, `b` where the order is the other one, `tie` where they are
/// equal, and NaN (as the sum) where they are not ordered.
#[inline(always)]
fn ordered<M: Machine>(m: M, a: M::Real, b: M::Real, first: M::Mask, tie: M::Real) -> M::Real {
    let unequal = m.mor(m.lt(a, b), m.lt(b, a));
    let strict = m.select(first, a, b);
    m.select(unequal, strict, m.select(m.eq(a, b), tie, m.add(a, b)))
}

/// Whether the sign bit is set; a NaN may say either.
#[inline(always)]
fn is_negative<M: Machine>(m: M, x: M::Real) -> M::Mask {
    m.lt(m.copysign(m.real(1.0), x), m.real(0.0))
}

/// min(max(x, low), high).
#[inline(always)]
pub fn clamp<M: Machine>(m: M, x: M::Real, low: M::Real, high: M::Real) -> M::Real {
    m.min(m.max(x, low), high)
}

/// a > b.
#[inline(always)]
pub fn gt<M: Machine>(m: M, a: M::Real, b: M::Real) -> M::Mask {
    m.lt(b, a)
}

/// a >= b.
#[inline(always)]
pub fn ge<M: Machine>(m: M, a: M::Real, b: M::Real) -> M::Mask {
    m.le(b, a)
}

/// a != b: true if either is NaN.
#[inline(always)]
pub fn ne<M: Machine>(m: M, a: M::Real, b: M::Real) -> M::Mask {
    m.mnot(m.eq(a, b))
}

/// -1, 0 or 1, or NaN if unordered. A tie gives +0.
#[inline(always)]
pub fn compare<M: Machine>(m: M, a: M::Real, b: M::Real) -> M::Real {
    let equal_or_unordered = m.select(m.eq(a, b), m.real(0.0), m.real(f64::NAN));
    let above = m.select(m.lt(b, a), m.real(1.0), equal_or_unordered);
    m.select(m.lt(a, b), m.real(-1.0), above)
}

/// 1 if x >= edge, else 0.
#[inline(always)]
pub fn step<M: Machine>(m: M, edge: M::Real, x: M::Real) -> M::Real {
    m.select(m.le(edge, x), m.real(1.0), m.real(0.0))
}

/// fma(t, b - a, a).
#[inline(always)]
pub fn mix<M: Machine>(m: M, a: M::Real, b: M::Real, t: M::Real) -> M::Real {
    m.fma(t, m.sub(b, a), a)
}

/// a if it is zero, else b. A NaN is not zero.
#[inline(always)]
pub fn and<M: Machine>(m: M, a: M::Real, b: M::Real) -> M::Real {
    m.select(m.eq(a, m.real(0.0)), a, b)
}

/// b if a is zero, else a. A NaN is not zero.
#[inline(always)]
pub fn or<M: Machine>(m: M, a: M::Real, b: M::Real) -> M::Real {
    m.select(m.eq(a, m.real(0.0)), b, a)
}

/// 1 if x is zero, else 0.
#[inline(always)]
pub fn not<M: Machine>(m: M, x: M::Real) -> M::Real {
    m.select(m.eq(x, m.real(0.0)), m.real(1.0), m.real(0.0))
}
