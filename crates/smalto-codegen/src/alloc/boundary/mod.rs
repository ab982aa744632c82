//! Where blocks begin and end: what is where on the way from one to another.
//!
//! A block with one predecessor begins as that one ended. Any other is led to by jumps,
//! and the first one met decides where its values are: where they are then, with the
//! parameters in the registers of what is passed to them, if that is not needed on.
//! All later jumps move values to those places. At a loop's header the decision is
//! made for the whole loop (Braun & Hack, CC 2009): values that the loop does not use
//! give up their registers if it needs them, and values that it does use are loaded
//! into what is free, once and not on every turn.

mod decide;
mod pressure;

use super::mask::Mask;
use super::moves::{Emergency, ParallelMoves, Source, Spares};
use super::next_use::{farther, noted};
use super::slots::Slots;
use super::value::NONE;
use super::walk::Walk;
use super::{
    AllocError, BlockIndex, Edge, Edit, InstructionIndex, Location, RegisterSet, VirtualRegister,
    bank::Bank,
};
use std::ops::Range;

/// Where a value is when a block begins.
#[derive(Debug, Clone, Copy)]
struct Entry {
    value: VirtualRegister,
    /// Its register, unless it is in its slot or to be made again.
    register: Option<u8>,
    /// When it is needed next.
    after: u32,
    /// Which parameter it is, or [`NONE`].
    parameter: u32,
    /// The slot of a parameter that is in none of the registers.
    slot: u32,
}

/// Where values are when blocks begin.
#[derive(Debug, Default)]
pub(super) struct Boundaries {
    entries: Vec<Entry>,
    /// For each block its entries, once they are decided.
    ranges: Vec<Option<Range<usize>>>,
    moves: ParallelMoves,
    /// For each block and class, the most registers needed at once, or [`NONE`] if that is
    /// not known.
    pressure: Vec<u32>,
    /// Values by distance.
    order: Vec<(u32, usize)>,
    /// The loops that the walk is in: where each ends, and where its header's parameters
    /// are in `carried`.
    loops: Vec<(u32, usize)>,
    /// The classes and registers of parameters of loops' headers.
    carried: Vec<(u8, RegisterSet)>,
    /// For each class, the slots for the two emergencies there are.
    emergency: Vec<[Option<u32>; 2]>,
}

impl Boundaries {
    pub(super) fn reset(&mut self, blocks: usize, classes: usize) {
        self.entries.clear();
        self.ranges.clear();
        self.ranges.resize(blocks, None);
        self.ranges[0] = Some(0..0);
        self.pressure.clear();
        self.loops.clear();
        self.carried.clear();
        self.emergency.clear();
        self.emergency.resize(classes, [None; 2]);
    }
}

