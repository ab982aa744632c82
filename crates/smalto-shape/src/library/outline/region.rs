//! What is inside a contour, as a formula over its edges.
//!
//! # The formula
//!
//! Inside a convex polygon is what is to the left of every edge: an intersection of half
//! planes. D. Dobkin, L. Guibas, J. Hershberger and J. Snoeyink ("An efficient algorithm for
//! finding the CSG representation of a simple polygon", Algorithmica 10, 1993) show that
//! *every* simple polygon is such a formula of intersections and unions in which each edge's
//! half plane stands exactly once (Peterson's formula), and how to find it:
//!
//! A *chain* is a run of edges, of which the first and the last go on straight to infinity. It
//! parts the plane. Take a vertex v of the chain that is on its convex hull, and cut the chain in
//! two there; the edges that end at v go on beyond it, and as they come from within the hull, they
//! leave it at v and meet the chain nowhere else. So both parts are chains again. If the outside
//! of the hull at v is to the right of the chain, what is left of the chain is what is left of
//! both parts, otherwise what is left of either. A chain of one edge is a half plane. A
//! closed contour is two chains, from its leftmost point to its rightmost and back; it is
//! what is left of both.
//!
//! As a distance, intersections are maxima and unions minima of the distances to the
//! edges' lines: the sign is exact, nothing rises faster than 1, and there is no comparison, no
//! sum and no branch. An evaluator that prunes by intervals decides each minimum and maximum on
//! its own: near one letter of a page one or two edges are left of thousands. Winding numbers,
//! which have to be summed, leave every summand.
//!
//! # Curves
//!
//! All of that holds for edges that are arcs of parabolas, if an arc goes on beyond its ends along
//! the line of its *chord*. What is left of such an edge is: left of the chord's line *or* inside
//! the parabola, if the arc bulges to the right; left of the line *and* outside the parabola, if
//! it bulges to the left. The cut needs a vertex on the hull of the arcs, for which their control
//! points stand in, and that the chords come to v in the same order as the arcs. Where there is
//! no such vertex an arc that bulges out of the hull is split at its outermost point, which then
//! is one.

use super::edge::{Bounds, Edge, Place, angle, cross, dot, length, minus};
use std::f64::consts::{PI, TAU};

/// A set of points of the plane.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Region {
    /// What is to the left of an edge that goes on straight beyond its ends.
    LeftOf(Edge),
    /// What is in all of these; there is at least one.
    All(Vec<Region>),
    /// What is in any of these; there is at least one.
    Any(Vec<Region>),
    /// What is not in this.
    Not(Box<Region>),
    /// What is in an odd number of these; there is at least one.
    Odd(Vec<Region>),
    /// Where the numbers of the regions that hold a point differ between the two lists.
    Unequal(Vec<Region>, Vec<Region>),
}

impl Region {
    /// The same formula over other edges.
    pub(super) fn with_edges(&self, map: &impl Fn(&Edge) -> Edge) -> Region {
        let all = |parts: &[Region]| parts.iter().map(|part| part.with_edges(map)).collect();
        match self {
            Region::LeftOf(edge) => Region::LeftOf(map(edge)),
            Region::All(parts) => Region::All(all(parts)),
            Region::Any(parts) => Region::Any(all(parts)),
            Region::Not(part) => Region::Not(Box::new(part.with_edges(map))),
            Region::Odd(parts) => Region::Odd(all(parts)),
            Region::Unequal(some, others) => Region::Unequal(all(some), all(others)),
        }
    }

    fn all(parts: [Region; 2]) -> Region {
        Region::All(
            parts
                .into_iter()
                .flat_map(|part| match part {
                    Region::All(parts) => parts,
                    part => vec![part],
                })
                .collect(),
        )
    }

    fn any(parts: [Region; 2]) -> Region {
        Region::Any(
            parts
                .into_iter()
                .flat_map(|part| match part {
                    Region::Any(parts) => parts,
                    part => vec![part],
                })
                .collect(),
        )
    }
}

/// How often arcs are split before the contour is taken for a polygon.
const ROUNDS: usize = 30;

/// The size of a contour over the error that is made then.
const FINENESS: f64 = 10_000.0;

/// Angles that differ by less are equal.
const SLACK: f64 = 1e-9;

