//! From kernels to machine code.
//!
//! A kernel's routine is covered with tiles, patterns of operations and the instructions
//! that do them, so that the whole costs least; its values are given registers; the
//! instructions are encoded. Every target can be compiled for on every host.
//!
//! ```
//! use smalto_codegen::target::x64::{Compiler, Level};
//!
//! // y[i] = gain * x[i] for a wave of points.
//! let module = smalto_kernel::parse("
//! kernel scale width any {
//!     buffer x: f32 read
//!     buffer y: f32 write
//!     param gain: u.f32
//! block 0:
//!     %zero: u.i64 = constant 0
//!     %v: v.f32 = load x[%zero]
//!     %g: v.f32 = splat %gain
//!     %scaled: v.f32 = mul %g, %v
//!     store y[%zero], %scaled
//!     return
//! }")?;
//! let kernel = module.find("scale").unwrap();
//! let compiled = Compiler::new(Level::Avx512).compile(&module, kernel)?;
//! assert_eq!(compiled.lanes(), 16);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | to | see |
//! |---|---|
//! | compile a kernel | [`target::x64::Compiler`] |
//! | know how tiles are chosen | [`select`] |
//! | know how registers are given | [`alloc`] |
//! | encode instructions, or add one | [`target::x64`] |

pub mod alloc;
pub mod select;
pub mod target;
