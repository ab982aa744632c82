//! Logarithms.
//!
//! # Method
//!
//! x = 2^k m with m between sqrt(1/2) and sqrt(2), and ln x = k ln 2 + ln m (Muller, *Elementary
//! Functions*, 3rd ed., 11.4). With f = m - 1, which is exact, ln m is f less a bend of about
//! f^2/2:
//!
//! * in f32 -f^2 P(f), with 9 coefficients, which fit to 2^-27.8 of ln m;
//! * in f64 s (f - s^2 R(s^2)) for s = f / (2 + f), since ln m = 2 artanh s and f = 2 s + s f; R
//!   has 7 coefficients (2^-59.2). One division saves as many steps as f32 has in all.
//!
//! ln 2 is two reals, and the first so short that its product with k is exact. Its sum with f
//! is a pair; all else is added to the low part. So there is the last rounding, and the error of
//! the bend: it is less than 0.09 for a logarithm of 0.34 or more, or in proportion to f. In all
//! that is 0.8 ULP in f32 and 0.85 in f64.
//!
//! log2 and log10 are the same, with f times log2 e or log10 e as a pair.
//!
//! # log1p
//!
//! 1 + x is a pair u + c, exactly (Knuth). ln u is found as above, and ln(u + c) = ln u + c/u, or
//! c 2^-k / m. |c| is at most half a unit of u, or it is all there is of x, and then m is 1. So
//! 1 - f + f^2, or 1 - 2 s, is close enough to 1/m.
//!
//! # Special values
//!
//! Where some lane's argument is subnormal, zero, negative, infinite or NaN, all lanes take a
//! second way, on which the first is gone again with the argument scaled.

use super::bits;
use super::exponential::ln_2;
use super::pair;
use super::polynomial::horner;
use crate::{Float, Machine};
use smalto_graph::Element;
use std::f64::consts::{LOG2_E, LOG10_E};

/// What the f64 of log2 e is short of.
pub(super) const LOG2_E_REST: f64 = 2.0355273740931033e-17;

/// What the f64 of log10 e is short of.
const LOG10_E_REST: f64 = 1.098319650216765e-17;

/// Natural logarithm.
#[inline(always)]
pub fn ln<M: Machine<Element: Float>>(m: M, x: M::Real) -> M::Real {
    of_any(
        m,
        x,
        "ln of unusual",
        #[inline(always)]
        |k, mantissa| natural(m, k, mantissa),
    )
}

/// Logarithm to base 2.
#[inline(always)]
pub fn log2<M: Machine<Element: Float>>(m: M, x: M::Real) -> M::Real {
    of_any(
        m,
        x,
        "log2 of unusual",
        #[inline(always)]
        |k, mantissa| binary(m, k, mantissa),
    )
}

/// Logarithm to base 10.
#[inline(always)]
pub fn log10<M: Machine<Element: Float>>(m: M, x: M::Real) -> M::Real {
    of_any(
        m,
        x,
        "log10 of unusual",
        #[inline(always)]
        |k, mantissa| decimal(m, k, mantissa),
    )
}

/// ln(1 + x).
#[inline(always)]
pub fn log1p<M: Machine<Element: Float>>(m: M, x: M::Real) -> M::Real {
    let one = m.real(1.0);
    let sum = pair::quick_two_sum(m, m.max(one, x), m.min(one, x));
    let (k, mantissa) = bits::split(m, sum.high);
    // Where 2^-k would be subnormal, c is too little to count.
    let least = match M::ELEMENT {
        Element::F32 => -126.0,
        Element::F64 => -1022.0,
    };
    let power = bits::power_of_two(m, m.max(m.neg(k), m.real(least)));
    let f = m.sub(mantissa, one);
    let Bend { bend, slope } = bend(m, f);
    let rest = m.mul(m.mul(sum.low, power), slope);
    let logarithm = of_parts(m, k, f, m.add(bend, rest));
    m.if_any(
        bits::is_unusual(m, sum.high),
        // The sign of a zero is lost above.
        m.copysign(logarithm, x),
        #[inline(always)]
        || at_ends(m, sum.high, sum.high),
    )
}

/// A logarithm of any x, by that of 2^k m.
#[inline(always)]
fn of_any<M: Machine<Element: Float>>(
    m: M,
    x: M::Real,
    name: &'static str,
    of_parts: impl Fn(M::Real, M::Real) -> M::Real,
) -> M::Real {
    let (k, mantissa) = bits::split(m, x);
    m.if_any(
        bits::is_unusual(m, x),
        of_parts(k, mantissa),
        #[inline(always)]
        || {
            m.outlined(
                name,
                [x],
                #[inline(always)]
                |[x]| {
                    let (k, mantissa) = bits::split_any(m, x);
                    at_ends(m, x, of_parts(k, mantissa))
                },
            )
        },
    )
}

