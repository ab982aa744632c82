//! Comparisons, and ops whose results are steps.
//!
//! A comparison with NaN is false (`ne` true), so nothing is certain where an operand
//! may be NaN.

use super::bounds::{are_ordered, excludes_zero, has_zero, is_point};
use super::{Interval, Reals, Truth, Truths};
use crate::Machine;
use crate::meaning::real;

/// What is true here, false there, and elsewhere may be either.
#[inline(always)]
pub fn known<M: Machine>(m: M, surely: M::Mask, surely_not: M::Mask) -> Truths<M> {
    Truth {
        may_be_true: m.mnot(surely_not),
        may_be_false: m.mnot(surely),
    }
}

/// The opposite.
#[inline(always)]
pub fn opposite<M: Machine>(_: M, a: Truths<M>) -> Truths<M> {
    Truth {
        may_be_true: a.may_be_false,
        may_be_false: a.may_be_true,
    }
}

/// a < b.
#[inline(always)]
pub fn lt<M: Machine>(m: M, a: Reals<M>, b: Reals<M>) -> Truths<M> {
    let numbers = are_ordered(m, a, b);
    known(
        m,
        m.mand(numbers, m.lt(a.hi, b.lo)),
        m.mand(numbers, m.le(b.hi, a.lo)),
    )
}

/// a <= b.
#[inline(always)]
pub fn le<M: Machine>(m: M, a: Reals<M>, b: Reals<M>) -> Truths<M> {
    let numbers = are_ordered(m, a, b);
    known(
        m,
        m.mand(numbers, m.le(a.hi, b.lo)),
        m.mand(numbers, m.lt(b.hi, a.lo)),
    )
}

/// a > b.
#[inline(always)]
pub fn gt<M: Machine>(m: M, a: Reals<M>, b: Reals<M>) -> Truths<M> {
    lt(m, b, a)
}

/// a >= b.
#[inline(always)]
pub fn ge<M: Machine>(m: M, a: Reals<M>, b: Reals<M>) -> Truths<M> {
    le(m, b, a)
}

/// a == b.
#[inline(always)]
pub fn eq<M: Machine>(m: M, a: Reals<M>, b: Reals<M>) -> Truths<M> {
    let numbers = are_ordered(m, a, b);
    let same = m.mand(m.eq(a.lo, b.hi), m.eq(a.hi, b.lo));
    let apart = m.mor(m.lt(a.hi, b.lo), m.lt(b.hi, a.lo));
    known(m, m.mand(numbers, same), m.mand(numbers, apart))
}

/// a != b.
#[inline(always)]
pub fn ne<M: Machine>(m: M, a: Reals<M>, b: Reals<M>) -> Truths<M> {
    opposite(m, eq(m, a, b))
}

/// -1, 0 or 1 as a is below, equal to or above b: it rises with a and falls with b. Each
/// bound of an operand has its part in one of the result, and so has its NaN.
#[inline(always)]
pub fn compare<M: Machine>(m: M, a: Reals<M>, b: Reals<M>) -> Reals<M> {
    Interval::new(real::compare(m, a.lo, b.hi), real::compare(m, a.hi, b.lo))
}

/// 1 if x >= edge, else 0.
#[inline(always)]
pub fn step<M: Machine>(m: M, edge: Reals<M>, x: Reals<M>) -> Reals<M> {
    real_of(m, le(m, edge, x))
}

/// 1 if x is zero, else 0.
#[inline(always)]
pub fn not<M: Machine>(m: M, x: Reals<M>) -> Reals<M> {
    real_of(m, opposite(m, is_nonzero(m, x)))
}

/// x != 0, which NaN is.
#[inline(always)]
pub fn is_nonzero<M: Machine>(m: M, x: Reals<M>) -> Truths<M> {
    let is_zero = m.mand(is_point(m, x), has_zero(m, x));
    known(m, excludes_zero(m, x), is_zero)
}

/// 1 for true, 0 for false.
#[inline(always)]
pub fn real_of<M: Machine>(m: M, truth: Truths<M>) -> Reals<M> {
    let (zero, one) = (m.real(0.0), m.real(1.0));
    Interval::new(
        m.select(truth.may_be_false, zero, one),
        m.select(truth.may_be_true, one, zero),
    )
}
