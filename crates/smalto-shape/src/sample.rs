//! The value of a shape at every pixel.

use crate::{CameraError, View, ViewError};
use rayon::ThreadPool;
use rayon::prelude::*;
use smalto_graph::passes::Mode;
use smalto_graph::{Graph, Type};
use smalto_jit::trace::{Hints, MachineCode};
use smalto_jit::{CompileError, GridEvaluator, Input, Options, Real, Target};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use thiserror::Error;

/// Rows that a thread takes at a time: enough that what is computed once a column is
/// worth it, few enough that threads finish together and a cancelled picture stops soon.
const ROWS_PER_TASK: usize = 32;

/// How a picture is computed.
#[derive(Debug, Clone, Copy, Default)]
pub struct RenderOptions<'a> {
    /// What evaluates the shape.
    pub target: Target,
    /// Whether bits may change for speed.
    pub mode: Mode,
    /// How many threads; `None` for one per core.
    pub threads: Option<usize>,
    /// Values of inputs other than x and y. z and t are 0 unless named here.
    pub values: &'a [(&'a str, f64)],
    /// Whether to compute in f64, for views so small that f32 runs out of digits.
    pub double: bool,
    /// Whether to evaluate the whole shape at every pixel instead of finding out what matters
    /// where. The picture is the same.
    pub every_pixel: bool,
    /// When regions are evaluated by machine code, where the target has any. The picture is the
    /// same.
    pub machine_code: MachineCode,
    /// How space is divided; `None` for what the shape's [tracer](smalto_jit::trace::Tracer::hints)
    /// says. The picture is the same.
    pub hints: Option<Hints>,
}

/// Someone who watches long work and may stop it.
pub trait Progress: Sync {
    /// That many more pixels are done. What draws several pictures to make one counts the
    /// pixels of that one, each a bit at a time.
    fn advance(&self, pixels: usize);

    /// Whether the work should stop.
    fn is_cancelled(&self) -> bool {
        false
    }
}

/// Nobody is watching.
impl Progress for () {
    fn advance(&self, _: usize) {}
}

/// Why there is no picture.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RenderError {
    /// The shape could not be compiled.
    #[error(transparent)]
    Compile(CompileError),
    /// A graph with no output, or several.
    #[error("a shape has one output, but this graph has {count}{names}")]
    Outputs {
        /// How many it has.
        count: usize,
        /// What they are called; empty or starting with `: `.
        names: String,
    },
    /// An input without a value.
    #[error("input `{name}` has no value; give it one, as in `--set {name}=1`")]
    Unbound {
        /// The input.
        name: String,
    },
    /// An x or y that is no real.
    #[error("input `{name}` is {ty}, but pixels have real coordinates; declare it `input {name}`")]
    PixelType {
        /// The input.
        name: String,
        /// Its type.
        ty: Type,
    },
    /// A value for an input that the shape does not have, or that pixels give.
    #[error("there is no input `{name}` to set; the inputs that can be set are: {known}")]
    UnknownValue {
        /// The name.
        name: String,
        /// The inputs that can be set.
        known: String,
    },
    /// A value that does not fit the input's type.
    #[error("input `{name}` is {ty}, so it cannot be {value}")]
    ValueType {
        /// The input.
        name: String,
        /// Its type.
        ty: Type,
        /// The value.
        value: f64,
    },
    /// A shape with state, which has no meaning in a picture.
    #[error("this graph has state from sample to sample, so it is no shape")]
    Stateful,
    /// More samples than fit in memory.
    #[error(transparent)]
    View(#[from] ViewError),
    /// Nothing is to be seen from there.
    #[error(transparent)]
    Camera(#[from] CameraError),
    /// Threads could not be started.
    #[error("cannot start {threads} threads: {reason}")]
    Threads {
        /// How many were asked for.
        threads: usize,
        /// What the system said.
        reason: String,
    },
    /// [`Progress::is_cancelled`] said so.
    #[error("cancelled")]
    Cancelled,
}

impl From<CompileError> for RenderError {
    fn from(error: CompileError) -> RenderError {
        match error {
            CompileError::Stateful => RenderError::Stateful,
            error => RenderError::Compile(error),
        }
    }
}

/// The value of `graph` at every pixel of `view`, row by row from the top.
///
/// # Errors
/// If the graph is no shape, an input has no value, or the work was cancelled.
pub fn sample(
    graph: &Graph,
    view: &View,
    options: &RenderOptions<'_>,
    progress: &dyn Progress,
) -> Result<Vec<f32>, RenderError> {
    check_is_shape(graph)?;
    let scalars = bind(graph, options.values)?;
    let compile = Options {
        target: options.target,
        mode: options.mode,
        ..Options::default()
    };
    let evaluator = GridEvaluator::<f32>::new(graph, ["x", "y"], &compile)?;

    let (columns, rows) = (view.columns(), view.rows());
    let mut values = vec![0f32; view.width() * view.height()];
    let task = |workspace: &mut _, (rows, values): (&[f32], &mut [f32])| {
        if progress.is_cancelled() {
            return Err(RenderError::Cancelled);
        }
        evaluator
            .eval(workspace, &columns, rows, &scalars, values)
            .expect("inputs were bound to the graph's own");
        progress.advance(rows.len() * columns.len());
        Ok(())
    };
    in_pool(options.threads, || {
        rows.par_chunks(ROWS_PER_TASK)
            .zip(values.par_chunks_mut(ROWS_PER_TASK * columns.len()))
            .try_for_each_init(|| evaluator.workspace(), task)
    })??;
    Ok(values)
}

/// That there is one value a pixel.
pub(crate) fn check_is_shape(graph: &Graph) -> Result<(), RenderError> {
    let outputs = graph.outputs();
    if outputs.len() == 1 {
        return Ok(());
    }
    let names: Vec<&str> = outputs.iter().map(|output| &*output.name).collect();
    let names = if names.is_empty() {
        String::new()
    } else {
        format!(": {}", names.join(", "))
    };
    Err(RenderError::Outputs {
        count: outputs.len(),
        names,
    })
}

/// The values of the inputs of `graph` that pixels do not give, in order: those named in
/// `values`, and 0 for a z or t that is not.
///
/// # Errors
/// If an input has no value, a value has no input, or it does not fit the input's type.
pub fn bind<T: Real>(
    graph: &Graph,
    values: &[(&str, f64)],
) -> Result<Vec<Input<'static, T>>, RenderError> {
    bind_axes(graph, &["x", "y"], values)
}

