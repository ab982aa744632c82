//! Negations that others do for nothing.
//!
//! Derivatives are full of signs: each `neg`, each subtraction and each exp(-x) of a formula
//! negates slopes, which go on through products to sums. Most of these negations need no
//! instruction, since a sign wanders along products until there is a second one, a constant or a
//! sum to take it:
//!
//! | instruction | is |
//! |---|---|
//! | `neg (neg a)` | a |
//! | `add x, (neg a)`, `add (neg a), x` | `sub x, a` |
//! | `sub x, (neg a)` | `add x, a` |
//! | `sub (neg a), (neg b)` | `sub b, a` |
//! | `mul (neg a), b` | `neg (mul a, b)`, and so are its other operand and both of `div` |
//! | `mul (neg a), c` | `mul a, -c`, with a constant c, and so are `div` and the factors of `fma` |
//! | `min (neg a), (neg b)` | `neg (max a, b)`, and `max` the other way round |
//! | `select m, (neg a), (neg b)` | `neg (select m, a, b)` |
//! | `rint (neg a)`, and the like of `trunc`, `floor`, `scale`, `splat` | `neg (rint a)` |
//! | `lt (neg a), (neg b)`, and `le`, `eq` | `lt b, a` |
//! | `abs (neg a)`, `copysign (neg a), b` | `abs a`, `copysign a, b` |
//!
//! Where all of several operands are negations here, some may be constants instead.
//!
//! All of this is exact to the bit, of infinities and zeros too: rounding to nearest is the same on
//! both sides of zero, x - a is *defined* as x + -a, and `min` and `max` give the second operand for
//! a tie, whatever its sign. The sign of a NaN nobody can tell. But a sum has no sign to take out:
//! a - b is +0 where b - a is, so it is not `neg (sub b, a)`, and an `fma` is not one either.
//!
//! # Which signs wander
//!
//! A value can be *turned*: the new code computes its negative under its name. Then a product of
//! turned and other values is turned or not by itself, and a `neg` is nothing but a change of what
//! is said of its operand. All that matters is which values may be turned, so that no use of one
//! has to negate it back. Three walks find that out and none recurses:
//!
//! | walk | finds for each value |
//! |---|---|
//! | forward | whether it *may* be turned: a `neg` comes to it by products, or a constant of one can change its sign |
//! | backward | the *cost* to its uses if it is turned; and whether turning it is *wanted*, since a negation of it would stay otherwise |
//! | forward | whether it is turned, and with that the new code |
//!
//! Uses come after what they use, in whatever blocks, but for arguments of jumps, which have to be
//! as they are. So the cost of a value is complete when the backward walk comes to it. A product
//! passes on the cost of its result, and each use promises by itself what it will do with a turned
//! operand: `add` takes one of two, and so it promises that to one only.
//!
//! # The code does not grow
//!
//! Each instruction becomes one at most, but for constants, which are operands of others in
//! machine code. There is one exception. A negation that is used by one `fma` only is part of it in
//! machine code, so it is good for a sign to wander there; then the `fma` has its negation written
//! in front of it. That is what a cost counts. Where a `neg` is left out costs of 1 are affordable,
//! which is as many instructions as before; of a product that is turned by a constant, which leaves
//! out a `neg` elsewhere, only those of 0. A negation that three products take to three instances of
//! `fma` stays.

use super::constants::Constants;
use super::rewrite::Rewrite;
use super::{Workspace, for_each_routine};
use crate::routine::Instruction;
use crate::{Edge, Literal, Module, Op, Routine, ValueId};
use std::ops::Range;

/// What is known of a routine and its constants.
#[derive(Debug, Default)]
pub(super) struct Storage {
    /// Of each old value.
    signs: Vec<Sign>,
    constants: Constants,
}

/// What is known of the sign of a value.
#[derive(Debug, Default, Clone, Copy)]
struct Sign {
    /// Whether it may be turned. If not, it will not be.
    may_turn: bool,
    /// How many instructions its uses need in addition if it is.
    cost: u8,
    /// Whether that saves a negation.
    is_wanted: bool,
    /// Whether it is turned: its name is that of its negative.
    is_turned: bool,
}

/// More than any negation is worth.
const TOO_MUCH: u8 = 2;

