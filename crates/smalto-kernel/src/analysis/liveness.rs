//! Liveness: where each value is still needed.
//!
//! A value is needed from the instruction that gives it to its uses, on every way
//! between them. A way may go around a loop: a value from before a loop that is used
//! inside is needed in all of the loop, since the next turn uses it again. To see a
//! loop in a line of blocks one must follow the jumps; that is done here, from each use
//! backward over predecessors until the block that gives the value.
//!
//! Blocks are put in a line by [`block_order`], and places in the
//! line are numbered: each block has one number for its head, where its parameters are
//! given, one for each of its other instructions, and one for its end, where the
//! condition and the arguments of jumps are read. A [`Segment`] is a run of numbers.
//!
//! Following each value costs as much as there are pairs of a value and a block it is
//! live at the head of. There are seldom many, but a text from a stranger can have
//! tens of thousands of values live through tens of thousands of blocks. So there is
//! a budget of pairs, generous and linear in the size of the routine. Values beyond it
//! get one segment without holes, from where they are given to the last use, or to
//! the end of the outermost loop that has a use but not the definition. Since loops
//! are in one piece, that covers all of what following would find.

use super::{Flow, block_order};
use crate::{BlockId, Routine, ValueId};
use std::ops::Range;

/// A run of places where a value is needed: given at or live into `from`, and last
/// read at `to` or live out of the place before it.
///
/// One value may take the register of another whose segment ends where its own
/// begins: an instruction reads before it gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// Where it begins.
    pub from: u32,
    /// Where it ends; larger than `from`.
    pub to: u32,
}

/// Where the values of a routine are needed. See the [module documentation](self).
#[derive(Debug, Default)]
pub struct Liveness {
    order: Vec<BlockId>,
    /// For each block: its place in the order, and the number of its head. Blocks that
    /// cannot be reached are not in the order.
    places: Vec<Place>,
    /// The number after the last.
    end: u32,
    /// The number where each value is given.
    definitions: Vec<u32>,
    /// Where each value's segments begin in `segments`; one more at the end.
    first_segment: Vec<u32>,
    segments: Vec<Segment>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Place {
    order: u32,
    head: u32,
    /// The number of its end.
    end: u32,
}

impl Liveness {
    /// Where the values of `routine`, with control flow `flow`, are needed.
    pub fn new(routine: &Routine, flow: &Flow) -> Liveness {
        let budget = 16 * (routine.len() + flow.cfg.len()) + (1 << 16);
        Liveness::within(routine, flow, budget)
    }

    fn within(routine: &Routine, flow: &Flow, budget: usize) -> Liveness {
        let mut liveness = Liveness {
            order: block_order(flow),
            ..Liveness::default()
        };
        liveness.number(routine);
        Search::new(routine, flow, &liveness, budget).run(&mut liveness);
        liveness
    }

    fn number(&mut self, routine: &Routine) {
        self.places
            .resize(routine.block_ids().len(), Place::default());
        self.definitions.resize(routine.len(), 0);
        let mut next = 0;
        for (order, &block) in self.order.iter().enumerate() {
            let head = next;
            for parameter in routine.parameters_of(block) {
                self.definitions[parameter.index()] = head;
            }
            for value in routine.instructions_in(block) {
                next += 1;
                self.definitions[value.index()] = next;
            }
            let end = next + 1;
            next += 2;
            self.places[block.index()] = Place {
                order: order as u32,
                head,
                end,
            };
        }
        self.end = next;
    }

    /// The line of blocks that places are numbered along.
    pub fn order(&self) -> &[BlockId] {
        &self.order
    }

    /// The number after the last place.
    pub fn end(&self) -> u32 {
        self.end
    }

    /// The place of a block's head, where its parameters are given.
    pub fn head_of(&self, block: BlockId) -> u32 {
        self.places[block.index()].head
    }

