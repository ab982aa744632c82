//! Routines that grow, a statement at a time.

use super::choices::{Choices, random_literal};
use super::functions::Callee;
use super::{MAX_DEPTH, Menu};
use crate::op::{Class, LaneRule, RateRule, Scope, Slot};
use crate::{
    Access, BufferId, Builder, F16, Lane, Literal, Op, Rate, Routine, TableId, ValueId, ValueType,
    Width,
};

/// A routine that grows.
pub(super) struct Grower<'g, 'c> {
    pub(super) builder: Builder,
    pub(super) menu: &'g Menu,
    pub(super) tables: &'g [(TableId, Lane)],
    pub(super) functions: &'g [Callee],
    pub(super) choices: &'g mut Choices<'c>,
    /// Values that may be used here. Those of an inner block are taken off after it.
    pub(super) values: Vec<ValueId>,
    pub(super) depth: usize,
    /// The buffers of a kernel.
    pub(super) inputs: Vec<(BufferId, Lane)>,
    pub(super) outputs: Vec<(BufferId, Lane)>,
    pub(super) counts: Option<BufferId>,
    /// In a loop over waves: where the wave begins, the number of each lane, and the
    /// lanes that take part.
    pub(super) wave: Option<(ValueId, ValueId, ValueId)>,
}

impl<'g, 'c> Grower<'g, 'c> {
    pub(super) fn new(
        builder: Builder,
        menu: &'g Menu,
        tables: &'g [(TableId, Lane)],
        functions: &'g [Callee],
        choices: &'g mut Choices<'c>,
    ) -> Grower<'g, 'c> {
        Grower {
            builder,
            menu,
            tables,
            functions,
            choices,
            values: Vec::new(),
            depth: 0,
            inputs: Vec::new(),
            outputs: Vec::new(),
            counts: None,
            wave: None,
        }
    }

    pub(super) fn function(&mut self, parameters: &[ValueType], result: ValueType) -> Routine {
        for (index, &ty) in parameters.iter().enumerate() {
            let parameter = self.builder.parameter(&format!("p{index}"), ty);
            self.values.push(parameter);
        }
        for _ in 0..self.choices.below(8) {
            self.statement();
        }
        let value = self.value(result);
        self.builder.return_value(value);
        let ended = std::mem::replace(&mut self.builder, Builder::kernel("", Width::Any));
        ended.finish()
    }

    pub(super) fn kernel(&mut self) {
        self.declare();
        let n = self.builder.parameter("n", ValueType::uniform(Lane::I64));
        for lane in self.menu.lanes.clone() {
            if lane != Lane::Mask {
                let ty = ValueType::uniform(lane);
                let parameter = self.builder.parameter(&format!("p_{lane}"), ty);
                self.values.push(parameter);
            }
        }
        for _ in 0..self.choices.below(4) {
            self.statement();
        }
        let start = self.builder.uniform(0i64);
        let step = self.builder.width();
        let header = self.builder.label(&[ValueType::uniform(Lane::I64)]);
        let (inside, after) = (self.builder.label(&[]), self.builder.label(&[]));
        self.builder.jump(header, &[start]);
        let i = self.builder.begin(header).at(0);
        let more = self.builder.lt(i, n);
        self.builder.branch(more, (inside, &[]), (after, &[]));
        self.builder.begin(inside);
        self.enter_wave(n, i);
        while self.choices.are_left() {
            self.statement();
        }
        self.store();
        let next = self.builder.add(i, step);
        self.builder.jump(header, &[next]);
        self.builder.begin(after);
        self.builder.return_nothing();
    }

    pub(super) fn declare(&mut self) {
        for &lane in self.menu.lanes.iter().filter(|&&lane| lane != Lane::Mask) {
            let input = self
                .builder
                .buffer(&format!("in_{lane}"), lane, Access::Read);
            self.inputs.push((input, lane));
            let name = format!("out_{lane}");
            let output = self.builder.buffer(&name, lane, Access::ReadWrite);
            self.outputs.push((output, lane));
        }
        self.counts = Some(self.builder.buffer("counts", Lane::I32, Access::ReadWrite));
    }

    pub(super) fn enter_wave(&mut self, n: ValueId, i: ValueId) {
        let b = &mut self.builder;
        let left = b.sub(n, i);
        let active = b.first_lanes(left);
        let first = b.wrap(i, Lane::I32);
        let first = b.splat(first);
        let lane = b.lane_index();
        let number = b.add(first, lane);
        self.values.extend([number, active]);
        self.wave = Some((i, number, active));
        if self.is_fixed() {
            self.values.push(i);
        }
    }

    /// Whether results may depend on how many lanes there are.
    pub(super) fn is_fixed(&self) -> bool {
        self.menu.width != Width::Any
    }

