//! Ranges: what is said to be from -1 to 1 is, and comes near to both.

mod common;

use common::{points, values};

/// The least and largest value at random points.
fn extremes<const N: usize>(formula: &str, reach: f64) -> (f64, f64) {
    let inputs: [&str; N] = std::array::from_fn(|axis| ["x", "y", "z", "w"][axis]);
    let found = values(inputs, formula, &points::<N>(200_000, reach));
    let bounds = |(least, most): (f64, f64), &value: &f64| (least.min(value), most.max(value));
    found
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), bounds)
}

fn check<const N: usize>(formula: &str, least: f64, most: f64, reached: f64) {
    // A line has few cells: two gradients in a row that reach 0.95 are one pair in 800, so that
    // 2000 cells may lack one of either sign, and 20 000 do not.
    let reach = if N == 1 { 10_000.0 } else { 1000.0 };
    let (low, high) = extremes::<N>(formula, reach);
    assert!(low >= least && high <= most, "{formula}: {low} to {high}");
    let middle = (least + most) / 2.0;
    let part = (high - middle).min(middle - low) / (most - middle);
    assert!(
        part >= reached,
        "{formula}: {low} to {high} is a part of {part}"
    );
}

#[test]
fn noise_is_from_minus_one_to_one() {
    check::<1>("perlin(x)", -1.0, 1.0, 0.95);
    check::<2>("perlin(x, y)", -1.0, 1.0, 0.9);
    check::<3>("perlin(x, y, z)", -1.0, 1.0, 0.8);
    check::<4>("perlin(x, y, z, w)", -1.0, 1.0, 0.65);
    check::<1>("simplex(x)", -1.0, 1.0, 0.95);
    check::<2>("simplex(x, y)", -1.0, 1.0, 0.9);
    check::<3>("simplex(x, y, z)", -1.0, 1.0, 0.85);
    check::<4>("simplex(x, y, z, w)", -1.0, 1.0, 0.75);
    for period in [2, 3, 5, 16] {
        let simplex = |point: &str| format!("simplex({point}, period = {period}, seed = 1)");
        check::<2>(&simplex("x, y"), -1.0, 1.0, 0.3);
        check::<3>(&simplex("x, y, z"), -1.0, 1.0, 0.3);
        check::<4>(&simplex("x, y, z, w"), -1.0, 1.0, 0.3);
    }
    check::<1>("value(x)", -1.0, 1.0, 0.97);
    check::<2>("value(x, y)", -1.0, 1.0, 0.9);
    check::<3>("value(x, y, z)", -1.0, 1.0, 0.8);
    check::<4>("value(x, y, z, w)", -1.0, 1.0, 0.7);
}

#[test]
fn other_ranges_are_as_stated() {
    check::<2>("perlin(x, y, range = unit)", 0.0, 1.0, 0.9);
    check::<2>("simplex(x, y, range = unit)", 0.0, 1.0, 0.9);
    check::<2>("random(x, y)", 0.0, 1.0, 0.99);
    check::<2>("cells(x, y, result = id)", 0.0, 1.0, 0.99);
    check::<3>("perlin2002(x, y, z)", -1.0364, 1.0364, 0.75);
    for fractal in ["fbm", "ridged", "billow"] {
        check::<2>(&format!("{fractal}(x, y, octaves = 4)"), -1.0, 1.0, 0.5);
        check::<2>(
            &format!("{fractal}(x, y, octaves = 4, range = unit)"),
            0.0,
            1.0,
            0.5,
        );
    }
    check::<2>("turbulence(x, y, octaves = 4)", 0.0, 1.0, 0.3);
    check::<2>("cells(x, y)", 0.0, 1.5, 0.5);
    check::<1>("triangle(x)", 0.0, 1.0, 0.99);
    check::<1>("wave(x)", 0.0, 1.0, 0.99);
}

/// The largest value gradient noise can have, by its definition: the sum over the corners of
/// the weight times the best of the gradients, at the worst of a grid of points.
#[test]
fn no_choice_of_gradients_leaves_the_range() {
    let fade = |t: f64| t * t * t * (t * (t * 6.0 - 15.0) + 10.0);
    let steps = 40;
    let mut most = 0.0f64;
    let edges: Vec<[f64; 3]> = [[1.0, 1.0, 0.0], [1.0, 0.0, 1.0], [0.0, 1.0, 1.0]].to_vec();
    for number in 0..(steps + 1i32).pow(3) {
        let place =
            |axis: u32| f64::from(number / (steps + 1).pow(axis) % (steps + 1)) / f64::from(steps);
        let point = [place(0), place(1), place(2)];
        let corner = |corner: usize| {
            let far = |axis: usize| (corner >> axis & 1) as f64;
            let weight = |axis: usize| match corner >> axis & 1 {
                0 => 1.0 - fade(point[axis]),
                _ => fade(point[axis]),
            };
            let offset: [f64; 3] = std::array::from_fn(|axis| (point[axis] - far(axis)).abs());
            let dot = |edge: &[f64; 3]| (0..3).map(|axis| edge[axis] * offset[axis]).sum();
            weight(0) * weight(1) * weight(2) * edges.iter().map(dot).fold(0.0, f64::max)
        };
        most = most.max((0..8).map(corner).sum());
    }
    // 0.9649 is what three-dimensional gradients are scaled by.
    let scaled = most * 0.9649;
    assert!((0.999..1.0).contains(&scaled), "{scaled}");
}
