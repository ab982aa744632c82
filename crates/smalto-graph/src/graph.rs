//! The graph: nodes, variables, tables, calls and outputs in flat arrays.
//!
//! Invariants:
//!
//! - Operands precede the node that uses them, so one forward walk visits every
//!   definition before its uses and no pass ever recurses.
//! - Two nodes are never equal, except calls of stateful user ops: each of those
//!   has a state of its own.
//! - Every node is well typed; [`Graph::apply`] is the only door and it checks.

use crate::hash::fold;
use crate::user::Purity;
use crate::{GraphError, Op, Type, UserOp, Value};
use hashbrown::HashTable;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// A node of one particular graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub(crate) u32);

impl NodeId {
    /// Fills operand places that an op does not have.
    pub(crate) const NONE: NodeId = NodeId(u32::MAX);

    /// Position in [`Graph::nodes`].
    #[inline]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// An input of a graph: position in [`Graph::variables`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VariableId(pub(crate) u32);

impl VariableId {
    /// Position in [`Graph::variables`].
    #[inline]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A constant table of a graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TableId(pub(crate) u32);

impl TableId {
    /// Position in [`Graph::tables`].
    #[inline]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// One call of a user op.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CallId(pub(crate) u32);

impl CallId {
    /// Position among the calls of the graph, in creation order.
    #[inline]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A [`Value`] in the canonical form that makes equal constants equal nodes, in
/// 12 bytes at 4-byte alignment so that a [`Node`] takes 16.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Constant {
    ty: Type,
    bits: [u32; 2],
}

impl Constant {
    /// The value.
    #[inline]
    pub fn value(self) -> Value {
        let bits = self.bits();
        match self.ty {
            Type::Real => Value::Real(f64::from_bits(bits)),
            Type::I32 => Value::I32(bits as i32),
            Type::I64 => Value::I64(bits as i64),
            Type::Bool => Value::Bool(bits != 0),
        }
    }

    #[inline]
    fn bits(self) -> u64 {
        u64::from(self.bits[0]) | u64::from(self.bits[1]) << 32
    }
}

impl From<Value> for Constant {
    #[inline]
    fn from(value: Value) -> Constant {
        let bits = value.bits();
        Constant {
            ty: value.ty(),
            bits: [bits as u32, (bits >> 32) as u32],
        }
    }
}

/// A node: 16 bytes, copied freely.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Node {
    /// A constant.
    Constant(Constant),
    /// An input.
    Variable {
        /// Type of the variable.
        ty: Type,
        /// Which one.
        variable: VariableId,
    },
    /// An op of the table applied to `op.arity()` operands; the rest is filler.
    /// Read operands through [`Graph::operands`].
    Apply {
        /// The operation.
        op: Op,
        /// Type of the result.
        ty: Type,
        /// The operands, then filler.
        operands: [NodeId; 3],
    },
    /// An element of a constant table. An index outside the table, taken as
    /// unsigned, reads the last element.
    Lookup {
        /// Type of the table's elements.
        ty: Type,
        /// The table.
        table: TableId,
        /// An i32.
        index: NodeId,
    },
    /// A call of a user op; reals in, real out.
    Call(CallId),
}

const _: () = assert!(std::mem::size_of::<Node>() == 16);

impl Node {
    /// The type of the node's value.
    #[inline]
    pub fn ty(&self) -> Type {
        match *self {
            Node::Constant(constant) => constant.ty,
            Node::Variable { ty, .. } | Node::Apply { ty, .. } | Node::Lookup { ty, .. } => ty,
            Node::Call(_) => Type::Real,
        }
    }

