//! What formulas call by name: rows over the functions of this crate.
//!
//! Noise is called with 1 to 4 coordinates. Words choose among variants, as in
//! `cells(x, y, metric = manhattan)`, so that one row stands for all of them.

use crate::curve::{self, Easing, End};
use crate::fractal::{self, Octaves};
use crate::noise::{self, Lattice, Metric};
use smalto_graph::Expr;
use smalto_graph::formula::{Arguments, Function, OptionKind, OptionRow};

/// The functions of this crate for formulas: give them to
/// [`Parser::with_library`](smalto_graph::formula::Parser::with_library).
///
/// ```
/// use smalto_graph::formula::Parser;
///
/// for function in smalto_field::LIBRARY {
///     println!("{function}: {}", function.doc);
/// }
/// let parser = Parser::new().with_library(smalto_field::LIBRARY);
/// parser.parse("smoothstep(-0.2, 0.6, fbm(3 * x, 3 * y, octaves = 5))")?;
/// # Ok::<(), smalto_graph::formula::Error>(())
/// ```
pub static LIBRARY: &[Function] = &[
    // Noise.
    function(
        "perlin",
        POINT,
        1,
        &[SEED, PERIOD, RANGE],
        "Perlin's gradient noise",
        perlin,
    ),
    function(
        "simplex",
        POINT,
        1,
        &[SEED, PERIOD, RANGE],
        "simplex noise, less bound to the axes",
        simplex,
    ),
    function(
        "value",
        POINT,
        1,
        &[SEED, PERIOD, RANGE],
        "value noise, the cheapest",
        value,
    ),
    function(
        "cells",
        POINT,
        1,
        &[SEED, PERIOD, METRIC, CELL, JITTER],
        "cellular noise (Worley): distances to random points, or the nearest one's number",
        cells,
    ),
    function(
        "perlin2002",
        &["x", "y", "z"],
        1,
        &[],
        "Perlin's reference implementation, to the letter",
        reference,
    ),
    function(
        "random",
        POINT,
        1,
        &[SEED],
        "a random number from 0 to 1 for each cell of the lattice",
        random,
    ),
    // Several scales.
    function(
        "fbm",
        POINT,
        1,
        FRACTAL,
        "fractional Brownian motion: octaves of a noise, summed",
        fbm,
    ),
    function(
        "ridged",
        POINT,
        1,
        FRACTAL,
        "fbm of 1 - 2|noise|: sharp ridges",
        ridged,
    ),
    function(
        "billow",
        POINT,
        1,
        FRACTAL,
        "fbm of 2|noise| - 1: round bulges",
        billow,
    ),
    function(
        "turbulence",
        POINT,
        1,
        TURBULENCE,
        "fbm of |noise|, from 0 to 1",
        turbulence,
    ),
    function(
        "warped",
        POINT,
        1,
        WARPED,
        "fbm whose coordinates are moved by fbm, so many times over",
        warped,
    ),
    function(
        "warp",
        POINT,
        1,
        WARP,
        "one coordinate, moved by noise",
        warp,
    ),
    // Curves.
    function(
        "smoothstep",
        &["low", "high", "x"],
        3,
        &[],
        "0 below low, 1 above high, smooth between",
        smoothstep,
    ),
    function(
        "smootherstep",
        &["low", "high", "x"],
        3,
        &[],
        "smoothstep of the fifth degree",
        smootherstep,
    ),
    function(
        "remap",
        &["x", "low", "high", "to_low", "to_high"],
        5,
        &[],
        "x between low and high, as it lies between to_low and to_high",
        remap,
    ),
    function(
        "ease",
        &["t"],
        1,
        &[CURVE, END],
        "an eased movement from 0 at t = 0 to 1 at t = 1",
        ease,
    ),
    function(
        "triangle",
        &["x"],
        1,
        &[],
        "a wave of straight lines: 0 at 0, 1 at a half, 0 at 1",
        triangle,
    ),
    function(
        "wave",
        &["x"],
        1,
        &[],
        "a cosine wave: 0 at 0, 1 at a half, 0 at 1",
        wave,
    ),
    function(
        "from_srgb",
        &["c"],
        1,
        &[],
        "a channel from a colour picker, 0 to 1, as linear light",
        from_srgb,
    ),
];

const POINT: &[&str] = &["x", "y", "z", "w"];

