//! The formula language, as a user meets it.

mod common;

use common::{Menu, graphs};
use proptest::prelude::*;
use smalto_graph::formula::{self, Parser};
use smalto_graph::{Expr, Graph, GraphBuilder, Op, Table, Type, Value};

mod reading {
    use super::*;

    /// That two formulas are the same graph.
    fn check(formula: &str, same: &str) {
        let read = |text| formula::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(read(formula), read(same), "{formula}");
    }

    /// That a formula is what `build` builds.
    fn check_built(formula: &str, build: impl for<'g> FnOnce(&'g GraphBuilder) -> Expr<'g>) {
        let builder = GraphBuilder::new();
        let expected = build(&builder);
        let expected = builder.finish([("", expected)]).unwrap();
        assert_eq!(formula::parse(formula).unwrap(), expected, "{formula}");
    }

    /// That a formula is this constant.
    fn check_value(formula: &str, expected: impl Into<Value>) {
        let graph = formula::parse(formula).unwrap();
        let value = graph.value(graph.outputs()[0].node);
        assert_eq!(value, Some(expected.into()), "{formula}");
    }

    #[test]
    fn operators_bind_as_documented() {
        check("x + y * z", "add(x, mul(y, z))");
        check("x - y - z", "sub(sub(x, y), z)");
        check("x / y * z", "mul(div(x, y), z)");
        check("-x * y", "mul(neg(x), y)");
        check("-x^y", "neg(pow(x, y))");
        check("x^y^z", "pow(x, pow(y, z))");
        check("x^-y", "pow(x, neg(y))");
        check("x^-y^z * t", "mul(pow(x, neg(pow(y, z))), t)");
        check("!x == y", "eq(not(x), y)");
        check("x + 1 < y * 2", "lt(add(x, 1), mul(y, 2))");
        check(
            "x < y && y < z || t > 0",
            "or(and(lt(x, y), lt(y, z)), gt(t, 0))",
        );
        check("x || y && z", "or(x, and(y, z))");
        check("x < y ? z : t", "select(lt(x, y), z, t)");
        check("x ? y : z ? t : 1", "x ? y : (z ? t : 1)");
        check("x ? y ? z : t : 1", "x ? (y ? z : t) : 1");
        check("-x ? -y : -z + 1", "select(neg(x), neg(y), neg(z) + 1)");
        check("x <= y", "le(x, y)");
        check("x >= y", "ge(x, y)");
        check("x != y", "ne(x, y)");
    }

    #[test]
    fn the_exponent_two_is_a_square() {
        check("x^2", "square(x)");
        check("x^2.0 + 1", "square(x) + 1");
        check("x^2^2", "pow(x, square(2))");
        check("-x^2", "neg(square(x))");
        check("2^3^2", "pow(2, square(3))");
        check("input n: i32; n^2", "input n: i32; square(n)");
        for power in ["x^(2)", "x^{ 2 }"] {
            check(power, "pow(x, 2)");
        }
        check("let n = 2; x^n", "pow(x, 2)");
        check("x^-2", "pow(x, -2)");
    }

    #[test]
    fn a_minus_before_a_number_is_its_sign() {
        check_value("-2", -2.0);
        check_value("- 2", -2.0);
        check_value("-0", -0.0);
        check_value("-inf", f64::NEG_INFINITY);
        check_value("-pi", -std::f64::consts::PI);
        check_value("-2147483648i32", i32::MIN);
        check_value("-9223372036854775808i64", i64::MIN);
        check_built("-(2)", |b| -b.constant(2.0));
        check_built("- -2", |b| -b.constant(-2.0));
        check_built("-2^2", |b| -b.constant(2.0).square());
        check_built("2^-1", |b| b.constant(2.0).pow(-1.0));
        check_built("(-2)^x", |b| b.constant(-2.0).pow(b.var("x")));
        check_built("x - 2", |b| b.var("x") - 2.0);
        check_built("x - -2", |b| b.var("x") - -2.0);
    }

    #[test]
    fn numbers_have_types() {
        check_value("1e-3", 0.001);
        check_value(".5", 0.5);
        check_value("0x1.8p3", 12.0);
        check_value("nan", f64::NAN);
        check_value("tau", std::f64::consts::TAU);
        check_value("e", std::f64::consts::E);
        check_value("7i32", 7);
        check_value("-5i64", -5i64);
        check_value("0xffffffffi32", -1);
        check_value("true", true);
    }

    #[test]
    fn every_op_is_called_by_its_name() {
        for &op in Op::ALL {
            for ty in Type::ALL {
                let mut graph = Graph::new();
                let operands: Vec<_> = op
                    .row()
                    .operands
                    .iter()
                    .map(|kind| match kind {
                        smalto_graph::Kind::Only(ty) => *ty,
                        _ => ty,
                    })
                    .map(|ty| constant(&mut graph, ty))
                    .collect();
                if let Ok(applied) = graph.apply(op, &operands) {
                    let texts: Vec<String> =
                        operands.iter().map(|&id| written(&graph, id)).collect();
                    graph.output("", applied).unwrap();
                    let formula = format!("{op}({})", texts.join(", "));
                    assert_eq!(formula::parse(&formula).unwrap(), graph, "{formula}");
                }
            }
        }
    }

    fn constant(graph: &mut Graph, ty: Type) -> smalto_graph::NodeId {
        graph.constant(match ty {
            Type::Real => Value::Real(0.5),
            Type::I32 => Value::I32(3),
            Type::I64 => Value::I64(3),
            Type::Bool => Value::Bool(true),
        })
    }

    fn written(graph: &Graph, id: smalto_graph::NodeId) -> String {
        match graph.value(id).unwrap() {
            Value::Real(value) => value.to_string(),
            Value::I32(value) => format!("{value}i32"),
            Value::I64(value) => format!("{value}i64"),
            Value::Bool(value) => value.to_string(),
        }
    }

    #[test]
    fn bools_and_constants_convert_where_documented() {
        check("(x < y) + 1", "real(x < y) + 1");
        check("sin(x < y)", "sin(real(x < y))");
        check("x ? 1 : 2", "bool(x) ? 1 : 2");
        let n = |formula: &str, same: &str| {
            check(
                &format!("input n: i32; {formula}"),
                &format!("input n: i32; {same}"),
            );
        };
        n("n + 1", "n + 1i32");
        n("2 * n", "2i32 * n");
        n("7 % n", "rem(7i32, n)");
        n("n % 7 == 3", "eq(rem(n, 7i32), 3i32)");
        check("x % y", "mod(x, y)");
    }

    #[test]
    fn inputs_are_declared_or_implied() {
        let check = |formula: &str, expected: &[(&str, Type)]| {
            let graph = formula::parse(formula).unwrap();
            let inputs: Vec<_> = graph.variables().iter().map(|v| (&*v.name, v.ty)).collect();
            assert_eq!(inputs, expected, "{formula}");
        };
        use Type::{I32, I64, Real};
        check("y + x", &[("y", Real), ("x", Real)]);
        check("input x, y; y + x", &[("x", Real), ("y", Real)]);
        check(
            "input n: i32, k: i64, a; x",
            &[("n", I32), ("k", I64), ("a", Real), ("x", Real)],
        );
        check("input view.m00; view.m00", &[("view.m00", Real)]);
        check("input größe, _; größe", &[("größe", Real), ("_", Real)]);
        check(
            "input sin, i32: i32; sin(sin)",
            &[("sin", Real), ("i32", I32)],
        );
        check("input; 1", &[]);
        check("let x = 1; x", &[]);
        check("fn f(x) = x + y; 1", &[("y", Real)]);
    }

    #[test]
    fn lets_blocks_and_parameters_shadow_outer_names() {
        check("let a = x + 1; a * a", "(x + 1) * (x + 1)");
        check("let a = x; { let a = y; a } + a", "input x, y; y + x");
        check(
            "let a = x; { let a = a + 1; { let a = a * 2; a } } - a",
            "(x + 1) * 2 - x",
        );
        check(
            "let a = x; fn f(a) = a * 2; f(y) + a",
            "input x, y; y * 2 + x",
        );
        check("fn f(a) = { let a = a + 1; a }; f(x)", "x + 1");
        check("let min = 3; min(min, x)", "min(3, x)");
        check("{ x }", "x");
    }

    #[test]
    fn functions_are_instantiated() {
        check("fn f(a, b) = a - b; f(y, x)", "y - x");
        check(
            "let k = x * 2; fn f(a) = a + k; f(y)",
            "input x, y; y + x * 2",
        );
        check("fn f() = 7; f()", "7");
        check("fn f(a) = 7; f(x)", "input x; 7");
        check("fn f(a) = a; f(f(f(x)))", "x");
        check(
            "fn f(a, b) = a - b; fn g(a, b) = f(b, a); g(x, y)",
            "input x, y; y - x",
        );
        check(
            "fn f(a) = a + 1; fn g(a) = f(a * 2) + f(a); g(x)",
            "(x * 2 + 1) + (x + 1)",
        );
        check(
            "fn f(n: i32, c: bool) = c ? n : 0; f(7, 1) + f(3i32, x < 1)",
            "(bool(1) ? 7i32 : 0i32) + (x < 1 ? 3i32 : 0i32)",
        );
        check(
            "table w = [1, 2]; fn f(n: i32) = w[n]; f(1)",
            "table w = [1, 2]; w[1]",
        );
        check("fn f(a) = x + y; y + f(1)", "input x, y; y + (x + y)");
        check("fn unused(a) = a + 1; x", "x");
    }

    #[test]
    fn each_call_has_states_of_its_own() {
        let count = |formula: &str| {
            let graph = common::parser().parse(formula).unwrap();
            graph.op_count()
        };
        assert_eq!(count("count() - count()"), 3);
        assert_eq!(count("let c = count(); c - c"), 2);
        assert_eq!(count("fn f() = count(); f() - f()"), 3);
        assert_eq!(
            count("fn f(a) = count() * 2; fn g(a) = f(a); g(x) - g(x)"),
            5
        );
        assert_eq!(count("let c = count(); fn f() = c; f() - f()"), 2);
        assert_eq!(count("fn f(a) = a - a; f(count())"), 2);
        assert_eq!(count("half_life(x) - half_life(x)"), 2);
    }

    #[test]
    fn tables_are_looked_up() {
        let graph = formula::parse(
            "table w = [1, -2.5, inf, -nan,]; table i: i32 = [7, -7i32, 0xffffffffi32]; w[i[0]]",
        )
        .unwrap();
        let tables: Vec<&Table> = graph.tables().iter().map(|table| &**table).collect();
        assert_eq!(
            tables,
            [
                &Table::real([1.0, -2.5, f64::INFINITY, f64::NAN]).unwrap(),
                &Table::i32([7, -7, -1]).unwrap(),
            ]
        );
        check("table w = [1]; w[0]", "table u = [1]; u[0i32]");
    }

    #[test]
    fn outputs_are_in_order_and_the_final_expression_has_no_name() {
        let names = |formula: &str| -> Vec<String> {
            let graph = formula::parse(formula).unwrap();
            graph.outputs().iter().map(|o| o.name.to_string()).collect()
        };
        assert_eq!(names("x"), [""]);
        assert_eq!(names("output b = x; output a = y; z"), ["b", "a", ""]);
        assert_eq!(names("output = x; output a = y;"), ["", "a"]);
        assert_eq!(names("input x;"), [""; 0]);
    }

    #[test]
    fn blanks_and_comments_do_not_matter() {
        check("\u{feff}# comment\r\nx\r\n  +\t1 # more\r\n", "x + 1");
        check("x#1\n+1", "x + 1");
        check("x\u{a0}+\u{2003}1", "x + 1");
    }

    #[test]
    fn parsers_can_have_other_variables() {
        let parser = Parser::new().with_variables([("u", Type::Real), ("n", Type::I32)]);
        assert!(parser.parse("u + real(n)").is_ok());
        assert!(parser.parse("x").is_err());
        assert!(parser.parse("input x; x + u").is_ok());
        assert!(
            Parser::new()
                .with_variables([("c", Type::Bool)])
                .parse("c")
                .is_err()
        );
        assert!(
            Parser::new()
                .with_variables([("2 fast", Type::Real)])
                .parse("1")
                .is_ok()
        );
    }
}

