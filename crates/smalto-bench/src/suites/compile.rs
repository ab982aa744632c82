//! From a graph to machine code.
//!
//! Times are nanoseconds per op of the graph. Compiling ends with the bytes of the code;
//! nobody's installing is timed, except fidget's, which assembles in place.

use crate::compiler::{self, Stages};
use crate::models::{self, Absent};
use crate::peers::cranelift::{Compiler, LANES};
use crate::peers::fidget::Shape;
use crate::race::{Entrant, Pace, Race};
use crate::suite::{Figure, Peer, Subject, Suite, Targets, Unit, Work};
use crate::{agreement, chain, picture};
use fidget::jit::JitFunction;
use smalto::code::CodeMemory;
use smalto::{Evaluator, Graph, Input, Options, Output, Target, vm};

pub(crate) const SUITE: Suite = Suite {
    name: "compile",
    about: "From a graph to machine code, and how large that is",
    subjects: &[
        Subject {
            name: "chain-200-kernel-to-code",
            work: per_op(&[CRANELIFT], |_| chain_race(200)),
        },
        Subject {
            name: "chain-2000-kernel-to-code",
            work: per_op(&[CRANELIFT], |_| chain_race(2000)),
        },
        Subject {
            name: "chain-20000-kernel-to-code",
            work: per_op(&[CRANELIFT], |_| chain_race(20_000)),
        },
        Subject {
            name: "chain-figures",
            work: Work::Figures {
                figures: &[
                    figure("chain-2000-code", "bytes/op", None),
                    figure("chain-1e6-kernel-to-code", "ns/op", None),
                    // Caches may show in a long chain, a law of growth may not.
                    figure("chain-1e6-against-2000", "x", Some(2.0)),
                ],
                measure: chain_figures,
            },
        },
        Subject {
            name: "prospero-kernel-to-code",
            work: per_op(&[Peer::new("fidget code")], |_| code_race()),
        },
        Subject {
            name: "prospero-graph-to-code",
            work: per_op(&[Peer::new("fidget").bar(2.0)], |_| whole_race()),
        },
        Subject {
            name: "prospero-figures",
            work: Work::Figures {
                figures: &[
                    figure("prospero-graph-to-kernel", "ns/op", Some(70.0)),
                    figure("prospero-kernel-to-code-alone", "ns/op", Some(80.0)),
                    figure("prospero-code", "bytes/op", None),
                ],
                measure: prospero_figures,
            },
        },
    ],
};

const CRANELIFT: Peer = Peer::new("cranelift").bar(4.0);

type Prepare = fn(&[Target]) -> anyhow::Result<Race>;

const fn per_op(peers: &'static [Peer], prepare: Prepare) -> Work {
    Work::Race {
        unit: Unit::NanosecondsPerOp,
        targets: Targets::None,
        peers,
        prepare,
    }
}

const fn figure(name: &'static str, unit: &'static str, below: Option<f64>) -> Figure {
    Figure { name, unit, below }
}

/// A chain, against cranelift, whose code is run once to see that it is right.
fn chain_race(ops: usize) -> anyhow::Result<Race> {
    let graph = chain::graph(ops);
    let mut compiler = Compiler::best(&graph)?;
    let bytes = compiler.compile()?.to_vec();
    let agreement = agreement(&graph, &bytes)?;
    let size = bytes.len() as f64 / ops as f64;
    let note = format!(
        "{agreement}; {}, {size:.1} bytes/op",
        compiler.allocator.replace('_', "-"),
    );
    let peer = Entrant::new(move || {
        compiler.compile().expect("it was compiled before");
    });
    let ours = ours(&graph, |stages| stages.to_code)?;
    Ok(race(ops, ours, peer.note(note)))
}

/// Prospero, from what lies before machine code: a kernel here, a register tape there.
fn code_race() -> anyhow::Result<Race> {
    let prospero = Prospero::read()?;
    let peer = Entrant::new(prospero.shape.code::<JitFunction>()?);
    let ours = ours(&prospero.graph, |stages| stages.to_code)?;
    Ok(race(prospero.ops, ours, peer))
}

/// Prospero, from the graph of each.
fn whole_race() -> anyhow::Result<Race> {
    let Prospero { graph, shape, ops } = Prospero::read()?;
    let peer = Entrant::new(move || shape.tape::<JitFunction>().expect("the shape is whole"));
    let ours = ours(&graph, |mut stages| {
        Box::new(move || {
            (stages.to_kernel)();
            (stages.to_code)();
        })
    })?;
    Ok(race(ops, ours, peer))
}

