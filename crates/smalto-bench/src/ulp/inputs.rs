//! The inputs: all there are where that is possible, else those that are likely to be hard.

use super::measure::{self, Format};
use smalto::{Op, Real};

/// How many inputs are tried.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Extent {
    /// As many as the project's bounds are stated for.
    Exhaustive,
    /// Enough to find what is often wrong.
    Sample,
    /// Enough to find what has just been broken, in a test.
    #[cfg(test)]
    Glance,
}

/// Inputs come in blocks of so many.
pub(super) const BLOCK: usize = 1 << 12;

/// The arguments of a block. Functions of one ignore the second.
pub(super) struct Block<T> {
    pub(super) x: Vec<T>,
    pub(super) y: Vec<T>,
}

/// Where a function's inputs come from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Source {
    /// The elements in the order of their bits, every so many blocks. The last of a block is
    /// the first of the next.
    InOrder { step: u64 },
    /// Pairs, or single elements, made by [`STRATEGIES`] in turns.
    Mixed,
}

/// An element type with what this needs of it.
pub(super) trait Element: Real + Into<f64> + PartialEq {
    const FORMAT: Format;
    /// Where the inputs of a function of so many arguments come from, and how many blocks.
    fn source(arity: usize, extent: Extent) -> (Source, u64);
    /// The element with the low bits of these.
    fn from_low_bits(bits: u64) -> Self;
}

impl Element for f32 {
    const FORMAT: Format = measure::F32;

    fn source(arity: usize, extent: Extent) -> (Source, u64) {
        const ALL: u64 = (1 << 32) / BLOCK as u64;
        const SAMPLED: u64 = 61;
        match (arity, extent) {
            (1, Extent::Exhaustive) => (Source::InOrder { step: 1 }, ALL),
            (1, Extent::Sample) => (Source::InOrder { step: SAMPLED }, ALL / SAMPLED),
            (_, Extent::Exhaustive) => (Source::Mixed, blocks(1_000_000_000)),
            (_, Extent::Sample) => (Source::Mixed, blocks(16_000_000)),
            #[cfg(test)]
            (1, Extent::Glance) => (Source::InOrder { step: 8191 }, ALL / 8191),
            #[cfg(test)]
            (_, Extent::Glance) => (Source::Mixed, 4 * STRATEGIES.len() as u64),
        }
    }

    fn from_low_bits(bits: u64) -> f32 {
        f32::from_bits(bits as u32)
    }
}

impl Element for f64 {
    const FORMAT: Format = measure::F64;

    fn source(_: usize, extent: Extent) -> (Source, u64) {
        match extent {
            Extent::Exhaustive => (Source::Mixed, blocks(100_000_000)),
            Extent::Sample => (Source::Mixed, blocks(4_000_000)),
            #[cfg(test)]
            Extent::Glance => (Source::Mixed, 2 * STRATEGIES.len() as u64),
        }
    }

    fn from_low_bits(bits: u64) -> f64 {
        f64::from_bits(bits)
    }
}

fn blocks(inputs: u64) -> u64 {
    inputs.div_ceil(BLOCK as u64)
}

impl<T: Element> Block<T> {
    /// Block number `index` of the inputs of `op`.
    pub(super) fn new(op: Op, source: Source, index: u64) -> Block<T> {
        match source {
            Source::InOrder { step } => {
                let first = index * step * BLOCK as u64;
                let x: Vec<T> = (first..=first + BLOCK as u64)
                    .map(T::from_low_bits)
                    .collect();
                Block { y: Vec::new(), x }
            }
            Source::Mixed => {
                let strategy = STRATEGIES[index as usize % STRATEGIES.len()];
                let mut random = Random(index.wrapping_mul(0xd134_2543_de82_ef95));
                let pairs = (0..BLOCK).map(|_| {
                    let [x, y] = strategy(op, &mut random);
                    (T::from_f64(x), T::from_f64(y))
                });
                let (x, y) = pairs.unzip();
                Block { x, y }
            }
        }
    }
}

