//! The machine that writes down what it is asked to do.
//!
//! A machine is copied into every operation and hands out plain values, so a recorder is a
//! handle: the [`Builder`] it writes to lies behind a cell. Each primitive borrows the cell
//! for one instruction. The bodies of `if_any`, `while_any` and `outlined` are the
//! operation's own code, which records by the same handle; no borrow is held around them.
//! For the body of an outlined function the builder in the cell is exchanged for another,
//! so calls nest as deep as meanings do.

use crate::ranges::{self, Comparison, Ranges};
use smalto_graph::{self as graph, Element};
use smalto_kernel::{
    Builder, Lane, Literal, Op, Rate, Routine, RoutineId, Table, TableId, ValueId, ValueType, Width,
};
use smalto_lower::domain::Interval;
use smalto_lower::domain::interval::comparison;
use smalto_lower::{Float, Integers, Machine, Types};
use std::cell::RefCell;
use std::fmt::Write as _;
use std::marker::PhantomData;

/// A primitive that has no form in a kernel: what a meaning asked for in vain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// `mask_bits` in a kernel of any width.
    #[error("a ballot needs a kernel that declares its width")]
    Ballot,
}

/// What recorders of one module share.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) builder: Builder,
    rate: Rate,
    width: Width,
    tables: Vec<Table>,
    /// Functions that are finished, and what they are called.
    functions: Vec<(&'static str, Routine)>,
    refused: Option<Refusal>,
    /// What is known of the values of the builder at hand, if something was assumed.
    ranges: Option<Ranges>,
}

/// The machine of a [`Builder`]: its values are the builder's, at one rate.
///
/// It is a handle: the builder is behind a cell, since a machine is copied into every
/// operation. A recorder of varying values gives `v.f32` for its reals, `v.i32`, `v.i64`
/// and `v.mask`; one of uniform values the same at uniform rate.
///
/// | primitive | is recorded as |
/// |---|---|
/// | arithmetic, comparisons, `select` | the instruction of that name |
/// | constants | a constant each time, for a code generator makes them anew anyhow |
/// | `bits32` of f64, `from_bits64` as f32 and so on | a conversion, and `bits` or `bitcast` |
/// | `gather` | `lookup` in a table of the module; equal tables are one |
/// | `if_any`, `while_any` | blocks, branching on `any` of the mask |
/// | `outlined` | a `call` of a function of the module, recorded at first use |
/// | `shared` | its body |
/// | comparisons and choices that follow from an [assumption](Recorder::assume) | constants, or an operand |
/// | `mask_bits` | `mask_bits`; at uniform rate, which is one lane, a choice of 1 or 0 |
/// | `mask_bits` where no width is declared | nothing: a [`Refusal`] is noted |
#[derive(Debug)]
pub struct Recorder<'s, T> {
    state: &'s RefCell<State>,
    element: PhantomData<T>,
}

impl<T> Clone for Recorder<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Recorder<'_, T> {}

impl State {
    pub(crate) fn new(builder: Builder, rate: Rate) -> RefCell<State> {
        RefCell::new(State {
            width: builder.routine().width(),
            builder,
            rate,
            tables: Vec::new(),
            functions: Vec::new(),
            refused: None,
            ranges: None,
        })
    }

    /// The tables and functions that were recorded, and the builder.
    pub(crate) fn into_parts(self) -> (Vec<Table>, Vec<Routine>, Builder) {
        let functions = self.functions.into_iter().map(|(_, routine)| routine);
        (self.tables, functions.collect(), self.builder)
    }

    /// What was asked for in vain, since this was asked last.
    #[inline(always)]
    pub(crate) fn take_refusal(&mut self) -> Option<Refusal> {
        self.refused.take()
    }

    #[inline]
    fn ty(&self, lane: Lane) -> ValueType {
        ValueType::new(lane, self.rate)
    }

