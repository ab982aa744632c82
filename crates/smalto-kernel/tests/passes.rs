//! What passes move, remove and leave alone.

use smalto_kernel::passes::{self, Workspace};
use smalto_kernel::{Module, Op, parse, verify};

fn read(text: &str) -> Module {
    let module = parse(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    verify(&module).unwrap_or_else(|findings| panic!("{findings}\n{text}"));
    module
}

fn hoisted(module: &Module) -> Module {
    let mut module = module.clone();
    passes::hoist(&mut module, &mut Workspace::default());
    verify(&module).unwrap_or_else(|findings| panic!("{findings}\n{module}"));
    module
}

fn without_dead(text: &str) -> Module {
    let mut module = read(text);
    passes::remove_dead(&mut module, &mut Workspace::default());
    verify(&module).unwrap_or_else(|findings| panic!("{findings}\n{module}"));
    module
}

/// A kernel with a loop whose header, which tests, and body have these lines. The
/// body's run whenever the loop goes around at least once; the header's always.
fn looped(header: &str, body: &str) -> Module {
    read(&format!(
        "func pure width any -> v.f32 {{
            buffer from: f32 read
            param a: v.f32
        block 0:
            return %a
        }}
        func impure width any {{
            buffer to: f32 write
        block 0:
            return
        }}
        kernel k width 4 {{
            buffer x: f32 read
            buffer y: f32 readwrite
            buffer c: i32 readwrite
            param n: u.i64
            param g: u.f32
        block entry:
            %z: u.i64 = constant 0
            %s: u.i64 = width
            %v: v.f32 = splat %g
            %lane: v.i32 = lane_index
            jump header(%z)
        block header(%i: u.i64):
            {header}
            %more: u.mask = lt %i, %n
            branch %more, body, exit
        block body:
            {body}
            %next: u.i64 = add %i, %s
            jump header(%next)
        block exit:
            return
        }}"
    ))
}

/// Whether the one `op` in the kernel is moved to the entry.
fn check(op: Op, header: &str, body: &str, moves: bool) {
    let module = looped(header, body);
    let after = hoisted(&module);
    let kernel = after.routines().last().unwrap();
    let found: Vec<usize> = kernel
        .block_ids()
        .filter(|&block| kernel.values_in(block).any(|value| kernel.op(value) == op))
        .map(|block| block.index())
        .collect();
    let stays = if header.is_empty() { 2 } else { 1 };
    let expected = if moves { 0 } else { stays };
    assert_eq!(found, [expected], "{after}");
}

#[test]
fn what_does_not_change_leaves_the_loop() {
    check(Op::Sqrt, "", "%r: v.f32 = sqrt %v", true);
    check(
        Op::Sqrt,
        "",
        "%w: v.f32 = neg %v\n%r: v.f32 = sqrt %w",
        true,
    );
    check(Op::Sqrt, "", "%r: u.f32 = sqrt %g", true);
    check(Op::Convert, "", "%r: u.f32 = convert %i", false);
    check(Op::ReduceAdd, "", "%r: u.f32 = reduce_add %v", true);
    check(
        Op::Length,
        "",
        "%r: u.i64 = length y\nstore y[%z], %v",
        true,
    );
}

/// Poison that nobody uses is harmless, so this may run where it would not have.
#[test]
fn convert_in_range_leaves_the_loop() {
    check(
        Op::ConvertInRange,
        "",
        "%r: v.i32 = convert_in_range %v",
        true,
    );
}

#[test]
fn loads_leave_the_loop_if_they_run_anyway() {
    check(Op::Load, "%r: v.f32 = load x[%z]", "", true);
    check(Op::Load, "", "%r: v.f32 = load x[%z]", false);
    check(Op::LoadUniform, "%r: u.f32 = load_uniform x[%z]", "", true);
    check(Op::Gather, "%r: v.f32 = gather x[%lane]", "", true);
    check(Op::Load, "%r: v.f32 = load x[%i]", "", false);
}

