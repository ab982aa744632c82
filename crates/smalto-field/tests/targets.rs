//! Every function of the library on every target: the same bits as the scalar reference,
//! whatever the operands are.

mod common;

use common::{graph, optimised, random};
use smalto_graph::formula::{Function, OptionKind};
use smalto_graph::{Element, Graph, Value};
use smalto_jit::{CompileError, Evaluator, GridEvaluator, Input, Options, Output, Target};
use smalto_lower::Reference;

const NASTY: [f32; 24] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    -7.25,
    1e-45,
    -1e-40,
    f32::MIN_POSITIVE,
    -1e-10,
    8_388_607.5,
    -8_388_608.0,
    16_777_216.0,
    2_147_483_648.0,
    -2_147_483_648.0,
    2_147_483_520.0,
    3e9,
    -3e9,
    1e30,
    f32::MAX,
    f32::MIN,
    f32::INFINITY,
    f32::NEG_INFINITY,
    f32::NAN,
];

/// Nasty and ordinary values for each of so many operands, in all kinds of company.
fn operands(count: usize) -> Vec<Vec<f32>> {
    let mut random = random(count as u64 + 7);
    let mut value = |at: usize, operand: usize| match at {
        // Each nasty value once in each place, among ordinary ones.
        at if at < NASTY.len() * count && at % count == operand => NASTY[at / count],
        at if at < NASTY.len() * count => (random() * 20.0 - 10.0) as f32,
        // Then many of them together.
        at if at % 2 == 0 => NASTY[(random() * NASTY.len() as f64) as usize],
        _ => (random() * 8.0 - 4.0) as f32,
    };
    let len = NASTY.len() * count + 200;
    (0..count)
        .map(|operand| (0..len).map(|at| value(at, operand)).collect())
        .collect()
}

/// The calls of a function: with each number of operands, then with each word and a period
/// among the options.
fn calls(function: &Function) -> Vec<(usize, String)> {
    let most = function.operands.len();
    let call = |count: usize, options: &str| {
        let names = &["a", "b", "c", "d", "e0", "f", "g", "h", "i", "j"][..count];
        (
            count,
            format!("{}({}{options})", function.name, names.join(", ")),
        )
    };
    let mut calls: Vec<_> = (function.required..=most)
        // Sums in four dimensions are long, and made of the same noise as others.
        .filter(|&count| count < 4 || function.options.is_empty() || function.options.len() < 6)
        .map(|count| call(count, ""))
        .collect();
    let few = most.min(function.required + 1);
    for row in function.options {
        match row.kind {
            OptionKind::Word(words) => {
                let words = words.iter().filter(|&&word| {
                    let is_beyond = row.name == "axis" && !["x", "y"].contains(&word);
                    !(is_beyond || function.name == "turbulence" && word == "unit")
                });
                calls.extend(words.map(|word| call(few, &format!(", {} = {word}", row.name))));
            }
            OptionKind::Count { usual: 0, .. } => {
                calls.push(call(few, &format!(", {} = 3", row.name)))
            }
            _ => {}
        }
    }
    calls
}

fn reference(graph: &Graph, columns: &[Vec<f32>]) -> Vec<f32> {
    let point = |at: usize| -> Vec<Value> {
        let values = columns.iter().map(|column| Value::Real(column[at].into()));
        values.collect()
    };
    let value = |at: usize| {
        let values = Reference(Element::F32).run(graph, &point(at));
        match values.expect("inputs fit")[0] {
            Value::Real(value) => value as f32,
            other => panic!("{other:?} is no real"),
        }
    };
    (0..columns[0].len()).map(value).collect()
}

fn targets() -> impl Iterator<Item = Target> {
    Target::all().filter(|target| target.resolve() == Ok(*target))
}

/// What a target computes; none if it has no code for an op.
fn computed(graph: &Graph, columns: &[Vec<f32>], target: Target) -> Option<Vec<f32>> {
    let options = Options {
        target,
        ..Options::default()
    };
    let evaluator = match Evaluator::<f32>::from_optimised(graph, &options) {
        Err(CompileError::Record(_)) => return None,
        evaluator => evaluator.expect("it compiles"),
    };
    let inputs: Vec<Input<'_, f32>> = columns.iter().map(|column| Input::Slice(column)).collect();
    let mut values = vec![0.0; columns[0].len()];
    evaluator
        .eval(&inputs, &mut [Output::Slice(&mut values)])
        .expect("inputs fit");
    Some(values)
}

fn check_same(call: &str, target: Target, found: &[f32], expected: &[f32], columns: &[Vec<f32>]) {
    for (at, (found, expected)) in found.iter().zip(expected).enumerate() {
        let same = found.to_bits() == expected.to_bits() || found.is_nan() && expected.is_nan();
        let point: Vec<f32> = columns.iter().map(|column| column[at]).collect();
        assert!(
            same,
            "{call} on {target} at {point:?}: {found}, not {expected}"
        );
    }
}

#[test]
fn all_targets_give_the_bits_of_the_reference() {
    let names = ["a", "b", "c", "d", "e0", "f", "g", "h", "i", "j"];
    for function in smalto_field::LIBRARY {
        for (count, call) in calls(function) {
            let graph = optimised(&graph(&names[..count], &call), Element::F32);
            let columns = operands(count);
            let expected = reference(&graph, &columns);
            for target in targets() {
                if let Some(found) = computed(&graph, &columns, target) {
                    check_same(&call, target, &found, &expected, &columns);
                }
            }
        }
    }
}

/// Over a grid, with several outputs, the values are those over slices.
#[test]
fn a_grid_of_colours_is_what_slices_are() {
    let text =
        "output r = perlin(x, y); output g = fbm(x, y, t, octaves = 2); output b = cells(y, x);";
    let graph = optimised(&graph(&["x", "y", "t"], text), Element::F32);
    for (width, height) in [(1, 1), (5, 3), (300, 70)] {
        let columns: Vec<f32> = (0..width).map(|i| i as f32 * 0.13 - 3.0).collect();
        let rows: Vec<f32> = (0..height).map(|j| 2.0 - j as f32 * 0.07).collect();
        for target in targets() {
            let options = Options {
                target,
                ..Options::default()
            };
            let grid = GridEvaluator::<f32>::from_optimised(&graph, ["x", "y"], &options).unwrap();
            let mut found = vec![0.0; 3 * width * height];
            let scalars = [Input::Scalar(0.25)];
            grid.eval(&mut grid.workspace(), &columns, &rows, &scalars, &mut found)
                .unwrap();

            let slices = Evaluator::<f32>::from_optimised(&graph, &options).unwrap();
            let x: Vec<f32> = (0..width * height).map(|at| columns[at % width]).collect();
            let y: Vec<f32> = (0..width * height).map(|at| rows[at / width]).collect();
            let mut expected = vec![0.0; 3 * width * height];
            let mut planes = expected.chunks_mut(width * height);
            let mut outputs: [_; 3] =
                std::array::from_fn(|_| Output::Slice(planes.next().unwrap()));
            let inputs = [Input::Slice(&x), Input::Slice(&y), Input::Scalar(0.25)];
            slices.eval(&inputs, &mut outputs).unwrap();
            assert_eq!(found, expected, "{width}x{height} on {target}");
        }
    }
}
