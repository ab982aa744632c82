//! How close exponentials, logarithms, powers and hyperbolic functions are in f32, and that they
//! are monotone: on a sample of all numbers, by the standard library's functions of f64.
//!
//! Sweeps of every f32, and of f64, are the benchmarks' (they take minutes).

use smalto_lower::Scalar;
use smalto_lower::meaning::transcendental as own;

const M: Scalar<f32> = Scalar::new();

/// A function of one argument, ours and in f64.
struct Function {
    name: &'static str,
    found: fn(f32) -> f32,
    exact: fn(f64) -> f64,
}

macro_rules! functions {
    ($($name:ident $exact:ident;)*) => {
        [$(Function {
            name: stringify!($name),
            found: |x| own::$name(M, x),
            exact: f64::$exact,
        }),*]
    };
}

const FUNCTIONS: [Function; 14] = functions! {
    exp exp;
    exp2 exp2;
    expm1 exp_m1;
    ln ln;
    log2 log2;
    log10 log10;
    log1p ln_1p;
    cbrt cbrt;
    sinh sinh;
    cosh cosh;
    tanh tanh;
    asinh asinh;
    acosh acosh;
    atanh atanh;
};

/// How many units in the last place of an f32 it is from one to the other. Infinity counts as
/// the power of two that would come next.
fn units(found: f32, exact: f64) -> f64 {
    const NEXT: f64 = 340282366920938463463374607431768211456.0;
    if found.is_nan() || exact.is_nan() {
        return if found.is_nan() && exact.is_nan() {
            0.0
        } else {
            f64::INFINITY
        };
    }
    let (found, exact) = (
        f64::from(found).clamp(-NEXT, NEXT),
        exact.clamp(-NEXT, NEXT),
    );
    let exponent = (exact.abs().to_bits() >> 52) as i32 - 1023;
    let unit = 2f64.powi(exponent.clamp(-126, 127) - 23);
    (found - exact).abs() / unit
}

/// Numbers of all magnitudes and both signs: one in 65521.
fn sample() -> impl Iterator<Item = f32> {
    (0..u32::MAX / 65_521).map(|index| f32::from_bits(index * 65_521))
}

#[test]
fn functions_are_within_one_unit() {
    for Function { name, found, exact } in FUNCTIONS {
        for x in sample() {
            let (found, exact) = (found(x), exact(x.into()));
            let error = units(found, exact);
            assert!(
                error <= 1.0,
                "{name}({x:e}) is {exact:e}, not {found:e}: {error} ULP"
            );
        }
    }
}

#[test]
fn functions_are_monotone() {
    for Function { name, found, .. } in FUNCTIONS {
        for x in sample().filter(|x| x.is_finite()) {
            let (low, high) = (found(x), found(x.next_up()));
            // The one that falls is even.
            let ordered = if name == "cosh" && x < 0.0 {
                high <= low
            } else {
                low <= high
            };
            let defined = !low.is_nan() && !high.is_nan();
            assert!(ordered || !defined, "{name} after {x:e}: {low:e}, {high:e}");
        }
    }
}

#[test]
fn powers_and_roots_are_within_one_unit() {
    let bases = sample().filter(|x| x.is_normal() && *x > 0.0);
    for (index, x) in bases.enumerate() {
        // Exponents of 2 from -160 to 160.
        let exponent = (index % 6421) as f64 / 20.0 - 160.5;
        let wide = f64::from(x);
        let y = (exponent / wide.log2()) as f32;
        let (found, exact) = (own::pow(M, x, y), wide.powf(y.into()));
        let error = units(found, exact);
        assert!(
            error <= 1.0,
            "{x:e}^{y:e} is {exact:e}, not {found:e}: {error} ULP"
        );

        let n = (index % 2001) as f32 - 1000.5;
        let (found, exact) = (own::root(M, x, n), wide.powf(1.0 / f64::from(n)));
        let error = units(found, exact);
        assert!(
            error <= 1.0,
            "root {n} of {x:e} is {exact:e}, not {found:e}: {error} ULP"
        );
    }
}
