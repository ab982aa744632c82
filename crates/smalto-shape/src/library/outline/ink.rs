//! Regions as expressions: the distance that a region's formula means.

use super::super::boolean::{balanced, symmetric_difference};
use super::super::plane::to_bezier;
use super::super::vector::{Point2, length as distance, lift, minus, to_box, to_segment};
use super::edge::{Bounds, Edge, Place, cross, dot, length, minus as way, plus, times};
use super::region::Region;
use smalto_graph::Expr;

/// A bound of the distance to a region; Lipschitz constant 1.
pub(super) fn bound<'g>(point: Point2<'g>, region: &Region) -> Expr<'g> {
    let bounds = |parts: &[Region]| -> Vec<Expr<'g>> {
        parts.iter().map(|part| bound(point, part)).collect()
    };
    match region {
        Region::LeftOf(edge) => left_of(point, edge),
        Region::All(parts) => joined(bounds(parts), |a, b| a.max(b)),
        Region::Any(parts) => joined(bounds(parts), |a, b| a.min(b)),
        Region::Not(part) => -bound(point, part),
        Region::Odd(parts) => joined(bounds(parts), symmetric_difference),
        Region::Unequal(some, others) => unequal(bounds(some), bounds(others)),
    }
}

fn joined<'g>(parts: Vec<Expr<'g>>, join: impl Fn(Expr<'g>, Expr<'g>) -> Expr<'g>) -> Expr<'g> {
    balanced(parts, join).expect("a region has parts")
}

/// Where more of one list than of the other are below 0, or fewer.
fn unequal<'g>(some: Vec<Expr<'g>>, others: Vec<Expr<'g>>) -> Expr<'g> {
    let (some, others) = (sorted(some), sorted(others));
    // The k-th smallest is below 0 where at least k are.
    let more = |a: &[Expr<'g>], b: &[Expr<'g>]| -> Vec<Expr<'g>> {
        let rival = |k: usize| b.get(k).map(|&b| -b);
        let steps = a.iter().enumerate();
        steps
            .map(|(k, &a)| rival(k).map_or(a, |rival| a.max(rival)))
            .collect()
    };
    let both = more(&some, &others).into_iter().chain(more(&others, &some));
    joined(both.collect(), |a, b| a.min(b))
}

/// In ascending order, by a network of minima and maxima (odd-even transposition sort: D. Knuth,
/// "The Art of Computer Programming", volume 3, section 5.3.4).
fn sorted(mut values: Vec<Expr<'_>>) -> Vec<Expr<'_>> {
    for round in 0..values.len() {
        for pair in values[round % 2..].chunks_exact_mut(2) {
            let [a, b] = [pair[0], pair[1]];
            (pair[0], pair[1]) = (a.min(b), a.max(b));
        }
    }
    values
}

/// What is left of an edge that goes on straight beyond its ends.
fn left_of<'g>(point: Point2<'g>, edge: &Edge) -> Expr<'g> {
    let chord = edge.chord();
    // To the right, at a right angle.
    let normal = times([chord[1], -chord[0]], 1.0 / length(chord));
    let line = along(point, normal, dot(normal, edge.from));
    match edge.control {
        None => line,
        Some(control) => {
            let parabola = parabola(point, edge, control);
            match cross(chord, way(control, edge.from)) < 0.0 {
                true => line.min(parabola),
                false => line.max(-parabola),
            }
        }
    }
}

/// How far a point is in a direction of length 1, beyond an offset.
fn along<'g>([x, y]: Point2<'g>, [a, b]: Place, offset: f64) -> Expr<'g> {
    match [a, b] {
        [1.0, 0.0] => x - offset,
        [0.0, 1.0] => y - offset,
        [-1.0, 0.0] => -offset - x,
        [0.0, -1.0] => -offset - y,
        _ => {
            let [a, b, offset] = lift(x.builder(), [a, b, -offset]);
            x.fma(a, y.fma(b, offset))
        }
    }
}

/// The parabola of which the edge is a part, below 0 on the side of its focus.
///
/// A parabola's points are as far from a point, its *focus*, as from a line, its *directrix*. Half of
/// the difference of the two distances is 0 there, and rises with 1 at most, as each
/// distance does. On the parabola it rises with the cosine of the angle by which the curve
/// has turned since its vertex: a bound of the distance for a square root and a few sums.
fn parabola<'g>(point: Point2<'g>, edge: &Edge, control: Place) -> Expr<'g> {
    // The edge is from + 2t velocity + t^2 bend, and opens towards bend.
    let velocity = way(control, edge.from);
    let bend = way(way(edge.to, control), velocity);
    let opening = length(bend);
    let axis = times(bend, 1.0 / opening);
    // At its vertex the velocity is at a right angle to the axis.
    let t = -dot(velocity, bend) / dot(bend, bend);
    let level = plus(velocity, times(bend, t));
    let vertex = plus(
        edge.from,
        plus(times(velocity, 2.0 * t), times(bend, t * t)),
    );
    let focal = dot(level, level) / opening;
    let focus = plus(vertex, times(axis, focal));
    let from_focus = distance(minus(point, lift(point[0].builder(), focus)));
    let from_directrix = along(point, axis, dot(axis, vertex) - focal);
    (from_focus - from_directrix) * 0.5
}

/// From a point to the nearest of edges; `None` of none.
pub(super) fn to_edges<'g>(point: Point2<'g>, edges: &[Edge]) -> Option<Expr<'g>> {
    let builder = point[0].builder();
    let distances = edges.iter().map(|edge| {
        let [from, to] = [lift(builder, edge.from), lift(builder, edge.to)];
        match edge.control {
            None => to_segment(point, from, to),
            Some(control) => to_bezier(point, from, lift(builder, control), to),
        }
    });
    balanced(distances, |a, b| a.min(b))
}

/// The distance to a box.
pub(super) fn guard<'g>(point: Point2<'g>, bounds: &Bounds) -> Expr<'g> {
    let builder = point[0].builder();
    let middle = times(plus(bounds.low, bounds.high), 0.5);
    let size = times(way(bounds.high, bounds.low), 0.5);
    to_box(minus(point, lift(builder, middle)), lift(builder, size))
}
