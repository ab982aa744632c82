//! Writing routines: one push an instruction.
//!
//! The builder knows the type of what it is given and so the type of what comes
//! out, but checks neither: that is the verifier's work, and a recorder that writes
//! a million instructions has no time for it.
//!
//! A block is begun, filled and ended before the next is begun. A [`Label`] stands
//! for a block that may not have been begun yet. [`control`](Builder::if_else) has the
//! usual shapes ready made.

mod control;
mod instructions;

use crate::routine::{Block, BufferDeclaration, Edge, Instruction};
use crate::{
    Access, BlockId, BufferId, Lane, Op, Role, Routine, Terminator, ValueId, ValueType, Values,
    Width,
};

/// A block that is being built, or will be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Label(u32);

#[derive(Debug, Clone, Copy)]
struct LabelState {
    /// Where its parameters' types begin, and how many there are.
    first_type: u32,
    parameters: u32,
    /// Where in the layout it is, once it is begun.
    block: Option<BlockId>,
}

/// Writes a [`Routine`].
///
/// ```
/// use smalto_kernel::{Access, Builder, Lane, Module, ValueType, Width, verify};
///
/// // y[i] = gain * x[i]
/// let mut b = Builder::kernel("scale", Width::Any);
/// let x = b.buffer("x", Lane::F32, Access::Read);
/// let y = b.buffer("y", Lane::F32, Access::Write);
/// let n = b.parameter("n", ValueType::uniform(Lane::I64));
/// let gain = b.parameter("gain", ValueType::uniform(Lane::F32));
/// b.for_each_wave(n, |b, i, active| {
///     let gain = b.splat(gain);
///     let value = b.load(x, i, Some(active));
///     let scaled = b.mul(gain, value);
///     b.store(y, i, scaled, Some(active));
/// });
/// b.return_nothing();
///
/// let mut module = Module::new();
/// module.add(b.finish());
/// verify(&module)?;
/// # Ok::<(), smalto_kernel::Findings>(())
/// ```
///
/// # Panics
/// Methods panic where they are called out of order (an instruction after the block
/// has ended, a block begun twice), or with a value that no instruction has given.
#[derive(Debug)]
pub struct Builder {
    routine: Routine,
    labels: Vec<LabelState>,
    label_types: Vec<ValueType>,
    /// Where the block being filled begins; `None` between blocks.
    open: Option<OpenBlock>,
    /// Whether the open block is the entry, the only one where parameters are declared.
    entry_is_open: bool,
}

#[derive(Debug, Clone, Copy)]
struct OpenBlock {
    first: u32,
    parameters: u32,
}

impl Builder {
    /// Begins a kernel: its entry block is open.
    pub fn kernel(name: &str, width: Width) -> Builder {
        Builder::on(Routine::empty(Role::Kernel, name, width))
    }

    /// Begins a function that returns a value of type `result`, if any.
    pub fn function(name: &str, width: Width, result: Option<ValueType>) -> Builder {
        let mut routine = Routine::empty(Role::Function, name, width);
        routine.result = result;
        Builder::on(routine)
    }

    /// Begins a kernel in the storage of a routine that is not needed any more.
    pub fn reuse(mut routine: Routine, name: &str, width: Width) -> Builder {
        routine.clear();
        routine.role = Role::Kernel;
        routine.name.push_str(name);
        routine.width = width;
        Builder::on(routine)
    }

    fn on(routine: Routine) -> Builder {
        Builder {
            routine,
            labels: Vec::new(),
            label_types: Vec::new(),
            open: Some(OpenBlock {
                first: 0,
                parameters: 0,
            }),
            entry_is_open: true,
        }
    }

    /// Declares the next buffer.
    ///
    /// # Panics
    /// If there are [`Routine::MAX_BUFFERS`] already.
    pub fn buffer(&mut self, name: &str, element: Lane, access: Access) -> BufferId {
        let index = self.routine.buffers.len();
        assert!(
            index < Routine::MAX_BUFFERS,
            "a routine has at most 255 buffers"
        );
        self.routine.buffers.push(BufferDeclaration {
            name: name.into(),
            element,
            access,
        });
        BufferId::new(index)
    }

