//! A typeface of strokes and arcs, as data.
//!
//! It is a monoline geometric sans: every stroke is [`WEIGHT`] wide, every curve is
//! part of a circle. One row of [`GLYPHS`] is one character. A row holds straight
//! bars, arcs of rings and dots on a grid of units with y up: the baseline is at 0,
//! lower-case letters reach 18, capitals 26, ascenders 28 and descenders -9. Nearly
//! all edges lie on whole units, so at one unit per pixel every stem is three
//! crisp pixels.
//!
//! A glyph starts with its leftmost ink at x = 0. The row says how wide the ink is
//! and how much white belongs on either side of it; [`kerning`] corrects the pairs
//! for which that is too much.

/// Thickness of every stroke, in units.
pub(crate) const WEIGHT: f64 = 3.0;
/// Top of the capitals.
pub(crate) const CAP_HEIGHT: f64 = 26.0;
/// White between two words.
pub(crate) const SPACE: f64 = 9.0;

/// A point in the units of the glyph.
pub(crate) type Point = (f64, f64);

/// How a bar ends.
#[derive(Debug, Clone, Copy)]
pub(crate) enum End {
    /// At right angles to the bar.
    Square,
    /// Horizontally, through the end point.
    Level,
    /// Vertically, through the end point.
    Upright,
}

/// A piece of ink.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Stroke {
    /// The straight stroke along the line through two points.
    Bar {
        /// Where the middle line starts and ends.
        points: [Point; 2],
        /// How it is cut there.
        ends: [End; 2],
    },
    /// The part of a ring from one angle, in degrees, counterclockwise to another
    /// at most a turn further.
    Arc {
        /// Centre of the ring.
        centre: Point,
        /// Outer radius.
        radius: f64,
        /// First and last angle.
        angles: [f64; 2],
    },
    /// A disc.
    Dot {
        /// Centre of the disc.
        centre: Point,
        /// Its radius.
        radius: f64,
    },
}

/// One character of the font.
#[derive(Debug)]
pub(crate) struct Glyph {
    /// The character.
    pub(crate) character: char,
    /// White to the left and to the right of the ink.
    pub(crate) bearings: [f64; 2],
    /// Width of the ink.
    pub(crate) width: f64,
    /// The ink: the union of these.
    pub(crate) strokes: &'static [Stroke],
}

/// The glyph of `character`, if the font has one. A space has no ink and no glyph.
pub(crate) fn glyph(character: char) -> Option<&'static Glyph> {
    GLYPHS.iter().find(|glyph| glyph.character == character)
}

/// All characters that have a glyph.
pub(crate) fn characters() -> String {
    GLYPHS.iter().map(|glyph| glyph.character).collect()
}

/// The correction, in units, of the white between two characters.
pub(crate) fn kerning(left: char, right: char) -> f64 {
    let row = KERNING
        .iter()
        .find(|row| row.0.contains(left) && row.1.contains(right));
    row.map_or(0.0, |row| row.2)
}

/// A vertical stroke given by its left edge.
const fn stem(left: f64, bottom: f64, top: f64) -> Stroke {
    let x = left + WEIGHT / 2.0;
    Stroke::Bar {
        points: [(x, bottom), (x, top)],
        ends: [End::Square; 2],
    }
}

/// A horizontal stroke given by its lower edge.
const fn beam(bottom: f64, left: f64, right: f64) -> Stroke {
    let y = bottom + WEIGHT / 2.0;
    Stroke::Bar {
        points: [(left, y), (right, y)],
        ends: [End::Square; 2],
    }
}

/// A diagonal stroke whose ends are horizontal.
const fn slant(from: Point, to: Point) -> Stroke {
    bar(from, End::Level, to, End::Level)
}

const fn bar(from: Point, start: End, to: Point, end: End) -> Stroke {
    Stroke::Bar {
        points: [from, to],
        ends: [start, end],
    }
}

const fn ring(x: f64, y: f64, radius: f64) -> Stroke {
    arc(x, y, radius, 0.0, 360.0)
}

const fn arc(x: f64, y: f64, radius: f64, from: f64, to: f64) -> Stroke {
    Stroke::Arc {
        centre: (x, y),
        radius,
        angles: [from, to],
    }
}

const fn dot(x: f64, y: f64) -> Stroke {
    Stroke::Dot {
        centre: (x, y),
        radius: 2.5,
    }
}

const fn row(
    character: char,
    left: f64,
    width: f64,
    right: f64,
    strokes: &'static [Stroke],
) -> Glyph {
    Glyph {
        character,
        bearings: [left, right],
        width,
        strokes,
    }
}

/// White beside a straight stem, beside a round bowl or a dot, beside a diagonal or an
/// open side, and beside a terminal that reaches out.
const STEM: f64 = 3.0;
const BOWL: f64 = 2.0;
const OPEN: f64 = 1.0;
const OVER: f64 = 0.0;

