//! What the walk knows about each value.

use super::next_use::DEAD;
use super::{AllocError, Function, Location};

/// No register, slot or hint.
pub(super) const NONE: u32 = u32::MAX;

/// The lowest bits of a state: the number of a register, of a tuple that of the first.
const NUMBER: u32 = 0xff;
/// It is in no register, and that number means nothing.
const NOWHERE: u32 = 1 << 8;
/// The logarithm of its span.
const SPAN: u32 = 0b11 << SPAN_SHIFT;
const SPAN_SHIFT: u32 = 16;
const REMATERIALISABLE: u32 = 1 << 18;
const STORED: u32 = 1 << 19;
/// It is stored, and its slot is given back after its last use.
const OWNS_SLOT: u32 = 1 << 20;
const GLOBAL: u32 = 1 << 21;
const LASTING: u32 = 1 << 22;
/// It has a hint.
const WANTED: u32 = 1 << 23;
const FLAGS: u32 = SPAN | REMATERIALISABLE | STORED | OWNS_SLOT | GLOBAL | LASTING;
const CLASS_SHIFT: u32 = 24;

/// A value: sixteen bytes, so that an operand costs one line of cache.
#[derive(Debug, Clone, Copy)]
pub(super) struct Value {
    /// Its spill slot or [`NONE`]; of a rematerialisable value, which never has one,
    /// the instruction that makes it.
    pub(super) slot: u32,
    /// Where it would best be; see [`Hint`].
    hint: u32,
    /// When it is needed next beyond what is at hand, or [`DEAD`]: in the walk backwards of
    /// `next_use`, beyond an instruction; in the walk forward, beyond the block's end.
    pub(super) beyond: u32,
    /// Where it is and what is known of it, in one word: from the lowest bits the number of
    /// a register and [`NOWHERE`], flags, the class.
    state: u32,
}

impl Value {
    fn new(class: u8) -> Value {
        Value {
            slot: NONE,
            hint: NONE,
            beyond: DEAD,
            state: u32::from(class) << CLASS_SHIFT | NOWHERE,
        }
    }

    /// Where it would best be.
    #[inline]
    pub(super) fn hint(&self) -> Hint {
        Hint::unpack(self.hint)
    }

    #[inline]
    pub(super) fn set_hint(&mut self, hint: Hint) {
        self.hint = hint.pack();
        self.state |= WANTED;
    }

    /// Whether it has a hint.
    #[inline]
    pub(super) fn is_wanted(&self) -> bool {
        self.state & WANTED != 0
    }

    /// Its class.
    #[inline]
    pub(super) fn class(&self) -> u8 {
        (self.state >> CLASS_SHIFT) as u8
    }

    /// The register it is in, of a tuple the first. After its last use that means nothing.
    #[inline]
    pub(super) fn home(&self) -> Option<u8> {
        (self.state & NOWHERE == 0).then_some(self.state as u8)
    }

    /// The register it is in, if it is in one.
    #[inline]
    pub(super) fn location(&self) -> Location {
        Location::register(self.class(), self.state as u8)
    }

    /// Bits that say that something hangs on where it is made: it is used in another block
    /// than it is defined in, or has a hint.
    #[inline]
    pub(super) fn wishes(&self) -> u32 {
        self.state & (GLOBAL | WANTED)
    }

    /// When it is needed next, if `in_block` is when that is in the block that the walk is
    /// in: there, unless it needs a register only further on.
    #[inline]
    pub(super) fn next_use(&self, in_block: u32) -> u32 {
        in_block.min(self.beyond)
    }

    /// Whether it is in a register and has no slot to give back.
    #[inline]
    pub(super) fn is_just_in_register(&self) -> bool {
        self.state & (NOWHERE | OWNS_SLOT) == 0
    }

    #[inline]
    pub(super) fn set_home(&mut self, home: Option<u8>) {
        let home = home.map_or(NOWHERE, u32::from);
        self.state = self.state & !(NUMBER | NOWHERE) | home;
    }

    #[inline]
    pub(super) fn span(&self) -> u8 {
        1 << ((self.state & SPAN) >> SPAN_SHIFT)
    }

    #[inline]
    pub(super) fn is_rematerialisable(&self) -> bool {
        self.state & REMATERIALISABLE != 0
    }

    /// Whether its slot holds it, here and wherever the walk comes from here.
    #[inline]
    pub(super) fn is_stored(&self) -> bool {
        self.state & STORED != 0
    }

    /// Notes that its slot holds it from here on.
    #[inline]
    pub(super) fn set_stored(&mut self) {
        self.state |= if self.is_global() {
            STORED
        } else {
            STORED | OWNS_SLOT
        };
    }

    /// Whether its slot is to be given back after its last use.
    #[inline]
    pub(super) fn owns_slot(&self) -> bool {
        self.state & OWNS_SLOT != 0
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
        self.state &= !(STORED | OWNS_SLOT);
        self.slot = NONE;
    }

    /// Whether losing the register costs no store.
    #[inline]
    pub(super) fn is_clean(&self) -> bool {
        self.state & (STORED | REMATERIALISABLE) != 0
    }

    /// Whether it lives across calls.
    #[inline]
    pub(super) fn is_lasting(&self) -> bool {
        self.state & LASTING != 0
    }

    pub(super) fn set_lasting(&mut self) {
        self.state |= LASTING;
    }

    /// Whether it is [simple](Value::is_simple) and wanted nowhere.
    #[inline]
    pub(super) fn can_be_anywhere(&self) -> bool {
        self.state & (FLAGS | WANTED) == 0
    }

    /// Whether it is of one register, stays in its block, crosses no call and was never
    /// stored.
    #[inline]
    pub(super) fn is_simple(&self) -> bool {
        self.state & FLAGS == 0
    }

    /// Whether it is used in another block than it is defined in.
    #[inline]
    pub(super) fn is_global(&self) -> bool {
        self.state & GLOBAL != 0
    }

    pub(super) fn set_global(&mut self) {
        self.state |= GLOBAL;
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
    fn pack(self) -> u32 {
        match self {
            Hint::None => NONE,
            Hint::Register(number) => FIXED | u32::from(number),
            Hint::With(value) => value,
        }
    }

    #[inline]
    fn unpack(packed: u32) -> Hint {
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
    let highest = function.classes.iter().copied().fold(0, u8::max);
    if usize::from(highest) >= classes && count > 0 {
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
    values.extend(function.classes.iter().map(|&class| Value::new(class)));
    for (value, span) in values.iter_mut().zip(&function.spans) {
        value.state |= span.trailing_zeros() << SPAN_SHIFT;
    }
    for (value, &again) in values.iter_mut().zip(&function.rematerialisable) {
        value.state |= if again { REMATERIALISABLE } else { 0 };
    }
    Ok(())
}
