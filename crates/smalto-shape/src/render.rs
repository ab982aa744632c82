//! Shading: from the value of a shape to the colour of a pixel.

use crate::sample::in_pool;
use crate::{Image, Progress, RenderError, RenderOptions, View, sample};
use rayon::prelude::*;
use smalto_graph::Graph;

/// What a pixel shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shading {
    /// White inside (value < 0), black outside. A NaN is outside.
    #[default]
    Bitmap,
    /// The value itself: cool inside, warm outside, a line at zero, contour lines at
    /// even steps, magenta for NaN.
    Distance,
}

/// Draws `graph` as `view` shows it.
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
    let values = sample(graph, view, options, progress)?;
    let (channels, pixels) = in_pool(options.threads, || shade(&values, view, shading))?;
    Ok(Image::new(view.width(), view.height(), channels, pixels))
}

/// The channels of a picture and its bytes.
fn shade(values: &[f32], view: &View, shading: Shading) -> (usize, Vec<u8>) {
    match shading {
        Shading::Bitmap => (
            1,
            values
                .par_iter()
                .map(|&value| if value < 0.0 { 255 } else { 0 })
                .collect(),
        ),
        Shading::Distance => {
            let pixel = view.pixel_size() as f32;
            let half_height = pixel * view.height() as f32 / 2.0;
            let shade = |&value: &f32| distance_colour(value / half_height, pixel / half_height);
            (3, values.par_iter().flat_map_iter(shade).collect())
        }
    }
}

/// Contour lines per half height of the picture.
const CONTOURS: f32 = 12.0;

/// The colour of a value, given in half heights of the picture, as is the pixel.
fn distance_colour(value: f32, pixel: f32) -> [u8; 3] {
    if value.is_nan() {
        return [255, 0, 255];
    }
    let tint = if value < 0.0 {
        [0.25, 0.55, 0.85]
    } else {
        [0.95, 0.70, 0.40]
    };
    let value = value.clamp(-1e3, 1e3);
    // Darker towards zero, banded by a wave with one crest a contour.
    let depth = 1.0 - 0.6 * (-4.0 * value.abs()).exp();
    let band = 0.92 + 0.08 * (value * CONTOURS * std::f32::consts::TAU).cos();
    // A white line two pixels wide where the sign changes.
    let line = (1.5 - value.abs() / pixel).clamp(0.0, 1.0);
    tint.map(|channel| {
        let shaded = channel * depth * band;
        ((shaded + (1.0 - shaded) * line) * 255.0).round() as u8
    })
}
