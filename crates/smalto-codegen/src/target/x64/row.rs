//! A row of the table as the encoder wants it: 32 bytes, computed at compile time.

use super::Operand;
use super::fit::Filled;
use super::form::{
    Class, Extent, Field, Form, Immediate, Masking, MemoryKind, RoundingControl, Slot, Space,
};
use super::instruction::{FORM_COUNT, FORMS, LAST_OF_MNEMONIC};
use super::mnemonic::demand;
use super::operand::kind;

/// The operand of a field that no operand stands in: a row with such a field has fewer
/// than four operands, so that the last is [`Operand::NONE`], which is number 0.
pub(super) const NO_OPERAND: u8 = Form::MAX_OPERANDS as u8 - 1;

/// What the encoder needs of a [`Form`].
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    /// The operand kinds accepted: 16 bits an operand, the first lowest.
    pub(super) operands: u64,
    /// The sizes and decorations accepted.
    pub(super) demands: u16,
    flags: u16,
    /// The head of an instruction whose registers are all number 0, as
    /// [`encode`](super::encode) lays it out.
    pub(super) template: u64,
    pub(super) space: Space,
    /// Legacy: bytes of the opcode map.
    pub(super) map_bytes: u8,
    // Which operand stands in which field.
    pub(super) reg: u8,
    pub(super) vvvv: u8,
    pub(super) rm: u8,
    opcode_register: u8,
    pub(super) immediate: u8,
    pub(super) immediate_bytes: u8,
    /// Bit n is set if operand n is an 8-bit register.
    pub(super) byte_registers: u8,
    /// EVEX counts one-byte displacements in units of the memory it accesses: the
    /// logarithm of that unit.
    pub(super) memory_shift: u8,
    /// The same for a broadcast.
    pub(super) broadcast_shift: u8,
}

/// Facts of a row that are yes or no.
mod flag {
    pub(super) const LAST: u16 = 1 << 0;
    pub(super) const MODRM: u16 = 1 << 1;
    pub(super) const BRANCH: u16 = 1 << 2;
    pub(super) const GATHER: u16 = 1 << 3;
    pub(super) const SELECTOR: u16 = 1 << 4;
    pub(super) const LOCK: u16 = 1 << 5;
    pub(super) const WIDE: u16 = 1 << 6;
    pub(super) const MEMORY_SCALES: u16 = 1 << 7;
    pub(super) const SIZED: u16 = 1 << 8;
}

macro_rules! fields {
    ($($method:ident $field:ident;)*) => {
        impl Row {
            $(
                #[inline(always)]
                pub(super) fn $method<'a>(&self, operands: &'a Filled) -> &'a Operand {
                    &operands[usize::from(self.$field) % Form::MAX_OPERANDS]
                }
            )*
        }
    };
}

// The operands that stand in the fields.
fields! {
    in_reg reg;
    in_vvvv vvvv;
    in_rm rm;
    in_opcode opcode_register;
    in_immediate immediate;
}

