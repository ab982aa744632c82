//! Placing tiles: from a covered routine to machine instructions.
//!
//! Instructions of the kernel are visited in order. One that is wanted as something in a
//! register is made there and then, by the steps of its tile. One that is wanted as an
//! operand of another instruction (an immediate, an address, a place in memory) or as
//! flags is made when its one user is, right before the user's steps. So flags are used
//! before anything overwrites them, and the order of the kernel is kept otherwise: it is
//! the order of short live ranges.
//!
//! A wave of more lanes than fit a register is several *chunks*, each of so many lanes that
//! the widest lane type of the routine fills a register; narrower types then use part of
//! one. So instructions lane by lane never move anything from a chunk to another: a tile is
//! placed once a chunk. A varying value has as many registers as there are chunks, its
//! *parts*; a uniform one has one part that serves all chunks.

use super::machine::{
    Action, GPR, MachineInstruction, MachineRoutine, NO_PLACE, NO_SOURCE, NO_TILE, Place,
    PlaceBase, PoolConstant, Special, VECTOR,
};
use super::stencil::{HOLES, RESULT, Stencil};
use super::template::{
    ImmediateSource, PlaceSource, Slot, Source, StepKind, StepTemplate, Template,
};
use super::{Target, Wave};
use crate::alloc::{self, BlockIndex, Constraint, Role, VirtualRegister};
use crate::select::cover::{Cover, Homes, UNWANTED, best, is_tiled};
use crate::select::outline::Outline;
use crate::select::tables::{
    Body, ImmediateFunction, NO_TILE as NO_BEST, Pattern, StepSize, SymbolKind,
};
use crate::target::x64::{Condition, Form, Mnemonic};
use smalto_kernel::analysis::{Flow, block_order};
use smalto_kernel::{
    BlockId, BufferId, Edge, Lane, Module, Op, Routine, Terminator, ValueId, ValueType,
};

/// What a node is once it is made.
#[derive(Debug, Clone, Copy)]
pub(super) enum Value {
    Nothing,
    Register(VirtualRegister),
    Immediate(i64),
    /// An index into a buffer: a register and a number.
    Index(Option<VirtualRegister>, i64),
    Memory(Memory),
    Flags(Condition),
}

/// A place in memory, before it is part of an instruction.
#[derive(Debug, Clone, Copy)]
pub(super) struct Memory {
    pub(super) base: MemoryBase,
    pub(super) index: Option<VirtualRegister>,
    pub(super) scale: u8,
    pub(super) offset: i32,
    pub(super) broadcast: bool,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum MemoryBase {
    Register(VirtualRegister),
    Constant(u32),
    Outgoing,
    Incoming,
    Meeting,
}

/// An operand of an instruction that no tile gives.
#[derive(Debug, Clone, Copy)]
pub(super) enum Arg {
    /// The result.
    D,
    /// The result, which is written while operands are read.
    Early,
    /// The result, over this register.
    Over(VirtualRegister),
    Use(VirtualRegister),
    Immediate(i64),
    Memory(Memory),
}

/// Where the registers of a value are among the parts, and whether each chunk has its own.
#[derive(Debug, Clone, Copy)]
struct Parts {
    first: u32,
    /// What they are, or [`UNWANTED`] if that is to be asked anew for each use.
    symbol: u8,
    is_chunked: bool,
}

/// A constant that is in the pool nowhere yet.
const NOT_POOLED: u32 = u32::MAX;

const UNPLACED: Parts = Parts {
    first: u32::MAX,
    symbol: UNWANTED,
    is_chunked: false,
};

/// A block of the machine routine.
#[derive(Debug, Clone, Copy)]
enum Laid {
    Block(BlockId),
    /// What edge number `way` of a block passes.
    Way {
        from: BlockId,
        way: usize,
    },
}

/// Storage that placing uses again and again.
#[derive(Debug, Default)]
pub(super) struct Storage {
    parts: Vec<Parts>,
    registers: Vec<VirtualRegister>,
    layout: Vec<Laid>,
    /// The place of each block in the layout.
    positions: Vec<u32>,
    /// For each block, the places of the blocks its edges lead through, if not straight to
    /// their targets.
    ways: Vec<[Option<u32>; 2]>,
    /// For each constant of the kernel, its places in the pool: in every lane, and once.
    pooled: Vec<[u32; 2]>,
    pub(super) pointers: Vec<Option<VirtualRegister>>,
    pub(super) lengths: Vec<Option<VirtualRegister>>,
}

impl Storage {
    /// The block of the kernel that a block of the machine routine is, or that it is a way
    /// out of.
    pub(super) fn block_at(&self, position: usize) -> BlockId {
        match self.layout[position] {
            Laid::Block(block) | Laid::Way { from: block, .. } => block,
        }
    }
}

pub(super) struct Placer<'a> {
    pub(super) module: &'a Module,
    pub(super) routine: &'a Routine,
    pub(super) target: &'static Target,
    pub(super) wave: Wave,
    pub(super) cover: &'a Cover,
    pub(super) machine: &'a mut MachineRoutine,
    pub(super) storage: &'a mut Storage,
    /// What is being placed, for listings.
    pub(super) source: u32,
    tile: u16,
}

