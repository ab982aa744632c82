//! Lanes in the 512-bit registers of AVX-512, masks in the mask registers.
//!
//! Masks of sixteen lanes and masks of eight are types of their own, and the 64-bit
//! integers beside sixteen f32 take two registers. Nearly every primitive is one
//! instruction.

use super::x86::{NAN_BITS_32, NAN_BITS_64, functions, machine};
use super::{Portable, recast};
use crate::{Float, Integers, Lanes, Machine, Types};
use smalto_graph::Element;
use std::arch::x86_64::*;

/// Hands the CPU features of this file to another macro.
macro_rules! avx512 {
    ($macro:ident! { $($body:tt)* }) => {
        $macro! {
            ["avx512f" "avx512bw" "avx512dq" "avx512vl" "avx2" "fma"]
            $($body)*
        }
    };
}

avx512! { machine! {
    /// Sixteen f32 in a register of AVX-512.
    Avx512F32: [f32; 16],
    f32x16: __m512, i32x16: __m512i, i64x16: [__m512i; 2], mask16: __mmask16
}}

avx512! { machine! {
    /// Eight f64 in a register of AVX-512.
    Avx512F64: [f64; 8],
    f64x8: __m512d, i32x8: __m256i, i64x8: [__m512i; 1], mask8: __mmask8
}}

/// How to round, raising no exception when that changes a value.
mod rounding {
    use super::*;
    pub(super) const NEAREST_EVEN: i32 = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;
    pub(super) const DOWN: i32 = _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC;
    pub(super) const UP: i32 = _MM_FROUND_TO_POS_INF | _MM_FROUND_NO_EXC;
    pub(super) const TO_ZERO: i32 = _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC;
}

// Reals.

mod f32x16 {
    use super::*;
    pub(super) use std::arch::x86_64::{
        _mm512_abs_ps as abs, _mm512_add_ps as add, _mm512_div_ps as div, _mm512_fmadd_ps as fma,
        _mm512_max_ps as max, _mm512_min_ps as min, _mm512_mul_ps as mul, _mm512_set1_ps as splat,
        _mm512_sqrt_ps as sqrt, _mm512_sub_ps as sub,
    };

    avx512! { functions! {
        // What an instruction of floats would round to a subnormal takes some CPUs 150 cycles: see
        // the tile `scale`. Such a result, counted in units of the least, is rounded to an
        // integer, which is its bits.
        fn scale(a: __m512, n: __m512) -> __m512 {
            let is_low = lt(n, splat(-125.0));
            let n = _mm512_mask_add_ps(n, is_low, n, splat(149.0));
            let scaled = _mm512_scalef_ps(a, n);
            let bits = _mm512_mask_cvtps_epi32(_mm512_castps_si512(scaled), is_low, scaled);
            _mm512_castsi512_ps(bits)
        }
        fn neg(a: __m512) -> __m512 { _mm512_xor_ps(a, splat(-0.0)) }
        fn copysign(a: __m512, sign: __m512) -> __m512 {
            _mm512_or_ps(abs(a), _mm512_and_ps(sign, splat(-0.0)))
        }
        fn floor(a: __m512) -> __m512 { _mm512_roundscale_ps::<{ rounding::DOWN }>(a) }
        fn ceil(a: __m512) -> __m512 { _mm512_roundscale_ps::<{ rounding::UP }>(a) }
        fn trunc(a: __m512) -> __m512 { _mm512_roundscale_ps::<{ rounding::TO_ZERO }>(a) }
        fn rint(a: __m512) -> __m512 { _mm512_roundscale_ps::<{ rounding::NEAREST_EVEN }>(a) }
        fn lt(a: __m512, b: __m512) -> __mmask16 { _mm512_cmp_ps_mask::<_CMP_LT_OQ>(a, b) }
        fn le(a: __m512, b: __m512) -> __mmask16 { _mm512_cmp_ps_mask::<_CMP_LE_OQ>(a, b) }
        fn eq(a: __m512, b: __m512) -> __mmask16 { _mm512_cmp_ps_mask::<_CMP_EQ_OQ>(a, b) }
        fn select(mask: __mmask16, a: __m512, b: __m512) -> __m512 {
            _mm512_mask_blend_ps(mask, b, a)
        }
        unsafe fn gather(table: *const f32, index: __m512i) -> __m512 {
            // SAFETY: the caller's promise that every index is in the table.
            unsafe { _mm512_i32gather_ps::<4>(index, table) }
        }

        // The lanes that belong to each register of 64-bit lanes, and what becomes
        // of them there.
        fn parts(a: __m512) -> [__m256; 2] {
            [_mm512_castps512_ps256(a), _mm512_extractf32x8_ps::<1>(a)]
        }
        fn join(parts: [__m256; 2]) -> __m512 {
            _mm512_insertf32x8::<1>(_mm512_castps256_ps512(parts[0]), parts[1])
        }
        fn to_f64(part: __m256) -> __m512d { _mm512_cvtps_pd(part) }
        fn from_f64(part: __m512d) -> __m256 { _mm512_cvtpd_ps(part) }
        fn to_i64(part: __m256) -> __m512i { _mm512_cvttps_epi64(part) }
        fn from_i64(part: __m512i) -> __m256 { _mm512_cvtepi64_ps(part) }
    }}
}

