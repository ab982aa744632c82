//! Reductions and scans as what they are: shuffles and arithmetic, step by step.
//!
//! The order in which the lanes of a reduction are combined is part of what it means, so
//! that equal widths give equal bits everywhere. Written out, a target has nothing to
//! know of it: what is left that tells lanes apart is [`Shuffle`](Op::Shuffle) and
//! [`Broadcast`](Op::Broadcast).

use super::rewrite::Rewrite;
use super::{Workspace, for_each_routine};
use crate::routine::Instruction;
use crate::{Edge, Lane, Literal, Module, Op, Routine, ValueId, ValueType, Width};

/// Writes out the reductions and scans of every routine of a module that verifies.
///
/// # Panics
/// May panic if the module does not [verify](crate::verify()).
pub fn write_out_butterflies(module: &mut Module, workspace: &mut Workspace) {
    let rewrite = &mut workspace.rewrite;
    for_each_routine(module, |_, routine| {
        let Width::Lanes(width) = routine.width else {
            return;
        };
        let ops = routine.instructions.iter().map(Instruction::op);
        if !ops.into_iter().any(|op| combining(op).is_some()) {
            return;
        }
        rewrite.start(routine);
        for block in routine.block_ids() {
            rewrite.begin();
            for parameter in routine.parameters_of(block) {
                rewrite.parameter(routine, parameter, true);
            }
            for value in routine.instructions_in(block) {
                match combining(routine.op(value)) {
                    Some((op, is_scan)) => {
                        let mut butterfly = Butterfly::new(rewrite, routine, value, op, width);
                        let result = if is_scan {
                            butterfly.scan()
                        } else {
                            butterfly.reduce()
                        };
                        rewrite.rename(value, result);
                    }
                    None => rewrite.copy(routine, value),
                }
            }
            let terminator = routine.terminator(block);
            rewrite.end_like(routine, terminator, Edge::target, |_, _| true);
        }
        rewrite.finish(routine);
    });
}

/// What combines two lanes, and whether each lane keeps its part of the way.
fn combining(op: Op) -> Option<(Op, bool)> {
    Some(match op {
        Op::ReduceAdd => (Op::Add, false),
        Op::ReduceMin => (Op::Min, false),
        Op::ReduceMax => (Op::Max, false),
        Op::ScanAdd => (Op::Add, true),
        Op::ScanMin => (Op::Min, true),
        Op::ScanMax => (Op::Max, true),
        _ => return None,
    })
}

/// One reduction or scan.
struct Butterfly<'a> {
    rewrite: &'a mut Rewrite,
    op: Op,
    width: u8,
    ty: ValueType,
    value: ValueId,
    /// The number of each lane.
    lanes: ValueId,
}

const INDEX: ValueType = ValueType::varying(Lane::I32);

impl<'a> Butterfly<'a> {
    fn new(
        rewrite: &'a mut Rewrite,
        routine: &Routine,
        value: ValueId,
        op: Op,
        width: u8,
    ) -> Butterfly<'a> {
        let operand = routine.operands(value)[0];
        Butterfly {
            op,
            width,
            ty: routine.ty(operand).expect("operands have types"),
            value: rewrite.name(operand),
            lanes: rewrite.add(Instruction::new(Op::LaneIndex, Some(INDEX), 0)),
            rewrite,
        }
    }

    fn add<const N: usize>(&mut self, op: Op, ty: ValueType, operands: [ValueId; N]) -> ValueId {
        self.rewrite
            .add(Instruction::new(op, Some(ty), 0).with_operands(operands))
    }

    /// The value of the lane `distance` further on.
    fn shifted(&mut self, distance: i32) -> ValueId {
        let bits = Literal::from(distance).bits();
        let distance = self.rewrite.add(Instruction::constant(INDEX, bits));
        let from = self.add(Op::Add, INDEX, [self.lanes, distance]);
        self.add(Op::Shuffle, self.ty, [self.value, from])
    }

    fn reduce(&mut self) -> ValueId {
        let mut distance = i32::from(self.width) / 2;
        while distance > 0 {
            let other = self.shifted(distance);
            self.value = self.add(self.op, self.ty, [self.value, other]);
            distance /= 2;
        }
        let first = Instruction::constant(ValueType::uniform(Lane::I32), 0);
        let first = self.rewrite.add(first);
        let ty = self.ty.with_rate(crate::Rate::Uniform);
        self.add(Op::Broadcast, ty, [self.value, first])
    }

    fn scan(&mut self) -> ValueId {
        let mut distance = 1;
        while distance < i32::from(self.width) {
            let other = self.shifted(-distance);
            let combined = self.add(self.op, self.ty, [other, self.value]);
            let bits = Literal::from(distance).bits();
            let least = self.rewrite.add(Instruction::constant(INDEX, bits));
            let mask = ValueType::varying(Lane::Mask);
            let has_other = self.add(Op::Le, mask, [least, self.lanes]);
            self.value = self.add(Op::Select, self.ty, [has_other, combined, self.value]);
            distance *= 2;
        }
        self.value
    }
}