/// Leaves negations of reals to the instructions that take or give them, in every routine of a
/// module that verifies. What is not needed any more stays where it is, for
/// [`remove_dead`](super::remove_dead). Negations of the same value should be one, as
/// [`share`](super::share) has them: each one that stays is used by all who need it.
///
/// # Panics
/// May panic if the module does not [verify](crate::verify()).
pub fn absorb_negations(module: &mut Module, workspace: &mut Workspace) {
    let Workspace { rewrite, signs, .. } = workspace;
    for_each_routine(module, |_, routine| {
        let is_negation = |one: &Instruction| one.op() == Op::Neg;
        if !routine.instructions().iter().any(is_negation) {
            return;
        }
        weigh(routine, &mut signs.signs);
        let mut turning = Turning {
            routine,
            rewrite,
            known: signs,
        };
        turning.run();
        rewrite.finish(routine);
    });
}

/// How an instruction treats the signs of its operands.
enum Treatment {
    /// It is `neg`.
    Turns,
    /// It is `add`.
    Adds,
    /// It is `sub`.
    Subtracts,
    /// Its result has the sign of both operands together.
    Multiplies,
    /// It is `fma`.
    MultipliesAndAdds,
    /// It may have some of its operands turned all together.
    Sides(Sides),
    /// It needs them as they are.
    Other,
}

/// An instruction of which some operands may be turned, all or none.
struct Sides {
    /// Which operands.
    at: Range<usize>,
    /// What it is with these turned.
    op: Op,
    /// Whether they change places then.
    swaps: bool,
    /// Whether its result is turned then.
    turns: bool,
}

#[inline]
fn treatment(op: Op) -> Treatment {
    match op {
        Op::Neg => Treatment::Turns,
        Op::Add => Treatment::Adds,
        Op::Sub => Treatment::Subtracts,
        Op::Mul | Op::Div => Treatment::Multiplies,
        Op::Fma => Treatment::MultipliesAndAdds,
        _ => sides(op).map_or(Treatment::Other, Treatment::Sides),
    }
}

/// The instructions that may have some operands turned.
fn sides(op: Op) -> Option<Sides> {
    let (at, turned, swaps, turns) = match op {
        Op::Splat | Op::Trunc | Op::Rint => (0..1, op, false, true),
        Op::Floor => (0..1, Op::Ceil, false, true),
        Op::Ceil => (0..1, Op::Floor, false, true),
        Op::Min => (0..2, Op::Max, false, true),
        Op::Max => (0..2, Op::Min, false, true),
        Op::Select => (1..3, op, false, true),
        Op::Abs | Op::Copysign => (0..1, op, false, false),
        Op::Eq | Op::Lt | Op::Le => (0..2, op, true, false),
        _ => return None,
    };
    Some(Sides {
        at,
        op: turned,
        swaps,
        turns,
    })
}

/// Finds out which values may be turned, at what cost, and where that is wanted.
fn weigh(routine: &Routine, signs: &mut Vec<Sign>) {
    signs.clear();
    signs.resize(routine.len(), Sign::default());
    let mut weighing = Weighing { routine, signs };
    for index in 0..routine.len() {
        let value = ValueId::new(index);
        weighing.signs[index].may_turn = weighing.may_be_turned(value);
    }
    for block in routine.block_ids() {
        let terminator = routine.terminator(block);
        for edge in terminator.edges() {
            weighing.charge_all(routine.arguments(edge));
        }
        weighing.charge_all(terminator.operand().as_slice());
    }
    for index in (0..routine.len()).rev() {
        weighing.weigh_operands(ValueId::new(index));
    }
}

struct Weighing<'a> {
    routine: &'a Routine,
    signs: &'a mut [Sign],
}

