//! Affine transforms whose matrix is a run-time parameter.

use crate::substitute::try_substitute;
use crate::{Graph, GraphError, Type, VariableId};

/// The inputs that make a point.
const AXES: [&str; 3] = ["x", "y", "z"];

/// `graph` seen through an affine map of its point (x, y, z), with the twelve
/// numbers of the map's matrix as inputs `<name>.m00` to `<name>.m23`.
///
/// The value of the result at a point p is the value of `graph` at M p. So a shape
/// moves by the *inverse* of M: to place it with some [`Affine`], bind the inverse.
///
/// Each of `x`, `y`, `z` that `graph` has is replaced by
/// `fma(m00, x, fma(m01, y, fma(m02, z, m03)))`, or the same of row 1 or 2; this
/// order is part of the definition, and [`Affine::apply`] follows it to the bit.
/// The result has all of `x`, `y`, `z` and the twelve matrix inputs, whether or not
/// its value depends on them. Matrix inputs that `graph` has already (from an
/// earlier transform of this name) are the same inputs: the matrix is shared.
///
/// Another matrix is only other scalars. Nothing is built or compiled again:
///
/// ```
/// use smalto_graph::{Affine, GraphBuilder, transform};
///
/// let builder = GraphBuilder::new();
/// let (x, y) = (builder.var("x"), builder.var("y"));
/// let circle = builder.finish([("", (x * x + y * y).sqrt() - 1.0)])?;
///
/// let (moving, camera) = transform(&circle, "camera")?;
/// // Compile `moving` here, once; then fill its scalar inputs frame by frame.
/// let mut scalars = vec![0.0; moving.variables().len()];
/// for frame in 0..60 {
///     let turn = Affine::rotate_z(f64::from(frame) * 0.1);
///     let placement = turn.then(Affine::translate([0.5, 0.0, 0.0]));
///     let matrix = placement.inverse().expect("a placement can be undone");
///     for (name, value) in camera.bind(&matrix) {
///         let input = moving.variable_named(name).expect("an input of `moving`");
///         scalars[input.index()] = value;
///     }
/// }
/// # Ok::<(), smalto_graph::GraphError>(())
/// ```
///
/// # Errors
/// - [`GraphError::BadVariable`] if `<name>.m00` is no identifier;
/// - [`GraphError::VariableType`] if `graph` has one of the inputs as an integer.
pub fn transform(graph: &Graph, name: &str) -> Result<(Graph, TransformParameters), GraphError> {
    let names: [Box<str>; 12] =
        std::array::from_fn(|i| format!("{name}.m{}{}", i / 4, i % 4).into());
    let transformed = try_substitute(graph, |builder| {
        let real = |name: &str| builder.try_var(name, Type::Real);
        let (x, y, z) = (real("x")?, real("y")?, real("z")?);
        let mut matrix = Vec::with_capacity(12);
        for name in &names {
            matrix.push(real(name)?);
        }
        let rows = AXES.into_iter().zip(matrix.chunks_exact(4));
        let used = rows.filter(|(axis, _)| graph.variable_named(axis).is_some());
        let mix = used.map(|(axis, m)| (axis, m[0].fma(x, m[1].fma(y, m[2].fma(z, m[3])))));
        Ok(mix.collect())
    })?;
    let variables = std::array::from_fn(|i| {
        transformed
            .variable_named(&names[i])
            .expect("inputs declared by a substitution stay")
    });
    Ok((transformed, TransformParameters { names, variables }))
}

/// The twelve inputs of a [`transform`], row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransformParameters {
    names: [Box<str>; 12],
    variables: [VariableId; 12],
}

impl TransformParameters {
    /// The names of the inputs, in the order of [`Affine::values`].
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.names.iter().map(|name| &**name)
    }

    /// The inputs in the graph [`transform`] made, in the order of [`Affine::values`].
    pub fn variables(&self) -> [VariableId; 12] {
        self.variables
    }

    /// The value each input takes for `matrix`.
    pub fn bind(&self, matrix: &Affine) -> impl ExactSizeIterator<Item = (&str, f64)> {
        self.names().zip(matrix.values())
    }
}

/// An affine map of space: a 3 x 3 matrix and a translation.
///
/// ```
/// use smalto_graph::Affine;
///
/// let map = Affine::scale(2.0).then(Affine::translate([1.0, 0.0, 0.0]));
/// assert_eq!(map.apply([1.0, 2.0, 3.0]), [3.0, 4.0, 6.0]);
/// assert_eq!(map.inverse().unwrap().apply([3.0, 4.0, 6.0]), [1.0, 2.0, 3.0]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Affine {
    rows: [[f64; 4]; 3],
}

impl Affine {
    /// The map that moves nothing.
    pub const IDENTITY: Affine =
        Affine::linear([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]);

    /// The map whose matrix has these rows; the fourth column is the translation.
    pub const fn from_rows(rows: [[f64; 4]; 3]) -> Affine {
        Affine { rows }
    }

    const fn linear([a, b, c]: [[f64; 3]; 3]) -> Affine {
        Affine::from_rows([
            [a[0], a[1], a[2], 0.0],
            [b[0], b[1], b[2], 0.0],
            [c[0], c[1], c[2], 0.0],
        ])
    }

    /// The map that adds `offset`.
    pub const fn translate([x, y, z]: [f64; 3]) -> Affine {
        Affine::from_rows([[1.0, 0.0, 0.0, x], [0.0, 1.0, 0.0, y], [0.0, 0.0, 1.0, z]])
    }

