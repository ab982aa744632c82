//! Graphs to text.
//!
//! A node that is used once is written where it is used, as long as its text is
//! short; any other node gets a name by a `let` statement. Since each level of
//! nesting takes at least one character, short texts are also shallow ones, and the
//! result is never nested more deeply than the parser allows.

use super::IMPLICIT;
use super::number;
use super::operators::{ATOM, CHOICE, INFIX, Level, POWER, PREFIX, PREFIXES};
use crate::{Graph, Node, NodeId, Op, TableId, Type, Value, Variable};

/// A text longer than this, in bytes, gets a name instead of being part of another.
const LONGEST_OPERAND: usize = 72;

/// The formula of a graph, one statement a line.
///
/// Reading it again gives an equal graph: `parse(&print(&graph)) == graph`, with a
/// [`Parser`](super::Parser) that was given the graph's user ops if it has any, and
/// whose variables are the usual ones.
///
/// ```
/// use smalto_graph::formula;
///
/// let graph = formula::parse("let r = sqrt(x*x + y*y); max(r - (1), .5 - r)^2")?;
/// assert_eq!(
///     formula::print(&graph),
///     "let v1 = sqrt(x * x + y * y);\n\
///      max(v1 - 1, 0.5 - v1)^2"
/// );
/// # Ok::<(), formula::Error>(())
/// ```
pub fn print(graph: &Graph) -> String {
    let mut printer = Printer::new(graph);
    printer.name_tables();
    for id in graph.ids() {
        printer.visit(id);
    }
    printer.finish()
}

/// The [formula](print()) of a graph, and for each node the part of it that computes the
/// node; empty for nodes that nobody uses.
///
/// ```
/// use smalto_graph::formula;
///
/// let graph = formula::parse("let r = x + 1; r * r - y")?;
/// let (text, parts) = formula::print_parts(&graph);
/// assert_eq!(text, "let v1 = x + 1;\nv1 * v1 - y");
/// assert_eq!(parts, ["x", "1", "v1 = x + 1", "v1 * v1", "y", "v1 * v1 - y"]);
/// # Ok::<(), formula::Error>(())
/// ```
pub fn print_parts(graph: &Graph) -> (String, Vec<String>) {
    let mut printer = Printer::new(graph);
    printer.name_tables();
    let mut parts = Vec::with_capacity(graph.len());
    for id in graph.ids() {
        printer.visit(id);
        parts.push(printer.part(id));
    }
    (printer.finish(), parts)
}

/// How a node is written where it is used.
#[derive(Debug, Clone)]
enum Form {
    /// Not at all: it is dead, a leaf, or already part of another text.
    Absent,
    /// By its text, which has this level.
    Inline(String, Level),
    /// By a name.
    Named(String),
}

struct Printer<'g> {
    graph: &'g Graph,
    uses: Vec<u32>,
    is_output: Vec<bool>,
    forms: Vec<Form>,
    table_names: Vec<String>,
    let_names: Names<'g>,
    /// The named nodes, in the order of their statements.
    lets: Vec<NodeId>,
    statements: Vec<String>,
}

