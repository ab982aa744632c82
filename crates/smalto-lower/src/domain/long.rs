//! The functions that take many primitives, as rules call them: [shared](Machine::shared).
//!
//! A rule asks for the sine of both bounds, or for the cosine beside the sine. Inlined, that
//! would be the same hundred instructions again at each place, for every machine. So each
//! function is one body, called from all of them.

use crate::meaning::transcendental as t;
use crate::{Float, Machine};

/// Shared functions of reals.
macro_rules! shared {
    ($($name:ident($($operand:ident),+) = $body:path as $unique:literal;)*) => {$(
        #[inline(always)]
        pub(super) fn $name<M: Machine<Element: Float>>(m: M, $($operand: M::Real),+) -> M::Real {
            m.shared(
                $unique,
                [$($operand),+],
                #[inline(always)]
                |[$($operand),+]| $body(m, $($operand),+),
            )
        }
    )*};
}

shared! {
    sin(x) = t::sin as "whole_sin";
    cos(x) = t::cos as "whole_cos";
    tan(x) = t::tan as "whole_tan";
    asin(x) = t::asin as "whole_asin";
    acos(x) = t::acos as "whole_acos";
    atan(x) = t::atan as "whole_atan";
    atan2(y, x) = t::atan2 as "whole_atan2";
    sinh(x) = t::sinh as "whole_sinh";
    cosh(x) = t::cosh as "whole_cosh";
    tanh(x) = t::tanh as "whole_tanh";
    asinh(x) = t::asinh as "whole_asinh";
    acosh(x) = t::acosh as "whole_acosh";
    atanh(x) = t::atanh as "whole_atanh";
    exp(x) = t::exp as "whole_exp";
    exp2(x) = t::exp2 as "whole_exp2";
    expm1(x) = t::expm1 as "whole_expm1";
    ln(x) = t::ln as "whole_ln";
    log2(x) = t::log2 as "whole_log2";
    log10(x) = t::log10 as "whole_log10";
    log1p(x) = t::log1p as "whole_log1p";
    cbrt(x) = t::cbrt as "whole_cbrt";
    root(x, n) = t::root as "whole_root";
    pow(x, y) = t::pow as "whole_pow";
    hypot(x, y) = t::hypot as "whole_hypot";
    modulo(x, y) = t::modulo as "whole_modulo";
    fast_sin(x) = t::fast::sin as "whole_fast_sin";
    fast_cos(x) = t::fast::cos as "whole_fast_cos";
    fast_tan(x) = t::fast::tan as "whole_fast_tan";
}
