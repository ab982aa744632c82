//! Wanting: which symbol each instruction is made as, from the last to the first.

use super::{Cover, Node, Standing, UNWANTED, best};
use crate::select::outline::{Selector, Shape};
use crate::select::tables::{NO_STATE, NO_TILE, Pattern};
use smalto_kernel::{BlockId, Op, Routine, Terminator, ValueId};

impl Cover {
    /// Finds what every instruction is wanted as. What has an effect is wanted already.
    pub(super) fn want(&mut self, routine: &Routine, selector: &Selector) {
        self.tiles.clear();
        self.tiles.resize(routine.len(), NO_TILE);
        for block in routine.block_ids().rev() {
            self.want_terminator(routine, selector, block);
            for value in routine.instructions_in(block).rev() {
                let node = self.nodes[value.index()];
                // Constants that a loop keeps are made before it, by nobody here.
                let is_kept = node.standing == Standing::AtHand
                    && routine.op(value) == Op::Constant
                    && node.alias == value;
                if node.asked != UNWANTED && !is_kept {
                    self.want_operands(routine, selector, value, node);
                }
            }
        }
    }

    fn want_terminator(&mut self, routine: &Routine, selector: &Selector, block: BlockId) {
        let terminator = routine.terminator(block);
        match *terminator {
            Terminator::Branch { condition, .. } => {
                let tile = self.branch_tile(selector.tables, block);
                let tile = &selector.tables.tiles[usize::from(tile)];
                let [_, Pattern::Leaf(symbol)] = *tile.pattern else {
                    unreachable!("a branch tile has one leaf")
                };
                self.want_as(condition, symbol);
            }
            Terminator::Return(Some(value)) => self.want_at_home(value),
            Terminator::Jump(_) | Terminator::Return(None) => {}
        }
        for edge in terminator.edges() {
            for &argument in routine.arguments(edge) {
                self.want_at_home(argument);
            }
        }
    }

    /// Wants what an instruction that is wanted needs.
    #[inline]
    fn want_operands(
        &mut self,
        routine: &Routine,
        selector: &Selector,
        value: ValueId,
        node: Node,
    ) {
        let operands = routine.operands(value);
        if node.state == NO_STATE {
            if node.alias != value {
                // Nothing is made under the name itself.
                self.nodes[value.index()].asked = UNWANTED;
                self.want_as(node.alias, node.asked);
            } else {
                for &operand in operands {
                    self.want_at_home(operand);
                }
            }
            return;
        }
        let last = best(selector.tables, node.state, node.wanted());
        let mut tile = last;
        let mut outline = selector.outline(tile);
        while outline.shape == Shape::Chain {
            tile = best(selector.tables, node.state, outline.symbols[0]);
            outline = selector.outline(tile);
        }
        self.tiles[value.index()] = match (node.standing, outline.shape) {
            (Standing::Constant, Shape::Pooled) => tile,
            (Standing::Constant, _) => NO_TILE,
            (Standing::Inside | Standing::AtHand, _) => last,
        };
        if outline.shape != Shape::Nested {
            for (&operand, symbol) in operands.iter().zip(outline.symbols) {
                self.want_as(operand, symbol);
            }
            return;
        }
        let tile = &selector.tables.tiles[usize::from(tile)];
        let leaves = self.leaves(routine, tile, value);
        for &(leaf, symbol) in leaves.as_slice() {
            self.want_as(leaf, symbol);
        }
    }

    /// Wants a value as a symbol. A name passes the wanting on.
    #[inline]
    fn want_as(&mut self, value: ValueId, symbol: u8) {
        self.nodes[value.index()].asked = symbol;
    }

    /// Wants a value in registers.
    #[inline]
    fn want_at_home(&mut self, value: ValueId) {
        let node = &mut self.nodes[value.index()];
        debug_assert_ne!(node.standing, Standing::Inside, "labelling put it at hand");
        node.asked = node.home;
    }
}
