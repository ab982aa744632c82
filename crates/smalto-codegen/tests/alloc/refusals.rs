//! What cannot be allocated, and how that is said.

use super::generate::Build;
use super::machine;
use smalto_codegen::alloc::{
    Allocation, Allocator, BlockIndex, Constraint, Function, Operand, Role, VirtualRegister,
};

#[track_caller]
fn refuses(function: &Function, expected: &str) {
    let mut allocation = Allocation::default();
    let result = Allocator::new().allocate_into(function, &machine(&[2]), &mut allocation);
    assert_eq!(result.unwrap_err().to_string(), expected);
}

fn made(build: &mut Build) -> VirtualRegister {
    let value = build.value(0);
    build.plain(&[], &[value]);
    value
}

#[test]
fn more_registers_at_once_than_there_are() {
    let message = "instruction 3 needs more registers of class `vector` at once than the machine \
                   has; give it fewer operands, or operands that may lie in memory";
    let mut build = Build::new();
    let values: Vec<_> = (0..3).map(|_| made(&mut build)).collect();
    build.plain(&values, &[]);
    refuses(&build.finish(), message);
    let mut build = Build::new();
    for _ in 0..3 {
        made(&mut build);
    }
    let results: Vec<_> = (0..3).map(|_| build.value(0)).collect();
    build.plain(&[], &results);
    refuses(&build.finish(), message);
}

#[test]
fn values_that_are_not_defined() {
    let message = "instruction 0 reads v0, which is not defined before it";
    let mut build = Build::new();
    let value = build.value(0);
    build.plain(&[value], &[]);
    refuses(&build.finish(), message);
    let mut build = Build::new();
    build.plain(&[VirtualRegister(0)], &[]);
    refuses(&build.finish(), message);
}

#[test]
fn operands_that_contradict_each_other() {
    let check = |constraints: [(Role, Constraint); 2], message: &str| {
        let mut build = Build::new();
        let operands = constraints.map(|(role, constraint)| Operand {
            register: match role {
                Role::Use | Role::LateUse => made(&mut build),
                _ => build.value(0),
            },
            role,
            constraint,
        });
        build.instruction(&operands);
        refuses(&build.finish(), message);
    };
    use Constraint::{Fixed, Register, Tied};
    check(
        [(Role::Use, Fixed(1)), (Role::Use, Fixed(1))],
        "instruction 2: two operands name one register",
    );
    check(
        [(Role::Use, Register), (Role::Def, Tied(1))],
        "instruction 1: a tie is not from a definition to a use",
    );
    check(
        [(Role::Use, Register), (Role::Def, Fixed(77))],
        "instruction 1: it names a register that its class lacks",
    );
    check(
        [(Role::Def, Fixed(1)), (Role::Def, Fixed(1))],
        "instruction 0: two results want one register",
    );
}

#[test]
fn functions_that_are_not_well_formed() {
    refuses(
        &Function::default(),
        "the function is not well-formed: `first_operand` is empty",
    );
    let check = |breaking: fn(&mut Function), message: &str| {
        let mut build = Build::new();
        let value = made(&mut build);
        let fork = build.branch(&[value], [BlockIndex(0); 2]);
        for way in 0..2 {
            let block = build.begin(&[]);
            build.set_target(fork, way, block);
            build.jump(BlockIndex(3), &[value]);
        }
        let parameter = build.value(0);
        build.begin(&[parameter]);
        build.plain(&[parameter], &[]);
        let mut function = build.finish();
        breaking(&mut function);
        refuses(&function, message);
    };
    check(
        |function| function.blocks[0].successors[0].target = BlockIndex(9),
        "block 0: it leads to a block that is not there",
    );
    check(
        |function| function.blocks[0].successors[0].target = BlockIndex(2),
        "block 1: no block before it leads to it",
    );
    check(
        |function| function.blocks[1].successors[0].arguments = 0..0,
        "block 1: it passes more or less than its target takes",
    );
    check(
        |function| function.blocks[2].instructions.start += 1,
        "block 2: its instructions do not follow the last block's",
    );
    check(
        |function| function.blocks[1].successors[0].target = BlockIndex(2),
        "block 1: it passes more or less than its target takes",
    );
    check(
        |function| {
            function.blocks[1].successors[0].target = BlockIndex(2);
            function.blocks[1].successors[0].arguments = 0..0;
        },
        "block 0: a way out of its branch is a critical edge",
    );
    check(
        |function| function.blocks[3].registers.start = 0,
        "block 3: its registers do not come after the last block's",
    );
    check(
        |function| function.blocks[0].registers = 0..0,
        "block 0: it defines a register that is not among its own",
    );
    check(
        |function| function.classes[0] = 7,
        "the function is not well-formed: a value is of a class that the machine lacks",
    );
}
