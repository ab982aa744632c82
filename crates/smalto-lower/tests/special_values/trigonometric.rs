//! `sin`, `cos`, `tan`, `asin`, `acos`, `atan`, `atan2`, `hypot`, `mod`.
#![allow(
    clippy::approx_constant,
    reason = "the table shows the digits that are expected"
)]

use crate::names::*;

crate::rows! {
    BOTH {
        sin(0.0) = 0.0;
        sin(-0.0) = -0.0;
        sin(INF) = NAN;
        sin(-INF) = NAN;
        sin(NAN) = NAN;
        sin(TINY_F32) = TINY_F32;
        sin(-TINY_F32) = -TINY_F32;

        cos(0.0) = 1.0;
        cos(-0.0) = 1.0;
        cos(INF) = NAN;
        cos(-INF) = NAN;
        cos(NAN) = NAN;
        cos(TINY_F32) = 1.0;

        tan(0.0) = 0.0;
        tan(-0.0) = -0.0;
        tan(INF) = NAN;
        tan(-INF) = NAN;
        tan(NAN) = NAN;
        tan(TINY_F32) = TINY_F32;

        asin(0.0) = 0.0;
        asin(-0.0) = -0.0;
        asin(1.5) = NAN;
        asin(-INF) = NAN;
        asin(NAN) = NAN;

        acos(1.0) = 0.0;
        acos(1.5) = NAN;
        acos(-1.5) = NAN;
        acos(INF) = NAN;
        acos(NAN) = NAN;

        atan(0.0) = 0.0;
        atan(-0.0) = -0.0;
        atan(NAN) = NAN;
        atan(-TINY_F32) = -TINY_F32;

        atan2(0.0, 1.0) = 0.0;
        atan2(-0.0, 1.0) = -0.0;
        atan2(0.0, 0.0) = 0.0;
        atan2(-0.0, 0.0) = -0.0;
        atan2(3.0, INF) = 0.0;
        atan2(-3.0, INF) = -0.0;
        atan2(NAN, INF) = NAN;
        atan2(INF, NAN) = NAN;
        atan2(1.0, NAN) = NAN;
        atan2(NAN, 0.0) = NAN;
        atan2(TINY_F32, 1.0) = TINY_F32;

        hypot(INF, NAN) = INF;
        hypot(NAN, -INF) = INF;
        hypot(NAN, 1.0) = NAN;
        hypot(1.0, NAN) = NAN;
        hypot(0.0, -0.0) = 0.0;
        hypot(3.0, -4.0) = 5.0;
        // 3, 4 and 5 times 2^100.
        hypot(3.802951800684688e30, 5.070602400912918e30) = 6.338253001141147e30;
        hypot(TINY_F32, 0.0) = TINY_F32;

        mod(7.0, 3.0) = 1.0;
        mod(-7.0, 3.0) = 2.0;
        mod(7.0, -3.0) = 1.0;
        mod(-7.0, -3.0) = 2.0;
        mod(-6.0, 3.0) = -0.0;
        mod(0.0, 3.0) = 0.0;
        mod(-0.0, 3.0) = -0.0;
        mod(7.0, INF) = 7.0;
        mod(7.0, 0.0) = NAN;
        mod(INF, 3.0) = NAN;
        mod(NAN, 3.0) = NAN;
        mod(3.0, NAN) = NAN;
    }

    F32 {
        asin(1.0) = 1.570_796_370_506_286_6;
        acos(-1.0) = 3.141_592_741_012_573_2;
        atan(INF) = 1.570_796_370_506_286_6;
        atan(-INF) = -1.570_796_370_506_286_6;
        atan2(0.0, -0.0) = 3.141_592_741_012_573_2;
        atan2(-0.0, -1.0) = -3.141_592_741_012_573_2;
        atan2(3.0, -INF) = 3.141_592_741_012_573_2;
        atan2(INF, 3.0) = 1.570_796_370_506_286_6;
        atan2(INF, INF) = 0.785_398_185_253_143_3;
        atan2(-INF, -INF) = -2.356_194_496_154_785;
    }

    F64 {
        asin(1.0) = 1.5707963267948966;
        acos(-1.0) = 3.141592653589793;
        atan(INF) = 1.5707963267948966;
        atan(-INF) = -1.5707963267948966;
        atan2(0.0, -0.0) = 3.141592653589793;
        atan2(-0.0, -1.0) = -3.141592653589793;
        atan2(3.0, -INF) = 3.141592653589793;
        atan2(INF, 3.0) = 1.5707963267948966;
        atan2(INF, INF) = 0.7853981633974483;
        atan2(-INF, -INF) = -2.356194490192345;
    }
}
