//! What can be wrong with code under assembly.

use super::{Constant, Form, Instruction, Label, Operand, Size};
use std::fmt;
use thiserror::Error;

/// Why instructions could not be encoded.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// No row of the table takes these operands, or none at this size or with this
    /// mask or rounding control.
    #[error("{0}")]
    NoForm(Box<Refused>),
    /// A gather whose destination, index and mask are not all different registers.
    #[error("{0}: destination, index and mask must be different registers")]
    GatherOverlap(Box<Refused>),
    /// A label that was used and never bound.
    #[error("label {} is used but bound nowhere", .0.0)]
    Unbound(Label),
    /// A label that was bound twice.
    #[error("label {} is bound in two places", .0.0)]
    BoundTwice(Label),
    /// A constant of another assembler's pool.
    #[error("constant {} is not in this assembler's pool", .0.0)]
    ForeignConstant(Constant),
    /// An alignment that is not a power of two up to 64.
    #[error("code and constants are aligned to a power of two up to 64, not to {0}")]
    Alignment(u32),
    /// More code and constants than a 32-bit displacement can reach across.
    #[error("the code and its constants exceed 2 GiB; compile it in parts")]
    TooLarge,
}

/// An instruction that no form fits, and its operands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The instruction.
    pub instruction: Instruction,
    /// What it was given.
    pub operands: Vec<Operand>,
}

impl Refused {
    #[cold]
    pub(super) fn boxed(instruction: Instruction, operands: &[Operand]) -> Box<Refused> {
        Box::new(Refused {
            instruction,
            operands: operands
                .iter()
                .filter(|given| !given.is_none())
                .copied()
                .collect(),
        })
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mnemonic = self.instruction.mnemonic();
        write!(f, "`{}", self.instruction)?;
        for (at, operand) in self.operands.iter().enumerate() {
            write!(f, "{}{operand}", if at == 0 { " " } else { ", " })?;
        }
        write!(f, "` cannot be encoded; `{mnemonic}` is")?;
        for (at, form) in mnemonic.forms().iter().enumerate() {
            let separator = if at == 0 { "" } else { ", or" };
            write!(f, "{separator} `{}`{}", form.operands_text, sizes(form))?;
        }
        Ok(())
    }
}

/// The sizes of a form, if they must be said.
fn sizes(form: &Form) -> String {
    let sizes: Vec<String> = form
        .sizes
        .iter()
        .filter(|&size| size != Size::Fixed)
        .map(|size| size.bits().to_string())
        .collect();
    if sizes.is_empty() {
        String::new()
    } else {
        format!(" at {} bits", sizes.join("/"))
    }
}
