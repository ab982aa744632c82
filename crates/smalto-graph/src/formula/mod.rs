//! The formula language: graphs as text.
//!
//! ```
//! use smalto_graph::formula;
//!
//! let graph = formula::parse(
//!     "
//!     ## A rounded square with a hole.
//!     fn box(a, b, size) = max(abs(a), abs(b)) - size;
//!     let hole = sqrt(x^2 + y^2) - 0.3;
//!     max(box(x, y, 0.5) - 0.1, -hole)
//!     ",
//! )?;
//! assert_eq!(formula::parse(&formula::print(&graph))?, graph);
//! # Ok::<(), formula::Error>(())
//! ```
//!
//! # Statements
//!
//! A formula is any number of statements and then at most one expression, which is
//! the unnamed output. `#` starts a comment that ends with the line.
//!
//! | statement | meaning |
//! |---|---|
//! | `input x, y, n: i32;` | declares inputs, in this order: real unless a type (`real`, `i32`, `i64`) is given. `input;` declares none |
//! | `let a = e;` | names a value |
//! | `fn f(a, n: i32) = e;` | defines a function of typed parameters (real by default; `bool` is possible). The body may use inputs, lets, tables and functions that come before it, but not `f` |
//! | `table w = [1, 2, 4];` | a constant table of reals, or of `i32` with `table w: i32 = [..];` |
//! | `output d = e;` | declares an output. `output = e;` is the unnamed one, if it is not to come last |
//!
//! The variables `x`, `y`, `z` and `t` need no declaration: each becomes a real
//! input where it is first used. [`Parser::with_variables`] replaces that list.
//!
//! # Names
//!
//! A name is a letter or `_`, then letters, digits, `_` and `.` (not last):
//! `view.m00`. Inputs, lets, parameters and tables share one namespace, in which
//! a name is declared once a block; a block or a function may give an outer name
//! another meaning for its own length. Functions have another namespace, with the
//! ops of the [op table](crate::Op) and the user ops the parser was given, none of
//! which can be redefined; a function of a library can. Outputs have a third, and cannot be read. The keywords
//! and constants `input let fn table output true false inf nan pi tau e` are no
//! names.
//!
//! # Numbers
//!
//! | written | is |
//! |---|---|
//! | `1`, `.5`, `1e-3` | a real, rounded to the nearest f64 |
//! | `0x1.8p3` | a real, exactly: 1.5 times 2^3 |
//! | `7i32`, `-5i64` | an integer of that type |
//! | `0xffffffffi32` | an integer with these bits: -1 |
//! | `inf` `nan` `pi` `tau` `e` | a real |
//! | `true` `false` | a bool |
//!
//! A `-` before a number, with no `^` after it, is its sign: `-2` is a constant,
//! while `-(2)` negates one.
//!
//! # Expressions
//!
//! Tightest first:
//!
//! | written | is | associates |
//! |---|---|---|
//! | `(a)` | a | |
//! | `{ let b = e; a }` | a, with names of its own | |
//! | `f(a, b)` | the op, user op or function f of a and b | |
//! | `f(a, b, n = c)` | a function of a [library](Function), with its option n | |
//! | `w[n]` | an element of the table w, counted from 0; an index outside reads the last element | |
//! | `a ^ b` | `pow(a, b)`; `a ^ 2`, with the number written as such, is `square(a)`, which is rounded exactly | right |
//! | `-a` `!a` | `neg(a)`, `not(a)` | |
//! | `a * b` `a / b` `a % b` | `mul`, `div`, and `mod` of reals or `rem` of integers | left |
//! | `a + b` `a - b` | `add`, `sub` | left |
//! | `a < b` `<=` `>` `>=` `==` `!=` | `lt`, `le`, `gt`, `ge`, `eq`, `ne` | no |
//! | `a && b` | `and(a, b)` | left |
//! | <code>a &#124;&#124; b</code> | `or(a, b)` | left |
//! | `c ? a : b` | `select(c, a, b)` | right |
//!
//! So `-2^2` is -4, `2^3^2` is 512, `2^-1` is a half, and `a < b < c` is an error.
//! Nothing is evaluated by the parser: `1 + 1` is an `add` of two constants.
//!
//! # Types
//!
//! Operands must have the types the op's row asks for. Three conversions are made
//! without being asked: a bool where a number belongs counts 0 or 1; a number where
//! a condition belongs is true unless it is zero; and a real constant with an
//! integral value becomes an integer beside integers, as in `n + 1`. All others are
//! written: `real(n)`, `i32(a)`, `i64(a)`, `bool(a)`.
//!
//! # Functions
//!
//! A function is compiled once, where it is defined, and its body must be well
//! typed for the types of its parameters. A call shares every value with equal ones
//! elsewhere, except for stateful user ops: each call of the function has states
//! of its own.

