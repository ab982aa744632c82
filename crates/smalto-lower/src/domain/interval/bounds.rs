//! Questions about intervals, and parts that rules share.

use super::{Interval, Reals};
use crate::Machine;

/// Where the interval is of numbers only: not NaN in either bound.
#[inline(always)]
pub fn is_ordered<M: Machine>(m: M, a: Reals<M>) -> M::Mask {
    match m.is_known_number(a.lo) && m.is_known_number(a.hi) {
        true => m.mask(true),
        false => m.le(a.lo, a.hi),
    }
}

/// Where `a` is not NaN.
#[inline(always)]
pub fn is_number<M: Machine>(m: M, a: M::Real) -> M::Mask {
    match m.is_known_number(a) {
        true => m.mask(true),
        false => m.eq(a, a),
    }
}

/// Where both are of numbers only.
#[inline(always)]
pub fn are_ordered<M: Machine>(m: M, a: Reals<M>, b: Reals<M>) -> M::Mask {
    m.mand(is_ordered(m, a), is_ordered(m, b))
}

/// Where zero is one of the numbers.
#[inline(always)]
pub fn has_zero<M: Machine>(m: M, a: Reals<M>) -> M::Mask {
    let zero = m.real(0.0);
    m.mand(m.le(a.lo, zero), m.le(zero, a.hi))
}

/// Where the interval is of numbers only, and zero is none of them.
#[inline(always)]
pub fn excludes_zero<M: Machine>(m: M, a: Reals<M>) -> M::Mask {
    let zero = m.real(0.0);
    m.mand(is_ordered(m, a), m.mor(m.lt(zero, a.lo), m.lt(a.hi, zero)))
}

/// Where all numbers are one and the same, but for the sign of a zero.
#[inline(always)]
pub fn is_point<M: Machine>(m: M, a: Reals<M>) -> M::Mask {
    m.eq(a.lo, a.hi)
}

/// Every real, infinities included, but not NaN.
#[inline(always)]
pub fn all_reals<M: Machine>(m: M) -> Reals<M> {
    Interval::new(m.real(f64::NEG_INFINITY), m.real(f64::INFINITY))
}

/// `a` where `sure`, elsewhere anything at all.
#[inline(always)]
pub fn only_where<M: Machine>(m: M, sure: M::Mask, a: Reals<M>) -> Reals<M> {
    Interval::new(m.select(sure, a.lo, m.real(f64::NAN)), a.hi)
}

/// `mask ? a : b`.
#[inline(always)]
pub fn select<M: Machine>(m: M, mask: M::Mask, a: Reals<M>, b: Reals<M>) -> Reals<M> {
    Interval::new(m.select(mask, a.lo, b.lo), m.select(mask, a.hi, b.hi))
}

/// The magnitudes: from that of the number nearest to zero to that of the farthest. NaN
/// in a bound of `a` makes one bound NaN.
#[inline(always)]
pub fn magnitudes<M: Machine>(m: M, a: Reals<M>) -> Reals<M> {
    // Of [lo, hi] above zero lo is the nearest, below zero hi, and otherwise zero. The
    // second operands are where NaN is kept: of hi in the nearest, of lo in the farthest.
    let nearest = m.max(m.real(0.0), m.max(a.lo, m.neg(a.hi)));
    let farthest = m.max(a.hi, m.neg(a.lo));
    Interval::new(nearest, farthest)
}

/// A long `function` at both ends, in a loop: so there is one copy of it in the program.
#[inline(always)]
pub fn at_ends<R: Copy>(a: Interval<R>, function: impl Fn(R) -> R) -> Interval<R> {
    let mut ends = [a.lo, a.hi];
    for end in &mut ends {
        *end = function(*end);
    }
    let [lo, hi] = ends;
    Interval::new(lo, hi)
}

/// A long `function` of two operands at the points where it is least and greatest, likewise.
#[inline(always)]
pub fn at_points<R: Copy>(
    least: [R; 2],
    greatest: [R; 2],
    function: impl Fn(R, R) -> R,
) -> Interval<R> {
    let mut ends = [least[0], greatest[0]];
    for (end, &second) in ends.iter_mut().zip(&[least[1], greatest[1]]) {
        *end = function(*end, second);
    }
    let [lo, hi] = ends;
    Interval::new(lo, hi)
}

/// From the least of four numbers to the greatest; anything, where one is NaN or where they
/// are infinite both ways.
#[inline(always)]
pub fn span_of_corners<M: Machine>(m: M, corners: [M::Real; 4]) -> Reals<M> {
    let [p, q, r, s] = corners;
    let span = Interval::new(
        m.min(m.min(p, q), m.min(r, s)),
        m.max(m.max(p, q), m.max(r, s)),
    );
    let sum = m.add(m.add(p, s), m.add(q, r));
    only_where(m, is_number(m, sum), span)
}

/// The numbers of both and those between; anything, where either is that.
#[inline(always)]
pub fn hull<M: Machine>(m: M, a: Reals<M>, b: Reals<M>) -> Reals<M> {
    let hull = Interval::new(m.min(a.lo, b.lo), m.max(a.hi, b.hi));
    only_where(m, are_ordered(m, a, b), hull)
}
