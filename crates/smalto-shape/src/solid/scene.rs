//! What a picture sees of a solid, as points and normals.
//!
//! Light is computed in the space of the eye ([`Camera`](super::Camera)), where straight things
//! are straight whatever the perspective. Gradients are known in the space of the screen: they
//! are covectors, so they are taken to the eye's by the transposed inverse of the derivative of
//! the map between the two.

use super::surface::{Hit, Surface};
use super::vector::{Vector, unit};
use std::ops::Range;

/// Points and normals of a surface, in the space of the eye.
pub(super) struct Scene<'a> {
    pub(super) surface: &'a Surface,
    pub(super) width: usize,
    pub(super) height: usize,
    /// Where columns and rows are on the screen.
    columns: Vec<f32>,
    rows: Vec<f32>,
    /// Where what each pixel sees is along z: NaN if it sees nothing. Light asks for the depths of
    /// dozens of pixels around each, so they are kept apart from the gradients.
    depths: Vec<f32>,
    /// How thick a slice is.
    pub(super) thickness: f32,
    /// 1 / the distance of the eye.
    pub(super) nearness: f32,
    /// The side of a pixel on the screen.
    pub(super) pixel: f32,
}

impl<'a> Scene<'a> {
    pub(super) fn new(surface: &'a Surface) -> Scene<'a> {
        let volume = surface.volume();
        let [columns, rows, _] = volume.axes::<f32>();
        let [left, _, right, _] = volume.region();
        let (far, thickness) = (volume.depths()[1] as f32, volume.thickness() as f32);
        let depth = |hit: &Hit| match hit.depth {
            0 => f32::NAN,
            depth => far + (depth as f32 - 0.5) * thickness,
        };
        Scene {
            surface,
            width: volume.width(),
            height: volume.height(),
            columns,
            rows,
            depths: surface.hits().iter().map(depth).collect(),
            thickness,
            nearness: surface.camera().nearness() as f32,
            pixel: ((right - left) / volume.width() as f64) as f32,
        }
    }

    /// What a pixel sees, if anything: the centre of the voxel.
    pub(super) fn point(&self, column: usize, row: usize) -> Option<Vector> {
        let z = self.depths[row * self.width + column];
        let widening = self.widening(z);
        let point = [
            self.columns[column] * widening,
            self.rows[row] * widening,
            z,
        ];
        (!z.is_nan()).then_some(point)
    }

    /// How much wider the picture is at this depth than at the screen.
    pub(super) fn widening(&self, z: f32) -> f32 {
        1.0 - self.nearness * z
    }

    /// The normal there, of length 1; none if the gradient has no direction. What is cut open by
    /// the front of the volume has the normal of that.
    pub(super) fn normal(&self, column: usize, row: usize) -> Option<Vector> {
        let hit = &self.surface.hits()[row * self.width + column];
        if hit.depth as usize == self.surface.slices() {
            return Some([0.0, 0.0, 1.0]);
        }
        let [by_x, by_y, by_z] = hit.gradient;
        let widening = self.widening(self.depths[row * self.width + column]);
        let (by_x, by_y) = (by_x / widening, by_y / widening);
        let shear = self.columns[column] * by_x + self.rows[row] * by_y;
        unit([by_x, by_y, by_z + self.nearness * shear])
    }

    /// From a point to the eye.
    pub(super) fn towards_eye(&self, point: Vector) -> Vector {
        // Scaled by the nearness, so that the eye may be infinitely far.
        let [x, y, z] = point.map(|v| v * self.nearness);
        unit([-x, -y, 1.0 - z]).unwrap_or([0.0, 0.0, 1.0])
    }
}

impl Surface {
    /// The points that the pixels of some rows see, in the model's space: the x, the y and the z
    /// of each, at voxels' centres. NaN where nothing is seen.
    ///
    /// ```
    /// use smalto_graph::{Affine, formula};
    /// use smalto_shape::{Camera, RenderOptions, Solid, Volume};
    ///
    /// let plane = formula::parse("z - 2")?;
    /// let options = RenderOptions::default();
    /// let camera = Camera::new(Affine::translate([5.0, 0.0, 2.0]));
    /// let volume = Volume::new(4, 4)?;
    /// let solid = Solid::<f32>::new(&plane, &options)?;
    /// let surface = solid.surface(&volume, &camera, false, &options, &())?;
    /// let [x, y, z] = surface.points(0..1);
    /// assert_eq!(x, [4.25, 4.75, 5.25, 5.75]);
    /// assert_eq!(y, [0.75; 4]);
    /// assert_eq!(z, [1.75; 4], "half a slice into it");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Panics
    /// If there are no such rows.
    pub fn points(&self, rows: Range<usize>) -> [Vec<f64>; 3] {
        let [columns, lines, _] = self.volume().axes::<f64>();
        let [_, far] = self.volume().depths();
        let thickness = self.volume().thickness();
        let matrix = self.camera().matrix();
        let nearness = self.camera().nearness();
        let count = rows.len() * columns.len();
        let mut points = [0, 1, 2].map(|_| Vec::with_capacity(count));
        for row in rows {
            let hits = &self.hits()[row * columns.len()..][..columns.len()];
            for (hit, x) in hits.iter().zip(&columns) {
                let z = far + (f64::from(hit.depth) - 0.5) * thickness;
                let widening = 1.0 - nearness * z;
                let point = match hit.depth {
                    0 => [f64::NAN; 3],
                    _ => matrix.apply([x * widening, lines[row] * widening, z]),
                };
                for (axis, value) in points.iter_mut().zip(point) {
                    axis.push(value);
                }
            }
        }
        points
    }
}
