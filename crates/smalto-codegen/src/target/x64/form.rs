//! One row of the instruction table, as the vendor's manual has it.
//!
//! A row is four columns: the *encoding*, which *field* of it each operand goes to,
//! the *operands*, and the CPU *feature* it needs. They are read at compile time;
//! a mistake in a row is a compile error at that row. The page of the
//! [module above](super) describes each column.

use super::{Gpr, Size, Sizes};
use std::fmt;

/// How an instruction's prefixes are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Space {
    /// Byte prefixes and REX.
    Legacy,
    /// The two- and three-byte VEX prefix: AVX, AVX2, FMA, F16C, BMI, mask registers.
    Vex,
    /// The four-byte EVEX prefix: AVX-512.
    Evex,
}

/// The prefixes and the opcode: the first column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encoding {
    /// The prefix scheme.
    pub space: Space,
    /// The opcode map: 0 for one-byte opcodes, 1 for 0F, 2 for 0F38, 3 for 0F3A.
    pub map: u8,
    /// The mandatory prefix byte, or 0.
    pub prefix: u8,
    /// Whether a LOCK prefix comes first.
    pub lock: bool,
    /// Whether the W bit is set whatever the size.
    pub wide: bool,
    /// Whether the L bit is set whatever the size.
    pub long: bool,
    /// Whether the vector length does not matter.
    pub any_length: bool,
    /// The sizes written in the encoding; empty where it names none.
    pub sizes: Sizes,
    /// The opcode byte.
    pub opcode: u8,
    /// The digit of a `/digit`, which stands in ModRM.reg.
    pub digit: Option<u8>,
    /// Whether a ModRM byte follows the opcode.
    pub has_modrm: bool,
    /// Bytes of the immediate or branch displacement.
    pub immediate_bytes: u8,
}

/// Where in the encoding an operand goes: a letter of the second column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// `R`: ModRM.reg.
    Reg,
    /// `V`: the vvvv field of VEX and EVEX.
    Vvvv,
    /// `M`: ModRM.rm, a register or memory.
    Rm,
    /// `I`: the immediate.
    Immediate,
    /// `S`: a register in the upper half of an immediate byte, the manual's `/is4`.
    Selector,
    /// `O`: the low three bits of the opcode.
    Opcode,
    /// `D`: the displacement of a branch.
    Displacement,
    /// `N`: nowhere; the opcode implies it.
    Nowhere,
}

/// What an instruction does with an operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Reads it.
    Read,
    /// Writes it, whatever it was. With merge masking the old value shows through,
    /// so that it is read too.
    Write,
    /// Reads it and writes the result over it: a tied operand.
    ReadWrite,
}

/// The register file an operand may name a register of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// General-purpose.
    Gpr,
    /// Vector.
    Vector,
    /// Mask.
    Mask,
}

/// How much of a register or of memory an operand is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// So many bits.
    Bits(u16),
    /// The instruction's size shifted right by so much: 0 whole, 1 half, 2 a quarter.
    Share(u8),
}

impl Extent {
    /// The extent in bits, of an instruction of this size.
    pub const fn bits(self, size: Size) -> u16 {
        match self {
            Extent::Bits(bits) => bits,
            Extent::Share(shift) => size.bits() >> shift,
        }
    }
}

/// The memory an operand may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemoryKind {
    /// It is never memory.
    None,
    /// An address that is computed or hinted at, not accessed.
    Address,
    /// So much memory.
    Whole(Extent),
    /// Elements of so many bits, as many as the mask has ones.
    Run(u16),
    /// Elements of so many bits, one at each index in a vector of that extent.
    Indexed(u16, Extent),
}

/// The immediates an operand may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Immediate {
    /// It is never an immediate.
    None,
    /// 1 and nothing else, in an encoding that has no room for it.
    One,
    /// 0 to 255.
    Unsigned8,
    /// -128 to 127, sign-extended to the size.
    Signed8,
    /// 32 bits, sign-extended to the size.
    Signed32,
    /// 64 bits.
    Any64,
    /// The distance to a label, in one byte.
    Near8,
    /// The distance to a label, in four bytes.
    Near32,
}

