//! Simplex noise: random gradients at the corners of a simplex, each fading out on its own.
//!
//! Perlin, "Noise hardware" (SIGGRAPH course 2001), as explained by Gustavson, "Simplex noise
//! demystified" (2005). Space is skewed along its diagonal so that the cells of a lattice of
//! cubes become parallelepipeds of n! equal simplices; which one a point is in follows from
//! the order of its offsets. A corner at distance d contributes (1/2 - d^2)^4 times its
//! gradient, and nothing beyond the opposite face, which is at a distance of 1/sqrt(2) in any
//! dimension, so the noise is smooth everywhere.

use super::check_dimensions;
use super::gradient::Gradients;
use super::lattice::{Cell, Lattice, Random};
use smalto_graph::Expr;

/// As [`perlin`](super::perlin)'s, for 2 to 4 dimensions; in one the kernel reaches from
/// corner to corner, and the largest value is (3/4)^4, half way.
pub(crate) const SCALES: [f64; 4] = [256.0 / 81.0, 100.04, 76.88, 62.77];

/// Simplex noise in 1 to 4 dimensions, from -1 to 1: like [`perlin`](super::perlin()), less
/// bound to the axes, and cheaper in many dimensions. It does not repeat: the lattice's period
/// is not used.
///
/// It is NaN where a coordinate is NaN or infinite, or so large that the sum of all is. Unlike
/// Perlin noise's, its offsets within a cell are rounded as coordinates are: 100 000 cells from
/// the origin, f32 leaves a hundredth of a cell.
///
/// # Panics
/// If `point` has no coordinate or more than 4.
pub fn simplex<'g>(point: &[Expr<'g>], lattice: &Lattice<'g>) -> Expr<'g> {
    check_dimensions(point);
    let dimensions = point.len();
    let gradients = Gradients::new(point[0].builder(), dimensions, SCALES[dimensions - 1]);
    if dimensions == 1 {
        return on_a_line(point[0], lattice, &gradients);
    }
    // How far skewing moves a point along the diagonal, and back.
    let root = (dimensions as f64 + 1.0).sqrt();
    let skew = (root - 1.0) / dimensions as f64;
    let unskew = (1.0 - 1.0 / root) / dimensions as f64;

    let shift = sum(point) * skew;
    let floors: Vec<_> = point.iter().map(|&x| (x + shift).floor()).collect();
    let back = sum(&floors) * unskew;
    // From the first corner of the cell.
    let near: Vec<_> = (0..dimensions)
        .map(|axis| point[axis] - (floors[axis] - back))
        .collect();
    let cells: Vec<_> = (0..dimensions)
        .map(|axis| Cell::new(axis, floors[axis]))
        .collect();
    let ranks = ranks(&near);

    // Corner number c is one cell on along the axes whose offsets are the c largest.
    let corner = |c: usize| {
        let step = |axis: usize| match c {
            0 => Step::Never,
            c if c == dimensions => Step::Always,
            c => ranks[axis].among(c),
        };
        let key = (0..dimensions).rev().fold(lattice.base_key(), |key, axis| {
            let [stay, on] = [0, 1].map(|step| cells[axis].key(step));
            key.bit_xor(step(axis).choose(stay, on))
        });
        let offset: Vec<_> = (0..dimensions)
            .map(|axis| match step(axis) {
                Step::Never => near[axis],
                Step::Always => near[axis] + (c as f64 * unskew - 1.0),
                step => {
                    let stay = near[axis] + c as f64 * unskew;
                    step.choose(stay, stay - 1.0)
                }
            })
            .collect();
        contribution(&gradients, Random::of_key(key), &offset, 0.5)
    };
    (1..=dimensions).fold(corner(0), |sum, c| sum + corner(c))
}

/// Whether a corner is a step on along an axis.
#[derive(Clone, Copy)]
enum Step<'g> {
    Never,
    Always,
    If(Expr<'g>),
    Unless(Expr<'g>),
}

impl<'g> Step<'g> {
    fn choose(self, stay: Expr<'g>, on: Expr<'g>) -> Expr<'g> {
        match self {
            Step::Never => stay,
            Step::Always => on,
            Step::If(condition) => condition.select(on, stay),
            Step::Unless(condition) => condition.select(stay, on),
        }
    }

    fn condition(self) -> Expr<'g> {
        match self {
            Step::If(condition) => condition,
            Step::Unless(condition) => condition.not(),
            Step::Never | Step::Always => unreachable!("it depends on nothing"),
        }
    }
}

/// In one dimension the simplices are the cells themselves.
fn on_a_line<'g>(x: Expr<'g>, lattice: &Lattice<'g>, gradients: &Gradients) -> Expr<'g> {
    let axis = lattice.axis(0, x);
    let corner = |step: i32| {
        let key = lattice.base_key().bit_xor(axis.cell.key(step));
        let offset = axis.offset - f64::from(step);
        contribution(gradients, Random::of_key(key), &[offset], 1.0)
    };
    corner(0) + corner(1)
}

/// `(reach - d^2)^4` times the gradient, d being the length of `offset`; 0 beyond the reach.
fn contribution<'g>(
    gradients: &Gradients,
    random: Random<'g>,
    offset: &[Expr<'g>],
    reach: f64,
) -> Expr<'g> {
    // The fourth power does not mind the sign, and d^2 - reach is one operation an axis.
    let builder = offset[0].builder();
    let start = builder.constant(-reach);
    let beyond = offset.iter().fold(start, |sum, &d| d.fma(d, sum));
    let fading = beyond.min(0.0).square().square();
    fading * gradients.dot(random, offset)
}

fn sum<'g>(terms: &[Expr<'g>]) -> Expr<'g> {
    terms[1..].iter().fold(terms[0], |sum, &term| sum + term)
}

/// How one offset compares with the others.
struct Rank<'g> {
    /// Whether each of the others is smaller; ties go to the first axis.
    wins: Vec<Step<'g>>,
}

fn ranks<'g>(offsets: &[Expr<'g>]) -> Vec<Rank<'g>> {
    let wins = |a: usize, b: usize| match a < b {
        true => Step::If(offsets[a].ge(offsets[b])),
        false => Step::Unless(offsets[b].ge(offsets[a])),
    };
    let rank = |a: usize| Rank {
        wins: (0..offsets.len())
            .filter(|&b| b != a)
            .map(|b| wins(a, b))
            .collect(),
    };
    (0..offsets.len()).map(rank).collect()
}

impl<'g> Rank<'g> {
    /// Whether the offset is among the `count` largest: it is, if at least n - count of the
    /// other n - 1 are smaller.
    fn among(&self, count: usize) -> Step<'g> {
        match &self.wins[..] {
            &[only] => only,
            wins => Step::If(at_least(wins.len() + 1 - count, wins)),
        }
    }
}

/// Whether that many of the conditions hold, at least one being asked for.
fn at_least<'g>(count: usize, conditions: &[Step<'g>]) -> Expr<'g> {
    let (first, rest) = conditions.split_first().expect("enough conditions");
    let first = first.condition();
    if conditions.len() == count {
        return rest.iter().fold(first, |all, one| all.and(one.condition()));
    }
    if count == 1 {
        return rest.iter().fold(first, |any, one| any.or(one.condition()));
    }
    first
        .and(at_least(count - 1, rest))
        .or(at_least(count, rest))
}
