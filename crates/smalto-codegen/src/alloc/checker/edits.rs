//! Carrying names about.

use super::{Checker, further};
use crate::alloc::{Edit, Location};

impl Checker<'_> {
    pub(super) fn edit(&mut self, edit: Edit) -> Result<(), &'static str> {
        match edit {
            Edit::Move { from, to, span } => self.move_names(from, to, span),
            Edit::Swap { a, b } => {
                if a.class != b.class {
                    return Err("registers of two classes are swapped");
                }
                let [a, b] =
                    [a, b].map(|register| Location::register(register.class, register.number));
                self.check_written(a)?;
                self.check_written(b)?;
                let (names_a, names_b) = (self.places.remove(&a), self.places.remove(&b));
                self.places.extend(names_a.map(|names| (b, names)));
                self.places.extend(names_b.map(|names| (a, names)));
                Ok(())
            }
            Edit::Rematerialise { instruction, to } => {
                if instruction.index() + 1 >= self.function.first_operand.len() {
                    return Err("it does an instruction again that is not there");
                }
                let [operand] = self.function.operands_of(instruction) else {
                    return Err("it does an instruction again that has more than a result");
                };
                let value = operand.register;
                let again = self.function.rematerialisable.get(value.index());
                if again != Some(&true) || self.function.classes[value.index()] != to.class {
                    return Err("it does an instruction again that it must not");
                }
                for unit in 0..self.span(value) {
                    let place = Location::register(to.class, to.number + unit);
                    self.check_written(place)?;
                    self.places.insert(place, vec![(value, unit)]);
                }
                Ok(())
            }
        }
    }

    fn move_names(&mut self, from: Location, to: Location, span: u8) -> Result<(), &'static str> {
        if from.as_slot().is_some() && to.as_slot().is_some() {
            return Err("a move from memory to memory");
        }
        if from.class() != to.class() {
            return Err("a move between classes");
        }
        let all: Vec<_> = (0..span)
            .map(|unit| self.places.get(&further(from, unit)).cloned())
            .collect();
        for (unit, names) in (0..span).zip(all) {
            let to = further(to, unit);
            self.check_written(to)?;
            match names {
                Some(names) => self.places.insert(to, names),
                None => self.places.remove(&to),
            };
        }
        Ok(())
    }

    /// Whether a place may be written, and is among those said to be.
    pub(super) fn check_written(&self, place: Location) -> Result<(), &'static str> {
        let class = usize::from(place.class());
        if class >= self.file.classes.len() {
            return Err("it writes to a class that is not there");
        }
        match (place.as_register(), place.as_slot()) {
            (Some(register), _) if !self.allowed[class].contains(register.number) => {
                Err("it writes to a register that is not given out")
            }
            (Some(register), _) if !self.allocation.used[class].contains(register.number) => {
                Err("it writes to a register that is not among those used")
            }
            (_, Some(slot)) if slot >= self.allocation.slots[class] => {
                Err("it writes to a slot that is not there")
            }
            _ => Ok(()),
        }
    }
}
