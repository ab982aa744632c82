//! Trigonometric functions.
//!
//! # Method
//!
//! An [`angle`] near zero is left of the argument, over the full range. Polynomials give its
//! sine, cosine or tangent; how many steps were taken away says which, and with which sign.
//!
//! With |r| <= pi/4 (+ 0.0001 in f32), the angle `high - lost`, and z the square of `high`:
//!
//! * sin r = high - (high z S(z) + lost), where S has 3 coefficients in f32 (fits to 2^-27.8)
//!   and 6 in f64 (2^-57.8). What is in brackets is at most 0.1 of the result: 0.06 ULP of
//!   rounding and 0.06 of the polynomial. With the last rounding 0.62.
//! * cos r = 1 + high (high C(z) + lost), with 4 coefficients (2^-32.9) and 7 (2^-62.5). What is in
//!   brackets costs 1/4 ULP and C another 0.15. With the last rounding 0.9.
//! * tan r = high - (high z T(z) + lost), with 7 coefficients (2^-29.4) and 14 (2^-56.2). The
//!   brackets are up to a quarter of the result; in f32 what rounding z lost is taken
//!   into account. In odd quarters the result is -1 / tan r, of which one step of Newton's
//!   iteration with the sum as a pair leaves 0.55 beside the error of the brackets.
//!
//! # Order
//!
//! Results in f32 are monotone where the functions are: z and the sums of the last steps are,
//! and a unit of a bracket or of C is less than what a unit of the argument does.

use super::angle::{self, Angle};
use super::polynomial::{estrin, horner};
use crate::{Float, Machine};
use smalto_graph::Element;

/// Sine.
#[inline(always)]
pub fn sin<M: Machine<Element: Float>>(m: M, x: M::Real) -> M::Real {
    sin_if_huge(m, x, sine(m, angle::of_moderate(m, x, 0.0)))
}

/// Cosine: the sine, a quarter turn ahead.
#[inline(always)]
pub fn cos<M: Machine<Element: Float>>(m: M, x: M::Real) -> M::Real {
    cos_if_huge(m, x, sine(m, angle::of_moderate(m, x, 1.0)))
}

/// Tangent.
#[inline(always)]
pub fn tan<M: Machine<Element: Float>>(m: M, x: M::Real) -> M::Real {
    tan_if_huge(m, x, tangent(m, angle::of_moderate(m, x, 0.0)))
}

/// The sine of lanes with a huge argument, `moderate` in the others.
#[inline(always)]
pub(super) fn sin_if_huge<M: Machine<Element: Float>>(
    m: M,
    x: M::Real,
    moderate: M::Real,
) -> M::Real {
    if_huge(m, x, moderate, "sin of huge", 0.0, sine)
}

/// The cosine of lanes with a huge argument, `moderate` in the others.
#[inline(always)]
pub(super) fn cos_if_huge<M: Machine<Element: Float>>(
    m: M,
    x: M::Real,
    moderate: M::Real,
) -> M::Real {
    if_huge(m, x, moderate, "cos of huge", 1.0, sine)
}

/// The tangent of lanes with a huge argument, `moderate` in the others.
#[inline(always)]
pub(super) fn tan_if_huge<M: Machine<Element: Float>>(
    m: M,
    x: M::Real,
    moderate: M::Real,
) -> M::Real {
    if_huge(m, x, moderate, "tan of huge", 0.0, tangent)
}

/// `function` of the angle of x, found the long way, in the lanes whose argument is huge.
#[inline(always)]
fn if_huge<M: Machine<Element: Float>>(
    m: M,
    x: M::Real,
    moderate: M::Real,
    name: &'static str,
    ahead: f64,
    function: impl Fn(M, Angle<M::Real>) -> M::Real + Copy,
) -> M::Real {
    m.if_any(
        angle::is_huge(m, x),
        moderate,
        #[inline(always)]
        || {
            m.outlined(
                name,
                [x],
                #[inline(always)]
                |[x]| function(m, angle::of_huge(m, x, ahead)),
            )
        },
    )
}

/// The sine of an angle and the quarter turns that were taken away from it.
#[inline(always)]
fn sine<M: Machine>(m: M, angle: Angle<M::Real>) -> M::Real {
    let Angle {
        counted,
        high,
        lost,
    } = angle;
    let z = m.mul(high, high);
    let (bend, fall) = match M::ELEMENT {
        Element::F32 => (horner(m, z, &SINE_F32), horner(m, z, &COSINE_F32)),
        Element::F64 => (horner(m, z, &SINE_F64), horner(m, z, &COSINE_F64)),
    };
    let sine = m.sub(high, m.fma(m.mul(high, z), bend, lost));
    let cosine = m.fma(high, m.fma(high, fall, lost), m.real(1.0));
    // Two quarters change the sign, one the function.
    let value = m.select(is_even(m, counted), sine, cosine);
    match M::ELEMENT {
        Element::F32 => {
            let sign = m.shl(m.raw_bits32(counted), m.integer(30));
            let sign = m.iand(sign, m.integer(1 << 31));
            m.from_bits32(m.ixor(m.raw_bits32(value), sign))
        }
        Element::F64 => {
            let sign = m.shl(m.raw_bits64(counted), m.integer(62));
            let sign = m.iand(sign, m.integer(i64::MIN));
            m.from_bits64(m.ixor(m.raw_bits64(value), sign))
        }
    }
}

