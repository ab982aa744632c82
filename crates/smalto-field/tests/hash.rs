//! The hash of the lattice: as even, and as free of correlations, as chance.

mod common;

use common::values;

const SIDE: i32 = 256;

/// The random numbers of a square of cells, in 16 equal parts.
fn parts(seed: i32) -> Vec<usize> {
    let half = f64::from(SIDE) / 2.0;
    let cell = |at: i32| f64::from(at) - half;
    let points: Vec<[f64; 2]> = (0..SIDE * SIDE)
        .map(|at| [cell(at % SIDE), cell(at / SIDE)])
        .collect();
    let formula = format!("value(x, y, seed = {seed}i32, range = unit)");
    let found = values(["x", "y"], &formula, &points);
    found.iter().map(|value| (value * 16.0) as usize).collect()
}

/// By how many standard deviations a chi-square statistic of `counts`, which should be equal,
/// is off.
fn deviation(counts: &[f64]) -> f64 {
    let mean = counts.iter().sum::<f64>() / counts.len() as f64;
    let chi: f64 = counts.iter().map(|n| (n - mean).powi(2) / mean).sum();
    let freedom = counts.len() as f64 - 1.0;
    (chi - freedom) / (2.0 * freedom).sqrt()
}

#[test]
fn numbers_are_equally_frequent_alone_and_in_pairs() {
    for seed in [0, 1, 2, -5] {
        let parts = parts(seed);
        let mut alone = [0.0; 16];
        parts.iter().for_each(|&part| alone[part.min(15)] += 1.0);
        assert!(deviation(&alone).abs() < 5.0, "seed {seed}");
        for (dx, dy) in (-4..=4).flat_map(|dx| (0..=4).map(move |dy| (dx, dy))) {
            if (dx, dy) == (0, 0) {
                continue;
            }
            let mut pairs = [0.0; 256];
            for at in 0..SIDE * SIDE {
                let (x, y) = (at % SIDE + dx, at / SIDE + dy);
                if (0..SIDE).contains(&x) && (0..SIDE).contains(&y) {
                    let other = parts[(y * SIDE + x) as usize].min(15);
                    pairs[parts[at as usize].min(15) * 16 + other] += 1.0;
                }
            }
            let deviation = deviation(&pairs);
            assert!(
                deviation.abs() < 6.0,
                "seed {seed} at {dx}, {dy}: {deviation}"
            );
        }
    }
}

#[test]
fn seeds_are_unrelated() {
    let mut counts = [0.0; 256];
    for (a, b) in parts(0).into_iter().zip(parts(1)) {
        counts[a.min(15) * 16 + b.min(15)] += 1.0;
    }
    let deviation = deviation(&counts);
    assert!(deviation.abs() < 6.0, "{deviation}");
}

#[test]
fn neighbours_on_a_line_are_unrelated() {
    let points: Vec<[f64; 1]> = (0..65_536).map(|at| [f64::from(at) - 32_768.0]).collect();
    for seed in [0, 1, 2, -5] {
        let found = values(["x"], &format!("value(x, seed = {seed}i32)"), &points);
        for distance in 1..=8 {
            let product: f64 = found
                .iter()
                .zip(&found[distance..])
                .map(|(a, b)| a * b)
                .sum();
            // The variance of a number from -1 to 1 is 1/3; chance gives 1/256.
            let correlation = product * 3.0 / points.len() as f64;
            assert!(
                correlation.abs() < 6.0 / 256.0,
                "seed {seed}, {distance} apart: {correlation}"
            );
        }
    }
}
