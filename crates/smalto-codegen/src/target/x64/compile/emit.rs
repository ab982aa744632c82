//! Emission: from machine instructions with registers to code.
//!
//! A routine has a frame, kept by `rbp`, so that a debugger finds its way through it:
//!
//! ```text
//! rbp + 16   arguments that did not fit registers, left by the caller
//! rbp + 8    return address
//! rbp        the caller's rbp
//! rbp - 8..  integers that are saved
//!            ...
//!            memory of pseudo-instructions
//!            where lanes meet
//!            slots of vectors, spilled and saved, then of masks and integers (from below)
//! rsp        arguments for callees that do not fit registers
//! ```
//!
//! `rsp` is a multiple of the vector size in routines that keep vectors in their frame.

use super::listing::Line;
use super::machine::{
    Action, GPR, MASK, MachineInstruction, MachineRoutine, NO_PLACE, NO_SOURCE, NO_TILE, Place,
    PlaceBase, PoolConstant, Special, VECTOR,
};
use super::plan::{Plans, number};
use super::pseudo::{Becomes, FusedForm, Pseudo, by_lane};
use super::template::{Slot, Template};
use super::{Target, Wave};
use crate::alloc::{Allocation, Edit, EditKind, InstructionIndex, Location, PhysicalRegister};
use crate::select::tables::StepSize;
use crate::target::x64::encode::{Distant, Fields, Prepared, Rm};
use crate::target::x64::fit::fitting_row;
use crate::target::x64::{
    AND, Assembler, CALL, Constant, Form, Gpr, Instruction, JMP, KMOVQ, KMOVW, KXORQ, KXORW, LEA,
    Label, MOV, Mask, Memory, Operand, POP, PUSH, RBP, RET, RSP, SUB, Scale, Size, VMOVAPS,
    VMOVUPS, VPXORD, VXORPS, VZEROUPPER, Vector, XCHG,
};
use smalto_kernel::Module;
use std::ops::Range;

/// Registers a System V callee gives back as they were.
const CALLEE_SAVED: [u8; 5] = [3, 12, 13, 14, 15];

/// Loops begin where the processor fetches whole lines of decoded instructions (AMD,
/// Software Optimization Guide for Zen 4, section 2.9.1).
const LOOP_ALIGNMENT: u32 = 32;

/// Everything emission needs to know of a routine.
pub(super) struct Emission<'a> {
    pub(super) module: &'a Module,
    pub(super) target: &'static Target,
    pub(super) wave: Wave,
    pub(super) machine: &'a MachineRoutine,
    pub(super) allocation: &'a Allocation,
    /// Where the routines of the module begin.
    pub(super) routines: &'a [Option<Label>],
    /// Whether this is called from outside.
    pub(super) is_kernel: bool,
    pub(super) assembler: &'a mut Assembler,
    /// What a listing says of the instructions that are traced, if there is to be one.
    pub(super) lines: Option<&'a mut Vec<Line>>,
    pub(super) storage: &'a mut Storage,
}

/// Storage that emission uses again and again.
#[derive(Debug, Default)]
pub(super) struct Storage {
    blocks: Vec<Label>,
    /// Where jumps to each block lead in the end.
    destinations: Vec<usize>,
    /// The block that each falls into.
    follows: Vec<usize>,
    constants: Vec<Constant>,
    bytes: Vec<u8>,
    plans: Plans,
}

/// What stands where in the frame.
#[derive(Debug, Clone, Copy, Default)]
struct Frame {
    /// Where the slots of each class begin, from `rsp`.
    slots: [i32; 3],
    /// Where lanes meet.
    meeting: i32,
    /// Where pseudo-instructions work.
    area: i32,
    bytes: i32,
    is_aligned: bool,
}