    /// Hash over everything that makes the node itself.
    fn hash(&self) -> u64 {
        match *self {
            Node::Constant(constant) => fold(constant.ty as u64, constant.bits()),
            Node::Variable { variable, .. } => fold(4, u64::from(variable.0)),
            Node::Apply {
                op,
                ty,
                operands: [a, b, c],
            } => {
                let head = 8 | (op as u64) << 8 | (ty as u64) << 16 | u64::from(c.0) << 32;
                fold(head, u64::from(a.0) | u64::from(b.0) << 32)
            }
            Node::Lookup { table, index, .. } => {
                fold(5, u64::from(table.0) | u64::from(index.0) << 32)
            }
            Node::Call(call) => fold(6, u64::from(call.0)),
        }
    }
}

/// A named, typed input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// The name, an identifier of the formula language.
    pub name: Box<str>,
    /// Real, i32 or i64.
    pub ty: Type,
}

/// A named result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// The name; empty for the only output of an unnamed formula.
    pub name: Box<str>,
    /// The value.
    pub node: NodeId,
}

/// A constant table: all elements of one type, at least one of them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Table {
    pub(crate) ty: Type,
    pub(crate) values: Vec<Value>,
}

impl Table {
    /// A table of reals, rounded to the element when the graph is compiled.
    ///
    /// # Errors
    /// [`GraphError::BadTable`] if `values` is empty.
    pub fn real(values: impl IntoIterator<Item = f64>) -> Result<Table, GraphError> {
        Table::new(Type::Real, values.into_iter().map(Value::Real).collect())
    }

    /// A table of 32-bit integers.
    ///
    /// # Errors
    /// [`GraphError::BadTable`] if `values` is empty.
    pub fn i32(values: impl IntoIterator<Item = i32>) -> Result<Table, GraphError> {
        Table::new(Type::I32, values.into_iter().map(Value::I32).collect())
    }

    fn new(ty: Type, values: Vec<Value>) -> Result<Table, GraphError> {
        if values.is_empty() || values.len() > i32::MAX as usize {
            return Err(GraphError::BadTable {
                length: values.len(),
            });
        }
        Ok(Table { ty, values })
    }

    /// Type of the elements: real or i32.
    pub fn ty(&self) -> Type {
        self.ty
    }

    /// The elements.
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// The least and the greatest element; a NaN in the table makes both NaN.
    pub fn range(&self) -> [Value; 2] {
        match self.ty {
            Type::Real => {
                let reals = || self.values.iter().filter_map(|value| value.as_real());
                let bounds = match reals().any(f64::is_nan) {
                    true => [f64::NAN; 2],
                    false => [
                        reals().fold(f64::INFINITY, f64::min),
                        reals().fold(f64::NEG_INFINITY, f64::max),
                    ],
                };
                bounds.map(Value::Real)
            }
            _ => {
                let by_value = |value: &&Value| value.bits() as i32;
                let least = self.values.iter().min_by_key(by_value);
                let greatest = self.values.iter().max_by_key(by_value);
                [least, greatest].map(|value| *value.expect("tables are not empty"))
            }
        }
    }

    /// The element at `index`, clamped as [`Node::Lookup`] clamps it.
    pub fn get(&self, index: i32) -> Value {
        self.values[(index as u32 as usize).min(self.values.len() - 1)]
    }
}

#[derive(Debug, Clone, Copy)]
struct Call {
    op: u32,
    first: u32,
}

/// A hash-consed, typed expression graph with named inputs and outputs.
///
/// ```
/// use smalto_graph::{Graph, Op, Type};
///
/// let mut graph = Graph::new();
/// let x = graph.variable("x", Type::Real)?;
/// let one = graph.real(1.0);
/// let sum = graph.apply(Op::Add, &[x, one])?;
/// assert_eq!(sum, graph.apply(Op::Add, &[x, one])?, "the same node, not a copy");
/// graph.output("out", sum)?;
/// # Ok::<(), smalto_graph::GraphError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Graph {
    nodes: Vec<Node>,
    consed: HashTable<NodeId>,
    variables: Vec<Variable>,
    variable_nodes: Vec<NodeId>,
    variable_names: HashMap<Box<str>, VariableId>,
    tables: Vec<Arc<Table>>,
    table_ids: HashMap<Arc<Table>, TableId>,
    user_ops: Vec<Arc<UserOp>>,
    calls: Vec<Call>,
    call_operands: Vec<NodeId>,
    pure_calls: HashMap<(u32, Box<[NodeId]>), NodeId>,
    outputs: Vec<Output>,
    output_names: HashSet<Box<str>>,
}

