//! The `smalto` command.

mod eval;
mod model;
mod npy;
mod render;
mod report;
mod targets;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Compiles mathematics to fast code while you wait: microseconds.
///
/// A model is a file with a formula (any name) or a `.vm` file. A formula is
/// ordinary mathematics over x, y, z and t:
///
///     sqrt(x^2 + y^2) - 1
///
/// with `let`, functions, comments and every op that `smalto ops` lists.
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = true, verbatim_doc_comment)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Render(render::Render),
    Eval(eval::Eval),
    Targets(targets::Targets),
    Ops(targets::Ops),
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Render(command) => command.run(),
        Command::Eval(command) => command.run(),
        Command::Targets(command) => command.run(),
        Command::Ops(command) => command.run(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => report::failure(&error),
    }
}
