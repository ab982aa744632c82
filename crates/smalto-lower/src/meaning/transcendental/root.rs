//! Roots.
//!
//! # Cube root
//!
//! Of a normal x > 0 the reciprocal y of the cube root comes first, since Newton's iteration for
//! it has no division. Read as an integer, a real is its logarithm in steps, so that a multiple of
//! it taken from a constant gives y to 3.6% (the idea is folklore; see Kahan, *Computing a Real
//! Cube Root*, 1991). With h = 1 - x y^3, 1 - h is the cube of what y is to be divided by: a cubic
//! for (1 - h)^(-1/3), minimax for |h| <= 0.1023, leaves 2^-18.9, and in f64 one step of Newton's
//! iteration 2^-35.
//!
//! c = x y^2 is the cube root as closely. x - c^3 is computed from the square of c as a pair, and
//! c + (x - c^3) y^2 / 3 has one rounding that counts: 0.51 ULP.
//!
//! # n-th root
//!
//! [`power`] with 1/n and what it is short of, and so with its error. Operands that are no
//! positive normal number, and results beyond the range, go another way, `at_any`: `rootn` of IEEE
//! 754-2019, 9.2.1.

use super::bits;
use super::pair::{self, Pair};
use super::polynomial::horner;
use super::power::{
    self, Parity, any_power_of_two, is_moderate, is_negative, parity, power_of_two,
};
use crate::{Float, Machine};
use smalto_graph::Element;
use std::f64::consts::FRAC_1_SQRT_2;

/// Cube root.
#[inline(always)]
pub fn cbrt<M: Machine<Element: Float>>(m: M, x: M::Real) -> M::Real {
    // Below this, x - c^3 would be subnormal; a cube is taken out of x then.
    let (least, up, down) = match M::ELEMENT {
        Element::F32 => (2f64.powi(-60), 2f64.powi(60), 2f64.powi(-20)),
        Element::F64 => (2f64.powi(-300), 2f64.powi(300), 2f64.powi(-100)),
    };
    let magnitude = m.abs(x);
    let root = m.if_any(
        bits::is_outside(m, magnitude, least),
        cube_root(m, magnitude),
        #[inline(always)]
        || {
            m.outlined(
                "cbrt of unusual",
                [magnitude],
                #[inline(always)]
                |[magnitude]| {
                    let raised = m.mul(magnitude, m.real(up));
                    let root = m.mul(cube_root(m, raised), m.real(down));
                    // Zero, infinity and NaN are their own roots.
                    let regular = m.lt(magnitude, m.add(magnitude, magnitude));
                    m.select(regular, root, magnitude)
                },
            )
        },
    );
    m.copysign(root, x)
}

/// The cube root of a positive normal number.
#[inline(always)]
fn cube_root<M: Machine>(m: M, x: M::Real) -> M::Real {
    let third = m.real(1.0 / 3.0);
    let y = rough_reciprocal(m, x);
    let h = defect(m, x, y);
    let y = match M::ELEMENT {
        Element::F32 => m.mul(y, horner(m, h, &NEARER_F32)),
        Element::F64 => {
            let y = m.mul(y, horner(m, h, &NEARER_F64));
            let h = defect(m, x, y);
            m.fma(m.mul(y, third), h, y)
        }
    };
    let square = m.mul(y, y);
    let root = m.mul(x, square);
    let squared = pair::two_product(m, root, root);
    let missing = m.fma(m.neg(squared.high), root, x);
    let missing = m.fma(m.neg(squared.low), root, missing);
    m.fma(m.mul(square, third), missing, root)
}

/// 1 - x y^3.
#[inline(always)]
fn defect<M: Machine>(m: M, x: M::Real, y: M::Real) -> M::Real {
    let inverse = m.mul(x, m.mul(y, y));
    m.fma(m.neg(inverse), y, m.real(1.0))
}

