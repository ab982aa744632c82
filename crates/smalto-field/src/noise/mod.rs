//! Noise: random, smooth, the same whenever it is asked for.
//!
//! Every noise is a function from a point of 1 to 4 coordinates and a [`Lattice`] to an
//! expression. Its features are about one unit wide; multiply coordinates to make them
//! smaller. Whatever the coordinates are, nothing traps: where one is NaN or infinite the
//! noise is NaN (but [`cells`]' id), and beyond 2^31 it is one value.
//!
//! | noise | range | repeats |
//! |---|---|---|
//! | [`perlin()`] | -1 to 1 | if asked for |
//! | [`simplex()`] | -1 to 1 | if asked for |
//! | [`value()`] | -1 to 1 | if asked for |
//! | [`cells`] | distances from 0 | if asked for |
//! | [`reference()`] | -1.0364 to 1.0364 | after 256 cells |

mod gradient;
mod lattice;
mod perlin;
mod reference;
mod simplex;
mod value;
mod worley;

pub use lattice::Lattice;
pub use perlin::perlin;
pub use reference::reference;
pub use simplex::{LONGEST_SIMPLEX_PERIOD, simplex};
pub use value::{random, value};
pub use worley::{Cells, Metric, cells};

use smalto_graph::Expr;

/// Noise from -1 to 1 as values from 0 to 1.
pub fn unit(noise: Expr<'_>) -> Expr<'_> {
    let builder = noise.builder();
    noise.fma(builder.constant(0.5), builder.constant(0.5))
}

/// 6t^5 - 15t^4 + 10t^3: from 0 to 1 with two derivatives of 0 at either end.
pub(crate) fn fade(t: Expr<'_>) -> Expr<'_> {
    let builder = t.builder();
    let inner = t.fma(builder.constant(6.0), builder.constant(-15.0));
    let inner = t.fma(inner, builder.constant(10.0));
    t * t * t * inner
}

/// The values of the corners of a cube blended: along the last axis first, so that what is
/// left to do is along the first.
fn blend<'g>(weights: &[Expr<'g>], corner: impl Fn(usize) -> Expr<'g>) -> Expr<'g> {
    let mut values: Vec<_> = (0..1 << weights.len()).map(corner).collect();
    for &weight in weights.iter().rev() {
        let half = values.len() / 2;
        values = (0..half)
            .map(|at| values[at].mix(values[half + at], weight))
            .collect();
    }
    values[0]
}

fn check_dimensions(point: &[Expr<'_>]) {
    let count = point.len();
    assert!(
        (1..=4).contains(&count),
        "noise has 1 to 4 dimensions, not {count}"
    );
}
