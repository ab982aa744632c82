//! The shape of a function: dominators and loops, from the layout alone.
//!
//! Blocks lie so that all edges but those back to a loop's header go forward. A block's
//! immediate dominator is then known once all blocks before it were looked at (Cooper,
//! Harvey & Kennedy, "A Simple, Fast Dominance Algorithm", 2001, whose iteration ends
//! after one round here), and each dominator tree's subtree is an interval of a
//! preorder, which makes the question "does a dominate b?" two comparisons.

use super::{AllocError, Block, BlockIndex, Function};

const UNREACHED: u32 = u32::MAX;

/// Dominators and loops of a function.
#[derive(Debug, Default)]
pub(super) struct Flow {
    dominator: Vec<u32>,
    /// Of each block, where its dominator subtree begins in preorder, and its size.
    subtree: Vec<(u32, u32)>,
    /// For a loop's header the block after the loop's last, otherwise 0.
    loop_end: Vec<u32>,
    predecessors: Vec<u32>,
    /// Where the next child of each block begins in preorder, behind the block itself.
    place: Vec<u32>,
}

impl Flow {
    /// Looks at a function, and refuses one that is not laid out as it must be.
    pub(super) fn analyse(&mut self, function: &Function) -> Result<(), AllocError> {
        let blocks = &function.blocks;
        check_ranges(function)?;
        self.dominator.clear();
        self.dominator.resize(blocks.len(), UNREACHED);
        self.dominator[0] = 0;
        self.loop_end.clear();
        self.loop_end.resize(blocks.len(), 0);
        self.predecessors.clear();
        self.predecessors.resize(blocks.len(), 0);
        for (from, block) in (0..).zip(blocks) {
            if self.dominator[from as usize] == UNREACHED {
                return Err(wrong(from, "no block before it leads to it"));
            }
            for edge in &block.successors {
                check_edge(function, from, block, edge.target)?;
                self.add_edge(from, edge.target.0);
            }
        }
        for (from, block) in (0..).zip(blocks) {
            check_branch(function, &self.predecessors, from, block)?;
        }
        self.number_subtrees();
        Ok(())
    }

    /// The block after the last of the loop that this block heads.
    pub(super) fn loop_end(&self, block: BlockIndex) -> Option<u32> {
        Some(self.loop_end[block.index()]).filter(|&end| end != 0)
    }

    /// Whether every way to `b` leads through `a`.
    pub(super) fn dominates(&self, a: u32, b: u32) -> bool {
        let (start, size) = self.subtree[a as usize];
        let (at, _) = self.subtree[b as usize];
        (start..start + size).contains(&at)
    }

    fn add_edge(&mut self, from: u32, to: u32) {
        self.predecessors[to as usize] += 1;
        if to <= from {
            self.loop_end[to as usize] = from + 1;
        } else if self.dominator[to as usize] == UNREACHED {
            self.dominator[to as usize] = from;
        } else {
            self.dominator[to as usize] = self.common(self.dominator[to as usize], from);
        }
    }

    /// The nearest block that dominates both.
    fn common(&self, mut a: u32, mut b: u32) -> u32 {
        while a != b {
            let later = if a > b { &mut a } else { &mut b };
            *later = self.dominator[*later as usize];
        }
        a
    }

    fn number_subtrees(&mut self) {
        self.subtree.clear();
        self.subtree.resize(self.dominator.len(), (0, 1));
        for block in (1..self.dominator.len()).rev() {
            let size = self.subtree[block].1;
            self.subtree[self.dominator[block] as usize].1 += size;
        }
        self.place.clear();
        self.place.resize(self.dominator.len(), 1);
        for block in 1..self.dominator.len() {
            let above = self.dominator[block] as usize;
            self.subtree[block].0 = self.subtree[above].0 + self.place[above];
            self.place[above] += self.subtree[block].1;
        }
    }
}

fn wrong(block: u32, what: &'static str) -> AllocError {
    AllocError::Block {
        block: BlockIndex(block),
        what,
    }
}

