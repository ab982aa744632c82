//! Sums, products, remainders, choices.

use super::chain::{
    capped, chosen, difference, each, each_of_two, either, number, opposite, scaled, scaled_sum,
    sum, times, times_both,
};
use super::{Gradient, Reals};
use crate::domain::{least_normal, long as t};
use crate::meaning::real;
use crate::{Float, Machine};

/// -a.
#[inline(always)]
pub fn neg<M: Machine, const N: usize>(m: M, a: Reals<M, N>) -> Reals<M, N> {
    let partials = each(
        a.partials,
        #[inline(always)]
        |da| opposite(m, da),
    );
    Gradient::new(m.neg(a.value), partials)
}

/// Magnitude. At zero it rises, as it does above.
#[inline(always)]
pub fn abs<M: Machine, const N: usize>(m: M, a: Reals<M, N>) -> Reals<M, N> {
    let falls = m.lt(a.value, m.real(0.0));
    let partials = each(
        a.partials,
        #[inline(always)]
        |da| either(m, falls, opposite(m, da), da),
    );
    Gradient::new(m.abs(a.value), partials)
}

/// 1 / a.
#[inline(always)]
pub fn recip<M: Machine, const N: usize>(m: M, a: Reals<M, N>) -> Reals<M, N> {
    let value = real::recip(m, a.value);
    let slope = capped(m, m.mul(value, value));
    times(m, value, a, m.neg(slope))
}

/// Square root. At zero its slope is infinite, and counts as if the root were the least normal
/// number.
#[inline(always)]
pub fn sqrt<M: Machine, const N: usize>(m: M, a: Reals<M, N>) -> Reals<M, N> {
    let value = m.sqrt(a.value);
    // No root is between zero and that number.
    let root = m.max(value, m.real(least_normal::<M>()));
    times(m, value, a, m.div(m.real(0.5), root))
}

/// a * a.
#[inline(always)]
pub fn square<M: Machine, const N: usize>(m: M, a: Reals<M, N>) -> Reals<M, N> {
    let slope = number(m, m.add(a.value, a.value));
    times(m, real::square(m, a.value), a, slope)
}

/// a + b.
#[inline(always)]
pub fn add<M: Machine, const N: usize>(m: M, a: Reals<M, N>, b: Reals<M, N>) -> Reals<M, N> {
    let partials = each_of_two(
        a.partials,
        b.partials,
        #[inline(always)]
        |da, db| sum(m, da, db),
    );
    Gradient::new(m.add(a.value, b.value), partials)
}

/// a - b.
#[inline(always)]
pub fn sub<M: Machine, const N: usize>(m: M, a: Reals<M, N>, b: Reals<M, N>) -> Reals<M, N> {
    let partials = each_of_two(
        a.partials,
        b.partials,
        #[inline(always)]
        |da, db| difference(m, da, db),
    );
    Gradient::new(m.sub(a.value, b.value), partials)
}

/// a * b.
#[inline(always)]
pub fn mul<M: Machine, const N: usize>(m: M, a: Reals<M, N>, b: Reals<M, N>) -> Reals<M, N> {
    times_both(m, m.mul(a.value, b.value), a, b.value, b, a.value)
}

/// a / b.
#[inline(always)]
pub fn div<M: Machine, const N: usize>(m: M, a: Reals<M, N>, b: Reals<M, N>) -> Reals<M, N> {
    let value = m.div(a.value, b.value);
    let per_b = number(m, m.div(m.real(1.0), b.value));
    let less = m.neg(number(m, value));
    let partials = each_of_two(
        a.partials,
        b.partials,
        #[inline(always)]
        |da, db| scaled(m, scaled_sum(m, db, less, da), per_b),
    );
    Gradient::new(value, partials)
}

/// a * b + c.
#[inline(always)]
pub fn fma<M: Machine, const N: usize>(
    m: M,
    a: Reals<M, N>,
    b: Reals<M, N>,
    c: Reals<M, N>,
) -> Reals<M, N> {
    let value = m.fma(a.value, b.value, c.value);
    add_partials(m, times_both(m, value, a, b.value, b, a.value), c)
}

