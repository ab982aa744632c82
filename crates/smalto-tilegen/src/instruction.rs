//! What instructions do to their operands, and the reader of instruction tables.

/// An instruction that tiles may use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstructionSpec {
    /// Its name, upper case.
    pub name: String,
    /// What it can be used as.
    pub forms: Vec<InstructionForm>,
}

/// One form of an instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstructionForm {
    /// What it does to each operand, destination first. What is touched but not named
    /// is left out.
    pub operands: Vec<OperandRole>,
    /// Which masks it takes.
    pub masking: Masking,
}

/// What an instruction does to an operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperandRole {
    /// Reads it.
    Read,
    /// Writes it.
    Write,
    /// Reads it, then writes it.
    ReadWrite,
}

/// Which masks a form of an instruction takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Masking {
    /// None.
    Never,
    /// One under which nothing else is read: the other lanes of the destination are left
    /// in memory, or chosen from operands, or become zeros of a mask.
    Plain,
    /// One under which the other lanes of a register keep what they are, or become zero.
    Merging,
    /// One that there must be, and that is cleared.
    UsedUp,
}

impl OperandRole {
    /// `w`, `rw` or `read`.
    pub(crate) fn parse(word: &str) -> Option<OperandRole> {
        match word {
            "w" => Some(OperandRole::Write),
            "rw" => Some(OperandRole::ReadWrite),
            "read" => Some(OperandRole::Read),
            _ => None,
        }
    }
}

/// Reads the rows of an instruction table out of the Rust source that holds it:
/// `NAME "encoding" FIELDS "operands" FEATURE`, and lines with `or` instead of a name.
/// Other lines are passed over.
pub fn read_instructions(source: &str) -> Vec<InstructionSpec> {
    let mut instructions: Vec<InstructionSpec> = Vec::new();
    for line in source.lines() {
        let Some((name, operands)) = row(line) else {
            continue;
        };
        let form = form(operands);
        match instructions.last_mut() {
            Some(last) if name == "or" => last.forms.push(form),
            _ => instructions.push(InstructionSpec {
                name: name.to_owned(),
                forms: vec![form],
            }),
        }
    }
    instructions
}

/// The name, or `or`, and the operands' column of a row.
fn row(line: &str) -> Option<(&str, &str)> {
    let mut columns = line.split('"');
    let name = columns.next()?.trim();
    let _encoding = columns.next()?;
    let fields = columns.next()?.trim();
    let operands = columns.next()?;
    let is_name = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    let is_row = (name == "or" || name.bytes().all(is_name))
        && !name.is_empty()
        && !fields.is_empty()
        && fields.bytes().all(|byte| byte.is_ascii_uppercase());
    is_row.then_some((name, operands))
}

fn form(operands: &str) -> InstructionForm {
    let mut form = InstructionForm {
        operands: Vec::new(),
        masking: Masking::Never,
    };
    let named = operands
        .split(", ")
        .filter(|text| !text.is_empty() && !text.starts_with('<'));
    for text in named {
        let (role, what) = match text.split_once(' ') {
            Some(("w", what)) => (OperandRole::Write, what),
            Some(("rw", what)) => (OperandRole::ReadWrite, what),
            _ => (OperandRole::Read, text),
        };
        form.operands.push(role);
        if let Some(masking) = masking(what) {
            form.masking = masking;
        }
    }
    form
}

fn masking(what: &str) -> Option<Masking> {
    let (place, decoration) = what.split_once('{')?;
    let keeps_lanes = !place.starts_with('m') && place != "k";
    match decoration.split('}').next()? {
        "k" | "kz" if keeps_lanes => Some(Masking::Merging),
        "k" | "k?" => Some(Masking::Plain),
        "k!" => Some(Masking::UsedUp),
        _ => None,
    }
}