/// The logarithm of x, which is `inside` where x is positive and finite.
#[inline(always)]
pub(super) fn at_ends<M: Machine>(m: M, x: M::Real, inside: M::Real) -> M::Real {
    let (zero, infinity) = (m.real(0.0), m.real(f64::INFINITY));
    let up = m.select(m.lt(x, infinity), inside, x);
    let down = m.select(m.eq(x, zero), m.neg(infinity), up);
    m.select(m.lt(x, zero), m.real(f64::NAN), down)
}

/// ln(2^k m).
#[inline(always)]
pub(super) fn natural<M: Machine>(m: M, k: M::Real, mantissa: M::Real) -> M::Real {
    let f = m.sub(mantissa, m.real(1.0));
    of_parts(m, k, f, bend(m, f).bend)
}

/// k ln 2 + f + bend.
#[inline(always)]
fn of_parts<M: Machine>(m: M, k: M::Real, f: M::Real, bend: M::Real) -> M::Real {
    let [high, low] = ln_2::<M>();
    let sum = m.fma(k, m.real(high), f);
    // Exact: the product is, and no smaller than f if it is not zero.
    let lost = m.sub(f, m.fma(k, m.real(-high), sum));
    let low = m.fma(k, m.real(low), lost);
    m.add(sum, m.add(low, bend))
}

/// log2(2^k m).
#[inline(always)]
fn binary<M: Machine>(m: M, k: M::Real, mantissa: M::Real) -> M::Real {
    let unit = pair::constant(m, LOG2_E, LOG2_E_REST);
    let f = m.sub(mantissa, m.real(1.0));
    let part = pair::two_product(m, f, unit.high);
    let sum = pair::quick_two_sum(m, k, part.high);
    let low = m.fma(f, unit.low, m.add(sum.low, part.low));
    m.add(sum.high, m.fma(bend(m, f).bend, unit.high, low))
}

/// log10(2^k m).
#[inline(always)]
fn decimal<M: Machine>(m: M, k: M::Real, mantissa: M::Real) -> M::Real {
    // log10 2, the first part of 16 bits (f32) or 42 (f64).
    let [high, low] = match M::ELEMENT {
        Element::F32 => [0.30103302001953125, -3.0243555500547862e-06],
        Element::F64 => [0.30102999566395283, 2.8363394551044964e-14],
    };
    let unit = pair::constant(m, LOG10_E, LOG10_E_REST);
    let f = m.sub(mantissa, m.real(1.0));
    let part = pair::two_product(m, f, unit.high);
    let sum = pair::quick_two_sum(m, m.mul(k, m.real(high)), part.high);
    let low = m.fma(k, m.real(low), m.add(sum.low, part.low));
    let low = m.fma(f, unit.low, low);
    m.add(sum.high, m.fma(bend(m, f).bend, unit.high, low))
}

/// What [`bend`] finds.
struct Bend<R> {
    /// ln(1 + f) - f.
    bend: R,
    /// 1 / (1 + f), to 8%.
    slope: R,
}

/// How ln(1 + f) departs from f.
#[inline(always)]
fn bend<M: Machine>(m: M, f: M::Real) -> Bend<M::Real> {
    let one = m.real(1.0);
    match M::ELEMENT {
        Element::F32 => Bend {
            bend: m.mul(m.mul(f, f), horner(m, f, &LN_F32)),
            slope: m.fma(f, m.sub(f, one), one),
        },
        Element::F64 => {
            let s = m.div(f, m.add(f, m.real(2.0)));
            let z = m.mul(s, s);
            let bend = m.fma(z, horner(m, z, &ARTANH_F64), m.neg(f));
            Bend {
                bend: m.mul(s, bend),
                slope: m.fma(s, m.real(-2.0), one),
            }
        }
    }
}

/// (ln(1 + f) - f) / f^2 for 1 + f from sqrt(1/2) to sqrt(2).
const LN_F32: [f64; 9] = [
    -0.49999988079071045,
    0.33333322405815125,
    -0.2500159740447998,
    0.20002108812332153,
    -0.16608844697475433,
    0.14179353415966034,
    -0.1324278861284256,
    0.1292121559381485,
    -0.07643768191337585,
];

/// (2 artanh s / s - 2) / z, in z = s^2 up to (1 / (3 + 2 sqrt 2))^2.
const ARTANH_F64: [f64; 7] = [
    2.0 * 0.3333333333333367,
    2.0 * 0.19999999999708076,
    2.0 * 0.142857143710372,
    2.0 * 0.11111099301916148,
    2.0 * 0.09091781403886041,
    2.0 * 0.07657043780905726,
    2.0 * 0.0739779860538303,
];
