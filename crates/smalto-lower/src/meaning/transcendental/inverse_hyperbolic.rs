//! Inverse hyperbolic functions.
//!
//! # Method
//!
//! All are logarithms of some u >= 1. With u between 2^k and 2^(k+1),
//!
//! ```text
//! ln u = k ln 2 + 2 artanh s      s = (u - 2^k) / (u + 2^k)
//! ```
//!
//! so that s is between 0 and 1/3 and nothing cancels, unlike near u = 1 in [`ln`](super::ln).
//! Where k is zero, s has a form that is good for small arguments as well:
//!
//! | function | u | s for k = 0 | up to |
//! |---|---|---|---|
//! | asinh x | x + w, w = sqrt(x^2 + 1) | x / (w + 1) | x = 3/4 |
//! | acosh x | x + w, w = sqrt(x^2 - 1) | w / (x + 1) | x = 5/4 |
//! | 2 atanh x | (1 + x) / (1 - x) | x | x = 1/3 |
//!
//! For atanh, 2^k is the power of two that brings 1 - x between 1 and 2. s is then between -1/5 and
//! 1/3, but k is no less than 1.
//!
//! The square root is a pair: its remainder is exact, and what there is of it beyond the last place
//! need not be known to more than 12%. So are numerator and denominator of s, and s is their quotient
//! and the rest that its remainder leaves; its error does not count. x^2 - 1 is found from x - 1,
//! which is exact where it is small.
//!
//! 2 artanh s = t + t^3 T(t^2) with t = 2 s, where T has 5 coefficients in f32, which fit to
//! 2^-31.3, and 10 in f64 (2^-58.3). What is added to t is less than 0.04 of the result. So there
//! is the last rounding, and 0.25 ULP of everything else.
//!
//! Where x^2 might overflow in some lane, ln(2 x) serves instead.

use super::bits::{self, Split};
use super::exponential::ln_2;
use super::logarithm::{at_ends, least_mantissa, natural, taken_together};
use super::pair::{self, Pair};
use super::polynomial::{even_and_odd, horner};
use crate::{Float, Machine};
use smalto_graph::Element;

