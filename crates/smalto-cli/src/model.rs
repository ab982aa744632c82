//! Models: formulas and `.vm` files, from disk or from the command line.

use crate::report::Rendered;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use anyhow::{Context, bail};
use smalto::{Graph, formula, vm};
use std::io::IsTerminal;
use std::path::Path;

/// Larger files are refused: no model is that large, and a device file is endless.
const MAX_BYTES: u64 = 1 << 28;

/// Reads the model in the file at `path`: `.vm` by its name, else a formula.
pub(crate) fn load(path: &Path) -> anyhow::Result<Graph> {
    let name = path.display();
    let metadata = std::fs::metadata(path).with_context(|| format!("cannot read {name}"))?;
    if !metadata.is_file() {
        bail!("cannot read {name}: it is not a file");
    }
    if metadata.len() > MAX_BYTES {
        bail!(
            "cannot read {name}: a model has at most {MAX_BYTES} bytes, this has {}",
            metadata.len()
        );
    }
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {name}"))?;
    if is_vm(path) {
        return vm::parse(&bytes).with_context(|| format!("{name}"));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        anyhow::anyhow!("{name} is no text file: byte {at} is not UTF-8")
    })?;
    parse(&formula::Parser::new(), &text, &name.to_string())
}

/// Parses a formula, drawing errors with the place they point at.
pub(crate) fn parse(parser: &formula::Parser, text: &str, origin: &str) -> anyhow::Result<Graph> {
    parser
        .parse(text)
        .map_err(|error| Rendered(draw(&error, text, origin)).into())
}

fn is_vm(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("vm"))
}

/// The error beside the line it points into.
fn draw(error: &formula::Error, text: &str, origin: &str) -> String {
    let primary = AnnotationKind::Primary.span(error.span.clone());
    let secondary = error.secondary.iter().map(|label| {
        AnnotationKind::Context
            .span(label.span.clone())
            .label(&label.message)
    });
    let snippet = Snippet::source(text)
        .path(origin)
        .annotation(primary)
        .annotations(secondary);
    let title = Level::ERROR.primary_title(&error.message).element(snippet);
    let help = error.help.iter().map(|help| Level::HELP.message(help));
    let renderer = if std::io::stderr().is_terminal() {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    renderer.render(&[title.elements(help)])
}