mod errors {
    use super::*;

    /// That reading `formula`, in which `«` and `»` mark the place, fails there with
    /// this message and help.
    fn check(formula: &str, expected: &str) {
        let source = formula.replace(['«', '»'], "");
        let start = formula.find('«').expect("a marked place");
        let end = formula.find('»').expect("a marked place") - '«'.len_utf8();
        let error = common::parser().parse(&source).expect_err(formula);
        let message = match error.help {
            Some(help) => format!("{}; {help}", error.message),
            None => error.message,
        };
        assert_eq!(message, expected, "{formula}");
        assert_eq!(error.span, start..end, "{formula}");
    }

    /// That the error of `formula` also points at the first `marked` place.
    fn check_secondary(formula: &str, marked: &str, remark: &str) {
        let error = formula::parse(formula).expect_err(formula);
        let label = error.secondary.expect(formula);
        let start = formula.find(marked).unwrap();
        assert_eq!(label.span, start..start + marked.len(), "{formula}");
        assert_eq!(label.message, remark, "{formula}");
    }

    #[test]
    fn places_are_lines_and_columns_of_characters() {
        let check = |formula: &str, expected: &str| {
            let error = formula::parse(formula).unwrap_err();
            let place = error.to_string();
            assert!(place.starts_with(expected), "{place}");
        };
        check("foo", "line 1, column 1: unknown name `foo`");
        check("x +\r\n  foo", "line 2, column 3: ");
        check("# größe\nlet größe = 1; foo", "line 2, column 16: ");
        check("\u{feff}foo", "line 1, column 1: ");
        check(
            "x +\n",
            "line 2, column 1: expected an expression, found the end",
        );
    }

