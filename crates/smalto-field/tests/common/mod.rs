//! Evaluating formulas over the library, point by point.
#![allow(dead_code, reason = "not every test uses all of it")]

use smalto_graph::formula::Parser;
use smalto_graph::passes::{Mode, optimise};
use smalto_graph::{Element, Graph};
use smalto_jit::{Evaluator, Input, Options, Output, Target};
use smalto_lower::Reference;

/// What reads formulas with both libraries.
pub(crate) fn parser() -> Parser {
    Parser::new()
        .with_library(smalto_shape::LIBRARY)
        .with_library(smalto_field::LIBRARY)
}

/// The graph of a formula with these inputs.
pub(crate) fn graph(inputs: &[&str], formula: &str) -> Graph {
    let inputs = match inputs {
        [] => String::new(),
        inputs => format!("input {};", inputs.join(", ")),
    };
    let text = format!("{inputs} {formula}");
    parser()
        .parse(&text)
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// The graph as it is computed with.
pub(crate) fn optimised(graph: &Graph, element: Element) -> Graph {
    optimise(graph, &Reference(element), Mode::Strict)
}

/// The values of a formula at points in f64, by the interpreter.
pub(crate) fn values<const N: usize>(
    inputs: [&str; N],
    formula: &str,
    points: &[[f64; N]],
) -> Vec<f64> {
    let graph = graph(&inputs, formula);
    let options = Options {
        target: Target::Interp,
        ..Options::default()
    };
    let evaluator = Evaluator::<f64>::new(&graph, &options).expect("it compiles");
    let columns: [Vec<f64>; N] =
        std::array::from_fn(|axis| points.iter().map(|point| point[axis]).collect());
    let inputs: Vec<Input<'_, f64>> = columns.iter().map(|column| Input::Slice(column)).collect();
    let mut values = vec![0.0; points.len()];
    evaluator
        .eval(&inputs, &mut [Output::Slice(&mut values)])
        .expect("inputs fit");
    values
}

/// Random numbers from 0 to 1, the same in every run.
pub(crate) fn random(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// Random points in a cube from -`reach` to `reach`.
pub(crate) fn points<const N: usize>(count: usize, reach: f64) -> Vec<[f64; N]> {
    let mut random = random(count as u64);
    (0..count)
        .map(|_| std::array::from_fn(|_| (random() * 2.0 - 1.0) * reach))
        .collect()
}
