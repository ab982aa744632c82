//! Outlines against winding numbers, computed from fine polygons.

use crate::common::{check_lipschitz, graph, points, random, values};
use smalto_shape::library::Point2;
use smalto_shape::library::outline::{FillRule, Outline};

/// A path as a test writes it, and as polygons.
#[derive(Default)]
pub(crate) struct Path {
    pub(crate) outline: Outline,
    pub(crate) polygons: Vec<Vec<[f64; 2]>>,
}

/// Pieces of a curve in the polygons.
const PIECES: usize = 64;

impl Path {
    pub(crate) fn start(&mut self, at: [f64; 2]) -> &mut Path {
        self.outline.start(at);
        self.polygons.push(vec![at]);
        self
    }

    pub(crate) fn line(&mut self, to: [f64; 2]) -> &mut Path {
        self.outline.line(to);
        self.last().push(to);
        self
    }

    pub(crate) fn quadratic(&mut self, b: [f64; 2], to: [f64; 2]) -> &mut Path {
        self.outline.quadratic(b, to);
        let from = self.from();
        self.curve(|s, t| mix([from, b, to], [s * s, 2.0 * s * t, t * t]))
    }

    pub(crate) fn cubic(&mut self, b: [f64; 2], c: [f64; 2], to: [f64; 2]) -> &mut Path {
        self.outline.cubic(b, c, to, 1e-4);
        let from = self.from();
        self.curve(|s, t| {
            let weights = [s * s * s, 3.0 * s * s * t, 3.0 * s * t * t, t * t * t];
            mix([from, b, c, to], weights)
        })
    }

    fn curve(&mut self, at: impl Fn(f64, f64) -> [f64; 2]) -> &mut Path {
        for k in 1..=PIECES {
            let t = k as f64 / PIECES as f64;
            self.last().push(at(1.0 - t, t));
        }
        self
    }

    fn last(&mut self) -> &mut Vec<[f64; 2]> {
        self.polygons.last_mut().expect("it has begun")
    }

    fn from(&self) -> [f64; 2] {
        self.polygons
            .last()
            .and_then(|polygon| polygon.last().copied())
            .expect("it has begun")
    }
}

fn mix<const N: usize>(places: [[f64; 2]; N], weights: [f64; N]) -> [f64; 2] {
    [0, 1].map(|axis| (0..N).map(|k| weights[k] * places[k][axis]).sum())
}

/// How often polygons turn around a point: the sum of the angles under which their edges are seen.
pub(crate) fn winding(polygons: &[Vec<[f64; 2]>], [x, y]: [f64; 2]) -> i32 {
    let mut sum = 0.0;
    for polygon in polygons {
        for (k, a) in polygon.iter().enumerate() {
            let b = polygon[(k + 1) % polygon.len()];
            let (ax, ay, bx, by) = (a[0] - x, a[1] - y, b[0] - x, b[1] - y);
            sum += (ax * by - ay * bx).atan2(ax * bx + ay * by);
        }
    }
    (sum / std::f64::consts::TAU).round() as i32
}

/// The distance to the nearest edge of polygons.
pub(crate) fn to_polygons(polygons: &[Vec<[f64; 2]>], [x, y]: [f64; 2]) -> f64 {
    let mut least = f64::INFINITY;
    for polygon in polygons {
        for (k, a) in polygon.iter().enumerate() {
            let b = polygon[(k + 1) % polygon.len()];
            let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
            let t = ((x - a[0]) * dx + (y - a[1]) * dy) / (dx * dx + dy * dy).max(1e-300);
            let t = t.clamp(0.0, 1.0);
            least = least.min((x - a[0] - t * dx).hypot(y - a[1] - t * dy));
        }
    }
    least
}

