//! Vectors of expressions: what distances are measured with.

use smalto_graph::{Expr, GraphBuilder, IntoExpr};

/// A point of the plane.
pub type Point2<'g> = [Expr<'g>; 2];

/// A point in space.
pub type Point3<'g> = [Expr<'g>; 3];

/// Numbers and expressions as expressions.
pub(super) fn lift<'g, const N: usize>(
    builder: &'g GraphBuilder,
    values: [impl IntoExpr<'g>; N],
) -> [Expr<'g>; N] {
    values.map(|value| value.into_expr(builder))
}

pub(super) fn plus<'g, const N: usize>(a: [Expr<'g>; N], b: [Expr<'g>; N]) -> [Expr<'g>; N] {
    std::array::from_fn(|axis| a[axis] + b[axis])
}

pub(super) fn minus<'g, const N: usize>(a: [Expr<'g>; N], b: [Expr<'g>; N]) -> [Expr<'g>; N] {
    std::array::from_fn(|axis| a[axis] - b[axis])
}

pub(super) fn times<'g, const N: usize>(a: [Expr<'g>; N], factor: Expr<'g>) -> [Expr<'g>; N] {
    a.map(|coordinate| coordinate * factor)
}

pub(super) fn dot<'g, const N: usize>(a: [Expr<'g>; N], b: [Expr<'g>; N]) -> Expr<'g> {
    let first = a[0] * b[0];
    (1..N).fold(first, |sum, axis| sum + a[axis] * b[axis])
}

/// How far `b` is to the left of `a`, times the length of `a`.
pub(super) fn cross2<'g>(a: Point2<'g>, b: Point2<'g>) -> Expr<'g> {
    a[0] * b[1] - a[1] * b[0]
}

pub(super) fn cross3<'g>(a: Point3<'g>, b: Point3<'g>) -> Point3<'g> {
    std::array::from_fn(|axis| {
        let (next, after) = ((axis + 1) % 3, (axis + 2) % 3);
        a[next] * b[after] - a[after] * b[next]
    })
}

pub(super) fn largest<'g, const N: usize>(values: [Expr<'g>; N]) -> Expr<'g> {
    values[1..]
        .iter()
        .fold(values[0], |most, &value| most.max(value))
}

pub(super) fn smallest<'g, const N: usize>(values: [Expr<'g>; N]) -> Expr<'g> {
    values[1..]
        .iter()
        .fold(values[0], |least, &value| least.min(value))
}

/// The length of a vector. Exact; Lipschitz constant 1.
pub fn length<'g, const N: usize>(vector: [Expr<'g>; N]) -> Expr<'g> {
    vector[1..]
        .iter()
        .fold(vector[0].square(), |sum, &d| d.fma(d, sum))
        .sqrt()
}

/// From a point to the nearest of a segment, which may be a single point.
pub(super) fn to_segment<'g, const N: usize>(
    point: [Expr<'g>; N],
    a: [Expr<'g>; N],
    b: [Expr<'g>; N],
) -> Expr<'g> {
    let (to_point, along) = (minus(point, a), minus(b, a));
    let part = (dot(to_point, along) / dot(along, along).max(TINY)).clamp(0.0, 1.0);
    length(minus(to_point, times(along, part)))
}

/// From a point to the nearest of a box around the origin; below 0 inside.
pub(super) fn to_box<'g, const N: usize>(point: [Expr<'g>; N], size: [Expr<'g>; N]) -> Expr<'g> {
    let beyond = minus(point.map(Expr::abs), size);
    length(beyond.map(|d| d.max(0.0))) + largest(beyond).min(0.0)
}

/// What stands in for a divisor of 0 where the dividend is 0 too.
pub(super) const TINY: f64 = 1e-30;
