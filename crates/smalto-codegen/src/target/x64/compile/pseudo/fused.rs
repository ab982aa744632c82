//! The three forms of a fused multiply-add differ in which operand they overwrite: 132 and
//! 213 a factor, 231 the summand (Intel SDM volume 2, VFMADD132PS). Which of a, b and c is
//! in the result's register is known when registers are.

use super::super::emit::Expansion;
use crate::target::x64::{Mnemonic, VFMADD213PD, VFMADD213PS, VFMADD231PD, VFMADD231PS, VMOVAPS};

pub(super) fn multiply_add_32(expansion: &mut Expansion<'_>) {
    expand(expansion, VFMADD213PS, VFMADD231PS);
}

pub(super) fn multiply_add_64(expansion: &mut Expansion<'_>) {
    expand(expansion, VFMADD213PD, VFMADD231PD);
}

fn expand(expansion: &mut Expansion<'_>, over_factor: Mnemonic, over_summand: Mnemonic) {
    let [result, a, b, c] = *expansion.operands;
    let size = expansion.size;
    if result == c {
        return expansion.emit(over_summand.sized(size), &[result, a, b]);
    }
    if result == b {
        return expansion.emit(over_factor.sized(size), &[result, a, c]);
    }
    if result != a {
        expansion.emit(VMOVAPS.sized(size), &[result, a]);
    }
    expansion.emit(over_factor.sized(size), &[result, b, c]);
}
