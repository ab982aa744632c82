//! Half precision on targets that can convert halves and nothing else.
//!
//! After this pass halves are loaded, stored, moved, chosen between, looked at as bits and
//! converted from and to f32. What they are computed with is f32, rounded back to a half
//! after every instruction, and that must give what rounding the exact result once gives:
//!
//! - *Sums, products, quotients and roots.* Rounding twice is harmless where the wider
//!   format has at least 2p + 2 bits for the narrower one's p (Figueroa, "When is double
//!   rounding innocuous?", 1995): 24 = 2 * 11 + 2. That holds for results that are
//!   subnormal halves all the more: they have fewer bits, and are normal as singles.
//! - *Comparisons, minimum, maximum, roundings to whole numbers* have exact results.
//! - *From integers.* Below 2^24 they are singles. Those above become singles of at
//!   least 2^24, and all of those are infinite as halves.
//! - *To integers and f64* by way of f32, which holds every half.
//! - *Fused multiply-add.* f32 does not do: the exact sum may be far closer to midway
//!   between two halves than a single tells. f64 does: a product of halves has 22 bits,
//!   and the sum is inexact only where the addend, a half, is so much larger that the
//!   sum rounds to it (see `half.rs`). What is left is:
//! - *From f64.* Rounding to a single first could land on the middle between two halves
//!   from either side. So it is rounded *to odd*: cut off after 24 bits, and if that
//!   lost anything the last bit is set. No number midway between two halves is odd in
//!   its 24th bit, so the single is on the side of it where the double was (Boldo and
//!   Melquiond, "Emulation of FMA and correctly rounded sums: proved algorithms using
//!   rounding to odd", 2008). Below 2^-126 the conversion to f32 rounds again, and all
//!   that is zero as a half. The bit set carries nowhere, so what is finite stays so,
//!   and the bits of an infinity and of the one NaN end in zeros.

use super::rewrite::Rewrite;
use super::{Workspace, for_each_routine};
use crate::routine::Instruction;
use crate::{Edge, Lane, Module, Op, Routine, ValueId, ValueType};

/// Whether some routine computes with halves: whether [`widen_halves`] changes anything.
pub fn computes_with_halves(module: &Module) -> bool {
    module.routines().iter().any(has_widened)
}

/// Whether an instruction of a routine computes with halves.
fn has_widened(routine: &Routine) -> bool {
    let mut values = (0..routine.len()).map(ValueId::new);
    routine.types().has_lane(Lane::F16) && values.any(|value| is_widened(routine, value))
}

/// Computes with wider floats what every routine of a module that verifies computes with
/// halves.
///
/// # Panics
/// May panic if the module does not [verify](crate::verify()).
pub fn widen_halves(module: &mut Module, workspace: &mut Workspace) {
    let rewrite = &mut workspace.rewrite;
    for_each_routine(module, |_, routine| {
        if !has_widened(routine) {
            return;
        }
        rewrite.start(routine);
        for block in routine.block_ids() {
            rewrite.begin();
            for parameter in routine.parameters_of(block) {
                rewrite.parameter(routine, parameter, true);
            }
            for value in routine.instructions_in(block) {
                if is_widened(routine, value) {
                    let widened = Widening { rewrite, routine }.instruction(value);
                    rewrite.rename(value, widened);
                } else {
                    rewrite.copy(routine, value);
                }
            }
            let terminator = routine.terminator(block);
            rewrite.end_like(routine, terminator, Edge::target, |_, _| true);
        }
        rewrite.finish(routine);
    });
}

/// Whether an instruction computes with halves.
fn is_widened(routine: &Routine, value: ValueId) -> bool {
    let lane_of = |value| routine.ty(value).map(ValueType::lane);
    let from = || lane_of(routine.operands(value)[0]);
    match routine.op(value) {
        Op::Convert => match (from(), lane_of(value)) {
            (Some(Lane::F16), to) => to != Some(Lane::F32),
            (from, to) => to == Some(Lane::F16) && from != Some(Lane::F32),
        },
        Op::ConvertInRange | Op::Eq | Op::Lt | Op::Le => from() == Some(Lane::F16),
        Op::Add
        | Op::Sub
        | Op::Mul
        | Op::Div
        | Op::Fma
        | Op::Scale
        | Op::Sqrt
        | Op::Min
        | Op::Max
        | Op::Floor
        | Op::Ceil
        | Op::Trunc
        | Op::Rint => lane_of(value) == Some(Lane::F16),
        _ => false,
    }
}

