//! What fields are: smooth, repeating where asked to, distances where they say so.

mod common;

use common::{graph, points, values};

#[test]
fn noise_has_no_jumps() {
    let noises = [
        "perlin(x, y)",
        "simplex(x, y)",
        "value(x, y)",
        "cells(x, y)",
        "cells(x, y, result = f2)",
        "simplex(x, y, 0.3)",
        "simplex(x, y, 0.3, 0.7)",
        "simplex(x, y, period = 1)",
        "simplex(x, y, period = 2)",
        "simplex(x, y, period = 5)",
        "simplex(x, y, 0.3, period = 4)",
        "simplex(x, y, 0.3, 0.7, period = 4)",
        "perlin(x, y, 0.3, 0.7)",
        "fbm(x, y, octaves = 2)",
        "perlin(x, y, period = 3)",
        "ridged(x, y, octaves = 2)",
    ];
    let here = points::<2>(50_000, 20.0);
    let step = 1e-4;
    let there: Vec<[f64; 2]> = here.iter().map(|[x, y]| [x + step, y - step]).collect();
    for noise in noises {
        let pairs =
            values(["x", "y"], noise, &here)
                .into_iter()
                .zip(values(["x", "y"], noise, &there));
        let steepest = pairs.map(|(a, b)| (a - b).abs() / step).fold(0.0, f64::max);
        assert!(steepest < 12.0, "{noise} has a slope of {steepest}");
    }
}

#[test]
fn gradient_noise_is_zero_at_corners() {
    let corners: Vec<[f64; 2]> = (-50..50)
        .map(|i| [f64::from(i), f64::from(i * 7 % 13)])
        .collect();
    assert!(
        values(["x", "y"], "perlin(x, y, seed = 3)", &corners)
            .iter()
            .all(|&v| v == 0.0)
    );
}

/// Cells without jitter are centred on a grid, where all distances are known.
#[test]
fn cells_measure_to_the_nearest_points() {
    type Distance = fn(&[f64]) -> f64;
    let metrics: [(&str, Distance); 3] = [
        ("euclidean", |d| d.iter().map(|d| d * d).sum::<f64>().sqrt()),
        ("manhattan", |d| d.iter().map(|d| d.abs()).sum()),
        ("chebyshev", |d| {
            d.iter().fold(0.0, |most, d| most.max(d.abs()))
        }),
    ];
    let here = points::<3>(500, 20.0);
    for (metric, distance) in metrics {
        for dimensions in 1..=3usize {
            let mut expected: Vec<[f64; 2]> = Vec::new();
            for point in &here {
                let around = (0..5usize.pow(dimensions as u32)).map(|number| {
                    let away = (0..dimensions).map(|axis| {
                        let cell =
                            point[axis].floor() + (number / 5usize.pow(axis as u32) % 5) as f64;
                        cell - 1.5 - point[axis]
                    });
                    distance(&away.collect::<Vec<_>>())
                });
                let mut around: Vec<f64> = around.collect();
                around.sort_by(f64::total_cmp);
                expected.push([around[0], around[1]]);
            }
            for (nth, result) in ["f1", "f2"].into_iter().enumerate() {
                let operands = ["x", "y", "z"][..dimensions].join(", ");
                let call =
                    format!("cells({operands}, jitter = 0, metric = {metric}, result = {result})");
                let found = values(["x", "y", "z"], &call, &here);
                for ((found, expected), point) in found.iter().zip(&expected).zip(&here) {
                    assert!(
                        (found - expected[nth]).abs() < 1e-9,
                        "{call} at {point:?}: {found}, not {}",
                        expected[nth]
                    );
                }
            }
        }
    }
}

/// A cell's number is the same all over it: it changes only where the second nearest point
/// becomes the nearest.
#[test]
fn a_cell_has_one_number() {
    let here = points::<2>(20_000, 50.0);
    let step = 0.01;
    let there: Vec<[f64; 2]> = here.iter().map(|[x, y]| [x + step, *y]).collect();
    let at = |result: &str, points: &[[f64; 2]]| {
        values(
            ["x", "y"],
            &format!("cells(x, y, result = {result})"),
            points,
        )
    };
    let (ids, next_ids) = (at("id", &here), at("id", &there));
    let edges = at("edge", &here);
    let mut changes = 0;
    for ((id, next), edge) in ids.iter().zip(&next_ids).zip(&edges) {
        assert!(*edge >= 0.0);
        if id != next {
            changes += 1;
            // Both distances change by the step at most.
            assert!(
                *edge <= 2.0 * step,
                "the number changes at {edge} from the edge"
            );
        }
    }
    assert!((20..2000).contains(&changes), "{changes} changes");
}

