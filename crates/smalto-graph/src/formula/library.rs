//! Functions that formulas can call and Rust programs have written.
//!
//! A library function builds its result out of ops where it is called, like a `fn` of
//! the formula: the graph holds what it built and knows nothing of the function. Unlike a
//! [`UserOp`](crate::UserOp) it can be called with more operands or fewer, and it has
//! *options*, which a call gives by name: `fbm(x, y, octaves = 4, basis = simplex)`. An
//! option may be an expression, or something that must be known when the function is
//! built: a whole number written out, or one of a few words.
//!
//! ```
//! use smalto_graph::formula::{Arguments, Function, OptionKind, OptionRow, Parser};
//! use smalto_graph::Expr;
//!
//! /// `bumps(x, count = 3, height = 1)`: |sin| of x, 2x, 4x, ..., summed.
//! fn bumps<'g>(call: &Arguments<'g>) -> Result<Expr<'g>, String> {
//!     let octave = |k: i32| (call.operand(0) * 2f64.powi(k)).sin().abs();
//!     let sum = (1..call.count("count") as i32).fold(octave(0), |sum, k| sum + octave(k));
//!     Ok(sum * call.real("height"))
//! }
//!
//! static LIBRARY: &[Function] = &[Function {
//!     name: "bumps",
//!     operands: &["x"],
//!     required: 1,
//!     options: &[
//!         OptionRow { name: "count", kind: OptionKind::Count { usual: 3, least: 1, most: 9 }, doc: "how many" },
//!         OptionRow { name: "height", kind: OptionKind::Real(1.0), doc: "of each" },
//!     ],
//!     doc: "a row of bumps",
//!     build: bumps,
//! }];
//!
//! let parser = Parser::new().with_library(LIBRARY);
//! let graph = parser.parse("bumps(x, count = 2)")?;
//! assert_eq!(graph, parser.parse("(abs(sin(x * 1)) + abs(sin(x * 2))) * 1")?);
//! # Ok::<(), smalto_graph::formula::Error>(())
//! ```

use crate::{Expr, GraphBuilder};
use std::fmt;

/// A function of a library.
pub struct Function {
    /// The name it is called by. An op, a user op or a `fn` of the formula of the same
    /// name is called instead.
    pub name: &'static str,
    /// The names of its operands, which are reals and given in order.
    pub operands: &'static [&'static str],
    /// How many operands a call must give; the rest it may leave away from the end.
    pub required: usize,
    /// What a call may give by name.
    pub options: &'static [OptionRow],
    /// What the function is, in a line.
    pub doc: &'static str,
    /// Builds the result. An error is a sentence about the operands or options that the
    /// reader of the formula will see.
    pub build: for<'g> fn(&Arguments<'g>) -> Result<Expr<'g>, String>,
}

/// An option of a [`Function`].
#[derive(Debug, Clone, Copy)]
pub struct OptionRow {
    /// The name by which a call gives it.
    pub name: &'static str,
    /// What it can be, and what it is if not given.
    pub kind: OptionKind,
    /// What it does, in a line.
    pub doc: &'static str,
}

/// What an [option](OptionRow) can be, and what it is if not given.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum OptionKind {
    /// Any real.
    Real(f64),
    /// Any i32.
    Integer(i32),
    /// A whole number that is written out.
    Count {
        /// What it is if not given.
        usual: u32,
        /// The least it can be.
        least: u32,
        /// The most it can be.
        most: u32,
    },
    /// One of these words; the first if not given.
    Word(&'static [&'static str]),
}

/// What a call gives a [`Function`].
#[derive(Debug)]
pub struct Arguments<'g> {
    pub(super) builder: &'g GraphBuilder,
    pub(super) operands: Vec<Expr<'g>>,
    pub(super) rows: &'static [OptionRow],
    /// One for each row.
    pub(super) options: Vec<Argument>,
}

/// What an option is in a call.
#[derive(Debug, Clone, Copy)]
pub(super) enum Argument {
    /// A value of the graph.
    Value(crate::NodeId),
    Count(u32),
    Word(&'static str),
}

impl<'g> Arguments<'g> {
    /// The graph being built.
    pub fn builder(&self) -> &'g GraphBuilder {
        self.builder
    }

    /// All operands: from as many as are required to all there are.
    pub fn operands(&self) -> &[Expr<'g>] {
        &self.operands
    }

    /// One operand.
    ///
    /// # Panics
    /// If the call gave fewer.
    pub fn operand(&self, at: usize) -> Expr<'g> {
        self.operands[at]
    }

    /// An option that is a real.
    ///
    /// # Panics
    /// If the function has no such option.
    pub fn real(&self, name: &str) -> Expr<'g> {
        self.value(name)
    }

    /// An option that is an i32.
    ///
    /// # Panics
    /// If the function has no such option.
    pub fn integer(&self, name: &str) -> Expr<'g> {
        self.value(name)
    }

    /// An option that is a number written out.
    ///
    /// # Panics
    /// If the function has no such option.
    pub fn count(&self, name: &str) -> u32 {
        match self.option(name) {
            Argument::Count(count) => count,
            other => panic!("option `{name}` is {other:?}, not a count"),
        }
    }

    /// An option that is a word.
    ///
    /// # Panics
    /// If the function has no such option.
    pub fn word(&self, name: &str) -> &'static str {
        match self.option(name) {
            Argument::Word(word) => word,
            other => panic!("option `{name}` is {other:?}, not a word"),
        }
    }

    fn value(&self, name: &str) -> Expr<'g> {
        match self.option(name) {
            Argument::Value(id) => self.builder.expr(id),
            other => panic!("option `{name}` is {other:?}, not a value"),
        }
    }

    fn option(&self, name: &str) -> Argument {
        let at = self.rows.iter().position(|row| row.name == name);
        self.options[at.unwrap_or_else(|| panic!("the function has no option `{name}`"))]
    }
}

impl Function {
    /// How it is called, with every operand and option: `fbm(x, [y, z,] octaves = 6)`.
    pub fn signature(&self) -> String {
        self.to_string()
    }
}

impl fmt::Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(", self.name)?;
        for (at, operand) in self.operands.iter().enumerate() {
            let (separator, open) = (["", ", "][usize::from(at > 0)], at == self.required);
            write!(f, "{}{separator}{operand}", if open { "[" } else { "" })?;
        }
        if self.required < self.operands.len() {
            f.write_str("]")?;
        }
        for row in self.options {
            write!(f, ", {} = {}", row.name, row.kind)?;
        }
        f.write_str(")")
    }
}

impl fmt::Display for OptionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OptionKind::Real(usual) => write!(f, "{usual}"),
            OptionKind::Integer(usual) => write!(f, "{usual}"),
            OptionKind::Count { usual, .. } => write!(f, "{usual}"),
            OptionKind::Word(words) => f.write_str(&words.join("|")),
        }
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Function")
            .field("call", &self.signature())
            .finish_non_exhaustive()
    }
}
