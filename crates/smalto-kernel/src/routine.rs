//! A routine: the code of a kernel or of a function, in flat arrays.
//!
//! Everything is an index. A value *is* the instruction that gives it, so
//! [`ValueId`] numbers both; the parameters of a block are instructions too, the first
//! ones of the block. Blocks lie one after the other in the array of instructions,
//! block 0 is the entry, and its parameters are those of the routine. Lists of
//! operands longer than an instruction holds, and the arguments of jumps, lie in one
//! pool.
//!
//! ```text
//! blocks         | 0: first 0         | 1: first 3                  | ...
//! instructions   | param  const  add  | param  param  load  store   | ...
//!                  %0     %1     %2     %3     %4     %5    (%6)
//! pool           | arguments of block 0's jump | operands of a tuple | ...
//! ```
//!
//! An operand always has a smaller number than the instruction that uses it, and a
//! block comes after the blocks that dominate it. So most passes are one walk
//! forward. Only the arguments of a jump back mean a value further down.

use crate::op::Immediate;
use crate::{Lane, Literal, Op, TypeSet, ValueType, Width};

macro_rules! ids {
    ($($(#[doc = $doc:literal])* $name:ident;)*) => {$(
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(transparent)]
        pub struct $name(pub(crate) u32);

        impl $name {
            /// The id with this index. It means something only to what has that many.
            #[inline]
            pub fn new(index: usize) -> $name {
                $name(u32::try_from(index).expect("ids count to 2^32"))
            }

            /// The index.
            #[inline]
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

ids! {
    /// An instruction of a routine, and the value it gives.
    ValueId;
    /// A block of a routine, in layout order.
    BlockId;
    /// A buffer of a routine.
    BufferId;
    /// A constant table of a module.
    TableId;
    /// A kernel or function of a module.
    RoutineId;
}

/// One instruction. [`Routine::operands`] and its neighbours read what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Instruction {
    op: Op,
    /// How many of `words` are operands; for a call, how many buffers it passes.
    count: u8,
    ty: Option<ValueType>,
    /// The buffer, table, function or component.
    immediate: u32,
    /// The operands. A constant has its bits here, low half first. A tuple has where
    /// its operands begin in the pool and how many there are; a call too, and where
    /// its buffers begin among the passed ones.
    words: [ValueId; 3],
}

// Compile time is memory traffic: this is what a level costs.
const _: () = assert!(size_of::<Instruction>() == 20);

const UNUSED: ValueId = ValueId(0);

impl Instruction {
    /// Which instruction this is.
    #[inline]
    pub fn op(&self) -> Op {
        self.op
    }

    /// The type of the result, if there is one.
    #[inline]
    pub fn ty(&self) -> Option<ValueType> {
        self.ty
    }

    #[inline]
    pub(crate) fn new(op: Op, ty: Option<ValueType>, immediate: u32) -> Instruction {
        Instruction {
            op,
            count: 0,
            ty,
            immediate,
            words: [UNUSED; 3],
        }
    }

    #[inline]
    pub(crate) fn with_operands<const N: usize>(mut self, operands: [ValueId; N]) -> Instruction {
        const { assert!(N <= 3) };
        self.count = N as u8;
        // As a loop, since a copy of so few words would be a call.
        for (word, operand) in self.words.iter_mut().zip(operands) {
            *word = operand;
        }
        self
    }

    #[inline]
    pub(crate) fn constant(ty: ValueType, bits: u64) -> Instruction {
        let mut instruction = Instruction::new(Op::Constant, Some(ty), 0);
        instruction.words[0] = ValueId(bits as u32);
        instruction.words[1] = ValueId((bits >> 32) as u32);
        instruction
    }

    /// Brings the operands in order of number.
    pub(crate) fn sort_operands(&mut self) {
        self.words[..self.count.into()].sort_unstable();
    }

    #[inline]
    fn bits(&self) -> u64 {
        u64::from(self.words[1].0) << 32 | u64::from(self.words[0].0)
    }
}

/// How a routine may use a buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Access {
    /// It is only read.
    Read,
    /// It is only written.
    Write,
    /// Both.
    ReadWrite,
}

impl Access {
    /// Every access mode.
    pub const ALL: [Access; 3] = [Access::Read, Access::Write, Access::ReadWrite];

    /// The name in text.
    pub fn name(self) -> &'static str {
        match self {
            Access::Read => "read",
            Access::Write => "write",
            Access::ReadWrite => "readwrite",
        }
    }

    /// Whether the buffer may be read.
    pub fn reads(self) -> bool {
        self != Access::Write
    }

    /// Whether the buffer may be written.
    pub fn writes(self) -> bool {
        self != Access::Read
    }
}

impl std::fmt::Display for Access {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

/// A buffer a routine is given. No two buffers of one call overlap: the call
/// boundary checks it, unless both are only read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BufferDeclaration {
    /// Its name, unique among the buffers and parameters of the routine.
    pub name: Box<str>,
    /// What its elements are: anything but masks.
    pub element: Lane,
    /// How it may be used.
    pub access: Access,
}

/// Whom a routine is called by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// By the user, with buffers and uniform numbers. It returns nothing.
    Kernel,
    /// By other routines, with values of any type. It may return one value, which
    /// may be a tuple.
    Function,
}

