//! Pictures in memory and as PNG.

use std::io::{self, Write};

/// A picture of 8 or 16 bits a channel: grey (1 channel) or RGB (3), rows from the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    width: usize,
    height: usize,
    channels: usize,
    /// Whether a channel has two bytes, the upper one first.
    is_wide: bool,
    pixels: Vec<u8>,
}

impl Default for Image {
    /// A picture of no pixels.
    fn default() -> Image {
        Image::new(0, 0, 1, Vec::new())
    }
}

impl Image {
    /// A picture of these bytes, row by row.
    ///
    /// # Panics
    /// If there are not `width * height * channels` bytes, or neither 1 nor 3 channels.
    pub fn new(width: usize, height: usize, channels: usize, pixels: Vec<u8>) -> Image {
        assert!(matches!(channels, 1 | 3), "a picture is grey or RGB");
        assert_eq!(pixels.len(), width * height * channels);
        Image {
            width,
            height,
            channels,
            is_wide: false,
            pixels,
        }
    }

    /// A picture of these numbers of 16 bits, row by row.
    ///
    /// # Panics
    /// If there are not `width * height * channels` of them, or neither 1 nor 3 channels.
    pub fn wide(width: usize, height: usize, channels: usize, levels: &[u16]) -> Image {
        assert_eq!(levels.len(), width * height * channels);
        let bytes = levels.iter().flat_map(|level| level.to_be_bytes());
        let mut image = Image::new(0, 0, channels, Vec::new());
        (image.width, image.height) = (width, height);
        (image.is_wide, image.pixels) = (true, bytes.collect());
        image
    }

    /// Columns.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    pub fn height(&self) -> usize {
        self.height
    }

    /// Channels of a pixel: 1 or 3.
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// Whether a channel has 16 bits, the upper byte first, rather than 8.
    pub fn is_wide(&self) -> bool {
        self.is_wide
    }

    /// All bytes, row by row.
    pub fn bytes(&self) -> &[u8] {
        &self.pixels
    }

    /// The memory of its pixels.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.pixels
    }

    /// The channels of one pixel, in bytes.
    ///
    /// # Panics
    /// If there is no such pixel.
    pub fn pixel(&self, column: usize, row: usize) -> &[u8] {
        assert!(
            column < self.width && row < self.height,
            "no pixel ({column}, {row})"
        );
        let bytes = self.channels * if self.is_wide { 2 } else { 1 };
        let first = (row * self.width + column) * bytes;
        &self.pixels[first..first + bytes]
    }

    /// Writes the picture as a PNG file.
    ///
    /// # Errors
    /// If `to` cannot be written.
    pub fn write_png(&self, to: impl Write) -> io::Result<()> {
        let mut encoder = png::Encoder::new(to, self.width as u32, self.height as u32);
        encoder.set_depth(match self.is_wide {
            true => png::BitDepth::Sixteen,
            false => png::BitDepth::Eight,
        });
        encoder.set_color(match self.channels {
            1 => png::ColorType::Grayscale,
            _ => png::ColorType::Rgb,
        });
        encoder.set_compression(png::Compression::Fast);
        let mut writer = encoder.write_header().map_err(into_io)?;
        writer.write_image_data(&self.pixels).map_err(into_io)?;
        writer.finish().map_err(into_io)
    }
}

fn into_io(error: png::EncodingError) -> io::Error {
    match error {
        png::EncodingError::IoError(error) => error,
        other => io::Error::other(other),
    }
}
