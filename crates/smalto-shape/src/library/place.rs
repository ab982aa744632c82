//! Shapes moved, turned and scaled.
//!
//! A shape moves by the inverse of what is done to the point it is given: to have it further
//! to the right, ask where the point is that is further to the left. Functions that
//! keep distances give back the point; those that change them take the shape, as a function of
//! a point, and correct its distance.

use super::vector::{Point2, Point3, length, lift, minus, smallest};
use smalto_graph::{Affine, Expr, IntoExpr};

/// The point as a shape sees it that is moved by `by`. Keeps distances.
///
/// ```
/// # use smalto_graph::GraphBuilder;
/// # use smalto_shape::library::{place::{rotate, translate}, plane::rectangle};
/// let builder = GraphBuilder::new();
/// let point = [builder.var("x"), builder.var("y")];
/// // Turned by 45 degrees, then moved to the right.
/// let here = rotate(translate(point, [2.0, 0.0]), std::f64::consts::FRAC_PI_4);
/// builder.finish([("", rectangle(here, [1.0, 1.0]))])?;
/// # Ok::<(), smalto_graph::GraphError>(())
/// ```
pub fn translate<'g, const N: usize>(
    point: [Expr<'g>; N],
    by: [impl IntoExpr<'g>; N],
) -> [Expr<'g>; N] {
    minus(point, lift(point[0].builder(), by))
}

/// The point as a shape sees it that is turned about the origin by `angle` radians,
/// counterclockwise. Keeps distances.
pub fn rotate<'g>([x, y]: Point2<'g>, angle: impl IntoExpr<'g>) -> Point2<'g> {
    let angle = angle.into_expr(x.builder());
    let (cos, sin) = (angle.cos(), angle.sin());
    [x * cos + y * sin, y * cos - x * sin]
}

/// The point as a shape sees it that is turned about the x axis, from y towards z. Keeps
/// distances.
pub fn rotate_x<'g>([x, y, z]: Point3<'g>, angle: impl IntoExpr<'g>) -> Point3<'g> {
    let [y, z] = rotate([y, z], angle);
    [x, y, z]
}

/// The point as a shape sees it that is turned about the y axis, from z towards x. Keeps
/// distances.
pub fn rotate_y<'g>([x, y, z]: Point3<'g>, angle: impl IntoExpr<'g>) -> Point3<'g> {
    let [z, x] = rotate([z, x], angle);
    [x, y, z]
}

/// The point as a shape sees it that is turned about the z axis, from x towards y. Keeps
/// distances.
pub fn rotate_z<'g>([x, y, z]: Point3<'g>, angle: impl IntoExpr<'g>) -> Point3<'g> {
    let [x, y] = rotate([x, y], angle);
    [x, y, z]
}

/// The point as a shape sees it that is turned about an axis through the origin, of any length but
/// 0, counterclockwise for an eye the axis points at. Keeps distances.
pub fn rotate_about<'g>(
    point: Point3<'g>,
    axis: [impl IntoExpr<'g>; 3],
    angle: impl IntoExpr<'g>,
) -> Point3<'g> {
    let builder = point[0].builder();
    let axis = lift(builder, axis);
    let norm = length(axis);
    let axis = axis.map(|coordinate| coordinate / norm);
    let angle = angle.into_expr(builder);
    let (cos, sin) = (angle.cos(), angle.sin());
    // Rodrigues' formula, backwards.
    let along = super::vector::dot(axis, point) * (1.0 - cos);
    let across = super::vector::cross3(axis, point);
    std::array::from_fn(|i| point[i] * cos - across[i] * sin + axis[i] * along)
}

