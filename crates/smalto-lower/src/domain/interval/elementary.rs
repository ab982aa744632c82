//! Functions of one operand that rise, fall, or are even.
//!
//! What the machine computes at the ends bounds what it computes between, as it stands in f32
//! and widened in f64 ([`outward`]). Outside its domain a function is NaN, and so is it at
//! the end that lies there: an interval that leaves the domain gives anything.

use super::bounds::{at_ends, magnitudes};
use super::outward::{self, units_of_one_operand};
use super::{Interval, Reals};
use crate::domain::long as t;
use crate::{Float, Machine};

/// Where `function` rises, from its domain's one end to the other.
#[inline(always)]
fn rising<M: Machine>(m: M, a: Reals<M>, function: impl Fn(M::Real) -> M::Real) -> Reals<M> {
    let ends = at_ends(a, function);
    outward::within_sign(m, ends, units_of_one_operand::<M>())
}

/// Rising functions, each by its meaning.
macro_rules! rising {
    ($($(#[doc = $doc:literal])* $name:ident;)*) => {$(
        $(#[doc = $doc])*
        #[inline(always)]
        pub fn $name<M: Machine<Element: Float>>(m: M, a: Reals<M>) -> Reals<M> {
            rising(m, a, #[inline(always)] |x| t::$name(m, x))
        }
    )*};
}

rising! {
    /// Inverse sine; beyond 1 it is NaN.
    asin;
    /// Inverse tangent.
    atan;
    /// Hyperbolic sine.
    sinh;
    /// Hyperbolic tangent.
    tanh;
    /// Inverse hyperbolic sine.
    asinh;
    /// Inverse hyperbolic cosine; below 1 it is NaN.
    acosh;
    /// Inverse hyperbolic tangent; beyond 1 it is NaN.
    atanh;
    /// exp(x) - 1.
    expm1;
    /// Natural logarithm.
    ln;
    /// Logarithm to base 2.
    log2;
    /// Logarithm to base 10.
    log10;
    /// ln(1 + x).
    log1p;
    /// Cube root.
    cbrt;
}

/// e to the power x.
#[inline(always)]
pub fn exp<M: Machine<Element: Float>>(m: M, a: Reals<M>) -> Reals<M> {
    let ends = at_ends(
        a,
        #[inline(always)]
        |x| t::exp(m, x),
    );
    positive(m, ends, units_of_one_operand::<M>())
}

/// 2 to the power x.
#[inline(always)]
pub fn exp2<M: Machine<Element: Float>>(m: M, a: Reals<M>) -> Reals<M> {
    let ends = at_ends(
        a,
        #[inline(always)]
        |x| t::exp2(m, x),
    );
    positive(m, ends, units_of_one_operand::<M>())
}

/// Bounds of positive numbers, farther apart. An upper bound of zero is a number too
/// small for the element, above which another may have been rounded.
#[inline(always)]
pub fn positive<M: Machine>(m: M, ends: Reals<M>, units: f64) -> Reals<M> {
    Interval::new(
        m.max(m.real(0.0), outward::below(m, ends.lo, units)),
        outward::above(m, ends.hi, units),
    )
}

/// Inverse cosine, which falls; beyond 1 it is NaN.
#[inline(always)]
pub fn acos<M: Machine<Element: Float>>(m: M, a: Reals<M>) -> Reals<M> {
    let ends = at_ends(
        Interval::new(a.hi, a.lo),
        #[inline(always)]
        |x| t::acos(m, x),
    );
    outward::within_sign(m, ends, units_of_one_operand::<M>())
}

/// Hyperbolic cosine, which is even.
#[inline(always)]
pub fn cosh<M: Machine<Element: Float>>(m: M, a: Reals<M>) -> Reals<M> {
    rising(
        m,
        magnitudes(m, a),
        #[inline(always)]
        |x| t::cosh(m, x),
    )
}
