//! Derivatives as graphs, by forward differentiation.
//!
//! The *slope* of a node is its derivative by one chosen input. The slope of that
//! input is 1, of anything that does not depend on it 0, and of an op it follows
//! from the slopes of the operands by the [chain rule](rule), which is a match with
//! an arm for each op. Three decisions shape the rules:
//!
//! - A slope of 0 is absent, not a constant: [`Slope`]'s operators drop it, so no
//!   `0 * x` is ever built, and a rule is asked for only if some slope is there.
//! - A rule differentiates the op *as defined*. `min(a, b)` is `a < b ? a : b`, so
//!   its slope is `a < b ? da : db`, and at a tie that of `b`. A jump (floor,
//!   compare, a conversion to an integer) has slope 0 on either side, and so
//!   everywhere. Outside its domain an op has a slope that means nothing.
//! - Integers and bools have slope 0, being locally constant. The one lie in that
//!   is `bits32` and `bits64`, from which the real can be made again; their slope
//!   is an error.
//!
//! A user op follows its own derivative, or else the slope of what it lowers to. A
//! lowering adds nodes at the end of the graph, or finds nodes already there after
//! the call. So the walk is not by node order but by a stack of nodes whose slopes
//! are wanted: a node waits on it until its operands, or its lowering, are done.

use crate::hash::Fast;
use crate::substitute::{declare_inputs, instantiate};
use crate::user::Purity;
use crate::{
    CallId, Expr, Graph, GraphBuilder, GraphError, Node, NodeId, Op, Type, UserOp, VariableId,
};
use hashbrown::HashMap;
use std::f64::consts::{LN_2, LN_10};
use std::ops::{Add, Div, Mul, Neg, Sub};

/// The derivative of every output by the real input called `variable`: a graph
/// with the same inputs and the same output names. An output that does not depend
/// on the input, or only in steps, has the constant 0.
///
/// ```
/// use smalto_graph::{GraphBuilder, derivative};
///
/// let builder = GraphBuilder::new();
/// let (x, y) = (builder.var("x"), builder.var("y"));
/// let graph = builder.finish([("out", x.sin() * y + y.exp())])?;
///
/// let expected = {
///     let builder = GraphBuilder::new();
///     let (x, y) = (builder.var("x"), builder.var("y"));
///     builder.finish([("out", x.cos() * y)])?
/// };
/// assert_eq!(derivative(&graph, "x")?, expected);
/// # Ok::<(), smalto_graph::GraphError>(())
/// ```
///
/// # Errors
/// - [`GraphError::UnknownVariable`] if there is no such input;
/// - [`GraphError::NoDerivative`] if the input is an integer, if the bits of a real
///   that depends on it are taken, or if a user op that depends on it has neither a
///   lowering nor a derivative.
pub fn derivative(graph: &Graph, variable: &str) -> Result<Graph, GraphError> {
    let by = graph.require_variable(variable)?;
    let roots: Vec<NodeId> = graph.outputs().iter().map(|output| output.node).collect();
    let mut work = graph.clone();
    let slopes = slopes(&mut work, &roots, by)?;

    let mut result = Graph::with_capacity(work.len());
    let inputs = declare_inputs(&mut result, graph.variables())?;
    let slopes = instantiate(&work, &slopes, &mut result, |v| inputs[v.index()])?;
    for (output, slope) in graph.outputs().iter().zip(slopes) {
        result.output(&output.name, slope)?;
    }
    Ok(result)
}

