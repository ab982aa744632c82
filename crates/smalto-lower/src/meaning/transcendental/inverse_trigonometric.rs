//! Inverse trigonometric functions.

use super::by_lane::by_lane;

by_lane! {
    /// Inverse sine.
    asin(x) by_lane;
    /// Inverse cosine.
    acos(x) by_lane;
    /// Inverse tangent.
    atan(x) by_lane;
    /// Angle of the point (x, y).
    atan2(y, x) by_lane2;
}
