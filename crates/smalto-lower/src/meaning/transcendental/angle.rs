//! Angles: what is left of an argument when the nearest multiple of a part of a turn is
//! taken away.
//!
//! # Moderate arguments
//!
//! The angle is x - k P for a whole number k, where P is pi/2. P is a sum P1 + P2 + P3 of
//! reals (Cody & Waite, *Software Manual for the Elementary Functions*, 1980; with fused
//! multiply-adds Boldo, Daumas & Li, *Formally Verified Argument Reduction with a Fused
//! Multiply-Add*, IEEE Trans. Comput. 58, 2009). P1 is a full mantissa and P2 a short one, both
//! rounded down. Up to the limit |k| < 2^10 in f32, where P2 has 14 bits, and < 2^20 in f64,
//! where it has 33.
//!
//! * x - k P1 is exact: it is a multiple of the last place of P1 (or of x where k is 0 or
//!   1), and less than 2.
//! * k P2 fits a mantissa, since P2 is short. Subtracting it either is exact, or it leaves a
//!   result whose last place is a multiple of that of P2; so the difference made is exact
//!   either way, and comparing it with k P2 tells what was lost.
//! * k P3 is added to what was lost, and rounded with it: by less than 2^-53 and 2^-120. What
//!   k times P is short of is as little. No f32 up to the limit is closer to a multiple of
//!   pi/2 than 2^-27, and no f64 than 2^-58, so the angle is good to 2^-26 and 2^-62 of
//!   itself, beside its rounding.
//!
//! k is the nearest integer to x / P, give or take what rounding 1 / P does to a product;
//! which is what makes angles larger than P / 2, by 0.0001 at the limit in f32. It is found
//! by adding a *counter*, 1.5 * 2^23 or 1.5 * 2^52: the sum rounds to an integer, and its
//! last bits are those of k in two's complement.
//!
//! # Huge arguments
//!
//! Of x * 2/pi only the value modulo 4 matters, so the bits of 2/pi that make multiples of
//! 4 need not be there (Payne & Hanek, *Radian Reduction for Trigonometric Functions*,
//! SIGNUM Newsletter 18, 1983). With x = X 2^s for a whole number X, these are the bits of
//! 2/pi 2^s above the weight 2. What remains of 2/pi 2^s is kept for every 8th s in f32
//! (every 16th in f64) as four *pieces* of one mantissa each. The products of X with the
//! pieces are exact as pairs, and all of their parts that can reach 4 are reduced modulo
//! 4, exactly. The fraction that is left is good to 2^-62 (2^-141), which is 2^-32
//! (2^-79) of the smallest angle.
//!
//! An infinite argument gives NaN, on both ways.

use super::pair;
use crate::{Float, Machine};
use smalto_graph::Element;
use std::any::Any;
use std::f64::consts::{FRAC_2_PI, FRAC_PI_2};

/// The angle `high - lost`, and how many quarter turns were taken away to get there.
#[derive(Debug, Clone, Copy)]
pub struct Angle<R> {
    /// A real whose last bits are those of the number of quarter turns.
    pub counted: R,
    /// The angle, rounded.
    pub high: R,
    /// What is to be subtracted from it: about half a unit in its last place at most.
    pub lost: R,
}

/// 1.5 * 2^(bits of the fraction): the unit in its last place is 1.
#[inline(always)]
fn counter<M: Machine>(m: M, ahead: f64) -> M::Real {
    let counter = match M::ELEMENT {
        Element::F32 => 12_582_912.0,
        Element::F64 => 6_755_399_441_055_744.0,
    };
    m.real(counter + ahead)
}

/// pi/2 in three parts.
#[inline(always)]
fn half_pi<M: Machine>() -> [f64; 3] {
    match M::ELEMENT {
        Element::F32 => [
            1.570796251296997,
            7.549533620476723e-08,
            2.5633440682570896e-12,
        ],
        Element::F64 => [
            std::f64::consts::FRAC_PI_2,
            6.12323399538461e-17,
            3.5215598651832e-27,
        ],
    }
}

/// What pi/2 is more than its f64.
const HALF_PI_REST: f64 = 6.123233995736766e-17;

/// Where arguments begin to be huge.
#[inline(always)]
fn limit<M: Machine>() -> f64 {
    match M::ELEMENT {
        Element::F32 => (1 << 10) as f64,
        Element::F64 => (1 << 20) as f64,
    }
}

/// Whether [`of_moderate`] does not serve.
#[inline(always)]
pub fn is_huge<M: Machine>(m: M, x: M::Real) -> M::Mask {
    m.lt(m.real(limit::<M>()), m.abs(x))
}

/// The angle of an argument that is not huge. So many quarter turns are counted beforehand.
#[inline(always)]
pub fn of_moderate<M: Machine>(m: M, x: M::Real, ahead: f64) -> Angle<M::Real> {
    let counter = counter(m, ahead);
    let counted = m.fma(x, m.real(FRAC_2_PI), counter);
    let taken = m.sub(counted, counter);
    // No part is negative, so -0 stays what it is.
    let [first, second, third] = half_pi::<M>();
    let exact = m.fma(taken, m.real(-first), x);
    let high = m.fma(taken, m.real(-second), exact);
    let lost = m.fma(taken, m.real(second), m.sub(high, exact));
    Angle {
        counted,
        high,
        lost: m.fma(taken, m.real(third), lost),
    }
}

