//! Powers.
//!
//! # Method
//!
//! x^y = 2^(y log2 x). An error of the exponent is an error of the result in proportion, and the
//! exponent may be 150 (f32) or 1100 (f64); so log2 x is found as a pair, to 2^-36 and 2^-64 of
//! itself (Muller, *Elementary Functions*, 3rd ed., 14.2).
//!
//! With x = 2^k m as for [logarithms](super::logarithm), s = (m - 1) / (m + 1) and C = 2 log2(e),
//!
//! ```text
//! log2 x = k + s (C + C / 3 s^2 + s^4 V(s^2)).
//! ```
//!
//! s is a pair, and so is what is in the brackets, but V, which is worth 2^-12.5 at most, has one
//! real: 3 coefficients in f32, with which the brackets fit to 2^-36.8, and 7 in f64 (2^-66.0).
//!
//! y log2 x is a pair again. Its high part less the nearest integer n is exact, and 2^r is found as
//! exp2 does it; in f32 r stays a pair, and in f64 it is rounded. So the error is that of exp2, 0.87
//! ULP, and of the logarithm, 0.1; in f64 0.3, with r.
//!
//! # Special values
//!
//! Where x is no positive normal number or the exponent is beyond the range or NaN in some lane, all
//! lanes go another way, `at_any`. It takes |x| by the first way and then looks at each case of
//! C, F.10.4.5.

use super::bits;
use super::exponential;
use super::logarithm::LOG2_E_REST;
use super::pair::{self, Pair};
use super::polynomial::{even_and_odd, horner};
use crate::{Float, Machine};
use smalto_graph::Element;
use std::f64::consts::{FRAC_1_SQRT_2, LOG2_E};

/// a to the power b.
#[inline(always)]
pub fn pow<M: Machine<Element: Float>>(m: M, a: M::Real, b: M::Real) -> M::Real {
    let split = bits::split(m, a, FRAC_1_SQRT_2);
    let exponent = exponent(m, split.exponent, split.mantissa, b);
    m.if_any(
        m.mor(split.is_unusual, m.mnot(is_moderate(m, exponent))),
        power_of_two(m, exponent),
        #[inline(always)]
        || {
            m.outlined(
                "pow of unusual",
                [a, b],
                #[inline(always)]
                |[a, b]| at_any(m, a, b),
            )
        },
    )
}

/// A power that takes every number but 1 to zero or infinity, and no logarithm beyond the
/// largest number.
#[inline(always)]
fn huge<M: Machine>() -> f64 {
    match M::ELEMENT {
        Element::F32 => 2f64.powi(33),
        Element::F64 => 2f64.powi(65),
    }
}

/// x^y for any operands.
#[inline(always)]
fn at_any<M: Machine>(m: M, x: M::Real, y: M::Real) -> M::Real {
    let (zero, one, infinity) = (m.real(0.0), m.real(1.0), m.real(f64::INFINITY));
    let nan = m.real(f64::NAN);
    let magnitude = m.abs(x);
    let (k, mantissa) = bits::split_any(m, magnitude, FRAC_1_SQRT_2);
    let moderate = m.min(m.real(huge::<M>()), m.max(m.real(-huge::<M>()), y));
    let power = any_power_of_two(m, exponent(m, k, mantissa, moderate));

    // Zero and infinity to a power.
    let (is_zero, is_infinite) = (m.eq(magnitude, zero), m.eq(magnitude, infinity));
    let (rises, falls) = (m.lt(zero, y), m.lt(y, zero));
    let vanishes = m.mor(m.mand(is_zero, rises), m.mand(is_infinite, falls));
    let grows = m.mor(m.mand(is_zero, falls), m.mand(is_infinite, rises));
    let power = m.select(grows, infinity, m.select(vanishes, zero, power));

    // Negative numbers.
    let Parity { whole, odd } = parity(m, y);
    let between = m.mand(m.lt(x, zero), m.mnot(m.mor(whole, is_infinite)));
    let signed = m.select(m.mand(odd, is_negative(m, x)), m.neg(power), power);
    let signed = m.select(between, nan, signed);

    let ordered = m.mand(m.eq(x, x), m.eq(y, y));
    let is_one = m.mor(m.eq(y, zero), m.eq(x, one));
    m.select(is_one, one, m.select(ordered, signed, nan))
}

/// Whether the sign bit is set; of a NaN, either.
#[inline(always)]
pub(super) fn is_negative<M: Machine>(m: M, x: M::Real) -> M::Mask {
    m.lt(m.copysign(m.real(1.0), x), m.real(0.0))
}

/// What [`parity`] finds.
pub(super) struct Parity<K> {
    /// The number is whole, or infinite.
    pub whole: K,
    /// It is odd.
    pub odd: K,
}

/// Whether y is a whole number, and whether it is odd.
#[inline(always)]
pub(super) fn parity<M: Machine>(m: M, y: M::Real) -> Parity<M::Mask> {
    let half = m.mul(y, m.real(0.5));
    let whole = m.eq(m.trunc(y), y);
    let even = m.eq(m.trunc(half), half);
    Parity {
        whole,
        odd: m.mand(whole, m.mnot(even)),
    }
}

