//! The allocator: what it keeps between functions, and the order of its work.

use super::bank::Bank;
use super::boundary::Boundaries;
use super::calls::Calls;
use super::flow::Flow;
use super::liveness::Liveness;
use super::mask::Mask;
use super::next_use::NextUses;
use super::slots::Slots;
use super::stores::Stores;
use super::value::{self, Value};
use super::walk::Walk;
use super::{AllocError, Allocation, Function, Location, RegisterFile, RegisterSet};

/// Gives registers to functions. Its storage is reused from one to the next.
#[derive(Debug, Default)]
pub struct Allocator {
    flow: Flow,
    liveness: Liveness,
    next: NextUses,
    calls: Calls,
    after: Vec<u32>,
    values: Vec<Value>,
    slots: Vec<Slots>,
    stores: Stores,
    boundaries: Boundaries,
    narrow: Vec<Bank<1>>,
    wide: Vec<Bank<4>>,
}

impl Allocator {
    /// An allocator without storage yet.
    pub fn new() -> Allocator {
        Allocator::default()
    }

    /// Finds a place for every operand of a function, and what must be moved for it.
    ///
    /// # Errors
    ///
    /// If an instruction needs more registers at once than there are, or the function is
    /// not as [`Function`] has it. What `allocation` then holds means nothing.
    pub fn allocate_into(
        &mut self,
        function: &Function,
        file: &RegisterFile,
        allocation: &mut Allocation,
    ) -> Result<(), AllocError> {
        let classes = file.classes.len();
        value::fill(&mut self.values, function, classes)?;
        self.flow.analyse(function)?;
        self.next.analyse(function, &mut self.values)?;
        self.liveness.analyse(function, &self.next);
        self.calls
            .analyse(function, &self.liveness, &mut self.values);
        self.slots.resize_with(classes, Slots::default);
        self.slots.iter_mut().for_each(Slots::reset);
        self.stores
            .reset(function.blocks.len(), function.classes.len());
        self.boundaries.reset(function.blocks.len(), classes);
        allocation.edits.clear();
        // Every one of them will be written.
        allocation
            .locations
            .resize(function.operands.len(), Location::register(0, 0));
        let is_narrow = |number: &u8| usize::from(*number) < Mask::<1>::CAPACITY;
        if file
            .classes
            .iter()
            .flat_map(|class| &class.order)
            .all(is_narrow)
        {
            self.walk(|this| &mut this.narrow, function, file, allocation)?;
        } else {
            self.walk(|this| &mut this.wide, function, file, allocation)?;
        }
        self.stores.merge_into(&mut allocation.edits);
        allocation.slots.clear();
        allocation.slots.extend(self.slots.iter().map(Slots::count));
        Ok(())
    }

    fn walk<const W: usize>(
        &mut self,
        banks: fn(&mut Allocator) -> &mut Vec<Bank<W>>,
        function: &Function,
        file: &RegisterFile,
        allocation: &mut Allocation,
    ) -> Result<(), AllocError> {
        let mut own = std::mem::take(banks(self));
        own.resize_with(file.classes.len(), Bank::new);
        for (bank, class) in own.iter_mut().zip(&file.classes) {
            bank.reset(class);
        }
        let result = Walk {
            function,
            file,
            flow: &self.flow,
            liveness: &self.liveness,
            next: &self.next,
            values: &mut self.values,
            banks: &mut own,
            slots: &mut self.slots,
            stores: &mut self.stores,
            boundaries: &mut self.boundaries,
            after: &mut self.after,
            out: allocation,
            block: 0,
            next_call: u32::MAX,
        }
        .run();
        allocation.used.clear();
        allocation.used.extend(own.iter().map(|bank| {
            let mut set = RegisterSet::EMPTY;
            bank.used.iter().for_each(|number| set.insert(number));
            set
        }));
        *banks(self) = own;
        result
    }
}
