//! Simplex noise: random gradients at the corners of a simplex, each fading out on its own.
//!
//! Perlin, "Noise hardware" (SIGGRAPH course 2001), as explained by Gustavson, "Simplex noise
//! demystified" (2005). Space is skewed along its diagonal so that the cells of a lattice of
//! cubes become parallelepipeds of n! equal simplices; which one a point is in follows from
//! the order of its offsets. A corner at distance d contributes (1/2 - d^2)^4 times its
//! gradient, and nothing beyond the opposite face, which is at a distance of 1/sqrt(2) in any
//! dimension, so the noise is smooth everywhere.
//!
//! **Repeating.** Space is skewed by x + s sum(x), where the s that makes simplices regular,
//! (sqrt(n + 1) - 1) / n, is mostly irrational: no multiple of the period along an axis is a corner
//! of the lattice. Where noise is to repeat after P, s is k/P for the whole number k that comes
//! nearest from below. So P along an axis is P + k corners on along it and k along the others.
//! Corners only get farther from each other than in the regular lattice: of the faces, x_a = x_b
//! stay where they are, and the first and the last move away. So a contribution that ends where it
//! did is still nothing beyond the opposite face, and no sum is larger.
//!
//! A corner v is at x = v - sum(v) k / (P + n k), which in steps of 1 / (P + n k) is the whole
//! number v (P + n k) - k sum(v) along each axis. Modulo P (P + n k), these are its numbers.

use super::check_dimensions;
use super::gradient::Gradients;
use super::lattice::{Cell, Lattice, Random, key_of};
use smalto_graph::Expr;

/// As [`perlin`](super::perlin)'s, for 2 to 4 dimensions; in one the kernel reaches from
/// corner to corner, and the largest value is (3/4)^4, half way.
pub(crate) const SCALES: [f64; 4] = [256.0 / 81.0, 100.04, 76.88, 62.77];

/// Simplex noise in 1 to 4 dimensions, from -1 to 1: like [`perlin`](super::perlin()), less
/// bound to the axes, and cheaper in many dimensions. Where it repeats, its simplices are not
/// quite regular: the shorter the period, the less.
///
/// It is NaN where a coordinate is NaN or infinite, or so large that the sum of all is. Unlike
/// Perlin noise's, its offsets within a cell are rounded as coordinates are: 100 000 cells from
/// the origin, f32 leaves a hundredth of a cell.
///
/// # Panics
/// If `point` has no coordinate or more than 4, or if the lattice's period is more than
/// [`LONGEST_SIMPLEX_PERIOD`].
pub fn simplex<'g>(point: &[Expr<'g>], lattice: &Lattice<'g>) -> Expr<'g> {
    check_dimensions(point);
    let too_long = |&period: &u32| period > LONGEST_SIMPLEX_PERIOD;
    if let Some(period) = lattice.period().filter(too_long) {
        panic!(
            "a period of {period}: simplex noise repeats after {LONGEST_SIMPLEX_PERIOD} at most"
        );
    }
    let dimensions = point.len();
    let gradients = Gradients::new(point[0].builder(), dimensions, SCALES[dimensions - 1]);
    if dimensions == 1 {
        return on_a_line(point[0], lattice, &gradients);
    }
    let skew = Skew::new(dimensions, lattice.period());
    let point = &skew.first_period(point)[..];
    let Skew { forth, back, .. } = skew;

    let shift = sum(point) * forth;
    let floors: Vec<_> = point.iter().map(|&x| (x + shift).floor()).collect();
    let unshift = sum(&floors) * back;
    // From the first corner of the cell.
    let near: Vec<_> = (0..dimensions)
        .map(|axis| point[axis] - (floors[axis] - unshift))
        .collect();
    let numbers = skew.numbers(&floors);
    let ranks = ranks(&near);

    // Corner number c is one cell on along the axes whose offsets are the c largest.
    let corner = |c: usize| {
        let step = |axis: usize| match c {
            0 => Step::Never,
            c if c == dimensions => Step::Always,
            c => ranks[axis].among(c),
        };
        let key = (0..dimensions).rev().fold(lattice.base_key(), |key, axis| {
            key.bit_xor(numbers.key(axis, c, step(axis)))
        });
        let offset: Vec<_> = (0..dimensions)
            .map(|axis| match step(axis) {
                Step::Never => near[axis],
                Step::Always => near[axis] + (c as f64 * back - 1.0),
                step => {
                    let stay = near[axis] + c as f64 * back;
                    step.choose(stay, stay - 1.0)
                }
            })
            .collect();
        contribution(&gradients, Random::of_key(key), &offset, 0.5)
    };
    (1..=dimensions).fold(corner(0), |sum, c| sum + corner(c))
}

