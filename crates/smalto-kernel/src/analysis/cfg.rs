//! The control flow graph: who jumps where.

use crate::{BlockId, Routine};

/// Successors and predecessors of every block, and the blocks in an order in which
/// all but jumps back go forward.
///
/// A block that jumps to another in two ways is its predecessor twice.
#[derive(Debug, Default)]
pub struct Cfg {
    /// The one or two blocks each block goes on to.
    successors: Vec<[Option<BlockId>; 2]>,
    /// Where each block's predecessors begin in `predecessors`; one more at the end.
    first_predecessor: Vec<u32>,
    predecessors: Vec<BlockId>,
    reverse_postorder: Vec<BlockId>,
    /// The place of each block in that order.
    position: Vec<u32>,
    stack: Vec<(BlockId, u8)>,
}

const UNREACHED: u32 = u32::MAX;

impl Cfg {
    /// The control flow graph of `routine`.
    pub fn new(routine: &Routine) -> Cfg {
        let mut cfg = Cfg::default();
        cfg.compute(routine);
        cfg
    }

    pub(crate) fn compute(&mut self, routine: &Routine) {
        self.successors.clear();
        self.successors.extend(routine.block_ids().map(|block| {
            let mut edges = routine.terminator(block).edges().map(|e| e.target());
            [edges.next(), edges.next()]
        }));
        self.find_predecessors();
        self.find_order();
    }

    /// Counting sort of the edges by where they go.
    fn find_predecessors(&mut self) {
        let blocks = self.successors.len();
        let first = &mut self.first_predecessor;
        first.clear();
        first.resize(blocks + 1, 0);
        let mut edges = 0;
        for target in self.successors.iter().flatten().flatten() {
            first[target.index()] += 1;
            edges += 1;
        }
        let mut begin = 0;
        for count in first.iter_mut() {
            begin += std::mem::replace(count, begin);
        }
        self.predecessors.clear();
        self.predecessors.resize(edges, BlockId(0));
        for (block, successors) in self.successors.iter().enumerate() {
            for target in successors.iter().flatten() {
                let place = &mut first[target.index()];
                self.predecessors[*place as usize] = BlockId::new(block);
                *place += 1;
            }
        }
        // Each begin has moved to the end of its list, where the next list begins.
        first.rotate_right(1);
        first[0] = 0;
    }

    fn find_order(&mut self) {
        self.position.clear();
        self.position.resize(self.successors.len(), UNREACHED);
        self.reverse_postorder.clear();
        if self.successors.is_empty() {
            return;
        }
        let entry = BlockId(0);
        self.position[0] = 0;
        self.stack.push((entry, 0));
        while let Some((block, visited)) = self.stack.last_mut() {
            let block = *block;
            let successors = self.successors[block.index()];
            let next = successors.get(usize::from(*visited)).copied().flatten();
            *visited += 1;
            match next {
                Some(next) if self.position[next.index()] == UNREACHED => {
                    self.position[next.index()] = 0;
                    self.stack.push((next, 0));
                }
                Some(_) => {}
                None => {
                    self.stack.pop();
                    self.reverse_postorder.push(block);
                }
            }
        }
        self.reverse_postorder.reverse();
        for (position, block) in self.reverse_postorder.iter().enumerate() {
            self.position[block.index()] = position as u32;
        }
    }

    /// The number of blocks.
    pub fn len(&self) -> usize {
        self.successors.len()
    }

    /// Whether there are no blocks.
    pub fn is_empty(&self) -> bool {
        self.successors.is_empty()
    }

    /// Where `block` goes on to.
    pub fn successors(&self, block: BlockId) -> impl Iterator<Item = BlockId> + use<> {
        self.successors[block.index()].into_iter().flatten()
    }

    /// Where `block` is come to from.
    pub fn predecessors(&self, block: BlockId) -> &[BlockId] {
        let first = self.first_predecessor[block.index()] as usize;
        let end = self.first_predecessor[block.index() + 1] as usize;
        &self.predecessors[first..end]
    }

    /// The blocks that can be reached, each after one it is reached from: the reverse
    /// of the order in which a depth-first walk leaves them.
    pub fn reverse_postorder(&self) -> &[BlockId] {
        &self.reverse_postorder
    }

    /// The place of a block in [`reverse_postorder`](Cfg::reverse_postorder); `None`
    /// if it cannot be reached.
    pub fn position(&self, block: BlockId) -> Option<usize> {
        let position = self.position[block.index()];
        (position != UNREACHED).then_some(position as usize)
    }
}
