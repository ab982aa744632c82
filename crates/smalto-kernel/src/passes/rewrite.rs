//! Writing the code of a routine anew, with values and blocks renumbered.

use crate::routine::{Block, Edge, Instruction};
use crate::{BlockId, Op, Role, Routine, Terminator, ValueId, ValueType, Values, Width};

/// New code for a routine, and what its old values are called now.
#[derive(Debug)]
pub(super) struct Rewrite {
    new: Routine,
    renamed: Vec<ValueId>,
    /// The block being written: its first instruction and number of parameters.
    first: u32,
    parameters: u32,
    arguments: Vec<ValueId>,
}

impl Default for Rewrite {
    fn default() -> Rewrite {
        Rewrite {
            new: Routine::empty(Role::Function, "", Width::Any),
            renamed: Vec::new(),
            first: 0,
            parameters: 0,
            arguments: Vec::new(),
        }
    }
}

const NOWHERE: ValueId = ValueId(u32::MAX);

impl Rewrite {
    pub(super) fn start(&mut self, old: &Routine) {
        self.new.clear_code();
        self.renamed.clear();
        self.renamed.resize(old.len(), NOWHERE);
    }

    pub(super) fn begin(&mut self) {
        self.first = self.new.instructions.len() as u32;
        self.parameters = 0;
    }

    /// What an old value is now. It was copied already: values come before their uses.
    pub(super) fn name(&self, old: ValueId) -> ValueId {
        let new = self.renamed[old.index()];
        debug_assert_ne!(new, NOWHERE, "a value is copied before it is used");
        new
    }

    /// A parameter like the old one, which it stands for if `rename`.
    pub(super) fn parameter(&mut self, old: &Routine, value: ValueId, rename: bool) -> ValueId {
        let parameter = Instruction::new(Op::Parameter, old.ty(value), 0);
        let new = self.new.add(parameter);
        self.parameters += 1;
        if rename {
            self.renamed[value.index()] = new;
        }
        new
    }

    /// Adds an instruction whose operands are named as they are now.
    pub(super) fn add(&mut self, instruction: Instruction) -> ValueId {
        self.new.add(instruction)
    }

    /// The code as far as it is written.
    pub(super) fn code(&self) -> &Routine {
        &self.new
    }

    /// The type of a value of the new code.
    pub(super) fn type_of(&self, new: ValueId) -> ValueType {
        self.new.ty(new).expect("what is used has a type")
    }

    /// An old value is this one now.
    pub(super) fn rename(&mut self, old: ValueId, new: ValueId) {
        self.renamed[old.index()] = new;
    }

    pub(super) fn copy(&mut self, old: &Routine, value: ValueId) {
        let Rewrite { new, renamed, .. } = self;
        let copied = new.add_renamed(old, value, |operand| renamed[operand.index()]);
        debug_assert!(new.operands(copied).iter().all(|&o| o != NOWHERE));
        self.renamed[value.index()] = copied;
    }

    /// Copies an access to memory, with this mask in place of what it had.
    pub(super) fn copy_under(&mut self, old: &Routine, value: ValueId, mask: ValueId) {
        self.copy(old, value);
        let count = old.op(value).row().operands.len();
        self.new
            .set_operand(self.renamed[value.index()], count, mask);
    }

    /// Ends the block as the old terminator does, with edges changed by `edge`: it gives
    /// where one goes now and which of the arguments it passes.
    pub(super) fn end_like(
        &mut self,
        old: &Routine,
        terminator: &Terminator,
        edge: impl Fn(&Edge) -> BlockId,
        keeps: impl Fn(&Edge, usize) -> bool,
    ) {
        let operand = terminator.operand().map(|value| self.name(value));
        let mut edges = terminator
            .edges()
            .map(|old_edge| {
                let arguments = old.arguments(old_edge).iter().enumerate();
                let kept = arguments.filter(|(position, _)| keeps(old_edge, *position));
                self.arguments.clear();
                self.arguments
                    .extend(kept.map(|(_, value)| self.renamed[value.index()]));
                self.new.edge(edge(old_edge), &self.arguments)
            })
            .collect::<Vec<Edge>>()
            .into_iter();
        let mut next = || edges.next().expect("as many edges as before");
        let terminator = match terminator {
            Terminator::Jump(_) => Terminator::Jump(next()),
            Terminator::Branch { .. } => Terminator::Branch {
                condition: operand.expect("a branch has a condition"),
                then: next(),
                otherwise: next(),
            },
            Terminator::Return(_) => Terminator::Return(operand),
        };
        self.end(terminator);
    }

    /// Ends the block with a jump that passes the new `parameters`.
    pub(super) fn jump_with(&mut self, target: BlockId, parameters: Values) {
        self.arguments.clear();
        self.arguments.extend(parameters);
        let edge = self.new.edge(target, &self.arguments);
        self.end(Terminator::Jump(edge));
    }

    /// The parameters of the block being written.
    pub(super) fn parameters(&self) -> Values {
        let first = self.first as usize;
        Values::new(first, first + self.parameters as usize)
    }

    /// Ends the block with a jump that passes what an old one does.
    pub(super) fn jump_like(&mut self, target: BlockId, old: &Routine, edge: &Edge) {
        self.arguments.clear();
        let arguments = old.arguments(edge).iter();
        self.arguments
            .extend(arguments.map(|value| self.renamed[value.index()]));
        let edge = self.new.edge(target, &self.arguments);
        self.end(Terminator::Jump(edge));
    }

    fn end(&mut self, terminator: Terminator) {
        self.new.blocks.push(Block {
            first: self.first,
            parameters: self.parameters,
            terminator,
        });
    }

    /// Gives the routine its new code and keeps the old as storage.
    pub(super) fn finish(&mut self, routine: &mut Routine) {
        std::mem::swap(&mut routine.blocks, &mut self.new.blocks);
        std::mem::swap(&mut routine.instructions, &mut self.new.instructions);
        std::mem::swap(&mut routine.pool, &mut self.new.pool);
        std::mem::swap(&mut routine.passed_buffers, &mut self.new.passed_buffers);
        routine.types = self.new.types;
        routine.has_calls = self.new.has_calls;
    }
}