impl<const W: usize> Walk<'_, W> {
    /// Fills the registers as they are where the block begins.
    pub(super) fn enter(&mut self) {
        self.liveness
            .look_beyond(self.function, self.block, self.values);
        if self.block == 0 {
            return;
        }
        self.clear_registers();
        let start = self.function.blocks[self.block].instructions.start;
        let range = self.boundaries.ranges[self.block].clone().unwrap_or(0..0);
        self.reserve_carried(range.clone());
        for index in range {
            let entry = self.boundaries.entries[index];
            match entry.register {
                Some(number) => {
                    if entry.parameter != NONE {
                        self.note_register(entry.value, number, start);
                    }
                    self.put(entry.value, number, noted(entry.after));
                }
                None => {
                    // On another way the walk may have left it in a register.
                    let value = &mut self.values[entry.value.index()];
                    value.set_home(None);
                    if entry.parameter == NONE && value.is_stored() {
                        self.keep_stored(entry.value);
                    }
                }
            }
        }
    }

    /// In a loop, keeps the registers of what it carries around from other values, as far
    /// as there are others: each is to be in its register again when the loop turns.
    fn reserve_carried(&mut self, entries: Range<usize>) {
        let Boundaries {
            loops,
            carried,
            entries: all,
            ..
        } = &mut *self.boundaries;
        while let Some(&(end, first)) = loops.last()
            && end <= self.block as u32
        {
            carried.truncate(first);
            loops.pop();
        }
        if let Some(end) = self.flow.loop_end(BlockIndex(self.block as u32)) {
            loops.push((end, carried.len()));
            for entry in all[entries].iter().filter(|entry| entry.parameter != NONE) {
                let value = &self.values[entry.value.index()];
                let mut registers = RegisterSet::EMPTY;
                if let Some(number) = entry.register {
                    (number..number + value.span()).for_each(|number| registers.insert(number));
                    carried.push((value.class(), registers));
                }
            }
        }
        for bank in self.banks.iter_mut() {
            bank.want_none();
        }
        let innermost = loops.last().map_or(0, |&(_, first)| first);
        for (index, (class, registers)) in carried.iter().enumerate() {
            self.banks[usize::from(*class)].want(Mask::of(registers), index >= innermost);
        }
    }

    /// Decides or obeys how the blocks begin that this one leads to.
    pub(super) fn leave(&mut self) -> Result<(), AllocError> {
        let function = self.function;
        self.liveness
            .forget_beyond(function, self.block, self.values);
        let block = &function.blocks[self.block];
        match block.successors.as_slice() {
            [] => {}
            [edge] => {
                self.jump(edge)?;
                for &argument in function.arguments_of(edge) {
                    if !self.values[argument.index()].is_global() {
                        self.kill(argument, block.instructions.end - 1);
                    }
                }
            }
            several => {
                for edge in several {
                    self.continue_in(edge.target);
                }
            }
        }
        self.expire_slots();
        Ok(())
    }

    /// Lets a block that is only led to from here begin as this one ends.
    fn continue_in(&mut self, target: BlockIndex) {
        let first = self.boundaries.entries.len();
        self.list_live(target);
        self.boundaries.ranges[target.index()] = Some(first..self.boundaries.entries.len());
    }

    /// Adds entries for what is live at a block's start, where it is now.
    fn list_live(&mut self, target: BlockIndex) {
        let start = self.function.blocks[target.index()].instructions.start;
        let live = self.liveness.at_start(target.index()).iter();
        let values = &self.values;
        self.boundaries
            .entries
            .extend(live.map(|&(value, distance)| Entry {
                value,
                register: values[value.index()].home(),
                after: farther(distance, start),
                parameter: NONE,
                slot: NONE,
            }));
    }

    /// Ends a block with a jump, before which everything gets to its place.
    fn jump(&mut self, edge: &Edge) -> Result<(), AllocError> {
        let at = self.function.blocks[self.block].instructions.end - 1;
        let range = match &self.boundaries.ranges[edge.target.index()] {
            Some(range) => range.clone(),
            None => self.decide(edge, at),
        };
        self.boundaries.moves.clear();
        for index in range.clone() {
            let entry = self.boundaries.entries[index];
            self.carry(edge, entry, at)?;
        }
        self.move_all(range, at);
        Ok(())
    }

    /// Adds the move that brings one value to where the target has it.
    fn carry(&mut self, edge: &Edge, entry: Entry, at: u32) -> Result<(), AllocError> {
        let source = match entry.parameter {
            NONE => entry.value,
            parameter => self.function.arguments_of(edge)[parameter as usize],
        };
        let value = self.values[source.index()];
        let to = match entry.register {
            Some(number) => Location::register(value.class(), number),
            None if entry.parameter == NONE => {
                if value.home().is_some() {
                    self.store(source, at);
                }
                return Ok(());
            }
            None => Location::slot(value.class(), entry.slot),
        };
        let from = match value.home() {
            Some(number) => Source::Place(Location::register(value.class(), number)),
            None if value.is_made_again() => Source::Again(InstructionIndex(value.slot)),
            None if value.is_stored() => Source::Place(Location::slot(value.class(), value.slot)),
            None => {
                return Err(AllocError::Undefined {
                    instruction: InstructionIndex(at),
                    register: source.0,
                });
            }
        };
        self.boundaries.moves.add(from, to, value.span());
        Ok(())
    }

    /// Does the moves that were added, with registers to spare where neither a value is
    /// nor one arrives.
    fn move_all(&mut self, entries: Range<usize>, at: u32) {
        let mut spares = Here {
            banks: self.banks,
            slots: self.slots,
            emergency: &mut self.boundaries.emergency,
            at,
        };
        for bank in spares.banks.iter_mut() {
            bank.spare = bank.free();
        }
        for entry in &self.boundaries.entries[entries] {
            let value = &self.values[entry.value.index()];
            if let Some(number) = entry.register {
                let bank = &mut spares.banks[usize::from(value.class())];
                let mask = Mask::tuple(number, value.span());
                bank.spare.remove(mask);
                bank.used.insert(mask);
            }
        }
        let edits = self.boundaries.moves.resolve(&mut spares);
        for &edit in edits {
            // What is made again to be stored is in no entry, but is moved on from there.
            let Edit::Move { from, to, span } = edit else {
                continue;
            };
            for register in [from, to].into_iter().filter_map(Location::as_register) {
                let bank = &mut spares.banks[usize::from(register.class)];
                bank.used.insert(Mask::tuple(register.number, span));
            }
        }
        self.out
            .edits
            .extend(edits.iter().map(|&edit| (InstructionIndex(at), edit)));
    }
}

/// What moves can fall back on, at a certain jump.
struct Here<'a, const W: usize> {
    banks: &'a mut [Bank<W>],
    slots: &'a mut [Slots],
    emergency: &'a mut [[Option<u32>; 2]],
    at: u32,
}

impl<const W: usize> Spares for Here<'_, W> {
    fn spare(&self, class: u8, span: u8, index: usize) -> Option<u8> {
        self.banks[usize::from(class)]
            .spare
            .tuples(span)
            .iter()
            .nth(index)
    }

    fn any(&self, class: u8, span: u8) -> u8 {
        self.banks[usize::from(class)]
            .allowed
            .tuples(span)
            .first()
            .unwrap_or(0)
    }

    fn slots(&mut self, class: u8, emergency: Emergency) -> u32 {
        let class = usize::from(class);
        let slots = &mut self.slots[class];
        *self.emergency[class][emergency as usize].get_or_insert_with(|| slots.take(8, self.at))
    }
}
