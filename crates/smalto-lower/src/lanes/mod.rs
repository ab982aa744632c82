//! Machines that compute many lanes at once.
//!
//! | machine | level | lanes | reals | 32-bit integers | 64-bit integers | masks |
//! |---|---|---|---|---|---|---|
//! | [`PortableF32`] | portable | 8 | array | array | array | array of bool |
//! | [`PortableF64`] | portable | 4 | array | array | array | array of bool |
//! | [`Avx2F32`] | avx2 | 8 | YMM | YMM | 2 YMM | YMM |
//! | [`Avx2F64`] | avx2 | 4 | YMM | XMM | YMM | YMM |
//! | [`Avx512F32`] | avx512 | 16 | ZMM | ZMM | 2 ZMM | K |
//! | [`Avx512F64`] | avx512 | 8 | ZMM | YMM | ZMM | K |
//!
//! A [`Level`] names a row of instructions a CPU may have, and
//! [`Level::with_lanes`] runs code that is generic over machines on the one of that
//! level:
//!
//! ```
//! use smalto_lower::Lanes;
//! use smalto_lower::lanes::{Level, WithLanes};
//!
//! /// Doubles a row in place, whole waves only.
//! struct Double<'a>(&'a mut [f32]);
//!
//! impl WithLanes<f32> for Double<'_> {
//!     type Output = ();
//!     fn run<L: Lanes<Element = f32>>(self, lanes: L) {
//!         lanes.enter(|| {
//!             for wave in self.0.chunks_exact_mut(L::WIDTH) {
//!                 // SAFETY: a wave has WIDTH elements.
//!                 let x = unsafe { lanes.load_real(wave.as_ptr()) };
//!                 let sum = lanes.add(x, x);
//!                 // SAFETY: as above.
//!                 unsafe { lanes.store_real(wave.as_mut_ptr(), sum) };
//!             }
//!         })
//!     }
//! }
//!
//! let mut row = [1.5; 32];
//! Level::best().with_lanes(Double(&mut row)).expect("the best level is available");
//! assert_eq!(row, [3.0; 32]);
//! ```
//!
//! # The inlining rule
//!
//! *Between a call of [`enter`](crate::Lanes::enter) and a primitive there may be
//! closures and functions marked `#[inline(always)]`, and nothing else.*
//!
//! An intrinsic such as `_mm512_add_ps` is one instruction only when it is inlined,
//! and the compiler inlines it only into a function that is compiled for the
//! same CPU features. A program for every CPU is not compiled for those features;
//! a single function is, by `#[target_feature]`. But such a function can neither be
//! generic code that knows nothing of CPUs, like [`meaning`](crate::meaning), nor be
//! inlined into it.
//!
//! So it is turned around: the generic code is inlined into one function with the
//! features. That function is inside `enter`, and the closure it is given is the
//! only thing it calls. Everything the closure calls in turn, through any number of
//! generic layers, must end up in that one body; then the intrinsics do too, and
//! what is left is a loop of vector instructions.
//!
//! A function on the way that is *not* inlined is not wrong, only slow: it is
//! compiled without the features, so each primitive in it is a call that passes its
//! vectors through memory. A loop that is mysteriously twenty times too slow has
//! such a call in it.
//!
//! What makes all this safe is that a machine is a witness. Its token comes from
//! [`detect`](crate::Lanes::detect) alone, so whoever has one is on a CPU that has
//! the instructions, and primitives need not be `unsafe` to call.

mod portable;

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "x86_64")]
mod x86;

pub use portable::{Portable, PortableF32, PortableF64};
#[cfg(target_arch = "x86_64")]
pub use {
    avx2::{Avx2F32, Avx2F64},
    avx512::{Avx512F32, Avx512F64},
};

use crate::{Float, Lanes, Machine};
use std::fmt;

/// Instructions a CPU may have, and so a machine for each element type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// Plain Rust, on any CPU.
    Portable,
    /// x86-64 with AVX2 and FMA.
    Avx2,
    /// x86-64 with AVX-512 F, BW, DQ and VL.
    Avx512,
}

impl Level {
    /// Every level, slowest first.
    pub const ALL: &'static [Level] = &[Level::Portable, Level::Avx2, Level::Avx512];

