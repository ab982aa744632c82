//! Shapes joined with a transition.
//!
//! A [`Blend`] says how the edge where two shapes meet is filled: what it adds to a union it
//! also takes off the edges of an intersection, since an intersection is the union of what is
//! outside.

use super::boolean::balanced;
use super::vector::length;
use smalto_graph::{Expr, IntoExpr};

/// The profile of the transition between two shapes.
///
/// With a = 0 and b = 0 for their surfaces, at a right angle to each other, all of these
/// begin where a or b is the radius; with a radius of 0 they are no transition.
///
/// ```
/// # use smalto_graph::GraphBuilder;
/// # use smalto_shape::library::{blend::Blend, plane::circle};
/// let builder = GraphBuilder::new();
/// let [x, y] = [builder.var("x"), builder.var("y")];
/// let drops = Blend::Smooth.union(circle([x - 0.4, y], 0.5), circle([x + 0.4, y], 0.5), 0.3);
/// builder.finish([("", drops)])?;
/// # Ok::<(), smalto_graph::GraphError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blend {
    /// A parabola: the smooth minimum of the second degree. It is below the plain union by
    /// (radius - |a - b|)^2 / (4 radius) where |a - b| < radius, so by a quarter of the radius
    /// at most, and equal to it elsewhere. Lipschitz constant 1: its gradient is a mean of the
    /// two.
    Smooth,
    /// A quarter of a circle, tangent to both surfaces: a fillet of this radius where they meet
    /// at a right angle. It is below the plain union where both a and b are below the radius:
    /// by (sqrt(2) - 1) radius at most where both are at least 0. Lipschitz constant sqrt(2), and 1
    /// where the surfaces are at a right angle.
    Round,
    /// A straight cut, at 45 degrees if they meet at a right angle, through the points where
    /// one is 0 and the other the radius. It is below the plain union by radius / sqrt(2) at
    /// most where both are at least 0. Lipschitz constant sqrt(2), and 1 where the surfaces are at a right angle.
    Chamfer,
}

impl Blend {
    /// What is in either, and a filling of the edge between them.
    pub fn union<'g>(self, a: Expr<'g>, b: Expr<'g>, radius: impl IntoExpr<'g>) -> Expr<'g> {
        let radius = radius.into_expr(a.builder());
        match self {
            Blend::Smooth => a.min(b) - parabola(a, b, radius),
            Blend::Round => {
                let within = [a, b].map(|d| (radius - d).max(0.0));
                a.min(b).max(radius) - length(within)
            }
            Blend::Chamfer => a.min(b).min((a + b - radius) * 0.5f64.sqrt()),
        }
    }

    /// What is in both, less its edges.
    pub fn intersection<'g>(self, a: Expr<'g>, b: Expr<'g>, radius: impl IntoExpr<'g>) -> Expr<'g> {
        let radius = radius.into_expr(a.builder());
        match self {
            Blend::Smooth => a.max(b) + parabola(a, b, radius),
            Blend::Round => {
                let within = [a, b].map(|d| (radius + d).max(0.0));
                a.max(b).min(-radius) + length(within)
            }
            Blend::Chamfer => a.max(b).max((a + b + radius) * 0.5f64.sqrt()),
        }
    }

    /// What is in a but not in b, less the edge between them.
    pub fn difference<'g>(self, a: Expr<'g>, b: Expr<'g>, radius: impl IntoExpr<'g>) -> Expr<'g> {
        self.intersection(a, -b, radius)
    }

    /// The blended union of all, as a balanced tree; `None` of none.
    ///
    /// Blends are not associative: the order of the shapes shows where more than two of them are
    /// within a radius of one another. What one blend adds at most is added once for each
    /// level of the tree.
    pub fn union_of<'g>(
        self,
        shapes: impl IntoIterator<Item = Expr<'g>>,
        radius: impl IntoExpr<'g> + Copy,
    ) -> Option<Expr<'g>> {
        balanced(shapes, |a, b| self.union(a, b, radius))
    }
}

/// [`Blend::Smooth`] of a union.
pub fn smooth_union<'g>(a: Expr<'g>, b: Expr<'g>, radius: impl IntoExpr<'g>) -> Expr<'g> {
    Blend::Smooth.union(a, b, radius)
}

/// [`Blend::Smooth`] of an intersection.
pub fn smooth_intersection<'g>(a: Expr<'g>, b: Expr<'g>, radius: impl IntoExpr<'g>) -> Expr<'g> {
    Blend::Smooth.intersection(a, b, radius)
}

/// [`Blend::Smooth`] of a difference.
pub fn smooth_difference<'g>(a: Expr<'g>, b: Expr<'g>, radius: impl IntoExpr<'g>) -> Expr<'g> {
    Blend::Smooth.difference(a, b, radius)
}

/// What makes the corner of a minimum smooth: 1/4 of `radius` where a = b, and 0 where they
/// differ by `radius` or more.
fn parabola<'g>(a: Expr<'g>, b: Expr<'g>, radius: Expr<'g>) -> Expr<'g> {
    let near = (radius - (a - b).abs()).max(0.0);
    // A radius of 0 leaves 0 to be divided.
    near * near * 0.25 / radius.max(1e-30)
}
