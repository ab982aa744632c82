//! The scalar machine: one lane, the reference for all others.
//!
//! Every primitive is the line of ordinary Rust that says what it means. The
//! other machines are tested against this one, the constant folder runs on it, and
//! the portable lanes are arrays of it.

use crate::{Integers, Lanes, Machine, Types};
use smalto_graph::Element;

/// The element types.
pub trait Float:
    Copy + Default + PartialEq + PartialOrd + Send + Sync + std::fmt::Debug + 'static
{
    /// Which one this is.
    const ELEMENT: Element;
    /// Rounds to nearest even.
    fn from_f64(value: f64) -> Self;
    /// Widens exactly.
    fn to_f64(self) -> f64;
    /// `self * factor + summand`, rounded once.
    fn mul_add(self, factor: Self, summand: Self) -> Self;
    /// Whether two values have the same bits, all NaNs being the same.
    fn same(self, other: Self) -> bool;
}

/// The scalar machine of element `T`: f32 or f64.
#[derive(Debug, Clone, Copy, Default)]
pub struct Scalar<T>(std::marker::PhantomData<T>);

impl<T> Scalar<T> {
    /// The machine. It runs anywhere.
    pub const fn new() -> Scalar<T> {
        Scalar(std::marker::PhantomData)
    }
}

macro_rules! scalar_methods {
    ($($name:ident($($operand:ident: $ty:ty),*) -> $result:ty { $($body:tt)* })*) => {$(
        #[inline(always)]
        fn $name(self, $($operand: $ty),*) -> $result {
            $($body)*
        }
    )*};
}

macro_rules! integers {
    ($float:ident, $int:ident, $unsigned:ident) => {
        impl Integers<$int> for Scalar<$float> {
            const BITS: u32 = $int::BITS;

            scalar_methods! {
                integer(value: i64) -> $int { value as $int }
                iadd(a: $int, b: $int) -> $int { a.wrapping_add(b) }
                isub(a: $int, b: $int) -> $int { a.wrapping_sub(b) }
                imul(a: $int, b: $int) -> $int { a.wrapping_mul(b) }
                idiv(a: $int, b: $int) -> $int { if b == 0 { 0 } else { a.wrapping_div(b) } }
                irem(a: $int, b: $int) -> $int { if b == 0 { a } else { a.wrapping_rem(b) } }
                iand(a: $int, b: $int) -> $int { a & b }
                ior(a: $int, b: $int) -> $int { a | b }
                ixor(a: $int, b: $int) -> $int { a ^ b }
                shl(a: $int, count: $int) -> $int { a.wrapping_shl(count as u32) }
                shr(a: $int, count: $int) -> $int { a.wrapping_shr(count as u32) }
                ushr(a: $int, count: $int) -> $int {
                    (a as $unsigned).wrapping_shr(count as u32) as $int
                }
                ieq(a: $int, b: $int) -> bool { a == b }
                ilt(a: $int, b: $int) -> bool { a < b }
                iselect(mask: bool, a: $int, b: $int) -> $int { if mask { a } else { b } }
                to_real(a: $int) -> $float { a as $float }
                convert(x: $float) -> $int { x as $int }
                convert_in_range(x: $float) -> $int { x as $int }
            }
        }
    };
}

