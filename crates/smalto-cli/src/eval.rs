//! `smalto eval`: a formula becomes numbers.

use crate::model;
use crate::npy::{self, Values};
use crate::render::save;
use crate::report::print;
use anyhow::{Context, bail};
use clap::Args;
use indicatif::ProgressBar;
use smalto::{Evaluator, Graph, Input, Options, Output, Real, Target, Type, formula, passes};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Points evaluated between two looks at the progress bar.
const BLOCK: usize = 1 << 20;

/// The most points a range may have.
const MAX_POINTS: u64 = 1 << 30;

/// Evaluates a formula and prints one line a point, or writes a NumPy file.
///
/// Inputs are a value, a range of N evenly spaced values with both ends, or a file.
/// Examples:
///
///     smalto eval 'sin(x)^2 + cos(x)^2' x=0.3
///     smalto eval 'x^2 - a' x=-1:1:5 a=0.5
///     smalto eval 'hypot(x, y)' x=x.npy y=y.npy -o distance.npy --f64
///
/// A formula that ends in .smalto or .vm is the name of a file to read it from.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Eval {
    /// The formula, or a file that holds it.
    #[arg(allow_hyphen_values = true)]
    formula: String,

    /// Values of inputs: NAME=VALUE, NAME=FROM:TO:N or NAME=FILE.npy.
    #[arg(value_name = "NAME=VALUES", allow_hyphen_values = true, value_parser = parse_binding)]
    inputs: Vec<(String, Source)>,

    /// Write a NumPy file instead of printing. Several outputs become its rows.
    #[arg(short, long, value_name = "FILE.npy")]
    output: Option<PathBuf>,

    /// Compute in double precision.
    #[arg(long)]
    f64: bool,

    /// What evaluates the formula; `smalto targets` lists them.
    #[arg(long, default_value_t, value_name = "TARGET")]
    target: Target,

    /// Rewrite by the laws of real arithmetic: faster, and a little different in the last bits.
    #[arg(long)]
    fast: bool,
}

/// Where the values of an input come from.
#[derive(Debug, Clone)]
enum Source {
    Value(String),
    Range { from: f64, to: f64, count: u64 },
    File(PathBuf),
}

fn parse_binding(text: &str) -> Result<(String, Source), String> {
    let (name, source) = text.split_once('=').ok_or_else(|| {
        format!(
            "`{text}` gives no input a value; write NAME=VALUE, NAME=FROM:TO:N or NAME=FILE.npy"
        )
    })?;
    let parts: Vec<&str> = source.split(':').collect();
    let source = match parts[..] {
        _ if source.ends_with(".npy") => Source::File(source.into()),
        [value] => Source::Value(value.trim().into()),
        [from, to, count] => {
            let edge = |text: &str| {
                text.trim()
                    .parse()
                    .map_err(|_| format!("`{text}` is no number"))
            };
            let (from, to): (f64, f64) = (edge(from)?, edge(to)?);
            let count = count
                .trim()
                .parse()
                .map_err(|_| format!("`{count}` is no number of points"))?;
            if !(1..=MAX_POINTS).contains(&count) {
                return Err(format!("a range has 1 to {MAX_POINTS} points, not {count}"));
            }
            Source::Range { from, to, count }
        }
        _ => {
            return Err(format!(
                "`{source}` is neither VALUE, FROM:TO:N nor FILE.npy"
            ));
        }
    };
    Ok((name.trim().into(), source))
}

