//! NumPy files: reading what `numpy.save` wrote, and writing what `numpy.load` reads.
//!
//! A file is the magic `\x93NUMPY`, two bytes of version, the length of the header in
//! two bytes (version 1) or four (2 and 3), the header, and the numbers. The header is
//! a Python dictionary of three keys, written as text:
//!
//! ```text
//! {'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }
//! ```
//!
//! See `numpy.lib.format` in NumPy's manual. Files come from strangers: a header may
//! promise anything, so nothing is allocated before the bytes are there.

use anyhow::{Context, bail};
use std::fs::File;
use std::io::{BufReader, Read};
use std::ops::Range;
use std::path::Path;

const MAGIC: &[u8] = b"\x93NUMPY";

/// The longest header worth reading; one of an array of numbers takes about a hundred bytes.
const MAX_HEADER: usize = 1 << 16;

/// The numbers of a file in C order (the last index varies fastest).
pub(crate) struct Array {
    shape: Vec<u64>,
    element: Element,
    bytes: Vec<u8>,
}

/// Numbers as they were in the file, widened exactly.
pub(crate) enum Numbers {
    Real(Vec<f64>),
    Integer(Vec<i128>),
}

impl Array {
    /// Reads an array of any shape, of bool, integers or floats.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Array> {
        let cannot = || format!("cannot read {}", path.display());
        let file = File::open(path).with_context(cannot)?;
        Array::read_from(BufReader::new(file)).with_context(cannot)
    }

    fn read_from(mut from: impl Read) -> anyhow::Result<Array> {
        let header = Header::parse(&read_header(&mut from)?)
            .context("its header is no NumPy header; write it with numpy.save")?;
        let width = header.element.width as u64;
        let promised = points(&header.shape)
            .and_then(|points| points.checked_mul(width))
            .with_context(|| {
                format!(
                    "its shape {} is larger than any file",
                    shape_text(&header.shape)
                )
            })?;
        let mut bytes = Vec::new();
        from.take(promised).read_to_end(&mut bytes)?;
        if (bytes.len() as u64) < promised {
            bail!(
                "it is truncated: numbers of shape {} take {promised} bytes, and {} are there",
                shape_text(&header.shape),
                bytes.len()
            );
        }
        if header.fortran_order {
            bytes = c_order(&bytes, &header.shape, header.element.width);
        }
        Ok(Array {
            shape: header.shape,
            element: header.element,
            bytes,
        })
    }

    /// The length along each dimension; none for a single number.
    pub(crate) fn shape(&self) -> &[u64] {
        &self.shape
    }

    /// Some of the numbers.
    pub(crate) fn numbers(&self, range: Range<usize>) -> Numbers {
        let width = self.element.width;
        let bytes = &self.bytes[range.start * width..range.end * width];
        let elements = bytes
            .chunks_exact(width)
            .map(|bytes| self.element.little_endian(bytes));
        match self.element.kind {
            Kind::Float => Numbers::Real(elements.map(|bits| float(bits, width)).collect()),
            Kind::Unsigned => Numbers::Integer(elements.map(i128::from).collect()),
            Kind::Signed => {
                let unused = 64 - 8 * width as u32;
                let extend = |bits: u64| i128::from((bits << unused) as i64 >> unused);
                Numbers::Integer(elements.map(extend).collect())
            }
        }
    }
}

/// How many elements an array of this shape has, if that can be.
pub(crate) fn points(shape: &[u64]) -> Option<u64> {
    if shape.contains(&0) {
        return Some(0);
    }
    shape
        .iter()
        .try_fold(1u64, |points, &side| points.checked_mul(side))
}

/// As Python writes it: `(2, 3)`, `(5,)`, `()`.
pub(crate) fn shape_text(shape: &[u64]) -> String {
    match shape {
        [one] => format!("({one},)"),
        _ => {
            let sides: Vec<String> = shape.iter().map(u64::to_string).collect();
            format!("({})", sides.join(", "))
        }
    }
}

/// The start of a file of elements of type `descr`: everything before the numbers.
pub(crate) fn header(descr: &str, shape: &[u64]) -> Vec<u8> {
    // Numbers start at a multiple of this.
    const ALIGNMENT: usize = 64;
    let shape = shape_text(shape);
    let mut text = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}");
    let is_long = text.len() + ALIGNMENT > usize::from(u16::MAX);
    let prefix = MAGIC.len() + 2 + if is_long { 4 } else { 2 };
    let padded = (prefix + text.len() + 1).next_multiple_of(ALIGNMENT);
    text += &" ".repeat(padded - prefix - text.len() - 1);
    text.push('\n');

    let length = (text.len() as u32).to_le_bytes();
    let mut bytes = MAGIC.to_vec();
    match is_long {
        false => bytes.extend([1, 0, length[0], length[1]]),
        true => {
            bytes.extend([2, 0]);
            bytes.extend(length);
        }
    }
    bytes.extend(text.bytes());
    bytes
}

