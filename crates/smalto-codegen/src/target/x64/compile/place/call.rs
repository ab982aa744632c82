//! Where routines begin and end, and how they call each other.
//!
//! A kernel is a System V function of one pointer, to its *arguments*: words of eight
//! bytes, an address and a length for each buffer, then the parameters. Functions are
//! called by kernels alone and follow a convention of our own: buffers (address and
//! length), then the parameters part by part, go to registers of their class as long as
//! there are any, the rest to the stack. Results come back the same way. Every other register
//! survives a call: a function saves those that it uses. Functions are what is seldom needed,
//! and so it costs nothing where it is not.

use super::super::machine::{GPR, MASK, Special, VECTOR};
use super::{Arg, Memory, MemoryBase, Placer};
use crate::alloc::{Constraint, PhysicalRegister, Role, VirtualRegister};
use crate::select::tables::StepSize;
use crate::target::x64::{
    KMOVQ, MOV, Mnemonic, RDI, VBROADCASTSS, VMOVUPS, VPBROADCASTQ, VPBROADCASTW,
};
use smalto_kernel::{BufferId, Lane, Op, Role as RoutineRole, ValueId, ValueType};

/// Registers that arguments and results are passed in, by class.
const PASSING: [&[u8]; 3] = [
    &[7, 6, 2, 1, 8, 9, 0, 10, 11],
    &[0, 1, 2, 3, 4, 5, 6, 7],
    &[1, 2, 3, 4],
];

/// Where something is passed.
#[derive(Debug, Clone, Copy)]
enum Passed {
    Register(u8),
    /// So many bytes into the arguments on the stack.
    Stack(u32),
}

/// Assigns places to what is passed, in order.
struct Passing {
    taken: [usize; 3],
    stack: u32,
    vector_bytes: u32,
}

impl Passing {
    fn new(vector_bytes: usize) -> Passing {
        Passing {
            taken: [0; 3],
            stack: 0,
            vector_bytes: vector_bytes as u32,
        }
    }

    fn next(&mut self, class: u8) -> Passed {
        let taken = &mut self.taken[usize::from(class)];
        if let Some(&number) = PASSING[usize::from(class)].get(*taken) {
            *taken += 1;
            return Passed::Register(number);
        }
        let bytes = if class == VECTOR {
            self.vector_bytes
        } else {
            8
        };
        let offset = self.stack.next_multiple_of(bytes);
        self.stack = offset + bytes;
        Passed::Stack(offset)
    }
}

