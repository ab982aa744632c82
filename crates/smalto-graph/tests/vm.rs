//! The `.vm` format, as a user meets it.

mod common;

use common::{Menu, graphs};
use proptest::prelude::*;
use smalto_graph::{Graph, Op, Type, formula, vm};
use std::path::PathBuf;

/// That `text` is the graph of `formula`.
fn check(text: &str, formula: &str) {
    let graph = vm::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    assert_eq!(graph, formula::parse(formula).unwrap(), "{text}");
}

fn check_error(text: impl AsRef<[u8]>, expected: &str) {
    match vm::parse(&text) {
        Ok(_) => panic!("{:?} was read", String::from_utf8_lossy(text.as_ref())),
        Err(error) => assert_eq!(error.to_string(), expected),
    }
}

#[test]
fn the_last_line_is_the_output() {
    check("_0 var-x\n_1 const 2.5\n_2 mul _0 _1", "x * 2.5");
    check("a const 1\n", "1");
    check("a var-x\nb neg a\nc abs a", "abs(x)");
}

#[test]
fn every_op_of_the_format_is_read() {
    let unary = "abs neg sqrt square floor ceil round sin cos tan asin acos atan exp ln not recip";
    for op in unary.split(' ') {
        check(&format!("a var-x\nb {op} a"), &format!("{op}(x)"));
    }
    let binary = "add sub mul div min max mod atan2 compare and or";
    for op in binary.split(' ') {
        check(
            &format!("a var-x\nb const 3\nc {op} a b"),
            &format!("{op}(x, 3)"),
        );
    }
}

#[test]
fn blanks_comments_and_line_ends_do_not_matter() {
    check(
        "\u{feff}# a comment\r\n\r\n  a\tvar-x  \r\n# another\n\nb neg a # the end\n\n",
        "-x",
    );
}

#[test]
fn names_are_any_tokens() {
    check(
        "0x6000 var-x\n-1 neg 0x6000\nconst abs -1\nadd sqrt const",
        "sqrt(abs(-x))",
    );
    check("größe var-x\nein-sehr-langer-name neg größe", "-x");
}

#[test]
fn inputs_are_those_used_in_the_order_x_y_z() {
    check("c var-z\na var-x\nd sub c a", "input x, z; z - x");
    check(
        "a var-x\nb var-z\na2 var-x\nc add a a2",
        "input x, z; x + x",
    );
}

#[test]
fn constants_are_rounded_to_f64() {
    for number in [
        "1e-3", "-0.5", "+2", ".5", "5.", "inf", "-inf", "NaN", "1e-400",
    ] {
        let graph = vm::parse(format!("a const {number}")).unwrap();
        let value = graph.value(graph.outputs()[0].node).unwrap();
        assert_eq!(value, number.parse::<f64>().unwrap().into());
    }
}

#[test]
fn errors_name_the_line_and_the_token() {
    check_error(
        "a var-x\n\nb sine a",
        "line 3: `sine` is no op; did you mean `sin`?",
    );
    check_error("a var-w", "line 1: `var-w` is no op; did you mean `var-x`?");
    check_error("a perlin", "line 1: `perlin` is no op");
    check_error("a var-x\nb", "line 2: `b` is not followed by an op");
    check_error(
        "a var-x\nb add a",
        "line 2: `add` takes 2 operands, but there is 1",
    );
    check_error(
        "a var-x\nb neg",
        "line 2: `neg` takes 1 operand, but there are 0",
    );
    check_error(
        "a const",
        "line 1: `const` takes 1 operand, but there are 0",
    );
    check_error(
        "a var-x\nb neg a a",
        "line 2: `neg` takes 1 operand, so `a` does not belong here",
    );
    check_error(
        "a var-x y",
        "line 1: `var-x` takes no operands, so `y` does not belong here",
    );
    check_error(
        "_0 var-x\n_1 add _0 _3",
        "line 2: `_3` is used before it is defined (a .vm file is in dependency order, so it \
         may be truncated or cyclic)",
    );
    check_error(
        "a neg a",
        "line 1: `a` is used before it is defined (a .vm file is in dependency order, so it \
         may be truncated or cyclic)",
    );
    check_error(
        "a var-x\nb neg a\n\na abs b",
        "line 4: `a` is already defined on line 1",
    );
    check_error("a const 1.2.3", "line 1: `1.2.3` is no number");
    check_error(
        "a const -1e400",
        "line 1: `-1e400` is too large for a real; write `inf` for infinity",
    );
    check_error(b"a var-x\nb neg \xff", "line 2: this is not UTF-8 text");
    let empty = "the file defines nothing; a line is `name op operands`, such as `_0 var-x`";
    check_error("", empty);
    check_error("# nothing\n\n", empty);
    check_error(
        format!("a {}", "o".repeat(1_000_000)),
        &format!("line 1: `{}…` is no op", "o".repeat(40)),
    );
}

