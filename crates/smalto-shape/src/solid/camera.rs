//! From where a solid is seen: what part of space a picture shows, and where its voxels are.

use crate::View;
use crate::view::ViewError;
use smalto_graph::Affine;
use smalto_jit::Real;
use smalto_jit::trace::{Frame, Tracer};
use thiserror::Error;

/// The widest angle of sight, in degrees.
const WIDEST: f64 = 150.0;
/// The largest picture of a solid, of which 16 bytes a pixel are kept: some 2 GB.
const MAX_PIXELS: u64 = 1 << 27;
/// The deepest.
const MAX_SLICES: f64 = 1_048_576.0;
/// How large things may become by being near the eye, as a factor.
const MOST_ENLARGED: f64 = 64.0;
/// By what the largest number of an element is more than the largest of a matrix, at the least: so
/// nothing that is computed of places on a screen is infinite.
const ROOM: f64 = 4_294_967_296.0;

/// An eye before a solid.
///
/// The eye looks along -z at a screen in the plane z = 0 with x to the right and y up, of which
/// the picture shows [-1, 1] along its shorter side. How far before and behind the screen is
/// seen is up to a [`Volume`]. Where all that is in the model's space is up to a matrix.
///
/// With perspective there are two spaces. In *the eye's*, straight things are straight, and the
/// matrix leads from it to the model's. In *the screen's*, whose x and y are where something is
/// in the picture, a point at (x, y, z) is at (x (1 - p z), y (1 - p z), z) in the eye's, where
/// the eye is at z = 1 / p.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Camera {
    to_model: Affine,
    /// The angle at which the shorter side of the screen is seen, in degrees.
    perspective: f64,
}

/// Which axis of a model points up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Up {
    /// y points up, and z out of the picture to who looks at it: as pictures of the plane z = 0
    /// have it.
    Y,
    /// z points up, and y away from who looks at it: as in engineering.
    #[default]
    Z,
}

/// Why nothing can be seen so.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
pub enum CameraError {
    /// A matrix that is not finite, is too large, or flattens space, in the numbers that are computed
    /// with.
    #[error(
        "nothing can be seen from there: the view is flat or infinite in {element}. Give a scale \
         above 0, and a scale, angles and a centre that are finite and far below the largest {element}"
    )]
    Singular {
        /// `f32` or `f64`.
        element: &'static str,
    },
    /// An angle that no eye sees at.
    #[error(
        "the perspective cannot be {degrees} degrees: give 0, for an eye infinitely far, to {WIDEST}"
    )]
    Perspective {
        /// The angle.
        degrees: f64,
    },
}

impl Default for Camera {
    /// Sees [-1, 1] along x and y, along -z.
    fn default() -> Camera {
        Camera::new(Affine::IDENTITY)
    }
}

impl Camera {
    /// A camera from whose space, the eye's, `to_model` leads to the model's.
    pub const fn new(to_model: Affine) -> Camera {
        Camera {
            to_model,
            perspective: 0.0,
        }
    }

    /// A camera that sees the space around `centre` as far as `scale` to either side. The angles,
    /// in degrees, say where the eye is, z being up:
    ///
    /// | angle | is | from 0 |
    /// |---|---|---|
    /// | yaw | how far around the eye is, counterclockwise as seen from above | at the front (90: on the right, where x points) |
    /// | pitch | how far down from straight above | above, x to the right and y up (90: level with the centre, z up) |
    /// | roll | how far the picture is turned counterclockwise about the line of sight | upright |
    ///
    /// At three zeros a picture shows what a picture of the plane shows.
    ///
    /// ```
    /// use smalto_shape::Camera;
    ///
    /// // Where the eye is, and where is up in the picture, in the model's space.
    /// let check = |angles, eye: [f64; 3], up: [f64; 3]| {
    ///     let to_model = Camera::around([0.0; 3], 1.0, angles).matrix();
    ///     for (found, expected) in [([0.0, 0.0, 1.0], eye), ([0.0, 1.0, 0.0], up)] {
    ///         let found = to_model.apply(found);
    ///         assert!((0..3).all(|axis| (found[axis] - expected[axis]).abs() < 1e-12));
    ///     }
    /// };
    /// check([0.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0]);
    /// check([0.0, 90.0, 0.0], [0.0, -1.0, 0.0], [0.0, 0.0, 1.0]);
    /// check([90.0, 90.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]);
    /// check([0.0, 90.0, 90.0], [0.0, -1.0, 0.0], [1.0, 0.0, 0.0]);
    /// ```
    pub fn around(centre: [f64; 3], scale: f64, [yaw, pitch, roll]: [f64; 3]) -> Camera {
        let turn = Affine::rotate_z(-roll.to_radians())
            .then(Affine::rotate_x(pitch.to_radians()))
            .then(Affine::rotate_z(yaw.to_radians()));
        let scaled = Affine::scale(scale).then(turn);
        Camera::new(scaled.then(Affine::translate(centre)))
    }

