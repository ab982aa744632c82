//! Natural loops of reducible control flow, and how they nest.

use super::{Cfg, Dominators};
use crate::BlockId;

/// A loop of a routine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LoopId(u32);

impl LoopId {
    /// The index. Loops are numbered so that those outside come before those inside.
    #[inline]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// What is known about one loop.
#[derive(Debug, Clone, Copy)]
pub struct Loop {
    /// Where it is entered: the block that dominates all others of the loop.
    pub header: BlockId,
    /// The loop around it.
    pub parent: Option<LoopId>,
    /// How many loops it is in, itself included.
    pub depth: u32,
}

/// The loops of a routine. Jumps back to one block are one loop.
#[derive(Debug, Default)]
pub struct Loops {
    loops: Vec<Loop>,
    innermost: Vec<Option<LoopId>>,
    /// While loops are found: the way from a loop to the outermost one around it that
    /// is known so far, made shorter whenever it is gone.
    outward: Vec<LoopId>,
    stack: Vec<BlockId>,
}

impl Loops {
    /// The loops of the routine with this control flow.
    pub fn new(cfg: &Cfg, dominators: &Dominators) -> Loops {
        let mut loops = Loops::default();
        loops.compute(cfg, dominators);
        loops
    }

    pub(super) fn compute(&mut self, cfg: &Cfg, dominators: &Dominators) {
        self.loops.clear();
        self.outward.clear();
        self.innermost.clear();
        self.innermost.resize(cfg.len(), None);
        // Inner headers come later in the order than outer ones.
        for &header in cfg.reverse_postorder().iter().rev() {
            let is_back = |from: &BlockId| dominators.dominates(header, *from);
            self.stack
                .extend(cfg.predecessors(header).iter().copied().filter(is_back));
            if !self.stack.is_empty() {
                self.collect(header, cfg);
            }
        }
        self.number_from_outside();
    }

    /// Collects the loop of `header`: what reaches the jumps back, whose sources are
    /// stacked, without passing the header.
    fn collect(&mut self, header: BlockId, cfg: &Cfg) {
        let new = LoopId(self.loops.len() as u32);
        self.loops.push(Loop {
            header,
            parent: None,
            depth: 0,
        });
        self.outward.push(new);
        // The header of a loop within is its way in: go on from there.
        self.innermost[header.index()] = Some(new);
        while let Some(block) = self.stack.pop() {
            let entered_by = match self.innermost[block.index()] {
                None => {
                    self.innermost[block.index()] = Some(new);
                    block
                }
                Some(inner) => {
                    let outermost = self.outermost(inner);
                    if outermost == new {
                        continue;
                    }
                    self.outward[outermost.index()] = new;
                    self.loops[outermost.index()].parent = Some(new);
                    self.loops[outermost.index()].header
                }
            };
            // What cannot be reached is in no loop.
            let reached = |from: &BlockId| cfg.position(*from).is_some();
            let predecessors = cfg.predecessors(entered_by).iter().copied();
            self.stack.extend(predecessors.filter(reached));
        }
    }

    /// The outermost loop around `inner` so far, with path halving.
    fn outermost(&mut self, mut inner: LoopId) -> LoopId {
        while self.outward[inner.index()] != inner {
            let next = self.outward[inner.index()];
            self.outward[inner.index()] = self.outward[next.index()];
            inner = next;
        }
        inner
    }

    /// Loops were found from inside out: turns their numbers around.
    fn number_from_outside(&mut self) {
        let last = self.loops.len().wrapping_sub(1) as u32;
        let renumber = |id: LoopId| LoopId(last - id.0);
        self.loops.reverse();
        for found in &mut self.loops {
            found.parent = found.parent.map(renumber);
        }
        for innermost in &mut self.innermost {
            *innermost = innermost.map(renumber);
        }
        for index in 0..self.loops.len() {
            let parent = self.loops[index].parent;
            self.loops[index].depth = 1 + parent.map_or(0, |p| self.loops[p.index()].depth);
        }
    }

    /// How many loops there are.
    pub fn len(&self) -> usize {
        self.loops.len()
    }

    /// Whether there are no loops.
    pub fn is_empty(&self) -> bool {
        self.loops.is_empty()
    }

    /// Every loop, those outside before those inside.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = LoopId> + use<> {
        (0..self.loops.len() as u32).map(LoopId)
    }

    /// One loop.
    #[inline]
    pub fn get(&self, id: LoopId) -> &Loop {
        &self.loops[id.index()]
    }

    /// The innermost loop a block is in.
    #[inline]
    pub fn innermost(&self, block: BlockId) -> Option<LoopId> {
        self.innermost[block.index()]
    }

    /// How many loops a block is in.
    pub fn depth(&self, block: BlockId) -> u32 {
        self.innermost(block).map_or(0, |id| self.get(id).depth)
    }

    /// A loop and those around it, from inside out.
    pub fn around(&self, id: Option<LoopId>) -> impl Iterator<Item = LoopId> {
        std::iter::successors(id, |&id| self.get(id).parent)
    }

    /// Whether `block` is in the loop `id`, or one within it.
    pub fn contains(&self, id: LoopId, block: BlockId) -> bool {
        self.around(self.innermost(block))
            .take_while(|&around| around >= id)
            .any(|around| around == id)
    }

    /// The innermost loop that both are in or equal.
    pub fn common(&self, a: Option<LoopId>, b: Option<LoopId>) -> Option<LoopId> {
        let (mut a, mut b) = (a?, b?);
        while a != b {
            // The one with the larger number is not around the other.
            match a > b {
                true => a = self.get(a).parent?,
                false => b = self.get(b).parent?,
            }
        }
        Some(a)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::Flow;
    use crate::testing::flow_of;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

        /// A block is in the loop of a header if it reaches a jump back to it
        /// within what the header dominates.
        #[test]
        fn loops_are_what_the_definition_says(
            edges in (2usize..14).prop_flat_map(|blocks| {
                prop::collection::vec(prop::collection::vec(1..blocks, 0..3), blocks)
            })
        ) {
            let Ok(flow) = Flow::new(&flow_of(&edges)) else { return Ok(()) };
            let ids = |n: usize| BlockId::new(n);
            let dominates = |a: usize, b: usize| flow.dominators.dominates(ids(a), ids(b));
            let mut headers = 0;
            for header in 0..edges.len() {
                let back = |from: &usize| edges[*from].contains(&header) && dominates(header, *from);
                let mut stack: Vec<usize> = (0..edges.len()).filter(back).collect();
                let found = flow.loops.ids().find(|&id| flow.loops.get(id).header == ids(header));
                prop_assert_eq!(found.is_some(), !stack.is_empty());
                let Some(found) = found else { continue };
                headers += 1;
                let mut inside = vec![false; edges.len()];
                inside[header] = true;
                while let Some(block) = stack.pop() {
                    if !std::mem::replace(&mut inside[block], true) {
                        stack.extend((0..edges.len()).filter(|&from| {
                            dominates(from, from) && edges[from].contains(&block)
                        }));
                    }
                }
                for (block, inside) in inside.into_iter().enumerate() {
                    prop_assert_eq!(flow.loops.contains(found, ids(block)), inside);
                }
            }
            prop_assert_eq!(headers, flow.loops.len());
            for id in flow.loops.ids() {
                if let Some(parent) = flow.loops.get(id).parent {
                    prop_assert!(parent < id);
                    prop_assert!(flow.loops.contains(parent, flow.loops.get(id).header));
                    prop_assert_eq!(flow.loops.get(parent).depth + 1, flow.loops.get(id).depth);
                }
            }
        }
    }
}
