//! Types of operands and results, by the row of the instruction.

use super::Check;
use crate::op::{Class, Immediate, LaneRule, RateRule, Row, Scope, Slot};
use crate::{BufferId, Lane, Op, Rate, ValueId, ValueType, Width};
use std::fmt;

/// A type that may be missing, in words.
pub(super) fn show(ty: Option<ValueType>) -> String {
    ty.map_or("nothing".to_owned(), |ty| ty.to_string())
}

/// What a position of an instruction must be, as far as it is known.
struct Wanted {
    lane: LaneOf,
    rate: Option<Rate>,
}

enum LaneOf {
    This(Lane),
    Some(Class),
}

impl Wanted {
    fn accepts(&self, ty: ValueType) -> bool {
        let lane = match self.lane {
            LaneOf::This(lane) => ty.lane() == lane,
            LaneOf::Some(class) => class.contains(ty.lane()),
        };
        lane && self.rate.is_none_or(|rate| ty.rate() == rate) && ty.count() == 1
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.lane, self.rate) {
            (LaneOf::This(lane), Some(rate)) => ValueType::new(*lane, rate).fmt(f),
            (LaneOf::This(lane), None) => lane.fmt(f),
            (LaneOf::Some(class), None) => class.fmt(f),
            (LaneOf::Some(class), Some(Rate::Uniform)) => write!(f, "{class}, uniform"),
            (LaneOf::Some(class), Some(Rate::Varying)) => write!(f, "{class}, varying"),
        }
    }
}

/// What the rules of a row that relate positions stand for in one instruction.
struct Shared {
    lane: Option<Lane>,
    rate: Option<Rate>,
    element: Option<Lane>,
}

impl Shared {
    fn wanted(&self, slot: &Slot) -> Wanted {
        Wanted {
            lane: match slot.lane {
                LaneRule::Shared(class) => match self.lane {
                    // A type outside the class is the one to blame.
                    Some(lane) if class.contains(lane) => LaneOf::This(lane),
                    _ => LaneOf::Some(class),
                },
                LaneRule::Free(class) => LaneOf::Some(class),
                LaneRule::Only(lane) => LaneOf::This(lane),
                LaneRule::Element => {
                    let element = self.element.map(LaneOf::This);
                    element.unwrap_or(LaneOf::Some(Class::Number))
                }
            },
            rate: match slot.rate {
                RateRule::Shared => self.rate,
                RateRule::Only(rate) => Some(rate),
            },
        }
    }
}

