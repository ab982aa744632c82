//! The interpreter is the reference, bit for bit, on every level, and so is machine code.

mod common;

use common::{Call, Random, difference, evaluator, pure_graphs, targets_for, targets_in_mode};
use proptest::prelude::*;
use smalto_graph::passes::{Mode, optimise};
use smalto_graph::{Graph, Kind, NodeId, Op, Type, formula};
use smalto_jit::{BATCH, Evaluator, Options, Real};
use smalto_lower::Reference;

/// A length at which batches and waves end in some way or other.
fn random_length(random: &mut Random) -> usize {
    match random.below(4) {
        0 => random.below(4),
        1 => random.below(40),
        2 => BATCH * (1 + random.below(3)) + random.below(4),
        _ => random.below(3 * BATCH + 4),
    }
}

/// That every target gives what the reference gives for `graph`, with random inputs of
/// which a random selection is uniform, twice in the same memory. What the fast passes
/// make of it is another graph, but then that one is the reference.
fn check<T: Real>(graph: &Graph, mode: Mode, random: &mut Random) -> Result<(), TestCaseError> {
    let rewritten = match mode {
        Mode::Strict => graph,
        Mode::Fast => &optimise(graph, &Reference(T::ELEMENT), mode),
    };
    let names = graph.variables().iter().map(|variable| &*variable.name);
    let uniform: Vec<&str> = names.filter(|_| random.below(3) == 0).collect();
    let calls = [(); 2].map(|()| {
        let length = random_length(random);
        Call::<T>::random(graph, &uniform, length, random)
    });
    let expected: Vec<_> = calls.iter().map(|call| call.expected(rewritten)).collect();
    for target in targets_in_mode::<T>(graph, mode) {
        let options = Options {
            target,
            mode,
            uniform: &uniform,
        };
        let evaluator = match Evaluator::new(graph, &options) {
            Ok(evaluator) => evaluator,
            Err(error) => return Err(TestCaseError::fail(format!("{target}: {error}"))),
        };
        for (call, expected) in calls.iter().zip(&expected) {
            let found = call.evaluate(graph, &evaluator);
            let difference = difference(&found, expected);
            prop_assert!(
                difference.is_none(),
                "{target} and reference differ for {} points, scalars {:?}, uniform {:?}: {}\n{}",
                call.length,
                call.is_scalar,
                uniform,
                difference.unwrap(),
                formula::print(graph),
            );
        }
    }
    Ok(())
}

/// The input called `name` as a `ty`, a bool being whether it is below 0.
fn operand(graph: &mut Graph, name: &str, ty: Type) -> NodeId {
    match ty {
        Type::Bool => {
            let input = graph.variable(name, Type::Real).unwrap();
            let zero = graph.real(0.0);
            graph.apply(Op::Lt, &[input, zero]).unwrap()
        }
        _ => graph.variable(name, ty).unwrap(),
    }
}

/// `op` on inputs a, b, c, its polymorphic ones of type `ty`, if there is such an op.
fn graph_of(op: Op, ty: Type) -> Option<Graph> {
    let mut graph = Graph::new();
    let kinds = op.row().operands.iter().zip(["a", "b", "c"]);
    let operands: Vec<NodeId> = kinds
        .map(|(kind, name)| match *kind {
            Kind::Only(only) => operand(&mut graph, name, only),
            _ => operand(&mut graph, name, ty),
        })
        .collect();
    let node = graph.apply(op, &operands).ok()?;
    graph.output("", node).unwrap();
    Some(graph)
}

#[test]
fn every_op_in_every_form() {
    fn check<T: Real>(graph: &Graph, random: &mut Random) {
        let names: Vec<&str> = graph.variables().iter().map(|v| &*v.name).collect();
        for form in 0..1 << names.len() {
            let chosen = (0..names.len()).filter(|index| form >> index & 1 == 1);
            let uniform: Vec<&str> = chosen.map(|index| names[index]).collect();
            let call = Call::<T>::random(graph, &uniform, 67, random);
            let expected = call.expected(graph);
            for target in targets_for::<T>(graph) {
                let found = call.evaluate(graph, &evaluator(graph, target, &uniform));
                let difference = difference(&found, &expected);
                assert_eq!(difference, None, "{target}: {}", formula::print(graph));
            }
        }
    }
    let mut random = Random(11);
    for &op in Op::ALL {
        for graph in Type::ALL.iter().filter_map(|&ty| graph_of(op, ty)) {
            check::<f32>(&graph, &mut random);
            check::<f64>(&graph, &mut random);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn random_graphs_in_f32(graph in pure_graphs(200), seed: u64) {
        check::<f32>(&graph, Mode::Strict, &mut Random(seed))?;
    }

    #[test]
    fn random_graphs_in_f64(graph in pure_graphs(200), seed: u64) {
        check::<f64>(&graph, Mode::Strict, &mut Random(seed))?;
    }

    #[test]
    fn random_graphs_made_fast(graph in pure_graphs(200), seed: u64) {
        check::<f32>(&graph, Mode::Fast, &mut Random(seed))?;
    }
}