    /// The name users give it.
    pub fn name(self) -> &'static str {
        match self {
            Level::Portable => "portable",
            Level::Avx2 => "avx2",
            Level::Avx512 => "avx512",
        }
    }

    /// Whether this CPU has it.
    pub fn is_available(self) -> bool {
        struct Nothing;
        impl WithLanes<f32> for Nothing {
            type Output = ();
            fn run<L: Lanes<Element = f32>>(self, _: L) {}
        }
        self.with_lanes(Nothing).is_some()
    }

    /// The fastest that this CPU has.
    ///
    /// ```
    /// use smalto_lower::lanes::Level;
    /// assert!(Level::best().is_available());
    /// assert!(Level::Portable.is_available());
    /// ```
    pub fn best() -> Level {
        let available = Level::ALL.iter().rev().find(|level| level.is_available());
        *available.expect("portable lanes are always available")
    }

    /// Gives `work` the machine of this level for elements `T`, or is `None` if the
    /// CPU lacks it.
    ///
    /// The work is not yet run with the CPU's features: it enters them itself, around
    /// its loops (see the [inlining rule](self#the-inlining-rule)).
    pub fn with_lanes<T: Wide, W: WithLanes<T>>(self, work: W) -> Option<W::Output> {
        match self {
            Level::Portable => T::Portable::detect().map(|lanes| work.run(lanes)),
            #[cfg(target_arch = "x86_64")]
            Level::Avx2 => T::Avx2::detect().map(|lanes| work.run(lanes)),
            #[cfg(target_arch = "x86_64")]
            Level::Avx512 => T::Avx512::detect().map(|lanes| work.run(lanes)),
            #[cfg(not(target_arch = "x86_64"))]
            Level::Avx2 | Level::Avx512 => None,
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Work that can be done by any machine with elements `T`.
pub trait WithLanes<T> {
    /// What comes of it.
    type Output;
    /// Does the work.
    fn run<L: Lanes<Element = T, Ballot = u64>>(self, lanes: L) -> Self::Output;
}

/// The element types, with their machine at every level.
pub trait Wide: Float {
    /// The machine of [`Level::Portable`].
    type Portable: Lanes<Element = Self, Ballot = u64>;
    /// The machine of [`Level::Avx2`].
    #[cfg(target_arch = "x86_64")]
    type Avx2: Lanes<Element = Self, Ballot = u64>;
    /// The machine of [`Level::Avx512`].
    #[cfg(target_arch = "x86_64")]
    type Avx512: Lanes<Element = Self, Ballot = u64>;
}

impl Wide for f32 {
    type Portable = PortableF32;
    #[cfg(target_arch = "x86_64")]
    type Avx2 = Avx2F32;
    #[cfg(target_arch = "x86_64")]
    type Avx512 = Avx512F32;
}

impl Wide for f64 {
    type Portable = PortableF64;
    #[cfg(target_arch = "x86_64")]
    type Avx2 = Avx2F64;
    #[cfg(target_arch = "x86_64")]
    type Avx512 = Avx512F64;
}

/// [`Machine::if_any`] for lanes.
#[inline(always)]
fn if_any<L: Machine<Ballot = u64>>(
    lanes: L,
    mask: L::Mask,
    otherwise: L::Real,
    then: impl FnOnce() -> L::Real,
) -> L::Real {
    if lanes.mask_bits(mask) == 0 {
        otherwise
    } else {
        lanes.select(mask, then(), otherwise)
    }
}

/// [`Machine::while_any`] for lanes.
#[inline(always)]
fn while_any<L: Machine<Ballot = u64>, const N: usize>(
    lanes: L,
    mut active: L::Mask,
    mut state: [L::Real; N],
    step: impl Fn([L::Real; N]) -> ([L::Real; N], L::Mask),
) -> [L::Real; N] {
    while lanes.mask_bits(active) != 0 {
        let (next, more) = step(state);
        for (kept, next) in state.iter_mut().zip(next) {
            *kept = lanes.select(active, next, *kept);
        }
        active = lanes.mand(active, more);
    }
    state
}

/// The same lanes in another form: a register where there was an array, or an array
/// where there was a register.
///
/// # Safety
/// Both types must be vectors of numbers: the same number of lanes of the same
/// kind, side by side.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
unsafe fn recast<A: Copy, B: Copy>(a: A) -> B {
    const { assert!(size_of::<A>() == size_of::<B>()) };
    // SAFETY: the types have the same size, and every bit pattern is a number.
    unsafe { std::mem::transmute_copy(&a) }
}
