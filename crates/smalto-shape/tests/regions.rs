//! Pictures by regions are the pictures that evaluating everything everywhere gives.

#[path = "../../smalto-lower/tests/common/mod.rs"]
mod evaluation;

use evaluation::{Random, recordable_of_reals};
use proptest::prelude::*;
use smalto_graph::{Affine, Graph, Op, formula, vm};
use smalto_jit::{Level, Target};
use smalto_shape::{
    Camera, Hints, MachineCode, RenderOptions, Shading, Shape, Solid, View, Volume, render,
};
use std::path::PathBuf;

fn targets() -> impl Iterator<Item = Target> {
    let available = Level::ALL.iter().filter(|level| level.is_available());
    available.map(|&level| Target::InterpAt(level))
}

/// What tracers offer where something is chosen.
const OFFERED: Hints = Hints {
    square: 16,
    cube: 8,
    shorten_from: 1,
    parts_from: 40,
    share_from: 10_000,
};

/// The same, but that threads share small pictures too.
const SHARED: Hints = Hints {
    share_from: 0,
    ..OFFERED
};

/// Every way to draw a picture: targets, elements, and numbers of threads.
fn ways<'a>(values: &'a [(&'a str, f64)]) -> impl Iterator<Item = RenderOptions<'a>> {
    targets().flat_map(move |target| {
        [(false, 1), (true, 1), (false, 3)].map(|(double, threads)| RenderOptions {
            target,
            double,
            threads: Some(threads),
            hints: (threads > 1).then_some(SHARED),
            values,
            ..RenderOptions::default()
        })
    })
}

/// Values for all inputs that are no axes.
fn values<'g>(graph: &'g Graph, axes: &[&str]) -> Vec<(&'g str, f64)> {
    let names = graph.variables().iter().map(|input| &*input.name);
    let others = names.filter(|name| !axes.contains(name));
    others
        .zip([0.5, -0.25, 1.0, 0.0].into_iter().cycle())
        .collect()
}

fn every_pixel<'a>(options: &RenderOptions<'a>) -> RenderOptions<'a> {
    RenderOptions {
        every_pixel: true,
        ..*options
    }
}

const SHADINGS: [Shading; 4] = [
    Shading::Bitmap,
    Shading::Coverage,
    Shading::Distance,
    Shading::Contours,
];

/// That every way to draw `view` gives the pixels that brute force gives.
fn check(name: &str, graph: &Graph, view: &View) {
    for options in ways(&values(graph, &["x", "y"])) {
        for shading in SHADINGS {
            let draw = |options| render(graph, view, shading, options, &()).unwrap();
            let (pruned, brute) = (draw(&options), draw(&every_pixel(&options)));
            assert!(pruned == brute, "{name}, {shading:?}, {options:?}");
        }
    }
}

/// The same for what is seen of a solid.
fn check_solid(name: &str, graph: &Graph, volume: &Volume, camera: &Camera) {
    fn surface<T: smalto_jit::Real>(
        graph: &Graph,
        volume: &Volume,
        camera: &Camera,
        options: &RenderOptions<'_>,
    ) -> smalto_shape::Surface {
        let solid = Solid::<T>::new(graph, options).unwrap();
        solid.surface(volume, camera, true, options, &()).unwrap()
    }
    for options in ways(&values(graph, &["x", "y", "z"])) {
        let look = |options| match options {
            RenderOptions { double: true, .. } => surface::<f64>(graph, volume, camera, &options),
            _ => surface::<f32>(graph, volume, camera, &options),
        };
        let (pruned, brute) = (look(options), look(every_pixel(&options)));
        for (index, (a, b)) in pruned.hits().iter().zip(brute.hits()).enumerate() {
            let same = |i: usize| {
                a.gradient[i].to_bits() == b.gradient[i].to_bits()
                    || a.gradient[i].is_nan() && b.gradient[i].is_nan()
            };
            let same = a.depth == b.depth && (0..3).all(same);
            assert!(same, "{name}, pixel {index}: {a:?} and {b:?}, {options:?}");
        }
    }
}

fn parse(formula: &str) -> Graph {
    formula::parse(formula).unwrap_or_else(|error| panic!("{formula}: {error}"))
}

fn example(name: &str) -> Graph {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../examples")
        .join(name);
    let text = std::fs::read_to_string(&path).unwrap();
    match name.ends_with(".vm") {
        true => vm::parse(&text).unwrap(),
        false => parse(&text),
    }
}

/// Every way to have machine code.
fn natively() -> impl Iterator<Item = RenderOptions<'static>> {
    let isas = smalto_jit::Isa::ALL.iter().copied();
    isas.filter(|&isa| isa.is_present()).flat_map(|isa| {
        [(false, 1), (true, 1), (false, 3)].map(|(double, threads)| RenderOptions {
            target: Target::Native(isa),
            double,
            threads: Some(threads),
            hints: (threads > 1).then_some(SHARED),
            machine_code: MachineCode::Always,
            ..RenderOptions::default()
        })
    })
}

