//! The length of a vector.
//!
//! sqrt(a^2 + b^2), with the squares where they neither overflow nor lose bits below the
//! smallest number. An error e of the sum is worth e/2 in the root, so in f64 the sum may be
//! off by 1.5 units: that of b^2, which is the smaller, and that of the sum, whose other
//! square is not rounded; 1.25 ULP in all. In f32 the sum is correctly rounded, but for the
//! rounding of what all the roundings lost: half an ULP from the sum, half from the root
//! (compare Borges, *An Improved Algorithm for hypot(a,b)*, 2019, which corrects the root).
//!
//! Where the larger argument of some lane is so large or small that squares will not do, both
//! are scaled by a power of two. An infinite argument makes an infinite length, even
//! beside a NaN (C, F.10.4.4).

use super::pair;
use crate::{Float, Machine};
use smalto_graph::Element;

/// The numbers between which squares are safe, and powers of two that lead there from below
/// and from above.
struct Range {
    low: f64,
    high: f64,
    up: f64,
    down: f64,
}

impl Range {
    #[inline(always)]
    fn of<M: Machine>() -> Range {
        let power = |exponent: i32| 2f64.powi(exponent);
        match M::ELEMENT {
            Element::F32 => Range {
                low: power(-50),
                high: power(60),
                up: power(100),
                down: power(-70),
            },
            Element::F64 => Range {
                low: power(-450),
                high: power(510),
                up: power(700),
                down: power(-600),
            },
        }
    }
}

/// sqrt(a * a + b * b) without overflow.
#[inline(always)]
pub fn hypot<M: Machine<Element: Float>>(m: M, a: M::Real, b: M::Real) -> M::Real {
    let (a, b) = (m.abs(a), m.abs(b));
    let Range { low, high, .. } = Range::of::<M>();
    let larger = m.max(a, b);
    // An infinite argument may be lost to a NaN here, so both are asked.
    let too_large = m.mor(m.lt(m.real(high), a), m.lt(m.real(high), b));
    let extreme = m.mor(too_large, m.lt(larger, m.real(low)));
    m.if_any(
        extreme,
        length(m, larger, smaller(m, a, b)),
        #[inline(always)]
        || {
            m.outlined(
                "hypot of extremes",
                [a, b],
                #[inline(always)]
                |[a, b]| scaled(m, a, b),
            )
        },
    )
}

/// The smaller of two numbers; a NaN if there is one.
#[inline(always)]
fn smaller<M: Machine>(m: M, a: M::Real, b: M::Real) -> M::Real {
    // If `a` is NaN, `max` has given `b`, and so must this give `a`.
    m.min(b, a)
}

/// The length, by arguments whose squares are safe.
#[inline(always)]
fn length<M: Machine>(m: M, larger: M::Real, smaller: M::Real) -> M::Real {
    match M::ELEMENT {
        Element::F32 => {
            let large = pair::two_product(m, larger, larger);
            let small = pair::two_product(m, smaller, smaller);
            let sum = pair::quick_two_sum(m, large.high, small.high);
            let lost = m.add(sum.low, m.add(large.low, small.low));
            m.sqrt(m.add(sum.high, lost))
        }
        Element::F64 => m.sqrt(m.fma(larger, larger, m.mul(smaller, smaller))),
    }
}

/// The length, by arguments of any size.
#[inline(always)]
fn scaled<M: Machine>(m: M, a: M::Real, b: M::Real) -> M::Real {
    let Range { up, down, .. } = Range::of::<M>();
    let infinity = m.real(f64::INFINITY);
    let some = m.mor(m.eq(a, infinity), m.eq(b, infinity));
    let tiny = m.lt(m.max(a, b), m.real(1.0));
    let scale = m.select(tiny, m.real(up), m.real(down));
    let back = m.select(tiny, m.real(1.0 / up), m.real(1.0 / down));
    let (a, b) = (m.mul(a, scale), m.mul(b, scale));
    let scaled = length(m, m.max(a, b), smaller(m, a, b));
    m.select(some, infinity, m.mul(scaled, back))
}
