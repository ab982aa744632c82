//! Ops on integers of either width, over primitives.

use crate::{Integers, Machine};

/// Wrapping negation.
#[inline(always)]
pub fn neg<I: Copy, M: Machine + Integers<I>>(m: M, a: I) -> I {
    m.isub(m.integer(0), a)
}

/// Magnitude; of MIN it is MIN.
#[inline(always)]
pub fn abs<I: Copy, M: Machine + Integers<I>>(m: M, a: I) -> I {
    m.iselect(m.ilt(a, m.integer(0)), neg(m, a), a)
}

/// a * a.
#[inline(always)]
pub fn square<I: Copy, M: Machine + Integers<I>>(m: M, a: I) -> I {
    m.imul(a, a)
}

/// The smaller.
#[inline(always)]
pub fn min<I: Copy, M: Machine + Integers<I>>(m: M, a: I, b: I) -> I {
    m.iselect(m.ilt(a, b), a, b)
}

/// The larger.
#[inline(always)]
pub fn max<I: Copy, M: Machine + Integers<I>>(m: M, a: I, b: I) -> I {
    m.iselect(m.ilt(b, a), a, b)
}

/// min(max(a, low), high).
#[inline(always)]
pub fn clamp<I: Copy, M: Machine + Integers<I>>(m: M, a: I, low: I, high: I) -> I {
    min(m, max(m, a, low), high)
}

/// a <= b.
#[inline(always)]
pub fn le<I: Copy, M: Machine + Integers<I>>(m: M, a: I, b: I) -> M::Mask {
    m.mnot(m.ilt(b, a))
}

/// a > b.
#[inline(always)]
pub fn gt<I: Copy, M: Machine + Integers<I>>(m: M, a: I, b: I) -> M::Mask {
    m.ilt(b, a)
}

/// a >= b.
#[inline(always)]
pub fn ge<I: Copy, M: Machine + Integers<I>>(m: M, a: I, b: I) -> M::Mask {
    m.mnot(m.ilt(a, b))
}

/// a != b.
#[inline(always)]
pub fn ne<I: Copy, M: Machine + Integers<I>>(m: M, a: I, b: I) -> M::Mask {
    m.mnot(m.ieq(a, b))
}

/// Bitwise complement.
#[inline(always)]
pub fn not<I: Copy, M: Machine + Integers<I>>(m: M, a: I) -> I {
    m.ixor(a, m.integer(-1))
}

/// Rotation left. Counts are modulo the width, so the negated count is the rest.
#[inline(always)]
pub fn rotl<I: Copy, M: Machine + Integers<I>>(m: M, a: I, count: I) -> I {
    m.ior(m.shl(a, count), m.ushr(a, neg(m, count)))
}

/// Rotation right.
#[inline(always)]
pub fn rotr<I: Copy, M: Machine + Integers<I>>(m: M, a: I, count: I) -> I {
    m.ior(m.ushr(a, count), m.shl(a, neg(m, count)))
}

/// Whether a is not zero.
#[inline(always)]
pub fn truth<I: Copy, M: Machine + Integers<I>>(m: M, a: I) -> M::Mask {
    ne(m, a, m.integer(0))
}

/// A bijection that mixes every input bit into every output bit: alternating
/// xor-shifts and odd multiplications. The constants are those of Wellons'
/// `lowbias32` (measured bias 0.17; nullprogram.com/blog/2018/07/31) for 32 bits and
/// of Steele, Lea and Flood's SplitMix (OOPSLA 2014; Stafford's variant 13) for 64.
#[inline(always)]
pub fn hash<I: Copy, M: Machine + Integers<I>>(m: M, a: I) -> I {
    let (shifts, factors) = match <M as Integers<I>>::BITS {
        32 => ([16, 15, 16], [0x7feb_352d_u64, 0x846c_a68b]),
        _ => ([30, 27, 31], [0xbf58_476d_1ce4_e5b9, 0x94d0_49bb_1331_11eb]),
    };
    let fold = |a: I, shift: i64| m.ixor(a, m.ushr(a, m.integer(shift)));
    let a = m.imul(fold(a, shifts[0]), m.integer(factors[0] as i64));
    let a = m.imul(fold(a, shifts[1]), m.integer(factors[1] as i64));
    fold(a, shifts[2])
}
