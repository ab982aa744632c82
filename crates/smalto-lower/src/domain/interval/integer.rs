//! Integers of either width, which wrap.
//!
//! Where a result may wrap, its bounds are those of the type. Ops that mix bits know their
//! result exactly if they know their operands exactly, and otherwise what signs and counts
//! tell.

use super::choice::decided_by;
use super::comparison::{known, opposite};
use super::{Interval, Truths};
use crate::domain::Decided;
use crate::meaning::integer;
use crate::{Integers, Machine};

/// The least integer.
#[inline(always)]
fn least<I: Copy, M: Machine + Integers<I>>(m: M) -> I {
    m.integer(-1 << (<M as Integers<I>>::BITS - 1))
}

/// The greatest integer.
#[inline(always)]
fn greatest<I: Copy, M: Machine + Integers<I>>(m: M) -> I {
    m.integer(!(-1 << (<M as Integers<I>>::BITS - 1)))
}

/// Every integer.
#[inline(always)]
pub fn all<I: Copy, M: Machine + Integers<I>>(m: M) -> Interval<I> {
    Interval::new(least(m), greatest(m))
}

/// `mask ? a : b`.
#[inline(always)]
pub fn pick<I: Copy, M: Machine + Integers<I>>(
    m: M,
    mask: M::Mask,
    a: Interval<I>,
    b: Interval<I>,
) -> Interval<I> {
    Interval::new(m.iselect(mask, a.lo, b.lo), m.iselect(mask, a.hi, b.hi))
}

/// `a` where `sure`, elsewhere any integer.
#[inline(always)]
pub fn only_where<I: Copy, M: Machine + Integers<I>>(
    m: M,
    sure: M::Mask,
    a: Interval<I>,
) -> Interval<I> {
    pick(m, sure, a, all(m))
}

#[inline(always)]
fn is_point<I: Copy, M: Machine + Integers<I>>(m: M, a: Interval<I>) -> M::Mask {
    m.ieq(a.lo, a.hi)
}

#[inline(always)]
fn is_negative<I: Copy, M: Machine + Integers<I>>(m: M, a: I) -> M::Mask {
    m.ilt(a, m.integer(0))
}

/// Where no number is negative.
#[inline(always)]
fn not_negative<I: Copy, M: Machine + Integers<I>>(m: M, a: Interval<I>) -> M::Mask {
    m.mnot(is_negative(m, a.lo))
}

/// From the least magnitude to the greatest, of an interval without the least integer.
#[inline(always)]
fn magnitudes<I: Copy, M: Machine + Integers<I>>(m: M, a: Interval<I>) -> Interval<I> {
    let nearest = integer::max(m, a.lo, integer::neg(m, a.hi));
    Interval::new(
        integer::max(m, m.integer(0), nearest),
        integer::max(m, a.hi, integer::neg(m, a.lo)),
    )
}

/// The greatest magnitude as a real, rounded.
#[inline(always)]
fn size<I: Copy, M: Machine + Integers<I>>(m: M, a: Interval<I>) -> M::Real {
    m.max(m.abs(m.to_real(a.lo)), m.abs(m.to_real(a.hi)))
}

/// Where a product of numbers of these sizes does not wrap, with something to spare for
/// their rounding.
#[inline(always)]
fn product_fits<I: Copy, M: Machine + Integers<I>>(m: M, a: M::Real, b: M::Real) -> M::Mask {
    let bound = 0.99 * 2f64.powi(<M as Integers<I>>::BITS as i32 - 1);
    m.lt(m.mul(a, b), m.real(bound))
}

// Arithmetic.

/// -a.
#[inline(always)]
pub fn neg<I: Copy, M: Machine + Integers<I>>(m: M, a: Interval<I>) -> Interval<I> {
    let bounds = Interval::new(integer::neg(m, a.hi), integer::neg(m, a.lo));
    only_where(m, integer::ne(m, a.lo, least(m)), bounds)
}

/// Magnitude.
#[inline(always)]
pub fn abs<I: Copy, M: Machine + Integers<I>>(m: M, a: Interval<I>) -> Interval<I> {
    only_where(m, integer::ne(m, a.lo, least(m)), magnitudes(m, a))
}

/// a * a.
#[inline(always)]
pub fn square<I: Copy, M: Machine + Integers<I>>(m: M, a: Interval<I>) -> Interval<I> {
    let Interval { lo, hi } = magnitudes(m, a);
    let size = size(m, a);
    let fits = product_fits::<I, M>(m, size, size);
    only_where(m, fits, Interval::new(m.imul(lo, lo), m.imul(hi, hi)))
}

