//! Register allocation: every allocation is proved by the checker and executed.

mod broken;
mod execute;
mod generate;
mod random;
mod refusals;
mod shapes;

use smalto_codegen::alloc::{
    Allocation, Allocator, Function, RegisterClass, RegisterFile, checker,
};

/// A machine with as many registers in each class.
fn machine(registers: &[u8]) -> RegisterFile {
    let names = ["vector", "integer", "mask"];
    let class = |(&count, name): (&u8, &'static str)| RegisterClass {
        name,
        order: (0..count).collect(),
    };
    RegisterFile {
        classes: registers.iter().zip(names).map(class).collect(),
    }
}

/// Allocates a function, proves the result and runs it.
#[track_caller]
fn allocate(function: &Function, file: &RegisterFile) -> Allocation {
    let mut allocation = Allocation::default();
    Allocator::new()
        .allocate_into(function, file, &mut allocation)
        .unwrap_or_else(|error| panic!("{error}\n{}", generate::listing(function, None)));
    if let Err(violation) = checker::check(function, file, &allocation) {
        panic!(
            "{violation}\n{}",
            generate::listing(function, Some(&allocation))
        );
    }
    let (expected, got) = (
        execute::reference(function),
        execute::allocated(function, &allocation),
    );
    assert_eq!(
        expected,
        got,
        "{}",
        generate::listing(function, Some(&allocation))
    );
    allocation
}
