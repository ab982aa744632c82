//! `smalto bench`: what this machine does with a model.

use crate::progress::Progress;
use crate::report::{count, print};
use crate::{model, render};
use anyhow::Context;
use clap::Args;
use smalto::compiler::optimised;
use smalto::passes::Mode;
use smalto::shape::{Camera, RenderOptions, Shading, Shape, Solid, View, Volume, bind, in_pool};
use smalto::trace::{Axis, BOXES, Bounds, Demand, Trace, Tracer};
use smalto::{Element, Evaluator, Graph, Input, Options, Output, Target};
use std::path::PathBuf;
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

/// Measures what this machine does with a model
///
/// Shows how long it takes to read, optimise and compile it, to evaluate it at
/// points and in boxes, and to draw it in the plane and, if it has a z, in space:
///
///   smalto bench examples/ozymandias.vm
///   smalto bench wave.smalto --set t=pi/4
///
/// Each time is the median of as many as fit into a fraction of a second.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Bench {
    /// The model: a file with a formula, or a .vm file
    model: PathBuf,

    /// A value for an input other than x and y; t is 0 unless set, z in the plane
    #[arg(long, value_name = "NAME=VALUE", value_parser = render::parse_value)]
    set: Vec<(String, f64)>,

    /// How long to measure each line
    #[arg(long, value_name = "SECONDS", default_value_t = 0.2, value_parser = parse_seconds)]
    time: f64,
}

/// Points of a block along each side.
const BLOCK: u32 = 128;
/// Pixels along the sides of pictures.
const PICTURES: [u32; 2] = [512, 1024];
/// Voxels along the sides of a surface.
const VOXELS: u32 = 256;

impl Bench {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let bench = Measured::new(self)?;
        let mut table = Table::default();
        bench.front_end(&mut table)?;
        bench.points(&mut table)?;
        bench.boxes(&mut table)?;
        bench.pictures(&mut table)?;
        bench.surface(&mut table)?;
        print(&table.text).map(|_| ())
    }
}

/// Work that is timed: the name of its line, and something to do again and again.
type Work<'a> = &'a mut dyn FnMut() -> anyhow::Result<()>;

/// A model and how it is measured.
struct Measured<'a> {
    command: &'a Bench,
    values: Vec<(&'a str, f64)>,
    graph: Graph,
    optimised: Graph,
}

