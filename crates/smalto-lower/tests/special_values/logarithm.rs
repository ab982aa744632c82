//! `ln`, `log2`, `log10`, `log1p`.

use crate::names::*;

crate::rows! {
    BOTH {
        ln(0.0) = -INF;
        ln(-0.0) = -INF;
        ln(1.0) = 0.0;
        ln(INF) = INF;
        ln(-INF) = NAN;
        ln(-1.0) = NAN;
        ln(-TINY_F32) = NAN;
        ln(NAN) = NAN;

        log2(0.0) = -INF;
        log2(-0.0) = -INF;
        log2(1.0) = 0.0;
        log2(INF) = INF;
        log2(-INF) = NAN;
        log2(-1.0) = NAN;
        log2(NAN) = NAN;
        log2(2.0) = 1.0;
        log2(0.5) = -1.0;
        log2(1024.0) = 10.0;
        log2(1.175_494_350_822_287_5e-38) = -126.0;
        log2(TINY_F32) = -149.0;

        log10(0.0) = -INF;
        log10(-0.0) = -INF;
        log10(1.0) = 0.0;
        log10(INF) = INF;
        log10(-INF) = NAN;
        log10(-1.0) = NAN;
        log10(NAN) = NAN;
        log10(10.0) = 1.0;
        log10(100.0) = 2.0;
        log10(1000.0) = 3.0;
        log10(1e10) = 10.0;

        log1p(0.0) = 0.0;
        log1p(-0.0) = -0.0;
        log1p(-1.0) = -INF;
        log1p(-1.5) = NAN;
        log1p(INF) = INF;
        log1p(-INF) = NAN;
        log1p(NAN) = NAN;
        log1p(TINY_F32) = TINY_F32;
        log1p(-TINY_F32) = -TINY_F32;
    }

    F32 {
        log1p(-1.000_000_119_209_289_6) = NAN;
    }

    F64 {
        log10(1e15) = 15.0;
        log10(1e22) = 22.0;
        log2(2.2250738585072014e-308) = -1022.0;
        log2(TINY_F64) = -1074.0;
        ln(-TINY_F64) = NAN;
        log1p(-1.000_000_000_000_000_2) = NAN;
        log1p(TINY_F64) = TINY_F64;
        log1p(-TINY_F64) = -TINY_F64;
    }
}
