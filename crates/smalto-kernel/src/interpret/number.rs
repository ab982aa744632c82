//! What a primitive gives in one lane: bits in, bits out.
//!
//! Floats are computed by the scalar machine of `smalto-lower`; halves by that of f64,
//! rounded once (why that is right is said in `half.rs`). So are 32 and 64-bit signed
//! integers. The other integers have the same definitions at another width or without
//! sign, written here; a test holds them against the scalar machine.

use crate::{F16, Lane, Op};
use smalto_lower::{Integers, Machine, Scalar};

type Unary = fn(u64) -> u64;
type Binary = fn(u64, u64) -> u64;
type Ternary = fn(u64, u64, u64) -> u64;

/// The function of `op` with one operand of type `lane`, if that is what it is. Bits
/// are as in [`Literal`](crate::Literal); a mask is 0 or 1.
pub fn unary(op: Op, lane: Lane) -> Option<Unary> {
    match lane {
        Lane::F16 => float_unary::<Half>(op),
        Lane::F32 => float_unary::<Single>(op),
        Lane::F64 => float_unary::<Double>(op),
        Lane::Mask => (op == Op::Not).then_some(|a| a ^ 1),
        // The bits above an integer's own are zero.
        _ => (op == Op::Popcount).then_some(|a| a.count_ones().into()),
    }
}

/// The function of `op` with two operands of type `lane`, if that is what it is.
pub fn binary(op: Op, lane: Lane) -> Option<Binary> {
    match lane {
        Lane::F16 => float_binary::<Half>(op),
        Lane::F32 => float_binary::<Single>(op),
        Lane::F64 => float_binary::<Double>(op),
        Lane::I16 => integer_binary::<i16>(op),
        Lane::U16 => integer_binary::<u16>(op),
        Lane::I32 => integer_binary::<i32>(op),
        Lane::U32 => integer_binary::<u32>(op),
        Lane::I64 => integer_binary::<i64>(op),
        Lane::U64 => integer_binary::<u64>(op),
        Lane::Mask => mask_binary(op),
    }
}

/// The function of `op` with three operands of type `lane`, if that is what it is.
pub fn ternary(op: Op, lane: Lane) -> Option<Ternary> {
    match (op, lane) {
        (Op::Fma, Lane::F16) => Some(fma::<Half>),
        (Op::Fma, Lane::F32) => Some(fma::<Single>),
        (Op::Fma, Lane::F64) => Some(fma::<Double>),
        _ => None,
    }
}

/// A float type: the scalar machine that computes it and its bits.
trait Float {
    type Machine: Machine<Real = Self::Real, Mask = bool>;
    type Real: Copy;
    const MACHINE: Self::Machine;
    fn read(bits: u64) -> Self::Real;
    fn write(value: Self::Real) -> u64;
}

struct Half;
struct Single;
struct Double;

impl Float for Half {
    type Machine = Scalar<f64>;
    type Real = f64;
    const MACHINE: Scalar<f64> = Scalar::new();
    fn read(bits: u64) -> f64 {
        F16(bits as u16).to_f64()
    }
    fn write(value: f64) -> u64 {
        F16::from_f64(value).0.into()
    }
}

impl Float for Single {
    type Machine = Scalar<f32>;
    type Real = f32;
    const MACHINE: Scalar<f32> = Scalar::new();
    fn read(bits: u64) -> f32 {
        f32::from_bits(bits as u32)
    }
    fn write(value: f32) -> u64 {
        value.to_bits().into()
    }
}

impl Float for Double {
    type Machine = Scalar<f64>;
    type Real = f64;
    const MACHINE: Scalar<f64> = Scalar::new();
    fn read(bits: u64) -> f64 {
        f64::from_bits(bits)
    }
    fn write(value: f64) -> u64 {
        value.to_bits()
    }
}

macro_rules! float_functions {
    ($F:ident: $op:expr => $($variant:ident $primitive:ident ($($operand:ident),*);)*) => {
        match $op {
            $(Op::$variant => Some(|$($operand),*| {
                $F::write($F::MACHINE.$primitive($($F::read($operand)),*))
            }),)*
            _ => None,
        }
    };
}

