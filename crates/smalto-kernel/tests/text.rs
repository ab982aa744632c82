//! The text form, as a user meets it.

use proptest::prelude::*;
use smalto_kernel::analysis::{Flow, Liveness};
use smalto_kernel::interpret::Interpreter;
use smalto_kernel::passes::{self, Workspace};
use smalto_kernel::testing::{Case, Menu};
use smalto_kernel::{Module, parse, verify};

/// That a kernel with these lines as its body reads, and prints as `expected`.
fn check(text: &str, expected: &str) {
    let module = parse(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert_eq!(module.to_string(), expected);
    assert_eq!(parse(expected).unwrap(), module);
}

fn check_error(text: &str, expected: &str) {
    let error = parse(text).expect_err(text);
    assert_eq!(error.to_string(), expected, "{text}");
}

/// That a kernel whose first block has this line is refused, at that line.
fn check_line(line: &str, expected: &str) {
    let text = format!(
        "table t: i32 = [1]\n\
         kernel k width any {{\nbuffer x: f32 read\nparam n: u.i64\nblock 0:\n\
         %a: v.f32 = constant 1\n{line}\nreturn\n}}\n"
    );
    let error = parse(&text).expect_err(line);
    assert_eq!(error.line, 7, "{error}");
    assert_eq!(format!("{}: {}", error.column, error.message), expected);
}

#[test]
fn names_become_numbers() {
    check(
        "
        # A loop that counts to n.
        kernel count width 4 {
            param n: u.i64          # how far
        block entry:
            %zero: u.i64 = constant 0
            %one: u.i64 = constant 0x1
            jump header(%zero)
        block header(%i: u.i64):
            %more: u.mask = lt %i, %n
            branch %more, body, exit
        block body:
            %next: u.i64 = add %i, %one
            jump header(%next)
        block exit:
            return
        }",
        "\
kernel count width 4 {
    param n: u.i64
block 0:
    %1: u.i64 = constant 0
    %2: u.i64 = constant 1
    jump 1(%1)
block 1(%3: u.i64):
    %4: u.mask = lt %3, %n
    branch %4, 2, 3
block 2:
    %5: u.i64 = add %3, %2
    jump 1(%5)
block 3:
    return
}
",
    );
}

#[test]
fn every_kind_of_line() {
    let text = "\
table reals: f64 = [-0, 0.1, inf, nan]
table bits: u16 = [65535]

kernel all width 8 {
    buffer x: f32 read
    buffer y: u32 readwrite
    param n: u.i64
block 0:
    %1: v.f32 = load x[%n]
    %2: u.f32 = load_uniform x[%n]
    %3: v.i32 = lane_index
    %4: v.mask = first_lanes %n
    %5: v.f32 = gather x[%3] if %4
    %6: v.u32 = bits %5
    store y[%n], %6
    store y[%n], %6 if %4
    scatter y[%3], %6
    %10: v.u32 = atomic_add y[%3], %6 if %4
    %11: u.i64 = length y
    %12: v.f64 = lookup reals[%3]
    %13: v.u32x2 = tuple %6, %10
    %14: v.u32 = extract %13, 1
    call nothing()
    %16: v.f32 = call work(x, y, %5, %4)
    %17: u.u32 = constant 4294967295
    store_uniform y[%n], %17
    %19: v.f32 = fma %1, %5, %16
    return
}

func work width any -> v.f32 {
    buffer a: f32 read
    buffer b: u32 write
    param v: v.f32
    param m: v.mask
block 0:
    return %v
}

func nothing width any {
block 0:
    return
}
";
    check(text, text);
    verify(&parse(text).unwrap()).unwrap();
}

#[test]
fn an_empty_text_is_an_empty_module() {
    check("", "");
    check("# only a comment", "");
}