/// fma(t, b - a, a).
#[inline(always)]
pub fn mix<M: Machine, const N: usize>(
    m: M,
    a: Reals<M, N>,
    b: Reals<M, N>,
    t: Reals<M, N>,
) -> Reals<M, N> {
    let value = real::mix(m, a.value, b.value, t.value);
    let rest = m.sub(m.real(1.0), t.value);
    let by_ends = times_both(m, value, a, rest, b, t.value);
    add_partials(
        m,
        by_ends,
        times(m, value, t, number(m, m.sub(b.value, a.value))),
    )
}

/// `a` with the partial derivatives of `b` added.
#[inline(always)]
fn add_partials<M: Machine, const N: usize>(m: M, a: Reals<M, N>, b: Reals<M, N>) -> Reals<M, N> {
    let partials = each_of_two(
        a.partials,
        b.partials,
        #[inline(always)]
        |da, db| sum(m, da, db),
    );
    Gradient::new(a.value, partials)
}

/// x - floor(x), of which the latter changes in jumps only.
#[inline(always)]
pub fn fract<M: Machine, const N: usize>(m: M, a: Reals<M, N>) -> Reals<M, N> {
    Gradient::new(real::fract(m, a.value), a.partials)
}

/// Euclidean remainder: a - b q, where the quotient q changes in jumps only.
#[inline(always)]
pub fn modulo<M: Machine<Element: Float>, const N: usize>(
    m: M,
    a: Reals<M, N>,
    b: Reals<M, N>,
) -> Reals<M, N> {
    let value = t::modulo(m, a.value, b.value);
    let quotient = m.rint(m.div(m.sub(a.value, value), b.value));
    let less = m.neg(number(m, quotient));
    let partials = each_of_two(
        a.partials,
        b.partials,
        #[inline(always)]
        |da, db| scaled_sum(m, db, less, da),
    );
    Gradient::new(value, partials)
}

// Choices: the slope of the operand that is given.

/// a < b ? a : b.
#[inline(always)]
pub fn min<M: Machine, const N: usize>(m: M, a: Reals<M, N>, b: Reals<M, N>) -> Reals<M, N> {
    chosen(m, m.min(a.value, b.value), m.lt(a.value, b.value), a, b)
}

/// a > b ? a : b.
#[inline(always)]
pub fn max<M: Machine, const N: usize>(m: M, a: Reals<M, N>, b: Reals<M, N>) -> Reals<M, N> {
    chosen(m, m.max(a.value, b.value), m.lt(b.value, a.value), a, b)
}

/// The smaller; NaN if either is.
#[inline(always)]
pub fn minimum<M: Machine, const N: usize>(m: M, a: Reals<M, N>, b: Reals<M, N>) -> Reals<M, N> {
    let value = real::minimum(m, a.value, b.value);
    chosen(m, value, m.lt(a.value, b.value), a, b)
}

/// The larger; NaN if either is.
#[inline(always)]
pub fn maximum<M: Machine, const N: usize>(m: M, a: Reals<M, N>, b: Reals<M, N>) -> Reals<M, N> {
    let value = real::maximum(m, a.value, b.value);
    chosen(m, value, m.lt(b.value, a.value), a, b)
}

/// a if it is zero, else b.
#[inline(always)]
pub fn and<M: Machine, const N: usize>(m: M, a: Reals<M, N>, b: Reals<M, N>) -> Reals<M, N> {
    let is_zero = m.eq(a.value, m.real(0.0));
    chosen(m, real::and(m, a.value, b.value), is_zero, a, b)
}

/// b if a is zero, else a.
#[inline(always)]
pub fn or<M: Machine, const N: usize>(m: M, a: Reals<M, N>, b: Reals<M, N>) -> Reals<M, N> {
    let is_zero = m.eq(a.value, m.real(0.0));
    chosen(m, real::or(m, a.value, b.value), is_zero, b, a)
}

/// c ? a : b.
#[inline(always)]
pub fn select<M: Machine, const N: usize>(
    m: M,
    c: M::Mask,
    a: Reals<M, N>,
    b: Reals<M, N>,
) -> Reals<M, N> {
    chosen(m, m.select(c, a.value, b.value), c, a, b)
}

/// min(max(x, low), high).
#[inline(always)]
pub fn clamp<M: Machine, const N: usize>(
    m: M,
    x: Reals<M, N>,
    low: Reals<M, N>,
    high: Reals<M, N>,
) -> Reals<M, N> {
    min(m, max(m, x, low), high)
}
