//! Shapes of the plane.
//!
//! The derivations are elementary geometry: reflect the point into the part of the plane that
//! the symmetry of the shape leaves, and measure to what is nearest there. Many of these
//! shapes, derived the same way, are in the catalogue of I. Quilez, "2D distance functions".

use super::fold::nearest_sector;
use super::vector::{
    Point2, TINY, cross2, dot, largest, length, lift, minus, plus, smallest, times, to_box,
    to_segment,
};
use smalto_graph::{Expr, IntoExpr};
use std::f64::consts::{PI, TAU};

/// A disc. Exact.
///
/// ```
/// # use smalto_graph::GraphBuilder;
/// # use smalto_shape::library::plane::circle;
/// let builder = GraphBuilder::new();
/// let point = [builder.var("x"), builder.var("y")];
/// let graph = builder.finish([("", circle(point, 0.5))])?;
/// assert_eq!(smalto_graph::formula::print(&graph).lines().last(), Some("sqrt(fma(y, y, x^2)) - 0.5"));
/// # Ok::<(), smalto_graph::GraphError>(())
/// ```
pub fn circle<'g>(point: Point2<'g>, radius: impl IntoExpr<'g>) -> Expr<'g> {
    length(point) - radius
}

/// An ellipse that reaches so far along x and y, both above 0. A bound; Lipschitz constant 1.
///
/// Two functions vanish on an ellipse and nowhere rise faster than 1: half the sum of the
/// distances to its foci, less half its long axis; and the length of the point in units of
/// the axes, less 1, times the short axis. This is the one of them that is further from 0. At
/// the outline it rises with 1 at the four ends of the axes, and in between with no less than
/// the square root of the short axis over the long one: 0.71 if they are as 1 to 2.
pub fn ellipse<'g>(point: Point2<'g>, size: [impl IntoExpr<'g>; 2]) -> Expr<'g> {
    let [x, y] = point;
    let [a, b] = lift(x.builder(), size);
    let excess = a.square() - b.square();
    // The foci are on the long axis: one of these is 0.
    let focus = [excess.max(0.0).sqrt(), (0.0 - excess).max(0.0).sqrt()];
    let by_foci = (length(minus(point, focus)) + length(plus(point, focus))) * 0.5 - a.max(b);
    let by_axes = (length([x / a, y / b]) - 1.0) * a.min(b);
    // They agree about the sign.
    by_foci.max(by_axes).max(0.0) + by_foci.min(by_axes).min(0.0)
}

/// A rectangle that reaches so far to either side. Exact.
pub fn rectangle<'g>(point: Point2<'g>, size: [impl IntoExpr<'g>; 2]) -> Expr<'g> {
    to_box(point, lift(point[0].builder(), size))
}

/// A rectangle that reaches so far to either side, its corners rounded by a `radius` of up to
/// the smaller of its sizes. Exact.
pub fn rounded_rectangle<'g>(
    point: Point2<'g>,
    size: [impl IntoExpr<'g>; 2],
    radius: impl IntoExpr<'g>,
) -> Expr<'g> {
    let builder = point[0].builder();
    let radius = radius.into_expr(builder);
    to_box(point, lift(builder, size).map(|size| size - radius)) - radius
}

/// The half plane beyond `offset` in the direction of an angle, in radians. Exact.
pub fn half_plane<'g>(
    [x, y]: Point2<'g>,
    angle: impl IntoExpr<'g>,
    offset: impl IntoExpr<'g>,
) -> Expr<'g> {
    let angle = angle.into_expr(x.builder());
    offset.into_expr(x.builder()) - (x * angle.cos() + y * angle.sin())
}

/// All points nearer than `radius` to the segment from a to b. Exact.
pub fn segment<'g>(
    point: Point2<'g>,
    a: [impl IntoExpr<'g>; 2],
    b: [impl IntoExpr<'g>; 2],
    radius: impl IntoExpr<'g>,
) -> Expr<'g> {
    let builder = point[0].builder();
    to_segment(point, lift(builder, a), lift(builder, b)) - radius
}