    #[test]
    fn unknown_names_have_suggestions() {
        check("«sine»(x)", "unknown function `sine`; did you mean `sin`?");
        check(
            "«log»(x)",
            "unknown function `log`; here it is `ln(x)`, `log2(x)` or `log10(x)`",
        );
        check("«perlin»(x)", "unknown function `perlin`");
        check(
            "fn f(a) = «f»(a); 1",
            "unknown function `f`; a function cannot call itself",
        );
        check(
            "«half_live»(x)",
            "unknown function `half_live`; did you mean `half_life`?",
        );
        check(
            "fn blend(a) = a; «blent»(x)",
            "unknown function `blent`; did you mean `blend`?",
        );
        check(
            "«x»(1)",
            "unknown function `x`; `x` is a value; to multiply, write `*`",
        );
        check(
            "let size = 1; «siez»",
            "unknown name `siez`; did you mean `size`?",
        );
        check(
            "«width»",
            "unknown name `width`; declare an input with `input width;`",
        );
        check(
            "«sin» + 1",
            "unknown name `sin`; `sin` is a function; call it: `sin(..)`",
        );
        check(
            "output d = x; «d»",
            "unknown name `d`; give the value a name with `let` first",
        );
        check(
            "{ let a = 1; a } + «a»",
            "unknown name `a`; declare an input with `input a;`",
        );
        check(
            "«w»[1]",
            "unknown table `w`; declare it with `table name = [1, 2];`",
        );
        check("let w = 1; «w»[1]", "`w` is no table");
        check(
            "table w = [1]; «w» + 1",
            "`w` is a table; look up one of its elements: `name[i]`",
        );
    }

