//! Powers, roots, the length of a vector: functions of two operands, whose bounds are widened.

use super::bounds::{
    self, all_reals, are_ordered, at_points, has_zero, is_point, magnitudes, only_where,
    span_of_corners,
};
use super::elementary::positive;
use super::outward::{self, ACCURATE};
use super::{Interval, Reals};
use crate::domain::long as t;
use crate::{Float, Machine};

/// sqrt(a * a + b * b): it rises with both magnitudes.
#[inline(always)]
pub fn hypot<M: Machine<Element: Float>>(m: M, a: Reals<M>, b: Reals<M>) -> Reals<M> {
    let (x, y) = (magnitudes(m, a), magnitudes(m, b));
    let ends = at_points(
        [x.lo, y.lo],
        [x.hi, y.hi],
        #[inline(always)]
        |x, y| t::hypot(m, x, y),
    );
    let bounds = outward::within_sign(m, ends, ACCURATE);
    only_where(m, are_ordered(m, a, b), bounds)
}

/// What is known of an exponent that is one number, or of the index of a root.
struct Index<K> {
    /// It is one whole number, and even.
    even: K,
    /// It is one whole number, and odd.
    odd: K,
}

#[inline(always)]
fn index<M: Machine>(m: M, n: Reals<M>) -> Index<M::Mask> {
    let half = m.mul(n.lo, m.real(0.5));
    let whole = m.mand(is_point(m, n), m.eq(m.trunc(n.lo), n.lo));
    let even = m.eq(m.trunc(half), half);
    Index {
        even: m.mand(whole, even),
        odd: m.mand(whole, m.mnot(even)),
    }
}

/// a to the power b.
///
/// | a | b | bounds |
/// |---|---|---|
/// | positive | any | at corners: the power is monotone in either operand |
/// | not negative | not negative, or one number | at corners |
/// | any | one even number | at corners of the magnitudes |
/// | any | one odd number | at the ends, but for the pole at zero if b is negative |
/// | others | others | anything: some power is no number, or at the pole |
#[inline(always)]
pub fn pow<M: Machine<Element: Float>>(m: M, a: Reals<M>, b: Reals<M>) -> Reals<M> {
    let zero = m.real(0.0);
    let Index { even, odd } = index(m, b);
    let base = bounds::select(m, even, magnitudes(m, a), a);
    let corners = corners(
        m,
        base,
        b,
        #[inline(always)]
        |a, b| t::pow(m, a, b),
    );
    let powers = span(m, base, corners);

    let pole = m.mand(m.mand(odd, has_zero(m, a)), m.lt(b.lo, zero));
    let powers = bounds::select(m, pole, all_reals(m), powers);

    let at_zero = m.mor(m.le(zero, b.lo), is_point(m, b));
    let defined = m.mor(m.mor(even, odd), is_defined(m, base, at_zero));
    only_where(m, m.mand(defined, are_ordered(m, a, b)), powers)
}

/// The n-th root of x. A root of negative numbers is real if n is odd.
#[inline(always)]
pub fn root<M: Machine<Element: Float>>(m: M, x: Reals<M>, n: Reals<M>) -> Reals<M> {
    let zero = m.real(0.0);
    let Index { odd, .. } = index(m, n);
    let corners = corners(
        m,
        x,
        n,
        #[inline(always)]
        |x, n| t::root(m, x, n),
    );
    let roots = span(m, x, corners);

    let pole = m.mand(m.mand(odd, has_zero(m, x)), m.lt(n.lo, zero));
    let roots = bounds::select(m, pole, all_reals(m), roots);

    let positive = m.lt(zero, n.lo);
    let at_zero = m.mor(positive, is_point(m, n));
    let defined = m.mor(odd, is_defined(m, x, at_zero));
    let has_sign = m.mor(positive, m.lt(n.hi, zero));
    let numbers = m.mand(has_sign, are_ordered(m, x, n));
    only_where(m, m.mand(defined, numbers), roots)
}

/// Where all bases are positive, or `at_zero`, not negative.
#[inline(always)]
fn is_defined<M: Machine>(m: M, base: Reals<M>, at_zero: M::Mask) -> M::Mask {
    let zero = m.real(0.0);
    m.mor(m.lt(zero, base.lo), m.mand(m.le(zero, base.lo), at_zero))
}

/// The values at the corners of a box. Where the second operand is one number, as it is
/// nearly always, there are but two.
#[inline(always)]
fn corners<M: Machine>(
    m: M,
    a: Reals<M>,
    b: Reals<M>,
    function: impl Fn(M::Real, M::Real) -> M::Real,
) -> [M::Real; 4] {
    let (always, several) = (m.mask(true), m.mnot(is_point(m, b)));
    let points = [
        (always, a.lo, b.lo),
        (always, a.hi, b.lo),
        (several, a.lo, b.hi),
        (several, a.hi, b.hi),
    ];
    // In a loop, as in `at_ends`. A corner that is not wanted is another one.
    let mut corners = [a.lo; 4];
    for (index, &(wanted, first, second)) in points.iter().enumerate() {
        corners[index] = m.if_any(
            wanted,
            corners[index % 2],
            #[inline(always)]
            || function(first, second),
        );
    }
    corners
}

/// The span of these corners, widened. Of bases that are not negative, nothing is.
#[inline(always)]
fn span<M: Machine>(m: M, base: Reals<M>, corners: [M::Real; 4]) -> Reals<M> {
    let ends = span_of_corners(m, corners);
    let bounds = Interval::new(
        outward::below(m, ends.lo, ACCURATE),
        outward::above(m, ends.hi, ACCURATE),
    );
    let not_negative = m.le(m.real(0.0), base.lo);
    bounds::select(m, not_negative, positive(m, ends, ACCURATE), bounds)
}
