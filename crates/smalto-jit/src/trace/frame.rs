//! Frames: spaces to look at a graph from.
//!
//! A picture of a solid has x and y on its screen, and depths; the graph of the solid has a space of
//! its own. What leads from there to here could be a part of the graph. But then it is in all tapes,
//! a dozen instructions that no region makes fewer, and is most of what there is to do near a plane
//! face. It is less for who knows what it is:
//!
//! ```text
//! point(x, y, z) = widening(z) ray(x, y) + start(z)
//!
//! widening(z) = perspective z + 1        ray(x, y) = first column x + second column y
//!                                        start(z)  = third column z + last column
//! ```
//!
//! A pixel has one ray and a slice one start, so that a point of both takes a multiplication and
//! an addition for each axis. (In homogeneous coordinates this is a projective map of space, of
//! those that leave rays of the eye straight: see Foley, van Dam, Feiner & Hughes, *Computer
//! Graphics: Principles and Practice*, 1990, chapter 6.)
//!
//! Each of the four is rounded once or twice, the same on all machines. Rounding is monotone, and so is
//! each of the four in each of its variables; so what they are at the corners of a box bounds what
//! they are at any point in it, to the bit, as [rules of intervals](smalto_lower::domain::interval)
//! have it. Widenings are positive: what is behind the eye is not seen.

use super::{BOXES, Bounds, LINE, Tracer};
use crate::evaluator::Real;
use smalto_graph::Affine;
use smalto_lower::lanes::WithLanes;
use smalto_lower::{Float, Lanes, StandardEnvironment};

/// A space that is seen in perspective, and where the points of a graph are in it.
///
/// ```
/// use smalto_graph::{Affine, formula};
/// use smalto_jit::Options;
/// use smalto_jit::trace::{Axis, LINE, Tracer};
///
/// let graph = formula::parse("x + y + z")?;
/// let axes = ["x", "y", "z"].map(|axis| (axis, Axis::Points));
/// let tracer = Tracer::<f32>::new(&graph, &axes, &Options::default())?;
/// // At depth -1 the picture is twice as wide as at depth 0.
/// let frame = tracer.frame(&Affine::translate([0.0, 10.0, 0.0]), -1.0);
/// let (mut x, mut y, mut z) = ([0.5; LINE], [0.25; LINE], [-1.0; LINE]);
/// frame.points([&mut x, &mut y, &mut z]);
/// assert_eq!([x[0], y[0], z[0]], [1.0, 10.5, -1.0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Frame<T> {
    map: Map<T>,
    engine: Box<dyn FrameEngine<T>>,
}

/// What a frame leads to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Map<T> {
    /// Three rows of four.
    matrix: [[T; 4]; 3],
    perspective: T,
}

impl<T: Real> Tracer<T> {
    /// The space from which `to_graph` leads to that of the graph, where the picture at a depth z is
    /// `perspective` z + 1 times as wide as at 0. Depths at which that is not positive are behind the
    /// eye, and may not be asked about. Products of the numbers in the matrix with coordinates must
    /// be finite.
    pub fn frame(&self, to_graph: &Affine, perspective: f64) -> Frame<T> {
        let matrix = to_graph.rows().map(|row| row.map(T::from_f64));
        Frame {
            map: Map {
                matrix,
                perspective: T::from_f64(perspective),
            },
            engine: T::frame(self.level).expect("the level was resolved"),
        }
    }
}

impl<T: Real> Frame<T> {
    /// The boxes around boxes of this space.
    pub fn boxes(&self, boxes: &mut [Bounds<T>; 3]) {
        let _environment = StandardEnvironment::enter_by_probe();
        self.engine.boxes(&self.map, boxes);
    }

    /// Where points of this space are.
    ///
    /// # Panics
    /// If there are not as many of each coordinate, in whole lines.
    pub fn points(&self, points: [&mut [T]; 3]) {
        check_lines(points[0].len(), &points.each_ref().map(|p| p.len()));
        let _environment = StandardEnvironment::enter_by_probe();
        self.engine.points(&self.map, points);
    }