/// The derivatives of `root` by each of the inputs `by`, as nodes of the same
/// graph: the gradient by (x, y, z), say, which shares what it can with the value.
///
/// ```
/// use smalto_graph::{Graph, Op, Type, partials};
///
/// let mut graph = Graph::new();
/// let (x, y) = (graph.variable("x", Type::Real)?, graph.variable("y", Type::Real)?);
/// let product = graph.apply(Op::Mul, &[x, y])?;
/// let inputs = ["x", "y"].map(|name| graph.variable_named(name).unwrap());
/// assert_eq!(partials(&mut graph, product, &inputs)?, [y, x]);
/// # Ok::<(), smalto_graph::GraphError>(())
/// ```
///
/// # Errors
/// [`GraphError::NoDerivative`] as [`derivative`]. The graph then keeps the nodes
/// built so far; no output uses them.
///
/// # Panics
/// If `root` or an input belongs to another graph and is out of range here.
pub fn partials(
    graph: &mut Graph,
    root: NodeId,
    by: &[VariableId],
) -> Result<Vec<NodeId>, GraphError> {
    let mut partials = Vec::with_capacity(by.len());
    for &variable in by {
        partials.extend(slopes(graph, &[root], variable)?);
    }
    Ok(partials)
}

/// The slopes of `roots`, as nodes of `graph`.
fn slopes(graph: &mut Graph, roots: &[NodeId], by: VariableId) -> Result<Vec<NodeId>, GraphError> {
    let input = &graph.variables()[by.index()];
    if input.ty != Type::Real {
        return Err(GraphError::NoDerivative {
            name: input.name.to_string(),
            hint: "; it is an integer input, and only a real one varies smoothly",
        });
    }
    let mut walk = Walk {
        graph,
        by,
        known: Vec::new(),
        lowered: HashMap::with_hasher(Fast),
    };
    let mut slopes = Vec::with_capacity(roots.len());
    for &root in roots {
        let slope = walk.slope(root)?;
        slopes.push(slope.unwrap_or_else(|| walk.graph.real(0.0)));
    }
    Ok(slopes)
}

/// What is known of the slope of a node: `None` is 0.
type Known = Option<NodeId>;

/// What it takes to know the slope of a node.
enum Step {
    /// It is this.
    Done(Known),
    /// It is that of another node, what the node lowers to.
    SameAs(NodeId),
}

/// The walk over the nodes that the wanted slopes depend on.
struct Walk<'a> {
    graph: &'a mut Graph,
    by: VariableId,
    /// By node, as far as the walk has come.
    known: Vec<Option<Known>>,
    /// What calls were lowered to, while the slope of that is awaited.
    lowered: HashMap<NodeId, NodeId, Fast>,
}

