//! The closed table of primitives: what every target must be able to do, exactly.
//!
//! Meaning is written *tagless*: an op is a function over any [`Machine`], and what
//! a machine does with a primitive is its own affair. Scalars compute it (the
//! reference), lanes compute it many at a time (the interpreter), a recorder
//! writes it down (the compiler). All must agree on every bit of every result
//! that is not a NaN; all NaNs are equal.
//!
//! The edge behaviour in this file is binding. Everything rounds to nearest even
//! and keeps subnormals. Adding a primitive means adding it to every target.
//!
//! A machine is a value because it is also a *witness*: the token of a SIMD
//! machine can only be had on a CPU that has the instructions, which is what
//! makes its primitives safe to call.

use smalto_graph::Element;

/// The four kinds of value a machine has, one of each per lane.
pub trait Types: Copy {
    /// f32 or f64, as memory holds it.
    type Element: Copy + Default + Send + Sync + 'static;
    /// Reals.
    type Real: Copy;
    /// 32-bit integers.
    type I32: Copy;
    /// 64-bit integers. A machine of 32-bit lanes holds them as pairs.
    type I64: Copy;
    /// Truth values.
    type Mask: Copy;
    /// One bit a lane, lane 0 lowest, in one integer for the whole wave.
    type Ballot: Copy;
}

/// Primitives on integers of type `I`: [`Types::I32`] or [`Types::I64`].
pub trait Integers<I: Copy>: Types {
    /// Bits in one integer: 32 or 64.
    const BITS: u32;

    /// The same integer in every lane; the low [`BITS`](Integers::BITS) of `value`.
    fn integer(self, value: i64) -> I;
    /// Wrapping sum.
    fn iadd(self, a: I, b: I) -> I;
    /// Wrapping difference.
    fn isub(self, a: I, b: I) -> I;
    /// Wrapping product.
    fn imul(self, a: I, b: I) -> I;
    /// Quotient truncated toward zero; x / 0 is 0 and MIN / -1 is MIN.
    fn idiv(self, a: I, b: I) -> I;
    /// Remainder with the sign of `a`; x rem 0 is x and MIN rem -1 is 0.
    fn irem(self, a: I, b: I) -> I;
    /// Bitwise and.
    fn iand(self, a: I, b: I) -> I;
    /// Bitwise or.
    fn ior(self, a: I, b: I) -> I;
    /// Bitwise exclusive or.
    fn ixor(self, a: I, b: I) -> I;
    /// `a` shifted left by `count` modulo the width.
    fn shl(self, a: I, count: I) -> I;
    /// `a` shifted right by `count` modulo the width, copying the sign bit.
    fn shr(self, a: I, count: I) -> I;
    /// `a` shifted right by `count` modulo the width, shifting in zeros.
    fn ushr(self, a: I, count: I) -> I;
    /// Equality.
    fn ieq(self, a: I, b: I) -> Self::Mask;
    /// Signed less-than.
    fn ilt(self, a: I, b: I) -> Self::Mask;
    /// `mask ? a : b`.
    fn iselect(self, mask: Self::Mask, a: I, b: I) -> I;
    /// The nearest real.
    fn to_real(self, a: I) -> Self::Real;
    /// `x` truncated toward zero and saturated; NaN gives 0.
    fn convert(self, x: Self::Real) -> I;
    /// `x` truncated toward zero, for an `x` whose truncation fits. Anything else
    /// is poison: a result that must not be used.
    fn convert_in_range(self, x: Self::Real) -> I;
}

/// The machine: reals, masks, conversions between kinds, and uniform control.
///
/// See the [module documentation](self) for the rules all implementors obey.
#[allow(
    clippy::wrong_self_convention,
    reason = "`self` is the machine, not the value"
)]
pub trait Machine: Types + Integers<<Self as Types>::I32> + Integers<<Self as Types>::I64> {
    /// What a real is on this machine.
    const ELEMENT: Element;

    // Reals.

