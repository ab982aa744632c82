//! Ctrl-C: the process ends at once, and no file is left half written.
//!
//! At most one file is being written at a time. Its name is kept here from its
//! creation until it is complete, and the handler, which runs on a thread of its own,
//! removes it before it ends the process. So no part of the work needs to ask whether
//! it is still wanted, and reading, compiling and drawing all stop alike.

use crate::report::remark;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What shells report for a command ended by Ctrl-C: 128 + SIGINT.
const EXIT_CODE: i32 = 130;

static PARTIAL: Mutex<Option<PathBuf>> = Mutex::new(None);

/// The file being written. While this is held, an interrupt waits.
pub(crate) fn partial_file() -> MutexGuard<'static, Option<PathBuf>> {
    PARTIAL.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes over Ctrl-C, and requests to terminate.
pub(crate) fn install() {
    // Fails if such signals are ignored, as under nohup, and then they stay ignored.
    let _ = ctrlc::try_set_handler(|| {
        // Held until the process has ended, so that the file cannot become complete
        // after it is removed.
        let partial = partial_file();
        if let Some(path) = &*partial {
            let _ = std::fs::remove_file(path);
        }
        if std::io::stderr().is_terminal() {
            // Below the progress, and the ^C that the terminal shows.
            remark("");
        }
        remark("interrupted");
        std::process::exit(EXIT_CODE);
    });
}
