//! The evaluator: a graph, ready to run over slices.

use crate::code::CodeError;
use crate::interp::{Interpreter, Memory, Program, TapeSummary};
use crate::native::{self, Effort};
use crate::slices::{EvalError, Input, Output, Signature};
use crate::target::{Resolved, Target, TargetError};
use crate::tiered::Tiered;
use crate::trace::frame::{BuildFrame, FrameEngine};
use crate::trace::{Build, Engine};
use smalto_codegen::target::x64;
use smalto_graph::passes::{Mode, optimise};
use smalto_graph::{Graph, GraphError, Op, Type};
use smalto_lower::lanes::{Level, Wide, WithLanes};
use smalto_lower::{Float, Lanes, Reference, StandardEnvironment};
use smalto_record::RecordError;
use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use thiserror::Error;

/// How a graph is compiled.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options<'a> {
    /// What runs it.
    pub target: Target,
    /// Whether bits may change for speed.
    pub mode: Mode,
    /// Inputs that have one value a call. What depends on them alone is computed
    /// once a call.
    pub uniform: &'a [&'a str],
}

/// Why a graph was not compiled.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CompileError {
    /// A target that is not to be had.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// An input that the graph does not have.
    #[error(transparent)]
    Graph(#[from] GraphError),
    /// More nodes than a tape can address.
    #[error("a graph of {nodes} nodes is too large to run; at most {MAX_NODES} fit a tape")]
    TooLarge {
        /// The nodes it has.
        nodes: usize,
    },
    /// A function of a point has one value.
    #[error("a function of a point has one output, but this graph has {count}")]
    Outputs {
        /// How many it has.
        count: usize,
    },
    /// A function of a point remembers nothing.
    #[error("this graph has state from sample to sample, so it is no function of a point")]
    Stateful,
    /// A call of a function that only knows what to do at a point.
    #[error(
        "this graph calls `{name}`, which can be evaluated at points only, so it cannot be traced"
    )]
    Untraceable {
        /// The function.
        name: String,
    },
    /// An operation that has no machine code.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The compiler could not do it.
    #[error("no machine code was made: {reason}")]
    MachineCode {
        /// Why.
        reason: String,
    },
}

impl From<x64::CompileError> for CompileError {
    fn from(error: x64::CompileError) -> CompileError {
        CompileError::MachineCode {
            reason: error.to_string(),
        }
    }
}

impl From<CodeError> for CompileError {
    fn from(error: CodeError) -> CompileError {
        CompileError::MachineCode {
            reason: error.to_string(),
        }
    }
}

/// That the graph is one function with a real or a truth value, whose inputs that
/// `must_be_real` names are reals.
pub(crate) fn is_function_of_reals(
    graph: &Graph,
    must_be_real: impl Fn(&str) -> bool,
) -> Result<(), CompileError> {
    match graph.outputs().len() {
        1 => are_reals(graph, must_be_real),
        count => Err(CompileError::Outputs { count }),
    }
}

/// That outputs are reals or truth values, and that so are inputs that `must_be_real` names.
pub(crate) fn are_reals(
    graph: &Graph,
    must_be_real: impl Fn(&str) -> bool,
) -> Result<(), CompileError> {
    let not_real = |name: &str, ty| RecordError::NotReal {
        name: name.into(),
        ty,
    };
    for variable in graph.variables() {
        if must_be_real(&variable.name) && variable.ty != Type::Real {
            return Err(not_real(&variable.name, variable.ty).into());
        }
    }
    for output in graph.outputs() {
        match graph.ty(output.node) {
            Type::Real | Type::Bool => {}
            ty => return Err(not_real(&output.name, ty).into()),
        }
    }
    Ok(())
}

/// A tape addresses uniforms by 32-bit byte offsets, 128 bytes each at the most.
const MAX_NODES: usize = 1 << 25;

/// The element types an evaluator can be made for: f32 and f64.
pub trait Real: Wide + sealed::Sealed {}
impl Real for f32 {}
impl Real for f64 {}

