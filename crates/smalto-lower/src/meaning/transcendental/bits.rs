//! Exponents and mantissas: reals as sign, power of two and fraction.
//!
//! What is an i32 beside f32 and an i64 beside f64 is behind these functions; `M::ELEMENT`
//! is a constant, so the choice is made when the code is compiled.
//!
//! Integers go in and out as reals: an f32 or f64 that is a whole number. A machine of
//! f64 lanes has no cheap conversion between i64 and f64 (AVX2 has none at all), but all
//! exponents are i32.

use crate::Machine;
use smalto_graph::Element;

/// 2^n for a whole number n from -252 to 127 (f32) or from -2044 to 1023 (f64).
#[inline(always)]
pub fn power_of_two<M: Machine>(m: M, n: M::Real) -> M::Real {
    m.scale(m.real(1.0), n)
}

/// (1 + p) * 2^n for p from -1/2 and a whole number n from -252 to 254 (f32) or -2044 to 2046
/// (f64): rounded once, or where the result is subnormal, once more.
#[inline(always)]
pub fn scale_one_and<M: Machine>(m: M, p: M::Real, n: M::Real) -> M::Real {
    m.scale(m.add(p, m.real(1.0)), n)
}

/// (1 + a b) * 2^n, likewise; a b is not rounded.
#[inline(always)]
pub fn scale_one_and_product<M: Machine>(m: M, a: M::Real, b: M::Real, n: M::Real) -> M::Real {
    m.scale(m.fma(a, b, m.real(1.0)), n)
}

/// A positive normal number x, taken apart.
#[derive(Debug, Clone, Copy)]
pub struct Split<R, K> {
    /// x is 2^exponent * mantissa.
    pub exponent: R,
    /// The mantissa.
    pub mantissa: R,
    /// 2^(1 - exponent), of which the least is zero.
    pub twice_inverse: R,
    /// Whether x is no positive normal number. Then the others are some numbers or other.
    pub is_unusual: K,
}

/// x as 2^exponent * mantissa, with the mantissa from `least` up to twice as much, for a `least`
/// between 1/2 and 1.
#[inline(always)]
pub fn split<M: Machine>(m: M, x: M::Real, least: f64) -> Split<M::Real, M::Mask> {
    match M::ELEMENT {
        Element::F32 => {
            // Counted from the least mantissa, the exponent field is the exponent wanted.
            let bits = m.raw_bits32(x);
            let counted = m.isub(bits, m.integer((least as f32).to_bits().into()));
            let exponent: M::I32 = m.shr(counted, m.integer(23));
            let field = m.shl(exponent, m.integer(23));
            Split {
                exponent: m.to_real(exponent),
                mantissa: m.from_bits32(m.isub(bits, field)),
                twice_inverse: m.from_bits32(m.isub(m.integer(128 << 23), field)),
                is_unusual: is_outside_32(m, bits, f32::MIN_POSITIVE),
            }
        }
        Element::F64 => {
            let bits = m.raw_bits64(x);
            let counted = m.isub(bits, m.integer(least.to_bits() as i64));
            let exponent: M::I64 = m.shr(counted, m.integer(52));
            let field = m.shl(exponent, m.integer(52));
            Split {
                exponent: m.to_real(m.wrap(exponent)),
                mantissa: m.from_bits64(m.isub(bits, field)),
                twice_inverse: m.from_bits64(m.isub(m.integer(1024 << 52), field)),
                is_unusual: is_outside_64(m, bits, f64::MIN_POSITIVE),
            }
        }
    }
}

/// The greatest power of two that is not more than a positive normal x.
#[inline(always)]
pub fn leading_power<M: Machine>(m: M, x: M::Real) -> M::Real {
    match M::ELEMENT {
        Element::F32 => m.from_bits32(m.iand(m.raw_bits32(x), m.integer(255 << 23))),
        Element::F64 => m.from_bits64(m.iand(m.raw_bits64(x), m.integer(2047 << 52))),
    }
}

/// Whether x is less than `least`, which is positive, or infinite or NaN.
#[inline(always)]
pub fn is_outside<M: Machine>(m: M, x: M::Real, least: f64) -> M::Mask {
    match M::ELEMENT {
        Element::F32 => is_outside_32(m, m.raw_bits32(x), least as f32),
        Element::F64 => is_outside_64(m, m.raw_bits64(x), least),
    }
}

/// Whether these are bits of what is less than `least`, or infinite or NaN.
#[inline(always)]
fn is_outside_32<M: Machine>(m: M, bits: M::I32, least: f32) -> M::Mask {
    // Counted from the least, as if the sign bit were one more digit.
    let lowest = i64::from(least.to_bits());
    let counted = m.isub(bits, m.integer((1 << 31) + lowest));
    let inside = (255 << 23) - lowest - (1 << 31);
    m.ilt(m.integer(inside - 1), counted)
}

/// Likewise.
#[inline(always)]
fn is_outside_64<M: Machine>(m: M, bits: M::I64, least: f64) -> M::Mask {
    let lowest = least.to_bits() as i64;
    let counted = m.isub(bits, m.integer(i64::MIN + lowest));
    let inside = (2047 << 52) - lowest + i64::MIN;
    m.ilt(m.integer(inside - 1), counted)
}

