//! When it pays to compile a tape.
//!
//! Nobody knows how many more points a tape will be used for, so it is as with graphs: see
//! [`tier`](crate::tier). But tapes come in families. Leaves have tapes of their own, each short
//! and used once, and could as well be evaluated by machine code of the longer tape of any region
//! around them. So each region on the way keeps an [`Account`] of what machine code for its
//! tape would have saved, and when that is what it costs, it is made.

use super::code::{Code, Computes};
use super::{Axis, GRADIENTS, POINTS, ROWS, Tape, Tracer};
use crate::evaluator::{Options, Real};
use crate::target::Target;
use crate::tier::{CostModel, Trial};
use smalto_graph::{Element, Graph, NodeId, Op, Type};
use std::sync::Mutex;

/// What running a tape costs on a machine, by the interpreter and by machine code.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prices {
    /// By instructions and points.
    pub model: CostModel,
    /// Running machine code at all, in nanoseconds.
    pub call: f64,
}

impl Computes {
    /// A server CPU of 2023 (Zen 4, AVX-512, f32).
    const fn typical(self) -> Prices {
        match self {
            Computes::Values => Prices {
                model: CostModel {
                    interpret: 0.06,
                    execute: 0.0125,
                    compile: 200.0,
                    compile_once: 8000.0,
                },
                call: 60.0,
            },
            Computes::Gradients => Prices {
                model: CostModel {
                    interpret: 0.3,
                    execute: 0.06,
                    compile: 1000.0,
                    compile_once: 10_000.0,
                },
                call: 60.0,
            },
        }
    }
}

impl Prices {
    /// What machine code for a tape costs, in nanoseconds.
    fn of_code(&self, instructions: usize) -> f64 {
        self.model.compile_once + self.model.compile * instructions as f64
    }

    /// What interpreting a tape for so many points costs. Instructions on lines serve 16 rows of
    /// points.
    fn interpreted(&self, tape: &Tape, points: usize) -> f64 {
        let lines = tape.lines as usize;
        let whole = (tape.len() - lines) * ROWS + lines;
        self.model.interpret / ROWS as f64 * (whole * points) as f64
    }

    /// What running the machine code of a tape of so many instructions costs.
    fn executed(&self, instructions: usize, points: usize) -> f64 {
        self.call + self.model.execute * (instructions * points) as f64
    }
}

impl<T: Real> Tracer<T> {
    /// What running tapes costs on this machine, measured when it is first asked for the target.
    /// That takes a fraction of a millisecond.
    pub fn prices(&self, computes: Computes) -> Prices {
        static KNOWN: Mutex<Vec<((Element, Target, Computes), Prices)>> = Mutex::new(Vec::new());
        let key = (T::ELEMENT, self.wanted, computes);
        let mut known = KNOWN.lock().expect("nothing panics holding the prices");
        if let Some((_, prices)) = known.iter().find(|(of, _)| *of == key) {
            return *prices;
        }
        let measured = measured::<T>(self.wanted, computes);
        let prices = measured.unwrap_or(computes.typical());
        known.push((key, prices));
        prices
    }
}

/// The prices found by trying, or none if there is no machine code.
fn measured<T: Real>(target: Target, computes: Computes) -> Option<Prices> {
    let options = Options {
        target,
        ..Options::default()
    };
    let axes = ["x", "y", "z"].map(|axis| (axis, Axis::Points));
    let tracer = |rounds| Tracer::<T>::new(&example(rounds), &axes, &options).ok();
    let (long, short) = (tracer(ROUNDS)?, tracer(0)?);
    let mut trial = Try {
        workspace: long.workspace(&[]).ok()?,
        code: long.compile(long.root(), computes).ok()?,
        least: short.compile(short.root(), computes).ok()?,
        coordinates: std::array::from_fn(|i| T::from_f64(i as f64 / POINTS as f64 - 0.5)),
        outputs: [[T::default(); POINTS]; 4],
        computes,
        long,
        short,
    };
    let model = CostModel::measured(trial.long.root().len(), trial.points(), &mut trial);
    let call = {
        let started = std::time::Instant::now();
        const CALLS: u32 = 32;
        for _ in 0..CALLS {
            trial.call();
        }
        started.elapsed().as_nanos() as f64 / f64::from(CALLS)
    };
    Some(Prices { model, call })
}

/// Rounds of the example: a few dozen instructions, whose values fit the first cache.
const ROUNDS: usize = 6;

/// A union of balls in a row: instructions as they are common in shapes.
fn example(rounds: usize) -> Graph {
    let mut graph = Graph::new();
    let [x, y, z] = ["x", "y", "z"].map(|name| {
        let axis = graph.variable(name, Type::Real);
        axis.expect("the names differ")
    });
    let mut apply = |op, operands: &[NodeId]| {
        let applied = graph.apply(op, operands);
        applied.expect("reals are what the ops take")
    };
    let mut distance = apply(Op::Add, &[x, y]);
    for _ in 0..rounds {
        let [dx, dy, dz] = [x, y, z].map(|axis| apply(Op::Sub, &[axis, distance]));
        let squares = [dx, dy, dz].map(|d| apply(Op::Square, &[d]));
        let sum = apply(Op::Add, &[squares[0], squares[1]]);
        let sum = apply(Op::Add, &[sum, squares[2]]);
        let root = apply(Op::Sqrt, &[sum]);
        distance = apply(Op::Min, &[root, distance]);
    }
    graph
        .output("distance", distance)
        .expect("it is the only one");
    graph
}

