//! Machine code installed: it runs, backtraces walk through it wherever it stands, and
//! tools are told of it.

#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

#[path = "native/unwinder.rs"]
mod unwinder;

use smalto_codegen::target::x64::*;
use smalto_jit::code::{CodeError, CodeMemory};
use smalto_jit::native::{self, CpuError, Installed, Isa, Limit, cpu};
use std::process::Command;

/// A kernel around `body`, framed as all are.
fn framed(body: impl FnOnce(&mut Assembler)) -> Code {
    let mut assembler = Assembler::new();
    assembler.emit(PUSH, (RBP,));
    assembler.emit(MOV.r64(), (RBP, RSP));
    body(&mut assembler);
    assembler.emit(POP, (RBP,));
    assembler.emit(RET, ());
    assembler.finish().unwrap()
}

/// A kernel that calls its first argument with its second.
fn calling() -> Code {
    framed(|assembler| {
        assembler.emit(MOV.r64(), (RAX, Memory::base(RDI)));
        assembler.emit(MOV.r64(), (RDI, Memory::base(RDI).offset(8)));
        assembler.emit(CALL, (RAX,));
    })
}

/// Runs the test of that name in a process of its own, with a variable set. Inside that
/// process it is false.
fn in_a_process_of_its_own(test: &str, variable: (&str, &str)) -> bool {
    const MARK: &str = "SMALTO_TEST_CHILD";
    if std::env::var_os(MARK).is_some() {
        return false;
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(MARK, "1")
        .env(variable.0, variable.1)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    true
}

#[test]
fn entries_are_called_with_the_arguments() {
    // Two entries: store 1 or 2 where the first argument points to.
    let mut assembler = Assembler::new();
    let entries = [1, 2].map(|number| {
        let entry = assembler.label();
        assembler.bind(entry);
        assembler.emit(MOV.r64(), (RAX, Memory::base(RDI)));
        assembler.emit(MOV.r64(), (Memory::base(RAX), number));
        assembler.emit(RET, ());
        entry
    });
    let code = assembler.finish().unwrap();
    let entries = entries.map(|entry| code.offset(entry).unwrap());
    let kernel = native::install("two entries", &code, &entries).unwrap();
    for (entry, expected) in [(0, 1), (1, 2)] {
        let mut stored = 0u64;
        // SAFETY: both entries write one word through the first argument.
        unsafe { kernel.call(entry, &[(&raw mut stored).expose_provenance() as u64]) };
        assert_eq!(stored, expected);
    }
    assert_eq!(kernel.name(), "two_entries");
}

#[test]
fn an_entry_outside_the_instructions_is_refused() {
    let code = framed(|_| ());
    let error = native::install("short", &code, &[0, 6]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "an entry at byte 6 lies outside the 6 bytes of instructions"
    );
}

#[test]
fn a_backtrace_from_a_callback_reaches_the_caller() {
    extern "sysv64" fn callback(reached: &mut bool) {
        *reached = unwinder::reaches(call_kernel as fn(&Installed, &mut bool) as *const ());
    }
    #[inline(never)]
    fn call_kernel(kernel: &Installed, reached: &mut bool) {
        let callback = callback as extern "sysv64" fn(&mut bool) as *const ();
        let arguments = [
            callback.expose_provenance(),
            (&raw mut *reached).expose_provenance(),
        ];
        // SAFETY: the kernel calls the first argument with the second.
        unsafe { kernel.call(0, &arguments.map(|word| word as u64)) };
    }
    let mut reached = false;
    let kernel = native::install("calling", &calling(), &[0]).unwrap();
    call_kernel(&kernel, &mut reached);
    assert!(reached);
}

#[test]
fn a_backtrace_from_every_instruction_reaches_the_caller() {
    let code = framed(|assembler| {
        let (routine, end) = (assembler.label(), assembler.label());
        assembler.emit(PUSH, (RBX,));
        assembler.emit(SUB.r64(), (RSP, 264));
        // Begins with the same byte as `mov rbp, rsp`.
        assembler.emit(MOV.r64(), (RBX, RSP));
        assembler.emit(CALL, (routine,));
        assembler.emit(JMP, (end,));
        // A routine without a frame of its own.
        assembler.bind(routine);
        assembler.emit(ADD.r64(), (RBX, 1));
        assembler.emit(RET, ());
        assembler.bind(end);
        assembler.emit(VZEROUPPER, ());
        assembler.emit(ADD.r64(), (RSP, 264));
        assembler.emit(POP, (RBX,));
    });
    let kernel = native::install("steps", &code, &[0]).unwrap();
    let start = kernel.entry(0).addr();
    let steps = unwinder::single_step(kernel.entry(0), start..start + code.instruction_bytes());
    let offsets: Vec<usize> = steps.iter().map(|step| step.address - start).collect();
    assert_eq!(offsets.len(), 14, "{offsets:?}");
    for (step, offset) in steps.iter().zip(offsets) {
        assert!(step.reached, "lost at byte {offset} of {:x?}", code.bytes());
    }
}

#[test]
fn a_million_installs_and_drops_are_as_cheap_as_those_of_bytes() {
    let code = framed(|_| ());
    for _ in 0..1_000_000 {
        native::install("short-lived", &code, &[0]).unwrap();
    }
    assert!(CodeMemory::global().mapped_bytes() <= 2 << 20);
}

#[test]
fn the_map_for_perf_has_a_line_for_each_kernel() {
    let own = "the_map_for_perf_has_a_line_for_each_kernel";
    if in_a_process_of_its_own(own, ("SMALTO_PERF_MAP", "1")) {
        return;
    }
    let code = framed(|_| ());
    let names = ["sin(x) +\n1", "second"];
    let kernels = names.map(|name| native::install(name, &code, &[0]).unwrap());
    let path = format!("/tmp/perf-{}.map", std::process::id());
    let map = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    let lines: Vec<&str> = map.lines().collect();
    let expected = kernels.each_ref().map(|kernel| {
        let size = code.instruction_bytes();
        format!("{:x} {size:x} {}", kernel.entry(0).addr(), kernel.name())
    });
    assert_eq!(lines, expected);
    assert_eq!(native::remarks().count(), 0);
}

/// Perf looks for a map only where there is no file, or one that stands for none.
#[test]
fn code_lies_where_perf_looks_for_a_map() {
    let kernel = native::install("any", &framed(|_| ()), &[0]).unwrap();
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let address = |text: &str| usize::from_str_radix(text, 16).unwrap();
    let mapping = maps.lines().find(|line| {
        let (start, end) = line.split(' ').next().unwrap().split_once('-').unwrap();
        (address(start)..address(end)).contains(&kernel.entry(0).addr())
    });
    let mapping = mapping.expect("code is mapped");
    assert!(
        mapping.contains(" r-xs ") && mapping.contains(" /dev/zero"),
        "{mapping}"
    );
}

#[test]
fn a_map_that_cannot_be_written_is_a_remark() {
    let own = "a_map_that_cannot_be_written_is_a_remark";
    if in_a_process_of_its_own(own, ("SMALTO_PERF_MAP", "1")) {
        return;
    }
    let path = format!("/tmp/perf-{}.map", std::process::id());
    std::os::unix::fs::symlink("/tmp/somebody's file", &path).unwrap();
    native::install("any", &framed(|_| ()), &[0]).unwrap();
    native::install("other", &framed(|_| ()), &[0]).unwrap();
    std::fs::remove_file(&path).unwrap();
    let remarks: Vec<&str> = native::remarks().collect();
    assert_eq!(remarks.len(), 1, "{remarks:?}");
    assert!(
        remarks[0].starts_with(&format!("cannot write {path}: ")),
        "{remarks:?}"
    );
}

/// Lets this process have so much more address space.
fn limit_memory(bytes: libc::rlim_t) {
    // SAFETY: changes the soft limit of this process, in which nothing else runs.
    unsafe {
        let mut limit: libc::rlimit = std::mem::zeroed();
        assert_eq!(libc::getrlimit(libc::RLIMIT_AS, &mut limit), 0);
        limit.rlim_cur = bytes.min(limit.rlim_max);
        assert_eq!(libc::setrlimit(libc::RLIMIT_AS, &limit), 0);
    }
}

#[test]
fn refused_memory_is_an_error_and_told_once() {
    let own = "refused_memory_is_an_error_and_told_once";
    if in_a_process_of_its_own(own, ("SMALTO_CPU", "auto")) {
        return;
    }
    let code = framed(|_| ());
    assert_eq!(native::refusal(), None);
    limit_memory(0);
    let refused = [0; 2].map(|_| native::install("none", &code, &[0]).err());
    limit_memory(libc::RLIM_INFINITY);
    for error in refused {
        assert!(matches!(error, Some(CodeError::Refused(_))), "{error:?}");
    }
    native::install("some", &code, &[0]).unwrap();
    let remarks: Vec<&str> = native::remarks().collect();
    assert_eq!(
        remarks,
        [
            "the system refuses executable memory (Cannot allocate memory (os error 12)); \
          formulas run in the interpreter instead"
        ]
    );
}

#[test]
fn a_refusal_can_be_simulated() {
    let own = "a_refusal_can_be_simulated";
    if in_a_process_of_its_own(own, ("SMALTO_CPU", "auto")) {
        return;
    }
    let install = || native::install("any", &framed(|_| ()), &[0]);
    native::simulate_refusal(true);
    assert!(matches!(install(), Err(CodeError::Refused(_))));
    assert_eq!(native::remarks().count(), 1);
    native::simulate_refusal(false);
    assert!(install().is_ok());
}

#[test]
fn the_programs_limit_goes_before_that_of_the_environment() {
    let own = "the_programs_limit_goes_before_that_of_the_environment";
    if in_a_process_of_its_own(own, ("SMALTO_CPU", "none")) {
        return;
    }
    assert_eq!(cpu::limit(), Ok(Limit::Interpreter));
    assert_eq!(cpu::best(), Ok(None));
    for &isa in Isa::ALL {
        let result = cpu::set_limit(Limit::UpTo(isa));
        if isa.is_present() {
            assert_eq!((result, cpu::best()), (Ok(()), Ok(Some(isa))));
        } else {
            assert!(matches!(result, Err(CpuError::Lacks { .. })), "{result:?}");
        }
    }
    cpu::set_limit(Limit::Unlimited).unwrap();
    assert_eq!(cpu::best(), Ok(Isa::best()));
}
