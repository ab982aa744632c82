//! Linear light as sRGB (IEC 61966-2-1) holds it.

/// The value that stands for an amount of light from 0 to 1, both from 0 to 1. What is beyond is
/// cut off, and a NaN stays one.
///
/// ```
/// assert_eq!((smalto_shape::to_srgb(0.5) * 255.0).round(), 188.0);
/// ```
pub fn to_srgb(linear: f64) -> f64 {
    let linear = linear.clamp(0.0, 1.0);
    match linear <= 0.003_130_8 {
        true => 12.92 * linear,
        false => 1.055 * linear.powf(1.0 / 2.4) - 0.055,
    }
}