impl Check<'_> {
    /// What is wrong with an instruction whose operands exist.
    pub(super) fn instruction(&self, value: ValueId) -> Result<(), String> {
        let op = self.routine.op(value);
        let row = op.row();
        if row.scope == Scope::Wave && self.routine.width == Width::Any {
            return Err("tells lanes apart, which needs a declared width".into());
        }
        match op {
            Op::Tuple => return self.tuple(value),
            Op::Extract => return self.extract(value),
            Op::Call => return self.call(value),
            // The parser refuses parameters elsewhere and builders make none.
            Op::Parameter => return Err("is not in the head of a block".into()),
            _ => {}
        }
        let element = self.named(value)?;
        self.types_fit(value, row, element)?;
        self.relation(value)
    }

    /// The element type of the buffer or table that is named, if it exists and may be
    /// used so.
    fn named(&self, value: ValueId) -> Result<Option<Lane>, String> {
        let op = self.routine.op(value);
        match op.row().immediate {
            Immediate::Table => {
                let id = self.routine.table_of(value).expect("a lookup has a table");
                let table = self.module.tables.get(id.index());
                let table = table.ok_or_else(|| format!("there is no table {}", id.index()))?;
                Ok(Some(table.element()))
            }
            Immediate::Buffer | Immediate::MaskedBuffer => {
                let id = self.routine.buffer_of(value).expect("it has a buffer");
                self.buffer(op, id).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn buffer(&self, op: Op, id: BufferId) -> Result<Lane, String> {
        use crate::op::Effect;
        let Some(buffer) = self.routine.buffer(id) else {
            return Err(format!("there is no buffer {}", id.index()));
        };
        let (reads, writes) = match op.row().effect {
            Effect::Read => (true, false),
            Effect::Write => (false, true),
            Effect::Update => (true, true),
            Effect::Pure | Effect::Call => (false, false),
        };
        let (name, access) = (&buffer.name, buffer.access);
        if reads && !access.reads() {
            return Err(format!("reads buffer {name}, which is declared {access}"));
        }
        if writes && !access.writes() {
            return Err(format!("writes buffer {name}, which is declared {access}"));
        }
        if op == Op::AtomicAdd && !(buffer.element.is_integer() && buffer.element.bits() >= 32) {
            let element = buffer.element;
            return Err(format!(
                "buffer {name} is of {element}, wanted i32, u32, i64 or u64"
            ));
        }
        Ok(buffer.element)
    }

    fn types_fit(&self, value: ValueId, row: &Row, element: Option<Lane>) -> Result<(), String> {
        let operands = self.routine.operands(value);
        let optional = usize::from(row.immediate == Immediate::MaskedBuffer);
        let expected = row.operands.len();
        if !(expected..=expected + optional).contains(&operands.len()) {
            return Err(format!(
                "has {} operands, wanted {expected}",
                operands.len()
            ));
        }
        let shared = self.shared(value, row, element);
        let mask = Slot {
            lane: LaneRule::Only(Lane::Mask),
            rate: RateRule::Only(Rate::Varying),
        };
        let slots = row.operands.iter().chain(Some(&mask));
        for (index, (&operand, slot)) in operands.iter().zip(slots).enumerate() {
            let wanted = shared.wanted(slot);
            let found = self.routine.ty(operand);
            if !found.is_some_and(|found| wanted.accepts(found)) {
                let found = show(found);
                return Err(format!("operand {} is {found}, wanted {wanted}", index + 1));
            }
        }
        match (self.routine.ty(value), &row.result) {
            (None, None) => Ok(()),
            (found, None) => Err(format!("result is {}, wanted nothing", show(found))),
            (found, Some(slot)) => {
                let wanted = shared.wanted(slot);
                match found.is_some_and(|found| wanted.accepts(found)) {
                    true => Ok(()),
                    false => Err(format!("result is {}, wanted {wanted}", show(found))),
                }
            }
        }
    }

    /// The shared lane type and rate are those of the result, where it takes part in
    /// the sharing, or else of the first operand that does.
    fn shared(&self, value: ValueId, row: &Row, element: Option<Lane>) -> Shared {
        let result = row.result.iter().map(|slot| (slot, self.routine.ty(value)));
        let operands = self.routine.operands(value).iter();
        let operands = row.operands.iter().zip(operands);
        let operands = operands.map(|(slot, &operand)| (slot, self.routine.ty(operand)));
        let mut shared = Shared {
            lane: None,
            rate: None,
            element,
        };
        for (slot, ty) in result.chain(operands) {
            let Some(ty) = ty else { continue };
            if matches!(slot.lane, LaneRule::Shared(_)) {
                shared.lane.get_or_insert(ty.lane());
            }
            if slot.rate == RateRule::Shared {
                shared.rate.get_or_insert(ty.rate());
            }
        }
        shared
    }

    /// How the types of a conversion must be related.
    fn relation(&self, value: ValueId) -> Result<(), String> {
        let (Some(to), [operand]) = (self.routine.ty(value), self.routine.operands(value)) else {
            return Ok(());
        };
        let Some(from) = self.routine.ty(*operand) else {
            return Ok(());
        };
        let (from, to) = (from.lane(), to.lane());
        let wanted = match self.routine.op(value) {
            Op::Convert if from == to || !(from.is_float() || to.is_float()) => {
                "two types of which one is a float; `extend` and `wrap` change integers"
            }
            Op::Extend if from.bits() >= to.bits() => "a wider integer",
            Op::Wrap if from.bits() <= to.bits() => "a narrower integer",
            Op::Bits | Op::RawBits if from.bits() != to.bits() => "an integer of the same width",
            Op::Bitcast if from.bits() != to.bits() || from == to => {
                "another type of the same width"
            }
            _ => return Ok(()),
        };
        Err(format!("goes from {from} to {to}, wanted {wanted}"))
    }

    fn tuple(&self, value: ValueId) -> Result<(), String> {
        let operands = self.routine.operands(value);
        let count = operands.len();
        let first = operands.first().and_then(|&first| self.routine.ty(first));
        let tuple = first.and_then(|ty| ty.tuple(count));
        let (Some(first), Some(tuple), true) = (first, tuple, count >= 2) else {
            return Err(format!("has {count} operands, wanted 2 to 8"));
        };
        if first.count() != 1 {
            return Err(format!("operand 1 is {first}, wanted a single value"));
        }
        for (index, &operand) in operands.iter().enumerate() {
            let found = self.routine.ty(operand);
            if found != Some(first) {
                let found = show(found);
                return Err(format!("operand {} is {found}, wanted {first}", index + 1));
            }
        }
        let found = self.routine.ty(value);
        match found == Some(tuple) {
            true => Ok(()),
            false => Err(format!("result is {}, wanted {tuple}", show(found))),
        }
    }

    fn extract(&self, value: ValueId) -> Result<(), String> {
        let &[tuple] = self.routine.operands(value) else {
            return Err("wanted one operand".into());
        };
        let ty = self.routine.ty(tuple).filter(|ty| ty.count() > 1);
        let Some(ty) = ty else {
            let found = show(self.routine.ty(tuple));
            return Err(format!("operand 1 is {found}, wanted a tuple"));
        };
        let component = self.routine.component_of(value).unwrap_or(0);
        if component >= ty.count() {
            return Err(format!("there is no component {component} of {ty}"));
        }
        let (found, wanted) = (self.routine.ty(value), ty.single());
        match found == Some(wanted) {
            true => Ok(()),
            false => Err(format!("result is {}, wanted {wanted}", show(found))),
        }
    }
}
