//! What `smalto-tilegen` makes of a target's tile files, as data.
//!
//! The first half drives selection and is all numbers; the second half says what each
//! tile emits. Both are constants that the build wrote.

use std::fmt;

/// The selector of one target.
#[derive(Debug)]
pub struct Tables {
    /// The symbols, in the order the tile files declare them.
    pub symbols: &'static [Symbol],
    /// The operators, in the order of the vocabulary the build was given.
    pub operators: &'static [Operator],
    /// For each state and symbol, at `state * symbols.len() + symbol`: the tile that
    /// makes the node that symbol at the least cost, or [`NO_TILE`].
    pub best: &'static [u16],
    /// For each symbol, the state of a node that is at hand as that symbol.
    pub at_hand: &'static [u16],
    /// The tiles, in file order.
    pub tiles: &'static [Tile],
    /// The named constants.
    pub constants: &'static [NamedConstant],
    /// The names of pseudo-instructions.
    pub pseudos: &'static [&'static str],
}

/// No tile makes a node of this state this symbol.
pub const NO_TILE: u16 = u16::MAX;

/// The state of a node that no tile matches.
pub const NO_STATE: u16 = u16::MAX;

/// What a tile's result can be.
#[derive(Debug)]
pub struct Symbol {
    /// Its name in tile files.
    pub name: &'static str,
    /// What kind of thing it is.
    pub kind: SymbolKind,
}

/// What a symbol stands for once its tile is placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SymbolKind {
    /// A virtual register of this class.
    Register(u8),
    /// Something that becomes part of another instruction: an immediate, an address, a
    /// place in memory.
    Operand,
    /// The status flags, with the condition that means true.
    Flags,
    /// Nothing: an effect.
    Void,
}

/// How the state of a node with this operator follows from those of its operands.
#[derive(Debug)]
pub struct Operator {
    /// Its name in tile files.
    pub name: &'static str,
    /// How many operands it has, at most 3.
    pub arity: u8,
    /// For each operand and each state that operand may have: how many states further on
    /// the operator's state stands. States that make no difference to it are alike. Empty
    /// beyond the arity.
    pub steps: [&'static [u16]; 3],
    /// The operator's states. [`NO_STATE`] where no tile matches.
    pub states: &'static [u16],
}

impl Operator {
    /// The state of a node with this operator and its operands in these states, as many
    /// as the arity says.
    #[inline]
    pub fn state<const ARITY: usize>(&self, operands: [u16; ARITY]) -> u16 {
        debug_assert_eq!(
            ARITY,
            usize::from(self.arity),
            "operands of `{}`",
            self.name
        );
        // The build leaves out zeros at the end.
        let step = |(steps, &operand): (&&[u16], &u16)| steps.get(usize::from(operand)).copied();
        let steps = self.steps.iter().zip(&operands);
        let steps = steps.map(|both| usize::from(step(both).unwrap_or(0)));
        self.states[steps.sum::<usize>()]
    }
}

/// One tile: a pattern, what it makes of it, at which cost, and how.
#[derive(Debug)]
pub struct Tile {
    /// Its name in the tile file.
    pub name: &'static str,
    /// The file and line of its first word.
    pub file: &'static str,
    /// The line, from 1.
    pub line: u32,
    /// What it makes: an index of [`Tables::symbols`].
    pub result: u8,
    /// Its cost.
    pub cost: u16,
    /// The pattern in preorder. A chain rule is one leaf.
    pub pattern: &'static [Pattern],
    /// The classes of its temporaries.
    pub temporaries: &'static [u8],
    /// Of a tile that makes flags: the condition under which they mean true.
    pub condition: Option<&'static str>,
    /// What it becomes.
    pub body: Body,
}

impl Tile {
    /// Whether it makes one symbol of another without matching an operator.
    #[inline]
    pub fn is_chain(&self) -> bool {
        matches!(self.pattern, [Pattern::Leaf(_)])
    }
}

/// One node of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pattern {
    /// A node with this operator: its operands follow.
    Operator(u16),
    /// Anything that can be made this symbol. Leaves are numbered from the left, from 0.
    Leaf(u8),
}