/// That an outline is inside where the winding number says, and a bound, under both rules; and
/// the exact distance where no contours cross.
fn check(what: &str, path: &Path, crosses: bool) {
    let bounds = path.outline.bounds().expect("it has edges");
    let size = (bounds.high[0] - bounds.low[0]).max(bounds.high[1] - bounds.low[1]);
    let middle = [0, 1].map(|axis| (bounds.low[axis] + bounds.high[axis]) / 2.0);
    let here: Vec<[f64; 2]> = points::<2>(300, size * 0.7)
        .into_iter()
        .map(|p| [p[0] + middle[0], p[1] + middle[1]])
        .collect();
    // Polygons are so far from curves, and what crosses itself is made a polygon.
    let error = size * 2e-4;
    for rule in [FillRule::NonZero, FillRule::EvenOdd] {
        let bound = graph(|point: Point2<'_>| path.outline.shape(point, rule));
        let exact = graph(|point: Point2<'_>| path.outline.distance(point, rule));
        let found = values(&bound, &here).into_iter().zip(values(&exact, &here));
        for ((bound, exact), &point) in found.zip(&here) {
            let turns = winding(&path.polygons, point);
            let inside = match rule {
                FillRule::NonZero => turns != 0,
                FillRule::EvenOdd => turns % 2 != 0,
            };
            let distance = to_polygons(&path.polygons, point);
            let place = || format!("{what} under {rule:?} at {point:?}");
            if distance > error {
                assert_eq!(
                    bound < 0.0,
                    inside,
                    "{}: bound {bound}, {turns} turns",
                    place()
                );
                assert_eq!(exact < 0.0, inside, "{}: distance {exact}", place());
                assert_eq!(path.outline.holds(point, rule), inside, "{}", place());
            }
            // Where contours cross, edges inside of others are no outline.
            if !crosses {
                assert!(
                    bound.abs() <= distance + error,
                    "{}: bound {bound} of {distance}",
                    place()
                );
                let is_outline =
                    rule == FillRule::EvenOdd || (exact.abs() - distance).abs() < error;
                assert!(
                    is_outline || exact.abs() > distance,
                    "{}: {exact}, {distance}",
                    place()
                );
            }
            assert!(
                bound.abs() <= exact.abs() + error || crosses,
                "{}: {bound} of {exact}",
                place()
            );
        }
        check_lipschitz::<2>(what, &bound, 1.0, size);
    }
}

#[test]
fn polygons() {
    let mut letter_l = Path::default();
    letter_l
        .start([0.0, 0.0])
        .line([2.0, 0.0])
        .line([2.0, 1.0])
        .line([1.0, 1.0]);
    letter_l.line([1.0, 3.0]).line([0.0, 3.0]);
    check("an L", &letter_l, false);
    let mut comb = Path::default();
    comb.start([0.0, 0.0]).line([7.0, 0.0]);
    for k in (0..7).rev() {
        let x = f64::from(k);
        comb.line([x + 1.0, 2.0])
            .line([x + 0.4, 2.0])
            .line([x + 0.4, 0.5])
            .line([x, 0.5]);
    }
    check("a comb", &comb, false);
    let mut spiral = Path::default();
    spiral.start([1.0, 0.0]);
    let at = |k: i32, grow: f64| {
        let angle = f64::from(k) * 0.5;
        let r = 1.0 + 0.12 * f64::from(k) + grow;
        [r * angle.cos(), r * angle.sin()]
    };
    for k in 1..40 {
        spiral.line(at(k, 0.0));
    }
    for k in (1..40).rev() {
        spiral.line(at(k, 0.5));
    }
    check("a spiral", &spiral, false);
}

/// Random stars are simple polygons with corners of all kinds; their edges bulge at random.
#[test]
fn random_contours() {
    let mut random = random(11);
    for case in 0..60 {
        let corners = 3 + (random() * 14.0) as usize;
        let mut path = Path::default();
        let at = |k: usize, r: f64| {
            let angle = std::f64::consts::TAU * k as f64 / corners as f64;
            [r * angle.cos(), r * angle.sin()]
        };
        let radii: Vec<f64> = (0..corners).map(|_| 0.2 + random()).collect();
        path.start(at(0, radii[0]));
        for k in 0..corners {
            let (from, to) = (at(k, radii[k]), at(k + 1, radii[(k + 1) % corners]));
            let halfway = [0, 1].map(|axis| (from[axis] + to[axis]) / 2.0);
            // Along the ray between the two corners the curve stays in its sector.
            let bulge = 0.6 + 0.8 * random();
            match case % 3 {
                0 => path.line(to),
                1 => path.quadratic(halfway.map(|c| c * bulge), to),
                _ => {
                    let a = [0, 1].map(|axis| (2.0 * from[axis] + to[axis]) / 3.0 * bulge);
                    let b = [0, 1].map(|axis| (from[axis] + 2.0 * to[axis]) / 3.0 * bulge);
                    path.cubic(a, b, to)
                }
            };
        }
        check(
            &format!("random contour {case}"),
            &path,
            corners < 5 && case % 3 > 0,
        );
    }
}

fn ring(path: &mut Path, [x, y]: [f64; 2], r: f64, clockwise: bool) {
    // Four quadratic arcs.
    let way = if clockwise { -1.0 } else { 1.0 };
    path.start([x + r, y]);
    for (cx, cy, px, py) in [
        (1.0, 1.0, 0.0, 1.0),
        (-1.0, 1.0, -1.0, 0.0),
        (-1.0, -1.0, 0.0, -1.0),
        (1.0, -1.0, 1.0, 0.0),
    ] {
        path.quadratic(
            [x + cx * r, y + way * cy * r],
            [x + px * r, y + way * py * r],
        );
    }
}

#[test]
fn holes_and_islands() {
    for directions in 0..8 {
        let clockwise = |bit: i32| directions >> bit & 1 == 1;
        let mut path = Path::default();
        ring(&mut path, [0.0, 0.0], 1.0, clockwise(0));
        ring(&mut path, [0.1, 0.0], 0.7, clockwise(1));
        ring(&mut path, [0.2, 0.1], 0.4, clockwise(2));
        ring(&mut path, [2.5, 0.0], 0.4, true);
        // If not every other one is in the other direction, some are no outline.
        check(
            &format!("rings {directions}"),
            &path,
            ![2, 5].contains(&directions),
        );
    }
}

#[test]
fn contours_that_cross() {
    for directions in 0..8 {
        let clockwise = |bit: i32| directions >> bit & 1 == 1;
        let mut path = Path::default();
        ring(&mut path, [0.0, 0.0], 1.0, clockwise(0));
        ring(&mut path, [0.9, 0.2], 0.8, clockwise(1));
        ring(&mut path, [0.4, -0.6], 0.7, clockwise(2));
        check(&format!("crossing rings {directions}"), &path, true);
    }
    let mut eight = Path::default();
    eight
        .start([0.0, 0.0])
        .cubic([2.0, 2.0], [2.0, -2.0], [0.0, 0.0]);
    eight.cubic([-2.0, 2.0], [-2.0, -2.0], [0.0, 0.0]);
    check("an eight", &eight, true);
    let mut pentagram = Path::default();
    let at = |k: usize| {
        let angle = std::f64::consts::TAU * 0.4 * k as f64;
        [angle.sin(), angle.cos()]
    };
    pentagram.start(at(0));
    for k in 1..5 {
        pentagram.line(at(k));
    }
    check("a pentagram", &pentagram, true);
    let mut loop_ = Path::default();
    loop_
        .start([0.0, 0.0])
        .cubic([3.0, 2.0], [-2.0, 2.0], [1.0, 0.0]);
    check("a loop", &loop_, true);
}

/// A contour that lies along another from outside is not inside of it.
#[test]
fn contours_that_touch() {
    let mut path = Path::default();
    path.start([0.0, 0.0])
        .line([3.0, 0.0])
        .line([3.0, 2.0])
        .line([0.0, 2.0]);
    path.start([2.0, 0.0]).line([1.0, 0.0]);
    path.quadratic([1.2, -1.5], [2.0, 0.0]);
    // Nested in the same direction, or touching, some edges are no outline.
    check("a cedilla", &path, true);
}

/// Whatever the numbers are, there is an expression.
#[test]
fn outlines_of_nothing() {
    let nothing = |outline: Outline| {
        let shape = graph(|point: Point2<'_>| outline.shape(point, FillRule::NonZero));
        assert_eq!(
            values(&shape, &[[0.1, 0.2]]),
            [f64::INFINITY],
            "{outline:?}"
        );
        let distance = graph(|point: Point2<'_>| outline.distance(point, FillRule::EvenOdd));
        assert_eq!(
            values(&distance, &[[0.1, 0.2]]),
            [f64::INFINITY],
            "{outline:?}"
        );
    };
    nothing(Outline::new());
    nothing(Outline::polygon([[1.0, 1.0]]));
    nothing(Outline::polygon([[0.0, 0.0], [1.0, 1.0]]));
    nothing(Outline::polygon([[0.0, 0.0], [1.0, 1.0], [0.5, 0.5]]));
    nothing(Outline::polygon([[0.0, 0.0], [1.0, f64::NAN], [0.5, 0.0]]));
    nothing(Outline::polygon([
        [0.0, 0.0],
        [f64::INFINITY, 0.0],
        [0.5, 1.0],
    ]));
    let mut back = Outline::new();
    back.start([0.0, 0.0]);
    back.quadratic([2.0, 0.0], [1.0, 0.0]);
    nothing(back);
    let mut straight = Outline::new();
    straight.line([1.0, 1.0]);
    straight.quadratic([1.0, 1.0], [1.0, 1.0]);
    straight.cubic([1.0, 1.0], [1.0, 1.0], [1.0, 1.0], 0.0);
    nothing(straight);
}

/// Where nothing but one edge can be nearest, intervals need not see more: the whole formula has
/// each edge once.
#[test]
fn a_polygon_has_each_edge_once() {
    let corners = (0..24).map(|k| {
        let (angle, r) = (f64::from(k) * 0.2617, if k % 2 == 0 { 1.0 } else { 0.4 });
        [r * angle.cos(), r * angle.sin()]
    });
    let outline = Outline::polygon(corners);
    let shape = graph(|point: Point2<'_>| outline.shape(point, FillRule::NonZero));
    // Two operations a line, one to join it with the rest, and the box around all.
    assert!(shape.op_count() <= 24 * 3 + 14, "{}", shape.op_count());
}
