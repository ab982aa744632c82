//! Covering a routine with tiles.
//!
//! Tree-pattern matching chooses optimal tiles for trees, and a routine is no tree: a
//! value may be used many times, and memory makes order matter. So the routine is cut
//! into trees first. A value is *at hand* (in a register of its own, there for any use)
//! if
//!
//! - it is used more than once, or in another block than it is given,
//! - it is a block's parameter, or the result of an instruction that is not selected by
//!   tiles (calls, tuples, what looks across lanes),
//! - it is loaded, and memory was written between the load and its use.
//!
//! Every other value is inside the tree of its one use. Constants are in every tree that
//! uses them: they are made anew for each use.
//!
//! Two walks do the work. *Labelling* goes forward: the state of an instruction follows
//! from its operator and the states of its operands, by a look into a table. *Covering*
//! goes backward: an instruction that is wanted as some symbol is given the tile that
//! makes it that symbol at the least cost, and what the tile leaves over is wanted in
//! turn. What nobody wants is not emitted. Neither walk recurses, so trees may be as deep
//! as the routine is long.
//!
//! A value that is at hand is so as the *home symbol* of its type. A use that wants it as
//! another symbol converts it, by chain rules, where it is used.

use super::operator::{BRANCH_OPERATOR, NO_OPERATOR, operator_of, operator_of_constant};
use super::outline::{Outline, Selector};
use super::tables::{NO_STATE, NO_TILE, Pattern, SymbolKind, Tables, Tile};
use smalto_kernel::op::Effect;
use smalto_kernel::{BlockId, Literal, Op, Routine, Terminator, ValueId, ValueType};

/// Which symbol values of each type are at hand as.
pub(crate) trait Homes {
    /// The symbol, an index of [`Tables::symbols`].
    fn home(&self, ty: ValueType) -> u8;
}

/// Nobody wants it.
pub(crate) const UNWANTED: u8 = u8::MAX;

/// No memory is read.
const NEVER: u32 = u32::MAX;

/// What is known of each value.
#[derive(Debug, Clone, Copy)]
struct Node {
    /// The value this is another name of, or itself.
    alias: ValueId,
    /// The number of writes to memory in the block before the first load in its tree.
    epoch: u32,
    /// Its state, which its user sees unless it is at hand.
    state: u16,
    /// Uses, 2 standing for many.
    uses: u8,
    /// What it is wanted as.
    wanted: u8,
    /// What it is at hand as.
    home: u8,
    is_at_hand: bool,
    is_constant: bool,
}

/// A routine with each instruction's state, and the symbol it is wanted as. Storage is
/// reused.
#[derive(Debug, Default)]
pub(crate) struct Cover {
    nodes: Vec<Node>,
    /// The states of branches, by block.
    branches: Vec<u16>,
    /// The symbol of what has an effect and gives nothing.
    void: u8,
}

/// An instruction that no tile of the target makes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unselectable(pub(crate) ValueId);

/// The leaves of a pattern: nodes and the symbols they are wanted as.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Leaves {
    count: u8,
    nodes: [(ValueId, u8); Leaves::MOST],
}

impl Leaves {
    const MOST: usize = 8;

    /// The leaves from the left.
    #[inline]
    pub(crate) fn as_slice(&self) -> &[(ValueId, u8)] {
        &self.nodes[..usize::from(self.count)]
    }
}

/// Whether tiles select this instruction.
#[inline]
pub(crate) fn is_tiled(op: Op) -> bool {
    !matches!(
        op,
        Op::Parameter
            | Op::Constant
            | Op::LaneIndex
            | Op::Width
            | Op::FirstLanes
            | Op::AnyLane
            | Op::AllLanes
            | Op::MaskBits
            | Op::Shuffle
            | Op::Broadcast
            | Op::ReduceAdd
            | Op::ReduceMin
            | Op::ReduceMax
            | Op::ScanAdd
            | Op::ScanMin
            | Op::ScanMax
            | Op::Lookup
            | Op::Length
            | Op::AtomicAdd
            | Op::Tuple
            | Op::Extract
            | Op::Call
    )
}