    /// Notes within which bounds the result of an instruction is.
    #[cold]
    fn note_range(&mut self, element: Element, value: ValueId, op: Op, operands: &[ValueId]) {
        let mut known = [Ranges::NOTHING; 3];
        for (known, &operand) in known.iter_mut().zip(operands) {
            *known = self.range(operand);
        }
        if let Some(ranges) = &mut self.ranges {
            ranges.set(value, ranges::of_result(element, op, known));
        }
    }

    /// The bounds of a real, as far as they are known.
    fn range(&self, a: ValueId) -> Interval<f64> {
        match (self.builder.routine().literal(a), &self.ranges) {
            (Some(literal), _) => ranges::of_literal(literal),
            (None, Some(ranges)) => ranges.get(a),
            (None, None) => Ranges::NOTHING,
        }
    }

    fn table(&mut self, table: Table) -> TableId {
        let same =
            |known: &Table| known.element() == table.element() && known.bytes() == table.bytes();
        match self.tables.iter().position(same) {
            Some(at) => TableId::new(at),
            None => {
                self.tables.push(table);
                TableId::new(self.tables.len() - 1)
            }
        }
    }
}

impl<'s, T: Float> Recorder<'s, T> {
    pub(crate) fn new(state: &'s RefCell<State>) -> Recorder<'s, T> {
        Recorder {
            state,
            element: PhantomData,
        }
    }

    /// The lane type of reals.
    pub(crate) const REAL: Lane = match T::ELEMENT {
        Element::F32 => Lane::F32,
        Element::F64 => Lane::F64,
    };

    /// A real, rounded to the element.
    #[inline(always)]
    pub(crate) fn real_literal(value: f64) -> Literal {
        match T::ELEMENT {
            Element::F32 => Literal::from(value as f32),
            Element::F64 => Literal::from(value),
        }
    }

    /// Does something with the builder: for what no machine has, as loads and stores.
    #[inline(always)]
    pub fn build<R>(self, build: impl FnOnce(&mut Builder) -> R) -> R {
        build(&mut self.state.borrow_mut().builder)
    }

    #[inline(always)]
    fn apply<const N: usize>(self, op: Op, lane: Lane, operands: [ValueId; N]) -> ValueId {
        let state = &mut *self.state.borrow_mut();
        let ty = state.ty(lane);
        let value = state.builder.apply(op, ty, &operands);
        if state.ranges.is_some() && lane == Self::REAL {
            state.note_range(T::ELEMENT, value, op, &operands);
        }
        value
    }

    /// Whether a mask is known to be true, or false, by what was [assumed](Recorder::assume).
    #[inline(always)]
    fn known_truth(self, mask: ValueId) -> Option<bool> {
        let state = self.state.borrow();
        state.ranges.as_ref()?;
        let literal = state.builder.routine().literal(mask)?;
        Some(literal.bits() != 0)
    }

    /// What a comparison gives by what was assumed, if that is certain.
    #[inline(always)]
    fn known_order(self, compare: Comparison, a: ValueId, b: ValueId) -> Option<bool> {
        let state = self.state.borrow();
        state.ranges.as_ref()?;
        ranges::order(compare, state.range(a), state.range(b))
    }

    /// Says that a real is a number between these bounds, whenever the program runs. From there
    /// on it is known of what is computed by it [within which bounds that
    /// is](Machine::is_known_number), and what tests for NaN need not be recorded.
    ///
    /// ```
    /// use smalto_kernel::{Access, Builder, Lane, Rate, Width};
    /// use smalto_lower::Machine;
    /// use smalto_lower::domain::Interval;
    /// use smalto_record::{Recorder, record};
    ///
    /// let mut b = Builder::kernel("square", Width::Any);
    /// let x = b.buffer("x", Lane::F32, Access::Read);
    /// record(b, Rate::Varying, |m: Recorder<'_, f32>| {
    ///     let start = m.build(|b| b.uniform(0i64));
    ///     let x = m.build(|b| b.load(x, start, None));
    ///     assert!(!m.is_known_number(m.mul(x, x)));
    ///     m.assume(x, Interval::new(-1e6, 1e6));
    ///     assert!(m.is_known_number(m.mul(x, x)), "no infinity comes of that");
    ///     m.build(Builder::return_nothing);
    /// })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn assume(self, a: ValueId, bounds: Interval<f64>) {
        let state = &mut *self.state.borrow_mut();
        state.ranges.get_or_insert_default().set(a, bounds);
    }

