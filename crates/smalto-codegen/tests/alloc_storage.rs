//! An allocator that has seen a function allocates no memory for it again.

// The generator is that of the allocator's other tests, which use more of it.
#[allow(dead_code)]
#[path = "alloc/generate.rs"]
mod generate;

use generate::{Shape, function};
use smalto_codegen::alloc::{Allocation, Allocator, RegisterClass, RegisterFile};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// The system's memory, with a count of how often some was asked for.
struct Counting;

thread_local! {
    /// By thread, since the one that runs the tests asks for memory meanwhile.
    static REQUESTS: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: All is left to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        REQUESTS.set(REQUESTS.get() + 1);
        // SAFETY: The caller keeps the same contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: The caller keeps the same contract.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static MEMORY: Counting = Counting;

#[test]
fn a_second_time_takes_no_memory() {
    let shape = Shape {
        budget: vec![8, 4],
        names: vec![8, 4],
        statements: 300,
        depth: 4,
        reach: 30,
        wishes: 4,
        tuples: true,
    };
    let class = |name, count| RegisterClass {
        name,
        order: (0..count).collect(),
    };
    let file = RegisterFile {
        classes: vec![class("vector", 24), class("integer", 12)],
    };
    for seed in 0..20 {
        let function = function(&shape, seed);
        let (mut allocator, mut allocation) = (Allocator::new(), Allocation::default());
        allocator
            .allocate_into(&function, &file, &mut allocation)
            .unwrap();
        // Two arrays of edits change places when stores are merged in.
        allocator
            .allocate_into(&function, &file, &mut allocation)
            .unwrap();
        let before = REQUESTS.get();
        allocator
            .allocate_into(&function, &file, &mut allocation)
            .unwrap();
        assert_eq!(REQUESTS.get() - before, 0, "seed {seed}");
    }
}
