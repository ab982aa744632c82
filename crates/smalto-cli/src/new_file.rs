//! Files come into being whole or not at all.
//!
//! What is written goes to a neighbour of the file with a name of its own, which
//! takes the file's name, and place, when it is complete.

use crate::interrupt::partial_file;
use anyhow::{Context, bail};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use tempfile::TempPath;

/// A file being written.
pub(crate) struct NewFile {
    /// As the user named it.
    name: PathBuf,
    writer: BufWriter<File>,
    /// The neighbour, and the name it takes in the end; none if the file is a device
    /// or a pipe, which has no contents to keep.
    partial: Option<(TempPath, PathBuf)>,
}

impl NewFile {
    /// Begins a file called `name`, of the kind that `extension` stands for. Whatever
    /// can fail is tried now rather than after the work.
    pub(crate) fn create(name: &Path, extension: &str) -> anyhow::Result<NewFile> {
        begin(name, extension).with_context(|| cannot_write(name))
    }

    /// Completes the file.
    pub(crate) fn finish(mut self) -> anyhow::Result<()> {
        let partial = self.partial.take();
        let complete = || -> io::Result<()> {
            self.writer.flush()?;
            if let Some((from, to)) = partial {
                let _uninterrupted = partial_file();
                from.persist(to).map_err(|error| error.error)?;
            }
            Ok(())
        };
        complete().with_context(|| cannot_write(&self.name))
    }

    /// The error of writing to this file.
    pub(crate) fn failed(&self, error: io::Error) -> anyhow::Error {
        anyhow::Error::new(error).context(cannot_write(&self.name))
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        // If the neighbour is still there, it now removes itself.
        *partial_file() = None;
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

impl Seek for NewFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.writer.seek(to)
    }
}

fn cannot_write(name: &Path) -> String {
    format!("cannot write {}", name.display())
}

fn begin(name: &Path, extension: &str) -> anyhow::Result<NewFile> {
    let existing = match fs::metadata(name) {
        Ok(existing) if existing.is_dir() => bail!("it is a directory"),
        Ok(existing) if existing.is_file() => Some(existing),
        Ok(_) => return device(name),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            None
        }
        Err(error) => return Err(error.into()),
    };
    // A link is kept, and what it leads to is replaced.
    let target = match name.is_symlink() {
        true => fs::canonicalize(name).context("it is a link that leads nowhere")?,
        false => name.to_path_buf(),
    };
    let directory = directory_of(&target)?;
    if name
        .extension()
        .is_some_and(|given| !given.eq_ignore_ascii_case(extension))
    {
        bail!(
            "only .{extension} files can be written, so give it a name that ends in .{extension}"
        );
    }
    let permissions = existing.map(|existing| existing.permissions());
    if permissions.as_ref().is_some_and(fs::Permissions::readonly) {
        bail!("it exists and is read-only");
    }

    let mut interruptible = partial_file();
    let neighbour = neighbour_in(directory)
        // The whole error names the neighbour, of which the user knows nothing.
        .map_err(|error| io::Error::from(error.kind()))
        .with_context(|| format!("no file can be made in {}", directory.display()))?;
    if let Some(permissions) = permissions {
        neighbour.as_file().set_permissions(permissions)?;
    }
    let (file, path) = neighbour.into_parts();
    *interruptible = Some(path.to_path_buf());
    Ok(NewFile {
        name: name.into(),
        writer: BufWriter::new(file),
        partial: Some((path, target)),
    })
}

fn device(name: &Path) -> anyhow::Result<NewFile> {
    Ok(NewFile {
        name: name.into(),
        writer: BufWriter::new(OpenOptions::new().write(true).open(name)?),
        partial: None,
    })
}

fn directory_of(path: &Path) -> anyhow::Result<&Path> {
    let ends_in_separator = path
        .as_os_str()
        .as_encoded_bytes()
        .last()
        .is_some_and(|&byte| std::path::is_separator(byte.into()));
    if path.file_name().is_none() || ends_in_separator {
        bail!("that is no name of a file");
    }
    match path.parent() {
        Some(parent) if parent.is_dir() => Ok(parent),
        Some(parent) if parent.as_os_str().is_empty() => Ok(Path::new(".")),
        Some(parent) if parent.exists() => bail!("{} is no directory", parent.display()),
        parent => bail!("there is no directory {}", parent.unwrap_or(path).display()),
    }
}

fn neighbour_in(directory: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".smalto-").suffix(".partial");
    // As other new files; the system takes away what the user's mask forbids.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(directory)
}