#[test]
fn modules_are_tables_and_routines() {
    check_error(
        "block",
        "line 1, column 1: found `block`, expected `table`, `kernel` or `func`",
    );
    check_error(
        "\n\n  kernel 3",
        "line 3, column 10: found `3`, expected the name of a kernel",
    );
    check_error(
        "kernel k {",
        "line 1, column 10: found `{`, expected `width`",
    );
    check_error(
        "kernel k width 5 {",
        "line 1, column 16: found `5`, expected a width: `any`, 1, 2, 4, 8, 16, 32 or 64",
    );
    check_error(
        "kernel k width any {\n}",
        "line 1, column 8: `k` has no block",
    );
    check_error(
        "kernel k width any {\nblock 0:\nreturn\n}\nfunc k width any {",
        "line 5, column 6: there is a routine `k` already",
    );
    check_error(
        "kernel k width any {\nblock 0:\n%1: v.f32 = call f(\n)",
        "line 3, column 20: found the end of the line, expected a value, as in `%1`",
    );
    check_error(
        "table t: i16 = [1, 40000]",
        "line 1, column 20: found `40000`: an integer from -32768 to 32767 belongs here",
    );
    check_error(
        "kernel k width any {\nblock 0(%a: v.f32):\nreturn\n}",
        "line 2, column 8: the first block has the parameters of the routine: \
         write them as `param` lines",
    );
    check_error(
        "kernel k width any {\nblock 0:\njump 1\nblock 2:\nreturn\n}",
        "line 3, column 6: there is no block `1`",
    );
    check_error(
        "kernel k width any {\nblock 0:\ncall f()\nreturn\n}",
        "line 3, column 6: there is no function `f`",
    );
    check_error(
        "kernel k width any {\nblock 0:\nreturn\nblock 0:\n",
        "line 4, column 7: there is a block `0` already",
    );
    check_error(
        "kernel k width any {\nblock 0:\n%a: v.f32 = constant 1",
        "line 3, column 23: found the end of the text, expected an instruction, `jump`, \
         `branch` or `return`",
    );
}

#[test]
fn lines_are_explained() {
    check_line(
        "%b: v.f32 = addd %a, %a",
        "13: found `addd`, expected an instruction",
    );
    check_line(
        "%b: v.f33 = add %a, %a",
        "5: found `v.f33`, expected a type, as in `v.f32` or `u.i64x2`",
    );
    check_line(
        "%b: v.f32 = add %a",
        "19: found the end of the line, expected `,`",
    );
    check_line(
        "%b: v.f32 = add %a, %c",
        "21: `%c` is not known: a value is given before it is used",
    );
    check_line(
        "%b: v.f32 = add %a, %a, %a",
        "23: found `,`, expected the end of the line",
    );
    check_line("%a: v.f32 = neg %a", "1: `%a` is given twice");
    check_line("%n: v.f32 = neg %a", "1: `%n` is given twice");
    check_line(
        "add %a, %a",
        "1: add gives a value: write `%name: type = add ..`",
    );
    check_line("%b: v.f32 = store x[%n], %a", "13: store gives no value");
    check_line("%b: v.f32 = load z[%n]", "18: there is no buffer `z`");
    check_line("%b: v.f32 = lookup x[%n]", "20: there is no table `x`");
    check_line("%b: v.f32 = load x(%n)", "19: found `(`, expected `[`");
    check_line(
        "%b: v.f32 = load_uniform x[%n] if %a",
        "32: found `if`, expected the end of the line",
    );
    check_line(
        "%b: v.f32 = constant 1e39",
        "22: found `1e39`: a finite number within the range of f32 belongs here, or `inf`, `-inf` or `nan`",
    );
    check_line(
        "%b: v.f32 = constant %a",
        "22: found `%a`, expected a value of type f32",
    );
    check_line(
        "%b: v.f32 = extract %a, 8",
        "25: found `8`, expected a component: 0 to 7",
    );
    check_line(
        "%b: v.f32 = parameter",
        "13: the parameters of a block are written after its name",
    );
    check_line("% : v.f32 = neg %a", "1: found `%`, expected a value");
    check_line(
        "jump ",
        "6: found the end of the line, expected the number or name of a block",
    );
    check_line(
        "branch %a, 0",
        "13: found the end of the line, expected `,`",
    );
    check_line("store x[%n] %a", "13: found `%a`, expected `,`");
    check_line(
        "%b: v.f32 = call f(%a, x)",
        "24: found `x`, expected a value, as in `%1`",
    );
    check_line(
        "€",
        "1: found `€`, expected an instruction, `jump`, `branch` or `return`",
    );
    let long = "x".repeat(1000);
    let shown = "x".repeat(40);
    check_line(
        &long,
        &format!("1: found `{shown}..`, expected an instruction"),
    );
}

