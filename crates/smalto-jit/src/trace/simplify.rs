//! From a tape and what was decided along it to a shorter tape.
//!
//! Where a choice is decided in a region, the operand not chosen need not be computed
//! there, nor anything that only it needs. [`Trace::mark`] finds out backward what is
//! needed, for all regions of a batch at once: a word of 16 bits an instruction, one bit a
//! region. [`Trace::shorten`] then writes the tape of one region forward, in two steps a run,
//! neither of which has a branch to predict: the positions of the instructions that are needed,
//! then those instructions with their operands renumbered. A decided choice is not written
//! but *aliased*: its users read the operand that it gives.
//!
//! Invariants: operands lie before users, so one pass each way is enough; a shorter tape gives
//! the bits of the longer one everywhere in its region, since it only deletes and aliases.

use super::compress::{self, positions_of_bit};
use super::tape::{Flow, Place, Run, Tape, Word};

/// Which regions of a batch decided a choice, one bit a region. Never both.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[repr(C)]
pub(crate) struct Decisions {
    /// The first operand it is.
    pub(crate) first: u16,
    /// The second operand it is.
    pub(crate) second: u16,
}

impl Decisions {
    /// Adds those of other regions.
    #[inline(always)]
    pub(super) fn add(&mut self, other: Decisions) {
        self.first |= other.first;
        self.second |= other.second;
    }
}

/// What a batch of intervals found out about the choices of a tape.
#[derive(Debug, Default)]
pub struct Trace {
    /// For each instruction; only those of choices are written and read.
    pub(super) decisions: Vec<Decisions>,
    /// Regions with some choice decided.
    pub(super) decided: u16,
    /// For each place, the regions that need it, once they are marked.
    needed: Vec<u16>,
    /// For each place of the long tape, the place in the short one.
    moved: Vec<Place>,
    /// Positions of the instructions of a run that are needed.
    wanted: Vec<u32>,
    is_marked: bool,
}

impl Trace {
    /// The regions, one bit each, in which some choice is decided: those whose tape can be
    /// made shorter.
    pub fn decided(&self) -> u16 {
        self.decided
    }

    /// Ready for the choices of a tape of `len` instructions.
    pub(super) fn reset(&mut self, len: usize) {
        if self.decisions.len() < len {
            self.decisions.resize(len, Decisions::default());
        }
        self.decided = 0;
        self.is_marked = false;
    }

    /// Writes to `short` what is left of `long` in the region `region` of the batch, whose
    /// instructions write places from `first` on.
    pub(super) fn shorten(&mut self, long: &Tape, first: usize, region: usize, short: &mut Tape) {
        if !self.is_marked {
            self.mark(long, first);
            self.is_marked = true;
        }
        let places = first + long.words.len();
        if self.moved.len() < places {
            let known = self.moved.len();
            self.moved.extend(known as Place..places as Place);
            self.wanted.resize(places + compress::SLACK, 0);
        }
        let needed = &self.needed[first..places];
        let count = positions_of_bit(needed, region, 0, &mut self.wanted);
        short.clear();
        short.program = long.program;
        let mut words = std::mem::take(&mut short.words);
        words.reserve(count);
        let mut copy = Copy {
            long: &long.words,
            wanted: &self.wanted[..count],
            decisions: &self.decisions,
            moved: &mut self.moved,
            first,
            region,
            short: &mut words,
        };
        let mut end = 0;
        for run in &long.runs {
            end += run.count;
            let copied = match run.flow {
                Flow::All => copy.all(end),
                Flow::Choice => copy.choices(end, |word| word),
                Flow::Selection => copy.choices(end, |[_, pair]| long.words[pair as usize - first]),
            };
            short.extend_run(Run {
                count: copied,
                ..*run
            });
        }
        short.words = words;
        let moved = &self.moved;
        let outputs = long.outputs.iter().map(|&place| moved[place as usize]);
        short.outputs.extend(outputs);
    }

