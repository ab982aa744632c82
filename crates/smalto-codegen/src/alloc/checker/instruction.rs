//! What an instruction demands of its operands' places, and what it leaves in them.

use super::{Checker, Name, Violation, further};
use crate::alloc::{Constraint, InstructionIndex, Location, Operand, Role};

impl Checker<'_> {
    pub(super) fn execute(&mut self, at: InstructionIndex) -> Result<(), Violation> {
        let edits = &self.allocation.edits;
        let first = edits.partition_point(|&(before, _)| before < at);
        for (_, edit) in edits[first..]
            .iter()
            .take_while(|&&(before, _)| before == at)
        {
            let result = self.edit(*edit);
            result.map_err(|why| Violation::Edit {
                instruction: at,
                why,
            })?;
        }
        let start = self.function.first_operand[at.index()] as usize;
        let operands = self.function.operands_of(at);
        let locations = &self.allocation.locations[start..start + operands.len()];
        for (index, operand) in operands.iter().enumerate() {
            let misplaced = |why| Violation::Misplaced {
                instruction: at,
                operand: index,
                place: self.describe(locations[index]),
                why,
            };
            self.check_place(operand, locations, index)
                .map_err(misplaced)?;
            self.check_use(at, operand, locations[index], index)?;
        }
        self.check_sharing(at, operands, locations)?;
        self.write(at, operands, locations)
    }

    fn check_place(
        &self,
        operand: &Operand,
        locations: &[Location],
        index: usize,
    ) -> Result<(), &'static str> {
        let place = locations[index];
        if place.class() != self.function.classes[operand.register.index()] {
            return Err("which is of another class");
        }
        let class = usize::from(place.class());
        let span = self.span(operand.register);
        let Some(register) = place.as_register() else {
            let reads = matches!(operand.role, Role::Use | Role::LateUse);
            if operand.constraint != Constraint::RegisterOrSlot || !reads {
                return Err("but must be in a register");
            }
            let end = place.as_slot().unwrap_or(0) + u32::from(span);
            return if end <= self.allocation.slots[class] {
                Ok(())
            } else {
                Err("which is not there")
            };
        };
        let named = match operand.constraint {
            Constraint::Fixed(number) if number != register.number => {
                return Err("but asks for another register");
            }
            Constraint::Fixed(_) => true,
            Constraint::Tied(position) => {
                if locations.get(usize::from(position)) != Some(&place) {
                    return Err("but is tied to a use that is elsewhere");
                }
                true
            }
            Constraint::Register | Constraint::RegisterOrSlot => false,
        };
        if !register.number.is_multiple_of(span) {
            return Err("which is not aligned for a tuple");
        }
        let set = if named {
            &self.allowed[class]
        } else {
            &self.given_out[class]
        };
        // A value may have been defined in a register by name, and stay there.
        let set = if operand.role == Role::Use {
            &self.allowed[class]
        } else {
            set
        };
        if (0..span).any(|unit| !set.contains(register.number + unit)) {
            return Err("which is not given out");
        }
        if !matches!(operand.role, Role::Use | Role::LateUse) {
            for unit in 0..span {
                self.check_written(further(place, unit))
                    .map_err(|_| "which is not among those used")?;
            }
        }
        Ok(())
    }

    fn check_use(
        &self,
        at: InstructionIndex,
        operand: &Operand,
        place: Location,
        index: usize,
    ) -> Result<(), Violation> {
        if !matches!(operand.role, Role::Use | Role::LateUse) {
            return Ok(());
        }
        for unit in 0..self.span(operand.register) {
            let unit_place = further(place, unit);
            let names = self.places.get(&unit_place).map_or(&[][..], Vec::as_slice);
            if !names.contains(&(operand.register, unit)) {
                let found: Vec<String> = names
                    .iter()
                    .map(|(value, _)| format!("v{}", value.0))
                    .collect();
                return Err(Violation::WrongValue {
                    instruction: at,
                    operand: index,
                    value: operand.register,
                    place: self.describe(unit_place),
                    found: if found.is_empty() {
                        "nothing certain".into()
                    } else {
                        found.join(" and ")
                    },
                });
            }
        }
        Ok(())
    }

    /// Whether operands share registers only where one is read before the other is written.
    fn check_sharing(
        &self,
        at: InstructionIndex,
        operands: &[Operand],
        locations: &[Location],
    ) -> Result<(), Violation> {
        let reads = |operand: &Operand| matches!(operand.role, Role::Use | Role::LateUse);
        for first in 0..operands.len() {
            for second in first + 1..operands.len() {
                let (a, b) = (&operands[first], &operands[second]);
                let apart = (a.role == Role::Use && b.role == Role::Def)
                    || (a.role == Role::Def && b.role == Role::Use)
                    || (reads(a) && reads(b))
                    || is_tie(a, second)
                    || is_tie(b, first);
                let units = |at: usize, operand: &Operand| {
                    let place = locations[at];
                    (0..self.span(operand.register)).map(move |unit| further(place, unit))
                };
                let common =
                    units(first, a).find(|place| units(second, b).any(|other| other == *place));
                if let Some(place) = common.filter(|_| !apart) {
                    return Err(Violation::Shared {
                        instruction: at,
                        first,
                        second,
                        place: self.describe(place),
                    });
                }
            }
        }
        Ok(())
    }

    /// Writes what the instruction writes.
    fn write(
        &mut self,
        at: InstructionIndex,
        operands: &[Operand],
        locations: &[Location],
    ) -> Result<(), Violation> {
        let copied = self.function.copies.binary_search(&at).is_ok();
        let source = operands
            .iter()
            .position(|operand| operand.role == Role::Use);
        let copied = source.filter(|_| copied).map(|source| locations[source]);
        let span = operands
            .first()
            .map_or(1, |operand| self.span(operand.register));
        let copied: Option<Vec<Vec<Name>>> = copied.map(|from| {
            let names = |unit| {
                self.places
                    .get(&further(from, unit))
                    .cloned()
                    .unwrap_or_default()
            };
            (0..span).map(names).collect()
        });
        self.destroy(at, operands, locations)?;
        for (operand, &place) in operands.iter().zip(locations) {
            if matches!(operand.role, Role::Use | Role::LateUse) {
                continue;
            }
            for unit in 0..self.span(operand.register) {
                let mut names = match &copied {
                    Some(copied) => copied[usize::from(unit)].clone(),
                    None => Vec::new(),
                };
                if operand.role == Role::Temporary {
                    names.clear();
                } else {
                    names.push((operand.register, unit));
                }
                names.sort_unstable();
                self.places.insert(further(place, unit), names);
            }
        }
        Ok(())
    }

    /// Destroys what the instruction does, which no operand may need that it does not
    /// name itself.
    fn destroy(
        &mut self,
        at: InstructionIndex,
        operands: &[Operand],
        locations: &[Location],
    ) -> Result<(), Violation> {
        let clobbers = &self.function.clobbers;
        let Ok(found) = clobbers.binary_search_by_key(&at, |&(at, _)| at) else {
            return Ok(());
        };
        for (class, set) in (0..).zip(&clobbers[found].1) {
            for number in set.iter() {
                let place = Location::register(class, number);
                self.places.remove(&place);
                let needed = operands.iter().zip(locations).position(|(operand, &held)| {
                    let late = operand.role != Role::Use;
                    let named = matches!(
                        operand.constraint,
                        Constraint::Fixed(_) | Constraint::Tied(_)
                    ) && operand.role != Role::LateUse;
                    let span = self.span(operand.register);
                    late && !named && (0..span).any(|unit| further(held, unit) == place)
                });
                if let Some(operand) = needed {
                    return Err(Violation::Misplaced {
                        instruction: at,
                        operand,
                        place: self.describe(place),
                        why: "which the instruction destroys",
                    });
                }
            }
        }
        Ok(())
    }
}

/// Whether a definition is tied to the use at a position.
fn is_tie(operand: &Operand, position: usize) -> bool {
    operand.constraint == Constraint::Tied(position as u8)
}