impl Weighing<'_> {
    fn sign(&self, value: ValueId) -> Sign {
        self.signs[value.index()]
    }

    fn is_constant(&self, value: ValueId) -> bool {
        self.routine.op(value) == Op::Constant
    }

    fn may_be_turned(&self, value: ValueId) -> bool {
        let operands = self.routine.operands(value);
        let may_turn = |&operand: &ValueId| self.sign(operand).may_turn;
        let is_constant = |&operand: &ValueId| self.is_constant(operand);
        match treatment(self.routine.op(value)) {
            Treatment::Turns => true,
            Treatment::Multiplies => {
                operands.iter().any(may_turn) || operands.iter().any(is_constant)
            }
            Treatment::Sides(sides) if sides.turns => {
                let operands = &operands[sides.at];
                operands.iter().any(may_turn) || operands.iter().all(is_constant)
            }
            _ => false,
        }
    }

    /// Whether its negative is there for sure, turned or not: it is a constant, or a `neg` of what
    /// is not turned.
    fn has_negative(&self, value: ValueId) -> bool {
        match *self.routine.operands(value) {
            [operand] if self.routine.op(value) == Op::Neg => !self.sign(operand).may_turn,
            _ => self.is_constant(value),
        }
    }

    fn charge(&mut self, value: ValueId, cost: u8) {
        let of_value = &mut self.signs[value.index()].cost;
        *of_value = (*of_value + cost).min(TOO_MUCH);
    }

    fn charge_all(&mut self, values: &[ValueId]) {
        for &value in values {
            self.charge(value, TOO_MUCH);
        }
    }

    fn want(&mut self, value: ValueId) {
        self.signs[value.index()].is_wanted = true;
    }

    /// Charges the operands of an instruction with what it costs if they are turned, and wants them
    /// turned if that saves a negation.
    fn weigh_operands(&mut self, value: ValueId) {
        let routine = self.routine;
        let operands = routine.operands(value);
        match (treatment(routine.op(value)), operands) {
            (Treatment::Turns, &[operand]) => {
                if self.sign(value).cost > 0 {
                    self.want(operand);
                }
            }
            (Treatment::Adds, &[a, b]) => {
                let takes_b = self.sign(b).may_turn;
                self.charge(if takes_b { a } else { b }, TOO_MUCH);
            }
            (Treatment::Subtracts, &[a, b]) => {
                if a == b || !self.has_negative(b) {
                    self.charge(a, TOO_MUCH);
                }
            }
            (Treatment::Multiplies, &[a, b]) => self.weigh_product(value, [a, b]),
            (Treatment::MultipliesAndAdds, &[a, b, c]) => {
                self.weigh_factors([a, b], 1);
                self.charge(c, 1);
            }
            (Treatment::Sides(sides), _) => self.weigh_sides(value, &sides),
            _ => self.charge_all(operands),
        }
    }

    fn weigh_product(&mut self, value: ValueId, factors: [ValueId; 2]) {
        let Sign {
            cost, is_wanted, ..
        } = self.sign(value);
        self.weigh_factors(factors, cost);
        // One turned factor turns the product, two do not. A constant is turned in any case.
        if is_wanted && cost == 0 && !factors.iter().any(|&one| self.is_constant(one)) {
            let first = factors.into_iter().find(|&one| self.sign(one).may_turn);
            if let Some(first) = first {
                self.want(first);
            }
        }
    }

    /// Charges factors with what it costs if their product is turned, unless a constant takes it
    /// or it is a square.
    fn weigh_factors(&mut self, [a, b]: [ValueId; 2], cost: u8) {
        if a == b {
            return;
        }
        for (one, other) in [(a, b), (b, a)] {
            if !self.is_constant(other) {
                self.charge(one, cost);
            }
        }
    }

    fn weigh_sides(&mut self, value: ValueId, sides: &Sides) {
        let operands = self.routine.operands(value);
        let Sign {
            cost, is_wanted, ..
        } = self.sign(value);
        let of_result = if sides.turns { cost } else { 0 };
        for (at, &operand) in operands.iter().enumerate() {
            let is_side = sides.at.contains(&at);
            let mut others = sides.at.clone().filter(|&other| other != at);
            let promises = is_side && others.all(|other| self.has_negative(operands[other]));
            self.charge(operand, if promises { of_result } else { TOO_MUCH });
            if promises && sides.turns && is_wanted && cost == 0 {
                self.want(operand);
            }
        }
    }
}

/// Writing the new code.
struct Turning<'a> {
    routine: &'a Routine,
    rewrite: &'a mut Rewrite,
    known: &'a mut Storage,
}

