//! Tracers of a shape and those who work with them.
//!
//! A shape has a tracer by its sign, which is enough for what shows the inside, and once that is
//! asked for one by its values. Each has workers: a workspace, tapes and machine code that one
//! thread uses at a time, and another for the next picture.

use crate::RenderError;
use crate::RenderOptions;
use smalto_graph::Graph;
use smalto_graph::passes::Mode;
use smalto_jit::trace::{
    Accounts, Axis, Chosen, Computes, Demand, Hints, MachineCode, Prices, Tape, Trace, Tracer,
    Workspace,
};
use smalto_jit::{Input, Options, Real, Target};
use std::sync::{Mutex, OnceLock};

/// The tracers of a graph.
pub(crate) struct Tracers<T> {
    graph: Graph,
    axes: Axes,
    compile: Compile,
    /// For what shows the inside only.
    signs: Traced<T>,
    /// For all else.
    values: OnceLock<Traced<T>>,
}

/// How space is divided, and tapes with it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Division {
    /// Whether to find out what matters where, or evaluate everything everywhere.
    pub(crate) prune: bool,
    pub(crate) hints: Hints,
    /// When tapes are compiled.
    pub(crate) code: MachineCode,
}

impl Division {
    /// Whether a tape is made shorter for parts of the region that it is of.
    pub(crate) fn shortens(&self, tape: &Tape) -> bool {
        self.prune && tape.len() >= self.hints.shorten_from
    }
}

/// Inputs that are space, and how they vary.
pub(crate) type Axes = &'static [(&'static str, Axis)];

/// How shapes are compiled.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Compile {
    target: Target,
    mode: Mode,
}

impl Compile {
    pub(crate) fn new(options: &RenderOptions<'_>) -> Compile {
        Compile {
            target: options.target,
            mode: options.mode,
        }
    }
}

impl<T: Real> Tracers<T> {
    pub(crate) fn new(
        graph: Graph,
        axes: Axes,
        compile: Compile,
    ) -> Result<Tracers<T>, RenderError> {
        Ok(Tracers {
            signs: Traced::new(&graph, axes, Demand::Signs, compile)?,
            values: OnceLock::new(),
            graph,
            axes,
            compile,
        })
    }

    pub(crate) fn graph(&self) -> &Graph {
        &self.graph
    }

    /// What traces as much of the graph as is asked for.
    pub(crate) fn of(&self, demand: Demand) -> &Traced<T> {
        match demand {
            Demand::Signs => &self.signs,
            Demand::Values => self.values.get_or_init(|| {
                Traced::new(&self.graph, self.axes, demand, self.compile)
                    .expect("a graph that was compiled once can be compiled again")
            }),
        }
    }

    /// What all workers did since this was last asked.
    pub(crate) fn take_statistics(&self) -> Statistics {
        let mut statistics = self.signs.take_statistics();
        if let Some(values) = self.values.get() {
            statistics.add(&values.take_statistics());
        }
        statistics
    }
}

/// A tracer, and the workers that wait for its next picture.
pub(crate) struct Traced<T> {
    pub(crate) tracer: Tracer<T>,
    waiting: Mutex<Vec<Worker<T>>>,
}

impl<T: Real> Traced<T> {
    fn new(
        graph: &Graph,
        axes: Axes,
        demand: Demand,
        compile: Compile,
    ) -> Result<Traced<T>, RenderError> {
        let options = Options {
            target: compile.target,
            mode: compile.mode,
            ..Options::default()
        };
        Ok(Traced {
            tracer: Tracer::with_demand(graph, axes, demand, &options)?,
            waiting: Mutex::default(),
        })
    }

