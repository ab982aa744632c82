//! Recording the rule that an op has in a domain.

use crate::Recorder;
use crate::nodes::{id, of_kind};
use smalto_graph::{Op, Type};
use smalto_kernel::ValueId;
use smalto_lower::Float;
use smalto_lower::domain::{self, Domain, KindIn, Of};

/// What the rule of an op is recorded with: operands of up to `N` parts.
pub(crate) struct Rule<'s, T, const N: usize> {
    recorder: Recorder<'s, T>,
    pub(crate) operands: [[ValueId; N]; 3],
    /// What stands for parts that a value does not have.
    none: ValueId,
    /// Whether of the result only the sign matters.
    pub(crate) by_sign: bool,
}

/// What a rule gives.
pub(crate) struct Ruled<const N: usize> {
    pub(crate) parts: [ValueId; N],
    /// If it tells which operand it gives: masks, of where that is the first for certain, and of
    /// where it is the second.
    pub(crate) decided: Option<[ValueId; 2]>,
}

impl<'s, T: Float, const N: usize> Rule<'s, T, N> {
    /// With operands to be filled in.
    pub(crate) fn new(recorder: Recorder<'s, T>, none: ValueId) -> Rule<'s, T, N> {
        Rule {
            recorder,
            operands: [[none; N]; 3],
            none,
            by_sign: false,
        }
    }

    /// Records the rule of `op` for operands of type `ty` in domain `D`.
    pub(crate) fn record<D: Domain<Recorder<'s, T>>>(self, op: Op, ty: Type) -> Ruled<N> {
        D::with_meaning(op, ty, self)
    }

    fn operand<D, K: KindIn<D, Recorder<'s, T>>>(&self, at: usize) -> Of<K, D, Recorder<'s, T>> {
        let mut parts = self.operands[at].iter();
        K::from_parts(|| of_kind::<T, K>(*parts.next().expect("a value has no more parts")))
    }

    fn ruled<D, K: KindIn<D, Recorder<'s, T>>>(
        &self,
        value: Of<K, D, Recorder<'s, T>>,
        decided: Option<domain::Decided<Recorder<'s, T>>>,
    ) -> Ruled<N> {
        let mut parts = [self.none; N];
        let mut at = parts.iter_mut();
        K::for_each_part(value, |value| {
            *at.next().expect("a value has no more parts") = id::<T, K>(value);
        });
        Ruled {
            parts,
            decided: decided.map(|decided| [decided.first, decided.second]),
        }
    }
}

impl<'s, T, D, const N: usize> domain::Visitor<D, Recorder<'s, T>> for Rule<'s, T, N>
where
    T: Float,
    D: Domain<Recorder<'s, T>>,
{
    type Output = Ruled<N>;

    fn unary<F: domain::Unary<D, Recorder<'s, T>>>(self) -> Ruled<N> {
        let a = self.operand::<D, F::A>(0);
        self.ruled::<D, F::R>(F::apply(self.recorder, a), None)
    }

    fn binary<F: domain::Binary<D, Recorder<'s, T>>>(self) -> Ruled<N> {
        let (a, b) = (self.operand::<D, F::A>(0), self.operand::<D, F::B>(1));
        self.ruled::<D, F::R>(F::apply(self.recorder, a, b), None)
    }

    fn ternary<F: domain::Ternary<D, Recorder<'s, T>>>(self) -> Ruled<N> {
        let (a, b) = (self.operand::<D, F::A>(0), self.operand::<D, F::B>(1));
        let c = self.operand::<D, F::C>(2);
        self.ruled::<D, F::R>(F::apply(self.recorder, a, b, c), None)
    }

    fn choice<F: domain::Choice<D, Recorder<'s, T>>>(self) -> Ruled<N> {
        let (a, b) = (self.operand::<D, F::K>(0), self.operand::<D, F::K>(1));
        let (value, mut decided) = F::apply(self.recorder, a, b);
        if self.by_sign {
            decided = F::decided_by_sign(self.recorder, a, b, decided);
        }
        self.ruled::<D, F::K>(value, Some(decided))
    }

    fn selection<F: domain::Selection<D, Recorder<'s, T>>>(self) -> Ruled<N> {
        let (a, b) = (self.operand::<D, F::K>(1), self.operand::<D, F::K>(2));
        let condition = self.operand::<D, F::C>(0);
        let (value, decided) = F::apply(self.recorder, condition, a, b);
        self.ruled::<D, F::K>(value, Some(decided))
    }
}
