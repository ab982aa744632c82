//! Number literals: text to value and back.
//!
//! Reading rounds a decimal to the nearest f64 and takes a hexadecimal float
//! exactly or not at all. Printing gives the shortest decimal that reads back as
//! the same bits, and a name where a constant has one.

use super::error::quote;
use super::words;
use crate::graph::is_identifier;
use crate::{Type, Value};
use std::num::IntErrorKind;

/// What is wrong with a literal, and what to write instead.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) message: String,
    pub(super) help: Option<String>,
}

impl Problem {
    fn new(message: impl Into<String>) -> Problem {
        Problem {
            message: message.into(),
            help: None,
        }
    }

    fn with_help(mut self, help: impl Into<String>) -> Problem {
        self.help = Some(help.into());
        self
    }
}

/// The value of the literal `text`, with a minus sign before it if `negative`.
/// The sign belongs to the literal because `-2147483648i32` is an i32 and
/// `2147483648i32` is none.
pub(super) fn read(text: &str, negative: bool) -> Result<Value, Problem> {
    let (digits, ty) = split_type(text);
    let hexadecimal = digits.strip_prefix("0x").or(digits.strip_prefix("0X"));
    match (hexadecimal, ty) {
        (None, Type::Real) => read_decimal(digits).map(|v| Value::Real(signed(v, negative))),
        (Some(hex), Type::Real) => read_hex_float(hex).map(|v| Value::Real(signed(v, negative))),
        (None, ty) => read_integer(digits, negative, ty),
        (Some(hex), ty) => read_hex_integer(hex, negative, ty),
    }
}

/// A literal and the type its suffix names.
fn split_type(text: &str) -> (&str, Type) {
    for ty in [Type::I32, Type::I64] {
        if let Some(digits) = text.strip_suffix(ty.name()) {
            return (digits, ty);
        }
    }
    (text, Type::Real)
}

fn signed(value: f64, negative: bool) -> f64 {
    if negative { -value } else { value }
}

/// A number in decimal notation. Words that [`f64`] would also read, such as
/// `infinity`, do not get here: a literal starts with a digit or a dot.
fn read_decimal(text: &str) -> Result<f64, Problem> {
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value),
        Ok(_) => Err(too_large()),
        Err(_) => Err(malformed_decimal(text)),
    }
}

fn too_large() -> Problem {
    Problem::new("the number is too large for a real").with_help("write `inf` for infinity")
}

fn malformed(text: &str) -> Problem {
    Problem::new(format!("{} is not a number", quote(text)))
}

/// `text` is no decimal number; `2x` may have been meant as a product.
fn malformed_decimal(text: &str) -> Problem {
    let name = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let number = &text[..text.len() - name.len()];
    match number.parse::<f64>() {
        Ok(_) if is_identifier(name) || words::constant(name).is_some() => {
            malformed(text).with_help(format!("to multiply, write `{number} * {name}`"))
        }
        _ => malformed(text),
    }
}

fn read_integer(digits: &str, negative: bool, ty: Type) -> Result<Value, Problem> {
    let plain = digits.bytes().all(|b| b.is_ascii_digit()) && !digits.is_empty();
    if !plain {
        return Err(Problem::new(format!("{} is not an integer", quote(digits)))
            .with_help(format!("leave out the `{ty}` for a real")));
    }
    let text = if negative {
        format!("-{digits}")
    } else {
        digits.into()
    };
    let value = match ty {
        Type::I32 => text.parse().map(Value::I32),
        _ => text.parse().map(Value::I64),
    };
    value.map_err(|error| match error.kind() {
        IntErrorKind::PosOverflow | IntErrorKind::NegOverflow => out_of_range(ty),
        _ => malformed(digits),
    })
}

fn out_of_range(ty: Type) -> Problem {
    let range = match ty {
        Type::I32 => format!("{} to {}", i32::MIN, i32::MAX),
        _ => format!("{} to {}", i64::MIN, i64::MAX),
    };
    Problem::new(format!("the number does not fit an {ty}"))
        .with_help(format!("an {ty} goes from {range}"))
}

