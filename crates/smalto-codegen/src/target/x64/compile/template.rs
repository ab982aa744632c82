//! The steps of tiles, made ready for placing.
//!
//! A tile file says what a tile becomes in words. Here each step is worked out once per
//! target: which operands are registers, what is done with each, where memory and
//! immediates come from. What is left to do when a tile is placed is to copy.

use super::super::{Condition, Form, Mnemonic, form};
use super::machine::MASK;
use super::pseudo::{Becomes, Pseudo};
use super::stencil::Stencil;
use crate::alloc::{Constraint, Role};
use crate::select::tables::{
    Action, Body, ImmediateFunction, Pattern, Step, StepOperand, StepSize, SymbolKind, Tables, Tile,
};

/// An instruction, short of registers, places and immediates.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Template {
    pub(crate) mnemonic: Mnemonic,
    pub(crate) size: StepSize,
    /// What stands where, in the encoder's order.
    pub(crate) slots: [Slot; Form::MAX_OPERANDS],
    /// The position of the mask among the register operands, and whether the other lanes
    /// become zero.
    pub(crate) mask: Option<(u8, bool)>,
}

/// What stands at one position of an instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slot {
    Nothing,
    /// The register operand at this position.
    Register(u8),
    /// The instruction's place in memory.
    Place,
    /// The same, of an instruction that broadcasts by itself.
    Element,
    /// The instruction's immediate.
    Immediate,
}

/// Whose register an operand is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    Result,
    Leaf(u8),
    Temporary(u8),
}

/// A register operand of a step.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RegisterOperand {
    pub(crate) source: Source,
    pub(crate) role: Role,
    pub(crate) constraint: Constraint,
}

/// One step of a tile.
#[derive(Debug, Clone)]
pub(crate) struct StepTemplate {
    pub(crate) kind: StepKind,
    registers: [RegisterOperand; MOST_REGISTERS],
    count: u8,
    pub(crate) place: PlaceSource,
    pub(crate) immediate: ImmediateSource,
    /// The class of the result, if this is one instruction, the tile's only one, and gives
    /// a register that it does not read.
    pub(crate) alone: Option<u8>,
}

/// The most registers a step names besides those of an address.
const MOST_REGISTERS: usize = 6;

impl StepTemplate {
    fn new(kind: StepKind, registers: &[RegisterOperand]) -> StepTemplate {
        let nothing = RegisterOperand {
            source: Source::Result,
            role: Role::Use,
            constraint: Constraint::Register,
        };
        let mut filled = [nothing; MOST_REGISTERS];
        filled[..registers.len()].copy_from_slice(registers);
        StepTemplate {
            kind,
            registers: filled,
            count: registers.len() as u8,
            place: PlaceSource::None,
            immediate: ImmediateSource::None,
            alone: None,
        }
    }

    /// Its register operands, in the order of the allocator.
    #[inline]
    pub(crate) fn registers(&self) -> &[RegisterOperand] {
        &self.registers[..usize::from(self.count)]
    }
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum StepKind {
    /// The template of this number.
    Plain(u32),
    /// The template of this number plus that of the condition of a leaf.
    Conditional { first: u32, leaf: u8, negated: bool },
    /// A jump to where a branch goes under the condition of a leaf.
    Jump { negated: bool },
    /// A pseudo-instruction, whose slots are those of the template.
    Pseudo(Pseudo, u32),
}

/// Where the place of a step comes from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum PlaceSource {
    None,
    /// It is this leaf.
    Leaf(u8),
    /// The element of the node's buffer at this index leaf.
    Element {
        index: u8,
        broadcast: bool,
    },
    /// The elements of the node's buffer at each lane of this leaf.
    Gathered {
        index: u8,
    },
    /// A named constant.
    Constant {
        constant: u16,
        broadcast: bool,
    },
    /// An address made of leaves.
    Address {
        base: u8,
        index: Option<(u8, u8)>,
        offset: i32,
    },
}

/// Where the immediate of a step comes from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ImmediateSource {
    None,
    Literal(i64),
    Leaf(u8),
    Computed(ImmediateFunction, u8),
}