use End::{Level, Square, Upright};

/// The font: character, white to the left, width of the ink, white to the right, ink.
#[rustfmt::skip]
pub(crate) const GLYPHS: &[Glyph] = &[
    row('a', BOWL, 18., STEM, &[ring(9., 9., 9.), stem(15., 0., 18.)]),
    row('b', STEM, 18., BOWL, &[stem(0., 0., 28.), ring(9., 9., 9.)]),
    row('c', BOWL, 15., OPEN, &[arc(9., 9., 9., 45., 315.)]),
    row('d', BOWL, 18., STEM, &[ring(9., 9., 9.), stem(15., 0., 28.)]),
    row('e', BOWL, 18., BOWL, &[arc(9., 9., 9., -4., 310.), beam(8., 1.5, 17.75)]),
    row('f', OPEN, 10., OVER, &[arc(9.5, 21.5, 6.5, 90., 180.), stem(3., 0., 21.5), beam(15., 0., 9.)]),
    row('g', BOWL, 18., STEM, &[ring(9., 9., 9.), stem(15., 0., 18.), arc(9., 0., 9., 205., 360.)]),
    row('h', STEM, 15., STEM, &[stem(0., 0., 28.), arc(7.5, 10.5, 7.5, 0., 180.), stem(12., 0., 10.5)]),
    row('i', BOWL, 5., BOWL, &[stem(1., 0., 18.), dot(2.5, 24.5)]),
    row('j', OVER, 7., BOWL, &[arc(0., -3., 6., 270., 360.), stem(3., -3., 18.), dot(4.5, 24.5)]),
    row('k', STEM, 14., OPEN, &[
        stem(0., 0., 28.),
        bar((1.1, 6.5), Square, (12., 18.), Level),
        bar((5., 10.5), Square, (12.2, 0.), Level),
    ]),
    row('l', STEM, 3., STEM, &[stem(0., 0., 28.)]),
    row('m', STEM, 23., STEM, &[
        stem(0., 0., 18.),
        arc(6.5, 11.5, 6.5, 0., 180.), stem(10., 0., 11.5),
        arc(16.5, 11.5, 6.5, 0., 180.), stem(20., 0., 11.5),
    ]),
    row('n', STEM, 15., STEM, &[stem(0., 0., 18.), arc(7.5, 10.5, 7.5, 0., 180.), stem(12., 0., 10.5)]),
    row('o', BOWL, 18., BOWL, &[ring(9., 9., 9.)]),
    row('p', STEM, 18., BOWL, &[stem(0., -9., 18.), ring(9., 9., 9.)]),
    row('q', BOWL, 18., STEM, &[ring(9., 9., 9.), stem(15., -9., 18.)]),
    row('r', STEM, 10., -1., &[stem(0., 0., 18.), arc(7.5, 10.5, 7.5, 70., 180.)]),
    row('s', BOWL, 11., BOWL, &[arc(5.5, 13., 5., 30., 270.), arc(5.5, 5.5, 5.5, 210., 450.)]),
    row('t', OPEN, 10., OPEN, &[stem(3., 5.5, 24.), beam(15., 0., 9.), arc(8.5, 5.5, 5.5, 180., 290.)]),
    row('u', STEM, 15., STEM, &[stem(0., 7.5, 18.), arc(7.5, 7.5, 7.5, 180., 360.), stem(12., 0., 18.)]),
    row('v', OPEN, 16., OPEN, &[slant((1.6, 18.), (8., 0.)), slant((14.4, 18.), (8., 0.))]),
    row('w', OPEN, 24., OPEN, &[
        slant((1.6, 18.), (6.8, 0.)), slant((12., 18.), (6.8, 0.)),
        slant((12., 18.), (17.2, 0.)), slant((22.4, 18.), (17.2, 0.)),
    ]),
    row('x', OPEN, 15., OPEN, &[slant((1.8, 0.), (13.2, 18.)), slant((13.2, 0.), (1.8, 18.))]),
    row('y', OPEN, 16., OPEN, &[slant((1.6, 18.), (8., 0.)), slant((14.4, 18.), (4.8, -9.))]),
    row('z', OPEN, 13., OPEN, &[beam(15., 0., 13.), slant((1.87, 2.75), (11.13, 15.25)), beam(0., 0., 13.)]),

    row('A', OPEN, 22., OPEN, &[slant((1.6, 0.), (11., 26.)), slant((20.4, 0.), (11., 26.)), beam(7., 4.5, 17.5)]),
    row('B', STEM, 17., BOWL, &[
        stem(0., 0., 26.), beam(23., 0., 8.), beam(12., 0., 9.), beam(0., 0., 9.),
        arc(8., 19., 7., -90., 90.), arc(9., 7.5, 7.5, -90., 90.),
    ]),
    row('C', BOWL, 22., OPEN, &[arc(13., 13., 13., 45., 315.)]),
    row('D', STEM, 21., BOWL, &[stem(0., 0., 26.), beam(23., 0., 8.), beam(0., 0., 8.), arc(8., 13., 13., -90., 90.)]),
    row('E', STEM, 15., OPEN, &[stem(0., 0., 26.), beam(23., 0., 15.), beam(12., 0., 14.), beam(0., 0., 15.)]),
    row('F', STEM, 15., OPEN, &[stem(0., 0., 26.), beam(23., 0., 15.), beam(12., 0., 14.)]),
    row('G', BOWL, 26., BOWL, &[arc(13., 13., 13., 45., 358.), beam(10., 14., 25.75)]),
    row('H', STEM, 20., STEM, &[stem(0., 0., 26.), stem(17., 0., 26.), beam(12., 0., 20.)]),
    row('I', STEM, 3., STEM, &[stem(0., 0., 26.)]),
    row('J', OPEN, 11., STEM, &[stem(8., 6., 26.), arc(5., 6., 6., 210., 360.)]),
    row('K', STEM, 18., OPEN, &[
        stem(0., 0., 26.),
        bar((1.1, 8.5), Square, (16., 26.), Level),
        bar((6., 14.), Square, (16.2, 0.), Level),
    ]),
    row('L', STEM, 14., OPEN, &[stem(0., 0., 26.), beam(0., 0., 14.)]),
    row('M', STEM, 25., STEM, &[
        stem(0., 0., 26.), stem(22., 0., 26.),
        slant((1.7, 26.), (12.5, 3.)), slant((23.3, 26.), (12.5, 3.)),
    ]),
    row('N', STEM, 21., STEM, &[stem(0., 0., 26.), stem(18., 0., 26.), slant((1.81, 26.), (19.19, 0.))]),
    row('O', BOWL, 26., BOWL, &[ring(13., 13., 13.)]),
    row('P', STEM, 16., BOWL, &[stem(0., 0., 26.), beam(23., 0., 8.), beam(11., 0., 8.), arc(8., 18.5, 7.5, -90., 90.)]),
    row('Q', BOWL, 26., BOWL, &[ring(13., 13., 13.), bar((17., 7.), Square, (24., 0.), Level)]),
    row('R', STEM, 16., OPEN, &[
        stem(0., 0., 26.), beam(23., 0., 8.), beam(11., 0., 8.), arc(8., 18.5, 7.5, -90., 90.),
        slant((7., 12.), (14.6, 0.)),
    ]),
    row('S', BOWL, 15., BOWL, &[arc(7.5, 19., 7., 30., 270.), arc(7.5, 7.5, 7.5, 210., 450.)]),
    row('T', OPEN, 19., OPEN, &[beam(23., 0., 19.), stem(8., 0., 26.)]),
    row('U', STEM, 19., STEM, &[stem(0., 9.5, 26.), arc(9.5, 9.5, 9.5, 180., 360.), stem(16., 9.5, 26.)]),
    row('V', OPEN, 21., OPEN, &[slant((1.6, 26.), (10.5, 0.)), slant((19.4, 26.), (10.5, 0.))]),
    row('W', OPEN, 32., OPEN, &[
        slant((1.6, 26.), (8.8, 0.)), slant((16., 26.), (8.8, 0.)),
        slant((16., 26.), (23.2, 0.)), slant((30.4, 26.), (23.2, 0.)),
    ]),
    row('X', OPEN, 19., OPEN, &[slant((1.8, 0.), (17.2, 26.)), slant((17.2, 0.), (1.8, 26.))]),
    row('Y', OPEN, 19., OPEN, &[
        bar((1.7, 26.), Level, (11., 9.), Upright),
        bar((17.3, 26.), Level, (8., 9.), Upright),
        stem(8., 0., 12.),
    ]),
    row('Z', OPEN, 18., OPEN, &[beam(23., 0., 18.), slant((1.83, 2.75), (16.17, 23.25)), beam(0., 0., 18.)]),

    row('0', BOWL, 16., BOWL, &[
        arc(8., 18., 8., 0., 180.), stem(0., 8., 18.), stem(13., 8., 18.), arc(8., 8., 8., 180., 360.),
    ]),
    row('1', OPEN, 9., STEM, &[stem(6., 0., 26.), slant((1.5, 20.), (7., 26.))]),
    row('2', OPEN, 15., OPEN, &[
        arc(7.5, 18.5, 7.5, -38., 165.), bar((1.83, 1.5), Level, (12.23, 14.81), Square), beam(0., 0., 15.),
    ]),
    row('3', OPEN, 14., BOWL, &[arc(6.5, 19., 7., -90., 150.), arc(6.5, 7.5, 7.5, 210., 450.)]),
    row('4', OPEN, 17., OPEN, &[slant((11.2, 26.), (1.8, 6.)), beam(6., 1.5, 17.), stem(10., 0., 26.)]),
    row('5', OPEN, 16., BOWL, &[beam(23., 3., 15.), stem(3., 12., 26.), arc(7.5, 8.5, 8.5, 210., 480.)]),
    row('6', BOWL, 17., BOWL, &[ring(8.5, 8.5, 8.5), bar((2.44, 12.), Square, (10.52, 26.), Level)]),
    row('7', OPEN, 15., OPEN, &[beam(23., 0., 15.), slant((13.3, 26.), (4., 0.))]),
    row('8', BOWL, 15., BOWL, &[ring(7.5, 19., 7.), ring(7.5, 7.5, 7.5)]),
    row('9', BOWL, 17., BOWL, &[ring(8.5, 17.5, 8.5), bar((6.48, 0.), Level, (14.56, 14.), Square)]),

    row('.', BOWL, 5., BOWL, &[dot(2.5, 2.5)]),
    row(',', BOWL, 5., BOWL, &[dot(2.5, 2.5), slant((3.4, 2.5), (1.2, -5.))]),
    row(':', BOWL, 5., BOWL, &[dot(2.5, 2.5), dot(2.5, 15.5)]),
    row(';', BOWL, 5., BOWL, &[dot(2.5, 2.5), slant((3.4, 2.5), (1.2, -5.)), dot(2.5, 15.5)]),
    row('!', BOWL, 5., BOWL, &[dot(2.5, 2.5), stem(1., 8., 26.)]),
    row('\'', BOWL, 3., BOWL, &[stem(0., 18., 26.)]),
    row('"', BOWL, 8., BOWL, &[stem(0., 18., 26.), stem(5., 18., 26.)]),
    row('‘', BOWL, 5., BOWL, &[dot(2.5, 19.5), slant((1.6, 19.5), (3.8, 27.))]),
    row('’', BOWL, 5., BOWL, &[dot(2.5, 23.5), slant((3.4, 23.5), (1.2, 16.))]),
    row('“', BOWL, 12., BOWL, &[
        dot(2.5, 19.5), slant((1.6, 19.5), (3.8, 27.)), dot(9.5, 19.5), slant((8.6, 19.5), (10.8, 27.)),
    ]),
    row('”', BOWL, 12., BOWL, &[
        dot(2.5, 23.5), slant((3.4, 23.5), (1.2, 16.)), dot(9.5, 23.5), slant((10.4, 23.5), (8.2, 16.)),
    ]),
    row('-', OPEN, 8., OPEN, &[beam(8., 0., 8.)]),
    row('–', OPEN, 14., OPEN, &[beam(8., 0., 14.)]),
    row('—', OPEN, 24., OPEN, &[beam(8., 0., 24.)]),
    row('?', OPEN, 13., OPEN, &[arc(6.5, 19.5, 6.5, -90., 160.), stem(5., 8., 16.), dot(6.5, 2.5)]),
    row('(', BOWL, 7., OPEN, &[arc(22., 9., 22., 140., 220.)]),
    row(')', OPEN, 7., BOWL, &[arc(-15., 9., 22., 320., 400.)]),
    row('[', STEM, 7., OPEN, &[stem(0., -7., 28.), beam(25., 0., 7.), beam(-7., 0., 7.)]),
    row(']', OPEN, 7., STEM, &[stem(4., -7., 28.), beam(25., 0., 7.), beam(-7., 0., 7.)]),
    row('/', OPEN, 13., OPEN, &[slant((1.6, -3.), (11.4, 28.))]),
    row('+', BOWL, 15., BOWL, &[beam(8., 0., 15.), stem(6., 2., 17.)]),
    row('=', BOWL, 15., BOWL, &[beam(5., 0., 15.), beam(11., 0., 15.)]),
    row('…', BOWL, 23., BOWL, &[dot(2.5, 2.5), dot(11.5, 2.5), dot(20.5, 2.5)]),
];

/// Pairs that stand too far apart or too close: left characters, right characters,
/// correction. The first row that fits counts.
const KERNING: &[(&str, &str, f64)] = &[
    ("rft", " ", 1.0),
    ("rvwyT", ".,", -2.0),
    ("T", "acdegoqsuvwxyz", -3.0),
    ("VWY", "acdegoqs", -2.0),
    ("r", "acdegoq", -1.0),
    ("L", "TVWY", -3.0),
    ("AL", "’”", -3.0),
    ("AVWT", "AVWT", -2.0),
];
