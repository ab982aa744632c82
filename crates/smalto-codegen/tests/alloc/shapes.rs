//! Programs of a certain shape, and what their allocation must be like.

use super::generate::Build;
use super::{allocate, machine};
use smalto_codegen::alloc::{
    Allocation, BlockIndex, Constraint, Edit, Function, InstructionIndex, Operand, RegisterSet,
    Role, VirtualRegister,
};

const LATER: BlockIndex = BlockIndex(0);

fn operand(register: VirtualRegister, role: Role, constraint: Constraint) -> Operand {
    Operand {
        register,
        role,
        constraint,
    }
}

fn count(allocation: &Allocation, kind: impl Fn(&Edit) -> bool) -> usize {
    allocation
        .edits
        .iter()
        .filter(|(_, edit)| kind(edit))
        .count()
}

fn is_store(edit: &Edit) -> bool {
    matches!(edit, Edit::Move { to, .. } if to.as_slot().is_some())
}

fn is_load(edit: &Edit) -> bool {
    matches!(edit, Edit::Move { from, .. } if from.as_slot().is_some())
}

/// A loop around `body`, which is given the carried value and gives the next one.
fn counting(
    build: &mut Build,
    first: VirtualRegister,
    body: impl FnOnce(&mut Build, VirtualRegister) -> VirtualRegister,
) -> VirtualRegister {
    let carried = build.value(0);
    let header = BlockIndex(build.function.blocks.len() as u32);
    build.jump(header, &[first]);
    build.enter_loop();
    build.begin(&[carried]);
    let next = body(build, carried);
    let fork = build.branch(&[next], [LATER; 2]);
    let latch = build.begin(&[]);
    build.set_target(fork, 0, latch);
    build.jump(header, &[next]);
    build.leave_loop();
    let after = build.begin(&[]);
    build.set_target(fork, 1, after);
    next
}

fn made(build: &mut Build, from: &[VirtualRegister]) -> VirtualRegister {
    let value = build.value(0);
    build.plain(from, &[value]);
    value
}

/// A variable that is written for the first time in a loop and read on the next turn:
/// textually its life ends before the loop does, and an allocator that goes by the text
/// gives its register away at the loop's end.
#[test]
fn what_a_loop_writes_is_kept_for_its_next_turn() {
    for registers in 3..8 {
        let mut build = Build::new();
        let start = made(&mut build, &[]);
        let last = counting(&mut build, start, |build, previous| {
            // The only use of what the last turn has written, and then much else.
            let mut sum = made(build, &[previous]);
            let written = made(build, &[sum]);
            for _ in 0..6 {
                let other = made(build, &[]);
                sum = made(build, &[sum, other]);
            }
            build.plain(&[sum], &[]);
            written
        });
        build.plain(&[last], &[]);
        allocate(&build.finish(), &machine(&[registers]));
    }
}

/// Its last use is at the loop's start, yet every turn needs it.
#[test]
fn what_a_loop_reads_from_before_lives_to_its_end() {
    for registers in 2..8 {
        let mut build = Build::new();
        let before = made(&mut build, &[]);
        let start = made(&mut build, &[]);
        let last = counting(&mut build, start, |build, carried| {
            let mut sum = made(build, &[carried, before]);
            for _ in 0..6 {
                let other = made(build, &[]);
                sum = made(build, &[sum, other]);
            }
            sum
        });
        build.plain(&[last], &[]);
        allocate(&build.finish(), &machine(&[registers]));
    }
}

/// A sum in a loop stays in one register; nothing is moved on any turn.
#[test]
fn a_carried_value_stays_in_its_register() {
    let mut build = Build::new();
    let factor = made(&mut build, &[]);
    let start = made(&mut build, &[]);
    let last = counting(&mut build, start, |build, carried| {
        made(build, &[carried, factor])
    });
    build.plain(&[last], &[]);
    let allocation = allocate(&build.finish(), &machine(&[4]));
    assert_eq!(allocation.edits, []);
}

