//! What an instruction does to memory.

use crate::op::Effect;
use crate::{BufferId, Module, Routine, ValueId};

/// The buffers an instruction may write.
pub(super) fn written<'r>(
    module: &'r Module,
    routine: &'r Routine,
    value: ValueId,
) -> impl Iterator<Item = BufferId> + use<'r> {
    let own = match routine.op(value).row().effect {
        Effect::Write | Effect::Update => routine.buffer_of(value),
        _ => None,
    };
    own.into_iter()
        .chain(passed(module, routine, value, |access| access.writes()))
}

/// The buffers an instruction may read.
pub(super) fn read<'r>(
    module: &'r Module,
    routine: &'r Routine,
    value: ValueId,
) -> impl Iterator<Item = BufferId> + use<'r> {
    let own = match routine.op(value).row().effect {
        Effect::Read | Effect::Update => routine.buffer_of(value),
        _ => None,
    };
    own.into_iter()
        .chain(passed(module, routine, value, |access| access.reads()))
}

/// The buffers a call passes that the function uses so: it does no more than it
/// declares.
fn passed<'r>(
    module: &'r Module,
    routine: &'r Routine,
    value: ValueId,
    uses: fn(crate::Access) -> bool,
) -> impl Iterator<Item = BufferId> + use<'r> {
    let passed = routine.buffers_passed(value);
    let callee = routine.callee_of(value).map(|id| module.routine(id));
    let declared = callee.map_or(&[][..], Routine::buffers);
    passed
        .iter()
        .zip(declared)
        .filter(move |(_, declared)| uses(declared.access))
        .map(|(&buffer, _)| buffer)
}
