//! Polynomials with constant coefficients, lowest degree first.
//!
//! Three orders of evaluation. Horner's has the fewest operations and is a chain: each
//! waits for the one before, about four cycles. Estrin's pairs neighbours and
//! squares the variable, so that the chain is as long as the logarithm of the degree,
//! for a few multiplications more and slightly more rounding (Muller, *Elementary
//! Functions*, 3rd ed., 5.2). Between them are two chains, of the even and of the odd
//! degrees, for one multiplication more than Horner's. A wave at a time, several independent
//! chains overlap anyhow; the others pay where little else is to be done meanwhile.
//!
//! Coefficients are written as f64 and rounded to the element of the machine.

use crate::Machine;

/// The polynomial at x, by Horner's rule.
///
/// # Panics
/// If there are no coefficients.
#[inline(always)]
pub fn horner<M: Machine, const N: usize>(m: M, x: M::Real, coefficients: &[f64; N]) -> M::Real {
    let mut sum = m.real(coefficients[N - 1]);
    let mut degree = N - 1;
    while degree > 0 {
        degree -= 1;
        sum = m.fma(sum, x, m.real(coefficients[degree]));
    }
    sum
}

/// The polynomial at x, its even and its odd degrees by Horner's rule in x squared.
///
/// # Panics
/// If there are less than two coefficients.
#[inline(always)]
pub fn even_and_odd<M: Machine, const N: usize>(
    m: M,
    x: M::Real,
    coefficients: &[f64; N],
) -> M::Real {
    let square = m.mul(x, x);
    let (mut last, mut other) = (m.real(coefficients[N - 1]), m.real(coefficients[N - 2]));
    let mut degree = N - 2;
    while degree > 0 {
        degree -= 1;
        // The two change places: what has been added to least is next.
        let next = m.fma(last, square, m.real(coefficients[degree]));
        (last, other) = (other, next);
    }
    m.fma(last, x, other)
}

/// The polynomial at x, by Estrin's scheme: pairs of neighbours, then pairs of pairs in
/// x squared, and so on. For 1 to 16 coefficients.
///
/// # Panics
/// If there are none, or more.
#[inline(always)]
pub fn estrin<M: Machine, const N: usize>(m: M, x: M::Real, coefficients: &[f64; N]) -> M::Real {
    let mut terms: [M::Real; N] = std::array::from_fn(
        #[inline(always)]
        |degree| m.real(coefficients[degree]),
    );
    let mut count = N;
    let mut power = x;
    while count > 1 {
        let pairs = count / 2;
        let mut at = 0;
        while at < pairs {
            terms[at] = m.fma(terms[2 * at + 1], power, terms[2 * at]);
            at += 1;
        }
        if count % 2 == 1 {
            terms[pairs] = terms[count - 1];
        }
        count -= pairs;
        if count > 1 {
            power = m.mul(power, power);
        }
    }
    terms[0]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Scalar;

    fn check<const N: usize>(coefficients: [f64; N]) {
        let m = Scalar::<f64>::new();
        for x in [-2.0, -0.5, 0.0, 1.0, 3.0] {
            let terms = coefficients.iter().enumerate();
            let expected: f64 = terms.map(|(k, c)| c * f64::powi(x, k as i32)).sum();
            assert_eq!(horner(m, x, &coefficients), expected, "{N} at {x}");
            assert_eq!(estrin(m, x, &coefficients), expected, "{N} at {x}");
            if N > 1 {
                assert_eq!(even_and_odd(m, x, &coefficients), expected, "{N} at {x}");
            }
        }
    }

    #[test]
    fn all_orders_give_the_polynomial() {
        // Small integers, so that nothing is rounded.
        check([3.0]);
        check([3.0, 5.0]);
        check([3.0, 5.0, -7.0]);
        check([3.0, 5.0, -7.0, 2.0]);
        check([3.0, 5.0, -7.0, 2.0, 1.0]);
        check([3.0, 5.0, -7.0, 2.0, 1.0, 9.0, -4.0]);
        check([3.0, 5.0, -7.0, 2.0, 1.0, 9.0, -4.0, 6.0, 8.0]);
        check([
            3.0, 5.0, -7.0, 2.0, 1.0, 9.0, -4.0, 6.0, 8.0, -1.0, 2.0, 3.0, 5.0,
        ]);
    }
}
