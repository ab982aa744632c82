//! Fields as the colours of solids.

use crate::picture::PictureError;
use smalto_graph::Graph;
use smalto_jit::{Evaluator, Input, Options, Output};
use smalto_shape::{Colours, RenderError, RenderOptions, bind_axes};

/// A field of x, y and z ready to colour the surfaces of solids.
///
/// It has three outputs, red, green and blue, or one, which is grey, as linear light from 0 to 1.
/// It is evaluated in f32, in the space of the model.
///
/// ```
/// use smalto_field::SurfaceColours;
/// use smalto_graph::formula::Parser;
/// use smalto_shape::{Camera, Finish, RenderOptions, Solid, SolidShading, Volume};
///
/// let options = RenderOptions::default();
/// let parser = Parser::new().with_library(smalto_field::LIBRARY);
/// let ball = parser.parse("hypot(hypot(x, y), z) - 0.8")?;
/// let marble = parser.parse("perlin(8 * x, 8 * y, 8 * z, range = unit)")?;
/// let colours = SurfaceColours::new(&marble, &options)?;
/// let finish = Finish { colours: &colours, ..Finish::default() };
/// let ball = Solid::<f32>::new(&ball, &options)?;
/// let (volume, camera) = (Volume::new(32, 32)?, Camera::default());
/// let image = ball.render(&volume, &camera, &SolidShading::Shade(finish), &options, &())?;
/// assert_eq!(image.channels(), 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SurfaceColours {
    evaluator: Evaluator<f32>,
    sources: Vec<Source>,
    channels: usize,
}

/// Where the values of an input come from.
enum Source {
    /// From points: x, y or z.
    Axis(usize),
    /// From the caller, once and for all.
    Given(Input<'static, f32>),
}

const AXES: [&str; 3] = ["x", "y", "z"];

impl SurfaceColours {
    /// Compiles a field.
    ///
    /// # Errors
    /// If the graph has neither one output nor three, cannot be compiled, or an input has no
    /// value.
    pub fn new(graph: &Graph, options: &RenderOptions<'_>) -> Result<SurfaceColours, PictureError> {
        let channels = graph.outputs().len();
        if !matches!(channels, 1 | 3) {
            return Err(PictureError::SurfaceOutputs { count: channels });
        }
        let mut given = bind_axes(graph, &AXES, options.values)?.into_iter();
        let compile = Options {
            target: options.target,
            mode: options.mode,
            ..Options::default()
        };
        let evaluator = Evaluator::new(graph, &compile).map_err(RenderError::from)?;
        if evaluator.is_stateful() {
            return Err(RenderError::Stateful.into());
        }
        let names = graph.variables().iter().map(|variable| &*variable.name);
        let source = |name| match AXES.iter().position(|axis| *axis == name) {
            Some(axis) => Source::Axis(axis),
            None => Source::Given(given.next().expect("inputs beside the axes are given")),
        };
        Ok(SurfaceColours {
            evaluator,
            sources: names.map(source).collect(),
            channels,
        })
    }
}

impl Colours for SurfaceColours {
    fn colours(&self, points: &[Vec<f64>; 3], colours: &mut [[f32; 3]]) {
        let narrow = |axis: &Vec<f64>| axis.iter().map(|&v| v as f32).collect::<Vec<f32>>();
        let points = points.each_ref().map(narrow);
        let inputs: Vec<Input<'_, f32>> = self
            .sources
            .iter()
            .map(|source| match *source {
                Source::Axis(axis) => Input::Slice(&points[axis]),
                Source::Given(value) => value,
            })
            .collect();
        let mut values = vec![vec![0.0; colours.len()]; self.channels];
        let outputs = values.iter_mut().map(|values| Output::Slice(values));
        self.evaluator
            .eval(&inputs, &mut outputs.collect::<Vec<_>>())
            .expect("inputs were bound to the graph's own");
        for (index, colour) in colours.iter_mut().enumerate() {
            *colour = std::array::from_fn(|channel| values[channel % self.channels][index]);
        }
    }
}
