//! What pixels show: from bounds and values to pixels.

use crate::View;
use crate::region::{LEAF, Leaf, Paint, Tile, widened};
use crate::worker::Worker;
use rayon::prelude::*;
use smalto_jit::Real;
use smalto_jit::trace::{BOXES, Bounds, Computes, Demand, GRADIENTS, LINE};

/// White inside (value < 0), black outside. A NaN is outside.
///
/// A cell is 16 pixels of a row, a bit each, so that the picture on which regions are painted
/// stays in the cache.
pub(crate) struct Bitmap;

impl<T: Real> Paint<T> for Bitmap {
    type Cell = u16;
    const PIXELS: usize = LINE;
    const DEMAND: Demand = Demand::Signs;

    fn flat(&self, bounds: &Bounds<T>) -> [(u16, u16); 2] {
        [(bounds.negative(), u16::MAX), (bounds.not_negative(), 0)]
    }

    fn leaf(&self, worker: &mut Worker<T>, leaf: &Leaf<'_, T>, mut tile: Tile<'_, '_, u16>) {
        let mut inside = [0; LINE];
        let inside = &mut inside[..leaf.height];
        match leaf.by_code(worker) {
            Some(values) => {
                for (inside, values) in inside.iter_mut().zip(values.chunks_exact(LINE)) {
                    *inside = signs(values);
                }
            }
            None => {
                let axes = [leaf.columns, leaf.rows];
                let workspace = &mut worker.workspace;
                leaf.tracer.points(workspace, leaf.tape, &axes, leaf.height);
                leaf.tracer.negative(workspace, leaf.tape, 0, inside);
            }
        }
        for (cells, &mut inside) in tile.rows().zip(inside) {
            cells[0] = inside;
        }
    }
}

/// Which values are less than 0, a bit each.
pub(crate) fn signs<T: Real>(values: &[T]) -> u16 {
    let bits = values.iter().enumerate();
    bits.fold(0, |bits, (i, &value)| {
        bits | u16::from(value < T::default()) << i
    })
}

/// The values themselves, in f32.
pub(crate) struct Values;

impl<T: Real> Paint<T> for Values {
    type Cell = f32;
    const HAS_FLAT_PARTS: bool = false;

    fn flat(&self, _: &Bounds<T>) -> [(u16, f32); 2] {
        [(0, 0.0); 2]
    }

    fn leaf(&self, worker: &mut Worker<T>, leaf: &Leaf<'_, T>, tile: Tile<'_, '_, f32>) {
        leaf.values(worker, tile, |value| value.to_f64() as f32);
    }
}

/// Pixels of a leaf.
const PIXELS: usize = LEAF * LINE;

