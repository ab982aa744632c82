//! Tracing: bounds hold, and shorter tapes have the bits of longer ones.

mod common;

use common::{Random, recordable_of_reals, targets};
use proptest::prelude::*;
use smalto_graph::{Graph, Op, formula};
use smalto_jit::trace::{
    Axis, BOXES, Bounds, BoxCode, Code, Computes, Demand, GRADIENTS, LINE, POINTS, ROWS, Tape,
    Trace, Tracer, Workspace,
};
use smalto_jit::{EvalError, Evaluator, Input, Options, Output, Real, Target};

fn options(target: Target) -> Options<'static> {
    Options {
        target,
        ..Options::default()
    }
}

/// Bits, all NaNs being alike.
fn same<T: Real>(a: &[T], b: &[T]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.same(*b))
}

/// A number, in or out of the ordinary.
fn number<T: Real>(random: &mut Random) -> T {
    const SPECIAL: [f64; 12] = [
        0.0,
        -0.0,
        1.0,
        -1.0,
        f64::INFINITY,
        f64::NEG_INFINITY,
        1e30,
        -1e30,
        1e-40,
        0.5,
        std::f64::consts::PI,
        -3.0,
    ];
    let word = random.bits();
    T::from_f64(match word % 4 {
        0 => SPECIAL[(word >> 8) as usize % SPECIAL.len()],
        _ => ((word >> 11) as f64 / (1u64 << 53) as f64 - 0.5) * 8.0,
    })
}

/// Bounds of a box along one axis: a point, or more.
fn extent<T: Real>(random: &mut Random) -> (T, T) {
    let a = number::<T>(random);
    let b = match random.bits() % 4 {
        0 => a,
        1 => T::from_f64(a.to_f64() + 0.01),
        _ => number(random),
    };
    if a <= b { (a, b) } else { (b, a) }
}

/// A number between bounds, often a bound itself.
fn between<T: Real>((lo, hi): (T, T), random: &mut Random) -> T {
    let word = random.bits();
    let inside = T::from_f64(
        lo.to_f64() + (hi.to_f64() - lo.to_f64()) * (word >> 11) as f64 / (1u64 << 53) as f64,
    );
    match word % 4 {
        0 => lo,
        1 => hi,
        _ if lo <= inside && inside <= hi => inside,
        _ => lo,
    }
}

/// Axes of a graph of reals: the first three inputs.
fn axes(graph: &Graph) -> Vec<(&str, Axis)> {
    let names = graph.variables().iter().take(3).map(|input| &*input.name);
    names.map(|name| (name, Axis::Points)).collect()
}

struct Case<'g, T> {
    graph: &'g Graph,
    demand: Demand,
    tracer: Tracer<T>,
    workspace: Workspace<T>,
    /// Values of the inputs that are no axes.
    uniforms: Vec<T>,
    evaluator: Evaluator<T>,
}

