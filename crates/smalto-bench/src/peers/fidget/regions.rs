//! Fidget as its renderers run it: pictures by regions, and what those are made of.
//!
//! Pictures are made as its own command makes them: tiles of the sizes that the evaluator
//! suggests, tapes made while drawing, and the calling thread where one thread is asked for.

use super::{Shape, axes, fastest};
use crate::race::Contender;
use fidget::eval::{BulkEvaluator, Function, MathFunction, TracingEvaluator};
use fidget::raster::{pixel, voxel};
use fidget::render::{CancelToken, ImageSize, RenderHints, ThreadPool, VoxelSize};
use fidget::shape::BoundShape;
use fidget::types::{Grad, Interval};
use smalto::Affine;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// Bounds of x, y and z.
pub(crate) type Cuboid = [[f32; 2]; 3];

/// A tape for an evaluator of intervals.
type IntervalTape<F> = <<F as Function>::IntervalEval as TracingEvaluator>::Tape;

impl Shape {
    /// Draws which pixels of a square picture are inside. Pixels are sampled at their centres,
    /// as Smalto does; fidget by itself samples their lower left corners.
    pub(crate) fn plane<F: MathFunction + RenderHints + 'static>(
        &self,
        side: u32,
        threads: Option<ThreadPool>,
    ) -> anyhow::Result<impl FnMut() -> pixel::Image + 'static> {
        let shape = fidget::shape::Shape::<F>::new(&self.context, self.root)?;
        let shape: BoundShape<'static, F, f32> = shape.try_into()?;
        let mut view = pixel::RenderConfig::from_size(ImageSize::from(side));
        let half = 1.0 / side as f32;
        view.world_to_model[(0, 2)] = half;
        view.world_to_model[(1, 2)] = half;
        Ok(move || {
            let how = pixel::EvalConfig {
                tile_sizes: None,
                threads: threads.as_ref(),
                cancel: CancelToken::new(),
            };
            pixel::render(shape.clone(), &view, &how).expect("nobody cancels")
        })
    }

    /// Finds depths and gradients in a cube of voxels, which are sampled at their centres, where
    /// `to_model` takes them.
    pub(crate) fn solid<F: MathFunction + RenderHints + 'static>(
        &self,
        side: u32,
        to_model: Affine,
        threads: Option<ThreadPool>,
    ) -> anyhow::Result<impl FnMut() -> voxel::Image + 'static> {
        let shape = fidget::shape::Shape::<F>::new(&self.context, self.root)?;
        let shape: BoundShape<'static, F, f32> = shape.try_into()?;
        let mut view = voxel::RenderConfig::from_size(VoxelSize::from(side));
        let half = 1.0 / f64::from(side);
        let centred = Affine::translate([half; 3]).then(to_model);
        for (i, row) in centred.rows().into_iter().enumerate() {
            for (j, entry) in row.into_iter().enumerate() {
                view.world_to_model[(i, j)] = entry as f32;
            }
        }
        Ok(move || {
            let how = voxel::EvalConfig {
                tile_sizes: None,
                threads: threads.as_ref(),
                cancel: CancelToken::new(),
            };
            voxel::render(shape.clone(), &view, &how).expect("nobody cancels")
        })
    }

    /// What the first region of a picture is evaluated with.
    pub(crate) fn interval_tape<F: MathFunction>(&self) -> anyhow::Result<IntervalTape<F>> {
        let function = F::new(&self.context, &[self.root])?;
        Ok(function.interval_tape(F::TapeStorage::default()))
    }

    /// Fidget, finding the lower and upper bound of the shape in each box, one after the other.
    pub(crate) fn intervals<F: MathFunction + 'static>(
        &self,
        name: &str,
        boxes: &[Cuboid],
    ) -> anyhow::Result<Contender<f32>> {
        let mut bounds = Bounds::<F>::new(self, boxes)?;
        Ok(Contender {
            name: name.into(),
            fill: Box::new(move |out| {
                for (index, out) in out.chunks_exact_mut(2).enumerate() {
                    let (value, _) = bounds.eval(index);
                    out.copy_from_slice(&[value.lower(), value.upper()]);
                }
            }),
            len: 2 * boxes.len(),
            note: String::new(),
        })
    }

    /// Fidget, finding value and partial derivatives at points: all values, then all derivatives
    /// by x, and so on. Slices have the best length.
    pub(crate) fn gradients<F: MathFunction + 'static>(
        &self,
        name: &str,
        points: &[Rc<[f32]>; 3],
    ) -> anyhow::Result<Contender<f32>> {
        let function = F::new(&self.context, &[self.root])?;
        let tape = function.grad_slice_tape(F::TapeStorage::default());
        let seeded = |axis: usize| -> Vec<Grad> {
            let [dx, dy, dz] = [0, 1, 2].map(|by| f32::from(u8::from(by == axis)));
            let grads = points[axis].iter().map(|&v| Grad::new(v, dx, dy, dz));
            grads.collect()
        };
        let arguments: Vec<Vec<Grad>> = axes(&tape).into_iter().map(seeded).collect();
        let mut evaluator = F::new_grad_slice_eval();
        let count = points[0].len();
        let mut fill = move |out: &mut [f32], length: usize| {
            for start in (0..count).step_by(length) {
                let range = start..count.min(start + length);
                let slices: Vec<&[Grad]> = arguments.iter().map(|a| &a[range.clone()]).collect();
                let found = evaluator
                    .eval(&tape, &slices)
                    .expect("slices are of one length");
                for (index, grad) in range.zip(&found[0]) {
                    let parts = [grad.v, grad.dx, grad.dy, grad.dz];
                    for (part, value) in parts.into_iter().enumerate() {
                        out[part * count + index] = value;
                    }
                }
            }
        };
        let mut trial = vec![0.0; 4 * count];
        let length = fastest(|length| fill(&mut trial, length));
        Ok(Contender {
            name: name.into(),
            fill: Box::new(move |out| fill(out, length)),
            len: 4 * count,
            note: format!("slices of {length}"),
        })
    }
}

