//! Substitution, transforms, derivatives and rates, as a user meets them.

mod evaluate;

use evaluate::{evaluate, evaluate_real};
use proptest::prelude::*;
use smalto_graph::rate::{VariableSet, dependencies, histogram};
use smalto_graph::{
    Affine, Expr, Graph, GraphBuilder, GraphError, Kind, Op, Table, Type, UserOp, Value,
    VariableId, derivative, partials, substitute, transform, try_substitute,
};
use std::sync::{Arc, LazyLock};

/// The graph of one unnamed output.
fn graph(build: impl for<'g> FnOnce(&'g GraphBuilder) -> Expr<'g>) -> Graph {
    let builder = GraphBuilder::new();
    let output = build(&builder);
    builder.finish([("", output)]).unwrap()
}

fn input_names(graph: &Graph) -> Vec<&str> {
    graph.variables().iter().map(|v| &*v.name).collect()
}

/// `x * y * y * ...`, a million products deep.
static LONG_CHAIN: LazyLock<Graph> = LazyLock::new(|| {
    graph(|b| {
        let y = b.var("y");
        (0..1_000_000).fold(b.var("x"), |chain, _| chain * y)
    })
});

mod substitution {
    use super::*;

    /// `x - 2y + z/n` for an integer n.
    fn subject() -> Graph {
        graph(|b| {
            let n = b.try_var("n", Type::I32).unwrap();
            b.var("x") - 2.0 * b.var("y") + b.var("z") / n.to_real()
        })
    }

    #[test]
    fn inputs_swap_without_capture() {
        let builder = GraphBuilder::new();
        let (x, y) = (builder.var("x"), builder.var("y"));
        let difference = builder.finish([("", x - y * y)]).unwrap();
        let swapped =
            substitute(&difference, |b| vec![("x", b.var("y")), ("y", b.var("x"))]).unwrap();
        assert_eq!(input_names(&swapped), ["x", "y"]);
        assert_eq!(evaluate_real(&swapped, &[("x", 3.0), ("y", 5.0)]), -4.0);

        // x -> x + 1 is replaced once, not for ever.
        let shifted = substitute(&difference, |b| vec![("x", b.var("x") + 1.0)]).unwrap();
        assert_eq!(evaluate_real(&shifted, &[("x", 3.0), ("y", 5.0)]), -21.0);
    }

