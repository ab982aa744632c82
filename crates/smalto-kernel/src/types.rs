//! Types of values: what a lane holds, whether lanes differ, how many values are
//! handled as one.

use std::fmt;
use std::num::NonZeroU16;

/// What one lane holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Lane {
    /// Half precision, IEEE 754 binary16.
    F16,
    /// Single precision.
    F32,
    /// Double precision.
    F64,
    /// Signed, 16 bits.
    I16,
    /// Unsigned, 16 bits.
    U16,
    /// Signed, 32 bits.
    I32,
    /// Unsigned, 32 bits.
    U32,
    /// Signed, 64 bits.
    I64,
    /// Unsigned, 64 bits.
    U64,
    /// A truth value. It has no form in memory.
    Mask,
}

impl Lane {
    /// Every lane type, in declaration order.
    pub const ALL: [Lane; 10] = [
        Lane::F16,
        Lane::F32,
        Lane::F64,
        Lane::I16,
        Lane::U16,
        Lane::I32,
        Lane::U32,
        Lane::I64,
        Lane::U64,
        Lane::Mask,
    ];

    /// The name in text.
    pub const fn name(self) -> &'static str {
        match self {
            Lane::F16 => "f16",
            Lane::F32 => "f32",
            Lane::F64 => "f64",
            Lane::I16 => "i16",
            Lane::U16 => "u16",
            Lane::I32 => "i32",
            Lane::U32 => "u32",
            Lane::I64 => "i64",
            Lane::U64 => "u64",
            Lane::Mask => "mask",
        }
    }

    /// The lane type with this name.
    pub fn from_name(name: &str) -> Option<Lane> {
        Lane::ALL.into_iter().find(|lane| lane.name() == name)
    }

    /// Significant bits: 16, 32 or 64, and 1 for a mask.
    pub const fn bits(self) -> u32 {
        match self {
            Lane::F16 | Lane::I16 | Lane::U16 => 16,
            Lane::F32 | Lane::I32 | Lane::U32 => 32,
            Lane::F64 | Lane::I64 | Lane::U64 => 64,
            Lane::Mask => 1,
        }
    }

    /// Bytes of one element in memory; a mask, which has no form there, counts 1.
    pub const fn bytes(self) -> usize {
        self.bits().div_ceil(8) as usize
    }

    /// Whether this is f16, f32 or f64.
    pub const fn is_float(self) -> bool {
        matches!(self, Lane::F16 | Lane::F32 | Lane::F64)
    }

    /// Whether this is an integer of any width and signedness.
    pub const fn is_integer(self) -> bool {
        !self.is_float() && !matches!(self, Lane::Mask)
    }

    /// Whether this is a signed integer.
    pub const fn is_signed(self) -> bool {
        matches!(self, Lane::I16 | Lane::I32 | Lane::I64)
    }
}

impl fmt::Display for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// How often a value differs along the wave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rate {
    /// One value for the whole wave. Only uniform values decide where control goes.
    Uniform,
    /// One value a lane.
    Varying,
}

/// The type of a value: a lane type, a rate, and how many such values it is.
///
/// Written `v.f32`, `u.i64`, `v.mask`, `v.f32x4`.
///
/// ```
/// use smalto_kernel::{Lane, Rate, ValueType};
///
/// let pixel = ValueType::varying(Lane::U16).tuple(4).unwrap();
/// assert_eq!(pixel.to_string(), "v.u16x4");
/// assert_eq!("v.u16x4".parse(), Ok(pixel));
/// assert_eq!((pixel.lane(), pixel.rate(), pixel.count()), (Lane::U16, Rate::Varying, 4));
/// assert_eq!(size_of::<Option<ValueType>>(), 2);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ValueType(NonZeroU16);

// Bits 0 to 3: the lane; bit 4: the rate; from bit 8: the count, which is not zero
// and so keeps the whole from being zero.
const RATE_BIT: u16 = 1 << 4;
const COUNT_SHIFT: u32 = 8;

impl ValueType {
    /// The most values one tuple holds.
    pub const MAX_COUNT: usize = 8;

    /// One value of `lane` at `rate`.
    #[inline]
    pub const fn new(lane: Lane, rate: Rate) -> ValueType {
        let rate = match rate {
            Rate::Uniform => 0,
            Rate::Varying => RATE_BIT,
        };
        match NonZeroU16::new(1 << COUNT_SHIFT | rate | lane as u16) {
            Some(bits) => ValueType(bits),
            None => unreachable!(),
        }
    }