/// A model as both have it before they compile it.
struct Prospero {
    graph: Graph,
    shape: Shape,
    /// What times are divided by, the peer's too.
    ops: usize,
}

impl Prospero {
    fn read() -> anyhow::Result<Prospero> {
        let text = models::model("prospero.vm")?;
        let graph = picture::optimised(&vm::parse(&text)?);
        Ok(Prospero {
            ops: graph.op_count(),
            graph,
            shape: Shape::parse(&text)?,
        })
    }
}

/// Smalto at some of the stages, or nobody where it makes no machine code.
fn ours(
    graph: &Graph,
    stage: impl FnOnce(Stages) -> Box<dyn FnMut()>,
) -> anyhow::Result<Vec<Entrant>> {
    match compiler::stages(graph) {
        Ok(stages) => Ok(vec![Entrant::new(stage(stages))]),
        Err(error) if error.is::<Absent>() => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

fn race(ops: usize, ours: Vec<Entrant>, peer: Entrant) -> Race {
    Race {
        ours,
        peers: vec![peer],
        runs_per_result: 1.0 / ops as f64,
    }
}

/// How well cranelift's `bytes`, run on some numbers, agree with the interpreter.
fn agreement(graph: &Graph, bytes: &[u8]) -> anyhow::Result<agreement::Agreement> {
    let inputs: [[f32; LANES]; 3] = [
        [0.5, -0.75, 0.875, 1.0],
        [0.25, -0.5, 1.5, 3.0],
        [0.125, 0.375, -1.25, 2.0],
    ];
    let mut expected = [0.0; LANES];
    let evaluator = Evaluator::<f32>::new(graph, &Options::default())?;
    let arguments = inputs.each_ref().map(|values| Input::Slice(values));
    evaluator.eval(&arguments, &mut [Output::Slice(&mut expected)])?;

    let mut found = [0.0; LANES];
    let code = CodeMemory::new().install(bytes)?;
    // SAFETY: cranelift made it a function of the System V ABI that reads three vectors
    // behind its first argument and writes one behind the second.
    unsafe {
        type Function = unsafe extern "sysv64" fn(*const f32, *mut f32);
        let function = std::mem::transmute::<*const u8, Function>(code.as_ptr());
        function(inputs.as_flattened().as_ptr(), found.as_mut_ptr());
    }
    let names = ["Smalto", "cranelift"];
    Ok(agreement::check(names, [&expected, &found], 0.0)?)
}

fn chain_figures() -> anyhow::Result<Vec<f64>> {
    const SHORT: usize = 2000;
    const LONG: usize = 1_000_000;
    let short = compiler::stages(&chain::graph(SHORT))?;
    let long = compiler::stages(&chain::graph(LONG))?;
    let bytes = short.bytes as f64 / SHORT as f64;
    let times = seconds([short.to_code, long.to_code]);
    let (short, long) = (times[0] / SHORT as f64, times[1] / LONG as f64);
    Ok(vec![bytes, long * 1e9, long / short])
}

fn prospero_figures() -> anyhow::Result<Vec<f64>> {
    let Prospero { graph, ops, .. } = Prospero::read()?;
    let stages = compiler::stages(&graph)?;
    let bytes = stages.bytes as f64;
    let times = seconds([stages.to_kernel, stages.to_code]);
    let figures = [times[0] * 1e9, times[1] * 1e9, bytes];
    Ok(figures.map(|figure| figure / ops as f64).into())
}

/// The median times of works done in turns.
fn seconds(works: [Box<dyn FnMut()>; 2]) -> Vec<f64> {
    let race = Race {
        ours: works.map(Entrant::new).into(),
        peers: Vec::new(),
        runs_per_result: 1.0,
    };
    let (placed, _) = race.run(&Pace::QUICK);
    placed.iter().map(|placed| placed.timing.median).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    fn cranelift_computes_the_same_chain() -> anyhow::Result<()> {
        let graph = chain::graph(50);
        let bytes = Compiler::best(&graph)?.compile()?.to_vec();
        assert_eq!(agreement(&graph, &bytes)?, agreement::Agreement::SameBits);
        let other = chain::graph(51);
        assert!(agreement(&other, &bytes).is_err());
        Ok(())
    }
}
