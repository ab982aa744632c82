//! Lanes in the 256-bit registers of AVX2 with fused multiply-add.
//!
//! A mask is a vector of reals with all bits of a lane alike. Integers of another
//! width than the reals take half a register or two, and masks are narrowed or
//! widened on the way to them as the integers themselves are. AVX2 has no
//! conversion between reals and 64-bit integers: those go lane by lane.

use super::x86::{NAN_BITS_32, NAN_BITS_64, functions, lane_by_lane, machine};
use super::{Portable, recast};
use crate::{Float, Integers, Lanes, Machine, Types};
use smalto_graph::Element;
use std::arch::x86_64::*;

/// Hands the CPU features of this file to another macro.
macro_rules! avx2 {
    ($macro:ident! { $($body:tt)* }) => {
        $macro! {
            ["avx2" "fma"]
            $($body)*
        }
    };
}

avx2! { machine! {
    /// Eight f32 in a register of AVX2.
    Avx2F32: [f32; 8],
    f32x8: __m256, i32x8: __m256i, i64x8: [__m256i; 2], mask8: __m256
}}

avx2! { machine! {
    /// Four f64 in a register of AVX2.
    Avx2F64: [f64; 4],
    f64x4: __m256d, i32x4: __m128i, i64x4: [__m256i; 1], mask4: __m256d
}}

// Reals.

mod f32x8 {
    use super::*;
    pub(super) use std::arch::x86_64::{
        _mm256_add_ps as add, _mm256_ceil_ps as ceil, _mm256_div_ps as div,
        _mm256_floor_ps as floor, _mm256_fmadd_ps as fma, _mm256_max_ps as max,
        _mm256_min_ps as min, _mm256_mul_ps as mul, _mm256_set1_ps as splat,
        _mm256_sqrt_ps as sqrt, _mm256_sub_ps as sub,
    };

    avx2! { functions! {
        fn neg(a: __m256) -> __m256 { _mm256_xor_ps(a, splat(-0.0)) }
        fn abs(a: __m256) -> __m256 { _mm256_andnot_ps(splat(-0.0), a) }
        // By two powers of two. Adding the counter, whose unit in the last place is 1, leaves
        // n in the low bits, biased for both; what is above them is shifted out.
        fn scale(a: __m256, n: __m256) -> __m256 {
            let biased = _mm256_castps_si256(add(n, splat(12_582_912.0 + 254.0)));
            let first = _mm256_srli_epi32::<1>(biased);
            let second = _mm256_sub_epi32(biased, first);
            let power = |exponent| _mm256_castsi256_ps(_mm256_slli_epi32::<23>(exponent));
            mul(mul(a, power(first)), power(second))
        }
        fn copysign(a: __m256, sign: __m256) -> __m256 {
            _mm256_or_ps(abs(a), _mm256_and_ps(sign, splat(-0.0)))
        }
        fn trunc(a: __m256) -> __m256 {
            _mm256_round_ps::<{ _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC }>(a)
        }
        fn rint(a: __m256) -> __m256 {
            _mm256_round_ps::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(a)
        }
        fn lt(a: __m256, b: __m256) -> __m256 { _mm256_cmp_ps::<_CMP_LT_OQ>(a, b) }
        fn le(a: __m256, b: __m256) -> __m256 { _mm256_cmp_ps::<_CMP_LE_OQ>(a, b) }
        fn eq(a: __m256, b: __m256) -> __m256 { _mm256_cmp_ps::<_CMP_EQ_OQ>(a, b) }
        fn select(mask: __m256, a: __m256, b: __m256) -> __m256 { _mm256_blendv_ps(b, a, mask) }
        unsafe fn gather(table: *const f32, index: __m256i) -> __m256 {
            // SAFETY: the caller's promise that every index is in the table.
            unsafe { _mm256_i32gather_ps::<4>(table, index) }
        }

        // The lanes as f64, in as many registers as 64-bit integers take.
        fn to_f64(a: __m256) -> [__m256d; 2] {
            [
                _mm256_cvtps_pd(_mm256_castps256_ps128(a)),
                _mm256_cvtps_pd(_mm256_extractf128_ps::<1>(a)),
            ]
        }
        fn from_f64(parts: [__m256d; 2]) -> __m256 {
            _mm256_set_m128(_mm256_cvtpd_ps(parts[1]), _mm256_cvtpd_ps(parts[0]))
        }
    }}
}

