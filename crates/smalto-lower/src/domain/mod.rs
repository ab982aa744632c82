//! What every op means of more than a number.
//!
//! [`meaning`](crate::meaning) says what an op gives for a number. A *domain* says what
//! it gives for something that stands for numbers:
//!
//! | domain | a real is | it says |
//! |---|---|---|
//! | [`Intervals`] | two bounds | where all results lie, if operands lie anywhere between theirs |
//! | [`Gradients`] | a number and its partial derivatives | how fast the result changes |
//!
//! Each is written over the primitives of any [`Machine`], as meanings are, and so it
//! exists wherever they do: on one lane, on SIMD lanes, and in compiled code. Rules
//! are chosen op by op, not primitive by primitive: what bounds the sine is where its
//! crests are, which the integer arithmetic of its range reduction would never tell.
//!
//! [`Domain::with_meaning`] is the table, and shows a [`Visitor`] the rule of an op. Its rows
//! are in `interval/table.rs` and `gradient/table.rs`.

pub mod gradient;
pub mod interval;
mod long;

pub use gradient::{Gradient, Gradients};
pub use interval::{Interval, Intervals, Truth};

use crate::scalar::Float;
use crate::{Kind, Lanes, Machine, Types};
use smalto_graph::{Element, Op, Type};

/// The largest number of a machine.
#[inline(always)]
fn largest<M: Machine>() -> f64 {
    match M::ELEMENT {
        Element::F32 => f32::MAX.into(),
        Element::F64 => f64::MAX,
    }
}

/// The least positive number of a machine.
#[inline(always)]
fn least<M: Machine>() -> f64 {
    match M::ELEMENT {
        Element::F32 => f32::from_bits(1).into(),
        Element::F64 => f64::from_bits(1),
    }
}

/// The least positive number that has all its digits.
#[inline(always)]
fn least_normal<M: Machine>() -> f64 {
    match M::ELEMENT {
        Element::F32 => f32::MIN_POSITIVE.into(),
        Element::F64 => f64::MIN_POSITIVE,
    }
}

/// A value of kind `K` in domain `D` on machine `M`.
pub type Of<K, D, M> = <K as KindIn<D, M>>::Parts;

/// Something that stands for numbers, with a rule for every op.
pub trait Domain<M: Machine<Element: Float>>: Sized + 'static {
    /// The most parts that a value has: vectors of one value a lane.
    const PARTS: usize;

    /// Shows `visitor` the rule of `op` where its polymorphic operands (for a
    /// conversion, its operand) have type `ty`.
    ///
    /// # Panics
    /// If operands of that type do not fit the op; no graph holds such a node.
    fn with_meaning<V: Visitor<Self, M>>(op: Op, ty: Type, visitor: V) -> V::Output;
}

/// A kind of value as domain `D` has it.
pub trait KindIn<D, M: Machine>: Kind<M> {
    /// What stands for one value of this kind per lane.
    type Parts: Copy;

    /// What stands for exactly this number, whatever the inputs of the graph are.
    fn exactly(machine: M, value: <Self as Kind<M>>::Value) -> Self::Parts;

    /// The value whose parts are what `next` gives, one after the other.
    fn from_parts(next: impl FnMut() -> <Self as Kind<M>>::Value) -> Self::Parts;

    /// Hands the parts of a value to `each`, in the same order.
    fn for_each_part(value: Self::Parts, each: impl FnMut(<Self as Kind<M>>::Value));

    /// Reads a value whose parts lie `stride` bytes apart.
    ///
    /// # Safety
    /// `from` and its like at each multiple of `stride` must be valid for reading
    /// `M::WIDTH` lanes of this kind, [`Domain::PARTS`] times.
    unsafe fn load_parts(machine: M, from: *const u8, stride: usize) -> Self::Parts
    where
        M: Lanes;

    /// Writes a value, its parts `stride` bytes apart.
    ///
    /// # Safety
    /// `to` and its like at each multiple of `stride` must be valid for writing
    /// `M::WIDTH` lanes of this kind, [`Domain::PARTS`] times.
    unsafe fn store_parts(machine: M, to: *mut u8, stride: usize, value: Self::Parts)
    where
        M: Lanes;
}

