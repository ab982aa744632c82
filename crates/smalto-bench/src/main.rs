//! The benchmark: Smalto and its peers, side by side in one process.
//!
//! ```text
//! cargo run --release -p smalto-bench -- [SUITE | list] [--tsv] [--quick] [--only TEXT]
//! ```
//!
//! Without a suite all of them run. Each takes less than five minutes on two slow
//! cores; `size`, which builds Smalto from nothing, is the longest. With `--tsv`, a
//! result is a line `suite case ours peer peer_name unit ratio`, separated by tabs,
//! and `-` stands where there is no peer. Models are read from the folder in
//! `SMALTO_MODELS`, by default `../shared/models` beside the workspace; a case whose
//! model is missing is skipped, with a word about it.
//!
//! `ulp` is no race: it measures how far functions are from the truth, and is described in
//! [`ulp`].
//!
//! One peer is not built unless asked for, since its C++ takes cmake, a C++ compiler and
//! libclang: FastNoise2, with `--features fastnoise2`. Without it the suite `noise` races
//! against plain Rust only.
//!
//! The peers of the suite `maths` are found when it runs: gcc, SLEEF with its headers (Debian:
//! `libsleef-dev`), and a Python with numpy, numexpr, numba, sympy and symjit, which is `python3`
//! or what `SMALTO_PYTHON` names. A case whose peer is missing is skipped, with a word about it.
//!
//! # What is measured, and how
//!
//! * **Ratios of medians.** A ratio above 1 is won: what the peer takes, divided by
//!   what Smalto takes. Milliseconds depend on the machine and on who else uses it.
//! * **Interleaved.** All contenders of a subject take turns, Smalto's targets first
//!   (`A B C A B C`), so that a machine which slows down slows all of them. The table
//!   shows the smallest and the largest time as well.
//! * **Warmed up.** Before the first turn that counts, everyone runs until a turn is
//!   long enough: ten milliseconds, by repetition if need be. Of that neither reading the clock
//!   is a part that counts nor fetching again what other turns have displaced from the caches:
//!   a picture of four megabytes takes a third of a millisecond to come back from memory, three
//!   times as long as to draw some of them.
//! * **Checked.** Nothing is timed before results were compared. Smalto's targets must
//!   agree in every bit. A peer may differ by a tolerance that the subject states,
//!   relative to the larger of 1 and the values; the last column of the table says
//!   by how much it does.
//! * **One thread** each, except for the build that `size` times, and where `surfaces` says so.
//! * **The peer at its best**: its tape is built once, its evaluator and buffers are
//!   reused, slices have the length of [`peers::fidget::SLICE_LENGTHS`] that was
//!   fastest for the model in a trial, and its lower interface is used, which spares
//!   it a copy of the coordinates. Smalto evaluates as its renderer does: a row of
//!   pixels a call, with y uniform. Both fill the same picture of values.
//! * **As shipped.** Everything is compiled by the same `cargo build --release` for
//!   the machine's base instruction set, as a user's program is; wider instructions
//!   are used by who finds them at run time. The JIT of fidget 0.5.1 pays a change of
//!   SSE state for every call of the C library on x86-64, which makes it 10 to 30
//!   times slower on models with `sin`, `exp` or `ln`: no case races it on one.
//! * **Parts.** Where a contender takes seconds, all of them draw every n-th row and
//!   the times are multiplied: prospero is drawn in every 8th row. Where that cannot be, three
//!   rounds are enough once they have taken 20 seconds: `surfaces` races on bear so.
//!
//! Some cases have a bar, the ratio that users should be able to count on. It is
//! asked of the target that `auto` means on this machine, and the table says
//! whether it was met.
//!
//! # Adding a suite
//!
//! A suite is data: a [`suite::Suite`] with a row a subject, in a module of its own
//! under `suites`, listed in [`suites::ALL`]. A row names the subject, the targets and
//! the peers, and has a function that prepares the [`race::Race`] between them. For
//! contenders that fill slices, [`race::Race::between`] also checks that they agree:
//!
//! ```text
//! pub(crate) const SUITE: Suite = Suite {
//!     name: "roots",
//!     about: "Square roots of many numbers",
//!     subjects: &[Subject {
//!         name: "sqrt-1e6-f32",
//!         work: Work::Race {
//!             unit: Unit::Milliseconds,
//!             targets: Targets::Every,
//!             peers: &[Peer::new("plain Rust").bar(2.0)],
//!             prepare: |targets| Race::between(ours(targets)?, vec![plain()], 0.0),
//!         },
//!     }],
//! };
//! ```
//!
//! A figure that nobody races for, such as a file's size, is a [`suite::Work::Figures`];
//! numbers that are not times but that a peer has too are [`suite::Work::Counts`].

mod agreement;
mod arrays;
mod chain;
mod compiler;
mod models;
mod peers;
mod picture;
mod pressure;
mod race;
mod report;
mod runner;
mod suite;
mod suites;
mod ulp;

use clap::{Parser, Subcommand};
use race::Pace;
use report::{Format, Report};
use std::io;
use std::process::ExitCode;
use suite::Suite;

/// Races Smalto against its peers and prints how much faster it is.
#[derive(Debug, Parser)]
#[command(name = "smalto-bench", version, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,

    /// The suite to run, or `list` for what there is. Without it, all suites run.
    suite: Option<String>,

    /// Print a line of tab-separated values a case: suite, case, ours, peer, peer_name, unit, ratio.
    #[arg(long)]
    tsv: bool,

    /// Measure each case only a few times.
    #[arg(long)]
    quick: bool,

    /// Measure only what has a case with this text in its name; `list` prints the names.
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
}

/// What is no race.
#[derive(Debug, Subcommand)]
enum Command {
    /// Measures how far functions are from the truth, in units in the last place.
    Ulp(ulp::Ulp),
    /// Draws the picture whose memory the suite `surfaces` measures.
    #[command(hide = true)]
    Peak,
}

fn main() -> ExitCode {
    match run(&Cli::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        // A reader that has gone away, as `head` does, is no error.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Does what was asked; whether every case could be measured or skipped.
fn run(cli: &Cli) -> anyhow::Result<bool> {
    match &cli.command {
        Some(Command::Ulp(ulp)) => return ulp::run(ulp).map(|()| true),
        Some(Command::Peak) => return suites::surfaces::memory::peak().map(|()| true),
        None => {}
    }
    let suites = match cli.suite.as_deref() {
        Some("list") => {
            report::list(&mut io::stdout().lock(), suites::ALL)?;
            return Ok(true);
        }
        Some(name) => vec![suites::named(name)?],
        None => suites::ALL.iter().collect(),
    };
    let format = if cli.tsv { Format::Tabs } else { Format::Table };
    let pace = if cli.quick { Pace::QUICK } else { Pace::FULL };
    let wanted = cli.only.as_deref().unwrap_or_default();
    let named = |suite: &&Suite| suite.subjects_named(wanted).next().is_some();
    anyhow::ensure!(
        suites.iter().any(named),
        "no case has `{wanted}` in its name; `smalto-bench list` prints the names"
    );
    let mut report = Report::new(io::stdout().lock(), format, &suites)?;
    let mut complete = true;
    for suite in suites {
        for subject in suite.subjects_named(wanted) {
            complete &= runner::run(suite, subject, &pace, &mut report)?;
        }
    }
    Ok(complete)
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let error = error.downcast_ref::<io::Error>();
    error.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
