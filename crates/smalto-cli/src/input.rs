//! Where the values of a formula's inputs come from.

use crate::column::{Column, Number};
use crate::npy::{Array, Numbers, points, shape_text};
use crate::value;
use anyhow::{Context, anyhow, bail};
use smalto::{Graph, Type};
use std::collections::HashMap;
use std::ops::Range;
use std::path::PathBuf;

/// The most points a range may have; nobody waits for the end of more.
const MAX_POINTS: u64 = 1 << 40;

/// `NAME=VALUES`, as the command line gives it.
#[derive(Debug, Clone)]
pub(crate) struct Binding {
    pub(crate) name: String,
    source: Source,
}

#[derive(Debug, Clone)]
enum Source {
    Value(String),
    Range {
        from: String,
        to: String,
        count: String,
    },
    File(PathBuf),
}

impl Binding {
    pub(crate) fn parse(text: &str) -> Result<Binding, String> {
        let (name, values) = value::split_binding(text).ok_or_else(|| {
            format!(
                "`{text}` gives no input a value; write NAME=VALUE, NAME=FROM:TO:N or \
                 NAME=FILE.npy, and put a formula with blanks in quotes"
            )
        })?;
        let parts: Vec<&str> = values.split(':').map(str::trim).collect();
        let source = match parts[..] {
            _ if values.ends_with(".npy") => Source::File(values.into()),
            [value] => Source::Value(value.into()),
            [from, to, count] => Source::Range {
                from: from.into(),
                to: to.into(),
                count: count.into(),
            },
            _ => {
                return Err(format!(
                    "`{values}` is neither VALUE, FROM:TO:N nor FILE.npy"
                ));
            }
        };
        Ok(Binding {
            name: name.into(),
            source,
        })
    }
}

/// The values of one input, computed or converted when they are needed.
struct Values {
    name: String,
    ty: Type,
    kind: Kind,
}

enum Kind {
    Real(f64),
    Integer(i64),
    /// Both ends included.
    RealRange {
        from: f64,
        to: f64,
        count: u64,
    },
    IntegerRange {
        from: i64,
        step: i128,
        count: u64,
    },
    File(Array),
}

/// The values of all inputs of a formula, in its order.
pub(crate) struct Inputs {
    values: Vec<Values>,
    shape: Vec<u64>,
}

impl Inputs {
    /// Gives each input of `graph` its binding.
    pub(crate) fn bind(graph: &Graph, bindings: &[Binding]) -> anyhow::Result<Inputs> {
        let bindings = by_name(graph, bindings)?;
        let mut values = Vec::new();
        for variable in graph.variables() {
            let name = &*variable.name;
            let Some(binding) = bindings.get(name) else {
                bail!(
                    "input `{name}` has no value; \
                     give it one: {name}=1, {name}=0:1:5 or {name}=FILE.npy"
                );
            };
            values.push(Values {
                name: name.into(),
                ty: variable.ty,
                kind: Kind::new(&binding.source, variable.ty)
                    .with_context(|| format!("input `{name}`"))?,
            });
        }
        let shape = common_shape(&values)?;
        Ok(Inputs { values, shape })
    }

    /// The shape of the arrays given; none for a single point.
    pub(crate) fn shape(&self) -> &[u64] {
        &self.shape
    }

    /// For each input, whether it has one value for all points.
    pub(crate) fn is_uniform(&self) -> Vec<bool> {
        self.values.iter().map(Values::is_uniform).collect()
    }

    /// The names of those.
    pub(crate) fn uniform(&self) -> Vec<&str> {
        let uniform = self.values.iter().filter(|values| values.is_uniform());
        uniform.map(|values| values.name.as_str()).collect()
    }

    /// An empty column for each input.
    pub(crate) fn columns<T: Number>(&self) -> Vec<Column<T>> {
        self.values
            .iter()
            .map(|values| Column::new(values.ty, 0))
            .collect()
    }

    /// Fills the columns with the values at some points; one value if it serves all.
    pub(crate) fn fill<T: Number>(
        &self,
        columns: &mut [Column<T>],
        points: &Range<u64>,
    ) -> anyhow::Result<()> {
        for (values, column) in self.values.iter().zip(columns) {
            let points = match values.is_uniform() {
                true => 0..1,
                false => points.clone(),
            };
            values
                .fill(column, points)
                .with_context(|| format!("input `{}`", values.name))?;
        }
        Ok(())
    }
}

/// The bindings, each of an input of `graph` and of another one.
fn by_name<'b>(
    graph: &Graph,
    bindings: &'b [Binding],
) -> anyhow::Result<HashMap<&'b str, &'b Binding>> {
    let known: Vec<&str> = graph.variables().iter().map(|v| &*v.name).collect();
    let mut by_name = HashMap::new();
    for binding in bindings {
        let name = binding.name.as_str();
        if graph.variable_named(name).is_none() {
            match known[..] {
                [] => bail!("the formula has no input `{name}`, nor any other"),
                _ => bail!(
                    "the formula has no input `{name}`; its inputs are: {}",
                    known.join(", ")
                ),
            }
        }
        if by_name.insert(name, binding).is_some() {
            bail!("input `{name}` is given twice");
        }
    }
    Ok(by_name)
}

