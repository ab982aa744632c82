//! Powers.

use super::by_lane::by_lane;

by_lane! {
    /// a to the power b.
    pow(a, b) by_lane2;
}
