//! Structures that fill space with one cell over and over: periodic surfaces, struts and
//! honeycombs.
//!
//! # Periodic minimal surfaces
//!
//! A triply periodic minimal surface parts space into two labyrinths. Short sums of sines and
//! cosines, whose zeros lie close to it, are its *nodal approximation* (H. G. von Schnering and
//! R. Nesper, "Nodal surfaces of Fourier series", Zeitschrift für Physik B 83, 1991). Divided by
//! the steepest of its slopes such a sum is a bound of the distance to its zeros, of Lipschitz
//! constant 1.
//!
//! The slopes and the levels in [`Surface`]'s table were measured on a grid of 200^3 points of a
//! cell: the steepest by ascending from the best of them, the usual one as the mean over the
//! points near the surface, the levels as quantiles to which polynomials were fitted.

use super::fold::{hexagon, reflect};
use super::vector::{Point2, Point3, largest, length, smallest};
use smalto_graph::{Expr, IntoExpr};
use std::f64::consts::TAU;

/// A triply periodic minimal surface, by its nodal approximation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surface {
    /// A. Schoen's gyroid (1970).
    Gyroid,
    /// H. A. Schwarz's P, for primitive (1865).
    Primitive,
    /// H. A. Schwarz's D, for diamond (1865).
    Diamond,
    /// E. Neovius's C(P) (1883).
    Neovius,
    /// S. Lidin's lidinoid (1990).
    Lidinoid,
    /// W. Fischer and E. Koch's S (1987).
    FischerKoch,
    /// A. Schoen's I-WP (1970).
    Iwp,
}

/// What is known of the sum that approximates a surface, over angles.
struct Sum {
    /// The most by which it changes on the way of one radian, rounded up.
    steepest: f64,
    /// The mean of that at its zeros.
    usual: f64,
    /// Coefficients of the level below which it is in a fraction f of space, as a polynomial of
    /// 2 f - 1. Where f is from 0.02 to 0.98, that fraction is met to 0.0025.
    level: [f64; 10],
}

impl Surface {
    /// All of them.
    pub const ALL: [Surface; 7] = [
        Surface::Gyroid,
        Surface::Primitive,
        Surface::Diamond,
        Surface::Neovius,
        Surface::Lidinoid,
        Surface::FischerKoch,
        Surface::Iwp,
    ];

    const fn sum(self) -> Sum {
        // A surface whose sides are alike has an odd polynomial.
        const fn odd(c1: f64, c3: f64, c5: f64, c7: f64, c9: f64) -> [f64; 10] {
            [0.0, c1, 0.0, c3, 0.0, c5, 0.0, c7, 0.0, c9]
        }
        match self {
            Surface::Gyroid => Sum {
                steepest: 1.7321, // sqrt(3)
                usual: 1.5298,
                level: odd(1.5537, -0.07824, -0.021553, 0.016472, -0.016052),
            },
            Surface::Primitive => Sum {
                steepest: 1.7321, // sqrt(3)
                usual: 1.3117,
                level: odd(1.7835, -0.26995, -0.30371, 2.9724, -1.4562),
            },
            Surface::Diamond => Sum {
                steepest: 1.2248, // sqrt(3/2)
                usual: 1.0566,
                level: odd(0.87638, -0.25951, 1.1701, -2.2007, 1.3775),
            },
            Surface::Neovius => Sum {
                steepest: 7.0,
                usual: 2.5629,
                level: odd(2.4536, -5.8758, 47.858, -72.019, 39.562),
            },
            Surface::Lidinoid => Sum {
                steepest: 2.5981, // sqrt(27) / 2
                usual: 1.2793,
                level: [
                    0.14553, 0.67245, 0.25465, 0.32384, -0.089429, 0.11282, -0.59542, -0.46906,
                    0.19843, 0.52786,
                ],
            },
            Surface::FischerKoch => Sum {
                steepest: 2.444,
                usual: 1.7615,
                level: odd(0.98783, 0.29388, -0.86607, -0.00024137, 0.9688),
            },
            Surface::Iwp => Sum {
                steepest: 5.1962, // sqrt(27)
                usual: 4.3012,
                level: [
                    0.22672, 3.7524, -0.34222, -0.59063, -1.7839, 1.9752, 4.1967, -4.3945, -3.1922,
                    3.1769,
                ],
            },
        }
    }