/// Fidget's bounds of a shape in boxes.
struct Bounds<F: Function> {
    tape: IntervalTape<F>,
    evaluator: F::IntervalEval,
    /// For each box, its bounds in the order of the tape.
    arguments: Vec<Vec<Interval>>,
}

impl<F: MathFunction> Bounds<F> {
    fn new(shape: &Shape, boxes: &[Cuboid]) -> anyhow::Result<Bounds<F>> {
        let tape = shape.interval_tape::<F>()?;
        let axes = axes(&tape);
        let sides = |cuboid: &Cuboid| -> Vec<Interval> {
            let sides = axes.iter().map(|&axis| Interval::from(cuboid[axis]));
            sides.collect()
        };
        Ok(Bounds {
            arguments: boxes.iter().map(sides).collect(),
            tape,
            evaluator: F::new_interval_eval(),
        })
    }

    /// The bounds in a box, and what was decided there, if anything was.
    fn eval(&mut self, index: usize) -> (Interval, Option<&F::Trace>) {
        let (values, trace) = self
            .evaluator
            .eval(&self.tape, &self.arguments[index])
            .expect("there is an interval for each axis");
        (values[0], trace)
    }
}

/// Fidget, making a shape simpler box by box.
pub(crate) struct Simplifier<F: Function> {
    function: F,
    bounds: Bounds<F>,
    workspace: F::Workspace,
    storage: F::Storage,
}

impl<F: MathFunction> Simplifier<F> {
    pub(crate) fn new(shape: &Shape, boxes: &[Cuboid]) -> anyhow::Result<Simplifier<F>> {
        Ok(Simplifier {
            function: F::new(&shape.context, &[shape.root])?,
            bounds: Bounds::new(shape, boxes)?,
            workspace: F::Workspace::default(),
            storage: F::Storage::default(),
        })
    }

    /// Operations of the shape as a whole.
    pub(crate) fn ops(&self) -> usize {
        self.function.size()
    }

    /// Whether something is decided in a box.
    pub(crate) fn decides(&mut self, index: usize) -> bool {
        self.bounds.eval(index).1.is_some()
    }

    /// Evaluates a box and makes the shape simpler there; how long the latter took.
    pub(crate) fn simplify(&mut self, index: usize) -> Duration {
        let (_, trace) = self.bounds.eval(index);
        let trace = trace.expect("something is decided there");
        let started = Instant::now();
        let storage = std::mem::take(&mut self.storage);
        let short = self
            .function
            .simplify(trace, storage, &mut self.workspace)
            .expect("the trace is this function's");
        let time = started.elapsed();
        self.storage = short.recycle().unwrap_or_default();
        time
    }
}