const SEED: OptionRow = option(
    "seed",
    OptionKind::Integer(0),
    "another number, an unrelated noise; any i32",
);
const PERIOD: OptionRow = option(
    "period",
    OptionKind::Count {
        usual: 0,
        least: 0,
        most: Lattice::LONGEST_PERIOD,
    },
    "repeat after so many cells; 0: never",
);
const RANGE: OptionRow = option(
    "range",
    OptionKind::Word(&["signed", "unit"]),
    "from -1 to 1, or from 0 to 1",
);
const METRIC: OptionRow = option(
    "metric",
    OptionKind::Word(&["euclidean", "manhattan", "chebyshev"]),
    "how distances are measured",
);
const CELL: OptionRow = option(
    "result",
    OptionKind::Word(&["f1", "f2", "edge", "id"]),
    "distance to the nearest, to the second, their difference, or the nearest's number, 0 to 1",
);
const JITTER: OptionRow = option(
    "jitter",
    OptionKind::Real(1.0),
    "how irregular the cells are, 0 to 1",
);
const BASIS: OptionRow = option(
    "basis",
    OptionKind::Word(&["perlin", "simplex", "value"]),
    "the noise that is summed",
);
const OCTAVES: OptionRow = option(
    "octaves",
    OptionKind::Count {
        usual: 6,
        least: 1,
        most: 16,
    },
    "how many scales",
);
const LACUNARITY: OptionRow = option(
    "lacunarity",
    OptionKind::Real(2.0),
    "frequency of an octave over that of the one before",
);
const GAIN: OptionRow = option(
    "gain",
    OptionKind::Real(0.5),
    "amplitude of an octave over that of the one before",
);
const FRACTAL: &[OptionRow] = &[OCTAVES, GAIN, LACUNARITY, BASIS, SEED, PERIOD, RANGE];
/// As those, but that its range is what it is.
const TURBULENCE: &[OptionRow] = &[OCTAVES, GAIN, LACUNARITY, BASIS, SEED, PERIOD];
const STRENGTH: OptionRow = option(
    "strength",
    OptionKind::Real(1.0),
    "how far coordinates are moved",
);
const DEPTH: OptionRow = option(
    "depth",
    OptionKind::Count {
        usual: 1,
        least: 1,
        most: 4,
    },
    "how many times over",
);
const WARPED: &[OptionRow] = &[
    STRENGTH, DEPTH, OCTAVES, GAIN, LACUNARITY, BASIS, SEED, RANGE,
];
const AXIS: OptionRow = option(
    "axis",
    OptionKind::Word(&["x", "y", "z", "w"]),
    "which coordinate",
);
const WARP: &[OptionRow] = &[AXIS, STRENGTH, BASIS, SEED];
const CURVES: [(&str, Easing); 11] = [
    ("quadratic", Easing::Quadratic),
    ("linear", Easing::Linear),
    ("sine", Easing::Sine),
    ("cubic", Easing::Cubic),
    ("quartic", Easing::Quartic),
    ("quintic", Easing::Quintic),
    ("exponential", Easing::Exponential),
    ("circular", Easing::Circular),
    ("back", Easing::Back),
    ("elastic", Easing::Elastic),
    ("bounce", Easing::Bounce),
];
const CURVE: OptionRow = option("curve", OptionKind::Word(&words(&CURVES)), "how it begins");
const ENDS: [(&str, End); 3] = [("both", End::Both), ("in", End::In), ("out", End::Out)];
const END: OptionRow = option("end", OptionKind::Word(&words(&ENDS)), "which end is eased");

type Build = for<'g> fn(&Arguments<'g>) -> Result<Expr<'g>, String>;
type Built<'g> = Result<Expr<'g>, String>;

const fn function(
    name: &'static str,
    operands: &'static [&'static str],
    required: usize,
    options: &'static [OptionRow],
    doc: &'static str,
    build: Build,
) -> Function {
    Function {
        name,
        operands,
        required,
        options,
        doc,
        build,
    }
}

const fn option(name: &'static str, kind: OptionKind, doc: &'static str) -> OptionRow {
    OptionRow { name, kind, doc }
}

