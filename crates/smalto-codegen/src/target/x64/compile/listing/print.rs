//! Listings as text.

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
            let mut previous = None;
            for line in &routine.lines {
                if let Some(label) = line.label {
                    writeln!(text, "L{label}:").expect(TAKES_ALL);
                }
                let is_news = line.source.is_some() && line.source != previous;
                previous = line.source.or(previous);
                let said = line.source.filter(|_| is_news).map(|value| {
                    source(routine.routine, value)
                        .unwrap_or_else(|| self.kernel_line(routine.routine, value))
                });
                assembly_line(line, said.as_deref(), text);
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

    fn kernel_line(&self, routine: RoutineId, value: ValueId) -> String {
        text::line(&self.module, self.routine(routine), value)
    }

    fn selected_line(&self, id: RoutineId, selected: &Selected, to: &mut String) {
        let part = match selected.part() {
            Part::Value(value) => self.kernel_line(id, value),
            Part::Branch(block) => text::last_line(&self.module, self.routine(id), block),
        };
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
fn assembly_line(line: &ListingLine, source: Option<&str>, to: &mut String) {
    let why = match (line.edit, line.tile) {
        (Some(edit), _) => edit.name().to_string(),
        (None, Some((name, cost))) if line.is_first => format!("{name} {cost}"),
        (None, Some(_)) => "|".into(),
        (None, None) => String::new(),
    };
    let mut remark = source.unwrap_or_default().to_string();
    if let Some(constant) = &line.constant {
        let space = if remark.is_empty() { "" } else { "  " };
        remark += &format!("{space}const {constant}");
    }
    let text = format!("{:>5}  {:<48}  {why:<20}  {remark}", line.offset, line.text);
    writeln!(to, "{}", text.trim_end()).expect(TAKES_ALL);
}