    // Statements.

    pub(super) fn statement(&mut self) {
        let menu = self.menu;
        match self.choices.below(16) {
            10 if menu.control => self.within(Grower::branch),
            11 if menu.control => self.within(Grower::if_any),
            12 if menu.control => self.within(Grower::counted_loop),
            13 if menu.control => self.within(Grower::while_any),
            14 => match self.choices.below(4) {
                0 if menu.tuples => self.tuple(),
                1 if menu.calls => self.call(),
                2 => self.lookup(),
                _ => self.load(),
            },
            15 => match self.choices.below(6) {
                0 if menu.memory => self.gather(),
                1 if menu.memory => self.scatter(),
                2 if menu.memory => self.count(),
                3..=4 if menu.memory => self.update(),
                _ => self.store(),
            },
            _ => self.instruction(),
        }
    }

    /// A statement with others in it, unless it would be nested too deep.
    pub(super) fn within(&mut self, statement: fn(&mut Self)) {
        if self.depth == MAX_DEPTH {
            return self.instruction();
        }
        self.depth += 1;
        statement(self);
        self.depth -= 1;
    }

    /// A few statements, whose values are seen only by `last`.
    pub(super) fn block<T>(&mut self, last: impl FnOnce(&mut Self) -> T) -> T {
        let seen = self.values.len();
        for _ in 0..self.choices.below(5) {
            self.statement();
        }
        let result = last(self);
        self.values.truncate(seen);
        result
    }

    /// An instruction of the menu, with types that fit its row.
    pub(super) fn instruction(&mut self) {
        let op = self.choices.of(&self.menu.ops);
        let row = op.row();
        // Whether all lanes agree is seen by all, so it depends on the width.
        let sees_width = row.scope == Scope::Wave
            || matches!(
                op,
                Op::LaneIndex | Op::Width | Op::FirstLanes | Op::AnyLane | Op::AllLanes
            );
        if op == Op::Parameter || sees_width && !self.is_fixed() {
            return;
        }
        let rate = self
            .choices
            .of(&[Rate::Varying, Rate::Varying, Rate::Uniform]);
        let slots = row.operands.iter().chain(&row.result);
        let shared = slots.clone().find_map(|slot| match slot.lane {
            LaneRule::Shared(class) => Some(class),
            _ => None,
        });
        let Some(lane) = self.lane(shared.unwrap_or(Class::Any)) else {
            return;
        };
        let Some((from, to)) = self.conversion(op) else {
            return;
        };
        let ty_of = |slot: &Slot, free: Lane| {
            let lane = match slot.lane {
                LaneRule::Shared(_) => lane,
                LaneRule::Only(lane) => lane,
                LaneRule::Free(_) | LaneRule::Element => free,
            };
            let rate = match slot.rate {
                RateRule::Shared => rate,
                RateRule::Only(rate) => rate,
            };
            ValueType::new(lane, rate)
        };
        let types: Vec<ValueType> = row.operands.iter().map(|slot| ty_of(slot, from)).collect();
        let result = row.result.as_ref().map(|slot| ty_of(slot, to));
        let operands: Vec<ValueId> = types.iter().map(|&ty| self.value(ty)).collect();
        let value = self.apply(op, &operands, result.expect("it computes"));
        self.values.push(value);
    }

    /// `op` on these operands, made harmless where they may not be used as they are.
    pub(super) fn apply(&mut self, op: Op, operands: &[ValueId], result: ValueType) -> ValueId {
        let mut operands = operands.to_vec();
        match op {
            // The bits of a NaN must not be seen.
            Op::RawBits => {
                let one = self.literal(self.builder.type_of(operands[0]), 1);
                let number = self.builder.eq(operands[0], operands[0]);
                operands[0] = self.builder.select(number, operands[0], one);
            }
            // The sign of a NaN must not be seen.
            Op::Copysign => {
                let one = self.literal(result, 1);
                let number = self.builder.eq(operands[1], operands[1]);
                operands[1] = self.builder.select(number, operands[1], one);
            }
            // A NaN gives the bound.
            Op::Scale => {
                let (least, most) = (self.literal(result, -20), self.literal(result, 20));
                let (one, two) = (self.literal(result, 1), self.literal(result, 2));
                let above = self.builder.max(operands[0], one);
                operands[0] = self.builder.min(above, two);
                let above = self.builder.max(operands[1], least);
                let within = self.builder.min(above, most);
                operands[1] = self.builder.rint(within);
            }
            Op::ConvertInRange => {
                let ty = self.builder.type_of(operands[0]);
                let (low, high) = (self.literal(ty, 0), self.literal(ty, 1000));
                let above = self.builder.max(operands[0], low);
                operands[0] = self.builder.min(above, high);
            }
            _ => {}
        }
        self.builder.apply(op, result, &operands)
    }

