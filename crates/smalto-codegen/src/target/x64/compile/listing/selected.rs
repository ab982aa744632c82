//! What selection chose.

use crate::select::cover::{Cover, UNWANTED, is_tiled};
use crate::select::operator::BRANCH_OPERATOR;
use crate::select::outline::{Selector, Shape};
use crate::select::tables::{NO_TILE, Pattern};
use smalto_kernel::{BlockId, Op, Routine, Terminator, ValueId};

/// A part of a routine that instructions are selected for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// An instruction.
    Value(ValueId),
    /// The branch at the end of a block.
    Branch(BlockId),
}

/// How a part of a routine is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selected {
    /// By tiles, the last applied first, with their costs, as a symbol of the tile files.
    Tiles {
        /// What is made.
        part: Part,
        /// The symbol.
        symbol: &'static str,
        /// The tiles.
        tiles: Vec<(&'static str, u16)>,
    },
    /// By the tile of another instruction, together with that.
    Inside {
        /// What is made.
        value: ValueId,
        /// The other instruction.
        of: ValueId,
    },
    /// It is another value by another name.
    Alias {
        /// What is made.
        value: ValueId,
        /// The other value.
        of: ValueId,
    },
    /// By instructions that no tile gives.
    Untiled {
        /// What is made.
        value: ValueId,
    },
    /// A constant, which is made for each use.
    Constant {
        /// What is made.
        value: ValueId,
    },
    /// Nobody wants it.
    Unwanted {
        /// What is not made.
        value: ValueId,
    },
}

impl Selected {
    /// What is made.
    pub fn part(&self) -> Part {
        match *self {
            Selected::Tiles { part, .. } => part,
            Selected::Inside { value, .. }
            | Selected::Alias { value, .. }
            | Selected::Untiled { value }
            | Selected::Constant { value }
            | Selected::Unwanted { value } => Part::Value(value),
        }
    }
}

/// How each part of a covered routine is made, in its order.
pub(in super::super) fn selected(
    routine: &Routine,
    cover: &Cover,
    selector: &Selector,
) -> Vec<Selected> {
    let reading = Reading {
        routine,
        cover,
        selector,
    };
    let insides = reading.insides();
    let mut all = Vec::new();
    for block in routine.block_ids() {
        for value in routine.instructions_in(block) {
            all.push(reading.selected(value, insides[value.index()]));
        }
        if matches!(routine.terminator(block), Terminator::Branch { .. }) {
            let number = cover.branch_tile(selector.tables, block);
            let tile = &selector.tables.tiles[usize::from(number)];
            debug_assert!(matches!(
                tile.pattern,
                [Pattern::Operator(BRANCH_OPERATOR), _]
            ));
            all.push(Selected::Tiles {
                part: Part::Branch(block),
                symbol: selector.tables.symbols[usize::from(tile.result)].name,
                tiles: vec![(tile.name, tile.cost)],
            });
        }
    }
    all
}

struct Reading<'a> {
    routine: &'a Routine,
    cover: &'a Cover,
    selector: &'a Selector,
}

impl Reading<'_> {
    fn selected(&self, value: ValueId, inside: Option<ValueId>) -> Selected {
        let op = self.routine.op(value);
        let alias = self.cover.resolve(value);
        if alias != value {
            return Selected::Alias { value, of: alias };
        }
        match (self.cover.wanted(value), inside) {
            (UNWANTED, Some(of)) => Selected::Inside { value, of },
            (UNWANTED, None) => Selected::Unwanted { value },
            _ if op == Op::Constant => Selected::Constant { value },
            _ if !is_tiled(op) => Selected::Untiled { value },
            (symbol, _) => Selected::Tiles {
                part: Part::Value(value),
                symbol: self.selector.tables.symbols[usize::from(symbol)].name,
                tiles: self.chain(value, symbol),
            },
        }
    }

    /// The tiles that make a value a symbol, the last applied first.
    fn chain(&self, value: ValueId, mut symbol: u8) -> Vec<(&'static str, u16)> {
        let tables = self.selector.tables;
        let mut tiles = Vec::new();
        loop {
            let number = self.cover.tile(tables, value, symbol);
            if number == NO_TILE {
                return tiles;
            }
            let tile = &tables.tiles[usize::from(number)];
            tiles.push((tile.name, tile.cost));
            let outline = self.selector.outline(number);
            if outline.shape != Shape::Chain {
                return tiles;
            }
            symbol = outline.symbols[0];
        }
    }

    /// For each instruction whose work another one's tile does too: the other one.
    fn insides(&self) -> Vec<Option<ValueId>> {
        let mut insides = vec![None; self.routine.len()];
        for index in 0..self.routine.len() {
            let value = ValueId::new(index);
            if is_tiled(self.routine.op(value)) && self.cover.wanted(value) != UNWANTED {
                self.note_inside(value, &mut insides);
            }
        }
        insides
    }

    fn note_inside(&self, root: ValueId, insides: &mut [Option<ValueId>]) {
        let tables = self.selector.tables;
        let mut symbol = self.cover.wanted(root);
        let pattern = loop {
            let number = self.cover.tile(tables, root, symbol);
            let outline = self.selector.outline(number);
            match outline.shape {
                Shape::Chain => symbol = outline.symbols[0],
                Shape::Flat | Shape::FlatWithFlags | Shape::Pooled => return,
                Shape::Nested => break tables.tiles[usize::from(number)].pattern,
            }
        };
        let mut stack = vec![root];
        for part in pattern {
            let Some(node) = stack.pop() else { return };
            if let Pattern::Operator(_) = part {
                if node != root {
                    insides[node.index()] = Some(root);
                }
                let operands = self.routine.operands(node).iter().rev();
                stack.extend(operands.map(|&operand| self.cover.resolve(operand)));
            }
        }
    }
}
