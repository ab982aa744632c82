//! Slots: where varying values live while a batch runs.
//!
//! A slot holds one value of one batch. It is free again after its value's last
//! use, and the slot freed last is taken first, since it is the warmest in cache.

use super::instruction::Place;
use smalto_graph::{Graph, NodeId};

/// Hands out slots along a schedule.
pub(super) struct SlotAllocator {
    remaining_uses: Vec<u32>,
    free: Vec<Place>,
    /// Places below this one are the caller's slices.
    first: Place,
    count: u32,
}

impl SlotAllocator {
    /// An allocator for values used as often as `graph` uses them, whose slots are
    /// the places from `first` on.
    pub(super) fn new(graph: &Graph, first: usize) -> SlotAllocator {
        SlotAllocator {
            remaining_uses: graph.use_counts(),
            free: Vec::new(),
            first: first as Place,
            count: 0,
        }
    }

    /// The number of slots it takes.
    pub(super) fn count(&self) -> u32 {
        self.count
    }

    /// A slot for a new value.
    pub(super) fn allocate(&mut self) -> Place {
        self.free.pop().unwrap_or_else(|| {
            self.count += 1;
            self.first + self.count - 1
        })
    }

    /// Counts one use of `node` at `place`; after the last, its slot is free. The
    /// caller's slices are never free.
    pub(super) fn release(&mut self, node: NodeId, place: Place) {
        let uses = &mut self.remaining_uses[node.index()];
        *uses -= 1;
        if *uses == 0 && place >= self.first {
            self.free.push(place);
        }
    }
}
