//! Perlin's noise: random gradients at the corners of a cube, blended.
//!
//! Perlin, "Improving noise" (SIGGRAPH 2002): the weight of a corner is a product of
//! 6t^5 - 15t^4 + 10t^3 along each axis, so that the second derivative is continuous too.

use super::gradient::Gradients;
use super::lattice::{Lattice, Random};
use super::{blend, check_dimensions, fade};
use smalto_graph::Expr;

/// 1 over the largest value there is before scaling, rounded down, by dimension. A corner's
/// gradient is any of them whatever the others are, so the largest value at a point is the sum
/// over corners of weight times the best gradient; the maximum over points was found by search
/// and is checked in `tests/range.rs`. In three dimensions it is 1.0363538, as is known.
pub(crate) const SCALES: [f64; 4] = [2.0, 1.5132, 0.9649, 0.6507];

/// Perlin's gradient noise in 1 to 4 dimensions, from -1 to 1: 0 at the corners of the
/// lattice, features about one cell wide, no direction preferred.
///
/// It is NaN where a coordinate is NaN or infinite.
///
/// ```
/// use smalto_field::noise::{Lattice, perlin};
/// use smalto_graph::GraphBuilder;
///
/// let builder = GraphBuilder::new();
/// let (x, y) = (builder.var("x"), builder.var("y"));
/// let bumps = perlin(&[x * 4.0, y * 4.0], &Lattice::new(&builder, 7));
/// let graph = builder.finish([("", bumps)])?;
/// # Ok::<(), smalto_graph::GraphError>(())
/// ```
///
/// # Panics
/// If `point` has no coordinate or more than 4.
pub fn perlin<'g>(point: &[Expr<'g>], lattice: &Lattice<'g>) -> Expr<'g> {
    check_dimensions(point);
    let builder = point[0].builder();
    let gradients = Gradients::new(builder, point.len(), SCALES[point.len() - 1]);
    let axes: Vec<_> = (0..point.len())
        .map(|axis| lattice.axis(axis, point[axis]))
        .collect();
    let weights: Vec<_> = axes.iter().map(|axis| fade(axis.offset)).collect();
    // Bit `axis` of a corner's number says whether it is the far one along that axis.
    let corner = |number: usize| {
        let far = |axis: usize| number >> axis & 1;
        // From the last axis, which is the same for a whole row of a picture.
        let key = (0..axes.len()).rev().fold(lattice.base_key(), |key, axis| {
            key.bit_xor(axes[axis].cell.key(far(axis) as i32))
        });
        let offset: Vec<_> = (0..axes.len())
            .map(|axis| match far(axis) {
                0 => axes[axis].offset,
                _ => axes[axis].offset - 1.0,
            })
            .collect();
        gradients.dot(Random::of_key(key), &offset)
    };
    blend(&weights, corner)
}
