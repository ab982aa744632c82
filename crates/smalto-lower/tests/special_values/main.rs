//! The special values of transcendental functions: one table, and the test that holds
//! the functions to it.
//!
//! The rows are those of C, Annex F (ISO/IEC 9899:2024, F.10), with every zero signed, and
//! of IEEE 754-2019, 9.2.1; then exact cases, and the last arguments before a result
//! overflows or vanishes. A family of functions is a file. The scalar machine is tested
//! here; the conformance suite holds the other machines to it.

mod exponential;
mod hyperbolic;
mod logarithm;
mod power;
mod trigonometric;

use smalto_graph::passes::Arithmetic;
use smalto_graph::{Element, Op, Value};
use smalto_lower::Reference;

/// Short names for what the tables are full of.
mod names {
    use smalto_graph::Element;
    pub(crate) const INF: f64 = f64::INFINITY;
    pub(crate) const NAN: f64 = f64::NAN;

    /// The elements that rows are for.
    pub(crate) const BOTH: &[Element] = &[Element::F32, Element::F64];
    pub(crate) const F32: &[Element] = &[Element::F32];
    pub(crate) const F64: &[Element] = &[Element::F64];

    /// The smallest positive numbers of f32 and f64.
    pub(crate) const TINY_F32: f64 = 1.401_298_464_324_817e-45;
    pub(crate) const TINY_F64: f64 = 5e-324;
}

/// What `op` of `operands` is, in these elements.
struct Row {
    elements: &'static [Element],
    op: &'static str,
    operands: &'static [f64],
    expected: f64,
}

/// A table of rows, `op(operands) = result`, each group for the elements it names.
macro_rules! rows {
    ($($elements:ident {$($op:ident($($operand:expr),+) = $result:expr;)*})*) => {
        pub(crate) const ROWS: &[$crate::Row] = &[$($($crate::Row {
            elements: $crate::names::$elements,
            op: stringify!($op),
            operands: &[$($operand),+],
            expected: $result,
        },)*)*];
    };
}
pub(crate) use rows;

/// Every row, every sign of zero told apart, all NaNs alike. Faster forms are held to it too.
fn check(rows: &[Row]) {
    for row in rows {
        let op = Op::from_name(row.op).unwrap_or_else(|| panic!("there is no op `{}`", row.op));
        let fast = Op::from_name(&format!("fast_{}", row.op));
        let operands: Vec<Value> = row.operands.iter().map(|&x| Value::Real(x)).collect();
        for (op, &element) in [op]
            .into_iter()
            .chain(fast)
            .flat_map(|op| row.elements.iter().map(move |element| (op, element)))
        {
            let found = Reference(element).evaluate(op, &operands);
            assert_eq!(
                found,
                Value::Real(row.expected),
                "{op}{:?} in {element:?}",
                row.operands
            );
        }
    }
}

#[test]
fn exponentials() {
    check(exponential::ROWS);
}

#[test]
fn logarithms() {
    check(logarithm::ROWS);
}

#[test]
fn powers_and_roots() {
    check(power::ROWS);
}

#[test]
fn hyperbolic_functions_and_their_inverses() {
    check(hyperbolic::ROWS);
}

#[test]
fn trigonometric_functions_lengths_and_remainders() {
    check(trigonometric::ROWS);
}
