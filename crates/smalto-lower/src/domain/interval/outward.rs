//! Widening by units in the last place.
//!
//! A function with an error bound of E units is off by at most E at the end of an interval
//! and by at most E at a point within. If the exact function rises from the point to the end, what
//! is computed at the point is at most 2 E units above what is computed at the end.
//!
//! A unit of x is at most |x| times the distance from 1 to the next number, so adding that
//! often enough steps over the units. It is nothing where x is subnormal, for which the least
//! number is added as often.

use super::{Interval, Reals};
use crate::Machine;
use crate::domain::{largest, least};
use smalto_graph::Element;

/// Units for functions that are off by no more than 1.5, with something to spare for the
/// rounding of the widening.
pub const ACCURATE: f64 = 4.0;

/// Units for the fast forms, which are off by no more than 3.
pub const FAST: f64 = 8.0;

/// Widening of what a function of one operand gives: in f32 these are known to be monotone.
#[inline(always)]
pub fn units_of_one_operand<M: Machine>() -> f64 {
    match M::ELEMENT {
        Element::F32 => 0.0,
        Element::F64 => ACCURATE,
    }
}

/// A bound lower by so many units, across zero if need be.
#[inline(always)]
pub fn below<M: Machine>(m: M, x: M::Real, units: f64) -> M::Real {
    if units == 0.0 {
        return x;
    }
    // Below infinity is the largest number, not infinity less infinity.
    let x = m.min(m.real(largest::<M>()), x);
    m.sub(x, step(m, x, units))
}

/// A bound higher by so many units, across zero if need be.
#[inline(always)]
pub fn above<M: Machine>(m: M, x: M::Real, units: f64) -> M::Real {
    if units == 0.0 {
        return x;
    }
    let x = m.max(m.real(-largest::<M>()), x);
    m.add(x, step(m, x, units))
}

/// Bounds farther apart by so many units at each end, of a function whose results have the
/// right sign and are zero only where the function is: no bound crosses zero.
#[inline(always)]
pub fn within_sign<M: Machine>(m: M, a: Reals<M>, units: f64) -> Reals<M> {
    let zero = m.real(0.0);
    let lo = below(m, a.lo, units);
    let hi = above(m, a.hi, units);
    if units == 0.0 {
        return a;
    }
    Interval::new(
        m.select(m.le(zero, a.lo), m.max(lo, zero), lo),
        m.select(m.le(a.hi, zero), m.min(hi, zero), hi),
    )
}

/// At least `units` units of x.
#[inline(always)]
fn step<M: Machine>(m: M, x: M::Real, units: f64) -> M::Real {
    let unit_of_one = match M::ELEMENT {
        Element::F32 => f32::EPSILON.into(),
        Element::F64 => f64::EPSILON,
    };
    m.fma(
        m.abs(x),
        m.real(units * unit_of_one),
        m.real(units * least::<M>()),
    )
}
