//! Sines, tangents, and the angle of a point.
//!
//! # Crests and poles
//!
//! Between two extrema the sine is monotone and what is computed at the ends bounds it; an
//! extremum within is a bound by itself. Whether there is one is asked as whether a line has an
//! integer between the ends: crests of the sine are where x / 2 pi - 1/4 is one. The line
//! is computed with an error, by which the interval is made larger. So an extremum may be seen
//! that is just outside, which costs nothing much: the function is flat there. And where x is
//! so large that the error reaches 1, there always is one.
//!
//! Poles of the tangent are where x / pi - 1/2 is an integer, likewise.

use super::bounds::{self, are_ordered, at_ends, at_points, has_zero, is_number, only_where};
use super::outward::{self, ACCURATE, FAST, units_of_one_operand};
use super::{Interval, Reals};
use crate::domain::{largest, long as t};
use crate::{Float, Machine};
use smalto_graph::Element;
use std::f64::consts::PI;

/// A periodic function between -limit and limit, in turns of 2 pi.
struct Wave {
    /// A crest, as a part of a turn.
    crest: f64,
    /// A trough.
    trough: f64,
    /// By how many units to widen.
    units: f64,
    /// Whether results are never beyond 1. The last step of the accurate forms takes
    /// something from 1, or is at most pi/4.
    at_most_one: bool,
}

const SINE: [f64; 2] = [0.25, -0.25];
const COSINE: [f64; 2] = [0.0, 0.5];

/// Sine.
#[inline(always)]
pub fn sin<M: Machine<Element: Float>>(m: M, a: Reals<M>) -> Reals<M> {
    wave(
        m,
        a,
        accurate::<M>(SINE),
        #[inline(always)]
        |x| t::sin(m, x),
    )
}

/// Cosine.
#[inline(always)]
pub fn cos<M: Machine<Element: Float>>(m: M, a: Reals<M>) -> Reals<M> {
    wave(
        m,
        a,
        accurate::<M>(COSINE),
        #[inline(always)]
        |x| t::cos(m, x),
    )
}

/// Sine, as its fast form has it.
#[inline(always)]
pub fn fast_sin<M: Machine<Element: Float>>(m: M, a: Reals<M>) -> Reals<M> {
    wave(
        m,
        a,
        fast(SINE),
        #[inline(always)]
        |x| t::fast_sin(m, x),
    )
}

/// Cosine, as its fast form has it.
#[inline(always)]
pub fn fast_cos<M: Machine<Element: Float>>(m: M, a: Reals<M>) -> Reals<M> {
    wave(
        m,
        a,
        fast(COSINE),
        #[inline(always)]
        |x| t::fast_cos(m, x),
    )
}

#[inline(always)]
fn accurate<M: Machine>([crest, trough]: [f64; 2]) -> Wave {
    Wave {
        crest,
        trough,
        units: units_of_one_operand::<M>(),
        at_most_one: true,
    }
}

#[inline(always)]
fn fast([crest, trough]: [f64; 2]) -> Wave {
    Wave {
        crest,
        trough,
        units: FAST,
        at_most_one: false,
    }
}

/// A wave; NaN of infinity.
#[inline(always)]
fn wave<M: Machine>(
    m: M,
    a: Reals<M>,
    wave: Wave,
    function: impl Fn(M::Real) -> M::Real,
) -> Reals<M> {
    let Interval { lo, hi } = at_ends(a, function);
    let ends = Interval::new(m.min(lo, hi), m.max(lo, hi));
    let ends = outward::within_sign(m, ends, wave.units);

    let (one, less_one) = (m.real(1.0), m.real(-1.0));
    let limit = outward::above(m, one, if wave.at_most_one { 0.0 } else { wave.units });
    let crest = passes_integer(m, a, 0.5 / PI, -wave.crest);
    let trough = passes_integer(m, a, 0.5 / PI, -wave.trough);
    let bounds = Interval::new(
        m.select(trough, m.neg(limit), ends.lo),
        m.select(crest, limit, ends.hi),
    );
    let bounds = if wave.at_most_one {
        Interval::new(m.max(bounds.lo, less_one), m.min(bounds.hi, one))
    } else {
        bounds
    };
    let sum = m.add(lo, hi);
    only_where(m, is_number(m, sum), bounds)
}

