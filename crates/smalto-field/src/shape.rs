//! Distance functions of plane and solid shapes: negative inside, 0 on the outline.
//!
//! All are exact distances with a gradient of length 1, except where said otherwise; such
//! *bounds* are never larger than the distance outside. Shapes lie around the origin: to move
//! one, subtract from the coordinates. Sizes are halves: a box of size 1 reaches from -1 to 1.
//! Derivations are elementary geometry: reflect the point into the part of space that its
//! symmetry leaves, and measure there.

use smalto_graph::Expr;
use std::f64::consts::PI;

// In the plane.

/// A disc.
pub fn circle<'g>([x, y]: [Expr<'g>; 2], radius: Expr<'g>) -> Expr<'g> {
    length(&[x, y]) - radius
}

/// A rectangle of so much to either side.
pub fn rectangle<'g>(point: [Expr<'g>; 2], size: [Expr<'g>; 2]) -> Expr<'g> {
    cuboid_of(&point, &size)
}

/// The half plane beyond `offset` in the direction of an angle, in radians.
pub fn half_plane<'g>([x, y]: [Expr<'g>; 2], angle: Expr<'g>, offset: Expr<'g>) -> Expr<'g> {
    offset - (x * angle.cos() + y * angle.sin())
}

/// All points nearer than `radius` to the segment from a to b.
pub fn segment<'g>(
    point: [Expr<'g>; 2],
    a: [Expr<'g>; 2],
    b: [Expr<'g>; 2],
    radius: Expr<'g>,
) -> Expr<'g> {
    to_segment(&point, &a, &b) - radius
}

/// The points nearer than half of `width` to a circle.
pub fn ring<'g>(point: [Expr<'g>; 2], radius: Expr<'g>, width: Expr<'g>) -> Expr<'g> {
    circle(point, radius).abs() - width * 0.5
}

/// A regular polygon of 3 corners or more, one of them up; `radius` is that of the circle
/// around it.
///
/// # Panics
/// If there are fewer than 3 corners.
pub fn polygon<'g>([x, y]: [Expr<'g>; 2], corners: u32, radius: Expr<'g>) -> Expr<'g> {
    assert!(corners >= 3, "a polygon has 3 corners or more");
    // Turned so that the middle of an edge is to the right; then half of one edge is left.
    let half_turn = PI / f64::from(corners);
    let angle = x.atan2(y);
    let sector = (angle * (0.5 / half_turn)).floor();
    let angle = angle - (sector * 2.0 + 1.0) * half_turn;
    let distance = length(&[x, y]);
    let (along, across) = (distance * angle.cos(), (distance * angle.sin()).abs());
    let beyond = along - radius * half_turn.cos();
    let past = (across - radius * half_turn.sin()).max(0.0);
    beyond.lt(0.0).select(beyond, length(&[beyond, past]))
}

/// A star of 3 points or more, one of them up. `inner`, from 0 to 1, is how far out its
/// inner corners are compared to the outer ones.
///
/// # Panics
/// If there are fewer than 3 points.
pub fn star<'g>([x, y]: [Expr<'g>; 2], points: u32, radius: Expr<'g>, inner: Expr<'g>) -> Expr<'g> {
    assert!(points >= 3, "a star has 3 points or more");
    // Half of one ray: from its tip, along x, to an inner corner.
    let half_turn = PI / f64::from(points);
    let angle = x.atan2(y);
    let ray = (angle * (0.5 / half_turn)).rint();
    let angle = angle - ray * (2.0 * half_turn);
    let distance = length(&[x, y]);
    let point = [distance * angle.cos(), (distance * angle.sin()).abs()];
    let inner = radius * inner;
    let corner = [inner * half_turn.cos(), inner * half_turn.sin()];
    let zero = x.builder().constant(0.0);
    let from_edge = to_segment(&point, &[radius, zero], &corner);
    // On which side of the edge.
    let side = (corner[0] - radius) * point[1] - corner[1] * (point[0] - radius);
    side.lt(0.0).select(from_edge, -from_edge)
}

// In space.

/// A ball.
pub fn sphere<'g>(point: [Expr<'g>; 3], radius: Expr<'g>) -> Expr<'g> {
    length(&point) - radius
}

/// A box of so much to either side.
pub fn cuboid<'g>(point: [Expr<'g>; 3], size: [Expr<'g>; 3]) -> Expr<'g> {
    cuboid_of(&point, &size)
}

/// A ring of round section around the z axis: `radius` to the middle of the section, whose
/// own radius is `thickness`.
pub fn torus<'g>([x, y, z]: [Expr<'g>; 3], radius: Expr<'g>, thickness: Expr<'g>) -> Expr<'g> {
    length(&[length(&[x, y]) - radius, z]) - thickness
}

/// A cylinder around the z axis, so high to either side.
pub fn cylinder<'g>([x, y, z]: [Expr<'g>; 3], radius: Expr<'g>, height: Expr<'g>) -> Expr<'g> {
    cuboid_of(&[length(&[x, y]), z], &[radius, height])
}

