//! Dominators, and with them whether control flow is reducible.
//!
//! A block dominates another if every way from the entry to the other goes through
//! it. A jump is *back* if it goes against the reverse postorder. Control flow is
//! reducible if the target of every jump back dominates its source: every loop is
//! entered at its header alone.
//!
//! That makes dominators easy. Leave the jumps back out; then the graph has no
//! cycles, and the immediate dominator of a block is the nearest common ancestor of
//! its predecessors in the tree built so far. Putting back a jump whose target
//! dominates its source changes no dominator, since a way that takes it has been at
//! its target before. And if the target of some jump back does not dominate its
//! source in the reduced graph, it does not in the whole one either, which has more
//! ways around it: the graph is irreducible, and this jump is one to blame.
//!
//! Ancestors are found in logarithmic time by jump pointers (Myers, "An applicative
//! random-access stack", 1983): the tree may be as deep as there are blocks.

use super::Cfg;
use crate::BlockId;

/// Why control flow is not reducible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "irreducible control flow: the jump back from block {} enters a loop at block {}, \
     which can also be entered elsewhere",
    from.index(), to.index()
)]
pub struct Irreducible {
    /// Where the jump back is.
    pub from: BlockId,
    /// Where it goes, without dominating where it comes from.
    pub to: BlockId,
}

/// The tree of dominators of a reducible routine.
#[derive(Debug, Default)]
pub struct Dominators {
    nodes: Vec<Node>,
    scratch: Vec<u32>,
}

#[derive(Debug, Clone, Copy)]
struct Node {
    /// The immediate dominator; the entry is its own.
    parent: BlockId,
    /// An ancestor further up: the whole way is a logarithmic number of these.
    jump: BlockId,
    depth: u32,
    /// The number of the block in a preorder walk of the tree, and the first number
    /// after those below it.
    first: u32,
    end: u32,
}

const ENTRY: BlockId = BlockId(0);
const UNREACHED: Node = Node {
    parent: ENTRY,
    jump: ENTRY,
    depth: u32::MAX,
    first: u32::MAX,
    end: 0,
};

impl Dominators {
    /// The dominators of the blocks of `cfg`.
    ///
    /// # Errors
    /// If control flow is irreducible.
    pub fn new(cfg: &Cfg) -> Result<Dominators, Irreducible> {
        let mut dominators = Dominators::default();
        dominators.compute(cfg)?;
        Ok(dominators)
    }

    pub(super) fn compute(&mut self, cfg: &Cfg) -> Result<(), Irreducible> {
        self.nodes.clear();
        self.nodes.resize(cfg.len(), UNREACHED);
        for (position, &block) in cfg.reverse_postorder().iter().enumerate() {
            let forward = |&&from: &&BlockId| cfg.position(from).is_some_and(|p| p < position);
            let parent = cfg
                .predecessors(block)
                .iter()
                .filter(forward)
                .copied()
                .reduce(|a, b| self.common(a, b));
            self.nodes[block.index()] = self.child_of(parent);
        }
        self.number(cfg);
        self.check(cfg)
    }

    fn child_of(&self, parent: Option<BlockId>) -> Node {
        let Some(parent) = parent else {
            return Node {
                depth: 0,
                ..UNREACHED
            };
        };
        let above = self.nodes[parent.index()];
        let further = self.nodes[above.jump.index()];
        // Two jumps of equal length in a row become one of twice the length.
        let lengths_match =
            above.depth - further.depth == further.depth - self.nodes[further.jump.index()].depth;
        Node {
            parent,
            jump: if lengths_match { further.jump } else { parent },
            depth: above.depth + 1,
            ..UNREACHED
        }
    }

    /// Numbers the tree in preorder. Parents come before children in the reverse
    /// postorder.
    fn number(&mut self, cfg: &Cfg) {
        let order = cfg.reverse_postorder();
        // How many blocks each dominates.
        let sizes = &mut self.scratch;
        sizes.clear();
        sizes.resize(cfg.len(), 1);
        for &block in order.iter().skip(1).rev() {
            let parent = self.nodes[block.index()].parent;
            sizes[parent.index()] += sizes[block.index()];
        }
        // A parent's size turns into the next number it has for a child.
        for &block in order {
            let parent = self.nodes[block.index()].parent;
            let size = sizes[block.index()];
            let first = match block {
                ENTRY => 0,
                _ => sizes[parent.index()],
            };
            sizes[parent.index()] = first + size;
            sizes[block.index()] = first + 1;
            let node = &mut self.nodes[block.index()];
            (node.first, node.end) = (first, first + size);
        }
    }

    fn check(&self, cfg: &Cfg) -> Result<(), Irreducible> {
        for (position, &from) in cfg.reverse_postorder().iter().enumerate() {
            for to in cfg.successors(from) {
                let back = cfg.position(to).is_some_and(|p| p <= position);
                if back && !self.dominates(to, from) {
                    return Err(Irreducible { from, to });
                }
            }
        }
        Ok(())
    }

