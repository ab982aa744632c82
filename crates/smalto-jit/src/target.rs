//! Targets: what runs a graph.

use smalto_lower::lanes::Level;
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// What runs a graph: a choice by name, made by the user or left to Smalto.
///
/// ```
/// use smalto_jit::Target;
/// let target: Target = "interp-portable".parse()?;
/// assert!(target.is_available());
/// assert!("interp-mmx".parse::<Target>().is_err());
/// # Ok::<(), smalto_jit::TargetError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Target {
    /// The fastest target of this machine.
    #[default]
    Auto,
    /// The interpreter at the widest level this CPU has.
    Interp,
    /// The interpreter at one level.
    InterpAt(Level),
}

/// Why a target cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TargetError {
    /// No target has this name.
    #[error("there is no target `{name}`; targets are: {}", names())]
    Unknown {
        /// The name.
        name: String,
    },
    /// This CPU lacks the target's instructions.
    #[error(
        "this CPU cannot run target `{target}`; the targets it can run are: {}",
        available()
    )]
    Unavailable {
        /// The target.
        target: Target,
    },
}

impl Target {
    /// Every target, `Auto` first.
    pub fn all() -> impl Iterator<Item = Target> {
        [Target::Auto, Target::Interp].into_iter().chain(
            Level::ALL
                .iter()
                .rev()
                .map(|&level| Target::InterpAt(level)),
        )
    }

    /// Whether this machine can run it.
    pub fn is_available(self) -> bool {
        match self {
            Target::Auto | Target::Interp => true,
            Target::InterpAt(level) => level.is_available(),
        }
    }

    /// The concrete target this choice means here.
    ///
    /// # Errors
    /// [`TargetError::Unavailable`] if this CPU cannot run it.
    pub fn resolve(self) -> Result<Target, TargetError> {
        self.level().map(Target::InterpAt)
    }

    /// The interpreter level this choice means here.
    pub(crate) fn level(self) -> Result<Level, TargetError> {
        match self {
            Target::Auto | Target::Interp => Ok(Level::best()),
            Target::InterpAt(level) if level.is_available() => Ok(level),
            target => Err(TargetError::Unavailable { target }),
        }
    }

    /// What the target is, in a line.
    pub fn description(self) -> String {
        match self {
            Target::Auto => "the fastest target of this machine".into(),
            Target::Interp => "the SIMD interpreter at the widest level of this CPU".into(),
            Target::InterpAt(level) => format!(
                "the SIMD interpreter {}",
                match level {
                    Level::Portable => "in plain Rust, for any CPU",
                    Level::Avx2 => "on 8 lanes of f32 (x86-64 with AVX2 and FMA)",
                    Level::Avx512 => "on 16 lanes of f32 (x86-64 with AVX-512 F, BW, DQ and VL)",
                }
            ),
        }
    }
}

fn names() -> String {
    Target::all()
        .map(|target| target.to_string())
        .collect::<Vec<_>>()
        .join(", ")
}

fn available() -> String {
    let available = Target::all().filter(|target| target.is_available());
    available
        .map(|target| target.to_string())
        .collect::<Vec<_>>()
        .join(", ")
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Target::Auto => f.write_str("auto"),
            Target::Interp => f.write_str("interp"),
            Target::InterpAt(level) => write!(f, "interp-{}", level.name()),
        }
    }
}

impl FromStr for Target {
    type Err = TargetError;

    fn from_str(name: &str) -> Result<Target, TargetError> {
        Target::all()
            .find(|target| target.to_string() == name)
            .ok_or_else(|| TargetError::Unknown { name: name.into() })
    }
}