#[test]
fn loads_stay_where_their_buffer_is_written() {
    check(Op::Load, "%r: v.f32 = load y[%z]", "", true);
    check(Op::Load, "%r: v.f32 = load y[%z]", "store y[%i], %v", false);
    check(Op::Load, "%r: v.f32 = load x[%z]", "store y[%i], %v", true);
    check(
        Op::Load,
        "%r: v.f32 = load y[%z]",
        "scatter y[%lane], %v",
        false,
    );
    check(Op::Load, "%r: v.f32 = load y[%z]", "call impure(y)", false);
    check(
        Op::Load,
        "%r: v.i32 = load c[%z]",
        "%o: v.i32 = atomic_add c[%lane], %lane",
        false,
    );
}

#[test]
fn calls_leave_the_loop_like_the_loads_they_make() {
    check(Op::Call, "%r: v.f32 = call pure(x, %v)", "", true);
    check(Op::Call, "", "%r: v.f32 = call pure(x, %v)", false);
    check(
        Op::Call,
        "%r: v.f32 = call pure(y, %v)",
        "store y[%i], %v",
        false,
    );
    check(Op::Call, "call impure(y)", "", false);
}

#[test]
fn what_writes_stays() {
    check(Op::Store, "store y[%z], %v", "", false);
    check(
        Op::AtomicAdd,
        "%o: v.i32 = atomic_add c[%lane], %lane",
        "",
        false,
    );
}

/// Rates fall out: y once a row, the constant once, x in the inner loop.
#[test]
fn each_loop_is_left_as_far_as_possible() {
    let module = read(
        "kernel k width any {
            buffer d: f32 write
            param w: u.i64
            param h: u.i64
        block 0:
            %z: u.i64 = constant 0
            jump rows(%z)
        block rows(%y: u.i64):
            %in: u.mask = lt %y, %h
            branch %in, row, done
        block row:
            jump waves(%z)
        block waves(%x: u.i64):
            %on: u.mask = lt %x, %w
            branch %on, wave, end
        block wave:
            %scale: v.f32 = constant 0.5
            %yf: u.f32 = convert %y
            %yv: v.f32 = splat %yf
            %ys: v.f32 = mul %yv, %scale
            %xf: u.f32 = convert %x
            %xv: v.f32 = splat %xf
            %sum: v.f32 = add %xv, %ys
            %left: u.i64 = sub %w, %x
            %m: v.mask = first_lanes %left
            store d[%x], %sum if %m
            %step: u.i64 = width
            %nx: u.i64 = add %x, %step
            jump waves(%nx)
        block end:
            %one: u.i64 = constant 1
            %ny: u.i64 = add %y, %one
            jump rows(%ny)
        block done:
            return
        }",
    );
    let after = hoisted(&module);
    let kernel = &after.routines()[0];
    let ops = |block: usize| -> Vec<&str> {
        let values = kernel.instructions_in(smalto_kernel::BlockId::new(block));
        values.map(|value| kernel.op(value).name()).collect()
    };
    assert_eq!(
        ops(0),
        ["constant", "constant", "width", "constant"],
        "{after}"
    );
    assert_eq!(ops(2), ["convert", "splat", "mul"], "{after}");
    let wave = [
        "convert",
        "splat",
        "add",
        "sub",
        "first_lanes",
        "store",
        "add",
    ];
    assert_eq!(ops(4), wave, "{after}");
}

/// A loop entered by branches gets a block of its own before it, which passes on what
/// they passed.
#[test]
fn loops_without_a_block_before_them_get_one() {
    let module = read(
        "kernel k width any {
            param c: u.i32
        block 0:
            %one: u.i32 = constant 1
            %p: u.mask = lt %c, %one
            branch %p, loop(%one), other
        block other:
            branch %p, loop(%c), out
        block loop(%i: u.i32):
            %s: u.i32 = mul %c, %c
            %n: u.i32 = add %i, %s
            %more: u.mask = lt %n, %one
            branch %more, loop(%n), out
        block out:
            return
        }",
    );
    let after = hoisted(&module).to_string();
    assert_eq!(
        after,
        "\
kernel k width any {
    param c: u.i32
block 0:
    %1: u.i32 = constant 1
    %2: u.mask = lt %c, %1
    branch %2, 2(%1), 1
block 1:
    branch %2, 2(%c), 4
block 2(%3: u.i32):
    %4: u.i32 = mul %c, %c
    jump 3(%3)
block 3(%5: u.i32):
    %6: u.i32 = add %5, %4
    %7: u.mask = lt %6, %1
    branch %7, 3(%6), 4
block 4:
    return
}
"
    );
}

