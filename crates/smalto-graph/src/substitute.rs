//! Replacing inputs by expressions, and copying expressions between graphs.
//!
//! Both are one forward walk: operands precede their users, so by the time a node
//! is copied the images of its operands are known. A substitution is nothing but
//! a copy in which some inputs have an expression for an image.

use crate::expr::IntoExpr;
use crate::{Expr, Graph, GraphBuilder, GraphError, Node, NodeId, TableId, Variable, VariableId};

/// `graph` with some of its inputs replaced by expressions, all at once.
///
/// `build` gets the builder of the new graph, in which the inputs of `graph` are
/// declared, and says what takes whose place: a constant, another input, an
/// expression over old and new inputs. Replacements are not themselves replaced,
/// so inputs can be swapped. A bool in place of a real counts 0 or 1, and an
/// integral real constant can take the place of an integer. If an input is named
/// twice, the last replacement counts.
///
/// The result has the inputs of `graph` in their order, less those that were
/// replaced and that no replacement uses, and then the inputs `build` declared.
///
/// ```
/// use smalto_graph::{GraphBuilder, substitute};
///
/// let builder = GraphBuilder::new();
/// let (x, y) = (builder.var("x"), builder.var("y"));
/// let graph = builder.finish([("", x - 2.0 * y)])?;
///
/// let swapped = substitute(&graph, |b| vec![("x", b.var("y")), ("y", b.var("x"))])?;
/// assert_eq!(swapped, {
///     let builder = GraphBuilder::new();
///     let (x, y) = (builder.var("x"), builder.var("y"));
///     builder.finish([("", y - 2.0 * x)])?
/// });
///
/// // y = 3: one input is left.
/// let line = substitute(&graph, |b| vec![("y", b.constant(3.0))])?;
/// assert_eq!(line.variables().len(), 1);
///
/// // Polar coordinates: x and y go, r and t come.
/// let polar = substitute(&graph, |b| {
///     let (r, t) = (b.var("r"), b.var("t"));
///     vec![("x", r * t.cos()), ("y", r * t.sin())]
/// })?;
/// let names: Vec<&str> = polar.variables().iter().map(|v| &*v.name).collect();
/// assert_eq!(names, ["r", "t"]);
/// # Ok::<(), smalto_graph::GraphError>(())
/// ```
///
/// # Errors
/// - [`GraphError::UnknownVariable`] if `graph` has no input of a given name;
/// - [`GraphError::ReplacementType`] if a replacement has another type than the input;
/// - [`GraphError::UserOpTaken`] if a replacement calls a user op and `graph` calls
///   another one of the same name.
///
/// # Panics
/// If a replacement belongs to another builder.
pub fn substitute<'n>(
    graph: &Graph,
    build: impl for<'g> FnOnce(&'g GraphBuilder) -> Vec<(&'n str, Expr<'g>)>,
) -> Result<Graph, GraphError> {
    try_substitute(graph, |builder| Ok(build(builder)))
}

/// [`substitute`] for replacements that can fail, such as inputs whose names come
/// from outside the program:
///
/// ```
/// use smalto_graph::{GraphBuilder, Type, try_substitute};
///
/// let builder = GraphBuilder::new();
/// let graph = builder.finish([("", builder.var("x").sin())])?;
/// let rename = |to: &str| {
///     try_substitute(&graph, |b| Ok(vec![("x", b.try_var(to, Type::Real)?)]))
/// };
/// assert!(rename("time").is_ok());
/// assert!(rename("2 fast").is_err());
/// # Ok::<(), smalto_graph::GraphError>(())
/// ```
///
/// # Errors
/// As [`substitute`], and any error of `build`.
///
/// # Panics
/// As [`substitute`].
pub fn try_substitute<'n>(
    graph: &Graph,
    build: impl for<'g> FnOnce(&'g GraphBuilder) -> Result<Vec<(&'n str, Expr<'g>)>, GraphError>,
) -> Result<Graph, GraphError> {
    let mut workshop = Graph::new();
    declare_inputs(&mut workshop, graph.variables())?;
    let named = GraphBuilder::scope(&mut workshop, |builder| {
        let replacements = build(builder)?.into_iter();
        let own = replacements.map(|(name, expr)| (name, expr.into_expr(builder).id()));
        Ok::<Vec<_>, GraphError>(own.collect())
    })?;

    let mut replacements = vec![None; graph.variables().len()];
    for (name, expression) in named {
        let variable = graph.require_variable(name)?;
        replacements[variable.index()] = Some(fit(&mut workshop, variable, expression)?);
    }
    apply_replacements(graph, &workshop, &replacements)
}

/// Gives `graph` these inputs and returns their nodes. In an empty graph the
/// inputs get the ids they have where they come from.
pub(crate) fn declare_inputs(
    graph: &mut Graph,
    inputs: &[Variable],
) -> Result<Vec<NodeId>, GraphError> {
    let declare = |input: &Variable| graph.variable(&input.name, input.ty);
    inputs.iter().map(declare).collect()
}