    #[test]
    fn calls_are_checked() {
        check("«atan2(x)»", "`atan2` takes 2 operands, not 1");
        check("«sin()»", "`sin` takes 1 operand, not 0");
        check("«half_life(x, y)»", "`half_life` takes 1 operand, not 2");
        check("fn f(a, b) = a; «f(x)»", "`f` takes 2 operands, not 1");
        check(
            "fn f(n: i32) = n; f(«x + 1»)",
            "`f` takes i32 as `n`, not real; convert it with `i32(..)`",
        );
        check(
            "input n: i32; x * («n + x»)",
            "`add` takes (real, i32 or i64, real, i32 or i64; alike), not (i32, real); \
             convert operands with `real(..)`, `i32(..)` or `i64(..)`",
        );
        check(
            "input n: i32; half_life(«n»)",
            "`half_life` takes real as operand 1, not i32; convert it with `real(..)`",
        );
        check(
            "table w = [1]; w[«x»]",
            "a table is looked up by an i32, not by a real; convert it with `i32(..)`",
        );
    }

    #[test]
    fn names_are_declared_once() {
        let twice = |name| format!("`{name}` is already declared; choose another name");
        check("let a = 1; let «a» = 2; a", &twice("a"));
        check("input a, «a»; a", &twice("a"));
        check("let a = x; input «x»: i32; a", &twice("x"));
        check("let a = x; let «x» = 1; a", &twice("x"));
        check("fn f(a, «a») = a; 1", &twice("a"));
        check("{ let a = 1; let «a» = 2; a }", &twice("a"));
        check("table w = [1]; let «w» = 1; w", &twice("w"));
        check_secondary("let a = 1; let a = 2; a", "a", "given a value here");
        check_secondary("input b; let b = 2; b", "b", "declared as an input here");
        check_secondary("table w = [1]; input w;", "w", "declared as a table here");
        check_secondary("fn f(d, d) = d; 1", "d", "a parameter here");
        check_secondary(
            "fn f() = y; input y; 1",
            "y",
            "first used here, which made it an input",
        );

        check(
            "fn f(a) = a; fn «f»(b) = b; 1",
            "there already is a function `f`",
        );
        check_secondary("fn g(a) = a; fn g(b) = b; 1", "g", "defined here");
        check(
            "fn «sin»(a) = a; 1",
            "`sin` is an operation and cannot be defined again; choose another name",
        );
        check(
            "fn «half_life»(a) = a; 1",
            "`half_life` is an operation and cannot be defined again; choose another name",
        );
        check(
            "output d = x; output «d» = y;",
            "there already is an output `d`",
        );
        check("output = x; «y»", "there already is an unnamed output");
        check_secondary("output d = x; output d = y;", "d", "the first one");
        check(
            "let «pi» = 3; pi",
            "`pi` cannot be the name of a value; it already has a meaning; choose another name",
        );
        check(
            "input «let»;",
            "`let` cannot be the name of an input; it already has a meaning; choose another name",
        );
    }