    /// Notes within which bounds a real is that an op gave, by the op's rule of intervals, if something
    /// was [assumed](Recorder::assume).
    pub(crate) fn narrow(self, result: ValueId, op: graph::Op, operands: [ValueId; 3]) {
        let state = &mut *self.state.borrow_mut();
        let known = operands.map(|operand| state.range(operand));
        if let Some(ranges) = &mut state.ranges {
            ranges.narrow(result, ranges::of_op(T::ELEMENT, op, known));
        }
    }

    #[inline(always)]
    pub(crate) fn literal(self, literal: impl Into<Literal>) -> ValueId {
        let state = &mut *self.state.borrow_mut();
        state.builder.constant(state.rate, literal)
    }

    /// The element of a table of the module at a 32-bit index.
    pub(crate) fn lookup(self, table: TableId, lane: Lane, index: ValueId) -> ValueId {
        self.build(|b| b.lookup(table, lane, index))
    }

    /// A table of the module with these elements.
    pub(crate) fn table(self, elements: impl Iterator<Item = Literal>) -> TableId {
        let table = Table::new(&self.table_name(), elements);
        self.state.borrow_mut().table(table)
    }

    fn table_name(self) -> String {
        format!("table{}", self.state.borrow().tables.len())
    }

    /// A float of one width as one of another.
    fn resized(self, a: ValueId, from: Lane, to: Lane) -> ValueId {
        match from == to {
            true => a,
            false => self.apply(Op::Convert, to, [a]),
        }
    }

    /// Whether some lane of a mask is true, as a branch needs it.
    fn any(self, mask: ValueId) -> ValueId {
        let is_uniform = self.state.borrow().rate == Rate::Uniform;
        if is_uniform {
            mask
        } else {
            self.build(|b| b.any(mask))
        }
    }

    /// Records `body` as the function `name`, unless it is recorded already.
    fn function<const N: usize>(
        self,
        name: &'static str,
        body: impl FnOnce([ValueId; N]) -> ValueId,
    ) -> RoutineId {
        let known = |state: &State| state.functions.iter().position(|(known, _)| *known == name);
        if let Some(at) = known(&self.state.borrow()) {
            return RoutineId::new(at);
        }
        // Values of the function have numbers of their own, and nothing is known of its operands.
        let ranges = self.state.borrow_mut().ranges.take();
        let (outer, parameters) = {
            let state = &mut *self.state.borrow_mut();
            let real = state.ty(Self::REAL);
            let mut inner = Builder::function(&routine_name(name), state.width, Some(real));
            let parameters = std::array::from_fn(|at| inner.parameter(&format!("p{at}"), real));
            (std::mem::replace(&mut state.builder, inner), parameters)
        };
        let result = body(parameters);
        let state = &mut *self.state.borrow_mut();
        state.builder.return_value(result);
        let inner = std::mem::replace(&mut state.builder, outer);
        state.ranges = ranges;
        state.functions.push((name, inner.finish()));
        RoutineId::new(state.functions.len() - 1)
    }
}

/// What the function for an outlined body is called: its name in characters that names in
/// kernels are made of. The prefix keeps it apart from kernels.
fn routine_name(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let mut text = String::from("f.");
    for c in name.chars() {
        match plain(c) {
            '_' => write!(text, "_{:x}", u32::from(c)).expect("a string takes all"),
            c => text.push(c),
        }
    }
    text
}

