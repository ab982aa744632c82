//! How many registers of a class a loop needs at once.
//!
//! Whoever asks only wants to know how many registers are left over for certain others. So
//! there is no counting where the class has no more values than there are registers to
//! spare, and it ends where none is left: in a loop that needs many that is soon.

use crate::alloc::VirtualRegister;
use crate::alloc::next_use::{DEAD, Live};
use crate::alloc::value::NONE;
use crate::alloc::walk::Walk;
use std::ops::Range;

/// How many registers of a class are live at a place, and at most until there.
#[derive(Debug, Clone, Copy)]
struct Pressure {
    class: u8,
    live: i32,
    most: i32,
    /// So many are no less than any more.
    enough: i32,
}

/// What is to be known of a pressure: which of the numbers between two it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Question {
    /// From here down one number is as good as another.
    pub(super) little: u32,
    /// From here up one number is as good as another.
    pub(super) enough: u32,
}

impl<const W: usize> Walk<'_, W> {
    /// The most registers of a class that any of these blocks needs at once.
    pub(super) fn pressure(&mut self, blocks: Range<u32>, class: u8, question: Question) -> u32 {
        let mut most = 0;
        for block in blocks {
            most = most.max(self.pressure_in(block as usize, class, question));
            if most >= question.enough {
                break;
            }
        }
        most
    }

    fn pressure_in(&mut self, block: usize, class: u8, question: Question) -> u32 {
        let classes = self.banks.len();
        let place = block * classes + usize::from(class);
        let known = &mut self.boundaries.pressure;
        known.resize(self.function.blocks.len() * classes, NONE);
        if known[place] != NONE {
            return known[place];
        }
        let bound = self.bound(block, class);
        if bound <= question.little {
            return bound;
        }
        self.liveness.look_beyond(self.function, block, self.values);
        let most = self.count(block, class, question.enough);
        self.liveness
            .forget_beyond(self.function, block, self.values);
        if most < question.enough {
            self.boundaries.pressure[place] = most;
        }
        most
    }

    /// A number of registers that a block does not exceed: as if all that is ever live in it
    /// were so at once.
    fn bound(&self, block: usize, class: u8) -> u32 {
        let function = self.function;
        let code = &function.blocks[block];
        let mut calls = function.clobbers.iter().map(|(call, _)| call.0);
        if !function.spans.is_empty() || calls.any(|call| code.instructions.contains(&call)) {
            return u32::MAX;
        }
        let live = self.liveness.at_start(block).iter();
        let of_class = |&&(value, _): &&Live| self.values[value.index()].class() == class;
        let defined = code.registers.start as usize..code.registers.end as usize;
        // A byte holds the count of so many, and bytes are what vectors hold most of.
        let defined = function.classes[defined].chunks(255).map(|classes| {
            let of_class = classes.iter().map(|&other| u8::from(other == class));
            u32::from(of_class.sum::<u8>())
        });
        live.filter(of_class).count() as u32 + defined.sum::<u32>()
    }

    /// Counts along a block. What a call destroys, nothing that lives across it can have.
    fn count(&self, block: usize, class: u8, enough: u32) -> u32 {
        let function = self.function;
        let code = &function.blocks[block];
        let mut pressure = Pressure {
            class,
            live: 0,
            most: 0,
            enough: i32::try_from(enough).unwrap_or(i32::MAX),
        };
        for &(value, _) in self.liveness.at_start(block) {
            self.change(&mut pressure, value, 1);
        }
        for place in code.parameters.clone() {
            let parameter = function.pool[place as usize];
            let first = self.next.of_parameters[place as usize];
            if self.values[parameter.index()].next_use(first) != DEAD {
                self.change(&mut pressure, parameter, 1);
            }
        }
        let mut at = code.instructions.start;
        let first_call = function.clobbers.partition_point(|(call, _)| call.0 < at);
        for (call, destroyed) in &function.clobbers[first_call..] {
            if call.0 >= code.instructions.end {
                break;
            }
            self.follow(at..call.0 + 1, &mut pressure);
            let all = pressure.live + destroyed[usize::from(class)].iter().count() as i32;
            pressure.most = pressure.most.max(all);
            at = call.0 + 1;
        }
        self.follow(at..code.instructions.end, &mut pressure);
        pressure.most.unsigned_abs()
    }

    /// Counts along instructions, as far as it matters.
    fn follow(&self, instructions: Range<u32>, pressure: &mut Pressure) {
        let function = self.function;
        let first = |at: u32| function.first_operand[at as usize] as usize;
        let range = first(instructions.start)..first(instructions.end);
        let in_block = &self.next.in_block[range.clone()];
        for (operand, &in_block) in function.operands[range].iter().zip(in_block) {
            if pressure.most >= pressure.enough {
                return;
            }
            // A definition begins a life unless it is never used, a use ends one if it is
            // the last. Which it is is hard to predict: no branch depends on it.
            let after = self.values[operand.register.index()].next_use(in_block);
            let change = i32::from(after != DEAD) - i32::from(operand.role.is_use());
            self.change(pressure, operand.register, change);
        }
    }

    /// From here on so many more values like this one are live.
    #[inline(always)]
    fn change(&self, pressure: &mut Pressure, value: VirtualRegister, by: i32) {
        let value = &self.values[value.index()];
        let registers = if value.class() == pressure.class {
            i32::from(value.span())
        } else {
            0
        };
        pressure.live += by * registers;
        pressure.most = pressure.most.max(pressure.live);
    }
}
