//! What is known of reals while they are recorded: between which bounds they are.
//!
//! Rules of intervals ask of many a bound whether it is NaN, and rules of gradients of many a slope
//! whether it is infinite, because infinities may have met that no model has in it. Who knows
//! within which bounds its inputs are can have that answered once, when the program is written
//! down: from those bounds follow those of all that is computed, by the very rules of
//! [intervals](interval), on one lane. They are followed twice: instruction by instruction, and op
//! by op, which tells more, as that a square is not negative and an exponential of less than zero
//! not above 1.

use smalto_graph::{self as graph, Element, Type};
use smalto_kernel::{Lane, Literal, Op, ValueId};
use smalto_lower::domain::interval::{arithmetic, bounds, choice, rounding};
use smalto_lower::domain::{self, Domain, Interval, Intervals, KindIn, Of, Truth};
use smalto_lower::{AnyValue, Float, Machine, Scalar};

/// The bounds of the values of a routine.
#[derive(Debug, Default)]
pub(crate) struct Ranges {
    /// For each value, or fewer.
    known: Vec<Interval<f64>>,
}

impl Ranges {
    /// Any number, or NaN.
    pub(crate) const NOTHING: Interval<f64> = Interval {
        lo: f64::NAN,
        hi: f64::NAN,
    };

    pub(crate) fn get(&self, value: ValueId) -> Interval<f64> {
        let known = self.known.get(value.index());
        known.copied().unwrap_or(Ranges::NOTHING)
    }

    pub(crate) fn set(&mut self, value: ValueId, bounds: Interval<f64>) {
        if self.known.len() <= value.index() {
            self.known.resize(value.index() + 1, Ranges::NOTHING);
        }
        self.known[value.index()] = bounds;
    }

    /// Sets the bounds of a value of which something may be known already.
    pub(crate) fn narrow(&mut self, value: ValueId, bounds: Interval<f64>) {
        let known = self.get(value);
        let is_known = |bounds: Interval<f64>| bounds.lo <= bounds.hi;
        // An interval with one bound of NaN tells nothing, not by its other bound either.
        self.set(
            value,
            match (is_known(known), is_known(bounds)) {
                (true, true) => Interval::new(known.lo.max(bounds.lo), known.hi.min(bounds.hi)),
                (true, false) => known,
                (false, _) => bounds,
            },
        );
    }
}

/// The bounds of a constant.
pub(crate) fn of_literal(literal: Literal) -> Interval<f64> {
    let value = match literal.lane() {
        Lane::F32 | Lane::F64 => literal.as_f64(),
        _ => f64::NAN,
    };
    Interval::new(value, value)
}

/// A comparison of intervals.
pub(crate) type Comparison = fn(Scalar<f64>, Interval<f64>, Interval<f64>) -> Truth<bool>;

/// What a comparison gives, if that is certain.
#[cold]
pub(crate) fn order(compare: Comparison, a: Interval<f64>, b: Interval<f64>) -> Option<bool> {
    let truth = compare(Scalar::new(), a, b);
    match (truth.may_be_true, truth.may_be_false) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        _ => None,
    }
}

/// The bounds of the result of an instruction on reals of an element, or nothing.
pub(crate) fn of_result(element: Element, op: Op, operands: [Interval<f64>; 3]) -> Interval<f64> {
    match element {
        Element::F32 => of_result_on::<f32>(op, operands),
        Element::F64 => of_result_on::<f64>(op, operands),
    }
}

fn of_result_on<T: Float>(op: Op, operands: [Interval<f64>; 3]) -> Interval<f64>
where
    Scalar<T>: Machine<Real = T>,
{
    let m = Scalar::<T>::new();
    // Rounding to the element keeps the order of numbers, and so their bounds.
    let [a, b, c] = operands.map(|o| Interval::new(T::from_f64(o.lo), T::from_f64(o.hi)));
    let result = match op {
        Op::Add => arithmetic::add(m, a, b),
        Op::Sub => arithmetic::sub(m, a, b),
        Op::Mul => arithmetic::mul(m, a, b),
        Op::Div => arithmetic::div(m, a, b),
        Op::Fma => arithmetic::fma(m, a, b, c),
        Op::Sqrt => arithmetic::sqrt(m, a),
        Op::Neg => arithmetic::neg(m, a),
        Op::Abs => arithmetic::abs(m, a),
        Op::Min => choice::min(m, a, b).0,
        Op::Max => choice::max(m, a, b).0,
        Op::Floor => rounding::floor(m, a),
        Op::Ceil => rounding::ceil(m, a),
        Op::Trunc => rounding::trunc(m, a),
        // The first operand is the condition.
        Op::Select => bounds::hull(m, b, c),
        _ => return Ranges::NOTHING,
    };
    Interval::new(result.lo.to_f64(), result.hi.to_f64())
}