impl Walk<'_> {
    /// The slope of `root`. Each node of the graph is expanded at most once, so the
    /// stack is no longer than the graph has edges.
    fn slope(&mut self, root: NodeId) -> Result<Known, GraphError> {
        let mut waiting = vec![root];
        while let Some(&node) = waiting.last() {
            if self.known(node).is_some() {
                waiting.pop();
                continue;
            }
            let before = waiting.len();
            let operands = self.graph.operands(node).iter().rev();
            waiting.extend(operands.filter(|&&operand| self.known(operand).is_none()));
            if waiting.len() > before {
                continue;
            }
            match self.step(node)? {
                Step::Done(slope) => self.learn(node, slope),
                Step::SameAs(other) => match self.known(other) {
                    Some(slope) => self.learn(node, slope),
                    None => waiting.push(other),
                },
            }
        }
        Ok(self.known(root).expect("the walk ends when it is known"))
    }

    fn known(&self, node: NodeId) -> Option<Known> {
        self.known.get(node.index()).copied().flatten()
    }

    fn learn(&mut self, node: NodeId, slope: Known) {
        if self.known.len() <= node.index() {
            self.known.resize(self.graph.len(), None);
        }
        self.known[node.index()] = Some(slope);
    }

    fn operand_slope(&self, operand: NodeId) -> Known {
        self.known(operand)
            .expect("a node waits until its operands are known")
    }

    /// The next step for `node`, the slopes of whose operands are known.
    fn step(&mut self, node: NodeId) -> Result<Step, GraphError> {
        if let Node::Variable { variable, .. } = self.graph.node(node) {
            let one = (variable == self.by).then(|| self.graph.real(1.0));
            return Ok(Step::Done(one));
        }
        let mut operands = self.graph.operands(node).iter();
        if operands.all(|&operand| self.operand_slope(operand).is_none()) {
            return Ok(Step::Done(None));
        }
        match self.graph.node(node) {
            Node::Apply { op, .. } => Ok(Step::Done(self.apply(op, node)?)),
            Node::Call(call) => self.call(call, node),
            // The one operand of a lookup is an integer, whose slope is 0.
            Node::Constant(_) | Node::Variable { .. } | Node::Lookup { .. } => Ok(Step::Done(None)),
        }
    }

    fn apply(&mut self, op: Op, node: NodeId) -> Result<Known, GraphError> {
        let mut slopes = [None; 3];
        let mut literals = [None; 3];
        let mut operands = [node; 3];
        for (i, &operand) in self.graph.operands(node).iter().enumerate() {
            operands[i] = operand;
            slopes[i] = self.operand_slope(operand);
            literals[i] = self.graph.value(operand).and_then(|value| value.as_real());
        }
        GraphBuilder::scope(self.graph, |builder| {
            let expr = |id| builder.expr(id);
            let slopes = slopes.map(|slope| Slope(slope.map(expr)));
            let slope = rule(op, expr(node), operands.map(expr), slopes, literals)?;
            Ok(slope.0.map(Expr::id))
        })
    }

    /// By the op's derivative: the sum of its partial derivatives, each times the
    /// slope of the operand. Without one, by its lowering.
    fn call(&mut self, call: CallId, node: NodeId) -> Result<Step, GraphError> {
        let op = self.graph.called(call).clone();
        let operands = self.graph.operands(node).to_vec();
        let mut sum = None;
        for (index, &operand) in operands.iter().enumerate() {
            let Some(slope) = self.operand_slope(operand) else {
                continue;
            };
            let Some(partial) = op.partial(self.graph, &operands, index) else {
                return self.lower(node, &op, &operands);
            };
            sum = GraphBuilder::scope(self.graph, |builder| {
                let [sum, slope] = [sum, Some(slope)].map(|s| Slope(s.map(|id| builder.expr(id))));
                (sum + slope * builder.expr(partial)).0.map(Expr::id)
            });
        }
        Ok(Step::Done(sum))
    }

    /// By the op's lowering, if that is the same value: a stateful op would be
    /// lowered to a second state beside that of the call.
    fn lower(
        &mut self,
        node: NodeId,
        op: &UserOp,
        operands: &[NodeId],
    ) -> Result<Step, GraphError> {
        if let Some(&lowered) = self.lowered.get(&node) {
            return Ok(Step::SameAs(lowered));
        }
        let lowered = match op.purity() {
            Purity::Pure => op.lower(self.graph, operands),
            Purity::Stateful => None,
        };
        let lowered = lowered.ok_or_else(|| GraphError::NoDerivative {
            name: op.name().into(),
            hint: "; give it one with `UserOp::with_derivative`",
        })?;
        self.lowered.insert(node, lowered);
        Ok(Step::SameAs(lowered))
    }
}

