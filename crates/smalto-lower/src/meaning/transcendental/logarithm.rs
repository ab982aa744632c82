//! Logarithms.
//!
//! # Method
//!
//! x = 2^k m with m between 0.695 and 1.39 in f32, and between sqrt(1/2) and sqrt(2) in f64, and
//! ln x = k ln 2 + ln m (Muller, *Elementary Functions*, 3rd ed., 11.4). With f = m - 1, which is
//! exact, ln m is f less a bend of about f^2/2:
//!
//! * in f32 -f^2 P(f), with 9 coefficients, which fit to 2^-27.7 of ln m;
//! * in f64 s (f - s^2 R(s^2)) for s = f / (2 + f), since ln m = 2 artanh s and f = 2 s + s f; R
//!   has 7 coefficients (2^-59.2). One division saves as many steps as f32 has in all.
//!
//! ln 2 is two reals, and the first so short that its product with k is exact. Its sum with f
//! is a pair; all else is added to the low part. So there is the last rounding, and the error of
//! the bend. That counts where k is zero or ln m is nearly k ln 2, and the bend is up to 0.2 of the
//! logarithm: 0.3 ULP, with that of the polynomial.
//!
//! log2 and log10 are the same, with f times log2 e or log10 e as a pair. In f32 P has coefficients
//! of its own, which saves the rounding of a product. log2 of 1.39 is just less than 1/2, where a
//! unit is smallest beside a bend; there the error comes to 0.96 ULP. In f64 what rounding log2 e or
//! log10 e lost is left out, and it is 1.3.
//!
//! # log1p
//!
//! 1 + x is a pair u + c, exactly (Dekker). ln u is found as above, and ln(u + c) = ln u + c/u, or
//! c 2^-k / m. |c| is at most half a unit of u, or it is all there is of x, and then m is 1. So
//! 1 - f + f^2, or 1 - 2 s, is close enough to 1/m.
//!
//! # Special values
//!
//! Where some lane's argument is subnormal, zero, negative, infinite or NaN, all lanes take a
//! second way, on which the first is gone again with the argument scaled.

use super::bits::{self, Split};
use super::exponential::ln_2;
use super::pair::{self, Pair};
use super::polynomial::horner;
use crate::{Float, Machine};
use smalto_graph::Element;
use std::f64::consts::{FRAC_1_SQRT_2, LOG2_E, LOG10_E};

/// What the f64 of log2 e is short of.
pub(super) const LOG2_E_REST: f64 = 2.0355273740931033e-17;

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
    let split = bits::split(m, sum.high, least_mantissa::<M>());
    m.if_any(
        split.is_unusual,
        // The sign of a zero is lost in the sum.
        m.copysign(of_sum(m, split, sum.low), x),
        #[inline(always)]
        || at_ends(m, sum.high, sum.high),
    )
}

/// ln(u + c), for a u taken apart and a c of no more than a unit or so of u; where u is 1, c may be
/// anything that is less.
#[inline(always)]
pub(super) fn of_sum<M: Machine>(m: M, u: Split<M::Real, M::Mask>, c: M::Real) -> M::Real {
    let k = u.exponent;
    let f = m.sub(u.mantissa, m.real(1.0));
    let bend = bend(m, f, f, &NATURAL);
    let rest = m.mul(m.mul(c, u.twice_inverse), bend.half_slope);
    let [high, low] = ln_2::<M>();
    let whole = taken_together(m, k, high, f);
    let low = m.fma(k, m.real(low), m.add(whole.low, rest));
    m.add(whole.high, bend.onto(m, low))
}

/// Where mantissas begin. In f32 the bends at both ends are less than 1/16, and so are rounded by
/// half as much as beyond.
#[inline(always)]
pub(super) fn least_mantissa<M: Machine>() -> f64 {
    match M::ELEMENT {
        Element::F32 => 0.695,
        Element::F64 => FRAC_1_SQRT_2,
    }
}

