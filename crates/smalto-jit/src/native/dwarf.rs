//! Call frame information: how to step from a frame of machine code to its caller.
//!
//! Compilers describe each function by a table from addresses to rules. Kernels need
//! no tables, because all of them are framed alike:
//!
//! ```text
//!     push rbp        ; first of all
//!     mov  rbp, rsp
//!     ...             ; rbp stays as it is, whatever happens to rsp
//!     pop  rbp        ; or leave
//!     ret             ; at once
//! ```
//!
//! So the rule at an address can be read off the instruction that stands there. The
//! canonical frame address (CFA, what rsp was before the call) is
//!
//! | at | CFA | the caller's rbp is |
//! |---|---|---|
//! | `push rbp`, `ret` | rsp + 8 | in rbp |
//! | `mov rbp, rsp` | rsp + 16 | at CFA - 16 |
//! | anything else | rbp + 16 | at CFA - 16 |
//!
//! and DWARF can say so: rules may be expressions, and expressions may read memory, the
//! code itself included. (Linkers describe the procedure linkage table in the same
//! spirit, by a formula on the low bits of the address.) One description then serves any
//! amount of code, whatever functions come and go in it. A routine inside a kernel that
//! is called without a frame of its own is passed over, to the kernel's caller.
//!
//! Registers other than rsp and rbp are taken to be unchanged, so a walk finds every
//! frame, but must not *resume* in one: a panic may not leave a function that machine
//! code called. Those are `extern "sysv64"`, where Rust sees to that.
//!
//! The format is that of the Linux Standard Base, "Exception Frames", and DWARF 5,
//! sections 2.5 and 6.4.

/// Registers by their numbers in the System V ABI, table 3.36.
mod register {
    pub(super) const RBP: u8 = 6;
    pub(super) const RSP: u8 = 7;
    /// The return address, and the address of the frame's own instruction.
    pub(super) const RIP: u8 = 16;
}

/// Operations of expressions: DWARF 5, section 7.7.1.
mod operation {
    pub(super) const DEREF: u8 = 0x06;
    pub(super) const CONST1U: u8 = 0x08;
    pub(super) const CONST2U: u8 = 0x0a;
    pub(super) const DUP: u8 = 0x12;
    pub(super) const DROP: u8 = 0x13;
    pub(super) const OVER: u8 = 0x14;
    pub(super) const MINUS: u8 = 0x1c;
    pub(super) const OR: u8 = 0x21;
    pub(super) const BRA: u8 = 0x28;
    pub(super) const EQ: u8 = 0x29;
    pub(super) const SKIP: u8 = 0x2f;
    pub(super) const LIT0: u8 = 0x30;
    pub(super) const BREG0: u8 = 0x70;
    pub(super) const DEREF_SIZE: u8 = 0x94;
}

/// Instructions of call frame programs: DWARF 5, section 7.24.
mod frame {
    pub(super) const NOP: u8 = 0x00;
    pub(super) const DEF_CFA_EXPRESSION: u8 = 0x0f;
    pub(super) const VAL_EXPRESSION: u8 = 0x16;
    pub(super) const OFFSET: u8 = 0x80;
}

/// What stands at the edges of a kernel.
mod code {
    pub(super) const PUSH_RBP: u8 = 0x55;
    pub(super) const RET: u8 = 0xc3;
    /// `mov rbp, rsp`, in either of its encodings: after REX.W, store and load form.
    pub(super) const REX_W: u8 = 0x48;
    pub(super) const MOV_RBP_RSP: [u16; 2] = [0xe589, 0xec8b];
}

/// A section `.eh_frame` for kernels in `length` bytes at `start`, with the terminator.
pub(super) fn eh_frame(start: u64, length: u64) -> Vec<u8> {
    let mut section = Vec::with_capacity(160);
    entry(&mut section, |bytes| {
        bytes.extend(0u32.to_le_bytes()); // A common information entry,
        bytes.push(1); // version 1,
        bytes.extend(b"zR\0"); // whose augmentation is the pointer encoding.
        bytes.push(1); // Unit of code.
        bytes.push(0x78); // Unit of data: -8.
        bytes.push(register::RIP); // The return address.
        bytes.extend([1, 0]); // One byte of augmentation: pointers are absolute.
        bytes.push(frame::DEF_CFA_EXPRESSION);
        bytes.extend(canonical_frame_address().counted());
        bytes.extend([frame::OFFSET | register::RIP, 1]); // At CFA - 8.
        bytes.extend([frame::VAL_EXPRESSION, register::RBP]);
        bytes.extend(callers_rbp().counted());
    });
    let common_entry = 0;
    let description = section.len();
    entry(&mut section, |bytes| {
        let back = (description + 4 - common_entry) as u32;
        bytes.extend(back.to_le_bytes());
        bytes.extend(start.to_le_bytes());
        bytes.extend(length.to_le_bytes());
        bytes.push(0); // No augmentation.
    });
    section.extend(0u32.to_le_bytes());
    section
}