/// a + b.
#[inline(always)]
pub fn add<I: Copy, M: Machine + Integers<I>>(m: M, a: Interval<I>, b: Interval<I>) -> Interval<I> {
    let (lo, hi) = (m.iadd(a.lo, b.lo), m.iadd(a.hi, b.hi));
    let either = m.mor(wraps(m, a.lo, b.lo, lo), wraps(m, a.hi, b.hi, hi));
    only_where(m, m.mnot(either), Interval::new(lo, hi))
}

/// a - b.
#[inline(always)]
pub fn sub<I: Copy, M: Machine + Integers<I>>(m: M, a: Interval<I>, b: Interval<I>) -> Interval<I> {
    let (lo, hi) = (m.isub(a.lo, b.hi), m.isub(a.hi, b.lo));
    // What is left of a is a sum that gives a.
    let either = m.mor(wraps(m, lo, b.hi, a.lo), wraps(m, hi, b.lo, a.hi));
    only_where(m, m.mnot(either), Interval::new(lo, hi))
}

/// Whether a sum has wrapped: its sign is neither operand's.
#[inline(always)]
fn wraps<I: Copy, M: Machine + Integers<I>>(m: M, a: I, b: I, sum: I) -> M::Mask {
    is_negative(m, m.iand(m.ixor(a, sum), m.ixor(b, sum)))
}

/// a * b.
#[inline(always)]
pub fn mul<I: Copy, M: Machine + Integers<I>>(m: M, a: Interval<I>, b: Interval<I>) -> Interval<I> {
    let (p, q) = (m.imul(a.lo, b.lo), m.imul(a.lo, b.hi));
    let (r, s) = (m.imul(a.hi, b.lo), m.imul(a.hi, b.hi));
    let bounds = Interval::new(
        integer::min(m, integer::min(m, p, q), integer::min(m, r, s)),
        integer::max(m, integer::max(m, p, q), integer::max(m, r, s)),
    );
    let fits = product_fits::<I, M>(m, size(m, a), size(m, b));
    only_where(m, fits, bounds)
}

/// Quotient truncated toward zero; x / 0 is 0 and MIN / -1 is MIN.
#[inline(always)]
pub fn div<I: Copy, M: Machine + Integers<I>>(m: M, a: Interval<I>, b: Interval<I>) -> Interval<I> {
    let zero = m.integer(0);
    let quotients = Interval::new(
        m.idiv(a.lo, m.iselect(is_negative(m, a.lo), b.lo, b.hi)),
        m.idiv(a.hi, m.iselect(is_negative(m, a.hi), b.hi, b.lo)),
    );
    // By anything else, no quotient is larger than a, but for the one that wraps.
    let most = magnitudes(m, a).hi;
    let smaller = Interval::new(integer::neg(m, most), most);
    let smaller = only_where(m, integer::ne(m, a.lo, least(m)), smaller);
    pick(m, m.ilt(zero, b.lo), quotients, smaller)
}

/// Remainder with the sign of a; x rem 0 is x.
#[inline(always)]
pub fn rem<I: Copy, M: Machine + Integers<I>>(m: M, a: Interval<I>, b: Interval<I>) -> Interval<I> {
    let zero = m.integer(0);
    // No larger than a, and by a positive b smaller than b.
    let bounds = Interval::new(integer::min(m, a.lo, zero), integer::max(m, a.hi, zero));
    let most = m.isub(b.hi, m.integer(1));
    let by_positive = Interval::new(
        integer::max(m, bounds.lo, integer::neg(m, most)),
        integer::min(m, bounds.hi, most),
    );
    let bounds = pick(m, m.ilt(zero, b.lo), by_positive, bounds);
    // Of less than b, all is left.
    let whole = m.mand(not_negative(m, a), m.ilt(a.hi, b.lo));
    pick(m, whole, a, bounds)
}

// Choices.

/// The smaller.
#[inline(always)]
pub fn min<I: Copy, M: Machine + Integers<I>>(
    m: M,
    a: Interval<I>,
    b: Interval<I>,
) -> (Interval<I>, Decided<M>) {
    let bounds = Interval::new(integer::min(m, a.lo, b.lo), integer::min(m, a.hi, b.hi));
    let decided = Decided {
        first: m.ilt(a.hi, b.lo),
        second: integer::le(m, b.hi, a.lo),
    };
    (bounds, decided)
}

