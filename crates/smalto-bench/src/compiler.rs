//! Smalto's compiler, stage by stage.

use crate::models::Absent;
use smalto::{Element, Graph, native};
use smalto_codegen::target::x64::{Compiler, Level};
use smalto_record::{Recording, record_slices};
use std::cell::RefCell;
use std::hint::black_box;
use std::rc::Rc;

/// The stages of compiling one graph for slices of f32. Each does its work anew every
/// time, from what the one before has left.
pub(crate) struct Stages {
    /// From the optimised graph to a kernel.
    pub(crate) to_kernel: Box<dyn FnMut()>,
    /// From the kernel to code: selection, allocation, encoding.
    pub(crate) to_code: Box<dyn FnMut()>,
    /// Bytes of that code, constants included.
    pub(crate) bytes: usize,
}

/// The stages for `graph`, which is optimised. What is called y has one value a call, as
/// along a row of a picture.
///
/// # Errors
/// [`Absent`] where no machine code is made.
pub(crate) fn stages(graph: &Graph) -> anyhow::Result<Stages> {
    let Some(isa) = native::cpu::best()? else {
        return Err(Absent("machine code is forbidden here".into()).into());
    };
    let level = match isa {
        native::Isa::Avx2 => Level::Avx2,
        native::Isa::Avx512 => Level::Avx512,
    };
    let graph = graph.clone();
    let uniform: Vec<bool> = graph.variables().iter().map(|v| &*v.name == "y").collect();
    let record = move || record_slices(&graph, Element::F32, &uniform);
    let recording: Rc<RefCell<Recording>> = Rc::new(RefCell::new(record()?));
    let mut compiler = Compiler::new(level);
    let mut compile = {
        let recording = Rc::clone(&recording);
        move || {
            let recording = recording.borrow();
            compiler.compile(recording.module(), recording.kernel())
        }
    };
    let bytes = compile()?.code().bytes().len();
    Ok(Stages {
        to_kernel: Box::new(move || {
            recording.replace(record().expect("it was recorded before"));
        }),
        to_code: Box::new(move || {
            black_box(compile().expect("it was compiled before"));
        }),
        bytes,
    })
}
