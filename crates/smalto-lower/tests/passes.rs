//! What the passes do to a graph, and what they keep.

mod common;

use common::graphs::{Menu, graphs, random_graph};
use common::{REALS, Random, pure_graphs};
use proptest::prelude::*;
use smalto_graph::formula::{self, Parser};
use smalto_graph::passes::{Arithmetic, Mode, optimise};
use smalto_graph::{
    Class, Element, Expr, Graph, GraphBuilder, Kind, Node, NodeId, Op, Type, UserOp, Value,
};
use smalto_lower::{Reference, ReferenceError};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

const ELEMENTS: [Element; 2] = [Element::F32, Element::F64];

fn parse(parser: &Parser, formula: &str) -> Graph {
    let formula = format!("input x, y, z, n: i32, k: i64; {formula}");
    parser
        .parse(&formula)
        .unwrap_or_else(|error| panic!("{formula}: {error}"))
}

/// That optimising `formula` gives `expected`, operand for operand, where both have the
/// inputs x, y, z, n and k.
fn check_by(parser: &Parser, element: Element, mode: Mode, formula: &str, expected: &str) {
    let optimised = optimise(&parse(parser, formula), &Reference(element), mode);
    assert!(
        optimised == parse(parser, expected),
        "`{formula}` became\n{}\nnot\n{expected}",
        formula::print(&optimised)
    );
}

/// [`check_by`] for either element.
fn check_mode(mode: Mode, formula: &str, expected: &str) {
    for element in ELEMENTS {
        check_by(&Parser::new(), element, mode, formula, expected);
    }
}

/// That strict passes make `expected` of `formula`.
fn check(formula: &str, expected: &str) {
    check_mode(Mode::Strict, formula, expected);
}

/// That strict passes leave `formula` alone.
fn check_stays(formula: &str) {
    check(formula, formula);
}

mod folding {
    use super::*;

    /// That a formula without inputs folds to this constant.
    fn check_value(element: Element, formula: &str, expected: impl Into<Value>) {
        let optimised = optimise(
            &parse(&Parser::new(), formula),
            &Reference(element),
            Mode::Strict,
        );
        let value = optimised.value(optimised.outputs()[0].node);
        assert_eq!(value, Some(expected.into()), "{formula} in {element:?}");
    }

    #[test]
    fn happens_in_the_element() {
        check_value(Element::F32, "0.1 + 0.2", f64::from(0.1f32 + 0.2f32));
        check_value(Element::F64, "0.1 + 0.2", 0.1 + 0.2);
        check_value(Element::F32, "16777216 + 1", 16_777_216.0);
        check_value(Element::F64, "16777216 + 1", 16_777_217.0);
        check_value(Element::F32, "0x1p100 * 0x1p100", f64::INFINITY);
        check_value(Element::F64, "0x1p100 * 0x1p100", 2f64.powi(200));
        check_value(Element::F32, "real(16777217i32)", 16_777_216.0);
        check_value(Element::F32, "1 / 3", f64::from(1f32 / 3.0));
        // Every op, not only the outermost: in f64 this is 1e-8.
        check_value(Element::F32, "(1 + 1e-8) - 1", 0.0);
    }

    #[test]
    fn rounds_constants_even_where_nothing_folds() {
        let check = |element, expected: f64| {
            check_by(
                &Parser::new(),
                element,
                Mode::Strict,
                "x + 0.1",
                &format!("x + {expected}"),
            );
        };
        check(Element::F32, f64::from(0.1f32));
        check(Element::F64, 0.1);
        check_value(Element::F32, "1e-60", 0.0);
        check_value(Element::F32, "-1e-60", -0.0);
        check_value(Element::F32, "1e60", f64::INFINITY);
        check_value(Element::F32, "1e-45", 2f64.powi(-149));
    }

    #[test]
    fn covers_every_type() {
        for element in ELEMENTS {
            check_value(element, "2147483647i32 + 1i32", i32::MIN);
            check_value(element, "7i64 / 0i64", 0i64);
            check_value(element, "i32(nan)", 0);
            check_value(element, "i32(1e30)", i32::MAX);
            check_value(element, "1 < 2", true);
            check_value(element, "1 < nan", false);
            check_value(element, "(1 < 2) && !(2 < 1)", true);
            check_value(element, "min(0, -0)", -0.0);
            check_value(element, "min(-0, 0)", 0.0);
            check_value(element, "max(1, nan)", f64::NAN);
            check_value(element, "max(nan, 1)", 1.0);
            check_value(element, "table t = [1, 2, 4]; t[1i32]", 2.0);
            check_value(element, "table t = [1, 2, 4]; t[-1i32]", 4.0);
            check_value(element, "table t: i32 = [7, 8]; t[0i32]", 7);
        }
        check_value(Element::F32, "table t = [0.1]; t[0i32]", f64::from(0.1f32));
    }

