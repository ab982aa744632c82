//! Functions that want more registers than there are.
//!
//! They are pseudorandom and the same in every run. Instructions have two uses, the
//! second of which may be in memory, and a definition, as nearly all have on x86-64.

pub(crate) mod real;

use smalto_codegen::alloc::{
    Block, BlockIndex, Constraint, Edge, Function, Operand, Role, VirtualRegister,
};
use std::ops::Range;

/// One block of `instructions`, after each of which `live` values are live.
/// In 16 uses, `recent` are of one of the last eight values; the others are of any.
pub(crate) fn straight(instructions: u32, live: usize, recent: u64) -> Function {
    let mut code = Code::new(recent);
    for _ in 0..live {
        code.make();
    }
    code.compute(instructions, live);
    code.finish()
}

/// What loops are like.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Loops {
    /// How deep they nest.
    pub(crate) depth: u32,
    /// How many loops there are in each, one after the other.
    pub(crate) in_a_row: u32,
    /// The instructions between their beginnings and ends.
    pub(crate) instructions: u32,
    /// How many values a loop carries around.
    pub(crate) carried: usize,
    /// How many values are live.
    pub(crate) live: usize,
}

/// Loops in loops, with values live through them.
pub(crate) fn loops(loops: Loops) -> Function {
    let mut code = Code::new(8);
    for _ in 0..loops.live {
        code.make();
    }
    code.add_loops(&loops, loops.depth);
    code.compute(loops.instructions, 2);
    code.finish()
}

struct Code {
    function: Function,
    random: u64,
    recent: u64,
    /// Values that are used again.
    live: Vec<VirtualRegister>,
    /// The first of them that the loop does not have from outside.
    own: usize,
    depth: u8,
}

impl Code {
    fn new(recent: u64) -> Code {
        let mut code = Code {
            function: Function::default(),
            random: 1,
            recent,
            live: Vec::new(),
            own: 0,
            depth: 0,
        };
        code.function.first_operand.push(0);
        code.begin(0..0);
        code
    }

    fn below(&mut self, bound: usize) -> usize {
        self.random = self
            .random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.random >> 33) as usize % bound
    }

    fn value(&mut self) -> VirtualRegister {
        self.function.classes.push(0);
        VirtualRegister(self.function.classes.len() as u32 - 1)
    }

    fn instruction(&mut self, uses: &[VirtualRegister], definition: Option<VirtualRegister>) {
        let constraints = [Constraint::Register, Constraint::RegisterOrSlot];
        let uses = uses
            .iter()
            .zip(constraints)
            .map(|(&register, constraint)| Operand {
                register,
                role: Role::Use,
                constraint,
            });
        self.function.operands.extend(uses);
        self.function
            .operands
            .extend(definition.map(|register| Operand {
                register,
                role: Role::Def,
                constraint: Constraint::Register,
            }));
        self.function
            .first_operand
            .push(self.function.operands.len() as u32);
        if let Some(block) = self.function.blocks.last_mut() {
            block.instructions.end += 1;
        }
    }

    /// A value from nothing: an input.
    fn make(&mut self) {
        let value = self.value();
        self.instruction(&[], Some(value));
        self.live.push(value);
    }

    /// One of the values from `first` on, perhaps one of the last.
    fn choose(&mut self, first: usize) -> usize {
        let count = self.live.len() - first;
        let recent = (self.below(16) as u64) < self.recent;
        let reach = if recent { count.min(8) } else { count };
        self.live.len() - 1 - self.below(reach)
    }

    /// Instructions that each use one value for the last time and make one, once there
    /// are `live`.
    fn compute(&mut self, instructions: u32, live: usize) {
        for _ in 0..instructions {
            let other = self.choose(0);
            let other = self.live[other];
            let grows = self.live.len() - self.own <= live.min(2) || self.live.len() < live;
            let last = self.choose(if grows { 0 } else { self.own });
            let last = if grows {
                self.live[last]
            } else {
                self.live.remove(last)
            };
            let value = self.value();
            let uses = if self.below(2) == 0 {
                [last, other]
            } else {
                [other, last]
            };
            self.instruction(&uses, Some(value));
            self.live.push(value);
        }
    }

    fn begin(&mut self, parameters: Range<u32>) {
        let start = self.function.first_operand.len() as u32 - 1;
        self.function.blocks.push(Block {
            instructions: start..start,
            parameters,
            registers: 0..0,
            successors: Vec::new(),
            loop_depth: self.depth,
        });
    }

    fn lead_to(&mut self, target: usize, arguments: &[VirtualRegister]) {
        let arguments = self.pool(arguments);
        if let Some(block) = self.function.blocks.last_mut() {
            let target = BlockIndex(target as u32);
            block.successors.push(Edge { target, arguments });
        }
    }

    fn pool(&mut self, values: &[VirtualRegister]) -> Range<u32> {
        let start = self.function.pool.len() as u32;
        self.function.pool.extend_from_slice(values);
        start..self.function.pool.len() as u32
    }

    fn add_loops(&mut self, loops: &Loops, depth: u32) {
        if depth == 0 {
            return;
        }
        for _ in 0..loops.in_a_row {
            self.add_loop(loops, depth);
        }
    }

    /// A loop that uses some values from outside, whose last carried values live on.
    fn add_loop(&mut self, loops: &Loops, depth: u32) {
        let outer = self.own;
        let carried: Vec<_> = (0..loops.carried)
            .map(|_| {
                let place = self.below(self.live.len());
                self.live[place]
            })
            .collect();
        let header = self.function.blocks.len();
        self.instruction(&[], None);
        self.lead_to(header, &carried);
        self.depth += 1;
        let parameters: Vec<_> = carried.iter().map(|_| self.value()).collect();
        let range = self.pool(&parameters);
        self.begin(range);
        self.own = self.live.len();
        self.live.extend(&parameters);
        self.compute(loops.instructions / 2, loops.live);
        self.add_loops(loops, depth - 1);
        self.compute(loops.instructions / 2, loops.live);
        let next: Vec<_> = (0..loops.carried)
            .map(|back| self.live[self.live.len() - 1 - back])
            .collect();
        self.instruction(&[next[0]], None);
        let latch = self.function.blocks.len();
        self.lead_to(latch, &[]);
        self.lead_to(latch + 1, &[]);
        self.begin(0..0);
        self.instruction(&[], None);
        self.lead_to(header, &next);
        self.depth -= 1;
        self.begin(0..0);
        self.live.truncate(self.own);
        self.live.push(next[0]);
        self.own = outer;
    }

    /// Uses whatever is left.
    fn finish(mut self) -> Function {
        while let Some(value) = self.live.pop() {
            self.instruction(&[value], None);
        }
        self.instruction(&[], None);
        self.function.number_registers();
        self.function
    }
}
