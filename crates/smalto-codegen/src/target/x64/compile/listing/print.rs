//! Listings as text.

use super::super::{Compiled, Statistics};
use super::{Listing, ListingLine, Part, RoutineListing, Selected};
use smalto_kernel::{Role, Routine, RoutineId, ValueId, text};
use std::fmt::Write;

/// Strings take everything that is written to them.
const TAKES_ALL: &str = "strings take everything";

impl Listing {
    /// Each instruction of the kernel with what it is made, by which tiles, at which cost.
    pub fn tiles_text(&self) -> String {
        self.text(|routine, text| {
            for selected in &routine.selected {
                self.selected_line(routine.routine, selected, text);
            }
        })
    }

    /// The machine instructions with their registers, and what allocation added.
    pub fn allocation_text(&self) -> String {
        self.text(|routine, text| {
            for line in &routine.allocated {
                writeln!(text, "{line}").expect(TAKES_ALL);
            }
        })
    }

    /// The code, each line beside what it is for: `source` says it in other words than the
    /// kernel's, where it has any.
    pub fn assembly_text(&self, source: impl Fn(RoutineId, ValueId) -> Option<String>) -> String {
        self.text(|routine, text| {
            let id = routine.routine;
            let mut previous = String::new();
            for line in &routine.lines {
                if let Some(label) = line.label {
                    let block = line.block.index();
                    writeln!(text, "L{label}:  of block {block}").expect(TAKES_ALL);
                }
                let said = match line.source {
                    Some(part @ Part::Value(value)) => {
                        source(id, value).unwrap_or_else(|| self.part_line(id, part))
                    }
                    Some(part) => self.part_line(id, part),
                    None => String::new(),
                };
                let is_news = said != previous && !said.is_empty();
                assembly_line(line, if is_news { &said } else { "" }, text);
                if is_news {
                    previous = said;
                }
            }
        })
    }

    /// What `write` writes of each routine, under its name.
    fn text(&self, write: impl Fn(&RoutineListing, &mut String)) -> String {
        let mut text = String::new();
        for listed in &self.routines {
            let routine = self.routine(listed.routine);
            let kind = match routine.role() {
                Role::Kernel => "kernel",
                Role::Function => "func",
            };
            let space = if text.is_empty() { "" } else { "\n" };
            writeln!(text, "{space}{kind} {}", routine.name()).expect(TAKES_ALL);
            write(listed, &mut text);
        }
        text
    }

    fn routine(&self, id: RoutineId) -> &Routine {
        self.module.routine(id)
    }

    /// A part of the kernel as its text has it.
    fn part_line(&self, id: RoutineId, part: Part) -> String {
        match part {
            Part::Value(value) => text::line(&self.module, self.routine(id), value),
            Part::Branch(block) => text::last_line(&self.module, self.routine(id), block),
        }
    }

    fn selected_line(&self, id: RoutineId, selected: &Selected, to: &mut String) {
        let part = self.part_line(id, selected.part());
        let how = match selected {
            Selected::Tiles { symbol, tiles, .. } => {
                let tiles: Vec<String> = tiles
                    .iter()
                    .map(|(name, cost)| format!("{name} {cost}"))
                    .collect();
                format!("{symbol:<4} {}", tiles.join(" <- "))
            }
            Selected::Inside { of, .. } => format!("in %{}", of.index()),
            Selected::Alias { of, .. } => format!("is %{}", of.index()),
            Selected::Untiled { .. } => "without tiles".into(),
            Selected::Constant { .. } => "for each use".into(),
            Selected::Unwanted { .. } => "unused".into(),
        };
        writeln!(to, "    {part:<52}  {how}").expect(TAKES_ALL);
    }
}

/// `  124  vmulps zmm0, zmm1, [rip + const]      mul_v 2         %4 = ...  (0.5)`
fn assembly_line(line: &ListingLine, source: &str, to: &mut String) {
    let why = match (line.edit, line.tile) {
        (Some(edit), _) => edit.name().to_string(),
        (None, Some((name, cost))) if line.is_first => format!("{name} {cost}"),
        (None, Some(_)) => "|".into(),
        (None, None) => String::new(),
    };
    let mut remark = source.to_string();
    if let Some(constant) = &line.constant {
        let space = if remark.is_empty() { "" } else { "  " };
        remark += &format!("{space}const {constant}");
    }
    let text = format!("{:>5}  {:<48}  {why:<20}  {remark}", line.offset, line.text);
    writeln!(to, "{}", text.trim_end()).expect(TAKES_ALL);
}

impl Compiled {
    /// How much the kernel became, in a few lines.
    pub fn counts_text(&self) -> String {
        let Statistics {
            kernel_instructions,
            machine_instructions,
            spills,
            reloads,
            moves,
            rematerialised,
        } = self.statistics();
        let (instruction_bytes, all_bytes) =
            (self.code().instruction_bytes(), self.code().bytes().len());
        let mut text = String::new();
        if let Some(listing) = self.listing() {
            let (tiles, cost) = listing.tiles();
            text = format!("tiles: {tiles}, which cost {cost}\n");
        }
        text + &format!(
            "instructions: {kernel_instructions} of the kernel, {machine_instructions} of the machine\n\
             added by allocation: {spills} spills, {reloads} reloads, {moves} moves, \
             {rematerialised} constants made again\n\
             bytes: {instruction_bytes} of instructions, {} of constants\n",
            all_bytes - instruction_bytes
        )
    }
}
