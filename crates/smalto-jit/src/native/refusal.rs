//! Executable memory refused.
//!
//! Hardened systems give none, and a process can run out of mappings. Formulas then
//! run in the interpreter, with the same results, and the user should be told so,
//! once. A library does not print: it keeps the reason for who does.

use crate::code::{Code, CodeError};
use std::io;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

static REFUSAL: OnceLock<String> = OnceLock::new();
static IS_SIMULATED: AtomicBool = AtomicBool::new(false);

/// What the system said when it refused executable memory to this process for the
/// first time.
pub fn refusal() -> Option<&'static str> {
    REFUSAL.get().map(String::as_str)
}

/// Does as if the system refused executable memory from now on, so that a program's
/// way without machine code can be tested.
#[doc(hidden)]
pub fn simulate_refusal(is_simulated: bool) {
    IS_SIMULATED.store(is_simulated, Ordering::Relaxed);
}

/// What `install` gives; if that is a refusal, it is kept.
pub(super) fn noted(install: impl FnOnce() -> Result<Code, CodeError>) -> Result<Code, CodeError> {
    let result = match IS_SIMULATED.load(Ordering::Relaxed) {
        true => Err(CodeError::Refused(io::ErrorKind::PermissionDenied.into())),
        false => install(),
    };
    if let Err(error @ CodeError::Refused(_)) = &result {
        REFUSAL.get_or_init(|| error.to_string());
    }
    result
}
