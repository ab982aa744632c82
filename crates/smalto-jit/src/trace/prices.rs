//! When it pays to compile a tape.
//!
//! Nobody knows how many more points a tape will be used for, so it is as with graphs: see
//! [`tier`](crate::tier). But tapes come in families. Leaves have tapes of their own, each short
//! and used once, and could as well be evaluated by machine code of the longer tape of any region
//! around them. So each region on the way keeps an [`Account`] of what machine code for its
//! tape would have saved, and when that is what it costs, it is made.

use super::code::{Code, Computes};
use super::{Axis, GRADIENTS, LINE, ROWS, Tape, Tracer};
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
                    compile: 350.0,
                    compile_once: 8000.0,
                },
                call: 60.0,
            },
            Computes::Gradients => Prices {
                model: CostModel {
                    interpret: 0.3,
                    execute: 0.05,
                    compile: 2000.0,
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
        self.model.interpret / ROWS as f64 * real(whole * points)
    }

    /// What running the machine code of a tape of so many instructions costs.
    fn executed(&self, instructions: usize, points: usize) -> f64 {
        self.call + self.model.execute * real(instructions * points)
    }
}

/// A count as a number. Signed ones are converted by one instruction on any CPU.
fn real(count: usize) -> f64 {
    count as i64 as f64
}

