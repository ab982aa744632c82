//! Solids, most of them around the z axis.
//!
//! A solid of revolution is its profile seen at the distance from its axis; a prism is
//! [`extrude`]d. Others are reflected into the part of space that their symmetry leaves. Many of
//! these solids, derived the same way, are in the catalogue of I. Quilez, "Distance functions".

use super::plane;
use super::sweep::extrude;
use super::vector::{
    Point3, TINY, cross3, dot, largest, length, lift, minus, smallest, to_box, to_segment,
};
use smalto_graph::{Expr, IntoExpr};

/// A ball. Exact.
///
/// ```
/// # use smalto_graph::GraphBuilder;
/// # use smalto_shape::library::space::sphere;
/// let builder = GraphBuilder::new();
/// let point = ["x", "y", "z"].map(|name| builder.var(name));
/// builder.finish([("", sphere(point, 0.5))])?;
/// # Ok::<(), smalto_graph::GraphError>(())
/// ```
pub fn sphere<'g>(point: Point3<'g>, radius: impl IntoExpr<'g>) -> Expr<'g> {
    length(point) - radius
}

/// An ellipsoid that reaches so far along x, y and z, all above 0. A bound; Lipschitz constant 1.
///
/// It is the length of the point in units of the axes, less 1, times the shortest axis; but
/// never nearer than the box around it. At the surface it rises with 1 at the ends of
/// the axes, and more slowly in between.
pub fn ellipsoid<'g>(point: Point3<'g>, size: [impl IntoExpr<'g>; 3]) -> Expr<'g> {
    let size = lift(point[0].builder(), size);
    let scaled = length([0, 1, 2].map(|axis| point[axis] / size[axis]));
    ((scaled - 1.0) * smallest(size)).max(to_box(point, size))
}

/// A box that reaches so far to either side. Exact.
pub fn cuboid<'g>(point: Point3<'g>, size: [impl IntoExpr<'g>; 3]) -> Expr<'g> {
    to_box(point, lift(point[0].builder(), size))
}

/// A box that reaches so far to either side, its edges rounded by a `radius` of up to the
/// smallest of its sizes. Exact.
pub fn rounded_cuboid<'g>(
    point: Point3<'g>,
    size: [impl IntoExpr<'g>; 3],
    radius: impl IntoExpr<'g>,
) -> Expr<'g> {
    let builder = point[0].builder();
    let radius = radius.into_expr(builder);
    to_box(point, lift(builder, size).map(|size| size - radius)) - radius
}

/// The twelve edges of a box that reaches so far to either side, as bars of square section
/// so thick. Exact outside, a bound inside; Lipschitz constant 1.
pub fn cuboid_frame<'g>(
    point: Point3<'g>,
    size: [impl IntoExpr<'g>; 3],
    thickness: impl IntoExpr<'g>,
) -> Expr<'g> {
    let builder = point[0].builder();
    let size = lift(builder, size);
    let half = thickness.into_expr(builder) * 0.5;
    // In one eighth of space three bars are left, which meet at the corner.
    let folded = point.map(Expr::abs);
    smallest([0, 1, 2].map(|along| {
        let (mut place, mut reach) = (folded, [half; 3]);
        for axis in [(along + 1) % 3, (along + 2) % 3] {
            place[axis] = folded[axis] - (size[axis] - half);
        }
        reach[along] = size[along];
        to_box(place, reach)
    }))
}

/// The half space beyond `offset` in a direction of any length but 0. Exact.
pub fn half_space<'g>(
    point: Point3<'g>,
    direction: [impl IntoExpr<'g>; 3],
    offset: impl IntoExpr<'g>,
) -> Expr<'g> {
    let builder = point[0].builder();
    let direction = lift(builder, direction);
    offset.into_expr(builder) - dot(point, direction) / length(direction)
}

/// A cylinder around the z axis, so high to either side. Exact.
pub fn cylinder<'g>(
    [x, y, z]: Point3<'g>,
    radius: impl IntoExpr<'g>,
    height: impl IntoExpr<'g>,
) -> Expr<'g> {
    let builder = x.builder();
    let size = [radius.into_expr(builder), height.into_expr(builder)];
    to_box([length([x, y]), z], size)
}

/// A [`cylinder`] whose edges are rounded by a radius of up to the smaller of its sizes. Exact.
pub fn rounded_cylinder<'g>(
    [x, y, z]: Point3<'g>,
    radius: impl IntoExpr<'g>,
    height: impl IntoExpr<'g>,
    edge: impl IntoExpr<'g>,
) -> Expr<'g> {
    let builder = x.builder();
    let size = [radius.into_expr(builder), height.into_expr(builder)];
    plane::rounded_rectangle([length([x, y]), z], size, edge)
}

