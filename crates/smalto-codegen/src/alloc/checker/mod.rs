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

mod edits;
mod instruction;

use super::{
    Allocation, Constraint, Edge, Function, InstructionIndex, Location, RegisterFile, RegisterSet,
    Role, VirtualRegister,
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
