//! From a row and operands to bytes.
//!
//! An instruction is a *head* (prefixes, opcode, ModRM), a *tail* (SIB and
//! displacement) and an immediate. Each is put together in one integer and stored
//! whole, whatever its length, the next one over its end: no loop, no branch on
//! lengths.
//!
//! The head is laid out as EVEX has it, the first byte lowest:
//!
//! ```text
//! 0: 62   1: R X B R' . m m m   2: W v v v v . p p   3: z L' L b V' a a a
//! 4: opcode   5: ModRM
//! ```
//!
//! VEX has R X B, W, vvvv and pp in the same places and L in place of the dot of byte 2;
//! its byte 3 is squeezed out. Of a legacy instruction bytes 2 and 3 are the opcode map,
//! and R X B are taken from byte 1 for the REX prefix. So a register contributes the
//! same bits to a field whatever the prefix: a table for each field has them.

use super::fit::Filled;
use super::form::Space;
use super::layout::Place;
use super::operand::{NO_INDEX, base, kind};
use super::row::Row;
use super::{Instruction, Operand};

/// What stands in the fields of an instruction: the numbers of registers, 0 where there is
/// none, and the rest of it.
#[derive(Clone, Copy, Default)]
pub(super) struct Fields {
    pub(super) reg: u32,
    pub(super) vvvv: u32,
    pub(super) rm: Rm,
    pub(super) opcode: u32,
    pub(super) immediate: u64,
    /// Whether an 8-bit register is spl, bpl, sil or dil, whose numbers mean others
    /// without REX.
    pub(super) needs_rex: bool,
}

/// What stands in ModRM.rm.
#[derive(Clone, Copy)]
pub(super) enum Rm {
    Register(u32),
    /// Memory at an address made of registers.
    Memory(Operand),
    /// Memory at a distance from the instruction.
    Relative(Distant),
}

/// An address relative to the instruction.
#[derive(Clone, Copy)]
pub(super) struct Distant {
    pub(super) place: Place,
    /// How many bytes further on.
    pub(super) offset: i32,
    /// Whether an element there is broadcast.
    pub(super) broadcasts: bool,
}

impl Rm {
    /// What an operand is that stands in ModRM.rm.
    #[inline(always)]
    fn of(operand: &Operand) -> Rm {
        if !operand.is_memory() {
            return Rm::Register(operand.number().into());
        }
        if !operand.is_relative() {
            return Rm::Memory(*operand);
        }
        Rm::Relative(Distant {
            place: match operand.base() {
                base::LABEL => Place::Label(operand.place()),
                _ => Place::Constant(operand.place()),
            },
            offset: operand.offset(),
            broadcasts: operand.kind() == kind::BROADCAST,
        })
    }
}

impl Default for Rm {
    fn default() -> Rm {
        Rm::Register(0)
    }
}

impl Fields {
    /// The fields of a row, in which these operands stand.
    #[inline(always)]
    pub(super) fn of(row: &Row, operands: &Filled) -> Fields {
        let immediate = row.in_immediate(operands);
        let number = |operand: &Operand| u32::from(operand.number());
        Fields {
            reg: number(row.in_reg(operands)),
            vvvv: number(row.in_vvvv(operands)),
            rm: Rm::of(row.in_rm(operands)),
            opcode: number(row.in_opcode(operands)),
            immediate: match row.has_selector() {
                true => selector(number(immediate)),
                false => immediate.payload as u64,
            },
            needs_rex: row.byte_registers != 0 && has_new_byte_register(row, operands),
        }
    }
}

/// A register in the upper half of an immediate byte.
#[inline(always)]
pub(super) fn selector(number: u32) -> u64 {
    u64::from(number) << 4
}

/// Without REX, numbers 4 to 7 of 8-bit registers mean ah, ch, dh and bh.
fn has_new_byte_register(row: &Row, operands: &Filled) -> bool {
    operands.iter().enumerate().any(|(at, operand)| {
        row.byte_registers >> at & 1 != 0 && (4..8).contains(&operand.number())
    })
}

/// The most bytes [`encode`] stores: an instruction of 15, and what is stored beyond
/// its end.
pub(super) const WINDOW: usize = 32;

/// The lengths of what was stored.
pub(super) struct Encoded {
    /// Bytes before SIB and displacement.
    pub(super) head: usize,
    /// Bytes in all.
    pub(super) length: usize,
}

/// Bytes in an integer, and how many.
struct Piece {
    bits: u64,
    length: usize,
}

