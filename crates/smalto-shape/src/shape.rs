//! A shape ready to be drawn, any number of times.

use crate::paint::{Bitmap, Contours, Coverage, Values, bytes_of_bits, shade_distance};
use crate::region::{LEAF, Paint, Picture, Statistics, Workers};
use crate::sample::{bind, check_is_shape, in_pool};
use crate::work::Work;
use crate::{Image, Progress, RenderError, RenderOptions, Shading, View};
use smalto_graph::Graph;
use smalto_jit::trace::{Axis, Tracer};
use smalto_jit::{Options, Real};

/// A shape in the plane, optimised and ready to be drawn again and again, by any number of
/// threads.
///
/// `T` is what it is computed in: `f32`, or `f64` for views so small that f32 runs out of digits.
///
/// ```
/// use smalto_graph::formula;
/// use smalto_shape::{RenderOptions, Shading, Shape, View};
///
/// let options = RenderOptions::default();
/// let disc = Shape::<f32>::new(&formula::parse("sqrt(x^2 + y^2) - 0.5")?, &options)?;
/// for side in [64, 128] {
///     let image = disc.render(&View::square(side)?, Shading::Bitmap, &options, &())?;
///     let inside = image.bytes().iter().filter(|&&pixel| pixel == 255).count();
///     let disc = 0.25 * std::f32::consts::PI;
///     assert!((inside as f32 / image.bytes().len() as f32 - disc / 4.0).abs() < 0.01);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Shape<T> {
    graph: Graph,
    tracer: Tracer<T>,
    workers: Workers<T>,
}

impl<T: Real> Shape<T> {
    /// Optimises `graph`. Its inputs x and y are pixels, the others are given values when it is
    /// drawn.
    ///
    /// # Errors
    /// If it is no shape: it has several outputs, or state, or an x or y that is no real.
    pub fn new(graph: &Graph, options: &RenderOptions<'_>) -> Result<Shape<T>, RenderError> {
        check_is_shape(graph)?;
        bind::<T>(graph, options.values)?;
        let compile = Options {
            target: options.target,
            mode: options.mode,
            ..Options::default()
        };
        let axes = [("x", Axis::Columns), ("y", Axis::Rows)];
        Ok(Shape {
            graph: graph.clone(),
            tracer: Tracer::new(graph, &axes, &compile)?,
            workers: Workers::default(),
        })
    }

    /// Draws the shape as `view` shows it. Of `options`, what was said to [`new`](Shape::new) about
    /// the target and the mode stands.
    ///
    /// # Errors
    /// If an input has no value, or the work was cancelled.
    pub fn render(
        &self,
        view: &View,
        shading: Shading,
        options: &RenderOptions<'_>,
        progress: &dyn Progress,
    ) -> Result<Image, RenderError> {
        let (width, height) = (view.width(), view.height());
        let image = |channels, bytes| Image::new(width, height, channels, bytes);
        Ok(match shading {
            Shading::Bitmap => {
                let cells = self.paint(view, &Bitmap, options, progress)?;
                let bytes = in_pool(options.threads, || bytes_of_bits(&cells, width))?;
                image(1, bytes)
            }
            Shading::Coverage => {
                let paint = Coverage::new(view);
                image(1, self.paint(view, &paint, options, progress)?)
            }
            Shading::Contours => {
                let pixels = self.paint(view, &Contours::new(view), options, progress)?;
                image(3, pixels.into_flattened())
            }
            Shading::Heat => {
                let work = Work::new(width, height, LEAF);
                self.paint_noting(view, &Bitmap, Some(&work), options, progress)?;
                work.image(self.instructions() as f64)
            }
            Shading::Distance => {
                let values = self.paint(view, &Values, options, progress)?;
                image(
                    3,
                    in_pool(options.threads, || shade_distance(&values, view))?,
                )
            }
        })
    }

    /// What the pictures drawn since this was last asked have taken.
    pub fn take_statistics(&self) -> Statistics {
        self.workers.take_statistics()
    }

    /// Instructions of the tape of the whole shape.
    pub fn instructions(&self) -> usize {
        self.tracer.root().len()
    }

    fn paint<P: Paint<T>>(
        &self,
        view: &View,
        paint: &P,
        options: &RenderOptions<'_>,
        progress: &dyn Progress,
    ) -> Result<Vec<P::Cell>, RenderError> {
        self.paint_noting(view, paint, None, options, progress)
    }

    fn paint_noting<P: Paint<T>>(
        &self,
        view: &View,
        paint: &P,
        work: Option<&Work>,
        options: &RenderOptions<'_>,
        progress: &dyn Progress,
    ) -> Result<Vec<P::Cell>, RenderError> {
        let picture = Picture {
            tracer: &self.tracer,
            paint,
            columns: &view.columns_of::<T>(),
            rows: &view.rows_of::<T>(),
            workers: &self.workers,
            scalars: &bind(&self.graph, options.values)?,
            prune: !options.every_pixel,
            work,
            progress,
        };
        in_pool(options.threads, || picture.paint())?
    }
}
