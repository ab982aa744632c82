//! What the verifier finds.

use smalto_kernel::{parse, verify};

/// That this module has these findings, one a line.
fn check(text: &str, expected: &str) {
    let module = parse(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    match verify(&module) {
        Ok(()) => assert_eq!("", expected, "{text}"),
        Err(findings) => assert_eq!(findings.to_string(), expected, "{text}"),
    }
}

/// That a kernel with these lines in its only block has this finding in it.
fn check_lines(lines: &str, expected: &str) {
    check_lines_at("any", lines, expected);
}

fn check_lines_at(width: &str, lines: &str, expected: &str) {
    let text = format!(
        "table t: f32 = [1]
        func f width any -> v.f32 {{
            buffer b: f32 write
            buffer c: f32 readwrite
            param a: v.f32
        block 0:
            return %a
        }}
        func g width 16 {{
        block 0:
            return
        }}
        kernel k width {width} {{
            buffer x: f32 read
            buffer y: f32 write
            buffer z: f32 readwrite
            buffer c: i32 readwrite
            param n: u.i64
        block 0:
            %f: v.f32 = constant 1
            %d: v.f64 = constant 1
            %i: v.i32 = constant 1
            %s: v.i16 = constant 1
            %m: v.mask = constant true
            %u: u.f32 = constant 1
            %t: v.f32x2 = tuple %f, %f
            {lines}
            return
        }}"
    );
    let expected = match expected {
        "" => String::new(),
        expected => format!("kernel k, block 0, {expected}"),
    };
    check(&text, &expected);
}

#[test]
fn operands_have_the_types_of_the_row() {
    check_lines("%r: v.f32 = add %f, %f", "");
    check_lines(
        "%r: v.f32 = add %i, %f",
        "%8 = add: operand 1 is v.i32, wanted v.f32",
    );
    check_lines(
        "%r: v.f32 = add %f, %u",
        "%8 = add: operand 2 is u.f32, wanted v.f32",
    );
    check_lines(
        "%r: v.mask = add %m, %m",
        "%8 = add: operand 1 is v.mask, wanted a number, varying",
    );
    check_lines(
        "%r: v.f32 = rem %f, %f",
        "%8 = rem: operand 1 is v.f32, wanted an integer, varying",
    );
    check_lines(
        "%r: v.f32 = add %t, %f",
        "%8 = add: operand 1 is v.f32x2, wanted v.f32",
    );
    check_lines(
        "%r: u.mask = lt %f, %f",
        "%8 = lt: operand 1 is v.f32, wanted u.f32",
    );
    check_lines(
        "%r: v.f32 = lt %f, %f",
        "%8 = lt: result is v.f32, wanted v.mask",
    );
    check_lines(
        "%r: v.f32 = select %f, %f, %f",
        "%8 = select: operand 1 is v.f32, wanted v.mask",
    );
    check_lines(
        "%r: v.f32 = splat %f",
        "%8 = splat: operand 1 is v.f32, wanted u.f32",
    );
    check_lines(
        "%r: v.f32x2 = constant 1",
        "%8 = constant: result is v.f32x2, wanted v.f32",
    );
    check_lines(
        "%r: v.f32 = load x[%i]",
        "%8 = load: operand 1 is v.i32, wanted u.i64",
    );
    check_lines(
        "%r: v.f64 = load x[%n]",
        "%8 = load: result is v.f64, wanted v.f32",
    );
    check_lines(
        "%r: v.f32 = load x[%n] if %f",
        "%8 = load: operand 2 is v.f32, wanted v.mask",
    );
    check_lines(
        "store y[%n], %d",
        "%8 (store): operand 2 is v.f64, wanted v.f32",
    );
    check_lines(
        "%r: v.f32 = gather x[%s]",
        "%8 = gather: operand 1 is v.i16, wanted i32 or i64, varying",
    );
    check_lines(
        "%r: v.f32 = lookup t[%s]",
        "%8 = lookup: operand 1 is v.i16, wanted i32 or u32, varying",
    );
    check_lines(
        "%r: v.i32 = lookup t[%i]",
        "%8 = lookup: result is v.i32, wanted v.f32",
    );
}

#[test]
fn conversions_go_where_their_name_says() {
    check_lines("%r: v.i64 = convert %f", "");
    check_lines(
        "%r: v.i64 = convert %i",
        "%8 = convert: goes from i32 to i64, wanted two types of which one is a float; `extend` and `wrap` change integers",
    );
    check_lines(
        "%r: v.f32 = convert %f",
        "%8 = convert: goes from f32 to f32, wanted two types of which one is a float; `extend` and `wrap` change integers",
    );
    check_lines(
        "%r: v.i16 = extend %i",
        "%8 = extend: goes from i32 to i16, wanted a wider integer",
    );
    check_lines(
        "%r: v.i64 = wrap %i",
        "%8 = wrap: goes from i32 to i64, wanted a narrower integer",
    );
    check_lines(
        "%r: v.i64 = bits %f",
        "%8 = bits: goes from f32 to i64, wanted an integer of the same width",
    );
    check_lines(
        "%r: v.f64 = bitcast %i",
        "%8 = bitcast: goes from i32 to f64, wanted another type of the same width",
    );
    check_lines(
        "%r: v.i32 = bitcast %f",
        "%8 = bitcast: operand 1 is v.f32, wanted an integer, varying",
    );
}

#[test]
fn tuples_are_of_one_type() {
    check_lines(
        "%r: v.f32x2 = tuple %f, %d",
        "%8 = tuple: operand 2 is v.f64, wanted v.f32",
    );
    check_lines(
        "%r: v.f32x3 = tuple %f, %f",
        "%8 = tuple: result is v.f32x3, wanted v.f32x2",
    );
    check_lines(
        "%r: v.f32 = tuple %f",
        "%8 = tuple: has 1 operands, wanted 2 to 8",
    );
    check_lines(
        "%r: v.f32x8 = tuple %f, %f, %f, %f, %f, %f, %f, %f, %f",
        "%8 = tuple: has 9 operands, wanted 2 to 8",
    );
    check_lines(
        "%r: v.f32x4 = tuple %t, %t",
        "%8 = tuple: operand 1 is v.f32x2, wanted a single value",
    );
    check_lines(
        "%r: v.f32 = extract %f, 0",
        "%8 = extract: operand 1 is v.f32, wanted a tuple",
    );
    check_lines(
        "%r: v.f32 = extract %t, 2",
        "%8 = extract: there is no component 2 of v.f32x2",
    );
    check_lines(
        "%r: u.f32 = extract %t, 1",
        "%8 = extract: result is u.f32, wanted v.f32",
    );
}

#[test]
fn buffers_are_used_as_declared() {
    check_lines(
        "%r: v.f32 = load y[%n]",
        "%8 = load: reads buffer y, which is declared write",
    );
    check_lines(
        "store x[%n], %f",
        "%8 (store): writes buffer x, which is declared read",
    );
    check_lines(
        "%r: v.f32 = atomic_add z[%i], %f",
        "%8 = atomic_add: buffer z is of f32, wanted i32, u32, i64 or u64",
    );
    check(
        "kernel k width any {\nbuffer b: mask read\nblock 0:\nreturn\n}",
        "kernel k: buffer b holds masks, which have no form in memory",
    );
}

#[test]
fn calls_fit_their_function() {
    check_lines("%r: v.f32 = call f(y, z, %f)", "");
    check_lines(
        "%r: v.f32 = call f(y, z, %d)",
        "%8 = call: a of f is v.f32, found v.f64",
    );
    check_lines(
        "%r: v.f32 = call f(y, z)",
        "%8 = call: 0 arguments for the 1 parameters of f",
    );
    check_lines(
        "%r: v.f32 = call f(y, %f)",
        "%8 = call: 1 buffers for the 2 of f",
    );
    check_lines(
        "%r: v.f32 = call f(x, z, %f)",
        "%8 = call: buffer x is read, but b of f is write",
    );
    check_lines(
        "%r: v.f32 = call f(y, c, %f)",
        "%8 = call: buffer c is of i32, but c of f is of f32",
    );
    check_lines(
        "%r: v.f32 = call f(z, z, %f)",
        "%8 = call: buffer z is passed twice to f, which writes it",
    );
    check_lines(
        "call f(y, z, %f)",
        "%8 (call): result is nothing, but f returns v.f32",
    );
    check_lines(
        "%r: v.f64 = call f(y, z, %f)",
        "%8 = call: result is v.f64, but f returns v.f32",
    );
    check_lines("call k()", "%8 (call): k is a kernel, wanted a function");
    check_lines(
        "call g()",
        "%8 (call): g is of width 16, but the caller of any",
    );
    check_lines_at("16", "call g()", "");
}

#[test]
fn lanes_are_told_apart_only_at_a_declared_width() {
    for line in [
        "%r: u.u64 = mask_bits %m",
        "%r: v.f32 = shuffle %f, %i",
        "%r: u.f32 = reduce_add %f",
        "%r: v.f32 = scan_max %f",
    ] {
        let op = line.split(' ').nth(3).unwrap();
        let expected = format!("%8 = {op}: tells lanes apart, which needs a declared width");
        check_lines(line, &expected);
        check_lines_at("8", line, "");
    }
    check_lines("%r: v.i32 = lane_index", "");
    check_lines("%r: u.mask = any %m", "");
}

/// That a kernel with these blocks after an entry that goes on to block a has this
/// finding.
fn check_blocks(blocks: &str, expected: &str) {
    let text = format!(
        "kernel k width any {{
            param n: u.i64
        block entry:
            %c: u.mask = lt %n, %n
            %v: v.mask = splat %c
            jump a
        {blocks}
        }}"
    );
    check(&text, expected);
}

