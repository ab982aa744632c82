//! Stencils: what nearly all tiles become, ready to be copied.
//!
//! Most tiles are one instruction on registers, of which at most one operand is something
//! else (a place in memory, an immediate), and give a register. All there is to do for such a
//! tile is to copy its operands with the registers filled in. A stencil has them with *holes*
//! where registers go: the number of the leaf whose register it is, or [`RESULT`].

use super::template::{
    ImmediateSource, PlaceSource, RegisterOperand, Source, StepKind, StepTemplate,
};
use crate::alloc::{Operand, VirtualRegister};
use crate::select::outline::Outline;
use crate::select::tables::{SymbolKind, Tables};

/// The most leaves of a flat tile.
const LEAVES: usize = 3;

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
    /// What its leaves are wanted as.
    symbols: [u8; LEAVES],
    leaves: u8,
    /// The class of its result.
    pub(super) class: u8,
    pub(super) template: u32,
    pub(super) place: PlaceSource,
    pub(super) immediate: ImmediateSource,
}

impl Stencil {
    /// The stencil of a tile with this outline whose only step this is, if it is a tile of
    /// that kind.
    pub(super) fn of(tables: &Tables, outline: Outline, step: &StepTemplate) -> Option<Stencil> {
        let Outline::Flat {
            count,
            symbols,
            has_flags: false,
        } = outline
        else {
            return None;
        };
        let wanted = &symbols[..usize::from(count)];
        let is_register = |symbol: &&u8| {
            let kind = tables.symbols[usize::from(**symbol)].kind;
            matches!(kind, SymbolKind::Register(_))
        };
        let others = wanted.len() - wanted.iter().filter(is_register).count();
        let (Some(class), StepKind::Plain(template)) = (step.alone, step.kind) else {
            return None;
        };
        if others > 1 || step.registers().len() > HOLES {
            return None;
        }
        let mut operands = [hole(&step.registers()[0]); HOLES];
        for (operand, register) in operands.iter_mut().zip(step.registers()) {
            *operand = hole(register);
        }
        Some(Stencil {
            operands,
            count: step.registers().len() as u8,
            symbols,
            leaves: count,
            class,
            template,
            place: step.place,
            immediate: step.immediate,
        })
    }

    /// What its leaves are wanted as.
    #[inline]
    pub(super) fn symbols(&self) -> &[u8] {
        &self.symbols[..usize::from(self.leaves)]
    }

    /// Its register operands with the holes filled.
    #[inline]
    pub(super) fn filled(
        &self,
        holes: &[VirtualRegister; HOLES],
    ) -> impl ExactSizeIterator<Item = Operand> {
        let operands = self.operands[..usize::from(self.count)].iter();
        operands.map(|operand| Operand {
            register: holes[operand.register.index() % HOLES],
            ..*operand
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
