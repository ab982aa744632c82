//! What comes of an allocation.

use super::{InstructionIndex, RegisterSet};
use std::fmt;

/// A register of the machine: a class and a number in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PhysicalRegister {
    /// The class.
    pub class: u8,
    /// The number; of a tuple, that of the first.
    pub number: u8,
}

/// Where a value is. Four bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Location(u32);

const SLOT: u32 = 1 << 31;
const CLASS_SHIFT: u32 = 24;

impl Location {
    /// In a register.
    #[inline]
    pub const fn register(class: u8, number: u8) -> Location {
        Location((class as u32) << CLASS_SHIFT | number as u32)
    }

    /// In spill slot `slot` of its class. Slots of each class are numbered from 0, and
    /// hold one register each; a tuple takes as many in a row as it has registers.
    #[inline]
    pub const fn slot(class: u8, slot: u32) -> Location {
        assert!(slot < 1 << CLASS_SHIFT);
        Location(SLOT | (class as u32) << CLASS_SHIFT | slot)
    }

    /// The register class of what is there.
    #[inline]
    pub const fn class(self) -> u8 {
        (self.0 >> CLASS_SHIFT & 0x7f) as u8
    }

    /// The number of the register, if it is one.
    #[inline]
    pub(super) const fn number(self) -> u8 {
        self.0 as u8
    }

    /// The register, if it is one.
    #[inline]
    pub const fn as_register(self) -> Option<PhysicalRegister> {
        if self.0 & SLOT != 0 {
            return None;
        }
        Some(PhysicalRegister {
            class: self.class(),
            number: self.0 as u8,
        })
    }

    /// The spill slot, if it is one.
    #[inline]
    pub const fn as_slot(self) -> Option<u32> {
        if self.0 & SLOT == 0 {
            return None;
        }
        Some(self.0 & ((1 << CLASS_SHIFT) - 1))
    }

    /// The place `by` registers or slots further on.
    #[inline]
    pub fn further(self, by: u8) -> Location {
        match (self.as_register(), self.as_slot()) {
            (Some(register), _) => Location::register(register.class, register.number + by),
            (_, Some(slot)) => Location::slot(self.class(), slot + u32::from(by)),
            (None, None) => self,
        }
    }
}

/// Something to be done before an instruction. Edits before one instruction are done in
/// order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edit {
    /// Copies a value of one register, or a tuple. One side may be a slot, not both.
    Move {
        /// Where it is.
        from: Location,
        /// Where it is to be.
        to: Location,
        /// How many registers it takes.
        span: u8,
    },
    /// Exchanges two registers of one class: what a cycle of moves needs when no
    /// register is free.
    Swap {
        /// One.
        a: PhysicalRegister,
        /// The other.
        b: PhysicalRegister,
    },
    /// Does the instruction that defines a rematerialisable value again, to this
    /// register.
    Rematerialise {
        /// The instruction.
        instruction: InstructionIndex,
        /// Where its result is to be.
        to: PhysicalRegister,
    },
}

/// What an edit is for, to count and to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EditKind {
    /// A register to a slot.
    Spill,
    /// A slot to a register.
    Reload,
    /// A register to another.
    Move,
    /// Two registers exchanged.
    Swap,
    /// A constant made again.
    Rematerialise,
}

impl EditKind {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            EditKind::Spill => "spill",
            EditKind::Reload => "reload",
            EditKind::Move => "move",
            EditKind::Swap => "swap",
            EditKind::Rematerialise => "again",
        }
    }
}

impl fmt::Display for EditKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Edit {
    /// What it is for.
    pub fn kind(self) -> EditKind {
        match self {
            Edit::Rematerialise { .. } => EditKind::Rematerialise,
            Edit::Swap { .. } => EditKind::Swap,
            Edit::Move { to, .. } if to.as_slot().is_some() => EditKind::Spill,
            Edit::Move { from, .. } if from.as_slot().is_some() => EditKind::Reload,
            Edit::Move { .. } => EditKind::Move,
        }
    }
}

/// Where everything is.
#[derive(Debug, Clone, Default)]
pub struct Allocation {
    /// For each of the function's operands.
    pub locations: Vec<Location>,
    /// Edits, in order of the instruction they are done before.
    pub edits: Vec<(InstructionIndex, Edit)>,
    /// How many spill slots of each class there are.
    pub slots: Vec<u32>,
    /// The registers of each class that anything is written to.
    pub used: Vec<RegisterSet>,
}