macro_rules! float {
    ($float:ident, $unsigned:ident, $element:expr) => {
        impl Float for $float {
            const ELEMENT: Element = $element;

            #[inline(always)]
            fn from_f64(value: f64) -> Self {
                value as $float
            }

            #[inline(always)]
            fn mul_add(self, factor: $float, summand: $float) -> $float {
                $float::mul_add(self, factor, summand)
            }

            #[inline(always)]
            fn to_f64(self) -> f64 {
                f64::from(self)
            }

            fn same(self, other: Self) -> bool {
                self.to_bits() == other.to_bits() || (self.is_nan() && other.is_nan())
            }
        }

        impl Types for Scalar<$float> {
            type Element = $float;
            type Real = $float;
            type I32 = i32;
            type I64 = i64;
            type Mask = bool;
            type Ballot = u64;
        }

        integers!($float, i32, u32);
        integers!($float, i64, u64);

        impl Machine for Scalar<$float> {
            const ELEMENT: Element = $element;

            scalar_methods! {
                real(value: f64) -> $float { value as $float }
                add(a: $float, b: $float) -> $float { a + b }
                sub(a: $float, b: $float) -> $float { a - b }
                mul(a: $float, b: $float) -> $float { a * b }
                div(a: $float, b: $float) -> $float { a / b }
                fma(a: $float, b: $float, c: $float) -> $float { a.mul_add(b, c) }
                scale(a: $float, n: $float) -> $float {
                    // By two powers of two, since one may be beyond the range.
                    const BIAS: i32 = $float::MAX_EXP - 1;
                    let biased = (n as i32).clamp(-2 * BIAS, 2 * BIAS) + 2 * BIAS;
                    let power = |exponent: i32| {
                        $float::from_bits((exponent as $unsigned) << ($float::MANTISSA_DIGITS - 1))
                    };
                    a * power(biased / 2) * power(biased - biased / 2)
                }
                sqrt(a: $float) -> $float { a.sqrt() }
                neg(a: $float) -> $float { -a }
                abs(a: $float) -> $float { a.abs() }
                copysign(a: $float, sign: $float) -> $float { a.copysign(sign) }
                min(a: $float, b: $float) -> $float { if a < b { a } else { b } }
                max(a: $float, b: $float) -> $float { if a > b { a } else { b } }
                floor(a: $float) -> $float { a.floor() }
                ceil(a: $float) -> $float { a.ceil() }
                trunc(a: $float) -> $float { a.trunc() }
                rint(a: $float) -> $float { a.round_ties_even() }
                lt(a: $float, b: $float) -> bool { a < b }
                le(a: $float, b: $float) -> bool { a <= b }
                eq(a: $float, b: $float) -> bool { a == b }
                select(mask: bool, a: $float, b: $float) -> $float { if mask { a } else { b } }

                mask(value: bool) -> bool { value }
                mand(a: bool, b: bool) -> bool { a & b }
                mor(a: bool, b: bool) -> bool { a | b }
                mnot(a: bool) -> bool { !a }
                mask_bits(a: bool) -> u64 { u64::from(a) }

                extend(a: i32) -> i64 { i64::from(a) }
                wrap(a: i64) -> i32 { a as i32 }
                bits32(a: $float) -> i32 {
                    let bits = if a.is_nan() { f32::NAN } else { a as f32 };
                    bits.to_bits() as i32
                }
                bits64(a: $float) -> i64 {
                    let bits = if a.is_nan() { f64::NAN } else { f64::from(a) };
                    bits.to_bits() as i64
                }
                raw_bits32(a: $float) -> i32 { (a as f32).to_bits() as i32 }
                raw_bits64(a: $float) -> i64 { f64::from(a).to_bits() as i64 }
                from_bits32(a: i32) -> $float { $float::from(f32::from_bits(a as u32)) }
                from_bits64(a: i64) -> $float { f64::from_bits(a as u64) as $float }

                gather(table: &[$float], index: i32) -> $float {
                    table[(index as u32 as usize).min(table.len() - 1)]
                }
                gather_i32(table: &[i32], index: i32) -> i32 {
                    table[(index as u32 as usize).min(table.len() - 1)]
                }
            }

            #[inline(always)]
            fn if_any(
                self,
                mask: bool,
                otherwise: $float,
                then: impl FnOnce() -> $float,
            ) -> $float {
                if mask { then() } else { otherwise }
            }

            #[inline(always)]
            fn while_any<const N: usize>(
                self,
                mut active: bool,
                mut state: [$float; N],
                step: impl Fn([$float; N]) -> ([$float; N], bool),
            ) -> [$float; N] {
                while active {
                    (state, active) = step(state);
                }
                state
            }

            #[inline(always)]
            fn outlined<const N: usize>(
                self,
                _name: &'static str,
                operands: [$float; N],
                body: impl FnOnce([$float; N]) -> $float,
            ) -> $float {
                body(operands)
            }
        }

        // SAFETY: plain Rust runs on every CPU.
        unsafe impl Lanes for Scalar<$float> {
            const WIDTH: usize = 1;

            fn detect() -> Option<Self> {
                Some(Scalar::new())
            }

            #[inline(always)]
            fn enter<R>(self, body: impl FnOnce() -> R) -> R {
                body()
            }

            #[inline(always)]
            unsafe fn load_real(self, from: *const $float) -> $float {
                // SAFETY: the caller's promise.
                unsafe { from.read_unaligned() }
            }

            #[inline(always)]
            unsafe fn store_real(self, to: *mut $float, value: $float) {
                // SAFETY: the caller's promise.
                unsafe { to.write_unaligned(value) }
            }

            #[inline(always)]
            unsafe fn load_i32(self, from: *const i32) -> i32 {
                // SAFETY: the caller's promise.
                unsafe { from.read_unaligned() }
            }

            #[inline(always)]
            unsafe fn store_i32(self, to: *mut i32, value: i32) {
                // SAFETY: the caller's promise.
                unsafe { to.write_unaligned(value) }
            }

            #[inline(always)]
            unsafe fn load_i64(self, from: *const i64) -> i64 {
                // SAFETY: the caller's promise.
                unsafe { from.read_unaligned() }
            }

            #[inline(always)]
            unsafe fn store_i64(self, to: *mut i64, value: i64) {
                // SAFETY: the caller's promise.
                unsafe { to.write_unaligned(value) }
            }

            #[inline(always)]
            unsafe fn load_mask(self, from: *const u8) -> bool {
                // SAFETY: the caller's promise.
                unsafe { *from != 0 }
            }

            #[inline(always)]
            unsafe fn store_mask(self, to: *mut u8, value: bool) {
                // SAFETY: the caller's promise.
                unsafe { *to = u8::from(value) }
            }
        }
    };
}

float!(f32, u32, Element::F32);
float!(f64, u64, Element::F64);
