//! Errors, counted in units in the last place, and what is kept of them.

use super::exact;
use super::reference::{self, Approximation};
use smalto::Op;

/// A format of reals, inside f64.
#[derive(Debug, Clone, Copy)]
pub(super) struct Format {
    pub(super) name: &'static str,
    /// Bits after the point of the mantissa.
    pub(super) fraction_bits: i32,
    /// Of the smallest normal number; subnormal ones are as far apart.
    pub(super) least_exponent: i32,
    /// The first stage of the truth.
    pub(super) reference: fn(Op, [f64; 2]) -> Option<Approximation>,
}

pub(super) const F32: Format = Format {
    name: "f32",
    fraction_bits: 23,
    least_exponent: -126,
    reference: reference::for_f32,
};

pub(super) const F64: Format = Format {
    name: "f64",
    fraction_bits: 52,
    least_exponent: -1022,
    reference: reference::for_f64,
};

/// What many inputs showed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Measured {
    /// How many there were.
    pub(super) inputs: u64,
    /// How many results are the nearest to the exact value.
    pub(super) correct: u64,
    /// The largest error, in ULP, and where.
    pub(super) worst: f64,
    pub(super) worst_at: [f64; 2],
    /// How often the order of two neighbours was wrong, and where the last time.
    pub(super) turns: u64,
    pub(super) turn_at: f64,
}

impl Measured {
    pub(super) const NOTHING: Measured = Measured {
        inputs: 0,
        correct: 0,
        worst: 0.0,
        worst_at: [f64::NAN; 2],
        turns: 0,
        turn_at: f64::NAN,
    };

    /// Counts the result `ours` of `op` at `arguments`; the approximate truth, for those
    /// who look at neighbours.
    #[inline]
    pub(super) fn count(&mut self, op: Op, arguments: [f64; 2], ours: f64, format: Format) -> f64 {
        let truth = (format.reference)(op, arguments);
        let error = error(op, arguments, ours, truth, format);
        self.inputs += 1;
        self.correct += u64::from(error <= 0.5);
        if error > self.worst {
            (self.worst, self.worst_at) = (error, arguments);
        }
        truth.map_or(f64::NAN, |truth| truth.high)
    }

    /// Counts a turn if the results of neighbours, `ours`, are in another order than the
    /// `truths`, which differ measurably.
    #[inline]
    pub(super) fn compare(&mut self, at: f64, ours: [f64; 2], truths: [f64; 2]) {
        let rise = truths[1] - truths[0];
        let measurable = rise.abs() > 16.0 * f64::EPSILON * truths[1].abs();
        if measurable && (ours[1] - ours[0]) * rise.signum() < 0.0 {
            self.turns += 1;
            self.turn_at = at;
        }
    }

    /// Both together.
    pub(super) fn and(self, other: Measured) -> Measured {
        let worst = if other.worst > self.worst {
            other
        } else {
            self
        };
        let turn = if other.turns > 0 { other } else { self };
        Measured {
            inputs: self.inputs + other.inputs,
            correct: self.correct + other.correct,
            worst: worst.worst,
            worst_at: worst.worst_at,
            turns: self.turns + other.turns,
            turn_at: turn.turn_at,
        }
    }
}

/// How far `ours` is from the truth, in ULP, on the right side of one half where MPFR has the
/// last word. Without it, what is not known is not counted.
#[inline]
fn error(op: Op, at: [f64; 2], ours: f64, truth: Option<Approximation>, format: Format) -> f64 {
    let Some(truth) = truth else {
        return exact::error(op, at, ours, format).unwrap_or(0.0);
    };
    if !differs(ours, truth) {
        return 0.0;
    }
    if ours.is_nan() || truth.high.is_nan() || truth.high == 0.0 {
        return f64::INFINITY;
    }
    let ulp = ulp(truth, format);
    let error = ((ours - truth.high) - truth.low).abs() / ulp;
    let doubt = truth.bound * truth.high.abs() / ulp;
    if ours == 0.0 && ours.is_sign_negative() != truth.high.is_sign_negative() {
        return f64::INFINITY;
    }
    if ours.is_infinite() {
        return beyond(ours, truth, ulp, format);
    }
    // Subnormal results in f64 come with no error bound that is relative to them.
    match (error - 0.5).abs() <= doubt {
        true => exact::error(op, at, ours, format).unwrap_or(error),
        false => error,
    }
}

/// Whether the result is not exactly what it should be: the sign of a zero counts, and all
/// NaNs are one.
fn differs(ours: f64, truth: Approximation) -> bool {
    let same_bits = ours.to_bits() == truth.high.to_bits() && truth.low == 0.0;
    !(same_bits && truth.bound * truth.high.abs() == 0.0 || ours.is_nan() && truth.high.is_nan())
}

