//! Ambient occlusion: how much of the sky a point is kept from seeing by what is around it.
//!
//! The estimator is that of M. McGuire, M. Mara, D. Luebke, *Scalable ambient obscurance* (HPG
//! 2012): what other pixels nearby see, taken as points, obscures as far as it stands out of the
//! tangent plane, and less the further it is. It needs nothing but depths and normals.

use super::scene::Scene;
use super::spiral::Spiral;
use super::vector::{Vector, difference, dot};

/// How far the sky is looked for, in half heights of the picture.
const RADIUS: f32 = 0.5;
/// What stands out of the tangent plane by no more slices than this may be noise.
const BIAS: f32 = 1.5;
/// Pixels that are looked at for a point that is a pixel of the picture by itself.
const LOOKS: usize = 40;

pub(super) struct Occlusion {
    spiral: Spiral,
    strength: f32,
}

impl Occlusion {
    /// Occlusion with this strength: at 1, about what a corner between two walls has. Of points of
    /// which so many across and down make a pixel of the picture each looks at fewer pixels.
    pub(super) fn new(strength: f32, samples: usize) -> Occlusion {
        Occlusion {
            spiral: Spiral::new(LOOKS.div_ceil(samples)),
            strength,
        }
    }

    /// How much of the sky is seen from where a pixel sees `point`, from 0 to 1.
    pub(super) fn visible(
        &self,
        scene: &Scene<'_>,
        (column, row): (usize, usize),
        point: Vector,
        normal: Vector,
    ) -> f32 {
        if self.strength <= 0.0 {
            return 1.0;
        }
        let reach = RADIUS / (scene.pixel * scene.widening(point[2]));
        let (bias, least) = (BIAS * scene.thickness, 2.0 * scene.thickness);
        // Half a pixel more, so that what is cut off is rounded.
        let (right, down) = (column as f32 + 0.5, row as f32 + 0.5);
        let mut sum = 0.0;
        for [x, y] in self.spiral.points(column, row) {
            let (x, y) = (right + x * reach, down + y * reach);
            let inside = x >= 0.0 && y >= 0.0;
            let (x, y) = (x as usize, y as usize);
            if !inside || x >= scene.width || y >= scene.height {
                continue;
            }
            let Some(there) = scene.point(x, y) else {
                continue;
            };
            let way = difference(there, point);
            let squared = dot(way, way);
            let near = (1.0 - squared / (RADIUS * RADIUS)).max(0.0);
            let height = (dot(way, normal) - bias).max(0.0);
            sum += near * near * height / (squared + least * least);
        }
        // Scaled so that two walls at a right angle hide about two thirds of the sky where they
        // meet: one fills half of the disc, at a mean slope of 0.6, and the mean of the weights
        // over the distance is 16/15 of what it is at the radius.
        let hidden = 2.0 * RADIUS * sum / self.spiral.len() as f32;
        (1.0 - self.strength * hidden).clamp(0.0, 1.0)
    }
}
