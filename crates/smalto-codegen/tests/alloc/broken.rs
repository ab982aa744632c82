//! The checker finds what is wrong with an allocation.

use super::generate::{Random, Shape, function};
use super::{execute, machine};
use proptest::prelude::*;
use smalto_codegen::alloc::checker::{Violation, check};
use smalto_codegen::alloc::{
    Allocation, Allocator, Block, Constraint, Edit, Function, InstructionIndex, Location, Operand,
    PhysicalRegister, RegisterSet, Role, VirtualRegister,
};

/// Breaks something at random, if there is anything.
fn mutate(allocation: &mut Allocation, random: &mut Random) {
    let edits = allocation.edits.len() as u64;
    let registers = |random: &mut Random| Location::register(0, random.below(6) as u8);
    match random.below(5) {
        0 if edits > 0 => {
            allocation.edits.remove(random.below(edits) as usize);
        }
        1 if edits > 0 => {
            let at = random.below(edits) as usize;
            let to = registers(random);
            match &mut allocation.edits[at].1 {
                Edit::Move { from, .. } if random.chance(8) && from.as_register().is_some() => {
                    *from = to
                }
                Edit::Move { to: old, .. } if old.as_register().is_some() => *old = to,
                Edit::Rematerialise { to: old, .. } => {
                    old.number = to.as_register().unwrap().number
                }
                _ => {}
            }
        }
        2 if edits > 1 => {
            let at = random.below(edits - 1) as usize;
            let (first, second) = (allocation.edits[at].1, allocation.edits[at + 1].1);
            allocation.edits[at].1 = second;
            allocation.edits[at + 1].1 = first;
        }
        3 if allocation.slots[0] > 1 => {
            let slots = u64::from(allocation.slots[0]);
            let (old, new) = (random.below(slots) as u32, random.below(slots) as u32);
            for (_, edit) in &mut allocation.edits {
                if let Edit::Move { to, .. } = edit
                    && to.as_slot() == Some(old)
                {
                    *to = Location::slot(0, new);
                }
            }
        }
        _ => {
            let at = random.below(allocation.locations.len() as u64) as usize;
            if allocation.locations[at].as_register().is_some() {
                allocation.locations[at] = registers(random);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Whatever the checker lets pass computes the same.
    #[test]
    fn what_passes_is_right(seed: u64, mutations: u64) {
        let shape = Shape {
            budget: vec![4],
            names: vec![4],
            statements: 30,
            depth: 2,
            reach: 8,
            wishes: 4,
            tuples: false,
        };
        let (function, file) = (function(&shape, seed), machine(&[6]));
        let mut right = Allocation::default();
        Allocator::new().allocate_into(&function, &file, &mut right).unwrap();
        let expected = execute::reference(&function);
        let mut random = Random::new(mutations);
        for _ in 0..20 {
            let mut mutant = right.clone();
            mutate(&mut mutant, &mut random);
            if check(&function, &file, &mutant).is_ok() {
                prop_assert_eq!(&execute::allocated(&function, &mutant), &expected);
            }
        }
    }
}

/// Most mutants are wrong, and found.
#[test]
fn mutants_are_found() {
    let shape = Shape {
        budget: vec![4],
        names: vec![4],
        statements: 40,
        depth: 2,
        reach: 8,
        wishes: 4,
        tuples: false,
    };
    let (mut found, mut wrong) = (0, 0);
    for seed in 0..200 {
        let (function, file) = (function(&shape, seed), machine(&[4]));
        let mut mutant = Allocation::default();
        Allocator::new()
            .allocate_into(&function, &file, &mut mutant)
            .unwrap();
        mutate(&mut mutant, &mut Random::new(seed));
        found += u32::from(check(&function, &file, &mutant).is_err());
        wrong += u32::from(execute::allocated(&function, &mutant) != execute::reference(&function));
    }
    assert!(
        found >= wrong && wrong > 60,
        "{found} found, {wrong} compute something else"
    );
}

/// `v1 = op v0` between a definition and two uses, with v0 in register 0 and v1 in 1.
fn example() -> (Function, Allocation) {
    let operand = |register, role| Operand {
        register: VirtualRegister(register),
        role,
        constraint: Constraint::Register,
    };
    let function = Function {
        classes: vec![0; 2],
        rematerialisable: vec![true, false],
        blocks: vec![Block {
            instructions: 0..3,
            parameters: 0..0,
            registers: 0..2,
            successors: Vec::new(),
            loop_depth: 0,
        }],
        first_operand: vec![0, 1, 3, 5],
        operands: vec![
            operand(0, Role::Def),
            operand(0, Role::Use),
            operand(1, Role::Def),
            operand(0, Role::Use),
            operand(1, Role::Use),
        ],
        ..Function::default()
    };
    let mut allocation = Allocation::default();
    Allocator::new()
        .allocate_into(&function, &machine(&[3]), &mut allocation)
        .unwrap();
    assert_eq!(
        allocation.locations,
        [0, 0, 1, 0, 1].map(|number| Location::register(0, number))
    );
    (function, allocation)
}

#[track_caller]
fn refuses(breaking: impl FnOnce(&mut Function, &mut Allocation), expected: &str) {
    let (mut function, mut allocation) = example();
    breaking(&mut function, &mut allocation);
    let result: Result<(), Violation> = check(&function, &machine(&[3]), &allocation);
    assert_eq!(result.unwrap_err().to_string(), expected);
}

#[test]
fn violations_name_the_place() {
    let register = |number| Location::register(0, number);
    let moved = |from, to| (InstructionIndex(2), Edit::Move { from, to, span: 1 });
    refuses(
        |_, allocation| allocation.locations[3] = register(2),
        "instruction 2, operand 0: v0 is read from vector register 2, which holds nothing certain",
    );
    refuses(
        |_, allocation| allocation.locations[2] = register(0),
        "instruction 2, operand 0: v0 is read from vector register 0, which holds v1",
    );
    refuses(
        |_, allocation| allocation.edits.push(moved(register(1), register(0))),
        "instruction 2, operand 0: v0 is read from vector register 0, which holds v1",
    );
    refuses(
        |function, _| function.operands[3].constraint = Constraint::Fixed(1),
        "instruction 2, operand 0: it is in vector register 0, but asks for another register",
    );
    refuses(
        |_, allocation| allocation.locations[3] = Location::slot(0, 0),
        "instruction 2, operand 0: it is in vector slot 0, but must be in a register",
    );
    refuses(
        |function, _| {
            function.operands[2].role = Role::EarlyDef;
            function.operands[2].constraint = Constraint::Tied(0);
        },
        "instruction 1, operand 1: it is in vector register 1, but is tied to a use that is elsewhere",
    );
    refuses(
        |function, allocation| {
            function.operands[2].role = Role::EarlyDef;
            allocation.locations[2] = register(0);
        },
        "instruction 1: operands 0 and 1 share vector register 0",
    );
    refuses(
        |function, _| {
            let mut set = RegisterSet::EMPTY;
            set.insert(0);
            function.clobbers.push((InstructionIndex(1), vec![set]));
        },
        "instruction 2, operand 0: v0 is read from vector register 0, which holds nothing certain",
    );
    refuses(
        |function, _| {
            let mut set = RegisterSet::EMPTY;
            set.insert(1);
            function.clobbers.push((InstructionIndex(1), vec![set]));
        },
        "instruction 1, operand 1: it is in vector register 1, which the instruction destroys",
    );
    refuses(
        |_, allocation| {
            allocation
                .edits
                .push(moved(Location::slot(0, 0), Location::slot(0, 1)))
        },
        "an edit before instruction 2: a move from memory to memory",
    );
    refuses(
        |_, allocation| {
            allocation
                .edits
                .push(moved(register(0), Location::slot(0, 0)))
        },
        "an edit before instruction 2: it writes to a slot that is not there",
    );
    refuses(
        |_, allocation| allocation.edits.push(moved(register(0), register(2))),
        "an edit before instruction 2: it writes to a register that is not among those used",
    );
    refuses(
        |_, allocation| {
            let to = PhysicalRegister {
                class: 0,
                number: 1,
            };
            let edit = Edit::Rematerialise {
                instruction: InstructionIndex(1),
                to,
            };
            allocation.edits.push((InstructionIndex(2), edit));
        },
        "an edit before instruction 2: it does an instruction again that has more than a result",
    );
    refuses(
        |_, allocation| allocation.locations.truncate(4),
        "the allocation is not one of this function: there are not as many locations as operands",
    );
}
