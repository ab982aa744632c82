//! Building graphs with operators.

use crate::{Graph, GraphError, NodeId, Op, Table, TableId, Type, UserOp, Value};
use std::cell::{Cell, RefCell};
use std::ops::{Add, Div, Mul, Neg, Rem, Sub};
use std::sync::Arc;

/// A graph under construction, shared by the [`Expr`]s that grow it.
///
/// ```
/// use smalto_graph::GraphBuilder;
///
/// let builder = GraphBuilder::new();
/// let (x, y) = (builder.var("x"), builder.var("y"));
/// let circle = (x * x + y * y).sqrt() - 1.0;
/// let graph = builder.finish([("circle", circle)])?;
/// assert_eq!(graph.op_count(), 5);
/// # Ok::<(), smalto_graph::GraphError>(())
/// ```
#[derive(Debug, Default)]
pub struct GraphBuilder {
    graph: RefCell<Graph>,
    /// Operations that were asked for, those that were already there included.
    applied: Cell<usize>,
}

impl GraphBuilder {
    /// A builder with an empty graph.
    pub fn new() -> GraphBuilder {
        GraphBuilder::default()
    }

    /// Lends `graph` to expressions for the length of `build`.
    pub fn scope<R>(graph: &mut Graph, build: impl FnOnce(&GraphBuilder) -> R) -> R {
        let builder = GraphBuilder {
            graph: RefCell::new(std::mem::take(graph)),
            applied: Cell::new(0),
        };
        let result = build(&builder);
        *graph = builder.graph.into_inner();
        result
    }

    /// The real input called `name`, declared on first use.
    ///
    /// # Panics
    /// If `name` is no identifier, or is an input of another type. Use
    /// [`try_var`](GraphBuilder::try_var) for names from outside the program.
    pub fn var(&self, name: &str) -> Expr<'_> {
        self.try_var(name, Type::Real)
            .unwrap_or_else(|error| panic!("{error}"))
    }

    /// The input called `name` of type `ty`, declared on first use.
    ///
    /// # Errors
    /// As [`Graph::variable`].
    pub fn try_var(&self, name: &str, ty: Type) -> Result<Expr<'_>, GraphError> {
        Ok(self.expr(self.graph.borrow_mut().variable(name, ty)?))
    }

    /// A constant.
    pub fn constant(&self, value: impl Into<Value>) -> Expr<'_> {
        self.expr(self.graph.borrow_mut().constant(value))
    }

    /// Adds a constant table, or finds the equal one already there.
    pub fn table(&self, table: Table) -> TableId {
        self.graph.borrow_mut().table(table)
    }

    /// A call of a user op.
    ///
    /// # Errors
    /// As [`Graph::call`].
    pub fn call<'g>(
        &'g self,
        op: &Arc<UserOp>,
        operands: &[Expr<'g>],
    ) -> Result<Expr<'g>, GraphError> {
        let operands: Vec<NodeId> = operands
            .iter()
            .map(|operand| operand.as_real().id)
            .collect();
        Ok(self.expr(self.graph.borrow_mut().call(op, &operands)?))
    }

    /// A node of this graph as an expression.
    pub fn expr(&self, id: NodeId) -> Expr<'_> {
        Expr { builder: self, id }
    }

    /// The finished graph, with these outputs.
    ///
    /// # Errors
    /// As [`Graph::output`].
    ///
    /// # Panics
    /// If an expression belongs to another builder.
    pub fn finish<'g, 'n>(
        &'g self,
        outputs: impl IntoIterator<Item = (&'n str, Expr<'g>)>,
    ) -> Result<Graph, GraphError> {
        for (name, expr) in outputs {
            self.check_owns(expr);
            self.graph.borrow_mut().output(name, expr.id)?;
        }
        Ok(self.graph.take())
    }

    /// How many operations were asked for.
    pub(crate) fn applied(&self) -> usize {
        self.applied.get()
    }

    fn check_owns(&self, expr: Expr<'_>) {
        assert!(
            std::ptr::eq(self, expr.builder),
            "an expression of another GraphBuilder"
        );
    }
}

/// A value of a graph under construction: copied freely, combined with operators
/// and methods. Numbers mix in: `2.0 * x + 1.0`.
///
/// Comparisons give a bool, which counts 0 or 1 where a number is expected.
///
/// # Panics
/// All operators and methods panic if the operands cannot be combined (an i32 and
/// a real, say) or belong to different builders; convert with
/// [`to_i32`](Expr::to_i32) and its kin. For graphs whose types come from outside
/// the program use [`Graph::apply`].
#[derive(Debug, Clone, Copy)]
pub struct Expr<'g> {
    builder: &'g GraphBuilder,
    id: NodeId,
}