impl Graph {
    /// An empty graph.
    pub fn new() -> Graph {
        Graph::default()
    }

    /// An empty graph with room for `nodes` nodes.
    pub fn with_capacity(nodes: usize) -> Graph {
        Graph {
            nodes: Vec::with_capacity(nodes),
            consed: HashTable::with_capacity(nodes),
            ..Graph::default()
        }
    }

    /// An empty graph with the inputs, tables and user ops of `other`, under the same ids.
    pub(crate) fn with_signature_of(other: &Graph, nodes: usize) -> Graph {
        let mut graph = Graph::with_capacity(nodes);
        for variable in &other.variables {
            graph.add_variable(variable.clone());
        }
        graph.tables = other.tables.clone();
        graph.table_ids = other.table_ids.clone();
        graph.user_ops = other.user_ops.clone();
        graph
    }

    // -- building ---------------------------------------------------------

    /// A constant node.
    pub fn constant(&mut self, value: impl Into<Value>) -> NodeId {
        self.insert(Node::Constant(Constant::from(value.into())))
    }

    /// A real constant.
    pub fn real(&mut self, value: f64) -> NodeId {
        self.constant(value)
    }

    /// The input called `name`, declared on first use.
    ///
    /// # Errors
    /// If the name is taken with another type, is no identifier, or the type is bool.
    pub fn variable(&mut self, name: &str, ty: Type) -> Result<NodeId, GraphError> {
        if let Some(&id) = self.variable_names.get(name) {
            let declared = self.variables[id.index()].ty;
            if declared != ty {
                return Err(GraphError::VariableType {
                    name: name.into(),
                    declared,
                    wanted: ty,
                });
            }
            return Ok(self.variable_nodes[id.index()]);
        }
        if ty == Type::Bool || !is_identifier(name) {
            return Err(GraphError::BadVariable {
                name: name.into(),
                ty,
            });
        }
        let id = self.add_variable(Variable {
            name: name.into(),
            ty,
        });
        Ok(self.variable_nodes[id.index()])
    }

    fn add_variable(&mut self, variable: Variable) -> VariableId {
        let id = VariableId(self.variables.len() as u32);
        let ty = variable.ty;
        self.variable_names.insert(variable.name.clone(), id);
        self.variables.push(variable);
        let node = self.insert(Node::Variable { ty, variable: id });
        self.variable_nodes.push(node);
        id
    }

    /// A node that stands for a value still to be given: it is no input, and must be
    /// replaced by substitution before an output can need it. Equal positions and
    /// types give the same node.
    pub(crate) fn placeholder(&mut self, ty: Type, position: u32) -> NodeId {
        let variable = VariableId(u32::MAX - position);
        self.insert(Node::Variable { ty, variable })
    }

    /// Whether `id` is a [`placeholder`](Graph::placeholder).
    pub(crate) fn is_placeholder(&self, id: NodeId) -> bool {
        matches!(self.node(id), Node::Variable { variable, .. } if variable.index() >= self.variables.len())
    }

    /// `op` applied to `operands`.
    ///
    /// # Errors
    /// [`GraphError::Operands`] if their number or types do not fit the op's row.
    pub fn apply(&mut self, op: Op, operands: &[NodeId]) -> Result<NodeId, GraphError> {
        let mut types = [Type::Real; 3];
        for (ty, &operand) in types.iter_mut().zip(operands) {
            *ty = self.ty(operand);
        }
        let known = &types[..operands.len().min(3)];
        match op.result_type(known) {
            Some(ty) if operands.len() == known.len() => Ok(self.apply_typed(op, ty, operands)),
            _ => Err(GraphError::operands(
                op,
                operands.iter().map(|&id| self.ty(id)).collect(),
            )),
        }
    }

