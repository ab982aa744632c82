//! Stencils: what nearly all tiles become, ready to be copied.
//!
//! Most tiles are one instruction on registers, of which at most one operand is something
//! else (a place in memory, an immediate), and give a register. All there is to do for such a
//! tile is to copy its operands with the registers filled in. A stencil has them with *holes*
//! where registers go: the number of the leaf whose register it is, or [`RESULT`].

use super::machine::{Action, Special};
use super::template::{
    ImmediateSource, PlaceSource, RegisterOperand, Source, StepKind, StepTemplate,
};
use crate::alloc::{Operand, VirtualRegister};
use crate::select::outline::{Outline, Shape, outline};
use crate::select::tables::{SymbolKind, Tables, Tile};

/// The most leaves of a tile that has a stencil.
const LEAVES: usize = Outline::LEAVES;

/// The hole for the result, which comes behind those for the leaves.
pub(super) const RESULT: usize = LEAVES;

/// How many holes there are.
pub(super) const HOLES: usize = RESULT + 1;

/// The instruction of a tile, with holes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stencil {
    /// Its register operands; the registers are the numbers of holes.
    operands: [Operand; HOLES],
    count: u8,
    outline: Outline,
    /// Whether its one leaf is the node itself, as another symbol.
    pub(super) is_chain: bool,
    /// The leaf that is no register, if there is one.
    pub(super) other: Option<u8>,
    /// What it has besides registers.
    pub(super) rest: Rest,
    /// The symbol that its result is, and its class.
    pub(super) result: u8,
    pub(super) class: u8,
    pub(super) action: Action,
    pub(super) place: PlaceSource,
    pub(super) immediate: ImmediateSource,
}

/// What an instruction has besides registers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rest {
    Nothing,
    /// The place in memory that this leaf is.
    Leaf(u8),
    /// Another place, or an immediate.
    More,
}

impl Stencil {
    /// The stencil of a tile whose only step this is, if it is a tile of that kind.
    pub(super) fn of(tables: &Tables, tile: &Tile, step: &StepTemplate) -> Option<Stencil> {
        let outline = outline(tables, tile);
        if !matches!(outline.shape, Shape::Flat | Shape::Chain) {
            return None;
        }
        let is_register = |symbol: &u8| {
            let kind = tables.symbols[usize::from(*symbol)].kind;
            matches!(kind, SymbolKind::Register(_))
        };
        let mut others = (0..)
            .zip(outline.symbols())
            .filter(|(_, symbol)| !is_register(symbol));
        let other = others.next().map(|(leaf, _)| leaf);
        let class = step.alone?;
        let action = match step.kind {
            StepKind::Plain(template) => Action::Template(template),
            StepKind::Pseudo(pseudo, template) => {
                Action::Special(Special::Pseudo(pseudo, template))
            }
            StepKind::Conditional { .. } | StepKind::Jump { .. } => return None,
        };
        if others.next().is_some() || step.registers().len() > HOLES {
            return None;
        }
        let mut operands = [hole(&step.registers()[0]); HOLES];
        for (operand, register) in operands.iter_mut().zip(step.registers()) {
            *operand = hole(register);
        }
        Some(Stencil {
            operands,
            count: step.registers().len() as u8,
            outline,
            is_chain: outline.shape == Shape::Chain,
            other,
            rest: match (step.place, step.immediate) {
                (PlaceSource::None, ImmediateSource::None) => Rest::Nothing,
                (PlaceSource::Leaf(leaf), ImmediateSource::None) => Rest::Leaf(leaf),
                _ => Rest::More,
            },
            result: tile.result,
            class,
            action,
            place: step.place,
            immediate: step.immediate,
        })
    }

    /// What its leaves are wanted as.
    #[inline]
    pub(super) fn symbols(&self) -> &[u8] {
        self.outline.symbols()
    }

    /// Its register operands with the holes filled.
    #[inline]
    pub(super) fn filled(&self, holes: &[u32; HOLES]) -> impl ExactSizeIterator<Item = Operand> {
        let operands = self.operands[..usize::from(self.count)].iter();
        operands.map(|&(mut operand)| {
            operand.register = VirtualRegister(holes[operand.register.index() % HOLES]);
            operand
        })
    }
}

/// An operand with a hole.
fn hole(operand: &RegisterOperand) -> Operand {
    let number = match operand.source {
        Source::Leaf(leaf) => u32::from(leaf),
        Source::Result | Source::Temporary(_) => RESULT as u32,
    };
    Operand {
        register: VirtualRegister(number),
        role: operand.role,
        constraint: operand.constraint,
    }
}
