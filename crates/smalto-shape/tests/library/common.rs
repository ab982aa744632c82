//! Evaluating shapes, and holding them against what is inside of them.
//!
//! A [`Solid`] says by a predicate what a shape is. From that alone come points of its surface,
//! found by bisection along the lines of a fine grid, and the distance to the nearest of them.

use smalto_graph::formula::Parser;
use smalto_graph::{Expr, Graph, GraphBuilder};
use smalto_jit::{Evaluator, Input, Options, Output, Target};

const AXES: [&str; 3] = ["x", "y", "z"];

/// The graph of a shape over as many axes as it takes.
pub(crate) fn graph<const N: usize>(
    shape: impl for<'g> FnOnce([Expr<'g>; N]) -> Expr<'g>,
) -> Graph {
    let builder = GraphBuilder::new();
    let point = std::array::from_fn(|axis| builder.var(AXES[axis]));
    let shape = shape(point);
    builder.finish([("", shape)]).expect("one output")
}

/// The graph of a formula over as many axes.
pub(crate) fn formula<const N: usize>(formula: &str) -> Graph {
    let text = format!("input {}; {formula}", AXES[..N].join(", "));
    let parser = Parser::new().with_library(smalto_shape::LIBRARY);
    parser
        .parse(&text)
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// The values at points in f64, by the interpreter.
pub(crate) fn values<const N: usize>(graph: &Graph, points: &[[f64; N]]) -> Vec<f64> {
    let options = Options {
        target: Target::Interp,
        ..Options::default()
    };
    let evaluator = Evaluator::<f64>::new(graph, &options).expect("it compiles");
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

pub(crate) fn length<const N: usize>(vector: [f64; N]) -> f64 {
    vector.iter().map(|d| d * d).sum::<f64>().sqrt()
}

pub(crate) fn minus<const N: usize>(a: [f64; N], b: [f64; N]) -> [f64; N] {
    std::array::from_fn(|axis| a[axis] - b[axis])
}

/// The least value of a function that falls and then rises.
pub(crate) fn least(f: impl Fn(f64) -> f64, mut low: f64, mut high: f64) -> f64 {
    for _ in 0..45 {
        let (left, right) = (low + (high - low) * 0.4, low + (high - low) * 0.6);
        match f(left) < f(right) {
            true => high = right,
            false => low = left,
        }
    }
    f((low + high) / 2.0)
}

/// How close a value comes to the distance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Close {
    Exact,
    ExactOutside,
    ExactInside,
    Bound,
}

/// That a graph has this Lipschitz constant, at near and at far pairs of points.
pub(crate) fn check_lipschitz<const N: usize>(
    what: &str,
    graph: &Graph,
    constant: f64,
    reach: f64,
) {
    let here = points::<N>(4000, reach);
    let mut random = random(9);
    for step in [1e-3, 0.1, reach] {
        let there: Vec<[f64; N]> = here
            .iter()
            .map(|point| point.map(|x| x + (random() * 2.0 - 1.0) * step))
            .collect();
        let pairs = values(graph, &here).into_iter().zip(values(graph, &there));
        for ((a, b), (&p, &q)) in pairs.zip(here.iter().zip(&there)) {
            let most = constant * length(minus(p, q)) * (1.0 + 1e-9) + 1e-9;
            // Nothing at all is infinitely far from everywhere.
            assert!(
                a == b || (a - b).abs() <= most,
                "{what} from {p:?} to {q:?}: from {a} to {b}, which is steeper than {constant}"
            );
        }
    }
}

/// Half the size of the cube that surfaces are looked for in.
const REACH: f64 = 2.0;

/// Lines of the grid around a point, where it is looked for once more.
const FINE_LINES: usize = 12;

/// Points of a surface where the lines of a grid go through it: the grid begins at a corner and has so
/// many lines, a step apart.
fn surface<const N: usize>(
    inside: &impl Fn([f64; N]) -> bool,
    corner: [f64; N],
    step: f64,
    lines: usize,
) -> Vec<[f64; N]> {
    let mut found = Vec::new();
    for number in 0..lines.pow(N as u32) {
        let numbers: [usize; N] =
            std::array::from_fn(|axis| number / lines.pow(axis as u32) % lines);
        let corner = std::array::from_fn(|axis| corner[axis] + numbers[axis] as f64 * step);
        let is_inside = inside(corner);
        for axis in 0..N {
            let mut next = corner;
            next[axis] += step;
            if inside(next) == is_inside {
                continue;
            }
            let (mut low, mut high) = (corner, next);
            for _ in 0..40 {
                let mut middle = low;
                middle[axis] = (low[axis] + high[axis]) / 2.0;
                match inside(middle) == is_inside {
                    true => low = middle,
                    false => high = middle,
                }
            }
            found.push(low);
        }
    }
    found
}

/// That a formula of the library is the distance to what the predicate holds, as close as said,
/// with a Lipschitz constant of 1.
pub(crate) fn check<const N: usize>(text: &str, close: Close, inside: impl Fn([f64; N]) -> bool) {
    check_graph(text, &formula::<N>(text), close, 1.0, inside);
}

/// The same of a graph, and any Lipschitz constant.
pub(crate) fn check_graph<const N: usize>(
    what: &str,
    graph: &Graph,
    close: Close,
    constant: f64,
    inside: impl Fn([f64; N]) -> bool,
) {
    check_lipschitz::<N>(what, graph, constant, REACH);
    let lines = if N == 2 { 100 } else { 36 };
    let cell = 2.0 * REACH / lines as f64;
    // Off any symmetry of the shape.
    let coarse = surface(&inside, [-REACH + 0.31 * cell; N], cell, lines);
    assert!(!coarse.is_empty(), "{what} has no surface");
    // How far the nearest point of the surface can be from all that were found.
    let fine = 3.0 * cell / FINE_LINES as f64;
    let slack = 3.0 * fine * (N as f64).sqrt();
    let here = points::<N>(if N == 2 { 300 } else { 100 }, 0.6 * REACH);
    for (&point, value) in here.iter().zip(values(graph, &here)) {
        let nearest_of = |found: &[[f64; N]]| {
            let places = found
                .iter()
                .map(|&other| (length(minus(point, other)), other));
            places.min_by(|(a, _), (b, _)| a.total_cmp(b))
        };
        let (away, place) = nearest_of(&coarse).expect("it has a surface");
        // Then once more around that one.
        let found = surface(&inside, place.map(|x| x - 1.5 * cell), fine, FINE_LINES);
        let distance = nearest_of(&found).map_or(away, |(fine, _)| fine.min(away));
        let is_inside = inside(point);
        assert!(
            value.abs() < 1e-9 || (value < 0.0) == is_inside,
            "{what} at {point:?}: {value}, inside: {is_inside}"
        );
        assert!(
            value.abs() <= distance * constant + 1e-7,
            "{what} at {point:?}: {value}, but the surface is {distance} away"
        );
        let must_be_exact = match close {
            Close::Exact => true,
            Close::ExactOutside => !is_inside,
            Close::ExactInside => is_inside,
            Close::Bound => false,
        };
        assert!(
            !must_be_exact || distance <= value.abs() + slack,
            "{what} at {point:?}: {value}, but the surface is {distance} away"
        );
    }
}
