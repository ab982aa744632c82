//! Lanes in arrays: the scalar machine, W times.
//!
//! Runs on any CPU, with whatever vector instructions the compiler makes of the
//! loops. It is also where the other machines go, lane by lane, for the primitives
//! their CPU has no instruction for.

use crate::{Float, Integers, Lanes, Machine, Scalar, Types};
use smalto_graph::Element;
use std::array;
use std::marker::PhantomData;

/// The machine of `W` lanes of `T` in arrays.
#[derive(Debug, Clone, Copy)]
pub struct Portable<T, const W: usize>(PhantomData<T>);

/// Eight f32 in an array.
pub type PortableF32 = Portable<f32, 8>;
/// Four f64 in an array.
pub type PortableF64 = Portable<f64, 4>;

impl<T, const W: usize> Portable<T, W> {
    /// The machine. It runs anywhere.
    pub const fn new() -> Portable<T, W> {
        const { assert!(0 < W && W <= 64, "a ballot has one bit a lane and 64 bits") };
        Portable(PhantomData)
    }
}

impl<T, const W: usize> Default for Portable<T, W> {
    fn default() -> Self {
        Portable::new()
    }
}

impl<T: Float, const W: usize> Types for Portable<T, W> {
    type Element = T;
    type Real = [T; W];
    type I32 = [i32; W];
    type I64 = [i64; W];
    type Mask = [bool; W];
    type Ballot = u64;
}

/// Primitives whose every lane is the scalar primitive of the lanes of the operands.
macro_rules! lane_by_lane {
    ($($name:ident($($operand:ident: $ty:ty),*) -> $result:ty;)*) => {$(
        #[inline(always)]
        fn $name(self, $($operand: $ty),*) -> $result {
            array::from_fn(|lane| Scalar::<T>::new().$name($($operand[lane]),*))
        }
    )*};
}

impl<T: Float, I: Copy, const W: usize> Integers<[I; W]> for Portable<T, W>
where
    Scalar<T>: Integers<I> + Types<Real = T, Mask = bool>,
{
    const BITS: u32 = <Scalar<T> as Integers<I>>::BITS;

    #[inline(always)]
    fn integer(self, value: i64) -> [I; W] {
        [Scalar::<T>::new().integer(value); W]
    }

    lane_by_lane! {
        iadd(a: [I; W], b: [I; W]) -> [I; W];
        isub(a: [I; W], b: [I; W]) -> [I; W];
        imul(a: [I; W], b: [I; W]) -> [I; W];
        idiv(a: [I; W], b: [I; W]) -> [I; W];
        irem(a: [I; W], b: [I; W]) -> [I; W];
        iand(a: [I; W], b: [I; W]) -> [I; W];
        ior(a: [I; W], b: [I; W]) -> [I; W];
        ixor(a: [I; W], b: [I; W]) -> [I; W];
        shl(a: [I; W], count: [I; W]) -> [I; W];
        shr(a: [I; W], count: [I; W]) -> [I; W];
        ushr(a: [I; W], count: [I; W]) -> [I; W];
        ieq(a: [I; W], b: [I; W]) -> [bool; W];
        ilt(a: [I; W], b: [I; W]) -> [bool; W];
        iselect(mask: [bool; W], a: [I; W], b: [I; W]) -> [I; W];
        to_real(a: [I; W]) -> [T; W];
        convert(x: [T; W]) -> [I; W];
        convert_in_range(x: [T; W]) -> [I; W];
    }
}