    /// The same real in every lane: `value` rounded to the element.
    fn real(self, value: f64) -> Self::Real;
    /// a + b.
    fn add(self, a: Self::Real, b: Self::Real) -> Self::Real;
    /// a - b.
    fn sub(self, a: Self::Real, b: Self::Real) -> Self::Real;
    /// a * b.
    fn mul(self, a: Self::Real, b: Self::Real) -> Self::Real;
    /// a / b, correctly rounded.
    fn div(self, a: Self::Real, b: Self::Real) -> Self::Real;
    /// a * b + c, rounded once.
    fn fma(self, a: Self::Real, b: Self::Real, c: Self::Real) -> Self::Real;
    /// a * 2^n, rounded once, for a whole number n from -252 to 254 (f32) or from -2044 to 2046
    /// (f64), and an `a` from 1/4 to 2, or where n is not negative to infinity, or NaN. All else is
    /// poison. With no more to mind, a machine can be quick where results are subnormal.
    fn scale(self, a: Self::Real, n: Self::Real) -> Self::Real;
    /// Square root, correctly rounded; of -0 it is -0, below that NaN.
    fn sqrt(self, a: Self::Real) -> Self::Real;
    /// `a` with its sign bit flipped.
    fn neg(self, a: Self::Real) -> Self::Real;
    /// `a` with its sign bit cleared.
    fn abs(self, a: Self::Real) -> Self::Real;
    /// The magnitude of `a` with the sign bit of `sign`. Where `sign` is a NaN either
    /// sign may come out, so a meaning must not let that lane reach a result.
    fn copysign(self, a: Self::Real, sign: Self::Real) -> Self::Real;
    /// Whether `a` is known to be zero when a program is written down, so that what is done with
    /// it may be left out. To a machine that computes no number is known beforehand.
    #[inline(always)]
    fn is_known_zero(self, _a: Self::Real) -> bool {
        false
    }
    /// Whether `a` is known not to be NaN when a program is written down, so that nobody need ask.
    #[inline(always)]
    fn is_known_number(self, _a: Self::Real) -> bool {
        false
    }
    /// Whether `a` is known to be neither infinite nor NaN, likewise.
    #[inline(always)]
    fn is_known_finite(self, _a: Self::Real) -> bool {
        false
    }
    /// `a < b ? a : b`: a NaN or a tie gives `b`.
    fn min(self, a: Self::Real, b: Self::Real) -> Self::Real;
    /// `a > b ? a : b`: a NaN or a tie gives `b`.
    fn max(self, a: Self::Real, b: Self::Real) -> Self::Real;
    /// Largest integer not above; keeps the sign of zero.
    fn floor(self, a: Self::Real) -> Self::Real;
    /// Smallest integer not below; keeps the sign of zero, and (-1, 0) gives -0.
    fn ceil(self, a: Self::Real) -> Self::Real;
    /// Integer part; keeps the sign.
    fn trunc(self, a: Self::Real) -> Self::Real;
    /// Nearest integer, ties to even; keeps the sign.
    fn rint(self, a: Self::Real) -> Self::Real;
    /// a < b; false if either is NaN.
    fn lt(self, a: Self::Real, b: Self::Real) -> Self::Mask;
    /// a <= b; false if either is NaN.
    fn le(self, a: Self::Real, b: Self::Real) -> Self::Mask;
    /// a == b; false if either is NaN, true for zeros of either sign.
    fn eq(self, a: Self::Real, b: Self::Real) -> Self::Mask;
    /// `mask ? a : b`.
    fn select(self, mask: Self::Mask, a: Self::Real, b: Self::Real) -> Self::Real;

    // Masks.

    /// The same truth value in every lane.
    fn mask(self, value: bool) -> Self::Mask;
    /// Conjunction.
    fn mand(self, a: Self::Mask, b: Self::Mask) -> Self::Mask;
    /// Disjunction.
    fn mor(self, a: Self::Mask, b: Self::Mask) -> Self::Mask;
    /// Negation.
    fn mnot(self, a: Self::Mask) -> Self::Mask;
    /// The lanes of a mask as the bits of one integer.
    fn mask_bits(self, a: Self::Mask) -> Self::Ballot;

    // Between kinds.

    /// `a` with its sign copied into the upper half.
    fn extend(self, a: Self::I32) -> Self::I64;
    /// The low half of `a`.
    fn wrap(self, a: Self::I64) -> Self::I32;
    /// The bits of `a` rounded to f32; every NaN gives 0x7fc00000.
    fn bits32(self, a: Self::Real) -> Self::I32;
    /// The bits of `a` as f64; every NaN gives 0x7ff8000000000000.
    fn bits64(self, a: Self::Real) -> Self::I64;
    /// [`bits32`](Machine::bits32), but a NaN gives the bits of any NaN, so a meaning must not let
    /// that lane reach a result other than a NaN.
    fn raw_bits32(self, a: Self::Real) -> Self::I32;
    /// [`bits64`](Machine::bits64), likewise.
    fn raw_bits64(self, a: Self::Real) -> Self::I64;
    /// The f32 with these bits.
    fn from_bits32(self, a: Self::I32) -> Self::Real;
    /// The f64 with these bits, rounded to the element.
    fn from_bits64(self, a: Self::I64) -> Self::Real;

