//! `smalto render`: a model becomes a picture.

use crate::film::{Film, parse_rate};
use crate::new_file::NewFile;
use crate::progress::Progress;
use crate::solid::SolidView;
use crate::{model, report, targets, value};
use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use smalto::field::picture::Picture;
use smalto::shape::{Prices, RenderOptions, Shading, Shape, Statistics, View};
use smalto::{Graph, Real, Target, passes};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Draws a model as a picture
///
/// The inside, where the model's value is below 0, is white, the rest black. The
/// picture shows x and y from -1 to 1, y up, at z = 0; each pixel is sampled at its
/// centre. With --3d, the model is a solid in light, seen by an eye that goes round
/// it: `--yaw 90` is from the right, `--pitch 0` from above, `--pitch 90` level.
///
///   smalto render examples/ozymandias.vm -o text.png
///   smalto render examples/gear.smalto -o gear.png --mode distance
///   smalto render model.vm -o part.png --size 1920x1080 --region 0,0,3.2,1.8
///   smalto render wave.smalto -o wave.png --set t=pi/4
///   smalto render examples/gyroid.smalto -o gyroid.png --3d --size 512
///   smalto render examples/pawn.smalto -o pawn.png --3d --up y --turntable 36
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

    /// The part of the plane to show, without --3d: left,bottom,right,top
    #[arg(long, value_name = "X0,Y0,X1,Y1", allow_hyphen_values = true, value_parser = parse_region)]
    region: Option<[f64; 4]>,

    /// What a pixel shows; mono unless given, or shade with --3d
    #[arg(long, value_enum)]
    mode: Option<Mode>,

    /// A value for an input other than x, y (and z with --3d); z, t are 0 unless set
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

    /// Print what drawing took
    #[arg(long)]
    stats: bool,

    #[command(flatten)]
    solid: SolidView,

    /// Frames a second of a turntable
    #[arg(long, value_name = "F", default_value_t = 25.0, requires = "turntable", value_parser = parse_rate)]
    fps: f64,
}

/// What pixels show: of the plane, or of a solid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Mode {
    /// White inside, black outside
    #[value(alias = "bitmap")]
    Mono,
    /// Colours and contour lines by value
    Distance,
    /// How much of each pixel is inside: smooth edges
    Coverage,
    /// Lines of equal value
    Contours,
    /// With --3d: a solid in light
    Shade,
    /// With --3d: normals as colours
    Normals,
    /// With --3d: white at the front to black at the back, 16 bits
    Depth,
    /// Where the work went: light is much
    Heat,
}

/// Pictures of one model, drawn frame by frame.
pub(crate) trait Scenes {
    /// Draws a frame.
    fn frame(&self, number: u32, progress: &Progress) -> anyhow::Result<Picture>;

    /// What that took since this was last asked, and instructions of the model.
    fn statistics(&self) -> (Statistics, usize);

    /// By which it was decided what to compile.
    fn prices(&self) -> Option<Prices>;
}

/// A picture of the plane.
struct Plane<'a, T> {
    shape: Shape<T>,
    view: View,
    shading: Shading,
    options: RenderOptions<'a>,
}

impl<T: Real> Scenes for Plane<'_, T> {
    fn frame(&self, _: u32, progress: &Progress) -> anyhow::Result<Picture> {
        let Plane {
            view,
            shading,
            options,
            ..
        } = self;
        Ok(self.shape.render(view, *shading, options, progress)?.into())
    }

    fn statistics(&self) -> (Statistics, usize) {
        (self.shape.take_statistics(), self.shape.instructions())
    }

    fn prices(&self) -> Option<Prices> {
        self.shape.prices()
    }
}