/// The templates of a target.
#[derive(Debug)]
pub(crate) struct Templates {
    pub(crate) templates: Vec<Template>,
    pub(crate) steps: Vec<StepTemplate>,
    /// For each tile, its steps: the first, and the one after the last.
    pub(crate) tiles: Vec<(u32, u32)>,
    /// How each tile is placed.
    placings: Vec<Placing>,
    /// For each tile that makes flags, when they mean true.
    pub(crate) conditions: Vec<Option<Condition>>,
}

/// How a tile is placed.
#[derive(Debug)]
pub(crate) enum Placing {
    /// It is as most are: its only step is ready to be copied.
    ByStencil(Stencil),
    /// It is this symbol: a constant's place in the pool, with one element or a register of
    /// them.
    InPool { symbol: u8, broadcast: bool },
    /// Step by step, or by no step at all.
    InSteps,
}

impl Templates {
    /// Works out the tiles of a target.
    ///
    /// # Panics
    /// If a tile file asks for what the instruction table does not have and
    /// `smalto-tilegen` could not know; the tests make every target's templates.
    pub(crate) fn new(tables: &'static Tables) -> Templates {
        let mut templates = Templates {
            templates: Vec::new(),
            steps: Vec::new(),
            tiles: Vec::new(),
            placings: Vec::new(),
            conditions: Vec::new(),
        };
        let names = Names::new();
        let symbols = PlaceSymbols::find(tables);
        for tile in tables.tiles {
            let first = templates.steps.len() as u32;
            let mut placing = Placing::InSteps;
            if let Body::Steps(steps) = &tile.body {
                let mut maker = StepMaker {
                    tables,
                    tile,
                    names: &names,
                    symbols: &symbols,
                    leaves: leaves(tile),
                    result_exists: false,
                    templates: &mut templates,
                };
                for step in *steps {
                    maker.step(step);
                }
                if let [step] = &mut templates.steps[first as usize..] {
                    step.alone = class_alone(tables, tile, step);
                    placing = Stencil::of(tables, tile, step).map_or(placing, Placing::ByStencil);
                }
            }
            if let Body::Pool { broadcast } = tile.body {
                placing = Placing::InPool {
                    symbol: tile.result,
                    broadcast,
                };
            }
            templates.placings.push(placing);
            templates.tiles.push((first, templates.steps.len() as u32));
            templates.conditions.push(tile.condition.map(condition));
        }
        templates
    }
}

impl Templates {
    /// How a tile is placed. There may be no tile.
    #[inline]
    pub(crate) fn placing(&self, tile: u16) -> &Placing {
        let placing = self.placings.get(usize::from(tile));
        placing.unwrap_or(&Placing::InSteps)
    }

    /// How many machine instructions each tile becomes. A jump is two: the way taken if the
    /// condition is false follows.
    pub(crate) fn steps_of_tiles(&self) -> Vec<u32> {
        let is_jump = |step: &StepTemplate| matches!(step.kind, StepKind::Jump { .. });
        self.tiles
            .iter()
            .map(|&(first, end)| {
                let steps = &self.steps[first as usize..end as usize];
                end - first + u32::from(steps.iter().any(is_jump))
            })
            .collect()
    }
}

/// The class of what the only step of a tile gives, if that is all it does.
fn class_alone(tables: &Tables, tile: &Tile, step: &StepTemplate) -> Option<u8> {
    let SymbolKind::Register(class) = tables.symbols[usize::from(tile.result)].kind else {
        return None;
    };
    let is_read = |operand: &RegisterOperand| {
        operand.source == Source::Result && !matches!(operand.role, Role::Def)
    };
    let is_alone = match step.kind {
        StepKind::Plain(_) => true,
        StepKind::Pseudo(pseudo, _) => !pseudo.uses_frame(),
        StepKind::Conditional { .. } | StepKind::Jump { .. } => false,
    };
    (is_alone && tile.temporaries.is_empty() && !step.registers().iter().any(is_read))
        .then_some(class)
}

/// The symbols of a pattern's leaves, from the left.
fn leaves(tile: &Tile) -> Vec<u8> {
    let leaf = |part: &Pattern| match *part {
        Pattern::Leaf(symbol) => Some(symbol),
        Pattern::Operator(_) => None,
    };
    tile.pattern.iter().filter_map(leaf).collect()
}