    /// The same view of a model that has another axis pointing up than z, turned about the point
    /// in the middle of the picture.
    ///
    /// ```
    /// use smalto_shape::{Camera, Up};
    ///
    /// // From the front, y up: a picture of the plane.
    /// let camera = Camera::around([1.0, 2.0, 3.0], 0.5, [0.0, 90.0, 0.0]).with_up(Up::Y);
    /// let found = camera.matrix().apply([1.0, 0.0, 0.0]);
    /// assert_eq!(found.map(|v| v.round_ties_even()), [2.0, 2.0, 3.0]);
    /// ```
    #[must_use]
    pub fn with_up(self, up: Up) -> Camera {
        let centre = self.to_model.apply([0.0; 3]);
        let turn = match up {
            Up::Z => return self,
            Up::Y => Affine::from_rows([
                [1.0, 0.0, 0.0, 0.0],
                [0.0, 0.0, 1.0, 0.0],
                [0.0, -1.0, 0.0, 0.0],
            ]),
        };
        let about = Affine::translate(centre.map(|c| -c)).then(turn);
        Camera {
            to_model: self.to_model.then(about).then(Affine::translate(centre)),
            ..self
        }
    }

    /// The same with the eye so near that the shorter side of the screen is seen at an angle of
    /// `degrees`, at most 150. At 0 it is infinitely far.
    #[must_use]
    pub const fn with_perspective(self, degrees: f64) -> Camera {
        Camera {
            perspective: degrees,
            ..self
        }
    }

    /// From the space of the eye to that of the model.
    pub fn matrix(&self) -> Affine {
        self.to_model
    }

    /// 1 / the distance of the eye from the screen.
    pub(crate) fn nearness(&self) -> f64 {
        (self.perspective.to_radians() / 2.0).tan()
    }

    /// Whether what is at this depth is before the eye, and not so near that it fills all sight.
    pub(crate) fn is_before_eye(&self, z: f64) -> bool {
        1.0 - self.nearness() * z >= 1.0 / MOST_ENLARGED
    }

    /// That a picture can be computed in `T`.
    ///
    /// # Errors
    /// If the matrix cannot be undone or the angle of sight is none.
    pub fn check<T: Real>(&self) -> Result<(), CameraError> {
        if !(0.0..=WIDEST).contains(&self.perspective) {
            return Err(CameraError::Perspective {
                degrees: self.perspective,
            });
        }
        let rounded = self.to_model.rows();
        let rounded = rounded.map(|row| row.map(|entry| T::from_f64(entry).to_f64()));
        let fits = |entry: &f64| T::from_f64(entry * ROOM).to_f64().is_finite();
        match Affine::from_rows(rounded).inverse() {
            Some(_) if rounded.as_flattened().iter().all(fits) => Ok(()),
            _ => Err(CameraError::Singular {
                element: match size_of::<T>() {
                    4 => "f32",
                    _ => "f64",
                },
            }),
        }
    }

    /// The space of the screen, from which a solid is seen.
    pub(crate) fn frame<T: Real>(&self, solid: &Tracer<T>) -> Frame<T> {
        solid.frame(&self.to_model, -self.nearness())
    }
}

/// The voxels of a picture of a solid: its pixels, and slices from the front.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Volume {
    view: View,
    slices: u32,
    /// The depths at which it begins and ends.
    near: f64,
    far: f64,
}

impl Volume {
    /// A picture of `width` by `height` square pixels that shows what is between z = 1 and z =
    /// -1, with slices as thick as pixels are wide.
    ///
    /// # Errors
    /// [`ViewError`] if there are no pixels, or too many: a picture of a solid has at most 2^27.
    pub fn new(width: u32, height: u32) -> Result<Volume, ViewError> {
        let view = View::new(width, height)?;
        if u64::from(width) * u64::from(height) > MAX_PIXELS {
            return Err(ViewError::SolidSize {
                width,
                height,
                most: MAX_PIXELS,
            });
        }
        Ok(Volume {
            view,
            slices: width.min(height),
            near: 1.0,
            far: -1.0,
        })
    }

