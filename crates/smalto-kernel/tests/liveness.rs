//! Where values are needed.

use smalto_kernel::analysis::{Flow, Liveness};
use smalto_kernel::{BlockId, Routine, ValueId, parse, verify};

/// That the values of this kernel are needed as the lines of `expected` say: the
/// number of the value and its segments.
fn check(text: &str, expected: &str) {
    let module = parse(text).unwrap_or_else(|error| panic!("{error}"));
    verify(&module).unwrap_or_else(|findings| panic!("{findings}"));
    let routine = &module.routines()[0];
    assert_eq!(shown(routine), expected.trim_start_matches('\n'));
}

fn shown(routine: &Routine) -> String {
    let liveness = Liveness::new(routine, &Flow::new(routine).unwrap());
    let values = (0..routine.len()).map(ValueId::new);
    let lines = values.map(|value| {
        let segments = liveness.segments(value).iter();
        let segments: Vec<String> = segments.map(|s| format!("{}..{}", s.from, s.to)).collect();
        format!("%{} {}\n", value.index(), segments.join(" "))
    });
    lines.collect()
}

#[test]
fn in_a_line_from_the_instruction_to_the_last_use() {
    check(
        "kernel k width any {
            buffer x: f32 write
            param i: u.i64
        block 0:
            %a: v.f32 = constant 1
            %b: v.f32 = neg %a
            %unused: v.f32 = neg %a
            store x[%i], %b
            return
        }",
        "
%0 0..4
%1 1..3
%2 2..4
%3 3..4
%4 
",
    );
}

/// A regression: a value from before a loop that is first touched inside it is read
/// again on the next turn, so it is needed to the jump back, and so is one that is
/// given on one turn and read on the next.
#[test]
fn a_value_read_on_the_next_turn_lives_to_the_jump_back() {
    check(
        "kernel k width any {
            param n: u.i64
        block 0:                                    # 0
            %step: u.i64 = constant 1               # 1
            %far: u.i64 = constant 9                # 2
            jump loop(%step)                        # 3
        block loop(%i: u.i64):                      # 4
            %x: u.i64 = add %i, %far                # 5
            %y: u.i64 = add %x, %step               # 6
            %next: u.i64 = add %y, %y               # 7
            %more: u.mask = lt %next, %n            # 8
            branch %more, loop(%next), out          # 9
        block out:                                  # 10
            return                                  # 11
        }",
        "
%0 0..10
%1 1..10
%2 2..10
%3 4..5
%4 5..6
%5 6..7
%6 7..9
%7 8..9
",
    );
}

#[test]
fn there_are_holes_where_another_way_was_taken() {
    check(
        "kernel k width any {
            buffer x: f32 write
            param i: u.i64
            param g: u.f32
        block 0:                                    # 0
            %v: v.f32 = splat %g                    # 1
            %c: u.mask = lt %i, %i                  # 2
            branch %c, then, else                   # 3
        block else:                                 # 4
            %a: v.f32 = constant 2                  # 5
            %b: v.f32 = neg %a                      # 6
            jump join(%b)                           # 7
        block then:                                 # 8
            %d: v.f32 = neg %v                      # 9
            jump join(%d)                           # 10
        block join(%j: v.f32):                      # 11
            store x[%i], %j                         # 12
            return                                  # 13
        }",
        "
%0 0..12
%1 0..1
%2 1..4 8..9
%3 2..3
%4 5..6
%5 6..7
%6 9..10
%7 11..12
%8 
",
    );
}

/// Tens of thousands of values live through tens of thousands of blocks: no time to
/// follow each.
#[test]
fn many_values_through_many_blocks() {
    let size = 30_000;
    let mut text = String::from("kernel k width any {\nparam n: u.i64\nblock b0:\n");
    for index in 0..size {
        text += &format!(
            "%v{index}: u.i64 = add %n, %n\n%c{index}: u.mask = lt %n, %v{index}\n\
             branch %c{index}, t{index}, b{0}\nblock t{index}:\njump b{0}\nblock b{0}:\n",
            index + 1
        );
    }
    for index in 0..size {
        text += &format!("%w{index}: u.i64 = add %v{index}, %n\n");
    }
    let module = parse(&(text + "return\n}")).unwrap();
    let routine = &module.routines()[0];
    let flow = Flow::new(routine).unwrap();
    let liveness = Liveness::new(routine, &flow);
    let last = BlockId::new(flow.cfg.len() - 1);
    let (first, condition) = (ValueId::new(1), ValueId::new(2));
    assert!(liveness.is_live_into(first, last));
    assert!(!liveness.is_live_into(condition, last));
    assert_eq!(liveness.segments(first).len(), 1);
}
