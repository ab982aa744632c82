//! Coordinates folded: many places of the plane or of space brought to one.
//!
//! A shape seen through folded coordinates is there many times over, for the cost of one. What
//! is found is the distance to the copy in the *cell* where the point is, which is the nearest
//! copy if the shape is its own mirror image in the middle of its cell, and fits in there.
//! [`array`](super::array) has copies of any shape.

use super::vector::{Point2, Point3, length, lift, minus, times};
use smalto_graph::{Expr, IntoExpr};
use std::f64::consts::TAU;

/// A coordinate relative to the middle of its cell: cells are `period` wide, and the middle of
/// one of them is at 0. From -`period`/2 to `period`/2; it jumps from one to the other between
/// cells.
///
/// ```
/// # use smalto_graph::GraphBuilder;
/// # use smalto_shape::library::{fold::repeat, plane::circle};
/// // Discs in endless rows.
/// let builder = GraphBuilder::new();
/// let [x, y] = [builder.var("x"), builder.var("y")];
/// builder.finish([("", circle([repeat(x, 1.0), repeat(y, 1.0)], 0.3))])?;
/// # Ok::<(), smalto_graph::GraphError>(())
/// ```
pub fn repeat<'g>(x: Expr<'g>, period: impl IntoExpr<'g>) -> Expr<'g> {
    let period = period.into_expr(x.builder());
    x - (x / period).rint() * period
}

/// [`repeat`] with no more than `count` cells, 1 or more, of which the first is around 0 and
/// the others have larger x.
pub fn repeat_few<'g>(x: Expr<'g>, period: impl IntoExpr<'g>, count: u32) -> Expr<'g> {
    let period = period.into_expr(x.builder());
    let last = f64::from(count.max(1) - 1);
    x - (x / period).rint().clamp(0.0, last) * period
}

/// How far a coordinate is from the nearest middle of a cell: [`repeat`] without its jumps,
/// since the cells are mirror images of one another. From 0 to `period`/2.
pub fn reflect<'g>(x: Expr<'g>, period: impl IntoExpr<'g>) -> Expr<'g> {
    repeat(x, period).abs()
}

/// Where a point is among sectors around the origin.
#[derive(Debug, Clone, Copy)]
pub struct Sector<'g> {
    /// The point, turned to the first sector, whose middle is the x axis.
    pub point: Point2<'g>,
    /// The number of its sector, counterclockwise: from -`count`/2 to `count`/2.
    pub number: Expr<'g>,
    /// Its angle from the middle of the sector, in radians.
    pub angle: Expr<'g>,
}

/// The sector of a point among `count` equal ones around the origin.
///
/// # Panics
/// If `count` is 0.
pub fn nearest_sector<'g>(point: Point2<'g>, count: u32) -> Sector<'g> {
    assert!(count > 0, "there is at least one sector");
    let sector = TAU / f64::from(count);
    let angle = point[1].atan2(point[0]);
    let number = (angle * (1.0 / sector)).rint();
    let angle = angle - number * sector;
    let distance = length(point);
    Sector {
        point: [distance * angle.cos(), distance * angle.sin()],
        number,
        angle,
    }
}

/// A point turned into the first of `count` equal sectors around the origin, whose middle is the
/// x axis.
///
/// # Panics
/// If `count` is 0.
pub fn polar(point: Point2<'_>, count: u32) -> Point2<'_> {
    nearest_sector(point, count).point
}

/// The hexagon of a point in the honeycomb whose cells are so wide from edge to edge: the point
/// relative to the middle of its cell. Two edges of a cell are upright.
pub fn hexagon<'g>(point: Point2<'g>, width: impl IntoExpr<'g>) -> Point2<'g> {
    let builder = point[0].builder();
    let width = width.into_expr(builder);
    let period = [width, width * 3f64.sqrt()];
    // The middles of cells are two rectangular grids, half a period apart.
    let cell = |point: Point2<'g>| [repeat(point[0], period[0]), repeat(point[1], period[1])];
    let (one, other) = (
        cell(point),
        cell(minus(point, times(period, builder.constant(0.5)))),
    );
    let is_one = length(one).lt(length(other));
    [0, 1].map(|axis| is_one.select(one[axis], other[axis]))
}

/// A point in the mirror image on the side that a direction points to: reflected in the plane
/// through the origin at a right angle to it, if it is behind it.
pub fn mirror<'g>(point: Point3<'g>, direction: [impl IntoExpr<'g>; 3]) -> Point3<'g> {
    let direction = lift(point[0].builder(), direction);
    let squared = super::vector::dot(direction, direction);
    let behind = super::vector::dot(point, direction).min(0.0) / squared;
    minus(point, times(direction, behind * 2.0))
}
