//! The surface of a solid as a picture sees it: how near it is, and how it is turned.
//!
//! First the foremost voxels are [found](super::search), then the gradients
//! [there](super::slope).

use super::camera::{Camera, Volume};
use super::clip::{sight, within_sight};
use super::search::Search;
use super::slope::Slopes;
use crate::region::{Coordinates, Picture};
use crate::sample::{bind_axes, check_is_shape, in_pool};
use crate::work::{Share, Work};
use crate::worker::{Axes, Compile, Statistics, Tracers};
use crate::{Progress, RenderError, RenderOptions};
use smalto_graph::{Graph, GraphError};
use smalto_jit::Real;
use smalto_jit::trace::{Axis, Demand, Prices};
use std::sync::OnceLock;

/// What a pixel sees of a solid.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Hit {
    /// Slices from the back of the volume to the front of the voxel; 0 if nothing is seen.
    pub depth: u32,
    /// The gradient there, in the space of the screen, not of length 1. Zero if nothing is seen,
    /// or if it was not asked for.
    pub gradient: [f32; 3],
}

impl Hit {
    fn without_gradient(depth: u32) -> Hit {
        Hit {
            depth,
            gradient: [0.0; 3],
        }
    }
}

/// What a picture sees of a solid.
#[derive(Debug, Clone, PartialEq)]
pub struct Surface {
    volume: Volume,
    camera: Camera,
    hits: Vec<Hit>,
}

impl Surface {
    /// Columns of pixels.
    pub fn width(&self) -> usize {
        self.volume.width()
    }

    /// Rows of pixels.
    pub fn height(&self) -> usize {
        self.volume.height()
    }

    /// Slices of the volume.
    pub fn slices(&self) -> usize {
        self.volume.slices()
    }

    /// The voxels that were looked at.
    pub fn volume(&self) -> &Volume {
        &self.volume
    }

    /// From where.
    pub fn camera(&self) -> &Camera {
        &self.camera
    }

    /// What each pixel sees, row by row from the top.
    pub fn hits(&self) -> &[Hit] {
        &self.hits
    }
}

/// A solid ready to be looked at, from anywhere, any number of times.
///
/// ```
/// use smalto_graph::formula;
/// use smalto_shape::{Camera, RenderOptions, Solid, Volume};
///
/// let ball = formula::parse("sqrt(x^2 + y^2 + z^2) - 0.5")?;
/// let options = RenderOptions::default();
/// let ball = Solid::<f32>::new(&ball, &options)?;
/// let volume = Volume::new(64, 64)?;
/// let surface = ball.surface(&volume, &Camera::default(), true, &options, &())?;
/// let middle = surface.hits()[32 * 64 + 32];
/// assert_eq!(middle.depth, 48, "half of the way from the middle to the front");
/// assert!(middle.gradient[2] > 0.99, "it faces the eye");
/// assert_eq!(surface.hits()[0].depth, 0, "beside the ball there is nothing");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Solid<T> {
    graph: Graph,
    compile: Compile,
    seen: Seen<T>,
    /// What is left of the solid of what an eye sees of it, which is what throws shadows.
    caster: OnceLock<Seen<T>>,
}

/// A solid that is seen through cameras. Where its tracers' points are in a picture a
/// [frame](smalto_jit::trace::Frame) says.
struct Seen<T>(Tracers<T>);

/// Space.
const AXES: Axes = &[
    ("x", Axis::Points),
    ("y", Axis::Points),
    ("z", Axis::Points),
];

impl<T: Real> Seen<T> {
    fn new(graph: Result<Graph, GraphError>, compile: Compile) -> Result<Seen<T>, RenderError> {
        let graph = graph.map_err(|error| RenderError::Compile(error.into()))?;
        Ok(Seen(Tracers::new(graph, AXES, compile)?))
    }
}

/// One look at a solid.
pub(super) struct Glance<'a> {
    pub(super) volume: &'a Volume,
    pub(super) camera: &'a Camera,
    /// Whether gradients are asked for.
    pub(super) gradients: bool,
    /// Where to note what is evaluated.
    pub(super) work: Option<&'a Work>,
    pub(super) options: &'a RenderOptions<'a>,
    /// Is told of as many pixels as the picture has.
    pub(super) progress: &'a dyn Progress,
}

impl<T: Real> Solid<T> {
    /// Optimises `graph`. Its inputs x, y and z are space, the others are given values when it is
    /// looked at.
    ///
    /// # Errors
    /// If it is no shape: it has several outputs, or state, or an x, y or z that is no real.
    pub fn new(graph: &Graph, options: &RenderOptions<'_>) -> Result<Solid<T>, RenderError> {
        check_is_shape(graph)?;
        let compile = Compile::new(options);
        Ok(Solid {
            graph: graph.clone(),
            compile,
            seen: Seen::new(Ok(graph.clone()), compile)?,
            caster: OnceLock::new(),
        })
    }

    /// What a picture sees of the solid: for each pixel the foremost voxel that is inside (value
    /// < 0) at its centre, and, if `gradients` are asked for, the gradient there. What is not
    /// before the eye is not seen.
    ///
    /// # Errors
    /// If an input has no value, the camera sees nothing, or the work was cancelled.
    pub fn surface(
        &self,
        volume: &Volume,
        camera: &Camera,
        gradients: bool,
        options: &RenderOptions<'_>,
        progress: &dyn Progress,
    ) -> Result<Surface, RenderError> {
        let mut surface = Surface {
            volume: *volume,
            camera: *camera,
            hits: Vec::new(),
        };
        self.surface_into(&mut surface, volume, camera, gradients, options, progress)?;
        Ok(surface)
    }

