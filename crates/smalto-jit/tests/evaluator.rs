//! Evaluators as long-lived things: shared by threads, stateful, hit by panics, called
//! under foreign floating-point environments, large.

mod common;

use common::{Call, Random, difference, evaluator, targets, targets_for};
use proptest::prelude::*;
use smalto_graph::{Graph, GraphBuilder, UserOp, Value, formula};
use smalto_jit::{Evaluator, Input, Output, Real, Target, Workspace};
use smalto_lower::Reference;
use std::sync::{Arc, LazyLock};

const _: () = {
    const fn is_send_and_sync<T: Send + Sync>() {}
    const fn is_send<T: Send>() {}
    is_send_and_sync::<Evaluator<f32>>();
    is_send_and_sync::<Evaluator<f64>>();
    is_send::<Workspace>();
};

/// One real output of `evaluator` in a workspace.
fn run<T: Real>(
    evaluator: &Evaluator<T>,
    workspace: &mut Workspace,
    inputs: &[Input<'_, T>],
    length: usize,
) -> Vec<T> {
    let mut found = vec![T::from_f64(-1.0); length];
    let mut outputs = [Output::Slice(&mut found)];
    evaluator
        .eval_with(workspace, inputs, &mut outputs)
        .unwrap();
    found
}

mod threads {
    use super::*;

    #[test]
    fn share_one_evaluator() {
        let half_life = UserOp::function("half_life", 1, |v| 0.5f64.powf(v[0])).unwrap();
        let graph = formula::Parser::new()
            .with_op(half_life)
            .parse("input x, g, n: i32; output a = sin(x * g) + half_life(x); output b = n * n;")
            .unwrap();
        for target in targets_for::<f32>(&graph) {
            let evaluator = evaluator::<f32>(&graph, target, &["g"]);
            std::thread::scope(|scope| {
                for seed in 0..8 {
                    let (graph, evaluator) = (&graph, &evaluator);
                    scope.spawn(move || {
                        let mut random = Random(seed);
                        for length in [1, 300, 17, 1000, 256] {
                            let call = Call::random(graph, &["g"], length, &mut random);
                            let expected = call.expected(graph);
                            for _ in 0..20 {
                                let found = call.evaluate(graph, evaluator);
                                assert_eq!(difference(&found, &expected), None);
                            }
                        }
                    });
                }
            });
        }
    }

    #[test]
    fn take_a_workspace_with_them() {
        let graph = formula::parse("x * 2").unwrap();
        let evaluator = evaluator::<f64>(&graph, Target::Auto, &[]);
        let mut workspace = evaluator.workspace();
        let found = std::thread::scope(|scope| {
            let moved =
                scope.spawn(|| run(&evaluator, &mut workspace, &[Input::Slice(&[1.0, 2.0])], 2));
            moved.join().unwrap()
        });
        assert_eq!(found, [2.0, 4.0]);
    }
}

mod state {
    use super::*;

    /// How many samples there were before this one.
    fn count() -> Arc<UserOp> {
        let counter = || {
            let mut count = -1.0;
            move |_: &[f64]| {
                count += 1.0;
                count
            }
        };
        UserOp::process("count", 0, counter).unwrap()
    }

    /// One-pole low-pass filter of its first operand; the second is its coefficient.
    fn one_pole() -> Arc<UserOp> {
        let filter = || {
            let mut last = 0.0;
            move |v: &[f64]| {
                last += v[1] * (v[0] - last);
                last
            }
        };
        UserOp::process("one_pole", 2, filter).unwrap()
    }

    /// A filter of x by g, and the difference of two filters, which is 0 if each has a
    /// state of its own, times the count plus 1.
    fn patch() -> Graph {
        let builder = GraphBuilder::new();
        let (x, g) = (builder.var("x"), builder.var("g"));
        let one_pole = one_pole();
        let filter = |input| builder.call(&one_pole, &[input, g]).unwrap();
        let smooth = filter(x);
        let nothing = filter(smooth) - filter(smooth);
        let index = builder.call(&count(), &[]).unwrap();
        let output = smooth * (index + 1.0) + nothing;
        builder.finish([("", output)]).unwrap()
    }

    /// The patch, written out.
    fn expected<T: Real>(x: &[T], g: T) -> Vec<T> {
        let mut last = 0.0;
        let samples = x.iter().zip(1..).map(|(x, count)| {
            last += g.to_f64() * (x.to_f64() - last);
            // The filter's result is rounded to T, then the product is.
            T::from_f64(T::from_f64(last).to_f64() * f64::from(count))
        });
        samples.collect()
    }

    fn samples<T: Real>(length: usize, random: &mut Random) -> Vec<T> {
        (0..length)
            .map(|_| T::from_f64(random.below(2000) as f64 / 1000.0 - 1.0))
            .collect()
    }

    fn check_blocks<T: Real>(blocks: &[usize], seed: u64) {
        let mut random = Random(seed);
        let graph = patch();
        let length = blocks.iter().sum();
        let x = samples::<T>(length, &mut random);
        let g = T::from_f64(0.125);
        let expected = expected(&x, g);
        for target in targets() {
            for uniform in [&["g"][..], &[]] {
                let evaluator = evaluator::<T>(&graph, target, uniform);
                assert!(evaluator.is_stateful());
                let mut workspace = evaluator.workspace();
                let mut found = Vec::new();
                for &block in blocks {
                    let start = found.len();
                    let inputs = [Input::Slice(&x[start..start + block]), Input::Scalar(g)];
                    found.extend(run(&evaluator, &mut workspace, &inputs, block));
                }
                assert_eq!(found, expected, "{target} in blocks of {blocks:?}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: 30,
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        #[test]
        fn goes_on_through_blocks_of_any_size(
            blocks in prop::collection::vec(prop_oneof![0usize..40, 200usize..600], 1..12),
            seed: u64,
        ) {
            check_blocks::<f32>(&blocks, seed);
            check_blocks::<f64>(&blocks, seed);
        }
    }

    #[test]
    fn belongs_to_a_workspace() {
        let evaluator = evaluator::<f32>(&patch(), Target::Auto, &[]);
        let (mut one, mut other) = (evaluator.workspace(), evaluator.workspace());
        let x = samples::<f32>(100, &mut Random(8));
        let (first, rest) = x.split_at(30);
        let g = Input::Scalar(0.125);
        let mut found = run(&evaluator, &mut one, &[Input::Slice(first), g], 30);
        let from_start = run(&evaluator, &mut other, &[Input::Slice(&x), g], 100);
        found.extend(run(&evaluator, &mut one, &[Input::Slice(rest), g], 70));
        assert_eq!(found, from_start);
    }

    #[test]
    fn needs_a_workspace() {
        let evaluator = evaluator::<f32>(&patch(), Target::Auto, &[]);
        let mut found = [0.0];
        let error = evaluator.eval(
            &[Input::Scalar(1.0), Input::Scalar(1.0)],
            &mut [Output::Slice(&mut found)],
        );
        assert_eq!(
            error.unwrap_err().to_string(),
            "this graph has state; keep it in a workspace and call `eval_with`"
        );
        assert_eq!(found, [0.0]);
    }

    #[test]
    fn that_no_output_needs_is_none() {
        let builder = GraphBuilder::new();
        let _unused = builder.call(&count(), &[]).unwrap();
        let graph = builder.finish([("", builder.var("x"))]).unwrap();
        assert!(!evaluator::<f32>(&graph, Target::Auto, &[]).is_stateful());
    }

    #[test]
    fn varies_though_no_operand_does() {
        let builder = GraphBuilder::new();
        let index = builder.call(&count(), &[]).unwrap();
        let graph = builder.finish([("", index * 2.0)]).unwrap();
        let evaluator = evaluator::<f64>(&graph, Target::Auto, &[]);
        let mut workspace = evaluator.workspace();
        assert_eq!(run(&evaluator, &mut workspace, &[], 3), [0.0, 2.0, 4.0]);
        assert_eq!(run(&evaluator, &mut workspace, &[], 2), [6.0, 8.0]);
    }
}

mod panics {
    use super::*;
    use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

    /// Its operand, unless that is negative.
    fn fussy() -> Graph {
        let fussy = UserOp::function("fussy", 1, |v| {
            if v[0] < 0.0 {
                // A panic without its message on the screen.
                resume_unwind(Box::new("negative"));
            }
            v[0]
        });
        let parser = formula::Parser::new().with_op(fussy.unwrap());
        parser.parse("x + fussy(x)").unwrap()
    }

    #[test]
    fn of_functions_leave_the_evaluator_usable() {
        let graph = fussy();
        for target in targets() {
            let evaluator = evaluator::<f32>(&graph, target, &[]);
            let double = |x: &[f32]| {
                let mut found = vec![0.0; x.len()];
                let mut outputs = [Output::Slice(&mut found)];
                evaluator.eval(&[Input::Slice(x)], &mut outputs).unwrap();
                found
            };
            for _ in 0..3 {
                let x: Vec<f32> = (0..300).map(|i| 290.0 - i as f32).collect();
                let panicked = catch_unwind(AssertUnwindSafe(|| double(&x)));
                assert_eq!(panicked.unwrap_err().downcast_ref(), Some(&"negative"));
                assert_eq!(double(&[1.0, 2.0]), [2.0, 4.0]);
            }
        }
    }

    #[test]
    fn of_functions_leave_the_workspace_usable() {
        let evaluator = evaluator::<f64>(&fussy(), Target::Auto, &[]);
        let mut workspace = evaluator.workspace();
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            run(&evaluator, &mut workspace, &[Input::Scalar(-1.0)], 5)
        }));
        assert!(panicked.is_err());
        let found = run(&evaluator, &mut workspace, &[Input::Slice(&[1.0, 2.0])], 2);
        assert_eq!(found, [2.0, 4.0]);
    }

    #[test]
    fn reach_the_caller_from_many_threads() {
        let evaluator = evaluator::<f32>(&fussy(), Target::Auto, &[]);
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let evaluator = &evaluator;
                scope.spawn(move || {
                    for round in 0..50 {
                        let x = if (thread + round) % 3 == 0 { -1.0 } else { 1.0 };
                        let outcome = catch_unwind(AssertUnwindSafe(|| {
                            let mut found = [0.0; 20];
                            let mut outputs = [Output::Slice(&mut found)];
                            evaluator.eval(&[Input::Scalar(x)], &mut outputs).unwrap();
                            found
                        }));
                        assert_eq!(outcome.ok(), (x > 0.0).then_some([2.0; 20]));
                    }
                });
            }
        });
    }
}

