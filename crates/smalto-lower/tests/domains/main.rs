//! Rules of domains against the meanings of their ops.
//!
//! | property | of |
//! |---|---|
//! | the result of any point in a box is within the box's bounds | intervals |
//! | a decided choice gives that operand, to the bit | intervals |
//! | a smaller box has bounds within | intervals |
//! | all of that for whole graphs, node by node | intervals |
//! | bounds are the same on every machine | intervals |
//! | the value has the bits of the op; its slope is that of the graph's derivative | gradients |
//!
//! Rows of ops, values where they have edges and waves in memory are those of the
//! conformance suite.

#[path = "../conformance/cases.rs"]
#[allow(dead_code, reason = "the conformance suite uses the rest")]
mod cases;
#[path = "../conformance/rows.rs"]
#[allow(dead_code, reason = "the conformance suite uses the rest")]
mod rows;
#[path = "../conformance/runner.rs"]
#[allow(dead_code, reason = "the conformance suite uses the rest")]
mod runner;
#[path = "../conformance/values.rs"]
mod values;
#[path = "../conformance/waves.rs"]
mod waves;

#[path = "../common/mod.rs"]
mod common;

mod boxes;
mod gradient;
mod graphs;
mod interval;
mod rules;
