//! The values where machines differ, as the bits of a lane.

use smalto_graph::{Element, Type};

/// A lane as an integer: the bits of a real of that element, an integer without its
/// sign extension, 0 or 1 for a truth value.
pub(crate) type Word = u64;

/// Values whose treatment a target could get wrong.
pub(crate) fn special(ty: Type, element: Element) -> Vec<Word> {
    match (ty, element) {
        (Type::Real, Element::F32) => reals_f32(),
        (Type::Real, Element::F64) => reals_f64(),
        (Type::I32, _) => {
            let integers = INTEGERS.iter().map(|&v| u64::from(v as u32));
            integers.chain(reals_f32()).collect()
        }
        (Type::I64, _) => {
            let near_i32 = [
                i64::from(i32::MIN) - 1,
                i64::from(i32::MAX) + 1,
                u32::MAX.into(),
            ];
            let integers = INTEGERS.iter().copied().chain(near_i32).chain(INEXACT);
            integers.map(|v| v as u64).chain(reals_f64()).collect()
        }
        (Type::Bool, _) => vec![0, 1],
    }
}

/// A random value: any bits at all, a real of moderate size, or a small integer.
pub(crate) fn random(ty: Type, element: Element, random: &mut Random) -> Word {
    let bits = random.next();
    match (ty, element) {
        (Type::Bool, _) => bits & 1,
        (Type::I32, _) => u64::from((bits as i32 >> (random.next() % 32)) as u32),
        (Type::I64, _) => (bits as i64 >> (random.next() % 64)) as u64,
        (Type::Real, Element::F32) if random.next().is_multiple_of(2) => bits & 0xffff_ffff,
        (Type::Real, Element::F64) if random.next().is_multiple_of(2) => bits,
        // An integer and a fraction, between 2^-64 and 2^66.
        (Type::Real, element) => {
            let value = bits as i64 as f64 * 2f64.powi((random.next() % 67) as i32 - 64);
            match element {
                Element::F32 => u64::from((value as f32).to_bits()),
                Element::F64 => value.to_bits(),
            }
        }
    }
}

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    /// The next 64 bits.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// One of `choices`.
    pub(crate) fn choose(&mut self, choices: &[Word]) -> Word {
        choices[self.next() as usize % choices.len()]
    }
}

/// Integers of either width: the ends, small ones, and shift counts within and beyond
/// the widths.
const INTEGERS: [i64; 22] = [
    0,
    1,
    2,
    3,
    7,
    31,
    32,
    33,
    63,
    64,
    65,
    -1,
    -2,
    -31,
    -32,
    -33,
    -64,
    i32::MAX as i64,
    i32::MAX as i64 - 1,
    // At 32 bits these two are 0 and -1, at 64 the ends.
    i64::MIN,
    i64::MAX,
    i32::MIN as i64,
];

/// Integers between two reals, some of which an intermediate rounding to f64 would
/// send the wrong way on their way to f32.
const INEXACT: [i64; 8] = [
    (1 << 24) + 1,
    (1 << 53) + 1,
    (1 << 53) + 3,
    (1 << 62) + (1 << 38),
    (1 << 62) + (1 << 38) + 1,
    -(1 << 62) - (1 << 38) - 1,
    (1 << 62) + (1 << 39) + (1 << 38) - 1,
    i64::MAX - 511,
];

/// Both signs of the values where reals are treated specially, and NaNs quiet and
/// signalling.
macro_rules! reals {
    ($name:ident: $float:ident, $signalling:literal, [$($more:expr),*]) => {
        fn $name() -> Vec<Word> {
            let power = |exponent| (2 as $float).powi(exponent);
            let values: &[$float] = &[
                0.0,
                $float::from_bits(1),
                $float::MIN_POSITIVE.next_down(),
                $float::MIN_POSITIVE,
                0.3,
                (0.5 as $float).next_down(),
                0.5,
                (1.0 as $float).next_down(),
                1.0,
                (1.0 as $float).next_up(),
                1.5,
                2.5,
                3.0,
                power(23) - 0.5,
                power(23) + 0.5,
                power(24),
                power(31).next_down(),
                power(31),
                power(31).next_up(),
                power(32),
                power(52) - 0.5,
                power(52) + 0.5,
                power(63).next_down(),
                power(63),
                power(63).next_up(),
                power(64),
                $float::MAX,
                $float::INFINITY,
                $float::NAN,
                $float::from_bits($float::NAN.to_bits() + 1),
                $float::from_bits($signalling),
                $($more),*
            ];
            let signed = values.iter().flat_map(|value| [value.to_bits(), (-value).to_bits()]);
            signed.map(u64::from).collect()
        }
    };
}

reals!(reals_f32: f32, 0x7f80_0001, []);
reals!(reals_f64: f64, 0x7ff0_0000_0000_0001, [
    // Within one of the ends of i32.
    2_147_483_647.5,
    2_147_483_648.5,
    // Between two f32: a tie to even each way, and with the largest, with zero and
    // among the subnormals.
    1.0 + 2f64.powi(-24),
    1.0 + 3.0 * 2f64.powi(-24),
    2f64.powi(128) - 2f64.powi(103),
    (2f64.powi(128) - 2f64.powi(103)).next_down(),
    2f64.powi(-150),
    2f64.powi(-150).next_up(),
    3.0 * 2f64.powi(-150),
    2f64.powi(-126) - 2f64.powi(-150)
]);