    #[test]
    fn replaced_inputs_go_unless_used_and_new_ones_come_last() {
        let check =
            |expected: &[&str],
             build: for<'g> fn(&'g GraphBuilder) -> Vec<(&'static str, Expr<'g>)>| {
                assert_eq!(
                    input_names(&substitute(&subject(), build).unwrap()),
                    expected
                );
            };
        check(&["n", "x", "y", "z"], |_| vec![]);
        check(&["n", "x", "z"], |b| vec![("y", b.constant(1.0))]);
        check(&["n", "y", "z"], |b| vec![("x", b.var("z"))]);
        check(&["x", "y", "z", "t"], |b| vec![("n", b.var("t").to_i32())]);
        check(&["x", "y", "z"], |b| vec![("n", b.var("x").to_i32())]);
        check(&["n", "y", "z", "unused", "t"], |b| {
            let _ = b.var("unused");
            vec![("x", b.var("t"))]
        });
    }

    #[test]
    fn constants_convert_where_expressions_would() {
        let fixed = substitute(&subject(), |b| {
            vec![("n", b.constant(4.0)), ("x", b.var("y").lt(0.0))]
        })
        .unwrap();
        let at = [("y", -1.0), ("z", 2.0)];
        assert_eq!(evaluate_real(&fixed, &at), 1.0 + 2.0 + 0.5);
    }

    #[test]
    fn the_last_replacement_of_an_input_counts() {
        let twice = substitute(&subject(), |b| {
            vec![("x", b.var("first")), ("x", b.var("y"))]
        })
        .unwrap();
        assert_eq!(input_names(&twice), ["n", "y", "z", "first"]);
    }

    #[test]
    fn errors_say_which_input_is_wrong() {
        assert_eq!(
            substitute(&subject(), |b| vec![("w", b.constant(1.0))]),
            Err(GraphError::UnknownVariable {
                name: "w".into(),
                known: ["n", "x", "y", "z"].map(String::from).into(),
            })
        );
        assert_eq!(
            substitute(&subject(), |b| vec![("n", b.var("x"))]),
            Err(GraphError::ReplacementType {
                name: "n".into(),
                wanted: Type::I32,
                found: Type::Real,
            })
        );
        let clash = try_substitute(&subject(), |b| Ok(vec![("x", b.try_var("n", Type::I64)?)]));
        assert!(
            matches!(clash, Err(GraphError::VariableType { .. })),
            "{clash:?}"
        );
    }

    #[test]
    fn tables_calls_and_output_names_come_along() {
        let double = UserOp::function("double", 1, |v| 2.0 * v[0]).unwrap();
        let noise = UserOp::process("noise", 0, || |_: &[f64]| 0.25).unwrap();
        let builder = GraphBuilder::new();
        let x = builder.var("x");
        let unused = builder.table(Table::real([9.0]).unwrap());
        let _ = builder.constant(0).lookup_in(unused);
        let table = builder.table(Table::real([10.0, 20.0, 30.0]).unwrap());
        let picked = x.to_i32().lookup_in(table);
        let called = builder.call(&double, &[picked]).unwrap();
        let [first, second] = [(); 2].map(|()| builder.call(&noise, &[]).unwrap());
        let graph = builder
            .finish([("a", called), ("b", first + second), ("c", first - picked)])
            .unwrap();

        // The replacement brings a table and a user op of its own.
        let half = UserOp::function("half", 1, |v| v[0] / 2.0).unwrap();
        let moved = substitute(&graph, |b| {
            let table = b.table(Table::i32([7, 2]).unwrap());
            let index = b.var("t").to_i32().lookup_in(table).to_real();
            vec![("x", b.call(&half, &[index]).unwrap())]
        })
        .unwrap();
        let names: Vec<&str> = moved.outputs().iter().map(|o| &*o.name).collect();
        assert_eq!(names, ["a", "b", "c"]);
        let values = evaluate(&moved, [("t", Value::Real(1.0))]);
        assert_eq!(values, [40.0, 0.5, -19.75].map(Value::Real));
        assert_eq!(moved.tables().len(), 2, "the unused table is left behind");
        let calls = moved
            .nodes()
            .iter()
            .filter(|n| matches!(n, smalto_graph::Node::Call(_)));
        assert_eq!(calls.count(), 4, "two states stay two and are not copied");
    }

    #[test]
    fn user_ops_of_one_name_do_not_mix() {
        let make = || UserOp::function("f", 1, |v| v[0]).unwrap();
        let (mine, other) = (make(), make());
        let graph = graph(|b| b.call(&mine, &[b.var("x")]).unwrap());
        let replace_by = |op: &Arc<UserOp>| {
            try_substitute(&graph, |b| Ok(vec![("x", b.call(op, &[b.var("y")])?)]))
        };
        assert!(replace_by(&mine).is_ok());
        assert_eq!(
            replace_by(&other),
            Err(GraphError::UserOpTaken { name: "f".into() })
        );
    }

    #[test]
    #[should_panic(expected = "another GraphBuilder")]
    fn a_replacement_of_another_builder_panics() {
        let other = Box::leak(Box::new(GraphBuilder::new()));
        let stranger = other.var("y");
        let _ = substitute(&subject(), move |_| vec![("x", stranger)]);
    }

    #[test]
    fn a_million_nodes() {
        let replaced = substitute(&LONG_CHAIN, |b| vec![("y", b.var("x").cos())]).unwrap();
        assert_eq!(input_names(&replaced), ["x"]);
        assert_eq!(replaced.op_count(), 1_000_001);
    }
}

mod transforms {
    use super::*;

    fn point() -> impl Strategy<Value = [f64; 3]> {
        [-9.0..9.0, -9.0..9.0, -9.0..9.0]
    }

    /// A map well away from flat: a rotation, a scale, a shear and a translation.
    fn map() -> impl Strategy<Value = Affine> {
        let factor = || prop_oneof![0.2..4.0, -4.0..-0.2];
        let scale = [factor(), factor(), factor()];
        (point(), 0.0..6.3, scale, -2.0..2.0, point()).prop_map(|(axis, angle, s, k, offset)| {
            let axis = [axis[0], axis[1], axis[2] + 10.0];
            let shear = [
                [1.0, k, 0.0, 0.0],
                [0.0, 1.0, 0.0, 0.0],
                [0.0, 0.0, 1.0, 0.0],
            ];
            Affine::rotate(axis, angle)
                .then(Affine::scale_axes(s))
                .then(Affine::from_rows(shear))
                .then(Affine::translate(offset))
        })
    }

