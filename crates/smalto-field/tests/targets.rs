//! Every function of the library on every target: the same bits as the scalar reference,
//! whatever the operands are.

mod common;

use common::{graph, optimised, random};
use smalto_graph::formula::{Function, OptionKind};
use smalto_graph::{Element, Graph, Value};
use smalto_jit::{CompileError, Evaluator, GridEvaluator, Input, Options, Output, Real, Target};
use smalto_lower::Reference;

const NASTY: [f64; 27] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    -7.25,
    // Subnormal in f32, then in f64.
    1e-45,
    -1e-40,
    5e-324,
    -1e-310,
    f32::MIN_POSITIVE as f64,
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
    f32::MAX as f64,
    f64::MAX,
    f64::MIN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
];

/// Names of operands.
const NAMES: [&str; 13] = [
    "a", "b", "c", "d", "e0", "f", "g", "h", "i", "j", "k", "l", "m",
];

/// Nasty and ordinary values for each of so many operands, in all kinds of company.
fn operands<T: Real>(count: usize) -> Vec<Vec<T>> {
    let mut random = random(count as u64 + 7);
    let mut value = |at: usize, operand: usize| match at {
        // Each nasty value once in each place, among ordinary ones.
        at if at < NASTY.len() * count && at % count == operand => NASTY[at / count],
        at if at < NASTY.len() * count => random() * 20.0 - 10.0,
        // Then many of them together.
        at if at % 2 == 0 => NASTY[(random() * NASTY.len() as f64) as usize],
        _ => random() * 8.0 - 4.0,
    };
    let len = NASTY.len() * count + 200;
    let column = |operand: usize| (0..len).map(|at| T::from_f64(value(at, operand))).collect();
    (0..count).map(column).collect()
}

/// The calls of a function: with each number of operands, then with each word and a period
/// among the options.
fn calls(function: &Function) -> Vec<(usize, String)> {
    let most = function.operands.len();
    let call = |count: usize, options: &str| {
        let names = &NAMES[..count];
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
                let is_beyond = |word: &str| row.name == "axis" && !["x", "y"].contains(&word);
                let words = words.iter().filter(|word| !is_beyond(word));
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

fn reference<T: Real>(graph: &Graph, columns: &[Vec<T>]) -> Vec<T> {
    let point = |at: usize| -> Vec<Value> {
        let values = columns.iter();
        values
            .map(|column| Value::Real(column[at].to_f64()))
            .collect()
    };
    let value = |at: usize| {
        let values = Reference(T::ELEMENT).run(graph, &point(at));
        match values.expect("inputs fit")[0] {
            Value::Real(value) => T::from_f64(value),
            other => panic!("{other:?} is no real"),
        }
    };
    (0..columns[0].len()).map(value).collect()
}

fn targets() -> impl Iterator<Item = Target> {
    Target::all().filter(|target| target.resolve() == Ok(*target))
}

/// What a target computes; none if it has no code for an op.
fn computed<T: Real>(graph: &Graph, columns: &[Vec<T>], target: Target) -> Option<Vec<T>> {
    let options = Options {
        target,
        ..Options::default()
    };
    let evaluator = match Evaluator::<T>::from_optimised(graph, &options) {
        Err(CompileError::Record(_)) => return None,
        evaluator => evaluator.expect("it compiles"),
    };
    let inputs: Vec<Input<'_, T>> = columns.iter().map(|column| Input::Slice(column)).collect();
    let mut values = vec![T::default(); columns[0].len()];
    evaluator
        .eval(&inputs, &mut [Output::Slice(&mut values)])
        .expect("inputs fit");
    Some(values)
}

/// That all targets give the bits of the reference for this call.
fn check<T: Real>(call: &str, inputs: &[&str]) {
    let graph = optimised(&graph(inputs, call), T::ELEMENT);
    let columns = operands::<T>(inputs.len());
    let expected = reference(&graph, &columns);
    for target in targets() {
        let Some(found) = computed(&graph, &columns, target) else {
            continue;
        };
        for (at, (found, expected)) in found.iter().zip(&expected).enumerate() {
            // Every f32 is an f64 of its own, so bits can be compared as those of f64.
            let (found, expected) = (found.to_f64(), expected.to_f64());
            let same = found.to_bits() == expected.to_bits() || found.is_nan() && expected.is_nan();
            let point: Vec<T> = columns.iter().map(|column| column[at]).collect();
            assert!(
                same,
                "{call} in {:?} on {target} at {point:?}: {found}, not {expected}",
                T::ELEMENT
            );
        }
    }
}

#[test]
fn all_targets_give_the_bits_of_the_reference() {
    let functions = smalto_field::LIBRARY.iter().chain(smalto_shape::LIBRARY);
    for function in functions {
        for (count, call) in calls(function) {
            check::<f32>(&call, &NAMES[..count]);
            check::<f64>(&call, &NAMES[..count]);
        }
    }
}

/// Whatever the coordinates are: noise is NaN where one is NaN or infinite, else a number in
/// its range.
#[test]
fn noise_is_in_its_range_or_nan_everywhere() {
    let inputs = ["x", "y", "z", "w"];
    let noises = ["perlin", "simplex", "value", "fbm", "cells", "random"];
    for (noise, count) in noises
        .iter()
        .flat_map(|noise| (1..=4).map(move |n| (noise, n)))
    {
        // A sum of six octaves goes six octaves beyond infinity.
        let options = if *noise == "fbm" { ", octaves = 1" } else { "" };
        let call = format!("{noise}({}{options})", inputs[..count].join(", "));
        let graph = optimised(&graph(&inputs[..count], &call), Element::F32);
        let columns = operands::<f32>(count);
        for (at, value) in reference(&graph, &columns).into_iter().enumerate() {
            let point: Vec<f32> = columns.iter().map(|column| column[at]).collect();
            let is_far = point.iter().any(|x| !x.is_finite());
            match *noise {
                "random" => assert!((0.0..=1.0).contains(&value), "{call} at {point:?}: {value}"),
                _ if is_far => assert!(value.is_nan(), "{call} at {point:?}: {value}"),
                // Skewing rounds away where the point is, or overflows.
                "simplex" if point.iter().any(|x| x.abs() > 1e6) => {
                    assert!(
                        value.is_nan() || value.abs() < 4.0,
                        "{call} at {point:?}: {value}"
                    )
                }
                "cells" => assert!((0.0..=2.5).contains(&value), "{call} at {point:?}: {value}"),
                _ => assert!(value.abs() <= 1.0, "{call} at {point:?}: {value}"),
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
