//! Soft shadows: what the light does not see is in the dark.
//!
//! The solid is looked at once more, from the light. A point is in the shadow if the light sees
//! something before it. The light is a disc in the sky, so shadows have soft edges, the softer
//! the further what throws them is away: percentage-closer soft shadows (R. Fernando, SIGGRAPH
//! 2005 sketches). The mean distance of what is before a point gives the size of the penumbra,
//! and the part of samples of that size that are in the dark how dark it is.
//!
//! Only what the eye's volume holds throws shadows: a solid cut open there would be dark inside.

use super::camera::{Camera, Volume};
use super::scene::Scene;
use super::spiral::Spiral;
use super::surface::{Glance, Solid};
use super::vector::{Vector, along, cross, difference, dot, unit};
use crate::{Progress, RenderError, RenderOptions};
use rayon::prelude::*;
use smalto_graph::Affine;
use smalto_jit::Real;

/// The fewest and the most pixels along the side of what the light sees.
const SIDES: [usize; 2] = [64, 2048];
/// What throws shadows is looked for in this part of the width of what the light sees, at most.
const WIDEST_SEARCH: f32 = 0.05;
/// How much nearer to the light something has to be, in slices, to be before a point.
const BIAS: f32 = 1.5;
/// The greatest slope of a surface, in slices a pixel, that samples beside a point follow.
const STEEPEST: f32 = 6.0;
/// Pixels in which what throws shadows is looked for, and that say how dark they are, for a point that
/// is a pixel of the picture by itself.
const SEARCHES: usize = 16;
const LOOKS: usize = 32;

/// What a light sees.
pub(super) struct ShadowMap {
    volume: Volume,
    /// How many slices from the back what each pixel sees is.
    depths: Vec<f32>,
    /// The axes of the light's picture in the space of the eye: right, up, towards the light.
    axes: [Vector; 3],
    /// What the middle of the picture shows, and how far it reaches.
    centre: Vector,
    scale: f32,
    /// The tangent of half the angle at which the light is seen.
    spread: f32,
    /// Where things that throw shadows are looked for, in pixels.
    reach: f32,
    searches: Spiral,
    looks: Spiral,
}

