//! The one check: a kernel compiled and the same kernel interpreted leave the same bits.

use crate::host;
use smalto_codegen::target::x64::{CompileError, Compiler, Level};
use smalto_kernel::interpret::{Buffer, Interpreter};
use smalto_kernel::{Literal, Module, verify};

/// A kernel and what it runs on.
pub(crate) struct Run<'a> {
    pub(crate) module: &'a Module,
    pub(crate) kernel: &'a str,
    pub(crate) buffers: &'a [Buffer],
    pub(crate) arguments: &'a [Literal],
}

/// What differs, if anything does, at any level this CPU has.
pub(crate) fn check(run: &Run<'_>) -> Result<(), String> {
    verify(run.module).map_err(|findings| format!("{findings}\n{}", run.module))?;
    for level in Level::ALL {
        check_at(run, level).map_err(|error| format!("{level}: {error}\n{}", run.module))?;
    }
    Ok(())
}

fn check_at(run: &Run<'_>, level: Level) -> Result<(), String> {
    let id = run.module.find(run.kernel).expect("the kernel is there");
    let compiled = Compiler::new(level)
        .compile(run.module, id)
        .map_err(|error: CompileError| error.to_string())?;
    if !host::can_run(level) {
        return Ok(());
    }
    let mut expected = run.buffers.to_vec();
    Interpreter::new(run.module)
        .map_err(|findings| findings.to_string())?
        .width(compiled.lanes())
        .run(run.kernel, &mut expected, run.arguments)
        .map_err(|error| error.to_string())?;
    let routine = run.module.routine(id);
    let found = host::run(&compiled, routine, run.buffers, run.arguments);
    for (at, (expected, found)) in expected.iter().zip(&found).enumerate() {
        for index in 0..expected.len() {
            let (wanted, got) = (expected.get(index), found.get(index));
            if wanted.is_some() && wanted != got {
                let name = &routine.buffers()[at].name;
                let text = |literal: Option<Literal>| {
                    literal.map_or("nothing".into(), |literal| {
                        format!("{literal} ({:#x})", literal.bits())
                    })
                };
                let inputs: Vec<String> = run
                    .buffers
                    .iter()
                    .map(|buffer| text(buffer.get(index)))
                    .collect();
                return Err(format!(
                    "{name}[{index}] is {} and should be {}; the buffers there: {}",
                    text(got),
                    text(wanted),
                    inputs.join(", ")
                ));
            }
        }
    }
    Ok(())
}
