//! A second of random requests, other ones in each run.

use crate::judge::Judge;
use crate::request::{
    Address, Base, Control, Given, Index, RSP, Request, SCALES, controls, immediates, is_branch,
    masks, offsets, plain, registers,
};
use smalto_codegen::target::x64::form::{MemoryKind, Slot, Space};
use smalto_codegen::target::x64::{Form, Mnemonic};
use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, Instant};

/// Marsaglia's xorshift. The request that fails is printed, so the seed need not be.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new() -> Random {
        Random(RandomState::new().hash_one(0) | 1)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.next() >> 16) as usize % limit
    }

    pub(crate) fn coin(&mut self) -> bool {
        self.below(2) == 0
    }

    pub(crate) fn of<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())].clone()
    }
}

fn address(random: &mut Random, slot: &Slot, space: Space) -> Address {
    let gathers = matches!(slot.memory, MemoryKind::Indexed(..));
    let vectors = if space == Space::Evex { 32 } else { 16 };
    let (base, index) = match random.below(8) {
        0 if !gathers => (Base::Constant, Index::None),
        1 => (Base::None, Index::None),
        _ => (Base::Gpr(random.below(16) as u8), Index::None),
    };
    let index = match random.below(16) as u8 {
        _ if gathers => Index::Vector(random.below(vectors) as u8),
        RSP => index,
        _ if base == Base::Constant || random.coin() => index,
        number => Index::Gpr(number),
    };
    let edges: Vec<i32> = offsets().collect();
    let offset = match random.below(4) {
        0 => 0,
        1 => random.of(&edges),
        2 => random.below(0x4000) as i32 - 0x2000,
        // Leaves room for the distance of a constant.
        _ => random.next() as i32 / 2,
    };
    let offset = if base == Base::Constant {
        offset / 2
    } else {
        offset
    };
    Address {
        base,
        index,
        scale: random.of(&SCALES),
        offset,
        broadcast: slot.broadcast != 0 && random.coin(),
    }
}

fn operand(random: &mut Random, slot: &Slot, form: &Form) -> Given {
    let space = form.encoding.space;
    let mut choices = immediates(slot);
    choices.extend(registers(slot, space));
    let is_memory = slot.memory != MemoryKind::None && (choices.is_empty() || random.coin());
    if is_memory {
        Given::Memory(address(random, slot, space))
    } else {
        random.of(&choices)
    }
}

pub(crate) fn random_request(random: &mut Random) -> Option<Request> {
    let mnemonic = random.of(Mnemonic::all());
    let form = &mnemonic.forms()[random.below(mnemonic.forms().len())];
    if is_branch(form) {
        return None;
    }
    let sizes: Vec<_> = form.sizes.iter().collect();
    let mut request = plain(mnemonic, form, random.of(&sizes));
    for (at, slot) in form.operands().iter().enumerate() {
        request.operands[at] = operand(random, slot, form);
    }
    (request.mask, request.zeroing) = random.of(&masks(form));
    let mut controls = controls(form, request.size);
    let in_registers = |given: &Given| !matches!(given, Given::Memory(_));
    if request.operands.iter().all(in_registers) {
        controls.push(Control::None);
        request.control = random.of(&controls);
    }
    (!request.is_overlapping_gather()).then_some(request)
}

#[test]
fn a_second_of_random_instructions() {
    let (mut judge, mut random) = (Judge::new(), Random::new());
    let start = Instant::now();
    let mut count = 0u32;
    while start.elapsed() < Duration::from_secs(1) {
        if let Some(request) = random_request(&mut random) {
            judge.check(&request);
            count += 1;
        }
    }
    println!("{count} random instructions");
}
