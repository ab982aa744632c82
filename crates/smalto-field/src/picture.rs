//! Pictures of fields.
//!
//! What the outputs of a field are follows from how many it has:
//!
//! | outputs | are |
//! |---|---|
//! | 1 | grey |
//! | 2 | grey, alpha |
//! | 3 | red, green, blue |
//! | 4 | red, green, blue, alpha |
//!
//! **Values are linear light**: 0 is black, 1 is white, and half as much light is 0.5. A picture in 8
//! or 16 bits holds them as sRGB does (IEC 61966-2-1), by which 0.5 becomes 188 of 255; what is
//! beyond 0 and 1 is cut off and a NaN is 0. Alpha is no light and is kept as it is; colours
//! are not multiplied by it. A picture of floats holds the values themselves.
//!
//! ```
//! use smalto_field::picture::{Painter, Samples};
//! use smalto_graph::formula::Parser;
//! use smalto_shape::{RenderOptions, View};
//!
//! let parser = Parser::new().with_library(smalto_field::LIBRARY);
//! let clouds = parser.parse("fbm(2 * x, 2 * y, t, range = unit)")?;
//! let painter = Painter::new(&clouds, &RenderOptions::default())?;
//! let view = View::square(64)?;
//! let picture = painter.paint(&view, 0.5, Samples::Eight, &())?;
//! let mut file = Vec::new();
//! picture.write_png(&mut file)?;
//! assert_eq!(file[1..4], *b"PNG");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use rayon::prelude::*;
use smalto_graph::Graph;
use smalto_jit::{GridEvaluator, GridWorkspace, Input, Options};
use smalto_shape::{Image, Progress, RenderError, RenderOptions, View, bind, in_pool, to_srgb};
use std::io::{self, Write};
use thiserror::Error;

/// Rows that a thread takes at a time, as for shapes.
const ROWS_PER_TASK: usize = 32;

/// Why there is no picture.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PictureError {
    /// A graph with no outputs or more than 4.
    #[error(
        "a field has 1 to 4 outputs (grey; grey, alpha; red, green, blue; red, green, blue, alpha), \
         but this one has {count}"
    )]
    Outputs {
        /// How many it has.
        count: usize,
    },
    /// The colours of a surface with another number of outputs than 1 or 3.
    #[error(
        "colours of a surface have 3 outputs (red, green, blue) or 1 (grey), but these have {count}"
    )]
    SurfaceOutputs {
        /// How many they have.
        count: usize,
    },
    /// As for shapes.
    #[error(transparent)]
    Render(#[from] RenderError),
}

/// How a channel of a pixel is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Samples {
    /// 8 bits, sRGB.
    #[default]
    Eight,
    /// 16 bits, sRGB, the upper byte first, as PNG has it.
    Sixteen,
    /// The value itself, an f32 in the byte order of this machine.
    Float,
}

impl Samples {
    /// Bytes a channel.
    pub fn bytes(self) -> usize {
        match self {
            Samples::Eight => 1,
            Samples::Sixteen => 2,
            Samples::Float => 4,
        }
    }
}

/// A field ready to be painted: compiled once, for any number of pictures.
#[derive(Debug)]
pub struct Painter {
    evaluator: GridEvaluator<f32>,
    /// The inputs that pixels do not give.
    scalars: Vec<Input<'static, f32>>,
    /// Which of them is the time.
    time: Option<usize>,
    channels: usize,
    threads: Option<usize>,
}

impl Painter {
    /// Compiles a field.
    ///
    /// # Errors
    /// If the graph is no field, cannot be compiled, or an input has no value.
    pub fn new(graph: &Graph, options: &RenderOptions<'_>) -> Result<Painter, PictureError> {
        let channels = graph.outputs().len();
        if !(1..=4).contains(&channels) {
            return Err(PictureError::Outputs { count: channels });
        }
        let scalars = bind(graph, options.values)?;
        let names = graph.variables().iter().map(|variable| &*variable.name);
        let time = names
            .filter(|name| !["x", "y"].contains(name))
            .position(|name| name == "t");
        let compile = Options {
            target: options.target,
            mode: options.mode,
            ..Options::default()
        };
        let evaluator = GridEvaluator::new(graph, ["x", "y"], &compile);
        Ok(Painter {
            evaluator: evaluator.map_err(RenderError::from)?,
            scalars,
            time,
            channels,
            threads: options.threads,
        })
    }