impl<'g> Printer<'g> {
    fn new(graph: &'g Graph) -> Printer<'g> {
        let mut is_output = vec![false; graph.len()];
        for output in graph.outputs() {
            is_output[output.node.index()] = true;
        }
        Printer {
            graph,
            uses: graph.use_counts(),
            is_output,
            forms: vec![Form::Absent; graph.len()],
            table_names: Vec::new(),
            let_names: Names::new(graph, "v"),
            lets: Vec::new(),
            statements: Vec::new(),
        }
    }

    // -- statements -------------------------------------------------------

    /// Gives names to the tables that are used, and writes them out.
    fn name_tables(&mut self) {
        let mut is_used = vec![false; self.graph.tables().len()];
        for (node, &uses) in self.graph.nodes().iter().zip(&self.uses) {
            if let Node::Lookup { table, .. } = node {
                is_used[table.index()] |= uses > 0;
            }
        }
        let mut names = Names::new(self.graph, "table");
        for (table, is_used) in self.graph.tables().iter().zip(is_used) {
            let name = if is_used { names.next() } else { String::new() };
            if is_used {
                let declared = declaration(&name, table.ty());
                let elements: Vec<String> = table.values().iter().map(|&v| element(v)).collect();
                let elements = elements.join(", ");
                self.statements
                    .push(format!("table {declared} = [{elements}];"));
            }
            self.table_names.push(name);
        }
    }

    /// Writes `let` statements for the nodes that are not part of another text.
    fn visit(&mut self, id: NodeId) {
        let uses = self.uses[id.index()];
        let is_leaf = matches!(
            self.graph.node(id),
            Node::Constant(_) | Node::Variable { .. }
        );
        if uses == 0 || is_leaf {
            return;
        }
        let (text, level) = self.compose(id);
        let is_short = text.len() <= LONGEST_OPERAND || self.is_output[id.index()];
        self.forms[id.index()] = if uses == 1 && is_short {
            Form::Inline(text, level)
        } else {
            let name = self.let_names.next();
            self.statements.push(format!("let {name} = {text};"));
            self.lets.push(id);
            Form::Named(name)
        };
    }

    /// The text of a node that was visited last.
    fn part(&mut self, id: NodeId) -> String {
        match &self.forms[id.index()] {
            Form::Inline(text, _) => text.clone(),
            Form::Named(_) => {
                let statement = self.statements.last().map_or("", String::as_str);
                let bare = statement.strip_prefix("let ").unwrap_or(statement);
                bare.trim_end_matches(';').into()
            }
            Form::Absent if self.uses[id.index()] == 0 => String::new(),
            Form::Absent => self.compose(id).0,
        }
    }

    /// Writes the outputs, and the inputs where they must be declared.
    fn finish(mut self) -> String {
        let outputs = self.graph.outputs();
        for (position, output) in outputs.iter().enumerate() {
            let text = self.operand(output.node, CHOICE);
            self.statements.push(match &*output.name {
                "" if position + 1 == outputs.len() => text,
                "" => format!("output = {text};"),
                name => format!("output {name} = {text};"),
            });
        }
        if !self.inputs_are_implied() {
            self.statements.insert(0, inputs(self.graph.variables()));
        }
        if self.statements.is_empty() {
            self.statements.push(inputs(&[]));
        }
        self.statements.join("\n")
    }

    /// Whether the parser would make the same inputs, in the same order, from the
    /// use of their names alone.
    fn inputs_are_implied(&self) -> bool {
        let inputs = self.graph.variables();
        let is_implicit = |v: &Variable| v.ty == Type::Real && IMPLICIT.contains(&&*v.name);
        if !inputs.iter().all(is_implicit) {
            return false;
        }
        let outputs = self.graph.outputs().iter().map(|output| output.node);
        let mut seen = 0;
        for statement in self.lets.iter().copied().chain(outputs) {
            // In the order of the text: operands from left to right.
            let mut stack = vec![statement];
            while let Some(id) = stack.pop().filter(|_| seen < inputs.len()) {
                match self.graph.node(id) {
                    Node::Variable { variable, .. } if variable.index() > seen => return false,
                    Node::Variable { variable, .. } if variable.index() == seen => seen += 1,
                    _ if id != statement && matches!(self.forms[id.index()], Form::Named(_)) => {}
                    _ => stack.extend(self.graph.operands(id).iter().rev()),
                }
            }
        }
        seen == inputs.len()
    }

    // -- expressions ------------------------------------------------------

    /// The text of a node in terms of its operands' texts, and its level.
    fn compose(&mut self, id: NodeId) -> (String, Level) {
        let graph = self.graph;
        let operands = graph.operands(id);
        match graph.node(id) {
            Node::Apply { op, .. } => self.application(op, operands),
            Node::Lookup { table, index, .. } => {
                let index = self.operand(index, CHOICE);
                (format!("{}[{index}]", self.table_name(table)), ATOM)
            }
            Node::Call(call) => self.call(graph.called(call).name(), operands),
            Node::Constant(constant) => literal(constant.value()),
            Node::Variable { variable, .. } => {
                (graph.variables()[variable.index()].name.to_string(), ATOM)
            }
        }
    }

    fn application(&mut self, op: Op, operands: &[NodeId]) -> (String, Level) {
        let is_two = |id: NodeId| self.graph.value(id) == Some(Value::Real(2.0));
        match (op, operands) {
            // `-2` is a constant, and `a ^ 2` a square.
            (Op::Neg, &[a]) if self.graph.value(a).is_some() => {
                (format!("-({})", self.operand(a, CHOICE)), PREFIX)
            }
            (Op::Pow, &[_, exponent]) if is_two(exponent) => self.call(op.name(), operands),
            (Op::Square, &[a]) => (format!("{}^2", self.operand(a, ATOM)), POWER),
            (Op::Select, &[condition, then, otherwise]) => {
                let condition = self.operand(condition, CHOICE + 1);
                let then = self.operand(then, CHOICE);
                let otherwise = self.operand(otherwise, CHOICE);
                (format!("{condition} ? {then} : {otherwise}"), CHOICE)
            }
            (_, &[a, b]) => match INFIX.iter().find(|infix| infix.op == op) {
                Some(infix) => {
                    let space = if infix.level < POWER { " " } else { "" };
                    let (left, right) = (self.operand(a, infix.left), self.operand(b, infix.right));
                    let symbol = infix.symbol.text();
                    (format!("{left}{space}{symbol}{space}{right}"), infix.level)
                }
                None => self.call(op.name(), operands),
            },
            (_, &[a]) => match PREFIXES.iter().find(|(_, prefix)| *prefix == op) {
                Some((symbol, _)) => {
                    let operand = self.operand(a, PREFIX);
                    (format!("{}{operand}", symbol.text()), PREFIX)
                }
                None => self.call(op.name(), operands),
            },
            _ => self.call(op.name(), operands),
        }
    }

    fn call(&mut self, name: &str, operands: &[NodeId]) -> (String, Level) {
        let operands: Vec<String> = operands
            .iter()
            .map(|&operand| self.operand(operand, CHOICE))
            .collect();
        (format!("{name}({})", operands.join(", ")), ATOM)
    }

    /// A node as an operand, in parentheses if it is looser than `loosest`.
    fn operand(&mut self, id: NodeId, loosest: Level) -> String {
        let form = match &mut self.forms[id.index()] {
            Form::Named(name) => return name.clone(),
            form => std::mem::replace(form, Form::Absent),
        };
        let (text, level) = match form {
            Form::Inline(text, level) => (text, level),
            // A leaf, which is written anew wherever it is used.
            _ => self.compose(id),
        };
        if level < loosest {
            format!("({text})")
        } else {
            text
        }
    }

    fn table_name(&self, table: TableId) -> &str {
        &self.table_names[table.index()]
    }
}

/// Names that no input has: a prefix and a number.
struct Names<'g> {
    graph: &'g Graph,
    prefix: &'static str,
    last: usize,
}

