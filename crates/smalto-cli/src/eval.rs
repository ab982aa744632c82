//! `smalto eval`: a formula becomes numbers.

use crate::column::{Column, Number};
use crate::input::{Binding, Inputs};
use crate::new_file::NewFile;
use crate::progress::Progress;
use crate::table::{NpyWriter, print_lines};
use crate::{model, npy, report, targets};
use anyhow::Context;
use clap::Args;
use smalto::{Evaluator, Graph, Input, Options, Output, Target, passes};
use std::io::IsTerminal;
use std::ops::{ControlFlow, Range};
use std::path::PathBuf;
use std::time::Instant;

/// Evaluates a formula at some points
///
/// Prints one line a point, or writes a NumPy file. An input takes a value, a range
/// of N points with both ends, or a NumPy file:
///
///   smalto eval 'sin(x)^2 + cos(x)^2' x=0.3
///   smalto eval 'x^2 - a' x=-1:1:5 a=1/2
///   smalto eval 'hypot(x, y)' x=x.npy y=y.npy -o distance.npy --f64
///
/// Several outputs are printed side by side, or become the rows of the file:
///
///   smalto eval 'output s = sin(x); output c = cos(x);' x=0:tau:9
///
/// A formula that ends in .smalto or .vm is the name of a file to read it from.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Eval {
    /// The formula, or a file that holds it
    #[arg(allow_hyphen_values = true)]
    formula: String,

    /// Values of inputs: NAME=VALUE, NAME=FROM:TO:N or NAME=FILE.npy
    #[arg(value_name = "NAME=VALUES", value_parser = Binding::parse)]
    inputs: Vec<Binding>,

    /// Write a NumPy file instead of printing
    #[arg(short, long, value_name = "FILE.npy")]
    output: Option<PathBuf>,

    /// Compute in double precision, rather than single
    #[arg(long)]
    f64: bool,

    /// What evaluates the formula; `smalto targets` lists them
    #[arg(long, default_value_t, value_name = "TARGET", value_parser = targets::parse)]
    target: Target,

    /// Rewrite by the laws of real arithmetic: faster, other last bits
    #[arg(long)]
    fast: bool,
}

impl Eval {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        match self.f64 {
            true => self.run_in::<f64>(),
            false => self.run_in::<f32>(),
        }
    }

    fn run_in<T: Number>(&self) -> anyhow::Result<()> {
        let started = Instant::now();
        let file = match &self.output {
            Some(path) => Some((path, NewFile::create(path, "npy")?)),
            None => None,
        };
        let graph = self.graph()?;
        model::expect_result(&graph)?;
        let inputs = Inputs::bind(&graph, &self.inputs)?;
        let work = self.compile::<T>(&graph, &inputs)?;
        let Some((path, file)) = file else {
            return work.print();
        };
        work.write(file)?;
        report::remark(&format!(
            "wrote {}: {} of {} in {} by {} in {}",
            path.display(),
            report::count(work.points, "point"),
            report::count(graph.op_count() as u64, "op"),
            T::ELEMENT.name(),
            work.evaluator.target(),
            report::time(started.elapsed()),
        ));
        Ok(())
    }

    /// The formula's graph; the inputs it may use without declaring them are those
    /// given, and x, y, z and t.
    fn graph(&self) -> anyhow::Result<Graph> {
        match model::file_named(&self.formula) {
            Some(path) => model::load(path),
            None => {
                let given = self.inputs.iter().map(|binding| binding.name.as_str());
                model::parse_argument(&self.formula, given, |name| {
                    format!("give it a value: `{name}=1`")
                })
            }
        }
    }

    fn compile<'a, T: Number>(
        &self,
        graph: &'a Graph,
        inputs: &'a Inputs,
    ) -> anyhow::Result<Work<'a, T>> {
        let _progress = Progress::busy("compiling".into());
        let options = Options {
            target: self.target,
            mode: if self.fast {
                passes::Mode::Fast
            } else {
                passes::Mode::Strict
            },
            uniform: &inputs.uniform(),
        };
        Ok(Work {
            evaluator: Evaluator::new(graph, &options)?,
            graph,
            inputs,
            points: npy::points(inputs.shape()).context("more points than can be counted")?,
        })
    }
}

/// A formula ready to be evaluated.
struct Work<'a, T> {
    evaluator: Evaluator<T>,
    graph: &'a Graph,
    inputs: &'a Inputs,
    points: u64,
}

/// The most points evaluated at a time: enough to keep the machine busy, few enough
/// that the first results come at once.
const BLOCK: usize = 1 << 16;

/// The most numbers held at a time, of all inputs and outputs; a formula may have many.
const HELD: usize = 1 << 24;

impl<T: Number> Work<'_, T> {
    fn print(&self) -> anyhow::Result<()> {
        // A bar has no place between lines of results.
        let progress = match std::io::stdout().is_terminal() {
            true => Progress::hidden(),
            false => Progress::counting(self.points, "points"),
        };
        self.evaluate(&progress, |results, block| {
            print_lines(results, (block.end - block.start) as usize)
        })
    }

    fn write(&self, file: NewFile) -> anyhow::Result<()> {
        let mut file = NpyWriter::new::<T>(file, self.graph, self.inputs.shape(), self.points)?;
        let progress = Progress::counting(self.points, "points");
        self.evaluate(&progress, |results, block| {
            file.write(results, block.start)?;
            Ok(ControlFlow::Continue(()))
        })?;
        file.finish()
    }

    /// Evaluates block by block, and hands the results on until there is no need for
    /// more.
    fn evaluate(
        &self,
        progress: &Progress,
        mut hand_on: impl FnMut(&[Column<T>], Range<u64>) -> anyhow::Result<ControlFlow<()>>,
    ) -> anyhow::Result<()> {
        let mut given: Vec<Column<T>> = self.inputs.columns();
        let types = self
            .graph
            .outputs()
            .iter()
            .map(|output| self.graph.ty(output.node));
        let mut results: Vec<Column<T>> = types.map(|ty| Column::new(ty, 0)).collect();
        let mut workspace = self.evaluator.workspace();
        let is_uniform = self.inputs.is_uniform();
        let step = (HELD / (given.len() + results.len())).clamp(1, BLOCK);
        for start in (0..self.points).step_by(step) {
            let block = start..self.points.min(start + step as u64);
            let length = block.end - block.start;
            self.inputs.fill(&mut given, &block)?;
            results
                .iter_mut()
                .for_each(|column| column.resize(length as usize));
            let inputs: Vec<Input<'_, T>> = given
                .iter()
                .zip(&is_uniform)
                .map(|(column, &uniform)| match uniform {
                    true => column.as_scalar(),
                    false => column.as_input(),
                })
                .collect();
            let mut outputs: Vec<Output<'_, T>> =
                results.iter_mut().map(Column::as_output).collect();
            self.evaluator
                .eval_with(&mut workspace, &inputs, &mut outputs)?;
            if hand_on(&results, block)?.is_break() {
                break;
            }
            progress.advance(length);
        }
        Ok(())
    }
}
