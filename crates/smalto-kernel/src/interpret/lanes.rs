//! Instructions that compute: a lane at a time, and poison with it.

use super::frame::{Lanes, first};
use super::run::{Cause, Run};
use super::{convert, number};
use crate::{Literal, Op, ValueId};

impl Run<'_> {
    pub(super) fn compute(&mut self, op: Op, value: ValueId) {
        match op {
            Op::Tuple => self.tuple(value),
            Op::Extract => self.extract(value),
            _ => {
                let mut cause = self.cause_of_operands(value);
                let result = self.result(op, value, &mut cause);
                self.write(value, 0, &result, cause);
            }
        }
    }

    /// Where poison of the result is from, if it is from an operand.
    fn cause_of_operands(&self, value: ValueId) -> Cause {
        let operands = self.top.routine.operands(value).iter();
        let causes = operands.map(|&operand| self.cause(operand));
        causes.max().unwrap_or(0)
    }

    fn tuple(&mut self, value: ValueId) {
        let cause = self.cause_of_operands(value);
        let routine = self.top.routine;
        for (component, &operand) in routine.operands(value).iter().enumerate() {
            let lanes = self.read(operand, 0);
            self.write(value, component, &lanes, cause);
        }
    }

    fn extract(&mut self, value: ValueId) {
        let cause = self.cause_of_operands(value);
        let tuple = self.top.routine.operands(value)[0];
        let component = self.top.routine.component_of(value).unwrap_or(0);
        let lanes = self.read(tuple, component);
        self.write(value, 0, &lanes, cause);
    }

    fn operand(&self, value: ValueId, index: usize) -> Lanes {
        self.read(self.top.routine.operands(value)[index], 0)
    }

    fn result(&self, op: Op, value: ValueId, cause: &mut Cause) -> Lanes {
        match op {
            Op::Constant => {
                let literal = self.top.routine.literal(value);
                Lanes::all(literal.map_or(0, Literal::bits))
            }
            Op::LaneIndex => Lanes {
                words: std::array::from_fn(|lane| lane as u64),
                poison: 0,
            },
            Op::Width => Lanes::all(self.width as u64),
            Op::FirstLanes => self.first_lanes(value),
            Op::Splat => {
                let from = self.operand(value, 0);
                Lanes {
                    poison: if from.poison == 0 { 0 } else { u64::MAX },
                    ..Lanes::all(from.words[0])
                }
            }
            Op::Select => self.select(value),
            Op::Convert | Op::Extend | Op::Wrap | Op::Bits | Op::RawBits | Op::Bitcast => {
                self.converted(op, value).0
            }
            Op::ConvertInRange => {
                let (mut result, outside) = self.converted(op, value);
                if outside != 0 {
                    result.poison |= outside;
                    *cause = self.own_cause(value);
                }
                result
            }
            Op::Scale => {
                let mut result = self.lane_by_lane(op, value);
                let outside = self.unscalable(value) & !result.poison;
                if outside != 0 {
                    result.poison |= outside;
                    *cause = self.own_cause(value);
                }
                result
            }
            Op::AnyLane | Op::AllLanes => self.any_or_all(value, op == Op::AnyLane),
            Op::MaskBits => self.mask_bits(value),
            Op::Shuffle | Op::Broadcast => self.moved(value),
            Op::ReduceAdd => self.reduced(Op::Add, value),
            Op::ReduceMin => self.reduced(Op::Min, value),
            Op::ReduceMax => self.reduced(Op::Max, value),
            Op::ScanAdd => self.scanned(Op::Add, value),
            Op::ScanMin => self.scanned(Op::Min, value),
            Op::ScanMax => self.scanned(Op::Max, value),
            Op::Lookup => self.lookup(value),
            _ => self.lane_by_lane(op, value),
        }
    }

    /// Instructions that are one function of each lane.
    fn lane_by_lane(&self, op: Op, value: ValueId) -> Lanes {
        let operands = self.top.routine.operands(value);
        let lanes = self.lanes(value);
        let lane_type = self.ty(operands[0]).lane();
        let known = "the verifier lets only rows of the table pass";
        let mut result = Lanes::ZERO;
        match operands.len() {
            1 => {
                let a = self.operand(value, 0);
                let function = number::unary(op, lane_type).expect(known);
                for lane in 0..lanes {
                    result.words[lane] = function(a.words[lane]);
                }
                result.poison = a.poison;
            }
            2 => {
                let (a, b) = (self.operand(value, 0), self.operand(value, 1));
                let function = number::binary(op, lane_type).expect(known);
                for lane in 0..lanes {
                    result.words[lane] = function(a.words[lane], b.words[lane]);
                }
                result.poison = (a.poison | b.poison) & !decided(op, &a, &b, lanes);
            }
            _ => {
                let [a, b, c] = [0, 1, 2].map(|index| self.operand(value, index));
                let function = number::ternary(op, lane_type).expect(known);
                for lane in 0..lanes {
                    result.words[lane] = function(a.words[lane], b.words[lane], c.words[lane]);
                }
                result.poison = a.poison | b.poison | c.poison;
            }
        }
        result
    }

    fn first_lanes(&self, value: ValueId) -> Lanes {
        let count = self.operand(value, 0);
        let mut result = Lanes::ZERO;
        for lane in 0..self.width {
            result.words[lane] = ((lane as i64) < count.words[0] as i64).into();
        }
        result.poison = if count.poison == 0 { 0 } else { u64::MAX };
        result
    }

    fn select(&self, value: ValueId) -> Lanes {
        let [mask, a, b] = [0, 1, 2].map(|index| self.operand(value, index));
        let mut result = Lanes::ZERO;
        for lane in 0..self.lanes(value) {
            let chosen = if mask.words[lane] != 0 { &a } else { &b };
            result.words[lane] = chosen.words[lane];
            result.set_poison(lane, chosen.is_poison(lane));
        }
        result.poison |= mask.poison;
        result
    }

    /// A conversion, and the lanes whose value does not fit.
    fn converted(&self, op: Op, value: ValueId) -> (Lanes, u64) {
        let from = self.ty(self.top.routine.operands(value)[0]).lane();
        let to = self.ty(value).lane();
        let a = self.operand(value, 0);
        let mut result = Lanes {
            poison: a.poison,
            ..Lanes::ZERO
        };
        let mut outside = 0;
        for lane in 0..self.lanes(value) {
            let literal = Literal::from_bits(from, a.words[lane]);
            result.words[lane] = convert::convert(op, literal, to);
            if op == Op::ConvertInRange && !convert::fits(literal, to) {
                outside |= 1 << lane & !a.poison;
            }
        }
        (result, outside)
    }

    /// The lanes whose operands have no scaled value.
    fn unscalable(&self, value: ValueId) -> u64 {
        let lane_type = self.ty(value).lane();
        let [a, n] = [0, 1].map(|index| self.operand(value, index));
        let literal = |bits| Literal::from_bits(lane_type, bits);
        let outside =
            |lane: &usize| !convert::is_scalable(literal(a.words[*lane]), literal(n.words[*lane]));
        let lanes = (0..self.lanes(value)).filter(outside);
        lanes.fold(0, |bits, lane| bits | 1 << lane)
    }

    /// One sound lane that is true decides `any`, one that is false `all`.
    fn any_or_all(&self, value: ValueId, deciding: bool) -> Lanes {
        let mask = self.operand(value, 0);
        let lanes = 0..self.width;
        let decides = |lane: usize| (mask.words[lane] != 0) == deciding && !mask.is_poison(lane);
        let decided = lanes.into_iter().any(decides);
        Lanes {
            poison: u64::from(!decided && mask.poison != 0),
            ..Lanes::all((decided == deciding).into())
        }
    }

    fn mask_bits(&self, value: ValueId) -> Lanes {
        let mask = self.operand(value, 0);
        let bits = (0..self.width).fold(0, |bits, lane| bits | mask.words[lane] << lane);
        Lanes {
            poison: u64::from(mask.poison != 0),
            ..Lanes::all(bits)
        }
    }

    /// Lanes from where the second operand says.
    fn moved(&self, value: ValueId) -> Lanes {
        let (a, index) = (self.operand(value, 0), self.operand(value, 1));
        let mut result = Lanes {
            poison: index.poison,
            ..Lanes::ZERO
        };
        for lane in 0..self.lanes(value) {
            // Widths are powers of two here, so negative lanes count from the end.
            let from = index.words[lane] as usize % self.width;
            result.words[lane] = a.words[from];
            result.set_poison(lane, a.is_poison(from));
        }
        result
    }

    fn reduced(&self, op: Op, value: ValueId) -> Lanes {
        let function = number::binary(op, self.ty(value).lane()).expect("of numbers");
        let mut lanes = self.operand(value, 0);
        let mut step = self.width / 2;
        while step > 0 {
            for lane in 0..step {
                lanes.words[lane] = function(lanes.words[lane], lanes.words[lane + step]);
            }
            step /= 2;
        }
        lanes.poison = u64::from(lanes.poison != 0);
        lanes
    }

    fn scanned(&self, op: Op, value: ValueId) -> Lanes {
        let function = number::binary(op, self.ty(value).lane()).expect("of numbers");
        let mut lanes = self.operand(value, 0);
        let mut step = 1;
        while step < self.width {
            for lane in (step..self.width).rev() {
                lanes.words[lane] = function(lanes.words[lane - step], lanes.words[lane]);
            }
            lanes.poison |= lanes.poison << step;
            step *= 2;
        }
        lanes
    }

    fn lookup(&self, value: ValueId) -> Lanes {
        let index = self.operand(value, 0);
        let table = self.top.routine.table_of(value).expect("it has a table");
        let table = &self.module.tables[table.index()];
        let mut result = Lanes {
            poison: index.poison,
            ..Lanes::ZERO
        };
        for lane in 0..self.lanes(value) {
            let within = (index.words[lane] as usize).min(table.len() - 1);
            result.words[lane] = table.get(within).map_or(0, Literal::bits);
        }
        result
    }
}

/// The lanes of a conjunction or disjunction of bits in which one sound operand says
/// what comes out, whatever the other is.
fn decided(op: Op, a: &Lanes, b: &Lanes, lanes: usize) -> u64 {
    let deciding = match op {
        Op::And => 0,
        Op::Or => 1,
        _ => return 0,
    };
    let decides = |from: &Lanes, lane: usize| from.words[lane] == deciding && !from.is_poison(lane);
    let bits = (0..lanes).filter(|&lane| decides(a, lane) || decides(b, lane));
    bits.fold(0, |bits, lane| bits | 1 << lane) & first(lanes)
}
