//! A routine as instructions of the processor, over virtual registers.
//!
//! Two parallel halves: what the allocator sees, [`alloc::Function`], is which registers
//! each instruction reads and writes; what emission sees, [`MachineInstruction`], is
//! everything else.

use super::template::Template;
use crate::alloc::{self, Constraint, Operand, PhysicalRegister, Role, VirtualRegister};

/// The class of general-purpose registers.
pub(crate) const GPR: u8 = 0;
/// The class of vector registers.
pub(crate) const VECTOR: u8 = 1;
/// The class of mask registers.
pub(crate) const MASK: u8 = 2;

/// One instruction, short of its registers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MachineInstruction {
    /// Which instruction it is: a template of the target, of this routine, or a
    /// [special](Special) one.
    pub(crate) action: Action,
    /// Where its memory is: an index of [`MachineRoutine::places`].
    pub(crate) place: u32,
    /// An immediate that is not in the template.
    pub(crate) immediate: i64,
    /// The instruction of the kernel it is emitted for, for listings.
    pub(crate) source: u32,
    /// The tile it is part of, for listings.
    pub(crate) tile: u16,
}

/// Which instruction it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// One of the target's templates.
    Template(u32),
    /// One of the routine's own.
    Own(u32),
    /// What is not one instruction of the processor.
    Special(Special),
}

/// What is not one instruction of the processor, or not an ordinary one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Special {
    /// The beginning: parameters are in their registers.
    Entry,
    /// On to the block numbered by the immediate.
    Jump,
    /// The immediate is the block if the condition holds; then comes a jump.
    JumpIf(super::super::Condition),
    /// Leaves the routine.
    Return,
    /// Calls the routine numbered by the immediate.
    Call,
    /// Several instructions, expanded when registers are known.
    Pseudo(super::pseudo::Pseudo, u32),
}

/// No place in memory.
pub(crate) const NO_PLACE: u32 = u32::MAX;
/// No instruction of the kernel, no tile.
pub(crate) const NO_SOURCE: u32 = u32::MAX;
pub(crate) const NO_TILE: u16 = u16::MAX;

/// A place in memory that an instruction names.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) base: PlaceBase,
    /// Bytes that the index counts.
    pub(crate) scale: u8,
    /// The index, at this position among the instruction's register operands. It may
    /// be a vector.
    pub(crate) index: Option<u8>,
    pub(crate) offset: i32,
    pub(crate) broadcast: bool,
}

/// What a place is relative to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum PlaceBase {
    /// A register, at this position among the instruction's operands.
    Register(u8),
    /// A constant of the pool: an index of [`MachineRoutine::constants`].
    Constant(u32),
    /// Where arguments that did not fit registers are left for a callee.
    Outgoing,
    /// Where the caller left them.
    Incoming,
    /// Where lanes meet.
    Meeting,
}

/// A constant in the pool: bytes that are repeated to fill what the reader reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PoolConstant {
    /// So many bytes of an element, this often.
    Element { bits: u64, bytes: u8, count: u8 },
    /// As they are.
    Bytes(Vec<u8>),
    /// A table of the module.
    Table(u32),
}

/// A routine as machine instructions.
#[derive(Debug, Default)]
pub(crate) struct MachineRoutine {
    pub(crate) registers: alloc::Function,
    pub(crate) instructions: Vec<MachineInstruction>,
    pub(crate) places: Vec<Place>,
    pub(crate) constants: Vec<PoolConstant>,
    pub(crate) templates: Vec<Template>,
    /// The registers that results come back in.
    pub(crate) results: Vec<PhysicalRegister>,
    /// Bytes of arguments left for callees.
    pub(crate) outgoing: u32,
    /// Bytes of the frame where lanes meet.
    pub(crate) meeting: u32,
    /// Whether some pseudo-instruction works in memory of the frame.
    pub(crate) uses_area: bool,
}

impl MachineRoutine {
    pub(crate) fn clear(&mut self) {
        self.registers.clear();
        self.registers.first_operand.push(0);
        self.instructions.clear();
        self.places.clear();
        self.constants.clear();
        self.templates.clear();
        self.results.clear();
        self.outgoing = 0;
        self.meeting = 0;
        self.uses_area = false;
    }

    /// A new virtual register.
    #[inline]
    pub(crate) fn register(&mut self, class: u8) -> VirtualRegister {
        let register = VirtualRegister(self.registers.classes.len() as u32);
        self.registers.classes.push(class);
        register
    }

    /// Adds a register operand to the instruction that comes next; gives its position.
    #[inline]
    pub(crate) fn operand(&mut self, register: VirtualRegister, role: Role, at: Constraint) -> u8 {
        let first = *self.registers.first_operand.last().expect("never empty");
        let position = self.registers.operands.len() as u32 - first;
        self.registers.operands.push(Operand {
            register,
            role,
            constraint: at,
        });
        position as u8
    }

    /// Adds the instruction that has the operands added since the last.
    #[inline]
    pub(crate) fn push(&mut self, instruction: MachineInstruction) {
        self.instructions.push(instruction);
        let end = self.registers.operands.len() as u32;
        self.registers.first_operand.push(end);
    }

    /// Adds a place.
    pub(crate) fn place(&mut self, place: Place) -> u32 {
        self.places.push(place);
        self.places.len() as u32 - 1
    }
}