impl Emission<'_> {
    pub(super) fn run(&mut self) {
        let frame = self.frame();
        self.storage.blocks.clear();
        for _ in &self.machine.registers.blocks {
            let label = self.assembler.label();
            self.storage.blocks.push(label);
        }
        self.request_constants();
        let templates = self.target.templates.templates.len();
        let plans = &mut self.storage.plans;
        plans.start(templates, self.wave.lanes, self.lines.is_none());
        self.line(0, NO_SOURCE, NO_TILE, None);
        self.prologue(&frame);
        self.find_ways();
        let mut edits = &*self.allocation.edits;
        for (block, given) in self.machine.registers.blocks.iter().enumerate() {
            if self.begins_loop(block) {
                self.assembler.align(LOOP_ALIGNMENT);
            }
            self.assembler.bind(self.storage.blocks[block]);
            if self.storage.destinations[block] == block {
                self.instructions(given.instructions.clone(), &mut edits, block, &frame);
            }
        }
        debug_assert_eq!(edits, [], "every edit is made");
    }

    /// Encodes the instructions of a block, and the edits before each.
    fn instructions(
        &mut self,
        range: Range<u32>,
        edits: &mut &[(InstructionIndex, Edit)],
        block: usize,
        frame: &Frame,
    ) {
        let mut at = range.start;
        while at < range.end {
            while let [(InstructionIndex(before), edit), others @ ..] = *edits
                && *before == at
            {
                self.edit(*edit, block, frame);
                *edits = others;
            }
            let next = edits.first().map_or(range.end, |(next, _)| next.0);
            let end = next.min(range.end);
            self.unedited(at..end, block, frame);
            at = end;
        }
    }

    /// Encodes instructions between which there are no edits.
    fn unedited(&mut self, range: Range<u32>, block: usize, frame: &Frame) {
        let (machine, allocation) = (self.machine, self.allocation);
        let indices = range.start as usize..range.end as usize;
        let bounds = machine.registers.first_operand[indices.start..=indices.end].windows(2);
        let instructions = machine.instructions[indices.clone()].iter();
        for ((index, instruction), bounds) in indices.zip(instructions).zip(bounds) {
            let locations = &allocation.locations[bounds[0] as usize..bounds[1] as usize];
            if self.by_plan(instruction, locations) {
                continue;
            }
            self.line(block, instruction.source, instruction.tile, None);
            match instruction.action {
                Action::Template(_) | Action::Own(_) => {
                    self.perform(instruction, locations, frame);
                }
                Action::Special(special) => {
                    self.special(index, special, locations, block, frame);
                }
            }
        }
    }

    /// Whether a loop begins at a block: those before it are in fewer.
    fn begins_loop(&self, block: usize) -> bool {
        let blocks = &self.machine.registers.blocks;
        let depth = |block: usize| blocks[block].loop_depth;
        depth(block) > block.checked_sub(1).map_or(0, depth)
    }

    /// Finds the blocks that do nothing but jump, where jumps to each block lead in the end,
    /// and which block control falls into behind each.
    fn find_ways(&mut self) {
        let blocks = &self.machine.registers.blocks;
        let jump = |block: usize| {
            let range = &blocks[block].instructions;
            let only = &self.machine.instructions[range.start as usize];
            let edits = &self.allocation.edits;
            let first = edits.partition_point(|(at, _)| at.0 < range.start);
            let is_edited = edits.get(first).is_some_and(|(at, _)| at.0 == range.start);
            let is_jump = only.action == Action::Special(Special::Jump);
            (range.len() == 1 && is_jump && !is_edited).then_some(only.immediate as usize)
        };
        let storage = &mut *self.storage;
        storage.destinations.clear();
        storage.follows.clear();
        storage.follows.resize(blocks.len(), blocks.len());
        for block in 0..blocks.len() {
            let mut to = block;
            let mut steps = 0;
            while let Some(next) = jump(to)
                && steps < blocks.len()
            {
                to = next;
                steps += 1;
            }
            // Blocks that only jump in a circle stay what they are: a program without end.
            storage
                .destinations
                .push(if steps < blocks.len() { to } else { block });
        }
        let mut next = blocks.len();
        for block in (0..blocks.len()).rev() {
            storage.follows[block] = next;
            if storage.destinations[block] == block {
                next = block;
            }
        }
    }

    /// Whether the jump of `block` is taken by the one before it, whose condition was
    /// inverted so that control falls through.
    fn falls_through(&self, jump: usize, block: usize) -> bool {
        let first = self.machine.registers.blocks[block].instructions.start as usize;
        let before = jump.checked_sub(1).filter(|&before| before >= first);
        before.is_some_and(|before| {
            let before = &self.machine.instructions[before];
            matches!(before.action, Action::Special(Special::JumpIf(_)))
                && self.destination(before) == self.storage.follows[block]
        })
    }

    /// Where a jump leads in the end.
    fn destination(&self, jump: &MachineInstruction) -> usize {
        self.storage.destinations[jump.immediate as usize]
    }

    // The frame.

    fn frame(&self) -> Frame {
        let slots = |class: u8| {
            let saved = match class {
                GPR => 0,
                _ => self.saved(class).count() as i32,
            };
            self.spill_slots(class) as i32 + saved
        };
        let vector = self.target.vector_bytes as i32;
        let round_up = |bytes: i32| bytes.unsigned_abs().next_multiple_of(vector as u32) as i32;
        let vectors = round_up(self.machine.outgoing as i32);
        let masks = vectors + slots(VECTOR) * vector;
        let integers = masks + slots(MASK) * 8;
        let meeting = round_up(integers + slots(GPR) * 8);
        let area = meeting + round_up(self.machine.meeting as i32);
        let bytes = match self.machine.uses_area {
            true => area + by_lane::AREA_BYTES as i32,
            false => area,
        };
        Frame {
            slots: [integers, vectors, masks],
            meeting,
            area,
            bytes: round_up(bytes),
            is_aligned: slots(VECTOR) > 0,
        }
    }

    /// The registers of a class that are given back as they were, of those that are used.
    fn saved(&self, class: u8) -> impl DoubleEndedIterator<Item = u8> + use<'_> {
        let used = self.allocation.used.get(usize::from(class));
        let order = &self.target.file.classes[usize::from(class)].order;
        let is_saved = move |number: &u8| {
            let result = PhysicalRegister {
                class,
                number: *number,
            };
            let is_kept = match self.is_kernel {
                true => class == GPR && CALLEE_SAVED.contains(number),
                false => !self.machine.results.contains(&result),
            };
            is_kept && used.is_some_and(|used| used.contains(*number))
        };
        order.iter().copied().filter(is_saved)
    }

    fn prologue(&mut self, frame: &Frame) {
        self.assembler.emit(PUSH, (RBP,));
        self.assembler.emit(MOV.r64(), (RBP, RSP));
        let saved: Vec<u8> = self.saved(GPR).collect();
        for &register in &saved {
            self.assembler.emit(PUSH, (Gpr::new(register),));
        }
        if frame.bytes > 0 {
            self.assembler.emit(SUB.r64(), (RSP, frame.bytes));
            if frame.is_aligned {
                let vector = self.target.vector_bytes as i32;
                self.assembler.emit(AND.r64(), (RSP, -vector));
            }
        }
        for (register, slot) in self.saved_in_frame() {
            self.copy(register, slot, frame);
        }
    }

    fn epilogue(&mut self, frame: &Frame) {
        for (register, slot) in self.saved_in_frame() {
            self.copy(slot, register, frame);
        }
        let saved: Vec<u8> = self.saved(GPR).collect();
        if frame.bytes > 0 {
            let below = -8 * saved.len() as i32;
            self.assembler
                .emit(LEA.r64(), (RSP, Memory::base(RBP).offset(below)));
        }
        for &register in saved.iter().rev() {
            self.assembler.emit(POP, (Gpr::new(register),));
        }
        if self.is_kernel {
            self.assembler.emit(VZEROUPPER, ());
        }
        self.assembler.emit(POP, (RBP,));
        self.assembler.emit(RET, ());
    }

    /// The vectors and masks that are given back as they were, with their slots, which lie
    /// behind those of spilled values.
    fn saved_in_frame(&self) -> Vec<(Location, Location)> {
        let of_class = |class: u8| {
            let first = self.spill_slots(class);
            let numbered = self.saved(class).zip(first..);
            numbered.map(move |(number, slot)| {
                (
                    Location::register(class, number),
                    Location::slot(class, slot),
                )
            })
        };
        of_class(VECTOR).chain(of_class(MASK)).collect()
    }

    fn spill_slots(&self, class: u8) -> u32 {
        let count = self.allocation.slots.get(usize::from(class));
        count.copied().unwrap_or(0)
    }

    // Edits.

    #[inline]
    fn edit(&mut self, edit: Edit, block: usize, frame: &Frame) {
        match edit {
            // Most edits are moves of one vector.
            Edit::Move { from, to, span: 1 } if to.class() == VECTOR && self.lines.is_none() => {
                self.copy_vector(from, to, frame);
            }
            _ => self.edit_in_general(edit, block, frame),
        }
    }

    #[inline(never)]
    fn edit_in_general(&mut self, edit: Edit, block: usize, frame: &Frame) {
        self.line(block, NO_SOURCE, NO_TILE, Some(edit.kind()));
        match edit {
            Edit::Move { from, to, span } => {
                for unit in 0..span {
                    self.copy(from.further(unit), to.further(unit), frame);
                }
            }
            Edit::Swap { a, b } => self.swap(a, b),
            Edit::Rematerialise { instruction, to } => self.again(instruction, to, frame),
        }
    }

    fn slot(&self, location: Location, frame: &Frame) -> Option<Memory> {
        let slot = location.as_slot()? as i32;
        let class = usize::from(location.class());
        let bytes = match location.class() {
            VECTOR => self.target.vector_bytes as i32,
            _ => 8,
        };
        Some(Memory::base(RSP).offset(frame.slots[class] + slot * bytes))
    }

    fn slot_at(&self, location: Location, frame: &Frame) -> Memory {
        self.slot(location, frame).expect("it is in a slot")
    }

    fn operand_at(&self, location: Location, frame: &Frame) -> Operand {
        match location.as_register() {
            Some(register) => self.target.register_operands.of(register),
            None => self.slot_at(location, frame).into(),
        }
    }

    fn copy(&mut self, from: Location, to: Location, frame: &Frame) {
        if from == to {
            return;
        }
        let (source, destination) = (self.operand_at(from, frame), self.operand_at(to, frame));
        let instruction = match to.class() {
            GPR => MOV.r64(),
            VECTOR => VMOVAPS.sized(self.target.vector_size),
            _ => self.move_mask(),
        };
        self.emit(instruction, &[destination, source]);
    }

    /// Moves a vector in the row that is known to do so, which is most of what allocation
    /// adds.
    fn copy_vector(&mut self, from: Location, to: Location, frame: &Frame) {
        if from == to {
            return;
        }
        let moves = &self.target.vector_moves;
        let rm = |memory: Memory| Rm::Memory(memory.into());
        let (prepared, register, rm) = match (from.as_register(), to.as_register()) {
            (Some(from), Some(to)) => (&moves.load, to, Rm::Register(from.number.into())),
            (None, Some(to)) => (&moves.load, to, rm(self.slot_at(from, frame))),
            (Some(from), None) => (&moves.store, from, rm(self.slot_at(to, frame))),
            (None, None) => unreachable!("one side is a register"),
        };
        let fields = Fields {
            reg: register.number.into(),
            rm,
            ..Fields::default()
        };
        self.assembler.emit_prepared(prepared, fields);
    }

    /// Masks have as many bits as a chunk has lanes, at most.
    fn move_mask(&self) -> Instruction {
        match self.wave.lanes {
            0..=16 => KMOVW.into(),
            _ => KMOVQ.into(),
        }
    }

    fn swap(&mut self, a: PhysicalRegister, b: PhysicalRegister) {
        let (first, second) = (
            self.target.register_operands.of(a),
            self.target.register_operands.of(b),
        );
        if a.class == GPR {
            return self.emit(XCHG.r64(), &[first, second]);
        }
        // Three exclusive ors exchange without a third register.
        let instruction = match (a.class, self.wave.lanes, self.target.has_masks) {
            (VECTOR, _, true) => VPXORD.sized(self.target.vector_size),
            (VECTOR, _, false) => VXORPS.sized(self.target.vector_size),
            (_, 0..=16, _) => KXORW.into(),
            _ => KXORQ.into(),
        };
        self.emit(instruction, &[first, first, second]);
        self.emit(instruction, &[second, first, second]);
        self.emit(instruction, &[first, first, second]);
    }

    /// Does an instruction whose one register operand is its result again.
    fn again(&mut self, instruction: InstructionIndex, to: PhysicalRegister, frame: &Frame) {
        let given = self.machine.instructions[instruction.index()];
        let location = Location::register(to.class, to.number);
        if !self.by_plan(&given, &[location]) {
            self.perform(&given, &[location], frame);
        }
    }

    // Instructions.

    #[inline(never)]
    fn special(
        &mut self,
        index: usize,
        special: Special,
        locations: &[Location],
        block: usize,
        frame: &Frame,
    ) {
        let instruction = &self.machine.instructions[index];
        match special {
            Special::Entry => {}
            Special::Jump => {
                let to = self.destination(instruction);
                if to != self.storage.follows[block] && !self.falls_through(index, block) {
                    self.assembler.emit(JMP, (self.storage.blocks[to],));
                }
            }
            Special::JumpIf(condition) => {
                // The other way out is the jump behind this.
                let other = &self.machine.instructions[index + 1];
                let (then, otherwise) = (self.destination(instruction), self.destination(other));
                let (condition, to) = match then == self.storage.follows[block] {
                    true => (condition.inverse(), otherwise),
                    false => (condition, then),
                };
                self.assembler
                    .emit(condition.jump(), (self.storage.blocks[to],));
            }
            Special::Return => self.epilogue(frame),
            Special::Call => {
                let callee = self.routines[instruction.immediate as usize];
                let callee = callee.expect("callees are compiled with their callers");
                self.assembler.emit(CALL, (callee,));
            }
            Special::Pseudo(pseudo, template) => {
                self.pseudo(instruction, pseudo, template, locations, frame);
            }
        }
    }

    fn template(&self, action: Action) -> &Template {
        match action {
            Action::Template(number) => &self.target.templates.templates[number as usize],
            Action::Own(number) => &self.machine.templates[number as usize],
            Action::Special(_) => unreachable!("it has no template"),
        }
    }

    /// Encodes an instruction as is planned for its template, and says whether there was a
    /// plan for it. Nearly all are on registers alone, or with a constant of the pool.
    #[inline(always)]
    fn by_plan(&mut self, instruction: &MachineInstruction, locations: &[Location]) -> bool {
        self.by_plan_on_registers(instruction, locations)
            || self.by_plan_with_constant(instruction, locations)
    }

    #[inline(always)]
    fn by_plan_on_registers(
        &mut self,
        instruction: &MachineInstruction,
        locations: &[Location],
    ) -> bool {
        let (Action::Template(template), NO_PLACE) = (instruction.action, instruction.place) else {
            return false;
        };
        let plan = self.storage.plans.of(template);
        let Some(rm) = number(locations, plan.rm) else {
            return false;
        };
        let rm = Rm::Register(rm);
        plan.emit(self.assembler, false, locations, rm, instruction.immediate)
    }

    #[inline(always)]
    fn by_plan_with_constant(
        &mut self,
        instruction: &MachineInstruction,
        locations: &[Location],
    ) -> bool {
        let Action::Template(template) = instruction.action else {
            return false;
        };
        let place = self.machine.places.get(instruction.place as usize);
        let Some(place) = place else {
            return false;
        };
        let PlaceBase::Constant(constant) = place.base else {
            return false;
        };
        let plan = self.storage.plans.of(template);
        let broadcasts = place.broadcast && plan.broadcasts;
        let rm = Rm::Relative(Distant {
            place: self.storage.constants[constant as usize].into(),
            offset: place.offset,
            broadcasts,
        });
        plan.emit(
            self.assembler,
            broadcasts,
            locations,
            rm,
            instruction.immediate,
        )
    }

    /// The same for an instruction that has a slot of the frame or another place in memory
    /// than the pool.
    #[inline(always)]
    fn by_plan_in_memory(
        &mut self,
        instruction: &MachineInstruction,
        locations: &[Location],
        frame: &Frame,
    ) -> bool {
        let Action::Template(template) = instruction.action else {
            return false;
        };
        let plan = self.storage.plans.of(template);
        let immediate = instruction.immediate;
        if instruction.place == NO_PLACE {
            let slot = locations.get(usize::from(plan.rm));
            let Some(slot) = slot.and_then(|&location| self.slot(location, frame)) else {
                return false;
            };
            let rm = Rm::Memory(slot.into());
            return plan.emit(self.assembler, true, locations, rm, immediate);
        }
        let place = &self.machine.places[instruction.place as usize];
        let broadcasts = place.broadcast && plan.broadcasts;
        let memory = self.memory(place, locations, frame);
        let rm = Rm::Memory(memory.broadcast_if(broadcasts).into());
        plan.emit(self.assembler, broadcasts, locations, rm, immediate)
    }

    /// Encodes an instruction of the processor.
    #[inline(never)]
    fn perform(&mut self, instruction: &MachineInstruction, locations: &[Location], frame: &Frame) {
        if !self.by_plan_in_memory(instruction, locations, frame) {
            self.in_general(instruction, locations, frame);
        }
    }

    /// Encodes an instruction in the row that is found to take its operands, and has those
    /// of its template after it planned.
    #[inline(never)]
    fn in_general(
        &mut self,
        instruction: &MachineInstruction,
        locations: &[Location],
        frame: &Frame,
    ) {
        let template = *self.template(instruction.action);
        let size = self.size(template.size);
        let operands = self.resolve(&template, instruction, locations, frame);
        let mut encoded = template.mnemonic.sized(size);
        if let Some((position, zeroing)) = template.mask {
            let mask = locations[usize::from(position)].as_register();
            encoded = encoded.masked(Mask::new(mask.expect("masks are in registers").number));
            if zeroing {
                encoded = encoded.zeroing();
            }
        }
        self.assembler.emit(encoded, &operands);
        if let Action::Template(number) = instruction.action {
            let plans = &mut self.storage.plans;
            plans.learn(number, &template, size, locations, instruction.immediate);
        }
    }

    #[inline]
    fn resolve(
        &mut self,
        template: &Template,
        instruction: &MachineInstruction,
        locations: &[Location],
        frame: &Frame,
    ) -> [Operand; Form::MAX_OPERANDS] {
        let mut operands = [Operand::NONE; Form::MAX_OPERANDS];
        for (operand, slot) in operands.iter_mut().zip(template.slots) {
            *operand = match slot {
                Slot::Nothing => break,
                Slot::Register(position) => {
                    self.operand_at(locations[usize::from(position)], frame)
                }
                Slot::Immediate => Operand::from(instruction.immediate),
                Slot::Place | Slot::Element => {
                    debug_assert_ne!(instruction.place, NO_PLACE);
                    let place = &self.machine.places[instruction.place as usize];
                    let memory = self.memory(place, locations, frame);
                    let broadcasts = place.broadcast && slot == Slot::Place;
                    memory.broadcast_if(broadcasts).into()
                }
            };
        }
        operands
    }

    fn memory(&self, place: &Place, locations: &[Location], frame: &Frame) -> Memory {
        let number = |position: u8| {
            let register = locations[usize::from(position)].as_register();
            register.expect("addresses are in registers")
        };
        let mut memory = match place.base {
            PlaceBase::Register(position) => Memory::base(Gpr::new(number(position).number)),
            PlaceBase::Constant(constant) => {
                Memory::constant(self.storage.constants[constant as usize])
            }
            PlaceBase::Outgoing | PlaceBase::Meeting => Memory::base(RSP),
            PlaceBase::Incoming => Memory::base(RBP),
        };
        let scale = Scale::of_bytes(u32::from(place.scale)).expect("elements have such sizes");
        if let Some(index) = place.index {
            let index = number(index);
            memory = match index.class {
                GPR => memory.index(Gpr::new(index.number), scale),
                _ => memory.gather(Vector::new(index.number), scale),
            };
        }
        let base = match place.base {
            PlaceBase::Incoming => 16,
            PlaceBase::Meeting => frame.meeting,
            _ => 0,
        };
        memory.offset(base + place.offset)
    }

    /// Requests the constants of the routine.
    fn request_constants(&mut self) {
        let Storage {
            constants, bytes, ..
        } = &mut *self.storage;
        let assembler = &mut *self.assembler;
        constants.clear();
        constants.extend(self.machine.constants.iter().map(|constant| {
            let element;
            let bits = match *constant {
                // Nearly all are one single.
                PoolConstant::Element {
                    bits,
                    bytes: 4,
                    count: 1,
                } => return assembler.constant(&(bits as u32).to_le_bytes()),
                PoolConstant::Element {
                    bits,
                    bytes: size,
                    count,
                } => {
                    element = bits.to_le_bytes();
                    repeated(&element[..usize::from(size)], count.into(), bytes)
                }
                PoolConstant::Bytes(ref given) => given,
                PoolConstant::Table(table) => self.module.tables()[table as usize].bytes(),
            };
            assembler.constant(bits)
        }));
    }

    fn size(&self, size: StepSize) -> Size {
        match size {
            StepSize::Fixed => Size::Fixed,
            StepSize::Bits(bits) => size_of_bits(bits),
            StepSize::Wave(bytes) => size_of_bits(8 * self.wave.register_bytes(bytes) as u16),
        }
    }

    fn emit(&mut self, instruction: Instruction, operands: &[Operand]) {
        self.assembler.emit(instruction, operands);
    }

    fn pseudo(
        &mut self,
        instruction: &MachineInstruction,
        pseudo: Pseudo,
        template: u32,
        locations: &[Location],
        frame: &Frame,
    ) {
        match pseudo.becomes() {
            Becomes::Fused(_) => self.multiply_add(instruction, template, locations, frame),
            Becomes::Code(emit) => self.expand(instruction, emit, template, locations, frame),
        }
    }

    /// A fused multiply-add, in the form that fits the registers.
    fn multiply_add(
        &mut self,
        instruction: &MachineInstruction,
        template: u32,
        locations: &[Location],
        frame: &Frame,
    ) {
        let mut in_form = |form: FusedForm, place: u32| {
            let performed = MachineInstruction {
                action: Action::Template(template + form.offset()),
                place,
                ..*instruction
            };
            if !self.by_plan(&performed, locations) {
                self.perform(&performed, locations, frame);
            }
        };
        let form = FusedForm::for_places(locations);
        if form == FusedForm::OverFirst && locations[0] != locations[1] {
            in_form(FusedForm::Copy, NO_PLACE);
        }
        in_form(form, instruction.place);
    }

    /// What a pseudo-instruction emits.
    fn expand(
        &mut self,
        instruction: &MachineInstruction,
        emit: fn(&mut Expansion<'_>),
        template: u32,
        locations: &[Location],
        frame: &Frame,
    ) {
        let template = self.target.templates.templates[template as usize];
        let operands = self.resolve(&template, instruction, locations, frame);
        let base = match instruction.place {
            NO_PLACE => None,
            place => {
                let place = self.machine.places[place as usize];
                let is_gathered = matches!(place.index, Some(index)
                    if locations[usize::from(index)].class() == VECTOR);
                let index = if is_gathered { None } else { place.index };
                Some(self.memory(&Place { index, ..place }, locations, frame))
            }
        };
        let size = self.size(template.size);
        emit(&mut Expansion {
            assembler: self.assembler,
            operands: &operands,
            base,
            size,
            lanes: self.wave.lanes,
            vector_size: self.target.vector_size,
            area: frame.area,
        });
    }

    /// Notes down what the instructions that come next are for.
    fn line(&mut self, block: usize, source: u32, tile: u16, edit: Option<EditKind>) {
        if let Some(lines) = &mut self.lines {
            lines.push(Line {
                first: self.assembler.traced(),
                block,
                source,
                tile,
                edit,
            });
        }
    }
}

