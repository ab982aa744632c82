//! Tiers: when it pays to compile.
//!
//! The interpreter can start at once; machine code is several times as fast, but has to
//! be made first. Whoever knew how many points are still to come would compare. Nobody
//! does, and this is the problem of renting skis: rent (interpret) until what was paid
//! in excess of owning has reached the price, then buy (compile). Whatever comes, that
//! costs at most twice what the best decision in hindsight would have cost, and no rule
//! without knowledge of the future does better (Karlin, Manasse, Rudolph and Sleator,
//! *Competitive snoopy caching*, Algorithmica 3, 1988). What is known is the size of the
//! call at hand, so a picture is compiled before its first pixel.
//!
//! [`decide`] is that rule, [`CostModel`] the prices, and [`Tiers`] keeps the account
//! for one graph.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// What running and compiling cost on a machine, in nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CostModel {
    /// Interpreting an op for one point.
    pub interpret: f64,
    /// Running an op for one point in machine code.
    pub execute: f64,
    /// Compiling an op.
    pub compile: f64,
    /// Compiling anything at all.
    pub compile_once: f64,
}

/// What is to run a graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tier {
    /// The interpreter.
    Interpret,
    /// Machine code, which is made first.
    Compile,
}

/// Whether a graph of `ops` that has been interpreted for `points_so_far` should be
/// compiled before the next `points_now`.
pub fn decide(model: &CostModel, ops: usize, points_so_far: u64, points_now: u64) -> Tier {
    let ops = ops as f64;
    let points = points_so_far as f64 + points_now as f64;
    let excess = (model.interpret - model.execute) * ops * points;
    let price = model.compile_once + model.compile * ops;
    match excess >= price {
        true => Tier::Compile,
        false => Tier::Interpret,
    }
}

impl CostModel {
    /// A server CPU of 2023 (Zen 4, AVX-512, f32).
    pub const TYPICAL: CostModel = CostModel {
        interpret: 0.045,
        execute: 0.0125,
        compile: 350.0,
        compile_once: 7000.0,
    };

    /// The prices of this machine, found by trying: a graph of `ops` for `points`.
    pub fn measured(ops: usize, points: usize, trial: &mut impl Trial) -> CostModel {
        let (ops, evaluations) = (ops as f64, ops as f64 * points as f64);
        let compile = best(|| trial.compile());
        let once = best(|| trial.compile_least());
        CostModel {
            interpret: best(|| trial.interpret()) / evaluations,
            execute: best(|| trial.execute()) / evaluations,
            compile: (compile - once).max(0.0) / ops,
            compile_once: once,
        }
    }
}

/// What [`CostModel::measured`] tries.
pub trait Trial {
    /// Interprets the graph for all points.
    fn interpret(&mut self);
    /// Compiles the graph.
    fn compile(&mut self);
    /// Compiles a graph of next to nothing.
    fn compile_least(&mut self);
    /// Runs the compiled graph for all points.
    fn execute(&mut self);
}

/// The least time in nanoseconds that `work` takes, after it has run once. What takes next to
/// nothing is repeated for longer than a core takes to be ready for its widest vectors: on some
/// they are several times slower for the first 14 microseconds after a pause (Fog, "The
/// microarchitecture of Intel, AMD, and VIA CPUs", on the warm-up of ymm and zmm instructions).
fn best(mut work: impl FnMut()) -> f64 {
    const TIMES: usize = 5;
    const WARM: Duration = Duration::from_micros(60);
    work();
    let begun = Instant::now();
    let mut least = Duration::MAX;
    let mut times = 0;
    while times < TIMES || begun.elapsed() < WARM {
        let started = Instant::now();
        work();
        least = least.min(started.elapsed());
        times += 1;
    }
    least.as_nanos() as f64
}

/// A graph's program for the interpreter, and in machine code once that pays.
///
/// Threads share it. One compiles while the others go on interpreting. What cannot be
/// compiled is not tried again.
///
/// ```
/// use smalto_jit::tier::{CostModel, Running, Tiers};
///
/// let tiers = Tiers::new("tape", 1000);
/// let run = |points| tiers.choose(&CostModel::TYPICAL, points, || Some("code"));
/// assert_eq!(run(10), Running::Interpreter(&"tape"));
/// assert_eq!(run(1_000_000), Running::Compiled(&"code"));
/// assert_eq!(run(10), Running::Compiled(&"code"), "now that it is there");
/// ```
#[derive(Debug)]
pub struct Tiers<I, C> {
    interpreter: I,
    /// `None` inside if it could not be compiled.
    compiled: OnceLock<Option<C>>,
    is_being_compiled: AtomicBool,
    ops: usize,
    /// Points interpreted so far.
    points: AtomicU64,
}