/// Lanes in which a choice between two operands is already certain. Never both.
#[derive(Debug, Clone, Copy)]
pub struct Decided<M: Types> {
    /// Every result is the first operand's, to the bit.
    pub first: M::Mask,
    /// Every result is the second operand's, to the bit.
    pub second: M::Mask,
}

/// The rule of an op with one operand.
pub trait Unary<D, M: Machine>: 'static {
    /// Whether it is so many primitives that a call is nothing beside it.
    const LONG: bool;
    /// Kind of the operand.
    type A: KindIn<D, M>;
    /// Kind of the result.
    type R: KindIn<D, M>;
    /// The rule itself.
    fn apply(m: M, a: Of<Self::A, D, M>) -> Of<Self::R, D, M>;
}

/// The rule of an op with two operands.
pub trait Binary<D, M: Machine>: 'static {
    /// As for [`Unary`].
    const LONG: bool;
    /// Kind of the first operand.
    type A: KindIn<D, M>;
    /// Kind of the second operand.
    type B: KindIn<D, M>;
    /// Kind of the result.
    type R: KindIn<D, M>;
    /// The rule itself.
    fn apply(m: M, a: Of<Self::A, D, M>, b: Of<Self::B, D, M>) -> Of<Self::R, D, M>;
}

/// The rule of an op with three operands.
pub trait Ternary<D, M: Machine>: 'static {
    /// Kind of the first operand.
    type A: KindIn<D, M>;
    /// Kind of the second operand.
    type B: KindIn<D, M>;
    /// Kind of the third operand.
    type C: KindIn<D, M>;
    /// Kind of the result.
    type R: KindIn<D, M>;
    /// The rule itself.
    fn apply(
        m: M,
        a: Of<Self::A, D, M>,
        b: Of<Self::B, D, M>,
        c: Of<Self::C, D, M>,
    ) -> Of<Self::R, D, M>;
}

/// The rule of an op that gives one of its two operands.
pub trait Choice<D, M: Machine>: 'static {
    /// Kind of the operands and the result.
    type K: KindIn<D, M>;
    /// The rule itself, and where the choice is decided.
    fn apply(m: M, a: Of<Self::K, D, M>, b: Of<Self::K, D, M>) -> (Of<Self::K, D, M>, Decided<M>);

    /// Whether more is decided where only the sign of the result matters: whether it is less
    /// than, equal to or greater than zero, or a NaN.
    const HAS_SIGN: bool = false;
    /// All that is decided then: the sign of every result is that of the operand. `decided` is what
    /// [`apply`](Choice::apply) gave.
    #[inline(always)]
    fn decided_by_sign(
        _: M,
        _: Of<Self::K, D, M>,
        _: Of<Self::K, D, M>,
        decided: Decided<M>,
    ) -> Decided<M> {
        decided
    }
}

/// The rule of `select`: a choice of the last two operands by the first.
pub trait Selection<D, M: Machine>: 'static {
    /// Kind of the condition.
    type C: KindIn<D, M>;
    /// Kind of the operands chosen from, and the result.
    type K: KindIn<D, M>;
    /// The rule itself, and where the choice is decided.
    fn apply(
        m: M,
        c: Of<Self::C, D, M>,
        a: Of<Self::K, D, M>,
        b: Of<Self::K, D, M>,
    ) -> (Of<Self::K, D, M>, Decided<M>);
}

/// Something to be done with the rule of an op.
pub trait Visitor<D, M: Machine>: Sized {
    /// What comes of it.
    type Output;
    /// For an op with one operand.
    fn unary<F: Unary<D, M>>(self) -> Self::Output;
    /// For an op with two operands.
    fn binary<F: Binary<D, M>>(self) -> Self::Output;
    /// For an op with three operands.
    fn ternary<F: Ternary<D, M>>(self) -> Self::Output;
    /// For an op that gives one of two operands. A domain whose values do not tell
    /// which shows such an op to [`binary`](Visitor::binary).
    fn choice<F: Choice<D, M>>(self) -> Self::Output;
    /// For `select`, likewise.
    fn selection<F: Selection<D, M>>(self) -> Self::Output;
}
