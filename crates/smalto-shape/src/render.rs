//! Drawing a graph once.

use crate::{Image, Progress, RenderError, RenderOptions, Shape, View};
use smalto_graph::Graph;

/// What a pixel shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shading {
    /// White inside (value < 0), black outside. A NaN is outside.
    #[default]
    Bitmap,
    /// How much of the pixel is inside, from black to white: smooth edges.
    Coverage,
    /// The value itself: cool inside, warm outside, a line at zero, contour lines at
    /// even steps, magenta for NaN.
    Distance,
    /// How many instructions drawing a bitmap takes for each 16 by 16 pixels, intervals for boxes
    /// and numbers for points alike, in proportion to the logarithm: black for none, white for as
    /// many as evaluating all of the shape at every pixel takes.
    Heat,
    /// Lines of equal value at even steps, the one at zero thicker; magenta for NaN.
    Contours,
}

/// Draws `graph` as `view` shows it. Who draws it more than once makes a [`Shape`] of it.
///
/// # Errors
/// If the graph is no shape, an input has no value, or the work was cancelled.
pub fn render(
    graph: &Graph,
    view: &View,
    shading: Shading,
    options: &RenderOptions<'_>,
    progress: &dyn Progress,
) -> Result<Image, RenderError> {
    match options.double {
        false => Shape::<f32>::new(graph, options)?.render(view, shading, options, progress),
        true => Shape::<f64>::new(graph, options)?.render(view, shading, options, progress),
    }
}
