//! Instructions on buffers: bounds, masks, and what nobody has written.

use super::frame::{Lanes, first};
use super::run::{Cause, Run};
use super::{RunError, number};
use crate::{Literal, Op, ValueId, Width};

/// What an access is about.
struct Access {
    value: ValueId,
    /// Which buffer of the run.
    buffer: usize,
    /// The lanes that take part.
    active: u64,
    /// The element each lane accesses, if it is there.
    indices: [i128; Width::MAX_LANES],
}

impl Access {
    fn lanes(&self) -> impl Iterator<Item = usize> + use<> {
        let active = self.active;
        (0..64).filter(move |lane| active >> lane & 1 != 0)
    }
}

impl Run<'_> {
    pub(super) fn access(&mut self, op: Op, value: ValueId) -> Result<(), RunError> {
        let buffer = self.top.routine.buffer_of(value).expect("it has a buffer");
        let buffer = self.top.buffers[buffer.index()];
        if op == Op::Length {
            let length = self.buffers[buffer].len() as u64;
            self.write(value, 0, &Lanes::all(length), 0);
            return Ok(());
        }
        let active = self.active(op, value)?;
        let access = Access {
            value,
            buffer,
            active,
            indices: self.indices(op, value, active)?,
        };
        match op {
            Op::Load | Op::LoadUniform | Op::Gather => self.load(&access),
            Op::AtomicAdd => self.atomic_add(&access),
            _ => self.store(op, &access),
        }
    }

    /// The lanes that take part.
    fn active(&self, op: Op, value: ValueId) -> Result<u64, RunError> {
        if matches!(op, Op::LoadUniform | Op::StoreUniform) {
            return Ok(1);
        }
        let Some(mask) = self.top.routine.mask(value) else {
            return Ok(first(self.width));
        };
        let lanes = self.read(mask, 0);
        self.not_poison(value, mask, &lanes, first(self.width))?;
        let bits = (0..self.width).map(|lane| (lanes.words[lane] & 1) << lane);
        Ok(bits.fold(0, |active, bit| active | bit))
    }

    /// The elements that the active lanes access, within bounds or not.
    fn indices(
        &self,
        op: Op,
        value: ValueId,
        active: u64,
    ) -> Result<[i128; Width::MAX_LANES], RunError> {
        let operand = self.top.routine.operands(value)[0];
        let lanes = self.read(operand, 0);
        let ty = self.ty(operand).lane();
        let index = |lane: usize| Literal::from_bits(ty, lanes.words[lane]).as_i128();
        if matches!(op, Op::Gather | Op::Scatter | Op::AtomicAdd) {
            self.not_poison(value, operand, &lanes, active)?;
            return Ok(std::array::from_fn(index));
        }
        self.not_poison(value, operand, &lanes, u64::from(active != 0))?;
        Ok(std::array::from_fn(|lane| index(0) + lane as i128))
    }

    fn not_poison(
        &self,
        user: ValueId,
        operand: ValueId,
        lanes: &Lanes,
        active: u64,
    ) -> Result<(), RunError> {
        match lanes.poison & active {
            0 => Ok(()),
            bad => Err(self.poison(Some(user), bad.trailing_zeros() as usize, operand)),
        }
    }

    /// The element `lane` accesses, within bounds.
    fn element(&self, access: &Access, lane: usize) -> Result<usize, RunError> {
        let index = access.indices[lane];
        let length = self.buffers[access.buffer].len();
        match usize::try_from(index) {
            Ok(index) if index < length => Ok(index),
            _ => Err(self.out_of_bounds(access, lane, index, length)),
        }
    }

    fn out_of_bounds(&self, access: &Access, lane: usize, index: i128, length: usize) -> RunError {
        let routine = self.top.routine;
        let declared = routine
            .buffer_of(access.value)
            .and_then(|id| routine.buffer(id));
        RunError::OutOfBounds {
            place: self.place(Some(access.value)),
            lane,
            index,
            buffer: declared.map_or(String::new(), |buffer| buffer.name.to_string()),
            length,
        }
    }

    fn load(&mut self, access: &Access) -> Result<(), RunError> {
        let mut result = Lanes::ZERO;
        let mut cause: Cause = 0;
        for lane in access.lanes() {
            let index = self.element(access, lane)?;
            match self.buffers[access.buffer].get(index) {
                Some(element) => result.words[lane] = element.bits(),
                None => {
                    result.set_poison(lane, true);
                    cause = self.own_cause(access.value);
                }
            }
        }
        self.write(access.value, 0, &result, cause);
        Ok(())
    }

    /// What is to be written, which is a use.
    fn stored(&self, access: &Access) -> Result<Lanes, RunError> {
        let operand = self.top.routine.operands(access.value)[1];
        let lanes = self.read(operand, 0);
        self.not_poison(access.value, operand, &lanes, access.active)?;
        Ok(lanes)
    }

    fn store(&mut self, op: Op, access: &Access) -> Result<(), RunError> {
        let new = self.stored(access)?;
        let element = self.buffers[access.buffer].element();
        let mut written: [Option<(usize, usize)>; 64] = [None; 64];
        for lane in access.lanes() {
            let index = self.element(access, lane)?;
            if op == Op::Scatter {
                let same = |&&(_, before): &&(usize, usize)| before == index;
                let value = |lane: usize| Literal::from_bits(element, new.words[lane]);
                if let Some(&(first, _)) = written.iter().flatten().find(same)
                    && value(first) != value(lane)
                {
                    return Err(RunError::Conflict {
                        place: self.place(Some(access.value)),
                        first,
                        second: lane,
                        index: index as i128,
                    });
                }
                written[lane] = Some((lane, index));
            }
            self.buffers[access.buffer].set(index, new.words[lane]);
        }
        Ok(())
    }

    fn atomic_add(&mut self, access: &Access) -> Result<(), RunError> {
        let added = self.stored(access)?;
        let element = self.buffers[access.buffer].element();
        let add = number::binary(Op::Add, element).expect("of integers");
        let mut result = Lanes::ZERO;
        for lane in access.lanes() {
            let index = self.element(access, lane)?;
            let Some(before) = self.buffers[access.buffer].get(index) else {
                return Err(RunError::Poison {
                    place: self.place(Some(access.value)),
                    lane,
                    cause: "adds to what was not written".into(),
                });
            };
            result.words[lane] = before.bits();
            let sum = add(before.bits(), added.words[lane]);
            self.buffers[access.buffer].set(index, sum);
        }
        self.write(access.value, 0, &result, 0);
        Ok(())
    }
}
