//! Statements on memory. In each lane, only elements of its own are written, or they
//! are added to.

use super::MARGIN;
use super::choices::few;
use super::grower::Grower;
use crate::{BufferId, Builder, Lane, Literal, ValueId, ValueType};

impl Grower<'_, '_> {
    pub(super) fn load(&mut self) {
        let Some((i, _, active)) = self.wave else {
            return self.load_uniform();
        };
        let buffers = match self.choices.below(3) {
            0 if self.menu.memory => &self.outputs,
            1 => return self.load_uniform(),
            _ => &self.inputs,
        };
        if buffers.is_empty() {
            return;
        }
        let (buffer, _) = self.choices.of(buffers);
        let value = self.builder.load(buffer, i, Some(active));
        self.values.push(value);
    }

    pub(super) fn load_uniform(&mut self) {
        let written = self.is_fixed() && self.choices.below(4) > 0;
        let buffers = if written { &self.outputs } else { &self.inputs };
        if buffers.is_empty() {
            return;
        }
        let (buffer, _) = few(self.choices, buffers);
        let index = self.builder.uniform(self.choices.below(MARGIN) as i64);
        let value = match self.choices.below(3) {
            0 => self.guarded_load(buffer),
            _ => self.builder.load_uniform(buffer, index),
        };
        self.values.push(value);
    }

    /// An element that may not be there; then zero.
    pub(super) fn guarded_load(&mut self, buffer: BufferId) -> ValueId {
        let b = &mut self.builder;
        let index = b.uniform(self.choices.below(4 * MARGIN) as i64);
        let length = b.length(buffer);
        let within = b.lt(index, length);
        let element = b.routine().buffers()[buffer.index()].element;
        let zero = b.uniform(Literal::zero(element));
        let load = |b: &mut Builder| vec![b.load_uniform(buffer, index)];
        b.if_else(within, load, |_| vec![zero]).at(0)
    }

    pub(super) fn store(&mut self) {
        let (Some((i, _, active)), false) = (self.wave, self.outputs.is_empty()) else {
            return;
        };
        let (buffer, lane) = few(self.choices, &self.outputs);
        let value = self.value(ValueType::varying(lane));
        self.builder.store(buffer, i, value, Some(active));
    }

    /// Adds to what was stored before: in a loop, every turn sees the one before.
    pub(super) fn update(&mut self) {
        let (Some((i, _, active)), false) = (self.wave, self.outputs.is_empty()) else {
            return;
        };
        let (buffer, lane) = few(self.choices, &self.outputs);
        let before = self.builder.load(buffer, i, Some(active));
        let one = self.literal(ValueType::varying(lane), 1);
        let after = self.builder.add(before, one);
        self.builder.store(buffer, i, after, Some(active));
    }

    /// A varying index within the margin.
    pub(super) fn index(&mut self) -> ValueId {
        let index = self.value(ValueType::varying(Lane::I32));
        let margin = self.builder.varying(MARGIN as i32 - 1);
        self.builder.and(index, margin)
    }

    pub(super) fn gather(&mut self) {
        if self.inputs.is_empty() {
            return;
        }
        let (buffer, _) = self.choices.of(&self.inputs);
        let mut index = self.index();
        if self.choices.below(2) == 0 {
            index = self.builder.extend(index, Lane::I64);
        }
        let mask = match self.choices.below(2) {
            0 => None,
            _ => Some(self.value(ValueType::varying(Lane::Mask))),
        };
        let value = self.builder.gather(buffer, index, mask);
        self.values.push(value);
    }

    pub(super) fn scatter(&mut self) {
        let (Some((_, number, active)), false) = (self.wave, self.outputs.is_empty()) else {
            return;
        };
        let (buffer, lane) = self.choices.of(&self.outputs);
        let value = self.value(ValueType::varying(lane));
        let mask = self.value(ValueType::varying(Lane::Mask));
        let mask = self.builder.and(mask, active);
        self.builder.scatter(buffer, number, value, Some(mask));
    }

    pub(super) fn count(&mut self) {
        let (Some((_, _, active)), Some(counts)) = (self.wave, self.counts) else {
            return;
        };
        let index = self.index();
        let value = self.value(ValueType::varying(Lane::I32));
        let before = self.builder.atomic_add(counts, index, value, Some(active));
        // Which lane comes first is the same in all widths only within a wave.
        if self.is_fixed() && self.choices.below(2) == 0 {
            self.values.push(before);
        }
    }
}