    fn assert_near(found: [f64; 3], expected: [f64; 3]) {
        for (f, e) in found.into_iter().zip(expected) {
            let near = (f - e).abs() <= 1e-10 * (1.0 + e.abs().max(f.abs()));
            assert!(near, "{found:?} is not {expected:?}");
        }
    }

    fn length([x, y, z]: [f64; 3]) -> f64 {
        (x * x + y * y + z * z).sqrt()
    }

    proptest! {
        #[test]
        fn composition_is_one_after_the_other(f in map(), g in map(), h in map(), p in point()) {
            assert_near(f.then(g).apply(p), g.apply(f.apply(p)));
            assert_near(f.then(g).then(h).apply(p), f.then(g.then(h)).apply(p));
            prop_assert_eq!(f.then(Affine::IDENTITY), f);
            prop_assert_eq!(Affine::IDENTITY.then(f), f);
        }

        #[test]
        fn an_inverse_undoes(f in map(), p in point()) {
            let inverse = f.inverse().unwrap();
            assert_near(inverse.apply(f.apply(p)), p);
            assert_near(f.apply(inverse.apply(p)), p);
        }

        #[test]
        fn rotations_keep_lengths_and_their_axis(
            axis in point(), angle in -7.0..7.0, p in point(), size in -300..300,
        ) {
            let axis = [axis[0], axis[1], axis[2] + 10.0];
            let turn = Affine::rotate(axis, angle);
            assert_near([length(turn.apply(p)), 0.0, 0.0], [length(p), 0.0, 0.0]);
            assert_near(turn.apply(axis), axis);
            // The length of the axis does not matter.
            let scaled = axis.map(|v| v * 10f64.powi(size));
            assert_near(Affine::rotate(scaled, angle).apply(p), turn.apply(p));
            assert_near(turn.then(Affine::rotate(axis, -angle)).apply(p), p);
        }

        #[test]
        fn the_graph_applies_the_map_to_the_bit(f in map(), p in point()) {
            let builder = GraphBuilder::new();
            let outputs = ["x", "y", "z"].map(|name| (name, builder.var(name)));
            let (moved, parameters) = transform(&builder.finish(outputs).unwrap(), "m").unwrap();
            let at = ["x", "y", "z"].into_iter().zip(p).chain(parameters.bind(&f));
            let found = evaluate(&moved, at.map(|(name, v)| (name, Value::Real(v))));
            prop_assert_eq!(found, f.apply(p).map(Value::Real));
        }
    }

    #[test]
    fn rotations_turn_the_axes_into_each_other() {
        let quarter = std::f64::consts::FRAC_PI_2;
        let (x, y, z) = ([1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]);
        for (about, named, from, to) in [
            (x, Affine::rotate_x(quarter), y, z),
            (y, Affine::rotate_y(quarter), z, x),
            (z, Affine::rotate_z(quarter), x, y),
        ] {
            assert_near(named.apply(from), to);
            assert_near(Affine::rotate(about, quarter).apply(from), to);
        }
        let nowhere = Affine::rotate([0.0; 3], 1.0);
        assert!(nowhere.values()[0].is_nan());
    }

    #[test]
    fn what_flattens_space_or_leaves_it_has_no_inverse() {
        for map in [
            Affine::scale(0.0),
            Affine::scale_axes([1.0, 0.0, 1.0]),
            Affine::from_rows([
                [1.0, 2.0, 3.0, 0.0],
                [2.0, 4.0, 6.0, 0.0],
                [0.0, 0.0, 1.0, 0.0],
            ]),
            Affine::scale(f64::NAN),
            Affine::scale(f64::INFINITY),
            Affine::translate([f64::INFINITY, 0.0, 0.0]),
        ] {
            assert_eq!(map.inverse(), None, "{map:?}");
        }
        // A determinant of 1e-600 is no reason to give up.
        let tiny = Affine::scale(1e-200);
        assert_eq!(tiny.inverse(), Some(Affine::scale(1.0 / 1e-200)));
    }