    /// [`apply`](Graph::apply) after the conversions a reader of a formula expects:
    /// a bool where a number belongs counts 0 or 1, a number where a condition
    /// belongs is true unless zero, and a real constant with an integral value
    /// becomes an integer beside integers.
    ///
    /// # Errors
    /// [`GraphError::Operands`] if the operands do not fit even so.
    pub fn apply_converting(&mut self, op: Op, operands: &[NodeId]) -> Result<NodeId, GraphError> {
        if operands.len() != op.arity() {
            return self.apply(op, operands);
        }
        let row = op.row();
        let mut converted = [NodeId::NONE; 3];
        let shared = row
            .operands
            .iter()
            .zip(operands)
            .filter(|(kind, _)| kind.is_polymorphic())
            .map(|(_, &id)| self.ty(id))
            .reduce(wider)
            .map(|ty| match ty {
                Type::Bool if row.operands.contains(&crate::op::Kind::Number) => Type::Real,
                ty => ty,
            });
        for ((slot, kind), &id) in converted.iter_mut().zip(row.operands).zip(operands) {
            let wanted = match *kind {
                crate::op::Kind::Only(ty) => Some(ty),
                _ => shared,
            };
            *slot = wanted.map_or(id, |ty| self.convert_implicitly(id, ty));
        }
        self.apply(op, &converted[..operands.len()])
    }

    /// `id` as a `ty` where formulas convert without being asked, else `id` itself.
    pub(crate) fn convert_implicitly(&mut self, id: NodeId, ty: Type) -> NodeId {
        match (self.ty(id), ty) {
            (Type::Bool, Type::Real) => self.apply_typed(Op::ToReal, Type::Real, &[id]),
            (Type::Real | Type::I32 | Type::I64, Type::Bool) => {
                self.apply_typed(Op::ToBool, Type::Bool, &[id])
            }
            (Type::Real, Type::I32 | Type::I64) => {
                let value = self.value(id).and_then(Value::as_real);
                match value.and_then(|v| integer_constant(v, ty)) {
                    Some(integer) => self.constant(integer),
                    None => id,
                }
            }
            _ => id,
        }
    }

    /// `op` applied to operands known to fit, giving a `ty`.
    #[inline]
    pub(crate) fn apply_typed(&mut self, op: Op, ty: Type, operands: &[NodeId]) -> NodeId {
        debug_assert_eq!(
            op.result_type(&operands.iter().map(|&id| self.ty(id)).collect::<Vec<_>>()),
            Some(ty)
        );
        let mut all = [NodeId::NONE; 3];
        all[..operands.len()].copy_from_slice(operands);
        self.insert(Node::Apply {
            op,
            ty,
            operands: all,
        })
    }

    /// Adds a constant table, or finds the equal one already there.
    pub fn table(&mut self, table: Table) -> TableId {
        if let Some(&known) = self.table_ids.get(&table) {
            return known;
        }
        let id = TableId(self.tables.len() as u32);
        let table = Arc::new(table);
        self.tables.push(table.clone());
        self.table_ids.insert(table, id);
        id
    }

    /// The element of `table` at `index`, an i32.
    ///
    /// # Errors
    /// [`GraphError::LookupIndex`] if `index` is not an i32.
    ///
    /// # Panics
    /// If `table` belongs to another graph and is out of range here.
    pub fn lookup(&mut self, table: TableId, index: NodeId) -> Result<NodeId, GraphError> {
        match self.ty(index) {
            Type::I32 => {
                let ty = self.tables[table.index()].ty;
                Ok(self.insert(Node::Lookup { ty, table, index }))
            }
            found => Err(GraphError::LookupIndex { found }),
        }
    }

