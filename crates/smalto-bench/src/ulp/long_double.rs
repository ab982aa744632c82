//! The C library's functions of the x87's 80-bit format, which Rust has no type for.
//!
//! A `long double` is passed in 16 bytes of the stack and returned in the register `st(0)`
//! (System V ABI, AMD64 supplement, 3.2.3). It has 64 bits of mantissa; two f64 hold it.

use smalto::Op;
use std::arch::asm;

/// The nearest f64, and what it leaves.
pub(super) type Wide = [f64; 2];

/// A function of the C library, of one or two `long double`.
type Address = *const ();

unsafe extern "C" {
    fn sinl();
    fn cosl();
    fn tanl();
    fn asinl();
    fn acosl();
    fn atanl();
    fn atan2l();
    fn sinhl();
    fn coshl();
    fn tanhl();
    fn asinhl();
    fn acoshl();
    fn atanhl();
    fn expl();
    fn exp2l();
    fn expm1l();
    fn logl();
    fn log2l();
    fn log10l();
    fn log1pl();
    fn cbrtl();
    fn powl();
    fn hypotl();
}

/// The function of that op, if the library has it.
fn address(op: Op) -> Option<Address> {
    let function: unsafe extern "C" fn() = match op {
        Op::Sin | Op::FastSin => sinl,
        Op::Cos | Op::FastCos => cosl,
        Op::Tan | Op::FastTan => tanl,
        Op::Asin => asinl,
        Op::Acos => acosl,
        Op::Atan => atanl,
        Op::Atan2 => atan2l,
        Op::Sinh => sinhl,
        Op::Cosh => coshl,
        Op::Tanh => tanhl,
        Op::Asinh => asinhl,
        Op::Acosh => acoshl,
        Op::Atanh => atanhl,
        Op::Exp => expl,
        Op::Exp2 => exp2l,
        Op::Expm1 => expm1l,
        Op::Ln => logl,
        Op::Log2 => log2l,
        Op::Log10 => log10l,
        Op::Log1p => log1pl,
        Op::Cbrt => cbrtl,
        Op::Pow => powl,
        Op::Hypot => hypotl,
        _ => return None,
    };
    Some(function as Address)
}

/// The op at `arguments`, or `None` if the library does not have it.
pub(super) fn evaluate(op: Op, arguments: [f64; 2]) -> Option<Wide> {
    let function = address(op)?;
    // The arguments, then the result.
    let mut values = arguments;
    // SAFETY: `function` takes at most the two arguments that are passed, and the stack is
    // aligned for a call where `asm` starts. It changes what its calling convention allows,
    // and of memory only `values`, which is reached through a register it preserves.
    unsafe {
        asm!(
            "sub rsp, 32",
            "fld qword ptr [r12]",
            "fstp tbyte ptr [rsp]",
            "fld qword ptr [r12 + 8]",
            "fstp tbyte ptr [rsp + 16]",
            "call rax",
            "add rsp, 32",
            "fst qword ptr [r12]",
            "fsub qword ptr [r12]",
            "fstp qword ptr [r12 + 8]",
            inlateout("rax") function => _,
            in("r12") &raw mut values,
            clobber_abi("sysv64"),
        );
    }
    Some(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_parts_hold_more_than_an_f64() {
        let check = |op, arguments, expected: Wide| {
            assert_eq!(
                evaluate(op, arguments),
                Some(expected),
                "{op} of {arguments:?}"
            );
        };
        check(Op::Exp, [0.0, 0.0], [1.0, 0.0]);
        check(Op::Hypot, [3.0, 4.0], [5.0, 0.0]);
        let [high, low] = evaluate(Op::Pow, [2.0, 0.5]).unwrap();
        // The root of 2 is so much less than its f64.
        const REST: f64 = -9.667_293_313_452_913e-17;
        assert_eq!(high, std::f64::consts::SQRT_2);
        assert!((low - REST).abs() <= 2f64.powi(-64), "{low:e}");
    }
}
