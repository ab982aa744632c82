//! Values at many points: pictures of shapes without pruning, and arrays.

use crate::arrays::{self, Values};
use crate::models;
use crate::peers::{fidget, plain};
use crate::picture::{self, Pixels};
use crate::race::{Contender, Race};
use crate::suite::{Figure, Peer, Subject, Suite, Targets, Unit, Work};
use ::fidget::jit::JitFunction;
use ::fidget::vm::VmFunction;
use smalto::{Options, PointFunction, Target, formula, vm};
use std::hint::black_box;
use std::rc::Rc;

pub(crate) const SUITE: Suite = Suite {
    name: "slices",
    about: "Every pixel of a picture without pruning, and formulas over arrays",
    subjects: &[
        Subject {
            name: "prospero-1024",
            work: picture(
                &[
                    Peer::new(VM).bar(15.0),
                    Peer::new(JIT).bar(4.0).bar_of("avx2", 1.8),
                ],
                |targets| race("prospero.vm", 8, targets),
            ),
        },
        Subject {
            name: "hi-1024",
            work: picture(
                &[Peer::new(VM).bar(3.0), Peer::new(JIT).bar(2.0)],
                |targets| race("hi.vm", 1, targets),
            ),
        },
        Subject {
            name: "quarter-1024",
            work: picture(
                &[Peer::new(VM).bar(3.0), Peer::new(JIT).bar(2.0)],
                |targets| race("quarter.vm", 1, targets),
            ),
        },
        Subject {
            name: "tanglecube-1024",
            work: picture(
                &[Peer::new(VM).bar(3.0), Peer::new(JIT).bar(2.0)],
                |targets| race("tanglecube.vm", 1, targets),
            ),
        },
        Subject {
            name: "gain-offset-44100-f32",
            work: Work::Race {
                unit: Unit::Microseconds,
                targets: Targets::Every,
                peers: &[Peer::new(PLAIN).bar(0.95)],
                prepare: gain_offset,
            },
        },
        Subject {
            name: "point-10-ops-f32",
            work: Work::Figures {
                figures: &[
                    figure("point-10-ops-f32", "ns", None),
                    figure("point-10-ops-f32-closure", "ns", None),
                    figure("point-10-ops-f32-difference", "ns", Some(5.0)),
                ],
                measure: points,
            },
        },
    ],
};

const fn figure(name: &'static str, unit: &'static str, below: Option<f64>) -> Figure {
    Figure { name, unit, below }
}

const VM: &str = "fidget VM";
const JIT: &str = "fidget JIT";
const PLAIN: &str = "plain Rust";

/// What these models use is rounded exactly, by fidget as well.
const FIDGET_TOLERANCE: f64 = 0.0;

type Prepare = fn(&[Target]) -> anyhow::Result<Race>;

const fn picture(peers: &'static [Peer], prepare: Prepare) -> Work {
    Work::Race {
        unit: Unit::Milliseconds,
        targets: Targets::Every,
        peers,
        prepare,
    }
}

/// The race for a picture of 1024x1024 pixels, of which every `step`-th row is drawn.
fn race(model: &str, step: usize, targets: &[Target]) -> anyhow::Result<Race> {
    drawn(model, step, targets, FIDGET_TOLERANCE, |shape, pixels| {
        Ok(vec![
            shape.best_contender::<VmFunction>(VM, pixels)?,
            shape.best_contender::<JitFunction>(JIT, pixels)?,
        ])
    })
}

/// Fidget's contenders, drawing the pixels of a shape.
type Peers = fn(&fidget::Shape, &Pixels) -> anyhow::Result<Vec<Contender<f32>>>;

/// The same with chosen peers.
pub(super) fn drawn(
    model: &str,
    step: usize,
    targets: &[Target],
    tolerance: f64,
    peers: Peers,
) -> anyhow::Result<Race> {
    let text = models::model(model)?;
    let pixels = Pixels::square(1024, step)?;
    let graph = picture::optimised(&vm::parse(&text)?);
    let shape = fidget::Shape::parse(&text)?;
    let ours = targets
        .iter()
        .map(|&target| picture::contender(&graph, target, &pixels));
    let peers = peers(&shape, &pixels)?;
    let race = Race::between(ours.collect::<Result<_, _>>()?, peers, tolerance)?;
    Ok(Race {
        runs_per_result: step as f64,
        ..race
    })
}

/// A second of sound, made louder and shifted.
fn gain_offset(targets: &[Target]) -> anyhow::Result<Race> {
    const GAIN: f32 = 0.7;
    const OFFSET: f32 = 0.1;
    let x = arrays::evenly(44_100, -1.0, 1.0);
    let graph = formula::parse("input x, gain, offset; gain * x + offset")?;
    let inputs = [
        Values::Many(Rc::clone(&x)),
        Values::One(GAIN),
        Values::One(OFFSET),
    ];
    let ours = targets
        .iter()
        .map(|&target| arrays::smalto(&graph, target, &["gain", "offset"], &inputs));
    let plain = Contender {
        name: PLAIN.into(),
        len: x.len(),
        fill: Box::new(move |out| plain::gain_offset(&x, GAIN, OFFSET, out)),
        note: String::new(),
    };
    Race::between(ours.collect::<Result<_, _>>()?, vec![plain], 0.0)
}

/// A function of a point.
type Function<'a> = dyn Fn(&[f32]) -> f32 + 'a;

/// A formula of ten operations at one point after the other, and a closure that does the
/// same, both called through a pointer. They take turns; medians are given.
fn points() -> anyhow::Result<Vec<f64>> {
    const CALLS: u32 = 20_000;
    const TURNS: usize = 31;
    let graph = formula::parse(
        "input x, y, z; sqrt(x * x + y * y + z * z) - max(abs(x) * 0.5, min(y - z, 1))",
    )?;
    let ours = PointFunction::<f32>::new(&graph, &Options::default())?;
    let closure: Box<Function<'_>> = Box::new(|p: &[f32]| {
        let min = |a: f32, b: f32| if a < b { a } else { b };
        let max = |a: f32, b: f32| if a > b { a } else { b };
        let (x, y, z) = (p[0], p[1], p[2]);
        (x * x + y * y + z * z).sqrt() - max(x.abs() * 0.5, min(y - z, 1.0))
    });
    let closure = black_box(closure);
    let time = |call: &Function<'_>| {
        let started = std::time::Instant::now();
        let mut point = [0.25f32, -1.5, 0.75];
        for _ in 0..CALLS {
            // The next point depends on this value, as in a search.
            point[0] = black_box(call(black_box(&point))) * 1e-3;
        }
        started.elapsed().as_nanos() as f64 / f64::from(CALLS)
    };
    anyhow::ensure!(
        ours.call(&[0.25, -1.5, 0.75]) == closure(&[0.25, -1.5, 0.75]),
        "the closure does something else"
    );
    let (mut a, mut b): (Vec<f64>, Vec<f64>) = (0..TURNS)
        .map(|_| {
            (
                time(&|point| ours.call(point)),
                time(&|point| closure(point)),
            )
        })
        .unzip();
    a.sort_by(f64::total_cmp);
    b.sort_by(f64::total_cmp);
    let (ours, theirs) = (a[TURNS / 2], b[TURNS / 2]);
    Ok(vec![ours, theirs, ours - theirs])
}
