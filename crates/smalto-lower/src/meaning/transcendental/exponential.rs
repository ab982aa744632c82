//! Exponentials.
//!
//! # Method
//!
//! e^x = 2^n e^r, where r = x - n ln 2 is between -0.288 and 0.405 (Muller, *Elementary Functions*,
//! 3rd ed., 11.1). ln 2 is a sum L1 + L2 of two reals, the first so short that n L1 is exact; and
//! then x - n L1 is exact too (Cody & Waite, *Software Manual for the Elementary Functions*, 1980).
//! So r is rounded once.
//!
//! A polynomial q makes e^r = 1 + (r + r^2 q(r)), with 5 coefficients in f32, which fit to
//! 2^-28.3 of e^r, and 10 in f64 (2^-57.3). The last step is 1 + p, and 2^n of it. For exp2, n is the
//! nearest integer, r = x - n exact, and 2^r = 1 + r c with c = ln 2 + r q(r) (2^-28.2 and 2^-57.7).
//! In f64 the last step is 1 + r c, fused. In f32, to be monotone, it is that of exp, for p =
//! r C1 + r (C2 + r q(r)), where C1 + C2 is ln 2.
//!
//! *The error* of exp is half an ULP by the last step, and what p and r are rounded by. A unit of
//! the result is twice as much where r is positive. That is why n is the nearest integer to
//! x / ln 2 less 0.0844: then p is less than 1/2 where r is positive, and no less than -1/4 where r
//! is negative. p costs 1/8, r 0.2, q 0.05 in f32, and the roundings within q 0.1: 1.0 in all. exp2
//! has no error of r, but one of r c: 0.87.
//!
//! *The ends of the range.* Arguments are clamped where the result has long been zero. n is clamped
//! where it is infinite, and r becomes as large as it may: all coefficients are positive, so that
//! p is too. Of a NaN, r is NaN, but n is not, since it is to scale by. Scaling is exact, but for
//! subnormal results, which are rounded there.
//!
//! # expm1
//!
//! 2^n e^r - 1 is (2^n - 1) + 2^n r + 2^n r^2 q(r). The first two are a sum in which at most half
//! cancels, and its rounding error is known: r is kept as two reals, of which the first is exact,
//! as is 2^n - 1. All that is rounded before the last step is less than 1/6 of the result. As
//! 2^n may be more than the largest number, everything is halved first. Where x is so small that
//! the result is x, it is x, of whatever sign.
//!
//! # Order
//!
//! In f32 the functions are monotone, as the exhaustive test finds.

use super::bits;
use super::pair::{self, Pair};
use super::polynomial::{even_and_odd, horner};
use crate::Machine;
use smalto_graph::Element;
use std::f64::consts::{LN_2, LOG2_E};

/// ln 2 in two parts, the first of 16 bits (f32) or 42 (f64).
#[inline(always)]
pub(super) fn ln_2<M: Machine>() -> [f64; 2] {
    match M::ELEMENT {
        Element::F32 => [0.693145751953125, 1.4286068203094173e-06],
        Element::F64 => [0.6931471805598903, 5.497923018708371e-14],
    }
}

/// What the f64 of ln 2 is short of.
pub(super) const LN_2_REST: f64 = 2.3190468138462996e-17;

/// e to the power x.
#[inline(always)]
pub fn exp<M: Machine>(m: M, x: M::Real) -> M::Real {
    let (least, most) = match M::ELEMENT {
        Element::F32 => (-104.5, 128.0),
        Element::F64 => (-746.0, 1024.0),
    };
    let x = m.max(m.real(least), x);
    let n = m.min(nearest(m, x), m.real(most));
    let exact = m.fma(n, m.real(-ln_2::<M>()[0]), x);
    let r = m.fma(n, m.real(-ln_2::<M>()[1]), exact);
    let p = m.fma(m.mul(r, r), bend(m, r), r);
    bits::scale_one_and(m, p, n)
}

/// 2 to the power x.
#[inline(always)]
pub fn exp2<M: Machine>(m: M, x: M::Real) -> M::Real {
    let (least, most) = match M::ELEMENT {
        Element::F32 => (-151.0, 128.0),
        Element::F64 => (-1076.0, 1024.0),
    };
    let x = m.max(m.real(least), x);
    let n = m.min(m.rint(x), m.real(most));
    let r = m.sub(x, n);
    match M::ELEMENT {
        Element::F32 => {
            let ln_2 = pair::constant(m, LN_2, LN_2_REST);
            let bend = m.fma(r, horner(m, r, &EXP2_F32), ln_2.low);
            let p = m.fma(r, ln_2.high, m.mul(r, bend));
            bits::scale_one_and(m, p, n)
        }
        Element::F64 => {
            let slope = m.fma(r, horner(m, r, &EXP2_F64), m.real(LN_2));
            bits::scale_one_and_product(m, r, slope, n)
        }
    }
}