    #[test]
    fn every_op_folds_to_what_it_is() {
        let mut random = Random(1);
        for &op in Op::ALL {
            for ty in Type::ALL {
                let kinds = op.row().operands;
                let operands: Vec<Value> = kinds
                    .iter()
                    .map(|kind| match kind {
                        Kind::Only(only) => random.value(*only),
                        _ => random.value(ty),
                    })
                    .collect();
                let mut graph = Graph::new();
                let nodes: Vec<_> = operands.iter().map(|&v| graph.constant(v)).collect();
                let Ok(node) = graph.apply(op, &nodes) else {
                    continue;
                };
                graph.output("", node).unwrap();
                for element in ELEMENTS {
                    let optimised = optimise(&graph, &Reference(element), Mode::Strict);
                    assert_eq!(optimised.op_count(), 0, "{op} of {operands:?}");
                    let expected = Reference(element).run(&graph, &[]).unwrap();
                    assert_eq!(Reference(element).run(&optimised, &[]).unwrap(), expected);
                }
            }
        }
    }
}

mod pass_through {
    use super::*;

    #[test]
    fn choices_without_a_choice() {
        check("min(x, x)", "x");
        check("max(x, x)", "x");
        check("minimum(x, x)", "x");
        check("maximum(x, x)", "x");
        check("and(x, x)", "x");
        check("or(x, x)", "x");
        check("min(n, n)", "n");
        check("bit_and(n, n)", "n");
        check("bit_or(k, k)", "k");
        check("x < y && x < y ? 1 : 2", "x < y ? 1 : 2");
        check_stays("bit_xor(n, n)");
    }

    #[test]
    fn selects() {
        check("true ? x : y", "x");
        check("1 > 2 ? x : y", "y");
        check("x < y ? z : z", "z");
        check("x < y ? n : n", "n");
        check_stays("x < y ? z : -z");
        check_stays("x < y ? 0 : -0");
    }

    #[test]
    fn short_circuits_with_a_known_first_operand() {
        check("and(0, x)", "0");
        check("and(-0, x)", "-0");
        check("and(2, x)", "x");
        check("and(nan, x)", "x");
        check("or(0, x)", "x");
        check("or(2, x)", "2");
        check("or(nan, x)", "nan");
        check("(1 < 2 && x < y) ? 1 : 2", "x < y ? 1 : 2");
        check("(2 < 1 || x < y) ? 1 : 2", "x < y ? 1 : 2");
        check_stays("and(x, 0)");
        check_stays("or(x, 0)");
    }

    #[test]
    fn conversions() {
        check("real(x)", "x");
        check("i32(n)", "n");
        check("i64(k)", "k");
        check("bool(x < y) ? 1 : 2", "x < y ? 1 : 2");
        check("bool(real(x < y)) ? 1 : 2", "x < y ? 1 : 2");
        check("bool(i32(x < y)) ? 1 : 2", "x < y ? 1 : 2");
        check("bool(i64(x < y)) ? 1 : 2", "x < y ? 1 : 2");
        check("i32(i64(n))", "n");
        // These lose something on the way.
        check_stays("i64(i32(k))");
        check_stays("i32(real(n))");
        check_stays("real(i32(x))");
        check_stays("real(bool(x))");
        check_stays("from_bits32(bits32(x))");
    }
}

mod identities {
    use super::*;

    #[test]
    fn sums() {
        check("x - 0", "x");
        check("x + -0", "x");
        check("-0 + x", "x");
        check("-0 - x", "-x");
        check("x + -y", "x - y");
        check("-x + y", "y - x");
        check("-x + -y", "-x - y");
        check("x - -y", "x + y");
        // x = -0, and x = y = inf.
        check_stays("x + 0");
        check_stays("x - -0");
        check_stays("0 - x");
        check_stays("x - x");
        // x = y.
        check_stays("-(x - y)");
    }

    #[test]
    fn products() {
        check("x * 1", "x");
        check("1 * x", "x");
        check("x * -1", "-x");
        check("-1 * x", "-x");
        check("x * x", "x^2");
        check("-x * -y", "x * y");
        check("-x * -x", "x^2");
        check_stays("x * 0");
        check_stays("x * 2");
        check_stays("x * -y");
    }

    #[test]
    fn quotients() {
        check("x / 1", "x");
        check("x / -1", "-x");
        check("x / 2", "x * 0.5");
        check("x / -4", "x * -0.25");
        check("x / 0.5", "x * 2");
        check("-x / -y", "x / y");
        check_stays("x / 3");
        check_stays("x / 0");
        check_stays("x / x");
        check_stays("1 / x");
        // The inverse would not be exact in f32.
        check_stays("x / 0x1p-140");
        check_stays("x / inf");
    }

    #[test]
    fn signs() {
        check("-(-x)", "x");
        check("-(-(-x))", "-x");
        check("-(-n)", "n");
        check("abs(-x)", "abs(x)");
        check("abs(abs(x))", "abs(x)");
        check("abs(-abs(-x))", "abs(x)");
        check("abs(x^2)", "x^2");
        check("abs(exp(x))", "exp(x)");
        check("abs(hypot(x, y))", "hypot(x, y)");
        check("abs(real(x < y))", "real(x < y)");
        check("(-x)^2", "x^2");
        check("abs(x)^2", "x^2");
        check("cos(-x)", "cos(x)");
        check("cos(abs(x))", "cos(x)");
        check("cosh(-x)", "cosh(x)");
        check_stays("abs(sqrt(x))");
        check_stays("sin(-x)");
        // abs(i32::MIN) is i32::MIN.
        check_stays("abs(n^2)");
    }

