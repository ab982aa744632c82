//! An abstract machine. What an instruction computes is a hash of what it reads, so a
//! run of the allocated function reads the same as one with unlimited registers only if
//! every value is where it must be.

use smalto_codegen::alloc::{
    Allocation, Constraint, Edit, Function, InstructionIndex, Location, Operand, Role,
    VirtualRegister,
};
use std::collections::HashMap;

/// Branches after which every branch takes the way out.
const FUEL: u32 = 60;

fn mix(state: u64, with: u64) -> u64 {
    let mixed = (state ^ with).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ mixed >> 29
}

fn span(function: &Function, value: VirtualRegister) -> u8 {
    function.spans.get(value.index()).copied().unwrap_or(1)
}

/// What an instruction makes of what it reads, for one register of its results.
fn result(at: InstructionIndex, read: u64, operand: usize, unit: u8) -> u64 {
    mix(
        mix(mix(u64::from(at.0), read), operand as u64),
        u64::from(unit),
    )
}

fn is_copy(function: &Function, at: InstructionIndex) -> bool {
    function.copies.binary_search(&at).is_ok()
}

fn is_use(operand: &Operand) -> bool {
    matches!(operand.role, Role::Use | Role::LateUse)
}

fn is_definition(operand: &Operand) -> bool {
    matches!(operand.role, Role::Def | Role::EarlyDef)
}

/// Where values are.
trait Machine {
    /// Does what comes before an instruction.
    fn prepare(&mut self, function: &Function, at: InstructionIndex);
    /// Executes an instruction; a hash of what it read.
    fn execute(&mut self, function: &Function, at: InstructionIndex) -> u64;
    /// Gives values to parameters.
    fn pass(&mut self, arguments: &[VirtualRegister], parameters: &[VirtualRegister]);
}

/// Runs a function; the hashes of what its instructions read, in order.
fn run(function: &Function, machine: &mut impl Machine) -> Vec<u64> {
    let mut trace = Vec::new();
    let (mut block, mut fuel) = (0, FUEL);
    loop {
        let current = &function.blocks[block];
        let mut read = 0;
        for at in current.instructions.clone().map(InstructionIndex) {
            machine.prepare(function, at);
            read = machine.execute(function, at);
            trace.push(read);
        }
        let edge = match current.successors.as_slice() {
            [] => return trace,
            [edge] => edge,
            several if fuel == 0 => {
                let out = several.iter().max_by_key(|edge| edge.target);
                out.expect("there are several")
            }
            several => {
                fuel -= 1;
                &several[(mix(read, u64::from(fuel)) >> 33) as usize % several.len()]
            }
        };
        let target = &function.blocks[edge.target.index()];
        machine.pass(function.arguments_of(edge), function.parameters_of(target));
        block = edge.target.index();
    }
}

/// A register for every value.
#[derive(Default)]
struct Unlimited(HashMap<(VirtualRegister, u8), u64>);

impl Machine for Unlimited {
    fn prepare(&mut self, _: &Function, _: InstructionIndex) {}

    fn execute(&mut self, function: &Function, at: InstructionIndex) -> u64 {
        let mut read = u64::from(at.0);
        let operands = function.operands_of(at);
        let mut copied = Vec::new();
        for operand in operands.iter().filter(|operand| is_use(operand)) {
            for unit in 0..span(function, operand.register) {
                let value = self.0[&(operand.register, unit)];
                read = mix(read, value);
                copied.push(value);
            }
        }
        for (index, operand) in operands.iter().enumerate() {
            if is_definition(operand) {
                for unit in 0..span(function, operand.register) {
                    let value = match is_copy(function, at) {
                        true => copied[usize::from(unit)],
                        false => result(at, read, index, unit),
                    };
                    self.0.insert((operand.register, unit), value);
                }
            }
        }
        read
    }

    fn pass(&mut self, arguments: &[VirtualRegister], parameters: &[VirtualRegister]) {
        let mut passed = Vec::new();
        for (&argument, &parameter) in arguments.iter().zip(parameters) {
            for unit in 0..8 {
                let value = self.0.get(&(argument, unit));
                passed.extend(value.map(|&value| ((parameter, unit), value)));
            }
        }
        self.0.extend(passed);
    }
}

/// Registers and slots as an allocation has them.
struct Allocated<'a> {
    allocation: &'a Allocation,
    places: HashMap<Location, u64>,
    /// Changes with everything that is destroyed.
    poison: u64,
}

fn further(place: Location, by: u8) -> Location {
    match (place.as_register(), place.as_slot()) {
        (Some(register), _) => Location::register(register.class, register.number + by),
        (_, slot) => Location::slot(place.class(), slot.unwrap() + u32::from(by)),
    }
}