const fn words<T: Copy, const N: usize>(rows: &[(&'static str, T); N]) -> [&'static str; N] {
    let mut words = [""; N];
    let mut at = 0;
    while at < N {
        words[at] = rows[at].0;
        at += 1;
    }
    words
}

fn chosen<T: Copy>(rows: &[(&str, T)], word: &str) -> T {
    let row = rows.iter().find(|(name, _)| *name == word);
    row.expect("a word of the table").1
}

// Noise.

fn lattice<'g>(call: &Arguments<'g>) -> Lattice<'g> {
    Lattice::new(call.builder(), call.integer("seed"))
}

fn periodic<'g>(call: &Arguments<'g>) -> Lattice<'g> {
    match call.count("period") {
        0 => lattice(call),
        period => lattice(call).with_period(period),
    }
}

fn in_range<'g>(call: &Arguments<'g>, noise: Expr<'g>) -> Expr<'g> {
    match call.word("range") {
        "unit" => noise::unit(noise),
        _ => noise,
    }
}

fn perlin<'g>(call: &Arguments<'g>) -> Built<'g> {
    Ok(in_range(
        call,
        noise::perlin(call.operands(), &periodic(call)),
    ))
}

fn simplex<'g>(call: &Arguments<'g>) -> Built<'g> {
    check_period(call, "simplex", 1)?;
    Ok(in_range(
        call,
        noise::simplex(call.operands(), &periodic(call)),
    ))
}

fn value<'g>(call: &Arguments<'g>) -> Built<'g> {
    Ok(in_range(
        call,
        noise::value(call.operands(), &periodic(call)),
    ))
}

fn cells<'g>(call: &Arguments<'g>) -> Built<'g> {
    let metric = match call.word("metric") {
        "manhattan" => Metric::Manhattan,
        "chebyshev" => Metric::Chebyshev,
        _ => Metric::Euclidean,
    };
    let cells = noise::cells(
        call.operands(),
        &periodic(call),
        call.real("jitter"),
        metric,
    );
    Ok(match call.word("result") {
        "f2" => cells.f2,
        "edge" => cells.f2 - cells.f1,
        "id" => cells.id,
        _ => cells.f1,
    })
}

fn reference<'g>(call: &Arguments<'g>) -> Built<'g> {
    let zero = call.builder().constant(0.0);
    let coordinate = |axis| call.operands().get(axis).copied().unwrap_or(zero);
    Ok(noise::reference(std::array::from_fn(coordinate)))
}

fn random<'g>(call: &Arguments<'g>) -> Built<'g> {
    Ok(noise::random(call.operands(), &lattice(call)))
}

// Several scales.

fn octaves<'g>(call: &Arguments<'g>) -> Octaves<'g> {
    Octaves {
        count: call.count("octaves"),
        lacunarity: call.real("lacunarity"),
        gain: call.real("gain"),
    }
}

/// The noise that the option `basis` names.
fn basis<'g>(call: &Arguments<'g>) -> for<'a> fn(&'a [Expr<'g>], &'a Lattice<'g>) -> Expr<'g> {
    match call.word("basis") {
        "simplex" => |point, lattice| noise::simplex(point, lattice),
        "value" => |point, lattice| noise::value(point, lattice),
        _ => |point, lattice| noise::perlin(point, lattice),
    }
}

/// The fractal sum `sum` of the noise and the lattices that a call asks for.
fn fractal<'g>(
    call: &Arguments<'g>,
    sum: impl Fn(&[Expr<'g>], &Octaves<'g>, &dyn Fn(&[Expr<'g>], i32) -> Expr<'g>) -> Expr<'g>,
) -> Built<'g> {
    let (octaves, basis) = (octaves(call), basis(call));
    let period = call.count("period");
    if period > 0 {
        check_repeats(call)?;
    }
    let octave = |point: &[Expr<'g>], octave: i32| {
        let lattice = lattice(call).shifted(octave);
        match period << octave {
            0 => basis(point, &lattice),
            period => basis(point, &lattice.with_period(period)),
        }
    };
    Ok(sum(call.operands(), &octaves, &octave))
}

/// That every octave can repeat where the first does.
fn check_repeats(call: &Arguments<'_>) -> Result<(), String> {
    if call.real("lacunarity").id() != call.builder().constant(2.0).id() {
        return Err(
            "with a period the lacunarity must be 2, so that every octave repeats too".into(),
        );
    }
    check_period(call, call.word("basis"), call.count("octaves"))
}

/// That the period of a noise's last octave is not too long.
fn check_period(call: &Arguments<'_>, noise: &str, octaves: u32) -> Result<(), String> {
    let longest = match noise {
        "simplex" => noise::LONGEST_SIMPLEX_PERIOD,
        _ => Lattice::LONGEST_PERIOD,
    };
    let most = longest >> (octaves - 1);
    match call.count("period") > most {
        true => Err(format!(
            "the period of {octaves} octave{} of {noise} noise can be {most} at most",
            if octaves == 1 { "" } else { "s" }
        )),
        false => Ok(()),
    }
}

fn fbm<'g>(call: &Arguments<'g>) -> Built<'g> {
    let sum = fractal(call, |point, octaves, noise| {
        fractal::fbm(point, octaves, noise)
    })?;
    Ok(in_range(call, sum))
}

