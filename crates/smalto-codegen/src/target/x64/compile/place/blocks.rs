//! Blocks and edges: the line that blocks of the machine routine stand in, and how control
//! goes from one to another.
//!
//! An edge out of a branch that passes something, or that joins others, has a block of its
//! own, its *way*, so that what is passed can be moved there.

use super::super::keep::Kept;
use super::super::machine::{GPR, NO_SOURCE, NO_TILE, Special};
use super::super::template::{Placing, StepKind};
use super::{Placer, Value, Versions, type_of};
use crate::alloc::{self, BlockIndex};
use crate::select::tables::Pattern;
use crate::target::x64::Condition;
use smalto_kernel::analysis::{Flow, block_order};
use smalto_kernel::{BlockId, Edge, Op, Terminator, ValueId, ValueType};

/// A block of the machine routine.
#[derive(Debug, Clone, Copy)]
pub(super) enum Laid {
    Block(BlockId),
    /// What edge number `way` of a block passes.
    Way {
        from: BlockId,
        way: usize,
    },
}

/// What comes next in a machine routine.
struct Here {
    instruction: u32,
    register: u32,
}

impl Placer<'_> {
    /// Puts blocks in a line, with a block of its own on every edge that leaves a branch
    /// and passes something or joins others.
    pub(super) fn lay_out(&mut self, flow: &Flow) {
        let storage = &mut *self.storage;
        storage.layout.clear();
        let blocks = self.routine.block_ids().len();
        storage.positions.clear();
        storage.positions.resize(blocks, 0);
        storage.ways.clear();
        storage.ways.resize(blocks, [None; 2]);
        let is_back = |from: BlockId, to: BlockId| flow.dominators.dominates(to, from);
        let needs_block = |from: BlockId, way: usize| {
            let terminator = self.routine.terminator(from);
            let edge = terminator.edges().nth(way).expect("a branch has two ways");
            matches!(terminator, Terminator::Branch { .. })
                && (!self.routine.arguments(edge).is_empty()
                    || flow.cfg.predecessors(edge.target()).len() > 1)
        };
        for block in block_order(flow) {
            // Ways in stand before the block, ways back behind the block they leave, so that
            // loops stay in one piece.
            let mut last = None;
            for &from in flow.cfg.predecessors(block) {
                if last == Some(from) || flow.cfg.position(from).is_none() || is_back(from, block) {
                    continue;
                }
                last = Some(from);
                for (way, edge) in self.routine.terminator(from).edges().enumerate() {
                    if edge.target() == block && needs_block(from, way) {
                        storage.ways[from.index()][way] = Some(storage.layout.len() as u32);
                        storage.layout.push(Laid::Way { from, way });
                    }
                }
            }
            storage.positions[block.index()] = storage.layout.len() as u32;
            storage.layout.push(Laid::Block(block));
            for (way, edge) in self.routine.terminator(block).edges().enumerate() {
                if is_back(block, edge.target()) && needs_block(block, way) {
                    storage.ways[block.index()][way] = Some(storage.layout.len() as u32);
                    storage.layout.push(Laid::Way { from: block, way });
                }
            }
        }
    }

    /// Where edge number `way` of a block leads first.
    fn destination(&self, from: BlockId, way: usize, edge: &Edge) -> u32 {
        let through = self.storage.ways[from.index()][way];
        through.unwrap_or(self.storage.positions[edge.target().index()])
    }

    pub(super) fn block(&mut self, block: BlockId, position: usize, flow: &Flow, kept: &Kept) {
        let begin = self.here();
        for parameter in self.routine.parameters_of(block) {
            self.new_parts(parameter);
        }
        let parameters = if position == 0 {
            self.entry();
            0..0
        } else {
            let routine = self.routine;
            let parameters = routine.parameters_of(block);
            self.pool(parameters.map(|p| (p, type_of(routine, p))))
        };
        self.branches_on = self.asked_by_branch_alone(block);
        for value in self.routine.instructions_in(block) {
            self.source = value.index() as u32;
            let tile = self.cover.chosen_tile(value);
            match *self.target.templates.placing(tile) {
                Placing::ByStencil(ref stencil) => self.place_by_stencil(value, tile, stencil),
                // Its users will find it there.
                Placing::InPool { symbol, broadcast } => {
                    self.literal_place(value, symbol, broadcast);
                }
                Placing::InSteps => self.instruction(value),
            }
        }
        self.keep_constants(kept.at_end_of(block));
        self.source = NO_SOURCE;
        let successors = self.terminator(block);
        let end = self.here();
        self.machine.registers.blocks.push(alloc::Block {
            instructions: begin.instruction..end.instruction,
            parameters,
            registers: begin.register..end.register,
            successors,
            loop_depth: flow.loops.depth(block).min(255) as u8,
        });
    }

    /// How far the routine has come.
    fn here(&self) -> Here {
        Here {
            instruction: self.machine.instructions.len() as u32,
            register: self.machine.registers.classes.len() as u32,
        }
    }

    /// The block of an edge.
    pub(super) fn way(&mut self, from: BlockId, way: usize, flow: &Flow) {
        let begin = self.here();
        let edge = *self
            .routine
            .terminator(from)
            .edges()
            .nth(way)
            .expect("there is such a way");
        let successor = self.jump(&edge);
        let depth = flow.loops.depth(from).min(flow.loops.depth(edge.target()));
        let end = self.here();
        self.machine.registers.blocks.push(alloc::Block {
            instructions: begin.instruction..end.instruction,
            parameters: 0..0,
            registers: begin.register..end.register,
            successors: vec![successor],
            loop_depth: depth.min(255) as u8,
        });
    }

    /// The end of a block.
    fn terminator(&mut self, block: BlockId) -> Vec<alloc::Edge> {
        match *self.routine.terminator(block) {
            Terminator::Jump(ref edge) => vec![self.jump(edge)],
            Terminator::Branch {
                condition,
                ref then,
                ref otherwise,
            } => {
                let ways = [
                    self.destination(block, 0, then),
                    self.destination(block, 1, otherwise),
                ];
                self.branch(block, condition, ways);
                let edge = |target| alloc::Edge {
                    target: BlockIndex(target),
                    arguments: 0..0,
                };
                ways.map(edge).to_vec()
            }
            Terminator::Return(value) => {
                self.give_back(value);
                Vec::new()
            }
        }
    }

    /// Goes on along an edge that is the only way.
    fn jump(&mut self, edge: &Edge) -> alloc::Edge {
        let target = self.storage.positions[edge.target().index()];
        let routine = self.routine;
        let arguments = routine.arguments(edge);
        let parameters = routine.parameters_of(edge.target());
        let types = parameters.map(|p| type_of(routine, p));
        let arguments = self.pool(arguments.iter().copied().zip(types));
        self.special(Special::Jump, i64::from(target));
        alloc::Edge {
            target: BlockIndex(target),
            arguments,
        }
    }

    /// The registers of values, each as one of such a type, in the allocator's pool.
    fn pool(&mut self, values: impl Iterator<Item = (ValueId, ValueType)>) -> std::ops::Range<u32> {
        // Making a constant adds instructions, but nothing to the pool.
        let start = self.machine.registers.pool.len() as u32;
        for (value, ty) in values {
            let value = self.at_home(value);
            for component in 0..ty.count() {
                for chunk in 0..self.chunks_of(ty) {
                    let register = self.part(value, component, chunk);
                    self.machine.registers.pool.push(register);
                }
            }
        }
        start..self.machine.registers.pool.len() as u32
    }

    /// The condition of the branch at the end of a block, if it is whether some lane is true,
    /// and if there is no other use.
    fn asked_by_branch_alone(&self, block: BlockId) -> Option<ValueId> {
        let Terminator::Branch { condition, .. } = *self.routine.terminator(block) else {
            return None;
        };
        let is_any = self.routine.op(condition) == Op::AnyLane;
        (is_any && self.cover.is_used_once(condition)).then_some(condition)
    }

    fn branch(&mut self, block: BlockId, condition: ValueId, ways: [u32; 2]) {
        let number = self.cover.branch_tile(self.target.tables, block);
        let tile = &self.target.tables.tiles[usize::from(number)];
        let [_, Pattern::Leaf(symbol)] = *tile.pattern else {
            unreachable!("a branch tile has one leaf")
        };
        if self.branches_on == Some(condition) {
            self.test_lanes(self.routine.operands(condition)[0]);
            self.special(Special::JumpIf(Condition::NotEqual), i64::from(ways[0]));
            self.special(Special::Jump, i64::from(ways[1]));
            return;
        }
        let condition = self.cover.resolve(condition);
        let leaf = self.value_of(condition, symbol, 0);
        self.tile = number;
        let (first, end) = self.target.templates.tiles[usize::from(number)];
        for step in &self.target.templates.steps[first as usize..end as usize] {
            match step.kind {
                StepKind::Jump { negated } => {
                    let Value::Flags(condition) = leaf else {
                        unreachable!("jumps follow flags")
                    };
                    let holds = if negated {
                        condition.inverse()
                    } else {
                        condition
                    };
                    self.special(Special::JumpIf(holds), i64::from(ways[0]));
                }
                _ => {
                    let mut versions = Versions::default();
                    self.step(step, &[leaf], condition, 0, &mut versions, GPR);
                }
            }
        }
        self.special(Special::Jump, i64::from(ways[1]));
        self.tile = NO_TILE;
    }
}
