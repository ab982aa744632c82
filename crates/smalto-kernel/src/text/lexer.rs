//! From text to words and signs.

use std::fmt;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'t> {
    /// A name, keyword, type or number, with the `-` before it.
    Word(&'t str),
    /// `%` and a word: a value. The word is what is here.
    Value(&'t str),
    /// One of `( ) [ ] { } : , =`.
    Sign(char),
    /// `->`.
    Arrow,
    /// The end of a line that is not empty.
    LineEnd,
    /// The end of the text.
    End,
    /// A character that begins nothing.
    Stray(char),
}

/// How much of a word an error message shows.
const SHOWN: usize = 40;

impl fmt::Display for Token<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted = |f: &mut fmt::Formatter<'_>, mark, word: &str| {
            let shown: String = word.chars().take(SHOWN).collect();
            let rest = if shown.len() < word.len() { ".." } else { "" };
            write!(f, "`{mark}{shown}{rest}`")
        };
        match *self {
            Token::Word(word) => quoted(f, "", word),
            Token::Value(word) => quoted(f, "%", word),
            Token::Sign(sign) => write!(f, "`{sign}`"),
            Token::Arrow => f.write_str("`->`"),
            Token::LineEnd => f.write_str("the end of the line"),
            Token::End => f.write_str("the end of the text"),
            Token::Stray(c) => write!(f, "`{}`", c.escape_debug()),
        }
    }
}

/// Where a token is: the byte it begins at.
pub(super) type Offset = usize;

/// Reads one token after the other.
pub(super) struct Lexer<'t> {
    text: &'t str,
    next: Offset,
    /// Whether the line had a token yet. Lines without are passed over.
    line_has_tokens: bool,
}

pub(super) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '.'
}

/// Whether a routine, buffer, parameter or table may have this name.
pub(crate) fn is_identifier(name: &str) -> bool {
    name.chars().all(is_word) && name.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t str) -> Lexer<'t> {
        let byte_order_mark = '\u{feff}';
        Lexer {
            text,
            next: text.len() - text.trim_start_matches(byte_order_mark).len(),
            line_has_tokens: false,
        }
    }

    /// The next token and where it begins.
    pub(super) fn token(&mut self) -> (Token<'t>, Offset) {
        loop {
            self.pass_blanks();
            let at = self.next;
            let Some(c) = self.text[at..].chars().next() else {
                return (Token::End, at);
            };
            let token = self.token_at(c);
            if token == Token::LineEnd && !std::mem::take(&mut self.line_has_tokens) {
                continue;
            }
            self.line_has_tokens = token != Token::LineEnd;
            return (token, at);
        }
    }

    fn pass_blanks(&mut self) {
        let rest = &self.text[self.next..];
        let mut rest = rest.trim_start_matches([' ', '\t', '\r']);
        if rest.starts_with('#') {
            rest = rest.find('\n').map_or("", |end| &rest[end..]);
        }
        self.next = self.text.len() - rest.len();
    }

    /// The token that begins with `c`, which is next.
    fn token_at(&mut self, c: char) -> Token<'t> {
        match c {
            '\n' => {
                self.next += 1;
                Token::LineEnd
            }
            '(' | ')' | '[' | ']' | '{' | '}' | ':' | ',' | '=' => {
                self.next += 1;
                Token::Sign(c)
            }
            '%' => {
                self.next += 1;
                Token::Value(self.word(""))
            }
            '-' if self.text[self.next..].starts_with("->") => {
                self.next += 2;
                Token::Arrow
            }
            '-' => Token::Word(self.word("-")),
            c if is_word(c) => Token::Word(self.word("")),
            c => {
                self.next += c.len_utf8();
                Token::Stray(c)
            }
        }
    }

    /// The word that is next, after `sign`. A number's exponent may have a sign in
    /// the middle: `1e-5`.
    fn word(&mut self, sign: &str) -> &'t str {
        let begin = self.next;
        let rest = &self.text[begin + sign.len()..];
        let length = |text: &str| text.find(|c| !is_word(c)).unwrap_or(text.len());
        let mut end = length(rest);
        let number = rest.starts_with(|c: char| c.is_ascii_digit()) && !rest.starts_with("0x");
        if number && rest[..end].ends_with(['e', 'E']) && rest[end..].starts_with(['-', '+']) {
            end += 1 + length(&rest[end + 1..]);
        }
        self.next = begin + sign.len() + end;
        &self.text[begin..self.next]
    }
}

/// The line and column, both from 1, of a place in a text; columns count characters.
pub(super) fn place(text: &str, at: Offset) -> (usize, usize) {
    let before = &text[..at];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = 1 + before.bytes().filter(|&b| b == b'\n').count();
    let column = 1 + before[line_start..]
        .trim_start_matches('\u{feff}')
        .chars()
        .count();
    (line, column)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let mut lexer = Lexer::new(text);
        let mut found = Vec::new();
        loop {
            match lexer.token().0 {
                Token::End => break,
                Token::LineEnd => found.push("|".to_owned()),
                token => found.push(token.to_string().trim_matches('`').to_owned()),
            }
        }
        assert_eq!(found.join(" "), expected);
    }

    #[test]
    fn lines_become_tokens() {
        check("%3: v.f32 = add %1,%2\n", "%3 : v.f32 = add %1 , %2 |");
        check("constant -1e-5 -> -inf", "constant -1e-5 -> -inf");
        check("0xe-5", "0xe -5");
        check("# only\n\n  # comments\r\n a # b\n\n", "a |");
        check("\u{feff}größe%", "größe %");
        check("a;b", "a ; b");
    }

    #[test]
    fn places_count_lines_and_characters() {
        assert_eq!(place("ab\ncö d", 7), (2, 4));
        assert_eq!(place("", 0), (1, 1));
    }
}