/// What a pseudo-instruction is expanded with.
pub(crate) struct Expansion<'a> {
    pub(crate) assembler: &'a mut Assembler,
    /// Its operands, in the order of the tile file.
    pub(crate) operands: &'a [Operand; Form::MAX_OPERANDS],
    /// The place in memory it names, without an index that is a vector.
    pub(crate) base: Option<Memory>,
    /// How wide it is.
    pub(crate) size: Size,
    /// Lanes of a chunk.
    lanes: usize,
    vector_size: Size,
    /// Where its memory is in the frame.
    area: i32,
}

impl Expansion<'_> {
    /// So many bytes into its memory of the frame.
    pub(crate) fn area(&self, offset: i32) -> Memory {
        Memory::base(RSP).offset(self.area + offset)
    }

    /// The instruction that moves a whole register of this kind to or from memory.
    pub(crate) fn whole_move(&self, operand: Operand) -> Instruction {
        match operand.is_gpr() {
            true => MOV.r64(),
            false => VMOVUPS.sized(self.vector_size),
        }
    }

    /// How many lanes it is done for: one, if it has no width.
    pub(crate) fn lanes_here(&self) -> usize {
        if self.size == Size::Fixed {
            1
        } else {
            self.lanes
        }
    }

    pub(crate) fn emit(&mut self, instruction: Instruction, operands: &[Operand]) {
        self.assembler.emit(instruction, operands);
    }
}

