//! Shapes of the plane given by their outline: polygons, paths, letters.
//!
//! An [`Outline`] is any number of closed contours of lines and Bezier curves, as plain numbers,
//! and a [`FillRule`] says what they fill. It becomes an expression in one of two ways:
//!
//! | | value | for each line, each arc |
//! |---|---|---|
//! | [`Outline::shape`] | a bound: right about the sign, exact near edges, too small near corners outside | 3 operations, 13 |
//! | [`Outline::distance`] | exact | some 20, some 100 |
//!
//! The first is a formula of minima and maxima alone over the distances to the lines and parabolas
//! on which the edges lie; `region.rs` explains how it is found. It is what to draw with, extrude
//! and cut: the same lines, the same sharp corners. The second has round corners outside when
//! it is grown, as an offset should.
//!
//! ```
//! use smalto_graph::GraphBuilder;
//! use smalto_shape::library::outline::{FillRule, Outline};
//!
//! let mut drop = Outline::new();
//! drop.start([0.0, 1.0]);
//! drop.quadratic([0.0, 0.5], [0.5, 0.0]);
//! drop.cubic([0.5, -0.7], [-0.5, -0.7], [-0.5, 0.0], 1e-3);
//! drop.quadratic([0.0, 0.5], [0.0, 1.0]);
//!
//! let builder = GraphBuilder::new();
//! let point = [builder.var("x"), builder.var("y")];
//! let graph = builder.finish([("", drop.shape(point, FillRule::NonZero))])?;
//! # Ok::<(), smalto_graph::GraphError>(())
//! ```

mod contour;
mod edge;
mod ink;
mod region;

pub use edge::Bounds;

use super::vector::Point2;
use edge::Edge;
use region::Region;
use smalto_graph::Expr;

/// What contours fill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FillRule {
    /// Every point around which they turn at all: counterclockwise turns less clockwise ones are
    /// not 0. What fonts mean.
    NonZero,
    /// Every point around which they turn an odd number of times.
    EvenOdd,
}

impl FillRule {
    fn fills(self, winding: i32) -> bool {
        match self {
            FillRule::NonZero => winding != 0,
            FillRule::EvenOdd => winding % 2 != 0,
        }
    }
}

/// Closed contours of lines and Bezier curves.
///
/// A contour begins with [`start`](Outline::start) and goes on from where it is; the next start, or
/// the end, closes it by a line. Contours may nest, cross and touch one another and
/// themselves. One that crosses itself is taken for a polygon that is within a 10,000th of
/// its size of it. Contours with coordinates that are not finite fill nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outline {
    contours: Vec<Vec<Edge>>,
    /// Where the open contour began and where it is.
    open: Option<[[f64; 2]; 2]>,
}

impl Outline {
    /// No contours: the shape of nothing.
    pub fn new() -> Outline {
        Outline::default()
    }

    /// A polygon with its corners in this order.
    pub fn polygon(corners: impl IntoIterator<Item = [f64; 2]>) -> Outline {
        let mut outline = Outline::new();
        for (at, corner) in corners.into_iter().enumerate() {
            match at {
                0 => outline.start(corner),
                _ => outline.line(corner),
            }
        }
        outline
    }

    /// Begins a contour, after closing the one before.
    pub fn start(&mut self, at: [f64; 2]) {
        self.close();
        self.open = Some([at, at]);
        self.contours.push(Vec::new());
    }

    /// A line to a place. Begins a contour there if there is none.
    pub fn line(&mut self, to: [f64; 2]) {
        self.push(to, |from| vec![Edge::line(from, to)]);
    }

    /// A quadratic Bezier curve with this control point. Begins a contour at its end if there
    /// is none.
    pub fn quadratic(&mut self, control: [f64; 2], to: [f64; 2]) {
        self.push(to, |from| vec![Edge::curve(from, control, to)]);
    }

    /// A cubic Bezier curve with these control points, as quadratic ones that are no further than
    /// `tolerance`, above 0, away from it. Begins a contour at its end if there is none.
    pub fn cubic(&mut self, b: [f64; 2], c: [f64; 2], to: [f64; 2], tolerance: f64) {
        self.push(to, |from| edge::cubic(from, b, c, to, tolerance));
    }

    /// Closes the contour, by a line if it does not end where it began.
    pub fn close(&mut self) {
        if let Some([start, at]) = self.open.take()
            && start != at
        {
            let contour = self.contours.last_mut().expect("it is open");
            contour.push(Edge::line(at, start));
        }
    }