    /// A worker for a picture with these values of the uniform inputs, whose leaves compute that.
    pub(crate) fn hire(
        &self,
        scalars: &[Input<'_, T>],
        computes: Computes,
        code: MachineCode,
    ) -> Hired<'_, T> {
        let waiting = self
            .waiting
            .lock()
            .expect("no code panics holding the workers")
            .pop();
        let mut worker = match waiting {
            None => Worker::new(&self.tracer, scalars),
            Some(mut worker) => {
                self.tracer
                    .set_uniforms(&mut worker.workspace, scalars)
                    .expect("inputs were bound to the graph's own");
                worker
            }
        };
        worker.accounts.begin(computes, code);
        Hired {
            worker: Some(worker),
            waiting: &self.waiting,
        }
    }

    /// How to divide space for it.
    pub(crate) fn division(&self, options: &RenderOptions<'_>) -> Division {
        Division {
            prune: !options.every_pixel,
            hints: options.hints.unwrap_or_else(|| self.tracer.hints()),
            code: options.machine_code,
        }
    }

    /// What evaluating leaves costs on this machine either way, if there is machine code.
    pub(crate) fn prices(&self) -> Option<Prices> {
        let can_compile = self.tracer.can_compile();
        can_compile.then(|| self.tracer.prices(Computes::Values))
    }

    /// What all workers did since this was last asked.
    pub(crate) fn take_statistics(&self) -> Statistics {
        let mut sum = Statistics::default();
        let mut waiting = self
            .waiting
            .lock()
            .expect("no code panics holding the workers");
        for worker in &mut *waiting {
            sum.add(&std::mem::take(&mut worker.statistics));
        }
        sum
    }
}

/// A worker that goes back when it is done.
pub(crate) struct Hired<'a, T> {
    worker: Option<Worker<T>>,
    waiting: &'a Mutex<Vec<Worker<T>>>,
}

impl<T> std::ops::Deref for Hired<'_, T> {
    type Target = Worker<T>;
    fn deref(&self) -> &Worker<T> {
        self.worker
            .as_ref()
            .expect("it is here until it is dropped")
    }
}

impl<T> std::ops::DerefMut for Hired<'_, T> {
    fn deref_mut(&mut self) -> &mut Worker<T> {
        self.worker
            .as_mut()
            .expect("it is here until it is dropped")
    }
}

impl<T> Drop for Hired<'_, T> {
    fn drop(&mut self) {
        if let (Some(worker), Ok(mut waiting)) = (self.worker.take(), self.waiting.lock()) {
            waiting.push(worker);
        }
    }
}

/// What one thread works with.
pub(crate) struct Worker<T> {
    pub(crate) workspace: Workspace<T>,
    /// For each depth of division, the trace of the batch and the tape of the region at hand.
    levels: Vec<Level>,
    /// For bounds that nothing is shortened by.
    pub(crate) scratch: Trace,
    /// Machine code for the regions around the one at hand, where it pays.
    accounts: Accounts<T>,
    /// What leaves have been evaluated, and what else is counted.
    pub(crate) statistics: Statistics,
}

/// What the division of one region at a depth needs.
#[derive(Default)]
pub(crate) struct Level {
    pub(crate) trace: Trace,
    pub(crate) tape: Tape,
}

/// What drawing a picture took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Batches of intervals.
    pub batches: u64,
    /// Instructions of their tapes.
    pub interval_instructions: u64,
    /// Tapes shortened.
    pub shortened: u64,
    /// Instructions that shortening looked at.
    pub visited_instructions: u64,
    /// Leaves.
    pub leaves: u64,
    /// Instructions of their tapes.
    pub leaf_instructions: u64,
    /// Tapes compiled to machine code, since that pays where regions leave most of a shape.
    pub compiled: u64,
    /// Times that machine code was run instead of a leaf's own tape.
    pub code_runs: u64,
}

impl Statistics {
    /// Adds what another thread did.
    pub(crate) fn add(&mut self, other: &Statistics) {
        self.batches += other.batches;
        self.interval_instructions += other.interval_instructions;
        self.shortened += other.shortened;
        self.visited_instructions += other.visited_instructions;
        self.leaves += other.leaves;
        self.leaf_instructions += other.leaf_instructions;
        self.compiled += other.compiled;
        self.code_runs += other.code_runs;
    }
}

