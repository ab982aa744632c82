//! Hyperbolic functions.

use super::by_lane::by_lane;

by_lane! {
    /// Hyperbolic sine.
    sinh(x) by_lane;
    /// Hyperbolic cosine.
    cosh(x) by_lane;
    /// Hyperbolic tangent.
    tanh(x) by_lane;
}
