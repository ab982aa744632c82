//! Spill slots, used again when their value is dead.
//!
//! The walk learns that a value needs a slot only when it evicts it, and may then decide
//! that the value is stored earlier, at its definition. So a slot is given out together
//! with the position from which it must have been free. A value's time in its slot is
//! taken to end where the last block in layout ends in which it is live, which covers
//! all ways through loops and branches.

/// The spill slots of one class.
#[derive(Debug, Default)]
pub(super) struct Slots {
    /// For each span, 1, 2, 4 and 8, the slots that are free and since when, in order
    /// of that.
    free: [Vec<(u32, u32)>; 4],
    /// How many slots there are.
    count: u32,
}

impl Slots {
    pub(super) fn reset(&mut self) {
        self.free.iter_mut().for_each(Vec::clear);
        self.count = 0;
    }

    pub(super) fn count(&self) -> u32 {
        self.count
    }

    /// A slot that has been free since before an instruction.
    pub(super) fn take(&mut self, span: u8, since: u32) -> u32 {
        let free = &mut self.free[span.trailing_zeros() as usize & 3];
        // The one that was freed last of those that are free long enough.
        let place = match free.last() {
            Some(&(_, from)) if from <= since => free.len(),
            _ => free.partition_point(|&(_, from)| from <= since),
        };
        if let Some(place) = place.checked_sub(1) {
            return free.remove(place).0;
        }
        self.count += u32::from(span);
        self.count - u32::from(span)
    }

    /// Gives a slot back, that an instruction was the last to read.
    pub(super) fn give(&mut self, slot: u32, span: u8, last: u32) {
        self.free[span.trailing_zeros() as usize & 3].push((slot, last + 1));
    }
}
