//! Python's array libraries, each in a process that runs the formula when it is told to.

use crate::models::Absent;
use crate::race::Contender;
use anyhow::{Context, bail};
use smalto::Real;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use tempfile::TempDir;

/// Reading a line and answering it takes some 50 us, which is small beside a million points.
const SCRIPT: &str = include_str!("python/arrays.py");

/// `library` over a million points. The interpreter is the one in `SMALTO_PYTHON`, by
/// default `python3`.
///
/// # Errors
/// [`Absent`] if there is no Python or no such library.
pub(crate) fn contender<T: Real + bytemuck::Pod>(
    library: &'static str,
    x: &[T],
    y: &[T],
) -> anyhow::Result<Contender<T>> {
    let mut process = Process::start(library, x, y)?;
    let mut written = false;
    let fill = move |out: &mut [T]| {
        if written {
            return process.ask("run").expect("the process answers");
        }
        // The first result is the one that is compared.
        process.write(out).expect("the process answers");
        written = true;
    };
    Ok(Contender {
        name: library.into(),
        fill: Box::new(fill),
        len: x.len(),
        note: String::new(),
    })
}

struct Process {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    folder: TempDir,
}

impl Process {
    fn start<T: bytemuck::Pod>(library: &str, x: &[T], y: &[T]) -> anyhow::Result<Process> {
        let folder = tempfile::tempdir()?;
        fs::write(folder.path().join("x"), bytemuck::cast_slice(x))?;
        fs::write(folder.path().join("y"), bytemuck::cast_slice(y))?;
        let python = std::env::var_os("SMALTO_PYTHON").unwrap_or_else(|| "python3".into());
        let element = if size_of::<T>() == 4 { "f32" } else { "f64" };
        let absent = || {
            Absent(format!(
                "`{}` cannot run {library}; set SMALTO_PYTHON to a Python that has numpy, numexpr, \
                 numba, sympy and symjit (`pip install numpy numexpr numba sympy symjit`)",
                python.display()
            ))
        };
        let started = Command::new(&python)
            .args(["-c", SCRIPT, library, element])
            .arg(folder.path())
            .env("OMP_NUM_THREADS", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut child = started.map_err(|_| absent())?;
        let mut process = Process {
            to: child.stdin.take().context("it has a standard input")?,
            from: BufReader::new(child.stdout.take().context("it has a standard output")?),
            child,
            folder,
        };
        process.expect("ready").map_err(|_| absent())?;
        Ok(process)
    }

    /// Sends a line and waits until it is done.
    fn ask(&mut self, line: &str) -> anyhow::Result<()> {
        writeln!(self.to, "{line}")?;
        self.to.flush()?;
        self.expect("done")
    }

    /// Runs, and reads the values.
    fn write<T: bytemuck::Pod>(&mut self, out: &mut [T]) -> anyhow::Result<()> {
        self.ask("write")?;
        let values = fs::read(self.folder.path().join("out"))?;
        let bytes: &mut [u8] = bytemuck::cast_slice_mut(out);
        anyhow::ensure!(values.len() == bytes.len(), "too few values");
        bytes.copy_from_slice(&values);
        Ok(())
    }

    fn expect(&mut self, answer: &str) -> anyhow::Result<()> {
        let mut line = String::new();
        self.from.read_line(&mut line)?;
        if line.trim_end() != answer {
            bail!("expected `{answer}`, got `{line}`");
        }
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
