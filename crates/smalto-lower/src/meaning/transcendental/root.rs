//! Roots.

use super::by_lane::by_lane;

by_lane! {
    /// Cube root.
    cbrt(x) by_lane;
    /// The n-th root.
    root(a, n) by_lane2;
}
