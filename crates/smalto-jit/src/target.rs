//! Targets: what runs a graph.

use crate::native::{self, CpuError, Isa, Limit, cpu};
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
    /// Machine code for the best instructions that are here and
    /// [allowed](native::cpu).
    Jit,
    /// Machine code for one set of instructions.
    Native(Isa),
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
    /// Something stands between the target and this machine.
    #[error(
        "target `{target}` cannot run here: {obstacle}; the targets that can are: {}",
        available()
    )]
    Unavailable {
        /// The target.
        target: Target,
        /// What.
        obstacle: Obstacle,
    },
    /// `SMALTO_CPU` makes no sense, so that nobody knows which machine code to make.
    #[error(transparent)]
    Cpu(#[from] CpuError),
}

/// What stands between a target and this machine.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Obstacle {
    /// Instructions.
    #[error("this CPU lacks the instructions")]
    Instructions,
    /// The kind of CPU.
    #[error("machine code is made for x86-64 only")]
    Architecture,
    /// The user's word.
    #[error("SMALTO_CPU or set_limit allows no more than `{0}`")]
    Limit(Limit),
    /// The system, which gives no executable memory.
    #[error("{0}")]
    Refused(&'static str),
}

/// A target that has been resolved: the choice is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Resolved {
    Interp(Level),
    /// The interpreter until it pays to compile.
    Tiered(Level, Isa),
    Native(Isa),
}

impl From<Resolved> for Target {
    fn from(resolved: Resolved) -> Target {
        match resolved {
            Resolved::Interp(level) => Target::InterpAt(level),
            Resolved::Tiered(_, isa) | Resolved::Native(isa) => Target::Native(isa),
        }
    }
}

impl Target {
    /// Every target, `Auto` first.
    pub fn all() -> impl Iterator<Item = Target> {
        let levels = Level::ALL.iter().rev().copied();
        let isas = Isa::ALL.iter().rev().copied();
        [Target::Auto, Target::Interp]
            .into_iter()
            .chain(levels.map(Target::InterpAt))
            .chain([Target::Jit])
            .chain(isas.map(Target::Native))
    }

    /// Whether this machine can run it.
    pub fn is_available(self) -> bool {
        self.resolve().is_ok()
    }

    /// The concrete target this choice means here.
    ///
    /// # Errors
    /// [`TargetError::Unavailable`] if this machine cannot run it.
    pub fn resolve(self) -> Result<Target, TargetError> {
        self.resolved().map(Target::from)
    }

    pub(crate) fn resolved(self) -> Result<Resolved, TargetError> {
        let unavailable = |obstacle| TargetError::Unavailable {
            target: self,
            obstacle,
        };
        match self {
            Target::Auto => Ok(match compilable(Isa::Avx2)? {
                Ok(isa) => Resolved::Tiered(Level::best(), isa),
                Err(_) => Resolved::Interp(Level::best()),
            }),
            Target::Interp => Ok(Resolved::Interp(Level::best())),
            Target::InterpAt(level) if level.is_available() => Ok(Resolved::Interp(level)),
            Target::InterpAt(_) => Err(unavailable(Obstacle::Instructions)),
            Target::Jit => {
                let most = compilable(Isa::Avx2)?.map_err(unavailable)?;
                Ok(Resolved::Native(most))
            }
            Target::Native(isa) => {
                compilable(isa)?.map_err(unavailable)?;
                Ok(Resolved::Native(isa))
            }
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
            Target::Jit => "machine code for the best instructions of this CPU".into(),
            Target::Native(isa) => format!(
                "machine code {}",
                match isa {
                    Isa::Avx2 => "on 8 lanes of f32 (x86-64 with AVX2, FMA, BMI and F16C)",
                    Isa::Avx512 => "on 16 lanes of f32 (x86-64 with AVX-512 F, BW, DQ, VL and CD)",
                }
            ),
        }
    }
}

/// The most that code may be compiled for here, if that includes `isa`, or what stands
/// against it.
fn compilable(isa: Isa) -> Result<Result<Isa, Obstacle>, CpuError> {
    let limit = cpu::limit()?;
    Ok(match cpu::best()? {
        _ if !cfg!(target_arch = "x86_64") => Err(Obstacle::Architecture),
        _ if !isa.is_present() => Err(Obstacle::Instructions),
        Some(best) if isa > best => Err(Obstacle::Limit(limit)),
        None => Err(Obstacle::Limit(limit)),
        _ if let Some(reason) = native::refusal() => Err(Obstacle::Refused(reason)),
        Some(best) => Ok(best),
    })
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
            Target::Jit => f.write_str("jit"),
            Target::Native(isa) => f.write_str(isa.name()),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_back_and_forth() {
        for target in Target::all() {
            assert_eq!(target.to_string().parse(), Ok(target));
        }
        assert_eq!(
            names(),
            "auto, interp, interp-avx512, interp-avx2, interp-portable, jit, avx512, avx2"
        );
    }

    #[test]
    fn a_resolved_target_means_itself() {
        for target in Target::all() {
            match target.resolve() {
                Ok(concrete) => assert_eq!(concrete.resolve(), Ok(concrete)),
                Err(error) => assert!(
                    matches!(&error, TargetError::Unavailable { target: named, .. } if *named == target),
                    "{error}"
                ),
            }
        }
    }

    #[test]
    fn an_error_names_the_target_the_obstacle_and_the_way_out() {
        let error = TargetError::Unavailable {
            target: Target::Native(Isa::Avx512),
            obstacle: Obstacle::Limit(Limit::UpTo(Isa::Avx2)),
        };
        let start = "target `avx512` cannot run here: SMALTO_CPU or set_limit allows no more than \
                     `avx2`; the targets that can are: auto, interp, ";
        assert!(error.to_string().starts_with(start), "{error}");
    }
}