mod f64x4 {
    use super::*;
    pub(super) use std::arch::x86_64::{
        _mm256_add_pd as add, _mm256_ceil_pd as ceil, _mm256_div_pd as div,
        _mm256_floor_pd as floor, _mm256_fmadd_pd as fma, _mm256_max_pd as max,
        _mm256_min_pd as min, _mm256_mul_pd as mul, _mm256_set1_pd as splat,
        _mm256_sqrt_pd as sqrt, _mm256_sub_pd as sub,
    };

    avx2! { functions! {
        fn neg(a: __m256d) -> __m256d { _mm256_xor_pd(a, splat(-0.0)) }
        fn abs(a: __m256d) -> __m256d { _mm256_andnot_pd(splat(-0.0), a) }
        // By two powers of two. Adding the counter, whose unit in the last place is 1, leaves
        // n in the low bits, biased for both; what is above them is shifted out.
        fn scale(a: __m256d, n: __m256d) -> __m256d {
            let biased = _mm256_castpd_si256(add(n, splat(6_755_399_441_055_744.0 + 2046.0)));
            let first = _mm256_srli_epi64::<1>(biased);
            let second = _mm256_sub_epi64(biased, first);
            let power = |exponent| _mm256_castsi256_pd(_mm256_slli_epi64::<52>(exponent));
            mul(mul(a, power(first)), power(second))
        }
        fn copysign(a: __m256d, sign: __m256d) -> __m256d {
            _mm256_or_pd(abs(a), _mm256_and_pd(sign, splat(-0.0)))
        }
        fn trunc(a: __m256d) -> __m256d {
            _mm256_round_pd::<{ _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC }>(a)
        }
        fn rint(a: __m256d) -> __m256d {
            _mm256_round_pd::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(a)
        }
        fn lt(a: __m256d, b: __m256d) -> __m256d { _mm256_cmp_pd::<_CMP_LT_OQ>(a, b) }
        fn le(a: __m256d, b: __m256d) -> __m256d { _mm256_cmp_pd::<_CMP_LE_OQ>(a, b) }
        fn eq(a: __m256d, b: __m256d) -> __m256d { _mm256_cmp_pd::<_CMP_EQ_OQ>(a, b) }
        fn select(mask: __m256d, a: __m256d, b: __m256d) -> __m256d { _mm256_blendv_pd(b, a, mask) }
        unsafe fn gather(table: *const f64, index: __m128i) -> __m256d {
            // SAFETY: the caller's promise that every index is in the table.
            unsafe { _mm256_i32gather_pd::<8>(table, index) }
        }

        fn to_f64(a: __m256d) -> [__m256d; 1] { [a] }
        fn from_f64(parts: [__m256d; 1]) -> __m256d { parts[0] }
    }}
}

// 32-bit integers.

mod i32x8 {
    use super::*;
    pub(super) use std::arch::x86_64::{
        _mm256_add_epi32 as add, _mm256_and_si256 as and, _mm256_castsi256_ps as from_bits,
        _mm256_cvtepi32_ps as to_real, _mm256_cvttps_epi32 as convert_in_range,
        _mm256_min_epu32 as umin, _mm256_mullo_epi32 as mul, _mm256_or_si256 as or,
        _mm256_set1_epi32 as splat, _mm256_sub_epi32 as sub, _mm256_xor_si256 as xor,
    };