mod f64x8 {
    use super::*;
    pub(super) use std::arch::x86_64::{
        _mm512_abs_pd as abs, _mm512_add_pd as add, _mm512_div_pd as div, _mm512_fmadd_pd as fma,
        _mm512_max_pd as max, _mm512_min_pd as min, _mm512_mul_pd as mul, _mm512_set1_pd as splat,
        _mm512_sqrt_pd as sqrt, _mm512_sub_pd as sub,
    };

    avx512! { functions! {
        // Likewise.
        fn scale(a: __m512d, n: __m512d) -> __m512d {
            let is_low = lt(n, splat(-1021.0));
            let n = _mm512_mask_add_pd(n, is_low, n, splat(1074.0));
            let scaled = _mm512_scalef_pd(a, n);
            let bits = _mm512_mask_cvtpd_epi64(_mm512_castpd_si512(scaled), is_low, scaled);
            _mm512_castsi512_pd(bits)
        }
        fn neg(a: __m512d) -> __m512d { _mm512_xor_pd(a, splat(-0.0)) }
        fn copysign(a: __m512d, sign: __m512d) -> __m512d {
            _mm512_or_pd(abs(a), _mm512_and_pd(sign, splat(-0.0)))
        }
        fn floor(a: __m512d) -> __m512d { _mm512_roundscale_pd::<{ rounding::DOWN }>(a) }
        fn ceil(a: __m512d) -> __m512d { _mm512_roundscale_pd::<{ rounding::UP }>(a) }
        fn trunc(a: __m512d) -> __m512d { _mm512_roundscale_pd::<{ rounding::TO_ZERO }>(a) }
        fn rint(a: __m512d) -> __m512d { _mm512_roundscale_pd::<{ rounding::NEAREST_EVEN }>(a) }
        fn lt(a: __m512d, b: __m512d) -> __mmask8 { _mm512_cmp_pd_mask::<_CMP_LT_OQ>(a, b) }
        fn le(a: __m512d, b: __m512d) -> __mmask8 { _mm512_cmp_pd_mask::<_CMP_LE_OQ>(a, b) }
        fn eq(a: __m512d, b: __m512d) -> __mmask8 { _mm512_cmp_pd_mask::<_CMP_EQ_OQ>(a, b) }
        fn select(mask: __mmask8, a: __m512d, b: __m512d) -> __m512d {
            _mm512_mask_blend_pd(mask, b, a)
        }
        unsafe fn gather(table: *const f64, index: __m256i) -> __m512d {
            // SAFETY: the caller's promise that every index is in the table.
            unsafe { _mm512_i32gather_pd::<8>(index, table) }
        }

        fn parts(a: __m512d) -> [__m512d; 1] { [a] }
        fn join(parts: [__m512d; 1]) -> __m512d { parts[0] }
        fn to_f64(part: __m512d) -> __m512d { part }
        fn from_f64(part: __m512d) -> __m512d { part }
        fn to_i64(part: __m512d) -> __m512i { _mm512_cvttpd_epi64(part) }
        fn from_i64(part: __m512i) -> __m512d { _mm512_cvtepi64_pd(part) }
    }}
}

// 32-bit integers.

mod i32x16 {
    use super::*;
    pub(super) use std::arch::x86_64::{
        _mm512_add_epi32 as add, _mm512_and_si512 as and, _mm512_castsi512_ps as from_bits,
        _mm512_cmpeq_epi32_mask as eq, _mm512_cmplt_epi32_mask as lt,
        _mm512_cvtepi32_ps as to_real, _mm512_cvttps_epi32 as convert_in_range,
        _mm512_min_epu32 as umin, _mm512_mullo_epi32 as mul, _mm512_or_si512 as or,
        _mm512_set1_epi32 as splat, _mm512_sub_epi32 as sub, _mm512_xor_si512 as xor,
    };