/// What a tile becomes.
#[derive(Debug)]
pub enum Body {
    /// Instructions, in order.
    Steps(&'static [Step]),
    /// `(immediate)`: the value of the constant that is the pattern.
    Immediate,
    /// `(alias 0)`: the same operand under another symbol.
    Alias,
    /// `(index 0 1)`: an index into a buffer: a register, or none (`-`), and a constant
    /// leaf added to it, or none.
    Index {
        /// The leaf that is a register.
        register: Option<u8>,
        /// The leaf that is an immediate.
        offset: Option<u8>,
    },
    /// `(element 0)`, `(element 0 broadcast)`: the place in memory that the node, a load,
    /// reads, its index being this leaf.
    Element {
        /// The leaf that is an index.
        index: u8,
        /// Whether one element is read for all lanes.
        broadcast: bool,
    },
    /// `(pool)`, `(pool broadcast)`: a place in the constant pool with the constant that
    /// is the pattern, in every lane or once.
    Pool {
        /// Whether it lies there once.
        broadcast: bool,
    },
}

/// One instruction of a tile.
#[derive(Debug)]
pub struct Step {
    /// What it is.
    pub action: Action,
    /// How wide it is.
    pub size: StepSize,
    /// Its operands, destination first.
    pub operands: &'static [StepOperand],
    /// The mask it is under.
    pub mask: Option<StepMask>,
}

/// What a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// The instruction of this name, upper case as in the instruction table.
    Instruction(&'static str),
    /// `j:0`, `set:0`, `cmov:0`, or with `!` as in `j:!0`: the instruction whose name is this
    /// followed by the condition of flags leaf `leaf`, or by its negation.
    Conditional {
        /// `J`, `SET` or `CMOV`.
        stem: &'static str,
        /// The leaf that is flags.
        leaf: u8,
        /// Whether the condition is negated.
        negated: bool,
    },
    /// A pseudo-instruction: an index of [`Tables::pseudos`].
    Pseudo(u16),
}

/// How wide a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepSize {
    /// The mnemonic says.
    Fixed,
    /// `.8`, `.16`, `.32`, `.64`, `.128`, `.256`, `.512`: so many bits.
    Bits(u16),
    /// `.w2`, `.w4`, `.w8`: as wide as a wave of lanes of so many bytes.
    Wave(u8),
}

/// The mask a step is under: `{k:1}` merging, `{z:1}` zeroing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepMask {
    /// Where the mask is: a leaf or a temporary.
    pub register: StepOperand,
    /// Whether other lanes become zero.
    pub zeroing: bool,
}

/// One operand of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepOperand {
    /// `d`: the result.
    Result,
    /// `d=2`: the result, which overwrites a leaf.
    ResultTied {
        /// The leaf.
        leaf: u8,
    },
    /// `t0=2`: a temporary, which overwrites a leaf.
    TemporaryTied {
        /// The temporary.
        temporary: u8,
        /// The leaf.
        leaf: u8,
    },
    /// `0`: a leaf, whatever it is: a register, a place in memory, an immediate.
    Leaf(u8),
    /// `t0`: a temporary.
    Temporary(u8),
    /// `#-1`: an immediate.
    Immediate(i64),
    /// `#log2:1`: an immediate computed from a leaf that is one.
    Computed {
        /// How.
        function: ImmediateFunction,
        /// From which leaf.
        leaf: u8,
    },
    /// `$sign32`, `$sign32:b`: a named constant in the pool, in every lane, or once and
    /// broadcast.
    Constant {
        /// An index of [`Tables::constants`].
        constant: u16,
        /// Whether it is broadcast.
        broadcast: bool,
    },
    /// `@0`: the element of the node's buffer at this index leaf; `@0:b` broadcast.
    Element {
        /// The leaf that is an index.
        index: u8,
        /// Whether it is broadcast.
        broadcast: bool,
    },
    /// `@v0`: the elements of the node's buffer that the lanes of this leaf index.
    Gathered {
        /// The leaf that is a vector of indices.
        index: u8,
    },
    /// `[0+1*4+8]`: an address made of leaves.
    Address {
        /// The leaf that is the base.
        base: u8,
        /// The leaf that is the index, and its scale.
        index: Option<(u8, u8)>,
        /// The distance in bytes.
        offset: i32,
    },
    /// `%then`, `%else`: where a branch goes.
    Target {
        /// Whether it is the way taken if the condition is false.
        otherwise: bool,
    },
}

/// What is computed from an immediate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImmediateFunction {
    /// `log2`: of a power of two.
    Log2,
    /// `neg`: its negative.
    Negate,
    /// `low5`: its low five bits, a shift count of 32-bit lanes.
    Low5,
    /// `low6`: its low six bits.
    Low6,
    /// `low4`: its low four bits.
    Low4,
}

/// A constant with a name, in every lane.
#[derive(Debug)]
pub struct NamedConstant {
    /// Its name, without `$`.
    pub name: &'static str,
    /// Bytes of one lane.
    pub bytes: u8,
    /// The bits of one lane.
    pub bits: u64,
}

impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
