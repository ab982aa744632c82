//! Random kernels, for properties that hold of every kernel.
//!
//! A [`Case`] is a function of a list of numbers, the choices made while it grew. So a
//! property test shrinks it by shrinking the list (with proptest:
//! `prop::collection::vec(any::<u32>(), 0..300)`), and a fuzzer can stand in for a
//! property test.
//!
//! Cases are valid, end soon, stay within their buffers and use no poison. One whose
//! width is [`Width::Any`] gives the same results in waves of any width: lanes see each
//! other only to decide what is worth doing, never what comes out. What comes out does
//! not depend on signs or payloads of NaNs either.
//!
//! ```
//! use smalto_kernel::interpret::Interpreter;
//! use smalto_kernel::testing::{Case, Menu};
//!
//! let case = Case::random(&Menu::default(), &[3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5]);
//! let mut buffers = case.buffers.clone();
//! Interpreter::new(&case.module)?.run(Case::KERNEL, &mut buffers, &case.arguments)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod choices;
mod control;
mod functions;
mod grower;
mod memory;

use crate::interpret::Buffer;
use crate::op::Immediate;
use crate::{Builder, Lane, Literal, Module, Op, Width};
use choices::{Choices, random_buffer, random_literal, random_tables};
use functions::random_functions;
use grower::Grower;

/// What random kernels may be made of.
#[derive(Debug, Clone)]
pub struct Menu {
    /// The width of the kernel.
    pub width: Width,
    /// Lane types of values; 32-bit integers and masks are used anyhow.
    pub lanes: Vec<Lane>,
    /// Instructions that compute, out of those that name nothing but values.
    pub ops: Vec<Op>,
    /// Whether there are loops and branches within the loop over waves.
    pub control: bool,
    /// Whether there are tuples.
    pub tuples: bool,
    /// Whether there are functions and calls.
    pub calls: bool,
    /// Whether there are gathers, scatters, atomics, and loads of what was stored.
    pub memory: bool,
}

impl Default for Menu {
    /// Everything there is, for waves of any width.
    fn default() -> Menu {
        let plain = |op: &Op| op.row().immediate == Immediate::Nothing && !op.is_variadic();
        Menu {
            width: Width::Any,
            lanes: Lane::ALL.to_vec(),
            ops: Op::ALL.iter().copied().filter(plain).collect(),
            control: true,
            tuples: true,
            calls: true,
            memory: true,
        }
    }
}

impl Menu {
    /// Everything there is, for waves of `lanes`.
    pub fn of_width(lanes: u8) -> Menu {
        Menu {
            width: Width::Lanes(lanes),
            ..Menu::default()
        }
    }
}

/// A kernel and what to run it on.
#[derive(Debug, Clone)]
pub struct Case {
    /// The module.
    pub module: Module,
    /// One buffer for each that the kernel declares.
    pub buffers: Vec<Buffer>,
    /// One argument for each parameter.
    pub arguments: Vec<Literal>,
}

/// Elements of a buffer beyond those that waves go through.
const MARGIN: usize = 16;
/// How deep control flow nests.
const MAX_DEPTH: usize = 3;

impl Case {
    /// The name of the kernel.
    pub const KERNEL: &str = "main";

    /// The case that grows by these choices.
    pub fn random(menu: &Menu, choices: &[u32]) -> Case {
        let mut choices = Choices(choices.iter());
        let mut module = Module::new();
        let tables = random_tables(&mut module, &mut choices);
        let functions = match menu.calls {
            true => random_functions(&mut module, menu, &tables, &mut choices),
            false => Vec::new(),
        };
        let count = choices.below(3 * 8 + 2);
        let mut grower = Grower::new(
            Builder::kernel(Case::KERNEL, menu.width),
            menu,
            &tables,
            &functions,
            &mut choices,
        );
        grower.kernel();
        let kernel = grower.builder.finish();
        let buffers = kernel
            .buffers()
            .iter()
            .map(|buffer| random_buffer(buffer.element, buffer.access, count, &mut choices))
            .collect();
        let arguments = kernel
            .parameters()
            .map(|(name, ty)| match name {
                "n" => Literal::from(count as i64),
                _ => random_literal(ty.lane(), &mut choices),
            })
            .collect();
        module.add(kernel);
        Case {
            module,
            buffers,
            arguments,
        }
    }
}

#[cfg(test)]
pub(crate) fn choices(most: usize) -> impl proptest::strategy::Strategy<Value = Vec<u32>> {
    use proptest::prelude::*;
    prop::collection::vec(any::<u32>(), 0..most)
}

/// A routine whose blocks go on to up to two others each.
#[cfg(test)]
pub(crate) fn flow_of(edges: &[Vec<usize>]) -> crate::Routine {
    let mut b = Builder::kernel("flow", Width::Any);
    let labels: Vec<_> = edges.iter().map(|_| b.label(&[])).collect();
    b.jump(labels[0], &[]);
    for (block, targets) in edges.iter().enumerate() {
        b.begin(labels[block]);
        match targets[..] {
            [] => b.return_nothing(),
            [one] => b.jump(labels[one], &[]),
            [one, other, ..] => {
                let condition = b.uniform(true);
                b.branch(condition, (labels[one], &[]), (labels[other], &[]));
            }
        }
    }
    let mut routine = b.finish();
    // Block 0 is to be the first of `edges`.
    routine.blocks.remove(0);
    for block in &mut routine.blocks {
        for edge in block.terminator.edges_mut() {
            edge.target.0 -= 1;
        }
    }
    routine
}