    avx512! { functions! {
        fn in_width(count: __m512i) -> __m512i { and(count, splat(31)) }
        fn shl(a: __m512i, count: __m512i) -> __m512i { _mm512_sllv_epi32(a, in_width(count)) }
        fn shr(a: __m512i, count: __m512i) -> __m512i { _mm512_srav_epi32(a, in_width(count)) }
        fn ushr(a: __m512i, count: __m512i) -> __m512i { _mm512_srlv_epi32(a, in_width(count)) }
        fn select(mask: __mmask16, a: __m512i, b: __m512i) -> __m512i {
            _mm512_mask_blend_epi32(mask, b, a)
        }
        // The instruction gives MIN for everything that does not fit.
        fn convert(x: __m512) -> __m512i {
            let too_large = f32x16::le(f32x16::splat(2f32.powi(31)), x);
            let whole = select(too_large, splat(i32::MAX), convert_in_range(x));
            _mm512_maskz_mov_epi32(f32x16::eq(x, x), whole)
        }
        fn raw_bits(x: __m512) -> __m512i { _mm512_castps_si512(x) }
        fn bits(x: __m512) -> __m512i { select(f32x16::eq(x, x), raw_bits(x), splat(NAN_BITS_32)) }
        unsafe fn gather(table: *const i32, index: __m512i) -> __m512i {
            // SAFETY: the caller's promise that every index is in the table.
            unsafe { _mm512_i32gather_epi32::<4>(index, table) }
        }
        fn parts(a: __m512i) -> [__m256i; 2] {
            [_mm512_castsi512_si256(a), _mm512_extracti32x8_epi32::<1>(a)]
        }
        fn join(parts: [__m256i; 2]) -> __m512i {
            _mm512_inserti32x8::<1>(_mm512_castsi256_si512(parts[0]), parts[1])
        }
    }}
}

mod i32x8 {
    use super::*;
    pub(super) use std::arch::x86_64::{
        _mm256_add_epi32 as add, _mm256_and_si256 as and, _mm256_cmpeq_epi32_mask as eq,
        _mm256_cmplt_epi32_mask as lt, _mm256_min_epu32 as umin, _mm256_mullo_epi32 as mul,
        _mm256_or_si256 as or, _mm256_set1_epi32 as splat, _mm256_sub_epi32 as sub,
        _mm256_xor_si256 as xor, _mm512_cvtepi32_pd as to_real,
        _mm512_cvttpd_epi32 as convert_in_range,
    };

    avx512! { functions! {
        fn in_width(count: __m256i) -> __m256i { and(count, splat(31)) }
        fn shl(a: __m256i, count: __m256i) -> __m256i { _mm256_sllv_epi32(a, in_width(count)) }
        fn shr(a: __m256i, count: __m256i) -> __m256i { _mm256_srav_epi32(a, in_width(count)) }
        fn ushr(a: __m256i, count: __m256i) -> __m256i { _mm256_srlv_epi32(a, in_width(count)) }
        fn select(mask: __mmask8, a: __m256i, b: __m256i) -> __m256i {
            _mm256_mask_blend_epi32(mask, b, a)
        }
        // The instruction gives MIN for everything that does not fit.
        fn convert(x: __m512d) -> __m256i {
            let too_large = f64x8::le(f64x8::splat(2f64.powi(31)), x);
            let whole = select(too_large, splat(i32::MAX), convert_in_range(x));
            _mm256_maskz_mov_epi32(f64x8::eq(x, x), whole)
        }
        fn raw_bits(x: __m512d) -> __m256i { _mm256_castps_si256(_mm512_cvtpd_ps(x)) }
        fn bits(x: __m512d) -> __m256i { select(f64x8::eq(x, x), raw_bits(x), splat(NAN_BITS_32)) }
        fn from_bits(a: __m256i) -> __m512d { _mm512_cvtps_pd(_mm256_castsi256_ps(a)) }
        unsafe fn gather(table: *const i32, index: __m256i) -> __m256i {
            // SAFETY: the caller's promise that every index is in the table.
            unsafe { _mm256_i32gather_epi32::<4>(table, index) }
        }
        fn parts(a: __m256i) -> [__m256i; 1] { [a] }
        fn join(parts: [__m256i; 1]) -> __m256i { parts[0] }
    }}
}

// 64-bit integers.

