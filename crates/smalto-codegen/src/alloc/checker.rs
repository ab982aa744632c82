//! Proves that an allocation keeps every value, knowing nothing of how it was made.
//!
//! The proof is an abstract execution. Each register and each slot holds a set of
//! *names*, the values that are certainly in it; the empty set says nothing:
//!
//! ```text
//!        all names            (not yet reached)
//!      /     |     \
//!   {v1,v2} {v1,v3}  …
//!      |  \  / |
//!    {v1} {v2} {v3}           (after a merge, what both ways agree on)
//!       \   |   /
//!          { }                (anything: destroyed, or different on two ways)
//! ```
//!
//! Edits carry names about, definitions replace what their register held, and a use is
//! right if its place has its name. Where ways meet, a place keeps the names that it has
//! on all of them. A jump renames: what holds an argument holds the parameter too, and
//! names of values that are defined in the target block or after it in layout are
//! dropped, as those are of an earlier turn of a loop. Blocks are looked at until nothing
//! changes. Sets only shrink, so a use that is wrong at any time is wrong.
//!
//! What each instruction demands of its operands' places, whatever is in them, is
//! checked beside that.

use super::{
    Allocation, Constraint, Edge, Edit, Function, InstructionIndex, Location, Operand,
    RegisterFile, RegisterSet, Role, VirtualRegister,
};
use std::collections::{BTreeSet, HashMap};
use thiserror::Error;

/// What is wrong with an allocation.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Violation {
    /// The allocation's arrays do not fit the function.
    #[error("the allocation is not one of this function: {0}")]
    Shape(&'static str),
    /// A use reads a place that does not hold its value.
    #[error(
        "instruction {}, operand {operand}: v{} is read from {place}, which holds {found}",
        .instruction.0, .value.0
    )]
    WrongValue {
        /// The instruction.
        instruction: InstructionIndex,
        /// The operand's position.
        operand: usize,
        /// The value.
        value: VirtualRegister,
        /// Where it is read from.
        place: String,
        /// What is known to be there.
        found: String,
    },
    /// An operand is where it must not be.
    #[error("instruction {}, operand {operand}: it is in {place}, {why}", .instruction.0)]
    Misplaced {
        /// The instruction.
        instruction: InstructionIndex,
        /// The operand's position.
        operand: usize,
        /// Where it is.
        place: String,
        /// What is wrong with that.
        why: &'static str,
    },
    /// Two operands share a register at a time when they must not.
    #[error(
        "instruction {}: operands {first} and {second} share {place}", .instruction.0
    )]
    Shared {
        /// The instruction.
        instruction: InstructionIndex,
        /// The position of one operand.
        first: usize,
        /// The position of the other.
        second: usize,
        /// What they share.
        place: String,
    },
    /// An edit does what no machine can, or writes what is not to be written.
    #[error("an edit before instruction {}: {why}", .instruction.0)]
    Edit {
        /// The instruction.
        instruction: InstructionIndex,
        /// What is wrong with it.
        why: &'static str,
    },
}

/// Proves that an allocation of a function on a machine is right.
///
/// # Errors
///
/// The first thing found that is not.
pub fn check(
    function: &Function,
    file: &RegisterFile,
    allocation: &Allocation,
) -> Result<(), Violation> {
    if allocation.locations.len() != function.operands.len() {
        return Err(Violation::Shape(
            "there are not as many locations as operands",
        ));
    }
    if allocation.slots.len() != file.classes.len() || allocation.used.len() != file.classes.len() {
        return Err(Violation::Shape(
            "there are not as many counts of slots as classes",
        ));
    }
    if !allocation.edits.is_sorted_by_key(|&(at, _)| at) {
        return Err(Violation::Shape("edits are not in order"));
    }
    Checker::new(function, file, allocation).run()
}

/// One register's worth of a value: which of a tuple's.
type Name = (VirtualRegister, u8);

/// The names that each place has; places without any are left out.
type Places = HashMap<Location, Vec<Name>>;

struct Checker<'a> {
    function: &'a Function,
    file: &'a RegisterFile,
    allocation: &'a Allocation,
    /// Registers that may be written: those given out, and those named.
    allowed: Vec<RegisterSet>,
    given_out: Vec<RegisterSet>,
    /// The block that defines each value.
    defined_in: Vec<u32>,
    places: Places,
}