    /// The rays at these x and y. Of their coordinates those are found for which there is room.
    ///
    /// # Panics
    /// If there are not as many of each, in whole lines.
    pub fn rays(&self, x: &[T], y: &[T], rays: [Option<&mut [T]>; 3]) {
        check_lines(x.len(), &[y.len()]);
        let wanted = rays
            .each_ref()
            .map(|p| p.as_ref().map_or(x.len(), |p| p.len()));
        check_lines(x.len(), &wanted);
        let _environment = StandardEnvironment::enter_by_probe();
        self.engine.rays(&self.map, x, y, rays);
    }

    /// Where rays are at each of some depths: what [`points`](Frame::points) would say. Of the rays
    /// only the first `count` are wanted: those points lie side by side, depth by depth. What else
    /// is in the last one's line may be overwritten. Of the coordinates those are found for which
    /// there is room.
    ///
    /// # Panics
    /// If there are not as many of each coordinate, in whole lines, more are wanted than there
    /// are, or there is no room.
    pub fn along(
        &self,
        rays: [&[T]; 3],
        count: usize,
        depths: &[T],
        points: [Option<&mut [T]>; 3],
    ) {
        check_lines(rays[0].len(), &rays.map(|p| p.len()));
        assert!(count <= rays[0].len());
        let needed = depths.len() * count;
        let wanted = points.iter().flatten();
        assert!(wanted.into_iter().all(|points| points.len() >= needed));
        let _environment = StandardEnvironment::enter_by_probe();
        self.engine.along(&self.map, rays, count, depths, points);
    }

    /// Makes partial derivatives by the axes of the graph, at points of this space, those by its
    /// axes.
    ///
    /// # Panics
    /// If there are not as many of each, in whole lines.
    pub fn slopes(&self, points: [&[T]; 3], partials: [&mut [T]; 3]) {
        check_lines(points[0].len(), &points.map(|p| p.len()));
        check_lines(points[0].len(), &partials.each_ref().map(|p| p.len()));
        let _environment = StandardEnvironment::enter_by_probe();
        self.engine.slopes(&self.map, points, partials);
    }
}

fn check_lines(len: usize, others: &[usize]) {
    assert!(len.is_multiple_of(LINE) && others.iter().all(|&other| other == len));
}

/// What computes on the lanes of a level. Slices are as the methods of [`Frame`] want them.
pub(crate) trait FrameEngine<T>: Send + Sync {
    fn boxes(&self, map: &Map<T>, boxes: &mut [Bounds<T>; 3]);
    fn points(&self, map: &Map<T>, points: [&mut [T]; 3]);
    fn rays(&self, map: &Map<T>, x: &[T], y: &[T], rays: [Option<&mut [T]>; 3]);
    fn along(
        &self,
        map: &Map<T>,
        rays: [&[T]; 3],
        count: usize,
        depths: &[T],
        points: [Option<&mut [T]>; 3],
    );
    fn slopes(&self, map: &Map<T>, points: [&[T]; 3], partials: [&mut [T]; 3]);
}

/// Builds for whatever lanes it is shown.
pub(crate) struct BuildFrame;

impl<T: Real> WithLanes<T> for BuildFrame {
    type Output = Box<dyn FrameEngine<T>>;

    fn run<L: Lanes<Element = T, Ballot = u64>>(self, lanes: L) -> Self::Output {
        Box::new(OnLanes(lanes))
    }
}

struct OnLanes<L>(L);

/// A map in the lanes of a machine.
#[derive(Clone, Copy)]
struct Spread<L: Lanes> {
    lanes: L,
    matrix: [[L::Real; 4]; 3],
    perspective: L::Real,
}

impl<L: Lanes<Element: Float>> Spread<L> {
    #[inline(always)]
    fn new(lanes: L, map: &Map<L::Element>) -> Spread<L> {
        // In loops, since `map` of an array need not be inlined.
        let mut matrix = [[lanes.real(0.0); 4]; 3];
        for (row, numbers) in matrix.iter_mut().zip(&map.matrix) {
            for (spread, number) in row.iter_mut().zip(numbers) {
                *spread = lanes.real(number.to_f64());
            }
        }
        Spread {
            lanes,
            matrix,
            perspective: lanes.real(map.perspective.to_f64()),
        }
    }

    #[inline(always)]
    fn widening(self, z: L::Real) -> L::Real {
        let m = self.lanes;
        m.fma(self.perspective, z, m.real(1.0))
    }

