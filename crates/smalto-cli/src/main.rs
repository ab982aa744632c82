//! The `smalto` command.

mod asm;
mod bench;
mod column;
mod eval;
mod film;
mod input;
mod interrupt;
mod model;
mod new_file;
mod npy;
mod progress;
mod render;
mod report;
mod solid;
mod table;
mod targets;
mod texture;
mod value;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Draws and evaluates mathematics, fast.
///
/// A formula is ordinary mathematics over x, y, z and t:
///
///   sqrt(x^2 + y^2) - 1
///
/// A model is a formula in a file: the inside of a shape is where its value is
/// below 0. A file whose name ends in .vm is a list of instructions instead.
#[derive(Debug, Parser)]
#[command(
    name = "smalto",
    version,
    about = "Draws and evaluates mathematics, fast",
    after_help = "Try: smalto eval '2 * sin(x)' x=0:pi:5",
    after_long_help = LANGUAGE,
    arg_required_else_help = true,
    verbatim_doc_comment
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const LANGUAGE: &str = "\
Formulas:
  sin(x)  hypot(x, y)           functions; `smalto ops` lists them all
  fbm(x, y, octaves = 4)        noise, shapes and curves, with options by name
  a ^ b                         power
  -a  !a                        minus, not
  a * b  a / b  a % b           product, quotient, remainder
  a + b  a - b                  sum, difference
  a < b  <=  >  >=  ==  !=      comparisons
  a && b  a || b  c ? a : b     and, or, choice
  1.5e-3  7i32  pi tau e inf    numbers; 7i32 and 7i64 are integers
  let r = 0.5;                  a name for a value
  fn f(a, b) = a * b;           a function
  input r, n: i32;              inputs other than x, y, z and t
  output d = x - r;             one of several results
  # remark                      ignored, to the end of the line
A formula is any number of statements, each ended by `;`, then the result.

Try:
  smalto eval '2 * sin(x)' x=0:pi:5
  smalto render examples/gear.smalto -o gear.png
  smalto render examples/gyroid.smalto --3d -o gyroid.png
  smalto texture 'fbm(3 * x, 3 * y, range = unit)' -o clouds.png
  smalto asm 'sqrt(x^2 + y^2) - 1'

`smalto help COMMAND` says more about a command.";

#[derive(Debug, Subcommand)]
enum Command {
    Render(Box<render::Render>),
    Texture(texture::Texture),
    Eval(eval::Eval),
    Asm(asm::Asm),
    Bench(bench::Bench),
    Targets(targets::Targets),
    Ops(targets::Ops),
}

fn main() -> ExitCode {
    interrupt::install();
    let result = match Cli::parse().command {
        Command::Render(command) => command.run(),
        Command::Texture(command) => command.run(),
        Command::Eval(command) => command.run(),
        Command::Asm(command) => command.run(),
        Command::Bench(command) => command.run(),
        Command::Targets(command) => command.run(),
        Command::Ops(command) => command.run(),
    };
    for remark in smalto::native::remarks() {
        report::remark(&format!("note: {remark}"));
    }
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => report::failure(&error),
    }
}

#[cfg(test)]
mod tests {
    use super::Cli;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn help_fits_a_terminal_of_80_columns() {
        let mut command = Cli::command().term_width(80);
        command.build();
        let pages = std::iter::once(&mut command);
        let mut pages: Vec<String> = pages.map(|c| c.render_long_help().to_string()).collect();
        pages.extend(
            command
                .get_subcommands_mut()
                .map(|c| c.render_long_help().to_string()),
        );
        for line in pages.iter().flat_map(|page| page.lines()) {
            assert!(line.chars().count() <= 80, "too long: {line}");
        }
    }
}
