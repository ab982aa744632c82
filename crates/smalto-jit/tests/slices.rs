//! What an evaluator is given and what it fills.

mod common;
#[cfg(unix)]
mod guarded;

use common::{Call, Column, Random, difference, evaluator, targets, targets_for};
use smalto_graph::{Graph, GraphBuilder, Type, UserOp, formula};
use smalto_jit::{BATCH, EvalError, Evaluator, Input, Options, Output, Real, Target};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// That `formula` with these uniform inputs is what the reference says, on every
/// target and for all kinds of lengths.
fn check(formula: &str, uniform: &[&str]) {
    fn check<T: Real>(graph: &Graph, uniform: &[&str]) {
        let mut random = Random(5);
        for target in targets_for::<T>(graph) {
            let evaluator = evaluator::<T>(graph, target, uniform);
            for length in [0, 1, 5, 64, BATCH - 5, BATCH, 2 * BATCH + 16] {
                // Now with these scalars, now with those.
                for _ in 0..8 {
                    let call = Call::random(graph, uniform, length, &mut random);
                    let found = call.evaluate(graph, &evaluator);
                    let difference = difference(&found, &call.expected(graph));
                    assert_eq!(difference, None, "{target}: {}", formula::print(graph));
                }
            }
        }
    }
    let graph = formula::parse(formula).unwrap();
    check::<f32>(&graph, uniform);
    check::<f64>(&graph, uniform);
}

mod outputs {
    use super::*;

    #[test]
    fn can_be_inputs() {
        check(
            "input x, n: i32, k: i64; output a = x; output b = n; output c = k;",
            &[],
        );
        check(
            "input x; output a = x; output b = x; output c = x + 1;",
            &[],
        );
        check("input x, y; output a = y; output b = x;", &["x"]);
    }

    #[test]
    fn can_be_constants() {
        check(
            "output a = 0.1; output b = 7i32; output c = 0x123456789i64; output d = 1 < 2;",
            &[],
        );
        check("input x, k: i64; output a = nan; output b = x;", &[]);
    }

    #[test]
    fn can_be_each_other() {
        check(
            "input x, y; output a = x * y; output b = y * x; output c = x * y; output d = a2;"
                .replace("a2", "(x * y)^2")
                .as_str(),
            &[],
        );
        check(
            "input x, y; output a = x < y; output b = y > x; output c = x < y ? x : y;",
            &[],
        );
        check(
            "input n: i32; output a = n * 3i32; output b = n * 3i32;",
            &[],
        );
    }

    #[test]
    fn can_be_operands_of_each_other() {
        check(
            "input x, y; let a = x + y; let b = a * x; output c = b - a; output b = b; output a = a;",
            &[],
        );
        check(
            "input x, n: i32; let m = n + 1i32; let r = real(m) * x; output k = i64(m); output m = m; output r = r; output i = i32(r);",
            &[],
        );
    }

    #[test]
    fn can_all_be_uniform() {
        let formula = "input x, n: i32, k: i64; \
            output a = x * 2 + real(n); output b = n * n; output c = k - 1i64; output d = x < 1;";
        check(formula, &["x", "n", "k"]);
    }

    #[test]
    fn can_be_none() {
        let graph = formula::parse("input x, n: i32; let unused = x + real(n); output a = x;");
        let mut graph = graph.unwrap();
        graph.clear_outputs();
        for target in targets_for::<f32>(&graph) {
            let evaluator = evaluator::<f32>(&graph, target, &[]);
            let none = evaluator.eval(&[Input::Slice(&[]), Input::ScalarI32(3)], &mut []);
            assert_eq!(none, Ok(()));
        }
    }

    #[test]
    fn need_no_inputs() {
        let graph = formula::parse("input; 2.5").unwrap();
        for target in targets_for::<f64>(&graph) {
            let mut found = vec![0f64; 300];
            let evaluator = evaluator::<f64>(&graph, target, &[]);
            evaluator
                .eval(&[], &mut [Output::Slice(&mut found)])
                .unwrap();
            assert_eq!(found, [2.5; 300]);
        }
    }
}

mod inputs {
    use super::*;

    #[test]
    fn may_be_unused_and_wider_than_all_that_is_used() {
        check("input k: i64, x; x + 1", &[]);
        check("input x, k: i64; x + 1", &[]);
        check("input k: i64, x, l: i64; x", &["x"]);
        check("input k: i64, x, l: i64; output a = 1i32;", &["k"]);
        check("input k: i64, l: i64, m: i64; 1", &[]);
    }