#[test]
fn conditions_are_uniform() {
    check_blocks(
        "block a:\nbranch %v, b, b\nblock b:\nreturn",
        "kernel k, block 1: condition is v.mask, wanted u.mask",
    );
}

#[test]
fn jumps_pass_what_the_parameters_are() {
    check_blocks(
        "block a:\njump b(%n, %n)\nblock b(%p: u.i64):\nreturn",
        "kernel k, block 1: jump to block 2: 2 arguments for 1 parameters",
    );
    check_blocks(
        "block a:\njump b(%c)\nblock b(%p: u.i64):\nreturn",
        "kernel k, block 1: jump to block 2: argument 1 is u.mask, wanted u.i64",
    );
    check_blocks(
        "block a:\nbranch %c, entry, b\nblock b:\nreturn",
        "kernel k, block 0: is jumped to, but it is the entry",
    );
}

#[test]
fn values_are_given_on_every_way_to_their_use() {
    check_blocks(
        "block a:\nbranch %c, b, d
        block b:\n%x: u.i64 = add %n, %n\njump d
        block d:\n%y: u.i64 = add %n, %x\nreturn",
        "kernel k, block 3, %4 = add: operand 2, %3, is given in block 2, \
         which is not on every way here",
    );
}

#[test]
fn every_block_can_be_reached() {
    check_blocks(
        "block a:\nreturn\nblock b:\njump d\nblock d:\nreturn",
        "kernel k, block 2: cannot be reached\nkernel k, block 3: cannot be reached",
    );
}