impl Eval {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        if self.f64 {
            self.run_in::<f64>()
        } else {
            self.run_in::<f32>()
        }
    }

    fn run_in<T: Number>(&self) -> anyhow::Result<()> {
        let started = Instant::now();
        let graph = self.graph()?;
        let (bound, shape) = self.bind::<T>(&graph)?;
        let options = Options {
            target: self.target,
            mode: if self.fast {
                passes::Mode::Fast
            } else {
                passes::Mode::Strict
            },
            uniform: &[],
        };
        let evaluator = Evaluator::<T>::new(&graph, &options)?;
        let points = shape.iter().product::<u64>() as usize;
        let mut columns: Vec<Column<T>> = graph
            .outputs()
            .iter()
            .map(|output| Column::new(graph.ty(output.node), points))
            .collect();
        evaluate(&evaluator, &bound, &mut columns, points)?;

        let Some(path) = &self.output else {
            return print(&table(&columns, points));
        };
        write_columns(path, &shape, &columns)?;
        print(&format!(
            "wrote {}: {points} points of {} ops in {} by {} in {:.0?}\n",
            path.display(),
            graph.op_count(),
            T::ELEMENT.name(),
            evaluator.target(),
            started.elapsed(),
        ))
    }

    /// The formula's graph; the inputs it may use without declaring them are those
    /// given, and x, y, z and t.
    fn graph(&self) -> anyhow::Result<Graph> {
        let path = Path::new(&self.formula);
        if path
            .extension()
            .is_some_and(|extension| extension == "vm" || extension == "smalto")
        {
            return model::load(path);
        }
        let mut names: Vec<&str> = vec!["x", "y", "z", "t"];
        names.extend(self.inputs.iter().map(|(name, _)| name.as_str()));
        let mut distinct: Vec<&str> = Vec::new();
        for name in names {
            if !distinct.contains(&name) {
                distinct.push(name);
            }
        }
        let variables = distinct.into_iter().map(|name| (name, Type::Real));
        let parser = formula::Parser::new().with_variables(variables);
        model::parse(&parser, &self.formula, "formula")
    }

    /// The values of every input of the graph, and the shape of the result.
    fn bind<T: Number>(&self, graph: &Graph) -> anyhow::Result<(Vec<Bound<T>>, Vec<u64>)> {
        for (position, (name, _)) in self.inputs.iter().enumerate() {
            if graph.variable_named(name).is_none() {
                bail!("the formula has no input `{name}`");
            }
            if self.inputs[..position]
                .iter()
                .any(|(earlier, _)| earlier == name)
            {
                bail!("input `{name}` is given twice");
            }
        }
        let mut bound = Vec::new();
        let mut shape: Option<(&str, Vec<u64>)> = None;
        for variable in graph.variables() {
            let name = &*variable.name;
            let Some((_, source)) = self.inputs.iter().find(|(given, _)| given == name) else {
                bail!(
                    "input `{name}` has no value; give it one: {name}=1, {name}=0:1:5 or {name}=FILE.npy"
                );
            };
            let (values, own_shape) =
                load::<T>(source, variable.ty).with_context(|| format!("input `{name}`"))?;
            if let Some(own) = own_shape {
                let points = |shape: &[u64]| shape.iter().product::<u64>();
                match &shape {
                    Some((first, shape)) if points(shape) != points(&own) => bail!(
                        "input `{name}` has {} values, but `{first}` has {}",
                        points(&own),
                        points(shape)
                    ),
                    Some((_, shape)) if shape.len() >= own.len() => {}
                    _ => shape = Some((name, own)),
                }
            }
            bound.push(values);
        }
        Ok((bound, shape.map_or(vec![1], |(_, shape)| shape)))
    }
}

/// f32 and f64 as NumPy files and the terminal want them.
trait Number: Real + npyz::AutoSerialize + std::fmt::Display + std::fmt::LowerExp {}
impl Number for f32 {}
impl Number for f64 {}

/// The values of one input.
enum Bound<T> {
    Real(Vec<T>),
    I32(Vec<i32>),
    I64(Vec<i64>),
    Scalar(T),
    ScalarI32(i32),
    ScalarI64(i64),
}

impl<T: Copy> Bound<T> {
    fn input(&self, block: std::ops::Range<usize>) -> Input<'_, T> {
        match self {
            Bound::Real(values) => Input::Slice(&values[block]),
            Bound::I32(values) => Input::I32(&values[block]),
            Bound::I64(values) => Input::I64(&values[block]),
            Bound::Scalar(value) => Input::Scalar(*value),
            Bound::ScalarI32(value) => Input::ScalarI32(*value),
            Bound::ScalarI64(value) => Input::ScalarI64(*value),
        }
    }
}

/// The values from `source` for an input of type `ty`, and their shape unless they
/// are one value for all points.
fn load<T: Number>(source: &Source, ty: Type) -> anyhow::Result<(Bound<T>, Option<Vec<u64>>)> {
    match source {
        Source::Value(text) => Ok((scalar(text, ty)?, None)),
        Source::Range { from, to, count } => {
            let last = count.saturating_sub(1).max(1) as f64;
            let at = |i: u64| {
                if i + 1 == *count && i > 0 {
                    *to
                } else {
                    from + (to - from) * (i as f64 / last)
                }
            };
            let values = Values::Real((0..*count).map(at).collect());
            Ok((convert(values, ty)?, Some(vec![*count])))
        }
        Source::File(path) => {
            let array = npy::read(path)?;
            Ok((convert(array.values, ty)?, Some(array.shape)))
        }
    }
}

fn scalar<T: Number>(text: &str, ty: Type) -> anyhow::Result<Bound<T>> {
    Ok(match ty {
        Type::I32 => Bound::ScalarI32(
            text.parse()
                .with_context(|| format!("`{text}` is no i32"))?,
        ),
        Type::I64 => Bound::ScalarI64(
            text.parse()
                .with_context(|| format!("`{text}` is no i64"))?,
        ),
        _ => {
            // A value may be any constant formula: pi/4, 2^-10.
            let graph = formula::Parser::new()
                .with_variables(std::iter::empty::<(&str, Type)>())
                .parse(text)
                .with_context(|| {
                    format!("`{text}` is neither a number nor a file name ending in .npy")
                })?;
            let mut value = [T::default()];
            Evaluator::<T>::new(&graph, &Options::default())?
                .eval(&[], &mut [Output::Slice(&mut value)])
                .with_context(|| format!("`{text}` is no real"))?;
            Bound::Scalar(value[0])
        }
    })
}

