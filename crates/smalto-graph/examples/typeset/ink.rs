//! From a page to one function of x and y that is negative on the ink.
//!
//! Everything is made of two kinds of sets, half-planes and rings. A bar is the
//! intersection of four half-planes; an arc that of a ring and the sector between
//! two half-planes through its centre. An intersection is a `max`, a union a `min`.
//! All values are in page units and change by at most one unit per unit walked, so
//! the function never overstates how far the ink is.
//!
//! Half-planes are written so that much is shared. A normal fixes a sum
//! `a x + b y`, which the page computes once, and an edge is one subtraction from
//! it. Coordinates are on a grid, so edges of beams recur along a line and edges of
//! stems from line to line.

use crate::font::{End, Point, Stroke, WEIGHT};
use crate::layout::{Page, Placed};
use smalto_graph::{Expr, Graph, GraphBuilder, vm};

/// How far arcs reach beyond their ends, in units, into the stroke that goes on from
/// there. Two pieces that only touched would leave a seam, as an edge is no ink.
const OVERLAP: f64 = 0.25;

/// The function of `page` as a `.vm` file.
pub(crate) fn vm_file(page: &Page) -> String {
    let lines = vm::print(&graph(page)).expect("ink is made of ops that the format has");
    format!("# A page set by the typeset example of smalto-graph.\n{lines}")
}

/// The graph of `page`: one unnamed output over the inputs `x` and `y`.
pub(crate) fn graph(page: &Page) -> Graph {
    let builder = GraphBuilder::new();
    let press = Press {
        x: builder.var("x"),
        y: builder.var("y"),
    };
    let lines = page.lines.iter().map(|line| {
        let glyphs = line.iter().map(|&placed| press.glyph(placed));
        union(glyphs.collect())
    });
    let ink = union(lines.collect());
    builder
        .finish([("", ink)])
        .expect("an unnamed output is possible")
}

/// The coordinates that all ink is a function of.
#[derive(Clone, Copy)]
struct Press<'g> {
    x: Expr<'g>,
    y: Expr<'g>,
}

impl<'g> Press<'g> {
    fn glyph(self, placed: Placed) -> Expr<'g> {
        let strokes = placed.glyph.strokes.iter();
        union(strokes.map(|stroke| self.stroke(placed, stroke)).collect())
    }

    fn stroke(self, placed: Placed, stroke: &Stroke) -> Expr<'g> {
        match *stroke {
            Stroke::Bar { points, ends } => self.bar(placed, points, ends),
            Stroke::Arc {
                centre,
                radius,
                angles,
            } => self.arc(placed, centre, radius, angles),
            Stroke::Dot { centre, radius } => {
                self.distance_to(placed.on_page(centre)) - placed.scale * radius
            }
        }
    }

    fn bar(self, placed: Placed, points: [Point; 2], ends: [End; 2]) -> Expr<'g> {
        let [from, to] = points.map(|point| placed.on_page(point));
        let along = direction(from, to);
        let across = (-along.1, along.0);
        let middle = dot(across, from);
        let half_weight = placed.scale * WEIGHT / 2.0;
        let left = self.half_plane(across, middle + half_weight);
        let right = self.half_plane(opposite(across), half_weight - middle);
        let start = self.end(from, opposite(along), ends[0]);
        let end = self.end(to, along, ends[1]);
        left.max(right).max(start.max(end))
    }

    /// What lies before the end of a bar that leaves towards `outwards`.
    fn end(self, point: Point, outwards: Point, end: End) -> Expr<'g> {
        let normal = match end {
            End::Square => outwards,
            End::Level => (0.0, outwards.1.signum()),
            End::Upright => (outwards.0.signum(), 0.0),
        };
        self.half_plane(normal, dot(normal, point))
    }

    fn arc(self, placed: Placed, centre: Point, radius: f64, angles: [f64; 2]) -> Expr<'g> {
        let centre = placed.on_page(centre);
        let distance = self.distance_to(centre);
        let outer = distance - placed.scale * radius;
        let inner = placed.scale * (radius - WEIGHT) - distance;
        let ring = outer.max(inner);
        match self.sector(centre, angles, placed.scale * OVERLAP) {
            Some(sector) => ring.max(sector),
            None => ring,
        }
    }

    /// The sector around `centre` from one angle to another, widened by `margin` on
    /// both sides; `None` for the full turn.
    fn sector(self, centre: Point, [from, to]: [f64; 2], margin: f64) -> Option<Expr<'g>> {
        let side = |angle: f64| {
            let (sine, cosine) = angle.to_radians().sin_cos();
            let normal = unit(cosine, sine);
            self.half_plane(normal, dot(normal, centre) + margin)
        };
        let after_start = side(from - 90.0);
        let before_end = side(to + 90.0);
        match to - from {
            turn if turn >= 360.0 => None,
            turn if turn > 180.0 => Some(after_start.min(before_end)),
            turn if turn < 180.0 => Some(after_start.max(before_end)),
            _ => Some(after_start),
        }
    }

    fn distance_to(self, (x, y): Point) -> Expr<'g> {
        ((self.x - x).square() + (self.y - y).square()).sqrt()
    }

    /// The points of which the coordinate along `normal`, of length 1, is below `offset`.
    fn half_plane(self, normal: Point, offset: f64) -> Expr<'g> {
        let offset = rounded(offset);
        // The two sides of a line are written with one normal, so with one sum.
        if normal < (0.0, 0.0) {
            (0.0 - offset) - self.coordinate(opposite(normal))
        } else {
            self.coordinate(normal) - offset
        }
    }

    fn coordinate(self, normal: Point) -> Expr<'g> {
        match normal {
            (1.0, 0.0) => self.x,
            (0.0, 1.0) => self.y,
            (a, b) => self.x * a + self.y * b,
        }
    }
}

/// The union of at least one set, as a balanced tree.
fn union(mut sets: Vec<Expr<'_>>) -> Expr<'_> {
    while sets.len() > 1 {
        let pairs = sets.chunks(2).map(|pair| match *pair {
            [left, right] => left.min(right),
            _ => pair[0],
        });
        sets = pairs.collect();
    }
    sets.pop().expect("a union of at least one set")
}

fn dot(a: Point, b: Point) -> f64 {
    a.0 * b.0 + a.1 * b.1
}

/// The direction turned by half a turn, without making zeros negative.
fn opposite(direction: Point) -> Point {
    (0.0 - direction.0, 0.0 - direction.1)
}

fn direction(from: Point, to: Point) -> Point {
    let (x, y) = (to.0 - from.0, to.1 - from.1);
    let length = (x * x + y * y).sqrt();
    unit(x / length, y / length)
}

/// A direction of length 1, rounded, so that neither the sine of this platform nor
/// the place of a glyph shows in its constants.
fn unit(x: f64, y: f64) -> Point {
    (rounded(x), rounded(y))
}

/// `v` to 23 binary places: on the page that is exact in f32.
fn rounded(v: f64) -> f64 {
    const GRID: f64 = (1 << 23) as f64;
    // The sum makes a negative zero positive.
    (v * GRID).round() / GRID + 0.0
}