/// The angle of an argument that is not huge, rounded only, when half turns are taken away:
/// whole ones, or from a quarter turn on. And a real whose last bits are those of their number.
#[inline(always)]
pub fn of_half_turns<M: Machine>(m: M, x: M::Real, from_quarter: bool) -> (M::Real, M::Real) {
    let counter = counter(m, 0.0);
    let half_turns = m.real(0.5 * FRAC_2_PI);
    let (counted, taken) = if from_quarter {
        let counted = m.add(m.fma(x, half_turns, m.real(-0.5)), counter);
        (counted, m.add(m.sub(counted, counter), m.real(0.5)))
    } else {
        let counted = m.fma(x, half_turns, counter);
        (counted, m.sub(counted, counter))
    };
    let angle = half_pi::<M>().iter().fold(
        x,
        #[inline(always)]
        |angle, part| m.fma(taken, m.real(-2.0 * part), angle),
    );
    (counted, angle)
}

/// The angle of a huge argument; of a smaller one, anything.
#[inline(always)]
pub fn of_huge<M>(m: M, x: M::Real, ahead: f64) -> Angle<M::Real>
where
    M: Machine<Element: Float>,
{
    let index = row_of(m, m.abs(x));
    let [scale, pieces @ ..] = table::<M::Element>();
    let x = m.mul(x, m.gather(scale, index));
    let [p0, p1, p2, p3] = pieces.map(
        #[inline(always)]
        |piece| m.gather(piece, index),
    );

    // Products from 2^70 downwards. The first three parts can reach 4 and are multiples of
    // the last place of a number below 4, so their sum modulo 4 is exact but for `third`.
    let (first, second) = (pair::two_product(m, x, p0), pair::two_product(m, x, p1));
    let third = pair::two_product(m, x, p2);
    let large = m.add(modulo_4(m, first.high), modulo_4(m, first.low));
    let (large, small) = (modulo_4(m, large), modulo_4(m, second.high));

    let taken = m.rint(m.add(large, small));
    let sum = pair::two_sum(m, m.sub(large, taken), small);
    let tail = pair::two_sum(m, second.low, third.high);
    let tail_low = m.add(tail.low, m.fma(x, p3, third.low));
    let all = pair::two_sum(m, sum.high, tail.high);
    let low = m.add(m.add(sum.low, all.low), tail_low);
    let quarters = pair::quick_two_sum(m, all.high, low);

    let half_pi = pair::constant(m, FRAC_PI_2, HALF_PI_REST);
    let angle = pair::product(m, quarters, half_pi);
    Angle {
        counted: m.add(counter(m, ahead), taken),
        high: angle.high,
        lost: m.neg(angle.low),
    }
}

/// v less the nearest multiple of 4, exactly.
#[inline(always)]
fn modulo_4<M: Machine>(m: M, v: M::Real) -> M::Real {
    m.fma(m.rint(m.mul(v, m.real(0.25))), m.real(-4.0), v)
}

/// The row of the table that serves `magnitude`.
#[inline(always)]
fn row_of<M: Machine>(m: M, magnitude: M::Real) -> M::I32 {
    match M::ELEMENT {
        Element::F32 => {
            let above = m.isub(m.raw_bits32(magnitude), m.integer(134 << 23));
            m.ushr(above, m.integer(23 + 3))
        }
        Element::F64 => {
            let above: M::I64 = m.isub(m.raw_bits64(magnitude), m.integer(1043 << 52));
            m.wrap(m.ushr(above, m.integer(52 + 4)))
        }
    }
}

/// The columns: a power of two that makes the argument a whole number, and what is left of
/// 2/pi times its reciprocal, in four pieces.
type Columns<T> = [&'static [T]; 5];

/// The columns for elements `T`.
#[inline(always)]
fn table<T: Float>() -> Columns<T> {
    let columns: &'static dyn Any = match T::ELEMENT {
        Element::F32 => &COLUMNS_F32,
        Element::F64 => &COLUMNS_F64,
    };
    *columns
        .downcast_ref::<Columns<T>>()
        .expect("the element is T")
}

static COLUMNS_F32: Columns<f32> = [
    &SCALES_F32,
    &PIECES_F32[0],
    &PIECES_F32[1],
    &PIECES_F32[2],
    &PIECES_F32[3],
];

static COLUMNS_F64: Columns<f64> = [
    &SCALES_F64,
    &PIECES_F64[0],
    &PIECES_F64[1],
    &PIECES_F64[2],
    &PIECES_F64[3],
];

