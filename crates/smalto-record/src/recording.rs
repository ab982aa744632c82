//! A recorded kernel.

use crate::recorder::State;
use smalto_graph::{Graph, NodeId};
use smalto_kernel::{Module, RoutineId, ValueId};

/// A kernel, and which node of the graph each of its instructions is for.
#[derive(Debug, Clone)]
pub struct Recording {
    module: Module,
    kernel: RoutineId,
    sources: Vec<u32>,
}

impl Recording {
    /// Puts the kernel being built together with the functions and tables it uses.
    pub(crate) fn finish(state: State, sources: Vec<u32>) -> Recording {
        let (tables, functions, builder) = state.into_parts();
        let mut module = Module::new();
        for table in tables {
            module.add_table(table);
        }
        for function in functions {
            module.add(function);
        }
        let kernel = module.add(builder.finish());
        Recording {
            module,
            kernel,
            sources,
        }
    }

    /// The kernel, the functions it calls and the tables it looks up in.
    pub fn module(&self) -> &Module {
        &self.module
    }

    /// The kernel.
    pub fn kernel(&self) -> RoutineId {
        self.kernel
    }

    /// The node of the graph that an instruction of the kernel is for; none for loops and
    /// indices.
    pub fn source(&self, graph: &Graph, value: ValueId) -> Option<NodeId> {
        let &source = self.sources.get(value.index())?;
        graph.ids().nth(source as usize)
    }
}