impl Turning<'_> {
    fn run(&mut self) {
        let routine = self.routine;
        self.rewrite.start(routine);
        self.known.constants.start();
        for block in routine.block_ids() {
            self.rewrite.begin();
            self.known.constants.begin();
            for parameter in routine.parameters_of(block) {
                self.rewrite.parameter(routine, parameter, true);
            }
            for value in routine.instructions_in(block) {
                self.instruction(value);
            }
            let terminator = routine.terminator(block);
            self.rewrite
                .end_like(routine, terminator, Edge::target, |_, _| true);
        }
    }

    fn instruction(&mut self, old: ValueId) {
        let routine = self.routine;
        match (treatment(routine.op(old)), routine.operands(old)) {
            (Treatment::Turns, &[operand]) => self.negation(old, operand),
            (Treatment::Adds, &[a, b]) => self.sum(old, [a, b]),
            (Treatment::Subtracts, &[a, b]) => self.difference(old, [a, b]),
            (Treatment::Multiplies, &[a, b]) => self.product(old, [a, b]),
            (Treatment::MultipliesAndAdds, &[a, b, c]) => self.fma(old, [a, b], c),
            (Treatment::Sides(sides), _) => self.sides(old, &sides),
            _ => self.copy(old, false),
        }
    }

    fn is_turned(&self, old: ValueId) -> bool {
        self.known.signs[old.index()].is_turned
    }

    fn name(&self, old: ValueId) -> ValueId {
        self.rewrite.name(old)
    }

    /// Says what an old value is now, and whether that is its negative.
    fn rename(&mut self, old: ValueId, new: ValueId, is_turned: bool) {
        let sign = &mut self.known.signs[old.index()];
        debug_assert!(!is_turned || sign.may_turn && sign.cost < TOO_MUCH);
        sign.is_turned = is_turned;
        self.rewrite.rename(old, new);
    }

    /// Copies an instruction with its operands as they are named now. Its result may be turned by
    /// that.
    fn copy(&mut self, old: ValueId, is_turned: bool) {
        self.rewrite.copy(self.routine, old);
        let new = self.name(old);
        self.known.constants.note(self.routine, old, new);
        self.rename(old, new, is_turned);
    }

    /// Writes another instruction in place of an old one.
    fn replace(&mut self, old: ValueId, op: Op, operands: &[ValueId], is_turned: bool) {
        let instruction = Instruction::new(op, self.routine.ty(old), 0);
        let new = self.rewrite.add(match *operands {
            [a] => instruction.with_operands([a]),
            [a, b] => instruction.with_operands([a, b]),
            [a, b, c] => instruction.with_operands([a, b, c]),
            _ => unreachable!("{op} has one to three operands"),
        });
        self.rename(old, new, is_turned);
    }

    /// What a new value is the `neg` of, if it is one.
    fn undone(&self, new: ValueId) -> Option<ValueId> {
        let code = self.rewrite.code();
        (code.op(new) == Op::Neg).then(|| code.operands(new)[0])
    }

    fn literal(&self, new: ValueId) -> Option<Literal> {
        self.rewrite.code().literal(new)
    }

    /// Whether the new code has the negative of an old value, or can have it as a constant.
    fn has_negative(&self, old: ValueId) -> bool {
        let new = self.name(old);
        self.is_turned(old) || self.literal(new).is_some() || self.undone(new).is_some()
    }

    /// The negative of an old value, if the new code has it or can have it as a constant.
    fn negative(&mut self, old: ValueId) -> Option<ValueId> {
        let new = self.name(old);
        match self.literal(new) {
            _ if self.is_turned(old) => Some(new),
            Some(literal) => Some(self.negative_constant(new, literal)),
            None => self.undone(new),
        }
    }

    fn negative_constant(&mut self, new: ValueId, literal: Literal) -> ValueId {
        let sign_bit = 1 << (literal.lane().bits() - 1);
        let ty = self.rewrite.type_of(new);
        let Storage { constants, .. } = &mut *self.known;
        constants.get(ty, literal.bits() ^ sign_bit, self.rewrite)
    }

    fn negation(&mut self, old: ValueId, operand: ValueId) {
        let new = self.name(operand);
        if self.is_turned(operand) {
            self.rename(old, new, false);
        } else if let Some(undone) = self.undone(new) {
            self.rename(old, undone, false);
        } else if self.known.signs[old.index()].cost < TOO_MUCH {
            self.rename(old, new, true);
        } else {
            self.copy(old, false);
        }
    }

    fn sum(&mut self, old: ValueId, [a, b]: [ValueId; 2]) {
        let [new_a, new_b] = [self.name(a), self.name(b)];
        if self.is_turned(a) {
            self.replace(old, Op::Sub, &[new_b, new_a], false);
        } else if self.is_turned(b) {
            self.replace(old, Op::Sub, &[new_a, new_b], false);
        } else if let Some(undone) = self.undone(new_b) {
            self.replace(old, Op::Sub, &[new_a, undone], false);
        } else if let Some(undone) = self.undone(new_a) {
            self.replace(old, Op::Sub, &[new_b, undone], false);
        } else {
            self.copy(old, false);
        }
    }

    fn difference(&mut self, old: ValueId, [a, b]: [ValueId; 2]) {
        let [new_a, new_b] = [self.name(a), self.name(b)];
        if self.is_turned(a) {
            let minus_b = self.negative(b).expect("that was so when it was promised");
            return self.replace(old, Op::Sub, &[minus_b, new_a], false);
        }
        let minus_b = match self.is_turned(b) {
            true => Some(new_b),
            false => self.undone(new_b),
        };
        match (minus_b, self.undone(new_a)) {
            (Some(minus_b), Some(minus_a)) => {
                self.replace(old, Op::Sub, &[minus_b, minus_a], false);
            }
            (Some(minus_b), None) => self.replace(old, Op::Add, &[new_a, minus_b], false),
            (None, _) => self.copy(old, false),
        }
    }

    fn product(&mut self, old: ValueId, factors: [ValueId; 2]) {
        let Sign {
            cost, is_wanted, ..
        } = self.known.signs[old.index()];
        let goal = match cost {
            0 if is_wanted => Some(true),
            0 => None,
            _ => Some(false),
        };
        let (new, is_turned) = self.factors(factors, goal);
        if new == factors.map(|factor| self.name(factor)) {
            self.copy(old, is_turned);
        } else {
            self.replace(old, self.routine.op(old), &new, is_turned);
        }
    }

    /// Factors without negations, and whether their product is turned then: as in `goal`, if there
    /// is one and it can be had for nothing.
    fn factors(&mut self, old: [ValueId; 2], goal: Option<bool>) -> ([ValueId; 2], bool) {
        let named = old.map(|factor| self.name(factor));
        let mut is_turned = self.is_turned(old[0]) != self.is_turned(old[1]);
        let mut new = named;
        for factor in &mut new {
            if let Some(undone) = self.undone(*factor) {
                *factor = undone;
                is_turned = !is_turned;
            }
        }
        if goal.is_none_or(|goal| goal == is_turned) {
            return (new, is_turned);
        }
        for at in [0, 1] {
            if let Some(literal) = self.literal(new[at]) {
                new[at] = self.negative_constant(new[at], literal);
                return (new, !is_turned);
            }
        }
        for at in [0, 1] {
            if new[at] != named[at] {
                new[at] = named[at];
                return (new, !is_turned);
            }
        }
        (new, is_turned)
    }

    /// A turned product or summand is paid for: its negation comes to be part of the `fma`.
    fn fma(&mut self, old: ValueId, factors: [ValueId; 2], summand: ValueId) {
        let (mut new, is_turned) = self.factors(factors, Some(false));
        if is_turned {
            let at = usize::from(!self.is_turned(factors[0]));
            new[at] = self.negate(new[at]);
        }
        let mut new_summand = self.name(summand);
        if self.is_turned(summand) {
            new_summand = self.negate(new_summand);
        }
        let [a, b] = new;
        self.replace(old, Op::Fma, &[a, b, new_summand], false);
    }

    fn negate(&mut self, new: ValueId) -> ValueId {
        let ty = self.rewrite.type_of(new);
        let negation = Instruction::new(Op::Neg, Some(ty), 0);
        self.rewrite.add(negation.with_operands([new]))
    }

    fn sides(&mut self, old: ValueId, sides: &Sides) {
        if !self.turns(old, sides) {
            return self.copy(old, false);
        }
        let operands = self.routine.operands(old);
        let mut new = [ValueId::new(0); 3];
        for (at, &operand) in operands.iter().enumerate() {
            new[at] = match sides.at.contains(&at) {
                true => self.negative(operand).expect("all sides have one"),
                false => self.name(operand),
            };
        }
        if sides.swaps {
            new.swap(0, 1);
        }
        self.replace(old, sides.op, &new[..operands.len()], sides.turns);
    }

    /// Whether an instruction is written with its sides turned: it has promised so, or it gains.
    fn turns(&self, old: ValueId, sides: &Sides) -> bool {
        let operands = &self.routine.operands(old)[sides.at.clone()];
        if operands.iter().any(|&operand| self.is_turned(operand)) {
            return true;
        }
        let Sign {
            cost, is_wanted, ..
        } = self.known.signs[old.index()];
        let is_negation = |operand: &ValueId| self.undone(self.name(*operand)).is_some();
        let gains = match sides.turns {
            true => is_wanted && cost == 0,
            false => operands.iter().any(is_negation),
        };
        gains && operands.iter().all(|&operand| self.has_negative(operand))
    }
}