    #[test]
    fn syntax_errors_say_what_was_expected() {
        check(
            "«»",
            "the formula is empty; write an expression such as `sqrt(x^2 + y^2) - 1`",
        );
        check("# nothing\n«»", {
            "the formula is empty; write an expression such as `sqrt(x^2 + y^2) - 1`"
        });
        check(
            "x + «»",
            "expected an expression, found the end of the formula",
        );
        check("(x«»", "expected `)`, found the end of the formula");
        check_secondary("1 + (x", "(", "the `(` it would close");
        check(
            "max(x«»",
            "expected `,` or `)`, found the end of the formula",
        );
        check(
            "x «y»",
            "expected an operator or the end of the formula, found `y`; to multiply, write `*`",
        );
        check(
            "(x) «(»y)",
            "expected an operator or the end of the formula, found `(`; to multiply, write `*`",
        );
        check(
            "x «=» y",
            "expected an operator or the end of the formula, found `=`; equality is written `==`",
        );
        check(
            "x *«*» y",
            "expected an expression, found `*`; a power is written `a ^ b`",
        );
        check(
            "x«;»",
            "expected the end of the formula, found `;`; \
             the final expression has no `;`; write `output name = ..;` for a named one",
        );
        check(
            "let a = 1«»",
            "expected `;` at the end of this `let`, found the end of the formula",
        );
        check(
            "x «let» a = 1;",
            "expected an operator or the end of the formula, found the keyword `let`; \
             statements come before the final expression and end in `;`",
        );
        check(
            "{ «input» a; a }",
            "expected a `let` or the value of the block, found the keyword `input`; \
             inside of `{ }` there are only `let`s and one expression",
        );
        check("let «1» = 1; 1", "expected the name of a value, found `1`");
        check(
            "x ? y«»",
            "expected `:` and the other choice, found the end of the formula",
        );
        check(
            "x < y «<» z",
            "comparisons cannot be chained; write `a < b && b < c`",
        );
        check_secondary("x < y == z", "<", "after this one");
        check(
            "input n: «float»;",
            "`float` is no type; the types are real, i32, i64 and bool",
        );
        check(
            "input c: «bool»;",
            "an input cannot be a bool; take an i32 and compare it: `n != 0`",
        );
        check("x + «@»", "`@` means nothing in a formula");
        check("x «&» y", {
            "`&` means nothing in a formula; write `a && b` for and, `bit_and(a, b)` for bits"
        });
        check("x «−» y", "`−` means nothing in a formula; write `-`");
        check("x «\0»", "`\\u{0}` means nothing in a formula");
    }

    #[test]
    fn numbers_and_tables_are_checked() {
        check(
            "1 + «1e400»",
            "the number is too large for a real; write `inf` for infinity",
        );
        check("«2x»", "`2x` is not a number; to multiply, write `2 * x`");
        check(
            "«2147483648i32»",
            "the number does not fit an i32; an i32 goes from -2147483648 to 2147483647",
        );
        check("table w = [«x»]; 1", "expected a number, found `x`");
        check(
            "table w: i32 = [«1.5»]; 1",
            "1.5 is no element of a table of i32",
        );
        check(
            "table w = [1, «-7i32»]; 1",
            "-7i32 is no element of a table of real",
        );
        check(
            "table w: «i64» = [1]; 1",
            "a table holds real or i32, not i64",
        );
        check(
            "table w = «[]»; 1",
            "a table needs 1 to 2^31 - 1 elements, not 0",
        );
    }

    #[test]
    fn long_names_are_cut_short() {
        let name = "é".repeat(1_000_000);
        let error = formula::parse(&name).unwrap_err();
        assert!(error.to_string().len() < 200);
    }
}

mod bounds {
    use super::*;

    /// How deep formulas may be nested.
    const DEEPEST: usize = 256;

    fn check_too_deep(formula: &str) {
        let error = formula::parse(formula).unwrap_err();
        assert_eq!(
            error.message,
            format!("the formula is nested more than {DEEPEST} deep here")
        );
    }

    #[test]
    fn nesting_is_bounded() {
        let nested = |open: &str, inner: &str, close: &str, depth: usize| {
            open.repeat(depth) + inner + &close.repeat(depth)
        };
        for (open, inner, close) in [
            ("(", "x", ")"),
            ("sin(", "x", ")"),
            ("-", "x", ""),
            ("!", "x", ""),
            ("x^", "x", ""),
            ("{ ", "x", " }"),
            ("x ? 1 : ", "x", ""),
            ("x ? ", "x", " : 1"),
            ("1 + (", "x", ")"),
            ("{ let a = ", "x", "; a }"),
        ] {
            assert!(formula::parse(&nested(open, inner, close, 100)).is_ok());
            check_too_deep(&nested(open, inner, close, DEEPEST));
            check_too_deep(&nested(open, inner, close, 1_000_000));
        }
        // The deepest frames there are, all the way down.
        let worst = nested("max(1, { let a = x ? -", "x", " : 1; a })", DEEPEST / 5);
        assert!(
            formula::parse(&worst).is_ok(),
            "{:?}",
            formula::parse(&worst)
        );
        check_too_deep(&"(".repeat(1_000_000));
    }

    fn chain(terms: usize) -> Graph {
        formula::parse(&format!("x{}", " - y".repeat(terms))).unwrap()
    }

    #[test]
    fn a_million_terms_are_no_nesting() {
        let graph = chain(1_000_000);
        assert_eq!(graph.op_count(), 1_000_000);
        assert_eq!(formula::print(&graph).matches('-').count(), 1_000_000);
    }

    #[test]
    fn deep_graphs_read_back() {
        let graph = chain(100_000);
        assert_eq!(formula::parse(&formula::print(&graph)).unwrap(), graph);
        // To the right and by calls, which are nested where they are written inline.
        let builder = GraphBuilder::new();
        let (x, y) = (builder.var("x"), builder.var("y"));
        let deep = (0..100_000).fold(x, |deep, _| y.pow(-(y - deep).sin()));
        let graph = builder.finish([("", deep)]).unwrap();
        assert_eq!(formula::parse(&formula::print(&graph)).unwrap(), graph);
    }