/// What can stand beside an [`Expr`]: another one, or a number.
pub trait IntoExpr<'g> {
    /// This value as an expression of `builder`.
    fn into_expr(self, builder: &'g GraphBuilder) -> Expr<'g>;
}

impl<'g> IntoExpr<'g> for Expr<'g> {
    fn into_expr(self, builder: &'g GraphBuilder) -> Expr<'g> {
        builder.check_owns(self);
        self
    }
}

macro_rules! constants_into_expr {
    ($($ty:ty),*) => {$(
        impl<'g> IntoExpr<'g> for $ty {
            fn into_expr(self, builder: &'g GraphBuilder) -> Expr<'g> {
                builder.constant(self)
            }
        }
    )*};
}
constants_into_expr!(f64, i32, i64, bool);

impl<'g> Expr<'g> {
    /// The node in the graph under construction.
    pub fn id(self) -> NodeId {
        self.id
    }

    /// The builder this expression belongs to.
    pub fn builder(self) -> &'g GraphBuilder {
        self.builder
    }

    /// The type of the value.
    pub fn ty(self) -> Type {
        self.builder.graph.borrow().ty(self.id)
    }

    /// The value as a real where a bool counts 0 or 1.
    pub(crate) fn as_real(self) -> Expr<'g> {
        let id = self
            .builder
            .graph
            .borrow_mut()
            .convert_implicitly(self.id, Type::Real);
        self.builder.expr(id)
    }

    /// `op` applied to expressions.
    pub fn apply(op: Op, operands: &[Expr<'g>]) -> Expr<'g> {
        let builder = operands[0].builder;
        builder.applied.set(builder.applied.get() + 1);
        let ids: Vec<NodeId> = operands.iter().map(|e| e.into_expr(builder).id).collect();
        let result = builder.graph.borrow_mut().apply_converting(op, &ids);
        builder.expr(result.unwrap_or_else(|error| panic!("{error}")))
    }

    /// The element of `table` at this index, an i32.
    pub fn lookup_in(self, table: TableId) -> Expr<'g> {
        let result = self.builder.graph.borrow_mut().lookup(table, self.id);
        self.builder
            .expr(result.unwrap_or_else(|error| panic!("{error}")))
    }
}

macro_rules! methods {
    ($($method:ident $op:ident ($($operand:ident),*) $doc:literal;)*) => {
        #[allow(
            clippy::should_implement_trait,
            reason = "an op is called by its name; only arithmetic has operators too"
        )]
        impl<'g> Expr<'g> {$(
            #[doc = $doc]
            pub fn $method(self $(, $operand: impl IntoExpr<'g>)*) -> Expr<'g> {
                Expr::apply(Op::$op, &[self $(, $operand.into_expr(self.builder))*])
            }
        )*}
    };
}

