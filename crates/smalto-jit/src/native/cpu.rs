//! What machine code may use: the CPU's instructions, within the user's limit.
//!
//! Code is compiled for an [`Isa`], a fixed set of instructions, not for whatever the
//! CPU happens to have: two sets are few enough to test in full on one machine. A
//! [`Limit`] keeps code below what the CPU could run. It comes from the program
//! ([`set_limit`]) or else from the environment variable `SMALTO_CPU`, and can only
//! take away: asking for more than the CPU has is an error, not an illegal
//! instruction some time later.
//!
//! The interpreter is not limited. It has targets of its own for that.

use smalto_codegen::target::x64::Features;
use std::fmt;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU8, Ordering};
use thiserror::Error;

/// The environment variable that limits machine code.
pub const VARIABLE: &str = "SMALTO_CPU";

/// A set of instructions that machine code is compiled for. Each contains the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Isa {
    /// x86-64 with AVX2, FMA and what came with them: 8 lanes of f32.
    Avx2,
    /// All of that and AVX-512 F, BW, DQ, VL and CD: 16 lanes of f32.
    Avx512,
}

/// Every x86-64 CPU with AVX2 and FMA has these (the level x86-64-v3 of the psABI).
const AVX2: Features = Features::AVX
    .and(Features::AVX2)
    .and(Features::FMA)
    .and(Features::F16C)
    .and(Features::BMI1)
    .and(Features::BMI2)
    .and(Features::LZCNT)
    .and(Features::POPCNT);

/// What all server CPUs with AVX-512 have in common (x86-64-v4).
const AVX512: Features = AVX2
    .and(Features::AVX512F)
    .and(Features::AVX512VL)
    .and(Features::AVX512DQ)
    .and(Features::AVX512BW)
    .and(Features::AVX512CD);

impl Isa {
    /// Every set, smallest first.
    pub const ALL: &'static [Isa] = &[Isa::Avx2, Isa::Avx512];

    /// The name users give it.
    pub const fn name(self) -> &'static str {
        match self {
            Isa::Avx2 => "avx2",
            Isa::Avx512 => "avx512",
        }
    }

    /// The features an instruction may need to be in it.
    pub const fn features(self) -> Features {
        match self {
            Isa::Avx2 => AVX2,
            Isa::Avx512 => AVX512,
        }
    }

    /// Whether this CPU has all of it, and the system saves its registers.
    pub fn is_present(self) -> bool {
        present().contains(self.features())
    }

    /// The largest set that this CPU has.
    pub fn best() -> Option<Isa> {
        Isa::ALL.iter().copied().rev().find(|isa| isa.is_present())
    }

    /// What of it this CPU lacks, by the names of the manual.
    fn missing(self) -> String {
        missing(self.features(), present())
    }
}

impl fmt::Display for Isa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

fn missing(needed: Features, present: Features) -> String {
    let lacking = Features::ALL
        .iter()
        .filter(|(_, one)| needed.contains(*one) && !present.contains(*one));
    let names: Vec<&str> = lacking.map(|(name, _)| *name).collect();
    names.join(", ")
}

/// The features of this CPU that machine code knows how to use.
#[cfg(target_arch = "x86_64")]
fn present() -> Features {
    static PRESENT: LazyLock<Features> = LazyLock::new(|| {
        [
            (is_x86_feature_detected!("avx"), Features::AVX),
            (is_x86_feature_detected!("avx2"), Features::AVX2),
            (is_x86_feature_detected!("fma"), Features::FMA),
            (is_x86_feature_detected!("f16c"), Features::F16C),
            (is_x86_feature_detected!("bmi1"), Features::BMI1),
            (is_x86_feature_detected!("bmi2"), Features::BMI2),
            (is_x86_feature_detected!("lzcnt"), Features::LZCNT),
            (is_x86_feature_detected!("popcnt"), Features::POPCNT),
            (is_x86_feature_detected!("avx512f"), Features::AVX512F),
            (is_x86_feature_detected!("avx512vl"), Features::AVX512VL),
            (is_x86_feature_detected!("avx512dq"), Features::AVX512DQ),
            (is_x86_feature_detected!("avx512bw"), Features::AVX512BW),
            (is_x86_feature_detected!("avx512cd"), Features::AVX512CD),
        ]
        .into_iter()
        .filter(|(present, _)| *present)
        .fold(Features::X64, |all, (_, one)| all.and(one))
    });
    *PRESENT
}

#[cfg(not(target_arch = "x86_64"))]
fn present() -> Features {
    Features::X64
}

/// The most that machine code may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Whatever the CPU has.
    Unlimited,
    /// No more than this set.
    UpTo(Isa),
    /// Nothing: no machine code is made.
    Interpreter,
}

/// The names of limits, the usual one first.
const LIMITS: &[(&str, Limit)] = &[
    ("auto", Limit::Unlimited),
    ("avx512", Limit::UpTo(Isa::Avx512)),
    ("avx2", Limit::UpTo(Isa::Avx2)),
    ("interp", Limit::Interpreter),
    ("none", Limit::Interpreter),
];