    /// Finds, for each instruction of `tape`, the regions that need it.
    fn mark(&mut self, tape: &Tape, first: usize) {
        let places = first + tape.words.len();
        if self.needed.len() < places {
            self.needed.resize(places, 0);
        }
        let needed = &mut self.needed[..places];
        needed[first..].fill(0);
        for &output in &tape.outputs {
            needed[output as usize] = u16::MAX;
        }
        let mut end = tape.words.len();
        for run in tape.runs.iter().rev() {
            let start = end - run.count as usize;
            match run.flow {
                Flow::All => {
                    for (i, &[a, b]) in tape.words[start..end].iter().enumerate().rev() {
                        let by = needed[first + start + i];
                        needed[a as usize] |= by;
                        needed[b as usize] |= by;
                    }
                }
                Flow::Choice => {
                    for i in (start..end).rev() {
                        let by = needed[first + i];
                        let Decisions { first, second } = self.decisions[i];
                        let [a, b] = tape.words[i];
                        needed[a as usize] |= by & !second;
                        needed[b as usize] |= by & !first;
                    }
                }
                Flow::Selection => {
                    for i in (start..end).rev() {
                        let by = needed[first + i];
                        let [condition, pair] = tape.words[i];
                        let [a, b] = tape.words[pair as usize - first];
                        let Decisions { first, second } = self.decisions[i];
                        let open = by & !(first | second);
                        needed[condition as usize] |= open;
                        needed[pair as usize] |= open;
                        needed[a as usize] |= by & first;
                        needed[b as usize] |= by & second;
                    }
                }
            }
            end = start;
        }
    }
}

/// The instructions that a region needs, on their way to its tape.
struct Copy<'a> {
    long: &'a [Word],
    /// Their positions in the long tape, of those that are still to be copied.
    wanted: &'a [u32],
    decisions: &'a [Decisions],
    moved: &'a mut [Place],
    /// The place of a tape's first result.
    first: usize,
    region: usize,
    short: &'a mut Vec<Word>,
}

impl Copy<'_> {
    /// Copies instructions that need all their operands, up to position `end`; how many.
    fn all(&mut self, end: u32) -> u32 {
        let mut count = 0;
        let mut result = (self.first + self.short.len()) as Place;
        while let Some(&at) = self.wanted.get(count).filter(|&&at| at < end) {
            let word = self.long[at as usize];
            self.short
                .push(word.map(|place| self.moved[place as usize]));
            self.moved[self.first + at as usize] = result;
            result += 1;
            count += 1;
        }
        self.wanted = &self.wanted[count..];
        count as u32
    }

    /// Copies choices between the operands that `operands` finds for a word, up to position
    /// `end`, but for those that are decided, whose users are told to read what they give; how
    /// many are left.
    fn choices(&mut self, end: u32, operands: impl Fn(Word) -> Word) -> u32 {
        let start = self.short.len();
        let mut count = 0;
        while let Some(&at) = self.wanted.get(count).filter(|&&at| at < end) {
            let at = at as usize;
            let word = self.long[at];
            let Decisions { first, second } = self.decisions[at];
            let [first, second] = [first, second].map(|decided| {
                let bit = u32::from(decided >> self.region & 1);
                bit.wrapping_neg()
            });
            // All ones or all zeros, never both ones: what is given, without a branch.
            let open = !(first | second);
            let [a, b] = operands(word).map(|place| self.moved[place as usize]);
            let here = (self.first + self.short.len()) as Place;
            self.moved[self.first + at] = a & first | b & second | here & open;
            // Written in any case, and taken back if it is not wanted.
            self.short
                .push(word.map(|place| self.moved[place as usize]));
            let len = self.short.len() - 1 + (open & 1) as usize;
            self.short.truncate(len);
            count += 1;
        }
        self.wanted = &self.wanted[count..];
        (self.short.len() - start) as u32
    }
}
