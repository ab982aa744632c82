//! A shape ready to be drawn, any number of times.

use crate::bits::bytes_of_bits;
use crate::paint::{Bitmap, Contours, Coverage, Values, shade_distance};
use crate::region::{Coordinates, LEAF, Paint, Picture};
use crate::sample::{bind, check_is_shape, in_pool};
use crate::work::Work;
use crate::worker::{Axes, Compile, Statistics, Tracers};
use crate::{Image, Progress, RenderError, RenderOptions, Shading, View};
use smalto_graph::Graph;
use smalto_jit::Real;
use smalto_jit::trace::{Axis, Demand, Prices};
use std::sync::Mutex;

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
    tracers: Tracers<T>,
    /// Bits of earlier pictures, to be painted again.
    bits: Mutex<Vec<Vec<u16>>>,
}

/// Space, as pixels have it.
const AXES: Axes = &[("x", Axis::Columns), ("y", Axis::Rows)];

impl<T: Real> Shape<T> {
    /// Optimises `graph`. Its inputs x and y are pixels, the others are given values when it is
    /// drawn.
    ///
    /// # Errors
    /// If it is no shape: it has several outputs, or state, or an x or y that is no real.
    pub fn new(graph: &Graph, options: &RenderOptions<'_>) -> Result<Shape<T>, RenderError> {
        check_is_shape(graph)?;
        bind::<T>(graph, options.values)?;
        Ok(Shape {
            tracers: Tracers::new(graph.clone(), AXES, Compile::new(options))?,
            bits: Mutex::default(),
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
            Shading::Bitmap => image(1, self.bitmap(view, options, progress, Vec::new())?),
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
                self.paint_noting(view, &Bitmap, Some(&work), Vec::new(), options, progress)?;
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

    /// The same in place of an earlier picture. Where the new one is as large, its memory is used
    /// again, so that the system need not find any: for large pictures that is much of the time
    /// they take.
    ///
    /// # Errors
    /// As for [`render`](Shape::render). `image` may be empty then.
    ///
    /// ```
    /// use smalto_graph::formula;
    /// use smalto_shape::{Image, RenderOptions, Shading, Shape, View};
    ///
    /// let graph = formula::parse("input x; input y; input r; sqrt(x^2 + y^2) - r")?;
    /// let view = View::square(64)?;
    /// let options = RenderOptions { values: &[("r", 1.0)], ..RenderOptions::default() };
    /// let disc = Shape::<f32>::new(&graph, &options)?;
    /// let (mut image, mut insides) = (Image::default(), Vec::new());
    /// for radius in [0.25, 0.5] {
    ///     let options = RenderOptions { values: &[("r", radius)], ..options };
    ///     disc.render_into(&mut image, &view, Shading::Bitmap, &options, &())?;
    ///     insides.push(image.bytes().iter().filter(|&&pixel| pixel == 255).count());
    /// }
    /// assert!(insides[0] > 0 && insides[1] > 3 * insides[0]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn render_into(
        &self,
        image: &mut Image,
        view: &View,
        shading: Shading,
        options: &RenderOptions<'_>,
        progress: &dyn Progress,
    ) -> Result<(), RenderError> {
        *image = match shading {
            Shading::Bitmap => {
                let earlier = std::mem::take(image).into_bytes();
                let bytes = self.bitmap(view, options, progress, earlier)?;
                Image::new(view.width(), view.height(), 1, bytes)
            }
            _ => self.render(view, shading, options, progress)?,
        };
        Ok(())
    }

    /// White inside, black outside, in the memory of an earlier picture if it is large enough.
    fn bitmap(
        &self,
        view: &View,
        options: &RenderOptions<'_>,
        progress: &dyn Progress,
        earlier: Vec<u8>,
    ) -> Result<Vec<u8>, RenderError> {
        let bits = || self.bits.lock().expect("nothing panics holding the bits");
        let waiting = bits().pop().unwrap_or_default();
        let cells = self.paint_noting(view, &Bitmap, None, waiting, options, progress)?;
        let bytes = in_pool(options.threads, || {
            bytes_of_bits(&cells, view.width(), earlier)
        })?;
        bits().push(cells);
        Ok(bytes)
    }

    /// What the pictures drawn since this was last asked have taken.
    pub fn take_statistics(&self) -> Statistics {
        self.tracers.take_statistics()
    }

    /// What evaluating an instruction at a point costs on this machine, interpreted and by machine
    /// code, and making that; none if the target has no machine code. It is measured when it is
    /// first asked for.
    pub fn prices(&self) -> Option<Prices> {
        self.tracers.of(Demand::Signs).prices()
    }

    /// Instructions of the tape of the whole shape.
    pub fn instructions(&self) -> usize {
        self.tracers.of(Demand::Signs).tracer.root().len()
    }

    fn paint<P: Paint<T>>(
        &self,
        view: &View,
        paint: &P,
        options: &RenderOptions<'_>,
        progress: &dyn Progress,
    ) -> Result<Vec<P::Cell>, RenderError> {
        self.paint_noting(view, paint, None, Vec::new(), options, progress)
    }

    fn paint_noting<P: Paint<T>>(
        &self,
        view: &View,
        paint: &P,
        work: Option<&Work>,
        earlier: Vec<P::Cell>,
        options: &RenderOptions<'_>,
        progress: &dyn Progress,
    ) -> Result<Vec<P::Cell>, RenderError> {
        let traced = self.tracers.of(P::DEMAND);
        let picture = Picture {
            traced,
            paint,
            columns: Coordinates::new(view.columns_of::<T>()),
            rows: Coordinates::new(view.rows_of::<T>()),
            scalars: &bind(self.tracers.graph(), options.values)?,
            division: traced.division(options),
            work,
            progress,
        };
        in_pool(options.threads, || picture.paint(earlier))?
    }
}