/// The bounds of the result of an op on reals of an element that gives a real: nothing, if it takes
/// or gives anything else.
pub(crate) fn of_op(
    element: Element,
    op: graph::Op,
    operands: [Interval<f64>; 3],
) -> Interval<f64> {
    match element {
        Element::F32 => of_op_on::<f32>(op, operands),
        Element::F64 => of_op_on::<f64>(op, operands),
    }
}

fn of_op_on<T: Float>(op: graph::Op, operands: [Interval<f64>; 3]) -> Interval<f64>
where
    Scalar<T>: Machine<Element = T, Real = T>,
{
    let operands = operands.map(|o| Interval::new(T::from_f64(o.lo), T::from_f64(o.hi)));
    let result = Intervals::with_meaning(op, Type::Real, OnOneLane { operands });
    result.map_or(Ranges::NOTHING, |result| {
        Interval::new(result.lo.to_f64(), result.hi.to_f64())
    })
}

/// Shows a rule the bounds of its operands on one lane, if all are reals.
struct OnOneLane<T> {
    operands: [Interval<T>; 3],
}

impl<T: Float> OnOneLane<T>
where
    Scalar<T>: Machine<Element = T, Real = T>,
{
    fn operand<K: KindIn<Intervals, Scalar<T>>>(
        &self,
        at: usize,
    ) -> Option<Of<K, Intervals, Scalar<T>>> {
        let Interval { lo, hi } = self.operands[at];
        let [lo, hi] = [lo, hi].map(|bound| K::from_any(AnyValue::Real(bound)));
        let mut parts = [lo?, hi?].into_iter();
        Some(K::from_parts(|| parts.next().expect("two parts")))
    }

    fn result<K: KindIn<Intervals, Scalar<T>>>(
        value: Of<K, Intervals, Scalar<T>>,
    ) -> Option<Interval<T>> {
        let (mut parts, mut count) = ([T::default(); 2], 0);
        K::for_each_part(value, |part| {
            if let AnyValue::Real(part) = K::into_any(part) {
                parts[count] = part;
                count += 1;
            }
        });
        let [lo, hi] = parts;
        (count == parts.len()).then_some(Interval { lo, hi })
    }
}

impl<T: Float> domain::Visitor<Intervals, Scalar<T>> for OnOneLane<T>
where
    Scalar<T>: Machine<Element = T, Real = T>,
{
    type Output = Option<Interval<T>>;

    fn unary<F: domain::Unary<Intervals, Scalar<T>>>(self) -> Self::Output {
        let a = self.operand::<F::A>(0)?;
        Self::result::<F::R>(F::apply(Scalar::new(), a))
    }

    fn binary<F: domain::Binary<Intervals, Scalar<T>>>(self) -> Self::Output {
        let (a, b) = (self.operand::<F::A>(0)?, self.operand::<F::B>(1)?);
        Self::result::<F::R>(F::apply(Scalar::new(), a, b))
    }

    fn ternary<F: domain::Ternary<Intervals, Scalar<T>>>(self) -> Self::Output {
        let (a, b) = (self.operand::<F::A>(0)?, self.operand::<F::B>(1)?);
        let c = self.operand::<F::C>(2)?;
        Self::result::<F::R>(F::apply(Scalar::new(), a, b, c))
    }

    fn choice<F: domain::Choice<Intervals, Scalar<T>>>(self) -> Self::Output {
        let (a, b) = (self.operand::<F::K>(0)?, self.operand::<F::K>(1)?);
        Self::result::<F::K>(F::apply(Scalar::new(), a, b).0)
    }

    /// What `select` gives is between the bounds of either operand, whatever the condition: the
    /// instruction says as much.
    fn selection<F: domain::Selection<Intervals, Scalar<T>>>(self) -> Self::Output {
        None
    }
}
