//! Parallel moves: many values change place at once, in some order that works.
//!
//! A move may be done once nobody still reads what it overwrites. Doing moves in that
//! order leaves only cycles, each of which goes through a spare register if there is
//! one, and otherwise through swaps. Nothing moves from memory to memory, so such moves
//! take a spare register as well, or borrow one whose value waits in an emergency slot.
//! Tuples are taken apart into registers, as they may overlap in any way, and moves of
//! neighbours are put together again. What is rematerialised reads nothing and so comes
//! last.

use super::{Edit, InstructionIndex, Location, PhysicalRegister};

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// A register or a slot.
    Place(Location),
    /// This instruction, done again.
    Again(InstructionIndex),
}

/// What a resolver can fall back on.
pub(super) trait Spares {
    /// The `index`-th register that holds nothing and is not written to, or tuple.
    fn spare(&self, class: u8, span: u8, index: usize) -> Option<u8>;
    /// Any register of a class, or tuple.
    fn any(&self, class: u8, span: u8) -> u8;
    /// Eight slots for an emergency.
    fn slots(&mut self, class: u8, emergency: Emergency) -> u32;
}

/// What a value may have to wait for in memory.
#[derive(Debug, Clone, Copy)]
pub(super) enum Emergency {
    /// For the other moves of its cycle.
    Cycle,
    /// For its register, which is borrowed.
    Borrowed,
}

#[derive(Debug, Clone, Copy)]
struct Single {
    from: Location,
    to: Location,
    /// How many moves still read what this one overwrites.
    readers: u32,
    done: bool,
}

/// Moves to be done at once. Storage is reused.
#[derive(Debug, Default)]
pub(super) struct ParallelMoves {
    singles: Vec<Single>,
    again: Vec<(InstructionIndex, Location, u8)>,
    ready: Vec<u32>,
    edits: Vec<Edit>,
}

impl ParallelMoves {
    pub(super) fn clear(&mut self) {
        self.singles.clear();
        self.again.clear();
        self.edits.clear();
    }

    /// Adds a move. No two may have a common destination.
    pub(super) fn add(&mut self, from: Source, to: Location, span: u8) {
        match from {
            Source::Again(instruction) => self.again.push((instruction, to, span)),
            Source::Place(from) if from == to => {}
            Source::Place(from) => self.singles.extend((0..span).map(|unit| Single {
                from: offset(from, unit),
                to: offset(to, unit),
                readers: 0,
                done: false,
            })),
        }
    }

    /// The edits that do all of the moves.
    pub(super) fn resolve(&mut self, spares: &mut impl Spares) -> &[Edit] {
        self.singles.sort_unstable_by_key(|single| single.to);
        for index in 0..self.singles.len() {
            if let Some(writer) = self.writer(self.singles[index].from) {
                self.singles[writer].readers += 1;
            }
        }
        self.ready.clear();
        let ready = |&index: &u32| self.singles[index as usize].readers == 0;
        // The last in goes first.
        self.ready
            .extend((0..self.singles.len() as u32).rev().filter(ready));
        while let Some(index) = self.ready.pop() {
            let Single { from, to, .. } = self.singles[index as usize];
            self.singles[index as usize].done = true;
            self.copy(from, to, spares);
            if let Some(writer) = self.writer(from) {
                self.singles[writer].readers -= 1;
                if self.singles[writer].readers == 0 {
                    self.ready.push(writer as u32);
                }
            }
        }
        for index in 0..self.singles.len() {
            if !self.singles[index].done {
                self.turn_cycle(index, spares);
            }
        }
        for index in 0..self.again.len() {
            let (instruction, to, span) = self.again[index];
            self.make_again(instruction, to, span, spares);
        }
        &self.edits
    }

    /// The move that overwrites a place.
    fn writer(&self, place: Location) -> Option<usize> {
        self.singles
            .binary_search_by_key(&place, |single| single.to)
            .ok()
    }

