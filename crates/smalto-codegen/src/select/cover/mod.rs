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
//! Every other value is *inside* the tree of its one use. Constants are in every tree that
//! uses them: they are made anew for each use, but for those that a loop *keeps*, which are at
//! hand since before it. Some instructions do nothing to registers:
//! they are other names of their operands, and so are their uses.
//!
//! Three walks do the work, and none recurses, so trees may be as deep as the routine is
//! long:
//!
//! | walk | direction | room |
//! |---|---|---|
//! | *counting* the uses of each value | backward, so that a name's uses are known before they become uses of what it names | `count` |
//! | *labelling*: the state of an instruction follows from its operator and the states of its operands, by a look into a table | forward | `label` |
//! | *wanting*: an instruction that is wanted as some symbol is given the tile that makes it that symbol at the least cost, and what the tile leaves over is wanted in turn; what nobody wants is not emitted | backward | `want` |
//!
//! A value that is at hand is so as the *home symbol* of its type. A use that wants it as
//! another symbol converts it, by chain rules, where it is used.
//!
//! Every instruction of every formula comes by here three times, so what the walks ask of
//! a value is answered by one entry of one array, and worked out once: users read the
//! state that a value shows them without asking why it shows that one.

mod count;
mod label;
mod want;

use super::outline::Selector;
use super::tables::{NO_STATE, NO_TILE, Pattern, SymbolKind, Tables, Tile};
use smalto_kernel::{BlockId, Op, Routine, ValueId, ValueType};

/// Which symbol values of each type are at hand as.
pub(crate) trait Homes {
    /// The symbol, an index of [`Tables::symbols`].
    fn home(&self, ty: ValueType) -> u8;
}

/// Nobody wants it.
pub(crate) const UNWANTED: u8 = u8::MAX;

/// How users get a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// It is a constant, made anew for each.
    Constant,
    /// Their tree, there being one, makes it.
    Inside,
    /// It is in registers of its own.
    AtHand,
}

/// What is known of each value.
#[derive(Debug, Clone, Copy)]
struct Node {
    /// The value this is another name of, or itself.
    alias: ValueId,
    /// The first instruction in the tree that users see here that reads memory, or
    /// [`NO_LOAD`](label::NO_LOAD): if it is at hand they see no tree.
    first_load: u32,
    /// The state of the tree that makes it; [`NO_STATE`] if tiles do not.
    state: u16,
    /// The state its users see: that, or the one of a value at hand.
    seen: u16,
    standing: Standing,
    /// What it is at hand as, if it is.
    home: u8,
    /// What its first user asks for, or [`UNWANTED`].
    asked: u8,
}

impl Node {
    /// Of a value that is not labelled yet.
    fn unknown() -> Node {
        Node {
            alias: ValueId::new(0),
            first_load: label::NO_LOAD,
            state: NO_STATE,
            seen: NO_STATE,
            standing: Standing::AtHand,
            home: UNWANTED,
            asked: UNWANTED,
        }
    }

    /// What it is wanted as. If it is at hand it is made what it is at home, and converted by
    /// whoever asks for something else.
    #[inline]
    fn wanted(&self) -> u8 {
        match self.standing {
            Standing::AtHand if self.asked != UNWANTED => self.home,
            _ => self.asked,
        }
    }
}

// Compile time is executed instructions, and an index of this is a shift.
const _: () = assert!(size_of::<Node>() == 16);

/// A routine with each instruction's state, and the symbol it is wanted as. Storage is
/// reused.
#[derive(Debug, Default)]
pub(crate) struct Cover {
    /// How often each value is used, of names nothing.
    uses: Vec<u32>,
    nodes: Vec<Node>,
    /// The tile that makes each value what it is wanted as, or [`NO_TILE`] if it is wanted as
    /// nothing or by no tile. Of a constant, the tile that makes it a place in the pool.
    tiles: Vec<u16>,
    /// What is neither plain nor a constant nor a name.
    uncommon: Vec<ValueId>,
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
    /// Covers `routine`. A constant may be kept in registers: `kept` says as which constant of
    /// the same value, the first of them.
    pub(crate) fn compute(
        &mut self,
        routine: &Routine,
        selector: &Selector,
        homes: &impl Homes,
        kept: impl Fn(ValueId) -> Option<ValueId>,
    ) -> Result<(), Unselectable> {
        self.void = selector.tables.void();
        self.count(routine);
        self.label(routine, selector.tables, homes, kept)?;
        self.want(routine, selector);
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
        self.nodes[value.index()].wanted()
    }

    /// What the value is at hand as, if it is: in registers of its own when it is used.
    #[inline]
    pub(crate) fn home(&self, value: ValueId) -> Option<u8> {
        let node = &self.nodes[value.index()];
        (node.standing == Standing::AtHand).then_some(node.home)
    }

    /// Whether the value is a constant, made anew for each use.
    #[inline]
    pub(crate) fn is_constant(&self, value: ValueId) -> bool {
        self.nodes[value.index()].standing == Standing::Constant
    }

    /// Whether a value that is no name has one use, by a tile or a branch in its own block.
    #[inline]
    pub(crate) fn is_used_once(&self, value: ValueId) -> bool {
        self.uses[value.index()] == 1
    }

    /// The instructions that are neither [plain](super::operator::is_plain) nor constants nor
    /// names: few, and all that use buffers are among them.
    pub(crate) fn uncommon(&self) -> &[ValueId] {
        &self.uncommon
    }

    /// The tile that makes a value what it is wanted as: none if it is not wanted, or no tile
    /// makes it. Of a constant, the tile that makes it a place in the pool if its first use
    /// goes on from there: it is made anew for each use, but that place is one for all.
    #[inline]
    pub(crate) fn chosen_tile(&self, value: ValueId) -> u16 {
        self.tiles[value.index()]
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
}

/// The tile that makes a node of this state this symbol at the least cost.
#[inline]
pub(crate) fn best(tables: &Tables, state: u16, symbol: u8) -> u16 {
    let at = usize::from(state) * tables.symbols.len() + usize::from(symbol);
    // Of no state there is none.
    tables.best.get(at).copied().unwrap_or(NO_TILE)
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
}
