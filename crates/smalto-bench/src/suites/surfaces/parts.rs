//! What pictures are made of, by itself: bounds in boxes, shorter tapes, gradients, and the tape
//! that they all begin with.

use super::{JIT, VM};
use crate::agreement;
use crate::models;
use crate::peers::fidget::{
    self,
    regions::{Cuboid, Simplifier},
};
use crate::race::{Contender, Entrant, Race};
use ::fidget::jit::JitFunction;
use ::fidget::vm::VmFunction;
use anyhow::ensure;
use smalto::shape::{RenderOptions, Shape, Solid};
use smalto::trace::{
    Axis, BOXES, Bounds, BoxCode, Computes, GRADIENTS, Tape, Trace, Tracer, Workspace,
};
use smalto::{Options, vm};
use std::rc::Rc;
use std::time::{Duration, Instant};

/// Boxes along x, y and z, of a cube or of a square.
type Grid = [usize; 3];

/// 4096 boxes.
pub(super) const SPACE: Grid = [16; 3];
/// 256 boxes of the plane z = 0.
pub(super) const PLANE: Grid = [16, 16, 1];

/// How far the boxes of space reach, as a picture of colonnade does.
const REACH: f32 = 1.0 / 0.7;

/// Where in a box, along each axis, gradients are found.
const OFF_CENTRE: [f32; 3] = [0.3719, 0.4283, 0.6137];

/// The largest difference between our bounds and fidget's, and between our derivatives and
/// fidget's: some ops are fused, and functions have their own last bits.
const TOLERANCE: f64 = 1e-4;

/// Bounds of a model in boxes, and what is decided there.
pub(super) fn intervals(model: &str, by: By) -> anyhow::Result<Race> {
    let text = models::model(model)?;
    let boxes = boxes(SPACE);
    let mut ours = Ours::new(&text, &boxes)?;
    ours.code = match by {
        By::Code if ours.tracer.can_compile() => {
            Some(ours.tracer.compile_intervals(ours.tracer.root())?)
        }
        _ => None,
    };
    let contender = Contender {
        name: "Smalto".into(),
        fill: Box::new(move |out| {
            for (batch, out) in out.chunks_mut(2 * BOXES).enumerate() {
                let bounds = ours.eval(batch);
                for (out, (lo, hi)) in out
                    .chunks_exact_mut(2)
                    .zip(bounds.lo.iter().zip(&bounds.hi))
                {
                    out.copy_from_slice(&[*lo, *hi]);
                }
            }
        }),
        len: 2 * boxes.len(),
        note: String::new(),
    };
    let peer = fidget::Shape::parse(&text)?.intervals::<JitFunction>(JIT, &boxes)?;
    Ok(Race {
        runs_per_result: 1.0 / boxes.len() as f64,
        ..Race::between(vec![contender], vec![peer], TOLERANCE)?
    })
}

/// From what was decided in a box to a shorter tape, for each operation of the long tape. Of
/// Smalto's time, the pass over the long tape that serves a whole batch is a part.
pub(super) fn simplification(model: &str, grid: Grid) -> anyhow::Result<Race> {
    let text = models::model(model)?;
    let boxes = boxes(grid);
    let mut ours = Ours::new(&text, &boxes)?;
    let mut theirs = Simplifier::<JitFunction>::new(&fidget::Shape::parse(&text)?, &boxes)?;
    // The boxes in which both decide something: a mask for each batch.
    let wanted: Vec<u16> = (0..ours.batches.len())
        .map(|batch| {
            ours.eval(batch);
            let lanes = (0..BOXES).filter(|lane| theirs.decides(batch * BOXES + lane));
            ours.trace.decided() & lanes.fold(0, |mask, lane| mask | 1 << lane)
        })
        .collect();
    let count: u32 = wanted.iter().map(|mask| mask.count_ones()).sum();
    ensure!(count > 0, "nothing is decided in any box of {model}");
    let our_ops = ours.tracer.root().len();
    let their_ops = theirs.ops();
    let note = format!("tapes of {our_ops} and {their_ops} ops, {count} boxes");
    let count = count as usize;

    let lanes = |mask: u16| (0..BOXES).filter(move |lane| mask >> lane & 1 != 0);
    let masks = wanted.clone();
    let run = move || -> Duration {
        let batches = masks.iter().enumerate();
        batches
            .map(|(batch, &mask)| ours.shorten(batch, lanes(mask)))
            .sum()
    };
    let their_run = move || -> Duration {
        let boxes = wanted
            .iter()
            .enumerate()
            .flat_map(|(batch, &mask)| lanes(mask).map(move |lane| batch * BOXES + lane));
        boxes.map(|index| theirs.simplify(index)).sum()
    };
    Ok(Race {
        ours: vec![Entrant::timed(run).per(count * our_ops)],
        peers: vec![Entrant::timed(their_run).per(count * their_ops).note(note)],
        runs_per_result: 1.0,
    })
}

