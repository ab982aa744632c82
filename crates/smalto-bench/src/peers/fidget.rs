//! Fidget: implicit shapes by an interpreter (`VmFunction`) or machine code
//! (`JitFunction`).
//!
//! Its `Shape` copies coordinates into an order of its own before each evaluation;
//! the functions below it take slices in the tape's order, and are used here.

pub(crate) mod regions;

use crate::picture::Pixels;
use crate::race::Contender;
use fidget::context::{Context, Node};
use fidget::eval::{BulkEvaluator, Function, MathFunction, Tape};
use fidget::var::Var;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// The lengths of slices that are tried, from the L1 cache to many rows at once.
pub(crate) const SLICE_LENGTHS: [usize; 8] = [64, 128, 256, 512, 1024, 2048, 4096, 16_384];

/// How much of a picture is drawn to find the best of them.
const TRIAL_ROWS: usize = 16;
const TRIALS: usize = 3;

/// A shape as fidget reads it.
pub(crate) struct Shape {
    context: Context,
    root: Node,
}

impl Shape {
    /// The shape of a `.vm` file; constants are folded and equal nodes shared.
    pub(crate) fn parse(text: &[u8]) -> anyhow::Result<Shape> {
        let (context, root) = Context::from_text(text)?;
        Ok(Shape { context, root })
    }

    /// A tape for an evaluator of slices of floats.
    pub(crate) fn tape<F: MathFunction>(&self) -> anyhow::Result<FloatTape<F>> {
        let function = F::new(&self.context, &[self.root])?;
        Ok(function.float_slice_tape(F::TapeStorage::default()))
    }

    /// Makes machine code for slices of floats from a register tape, again and again in
    /// the same memory.
    pub(crate) fn code<F: MathFunction + 'static>(&self) -> anyhow::Result<impl FnMut() + 'static> {
        let function = F::new(&self.context, &[self.root])?;
        let mut storage = Some(F::TapeStorage::default());
        Ok(move || {
            let tape = function.float_slice_tape(storage.take().unwrap_or_default());
            storage = tape.recycle();
        })
    }

    /// Fidget, drawing `pixels` of the shape in slices of the best length.
    pub(crate) fn best_contender<F: MathFunction + 'static>(
        &self,
        name: &str,
        pixels: &Pixels,
    ) -> anyhow::Result<Contender<f32>> {
        let length = best_length::<F>(&self.tape::<F>()?, &pixels.top(TRIAL_ROWS));
        Ok(Contender {
            note: format!("slices of {length}"),
            ..self.contender::<F>(name, pixels, length)?
        })
    }

    /// Fidget, drawing `pixels` of the shape in slices of this length.
    pub(crate) fn contender<F: MathFunction + 'static>(
        &self,
        name: &str,
        pixels: &Pixels,
        length: usize,
    ) -> anyhow::Result<Contender<f32>> {
        let mut painter = Painter::<F>::new(self.tape::<F>()?, pixels, length);
        Ok(Contender {
            name: name.into(),
            fill: Box::new(move |image| painter.draw(image)),
            len: pixels.len(),
            note: String::new(),
        })
    }
}

/// Fidget over arrays of x and y, in slices of the best length.
pub(crate) fn arrays<F: MathFunction + 'static>(
    name: &str,
    vm: &str,
    x: Rc<[f32]>,
    y: Rc<[f32]>,
) -> anyhow::Result<Contender<f32>> {
    let tape = Shape::parse(vm.as_bytes())?.tape::<F>()?;
    let axes = axes(&tape);
    let mut evaluator = F::new_float_slice_eval();
    let len = x.len();
    let mut fill = move |out: &mut [f32], length: usize| {
        for (index, slice) in out.chunks_mut(length).enumerate() {
            let range = index * length..index * length + slice.len();
            let point = [&x[range.clone()], &y[range]];
            let mut arguments = point;
            for (argument, &axis) in arguments.iter_mut().zip(&axes) {
                *argument = point[axis];
            }
            let values = evaluator
                .eval(&tape, &arguments[..axes.len()])
                .expect("slices are of one length");
            slice.copy_from_slice(&values[0]);
        }
    };
    let mut trial = vec![0.0; len];
    let length = fastest(|length| fill(&mut trial, length));
    Ok(Contender {
        name: name.into(),
        fill: Box::new(move |out| fill(out, length)),
        len,
        note: format!("slices of {length}"),
    })
}

