//! What to encode, and what a form allows one to ask for.

use smalto_codegen::target::x64::form::{
    Class, Immediate, Masking, MemoryKind, RoundingControl, Slot, Space,
};
use smalto_codegen::target::x64::{
    Constant, Form, Gpr, Instruction, Mask, Memory, Mnemonic, Operand, Rounding, Scale, Size,
    Vector,
};

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Request {
    pub(crate) mnemonic: Mnemonic,
    pub(crate) size: Size,
    /// The write mask; 0 for none.
    pub(crate) mask: u8,
    pub(crate) zeroing: bool,
    pub(crate) control: Control,
    pub(crate) operands: Vec<Given>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Control {
    None,
    Rounding(Rounding),
    Silent,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Given {
    Gpr(u8),
    Vector(u8),
    Mask(u8),
    Memory(Address),
    Immediate(i64),
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Address {
    pub(crate) base: Base,
    pub(crate) index: Index,
    pub(crate) scale: Scale,
    pub(crate) offset: i32,
    pub(crate) broadcast: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Base {
    None,
    Gpr(u8),
    /// The constant of the pool, which comes behind the instruction.
    Constant,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Index {
    None,
    Gpr(u8),
    Vector(u8),
}

pub(crate) const SCALES: [Scale; 4] = [Scale::X1, Scale::X2, Scale::X4, Scale::X8];
pub(crate) const ROUNDINGS: [Rounding; 4] = [
    Rounding::Nearest,
    Rounding::Down,
    Rounding::Up,
    Rounding::Zero,
];
pub(crate) const RSP: u8 = 4;

impl Address {
    pub(crate) const fn base(base: u8) -> Address {
        Address {
            base: Base::Gpr(base),
            index: Index::None,
            scale: Scale::X1,
            offset: 0,
            broadcast: false,
        }
    }

    fn memory(self, constant: Constant) -> Memory {
        let memory = match self.base {
            Base::None => Memory::absolute(self.offset),
            Base::Gpr(base) => Memory::base(Gpr::new(base)).offset(self.offset),
            Base::Constant => Memory::constant(constant).offset(self.offset),
        };
        let memory = match self.index {
            Index::None => memory,
            Index::Gpr(index) => memory.index(Gpr::new(index), self.scale),
            Index::Vector(index) => memory.gather(Vector::new(index), self.scale),
        };
        if self.broadcast {
            memory.broadcast()
        } else {
            memory
        }
    }
}

impl Given {
    fn operand(self, constant: Constant) -> Operand {
        match self {
            Given::Gpr(number) => Gpr::new(number).into(),
            Given::Vector(number) => Vector::new(number).into(),
            Given::Mask(number) => Mask::new(number).into(),
            Given::Memory(address) => address.memory(constant).into(),
            Given::Immediate(value) => value.into(),
        }
    }
}

impl Request {
    pub(crate) fn instruction(&self) -> Instruction {
        let mut instruction = self.mnemonic.sized(self.size);
        if self.mask != 0 {
            instruction = instruction.masked(Mask::new(self.mask));
        }
        if self.zeroing {
            instruction = instruction.zeroing();
        }
        match self.control {
            Control::None => instruction,
            Control::Rounding(mode) => instruction.rounding(mode),
            Control::Silent => instruction.silent(),
        }
    }

    pub(crate) fn operands(&self, constant: Constant) -> Vec<Operand> {
        let operands = self.operands.iter();
        operands.map(|given| given.operand(constant)).collect()
    }

    pub(crate) fn repeats_a_register(&self) -> bool {
        let operands = self.operands.iter().enumerate();
        let mut registers = operands.filter(|(_, given)| !matches!(given, Given::Immediate(_)));
        registers.any(|(at, given)| self.operands[..at].contains(given))
    }

    /// Whether two registers are one that must differ.
    pub(crate) fn is_overlapping_gather(&self) -> bool {
        let mut vectors: Vec<u8> = self.operands.iter().filter_map(vector_number).collect();
        let count = vectors.len();
        vectors.sort_unstable();
        vectors.dedup();
        let gathers = matches!(
            self.operands.get(1),
            Some(Given::Memory(Address {
                index: Index::Vector(_),
                ..
            }))
        );
        gathers && vectors.len() < count
    }
}

/// The number of the vector register an operand names, as itself or as an index.
fn vector_number(given: &Given) -> Option<u8> {
    match *given {
        Given::Vector(number) => Some(number),
        Given::Memory(Address {
            index: Index::Vector(number),
            ..
        }) => Some(number),
        _ => None,
    }
}

/// Whether the form is a jump or call to a label, which has tests of its own.
pub(crate) fn is_branch(form: &Form) -> bool {
    form.operands()
        .iter()
        .any(|slot| matches!(slot.immediate, Immediate::Near8 | Immediate::Near32))
}

/// The simplest request a form takes: registers that differ, if it takes registers.
pub(crate) fn plain(mnemonic: Mnemonic, form: &Form, size: Size) -> Request {
    let slots = form.operands().iter().enumerate();
    Request {
        mnemonic,
        size,
        mask: u8::from(form.masking == Masking::Consumed),
        zeroing: false,
        control: Control::None,
        operands: slots.map(|(at, slot)| plain_operand(slot, at)).collect(),
    }
}

fn plain_operand(slot: &Slot, at: usize) -> Given {
    let number = at as u8 + 1;
    match (slot.class, slot.memory) {
        (Some(Class::Gpr), _) => Given::Gpr(number),
        (Some(Class::Vector), _) => Given::Vector(number),
        (Some(Class::Mask), _) => Given::Mask(number),
        (None, MemoryKind::None) => Given::Immediate(1),
        (None, _) => Given::Memory(with_index(slot, Address::base(7))),
    }
}

/// The address, with a vector index if the slot is of a gather or scatter.
fn with_index(slot: &Slot, address: Address) -> Address {
    match slot.memory {
        MemoryKind::Indexed(..) => Address {
            index: Index::Vector(9),
            ..address
        },
        _ => address,
    }
}

/// Every register a slot can name.
pub(crate) fn registers(slot: &Slot, space: Space) -> Vec<Given> {
    match slot.class {
        None => Vec::new(),
        Some(Class::Gpr) => (0..16).map(Given::Gpr).collect(),
        Some(Class::Mask) => (0..8).map(Given::Mask).collect(),
        Some(Class::Vector) if space == Space::Evex => (0..32).map(Given::Vector).collect(),
        Some(Class::Vector) => (0..16).map(Given::Vector).collect(),
    }
}

/// Registers at which some bit of the encoding changes.
pub(crate) fn edge_registers(slot: &Slot, space: Space) -> Vec<Given> {
    const EDGES: [u8; 7] = [0, 4, 7, 8, 15, 16, 31];
    let all = registers(slot, space);
    let edges = EDGES.iter().filter_map(|&edge| all.get(usize::from(edge)));
    edges.copied().collect()
}

/// Immediates at which some bit of the encoding, or its length, changes.
pub(crate) fn immediates(slot: &Slot) -> Vec<Given> {
    let values: &[i64] = match slot.immediate {
        Immediate::None | Immediate::Near8 | Immediate::Near32 => &[],
        Immediate::One => &[1],
        Immediate::Unsigned8 => &[0, 1, 2, 127, 128, 255],
        Immediate::Signed8 => &[0, 1, 2, 127, -1, -128],
        Immediate::Signed32 => &[0, 1, 127, 128, 255, 256, -1, -128, -129, SMALLEST, LARGEST],
        Immediate::Any64 => &[
            0,
            -1,
            LARGEST,
            LARGEST + 1,
            SMALLEST - 1,
            i64::MAX,
            i64::MIN,
        ],
    };
    values
        .iter()
        .map(|&value| Given::Immediate(value))
        .collect()
}

const SMALLEST: i64 = i32::MIN as i64;
const LARGEST: i64 = i32::MAX as i64;

/// Offsets around the edges of one-byte displacements in units of 1 to 64 bytes.
pub(crate) fn offsets() -> impl Iterator<Item = i32> {
    let units = (0..=6).map(|shift| 1 << shift);
    let edges = units.flat_map(|unit| [127, 128, -128, -129].map(|edge| edge * unit));
    let others = [0, 1, -1, 8, 64, -64, 100, i32::MAX, i32::MIN];
    others.into_iter().chain(edges)
}

/// Addresses that between them have every base, every index at every scale, and every
/// kind of displacement with every base that is special.
pub(crate) fn addresses() -> Vec<Address> {
    let mut addresses = Vec::new();
    let rbx = Address::base(3);
    for base in 0..16 {
        let base = Address::base(base);
        addresses.extend([0, 8, 1000].map(|offset| Address { offset, ..base }));
    }
    for special in [0, RSP, 13] {
        let base = Address::base(special);
        addresses.extend(offsets().map(|offset| Address { offset, ..base }));
    }
    for index in (0..16).filter(|&index| index != RSP).map(Index::Gpr) {
        let indexed = Address { index, ..rbx };
        addresses.extend(SCALES.map(|scale| Address { scale, ..indexed }));
        let bases = [Base::None, Base::Gpr(RSP), Base::Gpr(13)];
        addresses.extend(bases.map(|base| Address { base, ..indexed }));
        let offset = 64;
        addresses.push(Address { offset, ..indexed });
    }
    for base in [Base::None, Base::Constant] {
        let offsets = [0, 1, -1, 64, 4096, i32::MIN / 2];
        addresses.extend(offsets.map(|offset| Address {
            base,
            offset,
            ..rbx
        }));
    }
    addresses
}

/// The same for gathers and scatters.
pub(crate) fn gather_addresses() -> Vec<Address> {
    let mut addresses = Vec::new();
    let gather = |base, index, scale, offset| Address {
        base,
        index: Index::Vector(index),
        scale,
        offset,
        broadcast: false,
    };
    for index in 0..32 {
        for scale in SCALES {
            addresses.push(gather(Base::Gpr(3), index, scale, 0));
        }
        addresses.push(gather(Base::None, index, Scale::X4, 64));
    }
    for base in 0..16 {
        for offset in offsets() {
            addresses.push(gather(Base::Gpr(base), 9, Scale::X8, offset));
        }
    }
    addresses
}

/// Every rounding control a form takes at a size, none apart.
pub(crate) fn controls(form: &Form, size: Size) -> Vec<Control> {
    if !form.encoding.any_length && size != Size::S512 {
        return Vec::new();
    }
    match form.rounding {
        RoundingControl::None => Vec::new(),
        RoundingControl::Rounding => ROUNDINGS.map(Control::Rounding).to_vec(),
        RoundingControl::Silence => vec![Control::Silent],
    }
}

/// Every mask a form takes, with whether it zeroes.
pub(crate) fn masks(form: &Form) -> Vec<(u8, bool)> {
    let merging = (1..8).map(|mask| (mask, false));
    let zeroing = (1..8).map(|mask| (mask, true));
    match form.masking {
        Masking::None => vec![(0, false)],
        Masking::Merge => std::iter::once((0, false)).chain(merging).collect(),
        Masking::MergeOrZero | Masking::Choice => {
            let none = std::iter::once((0, false));
            none.chain(merging).chain(zeroing).collect()
        }
        Masking::Consumed => merging.collect(),
    }
}
