//! Kernels installed: executable, known to debuggers and profilers, and called.

use super::{perf, refusal};
use crate::code::{Code, CodeError, CodeMemory};
use smalto_codegen::target::x64;
use smalto_lower::StandardEnvironment;
use std::fmt;

/// A kernel in executable memory, until dropped.
///
/// ```
/// # #[cfg(all(target_os = "linux", target_arch = "x86_64"))] {
/// use smalto_codegen::target::x64::*;
/// use smalto_jit::native;
///
/// // Doubles the number that the first argument points to.
/// let mut assembler = Assembler::new();
/// assembler.emit(PUSH, (RBP,));
/// assembler.emit(MOV.r64(), (RBP, RSP));
/// assembler.emit(MOV.r64(), (RAX, Memory::base(RDI)));
/// assembler.emit(SHL.r64(), (Memory::base(RAX), 1));
/// assembler.emit(POP, (RBP,));
/// assembler.emit(RET, ());
///
/// let kernel = native::install("double", &assembler.finish()?, &[0])?;
/// let mut number = 21u64;
/// // SAFETY: the kernel reads one argument, a pointer to a number it may change.
/// unsafe { kernel.call(0, &[(&raw mut number).expose_provenance() as u64]) };
/// assert_eq!(number, 42);
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Installed {
    // In the order of dropping: code is forgotten before it is freed.
    #[cfg(feature = "gdb")]
    _known_to_gdb: super::gdb::Registered,
    code: Code,
    /// Where it can be entered, in bytes from the start.
    entries: Box<[u32]>,
    name: Box<str>,
}

/// What every kernel is to its caller: a function of an array of words.
#[cfg(target_arch = "x86_64")]
type Entry = unsafe extern "sysv64" fn(*const u64);
/// Where no kernel is installed.
#[cfg(not(target_arch = "x86_64"))]
type Entry = unsafe extern "C" fn(*const u64);

/// Installs machine code under a name for debuggers and profilers. `entries` are the
/// places where it can be called, in bytes from the start.
///
/// Code must be framed as every kernel is, `push rbp`, `mov rbp, rsp` ... `pop rbp`,
/// `ret`, or else backtraces from functions it calls go astray.
///
/// # Errors
/// If the system refuses executable memory, which [`refusal`] then tells; on
/// another architecture; or if an entry lies outside the instructions.
pub fn install(name: &str, code: &x64::Code, entries: &[usize]) -> Result<Installed, CodeError> {
    if !cfg!(target_arch = "x86_64") {
        return Err(CodeError::Architecture);
    }
    let instructions = code.instruction_bytes();
    let entries = entries.iter().map(|&offset| match u32::try_from(offset) {
        Ok(entry) if offset < instructions => Ok(entry),
        _ => Err(CodeError::Entry {
            offset,
            instructions,
        }),
    });
    let entries = entries.collect::<Result<Box<[u32]>, CodeError>>()?;
    let installed = refusal::noted(|| CodeMemory::global().install(code.bytes()))?;
    assert!(installed.as_ptr().addr().is_multiple_of(code.alignment()));
    let name = symbol(name).into_boxed_str();
    perf::note(installed.as_ptr(), instructions, &name);
    Ok(Installed {
        #[cfg(feature = "gdb")]
        _known_to_gdb: super::gdb::Registered::new(&name, installed.as_ptr(), instructions),
        code: installed,
        entries,
        name,
    })
}

impl Installed {
    /// The name that debuggers and profilers show.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Bytes of executable memory it takes.
    pub fn bytes(&self) -> usize {
        self.code.len()
    }

    /// The address of an entry.
    ///
    /// # Panics
    /// If there is no such entry.
    #[inline]
    pub fn entry(&self, entry: usize) -> *const u8 {
        self.code
            .as_ptr()
            .wrapping_add(self.entries[entry] as usize)
    }

    /// Calls an entry under the standard floating-point environment.
    ///
    /// # Safety
    /// What stands at the entry must be a function of the System V ABI that takes a
    /// pointer to words, uses instructions that this CPU has, leaves the upper halves of
    /// vector registers clear, and reads and writes only what `arguments` allow it to.
    ///
    /// # Panics
    /// If there is no such entry.
    #[inline]
    pub unsafe fn call(&self, entry: usize, arguments: &[u64]) {
        let _environment = StandardEnvironment::enter();
        // SAFETY: the caller's promise.
        unsafe { self.jump(entry, arguments) }
    }

    /// [`call`](Installed::call) for kernels of a few nanoseconds: the environment is
    /// [probed](StandardEnvironment::enter_by_probe), not read.
    ///
    /// # Safety
    /// As for [`call`](Installed::call).
    ///
    /// # Panics
    /// If there is no such entry.
    #[inline]
    pub unsafe fn call_briefly(&self, entry: usize, arguments: &[u64]) {
        let _environment = StandardEnvironment::enter_by_probe();
        // SAFETY: the caller's promise.
        unsafe { self.jump(entry, arguments) }
    }

    /// # Safety
    /// As for [`call`](Installed::call).
    #[inline(always)]
    unsafe fn jump(&self, entry: usize, arguments: &[u64]) {
        // SAFETY: the code lives as long as `self`, and the caller promises that it is
        // such a function and that the arguments are as it expects them.
        unsafe {
            let entry = std::mem::transmute::<*const u8, Entry>(self.entry(entry));
            entry(arguments.as_ptr());
        }
    }
}

impl fmt::Debug for Installed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Installed")
            .field("name", &self.name)
            .field("start", &self.code.as_ptr())
            .field("entries", &self.entries)
            .finish_non_exhaustive()
    }
}

/// The most characters of a name that tools are shown.
const NAME_LENGTH: usize = 100;

/// `name` as one word: it may be a formula, or hold anything else.
fn symbol(name: &str) -> String {
    let word = name.chars().take(NAME_LENGTH);
    let word = word.map(|c| match c.is_control() || c.is_whitespace() {
        true => '_',
        false => c,
    });
    let word: String = word.collect();
    match word.is_empty() {
        true => "kernel".into(),
        false => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_words() {
        assert_eq!(symbol("x^2 +\ny\u{1b}[m"), "x^2_+_y_[m");
        assert_eq!(symbol(""), "kernel");
        assert_eq!(symbol(&"ä".repeat(1000)), "ä".repeat(NAME_LENGTH));
    }
}