impl Placer<'_> {
    /// Where the routine begins.
    pub(super) fn entry(&mut self) {
        let count = self.routine.buffers().len();
        self.storage.pointers.clear();
        self.storage.pointers.resize(count, None);
        self.storage.lengths.clear();
        self.storage.lengths.resize(count, None);
        match self.routine.role() {
            RoutineRole::Kernel => self.kernel_entry(),
            RoutineRole::Function => self.function_entry(),
        }
    }

    /// Whether each buffer's address and length are needed.
    fn needed_buffers(&self) -> (Vec<bool>, Vec<bool>) {
        let count = self.routine.buffers().len();
        let (mut pointers, mut lengths) = (vec![false; count], vec![false; count]);
        for &value in self.cover.uncommon() {
            if let Some(buffer) = self.routine.buffer_of(value) {
                let needed = match self.routine.op(value) {
                    Op::Length => &mut lengths,
                    _ => &mut pointers,
                };
                needed[buffer.index()] = true;
            }
            for buffer in self.routine.buffers_passed(value) {
                pointers[buffer.index()] = true;
                lengths[buffer.index()] = true;
            }
        }
        (pointers, lengths)
    }

    fn kernel_entry(&mut self) {
        let arguments = self.machine.register(GPR);
        self.machine
            .operand(arguments, Role::Def, Constraint::Fixed(RDI.number()));
        self.special(Special::Entry, 0);
        let (pointers, lengths) = self.needed_buffers();
        for index in 0..pointers.len() {
            let word = |half: usize| word_of(arguments, 2 * index + half);
            if pointers[index] {
                let pointer = self.give(GPR, MOV, BITS_64, &[Arg::D, Arg::Memory(word(0))]);
                self.storage.pointers[index] = Some(pointer);
            }
            if lengths[index] {
                let length = self.give(GPR, MOV, BITS_64, &[Arg::D, Arg::Memory(word(1))]);
                self.storage.lengths[index] = Some(length);
            }
        }
        for (index, ty) in self.parameter_types().into_iter().enumerate() {
            let word = word_of(arguments, 2 * pointers.len() + index);
            let register = self.load_uniform_word(ty.lane(), word);
            let value = ValueId::new(index);
            self.put(value, &[register], false);
        }
    }

    fn parameter_types(&self) -> Vec<ValueType> {
        self.routine.parameters().map(|(_, ty)| ty).collect()
    }

    /// A uniform value out of a word of memory.
    fn load_uniform_word(&mut self, lane: Lane, word: Memory) -> VirtualRegister {
        let load = |placer: &mut Self, class, mnemonic: Mnemonic, size| {
            placer.give(class, mnemonic, size, &[Arg::D, Arg::Memory(word)])
        };
        match lane {
            Lane::F16 => load(self, VECTOR, VPBROADCASTW, StepSize::Wave(2)),
            Lane::F32 => load(self, VECTOR, VBROADCASTSS, StepSize::Wave(4)),
            // VBROADCASTSD has no form for 128 bits.
            Lane::F64 => load(self, VECTOR, VPBROADCASTQ, StepSize::Wave(8)),
            Lane::I64 | Lane::U64 => load(self, GPR, MOV, BITS_64),
            // The caller writes narrower integers to whole words.
            _ => load(self, GPR, MOV, StepSize::Bits(32)),
        }
    }

    fn function_entry(&mut self) {
        let mut passing = Passing::new(self.target.vector_bytes);
        let mut waiting = Vec::new();
        for index in 0..self.routine.buffers().len() {
            let pointer = self.receive(GPR, &mut passing, &mut waiting);
            let length = self.receive(GPR, &mut passing, &mut waiting);
            self.storage.pointers[index] = Some(pointer);
            self.storage.lengths[index] = Some(length);
        }
        for (index, ty) in self.parameter_types().into_iter().enumerate() {
            let class = self.wave.homes.class_of(ty);
            let parts: Vec<VirtualRegister> = (0..ty.count() * self.chunks_of(ty))
                .map(|_| self.receive(class, &mut passing, &mut waiting))
                .collect();
            self.put(ValueId::new(index), &parts, ty.is_varying());
        }
        self.special(Special::Entry, 0);
        for (register, class, offset) in waiting {
            let from = on_stack(MemoryBase::Incoming, offset);
            self.load_whole(register, class, from);
        }
    }

    /// A register for what is passed next. What is on the stack waits until the registers
    /// are received.
    fn receive(
        &mut self,
        class: u8,
        passing: &mut Passing,
        waiting: &mut Vec<(VirtualRegister, u8, u32)>,
    ) -> VirtualRegister {
        let register = self.machine.register(class);
        match passing.next(class) {
            Passed::Register(number) => {
                self.machine
                    .operand(register, Role::Def, Constraint::Fixed(number));
            }
            Passed::Stack(offset) => waiting.push((register, class, offset)),
        }
        register
    }

    /// Where the routine ends.
    pub(super) fn give_back(&mut self, value: Option<ValueId>) {
        let mut passed = Vec::new();
        if let (Some(value), Some(ty)) = (value, self.routine.result()) {
            self.pass(value, ty, &mut passed);
        }
        self.leave(&passed, MemoryBase::Incoming);
        let mut passing = Passing::new(self.target.vector_bytes);
        self.machine.results.clear();
        for (_, class) in passed {
            if let Passed::Register(number) = passing.next(class) {
                let register = PhysicalRegister { class, number };
                self.machine.results.push(register);
            }
        }
        self.special(Special::Return, 0);
    }

    /// Adds the parts of a value, as one of type `ty`, to what is passed.
    fn pass(&mut self, value: ValueId, ty: ValueType, passed: &mut Vec<(VirtualRegister, u8)>) {
        let value = self.at_home(value);
        let class = self.wave.homes.class_of(ty);
        for component in 0..ty.count() {
            for chunk in 0..self.chunks_of(ty) {
                passed.push((self.part(value, component, chunk), class));
            }
        }
    }

    /// Stores what is passed on the stack, and makes what is passed in registers operands of
    /// the instruction that comes next. Gives the bytes of stack.
    fn leave(&mut self, passed: &[(VirtualRegister, u8)], stack: MemoryBase) -> u32 {
        let mut passing = Passing::new(self.target.vector_bytes);
        let mut in_registers = Vec::new();
        for &(register, class) in passed {
            match passing.next(class) {
                Passed::Register(number) => in_registers.push((register, number)),
                Passed::Stack(offset) => {
                    self.store_whole(register, class, on_stack(stack, offset));
                }
            }
        }
        for (register, number) in in_registers {
            self.machine
                .operand(register, Role::Use, Constraint::Fixed(number));
        }
        passing.stack
    }

    /// A call.
    pub(super) fn call(&mut self, value: ValueId) {
        let callee = self.routine.callee_of(value).expect("a call calls");
        let routine = self.module.routine(callee);
        let mut passed = Vec::new();
        for &buffer in self.routine.buffers_passed(value) {
            passed.push((self.pointer(buffer), GPR));
            passed.push((self.length(buffer), GPR));
        }
        let types: Vec<ValueType> = routine.parameters().map(|(_, ty)| ty).collect();
        for (at, ty) in types.into_iter().enumerate() {
            self.pass(self.routine.operands(value)[at], ty, &mut passed);
        }
        let outgoing = self.leave(&passed, MemoryBase::Outgoing);
        let mut waiting = Vec::new();
        let mut results = Passing::new(self.target.vector_bytes);
        if let Some(ty) = routine.result() {
            let class = self.wave.homes.class_of(ty);
            let parts: Vec<VirtualRegister> = (0..ty.count() * self.chunks_of(ty))
                .map(|_| self.receive(class, &mut results, &mut waiting))
                .collect();
            self.put(value, &parts, ty.is_varying());
        }
        let outgoing = outgoing.max(results.stack);
        self.machine.outgoing = self.machine.outgoing.max(outgoing);
        self.special(Special::Call, callee.index() as i64);
        for (register, class, offset) in waiting {
            let from = on_stack(MemoryBase::Outgoing, offset);
            self.load_whole(register, class, from);
        }
    }

    /// The length of a buffer.
    pub(super) fn length(&self, buffer: BufferId) -> VirtualRegister {
        self.storage.lengths[buffer.index()].expect("the entry loads lengths that are used")
    }

    fn load_whole(&mut self, register: VirtualRegister, class: u8, from: Memory) {
        let (mnemonic, size) = self.whole_move(class);
        self.give_to(register, mnemonic, size, &[Arg::D, Arg::Memory(from)]);
    }

    fn store_whole(&mut self, register: VirtualRegister, class: u8, to: Memory) {
        let (mnemonic, size) = self.whole_move(class);
        self.act(mnemonic, size, &[Arg::Memory(to), Arg::Use(register)]);
    }

    fn whole_move(&self, class: u8) -> (Mnemonic, StepSize) {
        match class {
            GPR => (MOV, BITS_64),
            MASK => (KMOVQ, StepSize::Fixed),
            _ => (VMOVUPS, StepSize::Bits(8 * self.target.vector_bytes as u16)),
        }
    }
}

pub(super) const BITS_64: StepSize = StepSize::Bits(64);

fn word_of(arguments: VirtualRegister, word: usize) -> Memory {
    Memory {
        base: MemoryBase::Register(arguments),
        index: None,
        scale: 1,
        offset: 8 * word as i32,
        broadcast: false,
    }
}

fn on_stack(base: MemoryBase, offset: u32) -> Memory {
    Memory {
        base,
        index: None,
        scale: 1,
        offset: offset as i32,
        broadcast: false,
    }
}