impl<'a> Measured<'a> {
    fn new(command: &'a Bench) -> anyhow::Result<Measured<'a>> {
        let graph = model::load(&command.model)?;
        let values = command.set.iter().map(|(name, value)| (&**name, *value));
        let measured = Measured {
            command,
            values: values.collect(),
            optimised: optimised(&graph, Element::F32, Mode::Strict),
            graph,
        };
        // That it is a shape, with a value for every input, is found out here.
        measured
            .shape()
            .with_context(|| format!("cannot measure {}", command.model.display()))?;
        Ok(measured)
    }

    /// From the file to what runs.
    fn front_end(&self, table: &mut Table) -> anyhow::Result<()> {
        let graph = &self.graph;
        let time = self.time("read", &mut || model::load(&self.command.model).map(drop))?;
        table.row("read", time, &ops(graph));
        let time = self.time("optimise", &mut || {
            drop(optimised(graph, Element::F32, Mode::Strict));
            Ok(())
        })?;
        table.row("optimise", time, &ops(&self.optimised));
        let time = self.time("make a tape", &mut || self.tracer().map(drop))?;
        let tracer = self.tracer()?;
        let tape = tracer.root();
        let instructions = count(tape.len() as u64, "instruction");
        let runs = count(tape.runs() as u64, "run");
        table.row("make a tape", time, &format!("{instructions} in {runs}"));
        if let Ok(target) = Target::Jit.resolve() {
            let time = self.time("compile", &mut || self.evaluator(target).map(drop))?;
            table.row("compile", time, &format!("for {target}"));
        }
        Ok(())
    }

    /// The whole model at every point of a block.
    fn points(&self, table: &mut Table) -> anyhow::Result<()> {
        let view = View::square(BLOCK)?;
        let (columns, rows) = (view.columns(), view.rows());
        let x = columns.repeat(rows.len());
        let y: Vec<f32> = rows
            .iter()
            .flat_map(|&y| columns.iter().map(move |_| y))
            .collect();
        let mut others = bind::<f32>(&self.optimised, &self.values)?.into_iter();
        let inputs: Vec<Input<'_, f32>> = self
            .optimised
            .variables()
            .iter()
            .map(|variable| match &*variable.name {
                "x" => Input::Slice(&x),
                "y" => Input::Slice(&y),
                _ => others.next().expect("others have a value each"),
            })
            .collect();
        let mut values = vec![0.0; x.len()];
        for target in [Target::Interp, Target::Jit] {
            // Where there is no machine code, there is nothing to measure.
            let Ok(target) = target.resolve() else {
                continue;
            };
            let evaluator = self.evaluator(target)?;
            let what = format!("{BLOCK}x{BLOCK} points by {target}");
            let time = self.time(&what, &mut || {
                Ok(evaluator.eval(&inputs, &mut [Output::Slice(&mut values)])?)
            })?;
            let points = x.len() as f64;
            let operations = points * self.optimised.op_count() as f64;
            let rates = [(points, "points"), (operations, "ops")];
            table.row(
                &what,
                time,
                &rates.map(|rate| per_second(rate, time)).join(", "),
            );
        }
        Ok(())
    }

    /// The bounds of the whole model in a batch of boxes: the picture by 4 by 4.
    fn boxes(&self, table: &mut Table) -> anyhow::Result<()> {
        const SIDE: usize = BOXES.isqrt();
        let tracer = self.tracer()?;
        let others = bind(&self.optimised, &self.values)?;
        let (mut workspace, mut trace) = (tracer.workspace(&others)?, Trace::default());
        let mut axes = [Bounds::default(); 2];
        let edge = |index: usize| 2.0 * index as f32 / SIDE as f32 - 1.0;
        for index in 0..SIDE * SIDE {
            for (axis, at) in axes.iter_mut().zip([index % SIDE, index / SIDE]) {
                axis.set(index, edge(at), edge(at + 1));
            }
        }
        let what = format!("bounds in a batch of {BOXES} boxes");
        let time = self.time(&what, &mut || {
            tracer.intervals(&mut workspace, tracer.root(), &axes, &mut trace);
            Ok(())
        })?;
        table.row(&what, time, &per_second((1.0, "batches"), time));
        Ok(())
    }

    /// What is inside, in the plane.
    fn pictures(&self, table: &mut Table) -> anyhow::Result<()> {
        let shape = self.shape()?;
        let options = self.options();
        for side in PICTURES {
            let view = View::square(side)?;
            for threads in threads() {
                let what = format!("{side}x{side} picture, {}", count(threads, "thread"));
                let time = in_pool(Some(threads as usize), || {
                    self.time(&what, &mut || {
                        drop(shape.render(&view, Shading::Bitmap, &options, &())?);
                        Ok(())
                    })
                })??;
                let pixels = (view.width() * view.height()) as f64;
                table.row(&what, time, &per_second((pixels, "pixels"), time));
            }
        }
        Ok(())
    }

    /// Depth and gradients of a solid, seen along -z.
    fn surface(&self, table: &mut Table) -> anyhow::Result<()> {
        let is_solid = self.graph.variable_named("z").is_some();
        if !is_solid || self.values.iter().any(|(name, _)| *name == "z") {
            return Ok(());
        }
        let options = self.options();
        let solid = Solid::<f32>::new(&self.graph, &options)?;
        let (volume, camera) = (Volume::new(VOXELS, VOXELS)?, Camera::default());
        for threads in threads() {
            let what = format!("{VOXELS}^3 surface, {}", count(threads, "thread"));
            let time = in_pool(Some(threads as usize), || {
                self.time(&what, &mut || {
                    drop(solid.surface(&volume, &camera, true, &options, &())?);
                    Ok(())
                })
            })??;
            let voxels = f64::from(VOXELS).powi(3);
            table.row(&what, time, &per_second((voxels, "voxels"), time));
        }
        Ok(())
    }

    fn options(&self) -> RenderOptions<'_> {
        RenderOptions {
            values: &self.values,
            ..RenderOptions::default()
        }
    }

    fn shape(&self) -> anyhow::Result<Shape<f32>> {
        Ok(Shape::new(&self.graph, &self.options())?)
    }

