//! Random functions: structured control flow over random instructions.

use smalto_codegen::alloc::{
    Allocation, Block, BlockIndex, Constraint, Edge, Function, InstructionIndex, Operand,
    RegisterSet, Role, VirtualRegister,
};
use std::fmt::Write;
use std::ops::Range;

/// What random functions are like.
#[derive(Debug, Clone)]
pub(crate) struct Shape {
    /// Registers of each class that one instruction may want at once.
    pub(crate) budget: Vec<u8>,
    /// Registers that may be named, of each class.
    pub(crate) names: Vec<u8>,
    /// How many statements there are, about.
    pub(crate) statements: u32,
    /// How deep loops and branches may nest.
    pub(crate) depth: u32,
    /// How many values back a use reaches.
    pub(crate) reach: usize,
    /// In 16 instructions, how many have wishes.
    pub(crate) wishes: u64,
    /// Whether there are tuples.
    pub(crate) tuples: bool,
}

/// Pseudorandom numbers.
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Random {
        Random(seed ^ 0x9e37_79b9_7f4a_7c15)
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    pub(crate) fn chance(&mut self, of_16: u64) -> bool {
        self.below(16) < of_16
    }
}

/// A function under construction.
#[derive(Default)]
pub(crate) struct Build {
    pub(crate) function: Function,
    depth: u8,
}

impl Build {
    pub(crate) fn new() -> Build {
        let mut build = Build::default();
        build.function.first_operand.push(0);
        build.begin(&[]);
        build
    }

    pub(crate) fn value(&mut self, class: u8) -> VirtualRegister {
        self.tuple(class, 1)
    }

    pub(crate) fn tuple(&mut self, class: u8, span: u8) -> VirtualRegister {
        self.function.classes.push(class);
        self.function.spans.push(span);
        self.function.rematerialisable.push(false);
        VirtualRegister(self.function.classes.len() as u32 - 1)
    }

    pub(crate) fn instruction(&mut self, operands: &[Operand]) -> InstructionIndex {
        self.function.operands.extend_from_slice(operands);
        self.function
            .first_operand
            .push(self.function.operands.len() as u32);
        let block = self.function.blocks.last_mut().unwrap();
        block.instructions.end += 1;
        InstructionIndex(block.instructions.end - 1)
    }

    /// An instruction that reads and makes values in any registers.
    pub(crate) fn plain(
        &mut self,
        uses: &[VirtualRegister],
        definitions: &[VirtualRegister],
    ) -> InstructionIndex {
        let operand = |role| {
            move |&register: &VirtualRegister| Operand {
                register,
                role,
                constraint: Constraint::Register,
            }
        };
        let uses = uses.iter().map(operand(Role::Use));
        let operands: Vec<_> = uses
            .chain(definitions.iter().map(operand(Role::Def)))
            .collect();
        self.instruction(&operands)
    }

    fn pool(&mut self, values: &[VirtualRegister]) -> Range<u32> {
        let start = self.function.pool.len() as u32;
        self.function.pool.extend_from_slice(values);
        start..self.function.pool.len() as u32
    }

    /// Begins a block.
    pub(crate) fn begin(&mut self, parameters: &[VirtualRegister]) -> BlockIndex {
        let parameters = self.pool(parameters);
        let start = self
            .function
            .blocks
            .last()
            .map_or(0, |block| block.instructions.end);
        self.function.blocks.push(Block {
            instructions: start..start,
            parameters,
            registers: 0..0,
            successors: Vec::new(),
            loop_depth: self.depth,
        });
        BlockIndex(self.function.blocks.len() as u32 - 1)
    }

    pub(crate) fn enter_loop(&mut self) {
        self.depth += 1;
    }

    pub(crate) fn leave_loop(&mut self) {
        self.depth -= 1;
    }

    /// Ends the block with a jump; its target may be set later.
    pub(crate) fn jump(&mut self, target: BlockIndex, arguments: &[VirtualRegister]) -> BlockIndex {
        let arguments = self.pool(arguments);
        self.instruction(&[]);
        self.edge(target, arguments)
    }

