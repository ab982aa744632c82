//! The usual shapes of control flow: each is a few blocks, like any other.

use super::Builder;
use crate::{ValueId, ValueType, Values};

impl Builder {
    /// `condition ? then() : otherwise()`, of which only one runs. Both give values of
    /// the same types. What comes out is what the one that ran gave.
    ///
    /// The shape of `if_any`: `condition` is [`any`](Builder::any) of a mask.
    ///
    /// ```
    /// # use smalto_kernel::{Builder, Lane, ValueType, Width};
    /// # let mut b = Builder::function("f", Width::Any, Some(ValueType::varying(Lane::F32)));
    /// # let x = b.parameter("x", ValueType::varying(Lane::F32));
    /// // Where x is large, its root; the root is only computed if some lane wants it.
    /// let limit = b.varying(100f32);
    /// let large = b.lt(limit, x);
    /// let some = b.any(large);
    /// let result = b.if_else(
    ///     some,
    ///     |b| {
    ///         let root = b.sqrt(x);
    ///         vec![b.select(large, root, x)]
    ///     },
    ///     |_| vec![x],
    /// );
    /// b.return_value(result.at(0));
    /// # b.finish();
    /// ```
    pub fn if_else(
        &mut self,
        condition: ValueId,
        then: impl FnOnce(&mut Builder) -> Vec<ValueId>,
        otherwise: impl FnOnce(&mut Builder) -> Vec<ValueId>,
    ) -> Values {
        let (then_label, other_label) = (self.label(&[]), self.label(&[]));
        self.branch(condition, (then_label, &[]), (other_label, &[]));
        self.begin(then_label);
        let results = then(self);
        let types = self.types_of(&results);
        let join = self.label(&types);
        self.jump(join, &results);
        self.begin(other_label);
        let results = otherwise(self);
        self.jump(join, &results);
        self.begin(join)
    }

    /// `while condition(state) { state = body(state) }`. What comes out is the last
    /// state.
    ///
    /// The shape of `while_any`: the condition is [`any`](Builder::any) of a mask that is
    /// part of the state, and lanes that are done keep their state by
    /// [`select`](Builder::select).
    pub fn while_loop(
        &mut self,
        initial: &[ValueId],
        condition: impl FnOnce(&mut Builder, Values) -> ValueId,
        body: impl FnOnce(&mut Builder, Values) -> Vec<ValueId>,
    ) -> Values {
        let types = self.types_of(initial);
        let header = self.label(&types);
        let (inside, after) = (self.label(&[]), self.label(&[]));
        self.jump(header, initial);
        let state = self.begin(header);
        let goes_on = condition(self, state);
        self.branch(goes_on, (inside, &[]), (after, &[]));
        self.begin(inside);
        let next = body(self, state);
        self.jump(header, &next);
        self.begin(after);
        state
    }

    /// Runs `body` for `i` = 0, W, 2W and so on while i < `n`, a `u.i64`, with the mask
    /// of the lanes for which i + lane < n.
    pub fn for_each_wave(&mut self, n: ValueId, body: impl FnOnce(&mut Builder, ValueId, ValueId)) {
        let start = self.uniform(0i64);
        let step = self.width();
        self.for_range(start, n, step, |b, i| {
            let left = b.sub(n, i);
            let active = b.first_lanes(left);
            body(b, i, active);
        });
    }

    /// Runs `body` for `i` = `start`, `start` + `step` and so on while i < `end`.
    pub fn for_range(
        &mut self,
        start: ValueId,
        end: ValueId,
        step: ValueId,
        body: impl FnOnce(&mut Builder, ValueId),
    ) {
        self.while_loop(
            &[start],
            |b, state| b.lt(state.at(0), end),
            |b, state| {
                body(b, state.at(0));
                vec![b.add(state.at(0), step)]
            },
        );
    }

    fn types_of(&self, values: &[ValueId]) -> Vec<ValueType> {
        values.iter().map(|&value| self.type_of(value)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Lane, Width};

    #[test]
    fn a_loop_over_waves_is_four_blocks() {
        let mut b = Builder::kernel("k", Width::Any);
        let n = b.parameter("n", ValueType::uniform(Lane::I64));
        b.for_each_wave(n, |_, _, _| ());
        b.return_nothing();
        let routine = b.finish();
        assert_eq!(routine.block_ids().len(), 4);
    }
}
