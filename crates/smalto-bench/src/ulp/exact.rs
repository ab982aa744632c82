//! The last word: functions in 200 bits, by MPFR.

#[cfg(feature = "mpfr")]
pub(super) use with_mpfr::{available, error};
#[cfg(not(feature = "mpfr"))]
pub(super) use without::{available, error};

#[cfg(feature = "mpfr")]
mod with_mpfr {
    use crate::ulp::measure::Format;
    use rug::Float;
    use rug::float::Special;
    use rug::ops::Pow;
    use smalto::Op;

    /// Far more than twice the bits of an f64, so that a value that close to the middle of
    /// two f64 would be a wonder, unless it is exactly there.
    const PRECISION: u32 = 200;

    /// That there is a last word.
    #[expect(clippy::unnecessary_wraps, reason = "without MPFR it is an error")]
    pub(in crate::ulp) fn available() -> anyhow::Result<()> {
        Ok(())
    }

    /// How far `ours` is from the op at `arguments`, in ULP of the exact value. Zeros have signs.
    /// An infinity is right where the exact value rounds to it. `None` without MPFR.
    pub(in crate::ulp) fn error(
        op: Op,
        arguments: [f64; 2],
        ours: f64,
        format: Format,
    ) -> Option<f64> {
        let exact = evaluate(op, arguments);
        if !ours.is_finite() || !exact.is_finite() {
            let same = ours.is_nan() && exact.is_nan() || exact.to_f64() == ours;
            return Some(if same { 0.0 } else { f64::INFINITY });
        }
        let same_sign = exact.is_sign_negative() == ours.is_sign_negative();
        if ours == 0.0 && !same_sign {
            return Some(f64::INFINITY);
        }
        if exact.is_zero() {
            return Some(if ours == 0.0 { 0.0 } else { f64::INFINITY });
        }
        let exponent = exact.get_exp().map_or(format.least_exponent, |exp| exp - 1);
        let exponent = exponent.max(format.least_exponent);
        let ulp = Float::with_val(PRECISION, Float::i_exp(1, exponent - format.fraction_bits));
        Some(((exact - ours) / ulp).abs().to_f64())
    }

    fn evaluate(op: Op, [x, y]: [f64; 2]) -> Float {
        let [x, y] = [x, y].map(|v| Float::with_val(PRECISION, v));
        match op {
            Op::Sin | Op::FastSin => x.sin(),
            Op::Cos | Op::FastCos => x.cos(),
            Op::Tan | Op::FastTan => x.tan(),
            Op::Asin => x.asin(),
            Op::Acos => x.acos(),
            Op::Atan => x.atan(),
            Op::Atan2 => x.atan2(&y),
            Op::Sinh => x.sinh(),
            Op::Cosh => x.cosh(),
            Op::Tanh => x.tanh(),
            Op::Asinh => x.asinh(),
            Op::Acosh => x.acosh(),
            Op::Atanh => x.atanh(),
            Op::Exp => x.exp(),
            Op::Exp2 => x.exp2(),
            Op::Expm1 => x.exp_m1(),
            Op::Ln => x.ln(),
            Op::Log2 => x.log2(),
            Op::Log10 => x.log10(),
            Op::Log1p => x.ln_1p(),
            Op::Cbrt => x.cbrt(),
            Op::Root => root(x, y),
            Op::Pow => x.pow(y),
            Op::Hypot => x.hypot(&y),
            Op::Mod => remainder(x, y),
            op => unreachable!("`{op}` is not transcendental"),
        }
    }

    /// The n-th root; of a negative number where n is odd.
    fn root(x: Float, n: Float) -> Float {
        let odd = Float::with_val(PRECISION, &n % 2u32).abs() == 1u32;
        let negative = x.is_sign_negative();
        if negative && !odd && x != 0 {
            return Float::with_val(PRECISION, Special::Nan);
        }
        let magnitude = x.abs().pow(n.recip());
        if negative && odd {
            -magnitude
        } else {
            magnitude
        }
    }

    /// The Euclidean remainder. It has more bits than anything else here: x + |y|.
    fn remainder(x: Float, y: Float) -> Float {
        const ALL_BITS: u32 = 2200;
        let remainder = Float::with_val(ALL_BITS, &x % &y);
        if remainder < 0 {
            remainder + y.abs()
        } else {
            remainder
        }
    }
}

#[cfg(not(feature = "mpfr"))]
mod without {
    use crate::ulp::measure::Format;
    use smalto::Op;

    /// That there is none.
    pub(in crate::ulp) fn available() -> anyhow::Result<()> {
        anyhow::bail!(
            "`ulp` decides doubtful cases with MPFR, which this was built without; \
             run `cargo run --release -p smalto-bench --features mpfr -- ulp`"
        )
    }

    pub(in crate::ulp) fn error(_: Op, _: [f64; 2], _: f64, _: Format) -> Option<f64> {
        None
    }
}
