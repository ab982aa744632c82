//! Conversions between lane types, in one lane.

use crate::{F16, Lane, Literal, Op};

/// What `op`, a conversion, gives for `value` as the type `to`.
pub(super) fn convert(op: Op, value: Literal, to: Lane) -> u64 {
    match op {
        Op::Convert | Op::ConvertInRange if to.is_float() => to_float(value, to),
        Op::Convert | Op::ConvertInRange => to_integer(value, to),
        // A literal's integer has its sign copied or zeros shifted in, and its upper
        // bits are dropped.
        Op::Extend | Op::Wrap => Literal::from_bits(to, value.as_i128() as u64).bits(),
        // A literal's NaN is the one NaN.
        Op::Bits | Op::RawBits | Op::Bitcast => Literal::from_bits(to, value.bits()).bits(),
        _ => unreachable!("{op} is no conversion"),
    }
}

/// Whether `value`, a float, truncated fits the integer type `to`.
pub(super) fn fits(value: Literal, to: Lane) -> bool {
    let whole = value.as_f64().trunc();
    // Both ends are powers of two, so exact.
    let above = 2f64.powi(to.bits() as i32 - i32::from(to.is_signed()));
    let below = if to.is_signed() { -above } else { 0.0 };
    (below..above).contains(&whole)
}

/// Whether a * 2^n is defined, for floats of one type.
pub(super) fn is_scalable(a: Literal, n: Literal) -> bool {
    let bias = match a.lane() {
        Lane::F16 => 15.0,
        Lane::F32 => 127.0,
        _ => 1023.0,
    };
    let (a, n) = (a.as_f64(), n.as_f64());
    let is_in_range = (-2.0 * (bias - 1.0)..=2.0 * bias).contains(&n);
    let is_near_one = (0.25..=2.0).contains(&a);
    let is_beyond = n >= 0.0 && (a > 2.0 || a.is_nan());
    n.trunc() == n && is_in_range && (is_near_one || is_beyond)
}

/// Truncated and saturated; NaN gives 0. All floats are exact as f64.
fn to_integer(value: Literal, to: Lane) -> u64 {
    let value = value.as_f64();
    match to {
        Lane::I16 => value as i16 as u16 as u64,
        Lane::U16 => value as u16 as u64,
        Lane::I32 => value as i32 as u32 as u64,
        Lane::U32 => value as u32 as u64,
        Lane::I64 => value as i64 as u64,
        Lane::U64 => value as u64,
        _ => unreachable!("{to} is no integer"),
    }
}

/// Rounded once. An integer beyond what f64 holds exactly is beyond all halves too.
fn to_float(value: Literal, to: Lane) -> u64 {
    let literal = match to {
        Lane::F16 => Literal::from(F16::from_f64(value.as_f64())),
        Lane::F32 if value.lane().is_float() => Literal::from(value.as_f64() as f32),
        Lane::F32 => Literal::from(value.as_i128() as f32),
        Lane::F64 => Literal::from(value.as_f64()),
        _ => unreachable!("{to} is no float"),
    };
    literal.bits()
}

#[cfg(test)]
mod tests {
    use super::*;
    use smalto_lower::{Integers, Machine, Scalar};

    fn check(op: Op, value: impl Into<Literal>, expected: impl Into<Literal>) {
        let (value, expected) = (value.into(), expected.into());
        let found = Literal::from_bits(expected.lane(), convert(op, value, expected.lane()));
        assert_eq!(found, expected, "{op} {value}");
    }

    #[test]
    fn conversions_saturate_round_and_wrap() {
        check(Op::Convert, 1e10f32, i16::MAX);
        check(Op::Convert, -1e10f64, -10_000_000_000i64);
        check(Op::Convert, -1f32, 0u64);
        check(Op::Convert, f32::NAN, 0i32);
        check(Op::Convert, f64::INFINITY, u32::MAX);
        check(Op::Convert, u64::MAX, 18446744073709551616f32);
        check(Op::Convert, (1u64 << 24) + 1, 16777216f32);
        // Rounding to f64 first would make this 2^62: the tail below it breaks the tie.
        let tie = (1i64 << 62) + (1i64 << 38) + 1;
        check(Op::Convert, tie, f32::from_bits(0x5e80_0001));
        check(Op::Convert, 70000i32, F16::from_f64(f64::INFINITY));
        check(Op::Convert, 0.1f64, 0.1f32);
        check(Op::Extend, -1i16, -1i64);
        check(Op::Extend, u16::MAX, 65535i32);
        check(Op::Extend, -1i32, u64::MAX);
        check(Op::Wrap, 0x1_8000i32, i16::MIN);
        check(Op::Bits, -f32::NAN, 0x7fc00000u32);
        check(Op::Bits, F16(0xffff), 0x7e00i16);
        check(Op::Bits, -0f64, i64::MIN);
        check(Op::Bitcast, 0x3f80_0000i32, 1f32);
        check(Op::Bitcast, -1i64, u64::MAX);
    }

    #[test]
    fn what_fits_is_what_truncation_gives() {
        let check = |value: f64, lane, expected| {
            assert_eq!(fits(value.into(), lane), expected, "{value} {lane}");
        };
        check(-0.9, Lane::U16, true);
        check(-1.0, Lane::U16, false);
        check(65535.9, Lane::U16, true);
        check(65536.0, Lane::U16, false);
        check(-2147483648.9, Lane::I32, true);
        check(-2147483649.0, Lane::I32, false);
        check(2f64.powi(63), Lane::I64, false);
        check(-2f64.powi(63), Lane::I64, true);
        check(f64::NAN, Lane::I32, false);
        check(f64::INFINITY, Lane::U64, false);
    }

    #[test]
    fn the_scalar_machine_agrees() {
        let (single, double) = (Scalar::<f32>::new(), Scalar::<f64>::new());
        for x in [0.0, -0.5, 1e9, -3e9, 1e19, -1e30, f64::NAN, 0.1, 16777217.0] {
            let as_i32: i32 = double.convert(x);
            let as_i64: i64 = double.convert(x);
            check(Op::Convert, x, as_i32);
            check(Op::Convert, x, as_i64);
            let narrow: i32 = single.convert(x as f32);
            check(Op::Convert, x as f32, narrow);
            check(Op::Bits, x as f32, single.bits32(x as f32));
            check(Op::Bits, x, double.bits64(x));
            check(
                Op::Convert,
                as_i64,
                Integers::<i64>::to_real(single, as_i64),
            );
            check(
                Op::Convert,
                as_i64,
                Integers::<i64>::to_real(double, as_i64),
            );
            check(
                Op::Convert,
                as_i32,
                Integers::<i32>::to_real(single, as_i32),
            );
            check(Op::Extend, as_i32, double.extend(as_i32));
            check(Op::Wrap, as_i64, double.wrap(as_i64));
            check(Op::Bitcast, as_i32, single.from_bits32(as_i32));
        }
    }
}