    fn edge(&mut self, target: BlockIndex, arguments: Range<u32>) -> BlockIndex {
        let from = self.function.blocks.len() as u32 - 1;
        let block = self.function.blocks.last_mut().unwrap();
        block.successors.push(Edge { target, arguments });
        BlockIndex(from)
    }

    /// Ends the block with a branch; targets may be set later.
    pub(crate) fn branch(
        &mut self,
        on: &[VirtualRegister],
        targets: [BlockIndex; 2],
    ) -> BlockIndex {
        self.plain(on, &[]);
        self.edge(targets[0], 0..0);
        self.edge(targets[1], 0..0)
    }

    pub(crate) fn set_target(&mut self, from: BlockIndex, way: usize, target: BlockIndex) {
        self.function.blocks[from.index()].successors[way].target = target;
    }

    pub(crate) fn finish(mut self) -> Function {
        if self.function.spans.iter().all(|&span| span == 1) {
            self.function.spans.clear();
        }
        self.function.number_registers();
        self.function
    }
}

const LATER: BlockIndex = BlockIndex(0);

/// Makes a random function.
pub(crate) fn function(shape: &Shape, seed: u64) -> Function {
    let mut maker = Maker {
        build: Build::new(),
        random: Random::new(seed),
        shape,
        visible: Vec::new(),
        left: shape.statements,
    };
    for _ in 0..4 {
        maker.plain();
    }
    maker.sequence(shape.depth, shape.statements);
    // Something of everything is read at the end.
    let uses = maker.choose_some(2);
    maker.build.plain(&uses, &[]);
    maker.build.finish()
}

struct Maker<'a> {
    build: Build,
    random: Random,
    shape: &'a Shape,
    /// Values whose definition dominates this place.
    visible: Vec<VirtualRegister>,
    left: u32,
}

