//! Random boxes and points in them.

use crate::cases::real;
use crate::values::{Random, Word, random, special};
use smalto_graph::{Element, Type};
use std::f64::consts::FRAC_PI_2;

/// What an operand may be: the two parts that intervals have of it.
pub(crate) type Range = [Word; 2];

/// The values of one type, and those at which ops have edges.
pub(crate) struct Values {
    pub(crate) ty: Type,
    pub(crate) element: Element,
    special: Vec<Word>,
}

impl Values {
    pub(crate) fn new(ty: Type, element: Element) -> Values {
        let special = special(ty, element);
        Values {
            ty,
            element,
            special,
        }
    }

    /// A number or the like: special, of any bits, or such as occurs in practice.
    fn any(&self, source: &mut Random) -> Word {
        let kind = source.next() % 8;
        match (self.ty, kind) {
            (_, 0..=2) => source.choose(&self.special),
            // Zero, of any type: most edges are there.
            (_, 7) if source.next().is_multiple_of(2) => 0,
            (Type::Real, 3..=4) => {
                let part = (source.next() as i32) as f64 / 2f64.powi(31);
                let scale = [1.0, 1.5, 10.0, 100.0][source.next() as usize % 4];
                self.word(part * scale)
            }
            (Type::Real, 5) => self.word((source.next() % 41) as f64 - 20.0),
            (Type::Real, 6) => {
                let turns = (source.next() % 65) as f64 - 32.0;
                let near = self.word(turns * FRAC_PI_2);
                self.moved(near, (source.next() % 5) as i64 - 2)
            }
            (Type::I32 | Type::I64, 3..=5) => self.integer((source.next() % 81) as i64 - 40),
            _ => random(self.ty, self.element, source),
        }
    }

    /// The bits of a real.
    pub(crate) fn word(&self, value: f64) -> Word {
        match self.element {
            Element::F32 => (value as f32).to_bits().into(),
            Element::F64 => value.to_bits(),
        }
    }

    fn integer(&self, value: i64) -> Word {
        match self.ty {
            Type::I32 => u64::from(value as u32),
            _ => value as u64,
        }
    }

    /// Whether it is a NaN.
    pub(crate) fn is_nan(&self, word: Word) -> bool {
        self.ty == Type::Real && real(self.element, word).is_nan()
    }

    /// The place of a value among all values of the type, which has the order of values;
    /// the two zeros are neighbours.
    pub(crate) fn rank(&self, word: Word) -> i64 {
        let bits = match (self.ty, self.element) {
            (Type::I64, _) | (Type::Real, Element::F64) => word as i64,
            _ => i64::from(word as i32),
        };
        match self.ty {
            Type::Real if bits < 0 => match self.element {
                Element::F32 => -(bits & 0x7fff_ffff) - 1,
                Element::F64 => -(bits & i64::MAX) - 1,
            },
            _ => bits,
        }
    }

    /// The value at that place.
    fn at_rank(&self, rank: i64) -> Word {
        match (self.ty, self.element) {
            (Type::Real, Element::F32) if rank < 0 => (-rank - 1) as u64 | 1 << 31,
            (Type::Real, Element::F64) if rank < 0 => (-rank - 1) as u64 | 1 << 63,
            (Type::I32, _) | (Type::Real, Element::F32) => u64::from(rank as u32),
            _ => rank as u64,
        }
    }

    /// A value so many places away, or itself at the end of all.
    fn moved(&self, word: Word, by: i64) -> Word {
        if self.is_nan(word) || self.ty == Type::Bool {
            return word;
        }
        let wide = i128::from(self.rank(word)) + i128::from(by);
        let (least, greatest) = match self.ty {
            Type::I32 => (i32::MIN.into(), i32::MAX.into()),
            Type::Real => {
                let ends = [f64::NEG_INFINITY, f64::INFINITY].map(|end| self.rank(self.word(end)));
                (ends[0].into(), ends[1].into())
            }
            _ => (i64::MIN.into(), i64::MAX.into()),
        };
        self.at_rank(wide.clamp(least, greatest) as i64)
    }

