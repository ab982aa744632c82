//! Whether tiles make sense: that they write what they make, overwrite nothing that
//! others need, and use what they ask for.
//!
//! The roles of operands are the instruction table's. A register that an instruction
//! overwrites is one of the tile's own: its result or a temporary, written by an earlier
//! step or begun as a copy of a leaf (`d=0`). Leaves are never written, since a leaf may
//! be a value that is used elsewhere too.
//!
//! What an instruction reads must have been written, with one exception: where every
//! register it reads is the one it writes (`(vpxor t0 t0 t0)`) the result does not depend
//! on what was there.

use crate::body::{Action, Body, Mask, Step};
use crate::finding::{Log, Problem};
use crate::grammar::{Grammar, SymbolKind, Tile};
use crate::instruction::{InstructionForm, InstructionSpec, Masking, OperandRole};
use crate::operand::{Operand, OperandKind};
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

/// Checks the body of every tile.
pub(crate) fn check(grammar: &Grammar, instructions: &[InstructionSpec], log: &mut Log) {
    let by_name = instructions.iter().map(|spec| (spec.name.as_str(), spec));
    let conditions = grammar
        .tiles
        .iter()
        .filter_map(|tile| tile.condition.as_deref());
    let instructions = Instructions {
        by_name: by_name.collect(),
        conditions: conditions.map(str::to_ascii_uppercase).collect(),
        pseudos: &grammar.pseudos,
    };
    for tile in &grammar.tiles {
        let mut checker = TileChecker {
            grammar,
            instructions: &instructions,
            tile,
            leaves: tile.leaves().collect(),
            is_result_written: false,
            written: vec![false; tile.temporaries.len()],
            problems: Vec::new(),
        };
        checker.tile();
        for problem in checker.problems {
            log.note_tile(tile.place, &tile.name, problem);
        }
    }
}

struct Instructions<'a> {
    by_name: HashMap<&'a str, &'a InstructionSpec>,
    /// Every condition that a tile makes, upper case.
    conditions: BTreeSet<String>,
    pseudos: &'a [InstructionSpec],
}

impl Instructions<'_> {
    /// The instruction, or the first of those that a condition chooses from.
    fn of(&self, action: &Action) -> Result<&InstructionSpec, Problem> {
        let named = |name: Cow<'_, str>| match self.by_name.get(&*name) {
            Some(&spec) => Ok(spec),
            None => Err(Problem::UnknownInstruction(name.into_owned())),
        };
        match action {
            Action::Instruction(name) => named(name.into()),
            Action::Pseudo(pseudo) => Ok(&self.pseudos[usize::from(*pseudo)]),
            Action::Conditional { stem, .. } => {
                let names = self
                    .conditions
                    .iter()
                    .map(|suffix| format!("{stem}{suffix}"));
                let specs: Result<Vec<_>, _> = names.map(|name| named(name.into())).collect();
                let first = specs?.first().copied();
                first.ok_or_else(|| Problem::UnknownInstruction(stem.clone()))
            }
        }
    }
}

struct TileChecker<'a> {
    grammar: &'a Grammar,
    instructions: &'a Instructions<'a>,
    tile: &'a Tile,
    leaves: Vec<u8>,
    is_result_written: bool,
    /// Which temporaries are written.
    written: Vec<bool>,
    problems: Vec<Problem>,
}