impl Allocated<'_> {
    fn read(&self, place: Location) -> u64 {
        self.places.get(&place).copied().unwrap_or(0)
    }

    fn destroy(&mut self, place: Location) {
        self.poison = mix(self.poison, 1);
        self.places.insert(place, self.poison);
    }

    fn edit(&mut self, function: &Function, edit: Edit) {
        match edit {
            Edit::Move { from, to, span } => {
                let values: Vec<u64> = (0..span)
                    .map(|unit| self.read(further(from, unit)))
                    .collect();
                for (unit, value) in (0..span).zip(values) {
                    self.places.insert(further(to, unit), value);
                }
            }
            Edit::Swap { a, b } => {
                let [a, b] =
                    [a, b].map(|register| Location::register(register.class, register.number));
                let (in_a, in_b) = (self.read(a), self.read(b));
                self.places.insert(a, in_b);
                self.places.insert(b, in_a);
            }
            Edit::Rematerialise { instruction, to } => {
                let value = function.operands_of(instruction)[0].register;
                for unit in 0..span(function, value) {
                    let place = Location::register(to.class, to.number + unit);
                    let read = u64::from(instruction.0);
                    self.places
                        .insert(place, result(instruction, read, 0, unit));
                }
            }
        }
    }
}

impl Machine for Allocated<'_> {
    fn prepare(&mut self, function: &Function, at: InstructionIndex) {
        let edits = &self.allocation.edits;
        let first = edits.partition_point(|&(before, _)| before < at);
        for &(_, edit) in edits[first..]
            .iter()
            .take_while(|&&(before, _)| before == at)
        {
            self.edit(function, edit);
        }
    }

    /// Temporaries and early results are written before anything is read, late uses are
    /// read when all results are written.
    fn execute(&mut self, function: &Function, at: InstructionIndex) -> u64 {
        let operands = function.operands_of(at);
        let start = function.first_operand[at.index()] as usize;
        let places: Vec<Vec<Location>> = (operands.iter().zip(&self.allocation.locations[start..]))
            .map(|(operand, &place)| {
                (0..span(function, operand.register))
                    .map(|unit| further(place, unit))
                    .collect()
            })
            .collect();
        let mut values: Vec<Vec<u64>> = vec![Vec::new(); operands.len()];
        let destroy = |machine: &mut Self, role: Role| {
            for (operand, places) in operands.iter().zip(&places) {
                let tied = matches!(operand.constraint, Constraint::Tied(_));
                if operand.role == role && !tied {
                    places.iter().for_each(|&place| machine.destroy(place));
                }
            }
        };
        let read = |machine: &Self, role: Role, values: &mut Vec<Vec<u64>>| {
            for ((operand, places), values) in operands.iter().zip(&places).zip(values) {
                if operand.role == role {
                    *values = places.iter().map(|&place| machine.read(place)).collect();
                }
            }
        };
        destroy(self, Role::Temporary);
        destroy(self, Role::EarlyDef);
        read(self, Role::Use, &mut values);
        destroy(self, Role::Def);
        if let Ok(found) = function.clobbers.binary_search_by_key(&at, |&(at, _)| at) {
            for (class, set) in (0..).zip(&function.clobbers[found].1) {
                set.iter()
                    .for_each(|number| self.destroy(Location::register(class, number)));
            }
        }
        read(self, Role::LateUse, &mut values);
        let all = values.iter().flatten();
        let read = all.fold(u64::from(at.0), |read, &value| mix(read, value));
        let copied: Vec<u64> = values.iter().flatten().copied().collect();
        for (index, operand) in operands.iter().enumerate() {
            if is_definition(operand) {
                for (unit, &place) in (0..).zip(&places[index]) {
                    let value = match is_copy(function, at) {
                        true => copied[usize::from(unit)],
                        false => result(at, read, index, unit),
                    };
                    self.places.insert(place, value);
                }
            }
        }
        read
    }

    fn pass(&mut self, _: &[VirtualRegister], _: &[VirtualRegister]) {}
}

/// What a function reads with unlimited registers.
pub(crate) fn reference(function: &Function) -> Vec<u64> {
    run(function, &mut Unlimited::default())
}

/// What a function reads where its allocation has its values.
pub(crate) fn allocated(function: &Function, allocation: &Allocation) -> Vec<u64> {
    let mut machine = Allocated {
        allocation,
        places: HashMap::new(),
        poison: 0x5eed,
    };
    run(function, &mut machine)
}