macro_rules! flags {
    ($($(#[$doc:meta])* $method:ident $flag:ident;)*) => {
        impl Row {
            $(
                $(#[$doc])*
                pub(super) const fn $method(&self) -> bool {
                    self.flags & flag::$flag != 0
                }
            )*
        }
    };
}

flags! {
    /// Whether the next row is of another mnemonic.
    is_last LAST;
    has_modrm MODRM;
    /// Whether it jumps to a label.
    is_branch BRANCH;
    /// Whether its registers must all differ.
    is_gather GATHER;
    /// Whether the immediate operand is a register, in the upper half of a byte.
    has_selector SELECTOR;
    has_lock LOCK;
    /// Whether W is set whatever the size (legacy).
    is_wide WIDE;
    /// Whether `memory_shift` is for 128 bits and grows with the vector.
    memory_scales MEMORY_SCALES;
    /// Whether the operand size makes the prefixes (legacy).
    is_sized SIZED;
}

const fn digest_all() -> [Row; FORM_COUNT] {
    let mut rows = [Row::digest(&FORMS[0], false); FORM_COUNT];
    let mut at = 0;
    while at < FORM_COUNT {
        rows[at] = Row::digest(&FORMS[at], LAST_OF_MNEMONIC[at]);
        at += 1;
    }
    rows
}

/// The table.
pub(super) static ROWS: [Row; FORM_COUNT] = digest_all();

impl Row {
    const fn digest(form: &Form, is_last: bool) -> Row {
        let encoding = &form.encoding;
        let mut row = Row {
            operands: 0,
            demands: accepted_demands(form),
            flags: 0,
            template: template(form),
            space: encoding.space,
            map_bytes: LEGACY_MAPS[encoding.map as usize].1,
            reg: NO_OPERAND,
            vvvv: NO_OPERAND,
            rm: NO_OPERAND,
            opcode_register: NO_OPERAND,
            immediate: NO_OPERAND,
            immediate_bytes: encoding.immediate_bytes,
            byte_registers: 0,
            memory_shift: 0,
            broadcast_shift: 0,
        };
        row.set(flag::LAST, is_last);
        row.set(flag::MODRM, encoding.has_modrm);
        row.set(flag::LOCK, encoding.lock);
        row.set(flag::WIDE, encoding.wide);
        row.set(flag::SIZED, !encoding.sizes.is_empty());
        let mut at = 0;
        while at < Form::MAX_OPERANDS {
            if at < form.operands().len() {
                row.add_operand(form, at);
            } else {
                row.operands |= (kind::NOTHING as u64) << (16 * at);
            }
            at += 1;
        }
        row
    }

    const fn set(&mut self, flag: u16, on: bool) {
        if on {
            self.flags |= flag;
        }
    }

    const fn add_operand(&mut self, form: &Form, at: usize) {
        let slot = &form.operands()[at];
        self.operands |= (accepted_kinds(slot, form.encoding.space) as u64) << (16 * at);
        match slot.field {
            Field::Reg => self.reg = at as u8,
            Field::Vvvv => self.vvvv = at as u8,
            Field::Rm => self.rm = at as u8,
            Field::Opcode => self.opcode_register = at as u8,
            Field::Immediate => self.immediate = at as u8,
            Field::Selector => {
                self.immediate = at as u8;
                self.set(flag::SELECTOR, true);
            }
            Field::Displacement => self.set(flag::BRANCH, true),
            Field::Nowhere => {}
        }
        if is_byte_register(slot, form) {
            self.byte_registers |= 1 << at;
        }
        if matches!(form.encoding.space, Space::Evex) {
            self.add_memory_unit(slot, form);
        }
        // A scatter may store its own index.
        let gathers = at != 0 && matches!(slot.memory, MemoryKind::Indexed(..));
        self.set(flag::GATHER, gathers);
    }

    const fn add_memory_unit(&mut self, slot: &Slot, form: &Form) {
        if slot.broadcast != 0 {
            self.broadcast_shift = log2_bytes(slot.broadcast as u16);
        }
        match slot.memory {
            MemoryKind::Whole(Extent::Share(shift)) if matches!(slot.class, Some(Class::Gpr)) => {
                self.memory_shift = if form.encoding.wide { 3 } else { 2 } - shift;
            }
            MemoryKind::Whole(Extent::Share(shift)) => {
                self.memory_shift = log2_bytes(128) - shift;
                self.set(flag::MEMORY_SCALES, true);
            }
            MemoryKind::Whole(Extent::Bits(bits))
            | MemoryKind::Run(bits)
            | MemoryKind::Indexed(bits, _) => self.memory_shift = log2_bytes(bits),
            MemoryKind::Address | MemoryKind::None => {}
        }
    }
}

const fn log2_bytes(bits: u16) -> u8 {
    (bits / 8).ilog2() as u8
}

const fn is_byte_register(slot: &Slot, form: &Form) -> bool {
    let bytes_only = form.sizes.contains(super::Size::S8);
    match (slot.class, slot.extent) {
        (Some(Class::Gpr), Extent::Bits(bits)) => bits == 8,
        (Some(Class::Gpr), Extent::Share(_)) => bytes_only,
        _ => false,
    }
}

const fn accepted_demands(form: &Form) -> u16 {
    let masking = match form.masking {
        Masking::None => demand::UNMASKED,
        Masking::Merge => demand::UNMASKED | demand::MERGING,
        Masking::MergeOrZero | Masking::Choice => {
            demand::UNMASKED | demand::MERGING | demand::ZEROING
        }
        Masking::Consumed => demand::MERGING,
    };
    let rounding = match (form.rounding, form.encoding.any_length) {
        (RoundingControl::None, _) => 0,
        (RoundingControl::Rounding, true) => demand::SCALAR_ROUNDING,
        (RoundingControl::Rounding, false) => demand::PACKED_ROUNDING,
        (RoundingControl::Silence, true) => demand::SCALAR_SILENCE,
        (RoundingControl::Silence, false) => demand::PACKED_SILENCE,
    };
    form.sizes.bits() as u16 | masking | rounding
}

const fn accepted_kinds(slot: &Slot, space: Space) -> u16 {
    let high = matches!(space, Space::Evex);
    let register = match slot.class {
        None => 0,
        Some(Class::Gpr) => kind::GPR,
        Some(Class::Mask) => kind::MASK,
        Some(Class::Vector) if high => kind::LOW_VECTOR | kind::HIGH_VECTOR,
        Some(Class::Vector) => kind::LOW_VECTOR,
    };
    let memory = match slot.memory {
        MemoryKind::None => 0,
        MemoryKind::Address | MemoryKind::Whole(_) | MemoryKind::Run(_) => kind::MEMORY,
        MemoryKind::Indexed(..) if high => kind::INDEXED,
        MemoryKind::Indexed(..) => kind::LOW_INDEXED,
    };
    let broadcast = if slot.broadcast != 0 {
        kind::BROADCAST
    } else {
        0
    };
    const SIGNED_BYTE: u16 = kind::ONE | kind::TO_127 | kind::NEGATIVE_BYTE;
    let immediate = match slot.immediate {
        Immediate::None => 0,
        Immediate::One => kind::ONE,
        Immediate::Unsigned8 => kind::ONE | kind::TO_127 | kind::TO_255,
        Immediate::Signed8 => SIGNED_BYTE,
        Immediate::Signed32 => SIGNED_BYTE | kind::TO_255 | kind::SIGNED_32,
        Immediate::Any64 => SIGNED_BYTE | kind::TO_255 | kind::SIGNED_32 | kind::WIDE,
        Immediate::Near8 | Immediate::Near32 => kind::LABEL,
    };
    register | memory | broadcast | immediate
}

/// The bytes of an opcode map in legacy encodings, the last highest, and how many.
const LEGACY_MAPS: [(u64, u8); 4] = [(0, 0), (0x0f00, 1), (0x380f, 2), (0x3a0f, 2)];

const fn template(form: &Form) -> u64 {
    let encoding = &form.encoding;
    let mandatory = match encoding.prefix {
        0 => 0,
        0x66 => 1,
        0xf3 => 2,
        _ => 3,
    };
    let wide = (encoding.wide as u64) << 7;
    let map = encoding.map as u64;
    let prefix = match encoding.space {
        Space::Legacy => encoding.prefix as u64 | LEGACY_MAPS[encoding.map as usize].0 << 16,
        Space::Vex => {
            let third = wide | 0x78 | (encoding.long as u64) << 2 | mandatory;
            0xc4 | (0xe0 | map) << 8 | third << 16
        }
        Space::Evex => {
            let third = wide | 0x7c | mandatory;
            0x62 | (0xf0 | map) << 8 | third << 16 | 0x08 << 24
        }
    };
    let digit = match encoding.digit {
        Some(digit) => (digit as u64) << 3,
        None => 0,
    };
    prefix | (encoding.opcode as u64) << 32 | digit << 40
}
