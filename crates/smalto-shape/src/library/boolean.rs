//! Shapes joined.
//!
//! Of distances, the smaller is that to the union: exact outside, and a bound inside, where the
//! nearest outline may lie in the other shape. The larger is a bound of the distance to the
//! intersection, exact inside. Lipschitz constants stay what they are.

use smalto_graph::Expr;

/// What is in either.
pub fn union<'g>(a: Expr<'g>, b: Expr<'g>) -> Expr<'g> {
    a.min(b)
}

/// What is in both.
pub fn intersection<'g>(a: Expr<'g>, b: Expr<'g>) -> Expr<'g> {
    a.max(b)
}

/// What is in a but not in b.
pub fn difference<'g>(a: Expr<'g>, b: Expr<'g>) -> Expr<'g> {
    a.max(-b)
}

/// What is in one but not in both. Its value is 0 at both outlines and of the right sign
/// elsewhere, and never larger than the distance to the nearer of them.
pub fn symmetric_difference<'g>(a: Expr<'g>, b: Expr<'g>) -> Expr<'g> {
    a.min(b).max(-a.max(b))
}

/// What is outside.
pub fn complement(shape: Expr<'_>) -> Expr<'_> {
    -shape
}

/// The [`union`] of all, as a balanced tree; `None` of none.
///
/// Give them in an order in which neighbours are near each other: where a picture is drawn
/// region by region, what is far from a region falls off the tree in large branches.
///
/// ```
/// # use smalto_graph::GraphBuilder;
/// # use smalto_shape::library::{boolean::union_of, plane::circle};
/// let builder = GraphBuilder::new();
/// let [x, y] = [builder.var("x"), builder.var("y")];
/// let row = (0..8).map(|k| circle([x - f64::from(k), y], 0.5));
/// let graph = builder.finish([("", union_of(row).expect("eight discs"))])?;
/// # Ok::<(), smalto_graph::GraphError>(())
/// ```
pub fn union_of<'g>(shapes: impl IntoIterator<Item = Expr<'g>>) -> Option<Expr<'g>> {
    balanced(shapes, union)
}

/// The [`intersection`] of all, as a balanced tree; `None` of none.
pub fn intersection_of<'g>(shapes: impl IntoIterator<Item = Expr<'g>>) -> Option<Expr<'g>> {
    balanced(shapes, intersection)
}

/// `shape` without any of `others`.
pub fn difference_of<'g>(shape: Expr<'g>, others: impl IntoIterator<Item = Expr<'g>>) -> Expr<'g> {
    union_of(others).map_or(shape, |others| difference(shape, others))
}

/// All of them joined by `join`, two by two, then the pairs two by two, and so on; `None` of
/// none. So no shape is more than log2 of their number joins deep.
pub fn balanced<'g>(
    shapes: impl IntoIterator<Item = Expr<'g>>,
    join: impl Fn(Expr<'g>, Expr<'g>) -> Expr<'g>,
) -> Option<Expr<'g>> {
    let mut level: Vec<Expr<'g>> = shapes.into_iter().collect();
    while level.len() > 1 {
        let pairs = level.chunks(2).map(|pair| match *pair {
            [left, right] => join(left, right),
            _ => pair[0],
        });
        level = pairs.collect();
    }
    level.pop()
}