#[test]
fn a_block_comes_after_those_that_dominate_it() {
    check_blocks(
        "block a:\njump e\nblock b:\nbranch %c, b, d\nblock d:\nreturn\nblock e:\njump b",
        "kernel k, block 2: comes before block 4, which is on every way to it",
    );
}

#[test]
fn irreducible_control_flow_is_named_by_its_jump_back() {
    check_blocks(
        "block a:\nbranch %c, b, d\nblock b:\njump d\nblock d:\nbranch %c, b, e\nblock e:\nreturn",
        "kernel k: irreducible control flow: the jump back from block 3 enters a loop at block 2, \
         which can also be entered elsewhere",
    );
}

#[test]
fn loops_and_calls_nest_within_limits() {
    let nest = |depth: usize| {
        let mut text =
            String::from("kernel k width any {\nblock e:\n%c: u.mask = constant true\njump h0\n");
        for d in 0..depth {
            text += &format!("block h{d}:\nbranch %c, h{}, x{d}\n", d + 1);
        }
        text += &format!("block h{depth}:\njump l{depth}\nblock l{depth}:\n");
        for d in (0..depth).rev() {
            text += &format!("jump h{d}\nblock x{d}:\n");
        }
        text + "return\n}"
    };
    check(&nest(64), "");
    check(
        &nest(65),
        "kernel k, block 65: loops nest 65 deep, at most 64 are allowed",
    );

    check(
        &nest(20_000),
        "kernel k, block 20000: loops nest 20000 deep, at most 64 are allowed",
    );

    let chain = |depth: usize| {
        let functions = (1..depth).map(|d| {
            format!(
                "func f{d} width any {{\nblock 0:\ncall f{}()\nreturn\n}}\n",
                d + 1
            )
        });
        let last = format!("func f{depth} width any {{\nblock 0:\nreturn\n}}\n");
        functions.collect::<String>() + &last
    };
    check(&chain(64), "");
    check(
        &chain(65),
        "func f1: calls nest 65 deep, at most 64 are allowed",
    );
    check(
        &chain(100_000),
        "func f1: calls nest 100000 deep, at most 64 are allowed",
    );
}