/// Mnemonics by name.
struct Names(Vec<(&'static str, Mnemonic)>);

impl Names {
    fn new() -> Names {
        let mut names: Vec<_> = Mnemonic::all().iter().map(|&m| (m.name(), m)).collect();
        names.sort_unstable_by_key(|&(name, _)| name);
        Names(names)
    }

    fn find(&self, name: &str) -> Mnemonic {
        match self.0.binary_search_by_key(&name, |&(known, _)| known) {
            Ok(at) => self.0[at].1,
            Err(_) => panic!("tilegen checks names, but there is no `{name}`"),
        }
    }
}

/// Which operand symbols stand for places in memory; the others are immediates.
struct PlaceSymbols(Vec<bool>);

impl PlaceSymbols {
    fn find(tables: &Tables) -> PlaceSymbols {
        let mut found = vec![false; tables.symbols.len()];
        for tile in tables.tiles {
            if matches!(tile.body, Body::Element { .. } | Body::Pool { .. }) {
                found[usize::from(tile.result)] = true;
            }
        }
        PlaceSymbols(found)
    }
}

/// The condition with this name.
fn condition(name: &str) -> Condition {
    match name {
        "o" => Condition::Overflow,
        "no" => Condition::NoOverflow,
        "b" | "c" => Condition::Below,
        "ae" | "nc" => Condition::AboveOrEqual,
        "e" | "z" => Condition::Equal,
        "ne" | "nz" => Condition::NotEqual,
        "be" => Condition::BelowOrEqual,
        "a" => Condition::Above,
        "s" => Condition::Negative,
        "ns" => Condition::NotNegative,
        "p" => Condition::Parity,
        "np" => Condition::NoParity,
        "l" => Condition::Less,
        "ge" => Condition::GreaterOrEqual,
        "le" => Condition::LessOrEqual,
        "g" => Condition::Greater,
        _ => panic!("there is no condition `{name}`"),
    }
}

/// Makes the steps of one tile.
struct StepMaker<'a> {
    tables: &'static Tables,
    tile: &'static Tile,
    names: &'a Names,
    symbols: &'a PlaceSymbols,
    leaves: Vec<u8>,
    /// Whether an earlier step has written the result.
    result_exists: bool,
    templates: &'a mut Templates,
}

/// What a step does with each operand, by position.
#[derive(Clone, Copy)]
struct Does {
    role: form::Role,
    /// Whether a place in memory may stand in for a register of each class.
    takes_memory: [bool; 3],
    /// Whether an element of memory may be broadcast inside the instruction.
    broadcasts: bool,
}

impl StepMaker<'_> {
    fn step(&mut self, step: &'static Step) {
        let made = match step.action {
            Action::Instruction(name) => {
                let mnemonic = self.names.find(name);
                let merges = step.mask.is_some_and(|mask| !mask.zeroing);
                let does = what_is_done(mnemonic, step.operands.len(), merges);
                let made = self.operands(step, mnemonic, &does);
                let number = self.template(made.template);
                made.step(StepKind::Plain(number))
            }
            Action::Conditional {
                stem: "J", negated, ..
            } => StepTemplate::new(StepKind::Jump { negated }, &[]),
            Action::Conditional {
                stem,
                leaf,
                negated,
            } => self.conditional(step, stem, leaf, negated),
            Action::Pseudo(pseudo) => {
                let name = self.tables.pseudos[usize::from(pseudo)];
                let pseudo = Pseudo::named(name)
                    .unwrap_or_else(|| panic!("no pseudo-instruction is called `{name}`"));
                let made = self.pseudo(step, pseudo);
                let number = self.template(made.template);
                if let Becomes::Fused(forms) = pseudo.becomes() {
                    let forms = forms.templates(&made.template);
                    self.templates.templates.extend(forms);
                }
                made.step(StepKind::Pseudo(pseudo, number))
            }
        };
        self.result_exists |= step.operands.iter().any(|operand| {
            matches!(
                operand,
                StepOperand::Result | StepOperand::ResultTied { .. }
            )
        });
        self.templates.steps.push(made);
    }

    fn template(&mut self, template: Template) -> u32 {
        self.templates.templates.push(template);
        self.templates.templates.len() as u32 - 1
    }

    /// One template for each condition.
    fn conditional(&mut self, step: &Step, stem: &str, leaf: u8, negated: bool) -> StepTemplate {
        let first = self.templates.templates.len() as u32;
        let mut last = None;
        for number in 0..16 {
            let condition = Condition::numbered(number);
            let mnemonic = match stem {
                "SET" => condition.set(),
                _ => condition.cmov(),
            };
            let does = what_is_done(mnemonic, step.operands.len(), false);
            let made = self.operands(step, mnemonic, &does);
            self.template(made.template);
            last = Some(made);
        }
        let made = last.expect("there are conditions");
        made.step(StepKind::Conditional {
            first,
            leaf,
            negated,
        })
    }

    fn operands(&self, step: &Step, mnemonic: Mnemonic, does: &[Does]) -> Made {
        let mut made = Made::new(mnemonic, step.size);
        for (at, (operand, does)) in step.operands.iter().zip(does).enumerate() {
            let slot = self.operand(&mut made, operand, *does);
            made.template.slots[at] = match slot {
                Slot::Place if !does.broadcasts => Slot::Element,
                slot => slot,
            };
        }
        if let Some(mask) = step.mask {
            let source = match mask.register {
                StepOperand::Leaf(leaf) => Source::Leaf(leaf),
                StepOperand::Temporary(temporary) => Source::Temporary(temporary),
                other => panic!("{other:?} is no mask"),
            };
            let position = made.register(source, Role::Use, Constraint::Register);
            made.template.mask = Some((position, mask.zeroing));
        }
        made.keep_one_memory_operand();
        made
    }

    fn operand(&self, made: &mut Made, operand: &StepOperand, does: Does) -> Slot {
        match *operand {
            StepOperand::Result => self.written(made, Source::Result, does),
            StepOperand::Temporary(number) => self.written(made, Source::Temporary(number), does),
            StepOperand::ResultTied { leaf } => made.tied(Source::Leaf(leaf), Source::Result),
            StepOperand::TemporaryTied { temporary, leaf } => {
                made.tied(Source::Leaf(leaf), Source::Temporary(temporary))
            }
            StepOperand::Leaf(leaf) => self.leaf(made, leaf, does),
            StepOperand::Immediate(value) => {
                made.immediate = ImmediateSource::Literal(value);
                Slot::Immediate
            }
            StepOperand::Computed { function, leaf } => {
                made.immediate = ImmediateSource::Computed(function, leaf);
                Slot::Immediate
            }
            StepOperand::Constant {
                constant,
                broadcast,
            } => made.place(PlaceSource::Constant {
                constant,
                broadcast,
            }),
            StepOperand::Element { index, broadcast } => {
                made.place(PlaceSource::Element { index, broadcast })
            }
            StepOperand::Gathered { index } => made.place(PlaceSource::Gathered { index }),
            StepOperand::Address {
                base,
                index,
                offset,
            } => made.place(PlaceSource::Address {
                base,
                index,
                offset,
            }),
            StepOperand::Target { .. } => panic!("only jumps go anywhere"),
        }
    }

    /// The result or a temporary, by what is done with it.
    fn written(&self, made: &mut Made, source: Source, does: Does) -> Slot {
        match does.role {
            form::Role::Write => {
                Slot::Register(made.register(source, Role::Def, Constraint::Register))
            }
            form::Role::ReadWrite => made.tied(source, source),
            // What `vpxor d, d, d` reads is not looked at.
            form::Role::Read => match made.definition_of(source) {
                Some(position) => Slot::Register(position),
                None => Slot::Register(made.register(source, Role::Use, Constraint::Register)),
            },
        }
    }

    fn leaf(&self, made: &mut Made, leaf: u8, does: Does) -> Slot {
        let symbol = self.leaves[usize::from(leaf)];
        match self.tables.symbols[usize::from(symbol)].kind {
            SymbolKind::Register(class) => {
                // Masks have no instructions that take them from memory.
                let may_wait =
                    class != MASK && does.takes_memory[usize::from(class)] && made.place_is_free();
                let constraint = match may_wait {
                    true => Constraint::RegisterOrSlot,
                    false => Constraint::Register,
                };
                Slot::Register(made.register(Source::Leaf(leaf), Role::Use, constraint))
            }
            SymbolKind::Operand if self.symbols.0[usize::from(symbol)] => {
                made.place(PlaceSource::Leaf(leaf))
            }
            SymbolKind::Operand => {
                made.immediate = ImmediateSource::Leaf(leaf);
                Slot::Immediate
            }
            SymbolKind::Flags | SymbolKind::Void => {
                panic!("tile {} uses flags as an operand", self.tile.name)
            }
        }
    }

    fn pseudo(&self, step: &Step, pseudo: Pseudo) -> Made {
        let mut made = Made::new(super::super::NOP, step.size);
        for (at, (operand, &(role, takes_memory))) in
            step.operands.iter().zip(pseudo.operands()).enumerate()
        {
            let does = Does {
                role: match role {
                    Role::Def | Role::EarlyDef => form::Role::Write,
                    _ => form::Role::Read,
                },
                takes_memory: [takes_memory; 3],
                broadcasts: true,
            };
            let slot = self.operand(&mut made, operand, does);
            if let Slot::Register(position) = slot {
                made.registers[usize::from(position)].role = role;
            }
            made.template.slots[at] = slot;
        }
        made.keep_one_memory_operand();
        made
    }
}

