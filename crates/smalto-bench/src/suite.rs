//! Suites as data: what is measured, and against whom.

use crate::race::Race;
use smalto::Target;

/// Subjects that belong together and are run by one name.
pub(crate) struct Suite {
    /// What it is called on the command line.
    pub(crate) name: &'static str,
    /// What it measures, in a line.
    pub(crate) about: &'static str,
    /// What is measured.
    pub(crate) subjects: &'static [Subject],
}

/// Something measured once for all targets and peers.
pub(crate) struct Subject {
    /// What, how large and of which type: `prospero-1024`. Our target is appended
    /// where there is one; together they name a case.
    pub(crate) name: &'static str,
    /// How.
    pub(crate) work: Work,
}

/// How a subject is measured.
pub(crate) enum Work {
    /// Smalto's targets and the peers do the same, in turns.
    Race {
        /// What times are given in.
        unit: Unit,
        /// Who races for Smalto.
        targets: Targets,
        /// Against whom.
        peers: &'static [Peer],
        /// Sets up the race: a contender for each target (one if there is none; nobody
        /// if Smalto cannot take part here), and one for each peer, in these orders.
        prepare: fn(&[Target]) -> anyhow::Result<Race>,
    },
    /// Numbers that both have but that are not times, the fewer the better.
    Counts {
        /// The peer.
        peer: &'static str,
        /// What is counted.
        counts: &'static [Count],
        /// Finds, for each of them, our number and the peer's.
        measure: fn() -> anyhow::Result<Vec<[f64; 2]>>,
    },
    /// Figures without a peer, found together.
    Figures {
        /// What they are.
        figures: &'static [Figure],
        /// Finds one value a figure.
        measure: fn() -> anyhow::Result<Vec<f64>>,
    },
}

/// Who races for Smalto.
pub(crate) enum Targets {
    /// Every target of this machine.
    Every,
    /// The one that `auto` means.
    Auto,
    /// No target is involved, or there is no choice of one.
    None,
}

/// Someone to race against.
pub(crate) struct Peer {
    /// What it is called.
    pub(crate) name: &'static str,
    /// The ratio asked for of the target that `auto` means.
    pub(crate) bar: Option<f64>,
    /// The ratio asked for of a target, by its name.
    pub(crate) bar_of: Option<(&'static str, f64)>,
}

/// A number that a peer has too. Its name is that of a case.
pub(crate) struct Count {
    /// What it is called.
    pub(crate) name: &'static str,
    /// What it is counted in.
    pub(crate) unit: &'static str,
    /// The ratio asked for, the peer's number by ours.
    pub(crate) bar: Option<f64>,
}

/// A figure without a peer. Its name is that of a case.
pub(crate) struct Figure {
    /// What it is called.
    pub(crate) name: &'static str,
    /// What it is counted in.
    pub(crate) unit: &'static str,
    /// What it must stay below.
    pub(crate) below: Option<f64>,
}

/// A unit of time.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Unit {
    NanosecondsPerOp,
    NanosecondsPerPoint,
    NanosecondsPerBox,
    Nanoseconds,
    Microseconds,
    Milliseconds,
}

impl Peer {
    pub(crate) const fn new(name: &'static str) -> Peer {
        Peer {
            name,
            bar: None,
            bar_of: None,
        }
    }

    /// With a ratio asked for.
    pub(crate) const fn bar(self, ratio: f64) -> Peer {
        Peer {
            bar: Some(ratio),
            ..self
        }
    }

    /// With another ratio asked for of this target.
    pub(crate) const fn bar_of(self, target: &'static str, ratio: f64) -> Peer {
        Peer {
            bar_of: Some((target, ratio)),
            ..self
        }
    }

    /// The ratio asked for in case number `index`, which has this name.
    pub(crate) fn bar_in(&self, index: usize, case: &str) -> Option<f64> {
        let of_target = self
            .bar_of
            .filter(|(target, _)| case.ends_with(&format!(" {target}")));
        // The first target is the one that `auto` means.
        let of_first = self.bar.filter(|_| index == 0);
        of_target.map(|(_, ratio)| ratio).or(of_first)
    }
}

impl Unit {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Unit::NanosecondsPerOp => "ns/op",
            Unit::NanosecondsPerPoint => "ns/point",
            Unit::NanosecondsPerBox => "ns/box",
            Unit::Nanoseconds => "ns",
            Unit::Microseconds => "us",
            Unit::Milliseconds => "ms",
        }
    }

    pub(crate) fn per_second(self) -> f64 {
        match self {
            Unit::NanosecondsPerOp
            | Unit::NanosecondsPerPoint
            | Unit::NanosecondsPerBox
            | Unit::Nanoseconds => 1e9,
            Unit::Microseconds => 1e6,
            Unit::Milliseconds => 1e3,
        }
    }
}

impl Targets {
    /// The targets on this machine, the one that `auto` means first.
    pub(crate) fn here(&self) -> Vec<Target> {
        match self {
            Targets::Every => every_target(),
            Targets::Auto => every_target().into_iter().take(1).collect(),
            Targets::None => Vec::new(),
        }
    }
}

fn every_target() -> Vec<Target> {
    let auto = Target::Auto.resolve();
    // A name that stands for another target is not one itself.
    let mut targets: Vec<Target> = Target::all()
        .filter(|&target| target.resolve() == Ok(target))
        .collect();
    targets.sort_by_key(|&target| auto != Ok(target));
    targets
}

impl Suite {
    /// Those of its subjects that have a case with this text in its name.
    pub(crate) fn subjects_named(&self, text: &str) -> impl Iterator<Item = &'static Subject> {
        let is_named = move |subject: &&Subject| subject.cases().iter().any(|c| c.contains(text));
        self.subjects.iter().filter(is_named)
    }
}

impl Subject {
    /// The names of its cases, in the order of their lines.
    pub(crate) fn cases(&self) -> Vec<String> {
        match &self.work {
            Work::Race { targets, .. } => match &targets.here()[..] {
                [] => vec![self.name.to_string()],
                targets => targets.iter().map(|target| self.case(*target)).collect(),
            },
            Work::Counts { counts, .. } => {
                counts.iter().map(|count| count.name.to_string()).collect()
            }
            Work::Figures { figures, .. } => {
                let names = figures.iter().map(|figure| figure.name.to_string());
                names.collect()
            }
        }
    }

    fn case(&self, target: Target) -> String {
        format!("{} {target}", self.name)
    }
}
