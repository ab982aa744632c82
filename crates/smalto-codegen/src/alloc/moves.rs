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
    cycle: Vec<usize>,
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
                from: from.further(unit),
                to: to.further(unit),
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
        let mut cycle = std::mem::take(&mut self.cycle);
        cycle.clear();
        cycle.push(first);
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
        let class = self.singles[first].to.class();
        let in_registers = cycle
            .iter()
            .all(|&index| self.singles[index].to.as_register().is_some());
        match spares.spare(class, 1, if in_registers { 0 } else { 1 }) {
            Some(number) => self.turn_by(Location::register(class, number), &cycle, spares),
            None if in_registers => {
                for &index in &cycle[..cycle.len() - 1] {
                    self.swap(self.singles[index].from, self.singles[index].to);
                }
            }
            None => {
                let slot = spares.slots(class, Emergency::Cycle);
                self.turn_by(Location::slot(class, slot), &cycle, spares);
            }
        }
        self.cycle = cycle;
    }

    /// Does the moves of a cycle with what is overwritten first set aside.
    fn turn_by(&mut self, aside: Location, cycle: &[usize], spares: &mut impl Spares) {
        let (last, others) = (cycle[cycle.len() - 1], &cycle[..cycle.len() - 1]);
        self.copy(self.singles[cycle[0]].to, aside, spares);
        for &index in others {
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
        && from2 == from.further(span)
        && to2 == to.further(span)
        // A pair that moves by one register would overwrite its own second half.
        && (from.as_register().is_none() || to.as_register().is_none() || from2 != to);
    joins.then(|| moved(from, to, 2 * span))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::{HashMap, HashSet};

    /// Eight registers, of which those below `spare` are in use.
    struct Test {
        spare: u8,
    }

    impl Spares for Test {
        fn spare(&self, _: u8, span: u8, index: usize) -> Option<u8> {
            let starts = (self.spare.next_multiple_of(span)..=8 - span).step_by(usize::from(span));
            starts.into_iter().nth(index)
        }

        fn any(&self, _: u8, _: u8) -> u8 {
            0
        }

        fn slots(&mut self, _: u8, emergency: Emergency) -> u32 {
            100 + 8 * emergency as u32
        }
    }

    /// What each place holds: at first, itself.
    #[derive(Default)]
    struct Places(HashMap<Location, Location>);

    impl Places {
        fn read(&self, place: Location) -> Location {
            self.0.get(&place).copied().unwrap_or(place)
        }

        fn edit(&mut self, edit: Edit) {
            match edit {
                Edit::Move { from, to, span } => {
                    assert!(
                        from.as_slot().is_none() || to.as_slot().is_none(),
                        "{edit:?}"
                    );
                    let values: Vec<_> = (0..span)
                        .map(|unit| self.read(from.further(unit)))
                        .collect();
                    for (unit, value) in (0..).zip(values) {
                        self.0.insert(to.further(unit), value);
                    }
                }
                Edit::Swap { a, b } => {
                    let [a, b] = [a, b].map(|register| Location::register(0, register.number));
                    let (in_a, in_b) = (self.read(a), self.read(b));
                    self.0.extend([(a, in_b), (b, in_a)]);
                }
                Edit::Rematerialise { instruction, to } => {
                    let made = Location::slot(1, instruction.0);
                    self.0.insert(Location::register(0, to.number), made);
                }
            }
        }
    }

    fn place(number: u8) -> Location {
        match number.checked_sub(8) {
            None => Location::register(0, number),
            Some(slot) => Location::slot(0, u32::from(slot)),
        }
    }

    /// Does moves between aligned tuples of eight registers and eight slots.
    fn check(spare: u8, moves: &[(u8, u8, u8)], again: Option<u8>) -> Vec<Edit> {
        let mut parallel = ParallelMoves::default();
        let mut expected = HashMap::new();
        let mut written = HashSet::new();
        for &(from, to, span) in moves {
            let (from, to) = (from / span * span, to / span * span);
            let units = || (to..to + span).map(place);
            if units().any(|unit| written.contains(&unit)) {
                continue;
            }
            written.extend(units());
            parallel.add(Source::Place(place(from)), place(to), span);
            expected.extend(
                (from..from + span)
                    .map(place)
                    .zip(units())
                    .map(|(from, to)| (to, from)),
            );
        }
        if let Some(to) = again.map(place).filter(|to| written.insert(*to)) {
            parallel.add(Source::Again(InstructionIndex(7)), to, 1);
            expected.insert(to, Location::slot(1, 7));
        }
        let edits = parallel.resolve(&mut Test { spare }).to_vec();
        let mut places = Places::default();
        edits.iter().for_each(|&edit| places.edit(edit));
        for number in 0..16 {
            let place = place(number);
            let is_spare = number < 8 && number >= spare;
            if !is_spare || expected.contains_key(&place) {
                let held = expected.get(&place).copied().unwrap_or(place);
                assert_eq!(places.read(place), held, "{place:?} after {edits:?}");
            }
        }
        edits
    }

    proptest! {
        #[test]
        fn everything_arrives_and_all_else_stays(
            spare in 4_u8..=8,
            moves in proptest::collection::vec((0_u8..16, 0_u8..16, 0_u32..3), 0..14),
            again in proptest::option::of(0_u8..16),
        ) {
            // Spare registers take no part.
            let used = |number: u8| if number < 8 { number % spare } else { number };
            let moves: Vec<_> = moves
                .into_iter()
                .map(|(from, to, span)| (used(from), used(to), 1 << span))
                .filter(|&(from, to, span): &(u8, u8, u8)| {
                    let within = |start: u8| start >= 8 || start / span * span + span <= spare;
                    within(from) && within(to)
                })
                .collect();
            check(spare, &moves, again.map(used));
        }
    }

    #[test]
    fn cycles_take_a_spare_register_or_swaps() {
        let moved = |from, to| moved(place(from), place(to), 1);
        let swap = |a, b| Edit::Swap {
            a: PhysicalRegister {
                class: 0,
                number: a,
            },
            b: PhysicalRegister {
                class: 0,
                number: b,
            },
        };
        let cycle = [(0, 1, 1), (1, 2, 1), (2, 0, 1)];
        assert_eq!(
            check(7, &cycle, None),
            [moved(0, 7), moved(2, 0), moved(1, 2), moved(7, 1)]
        );
        assert_eq!(check(8, &cycle, None), [swap(2, 0), swap(1, 2)]);
    }

    #[test]
    fn tuples_move_as_one() {
        assert_eq!(check(8, &[(0, 4, 4)], None), [moved(place(0), place(4), 4)]);
        assert_eq!(
            check(8, &[(2, 10, 2)], None),
            [moved(place(2), place(10), 2)]
        );
    }
}