    /// Declares the next parameter. Parameters come before instructions.
    pub fn parameter(&mut self, name: &str, ty: ValueType) -> ValueId {
        assert!(
            self.entry_is_open && self.routine.instructions.len() == self.routine.parameters.len(),
            "parameters are declared before the first instruction"
        );
        self.routine.parameters.push(name.into());
        self.open
            .as_mut()
            .expect("the entry block is open")
            .parameters += 1;
        self.routine
            .add(Instruction::new(Op::Parameter, Some(ty), 0))
    }

    /// A block to come, with parameters of these types.
    pub fn label(&mut self, parameters: &[ValueType]) -> Label {
        let first_type = self.label_types.len() as u32;
        self.label_types.extend_from_slice(parameters);
        self.labels.push(LabelState {
            first_type,
            parameters: parameters.len() as u32,
            block: None,
        });
        Label(self.labels.len() as u32 - 1)
    }

    /// Begins the block that `label` stands for; gives its parameters.
    pub fn begin(&mut self, label: Label) -> Values {
        assert!(self.open.is_none(), "the block before is not ended");
        let state = &mut self.labels[label.0 as usize];
        assert!(state.block.is_none(), "a block is begun once");
        state.block = Some(BlockId::new(self.routine.blocks.len()));
        let state = *state;
        let first = self.routine.instructions.len();
        for index in 0..state.parameters {
            let ty = self.label_types[(state.first_type + index) as usize];
            self.routine
                .add(Instruction::new(Op::Parameter, Some(ty), 0));
        }
        self.open = Some(OpenBlock {
            first: first as u32,
            parameters: state.parameters,
        });
        Values::new(first, self.routine.instructions.len())
    }

    /// Whether a block is being filled: instructions and an end are expected.
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Ends the block: on to `target`.
    pub fn jump(&mut self, target: Label, arguments: &[ValueId]) {
        let edge = self.edge(target, arguments);
        self.end(Terminator::Jump(edge));
    }

    /// Ends the block: on to `then` if the `u.mask` `condition` is true, else to
    /// `otherwise`.
    pub fn branch(
        &mut self,
        condition: ValueId,
        (then, then_arguments): (Label, &[ValueId]),
        (otherwise, other_arguments): (Label, &[ValueId]),
    ) {
        let then = self.edge(then, then_arguments);
        let otherwise = self.edge(otherwise, other_arguments);
        self.end(Terminator::Branch {
            condition,
            then,
            otherwise,
        });
    }

    /// Ends the block and the routine.
    pub fn return_nothing(&mut self) {
        self.end(Terminator::Return(None));
    }

    /// Ends the block and the function, which gives `value`.
    pub fn return_value(&mut self, value: ValueId) {
        self.end(Terminator::Return(Some(value)));
    }

    /// The routine.
    ///
    /// # Panics
    /// If a block is not ended, or one that is jumped to was never begun.
    pub fn finish(mut self) -> Routine {
        assert!(self.open.is_none(), "the last block is not ended");
        // Until now edges named labels.
        for block in &mut self.routine.blocks {
            for edge in block.terminator.edges_mut() {
                let begun = self.labels[edge.target.index()].block;
                edge.target = begun.expect("a block that is jumped to is begun");
            }
        }
        self.routine
    }

    /// The routine so far.
    pub fn routine(&self) -> &Routine {
        &self.routine
    }

    /// The type of a value.
    #[inline]
    pub fn type_of(&self, value: ValueId) -> ValueType {
        self.routine.instructions[value.index()]
            .ty()
            .expect("an instruction that gives a value")
    }

    fn edge(&mut self, target: Label, arguments: &[ValueId]) -> Edge {
        self.routine.edge(BlockId(target.0), arguments)
    }

    fn end(&mut self, terminator: Terminator) {
        let open = self.open.take().expect("a block is open");
        self.entry_is_open = false;
        self.routine.blocks.push(Block {
            first: open.first,
            parameters: open.parameters,
            terminator,
        });
    }

    #[inline]
    pub(crate) fn push(&mut self, instruction: Instruction) -> ValueId {
        debug_assert!(self.open.is_some(), "no block is open");
        self.routine.add(instruction)
    }
}