mod sealed {
    #![allow(
        private_interfaces,
        private_bounds,
        reason = "a sealed trait is called in this crate only"
    )]
    use super::{Build, BuildFrame, Compile, Engine, FrameEngine, Level, Program};

    /// What only this crate can do for an element.
    pub trait Sealed: Sized {
        /// The program of `compile` at `level`, or `None` if this CPU lacks it.
        fn compile(compile: Compile<'_>, level: Level) -> Option<Box<dyn Program<Self>>>;
        /// What traces the graph of `build` at `level`, or `None` if this CPU lacks it.
        fn trace(build: Build<'_>, level: Level) -> Option<Box<dyn Engine<Self>>>;
        /// What computes frames at `level`, or `None` if this CPU lacks it.
        fn frame(level: Level) -> Option<Box<dyn FrameEngine<Self>>>;
        /// The value as a kernel's argument.
        fn to_word(self) -> u64;
    }

    // Written out for each element, not generic, so that the kernels are part of this
    // crate, compiled once and with its optimisation, not of every crate that uses it.
    impl Sealed for f32 {
        fn compile(compile: Compile<'_>, level: Level) -> Option<Box<dyn Program<f32>>> {
            level.with_lanes(compile)
        }
        fn trace(build: Build<'_>, level: Level) -> Option<Box<dyn Engine<f32>>> {
            level.with_lanes(build)
        }
        fn frame(level: Level) -> Option<Box<dyn FrameEngine<f32>>> {
            level.with_lanes(BuildFrame)
        }
        fn to_word(self) -> u64 {
            self.to_bits().into()
        }
    }

    impl Sealed for f64 {
        fn compile(compile: Compile<'_>, level: Level) -> Option<Box<dyn Program<f64>>> {
            level.with_lanes(compile)
        }
        fn trace(build: Build<'_>, level: Level) -> Option<Box<dyn Engine<f64>>> {
            level.with_lanes(build)
        }
        fn frame(level: Level) -> Option<Box<dyn FrameEngine<f64>>> {
            level.with_lanes(BuildFrame)
        }
        fn to_word(self) -> u64 {
            self.to_bits()
        }
    }
}

/// A graph compiled to run over slices of `T`.
///
/// One evaluator serves any number of threads at once: each call takes memory from
/// a pool, or from a [`Workspace`] of the caller's.
///
/// ```
/// use smalto_graph::formula;
/// use smalto_jit::{Evaluator, Input, Options, Output};
///
/// let graph = formula::parse("sqrt(x^2 + y^2) - 1")?;
/// let evaluator = Evaluator::<f32>::new(&graph, &Options::default())?;
/// let mut distance = [0.0; 3];
/// evaluator.eval(
///     &[Input::Slice(&[0.0, 3.0, 1.0]), Input::Scalar(4.0)],
///     &mut [Output::Slice(&mut distance)],
/// )?;
/// assert_eq!(distance, [3.0, 4.0, 17f32.sqrt() - 1.0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Evaluator<T> {
    id: u64,
    program: Box<dyn Program<T>>,
    signature: Signature,
    pool: Mutex<Vec<Memory>>,
}

/// Memory for one evaluation at a time, with the states of stateful user ops, which
/// go on from call to call: blocks of any size give the same samples.
pub struct Workspace {
    evaluator: u64,
    memory: Memory,
}

impl<T: Real> Evaluator<T> {
    /// Optimises `graph` and compiles it.
    ///
    /// # Errors
    /// If the target cannot be used here, an input named uniform does not exist, or the
    /// graph has more nodes than a tape can address.
    pub fn new(graph: &Graph, options: &Options<'_>) -> Result<Evaluator<T>, CompileError> {
        let _environment = StandardEnvironment::enter();
        let optimised = optimise(graph, &Reference(T::ELEMENT), options.mode);
        Evaluator::from_optimised(&optimised, options)
    }

    /// Compiles a graph that [`optimise`] gave for element `T`, as it is.
    ///
    /// # Errors
    /// If the target cannot be used here, an input named uniform does not exist, or the
    /// graph has more nodes than a tape can address.
    ///
    /// # Panics
    /// If the graph calls user ops that [`optimise`] would have lowered.
    pub fn from_optimised(
        graph: &Graph,
        options: &Options<'_>,
    ) -> Result<Evaluator<T>, CompileError> {
        static NEXT_ID: AtomicU64 = AtomicU64::new(0);
        // Tables are rounded to the element.
        let _environment = StandardEnvironment::enter();
        let target = options.target.resolved()?;
        if graph.len() >= MAX_NODES {
            return Err(CompileError::TooLarge { nodes: graph.len() });
        }
        let graph = &with_number_outputs(graph);
        let signature = Signature::new(graph, &uniform_inputs(graph, options.uniform)?);
        let program = match target {
            Resolved::Native(isa) => native::compile(isa, graph, &signature, Effort::Least)?,
            Resolved::Interp(level) => interpreter(level, graph, &signature),
            Resolved::Tiered(level, isa) => {
                let program = interpreter(level, graph, &signature);
                match program.is_stateful() {
                    true => program,
                    false => {
                        let graph = graph.clone().into_owned();
                        Box::new(Tiered::new(program, graph, signature.clone(), isa))
                    }
                }
            }
        };
        Ok(Evaluator {
            id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
            program,
            signature,
            pool: Mutex::new(Vec::new()),
        })
    }

