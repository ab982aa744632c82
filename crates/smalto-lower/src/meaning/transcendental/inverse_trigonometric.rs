//! Inverse trigonometric functions.
//!
//! # Inverse sine and cosine
//!
//! For |x| <= 1/2, asin x = x + x z P(z) with z = x^2. For larger |x| the half-angle formula
//! asin |x| = pi/2 - 2 asin s leads there, with z = (1 - |x|) / 2, which is exact, and s = sqrt z;
//! and acos x = pi/2 - asin x, in which pi/2 cancels for x > 1/2. P has 5 coefficients in f32
//! (fits to 2^-27.6) and 12 in f64 (2^-55.9). Beyond 1 the root is that of a negative number.
//!
//! x z P(z) is at most 0.05 of the result, so it contributes less than 0.2 ULP. In f64 the
//! rounding of s is another half: 1.2 in all. In f32 it is taken away: the remainder
//! s^2 - z is exact, and divided by 2 s, where a reciprocal that is right to 12% does
//! ([`bits::rough_reciprocal`]); 0.7 in all. Sums with pi/2 or pi are done as pairs.
//!
//! # Inverse tangent
//!
//! atan t = t + t z Q(z) with z = t^2, for |t| <= 1, with 10 coefficients in f32 (2^-29.9) and 20
//! in f64 (2^-57.3). Larger arguments are t = -1 / x, from pi/2; of two arguments t is the
//! quotient of the smaller by the larger, from 0, pi/2 or pi. What rounding the
//! quotient lost is added again (but for atan in f64). t z Q(z) is up to 0.21 for a result above 0.78: 0.4 ULP of
//! errors; 0.95 in all in f32, and 1.2 in f64, where the quotient has its own.
//!
//! atan2 goes another way where some lane's larger argument is zero, infinite, or so large or
//! small that the quotient's remainder might not be a number: `scaled`.
//!
//! # Sources
//!
//! Muller, *Elementary Functions*, 3rd ed., 2016, 11.4 for the reductions.

use super::bits;
use super::pair;
use super::polynomial::{estrin, even_and_odd, horner};
use crate::{Float, Machine};
use smalto_graph::Element;
use std::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI};

/// What the f64 of pi/2 is short of.
const HALF_PI_REST: f64 = 6.123233995736766e-17;

/// Inverse sine.
#[inline(always)]
pub fn asin<M: Machine>(m: M, x: M::Real) -> M::Real {
    let magnitude = m.abs(x);
    let small = m.le(magnitude, m.real(0.5));
    let start = m.select(small, m.real(0.0), m.real(FRAC_PI_2));
    let arc = arc(m, small, magnitude, magnitude, m.real(-2.0));
    m.copysign(arc.counted(m, start), x)
}

/// Inverse cosine.
#[inline(always)]
pub fn acos<M: Machine>(m: M, x: M::Real) -> M::Real {
    let zero = m.real(0.0);
    let magnitude = m.abs(x);
    let small = m.le(magnitude, m.real(0.5));
    // From pi/2, from pi or from 0.
    let negative = m.lt(x, zero);
    let end = m.select(negative, m.real(PI), zero);
    let start = m.select(small, m.real(FRAC_PI_2), end);
    let twice = m.select(negative, m.real(-2.0), m.real(2.0));
    arc(m, small, magnitude, m.neg(x), twice).counted(m, start)
}

/// An arc sine s + s z P(z), where z is s^2, so many times.
struct Arc<R> {
    /// So many times s, rounded.
    line: R,
    z: R,
    /// P(z).
    slope: R,
    /// What is to be added to the line since s is rounded.
    rest: R,
}

impl<R: Copy> Arc<R> {
    /// The angle so far from `start`, a multiple of pi/2.
    #[inline(always)]
    fn counted<M: Machine<Real = R>>(&self, m: M, start: R) -> R {
        let sum = pair::quick_two_sum(m, start, self.line);
        let low = m.add(sum.low, rest_of(m, start));
        let low = match M::ELEMENT {
            Element::F32 => m.add(low, self.rest),
            Element::F64 => low,
        };
        let bend = m.fma(m.mul(self.line, self.z), self.slope, low);
        m.add(sum.high, bend)
    }
}

