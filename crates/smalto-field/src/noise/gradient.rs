//! Random gradients: a corner's contribution to gradient noise.
//!
//! The gradient of a corner is looked up in a table for each component, by a few upper bits
//! of its random number; a table of 16 entries fits a register of AVX-512, where looking up
//! is one instruction. In one dimension a gradient is the random number itself.

use super::lattice::Random;
use smalto_graph::{Expr, GraphBuilder, Table, TableId};

/// Gradients in so many dimensions, of which a corner has one.
pub(crate) struct Gradients {
    components: Vec<TableId>,
    bits: i32,
    scale: f64,
}

impl Gradients {
    /// The gradients of that many dimensions, 1 to 4, multiplied by `scale`.
    pub(crate) fn new(builder: &GraphBuilder, dimensions: usize, scale: f64) -> Gradients {
        let vectors = vectors(dimensions);
        let component = |axis: usize| {
            let values = vectors.iter().map(|vector| vector[axis] * scale);
            builder.table(Table::real(values).expect("there are gradients"))
        };
        Gradients {
            components: match vectors.is_empty() {
                true => Vec::new(),
                false => (0..dimensions).map(component).collect(),
            },
            bits: vectors.len().max(1).ilog2() as i32,
            scale,
        }
    }

    /// The gradient that `random` picks, times `offset`.
    pub(crate) fn dot<'g>(&self, random: Random<'g>, offset: &[Expr<'g>]) -> Expr<'g> {
        if self.components.is_empty() {
            return random.signed() * (offset[0] * (self.scale / 2f64.powi(31)));
        }
        let index = random.index(self.bits);
        let terms = self.components.iter().zip(offset);
        let mut terms = terms.map(|(&table, &offset)| (index.lookup_in(table), offset));
        let (first, offset) = terms.next().expect("there are dimensions");
        terms.fold(first * offset, |sum, (component, offset)| {
            component.fma(offset, sum)
        })
    }
}

/// The gradients before scaling; none in one dimension.
///
/// In two dimensions eight directions, none along an axis or a diagonal, where it would
/// vanish at a neighbour. In three and four the middles of the edges of a cube, as Perlin
/// chose them ("Improving noise", SIGGRAPH 2002): to fill 16 places, four that make a
/// tetrahedron come twice.
pub(crate) fn vectors(dimensions: usize) -> Vec<Vec<f64>> {
    match dimensions {
        1 => Vec::new(),
        2 => (0..8)
            .map(|k| f64::from(2 * k + 1) * std::f64::consts::FRAC_PI_8)
            .map(|angle| vec![angle.cos(), angle.sin()])
            .collect(),
        3 => {
            let mut edges = middles_of_edges(3);
            edges.extend(
                [[1, 1, 0], [-1, 1, 0], [0, -1, 1], [0, -1, -1]]
                    .map(|edge| edge.map(f64::from).to_vec()),
            );
            edges
        }
        _ => middles_of_edges(dimensions),
    }
}

/// Every vector of one 0 and otherwise 1 and -1.
fn middles_of_edges(dimensions: usize) -> Vec<Vec<f64>> {
    let signs = 1 << (dimensions - 1);
    let edge = |zero: usize, signs: usize| {
        let mut bits =
            (0..dimensions - 1).map(|bit| if signs >> bit & 1 == 0 { 1.0 } else { -1.0 });
        let component = |axis| {
            if axis == zero {
                0.0
            } else {
                bits.next().expect("a bit each")
            }
        };
        (0..dimensions).map(component).collect()
    };
    (0..dimensions)
        .flat_map(|zero| (0..signs).map(move |signs| (zero, signs)))
        .map(|(zero, signs)| edge(zero, signs))
        .collect()
}
