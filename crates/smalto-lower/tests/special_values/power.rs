//! `pow`, `cbrt`, `root`.

use crate::names::*;

crate::rows! {
    BOTH {
        // Zeros to a negative power.
        pow(0.0, -3.0) = INF;
        pow(-0.0, -3.0) = -INF;
        pow(0.0, -2.0) = INF;
        pow(-0.0, -2.0) = INF;
        pow(0.0, -0.5) = INF;
        pow(-0.0, -0.5) = INF;
        pow(0.0, -INF) = INF;
        pow(-0.0, -INF) = INF;
        // Zeros to a positive power.
        pow(0.0, 3.0) = 0.0;
        pow(-0.0, 3.0) = -0.0;
        pow(0.0, 2.0) = 0.0;
        pow(-0.0, 2.0) = 0.0;
        pow(0.0, 0.5) = 0.0;
        pow(-0.0, 0.5) = 0.0;
        pow(0.0, INF) = 0.0;
        pow(-0.0, INF) = 0.0;
        // What is 1 whatever the other operand.
        pow(1.0, 2.0) = 1.0;
        pow(1.0, INF) = 1.0;
        pow(1.0, -INF) = 1.0;
        pow(1.0, NAN) = 1.0;
        pow(5.0, 0.0) = 1.0;
        pow(5.0, -0.0) = 1.0;
        pow(0.0, 0.0) = 1.0;
        pow(-0.0, 0.0) = 1.0;
        pow(0.0, -0.0) = 1.0;
        pow(INF, 0.0) = 1.0;
        pow(-INF, -0.0) = 1.0;
        pow(NAN, 0.0) = 1.0;
        pow(NAN, -0.0) = 1.0;
        pow(-1.0, INF) = 1.0;
        pow(-1.0, -INF) = 1.0;
        // NaNs that stay.
        pow(NAN, 1.0) = NAN;
        pow(NAN, INF) = NAN;
        pow(0.0, NAN) = NAN;
        pow(-1.0, NAN) = NAN;
        pow(INF, NAN) = NAN;
        pow(NAN, NAN) = NAN;
        // A negative number to a power that is no integer.
        pow(-2.0, 0.5) = NAN;
        pow(-2.0, -1.5) = NAN;
        pow(-1.0, 0.5) = NAN;
        // Infinite exponents.
        pow(0.5, INF) = 0.0;
        pow(-0.5, INF) = 0.0;
        pow(2.0, INF) = INF;
        pow(-2.0, INF) = INF;
        pow(0.5, -INF) = INF;
        pow(-0.5, -INF) = INF;
        pow(2.0, -INF) = 0.0;
        pow(-2.0, -INF) = 0.0;
        pow(INF, INF) = INF;
        pow(-INF, INF) = INF;
        pow(INF, -INF) = 0.0;
        pow(-INF, -INF) = 0.0;
        // Infinite bases.
        pow(INF, 2.0) = INF;
        pow(INF, 0.5) = INF;
        pow(INF, -2.0) = 0.0;
        pow(INF, -0.5) = 0.0;
        pow(-INF, 3.0) = -INF;
        pow(-INF, 2.0) = INF;
        pow(-INF, 0.5) = INF;
        pow(-INF, -3.0) = -0.0;
        pow(-INF, -2.0) = 0.0;
        pow(-INF, -0.5) = 0.0;
        // Exact powers.
        pow(2.0, 10.0) = 1024.0;
        pow(-2.0, 3.0) = -8.0;
        pow(-2.0, 4.0) = 16.0;
        pow(-2.0, -3.0) = -0.125;
        pow(4.0, 0.5) = 2.0;
        pow(8.0, 1.0) = 8.0;
        pow(-8.0, 1.0) = -8.0;
        pow(3.0, 4.0) = 81.0;
        pow(10.0, 3.0) = 1000.0;
        pow(2.0, -149.0) = TINY_F32;
        pow(-2.0, -149.0) = -TINY_F32;
        // Large exponents are even integers.
        pow(-1.0, 1e30) = 1.0;
        pow(-2.0, 1e30) = INF;
        pow(-2.0, -1e30) = 0.0;
        pow(-0.0, 1e30) = 0.0;
        pow(3e9, 3e9) = INF;
        pow(3e9, -3e9) = 0.0;

        cbrt(0.0) = 0.0;
        cbrt(-0.0) = -0.0;
        cbrt(INF) = INF;
        cbrt(-INF) = -INF;
        cbrt(NAN) = NAN;
        cbrt(1.0) = 1.0;
        cbrt(-1.0) = -1.0;
        cbrt(8.0) = 2.0;
        cbrt(-27.0) = -3.0;
        cbrt(1000.0) = 10.0;
        cbrt(0.125) = 0.5;

        // root(x, n) is rootn of IEEE 754-2019, 9.2.1; an n that is no integer is pow(x, 1/n)
        // of a number that is not negative.
        root(0.0, 3.0) = 0.0;
        root(-0.0, 3.0) = -0.0;
        root(0.0, 2.0) = 0.0;
        root(-0.0, 2.0) = 0.0;
        root(0.0, -3.0) = INF;
        root(-0.0, -3.0) = -INF;
        root(0.0, -2.0) = INF;
        root(-0.0, -2.0) = INF;
        root(INF, 3.0) = INF;
        root(-INF, 3.0) = -INF;
        root(INF, 2.0) = INF;
        root(-INF, 2.0) = NAN;
        root(INF, -3.0) = 0.0;
        root(-INF, -3.0) = -0.0;
        root(NAN, 3.0) = NAN;
        root(NAN, INF) = NAN;
        root(0.0, -INF) = INF;
        root(INF, INF) = INF;
        root(2.0, INF) = 1.0;
        root(2.0, 0.0) = NAN;
        root(2.0, NAN) = NAN;
        root(-8.0, 3.0) = -2.0;
        root(8.0, 3.0) = 2.0;
        root(-8.0, 2.0) = NAN;
        root(16.0, 4.0) = 2.0;
        root(16.0, -4.0) = 0.5;
        root(-32.0, 5.0) = -2.0;
        root(7.0, 1.0) = 7.0;
        root(-7.0, 1.0) = -7.0;
        root(4.0, -1.0) = 0.25;
        root(9.0, 2.0) = 3.0;
        root(4.0, 0.5) = 16.0;
    }

    F32 {
        pow(2.0, 128.0) = INF;
        pow(-2.0, 129.0) = -INF;
        pow(-2.0, -151.0) = -0.0;
        pow(2.0, -150.0) = 0.0;
        pow(-1.0, 16_777_215.0) = -1.0;
        pow(-1.0, 16_777_216.0) = 1.0;
        cbrt(TINY_F32) = 1.119_034_708_375_443e-15;
    }

    F64 {
        pow(2.0, 1024.0) = INF;
        pow(-2.0, 1025.0) = -INF;
        pow(2.0, -1074.0) = TINY_F64;
        pow(-2.0, -1075.0) = -0.0;
        pow(-1.0, 9_007_199_254_740_991.0) = -1.0;
        pow(-1.0, 9_007_199_254_740_992.0) = 1.0;
        pow(10.0, 22.0) = 1e22;
        cbrt(TINY_F64) = 1.703_183_936_003_260_3e-108;
    }
}
