//! Kernels known to GDB, by its JIT interface.
//!
//! The debugger puts a breakpoint on `__jit_debug_register_code`. When it is called, the
//! debugger reads `__jit_debug_descriptor`, which says what has happened to a list of
//! object files in memory (GDB manual, "JIT Compilation Interface"). LLDB understands it
//! as well. Both symbols must be found by their names, so a stripped program shows
//! nothing, and there can be one such list in a program: hence a feature of the crate,
//! off by default.
//!
//! Breakpoints in kernels must be hardware breakpoints (`hbreak`): code cannot be
//! written through the address at which it is executed, not even by a debugger.

use super::elf;
use std::cell::UnsafeCell;
use std::ptr;
use std::sync::{Mutex, MutexGuard};

/// A link of the list.
#[repr(C)]
struct Link {
    next: *mut Link,
    previous: *mut Link,
    object: *const u8,
    length: u64,
}

#[repr(C)]
struct Descriptor {
    version: u32,
    action: u32,
    relevant: *mut Link,
    first: *mut Link,
}

const REGISTER: u32 = 1;
const UNREGISTER: u32 = 2;

/// A descriptor that is changed under [`LIST`] only.
#[repr(transparent)]
struct Shared(UnsafeCell<Descriptor>);

// SAFETY: whoever changes it holds the lock.
unsafe impl Sync for Shared {}

static LIST: Mutex<()> = Mutex::new(());

// SAFETY: nothing else in a program may have this name; that is the interface.
#[unsafe(no_mangle)]
static __jit_debug_descriptor: Shared = Shared(UnsafeCell::new(Descriptor {
    version: 1,
    action: 0,
    relevant: ptr::null_mut(),
    first: ptr::null_mut(),
}));

/// Where the debugger stops to look.
// SAFETY: as above.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn __jit_debug_register_code() {
    // Something that the compiler cannot see through, so that the call stays.
    // SAFETY: no instruction at all.
    unsafe { std::arch::asm!("", options(nostack, preserves_flags)) };
}

/// A kernel that the debugger knows, until dropped.
pub(super) struct Registered {
    link: *mut Link,
    _object: Box<[u8]>,
}

// SAFETY: the link is touched under the lock only.
unsafe impl Send for Registered {}
// SAFETY: as above.
unsafe impl Sync for Registered {}

impl Registered {
    pub(super) fn new(name: &str, start: *const u8, length: usize) -> Registered {
        let object = elf::object(name, start.addr() as u64, length as u64).into_boxed_slice();
        let link = Box::into_raw(Box::new(Link {
            next: ptr::null_mut(),
            previous: ptr::null_mut(),
            object: object.as_ptr(),
            length: object.len() as u64,
        }));
        let list = lock();
        // SAFETY: the lock is held, links in the list are alive, and this one is new.
        unsafe {
            let descriptor = __jit_debug_descriptor.0.get();
            let next = (*descriptor).first;
            (*link).next = next;
            if !next.is_null() {
                (*next).previous = link;
            }
            (*descriptor).first = link;
            announce(REGISTER, link);
        }
        drop(list);
        Registered {
            link,
            _object: object,
        }
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        let list = lock();
        // SAFETY: the lock is held, and the link is in the list until here.
        unsafe {
            let descriptor = __jit_debug_descriptor.0.get();
            let Link { next, previous, .. } = *self.link;
            match previous.is_null() {
                true => (*descriptor).first = next,
                false => (*previous).next = next,
            }
            if !next.is_null() {
                (*next).previous = previous;
            }
            announce(UNREGISTER, self.link);
            drop(Box::from_raw(self.link));
        }
        drop(list);
    }
}

fn lock() -> MutexGuard<'static, ()> {
    LIST.lock().expect("no code panics holding the list")
}

/// Tells the debugger, which reads what no code here does: hence volatile writes.
///
/// # Safety
/// The list must be locked and the link alive.
unsafe fn announce(action: u32, link: *mut Link) {
    let descriptor = __jit_debug_descriptor.0.get();
    // SAFETY: the caller has the lock.
    unsafe {
        (&raw mut (*descriptor).action).write_volatile(action);
        (&raw mut (*descriptor).relevant).write_volatile(link);
        __jit_debug_register_code();
        // A debugger that attaches later must not find a link that is gone.
        (&raw mut (*descriptor).action).write_volatile(0);
        (&raw mut (*descriptor).relevant).write_volatile(ptr::null_mut());
    }
}
