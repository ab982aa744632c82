//! The reference: ops on constants and graphs at one point, by the scalar machine.
//!
//! It is the oracle. What it says a graph is, every pass must keep and every target
//! must give, bit for bit. So it takes no part in making anything fast: it evaluates
//! node after node as the graph is written, one value each.

use crate::kind::Kind;
use crate::meaning::{Binary, Ternary, Unary, Visitor, with_meaning};
use crate::scalar::Float;
use crate::{Lanes, Scalar, StandardEnvironment};
use smalto_graph::passes::Arithmetic;
use smalto_graph::{Body, Element, Graph, Node, NodeId, Op, Type, UserOp, Value};
use thiserror::Error;

/// The arithmetic of one element type, as graph passes fold with it and as every
/// target must agree with.
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

/// Why a graph has no value at a point.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ReferenceError {
    /// More or fewer inputs than the graph has.
    #[error("{found} inputs for a graph of {}: {}", names.len(), names.join(", "))]
    InputCount {
        /// The graph's inputs.
        names: Vec<String>,
        /// How many were given.
        found: usize,
    },
    /// An input of the wrong type.
    #[error("input `{name}` is {wanted}, not {found}")]
    InputType {
        /// The input.
        name: String,
        /// Its type.
        wanted: Type,
        /// The type it was given.
        found: Type,
    },
    /// A call whose result depends on the samples before this one.
    #[error("`{name}` has state from sample to sample, so it has no value at one point")]
    Stateful {
        /// The user op.
        name: String,
    },
    /// A call that stands for other ops.
    #[error("`{name}` stands for other ops; `optimise` puts them in its place")]
    Unexpanded {
        /// The user op.
        name: String,
    },
}

impl Reference {
    /// The values of the outputs of `graph` at the point `inputs`, as the graph is
    /// written: nothing is expanded, folded or reordered. Reals are rounded to the
    /// element; functions of the user's are called in f64 and their results rounded.
    ///
    /// ```
    /// use smalto_graph::{Element, Value, formula};
    /// use smalto_lower::Reference;
    ///
    /// let graph = formula::parse("output d = sqrt(x^2 + y^2) - 1; output inside = x^2 + y^2 < 1;")?;
    /// let outputs = Reference(Element::F64).run(&graph, &[Value::Real(3.0), Value::Real(4.0)])?;
    /// assert_eq!(outputs, [Value::Real(4.0), Value::Bool(false)]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// If the number or types of the inputs do not fit, or an output needs a user op
    /// that has state or a lowering.
    pub fn run(&self, graph: &Graph, inputs: &[Value]) -> Result<Vec<Value>, ReferenceError> {
        check_inputs(graph, inputs)?;
        let _environment = StandardEnvironment::enter();
        let live = graph.live();
        // Operands come before the nodes that use them, so one walk in order does.
        // Dead nodes keep a value that nobody reads.
        let mut values = vec![Value::Bool(false); graph.len()];
        for id in graph.ids().filter(|id| live[id.index()]) {
            values[id.index()] = self.value_of(graph, id, inputs, &values)?;
        }
        let outputs = graph.outputs().iter();
        Ok(outputs.map(|output| values[output.node.index()]).collect())
    }

    /// The value of one node, given the values of the nodes before it.
    fn value_of(
        &self,
        graph: &Graph,
        id: NodeId,
        inputs: &[Value],
        values: &[Value],
    ) -> Result<Value, ReferenceError> {
        let operands = graph.operands(id).iter().map(|o| values[o.index()]);
        Ok(match graph.node(id) {
            Node::Constant(constant) => self.rounded(constant.value()),
            Node::Variable { variable, .. } => self.rounded(inputs[variable.index()]),
            Node::Apply { op, .. } => {
                let mut found = [Value::Bool(false); 3];
                found.iter_mut().zip(operands).for_each(|(to, v)| *to = v);
                self.evaluate(op, &found[..op.arity()])
            }
            Node::Lookup { table, index, .. } => match values[index.index()] {
                Value::I32(index) => self.rounded(graph.tables()[table.index()].get(index)),
                other => unreachable!("a lookup by a {}", other.ty()),
            },
            Node::Call(call) => self.call(graph.called(call), operands)?,
        })
    }

    /// A Rust function called as every target calls it: in f64.
    fn call(
        &self,
        op: &UserOp,
        operands: impl Iterator<Item = Value>,
    ) -> Result<Value, ReferenceError> {
        let name = || op.name().into();
        match op.body() {
            Body::Function(function) => {
                let reals = operands.map(|value| value.as_real().expect("calls take reals"));
                let result = function(&reals.collect::<Vec<f64>>());
                Ok(self.rounded(Value::Real(result)))
            }
            Body::Process(_) => Err(ReferenceError::Stateful { name: name() }),
            Body::Lowering(_) => Err(ReferenceError::Unexpanded { name: name() }),
        }
    }

    fn rounded(&self, value: Value) -> Value {
        match value {
            Value::Real(v) => Value::Real(self.0.round(v)),
            other => other,
        }
    }
}

fn check_inputs(graph: &Graph, inputs: &[Value]) -> Result<(), ReferenceError> {
    let variables = graph.variables();
    if inputs.len() != variables.len() {
        return Err(ReferenceError::InputCount {
            names: variables.iter().map(|v| v.name.to_string()).collect(),
            found: inputs.len(),
        });
    }
    let mut pairs = variables.iter().zip(inputs);
    match pairs.find(|(variable, input)| variable.ty != input.ty()) {
        Some((variable, input)) => Err(ReferenceError::InputType {
            name: variable.name.to_string(),
            wanted: variable.ty,
            found: input.ty(),
        }),
        None => Ok(()),
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
