//! Registers for functions that want more than there are, ours and regalloc2's.
//!
//! Both are given the same function and the same number of registers. What is counted
//! is every move, store and load that an allocator inserts: once, and *weighted*, where
//! one inside a loop counts ten times what it does outside. An exchange of registers
//! counts as three, which is what it takes. Our allocation is proved by the checker.
//! Operands that an instruction may read from memory cost neither of them anything.
//!
//! Where there are loops the bar is on the weighted count. Ours loads values before a
//! loop that regalloc2 loads in it, on every turn: at times that is more instructions,
//! of which fewer are executed.
//!
//! Functions are made up, but for prospero's: its loop over the pixels of a row, reduced to
//! the vectors in it.

use crate::peers::regalloc2::Code;
use crate::pressure::{self, Loops, real};
use crate::race::{Entrant, Race};
use crate::suite::{Count, Peer, Subject, Suite, Targets, Unit, Work};
use anyhow::Context;
use smalto_codegen::alloc::{
    Allocation, Allocator, Edit, Function, RegisterClass, RegisterFile, checker,
};

const PEER: &str = "regalloc2";

/// At most 1.1 times as many moves.
const BAR: f64 = 1.0 / 1.1;

/// The bar on the plain count in straight-line code, and where there are loops.
const STRAIGHT: Option<f64> = Some(BAR);
const LOOPS: Option<f64> = None;

/// A function, and a machine for it.
struct Case {
    make: fn() -> anyhow::Result<Function>,
    registers: u8,
}

/// For each row, how much is inserted and how long it takes.
macro_rules! suite {
    ($($name:literal: $registers:literal registers, $bar:ident, $make:expr;)*) => {
        pub(crate) const SUITE: Suite = Suite {
            name: "alloc",
            about: "Moves inserted by register allocation, and its time for an instruction",
            subjects: &[$(
                Subject {
                    name: $name,
                    work: Work::Counts {
                        peer: PEER,
                        counts: &[
                            Count { name: concat!($name, "-moves"), unit: "", bar: $bar },
                            Count { name: concat!($name, "-weighted"), unit: "", bar: Some(BAR) },
                        ],
                        measure: || count(&Case { make: || $make, registers: $registers }),
                    },
                },
                Subject {
                    name: concat!($name, "-time"),
                    work: Work::Race {
                        unit: Unit::Nanoseconds,
                        targets: Targets::None,
                        peers: &[Peer::new(PEER)],
                        prepare: |_| race(&Case { make: || $make, registers: $registers }),
                    },
                },
            )*],
        };
    };
}

suite! {
    "prospero-in-32": 32 registers, LOOPS, real::vectors_of("prospero.vm");
    "prospero-in-16": 16 registers, LOOPS, real::vectors_of("prospero.vm");
    "straight-35-live-in-32": 32 registers, STRAIGHT, Ok(pressure::straight(6000, 35, 8));
    "straight-35-live-in-16": 16 registers, STRAIGHT, Ok(pressure::straight(6000, 35, 8));
    "straight-20-live-in-16": 16 registers, STRAIGHT, Ok(pressure::straight(6000, 20, 8));
    "straight-100-live-in-32": 32 registers, STRAIGHT, Ok(pressure::straight(6000, 100, 12));
    "straight-12-live-in-32": 32 registers, STRAIGHT, Ok(pressure::straight(6000, 12, 8));
    "loops-20-live-in-16": 16 registers, LOOPS, Ok(pressure::loops(Loops {
        depth: 2, in_a_row: 4, instructions: 40, carried: 3, live: 20,
    }));
    "loops-40-live-in-32": 32 registers, LOOPS, Ok(pressure::loops(Loops {
        depth: 2, in_a_row: 6, instructions: 60, carried: 5, live: 40,
    }));
    "loops-40-live-in-16": 16 registers, LOOPS, Ok(pressure::loops(Loops {
        depth: 3, in_a_row: 3, instructions: 30, carried: 3, live: 40,
    }));
    "loops-24-live-in-32": 32 registers, LOOPS, Ok(pressure::loops(Loops {
        depth: 3, in_a_row: 3, instructions: 30, carried: 4, live: 24,
    }));
}

fn machine(registers: u8) -> RegisterFile {
    RegisterFile {
        classes: vec![RegisterClass {
            name: "vector",
            order: (0..registers).collect(),
        }],
    }
}

/// What both insert: how much, and weighted.
fn count(case: &Case) -> anyhow::Result<Vec<[f64; 2]>> {
    let function = (case.make)()?;
    let file = machine(case.registers);
    let mut allocation = Allocation::default();
    Allocator::new()
        .allocate_into(&function, &file, &mut allocation)
        .context("our allocation failed")?;
    checker::check(&function, &file, &allocation).context("our allocation is wrong")?;
    let cost = |edit: &Edit| {
        if matches!(edit, Edit::Swap { .. }) {
            3.0
        } else {
            1.0
        }
    };
    let ours = allocation
        .edits
        .iter()
        .map(|(at, edit)| (at.index(), cost(edit)));
    let ours = [false, true].map(|weighted| sum(&function, ours.clone(), weighted));
    let mut code = Code::new(&function, case.registers)?;
    let theirs: Vec<_> = code.allocate()?.map(|at| (at, 1.0)).collect();
    let theirs = [false, true].map(|weighted| sum(&function, theirs.iter().copied(), weighted));
    Ok(ours
        .into_iter()
        .zip(theirs)
        .map(|(ours, theirs)| [ours, theirs])
        .collect())
}

/// Costs of what is inserted before instructions, perhaps by the depth of loops.
fn sum(function: &Function, moves: impl Iterator<Item = (usize, f64)>, weighted: bool) -> f64 {
    let weight = |at: usize| {
        let block = function
            .blocks
            .partition_point(|block| block.instructions.end as usize <= at);
        10_f64.powi(i32::from(function.blocks[block].loop_depth))
    };
    moves
        .map(|(at, cost)| if weighted { cost * weight(at) } else { cost })
        .sum()
}

/// Both allocate again and again, with what they keep from one time to the next.
fn race(case: &Case) -> anyhow::Result<Race> {
    let function = (case.make)()?;
    let file = machine(case.registers);
    let instructions = function.first_operand.len() - 1;
    let mut code = Code::new(&function, case.registers)?;
    code.allocate()?.for_each(drop);
    let (mut allocator, mut allocation) = (Allocator::new(), Allocation::default());
    allocator.allocate_into(&function, &file, &mut allocation)?;
    let ours = Entrant::new(move || {
        allocator
            .allocate_into(&function, &file, &mut allocation)
            .expect("it was allocated before");
    });
    let theirs = Entrant::new(move || {
        code.allocate().expect("it was allocated before").count();
    });
    Ok(Race {
        ours: vec![ours],
        peers: vec![theirs.note("an instruction".into())],
        runs_per_result: 1.0 / instructions as f64,
    })
}
