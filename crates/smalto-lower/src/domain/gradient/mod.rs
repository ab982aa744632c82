//! Gradients: how fast the result of an op changes.
//!
//! A real is a number and its partial derivatives by N inputs, and the rule of an op is the chain
//! rule: what each partial derivative of the result is by those of the operands. (This
//! is differentiation by dual numbers, or forward mode; Griewank & Walther, *Evaluating
//! Derivatives*, 2nd ed., 2008, chapter 3.) Whoever evaluates a graph gives each input
//! the partial derivative 1 by itself and 0 by the others.
//!
//! ```
//! use smalto_lower::Scalar;
//! use smalto_lower::domain::Gradient;
//! use smalto_lower::domain::gradient::arithmetic;
//!
//! // x and y at (3, 5), with the partial derivatives by x and by y.
//! let m = Scalar::<f64>::new();
//! let (x, y) = (Gradient::new(3.0, [1.0, 0.0]), Gradient::new(5.0, [0.0, 1.0]));
//! assert_eq!(arithmetic::mul(m, x, y), Gradient::new(15.0, [5.0, 3.0]));
//! ```
//!
//! *The number has the bits of the op*: it is computed by the op's
//! [`meaning`](crate::meaning). So a picture may be shaded by gradients whose values decide
//! pixels elsewhere.
//!
//! *The slopes are those of [`smalto_graph::derivative`]*, rounded in another order. As there, an
//! op is differentiated as it is defined: `min(a, b)` is `a < b ? a : b` and has the slope of
//! the operand it gives; floor and its like have slope 0, also where they jump. Integers
//! and truth values have none: they are numbers alone.
//! (The bits of a real are such an integer. That they may be made into the real again is not
//! seen here, while `derivative` refuses.)
//!
//! *Nothing times an infinite slope is nothing.* The root of x has an infinite slope at 0. Of
//! an operand there that does not change by some input, neither does the root: the zero
//! wins, as in the graph's derivative, where what does not depend on an input is left out. To
//! that end an infinite slope counts as the largest number. One of an exponential that is subnormal
//! counts as zero; [`chain`] has more of both. Where the result itself is infinite, slopes mean
//! little, and where it is NaN they are [given](Gradient::given) as NaN.
//!
//! | file | rules |
//! |---|---|
//! | [`chain`] | the chain rule itself, for one operand and for two |
//! | [`arithmetic`] | sums, products, remainders, choices |
//! | [`elementary`] | exponentials, logarithms, powers, and the trigonometric functions |
//! | `table` | which rule is which op's, and what has slope 0 |

pub mod arithmetic;
pub mod chain;
pub mod elementary;
mod table;

use super::{Domain, KindIn, Visitor};
use crate::kind::{Bool, I32, I64, Real};
use crate::{Float, Kind, Lanes, Machine, Types};
use smalto_graph::{Op, Type};

/// The domain of [`Gradient`]s with `N` partial derivatives.
#[derive(Debug, Clone, Copy)]
pub struct Gradients<const N: usize>;

/// A number and its partial derivatives.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gradient<V, const N: usize> {
    /// The number itself, with the bits that its op gives for numbers.
    pub value: V,
    /// The derivative by each of the inputs.
    pub partials: [V; N],
}

/// A number and its partial derivatives per lane of machine `M`.
pub type Reals<M, const N: usize> = Gradient<<M as Types>::Real, N>;

impl<V, const N: usize> Gradient<V, N> {
    /// A number with these partial derivatives.
    #[inline(always)]
    pub fn new(value: V, partials: [V; N]) -> Gradient<V, N> {
        Gradient { value, partials }
    }
}

impl<R: Copy, const N: usize> Gradient<R, N> {
    /// As it is given to whoever asked for it: slopes of NaN are NaN, and zeros among the others
    /// are positive. So nobody sees which of them a program has left out.
    ///
    /// ```
    /// use smalto_lower::Scalar;
    /// use smalto_lower::domain::Gradient;
    ///
    /// let m = Scalar::<f32>::new();
    /// let given = Gradient::new(1.0, [-0.0, -2.0]).given(m);
    /// assert!(given.partials[0].is_sign_positive());
    /// let given = Gradient::new(f32::NAN, [0.0]).given(m);
    /// assert!(given.partials[0].is_nan());
    /// ```
    #[inline(always)]
    pub fn given<M: Machine<Real = R>>(self, m: M) -> Gradient<R, N> {
        let is_number = m.eq(self.value, self.value);
        let partials = chain::each(
            self.partials,
            #[inline(always)]
            |partial| m.select(is_number, m.add(partial, m.real(0.0)), m.real(f64::NAN)),
        );
        Gradient::new(self.value, partials)
    }
}

