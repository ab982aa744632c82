//! From a tape and what was decided along it to a shorter tape.
//!
//! Where a choice is decided in a region, the operand not chosen need not be computed
//! there, nor anything that only it needs. [`Trace::mark`] finds out backward what is
//! needed, for all regions of a batch at once: a word of 16 bits an instruction, one bit a
//! region. [`Trace::shorten`] then writes the tape of one region forward, in one pass that
//! has no branch but the runs': each instruction is written to where the next one goes, and
//! the count moves on if it was needed. A decided choice is not written but *aliased*: its
//! users read the operand that it gives.
//!
//! Invariants: operands lie before users, so one pass each way is enough; a shorter tape gives
//! the bits of the longer one everywhere in its region, since it only deletes and aliases.

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
        short.clear();
        short.program = long.program;
        // Room for all, so that writing needs no check and no growth.
        short.words.resize(long.words.len(), [0; 2]);
        let places = first + long.words.len();
        if self.moved.len() < places {
            let known = self.moved.len();
            self.moved.extend(known as Place..places as Place);
        }
        let mut next = 0;
        let mut at = 0;
        for run in &long.runs {
            let end = at + run.count as usize;
            let start = next;
            let copy = Copy {
                words: &long.words[at..end],
                needed: &self.needed[first + at..first + end],
                decisions: &self.decisions[at..end.min(self.decisions.len())],
                region,
                first,
                at,
            };
            next = match run.flow {
                Flow::All => copy.all(&mut self.moved, &mut short.words, next),
                Flow::Choice => copy.choices(&mut self.moved, &mut short.words, next, |word| word),
                Flow::Selection => copy.choices(&mut self.moved, &mut short.words, next, |word| {
                    long.words[word[1] as usize - first]
                }),
            };
            short.extend_run(Run {
                count: (next - start) as u32,
                ..*run
            });
            at = end;
        }
        short.words.truncate(next);
        let moved = &self.moved;
        short
            .outputs
            .extend(long.outputs.iter().map(|&place| moved[place as usize]));
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

/// The instructions of one run, about to be copied for one region.
struct Copy<'a> {
    words: &'a [Word],
    needed: &'a [u16],
    decisions: &'a [Decisions],
    region: usize,
    /// The place of a tape's first result.
    first: usize,
    /// The position of the run's first instruction in the long tape.
    at: usize,
}

impl Copy<'_> {
    /// Copies instructions that need all their operands to `to[next..]`; the next position
    /// after them.
    fn all(&self, moved: &mut [Place], to: &mut [Word], mut next: usize) -> usize {
        let results = self.first + self.at;
        for (i, (&[a, b], &needed)) in self.words.iter().zip(self.needed).enumerate() {
            to[next] = [moved[a as usize], moved[b as usize]];
            moved[results + i] = (self.first + next) as Place;
            next += usize::from(needed >> self.region & 1);
        }
        next
    }

    /// Copies choices between the operands that `operands` finds for a word.
    fn choices(
        &self,
        moved: &mut [Place],
        to: &mut [Word],
        mut next: usize,
        operands: impl Fn(Word) -> Word,
    ) -> usize {
        let results = self.first + self.at;
        for (i, (&word, &needed)) in self.words.iter().zip(self.needed).enumerate() {
            let Decisions { first, second } = self.decisions[i];
            let first = first >> self.region & 1 != 0;
            let second = second >> self.region & 1 != 0;
            to[next] = word.map(|place| moved[place as usize]);
            let [a, b] = operands(word).map(|place| moved[place as usize]);
            let here = (self.first + next) as Place;
            let given = if second { b } else { here };
            moved[results + i] = if first { a } else { given };
            let is_needed = needed >> self.region & 1;
            next += usize::from(is_needed & u16::from(!(first | second)));
        }
        next
    }
}