impl ShadowMap {
    /// What the light in a direction sees of all that the eye's volume holds, wherever that may
    /// throw shadows on what the eye sees. `spread` is half the angle at which the light is seen,
    /// in degrees. Of the scene so many pixels across and down, `samples`, make one of the picture,
    /// each of which looks less closely. None if the eye sees nothing.
    pub(super) fn new<T: Real>(
        solid: &Solid<T>,
        (scene, samples): (&Scene<'_>, usize),
        towards: Vector,
        spread: f32,
        options: &RenderOptions<'_>,
        progress: &dyn Progress,
    ) -> Result<Option<ShadowMap>, RenderError> {
        let axes = axes(towards);
        let Some((least, most)) = extent(scene, axes) else {
            return Ok(None);
        };
        let (eye, camera) = (scene.surface.volume(), scene.surface.camera());
        let corners = corners(eye, camera);
        let size = corners.iter().map(|&corner| dot(corner, corner));
        let size = size.fold(0f32, f32::max).sqrt();
        let side = side(scene, samples);
        let half = (most[0] - least[0]).max(most[1] - least[1]) / 2.0;
        // Four pixels around all that is asked for, and never so little that depths, which are
        // measured in pixels, become too many.
        let scale = half.max(size / 64.0) * (1.0 + 8.0 / side as f32);
        let middle = [0, 1].map(|axis| (least[axis] + most[axis]) / 2.0);
        let centre = along(along([0.0; 3], middle[0], axes[0]), middle[1], axes[1]);
        let heights = corners.iter().map(|&corner| dot(corner, axes[2]));
        let near = heights.fold(most[2], f32::max) / scale;
        let far = least[2] / scale - 8.0 / side as f32;
        let volume = Volume::new(side as u32, side as u32)
            .and_then(|volume| volume.between(near.into(), far.into()))
            .expect("the light's picture is small and not deep");
        let columns = axes.map(|axis| axis.map(|v| f64::from(v * scale)));
        let to_eye = Affine::from_rows([0, 1, 2].map(|row| {
            let [right, up, towards] = columns.map(|column| column[row]);
            [right, up, towards, f64::from(centre[row])]
        }));
        let glance = Glance {
            volume: &volume,
            camera: &Camera::new(to_eye.then(camera.matrix())),
            gradients: false,
            work: None,
            options,
            progress,
        };
        let spread = spread.to_radians().tan();
        let seen = solid.glance_within((eye, camera), &glance)?;
        let depths = seen.hits().iter().map(|hit| hit.depth as f32);
        Ok(Some(ShadowMap {
            volume,
            depths: depths.collect(),
            axes,
            centre,
            scale,
            spread,
            reach: (spread * volume.slices() as f32).min(WIDEST_SEARCH * side as f32),
            searches: Spiral::new(SEARCHES.div_ceil(samples)),
            looks: Spiral::new(LOOKS.div_ceil(samples)),
        }))
    }

    /// As many pixels as the light's picture has.
    pub(super) fn pixels(scene: &Scene<'_>, samples: usize) -> u64 {
        let side = side(scene, samples);
        (side * side) as u64
    }

    /// How much of the light is seen from a point, from 0 to 1. The pixel that asks decides where
    /// samples are taken.
    pub(super) fn lit(&self, pixel: (usize, usize), point: Vector, normal: Vector) -> f32 {
        let side = self.volume.width() as f32;
        // A little before the surface, so that it throws no shadow on itself.
        let point = along(point, 3.0 * self.scale / side, normal);
        let from_centre = difference(point, self.centre);
        let [right, up, _] = self.axes.map(|axis| dot(from_centre, axis) / self.scale);
        let volume = &self.volume;
        let height = dot(point, self.axes[2]) / self.scale - volume.depths()[1] as f32;
        let there = Place {
            column: (1.0 + right) / 2.0 * side - 0.5,
            row: (1.0 - up) / 2.0 * side - 0.5,
            depth: height / volume.thickness() as f32,
            slope: {
                let [x, y, z] = self.axes.map(|axis| dot(normal, axis));
                [-x / z, y / z].map(|slope| slope.clamp(-STEEPEST, STEEPEST))
            },
        };

        let (mut count, mut sum) = (0.0, 0.0);
        for offset in self.searches.points(pixel.0, pixel.1) {
            let before = self.before(&there, offset.map(|v| v * self.reach));
            if before > 0.0 {
                count += 1.0;
                sum += before;
            }
        }
        if count == 0.0 {
            return 1.0;
        }
        let penumbra = (self.spread * sum / count).clamp(1.0, self.reach.max(1.0));
        let dark = self.looks.points(pixel.0, pixel.1).map(|offset| {
            // Half dark at half a slice, so that steps of depths are not seen.
            self.before(&there, offset.map(|v| v * penumbra))
                .clamp(0.0, 1.0)
        });
        1.0 - dark.sum::<f32>() / self.looks.len() as f32
    }

    /// How many slices before the surface through a place, beside it by so many pixels, the light
    /// sees something.
    fn before(&self, there: &Place, [right, down]: [f32; 2]) -> f32 {
        let width = self.volume.width();
        // A half more, so that what is cut off is rounded.
        let pixel = |at: f32| ((at + 0.5).max(0.0) as usize).min(width - 1);
        let (column, row) = (pixel(there.column + right), pixel(there.row + down));
        let seen = self.depths[row * width + column];
        let [across, along] = there.slope;
        seen - (there.depth + across * right + along * down + BIAS)
    }
}

/// A point as the light sees it: where it is in its picture, how far from the back in slices, and
/// how that changes from pixel to pixel on the surface.
struct Place {
    column: f32,
    row: f32,
    depth: f32,
    slope: [f32; 2],
}

/// Pixels along the side of the light's picture: as many as the picture has, for shadows are soft.
fn side(scene: &Scene<'_>, samples: usize) -> usize {
    (scene.width.max(scene.height) / samples).clamp(SIDES[0], SIDES[1])
}

/// Right, up and towards the light: at right angles, of length 1.
fn axes(towards: Vector) -> [Vector; 3] {
    let towards = unit(towards).unwrap_or([0.0, 0.0, 1.0]);
    let up = match towards[1].abs() > 0.9 {
        true => [0.0, 0.0, -1.0],
        false => [0.0, 1.0, 0.0],
    };
    let right = unit(cross(up, towards)).expect("they are not parallel");
    [right, cross(towards, right), towards]
}

/// The least and the greatest coordinates along `axes` of what the eye sees, if that is anything.
fn extent(scene: &Scene<'_>, axes: [Vector; 3]) -> Option<(Vector, Vector)> {
    let nothing = || ([f32::INFINITY; 3], [f32::NEG_INFINITY; 3]);
    let wider = |(least, most): (Vector, Vector), (low, high): (Vector, Vector)| {
        let axes = [0, 1, 2];
        (
            axes.map(|axis: usize| least[axis].min(low[axis])),
            axes.map(|axis: usize| most[axis].max(high[axis])),
        )
    };
    let row = |row: usize| {
        let points = (0..scene.width).filter_map(|column| scene.point(column, row));
        let places = points.map(|point| axes.map(|axis| dot(point, axis)));
        places.fold(nothing(), |extent, place| wider(extent, (place, place)))
    };
    // The least of numbers does not depend on the order.
    let rows = (0..scene.height).into_par_iter().map(row);
    let (least, most) = rows.reduce(nothing, wider);
    (least[0] <= most[0]).then_some((least, most))
}

/// The corners of a volume in the space of the eye.
fn corners(volume: &Volume, camera: &Camera) -> Vec<Vector> {
    let [left, bottom, right, top] = volume.region();
    let mut corners = Vec::new();
    for z in volume.depths() {
        let widening = (1.0 - camera.nearness() * z).max(0.0);
        for x in [left, right] {
            for y in [bottom, top] {
                corners.push([x * widening, y * widening, z].map(|v| v as f32));
            }
        }
    }
    corners
}