impl<T: Real> Worker<T> {
    pub(crate) fn new(tracer: &Tracer<T>, scalars: &[Input<'_, T>]) -> Worker<T> {
        Worker {
            workspace: tracer
                .workspace(scalars)
                .expect("inputs were bound to the graph's own"),
            levels: Vec::new(),
            scratch: Trace::default(),
            accounts: Accounts::new(Computes::Values, MachineCode::default()),
            statistics: Statistics::default(),
        }
    }

    /// The level at a depth, to be [given back](Worker::give_level): what is below it uses the
    /// worker meanwhile.
    pub(crate) fn take_level(&mut self, depth: usize) -> Level {
        if self.levels.len() <= depth {
            self.levels.push(Level::default());
        }
        std::mem::take(&mut self.levels[depth])
    }

    pub(crate) fn give_level(&mut self, depth: usize, level: Level) {
        self.levels[depth] = level;
    }

    /// Opens an account for a region with this tape, to be closed when it is done.
    pub(crate) fn open_account(&mut self, tracer: &Tracer<T>, tape: &Tape) {
        self.accounts.open(tracer, tape);
    }

    pub(crate) fn close_account(&mut self) {
        self.accounts.close();
    }

    /// Makes machine code for the region whose account was opened last, if that pays by now.
    pub(crate) fn settle_account(&mut self, tracer: &Tracer<T>, tape: &Tape) {
        self.statistics.compiled += u64::from(self.accounts.settle(tracer, tape));
    }

    /// Whether there is machine code for some region.
    pub(crate) fn has_code(&self) -> bool {
        self.accounts.has_code()
    }

    /// Whether so many points of a region with this tape are best evaluated by the machine code
    /// of a region around it, and which.
    pub(crate) fn choose_code(&mut self, tape: &Tape, points: usize) -> Option<Chosen> {
        self.accounts.choose(tape, points)
    }

    /// Evaluates points by the machine code that was chosen; `outputs` are what is computed.
    pub(crate) fn run_code(
        &mut self,
        tracer: &Tracer<T>,
        chosen: Chosen,
        axes: &[&[T]],
        outputs: &mut [&mut [T]],
    ) {
        let code = self.accounts.code(chosen);
        let code = code.expect("what is chosen is run in the same region");
        tracer.run(&mut self.workspace, code, axes, outputs);
        self.statistics.code_runs += 1;
    }

    /// The same for points of the workspace's block.
    pub(crate) fn run_code_on_block(
        &mut self,
        tracer: &Tracer<T>,
        chosen: Chosen,
        outputs: &mut [&mut [T]],
    ) {
        let code = self.accounts.code(chosen);
        let code = code.expect("what is chosen is run in the same region");
        tracer.run_block(&mut self.workspace, code, outputs);
        self.statistics.code_runs += 1;
    }

    /// [`shorten`](Worker::shorten) by a trace that is marked.
    pub(crate) fn shorten_marked(
        &mut self,
        tracer: &Tracer<T>,
        tape: &Tape,
        trace: &Trace,
        index: usize,
        short: &mut Tape,
    ) -> bool {
        if trace.decided() >> index & 1 == 0 {
            return false;
        }
        self.statistics.shortened += 1;
        self.statistics.visited_instructions += tape.len() as u64;
        tracer.shorten_marked(&mut self.workspace, tape, trace, index, short);
        true
    }

    /// Writes what is left of `tape` in one box of the batch that `trace` is of, if that is less.
    pub(crate) fn shorten(
        &mut self,
        tracer: &Tracer<T>,
        tape: &Tape,
        trace: &mut Trace,
        index: usize,
        short: &mut Tape,
    ) -> bool {
        if trace.decided() >> index & 1 == 0 {
            return false;
        }
        tracer.mark(tape, trace);
        self.shorten_marked(tracer, tape, trace, index, short)
    }
}
