//! Perlin's own noise of 2002, to the letter: his permutation, his gradients.

use super::{blend, fade};
use smalto_graph::{Expr, Table};

/// The permutation of 0 to 255 in Perlin's reference implementation (2002).
pub(crate) const PERMUTATION: [u8; 256] = [
    151, 160, 137, 91, 90, 15, 131, 13, 201, 95, 96, 53, 194, 233, 7, 225, 140, 36, 103, 30, 69,
    142, 8, 99, 37, 240, 21, 10, 23, 190, 6, 148, 247, 120, 234, 75, 0, 26, 197, 62, 94, 252, 219,
    203, 117, 35, 11, 32, 57, 177, 33, 88, 237, 149, 56, 87, 174, 20, 125, 136, 171, 168, 68, 175,
    74, 165, 71, 134, 139, 48, 27, 166, 77, 146, 158, 231, 83, 111, 229, 122, 60, 211, 133, 230,
    220, 105, 92, 41, 55, 46, 245, 40, 244, 102, 143, 54, 65, 25, 63, 161, 1, 216, 80, 73, 209, 76,
    132, 187, 208, 89, 18, 169, 200, 196, 135, 130, 116, 188, 159, 86, 164, 100, 109, 198, 173,
    186, 3, 64, 52, 217, 226, 250, 124, 123, 5, 202, 38, 147, 118, 126, 255, 82, 85, 212, 207, 206,
    59, 227, 47, 16, 58, 17, 182, 189, 28, 42, 223, 183, 170, 213, 119, 248, 152, 2, 44, 154, 163,
    70, 221, 153, 101, 155, 167, 43, 172, 9, 129, 22, 39, 253, 19, 98, 108, 110, 79, 113, 224, 232,
    178, 185, 112, 104, 218, 246, 97, 228, 251, 34, 242, 193, 238, 210, 144, 12, 191, 179, 162,
    241, 81, 51, 145, 235, 249, 14, 239, 107, 49, 192, 214, 31, 181, 199, 106, 157, 184, 84, 204,
    176, 115, 121, 50, 45, 127, 4, 150, 254, 138, 236, 205, 93, 222, 114, 67, 29, 24, 72, 243, 141,
    128, 195, 78, 66, 215, 61, 156, 180,
];

/// The gradients his 16 cases of a hash's lower bits add up to.
const GRADIENTS: [[i8; 3]; 16] = [
    [1, 1, 0],
    [-1, 1, 0],
    [1, -1, 0],
    [-1, -1, 0],
    [1, 0, 1],
    [-1, 0, 1],
    [1, 0, -1],
    [-1, 0, -1],
    [0, 1, 1],
    [0, -1, 1],
    [0, 1, -1],
    [0, -1, -1],
    [1, 1, 0],
    [0, -1, 1],
    [-1, 1, 0],
    [0, -1, -1],
];

/// The noise of Perlin's reference implementation ("Improving noise", SIGGRAPH 2002), for
/// pictures that must look as they do elsewhere: of a table of 256 numbers, without a seed,
/// repeating after 256 cells, from -1.0364 to 1.0364 (he says -1 to 1). In f64 it differs from
/// his by rounding only, as long as |x| < 2^31. [`perlin()`](super::perlin()) is faster.
pub fn reference<'g>(point: [Expr<'g>; 3]) -> Expr<'g> {
    let builder = point[0].builder();
    let permutation = Table::i32(PERMUTATION.map(i32::from)).expect("it is not empty");
    let permutation = builder.table(permutation);
    let permuted = |index: Expr<'g>| index.bit_and(255).lookup_in(permutation);
    let components: [_; 3] = std::array::from_fn(|axis| {
        let values = GRADIENTS.map(|gradient| f64::from(gradient[axis]));
        builder.table(Table::real(values).expect("it is not empty"))
    });

    let floors = point.map(Expr::floor);
    let offsets: [Expr<'g>; 3] = std::array::from_fn(|axis| point[axis] - floors[axis]);
    let cells = floors.map(Expr::to_i32);
    let corner = |number: usize| {
        let far: [bool; 3] = std::array::from_fn(|axis| number >> axis & 1 == 1);
        let hash = (0..3).fold(builder.constant(0), |hash, axis| {
            permuted(cells[axis] + i32::from(far[axis]) + hash)
        });
        let index = hash.bit_and(15);
        let term = |axis: usize| {
            let offset = match far[axis] {
                false => offsets[axis],
                true => offsets[axis] - 1.0,
            };
            index.lookup_in(components[axis]) * offset
        };
        term(0) + term(1) + term(2)
    };
    blend(&offsets.map(fade), corner)
}
