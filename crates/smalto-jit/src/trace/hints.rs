//! How space is best divided.

use super::{BOXES, Tracer};
use crate::evaluator::Real;

/// How whoever divides space should go about it: what a [tracer](Tracer::hints) offers, and its
/// caller may override. What is evaluated is the same either way, to the bit.
///
/// A region is divided into 4 by 4 squares, which are the boxes of a batch, or into 4 by 4 by 4
/// cubes, which are those of four. So sides that make a difference are a least one times 4, times 16
/// and so on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hints {
    /// Points along the side of a square that is evaluated point by point rather than divided: 16
    /// at the least.
    pub square: usize,
    /// The same of a cube: 8 at the least.
    pub cube: usize,
    /// Instructions of a region's tape from which on it is made shorter for its parts:
    /// `usize::MAX` for never.
    pub shorten_from: usize,
    /// Instructions of the tape of a cube of the least side from which on the bounds of its parts
    /// are evaluated before its points: with less, a batch costs as much as what it spares.
    pub parts_from: usize,
    /// Instructions from which on threads share a picture of the plane, or of a solid's gradients,
    /// counted once for each leaf of 16 by 16 points that is sure to be evaluated: with less, to
    /// wake them takes longer than the picture.
    pub share_from: usize,
}

impl<T: Real> Tracer<T> {
    /// How to divide space for this graph.
    ///
    /// ```
    /// use smalto_graph::formula;
    /// use smalto_jit::Options;
    /// use smalto_jit::trace::{Axis, Tracer};
    ///
    /// let axes = [("x", Axis::Columns), ("y", Axis::Rows)];
    /// let hints = |text| {
    ///     let graph = formula::parse(text)?;
    ///     let tracer = Tracer::<f32>::new(&graph, &axes, &Options::default())?;
    ///     Ok::<_, Box<dyn std::error::Error>>(tracer.hints())
    /// };
    /// assert_eq!(hints("min(x, y)")?.shorten_from, 1);
    /// assert_eq!(hints("x + y")?.shorten_from, usize::MAX, "nothing is chosen");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn hints(&self) -> Hints {
        Hints {
            square: 16,
            cube: 8,
            shorten_from: match self.root().choices() {
                0 => usize::MAX,
                _ => 1,
            },
            // Of all models that were tried, none was faster with less, and some were slower.
            parts_from: 40,
            // Some 20 ns each; and a thread is woken in 50 us, or in milliseconds on a busy machine.
            share_from: 10_000,
        }
    }
}

impl Hints {
    /// The side of the squares that are evaluated point by point, if the least that may be is so
    /// long.
    pub fn side_of_squares(&self, least: usize) -> usize {
        side(self.square / 16 * least, least)
    }

    /// The same of cubes.
    pub fn side_of_cubes(&self, least: usize) -> usize {
        side(self.cube / 8 * least, least)
    }
}

/// The least side, times 4 as often as the wanted one allows.
fn side(wanted: usize, least: usize) -> usize {
    let split = BOXES.isqrt();
    let mut side = least;
    while side.saturating_mul(split) <= wanted {
        side *= split;
    }
    side
}