impl<M: Machine<Element: Float>, const N: usize> Domain<M> for Gradients<N> {
    const PARTS: usize = N + 1;

    fn with_meaning<V: Visitor<Self, M>>(op: Op, ty: Type, visitor: V) -> V::Output {
        table::with_meaning(op, ty, visitor)
    }
}

/// Kinds as gradients have them: with a number that is there without its slope.
pub trait Sloped<const N: usize, M: Machine>: KindIn<Gradients<N>, M> {
    /// The number alone.
    fn number(parts: Self::Parts) -> <Self as Kind<M>>::Value;
}

impl<M: Machine, const N: usize> KindIn<Gradients<N>, M> for Real {
    type Parts = Reals<M, N>;

    #[inline(always)]
    fn exactly(machine: M, value: M::Real) -> Self::Parts {
        Gradient::new(value, [machine.real(0.0); N])
    }

    #[inline(always)]
    fn from_parts(mut next: impl FnMut() -> M::Real) -> Self::Parts {
        let value = next();
        Gradient::new(value, std::array::from_fn(|_| next()))
    }

    #[inline(always)]
    fn for_each_part(value: Self::Parts, mut each: impl FnMut(M::Real)) {
        each(value.value);
        value.partials.into_iter().for_each(each);
    }

    #[inline(always)]
    unsafe fn load_parts(machine: M, from: *const u8, stride: usize) -> Self::Parts
    where
        M: Lanes,
    {
        // SAFETY: the caller's promise for the first part, and for those that follow.
        unsafe {
            let value = <Real as Kind<M>>::load(machine, from);
            let mut partials = [value; N];
            for (index, partial) in partials.iter_mut().enumerate() {
                *partial = <Real as Kind<M>>::load(machine, from.add((index + 1) * stride));
            }
            Gradient::new(value, partials)
        }
    }

    #[inline(always)]
    unsafe fn store_parts(machine: M, to: *mut u8, stride: usize, value: Self::Parts)
    where
        M: Lanes,
    {
        // SAFETY: as above.
        unsafe {
            <Real as Kind<M>>::store(machine, to, value.value);
            for (index, &partial) in value.partials.iter().enumerate() {
                <Real as Kind<M>>::store(machine, to.add((index + 1) * stride), partial);
            }
        }
    }
}

impl<M: Machine, const N: usize> Sloped<N, M> for Real {
    #[inline(always)]
    fn number(parts: Self::Parts) -> M::Real {
        parts.value
    }
}

/// Kinds without a slope.
macro_rules! kinds_of_numbers_alone {
    ($($kind:ident)*) => {$(
        impl<M: Machine, const N: usize> KindIn<Gradients<N>, M> for $kind {
            type Parts = <$kind as Kind<M>>::Value;

            #[inline(always)]
            fn exactly(_: M, value: Self::Parts) -> Self::Parts {
                value
            }

            #[inline(always)]
            fn from_parts(mut next: impl FnMut() -> Self::Parts) -> Self::Parts {
                next()
            }

            #[inline(always)]
            fn for_each_part(value: Self::Parts, mut each: impl FnMut(Self::Parts)) {
                each(value);
            }

            #[inline(always)]
            unsafe fn load_parts(machine: M, from: *const u8, _stride: usize) -> Self::Parts
            where
                M: Lanes,
            {
                // SAFETY: the caller's promise for the first part, which is the only one.
                unsafe { <$kind as Kind<M>>::load(machine, from) }
            }

            #[inline(always)]
            unsafe fn store_parts(machine: M, to: *mut u8, _stride: usize, value: Self::Parts)
            where
                M: Lanes,
            {
                // SAFETY: as above.
                unsafe { <$kind as Kind<M>>::store(machine, to, value) }
            }
        }

        impl<M: Machine, const N: usize> Sloped<N, M> for $kind {
            #[inline(always)]
            fn number(parts: Self::Parts) -> Self::Parts {
                parts
            }
        }
    )*};
}

kinds_of_numbers_alone! { I32 I64 Bool }
