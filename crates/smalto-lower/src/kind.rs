//! The kinds of value as types, so that code can be generic over "an i32 per
//! lane" without knowing the machine.

use crate::{Integers, Lanes, Machine, Types};
use smalto_graph::{Type, Value};

/// A value of any kind on machine `M`.
#[derive(Debug, Clone, Copy)]
pub enum AnyValue<M: Types> {
    /// A real per lane.
    Real(M::Real),
    /// A 32-bit integer per lane.
    I32(M::I32),
    /// A 64-bit integer per lane.
    I64(M::I64),
    /// A truth value per lane.
    Mask(M::Mask),
}

/// A kind of value on machine `M`.
pub trait Kind<M: Machine>: 'static {
    /// One value of this kind per lane.
    type Value: Copy;
    /// The graph type of this kind.
    const TYPE: Type;

    /// The constant `value`, of type [`TYPE`](Kind::TYPE), in every lane.
    ///
    /// # Panics
    /// If `value` is of another type.
    fn splat(machine: M, value: Value) -> Self::Value;

    /// The value, if it is of this kind.
    fn from_any(value: AnyValue<M>) -> Option<Self::Value>;

    /// The value as one of any kind.
    fn into_any(value: Self::Value) -> AnyValue<M>;

    /// Bytes that one lane takes in memory, at most.
    fn lane_bytes() -> usize;

    /// Reads a value.
    ///
    /// # Safety
    /// `from` must be valid for reading `M::WIDTH` lanes of this kind.
    unsafe fn load(machine: M, from: *const u8) -> Self::Value
    where
        M: Lanes;

    /// Writes a value.
    ///
    /// # Safety
    /// `to` must be valid for writing `M::WIDTH` lanes of this kind.
    unsafe fn store(machine: M, to: *mut u8, value: Self::Value)
    where
        M: Lanes;
}

macro_rules! kinds {
    ($(
        $(#[doc = $doc:literal])*
        $name:ident: $associated:ident, $bytes:expr, $load:ident, $store:ident,
        |$machine:ident, $pattern:pat_param| $splat:expr;
    )*) => {$(
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $name;

        impl<M: Machine> Kind<M> for $name {
            type Value = M::$associated;
            const TYPE: Type = Type::$name;

            fn splat($machine: M, value: Value) -> Self::Value {
                match value {
                    $pattern => $splat,
                    other => panic!("a {} constant where a {} belongs", other.ty(), Type::$name),
                }
            }

            #[inline(always)]
            fn from_any(value: AnyValue<M>) -> Option<Self::Value> {
                match value {
                    AnyValue::$associated(value) => Some(value),
                    _ => None,
                }
            }

            #[inline(always)]
            fn into_any(value: Self::Value) -> AnyValue<M> {
                AnyValue::$associated(value)
            }

            fn lane_bytes() -> usize {
                $bytes
            }

            #[inline(always)]
            unsafe fn load(machine: M, from: *const u8) -> Self::Value
            where
                M: Lanes,
            {
                // SAFETY: the caller's promise is the machine's condition.
                unsafe { machine.$load(from.cast()) }
            }

            #[inline(always)]
            unsafe fn store(machine: M, to: *mut u8, value: Self::Value)
            where
                M: Lanes,
            {
                // SAFETY: the caller's promise is the machine's condition.
                unsafe { machine.$store(to.cast(), value) }
            }
        }
    )*};
}

kinds! {
    /// A real per lane.
    Real: Real, size_of::<M::Element>(), load_real, store_real,
    |m, Value::Real(v)| m.real(v);
    /// A 32-bit integer per lane.
    I32: I32, 4, load_i32, store_i32,
    |m, Value::I32(v)| <M as Integers<<M as Types>::I32>>::integer(m, i64::from(v));
    /// A 64-bit integer per lane.
    I64: I64, 8, load_i64, store_i64,
    |m, Value::I64(v)| <M as Integers<<M as Types>::I64>>::integer(m, v);
    /// A truth value per lane.
    Bool: Mask, 4, load_mask, store_mask,
    |m, Value::Bool(v)| m.mask(v);
}
