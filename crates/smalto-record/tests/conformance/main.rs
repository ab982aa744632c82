//! The recorder in the conformance suite: a recorded row, run by the interpreter of
//! kernels, must do in each lane what the scalar machine does, bit for bit.
//!
//! Rows and inputs are those of the suite in `smalto-lower`.
#![allow(dead_code, reason = "not everything of the suite is used here")]

#[path = "../../../smalto-lower/tests/conformance/cases.rs"]
mod cases;
mod control;
mod kernel;
#[path = "../../../smalto-lower/tests/conformance/rows.rs"]
mod rows;
mod scalar;
#[path = "../../../smalto-lower/tests/conformance/values.rs"]
mod values;

use crate::cases::{inputs, real, same};
use crate::kernel::Kernel;
use crate::rows::Row;
use smalto_graph::{Class, Op};
use smalto_kernel::Rate;
use smalto_lower::{Float, Lanes, Scalar};

/// Every result of `row` on all its inputs.
fn check<T: Float>(row: Row, rate: Rate)
where
    Scalar<T>: Lanes<Element = T>,
{
    let kernel =
        Kernel::record::<T>(row, rate).unwrap_or_else(|refusal| panic!("{row}: {refusal}"));
    let inputs = inputs(row, T::ELEMENT);
    let results = kernel.run(&inputs);
    assert_eq!(results.len(), inputs[0].len());
    for (index, found) in results.into_iter().enumerate() {
        let operands: Vec<u64> = inputs.iter().map(|column| column[index]).collect();
        if is_open::<T>(row, &operands) {
            continue;
        }
        let expected = scalar::apply::<T>(row, &operands);
        assert!(
            same(row.result(), T::ELEMENT, found, expected),
            "{row} of {operands:x?}, {rate:?}, is {expected:#x}, but recorded it gives {found:#x}",
        );
    }
}

/// Whether either of two results will do: the sign of a NaN may be any, and so may what
/// `copysign` makes of it.
fn is_open<T: Float>(row: Row, operands: &[u64]) -> bool {
    row.to_string().starts_with("copysign") && real(T::ELEMENT, operands[1]).is_nan()
}

macro_rules! conformance {
    ($($name:ident: $float:ty, $rate:ident;)*) => {$(
        mod $name {
            use super::*;

            #[test]
            fn primitives() {
                Row::primitives().for_each(|row| check::<$float>(row, Rate::$rate));
            }

            #[test]
            fn ops() {
                Row::ops().for_each(|row| check::<$float>(row, Rate::$rate));
            }
        }
    )*};
}

conformance! {
    varying_f32: f32, Varying;
    varying_f64: f64, Varying;
    uniform_f32: f32, Uniform;
    uniform_f64: f64, Uniform;
}

/// No op but those without a form over primitives is refused.
#[test]
fn exact_ops_and_choices_are_recorded() {
    let refused = |row: &Row| Kernel::record::<f32>(*row, Rate::Varying).is_err();
    for row in Row::ops().filter(refused) {
        let Row::Op(op, _) = row else { unreachable!() };
        assert_eq!(Op::class(op), Class::Transcendental, "{row}");
    }
}
