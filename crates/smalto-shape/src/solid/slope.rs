//! The gradient of a solid at what a picture sees of it.
//!
//! A picture of gradients is painted by regions as pictures in the plane are, with a box that
//! reaches from the nearest to the furthest voxel that a region sees. Most boxes are
//! thin, since they lie along the surface, and tapes are short there. All voxels of a leaf are
//! evaluated together, wherever they were found.

use super::surface::Hit;
use crate::region::{Leaf, Paint, Region, Tile};
use crate::worker::Worker;
use smalto_jit::Real;
use smalto_jit::trace::{Bounds, Computes, Frame, GRADIENTS, LINE};

/// Pixels along the side of a leaf: what is seen of one is evaluated at once.
const LEAF: usize = 8;

const _: () = assert!(LEAF * LEAF == GRADIENTS);

/// Paints what pixels see.
pub(super) struct Slopes<'a, T> {
    /// The depth of what each pixel sees, row by row; 0 if it sees nothing.
    depths: &'a [u32],
    width: usize,
    /// The coordinates of slices from the front.
    slices: &'a [T],
    frame: Frame<T>,
    /// The least and the greatest depth that each leaf sees, row by row; (MAX, 0) if it sees
    /// nothing.
    leaves: Vec<(u32, u32)>,
    leaves_of_row: usize,
}

impl<'a, T: Real> Slopes<'a, T> {
    /// For the depths that a search found, along its axes.
    pub(super) fn new(depths: &'a [u32], axes: &'a [Vec<T>; 3], frame: Frame<T>) -> Slopes<'a, T> {
        let [width, height] = [axes[0].len(), axes[1].len()];
        let leaves_of_row = width.div_ceil(LEAF);
        let mut leaves = vec![(u32::MAX, 0); leaves_of_row * height.div_ceil(LEAF)];
        for (row, depths) in depths.chunks_exact(width).enumerate() {
            let leaves = &mut leaves[row / LEAF * leaves_of_row..];
            for (depths, (least, most)) in depths.chunks(LEAF).zip(leaves) {
                for &depth in depths {
                    // Nothing seen is no depth: less 1 it is the greatest there is.
                    *least = (*least).min(depth.wrapping_sub(1));
                    *most = (*most).max(depth);
                }
            }
        }
        for (least, _) in &mut leaves {
            *least = least.saturating_add(1);
        }
        Slopes {
            depths,
            width,
            slices: &axes[2],
            frame,
            leaves,
            leaves_of_row,
        }
    }

    /// The coordinate of what is seen at a depth.
    fn at(&self, depth: u32) -> T {
        self.slices[self.slices.len() - depth as usize]
    }
}

impl<T: Real> Paint<T> for Slopes<'_, T> {
    type Cell = Hit;
    const AXES: usize = 3;
    const LEAF: usize = LEAF;
    const COMPUTES: Computes = Computes::Gradients;

    fn flat(&self, _: &Bounds<T>) -> [(u16, Hit); 2] {
        [(0, Hit::default()); 2]
    }

    fn depths(&self, region: Region) -> Option<(T, T)> {
        let leaves = |first: usize, count: usize| {
            let end = (first + region.side) / LEAF;
            (first / LEAF).min(count)..end.min(count)
        };
        let columns = leaves(region.column, self.leaves_of_row);
        let rows = leaves(region.row, self.leaves.len() / self.leaves_of_row);
        let rows = rows.map(|row| &self.leaves[row * self.leaves_of_row..][columns.clone()]);
        let (mut least, mut most) = (u32::MAX, 0);
        for (a, b) in rows.flatten() {
            (least, most) = (least.min(*a), most.max(*b));
        }
        if most == 0 {
            return None;
        }
        let (a, b) = (self.at(least), self.at(most));
        Some(if a <= b { (a, b) } else { (b, a) })
    }

    fn place(&self, boxes: &mut [Bounds<T>; 3]) {
        self.frame.boxes(boxes);
    }

    fn leaf(&self, worker: &mut Worker<T>, leaf: &Leaf<'_, T>, mut tile: Tile<'_, '_, Hit>) {
        let [first_column, first_row] = leaf.first;
        let mut batch = Batch::new();
        for row in 0..leaf.height {
            let depths = &self.depths[(first_row + row) * self.width + first_column..];
            for (column, &depth) in depths[..leaf.width].iter().enumerate() {
                if depth == 0 {
                    continue;
                }
                let point = [leaf.columns[column], leaf.rows[row], self.at(depth)];
                batch.add([row, column], depth, point);
            }
        }
        batch.evaluate(worker, leaf, &self.frame, &mut tile);
    }
}

/// The voxels of a leaf.
struct Batch<T> {
    points: [[T; GRADIENTS]; 3],
    /// Row and column in the leaf.
    pixels: [(u8, u8); GRADIENTS],
    depths: [u32; GRADIENTS],
    len: usize,
}

impl<T: Real> Batch<T> {
    fn new() -> Batch<T> {
        Batch {
            points: [[T::default(); GRADIENTS]; 3],
            pixels: [(0, 0); GRADIENTS],
            depths: [0; GRADIENTS],
            len: 0,
        }
    }

    fn add(&mut self, [row, column]: [usize; 2], depth: u32, point: [T; 3]) {
        self.pixels[self.len] = (row as u8, column as u8);
        self.depths[self.len] = depth;
        for (points, coordinate) in self.points.iter_mut().zip(point) {
            points[self.len] = coordinate;
        }
        self.len += 1;
    }

    /// Writes what pixels see.
    fn evaluate(
        &self,
        worker: &mut Worker<T>,
        leaf: &Leaf<'_, T>,
        frame: &Frame<T>,
        tile: &mut Tile<'_, '_, Hit>,
    ) {
        if self.len == 0 {
            return;
        }
        let lines = ..self.len.next_multiple_of(LINE);
        let mut placed = self.points;
        frame.points(placed.each_mut().map(|axis| &mut axis[lines]));
        let points = placed.each_ref().map(|axis| &axis[..self.len]);
        let [_, mut partials @ ..] = leaf.slopes(worker, &points);
        frame.slopes(
            self.points.each_ref().map(|axis| &axis[lines]),
            partials.each_mut().map(|partial| &mut partial[lines]),
        );
        for (index, &(row, column)) in self.pixels[..self.len].iter().enumerate() {
            tile.row(row.into())[usize::from(column)] = Hit {
                depth: self.depths[index],
                gradient: partials
                    .each_ref()
                    .map(|partial| partial[index].to_f64() as f32),
            };
        }
    }
}
