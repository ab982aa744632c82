//! Random kernels, with loops, branches, calls, tuples and memory.

use crate::differential::{Run, check};
use proptest::prelude::*;
use smalto_kernel::passes::{self, Workspace};
use smalto_kernel::testing::{Case, Menu};
use smalto_kernel::{Lane, Op};

fn choices() -> impl Strategy<Value = Vec<u32>> {
    prop::collection::vec(0u32..1000, 0..300)
}

fn check_case(case: &Case) -> Result<(), String> {
    let run = |module| {
        check(&Run {
            module,
            kernel: Case::KERNEL,
            buffers: &case.buffers,
            arguments: &case.arguments,
        })
    };
    run(&case.module)?;
    // Hoisting makes values live long and across loops.
    let mut hoisted = case.module.clone();
    passes::hoist(&mut hoisted, &mut Workspace::default());
    run(&hoisted)
}

/// What audio and pictures are made of.
fn plain() -> Menu {
    Menu {
        lanes: vec![Lane::F32, Lane::I32, Lane::Mask],
        ops: vec![
            Op::Add,
            Op::Sub,
            Op::Mul,
            Op::Min,
            Op::Max,
            Op::Fma,
            Op::Lt,
            Op::Select,
            Op::AnyLane,
        ],
        tuples: false,
        calls: false,
        memory: false,
        ..Menu::default()
    }
}

macro_rules! properties {
    ($($name:ident: $menu:expr;)*) => {
        proptest! {
            #![proptest_config(ProptestConfig {
                failure_persistence: None,
                cases: 128,
                ..Default::default()
            })]

            $(
                #[test]
                fn $name(choices in choices()) {
                    let case = Case::random(&$menu, &choices);
                    check_case(&case).map_err(TestCaseError::fail)?;
                }
            )*
        }
    };
}

properties! {
    plain_kernels: plain();
    kernels_of_any_width: Menu::default();
    kernels_of_1_lane: Menu::of_width(1);
    kernels_of_4_lanes: Menu::of_width(4);
    kernels_of_16_lanes: Menu::of_width(16);
    kernels_of_64_lanes: Menu::of_width(64);
}