/// The tangent of an angle and the quarter turns that were taken away from it.
#[inline(always)]
fn tangent<M: Machine>(m: M, angle: Angle<M::Real>) -> M::Real {
    let Angle {
        counted,
        high,
        lost,
    } = angle;
    let z = m.mul(high, high);
    let cube = m.mul(high, z);
    // The slope is 1 + tan^2, which is close enough to 1 + 3/2 z.
    let lost = m.fma(m.mul(lost, z), m.real(1.5), lost);
    let bracket = match M::ELEMENT {
        Element::F32 => {
            // What rounding the square lost, times about what it is multiplied by.
            let above = m.fma(m.neg(high), high, z);
            let lost = m.fma(m.mul(above, high), m.real(0.5), lost);
            // The first coefficient by itself, so that its sum with the others is not
            // rounded.
            let [first, others @ ..] = TANGENT_F32;
            let others = m.fma(m.mul(cube, z), horner(m, z, &others), lost);
            m.fma(cube, m.real(first), others)
        }
        Element::F64 => m.fma(cube, estrin(m, z, &TANGENT_F64), lost),
    };
    let tangent = m.sub(high, bracket);
    // -1 / (tangent - missing), by one division and a step of Newton's iteration.
    let missing = m.sub(bracket, m.sub(high, tangent));
    let inverse = m.div(m.real(-1.0), tangent);
    let error = m.fma(inverse, tangent, m.real(1.0));
    let error = m.sub(error, m.mul(inverse, missing));
    let inverse = m.fma(inverse, error, inverse);
    m.select(is_even(m, counted), tangent, inverse)
}

/// Whether that many quarter turns are whole half turns.
#[inline(always)]
pub(super) fn is_even<M: Machine>(m: M, counted: M::Real) -> M::Mask {
    match M::ELEMENT {
        Element::F32 => {
            let parity: M::I32 = m.iand(m.raw_bits32(counted), m.integer(1));
            m.ieq(parity, m.integer(0))
        }
        Element::F64 => {
            let parity: M::I64 = m.iand(m.raw_bits64(counted), m.integer(1));
            m.ieq(parity, m.integer(0))
        }
    }
}

/// (1 - sin r / r) / z, in z = r^2 up to (pi/4 + 0.002)^2.
const SINE_F32: [f64; 3] = [
    0.16666653752326965,
    -0.008332106284797192,
    0.0001950788573594764,
];

/// (cos r - 1) / z on the same interval.
const COSINE_F32: [f64; 4] = [
    -0.5,
    0.04166664555668831,
    -0.0013887308305129409,
    2.4432092686765827e-05,
];

/// As [`SINE_F32`], up to (pi/4)^2.
const SINE_F64: [f64; 6] = [
    0.1666666666666663,
    -0.008333333333321981,
    0.000198412698295306,
    -2.75573136110279e-06,
    2.5050747121008268e-08,
    -1.5896230251748337e-10,
];

/// As [`COSINE_F32`], up to (pi/4)^2.
const COSINE_F64: [f64; 7] = [
    -0.5,
    0.04166666666666653,
    -0.001388888888886471,
    2.4801587284585738e-05,
    -2.755731315117268e-07,
    2.0875582474421446e-09,
    -1.135328149742053e-11,
];

/// (1 - tan r / r) / z up to (pi/4 + 0.002)^2.
const TANGENT_F32: [f64; 7] = [
    -0.33333349227905273,
    -0.1333266794681549,
    -0.05406024307012558,
    -0.02127763256430626,
    -0.010853007435798645,
    -6.24416206846945e-05,
    -0.004391766153275967,
];

/// The same up to (pi/4)^2.
pub(super) const TANGENT_F64: [f64; 14] = [
    -0.3333333333333278,
    -0.13333333333414266,
    -0.053968253926827484,
    -0.021869489605231388,
    -0.008863219216874097,
    -0.0035922886084707416,
    -0.001454760796000714,
    -0.0005950529538586152,
    -0.00022241433053436636,
    -0.0001364546831636058,
    2.6286384702256476e-05,
    -8.936057598079543e-05,
    4.482694579009845e-05,
    -2.085130150035834e-05,
];