/// [`split`] of a positive x, subnormal or not. Of any other x, some numbers or other.
#[inline(always)]
pub fn split_any<M: Machine>(m: M, x: M::Real, least: f64) -> (M::Real, M::Real) {
    let (smallest, raised) = match M::ELEMENT {
        Element::F32 => (f64::from(f32::MIN_POSITIVE), 149.0),
        Element::F64 => (f64::MIN_POSITIVE, 1074.0),
    };
    let tiny = m.lt(x, m.real(smallest));
    let of_normal = split(m, m.select(tiny, in_least_units(m, x), x), least);
    let lowered = m.sub(of_normal.exponent, m.real(raised));
    let exponent = m.select(tiny, lowered, of_normal.exponent);
    (exponent, of_normal.mantissa)
}

/// How often a positive subnormal x has the least one: its bits, as a real. It is so many times
/// larger, without the product with a subnormal that is slow on many CPUs.
#[inline(always)]
fn in_least_units<M: Machine>(m: M, x: M::Real) -> M::Real {
    // As the last bits of a real whose unit in the last place is 1.
    match M::ELEMENT {
        Element::F32 => {
            let base = 2f32.powi(23);
            let bits = m.ior(m.raw_bits32(x), m.integer(base.to_bits().into()));
            m.sub(m.from_bits32(bits), m.real(base.into()))
        }
        Element::F64 => {
            let base = 2f64.powi(52);
            let bits = m.ior(m.raw_bits64(x), m.integer(base.to_bits() as i64));
            m.sub(m.from_bits64(bits), m.real(base))
        }
    }
}

/// 1 / (2^halvings x) to 12%, for an x that is not negative: of zero something large, but finite.
/// Read as an integer, a real is its logarithm in steps (Blinn, *Floating-Point Tricks*, IEEE
/// Computer Graphics and Applications 17, 1997).
#[inline(always)]
pub fn rough_reciprocal<M: Machine>(m: M, x: M::Real, halvings: i64) -> M::Real {
    match M::ELEMENT {
        Element::F32 => {
            let of_one = m.integer(0x7ef3_11c7 - (halvings << 23));
            m.from_bits32(m.isub(of_one, m.raw_bits32(x)))
        }
        Element::F64 => {
            let of_one = m.integer(0x7fde_6238_e000_0000 - (halvings << 52));
            m.from_bits64(m.isub(of_one, m.raw_bits64(x)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Float, Scalar};
    use std::f64::consts::FRAC_1_SQRT_2;

    fn check<T: Float>(m: impl Machine<Element = T, Real = T>, lowest: i32, highest: i32) {
        let power = |n: i32| m.real(2f64.powi(n));
        for n in lowest..=highest {
            let whole = m.real(f64::from(n));
            assert_eq!(power_of_two(m, whole), power(n));
            for (mantissa, counts_as) in [(0.7072, 0.7072), (1.0, 1.0), (1.414, 1.414)] {
                let x = m.mul(m.real(mantissa), power(n));
                if n > lowest {
                    let split = split(m, x, FRAC_1_SQRT_2);
                    let found = (split.exponent, split.mantissa);
                    assert_eq!(found, (whole, m.real(counts_as)));
                    assert_eq!(split.twice_inverse, m.real(2f64.powi(1 - n)));
                    let leading = if mantissa < 1.0 { n - 1 } else { n };
                    assert_eq!(leading_power(m, x), power(leading));
                }
            }
        }
        for n in 2 * lowest..=2 * highest {
            let expected = m.real(1.5 * 2f64.powi(n / 2)).to_f64() * 2f64.powi(n - n / 2);
            let scaled = scale_one_and(m, m.real(0.5), m.real(f64::from(n)));
            assert_eq!(scaled, m.real(expected), "2^{n}");
        }
    }

    #[test]
    fn what_is_outside_is_told_at_both_ends() {
        fn check<T: Float>(m: impl Machine<Element = T, Real = T, Mask = bool>, tiny: f64) {
            let outside = [
                -1.0,
                -0.0,
                0.0,
                tiny,
                f64::INFINITY,
                f64::NAN,
                -f64::INFINITY,
            ];
            let is_unusual = |x: f64| split(m, m.real(x), 1.0).is_unusual;
            assert!(outside.iter().all(|&x| is_unusual(x)));
            for x in [2.0 * tiny, 1.0, 1e30] {
                assert!(!is_unusual(x), "{x}");
                assert_eq!(is_outside(m, m.real(x), 1.0), x < 1.0, "{x}");
            }
        }
        check(Scalar::<f32>::new(), f64::from(f32::MIN_POSITIVE) / 2.0);
        check(Scalar::<f64>::new(), f64::MIN_POSITIVE / 2.0);
    }

    #[test]
    fn rough_reciprocals_are_within_12_percent() {
        for k in 0..200 {
            let x = 1.05f32.powi(k - 100);
            let single = rough_reciprocal(Scalar::<f32>::new(), x, 1);
            assert!((single * 2.0 * x - 1.0).abs() < 0.125, "{x}: {single}");
            let x = f64::from(x);
            let double = rough_reciprocal(Scalar::<f64>::new(), x, 1);
            assert!((double * 2.0 * x - 1.0).abs() < 0.125, "{x}: {double}");
        }
        assert!(rough_reciprocal(Scalar::<f32>::new(), 0.0, 1).is_finite());
    }

    #[test]
    fn powers_of_two_are_taken_apart_and_put_together() {
        check(Scalar::<f32>::new(), -126, 127);
        check(Scalar::<f64>::new(), -1022, 1023);
    }
}
