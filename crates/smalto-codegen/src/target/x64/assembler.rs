//! The buffer instructions are assembled into.

use super::encode::{Distant, Fields, Prepared, Rm, WINDOW};
use super::fit::{Filled, Refusal, fitting_row};
use super::layout::{self, Event, Positioned, Relative, UNBOUND};
use super::operand::base;
use super::pool::{ConstantPool, MAX_ALIGNMENT};
use super::syntax::Traced;
use super::{Constant, EncodeError, Gpr, Instruction, Label, MOV, Operands, Refused};

/// Assembles instructions, labels and constants to [`Code`].
///
/// Emitting gives no error. The first thing that was wrong is kept and
/// [`finish`](Assembler::finish) reports it. An assembler can be used again after
/// that, and keeps its storage.
///
/// ```
/// use smalto_codegen::target::x64::*;
///
/// // Adds 0.5 to n floats (a multiple of 16) at rdi; n is in rsi.
/// let mut assembler = Assembler::new();
/// let half = assembler.constant(&0.5f32.to_le_bytes());
/// let (test, again) = (assembler.label(), assembler.label());
/// assembler.emit(VBROADCASTSS.zmm(), (v(1), Memory::constant(half)));
/// assembler.emit(JMP, (test,));
/// assembler.align(32);
/// assembler.bind(again);
/// let address = Memory::base(RDI).index(RSI, Scale::X4);
/// assembler.emit(VADDPS.zmm(), (v(0), v(1), address));
/// assembler.emit(VMOVUPS.zmm(), (address, v(0)));
/// assembler.bind(test);
/// assembler.emit(SUB.r64(), (RSI, 16));
/// assembler.emit(JAE, (again,));
/// assembler.emit(RET, ());
/// let code = assembler.finish()?;
/// assert_eq!(code.offset(again)? % 32, 0);
/// # Ok::<(), EncodeError>(())
/// ```
#[derive(Debug, Default)]
pub struct Assembler {
    /// The bytes that do not depend on distances, and room behind them, which is
    /// written to before it counts.
    fixed: Vec<u8>,
    /// How many of them count.
    length: usize,
    events: Vec<Positioned>,
    relatives: Vec<Relative>,
    /// Where each label is: 0 when it is bound, until the places are settled.
    labels: Vec<u32>,
    pool: ConstantPool,
    error: Option<EncodeError>,
    /// What was encoded, if anybody wants to know.
    trace: Option<Vec<Traced>>,
}

/// Machine code that can run at any address of the right alignment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Code {
    bytes: Vec<u8>,
    instructions: usize,
    alignment: u32,
    labels: Vec<u32>,
}

impl Code {
    /// The instructions, and the constants behind them.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How many of the bytes are instructions.
    pub fn instruction_bytes(&self) -> usize {
        self.instructions
    }

    /// What the address of the first byte must be a multiple of.
    pub fn alignment(&self) -> usize {
        self.alignment as usize
    }

    /// Where a label is, in bytes from the start.
    ///
    /// # Errors
    /// [`EncodeError::Unbound`] if it was bound nowhere.
    pub fn offset(&self, label: Label) -> Result<usize, EncodeError> {
        match self.labels.get(label.0 as usize) {
            None | Some(&UNBOUND) => Err(EncodeError::Unbound(label)),
            Some(&offset) => Ok(offset as usize),
        }
    }
}

impl Assembler {
    /// An empty assembler.
    pub fn new() -> Assembler {
        Assembler::default()
    }

    /// An empty assembler with room for so many bytes of code.
    pub fn with_capacity(bytes: usize) -> Assembler {
        Assembler {
            fixed: vec![0; bytes + WINDOW],
            ..Assembler::default()
        }
    }

    /// Encodes an instruction, in the first row of its mnemonic that takes these
    /// operands. A mnemonic by itself is an instruction of [fixed](super::Size::Fixed)
    /// size.
    ///
    /// If none does, [`finish`](Assembler::finish) says so.
    #[inline]
    pub fn emit(&mut self, instruction: impl Into<Instruction>, operands: impl Operands) {
        let instruction = instruction.into();
        operands.give(|operands| self.emit_operands(instruction, operands));
    }

