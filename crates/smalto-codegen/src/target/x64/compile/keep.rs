//! Keeping constants: which of them a loop has in registers from before it begins.
//!
//! A constant is made anew for each use, mostly as a place in memory that an instruction
//! reads by itself. That costs no register, but it costs a load each turn of a loop, and an
//! instruction too where the user wants a register: a load that a processor with two or three
//! ports for memory cannot do beside the others in time. So the registers that an innermost
//! loop leaves free are given to its constants, those first that would take an instruction.
//!
//! How many registers are free follows from the order of the kernel, which is the order of
//! live ranges: one walk backward over the loop counts the values between their definition
//! and their last use. It is an estimate, since tiles have temporaries and loads may be
//! inside other instructions, so a few registers are left over; where it is wrong the
//! allocator makes room, as for any value.

use super::machine::VECTOR;
use super::wave::Wave;
use smalto_kernel::analysis::{Flow, LoopId};
use smalto_kernel::{BlockId, Lane, Literal, Op, Routine, ValueId};

/// The constants that loops keep. Storage is reused.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    /// Each with the block at whose end it is made.
    constants: Vec<(BlockId, ValueId)>,
    /// For each value of the routine, the constant it is kept as; empty if none is.
    as_constant: Vec<Option<ValueId>>,
    seen: Vec<bool>,
    candidates: Vec<Candidate>,
}

/// A constant of a loop.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    literal: Literal,
    /// Whether some user wants it in a register and nowhere else.
    is_wanted: bool,
    /// The first instruction in the loop that gives it.
    first: Option<ValueId>,
}

/// Registers that are left for what tiles need on the way.
const SPARE: usize = 3;

/// The most instructions of a loop that keeps constants. Longer ones need their registers, and
/// would be looked through in vain.
const LONGEST: usize = 512;

impl Kept {
    /// What is to be made at the end of a block.
    pub(crate) fn at_end_of(&self, block: BlockId) -> impl Iterator<Item = ValueId> {
        let here = self.constants.iter().filter(move |(at, _)| *at == block);
        here.map(|&(_, value)| value)
    }

    /// The constant that a value is kept as, if it is.
    #[inline]
    pub(crate) fn constant(&self, value: ValueId) -> Option<ValueId> {
        self.as_constant.get(value.index()).copied().flatten()
    }

    /// Finds what the innermost loops keep, in so many vector registers.
    pub(crate) fn find(&mut self, routine: &Routine, flow: &Flow, wave: &Wave, registers: usize) {
        self.constants.clear();
        self.as_constant.clear();
        let loops = &flow.loops;
        let is_innermost = |id: &LoopId| {
            !loops
                .ids()
                .any(|other| loops.get(other).parent == Some(*id))
        };
        for id in loops.ids().filter(is_innermost) {
            let header = loops.get(id).header;
            // What dominates the header is outside of its loop.
            let Some(before) = flow.dominators.parent(header) else {
                continue;
            };
            let blocks = || {
                routine
                    .block_ids()
                    .filter(|&block| loops.innermost(block) == Some(id))
            };
            let length: usize = blocks()
                .map(|block| routine.instructions_in(block).len())
                .sum();
            if length > LONGEST {
                continue;
            }
            let used = self.pressure(routine, wave, header, blocks());
            let free = registers.saturating_sub(used + SPARE);
            self.candidates
                .sort_by_key(|candidate| !candidate.is_wanted);
            self.candidates.truncate(free);
            if !self.candidates.is_empty() {
                self.keep(routine, before, blocks());
            }
        }
    }

    /// How many registers a loop needs at once. Collects its constants.
    fn pressure(
        &mut self,
        routine: &Routine,
        wave: &Wave,
        header: BlockId,
        blocks: impl DoubleEndedIterator<Item = BlockId>,
    ) -> usize {
        self.candidates.clear();
        self.seen.clear();
        self.seen.resize(routine.len(), false);
        let first = routine.values_in(header).next();
        let mut count = Count {
            routine,
            wave,
            first: first.unwrap_or(ValueId::new(0)),
            seen: &mut self.seen,
            candidates: &mut self.candidates,
            throughout: 0,
            live: 0,
            most: 0,
        };
        for block in blocks.rev() {
            for edge in routine.terminator(block).edges() {
                for &argument in routine.arguments(edge) {
                    count.used(argument, false);
                }
            }
            for value in routine.instructions_in(block).rev() {
                count.instruction(value);
            }
        }
        count.throughout + count.most
    }

