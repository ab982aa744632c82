//! The shape of each tile, in a few bytes: what both walks ask of most instructions.

use super::tables::{Body, Pattern, SymbolKind, Tables, Tile};

/// A target's tables, and the outline of each of its tiles.
#[derive(Debug)]
pub(crate) struct Selector {
    pub(crate) tables: &'static Tables,
    outlines: Vec<Outline>,
}

/// The shape of a tile, and what its leaves are wanted as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Outline {
    pub(crate) shape: Shape,
    /// How many leaves there are, of a nested tile 0.
    pub(crate) count: u8,
    /// What they are wanted as.
    pub(crate) symbols: [u8; Outline::LEAVES],
}

/// What a pattern looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// One instruction whose operands are all leaves, and none of them flags.
    Flat,
    /// The same with flags among them.
    FlatWithFlags,
    /// A constant as a place in the pool.
    Pooled,
    /// One symbol of another: a leaf.
    Chain,
    /// Instructions inside instructions.
    Nested,
}

impl Outline {
    /// The most leaves of a flat tile.
    pub(crate) const LEAVES: usize = 3;

    /// What the leaves are wanted as.
    #[inline]
    pub(crate) fn symbols(&self) -> &[u8] {
        &self.symbols[..usize::from(self.count)]
    }
}

impl Selector {
    pub(crate) fn new(tables: &'static Tables) -> Selector {
        Selector {
            tables,
            outlines: tables.tiles.iter().map(|t| outline(tables, t)).collect(),
        }
    }

    /// The outline of a tile.
    #[inline]
    pub(crate) fn outline(&self, tile: u16) -> &Outline {
        &self.outlines[usize::from(tile)]
    }
}

/// The outline of a tile.
pub(crate) fn outline(tables: &Tables, tile: &Tile) -> Outline {
    let (shape, leaves) = match *tile.pattern {
        [Pattern::Leaf(_)] => (Shape::Chain, tile.pattern),
        [_] if matches!(tile.body, Body::Pool { .. }) => (Shape::Pooled, &[][..]),
        [_, ref leaves @ ..] => (Shape::Flat, leaves),
        [] => unreachable!("a pattern has a root"),
    };
    let mut outline = Outline {
        shape,
        count: leaves.len() as u8,
        symbols: [0; Outline::LEAVES],
    };
    for (symbol, part) in outline.symbols.iter_mut().zip(leaves) {
        let Pattern::Leaf(leaf) = *part else {
            return Outline {
                shape: Shape::Nested,
                count: 0,
                symbols: [0; Outline::LEAVES],
            };
        };
        *symbol = leaf;
        if tables.symbols[usize::from(leaf)].kind == SymbolKind::Flags && shape == Shape::Flat {
            outline.shape = Shape::FlatWithFlags;
        }
    }
    outline
}
