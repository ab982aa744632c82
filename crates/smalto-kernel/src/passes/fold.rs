//! What constants decide.
//!
//! Whoever records rules over values of which some are known, as derivatives of inputs are 0 or
//! 1, need not look: here an instruction whose operands are all constant becomes a constant, and
//! one that gives an operand as it is becomes that operand. *As it is* is to the bit, for every
//! other operand:
//!
//! | instruction | is |
//! |---|---|
//! | `sub x, 0`, `add x, -0`, `mul x, 1`, `div x, 1` | x, whatever the sign of a zero |
//! | `fma x, 1, y` | `add x, y` |
//! | `fma x, y, -0` | `mul x, y` |
//! | `select m, x, x`, and with a constant m | one of the two |
//! | `min x, x`, `max x, x`, `and x, x`, `or x, x` | x |
//! | `and m, true`, `or m, false` and so on | m, or the constant |
//!
//! `add x, 0` is not x where x is -0, and `mul x, 0` is not 0 where x is negative, infinite or
//! NaN.

use super::constants::Constants;
use super::rewrite::Rewrite;
use super::{Workspace, for_each_routine};
use crate::interpret::number;
use crate::routine::Instruction;
use crate::{Edge, Lane, Literal, Module, Op, Routine, ValueId};

/// What is known of a routine being folded.
#[derive(Debug, Default)]
pub(super) struct Storage {
    /// For each new value, whether it is a constant, and its bits.
    bits: Vec<Option<u64>>,
    constants: Constants,
}

/// Folds constants in every routine of a module that verifies. What is not needed any more stays
/// where it is, for [`remove_dead`](super::remove_dead).
///
/// # Panics
/// May panic if the module does not [verify](crate::verify()).
pub fn fold(module: &mut Module, workspace: &mut Workspace) {
    let Workspace { rewrite, fold, .. } = workspace;
    for_each_routine(module, |_, routine| {
        let mut folding = Folding {
            routine,
            rewrite,
            known: fold,
        };
        folding.run();
        rewrite.finish(routine);
    });
}

struct Folding<'a> {
    routine: &'a Routine,
    rewrite: &'a mut Rewrite,
    known: &'a mut Storage,
}

/// What an instruction is.
enum Folded {
    /// A value that there is.
    Value(ValueId),
    Constant(u64),
    /// Another instruction, of these operands.
    Binary(Op, [ValueId; 2]),
}

impl Folding<'_> {
    fn run(&mut self) {
        let routine = self.routine;
        self.rewrite.start(routine);
        self.known.bits.clear();
        self.known.constants.start();
        for block in routine.block_ids() {
            self.rewrite.begin();
            self.known.constants.begin();
            for parameter in routine.parameters_of(block) {
                let parameter = self.rewrite.parameter(routine, parameter, true);
                self.note(parameter, None);
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
        let new = match (routine.ty(old), self.folded(old)) {
            (_, Some(Folded::Value(value))) => value,
            (Some(ty), Some(Folded::Constant(bits))) => {
                let new = self.known.constants.get(ty, bits, self.rewrite);
                if new.index() == self.known.bits.len() {
                    self.note(new, Some(bits));
                }
                new
            }
            (ty, Some(Folded::Binary(op, operands))) => {
                let instruction = Instruction::new(op, ty, 0).with_operands(operands);
                let new = self.rewrite.add(instruction);
                self.note(new, None);
                new
            }
            _ => {
                self.rewrite.copy(routine, old);
                let new = self.rewrite.name(old);
                let literal = routine.literal(old).map(Literal::bits);
                self.note(new, literal);
                self.known.constants.note(routine, old, new);
                new
            }
        };
        self.rewrite.rename(old, new);
    }

    /// Says of the value that comes next whether it is constant.
    fn note(&mut self, new: ValueId, bits: Option<u64>) {
        debug_assert_eq!(new.index(), self.known.bits.len());
        self.known.bits.push(bits);
    }

    /// What an instruction of the old code is, if it is something simpler.
    fn folded(&self, old: ValueId) -> Option<Folded> {
        let (routine, op) = (self.routine, self.routine.op(old));
        let operands = routine.operands(old);
        let of = |at: usize| self.rewrite.name(operands[at]);
        let bits = |at: usize| self.known.bits[of(at).index()];
        let lane = routine.ty(*operands.first()?)?.lane();
        let is = |at: usize, number: f64| bits(at).is_some_and(|b| is(lane, b, number));
        match (op, operands.len()) {
            // Beyond its range `scale` gives poison.
            (Op::Scale, _) => None,
            (Op::Splat, _) => bits(0).map(Folded::Constant),
            (Op::Select, _) if of(1) == of(2) => Some(Folded::Value(of(1))),
            (Op::Min | Op::Max | Op::And | Op::Or, _) if of(0) == of(1) => {
                Some(Folded::Value(of(0)))
            }
            (Op::Select, _) => {
                let at = if bits(0)? != 0 { 1 } else { 2 };
                Some(Folded::Value(of(at)))
            }
            (_, 1) => {
                let function = number::unary(op, lane)?;
                Some(Folded::Constant(function(bits(0)?)))
            }
            (_, 2) => {
                if let (Some(a), Some(b)) = (bits(0), bits(1)) {
                    let function = number::binary(op, lane)?;
                    return Some(Folded::Constant(function(a, b)));
                }
                match op {
                    Op::Sub if is(1, 0.0) => Some(Folded::Value(of(0))),
                    Op::Add if is(1, -0.0) => Some(Folded::Value(of(0))),
                    Op::Add if is(0, -0.0) => Some(Folded::Value(of(1))),
                    Op::Mul | Op::Div if is(1, 1.0) => Some(Folded::Value(of(0))),
                    Op::Mul if is(0, 1.0) => Some(Folded::Value(of(1))),
                    Op::And | Op::Or if lane == Lane::Mask => {
                        let (constant, other) = match (bits(0), bits(1)) {
                            (Some(bits), _) => (bits, of(1)),
                            (_, bits) => (bits?, of(0)),
                        };
                        Some(match (constant != 0) == (op == Op::And) {
                            true => Folded::Value(other),
                            false => Folded::Constant(constant),
                        })
                    }
                    _ => None,
                }
            }
            (Op::Fma, _) => {
                if let (Some(a), Some(b), Some(c)) = (bits(0), bits(1), bits(2)) {
                    let function = number::ternary(op, lane)?;
                    return Some(Folded::Constant(function(a, b, c)));
                }
                if is(0, 1.0) {
                    Some(Folded::Binary(Op::Add, [of(1), of(2)]))
                } else if is(1, 1.0) {
                    Some(Folded::Binary(Op::Add, [of(0), of(2)]))
                } else if is(2, -0.0) {
                    Some(Folded::Binary(Op::Mul, [of(0), of(1)]))
                } else {
                    None
                }
            }
            _ => None,
        }
    }
}

/// Whether bits of a lane are those of a number, which is a real.
fn is(lane: Lane, bits: u64, number: f64) -> bool {
    match lane {
        Lane::F32 => bits == u64::from((number as f32).to_bits()),
        Lane::F64 => bits == number.to_bits(),
        _ => false,
    }
}