impl<'a> Placer<'a> {
    pub(super) fn new(
        module: &'a Module,
        routine: &'a Routine,
        target: &'static Target,
        wave: Wave,
        cover: &'a Cover,
        machine: &'a mut MachineRoutine,
        storage: &'a mut Storage,
    ) -> Placer<'a> {
        Placer {
            module,
            routine,
            target,
            wave,
            cover,
            machine,
            storage,
            source: NO_SOURCE,
            tile: NO_TILE,
        }
    }

    /// Places everything.
    pub(super) fn run(&mut self, flow: &Flow) {
        self.lay_out(flow);
        self.storage.parts.clear();
        self.storage.parts.resize(self.routine.len(), UNPLACED);
        self.storage.registers.clear();
        self.storage.pooled.clear();
        self.storage
            .pooled
            .resize(self.routine.len(), [NOT_POOLED; 2]);
        let layout = std::mem::take(&mut self.storage.layout);
        // Parameters have registers before any edge passes to them.
        for &block in &layout {
            if let Laid::Block(block) = block {
                for parameter in self.routine.parameters_of(block) {
                    self.new_parts(parameter);
                }
            }
        }
        for (position, &block) in layout.iter().enumerate() {
            match block {
                Laid::Block(block) => self.block(block, position, flow),
                Laid::Way { from, way } => self.way(from, way, flow),
            }
        }
        self.storage.layout = layout;
    }

    // Blocks and edges.

    /// Puts blocks in a line, with a block of its own on every edge that leaves a branch
    /// and passes something or joins others.
    fn lay_out(&mut self, flow: &Flow) {
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

    fn block(&mut self, block: BlockId, position: usize, flow: &Flow) {
        let first = self.machine.instructions.len() as u32;
        let parameters = if position == 0 {
            self.entry();
            0..0
        } else {
            let routine = self.routine;
            let parameters = routine.parameters_of(block);
            self.pool(parameters.map(|p| (p, type_of(routine, p))))
        };
        for value in self.routine.instructions_in(block) {
            self.source = value.index() as u32;
            self.instruction(value);
        }
        self.source = NO_SOURCE;
        let successors = self.terminator(block);
        self.machine.registers.blocks.push(alloc::Block {
            instructions: first..self.machine.instructions.len() as u32,
            parameters,
            successors,
            loop_depth: flow.loops.depth(block).min(255) as u8,
        });
    }

    /// The block of an edge.
    fn way(&mut self, from: BlockId, way: usize, flow: &Flow) {
        let first = self.machine.instructions.len() as u32;
        let edge = *self
            .routine
            .terminator(from)
            .edges()
            .nth(way)
            .expect("there is such a way");
        let successor = self.jump(&edge);
        let depth = flow.loops.depth(from).min(flow.loops.depth(edge.target()));
        self.machine.registers.blocks.push(alloc::Block {
            instructions: first..self.machine.instructions.len() as u32,
            parameters: 0..0,
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

    fn branch(&mut self, block: BlockId, condition: ValueId, ways: [u32; 2]) {
        let number = self.cover.branch_tile(self.target.tables, block);
        let tile = &self.target.tables.tiles[usize::from(number)];
        let [_, Pattern::Leaf(symbol)] = *tile.pattern else {
            unreachable!("a branch tile has one leaf")
        };
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

    // Values.

    pub(super) fn type_of(&self, value: ValueId) -> ValueType {
        type_of(self.routine, value)
    }

    /// How many registers one value of this type takes.
    pub(super) fn chunks_of(&self, ty: ValueType) -> usize {
        if ty.is_varying() { self.wave.chunks } else { 1 }
    }

    /// Gives a value registers.
    pub(super) fn new_parts(&mut self, value: ValueId) -> std::ops::Range<usize> {
        let ty = self.type_of(value);
        let class = self.wave.homes.class_of(ty);
        let count = ty.count() * self.chunks_of(ty);
        let first = self.storage.registers.len();
        for _ in 0..count {
            let register = self.machine.register(class);
            self.storage.registers.push(register);
        }
        self.set_parts(value, first, ty.is_varying());
        first..first + count
    }

    fn set_parts(&mut self, value: ValueId, first: usize, is_chunked: bool) {
        // A constant is made for one use, and its registers are for no other.
        let symbol = match self.cover.is_constant(value) {
            true => UNWANTED,
            false => self.cover.wanted(value),
        };
        self.storage.parts[value.index()] = Parts {
            first: first as u32,
            symbol,
            is_chunked,
        };
    }

    /// Says which registers a value has: for each component, one a chunk, or one for all.
    pub(super) fn put(&mut self, value: ValueId, registers: &[VirtualRegister], is_chunked: bool) {
        let first = self.storage.registers.len();
        self.storage.registers.extend_from_slice(registers);
        self.set_parts(value, first, is_chunked);
    }

    /// The register of a placed value.
    #[inline]
    pub(super) fn part(&self, value: ValueId, component: usize, chunk: usize) -> VirtualRegister {
        let parts = self.storage.parts[value.index()];
        debug_assert!(
            parts.first != u32::MAX,
            "{value:?} is used before it is placed"
        );
        let at = match parts.is_chunked {
            true => component * self.wave.chunks + chunk,
            false => component,
        };
        self.storage.registers[parts.first as usize + at]
    }

    /// The value that another stands for, with registers of its own: a constant is made.
    pub(super) fn at_home(&mut self, named: ValueId) -> ValueId {
        let value = self.cover.resolve(named);
        if self.routine.op(value) == Op::Constant {
            // Made anew for each use, since no place dominates them all for sure. Its home
            // is that of the type it is used as: a splat of it may be.
            let home = self.wave.homes.home(self.type_of(named));
            if let Value::Register(register) = self.make(value, home, 0) {
                self.put(value, &[register], false);
            }
        }
        value
    }

    /// A placed value or a constant in a register, as one of its type.
    pub(super) fn register_of(&mut self, value: ValueId, chunk: usize) -> VirtualRegister {
        let value = self.at_home(value);
        self.part(value, 0, chunk)
    }

    fn instruction(&mut self, value: ValueId) {
        let op = self.routine.op(value);
        let wanted = self.cover.wanted(value);
        if self.cover.is_constant(value) || self.cover.resolve(value) != value {
            return;
        }
        if !is_tiled(op) {
            let has_effect = matches!(op, Op::Call | Op::AtomicAdd);
            if wanted != UNWANTED || has_effect {
                self.untiled(value, op);
            }
            return;
        }
        if wanted == UNWANTED {
            return;
        }
        match self.target.tables.symbols[usize::from(wanted)].kind {
            SymbolKind::Register(_) => self.place_in_registers(value, op, wanted),
            SymbolKind::Void => {
                let chunks = match op {
                    Op::StoreUniform => 1,
                    _ => self.wave.chunks,
                };
                for chunk in 0..chunks {
                    self.make(value, wanted, chunk);
                }
            }
            SymbolKind::Operand | SymbolKind::Flags => {}
        }
    }

    fn place_in_registers(&mut self, value: ValueId, op: Op, wanted: u8) {
        // A uniform value spread out is the same in all chunks.
        let is_chunked = self.type_of(value).is_varying() && op != Op::Splat;
        let chunks = if is_chunked { self.wave.chunks } else { 1 };
        let first = self.storage.registers.len();
        for chunk in 0..chunks {
            let Value::Register(register) = self.make(value, wanted, chunk) else {
                unreachable!("what is wanted in a register is made in one")
            };
            debug_assert_eq!(
                self.storage.registers.len(),
                first + chunk,
                "parts lie together"
            );
            self.storage.registers.push(register);
        }
        self.set_parts(value, first, is_chunked);
    }

    /// A node as this symbol, which one user wants.
    pub(super) fn value_of(&mut self, node: ValueId, symbol: u8, chunk: usize) -> Value {
        if let Some(home) = self.cover.home(node) {
            if symbol == home {
                return Value::Register(self.part(node, 0, chunk));
            }
            let state = self.target.tables.at_hand[usize::from(home)];
            return self.convert(node, best(self.target.tables, state, symbol), chunk);
        }
        let is_placed = !self.cover.is_constant(node)
            && matches!(
                self.target.tables.symbols[usize::from(self.cover.wanted(node))].kind,
                SymbolKind::Register(_)
            );
        if is_placed {
            debug_assert_eq!(symbol, self.cover.wanted(node));
            return Value::Register(self.part(node, 0, chunk));
        }
        self.make(node, symbol, chunk)
    }

    /// What is at hand as another symbol, by this chain rule.
    fn convert(&mut self, node: ValueId, number: u16, chunk: usize) -> Value {
        assert_ne!(number, NO_BEST, "a state promised a chain of rules");
        let tile = &self.target.tables.tiles[usize::from(number)];
        let [Pattern::Leaf(from)] = *tile.pattern else {
            unreachable!("what is at hand is converted by chain rules")
        };
        let leaf = self.value_of(node, from, chunk);
        self.apply(number, node, &[leaf], chunk)
    }

    /// Makes a node that is not at hand this symbol.
    fn make(&mut self, node: ValueId, symbol: u8, chunk: usize) -> Value {
        let number = self.cover.tile(self.target.tables, node, symbol);
        assert_ne!(number, NO_BEST, "a state promised a tile");
        if let Some(stencil) = &self.target.templates.stencils[usize::from(number)] {
            return self.fill(stencil, number, node, chunk);
        }
        match self.target.selector.outline(number) {
            Outline::Chain { from } => {
                let leaf = self.make(node, from, chunk);
                self.apply(number, node, &[leaf], chunk)
            }
            Outline::Flat {
                count,
                symbols,
                has_flags: false,
            } => {
                let mut values = [Value::Nothing; 3];
                for at in 0..usize::from(count) {
                    let leaf = self.cover.resolve(self.routine.operands(node)[at]);
                    values[at] = self.value_of(leaf, symbols[at], chunk);
                }
                self.apply(number, node, &values[..usize::from(count)], chunk)
            }
            Outline::Flat { .. } | Outline::Nested => self.make_nested(number, node, chunk),
        }
    }

    /// The same for a tile that is as most are.
    #[inline]
    fn fill(&mut self, stencil: &Stencil, number: u16, node: ValueId, chunk: usize) -> Value {
        let mut holes = [VirtualRegister(0); HOLES];
        let mut leaves = [Value::Nothing; 3];
        let mut other = Value::Nothing;
        let operands = self.routine.operands(node).iter();
        for (at, (&symbol, &operand)) in stencil.symbols().iter().zip(operands).enumerate() {
            let leaf = self.cover.resolve(operand);
            let parts = self.storage.parts[leaf.index()];
            if parts.symbol == symbol {
                holes[at] = self.part(leaf, 0, chunk);
                continue;
            }
            match self.value_of(leaf, symbol, chunk) {
                Value::Register(register) => holes[at] = register,
                made => {
                    leaves[at] = made;
                    other = made;
                }
            }
        }
        let result = self.machine.register(stencil.class);
        holes[RESULT] = result;
        self.machine
            .registers
            .operands
            .extend(stencil.filled(&holes));
        let place = match (stencil.place, other) {
            (PlaceSource::None, _) => NO_PLACE,
            (PlaceSource::Leaf(_), Value::Memory(memory)) => self.add_place(memory),
            (place, _) => {
                let leaves = with_registers(leaves, &holes);
                self.place_of_step(place, &leaves, node, chunk)
            }
        };
        let immediate = match stencil.immediate {
            ImmediateSource::None => 0,
            immediate => immediate_of_step(immediate, &with_registers(leaves, &holes)),
        };
        self.machine.push(MachineInstruction {
            action: Action::Template(stencil.template),
            place,
            immediate,
            source: self.source,
            tile: number,
        });
        Value::Register(result)
    }

    /// The same for a tile of any shape. Flags are made last, right before their use.
    fn make_nested(&mut self, number: u16, node: ValueId, chunk: usize) -> Value {
        let tables = self.target.tables;
        let tile = &tables.tiles[usize::from(number)];
        let leaves = self.cover.leaves(self.routine, tile, node);
        let leaves = leaves.as_slice();
        let mut values = [Value::Nothing; 8];
        let is_flags = |symbol: u8| tables.symbols[usize::from(symbol)].kind == SymbolKind::Flags;
        let others = leaves
            .iter()
            .enumerate()
            .filter(|(_, leaf)| !is_flags(leaf.1));
        let flags = leaves
            .iter()
            .enumerate()
            .filter(|(_, leaf)| is_flags(leaf.1));
        for (at, &(leaf, symbol)) in others.chain(flags) {
            values[at] = self.value_of(leaf, symbol, chunk);
        }
        self.apply(number, node, &values[..leaves.len()], chunk)
    }

    /// Does what a tile says, its leaves being made.
    fn apply(&mut self, number: u16, node: ValueId, leaves: &[Value], chunk: usize) -> Value {
        let tile = &self.target.tables.tiles[usize::from(number)];
        match tile.body {
            Body::Alias => leaves[0],
            Body::Immediate => Value::Immediate(self.signed_literal(node)),
            Body::Index { register, offset } => {
                let register = register.map(|leaf| expect_register(leaves[usize::from(leaf)]));
                let offset = offset.map_or(0, |leaf| expect_immediate(leaves[usize::from(leaf)]));
                Value::Index(register, offset)
            }
            Body::Element { index, broadcast } => {
                let index = leaves[usize::from(index)];
                Value::Memory(self.element(node, index, chunk, broadcast))
            }
            Body::Pool { broadcast } => Value::Memory(self.pooled_literal(node, broadcast)),
            Body::Steps(_) => self.steps(number, node, leaves, chunk),
        }
    }

    fn steps(&mut self, number: u16, node: ValueId, leaves: &[Value], chunk: usize) -> Value {
        let target = self.target;
        let (first, end) = target.templates.tiles[usize::from(number)];
        let tile = &target.tables.tiles[usize::from(number)];
        let kind = target.tables.symbols[usize::from(tile.result)].kind;
        let class = match kind {
            SymbolKind::Register(class) => class,
            _ => GPR,
        };
        let mut versions = Versions {
            classes: tile.temporaries,
            ..Versions::default()
        };
        let outer = std::mem::replace(&mut self.tile, number);
        for step in &target.templates.steps[first as usize..end as usize] {
            self.step(step, leaves, node, chunk, &mut versions, class);
        }
        self.tile = outer;
        match kind {
            SymbolKind::Register(_) => {
                Value::Register(versions.result.expect("a tile makes its result"))
            }
            SymbolKind::Flags => {
                let condition = target.templates.conditions[usize::from(number)];
                Value::Flags(condition.expect("flags mean something"))
            }
            SymbolKind::Void | SymbolKind::Operand => Value::Nothing,
        }
    }

    // Instructions.

    fn step(
        &mut self,
        step: &StepTemplate,
        leaves: &[Value],
        node: ValueId,
        chunk: usize,
        versions: &mut Versions,
        class: u8,
    ) {
        let before = *versions;
        for operand in step.registers() {
            let register = match (operand.source, operand.role) {
                (Source::Leaf(leaf), _) => expect_register(leaves[usize::from(leaf)]),
                (Source::Result, Role::Def | Role::EarlyDef) => {
                    *versions.result.insert(self.machine.register(class))
                }
                (Source::Temporary(number), Role::Def | Role::EarlyDef) => {
                    let at = usize::from(number);
                    let register = self.machine.register(versions.classes[at]);
                    *versions.temporaries[at].insert(register)
                }
                (Source::Result, _) => before.result.expect("written before"),
                (Source::Temporary(number), _) => {
                    before.temporaries[usize::from(number)].expect("written before")
                }
            };
            self.machine
                .operand(register, operand.role, operand.constraint);
        }
        let place = self.place_of_step(step.place, leaves, node, chunk);
        let immediate = immediate_of_step(step.immediate, leaves);
        let action = match step.kind {
            StepKind::Plain(template) => Action::Template(template),
            StepKind::Conditional {
                first,
                leaf,
                negated,
            } => {
                let Value::Flags(condition) = leaves[usize::from(leaf)] else {
                    unreachable!("conditions come of flags")
                };
                let holds = if negated {
                    condition.inverse()
                } else {
                    condition
                };
                Action::Template(first + holds as u32)
            }
            StepKind::Pseudo(pseudo, template) => {
                self.machine.uses_area |= pseudo.uses_frame();
                Action::Special(Special::Pseudo(pseudo, template))
            }
            StepKind::Jump { .. } => unreachable!("only branches jump"),
        };
        self.push(action, place, immediate);
    }

    #[inline]
    fn push(&mut self, action: Action, place: u32, immediate: i64) {
        self.machine.push(MachineInstruction {
            action,
            place,
            immediate,
            source: self.source,
            tile: self.tile,
        });
    }

    pub(super) fn special(&mut self, special: Special, immediate: i64) {
        self.push(Action::Special(special), NO_PLACE, immediate);
    }

    fn place_of_step(
        &mut self,
        place: PlaceSource,
        leaves: &[Value],
        node: ValueId,
        chunk: usize,
    ) -> u32 {
        let memory = match place {
            PlaceSource::None => return NO_PLACE,
            PlaceSource::Leaf(leaf) => match leaves[usize::from(leaf)] {
                Value::Memory(memory) => memory,
                other => unreachable!("{other:?} is not in memory"),
            },
            PlaceSource::Element { index, broadcast } => {
                self.element(node, leaves[usize::from(index)], chunk, broadcast)
            }
            PlaceSource::Gathered { index } => self.gathered(node, leaves[usize::from(index)]),
            PlaceSource::Constant {
                constant,
                broadcast,
            } => {
                let named = &self.target.tables.constants[usize::from(constant)];
                self.pooled(named.bits, named.bytes, broadcast)
            }
            PlaceSource::Address {
                base,
                index,
                offset,
            } => Memory {
                base: MemoryBase::Register(expect_register(leaves[usize::from(base)])),
                index: index.map(|(leaf, _)| expect_register(leaves[usize::from(leaf)])),
                scale: index.map_or(1, |(_, scale)| scale),
                offset,
                broadcast: false,
            },
        };
        self.add_place(memory)
    }

    /// Makes a place part of the instruction that comes next.
    fn add_place(&mut self, memory: Memory) -> u32 {
        let base = match memory.base {
            MemoryBase::Register(base) => {
                PlaceBase::Register(self.machine.operand(base, Role::Use, Constraint::Register))
            }
            MemoryBase::Constant(constant) => PlaceBase::Constant(constant),
            MemoryBase::Outgoing => PlaceBase::Outgoing,
            MemoryBase::Incoming => PlaceBase::Incoming,
            MemoryBase::Meeting => PlaceBase::Meeting,
        };
        let index = memory
            .index
            .map(|index| self.machine.operand(index, Role::Use, Constraint::Register));
        self.machine.place(Place {
            base,
            index,
            scale: memory.scale,
            offset: memory.offset,
            broadcast: memory.broadcast,
        })
    }

    // Memory.

    /// The element of a node's buffer at an index, `chunk` chunks on.
    fn element(&mut self, node: ValueId, index: Value, chunk: usize, broadcast: bool) -> Memory {
        let buffer = self.routine.buffer_of(node).expect("it names a buffer");
        let bytes = self.element_bytes(buffer);
        let (register, offset) = match index {
            Value::Index(register, offset) => (register, offset),
            Value::Register(register) => (Some(register), 0),
            other => unreachable!("{other:?} is no index"),
        };
        let chunk_offset = (chunk * self.wave.lanes * usize::from(bytes)) as i64;
        let offset = offset * i64::from(bytes) + chunk_offset;
        Memory {
            base: MemoryBase::Register(self.pointer(buffer)),
            index: register,
            scale: bytes,
            offset: i32::try_from(offset).expect("tiles add small indices only"),
            broadcast,
        }
    }

    fn gathered(&mut self, node: ValueId, index: Value) -> Memory {
        let buffer = self.routine.buffer_of(node).expect("it names a buffer");
        Memory {
            base: MemoryBase::Register(self.pointer(buffer)),
            index: Some(expect_register(index)),
            scale: self.element_bytes(buffer),
            offset: 0,
            broadcast: false,
        }
    }

    pub(super) fn element_bytes(&self, buffer: BufferId) -> u8 {
        let declared = self.routine.buffer(buffer).expect("it is declared");
        declared.element.bytes() as u8
    }

    pub(super) fn pointer(&self, buffer: BufferId) -> VirtualRegister {
        self.storage.pointers[buffer.index()].expect("the entry loads pointers that are used")
    }

    fn signed_literal(&self, node: ValueId) -> i64 {
        let literal = self.routine.literal(node).expect("it is a constant");
        match literal.lane() {
            Lane::Mask => -(literal.bits() as i64),
            lane => {
                let unused = 64 - lane.bits();
                (literal.bits() << unused) as i64 >> unused
            }
        }
    }

    /// The constant `node` in the pool.
    fn pooled_literal(&mut self, node: ValueId, broadcast: bool) -> Memory {
        let known = self.storage.pooled[node.index()][usize::from(broadcast)];
        if known != NOT_POOLED {
            return constant_memory(known, broadcast);
        }
        let literal = self.routine.literal(node).expect("it is a constant");
        let memory = self.pooled(literal.bits(), literal.lane().bytes() as u8, broadcast);
        let number = self.machine.constants.len() as u32 - 1;
        self.storage.pooled[node.index()][usize::from(broadcast)] = number;
        memory
    }

    /// An element in the pool, once or for each lane of a register of it.
    pub(super) fn pooled(&mut self, bits: u64, bytes: u8, broadcast: bool) -> Memory {
        let count = match broadcast {
            true => 1,
            false => (self.wave.register_bytes(bytes) / usize::from(bytes)) as u8,
        };
        self.in_pool(PoolConstant::Element { bits, bytes, count }, broadcast)
    }

    pub(super) fn in_pool(&mut self, constant: PoolConstant, broadcast: bool) -> Memory {
        self.machine.constants.push(constant);
        constant_memory(self.machine.constants.len() as u32 - 1, broadcast)
    }

    // Instructions that no tile gives.

    /// An instruction whose result, in a new register of `class`, is its operand
    /// [`Arg::D`] or [`Arg::Over`].
    pub(super) fn give(
        &mut self,
        class: u8,
        mnemonic: Mnemonic,
        size: StepSize,
        args: &[Arg],
    ) -> VirtualRegister {
        let result = self.machine.register(class);
        self.own(mnemonic, size, args, Some(result), None);
        result
    }

    /// An instruction whose result is this register.
    pub(super) fn give_to(
        &mut self,
        result: VirtualRegister,
        mnemonic: Mnemonic,
        size: StepSize,
        args: &[Arg],
    ) {
        self.own(mnemonic, size, args, Some(result), None);
    }

    /// An instruction of three operands that are all its result, of which it reads nothing.
    pub(super) fn give_from_nothing(
        &mut self,
        class: u8,
        mnemonic: Mnemonic,
        size: StepSize,
    ) -> VirtualRegister {
        let result = self.machine.register(class);
        let slot = Slot::Register(
            self.machine
                .operand(result, Role::Def, Constraint::Register),
        );
        let number = self.own_template(Template {
            mnemonic,
            size,
            slots: [slot, slot, slot, Slot::Nothing],
            mask: None,
        });
        self.push(Action::Own(number), NO_PLACE, 0);
        result
    }

    /// A gather under a mask that it uses up.
    pub(super) fn give_gathered(
        &mut self,
        mnemonic: Mnemonic,
        size: StepSize,
        from: Arg,
        mask: VirtualRegister,
    ) -> VirtualRegister {
        let result = self.machine.register(VECTOR);
        self.own(
            mnemonic,
            size,
            &[Arg::Early, from],
            Some(result),
            Some((mask, false)),
        );
        result
    }

    /// An instruction with no result.
    pub(super) fn act(&mut self, mnemonic: Mnemonic, size: StepSize, args: &[Arg]) {
        self.own(mnemonic, size, args, None, None);
    }

    fn own(
        &mut self,
        mnemonic: Mnemonic,
        size: StepSize,
        args: &[Arg],
        result: Option<VirtualRegister>,
        mask: Option<(VirtualRegister, bool)>,
    ) {
        let mut slots = [Slot::Nothing; Form::MAX_OPERANDS];
        let (mut memory, mut immediate) = (None, 0);
        for (slot, arg) in slots.iter_mut().zip(args) {
            let result = || result.expect("an instruction that gives something");
            *slot = match *arg {
                Arg::D => Slot::Register(self.machine.operand(
                    result(),
                    Role::Def,
                    Constraint::Register,
                )),
                Arg::Early => {
                    let (result, at) = (result(), Constraint::Register);
                    Slot::Register(self.machine.operand(result, Role::EarlyDef, at))
                }
                Arg::Over(over) => {
                    let tied = self.machine.operand(over, Role::Use, Constraint::Register);
                    let tied = Constraint::Tied(tied);
                    Slot::Register(self.machine.operand(result(), Role::Def, tied))
                }
                Arg::Use(register) => Slot::Register(self.machine.operand(
                    register,
                    Role::Use,
                    Constraint::Register,
                )),
                Arg::Immediate(value) => {
                    immediate = value;
                    Slot::Immediate
                }
                Arg::Memory(place) => {
                    memory = Some(place);
                    Slot::Place
                }
            };
        }
        let mask = mask.map(|(mask, zeroing)| {
            let position = self.machine.operand(mask, Role::Use, Constraint::Register);
            (position, zeroing)
        });
        let place = memory.map_or(NO_PLACE, |memory| self.add_place(memory));
        let number = self.own_template(Template {
            mnemonic,
            size,
            slots,
            mask,
        });
        self.push(Action::Own(number), place, immediate);
    }

    fn own_template(&mut self, template: Template) -> u32 {
        self.machine.templates.push(template);
        self.machine.templates.len() as u32 - 1
    }
}

/// The registers that the result and the temporaries of a tile are in by now.
#[derive(Debug, Clone, Copy, Default)]
struct Versions {
    classes: &'static [u8],
    result: Option<VirtualRegister>,
    temporaries: [Option<VirtualRegister>; 12],
}

/// Leaves, those that are registers taken from the holes they fill.
fn with_registers(mut leaves: [Value; 3], holes: &[VirtualRegister; HOLES]) -> [Value; 3] {
    for (leaf, &register) in leaves.iter_mut().zip(holes) {
        if matches!(leaf, Value::Nothing) {
            *leaf = Value::Register(register);
        }
    }
    leaves
}

/// A constant of the pool as a place in memory.
fn constant_memory(number: u32, broadcast: bool) -> Memory {
    Memory {
        base: MemoryBase::Constant(number),
        index: None,
        scale: 1,
        offset: 0,
        broadcast,
    }
}

fn type_of(routine: &Routine, value: ValueId) -> ValueType {
    routine.ty(value).expect("what is used has a type")
}

fn immediate_of_step(source: ImmediateSource, leaves: &[Value]) -> i64 {
    match source {
        ImmediateSource::None => 0,
        ImmediateSource::Literal(value) => value,
        ImmediateSource::Leaf(leaf) => expect_immediate(leaves[usize::from(leaf)]),
        ImmediateSource::Computed(function, leaf) => {
            let value = expect_immediate(leaves[usize::from(leaf)]);
            match function {
                ImmediateFunction::Log2 => i64::from(value.trailing_zeros()),
                ImmediateFunction::Negate => value.wrapping_neg(),
                ImmediateFunction::Low4 => value & 15,
                ImmediateFunction::Low5 => value & 31,
                ImmediateFunction::Low6 => value & 63,
            }
        }
    }
}

fn expect_register(value: Value) -> VirtualRegister {
    match value {
        Value::Register(register) => register,
        other => unreachable!("{other:?} is in no register"),
    }
}

fn expect_immediate(value: Value) -> i64 {
    match value {
        Value::Immediate(value) => value,
        other => unreachable!("{other:?} is no immediate"),
    }
}
