//! The light that comes from a solid to the eye.
//!
//! For each pixel, from what it and its neighbours see: a normal without noise
//! (`normals.rs`), how much of the sky is hidden (`occlusion.rs`), how much of the key light
//! (`shadow.rs`), and what of all that the surface throws back (Lambert, and Blinn's highlight:
//! *Models of light reflection for computer synthesized pictures*, SIGGRAPH 1977). All of it is
//! linear light; the last step makes it sRGB. Rows are computed apart from each other, from a
//! surface that nobody changes, so pictures do not depend on the number of threads.

use super::normals::Normals;
use super::occlusion::Occlusion;
use super::scene::Scene;
use super::shadow::ShadowMap;
use super::vector::{Vector, along, dot, product, unit};
use crate::{Image, Progress, RenderError, to_srgb};
use rayon::prelude::*;

/// Rows of the picture that a thread takes at a time.
const ROWS_PER_TASK: usize = 8;

/// Light from one direction.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Light {
    /// The direction it comes from, as the eye sees it: x to the right, y up, z to the eye. Of any
    /// length but zero.
    pub towards: [f32; 3],
    /// Red, green and blue: what a white surface that faces it throws back.
    pub colour: [f32; 3],
}

/// What solids are seen by. Colours are linear light, 1 being white.
///
/// Lights are fixed to the eye, not to the solid, so a solid that is turned is lit from where it
/// was.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lighting {
    /// The light that throws shadows.
    pub key: Light,
    /// A weaker one that does not, to see something in the dark.
    pub fill: Light,
    /// What a white surface throws back of the light from above, and of that from below.
    pub sky: [f32; 3],
    /// See `sky`.
    pub ground: [f32; 3],
    /// How bright the highlight of the key light is, from 0.
    pub gloss: f32,
    /// The exponent of the highlight: the larger, the smaller it is.
    pub shininess: f32,
    /// Half the angle at which the key light is seen, in degrees: the larger, the softer its
    /// shadows. None for no shadows.
    pub shadows: Option<f32>,
    /// How much darker corners are, 1 being natural. 0 for not at all.
    pub occlusion: f32,
    /// What is seen beside the solid, at the top of the picture and at the bottom.
    pub background: [[f32; 3]; 2],
}

impl Default for Lighting {
    /// A studio: a warm key light from above on the left, a cool fill light from the right.
    fn default() -> Lighting {
        Lighting {
            key: Light {
                towards: [-0.55, 0.75, 0.65],
                colour: [0.84, 0.79, 0.70],
            },
            fill: Light {
                towards: [0.85, 0.05, 0.5],
                colour: [0.10, 0.12, 0.16],
            },
            sky: [0.28, 0.32, 0.38],
            ground: [0.12, 0.105, 0.09],
            gloss: 0.18,
            shininess: 40.0,
            shadows: Some(4.0),
            occlusion: 1.0,
            background: [[0.88, 0.90, 0.93], [0.60, 0.64, 0.69]],
        }
    }
}

/// The colours of a solid's surface.
pub trait Colours: Sync {
    /// What part of white light, in red, green and blue from 0 to 1, is thrown back from points
    /// in the space of the model, given as their x, y and z. Some are NaN, whose colour does not
    /// matter.
    fn colours(&self, points: &[Vec<f64>; 3], colours: &mut [[f32; 3]]);
}

/// The same colour everywhere.
impl Colours for [f32; 3] {
    fn colours(&self, _: &[Vec<f64>; 3], colours: &mut [[f32; 3]]) {
        colours.fill(*self);
    }
}

/// A picture about to be lit.
pub(super) struct Studio<'a> {
    pub(super) scene: &'a Scene<'a>,
    pub(super) lighting: &'a Lighting,
    pub(super) colours: &'a dyn Colours,
    pub(super) shadows: Option<ShadowMap>,
    /// How many pixels of the scene, across and down, are one of the picture.
    pub(super) samples: usize,
}