/// Where a jump goes and what it passes to the parameters there.
#[derive(Debug, Clone, Copy)]
pub struct Edge {
    pub(crate) target: BlockId,
    pub(crate) first: u32,
    pub(crate) count: u32,
}

impl Edge {
    /// The block.
    #[inline]
    pub fn target(&self) -> BlockId {
        self.target
    }
}

/// How a block ends.
#[derive(Debug, Clone, Copy)]
pub enum Terminator {
    /// Goes on elsewhere.
    Jump(Edge),
    /// Goes one way or the other.
    Branch {
        /// A `u.mask`.
        condition: ValueId,
        /// Where to if it is true.
        then: Edge,
        /// Where to if it is false.
        otherwise: Edge,
    },
    /// Ends the routine.
    Return(Option<ValueId>),
}

impl Terminator {
    /// The ways out, in order.
    #[inline]
    pub fn edges(&self) -> impl Iterator<Item = &Edge> {
        let (first, second) = match self {
            Terminator::Jump(edge) => (Some(edge), None),
            Terminator::Branch {
                then, otherwise, ..
            } => (Some(then), Some(otherwise)),
            Terminator::Return(_) => (None, None),
        };
        first.into_iter().chain(second)
    }

    pub(crate) fn edges_mut(&mut self) -> impl Iterator<Item = &mut Edge> {
        let (first, second) = match self {
            Terminator::Jump(edge) => (Some(edge), None),
            Terminator::Branch {
                then, otherwise, ..
            } => (Some(then), Some(otherwise)),
            Terminator::Return(_) => (None, None),
        };
        first.into_iter().chain(second)
    }

