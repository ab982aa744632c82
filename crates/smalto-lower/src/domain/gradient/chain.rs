//! The chain rule: the slope of an op of one operand is that of the operand times that of the op,
//! and of more operands the sum.

use super::{Gradient, Reals};
use crate::Machine;

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

/// A result that changes `slope` times as fast as the operand, and not at all if that does not.
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
        |da| product_or_zero(m, da, slope),
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
    let partials = each_of_two(
        a.partials,
        b.partials,
        #[inline(always)]
        |da, db| m.add(product_or_zero(m, da, by_a), product_or_zero(m, db, by_b)),
    );
    Gradient::new(value, partials)
}

/// A product, which changes by a as fast as b says. These slopes are finite where the
/// product is, so that no zero needs care.
#[inline(always)]
pub fn product<M: Machine, const N: usize>(
    m: M,
    value: M::Real,
    a: Reals<M, N>,
    b: Reals<M, N>,
) -> Reals<M, N> {
    let partials = each_of_two(
        a.partials,
        b.partials,
        #[inline(always)]
        |da, db| m.fma(da, b.value, m.mul(db, a.value)),
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
        |da, db| m.select(first, da, db),
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

/// a * b, and zero if a is.
#[inline(always)]
pub fn product_or_zero<M: Machine>(m: M, a: M::Real, b: M::Real) -> M::Real {
    m.select(m.eq(a, m.real(0.0)), a, m.mul(a, b))
}
