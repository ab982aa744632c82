//! From contours to what they fill.

use super::FillRule;
use super::edge::{Bounds, Edge, Place, cross, length, minus, mix};
use super::region::{self, Region};

/// A closed contour that does not cross itself.
struct Simple {
    /// Counterclockwise.
    edges: Vec<Edge>,
    bounds: Bounds,
    area: f64,
    /// By how much the winding number is larger inside: 1 or -1.
    winding: i32,
}

impl Simple {
    /// `None` of a contour without area.
    fn new(edges: Vec<Edge>) -> Option<Simple> {
        let bounds = Bounds::joined(edges.iter().map(Edge::bounds));
        let area = edges.iter().map(Edge::swept).sum::<f64>() / 2.0;
        let size = length(minus(bounds.high, bounds.low));
        if edges.len() < 2 || area.is_nan() || area.abs() <= size * size * 1e-12 {
            return None;
        }
        let is_clockwise = area < 0.0;
        let edges = match is_clockwise {
            true => edges.iter().rev().map(Edge::reversed).collect(),
            false => edges,
        };
        Some(Simple {
            edges,
            bounds,
            area: area.abs(),
            winding: if is_clockwise { -1 } else { 1 },
        })
    }

    fn crosses(&self, other: &Simple) -> bool {
        let near = |edge: &&Edge| edge.bounds().overlaps(&other.bounds);
        self.bounds.overlaps(&other.bounds)
            && self
                .edges
                .iter()
                .filter(near)
                .any(|edge| other.edges.iter().any(|other| edge.crosses(other)))
    }

    /// Whether another, which it does not cross, is inside.
    fn holds(&self, other: &Simple) -> bool {
        if self.area <= other.area || !self.bounds.overlaps(&other.bounds) {
            return false;
        }
        // Where the two touch it is a matter of rounding, so most edges decide.
        let is_inside = |edge: &&Edge| {
            let place = edge.at(0.5);
            let windings = self.edges.iter().map(|edge| edge.winding(place));
            windings.sum::<i32>() != 0
        };
        2 * other.edges.iter().filter(is_inside).count() > other.edges.len()
    }
}

/// What contours fill, and the edges that are its outline; `None` if that is nothing.
///
/// The edges are no more than the outline unless contours cross one another.
pub(super) fn filled(contours: &[Vec<Edge>], rule: FillRule) -> Option<(Region, Vec<Edge>)> {
    let tidy = contours.iter().map(|contour| tidy(contour));
    let loops = tidy.flat_map(loops_of).filter_map(Simple::new);
    let mut parts = Vec::new();
    let mut outline = Vec::new();
    for group in groups(loops.collect()) {
        let crossed =
            (0..group.len()).any(|at| group[..at].iter().any(|other| group[at].crosses(other)));
        match crossed {
            true => {
                outline.extend(group.iter().flat_map(|simple| &simple.edges));
                parts.push(by_count(&group, rule));
            }
            false => parts.extend(Nesting::of(&group, rule).flips(None, false, &mut outline)),
        }
    }
    (!parts.is_empty()).then_some((Region::Any(parts), outline))
}

/// The contours of which each overlaps another, directly or by way of others.
fn groups(contours: Vec<Simple>) -> Vec<Vec<Simple>> {
    let mut groups: Vec<(Bounds, Vec<Simple>)> = Vec::new();
    for contour in contours {
        let (mut bounds, mut members) = (contour.bounds, vec![contour]);
        // What joins this group may overlap those passed over before.
        while let Some(at) = groups.iter().position(|(other, _)| other.overlaps(&bounds)) {
            let (other, more) = groups.swap_remove(at);
            bounds = Bounds::joined([bounds, other]);
            members.extend(more);
        }
        groups.push((bounds, members));
    }
    groups.into_iter().map(|(_, members)| members).collect()
}

/// What contours fill that cross one another: by the numbers of those that hold a point.
fn by_count(group: &[Simple], rule: FillRule) -> Region {
    let inside = |simple: &Simple| region::inside(&simple.edges);
    match rule {
        FillRule::EvenOdd => Region::Odd(group.iter().map(inside).collect()),
        FillRule::NonZero => {
            let (left, right): (Vec<_>, Vec<_>) =
                group.iter().partition(|simple| simple.winding > 0);
            let all = |contours: Vec<&Simple>| contours.into_iter().map(inside).collect();
            Region::Unequal(all(left), all(right))
        }
    }
}

/// Contours that do not cross: each is inside of others, or not.
struct Nesting<'a> {
    contours: &'a [Simple],
    /// The innermost contour around each.
    parents: Vec<Option<usize>>,
    /// Whether what is just inside of each is filled.
    is_filled: Vec<bool>,
}