/// A way of making arguments.
type Strategy = fn(Op, &mut Random) -> [f64; 2];

/// Each finds other mistakes.
const STRATEGIES: [Strategy; 8] = [
    // Everything there is, most of it huge or tiny.
    |_, random| [random.bits(), random.bits()],
    // Around 1, where most of the world is.
    |_, random| [random.scaled(-4..5), random.scaled(-4..5)],
    // A wide range, but no extremes.
    |_, random| [random.scaled(-40..41), random.scaled(-40..41)],
    // Whole numbers and halves.
    |_, random| [random.whole() / 2.0, random.whole() / 2.0],
    // Next to each other, and next to 1.
    |_, random| {
        let x = random.scaled(-3..4);
        [x, x * (1.0 + random.scaled(-52..0))]
    },
    |_, random| {
        [
            1.0 + random.scaled(-52..0),
            random.scaled(-10..60).copysign(random.scaled(0..1)),
        ]
    },
    // Next to the multiples of pi / 4, where periodic functions cancel.
    |_, random| {
        let x = random.whole() * std::f64::consts::FRAC_PI_4;
        let ulps = (random.next() % 5) as f64 - 2.0;
        [x * (1.0 + ulps * f64::EPSILON), random.whole()]
    },
    // Where powers and exponentials are neither zero nor infinite.
    |op, random| {
        let x = random.scaled(-300..300);
        let result = random.unit() * 750.0;
        match op {
            Op::Pow => [x.abs(), result / x.abs().ln()],
            Op::Root => [x.abs(), x.abs().ln() / result],
            _ => [result, x],
        }
    },
];

/// SplitMix64 (Steele, Lea & Flood, *Fast splittable pseudorandom number generators*, OOPSLA
/// 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Any f64, or any f32.
    fn bits(&mut self) -> f64 {
        let bits = self.next();
        match self.next() % 2 {
            0 => f64::from_bits(bits),
            _ => f32::from_bits(bits as u32).into(),
        }
    }

    /// In [-1, 1).
    fn unit(&mut self) -> f64 {
        (self.next() as i64 >> 10) as f64 * 2f64.powi(-53)
    }

    /// With one of these exponents, and either sign.
    fn scaled(&mut self, exponents: std::ops::Range<i32>) -> f64 {
        let count = (exponents.end - exponents.start) as u64;
        let exponent = exponents.start + (self.next() % count) as i32;
        let mantissa = 1.0 + (self.next() >> 12) as f64 * 2f64.powi(-52);
        (mantissa * 2f64.powi(exponent)).copysign(self.unit())
    }

    /// Of up to 32 bits, small ones as often as large ones.
    fn whole(&mut self) -> f64 {
        let bits = self.next() % 32;
        (self.next() as i32 >> bits).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_f32_is_there_once() {
        let (source, blocks) = f32::source(1, Extent::Exhaustive);
        let ends = |index| {
            let x = Block::<f32>::new(Op::Sin, source, index).x;
            assert_eq!(x.len(), BLOCK + 1);
            [x[0].to_bits(), x[BLOCK].to_bits()]
        };
        assert_eq!(ends(0)[0], 0);
        assert_eq!(ends(0)[1], ends(1)[0]);
        assert_eq!(ends(blocks - 1)[1], 0, "it wraps around");
    }

    #[test]
    fn a_block_is_the_same_each_time() {
        for index in 0..STRATEGIES.len() as u64 {
            let make = || Block::<f64>::new(Op::Pow, Source::Mixed, index);
            let bits = |block: Block<f64>| -> Vec<u64> {
                block
                    .x
                    .iter()
                    .chain(&block.y)
                    .map(|v| v.to_bits())
                    .collect()
            };
            assert_eq!(bits(make()), bits(make()));
            assert_eq!(make().x.len(), BLOCK);
        }
    }
}