/// A regression: an atomic was deleted because nobody looked at what it gave.
#[test]
fn an_atomic_with_an_unused_result_stays() {
    let text = "\
kernel k width any {
    buffer c: i32 readwrite
block 0:
    %0: v.i32 = lane_index
    %1: v.i32 = constant 1
    %2: v.i32 = atomic_add c[%0], %1
    return
}
";
    assert_eq!(without_dead(text).to_string(), text);
}

#[test]
fn stores_and_calls_that_write_stay() {
    let text = "\
kernel k width any {
    buffer x: f32 readwrite
block 0:
    %0: u.i64 = constant 0
    %1: v.f32 = constant 1
    store x[%0], %1
    call fill(x)
    %4: v.f32 = call both(x, %1)
    return
}

func fill width any {
    buffer to: f32 write
block 0:
    return
}

func both width any -> v.f32 {
    buffer to: f32 readwrite
    param a: v.f32
block 0:
    return %a
}
";
    assert_eq!(without_dead(text).to_string(), text);
}

#[test]
fn what_nobody_needs_goes() {
    let module = without_dead(
        "kernel k width any {
            buffer x: f32 read
            buffer y: f32 write
            param n: u.i64
            param unused: u.f32
        block 0:
            %z: u.i64 = constant 0
            %v: v.f32 = load x[%z]
            %w: v.f32 = call pure(x, %v)
            %r: v.f32 = splat %unused
            %s: v.f32 = neg %r
            jump loop(%z, %v, %s)
        block loop(%i: u.i64, %counts_itself: v.f32, %kept: v.f32):
            %one: u.i64 = constant 1
            %t: v.f32 = add %counts_itself, %counts_itself
            store y[%i], %kept
            %next: u.i64 = add %i, %one
            %more: u.mask = lt %next, %n
            branch %more, loop(%next, %t, %kept), out(%t)
        block out(%last: v.f32):
            return
        }
        func pure width any -> v.f32 {
            buffer from: f32 read
            param a: v.f32
        block 0:
            return %a
        }",
    );
    let text = module.to_string();
    let kernel = &text[..text.find("\nfunc").unwrap()];
    assert_eq!(
        kernel,
        "\
kernel k width any {
    buffer x: f32 read
    buffer y: f32 write
    param n: u.i64
    param unused: u.f32
block 0:
    %2: u.i64 = constant 0
    %3: v.f32 = splat %unused
    %4: v.f32 = neg %3
    jump 1(%2, %4)
block 1(%5: u.i64, %6: v.f32):
    %7: u.i64 = constant 1
    store y[%5], %6
    %9: u.i64 = add %5, %7
    %10: u.mask = lt %9, %n
    branch %10, 1(%9, %6), 2
block 2:
    return
}
"
    );
}

/// Whether folding `line`, which says what `%r` is, does what `expected` says: it is another value,
/// or what another line says.
fn check_folded(line: &str, expected: &str) {
    let kernel = |lines: &str, result: &str| {
        let mut module = read(&format!(
            "kernel k width 4 {{
                buffer x: f32 read
                buffer y: f32 write
                param n: u.i64
            block 0:
                %zero: v.f32 = constant 0
                %less: v.f32 = constant -0
                %one: v.f32 = constant 1
                %two: v.f32 = constant 2
                %yes: v.mask = constant true
                %no: v.mask = constant false
                %a: v.f32 = load x[%n]
                %b: v.f32 = load x[%n]
                %m: v.mask = lt %a, %b
                {lines}
                store y[%n], {result}
                return
            }}"
        ));
        passes::fold(&mut module, &mut Workspace::default());
        verify(&module).unwrap_or_else(|findings| panic!("{findings}\n{module}"));
        passes::remove_dead(&mut module, &mut Workspace::default());
        module.to_string()
    };
    let wanted = match expected.contains('=') {
        true => kernel(expected, "%r"),
        false => kernel("", expected),
    };
    assert_eq!(kernel(line, "%r"), wanted, "{line}");
}