    avx2! { functions! {
        fn in_width(count: __m256i) -> __m256i { and(count, splat(31)) }
        fn shl(a: __m256i, count: __m256i) -> __m256i { _mm256_sllv_epi32(a, in_width(count)) }
        fn shr(a: __m256i, count: __m256i) -> __m256i { _mm256_srav_epi32(a, in_width(count)) }
        fn ushr(a: __m256i, count: __m256i) -> __m256i { _mm256_srlv_epi32(a, in_width(count)) }
        fn eq(a: __m256i, b: __m256i) -> __m256 { _mm256_castsi256_ps(_mm256_cmpeq_epi32(a, b)) }
        fn lt(a: __m256i, b: __m256i) -> __m256 { _mm256_castsi256_ps(_mm256_cmpgt_epi32(b, a)) }
        fn select(mask: __m256, a: __m256i, b: __m256i) -> __m256i {
            _mm256_blendv_epi8(b, a, _mm256_castps_si256(mask))
        }
        // The instruction gives MIN for everything that does not fit.
        fn convert(x: __m256) -> __m256i {
            let too_large = f32x8::le(f32x8::splat(2f32.powi(31)), x);
            let whole = select(too_large, splat(i32::MAX), convert_in_range(x));
            and(whole, _mm256_castps_si256(f32x8::eq(x, x)))
        }
        fn raw_bits(x: __m256) -> __m256i { _mm256_castps_si256(x) }
        fn bits(x: __m256) -> __m256i { select(f32x8::eq(x, x), raw_bits(x), splat(NAN_BITS_32)) }
        unsafe fn gather(table: *const i32, index: __m256i) -> __m256i {
            // SAFETY: the caller's promise that every index is in the table.
            unsafe { _mm256_i32gather_epi32::<4>(table, index) }
        }

        // The lanes as 64-bit integers.
        fn widen(a: __m256i) -> [__m256i; 2] {
            [
                _mm256_cvtepi32_epi64(_mm256_castsi256_si128(a)),
                _mm256_cvtepi32_epi64(_mm256_extracti128_si256::<1>(a)),
            ]
        }
        // The shuffle takes the low halves of the 64-bit lanes within each half
        // register: those of parts 0, 1, 0, 1, two at a time.
        fn narrow(parts: [__m256i; 2]) -> __m256i {
            let low_halves = _mm256_castps_si256(_mm256_shuffle_ps::<0b10_00_10_00>(
                _mm256_castsi256_ps(parts[0]),
                _mm256_castsi256_ps(parts[1]),
            ));
            _mm256_permute4x64_epi64::<0b11_01_10_00>(low_halves)
        }
    }}
}

mod i32x4 {
    use super::*;
    pub(super) use std::arch::x86_64::{
        _mm_add_epi32 as add, _mm_and_si128 as and, _mm_min_epu32 as umin, _mm_mullo_epi32 as mul,
        _mm_or_si128 as or, _mm_set1_epi32 as splat, _mm_sub_epi32 as sub, _mm_xor_si128 as xor,
        _mm256_cvtepi32_pd as to_real, _mm256_cvttpd_epi32 as convert_in_range,
    };

    avx2! { functions! {
        fn in_width(count: __m128i) -> __m128i { and(count, splat(31)) }
        fn shl(a: __m128i, count: __m128i) -> __m128i { _mm_sllv_epi32(a, in_width(count)) }
        fn shr(a: __m128i, count: __m128i) -> __m128i { _mm_srav_epi32(a, in_width(count)) }
        fn ushr(a: __m128i, count: __m128i) -> __m128i { _mm_srlv_epi32(a, in_width(count)) }
        fn eq(a: __m128i, b: __m128i) -> __m256d { mask4::from_memory(_mm_cmpeq_epi32(a, b)) }
        fn lt(a: __m128i, b: __m128i) -> __m256d { mask4::from_memory(_mm_cmpgt_epi32(b, a)) }
        fn select(mask: __m256d, a: __m128i, b: __m128i) -> __m128i {
            _mm_blendv_epi8(b, a, mask4::to_memory(mask))
        }
        // The instruction gives MIN for everything that does not fit.
        fn convert(x: __m256d) -> __m128i {
            let too_large = f64x4::le(f64x4::splat(2f64.powi(31)), x);
            let whole = select(too_large, splat(i32::MAX), convert_in_range(x));
            and(whole, mask4::to_memory(f64x4::eq(x, x)))
        }
        fn raw_bits(x: __m256d) -> __m128i { _mm_castps_si128(_mm256_cvtpd_ps(x)) }
        fn bits(x: __m256d) -> __m128i { select(f64x4::eq(x, x), raw_bits(x), splat(NAN_BITS_32)) }
        fn from_bits(a: __m128i) -> __m256d { _mm256_cvtps_pd(_mm_castsi128_ps(a)) }
        unsafe fn gather(table: *const i32, index: __m128i) -> __m128i {
            // SAFETY: the caller's promise that every index is in the table.
            unsafe { _mm_i32gather_epi32::<4>(table, index) }
        }

        // The lanes as 64-bit integers.
        fn widen(a: __m128i) -> [__m256i; 1] { [_mm256_cvtepi32_epi64(a)] }
        fn narrow(parts: [__m256i; 1]) -> __m128i {
            let [low, high] = [
                _mm256_castsi256_si128(parts[0]),
                _mm256_extracti128_si256::<1>(parts[0]),
            ];
            let low_halves =
                _mm_shuffle_ps::<0b10_00_10_00>(_mm_castsi128_ps(low), _mm_castsi128_ps(high));
            _mm_castps_si128(low_halves)
        }
    }}
}

