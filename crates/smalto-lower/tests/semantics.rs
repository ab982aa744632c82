//! What the ops mean where meanings differ from one system to the next: the
//! Semantics page, case by case, on the reference. The conformance suite carries it
//! to the other machines.

use smalto_graph::passes::Arithmetic;
use smalto_graph::{Element, Op, Value};
use smalto_lower::Reference;
use std::collections::HashSet;
use std::f64::consts::PI;

const NAN: f64 = f64::NAN;
const INF: f64 = f64::INFINITY;
/// The largest real below one half, in each element.
const BELOW_HALF_F32: f64 = 0.499_999_970_197_677_6;
const BELOW_HALF_F64: f64 = 0.499_999_999_999_999_94;

fn evaluate(element: Element, name: &str, operands: &[Value]) -> Value {
    let op = Op::from_name(name).unwrap_or_else(|| panic!("there is no op `{name}`"));
    Reference(element).evaluate(op, operands)
}

fn check(element: Element, name: &str, operands: &[Value], expected: Value) {
    let found = evaluate(element, name, operands);
    assert_eq!(found, expected, "{name}{operands:?} in {element:?}");
}

/// Cases written as `op(operands) = result`, an integer being an i32 unless it says
/// otherwise, and checked in the elements given.
macro_rules! cases {
    ($($element:ident)*: $($op:ident($($operand:expr),+) = $result:expr;)*) => {
        for element in [$(Element::$element),*] {
            $(check(element, stringify!($op), &[$(Value::from($operand)),+], $result.into());)*
        }
    };
}

#[test]
fn min_and_max_give_the_second_operand_on_a_tie_or_nan() {
    cases! { F32 F64:
        min(1.0, 2.0) = 1.0;
        min(2.0, 1.0) = 1.0;
        min(0.0, -0.0) = -0.0;
        min(-0.0, 0.0) = 0.0;
        min(NAN, 1.0) = 1.0;
        min(1.0, NAN) = NAN;
        min(-INF, NAN) = NAN;
        max(1.0, 2.0) = 2.0;
        max(2.0, 1.0) = 2.0;
        max(0.0, -0.0) = -0.0;
        max(-0.0, 0.0) = 0.0;
        max(NAN, 1.0) = 1.0;
        max(1.0, NAN) = NAN;
        min(3, -4) = -4;
        max(i64::MIN, 0i64) = 0i64;
        clamp(NAN, 0.0, 1.0) = 0.0;
        clamp(5.0, 0.0, 1.0) = 1.0;
        clamp(0.5, 0.0, NAN) = NAN;
        clamp(5, 0, 3) = 3;
        clamp(0, 3, 1) = 1;
    }
}

#[test]
fn minimum_and_maximum_are_those_of_ieee_754_2019() {
    cases! { F32 F64:
        minimum(0.0, -0.0) = -0.0;
        minimum(-0.0, 0.0) = -0.0;
        minimum(0.0, 0.0) = 0.0;
        minimum(NAN, 1.0) = NAN;
        minimum(1.0, NAN) = NAN;
        minimum(NAN, -INF) = NAN;
        minimum(-INF, INF) = -INF;
        maximum(0.0, -0.0) = 0.0;
        maximum(-0.0, 0.0) = 0.0;
        maximum(-0.0, -0.0) = -0.0;
        maximum(NAN, 1.0) = NAN;
        maximum(INF, NAN) = NAN;
        maximum(-INF, INF) = INF;
    }
}

#[test]
fn rounding() {
    cases! { F32 F64:
        // Ties away from zero.
        round(2.5) = 3.0;
        round(-2.5) = -3.0;
        round(0.5) = 1.0;
        round(-0.5) = -1.0;
        round(BELOW_HALF_F32) = 0.0;
        round(-BELOW_HALF_F32) = -0.0;
        round(-0.3) = -0.0;
        round(8_388_607.5) = 8_388_608.0;
        round(8_388_609.0) = 8_388_609.0;
        round(-INF) = -INF;
        round(NAN) = NAN;
        // Ties to even.
        rint(0.5) = 0.0;
        rint(1.5) = 2.0;
        rint(2.5) = 2.0;
        rint(-2.5) = -2.0;
        rint(-0.5) = -0.0;
        rint(-0.3) = -0.0;
        floor(-0.5) = -1.0;
        floor(-0.0) = -0.0;
        ceil(-0.5) = -0.0;
        ceil(0.25) = 1.0;
        trunc(-0.5) = -0.0;
        trunc(2.75) = 2.0;
        fract(-0.25) = 0.75;
        fract(2.75) = 0.75;
        fract(-2f64.powi(-60)) = 1.0;
    }
    cases! { F64:
        round(BELOW_HALF_F64) = 0.0;
        round(4_503_599_627_370_495.5) = 4_503_599_627_370_496.0;
    }
}

