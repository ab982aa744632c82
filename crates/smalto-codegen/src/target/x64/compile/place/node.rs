//! Nodes: making each value what it is wanted as, by the tile that covering chose.
//!
//! What is wanted in a register is made when its instruction is reached, what is part of
//! another instruction when its one user is. The leaves of a tile are made first, flags last
//! of all, right before their use.

use super::super::stencil::Stencil;
use super::super::template::Placing;
use super::{Held, HeldForm, Placer, Value, expect_immediate, expect_register};
use crate::select::cover::{UNWANTED, best, is_tiled};
use crate::select::outline::{Outline, Shape};
use crate::select::tables::{Body, NO_TILE as NO_BEST, Pattern, SymbolKind};
use smalto_kernel::{Op, ValueId};

impl Placer<'_> {
    /// Places an instruction whose tile has a stencil: straight away, if it is for one chunk.
    #[inline]
    pub(super) fn place_by_stencil(&mut self, value: ValueId, tile: u16, stencil: &Stencil) {
        if self.wave.chunks == 1 {
            let register = self.fill(stencil, tile, value, 0);
            self.storage.held[value.index()] = Held {
                number: register.0,
                symbol: stencil.result,
                form: HeldForm::Register,
            };
        } else {
            self.instruction(value);
        }
    }

    /// Places an instruction of any kind.
    #[inline(never)]
    pub(super) fn instruction(&mut self, value: ValueId) {
        let op = self.routine.op(value);
        let wanted = self.cover.wanted(value);
        let named = self.cover.resolve(value);
        if named != value {
            // What is found under the name is what it names.
            self.storage.held[value.index()] = self.storage.held[named.index()];
            return;
        }
        if op == Op::Constant {
            return;
        }
        if op == Op::Constant {
            // It is kept, and was made before the loop.
            return;
        }
        if !is_tiled(op) {
            let has_effect = matches!(op, Op::Call | Op::AtomicAdd);
            if wanted != UNWANTED || has_effect {
                self.untiled(value, op);
            }
            return;
        }
        if wanted == UNWANTED {
            return;
        }
        match self.target.tables.symbols[usize::from(wanted)].kind {
            SymbolKind::Register(_) => self.place_in_registers(value, op, wanted),
            SymbolKind::Void => {
                let chunks = match op {
                    Op::StoreUniform => 1,
                    _ => self.wave.chunks,
                };
                for chunk in 0..chunks {
                    self.make(value, wanted, chunk);
                }
            }
            SymbolKind::Operand | SymbolKind::Flags => {}
        }
    }

    fn place_in_registers(&mut self, value: ValueId, op: Op, wanted: u8) {
        // A uniform value spread out is the same in all chunks.
        let is_chunked = self.type_of(value).is_varying() && op != Op::Splat;
        let chunks = if is_chunked { self.wave.chunks } else { 1 };
        let first = self.storage.registers.len();
        for chunk in 0..chunks {
            let Value::Register(register) = self.make(value, wanted, chunk) else {
                unreachable!("what is wanted in a register is made in one")
            };
            debug_assert_eq!(
                self.storage.registers.len(),
                first + chunk,
                "parts lie together"
            );
            self.storage.registers.push(register);
        }
        self.hold_listed(value, first, is_chunked);
    }

    /// A node as this symbol, which one user wants.
    pub(super) fn value_of(&mut self, node: ValueId, symbol: u8, chunk: usize) -> Value {
        if self.cover.is_constant(node) {
            return self.constant(node, symbol, chunk);
        }
        if let Some(home) = self.cover.home(node) {
            if symbol == home {
                return Value::Register(self.part(node, 0, chunk));
            }
            let state = self.target.tables.at_hand[usize::from(home)];
            return self.convert(node, best(self.target.tables, state, symbol), chunk);
        }
        let wanted = self.cover.wanted(node);
        let kind = self.target.tables.symbols[usize::from(wanted)].kind;
        if matches!(kind, SymbolKind::Register(_)) {
            debug_assert_eq!(symbol, self.cover.wanted(node));
            return Value::Register(self.part(node, 0, chunk));
        }
        self.make(node, symbol, chunk)
    }

    /// What is at hand as another symbol, by this chain rule.
    fn convert(&mut self, node: ValueId, number: u16, chunk: usize) -> Value {
        assert_ne!(number, NO_BEST, "a state promised a chain of rules");
        let tile = &self.target.tables.tiles[usize::from(number)];
        let [Pattern::Leaf(from)] = *tile.pattern else {
            unreachable!("what is at hand is converted by chain rules")
        };
        let leaf = self.value_of(node, from, chunk);
        self.apply(number, node, &[leaf], chunk)
    }

    /// A node that is being made, as the symbol that a chain rule wants.
    pub(super) fn link(&mut self, node: ValueId, symbol: u8, chunk: usize) -> Value {
        match self.cover.is_constant(node) {
            true => self.constant(node, symbol, chunk),
            false => self.make(node, symbol, chunk),
        }
    }

    /// Makes a node that is not at hand this symbol.
    pub(super) fn make(&mut self, node: ValueId, symbol: u8, chunk: usize) -> Value {
        let number = self.cover.tile(self.target.tables, node, symbol);
        assert_ne!(number, NO_BEST, "a state promised a tile");
        if let Placing::ByStencil(stencil) = self.target.templates.placing(number) {
            return Value::Register(self.fill(stencil, number, node, chunk));
        }
        let outline = self.target.selector.outline(number);
        let mut values = [Value::Nothing; Outline::LEAVES];
        match outline.shape {
            Shape::Chain => values[0] = self.link(node, outline.symbols[0], chunk),
            Shape::Flat | Shape::Pooled => {
                let operands = self.routine.operands(node).iter();
                for ((made, &symbol), &operand) in
                    values.iter_mut().zip(outline.symbols()).zip(operands)
                {
                    *made = self.value_of(self.cover.resolve(operand), symbol, chunk);
                }
            }
            Shape::FlatWithFlags | Shape::Nested => return self.make_nested(number, node, chunk),
        }
        self.apply(number, node, &values[..usize::from(outline.count)], chunk)
    }

    /// The same for a tile of any shape. Flags are made last, right before their use.
    fn make_nested(&mut self, number: u16, node: ValueId, chunk: usize) -> Value {
        let tables = self.target.tables;
        let tile = &tables.tiles[usize::from(number)];
        let leaves = self.cover.leaves(self.routine, tile, node);
        let leaves = leaves.as_slice();
        let mut values = [Value::Nothing; 8];
        let is_flags = |symbol: u8| tables.symbols[usize::from(symbol)].kind == SymbolKind::Flags;
        let others = leaves
            .iter()
            .enumerate()
            .filter(|(_, leaf)| !is_flags(leaf.1));
        let flags = leaves
            .iter()
            .enumerate()
            .filter(|(_, leaf)| is_flags(leaf.1));
        for (at, &(leaf, symbol)) in others.chain(flags) {
            values[at] = self.value_of(leaf, symbol, chunk);
        }
        self.apply(number, node, &values[..leaves.len()], chunk)
    }

    /// Does what a tile says, its leaves being made.
    pub(super) fn apply(
        &mut self,
        number: u16,
        node: ValueId,
        leaves: &[Value],
        chunk: usize,
    ) -> Value {
        let tile = &self.target.tables.tiles[usize::from(number)];
        match tile.body {
            Body::Alias => leaves[0],
            Body::Immediate => Value::Immediate(self.signed_literal(node)),
            Body::Index { register, offset } => {
                let register = register.map(|leaf| expect_register(leaves[usize::from(leaf)]));
                let offset = offset.map_or(0, |leaf| expect_immediate(leaves[usize::from(leaf)]));
                Value::Index(register, offset)
            }
            Body::Element { index, broadcast } => {
                let index = leaves[usize::from(index)];
                Value::Memory(self.element(node, index, chunk, broadcast))
            }
            Body::Pool { broadcast } => {
                Value::Place(self.literal_place(node, tile.result, broadcast))
            }
            Body::Steps(_) => self.steps(number, node, leaves, chunk),
        }
    }
}
