//! Elements of constant tables.
//!
//! A small table of 32-bit elements fits in registers, and then looking up is a permutation
//! of them by the index: one instruction for a table of a register, a few for one of two. Any
//! other table is gathered from memory, element by element, which takes the processor some
//! twenty cycles.
//!
//! An index beyond the table means the last element. A permutation looks at the lower bits of
//! an index only, so registers are filled up with the last element, and the index is clamped
//! unless it can be seen to be small: a shift to the right by a constant, say, leaves few bits.

use super::super::machine::{GPR, PoolConstant, VECTOR};
use super::{Arg, BITS_64, Memory, MemoryBase, Placer};
use crate::alloc::VirtualRegister;
use crate::select::tables::StepSize;
use crate::target::x64::{
    CMOVA, CMP, LEA, MOV, VBLENDVPS, VMOVUPS, VPERMI2PS, VPERMPS, VPMINUD, VPSLLD,
};
use smalto_kernel::{Op, TableId, ValueId};

const BITS_32: StepSize = StepSize::Bits(32);
const LANES_32: StepSize = StepSize::Wave(4);

/// How a table is looked up.
#[derive(Debug, Clone, Copy)]
enum Way {
    /// It is in so many registers of this many elements each.
    Permuted { registers: usize, elements: usize },
    /// In memory, from this address.
    Gathered(VirtualRegister),
}

impl Placer<'_> {
    pub(super) fn lookup(&mut self, value: ValueId) {
        let index = self.routine.operands(value)[0];
        let table = self
            .routine
            .table_of(value)
            .expect("a lookup names a table");
        let ty = self.type_of(value);
        if !ty.is_varying() {
            let base = self.address_of(table);
            return self.lookup_one(value, index, base, self.last_of(table));
        }
        let way = self.way_to(table);
        let largest = self.largest(index);
        let index = self.at_home(index);
        let mut parts = Vec::new();
        for chunk in 0..self.wave.chunks {
            let index = self.part(index, 0, chunk);
            parts.push(match way {
                Way::Permuted {
                    registers,
                    elements,
                } => {
                    let within = registers * elements - 1;
                    let index = self.clamped(index, largest, within as u64);
                    self.permuted(table, index, registers, elements)
                }
                Way::Gathered(base) => {
                    let index = self.clamped(index, largest, self.last_of(table));
                    self.gather(MemoryBase::Register(base), index, ty.lane().bytes() as u8)
                }
            });
        }
        self.put(value, &parts, true);
    }

    fn last_of(&self, table: TableId) -> u64 {
        self.module.tables()[table.index()].len() as u64 - 1
    }

    fn way_to(&mut self, table: TableId) -> Way {
        let known = &self.module.tables()[table.index()];
        let (lane, len) = (known.element(), known.len());
        let elements = self.wave.register_bytes(4) / 4;
        let registers = len.div_ceil(elements);
        // There is no such permutation of 128 bits.
        match lane.bytes() == 4 && elements >= 8 && registers <= 2 {
            true => Way::Permuted {
                registers,
                elements,
            },
            false => Way::Gathered(self.address_of(table)),
        }
    }

    fn address_of(&mut self, table: TableId) -> VirtualRegister {
        let place = self.in_pool(PoolConstant::Table(table.index() as u32));
        self.give(GPR, LEA, BITS_64, &[Arg::D, Arg::Memory(place)])
    }

    /// An index no larger than `most`.
    fn clamped(&mut self, index: VirtualRegister, largest: u64, most: u64) -> VirtualRegister {
        if largest <= most {
            return index;
        }
        let most = self.in_pool(self.element_of_pool(most, 4, false));
        let args = [Arg::D, Arg::Use(index), Arg::Memory(most)];
        self.give(VECTOR, VPMINUD, LANES_32, &args)
    }

    /// What an index is at most, as an unsigned number, as far as its own instruction tells.
    fn largest(&self, index: ValueId) -> u64 {
        let index = self.cover.resolve(index);
        let constant = |operand: ValueId| {
            let literal = self.routine.literal(self.cover.resolve(operand))?;
            Some(u64::from(literal.bits() as u32))
        };
        let operands = self.routine.operands(index);
        let known = match self.routine.op(index) {
            Op::Ushr => constant(operands[1]).map(|count| u64::from(u32::MAX >> (count & 31))),
            Op::And => constant(operands[1]).or_else(|| constant(operands[0])),
            _ => None,
        };
        known.unwrap_or(u64::from(u32::MAX))
    }

    /// The elements at indices within the registers.
    fn permuted(
        &mut self,
        table: TableId,
        index: VirtualRegister,
        registers: usize,
        elements: usize,
    ) -> VirtualRegister {
        let first = self.register_of_table(table, 0, elements);
        if registers == 1 {
            let args = [Arg::D, Arg::Use(index), Arg::Memory(first)];
            return self.give(VECTOR, VPERMPS, LANES_32, &args);
        }
        let second = self.register_of_table(table, 1, elements);
        if self.target.has_masks {
            let low = self.give(VECTOR, VMOVUPS, LANES_32, &[Arg::D, Arg::Memory(first)]);
            let args = [Arg::Over(index), Arg::Use(low), Arg::Memory(second)];
            return self.give(VECTOR, VPERMI2PS, LANES_32, &args);
        }
        let half = |half: Memory| [Arg::D, Arg::Use(index), Arg::Memory(half)];
        let low = self.give(VECTOR, VPERMPS, LANES_32, &half(first));
        let high = self.give(VECTOR, VPERMPS, LANES_32, &half(second));
        // The bit of the index that tells the halves apart, as a sign.
        let shift = 31 - i64::from(elements.ilog2());
        let args = [Arg::D, Arg::Use(index), Arg::Immediate(shift)];
        let sign = self.give(VECTOR, VPSLLD, LANES_32, &args);
        let args = [Arg::D, Arg::Use(low), Arg::Use(high), Arg::Use(sign)];
        self.give(VECTOR, VBLENDVPS, LANES_32, &args)
    }

    /// The elements of a table that lie in its register of this number, filled up with the
    /// last.
    fn register_of_table(&mut self, table: TableId, number: usize, elements: usize) -> Memory {
        let bytes = self.module.tables()[table.index()].bytes();
        let last = &bytes[bytes.len() - 4..];
        let filled = bytes.chunks(4).chain(std::iter::repeat(last));
        let part = filled.skip(number * elements).take(elements);
        let part = part.flatten().copied().collect();
        self.in_pool(PoolConstant::Bytes(part))
    }

    fn lookup_one(&mut self, value: ValueId, index: ValueId, base: VirtualRegister, last: u64) {
        let lane = self.type_of(value).lane();
        let index = self.register_of(index, 0);
        let last = self.constant_integer(last as i64);
        let index = self.give(GPR, MOV, BITS_32, &[Arg::D, Arg::Use(index)]);
        self.act(CMP, BITS_32, &[Arg::Use(index), Arg::Use(last)]);
        let index = self.give(GPR, CMOVA, BITS_64, &[Arg::Over(index), Arg::Use(last)]);
        let from = Memory {
            base: MemoryBase::Register(base),
            index: Some(index),
            scale: lane.bytes() as u8,
            offset: 0,
            broadcast: false,
        };
        let register = self.load_one(lane, from);
        self.put(value, &[register], false);
    }
}
