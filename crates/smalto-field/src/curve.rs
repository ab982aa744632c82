//! Curves: how a value goes from one to another.

use smalto_graph::Expr;
use std::f64::consts::{FRAC_PI_2, PI, TAU};

/// 0 below `low`, 1 above `high`, between them a smooth step of the third degree. If the two
/// are equal, a plain step (and NaN at the edge itself).
pub fn smoothstep<'g>(low: Expr<'g>, high: Expr<'g>, x: Expr<'g>) -> Expr<'g> {
    let t = unit_interval((x - low) / (high - low));
    t * t * (3.0 - 2.0 * t)
}

/// [`smoothstep`] of the fifth degree: its second derivative is continuous too.
pub fn smootherstep<'g>(low: Expr<'g>, high: Expr<'g>, x: Expr<'g>) -> Expr<'g> {
    crate::noise::fade(unit_interval((x - low) / (high - low)))
}

/// The x between `low` and `high`, brought to the same place between `to_low` and `to_high`;
/// beyond them on the same line.
pub fn remap<'g>(
    x: Expr<'g>,
    low: Expr<'g>,
    high: Expr<'g>,
    to_low: Expr<'g>,
    to_high: Expr<'g>,
) -> Expr<'g> {
    to_low.mix(to_high, (x - low) / (high - low))
}

/// A channel as a colour picker shows it, 0 to 1 in sRGB, as the linear light that fields
/// are made of (IEC 61966-2-1).
pub fn from_srgb(channel: Expr<'_>) -> Expr<'_> {
    let curved = ((channel + 0.055) / 1.055).pow(2.4);
    channel.le(0.04045).select(channel / 12.92, curved)
}

/// How a movement begins, from 0 at 0 to 1 at 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Easing {
    /// Evenly.
    Linear,
    /// As a quarter of a sine wave.
    Sine,
    /// As t^2.
    Quadratic,
    /// As t^3.
    Cubic,
    /// As t^4.
    Quartic,
    /// As t^5.
    Quintic,
    /// Doubling ten times.
    Exponential,
    /// Along a quarter of a circle.
    Circular,
    /// Drawing back a tenth first.
    Back,
    /// Like a spring.
    Elastic,
    /// In ever larger hops.
    Bounce,
}

/// Which end of a movement is eased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The beginning.
    In,
    /// The end.
    Out,
    /// Both.
    Both,
}

/// An eased movement: 0 for t up to 0, 1 from t = 1 on, a NaN for a NaN.
pub fn ease(t: Expr<'_>, easing: Easing, end: End) -> Expr<'_> {
    let t = unit_interval(t);
    match end {
        End::In => ease_in(t, easing),
        End::Out => 1.0 - ease_in(1.0 - t, easing),
        End::Both => {
            let first = ease_in(t * 2.0, easing) * 0.5;
            let second = 1.0 - ease_in(2.0 - t * 2.0, easing) * 0.5;
            t.lt(0.5).select(first, second)
        }
    }
}

fn ease_in(t: Expr<'_>, easing: Easing) -> Expr<'_> {
    // How far "back" draws back, so that it is by a tenth: the overshoot Penner uses.
    const OVERSHOOT: f64 = 1.70158;
    match easing {
        Easing::Linear => t,
        Easing::Sine => 1.0 - (t * FRAC_PI_2).cos(),
        Easing::Quadratic => t.square(),
        Easing::Cubic => t.square() * t,
        Easing::Quartic => t.square().square(),
        Easing::Quintic => t.square().square() * t,
        // 2^-10 at 0, but for the movement to begin at 0.
        Easing::Exponential => ((t * 10.0).exp2() - 1.0) * (1.0 / 1023.0),
        Easing::Circular => 1.0 - (1.0 - t.square()).max(0.0).sqrt(),
        Easing::Back => t.square() * ((OVERSHOOT + 1.0) * t - OVERSHOOT),
        Easing::Elastic => {
            // Three and a third periods, ten doublings of the amplitude, ending upwards at 1.
            let swing = ((t - 1.0) * (TAU / 0.3) + FRAC_PI_2).sin();
            let height = ((t - 1.0) * 10.0).exp2();
            t.le(0.0).select(0.0, height * swing)
        }
        Easing::Bounce => bounce(t),
    }
}

/// Four hops, each a parabola of the same curvature: seen from the end they are 4/11, 8/11, 4/11
/// and 2/11 long.
fn bounce(t: Expr<'_>) -> Expr<'_> {
    const CURVATURE: f64 = 121.0 / 16.0;
    let left = 1.0 - t;
    let hop = |middle: f64, height: f64| (left - middle).square() * CURVATURE + height;
    let falling = left.square() * CURVATURE;
    let last = left
        .lt(10.0 / 11.0)
        .select(hop(9.0 / 11.0, 15.0 / 16.0), hop(21.0 / 22.0, 63.0 / 64.0));
    let rest = left.lt(8.0 / 11.0).select(hop(6.0 / 11.0, 0.75), last);
    1.0 - left.lt(4.0 / 11.0).select(falling, rest)
}

/// A triangle wave: from 0 at 0 to 1 at a half and back, every unit.
pub fn triangle(x: Expr<'_>) -> Expr<'_> {
    1.0 - (x.fract() * 2.0 - 1.0).abs()
}

/// x kept from 0 to 1; a NaN stays.
fn unit_interval(x: Expr<'_>) -> Expr<'_> {
    // A comparison with a NaN gives the second operand.
    let builder = x.builder();
    builder.constant(1.0).min(builder.constant(0.0).max(x))
}

/// One wave of a cosine a unit, from 0 to 1 and back.
pub fn wave(x: Expr<'_>) -> Expr<'_> {
    0.5 - (x * (2.0 * PI)).cos() * 0.5
}