impl<'g, T: Real> Case<'g, T> {
    fn new(graph: &'g Graph, target: Target, demand: Demand, random: &mut Random) -> Case<'g, T> {
        let axes = axes(graph);
        let tracer = Tracer::<T>::with_demand(graph, &axes, demand, &options(target)).unwrap();
        let rest = graph.variables().len() - axes.len();
        let uniforms: Vec<T> = (0..rest).map(|_| number(random)).collect();
        let inputs: Vec<_> = uniforms.iter().map(|&value| Input::Scalar(value)).collect();
        Case {
            graph,
            demand,
            workspace: tracer.workspace(&inputs).unwrap(),
            tracer,
            uniforms,
            evaluator: Evaluator::new(graph, &options(Target::Interp)).unwrap(),
        }
    }

    /// What the evaluator gives at points: for each output its values.
    fn expected(&self, points: &[Vec<T>]) -> Vec<Vec<T>> {
        let count = points.first().map_or(POINTS, Vec::len);
        let mut values = vec![vec![T::default(); count]; self.graph.outputs().len()];
        let slices = points.iter().map(|axis| Input::Slice(axis));
        let inputs: Vec<_> = slices
            .chain(self.uniforms.iter().map(|&value| Input::Scalar(value)))
            .collect();
        let mut outputs: Vec<_> = values.iter_mut().map(|v| Output::Slice(v)).collect();
        self.evaluator.eval(&inputs, &mut outputs).unwrap();
        values
    }

    /// What a tape gives at a block of points.
    fn points(&mut self, tape: &Tape, points: &[Vec<T>]) -> Vec<Vec<T>> {
        let axes: Vec<&[T]> = points.iter().map(|axis| &**axis).collect();
        let rows = POINTS / LINE;
        self.tracer.points(&mut self.workspace, tape, &axes, rows);
        self.rows(tape)
    }

    /// The values of all outputs in all rows.
    fn rows(&self, tape: &Tape) -> Vec<Vec<T>> {
        let row = |output, row| self.tracer.row(&self.workspace, tape, output, row).to_vec();
        (0..self.tracer.outputs())
            .map(|output| (0..POINTS / LINE).flat_map(|r| row(output, r)).collect())
            .collect()
    }

    /// A tape, and machine code for it, give at the points of a block what they give at others.
    fn check_block<const N: usize>(&mut self, tape: &Tape, points: &[Vec<T>]) {
        let expected = self.points(tape, points);
        for axis in self.tracer.block::<N>(&mut self.workspace) {
            axis.fill(T::from_f64(f64::NAN));
        }
        let block = self.tracer.block::<N>(&mut self.workspace);
        for (axis, points) in block.into_iter().zip(points) {
            axis.copy_from_slice(points);
        }
        self.tracer
            .points_of_block(&mut self.workspace, tape, POINTS / LINE);
        assert!(same_all(&self.rows(tape), &expected), "{points:?}");
        if self.tracer.can_compile() {
            let code = self.tracer.compile(tape, Computes::Values).unwrap();
            for count in [POINTS, 5] {
                let mut found = vec![vec![T::default(); count]; expected.len()];
                let mut slices: Vec<_> = found.iter_mut().map(|part| &mut part[..]).collect();
                let (tracer, workspace) = (&self.tracer, &mut self.workspace);
                tracer.run_block(workspace, &code, &mut slices);
                for (found, expected) in found.iter().zip(&expected) {
                    assert!(same(found, &expected[..count]), "{points:?}");
                }
            }
        }
    }

    /// What a tape gives with gradients: for each output and part, its values.
    fn gradients(&mut self, tape: &Tape, points: &[Vec<T>]) -> Vec<Vec<T>> {
        let axes: Vec<&[T]> = points.iter().map(|axis| &axis[..GRADIENTS]).collect();
        self.tracer.gradients(&mut self.workspace, tape, &axes);
        let count = points.first().map_or(0, |_| GRADIENTS);
        let mut values = Vec::new();
        for output in 0..self.tracer.outputs() {
            let mut parts = [[T::default(); GRADIENTS]; 4];
            self.tracer
                .gradient(&self.workspace, tape, output, &mut parts);
            let (there, none) = parts.split_at(axes.len() + 1);
            // By an axis that there is not.
            for (value, part) in none.iter().flat_map(|part| there[0].iter().zip(part)) {
                let is_nan = value.to_f64().is_nan();
                let expected = T::from_f64(if is_nan { f64::NAN } else { 0.0 });
                assert!(count == 0 || part.same(expected), "{value:?}: {part:?}");
            }
            values.extend(there.iter().map(|part| part[..count].to_vec()));
        }
        values
    }

    /// That values are those expected, as far as anybody looks at them.
    fn is_right(&self, found: &[Vec<T>], expected: &[Vec<T>]) -> bool {
        let sign = |value: &T| value.partial_cmp(&T::from_f64(0.0));
        let same_signs = |a: &[T], b: &[T]| a.iter().map(sign).eq(b.iter().map(sign));
        match self.demand {
            Demand::Values => same_all(found, expected),
            Demand::Signs => found.iter().zip(expected).all(|(a, b)| same_signs(a, b)),
        }
    }

    /// Machine code gives the bits that the tape gives: at points that it is made for, and at others.
    fn check_code(&mut self, tape: &Tape, points: &[Vec<T>]) {
        self.check_code_at(tape, points);
        let limit = Code::<T>::LIMIT;
        let within = |x: &T| match x.to_f64().clamp(-limit, limit) {
            x if x.is_nan() => T::from_f64(-0.0),
            x => T::from_f64(x),
        };
        let points: Vec<Vec<T>> = points
            .iter()
            .map(|axis| axis.iter().map(within).collect())
            .collect();
        self.check_code_at(tape, &points);
    }

    /// The same at these points, at any number of them.
    fn check_code_at(&mut self, tape: &Tape, points: &[Vec<T>]) {
        if !self.tracer.can_compile() {
            return;
        }
        let outputs = self.tracer.outputs();
        for (computes, parts) in [(Computes::Values, 1), (Computes::Gradients, 4)] {
            let expected = match computes {
                Computes::Values => self.points(tape, points),
                Computes::Gradients => self.gradients(tape, points),
            };
            let code = self.tracer.compile(tape, computes).unwrap();
            for count in [GRADIENTS, 1, 37] {
                let axes: Vec<&[T]> = points.iter().map(|axis| &axis[..count]).collect();
                let mut found = vec![vec![T::default(); count]; outputs * parts];
                let mut slices: Vec<_> = found.iter_mut().map(|part| &mut part[..]).collect();
                let (tracer, workspace) = (&self.tracer, &mut self.workspace);
                tracer.run(workspace, &code, &axes, &mut slices);
                // The interpreter gives derivatives by the axes that there are only.
                let there = found.chunks_exact(parts).flat_map(|parts| {
                    let wanted = parts.len().min(points.len() + 1);
                    &parts[..wanted]
                });
                for (found, expected) in there.zip(&expected) {
                    let expected = &expected[..count.min(expected.len())];
                    assert!(same(&found[..expected.len()], expected), "{computes:?}");
                }
            }
        }
    }

    /// Machine code finds the bounds that the interpreter finds in the boxes, and decides the same:
    /// in boxes that it is made for, and in others.
    fn check_box_code(&mut self, tape: &Tape, boxes: &[Bounds<T>]) {
        if !self.tracer.can_compile() {
            return;
        }
        let code = self.tracer.compile_intervals(tape).unwrap();
        self.check_boxes(&code, boxes);
        let limit = BoxCode::<T>::LIMIT;
        let within = |x: T| T::from_f64(x.to_f64().clamp(-limit, limit));
        let boxes: Vec<_> = boxes
            .iter()
            .map(|bounds| Bounds {
                lo: bounds.lo.map(within),
                hi: bounds.hi.map(within),
            })
            .collect();
        self.check_boxes(&code, &boxes);
    }

    fn check_boxes(&mut self, code: &BoxCode<T>, boxes: &[Bounds<T>]) {
        let (tracer, workspace) = (&self.tracer, &mut self.workspace);
        let mut found = [true, false].map(|by_code| {
            let mut trace = Trace::default();
            match by_code {
                true => tracer.run_intervals(workspace, code, boxes, &mut trace),
                false => tracer.intervals(workspace, code.tape(), boxes, &mut trace),
            }
            let bounds: Vec<_> = (0..tracer.outputs())
                .map(|output| tracer.bounds(workspace, code.tape(), output))
                .collect();
            (trace, bounds)
        });
        for (bounds, expected) in found[0].1.iter().zip(&found[1].1) {
            for index in 0..BOXES {
                let [(lo, hi), (least, greatest)] = [bounds, expected].map(|b| b.get(index));
                let is_anything = !(lo <= hi || least <= greatest);
                assert!(
                    is_anything || lo.same(least) && hi.same(greatest),
                    "{lo:?} to {hi:?}, not {least:?} to {greatest:?}, in {boxes:?}[{index}]"
                );
            }
        }
        let [decided, expected] = [0, 1].map(|i| found[i].0.decided());
        assert_eq!(decided, expected, "{boxes:?}");
        for index in (0..BOXES).filter(|index| decided >> index & 1 != 0) {
            let [short, expected] = found.each_mut().map(|(trace, _)| {
                let mut short = Tape::default();
                tracer.shorten(workspace, code.tape(), trace, index, &mut short);
                short
            });
            assert_eq!(short, expected, "{boxes:?}[{index}]");
        }
    }

    /// A batch of boxes: bounds hold, and the tapes of boxes have the bits of `tape` there, or the
    /// signs.
    fn check_batch(&mut self, tape: &Tape, boxes: &[Bounds<T>], depth: usize, random: &mut Random) {
        let mut trace = Trace::default();
        self.tracer
            .intervals(&mut self.workspace, tape, boxes, &mut trace);
        let outputs = 0..self.tracer.outputs();
        let bounds: Vec<_> = outputs
            .map(|output| self.tracer.bounds(&self.workspace, tape, output))
            .collect();
        for index in 0..BOXES {
            let extents: Vec<_> = boxes.iter().map(|axis| axis.get(index)).collect();
            let points: Vec<Vec<T>> = extents
                .iter()
                .map(|&extent| (0..POINTS).map(|_| between(extent, random)).collect())
                .collect();
            let expected = self.expected(&points);
            let found = self.points(tape, &points);
            assert!(self.is_right(&found, &expected), "{extents:?}");
            for (values, bounds) in found.iter().zip(&bounds) {
                let (lo, hi) = bounds.get(index);
                let known = lo <= hi;
                for value in values {
                    let inside = lo <= *value && *value <= hi;
                    assert!(!known || inside, "{value:?} in {lo:?}, {hi:?}: {extents:?}");
                }
            }
            let parts = points.len() + 1;
            let with_gradients = self.gradients(tape, &points);
            for (values, found) in with_gradients.iter().step_by(parts).zip(&found) {
                assert!(
                    same(values, &found[..values.len()]),
                    "with gradients: {extents:?}"
                );
            }
            if trace.decided() >> index & 1 == 0 {
                continue;
            }
            let mut short = Tape::default();
            let workspace = &mut self.workspace;
            self.tracer
                .shorten(workspace, tape, &mut trace, index, &mut short);
            assert!(short.len() < tape.len());
            let found = self.points(&short, &points);
            assert!(self.is_right(&found, &expected), "shortened: {extents:?}");
            let gradients = [tape, &short].map(|tape| self.gradients(tape, &points));
            assert!(
                self.demand == Demand::Signs || same_all(&gradients[0], &gradients[1]),
                "gradients: {extents:?}"
            );
            if index == 0 {
                self.check_code(&short, &points);
                self.check_box_code(&short, boxes);
            }
            if depth > 0 {
                let smaller = boxes_within(&extents, random);
                self.check_batch(&short, &smaller, depth - 1, random);
            }
        }
    }
}

fn same_all<T: Real>(a: &[Vec<T>], b: &[Vec<T>]) -> bool {
    a.iter().zip(b).all(|(a, b)| same(a, b))
}

/// Boxes within one box, the first of which is that box itself.
fn boxes_within<T: Real>(extents: &[(T, T)], random: &mut Random) -> Vec<Bounds<T>> {
    let mut boxes = vec![Bounds::default(); extents.len()];
    for (bounds, &extent) in boxes.iter_mut().zip(extents) {
        bounds.set(0, extent.0, extent.1);
        for index in 1..BOXES {
            let (a, b) = (between(extent, random), between(extent, random));
            let (lo, hi) = if a <= b { (a, b) } else { (b, a) };
            bounds.set(index, lo, hi);
        }
    }
    boxes
}

const DEMANDS: [Demand; 2] = [Demand::Values, Demand::Signs];

fn check<T: Real>(graph: &Graph, random: &mut Random) {
    for (target, demand) in targets().flat_map(|target| DEMANDS.map(|demand| (target, demand))) {
        let mut case = Case::<T>::new(graph, target, demand, random);
        let mut boxes = vec![Bounds::default(); axes(graph).len()];
        for bounds in &mut boxes {
            for index in 0..BOXES {
                let (lo, hi) = extent(random);
                bounds.set(index, lo, hi);
            }
        }
        let root = case.tracer.root().clone();
        let points: Vec<Vec<T>> = (0..boxes.len())
            .map(|_| (0..POINTS).map(|_| number(random)).collect())
            .collect();
        match points.len() {
            1 => case.check_block::<1>(&root, &points),
            2 => case.check_block::<2>(&root, &points),
            3 => case.check_block::<3>(&root, &points),
            _ => {}
        }
        case.check_code(&root, &points);
        case.check_box_code(&root, &boxes);
        case.check_batch(&root, &boxes, 1, random);
    }
}

fn check_formula(formula: &str) {
    let graph = formula::parse(formula).unwrap_or_else(|error| panic!("{formula}: {error}"));
    for seed in 0..4 {
        check::<f32>(&graph, &mut Random(seed));
        check::<f64>(&graph, &mut Random(seed));
    }
}

#[test]
fn choices_of_all_kinds() {
    check_formula("min(x, y)");
    check_formula("max(min(x, y), min(x + 1, z))");
    check_formula("clamp(x * y, -1, 1) + clamp(z, x, y)");
    check_formula("x < y ? x * x : y + z");
    check_formula("(x < 0 ? x : y) < 1 ? (y < 0 ? x + y : y * 3) : (z < 0 ? z : -z)");
    check_formula("x && y || z");
    check_formula("minimum(x, maximum(y, z))");
    check_formula("bool(x) && bool(y) ? min(x, z) : max(y, z)");
    check_formula("mix(x, y, clamp(z, 0, 1))");
    check_formula("min(x, x) + max(x, min(y, min(x, z)))");
    check_formula("max(-min(x, y - 1), max(z, minimum(x + y, -maximum(z, sqrt(y)))))");
    check_formula("output a = min(x, y); output b = max(min(x, y), z) + min(y, z);");
}

#[test]
fn graphs_without_choices_or_inputs() {
    check_formula("2.5");
    check_formula("x");
    check_formula("min(2, 3)");
    check_formula("sin(x) * exp(-y)");
    check_formula("input x, y; 3");
    check_formula("real(i64(x * 8) * i64(3)) + y");
    check_formula("input x; table t = [1, 2, 4]; t[i32(x)]");
    check_formula("real(bit_and(hash(i32(x * 8)), 255i32)) / 255 + y");
    check_formula("output a = min(x, y); output b = max(x, z); output c = 1;");
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 100,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn random_graphs(graph in recordable_of_reals(60), seed: u64) {
        let graph = with_real_outputs(&graph);
        check::<f32>(&graph, &mut Random(seed));
        check::<f64>(&graph, &mut Random(seed));
    }
}

/// The graph with its outputs as reals.
fn with_real_outputs(graph: &Graph) -> Graph {
    let mut converted = graph.clone();
    converted.clear_outputs();
    for output in graph.outputs() {
        let real = converted.apply(Op::ToReal, &[output.node]).unwrap();
        converted.output(&output.name, real).unwrap();
    }
    converted
}

/// Axes of columns and rows give the values that axes of points give.
fn check_grid<T: Real>(formula: &str) {
    let graph = formula::parse(formula).unwrap();
    let random = &mut Random(7);
    for target in targets() {
        let axes = [("x", Axis::Columns), ("y", Axis::Rows)];
        let tracer = Tracer::<T>::new(&graph, &axes, &options(target)).unwrap();
        let uniforms = [Input::Scalar(T::from_f64(0.25))];
        let count = graph.variables().len() - 2;
        let mut workspace = tracer.workspace(&uniforms[..count]).unwrap();
        let columns: Vec<T> = (0..LINE).map(|_| number(random)).collect();
        let rows: Vec<T> = (0..ROWS).map(|_| number(random)).collect();
        tracer.points(&mut workspace, tracer.root(), &[&columns, &rows], ROWS);

        let x: Vec<T> = (0..LINE * ROWS).map(|i| columns[i % LINE]).collect();
        let y: Vec<T> = (0..LINE * ROWS).map(|i| rows[i / LINE]).collect();
        let evaluator = Evaluator::<T>::new(&graph, &options(Target::Interp)).unwrap();
        let mut inputs = vec![Input::Slice(&x), Input::Slice(&y)];
        inputs.extend(&uniforms[..count]);
        let mut expected = vec![T::default(); LINE * ROWS];
        let outputs = &mut [Output::Slice(&mut expected)];
        evaluator.eval(&inputs, outputs).unwrap();
        let mut negative = [0; ROWS];
        tracer.negative(&workspace, tracer.root(), 0, &mut negative);
        for row in 0..ROWS {
            let expected = &expected[row * LINE..][..LINE];
            let found = tracer.row(&workspace, tracer.root(), 0, row);
            assert!(same(found, expected), "{formula} on {target}, row {row}");
            for (column, value) in expected.iter().enumerate() {
                let below = negative[row] >> column & 1 != 0;
                assert_eq!(below, *value < T::default());
            }
        }
    }
}

#[test]
fn columns_and_rows_are_computed_apart() {
    for formula in [
        "input x, y; x * x + y * y - 1",
        "input x, y; y",
        "input x, y; x",
        "input x, y; 3",
        "input x, y; sqrt(y + 2)",
        "input x, y; y < 0.5 ? x : y",
        "input x, y; (y < 0.5 ? y : 2 * y) + min(x, y * y)",
        "input x, y; real(i32(y * 4)) + x",
        "input x, y; bool(y) ? x : y",
        "input x, y, r; max(x * r, y - r * r) + clamp(y, -r, r)",
    ] {
        check_grid::<f32>(formula);
        check_grid::<f64>(formula);
    }
}

#[test]
fn shortening_twice_is_shortening_once() {
    let graph = formula::parse("max(min(x, y), min(x + 9, y - 9))").unwrap();
    let axes = [("x", Axis::Points), ("y", Axis::Points)];
    let tracer = Tracer::<f32>::new(&graph, &axes, &Options::default()).unwrap();
    let mut workspace = tracer.workspace(&[]).unwrap();
    let mut boxes = [Bounds::default(); 2];
    boxes[0].set(3, 0.0, 1.0);
    boxes[1].set(3, 20.0, 21.0);
    let mut trace = Trace::default();
    let (mut short, mut again) = (Tape::default(), Tape::default());
    tracer.intervals(&mut workspace, tracer.root(), &boxes, &mut trace);
    tracer.shorten(&mut workspace, tracer.root(), &mut trace, 3, &mut short);
    assert_eq!(short.choices(), 0, "x, or x + 9 and y - 9, is certain");
    tracer.intervals(&mut workspace, &short, &boxes, &mut trace);
    assert_eq!(trace.decided(), 0, "nothing is left to decide");
    tracer.shorten(&mut workspace, &short, &mut trace, 3, &mut again);
    assert_eq!(short, again);
}

#[test]
fn what_cannot_be_traced_says_so() {
    use smalto_graph::{GraphBuilder, UserOp};
    let tracer = |graph: &Graph| {
        let axes = [("x", Axis::Points)];
        Tracer::<f32>::new(graph, &axes, &Options::default()).map(|_| ())
    };
    let builder = GraphBuilder::new();
    let op = UserOp::function("half_life", 1, |x| 0.5f64.powf(x[0])).unwrap();
    let call = builder.call(&op, &[builder.var("x")]).unwrap();
    let graph = builder.finish([("", call)]).unwrap();
    assert_eq!(
        tracer(&graph).unwrap_err().to_string(),
        "this graph calls `half_life`, which can be evaluated at points only, so it cannot be \
         traced"
    );
    let graph = formula::parse("input x: i32; real(x)").unwrap();
    let message = tracer(&graph).unwrap_err().to_string();
    assert_eq!(message, "`x` is i32, but here it has to be a real");
}

#[test]
fn uniform_inputs_are_checked() {
    let graph = formula::parse("input x, r, n: i32; x * r + real(n)").unwrap();
    let axes = [("x", Axis::Points)];
    let tracer = Tracer::<f32>::new(&graph, &axes, &Options::default()).unwrap();
    let check = |inputs: &[Input<'_, f32>], message: &str| {
        let error = tracer.workspace(inputs).map(|_| ()).unwrap_err();
        assert_eq!(error.to_string(), message);
    };
    check(&[], "0 inputs for a graph of 2: r, n");
    check(
        &[Input::Scalar(1.0), Input::Scalar(1.0)],
        "input `n` is i32, not real",
    );
    let other = Tracer::<f32>::new(&graph, &axes, &Options::default()).unwrap();
    let inputs = [Input::Scalar(1.0), Input::ScalarI32(1)];
    let mut foreign = other.workspace(&inputs).unwrap();
    assert_eq!(
        tracer.set_uniforms(&mut foreign, &inputs),
        Err(EvalError::ForeignWorkspace)
    );
}
