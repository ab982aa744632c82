//! `smalto texture`: a field becomes a picture, or a film.

use crate::film::{Film, parse_rate};
use crate::new_file::NewFile;
use crate::progress::Progress;
use crate::render::{parse_region, parse_size, parse_value};
use crate::{model, report, targets};
use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use smalto::field::picture::{Painter, Picture, Samples};
use smalto::shape::{RenderOptions, View};
use smalto::{Graph, Target, passes};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Paints a field as a picture
///
/// A field is a formula with 1 to 4 outputs: grey; grey and alpha; red, green and
/// blue; or those and alpha. Its values are linear light, 0 black and 1 white, and
/// the picture holds them as sRGB. `smalto ops` lists noise and shapes to use.
///
///   smalto texture 'fbm(3 * x, 3 * y, range = unit)' -o clouds.png
///   smalto texture examples/fields/marble.smalto -o marble.png --size 1920x1080
///   smalto texture 'perlin(4 * x, 4 * y, t)^2' -o film.png --frames 50 --fps 25
///
/// With --frames the input t is the time in seconds, and the file is an animated
/// PNG; a name with # in it stands for numbered files: -o 'frame-###.png'. A formula
/// that ends in .smalto or .vm is the name of a file to read it from.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Texture {
    /// The field: a formula, or a file that holds it
    #[arg(value_name = "FORMULA|FILE", allow_hyphen_values = true)]
    field: String,

    /// The file to write; with # in its name, a file for each frame
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

    /// Bits of a channel
    #[arg(long, value_enum, default_value_t)]
    depth: Depth,

    /// Write an OpenEXR file, of linear light in floats
    #[cfg(feature = "exr")]
    #[arg(long, conflicts_with = "depth")]
    exr: bool,

    /// Paint so many frames
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    frames: Option<u32>,

    /// Frames a second
    #[arg(long, value_name = "F", default_value_t = 25.0, requires = "frames", value_parser = parse_rate)]
    fps: f64,

    /// A value for an input other than x and y; z and t are 0 unless set
    #[arg(long, value_name = "NAME=VALUE", value_parser = parse_value)]
    set: Vec<(String, f64)>,

    /// How many threads; one per core unless given
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,

    /// What evaluates the field; `smalto targets` lists them
    #[arg(long, default_value_t, value_name = "TARGET", value_parser = targets::parse)]
    target: Target,

    /// Rewrite by the laws of real arithmetic: faster, other last bits
    #[arg(long)]
    fast: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Depth {
    /// 256 levels
    #[default]
    #[value(name = "8")]
    Eight,
    /// 65,536 levels
    #[value(name = "16")]
    Sixteen,
}

impl Texture {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let started = Instant::now();
        let (width, height) = self.size;
        let view = match self.region {
            None => View::new(width, height)?,
            Some(region) => View::of_region(width, height, region)?,
        };
        let film = self.film()?;
        let graph = self.graph()?;
        model::expect_result(&graph)?;
        let painter = self.painter(&graph)?;
        let written = self.paint(&painter, &view, film)?;

        let by = match self.target {
            Target::Auto => String::new(),
            target => format!(" by {}", target.resolve()?),
        };
        let frames = match self.frames {
            None => String::new(),
            Some(frames) => format!("{} of ", report::count(frames.into(), "frame")),
        };
        report::remark(&format!(
            "wrote {written}: {frames}{width}x{height} pixels of {}{by} in {}",
            report::count(graph.op_count() as u64, "op"),
            report::time(started.elapsed()),
        ));
        Ok(())
    }

    /// What is to be written, as far as it can be begun.
    fn film(&self) -> anyhow::Result<Film> {
        let film = Film::new(&self.output, self.frames, "--frames 10")?;
        if film.is_animated() && self.is_exr() {
            bail!("an OpenEXR file holds one picture; number the files: -o 'frame-###.exr'")
        }
        film.begin(|path| self.create(path))
    }

    fn create(&self, path: &Path) -> anyhow::Result<NewFile> {
        let is_named_exr = path
            .extension()
            .is_some_and(|end| end.eq_ignore_ascii_case("exr"));
        if is_named_exr && !self.is_exr() {
            let path = path.display();
            match cfg!(feature = "exr") {
                true => bail!("cannot write {path}: for an OpenEXR file add --exr"),
                false => bail!(
                    "cannot write {path}: this smalto was built without OpenEXR files; build it \
                     with --features exr, or give the file a name that ends in .png"
                ),
            }
        }
        NewFile::create(path, if self.is_exr() { "exr" } else { "png" })
    }

    fn graph(&self) -> anyhow::Result<Graph> {
        match model::file_named(&self.field) {
            Some(path) => model::load(path),
            None => {
                let given = self.set.iter().map(|(name, _)| name.as_str());
                model::parse_argument(&self.field, given, |name| {
                    format!("give it a value: `--set {name}=1`")
                })
            }
        }
    }

    fn painter(&self, graph: &Graph) -> anyhow::Result<Painter> {
        let values: Vec<(&str, f64)> = self
            .set
            .iter()
            .map(|(name, value)| (name.as_str(), *value))
            .collect();
        if self.frames.is_some() && values.iter().any(|(name, _)| *name == "t") {
            bail!("with --frames, t is the time of each frame; leave `--set t=..` away");
        }
        let painter = Painter::new(
            graph,
            &RenderOptions {
                target: self.target,
                mode: match self.fast {
                    true => passes::Mode::Fast,
                    false => passes::Mode::Strict,
                },
                threads: self.threads.map(usize::from),
                values: &values,
                ..RenderOptions::default()
            },
        );
        let painter = painter.with_context(|| format!("cannot paint {}", self.name()))?;
        if self.frames.is_some_and(|frames| frames > 1) && !painter.depends_on_time() {
            report::remark("note: the field does not depend on t, so all frames are alike");
        }
        Ok(painter)
    }

    /// Paints and writes everything; what was written.
    fn paint(&self, painter: &Painter, view: &View, film: Film) -> anyhow::Result<String> {
        let frames = self.frames.unwrap_or(1);
        let pixels = u64::from(frames) * (view.width() * view.height()) as u64;
        let progress = Progress::counting(pixels, "pixels");
        let still_time = self.set.iter().rev().find(|(name, _)| name == "t");
        let frame = |number: u32| {
            let time = match self.frames {
                Some(_) => f64::from(number) / self.fps,
                None => still_time.map_or(0.0, |(_, time)| *time),
            };
            painter
                .paint(view, time, self.samples(), &progress)
                .with_context(|| format!("cannot paint {}", self.name()))
        };
        let write = |picture: &Picture, file: &mut NewFile| match self.is_exr() {
            #[cfg(feature = "exr")]
            true => picture.write_exr(file),
            _ => picture.write_png(file),
        };
        film.shoot(self.fps, |path| self.create(path), write, frame)
    }

    /// The field as messages call it.
    fn name(&self) -> &str {
        match model::file_named(&self.field) {
            Some(_) => &self.field,
            None => "the field",
        }
    }

    fn samples(&self) -> Samples {
        match self.depth {
            _ if self.is_exr() => Samples::Float,
            Depth::Eight => Samples::Eight,
            Depth::Sixteen => Samples::Sixteen,
        }
    }

    #[cfg(feature = "exr")]
    fn is_exr(&self) -> bool {
        self.exr
    }

    #[cfg(not(feature = "exr"))]
    fn is_exr(&self) -> bool {
        false
    }
}
