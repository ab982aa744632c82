//! Which values are live where blocks begin, and how soon they are needed there.
//!
//! Values that stay in their block need no analysis, and most do. For the others, each
//! block has the list of those live at its start, each with its distance: how many
//! instructions until it is next needed in a register, on the way where that is
//! soonest. Leaving a loop counts as [`LEAVE_LOOP`] instructions, so that whatever the
//! loop itself uses is nearer than all that it does not (Braun & Hack, "Register
//! Spilling and Live-Range Splitting for SSA-Form Programs", CC 2009).
//!
//! Lists are computed backwards over the blocks until nothing changes: once if there is
//! no loop, and about once more for each level of nesting. A round that adds nothing and
//! brings nothing nearer is the last. What is live at a loop's header is thereby live
//! through all of the loop.

use super::flow::Flow;
use super::next_use::{DEAD, IN_MEMORY, farther};
use super::value::Value;
use super::{Block, Constraint, Function, Role, VirtualRegister};
use std::ops::Range;

/// What it adds to a distance to leave a loop.
pub(super) const LEAVE_LOOP: u32 = 1 << 24;

/// A value and its distance.
pub(super) type Live = (VirtualRegister, u32);

/// What is live at the blocks' starts.
#[derive(Debug, Default)]
pub(super) struct Liveness {
    lists: Vec<Live>,
    /// Each block's list in `lists`.
    ranges: Vec<Range<usize>>,
    /// Uses of values that are defined in other blocks, block by block.
    exposed: Vec<Live>,
    exposed_ranges: Vec<Range<usize>>,
    /// Operands of one block that use values of others.
    foreign: Vec<u32>,
    /// The block that defines each value.
    home_block: Vec<u32>,
    /// The last block in layout in which each value of several blocks is live.
    last_block: Vec<u32>,
    /// The distance of each value in the list under construction, where `round` says
    /// that it is in it.
    distance: Vec<u32>,
    round: Vec<u32>,
    now: u32,
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

    /// What one block's end adds to a distance, on the way to a successor.
    pub(super) fn leaving(function: &Function, from: usize, to: usize) -> u32 {
        let depth = |block: usize| u32::from(function.blocks[block].loop_depth);
        depth(from)
            .saturating_sub(depth(to))
            .saturating_mul(LEAVE_LOOP)
    }

    /// Computes all of it, and marks the values that leave their block.
    pub(super) fn analyse(&mut self, function: &Function, flow: &Flow, values: &mut [Value]) {
        self.lists.clear();
        self.ranges.clear();
        if function.blocks.len() == 1 {
            return;
        }
        self.reset(function);
        self.find_exposed(function, values);
        let mut changed = true;
        while changed {
            changed = false;
            for block in (0..function.blocks.len()).rev() {
                changed |= self.update(function, block);
            }
            changed &= flow.has_loops();
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
        self.exposed.clear();
        self.exposed_ranges.clear();
        self.home_block.clear();
        self.home_block.resize(values, u32::MAX);
        self.last_block.clear();
        self.last_block.resize(values, 0);
        self.distance.resize(values, 0);
        self.round.clear();
        self.round.resize(values, 0);
        self.now = 0;
    }

    /// Collects, for each block, values from elsewhere with the distances of their
    /// first uses. Definitions lie before their uses in layout.
    fn find_exposed(&mut self, function: &Function, values: &mut [Value]) {
        for (index, block) in (0..).zip(&function.blocks) {
            let start = self.exposed.len();
            self.begin_list();
            for parameter in function.parameters_of(block) {
                self.home_block[parameter.index()] = index;
            }
            self.find_operands(function, index, block);
            for edge in &block.successors {
                for &argument in function.arguments_of(edge) {
                    if self.home_block[argument.index()] != index {
                        self.lower(argument, block.instructions.len() as u32 - 1);
                    }
                }
            }
            for &value in &self.found {
                values[value.index()].set_global();
                self.exposed.push((value, self.distance[value.index()]));
            }
            self.exposed_ranges.push(start..self.exposed.len());
        }
    }

    /// Collects uses of values from elsewhere in a block.
    fn find_operands(&mut self, function: &Function, index: u32, block: &Block) {
        let range = block.instructions.start as usize..block.instructions.end as usize;
        let firsts = &function.first_operand[range.start..=range.end];
        let (begin, end) = (firsts[0] as usize, firsts[range.len()] as usize);
        // Most are of the block itself, and so nothing to be noted.
        let homes = self.home_block.as_mut_slice();
        self.foreign.clear();
        for (at, operand) in (begin as u32..).zip(&function.operands[begin..end]) {
            // What is not a value is reported by who looks at all operands.
            let Some(home) = homes.get_mut(operand.register.index()) else {
                continue;
            };
            if !matches!(operand.role, Role::Use | Role::LateUse) {
                *home = index;
            } else if *home != index {
                self.foreign.push(at);
            }
        }
        let mut distance = 0;
        for number in 0..self.foreign.len() {
            let at = self.foreign[number];
            while firsts[distance + 1] <= at {
                distance += 1;
            }
            let operand = &function.operands[at as usize];
            let in_memory = operand.constraint == Constraint::RegisterOrSlot;
            let kind = if in_memory { IN_MEMORY } else { 0 };
            self.lower(operand.register, kind | distance as u32);
        }
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

    /// Computes a block's list from its successors'; whether that is news.
    fn update(&mut self, function: &Function, index: usize) -> bool {
        let block = &function.blocks[index];
        self.begin_list();
        for edge in &block.successors {
            let target = edge.target.index();
            let way = block.instructions.len() as u32 + Self::leaving(function, index, target);
            for at in self.ranges[target].clone() {
                let (value, distance) = self.lists[at];
                if self.home_block[value.index()] != index as u32 {
                    self.lower(value, farther(distance, way));
                }
            }
        }
        for at in self.exposed_ranges[index].clone() {
            let (value, distance) = self.exposed[at];
            self.lower(value, distance);
        }
        self.keep_list(index)
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
