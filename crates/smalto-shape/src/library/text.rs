//! Text, as the outlines of a font's glyphs.
//!
//! A [`Font`] is read from the bytes of a TrueType, OpenType or Type 1 file. It sets a text in lines
//! of glyphs one after another, with the kerning of its `kern` table. That is how
//! typewriters, signs and engravings are set in scripts whose letters do not depend on one another;
//! scripts that need shaping (Arabic, Devanagari) do not come out right.
//!
//! Each glyph is worked out once, however often it is set, and has a box around it, so where a
//! picture is drawn region by region a page costs what is on it near the region.
//!
//! ```no_run
//! use smalto_graph::GraphBuilder;
//! use smalto_shape::library::{sweep::extrude, text::{Align, Font, Style}};
//!
//! let font = Font::new(std::fs::read("font.ttf")?, 0)?;
//! let style = Style { size: 0.4, align: Align::Middle, ..Style::default() };
//! let text = font.set("Smalto\nmdcccxcix", &style)?;
//!
//! let builder = GraphBuilder::new();
//! let point = ["x", "y", "z"].map(|name| builder.var(name));
//! let letters = extrude(point, 0.05, |section| text.shape(section));
//! let graph = builder.finish([("", letters)])?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use super::boolean::union_of;
use super::outline::{Bounds, FillRule, Filled, Outline};
use super::vector::Point2;
use skrifa::raw::TableProvider;
use skrifa::raw::tables::kern::{Kern, SubtableKind};
use skrifa::{DrawMemory, GlyphId, PathSink, ScalerFont};
use smalto_graph::Expr;
use std::collections::HashMap;
use thiserror::Error;

/// The height of an em over how far the curves that a font may have as cubics are from those that
/// stand for them.
const FINENESS: f64 = 4096.0;

/// Why there is no text.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum TextError {
    /// The data is no font.
    #[error(
        "the data has no font number {index} that can be read; \
         a TrueType, OpenType or Type 1 file has, mostly as number 0"
    )]
    NoFont {
        /// Which font of the file was asked for.
        index: u32,
    },
    /// The font lacks a character.
    #[error(
        "line {line}, column {column}: the font has no {character:?}; \
         write it otherwise or choose another font"
    )]
    NoGlyph {
        /// The character.
        character: char,
        /// Line in the text, from 1.
        line: usize,
        /// Column in the line, in characters, from 1.
        column: usize,
    },
    /// The font has a glyph that cannot be read.
    #[error(
        "line {line}, column {column}: the font's outline of {character:?} is broken ({reason}); \
         choose another font"
    )]
    BrokenGlyph {
        /// The character.
        character: char,
        /// Line in the text, from 1.
        line: usize,
        /// Column in the line, in characters, from 1.
        column: usize,
        /// What is wrong with it.
        reason: String,
    },
}

/// Where lines are with respect to x = 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// They begin there.
    Left,
    /// Their middle is there.
    Middle,
    /// They end there.
    Right,
}

/// How a text is set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Style {
    /// The height of an em, in units of the point: letters are about two thirds of that high.
    pub size: f64,
    /// Where lines are.
    pub align: Align,
    /// From one baseline to the next, in multiples of what the font asks for.
    pub leading: f64,
    /// White that is added after every character, in ems.
    pub tracking: f64,
}

impl Default for Style {
    /// 1 unit high, left-aligned, lines and letters as far apart as the font has them.
    fn default() -> Style {
        Style {
            size: 1.0,
            align: Align::Left,
            leading: 1.0,
            tracking: 0.0,
        }
    }
}

/// A font.
pub struct Font(ScalerFont);

impl std::fmt::Debug for Font {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let glyphs = self.0.font().num_glyphs();
        f.debug_struct("Font").field("glyphs", &glyphs).finish()
    }
}

impl Font {
    /// The font of this number, from 0, in the data of a file: files mostly have one.
    ///
    /// # Errors
    /// [`TextError::NoFont`].
    pub fn new(data: impl Into<Vec<u8>>, index: u32) -> Result<Font, TextError> {
        let font = skrifa::Font::new(data.into(), index);
        // Without an em there is no size.
        let font = font.filter(|font| font.units_per_em() > 0);
        let font = font.ok_or(TextError::NoFont { index })?;
        Ok(Font(ScalerFont::unhinted(font, None)))
    }

    /// Sets a text: each line as a line, downwards; the baseline of the first is y = 0.
    ///
    /// # Errors
    /// [`TextError::NoGlyph`] and [`TextError::BrokenGlyph`].
    pub fn set(&self, text: &str, style: &Style) -> Result<Text, TextError> {
        let mut glyphs = Glyphs::of(self);
        let unit = style.size / f64::from(self.0.font().units_per_em());
        let leading = style.leading * self.leading() * unit;
        let lines = text.lines().enumerate().map(|(number, line)| {
            let (placed, width) = glyphs.line(line, number + 1, style.tracking)?;
            let left = match style.align {
                Align::Left => 0.0,
                Align::Middle => -width / 2.0,
                Align::Right => -width,
            };
            let down = -leading * number as f64;
            let place = |(x, glyph): (f64, Filled)| glyph.placed(unit, [(left + x) * unit, down]);
            Ok(placed.into_iter().map(place).collect())
        });
        Ok(Text {
            lines: lines.collect::<Result<_, _>>()?,
        })
    }

