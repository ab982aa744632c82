//! Logarithms.

use super::by_lane::by_lane;

by_lane! {
    /// Natural logarithm.
    ln(x) by_lane;
    /// Logarithm to base 2.
    log2(x) by_lane;
    /// Logarithm to base 10.
    log10(x) by_lane;
    /// ln(1 + x).
    log1p(x) by_lane;
}