/// Everything that can be done with a text from a stranger. A run that reports nothing
/// gives the same after the passes.
fn swallow(text: &str, case: &Case) {
    let Ok(module) = parse(text) else { return };
    assert_eq!(parse(&module.to_string()).as_ref(), Ok(&module));
    if verify(&module).is_err() {
        return;
    }
    for routine in module.routines() {
        Liveness::new(routine, &Flow::new(routine).unwrap());
    }
    let run = |module: &Module, fuel| {
        let mut buffers = case.buffers.clone();
        let interpreter = Interpreter::new(module).unwrap().fuel(fuel);
        let result = interpreter.run(Case::KERNEL, &mut buffers, &case.arguments);
        result.map(|()| buffers)
    };
    let before = run(&module, 10_000);
    let mut better = module.clone();
    let mut workspace = Workspace::default();
    passes::hoist(&mut better, &mut workspace);
    passes::remove_dead(&mut better, &mut workspace);
    verify(&better).unwrap();
    if before.is_ok() {
        assert_eq!(run(&better, 1_000_000), before, "{module}\n{better}");
    }
}

#[derive(Debug, Clone)]
enum Edit {
    Remove(usize, usize),
    Insert(usize, &'static str),
    Copy(usize, usize, usize),
    SwapLines(usize, usize),
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let pieces = vec![
        "%",
        "0",
        "1",
        "7",
        "v.f32",
        "u.i64",
        "u.mask",
        ":",
        "=",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        "\n",
        "jump 1",
        "branch %1, 0, 2",
        "return",
        "block 9:\n",
        "\u{feff}",
        "ß",
        "-",
        "#",
        "call bump()",
        "add",
        "x2",
        "if %3",
    ];
    let edit = prop_oneof![
        (any::<usize>(), 0usize..40).prop_map(|(at, length)| Edit::Remove(at, length)),
        (any::<usize>(), prop::sample::select(pieces))
            .prop_map(|(at, text)| Edit::Insert(at, text)),
        (any::<usize>(), any::<usize>(), 0usize..40).prop_map(|(a, b, n)| Edit::Copy(a, b, n)),
        (any::<usize>(), any::<usize>()).prop_map(|(a, b)| Edit::SwapLines(a, b)),
    ];
    prop::collection::vec(edit, 1..6)
}

fn edited(text: &str, edits: &[Edit]) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for edit in edits {
        let len = chars.len().max(1);
        match *edit {
            Edit::Remove(at, length) => {
                let at = at % len;
                chars.drain(at.min(chars.len())..(at + length).min(chars.len()));
            }
            Edit::Insert(at, piece) => {
                let at = (at % len).min(chars.len());
                chars.splice(at..at, piece.chars());
            }
            Edit::Copy(from, to, length) => {
                let from = (from % len).min(chars.len());
                let piece = chars[from..(from + length).min(chars.len())].to_vec();
                let to = (to % len).min(chars.len());
                chars.splice(to..to, piece);
            }
            Edit::SwapLines(a, b) => {
                let text: String = chars.iter().collect();
                let mut lines: Vec<&str> = text.split('\n').collect();
                let count = lines.len();
                lines.swap(a % count, b % count);
                chars = lines.join("\n").chars().collect();
            }
        }
    }
    chars.into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        cases: 512,
        ..Default::default()
    })]

    #[test]
    fn nonsense_is_refused_without_a_panic(
        choices in prop::collection::vec(any::<u32>(), 0..150),
        edits in edits(),
    ) {
        let case = Case::random(&Menu::of_width(4), &choices);
        swallow(&edited(&case.module.to_string(), &edits), &case);
    }

    #[test]
    fn any_text_is_refused_without_a_panic(text in ".{0,200}") {
        swallow(&text, &Case::random(&Menu::default(), &[]));
    }
}