    #[test]
    fn the_inputs_are_all_there_whatever_the_graph_uses() {
        let matrix = [
            "m.m00", "m.m01", "m.m02", "m.m03", "m.m10", "m.m11", "m.m12", "m.m13", "m.m20",
            "m.m21", "m.m22", "m.m23",
        ];
        let check = |before: &[&str], points: &[&str]| {
            let builder = GraphBuilder::new();
            let sum = before
                .iter()
                .fold(builder.constant(0.0), |sum, v| sum + builder.var(v));
            let graph = builder.finish([("", sum)]).unwrap();
            let (moved, parameters) = transform(&graph, "m").unwrap();
            assert_eq!(input_names(&moved), [points, &matrix].concat());
            assert!(parameters.names().eq(matrix));
            for (name, variable) in matrix.iter().zip(parameters.variables()) {
                assert_eq!(moved.variable_named(name), Some(variable));
            }
        };
        check(&["x"], &["x", "y", "z"]);
        check(&["z", "gain", "x"], &["z", "gain", "x", "y"]);
        check(&[], &["x", "y", "z"]);

        // Row 0 mixes in all of the point.
        let (moved, parameters) = transform(&graph(|b| b.var("x")), "m").unwrap();
        let map = Affine::from_rows([[2.0, 3.0, 5.0, 7.0], [0.0; 4], [0.0; 4]]);
        let at: Vec<_> = [("x", 1.0), ("y", 10.0), ("z", 100.0)]
            .into_iter()
            .chain(parameters.bind(&map))
            .collect();
        assert_eq!(evaluate_real(&moved, &at), 539.0);
        assert_eq!(moved.op_count(), 3);
    }

    #[test]
    fn transforms_nest_under_other_names_and_share_under_the_same() {
        let x = graph(|b| b.var("x"));
        let (once, a) = transform(&x, "a").unwrap();
        let (nested, b) = transform(&once, "b").unwrap();
        assert_eq!(nested.variables().len(), 27);
        let [f, g] = [Affine::rotate_z(0.3), Affine::translate([1.0, 2.0, 3.0])];
        let at: Vec<_> = [("x", 1.0), ("y", 10.0), ("z", 100.0)]
            .into_iter()
            .chain(a.bind(&f))
            .chain(b.bind(&g))
            .collect();
        let expected = f.apply(g.apply([1.0, 10.0, 100.0]))[0];
        assert_eq!(evaluate_real(&nested, &at), expected);

        let (shared, again) = transform(&once, "a").unwrap();
        assert_eq!(shared.variables().len(), 15);
        assert!(again.names().eq(a.names()));
    }

    #[test]
    fn names_and_types_are_checked() {
        let x = graph(|b| b.var("x"));
        let error = transform(&x, "no good").unwrap_err();
        assert!(matches!(error, GraphError::BadVariable { .. }), "{error}");
        for integer in ["y", "m.m12"] {
            let graph = graph(|b| b.try_var(integer, Type::I32).unwrap());
            let error = transform(&graph, "m").unwrap_err();
            assert!(matches!(error, GraphError::VariableType { .. }), "{error}");
        }
    }

    #[test]
    fn a_million_nodes() {
        let (moved, _) = transform(&LONG_CHAIN, "m").unwrap();
        assert_eq!(moved.op_count(), 1_000_006);
    }
}

mod derivatives {
    use super::*;

    /// By central differences with an error of sixth order.
    fn slope_at_zero(f: impl Fn(f64) -> f64) -> f64 {
        const H: f64 = 1e-3;
        let difference = |steps: f64| f(steps * H) - f(-steps * H);
        (45.0 * difference(1.0) - 9.0 * difference(2.0) + difference(3.0)) / (60.0 * H)
    }

    /// How the operands that stand still are given.
    #[derive(Debug, Clone, Copy)]
    enum Still {
        Constant,
        Input,
    }

    /// `op` of operands that start at `point` and move along `direction` with t.
    fn moving(op: Op, point: [f64; 3], direction: [f64; 3], still: Still) -> Graph {
        let builder = GraphBuilder::new();
        let t = builder.var("t");
        let mut operands = Vec::new();
        for (i, kind) in op.row().operands.iter().enumerate() {
            let start = match still {
                Still::Constant => builder.constant(point[i]),
                Still::Input => builder.var(["a", "b", "c"][i]),
            };
            operands.push(match kind {
                Kind::Only(Type::Bool) => start.gt(0.0),
                _ if direction[i] == 0.0 => start,
                _ => t * direction[i] + start,
            });
        }
        builder.finish([("", Expr::apply(op, &operands))]).unwrap()
    }

    /// Compares the derivative with differences; false where the op is not finite.
    fn agrees(op: Op, point: [f64; 3], direction: [f64; 3], still: Still) -> bool {
        let graph = moving(op, point, direction, still);
        let slope = derivative(&graph, "t").unwrap();
        let [a, b, c] = point;
        let at = |t: f64| [("a", a), ("b", b), ("c", c), ("t", t)];
        let expected = slope_at_zero(|t| evaluate_real(&graph, &at(t)));
        if !expected.is_finite() {
            return false;
        }
        let found = evaluate_real(&slope, &at(0.0));
        assert!(
            (found - expected).abs() <= 1e-8 * (1.0 + expected.abs()),
            "{op} at {point:?} along {direction:?}, {still:?}: {found} is not {expected}"
        );
        true
    }