    #[test]
    fn rounding() {
        check("floor(floor(x))", "floor(x)");
        check("rint(ceil(x))", "ceil(x)");
        check("trunc(real(n))", "real(n)");
        check("round(step(x, y))", "step(x, y)");
        check_stays("floor(x + 1)");
    }

    #[test]
    fn truth_values() {
        check("!(!(x < y)) ? 1 : 2", "x < y ? 1 : 2");
        // 5 becomes 1.
        check_stays("not(not(x))");
        // Both are false for NaN.
        check_stays("!(x < y) ? 1 : 2");
    }

    #[test]
    fn integers() {
        for (v, one, zero, ones) in [
            ("n", "1i32", "0i32", "-1i32"),
            ("k", "1i64", "0i64", "-1i64"),
        ] {
            let check = |formula: &str, expected: &str| {
                let write = |template: &str| {
                    template
                        .replace("v", v)
                        .replace("ones", ones)
                        .replace("one", one)
                        .replace("zero", zero)
                };
                super::check(&write(formula), &write(expected));
            };
            check("v + zero", "v");
            check("zero + v", "v");
            check("v - zero", "v");
            check("v * one", "v");
            check("one * v", "v");
            check("v / one", "v");
            check("v * zero", "zero");
            check("zero * v", "zero");
            check("v * v", "square(v)");
            check("bit_and(v, zero)", "zero");
            check("bit_and(zero, v)", "zero");
            check("bit_and(v, ones)", "v");
            check("bit_and(ones, v)", "v");
            check("bit_or(v, zero)", "v");
            check("bit_or(zero, v)", "v");
            check("bit_xor(v, zero)", "v");
            check("bit_xor(zero, v)", "v");
            check("bit_not(bit_not(v))", "v");
            for shift in ["shl", "shr", "ushr", "rotl", "rotr"] {
                check(&format!("{shift}(v, zero)"), "v");
                let unchanged = format!("{shift}(zero, v)");
                check(&unchanged, &unchanged);
            }
            check("zero - v", "zero - v");
            check("v / zero", "v / zero");
            check("v % one", "v % one");
        }
    }

    /// cos and cosh lose a sign in their operand by an identity, so they must give the
    /// same bits without it.
    #[test]
    fn even_functions_are_even_in_every_bit() {
        let mut random = Random(3);
        let random_reals = (0..100_000).map(|_| random.value(Type::Real).as_real().unwrap());
        for x in REALS
            .iter()
            .copied()
            .chain(random_reals.collect::<Vec<_>>())
        {
            for element in ELEMENTS {
                for op in [Op::Cos, Op::Cosh, Op::Square, Op::Abs] {
                    let of = |x| Reference(element).evaluate(op, &[Value::Real(x)]);
                    assert_eq!(of(x), of(-x), "{op}({x:e}) in {element:?}");
                }
            }
        }
    }
}

mod sharing {
    use super::*;

    #[test]
    fn of_commuted_operands() {
        check("x * y + y * x", "x * y + x * y");
        check("(y + x) * (x + y)", "(x + y)^2");
        check("hypot(y, x)", "hypot(x, y)");
        check("minimum(y, x)", "minimum(x, y)");
        check("(y == x) ? 1 : 2", "(x == y) ? 1 : 2");
        check(
            "bit_xor(k, 5i64) + bit_xor(5i64, k)",
            "let v = bit_xor(k, 5i64); v + v",
        );
        check("y > x ? 1 : 2", "x < y ? 1 : 2");
        check("y >= x ? 1 : 2", "x <= y ? 1 : 2");
    }

    #[test]
    fn but_not_where_the_order_counts() {
        check_stays("min(x, y) + min(y, x)");
        check_stays("max(x, y) - max(y, x)");
        check_stays("(x - y) * (y - x)");
        check_stays("and(x, y) + and(y, x)");
        check_stays("atan2(x, y) + atan2(y, x)");
        check_stays("x < y ? 1 : y < x ? 2 : 3");
    }

    #[test]
    fn of_everything_that_becomes_equal() {
        check("abs(-x) + abs(x)", "abs(x) + abs(x)");
        check("sin(x / 4) - sin(x * 0.25)", "let v = sin(x * 0.25); v - v");
        check("0.5 * y + y / 2", "let v = y * 0.5; v + v");
    }
}

mod dead {
    use super::*;

