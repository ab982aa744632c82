//! Register allocation: from virtual registers to a machine's own.
//!
//! What goes in is a [`Function`]: blocks of instructions of which only the registers
//! are known, in single assignment. What comes out is an [`Allocation`]: a
//! [`Location`] for every operand, and [`Edit`]s, the moves, spills and reloads to be
//! done before certain instructions. The allocator knows no target: a [`RegisterFile`]
//! says what registers there are.

mod allocator;
mod bank;
mod boundary;
pub mod checker;
mod constrained;
mod error;
mod flow;
mod function;
mod liveness;
mod mask;
mod moves;
mod next_use;
mod plain;
mod result;
mod slots;
mod stores;
mod value;
mod walk;

pub use allocator::Allocator;
pub use error::AllocError;
pub use function::{
    Block, BlockIndex, Constraint, Edge, Function, InstructionIndex, Operand, Role, VirtualRegister,
};
pub use result::{Allocation, Edit, Location, PhysicalRegister};

/// The registers of a machine, by class.
#[derive(Debug, Clone)]
pub struct RegisterFile {
    /// The classes; a class is known by its index.
    pub classes: Vec<RegisterClass>,
}

/// One kind of register.
#[derive(Debug, Clone)]
pub struct RegisterClass {
    /// Its name in messages.
    pub name: &'static str,
    /// The registers that may be given out, cheapest first. Numbers are below 256.
    pub order: Vec<u8>,
}

/// A set of registers of one class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct RegisterSet([u64; 4]);

impl RegisterSet {
    /// No registers.
    pub const EMPTY: RegisterSet = RegisterSet([0; 4]);

    /// Adds register `number`.
    pub fn insert(&mut self, number: u8) {
        self.0[usize::from(number / 64)] |= 1 << (number % 64);
    }

    /// Whether register `number` is among them.
    pub fn contains(&self, number: u8) -> bool {
        self.0[usize::from(number / 64)] >> (number % 64) & 1 != 0
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0 == [0; 4]
    }

    /// The registers in either set.
    pub fn union(&self, other: &RegisterSet) -> RegisterSet {
        RegisterSet(std::array::from_fn(|word| self.0[word] | other.0[word]))
    }

    /// The numbers as bits, the lowest first.
    pub(super) fn words(&self) -> &[u64; 4] {
        &self.0
    }

    /// The numbers, in order.
    pub fn iter(&self) -> impl Iterator<Item = u8> + '_ {
        (0..=255).filter(|&number| self.contains(number))
    }
}
