//! A TrueType font of a few glyphs, written on the spot: an em is 1000 units.

/// A contour: places, and whether they are on the curve. Two that are not, one after the other, have one
/// that is halfway between them.
type Contour = &'static [(i16, i16, bool)];

pub(crate) struct Glyph {
    pub(crate) character: Option<char>,
    pub(crate) advance: u16,
    pub(crate) contours: &'static [Contour],
}

/// A square, clockwise as fonts have it.
const SQUARE: Contour = &[
    (100, 0, true),
    (100, 700, true),
    (500, 700, true),
    (500, 0, true),
];

/// A disc of four control points, clockwise, and a hole in it.
const DISC: Contour = &[
    (0, 0, false),
    (0, 700, false),
    (700, 700, false),
    (700, 0, false),
];
const HOLE: Contour = &[
    (200, 200, false),
    (500, 200, false),
    (500, 500, false),
    (200, 500, false),
];

/// Two bars that cross, both clockwise.
const UPRIGHT: Contour = &[
    (300, 0, true),
    (300, 700, true),
    (400, 700, true),
    (400, 0, true),
];
const LEVEL: Contour = &[
    (50, 300, true),
    (50, 400, true),
    (650, 400, true),
    (650, 300, true),
];

pub(crate) const GLYPHS: [Glyph; 5] = [
    Glyph {
        character: None,
        advance: 500,
        contours: &[SQUARE],
    },
    Glyph {
        character: Some(' '),
        advance: 300,
        contours: &[],
    },
    Glyph {
        character: Some('+'),
        advance: 700,
        contours: &[UPRIGHT, LEVEL],
    },
    Glyph {
        character: Some('I'),
        advance: 600,
        contours: &[SQUARE],
    },
    Glyph {
        character: Some('O'),
        advance: 750,
        contours: &[DISC, HOLE],
    },
];

/// The pair `IO` is that much closer.
pub(crate) const KERNING: i16 = -80;

/// Big-endian bytes.
#[derive(Default)]
struct Bytes(Vec<u8>);

impl Bytes {
    fn u16s(&mut self, values: impl IntoIterator<Item = u16>) -> &mut Bytes {
        self.0.extend(values.into_iter().flat_map(u16::to_be_bytes));
        self
    }

    fn i16s(&mut self, values: impl IntoIterator<Item = i16>) -> &mut Bytes {
        self.0.extend(values.into_iter().flat_map(i16::to_be_bytes));
        self
    }

    fn u32s(&mut self, values: impl IntoIterator<Item = u32>) -> &mut Bytes {
        self.0.extend(values.into_iter().flat_map(u32::to_be_bytes));
        self
    }

    fn zeros(&mut self, count: usize) -> &mut Bytes {
        self.0.extend(std::iter::repeat_n(0, count));
        self
    }
}

/// The bytes of the font's file.
pub(crate) fn bytes() -> Vec<u8> {
    let glyphs: Vec<Vec<u8>> = GLYPHS.iter().map(glyf).collect();
    let mut loca = Bytes::default();
    let ends = glyphs.iter().scan(0, |end, glyph| {
        *end += glyph.len() as u32;
        Some(*end)
    });
    loca.u32s([0]).u32s(ends);
    let tables = [
        (*b"cmap", cmap()),
        (*b"glyf", glyphs.concat()),
        (*b"head", head()),
        (*b"hhea", hhea()),
        (*b"hmtx", hmtx()),
        (*b"kern", kern()),
        (*b"loca", loca.0),
        (*b"maxp", maxp()),
    ];
    let mut file = Bytes::default();
    file.u32s([0x0001_0000])
        .u16s([tables.len() as u16, 128, 3, 0]);
    let mut offset = 12 + 16 * tables.len();
    for (tag, table) in &tables {
        file.0.extend(tag);
        file.u32s([0, offset as u32, table.len() as u32]);
        offset += table.len().next_multiple_of(4);
    }
    for (_, table) in tables {
        let padding = table.len().next_multiple_of(4) - table.len();
        file.0.extend(table);
        file.zeros(padding);
    }
    file.0
}

fn glyf(glyph: &Glyph) -> Vec<u8> {
    let points: Vec<_> = glyph.contours.iter().copied().flatten().collect();
    if points.is_empty() {
        return Vec::new();
    }
    let mut table = Bytes::default();
    table.i16s([glyph.contours.len() as i16, 0, 0, 700, 700]);
    let ends = glyph.contours.iter().scan(0, |end, contour| {
        *end += contour.len() as u16;
        Some(*end - 1)
    });
    // No instructions, then flags, then steps from point to point.
    table.u16s(ends).u16s([0]);
    table
        .0
        .extend(points.iter().map(|(_, _, on)| u8::from(*on)));
    for axis in 0..2 {
        let mut before = 0;
        for &&(x, y, _) in &points {
            let here = [x, y][axis];
            table.i16s([here - before]);
            before = here;
        }
    }
    let padding = table.0.len().next_multiple_of(4) - table.0.len();
    table.zeros(padding);
    table.0
}

fn head() -> Vec<u8> {
    let mut table = Bytes::default();
    table
        .u32s([0x0001_0000, 0x0001_0000, 0, 0x5f0f_3cf5])
        .u16s([0, 1000])
        .zeros(16);
    // Bounds, style, the smallest size, direction, long offsets, format.
    table.i16s([0, 0, 750, 700]).u16s([0, 8, 2, 1, 0]);
    table.0
}

fn hhea() -> Vec<u8> {
    let mut table = Bytes::default();
    table
        .u32s([0x0001_0000])
        .i16s([800, -200, 100])
        .u16s([750])
        .zeros(22);
    table.u16s([GLYPHS.len() as u16]);
    table.0
}

fn hmtx() -> Vec<u8> {
    let mut table = Bytes::default();
    table.u16s(GLYPHS.iter().flat_map(|glyph| [glyph.advance, 0]));
    table.0
}

fn maxp() -> Vec<u8> {
    let mut table = Bytes::default();
    table
        .u32s([0x0001_0000])
        .u16s([GLYPHS.len() as u16, 8, 2, 0, 0, 1])
        .zeros(16);
    table.0
}

/// Format 12: runs of characters; here each is a run of its own.
fn cmap() -> Vec<u8> {
    let mapped = || {
        let numbered = GLYPHS.iter().zip(0u32..);
        numbered.filter_map(|(glyph, number)| Some((glyph.character? as u32, number)))
    };
    let count = mapped().count() as u32;
    let mut table = Bytes::default();
    table.u16s([0, 1, 3, 10]).u32s([12]);
    table.u16s([12, 0]).u32s([16 + 12 * count, 0, count]);
    table.u32s(mapped().flat_map(|(code, glyph)| [code, code, glyph]));
    table.0
}

/// One pair: glyphs 3 and 4.
fn kern() -> Vec<u8> {
    let mut table = Bytes::default();
    table
        .u16s([0, 1, 0, 20, 1, 1, 6, 0, 0, 3, 4])
        .i16s([KERNING]);
    table.0
}
