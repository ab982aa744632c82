//! Dead code elimination: what nobody needs is removed.
//!
//! Needed are instructions that may write memory, what decides where control goes, and
//! what is returned; then, over and over, what the needed take. All else goes. A
//! parameter of a block is needed if something needed takes it, and only then are the
//! arguments passed to it: a counter that only counts itself up is gone.
//!
//! Stores, atomics and calls of functions that write stay, whether their result is used
//! or not. A load that is not needed goes, and with it what it might have reported.
//! Blocks and jumps stay.

use super::rewrite::Rewrite;
use super::{Workspace, effects, for_each_routine};
use crate::analysis::Cfg;
use crate::op::Effect;
use crate::{BlockId, Edge, Module, Op, Routine, ValueId};

/// Removes what nobody needs, in every routine of a module that verifies.
///
/// # Panics
/// May panic if the module does not [verify](crate::verify()).
pub fn remove_dead(module: &mut Module, workspace: &mut Workspace) {
    let Workspace {
        cfg, rewrite, dead, ..
    } = workspace;
    for_each_routine(module, |module, routine| {
        cfg.compute(routine);
        let mut search = Search {
            module,
            routine,
            cfg,
            storage: dead,
        };
        search.run();
        if dead.needed.iter().any(|needed| !needed) {
            emit(routine, &dead.needed, rewrite);
            rewrite.finish(routine);
        }
    });
}

#[derive(Debug, Default)]
pub(super) struct Storage {
    needed: Vec<bool>,
    /// The block of each value.
    home: Vec<BlockId>,
    stack: Vec<ValueId>,
}

struct Search<'s> {
    module: &'s Module,
    routine: &'s Routine,
    cfg: &'s Cfg,
    storage: &'s mut Storage,
}

impl Search<'_> {
    fn run(&mut self) {
        self.storage.needed.clear();
        self.storage.needed.resize(self.routine.len(), false);
        self.storage.home.clear();
        for block in self.routine.block_ids() {
            let values = self.routine.values_in(block);
            self.storage.home.extend(values.map(|_| block));
            for value in self.routine.instructions_in(block) {
                if self.has_effect(value) {
                    self.need(value);
                }
            }
            if let Some(value) = self.routine.terminator(block).operand() {
                self.need(value);
            }
        }
        // What the caller passes stays.
        for parameter in self.routine.parameters_of(BlockId(0)) {
            self.need(parameter);
        }
        while let Some(value) = self.storage.stack.pop() {
            if self.routine.op(value) == Op::Parameter {
                self.need_arguments(value);
            }
            for &operand in self.routine.operands(value) {
                self.need(operand);
            }
        }
    }

    fn has_effect(&self, value: ValueId) -> bool {
        self.routine.op(value).row().effect != Effect::Pure
            && effects::written(self.module, self.routine, value)
                .next()
                .is_some()
    }

    fn need(&mut self, value: ValueId) {
        if !std::mem::replace(&mut self.storage.needed[value.index()], true) {
            self.storage.stack.push(value);
        }
    }

    /// What all jumps to its block pass for `parameter`.
    fn need_arguments(&mut self, parameter: ValueId) {
        let block = self.storage.home[parameter.index()];
        let position = parameter.index() - self.routine.parameters_of(block).range().start;
        let (cfg, routine) = (self.cfg, self.routine);
        for &from in cfg.predecessors(block) {
            for edge in routine.terminator(from).edges() {
                if edge.target() == block {
                    self.need(routine.arguments(edge)[position]);
                }
            }
        }
    }
}

fn emit(routine: &Routine, needed: &[bool], rewrite: &mut Rewrite) {
    rewrite.start(routine);
    for block in routine.block_ids() {
        rewrite.begin();
        for parameter in routine.parameters_of(block) {
            if needed[parameter.index()] {
                rewrite.parameter(routine, parameter, true);
            }
        }
        for value in routine.instructions_in(block) {
            if needed[value.index()] {
                rewrite.copy(routine, value);
            }
        }
        rewrite.end_like(
            routine,
            routine.terminator(block),
            Edge::target,
            |edge, position| {
                let first = routine.parameters_of(edge.target()).range().start;
                needed[first + position]
            },
        );
    }
}
