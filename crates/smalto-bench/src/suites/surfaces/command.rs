//! The `smalto` command as a whole: from its start to a picture in a file.

use crate::models;
use crate::suites::size::{cargo, run};
use anyhow::Context;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// Runs before the first that counts: the command and the model are in memory then.
const WARM_UP: usize = 3;
const RUNS: usize = 51;

/// Milliseconds from starting the command to its end, having drawn a picture of 256x256 pixels:
/// the median.
pub(super) fn first_pixel() -> anyhow::Result<Vec<f64>> {
    let folder = tempfile::tempdir().context("cannot make a folder for a picture")?;
    let model = folder.path().join("hi.vm");
    std::fs::write(&model, models::model("hi.vm")?)?;
    let smalto = built()?;
    let mut times = (0..WARM_UP + RUNS)
        .map(|_| time(&smalto, &model, &folder.path().join("hi.png")))
        .skip(WARM_UP)
        .collect::<anyhow::Result<Vec<f64>>>()?;
    times.sort_by(f64::total_cmp);
    Ok(vec![1e3 * times[RUNS / 2]])
}

/// Seconds that the command takes to draw `model`.
fn time(smalto: &Path, model: &Path, picture: &Path) -> anyhow::Result<f64> {
    let mut command = Command::new(smalto);
    command.arg("render").arg(model).arg("-o").arg(picture);
    let command = command.args(["--size", "256"]).stderr(Stdio::piped());
    let started = Instant::now();
    run(command)?;
    Ok(started.elapsed().as_secs_f64())
}

/// The command, built first unless it is up to date, beside this program.
fn built() -> anyhow::Result<PathBuf> {
    let here = std::env::current_exe().context("cannot find this program")?;
    let folder = here
        .parent()
        .and_then(Path::parent)
        .context("this program is in no folder")?;
    run(cargo()
        .args(["build", "--release", "--locked", "--quiet"])
        .arg("--target-dir")
        .arg(folder))?;
    let name = format!("smalto{}", std::env::consts::EXE_SUFFIX);
    Ok(folder.join("release").join(name))
}