/// The text of the header.
fn read_header(from: &mut impl Read) -> anyhow::Result<Vec<u8>> {
    const TRUNCATED: &str = "it is truncated, in its header";
    let mut start = Vec::new();
    from.take(MAGIC.len() as u64 + 2).read_to_end(&mut start)?;
    if start.is_empty() {
        bail!("it is empty");
    }
    let Some(version) = start.strip_prefix(MAGIC) else {
        bail!("it is no NumPy file; write it with numpy.save");
    };
    let length_bytes = match version {
        [1, _] => 2,
        [2 | 3, _] => 4,
        [major, minor] => bail!("its format version is {major}.{minor}, and 1.0 to 3.0 are known"),
        _ => bail!(TRUNCATED),
    };
    let mut length = [0; 4];
    from.read_exact(&mut length[..length_bytes])
        .context(TRUNCATED)?;
    let length = u32::from_le_bytes(length) as usize;
    if length > MAX_HEADER {
        bail!("its header has {length} bytes, more than any array of numbers needs");
    }
    let mut header = vec![0; length];
    from.read_exact(&mut header).context(TRUNCATED)?;
    Ok(header)
}

/// The type of one number.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Element {
    kind: Kind,
    /// Bytes of one.
    width: usize,
    big_endian: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Float,
    Signed,
    /// Bools too, as 0 and 1.
    Unsigned,
}

/// What the letters of other types stand for.
const NO_NUMBERS: [(char, &str); 8] = [
    ('c', "complex numbers"),
    ('U', "text"),
    ('S', "text"),
    ('a', "text"),
    ('O', "Python objects"),
    ('M', "dates"),
    ('m', "durations"),
    ('V', "records"),
];

impl Element {
    /// Of a type string such as `<f8`: byte order, kind, width.
    fn parse(descr: &str) -> anyhow::Result<Element> {
        let mut letters = descr.chars();
        let (order, kind) = (letters.next(), letters.next());
        if let Some((_, what)) = NO_NUMBERS.iter().find(|(letter, _)| kind == Some(*letter)) {
            bail!("it holds {what} (`{descr}`), not numbers");
        }
        let width = letters.as_str().parse();
        let (kind, width) = match (kind, width) {
            (Some('f'), Ok(width @ (2 | 4 | 8))) => (Kind::Float, width),
            (Some('i'), Ok(width @ (1 | 2 | 4 | 8))) => (Kind::Signed, width),
            (Some('u'), Ok(width @ (1 | 2 | 4 | 8))) | (Some('b'), Ok(width @ 1)) => {
                (Kind::Unsigned, width)
            }
            _ => {
                bail!("it holds elements of type `{descr}`; convert it with numpy's astype(float)")
            }
        };
        let big_endian = match order {
            Some('<' | '|' | '=') => false,
            Some('>') => true,
            _ => bail!("`{descr}` does not start with a byte order"),
        };
        Ok(Element {
            kind,
            width,
            big_endian,
        })
    }

    /// The bits of an element, zeros above.
    fn little_endian(self, bytes: &[u8]) -> u64 {
        let mut bits = [0; 8];
        bits[..bytes.len()].copy_from_slice(bytes);
        if self.big_endian {
            bits[..bytes.len()].reverse();
        }
        u64::from_le_bytes(bits)
    }
}

fn float(bits: u64, width: usize) -> f64 {
    match width {
        2 => half(bits),
        4 => f32::from_bits(bits as u32).into(),
        _ => f64::from_bits(bits),
    }
}

/// An IEEE 754 binary16: 1 bit of sign, 5 of exponent, 10 of mantissa.
fn half(bits: u64) -> f64 {
    let sign = if bits >> 15 == 0 { 1.0 } else { -1.0 };
    let mantissa = (bits & 0x3ff) as f64;
    let magnitude = match (bits >> 10) as i32 & 0x1f {
        0 => mantissa * 2f64.powi(-24),
        31 if mantissa == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        exponent => (mantissa + 1024.0) * 2f64.powi(exponent - 25),
    };
    sign * magnitude
}