/// One operand of a form: what may stand there and what happens to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// Where it is encoded.
    pub field: Field,
    /// What is done with it.
    pub role: Role,
    /// The file of the registers it may be.
    pub class: Option<Class>,
    /// How much of the register counts.
    pub extent: Extent,
    /// The memory it may be.
    pub memory: MemoryKind,
    /// Bits of the memory element that may be broadcast instead, or 0.
    pub broadcast: u8,
    /// The immediates it may be.
    pub immediate: Immediate,
}

impl Slot {
    /// Bits of the register this operand names, in an instruction of this size. No
    /// vector register is narrower than xmm, however little of it counts.
    pub const fn register_bits(&self, size: Size) -> u16 {
        let bits = self.extent.bits(size);
        match self.class {
            Some(Class::Vector) if bits < 128 => 128,
            _ => bits,
        }
    }

    const fn register(&mut self, class: Class, extent: Extent) {
        self.class = Some(class);
        self.extent = extent;
    }

    const EMPTY: Slot = Slot {
        field: Field::Nowhere,
        role: Role::Read,
        class: None,
        extent: Extent::Share(0),
        memory: MemoryKind::None,
        broadcast: 0,
        immediate: Immediate::None,
    };
}

/// Whether an EVEX form takes a mask: the decoration of an operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Masking {
    /// No mask.
    None,
    /// `{k}`: lanes not in the mask keep what they were.
    Merge,
    /// `{kz}`: as `{k}`, or they become zero.
    MergeOrZero,
    /// `{k?}`: the mask says which operand a lane is from, and every lane is written.
    /// Zeroing gives zero in place of the first operand.
    Choice,
    /// `{k!}`: there must be a mask, and it is used up.
    Consumed,
}

/// Whether a form takes rounding control: the other decoration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoundingControl {
    /// No.
    None,
    /// `{er}`: a rounding mode in the instruction, which also silences exceptions.
    Rounding,
    /// `{sae}`: exceptions may be silenced.
    Silence,
}

/// Registers an instruction touches without naming them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Implied {
    /// The general-purpose registers it reads: bit n is register n.
    pub reads: u16,
    /// The general-purpose registers it writes.
    pub writes: u16,
    /// Whether it reads a status flag.
    pub reads_flags: bool,
    /// Whether it writes status flags.
    pub writes_flags: bool,
}

/// A set of CPU features. The empty set is what every x86-64 CPU has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Features(u16);

macro_rules! features {
    ($($name:ident $bit:literal $doc:literal;)*) => {
        impl Features {
            /// What every x86-64 CPU has.
            pub const X64: Features = Features(0);
            $(
                #[doc = $doc]
                pub const $name: Features = Features(1 << $bit);
            )*

            /// Every feature, with its name as the manual has it.
            pub const ALL: &'static [(&'static str, Features)] =
                &[$((stringify!($name), Features::$name)),*];
        }
    };
}

features! {
    AVX      0  "Vectors of 256 bits: floats, and 128-bit integers.";
    AVX2     1  "Vectors of 256 bits: integers, gathers.";
    FMA      2  "Fused multiply-add.";
    F16C     3  "Conversion to and from f16.";
    BMI1     4  "Bit manipulation: andn, tzcnt, bls*.";
    BMI2     5  "Bit manipulation: shifts without flags, pdep, pext.";
    LZCNT    6  "Count of leading zeros.";
    POPCNT   7  "Count of ones.";
    AVX512F  8  "Vectors of 512 bits, masks.";
    AVX512VL 9  "AVX-512 at 128 and 256 bits.";
    AVX512DQ 10 "AVX-512: 64-bit integers and their conversions.";
    AVX512BW 11 "AVX-512: 8- and 16-bit integers.";
    AVX512CD 12 "AVX-512: count of leading zeros.";
}

impl Features {
    /// The features of both.
    pub const fn and(self, other: Features) -> Features {
        Features(self.0 | other.0)
    }