#[test]
fn machine_code_draws_the_same() {
    let view = View::new(150, 100).unwrap();
    for formula in [
        "sin(12 * x) * cos(9 * y) - 0.1",
        "min(x^2 + y^2 - 0.5, max(abs(x) - 0.9, abs(y) - 0.1))",
        "input x; input y; table t = [1, -2, 3]; t[i32(3 * x * y)] + x",
    ] {
        let graph = parse(formula);
        for options in natively() {
            for shading in SHADINGS {
                let draw = |options| render(&graph, &view, shading, options, &()).unwrap();
                let (by_code, brute) = (draw(&options), draw(&every_pixel(&options)));
                assert!(by_code == brute, "{formula}, {shading:?}, {options:?}");
            }
            if options.threads == Some(1) && !options.double {
                let shape = Shape::<f32>::new(&graph, &options).unwrap();
                shape.render(&view, Shading::Bitmap, &options, &()).unwrap();
                let statistics = shape.take_statistics();
                assert!(
                    statistics.compiled > 0 && statistics.code_runs > 0,
                    "{formula}"
                );
            }
        }
    }
}

#[test]
fn machine_code_sees_the_same() {
    let volume = Volume::new(60, 50).unwrap();
    let camera = Camera::around([0.0; 3], 0.8, [20.0, 60.0, 10.0]).with_perspective(40.0);
    let graph = parse("max(sin(5 * x) * cos(4 * y) + sin(6 * z), x^2 + y^2 + z^2 - 0.8)");
    for options in natively().filter(|options| !options.double) {
        let solid = Solid::<f32>::new(&graph, &options).unwrap();
        let look = |options| solid.surface(&volume, &camera, true, options, &()).unwrap();
        let (by_code, brute) = (look(&options), look(&every_pixel(&options)));
        assert!(by_code == brute, "{options:?}");
        let statistics = solid.take_statistics();
        assert!(
            statistics.compiled > 0 && statistics.code_runs > 0,
            "{statistics:?}"
        );
    }
}

/// Other ways to divide space than what tracers offer.
fn divided() -> impl Iterator<Item = RenderOptions<'static>> {
    let divisions = [
        Hints {
            square: 100,
            cube: 40,
            ..SHARED
        },
        Hints {
            square: usize::MAX,
            cube: usize::MAX,
            ..SHARED
        },
        Hints {
            shorten_from: usize::MAX,
            parts_from: 0,
            ..SHARED
        },
        Hints {
            square: 0,
            cube: 0,
            shorten_from: 0,
            parts_from: usize::MAX,
            share_from: 0,
        },
    ];
    divisions.into_iter().flat_map(|hints| {
        [1, 3].map(|threads| RenderOptions {
            threads: Some(threads),
            hints: Some(hints),
            ..RenderOptions::default()
        })
    })
}

#[test]
fn divided_otherwise_a_picture_is_the_same() {
    let view = View::new(150, 100).unwrap();
    let graph = parse("min(x^2 + y^2 - 0.5, max(abs(x) - 0.9, abs(y) - 0.1))");
    for options in divided() {
        for shading in SHADINGS {
            let draw = |options| render(&graph, &view, shading, options, &()).unwrap();
            let (divided, brute) = (draw(&options), draw(&every_pixel(&options)));
            assert!(divided == brute, "{shading:?}, {options:?}");
        }
    }
}

#[test]
fn divided_otherwise_a_solid_looks_the_same() {
    let volume = Volume::new(150, 130).unwrap();
    let camera = Camera::around([0.0; 3], 0.8, [20.0, 60.0, 10.0]).with_perspective(40.0);
    let graph = parse("min(x^2 + y^2 + z^2 - 0.3, max(abs(x) - 0.9, max(abs(y), abs(z)) - 0.1))");
    for options in divided() {
        let solid = Solid::<f32>::new(&graph, &options).unwrap();
        let look = |options| solid.surface(&volume, &camera, true, options, &()).unwrap();
        let (divided, brute) = (look(&options), look(&every_pixel(&options)));
        assert!(divided == brute, "{options:?}");
    }
}

