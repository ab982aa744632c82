//! In which order instructions stand.
//!
//! A core begins instructions as their operands come, some hundreds ahead of the oldest that
//! is not done. Code that computes one operand of a sum after the other, to the end, needs few
//! registers, and is mostly a chain: what is ready lies farther ahead than the core sees, and
//! each step waits for the one before. Code that computes all first operands, then all second
//! ones, never waits, but holds too many values: what leaves the registers costs more than was
//! won. This finds an order between.
//!
//! It is list scheduling (Gibbons and Muchnick, *Efficient instruction scheduling for a
//! pipelined architecture*, 1986) that minds registers (Goodman and Hsu, *Code scheduling and
//! register allocation in large basic blocks*, 1988). A clock counts what was begun, and each
//! value is ready some time after. Of what is ready, next is that on which the longest chain
//! depends. While the registers are full it is what takes the fewest more. Either way no more
//! than a window is looked at, in the order that there was, so that order should need few
//! registers.
//!
//! # Detours
//!
//! Functions of the library leave the straight path where an operand is unusual, hardly ever:
//!
//! ```text
//!     branch %unusual, detour, join(%usual)
//! detour:
//!     %other = call f.slow(%x)
//!     jump join(%other)
//! join(%result):
//! ```
//!
//! Such branches would cut the path into short pieces. But who comes to the branch comes to the
//! join, whatever happens. So what stands before, between and behind detours is scheduled as one
//! *path*, in which a detour is a step like an instruction: its operands are those of the branch
//! and of all in it, its results the parameters of the join.
//!
//! Constants stand right before their first use. What touches memory keeps its order.
//!
//! | file | what |
//! |---|---|
//! | `steps` | the steps of a path, and which must come before which |
//! | this one | which is next |

mod steps;

use super::rewrite::Rewrite;
use super::{Workspace, for_each_routine};
use crate::{BlockId, Edge, Module, Op, Routine, ValueId};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;
use steps::{Set, Steps};

/// How many values are looked at, from the first that has not been placed.
const WINDOW: usize = 512;

/// How many steps are compared while the registers are full.
const COMPARED: usize = 16;

/// What is known while a routine is scheduled: arrays have an entry for each value.
#[derive(Debug, Default)]
pub(super) struct Storage {
    steps: Steps,
    is_placed: Vec<bool>,
    /// Whether it takes a vector register.
    is_vector: Vec<bool>,
    /// How often it will still be used.
    uses: Vec<u32>,
    /// When it is ready, once it has been placed.
    ready_at: Vec<u32>,
    /// When a step that waits for none has its operands.
    starts_at: Vec<u32>,
    /// The steps in the window that wait for none.
    free: Set,
    /// Of these, those whose operands are not ready, the soonest first.
    pending: BinaryHeap<Reverse<(u32, ValueId)>>,
    /// And the others, the one with the longest chain first. A step may still be in either when
    /// it has been placed.
    ready: BinaryHeap<(u32, Reverse<ValueId>)>,
}

/// Orders the instructions of a module that verifies, for a machine with so many vector
/// registers.
///
/// # Panics
/// May panic if the module does not [verify](crate::verify()).
pub fn schedule(module: &mut Module, registers: usize, workspace: &mut Workspace) {
    let Workspace {
        cfg,
        rewrite,
        schedule,
        ..
    } = workspace;
    let routines = module.routines.iter();
    let calls: Vec<Cost> = routines.map(Cost::of_call).collect();
    for_each_routine(module, |_, routine| {
        cfg.compute(routine);
        rewrite.start(routine);
        schedule.start(routine);
        let mut blocks = routine.block_ids();
        let (mut now, mut live) = (0, 0);
        while let Some(first) = blocks.next() {
            let last = schedule.steps.find_path(routine, cfg, first, &calls);
            let joined = last.index() - first.index();
            blocks.by_ref().take(joined).for_each(drop);
            let mut path = Path {
                routine,
                // Some are wanted between the steps.
                registers: (registers - registers / 8) as i32,
                rewrite,
                values: schedule.steps.values(),
                first: schedule.steps.values().start,
                seen: schedule.steps.values().start,
                storage: schedule,
                block: first,
                now,
                live,
            };
            path.write(first, last);
            (now, live) = (path.now, path.live);
        }
        rewrite.finish(routine);
    });
}

/// What a step costs, in half cycles.
#[derive(Debug, Clone, Copy)]
struct Cost {
    /// Until the next may begin.
    issue: u32,
    /// Until its result is there.
    latency: u32,
}

/// The test of a detour that is not taken.
const DETOUR: Cost = Cost {
    issue: 2,
    latency: 2,
};

