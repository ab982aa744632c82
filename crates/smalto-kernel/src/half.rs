//! Half precision: conversion from and to f64, and nothing else.
//!
//! Arithmetic on halves is done in f64 and rounded once to a half at the end. That
//! gives the correctly rounded result: 53 bits are more than twice 11 plus two, so
//! rounding twice is harmless for sums, products, quotients and roots (Figueroa,
//! "When is double rounding innocuous?", 1995). It is for `fma` too. A product of
//! halves has 22 bits and f64 loses bits of product + addend only where the product
//! is less than 2^-30 of the addend. The sum then rounds to the addend, which is a
//! half and so never midway between two.

/// A half-precision number, as its bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct F16(pub u16);

const FRACTION_BITS: u32 = 10;
const SIGN: u16 = 1 << 15;
const INFINITY: u16 = 0x7c00;

impl F16 {
    /// The one NaN that results are written with.
    pub const NAN: F16 = F16(0x7e00);

    /// The nearest half, ties to even; subnormals are kept and what rounds beyond
    /// 65504 is an infinity.
    ///
    /// ```
    /// use smalto_kernel::F16;
    /// assert_eq!(F16::from_f64(1.0), F16(0x3c00));
    /// assert_eq!(F16::from_f64(65520.0).to_f64(), f64::INFINITY);
    /// assert_eq!(F16::from_f64(2f64.powi(-24)), F16(1));
    /// ```
    pub fn from_f64(value: f64) -> F16 {
        if value.is_nan() {
            return F16::NAN;
        }
        let sign = if value.is_sign_negative() { SIGN } else { 0 };
        let magnitude = value.abs();
        // Adding 2^k rounds to multiples of 2^(k - 52), ties to even, where the sum
        // stays below 2^(k + 1). The last place of a half is 2^-10 of its
        // power of two, and of a subnormal 2^-24.
        let exponent = ((magnitude.to_bits() >> 52) as i32 - 1023).max(-14);
        if exponent > 15 {
            return F16(sign | INFINITY);
        }
        let anchor = f64::from_bits(((exponent - 10 + 52 + 1023) as u64) << 52);
        let places = (magnitude + anchor).to_bits() - anchor.to_bits();
        // A normal number's places include the leading one, which the exponent
        // field counts; a carry out of the fraction counts it up once more.
        let biased = (exponent + 14) as u64;
        F16(sign | ((biased << FRACTION_BITS) + places) as u16)
    }

    /// The same number, exactly.
    pub fn to_f64(self) -> f64 {
        let exponent = i32::from(self.0 >> FRACTION_BITS & 31);
        let fraction = f64::from(self.0 & ((1 << FRACTION_BITS) - 1));
        let magnitude = match exponent {
            0 => fraction * power_of_two(-24),
            31 if fraction == 0.0 => f64::INFINITY,
            31 => f64::NAN,
            _ => (fraction + 1024.0) * power_of_two(exponent - 25),
        };
        if self.0 & SIGN == 0 {
            magnitude
        } else {
            -magnitude
        }
    }
}

fn power_of_two(exponent: i32) -> f64 {
    f64::from_bits(((exponent + 1023) as u64) << 52)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: f64, bits: u16) {
        assert_eq!(F16::from_f64(value), F16(bits), "{value:e}");
        assert_eq!(F16::from_f64(-value), F16(bits | SIGN), "-{value:e}");
    }

    #[test]
    fn every_half_round_trips() {
        for bits in 0..=u16::MAX {
            let half = F16(bits);
            let expected = if half.to_f64().is_nan() {
                F16::NAN
            } else {
                half
            };
            assert_eq!(F16::from_f64(half.to_f64()), expected);
        }
    }

    /// Between each half and the next: below the middle down, above it up, the
    /// middle to the even one.
    #[test]
    fn rounding_is_to_nearest_even() {
        for bits in 0..INFINITY - 1 {
            let (low, high) = (F16(bits).to_f64(), F16(bits + 1).to_f64());
            let middle = low + (high - low) / 2.0;
            check(middle, if bits % 2 == 0 { bits } else { bits + 1 });
            check(middle.next_down(), bits);
            check(middle.next_up(), bits + 1);
        }
    }

    #[test]
    fn the_ends_of_the_range() {
        check(65504.0, 0x7bff);
        check(65519.99, 0x7bff);
        check(65520.0, 0x7c00);
        check(f64::MAX, 0x7c00);
        check(f64::INFINITY, 0x7c00);
        check(f64::MIN_POSITIVE, 0);
        check(f64::from_bits(1), 0);
        check(2f64.powi(-25), 0);
        check(2f64.powi(-25).next_up(), 1);
        check(0.0, 0);
        assert_eq!(F16::from_f64(f64::NAN), F16::NAN);
        assert_eq!(F16::from_f64(-f64::NAN), F16::NAN);
    }
}