/// All points nearer than `radius` to the segment from a to b.
pub fn capsule<'g>(
    point: [Expr<'g>; 3],
    a: [Expr<'g>; 3],
    b: [Expr<'g>; 3],
    radius: Expr<'g>,
) -> Expr<'g> {
    to_segment(&point, &a, &b) - radius
}

/// An octahedron with corners so far out along the axes. A bound: exact at its faces.
pub fn octahedron<'g>([x, y, z]: [Expr<'g>; 3], size: Expr<'g>) -> Expr<'g> {
    (x.abs() + y.abs() + z.abs() - size) * (1.0 / 3f64.sqrt())
}

/// A cone upright around the z axis, its tip at the origin, opening downwards to `height`
/// with a radius of `radius` there.
pub fn cone<'g>([x, y, z]: [Expr<'g>; 3], radius: Expr<'g>, height: Expr<'g>) -> Expr<'g> {
    // Seen from the side: a triangle from the tip to the rim.
    let point = [length(&[x, y]), z];
    let zero = x.builder().constant(0.0);
    let (rim, base) = ([radius, -height], [zero, -height]);
    let from_side = to_segment(&point, &[zero, zero], &rim);
    let from_base = to_segment(&point, &base, &rim);
    let beyond = (point[0] * height + z * radius).max(-height - z);
    let distance = from_side.min(from_base);
    beyond.lt(0.0).select(-distance, distance)
}

// Of any dimension.

/// A shape grown by so much, with round corners.
pub fn round<'g>(shape: Expr<'g>, radius: Expr<'g>) -> Expr<'g> {
    shape - radius
}

/// The shell of a shape, of this thickness.
pub fn shell<'g>(shape: Expr<'g>, thickness: Expr<'g>) -> Expr<'g> {
    shape.abs() - thickness * 0.5
}

/// Both together.
pub fn union<'g>(a: Expr<'g>, b: Expr<'g>) -> Expr<'g> {
    a.min(b)
}

/// What is in both.
pub fn intersection<'g>(a: Expr<'g>, b: Expr<'g>) -> Expr<'g> {
    a.max(b)
}

/// What is in a but not in b.
pub fn difference<'g>(a: Expr<'g>, b: Expr<'g>) -> Expr<'g> {
    a.max(-b)
}

/// [`union`] with a fillet where the surfaces come within about `radius` of each other: smaller
/// than either by up to a quarter of that. With a radius of 0 a plain union.
pub fn smooth_union<'g>(a: Expr<'g>, b: Expr<'g>, radius: Expr<'g>) -> Expr<'g> {
    a.min(b) - fillet(a, b, radius)
}

/// [`intersection`] with rounded edges.
pub fn smooth_intersection<'g>(a: Expr<'g>, b: Expr<'g>, radius: Expr<'g>) -> Expr<'g> {
    a.max(b) + fillet(a, b, radius)
}

/// [`difference`] with rounded edges.
pub fn smooth_difference<'g>(a: Expr<'g>, b: Expr<'g>, radius: Expr<'g>) -> Expr<'g> {
    smooth_intersection(a, -b, radius)
}

/// The parabola that makes the corner of a minimum smooth: 1/4 of `radius` where a = b, and
/// 0 where they differ by `radius` or more.
fn fillet<'g>(a: Expr<'g>, b: Expr<'g>, radius: Expr<'g>) -> Expr<'g> {
    let near = (radius - (a - b).abs()).max(0.0);
    // A radius of 0 leaves 0 to be divided.
    near * near * 0.25 / radius.max(1e-30)
}

fn cuboid_of<'g>(point: &[Expr<'g>], size: &[Expr<'g>]) -> Expr<'g> {
    let beyond: Vec<_> = point
        .iter()
        .zip(size)
        .map(|(x, &size)| x.abs() - size)
        .collect();
    let outside: Vec<_> = beyond.iter().map(|d| d.max(0.0)).collect();
    let deepest = beyond[1..].iter().fold(beyond[0], |most, &d| most.max(d));
    length(&outside) + deepest.min(0.0)
}

/// From a point to the nearest of a segment, which may be a single point.
fn to_segment<'g>(point: &[Expr<'g>], a: &[Expr<'g>], b: &[Expr<'g>]) -> Expr<'g> {
    let minus = |p: &[Expr<'g>], q: &[Expr<'g>]| -> Vec<Expr<'g>> {
        p.iter().zip(q).map(|(&p, &q)| p - q).collect()
    };
    let (to_point, along) = (minus(point, a), minus(b, a));
    let dot = |p: &[Expr<'g>], q: &[Expr<'g>]| {
        let mut terms = p.iter().zip(q).map(|(&p, &q)| p * q);
        let first = terms.next().expect("points have coordinates");
        terms.fold(first, |sum, term| sum + term)
    };
    let part = (dot(&to_point, &along) / dot(&along, &along).max(1e-30)).clamp(0.0, 1.0);
    let nearest: Vec<_> = along.iter().map(|&d| d * part).collect();
    length(&minus(&to_point, &nearest))
}

fn length<'g>(vector: &[Expr<'g>]) -> Expr<'g> {
    let (first, rest) = vector.split_first().expect("vectors have coordinates");
    rest.iter()
        .fold(first.square(), |sum, &d| d.fma(d, sum))
        .sqrt()
}
