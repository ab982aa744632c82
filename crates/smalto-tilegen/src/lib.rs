//! Tile files in, instruction selector out, when the compiler is built.
//!
//! A target says which instructions it has for which operations in *tile files*: each
//! tile is a pattern of operators, what it makes of it, what that costs and how it is
//! done. [`compile`] reads them, refuses what cannot be right, and finds the tables by
//! which the cheapest tiles are chosen at run time; [`Selector::to_rust`] writes them as
//! source text. The types that text names, and the driver, are the code generator's.
//!
//! | step | room |
//! |---|---|
//! | words and lists, type macros | `reader` |
//! | declarations and patterns | `grammar` |
//! | clauses and steps, and their operands | `body`, `operand` |
//! | whether steps treat their operands as instructions do | `check` |
//! | states and transitions | `burs`, which explains the method |
//! | whether every tile can match and win | `reach` |
//! | Rust text | `rust` |
//!
//! # Tile files
//!
//! S-expressions; `;` begins a comment. Declarations may come after their use, in any of
//! the files.
//!
//! ```text
//! (symbol v register 1)              ; values in registers of class 1
//! (symbol imm8 operand)              ; becomes part of an instruction
//! (symbol flags flags)               ; status flags, and a condition
//! (symbol void void)                 ; an effect
//! (constant sign32 4 0x80000000)     ; bytes per lane, bits
//! (pseudo div_lanes w read read)     ; what it does to its operands: w, rw or read
//! (tile NAME PATTERN RESULT COST CLAUSE...)
//! (each (T S) ((i32 32) (i64 64)) FORM...)
//! (each K (zero one) FORM...)
//! ```
//!
//! A *pattern* is a symbol (then the tile is a chain rule: it makes one symbol of
//! another) or `(operator child...)`, with patterns as children. Its *leaves*, the symbols
//! in it, are numbered from the left from 0.
//!
//! `each` repeats its forms for each row with `$T` and `$S` replaced, inside words too.
//! Variables are in capitals, constants are not, so `$sign$S` is the constant `$sign32`.
//!
//! The *clauses* are either instructions in order, or one of the other bodies.
//!
//! | clause | meaning |
//! |---|---|
//! | `(add.32 d=0 1)` | an instruction of the table, its size and operands |
//! | `(j:0 %then)`, `(set:!0 d)` | the one for the condition of flags leaf 0, or for its negation |
//! | `(!div_lanes.w4 d 0 1)` | a pseudo-instruction |
//! | `(temps v k)` | temporaries `t0`, `t1` |
//! | `(condition b)` | under which flags mean true |
//! | `(immediate)` | the constant that is the pattern |
//! | `(alias 0)` | the same operand under another symbol |
//! | `(index 0 1)`, `(index - 0)` | a register and a constant as an index |
//! | `(element 0)`, `(element 0 broadcast)` | the place in memory that the load reads |
//! | `(pool)`, `(pool broadcast)` | the constant's place in the pool |
//!
//! | operand | meaning |
//! |---|---|
//! | `d`, `t0` | the result, a temporary |
//! | `d=1`, `t0=1` | the same, beginning as a copy of leaf 1, and overwritten |
//! | `0` | a leaf |
//! | `#-1`, `#0x80` | an immediate |
//! | `#log2:1` | an immediate computed of leaf 1: `log2`, `neg`, `low4`, `low5`, `low6` |
//! | `$name`, `$name:b` | a constant in every lane, or once and broadcast |
//! | `@0`, `@0:b`, `@v0` | elements of the node's buffer: at index 0, broadcast, at a vector of indices |
//! | `[0+1*4+8]` | an address |
//! | `%then`, `%else` | where a branch goes |
//! | `{k:1}`, `{z:t0}` | after the first operand: a mask, merging or zeroing |
//!
//! # Example
//!
//! ```
//! use smalto_tilegen::*;
//!
//! let text = "
//!     (symbol r register 0)
//!     (symbol imm operand)
//!     (tile number (number) imm 0 (immediate))
//!     (tile load imm r 2 (mov d 0))
//!     (tile add (add r r) r 2 (add d=0 1))
//!     (tile add_imm (add r imm) r 3 (add d=0 1))";
//! let vocabulary = Vocabulary {
//!     operators: vec![("number".into(), 0), ("add".into(), 2)],
//!     instructions: read_instructions(
//!         r#"
//!         MOV "LEGACY.32 8B /r" RM "w r, r/m" X64;
//!         ADD "LEGACY.32 03 /r" RM "rw r, r/m, <w flags>" X64;
//!         "#,
//!     ),
//! };
//! let selector = compile(&[SourceFile { name: "x.tiles", text }], &vocabulary)?;
//! assert_eq!(selector.summary().to_string(), "4 tiles, 4 states, 50 bytes of tables");
//! assert!(selector.to_rust("crate::tables").starts_with("/// The selector"));
//! # Ok::<(), Findings>(())
//! ```

