//! Fractal sums: a noise at several scales at once, and coordinates moved by noise.
//!
//! An *octave* is the noise at one scale. Each has `lacunarity` times the frequency of the one
//! before and `gain` times its amplitude, a seed of its own, and coordinates shifted by its
//! number, so that the lattices of octaves do not share their corners. Sums are divided by
//! the sum of the amplitudes, so their ranges do not depend on the number of octaves.
//!
//! ```
//! use smalto_field::{fractal::{Octaves, fbm}, noise::{Lattice, perlin}};
//! use smalto_graph::GraphBuilder;
//!
//! let builder = GraphBuilder::new();
//! let (x, y) = (builder.var("x"), builder.var("y"));
//! let lattice = Lattice::new(&builder, 7);
//! let octaves = Octaves::new(&builder, 6);
//! let hills = fbm(&[x, y], &octaves, |point, octave| perlin(point, &lattice.shifted(octave)));
//! let graph = builder.finish([("", hills)])?;
//! # Ok::<(), smalto_graph::GraphError>(())
//! ```

use smalto_graph::{Expr, GraphBuilder};

/// By how much octave k is shifted, times k: far from any simple fraction of a cell.
const SHIFT: f64 = 0.381_966;

/// The scales of a fractal sum.
#[derive(Debug, Clone, Copy)]
pub struct Octaves<'g> {
    /// How many there are, at least 1.
    pub count: u32,
    /// The frequency of one divided by that of the one before.
    pub lacunarity: Expr<'g>,
    /// The amplitude of one divided by that of the one before.
    pub gain: Expr<'g>,
}

impl<'g> Octaves<'g> {
    /// So many octaves, each of twice the frequency and half the amplitude of the one before.
    pub fn new(builder: &'g GraphBuilder, count: u32) -> Octaves<'g> {
        Octaves {
            count,
            lacunarity: builder.constant(2.0),
            gain: builder.constant(0.5),
        }
    }
}

/// Fractional Brownian motion: the sum of the octaves. Of a noise from -1 to 1 it is from -1
/// to 1. `noise` is given a point and the number of the octave.
///
/// # Panics
/// If there are no octaves.
pub fn fbm<'g>(
    point: &[Expr<'g>],
    octaves: &Octaves<'g>,
    noise: impl Fn(&[Expr<'g>], i32) -> Expr<'g>,
) -> Expr<'g> {
    assert!(octaves.count > 0, "a fractal sum has octaves");
    let builder = point[0].builder();
    let count = octaves.count as usize;
    let amplitudes = powers(octaves.gain, count);
    let total = amplitudes[1..]
        .iter()
        .fold(amplitudes[0], |sum, &a| sum + a);
    let frequencies = powers(octaves.lacunarity, count);
    let octave = |k: usize| {
        let shift = builder.constant(SHIFT * k as f64);
        let at: Vec<_> = match k {
            0 => point.to_vec(),
            _ => point
                .iter()
                .map(|&x| x.fma(frequencies[k], shift))
                .collect(),
        };
        noise(&at, k as i32)
    };
    let weight = |k: usize| amplitudes[k] / total;
    (1..count).fold(octave(0) * weight(0), |sum, k| {
        octave(k).fma(weight(k), sum)
    })
}

/// The sum of 1 - 2|n| over the octaves: sharp ridges at 1, from -1 to 1.
///
/// # Panics
/// If there are no octaves.
pub fn ridged<'g>(
    point: &[Expr<'g>],
    octaves: &Octaves<'g>,
    noise: impl Fn(&[Expr<'g>], i32) -> Expr<'g>,
) -> Expr<'g> {
    fbm(point, octaves, |point, octave| {
        let builder = point[0].builder();
        noise(point, octave)
            .abs()
            .fma(builder.constant(-2.0), builder.constant(1.0))
    })
}

/// The sum of 2|n| - 1 over the octaves: round bulges with sharp creases at -1, from -1 to 1.
///
/// # Panics
/// If there are no octaves.
pub fn billow<'g>(
    point: &[Expr<'g>],
    octaves: &Octaves<'g>,
    noise: impl Fn(&[Expr<'g>], i32) -> Expr<'g>,
) -> Expr<'g> {
    fbm(point, octaves, |point, octave| {
        let builder = point[0].builder();
        noise(point, octave)
            .abs()
            .fma(builder.constant(2.0), builder.constant(-1.0))
    })
}

/// The sum of |n| over the octaves (Perlin, "An image synthesizer", SIGGRAPH 1985), from 0 to 1.
///
/// # Panics
/// If there are no octaves.
pub fn turbulence<'g>(
    point: &[Expr<'g>],
    octaves: &Octaves<'g>,
    noise: impl Fn(&[Expr<'g>], i32) -> Expr<'g>,
) -> Expr<'g> {
    fbm(point, octaves, |point, octave| noise(point, octave).abs())
}

/// A point moved along each axis by `strength` times a noise of its own: what is drawn at
/// the result is drawn warped. `noise` is given the point and the number of the axis.
pub fn warp<'g>(
    point: &[Expr<'g>],
    strength: Expr<'g>,
    noise: impl Fn(&[Expr<'g>], i32) -> Expr<'g>,
) -> Vec<Expr<'g>> {
    let moved = |(axis, &x): (usize, &Expr<'g>)| noise(point, axis as i32).fma(strength, x);
    point.iter().enumerate().map(moved).collect()
}

/// 1, x, x^2, ...
fn powers(x: Expr<'_>, count: usize) -> Vec<Expr<'_>> {
    let one = x.builder().constant(1.0);
    std::iter::successors(Some(one), |&power| Some(power * x))
        .take(count)
        .collect()
}
