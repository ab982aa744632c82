//! Operands: registers, addresses, immediates, labels.
//!
//! An [`Operand`] is made once and encoded many times, so it carries its facts in the
//! shape the encoder wants them: one bit that says what kind of thing it is, to be
//! held against the bits a row accepts, and the numbers that go into fields.

use super::{Form, Gpr, Mask, Vector};
use std::fmt;

/// The kinds of operand, a bit each. An operand has one; a row accepts several.
pub(super) mod kind {
    pub(in super::super) const NOTHING: u16 = 1 << 0;
    pub(in super::super) const GPR: u16 = 1 << 1;
    pub(in super::super) const LOW_VECTOR: u16 = 1 << 2;
    /// Vector registers from 16 up, which only EVEX reaches.
    pub(in super::super) const HIGH_VECTOR: u16 = 1 << 3;
    pub(in super::super) const MASK: u16 = 1 << 4;
    pub(in super::super) const MEMORY: u16 = 1 << 5;
    pub(in super::super) const BROADCAST: u16 = 1 << 6;
    pub(in super::super) const LOW_INDEXED: u16 = 1 << 7;
    pub(in super::super) const HIGH_INDEXED: u16 = 1 << 8;
    // Immediates by value, the narrowest kind a value has. 1 is its own kind since
    // shifts by 1 have an opcode of their own.
    pub(in super::super) const ONE: u16 = 1 << 9;
    pub(in super::super) const TO_127: u16 = 1 << 10;
    pub(in super::super) const TO_255: u16 = 1 << 11;
    pub(in super::super) const NEGATIVE_BYTE: u16 = 1 << 12;
    pub(in super::super) const SIGNED_32: u16 = 1 << 13;
    pub(in super::super) const WIDE: u16 = 1 << 14;
    pub(in super::super) const LABEL: u16 = 1 << 15;

    pub(in super::super) const INDEXED: u16 = LOW_INDEXED | HIGH_INDEXED;
    pub(in super::super) const ANY_MEMORY: u16 = MEMORY | BROADCAST | INDEXED;
    /// What no row accepts, since rows accept one thing at a time in this respect.
    pub(in super::super) const IMPOSSIBLE: u16 = MEMORY | LABEL;
}

/// A place in the code, bound once and used any number of times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Label(pub(super) u32);

/// An entry of the constant pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Constant(pub(super) u32);

/// What an index is multiplied by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scale {
    /// One.
    X1,
    /// Two.
    X2,
    /// Four.
    X4,
    /// Eight.
    X8,
}

impl Scale {
    /// The scale that is the size of an element of so many bytes, if there is one.
    pub const fn of_bytes(bytes: u32) -> Option<Scale> {
        match bytes {
            1 => Some(Scale::X1),
            2 => Some(Scale::X2),
            4 => Some(Scale::X4),
            8 => Some(Scale::X8),
            _ => None,
        }
    }
}

/// What an address starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Base {
    None,
    Gpr(Gpr),
    Label(Label),
    Constant(Constant),
}

/// What is scaled and added to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Index {
    None,
    Gpr(Gpr, Scale),
    Vector(Vector, Scale),
}

/// An address in memory: base + index * scale + offset.
///
/// ```
/// use smalto_codegen::target::x64::{Memory, Scale, RCX, RSI, v};
///
/// let element = Memory::base(RSI).index(RCX, Scale::X4).offset(64);
/// assert_eq!(element.to_string(), "[rsi + rcx*4 + 64]");
/// let table = Memory::base(RSI).gather(v(3), Scale::X4);
/// assert_eq!(table.to_string(), "[rsi + v3*4]");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Memory {
    base: Base,
    index: Index,
    offset: i32,
    broadcast: bool,
}

impl Memory {
    const fn at(base: Base) -> Memory {
        Memory {
            base,
            index: Index::None,
            offset: 0,
            broadcast: false,
        }
    }