/// The classes of registers, in the order of their numbers.
const CLASSES: [form::Class; 3] = [form::Class::Gpr, form::Class::Vector, form::Class::Mask];

/// What is done with the operands of an instruction that has so many.
fn what_is_done(mnemonic: Mnemonic, count: usize, merges: bool) -> Vec<Does> {
    let forms = mnemonic.forms();
    let form = forms
        .iter()
        .find(|form| form.operands().len() == count)
        .unwrap_or_else(|| panic!("no form of `{mnemonic}` has {count} operands"));
    let takes_memory = |at: usize, class: form::Class| {
        forms.iter().any(|form| {
            let slots = form.operands();
            slots.len() == count
                && slots[at].class == Some(class)
                && slots[at].role == form::Role::Read
                && matches!(
                    slots[at].memory,
                    form::MemoryKind::Whole(extent) if extent == slots[at].extent
                )
        })
    };
    (0..count)
        .map(|at| Does {
            role: form.role(at, merges),
            takes_memory: CLASSES.map(|class| takes_memory(at, class)),
            broadcasts: forms.iter().any(|form| {
                let slots = form.operands();
                slots.len() == count && slots[at].broadcast != 0
            }),
        })
        .collect()
}

/// A step that is being made.
struct Made {
    template: Template,
    registers: Vec<RegisterOperand>,
    place: PlaceSource,
    immediate: ImmediateSource,
}

