//! What the walk knows about each value.

use super::{AllocError, Function, Location};

/// No register, slot or hint.
pub(super) const NONE: u32 = u32::MAX;

/// No register.
const NOWHERE: u16 = u16::MAX;

const SPAN: u8 = 0b11;
const REMATERIALISABLE: u8 = 1 << 2;
const STORED: u8 = 1 << 3;
const GLOBAL: u8 = 1 << 4;
const LASTING: u8 = 1 << 5;

/// A value: sixteen bytes, so that an operand costs one line of cache.
#[derive(Debug, Clone, Copy)]
pub(super) struct Value {
    /// Its spill slot or [`NONE`]; of a rematerialisable value, which never has one,
    /// the instruction that makes it.
    pub(super) slot: u32,
    /// Where it would best be; see [`Hint`].
    pub(super) hint: u32,
    home: u16,
    flags: u8,
    /// Its class.
    pub(super) class: u8,
}

/// What is known of several values together, to see at once that none is unusual.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Traits(u32);

impl Traits {
    pub(super) const NONE: Traits = Traits(0);

    /// Whether all of them are [simple](Value::is_simple) and in registers.
    #[inline]
    pub(super) fn are_simple_in_registers(self) -> bool {
        self.0 & !NUMBER == 0
    }
}

impl std::ops::BitOrAssign for Traits {
    #[inline]
    fn bitor_assign(&mut self, other: Traits) {
        self.0 |= other.0;
    }
}

/// The bits of a home that number a register.
const NUMBER: u32 = 0xff;

impl Value {
    /// The register it is in, of a tuple the first.
    #[inline]
    pub(super) fn home(&self) -> Option<u8> {
        (self.home != NOWHERE).then_some(self.home as u8)
    }

    /// The register it is in, if it is in one.
    #[inline]
    pub(super) fn location(&self) -> Location {
        Location::register(self.class, self.home as u8)
    }

    #[inline]
    pub(super) fn traits(&self) -> Traits {
        Traits(u32::from(self.flags) << 16 | u32::from(self.home))
    }

    /// Lets it be in no register, on a condition that is not branched on.
    #[inline]
    pub(super) fn leave_if(&mut self, leaves: bool) {
        self.home = if leaves { NOWHERE } else { self.home };
    }

    #[inline]
    pub(super) fn set_home(&mut self, home: Option<u8>) {
        self.home = home.map_or(NOWHERE, u16::from);
    }

    #[inline]
    pub(super) fn span(&self) -> u8 {
        1 << (self.flags & SPAN)
    }

    #[inline]
    pub(super) fn is_rematerialisable(&self) -> bool {
        self.flags & REMATERIALISABLE != 0
    }

    /// Whether its slot holds it, here and wherever the walk comes from here.
    #[inline]
    pub(super) fn is_stored(&self) -> bool {
        self.flags & STORED != 0
    }

    #[inline]
    pub(super) fn set_stored(&mut self) {
        self.flags |= STORED;
    }

    /// Sets the instruction that makes a rematerialisable value.
    #[inline]
    pub(super) fn make_again(&mut self, instruction: u32) {
        self.slot = instruction;
    }

    /// Whether it is rematerialisable, and its instruction was met.
    #[inline]
    pub(super) fn is_made_again(&self) -> bool {
        self.is_rematerialisable() && self.slot != NONE
    }

    /// It has no slot any more.
    #[inline]
    pub(super) fn forget_slot(&mut self) {
        self.flags &= !STORED;
        self.slot = NONE;
    }

    /// Whether losing the register costs no store.
    #[inline]
    pub(super) fn is_clean(&self) -> bool {
        self.flags & (STORED | REMATERIALISABLE) != 0
    }

    /// Whether it lives across calls.
    #[inline]
    pub(super) fn is_lasting(&self) -> bool {
        self.flags & LASTING != 0
    }

    pub(super) fn set_lasting(&mut self) {
        self.flags |= LASTING;
    }

    /// Whether it is [simple](Value::is_simple) and wanted nowhere.
    #[inline]
    pub(super) fn can_be_anywhere(&self) -> bool {
        self.is_simple() && self.hint == NONE
    }

    /// Whether it is of one register, stays in its block, crosses no call and was never
    /// stored.
    #[inline]
    pub(super) fn is_simple(&self) -> bool {
        self.flags == 0
    }

    /// Whether it is used in another block than it is defined in.
    #[inline]
    pub(super) fn is_global(&self) -> bool {
        self.flags & GLOBAL != 0
    }

    pub(super) fn set_global(&mut self) {
        self.flags |= GLOBAL;
    }
}

/// Where a value would best be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hint {
    /// Anywhere.
    None,
    /// In this register.
    Register(u8),
    /// Where that value is when it is defined.
    With(u32),
}

const FIXED: u32 = 1 << 31;

impl Hint {
    #[inline]
    pub(super) fn pack(self) -> u32 {
        match self {
            Hint::None => NONE,
            Hint::Register(number) => FIXED | u32::from(number),
            Hint::With(value) => value,
        }
    }

    #[inline]
    pub(super) fn unpack(packed: u32) -> Hint {
        match packed {
            NONE => Hint::None,
            packed if packed & FIXED != 0 => Hint::Register(packed as u8),
            packed => Hint::With(packed),
        }
    }
}

/// Makes the values of a function, none of them anywhere yet.
pub(super) fn fill(
    values: &mut Vec<Value>,
    function: &Function,
    classes: usize,
) -> Result<(), AllocError> {
    let count = function.classes.len();
    let fits = |length| length == 0 || length == count;
    if !fits(function.spans.len()) || !fits(function.rematerialisable.len()) {
        return Err(AllocError::Function(
            "there are not as many spans or flags as values",
        ));
    }
    if count >= FIXED as usize {
        return Err(AllocError::Function("it has 2^31 values or more"));
    }
    if function
        .classes
        .iter()
        .any(|&class| usize::from(class) >= classes)
    {
        return Err(AllocError::Function(
            "a value is of a class that the machine lacks",
        ));
    }
    if !function
        .spans
        .iter()
        .all(|span| matches!(span, 1 | 2 | 4 | 8))
    {
        return Err(AllocError::Function(
            "a tuple is not of 1, 2, 4 or 8 registers",
        ));
    }
    values.clear();
    values.extend(function.classes.iter().map(|&class| Value {
        slot: NONE,
        hint: NONE,
        home: NOWHERE,
        class,
        flags: 0,
    }));
    for (value, span) in values.iter_mut().zip(&function.spans) {
        value.flags |= span.trailing_zeros() as u8;
    }
    for (value, &again) in values.iter_mut().zip(&function.rematerialisable) {
        value.flags |= if again { REMATERIALISABLE } else { 0 };
    }
    Ok(())
}
