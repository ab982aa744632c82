//! FastNoise2: noise in C++ on SIMD lanes, at the best level it finds on the CPU.
//!
//! Its numbers are others than Smalto's, so values cannot be compared; that it fills what it
//! is given with noise is.

use crate::peers::plain_noise::Noise;
use crate::race::Entrant;
use anyhow::ensure;
use fastnoise2::SafeNode;
use fastnoise2::generator::prelude::*;

/// The levels of `FastSIMD`, by the bit that names them.
const LEVELS: [(u32, &str); 9] = [
    (1, "scalar"),
    (2, "SSE"),
    (4, "SSE2"),
    (8, "SSE3"),
    (16, "SSSE3"),
    (32, "SSE4.1"),
    (64, "SSE4.2"),
    (128, "AVX"),
    (256, "AVX2"),
];

/// What fills a plane of `side`, or a box of `size`, whose points are `step` apart.
pub(crate) fn entrant(
    noise: Noise,
    size: [usize; 3],
    step: f32,
    seed: i32,
) -> anyhow::Result<Entrant> {
    let node: SafeNode = match noise {
        Noise::Perlin => perlin().build().0,
        Noise::Simplex => simplex().build().0,
        Noise::Fbm => perlin().fbm(0.5, 0.0, 6, 2.0).build().0,
    };
    let level = node.get_simd_level();
    let name = LEVELS.iter().find(|(bit, _)| *bit == level);
    let name = name.map_or("AVX-512", |(_, name)| name);
    let [width, height, depth] = size.map(|size| size as i32);
    let mut values = vec![0.0; size.iter().product()];
    let mut run = move || match depth {
        1 => node.gen_uniform_grid_2d(&mut values, 0, 0, width, height, step, seed),
        _ => node.gen_uniform_grid_3d(&mut values, 0, 0, 0, width, height, depth, step, seed),
    };
    let range = run();
    ensure!(
        range.min < -0.3 && range.max > 0.3 && range.max - range.min < 4.0,
        "FastNoise2 gives values from {} to {}, which is no noise",
        range.min,
        range.max
    );
    Ok(Entrant::new(run).note(format!("{name}; another noise")))
}
