//! Functions that no finite combination of primitives gives exactly. They are
//! called once per lane in the standard library's implementation.

use crate::Machine;
use crate::scalar::Float;

macro_rules! by_lane {
    ($($(#[doc = $doc:literal])* $name:ident ($($operand:ident),+) $door:ident;)*) => {$(
        $(#[doc = $doc])*
        #[inline(always)]
        pub fn $name<M: Machine<Element: Float>>(m: M, $($operand: M::Real),+) -> M::Real {
            m.$door(<M::Element as Float>::$name, $($operand),+)
        }
    )*};
}

by_lane! {
    /// Sine.
    sin(x) by_lane;
    /// Cosine.
    cos(x) by_lane;
    /// Tangent.
    tan(x) by_lane;
    /// Inverse sine.
    asin(x) by_lane;
    /// Inverse cosine.
    acos(x) by_lane;
    /// Inverse tangent.
    atan(x) by_lane;
    /// Hyperbolic sine.
    sinh(x) by_lane;
    /// Hyperbolic cosine.
    cosh(x) by_lane;
    /// Hyperbolic tangent.
    tanh(x) by_lane;
    /// Inverse hyperbolic sine.
    asinh(x) by_lane;
    /// Inverse hyperbolic cosine.
    acosh(x) by_lane;
    /// Inverse hyperbolic tangent.
    atanh(x) by_lane;
    /// e to the power x.
    exp(x) by_lane;
    /// 2 to the power x.
    exp2(x) by_lane;
    /// exp(x) - 1.
    expm1(x) by_lane;
    /// Natural logarithm.
    ln(x) by_lane;
    /// Logarithm to base 2.
    log2(x) by_lane;
    /// Logarithm to base 10.
    log10(x) by_lane;
    /// ln(1 + x).
    log1p(x) by_lane;
    /// Cube root.
    cbrt(x) by_lane;
    /// Angle of the point (x, y).
    atan2(y, x) by_lane2;
    /// Power.
    pow(a, b) by_lane2;
    /// The n-th root.
    root(a, n) by_lane2;
    /// sqrt(a * a + b * b) without overflow.
    hypot(a, b) by_lane2;
    /// Euclidean remainder.
    modulo(a, b) by_lane2;
}