/// What is inside a simple closed contour that runs counterclockwise.
pub(super) fn inside(contour: &[Edge]) -> Region {
    // No arc reaches further to the left or right than the vertices do.
    let level = contour.iter().flat_map(|edge| edge.split_at_turn(0));
    let mut arcs: Vec<Edge> = level.collect();
    for _ in 0..ROUNDS {
        match closed(&arcs) {
            Ok(region) => return region,
            Err(splits) => arcs = splits.of(&arcs),
        }
    }
    // Arcs that meet in a cusp and cannot be told apart.
    let bounds = Bounds::joined(arcs.iter().map(Edge::bounds));
    let tolerance = length(minus(bounds.high, bounds.low)) / FINENESS;
    let mut from = arcs[0].from;
    let places = arcs.iter().flat_map(|edge| edge.flattened(tolerance));
    let lines = places.map(|to| Edge::line(std::mem::replace(&mut from, to), to));
    let polygon: Vec<Edge> = lines.collect();
    closed(&polygon).unwrap_or_else(|_| unreachable!("lines are never split"))
}

/// Arcs that have to be split, and where.
#[derive(Default)]
struct Splits(Vec<(usize, f64)>);

impl Splits {
    fn halves(contour: &[Edge], edges: &[usize]) -> Splits {
        let arcs = edges.iter().filter(|&&at| contour[at].control.is_some());
        Splits(arcs.map(|&at| (at, 0.5)).collect())
    }

    /// The contour with these arcs split.
    fn of(&self, contour: &[Edge]) -> Vec<Edge> {
        let parts = contour.iter().enumerate().flat_map(|(number, edge)| {
            match self.0.iter().find(|(at, _)| *at == number) {
                Some((_, t)) => edge.split(*t).to_vec(),
                None => vec![*edge],
            }
        });
        parts.collect()
    }
}

/// What is inside a closed contour, as what is left of two chains.
fn closed(contour: &[Edge]) -> Result<Region, Splits> {
    let count = contour.len();
    let by_place = |a: &usize, b: &usize| {
        let [a, b] = [a, b].map(|&at| contour[at].from);
        a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1]))
    };
    let first = (0..count).min_by(by_place).expect("a contour has edges");
    let last = (0..count).max_by(by_place).expect("a contour has edges");
    for at in [first, last] {
        let around = [(at + count - 1) % count, at];
        if !Corner::of(contour[around[0]], contour[around[1]]).is_ordered() {
            return Err(Splits::halves(contour, &around));
        }
    }
    let run = |from: usize, to: usize| -> Vec<usize> {
        let length = (to + count - from) % count;
        (from..from + length).map(|at| at % count).collect()
    };
    let lower = left_of(contour, &run(first, last))?;
    let upper = left_of(contour, &run(last, first))?;
    Ok(Region::all([lower, upper]))
}

/// What is to the left of the chain of these edges.
fn left_of(contour: &[Edge], chain: &[usize]) -> Result<Region, Splits> {
    if let [edge] = *chain {
        return Ok(Region::LeftOf(contour[edge]));
    }
    let (cut, outside) = cut(contour, chain)?;
    let parts = [
        left_of(contour, &chain[..cut])?,
        left_of(contour, &chain[cut..])?,
    ];
    Ok(match outside {
        Side::Right => Region::all(parts),
        Side::Left => Region::any(parts),
    })
}

/// A side of a chain.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Side {
    Left,
    Right,
}

/// The place in the chain to cut it at, the nearest to its middle, and on which side of it the
/// outside of its hull is there.
fn cut(contour: &[Edge], chain: &[usize]) -> Result<(usize, Side), Splits> {
    let hull = Hull::of(contour, chain);
    let mut unordered = Vec::new();
    let mut best: Option<(f64, usize, Side)> = None;
    for at in outwards(chain.len()) {
        let corner = Corner::of(contour[chain[at - 1]], contour[chain[at]]);
        let Some((gap, outwards)) = hull.outwards(corner.at) else {
            continue;
        };
        let is_on_hull = gap >= PI - SLACK;
        if is_on_hull && !corner.is_ordered() {
            unordered.extend([chain[at - 1], chain[at]]);
            continue;
        }
        if best.is_none_or(|(most, ..)| gap > most) {
            best = Some((gap, at, corner.side(outwards)));
        }
        if is_on_hull {
            return Ok((at, corner.side(outwards)));
        }
    }
    let unordered = Splits::halves(contour, &unordered);
    if !unordered.0.is_empty() {
        return Err(unordered);
    }
    let bulging = hull.bulging(contour, chain);
    match best {
        // Only rounding can have hidden the vertex of the hull.
        Some((_, at, side)) if bulging.0.is_empty() => Ok((at, side)),
        _ => Err(bulging),
    }
}