impl Render {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let started = Instant::now();
        let (width, height) = self.size;
        let view = self.view()?;
        let volume = self.solid.volume(self.size, self.mode)?;
        let film = Film::new(&self.output, self.solid.turntable(), "--turntable 36")?;
        let film = film.begin(create)?;
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
            ..RenderOptions::default()
        };
        let cannot_draw = || format!("cannot draw {}", self.model.display());
        let scenes: Box<dyn Scenes + '_> = match volume {
            Some(volume) => {
                let scenes = self.solid.scenes(&graph, volume, self.mode, options);
                scenes.with_context(cannot_draw)?
            }
            None => self
                .plane(&graph, view, options)
                .with_context(cannot_draw)?,
        };

        let pixels = u64::from(film.frames()) * u64::from(width) * u64::from(height);
        let progress = Progress::counting(pixels, "pixels");
        let mut drawing = Duration::ZERO;
        let frame = |number: u32| {
            let begun = Instant::now();
            let picture = scenes.frame(number, &progress).with_context(cannot_draw)?;
            drawing += begun.elapsed();
            Ok(picture)
        };
        let frames = match film.frames() {
            1 => String::new(),
            frames => format!("{} of ", report::count(frames.into(), "frame")),
        };
        let written = film.shoot(
            self.fps,
            create,
            |picture, file| picture.write_png(file),
            frame,
        )?;
        drop(progress);

        // What auto comes to is decided while drawing.
        let by = match self.target {
            Target::Auto => String::new(),
            target => format!(" by {}", target.resolve()?),
        };
        report::remark(&format!(
            "wrote {written}: {frames}{width}x{height} pixels of {}{by} in {}",
            report::count(graph.op_count() as u64, "op"),
            report::time(started.elapsed()),
        ));
        if self.stats {
            let (statistics, instructions) = scenes.statistics();
            let prices = scenes.prices();
            let _ = report::print(&table(&statistics, instructions, prices, drawing))?;
        }
        Ok(())
    }

    /// What is seen of the plane.
    fn view(&self) -> anyhow::Result<View> {
        let (width, height) = self.size;
        Ok(match self.region {
            None => View::new(width, height)?,
            Some(_) if self.solid.is_solid() => {
                bail!(
                    "--region is a part of the plane; say which part of space with --center and \
                     --scale, or leave --3d away"
                )
            }
            Some(region) => View::of_region(width, height, region)?,
        })
    }

    fn plane<'a>(
        &self,
        graph: &Graph,
        view: View,
        options: RenderOptions<'a>,
    ) -> anyhow::Result<Box<dyn Scenes + 'a>> {
        fn of<'a, T: Real>(
            graph: &Graph,
            view: View,
            shading: Shading,
            options: RenderOptions<'a>,
        ) -> anyhow::Result<Box<dyn Scenes + 'a>> {
            Ok(Box::new(Plane {
                shape: Shape::<T>::new(graph, &options)?,
                view,
                shading,
                options,
            }))
        }
        let shading = match self.mode.unwrap_or(Mode::Mono) {
            Mode::Distance => Shading::Distance,
            Mode::Coverage => Shading::Coverage,
            Mode::Contours => Shading::Contours,
            Mode::Heat => Shading::Heat,
            // Modes of solids have been refused.
            Mode::Mono | Mode::Shade | Mode::Normals | Mode::Depth => Shading::Bitmap,
        };
        match self.f64 {
            false => of::<f32>(graph, view, shading, options),
            true => of::<f64>(graph, view, shading, options),
        }
    }
}

fn create(path: &Path) -> anyhow::Result<NewFile> {
    NewFile::create(path, "png")
}

/// What drawing took, a line each.
fn table(
    statistics: &Statistics,
    instructions: usize,
    prices: Option<Prices>,
    drawing: Duration,
) -> String {
    let counts = [
        ("instructions of the model", instructions as u64),
        ("batches of 16 boxes", statistics.batches),
        ("  instructions in them", statistics.interval_instructions),
        ("tapes shortened", statistics.shortened),
        ("  instructions looked at", statistics.visited_instructions),
        ("leaves", statistics.leaves),
        ("  instructions in them", statistics.leaf_instructions),
        ("tapes compiled", statistics.compiled),
        ("  times their code ran", statistics.code_runs),
    ];
    let mut lines: String = counts
        .iter()
        .map(|(what, count)| format!("{what:26}{count:>14}\n"))
        .collect();
    if let Some(Prices { model, .. }) = prices {
        for (what, price) in [
            ("an instruction at a point", model.interpret),
            ("  by machine code", model.execute),
            ("  making that", model.compile),
        ] {
            lines += &format!("{what:26}{price:>11.3} ns\n");
        }
    }
    lines += &format!("{:26}{:>14}\n", "time", report::time(drawing));
    lines
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
