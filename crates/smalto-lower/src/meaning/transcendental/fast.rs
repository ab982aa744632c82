//! Faster forms of some functions, which are off by less than 3 ULP.
//!
//! `Mode::Fast` puts them in the place of the accurate ones by a rewrite of the graph, so
//! they have the same bits on every target too. They are good everywhere, only less so: special
//! values and the full range are those of the accurate functions.
//!
//! # Method
//!
//! * Sine and cosine take away half turns rather than quarter turns. One polynomial in the
//!   square of the angle is left instead of two and a choice: sin r = r (1 + r^2 S(r^2)) with 4
//!   coefficients in f32 (2^-27.2) and 8 in f64 (2^-61.5), and the sign of every other half turn.
//!   The angle is rounded once, the square, the bracket and the product as well; together
//!   less than 2.5 ULP. Huge arguments go the accurate way.
//! * The tangent does without what rounding the angle and the bracket lost, and without a
//!   step of Newton's iteration after the division of odd quarters.

use super::angle::{self, Angle};
use super::polynomial::{estrin, horner};
use super::trigonometric;
use crate::{Float, Machine};
use smalto_graph::Element;

/// Sine.
#[inline(always)]
pub fn sin<M: Machine<Element: Float>>(m: M, x: M::Real) -> M::Real {
    trigonometric::sin_if_huge(m, x, sine(m, x, false))
}

/// Cosine: the sine of what is missing to a quarter turn.
#[inline(always)]
pub fn cos<M: Machine<Element: Float>>(m: M, x: M::Real) -> M::Real {
    trigonometric::cos_if_huge(m, x, sine(m, x, true))
}

/// Tangent.
#[inline(always)]
pub fn tan<M: Machine<Element: Float>>(m: M, x: M::Real) -> M::Real {
    let Angle {
        counted,
        high,
        lost,
    } = angle::of_moderate(m, x, 0.0);
    let angle = m.sub(high, lost);
    let z = m.mul(angle, angle);
    let bracket = match M::ELEMENT {
        Element::F32 => horner(m, z, &TANGENT_F32),
        Element::F64 => estrin(m, z, &TANGENT_F64),
    };
    let tangent = m.fma(m.mul(angle, z), bracket, angle);
    let inverse = m.div(m.real(-1.0), tangent);
    let moderate = m.select(trigonometric::is_even(m, counted), tangent, inverse);
    trigonometric::tan_if_huge(m, x, moderate)
}

/// The sine of what half turns leave of x, with the sign that their number means. A cosine falls
/// where a sine rises.
#[inline(always)]
fn sine<M: Machine>(m: M, x: M::Real, from_quarter: bool) -> M::Real {
    let (counted, angle) = angle::of_half_turns(m, x, from_quarter);
    let z = m.mul(angle, angle);
    let bracket = match M::ELEMENT {
        Element::F32 => horner(m, z, &SINE_F32),
        Element::F64 => horner(m, z, &SINE_F64),
    };
    let sine = m.mul(angle, m.fma(z, bracket, m.real(1.0)));
    let fall = if from_quarter { -1 } else { 0 };
    match M::ELEMENT {
        Element::F32 => {
            let odd = m.ixor(m.raw_bits32(counted), m.integer(fall));
            m.from_bits32(m.ixor(m.raw_bits32(sine), m.shl(odd, m.integer(31))))
        }
        Element::F64 => {
            let odd = m.ixor(m.raw_bits64(counted), m.integer(fall));
            m.from_bits64(m.ixor(m.raw_bits64(sine), m.shl(odd, m.integer(63))))
        }
    }
}

/// (sin r / r - 1) / z, in z = r^2 up to (pi/2 + 0.002)^2.
const SINE_F32: [f64; 4] = [
    -0.16666659712791443,
    0.008333069272339344,
    -0.0001980976521736011,
    2.606039743113797e-06,
];

/// The same up to (pi/2)^2.
const SINE_F64: [f64; 8] = [
    -0.16666666666666666,
    0.008333333333333207,
    -0.00019841269841212476,
    2.755731921156843e-06,
    -2.5052106904264686e-08,
    1.6058940990805297e-10,
    -7.643018969223805e-13,
    2.7214141238290806e-15,
];

/// (tan r / r - 1) / z, in z = r^2 up to (pi/4 + 0.002)^2: to 2^-25.7 of the tangent.
const TANGENT_F32: [f64; 6] = [
    0.33333149552345276,
    0.1333899199962616,
    0.05339505150914192,
    0.024489039555191994,
    0.003023918019607663,
    0.009443089365959167,
];

/// The same up to (pi/4)^2: the accurate function's, which has the other sign.
const TANGENT_F64: [f64; 14] = {
    let mut coefficients = trigonometric::TANGENT_F64;
    let mut at = 0;
    while at < coefficients.len() {
        coefficients[at] = -coefficients[at];
        at += 1;
    }
    coefficients
};
