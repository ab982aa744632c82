//! Sets a text in type and writes it as one implicit function, a `.vm` file.
//!
//! ```text
//! cargo run -p smalto-graph --example typeset -- examples/ozymandias.txt > ozymandias.vm
//! ```
//!
//! The result has thousands of ops of which few matter anywhere on the page: what a
//! renderer that prunes its expressions is tried on. Three modules lead from the
//! shape of the letters to it: `font`, `layout` and `ink`.

mod font;
mod ink;
mod layout;

use std::ffi::OsString;
use std::io::{Read, Write};
use std::path::Path;
use std::process::ExitCode;

const HELP: &str = "\
Sets a text in type and writes it as one implicit function, a .vm file.

Usage: typeset <TEXT>

<TEXT> is a text file, or `-` for standard input. The .vm file goes to standard
output. Each line is set as a line; the page is [-1, 1] squared, and its type is as
large as fits. A line may begin with a mark:

  # A title, large and centred
  > A signature, flush right

A blank line adds white.
";

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let result = match &arguments[..] {
        [flag] if flag == "-h" || flag == "--help" => write(HELP),
        [path] => typeset(Path::new(path)).and_then(|vm_file| write(&vm_file)),
        _ => {
            eprint!("error: one text is needed\n\n{HELP}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

/// The `.vm` file of the text at `path`, or what went wrong.
fn typeset(path: &Path) -> Result<String, String> {
    let (name, text) = if path == Path::new("-") {
        let mut text = String::new();
        let read = std::io::stdin().read_to_string(&mut text);
        ("standard input".into(), read.map(|_| text))
    } else {
        (path.display().to_string(), std::fs::read_to_string(path))
    };
    let text = text.map_err(|error| format!("cannot read {name}: {error}"))?;
    let page = layout::typeset(&text).map_err(|error| format!("{name}: {error}"))?;
    Ok(ink::vm_file(&page))
}

fn write(text: &str) -> Result<(), String> {
    let written = std::io::stdout().write_all(text.as_bytes());
    written.map_err(|error| format!("cannot write to standard output: {error}"))
}
