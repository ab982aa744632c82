//! Statements that decide what runs. What lanes decide changes only what they see
//! themselves.

use super::choices::random_type;
use super::grower::Grower;
use crate::{Lane, ValueId, ValueType};

impl Grower<'_, '_> {
    /// Values of a few types that control flow changes.
    pub(super) fn state(&mut self) -> Vec<ValueId> {
        let count = 1 + self.choices.below(3);
        (0..count)
            .map(|_| {
                let ty = random_type(self.menu, self.choices);
                self.value(ty)
            })
            .collect()
    }

    pub(super) fn types_of(&self, values: &[ValueId]) -> Vec<ValueType> {
        values.iter().map(|&v| self.builder.type_of(v)).collect()
    }

    pub(super) fn values_of(&mut self, types: &[ValueType]) -> Vec<ValueId> {
        types.iter().map(|&ty| self.value(ty)).collect()
    }

    pub(super) fn branch(&mut self) {
        let condition = self.value(ValueType::uniform(Lane::Mask));
        let state = self.state();
        let types = self.types_of(&state);
        let (then, join) = (self.builder.label(&[]), self.builder.label(&types));
        // With one side or two: the edge of a missing one leaves a branch and enters
        // a join.
        if self.choices.below(2) == 0 {
            self.builder.branch(condition, (then, &[]), (join, &state));
        } else {
            let otherwise = self.builder.label(&[]);
            self.builder
                .branch(condition, (then, &[]), (otherwise, &[]));
            self.builder.begin(otherwise);
            let results = self.block(|grower| grower.values_of(&types));
            self.builder.jump(join, &results);
        }
        self.builder.begin(then);
        let results = self.block(|grower| grower.values_of(&types));
        self.builder.jump(join, &results);
        let joined = self.builder.begin(join);
        self.values.extend(joined);
    }

    /// The varying single values among the state, which lanes can choose between.
    pub(super) fn choosable(&mut self) -> Vec<ValueId> {
        let mut state = self.state();
        state.retain(|&value| {
            let ty = self.builder.type_of(value);
            ty.is_varying() && ty.count() == 1
        });
        state
    }

    pub(super) fn chosen(
        &mut self,
        mask: ValueId,
        new: &[ValueId],
        old: &[ValueId],
    ) -> Vec<ValueId> {
        let pairs = new.iter().zip(old);
        pairs
            .map(|(&new, &old)| self.builder.select(mask, new, old))
            .collect()
    }

    /// Runs `inside` with only the lanes of `mask` taking part in stores.
    pub(super) fn in_lanes<T>(&mut self, mask: ValueId, inside: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.wave;
        if let Some((_, _, active)) = &mut self.wave {
            *active = self.builder.and(*active, mask);
        }
        let result = inside(self);
        self.wave = before;
        result
    }

    pub(super) fn if_any(&mut self) {
        let mask = self.value(ValueType::varying(Lane::Mask));
        let old = self.choosable();
        let types = self.types_of(&old);
        let condition = self.builder.any(mask);
        let (then, join) = (self.builder.label(&[]), self.builder.label(&types));
        self.builder.branch(condition, (then, &[]), (join, &old));
        self.builder.begin(then);
        let results = self.in_lanes(mask, |grower| {
            grower.block(|grower| {
                let new = grower.values_of(&types);
                grower.chosen(mask, &new, &old)
            })
        });
        self.builder.jump(join, &results);
        let joined = self.builder.begin(join);
        self.values.extend(joined);
    }

    /// A loop of a few turns, which may have its test at the end, and a way out of its
    /// middle.
    pub(super) fn counted_loop(&mut self) {
        let turns = self.choices.below(4) as i32;
        let test_first = self.choices.below(2) == 0;
        let breaks = self.choices.below(2) == 0;
        let initial = self.state();
        let types = self.types_of(&initial);
        let mut with_counter = vec![ValueType::uniform(Lane::I32)];
        with_counter.extend(&types);
        let header = self.builder.label(&with_counter);
        let (inside, after) = (self.builder.label(&[]), self.builder.label(&types));
        let zero = self.builder.uniform(0i32);
        let end = self.builder.uniform(turns);
        let mut arguments = vec![zero];
        arguments.extend(&initial);
        self.builder.jump(header, &arguments);
        let state = self.builder.begin(header);
        let counter = state.at(0);
        let now: Vec<ValueId> = state.skip(1).collect();
        if test_first {
            let more = self.builder.lt(counter, end);
            self.builder.branch(more, (inside, &[]), (after, &now));
        } else {
            self.builder.jump(inside, &[]);
        }
        self.builder.begin(inside);
        let seen = self.values.len();
        self.values.push(counter);
        self.values.extend(&now);
        if self.menu.memory && self.choices.below(2) == 0 {
            self.update();
        }
        if breaks {
            let goes_on = self.builder.label(&[]);
            let (out, results) = self.block(|grower| {
                let out = grower.value(ValueType::uniform(Lane::Mask));
                (out, grower.values_of(&types))
            });
            self.builder.branch(out, (after, &results), (goes_on, &[]));
            self.builder.begin(goes_on);
        }
        let next = self.block(|grower| grower.values_of(&types));
        let one = self.builder.uniform(1i32);
        let counter = self.builder.add(counter, one);
        let mut arguments = vec![counter];
        arguments.extend(&next);
        if test_first {
            self.builder.jump(header, &arguments);
        } else {
            let more = self.builder.lt(counter, end);
            self.builder
                .branch(more, (header, &arguments), (after, &next));
        }
        self.values.truncate(seen);
        let results = self.builder.begin(after);
        self.values.extend(results);
    }

    /// A loop that goes on while some lane wants to, and a few turns at most.
    pub(super) fn while_any(&mut self) {
        let old = self.choosable();
        let types = self.types_of(&old);
        let mut all_types = vec![
            ValueType::varying(Lane::I32),
            ValueType::varying(Lane::Mask),
        ];
        all_types.extend(&types);
        let header = self.builder.label(&all_types);
        let (inside, after) = (self.builder.label(&[]), self.builder.label(&[]));
        let turn = self.builder.varying(0i32);
        let wants = self.value(ValueType::varying(Lane::Mask));
        let mut arguments = vec![turn, wants];
        arguments.extend(&old);
        self.builder.jump(header, &arguments);
        let state = self.builder.begin(header);
        let (turn, wants) = (state.at(0), state.at(1));
        let now: Vec<ValueId> = state.skip(2).collect();
        let condition = self.builder.any(wants);
        self.builder.branch(condition, (inside, &[]), (after, &[]));
        self.builder.begin(inside);
        let seen = self.values.len();
        self.values.push(turn);
        self.values.extend(&now);
        let next = self.in_lanes(wants, |grower| {
            grower.block(|grower| {
                let new = grower.values_of(&types);
                let mut next = grower.chosen(wants, &new, &now);
                let one = grower.builder.varying(1i32);
                let turn = grower.builder.add(turn, one);
                let last = grower.builder.varying(3i32);
                let in_time = grower.builder.lt(turn, last);
                let again = grower.value(ValueType::varying(Lane::Mask));
                let again = grower.builder.and(again, in_time);
                let again = grower.builder.and(again, wants);
                next.splice(0..0, [turn, again]);
                next
            })
        });
        self.builder.jump(header, &next);
        self.values.truncate(seen);
        self.builder.begin(after);
        self.values.extend(now);
    }
}