impl<'s, T: Float> Types for Recorder<'s, T> {
    type Element = T;
    type Real = ValueId;
    type I32 = Int32;
    type I64 = Int64;
    type Mask = ValueId;
    type Ballot = ValueId;
}

/// A 32-bit integer of a recorder.
#[derive(Debug, Clone, Copy)]
pub struct Int32(pub ValueId);

/// A 64-bit integer of a recorder.
#[derive(Debug, Clone, Copy)]
pub struct Int64(pub ValueId);

macro_rules! binary {
    ($($name:ident $op:ident;)*) => {$(
        #[inline(always)]
        fn $name(self, a: Self::Real, b: Self::Real) -> Self::Real {
            self.apply(Op::$op, Self::REAL, [a, b])
        }
    )*};
}

macro_rules! unary {
    ($($name:ident $op:ident;)*) => {$(
        #[inline(always)]
        fn $name(self, a: Self::Real) -> Self::Real {
            self.apply(Op::$op, Self::REAL, [a])
        }
    )*};
}

macro_rules! integers {
    ($int:ident $lane:ident $native:ident: $($name:ident $op:ident;)*) => {
        impl<T: Float> Integers<$int> for Recorder<'_, T> {
            const BITS: u32 = $native::BITS;

            #[inline(always)]
            fn integer(self, value: i64) -> $int {
                $int(self.literal(value as $native))
            }

            $(
                #[inline(always)]
                fn $name(self, a: $int, b: $int) -> $int {
                    $int(self.apply(Op::$op, Lane::$lane, [a.0, b.0]))
                }
            )*

            #[inline(always)]
            fn ieq(self, a: $int, b: $int) -> ValueId {
                self.apply(Op::Eq, Lane::Mask, [a.0, b.0])
            }

            #[inline(always)]
            fn ilt(self, a: $int, b: $int) -> ValueId {
                self.apply(Op::Lt, Lane::Mask, [a.0, b.0])
            }

            #[inline(always)]
            fn iselect(self, mask: ValueId, a: $int, b: $int) -> $int {
                $int(self.apply(Op::Select, Lane::$lane, [mask, a.0, b.0]))
            }

            #[inline(always)]
            fn to_real(self, a: $int) -> ValueId {
                self.apply(Op::Convert, Self::REAL, [a.0])
            }

            #[inline(always)]
            fn convert(self, x: ValueId) -> $int {
                $int(self.apply(Op::Convert, Lane::$lane, [x]))
            }

            #[inline(always)]
            fn convert_in_range(self, x: ValueId) -> $int {
                $int(self.apply(Op::ConvertInRange, Lane::$lane, [x]))
            }
        }
    };
}

integers! { Int32 I32 i32:
    iadd Add; isub Sub; imul Mul; idiv Div; irem Rem;
    iand And; ior Or; ixor Xor; shl Shl; shr Shr; ushr Ushr;
}
integers! { Int64 I64 i64:
    iadd Add; isub Sub; imul Mul; idiv Div; irem Rem;
    iand And; ior Or; ixor Xor; shl Shl; shr Shr; ushr Ushr;
}

