//! From a tape and what was decided along it to a shorter tape.
//!
//! Where a choice is decided in a region, the operand not chosen need not be computed
//! there, nor anything that only it needs. [`Trace::mark`] finds out backward what is
//! needed, for all regions of a batch at once: a word of 16 bits an instruction, one bit a
//! region. [`Shortener::shorten`] then writes the tape of one region, forward. A choice that is
//! needed and decided is not written but *aliased*: its users read the operand that it gives.
//! The others that are needed are *kept*.
//!
//! A tape of a hundred instructions has dozens of runs of one kernel, and a branch that depends
//! on where a run ends, or on what a region needs, is guessed wrong more often than not; a
//! wrong guess takes as long as copying ten instructions. So no loop here ends with a run, and
//! shortening goes over the whole tape in four steps, each without a branch to guess:
//!
//! 1. sift: which instructions are kept, and the place that each of them gets;
//! 2. alias: the places of what decided choices give;
//! 3. copy: what is kept, with its operands renumbered;
//! 4. see where runs start.
//!
//! Invariants: operands lie before users, so one pass each way is enough; what is no choice is
//! never decided; a shorter tape gives the bits of the longer one everywhere in its region,
//! since it only deletes and aliases.

use super::sieve::{Row, Sieve, starts_of_runs};
use super::tape::{Place, Tape};
use std::ops::Range;

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

    /// The regions that decided.
    #[inline(always)]
    fn either(self) -> u16 {
        self.first | self.second
    }
}

/// What a batch of intervals found out about the choices of a tape.
#[derive(Debug, Default)]
pub struct Trace {
    /// For each instruction. What is no choice decides nothing.
    pub(super) decisions: Vec<Decisions>,
    /// Regions with some choice decided.
    pub(super) decided: u16,
    is_marked: bool,
    /// For each place, the regions that need it, once they are marked.
    needed: Vec<u16>,
    /// For each instruction, the regions that keep it, once they are marked.
    kept: Vec<u16>,
}

impl Trace {
    /// The regions, one bit each, in which some choice is decided: those whose tape can be
    /// made shorter.
    pub fn decided(&self) -> u16 {
        self.decided
    }

    /// Ready for the choices of a tape of `len` instructions.
    pub(super) fn reset(&mut self, len: usize) {
        self.decisions.clear();
        self.decisions.resize(len, Decisions::default());
        self.decided = 0;
        self.is_marked = false;
    }

    /// Where to write what is decided, for each instruction twice 16 bits.
    pub(super) fn as_mut_words(&mut self) -> &mut [u16] {
        let (words, len) = (self.decisions.as_mut_ptr(), 2 * self.decisions.len());
        // SAFETY: decisions are two words each, as C lays them out.
        unsafe { std::slice::from_raw_parts_mut(words.cast(), len) }
    }

    /// Finds the regions in which some choice is decided, once decisions are written.
    pub(super) fn gather(&mut self) {
        let of_all = self.decisions.iter();
        self.decided = of_all.fold(0, |decided, decisions| decided | decisions.either());
    }

    /// Marks what regions need of `tape`, whose instructions write places from `first` on, unless
    /// that was done.
    pub(super) fn mark_once(&mut self, tape: &Tape, first: usize) {
        if !self.is_marked {
            self.mark(tape, first);
            self.is_marked = true;
        }
    }

    /// Whether it is of a tape of `len` instructions, and marked.
    pub(super) fn is_marked(&self, len: usize) -> bool {
        self.is_marked && self.decisions.len() == len
    }

    /// Finds, for each instruction of `tape`, the regions that need it and those that keep it.
    fn mark(&mut self, tape: &Tape, first: usize) {
        self.needed.clear();
        self.needed.resize(first + tape.len(), 0);
        self.kept.resize(tape.len(), 0);
        for &output in &tape.outputs {
            self.needed[output as usize] = u16::MAX;
        }
        let mut end = tape.len();
        if tape.has_selections {
            for (_, run) in tape
                .each_run()
                .rev()
                .filter(|(code, _)| code.is_selection())
            {
                self.mark_operands(tape, first, run.end..end);
                end = run.start;
                self.mark_selections(tape, first, run);
            }
        }
        self.mark_operands(tape, first, 0..end);
    }

