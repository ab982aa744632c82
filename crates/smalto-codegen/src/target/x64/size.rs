//! How wide an instruction works.

/// The size of an operation: how much of its registers an instruction uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Size {
    /// The only size there is: of scalar floats, mask registers and instructions
    /// without operands.
    Fixed,
    /// 8 bits of general-purpose registers.
    S8,
    /// 16 bits of general-purpose registers.
    S16,
    /// 32 bits of general-purpose registers; the upper half of a result is zero.
    S32,
    /// 64 bits of general-purpose registers.
    S64,
    /// 128 bits of vector registers: xmm.
    S128,
    /// 256 bits of vector registers: ymm.
    S256,
    /// 512 bits of vector registers: zmm.
    S512,
}

impl Size {
    /// Every size.
    pub const ALL: [Size; 8] = [
        Size::Fixed,
        Size::S8,
        Size::S16,
        Size::S32,
        Size::S64,
        Size::S128,
        Size::S256,
        Size::S512,
    ];

    /// The number of bits. Where the size is fixed, vectors are xmm.
    pub const fn bits(self) -> u16 {
        match self {
            Size::S8 => 8,
            Size::S16 => 16,
            Size::S32 => 32,
            Size::S64 => 64,
            Size::S128 | Size::Fixed => 128,
            Size::S256 => 256,
            Size::S512 => 512,
        }
    }

    /// The L'L field of VEX and EVEX.
    pub(super) const fn length(self) -> u8 {
        match self {
            Size::S256 => 1,
            Size::S512 => 2,
            _ => 0,
        }
    }
}

/// A set of sizes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes(u8);

impl Sizes {
    /// No size.
    pub const NONE: Sizes = Sizes(0);

    /// These and `size`.
    pub const fn with(self, size: Size) -> Sizes {
        Sizes(self.0 | 1 << size as u8)
    }

    /// Whether `size` is among them.
    pub const fn contains(self, size: Size) -> bool {
        self.0 & 1 << size as u8 != 0
    }

    /// Whether there are none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many there are.
    pub const fn count(self) -> u32 {
        self.0.count_ones()
    }

    /// Bit n is set if the nth size is among them.
    pub(super) const fn bits(self) -> u8 {
        self.0
    }

    /// The sizes, smallest first.
    pub fn iter(self) -> impl Iterator<Item = Size> {
        Size::ALL
            .into_iter()
            .filter(move |&size| self.contains(size))
    }
}
