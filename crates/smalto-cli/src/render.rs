//! `smalto render`: a model becomes a picture.

use crate::new_file::NewFile;
use crate::progress::Progress;
use crate::{model, report, targets, value};
use anyhow::Context;
use clap::{Args, ValueEnum};
use smalto::shape::{RenderOptions, Shading, View, render};
use smalto::{Target, passes};
use std::path::PathBuf;
use std::time::Instant;

/// Draws a model as a picture
///
/// The inside, where the model's value is below 0, is white, the rest black. The
/// picture shows x and y from -1 to 1, y up, at z = 0; each pixel is sampled at its
/// centre.
///
///   smalto render examples/ozymandias.vm -o text.png
///   smalto render examples/gear.smalto -o gear.png --mode distance
///   smalto render model.vm -o part.png --size 1920x1080 --region 0,0,3.2,1.8
///   smalto render wave.smalto -o wave.png --set t=pi/4
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Render {
    /// The model: a file with a formula, or a .vm file
    model: PathBuf,

    /// The PNG file to write
    #[arg(short, long, value_name = "FILE.png")]
    output: PathBuf,

    /// Pixels: one number for a square, or WIDTHxHEIGHT
    #[arg(
        long,
        value_name = "N|WxH",
        default_value = "1024",
        allow_hyphen_values = true,
        value_parser = parse_size
    )]
    size: (u32, u32),

    /// The part of the plane to show: left,bottom,right,top
    #[arg(long, value_name = "X0,Y0,X1,Y1", allow_hyphen_values = true, value_parser = parse_region)]
    region: Option<[f64; 4]>,

    /// What a pixel shows
    #[arg(long, value_enum, default_value_t)]
    mode: Mode,

    /// A value for an input other than x and y; z and t are 0 unless set
    #[arg(long, value_name = "NAME=VALUE", value_parser = parse_value)]
    set: Vec<(String, f64)>,

    /// How many threads; one per core unless given
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,

    /// What evaluates the model; `smalto targets` lists them
    #[arg(long, default_value_t, value_name = "TARGET", value_parser = targets::parse)]
    target: Target,

    /// Rewrite by the laws of real arithmetic: faster, other last bits
    #[arg(long)]
    fast: bool,

    /// Compute in f64, for views so small that f32 runs out of digits
    #[arg(long)]
    f64: bool,

    /// Evaluate the whole model at every pixel: the same picture, later
    #[arg(long)]
    every_pixel: bool,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Mode {
    /// White inside, black outside
    #[default]
    #[value(alias = "bitmap")]
    Mono,
    /// Colours and contour lines by value
    Distance,
    /// How much of each pixel is inside: smooth edges
    Coverage,
    /// Lines of equal value
    Contours,
}

impl Render {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let started = Instant::now();
        let (width, height) = self.size;
        let view = match self.region {
            None => View::new(width, height)?,
            Some(region) => View::of_region(width, height, region)?,
        };
        let mut file = NewFile::create(&self.output, "png")?;
        let graph = model::load(&self.model)?;
        let values: Vec<(&str, f64)> = self
            .set
            .iter()
            .map(|(name, value)| (name.as_str(), *value))
            .collect();
        let options = RenderOptions {
            target: self.target,
            mode: if self.fast {
                passes::Mode::Fast
            } else {
                passes::Mode::Strict
            },
            threads: self.threads.map(usize::from),
            values: &values,
            double: self.f64,
            every_pixel: self.every_pixel,
        };
        let shading = match self.mode {
            Mode::Mono => Shading::Bitmap,
            Mode::Distance => Shading::Distance,
            Mode::Coverage => Shading::Coverage,
            Mode::Contours => Shading::Contours,
        };

        let progress = Progress::counting((view.width() * view.height()) as u64, "pixels");
        let image = render(&graph, &view, shading, &options, &progress)
            .with_context(|| format!("cannot draw {}", self.model.display()))?;
        drop(progress);
        let writing = Progress::busy(format!("writing {}", self.output.display()));
        image
            .write_png(&mut file)
            .map_err(|error| file.failed(error))?;
        file.finish()?;
        drop(writing);

        // What auto comes to is decided while drawing.
        let by = match self.target {
            Target::Auto => String::new(),
            target => format!(" by {}", target.resolve()?),
        };
        report::remark(&format!(
            "wrote {}: {width}x{height} pixels of {}{by} in {}",
            self.output.display(),
            report::count(graph.op_count() as u64, "op"),
            report::time(started.elapsed()),
        ));
        Ok(())
    }
}

pub(crate) fn parse_size(text: &str) -> Result<(u32, u32), String> {
    let (width, height) = text.split_once(['x', 'X']).unwrap_or((text, text));
    let side = |side: &str| -> Result<u32, String> {
        let digits = !side.is_empty() && side.bytes().all(|byte| byte.is_ascii_digit());
        match side.parse() {
            Ok(side) => Ok(side),
            Err(_) if digits => Err(format!("{side} pixels are too many")),
            Err(_) => Err("give a number of pixels, as in 512 or 640x480".into()),
        }
    };
    Ok((side(width)?, side(height)?))
}

pub(crate) fn parse_region(text: &str) -> Result<[f64; 4], String> {
    let edges: Result<Vec<f64>, _> = text.split(',').map(value::real).collect();
    let edges = edges.map_err(|error| error.to_string())?;
    <[f64; 4]>::try_from(edges).map_err(|edges| {
        format!(
            "give four numbers, left,bottom,right,top, as in -1,-1,1,1, not {}",
            edges.len()
        )
    })
}

pub(crate) fn parse_value(text: &str) -> Result<(String, f64), String> {
    let (name, value) = value::split_binding(text).ok_or("give NAME=VALUE, as in radius=0.5")?;
    let value = value::real(value).map_err(|error| error.to_string())?;
    Ok((name.into(), value))
}