impl Maker<'_> {
    fn sequence(&mut self, depth: u32, most: u32) {
        for _ in 0..1 + self.random.below(u64::from(most)) {
            if self.left == 0 {
                return;
            }
            self.left -= 1;
            match self.random.below(12) {
                0 if depth > 0 => self.branch(depth - 1),
                1 if depth > 0 => self.loop_at_end(depth - 1),
                2 if depth > 0 => self.loop_at_start(depth - 1),
                _ if self.random.chance(self.shape.wishes) => self.wishes(),
                _ => self.plain(),
            }
        }
    }

    fn span_of(&self, value: VirtualRegister) -> u8 {
        self.build.function.spans[value.index()]
    }

    fn class_of(&self, value: VirtualRegister) -> u8 {
        self.build.function.classes[value.index()]
    }

    /// A visible value, more likely one of the last.
    fn choose(&mut self) -> Option<VirtualRegister> {
        let reach = if self.random.chance(2) {
            usize::MAX
        } else {
            self.shape.reach
        };
        let reach = reach.min(self.visible.len());
        let back = self.random.below(reach.max(1) as u64) as usize;
        self.visible
            .len()
            .checked_sub(back + 1)
            .map(|at| self.visible[at])
    }

    fn choose_some(&mut self, most: usize) -> Vec<VirtualRegister> {
        let mut budget = self.shape.budget.clone();
        let mut chosen = Vec::new();
        for _ in 0..most {
            if let Some(value) = self.choose()
                && take(&mut budget, self.class_of(value), self.span_of(value))
            {
                chosen.push(value);
            }
        }
        chosen
    }

    fn fresh(&mut self) -> VirtualRegister {
        let class = self.random.below(self.shape.budget.len() as u64) as u8;
        let spans: &[u8] = if self.shape.tuples {
            &[1, 1, 2, 4]
        } else {
            &[1]
        };
        let fits = |span: &&u8| **span <= self.shape.budget[usize::from(class)];
        let spans: Vec<u8> = spans.iter().filter(fits).copied().collect();
        let span = spans[self.random.below(spans.len() as u64) as usize];
        self.build.tuple(class, span)
    }

    /// Uses in registers, perhaps one that may be in memory, and definitions.
    fn plain(&mut self) {
        let mut operands: Vec<Operand> = Vec::new();
        let count = self.random.below(4) as usize;
        for value in self.choose_some(count) {
            operands.push(Operand {
                register: value,
                role: Role::Use,
                constraint: Constraint::Register,
            });
        }
        if self.random.chance(6)
            && let Some(last) = operands.last_mut()
        {
            last.constraint = Constraint::RegisterOrSlot;
        }
        let value = self.fresh();
        let copied = operands.first().map(|operand| operand.register);
        operands.push(Operand {
            register: value,
            role: Role::Def,
            constraint: Constraint::Register,
        });
        let at = self.build.instruction(&operands);
        let kind = |value| (self.class_of(value), self.span_of(value));
        if operands.len() == 1 {
            self.build.function.rematerialisable[value.index()] = self.random.chance(8);
        } else if operands.len() == 2
            && copied.map(kind) == Some(kind(value))
            && self.random.chance(8)
        {
            self.build.function.copies.push(at);
        }
        self.visible.push(value);
    }

    /// Anything an instruction can ask for.
    fn wishes(&mut self) {
        let mut early = self.shape.budget.clone();
        let mut late = self.shape.budget.clone();
        // With names, what is free early may be taken late, so that all operands
        // together must not be more than there are.
        let names = self.random.chance(10);
        let mut named: Vec<(u8, u8)> = Vec::new();
        let mut operands: Vec<Operand> = Vec::new();
        let mut has_memory = false;
        let mut fresh = Vec::new();
        for _ in 0..self.random.below(4) {
            let Some(register) = self.choose() else {
                continue;
            };
            let (class, span) = (self.class_of(register), self.span_of(register));
            let role = if self.random.chance(4) {
                Role::LateUse
            } else {
                Role::Use
            };
            if operands
                .iter()
                .any(|operand| operand.register == register && operand.role != role)
            {
                continue;
            }
            let mut constraint = Constraint::Register;
            if names && self.random.chance(5) {
                constraint = self.name(class, span, &mut named);
            } else if !has_memory && self.random.chance(4) {
                constraint = Constraint::RegisterOrSlot;
                has_memory = true;
            }
            let spares_late = role == Role::Use && !names;
            let fits =
                take(&mut early, class, span) && (spares_late || take(&mut late, class, span));
            if fits {
                operands.push(Operand {
                    register,
                    role,
                    constraint,
                });
            }
        }
        let uses = operands.len();
        for _ in 0..self.random.below(3) {
            let register = self.fresh();
            let (class, span) = (self.class_of(register), self.span_of(register));
            let role = [Role::Def, Role::Def, Role::EarlyDef, Role::Temporary]
                [self.random.below(4) as usize];
            let tied = (0..uses).find(|&index| {
                let operand = &operands[index];
                let tie = Constraint::Tied(index as u8);
                let kind = (
                    self.class_of(operand.register),
                    self.span_of(operand.register),
                );
                operand.role == Role::Use
                    && operand.constraint == Constraint::Register
                    && kind == (class, span)
                    && operands.iter().all(|other| other.constraint != tie)
            });
            let mut constraint = Constraint::Register;
            if let Some(index) = tied.filter(|_| role != Role::Temporary && self.random.chance(10))
            {
                constraint = Constraint::Tied(index as u8);
            } else if names && self.random.chance(4) {
                constraint = self.name(class, span, &mut named);
            }
            let is_tied = matches!(constraint, Constraint::Tied(_));
            let fits = take(&mut late, class, span)
                && ((role == Role::Def && !names) || is_tied || take(&mut early, class, span));
            if fits {
                operands.push(Operand {
                    register,
                    role,
                    constraint,
                });
                if role != Role::Temporary {
                    fresh.push(register);
                }
            }
        }
        let at = self.build.instruction(&operands);
        if names && self.random.chance(5) {
            self.clobber(at, &operands, &late);
        }
        self.visible.extend(fresh);
    }

    /// A name for an operand, if one is left.
    fn name(&mut self, class: u8, span: u8, named: &mut Vec<(u8, u8)>) -> Constraint {
        let count = self.shape.names[usize::from(class)];
        let number = self.random.below(u64::from((count / span).max(1))) as u8 * span;
        let units: Vec<(u8, u8)> = (0..span).map(|unit| (class, number + unit)).collect();
        if number + span > count || units.iter().any(|unit| named.contains(unit)) {
            return Constraint::Register;
        }
        named.extend(units);
        Constraint::Fixed(number)
    }

    /// Lets an instruction destroy registers, as many as are not needed when it ends.
    fn clobber(&mut self, at: InstructionIndex, operands: &[Operand], left: &[u8]) {
        let mut sets = vec![RegisterSet::EMPTY; left.len()];
        for (class, set) in (0..).zip(&mut sets) {
            for number in 0..left[class].min(self.shape.names[class]) {
                let named = operands.iter().any(|operand| match operand.constraint {
                    Constraint::Fixed(first) => {
                        usize::from(self.class_of(operand.register)) == class
                            && (first..first + self.span_of(operand.register)).contains(&number)
                    }
                    _ => false,
                });
                if !named {
                    set.insert(number);
                }
            }
        }
        self.build.function.clobbers.push((at, sets));
    }

    fn parameters_like(&mut self, values: &[VirtualRegister]) -> Vec<VirtualRegister> {
        let like = |&value: &VirtualRegister| (self.class_of(value), self.span_of(value));
        let kinds: Vec<_> = values.iter().map(like).collect();
        kinds
            .into_iter()
            .map(|(class, span)| self.build.tuple(class, span))
            .collect()
    }

    /// As many visible values as parameters, of the same kinds.
    fn arguments_for(&mut self, parameters: &[VirtualRegister]) -> Vec<VirtualRegister> {
        let mut arguments = Vec::new();
        for &parameter in parameters {
            let kind = (self.class_of(parameter), self.span_of(parameter));
            let found = (0..20).find_map(|_| {
                let value = self.choose()?;
                ((self.class_of(value), self.span_of(value)) == kind).then_some(value)
            });
            // What is visible has one of that kind: what was passed first.
            let any = self.visible.iter().copied();
            let like =
                |value: &VirtualRegister| (self.class_of(*value), self.span_of(*value)) == kind;
            arguments.push(found.unwrap_or_else(|| any.clone().find(like).unwrap()));
        }
        arguments
    }

    fn some_values(&mut self) -> Vec<VirtualRegister> {
        let count = self.random.below(5);
        (0..count).filter_map(|_| self.choose()).collect()
    }

    fn branch(&mut self, depth: u32) {
        let on = self.choose_some(1);
        let fork = self.build.branch(&on, [LATER; 2]);
        let outer = self.visible.len();
        let mut parameters = Vec::new();
        let mut ends = Vec::new();
        for way in 0..2 {
            let block = self.build.begin(&[]);
            self.build.set_target(fork, way, block);
            self.sequence(depth, 6);
            let arguments = if way == 0 {
                let arguments = self.some_values();
                parameters = self.parameters_like(&arguments);
                arguments
            } else {
                self.ensure_kinds(&parameters);
                self.arguments_for(&parameters)
            };
            ends.push(self.build.jump(LATER, &arguments));
            self.visible.truncate(outer);
        }
        let join = self.build.begin(&parameters);
        for end in ends {
            self.build.set_target(end, 0, join);
        }
        self.visible.extend(parameters);
    }

    /// Makes sure that there is a value for each parameter.
    fn ensure_kinds(&mut self, parameters: &[VirtualRegister]) {
        for &parameter in parameters {
            let kind = (self.class_of(parameter), self.span_of(parameter));
            let like =
                |value: &VirtualRegister| (self.class_of(*value), self.span_of(*value)) == kind;
            if !self.visible.iter().any(like) {
                let value = self.build.tuple(kind.0, kind.1);
                self.build.plain(&[], &[value]);
                self.visible.push(value);
            }
        }
    }

    fn open_loop(&mut self) -> (BlockIndex, Vec<VirtualRegister>) {
        let arguments = self.some_values();
        let parameters = self.parameters_like(&arguments);
        let header = BlockIndex(self.build.function.blocks.len() as u32);
        self.build.jump(header, &arguments);
        self.build.enter_loop();
        self.build.begin(&parameters);
        self.visible.extend(&parameters);
        (header, parameters)
    }

    /// A loop that is left at its end.
    fn loop_at_end(&mut self, depth: u32) {
        let (header, parameters) = self.open_loop();
        self.sequence(depth, 8);
        let on = self.choose_some(1);
        let fork = self.build.branch(&on, [LATER; 2]);
        let latch = self.build.begin(&[]);
        self.build.set_target(fork, 0, latch);
        let arguments = self.arguments_for(&parameters);
        self.build.jump(header, &arguments);
        self.build.leave_loop();
        let after = self.build.begin(&[]);
        self.build.set_target(fork, 1, after);
    }

    /// A loop that is left at its start.
    fn loop_at_start(&mut self, depth: u32) {
        let (header, parameters) = self.open_loop();
        let outer = self.visible.len();
        let on = self.choose_some(1);
        let fork = self.build.branch(&on, [LATER; 2]);
        let body = self.build.begin(&[]);
        self.build.set_target(fork, 0, body);
        self.sequence(depth, 8);
        let arguments = self.arguments_for(&parameters);
        self.build.jump(header, &arguments);
        self.visible.truncate(outer);
        self.build.leave_loop();
        let after = self.build.begin(&[]);
        self.build.set_target(fork, 1, after);
    }
}