    /// Whether `other` are all among these.
    pub const fn contains(self, other: Features) -> bool {
        self.0 & other.0 == other.0
    }
}

/// The names of the features.
impl fmt::Debug for Features {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = Features::ALL.iter().filter(|(_, one)| self.contains(*one));
        f.debug_set().entries(names.map(|(name, _)| name)).finish()
    }
}

/// A row of the table: one way to encode one instruction.
#[derive(Debug, Clone, Copy)]
pub struct Form {
    /// The first column as written.
    pub encoding_text: &'static str,
    /// The third column as written.
    pub operands_text: &'static str,
    /// The first column as read.
    pub encoding: Encoding,
    /// The sizes it can be asked for.
    pub sizes: Sizes,
    /// The mask it takes.
    pub masking: Masking,
    /// The rounding control it takes.
    pub rounding: RoundingControl,
    /// What it touches unnamed.
    pub implied: Implied,
    feature: Features,
    slots: [Slot; Form::MAX_OPERANDS],
    slot_count: u8,
}

impl Form {
    /// The most operands an instruction has.
    pub const MAX_OPERANDS: usize = 4;

    /// The operands, in the order of the manual.
    pub const fn operands(&self) -> &[Slot] {
        self.slots.split_at(self.slot_count as usize).0
    }

    /// The features it needs at this size: an EVEX form of several lengths needs
    /// AVX512VL for those below 512.
    pub const fn features(&self, size: Size) -> Features {
        let shortened = matches!(self.encoding.space, Space::Evex)
            && self.encoding.sizes.count() > 1
            && !matches!(size, Size::S512);
        if shortened {
            self.feature.and(Features::AVX512VL)
        } else {
            self.feature
        }
    }

    /// Reads a row.
    ///
    /// # Panics
    /// If a column is malformed, or they contradict each other.
    pub const fn parse(
        encoding_text: &'static str,
        fields: &'static str,
        operands_text: &'static str,
        feature: Features,
    ) -> Form {
        let encoding = parse_encoding(encoding_text);
        let mut form = Form {
            encoding_text,
            operands_text,
            encoding,
            sizes: encoding.sizes,
            masking: Masking::None,
            rounding: RoundingControl::None,
            implied: Implied {
                reads: 0,
                writes: 0,
                reads_flags: false,
                writes_flags: false,
            },
            feature,
            slots: [Slot::EMPTY; Form::MAX_OPERANDS],
            slot_count: 0,
        };
        form.parse_operands(fields.as_bytes());
        form.sizes = form.possible_sizes();
        form
    }

    const fn parse_operands(&mut self, fields: &[u8]) {
        let mut text = Cursor::new(self.operands_text);
        while !text.is_at_end() {
            if text.skip(b'<') {
                self.parse_implied(&mut text);
            } else {
                let at = self.slot_count as usize;
                if at == fields.len() {
                    text.refuse("more operands than fields");
                }
                self.slots[at] = self.parse_slot(&mut text, fields[at]);
                self.slot_count += 1;
            }
            if !text.is_at_end() {
                text.expect(b',', "no comma between operands");
                text.expect(b' ', "no space between operands");
            }
        }
        let none = self.slot_count == 0 && matches!(fields, b"ZO");
        if !none && self.slot_count as usize != fields.len() {
            text.refuse("more fields than operands");
        }
    }

    /// `<role register>`, after its opening bracket.
    const fn parse_implied(&mut self, text: &mut Cursor) {
        let (role, word) = parse_role(text);
        let (reads, writes) = (!matches!(role, Role::Write), !matches!(role, Role::Read));
        if let b"flags" = word {
            self.implied.reads_flags |= reads;
            self.implied.writes_flags |= writes;
        } else {
            let bit = 1u16 << implied_gpr(word, text).number();
            self.implied.reads |= if reads { bit } else { 0 };
            self.implied.writes |= if writes { bit } else { 0 };
        }
        text.expect(b'>', "no > after an implied operand");
    }