/// The chain rule: the slope of `value`, which is `op` of `operands`, given the
/// slopes of these, not all of them 0. `literals` are the operands that are real
/// constants. Places past the op's arity hold filler.
fn rule<'g>(
    op: Op,
    value: Expr<'g>,
    operands: [Expr<'g>; 3],
    slopes: [Slope<'g>; 3],
    literals: [Option<f64>; 3],
) -> Result<Slope<'g>, GraphError> {
    let [a, b, c] = operands;
    let [da, db, dc] = slopes;
    const STEPS: Slope<'_> = Slope(None);
    Ok(match op {
        Op::Neg => -da,
        Op::Abs => choose(|| a.lt(0.0), -da, da),
        Op::Recip => -(da * value.square()),
        Op::Sqrt => da / (2.0 * value),
        Op::Square => da * (2.0 * a),
        Op::Add => da + db,
        Op::Sub => da - db,
        Op::Mul => da * b + db * a,
        Op::Div => (da - db * value) / b,
        Op::Fma => da * b + db * a + dc,
        Op::Mix => da.times(|| 1.0 - c) + db * c + dc.times(|| b - a),

        // The remainder is a - b * q, where the quotient q is constant between jumps.
        Op::Mod => da - db.times(|| ((a - value) / b).rint()),
        Op::Fract => da,
        Op::Floor | Op::Ceil | Op::Trunc | Op::Round | Op::Rint => STEPS,
        Op::Sign | Op::Compare | Op::Step => STEPS,
        Op::Lt | Op::Le | Op::Gt | Op::Ge | Op::Eq | Op::Ne | Op::Not => STEPS,

        Op::Min | Op::Minimum => choose(|| a.lt(b), da, db),
        Op::Max | Op::Maximum => choose(|| a.gt(b), da, db),
        Op::And => choose(|| a.eq(0.0), da, db),
        Op::Or => choose(|| a.ne(0.0), da, db),
        Op::Select => choose(|| a, db, dc),
        Op::Clamp => {
            let raised = choose(|| a.gt(b), da, db);
            choose(|| a.max(b).lt(c), raised, dc)
        }

        Op::Cbrt => da / (3.0 * value.square()),
        // The inverse of the power: d(v^n) = n v^(n - 1) dv = da.
        Op::Root => {
            let by_base = da.over(|| power_by_base(value, b, literals[1]));
            by_base - db.times(|| value * log_or_zero(a) / b.square())
        }
        Op::Pow => {
            let by_base = match literals[1] {
                Some(0.0) => Slope(None),
                _ => da.times(|| power_by_base(a, b, literals[1])),
            };
            by_base + db.times(|| value * log_or_zero(a))
        }
        // In this order nothing overflows that the value does not.
        Op::Hypot => da.times(|| a / value) + db.times(|| b / value),

        Op::Sin | Op::FastSin => da * a.cos(),
        Op::Cos | Op::FastCos => -(da * a.sin()),
        Op::Tan | Op::FastTan => da * (1.0 + value.square()),
        Op::Asin => da / ((1.0 - a) * (1.0 + a)).sqrt(),
        Op::Acos => -(da / ((1.0 - a) * (1.0 + a)).sqrt()),
        Op::Atan => da / (1.0 + a.square()),
        Op::Atan2 => (da * b - db * a) / (a.square() + b.square()),
        Op::Sinh => da * a.cosh(),
        Op::Cosh => da * a.sinh(),
        Op::Tanh => da * ((1.0 - value) * (1.0 + value)),
        Op::Asinh => da / (a.square() + 1.0).sqrt(),
        Op::Acosh => da / ((a - 1.0) * (a + 1.0)).sqrt(),
        Op::Atanh => da / ((1.0 - a) * (1.0 + a)),

        Op::Exp => da * value,
        Op::Exp2 => da * (value * LN_2),
        Op::Expm1 => da * (value + 1.0),
        Op::Ln => da / a,
        Op::Log2 => da / (a * LN_2),
        Op::Log10 => da / (a * LN_10),
        Op::Log1p => da / (1.0 + a),

        // Of a real; integers and bools have slope 0 and never get here.
        Op::ToReal => da,
        Op::ToI32 | Op::ToI64 | Op::ToBool => STEPS,
        Op::Bits32 | Op::Bits64 => {
            return Err(GraphError::NoDerivative {
                name: op.name().into(),
                hint: "; take the bits of something that changes in steps, such as `floor(x)`",
            });
        }
        Op::FromBits32 | Op::FromBits64 => STEPS,
        Op::Rem | Op::BitAnd | Op::BitOr | Op::BitXor | Op::BitNot | Op::Hash => STEPS,
        Op::Shl | Op::Shr | Op::Ushr | Op::Rotl | Op::Rotr => STEPS,
    })
}