    /// The same from z = `near` to z = `far`, in half heights of the picture (or half widths, if
    /// they are shorter). The eye is where z grows.
    ///
    /// # Errors
    /// [`ViewError::Depth`] if that is nothing, or endless.
    pub fn between(self, near: f64, far: f64) -> Result<Volume, ViewError> {
        let shorter = self.width().min(self.height()) as f64;
        let slices = ((near - far) / 2.0 * shorter).round().max(1.0);
        let finite = near.is_finite() && far.is_finite();
        if !finite || near <= far || slices > MAX_SLICES {
            return Err(ViewError::Depth { near, far });
        }
        Ok(Volume {
            slices: slices as u32,
            near,
            far,
            ..self
        })
    }

    /// The same part of space, `times` as fine.
    ///
    /// # Errors
    /// [`ViewError`] if that are too many voxels.
    pub fn refined(self, times: u32) -> Result<Volume, ViewError> {
        let side = |pixels: usize| (pixels as u32).saturating_mul(times);
        Volume::new(side(self.width()), side(self.height()))?.between(self.near, self.far)
    }

    /// Columns of pixels.
    pub fn width(&self) -> usize {
        self.view.width()
    }

    /// Rows of pixels.
    pub fn height(&self) -> usize {
        self.view.height()
    }

    /// Slices from front to back.
    pub fn slices(&self) -> usize {
        self.slices as usize
    }

    /// The depths at which the volume begins and ends.
    pub fn depths(&self) -> [f64; 2] {
        [self.near, self.far]
    }

    /// Left, bottom, right and top of the screen.
    pub(crate) fn region(&self) -> [f64; 4] {
        self.view.region()
    }

    /// The thickness of a slice.
    pub(crate) fn thickness(&self) -> f64 {
        (self.near - self.far) / f64::from(self.slices)
    }

    /// The coordinates of voxels' centres: of columns, of rows, and of slices from the front.
    pub(crate) fn axes<T: Real>(&self) -> [Vec<T>; 3] {
        [
            self.view.columns_of(),
            self.view.rows_of(),
            crate::view::centres(self.near, self.far, self.slices).collect(),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_refused() {
        let around = |scale| Camera::around([0.0; 3], scale, [30.0, 60.0, 0.0]);
        let check = |camera: Camera, single: bool, double: bool| {
            assert_eq!(camera.check::<f32>().is_ok(), single, "{camera:?}");
            assert_eq!(camera.check::<f64>().is_ok(), double, "{camera:?}");
        };
        check(around(1.0), true, true);
        check(around(1e-12), true, true);
        check(around(1e-60), false, true);
        check(around(1e60), false, true);
        check(around(0.0), false, false);
        check(around(f64::NAN), false, false);
        check(around(f64::INFINITY), false, false);
        check(Camera::around([f64::NAN; 3], 1.0, [0.0; 3]), false, false);
        check(
            Camera::around([0.0; 3], 1.0, [f64::INFINITY; 3]),
            false,
            false,
        );
        for (degrees, is_seen) in [(0.0, true), (45.0, true), (150.0, true), (151.0, false)] {
            check(around(1.0).with_perspective(degrees), is_seen, is_seen);
        }
        check(around(1.0).with_perspective(-1.0), false, false);
        check(around(1.0).with_perspective(f64::NAN), false, false);
    }

    #[test]
    fn volumes_are_finite_and_not_empty() {
        let volume = Volume::new(64, 32).unwrap();
        assert_eq!(volume.slices(), 32);
        assert_eq!(volume.between(2.0, -1.0).unwrap().slices(), 48);
        assert_eq!(volume.between(1e-9, 0.0).unwrap().slices(), 1);
        assert_eq!(volume.refined(3).unwrap().slices(), 96);
        for (near, far) in [(0.0, 0.0), (-1.0, 1.0), (f64::NAN, 0.0), (1e300, -1e300)] {
            assert!(volume.between(near, far).is_err(), "{near} {far}");
        }
        assert!(Volume::new(0, 4).is_err());
        assert!(Volume::new(16_000, 16_000).is_err());
        assert!(volume.refined(4000).is_err());
    }
}
