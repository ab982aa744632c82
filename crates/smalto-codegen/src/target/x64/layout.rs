//! Where everything ends up: jumps short or long, padding, labels, displacements.
//!
//! The assembler keeps the bytes that are fixed when an instruction is encoded, and
//! beside them, in order, the *events* that depend on distances. A jump has no bytes
//! until its distance is known, nor has padding. Addresses relative to the instruction
//! have their four bytes wherever they lead, so that they move nothing: there may be
//! one in every other instruction, and they are kept in a list of their own, which is
//! gone through once, when all else has its place.
//!
//! Every jump starts out short. Round after round the places are worked out and the
//! jumps that do not reach become long, until all reach. A jump never becomes short
//! again, so this ends; it is not only the usual answer to jumps that depend on each
//! other but also the smallest code, were it not for padding. Almost always the second
//! round has nothing to do. Code made to take many rounds gets long jumps throughout.

use super::form::{Form, Immediate};
use super::instruction::FORMS;
use super::pool::ConstantPool;
use super::{Constant, EncodeError, Label};

/// What depends on where things are.
#[derive(Debug, Clone, Copy)]
pub(super) enum Event {
    /// A label is here.
    Bind(u32),
    /// A jump or call is to be put here.
    Branch {
        label: u32,
        /// The row to encode it with: the short one, until it must be the next.
        row: u16,
        is_long: bool,
    },
    /// Padding up to a multiple of this is to be put here.
    Align(u32),
}

/// What a displacement leads to.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    Label(u32),
    Constant(u32),
}

impl From<Constant> for Place {
    fn from(constant: Constant) -> Place {
        Place::Constant(constant.0)
    }
}

/// An [`Event`] and where it is among the fixed bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Positioned {
    pub(super) at: u32,
    pub(super) event: Event,
}

/// Four of the fixed bytes that are relative to the end of their instruction. Until they
/// are patched they are an addend.
#[derive(Debug, Clone, Copy)]
pub(super) struct Relative {
    pub(super) at: u32,
    /// How many bytes later the instruction ends.
    pub(super) to_end: u32,
    pub(super) place: Place,
}

/// The place of a label that is bound nowhere.
pub(super) const UNBOUND: u32 = u32::MAX;

/// Rounds of jumps becoming long before all of them do.
const MAX_ROUNDS: usize = 16;

/// Settles the form of every jump and the place of every label. Returns the length of
/// the code.
pub(super) fn settle(
    fixed: usize,
    events: &mut [Positioned],
    labels: &mut [u32],
) -> Result<usize, EncodeError> {
    let mut rounds = 0;
    loop {
        let length = place_labels(fixed, events, labels);
        if length > i32::MAX as usize {
            return Err(EncodeError::TooLarge);
        }
        if !lengthen(events, labels, rounds == MAX_ROUNDS)? {
            return Ok(length);
        }
        rounds += 1;
    }
}

/// Works out where the labels are, given the form of each jump. Returns the length of
/// the code.
fn place_labels(fixed: usize, events: &[Positioned], labels: &mut [u32]) -> usize {
    let mut inserted = 0;
    for &Positioned { at, event } in events {
        let here = at as usize + inserted;
        match event {
            // Beyond 4 GiB the length is what is refused.
            Event::Bind(label) => labels[label as usize] = here as u32,
            _ => inserted += inserted_bytes(event, here),
        }
    }
    fixed + inserted
}

/// Makes every jump long that does not reach its label, or simply every jump. Returns
/// whether there was one.
fn lengthen(events: &mut [Positioned], labels: &[u32], all: bool) -> Result<bool, EncodeError> {
    let mut inserted = 0;
    let mut changed = false;
    for Positioned { at, event } in events {
        let here = *at as usize + inserted;
        inserted += inserted_bytes(*event, here);
        if let Event::Branch {
            label,
            row,
            is_long,
        } = event
        {
            let end = *at as usize + inserted;
            let distance = distance(labels, *label, end)?;
            let reaches = i32::from(distance as i8) == distance && !all;
            if !reaches && !*is_long && is_short(*row) {
                *is_long = true;
                changed = true;
            }
        }
    }
    Ok(changed)
}

/// From the end of a branch to its label.
fn distance(labels: &[u32], label: u32, end: usize) -> Result<i32, EncodeError> {
    Ok((place_of(labels, label)? - end as i64) as i32)
}