#[test]
fn space_is_divided_as_the_hints_say() {
    let graph = parse("min(x^2 + y^2 - 0.5, max(abs(x) - 0.9, abs(y) - 0.1))");
    let shape = Shape::<f32>::new(&graph, &RenderOptions::default()).unwrap();
    let view = View::square(512).unwrap();
    let statistics = |hints| {
        let options = RenderOptions {
            threads: Some(1),
            hints,
            ..RenderOptions::default()
        };
        shape.render(&view, Shading::Bitmap, &options, &()).unwrap();
        shape.take_statistics()
    };
    let usual = statistics(None);
    assert_eq!(usual, statistics(Some(OFFERED)));
    let never_shortened = statistics(Some(Hints {
        shorten_from: usize::MAX,
        ..OFFERED
    }));
    assert!(usual.shortened > 0 && never_shortened.shortened == 0);
    let large = statistics(Some(Hints {
        square: 64,
        ..OFFERED
    }));
    assert!(large.batches < usual.batches && large.leaves > usual.leaves);
}

#[test]
fn examples_in_the_plane() {
    let view = View::new(150, 100).unwrap();
    for name in [
        "ozymandias.vm",
        "gear.smalto",
        "metaballs.smalto",
        "heart.smalto",
    ] {
        check(name, &example(name), &view);
    }
}

#[test]
fn shapes_without_choices_or_inputs() {
    let view = View::square(70).unwrap();
    for formula in [
        "x^2 + y^2 - 0.5",
        "1",
        "-1",
        "0",
        "0 / 0",
        "x",
        "y",
        "sqrt(x)",
        "1 / x",
        "x / 0",
        "min(x, 0 / 0)",
        "max(0 / 0, y)",
        "x < y ? -1 : 1",
        "x < y",
        "sin(40 * x) * cos(30 * y)",
        "real(bit_xor(i32(x * 10), i32(y * 10))) - 3",
        "atan2(y, x)",
        "mod(x * 7, 1) - 0.5",
        "min(abs(x) - 0.5, abs(y) - 0.001)",
    ] {
        check(formula, &parse(formula), &view);
    }
}

#[test]
fn far_away_and_very_near() {
    let graph = parse("min(sqrt(x^2 + y^2) - 1, abs(x - 16777216) - 1)");
    for region in [
        [16_777_200.0, 0.0, 16_777_232.0, 32.0],
        [-1e30, -1e30, 1e30, 1e30],
        [0.999_999, -0.000_001, 1.000_001, 0.000_001],
        [1e-42, 1e-42, 1e-41, 1e-41],
    ] {
        check("far", &graph, &View::of_region(64, 64, region).unwrap());
    }
}

#[test]
fn sizes_that_are_no_multiples_of_leaves() {
    let graph = parse("max(sqrt(x^2 + y^2) - 0.9, 0.5 - sqrt(x^2 + y^2))");
    for (width, height) in [(1, 1), (15, 17), (16, 16), (65, 3), (3, 65), (257, 64)] {
        check("ring", &graph, &View::new(width, height).unwrap());
    }
}

#[test]
fn solids() {
    let camera = Camera::around([0.0; 3], 1.5, [20.0, 60.0, 10.0]);
    let near = camera.with_perspective(40.0);
    let volume = Volume::new(48, 40).unwrap();
    for name in ["gyroid.smalto", "pawn.smalto", "bracket.smalto"] {
        check_solid(name, &example(name), &volume, &camera);
        check_solid(name, &example(name), &volume, &near);
    }
    for formula in [
        "1",
        "-1",
        "z",
        "0 / 0",
        "x",
        "sqrt(x^2 + y^2 + z^2) - 0.7",
        "z < x ? -1 : z",
    ] {
        check_solid(formula, &parse(formula), &volume, &Camera::default());
        check_solid(formula, &parse(formula), &volume, &near);
    }
    let thin = Camera::new(Affine::scale_axes([1.0, 1e-3, 1.0]));
    check_solid("stretched", &parse("x^2 + y^2 + z^2 - 0.5"), &volume, &thin);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 200,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Of whatever ops, from whatever side.
    #[test]
    fn random_graphs(graph in recordable_of_reals(40), seed: u64) {
        let random = &mut Random(seed);
        let mut number = |scale: f64| (random.below(2001) as f64 / 1000.0 - 1.0) * scale;
        let (x, y, size) = (number(3.0), number(3.0), 0.1 + number(1.0).abs() * 5.0);
        let view = View::of_region(37, 50, [x, y, x + size, y + size]).unwrap();
        let camera = Camera::around([x, y, 0.0], size, [0, 1, 2].map(|_| number(180.0)));
        let camera = camera.with_perspective(number(1.0).abs() * 60.0);
        if let Some(graph) = shape_of(&graph) {
            check("random", &graph, &view);
            check_solid("random", &graph, &Volume::new(20, 20).unwrap(), &camera);
        }
    }
}

/// The first output of a graph, as a real.
fn shape_of(graph: &Graph) -> Option<Graph> {
    let mut shape = graph.clone();
    let output = graph.outputs().first()?.node;
    shape.clear_outputs();
    let output = shape.apply(Op::ToReal, &[output]).unwrap();
    shape.output("", output).unwrap();
    Some(shape)
}
