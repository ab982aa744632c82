//! Trigonometric functions.

use super::by_lane::by_lane;

by_lane! {
    /// Sine.
    sin(x) by_lane;
    /// Cosine.
    cos(x) by_lane;
    /// Tangent.
    tan(x) by_lane;
}
