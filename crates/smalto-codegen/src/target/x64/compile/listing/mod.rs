//! Listings: what became of a kernel, step by step, for people.
//!
//! While a kernel is compiled with a listing, each room leaves its notes: `selected` what
//! selection chose, `allocated` the machine instructions with their registers, emission
//! which machine instruction the encoded ones are for, the assembler what it encoded. When
//! the code is laid out the last two are put together, line by line.

mod allocated;
mod print;
mod selected;

pub(super) use allocated::Allocated;
pub(super) use selected::selected;
pub use selected::{Part, Selected};

use super::super::syntax::Traced;
use super::super::{Code, EncodeError, Label};
use super::machine::NO_SOURCE;
use crate::alloc::EditKind;
use crate::select::tables::Tables;
use smalto_kernel::{BlockId, Module, RoutineId, ValueId};
use std::collections::{BTreeMap, BTreeSet};

/// What became of a kernel and the functions it calls.
#[derive(Debug, Clone)]
pub struct Listing {
    module: Module,
    routines: Vec<RoutineListing>,
}

impl Listing {
    /// The module that lines refer to: the one that was compiled, with what needed it
    /// written out.
    pub fn module(&self) -> &Module {
        &self.module
    }

    /// The kernel, then the functions, in the order of the code.
    pub fn routines(&self) -> &[RoutineListing] {
        &self.routines
    }

    /// How many tiles became instructions, and what they cost together.
    pub fn tiles(&self) -> (usize, u64) {
        let lines = self.routines.iter().flat_map(|routine| &routine.lines);
        let costs = lines
            .filter(|line| line.is_first)
            .filter_map(|line| line.tile);
        costs.fold((0, 0), |(count, sum), (_, cost)| {
            (count + 1, sum + u64::from(cost))
        })
    }
}

/// What became of one routine.
#[derive(Debug, Clone)]
pub struct RoutineListing {
    /// The routine.
    pub routine: RoutineId,
    /// Each of its instructions and branches, with the tiles chosen for it.
    pub selected: Vec<Selected>,
    /// The machine instructions with their registers, and what allocation added.
    pub allocated: Vec<String>,
    /// The code.
    pub lines: Vec<ListingLine>,
}

/// An instruction of the code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListingLine {
    /// Where it begins in the code.
    pub offset: usize,
    /// The number of the label here, if anything leads here.
    pub label: Option<usize>,
    /// The instruction.
    pub text: String,
    /// The constant it reads, if it reads one.
    pub constant: Option<String>,
    /// The block of the kernel it is in.
    pub block: BlockId,
    /// The instruction of the kernel it is for, if it is for one.
    pub source: Option<ValueId>,
    /// The name of the tile it is part of, and its cost, if it is part of one.
    pub tile: Option<(&'static str, u16)>,
    /// Whether it is the first instruction of its tile.
    pub is_first: bool,
    /// What allocation added it for, if it did.
    pub edit: Option<EditKind>,
}

/// What traced instructions are for, from one on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    pub(super) first: usize,
    /// The block of the machine routine.
    pub(super) block: usize,
    pub(super) source: u32,
    pub(super) tile: u16,
    pub(super) edit: Option<EditKind>,
}

/// What was noted of a routine.
pub(super) struct Notes {
    pub(super) routine: RoutineId,
    pub(super) selected: Vec<Selected>,
    pub(super) allocated: Vec<String>,
    pub(super) lines: Vec<Line>,
    /// How many machine instructions each tile is.
    pub(super) steps: Vec<u32>,
    /// The blocks of the kernel that those of the machine routine are.
    pub(super) blocks: Vec<BlockId>,
}

/// What a listing is made of besides notes.
pub(super) struct Given<'a> {
    pub(super) module: &'a Module,
    pub(super) code: &'a Code,
    pub(super) tables: &'static Tables,
    pub(super) trace: &'a [Traced],
    /// Where the routines of the module begin.
    pub(super) routines: &'a [Option<Label>],
}

impl Given<'_> {
    pub(super) fn listing(&self, notes: Vec<Notes>) -> Result<Listing, EncodeError> {
        let names = self.names()?;
        let firsts = notes.iter().map(|notes| notes.lines[0].first);
        let ends: Vec<usize> = firsts.skip(1).chain([self.trace.len()]).collect();
        let routines = notes.into_iter().zip(ends).map(|(notes, end)| {
            Ok(RoutineListing {
                routine: notes.routine,
                lines: self.lines(&notes, end, &names)?,
                selected: notes.selected,
                allocated: notes.allocated,
            })
        });
        Ok(Listing {
            routines: routines.collect::<Result<_, EncodeError>>()?,
            module: self.module.clone(),
        })
    }

    /// Labels that are jumped to, numbered by where they are.
    fn names(&self) -> Result<BTreeMap<usize, usize>, EncodeError> {
        let targets = self.trace.iter().filter_map(Traced::target);
        let inner = targets.filter(|target| !self.routines.contains(&Some(*target)));
        let places: Result<BTreeSet<usize>, _> = inner.map(|l| self.code.offset(l)).collect();
        Ok(places?.into_iter().zip(1..).collect())
    }

    fn name(&self, label: Label, names: &BTreeMap<usize, usize>) -> String {
        if let Some(at) = self.routines.iter().position(|&begin| begin == Some(label)) {
            return self.module.routines()[at].name().into();
        }
        let number = self.code.offset(label).ok().and_then(|at| names.get(&at));
        number.map_or("?".into(), |number| format!("L{number}"))
    }

    fn lines(
        &self,
        notes: &Notes,
        end: usize,
        names: &BTreeMap<usize, usize>,
    ) -> Result<Vec<ListingLine>, EncodeError> {
        let mut lines: Vec<ListingLine> = Vec::new();
        let mut steps = Steps::default();
        for (at, line) in notes.lines.iter().enumerate() {
            let tile = self.tables.tiles.get(usize::from(line.tile));
            let mut is_first = steps.begins(line, &notes.steps);
            let end = notes.lines.get(at + 1).map_or(end, |next| next.first);
            for traced in &self.trace[line.first..end] {
                let offset = self.code.offset(traced.at)?;
                lines.push(ListingLine {
                    offset,
                    label: names.get(&offset).copied(),
                    text: traced.text(|label| self.name(label, names)),
                    constant: traced.remark(),
                    block: notes.blocks[line.block],
                    source: (line.source != NO_SOURCE).then(|| ValueId::new(line.source as usize)),
                    tile: tile.map(|tile| (tile.name, tile.cost)),
                    is_first: std::mem::take(&mut is_first),
                    edit: line.edit,
                });
            }
        }
        Ok(lines)
    }
}

/// Tells where tiles begin: each becomes as many machine instructions as it has steps.
#[derive(Default)]
struct Steps {
    tile: Option<u16>,
    left: u32,
}

impl Steps {
    fn begins(&mut self, line: &Line, steps: &[u32]) -> bool {
        if line.edit.is_some() {
            return false;
        }
        let Some(&count) = steps.get(usize::from(line.tile)) else {
            *self = Steps::default();
            return false;
        };
        if self.tile == Some(line.tile) && self.left > 0 {
            self.left -= 1;
            return false;
        }
        *self = Steps {
            tile: Some(line.tile),
            left: count.saturating_sub(1),
        };
        true
    }
}