    #[test]
    fn nodes_go_and_inputs_stay() {
        let graph = parse(
            &Parser::new(),
            "let unused = sin(x) + real(n); output a = y; output b = false ? exp(z) : y * 2;",
        );
        let optimised = optimise(&graph, &Reference(Element::F32), Mode::Strict);
        assert_eq!(optimised.variables(), graph.variables());
        assert_eq!(optimised.op_count(), 1);
        // The inputs, the constant and the product.
        assert_eq!(optimised.len(), optimised.variables().len() + 2);
        let names: Vec<&str> = optimised.outputs().iter().map(|o| &*o.name).collect();
        assert_eq!(names, ["a", "b"]);
    }

    #[test]
    fn graphs_of_nothing_stay_nothing() {
        for mode in [Mode::Strict, Mode::Fast] {
            let optimised = optimise(&Graph::new(), &Reference(Element::F64), mode);
            assert!(optimised.is_empty());
        }
    }
}

mod user_ops {
    use super::*;

    fn counter() -> impl FnMut(&[f64]) -> f64 + Send {
        let mut count = 0.0;
        move |_| {
            count += 1.0;
            count
        }
    }

    fn parser() -> Parser {
        let average = UserOp::lowering("average", 2, |v| (v[0] + v[1]) * 0.5).unwrap();
        let inner = average.clone();
        let ops = [
            UserOp::lowering("average4", 4, move |v| {
                let average = |a, b| v[0].builder().call(&inner, &[a, b]).unwrap();
                average(average(v[0], v[1]), average(v[2], v[3]))
            }),
            UserOp::lowering("is_inside", 1, |v| v[0].lt(0.0)),
            UserOp::lowering("first", 2, |v| v[0]),
            UserOp::function("half_life", 1, |v| 0.5f64.powf(v[0])),
            UserOp::process("count", 1, counter),
            UserOp::stateful_lowering("count_up", 1, {
                let count = UserOp::process("inner_count", 1, counter).unwrap();
                move |v| v[0].builder().call(&count, &[v[0]]).unwrap() + 1.0
            }),
        ];
        let ops = ops.into_iter().map(Result::unwrap);
        ops.fold(Parser::new().with_op(average), Parser::with_op)
    }

    fn check(formula: &str, expected: &str) {
        for element in ELEMENTS {
            check_by(&parser(), element, Mode::Strict, formula, expected);
        }
    }

    fn calls(graph: &Graph) -> usize {
        let nodes = graph.nodes().iter();
        nodes.filter(|n| matches!(n, Node::Call(_))).count()
    }

    #[test]
    fn with_a_lowering_are_expanded() {
        check("average(x, y)", "(x + y) * 0.5");
        check(
            "average4(x, y, y, x)",
            "let v = (x + y) * 0.5; 0.5 * (v + v)",
        );
        check(
            "average(average(x, y), average(y, x))",
            "let v = (x + y) * 0.5; 0.5 * (v + v)",
        );
        check("average(1, 2)", "1.5");
        check("is_inside(x) * 2", "real(x < 0) * 2");
        check("first(x, average4(y, y, z, z))", "x");
        check("half_life(average(x, y))", "half_life((x + y) * 0.5)");
    }

    #[test]
    fn that_are_pure_share_equal_calls() {
        check(
            "half_life(x + 0 * 0) * half_life(x + 0)",
            "half_life(x + 0)^2",
        );
        check(
            "half_life(-(-x)) - half_life(x)",
            "let v = half_life(x); v - v",
        );
        let twice = parse(&parser(), "half_life(y + x) - half_life(x + y)");
        let optimised = optimise(&twice, &Reference(Element::F32), Mode::Strict);
        assert_eq!(calls(&optimised), 1);
    }

    #[test]
    fn that_are_stateful_never_share() {
        let check = |formula: &str, expected: usize| {
            for mode in [Mode::Strict, Mode::Fast] {
                let graph = parse(&parser(), formula);
                let optimised = optimise(&graph, &Reference(Element::F64), mode);
                assert_eq!(calls(&optimised), expected, "{formula}");
            }
        };
        check("count(x) - count(x)", 2);
        check("count(x) + count(-(-x)) + count(x * 1)", 3);
        check("count_up(x) * count_up(x)", 2);
        check("let c = count(x); c - c", 1);
        check("min(count(x), count(x))", 2);
        check("true ? count(x) : count(x)", 1);
        check("x < y ? count(x) : count(x)", 2);
    }

    #[test]
    fn of_a_formula_function_have_states_of_their_own() {
        let graph = parse(&parser(), "fn f(a) = count(a) + 1; f(x) - f(x)");
        let optimised = optimise(&graph, &Reference(Element::F64), Mode::Strict);
        assert_eq!(calls(&optimised), 2);
    }