impl Cover {
    /// Covers `routine`.
    pub(crate) fn compute(
        &mut self,
        routine: &Routine,
        selector: &Selector,
        homes: &impl Homes,
    ) -> Result<(), Unselectable> {
        let tables = selector.tables;
        self.void = tables.void();
        self.begin(routine, homes);
        let mut labelling = Labelling {
            cover: self,
            routine,
            tables,
        };
        for block in routine.block_ids() {
            labelling.block(block)?;
        }
        for block in routine.block_ids().rev() {
            self.want_block(routine, selector, block);
        }
        Ok(())
    }

    /// What a value stands for: itself, or what it is another name of.
    #[inline]
    pub(crate) fn resolve(&self, value: ValueId) -> ValueId {
        self.nodes[value.index()].alias
    }

    /// What an instruction is wanted as, or [`UNWANTED`].
    #[inline]
    pub(crate) fn wanted(&self, value: ValueId) -> u8 {
        self.nodes[value.index()].wanted
    }

    /// Whether the value is in registers of its own when it is used.
    #[inline]
    pub(crate) fn is_at_hand(&self, value: ValueId) -> bool {
        self.nodes[value.index()].is_at_hand
    }

    /// What the value is at hand as, if it is.
    #[inline]
    pub(crate) fn home(&self, value: ValueId) -> u8 {
        self.nodes[value.index()].home
    }

    /// Whether the value is a constant, made anew for each use.
    #[inline]
    pub(crate) fn is_constant(&self, value: ValueId) -> bool {
        self.nodes[value.index()].is_constant
    }

    /// The tile that makes a value that is not at hand this symbol.
    #[inline]
    pub(crate) fn tile(&self, tables: &Tables, value: ValueId, symbol: u8) -> u16 {
        best(tables, self.nodes[value.index()].state, symbol)
    }

    /// The tile for the branch at the end of a block.
    pub(crate) fn branch_tile(&self, tables: &Tables, block: BlockId) -> u16 {
        best(tables, self.branches[block.index()], self.void)
    }

    /// The leaves of a tile that makes `value`.
    #[inline]
    pub(crate) fn leaves(&self, routine: &Routine, tile: &Tile, value: ValueId) -> Leaves {
        let mut leaves = Leaves {
            count: 0,
            nodes: [(value, 0); Leaves::MOST],
        };
        let mut stack = [value; 12];
        let mut height = 1;
        for part in tile.pattern {
            height -= 1;
            let node = stack[height];
            match *part {
                Pattern::Leaf(symbol) => {
                    leaves.nodes[usize::from(leaves.count)] = (node, symbol);
                    leaves.count += 1;
                }
                Pattern::Operator(_) => {
                    for &operand in routine.operands(node).iter().rev() {
                        stack[height] = self.resolve(operand);
                        height += 1;
                    }
                }
            }
        }
        leaves
    }

    fn begin(&mut self, routine: &Routine, homes: &impl Homes) {
        self.nodes.clear();
        self.nodes.reserve(routine.len());
        self.branches.clear();
        self.branches.resize(routine.block_ids().len(), NO_STATE);
        for index in 0..routine.len() {
            let value = ValueId::new(index);
            self.nodes.push(Node {
                alias: value,
                epoch: NEVER,
                state: NO_STATE,
                uses: 0,
                wanted: UNWANTED,
                home: routine.ty(value).map_or(UNWANTED, |ty| homes.home(ty)),
                is_at_hand: false,
                is_constant: routine.op(value) == Op::Constant,
            });
            if let Some(operand) = self.named_otherwise(routine, value) {
                self.nodes[index].alias = operand;
                continue;
            }
            for &operand in routine.operands(value) {
                self.count_use(operand);
            }
        }
        for block in routine.block_ids() {
            let terminator = routine.terminator(block);
            if let Some(operand) = terminator.operand() {
                self.count_use(operand);
            }
            for edge in terminator.edges() {
                for &argument in routine.arguments(edge) {
                    self.count_use(argument);
                }
            }
        }
    }

    /// What an instruction that does nothing to registers is another name of: uniform
    /// floats are in every lane anyway, and lanes have no type.
    #[inline]
    fn named_otherwise(&self, routine: &Routine, value: ValueId) -> Option<ValueId> {
        let op = routine.op(value);
        if !matches!(op, Op::Splat | Op::Bitcast) {
            return None;
        }
        let operand = self.resolve(routine.operands(value)[0]);
        let ty = routine.ty(value)?;
        let is_alias = match op {
            Op::Splat => ty.lane().is_float() || self.is_constant(operand),
            _ => ty.is_varying(),
        };
        is_alias.then_some(operand)
    }

