//! Kernels as text, each of which went wrong somewhere once, or well might.

use crate::differential::{Run, check};
use smalto_kernel::interpret::{Buffer, Interpreter};
use smalto_kernel::{Lane, Literal, parse};

/// Runs the one kernel of a module on a first buffer and others, and holds the first
/// element of the first against what the test expects, too.
fn leaves(text: &str, buffers: &[Buffer], arguments: &[Literal], expected: impl Into<Literal>) {
    let module = parse(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let run = Run {
        module: &module,
        kernel: "k",
        buffers,
        arguments,
    };
    check(&run).unwrap_or_else(|error| panic!("{error}"));
    let mut interpreted = buffers.to_vec();
    let interpreter = Interpreter::new(&module).expect("checked").width(8);
    let outcome = interpreter.run("k", &mut interpreted, arguments);
    outcome.unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert_eq!(interpreted[0].get(0), Some(expected.into()), "{text}");
}

fn zeros(element: Lane) -> Buffer {
    Buffer::zeroed(element, 64)
}

/// What is written in one turn of a loop and first read in the next lives to the end of
/// the loop: further than its last use in the text, which is above it.
#[test]
fn a_value_read_on_the_next_turn_is_kept_to_the_back_edge() {
    // 2 + 2 + 3 + 4, each but the first made a turn before it is added.
    leaves(
        "kernel k width any {
            buffer y: i64 readwrite
            param n: u.i64
            param a: u.i64
        block 0:
            %zero: u.i64 = constant 0
            jump 1(%zero, %a, %zero)
        block 1(%i: u.i64, %before: u.i64, %sum: u.i64):
            %more: u.mask = lt %i, %n
            branch %more, 2, 3
        block 2:
            %with: u.i64 = add %sum, %before
            %two: u.i64 = constant 2
            %now: u.i64 = add %i, %two
            %a1: u.i64 = mul %now, %with
            %a2: u.i64 = mul %a1, %now
            %a3: u.i64 = sub %a2, %a1
            %a4: u.i64 = xor %a3, %a2
            store_uniform y[%two], %a4
            %one: u.i64 = constant 1
            %next: u.i64 = add %i, %one
            jump 1(%next, %now, %with)
        block 3:
            store_uniform y[%zero], %sum
            return
        }",
        &[zeros(Lane::I64)],
        &[4i64.into(), 2i64.into()],
        11i64,
    );
}

#[test]
fn an_atomic_whose_result_nobody_uses_is_done() {
    leaves(
        "kernel k width 8 {
            buffer y: i32 readwrite
        block 0:
            %where: v.i32 = constant 0
            %one: v.i32 = constant 1
            %before: v.i32 = atomic_add y[%where], %one
            return
        }",
        &[zeros(Lane::I32)],
        &[],
        8i32,
    );
}

#[test]
fn a_load_is_not_part_of_what_comes_after_a_store() {
    leaves(
        "kernel k width 8 {
            buffer y: f32 readwrite
        block 0:
            %zero: u.i64 = constant 0
            %one: v.f32 = constant 1
            store y[%zero], %one
            %before: v.f32 = load y[%zero]
            %five: v.f32 = constant 5
            store y[%zero], %five
            %sum: v.f32 = add %five, %before
            store y[%zero], %sum
            return
        }",
        &[zeros(Lane::F32)],
        &[],
        6f32,
    );
    leaves(
        "kernel k width 8 {
            buffer y: i64 readwrite
        block 0:
            %zero: u.i64 = constant 0
            %one: u.i64 = constant 1
            store_uniform y[%zero], %one
            %before: u.i64 = load_uniform y[%zero]
            %five: v.i64 = constant 5
            store y[%zero], %five
            %sum: u.i64 = add %before, %one
            store_uniform y[%zero], %sum
            return
        }",
        &[zeros(Lane::I64)],
        &[],
        2i64,
    );
}

/// One constant, once as an integer and once spread over the lanes.
#[test]
fn a_constant_and_its_splat_are_passed_on_as_what_they_are() {
    leaves(
        "func f width 8 -> v.i32x2 {
            param a: v.i32
            param b: u.i32
        block 0:
            %spread: v.i32 = splat %b
            %pair: v.i32x2 = tuple %a, %spread
            return %pair
        }
        kernel k width 8 {
            buffer y: i32 readwrite
        block 0:
            %zero: u.i64 = constant 0
            %seven: u.i32 = constant 7
            %spread: v.i32 = splat %seven
            %pair: v.i32x2 = call f(%spread, %seven)
            %a: v.i32 = extract %pair, 0
            %b: v.i32 = extract %pair, 1
            %yes: u.mask = constant true
            %all: v.mask = splat %yes
            %sum: v.i32 = add %a, %b
            store y[%zero], %sum if %all
            return
        }",
        &[zeros(Lane::I32)],
        &[],
        14i32,
    );
}

/// More values than registers, in neighbouring registers: they are moved in groups.
#[test]
fn values_of_many_chunks_go_around_a_loop_whole() {
    leaves(
        "kernel k width 64 {
            buffer y: f64 readwrite
            param n: u.i64
        block 0:
            %zero: u.i64 = constant 0
            %one: u.i64 = constant 1
            %all: v.mask = constant true
            %none: v.i64 = constant 0
            jump 1(%zero, %none, %all)
        block 1(%i: u.i64, %count: v.i64, %mask: v.mask):
            %more: u.mask = lt %i, %n
            branch %more, 2, 3
        block 2:
            %before: v.f64 = load y[%zero] if %mask
            %unit: v.f64 = constant 1
            %after: v.f64 = add %before, %unit
            store y[%zero], %after if %mask
            %step: v.i64 = constant 1
            %counted: v.i64 = add %count, %step
            %limit: v.i64 = constant 3
            %less: v.mask = lt %counted, %limit
            %next: u.i64 = add %i, %one
            jump 1(%next, %counted, %less)
        block 3:
            return
        }",
        &[zeros(Lane::F64)],
        &[5i64.into()],
        3f64,
    );
}

/// There is a form of VMOVD that reads memory, and it is another one.
#[test]
fn a_spilled_float_is_not_moved_to_an_integer_from_memory() {
    leaves(
        "func f width any {
        block 0:
            return
        }
        kernel k width any {
            buffer y: i32 readwrite
            param a: u.f32
            param b: u.f64
        block 0:
            call f()
            %zero: u.i64 = constant 0
            %bits: u.i32 = bits %a
            %wide: u.i64 = bits %b
            %low: u.i32 = wrap %wide
            %sum: u.i32 = add %bits, %low
            store_uniform y[%zero], %sum
            return
        }",
        &[zeros(Lane::I32)],
        &[1f32.into(), f64::from_bits(5).into()],
        0x3f80_0005i32,
    );
}