/// The functions of 64-bit integers in the registers numbered `$part`.
macro_rules! longs {
    (
        $module:ident: [$($part:literal)+] $long:ty,
        $ints:ident: $int:ty, $reals:ident: $real:ty, $masks:ident: $mask:ty
    ) => {
        mod $module {
            use super::*;

            avx512! { functions! {
                fn splat(value: i64) -> $long { [_mm512_set1_epi64(value); [$($part),+].len()] }
                fn add(a: $long, b: $long) -> $long { [$(_mm512_add_epi64(a[$part], b[$part])),+] }
                fn sub(a: $long, b: $long) -> $long { [$(_mm512_sub_epi64(a[$part], b[$part])),+] }
                fn mul(a: $long, b: $long) -> $long {
                    [$(_mm512_mullo_epi64(a[$part], b[$part])),+]
                }
                fn and(a: $long, b: $long) -> $long { [$(_mm512_and_si512(a[$part], b[$part])),+] }
                fn or(a: $long, b: $long) -> $long { [$(_mm512_or_si512(a[$part], b[$part])),+] }
                fn xor(a: $long, b: $long) -> $long { [$(_mm512_xor_si512(a[$part], b[$part])),+] }
                fn in_width(count: $long) -> $long { and(count, splat(63)) }
                fn shl(a: $long, count: $long) -> $long {
                    let count = in_width(count);
                    [$(_mm512_sllv_epi64(a[$part], count[$part])),+]
                }
                fn shr(a: $long, count: $long) -> $long {
                    let count = in_width(count);
                    [$(_mm512_srav_epi64(a[$part], count[$part])),+]
                }
                fn ushr(a: $long, count: $long) -> $long {
                    let count = in_width(count);
                    [$(_mm512_srlv_epi64(a[$part], count[$part])),+]
                }
                fn eq(a: $long, b: $long) -> $mask {
                    $masks::join([$(_mm512_cmpeq_epi64_mask(a[$part], b[$part])),+])
                }
                fn lt(a: $long, b: $long) -> $mask {
                    $masks::join([$(_mm512_cmplt_epi64_mask(a[$part], b[$part])),+])
                }
                fn select(mask: $mask, a: $long, b: $long) -> $long {
                    let mask = $masks::parts(mask);
                    [$(_mm512_mask_blend_epi64(mask[$part], b[$part], a[$part])),+]
                }
                fn extend(a: $int) -> $long {
                    let a = $ints::parts(a);
                    [$(_mm512_cvtepi32_epi64(a[$part])),+]
                }
                fn wrap(a: $long) -> $int { $ints::join([$(_mm512_cvtepi64_epi32(a[$part])),+]) }
                fn to_real(a: $long) -> $real { $reals::join([$($reals::from_i64(a[$part])),+]) }
                fn convert_in_range(x: $real) -> $long {
                    let x = $reals::parts(x);
                    [$($reals::to_i64(x[$part])),+]
                }
                // The instruction gives MIN for everything that does not fit.
                fn convert(x: $real) -> $long {
                    let too_large = $reals::le($reals::splat(9_223_372_036_854_775_808.0), x);
                    let whole = select(too_large, splat(i64::MAX), convert_in_range(x));
                    select($reals::eq(x, x), whole, splat(0))
                }
                fn raw_bits(x: $real) -> $long {
                    let parts = $reals::parts(x);
                    [$(_mm512_castpd_si512($reals::to_f64(parts[$part]))),+]
                }
                fn bits(x: $real) -> $long {
                    select($reals::eq(x, x), raw_bits(x), splat(NAN_BITS_64))
                }
                fn from_bits(a: $long) -> $real {
                    $reals::join([$($reals::from_f64(_mm512_castsi512_pd(a[$part]))),+])
                }
            }}
        }
    };
}

longs! { i64x16: [0 1] [__m512i; 2], i32x16: __m512i, f32x16: __m512, mask16: __mmask16 }
longs! { i64x8: [0] [__m512i; 1], i32x8: __m256i, f64x8: __m512d, mask8: __mmask8 }

// Masks.

/// The functions of masks in integers of type `$mask`, whose bytes belong to one
/// register of 64-bit integers each.
macro_rules! masks {
    ($module:ident: $mask:ty, $parts:literal) => {
        mod $module {
            use super::*;
            pub(super) type Memory = $mask;

            avx512! { functions! {
                fn splat(value: bool) -> $mask { if value { <$mask>::MAX } else { 0 } }
                fn and(a: $mask, b: $mask) -> $mask { a & b }
                fn or(a: $mask, b: $mask) -> $mask { a | b }
                fn not(a: $mask) -> $mask { !a }
                fn bits(a: $mask) -> u64 { u64::from(a) }
                fn from_memory(a: $mask) -> $mask { a }
                fn to_memory(a: $mask) -> $mask { a }
                fn parts(a: $mask) -> [__mmask8; $parts] { a.to_le_bytes() }
                fn join(parts: [__mmask8; $parts]) -> $mask { <$mask>::from_le_bytes(parts) }
            }}
        }
    };
}

masks! { mask16: __mmask16, 2 }
masks! { mask8: __mmask8, 1 }
