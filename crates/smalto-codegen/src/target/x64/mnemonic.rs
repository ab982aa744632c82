//! What a caller asks for: a mnemonic, at a size, perhaps masked or with a rounding
//! mode of its own.
//!
//! A mnemonic is a run of table rows, shortest encoding first. An [`Instruction`]
//! carries what it *demands* of a row as bits, and the row has the bits it *accepts*:
//! a row fits if it accepts every demand. [`Operand`](super::Operand) does the same.

use super::instruction::{MNEMONIC_NAMES, MNEMONICS};
use super::row::ROWS;
use super::{Form, Mask, Size, instruction};
use std::fmt;

/// The demands and acceptances of instructions: the low byte is a bit for each
/// [`Size`].
pub(super) mod demand {
    pub(in super::super) const UNMASKED: u16 = 1 << 8;
    pub(in super::super) const MERGING: u16 = 1 << 9;
    pub(in super::super) const ZEROING: u16 = 1 << 10;
    /// Rounding control stands in the bits of the vector length, so that packed
    /// instructions have it at the full length only.
    pub(in super::super) const PACKED_ROUNDING: u16 = 1 << 11;
    pub(in super::super) const SCALAR_ROUNDING: u16 = 1 << 12;
    pub(in super::super) const PACKED_SILENCE: u16 = 1 << 13;
    pub(in super::super) const SCALAR_SILENCE: u16 = 1 << 14;
    /// What no row accepts.
    pub(in super::super) const IMPOSSIBLE: u16 = 1 << 15;
    pub(in super::super) const ROUNDING: u16 =
        PACKED_ROUNDING | SCALAR_ROUNDING | PACKED_SILENCE | SCALAR_SILENCE;
}

/// The name of an instruction: a run of rows of the table, known by its first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Mnemonic(pub(super) u16);

impl Mnemonic {
    /// The mnemonic of this name, in either case.
    ///
    /// ```
    /// use smalto_codegen::target::x64::{Mnemonic, VADDPS};
    ///
    /// assert_eq!(Mnemonic::named("vaddps"), Some(VADDPS));
    /// assert_eq!(Mnemonic::named("vaddpx"), None);
    /// ```
    pub fn named(name: &str) -> Option<Mnemonic> {
        let at = MNEMONIC_NAMES
            .iter()
            .position(|known| known.eq_ignore_ascii_case(name))?;
        Some(MNEMONICS[at])
    }

    /// Every mnemonic, in table order.
    pub fn all() -> &'static [Mnemonic] {
        &MNEMONICS
    }

    /// The number that stands for it in generated tables: that of its first row.
    pub const fn id(self) -> u16 {
        self.0
    }

    /// The mnemonic with this [id](Mnemonic::id).
    pub fn from_id(id: u16) -> Option<Mnemonic> {
        MNEMONICS
            .binary_search(&Mnemonic(id))
            .is_ok()
            .then_some(Mnemonic(id))
    }

    /// Its name as in the table: the manual's in capitals, sometimes with a suffix
    /// after `_` that tells apart what the manual tells apart by operands.
    pub fn name(self) -> &'static str {
        let at = MNEMONICS.partition_point(|&other| other <= self);
        MNEMONIC_NAMES[at - 1]
    }

    /// Its rows, in the order they are tried.
    pub fn forms(self) -> &'static [Form] {
        let first = usize::from(self.0);
        let more = ROWS[first..].iter().position(|row| row.is_last());
        &instruction::FORMS[first..=first + more.unwrap_or(0)]
    }

    /// The instruction at a size.
    pub const fn sized(self, size: Size) -> Instruction {
        Instruction {
            row: self.0,
            demands: 1 << size as u8 | demand::UNMASKED,
            size,
            context: size.length() << 5,
        }
    }

    /// The instruction on xmm registers.
    pub const fn xmm(self) -> Instruction {
        self.sized(Size::S128)
    }

    /// The instruction on ymm registers.
    pub const fn ymm(self) -> Instruction {
        self.sized(Size::S256)
    }

    /// The instruction on zmm registers.
    pub const fn zmm(self) -> Instruction {
        self.sized(Size::S512)
    }

    /// The instruction on 32-bit integers.
    pub const fn r32(self) -> Instruction {
        self.sized(Size::S32)
    }

    /// The instruction on 64-bit integers.
    pub const fn r64(self) -> Instruction {
        self.sized(Size::S64)
    }
}

impl fmt::Display for Mnemonic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name().to_ascii_lowercase())
    }
}

