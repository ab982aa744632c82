//! Transcendental functions over arrays: a formula of some, each alone, and a shape that is
//! made of them.

use super::slices::drawn;
use crate::arrays::{self, Values};
use crate::peers::{fidget, gcc, plain, python};
use crate::race::{Contender, Race};
use crate::suite::{Figure, Peer, Subject, Suite, Targets, Unit, Work};
use ::fidget::vm::VmFunction;
use anyhow::Context;
use smalto::{Element, Evaluator, Graph, Op, Options, Real, Target, Type, formula};
use std::hint::black_box;
use std::ops::Range;
use std::rc::Rc;
use std::time::Instant;

/// The rows of the suite: those given, and two for each function, which are its name, the
/// ranges of its operands, and what is called in plain Rust.
macro_rules! subjects {
    ([$($subject:expr,)*] $($name:literal, $x:expr, $y:expr, $plain:expr;)*) => {
        &[
            $($subject,)*
            $(function!(f32, $name, $x, $y, $plain), function!(f64, $name, $x, $y, $plain),)*
        ]
    };
}

macro_rules! function {
    ($element:ident, $name:literal, $x:expr, $y:expr, $plain:expr) => {
        Subject {
            name: concat!($name, "-", stringify!($element)),
            work: Work::Race {
                unit: Unit::Nanoseconds,
                targets: Targets::Auto,
                peers: &[Peer::new(PLAIN).bar(5.0), Peer::new("SLEEF").bar(1.0)],
                prepare: |targets| {
                    let [x, y] = operands::<$element>($x, $y);
                    let symbol = concat!($name, "_", stringify!($element));
                    let sleef =
                        gcc::SLEEF.contender("SLEEF", symbol, Rc::clone(&x), Rc::clone(&y))?;
                    race(targets, $name, [x, y], $plain, vec![sleef])
                },
            },
        }
    };
}

/// The n-th root is nobody else's function.
macro_rules! root {
    ($element:ident) => {
        Subject {
            name: concat!("root-", stringify!($element)),
            work: Work::Race {
                unit: Unit::Nanoseconds,
                targets: Targets::Auto,
                peers: &[Peer::new(PLAIN).bar(5.0)],
                prepare: |targets| {
                    let [x, y] = operands::<$element>(0.0..100.0, 1.0..9.0);
                    race(targets, "root", [x, y], |x, n| x.powf(1.0 / n), vec![])
                },
            },
        }
    };
}

/// Functions of one operand do not look at the other.
const NONE: Range<f64> = 0.0..1.0;