/// The elements of an array in Fortran order (the first index varies fastest) in C order.
fn c_order(bytes: &[u8], shape: &[u64], width: usize) -> Vec<u8> {
    // Of every dimension that is one, from the last: length and distance of neighbours.
    let mut dimensions = Vec::new();
    let mut distance = 1usize;
    for &side in shape.iter().filter(|&&side| side != 1) {
        dimensions.insert(0, (side as usize, distance));
        distance = distance.wrapping_mul(side as usize);
    }
    let mut index = vec![0; dimensions.len()];
    let mut element = 0;
    let mut ordered = Vec::with_capacity(bytes.len());
    while ordered.len() < bytes.len() {
        ordered.extend_from_slice(&bytes[element * width..][..width]);
        for (index, &(side, distance)) in index.iter_mut().zip(&dimensions) {
            *index += 1;
            element += distance;
            if *index < side {
                break;
            }
            *index = 0;
            element -= side * distance;
        }
    }
    ordered
}

/// What a header says.
#[derive(Debug, PartialEq)]
struct Header {
    element: Element,
    fortran_order: bool,
    shape: Vec<u64>,
}

impl Header {
    fn parse(bytes: &[u8]) -> anyhow::Result<Header> {
        let text = std::str::from_utf8(bytes).context("it is no text")?;
        let mut scanner = Scanner(text);
        let (mut element, mut fortran_order, mut shape) = (None, None, None);
        scanner.expect('{')?;
        while !scanner.take('}') {
            let key = scanner.string()?;
            scanner.expect(':')?;
            match key {
                "descr" if scanner.take('[') => bail!("it holds records, not numbers"),
                "descr" => element = Some(Element::parse(scanner.string()?)?),
                "fortran_order" => fortran_order = Some(scanner.boolean()?),
                "shape" => shape = Some(scanner.shape()?),
                _ => bail!("`{}` is no key of it", key.escape_debug()),
            }
            if !scanner.take(',') {
                scanner.expect('}')?;
                break;
            }
        }
        Ok(Header {
            element: element.context("`descr` is missing")?,
            fortran_order: fortran_order.context("`fortran_order` is missing")?,
            shape: shape.context("`shape` is missing")?,
        })
    }
}

/// The rest of a header, read token by token.
struct Scanner<'t>(&'t str);

impl<'t> Scanner<'t> {
    fn take(&mut self, token: char) -> bool {
        let rest = self.0.trim_ascii_start();
        let taken = rest.strip_prefix(token);
        self.0 = taken.unwrap_or(rest);
        taken.is_some()
    }

    fn expect(&mut self, token: char) -> anyhow::Result<()> {
        match self.take(token) {
            true => Ok(()),
            false => bail!("`{token}` is missing"),
        }
    }

