//! Transcendental functions give the scalar machine's bits on every target: at special
//! values, where their slow paths begin, and at random.

mod common;

use common::{Random, evaluator, targets_for};
use smalto_graph::{Class, Graph, Op, Type, Value};
use smalto_jit::{Input, Output, Real};
use smalto_lower::Reference;

/// Zeros, subnormal numbers, the ends of the range, and where functions change their form.
const SPECIAL: [f64; 25] = [
    0.0,
    -0.0,
    f64::NAN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    1.0,
    -1.0,
    0.5,
    -0.5,
    2.0,
    3.0,
    -3.0,
    1e-310,
    -1e-310,
    1e-40,
    1e-5,
    0.75,
    89.0,
    -104.0,
    710.0,
    -746.0,
    3e9,
    -3e9,
    1e30,
    1.7e308,
];

/// Enough for every remainder of a vector.
const RANDOM: usize = 4000;

fn check<T: Real>(op: Op) {
    let mut graph = Graph::new();
    let names = ["x", "y"][..op.arity()].iter();
    let operands: Vec<_> = names
        .map(|name| graph.variable(name, Type::Real).unwrap())
        .collect();
    let value = graph.apply(op, &operands).unwrap();
    graph.output("value", value).unwrap();

    let (x, y) = points::<T>();
    let expected: Vec<T> = x
        .iter()
        .zip(&y)
        .map(|point| scalar(&graph, op, point))
        .collect();
    for target in targets_for::<T>(&graph) {
        let mut found = vec![T::from_f64(7.0); x.len()];
        let inputs = [Input::Slice(&x), Input::Slice(&y)];
        evaluator::<T>(&graph, target, &[])
            .eval(&inputs[..op.arity()], &mut [Output::Slice(&mut found)])
            .unwrap();
        for (index, (found, expected)) in found.iter().zip(&expected).enumerate() {
            let [found, expected] = [found, expected].map(|value| value.to_f64());
            assert!(
                found.to_bits() == expected.to_bits() || found.is_nan() && expected.is_nan(),
                "{op} of {:e}, {:e} is {expected:e}, but {found:e} on {target}, {:?}",
                x[index].to_f64(),
                y[index].to_f64(),
                T::ELEMENT,
            );
        }
    }
}

/// Every pair of special values, and random ones: of any bits, and of moderate size.
fn points<T: Real>() -> (Vec<T>, Vec<T>) {
    let pairs = SPECIAL.iter().flat_map(|&x| SPECIAL.map(|y| (x, y)));
    let mut random = Random(11);
    let mut number = move |index: usize| match (index % 2, random.value(Type::Real)) {
        (0, Value::Real(any)) => any,
        (_, Value::Real(any)) => any % 100.0,
        _ => unreachable!("a real was asked for"),
    };
    let random = (0..RANDOM).map(|index| (number(index), number(index + index / 2)));
    pairs
        .chain(random)
        .map(|(x, y)| (T::from_f64(x), T::from_f64(y)))
        .unzip()
}

fn scalar<T: Real>(graph: &Graph, op: Op, (x, y): (&T, &T)) -> T {
    let point = [Value::Real(x.to_f64()), Value::Real(y.to_f64())];
    let results = Reference(T::ELEMENT)
        .run(graph, &point[..op.arity()])
        .unwrap();
    match results[0] {
        Value::Real(value) => T::from_f64(value),
        other => panic!("{op} gives a {}", other.ty()),
    }
}

#[test]
fn functions_have_the_same_bits_on_every_target() {
    let functions = Op::ALL
        .iter()
        .filter(|op| op.class() == Class::Transcendental);
    for &op in functions {
        check::<f32>(op);
        check::<f64>(op);
    }
}
