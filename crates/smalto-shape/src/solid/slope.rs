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
        let width = axes[0].len();
        Slopes {
            depths,
            width,
            slices: &axes[2],
            frame,
            leaves: extents(depths, width),
            leaves_of_row: width.div_ceil(LEAF),
        }
    }

    /// The coordinate of what is seen at a depth.
    fn at(&self, depth: u32) -> T {
        self.slices[self.slices.len() - depth as usize]
    }
}

/// The least and the greatest depth that each leaf sees, row by row; (MAX, 0) if it sees nothing.
fn extents(depths: &[u32], width: usize) -> Vec<(u32, u32)> {
    let (mut least, mut most) = (vec![0; width], vec![0; width]);
    let leaves_of_row = width.div_ceil(LEAF);
    let mut leaves = Vec::with_capacity(leaves_of_row * depths.len().div_ceil(width * LEAF));
    for rows in depths.chunks(width * LEAF) {
        // Column by column first, which vectors do.
        least.fill(u32::MAX);
        most.fill(0);
        for row in rows.chunks_exact(width) {
            for ((least, most), &depth) in least.iter_mut().zip(&mut most).zip(row) {
                // Nothing seen is no depth: less 1 it is the greatest there is.
                *least = (*least).min(depth.wrapping_sub(1));
                *most = (*most).max(depth);
            }
        }
        let columns = least.chunks(LEAF).zip(most.chunks(LEAF));
        leaves.extend(columns.map(|(least, most)| {
            let least = least.iter().fold(u32::MAX, |least, &one| least.min(one));
            let most = most.iter().fold(0, |most, &one| most.max(one));
            (least.saturating_add(1), most)
        }));
    }
    leaves
}

impl<T: Real> Paint<T> for Slopes<'_, T> {
    type Cell = Hit;
    const AXES: usize = 3;
    const HAS_FLAT_PARTS: bool = false;
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
        let mut batch = Batch::new();
        for row in 0..leaf.height {
            let mut column = 0;
            for seen in self.depths_of(leaf, row).split(|&depth| depth == 0) {
                let columns = &leaf.columns[column..column + seen.len()];
                let depths = seen.iter().map(|&depth| self.at(depth));
                batch.add([row, column], columns, leaf.rows[row], depths);
                column += seen.len() + 1;
            }
        }
        if batch.len > 0 {
            self.paint(&batch, worker, leaf, &mut tile);
        }
    }
}

impl<T: Real> Slopes<'_, T> {
    /// Writes what the pixels of a batch see.
    fn paint(
        &self,
        batch: &Batch<T>,
        worker: &mut Worker<T>,
        leaf: &Leaf<'_, T>,
        tile: &mut Tile<'_, '_, Hit>,
    ) {
        let lines = ..batch.len.next_multiple_of(LINE);
        let mut placed = batch.points;
        let points = placed.each_mut().map(|axis| &mut axis[lines]);
        self.frame.points(points);
        let points = placed.each_ref().map(|axis| &axis[..batch.len]);
        let mut parts = [[T::default(); GRADIENTS]; 4];
        leaf.slopes(worker, &points, &mut parts);
        let [_, partials @ ..] = &mut parts;
        self.frame.slopes(
            batch.points.each_ref().map(|axis| &axis[lines]),
            partials.each_mut().map(|partial| &mut partial[lines]),
        );
        let [by_x, by_y, by_z] = &*partials;
        let partials = by_x.iter().zip(by_y).zip(by_z);
        let mut gradients = partials.map(|((x, y), z)| [*x, *y, *z]);
        for run in &batch.runs[..batch.run_count] {
            let [row, column, len] = [run.row, run.column, run.len].map(usize::from);
            let hits = &mut tile.row(row)[column..][..len];
            let depths = self.depths_of(leaf, row)[column..].iter();
            for ((hit, &depth), gradient) in hits.iter_mut().zip(depths).zip(&mut gradients) {
                *hit = Hit {
                    depth,
                    gradient: gradient.map(|slope| slope.to_f64() as f32),
                };
            }
        }
    }

    /// What the pixels of a row of a leaf see.
    fn depths_of(&self, leaf: &Leaf<'_, T>, row: usize) -> &[u32] {
        let [first_column, first_row] = leaf.first;
        &self.depths[(first_row + row) * self.width + first_column..][..leaf.width]
    }
}

/// The voxels of a leaf.
struct Batch<T> {
    points: [[T; GRADIENTS]; 3],
    len: usize,
    /// The pixels, in the order of their voxels.
    runs: [Run; GRADIENTS],
    run_count: usize,
}

/// Pixels side by side.
#[derive(Debug, Clone, Copy, Default)]
struct Run {
    row: u8,
    column: u8,
    len: u8,
}

impl<T: Real> Batch<T> {
    fn new() -> Batch<T> {
        Batch {
            points: [[T::default(); GRADIENTS]; 3],
            len: 0,
            runs: [Run::default(); GRADIENTS],
            run_count: 0,
        }
    }

    /// Adds voxels in a row, with the coordinates of their columns and slices.
    fn add(
        &mut self,
        [row, column]: [usize; 2],
        columns: &[T],
        y: T,
        slices: impl Iterator<Item = T>,
    ) {
        let len = columns.len();
        if len == 0 {
            return;
        }
        let [row, column, count] = [row, column, len].map(|v| v as u8);
        self.runs[self.run_count] = Run {
            row,
            column,
            len: count,
        };
        self.run_count += 1;
        let [xs, ys, zs] = self
            .points
            .each_mut()
            .map(|axis| &mut axis[self.len..][..len]);
        xs.copy_from_slice(columns);
        ys.fill(y);
        for (z, slice) in zs.iter_mut().zip(slices) {
            *z = slice;
        }
        self.len += len;
    }
}
