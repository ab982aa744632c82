//! What can be wrong with tile files.

use std::fmt;
use thiserror::Error;

/// A line of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// Which of the files.
    pub(crate) file: u32,
    /// The line, from 1.
    pub(crate) line: u32,
}

/// Everything that is wrong, in the order of the files. Displayed one to a line.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub struct Findings(pub Vec<Finding>);

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, finding) in self.0.iter().enumerate() {
            let end = if at == 0 { "" } else { "\n" };
            write!(f, "{end}{finding}")?;
        }
        Ok(())
    }
}

/// One thing that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The file's name.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The tile it is about.
    pub tile: Option<String>,
    /// What is wrong.
    pub problem: Problem,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.file, self.line)?;
        if let Some(tile) = &self.tile {
            write!(f, "tile `{tile}`: ")?;
        }
        self.problem.fmt(f)
    }
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[allow(missing_docs, reason = "the messages say it")]
pub enum Problem {
    // The text.
    #[error("a `(` that is not closed")]
    Unclosed,
    #[error("a `)` that closes nothing")]
    Unopened,
    #[error("more than {0} `(` in one another")]
    TooDeep(usize),
    #[error("expected {expected}, found `{found}`")]
    Expected {
        expected: &'static str,
        found: String,
    },
    #[error("no form is called `{0}`: there are symbol, pseudo, constant, tile and each")]
    UnknownForm(String),
    #[error("`{0}` is declared already")]
    Redeclared(String),
    #[error("no variable `${0}` is in scope")]
    UnknownVariable(String),
    #[error("{variables} variables, but a row of {values}")]
    RowLength { variables: usize, values: usize },
    #[error("more than {most} {what}")]
    TooMany { what: &'static str, most: usize },

    // Names.
    #[error("no operator `{0}`")]
    UnknownOperator(String),
    #[error("no symbol `{0}`")]
    UnknownSymbol(String),
    #[error("no instruction `{0}`")]
    UnknownInstruction(String),
    #[error("no pseudo-instruction `{0}`")]
    UnknownPseudo(String),
    #[error("no constant `${0}`")]
    UnknownConstant(String),
    #[error("no leaf {leaf}: the pattern has {count}")]
    UnknownLeaf { leaf: u8, count: usize },
    #[error("no temporary t{temporary}: there are {count}")]
    UnknownTemporary { temporary: u8, count: usize },
    #[error("`{operator}` has {arity} operands, not {found}")]
    Arity {
        operator: String,
        arity: u8,
        found: usize,
    },

    // Bodies.
    #[error("`{0}` is no register, so it cannot be a temporary")]
    TemporaryNotRegister(String),
    #[error("temporary t{0} is never used")]
    UnusedTemporary(u8),
    #[error("leaf {leaf}, `{symbol}`, is never used")]
    UnusedLeaf { leaf: u8, symbol: String },
    #[error("nothing writes the result: write `d`")]
    ResultNotWritten,
    #[error("flags need a `(condition ...)` under which they mean true")]
    NoCondition,
    #[error("a condition, but `{0}` is not flags")]
    UnwantedCondition(String),
    #[error("`{symbol}` cannot be made by {body}")]
    WrongBody { symbol: String, body: &'static str },
    #[error("leaf {leaf} is `{symbol}`, which is no {wanted}")]
    WrongLeaf {
        leaf: u8,
        symbol: String,
        wanted: &'static str,
    },

    // Steps.
    #[error("no form of `{instruction}` has {count} operands")]
    NoForm { instruction: String, count: usize },
    #[error("no form of `{instruction}` with {count} operands takes that mask")]
    NoMask { instruction: String, count: usize },
    #[error("`{instruction}` writes `{operand}`, which is a leaf: others may need it")]
    WritesLeaf {
        instruction: String,
        operand: String,
    },
    #[error("`{instruction}` writes `{operand}`, which cannot be written")]
    WritesValue {
        instruction: String,
        operand: String,
    },
    #[error("`{instruction}` writes `d`, but the tile makes no register")]
    NoResult { instruction: String },
    #[error("`{instruction}` overwrites `{operand}`: say which leaf that was, as in `{operand}=0`")]
    NeedsTie {
        instruction: String,
        operand: String,
    },
    #[error("`{instruction}` does not read what was in `{operand}`: leave the `=` away")]
    UnwantedTie {
        instruction: String,
        operand: String,
    },
    #[error("`{instruction}` reads `{operand}` before anything is written there")]
    ReadsUnwritten {
        instruction: String,
        operand: String,
    },
    #[error("a mask is a leaf or a temporary, not `{0}`")]
    WrongMask(String),

    // Tables.
    #[error("can never match: nothing makes `{0}`")]
    NeverMatches(String),
    #[error("can never win: of `{pattern}`, {better} makes `{symbol}` too and costs no more")]
    Beaten {
        pattern: String,
        symbol: String,
        better: String,
    },
    #[error(
        "can never win: whatever `{pattern}` matches is made `{symbol}` at less cost otherwise"
    )]
    NeverWins { pattern: String, symbol: String },
    #[error("one of a ring of chain rules that cost nothing")]
    FreeRing,
    #[error("no tile makes `{0}`")]
    NeverMade(String),
    #[error("no tile uses `{0}`")]
    NeverUsed(String),
    #[error(
        "the costs of `{cheap}` and `{dear}` grow apart without bound, \
         as under `{operator}`: a chain rule from one to the other bounds them"
    )]
    Diverges {
        operator: String,
        cheap: String,
        dear: String,
    },
}

/// Collects findings.
#[derive(Debug, Default)]
pub(crate) struct Log {
    found: Vec<(Place, Option<String>, Problem)>,
}

impl Log {
    pub(crate) fn note(&mut self, place: Place, problem: Problem) {
        self.found.push((place, None, problem));
    }

    pub(crate) fn note_tile(&mut self, place: Place, tile: &str, problem: Problem) {
        self.found.push((place, Some(tile.to_owned()), problem));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Everything noted. What an `each` repeats is said once.
    pub(crate) fn into_findings(mut self, files: &[&str]) -> Findings {
        self.found.sort_by_key(|&(place, ..)| place);
        let mut findings: Vec<Finding> = Vec::new();
        for (place, tile, problem) in self.found {
            let finding = Finding {
                file: files[place.file as usize].to_owned(),
                line: place.line,
                tile,
                problem,
            };
            let same_line = findings.iter().rev();
            let mut same_line = same_line
                .take_while(|known| known.line == finding.line && known.file == finding.file);
            if !same_line.any(|known| *known == finding) {
                findings.push(finding);
            }
        }
        Findings(findings)
    }
}