/// What runs a call.
#[derive(Debug, PartialEq, Eq)]
pub enum Running<'a, I, C> {
    /// The interpreter's program.
    Interpreter(&'a I),
    /// Machine code.
    Compiled(&'a C),
}

impl<I, C> Tiers<I, C> {
    /// A graph of `ops` that starts in the interpreter.
    pub fn new(interpreter: I, ops: usize) -> Tiers<I, C> {
        Tiers {
            interpreter,
            compiled: OnceLock::new(),
            is_being_compiled: AtomicBool::new(false),
            ops,
            points: AtomicU64::new(0),
        }
    }

    /// What should run the next `points`; compiles first if that pays by now.
    pub fn choose(
        &self,
        model: &CostModel,
        points: u64,
        compile: impl FnOnce() -> Option<C>,
    ) -> Running<'_, I, C> {
        if self.compiled.get().is_none() {
            let so_far = self.points.fetch_add(points, Ordering::Relaxed);
            if decide(model, self.ops, so_far, points) == Tier::Compile {
                self.compile(compile);
            }
        }
        self.running()
    }

    /// Compiles now, unless that was done or another thread is at it.
    pub fn compile(&self, compile: impl FnOnce() -> Option<C>) {
        if !self.is_being_compiled.swap(true, Ordering::Relaxed) {
            // Whoever swapped first is alone here.
            let _ = self.compiled.set(compile());
        }
    }

    /// What runs by now.
    pub fn running(&self) -> Running<'_, I, C> {
        match self.compiled() {
            Some(compiled) => Running::Compiled(compiled),
            None => Running::Interpreter(&self.interpreter),
        }
    }

    /// What runs until machine code is there.
    pub fn interpreter(&self) -> &I {
        &self.interpreter
    }

    /// Machine code, if it is there.
    pub fn compiled(&self) -> Option<&C> {
        self.compiled.get()?.as_ref()
    }

    /// Whether machine code is there.
    pub fn is_compiled(&self) -> bool {
        self.compiled().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Tier::{Compile, Interpret};
    use proptest::prelude::*;

    /// 1 ns an op and point saved, for 100 an op and 1000.
    const MODEL: CostModel = CostModel {
        interpret: 1.25,
        execute: 0.25,
        compile: 100.0,
        compile_once: 1000.0,
    };

    #[test]
    fn compiling_pays_once_the_excess_is_the_price() {
        let check = |ops, so_far, now, expected| {
            let found = decide(&MODEL, ops, so_far, now);
            assert_eq!(found, expected, "{ops} ops, {so_far} and {now} points");
        };
        check(10, 0, 199, Interpret);
        check(10, 0, 200, Compile);
        check(10, 150, 49, Interpret);
        check(10, 150, 50, Compile);
        check(1000, 0, 100, Interpret);
        check(1000, 0, 101, Compile);
        check(0, u64::MAX, u64::MAX, Interpret);
        check(usize::MAX, 0, 0, Interpret);
        check(usize::MAX, u64::MAX, u64::MAX, Compile);
        let no_gain = CostModel {
            execute: 2.0,
            ..MODEL
        };
        assert_eq!(decide(&no_gain, 10, 0, u64::MAX), Interpret);
    }

    /// What `calls` cost, decided call by call, and with every call known beforehand.
    fn costs(ops: usize, calls: &[u64]) -> (f64, f64) {
        let price = MODEL.compile_once + MODEL.compile * ops as f64;
        let run = |rate: f64, points: u64| rate * ops as f64 * points as f64;
        let (mut online, mut so_far, mut is_compiled) = (0.0, 0, false);
        for &now in calls {
            if !is_compiled && decide(&MODEL, ops, so_far, now) == Compile {
                online += price;
                is_compiled = true;
            }
            online += run(
                if is_compiled {
                    MODEL.execute
                } else {
                    MODEL.interpret
                },
                now,
            );
            so_far += now;
        }
        let known = run(MODEL.interpret, so_far).min(price + run(MODEL.execute, so_far));
        (online, known)
    }

    proptest! {
        #[test]
        fn at_most_twice_what_hindsight_would_have_paid(
            ops in 1usize..2000,
            calls in proptest::collection::vec(0u64..400, 0..60),
        ) {
            let (online, known) = costs(ops, &calls);
            prop_assert!(online <= 2.0 * known, "{online} against {known}");
        }
    }

    #[test]
    fn what_cannot_be_compiled_is_tried_once() {
        let tiers: Tiers<(), ()> = Tiers::new((), 10);
        let mut tries = 0;
        for _ in 0..3 {
            let running = tiers.choose(&MODEL, 1000, || {
                tries += 1;
                None
            });
            assert_eq!(running, Running::Interpreter(&()));
        }
        assert_eq!(tries, 1);
    }

    #[test]
    fn one_thread_compiles_and_the_others_interpret() {
        let tiers: Tiers<(), u32> = Tiers::new((), 10);
        let first = tiers.choose(&MODEL, 1000, || {
            // Another call comes while this one compiles.
            let second = tiers.choose(&MODEL, 1000, || unreachable!("it is being compiled"));
            assert_eq!(second, Running::Interpreter(&()));
            Some(7)
        });
        assert_eq!(first, Running::Compiled(&7));
    }

    #[test]
    fn it_can_be_told_to_compile() {
        let tiers: Tiers<(), u32> = Tiers::new((), 10);
        tiers.compile(|| Some(7));
        assert!(tiers.is_compiled());
        let running = tiers.choose(&MODEL, 1, || unreachable!("it was compiled"));
        assert_eq!(running, Running::Compiled(&7));
    }

    #[test]
    fn prices_are_measured_per_op_and_point() {
        struct Counts([u32; 4]);
        impl Trial for Counts {
            fn interpret(&mut self) {
                self.0[0] += 1;
            }
            fn compile(&mut self) {
                self.0[1] += 1;
            }
            fn compile_least(&mut self) {
                self.0[2] += 1;
            }
            fn execute(&mut self) {
                self.0[3] += 1;
            }
        }
        let mut trial = Counts([0; 4]);
        let model = CostModel::measured(100, 1000, &mut trial);
        let times = trial.0;
        assert!(
            times.iter().all(|times| *times >= 6),
            "once to warm up, at least five times for the best: {times:?}"
        );
        let prices = [
            model.interpret,
            model.execute,
            model.compile,
            model.compile_once,
        ];
        assert!(prices.iter().all(|price| *price >= 0.0), "{model:?}");
    }
}