impl<T: Float, const W: usize> Machine for Portable<T, W>
where
    Scalar<T>: Machine<Element = T, Real = T, I32 = i32, I64 = i64, Mask = bool>,
{
    const ELEMENT: Element = T::ELEMENT;

    #[inline(always)]
    fn real(self, value: f64) -> [T; W] {
        [T::from_f64(value); W]
    }

    lane_by_lane! {
        add(a: [T; W], b: [T; W]) -> [T; W];
        sub(a: [T; W], b: [T; W]) -> [T; W];
        mul(a: [T; W], b: [T; W]) -> [T; W];
        div(a: [T; W], b: [T; W]) -> [T; W];
        fma(a: [T; W], b: [T; W], c: [T; W]) -> [T; W];
        scale(a: [T; W], n: [T; W]) -> [T; W];
        sqrt(a: [T; W]) -> [T; W];
        neg(a: [T; W]) -> [T; W];
        abs(a: [T; W]) -> [T; W];
        copysign(a: [T; W], sign: [T; W]) -> [T; W];
        min(a: [T; W], b: [T; W]) -> [T; W];
        max(a: [T; W], b: [T; W]) -> [T; W];
        floor(a: [T; W]) -> [T; W];
        ceil(a: [T; W]) -> [T; W];
        trunc(a: [T; W]) -> [T; W];
        rint(a: [T; W]) -> [T; W];
        lt(a: [T; W], b: [T; W]) -> [bool; W];
        le(a: [T; W], b: [T; W]) -> [bool; W];
        eq(a: [T; W], b: [T; W]) -> [bool; W];
        select(mask: [bool; W], a: [T; W], b: [T; W]) -> [T; W];
        mand(a: [bool; W], b: [bool; W]) -> [bool; W];
        mor(a: [bool; W], b: [bool; W]) -> [bool; W];
        mnot(a: [bool; W]) -> [bool; W];
        extend(a: [i32; W]) -> [i64; W];
        wrap(a: [i64; W]) -> [i32; W];
        bits32(a: [T; W]) -> [i32; W];
        bits64(a: [T; W]) -> [i64; W];
        raw_bits32(a: [T; W]) -> [i32; W];
        raw_bits64(a: [T; W]) -> [i64; W];
        from_bits32(a: [i32; W]) -> [T; W];
        from_bits64(a: [i64; W]) -> [T; W];
    }

    #[inline(always)]
    fn mask(self, value: bool) -> [bool; W] {
        [value; W]
    }

    #[inline(always)]
    fn mask_bits(self, a: [bool; W]) -> u64 {
        (0..W).fold(0, |bits, lane| bits | u64::from(a[lane]) << lane)
    }

    #[inline(always)]
    fn gather(self, table: &[T], index: [i32; W]) -> [T; W] {
        index.map(|index| Scalar::<T>::new().gather(table, index))
    }

    #[inline(always)]
    fn gather_i32(self, table: &[i32], index: [i32; W]) -> [i32; W] {
        index.map(|index| Scalar::<T>::new().gather_i32(table, index))
    }

    #[inline(always)]
    fn if_any(self, mask: [bool; W], otherwise: [T; W], then: impl FnOnce() -> [T; W]) -> [T; W] {
        super::if_any(self, mask, otherwise, then)
    }

    #[inline(always)]
    fn while_any<const N: usize>(
        self,
        active: [bool; W],
        state: [[T; W]; N],
        step: impl Fn([[T; W]; N]) -> ([[T; W]; N], [bool; W]),
    ) -> [[T; W]; N] {
        super::while_any(self, active, state, step)
    }

    #[inline(always)]
    fn outlined<const N: usize>(
        self,
        _name: &'static str,
        operands: [[T; W]; N],
        body: impl FnOnce([[T; W]; N]) -> [T; W],
    ) -> [T; W] {
        // One function for all places that use the body.
        #[inline(never)]
        fn call<A, R>(operands: A, body: impl FnOnce(A) -> R) -> R {
            body(operands)
        }
        call(operands, body)
    }
}

/// Loads and stores of one kind: `W` elements side by side, as an array has them.
macro_rules! memory {
    ($($load:ident $store:ident: $element:ty;)*) => {$(
        #[inline(always)]
        unsafe fn $load(self, from: *const $element) -> [$element; W] {
            // SAFETY: the caller's promise: `W` elements of any alignment.
            unsafe { from.cast::<[$element; W]>().read_unaligned() }
        }

        #[inline(always)]
        unsafe fn $store(self, to: *mut $element, value: [$element; W]) {
            // SAFETY: the caller's promise: `W` elements of any alignment.
            unsafe { to.cast::<[$element; W]>().write_unaligned(value) }
        }
    )*};
}

// SAFETY: plain Rust runs on every CPU.
unsafe impl<T: Float, const W: usize> Lanes for Portable<T, W>
where
    Scalar<T>: Machine<Element = T, Real = T, I32 = i32, I64 = i64, Mask = bool>,
{
    const WIDTH: usize = W;

    fn detect() -> Option<Self> {
        Some(Portable::new())
    }

    #[inline(always)]
    fn enter<R>(self, body: impl FnOnce() -> R) -> R {
        body()
    }

    memory! {
        load_real store_real: T;
        load_i32 store_i32: i32;
        load_i64 store_i64: i64;
    }

    #[inline(always)]
    unsafe fn load_mask(self, from: *const u8) -> [bool; W] {
        // SAFETY: the caller's promise covers more than `W` bytes.
        let bytes = unsafe { from.cast::<[u8; W]>().read() };
        bytes.map(|byte| byte != 0)
    }

    #[inline(always)]
    unsafe fn store_mask(self, to: *mut u8, value: [bool; W]) {
        // SAFETY: the caller's promise covers more than `W` bytes.
        unsafe { to.cast::<[u8; W]>().write(value.map(u8::from)) }
    }
}