    /// The address in a register.
    pub const fn base(base: Gpr) -> Memory {
        Memory::at(Base::Gpr(base))
    }

    /// An address in the lowest or highest 2 GiB.
    pub const fn absolute(address: i32) -> Memory {
        Memory::at(Base::None).offset(address)
    }

    /// The place of a label, relative to the instruction.
    pub const fn label(label: Label) -> Memory {
        Memory::at(Base::Label(label))
    }

    /// A constant of the pool, relative to the instruction.
    pub const fn constant(constant: Constant) -> Memory {
        Memory::at(Base::Constant(constant))
    }

    /// With `index * scale` added. `rsp` cannot be an index, and labels and constants
    /// take none.
    pub const fn index(mut self, index: Gpr, scale: Scale) -> Memory {
        self.index = Index::Gpr(index, scale);
        self
    }

    /// With each lane of `index` times `scale` added in turn: the address of a gather
    /// or scatter.
    pub const fn gather(mut self, index: Vector, scale: Scale) -> Memory {
        self.index = Index::Vector(index, scale);
        self
    }

    /// At this distance in bytes; the last one given counts.
    pub const fn offset(mut self, offset: i32) -> Memory {
        self.offset = offset;
        self
    }

    /// One element read and given to every lane.
    pub const fn broadcast(mut self) -> Memory {
        self.broadcast = true;
        self
    }

    /// The same, broadcast if `broadcasts`.
    pub(super) const fn broadcast_if(mut self, broadcasts: bool) -> Memory {
        self.broadcast = broadcasts;
        self
    }

    const fn kind(self) -> u16 {
        let relative = matches!(self.base, Base::Label(_) | Base::Constant(_));
        match (self.index, self.broadcast) {
            (Index::Gpr(..) | Index::Vector(..), _) if relative => kind::IMPOSSIBLE,
            (Index::Gpr(index, _), _) if index.number() == NO_INDEX => kind::IMPOSSIBLE,
            (Index::Vector(..), true) => kind::IMPOSSIBLE,
            (Index::Vector(index, _), false) if index.number() < 16 => kind::LOW_INDEXED,
            (Index::Vector(..), false) => kind::HIGH_INDEXED,
            (_, true) => kind::BROADCAST,
            (_, false) => kind::MEMORY,
        }
    }
}

/// The number of `rsp`, which as an index means that there is none.
pub(super) const NO_INDEX: u8 = 4;

/// What an operand's base says besides the numbers of registers.
pub(super) mod base {
    pub(in super::super) const NONE: u8 = 16;
    /// From here on, the base is a place.
    pub(in super::super) const LABEL: u8 = 17;
    pub(in super::super) const CONSTANT: u8 = 18;
}

/// One operand of an instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operand {
    /// From the lowest byte: two of kind, the register's number (0 for what is no
    /// register), the register an address starts from or a value of [`base`], the
    /// register that is scaled or [`NO_INDEX`], the logarithm of the scale. They are
    /// one integer to be stored and loaded as such.
    packed: u64,
    /// An immediate, or in its low half an offset and in its high half a label or
    /// constant.
    pub(super) payload: i64,
}

impl Operand {
    /// No operand: what fills up an array of four.
    pub const NONE: Operand = Operand::register(kind::NOTHING, 0);

    const fn new(kind: u16, number: u8, base: u8, index: u8, scale: u8, payload: i64) -> Operand {
        let registers = (number as u64) | (base as u64) << 8 | (index as u64) << 16;
        Operand {
            packed: kind as u64 | registers << 16 | (scale as u64) << 40,
            payload,
        }
    }

    const fn register(kind: u16, number: u8) -> Operand {
        Operand::new(kind, number, base::NONE, NO_INDEX, 0, 0)
    }

    pub(super) const fn kind(&self) -> u16 {
        self.packed as u16
    }

    pub(super) const fn number(&self) -> u8 {
        (self.packed >> 16) as u8
    }

