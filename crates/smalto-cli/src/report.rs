//! What the user reads: results on standard output; remarks on the work, and one
//! clear line on failure, on standard error.

use anyhow::Context;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::process::ExitCode;
use std::time::Duration;

/// Prints to standard output. If the reader has gone away, as `head` does, that is
/// no error, but nobody needs the rest.
pub(crate) fn print(text: &str) -> anyhow::Result<ControlFlow<()>> {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(ControlFlow::Break(())),
        Err(error) => Err(error).context("cannot write to standard output"),
        Ok(()) => Ok(ControlFlow::Continue(())),
    }
}

/// Says on standard error what was done, in a line.
pub(crate) fn remark(text: &str) {
    say(&one_line(text));
}

fn say(text: &str) {
    // A closed standard error leaves nobody to tell.
    let _ = writeln!(io::stderr(), "{text}");
}

/// `text` without power over the terminal: names of files may hold anything.
pub(crate) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        match c.is_control() {
            true => line.extend(c.escape_default()),
            false => line.push(c),
        }
    }
    line
}

/// Says on standard error what went wrong.
pub(crate) fn failure(error: &anyhow::Error) -> ExitCode {
    match error.downcast_ref::<Rendered>() {
        Some(Rendered(text)) => say(text),
        None => remark(&format!("error: {error:#}")),
    }
    ExitCode::FAILURE
}

/// An error already drawn with the source it points into.
#[derive(Debug)]
pub(crate) struct Rendered(pub(crate) String);

impl std::fmt::Display for Rendered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Rendered {}

/// `1 op`, `2 ops`.
pub(crate) fn count(number: u64, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}

/// A duration in two or three digits.
pub(crate) fn time(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    match seconds {
        10.0.. => format!("{seconds:.0} s"),
        1.0.. => format!("{seconds:.1} s"),
        1e-3.. => format!("{:.0} ms", seconds * 1e3),
        _ => format!("{:.0} us", seconds * 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_line() {
        assert_eq!(one_line("größe\n\u{1b}[31m"), "größe\\n\\u{1b}[31m");
    }

    #[test]
    fn times_are_short() {
        for (seconds, expected) in [
            (0.0, "0 us"),
            (12e-6, "12 us"),
            (0.0012, "1 ms"),
            (0.25, "250 ms"),
            (1.26, "1.3 s"),
            (75.2, "75 s"),
        ] {
            assert_eq!(time(Duration::from_secs_f64(seconds)), expected);
        }
    }
}