fn float_unary<F: Float>(op: Op) -> Option<Unary> {
    float_functions! { F: op =>
        Sqrt sqrt(a);
        Neg neg(a);
        Abs abs(a);
        Floor floor(a);
        Ceil ceil(a);
        Trunc trunc(a);
        Rint rint(a);
    }
}

fn float_binary<F: Float>(op: Op) -> Option<Binary> {
    match op {
        Op::Eq => return Some(|a, b| F::MACHINE.eq(F::read(a), F::read(b)).into()),
        Op::Lt => return Some(|a, b| F::MACHINE.lt(F::read(a), F::read(b)).into()),
        Op::Le => return Some(|a, b| F::MACHINE.le(F::read(a), F::read(b)).into()),
        _ => {}
    }
    float_functions! { F: op =>
        Add add(a, b);
        Sub sub(a, b);
        Mul mul(a, b);
        Div div(a, b);
        Scale scale(a, b);
        Copysign copysign(a, b);
        Min min(a, b);
        Max max(a, b);
    }
}

fn fma<F: Float>(a: u64, b: u64, c: u64) -> u64 {
    F::write(F::MACHINE.fma(F::read(a), F::read(b), F::read(c)))
}

fn mask_binary(op: Op) -> Option<Binary> {
    match op {
        Op::And => Some(|a, b| a & b),
        Op::Or => Some(|a, b| a | b),
        Op::Xor => Some(|a, b| a ^ b),
        _ => None,
    }
}

/// An integer type.
trait Integer: Copy + Ord {
    fn read(bits: u64) -> Self;
    fn write(self) -> u64;
    fn add(self, b: Self) -> Self;
    fn sub(self, b: Self) -> Self;
    fn mul(self, b: Self) -> Self;
    fn div(self, b: Self) -> Self;
    fn rem(self, b: Self) -> Self;
    fn shl(self, count: Self) -> Self;
    fn shr(self, count: Self) -> Self;
    fn ushr(self, count: Self) -> Self;
    fn eq(self, b: Self) -> bool;
    fn lt(self, b: Self) -> bool;
}

macro_rules! scalar_integers {
    ($($ty:ident $unsigned:ident;)*) => {$(
        impl Integer for $ty {
            fn read(bits: u64) -> $ty { bits as $ty }
            fn write(self) -> u64 { (self as $unsigned).into() }
            fn add(self, b: $ty) -> $ty { MACHINE.iadd(self, b) }
            fn sub(self, b: $ty) -> $ty { MACHINE.isub(self, b) }
            fn mul(self, b: $ty) -> $ty { MACHINE.imul(self, b) }
            fn div(self, b: $ty) -> $ty { MACHINE.idiv(self, b) }
            fn rem(self, b: $ty) -> $ty { MACHINE.irem(self, b) }
            fn shl(self, count: $ty) -> $ty { Integers::<$ty>::shl(MACHINE, self, count) }
            fn shr(self, count: $ty) -> $ty { Integers::<$ty>::shr(MACHINE, self, count) }
            fn ushr(self, count: $ty) -> $ty { Integers::<$ty>::ushr(MACHINE, self, count) }
            fn eq(self, b: $ty) -> bool { MACHINE.ieq(self, b) }
            fn lt(self, b: $ty) -> bool { MACHINE.ilt(self, b) }
        }
    )*};
}

const MACHINE: Scalar<f64> = Scalar::new();

scalar_integers! {
    i32 u32;
    i64 u64;
}

macro_rules! other_integers {
    ($($ty:ident $unsigned:ident;)*) => {$(
        impl Integer for $ty {
            fn read(bits: u64) -> $ty { bits as $ty }
            fn write(self) -> u64 { (self as $unsigned).into() }
            fn add(self, b: $ty) -> $ty { self.wrapping_add(b) }
            fn sub(self, b: $ty) -> $ty { self.wrapping_sub(b) }
            fn mul(self, b: $ty) -> $ty { self.wrapping_mul(b) }
            fn div(self, b: $ty) -> $ty { if b == 0 { 0 } else { self.wrapping_div(b) } }
            fn rem(self, b: $ty) -> $ty { if b == 0 { self } else { self.wrapping_rem(b) } }
            fn shl(self, count: $ty) -> $ty { self.wrapping_shl(count as u32) }
            fn shr(self, count: $ty) -> $ty { self.wrapping_shr(count as u32) }
            fn ushr(self, count: $ty) -> $ty {
                (self as $unsigned).wrapping_shr(count as u32) as $ty
            }
            fn eq(self, b: $ty) -> bool { self == b }
            fn lt(self, b: $ty) -> bool { self < b }
        }
    )*};
}

