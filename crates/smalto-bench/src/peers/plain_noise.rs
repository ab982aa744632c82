//! Plain Rust: noise as one would write it by hand, a point after the other.
//!
//! It is the noise of `smalto-field`, with the same numbers, so that the values can be
//! compared; written for one point, with branches where they save work, and no more
//! arithmetic than it takes.

/// The noises, and sums of six octaves of the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Noise {
    Perlin,
    Simplex,
    Fbm,
}

/// The noise at every point of a plane: row by row.
#[inline(never)]
pub(crate) fn plane(noise: Noise, seed: i32, x: &[f32], y: &[f32], out: &mut [f32]) {
    for (row, &y) in out.chunks_exact_mut(x.len()).zip(y) {
        match noise {
            Noise::Perlin => fill(row, x, |x| perlin_2d([x, y], base_key(seed))),
            Noise::Simplex => fill(row, x, |x| simplex_2d([x, y], base_key(seed))),
            Noise::Fbm => fill(row, x, |x| fbm([x, y], seed, perlin_2d)),
        }
    }
}

/// The noise at every point of a box: plane after plane.
#[inline(never)]
pub(crate) fn space(noise: Noise, seed: i32, [x, y, z]: [&[f32]; 3], out: &mut [f32]) {
    let rows = z.iter().flat_map(|&z| y.iter().map(move |&y| (y, z)));
    for (row, (y, z)) in out.chunks_exact_mut(x.len()).zip(rows) {
        match noise {
            Noise::Perlin => fill(row, x, |x| perlin_3d([x, y, z], base_key(seed))),
            Noise::Simplex => fill(row, x, |x| simplex_3d([x, y, z], base_key(seed))),
            Noise::Fbm => fill(row, x, |x| fbm([x, y, z], seed, perlin_3d)),
        }
    }
}

fn fill(row: &mut [f32], x: &[f32], value: impl Fn(f32) -> f32) {
    for (out, &x) in row.iter_mut().zip(x) {
        *out = value(x);
    }
}

// The lattice.

const FACTORS: [u32; 3] = [0xdb4f_0b91, 0xbbe0_5633, 0xa0f2_ec75];

fn base_key(seed: i32) -> u32 {
    let mut hash = (seed as u32).wrapping_add(0x243f_6a88);
    hash = (hash ^ hash >> 16).wrapping_mul(0x7feb_352d);
    hash = (hash ^ hash >> 15).wrapping_mul(0x846c_a68b);
    hash ^ hash >> 16
}

fn random<const N: usize>(corner: [i32; N], base_key: u32) -> u32 {
    let mut key = base_key;
    for (cell, factor) in corner.into_iter().zip(FACTORS) {
        key ^= (cell as u32).wrapping_mul(factor);
    }
    key.wrapping_mul(key.wrapping_mul(2) | 1)
}

/// The cell of a coordinate. Rounding down is a call of the C library on CPUs without SSE4.1.
fn floor(x: f32) -> i32 {
    let cell = x as i32;
    cell - i32::from(x < cell as f32)
}

fn fade(t: f32) -> f32 {
    t * t * t * (t * (t * 6.0 - 15.0) + 10.0)
}

fn mix(a: f32, b: f32, t: f32) -> f32 {
    a + (b - a) * t
}

// Gradients, of unit length in the plane and the middles of a cube's edges in space.

const GRADIENTS_2D: [[f32; 2]; 8] = {
    const COS: f32 = 0.923_879_5;
    const SIN: f32 = 0.382_683_43;
    [
        [COS, SIN],
        [SIN, COS],
        [-SIN, COS],
        [-COS, SIN],
        [-COS, -SIN],
        [-SIN, -COS],
        [SIN, -COS],
        [COS, -SIN],
    ]
};

const GRADIENTS_3D: [[f32; 3]; 16] = [
    [0.0, 1.0, 1.0],
    [0.0, -1.0, 1.0],
    [0.0, 1.0, -1.0],
    [0.0, -1.0, -1.0],
    [1.0, 0.0, 1.0],
    [-1.0, 0.0, 1.0],
    [1.0, 0.0, -1.0],
    [-1.0, 0.0, -1.0],
    [1.0, 1.0, 0.0],
    [-1.0, 1.0, 0.0],
    [1.0, -1.0, 0.0],
    [-1.0, -1.0, 0.0],
    [1.0, 1.0, 0.0],
    [-1.0, 1.0, 0.0],
    [0.0, -1.0, 1.0],
    [0.0, -1.0, -1.0],
];

fn gradient_2d(corner: [i32; 2], base_key: u32, [x, y]: [f32; 2]) -> f32 {
    let [gx, gy] = GRADIENTS_2D[(random(corner, base_key) >> 29) as usize];
    gx * x + gy * y
}

fn gradient_3d(corner: [i32; 3], base_key: u32, [x, y, z]: [f32; 3]) -> f32 {
    let [gx, gy, gz] = GRADIENTS_3D[(random(corner, base_key) >> 28) as usize];
    gx * x + gy * y + gz * z
}

// Perlin noise.

