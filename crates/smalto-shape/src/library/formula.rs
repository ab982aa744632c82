//! What formulas call by name: rows over the functions of this library.
//!
//! A formula passes values, not functions. So what takes a shape in Rust (an array, a twist) gives
//! a formula the coordinates that the shape is to be asked with, one a call:
//!
//! ```text
//! fn bar(a, b, c) = cuboid(a, b, c, 0.4, 0.4, 1);
//! bar(twist(x, y, z, 1.5), twist(x, y, z, 1.5, axis = y), z) / twist_steepness(1.5, 0.6)
//! ```

use super::array::{Copies, nearest_two, nearest_two_sectors};
use super::blend::Blend;
use super::lattice::{self, Struts, Surface};
use super::vector::length;
use super::{boolean, deform, fold, place, plane, space, sweep};
use smalto_graph::Expr;
use smalto_graph::formula::{Arguments, Function, OptionKind, OptionRow};

/// Writes the table: a name, its operands (those after `;` may be left away), its options, what it
/// is, and what it builds of them.
macro_rules! functions {
    ($(
        $name:literal ($($operand:ident),* $(; $($more:ident),*)?) $([$($option:expr),*])? $doc:literal
            = |$call:pat_param| $body:expr;
    )*) => {
        &[$(Function {
            name: $name,
            operands: &[$(stringify!($operand)),* $(, $(stringify!($more)),*)?],
            required: [$(stringify!($operand)),*].len(),
            options: &[$($($option),*)?],
            doc: $doc,
            build: {
                fn build<'g>(call: &Arguments<'g>) -> Result<Expr<'g>, String> {
                    let [$($operand),*] = first(call);
                    let $call = call;
                    Ok($body)
                }
                build
            },
        }),*]
    };
}

