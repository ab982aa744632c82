//! From text to glyphs in their places on the page.
//!
//! Lines are first set one by one, each at its own origin, in units of the font.
//! Then they are stacked, and the whole block is scaled to the page and centred.

use crate::font::{self, CAP_HEIGHT, Glyph, Point, SPACE};
use thiserror::Error;

/// The page is [-1, 1] squared; the text fills it up to here.
const MARGIN: f64 = 0.875;
/// From one baseline to the next, in units.
const LEADING: f64 = 49.0;
/// What a blank line adds to that.
const BLANK: f64 = 36.0;

/// A text as glyphs in place.
#[derive(Debug)]
pub(crate) struct Page {
    /// From top to bottom, without the blank lines; there is at least one.
    pub(crate) lines: Vec<Vec<Placed>>,
}

/// A glyph in its place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Placed {
    /// Its shape.
    pub(crate) glyph: &'static Glyph,
    /// Where the left end of its baseline is.
    pub(crate) origin: Point,
    /// The length of a unit.
    pub(crate) scale: f64,
}

impl Placed {
    /// A point of the glyph, on the page.
    pub(crate) fn on_page(&self, (x, y): Point) -> Point {
        (
            self.origin.0 + self.scale * x,
            self.origin.1 + self.scale * y,
        )
    }
}

/// Why a text cannot be set.
#[derive(Debug, PartialEq, Error)]
pub(crate) enum LayoutError {
    /// The font lacks a character.
    #[error(
        "line {line}, column {column}: the font has no {character:?}; write it with a space or {}",
        font::characters()
    )]
    NoGlyph {
        /// Line in the text, from 1.
        line: usize,
        /// Column in the line, in characters, from 1.
        column: usize,
        /// The character.
        character: char,
    },
    /// There is nothing to set.
    #[error("the text is blank; it needs at least one line with a visible character")]
    Blank,
}

impl LayoutError {
    fn no_glyph((line, column): (usize, usize), character: char) -> LayoutError {
        LayoutError::NoGlyph {
            line,
            column,
            character,
        }
    }
}

/// How a line is set.
struct Style {
    /// What the line starts with to be set so.
    mark: &'static str,
    /// Size of its letters.
    scale: f64,
    /// White added after every letter, in units of its letters.
    tracking: f64,
    /// How much of the white that a short line leaves goes to its left.
    indent: f64,
}

/// The styles: a title, a signature and the text itself.
const STYLES: [Style; 3] = [
    Style {
        mark: "# ",
        scale: 2.0,
        tracking: 5.0,
        indent: 0.5,
    },
    Style {
        mark: "> ",
        scale: 1.0,
        tracking: 0.0,
        indent: 1.0,
    },
    Style {
        mark: "",
        scale: 1.0,
        tracking: 0.0,
        indent: 0.0,
    },
];

/// A line set by itself: its baseline is y = 0, the left margin x = 0.
struct SetLine {
    style: &'static Style,
    glyphs: Vec<Placed>,
    /// How far the ink reaches from the margin.
    width: f64,
}

/// Sets `text`: each line as a line, on one page.
///
/// # Errors
/// If the font lacks a character, or there is none to set.
pub(crate) fn typeset(text: &str) -> Result<Page, LayoutError> {
    let mut lines = Vec::new();
    let mut y = 0.0;
    let mut blank = 0.0;
    for (number, source) in (1..).zip(text.lines()) {
        let line = set_line(number, source.trim_end())?;
        if line.glyphs.is_empty() {
            blank += BLANK;
            continue;
        }
        y -= match lines.is_empty() {
            true => CAP_HEIGHT * line.style.scale,
            false => LEADING * line.style.scale + blank,
        };
        blank = 0.0;
        lines.push((line, y));
    }
    if lines.is_empty() {
        return Err(LayoutError::Blank);
    }
    Ok(fit(&lines, -y))
}

/// Sets one line. Spaces at its start indent it.
fn set_line(number: usize, source: &str) -> Result<SetLine, LayoutError> {
    let style = STYLES.iter().find(|style| source.starts_with(style.mark));
    let style = style.expect("every line starts with the empty mark");
    let scale = style.scale;

    let mut glyphs: Vec<Placed> = Vec::new();
    let mut previous = ' ';
    let mut indent = 0.0;
    let mut x = 0.0;
    let characters = (1..).zip(source.chars()).skip(style.mark.chars().count());
    for (column, character) in characters {
        x += scale * font::kerning(previous, character);
        previous = character;
        if character == ' ' {
            x += scale * (SPACE + style.tracking);
            continue;
        }
        if glyphs.is_empty() {
            indent = x;
        }
        let place = (number, column);
        let glyph = font::glyph(character).ok_or(LayoutError::no_glyph(place, character))?;
        let [left, right] = glyph.bearings;
        glyphs.push(Placed {
            glyph,
            origin: (x + scale * left, 0.0),
            scale,
        });
        x += scale * (left + glyph.width + right + style.tracking);
    }
    align_with_margin(&mut glyphs, indent);
    let width = glyphs
        .last()
        .map_or(0.0, |last| last.on_page((last.glyph.width, 0.0)).0);
    Ok(SetLine {
        style,
        glyphs,
        width,
    })
}

/// Moves the ink of the first letter to the margin; a quote before it hangs in there.
fn align_with_margin(glyphs: &mut [Placed], margin: f64) {
    let hangs = |placed: &Placed| "\"'‘“".contains(placed.glyph.character);
    let first = glyphs
        .iter()
        .find(|placed| !hangs(placed))
        .or(glyphs.first());
    let shift = first.map_or(0.0, |first| margin - first.origin.0);
    for placed in glyphs {
        placed.origin.0 += shift;
    }
}

/// The lines with their baselines as a page: as large as its margins allow.
fn fit(lines: &[(SetLine, f64)], height: f64) -> Page {
    let width = lines.iter().map(|(line, _)| line.width).fold(0.0, f64::max);
    let scale = short_fraction(2.0 * MARGIN / width.max(height));
    let (left, top) = ((-width / 2.0).round(), (height / 2.0).round());
    let place = |(line, y): &(SetLine, f64)| -> Vec<Placed> {
        let x = left + (line.style.indent * (width - line.width)).round();
        let glyphs = line.glyphs.iter();
        glyphs
            .map(|placed| Placed {
                origin: (scale * (placed.origin.0 + x), scale * (y + top)),
                scale: scale * placed.scale,
                ..*placed
            })
            .collect()
    };
    Page {
        lines: lines.iter().map(place).collect(),
    }
}

/// `v` rounded down to 4, 5, 6 or 7 times a power of two. With such a scale the
/// coordinates of the glyphs' grid are exact in f32, edges of different lines often
/// coincide, and at some power of two of pixels, stems are whole pixels wide.
fn short_fraction(v: f64) -> f64 {
    let quarter = (v.log2().floor() - 2.0).exp2();
    (v / quarter).floor() * quarter
}
