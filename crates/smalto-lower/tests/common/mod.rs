//! What tests of evaluation share: random graphs, and points to evaluate them at.
//!
//! Not every test file uses everything here.
#![allow(dead_code)]

#[path = "../../../smalto-graph/tests/common/mod.rs"]
pub(crate) mod graphs;

use graphs::Menu;
use proptest::prelude::*;
use smalto_graph::{Body, Graph, NodeId, Type, Value};

/// Graphs of everything but user ops that are stateful or have a lowering, whose
/// outputs show many of their nodes.
pub(crate) fn pure_graphs(size: usize) -> impl Strategy<Value = Graph> {
    let mut menu = Menu::everything();
    let is_function = |body: &Body| matches!(body, Body::Function(_));
    menu.user_ops.retain(|op| is_function(op.body()));
    observed(graphs::graphs(menu, size))
}

/// Graphs of everything that has a form over primitives.
pub(crate) fn recordable(size: usize) -> impl Strategy<Value = Graph> {
    observed(graphs::graphs(recordable_menu(), size))
}

/// Such graphs whose inputs are reals.
pub(crate) fn recordable_of_reals(size: usize) -> impl Strategy<Value = Graph> {
    let mut menu = recordable_menu();
    menu.inputs.retain(|(_, ty)| *ty == Type::Real);
    observed(graphs::graphs(menu, size))
}

fn recordable_menu() -> Menu {
    let mut menu = Menu::everything();
    menu.user_ops.clear();
    menu
}

/// `graphs` with outputs of any type all over them.
pub(crate) fn observed(graphs: impl Strategy<Value = Graph>) -> impl Strategy<Value = Graph> {
    (graphs, any::<u64>()).prop_map(|(mut graph, seed)| {
        let mut random = Random(seed);
        let nodes: Vec<NodeId> = graph.ids().collect();
        graph.clear_outputs();
        if let Some(&last) = nodes.last() {
            graph.output("last", last).unwrap();
            for index in 0..random.below(8) {
                let node = nodes[random.below(nodes.len())];
                graph.output(&format!("output{index}"), node).unwrap();
            }
        }
        graph
    })
}

/// Numbers without end from a seed (Steele, Lea and Flood's SplitMix, OOPSLA 2014).
#[derive(Debug, Clone)]
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        (self.bits() % bound as u64) as usize
    }

    pub(crate) fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }

    /// A value of type `ty`: one in three is special, one has any bits at all, and one
    /// is such as occurs in practice.
    pub(crate) fn value(&mut self, ty: Type) -> Value {
        let bits = self.bits();
        let kind = self.below(3);
        match ty {
            Type::Real => Value::Real(match kind {
                0 => self.pick(REALS),
                1 if bits & 1 == 0 => f64::from_bits(bits),
                1 => f64::from(f32::from_bits(bits as u32)),
                _ => (bits as u32 as f64 / 2f64.powi(32) - 0.5) * self.pick(&[2.0, 8.0, 1e3]),
            }),
            Type::I32 => Value::I32(match kind {
                0 => self.pick(&[0, 1, -1, 2, 31, 32, i32::MIN, i32::MIN + 1, i32::MAX]),
                1 => bits as i32,
                _ => (bits % 200) as i32 - 100,
            }),
            Type::I64 => Value::I64(match kind {
                0 => self.pick(&[0, 1, -1, 63, 64, 1 << 53, i64::MIN, i64::MAX]),
                1 => bits as i64,
                _ => (bits % 200) as i64 - 100,
            }),
            Type::Bool => Value::Bool(bits & 1 == 0),
        }
    }

    /// A value for each input of `graph`.
    pub(crate) fn point(&mut self, graph: &Graph) -> Vec<Value> {
        let variables = graph.variables().iter();
        variables.map(|variable| self.value(variable.ty)).collect()
    }
}

/// Reals at which arithmetic has edges, in f32 or in f64.
pub(crate) const REALS: &[f64] = &[
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    -0.5,
    2.0,
    1.5,
    2.5,
    -2.5,
    3.0,
    0.1,
    -0.1,
    std::f64::consts::PI,
    std::f64::consts::FRAC_PI_2,
    // The largest below one half and below one, in either element.
    0.499_999_970_197_677_6,
    0.499_999_999_999_999_94,
    0.999_999_940_395_355_2,
    0.999_999_999_999_999_9,
    // Around the widths of significands and integers.
    8_388_607.5,
    16_777_217.0,
    2_147_483_648.0,
    -2_147_483_649.0,
    4_503_599_627_370_495.5,
    9_007_199_254_740_993.0,
    9_223_372_036_854_775_808.0,
    -9_223_372_036_854_775_808.0,
    // Subnormal, smallest normal and largest, in either element.
    1.401_298_464_324_817e-45,
    -1e-40,
    f32::MIN_POSITIVE as f64,
    f32::MAX as f64,
    -f32::MAX as f64,
    5e-324,
    -1e-310,
    f64::MIN_POSITIVE,
    f64::MAX,
    -f64::MAX,
    1e30,
    -1e-30,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
];
