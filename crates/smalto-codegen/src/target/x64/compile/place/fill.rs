//! Filling stencils: tiles that are one instruction, which are nearly all.
//!
//! If the leaves are all held as what the stencil wants, their numbers go into its holes and
//! that is all. Otherwise they are made first.

use super::super::machine::{MachineInstruction, NO_PLACE};
use super::super::stencil::{HOLES, RESULT, Rest, Stencil};
use super::{Placer, Value, immediate_of_step};
use crate::alloc::VirtualRegister;
use smalto_kernel::{Routine, ValueId};

impl Placer<'_> {
    /// Makes a node by a tile that has a stencil.
    #[inline(always)]
    pub(super) fn fill(
        &mut self,
        stencil: &Stencil,
        tile: u16,
        node: ValueId,
        chunk: usize,
    ) -> VirtualRegister {
        let mut holes = [0; HOLES];
        match self.put_held_leaves(&mut holes, stencil, node, chunk) {
            true => self.fill_with(stencil, tile, &mut holes, Value::Nothing, node, chunk),
            false => self.make_and_fill(stencil, tile, node, chunk),
        }
    }

    /// The same when some of its leaves have to be made.
    #[inline(never)]
    fn make_and_fill(
        &mut self,
        stencil: &Stencil,
        tile: u16,
        node: ValueId,
        chunk: usize,
    ) -> VirtualRegister {
        let mut holes = [0; HOLES];
        let other = self.put_made_leaves(&mut holes, stencil, node, chunk);
        self.fill_with(stencil, tile, &mut holes, other, node, chunk)
    }

    /// The instruction of a stencil with this in the holes for its leaves, and with the leaf
    /// that is neither a register nor a place.
    #[inline(always)]
    fn fill_with(
        &mut self,
        stencil: &Stencil,
        tile: u16,
        holes: &mut [u32; HOLES],
        other: Value,
        node: ValueId,
        chunk: usize,
    ) -> VirtualRegister {
        let result = self.machine.register(stencil.class);
        holes[RESULT] = result.0;
        let filled = stencil.filled(holes);
        self.machine.registers.operands.extend(filled);
        let (place, immediate) = match (stencil.rest, &other) {
            (Rest::Nothing, _) => (NO_PLACE, 0),
            (Rest::Leaf(leaf), Value::Nothing) => (holes[usize::from(leaf) % HOLES], 0),
            _ => self.fill_rest(stencil, holes, other, node, chunk),
        };
        self.machine.push(MachineInstruction {
            action: stencil.action,
            place,
            immediate,
            source: self.source,
            tile,
        });
        result
    }

    /// Puts into the holes for the leaves what goes there, if it is all held.
    #[inline(always)]
    fn put_held_leaves(
        &self,
        holes: &mut [u32; HOLES],
        stencil: &Stencil,
        node: ValueId,
        chunk: usize,
    ) -> bool {
        let leaves = stencil
            .symbols()
            .iter()
            .zip(leaves(self.routine, stencil, &node));
        for (hole, (&symbol, &operand)) in holes.iter_mut().zip(leaves) {
            let Some(held) = self.held_as(operand, symbol) else {
                return false;
            };
            *hole = self.number(held, 0, chunk);
        }
        true
    }

    /// The same when some of it has to be made. The leaf that is neither a register nor a
    /// place.
    fn put_made_leaves(
        &mut self,
        holes: &mut [u32; HOLES],
        stencil: &Stencil,
        node: ValueId,
        chunk: usize,
    ) -> Value {
        let mut other = Value::Nothing;
        let leaves = stencil
            .symbols()
            .iter()
            .zip(leaves(self.routine, stencil, &node));
        for (hole, (&symbol, &operand)) in holes.iter_mut().zip(leaves) {
            if let Some(held) = self.held_as(operand, symbol) {
                *hole = self.number(held, 0, chunk);
                continue;
            }
            let made = match stencil.is_chain {
                true => self.link(node, symbol, chunk),
                false => self.value_of(self.cover.resolve(operand), symbol, chunk),
            };
            match made {
                Value::Register(register) => *hole = register.0,
                Value::Place(place) => *hole = place,
                made => other = made,
            }
        }
        other
    }

    /// The place and the immediate of an instruction that has more than registers, if the
    /// place is not one that a leaf holds.
    #[inline(never)]
    fn fill_rest(
        &mut self,
        stencil: &Stencil,
        holes: &[u32; HOLES],
        other: Value,
        node: ValueId,
        chunk: usize,
    ) -> (u32, i64) {
        let mut leaves = [0, 1, 2].map(|leaf| Value::Register(VirtualRegister(holes[leaf])));
        if let Some(leaf) = stencil.other {
            leaves[usize::from(leaf)] = other;
        }
        let place = self.place_of_step(stencil.place, &leaves, node, chunk);
        (place, immediate_of_step(stencil.immediate, &leaves))
    }
}

/// The leaves of a node: of a chain rule it is its own.
#[inline(always)]
fn leaves<'n>(routine: &'n Routine, stencil: &Stencil, node: &'n ValueId) -> &'n [ValueId] {
    match stencil.is_chain {
        true => std::slice::from_ref(node),
        false => routine.operands(*node),
    }
}
