//! Shapes twisted, tapered and bent.
//!
//! A deformation stretches space, and a distance seen through it rises faster by as much as space
//! is stretched at most. That grows with the distance from the axis without an end, so
//! each deformation asks how far the shape reaches, makes the bound for that, and looks
//! from further away only at what is that near: the point is first brought to the nearest
//! of the cylinder which holds the shape.

use super::place::rotate;
use super::vector::{Point3, length};
use smalto_graph::{Expr, IntoExpr};

/// A shape twisted about the z axis, by `rate` radians for each unit upwards, counterclockwise;
/// what is further than `reach` from the axis is cut off. A bound, of the shape's Lipschitz
/// constant.
///
/// ```
/// # use smalto_graph::GraphBuilder;
/// # use smalto_shape::library::{deform::twist, space::cuboid};
/// let builder = GraphBuilder::new();
/// let point = ["x", "y", "z"].map(|name| builder.var(name));
/// let column = twist(point, 1.5, 0.6, |point| cuboid(point, [0.4, 0.4, 1.0]));
/// builder.finish([("", column)])?;
/// # Ok::<(), smalto_graph::GraphError>(())
/// ```
pub fn twist<'g>(
    point: Point3<'g>,
    rate: impl IntoExpr<'g>,
    reach: impl IntoExpr<'g>,
    shape: impl FnOnce(Point3<'g>) -> Expr<'g>,
) -> Expr<'g> {
    let builder = point[0].builder();
    let [rate, reach] = [rate.into_expr(builder), reach.into_expr(builder)];
    let steepness = twist_steepness(rate, reach);
    within(point, reach, |point| {
        shape(twisted(point, rate)) / steepness
    })
}

/// The point as a twisted shape sees it; see [`twist`].
pub fn twisted<'g>([x, y, z]: Point3<'g>, rate: impl IntoExpr<'g>) -> Point3<'g> {
    let rate = rate.into_expr(x.builder());
    let [x, y] = rotate([x, y], z * rate);
    [x, y, z]
}

/// How much faster distances change within `reach` of the axis of a [`twist`]. At a distance r
/// it is, besides a rotation, a shear by s = `rate` r; which stretches by (s + sqrt(s^2 + 4)) / 2.
pub fn twist_steepness<'g>(rate: Expr<'g>, reach: Expr<'g>) -> Expr<'g> {
    let shear = (rate * reach).abs();
    (shear + (shear.square() + 4.0).sqrt()) * 0.5
}

/// A shape that is scaled across the z axis: by `bottom` at -`height` and below, by `top` at
/// `height` and above, both above 0, and evenly in between. What is further than `reach`
/// from the axis afterwards is cut off. A bound, of the shape's Lipschitz constant.
pub fn taper<'g>(
    point: Point3<'g>,
    height: impl IntoExpr<'g>,
    bottom: impl IntoExpr<'g>,
    top: impl IntoExpr<'g>,
    reach: impl IntoExpr<'g>,
    shape: impl FnOnce(Point3<'g>) -> Expr<'g>,
) -> Expr<'g> {
    let builder = point[0].builder();
    let [height, reach] = [height.into_expr(builder), reach.into_expr(builder)];
    let [bottom, top] = [bottom.into_expr(builder), top.into_expr(builder)];
    let steepness = taper_steepness(height, bottom, top, reach);
    within(point, reach, |point| {
        shape(tapered(point, height, bottom, top)) / steepness
    })
}

/// The point as a tapered shape sees it; see [`taper`].
pub fn tapered<'g>(
    [x, y, z]: Point3<'g>,
    height: Expr<'g>,
    bottom: Expr<'g>,
    top: Expr<'g>,
) -> Point3<'g> {
    let up = (z / height * 0.5 + 0.5).clamp(0.0, 1.0);
    let factor = bottom.mix(top, up);
    [x / factor, y / factor, z]
}

/// How much faster distances change within `reach` of the axis of a [`taper`], at most: across
/// the axis by 1 / factor; along it by 1, and by how fast 1 / factor changes times the
/// distance from the axis.
pub fn taper_steepness<'g>(
    height: Expr<'g>,
    bottom: Expr<'g>,
    top: Expr<'g>,
    reach: Expr<'g>,
) -> Expr<'g> {
    let least = bottom.min(top);
    let shear = (top - bottom).abs() / height * 0.5 * reach / least.square();
    least.recip().max(1.0) + shear
}

/// A shape that lies along the x axis, bent upwards to an arc of radius `radius` around
/// (0, `radius`, any z); the x axis keeps its length. `reach`, below the radius, is
/// how far the shape reaches above the x axis. It must be no longer than the circle.
///
/// A bound, of the shape's Lipschitz constant from the origin's side up to `reach` away from the
/// axis of the bend, which is where the shape is. Nearer to that axis the bound is steeper.
pub fn bend<'g>(
    point: Point3<'g>,
    radius: impl IntoExpr<'g>,
    reach: impl IntoExpr<'g>,
    shape: impl FnOnce(Point3<'g>) -> Expr<'g>,
) -> Expr<'g> {
    let builder = point[0].builder();
    let [radius, reach] = [radius.into_expr(builder), reach.into_expr(builder)];
    shape(bent(point, radius)) * ((radius - reach) / radius).min(1.0)
}

/// The point as a bent shape sees it; see [`bend`].
pub fn bent<'g>([x, y, z]: Point3<'g>, radius: impl IntoExpr<'g>) -> Point3<'g> {
    let radius = radius.into_expr(x.builder());
    let down = radius - y;
    [x.atan2(down) * radius, radius - length([x, down]), z]
}

/// What of a shape is within `reach` of the z axis. Lipschitz constant 1 if that of the shape is
/// no more within reach, whatever it is beyond.
fn within<'g>(
    [x, y, z]: Point3<'g>,
    reach: Expr<'g>,
    shape: impl FnOnce(Point3<'g>) -> Expr<'g>,
) -> Expr<'g> {
    let out = length([x, y]);
    // 1 within reach; beyond, what brings the point back. Going to the nearest point of a
    // convex set never makes distances longer.
    let back = reach / out.max(reach);
    shape([x * back, y * back, z]).max(out - reach)
}
