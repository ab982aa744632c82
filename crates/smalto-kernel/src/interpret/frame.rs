//! Where the values of a routine lie while it runs.

use super::RunError;
use crate::{Module, Op, Routine, RoutineId, ValueType, Width};

/// Where each value of a routine begins in the words of its frame. A value has, for each
/// of its components, a word a lane (one, if it is uniform) and a word of poison bits,
/// and at the end a word that says where the poison is from.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) offsets: Vec<usize>,
    /// The words of a frame.
    pub(super) size: usize,
}

impl Layout {
    fn of(routine: &Routine, width: usize) -> Layout {
        let mut size = 0;
        let mut offsets = Vec::with_capacity(routine.len());
        for instruction in routine.instructions() {
            offsets.push(size);
            if let Some(ty) = instruction.ty() {
                size += ty.count() * (lanes_of(ty, width) + 1) + 1;
            }
        }
        Layout { offsets, size }
    }

    /// The layouts of `kernel` and all it may call, by routine. Together they take at
    /// most `limit` bytes, and so do all frames there are at one time, since no
    /// routine calls itself.
    pub(super) fn of_callees(
        module: &Module,
        kernel: RoutineId,
        width: usize,
        limit: usize,
    ) -> Result<Vec<Option<Layout>>, RunError> {
        let mut layouts: Vec<Option<Layout>> = module.routines.iter().map(|_| None).collect();
        let mut bytes = 0usize;
        let mut stack = vec![kernel];
        while let Some(id) = stack.pop() {
            if layouts[id.index()].is_some() {
                continue;
            }
            let routine = module.routine(id);
            let layout = Layout::of(routine, width);
            bytes = bytes.saturating_add(8 * (layout.size + routine.len()));
            if bytes > limit {
                return Err(RunError::TooLarge { limit });
            }
            layouts[id.index()] = Some(layout);
            let values = routine.block_ids().flat_map(|b| routine.instructions_in(b));
            let calls = values.filter(|&value| routine.op(value) == Op::Call);
            stack.extend(calls.filter_map(|call| routine.callee_of(call)));
        }
        Ok(layouts)
    }
}

/// How many lanes of words a value of this type has.
pub(super) fn lanes_of(ty: ValueType, width: usize) -> usize {
    if ty.is_varying() { width } else { 1 }
}

/// One component of a value: a word a lane, and which lanes are poison.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lanes {
    pub(super) words: [u64; Width::MAX_LANES],
    pub(super) poison: u64,
}

impl Lanes {
    pub(super) const ZERO: Lanes = Lanes {
        words: [0; Width::MAX_LANES],
        poison: 0,
    };

    /// The same word in all lanes.
    pub(super) fn all(word: u64) -> Lanes {
        Lanes {
            words: [word; Width::MAX_LANES],
            poison: 0,
        }
    }

    pub(super) fn is_poison(&self, lane: usize) -> bool {
        self.poison >> lane & 1 != 0
    }

    pub(super) fn set_poison(&mut self, lane: usize, poison: bool) {
        self.poison |= u64::from(poison) << lane;
    }
}

/// The lowest `lanes` bits.
pub(super) fn first(lanes: usize) -> u64 {
    u64::MAX >> (Width::MAX_LANES - lanes)
}