impl Studio<'_> {
    /// The picture. Tells `progress` of pixels of the scene.
    pub(super) fn picture(&self, progress: &dyn Progress) -> Result<Image, RenderError> {
        let (width, height) = (
            self.scene.width / self.samples,
            self.scene.height / self.samples,
        );
        let mut bytes = vec![0; 3 * width * height];
        let occlusion = Occlusion::new(self.lighting.occlusion, self.samples);
        bytes
            .par_chunks_mut(3 * width * ROWS_PER_TASK)
            .enumerate()
            .try_for_each(|(task, bytes)| {
                if progress.is_cancelled() {
                    return Err(RenderError::Cancelled);
                }
                let first = task * ROWS_PER_TASK * self.samples;
                let rows = bytes.len() / (3 * width) * self.samples;
                let light = self.rows(&occlusion, first, rows);
                self.develop(&light, width, bytes);
                progress.advance(rows * self.scene.width);
                Ok(())
            })?;
        Ok(Image::new(width, height, 3, bytes))
    }

    /// The light of each pixel of some rows of the scene.
    fn rows(&self, occlusion: &Occlusion, first: usize, count: usize) -> Vec<Vector> {
        let scene = self.scene;
        let normals = Normals::of_rows(scene, first, count);
        let mut light = vec![[0.0; 3]; count * scene.width];
        self.colours
            .colours(&scene.surface.points(first..first + count), &mut light);
        for (index, light) in light.iter_mut().enumerate() {
            let pixel = (index % scene.width, first + index / scene.width);
            *light = match scene.point(pixel.0, pixel.1) {
                None => self.background(pixel.1),
                Some(point) => {
                    let normal = normals.smooth(pixel.0, pixel.1, point);
                    let sky = occlusion.visible(scene, pixel, point, normal);
                    // A NaN is 0.
                    let colour =
                        light.map(|channel| if channel > 0.0 { channel.min(1.0) } else { 0.0 });
                    self.thrown_back(pixel, point, normal, sky, colour)
                }
            };
        }
        light
    }

    fn background(&self, row: usize) -> Vector {
        let [top, bottom] = self.lighting.background;
        let part = (row as f32 + 0.5) / self.scene.height as f32;
        [0, 1, 2].map(|channel| top[channel] + part * (bottom[channel] - top[channel]))
    }

    /// What the surface at a point throws back to the eye.
    fn thrown_back(
        &self,
        pixel: (usize, usize),
        point: Vector,
        normal: Vector,
        sky: f32,
        colour: Vector,
    ) -> Vector {
        let lighting = self.lighting;
        let forward = [0.0, 0.0, 1.0];
        let to_key = unit(lighting.key.towards).unwrap_or(forward);
        let to_fill = unit(lighting.fill.towards).unwrap_or(forward);
        let facing = dot(normal, to_key);
        let lit = match &self.shadows {
            _ if facing <= 0.0 => 0.0,
            None => 1.0,
            Some(shadows) => shadows.lit(pixel, point, normal),
        };
        let upward = (1.0 + normal[1]) / 2.0;
        let mut light = along([0.0; 3], sky * upward, lighting.sky);
        light = along(light, sky * (1.0 - upward), lighting.ground);
        let filled = sky * dot(normal, to_fill).max(0.0);
        light = along(light, filled, lighting.fill.colour);
        light = along(light, lit * facing.max(0.0), lighting.key.colour);
        let mirrored = along(to_key, 1.0, self.scene.towards_eye(point));
        let shine = unit(mirrored).map_or(0.0, |half| dot(normal, half).max(0.0));
        let shine = lighting.gloss * lit * shine.powf(lighting.shininess.max(1.0));
        along(product(light, colour), shine, lighting.key.colour)
    }

    /// Rows of the scene's light as rows of the picture's bytes.
    fn develop(&self, light: &[Vector], width: usize, bytes: &mut [u8]) {
        let samples = self.samples;
        for (index, pixel) in bytes.chunks_exact_mut(3).enumerate() {
            let (column, row) = (index % width * samples, index / width * samples);
            let mut sum = [0.0; 3];
            for row in row..row + samples {
                for sample in &light[row * self.scene.width + column..][..samples] {
                    // Brighter than white is white, also beside something dark.
                    sum = along(sum, 1.0, sample.map(|channel| channel.clamp(0.0, 1.0)));
                }
            }
            for (byte, channel) in pixel.iter_mut().zip(sum) {
                let mean = f64::from(channel) / (samples * samples) as f64;
                *byte = (to_srgb(mean) * 255.0).round() as u8;
            }
        }
    }
}
