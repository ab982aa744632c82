//! Inverse hyperbolic functions.

use super::by_lane::by_lane;

by_lane! {
    /// Inverse hyperbolic sine.
    asinh(x) by_lane;
    /// Inverse hyperbolic cosine.
    acosh(x) by_lane;
    /// Inverse hyperbolic tangent.
    atanh(x) by_lane;
}
