//! The conformance suite: every machine of lanes must do in each lane what the
//! scalar machine does with that lane's values, bit for bit.
//!
//! A machine gets the whole suite by one line below. What is compared is rows of two
//! tables: the primitives, listed in `rows`, and the ops of the graph through their
//! meanings. The inputs are combinations of the values where machines differ, listed
//! in `values`, each at every lane position, and random bit patterns.

mod cases;
mod control;
mod memory;
mod rows;
mod runner;
mod values;
mod waves;

use smalto_lower::Lanes;

/// The machine, or `None` with a note to the reader if this CPU lacks it.
fn detect<L: Lanes>(name: &str) -> Option<L> {
    let machine = L::detect();
    if machine.is_none() {
        println!("skipped: this CPU has no {name}");
    }
    machine
}

macro_rules! conformance {
    ($machine:ident) => {
        #[allow(non_snake_case, reason = "named after the machine")]
        mod $machine {
            type Machine = smalto_lower::lanes::$machine;

            conformance! { $machine:
                primitives in crate::runner;
                ops in crate::runner;
                constants in crate::control;
                ballots in crate::control;
                if_any in crate::control;
                while_any in crate::control;
                outlined in crate::control;
                gather in crate::control;
                gather_from_nothing in crate::control;
                loads_and_stores in crate::memory;
                masks in crate::memory;
            }
        }
    };
    ($machine:ident: $($test:ident in $module:path;)*) => {$(
        #[test]
        fn $test() {
            use $module as subject;
            if let Some(machine) = crate::detect::<Machine>(stringify!($machine)) {
                subject::$test(machine);
            }
        }
    )*};
}

conformance!(PortableF32);
conformance!(PortableF64);
#[cfg(target_arch = "x86_64")]
conformance!(Avx2F32);
#[cfg(target_arch = "x86_64")]
conformance!(Avx2F64);
#[cfg(target_arch = "x86_64")]
conformance!(Avx512F32);
#[cfg(target_arch = "x86_64")]
conformance!(Avx512F64);

#[test]
fn the_reference_is_the_scalar_machine() {
    runner::reference::<f32>();
    runner::reference::<f64>();
}

#[test]
fn all_nans_are_one() {
    runner::nans_are_one::<f32>();
    runner::nans_are_one::<f64>();
}