    /// Marks what instructions need of which none is a selection.
    fn mark_operands(&mut self, tape: &Tape, first: usize, range: Range<usize>) {
        for i in range.rev() {
            let (decided, [a, b]) = (self.decisions[i], tape.words[i]);
            let by = self.needed[first + i];
            self.kept[i] = by & !decided.either();
            self.needed[a as usize] |= by & !decided.second;
            self.needed[b as usize] |= by & !decided.first;
        }
    }

    /// Marks what selections need, each of which names its operands by a pair.
    fn mark_selections(&mut self, tape: &Tape, first: usize, run: Range<usize>) {
        for i in run.rev() {
            let (decided, [condition, pair]) = (self.decisions[i], tape.words[i]);
            let [a, b] = tape.words[pair as usize - first];
            let by = self.needed[first + i];
            self.kept[i] = by & !decided.either();
            self.needed[condition as usize] |= self.kept[i];
            self.needed[pair as usize] |= self.kept[i];
            self.needed[a as usize] |= by & decided.first;
            self.needed[b as usize] |= by & decided.second;
        }
    }
}

/// What shortening works with.
#[derive(Debug, Default)]
pub(super) struct Shortener {
    sieve: Sieve,
    /// For each place of the long tape, the place in the short one.
    moved: Vec<Place>,
    /// How many places, from the first, stay where they are.
    unmoved: usize,
}

impl Shortener {
    /// Writes to `short` what is left of `long` in the region `region` of the batch that `trace`
    /// is of, which is marked. Instructions write places from `first` on.
    pub(super) fn shorten(
        &mut self,
        long: &Tape,
        first: usize,
        trace: &Trace,
        region: usize,
        short: &mut Tape,
    ) {
        self.make_room(first, long.len());
        let row = Row {
            needed: &trace.needed[first..],
            kept: &trace.kept,
            codes: &long.codes,
        };
        let places = &mut self.moved[first..];
        self.sieve.sift(row, region, first as Place, places);
        self.alias(long, first, trace, region);
        self.copy(long, short);
        starts_of_runs(&short.codes, &mut short.starts);
    }

    /// Makes room for the new places of a tape, before whose `first` place all stay what they are.
    fn make_room(&mut self, first: usize, len: usize) {
        let places = first + len + Sieve::SLACK;
        if self.moved.len() < places {
            self.moved.resize(places, 0);
        }
        if self.unmoved != first {
            for (place, moved) in self.moved[..first].iter_mut().enumerate() {
                *moved = place as Place;
            }
            self.unmoved = first;
        }
    }

    /// Has the users of decided choices read what those give.
    fn alias(&mut self, long: &Tape, first: usize, trace: &Trace, region: usize) {
        let mut aliased = self.sieve.aliased.iter().peekable();
        let mut alias_until = |end: usize, is_selection: bool| {
            while let Some(&at) = aliased.next_if(|&&at| (at as usize) < end) {
                let at = at as usize;
                let operands = match (is_selection, long.words[at]) {
                    (true, [_, pair]) => long.words[pair as usize - first],
                    (false, word) => word,
                };
                let is_second = trace.decisions[at].second >> region & 1;
                let given = operands[usize::from(is_second)];
                self.moved[first + at] = self.moved[given as usize];
            }
        };
        if long.has_selections {
            for (_, run) in long.each_run().filter(|(code, _)| code.is_selection()) {
                alias_until(run.start, false);
                alias_until(run.end, true);
            }
        }
        alias_until(long.len(), false);
    }

    /// Writes what is kept of `long` to `short`.
    fn copy(&mut self, long: &Tape, short: &mut Tape) {
        let (sieve, moved) = (&mut self.sieve, &self.moved);
        let word = |&at: &u32| long.words[at as usize].map(|place| moved[place as usize]);
        short.words.clear();
        short.words.extend(sieve.kept.iter().map(word));
        std::mem::swap(&mut short.codes, &mut sieve.codes);
        (short.lines, short.choices) = (sieve.lines, sieve.choices);
        let output = |&place: &Place| moved[place as usize];
        short.outputs.clear();
        short.outputs.extend(long.outputs.iter().map(output));
        short.has_selections = long.has_selections;
        short.program = long.program;
    }
}