/// Why there is no limit to go by.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CpuError {
    /// `SMALTO_CPU` is nothing that is known.
    #[error("{VARIABLE}={value} is not known; it can be: {}", limit_names())]
    Unknown {
        /// Its value.
        value: String,
    },
    /// A limit beyond what there is.
    #[error(
        "machine code for {isa} is asked for ({VARIABLE} or set_limit), but this CPU lacks {missing}; {}",
        way_out()
    )]
    Lacks {
        /// What was asked for.
        isa: Isa,
        /// The features it lacks, by the names of the manual.
        missing: String,
    },
}

fn limit_names() -> String {
    let names: Vec<&str> = LIMITS.iter().map(|(name, _)| *name).collect();
    names.join(", ")
}

fn way_out() -> String {
    match Isa::best() {
        Some(isa) => format!("it has {isa}"),
        None => "it runs the interpreter only".into(),
    }
}

impl Limit {
    /// The limit of that name, if `detected` can run it.
    fn named(name: &str, detected: Option<Isa>) -> Result<Limit, CpuError> {
        let found = LIMITS.iter().find(|(known, _)| *known == name);
        let (_, limit) = found.ok_or_else(|| CpuError::Unknown { value: name.into() })?;
        limit.checked(detected)
    }

    fn checked(self, detected: Option<Isa>) -> Result<Limit, CpuError> {
        match self {
            Limit::UpTo(isa) if Some(isa) > detected => Err(CpuError::Lacks {
                isa,
                missing: isa.missing(),
            }),
            limit => Ok(limit),
        }
    }

    /// The largest set within it on a CPU that has `detected`.
    fn within(self, detected: Option<Isa>) -> Option<Isa> {
        match self {
            Limit::Unlimited => detected,
            Limit::UpTo(isa) => detected.min(Some(isa)),
            Limit::Interpreter => None,
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, _) = LIMITS
            .iter()
            .find(|(_, limit)| limit == self)
            .expect("every limit has a name");
        f.pad(name)
    }
}

/// 0, or 1 and the place in [`LIMITS`] of what the program has set.
static SET: AtomicU8 = AtomicU8::new(0);

/// Limits the machine code that is made from now on, whatever `SMALTO_CPU` says. Code
/// that was made before goes on running.
///
/// # Errors
/// If the CPU lacks the set that is asked for. The limit stays as it was.
pub fn set_limit(limit: Limit) -> Result<(), CpuError> {
    let limit = limit.checked(Isa::best())?;
    let place = LIMITS.iter().position(|(_, known)| *known == limit);
    let place = place.expect("every limit has a name");
    SET.store(1 + place as u8, Ordering::Relaxed);
    Ok(())
}

/// The limit in force: the program's, else that of `SMALTO_CPU`, else none.
///
/// # Errors
/// If `SMALTO_CPU` is no limit of this CPU.
pub fn limit() -> Result<Limit, CpuError> {
    static FROM_ENVIRONMENT: LazyLock<Result<Limit, CpuError>> =
        LazyLock::new(|| match std::env::var_os(VARIABLE) {
            Some(value) if !value.is_empty() => Limit::named(&value.to_string_lossy(), Isa::best()),
            _ => Ok(Limit::Unlimited),
        });
    match SET.load(Ordering::Relaxed) {
        0 => FROM_ENVIRONMENT.clone(),
        place => Ok(LIMITS[place as usize - 1].1),
    }
}

/// The largest set that machine code may use now; `None` if none is to be made.
///
/// # Errors
/// If `SMALTO_CPU` is no limit of this CPU.
pub fn best() -> Result<Option<Isa>, CpuError> {
    Ok(limit()?.within(Isa::best()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_takes_away_and_never_adds() {
        let (avx2, avx512) = (Some(Isa::Avx2), Some(Isa::Avx512));
        let check = |name: &str, detected, expected: Option<Isa>| {
            let limit = Limit::named(name, detected).unwrap();
            assert_eq!(limit.within(detected), expected, "{name} on {detected:?}");
        };
        check("auto", avx512, avx512);
        check("auto", None, None);
        check("avx512", avx512, avx512);
        check("avx2", avx512, avx2);
        check("avx2", avx2, avx2);
        check("interp", avx512, None);
        check("none", avx2, None);
        check("none", None, None);
    }

    #[test]
    fn what_cannot_be_had_is_an_error_that_says_what_can() {
        let check = |name: &str, detected, expected: &str| {
            let error = Limit::named(name, detected).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}");
        };
        let known = "is not known; it can be: auto, avx512, avx2, interp, none";
        check("mmx", None, &format!("SMALTO_CPU=mmx {known}"));
        check("AVX2", Some(Isa::Avx2), &format!("SMALTO_CPU=AVX2 {known}"));
        let asked = "is asked for (SMALTO_CPU or set_limit), but this CPU lacks ";
        check("avx2", None, &format!("machine code for avx2 {asked}"));
        check(
            "avx512",
            Some(Isa::Avx2),
            &format!("machine code for avx512 {asked}"),
        );
    }

    #[test]
    fn missing_features_have_the_names_of_the_manual() {
        let present = AVX2.and(Features::AVX512F);
        assert_eq!(
            missing(AVX512, present),
            "AVX512VL, AVX512DQ, AVX512BW, AVX512CD"
        );
        assert_eq!(missing(AVX2, AVX512), "");
    }

    #[test]
    fn sets_contain_each_other() {
        assert!(AVX512.contains(AVX2) && !AVX2.contains(AVX512));
        assert!(Isa::ALL.is_sorted());
        assert_eq!(Isa::best().is_some(), Isa::Avx2.is_present());
    }
}
