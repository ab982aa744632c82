//! Noise at the points of a plane and of a box.
//!
//! Everyone fills the same slice for the same evenly spaced points. Plain Rust computes the
//! same noise and is checked against it; FastNoise2 has numbers of its own, and takes part
//! only if it was built, with `--features fastnoise2`.

#[cfg(feature = "fastnoise2")]
use crate::peers::fastnoise;
use crate::peers::plain_noise::{self, Noise};
use crate::race::{Contender, Race};
use crate::suite::{Peer, Subject, Suite, Targets, Unit, Work};
use smalto::{Graph, GridEvaluator, Input, Options, Target, field, formula};
use std::rc::Rc;

pub(crate) const SUITE: Suite = Suite {
    name: "noise",
    about: "Perlin and simplex noise and fractal sums, in two and three dimensions",
    subjects: &[
        Subject {
            name: "perlin-2d",
            work: noise(|targets| plane(Noise::Perlin, "perlin(x, y, seed = n)", targets)),
        },
        Subject {
            name: "perlin-3d",
            work: noise(|targets| space(Noise::Perlin, "perlin(x, y, z, seed = n)", targets)),
        },
        Subject {
            name: "simplex-2d",
            work: noise(|targets| plane(Noise::Simplex, "simplex(x, y, seed = n)", targets)),
        },
        Subject {
            name: "simplex-3d",
            work: noise(|targets| space(Noise::Simplex, "simplex(x, y, z, seed = n)", targets)),
        },
        Subject {
            name: "fbm-6-2d",
            work: noise(|targets| plane(Noise::Fbm, "fbm(x, y, seed = n)", targets)),
        },
        Subject {
            name: "fbm-6-3d",
            work: noise(|targets| space(Noise::Fbm, "fbm(x, y, z, seed = n)", targets)),
        },
    ],
};

const PEERS: &[Peer] = &[
    Peer::new("plain Rust").bar(8.0),
    #[cfg(feature = "fastnoise2")]
    Peer::new("FastNoise2").bar(1.0),
];

/// Which noise; for Smalto it is an input.
const SEED: i32 = 1337;
/// How far points are apart, in cells.
const STEP: f32 = 1.0 / 50.0;
/// Points along the axes of the plane, and of the box: few enough for a turn to be short.
const PLANE: [usize; 3] = [256, 256, 1];
const SPACE: [usize; 3] = [64, 64, 16];

/// Plain Rust rounds after every multiplication, where Smalto fuses some of them with what is
/// added.
const TOLERANCE: f64 = 1e-5;

type Prepare = fn(&[Target]) -> anyhow::Result<Race>;

const fn noise(prepare: Prepare) -> Work {
    Work::Race {
        unit: Unit::NanosecondsPerPoint,
        targets: Targets::Every,
        peers: PEERS,
        prepare,
    }
}

fn plane(noise: Noise, call: &str, targets: &[Target]) -> anyhow::Result<Race> {
    let [x, y] = [PLANE[0], PLANE[1]].map(evenly);
    let plain = {
        let [x, y] = [&x, &y].map(Rc::clone);
        move |out: &mut [f32]| plain_noise::plane(noise, SEED, &x, &y, out)
    };
    let axes = [x, y, Rc::from([0.0])];
    race(
        noise,
        PLANE,
        &format!("input x, y, n: i32; {call}"),
        axes,
        plain,
        targets,
    )
}

fn space(noise: Noise, call: &str, targets: &[Target]) -> anyhow::Result<Race> {
    let [x, y, z] = SPACE.map(evenly);
    let plain = {
        let [x, y, z] = [&x, &y, &z].map(Rc::clone);
        move |out: &mut [f32]| plain_noise::space(noise, SEED, [&x, &y, &z], out)
    };
    let formula = format!("input x, y, z, n: i32; {call}");
    race(noise, SPACE, &formula, [x, y, z], plain, targets)
}

/// The race over points on these axes.
fn race(
    noise: Noise,
    size: [usize; 3],
    formula: &str,
    axes: [Rc<[f32]>; 3],
    plain: impl FnMut(&mut [f32]) + 'static,
    targets: &[Target],
) -> anyhow::Result<Race> {
    let graph = formula::Parser::new()
        .with_library(field::LIBRARY)
        .parse(formula)?;
    let len = size.iter().product();
    let ours: Vec<_> = targets
        .iter()
        .map(|&target| smalto(&graph, target, &axes))
        .collect::<Result<_, _>>()?;
    let plain = Contender {
        name: "plain Rust".into(),
        fill: Box::new(plain),
        len,
        note: String::new(),
    };
    let mut race = Race::between(ours, vec![plain], TOLERANCE)?;
    race.runs_per_result = 1.0 / len as f64;
    #[cfg(feature = "fastnoise2")]
    race.peers
        .push(fastnoise::entrant(noise, size, STEP, SEED)?);
    #[cfg(not(feature = "fastnoise2"))]
    let _ = noise;
    Ok(race)
}

/// Smalto, plane after plane.
fn smalto(
    graph: &Graph,
    target: Target,
    [x, y, z]: &[Rc<[f32]>; 3],
) -> anyhow::Result<Contender<f32>> {
    let options = Options {
        target,
        ..Options::default()
    };
    let evaluator = GridEvaluator::<f32>::new(graph, ["x", "y"], &options)?;
    let mut workspace = evaluator.workspace();
    let has_z = graph.variable_named("z").is_some();
    let [x, y, z] = [x, y, z].map(Rc::clone);
    let plane = x.len() * y.len();
    let len = plane * z.len();
    let fill = move |out: &mut [f32]| {
        for (out, &z) in out.chunks_exact_mut(plane).zip(&*z) {
            let scalars = [Input::Scalar(z), Input::ScalarI32(SEED)];
            let scalars = &scalars[usize::from(!has_z)..];
            evaluator
                .eval(&mut workspace, &x, &y, scalars, out)
                .expect("inputs are the graph's own");
        }
    };
    Ok(Contender {
        name: format!("Smalto {target}"),
        fill: Box::new(fill),
        len,
        note: String::new(),
    })
}

/// So many coordinates from 0 on.
fn evenly(count: usize) -> Rc<[f32]> {
    (0..count).map(|i| i as f32 * STEP).collect()
}