    fn is_differentiable(op: Op) -> bool {
        let reals: Vec<Type> = op
            .row()
            .operands
            .iter()
            .map(|kind| match kind {
                Kind::Only(ty) => *ty,
                _ => Type::Real,
            })
            .collect();
        reals.contains(&Type::Real) && op.result_type(&reals) == Some(Type::Real)
    }

    /// In no special position to each other or to integers, some in every domain.
    const POINTS: [[f64; 3]; 6] = [
        [0.35, 1.3, -0.6],
        [1.3, 0.35, 2.2],
        [-0.6, 2.2, 0.35],
        [2.2, -1.9, 1.3],
        [-1.9, -0.6, -1.3],
        [0.6, -0.25, -0.5],
    ];

    const DIRECTIONS: [[f64; 3]; 5] = [
        [1.0, 0.0, 0.0],
        [0.0, 1.0, 0.0],
        [0.0, 0.0, 1.0],
        [1.0, -0.5, 0.0],
        [0.7, 0.4, -1.2],
    ];

    #[test]
    fn every_rule_agrees_with_differences() {
        for &op in Op::ALL.iter().filter(|&&op| is_differentiable(op)) {
            for direction in DIRECTIONS {
                for still in [Still::Constant, Still::Input] {
                    let points = POINTS.iter();
                    let checked = points.filter(|&&p| agrees(op, p, direction, still)).count();
                    assert!(
                        checked >= 2,
                        "{op}: only {checked} points are in its domain"
                    );
                }
            }
        }
    }

    #[test]
    fn rules_agree_at_special_points() {
        let check = |op, point, direction| {
            for still in [Still::Constant, Still::Input] {
                assert!(agrees(op, point, direction, still), "{op} at {point:?}");
            }
        };
        let (a, b, c) = ([1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]);
        check(Op::And, [0.0, 1.3, 0.0], b);
        check(Op::Or, [0.0, 1.3, 0.0], b);
        check(Op::Clamp, [0.5, 0.0, 1.0], a);
        check(Op::Clamp, [-0.5, 0.0, 1.0], b);
        check(Op::Clamp, [1.5, 0.0, 1.0], c);
        check(Op::Root, [-8.0, 3.0, 0.0], a);
        check(Op::Root, [5.0, -2.0, 0.0], a);
        check(Op::Root, [0.0, 1.0, 0.0], a);
        for exponent in [-2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 4.0] {
            check(Op::Pow, [-1.3, exponent, 0.0], a);
        }
        for exponent in [0.0, 1.0, 2.0, 3.0] {
            check(Op::Pow, [0.0, exponent, 0.0], a);
        }
        check(Op::Pow, [0.0, 1.5, 0.0], b);
    }

