//! Pictures of solids: what a pixel shows of what it sees.

use super::camera::{Camera, Volume};
use super::scene::Scene;
use super::search::LEAF;
use super::shade::{Colours, Lighting, Studio};
use super::shadow::ShadowMap;
use super::surface::{Glance, Solid, Surface};
use crate::sample::in_pool;
use crate::work::{Share, Work};
use crate::{Image, Progress, RenderError, RenderOptions};
use rayon::prelude::*;
use smalto_jit::Real;

/// How a solid is shown.
#[derive(Clone, Copy)]
pub enum SolidShading<'a> {
    /// As if it were there, under lights: 8-bit RGB.
    Shade(Finish<'a>),
    /// How it is turned: the normal as the eye sees it (x to the right, y up, z to the eye), whose
    /// parts from -1 to 1 are red, green and blue from 0 to the greatest. Black where nothing is
    /// seen; what has no gradient faces the eye.
    Normals {
        /// 16 bits a channel rather than 8.
        wide: bool,
    },
    /// How near it is: 16-bit grey, from 65535 for what is at the front of the volume, in equal
    /// steps, to 0 at its back. 0 where nothing is seen.
    Depth,
    /// How many instructions were evaluated for each 8 by 8 pixels, intervals for boxes and
    /// numbers for points alike, in proportion to its logarithm: black for none, white for as many
    /// as evaluating all of the model in every voxel takes.
    Heat,
}

/// How a solid under lights looks.
#[derive(Clone, Copy)]
pub struct Finish<'a> {
    /// The lights.
    pub lighting: Lighting,
    /// The colours of its surface.
    pub colours: &'a dyn Colours,
    /// How many samples, across and down, make a pixel: 1 for hard edges, 2 and more for smooth
    /// ones. At least 1.
    pub samples: u32,
}

impl Default for Finish<'_> {
    /// Unpainted clay in a studio, with smooth edges.
    fn default() -> Self {
        Finish {
            lighting: Lighting::default(),
            colours: &[0.80, 0.77, 0.72],
            samples: 2,
        }
    }
}

impl<T: Real> Solid<T> {
    /// Draws what `camera` sees of the solid in `volume`.
    ///
    /// ```
    /// use smalto_graph::formula;
    /// use smalto_shape::{Camera, Finish, RenderOptions, Solid, SolidShading, Volume};
    ///
    /// let options = RenderOptions::default();
    /// let ball = Solid::<f32>::new(&formula::parse("hypot(hypot(x, y), z) - 0.5")?, &options)?;
    /// let volume = Volume::new(64, 64)?;
    /// let camera = Camera::around([0.0; 3], 1.0, [30.0, 60.0, 0.0]).with_perspective(30.0);
    /// let shaded = SolidShading::Shade(Finish::default());
    /// let image = ball.render(&volume, &camera, &shaded, &options, &())?;
    /// let light = |column, row| image.pixel(column, row)[1];
    /// assert!(light(26, 22) > light(38, 42), "the light comes from above on the left");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// If an input has no value, the camera sees nothing, the finish wants more samples than fit
    /// in memory, or the work was cancelled.
    pub fn render(
        &self,
        volume: &Volume,
        camera: &Camera,
        shading: &SolidShading<'_>,
        options: &RenderOptions<'_>,
        progress: &dyn Progress,
    ) -> Result<Image, RenderError> {
        let glance = Glance {
            volume,
            camera,
            gradients: false,
            work: None,
            options,
            progress,
        };
        match shading {
            SolidShading::Depth => {
                let surface = self.glance(&glance)?;
                in_pool(options.threads, || depths(&surface))
            }
            SolidShading::Normals { wide } => {
                let gradients = Glance {
                    gradients: true,
                    ..glance
                };
                let surface = self.glance(&gradients)?;
                in_pool(options.threads, || normals(&surface, *wide))
            }
            SolidShading::Heat => {
                let work = Work::new(volume.width(), volume.height(), LEAF);
                let noted = Glance {
                    work: Some(&work),
                    ..glance
                };
                self.glance(&noted)?;
                let voxels = volume.slices() as f64;
                Ok(work.image(self.instructions() as f64 * voxels))
            }
            SolidShading::Shade(finish) => self.shade(&glance, finish),
        }
    }

    /// Draws the solid under lights: a look at it, a look from the light, and what comes of them.
    fn shade(&self, glance: &Glance<'_>, finish: &Finish<'_>) -> Result<Image, RenderError> {
        let Glance {
            options, progress, ..
        } = *glance;
        let samples = finish.samples.max(1);
        let volume = glance.volume.refined(samples)?;
        let pixels = (glance.volume.width() * glance.volume.height()) as u64;
        let fine = (volume.width() * volume.height()) as u64;
        let parts = [pixels / 2, pixels / 4, pixels - pixels / 2 - pixels / 4];
        let part = |index: usize, units: u64| Share::new(progress, parts[index], units);

        let surface = self.glance(&Glance {
            volume: &volume,
            gradients: true,
            progress: &part(0, fine),
            ..*glance
        })?;
        let scene = Scene::new(&surface);
        let from_light = part(1, ShadowMap::pixels(&scene, samples as usize));
        let shadows = match finish.lighting.shadows {
            None => None,
            Some(spread) => {
                let towards = finish.lighting.key.towards;
                let scene = (&scene, samples as usize);
                ShadowMap::new(self, scene, towards, spread, options, &from_light)?
            }
        };
        if shadows.is_none() {
            from_light.advance_by(ShadowMap::pixels(&scene, samples as usize));
        }
        let studio = Studio {
            scene: &scene,
            lighting: &finish.lighting,
            colours: finish.colours,
            shadows,
            samples: samples as usize,
        };
        in_pool(options.threads, || studio.picture(&part(2, fine)))?
    }
}

fn depths(surface: &Surface) -> Image {
    let slices = surface.slices() as f64;
    let level = |depth: u32| (f64::from(depth) / slices * 65_535.0).round() as u16;
    let levels = surface.hits().par_iter().map(|hit| level(hit.depth));
    Image::wide(
        surface.width(),
        surface.height(),
        1,
        &levels.collect::<Vec<_>>(),
    )
}

fn normals(surface: &Surface, wide: bool) -> Image {
    let scene = Scene::new(surface);
    let (width, height) = (scene.width, scene.height);
    let most = if wide { 65_535.0 } else { 255.0 };
    let levels = (0..width * height).into_par_iter().flat_map_iter(|pixel| {
        let (column, row) = (pixel % width, pixel / width);
        let levels = match scene.point(column, row) {
            None => [0; 3],
            Some(_) => {
                let normal = scene.normal(column, row).unwrap_or([0.0, 0.0, 1.0]);
                normal.map(|part| ((part + 1.0) / 2.0 * most).round() as u16)
            }
        };
        levels.into_iter()
    });
    match wide {
        true => Image::wide(width, height, 3, &levels.collect::<Vec<_>>()),
        false => {
            let bytes = levels.map(|level| level as u8);
            Image::new(width, height, 3, bytes.collect())
        }
    }
}
