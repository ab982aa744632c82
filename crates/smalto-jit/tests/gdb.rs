//! What GDB sees of a kernel: its name in a backtrace, and the frames around it.

#![cfg(all(feature = "gdb", target_os = "linux", target_arch = "x86_64"))]

use smalto_codegen::target::x64::*;
use smalto_jit::native::{self, Installed};
use std::process::Command;

const NAME: &str = "kernel_under_test";
const MARK: &str = "SMALTO_TEST_CHILD";

const COMMANDS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/native/backtrace.gdb");

/// What the debugger stops in.
extern "sysv64" fn callback() {
    // SAFETY: a breakpoint, which the debugger steps over.
    unsafe { std::arch::asm!("int3", options(nostack, preserves_flags)) };
}

#[inline(never)]
fn call_kernel(kernel: &Installed) {
    let callback = callback as extern "sysv64" fn() as *const ();
    // SAFETY: the kernel calls its first argument.
    unsafe { kernel.call(0, &[callback.expose_provenance() as u64]) };
}

/// The program that is debugged: kernels come and go, and one is called.
fn debuggee() {
    let mut assembler = Assembler::new();
    assembler.emit(PUSH, (RBP,));
    assembler.emit(MOV.r64(), (RBP, RSP));
    assembler.emit(SUB.r64(), (RSP, 4096));
    assembler.emit(CALL, (Memory::base(RDI),));
    assembler.emit(ADD.r64(), (RSP, 4096));
    assembler.emit(POP, (RBP,));
    assembler.emit(RET, ());
    let code = assembler.finish().unwrap();
    let kernels = ["before", NAME, "after"].map(|name| native::install(name, &code, &[0]).unwrap());
    let [before, kernel, after] = kernels;
    drop(before);
    call_kernel(&kernel);
    drop((after, kernel));
}

#[test]
fn backtraces_in_gdb_name_the_kernel() {
    if std::env::var_os(MARK).is_some() {
        return debuggee();
    }
    if Command::new("gdb").arg("--version").output().is_err() {
        eprintln!("SKIPPED: there is no gdb on this machine");
        return;
    }
    let output = Command::new("gdb")
        .args(["-batch", "-nx", "-x", COMMANDS, "--args"])
        .arg(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "backtraces_in_gdb_name_the_kernel",
            "--nocapture",
        ])
        .env(MARK, "1")
        .env_remove("DEBUGINFOD_URLS")
        .output()
        .unwrap();
    let seen = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    if errors.contains("ptrace") {
        eprintln!("SKIPPED: this system lets nobody be debugged: {errors}");
        return;
    }
    let frames: Vec<&str> = seen.lines().filter(|line| line.starts_with('#')).collect();
    let count = |name: &str| frames.iter().filter(|frame| frame.contains(name)).count();
    assert_eq!(count(NAME), 4, "{seen}{errors}");
    assert_eq!(count("gdb::call_kernel"), 4, "{seen}{errors}");
    assert!(seen.contains("exited normally"), "{seen}{errors}");
}