/// The same where `axes` are the inputs that pixels give.
///
/// # Errors
/// As [`bind`].
pub fn bind_axes<T: Real>(
    graph: &Graph,
    axes: &[&str],
    values: &[(&str, f64)],
) -> Result<Vec<Input<'static, T>>, RenderError> {
    let is_pixel = |name: &str| axes.contains(&name);
    for &(name, _) in values {
        if is_pixel(name) || graph.variable_named(name).is_none() {
            let settable = graph
                .variables()
                .iter()
                .map(|v| &*v.name)
                .filter(|name| !is_pixel(name));
            let known = settable.collect::<Vec<_>>().join(", ");
            let known = if known.is_empty() {
                "none".into()
            } else {
                known
            };
            return Err(RenderError::UnknownValue {
                name: name.into(),
                known,
            });
        }
    }
    graph
        .variables()
        .iter()
        .filter_map(|variable| {
            let name = &*variable.name;
            let given = values.iter().rev().find(|(given, _)| *given == name);
            Some(match (name, given) {
                _ if is_pixel(name) && variable.ty == Type::Real => return None,
                _ if is_pixel(name) => Err(RenderError::PixelType {
                    name: name.into(),
                    ty: variable.ty,
                }),
                (_, Some(&(_, value))) => constant(name, variable.ty, value),
                ("z" | "t", None) => constant(name, variable.ty, 0.0),
                _ => Err(RenderError::Unbound { name: name.into() }),
            })
        })
        .collect()
}

fn constant<T: Real>(name: &str, ty: Type, value: f64) -> Result<Input<'static, T>, RenderError> {
    let misfit = || RenderError::ValueType {
        name: name.into(),
        ty,
        value,
    };
    match ty {
        Type::I32 if f64::from(value as i32) == value => Ok(Input::ScalarI32(value as i32)),
        // 2^63 is one too many, though the saturated conversion gives it back.
        Type::I64 if (value as i64) as f64 == value && value < 2f64.powi(63) => {
            Ok(Input::ScalarI64(value as i64))
        }
        Type::Real => Ok(Input::Scalar(T::from_f64(value))),
        _ => Err(misfit()),
    }
}

/// Runs `work` on that many threads, one per core for `None`.
///
/// Threads are started once for each number of them, and wait for the next work.
///
/// # Errors
/// [`RenderError::Threads`] if they cannot be started.
pub fn in_pool<R: Send>(
    threads: Option<usize>,
    work: impl FnOnce() -> R + Send,
) -> Result<R, RenderError> {
    let Some(threads) = threads else {
        return Ok(work());
    };
    Ok(pool_of(threads.max(1))?.install(work))
}

/// The pool of so many threads.
fn pool_of(threads: usize) -> Result<Arc<ThreadPool>, RenderError> {
    static POOLS: Mutex<BTreeMap<usize, Arc<ThreadPool>>> = Mutex::new(BTreeMap::new());
    let mut pools = POOLS.lock().expect("nothing panics holding the pools");
    if let Some(pool) = pools.get(&threads) {
        return Ok(Arc::clone(pool));
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.map_err(|error| RenderError::Threads {
        threads,
        reason: error.to_string(),
    })?;
    let pool = Arc::new(pool);
    pools.insert(threads, Arc::clone(&pool));
    Ok(pool)
}