    /// Does the moves of a cycle, of which each overwrites what the one before reads.
    fn turn_cycle(&mut self, first: usize, spares: &mut impl Spares) {
        let mut cycle = vec![first];
        let mut last = first;
        while let Some(next) = self.writer(self.singles[last].from)
            && next != first
        {
            cycle.push(next);
            last = next;
        }
        for &index in &cycle {
            self.singles[index].done = true;
        }
        let start = self.singles[first].to;
        let class = start.class();
        let in_registers = cycle
            .iter()
            .all(|&index| self.singles[index].to.as_register().is_some());
        let spare = spares.spare(class, 1, if in_registers { 0 } else { 1 });
        if in_registers && spare.is_none() {
            for &index in &cycle[..cycle.len() - 1] {
                self.swap(self.singles[index].from, self.singles[index].to);
            }
            return;
        }
        let aside = match spare {
            Some(number) => Location::register(class, number),
            None => Location::slot(class, spares.slots(class, Emergency::Cycle)),
        };
        self.copy(start, aside, spares);
        for &index in &cycle[..cycle.len() - 1] {
            self.copy(self.singles[index].from, self.singles[index].to, spares);
        }
        self.copy(aside, self.singles[last].to, spares);
    }

    fn swap(&mut self, a: Location, b: Location) {
        if let (Some(a), Some(b)) = (a.as_register(), b.as_register()) {
            self.edits.push(Edit::Swap { a, b });
        }
    }

    /// Copies a register or slot, from memory to memory by way of a register.
    fn copy(&mut self, from: Location, to: Location, spares: &mut impl Spares) {
        if from.as_slot().is_none() || to.as_slot().is_none() {
            self.push(from, to);
            return;
        }
        self.borrow(from.class(), 1, spares, |this, register| {
            this.edits.push(moved(from, register, 1));
            this.edits.push(moved(register, to, 1));
        });
    }

    fn make_again(
        &mut self,
        instruction: InstructionIndex,
        to: Location,
        span: u8,
        spares: &mut impl Spares,
    ) {
        let again = |to: PhysicalRegister| Edit::Rematerialise { instruction, to };
        if let Some(register) = to.as_register() {
            self.edits.push(again(register));
            return;
        }
        self.borrow(to.class(), span, spares, |this, place| {
            this.edits.extend(place.as_register().map(again));
            this.edits.push(moved(place, to, span));
        });
    }

    /// Does something with a register that may be overwritten.
    fn borrow(
        &mut self,
        class: u8,
        span: u8,
        spares: &mut impl Spares,
        act: impl FnOnce(&mut Self, Location),
    ) {
        if let Some(number) = spares.spare(class, span, 0) {
            act(self, Location::register(class, number));
            return;
        }
        let register = Location::register(class, spares.any(class, span));
        let slot = Location::slot(class, spares.slots(class, Emergency::Borrowed));
        self.edits.push(moved(register, slot, span));
        act(self, register);
        self.edits.push(moved(slot, register, span));
    }

    /// Adds a move of one register, and puts it together with what it continues.
    fn push(&mut self, from: Location, to: Location) {
        self.edits.push(moved(from, to, 1));
        while let [.., first, second] = self.edits.as_slice()
            && let Some(both) = together(first, second)
        {
            self.edits.truncate(self.edits.len() - 2);
            self.edits.push(both);
        }
    }
}

const fn moved(from: Location, to: Location, span: u8) -> Edit {
    Edit::Move { from, to, span }
}

/// The place `by` registers or slots further on.
fn offset(place: Location, by: u8) -> Location {
    match (place.as_register(), place.as_slot()) {
        (Some(register), _) => Location::register(register.class, register.number + by),
        (_, Some(slot)) => Location::slot(place.class(), slot + u32::from(by)),
        (None, None) => place,
    }
}

/// Two moves as one of twice the span.
fn together(first: &Edit, second: &Edit) -> Option<Edit> {
    let (
        &Edit::Move { from, to, span },
        &Edit::Move {
            from: from2,
            to: to2,
            span: span2,
        },
    ) = (first, second)
    else {
        return None;
    };
    let aligned = |place: Location| {
        place
            .as_register()
            .is_none_or(|register| register.number.is_multiple_of(2 * span))
    };
    let joins = span == span2
        && span < 8
        && aligned(from)
        && aligned(to)
        && from2 == offset(from, span)
        && to2 == offset(to, span)
        // A pair that moves by one register would overwrite its own second half.
        && (from.as_register().is_none() || to.as_register().is_none() || from2 != to);
    joins.then(|| moved(from, to, 2 * span))
}