    #[test]
    fn a_million_names_and_elements_are_read() {
        let mut text = String::from("{ let v0 = x;");
        for v in 1..100_000 {
            text += &format!("let v{v} = v{} * v{} + y;", v - 1, v / 2);
        }
        text += "v99999 }";
        assert_eq!(formula::parse(&text).unwrap().op_count(), 2 * 99_999);
        let text = format!("table w = [{}]; w[0]", "1,".repeat(1_000_000));
        assert_eq!(
            formula::parse(&text).unwrap().tables()[0].values().len(),
            1_000_000
        );
    }

    /// `f0(a) = body` and then functions that each call the one before twice.
    fn tower(height: usize, twice: impl Fn(&str) -> String) -> String {
        let mut text = String::from("fn f0(a) = a * a;");
        for level in 1..=height {
            let body = twice(&format!("f{}", level - 1));
            text += &format!("fn f{level}(a) = {body};");
        }
        text + &format!("f{height}(x)")
    }

    #[test]
    fn functions_cost_what_they_share() {
        let shared = tower(500, |f| format!("{f}(a) + {f}(a)"));
        assert_eq!(formula::parse(&shared).unwrap().op_count(), 501);
        let overlapping = tower(60, |f| format!("{f}(a) * {f}(a + 1)"));
        assert!(formula::parse(&overlapping).unwrap().op_count() < 10_000);
    }

    #[test]
    fn real_growth_meets_the_limit() {
        let growing = tower(100, |f| format!("{f}(a * 2) * {f}(a + 1)"));
        let parser = Parser::new().with_node_limit(100_000);
        let error = parser.parse(&growing).unwrap_err();
        assert_eq!(error.message, "the formula needs more than 100000 nodes");
        assert!(parser.parse("x + 1").is_ok());
        let error = Parser::new()
            .with_node_limit(3)
            .parse("x + y + z + t")
            .unwrap_err();
        assert_eq!(error.message, "the formula needs more than 3 nodes");
    }
}

/// Functions of a library.
mod libraries {
    use super::*;
    use smalto_graph::formula::{Arguments, Function, OptionKind, OptionRow};