impl Cost {
    /// Usual ones of cores with vectors of 512 bits (Fog, *Instruction tables*, 2024; Zen 4).
    fn of(op: Op) -> Cost {
        let (issue, latency) = match op {
            Op::Div => (8, 26),
            Op::Sqrt => (12, 40),
            Op::Load | Op::Lookup => (1, 16),
            Op::Add | Op::Sub | Op::Mul | Op::Fma | Op::Rint | Op::Floor | Op::Convert => (1, 8),
            Op::Lt | Op::Le | Op::Eq => (1, 8),
            _ => (1, 4),
        };
        Cost { issue, latency }
    }

    /// A call's, as if each instruction needed the one before.
    fn of_call(routine: &Routine) -> Cost {
        let mut cost = Cost::of(Op::Call);
        for block in routine.block_ids() {
            for value in routine.instructions_in(block) {
                if routine.op(value) != Op::Constant {
                    let one = Cost::of(routine.op(value));
                    cost.issue += one.issue;
                    cost.latency += one.latency;
                }
            }
        }
        cost
    }
}

impl Storage {
    fn start(&mut self, routine: &Routine) {
        let len = routine.len();
        self.steps.start(len);
        filled(&mut self.is_placed, len, false);
        let values = (0..len).map(ValueId::new);
        self.is_vector.clear();
        self.is_vector
            .extend(values.map(|value| takes_register(routine, value)));
        filled(&mut self.uses, len, 0);
        filled(&mut self.ready_at, len, 0);
        filled(&mut self.starts_at, len, 0);
        self.free.clear(len);
        self.pending.clear();
        self.ready.clear();
        for block in routine.block_ids() {
            let instructions = routine.instructions_in(block);
            let operands = instructions.flat_map(|value| routine.operands(value));
            let terminator = routine.terminator(block);
            let passed = terminator.edges().flat_map(|edge| routine.arguments(edge));
            for operand in operands.chain(passed).chain(&terminator.operand()) {
                self.uses[operand.index()] += 1;
            }
        }
    }
}

/// Makes an array of one value, of this length.
fn filled<T: Clone>(array: &mut Vec<T>, len: usize, value: T) {
    array.clear();
    array.resize(len, value);
}

/// A path being scheduled.
struct Path<'a> {
    routine: &'a Routine,
    registers: i32,
    rewrite: &'a mut Rewrite,
    storage: &'a mut Storage,
    /// From the first instruction to the last.
    values: Range<usize>,
    /// The block being written.
    block: BlockId,
    /// The first value that has not been placed.
    first: usize,
    /// The first that is beyond the window.
    seen: usize,
    now: u32,
    /// Values that are wanted and take a vector register.
    live: i32,
}