impl<T: Real> Leaf<'_, T> {
    /// The value at each point of the leaf, row by row, if machine code is the way to have them.
    fn by_code(&self, worker: &mut Worker<T>) -> Option<[T; PIXELS]> {
        let points = self.height * LINE;
        let choice = worker.choose_code(self.tape, points)?;
        let mut values = [T::default(); PIXELS];
        let [x, y] = self.points::<PIXELS>(0);
        let axes: [&[T]; 2] = [&x[..points], &y[..points]];
        worker.run_code(self.tracer, choice, &axes, &mut [&mut values[..points]]);
        Some(values)
    }

    /// Coordinates of the points of so many rows of the leaf, from one on.
    fn points<const N: usize>(&self, first: usize) -> [[T; N]; 2] {
        [
            std::array::from_fn(|index| self.columns[index % LINE]),
            std::array::from_fn(|index| self.rows[first + index / LINE]),
        ]
    }

    /// Writes the value and the derivatives by three axes at some points.
    pub(crate) fn slopes(
        &self,
        worker: &mut Worker<T>,
        axes: &[&[T]],
        parts: &mut [[T; GRADIENTS]; 4],
    ) {
        let len = axes[0].len();
        match worker.choose_code(self.tape, len) {
            Some(choice) => {
                let mut outputs = parts.each_mut().map(|part| &mut part[..len]);
                worker.run_code(self.tracer, choice, axes, &mut outputs);
            }
            None => {
                let workspace = &mut worker.workspace;
                self.tracer.gradients(workspace, self.tape, axes);
                self.tracer.gradient(workspace, self.tape, 0, parts);
            }
        }
    }

    /// Evaluates the leaf, and makes each value a pixel.
    fn values<Pixel>(
        &self,
        worker: &mut Worker<T>,
        mut tile: Tile<'_, '_, Pixel>,
        pixel: impl Fn(T) -> Pixel,
    ) {
        let by_code = self.by_code(worker);
        let workspace = &mut worker.workspace;
        if by_code.is_none() {
            let axes = [self.columns, self.rows];
            self.tracer.points(workspace, self.tape, &axes, self.height);
        }
        for (row, pixels) in tile.rows().enumerate() {
            let values = match &by_code {
                Some(values) => &values[row * LINE..][..LINE],
                None => self.tracer.row(workspace, self.tape, 0, row),
            };
            // A leaf's row is a line but at the right edge of a picture.
            match <&mut [Pixel; LINE]>::try_from(&mut *pixels) {
                Ok(pixels) => {
                    for (to, &value) in pixels.iter_mut().zip(values) {
                        *to = pixel(value);
                    }
                }
                Err(_) => {
                    for (to, &value) in pixels.iter_mut().zip(values) {
                        *to = pixel(value);
                    }
                }
            }
        }
    }

    /// Bounds of the shape around each pixel of a row, as far as `reach`.
    fn bounds_of_row(&self, worker: &mut Worker<T>, row: usize, reach: [f64; 2]) -> Bounds<T> {
        let mut axes = [Bounds::default(); 2];
        for index in 0..BOXES {
            for (axis, centre) in [self.columns[index], self.rows[row]]
                .into_iter()
                .enumerate()
            {
                let (lo, hi) = widened((centre, centre), reach[axis]);
                axes[axis].set(index, lo, hi);
            }
        }
        let Worker {
            workspace, scratch, ..
        } = worker;
        self.tracer.intervals(workspace, self.tape, &axes, scratch);
        self.tracer.bounds(workspace, self.tape, 0)
    }

    /// Evaluates the leaf with its gradient, and makes value, d/dx and d/dy a pixel.
    fn gradients<Pixel>(
        &self,
        worker: &mut Worker<T>,
        mut tile: Tile<'_, '_, Pixel>,
        pixel: impl Fn(usize, usize, [T; 3]) -> Pixel,
    ) {
        const ROWS: usize = GRADIENTS / LINE;
        let mut parts = [[T::default(); GRADIENTS]; 4];
        for first in (0..self.height).step_by(ROWS) {
            let [x, y] = self.points::<GRADIENTS>(first);
            self.slopes(worker, &[&x, &y], &mut parts);
            let [values, by_x, by_y, _] = &parts;
            for row in first..self.height.min(first + ROWS) {
                for (column, to) in tile.row(row).iter_mut().enumerate() {
                    let at = (row - first) * LINE + column;
                    *to = pixel(row, column, [values[at], by_x[at], by_y[at]]);
                }
            }
        }
    }
}

/// How much of each pixel is inside: 255 for all of it.
///
/// Where bounds over the whole square of a pixel tell that it is inside or outside, that is
/// what it is. Elsewhere the edge is taken for the straight line that value and gradient at
/// the centre say it is, and the part of the square behind it is exact. So thin things are not
/// lost between centres, and no pixel is grey that has no edge.
pub(crate) struct Coverage {
    /// Width and height of a pixel.
    size: [f64; 2],
}

impl Coverage {
    pub(crate) fn new(view: &View) -> Coverage {
        Coverage {
            size: view.pixel_sides(),
        }
    }
}

impl<T: Real> Paint<T> for Coverage {
    type Cell = u8;
    const COMPUTES: Computes = Computes::Gradients;

    /// Bounds hold for whole pixels.
    fn reach(&self) -> [f64; 2] {
        self.size.map(|side| side / 2.0)
    }