/// The arc sine of `small_line` where `small`, else so many `times` that of
/// sqrt((1 - magnitude) / 2).
#[inline(always)]
fn arc<M: Machine>(
    m: M,
    small: M::Mask,
    magnitude: M::Real,
    small_line: M::Real,
    times: M::Real,
) -> Arc<M::Real> {
    let square = m.fma(magnitude, m.real(-0.5), m.real(0.5));
    let s = m.sqrt(square);
    let line = m.select(small, small_line, m.mul(times, s));
    let z = m.select(small, m.mul(magnitude, magnitude), square);
    match M::ELEMENT {
        Element::F32 => {
            let below = m.fma(m.neg(s), s, square);
            let short = m.mul(below, bits::rough_reciprocal(m, s, 1));
            Arc {
                line,
                z,
                slope: horner(m, z, &ARC_SINE_F32),
                rest: m.select(small, m.real(0.0), m.mul(times, short)),
            }
        }
        Element::F64 => Arc {
            line,
            z,
            slope: even_and_odd(m, z, &ARC_SINE_F64),
            rest: m.real(0.0),
        },
    }
}

/// Inverse tangent.
#[inline(always)]
pub fn atan<M: Machine>(m: M, x: M::Real) -> M::Real {
    let magnitude = m.abs(x);
    let large = m.lt(m.real(1.0), magnitude);
    let zero = m.real(0.0);
    let inverse = m.div(m.real(-1.0), magnitude);
    let tangent = m.select(large, inverse, magnitude);
    let missing = match M::ELEMENT {
        Element::F32 => {
            // Of an infinite argument nothing is missing.
            let finite = m.min(m.real(f32::MAX.into()), magnitude);
            let missing = m.mul(inverse, m.fma(inverse, finite, m.real(1.0)));
            m.select(large, missing, zero)
        }
        Element::F64 => zero,
    };
    let half_pi = pair::constant(m, FRAC_PI_2, HALF_PI_REST);
    let start = m.select(large, half_pi.high, zero);
    m.copysign(turned(m, start, tangent, missing), x)
}

/// Angle of the point (x, y).
#[inline(always)]
pub fn atan2<M: Machine<Element: Float>>(m: M, y: M::Real, x: M::Real) -> M::Real {
    let (low, high) = match M::ELEMENT {
        Element::F32 => (2f64.powi(-100), 2f64.powi(100)),
        Element::F64 => (2f64.powi(-900), 2f64.powi(900)),
    };
    let larger = m.max(m.abs(x), m.abs(y));
    let extreme = m.mor(m.lt(larger, m.real(low)), m.lt(m.real(high), larger));
    m.if_any(
        extreme,
        angle(m, y, x),
        #[inline(always)]
        || {
            m.outlined(
                "atan2 of extremes",
                [y, x],
                #[inline(always)]
                |[y, x]| scaled(m, y, x),
            )
        },
    )
}

/// atan2 where the larger argument is neither zero nor extreme.
#[inline(always)]
fn angle<M: Machine>(m: M, y: M::Real, x: M::Real) -> M::Real {
    let (zero, magnitude) = (m.real(0.0), m.abs(y));
    // y / x from 0 or pi, -x / y from pi/2. A NaN is kept either way.
    let steep = m.lt(m.abs(x), magnitude);
    let numerator = m.select(steep, m.neg(x), magnitude);
    let denominator = m.select(steep, magnitude, x);
    let tangent = m.div(numerator, denominator);
    let left = m.fma(m.neg(tangent), denominator, numerator);
    let missing = m.mul(left, bits::rough_reciprocal(m, denominator, 0));
    let half_pi = pair::constant(m, FRAC_PI_2, HALF_PI_REST);
    let behind = m.select(m.lt(x, zero), m.add(half_pi.high, half_pi.high), zero);
    let start = m.select(steep, half_pi.high, behind);
    m.copysign(turned(m, start, tangent, missing), y)
}

/// atan2 of any arguments, by an equivalent point at a moderate distance.
#[inline(always)]
fn scaled<M: Machine>(m: M, y: M::Real, x: M::Real) -> M::Real {
    let (largest, up, down) = match M::ELEMENT {
        Element::F32 => (f32::MAX.into(), 2f64.powi(64), 2f64.powi(-64)),
        Element::F64 => (f64::MAX, 2f64.powi(512), 2f64.powi(-512)),
    };
    let (zero, one, largest) = (m.real(0.0), m.real(1.0), m.real(largest));
    // Beside an infinite argument a finite one is nothing, an infinite one as much.
    let (infinite_x, infinite_y) = (m.lt(largest, m.abs(x)), m.lt(largest, m.abs(y)));
    let some = m.mor(infinite_x, infinite_y);
    let near_x = m.select(some, m.copysign(m.select(infinite_x, one, zero), x), x);
    let near_y = m.select(some, m.copysign(m.select(infinite_y, one, zero), y), y);
    let larger = m.max(m.abs(near_x), m.abs(near_y));
    let scale = m.select(m.lt(larger, one), m.real(up), m.real(down));
    // The origin is seen from the side that the sign of x says.
    let near_x = m.select(m.eq(larger, zero), m.copysign(one, x), m.mul(near_x, scale));
    let angle = angle(m, m.mul(near_y, scale), near_x);
    // On the diagonal of two infinities the angle is known to the last bit.
    let behind = m.lt(x, zero);
    let diagonal = m.select(behind, m.real(3.0 * FRAC_PI_4), m.real(FRAC_PI_4));
    let both = m.mand(infinite_x, infinite_y);
    let angle = m.select(both, m.copysign(diagonal, y), angle);
    let ordered = m.mand(m.eq(x, x), m.eq(y, y));
    m.select(ordered, angle, m.real(f64::NAN))
}