    /// `role choice/choice{decoration}`.
    const fn parse_slot(&mut self, text: &mut Cursor, field: u8) -> Slot {
        let (role, word) = parse_role(text);
        let mut slot = Slot {
            field: parse_field(field, text),
            role,
            ..Slot::EMPTY
        };
        parse_choice(word, text, &mut slot);
        while text.skip(b'/') {
            parse_choice(text.word(), text, &mut slot);
        }
        while text.skip(b'{') {
            self.parse_decoration(text);
        }
        slot
    }

    /// `{decoration}`, after its opening brace.
    const fn parse_decoration(&mut self, text: &mut Cursor) {
        match text.word() {
            b"kz" => self.masking = Masking::MergeOrZero,
            b"k" if text.skip(b'?') => self.masking = Masking::Choice,
            b"k" if text.skip(b'!') => self.masking = Masking::Consumed,
            b"k" => self.masking = Masking::Merge,
            b"er" => self.rounding = RoundingControl::Rounding,
            b"sae" => self.rounding = RoundingControl::Silence,
            _ => text.refuse("a decoration that is not kz, k, k?, k!, er or sae"),
        }
        text.expect(b'}', "no brace after a decoration");
        if !matches!(self.encoding.space, Space::Evex) {
            text.refuse("a mask or rounding control without EVEX");
        }
    }

    /// The sizes a caller can ask for. Where the encoding leaves no choice he need
    /// not say one; where only the size of a general-purpose register varies, and
    /// with it W, the size is that register's.
    const fn possible_sizes(&self) -> Sizes {
        let encoding = &self.encoding;
        if !encoding.sizes.is_empty() {
            let only_xmm = encoding.sizes.count() == 1 && encoding.sizes.contains(Size::S128);
            return if only_xmm {
                encoding.sizes.with(Size::Fixed)
            } else {
                encoding.sizes
            };
        }
        let mut at = 0;
        while at < self.slot_count as usize {
            let slot = &self.slots[at];
            if matches!(slot.class, Some(Class::Gpr)) && matches!(slot.extent, Extent::Share(0)) {
                return Sizes::NONE.with(if encoding.wide { Size::S64 } else { Size::S32 });
            }
            at += 1;
        }
        if encoding.any_length {
            Sizes::NONE.with(Size::Fixed).with(Size::S128)
        } else {
            Sizes::NONE.with(Size::Fixed)
        }
    }
}

/// A column of a row, and how much of it is still to be read.
struct Cursor {
    column: &'static str,
    rest: &'static [u8],
}

impl Cursor {
    const fn new(column: &'static str) -> Cursor {
        Cursor {
            column,
            rest: column.as_bytes(),
        }
    }

    /// Ends the compilation with what is wrong with this column.
    const fn refuse(&self, why: &str) -> ! {
        let mut message = [b' '; 200];
        let mut length = 0;
        let parts = [why, " in the column `", self.column, "`"];
        let mut part = 0;
        while part < parts.len() {
            let bytes = parts[part].as_bytes();
            let mut at = 0;
            while at < bytes.len() && length < message.len() {
                message[length] = bytes[at];
                length += 1;
                at += 1;
            }
            part += 1;
        }
        match std::str::from_utf8(message.split_at(length).0) {
            Ok(message) => panic!("{}", message),
            Err(_) => panic!("a column is not all ASCII"),
        }
    }

    /// Steps over `byte`, which must come next.
    const fn expect(&mut self, byte: u8, why: &str) {
        if !self.skip(byte) {
            self.refuse(why);
        }
    }