    /// The value it looks at itself: the condition, or what is returned.
    #[inline]
    pub fn operand(&self) -> Option<ValueId> {
        match *self {
            Terminator::Jump(_) => None,
            Terminator::Branch { condition, .. } => Some(condition),
            Terminator::Return(value) => value,
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Block {
    /// Its first instruction. The block goes on to where the next begins.
    pub(crate) first: u32,
    /// How many of its instructions, the first ones, are its parameters.
    pub(crate) parameters: u32,
    pub(crate) terminator: Terminator,
}

/// The code of a kernel or function. See the [module documentation](self).
///
/// Made by a [`Builder`](crate::Builder) or the parser. Two routines are equal when
/// they have the same text.
#[derive(Debug, Clone)]
pub struct Routine {
    pub(crate) role: Role,
    pub(crate) name: String,
    pub(crate) width: Width,
    pub(crate) result: Option<ValueType>,
    pub(crate) buffers: Vec<BufferDeclaration>,
    /// Names of the entry block's parameters.
    pub(crate) parameters: Vec<Box<str>>,
    pub(crate) blocks: Vec<Block>,
    pub(crate) instructions: Vec<Instruction>,
    pub(crate) pool: Vec<ValueId>,
    pub(crate) passed_buffers: Vec<BufferId>,
    /// The types of its values.
    pub(crate) types: TypeSet,
    /// Whether a call is among its instructions.
    pub(crate) has_calls: bool,
}

impl Routine {
    /// The most buffers a routine has.
    pub const MAX_BUFFERS: usize = 255;

    pub(crate) fn empty(role: Role, name: &str, width: Width) -> Routine {
        Routine {
            role,
            name: name.to_owned(),
            width,
            result: None,
            buffers: Vec::new(),
            parameters: Vec::new(),
            blocks: Vec::new(),
            instructions: Vec::new(),
            pool: Vec::new(),
            passed_buffers: Vec::new(),
            types: TypeSet::default(),
            has_calls: false,
        }
    }

    /// Forgets everything but the storage.
    pub(crate) fn clear(&mut self) {
        self.name.clear();
        self.result = None;
        self.buffers.clear();
        self.parameters.clear();
        self.clear_code();
    }

    pub(crate) fn clear_code(&mut self) {
        self.blocks.clear();
        self.instructions.clear();
        self.pool.clear();
        self.passed_buffers.clear();
        self.types = TypeSet::default();
        self.has_calls = false;
    }

    /// Kernel or function.
    pub fn role(&self) -> Role {
        self.role
    }

    /// Its name in the module.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The width it declares.
    pub fn width(&self) -> Width {
        self.width
    }

    /// What it returns.
    pub fn result(&self) -> Option<ValueType> {
        self.result
    }

    /// The buffers it is given.
    pub fn buffers(&self) -> &[BufferDeclaration] {
        &self.buffers
    }

    /// The buffer `id` stands for, if there is one.
    #[inline]
    pub fn buffer(&self, id: BufferId) -> Option<&BufferDeclaration> {
        self.buffers.get(id.index())
    }

    /// Names and types of the values it is given: kernels get uniform numbers,
    /// functions anything.
    pub fn parameters(&self) -> impl ExactSizeIterator<Item = (&str, ValueType)> {
        self.parameters.iter().enumerate().map(|(index, name)| {
            let ty = self.instructions[index].ty;
            (&**name, ty.expect("parameters have types"))
        })
    }

    /// Its blocks, in order; the first is the entry.
    pub fn block_ids(
        &self,
    ) -> impl DoubleEndedIterator<Item = BlockId> + ExactSizeIterator + use<> {
        (0..self.blocks.len() as u32).map(BlockId)
    }

    /// The number of instructions, parameters of blocks among them.
    #[inline]
    pub fn len(&self) -> usize {
        self.instructions.len()
    }

    /// Whether there are no instructions at all.
    pub fn is_empty(&self) -> bool {
        self.instructions.is_empty()
    }

    /// Every instruction, in order.
    #[inline]
    pub fn instructions(&self) -> &[Instruction] {
        &self.instructions
    }

    /// The types of all its values.
    pub fn types(&self) -> TypeSet {
        self.types
    }

    /// Whether it calls a function.
    pub fn has_calls(&self) -> bool {
        self.has_calls
    }

    /// The parameters and instructions of a block, in order.
    #[inline]
    pub fn values_in(&self, block: BlockId) -> Values {
        let next = self.blocks.get(block.index() + 1);
        Values {
            next: self.blocks[block.index()].first,
            end: next.map_or(self.instructions.len() as u32, |next| next.first),
        }
    }

    /// The parameters of a block.
    #[inline]
    pub fn parameters_of(&self, block: BlockId) -> Values {
        let Block {
            first, parameters, ..
        } = self.blocks[block.index()];
        Values {
            next: first,
            end: first + parameters,
        }
    }

    /// The instructions of a block without its parameters.
    #[inline]
    pub fn instructions_in(&self, block: BlockId) -> Values {
        Values {
            next: self.parameters_of(block).end,
            end: self.values_in(block).end,
        }
    }

    /// How a block ends.
    #[inline]
    pub fn terminator(&self, block: BlockId) -> &Terminator {
        &self.blocks[block.index()].terminator
    }

    /// What a jump passes to the parameters of its target.
    #[inline]
    pub fn arguments(&self, edge: &Edge) -> &[ValueId] {
        &self.pool[edge.first as usize..][..edge.count as usize]
    }

    /// The instruction that gives `value`.
    #[inline]
    pub fn instruction(&self, value: ValueId) -> &Instruction {
        &self.instructions[value.index()]
    }

    /// Which instruction `value` is.
    #[inline]
    pub fn op(&self, value: ValueId) -> Op {
        self.instructions[value.index()].op
    }

    /// The type of a value; `None` if the instruction gives nothing.
    #[inline]
    pub fn ty(&self, value: ValueId) -> Option<ValueType> {
        self.instructions[value.index()].ty
    }

    /// The values an instruction takes.
    #[inline]
    pub fn operands(&self, value: ValueId) -> &[ValueId] {
        self.operands_of(&self.instructions[value.index()])
    }

    /// The values that an instruction of this routine takes.
    #[inline]
    pub fn operands_of<'a>(&'a self, instruction: &'a Instruction) -> &'a [ValueId] {
        if instruction.op.is_variadic() {
            let [first, count, _] = instruction.words;
            &self.pool[first.index()..][..count.index()]
        } else {
            &instruction.words[..instruction.count.into()]
        }
    }

    /// The mask of the lanes that take part, if the instruction has one: the operand
    /// after those of the row.
    #[inline]
    pub fn mask(&self, value: ValueId) -> Option<ValueId> {
        self.mask_of(self.instruction(value))
    }

    /// The same of an instruction of this routine.
    #[inline]
    pub fn mask_of(&self, instruction: &Instruction) -> Option<ValueId> {
        let row = instruction.op.row();
        (row.immediate == Immediate::MaskedBuffer).then(|| {
            self.operands_of(instruction)
                .get(row.operands.len())
                .copied()
        })?
    }

    /// The value of a constant.
    #[inline]
    pub fn literal(&self, value: ValueId) -> Option<Literal> {
        let instruction = &self.instructions[value.index()];
        match (instruction.op, instruction.ty) {
            (Op::Constant, Some(ty)) => Some(Literal::from_bits(ty.lane(), instruction.bits())),
            _ => None,
        }
    }

    /// The buffer an instruction reads, writes or measures.
    #[inline]
    pub fn buffer_of(&self, value: ValueId) -> Option<BufferId> {
        let instruction = &self.instructions[value.index()];
        match instruction.op.row().immediate {
            Immediate::Buffer | Immediate::MaskedBuffer => Some(BufferId(instruction.immediate)),
            _ => None,
        }
    }

    /// The table a lookup reads.
    #[inline]
    pub fn table_of(&self, value: ValueId) -> Option<TableId> {
        let instruction = &self.instructions[value.index()];
        (instruction.op == Op::Lookup).then_some(TableId(instruction.immediate))
    }

    /// Which value of a tuple an `extract` takes.
    #[inline]
    pub fn component_of(&self, value: ValueId) -> Option<usize> {
        let instruction = &self.instructions[value.index()];
        (instruction.op == Op::Extract).then_some(instruction.immediate as usize)
    }

    /// The function a call runs.
    #[inline]
    pub fn callee_of(&self, value: ValueId) -> Option<RoutineId> {
        let instruction = &self.instructions[value.index()];
        (instruction.op == Op::Call).then_some(RoutineId(instruction.immediate))
    }

    /// The buffers a call passes, one for each that the function declares.
    #[inline]
    pub fn buffers_passed(&self, value: ValueId) -> &[BufferId] {
        let instruction = &self.instructions[value.index()];
        if instruction.op != Op::Call {
            return &[];
        }
        &self.passed_buffers[instruction.words[2].index()..][..instruction.count.into()]
    }

    #[inline]
    pub(crate) fn add(&mut self, instruction: Instruction) -> ValueId {
        let id = ValueId(self.instructions.len() as u32);
        if let Some(ty) = instruction.ty {
            self.types.insert(ty);
        }
        self.instructions.push(instruction);
        id
    }

    /// Adds an instruction whose operands are in the pool, as those of all calls are.
    fn add_pooled(&mut self, instruction: Instruction) -> ValueId {
        self.has_calls |= instruction.op == Op::Call;
        self.add(instruction)
    }

    pub(crate) fn add_variadic(
        &mut self,
        mut instruction: Instruction,
        operands: &[ValueId],
        buffers: &[BufferId],
    ) -> ValueId {
        instruction.count = u8::try_from(buffers.len()).expect("at most 255 buffers");
        instruction.words = [
            ValueId::new(self.pool.len()),
            ValueId::new(operands.len()),
            ValueId::new(self.passed_buffers.len()),
        ];
        self.pool.extend_from_slice(operands);
        self.passed_buffers.extend_from_slice(buffers);
        self.add_pooled(instruction)
    }

    /// Sets one of the operands an instruction holds itself, or adds the next.
    pub(crate) fn set_operand(&mut self, value: ValueId, position: usize, operand: ValueId) {
        let instruction = &mut self.instructions[value.index()];
        instruction.words[position] = operand;
        instruction.count = instruction.count.max(position as u8 + 1);
    }

    /// Makes a call one of `callee`.
    pub(crate) fn set_callee(&mut self, call: ValueId, callee: RoutineId) {
        self.instructions[call.index()].immediate = callee.0;
    }

    pub(crate) fn edge(&mut self, target: BlockId, arguments: &[ValueId]) -> Edge {
        let first = u32::try_from(self.pool.len()).expect("the pool counts to 2^32");
        self.pool.extend_from_slice(arguments);
        Edge {
            target,
            first,
            count: arguments.len() as u32,
        }
    }

    /// A copy of `source`'s instruction `value`, which is not a parameter, with its
    /// operands renamed.
    pub(crate) fn add_renamed(
        &mut self,
        source: &Routine,
        value: ValueId,
        rename: impl Fn(ValueId) -> ValueId,
    ) -> ValueId {
        let mut instruction = source.instructions[value.index()];
        if instruction.op.is_variadic() {
            let first = ValueId::new(self.pool.len());
            let passed = ValueId::new(self.passed_buffers.len());
            let operands = source.operands(value);
            self.pool.extend(operands.iter().map(|&o| rename(o)));
            self.passed_buffers
                .extend_from_slice(source.buffers_passed(value));
            instruction.words = [first, ValueId::new(operands.len()), passed];
            return self.add_pooled(instruction);
        }
        self.add(source.renamed(value, rename))
    }

    /// The instruction `value`, which is not variadic, with its operands renamed.
    pub(crate) fn renamed(
        &self,
        value: ValueId,
        rename: impl Fn(ValueId) -> ValueId,
    ) -> Instruction {
        let mut instruction = self.instructions[value.index()];
        for operand in &mut instruction.words[..instruction.count.into()] {
            *operand = rename(*operand);
        }
        instruction
    }

    fn same_edge(&self, edge: &Edge, other: &Routine, theirs: &Edge) -> bool {
        edge.target == theirs.target && self.arguments(edge) == other.arguments(theirs)
    }

    fn same_terminator(&self, other: &Routine, block: BlockId) -> bool {
        let (ours, theirs) = (self.terminator(block), other.terminator(block));
        std::mem::discriminant(ours) == std::mem::discriminant(theirs)
            && ours.operand() == theirs.operand()
            && ours
                .edges()
                .zip(theirs.edges())
                .all(|(edge, their)| self.same_edge(edge, other, their))
    }

    fn same_instruction(&self, other: &Routine, value: ValueId) -> bool {
        let ours = &self.instructions[value.index()];
        let theirs = &other.instructions[value.index()];
        (ours.op, ours.ty, ours.immediate) == (theirs.op, theirs.ty, theirs.immediate)
            && self.operands(value) == other.operands(value)
            && self.literal(value) == other.literal(value)
            && self.buffers_passed(value) == other.buffers_passed(value)
    }
}

/// Where lists lie in the pool depends on the order they were written in, and makes no
/// difference.
impl PartialEq for Routine {
    fn eq(&self, other: &Routine) -> bool {
        let heads = (self.role, &self.name, self.width, self.result)
            == (other.role, &other.name, other.width, other.result)
            && (&self.buffers, &self.parameters) == (&other.buffers, &other.parameters)
            && self.blocks.len() == other.blocks.len()
            && self.instructions.len() == other.instructions.len();
        heads
            && self.block_ids().all(|block| {
                self.values_in(block) == other.values_in(block)
                    && self.parameters_of(block) == other.parameters_of(block)
                    && self.same_terminator(other, block)
            })
            && (0..self.instructions.len() as u32)
                .all(|index| self.same_instruction(other, ValueId(index)))
    }
}

impl Eq for Routine {}

/// A run of values with consecutive ids.
///
/// ```
/// # use smalto_kernel::{Builder, Lane, ValueType, Width};
/// let mut builder = Builder::kernel("k", Width::Any);
/// let header = builder.label(&[ValueType::uniform(Lane::I64), ValueType::varying(Lane::F32)]);
/// let (zero, start) = (builder.uniform(0i64), builder.varying(1f32));
/// builder.jump(header, &[zero, start]);
/// let parameters = builder.begin(header);
/// assert_eq!(parameters.len(), 2);
/// assert_eq!(parameters.at(1).index(), 3);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Values {
    next: u32,
    end: u32,
}

impl Values {
    pub(crate) fn new(first: usize, end: usize) -> Values {
        Values {
            next: first as u32,
            end: end as u32,
        }
    }

    /// The value at `position` of the run.
    ///
    /// # Panics
    /// If there are not so many.
    #[inline]
    pub fn at(self, position: usize) -> ValueId {
        assert!(position < self.len(), "value {position} of {}", self.len());
        ValueId(self.next + position as u32)
    }

    /// Whether `value` is in the run.
    #[inline]
    pub fn contains(self, value: ValueId) -> bool {
        (self.next..self.end).contains(&value.0)
    }

    pub(crate) fn first(self) -> u32 {
        self.next
    }

    pub(crate) fn range(self) -> std::ops::Range<usize> {
        self.next as usize..self.end as usize
    }
}

impl Iterator for Values {
    type Item = ValueId;

    #[inline]
    fn next(&mut self) -> Option<ValueId> {
        (self.next < self.end).then(|| {
            self.next += 1;
            ValueId(self.next - 1)
        })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let len = (self.end - self.next) as usize;
        (len, Some(len))
    }
}

impl DoubleEndedIterator for Values {
    #[inline]
    fn next_back(&mut self) -> Option<ValueId> {
        (self.next < self.end).then(|| {
            self.end -= 1;
            ValueId(self.end)
        })
    }
}

impl ExactSizeIterator for Values {}