fn ridged<'g>(call: &Arguments<'g>) -> Built<'g> {
    let sum = fractal(call, |point, octaves, noise| {
        fractal::ridged(point, octaves, noise)
    })?;
    Ok(in_range(call, sum))
}

fn billow<'g>(call: &Arguments<'g>) -> Built<'g> {
    let sum = fractal(call, |point, octaves, noise| {
        fractal::billow(point, octaves, noise)
    })?;
    Ok(in_range(call, sum))
}

fn turbulence<'g>(call: &Arguments<'g>) -> Built<'g> {
    fractal(call, |point, octaves, noise| {
        fractal::turbulence(point, octaves, noise)
    })
}

/// Seeds of the axes and rounds of warping are that far apart, which leaves room for octaves.
const ROUND: i32 = 1000;

fn warped<'g>(call: &Arguments<'g>) -> Built<'g> {
    let (octaves, basis, lattice) = (octaves(call), basis(call), lattice(call));
    let sum = |point: &[Expr<'g>], first: i32| {
        fractal::fbm(point, &octaves, |point, octave| {
            basis(point, &lattice.shifted(first + octave))
        })
    };
    let strength = call.real("strength");
    let point = (1..=call.count("depth") as i32).fold(call.operands().to_vec(), |moved, round| {
        // Moved from where it was at first, by noise at where it has come to.
        let noise = |axis: usize| sum(&moved, ROUND * (4 * round + axis as i32));
        let axes = call.operands().iter().enumerate();
        axes.map(|(axis, &x)| noise(axis).fma(strength, x))
            .collect()
    });
    Ok(in_range(call, sum(&point, 0)))
}

fn warp<'g>(call: &Arguments<'g>) -> Built<'g> {
    let (basis, lattice, word) = (basis(call), lattice(call), call.word("axis"));
    let axis = POINT
        .iter()
        .position(|&name| name == word)
        .expect("an axis");
    if axis >= call.operands().len() {
        let count = call.operands().len();
        return Err(format!(
            "there is no axis `{word}` among {count} coordinates"
        ));
    }
    let moved = fractal::warp(call.operands(), call.real("strength"), |point, axis| {
        basis(point, &lattice.shifted(axis))
    });
    Ok(moved[axis])
}

// Curves.

fn smoothstep<'g>(call: &Arguments<'g>) -> Built<'g> {
    let [low, high, x] = all(call);
    Ok(curve::smoothstep(low, high, x))
}

fn smootherstep<'g>(call: &Arguments<'g>) -> Built<'g> {
    let [low, high, x] = all(call);
    Ok(curve::smootherstep(low, high, x))
}

fn remap<'g>(call: &Arguments<'g>) -> Built<'g> {
    let [x, low, high, to_low, to_high] = all(call);
    Ok(curve::remap(x, low, high, to_low, to_high))
}

fn ease<'g>(call: &Arguments<'g>) -> Built<'g> {
    let easing = chosen(&CURVES, call.word("curve"));
    Ok(curve::ease(
        call.operand(0),
        easing,
        chosen(&ENDS, call.word("end")),
    ))
}

fn triangle<'g>(call: &Arguments<'g>) -> Built<'g> {
    Ok(curve::triangle(call.operand(0)))
}

fn wave<'g>(call: &Arguments<'g>) -> Built<'g> {
    Ok(curve::wave(call.operand(0)))
}

fn from_srgb<'g>(call: &Arguments<'g>) -> Built<'g> {
    Ok(curve::from_srgb(call.operand(0)))
}

/// The operands of a function that requires all of them.
fn all<'g, const N: usize>(call: &Arguments<'g>) -> [Expr<'g>; N] {
    call.operands()
        .try_into()
        .expect("the row requires all operands")
}