    /// A range: of one value, of few, or of any; now and then with a NaN.
    pub(crate) fn range(&self, source: &mut Random) -> Range {
        if self.ty == Type::Bool {
            return [[0, 1], [1, 0], [1, 1]][source.next() as usize % 3];
        }
        let (a, mut b) = (self.any(source), self.any(source));
        match source.next() % 8 {
            0 => b = a,
            1 => b = self.moved(a, (source.next() % 4) as i64),
            2 => b = self.moved(a, (source.next() % 100_000) as i64),
            3 if self.ty == Type::Real => {
                let (start, width) = (real(self.element, a), source.next() as u32);
                b = self.word(start + f64::from(width) / 2f64.powi(32));
            }
            _ => (),
        }
        self.ordered(a, b)
    }

    /// A range that has an end in common with another one: where choices are just decided.
    pub(crate) fn touching(&self, other: Range, source: &mut Random) -> Range {
        if self.ty == Type::Bool {
            return other;
        }
        self.ordered(other[source.next() as usize % 2], self.any(source))
    }

    /// The two in order; a NaN is where it is.
    fn ordered(&self, a: Word, b: Word) -> Range {
        if self.is_nan(a) || self.is_nan(b) || self.rank(a) <= self.rank(b) {
            [a, b]
        } else {
            [b, a]
        }
    }

    /// Whether the range is of anything at all.
    pub(crate) fn is_anything(&self, [lo, hi]: Range) -> bool {
        self.is_nan(lo) || self.is_nan(hi)
    }

    /// Whether a value is in a range.
    pub(crate) fn is_in(&self, value: Word, range: Range) -> bool {
        if self.ty == Type::Bool {
            return range[usize::from(value == 0)] != 0;
        }
        if self.is_anything(range) {
            return true;
        }
        if self.ty == Type::Real {
            // A zero is both zeros.
            let [value, lo, hi] = [value, range[0], range[1]].map(|word| real(self.element, word));
            return lo <= value && value <= hi;
        }
        self.rank(range[0]) <= self.rank(value) && self.rank(value) <= self.rank(range[1])
    }

    /// A value in a range: an end, near one, zero, special, or any.
    pub(crate) fn point(&self, range: Range, source: &mut Random) -> Word {
        if self.ty == Type::Bool {
            let value = source.next() & 1;
            return if self.is_in(value, range) {
                value
            } else {
                1 - value
            };
        }
        if self.is_anything(range) {
            return self.any(source);
        }
        let [lo, hi] = range;
        let near = (source.next() % 4) as i64;
        let found = match source.next() % 8 {
            0 => lo,
            1 => hi,
            2 => self.moved(lo, near),
            3 => self.moved(hi, -near),
            4 => {
                let distance = i128::from(self.rank(hi)) - i128::from(self.rank(lo)) + 1;
                let place = i128::from(self.rank(lo)) + i128::from(source.next()) % distance;
                self.at_rank(place as i64)
            }
            5 if self.ty == Type::Real => {
                let [lo, hi] = range.map(|word| real(self.element, word));
                let part = f64::from(source.next() as u32) / 2f64.powi(32);
                self.word(lo + part * (hi - lo))
            }
            6 => 0,
            _ => self.any(source),
        };
        let found = if !self.is_nan(found) && self.is_in(found, range) {
            found
        } else {
            [lo, hi][source.next() as usize % 2]
        };
        // A zero is both zeros.
        let is_zero = self.ty == Type::Real && real(self.element, found) == 0.0;
        if is_zero && source.next().is_multiple_of(2) {
            self.word(-real(self.element, found))
        } else {
            found
        }
    }

    /// A range within a range.
    pub(crate) fn part_of(&self, range: Range, source: &mut Random) -> Range {
        if self.ty == Type::Bool {
            let value = self.point(range, source);
            return if value == 0 { [0, 1] } else { [1, 0] };
        }
        let [a, b] = [self.point(range, source), self.point(range, source)];
        self.ordered(a, b)
    }

    /// For people.
    pub(crate) fn show(&self, word: Word) -> String {
        match self.ty {
            Type::Real => format!("{:e} ({word:#x})", real(self.element, word)),
            Type::I32 => (word as i32).to_string(),
            Type::I64 => (word as i64).to_string(),
            Type::Bool => word.to_string(),
        }
    }

    /// For people.
    pub(crate) fn show_range(&self, [lo, hi]: Range) -> String {
        format!("[{}, {}]", self.show(lo), self.show(hi))
    }
}