mod error;
mod expressions;
mod functions;
mod lexer;
mod library;
mod library_calls;
mod number;
mod operators;
mod parser;
mod printer;
mod scope;
mod statements;
mod suggest;
mod words;

pub use error::{Error, Label};
pub use library::{Arguments, Function, OptionKind, OptionRow};
pub use printer::{print, print_parts};

pub(crate) use error::quote;
pub(crate) use number::print_real;
pub(crate) use suggest::nearest;
pub(crate) use words::is_reserved;

use crate::{Graph, Type, UserOp};
use std::collections::HashMap;
use std::sync::Arc;

/// The variables that are inputs without being declared, unless a [`Parser`] is
/// given others.
const IMPLICIT: [&str; 4] = ["x", "y", "z", "t"];

/// More nodes than any formula written for a purpose needs, in less than 2 GiB.
const DEFAULT_NODE_LIMIT: usize = 16_000_000;

/// The graph of a formula over `x`, `y`, `z`, `t` and the inputs it declares.
///
/// ```
/// let graph = smalto_graph::formula::parse("input y, n: i32; y^2 + x * real(n)")?;
/// let names: Vec<&str> = graph.variables().iter().map(|v| &*v.name).collect();
/// assert_eq!(names, ["y", "n", "x"]);
/// # Ok::<(), smalto_graph::formula::Error>(())
/// ```
///
/// # Errors
/// If the text is no formula, see [`Error`].
pub fn parse(text: &str) -> Result<Graph, Error> {
    Parser::new().parse(text)
}

/// A parser with other variables, user ops or bounds than the usual ones.
///
/// ```
/// use smalto_graph::{formula::Parser, Type, UserOp};
///
/// let gain = UserOp::function("decibel", 1, |operands| 10f64.powf(operands[0] / 20.0))?;
/// let parser = Parser::new()
///     .with_variables([("phase", Type::Real), ("sample", Type::I64)])
///     .with_op(gain);
/// let graph = parser.parse("sample < 44100 ? sin(tau * phase) * decibel(-6) : 0")?;
/// assert_eq!(&*graph.variables()[0].name, "sample");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Parser {
    variables: HashMap<String, Type>,
    user_ops: HashMap<String, Arc<UserOp>>,
    library: HashMap<&'static str, &'static Function>,
    node_limit: usize,
}

impl Default for Parser {
    fn default() -> Parser {
        Parser {
            variables: IMPLICIT.map(|name| (name.into(), Type::Real)).into(),
            user_ops: HashMap::new(),
            library: HashMap::new(),
            node_limit: DEFAULT_NODE_LIMIT,
        }
    }
}

impl Parser {
    /// A parser as [`parse`] uses it.
    pub fn new() -> Parser {
        Parser::default()
    }

    /// Replaces the variables that become inputs where they are first used.
    pub fn with_variables<N: Into<String>>(
        mut self,
        variables: impl IntoIterator<Item = (N, Type)>,
    ) -> Parser {
        self.variables = variables
            .into_iter()
            .map(|(name, ty)| (name.into(), ty))
            .collect();
        self
    }

    /// Lets formulas call `op` by its name. Of two ops with one name the later counts.
    pub fn with_op(mut self, op: Arc<UserOp>) -> Parser {
        self.user_ops.insert(op.name().into(), op);
        self
    }

    /// Lets formulas call the functions of a library, where nothing else has their names.
    /// Of two functions with one name the later counts.
    pub fn with_library(mut self, functions: &'static [Function]) -> Parser {
        self.library
            .extend(functions.iter().map(|function| (function.name, function)));
        self
    }

    /// Bounds the nodes a formula may ask for, 16 million if not set, and with them
    /// the time and memory that reading it takes. Each operation counts as often as it
    /// is written, or expanded from a function, even if its node was there before.
    pub fn with_node_limit(mut self, nodes: usize) -> Parser {
        // A graph numbers its nodes with 32 bits, and one operation can convert its
        // three operands.
        self.node_limit = nodes.min(u32::MAX as usize / 4);
        self
    }

    /// The graph of a formula.
    ///
    /// # Errors
    /// If the text is no formula, see [`Error`].
    pub fn parse(&self, text: &str) -> Result<Graph, Error> {
        parser::Compiler::new(self, text)
            .and_then(parser::Compiler::formula)
            .map_err(|error| error.located(text))
    }
}