    pub(super) const fn base(&self) -> u8 {
        (self.packed >> 24) as u8
    }

    pub(super) const fn index(&self) -> u8 {
        (self.packed >> 32) as u8
    }

    pub(super) const fn scale(&self) -> u8 {
        (self.packed >> 40) as u8
    }

    /// Whether it is a general-purpose register.
    #[inline]
    pub(super) fn is_gpr(&self) -> bool {
        self.kind() == kind::GPR
    }

    pub(super) const fn is_none(&self) -> bool {
        self.kind() & kind::NOTHING != 0
    }

    pub(super) const fn is_memory(&self) -> bool {
        self.kind() & kind::ANY_MEMORY != 0
    }

    /// Whether the address is relative to the instruction.
    pub(super) const fn is_relative(&self) -> bool {
        self.base() >= base::LABEL
    }

    pub(super) const fn offset(&self) -> i32 {
        self.payload as i32
    }

    /// The number of the label or constant.
    pub(super) const fn place(&self) -> u32 {
        (self.payload >> 32) as u32
    }
}

impl From<Gpr> for Operand {
    #[inline]
    fn from(register: Gpr) -> Operand {
        Operand::register(kind::GPR, register.number())
    }
}

impl From<Vector> for Operand {
    #[inline]
    fn from(register: Vector) -> Operand {
        let number = register.number();
        let kind = if number < 16 {
            kind::LOW_VECTOR
        } else {
            kind::HIGH_VECTOR
        };
        Operand::register(kind, number)
    }
}

impl From<Mask> for Operand {
    #[inline]
    fn from(register: Mask) -> Operand {
        Operand::register(kind::MASK, register.number())
    }
}

impl From<Memory> for Operand {
    #[inline]
    fn from(memory: Memory) -> Operand {
        let (base, place) = match memory.base {
            Base::None => (base::NONE, 0),
            Base::Gpr(base) => (base.number(), 0),
            Base::Label(label) => (base::LABEL, label.0),
            Base::Constant(constant) => (base::CONSTANT, constant.0),
        };
        let (index, scale) = match memory.index {
            Index::None => (NO_INDEX, 0),
            Index::Gpr(index, scale) => (index.number(), scale as u8),
            Index::Vector(index, scale) => (index.number(), scale as u8),
        };
        let payload = i64::from(place) << 32 | i64::from(memory.offset as u32);
        Operand::new(memory.kind(), 0, base, index, scale, payload)
    }
}

impl From<Label> for Operand {
    #[inline]
    fn from(label: Label) -> Operand {
        let place = i64::from(label.0) << 32;
        Operand::new(kind::LABEL, 0, base::LABEL, NO_INDEX, 0, place)
    }
}

/// Immediates are signed: the 32-bit pattern 0xffff_ffff is the i32 -1.
impl From<i64> for Operand {
    #[inline]
    fn from(value: i64) -> Operand {
        let kind = match value {
            1 => kind::ONE,
            0..=127 => kind::TO_127,
            128..=255 => kind::TO_255,
            -128..=-1 => kind::NEGATIVE_BYTE,
            _ if value == i64::from(value as i32) => kind::SIGNED_32,
            _ => kind::WIDE,
        };
        Operand::new(kind, 0, base::NONE, NO_INDEX, 0, value)
    }
}

impl From<i32> for Operand {
    #[inline]
    fn from(value: i32) -> Operand {
        Operand::from(i64::from(value))
    }
}

/// The operands of one instruction, in the manual's order: a tuple of anything that is
/// an operand, a slice of at most four, or an array of four, filled up with
/// [`Operand::NONE`].
pub trait Operands {
    /// Gives the operands to `take`, filled up.
    fn give<R>(self, take: impl FnOnce(&[Operand; Form::MAX_OPERANDS]) -> R) -> R;
}

impl Operands for &[Operand; Form::MAX_OPERANDS] {
    #[inline(always)]
    fn give<R>(self, take: impl FnOnce(&[Operand; Form::MAX_OPERANDS]) -> R) -> R {
        take(self)
    }
}