/// A shape `factor` times as large; above 0. Exact if the shape is, of its Lipschitz
/// constant otherwise.
pub fn scale<'g, const N: usize>(
    point: [Expr<'g>; N],
    factor: impl IntoExpr<'g>,
    shape: impl FnOnce([Expr<'g>; N]) -> Expr<'g>,
) -> Expr<'g> {
    let factor = factor.into_expr(point[0].builder());
    shape(point.map(|coordinate| coordinate / factor)) * factor
}

/// A shape as many times as large along each axis; all above 0. A bound, of the shape's
/// Lipschitz constant: the smallest factor is what distances are sure to grow by.
pub fn stretch<'g, const N: usize>(
    point: [Expr<'g>; N],
    factors: [impl IntoExpr<'g>; N],
    shape: impl FnOnce([Expr<'g>; N]) -> Expr<'g>,
) -> Expr<'g> {
    let factors = lift(point[0].builder(), factors);
    let inner = std::array::from_fn(|axis| point[axis] / factors[axis]);
    shape(inner) * smallest(factors)
}

/// A shape under an affine map: turned, scaled, sheared, reflected and moved. `None` if the
/// map flattens space. Exact if the shape is and the map scales all directions alike; else a
/// bound, of the shape's Lipschitz constant.
///
/// ```
/// # use smalto_graph::{Affine, GraphBuilder};
/// # use smalto_shape::library::{place::affine, space::torus};
/// let builder = GraphBuilder::new();
/// let point = ["x", "y", "z"].map(|name| builder.var(name));
/// let map = Affine::rotate_x(1.0).then(Affine::translate([0.0, 0.0, 2.0]));
/// let placed = affine(point, &map, |point| torus(point, 1.0, 0.25)).expect("it has an inverse");
/// builder.finish([("", placed)])?;
/// # Ok::<(), smalto_graph::GraphError>(())
/// ```
pub fn affine<'g>(
    point: Point3<'g>,
    map: &Affine,
    shape: impl FnOnce(Point3<'g>) -> Expr<'g>,
) -> Option<Expr<'g>> {
    let inverse = map.inverse()?.rows();
    let [x, y, z] = point;
    let inner = inverse.map(|[a, b, c, d]| {
        let builder = x.builder();
        let [a, b, c, d] = lift(builder, [a, b, c, d]);
        a.fma(x, b.fma(y, c.fma(z, d)))
    });
    Some(shape(inner) / largest_stretch(inverse))
}

/// By how much the matrix in the first three columns lengthens a vector at most: the root of the
/// largest eigenvalue of its transpose times itself, in closed form (O. K. Smith,
/// "Eigenvalues of a symmetric 3x3 matrix", Communications of the ACM 4, 1961).
fn largest_stretch(rows: [[f64; 4]; 3]) -> f64 {
    let product = |i: usize, j: usize| rows.iter().map(|row| row[i] * row[j]).sum::<f64>();
    let mean = (0..3).map(|i| product(i, i)).sum::<f64>() / 3.0;
    let off = [(0, 1), (0, 2), (1, 2)].map(|(i, j)| product(i, j));
    let diagonal = [0, 1, 2].map(|i| product(i, i) - mean);
    let squares =
        diagonal.iter().map(|d| d * d).sum::<f64>() + 2.0 * off.iter().map(|d| d * d).sum::<f64>();
    let spread = (squares / 6.0).sqrt();
    if spread <= mean * 1e-12 {
        return mean.sqrt();
    }
    let [a, b, c] = diagonal.map(|d| d / spread);
    let [d, e, f] = off.map(|d| d / spread);
    let determinant = a * (b * c - f * f) - d * (d * c - f * e) + e * (d * f - b * e);
    let angle = (determinant / 2.0).clamp(-1.0, 1.0).acos() / 3.0;
    (mean + 2.0 * spread * angle.cos()).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_stretch_is_that_of_the_longest_axis() {
        let check = |map: Affine, expected: f64| {
            let found = largest_stretch(map.rows());
            assert!(
                (found - expected).abs() < 1e-9,
                "{map:?}: {found}, not {expected}"
            );
        };
        check(Affine::rotate([1.0, 2.0, 3.0], 0.7), 1.0);
        check(Affine::scale(0.25), 0.25);
        let turn = Affine::rotate([3.0, -1.0, 2.0], 1.1);
        check(
            turn.then(Affine::scale_axes([0.5, 4.0, 2.0])).then(turn),
            4.0,
        );
        // A shear by s stretches by (s + sqrt(s^2 + 4)) / 2.
        let shear = [
            [1.0, 1.5, 0.0, 9.0],
            [0.0, 1.0, 0.0, 0.0],
            [0.0, 0.0, 1.0, 0.0],
        ];
        check(Affine::from_rows(shear), 2.0);
    }
}
