//! What the user reads: results on standard output, one clear line on failure.

use std::io::{self, Write};
use std::process::ExitCode;

/// Prints to standard output. A reader that has gone away, as `head` does, is no error.
pub(crate) fn print(text: &str) -> anyhow::Result<()> {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => Ok(result?),
    }
}

/// Says on standard error what went wrong.
pub(crate) fn failure(error: &anyhow::Error) -> ExitCode {
    match error.downcast_ref::<Rendered>() {
        Some(Rendered(text)) => eprintln!("{text}"),
        None => eprintln!("error: {error:#}"),
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