#[test]
fn a_period_repeats() {
    let calls = [
        ("perlin(x, y, period = 5)", 5.0),
        ("value(x, y, period = 7)", 7.0),
        ("cells(x, y, period = 4)", 4.0),
        ("cells(x, y, period = 1, result = f2)", 1.0),
        ("fbm(x, y, period = 3)", 3.0),
        ("simplex(x, y, period = 1)", 1.0),
        ("simplex(x, y, period = 3)", 3.0),
        ("simplex(x, y, period = 16384)", 16384.0),
        ("simplex(x, y, 0.25, period = 4)", 4.0),
        ("simplex(x, y, 0.25, 0.75, period = 7)", 7.0),
        ("simplex(x, period = 7)", 7.0),
        ("fbm(x, y, period = 3, basis = simplex)", 3.0),
    ];
    // Whole sums, so that what is compared is the same place in its cell to the bit.
    let here: Vec<[f64; 2]> = points::<2>(2000, 30.0)
        .iter()
        .map(|point| point.map(|x| (x * 1024.0).round() / 1024.0))
        .collect();
    for (call, period) in calls {
        let there: Vec<[f64; 2]> = here
            .iter()
            .map(|[x, y]| [x + period, y - 2.0 * period])
            .collect();
        let (a, b) = (
            values(["x", "y"], call, &here),
            values(["x", "y"], call, &there),
        );
        for ((a, b), point) in a.iter().zip(&b).zip(&here) {
            assert!((a - b).abs() < 1e-9, "{call} at {point:?}: {a} and {b}");
        }
    }
}

#[test]
fn a_seed_may_be_an_input() {
    let text = "input x, y, n: i32; perlin(x, y, seed = n)";
    let graph = common::parser().parse(text).unwrap();
    let fixed = graph_with_seed(5);
    let at = |graph: &smalto_graph::Graph, inputs: &[smalto_graph::Value]| {
        let reference = smalto_lower::Reference(smalto_graph::Element::F64);
        reference.run(graph, inputs).unwrap()
    };
    let (x, y) = (
        smalto_graph::Value::Real(0.3),
        smalto_graph::Value::Real(1.7),
    );
    assert_eq!(
        at(&graph, &[x, y, smalto_graph::Value::I32(5)]),
        at(&fixed, &[x, y])
    );
}

fn graph_with_seed(seed: i32) -> smalto_graph::Graph {
    graph(&["x", "y"], &format!("perlin(x, y, seed = {seed}i32)"))
}