#[test]
fn remainders_of_reals_are_euclidean() {
    cases! { F32 F64:
        mod(-1.5, 1.0) = 0.5;
        mod(1.5, 1.0) = 0.5;
        mod(-1.5, -1.0) = 0.5;
        mod(5.0, 3.0) = 2.0;
        mod(1.0, 0.0) = NAN;
        mod(1.0, INF) = 1.0;
        mod(INF, 1.0) = NAN;
    }
}

#[test]
fn comparisons_and_logic() {
    cases! { F32 F64:
        compare(1.0, 2.0) = -1.0;
        compare(2.0, 1.0) = 1.0;
        compare(-0.0, 0.0) = 0.0;
        compare(NAN, 0.0) = NAN;
        compare(0.0, NAN) = NAN;
        lt(1.0, NAN) = false;
        le(0.0, -0.0) = true;
        gt(NAN, 1.0) = false;
        ge(1.0, 1.0) = true;
        eq(0.0, -0.0) = true;
        eq(NAN, NAN) = false;
        ne(NAN, NAN) = true;
        ne(1.0, 1.0) = false;
        lt(-1, 0) = true;
        lt(i64::MAX, i64::MIN) = false;
        // A choice of an operand; a NaN is not zero.
        and(0.0, 5.0) = 0.0;
        and(-0.0, 5.0) = -0.0;
        and(2.0, 5.0) = 5.0;
        and(NAN, 5.0) = 5.0;
        or(0.0, 5.0) = 5.0;
        or(2.0, 5.0) = 2.0;
        or(NAN, 5.0) = NAN;
        not(0.0) = 1.0;
        not(-0.0) = 1.0;
        not(3.0) = 0.0;
        not(NAN) = 0.0;
        and(true, false) = false;
        or(true, false) = true;
        not(true) = false;
        select(true, 1.0, NAN) = 1.0;
        select(false, 1, 2) = 2;
        select(true, false, true) = false;
        step(1.0, 1.0) = 1.0;
        step(1.0, 0.5) = 0.0;
        step(1.0, NAN) = 0.0;
    }
}

#[test]
fn signs() {
    cases! { F32 F64:
        sign(-0.0) = -0.0;
        sign(0.0) = 0.0;
        sign(-7.0) = -1.0;
        sign(INF) = 1.0;
        sign(NAN) = NAN;
        neg(0.0) = -0.0;
        abs(-0.0) = 0.0;
        sqrt(-0.0) = -0.0;
        sqrt(-1.0) = NAN;
        recip(-0.0) = -INF;
        mix(1.0, 3.0, 0.5) = 2.0;
        neg(i32::MIN) = i32::MIN;
        abs(i64::MIN) = i64::MIN;
        abs(-5) = 5;
    }
}

#[test]
fn integers_wrap_and_division_is_total() {
    cases! { F32 F64:
        add(i32::MAX, 1) = i32::MIN;
        sub(i64::MIN, 1i64) = i64::MAX;
        mul(1 << 20, 1 << 20) = 0;
        square(0x1_0001) = 0x2_0001;
        div(7, -2) = -3;
        div(7, 0) = 0;
        div(i32::MIN, -1) = i32::MIN;
        div(i64::MIN, -1i64) = i64::MIN;
        rem(-7, 2) = -1;
        rem(7, -2) = 1;
        rem(7, 0) = 7;
        rem(i32::MIN, -1) = 0;
        rem(i64::MIN, 0i64) = i64::MIN;
    }
}

#[test]
fn shift_counts_are_modulo_the_width() {
    cases! { F32 F64:
        shl(1, 33) = 2;
        shl(1, -1) = i32::MIN;
        shl(1i64, 33i64) = 1i64 << 33;
        shl(1i64, 64i64) = 1i64;
        shr(-8, 1) = -4;
        shr(i32::MIN, 63) = -1;
        ushr(-1, 28) = 15;
        ushr(-1, 32) = -1;
        ushr(-1i64, 60i64) = 15i64;
        rotl(0x1234_5678, 0) = 0x1234_5678;
        rotl(0x1234_5678, 32) = 0x1234_5678;
        rotl(0x1234_5678, 8) = 0x3456_7812;
        rotl(0x1234_5678, -1) = 0x091a_2b3c;
        rotr(0x1234_5678, 0) = 0x1234_5678;
        rotr(0x1234_5678, 32) = 0x1234_5678;
        rotr(0x1234_5678, 8) = 0x7812_3456;
        rotr(0x1234_5678, -1) = 0x2468_acf0;
        rotl(1i64, -1i64) = i64::MIN;
        rotr(1i64, 1i64) = i64::MIN;
        rotl(5i64, 64i64) = 5i64;
        bit_not(0) = -1;
    }
}