/// Hexadecimal digits are the bits of an integer: `0xffffffffi32` is -1.
fn read_hex_integer(digits: &str, negative: bool, ty: Type) -> Result<Value, Problem> {
    let width = if ty == Type::I32 { 32 } else { 64 };
    let significant = digits.trim_start_matches('0');
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(malformed(&format!("0x{digits}")));
    }
    if significant.len() > width / 4 {
        return Err(
            Problem::new(format!("the number does not fit an {ty}")).with_help(format!(
                "an {ty} has at most {} hexadecimal digits",
                width / 4
            )),
        );
    }
    let bits = u64::from_str_radix(digits, 16).expect("checked to be at most 16 hex digits");
    Ok(match ty {
        Type::I32 => Value::I32(apply_sign(bits as i32, negative, i32::wrapping_neg)),
        _ => Value::I64(apply_sign(bits as i64, negative, i64::wrapping_neg)),
    })
}

fn apply_sign<T>(value: T, negative: bool, negate: fn(T) -> T) -> T {
    if negative { negate(value) } else { value }
}

/// `digits[.digits][p[+-]digits]` after the `0x`: digits times a power of two.
fn read_hex_float(text: &str) -> Result<f64, Problem> {
    let wrong = || malformed(&format!("0x{text}"));
    let (mantissa, exponent) = match text.split_once(['p', 'P']) {
        Some((mantissa, exponent)) => (mantissa, binary_exponent(exponent).ok_or_else(wrong)?),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = || whole.bytes().chain(fraction.bytes());
    if digits().next().is_none() || !digits().all(|b| b.is_ascii_hexdigit()) {
        return Err(wrong());
    }
    // 16 significant digits fill a u64; any further ones only scale it, and if
    // one of them is not zero the number has more bits than an f64.
    let (mut significand, mut dropped, mut inexact) = (0u64, 0i64, false);
    for digit in digits().map(|b| u64::from((b as char).to_digit(16).unwrap_or(0))) {
        if significand >> 60 == 0 {
            significand = significand << 4 | digit;
        } else {
            dropped += 1;
            inexact |= digit != 0;
        }
    }
    let scale = exponent + 4 * (dropped - fraction.len() as i64);
    match scaled(significand, scale) {
        Ok(value) if !inexact => Ok(value),
        Err(Scale::TooLarge) => Err(too_large()),
        _ => Err(Problem::new("the number is not exactly an f64")
            .with_help("a hexadecimal float holds 53 bits; write it in decimal to round it")),
    }
}

/// Clamped far beyond where it makes a difference.
fn binary_exponent(text: &str) -> Option<i64> {
    const FURTHEST: i64 = 1 << 48;
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let size = digits.parse().unwrap_or(FURTHEST).min(FURTHEST);
    Some(if text.starts_with('-') { -size } else { size })
}

enum Scale {
    TooLarge,
    Inexact,
}

/// `significand * 2^scale`, if an f64 is exactly that.
fn scaled(significand: u64, scale: i64) -> Result<f64, Scale> {
    const FRACTION_BITS: i64 = f64::MANTISSA_DIGITS as i64 - 1;
    const SMALLEST_NORMAL: i64 = f64::MIN_EXP as i64 - 1;
    const LARGEST: i64 = f64::MAX_EXP as i64 - 1;
    if significand == 0 {
        return Ok(0.0);
    }
    let odd = significand >> significand.trailing_zeros();
    let lowest = scale + i64::from(significand.trailing_zeros());
    let width = i64::from(u64::BITS - odd.leading_zeros());
    let highest = lowest + width - 1;
    if highest > LARGEST {
        return Err(Scale::TooLarge);
    }
    if width > FRACTION_BITS + 1 || lowest < SMALLEST_NORMAL - FRACTION_BITS {
        return Err(Scale::Inexact);
    }
    let bits = if highest >= SMALLEST_NORMAL {
        let fraction = odd << (FRACTION_BITS + 1 - width) & ((1 << FRACTION_BITS) - 1);
        ((highest - SMALLEST_NORMAL + 1) as u64) << FRACTION_BITS | fraction
    } else {
        odd << (lowest - (SMALLEST_NORMAL - FRACTION_BITS))
    };
    Ok(f64::from_bits(bits))
}

/// `value` as a literal, with a minus sign if it is negative.
pub(super) fn print(value: Value) -> String {
    match value {
        Value::Real(real) => print_named_real(real),
        Value::I32(integer) => format!("{integer}i32"),
        Value::I64(integer) => format!("{integer}i64"),
        Value::Bool(truth) => truth.to_string(),
    }
}

fn print_named_real(value: f64) -> String {
    let magnitude = Value::Real(value.abs());
    match words::CONSTANTS.iter().find(|(_, v)| *v == magnitude) {
        Some((name, _)) if value < 0.0 => format!("-{name}"),
        Some((name, _)) => (*name).into(),
        None => print_real(value),
    }
}

/// `value` in the shortest decimal notation that reads back as `value`.
pub(crate) fn print_real(value: f64) -> String {
    if value.is_nan() {
        return "nan".into();
    }
    let mut text = format!("{value:?}");
    if text.ends_with(".0") {
        text.truncate(text.len() - 2);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: impl Into<Value>) {
        assert_eq!(read(text, false), Ok(expected.into()), "{text}");
    }

    fn check_wrong(text: &str, expected: &str) {
        let problem = read(text, false).expect_err(text);
        let help = problem.help.map(|h| format!("; {h}")).unwrap_or_default();
        assert_eq!(problem.message + &help, expected, "{text}");
    }

    #[test]
    fn decimals_round_to_the_nearest() {
        check("1", 1.0);
        check(".5", 0.5);
        check("2.", 2.0);
        check("1e-3", 0.001);
        check("1E+3", 1000.0);
        check("4.9e-324", f64::from_bits(1));
        check("1e-400", 0.0);
        check_wrong(
            "1e400",
            "the number is too large for a real; write `inf` for infinity",
        );
    }

    #[test]
    fn hexadecimal_floats_are_exact() {
        check("0x1.8p3", 12.0);
        check("0x10", 16.0);
        check("0X.8", 0.5);
        check("0x1.fffffffffffffp1023", f64::MAX);
        check("0x1p-1022", f64::MIN_POSITIVE);
        check("0x1p-1074", f64::from_bits(1));
        check("0x0.fffffffffffffp-1022", f64::from_bits((1 << 52) - 1));
        check("0x1000000000000000000000000000000", 2f64.powi(120));
        check("0x0p99999999999999999999", 0.0);
        check(&format!("0x0.{}1p4008", "0".repeat(1000)), 16.0);
        for inexact in ["0x1p-1075", "0x1.00000000000001", "0x1.8p-1074"] {
            check_wrong(
                inexact,
                "the number is not exactly an f64; a hexadecimal float holds 53 bits; \
                 write it in decimal to round it",
            );
        }
        for large in ["0x1p1024", "0x1p99999999999999999999"] {
            check_wrong(
                large,
                "the number is too large for a real; write `inf` for infinity",
            );
        }
        check_wrong("0x", "`0x` is not a number");
        check_wrong("0x1p", "`0x1p` is not a number");
    }

    #[test]
    fn integers_are_typed_and_checked() {
        check("7i32", 7);
        check("9223372036854775807i64", i64::MAX);
        check("0xffffffffi32", -1);
        check("0x00000000ffi64", 255i64);
        assert_eq!(read("2147483648i32", true), Ok(Value::I32(i32::MIN)));
        assert_eq!(read("0x80000000i32", true), Ok(Value::I32(i32::MIN)));
        check_wrong(
            "2147483648i32",
            "the number does not fit an i32; an i32 goes from -2147483648 to 2147483647",
        );
        check_wrong(
            "0x1ffffffffi32",
            "the number does not fit an i32; an i32 has at most 8 hexadecimal digits",
        );
        check_wrong(
            "1.5i32",
            "`1.5` is not an integer; leave out the `i32` for a real",
        );
    }

    #[test]
    fn nonsense_is_named() {
        check_wrong("2x", "`2x` is not a number; to multiply, write `2 * x`");
        check_wrong("1.2.3", "`1.2.3` is not a number");
        check_wrong("1e", "`1e` is not a number; to multiply, write `1 * e`");
    }

    #[test]
    fn printing_is_the_shortest_that_reads_back() {
        let check = |value: Value, expected: &str| {
            let text = print(value);
            assert_eq!(text, expected);
            let (digits, negative) = match text.strip_prefix('-') {
                Some(digits) => (digits, true),
                None => (text.as_str(), false),
            };
            if words::constant(digits).is_none() {
                assert_eq!(read(digits, negative), Ok(value));
            }
        };
        check(Value::Real(1.0), "1");
        check(Value::Real(-0.0), "-0");
        check(Value::Real(0.1), "0.1");
        check(Value::Real(1e300), "1e300");
        check(Value::Real(-f64::INFINITY), "-inf");
        check(Value::Real(-f64::NAN), "nan");
        check(Value::Real(std::f64::consts::PI), "pi");
        check(Value::I32(i32::MIN), "-2147483648i32");
        check(Value::Bool(true), "true");
    }
}