/// What of a double is beyond the 24 bits of a single.
const BEYOND_SINGLE: u64 = (1 << 29) - 1;

struct Widening<'a> {
    rewrite: &'a mut Rewrite,
    routine: &'a Routine,
}

impl Widening<'_> {
    /// Writes an instruction with wider floats; gives its result.
    fn instruction(&mut self, value: ValueId) -> ValueId {
        let op = self.routine.op(value);
        let result = self.routine.ty(value).expect("it gives something");
        match op {
            Op::Fma => {
                let operands = [0, 1, 2].map(|at| self.operand(value, at, Lane::F64));
                let wide = self.add(op, result.with_lane(Lane::F64), operands);
                self.half_of_double(wide)
            }
            Op::Convert if result.lane() == Lane::F16 => self.rounded(value),
            Op::Convert if result.lane() == Lane::F64 => self.operand(value, 0, Lane::F64),
            _ => {
                let wide = match result.lane() {
                    Lane::F16 => result.with_lane(Lane::F32),
                    _ => result,
                };
                let wide = self.same(op, value, wide);
                match result.lane() {
                    Lane::F16 => self.add(Op::Convert, result, [wide]),
                    _ => wide,
                }
            }
        }
    }

    fn add<const N: usize>(&mut self, op: Op, ty: ValueType, operands: [ValueId; N]) -> ValueId {
        self.rewrite
            .add(Instruction::new(op, Some(ty), 0).with_operands(operands))
    }

    /// The same instruction on singles.
    fn same(&mut self, op: Op, value: ValueId, ty: ValueType) -> ValueId {
        match self.routine.operands(value).len() {
            1 => {
                let operand = self.operand(value, 0, Lane::F32);
                self.add(op, ty, [operand])
            }
            _ => {
                let operands = [0, 1].map(|at| self.operand(value, at, Lane::F32));
                self.add(op, ty, operands)
            }
        }
    }

    /// An operand, a half, as a wider float.
    fn operand(&mut self, value: ValueId, at: usize, lane: Lane) -> ValueId {
        let operand = self.routine.operands(value)[at];
        let half = self.routine.ty(operand).expect("operands have types");
        let operand = self.rewrite.name(operand);
        let single = self.add(Op::Convert, half.with_lane(Lane::F32), [operand]);
        match lane {
            Lane::F64 => self.add(Op::Convert, half.with_lane(lane), [single]),
            _ => single,
        }
    }

    /// A conversion from anything but a single to a half.
    fn rounded(&mut self, value: ValueId) -> ValueId {
        let operand = self.routine.operands(value)[0];
        let from = self.routine.ty(operand).expect("operands have types");
        let operand = self.rewrite.name(operand);
        if from.lane() == Lane::F64 {
            return self.half_of_double(operand);
        }
        let single = self.add(Op::Convert, from.with_lane(Lane::F32), [operand]);
        self.add(Op::Convert, from.with_lane(Lane::F16), [single])
    }

    /// A double rounded once to a half: rounded to odd to a single, which is rounded.
    fn half_of_double(&mut self, double: ValueId) -> ValueId {
        let double_type = self.rewrite.type_of(double);
        let ty = double_type.with_lane(Lane::U64);
        let bits = self.add(Op::Bits, ty, [double]);
        let beyond = self.rewrite.add(Instruction::constant(ty, BEYOND_SINGLE));
        let within = self.rewrite.add(Instruction::constant(ty, !BEYOND_SINGLE));
        // The sum has the last bit of the single set if what is lost is not zero.
        let lost = self.add(Op::And, ty, [bits, beyond]);
        let sum = self.add(Op::Add, ty, [lost, beyond]);
        let odd = self.add(Op::Or, ty, [bits, sum]);
        let odd = self.add(Op::And, ty, [odd, within]);
        let odd = self.add(Op::Bitcast, double_type, [odd]);
        let single = self.add(Op::Convert, ty.with_lane(Lane::F32), [odd]);
        self.add(Op::Convert, ty.with_lane(Lane::F16), [single])
    }
}
