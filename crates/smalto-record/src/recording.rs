//! A recorded kernel.

use crate::nodes::{self, Nodes};
use crate::recorder::{Recorder, Refusal, State};
use smalto_graph::{Graph, NodeId};
use smalto_kernel::{Builder, Module, Rate, Routine, RoutineId, ValueId, Width};
use smalto_lower::Float;
use std::cell::RefCell;

/// A kernel, and which node of the graph each of its instructions is for.
#[derive(Debug, Clone)]
pub struct Recording {
    module: Module,
    kernel: RoutineId,
    sources: Vec<u32>,
}

/// Storage that recording uses again and again.
#[derive(Debug, Default)]
pub struct Workspace {
    pub(crate) nodes: nodes::Storage,
    pub(crate) order: crate::order::Storage,
    routine: Option<Routine>,
}

impl Workspace {
    /// Takes back the storage of a recording that is not needed any more.
    pub fn recycle(&mut self, mut recording: Recording) {
        self.nodes.sources = recording.sources;
        // The kernel is the last routine, and the large one.
        self.routine = recording.module.take_routines().last();
    }

    pub(crate) fn kernel(&mut self, name: &str, width: Width) -> Builder {
        match self.routine.take() {
            Some(routine) => Builder::reuse(routine, name, width),
            None => Builder::kernel(name, width),
        }
    }
}

/// Records by hand: what `body` does with the machine, and with the
/// [builder](Recorder::build) behind it, in a kernel begun with `builder`.
///
/// ```
/// use smalto_kernel::{Access, Builder, Lane, Rate, Width};
/// use smalto_lower::Machine;
/// use smalto_record::{Recorder, record};
///
/// let mut b = Builder::kernel("negate", Width::Any);
/// let x = b.buffer("x", Lane::F32, Access::ReadWrite);
/// let recording = record(b, Rate::Varying, |m: Recorder<'_, f32>| {
///     let start = m.build(|b| b.uniform(0i64));
///     let negated = m.neg(m.build(|b| b.load(x, start, None)));
///     m.build(|b| b.store(x, start, negated, None));
///     m.build(Builder::return_nothing);
/// })?;
/// smalto_kernel::verify(recording.module())?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// If a primitive was used that has no form in this kernel.
pub fn record<T: Float>(
    builder: Builder,
    rate: Rate,
    body: impl FnOnce(Recorder<'_, T>),
) -> Result<Recording, Refusal> {
    let state = State::new(builder, rate);
    body(Recorder::new(&state));
    let refusal = state.borrow_mut().take_refusal();
    match refusal {
        None => Ok(Recording::of(state.into_inner(), Vec::new())),
        Some(refusal) => Err(refusal),
    }
}

impl Recording {
    /// Puts the kernel being built together with the functions and tables it uses.
    pub(crate) fn of(state: State, sources: Vec<u32>) -> Recording {
        let (tables, functions, builder) = state.into_parts();
        let mut module = Module::new();
        for table in tables {
            module.add_table(table);
        }
        for function in functions {
            module.add(function);
        }
        let kernel = module.add(builder.finish());
        Recording {
            module,
            kernel,
            sources,
        }
    }

    /// The kernel, the functions it calls and the tables it looks up in.
    pub fn module(&self) -> &Module {
        &self.module
    }

    /// The module, for passes.
    pub fn into_module(self) -> Module {
        self.module
    }

    /// The kernel.
    pub fn kernel(&self) -> RoutineId {
        self.kernel
    }

    /// The node of the graph that an instruction of the kernel is for; none for loops and
    /// indices, and in kernels recorded by hand.
    pub fn source(&self, graph: &Graph, value: ValueId) -> Option<NodeId> {
        let &source = self.sources.get(value.index())?;
        graph.ids().nth(source as usize)
    }
}

/// Records nodes of `graph` with `body`, in a kernel begun with `builder`.
pub(crate) fn record_nodes<T: Float, E>(
    builder: Builder,
    rate: Rate,
    graph: &Graph,
    storage: &mut nodes::Storage,
    body: impl FnOnce(&mut Nodes<'_, '_, T>) -> Result<(), E>,
) -> Result<Recording, E> {
    let state: RefCell<State> = State::new(builder, rate);
    let mut nodes = Nodes::new(&state, graph, storage);
    nodes.note(nodes::GLUE);
    body(&mut nodes)?;
    let sources = std::mem::take(&mut storage.sources);
    Ok(Recording::of(state.into_inner(), sources))
}