    /// A call of a user op. Equal calls of a pure op are one node; every call of a
    /// stateful op is a node, and a state, of its own.
    ///
    /// # Errors
    /// If the operands are not `op.arity()` reals, or another op of that name is in use.
    pub fn call(&mut self, op: &Arc<UserOp>, operands: &[NodeId]) -> Result<NodeId, GraphError> {
        let types: Vec<Type> = operands.iter().map(|&id| self.ty(id)).collect();
        if types.len() != op.arity() || types.iter().any(|&ty| ty != Type::Real) {
            return Err(GraphError::CallOperands {
                name: op.name().into(),
                arity: op.arity(),
                found: types,
            });
        }
        let known = self
            .user_ops
            .iter()
            .position(|known| known.name() == op.name());
        let index = match known {
            Some(index) if Arc::ptr_eq(&self.user_ops[index], op) => index,
            Some(_) => {
                return Err(GraphError::UserOpTaken {
                    name: op.name().into(),
                });
            }
            None => {
                self.user_ops.push(op.clone());
                self.user_ops.len() - 1
            }
        };
        Ok(self.call_indexed(index as u32, operands))
    }

    fn call_indexed(&mut self, op: u32, operands: &[NodeId]) -> NodeId {
        let pure = self.user_ops[op as usize].purity() == Purity::Pure;
        if pure && let Some(&known) = self.pure_calls.get(&(op, operands.into())) {
            return known;
        }
        let call = CallId(self.calls.len() as u32);
        self.calls.push(Call {
            op,
            first: self.call_operands.len() as u32,
        });
        self.call_operands.extend_from_slice(operands);
        let node = self.insert(Node::Call(call));
        if pure {
            self.pure_calls.insert((op, operands.into()), node);
        }
        node
    }

    /// Declares a result. An empty name is for the only output of a formula.
    ///
    /// # Errors
    /// If the name is taken or is no identifier.
    pub fn output(&mut self, name: &str, node: NodeId) -> Result<(), GraphError> {
        if self.output_names.contains(name) {
            return Err(GraphError::OutputTaken { name: name.into() });
        }
        if !name.is_empty() && !is_identifier(name) {
            return Err(GraphError::BadOutput { name: name.into() });
        }
        self.output_names.insert(name.into());
        self.outputs.push(Output {
            name: name.into(),
            node,
        });
        Ok(())
    }

    /// Forgets all outputs; their nodes stay.
    pub fn clear_outputs(&mut self) {
        self.outputs.clear();
        self.output_names.clear();
    }

    /// The node equal to `node`, added if there is none.
    ///
    /// # Panics
    /// At 2^32 - 1 nodes.
    #[inline]
    fn insert(&mut self, node: Node) -> NodeId {
        use hashbrown::hash_table::Entry;
        if self.consed.len() < self.nodes.len() {
            self.index_nodes();
        }
        let Graph { nodes, consed, .. } = self;
        let entry = consed.entry(
            node.hash(),
            |&id| nodes[id.index()] == node,
            |&id| nodes[id.index()].hash(),
        );
        match entry {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(vacant) => {
                assert!(
                    nodes.len() < u32::MAX as usize,
                    "a graph holds fewer than 2^32 nodes"
                );
                let id = NodeId(nodes.len() as u32);
                vacant.insert(id);
                nodes.push(node);
                id
            }
        }
    }

    /// Adds a node known not to be here. The table of nodes is brought up to date
    /// when it is next needed, which for a finished graph is never.
    #[inline]
    fn push_distinct(&mut self, node: Node) -> NodeId {
        self.nodes.push(node);
        NodeId(self.nodes.len() as u32 - 1)
    }

    #[cold]
    fn index_nodes(&mut self) {
        let Graph { nodes, consed, .. } = self;
        for (id, node) in (0..).zip(nodes.iter()).skip(consed.len()) {
            consed.insert_unique(node.hash(), NodeId(id), |&id| nodes[id.index()].hash());
        }
    }