#[cfg(target_arch = "x86_64")]
mod floating_point_environments {
    use super::*;
    use std::arch::asm;
    use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

    // Bits of MXCSR (Intel SDM volume 1, section 10.2.3).
    const FLUSH_TO_ZERO: u32 = 1 << 15;
    const DENORMALS_ARE_ZERO: u32 = 1 << 6;
    const ROUND_UP: u32 = 2 << 13;
    const ROUND_TO_ZERO: u32 = 3 << 13;
    const ALL_MASKED: u32 = 0x1f80;
    const FLAGS: u32 = 0x3f;

    fn control() -> u32 {
        let mut found = 0u32;
        // SAFETY: stores MXCSR to the given four bytes.
        unsafe { asm!("stmxcsr [{}]", in(reg) &mut found, options(nostack)) };
        found & !FLAGS
    }

    fn set(control: u32) {
        // SAFETY: loads MXCSR; no reserved bit is set. What is computed until it is set
        // back is what the tests are about.
        unsafe { asm!("ldmxcsr [{}]", in(reg) &control, options(nostack)) };
    }

    /// What `work` gives under the environment `control`, which it must leave as it was.
    fn under<R>(control: u32, work: impl FnOnce() -> R) -> R {
        let before = self::control();
        set(control);
        let result = work();
        let after = self::control();
        set(before);
        assert_eq!(after, control, "the caller's environment is given back");
        result
    }

