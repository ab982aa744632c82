//! Exponentials.

use super::by_lane::by_lane;

by_lane! {
    /// e to the power x.
    exp(x) by_lane;
    /// 2 to the power x.
    exp2(x) by_lane;
    /// exp(x) - 1.
    expm1(x) by_lane;
}
