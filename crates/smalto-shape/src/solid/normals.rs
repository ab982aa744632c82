//! Normals without the noise of voxels.
//!
//! A gradient is exact where it is taken, but that is the centre of a voxel, now more and now
//! less deep under the surface. Where two parts of a solid meet, the gradient is now of the one
//! and now of the other. A bilateral filter (C. Tomasi, R. Manduchi, *Bilateral filtering for
//! gray and color images*, ICCV 1998) takes the mean of the normals around that belong to the
//! same part of the surface: near the tangent plane, and turned nearly alike. So edges stay.

use super::scene::Scene;
use super::vector::{Vector, along, difference, dot, unit};

/// How many pixels to each side are looked at.
pub(super) const REACH: usize = 2;

/// How far from the tangent plane a neighbour may be to count fully, in slices, and how much that
/// grows by the pixel.
const STEP: f32 = 1.5;

/// Normals of the pixels of some rows, and of those within reach.
pub(super) struct Normals<'a> {
    scene: &'a Scene<'a>,
    /// The first row that is known.
    first: usize,
    /// As gradients have them. Zero where none is known.
    raw: Vec<Vector>,
}

impl<'a> Normals<'a> {
    pub(super) fn of_rows(scene: &'a Scene<'a>, first: usize, count: usize) -> Normals<'a> {
        let start = first.saturating_sub(REACH);
        let end = (first + count + REACH).min(scene.height);
        let pixels = (start..end).flat_map(|row| (0..scene.width).map(move |column| (column, row)));
        let normal = |(column, row)| scene.normal(column, row).unwrap_or([0.0; 3]);
        Normals {
            scene,
            first: start,
            raw: pixels.map(normal).collect(),
        }
    }

    fn raw(&self, column: usize, row: usize) -> Vector {
        self.raw[(row - self.first) * self.scene.width + column]
    }

    /// The normal where a pixel sees `point`. What has no gradient, and no neighbour that has
    /// one, faces the eye.
    pub(super) fn smooth(&self, column: usize, row: usize, point: Vector) -> Vector {
        let own = self.raw(column, row);
        let own = unit(own).unwrap_or([0.0, 0.0, 1.0]);
        let range = |at: usize, end: usize| at.saturating_sub(REACH)..(at + REACH + 1).min(end);
        let mut sum = [0.0; 3];
        for y in range(row, self.scene.height) {
            for x in range(column, self.scene.width) {
                let normal = self.raw(x, y);
                let alike = dot(own, normal);
                let Some(there) = self.scene.point(x, y).filter(|_| alike > 0.0) else {
                    continue;
                };
                let squared = x.abs_diff(column).pow(2) + y.abs_diff(row).pow(2);
                let step = dot(own, difference(there, point)).abs() / self.scene.thickness;
                let beyond = (step / (STEP + (squared as f32).sqrt()) - 1.0).max(0.0);
                let weight = alike.powi(8) * (-0.25 * squared as f32 - beyond * beyond).exp();
                sum = along(sum, weight, normal);
            }
        }
        unit(sum).unwrap_or(own)
    }
}