    /// The place of a block's end, where it jumps.
    pub fn end_of(&self, block: BlockId) -> u32 {
        self.places[block.index()].end
    }

    /// The place where a value is given, or an instruction that gives none is.
    #[inline]
    pub fn place_of(&self, value: ValueId) -> u32 {
        self.definitions[value.index()]
    }

    /// Where a value is needed, in order, with holes between. A value nobody uses
    /// has one segment of length 1; an instruction that gives none has no segment.
    #[inline]
    pub fn segments(&self, value: ValueId) -> &[Segment] {
        let first = self.first_segment[value.index()] as usize;
        let end = self.first_segment[value.index() + 1] as usize;
        &self.segments[first..end]
    }

    /// Whether a value that is given elsewhere is needed in a block or after it.
    pub fn is_live_into(&self, value: ValueId, block: BlockId) -> bool {
        let head = self.head_of(block);
        let segments = self.segments(value);
        let after = segments.partition_point(|segment| segment.from <= head);
        after > 0 && head < segments[after - 1].to && self.place_of(value) != head
    }
}

/// A use of a value: in which block, at which place.
#[derive(Clone, Copy)]
struct Use {
    block: BlockId,
    place: u32,
}

struct Search<'r> {
    routine: &'r Routine,
    flow: &'r Flow,
    /// Uses by value, in lists one after the other.
    first_use: Vec<u32>,
    uses: Vec<Use>,
    /// The block that gives each value.
    home: Vec<BlockId>,
    /// For each block in the order: the last value found live in it.
    visited_by: Vec<Option<ValueId>>,
    /// For each block in the order: up to where that value is needed.
    needed_to: Vec<u32>,
    /// The place in the order of the last block of each loop.
    last_of_loop: Vec<u32>,
    /// Blocks, by order, that the value being followed is live into.
    live: Vec<u32>,
    stack: Vec<BlockId>,
    budget: usize,
}

