//! Vectors of three numbers, for light and what it falls on.

pub(super) type Vector = [f32; 3];

pub(super) fn dot(a: Vector, b: Vector) -> f32 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

pub(super) fn cross(a: Vector, b: Vector) -> Vector {
    [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ]
}

/// `a + factor * b`.
pub(super) fn along(a: Vector, factor: f32, b: Vector) -> Vector {
    [0, 1, 2].map(|axis| a[axis] + factor * b[axis])
}

pub(super) fn difference(a: Vector, b: Vector) -> Vector {
    along(a, -1.0, b)
}

pub(super) fn product(a: Vector, b: Vector) -> Vector {
    [0, 1, 2].map(|axis| a[axis] * b[axis])
}

/// The vector at length 1, if it has a direction: not if it is zero, infinite or NaN.
pub(super) fn unit(vector: Vector) -> Option<Vector> {
    // Brought to a largest component of 1 first, so that no square over- or underflows.
    let largest = vector.into_iter().fold(0f32, |most, v| most.max(v.abs()));
    let scaled = vector.map(|v| v / largest);
    let length = dot(scaled, scaled).sqrt();
    let unit = scaled.map(|v| v / length);
    unit.iter().all(|v| v.is_finite()).then_some(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_direction_has_no_unit() {
        assert_eq!(unit([0.0, -3e38, 0.0]), Some([0.0, -1.0, 0.0]));
        assert_eq!(unit([0.0, 1e-45, 0.0]), Some([0.0, 1.0, 0.0]));
        for v in [[0.0; 3], [f32::NAN, 1.0, 1.0], [f32::INFINITY, 0.0, 0.0]] {
            assert_eq!(unit(v), None, "{v:?}");
        }
    }

    #[test]
    fn the_cross_product_is_right_handed() {
        assert_eq!(cross([1.0, 0.0, 0.0], [0.0, 1.0, 0.0]), [0.0, 0.0, 1.0]);
    }
}