#[test]
fn functions_do_not_call_themselves() {
    check(
        "func f width any {\nblock 0:\ncall g()\nreturn\n}\nfunc g width any {\nblock 0:\ncall f()\nreturn\n}",
        "func f: calls lead back to it: a function must not call itself",
    );
}

#[test]
fn heads_make_sense() {
    check(
        "kernel k width any -> v.f32 {\nbuffer x: f32 read\nparam x: u.i64\nparam y: v.f32\nparam z: u.mask\nblock 0:\nreturn %y\n}",
        "kernel k: the name x is used twice\n\
         kernel k: a kernel returns nothing, not v.f32\n\
         kernel k: parameter y is v.f32, wanted a uniform number\n\
         kernel k: parameter z is u.mask, wanted a uniform number",
    );
    check("table t: f32 = []", "table t has no elements");
    check(
        "table t: mask = [true]",
        "table t holds masks, which have no form in memory",
    );
    check(
        "kernel k width any {\nparam y: u.i64\nblock 0:\nreturn %y\n}",
        "kernel k, block 0: returns u.i64, but a kernel returns nothing",
    );
    check(
        "func f width any -> u.i64 {\nblock 0:\nreturn\n}",
        "func f, block 0: returns nothing, wanted u.i64",
    );
    check(
        "func f width any {\nparam y: u.i64\nblock 0:\nreturn %y\n}",
        "func f, block 0: returns u.i64, but the function declares no result",
    );
}

#[test]
fn long_lists_are_cut() {
    let mut text = String::from("kernel k width any {\nblock 0:\n%a: v.f32 = constant 1\n");
    for index in 0..30 {
        text += &format!("%b{index}: v.f64 = neg %a\n");
    }
    let findings = verify(&parse(&(text + "return\n}")).unwrap()).unwrap_err();
    assert_eq!(findings.list().len(), 20);
    assert_eq!(
        findings.to_string().lines().last(),
        Some("nothing was checked any more")
    );
}

#[test]
fn what_a_builder_gets_wrong_is_found() {
    use smalto_kernel::{Builder, Lane, Module, RoutineId, TableId, Width};
    let findings = |build: &dyn Fn(&mut Builder)| {
        let mut b = Builder::kernel("no name", Width::Lanes(3));
        build(&mut b);
        b.return_nothing();
        let mut module = Module::new();
        module.add(b.finish());
        verify(&module).unwrap_err().to_string()
    };
    let head = "\"no name\" is no name: a name is letters, digits, `_` and `.`\n\
                kernel no name: width 3 is not 1, 2, 4, 8, 16, 32 or 64";
    assert_eq!(findings(&|_| ()), head);
    let calls_nothing = findings(&|b| {
        b.call(RoutineId::new(7), None, &[], &[]);
    });
    assert!(
        calls_nothing.contains("there is no routine 7"),
        "{calls_nothing}"
    );
    let tables = findings(&|b| {
        let index = b.varying(0i32);
        b.lookup(TableId::new(3), Lane::F32, index);
    });
    assert!(
        tables.contains("%1 = lookup: there is no table 3"),
        "{tables}"
    );
    let unwritten = findings(&|b| {
        let a = b.varying(1f32);
        b.neg(a);
        let later = b.varying(2f32);
        b.call(RoutineId::new(0), None, &[], &[later]);
    });
    assert!(
        unwritten.contains("no name is a kernel, wanted a function"),
        "{unwritten}"
    );
}