pub(crate) const SUITE: Suite = Suite {
    name: "maths",
    about: "Transcendental functions over arrays",
    subjects: subjects!([
        Subject {
            name: "sin-exp-sqrt-1e6-f32",
            work: Work::Race {
                unit: Unit::Milliseconds,
                targets: Targets::Every,
                peers: &[Peer::new(GCC).bar(0.8), Peer::new(PLAIN), Peer::new(VM).bar(10.0)],
                prepare: |targets| formula_race::<f32>(targets, |x, y| Ok(vec![
                    gcc::FORMULA.contender(GCC, "sin_exp_sqrt_f32", x.clone(), y.clone())?,
                    plain_loop(x.clone(), y.clone(), plain::sin_exp_sqrt_f32),
                    fidget::arrays::<VmFunction>(VM, FORMULA_VM, x, y)?,
                ])),
            },
        },
        Subject {
            name: "sin-exp-sqrt-1e6-f64",
            work: Work::Race {
                unit: Unit::Milliseconds,
                targets: Targets::Every,
                peers: &[Peer::new(GCC).bar(0.8), Peer::new(PLAIN)],
                prepare: |targets| formula_race::<f64>(targets, |x, y| Ok(vec![
                    gcc::FORMULA.contender(GCC, "sin_exp_sqrt_f64", x.clone(), y.clone())?,
                    plain_loop(x, y, plain::sin_exp_sqrt_f64),
                ])),
            },
        },
        Subject {
            name: "sin-exp-sqrt-1e6-f32 python",
            work: Work::Race {
                unit: Unit::Milliseconds,
                targets: Targets::Auto,
                peers: &[
                    Peer::new("numpy").bar(4.0),
                    Peer::new("numexpr").bar(10.0),
                    Peer::new("numba").bar(10.0),
                ],
                prepare: |targets| formula_race::<f32>(targets, |x, y| {
                    let libraries = ["numpy", "numexpr", "numba"];
                    libraries.map(|name| python::contender(name, &x, &y)).into_iter().collect()
                }),
            },
        },
        Subject {
            name: "sin-exp-sqrt-1e6-f64 python",
            work: Work::Race {
                unit: Unit::Milliseconds,
                targets: Targets::Auto,
                peers: &[
                    Peer::new("numpy").bar(8.0),
                    Peer::new("numexpr"),
                    Peer::new("numba").bar(8.0),
                    Peer::new("symjit").bar(8.0),
                ],
                prepare: |targets| formula_race::<f64>(targets, |x, y| {
                    let libraries = ["numpy", "numexpr", "numba", "symjit"];
                    libraries.map(|name| python::contender(name, &x, &y)).into_iter().collect()
                }),
            },
        },
        Subject {
            name: "sin-exp-sqrt-compile",
            work: Work::Figures {
                figures: &[Figure {
                    name: "sin-exp-sqrt-f32-parse-to-code",
                    unit: "us",
                    below: Some(60.0),
                }],
                measure: parse_to_code,
            },
        },
        Subject {
            name: "bear-1024",
            work: Work::Race {
                unit: Unit::Milliseconds,
                targets: Targets::Every,
                peers: &[Peer::new(VM).bar(25.0)],
                prepare: |targets| drawn("bear.vm", 64, targets, BEAR_TOLERANCE, |shape, pixels| {
                    Ok(vec![shape.best_contender::<VmFunction>(VM, pixels)?])
                }),
            },
        },
        root!(f32),
        root!(f64),
    ]
        "sin", -30.0..30.0, NONE, |x, _| x.sin();
        "cos", -30.0..30.0, NONE, |x, _| x.cos();
        "tan", -30.0..30.0, NONE, |x, _| x.tan();
        "asin", -1.0..1.0, NONE, |x, _| x.asin();
        "acos", -1.0..1.0, NONE, |x, _| x.acos();
        "atan", -10.0..10.0, NONE, |x, _| x.atan();
        "atan2", -10.0..10.0, -7.0..7.0, |x, y| x.atan2(y);
        "sinh", -20.0..20.0, NONE, |x, _| x.sinh();
        "cosh", -20.0..20.0, NONE, |x, _| x.cosh();
        "tanh", -5.0..5.0, NONE, |x, _| x.tanh();
        "asinh", -100.0..100.0, NONE, |x, _| x.asinh();
        "acosh", 1.0..100.0, NONE, |x, _| x.acosh();
        // Closer to the ends the standard library loses digits.
        "atanh", -0.9..0.9, NONE, |x, _| x.atanh();
        "exp", -50.0..50.0, NONE, |x, _| x.exp();
        "exp2", -70.0..70.0, NONE, |x, _| x.exp2();
        "expm1", -20.0..20.0, NONE, |x, _| x.exp_m1();
        "ln", 0.0..100.0, NONE, |x, _| x.ln();
        "log2", 0.0..100.0, NONE, |x, _| x.log2();
        "log10", 0.0..100.0, NONE, |x, _| x.log10();
        "log1p", -1.0..100.0, NONE, |x, _| x.ln_1p();
        "pow", 0.0..20.0, -10.0..10.0, |x, y| x.powf(y);
        "cbrt", -100.0..100.0, NONE, |x, _| x.cbrt();
        "hypot", -100.0..100.0, -70.0..70.0, |x, y| x.hypot(y);
        "mod", 0.0..1000.0, 0.5..10.0, |x, y| x.rem_euclid(y);
    ),
};

const GCC: &str = "gcc, libmvec";
const PLAIN: &str = "plain Rust";
const VM: &str = "fidget VM";

/// Functions that are at most one unit off, and gcc's, which may be four.
const UNITS: f64 = 8.0;

/// Differences of logarithms of sums of exponentials, in single precision.
const BEAR_TOLERANCE: f64 = 1e-3;

/// What fits into the first cache, so that memory is not what is timed.
const COUNT: u32 = 2048;

const FORMULA: &str = "sin(x) * exp(-y * y) + sqrt(x * x + y * y)";
const FORMULA_VM: &str = "\
x var-x
y var-y
xx square x
yy square y
minus neg yy
bell exp minus
wave sin x
product mul wave bell
sum add xx yy
root sqrt sum
value add product root
";

