//! The steps of a path: instructions and detours, and which must come before which.

use super::{Cost, DETOUR, filled, is_constant};
use crate::analysis::Cfg;
use crate::op::Effect;
use crate::{BlockId, Routine, Terminator, ValueId};
use std::ops::Range;

/// The end of a list of followers.
const NONE: u32 = u32::MAX;

/// The steps of the path at hand. A step goes by the name of the value that it gives, a detour by
/// that of the first in it; constants are no steps. Arrays have an entry for each value.
#[derive(Debug, Default)]
pub(super) struct Steps {
    /// From the first instruction of the path to the last.
    values: Range<usize>,
    /// The step that gives a value.
    of: Vec<ValueId>,
    costs: Vec<Cost>,
    /// How many steps must be placed before a step.
    waits_for: Vec<u32>,
    /// What the longest chain takes that begins with a step.
    heights: Vec<u32>,
    /// The last in the list of the steps that wait for a step.
    followers: Vec<u32>,
    /// A follower, and the one before it in its list.
    links: Vec<(ValueId, u32)>,
    /// Detours, and their blocks.
    detours: Vec<(ValueId, BlockId)>,
    operands: Vec<ValueId>,
}

impl Steps {
    /// Begins with a routine of so many values.
    pub(super) fn start(&mut self, len: usize) {
        self.of.clear();
        self.of.extend((0..len).map(ValueId::new));
        filled(&mut self.costs, len, DETOUR);
        filled(&mut self.waits_for, len, 0);
        filled(&mut self.heights, len, 0);
        filled(&mut self.followers, len, NONE);
    }

    /// Finds the steps of the path that begins with a block, and gives its last block. `calls`
    /// is what a call of each routine costs.
    pub(super) fn find_path(
        &mut self,
        routine: &Routine,
        cfg: &Cfg,
        first: BlockId,
        calls: &[Cost],
    ) -> BlockId {
        self.links.clear();
        self.detours.clear();
        let mut last = first;
        while let Some((detour, join)) = detour(routine, cfg, last) {
            let values = routine.instructions_in(detour);
            let step = ValueId::new(values.range().start);
            for value in values.chain(routine.parameters_of(join)) {
                self.of[value.index()] = step;
            }
            self.detours.push((step, detour));
            last = join;
        }
        let start = routine.instructions_in(first).range().start;
        let end = routine.instructions_in(last).range().end;
        self.values = start..end;
        self.find_costs(routine, calls);
        self.find_followers(routine);
        self.find_heights();
        last
    }

    fn find_costs(&mut self, routine: &Routine, calls: &[Cost]) {
        for step in self.values.clone().map(ValueId::new) {
            if self.of[step.index()] == step && self.detour(step).is_none() {
                self.costs[step.index()] = match routine.callee_of(step) {
                    Some(function) => calls[function.index()],
                    None if is_constant(routine, step) => Cost {
                        issue: 0,
                        latency: 0,
                    },
                    None => Cost::of(routine.op(step)),
                };
            }
        }
    }

    /// Links each step to those that must come before.
    fn find_followers(&mut self, routine: &Routine) {
        let mut last_access = None;
        for step in self.values.clone().map(ValueId::new) {
            if !self.is_step(step) {
                continue;
            }
            for index in 0..self.operands(routine, step).len() {
                let earlier = self.of[self.operands[index].index()];
                if self.values.contains(&earlier.index()) && self.is_step(earlier) {
                    self.follow(earlier, step);
                }
            }
            if self.touches_memory(routine, step)
                && let Some(earlier) = last_access.replace(step)
            {
                self.follow(earlier, step);
            }
        }
    }

    fn follow(&mut self, earlier: ValueId, later: ValueId) {
        let list = &mut self.followers[earlier.index()];
        self.links.push((later, *list));
        *list = self.links.len() as u32 - 1;
        self.waits_for[later.index()] += 1;
    }

    fn find_heights(&mut self) {
        for step in self.values.clone().rev().map(ValueId::new) {
            let mut above = 0;
            let mut list = self.followers(step);
            while let Some((follower, rest)) = self.next_follower(list) {
                above = above.max(self.heights[follower.index()]);
                list = rest;
            }
            let latency = self.costs[step.index()].latency;
            self.heights[step.index()] = above.saturating_add(latency);
        }
    }

    /// From the first instruction of the path to the last.
    pub(super) fn values(&self) -> Range<usize> {
        self.values.clone()
    }

    /// Whether a value of the path is the name of a step.
    pub(super) fn is_step(&self, value: ValueId) -> bool {
        // Constants cost nothing.
        self.of[value.index()] == value && self.costs[value.index()].issue > 0
    }

