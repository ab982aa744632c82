//! The floating-point environment at the call boundary.
//!
//! Results must not depend on what the caller's thread has set: audio hosts flush
//! subnormals, some numerical codes change the rounding mode. Every evaluation
//! runs under round-to-nearest with subnormals kept and exceptions masked, and
//! gives the caller back what it had.
//!
//! On x86-64 asking costs more than a short formula: reading MXCSR takes 4 ns on a
//! Zen 4, and 6 with the check. A function that is called point by point has the
//! [probe](StandardEnvironment::enter_by_probe), which looks at what the environment
//! does instead, in under 1 ns.

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
        StandardEnvironment::replacing(read())
    }

    /// [`enter`](StandardEnvironment::enter) for calls so short that reading the control
    /// register would cost more than they do.
    ///
    /// Four sums show how the thread rounds and what it does with subnormals, so results
    /// never depend on the caller. Whether floating-point exceptions trap is taken from
    /// the x87 control word, which is quick to read and which the C library
    /// (`feenableexcept`) keeps in step with MXCSR. What is not seen is a caller who lets
    /// exceptions trap by writing to MXCSR alone: that caller gets its traps.
    #[inline]
    pub fn enter_by_probe() -> StandardEnvironment {
        match seems_standard() {
            true => StandardEnvironment { saved: None },
            false => StandardEnvironment::enter(),
        }
    }

    fn replacing(found: u32) -> StandardEnvironment {
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

/// Operands whose sum tells environments apart, and what it is in the standard one: two
/// roundings to nearest, one up and one down; two subnormals, with a subnormal and with zero.
/// (Sums, and of subnormals: those cost nothing extra on any recent CPU. A subnormal sum of
/// normal numbers takes 40 ns on a Granite Rapids.)
#[cfg(target_arch = "x86_64")]
#[repr(align(16))]
struct Probe([[u32; 4]; 3]);

#[cfg(target_arch = "x86_64")]
static PROBE: Probe = Probe([
    // 1, 1, 2^-149, 2^-149
    [0x3f80_0000, 0x3f80_0000, 0x0000_0001, 0x0000_0001],
    // 1.5 * 2^-24, 2^-25, 2^-149, 0
    [0x33c0_0000, 0x3300_0000, 0x0000_0001, 0x0000_0000],
    // 1 + 2^-23, 1, 2^-148, 2^-149
    [0x3f80_0001, 0x3f80_0000, 0x0000_0002, 0x0000_0001],
]);

/// Whether this thread computes as in the standard environment, and the C library masks
/// all exceptions.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn seems_standard() -> bool {
    use std::arch::asm;
    /// The exception masks of the x87 control word (Intel SDM volume 1, section 8.1.5).
    const MASKS: u16 = 0x3f;
    let mut x87 = 0u16;
    let equal: u32;
    // SAFETY: stores the x87 control word to the given two bytes.
    unsafe { asm!("fnstcw [{}]", in(reg) &mut x87, options(nostack, preserves_flags)) };
    if x87 & MASKS != MASKS {
        return false;
    }
    // SAFETY: reads three aligned rows of the table.
    unsafe {
        asm!(
            "movaps {sum}, [{probe}]",
            "addps {sum}, [{probe} + 16]",
            "pcmpeqd {sum}, [{probe} + 32]",
            "movmskps {equal:e}, {sum}",
            probe = in(reg) PROBE.0.as_ptr(),
            sum = out(xmm_reg) _,
            equal = out(reg) equal,
            options(nostack, preserves_flags, readonly),
        )
    };
    equal == 0b1111
}

/// Elsewhere the register is quick to read.
#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
fn seems_standard() -> bool {
    false
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

#[cfg(all(test, target_arch = "x86_64"))]
mod tests {
    use super::*;
    use std::arch::asm;

    fn set_x87(control: u16) {
        // SAFETY: loads a control word that was read, or has other masks only.
        unsafe { asm!("fldcw [{}]", in(reg) &control, options(nostack)) };
    }

    /// The thread has `control` in MXCSR, and all x87 exceptions masked or not: within an
    /// environment it is standard, and after it as before.
    fn check(control: u32, is_masked: bool, enter: fn() -> StandardEnvironment) {
        const X87: u16 = 0x037f;
        set_x87(if is_masked { X87 } else { X87 & !0x04 });
        write(control);
        let environment = enter();
        let within = read() & CONTROL;
        drop(environment);
        let after = read() & CONTROL;
        write(STANDARD);
        set_x87(X87);
        assert_eq!(
            (within, after),
            (STANDARD, control & CONTROL),
            "{control:x}"
        );
    }

    /// Everything that changes a result: rounding modes, flush to zero, denormals are zero.
    const CHANGES: [u32; 6] = [0x2000, 0x4000, 0x6000, 0x8000, 0x0040, 0xe040];

    #[test]
    fn whatever_changes_results_is_put_right_and_back() {
        for enter in [
            StandardEnvironment::enter,
            StandardEnvironment::enter_by_probe,
        ] {
            check(STANDARD, true, enter);
            for change in CHANGES {
                check(STANDARD | change, true, enter);
            }
        }
    }

    #[test]
    fn traps_are_put_off_and_on_again() {
        // Division by zero, as `feenableexcept` sets it: in both registers.
        let trapping = STANDARD & !0x0200;
        check(trapping, false, StandardEnvironment::enter_by_probe);
        check(trapping, true, StandardEnvironment::enter);
    }
}
