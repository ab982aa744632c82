//! Text to tokens, one at a time.

use super::error::{BOM, Error, Outcome, quote};
use super::words::{self, Keyword};
use crate::Value;
use std::ops::Range;

macro_rules! symbols {
    (
        pairs: $($pair:ident $pair_text:literal),*;
        singles: $($single:ident $single_text:literal),*;
    ) => {
        /// A token of punctuation.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Symbol {
            $($pair,)*
            $($single),*
        }

        impl Symbol {
            /// The longest symbol that `text` starts with.
            fn at_start_of(text: &str) -> Option<Symbol> {
                match text.get(..2) {
                    $(Some($pair_text) => return Some(Symbol::$pair),)*
                    _ => {}
                }
                match text.get(..1) {
                    $(Some($single_text) => Some(Symbol::$single),)*
                    _ => None,
                }
            }

            /// How it is written.
            pub(super) fn text(self) -> &'static str {
                match self {
                    $(Symbol::$pair => $pair_text,)*
                    $(Symbol::$single => $single_text),*
                }
            }
        }
    };
}

symbols! {
    pairs: OrOr "||", AndAnd "&&",
        LessEqual "<=", GreaterEqual ">=", EqualEqual "==", NotEqual "!=";
    singles: Less "<", Greater ">", Equal "=", Not "!",
        Plus "+", Minus "-", Star "*", Slash "/", Percent "%", Caret "^",
        Question "?", Colon ":", Semicolon ";", Comma ",",
        OpenParen "(", CloseParen ")", OpenBrace "{", CloseBrace "}",
        OpenBracket "[", CloseBracket "]";
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind {
    /// A name of a value, a function, a table or a type.
    Name,
    /// The first word of a statement.
    Keyword(Keyword),
    /// A named constant.
    Constant(Value),
    /// A number literal; its value is read from its text.
    Number,
    /// Punctuation.
    Symbol(Symbol),
    /// The end of the formula.
    End,
}

/// A token and the bytes it covers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Token {
    pub(super) fn span(self) -> Range<usize> {
        self.start..self.end
    }

    pub(super) fn is(self, symbol: Symbol) -> bool {
        self.kind == Kind::Symbol(symbol)
    }
}

/// Characters that look as if they should mean something, and what to write.
const LOOKALIKES: [(char, &str); 16] = [
    ('&', "write `a && b` for and, `bit_and(a, b)` for bits"),
    ('|', "write `a || b` for or, `bit_or(a, b)` for bits"),
    ('~', "write `bit_not(a)`"),
    (
        '.',
        "a number is written `0.5`, and a name does not end in a dot",
    ),
    ('−', "write `-`"),
    ('–', "write `-`"),
    ('×', "write `*`"),
    ('·', "write `*`"),
    ('⋅', "write `*`"),
    ('÷', "write `/`"),
    ('²', "write `^2`"),
    ('³', "write `^3`"),
    ('√', "write `sqrt(a)`"),
    ('≤', "write `<=`"),
    ('≥', "write `>=`"),
    ('≠', "write `!=`"),
];

/// Reads tokens off the front of a formula.
#[derive(Debug, Clone)]
pub(super) struct Lexer<'s> {
    source: &'s str,
    position: usize,
}

impl<'s> Lexer<'s> {
    pub(super) fn new(source: &'s str) -> Lexer<'s> {
        let position = if source.starts_with(BOM) {
            BOM.len_utf8()
        } else {
            0
        };
        Lexer { source, position }
    }

    /// The next token; [`Kind::End`] for ever once there is none.
    pub(super) fn next(&mut self) -> Outcome<Token> {
        self.skip_blanks();
        let rest = self.rest();
        let start = self.position;
        let (kind, length) = match rest.chars().next() {
            None => (Kind::End, 0),
            Some(c) if begins_number(rest) => (Kind::Number, number_length(rest, c)),
            Some(c) if c.is_alphabetic() || c == '_' => {
                let length = name_length(rest);
                (classify(&rest[..length]), length)
            }
            Some(c) => match Symbol::at_start_of(rest) {
                Some(symbol) => (Kind::Symbol(symbol), symbol.text().len()),
                None => return Err(unknown_character(c, start)),
            },
        };
        self.position += length;
        Ok(Token {
            kind,
            start,
            end: self.position,
        })
    }

    fn rest(&self) -> &'s str {
        &self.source[self.position..]
    }

    fn skip_blanks(&mut self) {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start();
            self.position += rest.len() - trimmed.len();
            if !trimmed.starts_with('#') {
                return;
            }
            self.position += trimmed.find('\n').unwrap_or(trimmed.len());
        }
    }
}

fn begins_number(rest: &str) -> bool {
    let bytes = rest.as_bytes();
    let digit = |position: usize| bytes.get(position).is_some_and(u8::is_ascii_digit);
    digit(0) || bytes[0] == b'.' && digit(1)
}

/// How far a number reaches: over everything that could belong to one, so that
/// `2x` and `1.2.3` are one wrong number rather than two tokens.
fn number_length(rest: &str, first: char) -> usize {
    let hexadecimal = first == '0' && matches!(rest.as_bytes().get(1), Some(b'x' | b'X'));
    let exponent = if hexadecimal { ['p', 'P'] } else { ['e', 'E'] };
    let mut previous = first;
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((position, c)) = chars.next() {
        let sign = matches!(c, '+' | '-')
            && exponent.contains(&previous)
            && chars.peek().is_some_and(|(_, next)| next.is_ascii_digit());
        if !(sign || c.is_alphanumeric() || matches!(c, '_' | '.')) {
            return position;
        }
        previous = c;
    }
    rest.len()
}

fn name_length(rest: &str) -> usize {
    let inside = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
    let length = rest.find(|c| !inside(c)).unwrap_or(rest.len());
    rest[..length].trim_end_matches('.').len()
}

fn classify(word: &str) -> Kind {
    if let Some(keyword) = words::keyword(word) {
        Kind::Keyword(keyword)
    } else if let Some(value) = words::constant(word) {
        Kind::Constant(value)
    } else {
        Kind::Name
    }
}

fn unknown_character(c: char, start: usize) -> Box<Error> {
    let end = start + c.len_utf8();
    let shown = quote(c.encode_utf8(&mut [0; 4]));
    let error = Error::new(start..end, format!("{shown} means nothing in a formula"));
    match LOOKALIKES.iter().find(|(lookalike, _)| *lookalike == c) {
        Some((_, help)) => error.with_help(*help),
        None => error,
    }
}