/// Tangent.
#[inline(always)]
pub fn tan<M: Machine<Element: Float>>(m: M, a: Reals<M>) -> Reals<M> {
    let units = units_of_one_operand::<M>();
    tangent(
        m,
        a,
        units,
        #[inline(always)]
        |x| t::tan(m, x),
    )
}

/// Tangent, as its fast form has it.
#[inline(always)]
pub fn fast_tan<M: Machine<Element: Float>>(m: M, a: Reals<M>) -> Reals<M> {
    tangent(
        m,
        a,
        FAST,
        #[inline(always)]
        |x| t::fast_tan(m, x),
    )
}

/// A tangent; no number is at a pole, so it is always finite. NaN of infinity.
#[inline(always)]
fn tangent<M: Machine>(
    m: M,
    a: Reals<M>,
    units: f64,
    function: impl Fn(M::Real) -> M::Real,
) -> Reals<M> {
    let ends = at_ends(a, function);
    let sum = m.add(ends.lo, ends.hi);
    let rising = outward::within_sign(m, ends, units);
    let largest = m.real(largest::<M>());
    let any = Interval::new(m.neg(largest), largest);
    let pole = passes_integer(m, a, 1.0 / PI, -0.5);
    only_where(m, is_number(m, sum), bounds::select(m, pole, any, rising))
}

/// Whether `slope * x + start` is an integer for some real x of the interval, or may be.
///
/// With u the rounding error of 1, the line is computed to u (3 |line| + 1) at most: a rounded
/// slope, one rounding of the sum, and one more when the error is taken into account.
#[inline(always)]
fn passes_integer<M: Machine>(m: M, a: Reals<M>, slope: f64, start: f64) -> M::Mask {
    let error = match M::ELEMENT {
        Element::F32 => 2.0 * f64::from(f32::EPSILON),
        Element::F64 => 2.0 * f64::EPSILON,
    };
    let (slope, start, error) = (m.real(slope), m.real(start), m.real(error));
    let (from, to) = (m.fma(a.lo, slope, start), m.fma(a.hi, slope, start));
    let from = m.sub(from, m.fma(m.abs(from), error, error));
    let to = m.add(to, m.fma(m.abs(to), error, error));
    m.le(m.ceil(from), to)
}

/// Angle of the point (x, y).
///
/// Of a box that the cut along the negative x axis does not touch, the least and the greatest
/// angle are at corners: seen from the origin, the rightmost and the leftmost. The angle is
/// discontinuous at the cut, and a zero y is of either sign, so that a box which
/// touches it has all angles.
#[inline(always)]
pub fn atan2<M: Machine<Element: Float>>(m: M, y: Reals<M>, x: Reals<M>) -> Reals<M> {
    let zero = m.real(0.0);
    let (above, below) = (m.lt(zero, y.lo), m.lt(y.hi, zero));
    // Above the x axis angles fall with x, below it they rise. They rise with y to the right of
    // the y axis, and fall to the left of it.
    let side = m.select(above, x.hi, x.lo);
    let least = [m.select(m.le(zero, side), y.lo, y.hi), side];
    let side = m.select(below, x.hi, x.lo);
    let greatest = [m.select(m.le(zero, side), y.hi, y.lo), side];
    let corners = at_points(
        least,
        greatest,
        #[inline(always)]
        |y, x| t::atan2(m, y, x),
    );

    let corners = outward::within_sign(m, corners, ACCURATE);
    let pi = outward::above(m, m.real(PI), ACCURATE);
    let all = Interval::new(m.neg(pi), pi);
    let cut = m.mand(has_zero(m, y), m.le(x.lo, zero));
    let angles = bounds::select(m, cut, all, corners);
    only_where(m, are_ordered(m, y, x), angles)
}