    #[test]
    fn expand_to_what_the_function_computes() {
        // The lowering of `lowered`, as the function that it is in f64.
        let as_function = UserOp::function("lowered", 4, |v| v[0] + v[1] * v[2] - v[3]).unwrap();
        let menu = |function: bool| {
            let mut menu = Menu::everything();
            menu.user_ops
                .retain(|op| op.name() == "lowered" || op.name() == "half_life");
            if function {
                for op in &mut menu.user_ops {
                    if op.name() == "lowered" {
                        *op = as_function.clone();
                    }
                }
            }
            menu
        };
        let reference = Reference(Element::F64);
        let mut random = Random(4);
        let mut calls_seen = 0;
        for _ in 0..200 {
            let choices: Vec<u32> = (0..120).map(|_| random.bits() as u32).collect();
            let lowered = random_graph(&menu(false), &choices);
            let called = random_graph(&menu(true), &choices);
            let optimised = optimise(&lowered, &reference, Mode::Strict);
            calls_seen += calls(&called);
            for _ in 0..8 {
                let point = random.point(&called);
                assert_eq!(
                    reference.run(&optimised, &point),
                    reference.run(&called, &point),
                );
            }
        }
        assert!(calls_seen > 200, "only {calls_seen} calls");
    }
}

mod fast {
    use super::*;

    fn check(formula: &str, expected: &str) {
        check_mode(Mode::Fast, formula, expected);
    }

    #[test]
    fn affine_chains_fuse() {
        // Gain(0.5) -> Offset(1) -> Gain(2) -> Offset(-0.5) is gain 1, offset 1.5.
        check("((x * 0.5) + 1) * 2 + -0.5", "x + 1.5");
        check("(x * 2 + 1) * 3", "fma(x, 6, 3)");
        check("x * 2 * 3", "x * 6");
        check("x + 1 + 2", "x + 3");
        check("1 + (2 + x)", "x + 3");
        check("x - 1 - 2", "x + -3");
        check("1 - (2 - x)", "x + -1");
        check("-(x * 2)", "x * -2");
        check("-(x + 1)", "-1 - x");
        check("x / 5 * 10", "x * 2");
        check("fma(x, 2, 1) * 2", "fma(x, 4, 2)");
        check("x * 2 + 1 - x * 2", "fma(x, 2, 1) - x * 2");
    }

    #[test]
    fn what_does_nothing_goes() {
        check("x + 0", "x");
        check("x * 0", "0");
        check("x * 2 / 2", "x");
        check("(x + 1) - 1", "x");
        check("x * 0 + 1", "1");
        check("-(-(x + 1) + 1)", "x");
    }

    #[test]
    fn shared_operands_fuse_too() {
        check(
            "let v = x * 2 + 1; v * 3 + sin(v)",
            "fma(x, 6, 3) + fast_sin(fma(x, 2, 1))",
        );
    }

    #[test]
    fn constants_move_outwards() {
        check("(x + 1) + y", "1 + (x + y)");
        check("(x + 1) + (y + 2)", "(x + y) + 3");
        check("(x * 2) * (y * 3)", "(x * y) * 6");
        check("(x + 1) - (y + 1)", "x - y");
        check("x - (y + 1)", "x - y - 1");
        check("(x * 2) * y * 0.5", "x * y");
    }

    #[test]
    fn small_powers_become_products() {
        check("pow(x, 2)", "x^2");
        check("pow(x, 3)", "x * x^2");
        check("pow(x, 4)", "(x^2)^2");
        check("pow(x, 1)", "x");
        check("pow(x, 0)", "1");
        check("pow(x, 0.5)", "sqrt(x)");
        check("pow(x, -1)", "recip(x)");
        check("pow(x, -2)", "recip(x^2)");
        check("pow(x, 2.5)", "pow(x, 2.5)");
        check("pow(x, 17)", "pow(x, 17)");
        check("pow(x, nan)", "pow(x, nan)");
        check("pow(x, y)", "pow(x, y)");
    }

    #[test]
    fn functions_become_faster_ones() {
        check("sin(x) * cos(y)", "fast_sin(x) * fast_cos(y)");
        check("tan(x) + tan(x)", "fast_tan(x) + fast_tan(x)");
        check("asin(x)", "asin(x)");
        check_mode(Mode::Strict, "sin(x)", "sin(x)");
    }

    #[test]
    fn chains_that_overflow_or_underflow_are_left() {
        let check_f32 = |formula: &str| {
            check_by(&Parser::new(), Element::F32, Mode::Fast, formula, formula);
        };
        let [tiny, huge] = [1e-30f32, 1e30f32].map(f64::from);
        // At x = 1e-30 and 1e30 all of these are ordinary numbers.
        check_f32(&format!("{huge} * (x * {huge})"));
        check_f32(&format!("{tiny} * (x * {tiny})"));
        check_f32("x / 0x1p-140");
        check("(x - 1) / 0", "(x - 1) / 0");
        check("(x + inf) * 0", "0");
    }
}

/// Every op on every operand that some pass has an eye for.
mod small_graphs {
    use super::*;

    /// What makes the passes look twice when it is an operand: constants, negations and
    /// the like of inputs, conversions.
    fn operands(graph: &mut Graph, ty: Type) -> Vec<NodeId> {
        let mut operands = leaves(graph, ty);
        let inputs: Vec<Vec<NodeId>> = Type::ALL.map(|ty| inputs(graph, ty)).into();
        for &op in Op::ALL
            .iter()
            .filter(|op| op.row().class != Class::Transcendental)
        {
            for inputs in &inputs {
                let of_inputs = match op.arity() {
                    1 => graph.apply(op, &inputs[..1]),
                    2 => graph.apply(op, inputs),
                    _ => continue,
                };
                operands.extend(of_inputs.ok().filter(|&id| graph.ty(id) == ty));
            }
        }
        operands
    }