/// The functions of this library for formulas: give them to
/// [`Parser::with_library`](smalto_graph::formula::Parser::with_library).
///
/// ```
/// use smalto_graph::formula::Parser;
///
/// for function in smalto_shape::LIBRARY {
///     println!("{function}: {}", function.doc);
/// }
/// let parser = Parser::new().with_library(smalto_shape::LIBRARY);
/// parser.parse("smooth_union(circle(x, y, 0.5), rectangle(x, y, 0.7, 0.2), 0.1)")?;
/// # Ok::<(), smalto_graph::formula::Error>(())
/// ```
pub static LIBRARY: &[Function] = functions! {
    // Shapes of the plane.
    "circle" (x, y, radius) "distance to a disc"
        = |_| plane::circle([x, y], radius);
    "ellipse" (x, y, width, height) "bound of the distance to an ellipse of these half sizes"
        = |_| plane::ellipse([x, y], [width, height]);
    "ring" (x, y, radius, width) "distance to a ring"
        = |_| plane::ring([x, y], radius, width);
    "arc" (x, y, radius, aperture, width) "distance to an arc, open by so much to either side of up"
        = |_| plane::arc([x, y], radius, aperture, width);
    "pie" (x, y, radius, aperture) "distance to a slice of a disc, by so much to either side of up"
        = |_| plane::pie([x, y], radius, aperture);
    "lens" (x, y, radius, offset) "distance to where two discs overlap, their centres offset in x"
        = |_| plane::lens([x, y], radius, offset);
    "rectangle" (x, y, width, height) "distance to a rectangle of these half sizes"
        = |_| plane::rectangle([x, y], [width, height]);
    "rounded_rectangle" (x, y, width, height, radius) "distance to a rectangle with rounded corners"
        = |_| plane::rounded_rectangle([x, y], [width, height], radius);
    "rhombus" (x, y, width, height) "distance to a rhombus of these half sizes"
        = |_| plane::rhombus([x, y], [width, height]);
    "trapezoid" (x, y, bottom, top, height) "distance to a trapezoid of these half sizes"
        = |_| plane::trapezoid([x, y], bottom, top, height);
    "trigon" (x, y, ax, ay, bx, by, cx, cy) "distance to a triangle"
        = |_| plane::triangle([x, y], [ax, ay], [bx, by], [cx, cy]);
    "cross" (x, y, reach, width) "distance to an upright cross of these half sizes"
        = |_| plane::cross([x, y], reach, width);
    "polygon" (x, y, radius) [CORNERS] "distance to a regular polygon"
        = |call| plane::polygon([x, y], call.count("corners"), radius);
    "star" (x, y, radius, inner) [CORNERS]
        "distance to a star; inner is how far out its inner corners are, 0 to 1"
        = |call| plane::star([x, y], call.count("corners"), radius, inner);
    "half_plane" (x, y, angle, offset) "distance to all beyond an offset in a direction"
        = |_| plane::half_plane([x, y], angle, offset);
    "segment" (x, y, ax, ay, bx, by, radius) "distance to a line from a to b with round ends"
        = |_| plane::segment([x, y], [ax, ay], [bx, by], radius);
    "bezier" (x, y, ax, ay, bx, by, cx, cy, radius)
        "distance to a quadratic Bezier curve from a to c with round ends"
        = |_| plane::bezier([x, y], [ax, ay], [bx, by], [cx, cy], radius);
    "honeycomb" (x, y, cell, thickness) "distance to the walls of a honeycomb"
        = |_| lattice::honeycomb([x, y], cell, thickness);

    // Solids.
    "sphere" (x, y, z, radius) "distance to a ball"
        = |_| space::sphere([x, y, z], radius);
    "ellipsoid" (x, y, z, width, height, depth)
        "bound of the distance to an ellipsoid of these half sizes"
        = |_| space::ellipsoid([x, y, z], [width, height, depth]);
    "cuboid" (x, y, z, width, height, depth) "distance to a box of these half sizes"
        = |_| space::cuboid([x, y, z], [width, height, depth]);
    "rounded_cuboid" (x, y, z, width, height, depth, radius) "distance to a box with rounded edges"
        = |_| space::rounded_cuboid([x, y, z], [width, height, depth], radius);
    "cuboid_frame" (x, y, z, width, height, depth, thickness)
        "distance to the edges of a box, as square bars"
        = |_| space::cuboid_frame([x, y, z], [width, height, depth], thickness);
    "half_space" (x, y, z, dx, dy, dz, offset) "distance to all beyond an offset in a direction"
        = |_| space::half_space([x, y, z], [dx, dy, dz], offset);
    "cylinder" (x, y, z, radius, height) "distance to a cylinder along z, so high to either side"
        = |_| space::cylinder([x, y, z], radius, height);
    "rounded_cylinder" (x, y, z, radius, height, edge) "distance to a cylinder with rounded edges"
        = |_| space::rounded_cylinder([x, y, z], radius, height, edge);
    "capsule" (x, y, z, ax, ay, az, bx, by, bz, radius)
        "distance to a line from a to b with round ends"
        = |_| space::capsule([x, y, z], [ax, ay, az], [bx, by, bz], radius);
    "cone" (x, y, z, radius, height) "distance to a cone, its tip at the origin, opening down z"
        = |_| space::cone([x, y, z], radius, height);
    "capped_cone" (x, y, z, bottom, top, height)
        "distance to a cone along z without its tip, so high to either side"
        = |_| space::capped_cone([x, y, z], bottom, top, height);
    "round_cone" (x, y, z, bottom, top, height)
        "distance to two balls, one at this height, and what is between them"
        = |_| space::round_cone([x, y, z], bottom, top, height);
    "torus" (x, y, z, radius, thickness) "distance to a torus around the z axis"
        = |_| space::torus([x, y, z], radius, thickness);
    "link" (x, y, z, stretch, radius, thickness) "distance to a link of a chain, a torus stretched in y"
        = |_| space::link([x, y, z], stretch, radius, thickness);
    "octahedron" (x, y, z, size) "distance to an octahedron"
        = |_| space::octahedron([x, y, z], size);
    "tetrahedron" (x, y, z, size) "bound of the distance to a regular tetrahedron"
        = |_| space::tetrahedron([x, y, z], size);
    "dodecahedron" (x, y, z, size) "bound of the distance to a regular dodecahedron"
        = |_| space::dodecahedron([x, y, z], size);
    "icosahedron" (x, y, z, size) "bound of the distance to a regular icosahedron"
        = |_| space::icosahedron([x, y, z], size);
    "pyramid" (x, y, z, size, height) "distance to a pyramid on a square"
        = |_| space::pyramid([x, y, z], size, height);
    "prism" (x, y, z, radius, height) [CORNERS] "distance to a prism on a regular polygon"
        = |call| space::prism([x, y, z], call.count("corners"), radius, height);
    "facet" (x, y, z, ax, ay, az, bx, by, bz, cx, cy, cz, radius)
        "distance to a triangle in space, so thick to either side"
        = |_| space::facet([x, y, z], [ax, ay, az], [bx, by, bz], [cx, cy, cz], radius);
    "surface" (x, y, z, cell, thickness) [SURFACE]
        "bound of the distance to a wall along a periodic minimal surface"
        = |call| chosen(&SURFACES, call.word("of")).sheet([x, y, z], cell, thickness);
    "labyrinth" (x, y, z, cell, fraction) [SURFACE]
        "bound of the distance to one side of a periodic minimal surface that fills such a fraction"
        = |call| chosen(&SURFACES, call.word("of")).solid([x, y, z], cell, fraction);
    "struts" (x, y, z, cell, radius) [LATTICE] "distance to a lattice of round struts"
        = |call| chosen(&LATTICES, call.word("lattice")).solid([x, y, z], cell, radius);

    // Solids out of shapes of the plane.
    "extrude" (a, z, height) "a shape of the plane, so high to either side of z = 0"
        = |_| sweep::extruded(a, z, height);
    "loft" (bottom, top, z, height, spread)
        "from one shape of the plane to another; spread is how far they differ at most"
        = |_| sweep::lofted(bottom, top, z, height, spread);

    // Shapes joined.
    "union" (a; b, c, d, e0, f, g, h) "the smallest of distances: what is in any"
        = |call| all(a, call, boolean::union);
    "intersection" (a; b, c, d, e0, f, g, h) "the largest of distances: what is in all"
        = |call| all(a, call, boolean::intersection);
    "difference" (a; b, c, d, e0, f, g, h) "the first without any of the others"
        = |call| boolean::difference_of(a, call.operands()[1..].iter().copied());
    "symmetric_difference" (a, b) "what is in one but not in both"
        = |_| boolean::symmetric_difference(a, b);
    "smooth_union" (a, b, radius) [BLEND] "the smaller of two distances, with a fillet"
        = |call| chosen(&BLENDS, call.word("blend")).union(a, b, radius);
    "smooth_intersection" (a, b, radius) [BLEND] "the larger of two distances, with a rounded edge"
        = |call| chosen(&BLENDS, call.word("blend")).intersection(a, b, radius);
    "smooth_difference" (a, b, radius) [BLEND] "a without b, with a rounded edge"
        = |call| chosen(&BLENDS, call.word("blend")).difference(a, b, radius);
    "shell" (a, thickness) "the shell of a shape"
        = |_| sweep::shell(a, thickness);
    "shells" (a, distance, thickness) [SHELLS] "so many shells, the first at the surface, the others inside"
        = |call| sweep::shells(a, call.count("count"), distance, thickness);

    // Coordinates, to ask a shape with.
    "length" (x; y, z, w) "the length of a vector"
        = |call| match *call.operands() {
            [_] => length([x]),
            [x, y] => length([x, y]),
            [x, y, z] => length([x, y, z]),
            _ => length([x, call.operand(1), call.operand(2), call.operand(3)]),
        };
    "rotate" (x, y, angle) [AXIS] "a coordinate as a shape sees it that is turned counterclockwise"
        = |call| place::rotate([x, y], angle)[axis(call)];
    "repeat" (x, period) [COPIES, COPY]
        "a coordinate from the middle of a cell: copies of a shape in a row"
        = |call| {
            let copies = match call.count("copies") {
                0 => Copies::Endless,
                count => Copies::Few(count),
            };
            let [own, next] = nearest_two(x / period, copies);
            x - period * if is_next(call) { next } else { own }
        };
    "reflect" (x, period) "how far a coordinate is from the middle of a cell"
        = |_| fold::reflect(x, period);
    "polar" (x, y) [COUNT, AXIS, COPY]
        "a coordinate turned to the first sector: copies of a shape around the origin"
        = |call| nearest_two_sectors([x, y], call.count("count"))[usize::from(is_next(call))][axis(call)];
    "hexagon" (x, y, width) [AXIS] "a coordinate from the middle of the cell of a honeycomb"
        = |call| fold::hexagon([x, y], width)[axis(call)];
    "twist" (x, y, z, rate) [AXIS] "a coordinate as a shape sees it that is twisted about z"
        = |call| deform::twisted([x, y, z], rate)[axis(call)];
    "twist_steepness" (rate, reach) "what to divide the distance to a twisted shape by"
        = |_| deform::twist_steepness(rate, reach);
    "taper" (x, y, z, height, bottom, top) [AXIS]
        "a coordinate as a shape sees it that is scaled across z, from bottom to top"
        = |call| deform::tapered([x, y, z], height, bottom, top)[axis(call)];
    "taper_steepness" (height, bottom, top, reach) "what to divide the distance to a tapered shape by"
        = |_| deform::taper_steepness(height, bottom, top, reach);
    "bend" (x, y, radius) [AXIS] "a coordinate as a shape along x sees it that is bent upwards"
        = |call| deform::bent([x, y, call.builder().constant(0.0)], radius)[axis(call)];
};

