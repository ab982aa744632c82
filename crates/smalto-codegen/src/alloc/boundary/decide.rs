//! Where the values are when a block begins that several jumps lead to.

use super::{Boundaries, Entry};
use crate::alloc::liveness::LEAVE_LOOP;
use crate::alloc::mask::Mask;
use crate::alloc::next_use::DEAD;
use crate::alloc::value::NONE;
use crate::alloc::walk::Walk;
use crate::alloc::{BlockIndex, Edge, VirtualRegister};
use std::ops::Range;

impl<const W: usize> Walk<'_, W> {
    /// Decides where values are when a block begins that several lead to.
    pub(super) fn decide(&mut self, edge: &Edge, at: u32) -> Range<usize> {
        let first = self.boundaries.entries.len();
        self.list_live(edge.target);
        let live = first..self.boundaries.entries.len();
        let header = self.flow.loop_end(edge.target);
        if let Some(end) = header {
            for class in 0..self.banks.len() {
                self.make_room(live.clone(), edge.target, end, class);
            }
        }
        self.note_taken(live.clone());
        self.place_parameters(edge, live.clone(), at);
        if header.is_some() {
            self.load_ahead(live, edge.target);
        }
        let range = first..self.boundaries.entries.len();
        for entry in &self.boundaries.entries[range.clone()] {
            if let Some(number) = entry.register.filter(|_| entry.parameter != NONE) {
                self.stores.announce(entry.value, number);
            }
        }
        self.boundaries.ranges[edge.target.index()] = Some(range.clone());
        range
    }

    /// Notes in which registers a block begins with values.
    fn note_taken(&mut self, entries: Range<usize>) {
        self.banks
            .iter_mut()
            .for_each(|bank| bank.taken = Mask::EMPTY);
        for entry in &self.boundaries.entries[entries] {
            let value = &self.values[entry.value.index()];
            if let Some(number) = entry.register {
                let bank = &mut self.banks[usize::from(value.class)];
                bank.taken.insert(Mask::tuple(number, value.span()));
            }
        }
    }

    /// The first position that a loop's values do not have which it uses.
    fn outside(&self, header: BlockIndex) -> u32 {
        self.function.blocks[header.index()].instructions.start + LEAVE_LOOP
    }

    /// Before a loop, takes values of a class that it does not use out of the registers
    /// that it needs for others, those needed last first.
    fn make_room(&mut self, live: Range<usize>, header: BlockIndex, end: u32, class: usize) {
        let outside = self.outside(header);
        let Boundaries { entries, order, .. } = &mut *self.boundaries;
        order.clear();
        let mut through = 0;
        for index in live {
            let entry = &entries[index];
            let value = &self.values[entry.value.index()];
            if usize::from(value.class) == class && entry.after >= outside {
                through += u32::from(value.span());
                if entry.register.is_some() {
                    order.push((entry.after, index));
                }
            }
        }
        if order.is_empty() {
            return;
        }
        order.sort_unstable();
        let used = self.pressure(header.0..end, class).saturating_sub(through);
        let Boundaries { entries, order, .. } = &mut *self.boundaries;
        // One register more lets values that are carried around change places on the way,
        // where they would have to be exchanged at the end of each turn.
        let parameters = self
            .function
            .parameters_of(&self.function.blocks[header.index()]);
        let of_class =
            |value: &&VirtualRegister| usize::from(self.values[value.index()].class) == class;
        let spare = u32::from(parameters.iter().filter(of_class).count() > 1);
        let mut room = self.banks[class].allowed.len().saturating_sub(used + spare);
        for &(_, index) in order.iter() {
            let span = u32::from(self.values[entries[index].value.index()].span());
            if span <= room {
                room -= span;
            } else {
                room = 0;
                entries[index].register = None;
            }
        }
    }

    /// The most registers of a class that any of these blocks needs at once.
    fn pressure(&mut self, blocks: Range<u32>, class: usize) -> u32 {
        let (function, classes) = (self.function, self.banks.len());
        let known = &mut self.boundaries.pressure;
        known.resize(function.blocks.len() * classes, NONE);
        let mut most = 0;
        for block in blocks {
            let known = &mut known[block as usize * classes..][..classes];
            if known[class] == NONE {
                let found = self.next.pressure(function, self.liveness, block as usize);
                for (class, known) in known.iter_mut().enumerate() {
                    *known = found.most(class);
                }
            }
            most = most.max(known[class]);
        }
        most
    }

    /// Finds places for a block's parameters, first those that can stay where the
    /// argument is.
    fn place_parameters(&mut self, edge: &Edge, live: Range<usize>, at: u32) {
        let function = self.function;
        let target = &function.blocks[edge.target.index()];
        let first = self.boundaries.entries.len();
        for (parameter, &argument) in (0..).zip(function.arguments_of(edge)) {
            let place = target.parameters.start + parameter;
            let after = self.next.of_parameters[place as usize];
            if after == DEAD {
                continue;
            }
            let value = self.values[argument.index()];
            let stay = value.home().filter(|&number| {
                let mask = Mask::tuple(number, value.span());
                (self.banks[usize::from(value.class)].taken & mask).is_empty()
            });
            if let Some(number) = stay {
                let bank = &mut self.banks[usize::from(value.class)];
                bank.taken.insert(Mask::tuple(number, value.span()));
            }
            self.boundaries.entries.push(Entry {
                value: function.pool[place as usize],
                register: stay,
                after,
                parameter,
                slot: NONE,
            });
        }
        for index in first..self.boundaries.entries.len() {
            if self.boundaries.entries[index].register.is_none() {
                self.place_parameter(index, live.clone(), at);
            }
        }
    }

    /// Finds a place for a parameter that cannot stay where its argument is: a free
    /// register, that of a value needed later, or a slot.
    fn place_parameter(&mut self, index: usize, live: Range<usize>, at: u32) {
        let entry = self.boundaries.entries[index];
        let value = self.values[entry.value.index()];
        let (class, span) = (usize::from(value.class), value.span());
        let bank = &self.banks[class];
        let free = self.lasting(&value, bank.allowed & !bank.taken);
        let register = bank.choose(free, span).or_else(|| {
            let entries = &mut self.boundaries.entries;
            let later = live
                .filter(|&other| {
                    let other = &entries[other];
                    let holder = &self.values[other.value.index()];
                    let same = (holder.class, holder.span()) == (value.class, span);
                    same && other.register.is_some() && other.after > entry.after
                })
                .max_by_key(|&other| entries[other].after)?;
            entries[later].register.take()
        });
        match register {
            Some(number) => self.banks[class].taken.insert(Mask::tuple(number, span)),
            // It can be made neither again nor later: it is in its slot from the start.
            None => {
                self.give_slot(entry.value, at);
                self.boundaries.entries[index].slot = self.values[entry.value.index()].slot;
            }
        }
        self.boundaries.entries[index].register = register;
    }

    /// Lets values that a loop uses be in registers from the start, as far as there are
    /// registers, those needed first before the others.
    fn load_ahead(&mut self, live: Range<usize>, header: BlockIndex) {
        let outside = self.outside(header);
        let Boundaries { entries, order, .. } = &mut *self.boundaries;
        order.clear();
        let missing = live.filter(|&index| entries[index].register.is_none());
        order.extend(missing.map(|index| (entries[index].after, index)));
        order.retain(|&(after, _)| after < outside);
        order.sort_unstable();
        for &(_, index) in order.iter() {
            let value = &self.values[entries[index].value.index()];
            let (class, span) = (usize::from(value.class), value.span());
            let bank = &mut self.banks[class];
            if let Some(number) = bank.choose(bank.allowed & !bank.taken, span) {
                bank.taken.insert(Mask::tuple(number, span));
                entries[index].register = Some(number);
            }
        }
    }
}