    /// Evaluates every output at every point. Inputs and outputs are in the order the
    /// graph declares them; all slices are as long as the outputs.
    ///
    /// # Errors
    /// If their number, types or lengths do not fit, or the graph has state.
    pub fn eval(
        &self,
        inputs: &[Input<'_, T>],
        outputs: &mut [Output<'_, T>],
    ) -> Result<(), EvalError> {
        if self.program.is_stateful() {
            return Err(EvalError::NeedsWorkspace);
        }
        let points = self.signature.check(inputs, outputs)?;
        let pooled = self
            .pool
            .lock()
            .expect("no code panics holding the pool")
            .pop();
        let mut memory = pooled.unwrap_or_else(|| self.new_memory());
        self.program.run(&mut memory, inputs, outputs, points);
        self.pool
            .lock()
            .expect("no code panics holding the pool")
            .push(memory);
        Ok(())
    }

    /// [`eval`](Evaluator::eval) in the caller's workspace, where state goes on from
    /// the last call.
    ///
    /// # Errors
    /// If the number, types or lengths do not fit, or the workspace is another evaluator's.
    pub fn eval_with(
        &self,
        workspace: &mut Workspace,
        inputs: &[Input<'_, T>],
        outputs: &mut [Output<'_, T>],
    ) -> Result<(), EvalError> {
        if workspace.evaluator != self.id {
            return Err(EvalError::ForeignWorkspace);
        }
        let points = self.signature.check(inputs, outputs)?;
        self.program
            .run(&mut workspace.memory, inputs, outputs, points);
        Ok(())
    }

    /// A workspace with all states at their beginning.
    pub fn workspace(&self) -> Workspace {
        Workspace {
            evaluator: self.id,
            memory: self.new_memory(),
        }
    }

    fn new_memory(&self) -> Memory {
        // Constants are rounded to the element.
        let _environment = StandardEnvironment::enter();
        self.program.new_memory()
    }

    /// The target it runs on by now: never `Auto`. With [`Target::Auto`] that is the
    /// interpreter until it pays to compile.
    pub fn target(&self) -> Target {
        self.program.target()
    }

    /// With [`Target::Auto`], compiles now rather than when that pays. A graph that cannot
    /// be compiled goes on in the interpreter.
    pub fn compile_now(&self) {
        self.program.compile_now();
    }

    pub(crate) fn signature(&self) -> &Signature {
        &self.signature
    }

    /// Whether some state outlives a call, so that [`eval_with`](Evaluator::eval_with)
    /// must be used.
    pub fn is_stateful(&self) -> bool {
        self.program.is_stateful()
    }

    /// What the interpreter's tape looks like, if there is one.
    pub fn summary(&self) -> Option<TapeSummary> {
        self.program.summary()
    }
}

impl<T> fmt::Debug for Evaluator<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Evaluator")
            .field("target", &self.program.target())
            .field("tape", &self.program.summary())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Workspace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Workspace").finish_non_exhaustive()
    }
}

/// Compiles for whatever lanes it is shown.
pub(crate) struct Compile<'g> {
    graph: &'g Graph,
    signature: Signature,
    level: Level,
}

/// The interpreter's program of `graph` at a level that is available.
fn interpreter<T: Real>(level: Level, graph: &Graph, signature: &Signature) -> Box<dyn Program<T>> {
    let compile = Compile {
        graph,
        signature: signature.clone(),
        level,
    };
    T::compile(compile, level).expect("the level was resolved")
}

impl<T: Float> WithLanes<T> for Compile<'_> {
    type Output = Box<dyn Program<T>>;

    fn run<L: Lanes<Element = T>>(self, lanes: L) -> Box<dyn Program<T>> {
        Box::new(Interpreter::new(
            lanes,
            self.level,
            self.graph,
            self.signature,
        ))
    }
}

/// `graph` with bool outputs as the reals 0 and 1.
pub(crate) fn with_number_outputs(graph: &Graph) -> std::borrow::Cow<'_, Graph> {
    use std::borrow::Cow;
    if graph
        .outputs()
        .iter()
        .all(|output| graph.ty(output.node) != Type::Bool)
    {
        return Cow::Borrowed(graph);
    }
    let mut converted = graph.clone();
    converted.clear_outputs();
    for output in graph.outputs() {
        let node = match graph.ty(output.node) {
            Type::Bool => converted
                .apply(Op::ToReal, &[output.node])
                .expect("a bool converts"),
            _ => output.node,
        };
        converted
            .output(&output.name, node)
            .expect("names are as unique as before");
    }
    Cow::Owned(converted)
}

/// For each input, whether it is among `names`.
pub(crate) fn uniform_inputs(graph: &Graph, names: &[&str]) -> Result<Vec<bool>, GraphError> {
    let mut uniform = vec![false; graph.variables().len()];
    for &name in names {
        let id = graph
            .variable_named(name)
            .ok_or_else(|| GraphError::UnknownVariable {
                name: name.into(),
                known: graph
                    .variables()
                    .iter()
                    .map(|variable| variable.name.to_string())
                    .collect(),
            })?;
        uniform[id.index()] = true;
    }
    Ok(uniform)
}
