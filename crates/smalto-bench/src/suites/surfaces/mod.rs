//! Pictures of implicit shapes as they are drawn: regions that do not matter are not evaluated.
//!
//! Everyone draws with one thread, which is the caller's, unless the case says otherwise. Shapes
//! are built before; what that takes is a subject of its own. Fidget's tapes are made while it
//! draws, which is its way. Colonnade is seen as its author recommends, `--scale 0.7 --pitch 60
//! --roll 30` for fidget's command, without perspective; bear as it is. All sample the same
//! points, the centres of pixels and voxels, and both compute in f32; [`pictures`] says how
//! pictures are compared.

mod command;
pub(crate) mod memory;
mod parts;
mod pictures;

use crate::race::Race;
use crate::suite::{Figure, Peer, Subject, Suite, Targets, Unit, Work};
use parts::By;
use pictures::Memory;
use smalto::Target;

pub(crate) const SUITE: Suite = Suite {
    name: "surfaces",
    about: "Pictures of shapes by regions, in the plane and in space, and what they are made of",
    subjects: &[
        race(
            "prospero-1024",
            Unit::Milliseconds,
            &[Peer::new(JIT).bar(15.0)],
            |_| pictures::plane("prospero.vm", 1024, Memory::Again),
        ),
        race(
            "prospero-1024-fresh",
            Unit::Milliseconds,
            &[Peer::new(JIT)],
            |_| pictures::plane("prospero.vm", 1024, Memory::Fresh),
        ),
        race(
            "prospero-4096",
            Unit::Milliseconds,
            &[Peer::new(JIT).bar(45.0)],
            |_| pictures::plane("prospero.vm", 4096, Memory::Again),
        ),
        race(
            "prospero-4096-fresh",
            Unit::Milliseconds,
            &[Peer::new(JIT)],
            |_| pictures::plane("prospero.vm", 4096, Memory::Fresh),
        ),
        race(
            "prospero-1024-two-threads",
            Unit::Milliseconds,
            &[Peer::new(ONE_THREAD).bar(1.8), Peer::new(JIT)],
            |_| pictures::plane_by_two("prospero.vm", 1024),
        ),
        race(
            "prospero-4096-two-threads",
            Unit::Milliseconds,
            &[Peer::new(ONE_THREAD).bar(1.8), Peer::new(JIT)],
            |_| pictures::plane_by_two("prospero.vm", 4096),
        ),
        race(
            "colonnade-512",
            Unit::Milliseconds,
            &[Peer::new(JIT).bar(8.0)],
            |_| pictures::colonnade(512, Memory::Again),
        ),
        race(
            "colonnade-512-fresh",
            Unit::Milliseconds,
            &[Peer::new(JIT)],
            |_| pictures::colonnade(512, Memory::Fresh),
        ),
        race(
            "colonnade-1024",
            Unit::Milliseconds,
            &[Peer::new(JIT).bar(8.0)],
            |_| pictures::colonnade(1024, Memory::Again),
        ),
        race(
            "colonnade-1024-fresh",
            Unit::Milliseconds,
            &[Peer::new(JIT)],
            |_| pictures::colonnade(1024, Memory::Fresh),
        ),
        race(
            "bear-512",
            Unit::Milliseconds,
            &[Peer::new(VM).bar(20.0)],
            |_| pictures::bear(512),
        ),
        race(
            "bear-1024",
            Unit::Milliseconds,
            &[Peer::new(VM).bar(20.0)],
            |_| pictures::bear(1024),
        ),
        race(
            "colonnade-intervals",
            Unit::NanosecondsPerBox,
            &[Peer::new(JIT).bar(12.0)],
            |_| parts::intervals("colonnade.vm", By::Code),
        ),
        race(
            "colonnade-intervals-interpreted",
            Unit::NanosecondsPerBox,
            &[Peer::new(JIT)],
            |_| parts::intervals("colonnade.vm", By::Interpreter),
        ),
        race(
            "prospero-simplify",
            Unit::NanosecondsPerOp,
            &[Peer::new(JIT).bar(2.0)],
            |_| parts::simplification("prospero.vm", parts::PLANE),
        ),
        race(
            "colonnade-simplify",
            Unit::NanosecondsPerOp,
            &[Peer::new(JIT).bar(2.0)],
            |_| parts::simplification("colonnade.vm", parts::SPACE),
        ),
        race(
            "colonnade-gradients",
            Unit::NanosecondsPerPoint,
            &[Peer::new(JIT).bar(4.0), Peer::new(VM).bar(4.0)],
            |_| parts::gradients("colonnade.vm", By::Code),
        ),
        race(
            "colonnade-gradients-interpreted",
            Unit::NanosecondsPerPoint,
            &[Peer::new(JIT), Peer::new(VM)],
            |_| parts::gradients("colonnade.vm", By::Interpreter),
        ),
        race(
            "bear-gradients",
            Unit::NanosecondsPerPoint,
            &[Peer::new(JIT).bar(15.0), Peer::new(VM).bar(15.0)],
            |_| parts::gradients("bear.vm", By::Code),
        ),
        race(
            "bear-gradients-interpreted",
            Unit::NanosecondsPerPoint,
            &[Peer::new(JIT), Peer::new(VM)],
            |_| parts::gradients("bear.vm", By::Interpreter),
        ),
        race(
            "prospero-parse-to-tape",
            Unit::Milliseconds,
            &[Peer::new(JIT)],
            |_| parts::parsing("prospero.vm"),
        ),
        race(
            "colonnade-parse-to-tape",
            Unit::Milliseconds,
            &[Peer::new(JIT)],
            |_| parts::parsing("colonnade.vm"),
        ),
        Subject {
            name: "hi-256-command",
            work: Work::Figures {
                figures: &[Figure {
                    name: "hi-256-command",
                    unit: "ms",
                    below: Some(10.0),
                }],
                measure: command::first_pixel,
            },
        },
        Subject {
            name: "prospero-4096-memory",
            work: Work::Figures {
                figures: &[Figure {
                    name: "prospero-4096-memory",
                    unit: "MB",
                    below: Some(64.0),
                }],
                measure: memory::beyond_the_picture,
            },
        },
    ],
};

const JIT: &str = "fidget JIT";
const VM: &str = "fidget VM";
const ONE_THREAD: &str = "one thread";

const fn race(
    name: &'static str,
    unit: Unit,
    peers: &'static [Peer],
    prepare: fn(&[Target]) -> anyhow::Result<Race>,
) -> Subject {
    Subject {
        name,
        work: Work::Race {
            unit,
            targets: Targets::None,
            peers,
            prepare,
        },
    }
}
