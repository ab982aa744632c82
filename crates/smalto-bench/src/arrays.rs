//! Smalto over whole arrays, as who crunches numbers uses it.

use crate::race::Contender;
use smalto::{Evaluator, Graph, Input, Options, Output, Real, Target};
use std::ops::Range;
use std::rc::Rc;

/// The values of an input.
#[derive(Clone)]
pub(crate) enum Values<T> {
    Many(Rc<[T]>),
    One(T),
}

/// Smalto, evaluating `graph` over whole arrays.
pub(crate) fn smalto<T: Real>(
    graph: &Graph,
    target: Target,
    uniform: &[&str],
    inputs: &[Values<T>],
) -> anyhow::Result<Contender<T>> {
    let options = Options {
        target,
        uniform,
        ..Options::default()
    };
    let evaluator = Evaluator::<T>::new(graph, &options)?;
    let mut workspace = evaluator.workspace();
    let inputs = inputs.to_vec();
    let len = inputs.iter().map(Values::len).max().unwrap_or(0);
    let fill = move |out: &mut [T]| {
        let inputs: Vec<Input<'_, T>> = inputs.iter().map(Values::input).collect();
        evaluator
            .eval_with(&mut workspace, &inputs, &mut [Output::Slice(out)])
            .expect("inputs are the graph's own");
    };
    Ok(Contender {
        name: format!("Smalto {target}"),
        fill: Box::new(fill),
        len,
        note: String::new(),
    })
}

impl<T: Copy> Values<T> {
    fn input(&self) -> Input<'_, T> {
        match self {
            Values::Many(values) => Input::Slice(values),
            Values::One(value) => Input::Scalar(*value),
        }
    }

    fn len(&self) -> usize {
        match self {
            Values::Many(values) => values.len(),
            Values::One(_) => 1,
        }
    }
}

/// `count` points from `from` on, in equal steps, short of `to` by one.
pub(crate) fn evenly<T: Real>(count: u32, from: f64, to: f64) -> Rc<[T]> {
    let step = (to - from) / f64::from(count);
    (0..count)
        .map(|i| T::from_f64(from + step * f64::from(i)))
        .collect()
}

/// `count` points in the range, in no order: multiples of an irrational number, of which the
/// fractions are spread evenly.
pub(crate) fn scattered<T: Real>(count: u32, range: Range<f64>, step: f64) -> Rc<[T]> {
    let place = |i: u32| (f64::from(i) * step).fract();
    (0..count)
        .map(|i| T::from_f64(range.start + (range.end - range.start) * place(i)))
        .collect()
}

/// The golden ratio, less 1.
pub(crate) const GOLDEN: f64 = 0.618_033_988_749_894_9;

/// The silver ratio, less 2.
pub(crate) const SILVER: f64 = std::f64::consts::SQRT_2 - 1.0;