impl<'r> Search<'r> {
    fn new(routine: &'r Routine, flow: &'r Flow, liveness: &Liveness, budget: usize) -> Search<'r> {
        let mut search = Search {
            routine,
            flow,
            first_use: vec![0; routine.len() + 1],
            uses: Vec::new(),
            home: vec![BlockId(0); routine.len()],
            visited_by: vec![None; liveness.order.len()],
            needed_to: vec![0; liveness.order.len()],
            last_of_loop: last_blocks(flow, &liveness.order),
            live: Vec::new(),
            stack: Vec::new(),
            budget,
        };
        search.collect_uses(liveness);
        search
    }

    /// Counting sort of all uses by what they use.
    fn collect_uses(&mut self, liveness: &Liveness) {
        let mut count = 0;
        for_each_use(self.routine, liveness, |value, _| {
            self.first_use[value.index()] += 1;
            count += 1;
        });
        let mut begin = 0;
        for first in &mut self.first_use {
            begin += std::mem::replace(first, begin);
        }
        let nowhere = Use {
            block: BlockId(0),
            place: 0,
        };
        self.uses.resize(count, nowhere);
        for_each_use(self.routine, liveness, |value, found| {
            let place = &mut self.first_use[value.index()];
            self.uses[*place as usize] = found;
            *place += 1;
        });
        // Each begin has moved to the end of its list, where the next list begins.
        self.first_use.rotate_right(1);
        self.first_use[0] = 0;
        for &block in &liveness.order {
            for value in self.routine.values_in(block) {
                self.home[value.index()] = block;
            }
        }
    }

    fn run(&mut self, liveness: &mut Liveness) {
        for index in 0..self.routine.len() {
            liveness.first_segment.push(liveness.segments.len() as u32);
            let value = ValueId::new(index);
            let home = self.home[index];
            let reached = self.flow.cfg.position(home).is_some();
            if reached && self.routine.ty(value).is_some() {
                self.follow(value, home, liveness);
            }
        }
        liveness.first_segment.push(liveness.segments.len() as u32);
    }

    fn follow(&mut self, value: ValueId, home: BlockId, liveness: &mut Liveness) {
        let from = liveness.definitions[value.index()];
        let uses =
            self.first_use[value.index()] as usize..self.first_use[value.index() + 1] as usize;
        match self.find_live_blocks(value, home, uses.clone(), liveness) {
            Some(to) => {
                self.budget -= self.live.len();
                self.add_segments(Segment { from, to }, liveness);
            }
            None => {
                self.budget = 0;
                self.stack.clear();
                let to = self.last_place(uses, home, liveness);
                liveness.segments.push(Segment { from, to });
            }
        }
    }

    /// Follows the uses of `value` backward to `home`. Gives the place up to which it is
    /// needed there and leaves the other blocks in `live`; `None` if they are too many.
    fn find_live_blocks(
        &mut self,
        value: ValueId,
        home: BlockId,
        uses: Range<usize>,
        liveness: &Liveness,
    ) -> Option<u32> {
        let mut needed_at_home = liveness.definitions[value.index()] + 1;
        self.live.clear();
        for index in uses {
            let Use { block, place } = self.uses[index];
            if block == home {
                needed_at_home = needed_at_home.max(place);
                continue;
            }
            self.mark(value, block, place, liveness);
            while let Some(block) = self.stack.pop() {
                if self.live.len() > self.budget {
                    return None;
                }
                for &from in self.flow.cfg.predecessors(block) {
                    if from == home {
                        needed_at_home = liveness.places[home.index()].end + 1;
                    } else if self.flow.cfg.position(from).is_some() {
                        let end = liveness.places[from.index()].end + 1;
                        self.mark(value, from, end, liveness);
                    }
                }
            }
        }
        Some(needed_at_home)
    }

    /// Notes that `value` is live into `block` and needed up to `place` there.
    fn mark(&mut self, value: ValueId, block: BlockId, place: u32, liveness: &Liveness) {
        let order = liveness.places[block.index()].order as usize;
        if self.visited_by[order].replace(value) == Some(value) {
            self.needed_to[order] = self.needed_to[order].max(place);
            return;
        }
        self.needed_to[order] = place;
        self.live.push(order as u32);
        self.stack.push(block);
    }

    /// Adds `first`, the one at home, and those of the live blocks, joined where they
    /// touch.
    fn add_segments(&mut self, first: Segment, liveness: &mut Liveness) {
        self.live.sort_unstable();
        let mut last = first;
        for &order in &self.live {
            let block = liveness.order[order as usize];
            let segment = Segment {
                from: liveness.places[block.index()].head,
                to: self.needed_to[order as usize],
            };
            if segment.from == last.to {
                last.to = segment.to;
            } else {
                liveness.segments.push(last);
                last = segment;
            }
        }
        liveness.segments.push(last);
    }

    /// A place behind all where a value of `home` with these uses is needed.
    fn last_place(&self, uses: Range<usize>, home: BlockId, liveness: &Liveness) -> u32 {
        let loops = &self.flow.loops;
        let around_home = loops.innermost(home);
        let last = self.uses[uses].iter().map(|found| {
            let around_use = loops.innermost(found.block);
            let shared = loops.common(around_home, around_use);
            let outermost = loops
                .around(around_use)
                .take_while(|&id| Some(id) != shared)
                .last();
            outermost.map_or(found.place, |id| {
                let block = liveness.order[self.last_of_loop[id.index()] as usize];
                liveness.places[block.index()].end + 1
            })
        });
        last.max().unwrap_or(0)
    }
}

/// Calls `each` for every use in blocks that can be reached, in order.
fn for_each_use(routine: &Routine, liveness: &Liveness, mut each: impl FnMut(ValueId, Use)) {
    for &block in &liveness.order {
        for value in routine.instructions_in(block) {
            let place = liveness.definitions[value.index()];
            for &operand in routine.operands(value) {
                each(operand, Use { block, place });
            }
        }
        let terminator = routine.terminator(block);
        let place = liveness.places[block.index()].end;
        if let Some(value) = terminator.operand() {
            each(value, Use { block, place });
        }
        for &argument in terminator.edges().flat_map(|edge| routine.arguments(edge)) {
            each(argument, Use { block, place });
        }
    }
}

