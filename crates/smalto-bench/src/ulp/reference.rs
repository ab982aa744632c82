//! The first stage: the exact value to within a known bound, from the C library in the
//! next wider format.

#[cfg(all(target_arch = "x86_64", target_os = "linux", target_env = "gnu"))]
use super::long_double;
use smalto::Op;

/// `high + low`, and how far from the exact value that may be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Approximation {
    pub(super) high: f64,
    pub(super) low: f64,
    /// The error's bound, relative to the value.
    pub(super) bound: f64,
}

// Rust's own versions of these lose all digits in places.
unsafe extern "C" {
    safe fn asinh(x: f64) -> f64;
    safe fn acosh(x: f64) -> f64;
    safe fn atanh(x: f64) -> f64;
}

/// For results in f32: the op in f64. The library is never off by more than 4 ULP.
pub(super) fn for_f32(op: Op, [x, y]: [f64; 2]) -> Option<Approximation> {
    let high = match op {
        Op::Sin | Op::FastSin => x.sin(),
        Op::Cos | Op::FastCos => x.cos(),
        Op::Tan | Op::FastTan => x.tan(),
        Op::Asin => x.asin(),
        Op::Acos => x.acos(),
        Op::Atan => x.atan(),
        Op::Atan2 => x.atan2(y),
        Op::Sinh => x.sinh(),
        Op::Cosh => x.cosh(),
        Op::Tanh => x.tanh(),
        Op::Asinh => asinh(x),
        Op::Acosh => acosh(x),
        Op::Atanh => atanh(x),
        Op::Exp => x.exp(),
        Op::Exp2 => x.exp2(),
        Op::Expm1 => x.exp_m1(),
        Op::Ln => x.ln(),
        Op::Log2 => x.log2(),
        Op::Log10 => x.log10(),
        Op::Log1p => x.ln_1p(),
        Op::Cbrt => x.cbrt(),
        Op::Root => return Some(root(x, y)),
        Op::Pow => x.powf(y),
        Op::Hypot => x.hypot(y),
        Op::Mod => return Some(remainder(x, y)),
        op => unreachable!("`{op}` is not transcendental"),
    };
    Some(Approximation {
        high,
        low: 0.0,
        bound: 8.0 * f64::EPSILON,
    })
}

/// For results in f64: the op in the 80-bit format, which has 11 bits more. The library
/// is never off by more than 5 units in their last place. `None` where there is no such
/// library, and where two f64 cannot hold the result: close to the ends of their range, where
/// a zero may be what is left of a small number.
pub(super) fn for_f64(op: Op, arguments: [f64; 2]) -> Option<Approximation> {
    if op == Op::Mod {
        return Some(remainder(arguments[0], arguments[1]));
    }
    if op == Op::Root {
        // What is no power of 1/n is exact.
        let [x, n] = arguments;
        let plain = x == 0.0 || !x.is_finite() || n == 0.0 || !n.is_finite();
        return plain.then(|| Approximation {
            bound: 0.0,
            ..root(x, n)
        });
    }
    let [high, low] = wide(op, arguments)?;
    let representable = (2f64.powi(-900)..=f64::MAX).contains(&high.abs());
    let finite = high.is_finite();
    (representable || !finite).then_some(Approximation {
        high,
        low: if finite { low } else { 0.0 },
        bound: 16.0 * 2f64.powi(-64),
    })
}

#[cfg(all(target_arch = "x86_64", target_os = "linux", target_env = "gnu"))]
use long_double::evaluate as wide;
#[cfg(not(all(target_arch = "x86_64", target_os = "linux", target_env = "gnu")))]
fn wide(_: Op, _: [f64; 2]) -> Option<[f64; 2]> {
    None
}

/// The n-th root: of a negative number where n is odd. Rounding 1/n changes its
/// logarithm, which is at most 104 for a root that is an f32, by 2^-53 of itself.
fn root(x: f64, n: f64) -> Approximation {
    // Roots of zero and infinity are those, however large n is.
    let exponent = match n.is_infinite() && (x == 0.0 || x.is_infinite()) {
        true => n,
        false => 1.0 / n,
    };
    let magnitude = x.abs().powf(exponent);
    let odd = (n % 2.0).abs() == 1.0;
    let high = match x.is_sign_negative() && (x < 0.0 || odd) {
        // There is no such root (IEEE 754-2019, 9.2.1), nor one of no number: not even 1, which
        // `pow` gives for an exponent of zero.
        _ if n == 0.0 || x.is_nan() => f64::NAN,
        true if odd => -magnitude,
        true => f64::NAN,
        false => magnitude,
    };
    Approximation {
        high,
        low: 0.0,
        bound: 2f64.powi(-45),
    }
}

/// The Euclidean remainder. What the processor's division leaves is exact, and the sum
/// with the divisor is two f64.
fn remainder(x: f64, y: f64) -> Approximation {
    let left = x % y;
    let exactly = |high, low| Approximation {
        high,
        low,
        bound: 0.0,
    };
    if left < 0.0 && y.is_finite() {
        let divisor = y.abs();
        let sum = left + divisor;
        return exactly(sum, left - (sum - divisor));
    }
    exactly(if left < 0.0 { f64::INFINITY } else { left }, 0.0)
}
