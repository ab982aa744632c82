//! The three forms of a fused multiply-add differ in which operand they overwrite: 132 and
//! 213 a factor, 231 the summand (Intel SDM volume 2, VFMADD132PS). Which of a, b and c is
//! in the result's register is known when registers are.
//!
//! Only the last operand of an instruction may be in memory. A pseudo-instruction has it last
//! too, so there is one for a summand in memory and one for a factor.
//!
//! So there is a template for each form, and emission performs the one that fits. They lie
//! behind the template of the pseudo-instruction, whose operands they share.

use super::super::template::{Slot, Template};
use crate::alloc::Location;
use crate::target::x64::{
    Mnemonic, VFMADD132PD, VFMADD132PS, VFMADD213PD, VFMADD213PS, VFMADD231PD, VFMADD231PS, VMOVAPS,
};

/// a * b + c, rounded once; or a * c + b, where the last operand is a factor.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MultiplyAdd {
    over_factor: Mnemonic,
    over_summand: Mnemonic,
    last_is_factor: bool,
}

/// One of the templates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum FusedForm {
    /// c is in the result's register.
    OverLast,
    /// b is.
    OverSecond,
    /// a is.
    OverFirst,
    /// Copies a to the result's register.
    Copy,
}

impl MultiplyAdd {
    pub(super) const SINGLE: MultiplyAdd = MultiplyAdd {
        over_factor: VFMADD213PS,
        over_summand: VFMADD231PS,
        last_is_factor: false,
    };

    pub(super) const DOUBLE: MultiplyAdd = MultiplyAdd {
        over_factor: VFMADD213PD,
        over_summand: VFMADD231PD,
        last_is_factor: false,
    };

    pub(super) const SINGLE_BY: MultiplyAdd = MultiplyAdd {
        over_factor: VFMADD132PS,
        over_summand: VFMADD231PS,
        last_is_factor: true,
    };

    pub(super) const DOUBLE_BY: MultiplyAdd = MultiplyAdd {
        over_factor: VFMADD132PD,
        over_summand: VFMADD231PD,
        last_is_factor: true,
    };

    /// The templates, in the order of [`FusedForm`], of the pseudo-instruction of this template.
    pub(crate) fn templates(self, pseudo: &Template) -> [Template; 4] {
        let [d, a, b, c] = pseudo.slots;
        let template = |mnemonic, slots| Template {
            mnemonic,
            slots,
            ..*pseudo
        };
        let copy = template(VMOVAPS, [d, a, Slot::Nothing, Slot::Nothing]);
        if self.last_is_factor {
            return [
                // Whichever factor it is over, the other comes behind the summand.
                template(self.over_factor, [d, b, a, Slot::Nothing]),
                template(self.over_summand, [d, a, c, Slot::Nothing]),
                template(self.over_factor, [d, b, c, Slot::Nothing]),
                copy,
            ];
        }
        [
            template(self.over_summand, [d, a, b, Slot::Nothing]),
            template(self.over_factor, [d, a, c, Slot::Nothing]),
            template(self.over_factor, [d, b, c, Slot::Nothing]),
            copy,
        ]
    }
}

impl FusedForm {
    /// The form for operands in these places: the result, a, b, and c if it is not in
    /// memory.
    pub(crate) fn for_places(locations: &[Location]) -> FusedForm {
        match *locations {
            [result, _, _, c, ..] if result == c => FusedForm::OverLast,
            [result, _, b, ..] if result == b => FusedForm::OverSecond,
            _ => FusedForm::OverFirst,
        }
    }

    /// How many templates behind that of the pseudo-instruction its own is.
    pub(crate) fn offset(self) -> u32 {
        1 + self as u32
    }
}
