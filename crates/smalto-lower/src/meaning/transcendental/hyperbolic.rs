//! Hyperbolic functions.
//!
//! # Method
//!
//! The functions are odd or even, so take x > 0. With r = x - n ln 2 for a whole number n, the
//! addition theorems
//!
//! ```text
//! sinh x = S cosh r + C sinh r        S = (2^n - 2^-n) / 2
//! cosh x = C cosh r + S sinh r        C = (2^n + 2^-n) / 2
//! ```
//!
//! need neither e^x nor its reciprocal. r is between -0.243 and 0.451 in f32, and between -0.347 and
//! 0.347 in f64. Polynomials in z = r^2 give sinh r = r + r z A(z) and cosh r = 1 + z B(z), with 3
//! coefficients each in f32, which fit to 2^-33.9 and 2^-30.0, and 5 in f64 (2^-60.7 and 2^-56.8).
//!
//! S + C r, or C + S r, is a pair, where r is kept as two reals (as for
//! [exponentials](super::exponential)), so that its first part is exact. No more than half of it
//! cancels. The other terms are less than a sixth of the result, so they cost 0.25 ULP. The larger
//! of S and C is rounded where n is large, which is made up for where it is not multiplied by r.
//!
//! sinh and cosh are found as halves, since 2^(n-1) may be more than the largest number. Where x
//! is so small that sinh x is x, it is x.
//!
//! tanh x in f64 is the quotient of both as pairs, by one reciprocal and the remainder that it
//! leaves: 1.0 ULP. In f32, where it must be monotone, it is 1 - 2 / (e^(2x) + 1) for x from 0.92
//! on, in which an error of the fraction is less than a step of the argument; below it is
//! x + x z T(z), with 7 coefficients (2^-28.9), whose error is that of the atan.

use super::bits;
use super::exponential::{self, ln_2};
use super::pair::{self, Pair};
use super::polynomial::horner;
use crate::Machine;
use smalto_graph::Element;
use std::f64::consts::LOG2_E;

/// Hyperbolic sine.
#[inline(always)]
pub fn sinh<M: Machine>(m: M, x: M::Real) -> M::Real {
    let magnitude = m.abs(x);
    let tiny = match M::ELEMENT {
        Element::F32 => 2f64.powi(-12),
        Element::F64 => 2f64.powi(-27),
    };
    let half = pair::rounded(m, parts(m, magnitude, most::<M>(), -2.0).sinh(m));
    let sinh = m.select(m.lt(magnitude, m.real(tiny)), magnitude, m.add(half, half));
    m.copysign(sinh, x)
}

/// Hyperbolic cosine.
#[inline(always)]
pub fn cosh<M: Machine>(m: M, x: M::Real) -> M::Real {
    let half = pair::rounded(m, parts(m, m.abs(x), most::<M>(), -2.0).cosh(m));
    m.add(half, half)
}

/// Hyperbolic tangent.
#[inline(always)]
pub fn tanh<M: Machine>(m: M, x: M::Real) -> M::Real {
    let tanh = match M::ELEMENT {
        Element::F32 => tanh_f32(m, m.abs(x)),
        Element::F64 => tanh_f64(m, m.abs(x)),
    };
    m.copysign(tanh, x)
}

/// tanh x for x >= 0, in f32.
#[inline(always)]
fn tanh_f32<M: Machine>(m: M, x: M::Real) -> M::Real {
    let (one, z) = (m.real(1.0), m.mul(x, x));
    let cube = m.mul(x, z);
    // The first coefficient by itself, so that its sum with the others is not rounded.
    let [first, others @ ..] = TANH_F32;
    let others = m.mul(m.mul(cube, z), horner(m, z, &others));
    let near = m.add(x, m.fma(cube, m.real(first), others));

    // From 9.5 on it is 1.
    let twice = m.min(m.real(19.0), m.add(x, x));
    let (n, exact) = exponential::reduced(m, twice);
    let r = m.fma(n, m.real(-ln_2::<M>()[1]), exact);
    let p = m.fma(m.mul(r, r), exponential::bend(m, r), r);
    // A NaN is no number, and `max` gives the other.
    let scale = bits::power_of_two(m, m.max(n, one));
    let below = m.fma(p, scale, m.add(scale, one));
    let far = m.sub(one, m.div(m.real(2.0), below));
    m.select(m.lt(x, m.real(0.92)), near, far)
}

/// tanh x for x >= 0, in f64.
#[inline(always)]
fn tanh_f64<M: Machine>(m: M, x: M::Real) -> M::Real {
    // From 20 on it is 1.
    let parts = parts(m, x, 20.0, -1.0);
    let (sinh, cosh) = (parts.sinh(m), parts.cosh(m));
    let cosh = pair::quick_two_sum(m, cosh.high, cosh.low);
    let reciprocal = m.div(m.real(1.0), cosh.high);
    let high = m.mul(sinh.high, reciprocal);
    let missing = m.fma(m.neg(high), cosh.high, sinh.high);
    let missing = m.fma(m.neg(high), cosh.low, m.add(missing, sinh.low));
    m.fma(missing, reciprocal, high)
}