/// 1 / cbrt(x) to 3.6%, for a positive normal x.
#[inline(always)]
fn rough_reciprocal<M: Machine>(m: M, x: M::Real) -> M::Real {
    let third = m.real(-1.0 / 3.0);
    match M::ELEMENT {
        Element::F32 => {
            let steps: M::Real = m.to_real(m.raw_bits32(x));
            let taken = m.fma(steps, third, m.real(1_419_900_544.0));
            m.from_bits32(m.convert_in_range(taken))
        }
        Element::F64 => {
            // The upper half has steps enough.
            let upper: M::I32 = m.wrap(m.ushr(m.raw_bits64(x), m.integer(32)));
            let taken = m.fma(m.to_real(upper), third, m.real(1_430_186_361.0));
            let upper: M::I32 = m.convert_in_range(taken);
            m.from_bits64(m.shl(m.extend(upper), m.integer(32)))
        }
    }
}

/// The n-th root.
#[inline(always)]
pub fn root<M: Machine<Element: Float>>(m: M, a: M::Real, n: M::Real) -> M::Real {
    let split = bits::split(m, a, FRAC_1_SQRT_2);
    let exponent = exponent(m, split.exponent, split.mantissa, n);
    m.if_any(
        m.mor(split.is_unusual, m.mnot(is_moderate(m, exponent))),
        power_of_two(m, exponent),
        #[inline(always)]
        || {
            m.outlined(
                "root of unusual",
                [a, n],
                #[inline(always)]
                |[a, n]| at_any(m, a, n),
            )
        },
    )
}

/// Magnitudes of n beyond which roots are all 1, and below which they are 0 or infinity.
#[inline(always)]
fn moderate<M: Machine>() -> [f64; 2] {
    match M::ELEMENT {
        Element::F32 => [2f64.powi(-33), 2f64.powi(60)],
        Element::F64 => [2f64.powi(-65), 2f64.powi(120)],
    }
}

/// log2(2^k m) / n, for a moderate n.
#[inline(always)]
fn exponent<M: Machine>(m: M, k: M::Real, mantissa: M::Real, n: M::Real) -> Pair<M::Real> {
    let one = m.real(1.0);
    let reciprocal = m.div(one, n);
    let exponent = power::exponent(m, k, mantissa, reciprocal);
    // The reciprocal is short of this, times itself.
    let missing = m.fma(m.neg(reciprocal), n, one);
    let low = m.fma(exponent.high, missing, exponent.low);
    Pair::new(exponent.high, low)
}

/// The n-th root of any x.
#[inline(always)]
fn at_any<M: Machine>(m: M, x: M::Real, n: M::Real) -> M::Real {
    let (zero, infinity) = (m.real(0.0), m.real(f64::INFINITY));
    let magnitude = m.abs(x);
    let (k, mantissa) = bits::split_any(m, magnitude, FRAC_1_SQRT_2);
    let [least, most] = moderate::<M>();
    let within = m.min(m.real(most), m.max(m.real(least), m.abs(n)));
    let exponent = exponent(m, k, mantissa, m.copysign(within, n));
    let root = any_power_of_two(m, exponent);

    // Roots of zero and infinity.
    let (is_zero, is_infinite) = (m.eq(magnitude, zero), m.eq(magnitude, infinity));
    let (rises, falls) = (m.lt(zero, n), m.lt(n, zero));
    let vanishes = m.mor(m.mand(is_zero, rises), m.mand(is_infinite, falls));
    let grows = m.mor(m.mand(is_zero, falls), m.mand(is_infinite, rises));
    let root = m.select(grows, infinity, m.select(vanishes, zero, root));

    // Odd roots of negative numbers are negative, and the others are not real.
    let Parity { odd, .. } = parity(m, n);
    let signed = m.select(m.mand(odd, is_negative(m, x)), m.neg(root), root);
    let unreal = m.mand(m.lt(x, zero), m.mnot(odd));

    let ordered = m.mand(m.eq(x, x), m.eq(n, n));
    let defined = m.mand(ordered, m.mnot(m.mor(unreal, m.eq(n, zero))));
    m.select(defined, signed, m.real(f64::NAN))
}

/// (1 - h)^(-1/3) for |h| <= 0.1023.
const NEARER_F32: [f64; 4] = [
    0.9999980330467224,
    0.3333284258842468,
    0.22374068200588226,
    0.17456300556659698,
];

const NEARER_F64: [f64; 4] = [
    0.9999980089986034,
    0.33332841306235933,
    0.22374068285512957,
    0.17456300342237474,
];