impl Operands for &[Operand] {
    #[inline(always)]
    fn give<R>(self, take: impl FnOnce(&[Operand; Form::MAX_OPERANDS]) -> R) -> R {
        take(&filled_up(self))
    }
}

/// The operands and [`Operand::NONE`]; if they are too many, what no row accepts.
fn filled_up(operands: &[Operand]) -> [Operand; Form::MAX_OPERANDS] {
    let mut filled = [Operand::NONE; Form::MAX_OPERANDS];
    match filled.get_mut(..operands.len()) {
        Some(first) => first.copy_from_slice(operands),
        None => filled.fill(Operand::register(kind::IMPOSSIBLE, 0)),
    }
    filled
}

macro_rules! tuples {
    ($(($($operand:ident),*) $($filler:ident)*;)*) => {$(
        impl<$($operand: Into<Operand>),*> Operands for ($($operand,)*) {
            #[inline(always)]
            fn give<R>(self, take: impl FnOnce(&[Operand; Form::MAX_OPERANDS]) -> R) -> R {
                #[allow(non_snake_case, reason = "a type parameter names the value too")]
                let ($($operand,)*) = self;
                take(&[$($operand.into(),)* $(Operand::$filler),*])
            }
        }
    )*};
}

tuples! {
    () NONE NONE NONE NONE;
    (A) NONE NONE NONE;
    (A, B) NONE NONE;
    (A, B, C) NONE;
    (A, B, C, D);
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let base = match self.base {
            Base::None => None,
            Base::Gpr(base) => Some(base.to_string()),
            Base::Label(label) => Some(format!("label {}", label.0)),
            Base::Constant(constant) => Some(format!("constant {}", constant.0)),
        };
        let index = match self.index {
            Index::None => None,
            Index::Gpr(index, scale) => Some(format!("{index}*{}", 1 << scale as u8)),
            Index::Vector(index, scale) => Some(format!("{index}*{}", 1 << scale as u8)),
        };
        let sum: Vec<String> = base.into_iter().chain(index).collect();
        write!(f, "[{}", sum.join(" + "))?;
        match self.offset {
            offset if sum.is_empty() => write!(f, "{offset}")?,
            0 => {}
            offset if offset < 0 => write!(f, " - {}", offset.unsigned_abs())?,
            offset => write!(f, " + {offset}")?,
        }
        f.write_str(if self.broadcast { "]{1toN}" } else { "]" })
    }
}

impl fmt::Display for Operand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind() {
            kind::GPR => write!(f, "{}", Gpr::new(self.number())),
            kind::LOW_VECTOR | kind::HIGH_VECTOR => write!(f, "{}", Vector::new(self.number())),
            kind::MASK => write!(f, "{}", Mask::new(self.number())),
            kind::LABEL => write!(f, "label {}", self.place()),
            kind::IMPOSSIBLE => f.write_str("(what no instruction takes)"),
            _ if self.is_memory() => write!(f, "{}", self.memory()),
            _ => write!(f, "{}", self.payload),
        }
    }
}

impl Operand {
    /// The address this was made of.
    fn memory(&self) -> Memory {
        let scale = [Scale::X1, Scale::X2, Scale::X4, Scale::X8][usize::from(self.scale())];
        Memory {
            base: match self.base() {
                base::NONE => Base::None,
                base::LABEL => Base::Label(Label(self.place())),
                base::CONSTANT => Base::Constant(Constant(self.place())),
                number => Base::Gpr(Gpr::new(number)),
            },
            index: match self.index() {
                number if self.kind() & kind::INDEXED != 0 => {
                    Index::Vector(Vector::new(number), scale)
                }
                NO_INDEX => Index::None,
                number => Index::Gpr(Gpr::new(number), scale),
            },
            offset: self.offset(),
            broadcast: self.kind() & kind::BROADCAST != 0,
        }
    }
}
