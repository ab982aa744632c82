//! Pictures of a shape's values, drawn by Smalto as its renderer does.

use crate::race::Contender;
use anyhow::bail;
use smalto::passes::{self, Mode};
use smalto::shape::View;
use smalto::{
    Element, Evaluator, Graph, GridEvaluator, GridWorkspace, Input, Options, Reference, Target,
};
use std::rc::Rc;

/// The pixels of a picture, or of every n-th of its rows: the default view at z = 0.
#[derive(Debug, Clone)]
pub(crate) struct Pixels {
    /// The x of each column.
    pub(crate) columns: Rc<[f32]>,
    /// The y of each row.
    pub(crate) rows: Rc<[f32]>,
}

impl Pixels {
    /// Every `step`-th row of a square picture.
    pub(crate) fn square(side: u32, step: usize) -> anyhow::Result<Pixels> {
        let view = View::square(side)?;
        Ok(Pixels {
            columns: view.columns().into(),
            rows: view.rows().into_iter().step_by(step).collect(),
        })
    }

    /// The first `rows` rows of these.
    pub(crate) fn top(&self, rows: usize) -> Pixels {
        Pixels {
            columns: Rc::clone(&self.columns),
            rows: self.rows[..rows.min(self.rows.len())].into(),
        }
    }

    /// How many pixels there are.
    pub(crate) fn len(&self) -> usize {
        self.columns.len() * self.rows.len()
    }
}

/// `graph` optimised as pictures need it.
pub(crate) fn optimised(graph: &Graph) -> Graph {
    passes::optimise(graph, &Reference(Element::F32), Mode::Strict)
}

/// How pictures of `graph` are compiled: nothing but x varies along a row.
pub(crate) fn evaluator(graph: &Graph, target: Target) -> anyhow::Result<Evaluator<f32>> {
    let names = graph.variables().iter().map(|variable| &*variable.name);
    let uniform: Vec<&str> = names.filter(|&name| name != "x").collect();
    let options = Options {
        target,
        mode: Mode::Strict,
        uniform: &uniform,
    };
    Ok(Evaluator::from_optimised(graph, &options)?)
}

/// Smalto, drawing `pixels` of an optimised graph.
pub(crate) fn contender(
    graph: &Graph,
    target: Target,
    pixels: &Pixels,
) -> anyhow::Result<Contender<f32>> {
    let mut painter = Painter::new(graph, target, pixels)?;
    Ok(Contender {
        name: format!("Smalto {target}"),
        fill: Box::new(move |image| painter.draw(image)),
        len: pixels.len(),
        note: String::new(),
    })
}

struct Painter {
    evaluator: GridEvaluator<f32>,
    workspace: GridWorkspace<f32>,
    /// Inputs that are neither x nor y; they are 0.
    others: usize,
    pixels: Pixels,
}

impl Painter {
    fn new(graph: &Graph, target: Target, pixels: &Pixels) -> anyhow::Result<Painter> {
        let options = Options {
            target,
            ..Options::default()
        };
        let evaluator = GridEvaluator::from_optimised(graph, ["x", "y"], &options)?;
        Ok(Painter {
            workspace: evaluator.workspace(),
            evaluator,
            others: axes(graph)?.iter().filter(|&&axis| axis == 2).count(),
            pixels: pixels.clone(),
        })
    }

    fn draw(&mut self, image: &mut [f32]) {
        self.evaluator
            .eval(
                &mut self.workspace,
                &self.pixels.columns,
                &self.pixels.rows,
                &[Input::Scalar(0.0)][..self.others],
                image,
            )
            .expect("inputs are the graph's own");
    }
}

/// Which of x, y and z each input of `graph` is.
fn axes(graph: &Graph) -> anyhow::Result<Vec<usize>> {
    let axis = |name: &str| match ["x", "y", "z"].iter().position(|axis| *axis == name) {
        Some(axis) => Ok(axis),
        None => bail!("a picture has x, y and z, but the graph has an input `{name}`"),
    };
    let variables = graph.variables().iter();
    variables.map(|variable| axis(&variable.name)).collect()
}