/// Trying what a tape costs.
struct Try<T> {
    long: Tracer<T>,
    short: Tracer<T>,
    workspace: super::Workspace<T>,
    code: Code<T>,
    least: Code<T>,
    coordinates: [T; POINTS],
    outputs: [[T; POINTS]; 4],
    computes: Computes,
}

impl<T: Real> Try<T> {
    fn points(&self) -> usize {
        match self.computes {
            Computes::Values => POINTS,
            Computes::Gradients => GRADIENTS,
        }
    }

    /// Runs code for so many points.
    fn run(&mut self, is_long: bool, points: usize) {
        let Try {
            long,
            short,
            workspace,
            code,
            least,
            coordinates,
            outputs,
            computes,
        } = self;
        let axes: [&[T]; 3] = [&coordinates[..points]; 3];
        let mut outputs = outputs.each_mut().map(|output| &mut output[..points]);
        let count = match computes {
            Computes::Values => 1,
            Computes::Gradients => outputs.len(),
        };
        match is_long {
            true => long.run(workspace, code, &axes, &mut outputs[..count]),
            false => {
                if let Ok(mut workspace) = short.workspace(&[]) {
                    short.run(&mut workspace, least, &axes, &mut outputs[..count]);
                }
            }
        }
    }

    /// Runs what does next to nothing.
    fn call(&mut self) {
        self.run(true, 1);
    }
}

impl<T: Real> Trial for Try<T> {
    fn interpret(&mut self) {
        let points = self.points();
        let axes: [&[T]; 3] = [&self.coordinates[..points]; 3];
        let (tracer, workspace) = (&self.long, &mut self.workspace);
        match self.computes {
            Computes::Values => tracer.points(workspace, tracer.root(), &axes, ROWS),
            Computes::Gradients => tracer.gradients(workspace, tracer.root(), &axes),
        }
    }

    fn compile(&mut self) {
        let compiled = self.long.compile(self.long.root(), self.computes);
        self.code =
            compiled.unwrap_or_else(|error| unreachable!("it was compiled before: {error}"));
    }

    fn compile_least(&mut self) {
        let compiled = self.short.compile(self.short.root(), self.computes);
        self.least =
            compiled.unwrap_or_else(|error| unreachable!("it was compiled before: {error}"));
    }

    fn execute(&mut self) {
        self.run(true, self.points());
    }
}

/// For the tape of one region: machine code, or what it would have saved.
#[derive(Default)]
struct Account<T> {
    code: Option<Code<T>>,
    instructions: usize,
    saved: f64,
    /// Whether code was made, or could not be.
    is_settled: bool,
}

/// The accounts of the regions around the one at hand, from the outermost, and what they say.
pub struct Accounts<T> {
    computes: Computes,
    prices: Prices,
    are_measured: bool,
    accounts: Vec<Account<T>>,
}

impl<T: Real> Accounts<T> {
    /// For evaluating tapes so. There is no account yet.
    pub fn new(computes: Computes) -> Accounts<T> {
        Accounts {
            computes,
            prices: computes.typical(),
            are_measured: false,
            accounts: Vec::new(),
        }
    }

    /// Begins again, for what may be something else. There is no account.
    pub fn begin(&mut self, computes: Computes) {
        self.accounts.clear();
        if self.computes != computes {
            *self = Accounts::new(computes);
        }
    }

    /// Opens an account for a region with this tape, within the last that was opened.
    pub fn open(&mut self, tracer: &Tracer<T>, tape: &Tape) {
        self.accounts.push(Account {
            code: None,
            instructions: tape.len(),
            saved: 0.0,
            is_settled: !tracer.can_compile(),
        });
    }

    /// Closes the account that was opened last.
    pub fn close(&mut self) {
        self.accounts.pop();
    }

    /// Compiles the tape of the region whose account was opened last, if that pays by now.
    /// Whether it did.
    pub fn settle(&mut self, tracer: &Tracer<T>, tape: &Tape) -> bool {
        let Some(account) = self.accounts.last_mut() else {
            return false;
        };
        if account.is_settled || account.saved < self.prices.of_code(account.instructions) {
            return false;
        }
        if !self.are_measured {
            // The typical price is only what it takes to ask for the real one.
            self.prices = tracer.prices(self.computes);
            self.are_measured = true;
            return self.settle(tracer, tape);
        }
        account.is_settled = true;
        account.code = tracer.compile(tape, self.computes).ok();
        account.code.is_some()
    }

    /// The machine code by which to evaluate so many points of a region within all that have
    /// accounts, which `tape` is the tape of; or none if it is best interpreted.
    pub fn choose(&mut self, tape: &Tape, points: usize) -> Option<&Code<T>> {
        let prices = self.prices;
        let (mut best, mut chosen) = (prices.interpreted(tape, points), None);
        for (index, account) in self.accounts.iter().enumerate() {
            let cost = prices.executed(account.instructions, points);
            if account.code.is_some() && cost < best {
                (best, chosen) = (cost, Some(index));
            }
        }
        for account in self
            .accounts
            .iter_mut()
            .filter(|account| !account.is_settled)
        {
            let cost = prices.executed(account.instructions, points);
            account.saved += (best - cost).max(0.0);
        }
        self.accounts[chosen?].code.as_ref()
    }
}
