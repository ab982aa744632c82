//! A function of a point is what the reference says, on every target.

mod common;

use common::{Random, recordable_of_reals, targets, targets_for, with_one_output};
use proptest::prelude::*;
use smalto_graph::{Graph, GraphBuilder, Type, UserOp, Value, formula};
use smalto_jit::{CompileError, Options, PointFunction, Real, Target};
use smalto_lower::Reference;

fn function<T: Real>(graph: &Graph, target: Target) -> Result<PointFunction<T>, CompileError> {
    let options = Options {
        target,
        ..Options::default()
    };
    PointFunction::new(graph, &options)
}

/// That `graph` is what the reference says, at random points, on every target.
fn check<T: Real>(graph: &Graph, random: &mut Random) {
    let mut targets = vec![Target::Auto];
    targets.extend(targets_for::<T>(graph));
    for target in targets {
        let function = function::<T>(graph, target).unwrap();
        if let Target::Interp | Target::InterpAt(_) = target {
            assert!(!function.is_compiled());
        }
        if let Target::Native(_) = target {
            assert!(function.is_compiled());
        }
        for _ in 0..20 {
            let inputs = graph.variables().iter();
            let point: Vec<T> = inputs
                .map(|_| match random.value(Type::Real) {
                    Value::Real(value) => T::from_f64(value),
                    _ => unreachable!("a real"),
                })
                .collect();
            let values: Vec<Value> = point.iter().map(|v| Value::Real(v.to_f64())).collect();
            let expected = match Reference(T::ELEMENT).run(graph, &values).unwrap()[0] {
                Value::Bool(value) => Value::Real(f64::from(u8::from(value))),
                value => value,
            };
            let found = Value::Real(function.call(&point).to_f64());
            assert_eq!(found, expected, "{target}: {}", formula::print(graph));
        }
    }
}

fn check_formula(formula: &str) {
    let graph = formula::parse(formula).unwrap();
    check::<f32>(&graph, &mut Random(1));
    check::<f64>(&graph, &mut Random(2));
}

#[test]
fn formulas() {
    check_formula("input x, y; sqrt(x^2 + y^2) - 1");
    check_formula("input x, y, unused; x < y ? x : y * 2");
    check_formula("input x, y; x < y");
    check_formula("input x; table t = [1, 2, 4]; t[i32(x)]");
    check_formula("input x; x");
    check_formula("2.5");
    check_formula("input x; sin(x) + real(i64(x))");
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 300,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn random_graphs(graph in recordable_of_reals(100), seed: u64) {
        let graph = with_one_output(graph);
        check::<f32>(&graph, &mut Random(seed));
        check::<f64>(&graph, &mut Random(seed));
    }
}

mod errors {
    use super::*;

    /// That no target makes a function of `formula`, with this message.
    fn check(formula: &str, message: &str) {
        let graph = formula::parse(formula).unwrap();
        let mut targets = vec![Target::Auto];
        targets.extend(targets_for::<f32>(&graph));
        for target in targets {
            let error = function::<f32>(&graph, target).unwrap_err();
            assert_eq!(error.to_string(), message, "{target}");
        }
    }

    #[test]
    fn graphs_that_are_no_functions_of_reals() {
        check(
            "input x; output a = x; output b = x + 1;",
            "a function of a point has one output, but this graph has 2",
        );
        check(
            "input n: i32; real(n)",
            "`n` is i32, but here it has to be a real",
        );
        check(
            "input x; output n = i32(x);",
            "`n` is i32, but here it has to be a real",
        );
    }

    #[test]
    fn state_is_no_function_of_a_point() {
        let counter = UserOp::process("counter", 1, || {
            let mut count = 0.0;
            move |steps: &[f64]| {
                count += steps[0];
                count
            }
        });
        let builder = GraphBuilder::new();
        let x = builder.var("x");
        let count = builder.call(&counter.unwrap(), &[x]).unwrap();
        let graph = builder.finish([("", count)]).unwrap();
        for target in targets().chain([Target::Auto]) {
            let error = function::<f32>(&graph, target).unwrap_err();
            assert!(matches!(error, CompileError::Stateful), "{target}: {error}");
        }
    }

    #[test]
    #[should_panic(expected = "a number for each input")]
    fn too_few_numbers() {
        let graph = formula::parse("input x, y; x + y").unwrap();
        function::<f32>(&graph, Target::Auto).unwrap().call(&[1.0]);
    }

    #[test]
    #[should_panic(expected = "a number for each input")]
    fn too_many_numbers() {
        let graph = formula::parse("input x, y; x + y").unwrap();
        let function = function::<f32>(&graph, Target::Interp).unwrap();
        function.call(&[1.0, 2.0, 3.0]);
    }
}
