//! Plain Rust: the loop that a user would write instead.
//!
//! Each loop is a function of its own that is not inlined, so that the compiler
//! cannot know the slices or the numbers and leave work out.

/// `gain * x + offset`, compiled for the CPU at hand as far as `-C target-cpu=native` would.
pub(crate) fn gain_offset(x: &[f32], gain: f32, offset: f32, out: &mut [f32]) {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512vl") {
        // SAFETY: the CPU has the instructions.
        return unsafe { gain_offset_avx512(x, gain, offset, out) };
    }
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") {
        // SAFETY: the CPU has the instructions.
        return unsafe { gain_offset_avx2(x, gain, offset, out) };
    }
    gain_offset_baseline(x, gain, offset, out);
}

macro_rules! gain_offset {
    ($($(#[$attribute:meta])* $name:ident;)*) => {$(
        $(#[$attribute])*
        #[inline(never)]
        fn $name(x: &[f32], gain: f32, offset: f32, out: &mut [f32]) {
            for (out, x) in out.iter_mut().zip(x) {
                *out = gain * x + offset;
            }
        }
    )*};
}

gain_offset! {
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx512f,avx512vl,fma")]
    gain_offset_avx512;
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,fma")]
    gain_offset_avx2;
    gain_offset_baseline;
}

/// `sin(x) * exp(-y * y) + sqrt(x * x + y * y)` in single precision.
#[inline(never)]
pub(crate) fn sin_exp_sqrt_f32(x: &[f32], y: &[f32], out: &mut [f32]) {
    each(x, y, out, |x, y| {
        x.sin() * (-y * y).exp() + (x * x + y * y).sqrt()
    });
}

/// `sin(x) * exp(-y * y) + sqrt(x * x + y * y)` in double precision.
#[inline(never)]
pub(crate) fn sin_exp_sqrt_f64(x: &[f64], y: &[f64], out: &mut [f64]) {
    each(x, y, out, |x, y| {
        x.sin() * (-y * y).exp() + (x * x + y * y).sqrt()
    });
}

/// `function` of each pair.
#[inline(always)]
pub(crate) fn each<T: Copy>(x: &[T], y: &[T], out: &mut [T], function: impl Fn(T, T) -> T) {
    for ((out, &x), &y) in out.iter_mut().zip(x).zip(y) {
        *out = function(x, y);
    }
}
