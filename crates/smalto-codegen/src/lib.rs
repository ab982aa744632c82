//! From kernels to machine code.
//!
//! The encoders are here: each target's instructions as table rows, turned into bytes
//! on any host. (Choosing instructions for a kernel, and registers for their operands,
//! will stand beside them.)
//!
//! ```
//! use smalto_codegen::target::x64::{Assembler, Memory, RDI, RET, VADDPS, v};
//!
//! let mut assembler = Assembler::new();
//! assembler.emit(VADDPS.zmm(), (v(0), v(1), Memory::base(RDI).offset(64)));
//! assembler.emit(RET, ());
//! let code = assembler.finish()?;
//! // A displacement of one whole register is one byte: EVEX counts in registers.
//! assert_eq!(code.bytes()[..7], [0x62, 0xf1, 0x74, 0x48, 0x58, 0x47, 0x01]);
//! # Ok::<(), smalto_codegen::target::x64::EncodeError>(())
//! ```
//!
//! | to | see |
//! |---|---|
//! | encode instructions for a machine | [`target`] |
//! | add an instruction | [`target::x64`] |
//! | give values registers | [`alloc`] |

pub mod alloc;
pub mod select;
pub mod target;