    /// A call that has one input as a scalar and the rest as slices.
    #[test]
    fn may_be_scalars_of_every_type() {
        let graph = formula::parse(
            "input x, n: i32, k: i64; output a = x * real(n) + real(k); output b = n; output c = k;",
        )
        .unwrap();
        let mut random = Random(6);
        for target in targets_for::<f32>(&graph) {
            let evaluator = evaluator::<f32>(&graph, target, &[]);
            for scalars in 0..8 {
                for length in [3, 256, 300] {
                    let mut call = Call::random(&graph, &["x", "n", "k"], length, &mut random);
                    for (index, variable) in graph.variables().iter().enumerate() {
                        call.is_scalar[index] = scalars >> index & 1 == 1;
                        if !call.is_scalar[index] {
                            call.inputs[index] = Column::random(variable.ty, length, &mut random);
                        }
                    }
                    let found = call.evaluate(&graph, &evaluator);
                    assert_eq!(difference(&found, &call.expected(&graph)), None);
                }
            }
        }
    }

    /// How often a function is called: once a point, or once a call if it is uniform.
    #[test]
    fn reach_functions_once_a_point() {
        let counted = |name: &str| -> (Arc<UserOp>, Arc<AtomicUsize>) {
            let count = Arc::new(AtomicUsize::new(0));
            let counter = count.clone();
            let function = move |v: &[f64]| {
                counter.fetch_add(1, Ordering::Relaxed);
                v[0]
            };
            (UserOp::function(name, 1, function).unwrap(), count)
        };
        for target in targets() {
            let (varying, varying_calls) = counted("varying");
            let (uniform, uniform_calls) = counted("uniform");
            let builder = GraphBuilder::new();
            let (x, gain) = (builder.var("x"), builder.var("gain"));
            let sum =
                builder.call(&varying, &[x]).unwrap() + builder.call(&uniform, &[gain]).unwrap();
            let graph = builder.finish([("", sum)]).unwrap();
            let evaluator = evaluator::<f32>(&graph, target, &["gain"]);
            let x: Vec<f32> = (0..1003).map(|i| i as f32).collect();
            let mut found = vec![0.0; x.len()];
            let inputs = [Input::Slice(&x), Input::Scalar(0.5)];
            evaluator
                .eval(&inputs, &mut [Output::Slice(&mut found)])
                .unwrap();
            assert_eq!(found[1002], 1002.5);
            assert_eq!(varying_calls.load(Ordering::Relaxed), 1003, "{target}");
            assert_eq!(uniform_calls.load(Ordering::Relaxed), 1, "{target}");
        }
    }
}

mod errors {
    use super::*;

    /// An evaluator of two outputs over x, n, k and the uniform g.
    fn evaluator() -> Evaluator<f32> {
        let graph =
            formula::parse("input x, n: i32, k: i64, g; output a = x * g + real(n); output b = k;");
        super::evaluator(&graph.unwrap(), Target::Auto, &["g"])
    }