    #[test]
    fn what_moves_in_steps_has_slope_zero() {
        let zero = |build: for<'g> fn(Expr<'g>) -> Expr<'g>| {
            let graph = graph(|b| build(b.var("x")));
            let slope = derivative(&graph, "x").unwrap();
            let [output] = slope.outputs() else {
                panic!("{slope:?}")
            };
            assert_eq!(
                slope.value(output.node),
                Some(Value::Real(0.0)),
                "{graph:?}"
            );
        };
        zero(|x| x.lt(1.0));
        zero(|x| x.floor() * 3.0 + x.sign());
        zero(|x| x.to_i32());
        zero(|x| x.to_i64().hash().to_real());
        zero(|x| x.floor().bits32().from_bits32());
        zero(|x| {
            x.to_i32()
                .lookup_in(x.builder().table(Table::real([1.0, 2.0]).unwrap()))
        });
        zero(|x| x.gt(0.0).select(1.0, 2.0));
        zero(|x| x.builder().var("y").exp());
    }

    /// The derivative by x is the expected expression, node for node.
    fn check(
        build: impl for<'g> FnOnce(&'g GraphBuilder, Expr<'g>, Expr<'g>) -> Expr<'g>,
        expected: impl for<'g> FnOnce(&'g GraphBuilder, Expr<'g>, Expr<'g>) -> Expr<'g>,
    ) {
        let value = graph(|b| build(b, b.var("x"), b.var("y")));
        let slope = graph(|b| expected(b, b.var("x"), b.var("y")));
        assert_eq!(derivative(&value, "x").unwrap(), slope);
    }

    #[test]
    fn no_litter_is_built() {
        check(|_, x, y| x * y, |_, _, y| y);
        check(|_, x, y| y / x, |_, x, y| -(y / x) / x);
        check(|_, x, y| x.fma(y, y), |_, _, y| y);
        check(|_, x, y| x + y.sin() * y.exp(), |b, _, _| b.constant(1.0));
        check(
            |_, x, y| y.lt(x).select(y, y.sqrt()),
            |b, _, _| b.constant(0.0),
        );
        check(
            |_, x, y| y.lt(0.0).select(x + y, x - y),
            |b, _, _| b.constant(1.0),
        );
        check(|_, x, _| x.pow(3.0), |_, x, _| 3.0 * x.square());
        check(|_, x, _| x.pow(2.0), |_, x, _| 2.0 * x);
        check(|_, x, _| x.pow(1.0), |b, _, _| b.constant(1.0));
        check(|_, x, y| y.pow(y) + x, |b, _, _| b.constant(1.0));
        check(|_, x, y| y.mix(x, 0.5), |b, _, _| b.constant(0.5));
    }

    #[test]
    fn ties_follow_the_branch_the_value_took() {
        let check = |build: for<'g> fn(Expr<'g>) -> Expr<'g>, expected: f64| {
            let slope = derivative(&graph(|b| build(b.var("x"))), "x").unwrap();
            assert_eq!(evaluate_real(&slope, &[("x", 0.0)]), expected);
        };
        check(|x| x.min(2.0 * x), 2.0);
        check(|x| x.max(2.0 * x), 2.0);
        check(|x| (2.0 * x).min(x), 1.0);
        check(|x| x.abs(), 1.0);
        check(|x| x.clamp(0.0, 1.0), 0.0);
        check(|x| (3.0 * x).and(x), 3.0);
        check(|x| (3.0 * x).or(x), 1.0);
    }

    #[test]
    fn inputs_and_outputs_keep_their_names() {
        let builder = GraphBuilder::new();
        let n = builder.try_var("n", Type::I32).unwrap();
        let (x, y) = (builder.var("x"), builder.var("y"));
        let graph = builder
            .finish([
                ("a", x * n.to_real()),
                ("b", y),
                ("c", n + 1),
                ("d", x.lt(y)),
            ])
            .unwrap();
        let slope = derivative(&graph, "x").unwrap();
        assert_eq!(input_names(&slope), ["n", "x", "y"]);
        let names: Vec<&str> = slope.outputs().iter().map(|o| &*o.name).collect();
        assert_eq!(names, ["a", "b", "c", "d"]);
        let at = [
            ("n", Value::I32(3)),
            ("x", Value::Real(1.0)),
            ("y", Value::Real(2.0)),
        ];
        assert_eq!(evaluate(&slope, at), [3.0, 0.0, 0.0, 0.0].map(Value::Real));
    }

    #[test]
    fn what_has_no_derivative_says_what_to_do() {
        let check =
            |build: &dyn for<'g> Fn(&'g GraphBuilder) -> Expr<'g>, by: &str, expected: &str| {
                let error = derivative(&graph(build), by).unwrap_err();
                assert_eq!(error.to_string(), expected);
            };
        check(
            &|b| b.var("x") + b.try_var("n", Type::I64).unwrap().to_real(),
            "w",
            "the graph has no input called `w`; its inputs are: x, n",
        );
        check(
            &|b| b.try_var("n", Type::I64).unwrap().to_real(),
            "n",
            "`n` has no derivative; it is an integer input, and only a real one varies smoothly",
        );
        check(
            &|b| b.var("x").bits32().from_bits32(),
            "x",
            "`bits32` has no derivative; take the bits of something that changes in steps, such \
             as `floor(x)`",
        );
        let gamma = UserOp::function("gamma", 1, |v| v[0]).unwrap();
        check(
            &|b| b.call(&gamma, &[b.var("x")]).unwrap(),
            "x",
            "`gamma` has no derivative; give it one with `UserOp::with_derivative`",
        );
        let echo = UserOp::stateful_lowering("echo", 1, |v| v[0]).unwrap();
        check(
            &|b| b.call(&echo, &[b.var("x")]).unwrap(),
            "x",
            "`echo` has no derivative; give it one with `UserOp::with_derivative`",
        );
    }

    #[test]
    fn what_does_not_depend_on_the_input_needs_no_derivative() {
        let gamma = UserOp::function("gamma", 1, |v| v[0] + 1.0).unwrap();
        let noise = UserOp::process("noise", 0, || |_: &[f64]| 0.25).unwrap();
        let graph = graph(|b| {
            let (x, y) = (b.var("x"), b.var("y"));
            let _dead = x.bits32();
            let gain = b.call(&gamma, &[y]).unwrap() * b.call(&noise, &[]).unwrap();
            gain * x + y.bits64().hash().to_real()
        });
        let slope = derivative(&graph, "x").unwrap();
        assert_eq!(evaluate_real(&slope, &[("x", 0.0), ("y", 3.0)]), 1.0);
    }

    /// The slope of a user op's call along x, at x = 0.7 and y = 1.9.
    fn slope_of_call(op: &Arc<UserOp>, operands: [for<'g> fn(Expr<'g>, Expr<'g>) -> Expr<'g>; 2]) {
        let graph = graph(|b| {
            let (x, y) = (b.var("x"), b.var("y"));
            b.call(op, &operands.map(|operand| operand(x, y))).unwrap()
        });
        let slope = derivative(&graph, "x").unwrap();
        let at = |t: f64| [("x", 0.7 + t), ("y", 1.9)];
        let expected = slope_at_zero(|t| evaluate_real(&graph, &at(t)));
        let found = evaluate_real(&slope, &at(0.0));
        assert!((found - expected).abs() < 1e-8, "{found} is not {expected}");
    }

    #[test]
    fn user_ops_follow_their_derivative_or_their_lowering() {
        let known = UserOp::function("known", 2, |v| v[0].sin() * v[1] * v[1])
            .unwrap()
            .with_derivative(|v, i| match i {
                0 => v[0].cos() * v[1].square(),
                _ => v[0].sin() * 2.0 * v[1],
            });
        let inner = UserOp::lowering("inner", 2, |v| v[0].sin() * v[1].square() + v[0]).unwrap();
        let outer = {
            let (inner, known) = (inner.clone(), known.clone());
            UserOp::lowering("outer", 2, move |v| {
                let builder = v[0].builder();
                let first = builder.call(&inner, &[v[1].exp(), v[0]]).unwrap();
                first * builder.call(&known, &[v[0], first]).unwrap()
            })
            .unwrap()
        };
        for op in [known, inner, outer] {
            slope_of_call(&op, [|x, _| x, |_, y| y]);
            slope_of_call(&op, [|_, y| y, |x, _| x]);
            slope_of_call(&op, [|x, _| x.square(), |x, y| (x * y).sin()]);
            slope_of_call(&op, [|x, _| x, |x, _| x]);
        }
    }

    #[test]
    fn a_lowering_may_find_nodes_that_come_after_the_call() {
        let op = UserOp::lowering("op", 1, |v| v[0].sin().exp()).unwrap();
        let builder = GraphBuilder::new();
        let x = builder.var("x");
        let called = builder.call(&op, &[x]).unwrap();
        let later = x.sin().exp();
        let graph = builder
            .finish([("a", called + later), ("b", called), ("c", later)])
            .unwrap();
        let slope = derivative(&graph, "x").unwrap();
        let outputs = slope.outputs();
        assert_eq!(outputs[1].node, outputs[2].node);
        assert_eq!(slope.operands(outputs[0].node), [outputs[1].node; 2]);
    }

    #[test]
    fn lowerings_nest_a_thousand_deep() {
        let mut op = UserOp::lowering("op", 1, |v| v[0].sin()).unwrap();
        for depth in 0..1000 {
            let inner = op.clone();
            op = UserOp::lowering(&format!("op{depth}"), 1, move |v| {
                v[0].builder().call(&inner, v).unwrap()
            })
            .unwrap();
        }
        let graph = graph(|b| b.call(&op, &[b.var("x")]).unwrap());
        assert_eq!(
            derivative(&graph, "x").unwrap(),
            super::graph(|b| b.var("x").cos())
        );
    }

    #[test]
    fn partials_share_nodes_with_the_value() {
        let mut graph = graph(|b| b.var("x").hypot(b.var("y")));
        let root = graph.outputs()[0].node;
        let by = ["x", "y"].map(|name| graph.variable_named(name).unwrap());
        let gradient = partials(&mut graph, root, &by).unwrap();
        let [x, y] = by.map(|v| graph.variable_node(v));
        assert_eq!(graph.operands(gradient[0]), [x, root]);
        assert_eq!(graph.operands(gradient[1]), [y, root]);
        assert_eq!(graph.op_count(), 1, "the outputs are left alone");
    }

    #[test]
    fn a_million_nodes() {
        let slope = derivative(&LONG_CHAIN, "x").unwrap();
        assert_eq!(slope.op_count(), 999_999);
    }
}

