//! Powers.
//!
//! # Method
//!
//! x^y = 2^(y log2 x). An error of the exponent is an error of the result in proportion, and the
//! exponent may be 150 (f32) or 1100 (f64); so log2 x is found as a pair, to 2^-36 and 2^-65 of
//! itself (Muller, *Elementary Functions*, 3rd ed., 14.2).
//!
//! With x = 2^k m as for [logarithms](super::logarithm) and s = (m - 1) / (m + 1),
//!
//! ```text
//! log2 x = k + 2 log2(e) s (1 + s^2 / 3 + s^4 V(s^2)).
//! ```
//!
//! s is a pair, and so is what is in the brackets, but V, which is worth 2^-12.5 at most, has one
//! real: 3 coefficients in f32, with which the brackets fit to 2^-36.8, and 7 in f64 (2^-66.0).
//!
//! y log2 x is a pair again. Its high part less the nearest integer n is exact, and 2^r - 1 found
//! as exp2 does it in f32. So the error is that of exp2, 0.87 ULP, and of the logarithm, up to 0.1.
//!
//! # Special values
//!
//! Where x is no positive normal number or y is huge, infinite or NaN in some lane, all lanes go
//! another way, `at_any`. It takes |x| by the first way and then looks at each case of
//! C, F.10.4.5.

use super::bits;
use super::exponential::power_of_two_less_1;
use super::logarithm::LOG2_E_REST;
use super::pair::{self, Pair};
use super::polynomial::horner;
use crate::{Float, Machine};
use smalto_graph::Element;
use std::f64::consts::{FRAC_1_SQRT_2, LOG2_E};

/// a to the power b.
#[inline(always)]
pub fn pow<M: Machine<Element: Float>>(m: M, a: M::Real, b: M::Real) -> M::Real {
    let split = bits::split(m, a, FRAC_1_SQRT_2);
    let moderate = m.lt(m.abs(b), m.real(huge::<M>()));
    m.if_any(
        m.mor(split.is_unusual, m.mnot(moderate)),
        power(m, split.exponent, split.mantissa, Pair::new(b, m.real(0.0))),
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
    let power = power(m, k, mantissa, Pair::new(moderate, zero));

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

/// (2^k m)^y, where y times the logarithm is finite.
#[inline(always)]
pub(super) fn power<M: Machine>(m: M, k: M::Real, mantissa: M::Real, y: Pair<M::Real>) -> M::Real {
    let logarithm = log2(m, k, mantissa);
    let product = pair::two_product(m, logarithm.high, y.high);
    let mixed = m.fma(logarithm.high, y.low, m.mul(logarithm.low, y.high));
    let rest = m.add(product.low, mixed);

    // Where the first bound counts, so may the second. A NaN is left to `at_any`.
    let bound = match M::ELEMENT {
        Element::F32 => 160.0,
        Element::F64 => 1100.0,
    };
    let within = |v, bound: f64| m.min(m.max(v, m.real(-bound)), m.real(bound));
    let (exponent, rest) = (within(product.high, bound), within(rest, 0.5));
    let n = m.rint(exponent);
    let r = pair::quick_two_sum(m, m.sub(exponent, n), rest);
    bits::scale_one_and(m, power_of_two_less_1(m, r), n)
}

/// log2(2^k m).
#[inline(always)]
fn log2<M: Machine>(m: M, k: M::Real, mantissa: M::Real) -> Pair<M::Real> {
    // s, whose numerator is exact.
    let f = m.sub(mantissa, m.real(1.0));
    let below = pair::quick_two_sum(m, m.real(2.0), f);
    let s = pair::quotient(m, Pair::new(f, m.real(0.0)), below);

    // s^2 / 3 + s^4 V.
    let z = pair::two_product(m, s.high, s.high);
    let z = Pair::new(z.high, m.fma(m.add(s.high, s.high), s.low, z.low));
    let third = pair::constant(m, 1.0 / 3.0, THIRD_REST);
    let bend = pair::two_product(m, z.high, third.high);
    let rest = m.fma(z.high, third.low, m.fma(z.low, third.high, bend.low));
    let v = match M::ELEMENT {
        Element::F32 => horner(m, z.high, &ARTANH_F32),
        Element::F64 => horner(m, z.high, &ARTANH_F64),
    };
    let bend = Pair::new(bend.high, m.fma(m.mul(z.high, z.high), v, rest));

    // s and s times that.
    let part = pair::two_product(m, s.high, bend.high);
    let rest = m.fma(s.high, bend.low, m.fma(s.low, bend.high, part.low));
    let sum = pair::quick_two_sum(m, s.high, part.high);
    let rest = m.add(sum.low, m.add(s.low, rest));

    let unit = pair::constant(m, 2.0 * LOG2_E, 2.0 * LOG2_E_REST);
    let part = pair::two_product(m, sum.high, unit.high);
    let rest = m.fma(sum.high, unit.low, m.fma(rest, unit.high, part.low));
    let sum = pair::quick_two_sum(m, k, part.high);
    pair::quick_two_sum(m, sum.high, m.add(sum.low, rest))
}

/// What 1/3 is more than its f64.
const THIRD_REST: f64 = 1.850371707708594e-17;

/// (artanh s / s - 1 - z / 3) / z^2, in z = s^2 up to (1 / (3 + 2 sqrt 2))^2.
const ARTANH_F32: [f64; 3] = [
    0.20000076293945312,
    0.14273566007614136,
    0.11709059774875641,
];

const ARTANH_F64: [f64; 7] = [
    0.20000000000001125,
    0.14285714285051193,
    0.11111111259720076,
    0.09090892203970569,
    0.07693377755058746,
    0.06628429438132369,
    0.06597979046260169,
];