/// The larger.
#[inline(always)]
pub fn max<I: Copy, M: Machine + Integers<I>>(
    m: M,
    a: Interval<I>,
    b: Interval<I>,
) -> (Interval<I>, Decided<M>) {
    let bounds = Interval::new(integer::max(m, a.lo, b.lo), integer::max(m, a.hi, b.hi));
    let decided = Decided {
        first: m.ilt(b.hi, a.lo),
        second: integer::le(m, a.hi, b.lo),
    };
    (bounds, decided)
}

/// min(max(x, low), high).
#[inline(always)]
pub fn clamp<I: Copy, M: Machine + Integers<I>>(
    m: M,
    x: Interval<I>,
    low: Interval<I>,
    high: Interval<I>,
) -> Interval<I> {
    min(m, max(m, x, low).0, high).0
}

/// c ? a : b.
#[inline(always)]
pub fn select<I: Copy, M: Machine + Integers<I>>(
    m: M,
    c: Truths<M>,
    a: Interval<I>,
    b: Interval<I>,
) -> (Interval<I>, Decided<M>) {
    let decided = decided_by(m, c);
    let hull = Interval::new(integer::min(m, a.lo, b.lo), integer::max(m, a.hi, b.hi));
    let bounds = pick(m, decided.first, a, pick(m, decided.second, b, hull));
    (bounds, decided)
}

// Comparisons.

/// a < b.
#[inline(always)]
pub fn lt<I: Copy, M: Machine + Integers<I>>(m: M, a: Interval<I>, b: Interval<I>) -> Truths<M> {
    known(m, m.ilt(a.hi, b.lo), integer::le(m, b.hi, a.lo))
}

/// a <= b.
#[inline(always)]
pub fn le<I: Copy, M: Machine + Integers<I>>(m: M, a: Interval<I>, b: Interval<I>) -> Truths<M> {
    opposite(m, lt(m, b, a))
}

/// a > b.
#[inline(always)]
pub fn gt<I: Copy, M: Machine + Integers<I>>(m: M, a: Interval<I>, b: Interval<I>) -> Truths<M> {
    lt(m, b, a)
}

/// a >= b.
#[inline(always)]
pub fn ge<I: Copy, M: Machine + Integers<I>>(m: M, a: Interval<I>, b: Interval<I>) -> Truths<M> {
    opposite(m, lt(m, a, b))
}

/// a == b.
#[inline(always)]
pub fn eq<I: Copy, M: Machine + Integers<I>>(m: M, a: Interval<I>, b: Interval<I>) -> Truths<M> {
    let same = m.mand(m.ieq(a.lo, b.hi), m.ieq(a.hi, b.lo));
    let apart = m.mor(m.ilt(a.hi, b.lo), m.ilt(b.hi, a.lo));
    known(m, same, apart)
}

/// a != b.
#[inline(always)]
pub fn ne<I: Copy, M: Machine + Integers<I>>(m: M, a: Interval<I>, b: Interval<I>) -> Truths<M> {
    opposite(m, eq(m, a, b))
}

/// Whether a is not zero.
#[inline(always)]
pub fn truth<I: Copy, M: Machine + Integers<I>>(m: M, a: Interval<I>) -> Truths<M> {
    let zero = m.integer(0);
    ne(m, a, Interval::new(zero, zero))
}

// Bits.

/// Where both operands are known exactly `exact`, the result of the first numbers; elsewhere
/// `otherwise`.
#[inline(always)]
fn exact_or<I: Copy, M: Machine + Integers<I>>(
    m: M,
    a: Interval<I>,
    b: Interval<I>,
    exact: I,
    otherwise: Interval<I>,
) -> Interval<I> {
    let points = m.mand(is_point(m, a), is_point(m, b));
    pick(m, points, Interval::new(exact, exact), otherwise)
}

/// Bitwise and: no more than either operand that is not negative.
#[inline(always)]
pub fn and<I: Copy, M: Machine + Integers<I>>(m: M, a: Interval<I>, b: Interval<I>) -> Interval<I> {
    let (a_counts, b_counts) = (not_negative(m, a), not_negative(m, b));
    let most = integer::min(
        m,
        m.iselect(a_counts, a.hi, greatest(m)),
        m.iselect(b_counts, b.hi, greatest(m)),
    );
    let masked = Interval::new(m.integer(0), most);
    let otherwise = only_where(m, m.mor(a_counts, b_counts), masked);
    exact_or(m, a, b, m.iand(a.lo, b.lo), otherwise)
}

