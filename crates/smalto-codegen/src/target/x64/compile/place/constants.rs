//! Constants: immediates, and places in the pool.
//!
//! A constant is made anew for each use, since no place dominates them all for sure. Where
//! it is read from memory, it is one place for all its uses. Those that a loop
//! [keeps](super::super::keep) are in registers, made at the end of a block before it.

use super::super::machine::{NO_PLACE, Place, PlaceBase, PoolConstant};
use super::{Held, HeldForm, Memory, MemoryBase, Placer, Value};
use crate::select::cover::Homes;
use crate::select::tables::Body;
use smalto_kernel::{Lane, ValueId};

impl Placer<'_> {
    /// A constant as this symbol: mostly it is a place in memory.
    #[inline]
    pub(super) fn constant(&mut self, node: ValueId, symbol: u8, chunk: usize) -> Value {
        if let Some(held) = self.held_as(node, symbol) {
            return Value::Place(held.number);
        }
        let number = self.cover.tile(self.target.tables, node, symbol);
        match self.target.tables.tiles[usize::from(number)].body {
            Body::Pool { broadcast } => Value::Place(self.literal_place(node, symbol, broadcast)),
            _ => self.make(node, symbol, chunk),
        }
    }

    /// Makes the constants that a loop behind this block keeps.
    pub(super) fn keep_constants(&mut self, constants: impl Iterator<Item = ValueId>) {
        for value in constants {
            self.source = value.index() as u32;
            let home = self.wave.homes.home(self.type_of(value));
            if let Value::Register(register) = self.make(value, home, 0) {
                self.put(value, &[register], false);
            }
        }
    }

    /// The constant `node` as an immediate.
    pub(super) fn signed_literal(&self, node: ValueId) -> i64 {
        let literal = self.routine.literal(node).expect("it is a constant");
        match literal.lane() {
            Lane::Mask => -(literal.bits() as i64),
            lane => {
                let unused = 64 - lane.bits();
                (literal.bits() << unused) as i64 >> unused
            }
        }
    }

    /// The place of the constant `node` in the pool, which is this symbol.
    #[inline]
    pub(super) fn literal_place(&mut self, node: ValueId, symbol: u8, broadcast: bool) -> u32 {
        if let Some(held) = self.held_as(node, symbol) {
            return held.number;
        }
        let literal = self.routine.literal(node).expect("it is a constant");
        let bytes = literal.lane().bytes() as u8;
        let number = self.place_of_element(literal.bits(), bytes, broadcast);
        self.storage.held[node.index()] = Held {
            number,
            symbol,
            form: HeldForm::Place,
        };
        number
    }

    /// The place of a named constant in the pool.
    pub(super) fn named_place(&mut self, constant: u16, broadcast: bool) -> u32 {
        let (constant, often) = (usize::from(constant), usize::from(broadcast));
        let known = self.storage.named[constant][often];
        if known != NO_PLACE {
            return known;
        }
        let named = &self.target.tables.constants[constant];
        let number = self.place_of_element(named.bits, named.bytes, broadcast);
        self.storage.named[constant][often] = number;
        number
    }

    /// The place of an element in the pool, once or for each lane of a register of it.
    fn place_of_element(&mut self, bits: u64, bytes: u8, broadcast: bool) -> u32 {
        let constant = self.element_of_pool(bits, bytes, broadcast);
        self.machine.constants.push(constant);
        let base = PlaceBase::Constant(self.machine.constants.len() as u32 - 1);
        self.machine.place(Place {
            base,
            index: None,
            scale: 1,
            offset: 0,
            broadcast,
        })
    }

    /// An element for the pool, once or for each lane of a register of it.
    pub(super) fn element_of_pool(&self, bits: u64, bytes: u8, broadcast: bool) -> PoolConstant {
        let count = match broadcast {
            true => 1,
            false => (self.wave.register_bytes(bytes) / usize::from(bytes)) as u8,
        };
        PoolConstant::Element { bits, bytes, count }
    }

    /// A constant in the pool, as a place that is not broadcast.
    pub(super) fn in_pool(&mut self, constant: PoolConstant) -> Memory {
        self.machine.constants.push(constant);
        Memory {
            base: MemoryBase::Constant(self.machine.constants.len() as u32 - 1),
            index: None,
            scale: 1,
            offset: 0,
            broadcast: false,
        }
    }
}
