//! Values at which arithmetic changes its mind.

use smalto_kernel::{F16, Lane, Literal};

/// Special values of a lane type.
pub(crate) fn special(lane: Lane) -> Vec<Literal> {
    const REALS: [f64; 33] = [
        0.0,
        -0.0,
        1.0,
        -1.0,
        0.5,
        -0.5,
        1.5,
        2.5,
        -2.5,
        3.0,
        0.49999997,
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        1e-310,
        -1e-40,
        6e-8,
        65504.0,
        -1e9,
        2147483647.0,
        2147483648.0,
        -2147483648.0,
        4294967295.0,
        4294967296.0,
        9223372036854775807.0,
        -9223372036854775808.0,
        18446744073709551615.0,
        3e38,
        -1e300,
        8388609.5,
        683.0,
        // A bit more than midway between two halves, and midway as a single.
        1.0 + 1.0 / 2048.0 + 1.0 / (1u64 << 40) as f64,
        -(1.5 + 1.0 / (1u64 << 40) as f64) / (1 << 24) as f64,
    ];
    let integers = [
        0i64,
        1,
        2,
        3,
        5,
        7,
        31,
        32,
        33,
        63,
        64,
        100,
        -1,
        -2,
        -7,
        -100,
        i64::MAX,
        i64::MIN,
        0x7fff_ffff,
        -0x8000_0000,
        0x7fff,
        -0x8000,
        0xffff_ffff,
        0x1234_5678_9abc_def0,
        1 << 53,
        (1 << 53) + 1,
        16_777_217,
        -16_777_217,
    ];
    match lane {
        Lane::Mask => vec![false.into(), true.into()],
        Lane::F16 => REALS.iter().map(|&x| F16::from_f64(x).into()).collect(),
        Lane::F32 => REALS.iter().map(|&x| (x as f32).into()).collect(),
        Lane::F64 => REALS.iter().map(|&x| x.into()).collect(),
        lane => integers
            .iter()
            .map(|&bits| Literal::from_bits(lane, bits as u64))
            .collect(),
    }
}

/// Columns of operands: all combinations of special values, or many of them.
pub(crate) fn columns(lanes: &[Lane]) -> Vec<Vec<Literal>> {
    let values: Vec<Vec<Literal>> = lanes.iter().map(|&lane| special(lane)).collect();
    let all: usize = values.iter().map(Vec::len).product();
    // Three operands have tens of thousands of combinations: a stride that is prime to all
    // counts picks among them.
    let (count, stride) = if all <= 1200 { (all, 1) } else { (1200, 7919) };
    let mut columns = vec![Vec::with_capacity(count); lanes.len()];
    for step in 0..count {
        let mut rest = step * stride % all;
        for (column, values) in columns.iter_mut().zip(&values) {
            column.push(values[rest % values.len()]);
            rest /= values.len();
        }
    }
    columns
}