/// All points nearer than `radius` to the segment from a to b. Exact.
pub fn capsule<'g>(
    point: Point3<'g>,
    a: [impl IntoExpr<'g>; 3],
    b: [impl IntoExpr<'g>; 3],
    radius: impl IntoExpr<'g>,
) -> Expr<'g> {
    let builder = point[0].builder();
    to_segment(point, lift(builder, a), lift(builder, b)) - radius
}

/// A cone upright around the z axis, its tip at the origin, opening downwards to `height`
/// with a radius of `radius` there. Exact.
pub fn cone<'g>(
    [x, y, z]: Point3<'g>,
    radius: impl IntoExpr<'g>,
    height: impl IntoExpr<'g>,
) -> Expr<'g> {
    let builder = x.builder();
    let [radius, height] = [radius.into_expr(builder), height.into_expr(builder)];
    // Seen from the side: a triangle from the tip to the rim.
    let point = [length([x, y]), z];
    let zero = builder.constant(0.0);
    let (rim, base) = ([radius, -height], [zero, -height]);
    let from_side = to_segment(point, [zero, zero], rim);
    let from_base = to_segment(point, base, rim);
    let beyond = (point[0] * height + z * radius).max(-height - z);
    let distance = from_side.min(from_base);
    beyond.lt(0.0).select(-distance, distance)
}

/// A cone without its tip, around the z axis: `bottom` and `top` are its radii, at `height` below
/// and above the origin. Exact.
pub fn capped_cone<'g>(
    [x, y, z]: Point3<'g>,
    bottom: impl IntoExpr<'g>,
    top: impl IntoExpr<'g>,
    height: impl IntoExpr<'g>,
) -> Expr<'g> {
    plane::trapezoid([length([x, y]), z], bottom, top, height)
}

/// A ball of radius `bottom` around the origin, one of radius `top` so high above it, and what
/// is between them as if a skin were stretched around both. Exact if neither holds the other:
/// if the radii differ by less than `height`.
pub fn round_cone<'g>(
    [x, y, z]: Point3<'g>,
    bottom: impl IntoExpr<'g>,
    top: impl IntoExpr<'g>,
    height: impl IntoExpr<'g>,
) -> Expr<'g> {
    let builder = x.builder();
    let [bottom, top] = [bottom.into_expr(builder), top.into_expr(builder)];
    let height = height.into_expr(builder);
    let out = length([x, y]);
    // The flank's normal in the profile is (cos, sin).
    let sin = (bottom - top) / height;
    let cos = (1.0 - sin.square()).sqrt();
    // How far up the flank the nearest point of it is.
    let along = z * cos - out * sin;
    let flank = out * cos + z * sin - bottom;
    let upper = length([out, z - height]) - top;
    let lower = length([out, z]) - bottom;
    let side = along.gt(height * cos).select(upper, flank);
    along.lt(0.0).select(lower, side)
}

/// A ring of round section around the z axis: `radius` to the middle of the section, whose
/// own radius is `thickness`. Exact.
pub fn torus<'g>(
    [x, y, z]: Point3<'g>,
    radius: impl IntoExpr<'g>,
    thickness: impl IntoExpr<'g>,
) -> Expr<'g> {
    length([length([x, y]) - radius, z]) - thickness
}

/// A link of a chain: a [`torus`] cut in halves that are moved apart along y, by `stretch` to
/// either side, and joined by straight pieces. Exact.
pub fn link<'g>(
    [x, y, z]: Point3<'g>,
    stretch: impl IntoExpr<'g>,
    radius: impl IntoExpr<'g>,
    thickness: impl IntoExpr<'g>,
) -> Expr<'g> {
    let stretch = stretch.into_expr(x.builder());
    torus([x, (y.abs() - stretch).max(0.0), z], radius, thickness)
}

/// An octahedron with corners so far out along the axes. Exact.
pub fn octahedron<'g>(point: Point3<'g>, size: impl IntoExpr<'g>) -> Expr<'g> {
    let size = size.into_expr(point[0].builder());
    let [x, y, z] = point.map(Expr::abs);
    let from_plane = x + y + z - size;
    // Over the face, or beyond the edge where the least coordinate is 0.
    let [least, most] = [smallest([x, y, z]), largest([x, y, z])];
    let middle = x.min(y).max(x.max(y).min(z));
    let along = ((most - middle + size) * 0.5).clamp(0.0, size);
    let from_edge = length([least, middle - (size - along), most - along]);
    let beyond = (least * 3.0).lt(from_plane);
    beyond.select(from_edge, from_plane * (1.0 / 3.0f64).sqrt())
}