impl<'g> Names<'g> {
    fn new(graph: &'g Graph, prefix: &'static str) -> Names<'g> {
        Names {
            graph,
            prefix,
            last: 0,
        }
    }

    fn next(&mut self) -> String {
        loop {
            self.last += 1;
            let name = format!("{}{}", self.prefix, self.last);
            if self.graph.variable_named(&name).is_none() {
                return name;
            }
        }
    }
}

/// A constant, which binds like a prefix operator if it has a sign.
fn literal(value: Value) -> (String, Level) {
    let text = number::print(value);
    let level = if text.starts_with('-') { PREFIX } else { ATOM };
    (text, level)
}

/// A constant as an element of a table of its type.
fn element(value: Value) -> String {
    match value {
        Value::I32(integer) => integer.to_string(),
        value => number::print(value),
    }
}

fn inputs(variables: &[Variable]) -> String {
    let declarations: Vec<String> = variables
        .iter()
        .map(|variable| declaration(&variable.name, variable.ty))
        .collect();
    match declarations.as_slice() {
        [] => "input;".into(),
        _ => format!("input {};", declarations.join(", ")),
    }
}

/// A name, with its type if that is not the default.
fn declaration(name: &str, ty: Type) -> String {
    match ty {
        Type::Real => name.into(),
        ty => format!("{name}: {ty}"),
    }
}
