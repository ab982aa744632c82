//! `sinh`, `cosh`, `tanh`, `asinh`, `acosh`, `atanh`.

use crate::names::*;

crate::rows! {
    BOTH {
        sinh(0.0) = 0.0;
        sinh(-0.0) = -0.0;
        sinh(INF) = INF;
        sinh(-INF) = -INF;
        sinh(NAN) = NAN;
        sinh(3e9) = INF;
        sinh(-3e9) = -INF;
        sinh(TINY_F32) = TINY_F32;
        sinh(-TINY_F32) = -TINY_F32;

        cosh(0.0) = 1.0;
        cosh(-0.0) = 1.0;
        cosh(INF) = INF;
        cosh(-INF) = INF;
        cosh(NAN) = NAN;
        cosh(-3e9) = INF;
        cosh(TINY_F32) = 1.0;

        tanh(0.0) = 0.0;
        tanh(-0.0) = -0.0;
        tanh(INF) = 1.0;
        tanh(-INF) = -1.0;
        tanh(NAN) = NAN;
        tanh(3e9) = 1.0;
        tanh(-3e9) = -1.0;
        tanh(30.0) = 1.0;
        tanh(TINY_F32) = TINY_F32;
        tanh(-TINY_F32) = -TINY_F32;

        asinh(0.0) = 0.0;
        asinh(-0.0) = -0.0;
        asinh(INF) = INF;
        asinh(-INF) = -INF;
        asinh(NAN) = NAN;
        asinh(TINY_F32) = TINY_F32;
        asinh(-TINY_F32) = -TINY_F32;

        acosh(1.0) = 0.0;
        acosh(0.5) = NAN;
        acosh(0.0) = NAN;
        acosh(-1.0) = NAN;
        acosh(INF) = INF;
        acosh(-INF) = NAN;
        acosh(NAN) = NAN;

        atanh(0.0) = 0.0;
        atanh(-0.0) = -0.0;
        atanh(1.0) = INF;
        atanh(-1.0) = -INF;
        atanh(1.5) = NAN;
        atanh(-1.5) = NAN;
        atanh(INF) = NAN;
        atanh(-INF) = NAN;
        atanh(NAN) = NAN;
        atanh(TINY_F32) = TINY_F32;
        atanh(-TINY_F32) = -TINY_F32;
    }

    F32 {
        // arsinh of the largest number is 89.415_986_23.
        sinh(89.415_985_107_421_88) = 3.402_819_612_727_464e38;
        sinh(89.415_992_736_816_4) = INF;
        sinh(-89.415_992_736_816_4) = -INF;
        cosh(89.415_992_736_816_4) = INF;
        acosh(0.999_999_940_395_355_2) = NAN;
        atanh(1.000_000_119_209_289_6) = NAN;
    }

    F64 {
        // arsinh of the largest number is 710.475_860_073_943_942.
        sinh(710.475_860_073_943_9) = 1.797_693_134_862_174_4e308;
        sinh(710.475_860_073_944) = INF;
        sinh(-710.475_860_073_944) = -INF;
        cosh(710.475_860_073_944) = INF;
        acosh(0.999_999_999_999_999_9) = NAN;
        atanh(1.000_000_000_000_000_2) = NAN;
        sinh(TINY_F64) = TINY_F64;
        sinh(-TINY_F64) = -TINY_F64;
        tanh(TINY_F64) = TINY_F64;
        asinh(TINY_F64) = TINY_F64;
        atanh(-TINY_F64) = -TINY_F64;
    }
}