    /// From one baseline to the next, in units of the font.
    fn leading(&self) -> f64 {
        let line = self.0.metrics().h_line();
        let height = line.map(|line| f64::from(line.ascender - line.descender + line.line_gap));
        height
            .filter(|height| *height > 0.0)
            .unwrap_or(1.2 * f64::from(self.0.font().units_per_em()))
    }
}

/// A text in its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    /// The glyphs of each line that have an outline.
    lines: Vec<Vec<Filled>>,
}

impl Text {
    /// The letters. A bound; Lipschitz constant 1. See [`Outline::shape`].
    pub fn shape<'g>(&self, point: Point2<'g>) -> Expr<'g> {
        self.union(point, |glyph| glyph.shape(point))
    }

    /// The letters, with their exact distance (inside a bound where outlines cross). See
    /// [`Outline::distance`].
    pub fn distance<'g>(&self, point: Point2<'g>) -> Expr<'g> {
        self.union(point, |glyph| glyph.distance(point))
    }

    /// The smallest box that holds all letters; `None` if there are none that can be seen.
    pub fn bounds(&self) -> Option<Bounds> {
        let bounds = self.lines.iter().flatten().filter_map(Filled::bounds);
        bounds.reduce(|a, b| Bounds {
            low: [0, 1].map(|axis| a.low[axis].min(b.low[axis])),
            high: [0, 1].map(|axis| a.high[axis].max(b.high[axis])),
        })
    }

    fn union<'g>(&self, point: Point2<'g>, shape: impl Fn(&Filled) -> Expr<'g>) -> Expr<'g> {
        let lines = self.lines.iter();
        let lines = lines.filter_map(|line| union_of(line.iter().map(&shape)));
        union_of(lines).unwrap_or_else(|| point[0].builder().constant(f64::INFINITY))
    }
}

/// The glyphs of a font, read as they are needed.
struct Glyphs<'f> {
    font: &'f ScalerFont,
    kern: Option<Kern<'f>>,
    read: HashMap<GlyphId, Filled>,
}

impl<'f> Glyphs<'f> {
    fn of(font: &'f Font) -> Glyphs<'f> {
        Glyphs {
            font: &font.0,
            kern: font.0.font().tables().kern().ok(),
            read: HashMap::new(),
        }
    }

    /// The glyphs of a line that have an outline, each with how far to the right it is, and the
    /// width of the line, all in units of the font.
    fn line(
        &mut self,
        text: &str,
        line: usize,
        tracking: f64,
    ) -> Result<(Vec<(f64, Filled)>, f64), TextError> {
        let font = self.font.font();
        let (charmap, metrics) = (font.charmap(), font.glyph_metrics());
        let tracking = tracking * f64::from(font.units_per_em());
        let mut placed = Vec::new();
        let mut x = 0.0;
        let mut before = None;
        for (column, character) in (1..).zip(text.chars()) {
            let no_glyph = || TextError::NoGlyph {
                character,
                line,
                column,
            };
            let glyph = charmap.map_unicode(character).ok_or_else(no_glyph)?;
            let broken = |reason| TextError::BrokenGlyph {
                character,
                line,
                column,
                reason,
            };
            if let Some(before) = before.replace(glyph) {
                x += self.kerning(before, glyph) + tracking;
            }
            let filled = self.filled(glyph).map_err(broken)?;
            if filled.bounds().is_some() {
                placed.push((x, filled));
            }
            x += f64::from(metrics.h_advance(glyph));
        }
        Ok((placed, x))
    }

    fn filled(&mut self, glyph: GlyphId) -> Result<Filled, String> {
        if let Some(filled) = self.read.get(&glyph) {
            return Ok(filled.clone());
        }
        let mut pen = Pen {
            outline: Outline::new(),
            tolerance: f64::from(self.font.font().units_per_em()) / FINENESS,
        };
        if let Some(outline) = self.font.outline(glyph) {
            let drawn = outline.draw(DrawMemory::Scratch, &mut pen);
            drawn.map_err(|error| error.to_string())?;
        }
        let filled = pen.outline.filled(FillRule::NonZero);
        self.read.insert(glyph, filled.clone());
        Ok(filled)
    }

    /// By how much a pair is moved apart, in units of the font.
    fn kerning(&self, left: GlyphId, right: GlyphId) -> f64 {
        let subtables = self.kern.iter().flat_map(Kern::subtables).flatten();
        let along = subtables.filter(|table| table.is_horizontal() && !table.is_cross_stream());
        let pairs = along.filter_map(|table| match table.kind().ok()? {
            SubtableKind::Format0(pairs) => pairs.kerning(left, right),
            SubtableKind::Format2(pairs) => pairs.kerning(left, right),
            SubtableKind::Format3(pairs) => pairs.kerning(left, right),
            // A state machine, which only Apple's old fonts have.
            SubtableKind::Format1(_) => None,
        });
        pairs.map(f64::from).sum()
    }
}

/// What a glyph is drawn with.
struct Pen {
    outline: Outline,
    tolerance: f64,
}

fn place(x: f32, y: f32) -> [f64; 2] {
    [f64::from(x), f64::from(y)]
}

impl PathSink for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.outline.start(place(x, y));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.outline.line(place(x, y));
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        self.outline.quadratic(place(cx, cy), place(x, y));
    }

    fn curve_to(&mut self, bx: f32, by: f32, cx: f32, cy: f32, x: f32, y: f32) {
        let (b, c) = (place(bx, by), place(cx, cy));
        self.outline.cubic(b, c, place(x, y), self.tolerance);
    }

    fn close(&mut self) {
        self.outline.close();
    }
}