/// 2^(r.high + r.low) * 2^n for a sum of 0.53 at most, of which no digit of the high part is below
/// the last one of the low part.
#[inline(always)]
pub(super) fn of_pair<M: Machine>(m: M, r: Pair<M::Real>, n: M::Real) -> M::Real {
    match M::ELEMENT {
        Element::F32 => {
            // Exact, even where the second is the larger.
            let r = pair::quick_two_sum(m, r.high, r.low);
            let ln_2 = pair::constant(m, LN_2, LN_2_REST);
            let bend = m.fma(r.high, horner(m, r.high, &EXP2_F32), ln_2.low);
            let low = m.fma(r.low, ln_2.high, m.mul(r.high, bend));
            bits::scale_one_and(m, m.fma(r.high, ln_2.high, low), n)
        }
        Element::F64 => {
            let r = pair::rounded(m, r);
            // There is a long way behind this, so a short one is better than few steps.
            let slope = m.fma(r, even_and_odd(m, r, &EXP2_F64), m.real(LN_2));
            bits::scale_one_and_product(m, r, slope, n)
        }
    }
}

/// exp(x) - 1.
#[inline(always)]
pub fn expm1<M: Machine>(m: M, x: M::Real) -> M::Real {
    let (clamped, tiny) = match M::ELEMENT {
        Element::F32 => (clamped(m, x, -18.0, 88.8), 2f64.powi(-25)),
        Element::F64 => (clamped(m, x, -40.0, 709.9), 2f64.powi(-54)),
    };
    let (n, exact) = reduced(m, clamped);
    let over = m.mul(n, m.real(ln_2::<M>()[1]));
    let r = m.sub(exact, over);
    // r^2 q(r), the first coefficient by itself, so that its sum with the others is not rounded.
    let square = m.mul(r, r);
    let (first, others) = match M::ELEMENT {
        Element::F32 => {
            let [first, others @ ..] = EXP_F32;
            (first, horner(m, r, &others))
        }
        Element::F64 => {
            let [first, others @ ..] = EXP_F64;
            (first, horner(m, r, &others))
        }
    };
    let p_low = m.fma(m.mul(square, r), others, m.neg(over));
    let p_low = m.fma(square, m.real(first), p_low);

    // Half of everything.
    let (one, half) = (m.real(1.0), m.real(0.5));
    // A NaN is no number, and `max` gives the other.
    let n = m.max(m.sub(n, one), m.real(-100.0));
    let scale = bits::power_of_two(m, n);
    let less_1 = m.sub(scale, half);
    let lost = m.sub(m.sub(scale, less_1), half);
    let sum = pair::quick_two_sum(m, less_1, m.mul(scale, exact));
    let low = m.fma(scale, p_low, m.add(sum.low, lost));
    let total = m.add(sum.high, low);
    let is_tiny = m.lt(m.abs(x), m.real(tiny));
    m.select(is_tiny, x, m.add(total, total))
}

/// x, but not below `low` nor above `high`; a NaN stays one.
#[inline(always)]
fn clamped<M: Machine>(m: M, x: M::Real, low: f64, high: f64) -> M::Real {
    m.min(m.real(high), m.max(m.real(low), x))
}

/// The whole number of ln 2 that are taken away from x.
#[inline(always)]
fn nearest<M: Machine>(m: M, x: M::Real) -> M::Real {
    m.rint(m.fma(x, m.real(LOG2_E), m.real(-0.0844)))
}

/// That number, and x less so many L1.
#[inline(always)]
pub(super) fn reduced<M: Machine>(m: M, x: M::Real) -> (M::Real, M::Real) {
    let n = nearest(m, x);
    (n, m.fma(n, m.real(-ln_2::<M>()[0]), x))
}

/// (e^r - 1 - r) / r^2.
#[inline(always)]
pub(super) fn bend<M: Machine>(m: M, r: M::Real) -> M::Real {
    match M::ELEMENT {
        Element::F32 => horner(m, r, &EXP_F32),
        Element::F64 => horner(m, r, &EXP_F64),
    }
}

/// (e^r - 1 - r) / r^2 for r from -0.2882 to 0.4051; the error of r^2 q(r) beside e^r is minimax.
const EXP_F32: [f64; 5] = [
    0.5000001788139343,
    0.166665717959404,
    0.041658394038677216,
    0.008360181003808975,
    0.0014645499177277088,
];

const EXP_F64: [f64; 10] = [
    0.4999999999999999,
    0.1666666666666774,
    0.04166666666668562,
    0.008333333332420737,
    0.0013888888885248603,
    0.0001984127247902383,
    2.480157622129275e-05,
    2.75541217211403e-06,
    2.7590260110970134e-07,
    2.6462209057693918e-08,
];

/// (2^r - 1 - r ln 2) / r^2 for |r| <= 1/2, likewise.
const EXP2_F32: [f64; 5] = [
    0.24022647738456726,
    0.05550362169742584,
    0.009618517942726612,
    0.0013390161329880357,
    0.00015321181854233146,
];

const EXP2_F64: [f64; 10] = [
    0.24022650695910122,
    0.05550410866482073,
    0.009618129107596945,
    0.0013333558146686394,
    0.00015403530454111228,
    1.5252733546785655e-05,
    1.321543658892147e-06,
    1.0178184634190988e-07,
    7.073582464602124e-09,
    4.436312218392018e-10,
];
