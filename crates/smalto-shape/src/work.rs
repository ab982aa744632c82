//! Where in a picture the work went, and long work as part of longer work.

use crate::{Image, Progress};
use std::sync::atomic::{AtomicU64, Ordering};

/// Bits after the point of a count: work on a large region is shared out among its cells.
const FRACTION: u32 = 16;

/// How many instructions were evaluated for each cell of a picture: at points, one for each
/// instruction and point, in boxes one for each instruction and box.
///
/// Threads add to it as they go. Counts are integers, so their sum does not depend on the order.
pub(crate) struct Work {
    /// Of the picture, in pixels.
    width: usize,
    height: usize,
    /// Pixels along the side of a cell.
    cell: usize,
    /// Row by row.
    cells: Vec<AtomicU64>,
}

impl Work {
    pub(crate) fn new(width: usize, height: usize, cell: usize) -> Work {
        let count = width.div_ceil(cell) * height.div_ceil(cell);
        Work {
            width,
            height,
            cell,
            cells: (0..count).map(|_| AtomicU64::new(0)).collect(),
        }
    }

    /// Notes so many instructions for a square of pixels, of which some part is in the picture.
    pub(crate) fn add(&self, column: usize, row: usize, side: usize, instructions: u64) {
        let columns = self.width.div_ceil(self.cell);
        let range = |first: usize, pixels: usize| {
            let end = (first + side).min(pixels).div_ceil(self.cell);
            (first / self.cell).min(end)..end
        };
        let (across, down) = (range(column, self.width), range(row, self.height));
        let cells = (across.len() * down.len()).max(1) as u64;
        let share = (instructions << FRACTION) / cells;
        for row in down {
            for cell in &self.cells[row * columns..][across.clone()] {
                cell.fetch_add(share, Ordering::Relaxed);
            }
        }
    }

    /// The work as colours: from black for none over blue, red and yellow to white for `most`
    /// instructions a pixel and more, in proportion to the logarithm.
    pub(crate) fn image(&self, most: f64) -> Image {
        let columns = self.width.div_ceil(self.cell);
        let colours: Vec<[u8; 3]> = self
            .cells
            .iter()
            .enumerate()
            .map(|(index, cell)| {
                let inside = |first: usize, pixels: usize| self.cell.min(pixels - first);
                let pixels = inside(index % columns * self.cell, self.width)
                    * inside(index / columns * self.cell, self.height);
                let sum = cell.load(Ordering::Relaxed) as f64 / f64::from(1 << FRACTION);
                heat_colour((1.0 + sum / pixels as f64).ln() / (1.0 + most).ln())
            })
            .collect();
        let mut bytes = Vec::with_capacity(3 * self.width * self.height);
        for row in 0..self.height {
            let cells = &colours[row / self.cell * columns..][..columns];
            for column in 0..self.width {
                bytes.extend(cells[column / self.cell]);
            }
        }
        Image::new(self.width, self.height, 3, bytes)
    }
}

/// From 0, black, to 1, white, growing lighter all the way.
fn heat_colour(heat: f64) -> [u8; 3] {
    const STOPS: [[f64; 3]; 5] = [
        [0.0, 0.0, 0.0],
        [40.0, 30.0, 130.0],
        [200.0, 40.0, 60.0],
        [250.0, 180.0, 40.0],
        [255.0, 255.0, 255.0],
    ];
    let at = heat.clamp(0.0, 1.0) * (STOPS.len() - 1) as f64;
    let stop = (at as usize).min(STOPS.len() - 2);
    let part = at - stop as f64;
    let between = |channel: usize| {
        let (from, to) = (STOPS[stop][channel], STOPS[stop + 1][channel]);
        (from + (to - from) * part).round() as u8
    };
    [0, 1, 2].map(between)
}

/// Work that is part of someone's: all `units` of it are so many `pixels` of the whole.
pub(crate) struct Share<'a> {
    whole: &'a dyn Progress,
    pixels: u64,
    units: u64,
    done: AtomicU64,
}

impl<'a> Share<'a> {
    pub(crate) fn new(whole: &'a dyn Progress, pixels: u64, units: u64) -> Share<'a> {
        Share {
            whole,
            pixels,
            units: units.max(1),
            done: AtomicU64::new(0),
        }
    }

    /// Says that so many more units are done. However they come, the whole is told of all pixels
    /// when all are.
    pub(crate) fn advance_by(&self, units: u64) {
        let before = self.done.fetch_add(units, Ordering::Relaxed);
        let pixels =
            |units: u64| (u128::from(units) * u128::from(self.pixels)) / u128::from(self.units);
        let more = pixels(before + units) - pixels(before);
        if more > 0 {
            self.whole.advance(more as usize);
        }
    }
}

impl Progress for Share<'_> {
    fn advance(&self, pixels: usize) {
        self.advance_by(pixels as u64);
    }

    fn is_cancelled(&self) -> bool {
        self.whole.is_cancelled()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_shared_out_among_the_cells_of_the_picture() {
        // Two by two cells, of which those at the right and below are partly outside.
        let work = Work::new(12, 12, 8);
        work.add(0, 0, 32, 400);
        work.add(8, 0, 8, 7);
        let cells: Vec<u64> = work
            .cells
            .iter()
            .map(|cell| cell.load(Ordering::Relaxed) >> FRACTION)
            .collect();
        assert_eq!(cells, [100, 107, 100, 100]);
        let image = work.image(100.0 / 16.0);
        assert_eq!(
            image.pixel(11, 11),
            [255; 3],
            "100 instructions for 16 pixels"
        );
        assert!(image.pixel(0, 0)[0] < 255, "100 for 64");
    }

    #[test]
    fn heat_grows_lighter() {
        let light = |heat: f64| heat_colour(heat).iter().map(|&c| u32::from(c)).sum::<u32>();
        let steps = (0..=100).map(|step| light(f64::from(step) / 100.0));
        assert!(steps.is_sorted());
        assert_eq!((light(-1.0), light(0.0), light(9.0)), (0, 0, 765));
        assert_eq!(heat_colour(f64::NAN), [0; 3]);
    }

    #[test]
    fn a_share_is_told_of_all_pixels_in_the_end() {
        struct Count(AtomicU64);
        impl Progress for Count {
            fn advance(&self, pixels: usize) {
                self.0.fetch_add(pixels as u64, Ordering::Relaxed);
            }
        }
        for (pixels, units) in [(10, 3), (3, 10), (0, 5), (7, 7)] {
            let count = Count(AtomicU64::new(0));
            let share = Share::new(&count, pixels, units);
            for _ in 0..units {
                share.advance(1);
            }
            assert_eq!(count.0.into_inner(), pixels);
        }
    }
}