fn perlin_2d(point: [f32; 2], base_key: u32) -> f32 {
    let [i, j] = point.map(floor);
    let [x, y] = [point[0] - i as f32, point[1] - j as f32];
    let corner = |a: i32, b: i32| {
        let offset = [x - a as f32, y - b as f32];
        gradient_2d([i.wrapping_add(a), j.wrapping_add(b)], base_key, offset)
    };
    let [u, v] = [fade(x), fade(y)];
    let near = mix(corner(0, 0), corner(0, 1), v);
    let far = mix(corner(1, 0), corner(1, 1), v);
    1.5132 * mix(near, far, u)
}

fn perlin_3d(point: [f32; 3], base_key: u32) -> f32 {
    let [i, j, k] = point.map(floor);
    let [x, y, z] = [
        point[0] - i as f32,
        point[1] - j as f32,
        point[2] - k as f32,
    ];
    let corner = |a: i32, b: i32, c: i32| {
        let corner = [i.wrapping_add(a), j.wrapping_add(b), k.wrapping_add(c)];
        let offset = [x - a as f32, y - b as f32, z - c as f32];
        gradient_3d(corner, base_key, offset)
    };
    let [u, v, w] = [fade(x), fade(y), fade(z)];
    let edge = |a: i32, b: i32| mix(corner(a, b, 0), corner(a, b, 1), w);
    let face = |a: i32| mix(edge(a, 0), edge(a, 1), v);
    0.9649 * mix(face(0), face(1), u)
}

// Simplex noise.

fn simplex_2d([x, y]: [f32; 2], base_key: u32) -> f32 {
    const SKEW: f32 = 0.366_025_4;
    const UNSKEW: f32 = 0.211_324_87;
    let shift = (x + y) * SKEW;
    let [i, j] = [floor(x + shift), floor(y + shift)];
    let back = (i as f32 + j as f32) * UNSKEW;
    let [x, y] = [x - (i as f32 - back), y - (j as f32 - back)];
    let corner = |a: i32, b: i32| {
        let moved = (a + b) as f32 * UNSKEW;
        let offset = [x - a as f32 + moved, y - b as f32 + moved];
        let left = 0.5 - offset[0] * offset[0] - offset[1] * offset[1];
        if left <= 0.0 {
            return 0.0;
        }
        let fourth = left * left * (left * left);
        fourth * gradient_2d([i.wrapping_add(a), j.wrapping_add(b)], base_key, offset)
    };
    let middle = if x >= y { corner(1, 0) } else { corner(0, 1) };
    100.04 * (corner(0, 0) + middle + corner(1, 1))
}

fn simplex_3d([x, y, z]: [f32; 3], base_key: u32) -> f32 {
    const SKEW: f32 = 1.0 / 3.0;
    const UNSKEW: f32 = 1.0 / 6.0;
    let shift = (x + y + z) * SKEW;
    let [i, j, k] = [x, y, z].map(|x| floor(x + shift));
    let back = (i as f32 + j as f32 + k as f32) * UNSKEW;
    let [x, y, z] = [
        x - (i as f32 - back),
        y - (j as f32 - back),
        z - (k as f32 - back),
    ];
    let corner = |[a, b, c]: [i32; 3]| {
        let moved = (a + b + c) as f32 * UNSKEW;
        let [x, y, z] = [
            x - a as f32 + moved,
            y - b as f32 + moved,
            z - c as f32 + moved,
        ];
        let left = 0.5 - x * x - y * y - z * z;
        if left <= 0.0 {
            return 0.0;
        }
        let corner = [i.wrapping_add(a), j.wrapping_add(b), k.wrapping_add(c)];
        left * left * (left * left) * gradient_3d(corner, base_key, [x, y, z])
    };
    // The largest offset first, then the second.
    let (second, third) = match (x >= y, y >= z, x >= z) {
        (true, true, _) => ([1, 0, 0], [1, 1, 0]),
        (true, false, true) => ([1, 0, 0], [1, 0, 1]),
        (true, false, false) => ([0, 0, 1], [1, 0, 1]),
        (false, false, _) => ([0, 0, 1], [0, 1, 1]),
        (false, true, false) => ([0, 1, 0], [0, 1, 1]),
        (false, true, true) => ([0, 1, 0], [1, 1, 0]),
    };
    76.88 * (corner([0, 0, 0]) + corner(second) + corner(third) + corner([1, 1, 1]))
}

// Octaves.

fn fbm<const N: usize>(point: [f32; N], seed: i32, noise: impl Fn([f32; N], u32) -> f32) -> f32 {
    const OCTAVES: i32 = 6;
    const SHIFT: f32 = 0.381_966;
    let (mut sum, mut total) = (0.0, 0.0);
    let (mut amplitude, mut frequency) = (1.0, 1.0);
    for octave in 0..OCTAVES {
        let at = point.map(|x| x * frequency + SHIFT * octave as f32);
        sum += amplitude * noise(at, base_key(seed.wrapping_add(octave)));
        total += amplitude;
        amplitude *= 0.5;
        frequency *= 2.0;
    }
    sum / total
}
