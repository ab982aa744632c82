//! Sums, products, quotients, square roots.
//!
//! These are evaluated millions of times a picture, 16 boxes at once, so they are
//! written in as few primitives as do. What costs most is NaN, which comes from infinities:
//! from their difference and from their product by zero. In either case the bounds of the
//! result are infinite both ways, or NaN (see each rule), so it is asked of the result, by adding
//! its bounds. Now and then that gives up bounds which are no news anyway.

use super::bounds::{
    self, all_reals, excludes_zero, has_zero, is_number, is_ordered, magnitudes, only_where,
    span_of_corners,
};
use super::{Interval, Reals};
use crate::Machine;
use crate::meaning::real;
use smalto_graph::Element;

/// -a.
#[inline(always)]
pub fn neg<M: Machine>(m: M, a: Reals<M>) -> Reals<M> {
    Interval::new(m.neg(a.hi), m.neg(a.lo))
}

/// Magnitude.
#[inline(always)]
pub fn abs<M: Machine>(m: M, a: Reals<M>) -> Reals<M> {
    magnitudes(m, a)
}

/// a * a: of the magnitude, so it is not negative, which a product of two intervals would
/// not know.
#[inline(always)]
pub fn square<M: Machine>(m: M, a: Reals<M>) -> Reals<M> {
    let Interval { lo, hi } = magnitudes(m, a);
    Interval::new(m.mul(lo, lo), m.mul(hi, hi))
}

/// Square root; of anything negative it is NaN.
#[inline(always)]
pub fn sqrt<M: Machine>(m: M, a: Reals<M>) -> Reals<M> {
    Interval::new(m.sqrt(a.lo), m.sqrt(a.hi))
}

/// a + b.
#[inline(always)]
pub fn add<M: Machine>(m: M, a: Reals<M>, b: Reals<M>) -> Reals<M> {
    sum(m, Interval::new(m.add(a.lo, b.lo), m.add(a.hi, b.hi)))
}

/// a - b.
#[inline(always)]
pub fn sub<M: Machine>(m: M, a: Reals<M>, b: Reals<M>) -> Reals<M> {
    sum(m, Interval::new(m.sub(a.lo, b.hi), m.sub(a.hi, b.lo)))
}

/// The bounds of a sum, or anything where an infinity may have met its opposite. Such a pair
/// is at opposite ends of its intervals, so the sum is infinite both ways, or NaN.
#[inline(always)]
fn sum<M: Machine>(m: M, bounds: Reals<M>) -> Reals<M> {
    let both = m.add(bounds.lo, bounds.hi);
    only_where(m, is_number(m, both), bounds)
}

/// a * b.
///
/// Where 0 may meet infinity: if it is a corner, that is NaN. If it is between the
/// corners, as in [-1, 1] * [1, inf], there are corners of both infinities.
#[inline(always)]
pub fn mul<M: Machine>(m: M, a: Reals<M>, b: Reals<M>) -> Reals<M> {
    let corners = [
        m.mul(a.lo, b.lo),
        m.mul(a.lo, b.hi),
        m.mul(a.hi, b.lo),
        m.mul(a.hi, b.hi),
    ];
    span_of_corners(m, corners)
}

/// 1 / a. A zero is of either sign, and so is its reciprocal.
#[inline(always)]
pub fn recip<M: Machine>(m: M, a: Reals<M>) -> Reals<M> {
    let one = m.real(1.0);
    let inverse = Interval::new(m.div(one, a.hi), m.div(one, a.lo));
    bounds::select(m, has_zero(m, a), all_reals(m), inverse)
}

/// a / b, by two divisions: the sign of b says which quotients are the least and the greatest.
#[inline(always)]
pub fn div<M: Machine>(m: M, a: Reals<M>, b: Reals<M>) -> Reals<M> {
    let (zero, infinity) = (m.real(0.0), m.real(f64::INFINITY));
    // -a / -b has the same bits, so let b be positive.
    let negative = m.lt(b.hi, zero);
    let (a_of_less, b_of_less) = (neg(m, a), neg(m, b));
    let a = bounds::select(m, negative, a_of_less, a);
    let b = bounds::select(m, negative, b_of_less, b);
    let quotient = Interval::new(
        m.div(a.lo, m.select(m.lt(a.lo, zero), b.lo, b.hi)),
        m.div(a.hi, m.select(m.lt(a.hi, zero), b.hi, b.lo)),
    );
    // Infinity by infinity is NaN.
    let both_farthest = m.min(magnitudes(m, a).hi, magnitudes(m, b).hi);
    let finite = m.lt(both_farthest, infinity);
    // By zero all is infinite, and zero itself NaN.
    let by_zero = only_where(m, excludes_zero(m, a), all_reals(m));
    let any = bounds::select(m, m.lt(zero, b.lo), quotient, by_zero);
    only_where(m, m.mand(finite, is_ordered(m, b)), any)
}

/// a * b + c, rounded once.
#[inline(always)]
pub fn fma<M: Machine>(m: M, a: Reals<M>, b: Reals<M>, c: Reals<M>) -> Reals<M> {
    // NaN in the products is in both; where an infinite product meets the opposite c, one
    // span or the other, or their bounds together, are infinite both ways.
    let lower = product_and(m, a, b, c.lo);
    let upper = product_and(m, a, b, c.hi);
    sum(m, Interval::new(lower.lo, upper.hi))
}

/// a * b + c for one number c.
#[inline(always)]
fn product_and<M: Machine>(m: M, a: Reals<M>, b: Reals<M>, c: M::Real) -> Reals<M> {
    let corners = [
        m.fma(a.lo, b.lo, c),
        m.fma(a.lo, b.hi, c),
        m.fma(a.hi, b.lo, c),
        m.fma(a.hi, b.hi, c),
    ];
    span_of_corners(m, corners)
}

/// fma(t, b - a, a). For a t in [0, 1] that is between a and b, but for what is lost by
/// rounding: less than 3 units of the larger.
#[inline(always)]
pub fn mix<M: Machine>(m: M, a: Reals<M>, b: Reals<M>, t: Reals<M>) -> Reals<M> {
    let difference = sub(m, b, a);
    let any = fma(m, t, difference, a);

    let units = match M::ELEMENT {
        Element::F32 => 4.0 * f64::from(f32::EPSILON),
        Element::F64 => 4.0 * f64::EPSILON,
    };
    let farthest = m.max(magnitudes(m, a).hi, magnitudes(m, b).hi);
    let slack = m.mul(farthest, m.real(units));
    let between = Interval::new(
        m.sub(m.min(a.lo, b.lo), slack),
        m.add(m.max(a.hi, b.hi), slack),
    );
    let inside = m.mand(m.le(m.real(0.0), t.lo), m.le(t.hi, m.real(1.0)));
    let finite = m.lt(magnitudes(m, difference).hi, m.real(f64::INFINITY));
    let narrowed = Interval::new(m.max(between.lo, any.lo), m.min(between.hi, any.hi));
    bounds::select(m, m.mand(inside, finite), narrowed, any)
}

/// The table's `sign`: it rises with a, and is a itself if that is zero.
#[inline(always)]
pub fn sign<M: Machine>(m: M, a: Reals<M>) -> Reals<M> {
    Interval::new(real::sign(m, a.lo), real::sign(m, a.hi))
}
