//! The Euclidean remainder.
//!
//! `mod(a, b)` is what the C library's `fmod(a, b)` leaves, which is exact, and where that is
//! negative |b| more, rounded once. A remainder that is zero has the sign of a.
//!
//! With q = floor(a / |b|), the fused a - q |b| is that, as long as q is right. The quotient
//! is rounded, and may be rounded up to an integer that a / |b| does not quite reach. Then
//! the difference is negative, and exact since it is small; |b| more makes it right.
//!
//! q must fit a mantissa. Where some lane's does not, a is first made smaller. For a correctly
//! rounded quotient q = a / b, of any size, a - q b is a real number, so fused
//! it is exact (Boldo & Daumas, *Representable correcting terms for possibly underflowing
//! floating point operations*, ARITH 2003); and q, being large, is an integer. So a becomes
//! a - q b, with some 24 (53) bits less, until it is less than b. Where a / b overflows, b is
//! first multiplied by a power of two.

use crate::{Float, Machine};
use smalto_graph::Element;

/// Euclidean remainder.
#[inline(always)]
pub fn modulo<M: Machine<Element: Float>>(m: M, a: M::Real, b: M::Real) -> M::Real {
    let (largest_quotient, largest) = match M::ELEMENT {
        Element::F32 => (2f64.powi(22), f32::MAX.into()),
        Element::F64 => (2f64.powi(51), f64::MAX),
    };
    let divisor = m.abs(b);
    let quotient = m.floor(m.div(a, divisor));
    let remainder = nonnegative(m, a, divisor, m.fma(m.neg(quotient), divisor, a));
    let far = m.le(m.real(largest_quotient), m.abs(quotient));
    let infinite = m.lt(m.real(largest), divisor);
    m.if_any(
        m.mor(far, infinite),
        remainder,
        #[inline(always)]
        || {
            m.outlined(
                "mod of large quotients",
                [a, divisor],
                #[inline(always)]
                |[a, divisor]| by_steps(m, a, divisor),
            )
        },
    )
}

/// A remainder in (-divisor, divisor) as one in [0, divisor].
#[inline(always)]
fn nonnegative<M: Machine>(m: M, a: M::Real, divisor: M::Real, remainder: M::Real) -> M::Real {
    let zero = m.real(0.0);
    let whole = m.select(m.lt(remainder, zero), m.add(remainder, divisor), remainder);
    m.select(m.eq(remainder, zero), m.copysign(zero, a), whole)
}

/// The remainder of any a by any divisor that is not negative.
#[inline(always)]
fn by_steps<M: Machine>(m: M, a: M::Real, divisor: M::Real) -> M::Real {
    let factor = match M::ELEMENT {
        Element::F32 => 2f64.powi(96),
        Element::F64 => 2f64.powi(768),
    };
    let (zero, infinity) = (m.real(0.0), m.real(f64::INFINITY));
    let divides = m.mand(m.lt(m.abs(a), infinity), m.lt(zero, divisor));
    let [rest] = m.while_any(
        m.mand(divides, m.le(divisor, m.abs(a))),
        [a],
        #[inline(always)]
        |[rest]| {
            // A quotient overflows only by a divisor below 1, which has room above.
            let mut by = divisor;
            let mut quotient = m.div(rest, by);
            for _ in 0..2 {
                let overflows = m.eq(m.abs(quotient), infinity);
                by = m.select(overflows, m.mul(by, m.real(factor)), by);
                quotient = m.div(rest, by);
            }
            let next = m.fma(m.neg(m.trunc(quotient)), by, rest);
            ([next], m.le(divisor, m.abs(next)))
        },
    );
    let remainder = nonnegative(m, a, divisor, rest);
    m.select(divides, remainder, m.real(f64::NAN))
}