#[test]
fn constants_are_computed() {
    check_folded("%r: v.f32 = add %one, %two", "%r: v.f32 = constant 3");
    check_folded("%r: v.f32 = sub %zero, %zero", "%zero");
    check_folded("%r: v.f32 = neg %zero", "%less");
    check_folded("%r: v.f32 = fma %two, %two, %one", "%r: v.f32 = constant 5");
    check_folded("%u: u.f32 = constant 2\n%r: v.f32 = splat %u", "%two");
    check_folded(
        "%c: v.mask = lt %one, %two\n%r: v.f32 = select %c, %a, %b",
        "%a",
    );
    check_folded("%c: v.mask = not %yes\n%r: v.f32 = select %c, %a, %b", "%b");
}

#[test]
fn what_gives_an_operand_as_it_is_is_that() {
    check_folded("%r: v.f32 = sub %a, %zero", "%a");
    check_folded("%r: v.f32 = add %a, %less", "%a");
    check_folded("%r: v.f32 = add %less, %a", "%a");
    check_folded("%r: v.f32 = mul %a, %one", "%a");
    check_folded("%r: v.f32 = mul %one, %a", "%a");
    check_folded("%r: v.f32 = div %a, %one", "%a");
    check_folded("%r: v.f32 = fma %a, %one, %b", "%r: v.f32 = add %a, %b");
    check_folded("%r: v.f32 = fma %one, %a, %b", "%r: v.f32 = add %a, %b");
    check_folded("%r: v.f32 = fma %a, %b, %less", "%r: v.f32 = mul %a, %b");
    check_folded("%r: v.f32 = select %m, %a, %a", "%a");
    check_folded("%r: v.f32 = min %a, %a", "%a");
    check_folded(
        "%c: v.mask = or %m, %m\n%r: v.f32 = select %c, %a, %b",
        "%r: v.f32 = select %m, %a, %b",
    );
    check_folded(
        "%c: v.mask = and %m, %yes\n%r: v.f32 = select %c, %a, %b",
        "%r: v.f32 = select %m, %a, %b",
    );
    check_folded(
        "%c: v.mask = or %yes, %m\n%r: v.f32 = select %c, %a, %b",
        "%a",
    );
}

#[test]
fn what_does_not_for_a_zero_or_nan_stays() {
    for line in [
        "%r: v.f32 = add %a, %zero",
        "%r: v.f32 = sub %a, %less",
        "%r: v.f32 = sub %zero, %a",
        "%r: v.f32 = mul %a, %zero",
        "%r: v.f32 = fma %a, %b, %zero",
        "%r: v.f32 = select %m, %zero, %less",
        "%r: v.f32 = sub %a, %a",
    ] {
        check_folded(line, line);
    }
}

/// What is computed twice is computed once: constants, what commutes the other way round, and what
/// the entry has computed. Loads, and what another block may not have come by, are not.
#[test]
fn what_is_computed_twice_is_computed_once() {
    let kernel = |lines: [&str; 3]| {
        let [entry, then, join] = lines;
        read(&format!(
            "kernel k width 4 {{
                buffer x: f32 read
                buffer y: f32 write
                param n: u.i64
            block entry:
                %zero: u.i64 = constant 0
                %m: u.mask = lt %zero, %n
                %a: v.f32 = load x[%n]
                %b: v.f32 = load x[%n]
                %sum: v.f32 = add %a, %b
                %two: v.f32 = constant 2
                {entry}
                branch %m, then, join
            block then:
                {then}
                jump join
            block join:
                {join}
                store y[%n], %end
                return
            }}"
        ))
    };
    let mut module = kernel([
        "%sum2: v.f32 = add %b, %a\n%d: v.f32 = sub %b, %a\n%e: v.f32 = sub %a, %b",
        "%two2: v.f32 = constant 2\n%f: v.f32 = mul %sum2, %two2\nstore y[%n], %f",
        "%f2: v.f32 = mul %sum, %two\n%d2: v.f32 = sub %b, %a\n%g: v.f32 = add %f2, %d2
         %end: v.f32 = add %g, %e",
    ]);
    let expected = kernel([
        "%d: v.f32 = sub %b, %a\n%e: v.f32 = sub %a, %b",
        "%f: v.f32 = mul %sum, %two\nstore y[%n], %f",
        "%f2: v.f32 = mul %sum, %two\n%g: v.f32 = add %f2, %d\n%end: v.f32 = add %g, %e",
    ]);
    passes::share(&mut module, &mut Workspace::default());
    verify(&module).unwrap_or_else(|findings| panic!("{findings}\n{module}"));
    assert_eq!(module.to_string(), expected.to_string());
}