mod body;
mod burs;
mod check;
mod finding;
mod grammar;
mod instruction;
mod operand;
mod reach;
mod reader;
mod rust;

#[cfg(test)]
mod tests;

pub use finding::{Finding, Findings, Problem};
pub use instruction::{InstructionForm, InstructionSpec, Masking, OperandRole, read_instructions};

use burs::Automaton;
use finding::Log;
use grammar::Grammar;
use std::fmt;

/// A tile file.
#[derive(Debug, Clone, Copy)]
pub struct SourceFile<'a> {
    /// Its name, for messages.
    pub name: &'a str,
    /// What it says.
    pub text: &'a str,
}

/// What tiles may name.
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    /// The operators: name and number of operands, at most 3.
    pub operators: Vec<(String, u8)>,
    /// The instructions.
    pub instructions: Vec<InstructionSpec>,
}

/// The selector of one target.
#[derive(Debug)]
pub struct Selector {
    files: Vec<String>,
    grammar: Grammar,
    automaton: Automaton,
}

/// How large a selector is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// The tiles.
    pub tiles: usize,
    /// The states.
    pub states: usize,
    /// The bytes of the tables that drive selection.
    pub bytes: usize,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Summary {
            tiles,
            states,
            bytes,
        } = self;
        write!(f, "{tiles} tiles, {states} states, {bytes} bytes of tables")
    }
}

/// Makes the selector of tile files, which are read as if they were one.
///
/// # Errors
/// Everything that is wrong with them. What depends on the rest being right (whether
/// tiles can match and win) is looked for once everything can be read.
///
/// # Panics
/// If an operator of the vocabulary has more than 3 operands, or there are more than
/// 65,000 of them.
pub fn compile(files: &[SourceFile<'_>], vocabulary: &Vocabulary) -> Result<Selector, Findings> {
    assert!(
        vocabulary.operators.iter().all(|&(_, arity)| arity <= 3),
        "operators have at most 3 operands"
    );
    assert!(
        vocabulary.operators.len() <= 65_000,
        "operators are numbered in 16 bits"
    );
    let names: Vec<&str> = files.iter().map(|file| file.name).collect();
    let mut log = Log::default();
    let forms = reader::read(files, &mut log);
    let grammar = grammar::build(&forms, vocabulary, &mut log);
    if !log.is_empty() {
        return Err(log.into_findings(&names));
    }
    check::check(&grammar, &vocabulary.instructions, &mut log);
    let has_ring = reach::check_symbols(&grammar, &mut log);
    if has_ring {
        return Err(log.into_findings(&names));
    }
    let automaton = match burs::build(&grammar) {
        Ok(automaton) => automaton,
        Err((place, problem)) => {
            log.note(place, problem);
            return Err(log.into_findings(&names));
        }
    };
    reach::check_tiles(&grammar, &automaton, &names, &mut log);
    match log.is_empty() {
        true => Ok(Selector {
            files: names.into_iter().map(str::to_owned).collect(),
            grammar,
            automaton,
        }),
        false => Err(log.into_findings(&names)),
    }
}

impl Selector {
    /// Rust text with the item `pub static TABLES: Tables`, for `include!`. The types are
    /// those of `smalto-codegen`'s `select::tables`, found under `types_path`, as in
    /// `crate::select::tables`.
    pub fn to_rust(&self, types_path: &str) -> String {
        rust::write(self, types_path)
    }

    /// How large it is.
    pub fn summary(&self) -> Summary {
        Summary {
            tiles: self.grammar.tiles.len(),
            states: self.automaton.states.len(),
            bytes: rust::table_bytes(self),
        }
    }
}