    /// Keeps the candidates of a loop, made at the end of a block before it.
    fn keep(&mut self, routine: &Routine, before: BlockId, blocks: impl Iterator<Item = BlockId>) {
        self.as_constant.resize(routine.len(), None);
        for value in blocks.flat_map(|block| routine.instructions_in(block)) {
            let Some(literal) = keepable(routine, value) else {
                continue;
            };
            let same = |candidate: &&mut Candidate| candidate.literal == literal;
            if let Some(candidate) = self.candidates.iter_mut().find(same) {
                let first = *candidate.first.get_or_insert(value);
                if first == value {
                    self.constants.push((before, value));
                }
                self.as_constant[value.index()] = Some(first);
            }
        }
    }
}

/// A walk backward over a loop.
struct Count<'a> {
    routine: &'a Routine,
    wave: &'a Wave,
    /// The first value of the loop.
    first: ValueId,
    seen: &'a mut [bool],
    candidates: &'a mut Vec<Candidate>,
    /// Registers of values from outside of the loop.
    throughout: usize,
    /// Registers of those inside that are needed from here on.
    live: usize,
    /// The most there were.
    most: usize,
}

impl Count<'_> {
    fn instruction(&mut self, value: ValueId) {
        if self.routine.op(value) == Op::Constant {
            return;
        }
        if self.seen[value.index()] {
            self.live -= self.registers(value);
        }
        let operands = self.routine.operands(value);
        for (at, &operand) in operands.iter().enumerate() {
            let is_wanted = wants_register(self.routine, value, at);
            self.used(operand, is_wanted);
        }
        self.most = self.most.max(self.live);
    }

    fn used(&mut self, value: ValueId, is_wanted: bool) {
        if let Some(literal) = keepable(self.routine, value) {
            self.candidate(literal, is_wanted);
            return;
        }
        if self.routine.op(value) == Op::Constant
            || std::mem::replace(&mut self.seen[value.index()], true)
        {
            return;
        }
        let registers = self.registers(value);
        match value < self.first {
            true => self.throughout += registers,
            false => self.live += registers,
        }
    }

    fn candidate(&mut self, literal: Literal, is_wanted: bool) {
        let known = self
            .candidates
            .iter_mut()
            .find(|candidate| candidate.literal == literal);
        match known {
            Some(known) => known.is_wanted |= is_wanted,
            None => self.candidates.push(Candidate {
                literal,
                is_wanted,
                first: None,
            }),
        }
    }

    /// How many vector registers a value has.
    fn registers(&self, value: ValueId) -> usize {
        let Some(ty) = self.routine.ty(value) else {
            return 0;
        };
        match self.wave.homes.class_of(ty) == VECTOR {
            true if ty.is_varying() => ty.count() * self.wave.chunks,
            true => ty.count(),
            false => 0,
        }
    }
}

/// A value that may be kept: a constant that is read from memory. Zero is made of nothing.
fn keepable(routine: &Routine, value: ValueId) -> Option<Literal> {
    if routine.op(value) != Op::Constant {
        return None;
    }
    let ty = routine.ty(value)?;
    let is_float = matches!(ty.lane(), Lane::F32 | Lane::F64);
    let literal = routine.literal(value)?;
    (is_float && ty.is_varying() && literal.bits() != 0).then_some(literal)
}

/// Whether no instruction takes this operand from memory.
fn wants_register(routine: &Routine, value: ValueId, at: usize) -> bool {
    let is_constant = |at: usize| keepable(routine, routine.operands(value)[at]).is_some();
    match routine.op(value) {
        // One of two.
        Op::Fma => at == 0 && is_constant(2),
        Op::Sub | Op::Div | Op::Min | Op::Max => at == 0,
        Op::Select => at == 1,
        Op::Add | Op::Mul | Op::Eq | Op::Lt | Op::Le => false,
        _ => true,
    }
}
