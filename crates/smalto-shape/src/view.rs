//! Which part of the plane a picture shows, and where its pixels are.

use smalto_jit::Real;
use thiserror::Error;

/// The largest picture side and the largest number of pixels: what fits in memory
/// beside its samples, and what picture viewers open.
const MAX_SIDE: u32 = 65_536;
const MAX_PIXELS: u64 = 1 << 28;

/// A rectangle of the plane z = 0 as a grid of pixels.
///
/// y points up, so row 0 is the top. A pixel is sampled at its centre: column `i` at
/// `fma(i, dx, x0)` in f32, whatever region of the picture is being computed, so
/// that every way of computing a pixel asks for the same point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View {
    width: u32,
    height: u32,
    /// Left, bottom, right, top.
    region: [f64; 4],
}

/// Why there is no such view.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
pub enum ViewError {
    /// A picture without pixels, or with more than fit in memory.
    #[error(
        "a picture of {width}x{height} pixels cannot be made: each side must be 1 to {MAX_SIDE}, \
         and the picture at most {MAX_PIXELS} pixels"
    )]
    Size {
        /// Columns.
        width: u32,
        /// Rows.
        height: u32,
    },
    /// A region that is empty, reversed or infinite.
    #[error(
        "the region {0},{1},{2},{3} is empty: give left,bottom,right,top with left < right and bottom < top, all finite",
        region[0], region[1], region[2], region[3]
    )]
    Region {
        /// Left, bottom, right, top.
        region: [f64; 4],
    },
    /// A picture of a solid with more pixels than fit in memory beside what is known of them.
    #[error(
        "a picture of a solid of {width}x{height} pixels would take too much memory: it can have \
         {most} pixels at most"
    )]
    SolidSize {
        /// Columns.
        width: u32,
        /// Rows.
        height: u32,
        /// As many pixels as it may have.
        most: u64,
    },
    /// Depths between which nothing is, or too much.
    #[error(
        "nothing can be seen from depth {near} to {far}: the first has to be greater, and both \
         finite and not too far apart"
    )]
    Depth {
        /// Where the volume begins.
        near: f64,
        /// Where it ends.
        far: f64,
    },
}

impl View {
    /// The default view, [-1, 1] squared, in `side` by `side` pixels.
    ///
    /// # Errors
    /// [`ViewError::Size`] if that is none, or too many.
    pub fn square(side: u32) -> Result<View, ViewError> {
        View::new(side, side)
    }

    /// The default view in `width` by `height` square pixels: the shorter side spans
    /// [-1, 1], the longer one more.
    ///
    /// # Errors
    /// [`ViewError::Size`] if that is none, or too many.
    pub fn new(width: u32, height: u32) -> Result<View, ViewError> {
        let shorter = f64::from(width.min(height));
        let (x, y) = (f64::from(width) / shorter, f64::from(height) / shorter);
        if width == 0 || height == 0 {
            return Err(ViewError::Size { width, height });
        }
        View::of_region(width, height, [-x, -y, x, y])
    }

    /// The region left, bottom, right, top in `width` by `height` pixels.
    ///
    /// # Errors
    /// If there are no pixels or too many, or the region is empty, reversed or infinite.
    pub fn of_region(width: u32, height: u32, region: [f64; 4]) -> Result<View, ViewError> {
        let sides = 1..=MAX_SIDE;
        let pixels = u64::from(width) * u64::from(height);
        if !sides.contains(&width) || !sides.contains(&height) || pixels > MAX_PIXELS {
            return Err(ViewError::Size { width, height });
        }
        let [left, bottom, right, top] = region;
        let finite = region.iter().all(|&edge| (edge as f32).is_finite());
        if !finite || left >= right || bottom >= top {
            return Err(ViewError::Region { region });
        }
        Ok(View {
            width,
            height,
            region,
        })
    }

    /// Columns of pixels.
    pub fn width(&self) -> usize {
        self.width as usize
    }

    /// Rows of pixels.
    pub fn height(&self) -> usize {
        self.height as usize
    }

    /// Left, bottom, right, top.
    pub fn region(&self) -> [f64; 4] {
        self.region
    }

    /// The x of each column.
    pub fn columns(&self) -> Vec<f32> {
        self.columns_of()
    }

    /// The y of each row, from the top.
    pub fn rows(&self) -> Vec<f32> {
        self.rows_of()
    }

    /// The x of each column in `T`.
    pub fn columns_of<T: Real>(&self) -> Vec<T> {
        let [left, _, right, _] = self.region;
        centres(left, right, self.width).collect()
    }

    /// The y of each row, from the top, in `T`.
    pub fn rows_of<T: Real>(&self) -> Vec<T> {
        let [_, bottom, _, top] = self.region;
        centres(top, bottom, self.height).collect()
    }

    /// Width and height of a pixel.
    pub fn pixel_sides(&self) -> [f64; 2] {
        let [left, bottom, right, top] = self.region;
        [
            (right - left) / f64::from(self.width),
            (top - bottom) / f64::from(self.height),
        ]
    }

    /// The height of a pixel.
    pub fn pixel_size(&self) -> f64 {
        (self.region[3] - self.region[1]) / f64::from(self.height)
    }
}

/// The centres of `count` equal parts of the way from `from` to `to`.
pub(crate) fn centres<T: Real>(from: f64, to: f64, count: u32) -> impl Iterator<Item = T> {
    let step = (to - from) / f64::from(count);
    let first = T::from_f64(from + step / 2.0);
    let step = T::from_f64(step);
    (0..count).map(move |i| T::from_f64(f64::from(i)).mul_add(step, first))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(view: View, columns: &[f32], rows: &[f32]) {
        assert_eq!(view.columns(), columns);
        assert_eq!(view.rows(), rows);
    }

    #[test]
    fn pixels_are_sampled_at_their_centres_from_the_top() {
        check(View::square(2).unwrap(), &[-0.5, 0.5], &[0.5, -0.5]);
        check(
            View::new(4, 2).unwrap(),
            &[-1.5, -0.5, 0.5, 1.5],
            &[0.5, -0.5],
        );
        check(
            View::of_region(1, 2, [0.0, 0.0, 1.0, 4.0]).unwrap(),
            &[0.5],
            &[3.0, 1.0],
        );
    }

    #[test]
    fn empty_and_huge_views_are_refused() {
        for (width, height) in [(0, 1), (1, 0), (0, 0), (1_000_000_000, 1), (60_000, 60_000)] {
            assert_eq!(
                View::new(width, height),
                Err(ViewError::Size { width, height })
            );
        }
        for region in [
            [0.0; 4],
            [1.0, 0.0, 0.0, 1.0],
            [0.0, 0.0, f64::NAN, 1.0],
            [0.0, 0.0, 1e300, 1.0],
        ] {
            assert!(matches!(
                View::of_region(8, 8, region),
                Err(ViewError::Region { .. })
            ));
        }
    }
}