/// The part of an instruction that says where its memory is.
struct Address {
    /// The bits of the head.
    head: u64,
    tail: Piece,
}

/// Where ModRM is in the head.
const MODRM: u32 = 40;

/// What a register adds to the head in each of the fields. The upper bits of its number
/// are in the prefix: inverted, in VEX and EVEX, as a template for number 0 takes care
/// of.
struct Contributions {
    reg: [u64; 32],
    vvvv: [u64; 32],
    /// A register, not memory.
    rm: [u64; 32],
    opcode: [u64; 32],
}

static CONTRIBUTIONS: Contributions = Contributions::new();

impl Contributions {
    const fn new() -> Contributions {
        let mut all = Contributions {
            reg: [0; 32],
            vvvv: [0; 32],
            rm: [0; 32],
            opcode: [0; 32],
        };
        let mut number = 0;
        while number < 32 {
            let n = number as u64;
            all.reg[number] = (n & 8) << 12 | (n & 16) << 8 | (n & 7) << (MODRM + 3);
            all.vvvv[number] = (n & 15) << 19 | (n & 16) << 23;
            all.rm[number] = (n & 24) << 10 | (0xc0 | n & 7) << MODRM;
            all.opcode[number] = (n & 8) << 10 | (n & 7) << 32;
            number += 1;
        }
        all
    }
}

/// Encodes an instruction in a `row` that accepts what stands in its fields. The displacement of an address relative
/// to the instruction is left for later: it is the addend.
#[inline(always)]
pub(super) fn encode(
    row: &Row,
    instruction: Instruction,
    fields: &Fields,
    window: &mut [u8; WINDOW],
) -> Encoded {
    let mut head = row.template
        ^ CONTRIBUTIONS.reg[index(fields.reg)]
        ^ CONTRIBUTIONS.vvvv[index(fields.vvvv)];
    let mut tail = Piece { bits: 0, length: 0 };
    let mut broadcasts = false;
    match &fields.rm {
        Rm::Register(number) => head ^= CONTRIBUTIONS.rm[index(*number)],
        Rm::Memory(memory) => {
            let address = address(row, instruction, memory);
            head ^= address.head;
            tail = address.tail;
            broadcasts = memory.kind() == kind::BROADCAST;
        }
        Rm::Relative(distant) => {
            head ^= RELATIVE << MODRM;
            tail = Piece {
                bits: u64::from(distant.offset as u32),
                length: 4,
            };
            broadcasts = distant.broadcasts;
        }
    }
    let broadcast = u8::from(broadcasts) * Instruction::BROADCAST_OR_ROUNDING;
    let context = u64::from(instruction.context | broadcast);
    let head = match row.space {
        Space::Evex => Piece {
            bits: head | context << 24,
            length: 6,
        },
        Space::Vex => vex(row, head, context),
        Space::Legacy => legacy(row, head, instruction, fields),
    };
    store(window, 0, head.bits);
    store(window, head.length, tail.bits);
    let before_immediate = head.length + tail.length;
    store(window, before_immediate, fields.immediate);
    Encoded {
        head: head.length,
        length: before_immediate + usize::from(row.immediate_bytes),
    }
}

/// Stores eight bytes, at most 15 bytes into the window.
#[inline(always)]
fn store(window: &mut [u8; WINDOW], at: usize, bits: u64) {
    let at = at & 15;
    window[at..at + 8].copy_from_slice(&bits.to_le_bytes());
}

/// Where a table has the register of this number.
#[inline(always)]
fn index(number: u32) -> usize {
    (number & 31) as usize
}

/// C4 or C5, two or one bytes of fields, opcode, ModRM.
#[inline(always)]
fn vex(row: &Row, head: u64, context: u64) -> Piece {
    // L is the lower bit of L'L, which is bit 5 of the context.
    let prefix = head & 0x00ff_ffff | (context & 1 << 5) << 13;
    let rest = head >> 32;
    // X, B and W are not there to be set in two bytes, and the map is 0F.
    const SHORT_MASK: u64 = 0x0080_7f00;
    const SHORT: u64 = 0x0000_6100;
    let is_short = prefix & SHORT_MASK == SHORT;
    let fields = prefix & 0x8000 | prefix >> 8 & 0x7f00;
    let bits = if is_short {
        0xc5 | fields | rest << 16
    } else {
        prefix | rest << 24
    };
    Piece {
        bits,
        length: 4 + usize::from(row.has_modrm()) - usize::from(is_short),
    }
}

