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

/// The correlation of two sequences of numbers from -1 to 1, in standard deviations of what
/// chance would give. The variance of such a number is 1/3.
fn correlation<'a>(pairs: impl ExactSizeIterator<Item = (&'a f64, &'a f64)>) -> f64 {
    let count = pairs.len() as f64;
    pairs.map(|(a, b)| a * b).sum::<f64>() * 3.0 / count.sqrt()
}

/// Small seeds, and what has few bits set or few not.
const SEEDS: [i32; 8] = [0, 1, 2, -1, -5, 1 << 30, i32::MIN, i32::MAX];

/// Each row and each column by itself: a test over the whole plane does not see that a few of
/// them are bad.
#[test]
fn numbers_are_unrelated_within_every_row_and_column_and_between_neighbouring_ones() {
    let side = SIDE as usize;
    for seed in SEEDS {
        for first in [-128.0, 1e6] {
            let cell = |at: usize| first + at as f64;
            let points: Vec<[f64; 2]> = (0..side * side)
                .map(|at| [cell(at % side), cell(at / side)])
                .collect();
            let formula = format!("value(x, y, seed = {seed}i32)");
            let rows = values(["x", "y"], &formula, &points);
            let columns: Vec<f64> = (0..side * side)
                .map(|at| rows[at % side * side + at / side])
                .collect();
            for (kind, lines) in [("row", rows), ("column", columns)] {
                let lines: Vec<&[f64]> = lines.chunks(side).collect();
                for (at, line) in lines.iter().enumerate() {
                    for distance in 1..=8 {
                        let within = correlation(line.iter().zip(&line[distance..]));
                        // One number in 30 million is beyond 5.5 deviations.
                        assert!(
                            within.abs() < 5.5,
                            "seed {seed}, {kind} {at}, {distance} apart: {within}"
                        );
                    }
                    for next in lines.iter().skip(at + 1).take(4) {
                        let between = correlation(line.iter().zip(*next));
                        assert!(
                            between.abs() < 5.5,
                            "seed {seed}, {kind} {at} and another: {between}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn neighbours_on_a_line_are_unrelated() {
    let points: Vec<[f64; 1]> = (0..65_536).map(|at| [f64::from(at) - 32_768.0]).collect();
    for seed in SEEDS {
        let found = values(["x"], &format!("value(x, seed = {seed}i32)"), &points);
        for distance in 1..=8 {
            let correlation = correlation(found.iter().zip(&found[distance..]));
            assert!(
                correlation.abs() < 5.5,
                "seed {seed}, {distance} apart: {correlation}"
            );
        }
    }
}