    /// Whether the field depends on time: on an input `t`.
    pub fn depends_on_time(&self) -> bool {
        self.time.is_some()
    }

    /// Paints the field at a time, in seconds, if it depends on it.
    ///
    /// # Errors
    /// If threads cannot be started or the work was cancelled.
    pub fn paint(
        &self,
        view: &View,
        time: f64,
        samples: Samples,
        progress: &dyn Progress,
    ) -> Result<Picture, PictureError> {
        let mut scalars = self.scalars.clone();
        if let Some(at) = self.time {
            scalars[at] = Input::Scalar(time as f32);
        }
        let (columns, rows) = (view.columns(), view.rows());
        let row_bytes = columns.len() * self.channels * samples.bytes();
        let mut bytes = vec![0; rows.len() * row_bytes];
        let memory = || (self.evaluator.workspace(), Vec::new());
        let task = |(workspace, values): &mut (GridWorkspace<f32>, Vec<f32>),
                    (rows, bytes): (&[f32], &mut [u8])| {
            if progress.is_cancelled() {
                return Err(RenderError::Cancelled);
            }
            values.resize(rows.len() * columns.len() * self.channels, 0.0);
            self.evaluator
                .eval(workspace, &columns, rows, &scalars, values)
                .expect("inputs were bound to the graph's own");
            encode(values, self.channels, samples, bytes);
            progress.advance(rows.len() * columns.len());
            Ok(())
        };
        in_pool(self.threads, || {
            rows.par_chunks(ROWS_PER_TASK)
                .zip(bytes.par_chunks_mut(ROWS_PER_TASK * row_bytes))
                .try_for_each_init(memory, task)
        })??;
        Ok(Picture {
            width: columns.len(),
            height: rows.len(),
            channels: self.channels,
            samples,
            bytes,
        })
    }
}

/// Planes of values as pixels.
fn encode(values: &[f32], channels: usize, samples: Samples, bytes: &mut [u8]) {
    let plane = values.len() / channels;
    let size = samples.bytes();
    for (channel, values) in values.chunks(plane).enumerate() {
        let is_alpha = channels.is_multiple_of(2) && channel == channels - 1;
        let pixels = bytes.chunks_mut(channels * size);
        for (&value, pixel) in values.iter().zip(pixels) {
            let to = &mut pixel[channel * size..][..size];
            let level = |most: f64| {
                let value = f64::from(value);
                let coded = match is_alpha {
                    true => value.clamp(0.0, 1.0),
                    false => to_srgb(value),
                };
                // A NaN becomes 0.
                (coded * most + 0.5) as u16
            };
            match samples {
                Samples::Eight => to[0] = level(255.0) as u8,
                Samples::Sixteen => to.copy_from_slice(&level(65_535.0).to_be_bytes()),
                Samples::Float => to.copy_from_slice(&value.to_ne_bytes()),
            }
        }
    }
}

/// A picture in memory, rows from the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    width: usize,
    height: usize,
    channels: usize,
    samples: Samples,
    bytes: Vec<u8>,
}

/// A picture of a shape, to be a frame of a film.
impl From<Image> for Picture {
    fn from(image: Image) -> Picture {
        Picture {
            width: image.width(),
            height: image.height(),
            channels: image.channels(),
            samples: match image.is_wide() {
                true => Samples::Sixteen,
                false => Samples::Eight,
            },
            bytes: image.bytes().to_vec(),
        }
    }
}