    /// Rounding in every op, constants and products that are subnormal in f32 and f64.
    const FORMULA: &str = "
        input x, y, n: i32;
        table t = [0.1, 1e-40, 1e-310];
        output a = x / 3 + y * 0.1;
        output b = x * 1e-40 + y * 1e-310;
        output c = sqrt(x * x + y * y) - sin(x);
        output d = t[n] * x;
        output e2 = real(n) / 7 + 0.1 * 0.2;
        output f = x * 1e-20 * 1e-20 * y;
        output g = 1e-40 + 1e-310;
    ";

    fn check<T: Real>(hostile: u32) {
        let graph = formula::parse(FORMULA).unwrap();
        let mut random = Random(9);
        let calls: Vec<Call<T>> = [3, 64, 300]
            .map(|length| Call::random(&graph, &[], length, &mut random))
            .into();
        let expected: Vec<_> = calls.iter().map(|call| call.expected(&graph)).collect();
        for target in targets_for::<T>(&graph) {
            let compiled_there = under(hostile, || evaluator::<T>(&graph, target, &[]));
            let compiled_here = evaluator::<T>(&graph, target, &[]);
            for evaluator in [compiled_there, compiled_here] {
                for (call, expected) in calls.iter().zip(&expected) {
                    let found = under(hostile, || call.evaluate(&graph, &evaluator));
                    assert_eq!(difference(&found, expected), None, "{target}");
                    // And where memory was made under the other environment.
                    let found = call.evaluate(&graph, &evaluator);
                    assert_eq!(difference(&found, expected), None, "{target}");
                }
            }
        }
        // The reference too, of which all this is to be the same bits.
        let point: Vec<Value> = graph
            .variables()
            .iter()
            .map(|v| random.value(v.ty))
            .collect();
        let reference = Reference(T::ELEMENT);
        assert_eq!(
            under(hostile, || reference.run(&graph, &point)),
            reference.run(&graph, &point)
        );
    }