fn convert<T: Number>(values: Values, ty: Type) -> anyhow::Result<Bound<T>> {
    let integer = |value: f64| -> anyhow::Result<i64> {
        let integer = value as i64;
        if integer as f64 == value {
            Ok(integer)
        } else {
            bail!("it is {ty}, and {value} is no integer")
        }
    };
    let narrow =
        |value: i64| i32::try_from(value).with_context(|| format!("{value} does not fit an i32"));
    Ok(match (values, ty) {
        (Values::Real(values), Type::Real) => {
            Bound::Real(values.into_iter().map(T::from_f64).collect())
        }
        (Values::Integer(values), Type::Real) => Bound::Real(
            values
                .into_iter()
                .map(|value| T::from_f64(value as f64))
                .collect(),
        ),
        (Values::Real(values), Type::I64) => {
            Bound::I64(values.into_iter().map(integer).collect::<Result<_, _>>()?)
        }
        (Values::Real(values), _) => Bound::I32(
            values
                .into_iter()
                .map(|value| narrow(integer(value)?))
                .collect::<Result<_, _>>()?,
        ),
        (Values::Integer(values), Type::I64) => Bound::I64(values),
        (Values::Integer(values), _) => {
            Bound::I32(values.into_iter().map(narrow).collect::<Result<_, _>>()?)
        }
    })
}

/// The values of one output.
enum Column<T> {
    Real(Vec<T>),
    I32(Vec<i32>),
    I64(Vec<i64>),
}

impl<T: Number> Column<T> {
    fn new(ty: Type, points: usize) -> Column<T> {
        match ty {
            Type::I32 => Column::I32(vec![0; points]),
            Type::I64 => Column::I64(vec![0; points]),
            Type::Real | Type::Bool => Column::Real(vec![T::default(); points]),
        }
    }

    fn output(&mut self, block: std::ops::Range<usize>) -> Output<'_, T> {
        match self {
            Column::Real(values) => Output::Slice(&mut values[block]),
            Column::I32(values) => Output::I32(&mut values[block]),
            Column::I64(values) => Output::I64(&mut values[block]),
        }
    }

    fn print(&self, point: usize, to: &mut String) {
        let result = match self {
            Column::Real(values) => print_real(values[point], to),
            Column::I32(values) => write!(to, "{}", values[point]),
            Column::I64(values) => write!(to, "{}", values[point]),
        };
        result.expect("a string takes any text");
    }
}

/// The shortest text that reads back as `value`, with an exponent where the plain
/// form would be mostly zeros.
fn print_real<T: Number>(value: T, to: &mut String) -> std::fmt::Result {
    let magnitude = value.to_f64().abs();
    if magnitude.is_nan() {
        write!(to, "nan")
    } else if magnitude != 0.0 && magnitude.is_finite() && !(1e-5..1e16).contains(&magnitude) {
        write!(to, "{value:e}")
    } else {
        write!(to, "{value}")
    }
}

fn evaluate<T: Number>(
    evaluator: &Evaluator<T>,
    bound: &[Bound<T>],
    columns: &mut [Column<T>],
    points: usize,
) -> anyhow::Result<()> {
    let mut workspace = evaluator.workspace();
    let bar = if points > BLOCK {
        ProgressBar::new(points as u64)
    } else {
        ProgressBar::hidden()
    };
    for start in (0..points).step_by(BLOCK) {
        let block = start..points.min(start + BLOCK);
        let inputs: Vec<Input<'_, T>> = bound.iter().map(|b| b.input(block.clone())).collect();
        let mut outputs: Vec<Output<'_, T>> = columns
            .iter_mut()
            .map(|column| column.output(block.clone()))
            .collect();
        evaluator.eval_with(&mut workspace, &inputs, &mut outputs)?;
        bar.set_position(block.end as u64);
    }
    bar.finish_and_clear();
    Ok(())
}

/// One line a point, outputs separated by tabs.
fn table<T: Number>(columns: &[Column<T>], points: usize) -> String {
    let mut text = String::new();
    for point in 0..points {
        for (index, column) in columns.iter().enumerate() {
            if index > 0 {
                text.push('\t');
            }
            column.print(point, &mut text);
        }
        text.push('\n');
    }
    text
}

/// One output under the inputs' shape; several as rows before that shape.
fn write_columns<T: Number>(
    path: &Path,
    shape: &[u64],
    columns: &[Column<T>],
) -> anyhow::Result<()> {
    match columns {
        [] => bail!("the formula has no output to write"),
        [Column::Real(values)] => save(path, |file| npy::write(file, shape, values)),
        [Column::I32(values)] => save(path, |file| npy::write(file, shape, values)),
        [Column::I64(values)] => save(path, |file| npy::write(file, shape, values)),
        columns => {
            let mut rows = Vec::new();
            for column in columns {
                let Column::Real(values) = column else {
                    bail!("several outputs go into one file only if all are real");
                };
                rows.extend_from_slice(values);
            }
            let mut stacked = vec![columns.len() as u64];
            stacked.extend_from_slice(shape);
            save(path, |file| npy::write(file, &stacked, &rows))
        }
    }
}
