//! What callers of recorded kernels rely on, and what is refused.

use smalto_graph::{Element, Graph, Type, UserOp, formula};
use smalto_kernel::interpret::{Buffer, Interpreter};
use smalto_kernel::{Lane, Op};
use smalto_record::{RecordError, Recording, record_intervals, record_point, record_slices};

fn slices(graph: &Graph, uniform: &[bool]) -> Recording {
    let recording = record_slices(graph, Element::F32, uniform).expect("it is recorded");
    smalto_kernel::verify(recording.module()).expect("it verifies");
    recording
}

fn refused(graph: &Graph, expected: &str) {
    let uniform = vec![false; graph.variables().len()];
    let error = record_slices(graph, Element::F32, &uniform).unwrap_err();
    assert_eq!(error.to_string(), expected);
    assert_eq!(record_point(graph, Element::F64).unwrap_err(), error);
}

#[test]
fn buffers_and_parameters_are_in_order_and_named() {
    let graph = formula::parse(
        "input n: real; input i: i32; input gain: real; input k: i64;
         output gain = n * gain; output b = i < 1; output k = k + 1;",
    );
    let graph = graph.expect("it parses");
    let recording = slices(&graph, &[false, false, true, true]);
    let kernel = recording.module().routine(recording.kernel());
    assert_eq!(kernel.name(), "slices");
    let buffers = kernel.buffers().iter();
    let buffers: Vec<String> = buffers
        .map(|b| format!("{} {} {}", b.name, b.element, b.access))
        .collect();
    assert_eq!(
        buffers,
        [
            "n_2 f32 read",
            "i i32 read",
            "gain f32 write",
            "b f32 write",
            "k i64 write"
        ]
    );
    let parameters: Vec<String> = kernel
        .parameters()
        .map(|(name, ty)| format!("{name} {ty}"))
        .collect();
    assert_eq!(
        parameters,
        [
            "n u.i64",
            "n_2_step_mask u.i64",
            "i_step_mask u.i64",
            "gain_2 u.f32",
            "k_2 u.i64"
        ]
    );
}

#[test]
fn what_is_uniform_is_before_the_loop() {
    let graph = formula::parse("x + sqrt(y) * floor(y + 1)").expect("it parses");
    let recording = slices(&graph, &[false, true]);
    let kernel = recording.module().routine(recording.kernel());
    let [entry, body] = [0, 1].map(|at| kernel.block_ids().nth(at).expect("a block"));
    let is_in = |block, op| kernel.instructions_in(block).any(|v| kernel.op(v) == op);
    for op in [Op::Splat, Op::Sqrt, Op::Floor, Op::Mul] {
        assert!(is_in(entry, op) && !is_in(body, op), "{op}");
    }
    assert!(is_in(body, Op::Add) && !is_in(body, Op::Constant));
}

/// Nothing is loaded for an input that no output needs.
#[test]
fn unused_inputs_are_declared_only() {
    let graph = formula::parse("input x: real; input y: real; output d = x;").expect("it parses");
    let recording = slices(&graph, &[false, false]);
    let kernel = recording.module().routine(recording.kernel());
    let loads = kernel.instructions().iter().filter(|i| i.op() == Op::Load);
    assert_eq!((kernel.buffers().len(), loads.count()), (3, 1));
}

/// The kernel reads and writes within its slices: the interpreter says where it does not.
#[test]
fn fewer_points_than_lanes_are_the_callers_affair() {
    let graph = formula::parse("x + 1").expect("it parses");
    let recording = slices(&graph, &[false]);
    let interpreter = Interpreter::new(recording.module())
        .expect("it verifies")
        .width(4);
    let run = |points: i64| {
        let points_there = points as usize;
        let mut buffers = [
            Buffer::zeroed(Lane::F32, points_there),
            Buffer::zeroed(Lane::F32, points_there),
        ];
        interpreter.run("slices", &mut buffers, &[points.into(), (-1i64).into()])
    };
    assert_eq!([0, 4, 5].map(|points| run(points).is_ok()), [true; 3]);
    assert!(run(3).is_err());
}

#[test]
fn errors_name_the_op() {
    let with = |op| formula::Parser::new().with_op(op);
    let half = UserOp::function("half_life", 1, |o| 0.5f64.powf(o[0])).expect("a user op");
    let graph = with(half).parse("half_life(x)").expect("it parses");
    refused(
        &graph,
        "`half_life` is a function of the user's, which machine code cannot call; the interpreter can",
    );

    let last = UserOp::process("last", 1, || {
        let mut before = 0.0;
        move |o: &[f64]| std::mem::replace(&mut before, o[0])
    });
    let graph = with(last.expect("a user op"))
        .parse("last(x)")
        .expect("it parses");
    refused(
        &graph,
        "`last` has state from sample to sample, which machine code does not keep; the interpreter does",
    );

    let twice = UserOp::lowering("twice", 1, |o| o[0] + o[0]).expect("a user op");
    let graph = with(twice).parse("twice(x)").expect("it parses");
    refused(
        &graph,
        "`twice` stands for other ops; `optimise` puts them in its place",
    );
}

#[test]
fn a_point_is_of_reals() {
    let check = |text, name: &str, ty| {
        let graph = formula::parse(text).expect("it parses");
        let name = name.to_owned();
        assert_eq!(
            record_point(&graph, Element::F32).unwrap_err(),
            RecordError::NotReal { name, ty }
        );
    };
    check("input i: i32; output d = real(i);", "i", Type::I32);
    check("input x: real; output k = i64(x);", "k", Type::I64);
    let graph = formula::parse("input x: real; output inside = x < 1;").expect("it parses");
    assert!(record_point(&graph, Element::F32).is_ok());
}

#[test]
fn there_are_so_many_buffers() {
    let graph_of = |inputs: usize| {
        let mut graph = Graph::new();
        let mut sum = graph.real(0.0);
        for at in 0..inputs {
            let input = graph
                .variable(&format!("v{at}"), Type::Real)
                .expect("a name");
            sum = graph
                .apply(smalto_graph::Op::Add, &[sum, input])
                .expect("it fits");
        }
        graph.output("", sum).expect("a name");
        graph
    };
    slices(&graph_of(254), &[false; 254]);
    assert_eq!(
        record_slices(&graph_of(255), Element::F32, &[false; 255]).unwrap_err(),
        RecordError::TooManySlices { count: 256 }
    );
    slices(&graph_of(255), &[true; 255]);
    let intervals = |inputs: usize| {
        let uniform = vec![false; inputs];
        record_intervals(&graph_of(inputs), Element::F32, &uniform, &[], 1.0).map(|_| ())
    };
    assert_eq!(intervals(126), Ok(()));
    assert_eq!(
        intervals(127),
        Err(RecordError::TooManySlices { count: 257 })
    );
}

/// A graph as deep as it is large takes no stack.
#[test]
fn depth_takes_no_stack() {
    let mut graph = Graph::new();
    let x = graph.variable("x", Type::Real).expect("a name");
    let mut sum = x;
    for _ in 0..200_000 {
        sum = graph
            .apply(smalto_graph::Op::Add, &[sum, x])
            .expect("it fits");
        sum = graph
            .apply(smalto_graph::Op::Sqrt, &[sum])
            .expect("it fits");
    }
    graph.output("", sum).expect("a name");
    assert!(slices(&graph, &[false]).module().routines()[0].len() > 400_000);
}
