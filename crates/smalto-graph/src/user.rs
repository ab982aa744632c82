//! User ops: operations that are not in the table.
//!
//! A user op has a name, an arity, and one of two bodies. A *lowering* builds the
//! result out of other ops, so it runs on every target and in every domain. A
//! *function* is called once per lane in f64; it runs wherever native code can
//! call back, and no domain but plain evaluation knows it.

use crate::expr::Expr;
use crate::graph::is_identifier;
use crate::{Graph, GraphBuilder, GraphError, NodeId, Op};
use std::fmt;
use std::sync::Arc;

/// Whether two calls with equal operands are one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purity {
    /// The result depends on the operands only; equal calls are shared.
    Pure,
    /// Each call keeps a state from sample to sample; calls are never shared.
    Stateful,
}

type Lowering = dyn for<'g> Fn(&[Expr<'g>]) -> Expr<'g> + Send + Sync;
type Function = dyn Fn(&[f64]) -> f64 + Send + Sync;
type Factory = dyn Fn() -> Box<Process> + Send + Sync;
type Derivative = dyn for<'g> Fn(&[Expr<'g>], usize) -> Expr<'g> + Send + Sync;

/// One running instance of a stateful function: called once per sample, in order.
pub type Process = dyn FnMut(&[f64]) -> f64 + Send;

/// How a user op is computed.
pub enum Body {
    /// By other ops.
    Lowering(Box<Lowering>),
    /// By a Rust function of f64 operands.
    Function(Box<Function>),
    /// By a Rust function with a state; the factory makes a fresh state for each call
    /// in each running program.
    Process(Box<Factory>),
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Body::Lowering(_) => "Lowering",
            Body::Function(_) => "Function",
            Body::Process(_) => "Process",
        })
    }
}

/// An operation defined by the user: reals in, one real out.
///
/// ```
/// use smalto_graph::{formula, Graph, UserOp};
///
/// // The soft minimum of two distances, built from ops of the table.
/// let soft_min = UserOp::lowering("soft_min", 3, |operands| {
///     let [a, b, k] = *operands else { unreachable!() };
///     let h = ((b - a) / k * 0.5 + 0.5).clamp(0.0, 1.0);
///     b.mix(a, h) - k * h * (1.0 - h)
/// })?;
/// // A function known only as Rust code.
/// let gamma = UserOp::function("half_life", 1, |operands| 0.5f64.powf(operands[0]))?;
///
/// let parser = formula::Parser::new().with_op(soft_min).with_op(gamma);
/// let graph = parser.parse("soft_min(x, half_life(y), 0.1)")?;
/// assert_eq!(graph.user_ops().len(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct UserOp {
    name: Box<str>,
    arity: usize,
    purity: Purity,
    body: Body,
    derivative: Option<Box<Derivative>>,
}

impl fmt::Debug for UserOp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserOp")
            .field("name", &self.name)
            .field("arity", &self.arity)
            .field("purity", &self.purity)
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}

impl UserOp {
    /// A pure op built from other ops.
    ///
    /// # Errors
    /// [`GraphError::BadUserOp`] if the name is no identifier or already means something.
    pub fn lowering(
        name: &str,
        arity: usize,
        body: impl for<'g> Fn(&[Expr<'g>]) -> Expr<'g> + Send + Sync + 'static,
    ) -> Result<Arc<UserOp>, GraphError> {
        UserOp::new(name, arity, Purity::Pure, Body::Lowering(Box::new(body)))
    }

    /// An op built from other ops among which are stateful ones, so that two
    /// calls are two states.
    ///
    /// # Errors
    /// [`GraphError::BadUserOp`] if the name is no identifier or already means something.
    pub fn stateful_lowering(
        name: &str,
        arity: usize,
        body: impl for<'g> Fn(&[Expr<'g>]) -> Expr<'g> + Send + Sync + 'static,
    ) -> Result<Arc<UserOp>, GraphError> {
        UserOp::new(
            name,
            arity,
            Purity::Stateful,
            Body::Lowering(Box::new(body)),
        )
    }

    /// A pure op computed by a Rust function.
    ///
    /// # Errors
    /// [`GraphError::BadUserOp`] if the name is no identifier or already means something.
    pub fn function(
        name: &str,
        arity: usize,
        body: impl Fn(&[f64]) -> f64 + Send + Sync + 'static,
    ) -> Result<Arc<UserOp>, GraphError> {
        UserOp::new(name, arity, Purity::Pure, Body::Function(Box::new(body)))
    }

    /// A stateful op: `factory` makes the function that one call runs, sample by sample.
    ///
    /// # Errors
    /// [`GraphError::BadUserOp`] if the name is no identifier or already means something.
    pub fn process<P>(
        name: &str,
        arity: usize,
        factory: impl Fn() -> P + Send + Sync + 'static,
    ) -> Result<Arc<UserOp>, GraphError>
    where
        P: FnMut(&[f64]) -> f64 + Send + 'static,
    {
        let factory = move || -> Box<Process> { Box::new(factory()) };
        UserOp::new(
            name,
            arity,
            Purity::Stateful,
            Body::Process(Box::new(factory)),
        )
    }

    fn new(
        name: &str,
        arity: usize,
        purity: Purity,
        body: Body,
    ) -> Result<Arc<UserOp>, GraphError> {
        if !is_identifier(name) || Op::from_name(name).is_some() {
            return Err(GraphError::BadUserOp { name: name.into() });
        }
        Ok(Arc::new(UserOp {
            name: name.into(),
            arity,
            purity,
            body,
            derivative: None,
        }))
    }

    /// The same op with a derivative: `partial(operands, i)` is its derivative by
    /// operand `i`. A lowering needs none, being differentiated through.
    pub fn with_derivative(
        self: Arc<Self>,
        partial: impl for<'g> Fn(&[Expr<'g>], usize) -> Expr<'g> + Send + Sync + 'static,
    ) -> Arc<UserOp> {
        let mut op = Arc::into_inner(self).expect("an op gets its derivative before it is shared");
        op.derivative = Some(Box::new(partial));
        Arc::new(op)
    }

    /// The name it is called by.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The number of operands.
    pub fn arity(&self) -> usize {
        self.arity
    }

    /// Whether equal calls are one.
    pub fn purity(&self) -> Purity {
        self.purity
    }

    /// How it is computed.
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// What the op lowers to in `graph`, or `None` if it is a Rust function.
    pub fn lower(&self, graph: &mut Graph, operands: &[NodeId]) -> Option<NodeId> {
        let Body::Lowering(lowering) = &self.body else {
            return None;
        };
        Some(GraphBuilder::scope(graph, |builder| {
            let operands: Vec<Expr<'_>> = operands.iter().map(|&id| builder.expr(id)).collect();
            lowering(&operands).as_real().id()
        }))
    }

    /// The derivative by operand `index` in `graph`, if one was given.
    pub(crate) fn partial(
        &self,
        graph: &mut Graph,
        operands: &[NodeId],
        index: usize,
    ) -> Option<NodeId> {
        let derivative = self.derivative.as_ref()?;
        Some(GraphBuilder::scope(graph, |builder| {
            let operands: Vec<Expr<'_>> = operands.iter().map(|&id| builder.expr(id)).collect();
            derivative(&operands, index).as_real().id()
        }))
    }
}