/// `condition ? then : otherwise`; without the condition if both are the same.
fn choose<'g>(
    condition: impl FnOnce() -> Expr<'g>,
    then: Slope<'g>,
    otherwise: Slope<'g>,
) -> Slope<'g> {
    if then.0.map(Expr::id) == otherwise.0.map(Expr::id) {
        return then;
    }
    let condition = condition();
    let zero = condition.builder().constant(0.0);
    let [then, otherwise] = [then, otherwise].map(|slope| slope.0.unwrap_or(zero));
    Slope(Some(condition.select(then, otherwise)))
}

/// The derivative of a power by its base, n x^(n - 1), given n if it is a constant.
fn power_by_base<'g>(base: Expr<'g>, exponent: Expr<'g>, literal: Option<f64>) -> Expr<'g> {
    let rest = match literal {
        Some(1.0) => return exponent,
        Some(2.0) => base,
        Some(3.0) => base.square(),
        Some(n) => base.pow(n - 1.0),
        // x^0 is 1 at 0 too, but 0 * 0^-1 is no number.
        None => base.pow(exponent.eq(0.0).select(1.0, exponent - 1.0)),
    };
    exponent * rest
}

/// The logarithm of `a`, or 0 at 0. There it is multiplied by a power of `a`, and
/// x^n ln x goes to 0 with x for positive n.
fn log_or_zero(a: Expr<'_>) -> Expr<'_> {
    a.eq(0.0).select(1.0, a).ln()
}

/// The derivative of an expression by the chosen input; `None` is 0.
#[derive(Clone, Copy)]
struct Slope<'g>(Option<Expr<'g>>);

impl<'g> Slope<'g> {
    /// `self * factor`, where the factor is built only if it is needed.
    fn times(self, factor: impl FnOnce() -> Expr<'g>) -> Slope<'g> {
        Slope(self.0.map(|slope| {
            let factor = factor();
            match (is_one(slope), is_one(factor)) {
                (true, _) => factor,
                (_, true) => slope,
                _ => slope * factor,
            }
        }))
    }

    /// `self / divisor`, where the divisor is built only if it is needed.
    fn over(self, divisor: impl FnOnce() -> Expr<'g>) -> Slope<'g> {
        Slope(self.0.map(|slope| {
            let divisor = divisor();
            if is_one(divisor) {
                slope
            } else {
                slope / divisor
            }
        }))
    }
}

/// Whether `expr` is the constant 1: equal constants are one node.
fn is_one(expr: Expr<'_>) -> bool {
    expr.id() == expr.builder().constant(1.0).id()
}

impl<'g> Add for Slope<'g> {
    type Output = Slope<'g>;
    fn add(self, other: Slope<'g>) -> Slope<'g> {
        match (self.0, other.0) {
            (Some(a), Some(b)) => Slope(Some(a + b)),
            (a, b) => Slope(a.or(b)),
        }
    }
}

impl<'g> Sub for Slope<'g> {
    type Output = Slope<'g>;
    fn sub(self, other: Slope<'g>) -> Slope<'g> {
        match (self.0, other.0) {
            (Some(a), Some(b)) => Slope(Some(a - b)),
            (a, None) => Slope(a),
            (None, _) => -other,
        }
    }
}

impl<'g> Neg for Slope<'g> {
    type Output = Slope<'g>;
    fn neg(self) -> Slope<'g> {
        Slope(self.0.map(Expr::neg))
    }
}

impl<'g> Mul<Expr<'g>> for Slope<'g> {
    type Output = Slope<'g>;
    fn mul(self, factor: Expr<'g>) -> Slope<'g> {
        self.times(|| factor)
    }
}

impl<'g> Div<Expr<'g>> for Slope<'g> {
    type Output = Slope<'g>;
    fn div(self, divisor: Expr<'g>) -> Slope<'g> {
        self.over(|| divisor)
    }
}