#[test]
fn what_the_format_cannot_hold_is_an_error() {
    let check = |formula: &str, expected: &str| {
        let graph = formula::parse(formula).unwrap();
        assert_eq!(vm::print(&graph).unwrap_err().to_string(), expected);
    };
    check("fma(x, y, 1)", "a .vm file cannot hold `fma`");
    check("real(x < y)", "a .vm file cannot hold `real`");
    check(
        "input n: i32; real(n)",
        "a .vm file has the real inputs x, y and z, not `n: i32`; substitute it first",
    );
    check(
        "x + t",
        "a .vm file has the real inputs x, y and z, not `t: real`; substitute it first",
    );
    check(
        "y + x",
        "the inputs of a .vm file are in the order x, y, z, not y, x",
    );
    check(
        "true && false",
        "a .vm file holds reals only, and `and` is used with a type other than real",
    );
    check(
        "7i32",
        "a .vm file holds reals only, not a constant of type i32",
    );
    check("table w = [1]; w[0]", "a .vm file cannot hold a table");
    check(
        "output a = x; output b = x;",
        "a .vm file holds one output, and the graph has 2",
    );
    check(
        "input x;",
        "a .vm file holds one output, and the graph has 0",
    );
    check(
        "output shape = x;",
        "a .vm file cannot hold the name of the output `shape`; leave the output unnamed",
    );
    let graph = common::parser().parse("half_life(x)").unwrap();
    assert_eq!(
        vm::print(&graph).unwrap_err().to_string(),
        "a .vm file cannot hold the user op `half_life`; expand it if it is a lowering"
    );
}

#[test]
fn printing_names_lines_in_hexadecimal() {
    let graph = formula::parse("input x, y; max(y^2 - 0.1, -y)").unwrap();
    assert_eq!(
        vm::print(&graph).unwrap(),
        "_0 var-x\n_1 var-y\n_2 square _1\n_3 const 0.1\n_4 sub _2 _3\n_5 neg _1\n_6 max _4 _5\n"
    );
}

#[test]
fn a_million_lines_are_read_and_printed() {
    let mut text = String::from("_0 var-x\n_1 var-y\n");
    for line in 2..1_000_000 {
        text += &format!("_{line:x} sub _{:x} _{:x}\n", line - 1, line - 2);
    }
    let graph = vm::parse(&text).unwrap();
    assert_eq!(graph.len(), 1_000_000);
    assert_eq!(vm::print(&graph).unwrap(), text);
}

/// The `.vm` files that come with the project.
fn models() -> Vec<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/models");
    let folder = std::env::var_os("SMALTO_MODELS").unwrap_or_else(|| beside.into());
    let Ok(entries) = std::fs::read_dir(&folder) else {
        println!("skipped: no models in {}", folder.display());
        return Vec::new();
    };
    entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "vm"))
        .collect()
}

#[test]
fn models_survive_both_formats() {
    for path in models() {
        let bytes = std::fs::read(&path).unwrap();
        let graph = vm::parse(&bytes).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        assert_eq!(vm::parse(vm::print(&graph).unwrap()).unwrap(), graph);
        assert_eq!(formula::parse(&formula::print(&graph)).unwrap(), graph);
    }
}

/// The ops of the format, by what can be printed.
fn ops() -> Vec<Op> {
    let is_held = |op: &Op| {
        let mut graph = Graph::new();
        let x = graph.variable("x", Type::Real).unwrap();
        let Ok(applied) = graph.apply(*op, &vec![x; op.arity()]) else {
            return false;
        };
        graph.output("", applied).unwrap();
        vm::print(&graph).is_ok()
    };
    Op::ALL.iter().copied().filter(is_held).collect()
}

/// Lines that are nearly right.
fn nonsense() -> impl Strategy<Value = String> {
    let words = [
        "a", "b", "c", "_0", "const", "var-x", "var-y", "add", "neg", "max", "1", "1e400", "nan",
        "#", "\n", "\n", "\n", "\r\n", "\0", "é",
    ];
    prop::collection::vec(prop::sample::select(words.to_vec()), 0..60)
        .prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn printed_graphs_read_back(graph in graphs(Menu::reals(&ops()), 60)) {
        let text = vm::print(&graph).unwrap();
        prop_assert_eq!(vm::parse(&text).unwrap(), graph, "{}", text);
    }

    #[test]
    fn nonsense_is_no_panic(text in nonsense(), bytes in any::<Vec<u8>>()) {
        let _ = vm::parse(&text);
        let _ = vm::parse(&bytes);
    }
}