/// Bitwise or: of operands that are not negative, no less than either and no more than the sum.
#[inline(always)]
pub fn or<I: Copy, M: Machine + Integers<I>>(m: M, a: Interval<I>, b: Interval<I>) -> Interval<I> {
    let counts = m.mand(not_negative(m, a), not_negative(m, b));
    let bounds = Interval::new(integer::max(m, a.lo, b.lo), sum_or_greatest(m, a, b));
    let otherwise = only_where(m, counts, bounds);
    exact_or(m, a, b, m.ior(a.lo, b.lo), otherwise)
}

/// Bitwise exclusive or: of operands that are not negative, no more than the sum.
#[inline(always)]
pub fn xor<I: Copy, M: Machine + Integers<I>>(m: M, a: Interval<I>, b: Interval<I>) -> Interval<I> {
    let counts = m.mand(not_negative(m, a), not_negative(m, b));
    let bounds = Interval::new(m.integer(0), sum_or_greatest(m, a, b));
    let otherwise = only_where(m, counts, bounds);
    exact_or(m, a, b, m.ixor(a.lo, b.lo), otherwise)
}

/// The greatest sum of operands that are not negative, or of all integers if it wraps.
#[inline(always)]
fn sum_or_greatest<I: Copy, M: Machine + Integers<I>>(m: M, a: Interval<I>, b: Interval<I>) -> I {
    let sum = m.iadd(a.hi, b.hi);
    m.iselect(is_negative(m, sum), greatest(m), sum)
}

/// Bitwise complement, which falls.
#[inline(always)]
pub fn not<I: Copy, M: Machine + Integers<I>>(m: M, a: Interval<I>) -> Interval<I> {
    Interval::new(integer::not(m, a.hi), integer::not(m, a.lo))
}

/// Shift left. By one count it is a product: known where shifting back leads back.
#[inline(always)]
pub fn shl<I: Copy, M: Machine + Integers<I>>(
    m: M,
    a: Interval<I>,
    count: Interval<I>,
) -> Interval<I> {
    let by = count.lo;
    let (lo, hi) = (m.shl(a.lo, by), m.shl(a.hi, by));
    let fits = m.mand(m.ieq(m.shr(lo, by), a.lo), m.ieq(m.shr(hi, by), a.hi));
    let known = m.mand(is_point(m, count), fits);
    let otherwise = only_where(m, known, Interval::new(lo, hi));
    exact_or(m, a, count, lo, otherwise)
}

/// Arithmetic shift right, which goes towards 0 or -1.
#[inline(always)]
pub fn shr<I: Copy, M: Machine + Integers<I>>(
    m: M,
    a: Interval<I>,
    count: Interval<I>,
) -> Interval<I> {
    let by_one = Interval::new(m.shr(a.lo, count.lo), m.shr(a.hi, count.lo));
    let by_any = Interval::new(
        integer::min(m, a.lo, m.integer(0)),
        integer::max(m, a.hi, m.integer(-1)),
    );
    pick(m, is_point(m, count), by_one, by_any)
}

/// Logical shift right. By one count it rises among numbers of the same sign, and what it
/// leaves room for is known of any.
#[inline(always)]
pub fn ushr<I: Copy, M: Machine + Integers<I>>(
    m: M,
    a: Interval<I>,
    count: Interval<I>,
) -> Interval<I> {
    let (zero, by) = (m.integer(0), count.lo);
    let positive = not_negative(m, a);
    let of_one_sign = m.mor(positive, is_negative(m, a.hi));
    let ends = Interval::new(m.ushr(a.lo, by), m.ushr(a.hi, by));
    let most = m.ushr(m.integer(-1), by);
    let room = pick(m, is_negative(m, most), a, Interval::new(zero, most));
    let by_one = pick(m, of_one_sign, ends, room);
    let by_any = only_where(m, positive, Interval::new(zero, a.hi));
    pick(m, is_point(m, count), by_one, by_any)
}

/// Rotation left.
#[inline(always)]
pub fn rotl<I: Copy, M: Machine + Integers<I>>(
    m: M,
    a: Interval<I>,
    count: Interval<I>,
) -> Interval<I> {
    exact_or(m, a, count, integer::rotl(m, a.lo, count.lo), all(m))
}

/// Rotation right.
#[inline(always)]
pub fn rotr<I: Copy, M: Machine + Integers<I>>(
    m: M,
    a: Interval<I>,
    count: Interval<I>,
) -> Interval<I> {
    exact_or(m, a, count, integer::rotr(m, a.lo, count.lo), all(m))
}

/// The well-mixed bits of a.
#[inline(always)]
pub fn hash<I: Copy, M: Machine + Integers<I>>(m: M, a: Interval<I>) -> Interval<I> {
    exact_or(m, a, a, integer::hash(m, a.lo), all(m))
}
