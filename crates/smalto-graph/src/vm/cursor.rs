//! Lines to tokens.

/// A cursor over the tokens of a text, line by line.
#[derive(Debug)]
pub(super) struct Cursor<'t> {
    text: &'t str,
    position: usize,
    /// The number of the line, from 1.
    pub(super) line: u32,
}

/// Bytes up to this are blanks or control characters, and end a token.
const LAST_BLANK: u8 = b' ';

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t str) -> Cursor<'t> {
        Cursor {
            text,
            position: 0,
            line: 1,
        }
    }

    /// The next token of this line. There is none after the last one and none in a
    /// comment.
    #[inline]
    pub(super) fn token(&mut self) -> Option<&'t str> {
        let bytes = self.text.as_bytes();
        let mut start = self.position;
        while start < bytes.len() && bytes[start] <= LAST_BLANK && bytes[start] != b'\n' {
            start += 1;
        }
        let mut end = start;
        while end < bytes.len() && bytes[end] > LAST_BLANK {
            end += 1;
        }
        self.position = start;
        if start == end || bytes[start] == b'#' {
            return None;
        }
        self.position = end;
        Some(&self.text[start..end])
    }

    /// Goes to the next line, if there is one, over the comment that may be left.
    #[inline]
    pub(super) fn next_line(&mut self) -> bool {
        let rest = &self.text.as_bytes()[self.position..];
        let Some(length) = rest.iter().position(|&byte| byte == b'\n') else {
            return false;
        };
        self.position += length + 1;
        self.line += 1;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&[&str]]) {
        let mut cursor = Cursor::new(text);
        let mut lines = Vec::new();
        loop {
            lines.push(Vec::from_iter(std::iter::from_fn(|| cursor.token())));
            if !cursor.next_line() {
                break;
            }
        }
        assert_eq!(lines, expected, "{text:?}");
    }

    #[test]
    fn tokens_of_any_length_end_at_blanks() {
        check("", &[&[]]);
        check(" a\tbc \r\n\n\0d", &[&["a", "bc"], &[], &["d"]]);
        check(
            "1234567 12345678 123456789",
            &[&["1234567", "12345678", "123456789"]],
        );
        check("12345678", &[&["12345678"]]);
        check("1234567\n12345678\n", &[&["1234567"], &["12345678"], &[]]);
        check(
            "größe ééé ÿÿÿÿ \u{7f}",
            &[&["größe", "ééé", "ÿÿÿÿ", "\u{7f}"]],
        );
    }

    #[test]
    fn comments_end_with_the_line() {
        check("#a b\nc #d e\n#", &[&[], &["c"], &[]]);
        check("a#b", &[&["a#b"]]);
    }
}