    /// The immediate dominator of a block: the last other one on every way to it.
    pub fn parent(&self, block: BlockId) -> Option<BlockId> {
        let node = self.nodes[block.index()];
        (node.depth != 0 && node.depth != UNREACHED.depth).then_some(node.parent)
    }

    /// Whether every way from the entry to `below` goes through `above`. A block
    /// dominates itself. One that cannot be reached dominates nothing.
    #[inline]
    pub fn dominates(&self, above: BlockId, below: BlockId) -> bool {
        let (above, below) = (self.nodes[above.index()], self.nodes[below.index()]);
        (above.first..above.end).contains(&below.first)
    }

    /// The last block that dominates both; both can be reached.
    pub fn common(&self, mut a: BlockId, mut b: BlockId) -> BlockId {
        let node = |block: BlockId| self.nodes[block.index()];
        if node(a).depth < node(b).depth {
            (a, b) = (b, a);
        }
        while node(a).depth > node(b).depth {
            let jump = node(a).jump;
            a = match node(jump).depth >= node(b).depth {
                true => jump,
                false => node(a).parent,
            };
        }
        // At equal depth jumps have equal length.
        while a != b {
            (a, b) = match node(a).jump == node(b).jump {
                true => (node(a).parent, node(b).parent),
                false => (node(a).jump, node(b).jump),
            };
        }
        a
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::Flow;
    use crate::analysis::cfg::Cfg;
    use crate::testing::flow_of;
    use proptest::prelude::*;

    /// By the definition: `above` dominates `below` if `below` is reached, but not
    /// without `above`.
    fn dominates_by_definition(edges: &[Vec<usize>], above: usize, below: usize) -> bool {
        let reached = |without: Option<usize>| {
            let mut seen = vec![false; edges.len()];
            let mut stack = if without == Some(0) { vec![] } else { vec![0] };
            while let Some(block) = stack.pop() {
                if !std::mem::replace(&mut seen[block], true) {
                    stack.extend(edges[block].iter().filter(|&&to| Some(to) != without));
                }
            }
            seen[below]
        };
        reached(None) && (above == below || !reached(Some(above)))
    }

    fn graphs() -> impl Strategy<Value = Vec<Vec<usize>>> {
        (2usize..14).prop_flat_map(|blocks| {
            // The entry is nobody's target.
            prop::collection::vec(prop::collection::vec(1..blocks, 0..3), blocks)
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

        #[test]
        fn dominators_are_what_the_definition_says(edges in graphs()) {
            let routine = flow_of(&edges);
            let cfg = Cfg::new(&routine);
            match Dominators::new(&cfg) {
                Ok(dominators) => {
                    for above in 0..edges.len() {
                        for below in 0..edges.len() {
                            prop_assert_eq!(
                                dominators.dominates(BlockId::new(above), BlockId::new(below)),
                                dominates_by_definition(&edges, above, below),
                                "{} {}", above, below
                            );
                        }
                    }
                }
                Err(Irreducible { from, to }) => {
                    prop_assert!(edges[from.index()].contains(&to.index()));
                    prop_assert!(!dominates_by_definition(&edges, to.index(), from.index()));
                }
            }
        }

        /// Reducible is: removing the edges whose target dominates their source
        /// leaves no cycle.
        #[test]
        fn irreducible_is_what_the_definition_says(edges in graphs()) {
            let forward: Vec<Vec<usize>> = edges.iter().enumerate().map(|(from, to)| {
                let keep = |to: &&usize| !dominates_by_definition(&edges, **to, from);
                to.iter().filter(keep).copied().collect()
            }).collect();
            let reaches = |start: usize| {
                let mut seen = vec![false; edges.len()];
                let mut stack = forward[start].clone();
                while let Some(block) = stack.pop() {
                    if !std::mem::replace(&mut seen[block], true) {
                        stack.extend(&forward[block]);
                    }
                }
                seen[start]
            };
            let reachable = |b: usize| dominates_by_definition(&edges, b, b);
            let cyclic = (0..edges.len()).any(|b| reachable(b) && reaches(b));
            prop_assert_eq!(Flow::new(&flow_of(&edges)).is_err(), cyclic);
        }
    }

    #[test]
    fn a_hundred_thousand_early_exits() {
        let blocks = 100_000;
        let edges: Vec<Vec<usize>> = (0..blocks)
            .map(|block| match block {
                _ if block + 2 < blocks => vec![block + 1, blocks - 1],
                _ if block + 2 == blocks => vec![blocks - 1],
                _ => vec![],
            })
            .collect();
        let flow = Flow::new(&flow_of(&edges)).unwrap();
        let last = BlockId::new(blocks - 1);
        assert_eq!(flow.dominators.parent(last), Some(ENTRY));
        let middle = BlockId::new(blocks / 2);
        assert!(flow.dominators.dominates(middle, BlockId::new(blocks - 2)));
        assert!(!flow.dominators.dominates(middle, last));
    }
}