    fn leaves(graph: &mut Graph, ty: Type) -> Vec<NodeId> {
        let mut leaves = inputs(graph, ty);
        let constants: Vec<Value> = match ty {
            Type::Real => [
                0.0,
                -0.0,
                1.0,
                -1.0,
                2.0,
                3.0,
                1e-35,
                f64::INFINITY,
                f64::NAN,
            ]
            .map(Value::Real)
            .into(),
            Type::I32 => [0, 1, -1, 2, i32::MIN].map(Value::I32).into(),
            Type::I64 => [0, 1, -1, 2, i64::MIN].map(Value::I64).into(),
            Type::Bool => [false, true].map(Value::Bool).into(),
        };
        leaves.extend(constants.into_iter().map(|v| graph.constant(v)));
        leaves
    }

    /// Two values of type `ty` that are not known before they are given.
    fn inputs(graph: &mut Graph, ty: Type) -> Vec<NodeId> {
        let mut pair = |names: [&str; 2], ty| names.map(|name| graph.variable(name, ty).unwrap());
        match ty {
            Type::Real => pair(["x", "y"], ty).into(),
            Type::I32 => pair(["n", "m"], ty).into(),
            Type::I64 => pair(["k", "l"], ty).into(),
            Type::Bool => {
                let [x, y] = pair(["x", "y"], Type::Real);
                let less = graph.apply(Op::Lt, &[x, y]).unwrap();
                vec![less, graph.apply(Op::Eq, &[x, y]).unwrap()]
            }
        }
    }

    /// The outputs of a graph: `op` on all operands, its polymorphic ones of type `ty`.
    fn all_of(op: Op, ty: Type) -> Graph {
        let mut graph = Graph::new();
        let choices: Vec<Vec<NodeId>> = op
            .row()
            .operands
            .iter()
            .map(|kind| match *kind {
                Kind::Only(only) if op.arity() < 3 => operands(&mut graph, only),
                Kind::Only(only) => leaves(&mut graph, only),
                _ if op.arity() < 3 => operands(&mut graph, ty),
                _ => leaves(&mut graph, ty),
            })
            .collect();
        let mut rows: Vec<Vec<NodeId>> = vec![Vec::new()];
        for choice in &choices {
            let longer =
                |row: Vec<NodeId>| choice.iter().map(move |&id| [&row[..], &[id]].concat());
            rows = rows.into_iter().flat_map(longer).collect();
        }
        for (index, row) in rows.iter().enumerate() {
            let node = graph.apply(op, row).unwrap();
            graph.output(&format!("output{index}"), node).unwrap();
        }
        graph
    }

    #[test]
    fn keep_every_bit() {
        let mut random = Random(2);
        for &op in Op::ALL {
            let kinds = op.row().operands;
            let polymorphic = kinds.iter().find(|kind| kind.is_polymorphic());
            for ty in Type::ALL {
                if !polymorphic.map_or(ty == Type::Real, |kind| kind.accepts(ty)) {
                    continue;
                }
                let graph = all_of(op, ty);
                for element in ELEMENTS {
                    check(&graph, element, &mut random);
                }
            }
        }
    }

    fn check(graph: &Graph, element: Element, random: &mut Random) {
        let reference = Reference(element);
        let once = optimise(graph, &reference, Mode::Strict);
        assert!(once == optimise(&once, &reference, Mode::Strict));
        for _ in 0..60 {
            let point = random.point(graph);
            let before = reference.run(graph, &point).unwrap();
            let after = reference.run(&once, &point).unwrap();
            if let Some(index) = (0..before.len()).find(|&index| before[index] != after[index]) {
                let [was, is] = [graph, &once].map(|graph| {
                    let mut alone = graph.clone();
                    alone.clear_outputs();
                    alone.output("", graph.outputs()[index].node).unwrap();
                    formula::print(&alone)
                });
                let values = (before[index], after[index]);
                panic!("{element:?} at {point:?}: {values:?}\n{was}\nbecame\n{is}");
            }
        }
    }
}

mod properties {
    use super::*;