impl Nesting<'_> {
    fn of(contours: &[Simple], rule: FillRule) -> Nesting<'_> {
        let around = |inner: usize| {
            (0..contours.len())
                .filter(move |&outer| outer != inner && contours[outer].holds(&contours[inner]))
        };
        let parent = |inner: usize| {
            around(inner).min_by(|&a, &b| contours[a].area.total_cmp(&contours[b].area))
        };
        let is_filled = |inner: usize| {
            let windings = around(inner).chain([inner]).map(|at| contours[at].winding);
            rule.fills(windings.sum())
        };
        Nesting {
            contours,
            parents: (0..contours.len()).map(parent).collect(),
            is_filled: (0..contours.len()).map(is_filled).collect(),
        }
    }

    /// What is within a contour, or anywhere, and is filled if `state` is not, or not filled if it
    /// is. Contours that make no difference vanish.
    fn flips(&self, parent: Option<usize>, state: bool, outline: &mut Vec<Edge>) -> Vec<Region> {
        let children = (0..self.contours.len()).filter(|&at| self.parents[at] == parent);
        let mut regions = Vec::new();
        for child in children {
            if self.is_filled[child] == state {
                regions.extend(self.flips(Some(child), state, outline));
                continue;
            }
            let edges = &self.contours[child].edges;
            outline.extend(edges);
            let inside = region::inside(edges);
            let holes = self.flips(Some(child), !state, outline);
            regions.push(match holes.is_empty() {
                true => inside,
                false => Region::All(vec![inside, Region::Not(Box::new(Region::Any(holes)))]),
            });
        }
        regions
    }
}

/// The contour without edges that lead nowhere, lines in several pieces, and curves that are
/// lines.
fn tidy(contour: &[Edge]) -> Vec<Edge> {
    let mut edges: Vec<Edge> = Vec::with_capacity(contour.len());
    for edge in contour.iter().flat_map(straightened) {
        if edge.from == edge.to && edge.control.is_none() {
            continue;
        }
        match edges.last_mut() {
            Some(last) if continues(last, &edge) => last.to = edge.to,
            _ => edges.push(edge),
        }
    }
    if let [first, .., last] = edges[..]
        && continues(&last, &first)
    {
        edges[0].from = last.from;
        edges.pop();
    }
    edges
}

/// Whether a line goes straight on into the next.
fn continues(line: &Edge, next: &Edge) -> bool {
    let (a, b) = (line.chord(), next.chord());
    line.control.is_none()
        && next.control.is_none()
        && cross(a, b) == 0.0
        && super::edge::dot(a, b) > 0.0
}

/// A curve whose control point is on its chord as the line it is, there and back if so.
fn straightened(edge: &Edge) -> Vec<Edge> {
    let Some(control) = edge.control else {
        return vec![*edge];
    };
    let (to_control, chord) = (minus(control, edge.from), edge.chord());
    let area = cross(to_control, chord).abs();
    let size = length(to_control) + length(minus(edge.to, control));
    if area > size * size * 1e-9 {
        return vec![*edge];
    }
    let axis =
        usize::from(chord[1].abs() + to_control[1].abs() > chord[0].abs() + to_control[0].abs());
    let stops = edge.turning_point(axis).map(|t| edge.at(t));
    let places: Vec<Place> = [Some(edge.from), stops, Some(edge.to)]
        .into_iter()
        .flatten()
        .collect();
    places
        .windows(2)
        .map(|pair| Edge::line(pair[0], pair[1]))
        .collect()
}

/// The simple contours that together turn as often around any point as this one.
fn loops_of(contour: Vec<Edge>) -> Vec<Vec<Edge>> {
    let mut loops = Vec::new();
    for part in parted_at_vertices(contour) {
        match crosses_itself(&part) {
            true => {
                let bounds = Bounds::joined(part.iter().map(Edge::bounds));
                let tolerance = length(minus(bounds.high, bounds.low)) / FINENESS;
                let places = part.iter().flat_map(|edge| edge.flattened(tolerance));
                loops.extend(uncrossed(places.collect()));
            }
            false => loops.push(part),
        }
    }
    loops
}

/// The size of a contour over the error that is made where curves cross within it.
const FINENESS: f64 = 10_000.0;

/// Parted where the contour comes through a vertex again.
fn parted_at_vertices(contour: Vec<Edge>) -> Vec<Vec<Edge>> {
    let mut parts = Vec::new();
    let mut open: Vec<Edge> = Vec::new();
    for edge in contour {
        open.push(edge);
        if let Some(at) = open.iter().position(|earlier| earlier.from == edge.to) {
            parts.push(open.split_off(at));
        }
    }
    parts.push(open);
    parts.retain(|part| part.len() > 1);
    parts
}

fn crosses_itself(contour: &[Edge]) -> bool {
    (0..contour.len()).any(|at| contour[..at].iter().any(|other| contour[at].crosses(other)))
}

/// A polygon as polygons that do not cross themselves: where two edges cross it is cut, and the
/// ends are joined the other way.
fn uncrossed(polygon: Vec<Place>) -> Vec<Vec<Edge>> {
    let mut open = vec![polygon];
    let mut done = Vec::new();
    while let Some(places) = open.pop() {
        let count = places.len();
        let edge = |at: usize| Edge::line(places[at], places[(at + 1) % count]);
        let pairs = (0..count).flat_map(|second| (0..second).map(move |first| (first, second)));
        let crossing = pairs
            .map(|(first, second)| (first, second, edge(first), edge(second)))
            .find(|(_, _, one, other)| one.crosses(other));
        match crossing {
            None => done.push((0..count).map(edge).collect()),
            Some((first, second, one, other)) => {
                let along = cross(minus(other.from, one.from), other.chord())
                    / cross(one.chord(), other.chord());
                let crossing = mix(one.from, one.to, along);
                let mut inner = vec![crossing];
                inner.extend(&places[first + 1..=second]);
                let mut outer = vec![crossing];
                outer.extend(&places[second + 1..]);
                outer.extend(&places[..=first]);
                open.extend([inner, outer]);
            }
        }
    }
    done
}