    /// One value per wave.
    pub const fn uniform(lane: Lane) -> ValueType {
        ValueType::new(lane, Rate::Uniform)
    }

    /// One value per lane.
    pub const fn varying(lane: Lane) -> ValueType {
        ValueType::new(lane, Rate::Varying)
    }

    /// `count` values of this lane type and rate; `None` unless `count` is 1 to
    /// [`MAX_COUNT`](ValueType::MAX_COUNT).
    pub const fn tuple(self, count: usize) -> Option<ValueType> {
        if count == 0 || count > ValueType::MAX_COUNT {
            return None;
        }
        let single = self.0.get() & ((1 << COUNT_SHIFT) - 1);
        match NonZeroU16::new((count as u16) << COUNT_SHIFT | single) {
            Some(bits) => Some(ValueType(bits)),
            None => None,
        }
    }

    /// What one lane holds.
    #[inline]
    pub const fn lane(self) -> Lane {
        // In order, so that this is no look-up but the number itself.
        match self.0.get() & (RATE_BIT - 1) {
            0 => Lane::F16,
            1 => Lane::F32,
            2 => Lane::F64,
            3 => Lane::I16,
            4 => Lane::U16,
            5 => Lane::I32,
            6 => Lane::U32,
            7 => Lane::I64,
            8 => Lane::U64,
            _ => Lane::Mask,
        }
    }

    /// Uniform or varying.
    #[inline]
    pub const fn rate(self) -> Rate {
        if self.0.get() & RATE_BIT == 0 {
            Rate::Uniform
        } else {
            Rate::Varying
        }
    }

    /// Whether every lane has a value of its own.
    #[inline]
    pub const fn is_varying(self) -> bool {
        matches!(self.rate(), Rate::Varying)
    }

    /// How many values this is: 1, or more for a tuple.
    #[inline]
    pub const fn count(self) -> usize {
        (self.0.get() >> COUNT_SHIFT) as usize
    }

    /// How many numbers [`single_index`](ValueType::single_index) gives, some of them to
    /// no type.
    pub const SINGLE_INDICES: usize = 2 * RATE_BIT as usize;

    /// A number for the lane type and the rate: for tables that do not look at the count.
    ///
    /// ```
    /// use smalto_kernel::{Lane, ValueType};
    ///
    /// let ty = ValueType::varying(Lane::F32);
    /// assert!(ty.single_index() < ValueType::SINGLE_INDICES);
    /// assert_eq!(ty.tuple(3).unwrap().single_index(), ty.single_index());
    /// assert_ne!(ValueType::uniform(Lane::F32).single_index(), ty.single_index());
    /// ```
    #[inline]
    pub const fn single_index(self) -> usize {
        self.0.get() as usize % ValueType::SINGLE_INDICES
    }

    /// The type of one of the values of a tuple.
    #[inline]
    pub const fn single(self) -> ValueType {
        ValueType::new(self.lane(), self.rate())
    }

    /// This type with another lane type.
    #[inline]
    pub const fn with_lane(self, lane: Lane) -> ValueType {
        let others = self.0.get() & !(RATE_BIT - 1);
        match NonZeroU16::new(others | lane as u16) {
            Some(bits) => ValueType(bits),
            None => unreachable!(),
        }
    }

    /// This type at another rate.
    pub const fn with_rate(self, rate: Rate) -> ValueType {
        match ValueType::new(self.lane(), rate).tuple(self.count()) {
            Some(ty) => ty,
            None => unreachable!(),
        }
    }
}

/// A set of types, told apart by lane type and rate: a tuple is what its values are.
///
/// ```
/// # use smalto_kernel::{Lane, ValueType};
/// let module = smalto_kernel::parse("
/// kernel fill width any {
///     buffer y: f32 write
/// block 0:
///     %zero: u.i64 = constant 0
///     %one: v.f32 = constant 1.0
///     store y[%zero], %one
///     return
/// }")?;
/// let types = module.routines()[0].types();
/// let all: Vec<ValueType> = types.iter().collect();
/// assert_eq!(all, [ValueType::uniform(Lane::I64), ValueType::varying(Lane::F32)]);
/// assert!(types.has_lane(Lane::F32) && !types.has_lane(Lane::F16));
/// # Ok::<(), smalto_kernel::ParseError>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TypeSet(u32);

impl TypeSet {
    /// The bits of a type that tell lane type and rate.
    const TOLD_APART: u16 = RATE_BIT * 2 - 1;

    #[inline]
    pub(crate) fn insert(&mut self, ty: ValueType) {
        self.0 |= 1 << (ty.0.get() & TypeSet::TOLD_APART);
    }