/// Whether negations in `lines` come to be as `expected` says, where `%r` is what is needed.
#[track_caller]
fn check_signs(lines: &str, expected: &str) {
    let kernel = |lines: &str| {
        read(&format!(
            "kernel k width 4 {{
                buffer x: f32 read
                buffer y: f32 write
                param n: u.i64
            block entry:
                %two: v.f32 = constant 2
                %less: v.f32 = constant -2
                %a: v.f32 = load x[%n]
                %b: v.f32 = load x[%n]
                %c: v.f32 = load x[%n]
                %m: v.mask = lt %a, %b
                %yes: u.mask = any %m
                {lines}
                store y[%n], %r
                return
            }}"
        ))
    };
    let mut module = kernel(lines);
    passes::absorb_negations(&mut module, &mut Workspace::default());
    verify(&module).unwrap_or_else(|findings| panic!("{findings}\n{module}"));
    passes::remove_dead(&mut module, &mut Workspace::default());
    let mut expected = kernel(expected);
    passes::remove_dead(&mut expected, &mut Workspace::default());
    assert_eq!(module.to_string(), expected.to_string(), "{lines}");
}

/// The same where the negatives of a and b are at hand.
#[track_caller]
fn check_absorbed(line: &str, expected: &str) {
    let negations = "%na: v.f32 = neg %a\n%nb: v.f32 = neg %b\n";
    check_signs(&(negations.to_owned() + line), expected);
}

#[test]
fn sums_absorb_negations() {
    check_absorbed("%r: v.f32 = add %c, %na", "%r: v.f32 = sub %c, %a");
    check_absorbed("%r: v.f32 = add %na, %c", "%r: v.f32 = sub %c, %a");
    check_absorbed("%r: v.f32 = sub %c, %na", "%r: v.f32 = add %c, %a");
    check_absorbed("%r: v.f32 = sub %na, %nb", "%r: v.f32 = sub %b, %a");
    check_absorbed("%r: v.f32 = sub %na, %two", "%r: v.f32 = sub %less, %a");
    check_absorbed("%r: v.f32 = sub %two, %na", "%r: v.f32 = add %two, %a");
    check_absorbed(
        "%r: v.f32 = add %na, %nb",
        "%na: v.f32 = neg %a\n%r: v.f32 = sub %na, %b",
    );
}

/// -(a - b) is -0 where b - a is 0, and so it is for the others.
#[test]
fn sums_have_no_sign() {
    for lines in [
        "%d: v.f32 = sub %a, %b\n%r: v.f32 = neg %d",
        "%na: v.f32 = neg %a\n%r: v.f32 = sub %na, %b",
        "%d: v.f32 = add %a, %b\n%r: v.f32 = neg %d",
        "%d: v.f32 = fma %a, %two, %b\n%r: v.f32 = neg %d",
        "%na: v.f32 = neg %a\n%r: v.f32 = sqrt %na",
        "%na: v.f32 = neg %a\n%r: v.f32 = copysign %b, %na",
        "%na: v.f32 = neg %a\n%r: v.f32 = max %na, %b",
        "%na: v.f32 = neg %a\n%r: v.f32 = select %m, %na, %a",
    ] {
        check_signs(lines, lines);
    }
}