/// start + atan(tangent + missing), where start is 0, pi/2 or pi and |tangent| <= 1.
#[inline(always)]
fn turned<M: Machine>(m: M, start: M::Real, tangent: M::Real, missing: M::Real) -> M::Real {
    let z = m.mul(tangent, tangent);
    let cube = m.mul(tangent, z);
    let rest = match M::ELEMENT {
        Element::F32 => {
            // The slope is 1 / (1 + z), which is close enough to 1 - z / 2.
            let missing = m.fma(m.mul(missing, z), m.real(-0.5), missing);
            // What rounding the cube lost, times about what the cube is multiplied by.
            let above = m.fma(m.neg(tangent), z, cube);
            let missing = m.fma(above, m.real(0.25), missing);
            // The first coefficient by itself, so that its sum with the others is not rounded.
            let [first, others @ ..] = ARC_TANGENT_F32;
            let others = m.fma(m.mul(cube, z), horner(m, z, &others), missing);
            m.fma(cube, m.real(first), others)
        }
        Element::F64 => {
            let missing = m.fma(m.mul(missing, z), m.real(-0.5), missing);
            m.fma(cube, polynomial_of_20(m, z), missing)
        }
    };
    let sum = pair::quick_two_sum(m, start, tangent);
    let rest = m.add(rest, m.add(sum.low, rest_of(m, start)));
    m.add(sum.high, rest)
}

/// What a multiple of pi/2 that is rounded is short of, in proportion to it.
#[inline(always)]
fn rest_of<M: Machine>(m: M, rounded: M::Real) -> M::Real {
    let rest = match M::ELEMENT {
        Element::F32 => (PI - f64::from(PI as f32)) / f64::from(PI as f32),
        Element::F64 => HALF_PI_REST / FRAC_PI_2,
    };
    m.mul(rounded, m.real(rest))
}

/// A polynomial of more coefficients than Estrin's scheme takes at once.
#[inline(always)]
fn polynomial_of_20<M: Machine>(m: M, z: M::Real) -> M::Real {
    let [c0, c1, c2, c3, upper @ ..] = ARC_TANGENT_F64;
    let square = m.mul(z, z);
    let fourth = m.mul(square, square);
    m.fma(
        fourth,
        estrin(m, z, &upper),
        estrin(m, z, &[c0, c1, c2, c3]),
    )
}

/// (asin x / x - 1) / z, in z = x^2 up to 1/4.
const ARC_SINE_F32: [f64; 5] = [
    0.16666752099990845,
    0.074953094124794,
    0.045469142496585846,
    0.02418484352529049,
    0.04215816780924797,
];

const ARC_SINE_F64: [f64; 12] = [
    0.16666666666665408,
    0.07500000000336988,
    0.04464285682836306,
    0.03038195913555593,
    0.022371758082333583,
    0.017359704307932766,
    0.01388523976834097,
    0.012169184378464622,
    0.0065280897402097,
    0.0195279599606269,
    -0.01622378494427233,
    0.03191195603876982,
];

/// (atan t / t - 1) / z, in z = t^2 up to 1.
const ARC_TANGENT_F32: [f64; 10] = [
    -0.333333283662796,
    0.19999682903289795,
    -0.14279864728450775,
    0.11058259010314941,
    -0.08811108022928238,
    0.06741607189178467,
    -0.04469010606408119,
    0.022540003061294556,
    -0.007318011950701475,
    0.001113798702135682,
];

const ARC_TANGENT_F64: [f64; 20] = [
    -0.3333333333333307,
    0.19999999999951476,
    -0.14285714282574877,
    0.11111111007018823,
    -0.09090907002881696,
    0.07692279838232124,
    -0.06666404050456298,
    0.05880527780148652,
    -0.052535184298041014,
    0.04722321888441477,
    -0.0421917829928776,
    0.036641901183335386,
    -0.029903848144905664,
    0.021984846192133246,
    -0.013900558059106552,
    0.007196504774638199,
    -0.0028849206920555054,
    0.0008313230949772892,
    -0.0001521612260893011,
    1.3225119973717445e-05,
];
