//! `smalto render`: a model becomes a picture.

use crate::model;
use crate::report::print;
use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use smalto::shape::{Progress, RenderOptions, Shading, View, render};
use smalto::{Target, passes};
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Draws a model: white where its value is below 0, black elsewhere.
///
/// The picture shows x and y from -1 to 1, y up, at z = 0; each pixel is sampled at
/// its centre. Examples:
///
///     smalto render examples/ozymandias.vm -o text.png
///     smalto render examples/gear.smalto -o gear.png --mode distance
///     smalto render model.vm -o detail.png --size 1920x1080 --region 0,0,0.32,0.18
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Render {
    /// The model: a file with a formula, or a `.vm` file.
    model: PathBuf,

    /// The PNG file to write.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,

    /// Pixels: one number for a square, or WIDTHxHEIGHT.
    #[arg(long, value_name = "N|WxH", default_value = "1024", value_parser = parse_size)]
    size: (u32, u32),

    /// What part of the plane to show: left,bottom,right,top.
    #[arg(long, value_name = "X0,Y0,X1,Y1", allow_hyphen_values = true, value_parser = parse_region)]
    region: Option<[f64; 4]>,

    /// What a pixel shows.
    #[arg(long, value_enum, default_value_t)]
    mode: Mode,

    /// A value for an input other than x and y, as often as needed. z and t are 0 unless set.
    #[arg(long, value_name = "NAME=VALUE", allow_hyphen_values = true, value_parser = parse_value)]
    set: Vec<(String, f64)>,

    /// How many threads; one per core unless given.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,

    /// What evaluates the model; `smalto targets` lists them.
    #[arg(long, default_value_t, value_name = "TARGET")]
    target: Target,

    /// Rewrite by the laws of real arithmetic: faster, and a little different in the last bits.
    #[arg(long)]
    fast: bool,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Mode {
    /// White inside, black outside.
    #[default]
    Bitmap,
    /// Colours and contour lines by value.
    Distance,
}

impl Render {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let started = Instant::now();
        let (width, height) = self.size;
        let view = match self.region {
            None => View::new(width, height)?,
            Some(region) => View::of_region(width, height, region)?,
        };
        check_writable(&self.output)?;
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
        };
        let shading = match self.mode {
            Mode::Bitmap => Shading::Bitmap,
            Mode::Distance => Shading::Distance,
        };

        let bar = Bar::new(view.height());
        let image = render(&graph, &view, shading, &options, &bar)
            .with_context(|| format!("cannot draw {}", self.model.display()))?;
        bar.0.finish_and_clear();
        save(&self.output, |file| image.write_png(file))?;

        let target = self.target.resolve()?;
        print(&format!(
            "wrote {}: {width}x{height} pixels of {} ops by {target} in {:.0?}\n",
            self.output.display(),
            graph.op_count(),
            started.elapsed(),
        ))
    }
}

/// Rows done, shown on a terminal if the work takes long.
struct Bar(ProgressBar);

impl Bar {
    fn new(rows: usize) -> Bar {
        let style = ProgressStyle::with_template("{bar:40} {percent}% of rows, {eta} left")
            .expect("the template is well formed");
        Bar(ProgressBar::new(rows as u64).with_style(style))
    }
}

impl Progress for Bar {
    fn advance(&self, rows: usize) {
        self.0.inc(rows as u64);
    }
}

/// Fails before the work rather than after it.
fn check_writable(path: &Path) -> anyhow::Result<()> {
    let cannot = || format!("cannot write {}", path.display());
    if path.is_dir() {
        bail!("{}: it is a directory", cannot());
    }
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    if !directory.is_dir() {
        bail!(
            "{}: there is no directory {}",
            cannot(),
            directory.display()
        );
    }
    if path.exists() {
        std::fs::OpenOptions::new()
            .append(true)
            .open(path)
            .with_context(cannot)?;
    }
    Ok(())
}

/// Writes a file whole or not at all: into a neighbour that takes its name at the end.
pub(crate) fn save(
    path: &Path,
    write: impl FnOnce(&mut dyn std::io::Write) -> std::io::Result<()>,
) -> anyhow::Result<()> {
    let cannot = || format!("cannot write {}", path.display());
    // A device such as /dev/stdout has no name to take.
    let is_special = path.exists() && !path.is_file();
    let mut partial = path.to_path_buf();
    if !is_special {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        partial.set_file_name(format!(".{name}.partial"));
    }
    let file = std::fs::File::create(&partial).with_context(cannot)?;
    let mut buffered = BufWriter::new(file);
    let written =
        write(&mut buffered).and_then(|()| buffered.into_inner().map_err(|e| e.into_error()));
    let result = match written {
        Ok(_) if is_special => Ok(()),
        Ok(_) => std::fs::rename(&partial, path),
        Err(error) => Err(error),
    };
    if result.is_err() && !is_special {
        // The first error is the one to report.
        let _ = std::fs::remove_file(&partial);
    }
    result.with_context(cannot)
}

fn parse_size(text: &str) -> Result<(u32, u32), String> {
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

fn parse_region(text: &str) -> Result<[f64; 4], String> {
    let numbers: Result<Vec<f64>, _> = text.split(',').map(|edge| edge.trim().parse()).collect();
    numbers
        .ok()
        .and_then(|numbers| numbers.try_into().ok())
        .ok_or_else(|| "give four numbers, left,bottom,right,top, as in -1,-1,1,1".into())
}

fn parse_value(text: &str) -> Result<(String, f64), String> {
    let (name, value) = text
        .split_once('=')
        .ok_or("give NAME=VALUE, as in radius=0.5")?;
    let value = value
        .trim()
        .parse()
        .map_err(|_| format!("`{value}` is no number"))?;
    Ok((name.trim().into(), value))
}
