//! What a graph becomes on its way to machine code, step by step, to look at.
//!
//! These are the steps an [`Evaluator`](crate::Evaluator) takes, each by itself. None needs
//! the CPU it makes code for.
//!
//! ```
//! use smalto_graph::{Element, formula, passes::Mode};
//! use smalto_jit::{Isa, inspect};
//!
//! let graph = formula::parse("input x, gain; (x + 1) * gain")?;
//! let optimised = inspect::optimised(&graph, Element::F32, Mode::Strict);
//! let recording = inspect::recorded(&optimised, Element::F32, &["gain"])?;
//! assert!(recording.module().to_string().contains("= mul "));
//! let compiled = inspect::compiled(&recording, Isa::Avx512)?;
//! let listing = compiled.listing().expect("it is there to be looked at");
//! assert!(listing.assembly_text(|_, _| None).contains("vmulps zmm"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::evaluator::{CompileError, uniform_inputs, with_number_outputs};
use crate::native::Isa;
use smalto_graph::passes::{Mode, optimise};
use smalto_graph::{Element, Graph};
use smalto_lower::{Reference, StandardEnvironment};
use smalto_record::record_slices;

pub use smalto_codegen::target::x64::{Compiled, Listing, ListingLine, RoutineListing, Statistics};
pub use smalto_kernel::{RoutineId, ValueId};
pub use smalto_record::Recording;

/// The graph as it is recorded: optimised, its results numbers.
pub fn optimised(graph: &Graph, element: Element, mode: Mode) -> Graph {
    let _environment = StandardEnvironment::enter();
    let optimised = optimise(graph, &Reference(element), mode);
    with_number_outputs(&optimised).into_owned()
}

/// The kernel over slices of an [optimised] graph, `uniform` inputs having one value a call.
///
/// # Errors
/// If an input named uniform does not exist, or an operation has no machine code.
pub fn recorded(
    optimised: &Graph,
    element: Element,
    uniform: &[&str],
) -> Result<Recording, CompileError> {
    let _environment = StandardEnvironment::enter();
    let uniform = uniform_inputs(optimised, uniform)?;
    Ok(record_slices(optimised, element, &uniform)?)
}

/// The code of a recorded kernel, with a listing.
///
/// # Errors
/// If the instructions cannot do what the kernel does.
pub fn compiled(recording: &Recording, isa: Isa) -> Result<Compiled, CompileError> {
    let mut compiler = isa.compiler().with_listing();
    Ok(compiler.compile(recording.module(), recording.kernel())?)
}