    /// The live nodes, inputs and outputs of this graph, nothing else.
    pub(crate) fn without_dead_nodes(&self) -> Graph {
        let live = self.live();
        let count = live.iter().filter(|&&live| live).count();
        let mut image = vec![NodeId::NONE; self.len()];
        let mut kept = Graph::with_signature_of(self, self.variables.len());
        kept.nodes.reserve(count);
        for (id, &node) in self
            .ids()
            .zip(&self.nodes)
            .filter(|(id, _)| live[id.index()])
        {
            image[id.index()] = match node {
                Node::Constant(_) => kept.push_distinct(node),
                Node::Apply { op, ty, operands } => {
                    let operands = operands.map(|id| {
                        if id == NodeId::NONE {
                            id
                        } else {
                            image[id.index()]
                        }
                    });
                    kept.push_distinct(Node::Apply { op, ty, operands })
                }
                Node::Lookup { ty, table, index } => {
                    let index = image[index.index()];
                    kept.push_distinct(Node::Lookup { ty, table, index })
                }
                Node::Variable { variable, .. } => kept.variable_nodes[variable.index()],
                Node::Call(_) => kept.copy_node(self, id, |operand| image[operand.index()]),
            };
        }
        kept.copy_outputs(self, |node| image[node.index()]);
        kept
    }

    /// Copies `node` of `source` into this graph, which has the signature of
    /// `source`, with each operand replaced by `map`.
    #[inline]
    pub(crate) fn copy_node(
        &mut self,
        source: &Graph,
        node: NodeId,
        map: impl Fn(NodeId) -> NodeId,
    ) -> NodeId {
        match source.node(node) {
            Node::Apply { op, ty, operands } => {
                let arity = op.arity();
                let mut mapped = [NodeId::NONE; 3];
                for (to, &from) in mapped.iter_mut().zip(&operands[..arity]) {
                    *to = map(from);
                }
                self.insert(Node::Apply {
                    op,
                    ty,
                    operands: mapped,
                })
            }
            Node::Lookup { ty, table, index } => self.insert(Node::Lookup {
                ty,
                table,
                index: map(index),
            }),
            Node::Call(call) => {
                let operands: Vec<NodeId> =
                    source.operands(node).iter().map(|&id| map(id)).collect();
                self.call_indexed(source.calls[call.index()].op, &operands)
            }
            leaf @ (Node::Constant(_) | Node::Variable { .. }) => self.insert(leaf),
        }
    }

    /// Declares the outputs of `source` here, each node replaced by `map`.
    pub(crate) fn copy_outputs(&mut self, source: &Graph, map: impl Fn(NodeId) -> NodeId) {
        self.output_names
            .extend(source.output_names.iter().cloned());
        self.outputs.extend(source.outputs.iter().map(|o| Output {
            name: o.name.clone(),
            node: map(o.node),
        }));
    }

    // -- reading ----------------------------------------------------------