    const fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// Steps over `byte` if it comes next.
    const fn skip(&mut self, byte: u8) -> bool {
        match self.rest {
            [first, rest @ ..] if *first == byte => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    /// Steps over the letters and digits that come next.
    const fn word(&mut self) -> &'static [u8] {
        let mut length = 0;
        while length < self.rest.len() && self.rest[length].is_ascii_alphanumeric() {
            length += 1;
        }
        let (word, rest) = self.rest.split_at(length);
        self.rest = rest;
        word
    }
}

const fn parse_encoding(text: &'static str) -> Encoding {
    let mut text = Cursor::new(text);
    let mut encoding = Encoding {
        space: match text.word() {
            b"LEGACY" => Space::Legacy,
            b"VEX" => Space::Vex,
            b"EVEX" => Space::Evex,
            _ => text.refuse("no LEGACY, VEX or EVEX at the start"),
        },
        map: 0,
        prefix: 0,
        lock: false,
        wide: false,
        long: false,
        any_length: false,
        sizes: Sizes::NONE,
        opcode: 0,
        digit: None,
        has_modrm: false,
        immediate_bytes: 0,
    };
    while text.skip(b'.') {
        parse_prefix(&mut text, &mut encoding);
    }
    text.expect(b' ', "no space before the opcode");
    encoding.opcode = parse_opcode(&mut text);
    if text.skip(b'+') && !matches!(text.word(), b"r") {
        text.refuse("something other than r added to the opcode");
    }
    while text.skip(b' ') {
        parse_suffix(&mut text, &mut encoding);
    }
    if !text.is_at_end() {
        text.refuse("something after the end");
    }
    encoding
}

/// One part of a dotted prefix.
const fn parse_prefix(text: &mut Cursor, encoding: &mut Encoding) {
    match text.word() {
        b"L0" | b"W0" | b"WIG" => {}
        b"LIG" | b"LLIG" | b"LZ" => encoding.any_length = true,
        b"L1" => encoding.long = true,
        b"W1" => encoding.wide = true,
        b"66" => encoding.prefix = 0x66,
        b"F2" => encoding.prefix = 0xf2,
        b"F3" => encoding.prefix = 0xf3,
        b"LOCK" => encoding.lock = true,
        b"0F" => encoding.map = 1,
        b"0F38" => encoding.map = 2,
        b"0F3A" => encoding.map = 3,
        size => {
            encoding.sizes = encoding.sizes.with(parse_size(size, text));
            while text.skip(b'/') {
                let size = text.word();
                encoding.sizes = encoding.sizes.with(parse_size(size, text));
            }
        }
    }
}

const fn parse_size(word: &[u8], text: &Cursor) -> Size {
    match word {
        b"8" => Size::S8,
        b"16" => Size::S16,
        b"32" => Size::S32,
        b"64" => Size::S64,
        b"128" => Size::S128,
        b"256" => Size::S256,
        b"512" => Size::S512,
        _ => text.refuse("an unknown part of the prefix"),
    }
}

/// What follows the opcode: `/r`, `/digit`, `/is4`, or the size of an immediate.
const fn parse_suffix(text: &mut Cursor, encoding: &mut Encoding) {
    let is_slashed = text.skip(b'/');
    match (is_slashed, text.word()) {
        (true, b"r") => encoding.has_modrm = true,
        (true, &[digit @ b'0'..=b'7']) => {
            encoding.has_modrm = true;
            encoding.digit = Some(digit - b'0');
        }
        (true, b"is4") | (false, b"ib" | b"cb") => encoding.immediate_bytes = 1,
        (false, b"id" | b"cd") => encoding.immediate_bytes = 4,
        (false, b"io") => encoding.immediate_bytes = 8,
        _ => text.refuse("what is not /r, /digit, /is4, ib, id, io, cb or cd after the opcode"),
    }
}

/// Two hexadecimal digits.
const fn parse_opcode(text: &mut Cursor) -> u8 {
    if let &[high, low] = text.word()
        && let Some(high) = (high as char).to_digit(16)
        && let Some(low) = (low as char).to_digit(16)
    {
        (high << 4 | low) as u8
    } else {
        text.refuse("an opcode that is not two hexadecimal digits")
    }
}

const fn parse_field(letter: u8, text: &Cursor) -> Field {
    match letter {
        b'R' => Field::Reg,
        b'V' => Field::Vvvv,
        b'M' => Field::Rm,
        b'I' => Field::Immediate,
        b'S' => Field::Selector,
        b'O' => Field::Opcode,
        b'D' => Field::Displacement,
        b'N' => Field::Nowhere,
        _ => text.refuse("a field that is not R, V, M, I, S, O, D or N for an operand"),
    }
}

/// The role of an operand, and the word after it.
const fn parse_role(text: &mut Cursor) -> (Role, &'static [u8]) {
    let role = match text.word() {
        b"w" => Role::Write,
        b"rw" => Role::ReadWrite,
        operand => return (Role::Read, operand),
    };
    text.expect(b' ', "no space after a role");
    (role, text.word())
}

const fn implied_gpr(word: &[u8], text: &Cursor) -> Gpr {
    match word {
        b"rax" => super::RAX,
        b"rcx" => super::RCX,
        b"rdx" => super::RDX,
        b"rsp" => super::RSP,
        _ => text.refuse("an implied operand that is not rax, rcx, rdx, rsp or flags"),
    }
}

/// One of the things an operand may be.
const fn parse_choice(word: &[u8], text: &mut Cursor, slot: &mut Slot) {
    match word {
        b"vec" => slot.register(Class::Vector, Extent::Share(0)),
        b"half" => slot.register(Class::Vector, Extent::Share(1)),
        b"quarter" => slot.register(Class::Vector, Extent::Share(2)),
        b"eighth" => slot.register(Class::Vector, Extent::Share(3)),
        b"xmm" => slot.register(Class::Vector, Extent::Bits(128)),
        b"ymm" => slot.register(Class::Vector, Extent::Bits(256)),
        b"k" => slot.register(Class::Mask, Extent::Bits(64)),
        b"r" => slot.register(Class::Gpr, Extent::Share(0)),
        b"r8" => slot.register(Class::Gpr, Extent::Bits(8)),
        b"r16" => slot.register(Class::Gpr, Extent::Bits(16)),
        b"r32" => slot.register(Class::Gpr, Extent::Bits(32)),
        b"r64" => slot.register(Class::Gpr, Extent::Bits(64)),
        b"one" => slot.immediate = Immediate::One,
        b"imm8" => slot.immediate = Immediate::Unsigned8,
        b"simm8" => slot.immediate = Immediate::Signed8,
        b"imm32" => slot.immediate = Immediate::Signed32,
        b"imm64" => slot.immediate = Immediate::Any64,
        b"rel8" => slot.immediate = Immediate::Near8,
        b"rel32" => slot.immediate = Immediate::Near32,
        b"b32" => slot.broadcast = 32,
        b"b64" => slot.broadcast = 64,
        b"mem" => slot.memory = MemoryKind::Address,
        // Beside a register, as much memory as the register holds.
        b"m" => slot.memory = MemoryKind::Whole(slot.extent),
        b"mhalf" => slot.memory = MemoryKind::Whole(Extent::Share(1)),
        b"mquarter" => slot.memory = MemoryKind::Whole(Extent::Share(2)),
        b"meighth" => slot.memory = MemoryKind::Whole(Extent::Share(3)),
        b"m8" => slot.memory = parse_elements(8, text),
        b"m16" => slot.memory = parse_elements(16, text),
        b"m32" => slot.memory = parse_elements(32, text),
        b"m64" => slot.memory = parse_elements(64, text),
        b"m128" => slot.memory = parse_elements(128, text),
        b"m256" => slot.memory = parse_elements(256, text),
        _ => text.refuse("an unknown operand"),
    }
}

/// What follows the size of a memory operand: `*`, `[extent of the index]` or nothing.
const fn parse_elements(bits: u16, text: &mut Cursor) -> MemoryKind {
    if text.skip(b'*') {
        return MemoryKind::Run(bits);
    }
    if !text.skip(b'[') {
        return MemoryKind::Whole(Extent::Bits(bits));
    }
    let index = match text.word() {
        b"vec" => Extent::Share(0),
        b"half" => Extent::Share(1),
        _ => text.refuse("an index that is not vec or half"),
    };
    text.expect(b']', "no bracket after an index");
    MemoryKind::Indexed(bits, index)
}