impl Path<'_> {
    fn write(&mut self, first: BlockId, last: BlockId) {
        let routine = self.routine;
        self.rewrite.begin();
        for parameter in routine.parameters_of(first) {
            self.rewrite.parameter(routine, parameter, true);
            self.is_given(parameter, self.now);
        }
        loop {
            self.look_ahead();
            let Some(next) = self.choose() else { break };
            self.place(next);
        }
        for value in self.values.clone().map(ValueId::new) {
            self.place_constant(value);
        }
        let terminator = routine.terminator(last);
        let passed = terminator.edges().flat_map(|edge| routine.arguments(edge));
        for &operand in passed.chain(&terminator.operand()) {
            self.use_once(operand);
        }
        self.rewrite
            .end_like(routine, terminator, Edge::target, |_, _| true);
    }

    /// Shifts the window, and finds what in it waits for nothing.
    fn look_ahead(&mut self) {
        let (steps, is_placed) = (&self.storage.steps, &self.storage.is_placed);
        let is_done = |&value: &usize| is_placed[value] || !steps.is_step(ValueId::new(value));
        self.first += (self.first..self.values.end).take_while(is_done).count();
        let end = self.values.end.min(self.first + WINDOW);
        for step in (self.seen..end).map(ValueId::new) {
            let waits = self.storage.steps.waits(step);
            if !waits && self.storage.steps.is_step(step) {
                self.free(step);
            }
        }
        self.seen = self.seen.max(end);
    }

    /// Notes a step that waits for none.
    fn free(&mut self, step: ValueId) {
        let Storage {
            steps, ready_at, ..
        } = &mut *self.storage;
        let operands = steps.operands(self.routine, step).iter();
        let ready = operands.map(|operand| ready_at[operand.index()]);
        let starts_at = ready.max().unwrap_or(0);
        self.storage.starts_at[step.index()] = starts_at;
        self.storage.free.insert(step);
        self.storage.pending.push(Reverse((starts_at, step)));
    }

    /// Which step is next.
    fn choose(&mut self) -> Option<ValueId> {
        match self.live < self.registers {
            true => self.most_urgent(),
            false => self.least_demanding(),
        }
    }

    /// Of what is ready the step with the longest chain, or else what is ready soonest.
    fn most_urgent(&mut self) -> Option<ValueId> {
        let Storage {
            steps,
            free,
            pending,
            ready,
            ..
        } = &mut *self.storage;
        let mut soonest = None;
        while let Some(&Reverse((starts_at, step))) = pending.peek() {
            if free.contains(step) {
                if starts_at > self.now {
                    soonest = Some(step);
                    break;
                }
                ready.push((steps.height(step), Reverse(step)));
            }
            pending.pop();
        }
        while let Some(&(_, Reverse(step))) = ready.peek() {
            if free.contains(step) {
                return Some(step);
            }
            ready.pop();
        }
        soonest
    }

    /// The step after which the fewest registers are taken; of these the soonest, and then the
    /// one with the longest chain.
    fn least_demanding(&self) -> Option<ValueId> {
        let mut best = None;
        let mut least = (i32::MAX, u32::MAX, u32::MAX);
        self.storage
            .free
            .for_first(self.first..self.seen, COMPARED, |step| {
                let starts_at = self.storage.starts_at[step.index()].max(self.now);
                let demand = (
                    self.growth(step),
                    starts_at,
                    u32::MAX - self.storage.steps.height(step),
                );
                if demand < least {
                    (best, least) = (Some(step), demand);
                }
            });
        best
    }

    /// How many more registers are taken after an instruction than before.
    #[inline]
    fn growth(&self, step: ValueId) -> i32 {
        let Storage {
            is_vector, uses, ..
        } = &*self.storage;
        let mut growth = i32::from(is_vector[step.index()]);
        for operand in self.routine.operands(step) {
            let is_ended = is_vector[operand.index()] && uses[operand.index()] == 1;
            growth -= i32::from(is_ended);
        }
        growth
    }

    fn place(&mut self, step: ValueId) {
        let routine = self.routine;
        self.storage.free.remove(step);
        for index in 0..self.storage.steps.operands(routine, step).len() {
            let operand = self.storage.steps.found_operands()[index];
            self.place_constant(operand);
            self.use_once(operand);
        }
        let cost = self.storage.steps.cost(step);
        let start = self.storage.starts_at[step.index()].max(self.now);
        self.now = start.saturating_add(cost.issue);
        let ready = start.saturating_add(cost.latency);
        match self.storage.steps.detour(step) {
            Some(detour) => self.place_detour(detour, ready),
            None => {
                self.rewrite.copy(routine, step);
                self.is_given(step, ready);
            }
        }
        let mut list = self.storage.steps.followers(step);
        while let Some((follower, rest)) = self.storage.steps.next_follower(list) {
            let is_free = self.storage.steps.wait_less(follower);
            if is_free && follower.index() < self.seen {
                self.free(follower);
            }
            list = rest;
        }
    }

    /// Ends the block at a detour, and begins its join.
    fn place_detour(&mut self, detour: BlockId, ready: u32) {
        let (routine, first) = (self.routine, self.block.index());
        // Detours have two blocks each, so those of a path are numbered as they come.
        let [before, join] = [detour.index() - 1, detour.index() + 1].map(BlockId::new);
        let moved = |edge: &Edge| BlockId::new(first + edge.target().index() - before.index());
        let terminator = routine.terminator(before);
        self.rewrite
            .end_like(routine, terminator, moved, |_, _| true);
        self.rewrite.begin();
        for value in routine.instructions_in(detour) {
            self.rewrite.copy(routine, value);
            self.storage.is_placed[value.index()] = true;
            self.storage.uses[value.index()] = 0;
        }
        let terminator = routine.terminator(detour);
        self.rewrite
            .end_like(routine, terminator, moved, |_, _| true);
        self.rewrite.begin();
        for parameter in routine.parameters_of(join) {
            self.rewrite.parameter(routine, parameter, true);
            self.is_given(parameter, ready);
        }
        self.block = BlockId::new(first + 2);
    }

    fn use_once(&mut self, value: ValueId) {
        self.storage.uses[value.index()] -= 1;
        let is_unused = self.storage.uses[value.index()] == 0;
        self.live -= i32::from(is_unused && self.storage.is_vector[value.index()]);
    }

    fn is_given(&mut self, value: ValueId, ready: u32) {
        self.storage.is_placed[value.index()] = true;
        self.storage.ready_at[value.index()] = ready;
        let is_wanted = self.storage.uses[value.index()] > 0;
        self.live += i32::from(is_wanted && self.storage.is_vector[value.index()]);
    }

    /// Places a constant of this path that has not been.
    fn place_constant(&mut self, value: ValueId) {
        let is_here = self.values.contains(&value.index()) && is_constant(self.routine, value);
        if is_here && !self.storage.is_placed[value.index()] {
            self.storage.is_placed[value.index()] = true;
            self.rewrite.copy(self.routine, value);
        }
    }
}

fn is_constant(routine: &Routine, value: ValueId) -> bool {
    routine.op(value) == Op::Constant
}

/// Whether a value takes a vector register: no constant does, which is made where it is used.
fn takes_register(routine: &Routine, value: ValueId) -> bool {
    let ty = routine.ty(value);
    let is_vector = ty.is_some_and(|ty| ty.is_varying() && ty.lane() != crate::Lane::Mask);
    is_vector && !is_constant(routine, value)
}
