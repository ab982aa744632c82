//! Inverse hyperbolic functions.
//!
//! # Method
//!
//! asinh x = ln(x + sqrt(x^2 + 1)) and acosh x = ln(x + sqrt(x^2 - 1)). The sum is a pair, whose
//! logarithm is that of [`log1p`](super::log1p): its low part is more than beyond the last place
//! where the high one is nearly 1. x^2 - 1 is found from x - 1, which is exact where it is small.
//! What the square root is short of is the remainder, which is exact, times 1/2 of the root's
//! reciprocal. To 12% that is enough, but for asinh of a small x, where the remainder may be as large
//! as x; and where that is tiny, asinh x is x. There is the last rounding, and what log1p adds.
//!
//! ```text
//! atanh x = -k/2 ln 2 + artanh s      s = (2^k (1 + x) - (1 - x)) / (2^k (1 + x) + (1 - x))
//! ```
//!
//! where 2^k is the power of two that brings 1 - x between 1 and 2; but up to x = 1/3 it is 1, and s
//! is x. s is between -1/5 and 1/3, and nothing cancels. Numerator and denominator are pairs, and s
//! is their quotient and the rest that its remainder leaves; its error does not count.
//!
//! artanh s = s + s^3 T(s^2), where T has 5 coefficients in f32, which fit to 2^-31.3, and 10 in f64
//! (2^-58.3). What is added to s is less than 0.04 of the result. So there is the last rounding, and
//! 0.2 ULP of everything else.
//!
//! Where x^2 might overflow in some lane, ln(2 x) serves instead.

use super::bits;
use super::exponential::ln_2;
use super::logarithm::{at_ends, least_mantissa, natural, of_sum, taken_together};
use super::pair::{self, Pair};
use super::polynomial::horner;
use crate::{Float, Machine};
use smalto_graph::Element;

/// Inverse hyperbolic sine.
#[inline(always)]
pub fn asinh<M: Machine<Element: Float>>(m: M, x: M::Real) -> M::Real {
    let one = m.real(1.0);
    let magnitude = m.abs(x);
    let square = m.fma(magnitude, magnitude, one);
    let lost = m.fma(magnitude, magnitude, m.sub(one, square));
    let root = m.sqrt(square);
    // What the root is short of may be as large as x; then 1 / w is the nearer to 2 - w.
    let slope = m.select(
        m.lt(magnitude, m.real(0.75)),
        m.fma(root, m.real(-0.5), one),
        bits::rough_reciprocal(m, root, 1),
    );
    let root_low = m.mul(missing(m, square, lost, root), slope);
    let sum = pair::quick_two_sum(m, root, magnitude);
    let arc = m.if_any(
        m.mnot(m.lt(magnitude, m.real(large::<M>()))),
        logarithm(m, sum, root_low),
        #[inline(always)]
        || logarithm_of_twice(m, magnitude),
    );
    // Where x - x^3 / 6 is x, the sum has not all its digits.
    let tiny = match M::ELEMENT {
        Element::F32 => 2f64.powi(-12),
        Element::F64 => 2f64.powi(-27),
    };
    let arc = m.select(m.lt(magnitude, m.real(tiny)), magnitude, arc);
    m.copysign(arc, x)
}

/// Inverse hyperbolic cosine.
#[inline(always)]
pub fn acosh<M: Machine<Element: Float>>(m: M, x: M::Real) -> M::Real {
    let one = m.real(1.0);
    let above = m.sub(x, one);
    let twice = m.add(above, above);
    let square = m.fma(above, above, twice);
    let lost = m.fma(above, above, m.sub(twice, square));
    let root = m.sqrt(square);
    let slope = bits::rough_reciprocal(m, root, 1);
    let root_low = m.mul(missing(m, square, lost, root), slope);
    let sum = pair::quick_two_sum(m, x, root);
    let moderate = m.mand(m.le(one, x), m.lt(x, m.real(large::<M>())));
    m.if_any(
        m.mnot(moderate),
        logarithm(m, sum, root_low),
        #[inline(always)]
        || m.select(m.lt(x, one), m.real(f64::NAN), logarithm_of_twice(m, x)),
    )
}