    /// The block of a step that is a detour.
    pub(super) fn detour(&self, step: ValueId) -> Option<BlockId> {
        let at = self.detours.binary_search_by_key(&step, |&(step, _)| step);
        at.ok().map(|at| self.detours[at].1)
    }

    pub(super) fn cost(&self, step: ValueId) -> Cost {
        self.costs[step.index()]
    }

    /// What the longest chain takes that begins with a step.
    pub(super) fn height(&self, step: ValueId) -> u32 {
        self.heights[step.index()]
    }

    /// Whether some step must be placed before.
    pub(super) fn waits(&self, step: ValueId) -> bool {
        self.waits_for[step.index()] > 0
    }

    /// One of the steps that it waits for is placed: whether it was the last.
    pub(super) fn wait_less(&mut self, step: ValueId) -> bool {
        self.waits_for[step.index()] -= 1;
        !self.waits(step)
    }

    /// The list of the steps that wait for a step.
    pub(super) fn followers(&self, step: ValueId) -> u32 {
        self.followers[step.index()]
    }

    /// The first of a list of followers, and the rest.
    pub(super) fn next_follower(&self, list: u32) -> Option<(ValueId, u32)> {
        self.links.get(list as usize).copied()
    }

    /// What a step uses, each as often as it does.
    pub(super) fn operands(&mut self, routine: &Routine, step: ValueId) -> &[ValueId] {
        self.operands.clear();
        let Some(detour) = self.detour(step) else {
            self.operands.extend(routine.operands(step));
            return &self.operands;
        };
        for block in [BlockId::new(detour.index() - 1), detour] {
            let terminator = routine.terminator(block);
            for edge in terminator.edges() {
                self.operands.extend(routine.arguments(edge));
            }
            self.operands.extend(terminator.operand());
        }
        for value in routine.instructions_in(detour) {
            self.operands.extend(routine.operands(value));
        }
        let of = &self.of;
        self.operands.retain(|operand| of[operand.index()] != step);
        &self.operands
    }

    /// What [`operands`](Steps::operands) found last.
    pub(super) fn found_operands(&self) -> &[ValueId] {
        &self.operands
    }

    fn touches_memory(&self, routine: &Routine, step: ValueId) -> bool {
        let touches = |value: ValueId| match routine.op(value).row().effect {
            Effect::Pure => false,
            Effect::Call => !routine.buffers_passed(value).is_empty(),
            Effect::Read | Effect::Write | Effect::Update => true,
        };
        match self.detour(step) {
            Some(detour) => routine.instructions_in(detour).any(touches),
            None => touches(step),
        }
    }
}

/// The detour and the join that begin where a block ends, if they do.
fn detour(routine: &Routine, cfg: &Cfg, block: BlockId) -> Option<(BlockId, BlockId)> {
    let Terminator::Branch {
        then, otherwise, ..
    } = routine.terminator(block)
    else {
        return None;
    };
    let (detour, join) = (then.target(), otherwise.target());
    let is_next = detour.index() == block.index() + 1 && join.index() == block.index() + 2;
    if !is_next {
        return None;
    }
    let Terminator::Jump(back) = routine.terminator(detour) else {
        return None;
    };
    let is_detour = back.target() == join
        && cfg.predecessors(detour).len() == 1
        && cfg.predecessors(join).len() == 2
        && routine.parameters_of(detour).len() == 0
        && routine.instructions_in(detour).len() > 0;
    is_detour.then_some((detour, join))
}

/// A set of values.
#[derive(Debug, Default)]
pub(super) struct Set(Vec<u64>);

impl Set {
    /// Makes it empty, with room for so many values.
    pub(super) fn clear(&mut self, len: usize) {
        filled(&mut self.0, len.div_ceil(64), 0);
    }

    pub(super) fn insert(&mut self, value: ValueId) {
        self.0[value.index() / 64] |= 1 << (value.index() % 64);
    }

    pub(super) fn remove(&mut self, value: ValueId) {
        self.0[value.index() / 64] &= !(1 << (value.index() % 64));
    }

    pub(super) fn contains(&self, value: ValueId) -> bool {
        self.0[value.index() / 64] >> (value.index() % 64) & 1 != 0
    }

    /// Shows the first values in it among these, so many at most, in order.
    #[inline]
    pub(super) fn for_first(
        &self,
        values: Range<usize>,
        most: usize,
        mut each: impl FnMut(ValueId),
    ) {
        let mut left = most;
        for word in values.start / 64..values.end.div_ceil(64) {
            let mut bits = self.0[word];
            while bits != 0 {
                if left == 0 {
                    return;
                }
                each(ValueId::new(word * 64 + bits.trailing_zeros() as usize));
                bits &= bits - 1;
                left -= 1;
            }
        }
    }
}