/// What evaluates our tapes.
#[derive(Debug, Clone, Copy)]
pub(super) enum By {
    /// Machine code, as for a tape that is used many times; the interpreter where there is none.
    Code,
    /// The interpreter, as for a tape that is used once.
    Interpreter,
}

/// Values and partial derivatives at points, one in each box, off its centre: on a plane of
/// symmetry both sides of a minimum are equal, and each may take the derivatives of either.
pub(super) fn gradients(model: &str, by: By) -> anyhow::Result<Race> {
    let text = models::model(model)?;
    let boxes = boxes(SPACE);
    let points = [0, 1, 2].map(|axis| -> Rc<[f32]> {
        let inside = boxes.iter().map(|cuboid| {
            let [lo, hi] = cuboid[axis];
            lo + (hi - lo) * OFF_CENTRE[axis]
        });
        inside.collect()
    });
    let count = boxes.len();
    let tracer = tracer(&text)?;
    let mut workspace = tracer.workspace(&[])?;
    let code = match by {
        By::Code if tracer.can_compile() => {
            Some(tracer.compile(tracer.root(), Computes::Gradients)?)
        }
        _ => None,
    };
    let axes = points.clone();
    let fill = move |out: &mut [f32]| {
        if let Some(code) = &code {
            let axes = axes.each_ref().map(|axis| &**axis);
            let mut parts: Vec<&mut [f32]> = out.chunks_exact_mut(count).collect();
            return tracer.run(&mut workspace, code, &axes, &mut parts);
        }
        let tape = tracer.root();
        for start in (0..count).step_by(GRADIENTS) {
            let range = start..count.min(start + GRADIENTS);
            let at = axes.each_ref().map(|axis| &axis[range.clone()]);
            tracer.gradients(&mut workspace, tape, &at);
            let mut found = [[0.0; GRADIENTS]; 4];
            tracer.gradient(&workspace, tape, 0, &mut found);
            for (out, found) in out.chunks_exact_mut(count).zip(&found) {
                out[range.clone()].copy_from_slice(&found[..range.len()]);
            }
        }
    };
    let contender = Contender {
        name: "Smalto".into(),
        fill: Box::new(fill),
        len: 4 * count,
        note: String::new(),
    };
    let shape = fidget::Shape::parse(&text)?;
    let peers = vec![
        shape.gradients::<JitFunction>(JIT, &points)?,
        shape.gradients::<VmFunction>(VM, &points)?,
    ];
    // Far from a part of the bear nothing is left of it in f32, and its logarithm has an infinite
    // slope, which we take for the largest number: there fidget's derivatives are NaN.
    let race = Race::between_by(agreement::check_known, vec![contender], peers, TOLERANCE)?;
    Ok(Race {
        runs_per_result: 1.0 / count as f64,
        ..race
    })
}

