//! From text to a graph, and from a graph to a tape.
//!
//! A reader's result is freed on its own time. Fidget folds constants and shares
//! equal nodes while it reads, so Smalto's passes are part of its time.

use crate::models;
use crate::peers::fidget::Shape;
use crate::picture::{self, Pixels};
use crate::race::{Entrant, Race};
use crate::suite::{Peer, Subject, Suite, Targets, Unit, Work};
use fidget::jit::JitFunction;
use fidget::vm::VmFunction;
use smalto::{Graph, Target, formula, vm};
use std::rc::Rc;

pub(crate) const SUITE: Suite = Suite {
    name: "parse",
    about: "From text to an optimised graph, and from that to a tape",
    subjects: &[
        Subject {
            name: "prospero-vm-parse",
            work: reading(Unit::Milliseconds, &[Peer::new(FIDGET).bar(3.0)], |_| {
                vm_race(models::model("prospero.vm")?)
            }),
        },
        Subject {
            name: "ozymandias-vm-parse",
            work: reading(Unit::Milliseconds, &[Peer::new(FIDGET)], |_| {
                vm_race(models::example("ozymandias.vm")?)
            }),
        },
        Subject {
            name: "prospero-formula-parse",
            work: reading(Unit::Milliseconds, &[Peer::new(FIDGET_AS_VM)], |_| {
                let graph = vm::parse(&models::model("prospero.vm")?)?;
                formula_race(formula::print(&graph))
            }),
        },
        Subject {
            name: "sin-exp-sqrt-formula-parse",
            work: reading(Unit::Microseconds, &[Peer::new(FIDGET_AS_VM)], |_| {
                formula_race("sin(x) * exp(-y * y) + sqrt(x * x + y * y)".into())
            }),
        },
        Subject {
            name: "prospero-tape",
            work: Work::Race {
                unit: Unit::Milliseconds,
                targets: Targets::Every,
                peers: &[Peer::new("fidget VM"), Peer::new("fidget JIT")],
                prepare: |targets| tape_race(models::model("prospero.vm")?, targets),
            },
        },
    ],
};

const FIDGET: &str = "fidget";
/// Fidget reads the same graph from a `.vm` file: it has no formulas.
const FIDGET_AS_VM: &str = "fidget (.vm)";

/// Fidget's sin and exp are those of the C library.
const FIDGET_TOLERANCE: f64 = 1e-6;

type Prepare = fn(&[Target]) -> anyhow::Result<Race>;

const fn reading(unit: Unit, peers: &'static [Peer], prepare: Prepare) -> Work {
    Work::Race {
        unit,
        targets: Targets::None,
        peers,
        prepare,
    }
}

/// Both read the same `.vm` file.
fn vm_race(text: Vec<u8>) -> anyhow::Result<Race> {
    let read = |text: &[u8]| vm::parse(text).map(|graph| picture::optimised(&graph));
    let note = agreement(&read(&text)?, &Shape::parse(&text)?)?;
    let text: Rc<[u8]> = text.into();
    let ours = {
        let text = Rc::clone(&text);
        Entrant::new(move || read(&text).expect("it was read before"))
    };
    Ok(duel(ours, fidget(text).note(note)))
}

/// Smalto reads a formula, fidget a `.vm` file of the same graph.
fn formula_race(text: String) -> anyhow::Result<Race> {
    let read = |text: &str| formula::parse(text).map(|graph| picture::optimised(&graph));
    let as_vm = vm::print(&formula::parse(&text)?)?.into_bytes();
    let note = agreement(&read(&text)?, &Shape::parse(&as_vm)?)?;
    let ours = Entrant::new(move || read(&text).expect("it was read before"));
    Ok(duel(ours, fidget(as_vm.into()).note(note)))
}

fn fidget(text: Rc<[u8]>) -> Entrant {
    Entrant::new(move || Shape::parse(&text).expect("it was read before"))
}

fn duel(ours: Entrant, peer: Entrant) -> Race {
    Race {
        ours: vec![ours],
        peers: vec![peer],
        runs_per_result: 1.0,
    }
}

/// Both make tapes for slices from a graph that was read before. Fidget's JIT makes
/// machine code.
fn tape_race(text: Vec<u8>, targets: &[Target]) -> anyhow::Result<Race> {
    let graph = Rc::new(picture::optimised(&vm::parse(&text)?));
    let shape = Rc::new(Shape::parse(&text)?);
    let note = agreement(&graph, &shape)?;
    let ours = targets.iter().map(|&target| {
        let graph = Rc::clone(&graph);
        Entrant::new(move || picture::evaluator(&graph, target).expect("the target is here"))
    });
    let (vm, jit) = (Rc::clone(&shape), shape);
    let peers = [
        Entrant::new(move || vm.tape::<VmFunction>().expect("the shape is whole")),
        Entrant::new(move || jit.tape::<JitFunction>().expect("the shape is whole")),
    ];
    Ok(Race {
        ours: ours.collect(),
        peers: peers.map(|peer| peer.note(note.clone())).into(),
        runs_per_result: 1.0,
    })
}

/// How well a small picture of what each has read agrees, in words.
fn agreement(graph: &Graph, shape: &Shape) -> anyhow::Result<String> {
    let pixels = Pixels::square(64, 1)?;
    let ours = picture::contender(graph, Target::Auto, &pixels)?;
    let peer = shape.contender::<VmFunction>(FIDGET, &pixels, pixels.columns.len())?;
    let race = Race::between(vec![ours], vec![peer], FIDGET_TOLERANCE)?;
    Ok(race.peers.into_iter().map(Entrant::into_note).collect())
}