const CORNERS: OptionRow = OptionRow {
    name: "corners",
    kind: OptionKind::Count {
        usual: 5,
        least: 3,
        most: 1000,
    },
    doc: "how many corners or points",
};
const SHELLS: OptionRow = OptionRow {
    name: "count",
    kind: OptionKind::Count {
        usual: 3,
        least: 1,
        most: 1000,
    },
    doc: "how many",
};
const COUNT: OptionRow = OptionRow {
    name: "count",
    kind: OptionKind::Count {
        usual: 6,
        least: 1,
        most: 100_000,
    },
    doc: "how many",
};
const COPIES: OptionRow = OptionRow {
    name: "copies",
    kind: OptionKind::Count {
        usual: 0,
        least: 0,
        most: 1_000_000,
    },
    doc: "how many cells there are, from 0 on; 0: endlessly many to both sides",
};
const COPY: OptionRow = OptionRow {
    name: "copy",
    kind: OptionKind::Word(&["own", "next"]),
    doc: "seen from the cell of the point, or from the next nearest one",
};
const AXIS: OptionRow = OptionRow {
    name: "axis",
    kind: OptionKind::Word(&["x", "y"]),
    doc: "which coordinate",
};
const BLENDS: [(&str, Blend); 3] = [
    ("smooth", Blend::Smooth),
    ("round", Blend::Round),
    ("chamfer", Blend::Chamfer),
];
const BLEND: OptionRow = OptionRow {
    name: "blend",
    kind: OptionKind::Word(&words(&BLENDS)),
    doc: "how an edge is filled: by a parabola, a quarter of a circle, a straight cut",
};
const SURFACES: [(&str, Surface); 7] = [
    ("gyroid", Surface::Gyroid),
    ("primitive", Surface::Primitive),
    ("diamond", Surface::Diamond),
    ("neovius", Surface::Neovius),
    ("lidinoid", Surface::Lidinoid),
    ("fischer_koch", Surface::FischerKoch),
    ("iwp", Surface::Iwp),
];
const SURFACE: OptionRow = OptionRow {
    name: "of",
    kind: OptionKind::Word(&words(&SURFACES)),
    doc: "which minimal surface",
};
const LATTICES: [(&str, Struts); 3] = [
    ("cubic", Struts::Cubic),
    ("body_centred", Struts::BodyCentred),
    ("octet", Struts::Octet),
];
const LATTICE: OptionRow = OptionRow {
    name: "lattice",
    kind: OptionKind::Word(&words(&LATTICES)),
    doc: "where the struts are",
};