#[test]
fn negations_and_constants_absorb_negations() {
    check_absorbed(
        "%p: v.f32 = neg %na\n%r: v.f32 = max %p, %b",
        "%r: v.f32 = max %a, %b",
    );
    check_absorbed("%r: v.f32 = mul %na, %nb", "%r: v.f32 = mul %a, %b");
    check_absorbed("%r: v.f32 = mul %na, %na", "%r: v.f32 = mul %a, %a");
    check_absorbed("%r: v.f32 = div %na, %nb", "%r: v.f32 = div %a, %b");
    check_absorbed("%r: v.f32 = mul %na, %two", "%r: v.f32 = mul %a, %less");
    check_absorbed("%r: v.f32 = mul %less, %na", "%r: v.f32 = mul %two, %a");
    check_absorbed("%r: v.f32 = div %na, %two", "%r: v.f32 = div %a, %less");
    check_absorbed("%r: v.f32 = div %two, %na", "%r: v.f32 = div %less, %a");
    check_absorbed(
        "%k: v.f32 = constant 3\n%r: v.f32 = mul %na, %k",
        "%k: v.f32 = constant -3\n%r: v.f32 = mul %a, %k",
    );
    check_absorbed(
        "%r: v.f32 = fma %na, %two, %c",
        "%r: v.f32 = fma %a, %less, %c",
    );
    check_absorbed("%r: v.f32 = fma %na, %nb, %c", "%r: v.f32 = fma %a, %b, %c");
    check_absorbed("%r: v.f32 = abs %na", "%r: v.f32 = abs %a");
    check_absorbed(
        "%r: v.f32 = copysign %na, %c",
        "%r: v.f32 = copysign %a, %c",
    );
}

#[test]
fn comparisons_absorb_negations() {
    for op in ["eq", "lt", "le"] {
        let select = |a: &str, b: &str| {
            format!("%t: v.mask = {op} {a}, {b}\n%r: v.f32 = select %t, %two, %c")
        };
        check_absorbed(&select("%na", "%nb"), &select("%b", "%a"));
        check_absorbed(&select("%na", "%two"), &select("%less", "%a"));
        check_absorbed(&select("%two", "%na"), &select("%a", "%less"));
        let stays = format!("%na: v.f32 = neg %a\n{}", select("%na", "%b"));
        check_signs(&stays, &stays);
    }
}

/// To what takes them.
#[test]
fn signs_wander() {
    for (line, turned) in [
        ("mul %na, %b", "mul %a, %b"),
        ("mul %b, %na", "mul %b, %a"),
        ("div %na, %b", "div %a, %b"),
        ("div %b, %na", "div %b, %a"),
        ("select %m, %na, %nb", "select %m, %a, %b"),
        ("select %m, %na, %two", "select %m, %a, %less"),
        ("min %na, %nb", "max %a, %b"),
        ("max %two, %na", "min %less, %a"),
        ("rint %na", "rint %a"),
        ("trunc %na", "trunc %a"),
        ("floor %na", "ceil %a"),
        ("ceil %na", "floor %a"),
    ] {
        check_absorbed(
            &format!("%p: v.f32 = {line}\n%r: v.f32 = sub %c, %p"),
            &format!("%p: v.f32 = {turned}\n%r: v.f32 = add %c, %p"),
        );
    }
    check_absorbed(
        "%p: v.f32 = mul %na, %c\n%q: v.f32 = div %p, %b\n%r: v.f32 = mul %q, %two",
        "%p: v.f32 = mul %a, %c\n%q: v.f32 = div %p, %b\n%r: v.f32 = mul %q, %less",
    );
    check_signs(
        "%u: u.f32 = convert %n\n%nu: u.f32 = neg %u\n%v: v.f32 = splat %nu
         %r: v.f32 = add %c, %v",
        "%u: u.f32 = convert %n\n%v: v.f32 = splat %u\n%r: v.f32 = sub %c, %v",
    );
}

