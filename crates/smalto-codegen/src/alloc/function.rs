//! What is allocated: the registers of a function, in flat arrays.
//!
//! Every virtual register is defined once, by an instruction or as the parameter of a
//! block, and its definition dominates its uses. Blocks lie in layout order, in which
//! all edges but those back to a loop's header go forward, and each loop is in one
//! piece. The last instruction of a block is its jump, branch or return; what edges pass
//! to parameters is not among its operands.

use super::RegisterSet;
use std::ops::Range;

macro_rules! indices {
    ($($(#[doc = $doc:literal])* $name:ident;)*) => {$(
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(transparent)]
        pub struct $name(pub u32);

        impl $name {
            /// As an index of an array.
            #[inline]
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

indices! {
    /// A virtual register: one value.
    VirtualRegister;
    /// An instruction, in layout order.
    InstructionIndex;
    /// A block, in layout order.
    BlockIndex;
}

/// What an instruction does with an operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Role {
    /// Reads it, before anything is written.
    Use,
    /// Reads it while results are being written: no result may share its register.
    LateUse,
    /// Writes it, after everything was read.
    Def,
    /// Writes it while operands are still being read: it shares no register with a use.
    EarlyDef,
    /// A register of its own for the instruction's time, not a value: a temporary. Its
    /// virtual register has no other operand.
    Temporary,
}

/// Where an operand may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Constraint {
    /// Any register of its class.
    Register,
    /// Any register, or a spill slot that the instruction reads from memory.
    RegisterOrSlot,
    /// This register.
    Fixed(u8),
    /// For a definition: the register of the instruction's use at that position among
    /// its operands, which it overwrites.
    Tied(u8),
}

/// One register operand of an instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operand {
    /// What is read or written.
    pub register: VirtualRegister,
    /// What is done with it.
    pub role: Role,
    /// Where it may be.
    pub constraint: Constraint,
}

/// What nearly all operands are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Plain {
    /// A use in any register.
    Use,
    /// A use in any register or in memory.
    UseInMemory,
    /// A definition in any register.
    Def,
}

impl Operand {
    /// Which of those it is, if it is.
    #[inline(always)]
    pub(super) fn plain(&self) -> Option<Plain> {
        // One number to compare with, where a `match` on both would be an indirect jump.
        let place = match self.constraint {
            Constraint::Register => 0,
            Constraint::RegisterOrSlot => 1,
            Constraint::Fixed(_) | Constraint::Tied(_) => 2,
        };
        const DEF: u8 = Role::Def as u8;
        const USE: u8 = Role::Use as u8;
        match place << 4 | self.role as u8 {
            USE => Some(Plain::Use),
            kind if kind == 1 << 4 | USE => Some(Plain::UseInMemory),
            DEF => Some(Plain::Def),
            _ => None,
        }
    }
}

/// A way from a block to another, and what it passes to the parameters there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// The block.
    pub target: BlockIndex,
    /// The arguments, a range of [`Function::pool`].
    pub arguments: Range<u32>,
}

/// A run of instructions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Its instructions; at least one.
    pub instructions: Range<u32>,
    /// Its parameters, a range of [`Function::pool`].
    pub parameters: Range<u32>,
    /// The ways out. Where there are two, neither passes arguments, nor does their
    /// target have other predecessors: critical edges are split beforehand.
    pub successors: Vec<Edge>,
    /// How many loops it is in.
    pub loop_depth: u8,
}

/// A function to allocate. Storage can be cleared and reused.
#[derive(Debug, Clone, Default)]
pub struct Function {
    /// The class of each virtual register.
    pub classes: Vec<u8>,
    /// How many consecutive registers each takes: 1, or 2, 4, 8 for an aligned tuple.
    /// Empty if all take one.
    pub spans: Vec<u8>,
    /// For each virtual register that costs less to make again than to keep in
    /// memory, as its defining instruction has no uses and only that one definition.
    /// Empty if there are none.
    pub rematerialisable: Vec<bool>,
    /// The blocks, the entry first.
    pub blocks: Vec<Block>,
    /// Where each instruction's operands begin; one more at the end.
    pub first_operand: Vec<u32>,
    /// The operands of all instructions.
    pub operands: Vec<Operand>,
    /// Parameters of blocks and arguments of edges.
    pub pool: Vec<VirtualRegister>,
    /// Instructions that destroy registers besides those they name, in order, with the
    /// registers of each class.
    pub clobbers: Vec<(InstructionIndex, Vec<RegisterSet>)>,
    /// Instructions that copy their one use to their one definition, and can be left
    /// out if both are in one place. Sorted.
    pub copies: Vec<InstructionIndex>,
}

impl Function {
    /// Forgets everything but the storage.
    pub fn clear(&mut self) {
        self.classes.clear();
        self.spans.clear();
        self.rematerialisable.clear();
        self.blocks.clear();
        self.first_operand.clear();
        self.operands.clear();
        self.pool.clear();
        self.clobbers.clear();
        self.copies.clear();
    }

    /// The operands of an instruction.
    #[inline]
    pub fn operands_of(&self, instruction: InstructionIndex) -> &[Operand] {
        let at = instruction.index();
        &self.operands[self.first_operand[at] as usize..self.first_operand[at + 1] as usize]
    }

    /// The parameters of a block.
    pub fn parameters_of(&self, block: &Block) -> &[VirtualRegister] {
        &self.pool[block.parameters.start as usize..block.parameters.end as usize]
    }

    /// What an edge passes.
    pub fn arguments_of(&self, edge: &Edge) -> &[VirtualRegister] {
        &self.pool[edge.arguments.start as usize..edge.arguments.end as usize]
    }
}
