//! How far transcendental functions are from the truth.
//!
//! ```text
//! cargo run --release -p smalto-bench --features mpfr -- ulp [--exhaustive] [FUNCTION..]
//! ```
//!
//! Every function of the op table's transcendental class is run over many inputs, as
//! machine code where it has some, and each result is compared with the exact value. With
//! `--exhaustive` that is every f32 there is (a minute or more a function on two cores),
//! 10^9 pairs for a function of two f32, and 10^8 inputs for f64; without, a sample. The
//! table on standard output is Markdown; progress goes to standard error. `Ctrl-C` ends
//! the sweep, and the table has what was measured until then.
//!
//! # What is measured
//!
//! * *Max ULP*: the largest error, in units in the last place of the exact value (the
//!   distance between the two neighbouring elements of the format, subnormal ones
//!   included), and where.
//! * *Correct*: the share of inputs whose result is the element nearest to the exact value.
//! * *Inputs*: how many were tried.
//! * *Turns*: for functions of one f32, neighbouring inputs whose results are in the wrong
//!   order, where the true values differ measurably. None means monotone wherever the true
//!   function is. The periodic functions are asked up to 2^20, where neighbours are still
//!   much closer than a period.
//!
//! A NaN where there should be a number, or the reverse, or a zero of the wrong sign,
//! counts as an error of infinitely many ULP.
//!
//! # What is true
//!
//! The exact value is known in two stages ([`mod@reference`]). The first is the C library in
//! the next wider format: f64 for f32, the 80-bit format of the x87 for f64, whose errors
//! are bounded (*The GNU C Library Reference Manual*, "Known Maximum Errors in Math
//! Functions"). Where that bound leaves open whether a result is the nearest (Ziv's rounding
//! test: *Fast evaluation of elementary mathematical functions with correctly rounded last
//! bit*, ACM TOMS 17, 1991), MPFR decides with 200 bits. So do they for subnormal f64, for
//! functions the C library does not have, and for the largest error found, which is
//! always MPFR's.

mod exact;
mod inputs;
#[cfg(all(target_arch = "x86_64", target_os = "linux", target_env = "gnu"))]
mod long_double;
mod measure;
mod reference;
mod sweep;
mod table;

use clap::{Args, ValueEnum};
use inputs::Extent;
use smalto::{Class, Op};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Measures how far functions are from the truth.
#[derive(Debug, Args)]
pub(crate) struct Ulp {
    /// The functions, by the names of their ops; without any, all of them.
    functions: Vec<String>,

    /// Try every f32, 10^9 pairs of f32, and 10^8 inputs of f64.
    #[arg(long)]
    exhaustive: bool,

    /// Try one element type only.
    #[arg(long)]
    element: Option<Element>,
}

/// An element type, on the command line.
#[derive(Debug, Clone, Copy, PartialEq, ValueEnum)]
enum Element {
    F32,
    F64,
}

/// Measures what was asked for and prints the table.
///
/// # Errors
/// If there is no such function, or it cannot be compiled.
pub(crate) fn run(ulp: &Ulp) -> anyhow::Result<()> {
    exact::available()?;
    let functions = functions(&ulp.functions)?;
    let stop = stop_on_interrupt()?;
    let extent = if ulp.exhaustive {
        Extent::Exhaustive
    } else {
        Extent::Sample
    };
    let wants = |element| ulp.element.is_none_or(|only| only == element);
    println!("{}", table::HEAD);
    for op in functions {
        if wants(Element::F32) && !stop.load(Ordering::Relaxed) {
            println!(
                "{}",
                table::row(op, &sweep::sweep::<f32>(op, extent, &stop)?)
            );
        }
        if wants(Element::F64) && !stop.load(Ordering::Relaxed) {
            println!(
                "{}",
                table::row(op, &sweep::sweep::<f64>(op, extent, &stop)?)
            );
        }
    }
    Ok(())
}

/// The ops of these names.
fn functions(names: &[String]) -> anyhow::Result<Vec<Op>> {
    let all: Vec<Op> = Op::ALL
        .iter()
        .copied()
        .filter(|op| op.class() == Class::Transcendental)
        .collect();
    if names.is_empty() {
        return Ok(all);
    }
    let named = |name: &String| {
        let known = || {
            all.iter()
                .map(|op| op.name())
                .collect::<Vec<_>>()
                .join(", ")
        };
        let found = all.iter().copied().find(|op| op.name() == name);
        found.ok_or_else(|| anyhow::anyhow!("there is no function `{name}`; there are {}", known()))
    };
    names.iter().map(named).collect()
}

/// A flag that an interrupt raises. The second interrupt ends the program.
fn stop_on_interrupt() -> anyhow::Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    let raised = Arc::clone(&stop);
    ctrlc::set_handler(move || {
        if raised.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
    })?;
    Ok(stop)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the functions promise, on few of the inputs that the command tries.
    #[test]
    fn functions_are_within_their_bounds() {
        let stop = AtomicBool::new(false);
        for op in functions(&[]).unwrap() {
            let fast = op.name().starts_with("fast_");
            let check = |sweep: sweep::Sweep, bound: f64| {
                let measured = sweep.measured;
                let bound = if fast { 4.0 } else { bound };
                let element = sweep.element;
                assert!(measured.worst <= bound, "{op} {element}: {measured:?}");
                assert!(fast || measured.turns == 0, "{op} {element}: {measured:?}");
            };
            check(sweep::sweep::<f32>(op, Extent::Glance, &stop).unwrap(), 1.0);
            check(sweep::sweep::<f64>(op, Extent::Glance, &stop).unwrap(), 1.5);
        }
    }
}
