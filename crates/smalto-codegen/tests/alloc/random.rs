//! Random functions on machines with many and with few registers.

use super::generate::{Shape, function};
use super::{allocate, machine};
use proptest::prelude::*;

/// Straight-line code of plain instructions.
fn plain(budget: &[u8]) -> Shape {
    Shape {
        budget: budget.into(),
        names: budget.into(),
        statements: 60,
        depth: 0,
        reach: 12,
        wishes: 0,
        tuples: false,
    }
}

/// Everything that a function can have but tuples.
fn rich(budget: &[u8]) -> Shape {
    Shape {
        depth: 3,
        wishes: 6,
        statements: 40,
        ..plain(budget)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn straight_lines(seed: u64, registers in 4_u8..20) {
        allocate(&function(&plain(&[4]), seed), &machine(&[registers]));
    }

    #[test]
    fn branches_and_loops(seed: u64, registers in 4_u8..20) {
        let shape = Shape { depth: 3, ..plain(&[4]) };
        allocate(&function(&shape, seed), &machine(&[registers]));
    }

    #[test]
    fn wishes(seed: u64, registers in 4_u8..12) {
        let shape = Shape { wishes: 8, ..plain(&[4]) };
        allocate(&function(&shape, seed), &machine(&[registers]));
    }

    #[test]
    fn everything_in_one_class(seed: u64, registers in 4_u8..12) {
        allocate(&function(&rich(&[4]), seed), &machine(&[registers]));
    }

    /// The same function with more registers than values, and with as few as one
    /// instruction needs.
    #[test]
    fn many_registers_and_few(seed: u64) {
        let function = function(&rich(&[4, 4]), seed);
        let many = allocate(&function, &machine(&[200, 200]));
        prop_assert_eq!(many.slots.iter().sum::<u32>(), 0);
        allocate(&function, &machine(&[4, 4]));
    }

    #[test]
    fn several_classes(seed: u64, registers in 3_u8..12) {
        let shape = Shape { statements: 80, ..rich(&[3, 2, 2]) };
        allocate(&function(&shape, seed), &machine(&[registers, 3, 2]));
    }

    #[test]
    fn the_least_that_will_do(seed: u64) {
        for budget in [1, 2, 3] {
            allocate(&function(&rich(&[budget]), seed), &machine(&[budget]));
        }
    }

    #[test]
    fn tuples(seed: u64, registers in 24_u8..40) {
        let shape = Shape { tuples: true, names: vec![8], ..rich(&[8]) };
        allocate(&function(&shape, seed), &machine(&[registers]));
    }

    #[test]
    fn tuples_in_a_wide_class(seed: u64) {
        let shape = Shape { tuples: true, reach: 60, names: vec![8, 4], ..rich(&[8, 4]) };
        allocate(&function(&shape, seed), &machine(&[100, 24]));
    }
}