/// Inverse hyperbolic tangent.
#[inline(always)]
pub fn atanh<M: Machine<Element: Float>>(m: M, x: M::Real) -> M::Real {
    let (zero, one) = (m.real(0.0), m.real(1.0));
    let magnitude = m.abs(x);
    let above = pair::quick_two_sum(m, one, magnitude);
    let below = pair::quick_two_sum(m, one, m.neg(magnitude));
    let is_near = m.lt(magnitude, m.real(1.0 / 3.0));
    let exponent = bits::split(m, below.high, 1.0).exponent;
    let exponent = m.select(is_near, zero, exponent);
    let power = m.select(is_near, one, bits::leading_power(m, below.high));

    // 2^k (1 + x) less and plus 1 - x. The difference of the high parts is exact.
    let scaled = m.mul(above.high, power);
    let difference = Pair::new(
        m.sub(scaled, below.high),
        m.fma(above.low, power, m.neg(below.low)),
    );
    let sum = pair::quick_two_sum(m, scaled, below.high);
    let sum_low = m.add(sum.low, m.fma(above.low, power, below.low));
    let artanh = artanh(m, difference, Pair::new(sum.high, sum_low));

    // Half of ln 2^-k, and that.
    let [high, low] = ln_2::<M>();
    let whole = taken_together(m, exponent, -0.5 * high, artanh.high);
    let low = m.fma(exponent, m.real(-0.5 * low), m.add(whole.low, artanh.low));
    let arc = m.if_any(
        m.mnot(m.lt(magnitude, one)),
        m.add(whole.high, low),
        #[inline(always)]
        || {
            // At 1 it is infinite, and beyond it is not real.
            let is_one = m.eq(magnitude, one);
            let at_ends = m.select(is_one, m.real(f64::INFINITY), m.real(f64::NAN));
            m.select(m.lt(magnitude, one), m.add(whole.high, low), at_ends)
        },
    );
    m.copysign(arc, x)
}

/// Where squares are not needed, and may overflow soon.
#[inline(always)]
fn large<M: Machine>() -> f64 {
    match M::ELEMENT {
        Element::F32 => 2f64.powi(40),
        Element::F64 => 2f64.powi(400),
    }
}

/// What the square of a root is short of.
#[inline(always)]
fn missing<M: Machine>(m: M, square: M::Real, lost: M::Real, root: M::Real) -> M::Real {
    m.add(m.fma(m.neg(root), root, square), lost)
}

/// ln(2 x) for a large x, or infinity or NaN.
#[inline(always)]
fn logarithm_of_twice<M: Machine<Element: Float>>(m: M, x: M::Real) -> M::Real {
    m.outlined(
        "ln of twice",
        [x],
        #[inline(always)]
        |[x]| {
            let split = bits::split(m, x, least_mantissa::<M>());
            let k = m.add(split.exponent, m.real(1.0));
            at_ends(m, x, natural(m, k, split.mantissa))
        },
    )
}

/// ln of the sum and `more`, which is some units of it at most. The sum is 1 or more, and not
/// rounded but in its low part.
#[inline(always)]
fn logarithm<M: Machine>(m: M, sum: Pair<M::Real>, more: M::Real) -> M::Real {
    let split = bits::split(m, sum.high, least_mantissa::<M>());
    of_sum(m, split, m.add(sum.low, more))
}

/// artanh(numerator / denominator). The low parts may be somewhat larger than the rounding errors
/// of the high ones, and those of the numerator all there is.
#[inline(always)]
fn artanh<M: Machine>(m: M, numerator: Pair<M::Real>, denominator: Pair<M::Real>) -> Pair<M::Real> {
    let reciprocal = m.div(m.real(1.0), denominator.high);
    let s = m.mul(numerator.high, reciprocal);
    let missing = m.fma(m.neg(s), denominator.high, numerator.high);
    let missing = m.fma(m.neg(s), denominator.low, m.add(missing, numerator.low));
    let z = m.mul(s, s);
    let bend = match M::ELEMENT {
        Element::F32 => horner(m, z, &ARTANH_F32),
        Element::F64 => horner(m, z, &ARTANH_F64),
    };
    Pair::new(s, m.fma(m.mul(s, z), bend, m.mul(missing, reciprocal)))
}

/// (artanh s / s - 1) / z, in z = s^2 up to 0.343^2.
const ARTANH_F32: [f64; 5] = [
    0.33333340287208557,
    0.19999273121356964,
    0.1431317776441574,
    0.10658340901136398,
    0.12371668219566345,
];

const ARTANH_F64: [f64; 10] = [
    0.33333333333333,
    0.20000000000137239,
    0.14285714266283006,
    0.11111112470784776,
    0.09090854574685943,
    0.07693654122600543,
    0.06645545484940428,
    0.06092231940589202,
    0.03998820488822293,
    0.08825999371327403,
];
