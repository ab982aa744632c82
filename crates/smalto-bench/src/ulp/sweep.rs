//! A function over all its inputs, on all cores.

use super::exact;
use super::inputs::{BLOCK, Block, Element, Extent, Source};
use super::measure::Measured;
use anyhow::Context;
use smalto::{Evaluator, Graph, Input, Op, Options, Output, Type, Workspace};
use std::io::{self, IsTerminal, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// What was found, and how.
pub(super) struct Sweep {
    pub(super) measured: Measured,
    pub(super) element: &'static str,
    /// What ran the function: a target's name.
    pub(super) target: String,
    /// Whether neighbours were compared.
    pub(super) in_order: bool,
    /// Whether all inputs were tried that should be.
    pub(super) complete: bool,
}

/// Periodic functions are asked for the order of neighbours below this.
const CLOSE_NEIGHBOURS: f64 = (1 << 20) as f64;

/// Measures `op` over the inputs of that extent.
///
/// # Errors
/// If it cannot be compiled.
pub(super) fn sweep<T: Element>(
    op: Op,
    extent: Extent,
    stop: &AtomicBool,
) -> anyhow::Result<Sweep> {
    let evaluator = Evaluator::<T>::new(&graph(op)?, &Options::default())?;
    evaluator.compile_now();
    let (source, blocks) = T::source(op.arity(), extent);
    let next = AtomicU64::new(0);
    let total = Mutex::new(Measured::NOTHING);
    let work = || {
        let mut worker = Worker::new(op, source, &evaluator);
        while !stop.load(Ordering::Relaxed) {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= blocks {
                break;
            }
            worker.block(index);
        }
        let mut total = total.lock().expect("no worker panics here");
        *total = total.and(worker.measured);
    };
    thread::scope(|scope| {
        let cores = thread::available_parallelism().map_or(1, Into::into);
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        let running = || workers.iter().any(|worker| !worker.is_finished());
        show_progress(&format!("{op} {}", T::FORMAT.name), &next, blocks, running);
    });
    let measured = total.into_inner().context("a worker panicked")?;
    Ok(Sweep {
        measured: confirmed::<T>(op, &evaluator, measured),
        element: T::FORMAT.name,
        target: evaluator.target().to_string(),
        in_order: source != Source::Mixed,
        complete: !stop.load(Ordering::Relaxed),
    })
}

/// The graph that is nothing but `op`.
fn graph(op: Op) -> anyhow::Result<Graph> {
    let mut graph = Graph::new();
    let names = ["x", "y"][..op.arity()].iter();
    let operands = names.map(|name| graph.variable(name, Type::Real));
    let operands = operands.collect::<Result<Vec<_>, _>>()?;
    let result = graph.apply(op, &operands)?;
    graph.output("result", result)?;
    Ok(graph)
}

/// With the largest error as MPFR has it, where it is finite.
fn confirmed<T: Element>(op: Op, evaluator: &Evaluator<T>, measured: Measured) -> Measured {
    if measured.worst == 0.0 || measured.worst.is_infinite() {
        return measured;
    }
    let at = measured.worst_at.map(T::from_f64);
    let mut result = [T::from_f64(0.0)];
    let inputs = at.each_ref().map(|x| Input::Slice(std::slice::from_ref(x)));
    evaluator
        .eval(&inputs[..op.arity()], &mut [Output::Slice(&mut result)])
        .expect("inputs are the graph's own");
    let ours: f64 = result[0].into();
    let worst = match ours.is_finite() {
        true => exact::error(op, measured.worst_at, ours, T::FORMAT),
        false => None,
    };
    let worst = worst.unwrap_or(measured.worst);
    Measured { worst, ..measured }
}

/// One thread's part.
struct Worker<'a, T> {
    op: Op,
    source: Source,
    evaluator: &'a Evaluator<T>,
    workspace: Workspace,
    results: Vec<T>,
    measured: Measured,
}

impl<'a, T: Element> Worker<'a, T> {
    fn new(op: Op, source: Source, evaluator: &'a Evaluator<T>) -> Worker<'a, T> {
        Worker {
            op,
            source,
            evaluator,
            workspace: evaluator.workspace(),
            results: Vec::new(),
            measured: Measured::NOTHING,
        }
    }

    fn block(&mut self, index: u64) {
        let block = Block::<T>::new(self.op, self.source, index);
        self.results.resize(block.x.len(), T::from_f64(0.0));
        let inputs = [Input::Slice(&block.x), Input::Slice(&block.y)];
        let outputs = &mut [Output::Slice(&mut self.results)];
        self.evaluator
            .eval_with(&mut self.workspace, &inputs[..self.op.arity()], outputs)
            .expect("inputs are the graph's own");
        match self.source {
            Source::InOrder { .. } => self.in_order(&block),
            Source::Mixed => self.mixed(&block),
        }
    }

    fn mixed(&mut self, block: &Block<T>) {
        for ((&x, &y), &ours) in block.x.iter().zip(&block.y).zip(&self.results) {
            let at = [x.into(), y.into()];
            self.measured.count(self.op, at, ours.into(), T::FORMAT);
        }
    }

    /// The last input is the next block's first, so it is compared here but counted there.
    fn in_order(&mut self, block: &Block<T>) {
        let periodic = matches!(self.op, Op::Sin | Op::Cos | Op::Tan);
        let mut before: Option<[f64; 2]> = None;
        let points = block.x.iter().zip(&self.results).enumerate();
        for (index, (&x, &ours)) in points {
            let (x, ours): (f64, f64) = (x.into(), ours.into());
            let mut uncounted = Measured::NOTHING;
            let measured = match index == BLOCK {
                true => &mut uncounted,
                false => &mut self.measured,
            };
            let truth = measured.count(self.op, [x, 0.0], ours, T::FORMAT);
            if let Some([ours_before, truth_before]) = before
                && !(periodic && x.abs() > CLOSE_NEIGHBOURS)
            {
                self.measured
                    .compare(x, [ours_before, ours], [truth_before, truth]);
            }
            before = Some([ours, truth]);
        }
    }
}

/// Says how far it is, until nobody is `running`.
fn show_progress(what: &str, next: &AtomicU64, blocks: u64, running: impl Fn() -> bool) {
    let mut to = io::stderr();
    let visible = to.is_terminal();
    let started = Instant::now();
    let mut shown = started;
    while running() {
        thread::sleep(Duration::from_millis(20));
        if visible && shown.elapsed() > Duration::from_millis(500) {
            let share = next.load(Ordering::Relaxed).min(blocks) as f64 / blocks as f64;
            let seconds = started.elapsed().as_secs();
            // Nobody listening is no reason to stop.
            let _ = write!(to, "\r{what}: {:3.0}% after {seconds} s ", 100.0 * share);
            shown = Instant::now();
        }
    }
    if visible {
        let _ = write!(to, "\r\x1b[K");
    }
}