/// Inverse hyperbolic sine.
#[inline(always)]
pub fn asinh<M: Machine<Element: Float>>(m: M, x: M::Real) -> M::Real {
    let (one, zero) = (m.real(1.0), m.real(0.0));
    let magnitude = m.abs(x);
    let square = m.fma(magnitude, magnitude, one);
    let lost = m.fma(magnitude, magnitude, m.sub(one, square));
    let root = root(m, square, lost);
    let near = Ratio {
        numerator: Pair::new(magnitude, zero),
        less_1: root,
    };
    let is_near = m.lt(magnitude, m.real(0.75));
    let sum = pair::quick_two_sum(m, root.high, magnitude);
    let sum = Pair::new(sum.high, m.add(sum.low, root.low));
    let arc = m.if_any(
        m.mnot(m.lt(magnitude, m.real(large::<M>()))),
        logarithm(m, is_near, near, sum),
        #[inline(always)]
        || logarithm_of_twice(m, magnitude),
    );
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
    let root = root(m, square, lost);
    let near = Ratio {
        numerator: root,
        less_1: Pair::new(x, m.real(0.0)),
    };
    let is_near = m.lt(x, m.real(1.25));
    let sum = pair::quick_two_sum(m, x, root.high);
    let sum = Pair::new(sum.high, m.add(sum.low, root.low));
    let moderate = m.mand(m.le(one, x), m.lt(x, m.real(large::<M>())));
    m.if_any(
        m.mnot(moderate),
        logarithm(m, is_near, near, sum),
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
    let exponent = bits::split(m, below.high, 1.0).exponent;
    let power = bits::power_of_two(m, exponent);

    // 2^k (1 - x) or 1 - x, whichever; the difference is exact.
    let scaled = m.mul(above.high, power);
    let sum = pair::quick_two_sum(m, scaled, below.high);
    let far_low = m.fma(above.low, power, m.neg(below.low));
    let far = Pair::new(m.sub(scaled, below.high), far_low);
    let sum_low = m.add(sum.low, m.fma(above.low, power, below.low));
    let sum = Pair::new(sum.high, sum_low);

    let is_near = m.lt(magnitude, m.real(1.0 / 3.0));
    let numerator = select(m, is_near, Pair::new(magnitude, zero), far);
    let denominator = select(m, is_near, Pair::new(one, zero), sum);
    let k = m.select(is_near, zero, m.neg(exponent));
    let twice = sum_of(m, k, numerator, denominator);

    // At 1 it is infinite, and beyond it is not real.
    let at_ends = m.select(
        m.eq(magnitude, one),
        m.real(f64::INFINITY),
        m.real(f64::NAN),
    );
    let arc = m.mul(twice, m.real(0.5));
    m.copysign(m.select(m.lt(magnitude, one), arc, at_ends), x)
}

/// Where squares are not needed, and may overflow soon.
#[inline(always)]
fn large<M: Machine>() -> f64 {
    match M::ELEMENT {
        Element::F32 => 2f64.powi(40),
        Element::F64 => 2f64.powi(400),
    }
}

/// The square root of square + lost.
#[inline(always)]
fn root<M: Machine>(m: M, square: M::Real, lost: M::Real) -> Pair<M::Real> {
    let root = m.sqrt(square);
    let missing = m.add(m.fma(m.neg(root), root, square), lost);
    Pair::new(root, m.mul(missing, bits::rough_reciprocal(m, root, 1)))
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

/// A numerator, and a denominator less 1, which is 1 or more.
struct Ratio<R> {
    numerator: Pair<R>,
    less_1: Pair<R>,
}

/// ln u, for u >= 1; where `is_near`, 2 artanh of the ratio.
#[inline(always)]
fn logarithm<M: Machine>(
    m: M,
    is_near: M::Mask,
    near: Ratio<M::Real>,
    u: Pair<M::Real>,
) -> M::Real {
    let one = m.real(1.0);
    let Split {
        exponent, mantissa, ..
    } = bits::split(m, u.high, 1.0);
    let rest = m.mul(u.low, bits::power_of_two(m, m.neg(exponent)));
    let far = Pair::new(mantissa, rest);
    let far_numerator = Pair::new(m.sub(mantissa, one), rest);

    let numerator = select(m, is_near, near.numerator, far_numerator);
    let less_1 = select(m, is_near, near.less_1, far);
    let sum = pair::quick_two_sum(m, less_1.high, one);
    let denominator = Pair::new(sum.high, m.add(sum.low, less_1.low));
    let k = m.select(is_near, m.real(0.0), exponent);
    sum_of(m, k, numerator, denominator)
}

/// k ln 2 + 2 artanh(numerator / denominator). The low parts may be somewhat larger than the
/// rounding errors of the high ones.
#[inline(always)]
fn sum_of<M: Machine>(
    m: M,
    k: M::Real,
    numerator: Pair<M::Real>,
    denominator: Pair<M::Real>,
) -> M::Real {
    let numerator = Pair::new(
        m.add(numerator.high, numerator.high),
        m.add(numerator.low, numerator.low),
    );
    let reciprocal = m.div(m.real(1.0), denominator.high);
    let t = m.mul(numerator.high, reciprocal);
    let missing = m.fma(m.neg(t), denominator.high, numerator.high);
    let missing = m.fma(m.neg(t), denominator.low, m.add(missing, numerator.low));
    let z = m.mul(t, t);
    let bend = match M::ELEMENT {
        Element::F32 => horner(m, z, &ARTANH_F32),
        Element::F64 => even_and_odd(m, z, &ARTANH_F64),
    };
    let rest = m.fma(m.mul(t, z), bend, m.mul(missing, reciprocal));

    let [high, low] = ln_2::<M>();
    let sum = taken_together(m, k, high, t);
    m.add(sum.high, m.fma(k, m.real(low), m.add(sum.low, rest)))
}

/// One pair or the other.
#[inline(always)]
fn select<M: Machine>(m: M, mask: M::Mask, a: Pair<M::Real>, b: Pair<M::Real>) -> Pair<M::Real> {
    Pair::new(m.select(mask, a.high, b.high), m.select(mask, a.low, b.low))
}

/// The coefficients of a polynomial in z as those of one in 4 z, divided by 4.
const fn of_twice<const N: usize>(mut coefficients: [f64; N]) -> [f64; N] {
    let (mut degree, mut power) = (0, 0.25);
    while degree < N {
        coefficients[degree] *= power;
        power *= 0.25;
        degree += 1;
    }
    coefficients
}

/// (artanh s / s - 1) / z, in z = s^2 up to 0.343^2; then in t = 2 s.
const ARTANH_F32: [f64; 5] = of_twice([
    0.33333340287208557,
    0.19999273121356964,
    0.1431317776441574,
    0.10658340901136398,
    0.12371668219566345,
]);

const ARTANH_F64: [f64; 10] = of_twice([
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
]);
