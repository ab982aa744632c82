//! Files that contenders read: models beside the workspace, examples inside it.

use anyhow::Context;
use std::io;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// The reason to skip a case rather than to fail.
#[derive(Debug, Error)]
#[error("{0}")]
pub(crate) struct Absent(pub(crate) String);

/// The workspace this was built from.
pub(crate) fn workspace() -> &'static Path {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    crates
        .and_then(Path::parent)
        .expect("this crate is in a folder of the workspace")
}

/// A file from the folder in `SMALTO_MODELS`.
///
/// # Errors
/// [`Absent`] if it is not there, or that it cannot be read.
pub(crate) fn model(name: &str) -> anyhow::Result<Vec<u8>> {
    let folder = std::env::var_os("SMALTO_MODELS");
    let folder = folder.map_or_else(|| workspace().join("../shared/models"), PathBuf::from);
    read(
        &folder.join(name),
        "set SMALTO_MODELS to the folder of the models",
    )
}

/// A file from the workspace's `examples`.
///
/// # Errors
/// [`Absent`] if it is not there, or that it cannot be read.
pub(crate) fn example(name: &str) -> anyhow::Result<Vec<u8>> {
    read(
        &workspace().join("examples").join(name),
        "it is one of Smalto's own examples",
    )
}

fn read(path: &Path, way_out: &str) -> anyhow::Result<Vec<u8>> {
    match std::fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(Absent(format!("there is no {}; {way_out}", path.display())).into())
        }
        result => result.with_context(|| format!("cannot read {}", path.display())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_file_is_a_reason_to_skip() {
        let error = example("no such model.vm").unwrap_err();
        assert!(error.downcast_ref::<Absent>().is_some(), "{error}");
    }
}
