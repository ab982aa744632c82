//! C, compiled by the system's gcc for this machine while the benchmark runs.

use crate::models::Absent;
use crate::race::Contender;
use anyhow::Context;
use libloading::{Library, Symbol};
use smalto::Real;
use std::process::Command;
use std::rc::Rc;
use std::sync::OnceLock;

/// A C file.
pub(crate) struct Source {
    text: &'static str,
    arguments: &'static [&'static str],
    /// What to do where it does not compile.
    way_out: &'static str,
    compiled: OnceLock<Result<Library, String>>,
}

/// What gcc makes of plain loops: vectors, and functions from libmvec.
pub(crate) static FORMULA: Source = Source {
    text: include_str!("c/formula.c"),
    arguments: &["-O3", "-march=native", "-ffast-math", "-lm"],
    way_out: "install gcc",
    compiled: OnceLock::new(),
};

/// SLEEF's vector functions.
pub(crate) static SLEEF: Source = Source {
    text: include_str!("c/sleef.c"),
    arguments: &["-O3", "-march=native", "-lsleef"],
    way_out: "install gcc and SLEEF with its headers (Debian: libsleef-dev)",
    compiled: OnceLock::new(),
};

/// A loop over two operands of equal length.
type Loop<T> = unsafe extern "C" fn(*const T, *const T, *mut T, i64);

impl Source {
    /// The loop `symbol` of this file, over `x` and `y`.
    ///
    /// # Errors
    /// [`Absent`] if the file does not compile here, or that there is no such loop.
    ///
    /// # Panics
    /// If `x` and `y` are not of one length.
    pub(crate) fn contender<T: Real>(
        &'static self,
        name: &str,
        symbol: &str,
        x: Rc<[T]>,
        y: Rc<[T]>,
    ) -> anyhow::Result<Contender<T>> {
        assert_eq!(x.len(), y.len(), "operands are of one length");
        let library = self
            .compiled
            .get_or_init(|| self.compile().map_err(|error| format!("{error:#}")));
        let library = match library {
            Ok(library) => library,
            Err(error) => return Err(Absent(format!("{}: {error}", self.way_out)).into()),
        };
        // SAFETY: all functions of these files are loops, for the element that their name
        // ends with.
        let function: Symbol<'static, Loop<T>> = unsafe { library.get(symbol.as_bytes()) }
            .with_context(|| format!("there is no `{symbol}`"))?;
        let len = x.len();
        let fill = move |out: &mut [T]| {
            assert_eq!(out.len(), x.len());
            // SAFETY: the three slices are `out.len()` long.
            unsafe { function(x.as_ptr(), y.as_ptr(), out.as_mut_ptr(), out.len() as i64) }
        };
        Ok(Contender {
            name: name.into(),
            fill: Box::new(fill),
            len,
            note: String::new(),
        })
    }

    fn compile(&self) -> anyhow::Result<Library> {
        let folder = tempfile::tempdir()?;
        let source = folder.path().join("peer.c");
        let library = folder.path().join("peer.so");
        std::fs::write(&source, self.text)?;
        let output = Command::new("gcc")
            .args(["-shared", "-fPIC", "-o"])
            .args([&library, &source])
            .args(self.arguments)
            .output()
            .context("cannot run gcc")?;
        let messages = String::from_utf8_lossy(&output.stderr);
        anyhow::ensure!(
            output.status.success(),
            "{}",
            messages.lines().next().unwrap_or("gcc failed")
        );
        // SAFETY: it is our own code, which has no initialisers.
        Ok(unsafe { Library::new(&library)? })
    }
}
