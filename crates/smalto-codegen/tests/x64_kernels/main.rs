//! Compiled kernels against the reference interpreter, bit for bit.
//!
//! Memory is laid between pages that nobody may touch, so that a kernel that reads or
//! writes a byte outside its buffers does not get away with it.

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod across;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod differential;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod guarded;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod host;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod kernels;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod memory;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod ops;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod random;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod values;