/// The largest period of simplex noise, so that the numbers of its corners are i32.
pub const LONGEST_SIMPLEX_PERIOD: u32 = 1 << 14;

/// How far skewing moves a point along the diagonal, beside the sum of its coordinates.
struct Skew {
    dimensions: usize,
    forth: f64,
    back: f64,
    period: Option<Period>,
}

/// How a skewed lattice repeats.
#[derive(Clone, Copy)]
struct Period {
    /// After so many units along each axis.
    length: u32,
    /// So many corners on along the other axes.
    along: u32,
    /// How many steps a unit has.
    steps: u32,
}

impl Skew {
    fn new(dimensions: usize, period: Option<u32>) -> Skew {
        let count = dimensions as f64;
        let regular = ((count + 1.0).sqrt() - 1.0) / count;
        let period = period.map(|length| {
            let along = (regular * f64::from(length)) as u32;
            let steps = length + dimensions as u32 * along;
            Period {
                length,
                along,
                steps,
            }
        });
        let forth = period.map_or(regular, |p| f64::from(p.along) / f64::from(p.length));
        Skew {
            dimensions,
            forth,
            back: forth / (1.0 + count * forth),
            period,
        }
    }

    /// The point itself, or that of the first period which is like it.
    fn first_period<'g>(&self, point: &[Expr<'g>]) -> Vec<Expr<'g>> {
        let Some(period) = self.period else {
            return point.to_vec();
        };
        let length = f64::from(period.length);
        let first = |&x: &Expr<'g>| x - (x / length).floor() * length;
        point.iter().map(first).collect()
    }

    /// The numbers of corners, of which the first of a cell is at `floors`.
    fn numbers<'g>(&self, floors: &[Expr<'g>]) -> Numbers<'g> {
        let Some(period) = self.period else {
            let cell = |axis| Cell::new(axis, floors[axis]);
            return Numbers::Endless((0..self.dimensions).map(cell).collect());
        };
        let corner: Vec<_> = floors.iter().map(|floor| floor.to_i32()).collect();
        let less = sum(&corner) * period.along as i32;
        let place = |&along: &Expr<'g>| along * period.steps as i32 - less;
        Numbers::Repeating(corner.iter().map(place).collect(), period)
    }
}

/// What the corners of a cell are known by.
enum Numbers<'g> {
    Endless(Vec<Cell<'g>>),
    /// The first corner's place along each axis, in steps.
    Repeating(Vec<Expr<'g>>, Period),
}

impl<'g> Numbers<'g> {
    /// The part of the key of corner number `c` that it has along an axis.
    fn key(&self, axis: usize, c: usize, step: Step<'g>) -> Expr<'g> {
        let key = |on: i32| match self {
            Numbers::Endless(cells) => cells[axis].key(on),
            Numbers::Repeating(places, period) => {
                let moved = on * period.steps as i32 - c as i32 * period.along as i32;
                key_of(axis, period.first(places[axis] + moved))
            }
        };
        step.choose(key(0), key(1))
    }
}

impl Period {
    /// The place in the first period that is like one less than a period from it.
    fn first(self, place: Expr<'_>) -> Expr<'_> {
        let all = (self.length * self.steps) as i32;
        let below = place.lt(0).select(place + all, place);
        place.ge(all).select(place - all, below)
    }
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
