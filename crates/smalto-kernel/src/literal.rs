//! One value of a lane type: what constants, tables, arguments and buffers hold.

use crate::{F16, Lane};
use std::fmt;

/// One value of a lane type.
///
/// Two literals are equal when they have the same lane type and the same bits; every
/// NaN is written as the one quiet NaN with a clear sign, so all NaNs are equal.
///
/// ```
/// use smalto_kernel::{Lane, Literal};
///
/// assert_eq!(Literal::from(0.1f32).to_string(), "0.1");
/// assert_eq!(Literal::parse(Lane::U16, "0xffff"), Ok(Literal::from(65535u16)));
/// assert_ne!(Literal::from(0.0f32), Literal::from(-0.0f32));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Literal {
    lane: Lane,
    bits: u64,
}

impl Literal {
    /// The value of type `lane` whose bits are the low ones of `bits`.
    #[inline]
    pub fn from_bits(lane: Lane, bits: u64) -> Literal {
        let kept = bits & (u64::MAX >> (64 - lane.bits()));
        let bits = match lane {
            Lane::F16 if F16(kept as u16).to_f64().is_nan() => u64::from(F16::NAN.0),
            Lane::F32 if f32::from_bits(kept as u32).is_nan() => f32::NAN.to_bits().into(),
            Lane::F64 if f64::from_bits(kept).is_nan() => f64::NAN.to_bits(),
            _ => kept,
        };
        Literal { lane, bits }
    }

    /// The zero of `lane`; false for a mask.
    pub fn zero(lane: Lane) -> Literal {
        Literal { lane, bits: 0 }
    }

    /// The lane type.
    #[inline]
    pub fn lane(self) -> Lane {
        self.lane
    }

    /// The bits, the unused upper ones being zero.
    #[inline]
    pub fn bits(self) -> u64 {
        self.bits
    }

    /// As a real number; integers are rounded to the nearest, true is 1.
    pub fn as_f64(self) -> f64 {
        match self.lane {
            Lane::F16 => F16(self.bits as u16).to_f64(),
            Lane::F32 => f32::from_bits(self.bits as u32).into(),
            Lane::F64 => f64::from_bits(self.bits),
            _ => self.as_i128() as f64,
        }
    }

    /// As an integer; reals are truncated, true is 1.
    pub fn as_i128(self) -> i128 {
        match self.lane {
            Lane::F16 | Lane::F32 | Lane::F64 => self.as_f64() as i128,
            Lane::I16 => (self.bits as i16).into(),
            Lane::I32 => (self.bits as i32).into(),
            Lane::I64 => (self.bits as i64).into(),
            Lane::U16 | Lane::U32 | Lane::U64 | Lane::Mask => self.bits.into(),
        }
    }

    /// Reads the text of a value of type `lane`: a decimal number, `inf`, `-inf` or
    /// `nan` for a float, rounded to the nearest; a decimal or hexadecimal number
    /// for an integer; `true` or `false` for a mask.
    ///
    /// # Errors
    /// If it is none, or does not fit.
    pub fn parse(lane: Lane, text: &str) -> Result<Literal, NotALiteral> {
        let parsed = match lane {
            Lane::Mask => text.parse::<bool>().ok().map(Literal::from),
            lane if lane.is_float() => parse_float(lane, text),
            _ => parse_integer(lane, text),
        };
        parsed.ok_or(NotALiteral { lane })
    }
}

/// A text that is no value of a lane type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", wanted(*lane))]
pub struct NotALiteral {
    /// The lane type.
    pub lane: Lane,
}

fn wanted(lane: Lane) -> String {
    match lane {
        Lane::Mask => "a mask is `true` or `false`".into(),
        lane if lane.is_float() => format!(
            "a finite number within the range of {lane} belongs here, or `inf`, `-inf` or `nan`"
        ),
        lane => {
            let (low, high) = range(lane);
            format!("an integer from {low} to {high} belongs here")
        }
    }
}

/// The smallest and largest value of an integer type.
fn range(lane: Lane) -> (i128, i128) {
    let bits = lane.bits();
    if lane.is_signed() {
        (-(1 << (bits - 1)), (1 << (bits - 1)) - 1)
    } else {
        (0, (1 << bits) - 1)
    }
}

/// Words that Rust would also read, such as `infinity`, do not pass.
fn parse_float(lane: Lane, text: &str) -> Option<Literal> {
    let special = match text {
        "nan" => Some(f64::NAN),
        "inf" => Some(f64::INFINITY),
        "-inf" => Some(f64::NEG_INFINITY),
        _ => None,
    };
    if special.is_none()
        && !text
            .trim_start_matches('-')
            .starts_with(|c: char| c.is_ascii_digit())
    {
        return None;
    }
    let literal = match (lane, special) {
        (Lane::F32, None) => Literal::from(text.parse::<f32>().ok()?),
        (Lane::F32, Some(value)) => Literal::from(value as f32),
        (Lane::F64, None) => Literal::from(text.parse::<f64>().ok()?),
        (Lane::F64, Some(value)) => Literal::from(value),
        (_, None) => Literal::from(F16::from_f64(text.parse().ok()?)),
        (_, Some(value)) => Literal::from(F16::from_f64(value)),
    };
    (special.is_some() || literal.as_f64().is_finite()).then_some(literal)
}

