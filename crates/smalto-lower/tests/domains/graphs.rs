//! Intervals of whole graphs: what one rule gives the next one takes.

use crate::boxes::{Range, Values};
use crate::cases::constant;
use crate::common::recordable;
use crate::rows::Row;
use crate::rules::{Parts, apply};
use crate::values::{Random, Word};
use proptest::prelude::*;
use smalto_graph::{Graph, Node, NodeId, Op, Table, Type, Value};
use smalto_lower::domain::Intervals;
use smalto_lower::{Float, Lanes, Reference, Scalar};

/// Boxes tried for each graph.
const BOXES: usize = 12;
/// Points tried in each box.
const POINTS: usize = 6;

/// A value as the bits of a lane.
fn word<T: Float>(value: Value) -> Word {
    match value {
        Value::Real(value) => Values::new(Type::Real, T::ELEMENT).word(value),
        Value::I32(value) => u64::from(value as u32),
        Value::I64(value) => value as u64,
        Value::Bool(value) => value.into(),
    }
}

/// All that a table holds.
fn range_of<T: Float>(table: &Table) -> Range {
    let values = Values::new(table.ty(), T::ELEMENT);
    let words: Vec<Word> = table
        .values()
        .iter()
        .map(|&value| word::<T>(value))
        .collect();
    if let Some(&nan) = words.iter().find(|&&word| values.is_nan(word)) {
        return [nan, nan];
    }
    let by_rank = |&word: &Word| values.rank(word);
    let (least, greatest) = (
        words.iter().copied().min_by_key(by_rank),
        words.iter().copied().max_by_key(by_rank),
    );
    [least, greatest].map(|end| end.expect("no table is empty"))
}

/// The row of an op on operands of these types.
fn row(op: Op, types: &[Type]) -> Row {
    let is_it = |row: &Row| matches!(row, Row::Op(found, on) if (*found, *on) == (op, types));
    Row::ops().find(is_it).expect("every application is a row")
}

/// The bounds of every node, by box, given those of the inputs.
fn bounds<T: Float>(graph: &Graph, inputs: &[Parts]) -> Vec<Parts>
where
    Scalar<T>: Lanes<Element = T>,
{
    let everywhere = |[lo, hi]: Range| vec![vec![lo; BOXES], vec![hi; BOXES]];
    let mut bounds: Vec<Parts> = Vec::with_capacity(graph.len());
    for id in graph.ids() {
        let operands = graph.operands(id);
        let found = match graph.node(id) {
            Node::Constant(value) => {
                let word = word::<T>(value.value());
                match graph.ty(id) {
                    Type::Bool => everywhere([word, 1 - word]),
                    _ => everywhere([word, word]),
                }
            }
            Node::Variable { variable, .. } => inputs[variable.index()].clone(),
            Node::Apply { op, .. } => {
                let types: Vec<Type> = operands.iter().map(|&operand| graph.ty(operand)).collect();
                let parts: Vec<Parts> =
                    operands.iter().map(|o| bounds[o.index()].clone()).collect();
                let ruled = apply::<Intervals, _>(Scalar::<T>::new(), row(op, &types), &parts);
                ruled.expect("every rule is tried on one lane").result
            }
            Node::Lookup { table, .. } => everywhere(range_of::<T>(&graph.tables()[table.index()])),
            Node::Call(_) => unreachable!("these graphs have no user ops"),
        };
        bounds.push(found);
    }
    bounds
}

/// The graph with every node an output.
fn shown(graph: &Graph) -> Graph {
    let mut graph = graph.clone();
    graph.clear_outputs();
    for id in graph.ids() {
        graph
            .output(&format!("node{}", id.index()), id)
            .expect("a new name");
    }
    graph
}

fn check<T: Float>(graph: &Graph, seed: u64)
where
    Scalar<T>: Lanes<Element = T>,
{
    let graph = shown(graph);
    let mut source = Random(seed);
    let of = |ty| Values::new(ty, T::ELEMENT);
    let variables: Vec<Values> = graph.variables().iter().map(|input| of(input.ty)).collect();
    let ranges = variables
        .iter()
        .map(|values| [(); BOXES].map(|()| values.range(&mut source)));
    let ranges: Vec<[Range; BOXES]> = ranges.collect();
    let inputs = ranges.iter().map(|ranges| {
        [0, 1]
            .map(|part| ranges.map(|range| range[part]).to_vec())
            .to_vec()
    });
    let bounds = bounds::<T>(&graph, &inputs.collect::<Vec<Parts>>());
    let nodes: Vec<NodeId> = graph.ids().collect();
    for index in 0..BOXES {
        for _ in 0..POINTS {
            let inputs = variables.iter().zip(&ranges);
            let point = inputs.map(|(values, ranges)| {
                let word = values.point(ranges[index], &mut source);
                constant(values.ty, T::ELEMENT, word)
            });
            let point: Vec<Value> = point.collect();
            let found = Reference(T::ELEMENT)
                .run(&graph, &point)
                .expect("the inputs fit");
            for (&id, &found) in nodes.iter().zip(&found) {
                let values = of(graph.ty(id));
                let range = [0, 1].map(|part| bounds[id.index()][part][index]);
                assert!(
                    values.is_in(word::<T>(found), range),
                    "{:?} of {:?} is {}, but at {point:?} it is {found:?}",
                    graph.node(id),
                    graph
                        .operands(id)
                        .iter()
                        .map(|o| {
                            let range = [0, 1].map(|part| bounds[o.index()][part][index]);
                            of(graph.ty(*o)).show_range(range)
                        })
                        .collect::<Vec<_>>(),
                    values.show_range(range),
                );
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn bounds_of_random_graphs_in_f32(graph in recordable(60), seed: u64) {
        check::<f32>(&graph, seed);
    }

    #[test]
    fn bounds_of_random_graphs_in_f64(graph in recordable(60), seed: u64) {
        check::<f64>(&graph, seed);
    }
}