/// Values that a loop does not use give way to those that it does, and are stored and
/// loaded outside of it.
#[test]
fn a_loop_has_the_registers_to_itself() {
    let mut build = Build::new();
    let through: Vec<_> = (0..4).map(|_| made(&mut build, &[])).collect();
    let used: Vec<_> = (0..3).map(|_| made(&mut build, &[])).collect();
    let start = made(&mut build, &[]);
    let last = counting(&mut build, start, |build, carried| {
        used.iter()
            .fold(carried, |sum, &value| made(build, &[sum, value]))
    });
    build.plain(&[last], &[]);
    for value in through {
        build.plain(&[value], &[]);
    }
    let function = build.finish();
    let allocation = allocate(&function, &machine(&[5]));
    for (at, edit) in &allocation.edits {
        let block = function
            .blocks
            .iter()
            .find(|block| block.instructions.contains(&at.0));
        assert_eq!(block.unwrap().loop_depth, 0, "{edit:?}");
    }
    assert!(count(&allocation, is_load) <= 4);
}

/// A value that is evicted in a loop is stored before it, once.
#[test]
fn no_store_is_in_a_loop_for_a_value_from_outside() {
    let mut build = Build::new();
    let outside: Vec<_> = (0..6).map(|_| made(&mut build, &[])).collect();
    let start = made(&mut build, &[]);
    let last = counting(&mut build, start, |build, carried| {
        outside
            .iter()
            .fold(carried, |sum, &value| made(build, &[sum, value]))
    });
    build.plain(&[last], &[]);
    let function = build.finish();
    let allocation = allocate(&function, &machine(&[4]));
    for (at, edit) in allocation.edits.iter().filter(|(_, edit)| is_store(edit)) {
        let block = function
            .blocks
            .iter()
            .find(|block| block.instructions.contains(&at.0));
        assert_eq!(block.unwrap().loop_depth, 0, "{edit:?}");
    }
}

/// Two values that change places on every turn need an exchange, and there is no
/// register to spare.
#[test]
fn values_that_change_places_are_exchanged() {
    let mut build = Build::new();
    let first: Vec<_> = (0..2).map(|_| made(&mut build, &[])).collect();
    let header = BlockIndex(1);
    let carried = [build.value(0), build.value(0)];
    build.jump(header, &first);
    build.enter_loop();
    build.begin(&carried);
    build.plain(&carried, &[]);
    let fork = build.branch(&[carried[0]], [LATER; 2]);
    let latch = build.begin(&[]);
    build.set_target(fork, 0, latch);
    build.jump(header, &[carried[1], carried[0]]);
    build.leave_loop();
    let after = build.begin(&[]);
    build.set_target(fork, 1, after);
    build.plain(&carried, &[]);
    let function = build.finish();
    let exchanges = |edit: &Edit| matches!(edit, Edit::Swap { .. });
    assert_eq!(count(&allocate(&function, &machine(&[2])), exchanges), 1);
    assert_eq!(count(&allocate(&function, &machine(&[3])), exchanges), 0);
}

/// Parameters beyond all registers are passed in memory, from memory.
#[test]
fn more_parameters_than_registers() {
    let mut build = Build::new();
    let first: Vec<_> = (0..9).map(|_| made(&mut build, &[])).collect();
    let carried: Vec<_> = (0..9).map(|_| build.value(0)).collect();
    let header = BlockIndex(1);
    build.jump(header, &first);
    build.enter_loop();
    build.begin(&carried);
    for &value in &carried {
        build.plain(&[value], &[]);
    }
    let fork = build.branch(&[carried[0]], [LATER; 2]);
    let latch = build.begin(&[]);
    build.set_target(fork, 0, latch);
    let turned: Vec<_> = (0..9).map(|index| carried[(index + 1) % 9]).collect();
    build.jump(header, &turned);
    build.leave_loop();
    let after = build.begin(&[]);
    build.set_target(fork, 1, after);
    build.plain(&[carried[3]], &[]);
    let function = build.finish();
    for registers in 1..12 {
        allocate(&function, &machine(&[registers]));
    }
}