    /// weight * (sum of the operands), scaled by 2^count, or its negative.
    fn sum<'g>(call: &Arguments<'g>) -> Result<Expr<'g>, String> {
        if call.count("count") == 7 {
            return Err("7 is unlucky".into());
        }
        let operands = call.operands();
        let sum = operands[1..].iter().fold(operands[0], |sum, &x| sum + x);
        let sum = sum * call.real("weight") * f64::from(1 << call.count("count"));
        Ok(match call.word("sign") {
            "minus" => -sum + call.integer("seed").to_real(),
            _ => sum + call.integer("seed").to_real(),
        })
    }

    fn half<'g>(call: &Arguments<'g>) -> Result<Expr<'g>, String> {
        Ok(call.operand(0) * 0.5)
    }

    static LIBRARY: &[Function] = &[
        Function {
            name: "total",
            operands: &["a", "b", "c"],
            required: 2,
            options: &[
                OptionRow {
                    name: "weight",
                    kind: OptionKind::Real(1.0),
                    doc: "",
                },
                OptionRow {
                    name: "seed",
                    kind: OptionKind::Integer(0),
                    doc: "",
                },
                OptionRow {
                    name: "count",
                    kind: OptionKind::Count {
                        usual: 0,
                        least: 0,
                        most: 8,
                    },
                    doc: "",
                },
                OptionRow {
                    name: "sign",
                    kind: OptionKind::Word(&["plus", "minus"]),
                    doc: "",
                },
            ],
            doc: "a sum",
            build: sum,
        },
        Function {
            name: "half",
            operands: &["x"],
            required: 1,
            options: &[],
            doc: "half of it",
            build: half,
        },
        // An op has this name too, and comes first.
        Function {
            name: "sin",
            operands: &["x"],
            required: 1,
            options: &[],
            doc: "not the sine",
            build: half,
        },
    ];

    fn parser() -> Parser {
        Parser::new().with_library(LIBRARY)
    }

    /// That a formula with calls is one without.
    fn check(formula: &str, same: &str) {
        let read = |text| {
            let graph = parser().parse(text);
            graph.unwrap_or_else(|error| panic!("{text}: {error}"))
        };
        assert_eq!(read(formula), read(same), "{formula}");
    }

    #[test]
    fn a_call_is_what_it_builds() {
        check("half(x)", "x * 0.5");
        check(
            "half(x + 1) + half(half(y))",
            "(x + 1) * 0.5 + y * 0.5 * 0.5",
        );
        check("total(x, y)", "(x + y) * 1 * 1 + real(0i32)");
        check("total(x, y, z,)", "(x + y + z) * 1 * 1 + real(0i32)");
        check(
            "total(x, y, weight = z, count = 3)",
            "(x + y) * z * 8 + real(0i32)",
        );
        check(
            "total(x, y, count = 3, weight = z)",
            "(x + y) * z * 8 + real(0i32)",
        );
        check(
            "input x, y, n: i32; total(x, y, seed = n, sign = minus)",
            "input x, y, n: i32; -((x + y) * 1 * 1) + real(n)",
        );
    }

    #[test]
    fn a_call_may_be_in_a_definition() {
        check("let a = half(x); a * a", "let a = x * 0.5; a * a");
        check(
            "fn twice(a) = half(half(a)); twice(x) + twice(y)",
            "x * 0.5 * 0.5 + y * 0.5 * 0.5",
        );
        check(
            "fn both(a, b) = total(a, b, weight = a); both(x, y)",
            "(x + y) * x * 1 + real(0i32)",
        );
        check(
            "output a = half(x); output b = 1;",
            "output a = x * 0.5; output b = 1;",
        );
    }

    #[test]
    fn names_of_the_language_and_of_the_formula_come_first() {
        check("sin(x)", "(sin(x))");
        assert_eq!(
            parser().parse("sin(x)").unwrap(),
            formula::parse("sin(x)").unwrap()
        );
        check("fn half(a) = a * 3; half(x)", "x * 3");
        // An option's name is one only in the call, as a word is.
        check(
            "input weight, minus; weight + minus",
            "input weight, minus; add(weight, minus)",
        );
        check(
            "let weight = y; total(x, y, weight = weight)",
            "let w = y; (x + y) * w * 1 + real(0i32)",
        );
    }

    /// That a formula, in which `«` and `»` mark the place, fails there with this message.
    fn check_error(formula: &str, expected: &str) {
        let source = formula.replace(['«', '»'], "");
        let start = formula.find('«').expect("a marked place");
        let end = formula.find('»').expect("a marked place") - '«'.len_utf8();
        let error = parser().parse(&source).expect_err(formula);
        let message = match error.help {
            Some(help) => format!("{}; {help}", error.message),
            None => error.message,
        };
        assert_eq!(message, expected, "{formula}");
        assert_eq!(error.span, start..end, "{formula}");
    }

    const TOTAL: &str =
        "it is `total(a, b[, c], weight = 1, seed = 0, count = 0, sign = plus|minus)`";

    #[test]
    fn operands_are_counted() {
        check_error(
            "1 + «total(x)» * 2",
            &format!("`total` takes 2 to 3 operands, not 1; {TOTAL}"),
        );
        check_error(
            "«total(x, y, z, x)»",
            &format!("`total` takes 2 to 3 operands, not 4; {TOTAL}"),
        );
        check_error(
            "«total()»",
            &format!("`total` takes 2 to 3 operands, not 0; {TOTAL}"),
        );
        check_error(
            "«half(x, y)»",
            "`half` takes 1 operand, not 2; it is `half(x)`",
        );
        check_error(
            "fn f(a) = «half(a, a)»; f(x)",
            "`half` takes 1 operand, not 2; it is `half(x)`",
        );
    }

    #[test]
    fn unknown_names_are_answered_with_near_ones() {
        check_error(
            "«totale»(x, y)",
            "unknown function `totale`; did you mean `total`?",
        );
        check_error(
            "fn f(a) = «halv»(a); f(x)",
            "unknown function `halv`; did you mean `half`?",
        );
        check_error(
            "total(x, y, «wait» = 2)",
            "`total` has no option `wait`; its options are: weight, seed, count, sign",
        );
        check_error(
            "total(x, y, «weigth» = 2)",
            "`total` has no option `weigth`; did you mean `weight`?",
        );
        check_error(
            "half(x, «weight» = 2)",
            "`half` has no option `weight`; it has no options at all",
        );
        check_error(
            "total(x, y, sign = «minos»)",
            "`sign` is one of: plus, minus; did you mean `minus`?",
        );
        check_error("total(x, y, sign = «3»)", "`sign` is one of: plus, minus");
    }

    #[test]
    fn options_are_what_their_rows_say() {
        for count in ["9", "-1", "1.5", "x", "true", "nan"] {
            check_error(
                &format!("total(x, y, count = «{count}»)"),
                "`count` is a whole number from 0 to 8, written out",
            );
        }
        check_error("«total(x, y, count = 7)»", "`total`: 7 is unlucky");
        check_error(
            "total(x, y, count = 1, «count» = 2)",
            "`count` is given twice",
        );
        check_error(
            "total(x, count = 1, «y + 1»)",
            "operands come before the options that are given by name",
        );
    }

    #[test]
    fn types_are_checked() {
        for call in [
            "total(x, 3i32)",
            "total(x, y, weight = 3i32)",
            "total(x, y, seed = 0.5)",
            "total(x, y, seed = x)",
            "half(1i64)",
        ] {
            let error = parser().parse(call).expect_err(call);
            assert!(!error.message.is_empty(), "{call}");
            println!("{call}: {error}");
        }
    }

    #[test]
    fn calls_that_break_off() {
        for call in [
            "half(",
            "half(x",
            "half(x,",
            "total(x, y, weight",
            "total(x, y, weight =",
            "half(,)",
            "half)",
        ] {
            let error = parser().parse(call).expect_err(call);
            assert!(error.span.end <= call.len(), "{call}: {error}");
        }
    }

    #[test]
    fn what_is_built_counts_as_growth() {
        let error = parser()
            .with_node_limit(3)
            .parse("total(x, y, z)")
            .unwrap_err();
        assert_eq!(error.message, "the formula needs more than 3 nodes");
    }
}

