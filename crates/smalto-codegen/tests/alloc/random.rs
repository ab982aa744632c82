//! Random functions on machines with many and with few registers.

use super::generate::{Shape, function};
use super::{allocate, machine};
use proptest::prelude::*;

fn straight(budget: u8) -> Shape {
    Shape {
        budget: vec![budget],
        names: vec![budget],
        statements: 60,
        depth: 0,
        reach: 12,
        wishes: 0,
        tuples: false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn straight_lines(seed: u64, registers in 4_u8..20) {
        allocate(&function(&straight(4), seed), &machine(&[registers]));
    }

    #[test]
    fn branches_and_loops(seed: u64, registers in 4_u8..20) {
        let shape = Shape { depth: 3, ..straight(4) };
        allocate(&function(&shape, seed), &machine(&[registers]));
    }

    #[test]
    fn wishes(seed: u64, registers in 4_u8..12) {
        let shape = Shape { wishes: 8, ..straight(4) };
        allocate(&function(&shape, seed), &machine(&[registers]));
    }
}