    /// That these inputs, changed in one place, and outputs of these lengths are
    /// refused with `expected`, and that nothing is written.
    fn check(
        change: impl FnOnce(&mut Vec<Input<'_, f32>>),
        lengths: [usize; 2],
        expected: EvalError,
        message: &str,
    ) {
        let mut inputs = vec![
            Input::Slice(&[1.0, 2.0]),
            Input::ScalarI32(1),
            Input::I64(&[1, 2]),
            Input::Scalar(0.5),
        ];
        change(&mut inputs);
        let (mut a, mut b) = (vec![-1f32; lengths[0]], vec![-1i64; lengths[1]]);
        let mut outputs = [Output::Slice(&mut a), Output::I64(&mut b)];
        let error = evaluator().eval(&inputs, &mut outputs).unwrap_err();
        assert_eq!(error, expected);
        assert_eq!(error.to_string(), message);
        assert!(a.iter().all(|&v| v == -1.0) && b.iter().all(|&v| v == -1));
    }

    #[test]
    fn counts() {
        let names = || ["x", "n", "k", "g"].map(String::from).to_vec();
        let check = |change: fn(&mut Vec<Input<'_, f32>>), found, message| {
            let expected = EvalError::InputCount {
                names: names(),
                found,
            };
            super::errors::check(change, [2, 2], expected, message);
        };
        check(
            |inputs| inputs.truncate(3),
            3,
            "3 inputs for a graph of 4: x, n, k, g",
        );
        check(
            |inputs| inputs.push(Input::Scalar(1.0)),
            5,
            "5 inputs for a graph of 4: x, n, k, g",
        );
        let inputs = [
            Input::Slice(&[1.0][..]),
            Input::ScalarI32(1),
            Input::ScalarI64(1),
            Input::Scalar(1.0),
        ];
        let mut one = [0.0];
        for outputs in [&mut [][..], &mut [Output::Slice(&mut one)]] {
            let found = outputs.len();
            assert_eq!(
                evaluator().eval(&inputs, outputs),
                Err(EvalError::OutputCount { expected: 2, found })
            );
        }
    }

    #[test]
    fn types() {
        let check =
            |index: usize, input: Input<'static, f32>, name: &str, wanted, found, message| {
                let expected = EvalError::InputType {
                    name: name.into(),
                    wanted,
                    found,
                };
                super::errors::check(|inputs| inputs[index] = input, [2, 2], expected, message);
            };
        check(
            0,
            Input::I32(&[1, 2]),
            "x",
            Type::Real,
            Type::I32,
            "input `x` is real, not i32",
        );
        check(
            0,
            Input::ScalarI64(1),
            "x",
            Type::Real,
            Type::I64,
            "input `x` is real, not i64",
        );
        check(
            1,
            Input::Scalar(1.0),
            "n",
            Type::I32,
            Type::Real,
            "input `n` is i32, not real",
        );
        check(
            2,
            Input::I32(&[1, 2]),
            "k",
            Type::I64,
            Type::I32,
            "input `k` is i64, not i32",
        );
        check(
            3,
            Input::ScalarI32(1),
            "g",
            Type::Real,
            Type::I32,
            "input `g` is real, not i32",
        );

        let inputs = [
            Input::Scalar(1.0),
            Input::ScalarI32(1),
            Input::ScalarI64(1),
            Input::Scalar(1.0),
        ];
        let (mut a, mut b) = ([0.0], [0i32]);
        let mut outputs = [Output::Slice(&mut a), Output::I32(&mut b)];
        let error = evaluator().eval(&inputs, &mut outputs).unwrap_err();
        assert_eq!(error.to_string(), "output 1 is i64, not i32");
        let expected = EvalError::OutputType {
            index: 1,
            wanted: Type::I64,
            found: Type::I32,
        };
        assert_eq!(error, expected);
    }

    #[test]
    fn lengths() {
        check(
            |inputs| inputs[0] = Input::Slice(&[1.0, 2.0, 3.0]),
            [2, 2],
            EvalError::InputLength {
                name: "x".into(),
                expected: 2,
                found: 3,
            },
            "input `x` has 3 values, but the outputs have room for 2",
        );
        check(
            |inputs| inputs[2] = Input::I64(&[]),
            [2, 2],
            EvalError::InputLength {
                name: "k".into(),
                expected: 2,
                found: 0,
            },
            "input `k` has 0 values, but the outputs have room for 2",
        );
        check(
            |_| (),
            [2, 3],
            EvalError::OutputLength {
                index: 1,
                expected: 2,
                found: 3,
            },
            "output 1 has room for 3 values, but the first output for 2",
        );
    }

    #[test]
    fn slices_for_uniform_inputs() {
        check(
            |inputs| inputs[3] = Input::Slice(&[1.0, 2.0]),
            [2, 2],
            EvalError::UniformSlice { name: "g".into() },
            "input `g` was compiled as uniform, so it takes one value, not a slice",
        );
    }

    #[test]
    fn workspaces_of_others() {
        let (one, other) = (evaluator(), evaluator());
        let inputs = [
            Input::Scalar(1.0),
            Input::ScalarI32(1),
            Input::ScalarI64(1),
            Input::Scalar(1.0),
        ];
        let (mut a, mut b) = ([0.0], [0i64]);
        let mut outputs = [Output::Slice(&mut a), Output::I64(&mut b)];
        let error = one.eval_with(&mut other.workspace(), &inputs, &mut outputs);
        assert_eq!(error, Err(EvalError::ForeignWorkspace));
        assert_eq!(
            one.eval_with(&mut one.workspace(), &inputs, &mut outputs),
            Ok(())
        );
    }

    #[test]
    fn uniform_inputs_that_are_none() {
        let graph = formula::parse("x + y").unwrap();
        let options = Options {
            uniform: &["y", "gain"],
            ..Options::default()
        };
        let error = Evaluator::<f32>::new(&graph, &options).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the graph has no input called `gain`; its inputs are: x, y"
        );
    }
}