    pub(super) fn literal(&mut self, ty: ValueType, value: i32) -> ValueId {
        let literal = match ty.lane() {
            Lane::F16 => F16::from_f64(value.into()).into(),
            Lane::F32 => (value as f32).into(),
            Lane::F64 => f64::from(value).into(),
            lane => Literal::from_bits(lane, value as u64),
        };
        self.builder.constant(ty.rate(), literal)
    }

    /// A lane type of the menu in `class`, if there is one.
    pub(super) fn lane(&mut self, class: Class) -> Option<Lane> {
        let lanes = self.menu.lanes.iter().copied();
        let fitting: Vec<Lane> = lanes.filter(|&lane| class.contains(lane)).collect();
        (!fitting.is_empty()).then(|| self.choices.of(&fitting))
    }

    /// From what to what a conversion goes; anything for other instructions.
    pub(super) fn conversion(&mut self, op: Op) -> Option<(Lane, Lane)> {
        let related = |from: Lane, to: Lane| match op {
            Op::Convert => from != to && (from.is_float() || to.is_float()),
            Op::ConvertInRange => from.is_float() && to.is_integer(),
            Op::Extend => from.is_integer() && to.is_integer() && from.bits() < to.bits(),
            Op::Wrap => from.is_integer() && to.is_integer() && from.bits() > to.bits(),
            Op::Bits | Op::RawBits => {
                from.is_float() && to.is_integer() && from.bits() == to.bits()
            }
            Op::Bitcast => from.is_integer() && from != to && from.bits() == to.bits(),
            _ => true,
        };
        let lanes = &self.menu.lanes;
        let pairs: Vec<(Lane, Lane)> = lanes
            .iter()
            .flat_map(|&from| lanes.iter().map(move |&to| (from, to)))
            .filter(|&(from, to)| {
                let plain = !matches!(op, Op::Convert | Op::Bitcast);
                let numbers = from != Lane::Mask && to != Lane::Mask;
                related(from, to) && (plain || numbers)
            })
            .collect();
        (!pairs.is_empty()).then(|| self.choices.of(&pairs))
    }

    /// A value of this type: one there is, or a new one.
    pub(super) fn value(&mut self, ty: ValueType) -> ValueId {
        let values = self.values.iter().copied();
        let fitting: Vec<ValueId> = values
            .filter(|&value| self.builder.type_of(value) == ty)
            .collect();
        if !fitting.is_empty() && self.choices.below(8) > 0 {
            // Late ones make deep graphs.
            let back = self.choices.below(fitting.len().min(6));
            return fitting[fitting.len() - 1 - back];
        }
        if ty.count() > 1 {
            let single = ty.single();
            let parts: Vec<ValueId> = (0..ty.count()).map(|_| self.value(single)).collect();
            return self.builder.tuple(&parts);
        }
        let literal = random_literal(ty.lane(), self.choices);
        self.builder.constant(ty.rate(), literal)
    }

    pub(super) fn tuple(&mut self) {
        let lane = self.choices.of(&self.menu.lanes);
        let rate = self.choices.of(&[Rate::Varying, Rate::Uniform]);
        let count = 2 + self.choices.below(3);
        let ty = ValueType::new(lane, rate).tuple(count).expect("2 to 4");
        let tuple = self.value(ty);
        let component = self.choices.below(count);
        let part = self.builder.extract(tuple, component);
        self.values.extend([tuple, part]);
    }

    pub(super) fn call(&mut self) {
        if self.functions.is_empty() {
            return;
        }
        let callee = &self.functions[self.choices.below(self.functions.len())];
        let counts = match (callee.counts, self.counts, self.wave) {
            (false, ..) => None,
            (true, Some(counts), Some(_)) => Some(counts),
            // There is nothing to count in.
            _ => return,
        };
        let mut arguments: Vec<ValueId> =
            callee.parameters.iter().map(|&ty| self.value(ty)).collect();
        if let (Some(_), Some((_, _, active))) = (counts, self.wave) {
            arguments[1] = self.builder.and(arguments[1], active);
        }
        let buffers: Vec<BufferId> = counts.into_iter().collect();
        let result = self
            .builder
            .call(callee.id, callee.result, &buffers, &arguments);
        if callee.result.is_some() {
            self.values.push(result);
        }
    }

    pub(super) fn lookup(&mut self) {
        let (table, element) = self.choices.of(self.tables);
        let rate = self.choices.of(&[Rate::Varying, Rate::Uniform]);
        let lane = self.choices.of(&[Lane::I32, Lane::U32]);
        let index = self.value(ValueType::new(lane, rate));
        let value = self.builder.lookup(table, element, index);
        self.values.push(value);
    }
}
