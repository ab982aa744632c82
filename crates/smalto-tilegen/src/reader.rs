//! The text of tile files: s-expressions, and the type macro `each`.

use crate::SourceFile;
use crate::finding::{Log, Place, Problem};

/// A word or a list.
#[derive(Debug, Clone)]
pub(crate) struct Form {
    pub(crate) place: Place,
    pub(crate) kind: FormKind,
}

#[derive(Debug, Clone)]
pub(crate) enum FormKind {
    Word(String),
    List(Vec<Form>),
}

/// How many lists may be in one another. What follows recurses, so there is a bound.
const DEEPEST: usize = 32;

impl Form {
    /// The parts of a list; a word is a list of itself.
    pub(crate) fn parts(&self) -> &[Form] {
        match &self.kind {
            FormKind::Word(_) => std::slice::from_ref(self),
            FormKind::List(parts) => parts,
        }
    }

    pub(crate) fn word(&self) -> Option<&str> {
        match &self.kind {
            FormKind::Word(word) => Some(word),
            FormKind::List(_) => None,
        }
    }

    /// The text again, on one line.
    pub(crate) fn text(&self) -> String {
        match &self.kind {
            FormKind::Word(word) => word.clone(),
            FormKind::List(parts) => {
                let parts: Vec<String> = parts.iter().map(Form::text).collect();
                format!("({})", parts.join(" "))
            }
        }
    }
}

/// The forms of the files, with `each` expanded.
pub(crate) fn read(files: &[SourceFile<'_>], log: &mut Log) -> Vec<Form> {
    let mut expander = Expander {
        variables: Vec::new(),
        out: Vec::new(),
        log,
    };
    for (file, source) in (0..).zip(files) {
        for form in parse(file, source.text, expander.log) {
            expander.expand(&form);
        }
    }
    expander.out
}

/// The forms of one file. Lists that are still open are kept on a stack.
fn parse(file: u32, text: &str, log: &mut Log) -> Vec<Form> {
    let mut open: Vec<(Place, Vec<Form>)> = Vec::new();
    let mut done = Vec::new();
    for (line, text) in (1..).zip(text.lines()) {
        let place = Place { file, line };
        let code = text.split(';').next().unwrap_or_default();
        for token in tokens(code) {
            let form = match token {
                "(" if open.len() == DEEPEST => {
                    log.note(place, Problem::TooDeep(DEEPEST));
                    return done;
                }
                "(" => {
                    open.push((place, Vec::new()));
                    continue;
                }
                ")" => match open.pop() {
                    Some((place, parts)) => Form {
                        place,
                        kind: FormKind::List(parts),
                    },
                    None => {
                        log.note(place, Problem::Unopened);
                        continue;
                    }
                },
                word => Form {
                    place,
                    kind: FormKind::Word(word.to_owned()),
                },
            };
            open.last_mut()
                .map_or(&mut done, |(_, parts)| parts)
                .push(form);
        }
    }
    if let Some(&(place, _)) = open.first() {
        log.note(place, Problem::Unclosed);
    }
    done
}

/// Parentheses and words.
fn tokens(code: &str) -> impl Iterator<Item = &str> {
    code.split_whitespace().flat_map(|chunk| {
        chunk
            .split_inclusive(['(', ')'])
            .flat_map(|piece| match piece.char_indices().next_back() {
                Some((at, '(' | ')')) if at > 0 => [&piece[..at], &piece[at..]],
                _ => [piece, ""],
            })
            .filter(|piece| !piece.is_empty())
    })
}

struct Expander<'a> {
    /// The variables in scope, inner ones last.
    variables: Vec<(String, String)>,
    out: Vec<Form>,
    log: &'a mut Log,
}

impl Expander<'_> {
    fn expand(&mut self, form: &Form) {
        match form.parts().split_first() {
            Some((head, rest)) if head.word() == Some("each") => self.each(form, rest),
            _ => {
                let form = self.substitute(form);
                self.out.push(form);
            }
        }
    }

    /// `(each (T S) ((i32 32) (i64 64)) FORM...)`, `(each T (i32 i64) FORM...)`.
    fn each(&mut self, form: &Form, rest: &[Form]) {
        let [names, rows, body @ ..] = rest else {
            return self.expected(form, "(each VARIABLES ROWS FORM...)");
        };
        let FormKind::List(rows) = &rows.kind else {
            return self.expected(rows, "a list of rows");
        };
        let names = names.parts();
        if let Some(name) = names
            .iter()
            .find(|name| !name.word().is_some_and(is_variable))
        {
            return self.expected(name, "a variable in capitals");
        }
        for row in rows {
            let row = self.substitute(row);
            let values = row.parts();
            if values.len() != names.len() {
                let problem = Problem::RowLength {
                    variables: names.len(),
                    values: values.len(),
                };
                self.log.note(row.place, problem);
                continue;
            }
            let outer = self.variables.len();
            for (name, value) in names.iter().zip(values) {
                self.variables.push((name.text(), value.text()));
            }
            for form in body {
                self.expand(form);
            }
            self.variables.truncate(outer);
        }
    }

    fn expected(&mut self, form: &Form, expected: &'static str) {
        let found = form.text();
        self.log
            .note(form.place, Problem::Expected { expected, found });
    }

    fn substitute(&mut self, form: &Form) -> Form {
        let kind = match &form.kind {
            FormKind::Word(word) => FormKind::Word(self.substitute_word(form.place, word)),
            FormKind::List(parts) => {
                FormKind::List(parts.iter().map(|part| self.substitute(part)).collect())
            }
        };
        Form {
            place: form.place,
            kind,
        }
    }

    /// Constants are `$name` too, but never in capitals.
    fn substitute_word(&mut self, place: Place, word: &str) -> String {
        let mut pieces = word.split('$');
        let mut text = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            if !piece.starts_with(|first: char| first.is_ascii_uppercase()) {
                text.push('$');
                text.push_str(piece);
                continue;
            }
            let in_scope = self.variables.iter().rev();
            let fitting = in_scope.filter(|(name, _)| piece.starts_with(name.as_str()));
            // Of several that fit the longest, and of those the innermost.
            match fitting.reduce(|best, next| {
                if next.0.len() > best.0.len() {
                    next
                } else {
                    best
                }
            }) {
                Some((name, value)) => {
                    text.push_str(value);
                    text.push_str(&piece[name.len()..]);
                }
                None => self
                    .log
                    .note(place, Problem::UnknownVariable(piece.to_owned())),
            }
        }
        text
    }
}

fn is_variable(word: &str) -> bool {
    word.bytes()
        .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        && word.starts_with(|first: char| first.is_ascii_uppercase())
}
