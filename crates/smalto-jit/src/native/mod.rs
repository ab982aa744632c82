//! Machine code at run time: which there may be, how it is installed, and how called.
//!
//! | to | see |
//! |---|---|
//! | know and limit what code may use | [`cpu`] |
//! | make code executable, and call it | [`install`], [`Installed`] |
//! | know why there is no machine code | [`refusal`], [`remarks`] |
//! | see kernels in a profile | `SMALTO_PERF_MAP=1`, for `perf` |
//! | see kernels in a debugger | the feature `gdb` |

pub mod cpu;
#[cfg(any(
    all(target_os = "linux", target_env = "gnu", target_arch = "x86_64"),
    feature = "gdb",
    test
))]
mod dwarf;
#[cfg(any(feature = "gdb", test))]
mod elf;
#[cfg(feature = "gdb")]
mod gdb;
mod install;
mod perf;
pub(crate) mod program;
mod refusal;
pub(crate) mod unwind;

pub use cpu::{CpuError, Isa, Limit};
pub use install::{Installed, install};
pub use refusal::{refusal, simulate_refusal};

pub(crate) use program::{Effort, compile, compile_gradients, compile_intervals};

/// What the user should be told once, a line each, at the end of a program or sooner:
/// that formulas run in the interpreter because the system gives no executable memory,
/// that the map for `perf` could not be written.
pub fn remarks() -> impl Iterator<Item = &'static str> {
    refusal().into_iter().chain(perf::failure())
}