    /// A string without escapes, such as all of a header are.
    fn string(&mut self) -> anyhow::Result<&'t str> {
        for quote in ['\'', '"'] {
            if self.take(quote) {
                let (string, rest) = self.0.split_once(quote).context("a quote is missing")?;
                self.0 = rest;
                return Ok(string);
            }
        }
        bail!("a string is missing");
    }

    fn boolean(&mut self) -> anyhow::Result<bool> {
        let rest = self.0.trim_ascii_start();
        for (word, value) in [("True", true), ("False", false)] {
            if let Some(rest) = rest.strip_prefix(word) {
                self.0 = rest;
                return Ok(value);
            }
        }
        bail!("True or False is missing");
    }

    fn shape(&mut self) -> anyhow::Result<Vec<u64>> {
        let mut shape = Vec::new();
        self.expect('(')?;
        while !self.take(')') {
            let rest = self.0.trim_ascii_start();
            let end = rest
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(rest.len());
            let (digits, rest) = rest.split_at(end);
            shape.push(digits.parse().context("its shape is no tuple of sizes")?);
            // Python 2 marks large integers so.
            self.0 = rest.strip_prefix('L').unwrap_or(rest);
            if !self.take(',') {
                self.expect(')')?;
                break;
            }
        }
        Ok(shape)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(descr: &str, bytes: &[u8], expected: &str) {
        let mut file = header(descr, &[(bytes.len() / 2) as u64]);
        if let Ok(element) = Element::parse(descr) {
            file = header(descr, &[(bytes.len() / element.width) as u64]);
        }
        file.extend(bytes);
        let found = match Array::read_from(&file[..]) {
            Err(error) => error.root_cause().to_string(),
            Ok(array) => match array.numbers(0..array.shape()[0] as usize) {
                Numbers::Real(values) => format!("{values:?}"),
                Numbers::Integer(values) => format!("{values:?}"),
            },
        };
        assert_eq!(found, expected, "{descr}");
    }

    #[test]
    fn every_kind_of_number_is_read() {
        check("|b1", &[0, 1], "[0, 1]");
        check("|i1", &[0xff, 0x7f], "[-1, 127]");
        check("|u1", &[0xff], "[255]");
        check("<i2", &[0xfe, 0xff], "[-2]");
        check(">i2", &[0xff, 0xfe], "[-2]");
        check(">u4", &[0, 0, 1, 2], "[258]");
        check("<i8", &i64::MIN.to_le_bytes(), "[-9223372036854775808]");
        check("<u8", &[0xff; 8], "[18446744073709551615]");
        check("<f4", &1.5f32.to_le_bytes(), "[1.5]");
        check(">f8", &(-0.0f64).to_be_bytes(), "[-0.0]");
        check(
            "<f2",
            &[0, 0x3c, 1, 0, 0, 0xfc, 1, 0x7c],
            "[1.0, 5.960464477539063e-8, -inf, NaN]",
        );
        check(
            "<c8",
            &[0; 8],
            "it holds complex numbers (`<c8`), not numbers",
        );
        check(
            "<f16",
            &[0; 16],
            "it holds elements of type `<f16`; convert it with numpy's astype(float)",
        );
        check(
            "f8",
            &[0; 8],
            "it holds elements of type `f8`; convert it with numpy's astype(float)",
        );
        check(
            "",
            &[],
            "it holds elements of type ``; convert it with numpy's astype(float)",
        );
    }

    #[test]
    fn headers_are_padded_to_64_bytes_whatever_their_length() {
        for dimensions in [0, 1, 2, 30_000] {
            let shape = vec![1; dimensions];
            let bytes = header("<f4", &shape);
            assert_eq!(bytes.len() % 64, 0);
            if let Ok(header) = read_header(&mut &bytes[..]) {
                assert_eq!(Header::parse(&header).unwrap().shape, shape);
            } else {
                assert_eq!(dimensions, 30_000, "longer than we read ourselves");
            }
        }
    }

    #[test]
    fn fortran_order_becomes_c_order() {
        // [[[0 1] [2 3] [4 5]]] with the first index fastest.
        assert_eq!(
            c_order(&[0, 2, 4, 1, 3, 5], &[1, 3, 2], 1),
            [0, 1, 2, 3, 4, 5]
        );
        assert_eq!(c_order(&[7, 8], &[], 2), [7, 8]);
        assert_eq!(c_order(&[], &[0, u64::MAX, u64::MAX], 2), []);
    }

    #[test]
    fn headers_may_be_written_in_any_style() {
        let expected = |shape: &[u64]| Header {
            element: Element {
                kind: Kind::Float,
                width: 8,
                big_endian: false,
            },
            fortran_order: true,
            shape: shape.into(),
        };
        for (text, shape) in [
            ("{'descr':'<f8','fortran_order':True,'shape':()}", &[][..]),
            (
                " { \"shape\" : ( 2 ,3 ) , 'descr': '<f8', 'fortran_order': True, } \n",
                &[2, 3],
            ),
            (
                "{'shape': (5L,), 'descr': '<f8', 'fortran_order': True}",
                &[5],
            ),
        ] {
            assert_eq!(
                Header::parse(text.as_bytes()).unwrap(),
                expected(shape),
                "{text}"
            );
        }
    }

    #[test]
    fn malformed_headers_are_refused() {
        for text in [
            "",
            "{",
            "{}",
            "{'descr'",
            "{'descr: '<f8'}",
            "{'descr': '<f8', 'fortran_order': Maybe, 'shape': (1,)}",
            "{'descr': '<f8', 'fortran_order': True, 'shape': 1}",
            "{'descr': '<f8', 'fortran_order': True, 'shape': (-1,)}",
            "{'descr': '<f8', 'fortran_order': True, 'shape': (1 1)}",
            "{'descr': '<f8', 'fortran_order': True, 'shape': (99999999999999999999,)}",
            "{'descr': [('a', '<f8')], 'fortran_order': True, 'shape': (1,)}",
            "{'descr': '<f8', 'fortran_order': True, 'shape': (1,), 'colour': 'red'}",
        ] {
            assert!(Header::parse(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn any_damage_is_survived() {
        let mut whole = header("<f4", &[2, 3]);
        whole.extend([0; 24]);
        assert!(Array::read_from(&whole[..]).is_ok());
        for length in 0..whole.len() {
            assert!(
                Array::read_from(&whole[..length]).is_err(),
                "cut to {length} bytes"
            );
        }
        for position in 0..whole.len() {
            for byte in [0, b'9', b'(', b'\'', 0xff] {
                let mut damaged = whole.clone();
                damaged[position] = byte;
                // What it says does not matter, that it returns does.
                let _ = Array::read_from(&damaged[..]);
            }
        }
    }
}