/// The operands of a function, and what both are over.
fn operands<T: Real>(x: Range<f64>, y: Range<f64>) -> [Rc<[T]>; 2] {
    // Steps of another irrational number, so that the two have nothing to do with each other.
    let [x, y] = [
        arrays::scattered(COUNT, x, arrays::GOLDEN),
        arrays::scattered(COUNT, y, arrays::SILVER),
    ];
    [x, y]
}

/// The op `name` over arrays, against a call in a plain loop and other `peers`. Times are of
/// one value.
fn race<T: Real + Into<f64>>(
    targets: &[Target],
    name: &str,
    [x, y]: [Rc<[T]>; 2],
    call: impl Fn(T, T) -> T + 'static,
    peers: Vec<Contender<T>>,
) -> anyhow::Result<Race> {
    let op = Op::ALL.iter().find(|op| op.name() == name);
    let op = *op.with_context(|| format!("there is no op `{name}`"))?;
    let mut graph = Graph::new();
    let names = ["x", "y"][..op.arity()].iter();
    let operands: Result<Vec<_>, _> = names.map(|name| graph.variable(name, Type::Real)).collect();
    let value = graph.apply(op, &operands?)?;
    graph.output("value", value)?;
    let values = [Values::Many(Rc::clone(&x)), Values::Many(Rc::clone(&y))];
    let ours = targets
        .iter()
        .map(|&target| arrays::smalto(&graph, target, &[], &values[..op.arity()]));
    let plain = plain_loop(x, y, move |x: &[T], y: &[T], out: &mut [T]| {
        plain::each(x, y, out, &call);
    });
    let peers = [plain].into_iter().chain(peers).collect();
    let race = Race::between(ours.collect::<Result<_, _>>()?, peers, units::<T>())?;
    Ok(Race {
        runs_per_result: 1.0 / f64::from(COUNT),
        ..race
    })
}

/// The contenders that are no targets of ours, over x and y.
type Peers<T> = fn(Rc<[T]>, Rc<[T]>) -> anyhow::Result<Vec<Contender<T>>>;

/// The formula over a million points.
fn formula_race<T: Real + Into<f64>>(targets: &[Target], peers: Peers<T>) -> anyhow::Result<Race> {
    let x: Rc<[T]> = arrays::evenly(1_000_000, -3.0, 3.0);
    let y: Rc<[T]> = arrays::evenly(1_000_000, 2.0, -2.0);
    let graph = formula::parse(FORMULA)?;
    let inputs = [Values::Many(Rc::clone(&x)), Values::Many(Rc::clone(&y))];
    let ours = targets
        .iter()
        .map(|&target| arrays::smalto(&graph, target, &[], &inputs));
    let peers = peers(x, y)?;
    Race::between(ours.collect::<Result<_, _>>()?, peers, units::<T>())
}

/// How far a peer may be away, relative to values of 1 and more.
fn units<T: Real>() -> f64 {
    let epsilon = match T::ELEMENT {
        Element::F32 => f64::from(f32::EPSILON),
        Element::F64 => f64::EPSILON,
    };
    UNITS * epsilon
}

/// A loop that is called with both operands.
fn plain_loop<T: Real>(
    x: Rc<[T]>,
    y: Rc<[T]>,
    run: impl Fn(&[T], &[T], &mut [T]) + 'static,
) -> Contender<T> {
    Contender {
        name: PLAIN.into(),
        len: x.len(),
        fill: Box::new(move |out| run(&x, &y, out)),
        note: String::new(),
    }
}

/// From the formula's text to machine code that can be called, in microseconds: the median.
fn parse_to_code() -> anyhow::Result<Vec<f64>> {
    const TURNS: usize = 3001;
    let options = Options {
        target: Target::Jit,
        ..Options::default()
    };
    let mut times = Vec::with_capacity(TURNS);
    for _ in 0..TURNS {
        let started = Instant::now();
        let graph = formula::parse(black_box(FORMULA))?;
        let evaluator = Evaluator::<f32>::new(&graph, &options)?;
        times.push(started.elapsed().as_secs_f64() * 1e6);
        drop(black_box(evaluator));
    }
    times.sort_by(f64::total_cmp);
    Ok(vec![times[TURNS / 2]])
}