// 64-bit integers.

mod i64s {
    //! What one register of 64-bit integers has no instruction for.
    use super::*;

    avx2! { functions! {
        // Low halves times low halves, plus what the mixed products leave of their
        // low halves in the high ones.
        fn mul(a: __m256i, b: __m256i) -> __m256i {
            let mixed = _mm256_add_epi64(
                _mm256_mul_epu32(_mm256_srli_epi64::<32>(a), b),
                _mm256_mul_epu32(a, _mm256_srli_epi64::<32>(b)),
            );
            _mm256_add_epi64(_mm256_mul_epu32(a, b), _mm256_slli_epi64::<32>(mixed))
        }
        // A negative number is the complement of one that shifts in zeros.
        fn shr(a: __m256i, count: __m256i) -> __m256i {
            let complement = _mm256_cmpgt_epi64(_mm256_setzero_si256(), a);
            let positive = _mm256_xor_si256(a, complement);
            _mm256_xor_si256(_mm256_srlv_epi64(positive, count), complement)
        }
    }}
}

/// The functions of 64-bit integers in the registers numbered `$part`.
macro_rules! longs {
    (
        $module:ident: [$($part:literal)+] $long:ty,
        $ints:ident: $int:ty, $reals:ident: $real:ty, $masks:ident: $mask:ty,
        $portable:ty
    ) => {
        mod $module {
            use super::*;

            avx2! { functions! {
                fn splat(value: i64) -> $long { [_mm256_set1_epi64x(value); [$($part),+].len()] }
                fn add(a: $long, b: $long) -> $long { [$(_mm256_add_epi64(a[$part], b[$part])),+] }
                fn sub(a: $long, b: $long) -> $long { [$(_mm256_sub_epi64(a[$part], b[$part])),+] }
                fn mul(a: $long, b: $long) -> $long { [$(i64s::mul(a[$part], b[$part])),+] }
                fn and(a: $long, b: $long) -> $long { [$(_mm256_and_si256(a[$part], b[$part])),+] }
                fn or(a: $long, b: $long) -> $long { [$(_mm256_or_si256(a[$part], b[$part])),+] }
                fn xor(a: $long, b: $long) -> $long { [$(_mm256_xor_si256(a[$part], b[$part])),+] }
                fn in_width(count: $long) -> $long { and(count, splat(63)) }
                fn shl(a: $long, count: $long) -> $long {
                    let count = in_width(count);
                    [$(_mm256_sllv_epi64(a[$part], count[$part])),+]
                }
                fn shr(a: $long, count: $long) -> $long {
                    let count = in_width(count);
                    [$(i64s::shr(a[$part], count[$part])),+]
                }
                fn ushr(a: $long, count: $long) -> $long {
                    let count = in_width(count);
                    [$(_mm256_srlv_epi64(a[$part], count[$part])),+]
                }
                fn eq(a: $long, b: $long) -> $mask {
                    $masks::narrow([$(_mm256_cmpeq_epi64(a[$part], b[$part])),+])
                }
                fn lt(a: $long, b: $long) -> $mask {
                    $masks::narrow([$(_mm256_cmpgt_epi64(b[$part], a[$part])),+])
                }
                fn select(mask: $mask, a: $long, b: $long) -> $long {
                    let mask = $masks::widen(mask);
                    [$(_mm256_blendv_epi8(b[$part], a[$part], mask[$part])),+]
                }
                fn extend(a: $int) -> $long { $ints::widen(a) }
                fn wrap(a: $long) -> $int { $ints::narrow(a) }
                fn to_real(a: $long) -> $real {
                    // SAFETY: registers and arrays of the same lanes.
                    unsafe { lane_by_lane!($portable, <$portable as Types>::I64: to_real(a)) }
                }
                fn convert(x: $real) -> $long {
                    // SAFETY: registers and arrays of the same lanes.
                    unsafe { lane_by_lane!($portable, <$portable as Types>::I64: convert(x)) }
                }
                fn convert_in_range(x: $real) -> $long { convert(x) }
                fn raw_bits(x: $real) -> $long {
                    let parts = $reals::to_f64(x);
                    [$(_mm256_castpd_si256(parts[$part])),+]
                }
                fn bits(x: $real) -> $long {
                    select($reals::eq(x, x), raw_bits(x), splat(NAN_BITS_64))
                }
                fn from_bits(a: $long) -> $real {
                    $reals::from_f64([$(_mm256_castsi256_pd(a[$part])),+])
                }
            }}
        }
    };
}