methods! {
    abs Abs () "Magnitude.";
    sign Sign () "-1, 1, or the value itself when it is a zero or NaN.";
    recip Recip () "1 / x.";
    sqrt Sqrt () "Square root.";
    square Square () "x * x.";
    fma Fma (factor, addend) "self * factor + addend, rounded once.";
    floor Floor () "Largest integer not above x.";
    ceil Ceil () "Smallest integer not below x.";
    trunc Trunc () "x without its fraction.";
    round Round () "Nearest integer, ties away from zero.";
    rint Rint () "Nearest integer, ties to even.";
    fract Fract () "x - floor(x).";
    modulo Mod (divisor) "Euclidean remainder.";
    min Min (other) "self < other ? self : other.";
    max Max (other) "self > other ? self : other.";
    minimum Minimum (other) "The smaller; NaN if either is.";
    maximum Maximum (other) "The larger; NaN if either is.";
    and And (other) "self if it is zero or false, else other.";
    or Or (other) "self if it is neither zero nor false, else other.";
    select Select (then, otherwise) "self ? then : otherwise.";
    clamp Clamp (low, high) "min(max(self, low), high).";
    lt Lt (other) "self < other.";
    le Le (other) "self <= other.";
    gt Gt (other) "self > other.";
    ge Ge (other) "self >= other.";
    eq Eq (other) "self == other.";
    ne Ne (other) "self != other.";
    not Not () "1 if zero, else 0; the opposite of a bool.";
    compare Compare (other) "-1, 0, 1 or NaN.";
    step Step (x) "1 if x >= self, else 0.";
    mix Mix (other, t) "self + t * (other - self).";
    cbrt Cbrt () "Cube root.";
    root Root (n) "The n-th root.";
    pow Pow (exponent) "self to the power exponent.";
    hypot Hypot (other) "sqrt(self^2 + other^2) without overflow.";
    sin Sin () "Sine.";
    cos Cos () "Cosine.";
    tan Tan () "Tangent.";
    asin Asin () "Inverse sine.";
    acos Acos () "Inverse cosine.";
    atan Atan () "Inverse tangent.";
    atan2 Atan2 (x) "Angle of the point (x, self).";
    sinh Sinh () "Hyperbolic sine.";
    cosh Cosh () "Hyperbolic cosine.";
    tanh Tanh () "Hyperbolic tangent.";
    asinh Asinh () "Inverse hyperbolic sine.";
    acosh Acosh () "Inverse hyperbolic cosine.";
    atanh Atanh () "Inverse hyperbolic tangent.";
    exp Exp () "e to the power x.";
    exp2 Exp2 () "2 to the power x.";
    expm1 Expm1 () "exp(x) - 1.";
    ln Ln () "Natural logarithm.";
    log2 Log2 () "Logarithm to base 2.";
    log10 Log10 () "Logarithm to base 10.";
    log1p Log1p () "ln(1 + x).";
    bit_and BitAnd (other) "Bitwise and.";
    bit_or BitOr (other) "Bitwise or.";
    bit_xor BitXor (other) "Bitwise exclusive or.";
    bit_not BitNot () "Bitwise complement.";
    shl Shl (count) "Shift left.";
    shr Shr (count) "Arithmetic shift right.";
    ushr Ushr (count) "Logical shift right.";
    rotl Rotl (count) "Rotate left.";
    rotr Rotr (count) "Rotate right.";
    hash Hash () "Well-mixed hash of an integer.";
    to_real ToReal () "The nearest real.";
    to_i32 ToI32 () "As i32: reals truncate and saturate.";
    to_i64 ToI64 () "As i64: reals truncate and saturate.";
    to_bool ToBool () "x != 0.";
    bits32 Bits32 () "Bit pattern as f32.";
    bits64 Bits64 () "Bit pattern as f64.";
    from_bits32 FromBits32 () "The real with these f32 bits.";
    from_bits64 FromBits64 () "The real with these f64 bits.";
}

macro_rules! operators {
    ($($trait:ident $method:ident $op:expr;)*) => {$(
        impl<'g, R: IntoExpr<'g>> $trait<R> for Expr<'g> {
            type Output = Expr<'g>;
            fn $method(self, right: R) -> Expr<'g> {
                Expr::apply($op(self), &[self, right.into_expr(self.builder)])
            }
        }
        operators!(@constant $trait $method $op; f64, i32, i64);
    )*};
    (@constant $trait:ident $method:ident $op:expr; $($ty:ty),*) => {$(
        impl<'g> $trait<Expr<'g>> for $ty {
            type Output = Expr<'g>;
            fn $method(self, right: Expr<'g>) -> Expr<'g> {
                Expr::apply($op(right), &[self.into_expr(right.builder), right])
            }
        }
    )*};
}

operators! {
    Add add |_| Op::Add;
    Sub sub |_| Op::Sub;
    Mul mul |_| Op::Mul;
    Div div |_| Op::Div;
    Rem rem |operand: Expr<'_>| remainder_op(operand.ty());
}

/// What `%` means for operands of this type.
pub(crate) fn remainder_op(ty: Type) -> Op {
    if matches!(ty, Type::I32 | Type::I64) {
        Op::Rem
    } else {
        Op::Mod
    }
}

impl<'g> Neg for Expr<'g> {
    type Output = Expr<'g>;
    fn neg(self) -> Expr<'g> {
        Expr::apply(Op::Neg, &[self])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_mix_in_on_both_sides() {
        let b = GraphBuilder::new();
        let x = b.var("x");
        let e = 2.0 * x - (1.0 - x / 3.0) + (-x) % 2.0;
        let graph = b.finish([("out", e)]).unwrap();
        assert_eq!(graph.op_count(), 7);
    }

    #[test]
    fn bools_count_zero_or_one_and_integers_adapt_constants() {
        let b = GraphBuilder::new();
        let x = b.var("x");
        let n = b.try_var("n", Type::I32).unwrap();
        assert_eq!((x.lt(1.0) + 1.0).ty(), Type::Real);
        assert_eq!((n + 1.0).ty(), Type::I32);
        assert_eq!((n % 3).id(), Expr::apply(Op::Rem, &[n, b.constant(3)]).id());
        assert_eq!(x.select(x, 0.0).ty(), Type::Real);
    }
}
