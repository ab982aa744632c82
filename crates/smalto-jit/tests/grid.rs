//! A picture is what the reference says at every one of its points, on every target, and
//! nothing beside it is touched.

mod common;
#[cfg(unix)]
mod guarded;

use common::{
    Column, Random, difference, pure_graphs, recordable, targets_for, with_one_output,
    with_real_outputs,
};
use proptest::prelude::*;
use smalto_graph::{Graph, Type, Value, formula};
use smalto_jit::{CompileError, EvalError, GridEvaluator, Input, Options, Real, Target};
use smalto_lower::Reference;

const AXES: [&str; 2] = ["x", "y"];

/// Widths and heights around those of waves and cells.
const SIZES: [usize; 16] = [0, 1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64, 65];
/// And of several cells, which are as wide as 1024 columns.
const WIDE: [usize; 5] = [130, 257, 300, 1024, 1031];
const HIGH: usize = 130;

fn grid<T: Real>(graph: &Graph, target: Target) -> Result<GridEvaluator<T>, CompileError> {
    let options = Options {
        target,
        ..Options::default()
    };
    GridEvaluator::new(graph, AXES, &options)
}

/// The coordinates of a picture, and a value for each input that is no axis.
struct Picture<'g, T> {
    graph: &'g Graph,
    columns: Vec<T>,
    rows: Vec<T>,
    /// One for every input; what stands for an axis is not used.
    others: Vec<Column<T>>,
}

impl<'g, T: Real> Picture<'g, T> {
    fn random(graph: &'g Graph, width: usize, height: usize, random: &mut Random) -> Self {
        let mut coordinates = |length| match Column::random(Type::Real, length, random) {
            Column::Real(values) => values,
            _ => unreachable!("a column of reals"),
        };
        let (columns, rows) = (coordinates(width), coordinates(height));
        let variables = graph.variables().iter();
        let others = variables.map(|variable| Column::random(variable.ty, 1, random));
        Picture {
            graph,
            columns,
            rows,
            others: others.collect(),
        }
    }

    fn scalars(&self) -> Vec<Input<'_, T>> {
        let variables = self.graph.variables().iter().zip(&self.others);
        let others = variables.filter(|(variable, _)| !AXES.contains(&&*variable.name));
        others.map(|(_, column)| column.scalar()).collect()
    }

    /// How many values it has: one an output and point.
    fn len(&self) -> usize {
        self.graph.outputs().len() * self.columns.len() * self.rows.len()
    }

    fn expected(&self) -> Vec<T> {
        let mut planes = vec![Vec::new(); self.graph.outputs().len()];
        let mut point: Vec<Value> = self.others.iter().map(|column| column.get(0)).collect();
        let [x, y] = AXES.map(|name| self.graph.variable_named(name));
        for row in &self.rows {
            for column in &self.columns {
                for (axis, value) in [(x, column), (y, row)] {
                    if let Some(id) = axis {
                        point[id.index()] = Value::Real(value.to_f64());
                    }
                }
                let values = Reference(T::ELEMENT).run(self.graph, &point).unwrap();
                for (plane, value) in planes.iter_mut().zip(values) {
                    plane.push(T::from_f64(match value {
                        Value::Real(value) => value,
                        Value::Bool(value) => f64::from(u8::from(value)),
                        other => panic!("a picture of {}", other.ty()),
                    }));
                }
            }
        }
        planes.concat()
    }

    /// Where `found` is not `expected`.
    fn difference(&self, found: &[T], expected: &[T]) -> Option<String> {
        let [found, expected] = [found, expected].map(|values| vec![Column::Real(values.to_vec())]);
        let (width, height) = (self.columns.len(), self.rows.len());
        let difference = difference(&found, &expected)?;
        let formula = formula::print(self.graph);
        Some(format!("{width} by {height}, {difference}\n{formula}"))
    }
}

/// That pictures of `graph` of these sizes are what the reference says, one after the
/// other in the same memory.
fn check<T: Real>(graph: &Graph, sizes: &[(usize, usize)], random: &mut Random) {
    let pictures: Vec<_> = sizes
        .iter()
        .map(|&(width, height)| {
            let picture = Picture::<T>::random(graph, width, height, random);
            let expected = picture.expected();
            (picture, expected)
        })
        .collect();
    for target in targets_for::<T>(graph) {
        let grid = grid::<T>(graph, target).unwrap();
        assert_eq!(grid.target(), target);
        let mut workspace = grid.workspace();
        for (picture, expected) in &pictures {
            let mut found = vec![T::from_f64(-123.25); picture.len()];
            let Picture { columns, rows, .. } = picture;
            grid.eval(
                &mut workspace,
                columns,
                rows,
                &picture.scalars(),
                &mut found,
            )
            .unwrap();
            let difference = picture.difference(&found, expected);
            assert_eq!(difference, None, "{target}");
        }
    }
}

