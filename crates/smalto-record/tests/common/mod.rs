//! What tests of recorded graphs share.

#[path = "../../../smalto-lower/tests/common/mod.rs"]
mod evaluation;

pub(crate) use evaluation::{Random, recordable, recordable_of_reals};

use smalto_graph::{Element, Type, Value};
use smalto_kernel::{Lane, Literal};

/// What memory holds for a type.
pub(crate) fn lane(ty: Type, element: Element) -> Lane {
    match (ty, element) {
        (Type::Real | Type::Bool, Element::F32) => Lane::F32,
        (Type::Real | Type::Bool, Element::F64) => Lane::F64,
        (Type::I32, _) => Lane::I32,
        (Type::I64, _) => Lane::I64,
    }
}

/// A value as memory holds it: reals rounded to the element, truth values as reals.
pub(crate) fn literal(value: Value, element: Element) -> Literal {
    let real = |x: f64| match element {
        Element::F32 => Literal::from(x as f32),
        Element::F64 => Literal::from(x),
    };
    match value {
        Value::Real(x) => real(x),
        Value::Bool(x) => real(f64::from(u8::from(x))),
        Value::I32(x) => x.into(),
        Value::I64(x) => x.into(),
    }
}