impl Made {
    fn new(mnemonic: Mnemonic, size: StepSize) -> Made {
        Made {
            template: Template {
                mnemonic,
                size,
                slots: [Slot::Nothing; Form::MAX_OPERANDS],
                mask: None,
            },
            registers: Vec::new(),
            place: PlaceSource::None,
            immediate: ImmediateSource::None,
        }
    }

    fn step(self, kind: StepKind) -> StepTemplate {
        StepTemplate {
            place: self.place,
            immediate: self.immediate,
            ..StepTemplate::new(kind, &self.registers)
        }
    }

    fn register(&mut self, source: Source, role: Role, constraint: Constraint) -> u8 {
        self.registers.push(RegisterOperand {
            source,
            role,
            constraint,
        });
        self.registers.len() as u8 - 1
    }

    /// `to` is written over `from`.
    fn tied(&mut self, from: Source, to: Source) -> Slot {
        let position = self.register(from, Role::Use, Constraint::Register);
        Slot::Register(self.register(to, Role::Def, Constraint::Tied(position)))
    }

    fn place(&mut self, place: PlaceSource) -> Slot {
        self.place = place;
        Slot::Place
    }

    fn place_is_free(&self) -> bool {
        let is_slot = |operand: &RegisterOperand| operand.constraint == Constraint::RegisterOrSlot;
        matches!(self.place, PlaceSource::None) && !self.registers.iter().any(is_slot)
    }

    /// A step that has a place of its own reads no other from memory.
    fn keep_one_memory_operand(&mut self) {
        if !matches!(self.place, PlaceSource::None) {
            for operand in &mut self.registers {
                if operand.constraint == Constraint::RegisterOrSlot {
                    operand.constraint = Constraint::Register;
                }
            }
        }
    }

    fn definition_of(&self, source: Source) -> Option<u8> {
        let is_it =
            |operand: &RegisterOperand| operand.source == source && operand.role == Role::Def;
        self.registers.iter().position(is_it).map(|at| at as u8)
    }
}
