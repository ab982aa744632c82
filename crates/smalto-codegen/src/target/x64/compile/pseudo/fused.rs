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
    Mnemonic, VFMADD132PD, VFMADD132PS, VFMADD213PD, VFMADD213PS, VFMADD231PD, VFMADD231PS,
    VFMSUB213PD, VFMSUB213PS, VFMSUB231PD, VFMSUB231PS, VFNMADD213PD, VFNMADD213PS, VFNMADD231PD,
    VFNMADD231PS, VMOVAPS,
};

/// a * b + c, rounded once; or a * c + b, where the last operand is a factor; or one of them with
/// the sign of the summand or of the product changed.
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

macro_rules! fused {
    ($($name:ident: $over_factor:ident, $over_summand:ident, $last_is_factor:literal;)*) => {$(
        pub(super) const $name: MultiplyAdd = MultiplyAdd {
            over_factor: $over_factor,
            over_summand: $over_summand,
            last_is_factor: $last_is_factor,
        };
    )*};
}

impl MultiplyAdd {
    fused! {
        SINGLE: VFMADD213PS, VFMADD231PS, false;
        DOUBLE: VFMADD213PD, VFMADD231PD, false;
        SINGLE_BY: VFMADD132PS, VFMADD231PS, true;
        DOUBLE_BY: VFMADD132PD, VFMADD231PD, true;
        SINGLE_LESS: VFMSUB213PS, VFMSUB231PS, false;
        DOUBLE_LESS: VFMSUB213PD, VFMSUB231PD, false;
        SINGLE_FROM: VFNMADD213PS, VFNMADD231PS, false;
        DOUBLE_FROM: VFNMADD213PD, VFNMADD231PD, false;
    }

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
