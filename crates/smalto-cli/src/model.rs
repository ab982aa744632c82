//! Models: formulas and `.vm` files, from disk or from the command line.

use crate::progress::Progress;
use crate::report::{Rendered, one_line};
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use anyhow::{Context, bail};
use smalto::{Graph, Type, formula, vm};
use std::fs::File;
use std::io::{IsTerminal, Read};
use std::path::Path;

/// Larger files are refused: no model is that large, and a device may be endless.
const MAX_BYTES: u64 = 1 << 30;

/// The path that `text` is, if it names a file rather than being a formula.
pub(crate) fn file_named(text: &str) -> Option<&Path> {
    let path = Path::new(text);
    (has_extension(path, "vm") || has_extension(path, "smalto")).then_some(path)
}

/// Reads the model in the file at `path`: `.vm` by its name, else a formula.
pub(crate) fn load(path: &Path) -> anyhow::Result<Graph> {
    let name = path.display();
    let _progress = Progress::busy(format!("reading {name}"));
    let bytes = read(path).with_context(|| format!("cannot read {name}"))?;
    if has_extension(path, "vm") {
        return vm::parse(&bytes).with_context(|| name.to_string());
    }
    let text = std::str::from_utf8(&bytes).map_err(|error| {
        let line = 1 + bytes[..error.valid_up_to()]
            .iter()
            .filter(|&&byte| byte == b'\n')
            .count();
        anyhow::anyhow!("{name}: line {line}: this is not UTF-8 text")
    })?;
    parser()
        .parse(text)
        .map_err(|error| draw(&error, text, &name.to_string()))
}

/// What reads formulas, wherever they come from.
fn parser() -> formula::Parser {
    formula::Parser::new()
        .with_library(smalto::shape::LIBRARY)
        .with_library(smalto::field::LIBRARY)
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?
        .take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        bail!("it has more than {MAX_BYTES} bytes, which no model has");
    }
    Ok(bytes)
}

fn has_extension(path: &Path, wanted: &str) -> bool {
    path.extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case(wanted))
}

/// The formula in an argument of the command. Inputs that are `given` need no
/// declaration, nor do x, y, z and t. `give` says how to give another.
pub(crate) fn parse_argument<'a>(
    text: &str,
    given: impl Iterator<Item = &'a str>,
    give: impl Fn(&str) -> String,
) -> anyhow::Result<Graph> {
    let mut known: Vec<&str> = ["x", "y", "z", "t"].into_iter().chain(given).collect();
    let parse = |known: &[&str]| {
        let variables = known.iter().map(|&name| (name, Type::Real));
        parser().with_variables(variables).parse(text)
    };
    parse(&known).map_err(|mut error| {
        // Would giving it have helped?
        let culprit = &text[error.span.clone()];
        known.push(culprit);
        let helped = match parse(&known) {
            Ok(_) => true,
            Err(other) => other.span != error.span,
        };
        if helped {
            let give = give(culprit);
            error.help = Some(match error.help {
                Some(help) if help.starts_with("did you mean") => format!("{help} Or {give}"),
                // It is the name of something else.
                Some(help) if !help.starts_with("declare an input") => help,
                _ => give,
            });
        }
        draw(&error, text, "formula")
    })
}

/// That there is something to compute.
pub(crate) fn expect_result(graph: &Graph) -> anyhow::Result<()> {
    if graph.outputs().is_empty() {
        bail!("the formula has no result; end it with an expression, or write `output = x;`");
    }
    Ok(())
}

/// The error beside the line it points into.
fn draw(error: &formula::Error, text: &str, origin: &str) -> anyhow::Error {
    let primary = AnnotationKind::Primary.span(error.span.clone());
    let secondary = error.secondary.iter().map(|label| {
        AnnotationKind::Context
            .span(label.span.clone())
            .label(&label.message)
    });
    let snippet = Snippet::source(text)
        .path(one_line(origin))
        .annotation(primary)
        .annotations(secondary);
    let title = Level::ERROR.primary_title(&error.message).element(snippet);
    let is_unknown = error.message.starts_with("unknown function") && error.help.is_none();
    let list = is_unknown.then_some("`smalto ops` lists all functions");
    let help = error.help.as_deref().or(list);
    let help = help.into_iter().map(|help| Level::HELP.message(help));
    let in_colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let renderer = match in_colour {
        true => Renderer::styled(),
        false => Renderer::plain(),
    };
    Rendered(renderer.render(&[title.elements(help)])).into()
}