    #[inline]
    fn count_use(&mut self, operand: ValueId) {
        let operand = self.resolve(operand);
        let uses = &mut self.nodes[operand.index()].uses;
        *uses = (*uses + 1).min(2);
    }

    /// Wants what the instructions of a block need, from the last to the first.
    fn want_block(&mut self, routine: &Routine, selector: &Selector, block: BlockId) {
        match *routine.terminator(block) {
            Terminator::Branch { condition, .. } => {
                let condition = self.resolve(condition);
                let tile = selector.tables.void_tile(self.branches[block.index()]);
                let [_, Pattern::Leaf(symbol)] = *tile.pattern else {
                    unreachable!("a branch tile has one leaf")
                };
                self.want(condition, symbol);
            }
            Terminator::Return(Some(value)) => self.want_home(value),
            Terminator::Jump(_) | Terminator::Return(None) => {}
        }
        for edge in routine.terminator(block).edges() {
            for &argument in routine.arguments(edge) {
                self.want_home(argument);
            }
        }
        for value in routine.instructions_in(block).rev() {
            self.want_operands(routine, selector, value);
        }
    }

    /// Wants what an instruction needs, if anything needs it.
    #[inline]
    fn want_operands(&mut self, routine: &Routine, selector: &Selector, value: ValueId) {
        let op = routine.op(value);
        let has_effect = matches!(
            op.row().effect,
            Effect::Write | Effect::Update | Effect::Call
        );
        let wanted = self.nodes[value.index()].wanted;
        if wanted == UNWANTED && !has_effect {
            return;
        }
        if op == Op::Constant {
            return;
        }
        if !is_tiled(op) {
            for index in 0..routine.operands(value).len() {
                self.want_home(routine.operands(value)[index]);
            }
            return;
        }
        let mut symbol = match wanted {
            UNWANTED => self.void,
            symbol => symbol,
        };
        self.nodes[value.index()].wanted = symbol;
        loop {
            let tile = self.tile(selector.tables, value, symbol);
            match selector.outline(tile) {
                Outline::Chain { from } => symbol = from,
                Outline::Flat { count, symbols, .. } => {
                    for (at, &symbol) in symbols[..usize::from(count)].iter().enumerate() {
                        let operand = self.resolve(routine.operands(value)[at]);
                        self.want(operand, symbol);
                    }
                    return;
                }
                Outline::Nested => {
                    let tile = &selector.tables.tiles[usize::from(tile)];
                    let leaves = self.leaves(routine, tile, value);
                    for &(node, symbol) in leaves.as_slice() {
                        self.want(node, symbol);
                    }
                    return;
                }
            }
        }
    }

    #[inline]
    fn want(&mut self, value: ValueId, symbol: u8) {
        let node = &mut self.nodes[value.index()];
        node.wanted = if node.is_at_hand { node.home } else { symbol };
    }

    #[inline]
    fn want_home(&mut self, value: ValueId) {
        let value = self.resolve(value);
        let node = &mut self.nodes[value.index()];
        node.wanted = node.home;
    }
}

/// The tile that makes a node of this state this symbol at the least cost.
#[inline]
pub(crate) fn best(tables: &Tables, state: u16, symbol: u8) -> u16 {
    if state == NO_STATE {
        return NO_TILE;
    }
    tables.best[usize::from(state) * tables.symbols.len() + usize::from(symbol)]
}

impl Tables {
    /// The symbol of what has an effect and gives nothing.
    #[inline]
    pub(crate) fn void(&self) -> u8 {
        self.symbol_of_kind(|kind| kind == SymbolKind::Void)
    }

    /// The symbol of this name.
    ///
    /// # Panics
    /// If the tile files declare none.
    pub(crate) fn symbol(&self, name: &str) -> u8 {
        let at = self.symbols.iter().position(|symbol| symbol.name == name);
        at.unwrap_or_else(|| panic!("the tile files declare `{name}`")) as u8
    }

    fn symbol_of_kind(&self, is_it: impl Fn(SymbolKind) -> bool) -> u8 {
        let at = self.symbols.iter().position(|symbol| is_it(symbol.kind));
        at.expect("the tile files declare such a symbol") as u8
    }

    fn void_tile(&self, state: u16) -> &Tile {
        &self.tiles[usize::from(best(self, state, self.void()))]
    }
}

struct Labelling<'a> {
    cover: &'a mut Cover,
    routine: &'a Routine,
    tables: &'a Tables,
}