/// 1 to `count` - 1, from the middle outwards.
fn outwards(count: usize) -> impl Iterator<Item = usize> {
    let mut numbers: Vec<usize> = (1..count).collect();
    numbers.sort_by_key(|&at| (2 * at).abs_diff(count));
    numbers.into_iter()
}

/// What holds a chain: the corners of its edges, and the directions in which it is endless.
struct Hull {
    corners: Vec<Place>,
    endless: [f64; 2],
}

impl Hull {
    fn of(contour: &[Edge], chain: &[usize]) -> Hull {
        let edges = || chain.iter().map(|&at| contour[at]);
        let (first, last) = (chain[0], chain[chain.len() - 1]);
        let back = contour[first].reversed().chord();
        Hull {
            corners: edges()
                .flat_map(|edge| edge.corners().collect::<Vec<_>>())
                .collect(),
            endless: [angle(back), angle(contour[last].chord())],
        }
    }

    /// The arcs whose control points are the hull's corners, to be split where they are level as
    /// seen from outside: where the arc itself is nearest to the corner of the hull.
    fn bulging(&self, contour: &[Edge], chain: &[usize]) -> Splits {
        let split = |&at: &usize| {
            let edge = contour[at];
            let control = edge.control?;
            let (gap, outwards) = self.outwards(control)?;
            let normal = [outwards.cos(), outwards.sin()];
            let rise = dot(minus(control, edge.from), normal);
            let fall = dot(minus(edge.to, control), normal);
            let t = rise / (rise - fall);
            (gap >= PI - SLACK && t > 0.0 && t < 1.0).then_some((at, t))
        };
        Splits(chain.iter().filter_map(split).collect())
    }

    /// The widest angle at `place` in which nothing of the chain is seen, and the direction of
    /// its middle: `place` is on the hull if it is half a turn or more. `None` if nothing is
    /// seen at all.
    fn outwards(&self, place: Place) -> Option<(f64, f64)> {
        let ways = self.corners.iter().map(|&corner| minus(corner, place));
        let seen = ways.filter(|&way| way != [0.0, 0.0]).map(angle);
        let mut angles: Vec<f64> = seen.chain(self.endless).collect();
        angles.sort_by(f64::total_cmp);
        let first = *angles.first()?;
        let following = angles[1..].iter().copied().chain([first + TAU]);
        let gaps = angles.iter().zip(following);
        gaps.map(|(&from, to)| (to - from, (from + to) / 2.0))
            .max_by(|(a, _), (b, _)| a.total_cmp(b))
    }
}

/// Where two edges of a contour meet.
#[derive(Clone, Copy)]
struct Corner {
    at: Place,
    incoming: Edge,
    outgoing: Edge,
}

impl Corner {
    fn of(incoming: Edge, outgoing: Edge) -> Corner {
        let at = outgoing.from;
        Corner {
            at,
            incoming,
            outgoing,
        }
    }

    /// On which side of the contour a direction is at the corner.
    fn side(&self, direction: f64) -> Side {
        // What is swept counterclockwise from where the contour comes from to where it goes
        // is to its right.
        let from = angle(minus(self.incoming.from, self.at));
        let to = angle(minus(self.outgoing.to, self.at));
        match turn(from, direction) < turn(from, to) {
            true => Side::Right,
            false => Side::Left,
        }
    }

    /// Whether the chords come to the corner in the same order as the arcs, seen from anywhere
    /// outside of both.
    fn is_ordered(&self) -> bool {
        let [chord_in, arc_in] = [
            minus(self.incoming.from, self.at),
            minus(self.incoming.control.unwrap_or(self.incoming.from), self.at),
        ];
        let [chord_out, arc_out] = [
            minus(self.outgoing.to, self.at),
            minus(self.outgoing.control.unwrap_or(self.outgoing.to), self.at),
        ];
        let (by_chord, by_arc) = (cross(chord_in, chord_out), cross(arc_in, arc_out));
        by_chord * by_arc >= 0.0
    }
}

/// How far to turn counterclockwise from one direction to another, from 0 to a whole turn.
fn turn(from: f64, to: f64) -> f64 {
    (to - from).rem_euclid(TAU)
}
