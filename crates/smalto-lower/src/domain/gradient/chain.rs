//! The chain rule: the slope of an op of one operand is that of the operand times that of the op,
//! and of more operands the sum.
//!
//! # Slopes that are no numbers
//!
//! The root of x has an infinite slope at 0, and x * y has one by y where x is infinite. If an
//! operand there does not change by some input, neither does the result: 0 wins. That could be
//! asked of every partial derivative. It is cheaper to make the op's slope a number first, once
//! for all of them: an infinite one counts as the largest ([`number`]). Where it is known when a
//! program is written down that none is infinite, nothing is asked at all.
//!
//! So zero times a slope is zero, always, and a partial derivative that is known to be zero when
//! a program is written down can be left out of it; most are, of inputs and what is made of a
//! few of them. What is left is the sign of zeros: `x + 0` is 0 for an x of -0. As derivatives
//! are only added, scaled and chosen, such a sign never becomes anything but the sign of a zero
//! in the end, and there it is taken away ([`Gradient::given`]).
//!
//! # Slopes that are next to nothing
//!
//! Far from what they are of, exponentials are subnormal, and so are their slopes and what those
//! are multiplied with. Many CPUs take 150 cycles for each such product (Fog, "The
//! microarchitecture of Intel, AMD, and VIA CPUs", on subnormal numbers). So a slope of an
//! exponential that is subnormal counts as zero ([`damped`]): as far as 2^-126, it is. And the
//! slope of a logarithm is no larger than at the least normal number.

use super::{Gradient, Reals};
use crate::Machine;
use crate::domain::{largest, least_normal};

/// `function` of each partial derivative.
#[inline(always)]
pub fn each<R: Copy, const N: usize>(mut a: [R; N], function: impl Fn(R) -> R) -> [R; N] {
    for partial in &mut a {
        *partial = function(*partial);
    }
    a
}

/// `function` of each pair of partial derivatives.
#[inline(always)]
pub fn each_of_two<R: Copy, const N: usize>(
    mut a: [R; N],
    b: [R; N],
    function: impl Fn(R, R) -> R,
) -> [R; N] {
    for (partial, &other) in a.iter_mut().zip(&b) {
        *partial = function(*partial, other);
    }
    a
}

/// da + db.
#[inline(always)]
pub fn sum<M: Machine>(m: M, da: M::Real, db: M::Real) -> M::Real {
    match (m.is_known_zero(da), m.is_known_zero(db)) {
        (true, _) => db,
        (_, true) => da,
        _ => m.add(da, db),
    }
}

/// da - db.
#[inline(always)]
pub fn difference<M: Machine>(m: M, da: M::Real, db: M::Real) -> M::Real {
    match (m.is_known_zero(da), m.is_known_zero(db)) {
        (_, true) => da,
        (true, _) => m.neg(db),
        _ => m.sub(da, db),
    }
}

/// -da.
#[inline(always)]
pub fn opposite<M: Machine>(m: M, da: M::Real) -> M::Real {
    match m.is_known_zero(da) {
        true => da,
        false => m.neg(da),
    }
}

/// da * slope, of a slope that is a [`number`].
#[inline(always)]
pub fn scaled<M: Machine>(m: M, da: M::Real, slope: M::Real) -> M::Real {
    match m.is_known_zero(da) {
        true => da,
        false => m.mul(da, slope),
    }
}

/// da * slope + db, rounded once, likewise.
#[inline(always)]
pub fn scaled_sum<M: Machine>(m: M, da: M::Real, slope: M::Real, db: M::Real) -> M::Real {
    match (m.is_known_zero(da), m.is_known_zero(db)) {
        (true, _) => db,
        (_, true) => m.mul(da, slope),
        _ => m.fma(da, slope, db),
    }
}

/// first ? da : db.
#[inline(always)]
pub fn either<M: Machine>(m: M, first: M::Mask, da: M::Real, db: M::Real) -> M::Real {
    match m.is_known_zero(da) && m.is_known_zero(db) {
        true => da,
        false => m.select(first, da, db),
    }
}

/// A slope as a number: the largest, or the least, where it is infinite or NaN.
#[inline(always)]
pub fn number<M: Machine>(m: M, slope: M::Real) -> M::Real {
    if m.is_known_finite(slope) {
        return slope;
    }
    let largest = largest::<M>();
    // The minimum has its second operand where the first is NaN.
    m.max(m.min(slope, m.real(largest)), m.real(-largest))
}

/// The same of a slope that is never infinite below zero.
#[inline(always)]
pub fn capped<M: Machine>(m: M, slope: M::Real) -> M::Real {
    match m.is_known_finite(slope) {
        true => slope,
        false => m.min(slope, m.real(largest::<M>())),
    }
}

/// The same of a slope that is never negative, and zero where it is subnormal or NaN.
#[inline(always)]
pub fn damped<M: Machine>(m: M, slope: M::Real) -> M::Real {
    let counts = m.le(m.real(least_normal::<M>()), slope);
    m.select(counts, capped(m, slope), m.real(0.0))
}

/// A result that changes `slope` times as fast as the operand, and not at all if that does not.
/// The slope is a [`number`].
#[inline(always)]
pub fn times<M: Machine, const N: usize>(
    m: M,
    value: M::Real,
    a: Reals<M, N>,
    slope: M::Real,
) -> Reals<M, N> {
    let partials = each(
        a.partials,
        #[inline(always)]
        |da| scaled(m, da, slope),
    );
    Gradient::new(value, partials)
}

/// A result with these slopes in two operands.
#[inline(always)]
pub fn times_both<M: Machine, const N: usize>(
    m: M,
    value: M::Real,
    a: Reals<M, N>,
    by_a: M::Real,
    b: Reals<M, N>,
    by_b: M::Real,
) -> Reals<M, N> {
    let (by_a, by_b) = (number(m, by_a), number(m, by_b));
    let partials = each_of_two(
        a.partials,
        b.partials,
        #[inline(always)]
        |da, db| scaled_sum(m, da, by_a, scaled(m, db, by_b)),
    );
    Gradient::new(value, partials)
}

/// The result of a choice: the slope of `a` where `first`, of `b` elsewhere.
#[inline(always)]
pub fn chosen<M: Machine, const N: usize>(
    m: M,
    value: M::Real,
    first: M::Mask,
    a: Reals<M, N>,
    b: Reals<M, N>,
) -> Reals<M, N> {
    let partials = each_of_two(
        a.partials,
        b.partials,
        #[inline(always)]
        |da, db| either(m, first, da, db),
    );
    Gradient::new(value, partials)
}

/// Where some partial derivative is not zero.
#[inline(always)]
pub fn changes<M: Machine, const N: usize>(m: M, a: Reals<M, N>) -> M::Mask {
    let mut changes = m.mask(false);
    for &partial in &a.partials {
        changes = m.mor(changes, m.mnot(m.eq(partial, m.real(0.0))));
    }
    changes
}