/// The points nearer than half of `width` to a circle. Exact.
pub fn ring<'g>(
    point: Point2<'g>,
    radius: impl IntoExpr<'g>,
    width: impl IntoExpr<'g>,
) -> Expr<'g> {
    let half = width.into_expr(point[0].builder()) * 0.5;
    circle(point, radius).abs() - half
}

/// The points nearer than half of `width` to an arc: the part of a circle that is at most
/// `aperture` radians, from 0 to pi, to either side of straight up. Exact.
pub fn arc<'g>(
    [x, y]: Point2<'g>,
    radius: impl IntoExpr<'g>,
    aperture: impl IntoExpr<'g>,
    width: impl IntoExpr<'g>,
) -> Expr<'g> {
    let builder = x.builder();
    let [radius, aperture] = [radius.into_expr(builder), aperture.into_expr(builder)];
    let point = [x.abs(), y];
    let end = [aperture.sin(), aperture.cos()];
    let along = (length(point) - radius).abs();
    let from_end = length(minus(point, times(end, radius)));
    // To the left of the ray through the right end.
    let beside = cross2(end, point).ge(0.0);
    beside.select(along, from_end) - width.into_expr(builder) * 0.5
}

/// A slice of a disc: what is at most `aperture` radians, from 0 to pi, to either side of
/// straight up. Exact.
pub fn pie<'g>(
    [x, y]: Point2<'g>,
    radius: impl IntoExpr<'g>,
    aperture: impl IntoExpr<'g>,
) -> Expr<'g> {
    let builder = x.builder();
    let [radius, aperture] = [radius.into_expr(builder), aperture.into_expr(builder)];
    let point = [x.abs(), y];
    let edge = [aperture.sin(), aperture.cos()];
    let along = dot(point, edge).max(0.0).min(radius);
    let from_edge = length(minus(point, times(edge, along)));
    let beyond = length(point) - radius;
    let beside = cross2(edge, point).ge(0.0);
    beside.select(beyond.max(-from_edge), from_edge)
}

/// The intersection of two discs of one `radius`, whose centres are at `offset`, from 0 to
/// less than the radius, to the left and right: a pointed oval, upright. Exact.
pub fn lens<'g>(
    [x, y]: Point2<'g>,
    radius: impl IntoExpr<'g>,
    offset: impl IntoExpr<'g>,
) -> Expr<'g> {
    let builder = x.builder();
    let [radius, offset] = [radius.into_expr(builder), offset.into_expr(builder)];
    let (x, y) = (x.abs(), y.abs());
    let tip = (radius.square() - offset.square()).sqrt();
    // Behind the ray from the far centre through the tip.
    let past = ((y - tip) * offset).gt(x * tip);
    past.select(length([x, y - tip]), length([x + offset, y]) - radius)
}

/// A triangle with its corners in any order. Exact.
pub fn triangle<'g>(
    point: Point2<'g>,
    a: [impl IntoExpr<'g>; 2],
    b: [impl IntoExpr<'g>; 2],
    c: [impl IntoExpr<'g>; 2],
) -> Expr<'g> {
    let builder = point[0].builder();
    let [a, b, c] = [lift(builder, a), lift(builder, b), lift(builder, c)];
    let edges = [[a, b], [b, c], [c, a]];
    let distance = smallest(edges.map(|[from, to]| to_segment(point, from, to)));
    let sides = edges.map(|[from, to]| cross2(minus(to, from), minus(point, from)));
    // To the left of all edges, or to the right of all.
    let inside = smallest(sides).max(-largest(sides)).gt(0.0);
    inside.select(-distance, distance)
}

/// A rhombus with corners so far out along x and y. Exact.
pub fn rhombus<'g>([x, y]: Point2<'g>, size: [impl IntoExpr<'g>; 2]) -> Expr<'g> {
    let builder = x.builder();
    let [width, height] = lift(builder, size);
    let zero = builder.constant(0.0);
    let point = [x.abs(), y.abs()];
    let distance = to_segment(point, [width, zero], [zero, height]);
    let beyond = point[0] * height + point[1] * width - width * height;
    beyond.lt(0.0).select(-distance, distance)
}

/// A trapezoid, upright and symmetric: `bottom` and `top` are half the lengths of its level
/// sides, `height` is half of its height. Exact.
pub fn trapezoid<'g>(
    [x, y]: Point2<'g>,
    bottom: impl IntoExpr<'g>,
    top: impl IntoExpr<'g>,
    height: impl IntoExpr<'g>,
) -> Expr<'g> {
    let builder = x.builder();
    let [bottom, top] = [bottom.into_expr(builder), top.into_expr(builder)];
    let height = height.into_expr(builder);
    let point = [x.abs(), y];
    let [low, high] = [[bottom, -height], [top, height]];
    let width = y.lt(0.0).select(bottom, top);
    let beyond = y.abs() - height;
    let from_level = length([(point[0] - width).max(0.0), beyond]);
    let from_flank = to_segment(point, low, high);
    let distance = from_level.min(from_flank);
    let outside = (-cross2(minus(high, low), minus(point, low))).max(beyond);
    outside.lt(0.0).select(-distance, distance)
}