/// A constant is made again where it is needed, and never stored.
#[test]
fn rematerialisable_values_are_never_stored() {
    let mut build = Build::new();
    let constant = made(&mut build, &[]);
    build.function.rematerialisable[constant.index()] = true;
    let others: Vec<_> = (0..3).map(|_| made(&mut build, &[])).collect();
    build.plain(&others, &[]);
    build.plain(&others, &[]);
    build.plain(&[constant], &[]);
    let allocation = allocate(&build.finish(), &machine(&[3]));
    let again =
        |edit: &Edit| matches!(edit, Edit::Rematerialise { instruction, .. } if instruction.0 == 0);
    assert_eq!(count(&allocation, again), 1);
    assert_eq!((allocation.edits.len(), allocation.slots[0]), (1, 0));
}

/// A use that may read memory needs no load.
#[test]
fn a_use_in_memory_stays_there() {
    let mut build = Build::new();
    let spilled = made(&mut build, &[]);
    let others: Vec<_> = (0..3).map(|_| made(&mut build, &[])).collect();
    build.plain(&others, &[]);
    build.plain(&others, &[]);
    build.instruction(&[operand(spilled, Role::Use, Constraint::RegisterOrSlot)]);
    let allocation = allocate(&build.finish(), &machine(&[3]));
    assert_eq!(
        (count(&allocation, is_store), count(&allocation, is_load)),
        (1, 0)
    );
}

/// What lives across a call is in a register that it keeps, if there is one.
#[test]
fn values_live_across_calls_where_calls_keep_them() {
    let mut build = Build::new();
    let values: Vec<_> = (0..2).map(|_| made(&mut build, &[])).collect();
    let call = build.instruction(&[operand(values[0], Role::Use, Constraint::Fixed(0))]);
    let mut destroyed = RegisterSet::EMPTY;
    (0..4).for_each(|number| destroyed.insert(number));
    build.function.clobbers.push((call, vec![destroyed]));
    build.plain(&values, &[]);
    let function = build.finish();
    let kept = allocate(&function, &machine(&[6]));
    assert_eq!(count(&kept, is_store), 0);
    let none_kept = allocate(&function, &machine(&[4]));
    assert_eq!(count(&none_kept, is_store), 2);
}

/// A definition that overwrites a use takes its register, and copies it only if it
/// lives on.
#[test]
fn ties_copy_what_lives_on() {
    let check = |lives_on: bool, copies: usize| {
        let mut build = Build::new();
        let (value, result) = (made(&mut build, &[]), build.value(0));
        build.instruction(&[
            operand(value, Role::Use, Constraint::Register),
            operand(result, Role::Def, Constraint::Tied(0)),
        ]);
        let again = [value];
        build.plain(if lives_on { &again } else { &[] }, &[]);
        build.plain(&[result], &[]);
        let allocation = allocate(&build.finish(), &machine(&[4]));
        assert_eq!(allocation.edits.len(), copies);
    };
    check(false, 0);
    check(true, 1);
}

/// Both sides of a copy are in one register if the first is not needed on.
#[test]
fn copies_can_be_left_out() {
    let mut build = Build::new();
    let (value, other) = (made(&mut build, &[]), made(&mut build, &[]));
    let copy = build.value(0);
    let at = build.plain(&[value], &[copy]);
    build.function.copies.push(at);
    build.plain(&[copy, other], &[]);
    let function = build.finish();
    let allocation = allocate(&function, &machine(&[4]));
    let place = |at: InstructionIndex, operand: usize| {
        allocation.locations[function.first_operand[at.index()] as usize + operand]
    };
    assert_eq!(place(at, 0), place(at, 1));
}