/// Every length and alignment, beside pages that fault.
#[cfg(unix)]
mod bounds {
    use super::*;
    use crate::guarded::{Guarded, Number, Placement};

    /// All types as inputs and outputs; tables read at any index; outputs that are
    /// inputs and constants.
    const FORMULA: &str = "
        input x, y, n: i32, k: i64;
        table reals = [1, 2, 4, 8, 16];
        table integers: i32 = [3, 1, 4];
        output fused = fma(x, y, reals[n]);
        output looked_up = integers[i32(x)] + n;
        output scaled = k * 3i64 + i64(n);
        output less = x < y;
        output same_x = x;
        output constant = 2.5;
        output same_n = n;
        output same_k = k;
    ";

    #[test]
    fn are_kept_in_f32() {
        check::<f32>();
    }

    #[test]
    fn are_kept_in_f64() {
        check::<f64>();
    }

    fn check<T: Real + Number>() {
        let graph = formula::parse(FORMULA).unwrap();
        let mut buffers = Buffers::new(&graph);
        let mut random = Random(7);
        // A wave is at most 16 lanes and a cache line 64 bytes.
        let lengths = (0..=3 * 16 + 1).chain([BATCH - 1, BATCH, BATCH + 1, 2 * BATCH + 1]);
        for length in lengths {
            let mut call = Call::<T>::random(&graph, &[], length, &mut random);
            for (index, variable) in graph.variables().iter().enumerate() {
                call.is_scalar[index] = false;
                call.inputs[index] = Column::random(variable.ty, length, &mut random);
            }
            let expected = call.expected(&graph);
            for target in targets_for::<T>(&graph) {
                let evaluator = evaluator::<T>(&graph, target, &[]);
                let offsets = (0..64 / size_of::<T>()).map(Placement::AfterGuard);
                for placement in offsets.chain([Placement::BeforeGuard]) {
                    let found = buffers.evaluate(&evaluator, &call, &expected, placement);
                    let difference = difference(&found, &expected);
                    assert_eq!(difference, None, "{target}, {length} points {placement:?}");
                }
            }
        }
    }

    struct Buffers {
        inputs: Vec<Guarded>,
        outputs: Vec<Guarded>,
    }

    impl Buffers {
        fn new(graph: &Graph) -> Buffers {
            let some = |count| (0..count).map(|_| Guarded::new(2)).collect();
            Buffers {
                inputs: some(graph.variables().len()),
                outputs: some(graph.outputs().len()),
            }
        }

        /// What `evaluator` gives for `call` when every slice is placed so.
        fn evaluate<T: Real + Number>(
            &mut self,
            evaluator: &Evaluator<T>,
            call: &Call<T>,
            like: &[Column<T>],
            placement: Placement,
        ) -> Vec<Column<T>> {
            let inputs = self.inputs.iter_mut().zip(&call.inputs);
            let inputs: Vec<Input<'_, T>> = inputs
                .map(|(buffer, column)| match column {
                    Column::Real(v) => Input::Slice(buffer.read_only(placement, v)),
                    Column::I32(v) => Input::I32(buffer.read_only(placement, v)),
                    Column::I64(v) => Input::I64(buffer.read_only(placement, v)),
                })
                .collect();
            let outputs = self.outputs.iter_mut().zip(like);
            let mut outputs: Vec<Output<'_, T>> = outputs
                .map(|(buffer, column)| match column {
                    Column::Real(v) => Output::Slice(buffer.slice(placement, v.len())),
                    Column::I32(v) => Output::I32(buffer.slice(placement, v.len())),
                    Column::I64(v) => Output::I64(buffer.slice(placement, v.len())),
                })
                .collect();
            evaluator.eval(&inputs, &mut outputs).unwrap();
            let found = outputs.iter().map(|output| match output {
                Output::Slice(v) => Column::Real(v.to_vec()),
                Output::I32(v) => Column::I32(v.to_vec()),
                Output::I64(v) => Column::I64(v.to_vec()),
            });
            let found: Vec<Column<T>> = found.collect();
            for (buffer, column) in self.outputs.iter_mut().zip(&found) {
                match column {
                    Column::Real(v) => buffer.check_canaries::<T>(placement, v.len()),
                    Column::I32(v) => buffer.check_canaries::<i32>(placement, v.len()),
                    Column::I64(v) => buffer.check_canaries::<i64>(placement, v.len()),
                }
            }
            found
        }
    }
}