/// The place of a label that is used.
fn place_of(labels: &[u32], label: u32) -> Result<i64, EncodeError> {
    match labels.get(label as usize) {
        None | Some(&UNBOUND) => Err(EncodeError::Unbound(Label(label))),
        Some(&place) => Ok(i64::from(place)),
    }
}

fn is_short(row: u16) -> bool {
    let operands = FORMS[usize::from(row)].operands();
    matches!(operands[0].immediate, Immediate::Near8)
}

/// The form of a branch: a long one is the row after the short one.
fn branch_form(row: u16, is_long: bool) -> &'static Form {
    &FORMS[usize::from(row) + usize::from(is_long)]
}

fn inserted_bytes(event: Event, here: usize) -> usize {
    match event {
        Event::Branch { row, is_long, .. } => {
            let encoding = &branch_form(row, is_long).encoding;
            usize::from(encoding.map) + 1 + usize::from(encoding.immediate_bytes)
        }
        Event::Align(boundary) => here.next_multiple_of(boundary as usize) - here,
        Event::Bind(_) => 0,
    }
}

/// Appends the code: the fixed bytes with jumps and padding between them. Branches
/// are complete, other displacements wait for [`patch`].
pub(super) fn write(
    fixed: &[u8],
    events: &[Positioned],
    labels: &[u32],
    code: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    let mut copied = 0;
    for &Positioned { at, event } in events {
        if matches!(event, Event::Bind(_)) {
            continue;
        }
        code.extend_from_slice(&fixed[copied..at as usize]);
        copied = at as usize;
        let bytes = inserted_bytes(event, code.len());
        match event {
            Event::Branch {
                label,
                row,
                is_long,
            } => {
                let distance = distance(labels, label, code.len() + bytes)?;
                write_branch(branch_form(row, is_long), distance, code);
            }
            _ => write_nops(bytes, code),
        }
    }
    code.extend_from_slice(&fixed[copied..]);
    Ok(())
}

fn write_branch(form: &Form, distance: i32, code: &mut Vec<u8>) {
    let encoding = &form.encoding;
    if encoding.map == 1 {
        code.push(0x0f);
    }
    code.push(encoding.opcode);
    let bytes = distance.to_le_bytes();
    code.extend_from_slice(&bytes[..usize::from(encoding.immediate_bytes)]);
}

/// Fills in the displacements that are relative to their instruction, now that code
/// and pool have their places.
pub(super) fn patch(
    relatives: &[Relative],
    events: &[Positioned],
    labels: &[u32],
    pool: &ConstantPool,
    pool_start: usize,
    code: &mut [u8],
) -> Result<(), EncodeError> {
    let mut inserted = 0;
    let mut events = events.iter().peekable();
    for &Relative { at, to_end, place } in relatives {
        while let Some(&Positioned { at, event }) = events.next_if(|before| before.at < at) {
            inserted += inserted_bytes(event, at as usize + inserted);
        }
        let here = at as usize + inserted;
        let target = match place {
            Place::Label(label) => place_of(labels, label)?,
            Place::Constant(constant) => pool_start as i64 + i64::from(pool.offset(constant)?),
        };
        let displacement = &mut code[here..here + 4];
        let addend = i32::from_le_bytes(displacement.try_into().expect("four bytes are four"));
        let distance = target - here as i64 - i64::from(to_end) + i64::from(addend);
        let distance = i32::try_from(distance).map_err(|_| EncodeError::TooLarge)?;
        displacement.copy_from_slice(&distance.to_le_bytes());
    }
    Ok(())
}

/// Instructions that do nothing, of one to nine bytes: those both vendors recommend.
const NOPS: [&[u8]; 9] = [
    &[0x90],
    &[0x66, 0x90],
    &[0x0f, 0x1f, 0x00],
    &[0x0f, 0x1f, 0x40, 0x00],
    &[0x0f, 0x1f, 0x44, 0x00, 0x00],
    &[0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00],
    &[0x0f, 0x1f, 0x80, 0x00, 0x00, 0x00, 0x00],
    &[0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00],
    &[0x66, 0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00],
];

/// So many bytes of padding, in as few instructions as that takes.
pub(super) fn write_nops(mut bytes: usize, code: &mut Vec<u8>) {
    while bytes > 0 {
        let nop = NOPS[bytes.min(NOPS.len()) - 1];
        code.extend_from_slice(nop);
        bytes -= nop.len();
    }
}