    /// What finds bounds in the plane.
    fn tracer(&self) -> anyhow::Result<Tracer<f32>> {
        let axes = [("x", Axis::Columns), ("y", Axis::Rows)];
        let options = Options::default();
        let demand = Demand::Signs;
        Ok(Tracer::from_optimised(
            &self.optimised,
            &axes,
            demand,
            &options,
        )?)
    }

    /// What evaluates points of the plane.
    fn evaluator(&self, target: Target) -> anyhow::Result<Evaluator<f32>> {
        let names = self
            .optimised
            .variables()
            .iter()
            .map(|variable| &*variable.name);
        let uniform: Vec<&str> = names.filter(|name| !["x", "y"].contains(name)).collect();
        let options = Options {
            target,
            uniform: &uniform,
            ..Options::default()
        };
        Ok(Evaluator::from_optimised(&self.optimised, &options)?)
    }

    /// The median time of `work`, which is done again and again for as long as was asked for, but
    /// twice at the least: the first time warms up.
    fn time(&self, what: &str, work: Work<'_>) -> anyhow::Result<Duration> {
        let _progress = Progress::busy(format!("measuring: {what}"));
        work()?;
        let started = Instant::now();
        let mut times = Vec::new();
        while times.is_empty() || started.elapsed().as_secs_f64() < self.command.time {
            let started = Instant::now();
            work()?;
            times.push(started.elapsed());
        }
        times.sort_unstable();
        Ok(times[times.len() / 2])
    }
}

/// One thread, and, if there are more, all of them.
fn threads() -> Vec<u64> {
    let all = available_parallelism().map_or(1, |threads| threads.get() as u64);
    let mut threads = vec![1, all];
    threads.dedup();
    threads
}

fn ops(graph: &Graph) -> String {
    count(graph.op_count() as u64, "op")
}

/// What the user reads: a line for each thing measured.
#[derive(Default)]
struct Table {
    text: String,
}

impl Table {
    fn row(&mut self, what: &str, time: Duration, note: &str) {
        let seconds = time.as_secs_f64();
        let time = match seconds {
            1.0.. => format!("{} s ", digits(seconds)),
            1e-3.. => format!("{} ms", digits(seconds * 1e3)),
            _ => format!("{} us", digits(seconds * 1e6)),
        };
        self.text += &format!("{what:<36} {time:>9}   {note}\n");
    }
}

/// How many things a second, `what` they are.
fn per_second((things, what): (f64, &str), time: Duration) -> String {
    const SCALES: [(f64, &str); 4] = [(1e12, " T"), (1e9, " G"), (1e6, " M"), (1e3, " k")];
    let rate = things / time.as_secs_f64().max(1e-9);
    let scale = SCALES.into_iter().find(|(scale, _)| rate >= *scale);
    let (scale, prefix) = scale.unwrap_or((1.0, " "));
    let space = if prefix == " " { "" } else { " " };
    format!("{}{prefix}{space}{what}/s", digits(rate / scale))
}

/// A number below 1000 in three digits.
fn digits(number: f64) -> String {
    let decimals = match number {
        100.0.. => 0,
        10.0.. => 1,
        _ => 2,
    };
    format!("{number:.decimals$}")
}

fn parse_seconds(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(seconds) if (0.0..=60.0).contains(&seconds) => Ok(seconds),
        _ => Err("give a number of seconds from 0 to 60, as in 0.5".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_have_three_digits() {
        let check = |seconds: f64, expected: &str| {
            let mut table = Table::default();
            table.row("draw", Duration::from_secs_f64(seconds), "note");
            let line = table.text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert_eq!(line, format!("draw {expected} note"));
        };
        check(2.345e-6, "2.35 us");
        check(0.0123, "12.3 ms");
        check(0.99, "990 ms");
        check(7.0, "7.00 s");
    }

    #[test]
    fn rates_have_a_prefix() {
        let check = |things: f64, milliseconds: u64, expected: &str| {
            let time = Duration::from_millis(milliseconds);
            assert_eq!(per_second((things, "pixels"), time), expected);
        };
        check(1.0, 500, "2.00 pixels/s");
        check(1e6, 10, "100 M pixels/s");
        check(2.5e3, 1000, "2.50 k pixels/s");
    }
}