    fn flat(&self, bounds: &Bounds<T>) -> [(u16, u8); 2] {
        [(bounds.negative(), 255), (bounds.not_negative(), 0)]
    }

    fn leaf(&self, worker: &mut Worker<T>, leaf: &Leaf<'_, T>, tile: Tile<'_, '_, u8>) {
        let mut certain = [[None; LINE]; LINE];
        for (row, certain) in certain.iter_mut().enumerate().take(leaf.height) {
            let bounds = leaf.bounds_of_row(worker, row, Paint::<T>::reach(self));
            for (boxes, pixel) in <Self as Paint<T>>::flat(self, &bounds) {
                for (column, certain) in certain.iter_mut().enumerate() {
                    if boxes >> column & 1 != 0 {
                        *certain = Some(pixel);
                    }
                }
            }
        }
        leaf.gradients(worker, tile, |row, column, [value, by_x, by_y]| {
            certain[row][column].unwrap_or_else(|| {
                let slopes = [by_x.to_f64() * self.size[0], by_y.to_f64() * self.size[1]];
                (part_behind_edge(value.to_f64(), slopes) * 255.0).round() as u8
            })
        });
    }
}

/// The part of a square with sides 1 in which `value + a * u + b * v` is less than 0, u and v
/// being how far a point is from the centre, and `[a, b]` the slopes.
///
/// The area of a square behind a line is that of the triangle that the line cuts off a quarter
/// plane, less what of the triangle sticks out of the square on either side, plus what was
/// taken away twice.
fn part_behind_edge(value: f64, slopes: [f64; 2]) -> f64 {
    let [a, b] = slopes.map(f64::abs);
    let (long, short) = (a.max(b), a.min(b));
    let is_edge = long > 0.0 && long.is_finite() && value.is_finite();
    if !is_edge {
        return if value < 0.0 { 1.0 } else { 0.0 };
    }
    // How far the line is from the corner that is furthest inside, in units of the long slope.
    let (depth, short) = (-value / long + (1.0 + short / long) / 2.0, short / long);
    if short < 1e-6 {
        return depth.clamp(0.0, 1.0);
    }
    let triangle = |depth: f64| depth.max(0.0) * depth.max(0.0) / (2.0 * short);
    let cut = triangle(depth) - triangle(depth - 1.0) - triangle(depth - short);
    (cut + triangle(depth - 1.0 - short)).clamp(0.0, 1.0)
}

/// Lines of equal value, at even steps, on a ground that tells inside from outside.
///
/// A line is as wide everywhere, whatever the slope: its distance from a pixel is taken from
/// value and gradient.
pub(crate) struct Contours {
    /// Width and height of a pixel.
    size: [f64; 2],
    /// From line to line.
    step: f64,
}

/// Lines over the height of a picture of a distance.
const CONTOUR_LINES: f64 = 24.0;

impl Contours {
    pub(crate) fn new(view: &View) -> Contours {
        let [_, bottom, _, top] = view.region();
        Contours {
            size: view.pixel_sides(),
            step: (top - bottom) / CONTOUR_LINES,
        }
    }

    fn colour(&self, value: f64, slopes: [f64; 2]) -> [u8; 3] {
        if value.is_nan() {
            return [255, 0, 255];
        }
        let ground: [f64; 3] = if value < 0.0 {
            [0.86, 0.92, 0.97]
        } else {
            [0.99, 0.97, 0.93]
        };
        let slope = slopes[0].hypot(slopes[1]);
        // How much of a line half so many pixels wide covers a pixel so far from it.
        let line = |distance: f64, half: f64| match slope > 0.0 {
            true => (half + 0.5 - distance / slope).clamp(0.0, 1.0),
            false => 0.0,
        };
        let nearest = (value / self.step).round() * self.step;
        let thin = 0.55 * line((value - nearest).abs(), 0.5);
        let thick = line(value.abs(), 1.25);
        let ink = [0.13, 0.20, 0.31];
        let mut colour = [0; 3];
        for ((channel, ground), ink) in colour.iter_mut().zip(ground).zip(ink) {
            let lined = ground + (ink - ground) * thin.max(thick);
            *channel = (lined * 255.0).round() as u8;
        }
        colour
    }
}