/// LOCK, operand size, mandatory prefix, REX, opcode map, opcode, ModRM: each there or
/// not.
#[inline(always)]
fn legacy(row: &Row, head: u64, instruction: Instruction, fields: &Fields) -> Piece {
    let head = head ^ CONTRIBUTIONS.opcode[index(fields.opcode)];
    let size = instruction.size.bits();
    let wide = row.is_wide() || row.is_sized() && size == 64;
    let rex = u64::from(wide) << 3 | head >> 13 & 7;
    let has_rex = rex != 0 || fields.needs_rex;
    let map_bytes = usize::from(row.map_bytes);
    let from_map = head >> (32 - 8 * map_bytes);
    let piece = Piece {
        bits: if has_rex {
            from_map << 8 | 0x40 | rex
        } else {
            from_map
        },
        length: usize::from(has_rex) + map_bytes + 1 + usize::from(row.has_modrm()),
    };
    let prefix = head & 0xff;
    if prefix != 0 || row.has_lock() || size == 16 {
        with_prefixes(row, instruction, prefix, piece)
    } else {
        piece
    }
}

/// The head with the prefixes that come before REX.
#[inline(never)]
fn with_prefixes(row: &Row, instruction: Instruction, prefix: u64, head: Piece) -> Piece {
    let is_16 = row.is_sized() && instruction.size.bits() == 16;
    let prefixes = [(prefix, prefix != 0), (0x66, is_16), (0xf0, row.has_lock())];
    prefixes
        .into_iter()
        .filter(|&(_, present)| present)
        .fold(head, |head, (byte, _)| Piece {
            bits: head.bits << 8 | byte,
            length: head.length + 1,
        })
}

/// As the base in ModRM: a SIB byte follows.
const SIB_FOLLOWS: u64 = 4;
/// As the base in SIB, with no displacement by ModRM: there is no base.
const NO_BASE: u64 = 5;
/// As the base in ModRM without a displacement: relative to the next instruction.
const RELATIVE: u64 = 5;

#[inline(always)]
fn address(row: &Row, instruction: Instruction, operand: &Operand) -> Address {
    let index = u64::from(operand.index());
    let index_extension = (index & 8) << 11 | (index & 16) << 23;
    let sib_index = (index & 7) << 3 | u64::from(operand.scale()) << 6;
    if operand.base() >= base::NONE {
        return address_without_base(operand, index_extension, sib_index);
    }
    let base = u64::from(operand.base());
    let (mode, offset) = displacement(row, instruction, operand);
    // rsp and r12 stand for the SIB byte as the base in ModRM.
    let needs_sib = operand.kind() & kind::INDEXED != 0
        || operand.index() != NO_INDEX
        || base & 7 == SIB_FOLLOWS;
    let modrm = mode << 6 | if needs_sib { SIB_FOLLOWS } else { base & 7 };
    Address {
        head: index_extension | (base & 8) << 10 | modrm << MODRM,
        tail: Piece {
            bits: if needs_sib {
                sib_index | base & 7 | offset.bits << 8
            } else {
                offset.bits
            },
            length: usize::from(needs_sib) + offset.length,
        },
    }
}

/// An absolute address: four bytes of displacement.
fn address_without_base(operand: &Operand, index_extension: u64, sib_index: u64) -> Address {
    let offset = u64::from(operand.offset() as u32);
    Address {
        head: index_extension | SIB_FOLLOWS << MODRM,
        tail: Piece {
            bits: sib_index | NO_BASE | offset << 8,
            length: 5,
        },
    }
}

/// ModRM.mod, and the displacement in none, one or four bytes. Bits beyond its length
/// do not matter.
#[inline(always)]
fn displacement(row: &Row, instruction: Instruction, operand: &Operand) -> (u64, Piece) {
    let offset = operand.offset();
    let grows = u32::from(row.memory_scales()) * u32::from(instruction.context >> 5 & 3);
    let unit = if operand.kind() == kind::BROADCAST {
        u32::from(row.broadcast_shift)
    } else {
        u32::from(row.memory_shift) + grows
    };
    let compressed = offset >> unit;
    let fits_byte = compressed << unit == offset && i32::from(compressed as i8) == compressed;
    // rbp and r13 without a displacement stand for an address without a base.
    let is_absent = offset == 0 && u64::from(operand.base()) & 7 != NO_BASE;
    let (mode, length) = if is_absent {
        (0, 0)
    } else if fits_byte {
        (1, 1)
    } else {
        (2, 4)
    };
    let value = if fits_byte { compressed } else { offset };
    let bits = u64::from(value as u32);
    (mode, Piece { bits, length })
}
