//! regalloc2, the allocator of Cranelift, with its backtracking algorithm: it sees the
//! functions that ours is given.

use anyhow::anyhow;
use regalloc2::{
    Block, Inst, InstRange, MachineEnv, Operand, OperandConstraint, OperandKind, OperandPos, PReg,
    PRegSet, RegClass, RegallocOptions, VReg,
};
use smalto_codegen::alloc::{self, Constraint, Role};

/// A function as regalloc2 wants it, and what it works with.
pub(crate) struct Code {
    function: View,
    environment: MachineEnv,
    context: regalloc2::Ctx,
}

struct View {
    blocks: Vec<Lists>,
    first_operand: Vec<u32>,
    operands: Vec<Operand>,
    values: usize,
}

struct Lists {
    instructions: std::ops::Range<u32>,
    successors: Vec<Block>,
    predecessors: Vec<Block>,
    parameters: Vec<VReg>,
    /// What each successor is passed.
    arguments: Vec<Vec<VReg>>,
}

impl Code {
    /// A function of plain instructions over one class of registers.
    ///
    /// # Errors
    /// If it has others.
    pub(crate) fn new(function: &alloc::Function, registers: u8) -> anyhow::Result<Code> {
        if function.classes.iter().any(|&class| class != 0) || !function.clobbers.is_empty() {
            return Err(anyhow!("the function has more than one class, or calls"));
        }
        let operands: anyhow::Result<Vec<Operand>> =
            function.operands.iter().map(operand).collect();
        let mut blocks: Vec<Lists> = function
            .blocks
            .iter()
            .map(|block| lists(function, block))
            .collect();
        for (from, block) in function.blocks.iter().enumerate() {
            for edge in &block.successors {
                blocks[edge.target.index()]
                    .predecessors
                    .push(Block::new(from));
            }
        }
        let mut all = PRegSet::empty();
        (0..registers).for_each(|number| all.add(PReg::new(usize::from(number), RegClass::Int)));
        let none = PRegSet::empty;
        Ok(Code {
            function: View {
                blocks,
                first_operand: function.first_operand.clone(),
                operands: operands?,
                values: function.classes.len(),
            },
            environment: MachineEnv {
                preferred_regs_by_class: [all, none(), none()],
                non_preferred_regs_by_class: [none(), none(), none()],
                scratch_by_class: [None; 3],
                fixed_stack_slots: Vec::new(),
            },
            context: regalloc2::Ctx::default(),
        })
    }

    /// Allocates it; the instructions before which a value is moved, stored or loaded.
    ///
    /// # Errors
    /// If that fails.
    pub(crate) fn allocate(&mut self) -> anyhow::Result<impl Iterator<Item = usize>> {
        let options = RegallocOptions::default();
        let (function, environment) = (&self.function, &self.environment);
        let output = regalloc2::run_with_ctx(function, environment, &options, &mut self.context)
            .map_err(|error| anyhow!("regalloc2 failed: {error}"))?;
        let moves = output.edits.iter().filter_map(|(at, edit)| {
            let regalloc2::Edit::Move { from, to } = edit;
            (from != to).then(|| at.inst().index())
        });
        Ok(moves)
    }
}

fn operand(operand: &alloc::Operand) -> anyhow::Result<Operand> {
    let (kind, position) = match operand.role {
        Role::Use => (OperandKind::Use, OperandPos::Early),
        Role::LateUse => (OperandKind::Use, OperandPos::Late),
        Role::Def => (OperandKind::Def, OperandPos::Late),
        Role::EarlyDef => (OperandKind::Def, OperandPos::Early),
        Role::Temporary => return Err(anyhow!("the function has temporaries")),
    };
    let constraint = match operand.constraint {
        Constraint::Register => OperandConstraint::Reg,
        Constraint::RegisterOrSlot => OperandConstraint::Any,
        Constraint::Tied(position) => OperandConstraint::Reuse(usize::from(position)),
        Constraint::Fixed(number) => {
            OperandConstraint::FixedReg(PReg::new(usize::from(number), RegClass::Int))
        }
    };
    Ok(Operand::new(
        value(operand.register),
        constraint,
        kind,
        position,
    ))
}

fn value(register: alloc::VirtualRegister) -> VReg {
    VReg::new(register.index(), RegClass::Int)
}

fn lists(function: &alloc::Function, block: &alloc::Block) -> Lists {
    let values = |values: &[alloc::VirtualRegister]| values.iter().copied().map(value).collect();
    let successors = block.successors.iter();
    Lists {
        instructions: block.instructions.clone(),
        successors: successors
            .clone()
            .map(|edge| Block::new(edge.target.index()))
            .collect(),
        predecessors: Vec::new(),
        parameters: values(function.parameters_of(block)),
        arguments: successors
            .map(|edge| values(function.arguments_of(edge)))
            .collect(),
    }
}

impl View {
    fn block_of(&self, instruction: Inst) -> &Lists {
        let at = instruction.index() as u32;
        let block = self
            .blocks
            .partition_point(|block| block.instructions.end <= at);
        &self.blocks[block]
    }

    fn is_last(&self, instruction: Inst) -> bool {
        self.block_of(instruction).instructions.end == instruction.index() as u32 + 1
    }
}

impl regalloc2::Function for View {
    fn num_insts(&self) -> usize {
        self.first_operand.len() - 1
    }

    fn num_blocks(&self) -> usize {
        self.blocks.len()
    }

    fn entry_block(&self) -> Block {
        Block::new(0)
    }

    fn block_insns(&self, block: Block) -> InstRange {
        let range = &self.blocks[block.index()].instructions;
        InstRange::new(
            Inst::new(range.start as usize),
            Inst::new(range.end as usize),
        )
    }

    fn block_succs(&self, block: Block) -> &[Block] {
        &self.blocks[block.index()].successors
    }

    fn block_preds(&self, block: Block) -> &[Block] {
        &self.blocks[block.index()].predecessors
    }

    fn block_params(&self, block: Block) -> &[VReg] {
        &self.blocks[block.index()].parameters
    }

    fn is_ret(&self, instruction: Inst) -> bool {
        self.is_last(instruction) && self.block_of(instruction).successors.is_empty()
    }

    fn is_branch(&self, instruction: Inst) -> bool {
        self.is_last(instruction) && !self.block_of(instruction).successors.is_empty()
    }

    fn branch_blockparams(&self, block: Block, _: Inst, successor: usize) -> &[VReg] {
        &self.blocks[block.index()].arguments[successor]
    }

    fn inst_operands(&self, instruction: Inst) -> &[Operand] {
        let at = instruction.index();
        let range = self.first_operand[at] as usize..self.first_operand[at + 1] as usize;
        &self.operands[range]
    }

    fn inst_clobbers(&self, _: Inst) -> PRegSet {
        PRegSet::empty()
    }

    fn num_vregs(&self) -> usize {
        self.values
    }

    fn spillslot_size(&self, _: RegClass) -> usize {
        1
    }
}
