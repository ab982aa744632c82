//! The floating-point environment at the call boundary.
//!
//! Results must not depend on what the caller's thread has set: audio hosts flush
//! subnormals, some numerical codes change the rounding mode. Every evaluation
//! runs under round-to-nearest with subnormals kept and exceptions masked, and
//! gives the caller back what it had.

/// Holds the standard environment; restores the caller's when dropped.
#[derive(Debug)]
pub struct StandardEnvironment {
    saved: Option<u32>,
}

/// MXCSR after reset: round to nearest, all exceptions masked, no flush to zero,
/// no denormals-are-zero (Intel SDM volume 1, section 10.2.3).
#[cfg(target_arch = "x86_64")]
const STANDARD: u32 = 0x1f80;

/// FPCR after reset: round to nearest, no flush to zero, no traps (Arm ARM, C5.2.8).
#[cfg(target_arch = "aarch64")]
const STANDARD: u32 = 0;

/// The bits that change results; the others are sticky exception flags.
#[cfg(target_arch = "x86_64")]
const CONTROL: u32 = 0xffc0;
#[cfg(target_arch = "aarch64")]
const CONTROL: u32 = u32::MAX;

impl StandardEnvironment {
    /// Sets the standard environment on this thread.
    #[inline]
    pub fn enter() -> StandardEnvironment {
        let found = read();
        let differs = found & CONTROL != STANDARD;
        if differs {
            write(STANDARD);
        }
        StandardEnvironment {
            saved: differs.then_some(found),
        }
    }
}

impl Drop for StandardEnvironment {
    #[inline]
    fn drop(&mut self) {
        if let Some(saved) = self.saved {
            write(saved);
        }
    }
}

#[cfg(target_arch = "x86_64")]
fn read() -> u32 {
    let mut control = 0u32;
    // SAFETY: stores MXCSR to the given four bytes.
    unsafe {
        std::arch::asm!("stmxcsr [{}]", in(reg) &mut control, options(nostack, preserves_flags))
    };
    control
}

#[cfg(target_arch = "x86_64")]
fn write(control: u32) {
    // SAFETY: `control` was read from MXCSR or is its reset value, so no reserved bit is set.
    unsafe { std::arch::asm!("ldmxcsr [{}]", in(reg) &control, options(nostack, preserves_flags)) };
}

#[cfg(target_arch = "aarch64")]
fn read() -> u32 {
    let control: u64;
    // SAFETY: reads FPCR.
    unsafe {
        std::arch::asm!("mrs {}, fpcr", out(reg) control, options(nomem, nostack, preserves_flags))
    };
    control as u32
}

#[cfg(target_arch = "aarch64")]
fn write(control: u32) {
    // SAFETY: `control` was read from FPCR or is its reset value.
    unsafe {
        std::arch::asm!("msr fpcr, {}", in(reg) u64::from(control), options(nostack, preserves_flags))
    };
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
const STANDARD: u32 = 0;
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
const CONTROL: u32 = 0;
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn read() -> u32 {
    STANDARD
}
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn write(_: u32) {}
