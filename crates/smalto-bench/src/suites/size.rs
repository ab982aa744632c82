//! The `smalto` command: how long a clean build takes, and how large it is.
//!
//! The build uses every core, as a user's would. What it has to download is fetched
//! before the clock starts.

use crate::models::workspace;
use crate::suite::{Figure, Subject, Suite, Work};
use anyhow::{Context, bail};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

pub(crate) const SUITE: Suite = Suite {
    name: "size",
    about: "A clean release build of the smalto command; takes minutes",
    subjects: &[Subject {
        name: "smalto-release",
        work: Work::Figures {
            figures: &[
                Figure {
                    name: "smalto-release-build",
                    unit: "s",
                    below: None,
                },
                Figure {
                    name: "smalto-release-stripped",
                    unit: "MB",
                    below: Some(10.0),
                },
            ],
            measure,
        },
    }],
};

/// Seconds and megabytes of a release build in a folder of its own.
fn measure() -> anyhow::Result<Vec<f64>> {
    let folder = tempfile::tempdir().context("cannot make a folder to build in")?;
    fetch()?;
    let started = Instant::now();
    build(folder.path())?;
    let seconds = started.elapsed().as_secs_f64();
    let name = format!("smalto{}", std::env::consts::EXE_SUFFIX);
    let binary = folder.path().join("release").join(name);
    let size = std::fs::metadata(&binary)
        .with_context(|| format!("the build made no {}", binary.display()))?
        .len();
    Ok(vec![seconds, size as f64 / 1e6])
}

/// Downloads the crates that the build needs on this machine and lacks. To list a
/// dependency, cargo must have it.
fn fetch() -> anyhow::Result<()> {
    run(cargo().args(["tree", "--locked", "--quiet"]))
}

/// Builds the workspace's default members; the release profile strips them.
fn build(folder: &Path) -> anyhow::Result<()> {
    run(cargo()
        .args(["build", "--release", "--locked", "--offline", "--quiet"])
        .arg("--target-dir")
        .arg(folder))
}

/// Cargo at the workspace's root, where it means the default members.
pub(super) fn cargo() -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(workspace());
    command
}

pub(super) fn run(command: &mut Command) -> anyhow::Result<()> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot run {command:?}"))?;
    if !output.status.success() {
        bail!(
            "{command:?} failed:\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(())
}
