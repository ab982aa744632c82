//! Many copies of a shape.
//!
//! Each copy has a *cell*, and the shape must fit in there, around the origin. Then, of the copies
//! in a row, the nearest is the one in the cell where the point is, or the one in the next cell
//! on the side to which the point is from the middle of its own: if p is right of the
//! middle and q is any point of its cell, then q is nearer than the same point of the cell
//! to the left. So an array measures to two copies, four in a grid of the plane and eight in one
//! of space, however many there are, and its distance is exact if that of the shape is; Lipschitz
//! constants stay what they are. For a shape that is its own mirror image in its cell's middle
//! one copy is enough, see [`fold`](super::fold); for shapes that reach beyond their cells, or
//! differ from one another, make a [`union_of`](super::boolean::union_of) them all.

use super::fold::nearest_sector;
use super::vector::{Point2, Point3, dot, lift, minus, times};
use smalto_graph::{Expr, IntoExpr};
use std::f64::consts::TAU;

/// How many copies there are in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Copies {
    /// Endlessly many, to both sides.
    Endless,
    /// So many, at least one: the shape itself and others on the side of the step.
    Few(u32),
}

/// Copies in a row, each moved by `step` from the one before. The cell is what is between two
/// planes at a right angle to the step, half of it away to either side.
///
/// ```
/// # use smalto_graph::GraphBuilder;
/// # use smalto_shape::library::{array::{Copies, linear}, plane::triangle};
/// let builder = GraphBuilder::new();
/// let point = [builder.var("x"), builder.var("y")];
/// let teeth = linear(point, [1.0, 0.0], Copies::Few(20), |point| {
///     triangle(point, [-0.5, 0.0], [0.5, 0.0], [0.2, 1.0])
/// });
/// builder.finish([("", teeth)])?;
/// # Ok::<(), smalto_graph::GraphError>(())
/// ```
pub fn linear<'g, const N: usize>(
    point: [Expr<'g>; N],
    step: [impl IntoExpr<'g>; N],
    copies: Copies,
    shape: impl Fn([Expr<'g>; N]) -> Expr<'g>,
) -> Expr<'g> {
    let step = lift(point[0].builder(), step);
    let place = dot(point, step) / dot(step, step);
    let [own, next] = nearest_two(place, copies);
    let copy = |number: Expr<'g>| shape(minus(point, times(step, number)));
    copy(own).min(copy(next))
}

/// Copies in a grid along the axes, `steps` apart. The cell is the box around the origin that
/// is as large as a step.
pub fn grid<'g, const N: usize>(
    point: [Expr<'g>; N],
    steps: [impl IntoExpr<'g>; N],
    copies: [Copies; N],
    shape: impl Fn([Expr<'g>; N]) -> Expr<'g>,
) -> Expr<'g> {
    let steps = lift(point[0].builder(), steps);
    let cells: [[Expr<'g>; 2]; N] = std::array::from_fn(|axis| {
        let numbers = nearest_two(point[axis] / steps[axis], copies[axis]);
        numbers.map(|number| point[axis] - number * steps[axis])
    });
    // One bit an axis: in its own cell or in the next.
    let near = (0..1usize << N)
        .map(|choice| shape(std::array::from_fn(|axis| cells[axis][choice >> axis & 1])));
    super::boolean::union_of(near).expect("there is one choice at least")
}

/// `count` copies around the origin, evenly turned. The cell is the sector around the positive
/// x axis. For a solid around the z axis, let the shape keep z:
///
/// ```
/// # use smalto_graph::GraphBuilder;
/// # use smalto_shape::library::{array::polar, space::capsule};
/// let builder = GraphBuilder::new();
/// let [x, y, z] = ["x", "y", "z"].map(|name| builder.var(name));
/// let spokes = polar([x, y], 7, |[x, y]| {
///     capsule([x, y, z], [0.3, 0.0, 0.0], [1.0, 0.0, 0.2], 0.05)
/// });
/// builder.finish([("", spokes)])?;
/// # Ok::<(), smalto_graph::GraphError>(())
/// ```
///
/// # Panics
/// If `count` is 0.
pub fn polar<'g>(
    point: Point2<'g>,
    count: u32,
    shape: impl Fn(Point2<'g>) -> Expr<'g>,
) -> Expr<'g> {
    let [own, next] = nearest_two_sectors(point, count);
    shape(own).min(shape(next))
}

/// A shape and its mirror image in the plane through the origin at a right angle to `direction`,
/// of any length but 0. Exact outside of both if the shape is; wherever it lies.
pub fn mirror<'g>(
    point: Point3<'g>,
    direction: [impl IntoExpr<'g>; 3],
    shape: impl Fn(Point3<'g>) -> Expr<'g>,
) -> Expr<'g> {
    let direction = lift(point[0].builder(), direction);
    let behind = dot(point, direction) / dot(direction, direction);
    let image = minus(point, times(direction, behind * 2.0));
    shape(point).min(shape(image))
}

/// The numbers of the cell of a place, counted in cells, and of the next nearest one.
pub(super) fn nearest_two<'g>(place: Expr<'g>, copies: Copies) -> [Expr<'g>; 2] {
    let own = place.rint();
    let next = own + place.lt(own).select(-1.0, 1.0);
    match copies {
        Copies::Endless => [own, next],
        Copies::Few(count) => {
            let last = f64::from(count.max(1) - 1);
            [own, next].map(|number| number.clamp(0.0, last))
        }
    }
}

/// A point turned to the first of `count` sectors: from the sector where it is, and from the next
/// nearest one.
pub(super) fn nearest_two_sectors(point: Point2<'_>, count: u32) -> [Point2<'_>; 2] {
    let own = nearest_sector(point, count);
    let sector = TAU / f64::from(count);
    let side = own.angle.lt(0.0).select(-sector, sector);
    [own.point, super::place::rotate(own.point, side)]
}