mod rates {
    use super::*;

    fn sets(graph: &Graph, names: &[&str]) -> VariableSet {
        let named = names.iter().map(|name| graph.variable_named(name).unwrap());
        named.collect()
    }

    #[test]
    fn each_node_depends_on_what_its_operands_do() {
        let noise = UserOp::process("noise", 1, || |v: &[f64]| v[0]).unwrap();
        let builder = GraphBuilder::new();
        let (x, y) = (builder.var("x"), builder.var("y"));
        let table = builder.table(Table::real([1.0, 2.0]).unwrap());
        let looked_up = x.to_i32().lookup_in(table);
        let both = looked_up + y;
        let constant = builder.constant(2.0).sqrt();
        let silence = builder.call(&noise, &[constant]).unwrap();
        let driven = builder.call(&noise, &[y]).unwrap();
        let outputs = [("a", both), ("b", silence * 2.0), ("c", driven)];
        let nodes = [looked_up, both, constant, silence, driven].map(Expr::id);
        let graph = builder.finish(outputs).unwrap();

        let rates = dependencies(&graph);
        let [looked_up, both, constant, silence, driven] = nodes.map(|id| rates[id.index()]);
        assert_eq!(looked_up, sets(&graph, &["x"]));
        assert_eq!(both, sets(&graph, &["x", "y"]));
        assert!(constant.is_empty());
        assert!(silence.has_state() && !silence.is_empty() && silence.iter().next().is_none());
        assert!(driven.has_state() && driven.contains(graph.variable_named("y").unwrap()));
        for stateful in [silence, driven] {
            assert!(!stateful.is_subset_of(sets(&graph, &["x", "y"])));
            assert!(
                !stateful.is_subset_of(stateful),
                "not surely the same state"
            );
        }

        let counts: Vec<_> = histogram(&graph).into_iter().collect();
        let y = sets(&graph, &["y"]);
        let x = sets(&graph, &["x"]);
        let expected = [
            (VariableSet::EMPTY, 1),
            (x, 2),
            (x.union(y), 1),
            (silence, 2),
            (driven, 1),
        ];
        assert_eq!(counts, expected);
    }