/// An argument of which sinh and cosh are infinite.
#[inline(always)]
fn most<M: Machine>() -> f64 {
    match M::ELEMENT {
        Element::F32 => 89.6,
        Element::F64 => 710.6,
    }
}

/// An argument taken apart: x = n ln 2 + r.
struct Parts<R> {
    /// (2^n - 2^-n) / 2 and (2^n + 2^-n) / 2, or both times a power of two.
    s: Pair<R>,
    c: Pair<R>,
    /// r, but for a rest.
    r: R,
    /// sinh r - r.
    bend: R,
    /// cosh r - 1.
    rise: R,
}

impl<R: Copy> Parts<R> {
    /// The hyperbolic sine.
    #[inline(always)]
    fn sinh<M: Machine<Real = R>>(&self, m: M) -> Pair<R> {
        self.combined(m, self.s, self.c.high)
    }

    /// The hyperbolic cosine.
    #[inline(always)]
    fn cosh<M: Machine<Real = R>>(&self, m: M) -> Pair<R> {
        self.combined(m, self.c, self.s.high)
    }

    /// of_cosh cosh r + of_sinh sinh r.
    #[inline(always)]
    fn combined<M: Machine<Real = R>>(&self, m: M, of_cosh: Pair<R>, of_sinh: R) -> Pair<R> {
        let linear = pair::two_product(m, of_sinh, self.r);
        let sum = pair::quick_two_sum(m, of_cosh.high, linear.high);
        let lost = m.add(m.add(sum.low, linear.low), of_cosh.low);
        let low = m.fma(of_sinh, self.bend, lost);
        Pair::new(sum.high, m.fma(of_cosh.high, self.rise, low))
    }
}

/// The parts of x, which is not negative; beyond `most` they are those of `most`. The power of
/// two is 2^(n + halvings).
#[inline(always)]
fn parts<M: Machine>(m: M, x: M::Real, most: f64, halvings: f64) -> Parts<M::Real> {
    let [ln_2, ln_2_rest] = ln_2::<M>();
    let x = m.min(m.real(most), x);
    let n = match M::ELEMENT {
        Element::F32 => m.rint(m.fma(x, m.real(LOG2_E), m.real(-0.15))),
        Element::F64 => m.rint(m.mul(x, m.real(LOG2_E))),
    };
    let exact = m.fma(n, m.real(-ln_2), x);
    let over = m.mul(n, m.real(ln_2_rest));
    let r = m.sub(exact, over);
    let z = m.mul(r, r);
    let (odd, even) = match M::ELEMENT {
        Element::F32 => (horner(m, z, &SINH_F32), horner(m, z, &COSH_F32)),
        Element::F64 => (horner(m, z, &SINH_F64), horner(m, z, &COSH_F64)),
    };

    // A NaN is no number, and `max` gives the other.
    let n = m.max(n, m.real(0.0));
    let halvings = m.real(halvings);
    let up = bits::power_of_two(m, m.add(n, halvings));
    let down = bits::power_of_two(m, m.sub(halvings, n));
    Parts {
        s: pair::quick_two_sum(m, up, m.neg(down)),
        c: pair::quick_two_sum(m, up, down),
        r: exact,
        bend: m.fma(m.mul(r, z), odd, m.neg(over)),
        rise: m.mul(z, even),
    }
}

/// (sinh r / r - 1) / z, in z = r^2 up to 0.451^2 (f32) and (ln 2 / 2)^2 (f64).
const SINH_F32: [f64; 3] = [
    0.1666666716337204,
    0.008333202451467514,
    0.00019949060515500605,
];

const SINH_F64: [f64; 5] = [
    0.16666666666666677,
    0.008333333333321605,
    0.0001984126988618892,
    2.7557244148442165e-06,
    2.5109057470975496e-08,
];

/// (cosh r - 1) / z on the same interval.
const COSH_F32: [f64; 3] = [
    0.5000000596046448,
    0.04166540503501892,
    0.0013985957484692335,
];

const COSH_F64: [f64; 5] = [
    0.5000000000000013,
    0.04166666666651416,
    0.0013888888947298523,
    2.480148968154147e-05,
    2.7631365372510523e-07,
];

/// (tanh x / x - 1) / z, in z = x^2 up to 0.92^2.
const TANH_F32: [f64; 7] = [
    -0.33333319425582886,
    0.13332891464233398,
    -0.05392180383205414,
    0.021634213626384735,
    -0.008206761442124844,
    0.0025269377510994673,
    -0.000434558663982898,
];