    fn printed(graph: &Graph) -> String {
        formula::print(graph)
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: 3000,
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        #[test]
        fn strict_passes_keep_every_bit(graph in pure_graphs(150), seed: u64) {
            let mut random = Random(seed);
            for element in ELEMENTS {
                let reference = Reference(element);
                let optimised = optimise(&graph, &reference, Mode::Strict);
                prop_assert_eq!(optimised.variables(), graph.variables());
                prop_assert!(optimised.op_count() <= graph.op_count());
                for _ in 0..12 {
                    let point = random.point(&graph);
                    prop_assert_eq!(
                        reference.run(&optimised, &point),
                        reference.run(&graph, &point),
                        "{:?} at {:?}:\n{}\nbecame\n{}",
                        element, point, printed(&graph), printed(&optimised),
                    );
                }
            }
        }

        #[test]
        fn once_is_enough(graph in pure_graphs(150)) {
            for element in ELEMENTS {
                let reference = Reference(element);
                let once = optimise(&graph, &reference, Mode::Strict);
                let twice = optimise(&once, &reference, Mode::Strict);
                prop_assert!(
                    once == twice,
                    "{}\nbecame\n{}\nand then\n{}",
                    printed(&graph), printed(&once), printed(&twice),
                );
            }
        }

        #[test]
        fn fast_passes_keep_the_value(graph in polynomials(40), seed: u64) {
            let mut random = Random(seed);
            for element in ELEMENTS {
                let reference = Reference(element);
                let optimised = optimise(&graph, &reference, Mode::Fast);
                for _ in 0..8 {
                    let point: Vec<Value> = graph
                        .variables()
                        .iter()
                        .map(|_| Value::Real(random.below(4001) as f64 / 1000.0 - 2.0))
                        .collect();
                    let slack = bound(&graph, element, &point) + bound(&optimised, element, &point);
                    let [before, after] = [&graph, &optimised].map(|graph| {
                        reference.run(graph, &point).unwrap()[0].as_real().unwrap()
                    });
                    prop_assert!(
                        (before - after).abs() <= slack || !slack.is_finite(),
                        "{:?} at {:?}: {} and {} differ by more than {}:\n{}\nbecame\n{}",
                        element, point, before, after, slack, printed(&graph), printed(&optimised),
                    );
                }
            }
        }
    }

    /// Graphs of what the fast passes rewrite, with constants of ordinary size.
    fn polynomials(size: usize) -> impl Strategy<Value = Graph> {
        use Op::*;
        let menu = Menu::reals(&[Neg, Square, Add, Sub, Mul, Div, Fma]);
        graphs(menu, size).prop_map(|graph| with_ordinary_constants(&graph))
    }

    /// `graph` with every constant, and every divisor, one of a few ordinary numbers.
    fn with_ordinary_constants(graph: &Graph) -> Graph {
        let ordinary = |bits: u64| [0.5, -0.5, 1.0, -1.0, 2.0, 3.0, -0.1, 0.7][bits as usize % 8];
        let mut copy = Graph::new();
        let mut image = Vec::new();
        for id in graph.ids() {
            let operands: Vec<_> = graph
                .operands(id)
                .iter()
                .map(|o| image[o.index()])
                .collect();
            image.push(match graph.node(id) {
                Node::Constant(constant) => {
                    let bits = constant.value().bits();
                    copy.real(ordinary(bits ^ bits >> 32))
                }
                Node::Variable { variable, ty } => {
                    let name = &graph.variables()[variable.index()].name;
                    copy.variable(name, ty).unwrap()
                }
                Node::Apply { op: Op::Div, .. } => {
                    let divisor = copy.real(ordinary(id.index() as u64));
                    copy.apply(Op::Div, &[operands[0], divisor]).unwrap()
                }
                Node::Apply { op, .. } => copy.apply(op, &operands).unwrap(),
                other => unreachable!("{other:?} is not on the menu"),
            });
        }
        for output in graph.outputs() {
            copy.output(&output.name, image[output.node.index()])
                .unwrap();
        }
        copy
    }

    /// A bound on the rounding error of the first output: the number of roundings on
    /// the way of any term, times what the graph would be if no two terms cancelled
    /// (Higham, "Accuracy and Stability of Numerical Algorithms", section 3). Twice
    /// that, for the roundings of constants that were folded.
    fn bound(graph: &Graph, element: Element, point: &[Value]) -> f64 {
        let unit = match element {
            Element::F32 => f64::from(f32::EPSILON) / 2.0,
            Element::F64 => f64::EPSILON / 2.0,
        };
        let mut terms: Vec<(f64, f64)> = Vec::new();
        for id in graph.ids() {
            let at = |index: usize| terms[graph.operands(id)[index].index()];
            let sum = |(m, k): (f64, f64), (n, l): (f64, f64)| (m + n, k.max(l) + 1.0);
            let product = |(m, k): (f64, f64), (n, l): (f64, f64)| (m * n, k + l + 1.0);
            terms.push(match graph.node(id) {
                Node::Constant(constant) => (constant.value().as_real().unwrap().abs(), 1.0),
                Node::Variable { variable, .. } => {
                    (point[variable.index()].as_real().unwrap().abs(), 1.0)
                }
                Node::Apply { op, .. } => match op {
                    Op::Neg => at(0),
                    Op::Square => product(at(0), at(0)),
                    Op::Add | Op::Sub => sum(at(0), at(1)),
                    Op::Mul => product(at(0), at(1)),
                    Op::Div => product(at(0), (at(1).0.recip(), at(1).1)),
                    Op::Fma => sum(product(at(0), at(1)), at(2)),
                    other => unreachable!("{other} is not on the menu"),
                },
                other => unreachable!("{other:?} is not on the menu"),
            });
        }
        let (magnitude, roundings) = terms[graph.outputs()[0].node.index()];
        let most = if element == Element::F32 { 1e37 } else { 1e300 };
        if magnitude > most || roundings > 1e5 {
            return f64::INFINITY;
        }
        2.0 * roundings * unit * magnitude + f64::from(f32::MIN_POSITIVE)
    }
}