/// From a constant that can give them.
#[test]
fn products_are_turned_for_negations_behind_them() {
    check_signs(
        "%p: v.f32 = mul %a, %two\n%q: v.f32 = mul %p, %b\n%nq: v.f32 = neg %q
         %r: v.f32 = sqrt %nq",
        "%p: v.f32 = mul %a, %less\n%q: v.f32 = mul %p, %b\n%r: v.f32 = sqrt %q",
    );
    check_signs(
        "%p: v.f32 = select %m, %two, %less\n%np: v.f32 = neg %p\n%r: v.f32 = sqrt %np",
        "%r1: v.f32 = select %m, %less, %two\n%r: v.f32 = sqrt %r1",
    );
    // Other uses take the sign for nothing, or it stays.
    let product = "%p: v.f32 = div %two, %a";
    check_signs(
        &format!("{product}\n%np: v.f32 = neg %p\n%q: v.f32 = sqrt %np\n%r: v.f32 = add %p, %q"),
        "%p: v.f32 = div %less, %a\n%q: v.f32 = sqrt %p\n%r: v.f32 = sub %q, %p",
    );
    let stays =
        format!("{product}\n%np: v.f32 = neg %p\n%q: v.f32 = sqrt %np\n%r: v.f32 = max %p, %q");
    check_signs(&stays, &stays);
}

#[test]
fn a_negation_does_not_become_several() {
    // Whatever takes one has it anyway.
    check_absorbed(
        "%p: v.f32 = sqrt %na\n%q: v.f32 = mul %na, %b\n%s: v.f32 = mul %na, %c
         %t: v.f32 = max %p, %q\n%r: v.f32 = max %s, %t",
        "%na: v.f32 = neg %a\n%p: v.f32 = sqrt %na\n%q: v.f32 = mul %na, %b
         %s: v.f32 = mul %na, %c\n%t: v.f32 = max %p, %q\n%r: v.f32 = max %s, %t",
    );
    let products = |a: &str| {
        format!(
            "%p: v.f32 = mul {a}, %b\n%q: v.f32 = mul {a}, %c\n%s: v.f32 = fma %b, %c, %p
             %r: v.f32 = fma %b, %s, %q"
        )
    };
    check_absorbed(
        &products("%na"),
        &format!("%na: v.f32 = neg %a\n{}", products("%na")),
    );
    // One that stays is not asked for where the other side is at hand.
    check_absorbed(
        "%p: v.f32 = sqrt %na\n%r: v.f32 = add %p, %na",
        "%na: v.f32 = neg %a\n%p: v.f32 = sqrt %na\n%r: v.f32 = sub %p, %a",
    );
}

/// Where it is part of it in machine code.
#[test]
fn a_negation_goes_to_one_fma() {
    check_absorbed(
        "%p: v.f32 = mul %na, %b\n%r: v.f32 = fma %b, %c, %p",
        "%p: v.f32 = mul %a, %b\n%np: v.f32 = neg %p\n%r: v.f32 = fma %b, %c, %np",
    );
    check_absorbed(
        "%p: v.f32 = mul %na, %b\n%r: v.f32 = fma %c, %p, %b",
        "%p: v.f32 = mul %a, %b\n%np: v.f32 = neg %p\n%r: v.f32 = fma %c, %np, %b",
    );
    check_absorbed(
        "%r: v.f32 = fma %na, %b, %c",
        "%na: v.f32 = neg %a\n%r: v.f32 = fma %na, %b, %c",
    );
}

/// Uses come after what they use wherever they are, and so does what they say of it. What jumps
/// pass stays as it is.
#[test]
fn signs_wander_across_blocks() {
    check_absorbed(
        "%p: v.f32 = mul %na, %c\nbranch %yes, then, join(%b)
     block then:
         %q: v.f32 = mul %p, %two\njump join(%q)
     block join(%s: v.f32):
         %r: v.f32 = sub %s, %p",
        "%p: v.f32 = mul %a, %c\nbranch %yes, then, join(%b)
     block then:
         %q: v.f32 = mul %p, %less\njump join(%q)
     block join(%s: v.f32):
         %r: v.f32 = add %s, %p",
    );
    let around = "%na: v.f32 = neg %a\njump loop(%na)
     block loop(%s: v.f32):
         %ns: v.f32 = neg %s\n%p: v.f32 = mul %ns, %c\nbranch %yes, loop(%p), out
     block out:
         %r: v.f32 = mul %ns, %b";
    check_signs(around, around);
    // A constant is written where it is needed: another block may not have come by.
    let branches = |a: &str, k: i32| {
        format!(
            "branch %yes, then, otherwise
         block then:
             %k1: v.f32 = constant {k}\n%r1: v.f32 = mul {a}, %k1\nstore y[%n], %r1\njump join
         block otherwise:
             %k2: v.f32 = constant {k}\n%r2: v.f32 = div {a}, %k2\nstore y[%n], %r2\njump join
         block join:
             %r: v.f32 = abs {a}"
        )
    };
    check_absorbed(&branches("%na", 3), &branches("%a", -3));
}

