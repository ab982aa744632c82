//! Ops that give one of their operands, and which, if that is certain.
//!
//! *Certain* is to the bit: of all numbers in the operands the op gives the one or the other
//! as it is. So `min`, which gives its second operand at a tie and beside a NaN, is decided for
//! the first only where it is less throughout and no NaN can be. Whoever simplifies a
//! program by what is decided gets the bits that it had.

use super::bounds::{self, are_ordered, excludes_zero, has_zero, hull, is_ordered, only_where};
use super::{Interval, Reals, Truth, Truths};
use crate::Machine;
use crate::domain::Decided;

/// a < b ? a : b. A NaN gives b, which is a number if b is.
#[inline(always)]
pub fn min<M: Machine>(m: M, a: Reals<M>, b: Reals<M>) -> (Reals<M>, Decided<M>) {
    let (a_is_number, b_is_number) = (is_ordered(m, a), is_ordered(m, b));
    // If b may be NaN, so may be its bounds, and those of the minimum: `min` keeps them. If
    // a may be, it is any number or gives b.
    let least = m.select(a_is_number, m.min(a.lo, b.lo), m.real(f64::NEG_INFINITY));
    let greatest = m.select(a_is_number, m.min(a.hi, b.hi), b.hi);
    let numbers = m.mand(a_is_number, b_is_number);
    let decided = Decided {
        first: m.mand(numbers, m.lt(a.hi, b.lo)),
        second: m.mand(numbers, m.le(b.hi, a.lo)),
    };
    (
        only_where(m, b_is_number, Interval::new(least, greatest)),
        decided,
    )
}

/// a > b ? a : b, likewise.
#[inline(always)]
pub fn max<M: Machine>(m: M, a: Reals<M>, b: Reals<M>) -> (Reals<M>, Decided<M>) {
    let (a_is_number, b_is_number) = (is_ordered(m, a), is_ordered(m, b));
    let least = m.select(a_is_number, m.max(a.lo, b.lo), b.lo);
    let greatest = m.select(a_is_number, m.max(a.hi, b.hi), m.real(f64::INFINITY));
    let numbers = m.mand(a_is_number, b_is_number);
    let decided = Decided {
        first: m.mand(numbers, m.lt(b.hi, a.lo)),
        second: m.mand(numbers, m.le(a.hi, b.lo)),
    };
    (
        only_where(m, b_is_number, Interval::new(least, greatest)),
        decided,
    )
}

/// The smaller; NaN if either is, and at a tie the negative zero.
#[inline(always)]
pub fn minimum<M: Machine>(m: M, a: Reals<M>, b: Reals<M>) -> (Reals<M>, Decided<M>) {
    let numbers = are_ordered(m, a, b);
    let bounds = Interval::new(m.min(a.lo, b.lo), m.min(a.hi, b.hi));
    let decided = Decided {
        first: m.mand(numbers, m.lt(a.hi, b.lo)),
        second: m.mand(numbers, m.lt(b.hi, a.lo)),
    };
    (only_where(m, numbers, bounds), decided)
}

/// The larger; NaN if either is, and at a tie the positive zero.
#[inline(always)]
pub fn maximum<M: Machine>(m: M, a: Reals<M>, b: Reals<M>) -> (Reals<M>, Decided<M>) {
    let numbers = are_ordered(m, a, b);
    let bounds = Interval::new(m.max(a.lo, b.lo), m.max(a.hi, b.hi));
    let decided = Decided {
        first: m.mand(numbers, m.lt(b.hi, a.lo)),
        second: m.mand(numbers, m.lt(a.hi, b.lo)),
    };
    (only_where(m, numbers, bounds), decided)
}

/// What is decided of a minimum of which only the sign matters. Beside a number, one that is
/// greater than zero does not: if it is the minimum, the other is greater than zero too.
#[inline(always)]
pub fn min_by_sign<M: Machine>(m: M, a: Reals<M>, b: Reals<M>, decided: Decided<M>) -> Decided<M> {
    let zero = m.real(0.0);
    let unless = Decided {
        first: m.lt(zero, b.lo),
        second: m.lt(zero, a.lo),
    };
    also_decided(m, decided, are_ordered(m, a, b), unless)
}

/// What is decided of a maximum of which only the sign matters, likewise.
#[inline(always)]
pub fn max_by_sign<M: Machine>(m: M, a: Reals<M>, b: Reals<M>, decided: Decided<M>) -> Decided<M> {
    let zero = m.real(0.0);
    let unless = Decided {
        first: m.lt(b.hi, zero),
        second: m.lt(a.hi, zero),
    };
    also_decided(m, decided, are_ordered(m, a, b), unless)
}

