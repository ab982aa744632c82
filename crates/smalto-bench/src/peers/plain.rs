//! Plain Rust: the loop that a user would write instead.
//!
//! Each loop is a function of its own that is not inlined, so that the compiler
//! cannot know the slices or the numbers and leave work out.

/// `gain * x + offset`.
#[inline(never)]
pub(crate) fn gain_offset(x: &[f32], gain: f32, offset: f32, out: &mut [f32]) {
    for (out, x) in out.iter_mut().zip(x) {
        *out = gain * x + offset;
    }
}

/// `sin(x) * exp(-y * y) + sqrt(x * x + y * y)` in single precision.
#[inline(never)]
pub(crate) fn sin_exp_sqrt_f32(x: &[f32], y: &[f32], out: &mut [f32]) {
    for ((out, x), y) in out.iter_mut().zip(x).zip(y) {
        *out = x.sin() * (-y * y).exp() + (x * x + y * y).sqrt();
    }
}

/// `sin(x) * exp(-y * y) + sqrt(x * x + y * y)` in double precision.
#[inline(never)]
pub(crate) fn sin_exp_sqrt_f64(x: &[f64], y: &[f64], out: &mut [f64]) {
    for ((out, x), y) in out.iter_mut().zip(x).zip(y) {
        *out = x.sin() * (-y * y).exp() + (x * x + y * y).sqrt();
    }
}