/// Values are made where they are wanted.
#[test]
fn a_value_is_made_in_the_register_that_its_use_names() {
    let mut build = Build::new();
    let value = made(&mut build, &[]);
    build.instruction(&[operand(value, Role::Use, Constraint::Fixed(3))]);
    assert_eq!(allocate(&build.finish(), &machine(&[4])).edits, []);
}

/// A loop that nothing leaves, and one whose header is the entry.
#[test]
fn endless_loops() {
    let mut build = Build::new();
    let value = made(&mut build, &[]);
    build.plain(&[value], &[]);
    build.jump(BlockIndex(0), &[]);
    let function: Function = build.finish();
    let mut allocation = Allocation::default();
    let file = machine(&[1]);
    let mut allocator = smalto_codegen::alloc::Allocator::new();
    allocator
        .allocate_into(&function, &file, &mut allocation)
        .unwrap();
    smalto_codegen::alloc::checker::check(&function, &file, &allocation).unwrap();
}

/// Slots are used again: a long function needs few.
#[test]
fn slots_are_reused_and_long_functions_are_ordinary() {
    let mut build = Build::new();
    let mut live: Vec<_> = (0..12).map(|_| made(&mut build, &[])).collect();
    for step in 0..200_000_usize {
        let other = live[(step * 7 + step / 13) % 12];
        let place = step * 5 % 12;
        live[place] = made(&mut build, &[live[place], other]);
    }
    let (function, file) = (build.finish(), machine(&[8]));
    let mut allocation = Allocation::default();
    let mut allocator = smalto_codegen::alloc::Allocator::new();
    allocator
        .allocate_into(&function, &file, &mut allocation)
        .unwrap();
    smalto_codegen::alloc::checker::check(&function, &file, &allocation).unwrap();
    assert!(allocation.slots[0] <= 12, "{} slots", allocation.slots[0]);
}

/// In a loop with a call, nothing is moved on any turn: what lives across the call is
/// made where the call keeps it.
#[test]
fn a_call_in_a_loop_moves_nothing() {
    let mut build = Build::new();
    let kept = made(&mut build, &[]);
    let start = made(&mut build, &[]);
    let last = counting(&mut build, start, |build, carried| {
        let call = build.plain(&[carried, kept], &[]);
        let mut destroyed = RegisterSet::EMPTY;
        (0..4).for_each(|number| destroyed.insert(number));
        build.function.clobbers.push((call, vec![destroyed]));
        made(build, &[carried, kept])
    });
    build.plain(&[last], &[]);
    let allocation = allocate(&build.finish(), &machine(&[8]));
    assert_eq!(allocation.edits, []);
}

/// A tuple is made again before the loop that uses it, or passed in memory.
#[test]
fn tuples_are_made_again_between_blocks() {
    for registers in 6..14 {
        let mut build = Build::new();
        let pair = build.tuple(0, 2);
        build.plain(&[], &[pair]);
        build.function.rematerialisable[pair.index()] = true;
        let others: Vec<_> = (0..6).map(|_| made(&mut build, &[])).collect();
        build.plain(&others, &[]);
        let carried: Vec<_> = (0..4).map(|_| build.tuple(0, 2)).collect();
        let header = BlockIndex(1);
        build.jump(header, &[pair; 4]);
        build.enter_loop();
        build.begin(&carried);
        for &value in &carried {
            build.plain(&[value, pair], &[]);
        }
        let fork = build.branch(&[pair], [LATER; 2]);
        let latch = build.begin(&[]);
        build.set_target(fork, 0, latch);
        build.jump(header, &[carried[1], pair, carried[3], carried[0]]);
        build.leave_loop();
        let after = build.begin(&[]);
        build.set_target(fork, 1, after);
        build.plain(&others, &[]);
        allocate(&build.finish(), &machine(&[registers]));
    }
}
