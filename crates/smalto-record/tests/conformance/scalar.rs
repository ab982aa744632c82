//! What the scalar machine says.

use crate::cases::constant;
use crate::rows::Row;
use crate::values::Word;
use smalto_graph::{Element, Value};
use smalto_lower::meaning::{Binary, Ternary, Unary, Visitor};
use smalto_lower::{AnyValue, Float, Kind, Lanes, Scalar};

/// The result of `row` on one lane of operands.
pub(crate) fn apply<T: Float>(row: Row, operands: &[Word]) -> Word
where
    Scalar<T>: Lanes<Element = T>,
{
    let types = row.operands().iter();
    let values = types.zip(operands);
    let operands = values.map(|(&ty, &word)| constant(ty, T::ELEMENT, word));
    row.visit::<Scalar<T>, _>(Apply {
        machine: Scalar::new(),
        operands: operands.collect(),
    })
}

struct Apply<L> {
    machine: L,
    operands: Vec<Value>,
}

impl<L: Lanes<Element: Float>> Apply<L> {
    fn operand<K: Kind<L>>(&self, index: usize) -> K::Value {
        K::splat(self.machine, self.operands[index])
    }

    fn result<K: Kind<L>>(&self, value: K::Value) -> Word {
        let mut bytes = [0; 8];
        // SAFETY: a lane of any kind fits in 8 bytes, and the scalar machine has one.
        unsafe { K::store(self.machine, bytes.as_mut_ptr(), value) };
        let word = u64::from_le_bytes(bytes);
        match (K::into_any(value), L::ELEMENT) {
            (AnyValue::Mask(_), _) => word & 0xff,
            (AnyValue::I32(_), _) | (AnyValue::Real(_), Element::F32) => word & 0xffff_ffff,
            (AnyValue::I64(_), _) | (AnyValue::Real(_), Element::F64) => word,
        }
    }
}

impl<L: Lanes<Element: Float>> Visitor<L> for Apply<L> {
    type Output = Word;

    fn unary<F: Unary<L>>(self) -> Word {
        self.result::<F::R>(F::apply(self.machine, self.operand::<F::A>(0)))
    }

    fn binary<F: Binary<L>>(self) -> Word {
        let (a, b) = (self.operand::<F::A>(0), self.operand::<F::B>(1));
        self.result::<F::R>(F::apply(self.machine, a, b))
    }

    fn ternary<F: Ternary<L>>(self) -> Word {
        let (a, b) = (self.operand::<F::A>(0), self.operand::<F::B>(1));
        let c = self.operand::<F::C>(2);
        self.result::<F::R>(F::apply(self.machine, a, b, c))
    }
}
