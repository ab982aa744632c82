//! The unwinder of this process, asked for backtraces from any place.

use std::arch::asm;
use std::cell::RefCell;
use std::ffi::{c_int, c_void};
use std::ops::Range;

/// The unwinder's view of a frame.
#[repr(C)]
struct Frame([u8; 0]);

type Visit = extern "C" fn(*mut Frame, *mut c_void) -> c_int;

unsafe extern "C" {
    fn _Unwind_Backtrace(visit: Visit, argument: *mut c_void) -> c_int;
    fn _Unwind_GetIP(frame: *mut Frame) -> usize;
    fn _Unwind_FindEnclosingFunction(address: *const c_void) -> *const c_void;
}

struct Search {
    function: *const c_void,
    found: bool,
}

/// Whether the frames of a backtrace from here include one of `function`.
pub(crate) fn reaches(function: *const ()) -> bool {
    extern "C" fn visit(frame: *mut Frame, search: *mut c_void) -> c_int {
        // SAFETY: the unwinder calls this with a frame and the search given to it. The
        // instruction before the return address is the call.
        unsafe {
            let search = &mut *search.cast::<Search>();
            let call = _Unwind_GetIP(frame).wrapping_sub(1) as *const c_void;
            search.found |= _Unwind_FindEnclosingFunction(call) == search.function;
        }
        0
    }
    let mut search = Search {
        function: function.cast(),
        found: false,
    };
    // SAFETY: `visit` takes what it is given here.
    unsafe { _Unwind_Backtrace(visit, (&raw mut search).cast()) };
    search.found
}

/// An instruction that was about to run.
pub(crate) struct Step {
    pub(crate) address: usize,
    /// Whether a backtrace from there reached the function that called the code.
    pub(crate) reached: bool,
}

thread_local! {
    static TRACE: RefCell<(Range<usize>, Vec<Step>)> = const { RefCell::new((0..0, Vec::new())) };
}

/// Calls `function`, without arguments, and takes a backtrace before each instruction in
/// `within`: the trap flag raises a signal after every one.
pub(crate) fn single_step(function: *const u8, within: Range<usize>) -> Vec<Step> {
    // SAFETY: the handler is a handler with three parameters, and touches what only this
    // thread touches, which is not in use when instructions in `within` run.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        let handler: extern "C" fn(c_int, *mut libc::siginfo_t, *mut c_void) = on_trap;
        action.sa_sigaction = handler as usize;
        action.sa_flags = libc::SA_SIGINFO;
        assert_eq!(
            libc::sigaction(libc::SIGTRAP, &action, std::ptr::null_mut()),
            0
        );
    }
    TRACE.set((within, Vec::with_capacity(1000)));
    call_stepping(function);
    TRACE.take().1
}

#[inline(never)]
fn call_stepping(function: *const u8) {
    // SAFETY: calls a function without arguments with the trap flag set.
    unsafe {
        asm!(
            "pushfq",
            "or qword ptr [rsp], 0x100",
            "popfq",
            "call {function}",
            "pushfq",
            "and qword ptr [rsp], ~0x100",
            "popfq",
            function = in(reg) function,
            clobber_abi("sysv64"),
        );
    }
}

extern "C" fn on_trap(_: c_int, _: *mut libc::siginfo_t, context: *mut c_void) {
    // SAFETY: a handler installed with SA_SIGINFO is given a context.
    let context = unsafe { &*context.cast::<libc::ucontext_t>() };
    let address = context.uc_mcontext.gregs[libc::REG_RIP as usize] as usize;
    TRACE.with_borrow_mut(|(within, steps)| {
        if within.contains(&address) {
            let reached = reaches(call_stepping as fn(*const u8) as *const ());
            steps.push(Step { address, reached });
        }
    });
}