fn take(budget: &mut [u8], class: u8, span: u8) -> bool {
    let left = budget[usize::from(class)].checked_sub(span);
    left.map(|left| budget[usize::from(class)] = left).is_some()
}

/// A function in text, with its allocation, for messages.
pub(crate) fn listing(function: &Function, allocation: Option<&Allocation>) -> String {
    let mut text = String::new();
    for (index, block) in function.blocks.iter().enumerate() {
        let parameters = function.parameters_of(block);
        let _ = writeln!(
            text,
            "block {index} {parameters:?} depth {}",
            block.loop_depth
        );
        for at in block.instructions.clone() {
            let at = InstructionIndex(at);
            if let Some(allocation) = allocation {
                for (_, edit) in allocation.edits.iter().filter(|(before, _)| *before == at) {
                    let _ = writeln!(text, "        {edit:?}");
                }
            }
            let start = function.first_operand[at.index()] as usize;
            let _ = write!(text, "    {}:", at.0);
            for (index, operand) in (start..).zip(function.operands_of(at)) {
                let span = function
                    .spans
                    .get(operand.register.index())
                    .copied()
                    .unwrap_or(1);
                let _ = write!(
                    text,
                    " {:?} c{}v{}x{span} {:?}",
                    operand.role,
                    function.classes[operand.register.index()],
                    operand.register.0,
                    operand.constraint
                );
                if let Some(allocation) = allocation {
                    let place = allocation.locations[index];
                    let _ = match place.as_register() {
                        Some(register) => write!(text, "=r{}", register.number),
                        None => write!(text, "=s{}", place.as_slot().unwrap()),
                    };
                }
                text.push(',');
            }
            let clobbers = function
                .clobbers
                .iter()
                .find(|(clobbering, _)| *clobbering == at);
            if let Some((_, sets)) = clobbers {
                let _ = write!(text, " clobbers {sets:?}");
            }
            text.push('\n');
        }
        for edge in &block.successors {
            let _ = writeln!(
                text,
                "    -> {} {:?}",
                edge.target.0,
                function.arguments_of(edge)
            );
        }
    }
    text
}
