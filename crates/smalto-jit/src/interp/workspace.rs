//! The memory a tape runs in: uniforms, slots, scratch for partial batches, and
//! the states of stateful user ops. Made once, used for many calls.

use super::BATCH;
use super::tape::{CallSite, Home, Tape};
use smalto_graph::{Body, Process};
use smalto_lower::{Float, Lanes};

/// A cache line; slots begin at one.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct Line(#[expect(dead_code, reason = "read and written through pointers")] [u8; 64]);

/// What one evaluation at a time runs in.
pub(crate) struct TapeMemory {
    lines: Vec<Line>,
    /// For each varying place, where the current batch of it begins. Stale between
    /// calls.
    pub(super) addresses: Vec<*mut u8>,
    pub(super) states: States,
}

// SAFETY: the addresses are written before they are read in every call, and point
// into `lines` or into slices that the caller of that call lends.
unsafe impl Send for TapeMemory {}

/// Offsets into a [`TapeMemory`], in bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    pub(super) slots: usize,
    /// Bytes from one slot, or one input's or output's scratch, to the next.
    pub(super) stride: usize,
    pub(super) scratch: usize,
    end: usize,
}

impl Layout {
    /// The layout for `tape` with `externals` inputs and outputs.
    pub(super) fn new<L: Lanes>(tape: &Tape<L>, externals: usize) -> Layout {
        let stride = BATCH * tape.lane_bytes;
        let slots = tape.uniform_bytes.next_multiple_of(size_of::<Line>());
        let scratch = slots + tape.slots as usize * stride;
        Layout {
            slots,
            stride,
            scratch,
            end: scratch + externals * stride,
        }
    }
}

impl TapeMemory {
    pub(super) fn new<L: Lanes>(tape: &Tape<L>, layout: Layout, externals: usize) -> TapeMemory {
        TapeMemory {
            lines: vec![Line([0; 64]); layout.end.div_ceil(size_of::<Line>())],
            addresses: vec![std::ptr::null_mut(); externals + tape.slots as usize],
            states: States::new(&tape.calls),
        }
    }

    /// The first byte.
    pub(super) fn base(&mut self) -> *mut u8 {
        self.lines.as_mut_ptr().cast()
    }
}

/// The running instances of stateful user ops.
pub(super) struct States {
    processes: Vec<Option<Box<Process>>>,
    operands: Vec<f64>,
}

impl States {
    fn new(calls: &[CallSite]) -> States {
        let processes = calls.iter().map(|call| match call.op.body() {
            Body::Process(factory) => Some(factory()),
            _ => None,
        });
        States {
            processes: processes.collect(),
            operands: Vec::new(),
        }
    }

    /// Calls a user op at each of `points` points, in order.
    ///
    /// # Safety
    /// `address` must give, for each home of the site, memory valid for `points`
    /// elements (a whole chunk, if uniform).
    pub(super) unsafe fn call<L: Lanes<Element: Float>>(
        &mut self,
        index: usize,
        site: &CallSite,
        points: usize,
        address: impl Fn(Home) -> *mut u8,
    ) {
        let at = |home: Home, point: usize| -> *mut L::Element {
            let lane = if matches!(home, Home::Uniform(_)) {
                0
            } else {
                point
            };
            address(home).cast::<L::Element>().wrapping_add(lane)
        };
        for point in 0..points {
            self.operands.clear();
            for &operand in &site.operands {
                // SAFETY: the place holds that many elements.
                self.operands
                    .push(unsafe { at(operand, point).read() }.to_f64());
            }
            let value = match (site.op.body(), &mut self.processes[index]) {
                (Body::Function(function), _) => function(&self.operands),
                (_, Some(process)) => process(&self.operands),
                _ => unreachable!("a call is a function or has a process"),
            };
            let value = L::Element::from_f64(value);
            match site.result {
                // SAFETY: the place has room for that many elements.
                Home::Varying(_) => unsafe { at(site.result, point).write(value) },
                Home::Uniform(_) => {
                    for lane in 0..L::WIDTH {
                        // SAFETY: a uniform place has room for a chunk.
                        unsafe { at(site.result, 0).add(lane).write(value) };
                    }
                }
            }
        }
    }
}