    // Constant tables. An index is unsigned and clamped to the last element.

    /// The element of `table` (not empty) at each lane's index.
    fn gather(self, table: &[Self::Element], index: Self::I32) -> Self::Real;
    /// The integer of `table` (not empty) at each lane's index.
    fn gather_i32(self, table: &[i32], index: Self::I32) -> Self::I32;

    // Uniform control.

    /// `mask ? then() : otherwise`, where `then` runs only if some lane needs it.
    fn if_any(
        self,
        mask: Self::Mask,
        otherwise: Self::Real,
        then: impl FnOnce() -> Self::Real,
    ) -> Self::Real;

    /// Repeats `step` while some lane is active. `step` gives the next state and
    /// which lanes want to go on; a lane that is done keeps its state.
    fn while_any<const N: usize>(
        self,
        active: Self::Mask,
        state: [Self::Real; N],
        step: impl Fn([Self::Real; N]) -> ([Self::Real; N], Self::Mask),
    ) -> [Self::Real; N];

    /// `body(operands)`, which a compiler may emit once under `name` and call from
    /// every place that uses it. A name stands for one body.
    fn outlined<const N: usize>(
        self,
        name: &'static str,
        operands: [Self::Real; N],
        body: impl FnOnce([Self::Real; N]) -> Self::Real,
    ) -> Self::Real;

    /// `body(operands)`, which many rules of a domain use. A machine that computes has it
    /// [outlined](Machine::outlined), lest the program consist of copies of it. One that
    /// writes down what some graph needs writes it in place.
    #[inline(always)]
    fn shared<const N: usize>(
        self,
        name: &'static str,
        operands: [Self::Real; N],
        body: impl FnOnce([Self::Real; N]) -> Self::Real,
    ) -> Self::Real {
        self.outlined(name, operands, body)
    }
}

/// A machine that computes at once, with lanes that can be loaded and stored.
///
/// # Safety
/// `detect` must give a token only where every primitive may be executed, and
/// `enter` must run its argument with the CPU features the primitives use.
pub unsafe trait Lanes: Machine + Send + Sync + 'static {
    /// The number of lanes.
    const WIDTH: usize;

    /// The token, if this CPU has the instructions.
    fn detect() -> Option<Self>;

    /// Runs `body` in a function compiled for this machine's CPU features, into
    /// which the primitives are inlined.
    fn enter<R>(self, body: impl FnOnce() -> R) -> R;

    /// Reads `WIDTH` elements.
    ///
    /// # Safety
    /// `from` must be valid for reading `WIDTH` elements; no alignment is needed.
    unsafe fn load_real(self, from: *const Self::Element) -> Self::Real;
    /// Writes `WIDTH` elements.
    ///
    /// # Safety
    /// `to` must be valid for writing `WIDTH` elements; no alignment is needed.
    unsafe fn store_real(self, to: *mut Self::Element, value: Self::Real);
    /// Reads `WIDTH` integers.
    ///
    /// # Safety
    /// `from` must be valid for reading `WIDTH` integers; no alignment is needed.
    unsafe fn load_i32(self, from: *const i32) -> Self::I32;
    /// Writes `WIDTH` integers.
    ///
    /// # Safety
    /// `to` must be valid for writing `WIDTH` integers; no alignment is needed.
    unsafe fn store_i32(self, to: *mut i32, value: Self::I32);
    /// Reads `WIDTH` integers.
    ///
    /// # Safety
    /// `from` must be valid for reading `WIDTH` integers; no alignment is needed.
    unsafe fn load_i64(self, from: *const i64) -> Self::I64;
    /// Writes `WIDTH` integers.
    ///
    /// # Safety
    /// `to` must be valid for writing `WIDTH` integers; no alignment is needed.
    unsafe fn store_i64(self, to: *mut i64, value: Self::I64);
    /// Reads a mask that [`store_mask`](Lanes::store_mask) of this machine wrote.
    ///
    /// # Safety
    /// `from` must be valid for reading `4 * WIDTH` bytes, written by `store_mask`.
    unsafe fn load_mask(self, from: *const u8) -> Self::Mask;
    /// Writes a mask in a form of the machine's own, in at most `4 * WIDTH` bytes.
    ///
    /// # Safety
    /// `to` must be valid for writing `4 * WIDTH` bytes; no alignment is needed.
    unsafe fn store_mask(self, to: *mut u8, value: Self::Mask);
}
