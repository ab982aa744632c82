//! Modules as text: one instruction a line.
//!
//! ```
//! let text = "\
//! table taps: f32 = [0.25, 0.5]
//!
//! func half width any -> v.f32 {
//!     param a: v.f32
//! block 0:
//!     %1: v.i32 = constant 1
//!     %2: v.f32 = lookup taps[%1]
//!     %3: v.f32 = mul %a, %2
//!     return %3
//! }
//!
//! kernel halve width any {
//!     buffer x: f32 read
//!     buffer y: f32 write
//!     param n: u.i64
//! block 0:
//!     %1: u.i64 = constant 0
//!     %2: u.i64 = width
//!     jump 1(%1)
//! block 1(%3: u.i64):
//!     %4: u.mask = lt %3, %n
//!     branch %4, 2, 3
//! block 2:
//!     %5: u.i64 = sub %n, %3
//!     %6: v.mask = first_lanes %5
//!     %7: v.f32 = load x[%3] if %6
//!     %8: v.f32 = call half(%7)
//!     store y[%3], %8 if %6
//!     %10: u.i64 = add %3, %2
//!     jump 1(%10)
//! block 3:
//!     return
//! }
//! ";
//! let module = smalto_kernel::parse(text)?;
//! assert_eq!(module.to_string(), text);
//! # Ok::<(), smalto_kernel::ParseError>(())
//! ```
//!
//! # What there is
//!
//! `#` starts a comment that ends with the line. A module is any number of tables,
//! kernels and functions; tables come before their use, functions need not.
//!
//! | line | meaning |
//! |---|---|
//! | `table t: f32 = [1, 2.5, nan]` | a constant table; it may go over several lines |
//! | `kernel f width 16 {` | a kernel for waves of 16 lanes; `width any` leaves it to the target |
//! | `func f width any -> v.f32 {` | a function and what it returns; without `->` nothing |
//! | `buffer x: f32 read` | a buffer and how it is used: `read`, `write`, `readwrite` |
//! | `param n: u.i64` | a value the routine is given, `%n` |
//! | `block 3(%4: v.f32, %5: u.i64):` | a block and its parameters; the first is the entry and has those of the routine |
//! | `%6: v.f32 = add %4, %4` | an instruction that gives a value; its type is always written |
//! | `store x[%5], %4 if %7` | one that gives none |
//! | `jump 3(%6, %7)` | ends a block |
//! | `branch %8, 3(%6, %7), 4` | ends a block: the first if `%8` is true |
//! | `return` or `return %6` | ends a block and the routine |
//!
//! What an instruction names comes first:
//!
//! | written | is |
//! |---|---|
//! | `constant 1.5` | a number (`0xff` are the bits of an integer), `inf`, `-inf`, `nan`, `true`, `false` |
//! | `fma %1, %2, %3` | an instruction of the [table](crate::op) |
//! | `load x[%1] if %2` | an access of a buffer, in the lanes of a mask |
//! | `lookup t[%1]` | an access of a table |
//! | `length x` | the length of a buffer |
//! | `tuple %1, %2` and `extract %3, 1` | tuples; components count from 0 |
//! | `call f(x, y, %1)` | a call: first the buffers, then the values |
//!
//! # Names
//!
//! Values, parameters and blocks may be called by any name (letters, digits, `_` and
//! `.`) as well as by a number. What is printed are the numbers that a [`ValueId`] and
//! a [`BlockId`] count from 0, and the names of parameters, so parsing
//! what was printed gives the same module.
//!
//! A value is given before it is used, and the parser says so where it is not; all else
//! that makes a module [valid](crate::verify()) is left to the verifier.
//!
//! [`ValueId`]: crate::ValueId
//! [`BlockId`]: crate::BlockId

mod lexer;
mod parser;
mod printer;

pub(crate) use lexer::is_identifier;
pub use parser::{ParseError, parse};
pub(crate) use printer::{Named, Short};
pub use printer::{last_line, line};