    /// All nodes, operands before users.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The ids of all nodes, operands before users.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = NodeId> + ExactSizeIterator + use<> {
        (0..self.nodes.len() as u32).map(NodeId)
    }

    /// The number of nodes, dead ones included.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there are no nodes at all.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The number of ops a machine would run: applications, lookups and calls
    /// that some output needs.
    pub fn op_count(&self) -> usize {
        let live = self.live();
        self.nodes
            .iter()
            .zip(live)
            .filter(|(node, live)| {
                *live && !matches!(node, Node::Constant(_) | Node::Variable { .. })
            })
            .count()
    }

    /// One node.
    #[inline]
    pub fn node(&self, id: NodeId) -> Node {
        self.nodes[id.index()]
    }

    /// The type of a node.
    #[inline]
    pub fn ty(&self, id: NodeId) -> Type {
        self.nodes[id.index()].ty()
    }

    /// The operands of a node, in order.
    #[inline]
    pub fn operands(&self, id: NodeId) -> &[NodeId] {
        match &self.nodes[id.index()] {
            Node::Constant(_) | Node::Variable { .. } => &[],
            Node::Apply { op, operands, .. } => &operands[..op.arity()],
            Node::Lookup { index, .. } => std::slice::from_ref(index),
            Node::Call(call) => {
                let Call { op, first } = self.calls[call.index()];
                let arity = self.user_ops[op as usize].arity();
                &self.call_operands[first as usize..first as usize + arity]
            }
        }
    }

    /// The constant a node is, if it is one.
    #[inline]
    pub fn value(&self, id: NodeId) -> Option<Value> {
        match self.nodes[id.index()] {
            Node::Constant(constant) => Some(constant.value()),
            _ => None,
        }
    }

    /// The inputs, in declaration order.
    pub fn variables(&self) -> &[Variable] {
        &self.variables
    }

    /// The ids of the inputs, in declaration order.
    pub fn variable_ids(&self) -> impl ExactSizeIterator<Item = VariableId> + use<> {
        (0..self.variables.len() as u32).map(VariableId)
    }

    /// The input called `name`.
    pub fn variable_named(&self, name: &str) -> Option<VariableId> {
        self.variable_names.get(name).copied()
    }

    /// The node of an input.
    pub fn variable_node(&self, id: VariableId) -> NodeId {
        self.variable_nodes[id.index()]
    }

    /// The constant tables.
    pub fn tables(&self) -> &[Arc<Table>] {
        &self.tables
    }

    /// The user ops some call may use.
    pub fn user_ops(&self) -> &[Arc<UserOp>] {
        &self.user_ops
    }

    /// The user op a call applies.
    pub fn called(&self, call: CallId) -> &Arc<UserOp> {
        &self.user_ops[self.calls[call.index()].op as usize]
    }

    /// The results, in declaration order.
    pub fn outputs(&self) -> &[Output] {
        &self.outputs
    }

    /// For each node, how many live places use it: operands of live nodes, and
    /// outputs. A node with no uses is dead.
    pub fn use_counts(&self) -> Vec<u32> {
        let mut uses = vec![0; self.nodes.len()];
        for output in &self.outputs {
            uses[output.node.index()] += 1;
        }
        for id in self.ids().rev() {
            if uses[id.index()] > 0 {
                for operand in self.operands(id) {
                    uses[operand.index()] += 1;
                }
            }
        }
        uses
    }

    /// For each node, whether some output needs it.
    pub fn live(&self) -> Vec<bool> {
        self.use_counts().into_iter().map(|uses| uses > 0).collect()
    }
}

/// Two graphs are equal when they have the same inputs (names, types, order), the
/// same outputs, and those outputs are the same expressions, shared in the same
/// way. Node numbers and dead nodes do not count.
impl PartialEq for Graph {
    fn eq(&self, other: &Graph) -> bool {
        if self.variables != other.variables || self.outputs.len() != other.outputs.len() {
            return false;
        }
        let same_names = self
            .outputs
            .iter()
            .zip(&other.outputs)
            .all(|(a, b)| a.name == b.name);
        same_names && crate::walk::isomorphic(self, other)
    }
}

/// Whether `name` can stand for a variable in a formula: a letter or underscore,
/// then letters, digits, underscores and dots.
pub(crate) fn is_identifier(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_alphabetic() || c == '_')
        && chars.all(|c| c.is_alphanumeric() || c == '_' || c == '.')
        && !name.ends_with('.')
        && !crate::formula::is_reserved(name)
}

/// The type two operands of unlike types meet at: integers win over real
/// constants (checked when converting), everything over bool.
fn wider(a: Type, b: Type) -> Type {
    match (a, b) {
        (Type::Bool, other) | (other, Type::Bool) => other,
        (Type::Real, other) | (other, Type::Real) => other,
        (a, b) if a == b => a,
        _ => a,
    }
}

/// `v` as an integer constant of type `ty`, if it is one exactly.
fn integer_constant(v: f64, ty: Type) -> Option<Value> {
    match ty {
        Type::I32 => (f64::from(v as i32) == v).then_some(Value::I32(v as i32)),
        // 2^63 itself converts back to itself, but saturated.
        Type::I64 => ((v as i64) as f64 == v && v < 9.2e18).then_some(Value::I64(v as i64)),
        _ => None,
    }
}