/// `expression` with the type of the input whose place it takes.
fn fit(
    workshop: &mut Graph,
    variable: VariableId,
    expression: NodeId,
) -> Result<NodeId, GraphError> {
    let wanted = workshop.ty(workshop.variable_node(variable));
    let fitted = workshop.convert_implicitly(expression, wanted);
    match workshop.ty(fitted) {
        found if found == wanted => Ok(fitted),
        found => Err(GraphError::ReplacementType {
            name: workshop.variables()[variable.index()].name.to_string(),
            wanted,
            found,
        }),
    }
}

/// `graph` with the inputs that have a replacement, an expression of `workshop`,
/// replaced by it. The inputs of `workshop` begin with those of `graph`.
fn apply_replacements(
    graph: &Graph,
    workshop: &Graph,
    replacements: &[Option<NodeId>],
) -> Result<Graph, GraphError> {
    let roots: Vec<NodeId> = replacements.iter().copied().flatten().collect();
    let mut result = Graph::with_capacity(graph.len() + workshop.len());
    let inputs = surviving_inputs(workshop, replacements, &roots, &mut result)?;

    let mut roots = instantiate(workshop, &roots, &mut result, |v| inputs[v.index()])?.into_iter();
    let mut images = inputs;
    for (image, _) in images
        .iter_mut()
        .zip(replacements)
        .filter(|(_, r)| r.is_some())
    {
        *image = roots.next().expect("one root for each replacement");
    }

    let outputs: Vec<NodeId> = graph.outputs().iter().map(|output| output.node).collect();
    let outputs = instantiate(graph, &outputs, &mut result, |v| images[v.index()])?;
    for (output, node) in graph.outputs().iter().zip(outputs) {
        result.output(&output.name, node)?;
    }
    Ok(result)
}

/// Declares the inputs of `workshop` in `result`, except those that are replaced
/// and not used by a replacement. Returns their nodes, or `NONE`.
fn surviving_inputs(
    workshop: &Graph,
    replacements: &[Option<NodeId>],
    roots: &[NodeId],
    result: &mut Graph,
) -> Result<Vec<NodeId>, GraphError> {
    let used = needed(workshop, roots);
    let mut inputs = vec![NodeId::NONE; workshop.variables().len()];
    for (index, Variable { name, ty }) in workshop.variables().iter().enumerate() {
        let node = workshop.variable_node(VariableId(index as u32));
        let is_replaced = replacements.get(index).is_some_and(Option::is_some);
        let is_used = used.get(node.index()).is_some_and(|&used| used);
        if is_used || !is_replaced {
            inputs[index] = result.variable(name, *ty)?;
        }
    }
    Ok(inputs)
}

/// Copies the expressions at `roots` into another graph, where `variable` says
/// what stands for each input they use: a node of the input's type. Tables and
/// user ops are registered there; a stateful call becomes a new call, once for all
/// roots. Time and space are linear in the position of the last root.
///
/// # Errors
/// [`GraphError::UserOpTaken`] if `into` has another user op of a name used here.
pub(crate) fn instantiate(
    source: &Graph,
    roots: &[NodeId],
    into: &mut Graph,
    mut variable: impl FnMut(VariableId) -> NodeId,
) -> Result<Vec<NodeId>, GraphError> {
    let needed = needed(source, roots);
    let mut images = vec![NodeId::NONE; needed.len()];
    let mut tables: Vec<Option<TableId>> = vec![None; source.tables().len()];
    let mut operands = Vec::new();
    for id in source.ids().take(needed.len()) {
        if !needed[id.index()] {
            continue;
        }
        operands.clear();
        operands.extend(source.operands(id).iter().map(|o| images[o.index()]));
        images[id.index()] = match source.node(id) {
            Node::Constant(constant) => into.constant(constant.value()),
            Node::Variable { variable: v, .. } => variable(v),
            Node::Apply { op, ty, .. } => into.apply_typed(op, ty, &operands),
            Node::Lookup { table, .. } => {
                let copied = tables[table.index()]
                    .get_or_insert_with(|| into.table((*source.tables()[table.index()]).clone()));
                into.lookup(*copied, operands[0])?
            }
            Node::Call(call) => into.call(source.called(call), &operands)?,
        };
    }
    Ok(roots.iter().map(|root| images[root.index()]).collect())
}

/// For each node up to the last root, whether some root needs it.
fn needed(graph: &Graph, roots: &[NodeId]) -> Vec<bool> {
    let length = roots.iter().map(|root| root.index() + 1).max().unwrap_or(0);
    let mut needed = vec![false; length];
    for root in roots {
        needed[root.index()] = true;
    }
    for id in graph.ids().take(length).rev() {
        if needed[id.index()] {
            for operand in graph.operands(id) {
                needed[operand.index()] = true;
            }
        }
    }
    needed
}

impl Graph {
    /// The input called `name`.
    ///
    /// # Errors
    /// [`GraphError::UnknownVariable`] if there is none.
    pub(crate) fn require_variable(&self, name: &str) -> Result<VariableId, GraphError> {
        self.variable_named(name)
            .ok_or_else(|| GraphError::UnknownVariable {
                name: name.into(),
                known: self
                    .variables()
                    .iter()
                    .map(|v| v.name.to_string())
                    .collect(),
            })
    }
}