    fn push(&mut self, to: [f64; 2], edges: impl FnOnce([f64; 2]) -> Vec<Edge>) {
        match &mut self.open {
            None => self.start(to),
            Some([_, at]) => {
                let contour = self.contours.last_mut().expect("it is open");
                contour.extend(edges(*at));
                *at = to;
            }
        }
    }

    /// The outline `factor` times as large about the origin, then moved.
    #[must_use]
    pub fn placed(&self, factor: f64, by: [f64; 2]) -> Outline {
        let place = |at| edge::placed(at, factor, by);
        let edges = |edges: &Vec<Edge>| {
            let placed = edges.iter().map(|edge| edge.placed(factor, by));
            placed.collect()
        };
        Outline {
            contours: self.contours.iter().map(edges).collect(),
            open: self.open.map(|ends| ends.map(place)),
        }
    }

    /// The contours of both.
    pub fn append(&mut self, other: Outline) {
        self.close();
        self.contours.extend(other.contours);
        self.open = other.open;
    }

    /// The smallest box that holds all contours; `None` if there is no edge.
    pub fn bounds(&self) -> Option<Bounds> {
        let closed = self.closed();
        let edges = closed.iter().flatten().map(Edge::bounds);
        let bounds = Bounds::joined(edges);
        (bounds.low[0] <= bounds.high[0]).then_some(bounds)
    }

    /// Whether a place is filled.
    pub fn holds(&self, place: [f64; 2], rule: FillRule) -> bool {
        let closed = self.closed();
        rule.fills(
            closed
                .iter()
                .flatten()
                .map(|edge| edge.winding(place))
                .sum(),
        )
    }

    /// What the contours fill, worked out. It can then be had as an expression many times over.
    pub fn filled(&self, rule: FillRule) -> Filled {
        Filled(contour::filled(&self.closed(), rule))
    }

    /// What the contours fill. A bound; Lipschitz constant 1. Infinite if they fill nothing.
    ///
    /// Outside it is never less than the distance to the box around the contours.
    pub fn shape<'g>(&self, point: Point2<'g>, rule: FillRule) -> Expr<'g> {
        self.filled(rule).shape(point)
    }

    /// What the contours fill. Exact, unless contours cross: then, inside, a bound. Infinite
    /// if they fill nothing.
    pub fn distance<'g>(&self, point: Point2<'g>, rule: FillRule) -> Expr<'g> {
        self.filled(rule).distance(point)
    }

    /// The contours, the last one closed, those that are not finite left out.
    fn closed(&self) -> Vec<Vec<Edge>> {
        let mut outline = self.clone();
        outline.close();
        let is_finite = |edge: &Edge| edge.corners().flatten().all(f64::is_finite);
        outline.contours.retain(|edges| edges.iter().all(is_finite));
        outline.contours
    }
}

/// What an [`Outline`] fills: the formula of its inside, with its numbers still to be put in.
#[derive(Debug, Clone, PartialEq)]
pub struct Filled(Option<(Region, Vec<Edge>)>);

impl Filled {
    /// The same, `factor` times as large about the origin, above 0, then moved.
    #[must_use]
    pub fn placed(&self, factor: f64, by: [f64; 2]) -> Filled {
        let place = |edge: &Edge| edge.placed(factor, by);
        Filled(
            self.0.as_ref().map(|(region, edges)| {
                (region.with_edges(&place), edges.iter().map(place).collect())
            }),
        )
    }

    /// The smallest box that holds what is filled; `None` of nothing.
    pub fn bounds(&self) -> Option<Bounds> {
        let (_, edges) = self.0.as_ref()?;
        Some(Bounds::joined(edges.iter().map(Edge::bounds)))
    }

    /// As [`Outline::shape`].
    pub fn shape<'g>(&self, point: Point2<'g>) -> Expr<'g> {
        let shape = self
            .0
            .as_ref()
            .zip(self.bounds())
            .map(|((region, _), bounds)| ink::bound(point, region).max(ink::guard(point, &bounds)));
        shape.unwrap_or_else(|| nowhere(point))
    }

    /// As [`Outline::distance`].
    pub fn distance<'g>(&self, point: Point2<'g>) -> Expr<'g> {
        let distance = self.0.as_ref().and_then(|(region, edges)| {
            let distance = ink::to_edges(point, edges)?;
            let inside = ink::bound(point, region).lt(0.0);
            Some(inside.select(-distance, distance))
        });
        distance.unwrap_or_else(|| nowhere(point))
    }
}

/// The distance to nothing.
fn nowhere(point: Point2<'_>) -> Expr<'_> {
    point[0].builder().constant(f64::INFINITY)
}