/// From the text of a model to what its first region is evaluated with.
pub(super) fn parsing(model: &str) -> anyhow::Result<Race> {
    let text: Rc<[u8]> = models::model(model)?.into();
    let theirs = Rc::clone(&text);
    let ours = move || {
        let graph = vm::parse(&text).expect("a model is well formed");
        let options = RenderOptions::default();
        match graph.variable_named("z") {
            None => drop(Shape::<f32>::new(&graph, &options).expect("a model is a shape")),
            Some(_) => drop(Solid::<f32>::new(&graph, &options).expect("a model is a solid")),
        }
    };
    let theirs = move || {
        let shape = fidget::Shape::parse(&theirs).expect("a model is well formed");
        shape.interval_tape::<JitFunction>().expect("it is whole")
    };
    Ok(Race {
        ours: vec![Entrant::new(ours)],
        peers: vec![Entrant::new(theirs)],
        runs_per_result: 1.0,
    })
}

/// The boxes of a grid, in an order in which a batch is a row.
fn boxes(grid: Grid) -> Vec<Cuboid> {
    let side = |axis: usize, index: usize| match grid[axis] {
        1 => [0.0; 2],
        count => [index, index + 1].map(|edge| REACH * (2.0 * edge as f32 / count as f32 - 1.0)),
    };
    let mut boxes = Vec::new();
    for z in 0..grid[2] {
        for y in 0..grid[1] {
            for x in 0..grid[0] {
                boxes.push([side(0, x), side(1, y), side(2, z)]);
            }
        }
    }
    boxes
}

fn tracer(text: &[u8]) -> anyhow::Result<Tracer<f32>> {
    let axes = ["x", "y", "z"].map(|axis| (axis, Axis::Points));
    Ok(Tracer::new(&vm::parse(text)?, &axes, &Options::default())?)
}

/// Smalto, looking at boxes by whole batches.
struct Ours {
    tracer: Tracer<f32>,
    workspace: Workspace<f32>,
    /// For each batch, the bounds of x, y and z.
    batches: Vec<[Bounds<f32>; 3]>,
    trace: Trace,
    /// Machine code for the tape, if it is evaluated by that.
    code: Option<BoxCode<f32>>,
    short: Tape,
}

impl Ours {
    fn new(text: &[u8], boxes: &[Cuboid]) -> anyhow::Result<Ours> {
        let tracer = tracer(text)?;
        let batch = |boxes: &[Cuboid]| -> [Bounds<f32>; 3] {
            let mut axes = [Bounds::default(); 3];
            for (index, cuboid) in boxes.iter().enumerate() {
                for (axis, [lo, hi]) in axes.iter_mut().zip(*cuboid) {
                    axis.set(index, lo, hi);
                }
            }
            axes
        };
        Ok(Ours {
            workspace: tracer.workspace(&[])?,
            tracer,
            batches: boxes.chunks(BOXES).map(batch).collect(),
            trace: Trace::default(),
            code: None,
            short: Tape::default(),
        })
    }

    /// The bounds in a batch of boxes.
    fn eval(&mut self, batch: usize) -> Bounds<f32> {
        let (tracer, root) = (&self.tracer, self.tracer.root());
        let axes = &self.batches[batch];
        let (workspace, trace) = (&mut self.workspace, &mut self.trace);
        match &self.code {
            Some(code) => tracer.run_intervals(workspace, code, axes, trace),
            None => tracer.intervals(workspace, root, axes, trace),
        }
        tracer.bounds(workspace, root, 0)
    }

    /// Evaluates a batch and makes the tape shorter in some of its boxes; how long the latter
    /// took.
    fn shorten(&mut self, batch: usize, boxes: impl Iterator<Item = usize>) -> Duration {
        self.eval(batch);
        let root = self.tracer.root();
        let started = Instant::now();
        for index in boxes {
            let workspace = &mut self.workspace;
            self.tracer
                .shorten(workspace, root, &mut self.trace, index, &mut self.short);
            std::hint::black_box(&mut self.short);
        }
        started.elapsed()
    }
}
