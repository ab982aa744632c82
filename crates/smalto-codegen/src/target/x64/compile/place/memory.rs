//! Places in memory: the elements of buffers, and addresses on their way into an
//! instruction.

use super::super::machine::{Place, PlaceBase};
use super::{Placer, Value, expect_register};
use crate::alloc::{Constraint, Role, VirtualRegister};
use smalto_kernel::{BufferId, ValueId};

/// A place in memory, before it is part of an instruction.
#[derive(Debug, Clone, Copy)]
pub(super) struct Memory {
    pub(super) base: MemoryBase,
    pub(super) index: Option<VirtualRegister>,
    pub(super) scale: u8,
    pub(super) offset: i32,
    pub(super) broadcast: bool,
}

/// What a place is relative to.
#[derive(Debug, Clone, Copy)]
pub(super) enum MemoryBase {
    Register(VirtualRegister),
    Constant(u32),
    Outgoing,
    Incoming,
    Meeting,
}

impl Placer<'_> {
    /// Makes a place part of the instruction that comes next.
    pub(super) fn add_place(&mut self, memory: Memory) -> u32 {
        let base = match memory.base {
            MemoryBase::Register(base) => {
                PlaceBase::Register(self.machine.operand(base, Role::Use, Constraint::Register))
            }
            MemoryBase::Constant(constant) => PlaceBase::Constant(constant),
            MemoryBase::Outgoing => PlaceBase::Outgoing,
            MemoryBase::Incoming => PlaceBase::Incoming,
            MemoryBase::Meeting => PlaceBase::Meeting,
        };
        let index = memory
            .index
            .map(|index| self.machine.operand(index, Role::Use, Constraint::Register));
        self.machine.place(Place {
            base,
            index,
            scale: memory.scale,
            offset: memory.offset,
            broadcast: memory.broadcast,
        })
    }

    /// The element of a node's buffer at an index, `chunk` chunks on.
    pub(super) fn element(
        &mut self,
        node: ValueId,
        index: Value,
        chunk: usize,
        broadcast: bool,
    ) -> Memory {
        let buffer = self.routine.buffer_of(node).expect("it names a buffer");
        let bytes = self.element_bytes(buffer);
        let (register, offset) = match index {
            Value::Index(register, offset) => (register, offset),
            Value::Register(register) => (Some(register), 0),
            other => unreachable!("{other:?} is no index"),
        };
        let chunk_offset = (chunk * self.wave.lanes * usize::from(bytes)) as i64;
        let offset = offset * i64::from(bytes) + chunk_offset;
        Memory {
            base: MemoryBase::Register(self.pointer(buffer)),
            index: register,
            scale: bytes,
            offset: i32::try_from(offset).expect("tiles add small indices only"),
            broadcast,
        }
    }

    pub(super) fn gathered(&mut self, node: ValueId, index: Value) -> Memory {
        let buffer = self.routine.buffer_of(node).expect("it names a buffer");
        Memory {
            base: MemoryBase::Register(self.pointer(buffer)),
            index: Some(expect_register(index)),
            scale: self.element_bytes(buffer),
            offset: 0,
            broadcast: false,
        }
    }

    pub(super) fn element_bytes(&self, buffer: BufferId) -> u8 {
        let declared = self.routine.buffer(buffer).expect("it is declared");
        declared.element.bytes() as u8
    }

    pub(super) fn pointer(&self, buffer: BufferId) -> VirtualRegister {
        self.storage.pointers[buffer.index()].expect("the entry loads pointers that are used")
    }
}