    #[inline(always)]
    fn ray(self, axis: usize, x: L::Real, y: L::Real) -> L::Real {
        let ([a, b, _, _], m) = (self.matrix[axis], self.lanes);
        m.fma(a, x, m.mul(b, y))
    }

    #[inline(always)]
    fn start(self, axis: usize, z: L::Real) -> L::Real {
        let ([_, _, a, b], m) = (self.matrix[axis], self.lanes);
        m.fma(a, z, b)
    }
}

/// The lanes from an element of a slice on.
#[inline(always)]
fn load<L: Lanes>(lanes: L, from: &[L::Element], at: usize) -> L::Real {
    let from = &from[at..at + L::WIDTH];
    // SAFETY: there are as many elements as lanes.
    unsafe { lanes.load_real(from.as_ptr()) }
}

/// The lanes of three slices.
#[inline(always)]
fn load_all<L: Lanes>(lanes: L, from: [&[L::Element]; 3], at: usize) -> [L::Real; 3] {
    let [a, b, c] = from;
    [load(lanes, a, at), load(lanes, b, at), load(lanes, c, at)]
}

/// Writes the lanes of a slice from an element on.
#[inline(always)]
fn store<L: Lanes>(lanes: L, to: &mut [L::Element], at: usize, value: L::Real) {
    let to = &mut to[at..at + L::WIDTH];
    // SAFETY: there are as many elements as lanes.
    unsafe { lanes.store_real(to.as_mut_ptr(), value) }
}

/// Bounds from an element on: what is least first when they are multiplied by `factor`.
#[inline(always)]
fn ends<L: Lanes<Element: Real>>(
    lanes: L,
    factor: L::Element,
    bounds: &Bounds<L::Element>,
    at: usize,
) -> (L::Real, L::Real) {
    let (lo, hi) = (load(lanes, &bounds.lo, at), load(lanes, &bounds.hi, at));
    match factor < L::Element::default() {
        true => (hi, lo),
        false => (lo, hi),
    }
}

/// The sum of three products.
#[inline(always)]
fn dot<L: Lanes>(m: L, a: [L::Real; 3], b: [L::Real; 3]) -> L::Real {
    m.fma(a[0], b[0], m.fma(a[1], b[1], m.mul(a[2], b[2])))
}

/// Writes as many lanes as there are in a slice from an element on.
#[inline(always)]
fn store_some<L: Lanes>(lanes: L, to: &mut [L::Element], at: usize, value: L::Real) {
    if at + L::WIDTH <= to.len() {
        return store(lanes, to, at, value);
    }
    let mut line = [L::Element::default(); LINE];
    store(lanes, &mut line, 0, value);
    let rest = to.len() - at;
    to[at..].copy_from_slice(&line[..rest]);
}

impl<L: Lanes<Element: Real>> FrameEngine<L::Element> for OnLanes<L> {
    fn boxes(&self, map: &Map<L::Element>, boxes: &mut [Bounds<L::Element>; 3]) {
        let m = self.0;
        m.enter(
            #[inline(always)]
            || {
                let spread = Spread::new(m, map);
                for at in (0..BOXES).step_by(L::WIDTH) {
                    let (narrow, wide) = ends(m, map.perspective, &boxes[2], at);
                    let (narrow, wide) = (spread.widening(narrow), spread.widening(wide));
                    let mut placed = [(narrow, wide); 3];
                    for (axis, placed) in placed.iter_mut().enumerate() {
                        let [by_x, by_y, by_z, _] = map.matrix[axis];
                        let x = ends(m, by_x, &boxes[0], at);
                        let y = ends(m, by_y, &boxes[1], at);
                        let z = ends(m, by_z, &boxes[2], at);
                        let (ray, start) = (spread.ray(axis, x.0, y.0), spread.start(axis, z.0));
                        let least = m.min(m.fma(narrow, ray, start), m.fma(wide, ray, start));
                        let (ray, start) = (spread.ray(axis, x.1, y.1), spread.start(axis, z.1));
                        let greatest = m.max(m.fma(narrow, ray, start), m.fma(wide, ray, start));
                        *placed = (least, greatest);
                    }
                    for (bounds, (least, greatest)) in boxes.iter_mut().zip(placed) {
                        store(m, &mut bounds.lo, at, least);
                        store(m, &mut bounds.hi, at, greatest);
                    }
                }
            },
        );
    }

