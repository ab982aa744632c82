//! What a row is tried on, and when two results are the same.

use crate::rows::{Row, powers_to_scale_by};
use crate::values::{Random, Word, random, special};
use smalto_graph::{Element, Type, Value};

/// The operands to try, a column each: special values in all combinations (of three
/// operands, some of them), then random ones.
pub(crate) fn inputs(row: Row, element: Element) -> Vec<Vec<Word>> {
    const SOME: usize = 3000;
    let types = row.operands();
    let specials: Vec<Vec<Word>> = types.iter().map(|&ty| special(ty, element)).collect();
    let mut source = Random(1);
    let mut tuples: Vec<Vec<Word>> = match &specials[..] {
        [a] => a.iter().map(|&a| vec![a]).collect(),
        [a, b] => a
            .iter()
            .flat_map(|&a| b.iter().map(move |&b| vec![a, b]))
            .collect(),
        more => {
            let mut sample = || more.iter().map(|values| source.choose(values)).collect();
            (0..SOME).map(|_| sample()).collect()
        }
    };
    tuples.extend((0..SOME).map(|_| {
        let values = types.iter().map(|&ty| random(ty, element, &mut source));
        values.collect::<Vec<Word>>()
    }));
    if row.is_scaling() {
        for tuple in &mut tuples {
            tuple[1] = power_to_scale_by(element, &mut source);
        }
    }
    tuples.retain(|tuple| {
        let reals = types.iter().zip(tuple).filter(|(ty, _)| **ty == Type::Real);
        let reals: Vec<f64> = reals.map(|(_, &word)| real(element, word)).collect();
        row.is_defined(element, &reals)
    });
    (0..types.len())
        .map(|operand| tuples.iter().map(|tuple| tuple[operand]).collect())
        .collect()
}

/// A whole number that is a power of two to scale by, one time in four an end of the range.
fn power_to_scale_by(element: Element, source: &mut Random) -> Word {
    let [least, most] = powers_to_scale_by(element);
    let power = match source.next() % 8 {
        0 => least,
        1 => most,
        _ => least + (source.next() % (most - least + 1) as u64) as i32,
    };
    match element {
        Element::F32 => (power as f32).to_bits().into(),
        Element::F64 => f64::from(power).to_bits(),
    }
}

/// A lane as a value of its type.
pub(crate) fn constant(ty: Type, element: Element, word: Word) -> Value {
    match ty {
        Type::Real => Value::Real(real(element, word)),
        Type::I32 => Value::I32(word as i32),
        Type::I64 => Value::I64(word as i64),
        Type::Bool => Value::Bool(word != 0),
    }
}

/// The plain NaN.
pub(crate) fn quiet_nan(element: Element) -> Word {
    match element {
        Element::F32 => f32::NAN.to_bits().into(),
        Element::F64 => f64::NAN.to_bits(),
    }
}

/// A lane as the real it is.
pub(crate) fn real(element: Element, word: Word) -> f64 {
    match element {
        Element::F32 => f32::from_bits(word as u32).into(),
        Element::F64 => f64::from_bits(word),
    }
}

/// Whether two results are the same, all NaNs being one.
pub(crate) fn same(ty: Type, element: Element, a: Word, b: Word) -> bool {
    a == b || (ty == Type::Real && real(element, a).is_nan() && real(element, b).is_nan())
}
