//! Solids made of shapes of the plane, by moving them through space.

use super::vector::{Point2, Point3, length};
use smalto_graph::{Expr, IntoExpr};

/// A shape of the plane, so high to either side of z = 0. Exact if the shape is, of its
/// Lipschitz constant otherwise.
///
/// ```
/// # use smalto_graph::GraphBuilder;
/// # use smalto_shape::library::{plane::star, sweep::extrude};
/// let builder = GraphBuilder::new();
/// let point = ["x", "y", "z"].map(|name| builder.var(name));
/// let biscuit = extrude(point, 0.2, |section| star(section, 5, 1.0, 0.5));
/// builder.finish([("", biscuit)])?;
/// # Ok::<(), smalto_graph::GraphError>(())
/// ```
pub fn extrude<'g>(
    [x, y, z]: Point3<'g>,
    height: impl IntoExpr<'g>,
    section: impl FnOnce(Point2<'g>) -> Expr<'g>,
) -> Expr<'g> {
    extruded(section([x, y]), z, height)
}

/// [`extrude`] of a distance that is there already.
pub fn extruded<'g>(section: Expr<'g>, z: Expr<'g>, height: impl IntoExpr<'g>) -> Expr<'g> {
    let beyond = [section, z.abs() - height];
    length(beyond.map(|d| d.max(0.0))) + beyond[0].max(beyond[1]).min(0.0)
}

/// A shape of the plane, turned around the z axis: `profile` is given the distance from the axis,
/// less `offset`, and z. Exact if the profile is, and does not cross the axis or is
/// its own mirror image there; of its Lipschitz constant otherwise.
pub fn revolve<'g>(
    [x, y, z]: Point3<'g>,
    offset: impl IntoExpr<'g>,
    profile: impl FnOnce(Point2<'g>) -> Expr<'g>,
) -> Expr<'g> {
    profile([length([x, y]) - offset, z])
}

/// From one shape of the plane at -`height` to another at `height`, in between a mean of their
/// distances, cut off below and above. A bound; Lipschitz constant 1.
///
/// `spread` is the most by which the two distances differ anywhere (for two shapes, one within
/// the other, how far the outer one reaches beyond the inner). The larger it is beside the
/// height, the more slowly the mean has to rise. A difference beyond it is cut off.
pub fn loft<'g>(
    [x, y, z]: Point3<'g>,
    height: impl IntoExpr<'g>,
    spread: impl IntoExpr<'g>,
    bottom: impl FnOnce(Point2<'g>) -> Expr<'g>,
    top: impl FnOnce(Point2<'g>) -> Expr<'g>,
) -> Expr<'g> {
    lofted(bottom([x, y]), top([x, y]), z, height, spread)
}

/// [`loft`] of distances that are there already.
pub fn lofted<'g>(
    bottom: Expr<'g>,
    top: Expr<'g>,
    z: Expr<'g>,
    height: impl IntoExpr<'g>,
    spread: impl IntoExpr<'g>,
) -> Expr<'g> {
    let builder = z.builder();
    let [height, spread] = [height.into_expr(builder), spread.into_expr(builder)];
    let up = (z / height * 0.5 + 0.5).clamp(0.0, 1.0);
    // Along z it changes by so much, at a right angle to how the sections change.
    let slope = spread / height * 0.5;
    let mean = bottom + (top - bottom).clamp(-spread, spread) * up;
    (mean / (slope.square() + 1.0).sqrt()).max(z.abs() - height)
}

/// A shape grown by so much, or shrunk if it is below 0, with round corners where it grows.
/// Exact outside for an exact distance; of its Lipschitz constant.
pub fn offset<'g>(shape: Expr<'g>, by: impl IntoExpr<'g>) -> Expr<'g> {
    shape - by
}

/// The shell of a shape: what is nearer than half of `thickness` to its surface. Exact if the
/// shape is; of its Lipschitz constant otherwise.
pub fn shell<'g>(shape: Expr<'g>, thickness: impl IntoExpr<'g>) -> Expr<'g> {
    let half = thickness.into_expr(shape.builder()) * 0.5;
    shape.abs() - half
}

/// So many shells, 1 or more, around the inside of a shape: the outermost is at the surface,
/// and from the middle of one to that of the next it is `distance`. A bound; of its
/// Lipschitz constant.
pub fn shells<'g>(
    shape: Expr<'g>,
    count: u32,
    distance: impl IntoExpr<'g>,
    thickness: impl IntoExpr<'g>,
) -> Expr<'g> {
    let folded = super::fold::repeat_few(-shape, distance, count);
    shell(folded, thickness)
}