    fn emit_operands(&mut self, instruction: Instruction, operands: &Filled) {
        let (at, row) = match fitting_row(instruction, operands) {
            Ok(fitting) => fitting,
            Err(error) => return self.refuse(error, instruction, operands),
        };
        if self.trace.is_some() {
            self.note_down(at, instruction, operands);
        }
        if row.is_branch() {
            return self.push_branch(at, operands);
        }
        let fields = Fields::of(row, operands);
        self.emit_prepared(&Prepared::for_fields(row, instruction, &fields), fields);
    }

    /// Encodes an instruction that is no branch in a row that is known to take it.
    #[inline(always)]
    pub(super) fn emit_prepared(&mut self, prepared: &Prepared, fields: Fields) {
        let room = self.fixed.get_mut(self.length..self.length + WINDOW);
        let Some(window) = room.and_then(|room| room.as_mut_array()) else {
            return self.grow_and_emit(prepared, fields);
        };
        let encoded = prepared.fill(&fields, window);
        if let Rm::Relative(Distant { place, .. }) = fields.rm {
            self.relatives.push(Relative {
                at: (self.length + encoded.head) as u32,
                to_end: (encoded.length - encoded.head) as u32,
                place,
            });
        }
        self.length += encoded.length;
    }

    /// What is seldom is passed by value, so that what is frequent stays in registers.
    #[cold]
    #[inline(never)]
    fn grow_and_emit(&mut self, prepared: &Prepared, fields: Fields) {
        self.grow();
        self.emit_prepared(prepared, fields);
    }

    /// Makes room for another instruction.
    fn grow(&mut self) {
        let more = self.fixed.len().max(1024);
        self.fixed.resize(self.fixed.len() + more, 0);
    }

    fn push(&mut self, event: Event) {
        let at = self.length as u32;
        self.events.push(Positioned { at, event });
    }

    #[inline(never)]
    fn push_branch(&mut self, row: u16, operands: &Filled) {
        self.push(Event::Branch {
            label: operands[0].place(),
            row,
            is_long: false,
        });
    }

    #[cold]
    #[inline(never)]
    fn refuse(&mut self, refusal: Refusal, instruction: Instruction, operands: &Filled) {
        self.note(refusal(Refused::boxed(instruction, operands)));
    }

    fn note(&mut self, error: EncodeError) {
        self.error.get_or_insert(error);
    }

    /// Keeps account of what is encoded from here on.
    pub(super) fn start_trace(&mut self) {
        self.trace = Some(Vec::new());
    }

    /// How many instructions the account has.
    pub(super) fn traced(&self) -> usize {
        self.trace.as_ref().map_or(0, Vec::len)
    }

    /// The account, which ends here.
    pub(super) fn take_trace(&mut self) -> Vec<Traced> {
        self.trace.take().unwrap_or_default()
    }

    #[cold]
    #[inline(never)]
    fn note_down(&mut self, row: u16, instruction: Instruction, operands: &Filled) {
        let at = self.label();
        self.bind(at);
        let constant = operands
            .iter()
            .find(|operand| operand.base() == base::CONSTANT);
        let constant = constant.and_then(|operand| self.pool.requested_bytes(operand.place()));
        let traced = Traced {
            at,
            row,
            instruction,
            operands: *operands,
            constant: constant.map(Into::into),
        };
        self.trace.get_or_insert_default().push(traced);
    }

    /// Moves a constant to a register in the fewest bytes that leave the flags alone.
    pub fn move_constant(&mut self, register: Gpr, value: u64) {
        match u32::try_from(value) {
            // Writing the lower half clears the upper one.
            Ok(value) => self.emit(MOV.r32(), (register, value as i32)),
            Err(_) => self.emit(MOV.r64(), (register, value as i64)),
        }
    }

    /// A new label, to be bound once and used in jumps, calls and addresses.
    pub fn label(&mut self) -> Label {
        let label = Label(self.labels.len() as u32);
        self.labels.push(UNBOUND);
        label
    }

