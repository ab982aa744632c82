//! Which values are live where blocks begin, and how soon they are needed there.
//!
//! Values that stay in their block need no analysis, and most do. For the others, which
//! `next_use` has found, each block has the list of those live at its start, each with its
//! distance: how many instructions until it is next needed in a register, on the way
//! where that is soonest. Leaving a loop counts as [`LEAVE_LOOP`] instructions, so that whatever the
//! loop itself uses is nearer than all that it does not (Braun & Hack, "Register
//! Spilling and Live-Range Splitting for SSA-Form Programs", CC 2009).
//!
//! Lists are computed backwards over the blocks until nothing changes: once if there is
//! no loop, and about once more for each level of nesting, each time of those blocks only
//! for which there is news from a successor. What is live at a loop's header is thereby
//! live through all of the loop.

use super::next_use::{DEAD, Live, NextUses, farther, noted};
use super::value::Value;
use super::{Function, VirtualRegister};
use std::ops::Range;

/// What it adds to a distance to leave a loop.
pub(super) const LEAVE_LOOP: u32 = 1 << 24;

/// What is live at the blocks' starts.
#[derive(Debug, Default)]
pub(super) struct Liveness {
    lists: Vec<Live>,
    /// Each block's list in `lists`.
    ranges: Vec<Range<usize>>,
    /// The last block in layout in which each value of several blocks is live.
    last_block: Vec<u32>,
    /// The distance of each value in the list under construction, where `round` says
    /// that it is in it.
    distance: Vec<u32>,
    round: Vec<u32>,
    now: u32,
    /// For each block, the `now` at which its list was computed, and at which it changed.
    computed: Vec<u32>,
    changed: Vec<u32>,
    found: Vec<VirtualRegister>,
}

impl Liveness {
    /// What is live where a block begins, parameters excepted.
    pub(super) fn at_start(&self, block: usize) -> &[Live] {
        self.ranges
            .get(block)
            .map_or(&[], |range| &self.lists[range.clone()])
    }

    /// The last block in layout in which a value of several blocks is live.
    pub(super) fn last_block(&self, value: VirtualRegister) -> u32 {
        self.last_block[value.index()]
    }

    /// Notes with the values that are live where a block ends when they are needed next
    /// behind that.
    pub(super) fn look_beyond(&self, function: &Function, index: usize, values: &mut [Value]) {
        let block = &function.blocks[index];
        for edge in &block.successors {
            let target = edge.target.index();
            let way = Self::leaving(function, index, target);
            let end = way.saturating_add(block.instructions.end);
            for &(value, distance) in self.at_start(target) {
                let position = farther(distance, end);
                let beyond = &mut values[value.index()].beyond;
                *beyond = noted(position).min(*beyond);
            }
        }
    }

    /// Takes those notes back.
    pub(super) fn forget_beyond(&self, function: &Function, index: usize, values: &mut [Value]) {
        for edge in &function.blocks[index].successors {
            for &(value, _) in self.at_start(edge.target.index()) {
                values[value.index()].beyond = DEAD;
            }
        }
    }

    /// What one block's end adds to a distance, on the way to a successor.
    fn leaving(function: &Function, from: usize, to: usize) -> u32 {
        let depth = |block: usize| u32::from(function.blocks[block].loop_depth);
        depth(from)
            .saturating_sub(depth(to))
            .saturating_mul(LEAVE_LOOP)
    }

    /// Computes all of it.
    pub(super) fn analyse(&mut self, function: &Function, next: &NextUses) {
        self.lists.clear();
        self.ranges.clear();
        if function.blocks.len() == 1 {
            return;
        }
        self.reset(function);
        let mut again = true;
        while again {
            again = false;
            for block in (0..function.blocks.len()).rev() {
                if self.is_stale(function, block) {
                    again |= self.update(function, next, block);
                }
            }
        }
        for block in 0..function.blocks.len() {
            for &(value, _) in &self.lists[self.ranges[block].clone()] {
                self.last_block[value.index()] = block as u32;
            }
        }
    }

    fn reset(&mut self, function: &Function) {
        let (blocks, values) = (function.blocks.len(), function.classes.len());
        self.ranges.resize(blocks, 0..0);
        self.last_block.clear();
        self.last_block.resize(values, 0);
        self.distance.resize(values, 0);
        self.round.clear();
        self.round.resize(values, 0);
        self.now = 0;
        self.computed.clear();
        self.computed.resize(blocks, 0);
        self.changed.clear();
        self.changed.resize(blocks, 0);
    }

    /// Whether a block's list was never computed, or a successor's has changed since.
    fn is_stale(&self, function: &Function, block: usize) -> bool {
        let computed = self.computed[block];
        let mut successors = function.blocks[block].successors.iter();
        computed == 0 || successors.any(|edge| self.changed[edge.target.index()] >= computed)
    }

    fn begin_list(&mut self) {
        self.now += 1;
        self.found.clear();
    }

    /// Puts a value into the list under construction, at most that far away.
    fn lower(&mut self, value: VirtualRegister, distance: u32) {
        let at = value.index();
        if self.round[at] != self.now {
            self.round[at] = self.now;
            self.distance[at] = distance;
            self.found.push(value);
        } else if distance < self.distance[at] {
            self.distance[at] = distance;
        }
    }

    /// Computes a block's list from its successors' and its own uses; whether that is news.
    fn update(&mut self, function: &Function, next: &NextUses, index: usize) -> bool {
        let block = &function.blocks[index];
        self.begin_list();
        for edge in &block.successors {
            let target = edge.target.index();
            let way = block.instructions.len() as u32 + Self::leaving(function, index, target);
            for at in self.ranges[target].clone() {
                let (value, distance) = self.lists[at];
                if !block.defines(value) {
                    self.lower(value, farther(distance, way));
                }
            }
        }
        for &(value, distance) in next.exposed(index) {
            self.lower(value, distance);
        }
        self.computed[index] = self.now;
        let is_news = self.keep_list(index);
        if is_news {
            self.changed[index] = self.now;
        }
        is_news
    }

    fn keep_list(&mut self, index: usize) -> bool {
        let sum = |list: &[Live]| {
            list.iter()
                .map(|&(_, distance)| u64::from(distance))
                .sum::<u64>()
        };
        let mut range = self.ranges[index].clone();
        let (old_length, old_sum) = (range.len(), sum(&self.lists[range.clone()]));
        if self.found.len() > range.len() {
            range = self.lists.len()..self.lists.len() + self.found.len();
            self.lists.resize(range.end, (VirtualRegister(0), DEAD));
            self.ranges[index] = range.clone();
        }
        for (live, &value) in self.lists[range.clone()].iter_mut().zip(&self.found) {
            *live = (value, self.distance[value.index()]);
        }
        // Lists only grow, and distances only fall.
        old_length != range.len() || old_sum != sum(&self.lists[range])
    }
}
