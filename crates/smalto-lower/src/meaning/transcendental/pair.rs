//! Numbers of twice the precision: unevaluated sums of two reals.
//!
//! A [`Pair`] is `high + low` where `low` is what rounding the sum to `high` leaves: at
//! most half a unit in the last place of `high`. Two f32 hold 48 bits so, two f64 106.
//!
//! The *error-free transformations* give such pairs exactly: the rounding error of a sum
//! or a product is itself a real number, and can be computed. For sums this is due to
//! Knuth (*The Art of Computer Programming* 2, 4.2.2) and Dekker (*A floating-point
//! technique for extending the available precision*, Numer. Math. 18, 1971); for products
//! it is one fused multiply-add. They hold whatever the operands, as long as nothing
//! overflows and, for products, the error is not below the smallest subnormal.
//!
//! Pairs of pairs are approximate. The bounds are those of Joldes, Muller & Popescu
//! (*Tight and rigorous error bounds for basic building blocks of double-word
//! arithmetic*, ACM TOMS 44, 2017), with u = 2^-24 for f32 and 2^-53 for f64.

use crate::Machine;

/// The unevaluated sum `high + low`.
#[derive(Debug, Clone, Copy)]
pub struct Pair<R> {
    /// The sum, rounded.
    pub high: R,
    /// What rounding lost.
    pub low: R,
}

impl<R> Pair<R> {
    /// high + low, where the sum rounds to `high`.
    #[inline(always)]
    pub fn new(high: R, low: R) -> Pair<R> {
        Pair { high, low }
    }
}

/// The constant `value + rest`, rounded to two reals of the machine; `rest` is what
/// f64 leaves of the constant.
#[inline(always)]
pub fn constant<M: Machine>(m: M, value: f64, rest: f64) -> Pair<M::Real> {
    let (high, low) = match M::ELEMENT {
        smalto_graph::Element::F32 => {
            let high = f64::from(value as f32);
            (high, (value - high) + rest)
        }
        smalto_graph::Element::F64 => (value, rest),
    };
    Pair::new(m.real(high), m.real(low))
}

/// a + b exactly (Knuth's TwoSum, 6 operations).
#[inline(always)]
pub fn two_sum<M: Machine>(m: M, a: M::Real, b: M::Real) -> Pair<M::Real> {
    let high = m.add(a, b);
    let b_taken = m.sub(high, a);
    let a_taken = m.sub(high, b_taken);
    Pair::new(high, m.add(m.sub(a, a_taken), m.sub(b, b_taken)))
}

/// a + b exactly, if a is zero or its exponent is not below that of b (Dekker's
/// Fast2Sum, 3 operations).
#[inline(always)]
pub fn quick_two_sum<M: Machine>(m: M, a: M::Real, b: M::Real) -> Pair<M::Real> {
    let high = m.add(a, b);
    Pair::new(high, m.sub(b, m.sub(high, a)))
}

/// a * b exactly.
#[inline(always)]
pub fn two_product<M: Machine>(m: M, a: M::Real, b: M::Real) -> Pair<M::Real> {
    let high = m.mul(a, b);
    Pair::new(high, m.fma(a, b, m.neg(high)))
}

/// a * b to 5 u^2 (DWTimesDW2).
#[inline(always)]
pub fn product<M: Machine>(m: M, a: Pair<M::Real>, b: Pair<M::Real>) -> Pair<M::Real> {
    let high = two_product(m, a.high, b.high);
    let mixed = m.fma(a.high, b.low, m.mul(a.low, b.high));
    quick_two_sum(m, high.high, m.add(high.low, mixed))
}

/// high + low as one real.
#[inline(always)]
pub fn rounded<M: Machine>(m: M, a: Pair<M::Real>) -> M::Real {
    m.add(a.high, a.low)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Scalar;

    const M: Scalar<f32> = Scalar::new();

    /// Pairs of f32 whose exact sum an f64 holds.
    fn check(computed: Pair<f32>, expected: f64, units: f64) {
        let value = f64::from(computed.high) + f64::from(computed.low);
        let unit = 2f64.powi(-48) * expected.abs();
        let error = (value - expected).abs();
        assert!(error <= units * unit, "{computed:?} is not {expected}");
        assert_eq!(
            computed.high,
            (computed.high + computed.low),
            "{computed:?} overlaps"
        );
    }

    /// Numbers of many magnitudes and full mantissas.
    fn numbers() -> impl Iterator<Item = f32> {
        let mantissas = [1.0, 1.1, 1.333_333_4, 1.707_107, 1.999_999_9_f32];
        let exponents = [-9, -3, -1, 0, 1, 5, 11];
        exponents
            .into_iter()
            .flat_map(move |e| mantissas.map(|x| x * 2f32.powi(e)))
            .flat_map(|x| [x, -x])
    }

    #[test]
    fn rounding_errors_are_computed_exactly() {
        for (a, b) in numbers().flat_map(|a| numbers().map(move |b| (a, b))) {
            let (x, y) = (f64::from(a), f64::from(b));
            check(two_sum(M, a, b), x + y, 0.0);
            check(two_product(M, a, b), x * y, 0.0);
            if a.abs() >= b.abs() {
                check(quick_two_sum(M, a, b), x + y, 0.0);
            }
        }
    }

    #[test]
    fn products_are_as_close_as_they_claim() {
        for (a, b) in numbers().flat_map(|a| numbers().map(move |b| (a, b))) {
            let pair = two_product(M, a, 1.234_567_8);
            let wide = f64::from(pair.high) + f64::from(pair.low);
            let other = Pair::new(b, 0.0);
            check(product(M, pair, other), wide * f64::from(b), 5.0);
        }
    }

    #[test]
    fn constants_are_split_where_the_element_ends() {
        use std::f64::consts::PI;
        check(constant(M, PI, 1.2246467991473532e-16), PI, 1.0);
        let pi = constant(Scalar::<f64>::new(), PI, 1.2246467991473532e-16);
        assert_eq!((pi.high, pi.low), (PI, 1.2246467991473532e-16));
    }
}
