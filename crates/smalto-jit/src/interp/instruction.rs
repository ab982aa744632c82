//! The tape's instructions and the kernels that run them.
//!
//! A kernel is one op with one *form*: which operands are uniform. It is a plain
//! function compiled for the machine's CPU features, and runs a whole run of
//! instructions of its op, each over a batch. An instruction with only uniform
//! operands has a uniform result, so the form says that too.

use super::BATCH;
use smalto_graph::{Op, Table, Type, Value};
use smalto_lower::kind::{I32, Real};
use smalto_lower::meaning::{Binary, Ternary, Unary, Visitor, with_meaning};
use smalto_lower::{Float, Kind, Lanes};

/// Where an operand or result lives: an index into [`Frame::addresses`] if it is
/// varying, a byte offset from [`Frame::uniforms`] if it is uniform.
pub(super) type Place = u32;

/// One op on one batch: the result's place and the operands'.
#[derive(Debug, Clone, Copy)]
pub(super) struct Instruction {
    pub(super) result: Place,
    pub(super) operands: [Place; 3],
}

/// Which operands of an op are uniform, bit by bit.
pub(super) type Form = usize;

/// What the kernels of one batch are told.
pub(super) struct Frame<'a, L: Lanes> {
    /// For each varying place, where its batch begins. Results of one batch never
    /// overlap other places, unless both are the same place and lane size.
    pub(super) addresses: &'a [*mut u8],
    /// Uniform values, each splatted to one chunk.
    pub(super) uniforms: *mut u8,
    /// Chunks of `L::WIDTH` lanes in this batch.
    pub(super) chunks: usize,
    /// The constant tables.
    pub(super) tables: &'a [LaneTable<L>],
}

