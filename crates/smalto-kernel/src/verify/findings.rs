//! What was found wrong, and where.

use crate::text::Short;
use crate::{BlockId, Role, Routine, ValueId};
use std::fmt;

/// Where something is wrong: as much of it as applies.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// The kernel or function, as in `kernel scale`.
    pub routine: Option<String>,
    /// The block.
    pub block: Option<usize>,
    /// The instruction, as in `%17 = add`.
    pub instruction: Option<String>,
}

impl Place {
    pub(crate) fn of(routine: &Routine) -> Place {
        let kind = match routine.role {
            Role::Kernel => "kernel",
            Role::Function => "func",
        };
        Place {
            routine: Some(format!("{kind} {}", routine.name)),
            ..Place::default()
        }
    }

    pub(crate) fn block(mut self, block: BlockId) -> Place {
        self.block = Some(block.index());
        self
    }

    pub(crate) fn instruction(mut self, routine: &Routine, value: ValueId) -> Place {
        self.instruction = Some(Short(routine, value).to_string());
        self
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut comma = "";
        if let Some(routine) = &self.routine {
            write!(f, "{routine}")?;
            comma = ", ";
        }
        if let Some(block) = self.block {
            write!(f, "{comma}block {block}")?;
            comma = ", ";
        }
        self.instruction
            .as_ref()
            .map_or(Ok(()), |instruction| write!(f, "{comma}{instruction}"))
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Where.
    pub place: Place,
    /// What was found and what was wanted.
    pub message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place == Place::default() {
            true => f.write_str(&self.message),
            false => write!(f, "{}: {}", self.place, self.message),
        }
    }
}

/// All that was found wrong with a module; its text has one line for each.
#[derive(Debug, Clone, PartialEq, Eq, Default, thiserror::Error)]
#[error("{}", lines(.list))]
pub struct Findings {
    list: Vec<Finding>,
}

fn lines(list: &[Finding]) -> String {
    let mut lines: Vec<String> = list.iter().map(Finding::to_string).collect();
    if list.len() == Findings::MOST {
        lines.push("nothing was checked any more".to_owned());
    }
    lines.join("\n")
}

impl Findings {
    /// How many findings are told; after that nothing is checked.
    pub const MOST: usize = 20;

    /// What was found, in order.
    pub fn list(&self) -> &[Finding] {
        &self.list
    }

    pub(super) fn add(&mut self, place: Place, message: impl Into<String>) {
        if !self.are_enough() {
            let message = message.into();
            self.list.push(Finding { place, message });
        }
    }

    pub(super) fn are_enough(&self) -> bool {
        self.list.len() >= Findings::MOST
    }

    pub(super) fn into_result(self) -> Result<(), Findings> {
        match self.list.is_empty() {
            true => Ok(()),
            false => Err(self),
        }
    }
}