    /// The same in place of an earlier look, at any solid. Where the new one is as large, its memory
    /// is used again, so that the system need not find and clear any.
    ///
    /// # Errors
    /// As for [`surface`](Solid::surface). `surface` may have no hits then.
    ///
    /// ```
    /// use smalto_graph::formula;
    /// use smalto_shape::{Camera, RenderOptions, Solid, Volume};
    ///
    /// let ball = formula::parse("input x, y, z, r; sqrt(x^2 + y^2 + z^2) - r")?;
    /// let (volume, camera) = (Volume::new(64, 64)?, Camera::default());
    /// let options = RenderOptions { values: &[("r", 0.25)], ..RenderOptions::default() };
    /// let ball = Solid::<f32>::new(&ball, &options)?;
    /// let mut surface = ball.surface(&volume, &camera, false, &options, &())?;
    /// assert_eq!(surface.hits()[32 * 64 + 32].depth, 40);
    /// let options = RenderOptions { values: &[("r", 0.5)], ..options };
    /// ball.surface_into(&mut surface, &volume, &camera, false, &options, &())?;
    /// assert_eq!(surface.hits()[32 * 64 + 32].depth, 48);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn surface_into(
        &self,
        surface: &mut Surface,
        volume: &Volume,
        camera: &Camera,
        gradients: bool,
        options: &RenderOptions<'_>,
        progress: &dyn Progress,
    ) -> Result<(), RenderError> {
        let glance = Glance {
            volume,
            camera,
            gradients,
            work: None,
            options,
            progress,
        };
        let earlier = std::mem::take(&mut surface.hits);
        *surface = self.seen.glance(&glance, Vec::new(), earlier)?;
        Ok(())
    }

    pub(super) fn glance(&self, glance: &Glance<'_>) -> Result<Surface, RenderError> {
        self.seen.glance(glance, Vec::new(), Vec::new())
    }

    /// What a picture, such as a light's, sees of that part of the solid that is in `sight`.
    pub(super) fn glance_within(
        &self,
        within: (&Volume, &Camera),
        glance: &Glance<'_>,
    ) -> Result<Surface, RenderError> {
        let caster = match self.caster.get() {
            Some(caster) => caster,
            None => {
                let caster = Seen::new(within_sight(&self.graph), self.compile)?;
                self.caster.get_or_init(|| caster)
            }
        };
        let (volume, camera) = within;
        caster.glance(glance, sight(camera, volume), Vec::new())
    }

    /// What the pictures made since this was last asked have taken.
    pub fn take_statistics(&self) -> Statistics {
        let mut statistics = self.seen.0.take_statistics();
        if let Some(caster) = self.caster.get() {
            statistics.add(&caster.0.take_statistics());
        }
        statistics
    }

    /// What evaluating an instruction at a point costs on this machine, interpreted and by machine
    /// code, and making that; none if the target has no machine code. It is measured when it is
    /// first asked for.
    pub fn prices(&self) -> Option<Prices> {
        self.seen.0.of(Demand::Signs).prices()
    }

    /// Instructions of the tape of the whole solid.
    pub fn instructions(&self) -> usize {
        self.seen.0.of(Demand::Signs).tracer.root().len()
    }
}

impl<T: Real> Seen<T> {
    fn glance(
        &self,
        glance: &Glance<'_>,
        bindings: Vec<(String, f64)>,
        mut earlier: Vec<Hit>,
    ) -> Result<Surface, RenderError> {
        let Glance {
            volume,
            camera,
            options,
            ..
        } = *glance;
        camera.check::<T>()?;
        let bindings = bindings.iter().map(|(name, value)| (&**name, *value));
        let values: Vec<(&str, f64)> = bindings.chain(options.values.iter().copied()).collect();
        let [width, height, slices] = [volume.width(), volume.height(), volume.slices()];
        let pixels = (width * height) as u64;
        let mut axes = volume.axes::<T>();
        // Depths count from the back, so nothing else changes if slices are missing in front.
        axes[2].retain(|z| camera.is_before_eye(z.to_f64()));
        let scalars = bind_axes(self.0.graph(), &["x", "y", "z"], &values)?;
        let progress = Share::new(glance.progress, pixels, pixels * slices as u64);
        let missing = slices - axes[2].len();
        progress.advance_by(pixels * missing as u64);
        let signs = self.0.of(Demand::Signs);
        let search = Search {
            solid: signs,
            frame: &camera.frame(&signs.tracer),
            axes: &axes,
            scalars: &scalars,
            division: signs.division(options),
            work: glance.work,
            progress: &progress,
        };
        let depths = match axes[2].is_empty() {
            true => vec![0; width * height],
            false => in_pool(options.threads, || search.depths())??,
        };
        let hits = match glance.gradients {
            false => {
                earlier.clear();
                earlier.extend(depths.into_iter().map(Hit::without_gradient));
                earlier
            }
            true => {
                let values = self.0.of(Demand::Values);
                let slopes = Slopes::new(&depths, &axes, camera.frame(&values.tracer));
                let [columns, rows, _] = &axes;
                let picture = Picture {
                    traced: values,
                    paint: &slopes,
                    columns: Coordinates::new(columns.clone()),
                    rows: Coordinates::new(rows.clone()),
                    scalars: &scalars,
                    division: values.division(options),
                    work: None,
                    progress: &Untold(glance.progress),
                };
                in_pool(options.threads, || picture.paint(earlier))??
            }
        };
        Ok(Surface {
            volume: *volume,
            camera: *camera,
            hits,
        })
    }
}

/// Work that was told of already, and that may be cancelled.
struct Untold<'a>(&'a dyn Progress);

impl Progress for Untold<'_> {
    fn advance(&self, _: usize) {}

    fn is_cancelled(&self) -> bool {
        self.0.is_cancelled()
    }
}
