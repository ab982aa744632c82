//! Trigonometric functions.
//!
//! # Method
//!
//! An [`angle`] near zero is left of the argument, over the full range. Polynomials give its
//! sine, cosine or tangent; how many steps were taken away says which, and with which sign.
//!
//! *f32, in quarter turns*, |r| <= pi/4 + 0.001. The angle is `high - lost`, z its square.
//!
//! * sin r = high - (high z S(z) + lost), where S has 3 coefficients and fits to 2^-27.8. What
//!   is in brackets is at most 0.1 of the result, so its errors are: 0.06 ULP of rounding
//!   and 0.06 of the polynomial. With the last rounding 0.62.
//! * cos r = 1 + z C(z), with 4 coefficients that fit to 2^-32.9. z is rounded once, having
//!   taken `lost` into account: 1/4 ULP; C another 0.15. With the last rounding 0.9.
//! * tan r = high - (high z T(z) + lost), with 7 coefficients that fit to 2^-29.4. The
//!   brackets are up to a quarter of the result: 0.3 ULP; with the last rounding 0.8. In
//!   odd quarters the result is -1 / tan r, of which one step of Newton's iteration with the
//!   sum as a pair leaves 0.55 beside the error of the brackets.
//!
//! *f64, in half turns*, |r| <= pi/2, for sine and cosine: half as much to select. With
//! sin r = r + r t, t = z S(z) in 8 coefficients that fit to 2^-61.5. There is no `lost`: half
//! a unit of r is up to 0.9 ULP of a sine just below 1/2 (where t is small: 1.45 in all), and
//! little near pi/2 (where t is -0.36 and its errors are worth 0.9 ULP: 1.45 in all).
//!
//! *f64, in quarter turns*, for the tangent: as in f32, 14 coefficients that fit to 2^-56.2.
//!
//! # Order
//!
//! Results in f32 are monotone where the functions are: z and the sums of the last steps are,
//! and a unit of a bracket or of C is less than what a unit of the argument does.

use super::angle::{self, Angle, Steps};
use super::polynomial::{estrin, horner};
use crate::{Float, Machine};
use smalto_graph::Element;

/// Sine.
#[inline(always)]
pub fn sin<M: Machine<Element: Float>>(m: M, x: M::Real) -> M::Real {
    match M::ELEMENT {
        Element::F32 => unless_huge(
            m,
            x,
            "sin of huge",
            Steps::Quarters { ahead: 0 },
            by_quarters,
        ),
        Element::F64 => unless_huge(m, x, "sin of huge", Steps::Halves, by_halves),
    }
}

/// Cosine: the sine, a quarter turn ahead.
#[inline(always)]
pub fn cos<M: Machine<Element: Float>>(m: M, x: M::Real) -> M::Real {
    match M::ELEMENT {
        Element::F32 => unless_huge(
            m,
            x,
            "cos of huge",
            Steps::Quarters { ahead: 1 },
            by_quarters,
        ),
        Element::F64 => {
            // Odd quarter turns taken away leave the negative of the cosine.
            unless_huge(
                m,
                x,
                "cos of huge",
                Steps::HalvesFromQuarter,
                by_halves_ahead,
            )
        }
    }
}

/// Tangent.
#[inline(always)]
pub fn tan<M: Machine<Element: Float>>(m: M, x: M::Real) -> M::Real {
    unless_huge(m, x, "tan of huge", Steps::Quarters { ahead: 0 }, tangent)
}

/// `function` of the angle of x, found the long way where some lane has a huge argument.
#[inline(always)]
fn unless_huge<M: Machine<Element: Float>>(
    m: M,
    x: M::Real,
    name: &'static str,
    steps: Steps,
    function: impl Fn(M, Angle<M::Real>) -> M::Real + Copy,
) -> M::Real {
    let result = function(m, angle::of_moderate(m, x, steps));
    m.if_any(
        angle::is_huge(m, x),
        result,
        #[inline(always)]
        || {
            m.outlined(
                name,
                [x],
                #[inline(always)]
                |[x]| function(m, angle::of_huge(m, x, steps)),
            )
        },
    )
}

/// The sine of an angle and the quarter turns that were taken away from it, in f32.
#[inline(always)]
fn by_quarters<M: Machine>(m: M, angle: Angle<M::Real>) -> M::Real {
    let Angle {
        counted,
        high,
        lost,
    } = angle;
    let z = square(m, angle);
    let bend = horner(m, z, &SINE_F32);
    let sine = m.sub(high, m.fma(m.mul(high, z), bend, lost));
    let cosine = m.fma(z, horner(m, z, &COSINE_F32), m.real(1.0));
    // Two quarters change the sign, one the function.
    let bits = m.bits32(counted);
    let even = m.ieq(m.iand(bits, m.integer(1)), m.integer(0));
    let sign = m.iand(m.shl(bits, m.integer(30)), m.integer(1 << 31));
    let one = m.from_bits32(m.ior(sign, m.integer(0x3f80_0000)));
    m.mul(m.select(even, sine, cosine), one)
}

/// The sine of an angle and the half turns that were taken away from it, in f64.
#[inline(always)]
fn by_halves<M: Machine>(m: M, angle: Angle<M::Real>) -> M::Real {
    m.mul(
        whole_sine(m, angle.high),
        alternating(m, angle.counted, 0x3ff0_0000_0000_0000),
    )
}

/// As [`by_halves`], of an angle that is a quarter turn short.
#[inline(always)]
fn by_halves_ahead<M: Machine>(m: M, angle: Angle<M::Real>) -> M::Real {
    let minus_one = 0xbff0_0000_0000_0000u64 as i64;
    m.mul(
        whole_sine(m, angle.high),
        alternating(m, angle.counted, minus_one),
    )
}

/// The f64 with the bits `one`, or its negative where what was counted is odd.
#[inline(always)]
fn alternating<M: Machine>(m: M, counted: M::Real, one: i64) -> M::Real {
    let sign: M::I64 = m.shl(m.bits64(counted), m.integer(63));
    m.from_bits64(m.ixor(sign, m.integer(one)))
}

/// The sine of r, for |r| up to pi/2, in f64.
#[inline(always)]
fn whole_sine<M: Machine>(m: M, r: M::Real) -> M::Real {
    let z = m.mul(r, r);
    let [first, rest @ ..] = SINE_F64;
    let square = m.mul(m.mul(z, z), estrin(m, z, &rest));
    m.fma(r, m.fma(z, m.real(first), square), r)
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
    let even = match M::ELEMENT {
        Element::F32 => {
            let parity: M::I32 = m.iand(m.bits32(counted), m.integer(1));
            m.ieq(parity, m.integer(0))
        }
        Element::F64 => {
            let parity: M::I64 = m.iand(m.bits64(counted), m.integer(1));
            m.ieq(parity, m.integer(0))
        }
    };
    m.select(even, tangent, inverse)
}

/// The square of an angle, rounded once.
#[inline(always)]
fn square<M: Machine>(m: M, angle: Angle<M::Real>) -> M::Real {
    let twice = m.mul(angle.high, m.real(-2.0));
    m.fma(angle.high, angle.high, m.mul(twice, angle.lost))
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

/// (sin r / r - 1) / z up to (pi/2)^2.
const SINE_F64: [f64; 8] = [
    -0.16666666666666666,
    0.008333333333333207,
    -0.00019841269841212476,
    2.755731921156833e-06,
    -2.5052106904243004e-08,
    1.6058940989105025e-10,
    -7.643018910940651e-13,
    2.7214133799042827e-15,
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
const TANGENT_F64: [f64; 14] = [
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