impl<'a> Checker<'a> {
    fn new(function: &'a Function, file: &'a RegisterFile, allocation: &'a Allocation) -> Self {
        let mut given_out = vec![RegisterSet::EMPTY; file.classes.len()];
        for (set, class) in given_out.iter_mut().zip(&file.classes) {
            class.order.iter().for_each(|&number| set.insert(number));
        }
        let mut checker = Checker {
            function,
            file,
            allocation,
            allowed: given_out.clone(),
            given_out,
            defined_in: vec![u32::MAX; function.classes.len()],
            places: Places::new(),
        };
        checker.note_names();
        checker
    }

    fn note_names(&mut self) {
        for (index, block) in (0..).zip(&self.function.blocks) {
            for parameter in self.function.parameters_of(block) {
                self.defined_in[parameter.index()] = index;
            }
            for at in block.instructions.clone() {
                for operand in self.function.operands_of(InstructionIndex(at)) {
                    let value = operand.register;
                    if matches!(operand.role, Role::Def | Role::EarlyDef) {
                        self.defined_in[value.index()] = index;
                    }
                    if let Constraint::Fixed(number) = operand.constraint {
                        let class = usize::from(self.function.classes[value.index()]);
                        for unit in 0..self.span(value) {
                            self.allowed[class].insert(number + unit);
                        }
                    }
                }
            }
        }
    }

    /// Executes blocks until what they begin with does not change any more.
    fn run(mut self) -> Result<(), Violation> {
        let blocks = &self.function.blocks;
        let mut starts: Vec<Option<Places>> = vec![None; blocks.len()];
        starts[0] = Some(Places::new());
        let mut pending = BTreeSet::from([0]);
        while let Some(index) = pending.pop_first() {
            let Some(start) = &starts[index] else {
                continue;
            };
            self.places = start.clone();
            for at in blocks[index].instructions.clone() {
                self.execute(InstructionIndex(at))?;
            }
            for edge in &blocks[index].successors {
                let arriving = self.rename(edge);
                let start = &mut starts[edge.target.index()];
                let merged = match start {
                    None => arriving,
                    Some(start) => common(start, &arriving),
                };
                if start.as_ref() != Some(&merged) {
                    *start = Some(merged);
                    pending.insert(edge.target.index());
                }
            }
        }
        Ok(())
    }

    /// What places hold after a jump.
    fn rename(&self, edge: &Edge) -> Places {
        let target = &self.function.blocks[edge.target.index()];
        let parameters = self.function.parameters_of(target);
        let arguments = self.function.arguments_of(edge);
        let rename = |names: &Vec<Name>| {
            let old = |&&(value, _): &&Name| self.defined_in[value.index()] < edge.target.0;
            let mut renamed: Vec<Name> = names.iter().filter(old).copied().collect();
            for (&parameter, argument) in parameters.iter().zip(arguments) {
                let held = names.iter().filter(|(value, _)| value == argument);
                renamed.extend(held.map(|&(_, unit)| (parameter, unit)));
            }
            renamed.sort_unstable();
            renamed
        };
        let renamed = self
            .places
            .iter()
            .map(|(&place, names)| (place, rename(names)));
        renamed.filter(|(_, names)| !names.is_empty()).collect()
    }

    fn execute(&mut self, at: InstructionIndex) -> Result<(), Violation> {
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

    fn edit(&mut self, edit: Edit) -> Result<(), &'static str> {
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
    fn check_written(&self, place: Location) -> Result<(), &'static str> {
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

    fn span(&self, value: VirtualRegister) -> u8 {
        self.function.spans.get(value.index()).copied().unwrap_or(1)
    }

    fn describe(&self, place: Location) -> String {
        let class = self.file.classes.get(usize::from(place.class()));
        let class = class.map_or("unknown", |class| class.name);
        match (place.as_register(), place.as_slot()) {
            (Some(register), _) => format!("{class} register {}", register.number),
            (_, slot) => format!("{class} slot {}", slot.unwrap_or(0)),
        }
    }
}

/// Whether a definition is tied to the use at a position.
fn is_tie(operand: &Operand, position: usize) -> bool {
    operand.constraint == Constraint::Tied(position as u8)
}

/// What two ways agree on.
fn common(one: &Places, other: &Places) -> Places {
    let agreed = one.iter().filter_map(|(place, names)| {
        let others = other.get(place)?;
        let both: Vec<Name> = names
            .iter()
            .filter(|name| others.contains(name))
            .copied()
            .collect();
        (!both.is_empty()).then_some((*place, both))
    });
    agreed.collect()
}

/// The place `by` registers or slots further on.
fn further(place: Location, by: u8) -> Location {
    match (place.as_register(), place.as_slot()) {
        (Some(register), _) => Location::register(register.class, register.number.wrapping_add(by)),
        (_, slot) => Location::slot(place.class(), slot.unwrap_or(0) + u32::from(by)),
    }
}