    #[test]
    fn only_live_ops_are_counted() {
        let graph = graph(|b| {
            let x = b.var("x");
            let _dead = x.sin() + b.var("y");
            x.cos().exp()
        });
        let counts = histogram(&graph);
        assert_eq!(
            counts.into_iter().collect::<Vec<_>>(),
            [(sets(&graph, &["x"]), 2)]
        );
    }

    #[test]
    fn sets_are_exact_for_the_first_inputs_and_safe_for_the_rest() {
        let builder = GraphBuilder::new();
        let names: Vec<String> = (0..70).map(|i| format!("v{i}")).collect();
        let sum = names
            .iter()
            .fold(builder.constant(0.0), |sum, name| sum + builder.var(name));
        let graph = builder.finish([("", sum)]).unwrap();
        let variables: Vec<VariableId> = names
            .iter()
            .map(|name| graph.variable_named(name).unwrap())
            .collect();

        let (exact, later) = variables.split_at(VariableSet::EXACT);
        for (i, &a) in exact.iter().enumerate() {
            let set = VariableSet::of(a);
            assert!(set.iter().eq([a]) && !set.has_later());
            for (j, &b) in variables.iter().enumerate() {
                assert_eq!(set.contains(b), i == j);
                assert_eq!(set.is_subset_of(VariableSet::of(b)), i == j);
            }
        }
        let [a, b] = [later[0], later[1]].map(VariableSet::of);
        assert!(a.has_later() && a.intersects(b), "perhaps the same input");
        assert!(!a.is_subset_of(b), "not surely the same input");
        assert!(!a.has_state());
        assert!(VariableSet::EMPTY.is_subset_of(a));
        assert!(VariableSet::of(exact[0]).is_subset_of(a.union(VariableSet::of(exact[0]))));

        let all = dependencies(&graph)[sum.id().index()];
        assert!(variables.iter().all(|&v| all.contains(v)));
        assert_eq!(all.iter().count(), VariableSet::EXACT);
    }

    #[test]
    fn a_million_nodes() {
        let chain = &*LONG_CHAIN;
        let counts = histogram(chain);
        assert_eq!(counts[&sets(chain, &["x", "y"])], 1_000_000);
    }
}