/// The shape of the results: that of the arrays, which must agree. A range has no
/// shape but its length.
fn common_shape(values: &[Values]) -> anyhow::Result<Vec<u64>> {
    let mut common: Option<&Values> = None;
    for values in values.iter().filter(|values| !values.is_uniform()) {
        let Some(first) = common else {
            common = Some(values);
            continue;
        };
        let (a, b) = (first.shape(), values.shape());
        if points(&a) != points(&b) {
            bail!(
                "input `{}` has {} values, but `{}` has {}; give them the same number, or one value",
                values.name,
                points(&b).unwrap_or(u64::MAX),
                first.name,
                points(&a).unwrap_or(u64::MAX),
            );
        }
        match (first.has_dimensions(), values.has_dimensions()) {
            (true, true) if a != b => bail!(
                "input `{}` has shape {}, but `{}` has {}",
                values.name,
                shape_text(&b),
                first.name,
                shape_text(&a),
            ),
            (false, true) => common = Some(values),
            _ => {}
        }
    }
    Ok(common.map_or(Vec::new(), Values::shape))
}

impl Kind {
    fn new(source: &Source, ty: Type) -> anyhow::Result<Kind> {
        let is_integer = matches!(ty, Type::I32 | Type::I64);
        match source {
            Source::File(path) => Ok(Kind::File(Array::read(path)?)),
            Source::Value(text) if text.is_empty() => bail!("its value is missing"),
            Source::Value(text) if is_integer => Ok(Kind::Integer(value::integer(text)?)),
            Source::Value(text) => value::real(text).map(Kind::Real).map_err(|error| {
                anyhow!("{error}; give it a number, a range FROM:TO:N or a FILE.npy")
            }),
            Source::Range { from, to, count } => {
                let count = point_count(count)?;
                match is_integer {
                    true => integer_range(value::integer(from)?, value::integer(to)?, count),
                    false => real_range(value::real(from)?, value::real(to)?, count),
                }
            }
        }
    }
}

fn point_count(text: &str) -> anyhow::Result<u64> {
    let count = value::integer(text)
        .map_err(|error| anyhow!("{error}; a range is FROM:TO:N, with N points"))?;
    match u64::try_from(count) {
        Ok(count @ 1..=MAX_POINTS) => Ok(count),
        _ => bail!("a range has 1 to {MAX_POINTS} points, not {count}"),
    }
}

fn real_range(from: f64, to: f64, count: u64) -> anyhow::Result<Kind> {
    if !(to - from).is_finite() {
        bail!("a range from {from:?} to {to:?} cannot be divided into equal steps");
    }
    Ok(Kind::RealRange { from, to, count })
}

fn integer_range(from: i64, to: i64, count: u64) -> anyhow::Result<Kind> {
    let length = i128::from(to) - i128::from(from);
    let steps = i128::from(count) - 1;
    if steps > 0 && length % steps != 0 {
        bail!(
            "{count} points from {from} to {to} are not all integers; {} points would be",
            length.abs() + 1
        );
    }
    let step = length.checked_div(steps).unwrap_or(0);
    Ok(Kind::IntegerRange { from, step, count })
}

impl Values {
    fn shape(&self) -> Vec<u64> {
        match &self.kind {
            Kind::Real(_) | Kind::Integer(_) => Vec::new(),
            Kind::RealRange { count, .. } | Kind::IntegerRange { count, .. } => vec![*count],
            Kind::File(array) => array.shape().to_vec(),
        }
    }

    fn is_uniform(&self) -> bool {
        self.shape().is_empty()
    }

    fn has_dimensions(&self) -> bool {
        matches!(self.kind, Kind::File(_))
    }

    fn fill<T: Number>(&self, column: &mut Column<T>, points: Range<u64>) -> anyhow::Result<()> {
        let numbers = match &self.kind {
            Kind::Real(value) => Numbers::Real(vec![*value]),
            Kind::Integer(value) => Numbers::Integer(vec![(*value).into()]),
            &Kind::RealRange { from, to, count } => {
                let last = count - 1;
                let at = |point| match point {
                    0 => from,
                    point if point == last => to,
                    point => from + (to - from) * (point as f64 / last as f64),
                };
                Numbers::Real(points.map(at).collect())
            }
            &Kind::IntegerRange { from, step, .. } => {
                let at = |point| i128::from(from) + step * i128::from(point);
                Numbers::Integer(points.map(at).collect())
            }
            Kind::File(array) => array.numbers(points.start as usize..points.end as usize),
        };
        match column {
            Column::Real(values) => reals(&numbers, values),
            Column::I32(values) => integers(&numbers, self.ty, values)?,
            Column::I64(values) => integers(&numbers, self.ty, values)?,
        }
        Ok(())
    }
}

fn reals<T: Number>(numbers: &Numbers, into: &mut Vec<T>) {
    into.clear();
    match numbers {
        Numbers::Real(values) => into.extend(values.iter().map(|&value| T::from_f64(value))),
        Numbers::Integer(values) => {
            into.extend(values.iter().map(|&value| T::from_integer(value)));
        }
    }
}

fn integers<I: TryFrom<i128>>(
    numbers: &Numbers,
    ty: Type,
    into: &mut Vec<I>,
) -> anyhow::Result<()> {
    into.clear();
    match numbers {
        Numbers::Real(values) => {
            for &value in values {
                let integer = value::exact_integer(value).and_then(|value| value.try_into().ok());
                into.push(integer.with_context(|| format!("it is {ty}, so it cannot be {value}"))?);
            }
        }
        Numbers::Integer(values) => {
            for &value in values {
                let integer = value.try_into().ok();
                into.push(integer.with_context(|| format!("it is {ty}, so it cannot be {value}"))?);
            }
        }
    }
    Ok(())
}
