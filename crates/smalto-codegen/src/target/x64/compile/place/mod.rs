//! Placing tiles: from a covered routine to machine instructions.
//!
//! Instructions of the kernel are visited in order. One that is wanted as something in a
//! register is made there and then, by the steps of its tile. One that is wanted as an
//! operand of another instruction (an immediate, an address, a place in memory) or as
//! flags is made when its one user is, right before the user's steps. So flags are used
//! before anything overwrites them, and the order of the kernel is kept otherwise: it is
//! the order of short live ranges.
//!
//! A wave of more lanes than fit a register is several *chunks*, each of so many lanes that
//! the widest lane type of the routine fills a register; narrower types then use part of
//! one. So instructions lane by lane never move anything from a chunk to another: a tile is
//! placed once a chunk. A varying value has as many registers as there are chunks, its
//! *parts*; a uniform one has one part that serves all chunks.
//!
//! | subject | room |
//! |---|---|
//! | the line of blocks, edges and ways | `blocks` |
//! | what the users of a value find | `held` |
//! | making a value what it is wanted as | `node` |
//! | tiles of one instruction, and all others | `fill`, `steps` |
//! | places in memory | `memory` |
//! | immediates and the pool | `constants` |
//! | instructions that no tile gives | `own` |
//! | what those are for: calls and entries, lanes | `call`, `across`, `meeting` |
//! | elements of tables | `lookup` |

mod across;
mod blocks;
mod call;
mod constants;
mod fill;
mod held;
mod lookup;
mod meeting;
mod memory;
mod node;
mod own;
mod steps;

use super::keep::Kept;
use super::machine::{MachineRoutine, NO_PLACE, NO_SOURCE, NO_TILE};
use super::{Target, Wave};
use crate::alloc::VirtualRegister;
use crate::select::cover::Cover;
use crate::target::x64::Condition;
use blocks::Laid;
use call::BITS_64;
use held::{Held, HeldForm, NOTHING_HELD, type_of};
use memory::{Memory, MemoryBase};
use own::Arg;
use smalto_kernel::analysis::Flow;
use smalto_kernel::{BlockId, Module, Routine, ValueId};
use steps::{Versions, expect_immediate, expect_register, immediate_of_step};

/// What a node is once it is made.
#[derive(Debug, Clone, Copy)]
enum Value {
    Nothing,
    Register(VirtualRegister),
    Immediate(i64),
    /// An index into a buffer: a register and a number.
    Index(Option<VirtualRegister>, i64),
    Memory(Memory),
    /// The same, when it is among the routine's places already.
    Place(u32),
    Flags(Condition),
}

/// Storage that placing uses again and again.
#[derive(Debug, Default)]
pub(super) struct Storage {
    /// For each value of the kernel.
    held: Vec<Held>,
    /// The registers of values that have several.
    registers: Vec<VirtualRegister>,
    /// For each named constant of the target, its places: in every lane, and once.
    named: Vec<[u32; 2]>,
    layout: Vec<Laid>,
    /// The place of each block in the layout.
    positions: Vec<u32>,
    /// For each block, the places of the blocks its edges lead through, if not straight to
    /// their targets.
    ways: Vec<[Option<u32>; 2]>,
    pointers: Vec<Option<VirtualRegister>>,
    lengths: Vec<Option<VirtualRegister>>,
}

impl Storage {
    /// The block of the kernel that a block of the machine routine is, or that it is a way
    /// out of.
    pub(super) fn block_at(&self, position: usize) -> BlockId {
        match self.layout[position] {
            Laid::Block(block) | Laid::Way { from: block, .. } => block,
        }
    }
}

pub(super) struct Placer<'a> {
    module: &'a Module,
    routine: &'a Routine,
    target: &'static Target,
    wave: Wave,
    cover: &'a Cover,
    machine: &'a mut MachineRoutine,
    storage: &'a mut Storage,
    /// What the branch at the end of the block looks at itself: whether some lane is true, asked
    /// for by nobody else.
    branches_on: Option<ValueId>,
    /// What is being placed, for listings.
    source: u32,
    tile: u16,
}

impl<'a> Placer<'a> {
    pub(super) fn new(
        module: &'a Module,
        routine: &'a Routine,
        target: &'static Target,
        wave: Wave,
        cover: &'a Cover,
        machine: &'a mut MachineRoutine,
        storage: &'a mut Storage,
    ) -> Placer<'a> {
        Placer {
            module,
            routine,
            target,
            wave,
            cover,
            machine,
            storage,
            branches_on: None,
            source: NO_SOURCE,
            tile: NO_TILE,
        }
    }

    /// Places everything, and before loops the constants that they keep.
    pub(super) fn run(&mut self, flow: &Flow, kept: &Kept) {
        self.lay_out(flow);
        let storage = &mut *self.storage;
        storage.held.clear();
        storage.held.resize(self.routine.len(), NOTHING_HELD);
        storage.registers.clear();
        storage.named.clear();
        let named = self.target.tables.constants.len();
        storage.named.resize(named, [NO_PLACE; 2]);
        let layout = std::mem::take(&mut self.storage.layout);
        for (position, &block) in layout.iter().enumerate() {
            match block {
                Laid::Block(block) => self.block(block, position, flow, kept),
                Laid::Way { from, way } => self.way(from, way, flow),
            }
        }
        self.storage.layout = layout;
    }
}