/// The error of an infinite result: infinity is where the next element would be.
fn beyond(ours: f64, truth: Approximation, ulp: f64, format: Format) -> f64 {
    let largest = (2.0 - 2f64.powi(-format.fraction_bits)) * 2f64.powi(1 - format.least_exponent);
    match truth.high.is_infinite() {
        true if ours == truth.high => 0.0,
        true => f64::INFINITY,
        // An f64 beyond the largest f32 rounds to infinity from half an ULP on.
        false => {
            let short = (largest.copysign(ours) - truth.high) * ours.signum() / ulp;
            (short + 1.0).max(0.0)
        }
    }
}

/// The unit in the last place of the exact value.
#[inline]
fn ulp(truth: Approximation, format: Format) -> f64 {
    // Just below a power of two the units are half as large.
    let towards_zero = truth.low * truth.high < 0.0;
    let bits = truth.high.abs().to_bits() - u64::from(towards_zero);
    let exponent = (bits >> 52) as i32 - 1023;
    power_of_two(exponent.max(format.least_exponent) - format.fraction_bits)
}

/// 2^n, subnormal ones included: `powi` takes the reciprocal of an infinity for them.
#[inline]
fn power_of_two(n: i32) -> f64 {
    match n {
        -1022.. => f64::from_bits(((n + 1023) as u64) << 52),
        _ => f64::from_bits(1 << (n + 1074)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_counted_in_units_of_the_exact_value() {
        let check = |format, high, low, ours, expected: f64| {
            let truth = Approximation {
                high,
                low,
                bound: 0.0,
            };
            let found = error(Op::Mod, [0.0; 2], ours, Some(truth), format);
            assert_eq!(found, expected, "{ours} for {high} + {low}");
        };
        let unit = 2f64.powi(-23);
        check(F32, 1.0, 0.0, 1.0, 0.0);
        check(F32, 1.0, 0.0, 1.0 + unit, 1.0);
        check(F32, 1.0 + 0.25 * unit, 0.0, 1.0, 0.25);
        check(F32, 1.0, -unit / 8.0, 1.0, 0.25);
        check(F64, 1.0, 2f64.powi(-54), 1.0, 0.25);
        // Subnormal numbers are 2^-149 apart.
        check(F32, 2f64.powi(-151), 0.0, 0.0, 0.25);
        check(F32, 2f64.powi(-151), 0.0, -0.0, f64::INFINITY);
        check(F32, 0.0, 0.0, -0.0, f64::INFINITY);
        check(F32, 0.0, 0.0, 0.0, 0.0);
        // So are those in f64, of which the unit is subnormal itself from 2^-970 on.
        check(
            F64,
            2f64.powi(-1000),
            0.0,
            2f64.powi(-1000) * (1.0 + f64::EPSILON),
            1.0,
        );
        check(
            F64,
            f64::MIN_POSITIVE,
            0.0,
            f64::from_bits(f64::MIN_POSITIVE.to_bits() - 2),
            2.0,
        );
        check(F32, f64::NAN, 0.0, f64::NAN, 0.0);
        check(F32, f64::NAN, 0.0, 1.0, f64::INFINITY);
        check(F32, 1.0, 0.0, f64::NAN, f64::INFINITY);
        // Where infinity starts.
        let largest = f64::from(f32::MAX);
        check(F32, largest + 2f64.powi(103), 0.0, f64::INFINITY, 0.5);
        check(F32, largest, 0.0, f64::INFINITY, 1.0);
        check(F32, f64::INFINITY, 0.0, f64::INFINITY, 0.0);
        check(F32, f64::INFINITY, 0.0, f64::NEG_INFINITY, f64::INFINITY);
        check(F32, 1e60, 0.0, f64::INFINITY, 0.0);
    }

    #[test]
    fn neighbours_are_in_the_order_of_the_truth() {
        let check = |ours, truths, expected| {
            let mut measured = Measured::NOTHING;
            measured.compare(0.0, ours, truths);
            assert_eq!(measured.turns, expected, "{ours:?} for {truths:?}");
        };
        check([1.0, 2.0], [1.1, 1.2], 0);
        check([1.0, 1.0], [1.1, 1.2], 0);
        check([2.0, 1.0], [1.1, 1.2], 1);
        check([1.0, 2.0], [1.2, 1.1], 1);
        check([2.0, 1.0], [1.1, 1.1], 0);
        check([f64::NAN, 1.0], [f64::NAN, 1.0], 0);
    }
}
