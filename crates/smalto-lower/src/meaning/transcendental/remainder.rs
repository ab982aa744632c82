//! The Euclidean remainder.

use super::by_lane::by_lane;

by_lane! {
    /// Euclidean remainder.
    modulo(a, b) by_lane2;
}