impl Picture {
    /// Columns.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    pub fn height(&self) -> usize {
        self.height
    }

    /// Channels a pixel, 1 to 4.
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// How channels are held.
    pub fn samples(&self) -> Samples {
        self.samples
    }

    /// All bytes, row by row, pixel by pixel.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Writes the picture as a PNG file.
    ///
    /// # Errors
    /// If `to` cannot be written.
    ///
    /// # Panics
    /// If it holds floats, which PNG cannot.
    pub fn write_png(&self, to: impl Write) -> io::Result<()> {
        let mut writer = self.encoder(to).write_header().map_err(into_io)?;
        writer.write_image_data(&self.bytes).map_err(into_io)?;
        writer.finish().map_err(into_io)
    }

    fn encoder<W: Write>(&self, to: W) -> png::Encoder<'static, W> {
        let mut encoder = png::Encoder::new(to, self.width as u32, self.height as u32);
        encoder.set_color(match self.channels {
            1 => png::ColorType::Grayscale,
            2 => png::ColorType::GrayscaleAlpha,
            3 => png::ColorType::Rgb,
            _ => png::ColorType::Rgba,
        });
        encoder.set_depth(match self.samples {
            Samples::Eight => png::BitDepth::Eight,
            Samples::Sixteen => png::BitDepth::Sixteen,
            Samples::Float => panic!("a PNG file cannot hold floats"),
        });
        encoder.set_source_srgb(png::SrgbRenderingIntent::Perceptual);
        encoder
    }

    /// Writes the picture as an OpenEXR file, of linear light in f32.
    ///
    /// # Errors
    /// If `to` cannot be written.
    ///
    /// # Panics
    /// If it does not hold floats.
    #[cfg(feature = "exr")]
    pub fn write_exr(&self, to: impl Write + io::Seek) -> io::Result<()> {
        use exr::prelude::*;
        assert_eq!(self.samples, Samples::Float, "an OpenEXR file holds floats");
        let names: &[&str] = match self.channels {
            1 => &["Y"],
            2 => &["Y", "A"],
            3 => &["R", "G", "B"],
            _ => &["R", "G", "B", "A"],
        };
        let values: Vec<f32> = self
            .bytes
            .chunks_exact(4)
            .map(|bytes| f32::from_ne_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
            .collect();
        let channel = |(at, &name): (usize, &&str)| {
            let plane = values.iter().skip(at).step_by(self.channels).copied();
            AnyChannel::new(name, FlatSamples::F32(plane.collect()))
        };
        let channels = AnyChannels::sort(names.iter().enumerate().map(channel).collect());
        Image::from_channels((self.width, self.height), channels)
            .write()
            .to_buffered(to)
            .map_err(|error| match error {
                Error::Io(error) => error,
                other => io::Error::other(other.to_string()),
            })
    }
}

/// An animated PNG file being written, frame by frame.
pub struct Animation<W: Write> {
    writer: png::Writer<W>,
}

impl<W: Write> Animation<W> {
    /// Begins a file of `frames` frames, `per_second` of them a second, that plays for ever.
    /// All frames are like `first`, which is to be written as any other.
    ///
    /// # Errors
    /// If `to` cannot be written.
    ///
    /// # Panics
    /// If there are no frames or `first` holds floats.
    pub fn new(to: W, first: &Picture, frames: u32, per_second: f64) -> io::Result<Animation<W>> {
        let mut encoder = first.encoder(to);
        encoder.set_animated(frames, 0).map_err(into_io)?;
        let (numerator, denominator) = delay(per_second);
        encoder
            .set_frame_delay(numerator, denominator)
            .map_err(into_io)?;
        Ok(Animation {
            writer: encoder.write_header().map_err(into_io)?,
        })
    }

    /// Writes the next frame.
    ///
    /// # Errors
    /// If the file cannot be written, or has all its frames.
    pub fn frame(&mut self, picture: &Picture) -> io::Result<()> {
        self.writer
            .write_image_data(&picture.bytes)
            .map_err(into_io)
    }

    /// Completes the file.
    ///
    /// # Errors
    /// If it cannot be written, or frames are missing.
    pub fn finish(self) -> io::Result<()> {
        self.writer.finish().map_err(into_io)
    }
}

/// The time of a frame in seconds, as a fraction: exact where a second is a whole number of
/// frames.
fn delay(per_second: f64) -> (u16, u16) {
    match per_second.fract() == 0.0 && (1.0..=65_535.0).contains(&per_second) {
        true => (1, per_second as u16),
        false => ((1000.0 / per_second).round() as u16, 1000),
    }
}

