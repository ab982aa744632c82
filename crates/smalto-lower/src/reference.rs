//! The reference: one op on constants, by the scalar machine.

use crate::kind::Kind;
use crate::meaning::{Binary, Ternary, Unary, Visitor, with_meaning};
use crate::scalar::Float;
use crate::{Lanes, Scalar, StandardEnvironment};
use smalto_graph::passes::Arithmetic;
use smalto_graph::{Element, Op, Type, Value};

/// The arithmetic of one element type, as graph passes fold with it.
///
/// ```
/// use smalto_graph::{Element, Op, Value, passes::Arithmetic};
/// use smalto_lower::Reference;
///
/// let third = |element| Reference(element).evaluate(Op::Recip, &[Value::Real(3.0)]);
/// assert_eq!(third(Element::F64), Value::Real(1.0 / 3.0));
/// assert_eq!(third(Element::F32), Value::Real(f64::from(1.0f32 / 3.0)));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Reference(pub Element);

impl Arithmetic for Reference {
    fn element(&self) -> Element {
        self.0
    }

    fn evaluate(&self, op: Op, operands: &[Value]) -> Value {
        let _environment = StandardEnvironment::enter();
        let ty = operands.last().expect("every op has an operand").ty();
        match self.0 {
            Element::F32 => with_meaning::<Scalar<f32>, _>(
                op,
                ty,
                Evaluate {
                    machine: Scalar::new(),
                    operands,
                },
            ),
            Element::F64 => with_meaning::<Scalar<f64>, _>(
                op,
                ty,
                Evaluate {
                    machine: Scalar::new(),
                    operands,
                },
            ),
        }
    }
}

/// Calls a meaning once, on a machine of one lane.
struct Evaluate<'a, L> {
    machine: L,
    operands: &'a [Value],
}

impl<L: Lanes<Element: Float>> Evaluate<'_, L> {
    fn operand<K: Kind<L>>(&self, index: usize) -> K::Value {
        K::splat(self.machine, self.operands[index])
    }

    fn result<K: Kind<L>>(&self, value: K::Value) -> Value {
        assert_eq!(L::WIDTH, 1, "the reference is a machine of one lane");
        let mut bytes = [0; 8];
        // SAFETY: one lane of any kind fits in 8 bytes.
        unsafe { K::store(self.machine, bytes.as_mut_ptr(), value) };
        let word = u64::from_ne_bytes(bytes);
        match (K::TYPE, L::ELEMENT) {
            (Type::Real, Element::F32) => Value::Real(f64::from(f32::from_bits(word as u32))),
            (Type::Real, Element::F64) => Value::Real(f64::from_bits(word)),
            (Type::I32, _) => Value::I32(word as i32),
            (Type::I64, _) => Value::I64(word as i64),
            (Type::Bool, _) => Value::Bool(word as u8 != 0),
        }
    }
}

impl<L: Lanes<Element: Float>> Visitor<L> for Evaluate<'_, L> {
    type Output = Value;

    fn unary<F: Unary<L>>(self) -> Value {
        self.result::<F::R>(F::apply(self.machine, self.operand::<F::A>(0)))
    }

    fn binary<F: Binary<L>>(self) -> Value {
        let (a, b) = (self.operand::<F::A>(0), self.operand::<F::B>(1));
        self.result::<F::R>(F::apply(self.machine, a, b))
    }

    fn ternary<F: Ternary<L>>(self) -> Value {
        let (a, b) = (self.operand::<F::A>(0), self.operand::<F::B>(1));
        let c = self.operand::<F::C>(2);
        self.result::<F::R>(F::apply(self.machine, a, b, c))
    }
}
