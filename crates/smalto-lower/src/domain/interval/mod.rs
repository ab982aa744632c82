//! Intervals: where the results of an op lie.
//!
//! # What an interval says
//!
//! * *Every number is between the bounds*, and the bounds are themselves numbers that it may
//!   be. That goes for infinities: a bound that is infinite may be reached.
//! * *A bound that is zero stands for both zeros.* So the reciprocal of [0, 1] reaches both
//!   infinities.
//! * *A NaN in either bound means anything at all, NaN too.* An interval of two numbers
//!   is never NaN.
//!
//! A rule is given intervals and gives an interval in which the op lies, as the *machine*
//! computes it, for all numbers of its operands. Not the function of the textbook:
//! the bits that come out of the same graph at any point of the box.
//!
//! ```
//! use smalto_lower::Scalar;
//! use smalto_lower::domain::Interval;
//! use smalto_lower::domain::interval::{arithmetic, trigonometric};
//!
//! let (m, a) = (Scalar::<f32>::new(), Interval::new(-1.0, 2.0));
//! assert_eq!(arithmetic::square(m, a), Interval::new(0.0, 4.0));
//! assert_eq!(arithmetic::mul(m, a, a), Interval::new(-2.0, 4.0));
//! assert_eq!(trigonometric::sin(m, a).hi, 1.0);
//! // Of a number that may be negative the root may be NaN.
//! assert!(arithmetic::sqrt(m, a).lo.is_nan());
//! ```
//!
//! # Why nothing is rounded outwards, and what is
//!
//! Rounding to nearest is monotone: if x <= y, then x rounded is not above y rounded. So
//! where an exact op is monotone, so are its bits, and what the machine gives at the ends
//! bounds what it gives between them. Rounding outwards would only widen that. (That is
//! how intervals here differ from those of validated numerics, which enclose the real
//! function; see Moore, Kearfott & Cloud, *Introduction to Interval Analysis*, 2009.)
//!
//! Functions of one f32 are monotone too: that was swept, each f32 with the next. Those of f64 and of two
//! operands are known to an error bound only and are [widened](outward) by twice that: once
//! for the end, once for the point between.
//!
//! # How NaN gets through
//!
//! Rules are straight lines, most of them a few instructions, in which a NaN must not be
//! lost. `min(a, b)` and `max(a, b)` give `b` where either is NaN: they keep a NaN of their
//! second operand and lose one of their first. Order of operands matters in what follows.
//!
//! | file | rules |
//! |---|---|
//! | [`bounds`] | questions about intervals, and parts that rules share |
//! | [`arithmetic`] | sums, products, quotients, square roots |
//! | [`rounding`] | floor and its like, fractions, remainders |
//! | [`choice`] | min, max, and, or, select: which operand, if that is certain |
//! | [`comparison`] | what gives truth values, or steps |
//! | [`elementary`] | functions that rise or fall: exponentials, logarithms, ... |
//! | [`trigonometric`] | sines, tangents, and the angle of a point |
//! | [`power`] | powers, roots, the length of a vector |
//! | [`outward`] | widening by units in the last place |
//! | [`integer`] | integers, which wrap |
//! | [`convert`] | from one kind to another |
//! | `table` | which rule is which op's |

pub mod arithmetic;
pub mod bounds;
pub mod choice;
pub mod comparison;
pub mod convert;
pub mod elementary;
pub mod integer;
pub mod outward;
pub mod power;
pub mod rounding;
mod table;
pub mod trigonometric;

use super::{Domain, KindIn, Visitor};
use crate::kind::{Bool, I32, I64, Real};
use crate::{Float, Kind, Lanes, Machine, Types};
use smalto_graph::{Op, Type};

/// The domain of [`Interval`]s.
#[derive(Debug, Clone, Copy)]
pub struct Intervals;

/// Numbers between two bounds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval<V> {
    /// The least number.
    pub lo: V,
    /// The greatest number.
    pub hi: V,
}

/// What a truth value may be. At least one of the two.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Truth<K> {
    /// Where it may be true.
    pub may_be_true: K,
    /// Where it may be false.
    pub may_be_false: K,
}

/// An interval of reals per lane of machine `M`.
pub type Reals<M> = Interval<<M as Types>::Real>;

/// A truth value per lane of machine `M`, as far as it is known.
pub type Truths<M> = Truth<<M as Types>::Mask>;

impl<V> Interval<V> {
    /// The numbers from `lo` to `hi`.
    #[inline(always)]
    pub fn new(lo: V, hi: V) -> Interval<V> {
        Interval { lo, hi }
    }
}

impl<M: Machine<Element: Float>> Domain<M> for Intervals {
    const PARTS: usize = 2;

    fn with_meaning<V: Visitor<Self, M>>(op: Op, ty: Type, visitor: V) -> V::Output {
        table::with_meaning(op, ty, visitor)
    }
}

/// Kinds whose parts are two values of the kind itself.
macro_rules! kinds_in_two_parts {
    ($(
        $kind:ident in $parts:ident { $first:ident, $second:ident },
        |$machine:ident, $value:ident| $exactly:expr;
    )*) => {$(
        impl<M: Machine> KindIn<Intervals, M> for $kind {
            type Parts = $parts<<$kind as Kind<M>>::Value>;

            #[inline(always)]
            fn exactly($machine: M, $value: <$kind as Kind<M>>::Value) -> Self::Parts {
                $exactly
            }

            #[inline(always)]
            fn from_parts(mut next: impl FnMut() -> <$kind as Kind<M>>::Value) -> Self::Parts {
                let $first = next();
                $parts {
                    $first,
                    $second: next(),
                }
            }

            #[inline(always)]
            fn for_each_part(
                value: Self::Parts,
                mut each: impl FnMut(<$kind as Kind<M>>::Value),
            ) {
                each(value.$first);
                each(value.$second);
            }

            #[inline(always)]
            unsafe fn load_parts(machine: M, from: *const u8, stride: usize) -> Self::Parts
            where
                M: Lanes,
            {
                // SAFETY: the caller's promise for two parts.
                unsafe {
                    $parts {
                        $first: <$kind as Kind<M>>::load(machine, from),
                        $second: <$kind as Kind<M>>::load(machine, from.add(stride)),
                    }
                }
            }

            #[inline(always)]
            unsafe fn store_parts(machine: M, to: *mut u8, stride: usize, value: Self::Parts)
            where
                M: Lanes,
            {
                // SAFETY: the caller's promise for two parts.
                unsafe {
                    <$kind as Kind<M>>::store(machine, to, value.$first);
                    <$kind as Kind<M>>::store(machine, to.add(stride), value.$second);
                }
            }
        }
    )*};
}

kinds_in_two_parts! {
    Real in Interval { lo, hi }, |_m, value| Interval::new(value, value);
    I32 in Interval { lo, hi }, |_m, value| Interval::new(value, value);
    I64 in Interval { lo, hi }, |_m, value| Interval::new(value, value);
    Bool in Truth { may_be_true, may_be_false }, |m, value| Truth {
        may_be_true: value,
        may_be_false: m.mnot(value),
    };
}
