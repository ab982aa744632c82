//! Names for `perf`: a map from addresses to kernels.
//!
//! With `SMALTO_PERF_MAP=1`, a line `start size name` (hexadecimal, without prefix) is
//! appended to `/tmp/perf-PID.map` for each kernel that is installed; `perf report`
//! looks there for code that lies in no file (the kernel's
//! tools/perf/Documentation/jit-interface.txt). There are no lines for kernels that
//! are dropped: of two at one address, perf takes the later.
//!
//! Perf looks for a map only where memory has no file, which is why code memory has none.
//!
//! A map that cannot be written is worth a remark, no more.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::sync::{LazyLock, Mutex, OnceLock};

/// The environment variable that asks for a map.
const VARIABLE: &str = "SMALTO_PERF_MAP";

static FAILURE: OnceLock<String> = OnceLock::new();

/// Why there is no map though there should be.
pub(super) fn failure() -> Option<&'static str> {
    FAILURE.get().map(String::as_str)
}

/// Adds a kernel to the map, if there is one.
pub(super) fn note(start: *const u8, length: usize, name: &str) {
    static MAP: LazyLock<Option<Mutex<File>>> = LazyLock::new(open);
    if let Some(map) = &*MAP {
        let line = format!("{:x} {length:x} {name}\n", start.addr());
        // One call, so that lines stay whole.
        let mut file = map.lock().expect("no code panics writing the map");
        if let Err(error) = file.write_all(line.as_bytes()) {
            failed(&error);
        }
    }
}

fn open() -> Option<Mutex<File>> {
    let is_asked_for = std::env::var_os(VARIABLE).is_some_and(|value| value == "1");
    if !is_asked_for {
        return None;
    }
    create(&path())
        .map_err(|error| failed(&error))
        .ok()
        .map(Mutex::new)
}

/// The folder is everyone's, and the name is known in advance: a link that somebody
/// else has put there is not followed.
fn create(path: &str) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags(libc::O_NOFOLLOW).mode(0o600);
    }
    options.open(path)
}

fn path() -> String {
    format!("/tmp/perf-{}.map", std::process::id())
}

fn failed(error: &io::Error) {
    FAILURE.get_or_init(|| format!("cannot write {}: {error}; perf will show addresses", path()));
}
