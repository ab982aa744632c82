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
//!         lanes.enter(
//!             #[inline(always)]
//!             || {
//!                 for wave in self.0.chunks_exact_mut(L::WIDTH) {
//!                     // SAFETY: a wave has WIDTH elements.
//!                     let x = unsafe { lanes.load_real(wave.as_ptr()) };
//!                     let sum = lanes.add(x, x);
//!                     // SAFETY: as above.
//!                     unsafe { lanes.store_real(wave.as_mut_ptr(), sum) };
//!                 }
//!             },
//!         )
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
//! functions and closures marked `#[inline(always)]`, and nothing else. That goes for
//! the closure given to `enter` first of all.*
//!
//! An intrinsic such as `_mm512_add_ps` is one instruction only when it is inlined,
//! and the compiler inlines it only into a function that is compiled for the
//! same CPU features. A program for every CPU is not compiled for those features;
//! a single function can be, by `#[target_feature]`. But generic code that knows
//! nothing of CPUs, like [`meaning`](crate::meaning), has no place for such an
//! attribute.
//!
//! So it is turned around: the generic code is inlined into the one function that
//! has the features. That function is inside `enter`, and all it does is to call its
//! closure. When everything the closure calls in turn, through any number of
//! generic layers, ends up in that one body, then the intrinsics do too, and what
//! is left is a loop of vector instructions.
//!
//! Why *always*, when the compiler inlines most small functions anyway? It works
//! from the leaves up. Seen on its own, a closure without the features is a long row
//! of calls it may not inline, hence large, hence not worth inlining into `enter`
//! where those calls would have vanished. It then stays as it is.
//!
//! A function left out of line like that is not wrong, only slow: each primitive in
//! it is a call that passes its vectors through memory. In a disassembly, a function
//! named `_mm512_...` gives it away.
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The width of a machine and the sum of the squares of its lanes' numbers.
    struct Squares;

    impl<T: Float> WithLanes<T> for Squares {
        type Output = (usize, f64);

        fn run<L: Lanes<Element = T, Ballot = u64>>(self, lanes: L) -> (usize, f64) {
            let mut numbers: Vec<T> = (0..L::WIDTH).map(|k| T::from_f64(k as f64)).collect();
            lanes.enter(
                #[inline(always)]
                || {
                    // SAFETY: there are `WIDTH` elements.
                    unsafe {
                        let a = lanes.load_real(numbers.as_ptr());
                        lanes.store_real(numbers.as_mut_ptr(), lanes.mul(a, a));
                    }
                },
            );
            (L::WIDTH, numbers.into_iter().map(T::to_f64).sum())
        }
    }

    fn check<T: Wide>(widths: [usize; 3]) {
        for (&level, width) in Level::ALL.iter().zip(widths) {
            let squares = (0..width).map(|k| (k * k) as f64).sum();
            let expected = level.is_available().then_some((width, squares));
            assert_eq!(level.with_lanes::<T, _>(Squares), expected, "{level}");
        }
    }

    #[test]
    fn work_is_done_at_every_level_the_cpu_has() {
        check::<f32>([8, 8, 16]);
        check::<f64>([4, 4, 8]);
    }

    #[test]
    #[cfg(target_arch = "x86_64")]
    fn levels_are_what_the_cpu_says() {
        let avx2 = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
        assert_eq!(Level::Avx2.is_available(), avx2);
        if Level::Avx512.is_available() {
            assert!(avx2, "the AVX-512 machines use AVX2 and FMA");
            assert_eq!(Level::best(), Level::Avx512);
        }
    }

    #[test]
    fn names_tell_levels_apart() {
        let names: Vec<String> = Level::ALL.iter().map(Level::to_string).collect();
        assert_eq!(names, ["portable", "avx2", "avx512"]);
    }
}