/// A logarithm of any x, by that of 2^k m.
#[inline(always)]
fn of_any<M: Machine<Element: Float>>(
    m: M,
    x: M::Real,
    name: &'static str,
    of_parts: impl Fn(M::Real, M::Real) -> M::Real,
) -> M::Real {
    let split = bits::split(m, x, least_mantissa::<M>());
    m.if_any(
        split.is_unusual,
        of_parts(split.exponent, split.mantissa),
        #[inline(always)]
        || {
            m.outlined(
                name,
                [x],
                #[inline(always)]
                |[x]| {
                    let (k, mantissa) = bits::split_any(m, x, least_mantissa::<M>());
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
    let [high, low] = ln_2::<M>();
    let f = m.sub(mantissa, m.real(1.0));
    let sum = taken_together(m, k, high, f);
    let low = m.fma(k, m.real(low), sum.low);
    m.add(sum.high, bend(m, f, f, &NATURAL).onto(m, low))
}

/// k times a number so short that the product is exact, and f, which is not larger than it
/// unless k is zero.
#[inline(always)]
pub(super) fn taken_together<M: Machine>(m: M, k: M::Real, unit: f64, f: M::Real) -> Pair<M::Real> {
    pair::quick_two_sum(m, m.mul(k, m.real(unit)), f)
}

/// log2(2^k m).
#[inline(always)]
fn binary<M: Machine>(m: M, k: M::Real, mantissa: M::Real) -> M::Real {
    let f = m.sub(mantissa, m.real(1.0));
    let part = in_units(m, f, LOG2_E);
    let sum = pair::quick_two_sum(m, k, part.high);
    let low = m.add(sum.low, part.low);
    m.add(sum.high, bend(m, f, part.high, &BINARY).onto(m, low))
}

/// log10(2^k m).
#[inline(always)]
fn decimal<M: Machine>(m: M, k: M::Real, mantissa: M::Real) -> M::Real {
    // log10 2, the first part of 16 bits (f32) or 42 (f64).
    let [high, low] = match M::ELEMENT {
        Element::F32 => [0.30103302001953125, -3.0243555500547862e-06],
        Element::F64 => [0.30102999566395283, 2.8363394551044964e-14],
    };
    let f = m.sub(mantissa, m.real(1.0));
    let part = in_units(m, f, LOG10_E);
    let sum = taken_together(m, k, high, part.high);
    let low = m.fma(k, m.real(low), m.add(sum.low, part.low));
    m.add(sum.high, bend(m, f, part.high, &DECIMAL).onto(m, low))
}

/// f times a unit, such as log2 e.
#[inline(always)]
fn in_units<M: Machine>(m: M, f: M::Real, unit: f64) -> Pair<M::Real> {
    let product = pair::two_product(m, f, m.real(unit));
    match M::ELEMENT {
        Element::F32 => {
            let rest = m.real(unit - f64::from(unit as f32));
            Pair::new(product.high, m.fma(f, rest, product.low))
        }
        // What an f64 is short of either unit is worth an eighth of an ULP.
        Element::F64 => product,
    }
}

/// How a logarithm of 1 + f departs from f times its unit: a product.
struct Bend<R> {
    factors: [R; 2],
    /// Half of 1 / (1 + f), to 8%.
    half_slope: R,
}

impl<R: Copy> Bend<R> {
    /// The product and this.
    #[inline(always)]
    fn onto<M: Machine<Real = R>>(&self, m: M, low: R) -> R {
        m.fma(self.factors[0], self.factors[1], low)
    }
}

/// The bend of a logarithm of 1 + f, where `in_units` is f times its unit.
#[inline(always)]
fn bend<M: Machine>(m: M, f: M::Real, in_units: M::Real, series: &Series) -> Bend<M::Real> {
    let half = m.real(0.5);
    match M::ELEMENT {
        Element::F32 => Bend {
            factors: [m.mul(f, f), horner(m, f, &series.single)],
            half_slope: m.fma(f, m.fma(f, half, m.neg(half)), half),
        },
        Element::F64 => {
            let s = m.div(f, m.add(f, m.real(2.0)));
            let z = m.mul(s, s);
            let less = m.fma(z, horner(m, z, &series.double), m.neg(in_units));
            Bend {
                factors: [s, less],
                half_slope: m.sub(half, s),
            }
        }
    }
}

/// What a logarithm's bend is made of, times its unit.
struct Series {
    /// (ln(1 + f) - f) / f^2 for 1 + f from 0.695 to 1.39; the error beside ln(1 + f) is minimax.
    single: [f64; 9],
    /// (2 artanh s / s - 2) / z, in z = s^2 up to (1 / (3 + 2 sqrt 2))^2, likewise.
    double: [f64; 7],
}

const NATURAL: Series = Series {
    single: [
        -0.49999991059303284,
        0.3333326578140259,
        -0.2500126361846924,
        0.20006197690963745,
        -0.1662169247865677,
        0.140964537858963,
        -0.13029766082763672,
        0.1342645138502121,
        -0.0889127179980278,
    ],
    double: ARTANH,
};

/// In f32 fitted anew, which saves the rounding of a product.
const BINARY: Series = Series {
    single: [
        -0.7213473916053772,
        0.4808973968029022,
        -0.36069196462631226,
        0.28862816095352173,
        -0.23980028927326202,
        0.20336879789829254,
        -0.1879797875881195,
        0.19370275735855103,
        -0.12827393412590027,
    ],
    double: times(LOG2_E, ARTANH),
};

const DECIMAL: Series = Series {
    single: [
        -0.21714720129966736,
        0.14476454257965088,
        -0.1085791364312172,
        0.08688569068908691,
        -0.07218680530786514,
        0.06122017279267311,
        -0.05658755451440811,
        0.05831034108996391,
        -0.03861430287361145,
    ],
    double: times(LOG10_E, ARTANH),
};

/// Each coefficient times a unit.
const fn times(unit: f64, mut coefficients: [f64; 7]) -> [f64; 7] {
    let mut degree = 0;
    while degree < coefficients.len() {
        coefficients[degree] *= unit;
        degree += 1;
    }
    coefficients
}

/// (2 artanh s / s - 2) / z.
const ARTANH: [f64; 7] = [
    2.0 * 0.3333333333333367,
    2.0 * 0.19999999999708076,
    2.0 * 0.142857143710372,
    2.0 * 0.11111099301916148,
    2.0 * 0.09091781403886041,
    2.0 * 0.07657043780905726,
    2.0 * 0.0739779860538303,
];
