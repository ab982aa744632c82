//! A graph as a function of a point.

use crate::evaluator::{CompileError, Evaluator, Options, Real, is_function_of_reals};
use crate::native::{self, Installed, program::with_compiler};
use crate::slices::{Input, Output};
use crate::target::Resolved;
use smalto_graph::Graph;
use smalto_graph::passes::optimise;
use smalto_lower::{Reference, StandardEnvironment};
use smalto_record::record_point;
use std::fmt;

/// A graph of reals as a function of one point: the inputs in the order the graph declares
/// them, one output.
///
/// Where there is machine code it is a call of a few nanoseconds. For many points at once
/// an [`Evaluator`] is several times as fast a point.
///
/// ```
/// use smalto_graph::formula;
/// use smalto_jit::{Options, PointFunction};
///
/// let graph = formula::parse("sqrt(x^2 + y^2) - 1")?;
/// let distance = PointFunction::<f32>::new(&graph, &Options::default())?;
/// assert_eq!(distance.call(&[3.0, 4.0]), 4.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct PointFunction<T> {
    body: Body<T>,
    inputs: usize,
}

enum Body<T> {
    Compiled(Installed),
    Interpreted(Evaluator<T>),
}

impl<T: Real> PointFunction<T> {
    /// Optimises `graph` and compiles it. With [`Target::Auto`](crate::Target::Auto) a
    /// graph that cannot be compiled is interpreted.
    ///
    /// # Errors
    /// If the target cannot be used here, the graph has not exactly one output or some input
    /// or output that is no real, or state.
    pub fn new(graph: &Graph, options: &Options<'_>) -> Result<PointFunction<T>, CompileError> {
        is_function_of_reals(graph, |_| true)?;
        let _environment = StandardEnvironment::enter();
        let optimised = optimise(graph, &Reference(T::ELEMENT), options.mode);
        let inputs = graph.variables().len();
        let compiled = |isa| compile::<T>(isa, &optimised);
        let body = match options.target.resolved()? {
            Resolved::Native(isa) => Body::Compiled(compiled(isa)?),
            Resolved::Tiered(_, isa) => match compiled(isa) {
                Ok(code) => Body::Compiled(code),
                Err(_) => interpreted(&optimised, options)?,
            },
            Resolved::Interp(_) => interpreted(&optimised, options)?,
        };
        Ok(PointFunction { body, inputs })
    }

    /// The value at a point.
    ///
    /// # Panics
    /// If there are more or fewer numbers than the graph has inputs.
    #[inline]
    pub fn call(&self, point: &[T]) -> T {
        assert_eq!(point.len(), self.inputs, "a number for each input");
        let mut value = T::default();
        match &self.body {
            Body::Compiled(code) => {
                let words = [
                    point.as_ptr().expose_provenance() as u64,
                    point.len() as u64,
                    (&raw mut value).expose_provenance() as u64,
                    1,
                ];
                // SAFETY: the kernel is a System V function of two buffers: it reads the
                // inputs, as many as there are, and writes one output. The ISA was found to
                // be present.
                unsafe { code.call_briefly(0, &words) };
            }
            Body::Interpreted(evaluator) => interpret(evaluator, point, &mut value),
        }
        value
    }

    /// Whether it is machine code.
    pub fn is_compiled(&self) -> bool {
        matches!(self.body, Body::Compiled(_))
    }
}

fn compile<T: Real>(isa: native::Isa, graph: &Graph) -> Result<Installed, CompileError> {
    let recording = record_point(graph, T::ELEMENT)?;
    let compiled = with_compiler(isa, |compiler| {
        compiler.compile(recording.module(), recording.kernel())
    })?;
    Ok(native::install("smalto point", compiled.code(), &[0])?)
}

fn interpreted<T: Real>(graph: &Graph, options: &Options<'_>) -> Result<Body<T>, CompileError> {
    let evaluator = Evaluator::from_optimised(graph, options)?;
    if evaluator.is_stateful() {
        return Err(CompileError::Stateful);
    }
    Ok(Body::Interpreted(evaluator))
}

#[cold]
fn interpret<T: Real>(evaluator: &Evaluator<T>, point: &[T], value: &mut T) {
    let inputs: Vec<Input<'_, T>> = point.iter().map(|&x| Input::Scalar(x)).collect();
    let outputs = &mut [Output::Slice(std::slice::from_mut(value))];
    evaluator
        .eval(&inputs, outputs)
        .expect("inputs and outputs are the graph's own");
}

impl<T> fmt::Debug for PointFunction<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body = match self.body {
            Body::Compiled(_) => "machine code",
            Body::Interpreted(_) => "interpreted",
        };
        f.debug_struct("PointFunction")
            .field("inputs", &self.inputs)
            .field("body", &body)
            .finish()
    }
}
