//! Control: frames, blocks, calls.

use super::frame::{Lanes, Layout, lanes_of};
use super::{Buffer, RunError};
use crate::op::Immediate;
use crate::verify::Place;
use crate::{
    BlockId, Edge, Literal, Module, Op, Routine, RoutineId, Terminator, ValueId, ValueType,
};

/// A routine in the middle of running.
pub(super) struct Frame<'r> {
    id: RoutineId,
    pub(super) routine: &'r Routine,
    layout: &'r Layout,
    /// Where its words begin.
    base: usize,
    block: BlockId,
    /// The next instruction of the block.
    next: u32,
    /// Which buffers of the run its own ones are.
    pub(super) buffers: Vec<usize>,
}

/// One run of a kernel.
pub(super) struct Run<'r> {
    pub(super) module: &'r Module,
    pub(super) width: usize,
    fuel: u64,
    limit: u64,
    layouts: &'r [Option<Layout>],
    pub(super) buffers: &'r mut [Buffer],
    words: Vec<u64>,
    pub(super) top: Frame<'r>,
    callers: Vec<Frame<'r>>,
}

/// Where poison is from: the routine and instruction, packed, plus one.
pub(super) type Cause = u64;

impl<'r> Run<'r> {
    /// A run of `kernel`, which has a layout, that is about to begin.
    pub(super) fn new(
        module: &'r Module,
        kernel: RoutineId,
        width: usize,
        fuel: u64,
        layouts: &'r [Option<Layout>],
        buffers: &'r mut [Buffer],
    ) -> Run<'r> {
        let own = (0..buffers.len()).collect();
        let top = Frame::new(module, layouts, kernel, 0, own);
        Run {
            module,
            width,
            fuel,
            limit: fuel,
            layouts,
            buffers,
            words: vec![0; top.layout.size],
            top,
            callers: Vec::new(),
        }
    }

    /// Runs to the end.
    pub(super) fn run(mut self, arguments: &[Literal]) -> Result<(), RunError> {
        for (parameter, argument) in self.top.routine.parameters_of(BlockId(0)).zip(arguments) {
            self.write(parameter, 0, &Lanes::all(argument.bits()), 0);
        }
        while self.step()? {}
        Ok(())
    }

    /// Runs one instruction or jump. Gives whether there is more to do.
    fn step(&mut self) -> Result<bool, RunError> {
        self.fuel = self
            .fuel
            .checked_sub(1)
            .ok_or(RunError::OutOfFuel { limit: self.limit })?;
        let instructions = self.top.routine.instructions_in(self.top.block);
        if self.top.next as usize == instructions.range().end {
            return self.leave_block();
        }
        let value = ValueId(self.top.next);
        self.top.next += 1;
        let op = self.top.routine.op(value);
        match op.row().immediate {
            Immediate::Function => self.call(value),
            Immediate::Buffer | Immediate::MaskedBuffer => self.access(op, value)?,
            _ => self.compute(op, value),
        }
        Ok(true)
    }

    fn leave_block(&mut self) -> Result<bool, RunError> {
        match *self.top.routine.terminator(self.top.block) {
            Terminator::Jump(edge) => self.jump(&edge),
            Terminator::Branch {
                condition,
                then,
                otherwise,
            } => {
                let taken = self.read(condition, 0);
                if taken.poison != 0 {
                    return Err(self.poison(None, 0, condition));
                }
                self.jump(if taken.words[0] != 0 {
                    &then
                } else {
                    &otherwise
                });
            }
            Terminator::Return(value) => return Ok(self.return_to_caller(value)),
        }
        Ok(true)
    }

    /// Parameters get their arguments at one time: an argument may be a parameter too.
    fn jump(&mut self, edge: &Edge) {
        let routine = self.top.routine;
        let arguments = routine.arguments(edge);
        let mut passed = Vec::with_capacity(arguments.len());
        for &argument in arguments {
            passed.extend_from_slice(self.slot(argument));
        }
        self.enter(edge.target());
        let mut passed = &passed[..];
        for parameter in routine.parameters_of(edge.target()) {
            let slot = self.slot_mut(parameter);
            let (words, rest) = passed.split_at(slot.len());
            slot.copy_from_slice(words);
            passed = rest;
        }
    }

    fn enter(&mut self, block: BlockId) {
        self.top.block = block;
        self.top.next = self.top.routine.instructions_in(block).first();
    }

    fn call(&mut self, call: ValueId) {
        let routine = self.top.routine;
        let callee = routine.callee_of(call).expect("a call has a callee");
        let passed = routine.buffers_passed(call).iter();
        let buffers = passed.map(|id| self.top.buffers[id.index()]).collect();
        let base = self.words.len();
        let frame = Frame::new(self.module, self.layouts, callee, base, buffers);
        self.words.resize(base + frame.layout.size, 0);
        let from = self.top.base;
        let layout = self.top.layout;
        for (parameter, &argument) in frame
            .routine
            .parameters_of(BlockId(0))
            .zip(routine.operands(call))
        {
            let ty = routine.ty(argument).expect("an argument has a type");
            let size = size_of(ty, self.width);
            let source = from + layout.offsets[argument.index()];
            let target = base + frame.layout.offsets[parameter.index()];
            self.words.copy_within(source..source + size, target);
        }
        self.callers.push(std::mem::replace(&mut self.top, frame));
    }

    /// Gives whether there is a caller.
    fn return_to_caller(&mut self, value: Option<ValueId>) -> bool {
        let result = value.map(|value| self.slot(value).to_vec());
        self.words.truncate(self.top.base);
        let Some(caller) = self.callers.pop() else {
            return false;
        };
        self.top = caller;
        // The instruction before the next one is the call.
        let call = ValueId(self.top.next - 1);
        if let Some(result) = result {
            self.slot_mut(call).copy_from_slice(&result);
        }
        true
    }

    // Values.

    pub(super) fn ty(&self, value: ValueId) -> ValueType {
        let ty = self.top.routine.ty(value);
        ty.expect("the verifier lets only values be used")
    }

    /// How many lanes a value has: 1 if it is uniform.
    pub(super) fn lanes(&self, value: ValueId) -> usize {
        lanes_of(self.ty(value), self.width)
    }

    fn slot_range(&self, value: ValueId) -> std::ops::Range<usize> {
        let begin = self.top.base + self.top.layout.offsets[value.index()];
        begin..begin + size_of(self.ty(value), self.width)
    }

    pub(super) fn slot(&self, value: ValueId) -> &[u64] {
        &self.words[self.slot_range(value)]
    }

    pub(super) fn slot_mut(&mut self, value: ValueId) -> &mut [u64] {
        let range = self.slot_range(value);
        &mut self.words[range]
    }

    /// A component of a value.
    pub(super) fn read(&self, value: ValueId, component: usize) -> Lanes {
        let lanes = self.lanes(value);
        let words = &self.slot(value)[component * (lanes + 1)..];
        let mut result = Lanes::ZERO;
        result.words[..lanes].copy_from_slice(&words[..lanes]);
        result.poison = words[lanes];
        result
    }

    /// Where the poison of a value is from; 0 if it is sound.
    pub(super) fn cause(&self, value: ValueId) -> Cause {
        self.slot(value).last().copied().unwrap_or(0)
    }

    /// Writes a component. Those of a tuple are written in order.
    pub(super) fn write(&mut self, value: ValueId, component: usize, new: &Lanes, cause: Cause) {
        let lanes = self.lanes(value);
        let poison = new.poison & super::frame::first(lanes);
        let slot = self.slot_mut(value);
        let words = &mut slot[component * (lanes + 1)..];
        words[..lanes].copy_from_slice(&new.words[..lanes]);
        words[lanes] = poison;
        let last = slot.last_mut().expect("a slot has a word for the cause");
        match (poison, component) {
            (0, 0) => *last = 0,
            (0, _) => {}
            _ => *last = cause,
        }
    }

    // Complaints.

    /// The cause that poison made by `value` has.
    pub(super) fn own_cause(&self, value: ValueId) -> Cause {
        ((self.top.id.index() as u64) << 32 | u64::from(value.0)) + 1
    }

    /// Where an instruction is, or else the end of the block.
    pub(super) fn place(&self, value: Option<ValueId>) -> String {
        let place = Place::of(self.top.routine).block(self.top.block);
        match value {
            Some(value) => place.instruction(self.top.routine, value).to_string(),
            None => place.to_string(),
        }
    }

    /// The use of `operand`, which is poison in `lane`, by `user`.
    pub(super) fn poison(&self, user: Option<ValueId>, lane: usize, operand: ValueId) -> RunError {
        let packed = self.cause(operand).saturating_sub(1);
        let routine = self.module.routine(RoutineId((packed >> 32) as u32));
        let origin = ValueId(packed as u32);
        let reason = match routine.op(origin) {
            Op::ConvertInRange => "a value that does not fit",
            Op::Scale => "operands that are not for scaling",
            _ => "reads what was not written",
        };
        let place = Place::of(routine).instruction(routine, origin);
        RunError::Poison {
            place: self.place(user),
            lane,
            cause: format!("{place}: {reason}"),
        }
    }
}

impl<'r> Frame<'r> {
    fn new(
        module: &'r Module,
        layouts: &'r [Option<Layout>],
        id: RoutineId,
        base: usize,
        buffers: Vec<usize>,
    ) -> Frame<'r> {
        let routine = module.routine(id);
        Frame {
            id,
            routine,
            layout: layouts[id.index()]
                .as_ref()
                .expect("what is called has a layout"),
            base,
            block: BlockId(0),
            next: routine.instructions_in(BlockId(0)).first(),
            buffers,
        }
    }
}

fn size_of(ty: ValueType, width: usize) -> usize {
    ty.count() * (lanes_of(ty, width) + 1) + 1
}
