//! Where values are stored that lose their register.
//!
//! A value has one slot and never changes, so it is stored once, at a place from which
//! every way to a reload comes. Where it is evicted is such a place at first. If the
//! walk later finds the value in memory at a block that the store does not dominate,
//! the store moves to the value's definition. So it does at once if the value is
//! evicted in a deeper loop than it is defined in: a store in a loop is done again
//! on every turn.
//!
//! Values that stay in their block are always stored where they are evicted first. Only
//! the others have an [`Origin`].

use super::value::NONE;
use super::walk::Walk;
use super::{Edit, InstructionIndex, Location, VirtualRegister};

/// The definition of a value that several blocks use, and its store.
#[derive(Debug, Clone, Copy)]
struct Origin {
    /// The instruction after its definition.
    after: u32,
    /// The block of its definition.
    block: u32,
    /// The register it is defined in, or [`NONE`].
    register: u32,
    /// The edit that stores it where it was evicted, and the block of that.
    store: Option<(u32, u32)>,
    /// The next value whose slot is given back after the same block.
    next: u32,
}

const UNKNOWN: Origin = Origin {
    after: 0,
    block: 0,
    register: NONE,
    store: None,
    next: NONE,
};

/// Stores of the values of several blocks.
#[derive(Debug, Default)]
pub(super) struct Stores {
    /// For each value, as far as there are several blocks.
    origins: Vec<Origin>,
    /// The values that something was noted of: few, of many.
    noted: Vec<VirtualRegister>,
    has_several_blocks: bool,
    /// For each block, the first value whose slot is given back after it.
    expiring: Vec<u32>,
    /// Stores after definitions, in the order in which they turned out to be needed.
    at_definitions: Vec<(InstructionIndex, Edit)>,
    /// Whether edits were made void.
    void: bool,
    merged: Vec<(InstructionIndex, Edit)>,
}

/// What stands where an edit was taken back.
const VOID: Edit = Edit::Move {
    from: Location::register(0, 0),
    to: Location::register(0, 0),
    span: 0,
};

impl Stores {
    pub(super) fn reset(&mut self, blocks: usize, values: usize) {
        for value in self.noted.drain(..) {
            self.origins[value.index()] = UNKNOWN;
        }
        self.expiring.clear();
        self.at_definitions.clear();
        self.void = false;
        self.has_several_blocks = blocks > 1;
        if self.has_several_blocks {
            self.origins.resize(values.max(self.origins.len()), UNKNOWN);
            self.expiring.resize(blocks, NONE);
        }
    }

    /// What is known of a value, to note something.
    fn note(&mut self, value: VirtualRegister) -> &mut Origin {
        self.noted.push(value);
        &mut self.origins[value.index()]
    }

    /// The register a value of several blocks was defined in.
    #[inline]
    pub(super) fn origin_register(&self, value: VirtualRegister) -> Option<u8> {
        let origin = self.origins.get(value.index())?;
        (origin.register != NONE).then_some(origin.register as u8)
    }

    /// Says where a parameter will be, for the sake of what is passed to it.
    pub(super) fn announce(&mut self, parameter: VirtualRegister, number: u8) {
        self.note(parameter).register = u32::from(number);
    }

    /// Puts the stores after definitions among the other edits, ahead of all that comes
    /// before the same instruction: whatever happens there may need the register.
    pub(super) fn merge_into(&mut self, edits: &mut Vec<(InstructionIndex, Edit)>) {
        if self.at_definitions.is_empty() && !self.void {
            return;
        }
        self.at_definitions.sort_unstable_by_key(|&(at, _)| at);
        self.merged.clear();
        let mut stores = self.at_definitions.iter().peekable();
        for &(at, edit) in edits.iter() {
            while let Some(store) = stores.next_if(|store| store.0 <= at) {
                self.merged.push(*store);
            }
            if edit != VOID {
                self.merged.push((at, edit));
            }
        }
        self.merged.extend(stores);
        std::mem::swap(edits, &mut self.merged);
    }
}

