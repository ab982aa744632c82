//! Control flow: jumps, loops, and where values may be used.

use super::{Check, Findings, MAX_LOOP_DEPTH};
use crate::analysis::Flow;
use crate::{BlockId, Edge, Lane, Role, Terminator, ValueId, ValueType};

impl Check<'_> {
    /// Whether control flow makes enough sense for its values to be checked.
    pub(super) fn control_flow(&self, flow: &mut Flow, findings: &mut Findings) -> bool {
        if self.routine.block_ids().len() == 0 {
            findings.add(self.place(), "has no block");
            return false;
        }
        if let Err(irreducible) = flow.compute(self.routine) {
            findings.add(self.place(), irreducible.to_string());
            return false;
        }
        let mut sound = true;
        let mut finding = |block, message: &str| {
            sound = false;
            findings.add(self.place().block(block), message);
        };
        if !flow.cfg.predecessors(BlockId(0)).is_empty() {
            finding(BlockId(0), "is jumped to, but it is the entry");
        }
        for block in self.routine.block_ids() {
            if flow.cfg.position(block).is_none() {
                finding(block, "cannot be reached");
            }
            // All that dominate it come before it if the nearest one does.
            if let Some(parent) = flow.dominators.parent(block)
                && parent > block
            {
                let parent = parent.index();
                let message = format!("comes before block {parent}, which is on every way to it");
                finding(block, &message);
            }
        }
        let too_deep = flow.loops.ids().map(|id| flow.loops.get(id));
        if let Some(found) = too_deep.max_by_key(|found| found.depth)
            && found.depth > MAX_LOOP_DEPTH
        {
            let depth = found.depth;
            let message = format!("loops nest {depth} deep, at most {MAX_LOOP_DEPTH} are allowed");
            finding(found.header, &message);
        }
        sound
    }

    /// Types of all instructions and jumps, and that values are given before they are
    /// used.
    pub(super) fn instructions(&self, flow: &Flow, findings: &mut Findings) {
        let homes = self.homes();
        for block in self.routine.block_ids() {
            for value in self.routine.instructions_in(block) {
                let problem = self
                    .operands_are_given(value, block, flow, &homes)
                    .and_then(|()| self.instruction(value));
                if let Err(message) = problem {
                    let place = self.place().block(block);
                    findings.add(place.instruction(self.routine, value), message);
                }
            }
            if let Err(message) = self.end(block, flow, &homes) {
                findings.add(self.place().block(block), message);
            }
            if findings.are_enough() {
                return;
            }
        }
    }

    /// The block of each value.
    fn homes(&self) -> Vec<BlockId> {
        let mut homes = Vec::with_capacity(self.routine.len());
        for block in self.routine.block_ids() {
            homes.extend(self.routine.values_in(block).map(|_| block));
        }
        homes
    }

    fn operands_are_given(
        &self,
        user: ValueId,
        block: BlockId,
        flow: &Flow,
        homes: &[BlockId],
    ) -> Result<(), String> {
        for (index, &operand) in self.routine.operands(user).iter().enumerate() {
            self.is_given(operand, block, user.index(), flow, homes)
                .map_err(|problem| format!("operand {}, {problem}", index + 1))?;
        }
        Ok(())
    }

    /// That `value` exists, is given before instruction `before`, and on every way to
    /// `block`.
    fn is_given(
        &self,
        value: ValueId,
        block: BlockId,
        before: usize,
        flow: &Flow,
        homes: &[BlockId],
    ) -> Result<(), String> {
        let number = value.index();
        let Some(&home) = homes.get(number) else {
            return Err(format!("%{number}, does not exist"));
        };
        let name = crate::text::Named(self.routine, value);
        if number >= before {
            return Err(format!("{name}, is given later"));
        }
        if !flow.dominators.dominates(home, block) {
            let home = home.index();
            return Err(format!(
                "{name}, is given in block {home}, which is not on every way here"
            ));
        }
        match self.routine.ty(value) {
            Some(_) => Ok(()),
            None => Err(format!("%{number}, is an instruction that gives no value")),
        }
    }

    /// What is wrong with the end of a block.
    fn end(&self, block: BlockId, flow: &Flow, homes: &[BlockId]) -> Result<(), String> {
        let terminator = self.routine.terminator(block);
        let after = self.routine.values_in(block).range().end;
        let given = |value| self.is_given(value, block, after, flow, homes);
        if let Terminator::Branch { condition, .. } = *terminator {
            given(condition).map_err(|problem| format!("condition {problem}"))?;
            let wanted = ValueType::uniform(Lane::Mask);
            let found = self.routine.ty(condition);
            if found != Some(wanted) {
                let found = super::typing::show(found);
                return Err(format!("condition is {found}, wanted {wanted}"));
            }
        }
        if let Terminator::Return(value) = *terminator {
            if let Some(value) = value {
                given(value).map_err(|problem| format!("result {problem}"))?;
            }
            return self.returned(value);
        }
        terminator.edges().try_for_each(|edge| {
            self.arguments(edge, given)
                .map_err(|problem| format!("jump to block {}: {problem}", edge.target().index()))
        })
    }

    fn returned(&self, value: Option<ValueId>) -> Result<(), String> {
        let found = value.and_then(|value| self.routine.ty(value));
        match (found, self.routine.result) {
            (found, wanted) if found == wanted => Ok(()),
            (None, Some(wanted)) => Err(format!("returns nothing, wanted {wanted}")),
            (Some(found), Some(wanted)) => Err(format!("returns {found}, wanted {wanted}")),
            (Some(found), None) if self.routine.role == Role::Kernel => {
                Err(format!("returns {found}, but a kernel returns nothing"))
            }
            (found, _) => Err(format!(
                "returns {}, but the function declares no result",
                super::typing::show(found)
            )),
        }
    }

    fn arguments(
        &self,
        edge: &Edge,
        given: impl Fn(ValueId) -> Result<(), String>,
    ) -> Result<(), String> {
        let arguments = self.routine.arguments(edge);
        let parameters = self.routine.parameters_of(edge.target());
        if arguments.len() != parameters.len() {
            let (found, wanted) = (arguments.len(), parameters.len());
            return Err(format!("{found} arguments for {wanted} parameters"));
        }
        for (index, (&argument, parameter)) in arguments.iter().zip(parameters).enumerate() {
            given(argument).map_err(|problem| format!("argument {}, {problem}", index + 1))?;
            let (found, wanted) = (self.routine.ty(argument), self.routine.ty(parameter));
            if found != wanted {
                let [found, wanted] = [found, wanted].map(super::typing::show);
                return Err(format!(
                    "argument {} is {found}, wanted {wanted}",
                    index + 1
                ));
            }
        }
        Ok(())
    }
}