/// Appends an entry: its length, then `content`, padded to a multiple of 8 bytes.
fn entry(section: &mut Vec<u8>, content: impl FnOnce(&mut Vec<u8>)) {
    let start = section.len();
    section.extend([0; 4]);
    content(section);
    section.resize(section.len().next_multiple_of(8), frame::NOP);
    let length = (section.len() - start - 4) as u32;
    section[start..start + 4].copy_from_slice(&length.to_le_bytes());
}

/// The first column of the table above.
fn canonical_frame_address() -> Expression {
    use operation::{CONST2U, DEREF_SIZE, DUP, EQ, OR, OVER};
    let [store, load] = code::MOV_RBP_RSP.map(u16::to_le_bytes);
    let mut e = Expression::default();
    let at_edge = e.branch_at_edge();
    e.constant(code::REX_W).push(&[EQ]);
    let at_rex = e.branch();
    e.register(register::RBP, 16);
    let done = e.skip();
    e.land(at_rex);
    e.register(register::RIP, 1).push(&[DEREF_SIZE, 2, DUP]);
    e.push(&[CONST2U, store[0], store[1], EQ, OVER]);
    e.push(&[CONST2U, load[0], load[1], EQ, OR]);
    let at_mov = e.branch();
    e.register(register::RBP, 16);
    let done_too = e.skip();
    e.land(at_mov);
    e.register(register::RSP, 16);
    let done_as_well = e.skip();
    e.land(at_edge);
    e.register(register::RSP, 8);
    for end in [done, done_too, done_as_well] {
        e.land(end);
    }
    e
}

/// The last column, as an expression that finds the CFA on its stack.
fn callers_rbp() -> Expression {
    use operation::{DEREF, DROP, LIT0, MINUS};
    let mut e = Expression::default();
    let at_edge = e.branch_at_edge();
    e.push(&[DROP, LIT0 + 16, MINUS, DEREF]);
    let done = e.skip();
    e.land(at_edge);
    e.register(register::RBP, 0);
    e.land(done);
    e
}

/// An expression: a program for a stack machine, whose result is the top.
#[derive(Default)]
struct Expression(Vec<u8>);

/// A jump that has not landed yet: where its distance is.
struct Jump(usize);

impl Expression {
    fn push(&mut self, bytes: &[u8]) -> &mut Expression {
        self.0.extend(bytes);
        self
    }

    fn constant(&mut self, value: u8) -> &mut Expression {
        self.push(&[operation::CONST1U, value])
    }

    /// Pushes a register plus `offset`, which is below 64.
    fn register(&mut self, number: u8, offset: u8) -> &mut Expression {
        self.push(&[operation::BREG0 + number, offset])
    }

    /// Pushes the first byte of the instruction, and jumps if the frame is not set up
    /// there: it is `push rbp` or `ret`.
    fn branch_at_edge(&mut self) -> Jump {
        use operation::{DEREF_SIZE, DUP, EQ, OR, OVER};
        self.register(register::RIP, 0).push(&[DEREF_SIZE, 1, DUP]);
        self.constant(code::PUSH_RBP).push(&[EQ, OVER]);
        self.constant(code::RET).push(&[EQ, OR]);
        self.branch()
    }

    /// Jumps if the top, which is taken off, is not 0.
    fn branch(&mut self) -> Jump {
        self.jump(operation::BRA)
    }

    fn skip(&mut self) -> Jump {
        self.jump(operation::SKIP)
    }

    fn jump(&mut self, operation: u8) -> Jump {
        self.push(&[operation, 0, 0]);
        Jump(self.0.len() - 2)
    }

    fn land(&mut self, Jump(at): Jump) {
        let distance = (self.0.len() - at - 2) as u16;
        self.0[at..at + 2].copy_from_slice(&distance.to_le_bytes());
    }

    /// Its length, which is below 128, and itself.
    fn counted(self) -> Vec<u8> {
        let mut bytes = vec![self.0.len() as u8];
        bytes.extend(self.0);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_is_two_entries_and_a_terminator() {
        let section = eh_frame(0x1122_3344_5566_0000, 0x10_0000);
        let word = |at: usize| u32::from_le_bytes(section[at..at + 4].try_into().unwrap()) as usize;
        let long = |at: usize| u64::from_le_bytes(section[at..at + 8].try_into().unwrap());
        let description = 4 + word(0);
        assert_eq!(word(4), 0, "the first entry is the common one");
        assert_eq!(
            word(description + 4),
            description + 4,
            "and is found from the second"
        );
        assert_eq!(long(description + 8), 0x1122_3344_5566_0000);
        assert_eq!(long(description + 16), 0x10_0000);
        let terminator = description + 4 + word(description);
        assert_eq!(word(terminator), 0);
        assert_eq!(section.len(), terminator + 4);
    }

    #[test]
    fn expressions_are_short_enough_for_a_length_of_one_byte() {
        assert!(canonical_frame_address().0.len() < 128);
        assert!(callers_rbp().0.len() < 128);
    }
}
