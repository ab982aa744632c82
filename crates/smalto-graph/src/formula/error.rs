//! What can be wrong with a formula.

use std::ops::Range;
use thiserror::Error as ThisError;

/// Why a formula could not be read: what was found, where, and the way out.
///
/// ```
/// let source = "1 + sine(x)";
/// let error = smalto_graph::formula::parse(source).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "line 1, column 5: unknown function `sine`; did you mean `sin`?"
/// );
/// assert_eq!(&source[error.span.clone()], "sine");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, ThisError)]
#[error("line {line}, column {column}: {message}{}", after_semicolon(help.as_deref()))]
#[non_exhaustive]
pub struct Error {
    /// The bytes of the formula that the message is about.
    pub span: Range<usize>,
    /// The line where the span starts, from 1.
    pub line: usize,
    /// The column where the span starts, from 1, in characters.
    pub column: usize,
    /// What was found and what was expected.
    pub message: String,
    /// Another place that matters, such as the first of two declarations.
    pub secondary: Option<Label>,
    /// What to do about it.
    pub help: Option<String>,
}

/// A remark on a place in a formula.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The bytes of the formula.
    pub span: Range<usize>,
    /// The remark.
    pub message: String,
}

fn after_semicolon(help: Option<&str>) -> String {
    help.map(|help| format!("; {help}")).unwrap_or_default()
}

/// What every step of the parser returns. The error is boxed to keep the stack
/// frames of the recursive ones small.
pub(super) type Outcome<T> = Result<T, Box<Error>>;

impl Error {
    /// An error whose line and column are still to be [`located`](Error::located).
    pub(super) fn new(span: Range<usize>, message: impl Into<String>) -> Box<Error> {
        Box::new(Error {
            span,
            line: 0,
            column: 0,
            message: message.into(),
            secondary: None,
            help: None,
        })
    }

    pub(super) fn with_help(mut self: Box<Self>, help: impl Into<String>) -> Box<Error> {
        self.help = Some(help.into());
        self
    }

    pub(super) fn with_secondary(
        mut self: Box<Self>,
        span: Range<usize>,
        message: impl Into<String>,
    ) -> Box<Error> {
        self.secondary = Some(Label {
            span,
            message: message.into(),
        });
        self
    }

    /// The same error with the line and column of its span in `source`.
    pub(super) fn located(mut self, source: &str) -> Error {
        let before = &source[..self.span.start];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        self.line = before.bytes().filter(|&byte| byte == b'\n').count() + 1;
        self.column = before[line_start..].trim_start_matches(BOM).chars().count() + 1;
        self
    }
}

/// The byte order mark that some editors put before the first character.
pub(super) const BOM: char = '\u{feff}';

/// `text` in backquotes for a message: control characters escaped, and not the
/// whole of it if it is long.
pub(crate) fn quote(text: &str) -> String {
    const LONGEST: usize = 40;
    let mut quoted = String::from("`");
    for (position, c) in text.chars().enumerate() {
        if position == LONGEST {
            quoted.push('…');
            break;
        }
        if c.is_control() {
            quoted.extend(c.escape_default());
        } else {
            quoted.push(c);
        }
    }
    quoted.push('`');
    quoted
}