/// An upright cross whose arms reach so far, and are wide by so much to either side. Exact.
pub fn cross<'g>(
    [x, y]: Point2<'g>,
    reach: impl IntoExpr<'g>,
    width: impl IntoExpr<'g>,
) -> Expr<'g> {
    let builder = x.builder();
    let [reach, width] = [reach.into_expr(builder), width.into_expr(builder)];
    // Half of the right arm.
    let (along, across) = (x.abs().max(y.abs()), x.abs().min(y.abs()));
    let (past, beside) = (along - reach, across - width);
    let outside = length([past.max(0.0), beside.max(0.0)]);
    let from_corner = length([(width - along).max(0.0), beside]);
    let inside = (-past).min(from_corner);
    past.max(beside).lt(0.0).select(-inside, outside)
}

/// A regular polygon of 3 corners or more, one of them up; `radius` is that of the circle
/// around it. Exact.
///
/// # Panics
/// If there are fewer than 3 corners.
pub fn polygon<'g>([x, y]: Point2<'g>, corners: u32, radius: impl IntoExpr<'g>) -> Expr<'g> {
    assert!(corners >= 3, "a polygon has 3 corners or more");
    let radius = radius.into_expr(x.builder());
    // Turned so that the middle of an edge is to the right; then half of one edge is left.
    let half_turn = PI / f64::from(corners);
    let angle = x.atan2(y);
    let sector = (angle * (0.5 / half_turn)).floor();
    let angle = angle - (sector * 2.0 + 1.0) * half_turn;
    let distance = length([x, y]);
    let (along, across) = (distance * angle.cos(), (distance * angle.sin()).abs());
    let beyond = along - radius * half_turn.cos();
    let past = (across - radius * half_turn.sin()).max(0.0);
    beyond.lt(0.0).select(beyond, length([beyond, past]))
}

/// A star of 3 points or more, one of them up. `inner`, from 0 to 1, is how far out its
/// inner corners are compared to the outer ones. Exact.
///
/// # Panics
/// If there are fewer than 3 points.
pub fn star<'g>(
    [x, y]: Point2<'g>,
    points: u32,
    radius: impl IntoExpr<'g>,
    inner: impl IntoExpr<'g>,
) -> Expr<'g> {
    assert!(points >= 3, "a star has 3 points or more");
    let builder = x.builder();
    let radius = radius.into_expr(builder);
    // Half of one ray: from its tip, along x, to an inner corner.
    let half_turn = PI / f64::from(points);
    let [along, across] = nearest_sector([y, x], points).point;
    let point = [along, across.abs()];
    let inner = radius * inner.into_expr(builder);
    let corner = [inner * half_turn.cos(), inner * half_turn.sin()];
    let from_edge = to_segment(point, [radius, builder.constant(0.0)], corner);
    // On which side of the edge.
    let side = (corner[0] - radius) * point[1] - corner[1] * (point[0] - radius);
    side.lt(0.0).select(from_edge, -from_edge)
}