fn parse_integer(lane: Lane, text: &str) -> Option<Literal> {
    let value = match text.strip_prefix("0x") {
        Some(digits) if digits.bytes().all(|b| b.is_ascii_hexdigit()) => {
            let bits = u64::from_str_radix(digits, 16).ok()?;
            let fits = bits >> (lane.bits() - 1) >> 1 == 0;
            return fits.then(|| Literal::from_bits(lane, bits));
        }
        Some(_) => return None,
        None if text.starts_with('+') => return None,
        None => text.parse::<i128>().ok()?,
    };
    let (low, high) = range(lane);
    (low..=high)
        .contains(&value)
        .then(|| Literal::from_bits(lane, value as u64))
}

/// The shortest text that reads back as the same bits.
impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.lane {
            Lane::Mask => write!(f, "{}", self.bits != 0),
            lane if lane.is_float() && self.as_f64().is_nan() => f.write_str("nan"),
            Lane::F64 => write_real(f, format_args!("{:?}", self.as_f64())),
            // A half is named by the shortest single that is equal to it.
            lane if lane.is_float() => write_real(f, format_args!("{:?}", self.as_f64() as f32)),
            _ => write!(f, "{}", self.as_i128()),
        }
    }
}

fn write_real(f: &mut fmt::Formatter<'_>, text: fmt::Arguments<'_>) -> fmt::Result {
    let text = text.to_string();
    f.write_str(text.strip_suffix(".0").unwrap_or(&text))
}

macro_rules! from {
    ($($ty:ident $lane:ident |$value:ident| $bits:expr;)*) => {$(
        impl From<$ty> for Literal {
            #[inline]
            fn from($value: $ty) -> Literal {
                Literal::from_bits(Lane::$lane, $bits)
            }
        }
    )*};
}

from! {
    F16 F16 |v| v.0.into();
    f32 F32 |v| v.to_bits().into();
    f64 F64 |v| v.to_bits();
    i16 I16 |v| v as u64;
    u16 U16 |v| v.into();
    i32 I32 |v| v as u64;
    u32 U32 |v| v.into();
    i64 I64 |v| v as u64;
    u64 U64 |v| v;
    bool Mask |v| v.into();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: impl Into<Literal>, text: &str) {
        let value = value.into();
        assert_eq!(value.to_string(), text);
        assert_eq!(Literal::parse(value.lane(), text), Ok(value), "{text}");
    }

    #[test]
    fn printing_is_the_shortest_that_reads_back() {
        check(1.0f32, "1");
        check(-0.0f32, "-0");
        check(0.1f32, "0.1");
        check(0.1f64, "0.1");
        check(f32::MIN_POSITIVE, "1.1754944e-38");
        check(f32::from_bits(1), "1e-45");
        check(f64::MAX, "1.7976931348623157e308");
        check(f32::NEG_INFINITY, "-inf");
        check(-f64::NAN, "nan");
        check(F16(1), "5.9604645e-8");
        check(F16(0x3555), "0.33325195");
        check(i16::MIN, "-32768");
        check(u64::MAX, "18446744073709551615");
        check(i64::MIN, "-9223372036854775808");
        check(true, "true");
    }

    #[test]
    fn every_half_reads_back() {
        for bits in 0..=u16::MAX {
            let value = Literal::from(F16(bits));
            let text = value.to_string();
            assert_eq!(Literal::parse(Lane::F16, &text), Ok(value), "{text}");
        }
    }

    #[test]
    fn hexadecimal_digits_are_the_bits_of_an_integer() {
        let read = |lane, text| Literal::parse(lane, text);
        assert_eq!(read(Lane::I32, "0xffffffff"), Ok((-1i32).into()));
        assert_eq!(
            read(Lane::U64, "0x8000000000000000"),
            Ok((1u64 << 63).into())
        );
        assert!(read(Lane::I16, "0x10000").is_err());
        assert!(read(Lane::I16, "0x").is_err());
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let refused = |lane, text, expected: &str| {
            let error = Literal::parse(lane, text).expect_err(text);
            assert_eq!(error.to_string(), expected);
        };
        let i16 = "an integer from -32768 to 32767 belongs here";
        for text in ["32768", "-32769", "1.5", "", "-", "+1", "1e3", "true"] {
            refused(Lane::I16, text, i16);
        }
        let f16 = "a finite number within the range of f16 belongs here, or `inf`, `-inf` or `nan`";
        for text in ["65520", "infinity", "", "-", ".", "--1", "1x"] {
            refused(Lane::F16, text, f16);
        }
        refused(Lane::Mask, "1", "a mask is `true` or `false`");
    }
}
