//! Whether two contenders found the same values.

use std::fmt;
use thiserror::Error;

/// How much two results differ, at most.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Agreement {
    /// Not at all; a NaN is as good as another.
    SameBits,
    /// By that, relative to the larger of 1 and the two values.
    To(f64),
}

/// Two results that differ by more than they may.
#[derive(Debug, Error)]
#[error("{} and {} disagree at point {point}: {} against {}, {}", names[0], names[1], values[0], values[1], limit(*tolerance))]
pub(crate) struct Disagreement {
    names: [String; 2],
    point: usize,
    values: [f64; 2],
    tolerance: f64,
}

fn limit(tolerance: f64) -> String {
    if tolerance == 0.0 {
        "where not a bit may differ".into()
    } else {
        format!("more than the {tolerance:.0e} that is allowed")
    }
}

/// How much two results of equal length differ. A tolerance of 0 asks for equal bits.
///
/// # Errors
/// If a difference is larger than `tolerance`, or one value is NaN where the other is
/// not.
pub(crate) fn check<T: Copy + Into<f64>>(
    names: [&str; 2],
    results: [&[T]; 2],
    tolerance: f64,
) -> Result<Agreement, Disagreement> {
    compare(names, results, tolerance, |_| true)
}

/// The same where the second result is a number.
///
/// # Errors
/// As for [`check`].
pub(crate) fn check_known<T: Copy + Into<f64>>(
    names: [&str; 2],
    results: [&[T]; 2],
    tolerance: f64,
) -> Result<Agreement, Disagreement> {
    compare(names, results, tolerance, |[_, b]| !b.is_nan())
}

fn compare<T: Copy + Into<f64>>(
    names: [&str; 2],
    results: [&[T]; 2],
    tolerance: f64,
    counts: impl Fn([f64; 2]) -> bool,
) -> Result<Agreement, Disagreement> {
    assert_eq!(results[0].len(), results[1].len(), "{names:?}");
    let mut agreement = Agreement::SameBits;
    for (point, (&a, &b)) in results[0].iter().zip(results[1]).enumerate() {
        let values: [f64; 2] = [a.into(), b.into()];
        if !counts(values) {
            continue;
        }
        let Some(difference) = difference(values) else {
            continue;
        };
        if tolerance == 0.0 || difference > tolerance {
            return Err(Disagreement {
                names: names.map(String::from),
                point,
                values,
                tolerance,
            });
        }
        agreement = match agreement {
            Agreement::To(largest) => Agreement::To(largest.max(difference)),
            Agreement::SameBits => Agreement::To(difference),
        };
    }
    Ok(agreement)
}

/// The difference of two values, if they differ in a bit.
fn difference([a, b]: [f64; 2]) -> Option<f64> {
    if a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan()) {
        return None;
    }
    let difference = (a - b).abs() / a.abs().max(b.abs()).max(1.0);
    Some(if difference.is_nan() {
        f64::INFINITY
    } else {
        difference
    })
}

impl fmt::Display for Agreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Agreement::SameBits => f.write_str("same bits"),
            Agreement::To(difference) => write!(f, "to {difference:.0e}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Agreement::{SameBits, To};
    use super::*;

    fn found(a: f64, b: f64) -> Option<Agreement> {
        check(["a", "b"], [&[0.0, a], &[0.0, b]], 0.1).ok()
    }

    #[test]
    fn differences_are_relative_to_the_values_or_to_one() {
        let nan = f64::NAN;
        let infinity = f64::INFINITY;
        for (a, b, expected) in [
            (1.5, 1.5, Some(SameBits)),
            (nan, -nan, Some(SameBits)),
            (infinity, infinity, Some(SameBits)),
            (0.0, -0.0, Some(To(0.0))),
            (0.0, 0.0625, Some(To(0.0625))),
            (16.0, 15.0, Some(To(0.0625))),
            (1.0, 1.25, None),
            (nan, 1.0, None),
            (infinity, -infinity, None),
            (infinity, 1.0, None),
        ] {
            assert_eq!(found(a, b), expected, "{a} and {b}");
        }
    }

    #[test]
    fn the_second_need_not_know_all() {
        let found = |a, b| check_known(["a", "b"], [&[a], &[b]], 0.1).ok();
        assert_eq!(found(1.0, f64::NAN), Some(SameBits));
        assert_eq!(found(f64::NAN, 1.0), None);
        assert_eq!(found(1.0, 1.5), None);
    }
}
