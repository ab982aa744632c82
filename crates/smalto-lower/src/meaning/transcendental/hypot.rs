//! The length of a vector.

use super::by_lane::by_lane;

by_lane! {
    /// sqrt(a * a + b * b) without overflow.
    hypot(a, b) by_lane2;
}
