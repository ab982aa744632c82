//! The `.vm` format: a graph as a list of instructions, as Fidget and the
//! prospero challenge use it.
//!
//! ```
//! let text = "
//! ## A circle of radius 1.
//! x var-x
//! y var-y
//! xx square x
//! yy square y
//! sum add xx yy
//! r sqrt sum
//! one const 1
//! circle sub r one
//! ";
//! let circle = smalto_graph::vm::parse(text)?;
//! assert_eq!(circle, smalto_graph::formula::parse("sqrt(x^2 + y^2) - 1")?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A line is `name op operands`, separated by blanks. A name is any text without
//! blanks or control characters and is defined once, before it is used. `#` starts a comment; empty lines
//! do not count. What the last line defines is the result, an unnamed output.
//!
//! | op | meaning |
//! |---|---|
//! | `const 2.5` | a real constant; also `inf` and `nan` |
//! | `var-x` `var-y` `var-z` | an input |
//! | `abs` `neg` `sqrt` `square` `floor` `ceil` `round` `sin` `cos` `tan` `asin` `acos` `atan` `exp` `ln` `not` `recip` | an [`Op`](crate::Op) of one name |
//! | `add` `sub` `mul` `div` `min` `max` `mod` `atan2` `compare` `and` `or` | an [`Op`](crate::Op) of two names |
//!
//! Everything is real, `not`, `and` and `or` too. The inputs of the graph are those
//! that occur, in the order x, y, z.

mod cursor;
mod instructions;
mod printer;
mod reader;

pub use printer::{PrintError, print};
pub use reader::{Error, parse};