/// Whether the blocks are the instructions in order, and the operands are in order too.
fn check_ranges(function: &Function) -> Result<(), AllocError> {
    let Some(instructions) = function.first_operand.len().checked_sub(1) else {
        return Err(AllocError::Function("`first_operand` is empty"));
    };
    if function.blocks.is_empty() {
        return Err(AllocError::Function("it has no blocks"));
    }
    if instructions >= 1 << 30 {
        return Err(AllocError::Function("it has 2^30 instructions or more"));
    }
    let last = function.first_operand[instructions] as usize;
    if !function.first_operand.is_sorted() || last > function.operands.len() {
        return Err(AllocError::Function("`first_operand` is not in order"));
    }
    let mut next = 0;
    let mut register = 0;
    for (index, block) in (0..).zip(&function.blocks) {
        if block.registers.start < register || block.registers.end < block.registers.start {
            return Err(wrong(
                index,
                "its registers do not come after the last block's",
            ));
        }
        register = block.registers.end;
        if block.instructions.start != next || block.instructions.is_empty() {
            return Err(wrong(
                index,
                "its instructions do not follow the last block's",
            ));
        }
        next = block.instructions.end;
        let parameters = function.pool.get(range(&block.parameters));
        if parameters.is_none_or(|them| !them.iter().all(|&parameter| block.defines(parameter))) {
            return Err(wrong(index, "its parameters are not there"));
        }
    }
    if register as usize > function.classes.len() {
        return Err(AllocError::Function(
            "a block has registers without a class",
        ));
    }
    if next as usize != instructions {
        return Err(AllocError::Function("its blocks are not its instructions"));
    }
    if !function.blocks[0].parameters.is_empty() {
        return Err(wrong(0, "the entry has parameters"));
    }
    Ok(())
}

fn range(range: &std::ops::Range<u32>) -> std::ops::Range<usize> {
    range.start as usize..range.end as usize
}

/// Whether an edge passes what its target takes.
fn check_edge(
    function: &Function,
    from: u32,
    block: &Block,
    target: BlockIndex,
) -> Result<(), AllocError> {
    let Some(into) = function.blocks.get(target.index()) else {
        return Err(wrong(from, "it leads to a block that is not there"));
    };
    let edges = block.successors.iter().filter(|edge| edge.target == target);
    for edge in edges {
        let Some(arguments) = function.pool.get(range(&edge.arguments)) else {
            return Err(wrong(from, "what it passes is not there"));
        };
        if arguments.len() != into.parameters.len() {
            return Err(wrong(from, "it passes more or less than its target takes"));
        }
        let kind = |value: &super::VirtualRegister| {
            let span = function.spans.get(value.index()).copied();
            (function.classes.get(value.index()).copied(), span)
        };
        let parameters = function.parameters_of(into);
        if !arguments.iter().map(kind).eq(parameters.iter().map(kind)) {
            return Err(wrong(
                from,
                "it passes a value of another class than its target takes",
            ));
        }
    }
    Ok(())
}

/// Whether a block with several ways out is one whose edges need no moves, and one with
/// a single way out leaves room for them.
fn check_branch(
    function: &Function,
    predecessors: &[u32],
    index: u32,
    block: &Block,
) -> Result<(), AllocError> {
    let last = super::InstructionIndex(block.instructions.end - 1);
    let operands = function.operands_of(last);
    match block.successors.as_slice() {
        [] => Ok(()),
        [_] if !operands.is_empty() => Err(wrong(index, "its jump has operands")),
        [_] => Ok(()),
        several => {
            let critical = |edge: &super::Edge| {
                !edge.arguments.is_empty() || predecessors[edge.target.index()] != 1
            };
            if several.iter().any(critical) {
                return Err(wrong(index, "a way out of its branch is a critical edge"));
            }
            let writes = |operand: &super::Operand| {
                matches!(operand.role, super::Role::Def | super::Role::EarlyDef)
            };
            if operands.iter().any(writes) {
                return Err(wrong(index, "its branch defines a value"));
            }
            Ok(())
        }
    }
}