    #[test]
    fn change_nothing() {
        for hostile in [
            ALL_MASKED | FLUSH_TO_ZERO | DENORMALS_ARE_ZERO | ROUND_UP,
            ALL_MASKED | ROUND_TO_ZERO,
        ] {
            check::<f32>(hostile);
            check::<f64>(hostile);
        }
    }

    #[test]
    fn that_trap_do_not_trap() {
        let graph = formula::parse("sqrt(x) / y").unwrap();
        for target in targets_for::<f32>(&graph) {
            let evaluator = evaluator::<f32>(&graph, target, &[]);
            let mut found = [0.0; 3];
            let inputs = [Input::Slice(&[-1.0, 2.0, 0.0][..]), Input::Scalar(0.0)];
            let mut outputs = [Output::Slice(&mut found)];
            // Nothing is masked: an inexact result would be a signal.
            under(0, || evaluator.eval(&inputs, &mut outputs)).unwrap();
            assert!(found[0].is_nan() && found[1] == f32::INFINITY && found[2].is_nan());
        }
    }

    #[test]
    fn are_standard_for_functions_and_given_back_by_panics() {
        let observe = UserOp::function("observe", 1, |v| {
            if v[0] < 0.0 {
                resume_unwind(Box::new(()));
            }
            f64::from(control())
        });
        let parser = formula::Parser::new().with_op(observe.unwrap());
        let graph = parser.parse("observe(x)").unwrap();
        let evaluator = evaluator::<f64>(&graph, Target::Auto, &[]);
        let observed = |x: f64| {
            let mut found = [0.0];
            let mut outputs = [Output::Slice(&mut found)];
            evaluator.eval(&[Input::Scalar(x)], &mut outputs).unwrap();
            found[0]
        };
        let hostile = ALL_MASKED | FLUSH_TO_ZERO | ROUND_UP;
        assert_eq!(under(hostile, || observed(1.0)), f64::from(ALL_MASKED));
        let outcome = under(hostile, || {
            catch_unwind(AssertUnwindSafe(|| observed(-1.0)))
        });
        assert!(outcome.is_err());
    }
}

mod large_graphs {
    use super::*;
    use smalto_graph::Element;

    /// x + y - x + y ..., over a million ops.
    static CHAIN: LazyLock<Graph> = LazyLock::new(|| {
        let builder = GraphBuilder::new();
        let (x, y) = (builder.var("x"), builder.var("y"));
        let chain = (0..1_100_000).fold(x, |chain, i| match i % 3 {
            0 => chain + y,
            1 => chain - x,
            _ => chain.min(y),
        });
        builder.finish([("", chain)]).unwrap()
    });

    fn check(uniform: &[&str]) {
        let evaluator = evaluator::<f32>(&CHAIN, Target::Auto, uniform);
        let summary = evaluator.summary().expect("a tape");
        assert!(summary.instructions + summary.uniform_instructions >= 1_100_000);
        let x = [0.5, -1.0, f32::NAN, 3.0, 1e30];
        let y = 2.25;
        let x_input = if uniform.contains(&"x") {
            Input::Scalar(x[0])
        } else {
            Input::Slice(&x)
        };
        let mut found = [0.0; 5];
        let mut outputs = [Output::Slice(&mut found)];
        evaluator
            .eval(&[x_input, Input::Scalar(y)], &mut outputs)
            .unwrap();
        for (index, found) in found.into_iter().enumerate() {
            let x = if uniform.contains(&"x") {
                x[0]
            } else {
                x[index]
            };
            let point = [x, y].map(|v| Value::Real(f64::from(v)));
            let expected = Reference(Element::F32).run(&CHAIN, &point).unwrap();
            assert_eq!(Value::Real(f64::from(found)), expected[0]);
        }
    }

    #[test]
    fn run() {
        check(&[]);
    }

    #[test]
    fn run_when_all_is_uniform() {
        check(&["x", "y"]);
    }

    /// Many values live at once: each is used early by one output and late by the other.
    #[test]
    fn may_hold_many_values() {
        let builder = GraphBuilder::new();
        let x = builder.var("x");
        let values: Vec<_> = (0..5000).map(|i| (x * f64::from(i)).sqrt()).collect();
        let zero = builder.constant(0.0);
        let forward = values.iter().fold(zero, |sum, &value| sum + value);
        let backward = values.iter().rev().fold(zero, |sum, &value| sum + value);
        let outputs = [("forward", forward), ("backward", backward)];
        let graph = builder.finish(outputs).unwrap();
        let mut random = Random(10);
        for target in targets_for::<f32>(&graph) {
            let evaluator = evaluator::<f32>(&graph, target, &[]);
            let call = Call::random(&graph, &[], 20, &mut random);
            let found = call.evaluate(&graph, &evaluator);
            assert_eq!(difference(&found, &call.expected(&graph)), None);
        }
    }
}
