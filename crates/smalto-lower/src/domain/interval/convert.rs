//! From one kind to another.

use super::bounds::{excludes_zero, is_ordered, only_where};
use super::integer;
use super::{Interval, Reals, Truths};
use crate::{Integers, Machine, Types};

/// A value as itself.
#[inline(always)]
pub fn same<M: Machine, V>(_: M, a: V) -> V {
    a
}

/// The nearest real, which rises.
#[inline(always)]
pub fn to_real<I: Copy, M: Machine + Integers<I>>(m: M, a: Interval<I>) -> Reals<M> {
    Interval::new(m.to_real(a.lo), m.to_real(a.hi))
}

/// Truncated and saturated, which rises; NaN gives 0.
#[inline(always)]
pub fn to_integer<I: Copy, M: Machine + Integers<I>>(m: M, a: Reals<M>) -> Interval<I> {
    let whole = Interval::new(m.convert(a.lo), m.convert(a.hi));
    integer::only_where(m, is_ordered(m, a), whole)
}

/// 1 for true, 0 for false.
#[inline(always)]
pub fn integer_of_bool<I: Copy, M: Machine + Integers<I>>(m: M, a: Truths<M>) -> Interval<I> {
    let (zero, one) = (m.integer(0), m.integer(1));
    Interval::new(
        m.iselect(a.may_be_false, zero, one),
        m.iselect(a.may_be_true, one, zero),
    )
}

/// With the sign copied into the upper half.
#[inline(always)]
pub fn extend<M: Machine>(m: M, a: Interval<M::I32>) -> Interval<M::I64> {
    Interval::new(m.extend(a.lo), m.extend(a.hi))
}

/// The low half: known where it is all there is.
#[inline(always)]
pub fn wrap<M: Machine>(m: M, a: Interval<M::I64>) -> Interval<M::I32> {
    let half = Interval::new(m.wrap(a.lo), m.wrap(a.hi));
    let back = extend(m, half);
    let fits = m.mand(m.ieq(back.lo, a.lo), m.ieq(back.hi, a.hi));
    integer::only_where(m, fits, half)
}

/// The bits of the f32.
#[inline(always)]
pub fn bits32<M: Machine>(m: M, a: Reals<M>) -> Interval<M::I32> {
    bits(m, a, Interval::new(m.bits32(a.lo), m.bits32(a.hi)))
}

/// The bits of the f64.
#[inline(always)]
pub fn bits64<M: Machine>(m: M, a: Reals<M>) -> Interval<M::I64> {
    bits(m, a, Interval::new(m.bits64(a.lo), m.bits64(a.hi)))
}

/// As integers, bits rise with positive reals and fall with negative ones; the two zeros are
/// far apart.
#[inline(always)]
fn bits<I: Copy, M: Machine + Integers<I>>(m: M, a: Reals<M>, bits: Interval<I>) -> Interval<I> {
    let falling = Interval::new(bits.hi, bits.lo);
    let ordered = integer::pick(m, m.lt(a.hi, m.real(0.0)), falling, bits);
    integer::only_where(m, excludes_zero(m, a), ordered)
}

/// The f32 with these bits.
#[inline(always)]
pub fn from_bits32<M: Machine>(m: M, a: Interval<M::I32>) -> Reals<M> {
    let ends = Interval::new(m.from_bits32(a.lo), m.from_bits32(a.hi));
    from_bits(m, a, ends)
}

/// The f64 with these bits.
#[inline(always)]
pub fn from_bits64<M: Machine>(m: M, a: Interval<M::I64>) -> Reals<M> {
    let ends = Interval::new(m.from_bits64(a.lo), m.from_bits64(a.hi));
    from_bits(m, a, ends)
}

/// The reverse. Integers above those of infinity are those of NaN, so if there is one, the
/// greatest is.
#[inline(always)]
fn from_bits<I: Copy, M: Machine + Integers<I>>(m: M, a: Interval<I>, ends: Reals<M>) -> Reals<M> {
    let zero: I = m.integer(0);
    let (negative, positive) = (m.ilt(a.hi, zero), m.mnot(m.ilt(a.lo, zero)));
    let ordered = Interval::new(
        m.select(negative, ends.hi, ends.lo),
        m.select(negative, ends.lo, ends.hi),
    );
    only_where(m, m.mor(negative, positive), ordered)
}

/// To 32 bits.
#[inline(always)]
pub fn to_i32<M: Machine>(m: M, a: Reals<M>) -> Interval<M::I32> {
    to_integer::<<M as Types>::I32, M>(m, a)
}

/// To 64 bits.
#[inline(always)]
pub fn to_i64<M: Machine>(m: M, a: Reals<M>) -> Interval<M::I64> {
    to_integer::<<M as Types>::I64, M>(m, a)
}