    /// The map that scales everything by `factor`.
    pub const fn scale(factor: f64) -> Affine {
        Affine::scale_axes([factor; 3])
    }

    /// The map that scales each axis by its own factor.
    pub const fn scale_axes([x, y, z]: [f64; 3]) -> Affine {
        Affine::linear([[x, 0.0, 0.0], [0.0, y, 0.0], [0.0, 0.0, z]])
    }

    /// The rotation about the x axis by `angle` radians, from y towards z.
    pub fn rotate_x(angle: f64) -> Affine {
        let (sin, cos) = angle.sin_cos();
        Affine::linear([[1.0, 0.0, 0.0], [0.0, cos, -sin], [0.0, sin, cos]])
    }

    /// The rotation about the y axis by `angle` radians, from z towards x.
    pub fn rotate_y(angle: f64) -> Affine {
        let (sin, cos) = angle.sin_cos();
        Affine::linear([[cos, 0.0, sin], [0.0, 1.0, 0.0], [-sin, 0.0, cos]])
    }

    /// The rotation about the z axis by `angle` radians, from x towards y.
    pub fn rotate_z(angle: f64) -> Affine {
        let (sin, cos) = angle.sin_cos();
        Affine::linear([[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]])
    }

    /// The rotation about `axis` by `angle` radians, counterclockwise for an eye
    /// the axis points at. The axis may have any length but 0, which has no
    /// direction and makes every entry of the matrix NaN.
    pub fn rotate(axis: [f64; 3], angle: f64) -> Affine {
        let [x, y, z] = unit(axis);
        let (sin, cos) = angle.sin_cos();
        // 1 - cos without cancellation, so that small turns stay rotations.
        let versine = 2.0 * (angle / 2.0).sin().powi(2);
        // Rodrigues' formula: cos I + sin [axis]x + (1 - cos) axis axis^T.
        let diagonal = |u: f64| cos + u * u * versine;
        let pair = |u: f64, v: f64| u * v * versine;
        Affine::linear([
            [diagonal(x), pair(x, y) - z * sin, pair(x, z) + y * sin],
            [pair(x, y) + z * sin, diagonal(y), pair(y, z) - x * sin],
            [pair(x, z) - y * sin, pair(y, z) + x * sin, diagonal(z)],
        ])
    }

    /// The map that does this one and then `next`.
    #[must_use]
    pub fn then(self, next: Affine) -> Affine {
        let entry = |i: usize, j: usize| {
            // Only the last column is a point, which `next` also translates.
            let start = if j == 3 { next.rows[i][3] } else { 0.0 };
            (0..3).rev().fold(start, |sum, k| {
                next.rows[i][k].mul_add(self.rows[k][j], sum)
            })
        };
        Affine::from_rows([0, 1, 2].map(|i| [0, 1, 2, 3].map(|j| entry(i, j))))
    }

    /// The map that undoes this one, or `None` if it flattens space or has an
    /// entry that is not finite.
    pub fn inverse(&self) -> Option<Affine> {
        // Gauss-Jordan elimination with partial pivoting turns the left half of
        // [A | I] into I and so the right half into the inverse of A.
        let mut work: [[f64; 6]; 3] = std::array::from_fn(|i| {
            let [a, b, c, _] = self.rows[i];
            let unit = |j: usize| f64::from(u8::from(i == j));
            [a, b, c, unit(0), unit(1), unit(2)]
        });
        for column in 0..3 {
            let pivot = (column..3)
                .max_by(|&i, &j| work[i][column].abs().total_cmp(&work[j][column].abs()))?;
            work.swap(column, pivot);
            let divisor = work[column][column];
            if divisor == 0.0 {
                return None;
            }
            work[column] = work[column].map(|entry| entry / divisor);
            let pivot_row = work[column];
            for (_, row) in work.iter_mut().enumerate().filter(|(i, _)| *i != column) {
                let factor = row[column];
                for (entry, pivot) in row.iter_mut().zip(pivot_row) {
                    *entry -= factor * pivot;
                }
            }
        }
        let linear = Affine::linear(work.map(|[_, _, _, a, b, c]| [a, b, c]));
        let back = linear.apply(self.rows.map(|row| -row[3]));
        let inverse = linear.then(Affine::translate(back));
        let finite = |map: &Affine| map.values().into_iter().all(f64::is_finite);
        (finite(self) && finite(&inverse)).then_some(inverse)
    }

    /// Where the map takes `point`: bit for bit what the graph of a [`transform`]
    /// computes in f64.
    pub fn apply(&self, [x, y, z]: [f64; 3]) -> [f64; 3] {
        self.rows
            .map(|[a, b, c, d]| a.mul_add(x, b.mul_add(y, c.mul_add(z, d))))
    }

    /// The rows of the matrix; the fourth column is the translation.
    pub const fn rows(&self) -> [[f64; 4]; 3] {
        self.rows
    }

    /// The entries `m00` to `m23`, row by row.
    pub fn values(&self) -> [f64; 12] {
        std::array::from_fn(|i| self.rows[i / 4][i % 4])
    }
}

/// `vector` at length 1, NaN if it has none.
fn unit(vector: [f64; 3]) -> [f64; 3] {
    // Brought to a largest component of 1 first, so that no square overflows.
    let largest = vector.into_iter().map(f64::abs).fold(0.0, f64::max);
    let scaled = vector.map(|v| v / largest);
    let length = scaled.into_iter().map(|v| v * v).sum::<f64>().sqrt();
    scaled.map(|v| v / length)
}
