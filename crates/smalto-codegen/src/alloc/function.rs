//! What is allocated: the registers of a function, in flat arrays.
//!
//! Every virtual register is defined once, by an instruction or as the parameter of a
//! block, and its definition dominates its uses. They are numbered block by block. Blocks
//! lie in layout order, in which all edges but those back to a loop's header go forward,
//! and each loop is in one piece. The last instruction of a block is its jump, branch or
//! return; what edges pass to parameters is not among its operands.

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
#[repr(u8)]
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

impl Role {
    /// Whether it reads a value.
    #[inline]
    pub(super) const fn is_use(self) -> bool {
        matches!(self, Role::Use | Role::LateUse)
    }
}

impl Operand {
    /// What it wants that is not plain, as bits: none if it is a use in any register or in
    /// memory, or a definition in any register.
    #[inline(always)]
    pub(super) const fn wishes(&self) -> u32 {
        const ROLES: u8 = Role::LateUse as u8 | Role::Temporary as u8;
        const CONSTRAINTS: u8 = 2;
        let constraint = match self.constraint {
            Constraint::Register => 0,
            Constraint::RegisterOrSlot => 1,
            Constraint::Fixed(_) => CONSTRAINTS,
            Constraint::Tied(_) => CONSTRAINTS | 1,
        };
        const { assert!(ROLES & (Role::Use as u8 | Role::Def as u8) == 0) };
        const { assert!(ROLES & Role::EarlyDef as u8 != 0) };
        (self.role as u8 & ROLES | constraint & CONSTRAINTS) as u32
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
    /// The virtual registers that it defines, parameters and temporaries included: numbers
    /// that are lower than those of the next block.
    pub registers: Range<u32>,
    /// The ways out. Where there are two, neither passes arguments, nor does their
    /// target have other predecessors: critical edges are split beforehand.
    pub successors: Vec<Edge>,
    /// How many loops it is in.
    pub loop_depth: u8,
}

impl Block {
    /// Whether this is where a virtual register is defined.
    #[inline]
    pub fn defines(&self, register: VirtualRegister) -> bool {
        register.0.wrapping_sub(self.registers.start) < self.registers.len() as u32
    }
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

    /// Numbers the virtual registers in the order of their definitions, as
    /// [`Block::registers`] asks for, and notes which each block has. Those that have no
    /// definition come last, those that have no class keep their number.
    pub fn number_registers(&mut self) {
        const UNKNOWN: u32 = u32::MAX;
        let mut numbers = vec![UNKNOWN; self.classes.len()];
        // The old numbers in their new order.
        let mut order = Vec::new();
        let mut number_next = |register: VirtualRegister| {
            if let Some(number) = numbers.get_mut(register.index())
                && *number == UNKNOWN
            {
                *number = order.len() as u32;
                order.push(register.index());
            }
            order.len() as u32
        };
        let mut end = 0;
        for index in 0..self.blocks.len() {
            let block = &self.blocks[index];
            let start = end;
            for &parameter in self.parameters_of(block) {
                end = number_next(parameter);
            }
            for at in block.instructions.clone() {
                for operand in self.operands_of(InstructionIndex(at)) {
                    if !operand.role.is_use() {
                        end = number_next(operand.register);
                    }
                }
            }
            self.blocks[index].registers = start..end;
        }
        (0..self.classes.len() as u32).for_each(|register| {
            number_next(VirtualRegister(register));
        });
        let operands = self
            .operands
            .iter_mut()
            .map(|operand| &mut operand.register);
        for register in operands.chain(&mut self.pool) {
            register.0 = numbers.get(register.index()).copied().unwrap_or(register.0);
        }
        self.classes = in_order(&self.classes, &order);
        self.spans = in_order(&self.spans, &order);
        self.rematerialisable = in_order(&self.rematerialisable, &order);
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

/// What belongs to each virtual register, in another order. There may be none of it.
fn in_order<T: Copy>(all: &[T], order: &[usize]) -> Vec<T> {
    order
        .iter()
        .filter_map(|&old| all.get(old).copied())
        .collect()
}