    /// The label is here.
    pub fn bind(&mut self, label: Label) {
        match self.labels.get_mut(label.0 as usize) {
            Some(place) if *place == UNBOUND => *place = 0,
            _ => self.note(EncodeError::BoundTwice(label)),
        }
        self.push(Event::Bind(label.0));
    }

    /// Pads with instructions that do nothing up to a multiple of `boundary` bytes.
    pub fn align(&mut self, boundary: u32) {
        if self.check_alignment(boundary) {
            self.push(Event::Align(boundary));
        }
    }

    /// Bytes in the pool behind the code, aligned to their number rounded up to a power
    /// of two, but to no more than 64. Equal constants share their place.
    #[inline(always)]
    pub fn constant(&mut self, bytes: &[u8]) -> Constant {
        let natural = bytes.len().min(MAX_ALIGNMENT as usize).next_power_of_two();
        self.constant_aligned(bytes, natural as u32)
    }

    /// Bytes in the pool behind the code, aligned to `alignment`.
    #[inline(always)]
    pub fn constant_aligned(&mut self, bytes: &[u8], alignment: u32) -> Constant {
        let alignment = if self.check_alignment(alignment) {
            alignment
        } else {
            1
        };
        if self.pool.length() + bytes.len() > i32::MAX as usize {
            self.note(EncodeError::TooLarge);
            return self.pool.request(&[], alignment);
        }
        self.pool.request(bytes, alignment)
    }

    fn check_alignment(&mut self, alignment: u32) -> bool {
        let fits = alignment.is_power_of_two() && alignment <= MAX_ALIGNMENT;
        if !fits {
            self.note(EncodeError::Alignment(alignment));
        }
        fits
    }

    /// The finished code. The assembler is empty afterwards.
    ///
    /// # Errors
    /// The first thing that was wrong since it was empty last.
    pub fn finish(&mut self) -> Result<Code, EncodeError> {
        let mut code = Code::default();
        self.finish_into(&mut code)?;
        Ok(code)
    }

    /// The finished code, in place of what was in `code`, whose storage it takes over.
    ///
    /// # Errors
    /// The first thing that was wrong since the assembler was empty last. `code` is
    /// then of no use.
    pub fn finish_into(&mut self, code: &mut Code) -> Result<(), EncodeError> {
        let result = self.lay_out(code);
        self.clear();
        result
    }

    /// Forgets everything, errors too, but keeps the storage.
    pub fn clear(&mut self) {
        self.length = 0;
        self.events.clear();
        self.relatives.clear();
        self.labels.clear();
        self.pool.clear();
        self.error = None;
        self.trace = None;
    }

    fn lay_out(&mut self, code: &mut Code) -> Result<(), EncodeError> {
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        if self.length > i32::MAX as usize {
            return Err(EncodeError::TooLarge);
        }
        let fixed = &self.fixed[..self.length];
        code.instructions = layout::settle(fixed.len(), &mut self.events, &mut self.labels)?;
        let (pool_alignment, pool_length) = self.pool.lay_out();
        let pool_start = code.instructions.next_multiple_of(pool_alignment as usize);
        if pool_start + pool_length > i32::MAX as usize {
            return Err(EncodeError::TooLarge);
        }
        let bytes = &mut code.bytes;
        bytes.clear();
        bytes.reserve(pool_start + pool_length);
        layout::write(fixed, &self.events, &self.labels, bytes)?;
        layout::patch(
            &self.relatives,
            &self.events,
            &self.labels,
            &self.pool,
            pool_start,
            bytes,
        )?;
        // What runs off the end of the code must not run into data.
        const BREAKPOINT: u8 = 0xcc;
        bytes.resize(pool_start, BREAKPOINT);
        self.pool.write(bytes);
        code.alignment = self.alignment().max(pool_alignment);
        code.labels.clone_from(&self.labels);
        Ok(())
    }

    /// The largest alignment that was asked for in the code.
    fn alignment(&self) -> u32 {
        let boundaries = self
            .events
            .iter()
            .filter_map(|positioned| match positioned.event {
                Event::Align(boundary) => Some(boundary),
                _ => None,
            });
        boundaries.max().unwrap_or(1)
    }
}
