//! Register allocation: from virtual registers to a machine's own.
//!
//! What goes in is a [`Function`]: blocks of instructions of which only the registers
//! are known, in single assignment. What comes out is an [`Allocation`]: a
//! [`Location`] for every operand, and [`Edit`]s, the moves, spills and reloads to be
//! done before certain instructions. The allocator knows no target: a [`RegisterFile`]
//! says what registers there are.
//!
//! # How it is done
//!
//! By linear scan, in one walk forward over the code (Poletto & Sarkar, "Linear Scan
//! Register Allocation", TOPLAS 1999), on which a value may change its place at any
//! instruction (Traub, Holloway & Smith, "Quality and Speed in Linear-scan Register
//! Allocation", PLDI 1998; Wimmer & Mössenböck, "Optimized Interval Splitting in a Linear
//! Scan Register Allocator", VEE 2005). The walk carries the registers along as they are
//! filled, so a register is free wherever its value is not live, holes included, and
//! there is no graph and no list of intervals. It needs to know one thing of the future:
//! when each value is needed next. The steps:
//!
//! 1. `flow`: dominators and loops, from the layout.
//! 2. `next_use`: for each operand, when its value is needed next in the same block. One
//!    walk backwards, which also finds what each block uses of the values of others.
//! 3. `liveness`: from that, what is live where blocks begin, by dataflow to a fixpoint,
//!    and how far away its next use is on the nearest way. Skipped if there is one block.
//! 4. `calls`: which values live across calls. Skipped if there are none.
//! 5. `walk`: the walk forward, the second and last look at an operand. `plain` handles
//!    the instructions that only want registers, `constrained` all others, `boundary` what
//!    happens between blocks, `moves` many values that change place at once, `stores` and
//!    `slots` memory.
//!
//! # Whom to evict
//!
//! Where a value needs a register and none is free, Belady's rule takes the one whose
//! value is needed last of all ("A Study of Replacement Algorithms for a Virtual-Storage
//! Computer", 1966). That is the best there is if every eviction costs the same. Here
//! one may cost a store and a load, either, or neither: values that were stored before
//! or can be made again need no store, and those with only uses left that may read
//! memory need no load. So an eviction is judged by the time for which it frees a
//! register, for each instruction that it costs (`bank`). On straight-line code this
//! inserts far less than Belady's rule. Leaving a loop counts as a long way, so that
//! what a loop does not use gives way to what it does, before the loop and not in it
//! (Braun & Hack, "Register Spilling and Live-Range Splitting for SSA-Form Programs",
//! CC 2009).
//!
//! # Invariants
//!
//! * A value has one slot, is stored at most once, and at a place that dominates all its
//!   loads; in no deeper loop than it is defined in.
//! * Where the walk enters a block, its places are those that every way to it provides:
//!   the first way decides, the others obey.
//! * Edits before an instruction are in the order in which the walk decided on them, and
//!   none needs to know of a later one. Stores that turn out to be needed earlier are
//!   merged in at the end.
//! * An allocator that has seen a function of some size allocates no memory for another.
//!
//! All of it is proved for each allocation by the [`checker`], which shares nothing with
//! it but the types.

mod allocator;
mod bank;
mod boundary;
mod calls;
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
pub use result::{Allocation, Edit, EditKind, Location, PhysicalRegister};

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
