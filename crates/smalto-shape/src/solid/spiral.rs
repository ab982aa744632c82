//! Points in a disc to take samples at, the same ones each time a picture is drawn.

/// How many ways a spiral is turned.
const TURNS: usize = 16;

/// Points spread evenly over the disc of radius 1, along a spiral whose points are the golden
/// angle apart (H. Vogel, *A better way to construct the sunflower head*, Mathematical
/// Biosciences 44, 1979).
pub(super) struct Spiral {
    points: Vec<[f32; 2]>,
    /// Sine and cosine of each turn.
    turns: [[f32; 2]; TURNS],
}

impl Spiral {
    pub(super) fn new(count: usize) -> Spiral {
        let golden = std::f32::consts::PI * (3.0 - 5f32.sqrt());
        let point = |index: usize| {
            let radius = ((index as f32 + 0.5) / count as f32).sqrt();
            let (sin, cos) = (index as f32 * golden).sin_cos();
            [radius * cos, radius * sin]
        };
        Spiral {
            points: (0..count).map(point).collect(),
            turns: std::array::from_fn(|turn| {
                let angle = turn as f32 / TURNS as f32 * std::f32::consts::TAU;
                angle.sin_cos().into()
            }),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.points.len()
    }

    /// The points for a pixel, turned so that neighbours have different ones: each of 4 by 4
    /// pixels another way, each of 2 by 2 nearly opposite ways. What is too few points for one
    /// pixel is enough for the eye, which sees several.
    pub(super) fn points(&self, column: usize, row: usize) -> impl Iterator<Item = [f32; 2]> {
        // An ordered dither (B. Bayer, 1973).
        let quarter = |x: usize, y: usize| (2 * (x & 1) + 3 * (y & 1)) & 3;
        let turn = 4 * quarter(column, row) + quarter(column / 2, row / 2);
        let [sin, cos] = self.turns[turn];
        let points = self.points.iter();
        points.map(move |[x, y]| [x * cos - y * sin, x * sin + y * cos])
    }
}