fn into_io(error: png::EncodingError) -> io::Error {
    match error {
        png::EncodingError::IoError(error) => error,
        other => io::Error::other(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_become_srgb_and_alpha_stays() {
        let check = |value: f32, colour: u8, alpha: u8, wide: u16| {
            let mut bytes = [0; 2];
            encode(&[value, value], 2, Samples::Eight, &mut bytes);
            assert_eq!(bytes, [colour, alpha], "{value}");
            let mut bytes = [0; 2];
            encode(&[value], 1, Samples::Sixteen, &mut bytes);
            assert_eq!(u16::from_be_bytes(bytes), wide, "{value}");
        };
        check(0.0, 0, 0, 0);
        check(-3.0, 0, 0, 0);
        check(f32::NAN, 0, 0, 0);
        check(1.0, 255, 255, 65_535);
        check(f32::INFINITY, 255, 255, 65_535);
        check(0.5, 188, 128, 48_192);
        // On the straight part of the curve.
        check(0.002, 7, 1, 1693);
    }

    #[test]
    fn a_frame_takes_its_part_of_a_second() {
        assert_eq!(delay(25.0), (1, 25));
        assert_eq!(delay(0.5), (2000, 1000));
        assert_eq!(delay(23.976), (42, 1000));
    }

    #[test]
    fn a_pixel_is_the_field_where_it_is_and_when() {
        let text = "output r = x; output g = y; output b = t; output a = x < y;";
        let field = smalto_graph::formula::parse(text).unwrap();
        let options = RenderOptions {
            threads: Some(2),
            ..RenderOptions::default()
        };
        let painter = Painter::new(&field, &options).unwrap();
        assert!(painter.depends_on_time());
        // More rows than a task.
        let view = View::of_region(7, 80, [-1.0, 2.0, 3.0, 9.0]).unwrap();
        let picture = painter.paint(&view, 0.75, Samples::Float, &()).unwrap();
        let floats = picture.bytes().chunks(4);
        let mut floats = floats.map(|bytes| f32::from_ne_bytes(bytes.try_into().unwrap()));
        for &y in &view.rows() {
            for &x in &view.columns() {
                let pixel: [f32; 4] = std::array::from_fn(|_| floats.next().unwrap());
                assert_eq!(pixel, [x, y, 0.75, f32::from(u8::from(x < y))]);
            }
        }
        assert_eq!(floats.next(), None);
    }

    #[test]
    fn a_graph_of_too_many_outputs_is_no_field() {
        let check = |text: &str, expected: Option<usize>| {
            let graph = smalto_graph::formula::parse(text).unwrap();
            let found = match Painter::new(&graph, &RenderOptions::default()) {
                Ok(_) => None,
                Err(PictureError::Outputs { count }) => Some(count),
                Err(other) => panic!("{text}: {other}"),
            };
            assert_eq!(found, expected, "{text}");
        };
        check("1", None);
        check(
            "output a = x; output b = y; output c = 1; output d = 2;",
            None,
        );
        check(
            "output a = x; output b = y; output c = 1; output d = 2; output e5 = 3;",
            Some(5),
        );
    }

    /// An OpenEXR file holds the very floats, whatever they are, channel by channel.
    #[cfg(feature = "exr")]
    #[test]
    fn an_exr_file_reads_back_to_the_same_floats() {
        use exr::prelude::*;
        let check = |names: &[&str]| {
            let nasty = [0.0, -0.0, 0.1, -1.5, 1e-45, 3e38, f32::INFINITY, f32::NAN];
            let (width, height, channels) = (5, 3, names.len());
            let planes: Vec<f32> = (0..channels * width * height)
                .map(|at| nasty[at % nasty.len()] * (1 + at / nasty.len()) as f32)
                .collect();
            let mut bytes = vec![0; planes.len() * 4];
            encode(&planes, channels, Samples::Float, &mut bytes);
            let picture = Picture {
                width,
                height,
                channels,
                samples: Samples::Float,
                bytes,
            };
            let mut file = io::Cursor::new(Vec::new());
            picture.write_exr(&mut file).unwrap();
            file.set_position(0);
            let image = read()
                .no_deep_data()
                .largest_resolution_level()
                .all_channels()
                .first_valid_layer()
                .all_attributes()
                .from_buffered(file)
                .unwrap();
            assert_eq!(image.layer_data.size, Vec2(width, height));
            let found = &image.layer_data.channel_data.list;
            assert_eq!(found.len(), channels);
            for (name, expected) in names.iter().zip(planes.chunks(width * height)) {
                let channel = found.iter().find(|channel| channel.name == **name);
                let FlatSamples::F32(samples) = &channel.expect(name).sample_data else {
                    panic!("{name} does not hold floats");
                };
                let bits = |values: &[f32]| values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
                assert_eq!(bits(samples), bits(expected), "{name} of {names:?}");
            }
        };
        check(&["Y"]);
        check(&["Y", "A"]);
        check(&["R", "G", "B"]);
        check(&["R", "G", "B", "A"]);
    }
}