/// A rounding mode, as EVEX encodes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rounding {
    /// `{rn-sae}`: to nearest, ties to even.
    Nearest,
    /// `{rd-sae}`: towards negative infinity.
    Down,
    /// `{ru-sae}`: towards positive infinity.
    Up,
    /// `{rz-sae}`: towards zero.
    Zero,
}

/// A mnemonic at a size, with its mask and rounding control: all but the operands.
///
/// ```
/// use smalto_codegen::target::x64::{K1, Rounding, VADDPS};
///
/// let masked = VADDPS.zmm().masked(K1).zeroing();
/// let rounded = VADDPS.zmm().rounding(Rounding::Zero);
/// assert_ne!(masked, rounded);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Instruction {
    pub(super) row: u16,
    pub(super) demands: u16,
    pub(super) size: Size,
    /// The last byte of an EVEX prefix, short of V'.
    pub(super) context: u8,
}

impl Instruction {
    /// Bit b of the EVEX prefix: broadcast from memory, or rounding control.
    pub(super) const BROADCAST_OR_ROUNDING: u8 = 1 << 4;

    /// Only lanes in `mask` are computed; the others keep what they were. No
    /// instruction can be masked by `k0`.
    pub const fn masked(mut self, mask: Mask) -> Instruction {
        self.demands = self.demands & !demand::UNMASKED | demand::MERGING;
        if mask.number() == 0 {
            self.demands |= demand::IMPOSSIBLE;
        }
        self.context |= mask.number();
        self
    }

    /// The same with the mask of this number in place of the one it has, if any: what
    /// rows accept it does not change.
    #[inline(always)]
    pub(super) const fn under(mut self, mask: u32) -> Instruction {
        self.context = self.context & !7 | mask as u8;
        self
    }

    /// Lanes not in the mask become zero.
    pub const fn zeroing(mut self) -> Instruction {
        self.demands |= demand::ZEROING;
        if self.demands & demand::MERGING == 0 {
            self.demands |= demand::IMPOSSIBLE;
        }
        self.context |= 1 << 7;
        self
    }

    /// Rounds in this mode and raises no exception. For scalar floats and full
    /// vectors in registers.
    pub const fn rounding(mut self, mode: Rounding) -> Instruction {
        self.demands |= match self.size {
            Size::S512 => demand::PACKED_ROUNDING,
            Size::Fixed | Size::S128 | Size::S32 | Size::S64 => demand::SCALAR_ROUNDING,
            Size::S8 | Size::S16 | Size::S256 => demand::IMPOSSIBLE,
        };
        self.context = self.context & !(3 << 5) | (mode as u8) << 5 | Self::BROADCAST_OR_ROUNDING;
        self
    }

    /// Raises no exception. For scalar floats and full vectors in registers.
    pub const fn silent(mut self) -> Instruction {
        self.demands |= match self.size {
            Size::S512 => demand::PACKED_SILENCE,
            Size::Fixed | Size::S128 | Size::S32 | Size::S64 => demand::SCALAR_SILENCE,
            Size::S8 | Size::S16 | Size::S256 => demand::IMPOSSIBLE,
        };
        self.context |= Self::BROADCAST_OR_ROUNDING;
        self
    }

    /// The mnemonic this was made of.
    pub const fn mnemonic(self) -> Mnemonic {
        Mnemonic(self.row)
    }

    /// The size it was made with.
    pub const fn size(self) -> Size {
        self.size
    }
}

impl From<Mnemonic> for Instruction {
    fn from(mnemonic: Mnemonic) -> Instruction {
        mnemonic.sized(Size::Fixed)
    }
}

/// The mnemonic, the size in bits where there is a choice, and the decorations.
impl fmt::Display for Instruction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.mnemonic())?;
        if self.size != Size::Fixed {
            write!(f, ".{}", self.size.bits())?;
        }
        if self.demands & demand::UNMASKED == 0 {
            write!(f, "{{k{}}}", self.context & 7)?;
        }
        if self.demands & demand::ZEROING != 0 {
            f.write_str("{z}")?;
        }
        if self.demands & (demand::PACKED_SILENCE | demand::SCALAR_SILENCE) != 0 {
            f.write_str("{sae}")?;
        } else if self.context & Self::BROADCAST_OR_ROUNDING != 0 {
            let modes = ["{rn-sae}", "{rd-sae}", "{ru-sae}", "{rz-sae}"];
            f.write_str(modes[usize::from(self.context >> 5 & 3)])?;
        }
        Ok(())
    }
}
