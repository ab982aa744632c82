//! Graph to text.

use super::instructions::{AXES, OPS};
use crate::formula::print_real;
use crate::{Graph, Node, NodeId, Op, Type};
use std::fmt::Write;
use thiserror::Error as ThisError;

/// Why a graph cannot be written as a `.vm` file.
#[derive(Debug, Clone, PartialEq, Eq, ThisError)]
#[non_exhaustive]
pub enum PrintError {
    /// The format holds exactly one result.
    #[error("a .vm file holds one output, and the graph has {count}")]
    OutputCount {
        /// The number of outputs.
        count: usize,
    },
    /// The format has no place for the name of the result.
    #[error("a .vm file cannot hold the name of the output `{name}`; leave the output unnamed")]
    OutputName {
        /// The name.
        name: String,
    },
    /// An input other than the three coordinates.
    #[error("a .vm file has the real inputs x, y and z, not `{name}: {ty}`; substitute it first")]
    Input {
        /// The name.
        name: String,
        /// The type.
        ty: Type,
    },
    /// Inputs in an order that would not be read back.
    #[error("the inputs of a .vm file are in the order x, y, z, not {}", found.join(", "))]
    InputOrder {
        /// The inputs in their order.
        found: Vec<String>,
    },
    /// An op that the format does not have.
    #[error("a .vm file cannot hold `{op}`")]
    Op {
        /// The op.
        op: Op,
    },
    /// An op of the format, on what is not real.
    #[error("a .vm file holds reals only, and `{op}` is used with a type other than real")]
    OpType {
        /// The op.
        op: Op,
    },
    /// A constant that is not real.
    #[error("a .vm file holds reals only, not a constant of type {ty}")]
    Constant {
        /// The type.
        ty: Type,
    },
    /// A call of a user op.
    #[error("a .vm file cannot hold the user op `{name}`; expand it if it is a lowering")]
    Call {
        /// The name of the user op.
        name: String,
    },
    /// A table lookup.
    #[error("a .vm file cannot hold a table")]
    Lookup,
}

/// A graph as a `.vm` file, which reads back as an equal graph. Lines are named
/// `_0`, `_1` and so on in hexadecimal.
///
/// ```
/// let circle = smalto_graph::formula::parse("sqrt(x^2 + 0.5)")?;
/// assert_eq!(
///     smalto_graph::vm::print(&circle)?,
///     "_0 var-x\n_1 square _0\n_2 const 0.5\n_3 add _1 _2\n_4 sqrt _3\n"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// If the graph has what the format cannot hold: anything but one unnamed output,
/// the inputs x, y and z in that order, and the ops of the [format](super) on reals.
pub fn print(graph: &Graph) -> Result<String, PrintError> {
    check_outputs(graph)?;
    check_inputs(graph)?;
    let uses = graph.use_counts();
    check_nodes(graph, &uses)?;
    // An input that nothing needs must occur nevertheless to be one, but not as the
    // last line, which is the result. No live node comes after the output.
    let is_needed = |id: &NodeId| uses[id.index()] > 0;
    let inputs =
        (0..graph.variables().len()).map(|v| graph.variable_node(crate::VariableId(v as u32)));
    let unneeded = inputs.filter(|id| !is_needed(id));

    let mut text = String::new();
    let mut line_of = vec![0; graph.len()];
    for (line, id) in unneeded.chain(graph.ids().filter(is_needed)).enumerate() {
        line_of[id.index()] = line;
        write_line(&mut text, graph, id, &line_of);
    }
    Ok(text)
}

fn check_outputs(graph: &Graph) -> Result<(), PrintError> {
    match graph.outputs() {
        [output] if output.name.is_empty() => Ok(()),
        [output] => Err(PrintError::OutputName {
            name: output.name.to_string(),
        }),
        outputs => Err(PrintError::OutputCount {
            count: outputs.len(),
        }),
    }
}

fn check_inputs(graph: &Graph) -> Result<(), PrintError> {
    let inputs = graph.variables();
    let is_axis = |name: &str| AXES.contains(&name);
    if let Some(input) = inputs
        .iter()
        .find(|v| v.ty != Type::Real || !is_axis(&v.name))
    {
        let name = input.name.to_string();
        return Err(PrintError::Input { name, ty: input.ty });
    }
    if !inputs.is_sorted_by_key(|input| &input.name) {
        let found = inputs.iter().map(|input| input.name.to_string()).collect();
        return Err(PrintError::InputOrder { found });
    }
    Ok(())
}

/// From the output back, so that the op nearest to it is the one reported.
fn check_nodes(graph: &Graph, uses: &[u32]) -> Result<(), PrintError> {
    let live = graph.ids().rev().filter(|id| uses[id.index()] > 0);
    for id in live {
        check_node(graph, id)?;
    }
    Ok(())
}

fn check_node(graph: &Graph, id: NodeId) -> Result<(), PrintError> {
    Err(match graph.node(id) {
        Node::Apply { op, .. } if !OPS.contains(&op) => PrintError::Op { op },
        Node::Apply { op, ty, .. } if ty != Type::Real => PrintError::OpType { op },
        Node::Constant(constant) if constant.value().ty() != Type::Real => {
            let ty = constant.value().ty();
            PrintError::Constant { ty }
        }
        Node::Lookup { .. } => PrintError::Lookup,
        Node::Call(call) => PrintError::Call {
            name: graph.called(call).name().into(),
        },
        Node::Apply { .. } | Node::Constant(_) | Node::Variable { .. } => return Ok(()),
    })
}

/// The line of a checked node whose operands have their lines.
fn write_line(text: &mut String, graph: &Graph, id: NodeId, line_of: &[usize]) {
    const NEVER: &str = "a string can always be written to";
    write!(text, "_{:x} ", line_of[id.index()]).expect(NEVER);
    match graph.node(id) {
        Node::Constant(constant) => {
            let value = constant.value().as_real().expect("checked to be real");
            *text += "const ";
            *text += &print_real(value);
        }
        Node::Variable { variable, .. } => {
            *text += "var-";
            *text += &graph.variables()[variable.index()].name;
        }
        Node::Apply { op, .. } => *text += op.name(),
        Node::Lookup { .. } | Node::Call(_) => unreachable!("checked to be none of these"),
    }
    for operand in graph.operands(id) {
        write!(text, " _{:x}", line_of[operand.index()]).expect(NEVER);
    }
    text.push('\n');
}