/// A chain of eight kinds of link: four that fuse, a sine that nothing moves past, and
/// sums with y between constants that meet.
static MILLION: LazyLock<Graph> = LazyLock::new(|| {
    fn link<'g>(chain: Expr<'g>, index: usize) -> Expr<'g> {
        match index % 8 {
            0 => chain + 1.0,
            1 => chain * 2.0,
            2 => chain - 1.0,
            3 => chain * 0.5,
            5 => chain.sin(),
            6 => chain + 0.5,
            _ => chain + chain.builder().var("y"),
        }
    }
    let builder = GraphBuilder::new();
    let chain = (0..1_000_000).fold(builder.var("x"), link);
    builder.finish([("", chain)]).unwrap()
});

mod a_million_nodes {
    use super::*;

    fn check(mode: Mode, expected: usize) {
        let start = Instant::now();
        let optimised = optimise(&MILLION, &Reference(Element::F32), mode);
        assert_eq!(optimised.op_count(), expected);
        assert!(start.elapsed() < Duration::from_secs(60));
    }

    #[test]
    fn are_optimised_strictly() {
        check(Mode::Strict, 1_000_000);
    }

    #[test]
    fn are_optimised_for_speed() {
        // Of eight links four are left: two sums with y, their constant, the sine.
        check(Mode::Fast, 500_001);
    }
}

mod reference {
    use super::*;

    fn check_error(graph: &Graph, inputs: &[Value], expected: ReferenceError, message: &str) {
        let error = Reference(Element::F32).run(graph, inputs).unwrap_err();
        assert_eq!(error, expected);
        assert_eq!(error.to_string(), message);
    }

    #[test]
    fn rounds_to_the_element() {
        let graph = formula::parse("input x; output a = x + 0.1; output b = x;").unwrap();
        let at = |element| Reference(element).run(&graph, &[Value::Real(0.2)]).unwrap();
        assert_eq!(at(Element::F64), [0.2 + 0.1, 0.2].map(Value::Real));
        let single = [0.2f32 + 0.1f32, 0.2f32];
        assert_eq!(at(Element::F32), single.map(|v| Value::Real(f64::from(v))));
    }

    #[test]
    fn calls_functions_in_f64() {
        let third = UserOp::function("third", 1, |v| v[0] / 3.0).unwrap();
        let graph = Parser::new().with_op(third).parse("third(x)").unwrap();
        let at = |element| Reference(element).run(&graph, &[Value::Real(1.0)]).unwrap();
        assert_eq!(at(Element::F64), [Value::Real(1.0 / 3.0)]);
        assert_eq!(
            at(Element::F32),
            [Value::Real(f64::from((1.0 / 3.0) as f32))]
        );
    }

    #[test]
    fn says_what_it_cannot_evaluate() {
        let graph = formula::parse("input x, n: i32; x + real(n)").unwrap();
        check_error(
            &graph,
            &[Value::Real(1.0)],
            ReferenceError::InputCount {
                names: ["x", "n"].map(String::from).to_vec(),
                found: 1,
            },
            "1 inputs for a graph of 2: x, n",
        );
        check_error(
            &graph,
            &[Value::Real(1.0), Value::I64(2)],
            ReferenceError::InputType {
                name: "n".into(),
                wanted: Type::I32,
                found: Type::I64,
            },
            "input `n` is i32, not i64",
        );
        let count = UserOp::process("count", 1, || |v: &[f64]| v[0]).unwrap();
        let twice = UserOp::lowering("twice", 1, |v| v[0] + v[0]).unwrap();
        let parser = Parser::new().with_op(count).with_op(twice);
        check_error(
            &parser.parse("count(x)").unwrap(),
            &[Value::Real(1.0)],
            ReferenceError::Stateful {
                name: "count".into(),
            },
            "`count` has state from sample to sample, so it has no value at one point",
        );
        check_error(
            &parser.parse("twice(x)").unwrap(),
            &[Value::Real(1.0)],
            ReferenceError::Unexpanded {
                name: "twice".into(),
            },
            "`twice` stands for other ops; `optimise` puts them in its place",
        );
        // What no output needs is not asked for.
        let graph = parser.parse("let unused = count(x); x").unwrap();
        let values = Reference(Element::F32).run(&graph, &[Value::Real(1.0)]);
        assert_eq!(values, Ok(vec![Value::Real(1.0)]));
    }

    #[test]
    fn walks_a_million_nodes() {
        let point = [Value::Real(0.0), Value::Real(0.25)];
        let values = Reference(Element::F64).run(&MILLION, &point).unwrap();
        assert!(values[0].as_real().unwrap().abs() < 2.0);
    }
}