impl<const W: usize> Walk<'_, W> {
    /// Remembers where a value is defined: before instruction `after` it is there.
    #[inline]
    pub(super) fn note_origin(&mut self, register: VirtualRegister, number: u8, after: u32) {
        let value = &mut self.values[register.index()];
        if value.is_simple() {
            return;
        }
        if value.is_rematerialisable() {
            value.make_again(after - 1);
        }
        self.note_register(register, number, after);
    }

    /// Remembers the register of a value of several blocks, or a parameter.
    pub(super) fn note_register(&mut self, register: VirtualRegister, number: u8, after: u32) {
        if self.stores.has_several_blocks {
            let block = self.block as u32;
            let origin = self.stores.note(register);
            origin.after = after;
            origin.block = block;
            origin.register = u32::from(number);
        }
    }

    /// Whether a value would be stored outside of the loop that the walk is in.
    pub(super) fn is_stored_outside(&self, register: VirtualRegister) -> bool {
        let origin = &self.stores.origins[register.index()];
        let depth = |block: usize| self.function.blocks[block].loop_depth;
        depth(origin.block as usize) < depth(self.block)
    }

    /// Sees to it that a value that is now in a register is also in its slot, here and
    /// wherever this block leads. Does nothing for values that need no slot.
    #[inline]
    pub(super) fn store(&mut self, register: VirtualRegister, at: u32) {
        let value = self.values[register.index()];
        if value.is_rematerialisable() {
            return;
        }
        if !value.is_stored() {
            self.store_first(register, at);
        } else if value.is_global() {
            self.keep_stored(register);
        }
    }

    /// Sees to it that a value that is in its slot here was stored on every way here.
    pub(super) fn keep_stored(&mut self, register: VirtualRegister) {
        let origin = &mut self.stores.origins[register.index()];
        if let Some((edit, block)) = origin.store
            && !self.flow.dominates(block, self.block as u32)
        {
            origin.store = None;
            self.out.edits[edit as usize].1 = VOID;
            self.stores.void = true;
            self.store_at_definition(register);
        }
    }

    #[inline]
    fn store_first(&mut self, register: VirtualRegister, at: u32) {
        let value = self.values[register.index()];
        if !value.is_global() {
            self.give_slot(register, at);
            let edit = self.store_edit(register, value.home());
            self.edit(at, edit);
            return;
        }
        let here = self.block as u32;
        let origin = self.stores.origins[register.index()];
        let elsewhere = Some(origin).filter(|origin| origin.block != here);
        let since = elsewhere.map_or(at, |origin| origin.after);
        self.give_slot(register, since);
        let depth = |block: u32| self.function.blocks[block as usize].loop_depth;
        if elsewhere.is_some_and(|origin| depth(origin.block) < depth(here)) {
            self.store_at_definition(register);
            return;
        }
        if elsewhere.is_some() {
            self.stores.note(register).store = Some((self.out.edits.len() as u32, here));
        }
        let edit = self.store_edit(register, value.home());
        self.edit(at, edit);
    }

    /// Gives a value a slot that has been free since before an instruction.
    #[inline]
    pub(super) fn give_slot(&mut self, register: VirtualRegister, since: u32) {
        let value = &mut self.values[register.index()];
        value.slot = self.slots[usize::from(value.class())].take(value.span(), since);
        value.set_stored();
        if value.is_global() {
            let last = self.liveness.last_block(register) as usize;
            self.stores.note(register).next = self.stores.expiring[last];
            self.stores.expiring[last] = register.0;
        }
    }

    /// Gives back the slots of values that are live in no later block.
    pub(super) fn expire_slots(&mut self) {
        let end = self.function.blocks[self.block].instructions.end;
        let mut next = self
            .stores
            .expiring
            .get(self.block)
            .copied()
            .unwrap_or(NONE);
        while next != NONE {
            let value = &self.values[next as usize];
            self.slots[usize::from(value.class())].give(value.slot, value.span(), end - 1);
            next = self.stores.origins[next as usize].next;
        }
    }

    fn store_at_definition(&mut self, register: VirtualRegister) {
        let origin = self.stores.origins[register.index()];
        let edit = self.store_edit(register, Some(origin.register as u8));
        self.stores
            .at_definitions
            .push((InstructionIndex(origin.after), edit));
    }

    fn store_edit(&self, register: VirtualRegister, number: Option<u8>) -> Edit {
        let value = &self.values[register.index()];
        Edit::Move {
            from: Location::register(value.class(), number.unwrap_or(0)),
            to: Location::slot(value.class(), value.slot),
            span: value.span(),
        }
    }
}