/// What is decided, or else what `more` says where both are numbers, the first before the second.
#[inline(always)]
fn also_decided<M: Machine>(
    m: M,
    decided: Decided<M>,
    numbers: M::Mask,
    more: Decided<M>,
) -> Decided<M> {
    let open = m.mand(numbers, m.mnot(m.mor(decided.first, decided.second)));
    Decided {
        first: m.mor(decided.first, m.mand(open, more.first)),
        second: m.mor(
            decided.second,
            m.mand(open, m.mand(more.second, m.mnot(more.first))),
        ),
    }
}

/// a if it is zero, else b: also if a is NaN.
#[inline(always)]
pub fn and<M: Machine>(m: M, a: Reals<M>, b: Reals<M>) -> (Reals<M>, Decided<M>) {
    let zero = m.real(0.0);
    let decided = Decided {
        first: is_zero(m, a),
        second: excludes_zero(m, a),
    };
    let either = hull(m, Interval::new(zero, zero), b);
    let bounds = bounds::select(m, decided.second, b, either);
    (bounds::select(m, decided.first, a, bounds), decided)
}

/// b if a is zero, else a.
#[inline(always)]
pub fn or<M: Machine>(m: M, a: Reals<M>, b: Reals<M>) -> (Reals<M>, Decided<M>) {
    let decided = Decided {
        first: excludes_zero(m, a),
        second: is_zero(m, a),
    };
    let bounds = bounds::select(m, decided.second, b, hull(m, a, b));
    (bounds::select(m, decided.first, a, bounds), decided)
}

/// Where zero is the only number.
#[inline(always)]
fn is_zero<M: Machine>(m: M, a: Reals<M>) -> M::Mask {
    m.mand(has_zero(m, a), bounds::is_point(m, a))
}

/// min(max(x, low), high).
#[inline(always)]
pub fn clamp<M: Machine>(m: M, x: Reals<M>, low: Reals<M>, high: Reals<M>) -> Reals<M> {
    min(m, max(m, x, low).0, high).0
}

/// c ? a : b.
#[inline(always)]
pub fn select<M: Machine>(m: M, c: Truths<M>, a: Reals<M>, b: Reals<M>) -> (Reals<M>, Decided<M>) {
    let decided = decided_by(m, c);
    let bounds = bounds::select(m, decided.second, b, hull(m, a, b));
    (bounds::select(m, decided.first, a, bounds), decided)
}

/// What a condition decides.
#[inline(always)]
pub fn decided_by<M: Machine>(m: M, c: Truths<M>) -> Decided<M> {
    Decided {
        first: m.mnot(c.may_be_false),
        second: m.mnot(c.may_be_true),
    }
}

/// c ? a : b of truth values.
#[inline(always)]
pub fn select_bool<M: Machine>(
    m: M,
    c: Truths<M>,
    a: Truths<M>,
    b: Truths<M>,
) -> (Truths<M>, Decided<M>) {
    let (if_true, if_false) = (c.may_be_true, c.may_be_false);
    let truth = Truth {
        may_be_true: m.mor(
            m.mand(if_true, a.may_be_true),
            m.mand(if_false, b.may_be_true),
        ),
        may_be_false: m.mor(
            m.mand(if_true, a.may_be_false),
            m.mand(if_false, b.may_be_false),
        ),
    };
    (truth, decided_by(m, c))
}

/// a if it is false, else b.
#[inline(always)]
pub fn and_bool<M: Machine>(m: M, a: Truths<M>, b: Truths<M>) -> (Truths<M>, Decided<M>) {
    let truth = Truth {
        may_be_true: m.mand(a.may_be_true, b.may_be_true),
        may_be_false: m.mor(a.may_be_false, b.may_be_false),
    };
    let decided = Decided {
        first: m.mnot(a.may_be_true),
        second: m.mnot(a.may_be_false),
    };
    (truth, decided)
}

/// a if it is true, else b.
#[inline(always)]
pub fn or_bool<M: Machine>(m: M, a: Truths<M>, b: Truths<M>) -> (Truths<M>, Decided<M>) {
    let truth = Truth {
        may_be_true: m.mor(a.may_be_true, b.may_be_true),
        may_be_false: m.mand(a.may_be_false, b.may_be_false),
    };
    (truth, decided_by(m, a))
}