impl TileChecker<'_> {
    fn tile(&mut self) {
        self.temporaries();
        self.used_leaves();
        self.body();
        if let Body::Steps(steps) = &self.tile.body {
            for step in steps {
                self.step(step);
            }
            if self.grammar.is_register(self.tile.result) && !self.is_result_written {
                self.problems.push(Problem::ResultNotWritten);
            }
        }
        let is_flags = self.grammar.kind(self.tile.result) == SymbolKind::Flags;
        match (is_flags, &self.tile.condition) {
            (true, None) => self.problems.push(Problem::NoCondition),
            (false, Some(_)) => self
                .problems
                .push(Problem::UnwantedCondition(self.result_name())),
            _ => {}
        }
    }

    fn result_name(&self) -> String {
        self.grammar.symbol_name(self.tile.result).to_owned()
    }

    fn temporaries(&mut self) {
        for &symbol in &self.tile.temporaries {
            if !self.grammar.is_register(symbol) {
                let name = self.grammar.symbol_name(symbol).to_owned();
                self.problems.push(Problem::TemporaryNotRegister(name));
            }
        }
        let steps = match &self.tile.body {
            Body::Steps(steps) => steps.as_slice(),
            _ => &[],
        };
        let named: BTreeSet<u8> = steps
            .iter()
            .flat_map(Step::all_operands)
            .filter_map(|operand| match operand.kind {
                OperandKind::Temporary(t) | OperandKind::TemporaryTied(t, _) => Some(t),
                _ => None,
            })
            .collect();
        let count = self.tile.temporaries.len();
        let unknown = named
            .iter()
            .filter(|&&temporary| usize::from(temporary) >= count);
        self.problems
            .extend(unknown.map(|&temporary| Problem::UnknownTemporary { temporary, count }));
        let unused = (0..count as u8).filter(|temporary| !named.contains(temporary));
        self.problems.extend(unused.map(Problem::UnusedTemporary));
    }

    /// A register or flags that nobody asks for would be made for nothing. An operand may
    /// be matched for what its symbol says of it (a zero), and an effect has no value.
    fn used_leaves(&mut self) {
        let used = self.tile.body.leaves();
        for (leaf, &symbol) in (0..).zip(&self.leaves) {
            let must_be = matches!(
                self.grammar.kind(symbol),
                SymbolKind::Register(_) | SymbolKind::Flags
            );
            if must_be && !used.contains(&leaf) {
                let symbol = self.grammar.symbol_name(symbol).to_owned();
                self.problems.push(Problem::UnusedLeaf { leaf, symbol });
            }
        }
    }

    /// That the result can be made by such a body, of such leaves.
    fn body(&mut self) {
        let result = self.grammar.kind(self.tile.result);
        let is_constant = self.tile.pattern.len() == 1 && self.tile.chain_from().is_none();
        let (name, fits) = match self.tile.body {
            Body::Steps(_) => ("instructions", result != SymbolKind::Operand),
            Body::Immediate => ("(immediate)", result == SymbolKind::Operand && is_constant),
            Body::Pool { .. } => ("(pool)", result == SymbolKind::Operand && is_constant),
            Body::Alias => {
                let from = self.tile.chain_from().map(|from| self.grammar.kind(from));
                ("(alias 0)", from == Some(result))
            }
            Body::Index { register, offset } => {
                register
                    .into_iter()
                    .for_each(|leaf| self.want_register(leaf));
                offset.into_iter().for_each(|leaf| self.want_operand(leaf));
                ("(index ...)", result == SymbolKind::Operand)
            }
            Body::Element { index, .. } => {
                self.want_operand(index);
                ("(element ...)", result == SymbolKind::Operand)
            }
        };
        if !fits {
            let symbol = self.result_name();
            self.problems
                .push(Problem::WrongBody { symbol, body: name });
        }
    }

    fn want_register(&mut self, leaf: u8) {
        self.want(leaf, "register", |kind| {
            matches!(kind, SymbolKind::Register(_))
        });
    }

    fn want_operand(&mut self, leaf: u8) {
        self.want(leaf, "operand", |kind| kind == SymbolKind::Operand);
    }

    fn want(&mut self, leaf: u8, wanted: &'static str, is_it: impl Fn(SymbolKind) -> bool) {
        let symbol = self.leaves[usize::from(leaf)];
        if !is_it(self.grammar.kind(symbol)) {
            let symbol = self.grammar.symbol_name(symbol).to_owned();
            self.problems.push(Problem::WrongLeaf {
                leaf,
                symbol,
                wanted,
            });
        }
    }

    fn step(&mut self, step: &Step) {
        if let Action::Conditional { leaf, .. } = step.action {
            self.want(leaf, "flags", |kind| kind == SymbolKind::Flags);
        }
        for operand in step.all_operands() {
            self.leaves_of(operand.kind);
        }
        match self.instructions.of(&step.action) {
            Ok(spec) => self.fit(step, spec),
            Err(problem) => self.problems.push(problem),
        }
        for operand in step.all_operands() {
            match operand.kind {
                OperandKind::Result | OperandKind::ResultTied(_) => self.is_result_written = true,
                OperandKind::Temporary(t) | OperandKind::TemporaryTied(t, _) => {
                    if let Some(written) = self.written.get_mut(usize::from(t)) {
                        *written = true;
                    }
                }
                _ => {}
            }
        }
    }

    /// That leaves are what an operand takes them for.
    fn leaves_of(&mut self, kind: OperandKind) {
        match kind {
            OperandKind::Leaf(leaf) => self.want(leaf, "register or operand", |kind| {
                matches!(kind, SymbolKind::Register(_) | SymbolKind::Operand)
            }),
            OperandKind::ResultTied(leaf)
            | OperandKind::TemporaryTied(_, leaf)
            | OperandKind::Gathered(leaf) => self.want_register(leaf),
            OperandKind::Computed(_, leaf) | OperandKind::Element { index: leaf, .. } => {
                self.want_operand(leaf);
            }
            OperandKind::Address { base, index, .. } => {
                self.want_register(base);
                if let Some((leaf, _)) = index {
                    self.want_register(leaf);
                }
            }
            _ => {}
        }
    }

    /// That some form of the instruction takes these operands. If none does, what is
    /// wrong with the form that comes nearest.
    fn fit(&mut self, step: &Step, spec: &InstructionSpec) {
        let count = step.operands.len();
        let instruction = spec.name.to_ascii_lowercase();
        let mut with_count = spec
            .forms
            .iter()
            .filter(|form| form.operands.len() == count)
            .peekable();
        if with_count.peek().is_none() {
            return self.problems.push(Problem::NoForm { instruction, count });
        }
        let misfits = with_count
            .filter(|form| takes_mask(form, step.mask.as_ref()))
            .map(|form| self.misfits(step, &instruction, form))
            .min_by_key(Vec::len);
        match misfits {
            Some(misfits) => self.problems.extend(misfits),
            None => self.problems.push(Problem::NoMask { instruction, count }),
        }
    }

    fn misfits(&self, step: &Step, instruction: &str, form: &InstructionForm) -> Vec<Problem> {
        let is_merging = step.mask.as_ref().is_some_and(|mask| !mask.zeroing)
            && form.masking == Masking::Merging;
        let roles = form
            .operands
            .iter()
            .enumerate()
            .map(|(at, &role)| match role {
                OperandRole::Write if at == 0 && is_merging => OperandRole::ReadWrite,
                role => role,
            });
        let own = |operand: &Operand| match operand.kind {
            OperandKind::Result | OperandKind::Temporary(_) => Some(operand.kind),
            _ => None,
        };
        let depends = step
            .operands
            .iter()
            .zip(&form.operands)
            .any(|(operand, role)| {
                *role != OperandRole::Write
                    && !matches!(operand.kind, OperandKind::Immediate(_))
                    && (own(operand).is_none() || own(operand) != own(&step.operands[0]))
            });
        let mut misfits: Vec<Problem> = step
            .operands
            .iter()
            .zip(roles)
            .filter(|&(_, role)| depends || role != OperandRole::Read)
            .filter_map(|(operand, role)| self.misfit(instruction, operand, role))
            .collect();
        if let Some(mask) = &step.mask {
            misfits.extend(self.mask_misfit(instruction, mask, form.masking));
        }
        misfits
    }

    fn mask_misfit(&self, instruction: &str, mask: &Mask, masking: Masking) -> Option<Problem> {
        let symbol = match mask.register.kind {
            OperandKind::Leaf(leaf) => Some(self.leaves[usize::from(leaf)]),
            OperandKind::Temporary(t) => self.tile.temporaries.get(usize::from(t)).copied(),
            _ => None,
        };
        if symbol.is_some_and(|symbol| !self.grammar.is_register(symbol)) || symbol.is_none() {
            return Some(Problem::WrongMask(mask.register.text.clone()));
        }
        let role = match masking {
            Masking::UsedUp => OperandRole::ReadWrite,
            _ => OperandRole::Read,
        };
        self.misfit(instruction, &mask.register, role)
    }

    fn misfit(&self, instruction: &str, operand: &Operand, role: OperandRole) -> Option<Problem> {
        use OperandRole::{Read, ReadWrite, Write};
        let instruction = instruction.to_owned();
        let text = operand.text.clone();
        let is_written = match operand.kind {
            OperandKind::Result => self.is_result_written,
            OperandKind::Temporary(t) => self.written.get(usize::from(t)) != Some(&false),
            _ => true,
        };
        let makes_register = self.grammar.is_register(self.tile.result);
        match (operand.kind, role) {
            (OperandKind::Result | OperandKind::ResultTied(_), Write | ReadWrite)
                if !makes_register =>
            {
                Some(Problem::NoResult { instruction })
            }
            (OperandKind::ResultTied(_) | OperandKind::TemporaryTied(..), Read | Write) => {
                Some(Problem::UnwantedTie {
                    instruction,
                    operand: text.split('=').next().unwrap_or_default().to_owned(),
                })
            }
            (_, Read) if !is_written => Some(Problem::ReadsUnwritten {
                instruction,
                operand: text,
            }),
            (_, ReadWrite) if !is_written => Some(Problem::NeedsTie {
                instruction,
                operand: text,
            }),
            (OperandKind::Leaf(_), Write | ReadWrite) => Some(Problem::WritesLeaf {
                instruction,
                operand: text,
            }),
            (
                OperandKind::Immediate(_)
                | OperandKind::Computed(..)
                | OperandKind::Constant { .. }
                | OperandKind::Target { .. },
                Write | ReadWrite,
            ) => Some(Problem::WritesValue {
                instruction,
                operand: text,
            }),
            _ => None,
        }
    }
}

fn takes_mask(form: &InstructionForm, mask: Option<&Mask>) -> bool {
    match mask {
        None => form.masking != Masking::UsedUp,
        Some(mask) if mask.zeroing => form.masking == Masking::Merging,
        Some(_) => form.masking != Masking::Never,
    }
}