#[test]
fn conversions_truncate_and_saturate() {
    cases! { F32 F64:
        i32(2.9) = 2;
        i32(-2.9) = -2;
        i32(NAN) = 0;
        i32(INF) = i32::MAX;
        i32(-INF) = i32::MIN;
        i32(2_147_483_648.0) = i32::MAX;
        i32(-3e9) = i32::MIN;
        i64(NAN) = 0i64;
        i64(9_223_372_036_854_775_808.0) = i64::MAX;
        i64(-1e30) = i64::MIN;
        i64(-2.5) = -2i64;
        i32(0x1_2345_6789i64) = 0x2345_6789;
        i32(0xffff_ffffi64) = -1;
        i64(-1) = -1i64;
        i32(true) = 1;
        i64(false) = 0i64;
        real(true) = 1.0;
        real(-7) = -7.0;
        // A NaN is not zero.
        bool(NAN) = true;
        bool(0.25) = true;
        bool(-0.0) = false;
        bool(0i64) = false;
        bool(i32::MIN) = true;
    }
    cases! { F32:
        real((1 << 24) + 1) = 16_777_216.0;
        // One rounding: through f64 it would be 2^62.
        real((1i64 << 62) + (1 << 38) + 1) = 2f64.powi(62) + 2f64.powi(39);
    }
    cases! { F64:
        i32(2_147_483_647.5) = i32::MAX;
        real((1i64 << 53) + 1) = 2f64.powi(53);
    }
}

#[test]
fn bits_know_one_nan() {
    cases! { F32 F64:
        bits32(1.0) = 0x3f80_0000;
        bits32(-0.0) = i32::MIN;
        bits32(NAN) = 0x7fc0_0000;
        bits32(-NAN) = 0x7fc0_0000;
        bits64(1.0) = 0x3ff0_0000_0000_0000i64;
        bits64(-NAN) = 0x7ff8_0000_0000_0000i64;
        from_bits32(0x4049_0fdb) = f64::from(PI as f32);
        from_bits32(1) = 2f64.powi(-149);
        from_bits32(-1) = NAN;
        from_bits64(0x3ff8_0000_0000_0000i64) = 1.5;
    }
    cases! { F32:
        from_bits64(PI.to_bits() as i64) = f64::from(PI as f32);
        from_bits64((3.0 * 2f64.powi(-150)).to_bits() as i64) = 2f64.powi(-148);
        from_bits64(1e300f64.to_bits() as i64) = INF;
    }
    cases! { F64:
        bits32(PI) = 0x4049_0fdb;
        bits32(1e300) = 0x7f80_0000;
        bits32(3.0 * 2f64.powi(-150)) = 2;
        bits64(PI) = PI.to_bits() as i64;
    }
}

/// The 64-bit values are the first two outputs of SplitMix64 from seed 0, whose state
/// is the argument here; the others are by an independent computation.
#[test]
fn hashes_have_fixed_values() {
    cases! { F32 F64:
        hash(0) = 0;
        hash(1) = 0x6889_90c0;
        hash(2) = 0xd113_2181_u32 as i32;
        hash(-1) = 0x6768_824a;
        hash(0i64) = 0i64;
        hash(0x9e37_79b9_7f4a_7c15_u64 as i64) = 0xe220_a839_7b1d_cdaf_u64 as i64;
        hash(0x3c6e_f372_fe94_f82a_u64 as i64) = 0x6e78_9e6a_a1b9_65f4_u64 as i64;
    }
}

#[test]
fn hashes_of_different_integers_differ() {
    let hash = |value| evaluate(Element::F32, "hash", &[value]).bits();
    let strides = [1i64, 0x1_0001, 0x9e37_79b9];
    for stride in strides {
        let integers = (0..10_000i64).map(|k| k.wrapping_mul(stride));
        let of_i32: HashSet<u64> = integers
            .clone()
            .map(|v| hash(Value::I32(v as i32)))
            .collect();
        let of_i64: HashSet<u64> = integers.clone().map(|v| hash(Value::I64(v))).collect();
        let different: HashSet<i32> = integers.map(|v| v as i32).collect();
        assert_eq!(
            (of_i32.len(), of_i64.len()),
            (different.len(), 10_000),
            "stride {stride}"
        );
    }
}