/// The formula in both elements, in every pair of sizes.
fn check_formula(formula: &str) {
    let graph = formula::parse(formula).unwrap();
    let mut sizes: Vec<_> = SIZES.iter().flat_map(|&w| SIZES.map(|h| (w, h))).collect();
    sizes.extend(WIDE.iter().flat_map(|&width| [(width, 1), (width, 65)]));
    sizes.extend([(3, HIGH), (17, HIGH), (1031, HIGH)]);
    check::<f32>(&graph, &sizes, &mut Random(1));
    check::<f64>(&graph, &sizes, &mut Random(2));
}

#[test]
fn what_depends_on_one_axis_is_the_same_along_the_other() {
    check_formula("input x, y; sqrt(x^2 + y^2) - abs(x) * max(y, 0.5)");
}

#[test]
fn a_graph_may_lack_axes() {
    check_formula("input x; x * x - 1");
    check_formula("input y; y * y - 1");
    check_formula("input a; a + 1");
    check_formula("2.5");
    check_formula("input x; x");
    check_formula("input y; y");
}

#[test]
fn cells_are_narrow_where_columns_have_many_values() {
    let term = |number| format!("max(sqrt(x + {number}), y * {number})");
    let terms: Vec<String> = (1..=24).map(term).collect();
    check_formula(&format!("input x, y; {}", terms.join(" + ")));
}

#[test]
fn other_inputs_have_one_value() {
    check_formula("input gain, y, n: i32, x, k: i64; (x * gain + y) * real(n) + real(k)");
}

#[test]
fn outputs_follow_one_another() {
    check_formula(
        "input x, y, t;
        output red = sqrt(x^2 + y^2); output green = x * t; output blue = y - t; output alpha = x < y;",
    );
    // The same value twice, an axis as it is, and a constant.
    check_formula("input x, y; output a = x * y; output b = x * y; output c = y; output d = 2.5;");
    check_formula("input x, y; output a = sin(x) * y; output b = x - y;");
}

#[test]
fn truth_is_one() {
    check_formula("input x, y; x < y");
}

#[test]
fn integers_of_an_axis_have_waves_of_their_own() {
    check_formula("input x, y; real(i64(x) * 3i64 + i64(y)) + real(bit_and(i32(x), i32(y)))");
}

#[test]
fn what_has_no_machine_code_is_interpreted() {
    check_formula("input x, y, t; sin(x + t) * exp(y)");
}

/// Two sizes, the second one of several cells at times.
fn sizes(random: &mut Random) -> [(usize, usize); 2] {
    let first = (random.pick(&SIZES), random.pick(&SIZES));
    let second = match random.below(2) {
        0 => (random.pick(&WIDE), random.pick(&SIZES)),
        _ => (random.pick(&SIZES), HIGH),
    };
    [first, second]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 100,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn random_pictures_in_f32(graph in recordable(100), seed: u64) {
        let mut random = Random(seed);
        check::<f32>(&with_one_output(graph), &sizes(&mut random), &mut random);
    }

    #[test]
    fn random_pictures_in_f64(graph in recordable(100), seed: u64) {
        let mut random = Random(seed);
        check::<f64>(&with_one_output(graph), &sizes(&mut random), &mut random);
    }

    #[test]
    fn random_pictures_of_all_operations(graph in pure_graphs(100), seed: u64) {
        let mut random = Random(seed);
        check::<f32>(&with_one_output(graph), &sizes(&mut random), &mut random);
    }

    #[test]
    fn random_pictures_of_several_outputs(graph in recordable(100), seed: u64) {
        let mut random = Random(seed);
        check::<f32>(&with_real_outputs(graph), &sizes(&mut random), &mut random);
    }
}

#[test]
fn nothing_changes_when_auto_compiles() {
    let graph = formula::parse("input x, y; sqrt(x^2 + y^2) - abs(x * 3 - y)").unwrap();
    let grid = grid::<f32>(&graph, Target::Auto).unwrap();
    let picture = Picture::<f32>::random(&graph, 500, 200, &mut Random(3));
    let expected = picture.expected();
    let mut workspace = grid.workspace();
    for _ in 0..50 {
        let mut found = vec![0.0; picture.len()];
        grid.eval(
            &mut workspace,
            &picture.columns,
            &picture.rows,
            &[],
            &mut found,
        )
        .unwrap();
        assert_eq!(picture.difference(&found, &expected), None);
    }
}