const fn words<T: Copy, const N: usize>(rows: &[(&'static str, T); N]) -> [&'static str; N] {
    let mut words = [""; N];
    let mut at = 0;
    while at < N {
        words[at] = rows[at].0;
        at += 1;
    }
    words
}

fn chosen<T: Copy>(rows: &[(&str, T)], word: &str) -> T {
    let row = rows.iter().find(|(name, _)| *name == word);
    row.expect("a word of the table").1
}

/// Which coordinate the option `axis` asks for.
fn axis(call: &Arguments<'_>) -> usize {
    usize::from(call.word("axis") == "y")
}

fn is_next(call: &Arguments<'_>) -> bool {
    call.word("copy") == "next"
}

/// `shape` and all operands after it, joined.
fn all<'g>(
    shape: Expr<'g>,
    call: &Arguments<'g>,
    join: fn(Expr<'g>, Expr<'g>) -> Expr<'g>,
) -> Expr<'g> {
    let others = call.operands()[1..].iter().copied();
    boolean::balanced(std::iter::once(shape).chain(others), join).unwrap_or(shape)
}

/// The operands that a function requires.
fn first<'g, const N: usize>(call: &Arguments<'g>) -> [Expr<'g>; N] {
    call.operands()[..N]
        .try_into()
        .expect("the row requires so many operands")
}
