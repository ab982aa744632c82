//! Floor and its like, fractions, remainders.

use super::bounds::{self, at_ends, is_ordered, magnitudes, only_where};
use super::{Interval, Reals};
use crate::domain::long as t;
use crate::meaning::real;
use crate::{Float, Machine};

/// Largest integer not above.
#[inline(always)]
pub fn floor<M: Machine>(m: M, a: Reals<M>) -> Reals<M> {
    Interval::new(m.floor(a.lo), m.floor(a.hi))
}

/// Smallest integer not below.
#[inline(always)]
pub fn ceil<M: Machine>(m: M, a: Reals<M>) -> Reals<M> {
    Interval::new(m.ceil(a.lo), m.ceil(a.hi))
}

/// Integer part.
#[inline(always)]
pub fn trunc<M: Machine>(m: M, a: Reals<M>) -> Reals<M> {
    Interval::new(m.trunc(a.lo), m.trunc(a.hi))
}

/// Nearest integer, ties away from zero.
#[inline(always)]
pub fn round<M: Machine>(m: M, a: Reals<M>) -> Reals<M> {
    Interval::new(real::round(m, a.lo), real::round(m, a.hi))
}

/// Nearest integer, ties to even.
#[inline(always)]
pub fn rint<M: Machine>(m: M, a: Reals<M>) -> Reals<M> {
    Interval::new(m.rint(a.lo), m.rint(a.hi))
}

/// x - floor(x): between two integers it rises, elsewhere it is in [0, 1]. Of infinity it is NaN.
#[inline(always)]
pub fn fract<M: Machine>(m: M, a: Reals<M>) -> Reals<M> {
    let Interval { lo, hi } = floor(m, a);
    let ends = Interval::new(m.sub(a.lo, lo), m.sub(a.hi, hi));
    let any = Interval::new(m.real(0.0), m.real(1.0));
    let within = bounds::select(m, m.eq(lo, hi), ends, any);
    only_where(m, is_finite(m, a), within)
}

/// Euclidean remainder, in [0, |b|].
///
/// Between two multiples of b it rises. Numbers are known to be so, if b is one number, the
/// distance of the ends is less than |b| and the remainders are in order. (If there was a
/// multiple between them, the remainder would be lower at the upper end by |b| less the
/// distance. That is where 0.99 comes from: rounding must not hide it.)
#[inline(always)]
pub fn modulo<M: Machine<Element: Float>>(m: M, a: Reals<M>, b: Reals<M>) -> Reals<M> {
    let zero = m.real(0.0);
    let divisor = magnitudes(m, b);

    // From zero to |b|, or to a if that is less.
    let positive = m.le(zero, a.lo);
    let most = m.select(positive, m.min(divisor.hi, a.hi), divisor.hi);
    let any = Interval::new(zero, most);

    let ends = at_ends(
        a,
        #[inline(always)]
        |x| t::modulo(m, x, divisor.lo),
    );
    let one_divisor = m.eq(divisor.lo, divisor.hi);
    let near = m.lt(m.sub(a.hi, a.lo), m.mul(m.real(0.99), divisor.lo));
    let rises = m.mand(m.mand(one_divisor, near), m.le(ends.lo, ends.hi));
    let rest = bounds::select(m, rises, ends, any);

    // Of less than any divisor, all is left.
    let whole = m.mand(positive, m.lt(a.hi, divisor.lo));
    let rest = bounds::select(m, whole, a, rest);

    let divides = m.mand(is_ordered(m, b), m.lt(zero, divisor.lo));
    only_where(m, m.mand(divides, is_finite(m, a)), rest)
}

/// Where the interval is of finite numbers only.
#[inline(always)]
fn is_finite<M: Machine>(m: M, a: Reals<M>) -> M::Mask {
    let (least, greatest) = (m.real(f64::NEG_INFINITY), m.real(f64::INFINITY));
    m.mand(m.lt(least, a.lo), m.lt(a.hi, greatest))
}