/// Exact distances: never change by more than one moves, and are what they must be in places.
#[test]
fn shapes_are_distances() {
    let check = |call: &str, known: &[([f64; 3], f64)]| {
        let (places, distances): (Vec<_>, Vec<_>) = known.iter().copied().unzip();
        for ((found, expected), place) in values(["x", "y", "z"], call, &places)
            .iter()
            .zip(distances)
            .zip(places)
        {
            assert!(
                (found - expected).abs() < 1e-6,
                "{call} at {place:?}: {found}, not {expected}"
            );
        }
        let here = points::<3>(5000, 3.0);
        let there: Vec<[f64; 3]> = here.iter().rev().copied().collect();
        let pairs = values(["x", "y", "z"], call, &here).into_iter().zip(values(
            ["x", "y", "z"],
            call,
            &there,
        ));
        for ((a, b), (p, q)) in pairs.zip(here.iter().zip(&there)) {
            let apart = (0..3)
                .map(|axis| (p[axis] - q[axis]).powi(2))
                .sum::<f64>()
                .sqrt();
            assert!(
                (a - b).abs() <= apart * (1.0 + 1e-9) + 1e-9,
                "{call} from {p:?} to {q:?}: {a} to {b}"
            );
        }
    };
    check(
        "circle(x, y, 1)",
        &[([3.0, 4.0, 0.0], 4.0), ([0.0; 3], -1.0)],
    );
    check(
        "ring(x, y, 1, 0.5)",
        &[([1.0, 0.0, 0.0], -0.25), ([0.0; 3], 0.75)],
    );
    check(
        "rectangle(x, y, 1, 2)",
        &[
            ([4.0, 6.0, 0.0], 5.0),
            ([0.5, 0.0, 0.0], -0.5),
            ([0.0, 5.0, 0.0], 3.0),
        ],
    );
    check(
        "segment(x, y, -1, 0, 1, 0, 0.25)",
        &[([0.0, 1.0, 0.0], 0.75), ([4.0, 4.0, 0.0], 4.75)],
    );
    check("half_plane(x, y, 0, 1)", &[([3.0, 7.0, 0.0], -2.0)]);
    check(
        "polygon(x, y, 1, corners = 4)",
        &[
            ([0.0, 2.0, 0.0], 1.0),
            ([0.0; 3], -0.5f64.sqrt()),
            ([1.0, 1.0, 0.0], 0.5f64.sqrt()),
        ],
    );
    check(
        "polygon(x, y, 1, corners = 3)",
        &[([0.0; 3], -0.5), ([0.0, -1.5, 0.0], 1.0)],
    );
    check(
        "star(x, y, 1, 0.5)",
        &[
            ([0.0, 3.0, 0.0], 2.0),
            ([0.0, 1.0, 0.0], 0.0),
            ([0.0, -0.5, 0.0], 0.0),
        ],
    );
    check("sphere(x, y, z, 1)", &[([2.0, 3.0, 6.0], 6.0)]);
    check(
        "cuboid(x, y, z, 1, 2, 3)",
        &[([3.0, 5.0, 9.0], 7.0), ([0.0; 3], -1.0)],
    );
    check(
        "torus(x, y, z, 2, 0.5)",
        &[([2.0, 0.0, 0.0], -0.5), ([0.0; 3], 1.5)],
    );
    check(
        "cylinder(x, y, z, 1, 2)",
        &[([4.0, 0.0, 6.0], 5.0), ([0.0; 3], -1.0)],
    );
    check(
        "capsule(x, y, z, 0, 0, -1, 0, 0, 1, 0.5)",
        &[([0.0, 0.0, 3.0], 1.5), ([2.0, 0.0, 0.5], 1.5)],
    );
    check(
        "cone(x, y, z, 1, 1)",
        &[
            ([0.0, 0.0, 1.0], 1.0),
            ([0.0, 0.0, -2.0], 1.0),
            ([2.0, 0.0, 0.0], 2f64.sqrt()),
        ],
    );
    check("octahedron(x, y, z, 1)", &[([0.0; 3], -1.0 / 3f64.sqrt())]);
    check(
        "smooth_union(circle(x, y, 1), circle(x - 1, y, 1), 0.5)",
        &[([0.5, 0.0, 0.0], -0.625), ([-3.0, 0.0, 0.0], 2.0)],
    );
    check(
        "smooth_difference(circle(x, y, 1), circle(x - 1, y, 1), 0)",
        &[([-0.5, 0.0, 0.0], -0.5)],
    );
}

#[test]
fn curves_begin_and_end_where_they_should() {
    for curve in [
        "linear",
        "sine",
        "quadratic",
        "cubic",
        "quartic",
        "quintic",
        "exponential",
        "circular",
        "back",
        "elastic",
        "bounce",
    ] {
        for end in ["in", "out", "both"] {
            let call = format!("ease(x, curve = {curve}, end = {end})");
            let found = values(["x"], &call, &[[-1.0], [0.0], [1.0], [2.0]]);
            for (found, expected) in found.iter().zip([0.0, 0.0, 1.0, 1.0]) {
                assert!(
                    (found - expected).abs() < 1e-12,
                    "{call}: {found}, not {expected}"
                );
            }
            if end == "both" {
                let middle = values(["x"], &call, &[[0.5]])[0];
                assert!(
                    (middle - 0.5).abs() < 1e-12,
                    "{call}: {middle} in the middle"
                );
            }
        }
    }
    let check = |call: &str, x: f64, expected: f64| {
        let found = values(["x"], call, &[[x]])[0];
        assert!(
            (found - expected).abs() < 1e-9,
            "{call} at {x}: {found}, not {expected}"
        );
    };
    check("smoothstep(1, 3, x)", 2.0, 0.5);
    check("smoothstep(1, 3, x)", 1.5, 0.15625);
    check("smootherstep(1, 3, x)", 2.0, 0.5);
    check("remap(x, 0, 10, 100, 200)", 12.5, 225.0);
    check("triangle(x)", -0.25, 0.5);
    check("from_srgb(x)", 0.04, 0.04 / 12.92);
    check("from_srgb(x)", 1.0, 1.0);
}