    fn points(&self, map: &Map<L::Element>, points: [&mut [L::Element]; 3]) {
        let m = self.0;
        let [xs, ys, zs] = points;
        m.enter(
            #[inline(always)]
            || {
                let spread = Spread::new(m, map);
                for at in (0..xs.len()).step_by(L::WIDTH) {
                    let (x, y, z) = (load(m, xs, at), load(m, ys, at), load(m, zs, at));
                    let widening = spread.widening(z);
                    for (axis, to) in [&mut *xs, &mut *ys, &mut *zs].into_iter().enumerate() {
                        let (ray, start) = (spread.ray(axis, x, y), spread.start(axis, z));
                        store(m, to, at, m.fma(widening, ray, start));
                    }
                }
            },
        );
    }

    fn rays(
        &self,
        map: &Map<L::Element>,
        x: &[L::Element],
        y: &[L::Element],
        rays: [Option<&mut [L::Element]>; 3],
    ) {
        let m = self.0;
        m.enter(
            #[inline(always)]
            || {
                let spread = Spread::new(m, map);
                for (axis, rays) in rays.into_iter().enumerate() {
                    let Some(rays) = rays else { continue };
                    for at in (0..x.len()).step_by(L::WIDTH) {
                        let ray = spread.ray(axis, load(m, x, at), load(m, y, at));
                        store(m, rays, at, ray);
                    }
                }
            },
        );
    }

    fn along(
        &self,
        map: &Map<L::Element>,
        rays: [&[L::Element]; 3],
        count: usize,
        depths: &[L::Element],
        points: [Option<&mut [L::Element]>; 3],
    ) {
        let m = self.0;
        m.enter(
            #[inline(always)]
            || {
                let spread = Spread::new(m, map);
                for (axis, (rays, points)) in rays.into_iter().zip(points).enumerate() {
                    let Some(points) = points else { continue };
                    for (index, &depth) in depths.iter().enumerate() {
                        let z = m.real(depth.to_f64());
                        let (widening, start) = (spread.widening(z), spread.start(axis, z));
                        let points = &mut points[index * count..];
                        if count == rays.len() {
                            for (to, ray) in points
                                .chunks_exact_mut(L::WIDTH)
                                .zip(rays.chunks_exact(L::WIDTH))
                            {
                                store(m, to, 0, m.fma(widening, load(m, ray, 0), start));
                            }
                            continue;
                        }
                        // What is behind the last is overwritten by the next depth's first.
                        for at in (0..count).step_by(L::WIDTH) {
                            let point = m.fma(widening, load(m, rays, at), start);
                            store_some(m, points, at, point);
                        }
                    }
                }
            },
        );
    }

    fn slopes(
        &self,
        map: &Map<L::Element>,
        points: [&[L::Element]; 3],
        partials: [&mut [L::Element]; 3],
    ) {
        let m = self.0;
        let [da, db, dc] = partials;
        m.enter(
            #[inline(always)]
            || {
                let spread = Spread::new(m, map);
                let [[ax, ay, az, _], [bx, by, bz, _], [cx, cy, cz, _]] = spread.matrix;
                for at in (0..points[0].len()).step_by(L::WIDTH) {
                    let [x, y, z] = load_all(m, points, at);
                    let slopes = load_all(m, [&*da, &*db, &*dc], at);
                    let rays = [
                        spread.ray(0, x, y),
                        spread.ray(1, x, y),
                        spread.ray(2, x, y),
                    ];
                    let widening = spread.widening(z);
                    let along_ray = dot(m, slopes, rays);
                    let by_x = m.mul(widening, dot(m, slopes, [ax, bx, cx]));
                    let by_y = m.mul(widening, dot(m, slopes, [ay, by, cy]));
                    let by_z = m.fma(spread.perspective, along_ray, dot(m, slopes, [az, bz, cz]));
                    store(m, da, at, by_x);
                    store(m, db, at, by_y);
                    store(m, dc, at, by_z);
                }
            },
        );
    }
}