/// A regular tetrahedron, two of its edges level: its corners are four of those of the cube that
/// reaches `size` to either side. Exact inside and over the faces, elsewhere a bound;
/// Lipschitz constant 1.
pub fn tetrahedron<'g>([x, y, z]: Point3<'g>, size: impl IntoExpr<'g>) -> Expr<'g> {
    let faces = [x + y - z, x - y + z, y + z - x, -(x + y + z)];
    (largest(faces) - size) * (1.0 / 3.0f64).sqrt()
}

/// A regular dodecahedron of twelve pentagons, at `size` from the origin. Exact inside and over
/// the faces, elsewhere a bound; Lipschitz constant 1.
pub fn dodecahedron<'g>(point: Point3<'g>, size: impl IntoExpr<'g>) -> Expr<'g> {
    // Faces are at a right angle to (0, 1, golden ratio) and its like.
    let golden = (1.0 + 5f64.sqrt()) / 2.0;
    let scale = 1.0 / golden.hypot(1.0);
    let [x, y, z] = point.map(Expr::abs);
    let towards = |a: Expr<'g>, b: Expr<'g>| a * scale + b * (golden * scale);
    largest([towards(x, y), towards(y, z), towards(z, x)]) - size
}

/// A regular icosahedron of twenty triangles, at `size` from the origin. Exact inside and over
/// the faces, elsewhere a bound; Lipschitz constant 1.
pub fn icosahedron<'g>(point: Point3<'g>, size: impl IntoExpr<'g>) -> Expr<'g> {
    // Faces are at a right angle to the corners of a dodecahedron: (1, 1, 1), and
    // (0, 1 / golden ratio, golden ratio) and its like.
    let golden = (1.0 + 5f64.sqrt()) / 2.0;
    let scale = (1.0 / 3.0f64).sqrt();
    let [x, y, z] = point.map(Expr::abs);
    let towards = |a: Expr<'g>, b: Expr<'g>| a * (scale / golden) + b * (golden * scale);
    let faces = [
        (x + y + z) * scale,
        towards(y, x),
        towards(z, y),
        towards(x, z),
    ];
    largest(faces) - size
}

/// A pyramid on a square: its base reaches `size` to either side at z = 0, its tip is at
/// `height`. Exact.
pub fn pyramid<'g>(
    [x, y, z]: Point3<'g>,
    size: impl IntoExpr<'g>,
    height: impl IntoExpr<'g>,
) -> Expr<'g> {
    let builder = x.builder();
    let [size, height] = [size.into_expr(builder), height.into_expr(builder)];
    let zero = builder.constant(0.0);
    // The face to the right is the nearest of the four.
    let (along, across) = (x.abs().max(y.abs()), x.abs().min(y.abs()));
    let point = [along, across, z];
    let from_face = to_triangle(
        point,
        [zero, zero, height],
        [size, -size, zero],
        [size, size, zero],
    );
    let past = [along - size, across - size].map(|d| d.max(0.0));
    let from_base = length([past[0], past[1], z]);
    let distance = from_face.min(from_base);
    let beyond = (along * height + z * size - size * height).max(-z);
    beyond.lt(0.0).select(-distance, distance)
}

/// A prism that is so high to either side of z = 0, on a regular [polygon](plane::polygon).
/// Exact.
///
/// # Panics
/// If there are fewer than 3 corners.
pub fn prism<'g>(
    point: Point3<'g>,
    corners: u32,
    radius: impl IntoExpr<'g>,
    height: impl IntoExpr<'g>,
) -> Expr<'g> {
    extrude(point, height, |section| {
        plane::polygon(section, corners, radius)
    })
}

/// All points nearer than `radius` to a triangle in space. Exact.
pub fn facet<'g>(
    point: Point3<'g>,
    a: [impl IntoExpr<'g>; 3],
    b: [impl IntoExpr<'g>; 3],
    c: [impl IntoExpr<'g>; 3],
    radius: impl IntoExpr<'g>,
) -> Expr<'g> {
    let builder = point[0].builder();
    let [a, b, c] = [lift(builder, a), lift(builder, b), lift(builder, c)];
    to_triangle(point, a, b, c) - radius
}

/// From a point to the nearest of a triangle.
fn to_triangle<'g>(point: Point3<'g>, a: Point3<'g>, b: Point3<'g>, c: Point3<'g>) -> Expr<'g> {
    let normal = cross3(minus(b, a), minus(c, a));
    let edges = [[a, b], [b, c], [c, a]];
    // On the inner side of the three walls that stand on the edges.
    let sides = edges.map(|[from, to]| dot(cross3(normal, minus(to, from)), minus(point, from)));
    let over = smallest(sides).ge(0.0);
    let from_plane = dot(minus(point, a), normal).abs() / dot(normal, normal).max(TINY).sqrt();
    let from_edges = smallest(edges.map(|[from, to]| to_segment(point, from, to)));
    over.select(from_plane, from_edges)
}
