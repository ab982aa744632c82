//! Random graphs, for properties that hold of every graph.
//!
//! A graph is a function of a list of numbers, the choices made while it grew, so
//! that a property test shrinks it by shrinking the list, and a fuzzer or another
//! generator can stand in for proptest.
//!
//! Not every test file uses everything here.
#![allow(dead_code)]

use proptest::prelude::*;
use smalto_graph::{Graph, Kind, NodeId, Op, Table, Type, UserOp, Value, formula};
use std::collections::HashSet;
use std::sync::{Arc, LazyLock};

/// What a random graph may be made of.
#[derive(Debug, Clone)]
pub(crate) struct Menu {
    /// The ops.
    pub(crate) ops: Vec<Op>,
    /// The inputs, of which a graph has some, in this order or another.
    pub(crate) inputs: Vec<(&'static str, Type)>,
    /// Whether a graph may have its inputs in another order than they are here.
    pub(crate) any_input_order: bool,
    /// The types of constants.
    pub(crate) constants: Vec<Type>,
    /// User ops.
    pub(crate) user_ops: Vec<Arc<UserOp>>,
    /// Tables.
    pub(crate) tables: Vec<Table>,
    /// Names of outputs; a graph has some, but if there is one name, that one.
    pub(crate) outputs: Vec<&'static str>,
}

impl Menu {
    /// Everything that a [`Graph`] can hold.
    pub(crate) fn everything() -> Menu {
        Menu {
            ops: Op::ALL.to_vec(),
            // Among them names of ops, and names that a printer might make up.
            inputs: vec![
                ("x", Type::Real),
                ("y", Type::Real),
                ("z", Type::Real),
                ("t", Type::Real),
                ("n", Type::I32),
                ("k", Type::I64),
                ("sin", Type::Real),
                ("i32", Type::I32),
                ("v1", Type::Real),
                ("table1", Type::I64),
                ("view.m00", Type::Real),
                ("größe_", Type::Real),
                ("half_life", Type::Real),
            ],
            any_input_order: true,
            constants: Type::ALL.to_vec(),
            user_ops: user_ops(),
            tables: tables(),
            outputs: vec!["", "x", "v1", "color.r", "max"],
        }
    }

    /// Reals over x, y and z by `ops`, with one unnamed output.
    pub(crate) fn reals(ops: &[Op]) -> Menu {
        Menu {
            ops: ops.to_vec(),
            inputs: ["x", "y", "z"].map(|name| (name, Type::Real)).to_vec(),
            any_input_order: false,
            constants: vec![Type::Real],
            user_ops: Vec::new(),
            tables: Vec::new(),
            outputs: vec![""],
        }
    }
}

/// Graphs made of `menu`, of up to `size` nodes or so.
pub(crate) fn graphs(menu: Menu, size: usize) -> impl Strategy<Value = Graph> {
    prop::collection::vec(any::<u32>(), 0..6 * size)
        .prop_map(move |choices| random_graph(&menu, &choices))
}

/// The parser that knows the [user ops](user_ops).
pub(crate) fn parser() -> formula::Parser {
    user_ops()
        .into_iter()
        .fold(formula::Parser::new(), formula::Parser::with_op)
}

/// Pure and stateful ops, of no, one and many operands. One is called like an input.
pub(crate) fn user_ops() -> Vec<Arc<UserOp>> {
    static OPS: LazyLock<Vec<Arc<UserOp>>> = LazyLock::new(|| {
        let counter = || {
            let mut count = 0.0;
            move |_: &[f64]| {
                count += 1.0;
                count
            }
        };
        [
            UserOp::function("half_life", 1, |operands| 0.5f64.powf(operands[0])),
            UserOp::lowering("lowered", 4, |o| o[0] + o[1] * o[2] - o[3]),
            UserOp::process("count", 0, counter),
            UserOp::process("smooth.1", 2, counter),
        ]
        .map(|op| op.unwrap())
        .to_vec()
    });
    OPS.clone()
}

fn tables() -> Vec<Table> {
    vec![
        Table::real([1.0, -0.0, f64::NAN, f64::NEG_INFINITY, 0.1]).unwrap(),
        Table::i32([0, i32::MIN, i32::MAX, -1]).unwrap(),
        Table::i32([1]).unwrap(),
        Table::real([1.0]).unwrap(),
    ]
}

/// The graph that grows by these choices.
pub(crate) fn random_graph(menu: &Menu, choices: &[u32]) -> Graph {
    // The last choices are kept for the outputs, which are declared at the end.
    const FOR_OUTPUTS: usize = 24;
    let (growth, outputs) = choices.split_at(choices.len().saturating_sub(FOR_OUTPUTS));
    let mut grower = Grower {
        menu,
        choices: growth.iter(),
        graph: Graph::new(),
        nodes: Vec::new(),
        used: HashSet::new(),
    };
    grower.declare_inputs();
    while grower.choices.len() > 0 {
        let node = grower.grow();
        grower.nodes.push(node);
    }
    grower.choices = outputs.iter();
    grower.declare_outputs();
    grower.graph
}

struct Grower<'c> {
    menu: &'c Menu,
    choices: std::slice::Iter<'c, u32>,
    graph: Graph,
    nodes: Vec<NodeId>,
    used: HashSet<NodeId>,
}