/// The place in the order of the last block of each loop.
fn last_blocks(flow: &Flow, order: &[BlockId]) -> Vec<u32> {
    let loops = &flow.loops;
    let mut last = vec![0; loops.len()];
    for (place, &block) in order.iter().enumerate() {
        if let Some(id) = loops.innermost(block) {
            last[id.index()] = place as u32;
        }
    }
    for id in loops.ids().rev() {
        if let Some(parent) = loops.get(id).parent {
            last[parent.index()] = last[parent.index()].max(last[id.index()]);
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;
    use proptest::prelude::*;

    fn of(routine: &Routine, budget: Option<usize>) -> Liveness {
        let flow = Flow::new(routine).unwrap();
        match budget {
            None => Liveness::new(routine, &flow),
            Some(budget) => Liveness::within(routine, &flow, budget),
        }
    }

    /// Whether a value is live into each block, by iterating the dataflow equations.
    fn live_into_by_dataflow(routine: &Routine, value: ValueId) -> Vec<bool> {
        let blocks = routine.block_ids().len();
        let used_in = |block: BlockId| {
            let terminator = routine.terminator(block);
            let in_instructions = routine
                .instructions_in(block)
                .any(|user| routine.operands(user).contains(&value));
            let in_jumps = terminator
                .edges()
                .any(|edge| routine.arguments(edge).contains(&value));
            in_instructions || in_jumps || terminator.operand() == Some(value)
        };
        let mut live = vec![false; blocks];
        loop {
            let before = live.clone();
            for block in routine.block_ids() {
                let given_here = routine.values_in(block).contains(value);
                let live_out = routine
                    .terminator(block)
                    .edges()
                    .any(|edge| live[edge.target().index()]);
                live[block.index()] = !given_here && (live_out || used_in(block));
            }
            if live == before {
                return live;
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            failure_persistence: None,
            cases: 64,
            ..Default::default()
        })]

        #[test]
        fn segments_are_what_the_dataflow_equations_say(choices in testing::choices(300)) {
            let case = testing::Case::random(&testing::Menu::default(), &choices);
            for routine in case.module.routines() {
                let exact = of(routine, None);
                let coarse = of(routine, Some(0));
                for index in 0..routine.len() {
                    let value = ValueId::new(index);
                    let expected = live_into_by_dataflow(routine, value);
                    for block in routine.block_ids() {
                        let live = expected[block.index()];
                        prop_assert_eq!(exact.is_live_into(value, block), live);
                        prop_assert!(!live || coarse.is_live_into(value, block));
                    }
                    let covered = |segment: &Segment| {
                        coarse.segments(value).iter().any(|around| {
                            around.from <= segment.from && segment.to <= around.to
                        })
                    };
                    prop_assert!(exact.segments(value).iter().all(covered));
                }
            }
        }

        /// Every use is read while a segment lasts, and segments are apart and in order.
        #[test]
        fn segments_reach_every_use(choices in testing::choices(300)) {
            let case = testing::Case::random(&testing::Menu::default(), &choices);
            for routine in case.module.routines() {
                let liveness = of(routine, None);
                for_each_use(routine, &liveness, |value, found| {
                    let inside = |s: &Segment| s.from < found.place && found.place <= s.to;
                    assert!(liveness.segments(value).iter().any(inside));
                });
                for index in 0..routine.len() {
                    let segments = liveness.segments(ValueId::new(index));
                    prop_assert!(segments.iter().all(|s| s.from < s.to));
                    prop_assert!(segments.is_sorted_by(|a, b| a.to < b.from));
                }
            }
        }
    }
}
