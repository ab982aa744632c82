//! Tapes: straight-line programs over places, short enough to be made anew for every
//! region of a picture.
//!
//! A tape is in single assignment and *positional*: instruction `i` writes place
//! `first + i`, where `first` is the same for all tapes of a program. What comes before are
//! the places that no tape writes: constants and what is computed once a picture (the
//! *bank*), then the inputs that vary. So an instruction is just the places of its operands,
//! eight bytes, and to delete instructions is to renumber.
//!
//! Instructions are grouped into runs of one kernel, which start once for many. A shorter
//! tape keeps the order of the longer one, and with it the runs.
//!
//! An instruction with three operands takes two: a *pair*, which computes nothing and only
//! names the last two, and the instruction itself, whose second operand is the pair.

/// Where a value lives.
pub(super) type Place = u32;

/// The places of an instruction's operands. With one operand, it is there twice.
pub(super) type Word = [Place; 2];

/// What an instruction does with its operands, as far as simplifying a tape goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
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
#[repr(u8)]
pub(super) enum Class {
    /// One row of values serves the block: a value a column, or a value a row.
    Line,
    /// A value a point.
    Block,
}

/// Instructions of one kernel, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run {
    /// Index into the kernels of the program.
    pub(super) kernel: u16,
    pub(super) flow: Flow,
    pub(super) class: Class,
    /// How many.
    pub(super) count: u32,
}

/// A program for one region: the whole of a graph, or what of it can still matter there.
///
/// Tapes are made by a [`Tracer`](super::Tracer) and used with the one that made them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tape {
    pub(super) words: Vec<Word>,
    pub(super) runs: Vec<Run>,
    /// How many instructions, from the first, are of [`Class::Line`].
    pub(super) lines: u32,
    pub(super) outputs: Vec<Place>,
    /// How many instructions may still choose.
    pub(super) choices: u32,
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
        self.runs.len()
    }

    pub(super) fn clear(&mut self) {
        self.words.clear();
        self.runs.clear();
        self.outputs.clear();
        self.lines = 0;
        self.choices = 0;
    }

    /// Appends `count` instructions to the last run, or a new one.
    pub(super) fn extend_run(&mut self, run: Run) {
        if run.count == 0 {
            return;
        }
        if run.class == Class::Line {
            self.lines += run.count;
        }
        if run.flow != Flow::All {
            self.choices += run.count;
        }
        match self.runs.last_mut() {
            Some(last) if last.kernel == run.kernel && last.class == run.class => {
                last.count += run.count;
            }
            _ => self.runs.push(run),
        }
    }
}