longs! {
    i64x8: [0 1] [__m256i; 2], i32x8: __m256i, f32x8: __m256, mask8: __m256, Portable<f32, 8>
}
longs! {
    i64x4: [0] [__m256i; 1], i32x4: __m128i, f64x4: __m256d, mask4: __m256d, Portable<f64, 4>
}

// Masks.

mod mask8 {
    use super::*;
    pub(super) use std::arch::x86_64::{_mm256_and_ps as and, _mm256_or_ps as or};
    pub(super) type Memory = __m256;

    avx2! { functions! {
        fn splat(value: bool) -> __m256 {
            _mm256_castsi256_ps(_mm256_set1_epi32(-i32::from(value)))
        }
        fn not(a: __m256) -> __m256 { _mm256_xor_ps(a, splat(true)) }
        fn bits(a: __m256) -> u64 { u64::from(_mm256_movemask_ps(a) as u32) }
        fn from_memory(a: __m256) -> __m256 { a }
        fn to_memory(a: __m256) -> __m256 { a }

        // As masks of 64-bit integers.
        fn widen(a: __m256) -> [__m256i; 2] { i32x8::widen(_mm256_castps_si256(a)) }
        fn narrow(parts: [__m256i; 2]) -> __m256 { _mm256_castsi256_ps(i32x8::narrow(parts)) }
    }}
}

mod mask4 {
    use super::*;
    pub(super) use std::arch::x86_64::{_mm256_and_pd as and, _mm256_or_pd as or};
    pub(super) type Memory = __m128i;

    avx2! { functions! {
        fn splat(value: bool) -> __m256d {
            _mm256_castsi256_pd(_mm256_set1_epi64x(-i64::from(value)))
        }
        fn not(a: __m256d) -> __m256d { _mm256_xor_pd(a, splat(true)) }
        fn bits(a: __m256d) -> u64 { u64::from(_mm256_movemask_pd(a) as u32) }

        // As masks of 32-bit integers, which is also how memory holds them.
        fn from_memory(a: __m128i) -> __m256d { narrow(i32x4::widen(a)) }
        fn to_memory(a: __m256d) -> __m128i { i32x4::narrow(widen(a)) }

        // As masks of 64-bit integers.
        fn widen(a: __m256d) -> [__m256i; 1] { [_mm256_castpd_si256(a)] }
        fn narrow(parts: [__m256i; 1]) -> __m256d { _mm256_castsi256_pd(parts[0]) }
    }}
}
