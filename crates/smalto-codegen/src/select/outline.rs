//! The shape of each tile, in a few bytes: what both walks ask of most instructions.

use super::tables::{Pattern, SymbolKind, Tables, Tile};

/// A target's tables, and the outline of each of its tiles.
#[derive(Debug)]
pub(crate) struct Selector {
    pub(crate) tables: &'static Tables,
    outlines: Vec<Outline>,
}

/// The shape of a tile.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Outline {
    /// One symbol of another.
    Chain {
        /// The symbol it is made of.
        from: u8,
    },
    /// One instruction whose operands are all leaves.
    Flat {
        /// How many there are.
        count: u8,
        /// What they are wanted as.
        symbols: [u8; 3],
        /// Whether one of them is flags.
        has_flags: bool,
    },
    /// Instructions inside instructions.
    Nested,
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
    pub(crate) fn outline(&self, tile: u16) -> Outline {
        self.outlines[usize::from(tile)]
    }
}

/// The outline of a tile.
pub(crate) fn outline(tables: &Tables, tile: &Tile) -> Outline {
    let (root, rest) = tile.pattern.split_first().expect("a pattern has a root");
    if let Pattern::Leaf(from) = *root {
        return Outline::Chain { from };
    }
    let mut symbols = [0; 3];
    let mut has_flags = false;
    for (symbol, part) in symbols.iter_mut().zip(rest) {
        let Pattern::Leaf(leaf) = *part else {
            return Outline::Nested;
        };
        *symbol = leaf;
        has_flags |= tables.symbols[usize::from(leaf)].kind == SymbolKind::Flags;
    }
    Outline::Flat {
        count: rest.len() as u8,
        symbols,
        has_flags,
    }
}
