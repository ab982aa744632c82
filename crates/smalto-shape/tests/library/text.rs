//! Text: places of glyphs, and their insides against winding numbers of what the font draws.

use crate::common::{check_lipschitz, graph, points, values};
use crate::outline::{to_polygons, winding};
use crate::tiny_font::{self, KERNING};
use skrifa::{DrawMemory, PathSink, ScalerFont};
use smalto_shape::library::Point2;
use smalto_shape::library::text::{Align, Font, Style, TextError};
use std::path::Path;

fn tiny() -> Font {
    Font::new(tiny_font::bytes(), 0).expect("it is a font")
}

/// The box around a text.
fn bounds(text: &str, style: &Style) -> [f64; 4] {
    let text = tiny().set(text, style).expect("the font has these");
    let bounds = text.bounds().expect("it can be seen");
    [bounds.low[0], bounds.low[1], bounds.high[0], bounds.high[1]]
}

fn close(found: [f64; 4], expected: [f64; 4]) {
    for (a, b) in found.iter().zip(expected) {
        assert!((a - b).abs() < 1e-9, "{found:?}, not {expected:?}");
    }
}

#[test]
fn glyphs_are_where_their_advances_say() {
    let style = Style {
        size: 1000.0,
        ..Style::default()
    };
    // Advances: I 600, a blank 300. The ink of an I is from 100 to 500.
    close(bounds("I", &style), [100.0, 0.0, 500.0, 700.0]);
    close(bounds("I I", &style), [100.0, 0.0, 1400.0, 700.0]);
    let tracked = Style {
        tracking: 0.05,
        ..style
    };
    close(bounds("I I", &tracked), [100.0, 0.0, 1500.0, 700.0]);
    // Lines are 800 + 200 + 100 apart.
    close(bounds("I\nI", &style), [100.0, -1100.0, 500.0, 700.0]);
    let loose = Style {
        leading: 2.0,
        ..style
    };
    close(bounds("I\n\nI", &loose), [100.0, -4400.0, 500.0, 700.0]);
    let half = Style {
        size: 500.0,
        align: Align::Middle,
        ..style
    };
    close(bounds("I", &half), [-100.0, 0.0, 100.0, 350.0]);
    let right = Style {
        align: Align::Right,
        ..style
    };
    close(bounds("I", &right), [-500.0, 0.0, -100.0, 700.0]);
}

#[test]
fn pairs_are_kerned() {
    let style = Style {
        size: 1000.0,
        align: Align::Right,
        ..Style::default()
    };
    // The O's arcs reach from 0 to 700 halfway between their control points.
    let end = -50.0;
    close(bounds("OO", &style), [-1500.0, 0.0, end, 700.0]);
    close(
        bounds("IO", &style),
        [-750.0 - f64::from(KERNING) - 500.0, 0.0, end, 700.0],
    );
}

#[test]
fn what_cannot_be_set_is_said() {
    let check = |text: &str, expected: &str| {
        let error = tiny()
            .set(text, &Style::default())
            .expect_err("it cannot be set");
        assert_eq!(error.to_string(), expected);
    };
    check(
        "I\nOIx",
        "line 2, column 3: the font has no 'x'; write it otherwise or choose another font",
    );
    for (data, index) in [(vec![], 0), (vec![0; 100], 0), (tiny_font::bytes(), 1)] {
        let error = Font::new(data, index).expect_err("it is none");
        assert_eq!(error, TextError::NoFont { index });
    }
}

