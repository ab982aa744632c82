//! Chains: straight-line programs of any length, each op using the result of the one
//! before.

use smalto::{Graph, NodeId, Op, Type};

/// The inputs of a chain.
pub(crate) const INPUTS: [&str; 3] = ["x", "y", "z"];

/// A chain of `ops` on f32: products, sums and differences in turn. Nothing in it can be
/// simplified, and few values are alive at a time, as in code from formulas.
pub(crate) fn graph(ops: usize) -> Graph {
    const TURNS: [Op; 3] = [Op::Mul, Op::Add, Op::Sub];
    let mut graph = Graph::with_capacity(ops + INPUTS.len());
    let inputs = INPUTS.map(|name| {
        let input = graph.variable(name, Type::Real);
        input.expect("names of inputs differ")
    });
    let step = |(value, graph): (NodeId, &mut Graph), turn: usize| {
        let operands = [value, inputs[turn % inputs.len()]];
        let result = graph.apply(TURNS[turn % TURNS.len()], &operands);
        result.expect("reals are multiplied, added and subtracted")
    };
    let mut value = inputs[1];
    for turn in 0..ops {
        value = step((value, &mut graph), turn);
    }
    graph.output("value", value).expect("there is one output");
    graph
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture;

    #[test]
    fn a_chain_has_as_many_ops_as_asked_for() {
        for ops in [1, 200, 2000] {
            assert_eq!(graph(ops).op_count(), ops);
            assert_eq!(picture::optimised(&graph(ops)).op_count(), ops);
        }
    }
}
