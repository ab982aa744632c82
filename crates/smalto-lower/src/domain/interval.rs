//! Intervals: where the results of an op lie.

/// The domain of [`Interval`]s.
#[derive(Debug, Clone, Copy)]
pub struct Intervals;

/// Numbers between two bounds.
#[derive(Debug, Clone, Copy)]
pub struct Interval<V> {
    /// The least number.
    pub lo: V,
    /// The greatest number.
    pub hi: V,
}

/// What a truth value may be.
#[derive(Debug, Clone, Copy)]
pub struct Truth<K> {
    /// Where it may be true.
    pub may_be_true: K,
    /// Where it may be false.
    pub may_be_false: K,
}