/// Whatever the bytes are, there is text or an error.
#[test]
fn damaged_fonts_do_not_panic() {
    let whole = tiny_font::bytes();
    let mut random = crate::common::random(3);
    for _ in 0..3000 {
        let mut bytes = whole.clone();
        for _ in 0..1 + (random() * 4.0) as usize {
            let at = (random() * bytes.len() as f64) as usize;
            bytes[at] = (random() * 256.0) as u8;
        }
        if random() < 0.2 {
            bytes.truncate((random() * bytes.len() as f64) as usize);
        }
        let Ok(font) = Font::new(bytes, 0) else {
            continue;
        };
        if let Ok(text) = font.set("IO+ OI", &Style::default()) {
            let shape = graph(|point: Point2<'_>| text.shape(point));
            drop(values(&shape, &[[0.1, 0.2]]));
        }
    }
}

#[test]
fn nothing_to_see_is_nowhere() {
    for text in ["", " ", "\n\n"] {
        let text = tiny().set(text, &Style::default()).unwrap();
        assert_eq!(text.bounds(), None);
        let shape = graph(|point: Point2<'_>| text.shape(point).min(text.distance(point)));
        assert_eq!(values(&shape, &[[0.0, 0.0]]), [f64::INFINITY]);
    }
}

/// What the font draws, as fine polygons.
#[derive(Default)]
struct Polygons(Vec<Vec<[f64; 2]>>);

impl Polygons {
    fn curve(&mut self, places: &[[f64; 2]]) {
        // De Casteljau, at places along it.
        let polygon = self.0.last_mut().expect("it has begun");
        let mut all = vec![*polygon.last().expect("it has begun")];
        all.extend(places);
        for k in 1..=32 {
            let (t, mut level) = (f64::from(k) / 32.0, all.clone());
            while level.len() > 1 {
                let pairs = level.windows(2);
                level = pairs
                    .map(|pair| [0, 1].map(|i| pair[0][i] + t * (pair[1][i] - pair[0][i])))
                    .collect();
            }
            polygon.push(level[0]);
        }
    }
}

impl PathSink for Polygons {
    fn move_to(&mut self, x: f32, y: f32) {
        self.0.push(vec![[f64::from(x), f64::from(y)]]);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let polygon = self.0.last_mut().expect("it has begun");
        polygon.push([f64::from(x), f64::from(y)]);
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        self.curve(&[[cx, cy], [x, y]].map(|place| place.map(f64::from)));
    }

    fn curve_to(&mut self, bx: f32, by: f32, cx: f32, cy: f32, x: f32, y: f32) {
        self.curve(&[[bx, by], [cx, cy], [x, y]].map(|place| place.map(f64::from)));
    }

    fn close(&mut self) {}
}

/// That every one of these characters is inside where the font's outline turns around a point, and
/// a bound.
fn check_glyphs(data: Vec<u8>, characters: &str) {
    let drawn = skrifa::Font::new(data.clone(), 0).expect("it is a font");
    let em = f64::from(drawn.units_per_em());
    let scaler = ScalerFont::unhinted(drawn.clone(), None);
    let font = Font::new(data, 0).expect("it is a font");
    for character in characters.chars() {
        let Some(glyph) = drawn.charmap().map_unicode(character) else {
            continue;
        };
        let mut polygons = Polygons::default();
        if let Some(outline) = scaler.outline(glyph) {
            outline
                .draw(DrawMemory::Scratch, &mut polygons)
                .expect("it can be drawn");
        }
        // Points that only mark a place.
        polygons.0.retain(|polygon| polygon.len() > 2);
        let style = Style {
            size: em,
            ..Style::default()
        };
        let text = font
            .set(&character.to_string(), &style)
            .expect("it is there");
        let shape = graph(|point: Point2<'_>| text.shape(point));
        let here: Vec<[f64; 2]> = points::<2>(400, 0.6 * em)
            .into_iter()
            .map(|[x, y]| [x + 0.4 * em, y + 0.3 * em])
            .collect();
        for (&point, value) in here.iter().zip(values(&shape, &here)) {
            let turns = winding(&polygons.0, point);
            let distance = to_polygons(&polygons.0, point);
            if distance > em * 1e-3 {
                assert_eq!(
                    value < 0.0,
                    turns != 0,
                    "{character:?} at {point:?}: {value}, {turns} turns, {distance} away"
                );
            }
            // Inside, contours that overlap are no outline.
            if turns == 0 {
                assert!(
                    value <= distance + em * 1e-3,
                    "{character:?} at {point:?}: {value} of {distance}"
                );
            }
        }
        check_lipschitz::<2>("a glyph", &shape, 1.0, em);
    }
}

#[test]
fn the_insides_of_glyphs() {
    check_glyphs(tiny_font::bytes(), "IO+ ");
}

/// The same of fonts that people read, if there are any here.
#[test]
fn the_insides_of_real_glyphs() {
    let fonts = ["DejaVuSans.ttf", "DejaVuSerif.ttf", "DejaVuSans-Bold.ttf"];
    for name in fonts {
        let path = Path::new("/usr/share/fonts/truetype/dejavu").join(name);
        match std::fs::read(&path) {
            Ok(data) => check_glyphs(data, "aegkRSW&@%8?ß§ΩЖ"),
            Err(_) => eprintln!("skipped: {} is not here", path.display()),
        }
    }
}