mod printing {
    use super::*;

    /// That a formula is printed like this, which reads back.
    fn check(formula: &str, expected: &str) {
        let graph = common::parser().parse(formula).unwrap();
        assert_eq!(formula::print(&graph), expected);
        assert_eq!(common::parser().parse(expected).unwrap(), graph);
    }

    /// That a formula is printed as it is written.
    fn check_same(formula: &str) {
        check(formula, formula);
    }

    #[test]
    fn parentheses_are_minimal() {
        check_same("x - (y - z) - t");
        check_same("(x + y) * z / (t + 1)");
        check_same("x - y * z");
        check_same("-(x + y)^2");
        check_same("(-x)^y");
        check_same("(x^y)^z^-t");
        check_same("pow(x, 2) + x^3");
        check_same("(-2)^x - -2 * -(2) - -(-2)");
        check_same("!(x < y) && x == y + 1 ? -x : x > y ? y : 1");
        check_same("(x < 1 ? y : z) + 1");
        check_same("x < y && y < z ? 1 : 2");
        check_same("x % y - sin(x % (y * z))");
        check_same("x && y || z");
        check_same("x && (y || z)");
        check("max((x), ((y)))", "max(x, y)");
    }

    #[test]
    fn shared_values_have_names() {
        check("(x + y) * (x + y)", "let v1 = x + y;\nv1 * v1");
        check(
            "input v1, x; (v1 + x) * (v1 + x)",
            "input v1, x;\nlet v2 = v1 + x;\nv2 * v2",
        );
    }

    #[test]
    fn inputs_are_declared_where_they_must() {
        check_same("x + y");
        check_same("input y, x;\nx + y");
        check_same("input x, y;\nx");
        check_same("input n: i32, k: i64;\nn + i32(k)");
        check_same("input x;");
        check_same("input;");
    }

    #[test]
    fn outputs_and_tables_are_statements() {
        check_same("output a = x;\noutput b.r = 1;\nx + y");
        check_same("output = x;\noutput b = x;");
        check_same(
            "input n: i32;\n\
             table table1 = [1, -0, nan];\n\
             table table2: i32 = [-2147483648];\n\
             table1[table2[n]] + half_life(smooth.1(count(), count()))",
        );
    }

    #[test]
    fn constants_are_short() {
        check_same("1 + -0 + 0.1 + 1e300 + 5e-324 + -inf + nan + pi + -e");
        check_same("i64(-5i32) + 9223372036854775807i64");
        check_same("true && false");
    }

    #[test]
    fn dead_nodes_are_left_out() {
        check("let a = sin(x); y", "input x, y;\ny");
    }
}

/// Text that is nearly a formula.
fn nonsense() -> impl Strategy<Value = String> {
    let words = [
        "x",
        "y",
        "n",
        "f",
        "w",
        "sin",
        "max",
        "(",
        ")",
        "{",
        "}",
        "[",
        "]",
        "+",
        "-",
        "*",
        "^",
        "%",
        "?",
        ":",
        "<",
        "==",
        "!",
        "&&",
        "||",
        "=",
        ",",
        ";",
        "1",
        "2",
        "0x1p3",
        "7i32",
        "1e400",
        "nan",
        "true",
        "let a =",
        "fn f(a) =",
        "input n: i32;",
        "table w = [1];",
        "output d =",
        "#",
        "\n",
        "é",
        "\0",
        "count()",
        "f(x)",
        "w[",
        "n +",
    ];
    prop::collection::vec(prop::sample::select(words.to_vec()), 0..40)
        .prop_map(|words| words.join(" "))
}

/// A printed graph with a few bytes changed.
fn mutated() -> impl Strategy<Value = String> {
    let changes = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4);
    (graphs(Menu::everything(), 20), changes).prop_map(|(graph, changes)| {
        let mut bytes = formula::print(&graph).into_bytes();
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn printed_graphs_read_back(graph in graphs(Menu::everything(), 100)) {
        let text = formula::print(&graph);
        match common::parser().parse(&text) {
            Ok(read) => prop_assert!(read == graph, "{text}\nreads as\n{}", formula::print(&read)),
            Err(error) => prop_assert!(false, "{text}\n{error}"),
        }
    }

    #[test]
    fn nonsense_is_no_panic(text in nonsense(), chars in any::<String>(), mutated in mutated()) {
        for text in [text, chars, mutated] {
            if let Ok(graph) = common::parser().parse(&text) {
                prop_assert_eq!(common::parser().parse(&formula::print(&graph)).unwrap(), graph);
            }
        }
    }
}
