//! Values at many points: pictures of shapes without pruning, and arrays.

use crate::models;
use crate::peers::{fidget, plain};
use crate::picture::{self, Pixels};
use crate::race::{Contender, Race};
use crate::suite::{Peer, Subject, Suite, Targets, Unit, Work};
use ::fidget::jit::JitFunction;
use ::fidget::vm::VmFunction;
use smalto::{Evaluator, Graph, Input, Options, Output, Real, Target, formula, vm};
use std::rc::Rc;

pub(crate) const SUITE: Suite = Suite {
    name: "slices",
    about: "Every pixel of a picture without pruning, and formulas over arrays",
    subjects: &[
        Subject {
            name: "prospero-1024",
            work: picture(&[Peer::new(VM).bar(15.0), Peer::new(JIT)], |targets| {
                race("prospero.vm", 8, targets)
            }),
        },
        Subject {
            name: "hi-1024",
            work: picture(&[Peer::new(VM).bar(3.0), Peer::new(JIT)], |targets| {
                race("hi.vm", 1, targets)
            }),
        },
        Subject {
            name: "quarter-1024",
            work: picture(&[Peer::new(VM).bar(3.0), Peer::new(JIT)], |targets| {
                race("quarter.vm", 1, targets)
            }),
        },
        Subject {
            name: "tanglecube-1024",
            work: picture(&[Peer::new(VM).bar(3.0), Peer::new(JIT)], |targets| {
                race("tanglecube.vm", 1, targets)
            }),
        },
        Subject {
            name: "gain-offset-44100-f32",
            work: Work::Race {
                unit: Unit::Microseconds,
                targets: Targets::Every,
                peers: &[Peer::new(PLAIN)],
                prepare: gain_offset,
            },
        },
        Subject {
            name: "sin-exp-sqrt-f32",
            work: Work::Race {
                unit: Unit::Milliseconds,
                targets: Targets::Every,
                peers: &[Peer::new(PLAIN)],
                prepare: |targets| {
                    sin_exp_sqrt::<f32>(targets, plain::sin_exp_sqrt_f32, F32_TOLERANCE)
                },
            },
        },
        Subject {
            name: "sin-exp-sqrt-f64",
            work: Work::Race {
                unit: Unit::Milliseconds,
                targets: Targets::Every,
                peers: &[Peer::new(PLAIN)],
                prepare: |targets| {
                    sin_exp_sqrt::<f64>(targets, plain::sin_exp_sqrt_f64, F64_TOLERANCE)
                },
            },
        },
    ],
};

const VM: &str = "fidget VM";
const JIT: &str = "fidget JIT";
const PLAIN: &str = "plain Rust";

/// What these models use is rounded exactly, by fidget as well.
const FIDGET_TOLERANCE: f64 = 0.0;

/// The C library rounds sin and exp in its own way: a few units in the last place of
/// values near 1.
const F32_TOLERANCE: f64 = 4.0 * f32::EPSILON as f64;
const F64_TOLERANCE: f64 = 4.0 * f64::EPSILON;

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
    let text = models::model(model)?;
    let pixels = Pixels::square(1024, step)?;
    let graph = picture::optimised(&vm::parse(&text)?);
    let shape = fidget::Shape::parse(&text)?;
    let ours = targets
        .iter()
        .map(|&target| picture::contender(&graph, target, &pixels));
    let peers = vec![
        shape.best_contender::<VmFunction>(VM, &pixels)?,
        shape.best_contender::<JitFunction>(JIT, &pixels)?,
    ];
    let race = Race::between(ours.collect::<Result<_, _>>()?, peers, FIDGET_TOLERANCE)?;
    Ok(Race {
        runs_per_result: step as f64,
        ..race
    })
}

/// A second of sound, made louder and shifted.
fn gain_offset(targets: &[Target]) -> anyhow::Result<Race> {
    const GAIN: f32 = 0.7;
    const OFFSET: f32 = 0.1;
    let x = evenly(44_100, -1.0, 1.0);
    let graph = formula::parse("input x, gain, offset; gain * x + offset")?;
    let inputs = [
        Values::Many(Rc::clone(&x)),
        Values::One(GAIN),
        Values::One(OFFSET),
    ];
    let ours = targets
        .iter()
        .map(|&target| smalto(&graph, target, &["gain", "offset"], &inputs));
    let plain = Contender {
        name: PLAIN.into(),
        len: x.len(),
        fill: Box::new(move |out| plain::gain_offset(&x, GAIN, OFFSET, out)),
        note: String::new(),
    };
    Race::between(ours.collect::<Result<_, _>>()?, vec![plain], 0.0)
}

/// The formula that array libraries are compared with, over a million points.
fn sin_exp_sqrt<T: Real + Into<f64>>(
    targets: &[Target],
    plain: fn(&[T], &[T], &mut [T]),
    tolerance: f64,
) -> anyhow::Result<Race> {
    let x: Rc<[T]> = evenly(1_000_000, -3.0, 3.0);
    let y: Rc<[T]> = evenly(1_000_000, 2.0, -2.0);
    let graph = formula::parse("sin(x) * exp(-y * y) + sqrt(x * x + y * y)")?;
    let inputs = [Values::Many(Rc::clone(&x)), Values::Many(Rc::clone(&y))];
    let ours = targets
        .iter()
        .map(|&target| smalto(&graph, target, &[], &inputs));
    let plain = Contender {
        name: PLAIN.into(),
        len: x.len(),
        fill: Box::new(move |out| plain(&x, &y, out)),
        note: String::new(),
    };
    Race::between(ours.collect::<Result<_, _>>()?, vec![plain], tolerance)
}

/// The values of an input.
#[derive(Clone)]
enum Values<T> {
    Many(Rc<[T]>),
    One(T),
}

/// Smalto, evaluating `graph` over whole arrays.
fn smalto<T: Real>(
    graph: &Graph,
    target: Target,
    uniform: &[&str],
    inputs: &[Values<T>],
) -> anyhow::Result<Contender<T>> {
    let options = Options {
        target,
        uniform,
        ..Options::default()
    };
    let evaluator = Evaluator::<T>::new(graph, &options)?;
    let mut workspace = evaluator.workspace();
    let inputs = inputs.to_vec();
    let len = inputs.iter().map(Values::len).max().unwrap_or(0);
    let fill = move |out: &mut [T]| {
        let inputs: Vec<Input<'_, T>> = inputs.iter().map(Values::input).collect();
        evaluator
            .eval_with(&mut workspace, &inputs, &mut [Output::Slice(out)])
            .expect("inputs are the graph's own");
    };
    Ok(Contender {
        name: format!("Smalto {target}"),
        fill: Box::new(fill),
        len,
        note: String::new(),
    })
}

impl<T: Copy> Values<T> {
    fn input(&self) -> Input<'_, T> {
        match self {
            Values::Many(values) => Input::Slice(values),
            Values::One(value) => Input::Scalar(*value),
        }
    }

    fn len(&self) -> usize {
        match self {
            Values::Many(values) => values.len(),
            Values::One(_) => 1,
        }
    }
}

/// `count` points from `from` on, in equal steps, short of `to` by one.
fn evenly<T: Real>(count: u32, from: f64, to: f64) -> Rc<[T]> {
    let step = (to - from) / f64::from(count);
    (0..count)
        .map(|i| T::from_f64(from + step * f64::from(i)))
        .collect()
}
