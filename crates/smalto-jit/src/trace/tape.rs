//! Tapes: straight-line programs over places, short enough to be made anew for every
//! region of a picture.
//!
//! A tape is in single assignment and *positional*: instruction `i` writes place
//! `first + i`, where `first` is the same for all tapes of a program. What comes before are
//! the places that no tape writes: constants and what is computed once a picture (the
//! *bank*), then the inputs that vary. So an instruction is just the places of its operands,
//! eight bytes, and to delete instructions is to renumber.
//!
//! What an instruction does, its *opcode*, is kept apart. Instructions with one opcode lie
//! together as far as may be, in runs that start once for many; a shorter tape keeps the order
//! of the longer one, and with it the runs.
//!
//! An instruction with three operands takes two: a *pair*, which computes nothing and only
//! names the last two, and the instruction itself, whose second operand is the pair.

use std::ops::Range;

/// Where a value lives.
pub(super) type Place = u32;

/// The places of an instruction's operands. With one operand, it is there twice.
pub(super) type Word = [Place; 2];

/// What an instruction does with its operands, as far as simplifying a tape goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    /// Needs all operands.
    All,
    /// Gives one of two operands.
    Choice,
    /// Gives one of the two operands named by the pair.
    Selection,
}

/// How often a value changes within a block of points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// One row of values serves the block: a value a column, or a value a row.
    Line,
    /// A value a point.
    Block,
}

/// What an instruction does: its kernel, its flow and its class, as one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub(super) struct Opcode(u32);

impl Opcode {
    /// Set if the instruction may choose. Which kernel it is, is below.
    pub(super) const CHOOSES: u32 = 1 << 16;
    /// Set if it chooses by a pair.
    const SELECTS: u32 = 1 << 17;
    /// Set if its class is [`Class::Line`].
    pub(super) const LINE: u32 = 1 << 18;

    pub(super) fn new(kernel: u16, flow: Flow, class: Class) -> Opcode {
        let flow = match flow {
            Flow::All => 0,
            Flow::Choice => Opcode::CHOOSES,
            Flow::Selection => Opcode::CHOOSES | Opcode::SELECTS,
        };
        let class = match class {
            Class::Line => Opcode::LINE,
            Class::Block => 0,
        };
        Opcode(u32::from(kernel) | flow | class)
    }

    /// Index into the kernels of the program.
    pub(super) fn kernel(self) -> usize {
        usize::from(self.0 as u16)
    }

    /// Whether any of `bits` is set.
    pub(super) fn has(self, bits: u32) -> bool {
        self.0 & bits != 0
    }

    pub(super) fn is_selection(self) -> bool {
        self.has(Opcode::SELECTS)
    }

    pub(super) fn class(self) -> Class {
        match self.has(Opcode::LINE) {
            true => Class::Line,
            false => Class::Block,
        }
    }
}

/// A program for one region: the whole of a graph, or what of it can still matter there.
///
/// Tapes are made by a [`Tracer`](super::Tracer) and used with the one that made them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tape {
    /// What each instruction does.
    pub(super) codes: Vec<Opcode>,
    /// With what.
    pub(super) words: Vec<Word>,
    /// The positions where another opcode begins.
    pub(super) starts: Vec<u32>,
    /// How many instructions, from the first, are of [`Class::Line`].
    pub(super) lines: u32,
    /// How many instructions may still choose.
    pub(super) choices: u32,
    /// Whether any instruction may be a [`Flow::Selection`].
    pub(super) has_selections: bool,
    pub(super) outputs: Vec<Place>,
    /// The program this is a tape of.
    pub(super) program: u64,
}

impl Tape {
    /// Instructions.
    #[expect(
        clippy::len_without_is_empty,
        reason = "a tape of no instructions is a tape"
    )]
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// How many instructions may still choose one of their operands: 0 if no region makes
    /// this tape shorter.
    pub fn choices(&self) -> usize {
        self.choices as usize
    }

    /// Runs of one kernel.
    pub fn runs(&self) -> usize {
        self.starts.len()
    }

    /// The runs one after the other: what their instructions do, and their positions.
    pub(super) fn each_run(
        &self,
    ) -> impl DoubleEndedIterator<Item = (Opcode, Range<usize>)> + ExactSizeIterator {
        (0..self.starts.len()).map(|run| {
            let start = self.starts[run] as usize;
            let next = self.starts.get(run + 1);
            let end = next.map_or(self.words.len(), |&next| next as usize);
            (self.codes[start], start..end)
        })
    }

    /// Appends an instruction.
    pub(super) fn push(&mut self, code: Opcode, word: Word) {
        if self.codes.last() != Some(&code) {
            self.starts.push(self.codes.len() as u32);
        }
        self.codes.push(code);
        self.words.push(word);
        self.lines += u32::from(code.class() == Class::Line);
        self.choices += u32::from(code.has(Opcode::CHOOSES));
        self.has_selections |= code.is_selection();
    }
}