/// So many copies of an element, in place of what was in `all`.
fn repeated<'b>(element: &[u8], count: usize, all: &'b mut Vec<u8>) -> &'b [u8] {
    all.clear();
    all.extend_from_slice(element);
    while let more @ 1.. = element.len() * count - all.len() {
        all.extend_from_within(..more.min(all.len()));
    }
    all
}

fn size_of_bits(bits: u16) -> Size {
    match bits {
        8 => Size::S8,
        16 => Size::S16,
        32 => Size::S32,
        64 => Size::S64,
        128 => Size::S128,
        256 => Size::S256,
        _ => Size::S512,
    }
}

/// How a vector is moved to a register from another or from its slot, and to its slot.
#[derive(Debug)]
pub(super) struct VectorMoves {
    load: Prepared,
    store: Prepared,
}

impl VectorMoves {
    pub(super) fn new(size: Size) -> VectorMoves {
        let instruction = VMOVAPS.sized(size);
        let (register, memory) = (Vector::new(0).into(), Memory::base(RSP).into());
        let prepared = |destination: Operand, source: Operand| {
            let operands = [destination, source, Operand::NONE, Operand::NONE];
            let fitting = fitting_row(instruction, &operands);
            Prepared::new(fitting.expect("vectors can be moved").1, instruction, false)
        };
        VectorMoves {
            load: prepared(register, memory),
            store: prepared(memory, register),
        }
    }
}

/// The operands that registers are, by class and number.
#[derive(Debug)]
pub(super) struct RegisterOperands([[Operand; 32]; 3]);

impl RegisterOperands {
    pub(super) fn new() -> RegisterOperands {
        RegisterOperands([
            std::array::from_fn(|number| Gpr::new(number as u8 % Gpr::COUNT).into()),
            std::array::from_fn(|number| Vector::new(number as u8).into()),
            std::array::from_fn(|number| Mask::new(number as u8 % Mask::COUNT).into()),
        ])
    }

    #[inline]
    fn of(&self, register: PhysicalRegister) -> Operand {
        self.0[usize::from(register.class)][usize::from(register.number & 31)]
    }
}