/// What [`Shape::tape`] gives.
pub(crate) type FloatTape<F> = <<F as Function>::FloatSliceEval as BulkEvaluator>::Tape;

/// The length of slices that draws `pixels` in the least time.
fn best_length<F: MathFunction>(tape: &FloatTape<F>, pixels: &Pixels) -> usize {
    let mut image = vec![0.0; pixels.len()];
    fastest(|length| Painter::<F>::new(tape.clone(), pixels, length).draw(&mut image))
}

/// The length of slices with which `run` takes the least time.
fn fastest(mut run: impl FnMut(usize)) -> usize {
    let mut time = |length: usize| -> Duration {
        let trials = (0..=TRIALS).map(|_| {
            let started = Instant::now();
            run(length);
            started.elapsed()
        });
        trials.min().expect("there are trials")
    };
    let best = SLICE_LENGTHS.into_iter().min_by_key(|&length| time(length));
    best.expect("there are lengths")
}

/// Draws pixels in slices of a length, or in several rows at once if they are longer
/// than a row.
struct Painter<F: Function> {
    tape: FloatTape<F>,
    evaluator: F::FloatSliceEval,
    /// Which of x, y and z each argument is.
    axes: Vec<usize>,
    pixels: Pixels,
    length: usize,
    /// The coordinates of the rows drawn at once. Of these, y changes.
    coordinates: [Vec<f32>; 3],
}

impl<F: Function> Painter<F> {
    fn new(tape: FloatTape<F>, pixels: &Pixels, length: usize) -> Painter<F> {
        let rows = (length / pixels.columns.len()).max(1);
        let zeros = || vec![0.0; rows * pixels.columns.len()];
        Painter {
            evaluator: F::new_float_slice_eval(),
            axes: axes(&tape),
            tape,
            pixels: pixels.clone(),
            length,
            coordinates: [pixels.columns.repeat(rows), zeros(), zeros()],
        }
    }

    fn draw(&mut self, image: &mut [f32]) {
        let width = self.pixels.columns.len();
        let at_once = self.coordinates[0].len();
        let rows = self.pixels.rows.chunks(at_once / width);
        for (rows, image) in rows.zip(image.chunks_mut(at_once)) {
            for (&y, row) in rows.iter().zip(self.coordinates[1].chunks_mut(width)) {
                row.fill(y);
            }
            for (index, slice) in image.chunks_mut(self.length).enumerate() {
                let start = index * self.length;
                let point = self.coordinates.each_ref();
                let point = point.map(|axis| &axis[start..start + slice.len()]);
                let mut arguments = point;
                for (argument, &axis) in arguments.iter_mut().zip(&self.axes) {
                    *argument = point[axis];
                }
                let values = self
                    .evaluator
                    .eval(&self.tape, &arguments[..self.axes.len()])
                    .expect("slices are of one length");
                slice.copy_from_slice(&values[0]);
            }
        }
    }
}

/// Which of x, y and z each argument of `tape` is.
fn axes(tape: &impl Tape) -> Vec<usize> {
    let mut axes = vec![0; tape.vars().len()];
    for (variable, argument) in tape.vars().iter() {
        axes[argument] = match variable {
            Var::X => 0,
            Var::Y => 1,
            Var::Z => 2,
            Var::V(_) => unreachable!("a .vm file has no other variables"),
        };
    }
    axes
}
