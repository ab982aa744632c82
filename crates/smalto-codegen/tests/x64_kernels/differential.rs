//! The one check: a kernel compiled and the same kernel interpreted leave the same bits.

use crate::host;
use smalto_codegen::target::x64::{CompileError, Compiled, Compiler, Level};
use smalto_kernel::interpret::{Buffer, Interpreter};
use smalto_kernel::{Literal, Module, RoutineId, verify};

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

/// The compiled kernel, which must be the same whatever is known of its instructions: nothing
/// at first, how to encode each the second time, and for a listing all is encoded in the
/// general way.
fn compile_every_way(module: &Module, kernel: RoutineId, level: Level) -> Result<Compiled, String> {
    let mut compiler = Compiler::new(level);
    let compile = |compiler: &mut Compiler| {
        let compiled = compiler.compile(module, kernel);
        compiled.map_err(|error: CompileError| error.to_string())
    };
    let first = compile(&mut compiler)?;
    let second = compile(&mut compiler)?;
    let listed = compile(&mut compiler.with_listing())?;
    match first.code() == second.code() && first.code().bytes() == listed.code().bytes() {
        true => Ok(first),
        false => Err("the code depends on what was compiled before".into()),
    }
}

fn check_at(run: &Run<'_>, level: Level) -> Result<(), String> {
    let id = run.module.find(run.kernel).expect("the kernel is there");
    let compiled = compile_every_way(run.module, id, level)?;
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
