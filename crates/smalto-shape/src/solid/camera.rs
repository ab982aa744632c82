//! From where a solid is seen: what part of space a picture shows, and where its voxels are.

use crate::View;
use crate::view::ViewError;
use smalto_graph::{Affine, Graph, GraphError, Type, transform, try_substitute};
use smalto_jit::Real;

/// The inputs that a seen solid has besides its own: how much nearer things are larger.
const PERSPECTIVE: &str = "camera.perspective";
/// The matrix from the space of the screen to that of the model.
const MATRIX: &str = "camera";

/// An eye before a solid.
///
/// The eye looks along -z at a screen in the plane z = 0 with x to the right and y up, of which
/// the picture shows [-1, 1] along its shorter side. What is between z = 1 and z = -1 is seen.
/// Where that is in the model's space is up to a matrix.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Camera {
    to_model: Affine,
    perspective: f64,
}

impl Default for Camera {
    /// Sees [-1, 1] cubed along -z.
    fn default() -> Camera {
        Camera::new(Affine::IDENTITY)
    }
}

impl Camera {
    /// A camera whose screen's points are where `to_model` takes them.
    pub const fn new(to_model: Affine) -> Camera {
        Camera {
            to_model,
            perspective: 0.0,
        }
    }

    /// A camera that sees the space around `centre` as far as `scale`, turned by angles in
    /// degrees: first by `yaw` about the z axis, then by `pitch` about the x axis, then by `roll`
    /// about the line of sight.
    ///
    /// ```
    /// use smalto_shape::Camera;
    ///
    /// // From above, x to the right: the default. From the front, z up:
    /// let front = Camera::around([0.0; 3], 1.0, [0.0, -90.0, 0.0]);
    /// let up = front.matrix().apply([0.0, 1.0, 0.0]);
    /// assert!((up[2] - 1.0).abs() < 1e-12);
    /// ```
    pub fn around(centre: [f64; 3], scale: f64, [yaw, pitch, roll]: [f64; 3]) -> Camera {
        let turn = Affine::rotate_z(-roll.to_radians())
            .then(Affine::rotate_x(-pitch.to_radians()))
            .then(Affine::rotate_z(-yaw.to_radians()));
        let scaled = Affine::scale(scale).then(turn);
        Camera::new(scaled.then(Affine::translate(centre)))
    }

    /// The same with the eye so near that the shorter side of the screen is seen at an angle of
    /// `degrees`. At 0 it is infinitely far.
    #[must_use]
    pub fn with_perspective(self, degrees: f64) -> Camera {
        Camera {
            perspective: (degrees.to_radians() / 2.0).tan(),
            ..self
        }
    }

    /// From the space of the screen to that of the model.
    pub fn matrix(&self) -> Affine {
        self.to_model
    }

    /// Values of the inputs that [`seen`] adds.
    pub(crate) fn bindings(&self) -> Vec<(String, f64)> {
        let names = (0..12).map(|i| format!("{MATRIX}.m{}{}", i / 4, i % 4));
        let mut bindings: Vec<_> = names.zip(self.to_model.values()).collect();
        bindings.push((PERSPECTIVE.into(), -self.perspective));
        bindings
    }
}

/// `graph` in the space of the screen. The camera is a number of inputs: the same graph, once
/// compiled, is seen from everywhere.
///
/// A point of the screen's space is on the ray from the eye, at distance 1 / p, through (x, y,
/// 0): at depth z it is at (x, y) (1 - p z).
pub(crate) fn seen(graph: &Graph) -> Result<Graph, GraphError> {
    let (turned, _) = transform(graph, MATRIX)?;
    try_substitute(&turned, |builder| {
        let real = |name: &str| builder.try_var(name, Type::Real);
        let (x, y, z, perspective) = (real("x")?, real("y")?, real("z")?, real(PERSPECTIVE)?);
        let widening = perspective.fma(z, 1.0);
        Ok(vec![("x", x * widening), ("y", y * widening)])
    })
}

/// The voxels of a picture of a solid: its pixels, and slices from the front.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Volume {
    view: View,
    slices: u32,
}

impl Volume {
    /// A picture of `width` by `height` square pixels, with slices as thick as pixels are wide.
    ///
    /// # Errors
    /// [`ViewError::Size`] if there are no pixels, or too many.
    pub fn new(width: u32, height: u32) -> Result<Volume, ViewError> {
        Ok(Volume {
            view: View::new(width, height)?,
            slices: width.min(height),
        })
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

    /// The coordinates of voxels' centres: of columns, of rows, and of slices from the front.
    pub(crate) fn axes<T: Real>(&self) -> [Vec<T>; 3] {
        [
            self.view.columns_of(),
            self.view.rows_of(),
            crate::view::centres(1.0, -1.0, self.slices).collect(),
        ]
    }
}