impl<T: Real> Paint<T> for Contours {
    type Cell = [u8; 3];
    const HAS_FLAT_PARTS: bool = false;
    const COMPUTES: Computes = Computes::Gradients;

    fn flat(&self, _: &Bounds<T>) -> [(u16, [u8; 3]); 2] {
        [(0, [0; 3]); 2]
    }

    fn leaf(&self, worker: &mut Worker<T>, leaf: &Leaf<'_, T>, tile: Tile<'_, '_, [u8; 3]>) {
        leaf.gradients(worker, tile, |_, _, [value, by_x, by_y]| {
            let slopes = [by_x.to_f64() * self.size[0], by_y.to_f64() * self.size[1]];
            self.colour(value.to_f64(), slopes)
        });
    }
}

/// The values of a picture as colours: cool inside, warm outside, a line at zero, contour
/// lines at even steps, magenta for NaN.
pub(crate) fn shade_distance(values: &[f32], view: &View) -> Vec<u8> {
    let pixel = view.pixel_size() as f32;
    let half_height = pixel * view.height() as f32 / 2.0;
    let shade = |&value: &f32| distance_colour(value / half_height, pixel / half_height);
    values.par_iter().flat_map_iter(shade).collect()
}

/// Contour lines per half height of the picture.
const CONTOURS: f32 = 12.0;

/// The colour of a value, given in half heights of the picture, as is the pixel.
fn distance_colour(value: f32, pixel: f32) -> [u8; 3] {
    if value.is_nan() {
        return [255, 0, 255];
    }
    let tint = if value < 0.0 {
        [0.25, 0.55, 0.85]
    } else {
        [0.95, 0.70, 0.40]
    };
    let value = value.clamp(-1e3, 1e3);
    // Darker towards zero, banded by a wave with one crest a contour.
    let depth = 1.0 - 0.6 * (-4.0 * value.abs()).exp();
    let band = 0.92 + 0.08 * (value * CONTOURS * std::f32::consts::TAU).cos();
    // A white line two pixels wide where the sign changes.
    let line = (1.5 - value.abs() / pixel).clamp(0.0, 1.0);
    tint.map(|channel| {
        let shaded = channel * depth * band;
        ((shaded + (1.0 - shaded) * line) * 255.0).round() as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same by counting points.
    fn counted(value: f64, [a, b]: [f64; 2]) -> f64 {
        const SIDE: usize = 400;
        let at = |i: usize| (i as f64 + 0.5) / SIDE as f64 - 0.5;
        let inside = (0..SIDE * SIDE)
            .filter(|i| value + a * at(i % SIDE) + b * at(i / SIDE) < 0.0)
            .count();
        inside as f64 / (SIDE * SIDE) as f64
    }

    #[test]
    fn the_part_behind_an_edge_is_its_area() {
        for slopes in [
            [1.0, 0.0],
            [0.0, -2.0],
            [1.0, 1.0],
            [-3.0, 0.5],
            [0.2, 5.0],
            [1.0, 1e-9],
        ] {
            for value in [-4.0, -1.1, -0.7, -0.2, 0.0, 0.1, 0.3, 0.9, 2.0, 9.0] {
                let (found, expected) = (part_behind_edge(value, slopes), counted(value, slopes));
                assert!(
                    (found - expected).abs() < 4e-3,
                    "{value} {slopes:?}: {found}, {expected}"
                );
            }
        }
        for slopes in [[0.0, 0.0], [f64::NAN, 1.0], [f64::INFINITY, 0.0]] {
            assert_eq!(part_behind_edge(-1.0, slopes), 1.0);
            assert_eq!(part_behind_edge(1.0, slopes), 0.0);
            assert_eq!(part_behind_edge(f64::NAN, slopes), 0.0);
        }
    }
}