impl Grower<'_> {
    /// A number below `bound`; 0 when the choices are at an end.
    fn choose(&mut self, bound: usize) -> usize {
        self.choices.next().map_or(0, |&choice| choice as usize) % bound
    }

    fn pick<T: Clone>(&mut self, items: &[T]) -> T {
        items[self.choose(items.len())].clone()
    }

    fn declare_inputs(&mut self) {
        let mut inputs = self.menu.inputs.clone();
        for _ in 0..self.choose(inputs.len() + 1) {
            let removed = self.choose(inputs.len());
            let last = inputs.len() - 1;
            if self.menu.any_input_order {
                inputs.swap(removed, last);
                inputs.rotate_left(1);
            }
            inputs.pop();
        }
        for (name, ty) in inputs {
            let node = self.graph.variable(name, ty).unwrap();
            self.nodes.push(node);
        }
    }

    fn declare_outputs(&mut self) {
        let mut names = self.menu.outputs.clone();
        let count = match names.len() {
            1 => 1,
            most => self.choose(most + 1),
        };
        for _ in 0..count {
            let name = names.remove(self.choose(names.len()));
            let ty = self.pick(&self.menu.constants);
            let node = match (self.choose(4), self.nodes.last()) {
                (0, Some(&last)) => last,
                (1, _) => self.operand(ty),
                _ => self.operand(Type::Real),
            };
            self.graph.output(name, node).unwrap();
        }
    }

    fn grow(&mut self) -> NodeId {
        match self.choose(12) {
            0 => {
                let ty = self.pick(&self.menu.constants);
                self.constant(ty)
            }
            1 if !self.menu.user_ops.is_empty() => {
                let op = self.pick(&self.menu.user_ops);
                let operands: Vec<NodeId> =
                    (0..op.arity()).map(|_| self.operand(Type::Real)).collect();
                self.graph.call(&op, &operands).unwrap()
            }
            2 if !self.menu.tables.is_empty() => {
                let table = self.pick(&self.menu.tables);
                let table = self.graph.table(table);
                let index = self.operand(Type::I32);
                self.graph.lookup(table, index).unwrap()
            }
            _ => {
                let op = self.pick(&self.menu.ops);
                self.apply(op)
            }
        }
    }

    fn apply(&mut self, op: Op) -> NodeId {
        let kinds = op.row().operands;
        let polymorphic = kinds.iter().find(|kind| kind.is_polymorphic());
        let shared = polymorphic.map(|kind| {
            let constants = &self.menu.constants;
            let fitting: Vec<Type> = constants
                .iter()
                .copied()
                .filter(|&ty| kind.accepts(ty))
                .collect();
            self.pick(&fitting)
        });
        let operands: Vec<NodeId> = kinds
            .iter()
            .map(|kind| match kind {
                Kind::Only(ty) => self.operand(*ty),
                _ => self.operand(shared.unwrap_or(Type::Real)),
            })
            .collect();
        self.graph.apply(op, &operands).unwrap()
    }

    /// A node of type `ty`: mostly the latest that nothing uses yet, so that much of
    /// the graph hangs together, sometimes any, a constant if there is none.
    fn operand(&mut self, ty: Type) -> NodeId {
        let fitting: Vec<NodeId> = self
            .nodes
            .iter()
            .copied()
            .filter(|&id| self.graph.ty(id) == ty)
            .collect();
        let unused = fitting.iter().rev().find(|id| !self.used.contains(*id));
        let node = match (self.choose(8), unused) {
            _ if fitting.is_empty() => self.constant(ty),
            (0, _) => self.constant(ty),
            (1..=3, _) | (_, None) => self.pick(&fitting),
            (_, Some(&latest)) => latest,
        };
        self.used.insert(node);
        node
    }

    fn constant(&mut self, ty: Type) -> NodeId {
        const SPECIAL: [f64; 16] = [
            0.0,
            -0.0,
            1.0,
            2.0,
            -2.0,
            0.1,
            -1e-7,
            1e300,
            f64::MAX,
            f64::MIN_POSITIVE,
            5e-324,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::NAN,
            std::f64::consts::PI,
            -std::f64::consts::E,
        ];
        let bits = self.choose(1 << 32) as u64 | (self.choose(1 << 32) as u64) << 32;
        let special = bits & 1 == 0;
        let value = match ty {
            Type::Real if special => Value::Real(self.pick(&SPECIAL)),
            Type::Real => Value::Real(f64::from_bits(bits)),
            Type::I32 if special => Value::I32(self.pick(&[0, 1, 2, -1, i32::MIN, i32::MAX])),
            Type::I32 => Value::I32(bits as i32),
            Type::I64 if special => Value::I64(self.pick(&[0, 2, -1, i64::MIN, i64::MAX])),
            Type::I64 => Value::I64(bits as i64),
            Type::Bool => Value::Bool(special),
        };
        self.graph.constant(value)
    }
}