/// 2^exponent, for a finite exponent.
#[inline(always)]
pub(super) fn any_power_of_two<M: Machine>(m: M, exponent: Pair<M::Real>) -> M::Real {
    // Where the first bound counts, so may the second. A NaN is left to `at_any`.
    let within = |v, bound: f64| m.min(m.max(v, m.real(-bound)), m.real(bound));
    let high = within(exponent.high, most::<M>());
    power_of_two(m, Pair::new(high, within(exponent.low, 0.5)))
}

/// An exponent of two of which the power is infinite, or zero if it is negative.
#[inline(always)]
fn most<M: Machine>() -> f64 {
    match M::ELEMENT {
        Element::F32 => 160.0,
        Element::F64 => 1100.0,
    }
}

/// Whether an exponent of two is a number and of no more than that magnitude.
#[inline(always)]
pub(super) fn is_moderate<M: Machine>(m: M, exponent: Pair<M::Real>) -> M::Mask {
    let sum = m.abs(pair::rounded(m, exponent));
    m.lt(sum, m.real(most::<M>()))
}

/// y log2(2^k m). The low part may be up to 2^-12 of the high one.
#[inline(always)]
pub(super) fn exponent<M: Machine>(
    m: M,
    k: M::Real,
    mantissa: M::Real,
    y: M::Real,
) -> Pair<M::Real> {
    let logarithm = log2(m, k, mantissa);
    let product = pair::two_product(m, logarithm.high, y);
    Pair::new(product.high, m.fma(logarithm.low, y, product.low))
}

/// 2^exponent, for a moderate exponent; of any other it is poison.
#[inline(always)]
pub(super) fn power_of_two<M: Machine>(m: M, exponent: Pair<M::Real>) -> M::Real {
    // In f64 the low part may be 0.2, and in f32 the difference is to be exact.
    let n = m.rint(match M::ELEMENT {
        Element::F32 => exponent.high,
        Element::F64 => pair::rounded(m, exponent),
    });
    let r = Pair::new(m.sub(exponent.high, n), exponent.low);
    exponential::of_pair(m, r, n)
}

/// log2(2^k m). The low part may be up to 2^-12 of the high one.
#[inline(always)]
fn log2<M: Machine>(m: M, k: M::Real, mantissa: M::Real) -> Pair<M::Real> {
    // s, whose numerator f is exact: a quotient, and the rest that its remainder leaves. f - 2 s is
    // exact as well, since the two are nearly the same; and 1 / (2 + f) is (1 - s) / 2.
    let (f, two, half) = (m.sub(mantissa, m.real(1.0)), m.real(2.0), m.real(0.5));
    let high = m.div(f, m.add(two, f));
    let remainder = m.fma(m.neg(high), f, m.fma(m.neg(high), two, f));
    let reciprocal = m.fma(m.neg(high), half, half);
    let s = Pair::new(high, m.mul(remainder, reciprocal));
    let z = pair::two_product(m, s.high, s.high);
    let z_low = m.fma(m.add(s.high, s.high), s.low, z.low);

    // The slope: 2 log2(e) and a third of it times z as pairs, all else in the low part.
    let first = pair::constant(m, 2.0 * LOG2_E, 2.0 * LOG2_E_REST);
    let third = pair::constant(m, THIRD, THIRD_REST);
    let others = match M::ELEMENT {
        Element::F32 => horner(m, z.high, &ARTANH_F32),
        Element::F64 => even_and_odd(m, z.high, &ARTANH_F64),
    };
    let bend = pair::two_product(m, z.high, third.high);
    // What z is short of changes V's term too: together by between 2 log2(e) / 3 and 0.9963 as much.
    let rest = m.fma(z_low, m.real(0.9905), m.add(bend.low, first.low));
    let rest = m.fma(z.high, m.fma(z.high, others, third.low), rest);
    let slope = pair::quick_two_sum(m, first.high, bend.high);
    let slope_low = m.add(slope.low, rest);

    let part = pair::two_product(m, s.high, slope.high);
    let rest = m.fma(s.low, slope.high, part.low);
    let rest = m.fma(s.high, slope_low, rest);
    let sum = pair::quick_two_sum(m, k, part.high);
    Pair::new(sum.high, m.add(sum.low, rest))
}

/// 2 log2(e) / 3.
const THIRD: f64 = 0.9617966939259756;

/// What the f64 of that is short of.
const THIRD_REST: f64 = 5.057761664812591e-17;

/// 2 log2(e) (artanh s / s - 1 - z / 3) / z^2, in z = s^2 up to (1 / (3 + 2 sqrt 2))^2.
const ARTANH_F32: [f64; 3] = [0.5770801901817322, 0.4118480682373047, 0.3378520607948303];

const ARTANH_F64: [f64; 7] = [
    0.5770780163556178,
    0.4121985830919996,
    0.32059890226327353,
    0.2623077019984896,
    0.2219839586981744,
    0.19125604558551973,
    0.19037743299857676,
];
