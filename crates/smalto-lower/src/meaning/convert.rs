//! Conversions between kinds, and ops on truth values.

use crate::{Integers, Machine, Types};

/// A value as itself: the conversion to a type it already has.
#[inline(always)]
pub fn same<M: Machine, V: Copy>(_: M, a: V) -> V {
    a
}

/// 1 for true, 0 for false.
#[inline(always)]
pub fn bool_to_real<M: Machine>(m: M, a: M::Mask) -> M::Real {
    m.select(a, m.real(1.0), m.real(0.0))
}

/// 1 for true, 0 for false.
#[inline(always)]
pub fn bool_to_integer<I: Copy, M: Machine + Integers<I>>(m: M, a: M::Mask) -> I {
    m.iselect(a, m.integer(1), m.integer(0))
}

/// Whether x is not zero. A NaN is not zero, so it is true.
#[inline(always)]
pub fn real_to_bool<M: Machine>(m: M, x: M::Real) -> M::Mask {
    m.mnot(m.eq(x, m.real(0.0)))
}

/// `c ? a : b` for truth values.
#[inline(always)]
pub fn select_bool<M: Machine>(m: M, c: M::Mask, a: M::Mask, b: M::Mask) -> M::Mask {
    m.mor(m.mand(c, a), m.mand(m.mnot(c), b))
}

/// Saturating conversion to 32 bits.
#[inline(always)]
pub fn real_to_i32<M: Machine>(m: M, x: M::Real) -> M::I32 {
    <M as Integers<<M as Types>::I32>>::convert(m, x)
}

/// Saturating conversion to 64 bits.
#[inline(always)]
pub fn real_to_i64<M: Machine>(m: M, x: M::Real) -> M::I64 {
    <M as Integers<<M as Types>::I64>>::convert(m, x)
}