/// Integers have none of this.
#[test]
fn only_reals_are_turned() {
    check_signs(
        "%i: v.i32 = raw_bits %a\n%k: v.i32 = constant 3\n%p: v.i32 = mul %i, %k
         %q: v.i32 = min %p, %k\n%s: v.f32 = convert %q\n%ns: v.f32 = neg %s
         %r: v.f32 = sub %b, %ns",
        "%i: v.i32 = raw_bits %a\n%k: v.i32 = constant 3\n%p: v.i32 = mul %i, %k
         %q: v.i32 = min %p, %k\n%s: v.f32 = convert %q\n%r: v.f32 = add %b, %s",
    );
}

/// A kernel of one routine whose lines from the first block on are these, scheduled.
fn scheduled(blocks: &str, registers: usize) -> String {
    let mut module = read(&format!(
        "func slow width any -> v.f32 {{
            param a: v.f32
        block 0:
            return %a
        }}
        kernel k width any {{
            buffer x: f32 readwrite
            param i: u.i64
        block entry:
            {blocks}
            return
        }}"
    ));
    passes::schedule(&mut module, registers, &mut Workspace::default());
    verify(&module).unwrap_or_else(|findings| panic!("{findings}\n{module}"));
    module.to_string()
}

/// The instructions of the kernel by name, block by block.
#[track_caller]
fn check_order(blocks: &str, registers: usize, expected: &str) {
    let text = scheduled(blocks, registers);
    let kernel = text.split("kernel").nth(1).expect("there is one");
    let order = kernel.lines().filter_map(|line| {
        let line = line.trim();
        match line.split_once(" = ") {
            _ if line.starts_with("block") => Some("|"),
            Some((_, instruction)) => instruction.split(' ').next(),
            None => ["store", "branch", "jump"]
                .into_iter()
                .find(|op| line.starts_with(op)),
        }
    });
    let order: Vec<&str> = order.collect();
    assert_eq!(order.join(" "), expected, "{text}");
}

#[test]
fn chains_are_interleaved() {
    check_order(
        "%a: v.f32 = load x[%i]
        %b: v.f32 = sqrt %a
        %c: v.f32 = mul %b, %b
        %d: v.f32 = div %a, %a
        %e: v.f32 = add %c, %d
        store x[%i], %e",
        16,
        "| load sqrt div mul add store",
    );
}

#[test]
fn with_few_registers_a_chain_is_ended_first() {
    let blocks = "%a: v.f32 = load x[%i]
        %b: v.f32 = sqrt %a
        %c: v.f32 = neg %b
        %d: v.f32 = load x[%i]
        %e: v.f32 = sqrt %d
        %f: v.f32 = add %c, %e
        store x[%i], %f";
    check_order(blocks, 16, "| load load sqrt sqrt neg add store");
    check_order(blocks, 1, "| load sqrt neg load sqrt add store");
}

#[test]
fn a_detour_is_a_step() {
    check_order(
        "%a: v.f32 = load x[%i]
        %b: v.f32 = sqrt %a
        %odd: v.mask = lt %b, %a
        %some: u.mask = any %odd
        branch %some, detour, join(%b)
        block detour:
        %s: v.f32 = call slow(%b)
        jump join(%s)
        block join(%c: v.f32):
        %d: v.f32 = div %a, %a
        %e: v.f32 = sqrt %d
        %g: v.f32 = add %e, %c
        store x[%i], %g",
        16,
        "| load sqrt div sqrt lt any branch | call jump | add store",
    );
}

#[test]
fn memory_keeps_its_order_and_constants_stand_with_their_use() {
    check_order(
        "%k: v.f32 = constant 2
        %a: v.f32 = load x[%i]
        %b: v.f32 = sqrt %a
        store x[%i], %b
        %c: v.f32 = load x[%i]
        %d: v.f32 = add %c, %k
        store x[%i], %d",
        16,
        "| load sqrt store load constant add store",
    );
}