/// Coordinates and values beside pages that fault.
#[cfg(unix)]
mod bounds {
    use super::*;
    use crate::guarded::{Guarded, Number, Placement};

    fn check<T: Real + Number>(formula: &str) {
        let graph = formula::parse(formula).unwrap();
        let mut random = Random(4);
        // A picture of 1031 by 130 in f64 is 262 pages, one of two outputs 524.
        let [mut columns, mut rows, mut values] = [3, 2, 524].map(Guarded::new);
        for (width, height) in sizes() {
            let picture = Picture::<T>::random(&graph, width, height, &mut random);
            let (expected, len) = (picture.expected(), picture.len());
            for target in targets_for::<T>(&graph) {
                let grid = grid::<T>(&graph, target).unwrap();
                for placement in [Placement::AfterGuard(0), Placement::BeforeGuard] {
                    let found = values.slice::<T>(placement, len);
                    grid.eval(
                        &mut grid.workspace(),
                        columns.read_only(placement, &picture.columns),
                        rows.read_only(placement, &picture.rows),
                        &picture.scalars(),
                        found,
                    )
                    .unwrap();
                    let difference = picture.difference(found, &expected);
                    assert_eq!(difference, None, "{target} {placement:?}");
                    values.check_canaries::<T>(placement, len);
                }
            }
        }
    }

    fn sizes() -> impl Iterator<Item = (usize, usize)> {
        let widths = SIZES.into_iter().chain(WIDE);
        widths.flat_map(|width| [0, 1, 17, 64, 65, HIGH].map(|height| (width, height)))
    }

    const ONE: &str = "input x, t, y; sqrt(x^2 + y^2) * abs(x) - t * y";
    const TWO: &str = "input x, t, y; output a = x * t - y; output b = x * x;";

    #[test]
    fn are_kept_in_f32() {
        check::<f32>(ONE);
        check::<f32>(TWO);
    }

    #[test]
    fn are_kept_in_f64() {
        check::<f64>(ONE);
        check::<f64>(TWO);
    }
}

mod errors {
    use super::*;

    /// That no target makes a picture of `formula`, with this message.
    fn check_compile(formula: &str, message: &str) {
        let graph = formula::parse(formula).unwrap();
        let mut targets = vec![Target::Auto];
        targets.extend(targets_for::<f32>(&graph));
        for target in targets {
            let error = grid::<f32>(&graph, target).unwrap_err();
            assert_eq!(error.to_string(), message, "{target}");
        }
    }

    #[test]
    fn graphs_that_are_no_pictures() {
        check_compile(
            "input x; output a = x; output n = i32(x);",
            "`n` is i32, but here it has to be a real",
        );
        check_compile(
            "input x: i32, y; real(x) + y",
            "`x` is i32, but here it has to be a real",
        );
        check_compile(
            "input x, y: i64; real(y) + x",
            "`y` is i64, but here it has to be a real",
        );
    }

    /// That this call of a picture of x, y, n and t is refused, and writes nothing.
    fn check_eval(scalars: &[Input<'_, f32>], length: usize, expected: EvalError, message: &str) {
        let graph = formula::parse("input n: i32, x, t, y; x * y + real(n) * t").unwrap();
        for target in targets_for::<f32>(&graph) {
            let grid = grid::<f32>(&graph, target).unwrap();
            let mut found = vec![-1.0; length];
            let axis = [0.5; 4];
            let error = grid
                .eval(&mut grid.workspace(), &axis, &axis, scalars, &mut found)
                .unwrap_err();
            assert_eq!(error, expected, "{target}");
            assert_eq!(error.to_string(), message, "{target}");
            assert!(found.iter().all(|&value| value == -1.0));
        }
    }

    #[test]
    fn calls_that_do_not_fit() {
        let good = [Input::ScalarI32(1), Input::Scalar(0.5)];
        check_eval(
            &good[..1],
            16,
            EvalError::InputCount {
                names: ["n", "t"].map(String::from).to_vec(),
                found: 1,
            },
            "1 inputs for a graph of 2: n, t",
        );
        check_eval(
            &[good[1], good[0]],
            16,
            EvalError::InputType {
                name: "n".into(),
                wanted: Type::I32,
                found: Type::Real,
            },
            "input `n` is i32, not real",
        );
        check_eval(
            &[good[0], Input::Slice(&[1.0])],
            16,
            EvalError::UniformSlice { name: "t".into() },
            "input `t` was compiled as uniform, so it takes one value, not a slice",
        );
        for found in [15, 17] {
            check_eval(
                &good,
                found,
                EvalError::GridLength {
                    expected: 16,
                    found,
                },
                &format!("a grid of 16 points, but room for {found} values"),
            );
        }
    }
}