    /// A wall along the surface, of about this thickness; `cell` is the period along x, y and z. A
    /// bound; Lipschitz constant 1.
    ///
    /// The thickness is right where the sum is as steep as it usually is at the surface. On a
    /// gyroid, a primitive, a diamond or an I-WP it is nowhere more than a third thicker than
    /// that, on a Fischer-Koch S by half; on the other two it is up to 2.7 times as thick where
    /// the sum is flat.
    ///
    /// ```
    /// # use smalto_graph::GraphBuilder;
    /// # use smalto_shape::library::{lattice::Surface, space::sphere};
    /// let builder = GraphBuilder::new();
    /// let point = ["x", "y", "z"].map(|name| builder.var(name));
    /// let sponge = Surface::Gyroid.sheet(point, 0.4, 0.05).max(sphere(point, 1.0));
    /// builder.finish([("", sponge)])?;
    /// # Ok::<(), smalto_graph::GraphError>(())
    /// ```
    pub fn sheet<'g>(
        self,
        point: Point3<'g>,
        cell: impl IntoExpr<'g>,
        thickness: impl IntoExpr<'g>,
    ) -> Expr<'g> {
        let builder = point[0].builder();
        let frequency = TAU / cell.into_expr(builder);
        let Sum {
            steepest, usual, ..
        } = self.sum();
        let half = thickness.into_expr(builder) * 0.5;
        self.value(point, frequency).abs() / (frequency * steepest) - half * (usual / steepest)
    }

    /// One of the two labyrinths, grown or shrunk along the level of the sum until it fills such a
    /// `fraction` of space, from 0.02 to 0.98; `cell` is the period along x, y and z. A bound;
    /// Lipschitz constant 1.
    pub fn solid<'g>(
        self,
        point: Point3<'g>,
        cell: impl IntoExpr<'g>,
        fraction: impl IntoExpr<'g>,
    ) -> Expr<'g> {
        let builder = point[0].builder();
        let frequency = TAU / cell.into_expr(builder);
        let u = fraction.into_expr(builder) * 2.0 - 1.0;
        let Sum {
            steepest, level, ..
        } = self.sum();
        let zero = builder.constant(0.0);
        let level = level
            .iter()
            .rev()
            .fold(zero, |sum, &coefficient| sum.fma(u, coefficient));
        (self.value(point, frequency) - level) / (frequency * steepest)
    }

    /// The sum at a point.
    fn value<'g>(self, point: Point3<'g>, frequency: Expr<'g>) -> Expr<'g> {
        let angles = point.map(|coordinate| coordinate * frequency);
        let [sx, sy, sz] = angles.map(Expr::sin);
        let [cx, cy, cz] = angles.map(Expr::cos);
        // Of twice the angles.
        let [s2x, s2y, s2z] = [sx * cx, sy * cy, sz * cz].map(|half| half * 2.0);
        let [c2x, c2y, c2z] = [cx, cy, cz].map(|cosine| cosine.square() * 2.0 - 1.0);
        match self {
            Surface::Gyroid => sx * cy + sy * cz + sz * cx,
            Surface::Primitive => cx + cy + cz,
            Surface::Diamond => cx * cy * cz - sx * sy * sz,
            Surface::Neovius => (cx + cy + cz) * 3.0 + cx * cy * cz * 4.0,
            Surface::Lidinoid => {
                let sines = s2x * cy * sz + s2y * cz * sx + s2z * cx * sy;
                let cosines = c2x * c2y + c2y * c2z + c2z * c2x;
                (sines - cosines) * 0.5 + 0.15
            }
            Surface::FischerKoch => c2x * sy * cz + c2y * sz * cx + c2z * sx * cy,
            Surface::Iwp => (cx * cy + cy * cz + cz * cx) * 2.0 - (c2x + c2y + c2z),
        }
    }
}

/// A lattice of round struts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Struts {
    /// Along the edges of cubes.
    Cubic,
    /// From the middles of cubes to their corners.
    BodyCentred,
    /// Along the edges of tetrahedra and octahedra that fill space: the octet truss of
    /// A. G. Bell and R. Buckminster Fuller.
    Octet,
}

impl Struts {
    /// The struts of this radius; `cell` is the period along x, y and z, and there is a node at the
    /// origin. Exact outside, a bound inside at the nodes; Lipschitz constant 1.
    ///
    /// Each of these lattices is its own mirror image in the planes halfway between nodes, so what
    /// is nearest to a point is found in an eighth of a cell.
    pub fn solid<'g>(
        self,
        point: Point3<'g>,
        cell: impl IntoExpr<'g>,
        radius: impl IntoExpr<'g>,
    ) -> Expr<'g> {
        let cell = cell.into_expr(point[0].builder());
        let folded = point.map(|coordinate| reflect(coordinate, cell));
        let pairs = [0, 1, 2].map(|axis| [folded[(axis + 1) % 3], folded[(axis + 2) % 3]]);
        let distance = match self {
            Struts::Cubic => smallest(pairs.map(length)),
            Struts::BodyCentred => {
                // How far the point is from the diagonal, by its distances from three planes
                // that hold it.
                let apart = pairs.map(|[a, b]| a - b);
                length(apart) * (1.0 / 3.0f64).sqrt()
            }
            Struts::Octet => {
                // The edges of a tetrahedron in the cube: a diagonal in each of its sides.
                let half = cell * 0.5;
                smallest([0, 1, 2].map(|axis| {
                    let [a, b] = pairs[axis];
                    let across = (a - b) * 0.5f64.sqrt();
                    let other = (a + b - half) * 0.5f64.sqrt();
                    length([across, folded[axis]]).min(length([other, half - folded[axis]]))
                }))
            }
        };
        distance - radius
    }
}

/// The walls of a honeycomb of this thickness, from the middle of one cell to that of the next
/// `cell`; two walls of each are upright. Exact in the cells, a bound in the walls; Lipschitz
/// constant 1.
pub fn honeycomb<'g>(
    point: Point2<'g>,
    cell: impl IntoExpr<'g>,
    thickness: impl IntoExpr<'g>,
) -> Expr<'g> {
    let builder = point[0].builder();
    let cell = cell.into_expr(builder);
    let half = thickness.into_expr(builder) * 0.5;
    let [x, y] = hexagon(point, cell).map(Expr::abs);
    let outwards = largest([x, x * 0.5 + y * 0.75f64.sqrt()]);
    cell * 0.5 - outwards - half
}