/// The tables of an element: so many rows; the exponent s of row 0, and from row to row.
macro_rules! tables {
    ($float:ident, $bits:ident, $scales:ident, $pieces:ident, $rows:literal, $first:literal, $step:literal) => {
        static $scales: [$float; $rows] = {
            let mut scales = [0.0; $rows];
            let mut row = 0;
            while row < $rows {
                scales[row] = power_of_two(-($first + $step * row as i32)) as $float;
                row += 1;
            }
            scales
        };

        static $pieces: [[$float; $rows]; 4] = {
            const BITS: i32 = $float::MANTISSA_DIGITS as i32;
            let mut pieces = [[0.0; $rows]; 4];
            let mut row = 0;
            while row < $rows {
                let mut piece = 0;
                while piece < 4 {
                    // The digit of weight 2 is first.
                    let digit = $first + $step * row as i32 + BITS * piece - 1;
                    let weight = power_of_two(2 - BITS * (piece + 1));
                    let value = two_over_pi(digit, BITS) as f64 * weight;
                    pieces[piece as usize][row] = value as $float;
                    piece += 1;
                }
                row += 1;
            }
            pieces
        };
    };
}

tables! { f32, u32, SCALES_F32, PIECES_F32, 16, -16, 8 }
tables! { f64, u64, SCALES_F64, PIECES_F64, 63, -32, 16 }

const fn power_of_two(exponent: i32) -> f64 {
    f64::from_bits(((1023 + exponent) as u64) << 52)
}

/// `count` binary digits of 2/pi as an integer, the first of weight 2^-`first`.
const fn two_over_pi(first: i32, count: i32) -> u64 {
    let mut digits = 0;
    let mut at = first;
    while at < first + count {
        // The digit of weight 1/2 is the highest of the first word.
        let digit = match at {
            ..1 => 0,
            _ => TWO_OVER_PI[(at - 1) as usize / 32] >> (31 - (at - 1) % 32) & 1,
        };
        digits = 2 * digits + digit as u64;
        at += 1;
    }
    digits
}

/// The fraction of 2/pi: 1280 binary digits.
const TWO_OVER_PI: [u32; 40] = [
    0xa2f9_836e,
    0x4e44_1529,
    0xfc27_57d1,
    0xf534_ddc0,
    0xdb62_9599,
    0x3c43_9041,
    0xfe51_63ab,
    0xdebb_c561,
    0xb724_6e3a,
    0x424d_d2e0,
    0x0649_2eea,
    0x09d1_921c,
    0xfe1d_eb1c,
    0xb129_a73e,
    0xe882_35f5,
    0x2ebb_4484,
    0xe99c_7026,
    0xb45f_7e41,
    0x3991_d639,
    0x8353_39f4,
    0x9c84_5f8b,
    0xbdf9_283b,
    0x1ff8_97ff,
    0xde05_980f,
    0xef2f_118b,
    0x5a0a_6d1f,
    0x6d36_7ecf,
    0x27cb_09b7,
    0x4f46_3f66,
    0x9e5f_ea2d,
    0x7527_bac7,
    0xebe5_f17b,
    0x3d07_39f7,
    0x8a52_92ea,
    0x6bfb_5fb1,
    0x1f8d_5d08,
    0x5603_3046,
    0xfc7b_6bab,
    0xf0cf_bc20,
    0x9af4_361d,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Scalar;

    /// Both ways agree where both can be gone.
    fn check<T: Float>(m: impl Machine<Element = T, Real = T>, huge: f64, unit: f64) {
        for k in 0..1000 {
            let x = m.real(huge * (1.0 - 0.3 * f64::from(k) / 1000.0));
            let (near, far) = (of_moderate(m, x, 0.0), of_huge(m, x, 0.0));
            let angle = |a: &Angle<T>| a.high.to_f64() - a.lost.to_f64();
            let difference = angle(&near) - angle(&far);
            // Of huge arguments, full turns are not counted.
            let more = near.counted.to_f64() - far.counted.to_f64();
            assert_eq!(more % 4.0, 0.0, "{x:?}");
            assert!(difference.abs() < unit, "{x:?}: {near:?} {far:?}");
        }
    }

    #[test]
    fn huge_and_moderate_arguments_meet() {
        // Beyond the limit, where the table serves and the parts of pi still do.
        check(Scalar::<f32>::new(), 1500.0, 2f64.powi(-45));
        check(Scalar::<f64>::new(), 1_500_000.0, 2f64.powi(-52));
    }

    #[test]
    fn an_argument_of_any_size_has_its_own_angle() {
        let check = |x: f64, quarters: f64| {
            let m = Scalar::<f64>::new();
            let angle = of_huge(m, x, 0.0);
            let found = angle.high / std::f64::consts::FRAC_PI_2;
            assert!((found - quarters).abs() < 1e-15, "{x}: {found}");
        };
        // From 400 decimal digits of pi.
        check(1e22, 0.350_534_900_574_481_4);
        check(f64::MAX, -0.003_158_891_490_987_788);
        check(
            6_381_956_970_095_103.0 * 2f64.powi(797),
            2.983_942_503_748_063e-19,
        );
    }
}
