//! x86-64: registers, instructions, and the assembler.
//!
//! ```
//! use smalto_codegen::target::x64::*;
//!
//! let mut assembler = Assembler::new();
//! assembler.emit(VADDPS.zmm().masked(K1).zeroing(), (v(0), v(17), Memory::base(RDI)));
//! assembler.emit(ADD.r64(), (RDI, 64));
//! assembler.emit(RET, ());
//! let code = assembler.finish()?;
//! assert_eq!(code.bytes().len(), 6 + 4 + 1);
//! # Ok::<(), EncodeError>(())
//! ```
//!
//! | to | see |
//! |---|---|
//! | name instructions | the constants below, [`Mnemonic`], [`Condition`] |
//! | choose size, mask and rounding | [`Instruction`] |
//! | name operands | [`Gpr`], [`Vector`], [`Mask`], [`Memory`], [`Operand`] |
//! | make code | [`Assembler`], [`Code`] |
//! | know what an instruction does to its operands | [`Form`], [`Instruction::form`] |
//!
//! # From a call to bytes
//!
//! A [`Mnemonic`] is a run of rows of the instruction table, the shortest encoding first:
//! VEX before EVEX, one-byte immediates before four-byte ones. Emitting takes the first
//! row that accepts the operands, the size and the decorations; operands and rows carry
//! bit sets for that, so that it costs two ands a row. The row is at hand as 32 bytes
//! made at compile time, most of which is the instruction itself for registers that are
//! all number 0; `encode.rs` says how the other numbers get in.
//!
//! Commutative operands are not swapped, aliases are not expanded and nothing is made
//! cheaper: what is asked for is encoded.
//!
//! # How to add an instruction
//!
//! Add a line to the table in `instruction.rs`, or a line with `or` to an instruction
//! that is there already. The tests find it by themselves and hold it against the
//! disassembler: bytes, operands, roles, flags, features. A line has a name and four
//! columns, which can be read off the manual's page:
//!
//! ```text
//! VADDPS    "VEX.128/256.0F.WIG 58 /r"       RVM "w vec, vec, vec/m"              AVX
//!        or "EVEX.128/256/512.0F.W0 58 /r"   RVM "w vec{kz}, vec, vec/m/b32{er}"  AVX512F;
//! SHL       "LEGACY.32/64 C1 /4 ib"          MI  "rw r/m, imm8, <w flags>"        X64;
//! ```
//!
//! The *name* is the manual's. What the manual tells apart by operands that we do not
//! name gets a suffix after `_`: `SHL_CL`, `MOVZX_16`; a prefix is put before it:
//! `LOCK_XADD`.
//!
//! The *encoding* is the manual's, with lengths that differ in nothing else on one line.
//!
//! | part | meaning |
//! |---|---|
//! | `LEGACY`, `VEX`, `EVEX` | the prefix scheme; `LEGACY` where the manual has none |
//! | `128/256/512` | vector lengths. A form of several needs AVX512VL below 512 |
//! | `8/16/32/64` | operand sizes of `LEGACY`: 16 is the prefix 66, 64 is REX.W |
//! | `LIG`, `LLIG`, `LZ`, `L0`, `L1` | a length that does not vary |
//! | `66`, `F2`, `F3`, `LOCK` | a prefix byte; none is not spelt out |
//! | `0F`, `0F38`, `0F3A` | the opcode map |
//! | `W0`, `W1`, `WIG` | the W bit. Where an operand is `r`, W0 is size 32, W1 size 64 |
//! | `58`, `50+r` | the opcode |
//! | `/r`, `/4` | a ModRM byte, with a register or a digit in reg |
//! | `ib`, `id`, `io`, `cb`, `cd`, `/is4` | bytes at the end |
//!
//! The *fields* are where the operands go, a letter each: `R` ModRM.reg, `M` ModRM.rm,
//! `V` vvvv, `I` immediate, `S` the register of /is4, `O` the opcode, `D` a branch
//! displacement, `N` nowhere; `ZO` if there are no operands.
//!
//! The *operands*, destination first, are each a role (`w` written, `rw` both, or
//! nothing for read), what may stand there, and decorations.
//!
//! | operand | meaning |
//! |---|---|
//! | `vec`, `half`, `quarter`, `eighth` | a vector register of the instruction's length or that share of it, but no less than xmm |
//! | `xmm`, `ymm` | a vector register of that length |
//! | `r`, `r8`, `r16`, `r32`, `r64` | a general-purpose register of the instruction's size, or of that |
//! | `k` | a mask register |
//! | `m` | memory, as much as the register beside it; by itself, of the instruction's size |
//! | `m32`, `mhalf` | memory, so much |
//! | `m32*` | memory, elements of 32 bits as the mask has ones |
//! | `m32[vec]` | memory, elements of 32 bits at each index in a vector |
//! | `mem` | an address |
//! | `b32`, `b64` | an element in memory, broadcast |
//! | `imm8` | an immediate from 0 to 255 |
//! | `simm8`, `imm32`, `imm64` | an immediate, sign-extended to the size |
//! | `one` | 1 |
//! | `rel8`, `rel32` | a label |
//! | `<rcx>`, `<w flags>` | what is touched but not named |
//!
//! | decoration | meaning |
//! |---|---|
//! | `{k}`, `{kz}` | a mask, merging, or merging or zeroing |
//! | `{k?}`, `{k!}` | a mask that chooses between operands; one that there must be and that is used up |
//! | `{er}`, `{sae}` | rounding control, or silence alone |
//!
//! The manual's tuple type is not a column. It says in what unit EVEX counts one-byte
//! displacements, which is the size of the memory operand, an element if broadcast, and
//! so is known: for `m32*` and `m32[vec]` it is the element too.
//!
//! A row that is malformed does not compile. Before a row with a longer encoding comes
//! every row with a shorter one that takes the same operands.

mod assembler;
mod compile;
mod condition;
mod encode;
mod error;
mod fit;
pub mod form;
mod instruction;
mod layout;
mod mnemonic;
mod operand;
mod pool;
mod register;
mod row;
mod size;
mod syntax;

pub use assembler::{Assembler, Code};
pub use compile::{
    CompileError, Compiled, Compiler, Level, Listing, ListingLine, Part, RoutineListing, Selected,
    Statistics,
};
pub use condition::Condition;
pub use error::{EncodeError, Refused};
pub use form::{Features, Form};
pub use instruction::*;
pub use mnemonic::{Instruction, Mnemonic, Rounding};
pub use operand::{Constant, Label, Memory, Operand, Operands, Scale};
pub use register::*;
pub use size::{Size, Sizes};
