//! A graph that is interpreted at first and compiled once that pays.

use crate::evaluator::Real;
use crate::interp::{Memory, Program, TapeSummary};
use crate::native::{self, Effort, Isa};
use crate::slices::{Input, Output, Signature};
use crate::target::Target;
use crate::tier::{CostModel, Running, Tiers};
use smalto_graph::Graph;

/// The interpreter's program, and what it takes to have machine code instead.
pub(crate) struct Tiered<T> {
    tiers: Tiers<Box<dyn Program<T>>, Box<dyn Program<T>>>,
    graph: Graph,
    signature: Signature,
    isa: Isa,
}

impl<T: Real> Tiered<T> {
    pub(crate) fn new(
        interpreter: Box<dyn Program<T>>,
        graph: Graph,
        signature: Signature,
        isa: Isa,
    ) -> Tiered<T> {
        Tiered {
            tiers: Tiers::new(interpreter, graph.op_count()),
            graph,
            signature,
            isa,
        }
    }

    /// What cannot be compiled goes on in the interpreter.
    fn machine_code(&self) -> Option<Box<dyn Program<T>>> {
        native::compile(self.isa, &self.graph, &self.signature, Effort::Full).ok()
    }
}

impl<T: Real> Program<T> for Tiered<T> {
    fn new_memory(&self) -> Memory {
        self.tiers.interpreter().new_memory()
    }

    fn run(
        &self,
        memory: &mut Memory,
        inputs: &[Input<'_, T>],
        outputs: &mut [Output<'_, T>],
        points: usize,
    ) {
        let model = &CostModel::TYPICAL;
        let running = self
            .tiers
            .choose(model, points as u64, || self.machine_code());
        let (Running::Interpreter(program) | Running::Compiled(program)) = running;
        program.run(memory, inputs, outputs, points);
    }

    fn is_stateful(&self) -> bool {
        false
    }

    fn summary(&self) -> Option<TapeSummary> {
        self.tiers.interpreter().summary()
    }

    fn target(&self) -> Target {
        match self.tiers.compiled() {
            Some(compiled) => compiled.target(),
            None => self.tiers.interpreter().target(),
        }
    }

    fn compile_now(&self) {
        self.tiers.compile(|| self.machine_code());
    }
}