    /// Whether a type of this lane type is among them.
    pub const fn has_lane(self, lane: Lane) -> bool {
        let either_rate = 1 | 1 << RATE_BIT;
        self.0 & either_rate << lane as u32 != 0
    }

    /// The types, as single values: uniform ones first.
    pub fn iter(self) -> impl Iterator<Item = ValueType> {
        let types = [Rate::Uniform, Rate::Varying].into_iter().flat_map(|rate| {
            let lanes = Lane::ALL.into_iter();
            lanes.map(move |lane| ValueType::new(lane, rate))
        });
        types.filter(move |ty| self.0 >> (ty.0.get() & TypeSet::TOLD_APART) & 1 != 0)
    }
}

impl fmt::Display for ValueType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rate = match self.rate() {
            Rate::Uniform => "u",
            Rate::Varying => "v",
        };
        write!(f, "{rate}.{}", self.lane())?;
        match self.count() {
            1 => Ok(()),
            count => write!(f, "x{count}"),
        }
    }
}

impl fmt::Debug for ValueType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text that names no [`ValueType`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a type is `u.` or `v.`, a lane type and for a tuple `x2` to `x8`, as in `v.f32x4`")]
pub struct NotAType;

impl std::str::FromStr for ValueType {
    type Err = NotAType;

    fn from_str(text: &str) -> Result<ValueType, NotAType> {
        let (rate, rest) = text.split_once('.').ok_or(NotAType)?;
        let rate = match rate {
            "u" => Rate::Uniform,
            "v" => Rate::Varying,
            _ => return Err(NotAType),
        };
        let (lane, count) = match rest.split_once('x') {
            Some((lane, "2")) => (lane, 2),
            Some((lane, "3")) => (lane, 3),
            Some((lane, "4")) => (lane, 4),
            Some((lane, "5")) => (lane, 5),
            Some((lane, "6")) => (lane, 6),
            Some((lane, "7")) => (lane, 7),
            Some((lane, "8")) => (lane, 8),
            Some(_) => return Err(NotAType),
            None => (rest, 1),
        };
        let lane = Lane::from_name(lane).ok_or(NotAType)?;
        ValueType::new(lane, rate).tuple(count).ok_or(NotAType)
    }
}

/// How many lanes a wave has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Width {
    /// As many as the target likes. Such a routine must not look at its lanes.
    Any,
    /// Exactly this many: 1, 2, 4, 8, 16, 32 or 64. A target uses as many registers
    /// as it takes.
    Lanes(u8),
}

impl Width {
    /// The most lanes a wave has, so that a ballot fits 64 bits.
    pub const MAX_LANES: usize = 64;

    /// Whether this is [`Any`](Width::Any) or a power of two up to 64.
    pub fn is_valid(self) -> bool {
        match self {
            Width::Any => true,
            Width::Lanes(lanes) => {
                lanes.is_power_of_two() && usize::from(lanes) <= Width::MAX_LANES
            }
        }
    }

    /// Whether a routine of this width may run in waves of `caller`.
    pub fn fits(self, caller: Width) -> bool {
        self == Width::Any || self == caller
    }
}

impl fmt::Display for Width {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Width::Any => f.write_str("any"),
            Width::Lanes(lanes) => lanes.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_round_trips() {
        for lane in Lane::ALL {
            for rate in [Rate::Uniform, Rate::Varying] {
                for count in 1..=ValueType::MAX_COUNT {
                    let ty = ValueType::new(lane, rate).tuple(count).unwrap();
                    assert_eq!((ty.lane(), ty.rate(), ty.count()), (lane, rate, count));
                    assert_eq!(ty.to_string().parse(), Ok(ty));
                    assert_eq!(ty.with_lane(Lane::U16).with_lane(lane), ty);
                    assert_eq!(ty.with_rate(Rate::Uniform).with_rate(rate), ty);
                    assert_eq!(ty.single(), ValueType::new(lane, rate));
                }
            }
        }
    }

    #[test]
    fn other_words_are_no_types() {
        for text in [
            "", "f32", "u.", "w.f32", "v.f33", "v.f32x", "v.f32x1", "v.f32x9", "v.f32x02",
        ] {
            assert_eq!(text.parse::<ValueType>(), Err(NotAType), "{text}");
        }
    }

    #[test]
    fn tuples_have_one_to_eight_values() {
        let ty = ValueType::varying(Lane::F32);
        assert_eq!(ty.tuple(0), None);
        assert_eq!(ty.tuple(9), None);
        assert_eq!(ty.tuple(1), Some(ty));
    }
}
