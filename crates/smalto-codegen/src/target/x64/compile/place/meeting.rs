//! Lanes that meet: in memory.
//!
//! A wave may be one register or sixteen, of lanes of two to eight bytes. Written side by
//! side to the frame, all those are the same: a lane of another is an element at an index.
//! So a shuffle is a store of what is shuffled and a gather. The stores are forwarded to the
//! loads; what is lost against a permutation in registers is some cycles of latency.

use super::super::machine::{GPR, MASK, VECTOR};
use super::{Arg, BITS_64, Memory, MemoryBase, Placer};
use crate::alloc::VirtualRegister;
use crate::select::tables::StepSize;
use crate::target::x64::{
    AND, BT, CMOVAE, KXNORQ, LEA, LOCK_XADD, MOV, MOVSX_16, MOVSXD, MOVZX_16, Mnemonic,
    VBROADCASTSS, VEXTRACTI128, VMOVUPS, VPACKUSDW, VPAND, VPANDD, VPBROADCASTQ, VPBROADCASTW,
    VPCMPEQD, VPCMPEQQ, VPGATHERDD, VPGATHERDQ, VPMOVDW,
};
use smalto_kernel::{Lane, ValueId, ValueType};

const BITS_32: StepSize = StepSize::Bits(32);

impl Placer<'_> {
    /// Writes all lanes of a value side by side, so many bytes into the meeting place.
    fn meet(&mut self, value: ValueId, offset: usize) {
        let bytes = self.type_of(value).lane().bytes();
        let value = self.at_home(value);
        for chunk in 0..self.wave.chunks {
            let at = offset + chunk * self.wave.lanes * bytes;
            let to = Arg::Memory(meeting(at, None, 1));
            let register = self.part(value, 0, chunk);
            self.act(
                VMOVUPS,
                StepSize::Wave(bytes as u8),
                &[to, Arg::Use(register)],
            );
        }
        // The last chunk may be written as more lanes than it has.
        let end = offset + self.wave.width * bytes + 64;
        self.machine.meeting = self.machine.meeting.max(end as u32);
    }

    /// Reads all lanes of a type from the meeting place.
    fn part_from(&mut self, offset: usize, ty: ValueType) -> Vec<VirtualRegister> {
        let bytes = ty.lane().bytes();
        (0..self.wave.chunks)
            .map(|chunk| {
                let at = offset + chunk * self.wave.lanes * bytes;
                let from = Arg::Memory(meeting(at, None, 1));
                self.give(
                    VECTOR,
                    VMOVUPS,
                    StepSize::Wave(bytes as u8),
                    &[Arg::D, from],
                )
            })
            .collect()
    }

    pub(super) fn shuffle(&mut self, value: ValueId) {
        let &[source, lanes] = self.routine.operands(value) else {
            unreachable!("a shuffle has two operands")
        };
        self.meet(source, 0);
        let bytes = self.type_of(value).lane().bytes() as u8;
        let lanes = self.at_home(lanes);
        let last = self.in_pool(self.element_of_pool(self.wave.width as u64 - 1, 4, false));
        let mut parts = Vec::new();
        for chunk in 0..self.wave.chunks {
            let index = self.part(lanes, 0, chunk);
            let and = if self.target.has_masks { VPANDD } else { VPAND };
            let args = [Arg::D, Arg::Use(index), Arg::Memory(last)];
            let index = self.give(VECTOR, and, StepSize::Wave(4), &args);
            parts.push(self.gather(MemoryBase::Meeting, index, bytes));
        }
        self.put(value, &parts, true);
    }

    pub(super) fn broadcast(&mut self, value: ValueId) {
        let &[source, lane] = self.routine.operands(value) else {
            unreachable!("a broadcast has two operands")
        };
        self.meet(source, 0);
        let lane = self.register_of(lane, 0);
        let last = Arg::Immediate(self.wave.width as i64 - 1);
        let lane = self.give(GPR, AND, BITS_32, &[Arg::Over(lane), last]);
        let ty = self.type_of(value);
        let from = meeting(0, Some(lane), ty.lane().bytes() as u8);
        let register = self.load_one(ty.lane(), from);
        self.put(value, &[register], false);
    }

    /// A uniform value from memory.
    pub(super) fn load_one(&mut self, lane: Lane, from: Memory) -> VirtualRegister {
        let (class, mnemonic, size): (u8, Mnemonic, StepSize) = match lane {
            Lane::F16 => (VECTOR, VPBROADCASTW, StepSize::Wave(2)),
            Lane::F32 => (VECTOR, VBROADCASTSS, StepSize::Wave(4)),
            Lane::F64 => (VECTOR, VPBROADCASTQ, StepSize::Wave(8)),
            Lane::I16 => (GPR, MOVSX_16, BITS_32),
            Lane::U16 => (GPR, MOVZX_16, BITS_32),
            Lane::I32 | Lane::U32 => (GPR, MOV, BITS_32),
            Lane::I64 | Lane::U64 => (GPR, MOV, BITS_64),
            Lane::Mask => unreachable!("masks have no form in memory"),
        };
        self.give(class, mnemonic, size, &[Arg::D, Arg::Memory(from)])
    }

    /// The elements at 32-bit indices that are within bounds.
    pub(super) fn gather(
        &mut self,
        base: MemoryBase,
        index: VirtualRegister,
        bytes: u8,
    ) -> VirtualRegister {
        let from = Arg::Memory(Memory {
            base,
            index: Some(index),
            scale: bytes,
            offset: 0,
            broadcast: false,
        });
        // There is no gather of 16 bits: 32 are read, and half of them kept.
        let (mnemonic, lane) = if bytes == 8 {
            (VPGATHERDQ, 8)
        } else {
            (VPGATHERDD, 4)
        };
        let size = StepSize::Wave(lane);
        let gathered = if self.target.has_masks {
            // k, k, k reads what it is about to write, whatever that is.
            let mask = self.give_from_nothing(MASK, KXNORQ, StepSize::Fixed);
            self.give_gathered(mnemonic, size, from, mask)
        } else {
            let compare = if lane == 8 { VPCMPEQQ } else { VPCMPEQD };
            let mask = self.give_from_nothing(VECTOR, compare, size);
            self.give(VECTOR, mnemonic, size, &[Arg::Early, from, Arg::Use(mask)])
        };
        if bytes == 2 {
            self.low_halves(gathered)
        } else {
            gathered
        }
    }

    /// The low 16 bits of 32-bit lanes.
    fn low_halves(&mut self, wide: VirtualRegister) -> VirtualRegister {
        if self.target.has_masks {
            return self.give(
                VECTOR,
                VPMOVDW,
                StepSize::Wave(4),
                &[Arg::D, Arg::Use(wide)],
            );
        }
        let low = self.in_pool(self.element_of_pool(0xffff, 4, false));
        let args = [Arg::D, Arg::Use(wide), Arg::Memory(low)];
        let low = self.give(VECTOR, VPAND, StepSize::Wave(4), &args);
        let high = match self.wave.register_bytes(4) {
            32 => {
                let args = [Arg::D, Arg::Use(low), Arg::Immediate(1)];
                self.give(VECTOR, VEXTRACTI128, StepSize::Bits(256), &args)
            }
            _ => low,
        };
        let args = [Arg::D, Arg::Use(low), Arg::Use(high)];
        self.give(VECTOR, VPACKUSDW, StepSize::Bits(128), &args)
    }

    /// Each lane in turn, without a branch: one that does not take part adds zero to a zero
    /// of the frame.
    pub(super) fn atomic_add(&mut self, value: ValueId) {
        let operands = self.routine.operands(value);
        let (index, added, mask) = (operands[0], operands[1], operands.get(2).copied());
        let ty = self.type_of(value);
        let bytes = ty.lane().bytes();
        let index_bytes = self.type_of(index).lane().bytes();
        let values = self.wave.width * index_bytes + 64;
        self.meet(index, 0);
        self.meet(added, values);
        let nowhere = values + self.wave.width * bytes + 64;
        self.machine.meeting = self.machine.meeting.max(nowhere as u32 + 8);
        let zero = self.constant_integer(0);
        let (zero_at, size) = (meeting(nowhere, None, 1), StepSize::Bits(8 * bytes as u16));
        self.act(MOV, BITS_64, &[Arg::Memory(zero_at), Arg::Use(zero)]);
        let bits = match mask {
            Some(mask) => self.ballot(mask),
            None => self.constant_integer(-1),
        };
        let buffer = self.routine.buffer_of(value).expect("it names a buffer");
        let base = self.pointer(buffer);
        for lane in 0..self.wave.width {
            let index = self.lane_index_at(lane * index_bytes, index_bytes);
            let element = Memory {
                base: MemoryBase::Register(base),
                index: Some(index),
                scale: bytes as u8,
                offset: 0,
                broadcast: false,
            };
            let element = self.give(GPR, LEA, BITS_64, &[Arg::D, Arg::Memory(element)]);
            let elsewhere = self.give(GPR, LEA, BITS_64, &[Arg::D, Arg::Memory(zero_at)]);
            let place = meeting(values + lane * bytes, None, 1);
            let addend = self.give(GPR, MOV, size, &[Arg::D, Arg::Memory(place)]);
            self.act(BT, BITS_64, &[Arg::Use(bits), Arg::Immediate(lane as i64)]);
            let args = [Arg::Over(element), Arg::Use(elsewhere)];
            let element = self.give(GPR, CMOVAE, BITS_64, &args);
            let args = [Arg::Over(addend), Arg::Use(zero)];
            let addend = self.give(GPR, CMOVAE, BITS_64, &args);
            let to = Memory {
                base: MemoryBase::Register(element),
                index: None,
                scale: 1,
                offset: 0,
                broadcast: false,
            };
            let before = self.give(GPR, LOCK_XADD, size, &[Arg::Memory(to), Arg::Over(addend)]);
            self.act(MOV, size, &[Arg::Memory(place), Arg::Use(before)]);
        }
        let parts = self.part_from(values, ty);
        self.put(value, &parts, true);
    }

    fn lane_index_at(&mut self, offset: usize, bytes: usize) -> VirtualRegister {
        let from = Arg::Memory(meeting(offset, None, 1));
        let mnemonic = if bytes == 4 { MOVSXD } else { MOV };
        self.give(GPR, mnemonic, BITS_64, &[Arg::D, from])
    }
}

/// A place where lanes meet.
fn meeting(offset: usize, index: Option<VirtualRegister>, scale: u8) -> Memory {
    Memory {
        base: MemoryBase::Meeting,
        index,
        scale,
        offset: offset as i32,
        broadcast: false,
    }
}
