//! What the x86-64 machines have in common: everything but the instructions.
//!
//! A machine is described by four modules of functions over its registers, one for
//! each kind of value. Most of those functions are intrinsics under the name of
//! the primitive; the rest are short compositions. The macro [`machine`] makes of
//! the modules a token with the primitives as methods.
//!
//! So there are two layers, and safety is settled between them. Below are functions
//! that need certain CPU features and say so ([`functions`]): calling one from
//! another is safe, calling one from anywhere else is not. Above are the methods of
//! a token that only exists on a CPU with those features. Both layers are given the
//! same list of features.

/// Functions compiled for the given CPU features.
macro_rules! functions {
    ($features:tt $(
        $(#[$attribute:meta])*
        $($header:ident)+ ($($operand:ident: $ty:ty),*) -> $result:ty { $($body:tt)* }
    )*) => {$(
        $crate::lanes::x86::with_features! {
            $features
            $(#[$attribute])*
            #[inline]
            pub(super) $($header)+ ($($operand: $ty),*) -> $result {
                $($body)*
            }
        }
    )*};
}

/// One function compiled for the given CPU features.
macro_rules! with_features {
    ([$($feature:tt)+] $($function:tt)+) => {
        $(#[target_feature(enable = $feature)])+
        $($function)+
    };
}

/// Whether the CPU has the given features.
macro_rules! has_features {
    ([$($feature:tt)+]) => {
        ($(is_x86_feature_detected!($feature))&&+)
    };
}

/// Methods that are expressions over the functions below.
macro_rules! primitives {
    ($($name:ident($($operand:ident: $ty:ty),*) -> $result:ty { $($body:tt)* })*) => {$(
        #[inline(always)]
        fn $name(self, $($operand: $ty),*) -> $result {
            // SAFETY: the token `self` proves that the CPU has the instructions, and
            // whatever is recast between registers and arrays is lanes of one kind.
            unsafe { $($body)* }
        }
    )*};
}

/// The one NaN that has a bit pattern, as an f32.
pub(super) const NAN_BITS_32: i32 = 0x7fc0_0000;
/// The one NaN that has a bit pattern, as an f64.
pub(super) const NAN_BITS_64: i64 = 0x7ff8_0000_0000_0000;

/// The last index of a table, if gather instructions can count so far: they take
/// an index as signed.
///
/// # Panics
/// If the table is empty.
#[inline(always)]
pub(super) fn last_index<T>(table: &[T]) -> Option<i32> {
    assert!(!table.is_empty(), "a gather from an empty table");
    i32::try_from(table.len() - 1).ok()
}

/// A gather: by instruction from any table but a huge one.
macro_rules! gather {
    (
        $name:ident: &[$element:ty] -> $result:ty,
        $kind:ident, $ints:ident: $int:ty, $portable:ty
    ) => {
        #[inline(always)]
        fn $name(self, table: &[$element], index: $int) -> $result {
            let Some(last) = $crate::lanes::x86::last_index(table) else {
                // SAFETY: registers and arrays of the same lanes.
                return unsafe { recast(<$portable>::new().$name(table, recast(index))) };
            };
            // SAFETY: the token `self` proves that the CPU has the instructions. An
            // unsigned index clamped to `last`, which is not negative, is in the
            // table, also as the signed one that the instruction takes.
            unsafe { $kind::gather(table.as_ptr(), $ints::umin(index, $ints::splat(last))) }
        }
    };
}

/// Loads and stores of one kind.
macro_rules! memory {
    ($($load:ident $store:ident: $element:ty as $vector:ty;)*) => {$(
        #[inline(always)]
        unsafe fn $load(self, from: *const $element) -> $vector {
            // SAFETY: the caller's promise, as a vector is its lanes side by side.
            unsafe { from.cast::<$vector>().read_unaligned() }
        }

        #[inline(always)]
        unsafe fn $store(self, to: *mut $element, value: $vector) {
            // SAFETY: the caller's promise, as a vector is its lanes side by side.
            unsafe { to.cast::<$vector>().write_unaligned(value) }
        }
    )*};
}

/// A primitive on integers as the portable machine does it, on the same lanes.
macro_rules! lane_by_lane {
    ($portable:ty, $lanes:ty: $name:ident($($operand:ident),+)) => {
        recast(<$portable as Integers<$lanes>>::$name(<$portable>::new(), $(recast($operand)),+))
    };
}

/// The primitives on integers of one width.
macro_rules! integers {
    ($machine:ident, $kind:ident: $vector:ty as $int:ident, $real:ty, $mask:ty, $portable:ty) => {
        impl Integers<$vector> for $machine {
            const BITS: u32 = $int::BITS;

            $crate::lanes::x86::primitives! {
                integer(value: i64) -> $vector { $kind::splat(value as $int) }
                iadd(a: $vector, b: $vector) -> $vector { $kind::add(a, b) }
                isub(a: $vector, b: $vector) -> $vector { $kind::sub(a, b) }
                imul(a: $vector, b: $vector) -> $vector { $kind::mul(a, b) }
                idiv(a: $vector, b: $vector) -> $vector {
                    $crate::lanes::x86::lane_by_lane!($portable, [$int; Self::WIDTH]: idiv(a, b))
                }
                irem(a: $vector, b: $vector) -> $vector {
                    $crate::lanes::x86::lane_by_lane!($portable, [$int; Self::WIDTH]: irem(a, b))
                }
                iand(a: $vector, b: $vector) -> $vector { $kind::and(a, b) }
                ior(a: $vector, b: $vector) -> $vector { $kind::or(a, b) }
                ixor(a: $vector, b: $vector) -> $vector { $kind::xor(a, b) }
                shl(a: $vector, count: $vector) -> $vector { $kind::shl(a, count) }
                shr(a: $vector, count: $vector) -> $vector { $kind::shr(a, count) }
                ushr(a: $vector, count: $vector) -> $vector { $kind::ushr(a, count) }
                ieq(a: $vector, b: $vector) -> $mask { $kind::eq(a, b) }
                ilt(a: $vector, b: $vector) -> $mask { $kind::lt(a, b) }
                iselect(mask: $mask, a: $vector, b: $vector) -> $vector {
                    $kind::select(mask, a, b)
                }
                to_real(a: $vector) -> $real { $kind::to_real(a) }
                convert(x: $real) -> $vector { $kind::convert(x) }
                convert_in_range(x: $real) -> $vector { $kind::convert_in_range(x) }
            }
        }
    };
}

/// A machine. `$reals`, `$ints`, `$longs` and `$masks` are the modules with the
/// functions on reals, 32-bit integers, 64-bit integers and masks, each with the
/// vector it works on.
macro_rules! machine {
    (
        $features:tt
        $(#[$attribute:meta])*
        $machine:ident: [$element:ident; $width:literal],
        $reals:ident: $real:ty, $ints:ident: $int:ty, $longs:ident: $long:ty, $masks:ident: $mask:ty
    ) => {
        $(#[$attribute])*
        #[derive(Debug, Clone, Copy)]
        pub struct $machine(());

        impl Types for $machine {
            type Element = $element;
            type Real = $real;
            type I32 = $int;
            type I64 = $long;
            type Mask = $mask;
            type Ballot = u64;
        }

        $crate::lanes::x86::integers! {
            $machine, $ints: $int as i32, $real, $mask, Portable<$element, $width>
        }
        $crate::lanes::x86::integers! {
            $machine, $longs: $long as i64, $real, $mask, Portable<$element, $width>
        }

        impl Machine for $machine {
            const ELEMENT: Element = <$element as Float>::ELEMENT;

            $crate::lanes::x86::primitives! {
                real(value: f64) -> $real { $reals::splat(value as $element) }
                add(a: $real, b: $real) -> $real { $reals::add(a, b) }
                sub(a: $real, b: $real) -> $real { $reals::sub(a, b) }
                mul(a: $real, b: $real) -> $real { $reals::mul(a, b) }
                div(a: $real, b: $real) -> $real { $reals::div(a, b) }
                fma(a: $real, b: $real, c: $real) -> $real { $reals::fma(a, b, c) }
                scale(a: $real, n: $real) -> $real { $reals::scale(a, n) }
                sqrt(a: $real) -> $real { $reals::sqrt(a) }
                neg(a: $real) -> $real { $reals::neg(a) }
                abs(a: $real) -> $real { $reals::abs(a) }
                copysign(a: $real, sign: $real) -> $real { $reals::copysign(a, sign) }
                min(a: $real, b: $real) -> $real { $reals::min(a, b) }
                max(a: $real, b: $real) -> $real { $reals::max(a, b) }
                floor(a: $real) -> $real { $reals::floor(a) }
                ceil(a: $real) -> $real { $reals::ceil(a) }
                trunc(a: $real) -> $real { $reals::trunc(a) }
                rint(a: $real) -> $real { $reals::rint(a) }
                lt(a: $real, b: $real) -> $mask { $reals::lt(a, b) }
                le(a: $real, b: $real) -> $mask { $reals::le(a, b) }
                eq(a: $real, b: $real) -> $mask { $reals::eq(a, b) }
                select(mask: $mask, a: $real, b: $real) -> $real { $reals::select(mask, a, b) }

                mask(value: bool) -> $mask { $masks::splat(value) }
                mand(a: $mask, b: $mask) -> $mask { $masks::and(a, b) }
                mor(a: $mask, b: $mask) -> $mask { $masks::or(a, b) }
                mnot(a: $mask) -> $mask { $masks::not(a) }
                mask_bits(a: $mask) -> u64 { $masks::bits(a) }

                extend(a: $int) -> $long { $longs::extend(a) }
                wrap(a: $long) -> $int { $longs::wrap(a) }
                bits32(a: $real) -> $int { $ints::bits(a) }
                bits64(a: $real) -> $long { $longs::bits(a) }
                raw_bits32(a: $real) -> $int { $ints::raw_bits(a) }
                raw_bits64(a: $real) -> $long { $longs::raw_bits(a) }
                from_bits32(a: $int) -> $real { $ints::from_bits(a) }
                from_bits64(a: $long) -> $real { $longs::from_bits(a) }
            }

            $crate::lanes::x86::gather! {
                gather: &[$element] -> $real, $reals, $ints: $int, Portable<$element, $width>
            }
            $crate::lanes::x86::gather! {
                gather_i32: &[i32] -> $int, $ints, $ints: $int, Portable<$element, $width>
            }

            #[inline(always)]
            fn if_any(self, mask: $mask, otherwise: $real, then: impl FnOnce() -> $real) -> $real {
                $crate::lanes::if_any(self, mask, otherwise, then)
            }

            #[inline(always)]
            fn while_any<const N: usize>(
                self,
                active: $mask,
                state: [$real; N],
                step: impl Fn([$real; N]) -> ([$real; N], $mask),
            ) -> [$real; N] {
                $crate::lanes::while_any(self, active, state, step)
            }

            #[inline(always)]
            fn outlined<const N: usize>(
                self,
                _name: &'static str,
                operands: [$real; N],
                body: impl FnOnce([$real; N]) -> $real,
            ) -> $real {
                // One function for all places that use the body, which is rarely needed.
                $crate::lanes::x86::with_features! {
                    $features
                    #[inline(never)]
                    fn with_features<A, R>(operands: A, body: impl FnOnce(A) -> R) -> R {
                        body(operands)
                    }
                }
                // SAFETY: the token `self` proves that the CPU has the features.
                unsafe { with_features(operands, body) }
            }
        }

        // SAFETY: the only place that makes a token is `detect`, having found the
        // features, and `enter` compiles its argument for the same features.
        unsafe impl Lanes for $machine {
            const WIDTH: usize = $width;

            fn detect() -> Option<Self> {
                $crate::lanes::x86::has_features!($features).then_some($machine(()))
            }

            #[inline(always)]
            fn enter<R>(self, body: impl FnOnce() -> R) -> R {
                $crate::lanes::x86::with_features! {
                    $features
                    #[inline]
                    fn with_features<R>(body: impl FnOnce() -> R) -> R {
                        body()
                    }
                }
                // SAFETY: the token `self` proves that the CPU has the features.
                unsafe { with_features(body) }
            }

            $crate::lanes::x86::memory! {
                load_real store_real: $element as $real;
                load_i32 store_i32: i32 as $int;
                load_i64 store_i64: i64 as $long;
            }

            #[inline(always)]
            unsafe fn load_mask(self, from: *const u8) -> $mask {
                // SAFETY: the caller's promise of `4 * WIDTH` bytes from `store_mask`,
                // and the token's that the CPU has the instructions.
                unsafe { $masks::from_memory(from.cast::<$masks::Memory>().read_unaligned()) }
            }

            #[inline(always)]
            unsafe fn store_mask(self, to: *mut u8, value: $mask) {
                const { assert!(size_of::<$masks::Memory>() <= 4 * $width) };
                // SAFETY: the caller's promise of `4 * WIDTH` bytes, which are enough,
                // and the token's that the CPU has the instructions.
                unsafe { to.cast::<$masks::Memory>().write_unaligned($masks::to_memory(value)) }
            }
        }
    };
}

pub(super) use {
    functions, gather, has_features, integers, lane_by_lane, machine, memory, primitives,
    with_features,
};

#[cfg(test)]
mod tests {
    use super::last_index;

    #[test]
    fn a_table_is_huge_when_its_last_index_is_not_an_i32() {
        const LARGEST: usize = i32::MAX as usize + 1;
        assert_eq!(last_index(&[0.0]), Some(0));
        assert_eq!(last_index(&[(); LARGEST]), Some(i32::MAX));
        assert_eq!(last_index(&[(); LARGEST + 1]), None);
    }
}
