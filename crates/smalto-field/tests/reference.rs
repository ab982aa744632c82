//! Perlin's reference noise against an implementation of its own, from his paper ("Improving
//! noise", SIGGRAPH 2002): one point at a time, branching as the text does.

mod common;

use common::{points, values};

/// The permutation, read out of the noise itself nowhere: from the paper.
const PERMUTATION: &str = "
    151 160 137 91 90 15 131 13 201 95 96 53 194 233 7 225 140 36 103 30 69 142 8 99 37 240 21 10
    23 190 6 148 247 120 234 75 0 26 197 62 94 252 219 203 117 35 11 32 57 177 33 88 237 149 56 87
    174 20 125 136 171 168 68 175 74 165 71 134 139 48 27 166 77 146 158 231 83 111 229 122 60 211
    133 230 220 105 92 41 55 46 245 40 244 102 143 54 65 25 63 161 1 216 80 73 209 76 132 187 208
    89 18 169 200 196 135 130 116 188 159 86 164 100 109 198 173 186 3 64 52 217 226 250 124 123 5
    202 38 147 118 126 255 82 85 212 207 206 59 227 47 16 58 17 182 189 28 42 223 183 170 213 119
    248 152 2 44 154 163 70 221 153 101 155 167 43 172 9 129 22 39 253 19 98 108 110 79 113 224 232
    178 185 112 104 218 246 97 228 251 34 242 193 238 210 144 12 191 179 162 241 81 51 145 235 249
    14 239 107 49 192 214 31 181 199 106 157 184 84 204 176 115 121 50 45 127 4 150 254 138 236 205
    93 222 114 67 29 24 72 243 141 128 195 78 66 215 61 156 180";

fn permutation() -> Vec<usize> {
    let numbers = PERMUTATION.split_whitespace();
    numbers.map(|n| n.parse().unwrap()).collect()
}

/// The noise at a point: the gradients at the eight corners, each the dot product of the offset
/// with one of twelve edges' directions, picked by four bits of a chain of permutations.
fn noise(p: &[usize], point: [f64; 3]) -> f64 {
    let floor = point.map(f64::floor);
    let at = |corner: [usize; 3]| {
        let mut hash = 0;
        let mut offset = [0.0; 3];
        for axis in 0..3 {
            let cell = floor[axis] as i64 + corner[axis] as i64;
            hash = p[(cell + hash as i64).rem_euclid(256) as usize];
            offset[axis] = point[axis] - floor[axis] - corner[axis] as f64;
        }
        let [x, y, z] = offset;
        // First component from x or y, second from y, z or x; two bits are their signs.
        let h = hash & 15;
        let u = if h < 8 { x } else { y };
        let v = match h {
            0..=3 => y,
            12 | 14 => x,
            _ => z,
        };
        (if h & 1 == 0 { u } else { -u }) + (if h & 2 == 0 { v } else { -v })
    };
    let weight = |axis: usize| {
        let t = point[axis] - floor[axis];
        t * t * t * (t * (t * 6.0 - 15.0) + 10.0)
    };
    let between = |t: f64, a: f64, b: f64| a + t * (b - a);
    let along_x = |y, z| between(weight(0), at([0, y, z]), at([1, y, z]));
    let along_y = |z| between(weight(1), along_x(0, z), along_x(1, z));
    between(weight(2), along_y(0), along_y(1))
}

#[test]
fn the_permutation_is_one() {
    let mut sorted = permutation();
    sorted.sort_unstable();
    assert_eq!(sorted, (0..256).collect::<Vec<_>>());
}

#[test]
fn our_noise_is_perlins_but_for_rounding() {
    let p = permutation();
    for reach in [1.0, 40.0, 3e5] {
        let points = points::<3>(20_000, reach);
        let ours = values(["x", "y", "z"], "perlin2002(x, y, z)", &points);
        for (&point, ours) in points.iter().zip(ours) {
            let theirs = noise(&p, point);
            assert!(
                (ours - theirs).abs() < 1e-14,
                "at {point:?}: {ours}, not {theirs}"
            );
        }
    }
}

#[test]
#[expect(
    clippy::approx_constant,
    reason = "the published point is 3.14, not pi"
)]
fn the_value_that_is_known_for_it() {
    // Rosetta Code, "Perlin noise".
    let found = values(["x", "y", "z"], "perlin2002(x, y, z)", &[[3.14, 42.0, 7.0]]);
    assert!((found[0] - 0.136_919_958_784_000_12).abs() < 1e-16);
}