impl<T: Float> Machine for Recorder<'_, T> {
    const ELEMENT: Element = T::ELEMENT;

    #[inline(always)]
    fn real(self, value: f64) -> ValueId {
        self.literal(Self::real_literal(value))
    }

    #[inline(always)]
    fn is_known_zero(self, a: ValueId) -> bool {
        let literal = self.build(|b| b.routine().literal(a));
        literal.is_some_and(|literal| {
            literal == Self::real_literal(0.0) || literal == Self::real_literal(-0.0)
        })
    }

    #[inline(always)]
    fn is_known_number(self, a: ValueId) -> bool {
        let range = self.state.borrow().range(a);
        range.lo <= range.hi
    }

    #[inline(always)]
    fn is_known_finite(self, a: ValueId) -> bool {
        let range = self.state.borrow().range(a);
        range.lo > f64::NEG_INFINITY && range.hi < f64::INFINITY
    }

    binary! {
        add Add; sub Sub; mul Mul; div Div; scale Scale; copysign Copysign; min Min; max Max;
    }
    unary! {
        sqrt Sqrt; neg Neg; abs Abs; floor Floor; ceil Ceil; trunc Trunc; rint Rint;
    }

    #[inline(always)]
    fn fma(self, a: ValueId, b: ValueId, c: ValueId) -> ValueId {
        self.apply(Op::Fma, Self::REAL, [a, b, c])
    }

    #[inline(always)]
    fn lt(self, a: ValueId, b: ValueId) -> ValueId {
        match self.known_order(comparison::lt, a, b) {
            Some(known) => self.mask(known),
            None => self.apply(Op::Lt, Lane::Mask, [a, b]),
        }
    }

    #[inline(always)]
    fn le(self, a: ValueId, b: ValueId) -> ValueId {
        match self.known_order(comparison::le, a, b) {
            Some(known) => self.mask(known),
            None => self.apply(Op::Le, Lane::Mask, [a, b]),
        }
    }

    #[inline(always)]
    fn eq(self, a: ValueId, b: ValueId) -> ValueId {
        self.apply(Op::Eq, Lane::Mask, [a, b])
    }

    #[inline(always)]
    fn select(self, mask: ValueId, a: ValueId, b: ValueId) -> ValueId {
        match self.known_truth(mask) {
            Some(true) => a,
            Some(false) => b,
            None => self.apply(Op::Select, Self::REAL, [mask, a, b]),
        }
    }

    fn mask(self, value: bool) -> ValueId {
        self.literal(value)
    }

    #[inline(always)]
    fn mand(self, a: ValueId, b: ValueId) -> ValueId {
        match (self.known_truth(a), self.known_truth(b)) {
            (Some(true), _) | (_, Some(false)) => b,
            (Some(false), _) | (_, Some(true)) => a,
            (None, None) => self.apply(Op::And, Lane::Mask, [a, b]),
        }
    }

    #[inline(always)]
    fn mor(self, a: ValueId, b: ValueId) -> ValueId {
        match (self.known_truth(a), self.known_truth(b)) {
            (Some(true), _) | (_, Some(false)) => a,
            (Some(false), _) | (_, Some(true)) => b,
            (None, None) => self.apply(Op::Or, Lane::Mask, [a, b]),
        }
    }

    #[inline(always)]
    fn mnot(self, a: ValueId) -> ValueId {
        match self.known_truth(a) {
            Some(known) => self.mask(!known),
            None => self.apply(Op::Not, Lane::Mask, [a]),
        }
    }

    fn mask_bits(self, a: ValueId) -> ValueId {
        let state = &mut *self.state.borrow_mut();
        match (state.rate, state.width) {
            (Rate::Varying, Width::Lanes(_)) => state.builder.mask_bits(a),
            (Rate::Varying, Width::Any) => {
                state.refused = Some(Refusal::Ballot);
                state.builder.uniform(0u64)
            }
            (Rate::Uniform, _) => {
                let (one, zero) = (state.builder.uniform(1u64), state.builder.uniform(0u64));
                state.builder.select(a, one, zero)
            }
        }
    }

    fn extend(self, a: Int32) -> Int64 {
        Int64(self.apply(Op::Extend, Lane::I64, [a.0]))
    }

    fn wrap(self, a: Int64) -> Int32 {
        Int32(self.apply(Op::Wrap, Lane::I32, [a.0]))
    }

    fn bits32(self, a: ValueId) -> Int32 {
        let single = self.resized(a, Self::REAL, Lane::F32);
        Int32(self.apply(Op::Bits, Lane::I32, [single]))
    }

    fn bits64(self, a: ValueId) -> Int64 {
        let double = self.resized(a, Self::REAL, Lane::F64);
        Int64(self.apply(Op::Bits, Lane::I64, [double]))
    }

    fn raw_bits32(self, a: ValueId) -> Int32 {
        let single = self.resized(a, Self::REAL, Lane::F32);
        Int32(self.apply(Op::RawBits, Lane::I32, [single]))
    }

    fn raw_bits64(self, a: ValueId) -> Int64 {
        let double = self.resized(a, Self::REAL, Lane::F64);
        Int64(self.apply(Op::RawBits, Lane::I64, [double]))
    }

    fn from_bits32(self, a: Int32) -> ValueId {
        let single = self.apply(Op::Bitcast, Lane::F32, [a.0]);
        self.resized(single, Lane::F32, Self::REAL)
    }

    fn from_bits64(self, a: Int64) -> ValueId {
        let double = self.apply(Op::Bitcast, Lane::F64, [a.0]);
        self.resized(double, Lane::F64, Self::REAL)
    }

    fn gather(self, table: &[T], index: Int32) -> ValueId {
        let elements = table.iter().map(|x| Self::real_literal(x.to_f64()));
        self.lookup(self.table(elements), Self::REAL, index.0)
    }

    fn gather_i32(self, table: &[i32], index: Int32) -> Int32 {
        let table = self.table(table.iter().map(|&x| x.into()));
        Int32(self.lookup(table, Lane::I32, index.0))
    }

    fn if_any(self, mask: ValueId, otherwise: ValueId, then: impl FnOnce() -> ValueId) -> ValueId {
        let some = self.any(mask);
        let join = self.build(|b| {
            let real = b.type_of(otherwise);
            let (inside, join) = (b.label(&[]), b.label(&[real]));
            b.branch(some, (inside, &[]), (join, &[otherwise]));
            b.begin(inside);
            join
        });
        let result = then();
        let chosen = self.select(mask, result, otherwise);
        self.build(|b| {
            b.jump(join, &[chosen]);
            b.begin(join).at(0)
        })
    }

    fn while_any<const N: usize>(
        self,
        active: ValueId,
        state: [ValueId; N],
        step: impl Fn([ValueId; N]) -> ([ValueId; N], ValueId),
    ) -> [ValueId; N] {
        let (header, body, after) = self.build(|b| {
            let mut types: Vec<ValueType> = state.iter().map(|&v| b.type_of(v)).collect();
            types.push(b.type_of(active));
            let (header, body) = (b.label(&types), b.label(&[]));
            let after = b.label(&[]);
            let mut arguments = state.to_vec();
            arguments.push(active);
            b.jump(header, &arguments);
            (header, body, after)
        });
        let now = self.build(|b| b.begin(header));
        let mask = now.at(N);
        let some = self.any(mask);
        self.build(|b| {
            b.branch(some, (body, &[]), (after, &[]));
            b.begin(body);
        });
        let before: [ValueId; N] = std::array::from_fn(|at| now.at(at));
        let (next, wants) = step(before);
        let goes_on = self.mand(mask, wants);
        let mut arguments: Vec<ValueId> = (0..N)
            .map(|at| self.select(mask, next[at], before[at]))
            .collect();
        arguments.push(goes_on);
        self.build(|b| {
            b.jump(header, &arguments);
            b.begin(after);
        });
        before
    }

    fn outlined<const N: usize>(
        self,
        name: &'static str,
        operands: [ValueId; N],
        body: impl FnOnce([ValueId; N]) -> ValueId,
    ) -> ValueId {
        let function = self.function(name, body);
        let state = &mut *self.state.borrow_mut();
        let real = state.ty(Self::REAL);
        state.builder.call(function, Some(real), &[], &operands)
    }

    #[inline(always)]
    fn shared<const N: usize>(
        self,
        _name: &'static str,
        operands: [ValueId; N],
        body: impl FnOnce([ValueId; N]) -> ValueId,
    ) -> ValueId {
        body(operands)
    }
}
