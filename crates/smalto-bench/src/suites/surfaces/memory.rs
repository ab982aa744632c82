//! The memory that a large picture takes: the peak of a process that does nothing else.
//!
//! The process is this program again, as `smalto-bench peak`. What it needs for itself and for the
//! model counts, as does what its threads need; the bytes of the picture do not.

use crate::models;
use anyhow::{Context, bail};
use smalto::shape::{RenderOptions, Shading, Shape, View};
use smalto::vm;
use std::process::Command;

const MODEL: &str = "prospero.vm";
const SIDE: u32 = 4096;

/// Megabytes at the peak, but for the picture.
pub(super) fn beyond_the_picture() -> anyhow::Result<Vec<f64>> {
    models::model(MODEL)?;
    let program = std::env::current_exe().context("cannot find this program")?;
    let output = Command::new(program).arg("peak").output()?;
    if !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr));
    }
    let kilobytes: f64 = String::from_utf8(output.stdout)?.trim().parse()?;
    let picture = f64::from(SIDE).powi(2);
    Ok(vec![(kilobytes * 1024.0 - picture) / 1e6])
}

/// Draws the picture and prints the peak of this process in kilobytes.
pub(crate) fn peak() -> anyhow::Result<()> {
    let graph = vm::parse(&models::model(MODEL)?)?;
    let options = RenderOptions::default();
    let shape = Shape::<f32>::new(&graph, &options)?;
    let image = shape.render(&View::square(SIDE)?, Shading::Bitmap, &options, &())?;
    std::hint::black_box(&image);
    // See proc_pid_status(5).
    let status = std::fs::read_to_string("/proc/self/status")
        .context("cannot tell how much memory was used: this is no Linux")?;
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|peak| peak.trim().strip_suffix(" kB"))
        .context("/proc/self/status has no VmHWM")?;
    println!("{peak}");
    Ok(())
}
