//! Cranelift, compiling straight-line code as fast as it can: no optimisation, no
//! verifier, the quicker of its two register allocators.
//!
//! It is spared what is not compiling: its function is built once, its context and
//! control plane are reused, and the code stays where it was assembled. (Its module for
//! JITs would add mapping and protecting pages.)

use anyhow::{Context as _, bail};
use cranelift_codegen::Context;
use cranelift_codegen::control::ControlPlane;
use cranelift_codegen::ir::{
    AbiParam, Function, InstBuilder, MemFlagsData, Signature, UserFuncName, Value, types,
};
use cranelift_codegen::isa::{CallConv, OwnedTargetIsa, TargetIsa};
use cranelift_codegen::settings::{self, Configurable};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use smalto::{Graph, Node, Op};
use std::time::{Duration, Instant};

/// Its register allocators.
const ALLOCATORS: [&str; 2] = ["single_pass", "backtracking"];

/// Lanes of its vectors of f32: it has none wider.
pub(crate) const LANES: usize = 4;

/// Compiles one function again and again.
pub(crate) struct Compiler {
    isa: OwnedTargetIsa,
    function: Function,
    context: Context,
    control: ControlPlane,
    /// What its allocator is called.
    pub(crate) allocator: &'static str,
}

impl Compiler {
    /// For `graph`, with the allocator that is quicker on it.
    pub(crate) fn best(graph: &Graph) -> anyhow::Result<Compiler> {
        let mut compilers = Vec::new();
        for allocator in ALLOCATORS {
            let mut compiler = Compiler::new(graph, allocator)?;
            compilers.push((compiler.trial()?, compiler));
        }
        let best = compilers.into_iter().min_by_key(|(time, _)| *time);
        Ok(best.expect("there are allocators").1)
    }

    fn new(graph: &Graph, allocator: &'static str) -> anyhow::Result<Compiler> {
        let mut flags = settings::builder();
        for (name, value) in [
            ("opt_level", "none"),
            ("enable_verifier", "false"),
            ("enable_alias_analysis", "false"),
            ("unwind_info", "false"),
            ("regalloc_algorithm", allocator),
        ] {
            flags.set(name, value)?;
        }
        let builder = cranelift_native::builder().map_err(anyhow::Error::msg)?;
        let isa = builder.finish(settings::Flags::new(flags))?;
        let function = function(graph, &*isa)?;
        Ok(Compiler {
            isa,
            function,
            context: Context::new(),
            control: ControlPlane::default(),
            allocator,
        })
    }

    /// Compiles the function: its bytes.
    pub(crate) fn compile(&mut self) -> anyhow::Result<&[u8]> {
        self.context.clear();
        self.context.func.clone_from(&self.function);
        let compiled = self.context.compile(&*self.isa, &mut self.control);
        let compiled = compiled.map_err(|error| anyhow::anyhow!("{:?}", error.inner))?;
        Ok(compiled.code_buffer())
    }

    fn trial(&mut self) -> anyhow::Result<Duration> {
        const TRIALS: usize = 5;
        let mut least = Duration::MAX;
        for _ in 0..TRIALS {
            let started = Instant::now();
            self.compile()?;
            least = least.min(started.elapsed());
        }
        Ok(least)
    }
}

/// `graph` as a function of two pointers: to a vector of each input, and to room for a
/// vector of the output.
fn function(graph: &Graph, isa: &dyn TargetIsa) -> anyhow::Result<Function> {
    let mut signature = Signature::new(CallConv::SystemV);
    let pointer = AbiParam::new(isa.pointer_type());
    signature.params.extend([pointer; 2]);
    let mut function = Function::with_name_signature(UserFuncName::default(), signature);
    let mut scratch = FunctionBuilderContext::new();
    let mut builder = FunctionBuilder::new(&mut function, &mut scratch);
    let block = builder.create_block();
    builder.append_block_params_for_function_params(block);
    builder.switch_to_block(block);
    builder.seal_block(block);
    let [inputs, output] = *builder.block_params(block) else {
        bail!("a function of two parameters has others");
    };
    let mut values: Vec<Value> = Vec::with_capacity(graph.len());
    for id in graph.ids() {
        let operand = |index: usize| values[graph.operands(id)[index].index()];
        let value = match graph.node(id) {
            Node::Variable { variable, .. } => {
                let offset = (variable.index() * LANES * size_of::<f32>()) as i32;
                let flags = MemFlagsData::trusted();
                builder.ins().load(types::F32X4, flags, inputs, offset)
            }
            Node::Apply { op, .. } => {
                let (a, b) = (operand(0), operand(1));
                match op {
                    Op::Add => builder.ins().fadd(a, b),
                    Op::Sub => builder.ins().fsub(a, b),
                    Op::Mul => builder.ins().fmul(a, b),
                    op => bail!("a chain has no {}", op.row().name),
                }
            }
            other => bail!("a chain has no {other:?}"),
        };
        values.push(value);
    }
    let result = graph.outputs().first().context("a graph without output")?;
    let result = values[result.node.index()];
    builder
        .ins()
        .store(MemFlagsData::trusted(), result, output, 0);
    builder.ins().return_(&[]);
    builder.finalize(isa.frontend_config());
    Ok(function)
}
