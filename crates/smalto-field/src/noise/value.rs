//! Value noise: random values at the corners of a cube, blended.

use super::lattice::{Lattice, Random};
use super::{blend, check_dimensions, fade};
use smalto_graph::Expr;

/// Value noise in 1 to 4 dimensions, from -1 to 1: a random value at each corner of the
/// lattice, blended as [`perlin`](super::perlin()) blends. Cheap, and blocky beside it.
///
/// It is NaN where a coordinate is NaN or infinite.
///
/// # Panics
/// If `point` has no coordinate or more than 4.
pub fn value<'g>(point: &[Expr<'g>], lattice: &Lattice<'g>) -> Expr<'g> {
    check_dimensions(point);
    let axes: Vec<_> = (0..point.len())
        .map(|axis| lattice.axis(axis, point[axis]))
        .collect();
    let weights: Vec<_> = axes.iter().map(|axis| fade(axis.offset)).collect();
    let corner = |number: usize| {
        let key = (0..axes.len()).rev().fold(lattice.base_key(), |key, axis| {
            key.bit_xor(axes[axis].cell.key((number >> axis & 1) as i32))
        });
        Random::of_key(key).signed()
    };
    blend(&weights, corner) * 2f64.powi(-31)
}

/// A random number from 0 to 1 for each cell of the lattice, the same in all of it. In a cell
/// with a NaN coordinate it is that of cell 0.
///
/// # Panics
/// If `point` has no coordinate or more than 4.
pub fn random<'g>(point: &[Expr<'g>], lattice: &Lattice<'g>) -> Expr<'g> {
    check_dimensions(point);
    let key = (0..point.len())
        .rev()
        .fold(lattice.base_key(), |key, axis| {
            key.bit_xor(lattice.axis(axis, point[axis]).cell.key(0))
        });
    Random::of_key(key).mixed().unsigned() * 2f64.powi(-24)
}