impl<T: Real> Tracer<T> {
    /// What running tapes costs on this machine, measured when it is first asked for the target.
    /// That takes a fraction of a millisecond.
    pub fn prices(&self, computes: Computes) -> Prices {
        type Key = (Element, Target, Computes);
        static KNOWN: Mutex<Vec<(Key, Prices)>> = Mutex::new(Vec::new());
        let key: Key = (T::ELEMENT, self.wanted, computes);
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
        coordinates: std::array::from_fn(|i| T::from_f64(i as f64 / BLOCK as f64 - 0.5)),
        outputs: [[T::default(); BLOCK]; 4],
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

/// Points at which values are found at a time.
const BLOCK: usize = LINE * ROWS;

/// Rounds of the example: a few dozen instructions, whose values fit the first cache.
const ROUNDS: usize = 3;

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
    coordinates: [T; BLOCK],
    outputs: [[T; BLOCK]; 4],
    computes: Computes,
}

impl<T: Real> Try<T> {
    fn points(&self) -> usize {
        match self.computes {
            Computes::Values => BLOCK,
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

/// When tapes are compiled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum MachineCode {
    /// When that pays, by the [`Prices`].
    #[default]
    WhenItPays,
    /// Each time, to see what it does.
    Always,
    /// Not at all.
    Never,
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
    when: MachineCode,
    prices: Prices,
    are_measured: bool,
    /// What machine code would have saved by what the prices are typically.
    saved: f64,
    accounts: Vec<Account<T>>,
}

/// What measuring prices costs, in nanoseconds: typical ones must do until so much is at stake.
const MEASURING: f64 = 5e6;

impl<T: Real> Accounts<T> {
    /// For evaluating tapes so. There is no account yet.
    pub fn new(computes: Computes, when: MachineCode) -> Accounts<T> {
        Accounts {
            computes,
            when,
            prices: computes.typical(),
            are_measured: false,
            saved: 0.0,
            accounts: Vec::new(),
        }
    }

    /// Begins again, for what may be something else. There is no account.
    pub fn begin(&mut self, computes: Computes, when: MachineCode) {
        self.accounts.clear();
        self.when = when;
        if self.computes != computes {
            *self = Accounts::new(computes, when);
        }
    }

    /// Opens an account for a region with this tape, within the last that was opened.
    pub fn open(&mut self, tracer: &Tracer<T>, tape: &Tape) {
        self.accounts.push(Account {
            code: None,
            instructions: tape.len(),
            saved: 0.0,
            is_settled: self.when == MachineCode::Never || !tracer.can_compile(),
        });
    }

    /// Closes the account that was opened last.
    pub fn close(&mut self) {
        self.accounts.pop();
    }

    /// Compiles the tape of the region whose account was opened last, if that pays by now.
    /// Whether it did.
    #[inline]
    pub fn settle(&mut self, tracer: &Tracer<T>, tape: &Tape) -> bool {
        let Some(account) = self.accounts.last() else {
            return false;
        };
        let is_forced = self.when == MachineCode::Always;
        let pays = account.saved >= self.prices.of_code(account.instructions);
        !account.is_settled && (pays || is_forced) && self.pay(tracer, tape)
    }

    /// Compiles the tape of the region whose account was opened last, if that pays by prices that
    /// are measured. Whether it did.
    #[cold]
    fn pay(&mut self, tracer: &Tracer<T>, tape: &Tape) -> bool {
        if !self.are_measured && self.saved >= MEASURING {
            self.prices = tracer.prices(self.computes);
            self.are_measured = true;
            return self.settle(tracer, tape);
        }
        let Some(account) = self.accounts.last_mut() else {
            return false;
        };
        account.is_settled = true;
        account.code = tracer.compile(tape, self.computes).ok();
        account.code.is_some()
    }

    /// Whether to evaluate so many points of a region within all that have accounts, which `tape`
    /// is the tape of, by the [code](Accounts::code) of one of them, and of which; or else it is
    /// best interpreted.
    pub fn choose(&mut self, tape: &Tape, points: usize) -> Option<Chosen> {
        let prices = self.prices;
        let (mut best, mut chosen) = (prices.interpreted(tape, points), None);
        // Tapes are the shorter the further in, so that where the innermost would not save
        // anything none would.
        let innermost = self.accounts.last()?;
        let cost = prices.executed(innermost.instructions, points);
        if cost >= best && self.when != MachineCode::Always {
            return None;
        }
        for (index, account) in self.accounts.iter().enumerate() {
            let cost = prices.executed(account.instructions, points);
            let is_best = cost < best || self.when == MachineCode::Always;
            if account.code.is_some() && is_best {
                (best, chosen) = (cost, Some(Chosen(index)));
            }
        }
        let open = self.accounts.iter_mut();
        for account in open.filter(|account| !account.is_settled) {
            let cost = prices.executed(account.instructions, points);
            let saved = (best - cost).max(0.0);
            account.saved += saved;
            self.saved += saved;
        }
        chosen
    }

    /// Whether some account has code, so that it may be chosen.
    pub fn has_code(&self) -> bool {
        self.accounts.iter().any(|account| account.code.is_some())
    }

    /// The code that was chosen, as long as its account is open.
    pub fn code(&self, chosen: Chosen) -> Option<&Code<T>> {
        self.accounts.get(chosen.0)?.code.as_ref()
    }
}

/// An account whose machine code is the one to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chosen(usize);

#[cfg(test)]
mod tests {
    use super::*;
    use smalto_graph::formula;

    /// 1 ns an instruction and point saved, for 100 an instruction and 1000.
    const PRICES: Prices = Prices {
        model: CostModel {
            interpret: 1.25,
            execute: 0.25,
            compile: 100.0,
            compile_once: 1000.0,
        },
        call: 0.0,
    };

    #[test]
    fn code_is_made_when_it_would_have_saved_what_it_costs() {
        let graph = formula::parse("sin(x) * cos(y) + x * y").unwrap();
        let axes = [("x", Axis::Points), ("y", Axis::Points)];
        let tracer = Tracer::<f32>::new(&graph, &axes, &Options::default()).unwrap();
        if !tracer.can_compile() {
            eprintln!("skipped: there is no machine code here");
            return;
        }
        let tape = tracer.root();
        let mut accounts = Accounts::new(Computes::Values, MachineCode::WhenItPays);
        (accounts.prices, accounts.are_measured) = (PRICES, true);
        // An outer region whose tape is the same, and which so saves as much.
        accounts.open(&tracer, tape);
        accounts.open(&tracer, tape);
        let price = PRICES.of_code(tape.len());
        let points = (price / tape.len() as f64).ceil() as usize - 1;
        assert!(accounts.choose(tape, points).is_none());
        assert!(
            !accounts.settle(&tracer, tape),
            "it would have saved a little less"
        );
        assert!(accounts.choose(tape, 10).is_none());
        assert!(accounts.settle(&tracer, tape));
        assert!(accounts.choose(tape, 10).is_some());
        assert!(!accounts.settle(&tracer, tape), "once is enough");
        accounts.close();
        assert!(
            accounts.choose(tape, 10).is_none(),
            "the outer region has no code"
        );
        assert!(
            accounts.settle(&tracer, tape),
            "but it would have saved as much"
        );
        accounts.begin(Computes::Values, MachineCode::Never);
        accounts.open(&tracer, tape);
        assert!(accounts.choose(tape, 1_000_000).is_none());
        assert!(!accounts.settle(&tracer, tape));
    }

    #[test]
    fn prices_are_measured_where_there_is_machine_code() {
        let graph = formula::parse("x").unwrap();
        let tracer = Tracer::<f64>::new(&graph, &[("x", Axis::Points)], &Options::default());
        let tracer = tracer.unwrap();
        for computes in [Computes::Values, Computes::Gradients] {
            let prices = tracer.prices(computes);
            assert!(
                prices.model.interpret > 0.0 && prices.call > 0.0,
                "{prices:?}"
            );
            assert_eq!(tracer.prices(computes), prices, "once");
        }
    }
}