/// A kernel.
///
/// # Safety
/// Every place of every instruction must be in range of the frame, valid for
/// `frame.chunks` chunks (one, if uniform) of the kind the op wants there, and
/// varying or uniform as the kernel's form says.
pub(super) type Kernel<L> = unsafe fn(L, &Frame<'_, L>, &[Instruction]);

/// A constant table in the element.
pub(crate) enum LaneTable<L: Lanes> {
    Real(Vec<L::Element>),
    I32(Vec<i32>),
}

impl<L: Lanes<Element: Float>> LaneTable<L> {
    pub(crate) fn new(table: &Table) -> Self {
        let reals = table.values().iter().filter_map(|v| v.as_real());
        match table.ty() {
            Type::Real => LaneTable::Real(reals.map(L::Element::from_f64).collect()),
            _ => LaneTable::I32(
                table
                    .values()
                    .iter()
                    .map(|value| match value {
                        Value::I32(v) => *v,
                        other => unreachable!("a table of {}", other.ty()),
                    })
                    .collect(),
            ),
        }
    }
}

/// The kernel of `op` on operands of type `ty`, of this form.
pub(super) fn kernel<L: Lanes<Element: Float>>(op: Op, ty: Type, form: Form) -> Kernel<L> {
    with_meaning::<L, _>(op, ty, SelectKernel { form })
}

/// The kernel of a table lookup by an index that is uniform or not. The table is
/// the second operand.
pub(super) fn lookup_kernel<L: Lanes<Element: Float>>(ty: Type, uniform: bool) -> Kernel<L> {
    match (ty, uniform) {
        (Type::Real, false) => run_lookup::<L, Gather, false>,
        (Type::Real, true) => run_lookup::<L, Gather, true>,
        (_, false) => run_lookup::<L, GatherI32, false>,
        (_, true) => run_lookup::<L, GatherI32, true>,
    }
}

/// The kernel that copies a uniform to a varying place, for outputs.
pub(super) fn broadcast_kernel<L: Lanes<Element: Float>>(ty: Type) -> Kernel<L> {
    use smalto_lower::kind::I64;
    match ty {
        Type::Real => run_broadcast::<L, Real>,
        Type::I32 => run_broadcast::<L, I32>,
        Type::I64 => run_broadcast::<L, I64>,
        Type::Bool => unreachable!("outputs are numbers"),
    }
}

struct SelectKernel {
    form: Form,
}

impl<L: Lanes> Visitor<L> for SelectKernel {
    type Output = Kernel<L>;

    fn unary<F: Unary<L>>(self) -> Kernel<L> {
        match F::LONG {
            true => [run_long_unary::<L, F, false>, run_long_unary::<L, F, true>][self.form],
            false => [run_unary::<L, F, false>, run_unary::<L, F, true>][self.form],
        }
    }

    fn binary<F: Binary<L>>(self) -> Kernel<L> {
        if F::LONG {
            return [
                run_long_binary::<L, F, false, false>,
                run_long_binary::<L, F, true, false>,
                run_long_binary::<L, F, false, true>,
                run_long_binary::<L, F, true, true>,
            ][self.form];
        }
        [
            run_binary::<L, F, false, false>,
            run_binary::<L, F, true, false>,
            run_binary::<L, F, false, true>,
            run_binary::<L, F, true, true>,
        ][self.form]
    }

    fn ternary<F: Ternary<L>>(self) -> Kernel<L> {
        [
            run_ternary::<L, F, false, false, false>,
            run_ternary::<L, F, true, false, false>,
            run_ternary::<L, F, false, true, false>,
            run_ternary::<L, F, true, true, false>,
            run_ternary::<L, F, false, false, true>,
            run_ternary::<L, F, true, false, true>,
            run_ternary::<L, F, false, true, true>,
            run_ternary::<L, F, true, true, true>,
        ][self.form]
    }
}

/// An operand of one instruction, ready to be read chunk by chunk.
struct Operand<K: Kind<L>, L: Lanes, const UNIFORM: bool> {
    uniform: Option<K::Value>,
    from: *const u8,
}

impl<K: Kind<L>, L: Lanes, const UNIFORM: bool> Operand<K, L, UNIFORM> {
    /// # Safety
    /// As for [`Kernel`].
    #[inline(always)]
    unsafe fn new(lanes: L, frame: &Frame<'_, L>, place: Place) -> Self {
        if UNIFORM {
            // SAFETY: a uniform place holds one chunk.
            let uniform = unsafe { K::load(lanes, frame.uniforms.add(place as usize)) };
            Operand {
                uniform: Some(uniform),
                from: std::ptr::null(),
            }
        } else {
            // SAFETY: a varying place is in range.
            let from = unsafe { *frame.addresses.get_unchecked(place as usize) };
            Operand {
                uniform: None,
                from,
            }
        }
    }

    /// # Safety
    /// `chunk` must be less than the chunks of the place.
    #[inline(always)]
    unsafe fn chunk(&self, lanes: L, chunk: usize) -> K::Value {
        match self.uniform {
            Some(value) => value,
            // SAFETY: the place is valid for that many chunks.
            None => unsafe { K::load(lanes, self.from.add(chunk * chunk_bytes::<K, L>())) },
        }
    }
}

#[inline(always)]
pub(crate) fn chunk_bytes<K: Kind<L>, L: Lanes>() -> usize {
    L::WIDTH * K::lane_bytes()
}

/// Runs `body` for each instruction, compiled for the machine's CPU features.
#[inline(always)]
fn for_each<L: Lanes>(lanes: L, run: &[Instruction], body: impl Fn(&Instruction)) {
    lanes.enter(
        #[inline(always)]
        || {
            for instruction in run {
                body(instruction);
            }
        },
    );
}

/// Fills the place of a result with the values of its chunks: one, if it is uniform.
///
/// # Safety
/// As for [`Kernel`].
#[inline(always)]
unsafe fn fill<K: Kind<L>, L: Lanes>(
    lanes: L,
    frame: &Frame<'_, L>,
    place: Place,
    uniform: bool,
    value: impl Fn(usize) -> K::Value,
) {
    let (to, chunks) = if uniform {
        // SAFETY: a uniform place lies in the uniforms.
        (unsafe { frame.uniforms.add(place as usize) }, 1)
    } else {
        // SAFETY: a varying place is in range.
        let to = unsafe { *frame.addresses.get_unchecked(place as usize) };
        (to, frame.chunks)
    };
    // Most batches are full, and a loop of known length is unrolled.
    let full = BATCH / L::WIDTH;
    if chunks == full {
        for chunk in 0..full {
            // SAFETY: the place is valid for that many chunks.
            unsafe { K::store(lanes, to.add(chunk * chunk_bytes::<K, L>()), value(chunk)) };
        }
    } else {
        for chunk in 0..chunks {
            // SAFETY: the place is valid for that many chunks.
            unsafe { K::store(lanes, to.add(chunk * chunk_bytes::<K, L>()), value(chunk)) };
        }
    }
}

unsafe fn run_unary<L: Lanes, F: Unary<L>, const A: bool>(
    lanes: L,
    frame: &Frame<'_, L>,
    run: &[Instruction],
) {
    for_each(
        lanes,
        run,
        #[inline(always)]
        |instruction| {
            let [a, ..] = instruction.operands;
            // SAFETY: the caller's promise about places, instruction by instruction.
            unsafe {
                let a = Operand::<F::A, L, A>::new(lanes, frame, a);
                fill::<F::R, L>(
                    lanes,
                    frame,
                    instruction.result,
                    A,
                    #[inline(always)]
                    |chunk| F::apply(lanes, a.chunk(lanes, chunk)),
                );
            }
        },
    );
}

unsafe fn run_binary<L: Lanes, F: Binary<L>, const A: bool, const B: bool>(
    lanes: L,
    frame: &Frame<'_, L>,
    run: &[Instruction],
) {
    for_each(
        lanes,
        run,
        #[inline(always)]
        |instruction| {
            let [a, b, _] = instruction.operands;
            // SAFETY: the caller's promise about places, instruction by instruction.
            unsafe {
                let a = Operand::<F::A, L, A>::new(lanes, frame, a);
                let b = Operand::<F::B, L, B>::new(lanes, frame, b);
                fill::<F::R, L>(
                    lanes,
                    frame,
                    instruction.result,
                    A && B,
                    #[inline(always)]
                    |chunk| F::apply(lanes, a.chunk(lanes, chunk), b.chunk(lanes, chunk)),
                );
            }
        },
    );
}

unsafe fn run_ternary<L: Lanes, F: Ternary<L>, const A: bool, const B: bool, const C: bool>(
    lanes: L,
    frame: &Frame<'_, L>,
    run: &[Instruction],
) {
    for_each(
        lanes,
        run,
        #[inline(always)]
        |instruction| {
            let [a, b, c] = instruction.operands;
            // SAFETY: the caller's promise about places, instruction by instruction.
            unsafe {
                let a = Operand::<F::A, L, A>::new(lanes, frame, a);
                let b = Operand::<F::B, L, B>::new(lanes, frame, b);
                let c = Operand::<F::C, L, C>::new(lanes, frame, c);
                fill::<F::R, L>(
                    lanes,
                    frame,
                    instruction.result,
                    A && B && C,
                    #[inline(always)]
                    |chunk| {
                        let (a, b) = (a.chunk(lanes, chunk), b.chunk(lanes, chunk));
                        F::apply(lanes, a, b, c.chunk(lanes, chunk))
                    },
                );
            }
        },
    );
}

/// An operand or a result of a long op, which is compiled once for all forms: the address of
/// its first chunk, and how far it is from one chunk to the next.
#[derive(Clone, Copy)]
pub(crate) struct Chunks {
    pub(crate) first: *mut u8,
    pub(crate) step: usize,
}

impl Chunks {
    /// # Safety
    /// As for [`Kernel`].
    unsafe fn of<K: Kind<L>, L: Lanes>(frame: &Frame<'_, L>, place: Place, uniform: bool) -> Self {
        if uniform {
            // SAFETY: a uniform place lies in the uniforms.
            let first = unsafe { frame.uniforms.add(place as usize) };
            return Chunks { first, step: 0 };
        }
        Chunks {
            // SAFETY: a varying place is in range.
            first: unsafe { *frame.addresses.get_unchecked(place as usize) },
            step: chunk_bytes::<K, L>(),
        }
    }

    /// # Safety
    /// `index` must be less than the chunks of the place.
    #[inline(always)]
    unsafe fn chunk(self, index: usize) -> *mut u8 {
        // SAFETY: the place is valid for that many chunks.
        unsafe { self.first.add(index * self.step) }
    }
}

unsafe fn run_long_unary<L: Lanes, F: Unary<L>, const A: bool>(
    lanes: L,
    frame: &Frame<'_, L>,
    run: &[Instruction],
) {
    for instruction in run {
        // SAFETY: the caller's promise about places, instruction by instruction.
        unsafe {
            let a = Chunks::of::<F::A, L>(frame, instruction.operands[0], A);
            let to = Chunks::of::<F::R, L>(frame, instruction.result, A);
            apply_long_unary::<L, F>(lanes, to, a, if A { 1 } else { frame.chunks });
        }
    }
}

/// # Safety
/// The places must be valid for `chunks` chunks of their kinds.
#[inline(never)]
pub(crate) unsafe fn apply_long_unary<L: Lanes, F: Unary<L>>(
    lanes: L,
    to: Chunks,
    a: Chunks,
    chunks: usize,
) {
    lanes.enter(
        #[inline(always)]
        || {
            for index in 0..chunks {
                // SAFETY: the caller's promise.
                unsafe {
                    let a = F::A::load(lanes, a.chunk(index));
                    F::R::store(lanes, to.chunk(index), F::apply(lanes, a));
                }
            }
        },
    );
}

unsafe fn run_long_binary<L: Lanes, F: Binary<L>, const A: bool, const B: bool>(
    lanes: L,
    frame: &Frame<'_, L>,
    run: &[Instruction],
) {
    for instruction in run {
        let [a, b, _] = instruction.operands;
        let uniform = A && B;
        // SAFETY: the caller's promise about places, instruction by instruction.
        unsafe {
            let a = Chunks::of::<F::A, L>(frame, a, A);
            let b = Chunks::of::<F::B, L>(frame, b, B);
            let to = Chunks::of::<F::R, L>(frame, instruction.result, uniform);
            let chunks = if uniform { 1 } else { frame.chunks };
            apply_long_binary::<L, F>(lanes, to, [a, b], chunks);
        }
    }
}

/// # Safety
/// The places must be valid for `chunks` chunks of their kinds.
#[inline(never)]
pub(crate) unsafe fn apply_long_binary<L: Lanes, F: Binary<L>>(
    lanes: L,
    to: Chunks,
    [a, b]: [Chunks; 2],
    chunks: usize,
) {
    lanes.enter(
        #[inline(always)]
        || {
            for index in 0..chunks {
                // SAFETY: the caller's promise.
                unsafe {
                    let a = F::A::load(lanes, a.chunk(index));
                    let b = F::B::load(lanes, b.chunk(index));
                    F::R::store(lanes, to.chunk(index), F::apply(lanes, a, b));
                }
            }
        },
    );
}

unsafe fn run_broadcast<L: Lanes, K: Kind<L>>(lanes: L, frame: &Frame<'_, L>, run: &[Instruction]) {
    for_each(
        lanes,
        run,
        #[inline(always)]
        |instruction| {
            let [from, ..] = instruction.operands;
            // SAFETY: the caller's promise about places, instruction by instruction.
            unsafe {
                let from = Operand::<K, L, true>::new(lanes, frame, from);
                fill::<K, L>(
                    lanes,
                    frame,
                    instruction.result,
                    false,
                    #[inline(always)]
                    |chunk| from.chunk(lanes, chunk),
                );
            }
        },
    );
}

/// A table lookup, by kind of element.
trait Lookup<L: Lanes> {
    type R: Kind<L>;
    fn gather(lanes: L, table: &LaneTable<L>, index: L::I32) -> <Self::R as Kind<L>>::Value;
}

struct Gather;

impl<L: Lanes> Lookup<L> for Gather {
    type R = Real;

    #[inline(always)]
    fn gather(lanes: L, table: &LaneTable<L>, index: L::I32) -> L::Real {
        match table {
            LaneTable::Real(values) => lanes.gather(values, index),
            LaneTable::I32(_) => unreachable!("the kernel is chosen by the table's type"),
        }
    }
}

struct GatherI32;

impl<L: Lanes> Lookup<L> for GatherI32 {
    type R = I32;

    #[inline(always)]
    fn gather(lanes: L, table: &LaneTable<L>, index: L::I32) -> L::I32 {
        match table {
            LaneTable::I32(values) => lanes.gather_i32(values, index),
            LaneTable::Real(_) => unreachable!("the kernel is chosen by the table's type"),
        }
    }
}

unsafe fn run_lookup<L: Lanes, T: Lookup<L>, const UNIFORM: bool>(
    lanes: L,
    frame: &Frame<'_, L>,
    run: &[Instruction],
) {
    for_each(
        lanes,
        run,
        #[inline(always)]
        |instruction| {
            let [index, table, _] = instruction.operands;
            let table = &frame.tables[table as usize];
            // SAFETY: the caller's promise about places, instruction by instruction.
            unsafe {
                let index = Operand::<I32, L, UNIFORM>::new(lanes, frame, index);
                fill::<T::R, L>(
                    lanes,
                    frame,
                    instruction.result,
                    UNIFORM,
                    #[inline(always)]
                    |chunk| T::gather(lanes, table, index.chunk(lanes, chunk)),
                );
            }
        },
    );
}
