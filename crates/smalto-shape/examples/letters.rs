//! Sets a text in a font and writes it as a model: a formula of x and y, or of a plate with the text
//! raised on it.
//!
//! ```text
//! cargo run -p smalto-shape --features text --example letters -- font.ttf 'Smalto' > text.smalto
//! cargo run -p smalto-shape --features text --example letters -- font.ttf 'Smalto' --plate > plate.smalto
//! ```

use smalto_graph::{GraphBuilder, formula};
use smalto_shape::library::outline::Bounds;
use smalto_shape::library::place::translate;
use smalto_shape::library::space::rounded_cuboid;
use smalto_shape::library::sweep::extrude;
use smalto_shape::library::text::{Align, Font, Style, Text};
use std::process::ExitCode;

const HELP: &str = "\
Sets a text in a font and writes it as a formula, as large as fits [-1, 1] squared.

Usage: letters <FONT> <TEXT> [--plate]

<FONT> is a TrueType or OpenType file; a `\\n` in <TEXT> begins a new line. With
--plate the text is raised on a plate.
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let model = match &arguments[..] {
        [font, text] => model(font, text, false),
        [font, text, flag] if flag == "--plate" => model(font, text, true),
        _ => {
            eprint!("error: a font and a text are needed\n\n{HELP}");
            return ExitCode::from(2);
        }
    };
    match model {
        Ok(model) => {
            print!("{model}");
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Half of the width that text may have.
const REACH: f64 = 0.85;

fn model(font: &str, text: &str, on_plate: bool) -> Result<String, String> {
    let data = std::fs::read(font).map_err(|error| format!("cannot read {font}: {error}"))?;
    let font = Font::new(data, 0).map_err(|error| format!("{font}: {error}"))?;
    let text = text.replace("\\n", "\n");
    let set = |size: f64| -> Result<(Text, Bounds), String> {
        let style = Style {
            size,
            align: Align::Middle,
            ..Style::default()
        };
        let set = font.set(&text, &style).map_err(|error| error.to_string())?;
        let bounds = set.bounds().ok_or("there is nothing to see in the text")?;
        Ok((set, bounds))
    };
    let size_of = |bounds: Bounds| [0, 1].map(|axis| bounds.high[axis] - bounds.low[axis]);
    let [width, height] = size_of(set(1.0)?.1);
    let (text, bounds) = set(2.0 * REACH / width.max(height))?;
    let middle = [0, 1].map(|axis| (bounds.low[axis] + bounds.high[axis]) / 2.0);
    let [width, height] = size_of(bounds);

    let builder = GraphBuilder::new();
    let [x, y, z] = ["x", "y", "z"].map(|name| builder.var(name));
    let [x, y] = translate([x, y], middle.map(|coordinate| -coordinate));
    let letters = match on_plate {
        false => text.shape([x, y]),
        true => {
            let raised = extrude([x, y, z - 0.08], 0.04, |section| text.shape(section));
            let [u, v] = translate([x, y], middle);
            let size = [width / 2.0 + 0.12, height / 2.0 + 0.12, 0.06];
            raised.min(rounded_cuboid([u, v, z], size, 0.03))
        }
    };
    let graph = builder
        .finish([("", letters)])
        .map_err(|error| error.to_string())?;
    Ok(format!("{}\n", formula::print(&graph)))
}