impl Labelling<'_> {
    fn block(&mut self, block: BlockId) -> Result<(), Unselectable> {
        let first = match self.routine.values_in(block).next() {
            Some(first) => first,
            None => ValueId::new(self.routine.len()),
        };
        let mut epoch = 0;
        for value in self.routine.values_in(block) {
            self.label(value, first, epoch)?;
            if !matches!(
                self.routine.op(value).row().effect,
                Effect::Pure | Effect::Read
            ) {
                epoch += 1;
            }
        }
        let terminator = self.routine.terminator(block);
        for edge in terminator.edges() {
            for &argument in self.routine.arguments(edge) {
                self.demand_at_hand(self.cover.resolve(argument));
            }
        }
        if let Terminator::Return(Some(value)) = *terminator {
            self.demand_at_hand(self.cover.resolve(value));
        }
        if let Terminator::Branch { condition, .. } = *terminator {
            let condition = self.cover.resolve(condition);
            let state = self.state_of_use(condition, first, epoch);
            let branch = &self.tables.operators[usize::from(BRANCH_OPERATOR)];
            self.cover.branches[block.index()] = branch.state([state, 0, 0]);
        }
        Ok(())
    }

    #[inline]
    fn label(&mut self, value: ValueId, first: ValueId, epoch: u32) -> Result<(), Unselectable> {
        let op = self.routine.op(value);
        if self.cover.resolve(value) != value {
            return Ok(());
        }
        if op == Op::Constant {
            let ty = self.routine.ty(value).expect("constants have types");
            let literal = self.routine.literal(value).expect("it is a constant");
            return self.label_constant(value, ty, literal);
        }
        if !is_tiled(op) {
            self.cover.nodes[value.index()].is_at_hand = true;
            for index in 0..self.routine.operands(value).len() {
                let operand = self.cover.resolve(self.routine.operands(value)[index]);
                self.demand_at_hand(operand);
            }
            return Ok(());
        }
        let operator = operator_of(self.routine, value);
        if operator == NO_OPERATOR {
            return Err(Unselectable(value));
        }
        let operator = &self.tables.operators[usize::from(operator)];
        let mut states = [0; 3];
        let mut first_load = match op.row().effect {
            Effect::Read => epoch,
            _ => NEVER,
        };
        for (at, &operand) in self.routine.operands(value).iter().enumerate() {
            let operand = self.cover.resolve(operand);
            states[at] = self.state_of_use(operand, first, epoch);
            if states[at] == NO_STATE {
                return Err(Unselectable(value));
            }
            let node = &self.cover.nodes[operand.index()];
            if !node.is_at_hand {
                first_load = first_load.min(node.epoch);
            }
        }
        let state = operator.state(states);
        if state == NO_STATE {
            return Err(Unselectable(value));
        }
        let node = &mut self.cover.nodes[value.index()];
        node.state = state;
        node.epoch = first_load;
        node.is_at_hand = node.uses != 1;
        Ok(())
    }

    fn label_constant(
        &mut self,
        value: ValueId,
        ty: ValueType,
        literal: Literal,
    ) -> Result<(), Unselectable> {
        let operator = operator_of_constant(ty.rate(), literal);
        let state = self.tables.operators[usize::from(operator)].state([0; 3]);
        if state == NO_STATE {
            return Err(Unselectable(value));
        }
        self.cover.nodes[value.index()].state = state;
        Ok(())
    }

    /// The state of an operand as its user sees it. If it cannot be in the user's tree, it
    /// is at hand from now on.
    #[inline]
    fn state_of_use(&mut self, operand: ValueId, first: ValueId, epoch: u32) -> u16 {
        let node = self.cover.nodes[operand.index()];
        if node.is_at_hand {
            return self.tables.at_hand[usize::from(node.home)];
        }
        if node.is_constant {
            return node.state;
        }
        let is_in_tree = operand >= first && (node.epoch == NEVER || node.epoch == epoch);
        if is_in_tree {
            return node.state;
        }
        self.demand_at_hand(operand);
        self.tables.at_hand[usize::from(node.home)]
    }

    /// From now on the operand, which is no constant, is at hand.
    #[inline]
    fn demand_at_hand(&mut self, operand: ValueId) {
        let node = &mut self.cover.nodes[operand.index()];
        node.is_at_hand |= !node.is_constant;
    }
}