other_integers! {
    i16 u16;
    u16 u16;
    u32 u32;
    u64 u64;
}

fn integer_binary<I: Integer>(op: Op) -> Option<Binary> {
    macro_rules! functions {
        ($($variant:ident |$a:ident, $b:ident| $result:expr;)*) => {
            match op {
                $(Op::$variant => Some(|a, b| {
                    let ($a, $b) = (I::read(a), I::read(b));
                    ($result).write()
                }),)*
                Op::And => Some(|a, b| a & b),
                Op::Or => Some(|a, b| a | b),
                Op::Xor => Some(|a, b| a ^ b),
                Op::Eq => Some(|a, b| Integer::eq(I::read(a), I::read(b)).into()),
                Op::Lt => Some(|a, b| Integer::lt(I::read(a), I::read(b)).into()),
                Op::Le => Some(|a, b| (!Integer::lt(I::read(b), I::read(a))).into()),
                _ => None,
            }
        };
    }
    functions! {
        Add |a, b| a.add(b);
        Sub |a, b| a.sub(b);
        Mul |a, b| a.mul(b);
        Div |a, b| a.div(b);
        Rem |a, b| a.rem(b);
        Shl |a, b| a.shl(b);
        Shr |a, b| a.shr(b);
        Ushr |a, b| a.ushr(b);
        Min |a, b| if Integer::lt(a, b) { a } else { b };
        Max |a, b| if Integer::lt(b, a) { a } else { b };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Literal;
    use proptest::prelude::*;

    fn check(op: Op, operands: &[Literal], expected: impl Into<Literal>) {
        let lane = operands[0].lane();
        let expected = expected.into();
        let bits: Vec<u64> = operands.iter().map(|operand| operand.bits()).collect();
        let found = match bits[..] {
            [a] => unary(op, lane).unwrap()(a),
            [a, b] => binary(op, lane).unwrap()(a, b),
            [a, b, c] => ternary(op, lane).unwrap()(a, b, c),
            _ => unreachable!(),
        };
        let found = Literal::from_bits(expected.lane(), found);
        assert_eq!(found, expected, "{op} {operands:?}");
    }

    macro_rules! literals {
        ($($value:expr),*) => { &[$(Literal::from($value)),*] };
    }

    #[test]
    fn narrow_and_unsigned_integers_wrap_at_their_own_width() {
        check(Op::Add, literals![i16::MAX, 1i16], i16::MIN);
        check(Op::Sub, literals![0u16, 1u16], u16::MAX);
        check(Op::Mul, literals![300u16, 300u16], 24464u16);
        check(Op::Div, literals![i16::MIN, -1i16], i16::MIN);
        check(Op::Rem, literals![i16::MIN, -1i16], 0i16);
        check(Op::Div, literals![7u32, 0u32], 0u32);
        check(Op::Rem, literals![7u64, 0u64], 7u64);
        check(Op::Div, literals![u64::MAX, 2u64], u64::MAX / 2);
        check(Op::Shl, literals![1u16, 17u16], 2u16);
        check(Op::Shr, literals![-4i16, 17i16], -2i16);
        check(Op::Ushr, literals![-4i16, 1i16], 0x7ffei16);
        check(Op::Shr, literals![u32::MAX, 33u32], u32::MAX / 2);
        check(Op::Lt, literals![u32::MAX, 0u32], false);
        check(Op::Le, literals![-1i16, 0i16], true);
        check(Op::Max, literals![u16::MAX, 0u16], u16::MAX);
        check(Op::Popcount, literals![-1i16], 16i16);
    }

    #[test]
    fn choices_of_floats_are_lopsided() {
        check(Op::Min, literals![0f32, -0f32], -0f32);
        check(Op::Min, literals![-0f32, 0f32], 0f32);
        check(Op::Max, literals![1f64, f64::NAN], f64::NAN);
        check(Op::Max, literals![f64::NAN, 1f64], 1f64);
        check(Op::Eq, literals![0f32, -0f32], true);
        check(Op::Le, literals![f32::NAN, f32::NAN], false);
    }

    /// Halves whose exact result is midway between two but for what a rounding to
    /// single precision would lose.
    #[test]
    fn halves_are_rounded_once() {
        let half = |value: f64| {
            let half = F16::from_f64(value);
            assert_eq!(half.to_f64(), value);
            half
        };
        // 1 + 2^-10 times 1 + 2^-10 is 1 + 2^-9 + 2^-20. Adding -2^-9 - 2^-20 and so on
        // is beyond halves; what counts is that the product is exact.
        let a = half(1.0 + 2f64.powi(-10));
        check(Op::Mul, literals![a, a], half(1.0 + 2f64.powi(-9)));
        // 2049 is midway between 2048 and 2050; 2^-24 more is not.
        let (x, y) = (half(683.0), half(3.0));
        check(Op::Fma, literals![x, y, F16(0)], half(2048.0));
        check(Op::Fma, literals![x, y, F16(1)], half(2050.0));
        check(Op::Fma, literals![x, y, F16(0x8001)], half(2048.0));
        check(Op::Add, literals![F16(1), F16(1)], F16(2));
        check(Op::Sqrt, literals![half(2.0)], F16(0x3da8));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

        /// The definitions of the other integers, seen through the scalar machine's.
        #[test]
        fn integers_of_all_types_follow_the_scalar_machine(a: i16, b: i16, shift in 0i16..16) {
            let m = Scalar::<f32>::new();
            let (wide_a, wide_b) = (i32::from(a), i32::from(b));
            for (op, expected) in [
                (Op::Add, m.iadd(wide_a, wide_b)),
                (Op::Sub, m.isub(wide_a, wide_b)),
                (Op::Mul, m.imul(wide_a, wide_b)),
                (Op::Div, m.idiv(wide_a, wide_b)),
                (Op::Rem, m.irem(wide_a, wide_b)),
            ] {
                check(op, literals![a, b], expected as i16);
            }
            check(Op::Shl, literals![a, shift], m.shl(wide_a, shift.into()) as i16);
            check(Op::Shr, literals![a, shift], m.shr(wide_a, shift.into()) as i16);
            let (a, b) = (a as u16, b as u16);
            let (wide_a, wide_b) = (i32::from(a), i32::from(b));
            for (op, expected) in [
                (Op::Add, m.iadd(wide_a, wide_b)),
                (Op::Div, m.idiv(wide_a, wide_b)),
                (Op::Rem, m.irem(wide_a, wide_b)),
            ] {
                check(op, literals![a, b], expected as u16);
                check(op, literals![u32::from(a), u32::from(b)], expected as u32);
                check(op, literals![u64::from(a), u64::from(b)], expected as u64);
            }
            check(Op::Lt, literals![a, b], m.ilt(wide_a, wide_b));
        }

        /// One rounding, by a way that has no other: the nearest of all halves.
        #[test]
        fn half_arithmetic_is_correctly_rounded(a: u16, b: u16) {
            let (a, b) = (F16(a), F16(b));
            let exact = a.to_f64() * b.to_f64();
            prop_assume!(exact.abs() < 65504.0);
            let found = binary(Op::Mul, Lane::F16).unwrap()(a.0.into(), b.0.into());
            let found = F16(found as u16);
            let distance = |half: F16| (half.to_f64() - exact).abs();
            for neighbour in [found.0.wrapping_sub(1), found.0.wrapping_add(1)] {
                let neighbour = F16(neighbour);
                if neighbour.to_f64().is_finite() {
                    prop_assert!(distance(found) <= distance(neighbour));
                }
            }
        }
    }
}
