//! Cellular noise: how far it is to random points, one in each cell of the lattice.
//!
//! Worley, "A cellular texture basis function" (SIGGRAPH 1996). The cells around a point are
//! searched, 3 along each axis: a point two cells away is at least one unit away, so a nearer
//! one is found unless all those around are far, which is rare and shows as a slight kink.

use super::check_dimensions;
use super::lattice::{Lattice, Random};
use smalto_graph::Expr;

/// How distances are measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Metric {
    /// As the crow flies.
    #[default]
    Euclidean,
    /// The sum of the distances along the axes.
    Manhattan,
    /// The largest of them.
    Chebyshev,
}

/// What there is to know about the points near a point.
#[derive(Debug, Clone, Copy)]
pub struct Cells<'g> {
    /// The distance to the nearest.
    pub f1: Expr<'g>,
    /// The distance to the second nearest.
    pub f2: Expr<'g>,
    /// A random number of the nearest's own, from 0 to 1.
    pub id: Expr<'g>,
}

/// The distances to random points, one in each cell of a lattice, in 1 to 4 dimensions.
///
/// `jitter`, from 0 to 1, is how far from the middle of its cell a point may be: at 0 the points
/// make a grid. Distances are NaN where a coordinate is NaN or infinite, though Chebyshev's may
/// be that along the other axes. In four dimensions 81
/// cells are searched.
///
/// # Panics
/// If `point` has no coordinate or more than 4.
pub fn cells<'g>(
    point: &[Expr<'g>],
    lattice: &Lattice<'g>,
    jitter: Expr<'g>,
    metric: Metric,
) -> Cells<'g> {
    check_dimensions(point);
    let dimensions = point.len();
    let axes: Vec<_> = (0..dimensions)
        .map(|axis| lattice.axis(axis, point[axis]))
        .collect();
    // So many bits a coordinate of a random point; it is in the middle of its place.
    let bits = if dimensions <= 3 { 10 } else { 8 };
    let places = 2f64.powi(bits);
    let step = jitter / places;
    // Where a point would be if all its bits were 0, seen from the point asked about.
    let starts: Vec<_> = axes
        .iter()
        .map(|axis| jitter * (0.5 / places - 0.5) + 0.5 - axis.offset)
        .collect();

    let around = (0..3usize.pow(dimensions as u32)).map(|number| {
        let along = |axis: usize| (number / 3usize.pow(axis as u32) % 3) as i32 - 1;
        let key = (0..dimensions).rev().fold(lattice.base_key(), |key, axis| {
            key.bit_xor(axes[axis].cell.key(along(axis)))
        });
        let random = Random::of_key(key).mixed();
        let away: Vec<_> = (0..dimensions)
            .map(|axis| {
                let start = starts[axis] + f64::from(along(axis));
                random.field(axis as i32, bits).fma(step, start)
            })
            .collect();
        (distance(&away, metric), random)
    });
    let nearest = around.fold(None, |found: Option<Cells<'g>>, (distance, random)| {
        let id = random.mixed();
        Some(match found {
            None => Cells {
                f1: distance,
                f2: distance.builder().constant(f64::INFINITY),
                id: id.unsigned(),
            },
            Some(Cells {
                f1,
                f2,
                id: nearest,
            }) => Cells {
                f1: f1.min(distance),
                f2: f2.min(f1.max(distance)),
                id: distance.lt(f1).select(id.unsigned(), nearest),
            },
        })
    });
    let Cells { f1, f2, id } = nearest.expect("there are cells");
    let root = |distance: Expr<'g>| match metric {
        Metric::Euclidean => distance.sqrt(),
        Metric::Manhattan | Metric::Chebyshev => distance,
    };
    Cells {
        f1: root(f1),
        f2: root(f2),
        id: id * 2f64.powi(-24),
    }
}

/// The length of a vector; for [`Metric::Euclidean`] its square, which orders alike.
fn distance<'g>(away: &[Expr<'g>], metric: Metric) -> Expr<'g> {
    let (&first, rest) = away.split_first().expect("there are dimensions");
    match metric {
        Metric::Euclidean => rest.iter().fold(first.square(), |sum, &d| d.fma(d, sum)),
        Metric::Manhattan => rest.iter().fold(first.abs(), |sum, d| sum + d.abs()),
        Metric::Chebyshev => rest.iter().fold(first.abs(), |most, d| most.max(d.abs())),
    }
}