/// All points nearer than `radius` to the quadratic Bezier curve from a to c with the control
/// point b. Exact, but inside a bound where the curve bends more sharply than the radius.
///
/// The nearest point is at an end or where the curve is at a right angle to the way to it, which
/// is a cubic equation in the curve's parameter: it has one real root, or three of which the
/// middle one is where the curve is furthest.
pub fn bezier<'g>(
    point: Point2<'g>,
    a: [impl IntoExpr<'g>; 2],
    b: [impl IntoExpr<'g>; 2],
    c: [impl IntoExpr<'g>; 2],
    radius: impl IntoExpr<'g>,
) -> Expr<'g> {
    let builder = point[0].builder();
    let [a, b, c] = [lift(builder, a), lift(builder, b), lift(builder, c)];
    to_bezier(point, a, b, c) - radius
}

/// From a point to the nearest of a quadratic Bezier curve.
pub(super) fn to_bezier<'g>(
    point: Point2<'g>,
    a: Point2<'g>,
    b: Point2<'g>,
    c: Point2<'g>,
) -> Expr<'g> {
    // The curve is a + 2t velocity + t^2 bend.
    let velocity = minus(b, a);
    let bend = minus(minus(c, b), velocity);
    let from_start = minus(a, point);
    let way = |t: Expr<'g>| -> Point2<'g> {
        std::array::from_fn(|i| t.fma(t.fma(bend[i], velocity[i] * 2.0), from_start[i]))
    };
    // Half of how fast the way changes.
    let along =
        |t: Expr<'g>| -> Point2<'g> { std::array::from_fn(|i| t.fma(bend[i], velocity[i])) };
    // A step of Newton's towards the right angle.
    let refined = |t: Expr<'g>| {
        let (way, along) = (way(t), along(t));
        let slope = dot(along, along) * 2.0 + dot(way, bend);
        (t - dot(way, along) / slope.max(TINY)).clamp(0.0, 1.0)
    };
    // What is all but straight has its roots all but at infinity: there Newton begins where
    // the straight line would be nearest.
    let chord = minus(c, a);
    let level = -(dot(from_start, chord) / dot(chord, chord).max(TINY));
    let is_straight = dot(bend, bend).lt(dot(velocity, velocity) * 1e-4);
    let roots = right_angles(velocity, bend, from_start);
    let distances = roots.map(|root| {
        let t = is_straight.select(level, root).clamp(0.0, 1.0);
        let better = refined(refined(t));
        // Where roots meet, Newton's step may lead away.
        dot(way(t), way(t)).min(dot(way(better), way(better)))
    });
    distances[0].min(distances[1]).sqrt()
}

/// Where `from_start` + 2t `velocity` + t^2 `bend` is at a right angle to its derivative: the
/// first and the last such t, which may be the same.
fn right_angles<'g>(
    velocity: Point2<'g>,
    bend: Point2<'g>,
    from_start: Point2<'g>,
) -> [Expr<'g>; 2] {
    // t^3 + 3 k2 t^2 + k1 t + k0 = 0.
    let scale = dot(bend, bend).max(TINY).recip();
    let k2 = dot(velocity, bend) * scale;
    let k1 = (dot(velocity, velocity) * 2.0 + dot(from_start, bend)) * scale;
    let k0 = dot(from_start, velocity) * scale;
    // In u = t + k2: u^3 + 3 p u + 2 q = 0.
    let p = k1 * (1.0 / 3.0) - k2.square();
    let q = (k2 * (k2.square() * 2.0 - k1) + k0) * 0.5;
    let discriminant = q.square() + p.square() * p;
    // One root, by Cardano: of the two cubes the larger, in which nothing cancels.
    let root = discriminant.max(0.0).sqrt();
    let large = q.lt(0.0).select(root - q, -(root + q)).cbrt();
    let only = large - p / large;
    // Three roots, by Viete: 2 m cos(angle), and a third of a turn to either side. The middle
    // one, where the curve is furthest, is that before the first.
    let m = (-p).max(0.0).sqrt();
    let cosine = (-q / (m.square() * m).max(TINY)).clamp(-1.0, 1.0);
    let angle = cosine.acos() * (1.0 / 3.0);
    let first = m * 2.0 * angle.cos();
    let last = m * 2.0 * (angle + TAU / 3.0).cos();
    let has_one = discriminant.gt(0.0);
    [first, last].map(|three| has_one.select(only, three) - k2)
}
